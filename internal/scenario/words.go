package scenario

import (
	"fmt"
	"strings"
)

// line is one line of a text: words, and options by key.
type line struct {
	number  int
	inner   bool // indented: a part of the object above
	words   []string
	options map[string]string
	used    map[string]bool
}

// flags are options without a value.
var flags = map[string]bool{
	"default": true, "public": true, "main": true, "blackhole": true, "propagated": true, "private": true, "bgp": true, "aws": true, "inactive": true,
	"referencing": true, "ipv6": true, "appliance": true, "no-propagation": true,
}

// split cuts a text into lines with words in them.
func split(text string) ([]*line, error) {
	var all []*line
	for i, raw := range strings.Split(text, "\n") {
		tokens, err := tokens(raw)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
		if len(tokens) == 0 {
			continue
		}
		l := &line{number: i + 1, inner: raw[0] == ' ' || raw[0] == '\t', options: map[string]string{}, used: map[string]bool{}}
		for _, t := range tokens {
			key, value, isOption := strings.Cut(t, "=")
			if !isOption && flags[t] && len(l.words) > 0 {
				key, isOption = t, true
			}
			switch {
			case !isOption || strings.ContainsAny(key, ".:"): // "10.0.0.5=54.1.2.3" is a word
				l.words = append(l.words, t)
			case l.options[key] != "" || l.used[key]:
				return nil, fmt.Errorf("%d: %s is given twice", i+1, key)
			default:
				l.options[key], l.used[key] = value, true
			}
		}
		if len(l.words) == 0 {
			return nil, fmt.Errorf("%d: options without an object", i+1)
		}
		clear(l.used)
		all = append(all, l)
	}
	return all, nil
}

// tokens cuts a line at blanks outside quotes, up to a comment.
func tokens(raw string) ([]string, error) {
	var all []string
	var b strings.Builder
	started, quoted := false, false
	flush := func() {
		if started {
			all = append(all, b.String())
		}
		b.Reset()
		started = false
	}
	for _, r := range raw {
		switch {
		case r == '"':
			quoted, started = !quoted, true
		case quoted:
			b.WriteRune(r)
		case r == '#':
			flush()
			return all, nil
		case r == ' ' || r == '\t' || r == '\r':
			flush()
		default:
			b.WriteRune(r)
			started = true
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quote is not closed")
	}
	flush()
	return all, nil
}

// option takes an option, or what is usual.
func (l *line) option(key, usual string) string {
	l.used[key] = true
	if value, ok := l.options[key]; ok {
		return value
	}
	return usual
}

// flag takes an option without a value.
func (l *line) flag(key string) bool {
	l.used[key] = true
	_, ok := l.options[key]
	return ok
}

package scenario

import (
	"fmt"
	"strings"
)

// line is one line of a text: words, and options by key.
type line struct {
	number  int
	inner   bool   // indented: a part of the object above
	raw     string // as it is written, without the comment; of a line of a rule group only
	words   []string
	options map[string]string
	used    map[string]bool
}

// flags are options without a value.
var flags = map[string]bool{
	"default": true, "public": true, "main": true, "blackhole": true, "propagated": true, "private": true, "bgp": true, "aws": true, "inactive": true,
	"referencing": true, "ipv6": true, "appliance": true, "no-propagation": true, "all-routes": true, "internal": true, "acceptance": true, "private-dns": true,
	"strict": true, "drop-to-alert": true,
}

// written are the objects whose parts may be in a language of their own: which of these lines have words and options is for their reader to say.
var written = map[string]bool{"rule-group": true}

// split cuts a text into lines with words in them.
func split(text string) ([]*line, error) {
	var all []*line
	outer := ""
	for i, raw := range strings.Split(text, "\n") {
		l := &line{number: i + 1, inner: raw != "" && (raw[0] == ' ' || raw[0] == '\t')}
		if l.inner && written[outer] {
			if l.raw = strings.TrimSpace(uncommented(raw)); l.raw == "" {
				continue
			}
			l.words, l.used = strings.Fields(l.raw), map[string]bool{}
			all = append(all, l)
			continue
		}
		if err := l.cut(raw); err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
		if len(l.words) == 0 {
			continue
		}
		if !l.inner {
			outer = l.words[0]
		}
		all = append(all, l)
	}
	return all, nil
}

// cut finds the words and the options of a line; neither where there is nothing but a comment.
func (l *line) cut(raw string) error {
	l.words, l.options, l.used = nil, map[string]string{}, map[string]bool{}
	tokens, err := tokens(raw)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		key, value, isOption := strings.Cut(t, "=")
		if !isOption && flags[t] && (len(l.words) > 1 || l.inner && len(l.words) > 0) { // an object may be called like a flag
			key, isOption = t, true
		}
		switch {
		case !isOption || strings.ContainsAny(key, ".:"): // "10.0.0.5=54.1.2.3" is a word
			l.words = append(l.words, t)
		case l.options[key] != "" || l.used[key]:
			return fmt.Errorf("%s is given twice", key)
		default:
			l.options[key], l.used[key] = value, true
		}
	}
	if len(l.words) == 0 && len(tokens) > 0 {
		return fmt.Errorf("options without an object")
	}
	clear(l.used)
	return nil
}

// uncommented is a line up to its comment. A backslash in quotes keeps a quote from ending them, as in a rule of Suricata's.
func uncommented(raw string) string {
	quoted := false
	for i := 0; i < len(raw); i++ {
		switch {
		case raw[i] == '"':
			quoted = !quoted
		case quoted && raw[i] == '\\':
			i++
		case !quoted && raw[i] == '#':
			return raw[:i]
		}
	}
	return raw
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

// list takes an option that has values between commas; none when it is not there.
func (l *line) list(key string) []string {
	value := l.option(key, "")
	if value == "" {
		return nil
	}
	return strings.Split(value, ",")
}

// flag takes an option without a value.
func (l *line) flag(key string) bool {
	l.used[key] = true
	_, ok := l.options[key]
	return ok
}

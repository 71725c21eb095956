package suricata

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/watertight/watertight/internal/network"
)

// Error says what is wrong with a rule, and what would be right.
type Error struct {
	Line, Column int // in the text, from 1; a column is a character
	Message      string
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// fault is an Error that does not know yet where its text stands.
type fault struct {
	at      int // in bytes
	message string
}

// blanks are what separates words within a line.
const blanks = " \t\r\v\f"

func isBlank(c byte) bool { return strings.IndexByte(blanks, c) >= 0 }

// Parse reads the rules of a text, in their order. There is an Error for every rule that has a Defect, with the same words. Origins are not set.
func Parse(text string) ([]network.StatefulRule, []*Error) {
	var rules []network.StatefulRule
	var errs []*Error
	for _, l := range split(text) {
		r, wrong := parse(l.text)
		if wrong != nil {
			err := l.locate(wrong)
			errs = append(errs, err)
			// A backslash at the very end would go on with whatever comes next, wherever the Text is written.
			r = network.StatefulRule{Text: strings.TrimRight(strings.Trim(l.text, blanks), blanks+`\`), Defect: &network.Defect{Reason: err.Error()}}
			r.Text = cmp.Or(r.Text, "?")
		}
		rules = append(rules, r)
	}
	return rules, errs
}

// line is what stands in one logical line, which may be several of the text.
type line struct {
	text  string
	parts []part
}

// part is where a line of the text begins in a logical one.
type part struct{ at, line int }

// locate finds the place of a fault in the text.
func (l *line) locate(f *fault) *Error {
	at := min(f.at, len(l.text))
	last := l.parts[0]
	for _, p := range l.parts {
		if p.at <= at {
			last = p
		}
	}
	return &Error{last.line, 1 + utf8.RuneCountInString(l.text[last.at:at]), f.message}
}

// split cuts a text into logical lines, and leaves out what is no rule.
func split(text string) []line {
	var all []line
	var current line
	var joined strings.Builder
	finish := func() {
		current.text = joined.String()
		if start := strings.TrimLeft(current.text, blanks); start != "" && start[0] != '#' {
			all = append(all, current)
		}
		current = line{}
		joined.Reset()
	}
	number := 0
	for physical := range strings.SplitSeq(text, "\n") {
		number++
		start := strings.TrimLeft(physical, blanks)
		if current.parts == nil && (start == "" || start[0] == '#') { // a comment ends with its line, whatever its last character is
			continue
		}
		body, more := strings.CutSuffix(strings.TrimRight(physical, blanks), `\`)
		current.parts = append(current.parts, part{joined.Len(), number})
		joined.WriteString(body)
		if !more {
			finish()
		}
	}
	if current.parts != nil {
		finish()
	}
	return all
}

// scanner walks a rule, or a part of one.
type scanner struct {
	text string
	at   int
}

func (s *scanner) skip() {
	for s.at < len(s.text) && isBlank(s.text[s.at]) {
		s.at++
	}
}

// word is what stands before the next blank.
func (s *scanner) word() string {
	s.skip()
	start := s.at
	for s.at < len(s.text) && !isBlank(s.text[s.at]) {
		s.at++
	}
	return s.text[start:s.at]
}

// expression is what stands before the next blank that is not in brackets, or before the options.
func (s *scanner) expression() string {
	s.skip()
	start, depth := s.at, 0
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case depth <= 0 && (isBlank(c) || c == '('):
			return s.text[start:s.at]
		}
	}
	return s.text[start:]
}

// parse reads one rule.
func parse(text string) (network.StatefulRule, *fault) {
	var r network.StatefulRule
	s := &scanner{text: text}
	var words [7]string
	for i := range words {
		s.skip()
		at := s.at
		switch i {
		case 0, 1, 4:
			words[i] = s.word()
		default:
			words[i] = s.expression()
		}
		if words[i] == "" {
			return r, &fault{at, "here is missing " + [7]string{"an action", "a protocol", "a source", "a source port", "a direction", "a destination", "a destination port"}[i] +
				": a rule is action, protocol, source, port, direction, destination, port and options, such as pass tcp any any -> any 443 (sid:1;)"}
		}
		if wrong := header(&r, i, words[i]); wrong != nil {
			wrong.at += at
			return r, wrong
		}
	}
	s.skip()
	if s.at == len(text) || text[s.at] != '(' {
		return r, &fault{s.at, "here are missing the options, in parentheses: at least (sid:1;)"}
	}
	s.at++
	end := len(strings.TrimRight(text, blanks)) - 1
	if end < s.at || text[end] != ')' {
		return r, &fault{end + 1, "the rule does not end with ), which closes its options"}
	}
	list, wrong := options(text[s.at:end])
	if wrong == nil {
		_, wrong = evaluate(&r, list)
	}
	if wrong != nil {
		wrong.at += s.at
		return r, wrong
	}
	r.Text = written(words[:], list)
	return r, nil
}

// header reads a word of the header into a rule: the action, the protocol, the source, its port, the direction, the destination or its port.
func header(r *network.StatefulRule, index int, word string) *fault {
	var wrong *fault
	switch index {
	case 0:
		r.Action = strings.ToLower(word)
		switch r.Action {
		case "pass", "drop", "reject", "alert":
		default:
			wrong = &fault{0, fmt.Sprintf("%q is no action: AWS Network Firewall has pass, drop, reject and alert", shortened(word))}
		}
	case 1:
		r.Protocol = strings.ToLower(word)
		if !isKeyword(word) {
			wrong = &fault{0, fmt.Sprintf("%q is no protocol such as ip, tcp, udp, icmp, tls or http", shortened(word))}
		}
	case 2:
		r.Source, wrong = addresses(word)
	case 3:
		r.SourcePorts, wrong = ports(word)
	case 4:
		switch word {
		case "->":
		case "<>":
			r.Both = true
		default:
			wrong = &fault{0, fmt.Sprintf("%q is no direction: write -> from the source to the destination, or <> for both ways", shortened(word))}
		}
	case 5:
		r.Destination, wrong = addresses(word)
	case 6:
		r.DestinationPorts, wrong = ports(word)
	}
	return wrong
}

// written is a rule with one space where there may be any number.
func written(words []string, list []option) string {
	var b strings.Builder
	b.WriteString(strings.Join(words, " "))
	b.WriteString(" (")
	for i, o := range list {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(o.text)
		b.WriteByte(';')
	}
	b.WriteByte(')')
	return b.String()
}

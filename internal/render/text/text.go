package text

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/watertight/watertight/internal/report"
)

// Options are how to write.
type Options struct {
	Color   bool
	Width   int  // columns of the terminal; 0 is 100
	Explain bool // every hop, every member, every row
}

// Write writes a document. The error is that of the writer.
func Write(w io.Writer, document report.Document, options Options) error {
	if options.Width <= 0 {
		options.Width = 100
	}
	p := &page{Writer: bufio.NewWriter(w), Options: options}
	switch d := document.(type) {
	case *report.Can:
		p.can(d)
	case *report.Table:
		p.table(d)
	case *report.Diff:
		p.diff(d)
	case *report.Check:
		p.check(d)
	case *report.Compile:
		p.compile(d)
	case *report.Request:
		p.request(d)
	case *report.Exactness:
		p.exactness(d)
	case *report.Inference:
		p.inference(d)
	}
	return p.Flush()
}

// page is a document while it is written.
type page struct {
	*bufio.Writer
	Options
	families bool // the rows of the table differ in their address family
}

func (p *page) line(format string, values ...any) {
	p.WriteString(strings.TrimRight(fmt.Sprintf(format, values...), " "))
	p.WriteByte('\n')
}

// wrapped writes words after a head, and indents the lines that follow to where they began.
func (p *page) wrapped(head, words string, paint func(string) string) {
	indent := strings.Repeat(" ", size(head))
	for _, line := range wrap(words, max(30, p.Width-size(head))) {
		p.line("%s%s", head, paint(strings.ReplaceAll(line, unbreakable, " ")))
		head = indent
	}
}

// unbreakable is a space at which lines don't break.
const unbreakable = "\u00a0"

// wrap breaks words into lines. A word that is longer than a line gets one of its own.
func wrap(words string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.FieldsFunc(words, func(r rune) bool { return r == ' ' || r == '\n' }) {
		if line != "" && size(line)+1+size(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func size(text string) int { return utf8.RuneCountInString(text) }

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-size(text)))
}

// Colours: the escape sequences that every terminal knows.
const (
	red, green, yellow, magenta, bold, dim = "31", "32", "33", "35", "1", "2"
)

func (p *page) paint(color, text string) string {
	if !p.Color || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (p *page) dim(text string) string { return p.paint(dim, text) }
func plain(text string) string         { return text }

var colors = map[report.Verdict]string{
	report.Reachable: green, report.OneWay: yellow, report.Partial: yellow, report.Unknown: magenta, report.Unreachable: red,
}

func (p *page) verdict(v report.Verdict) string {
	return p.paint(bold, p.paint(colors[v], string(v)))
}

// remarks are the lines below an answer: what was assumed, and what is not modelled.
func (p *page) remarks(assumptions, empty []string, notModelled []report.NotModelled) {
	if len(assumptions)+len(empty)+len(notModelled) > 0 {
		p.line("")
	}
	switch {
	case len(empty) > 4 && !p.Explain:
		p.wrapped("note: ", fmt.Sprintf("%d lists are absent from the input and were taken to be empty.", len(empty)), p.dim)
	case len(empty) > 0:
		p.wrapped("note: ", "Absent from the input, and taken to be empty: "+strings.Join(empty, ", ")+".", p.dim)
	}
	for _, each := range assumptions {
		p.wrapped("note: ", each, plain)
	}
	var matters, others, lists []string
	for _, n := range notModelled {
		list, missing := strings.CutPrefix(n.Kind, report.MissingList)
		switch {
		case n.Matters:
			matters = append(matters, fmt.Sprintf("%s (%d)", n.Kind, n.Count))
		case missing: // there are many, and most networks lack what they would hold
			lists = append(lists, strings.TrimSuffix(list, ": not collected"))
		default:
			others = append(others, fmt.Sprintf("%s (%d)", n.Kind, n.Count))
		}
	}
	switch {
	case len(lists) > 4 && !p.Explain:
		others = append(others, fmt.Sprintf("%d lists that were not collected", len(lists)))
	case len(lists) > 0:
		others = append(others, "lists that were not collected: "+strings.Join(lists, ", "))
	}
	if len(matters) > 0 {
		p.wrapped("not modelled, and it matters here: ", strings.Join(matters, ", "), func(s string) string { return p.paint(magenta, s) })
	}
	if len(others) > 0 {
		p.wrapped("not modelled, without effect here: ", strings.Join(others, ", "), p.dim)
	}
}

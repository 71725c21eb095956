package intent

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Error is everything that is wrong with a segmentation.
type Error struct {
	// Diagnostics are sorted by file and position.
	Diagnostics hcl.Diagnostics
	files       map[string]*hcl.File
}

// Error shows each error where it is: position, what is wrong, the line, and what would be right.
func (e *Error) Error() string {
	var list []string
	for _, d := range e.Diagnostics {
		list = append(list, show(d, e.files))
	}
	text := strings.Join(list, "\n")
	if n := len(list); n > 1 {
		text += fmt.Sprintf("\n%d errors", n)
	}
	return text
}

// show is a diagnostic as people read it.
func show(d *hcl.Diagnostic, files map[string]*hcl.File) string {
	var b strings.Builder
	if d.Subject == nil {
		fmt.Fprintf(&b, "%s", d.Summary)
	} else {
		at := d.Subject.Start
		fmt.Fprintf(&b, "%s:%d:%d: %s", d.Subject.Filename, at.Line, at.Column, d.Summary)
		if f := files[d.Subject.Filename]; f != nil {
			if line, ok := lineOf(f.Bytes, at.Line); ok {
				number := fmt.Sprintf("%5d", at.Line)
				width := 1
				if d.Subject.End.Line == at.Line {
					width = max(1, d.Subject.End.Column-at.Column)
				}
				fmt.Fprintf(&b, "\n%s | %s\n%s | %s%s", number, strings.ReplaceAll(line, "\t", " "), strings.Repeat(" ", len(number)), strings.Repeat(" ", max(0, at.Column-1)), strings.Repeat("^", width))
			}
		}
	}
	if d.Detail != "" {
		fmt.Fprintf(&b, "\n  %s", d.Detail)
	}
	return b.String()
}

func lineOf(source []byte, number int) (string, bool) {
	lines := bytes.Split(source, []byte("\n"))
	if number < 1 || number > len(lines) {
		return "", false
	}
	return strings.TrimRight(string(lines[number-1]), "\r"), true
}

// sorted puts diagnostics in the order of files and positions, each once.
func sorted(all hcl.Diagnostics) hcl.Diagnostics {
	slices.SortStableFunc(all, func(a, b *hcl.Diagnostic) int {
		one, two := a.Subject, b.Subject
		if one == nil || two == nil {
			return cmp.Compare(bit(one != nil), bit(two != nil))
		}
		return cmp.Or(cmp.Compare(one.Filename, two.Filename), cmp.Compare(one.Start.Byte, two.Start.Byte))
	})
	return slices.CompactFunc(all, func(a, b *hcl.Diagnostic) bool {
		return a.Summary == b.Summary && a.Detail == b.Detail && a.Subject != nil && b.Subject != nil && *a.Subject == *b.Subject
	})
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// wrong reports an error at a place.
func (l *loader) wrong(at hcl.Range, detail, summary string, values ...any) {
	l.errors = append(l.errors, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: fmt.Sprintf(summary, values...), Detail: detail, Subject: &at})
}

// where is a place as a message says it, in another place's message.
func where(at hcl.Range) string { return fmt.Sprintf("%s:%d", at.Filename, at.Start.Line) }

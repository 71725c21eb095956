package text

import (
	"fmt"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

// compile writes a line for each file that differs, and what it comes to.
func (p *page) compile(d *report.Compile) {
	words := map[string]string{"create": "missing", "update": "differs", "delete": "stale"}
	if d.Written {
		words = map[string]string{"create": "wrote", "update": "changed", "delete": "removed"}
	}
	for _, f := range d.Files {
		note := ""
		if f.Action == "delete" && !d.Written {
			note = "  to be removed: nothing in the segmentation needs it"
		}
		p.line("%s  %s%s", pad(words[f.Action], 7), f.File, p.dim(note))
		p.unified(f.Diff, "  ")
	}
	if len(d.Moves) > 0 {
		p.line("%s:", count(len(d.Moves), "subnet moves", "subnets move"))
		p.WriteString(Moves(d.Moves))
	}
	files := count(d.Unchanged+len(d.Files)-deleted(d.Files), "file", "files")
	switch {
	case len(d.Files) == 0:
		p.line("%s: %s, up to date", d.Folder, files)
	case d.Written:
		p.line("%s: %s, %s", d.Folder, files, sums(d.Files, "written", "changed", "removed"))
	default:
		p.line("%s: %s, %s", d.Folder, files, sums(d.Files, "missing", "that differ", "to be removed"))
	}
}

func deleted(files []report.FileEdit) int {
	n := 0
	for _, f := range files {
		if f.Action == "delete" {
			n++
		}
	}
	return n
}

// sums says how many files there are of each action.
func sums(files []report.FileEdit, create, update, remove string) string {
	n := map[string]int{}
	for _, f := range files {
		n[f.Action]++
	}
	var words []string
	for _, each := range []struct{ action, word string }{{"create", create}, {"update", update}, {"delete", remove}} {
		if n[each.action] > 0 {
			words = append(words, fmt.Sprintf("%d %s", n[each.action], each.word))
		}
	}
	return strings.Join(words, ", ")
}

// Moves lists subnets that move, below what moves them.
func Moves(moves []report.Move) string {
	var b strings.Builder
	cause := ""
	for _, m := range moves {
		if m.Because != cause {
			cause = m.Because
			fmt.Fprintf(&b, "  %s\n", cause)
		}
		fmt.Fprintf(&b, "    %s/tier:%s %s: %s → %s\n", m.Environment, m.Tier, m.Zone, m.From, m.To)
	}
	return b.String()
}

// unified writes a unified diff, without the names of the files, which stand above it.
func (p *page) unified(diff, indent string) {
	for line := range strings.Lines(diff) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
		case strings.HasPrefix(line, "@@"):
			p.line("%s%s", indent, p.dim(line))
		case strings.HasPrefix(line, "+"):
			p.line("%s%s", indent, p.paint(green, line))
		case strings.HasPrefix(line, "-"):
			p.line("%s%s", indent, p.paint(red, line))
		default:
			p.line("%s%s", indent, line)
		}
	}
}

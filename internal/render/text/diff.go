package text

import (
	"fmt"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

// diff writes what changed, why, and where that is written.
func (p *page) diff(d *report.Diff) {
	p.wrapped("", Headline(d), func(s string) string { return p.paint(bold, s) })
	p.wrapped("  ", d.Old+" → "+d.New+", by "+d.GroupedBy, p.dim)
	hidden := 0
	for _, h := range Changes(d) {
		p.line("")
		p.line("%s", p.paint(colors[h.Changes[0].After], h.Effect))
		for _, c := range h.Changes {
			hidden += p.change(c)
		}
	}
	switch {
	case len(d.Edits) > 0 && (p.Explain || len(d.Changes) == 0):
		p.line("")
		p.line("what differs")
		const most = 20
		for i := range d.Edits {
			if i == most && !p.Explain && len(d.Edits) > most+1 {
				p.line("  %s", p.dim(fmt.Sprintf("… and %d more: --explain lists them all", len(d.Edits)-most)))
				break
			}
			p.edit("  ", &d.Edits[i])
		}
	case hidden > 0:
		p.line("")
		p.line("%s", p.dim("--explain shows every hop, both ways, and all that differs."))
	}
	p.remarks(d.Assumptions, d.AssumedEmpty, d.NotModelled)
}

// change writes one change, and says how many of its hops it does not show.
func (p *page) change(c *report.Change) int {
	p.wrapped("  ", c.Source+" → "+c.Destination+"  "+Traffic(c.Traffic), func(s string) string { return p.paint(bold, s) })
	about := []string{Verdicts(c)}
	if c.Family != "any" {
		about = append(about, c.Family)
	}
	if len(c.Via) > 0 {
		about = append(about, strings.Join(c.Via, " and "))
	}
	p.wrapped("    ", strings.Join(about, ", "), plain)
	const few = 4
	for _, each := range []struct {
		word string
		list []string
	}{{"only from ", c.Sources}, {"only to ", c.Destinations}} {
		if len(each.list) > 0 && p.Explain {
			p.wrapped("    "+each.word, strings.Join(each.list, ", "), p.dim)
		} else if len(each.list) > 0 {
			p.wrapped("    "+each.word, Some(each.list, few), p.dim)
		}
	}
	if c.Witness != nil {
		word := ""
		if c.Effect() == report.Closed {
			word = "before: "
		}
		p.line("    %s%s", word, witness(c.Witness))
	}
	if len(c.Unknown) > 0 {
		p.wrapped("    ", "not known: "+strings.Join(c.Unknown, "; "), func(s string) string { return p.paint(magenta, s) })
	}
	p.causes(c)
	var shown []hop
	all := 0
	for _, way := range []struct {
		hops  []report.Hop
		arrow string
	}{{c.Path, "→"}, {c.Reply, "←"}} {
		for _, h := range way.hops {
			all++
			if p.Explain || h.Effect == report.Deny || h.Effect == report.Doubt {
				shown = append(shown, hop{h, way.arrow})
			}
		}
	}
	p.hops(shown)
	return all - len(shown)
}

// causes writes the edits that a change hangs on.
func (p *page) causes(c *report.Change) {
	const few = 5
	head := "    because of "
	if !c.Proven && len(c.Causes) > 1 {
		p.line("    because of some of these, or all:")
		head = "      "
	}
	for i := range c.Causes {
		if i == few && len(c.Causes) > few+1 && !p.Explain {
			p.line("%s%s", strings.Repeat(" ", size(head)), p.dim(fmt.Sprintf("and %d more", len(c.Causes)-few)))
			return
		}
		p.edit(head, &c.Causes[i])
		if c.Proven {
			head = "           and "
		}
	}
}

// edit writes an edit, and where it is written.
func (p *page) edit(head string, e *report.Edit) {
	p.wrapped(head, p.withoutARNs(Edit(e)), plain)
	if place := Place(e.Location, e.Origin); place != "" {
		p.line("%s%s", strings.Repeat(" ", size(head)+2), p.dim(place))
	}
}

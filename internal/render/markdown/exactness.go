package markdown

import (
	"fmt"
	"strings"

	"github.com/watertight/watertight/internal/render/text"
	"github.com/watertight/watertight/internal/report"
)

// exactness is an audit file: the verdict, the five patterns of each environment, the guardrails, and everything that is not as declared. It has no end, as comments do.
func exactness(d *report.Exactness) string {
	c := &comment{left: 1 << 30}
	c.add("**" + escape(text.Exactness(d)) + "**\n\n" + escape(text.Extent(d)) + "\n")
	c.add("\n| environment | " + strings.Join(report.Patterns, " | ") + " |\n|---" + strings.Repeat("|---", len(report.Patterns)) + "|\n")
	for _, e := range d.Environments {
		row := "| " + escape(e.Name) + " |"
		for _, p := range e.Patterns {
			switch p.State {
			case report.Absent:
				row += " – |"
			case report.Green, report.Legacy:
				row += " " + p.State + " |"
			default:
				row += fmt.Sprintf(" **%s** (%d) |", escape(p.State), p.Deviations)
			}
		}
		c.add(row + "\n")
	}
	if len(d.Guardrails) > 0 {
		c.add("\n| guardrail | | reason | owner | declared |\n|---|---|---|---|---|\n")
		for i := range d.Guardrails {
			g := &d.Guardrails[i]
			state := escape(g.State)
			if g.State != report.Holds {
				state = "**" + state + "**"
			}
			c.add("| " + strings.Join([]string{cell(fmt.Sprintf("forbid %q %q", g.A, g.B)), state, escape(g.Reason), escape(g.Owner), cell(text.Place(&g.Location, ""))}, " | ") + " |\n")
		}
		for i := range d.Guardrails {
			if g := &d.Guardrails[i]; g.State != report.Holds {
				c.add("\n" + guardrail(g))
			}
		}
	}
	for _, g := range text.Groups(d) {
		c.add(fmt.Sprintf("\n### %s (%d)\n\n", escape(g.Title), len(g.Deviations)))
		for _, v := range g.Deviations {
			c.add(deviation(v))
		}
	}
	if len(d.Hygiene) > 0 {
		c.add("\n| hygiene | | |\n|---|---|---|\n")
		for _, h := range d.Hygiene {
			c.add(fmt.Sprintf("| %s | %s | %d |\n", cell(h.Rule), escape(string(h.Severity)), h.Count))
		}
	}
	c.remarks(d.Assumptions, d.NotModelled)
	return c.String()
}

func guardrail(g *report.Guardrail) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n", summary(fmt.Sprintf("forbid %q %q: %s", g.A, g.B, g.State)))
	if len(g.Traffic) > 0 {
		fmt.Fprintf(&b, "- %s\n", escape(text.Traffic(g.Traffic)))
	}
	if g.Witness != nil {
		fmt.Fprintf(&b, "- for example: %s\n", code(text.Witness(g.Witness)))
	}
	if len(g.Unknown) > 0 {
		fmt.Fprintf(&b, "- not known: %s\n", escape(text.Some(g.Unknown, 20)))
	}
	b.WriteString(hops(g.Path, g.Reply) + "\n</details>\n")
	return b.String()
}

func deviation(v *report.Deviation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n", summary(v.Rule+": "+v.Message))
	fmt.Fprintf(&b, "- %s\n", escape(strings.Join(v.Environments, ", ")+": "+v.Pattern))
	if v.ID != "" {
		words := escape(text.Object(v.ObjectKind, v.ID, v.Name, v.Address))
		if place := text.Place(v.Location, v.Origin); place != "" {
			words += " (" + cell(place) + ")"
		}
		fmt.Fprintf(&b, "- %s\n", words)
	}
	fmt.Fprintf(&b, "- mend: %s\n", escape(v.Mend))
	if v.Witness != nil {
		fmt.Fprintf(&b, "- for example: %s\n", code(text.Witness(v.Witness)))
	}
	for _, each := range []struct {
		word string
		list []string
	}{{"from", v.Sources}, {"to", v.Destinations}, {"all of them", v.Items}, {"addresses", v.Addresses}, {"not known", v.Unknown}} {
		if len(each.list) > 0 {
			fmt.Fprintf(&b, "- %s: %s\n", each.word, escape(strings.Join(each.list, ", ")))
		}
	}
	for _, x := range v.Causes {
		fmt.Fprintf(&b, "- follows from %s, %s\n", escape(text.Object(x.Kind, x.ID, x.Name, "")), cell(x.Rule))
	}
	for i := range v.Declared {
		x := &v.Declared[i]
		fmt.Fprintf(&b, "- declared: %s (%s)\n", escape(x.Source+" → "+x.Destination+", "+strings.Join(x.Ports, ", ")), cell(text.Place(&x.Location, "")))
	}
	b.WriteString(hops(v.Path, v.Reply) + "\n</details>\n")
	return b.String()
}

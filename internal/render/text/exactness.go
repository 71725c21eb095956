package text

import (
	"fmt"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

var effectColors = map[report.Effect]string{report.Undeclared: red, report.Broken: yellow, report.Doubtful: magenta, report.Aware: dim}

// effectTitles are the headings of deviations.
var effectTitles = map[report.Effect]string{
	report.Undeclared: "undeclared: the network, or a control of it alone, lets through what nothing declares",
	report.Broken:     "broken: declared, and stopped",
	report.Doubtful:   "unknown",
	report.Aware:      "to be looked at",
}

var stateColors = map[string]string{
	report.Exact: green, report.Inexact: red, string(report.Unknown): magenta, report.Green: green, report.Red: red, report.Holds: green, report.Violated: red, report.Absent: dim, report.Legacy: dim,
}

// Exactness says in a sentence whether a network is what is declared.
func Exactness(d *report.Exactness) string {
	counts := map[report.Effect]int{}
	for i := range d.Deviations {
		counts[d.Deviations[i].Effect]++
	}
	violated := 0
	for _, g := range d.Guardrails {
		if g.State == report.Violated {
			violated++
		}
	}
	var words []string
	for _, e := range []report.Effect{report.Undeclared, report.Broken, report.Doubtful} {
		if counts[e] > 0 {
			words = append(words, fmt.Sprintf("%d %s", counts[e], e))
		}
	}
	if violated > 0 {
		words = append(words, count(violated, "guardrail violated", "guardrails violated"))
	}
	switch d.Verdict {
	case report.Exact:
		return "Exact: the network allows what is declared, and nothing else."
	case report.Inexact:
		return "Not exact: " + strings.Join(words, ", ") + "."
	}
	if len(words) == 0 {
		words = []string{"guardrails that could not be proven"}
	}
	return "Not known to be exact: " + strings.Join(words, ", ") + "."
}

// Extent says in a few words what is declared.
func Extent(d *report.Exactness) string {
	return strings.Join(d.Segmentation, ", ") + ": " + count(len(d.Environments), "environment", "environments") + ", " + count(d.Extent.Roles, "role", "roles") + ", " +
		count(d.Extent.Flows, "flow", "flows") + ", " + count(d.Extent.Egresses, "egress", "egresses")
}

// Group is deviations with one effect.
type Group struct {
	Effect     report.Effect
	Title      string
	Deviations []*report.Deviation
}

// Groups are the deviations by effect, in their order.
func Groups(d *report.Exactness) []Group {
	var all []Group
	for _, e := range report.Effects {
		g := Group{Effect: e, Title: effectTitles[e]}
		for i := range d.Deviations {
			if d.Deviations[i].Effect == e {
				g.Deviations = append(g.Deviations, &d.Deviations[i])
			}
		}
		if len(g.Deviations) > 0 {
			all = append(all, g)
		}
	}
	return all
}

// exactness writes the verdict, the five patterns, the guardrails, and what is not as declared: on one screen, unless all of it is wanted.
func (p *page) exactness(d *report.Exactness) {
	p.wrapped("", Exactness(d), func(s string) string { return p.paint(bold, p.paint(stateColors[d.Verdict], s)) })
	p.wrapped("  ", Extent(d), p.dim)
	p.line("")
	p.patterns(d)
	if len(d.Guardrails) > 0 {
		p.line("")
		p.guardrails(d)
	}
	most := 5 // of each effect
	if len(d.Deviations) <= 3*most {
		most = 3 * most
	}
	hidden := false
	for _, g := range Groups(d) {
		p.line("")
		p.line("%s", p.paint(effectColors[g.Effect], fmt.Sprintf("%s (%d)", g.Title, len(g.Deviations))))
		for i, v := range g.Deviations {
			if i == most && !p.Explain && len(g.Deviations) > most+1 {
				p.line("  %s", p.dim(fmt.Sprintf("… and %d more: --explain lists them all", len(g.Deviations)-most)))
				hidden = true
				break
			}
			hidden = p.deviation(v) || hidden
		}
	}
	if len(d.Hygiene) > 0 {
		p.line("")
		p.hygiene(d.Hygiene)
	}
	if hidden && !p.Explain {
		p.line("")
		p.line("%s", p.dim("--explain shows every deviation, and every hop."))
	}
	p.remarks(d.Assumptions, d.AssumedEmpty, d.NotModelled)
}

// patterns writes the five patterns of each environment. Of many environments, only those that are not green.
func (p *page) patterns(d *report.Exactness) {
	const few = 12
	width, calm := size("environment"), 0
	var rows []report.Environment
	for _, e := range d.Environments {
		quiet := true
		for _, each := range e.Patterns {
			quiet = quiet && (each.State == report.Green || each.State == report.Absent)
		}
		if quiet && len(d.Environments) > few && !p.Explain {
			calm++
			continue
		}
		rows = append(rows, e)
		width = max(width, size(e.Name))
	}
	cell := func(text, color string, i int) string {
		column := 2 + size(report.Patterns[i])
		return p.paint(color, text) + strings.Repeat(" ", max(0, column-size(text)))
	}
	if len(rows) > 0 {
		head := "  " + pad("environment", width) + "  "
		for i, name := range report.Patterns {
			head += cell(name, dim, i)
		}
		p.line("%s", head)
	}
	for _, e := range rows {
		line := "  " + pad(e.Name, width) + "  "
		for i, each := range e.Patterns {
			word := each.State
			if word == report.Absent {
				word = "–"
			}
			line += cell(word, stateColors[each.State], i)
		}
		p.line("%s", line)
	}
	if calm > 0 {
		words := count(calm, "environment is green", "environments are green")
		if len(rows) > 0 {
			words = count(calm, "more is green", "more are green")
		}
		p.line("  %s", p.paint(green, words))
	}
}

// guardrails writes which guardrails hold. Of many, only those that do not.
func (p *page) guardrails(d *report.Exactness) {
	const few = 8
	calm := 0
	p.line("guardrails")
	var rows []*report.Guardrail
	for i := range d.Guardrails {
		if g := &d.Guardrails[i]; g.State == report.Holds && len(d.Guardrails) > few && !p.Explain {
			calm++
		} else {
			rows = append(rows, g)
		}
	}
	width := 0
	for _, g := range rows {
		width = max(width, size(g.State))
	}
	for _, g := range rows {
		words := fmt.Sprintf("forbid %q %q", g.A, g.B)
		if about := accountable(g.Reason, g.Owner, ""); about != "" {
			words += "  " + about
		}
		p.wrapped("  "+p.paint(stateColors[g.State], pad(g.State, width))+"  ", words+"  "+fmt.Sprintf("%s:%d", g.Location.File, g.Location.Line), plain)
		indent := strings.Repeat(" ", width+4)
		if g.State == report.Violated {
			p.wrapped(indent, Traffic(g.Traffic)+" gets through", plain)
			if len(g.By) > 0 {
				p.wrapped(indent, "passed on by "+listed(g.By), plain)
			}
		}
		if g.Witness != nil {
			p.line("%s%s", indent, witness(g.Witness))
		}
		if len(g.Unknown) > 0 {
			p.wrapped(indent, "not known: "+Some(g.Unknown, 3), plain)
		}
		if p.Explain || g.State == report.Violated {
			p.way(g.Path, g.Reply)
		}
	}
	if calm > 0 {
		words := count(calm, "holds", "hold")
		if len(rows) > 0 {
			words = count(calm, "more holds", "more hold")
		}
		p.line("  %s", p.paint(green, words))
	}
}

// way writes hops, both ways; those that stop something, or decide, or all.
func (p *page) way(path, reply []report.Hop) (hidden bool) {
	var list []hop
	for _, way := range []struct {
		hops  []report.Hop
		arrow string
	}{{path, "→"}, {reply, "←"}} {
		for _, h := range way.hops {
			if p.Explain || h.Effect == report.Deny || h.Effect == report.Doubt {
				list = append(list, hop{h, way.arrow})
			} else {
				hidden = true
			}
		}
	}
	p.hops(list)
	return hidden
}

// deviation writes one deviation, and tells whether there is more to show.
func (p *page) deviation(v *report.Deviation) (hidden bool) {
	p.wrapped("  ", v.Message, func(s string) string { return p.paint(bold, s) })
	about := v.Rule + ", " + v.Pattern
	if v.ID != "" {
		about = Object(v.ObjectKind, v.ID, v.Name, v.Address) + "  [" + about + "]"
	} else {
		about = "[" + about + "]"
	}
	p.wrapped("    ", about, plain)
	if place := Place(v.Location, v.Origin); place != "" {
		p.line("    %s", p.dim(place))
	}
	if v.Witness != nil {
		p.line("    %s", witness(v.Witness))
	}
	if len(v.Causes) > 0 {
		var names []string
		for _, c := range v.Causes {
			names = append(names, Object(c.Kind, c.ID, c.Name, "")+" ["+c.Rule+"]")
		}
		p.wrapped("    follows from ", Some(names, 3), plain)
	}
	for i, each := range v.Declared {
		if i == 3 && len(v.Declared) > 4 && !p.Explain {
			p.line("    %s", p.dim(fmt.Sprintf("and %d more are declared", len(v.Declared)-3)))
			break
		}
		p.declaredAs(each)
	}
	if p.Explain {
		p.way(v.Path, v.Reply)
	} else if len(v.Causes) == 0 && v.Effect != report.Undeclared {
		hidden = p.way(v.Path, v.Reply)
	} else {
		hidden = len(v.Path)+len(v.Reply) > 0
	}
	if v.Mend != "" && (len(v.Causes) == 0 || p.Explain) {
		p.wrapped("    mend  ", v.Mend, plain)
	}
	return hidden
}

// declaredAs writes in a line what a deviation is about, of what is declared.
func (p *page) declaredAs(d report.Declaration) {
	words := d.Source + " → " + d.Destination + "  " + listed(d.Ports)
	if d.Via != "" {
		words += "  by " + d.Via
	}
	if about := accountable(d.Reason, d.Owner, d.Until); about != "" {
		words += "  " + about
	}
	p.wrapped("    declared  ", words+"  "+fmt.Sprintf("%s:%d", d.Location.File, d.Location.Line), p.dim)
}

// hygiene writes how many findings there are beside.
func (p *page) hygiene(list []report.Hygiene) {
	var words []string
	for _, h := range list {
		words = append(words, fmt.Sprintf("%d %s (%s)", h.Count, h.Rule, h.Severity))
	}
	p.wrapped("hygiene: ", strings.Join(words, ", ")+". watertight check --intent none tells of each.", plain)
}

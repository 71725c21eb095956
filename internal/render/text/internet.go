package text

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

// aboutInternet tells whether a table is about what gets out to the internet.
func aboutInternet(d *report.Table) bool {
	return d.Kind == report.KindWhat && d.Question.Destination == internet
}

// internet writes what gets out: for each source first what is limited to names, then what else gets out.
func (p *page) internet(d *report.Table) {
	p.line("%s  %s", p.paint(bold, "what can "+d.Question.Source+" reach on the internet"), asked(d.Question))
	p.families = mixedFamilies(d.Rows)
	var quiet []string
	for _, source := range d.Sources {
		rows := slices.DeleteFunc(slices.Clone(d.Rows), func(r report.Row) bool { return r.Source != source })
		if len(rows) == 0 {
			quiet = append(quiet, source)
			continue
		}
		if len(d.Sources) > 1 {
			p.line("")
			p.line("%s", p.paint(bold, source))
		}
		p.egress(d, rows)
	}
	if len(quiet) == 0 {
		return
	}
	p.line("")
	if len(quiet) == len(d.Sources) {
		p.line("%s  %s", p.paint(colors[report.Unreachable], "nothing"), p.dim("no first packet gets out to any address of the internet"))
		return
	}
	p.wrapped("nothing gets out of ", strings.Join(quiet, ", "), p.dim)
}

// egress writes the rows of a source.
func (p *page) egress(d *report.Table, rows []report.Row) {
	list := entries(rows)
	named := slices.DeleteFunc(slices.Clone(list), func(e *entry) bool { return len(e.Limits) == 0 || handshakeOnly(e.Limited) })
	closed := slices.DeleteFunc(slices.Clone(list), func(e *entry) bool { return !handshakeOnly(e.Limited) })
	var open [][]string
	for _, e := range list {
		switch {
		case len(e.Limits) == 0 && len(e.LimitsDenied) == 0:
			open = append(open, p.streamCells(d, e, e.LimitsOpen))
		case len(e.Limits) == 0:
			open = append(open, p.streamCells(d, e, strings.TrimSuffix(e.LimitsOpen+"; not "+strings.Join(e.LimitsDenied, ", "), "; ")))
		case e.LimitsOpen != "":
			open = append(open, p.streamCells(d, e, e.LimitsOpen))
		}
	}
	for i, e := range named {
		p.line("")
		if i == 0 || !slices.Equal(e.Limits, named[i-1].Limits) {
			p.line("%s", p.paint(colors[report.Reachable], "only these names, as the client claims them in TLS or HTTP"))
			for _, name := range e.Limits {
				p.line("  %s", name)
			}
			if len(e.LimitsDenied) > 0 {
				p.wrapped("  but not ", strings.Join(e.LimitsDenied, ", "), plain)
			}
		}
		p.columns("  ", [][]string{p.streamCells(d, e, "")})
		if e.LimitsUnknown != "" {
			p.wrapped("  not known: ", e.LimitsUnknown, func(s string) string { return p.paint(magenta, s) })
		}
		if e.LimitsRule != "" {
			p.wrapped("  by ", p.withoutARNs(e.LimitsRule), p.dim)
		}
	}
	p.streams(d, colors[report.OneWay], "handshake only: connections open, and no data passes", closed)
	if len(named) == 0 && len(open) == 0 {
		return
	}
	p.line("")
	switch {
	case len(open) == 0:
		p.line("%s", p.paint(bold, "nothing else gets out"))
		return
	case len(named)+len(closed) > 0:
		p.line("%s", p.paint(bold, "everything else that gets out"))
	default:
		p.line("%s", p.paint(bold, "what gets out"))
	}
	p.columns("  ", open)
}

// streams writes entries below a heading.
func (p *page) streams(d *report.Table, color, heading string, list []*entry) {
	if len(list) == 0 {
		return
	}
	p.line("")
	p.line("%s", p.paint(color, heading))
	var cells [][]string
	for _, e := range list {
		cells = append(cells, p.streamCells(d, e, ""))
	}
	p.columns("  ", cells)
}

// streamCells are a verdict, some traffic, and what more there is to say of it.
func (p *page) streamCells(d *report.Table, e *entry, data string) []string {
	words := []string{data}
	if len(e.Limits) == 0 && e.LimitsUnknown != "" {
		words = append(words, "not known: "+e.LimitsUnknown)
	}
	if e.Destination != internet {
		words = append(words, "to "+e.Destination)
	}
	whole := *e
	whole.Outside = nil // which is what the destination says
	words = append(words, p.notes(&whole))
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	return []string{string(e.Verdict), sum(e.traffic, d.Question), strings.Join(words, ", ")}
}

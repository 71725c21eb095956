package text

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

// entry is the rows of a table that differ in their traffic alone.
type entry struct {
	report.Row
	traffic []report.Traffic
}

// entries puts rows together.
func entries(rows []report.Row) []*entry {
	var out []*entry
	last := map[string]int{} // the entry of a key
	for _, row := range rows {
		key := fmt.Sprint(row.Source, "\x00", row.Destination, "\x00", row.Verdict, row.Verdicts, row.Family, row.Via, row.Outside, row.Unknown, row.Hops, row.DataLimited, row.Limited)
		i, ok := last[key]
		if !ok {
			i = len(out)
			last[key] = i
			out = append(out, &entry{Row: row})
		}
		out[i].traffic = append(out[i].traffic, row.Traffic)
	}
	return out
}

func (p *page) table(d *report.Table) {
	switch {
	case aboutInternet(d):
		p.internet(d)
	case d.Kind == report.KindMatrix:
		p.matrix(d)
	case d.Kind == report.KindWho:
		p.side(d, "who can reach "+d.Question.Destination, d.Sources, func(r report.Row) string { return r.Source })
	default:
		p.side(d, "what can "+d.Question.Source+" reach", d.Destinations, func(r report.Row) string { return r.Destination })
	}
	p.remarks(d.Assumptions, d.AssumedEmpty, d.NotModelled)
}

// headings are what the verdicts of a table mean.
var headings = []struct {
	verdict report.Verdict
	words   string
}{
	{report.Reachable, "reachable"},
	{report.OneWay, "one-way: the first packet arrives, the reply is lost"},
	{report.Partial, "partial: members of the same name fare differently"},
	{report.Unknown, "unknown"},
}

// side writes the answer to who or what.
func (p *page) side(d *report.Table, title string, all []string, label func(report.Row) string) {
	p.line("%s  %s  %s", p.paint(bold, title), asked(d.Question), p.dim("by "+d.GroupedBy))
	p.families = mixedFamilies(d.Rows)
	hops := 0
	for _, row := range d.Rows {
		hops = max(hops, row.Hops)
	}
	for hop := range hops + 1 {
		rows := slices.DeleteFunc(slices.Clone(d.Rows), func(r report.Row) bool { return r.Hops != hop })
		if len(rows) > 0 && hops > 0 {
			p.line("")
			p.line("%s", p.paint(bold, hopWords(hop)))
		}
		p.verdicts(d, rows, label, hop > 1)
	}
	p.nobody(d, all, label)
}

func hopWords(hop int) string {
	if hop < 2 {
		return "directly"
	}
	return fmt.Sprintf("over %d connections", hop)
}

// verdicts writes rows under their verdicts.
func (p *page) verdicts(d *report.Table, rows []report.Row, label func(report.Row) string, through bool) {
	for _, heading := range headings {
		list := entries(slices.DeleteFunc(slices.Clone(rows), func(r report.Row) bool { return r.Verdict != heading.verdict }))
		if len(list) == 0 {
			continue
		}
		p.line("")
		p.line("%s", p.paint(colors[heading.verdict], heading.words))
		var cells [][]string
		for _, e := range list {
			about := p.notes(e)
			if through {
				about = strings.Trim("through "+e.Source+", "+about, ", ")
			}
			cells = append(cells, []string{label(e.Row), sum(e.traffic, d.Question), about})
		}
		slices.SortStableFunc(cells, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
		p.columns("  ", cells)
	}
}

// mixedFamilies tells whether rows differ in their address family, which is worth a word then.
func mixedFamilies(rows []report.Row) bool {
	return slices.ContainsFunc(rows, func(r report.Row) bool { return r.Family != rows[0].Family })
}

// notes are what a row says besides its ends and its traffic.
func (p *page) notes(e *entry) string {
	var words []string
	if e.Family != "any" && p.families {
		words = append(words, e.Family)
	}
	if len(e.Via) > 0 {
		words = append(words, strings.Join(e.Via, " and "))
	}
	if e.DataLimited {
		words = append(words, "a firewall limits data")
	}
	if e.Verdict == report.Partial {
		list := make([]string, len(e.Verdicts))
		for i, v := range e.Verdicts {
			list[i] = string(v)
		}
		words = append(words, strings.Join(list, " or "))
	}
	if n := len(e.Outside); n > 1 {
		words = append(words, fmt.Sprintf("%d blocks", n))
	}
	if len(e.Unknown) > 0 {
		words = append(words, "because of "+strings.Join(e.Unknown, "; "))
	}
	return strings.Join(words, ", ")
}

// columns writes cells below each other. The last column, and a middle one that is too long, go on in the next line.
func (p *page) columns(indent string, rows [][]string) {
	first, second := 0, 0
	for _, r := range rows {
		first, second = max(first, min(40, size(r[0]))), max(second, size(r[1]))
	}
	second = min(second, max(20, (p.Width-size(indent)-first)/2))
	third := max(24, p.Width-size(indent)-first-second-4)
	for _, r := range rows {
		left, right := wrap(commas(r[1]), second), wrap(r[2], third)
		for i := range max(len(left), len(right)) {
			cell := func(list []string) string {
				if i < len(list) {
					return list[i]
				}
				return ""
			}
			name := r[0]
			if i > 0 {
				name = ""
			}
			p.line("%s", strings.TrimRight(indent+pad(name, first)+"  "+pad(cell(left), second)+"  "+p.dim(cell(right)), " "))
		}
	}
}

// commas lets a long list of ports break after a comma.
func commas(text string) string {
	if size(text) < 30 {
		return text
	}
	return strings.ReplaceAll(text, ",", ", ")
}

// nobody says how many labels no row names.
func (p *page) nobody(d *report.Table, all []string, label func(report.Row) string) {
	named := map[string]bool{}
	known := set(all)
	for _, row := range d.Rows {
		if known[label(row)] {
			named[label(row)] = true
		} else {
			named[internet] = true // some of it
		}
	}
	var rest []string
	for _, each := range all {
		if !named[each] {
			rest = append(rest, each)
		}
	}
	p.line("")
	switch {
	case len(d.Rows) == 0:
		p.line("%s  %s", p.paint(colors[report.Unreachable], "nobody and nothing"), p.dim(fmt.Sprintf("(%d looked at, the internet among them)", len(all))))
	case len(rest) == 0:
		p.line("%s", p.dim(fmt.Sprintf("All %d are listed above.", len(all))))
	case len(rest) <= 8 || p.Explain:
		p.wrapped("unreachable: ", strings.Join(rest, ", "), p.dim)
	default:
		p.wrapped("unreachable: ", fmt.Sprintf("the other %d, among them %s. --explain lists them all.", len(rest), strings.Join(rest[:4], ", ")), p.dim)
	}
}

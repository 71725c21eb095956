package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

// sign is how a grid shows a verdict.
type sign struct {
	verdict report.Verdict
	symbol  string
	words   string
}

var signs = []sign{
	{report.Reachable, "●", "reachable on some port"},
	{report.OneWay, "◐", "one-way: the reply is lost"},
	{report.Partial, "○", "partial: some members only"},
	{report.Unknown, "?", "unknown"},
	{mixed, "◆", "several of these, by port"},
	{meeting, "▫", "no way of its own; over the internet, see its row and column"},
	{report.Unreachable, "·", "unreachable"},
}

// meeting is the sign of a pair that may meet on the internet, as anybody does there: a matrix does not say these pair by pair.
const meeting report.Verdict = "meeting"

// mixed is the sign of a pair with several verdicts.
const mixed report.Verdict = "mixed"

func symbol(v report.Verdict) string {
	return signs[slices.IndexFunc(signs, func(s sign) bool { return s.verdict == v })].symbol
}

// internet is the label of all that is outside.
const internet = "internet"

type pair struct{ source, destination string }

// matrix writes a grid when the terminal has room for it, and a list otherwise; with --explain both.
func (p *page) matrix(d *report.Table) {
	count := pairs(d)
	p.line("%s  %s  %s", p.paint(bold, "who can reach what"), asked(d.Question),
		p.dim(fmt.Sprintf("by %s: %d of %d pairs", d.GroupedBy, len(count), len(d.Sources)*len(d.Destinations))))
	fits := p.grid(d)
	if !fits || p.Explain {
		p.list(d)
		return
	}
	p.line("")
	p.line("%s", p.dim("--explain lists ports and ways. watertight can SOURCE DESTINATION shows what decides."))
}

// pairs are the verdicts of pairs of labels. What is about some outside addresses only is put under internet, as partial.
func pairs(d *report.Table) map[pair]report.Verdict {
	verdicts := map[pair]report.Verdict{}
	sources, destinations := set(d.Sources), set(d.Destinations)
	for _, row := range d.Rows {
		at, verdict := pair{row.Source, row.Destination}, row.Verdict
		if !sources[at.source] || !destinations[at.destination] {
			if !sources[at.source] {
				at.source = internet
			} else {
				at.destination = internet
			}
			if verdict == report.Reachable || verdict == report.OneWay {
				verdict = report.Partial
			}
		}
		if v, ok := verdicts[at]; ok && v != verdict {
			verdict = mixed
		}
		verdicts[at] = verdict
	}
	return verdicts
}

// grid writes a row a source and a column a destination, and tells whether there was room for it. Columns carry the number of
// the row of the same name; those that are no row are listed below.
func (p *page) grid(d *report.Table) bool {
	name := 0
	for _, each := range d.Sources {
		name = max(name, size(each))
	}
	sources, destinations := set(d.Sources), set(d.Destinations)
	columns := slices.DeleteFunc(slices.Clone(d.Sources), func(each string) bool { return !destinations[each] }) // their numbers serve both
	more := slices.DeleteFunc(slices.Clone(d.Destinations), func(each string) bool { return sources[each] })
	columns = append(columns, more...)
	digits := len(strconv.Itoa(max(len(columns), len(d.Sources))))
	number := map[string]int{}
	for i, each := range columns {
		number[each] = i + 1
	}
	left := digits + 1 + name + 2
	gap := " "
	if left+2*len(columns) > p.Width {
		gap = ""
	}
	if left+(1+len(gap))*len(columns) > p.Width || len(columns) == 0 {
		return false
	}
	verdicts := pairs(d)
	p.line("")
	p.line("%s%s", strings.Repeat(" ", left), p.dim("to"))
	for digit := range digits { // the numbers of columns stand upright
		var head strings.Builder
		for i := range columns {
			head.WriteString(fmt.Sprintf("%*d", digits, i+1)[digit:digit+1] + gap)
		}
		from := ""
		if digit == digits-1 {
			from = "from"
		}
		p.line("%s%s", pad(from, left), p.dim(strings.TrimRight(head.String(), " ")))
	}
	used := map[report.Verdict]bool{}
	for _, source := range d.Sources {
		mark := ""
		if n := number[source]; n > 0 {
			mark = strconv.Itoa(n)
		}
		var cells strings.Builder
		for i, destination := range columns {
			v, ok := verdicts[pair{source, destination}]
			if !ok {
				v = report.Unreachable
				if arrives(verdicts[pair{source, internet}]) && arrives(verdicts[pair{internet, destination}]) {
					v = meeting
				}
			}
			if i > 0 {
				cells.WriteString(gap)
			}
			if !ok && source == internet && destination == internet { // nobody asked
				cells.WriteString(" ")
				continue
			}
			used[v] = true
			cells.WriteString(p.symbol(v))
		}
		p.line("%s%s %s  %s", strings.Repeat(" ", digits-len(mark)), p.dim(mark), pad(source, name), cells.String())
	}
	p.line("")
	if len(more) > 0 {
		words := make([]string, len(more))
		for i, each := range more {
			words[i] = strconv.Itoa(number[each]) + " " + strings.ReplaceAll(each, " ", unbreakable)
		}
		p.wrapped("only to: ", strings.Join(words, ", "), plain)
	}
	var legend []string
	for _, s := range signs {
		if used[s.verdict] {
			legend = append(legend, strings.ReplaceAll(s.symbol+" "+s.words, " ", unbreakable))
		}
	}
	p.wrapped("", strings.Join(legend, unbreakable+unbreakable+" "), plain)
	return true
}

// arrives tells whether something gets through, or may.
func arrives(v report.Verdict) bool { return v != "" && v != report.Unreachable }

func (p *page) symbol(v report.Verdict) string {
	color := colors[v]
	switch v {
	case report.Unreachable, meeting:
		color = dim
	case mixed:
		color = yellow
	}
	return p.paint(color, symbol(v))
}

// list writes the rows by source.
func (p *page) list(d *report.Table) {
	p.families = mixedFamilies(d.Rows)
	from := map[string][]*entry{}
	for _, e := range entries(d.Rows) {
		from[e.Source] = append(from[e.Source], e)
	}
	var silent []string
	sources := d.Sources
	known := set(sources)
	for _, row := range d.Rows { // some of the outside addresses, with a label of their own
		if !known[row.Source] {
			known[row.Source] = true
			sources = append(sources[:len(sources):len(sources)], row.Source)
		}
	}
	for _, source := range sources {
		var cells [][]string
		for _, e := range from[source] {
			about := p.notes(e)
			if e.Verdict != report.Reachable && e.Verdict != report.Partial {
				about = strings.Trim(string(e.Verdict)+", "+about, ", ")
			}
			cells = append(cells, []string{symbol(e.Verdict) + " " + e.Destination, sum(e.traffic, d.Question), about})
		}
		if len(cells) == 0 {
			silent = append(silent, source)
			continue
		}
		p.line("")
		p.line("%s", p.paint(bold, source))
		p.columns("  ", cells)
	}
	if len(silent) > 0 {
		p.line("")
		p.wrapped("reach nothing: ", strings.Join(silent, ", "), p.dim)
	}
}

func set(list []string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, each := range list {
		out[each] = true
	}
	return out
}

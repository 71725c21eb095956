package query

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// anything is the end that a question leaves open.
var anything = Selection{Text: "anything", Kind: "anything", Everything: true}

// Who answers who can reach the destination of a question.
func (s *Session) Who(q Question, by Grouping) (*report.Table, error) {
	q.Source = anything.Text
	p, err := s.parse(q)
	if err != nil {
		return nil, err
	}
	destination, err := s.Resolve(p.words.Destination)
	if err != nil {
		return nil, err
	}
	labels := s.labels(by)
	table := s.table(report.KindWho, p, by, destination)
	table.Sources = s.allLabels(labels)
	table.Destinations = []string{destination.Text}
	table.Assumptions = append(table.Assumptions, destination.firstConnection()...)
	if destination.Component != nil {
		table.Rows = componentRows(p, destination)
	} else {
		s = s.populated(&destination)
		if err := s.checkAlone(p, destination); err != nil {
			return nil, err
		}
		from, to, err := s.bothEnds(p, anything, destination)
		if err != nil {
			return nil, err
		}
		table.Rows = s.rows(p, from, to, labels, destination.label(), 0)
		if s.outsideOnly(destination) {
			for i := range table.Rows {
				table.Rows[i].Destination = destination.Text
			}
		}
	}
	if s.outsideOnly(destination) {
		table.Sources = without(table.Sources, internetLabel)
	}
	s.finish(table)
	return table, nil
}

// outsideOnly tells whether a selection stands for nothing but outside addresses.
func (s *Session) outsideOnly(x Selection) bool {
	return len(x.Interfaces) == 0 && x.Component == nil && !slices.ContainsFunc(x.Addresses, func(a netip.Addr) bool {
		return s.network.InterfaceByPublic(a) != nil || len(s.network.InterfacesAt(a)) > 0
	})
}

func without(list []string, word string) []string {
	return slices.DeleteFunc(list, func(each string) bool { return each == word })
}

// What answers what the source of a question can reach, over up to so many connections, one after the other.
func (s *Session) What(q Question, by Grouping, hops int) (*report.Table, error) {
	if hops < 1 {
		return nil, wrong("--hops %d: it is 1 or more", hops)
	}
	words := q.Source
	q.Destination = anything.Text
	if _, _, _, err := s.splitPort(words); err != nil {
		return nil, err
	}
	p, err := s.parse(q)
	if err != nil {
		return nil, err
	}
	source, err := s.Resolve(p.words.Source)
	if err != nil {
		return nil, err
	}
	labels := s.labels(by)
	table := s.table(report.KindWhat, p, by, source)
	table.Sources = []string{source.Text}
	table.Destinations = s.allLabels(labels)
	if source.Component != nil {
		table.Rows = componentRows(p, source)
		s.finish(table)
		return table, nil
	}
	s = s.populated(&source)
	if err := s.checkAlone(p, source); err != nil {
		return nil, err
	}
	from, to, err := s.bothEnds(p, source, anything)
	if err != nil {
		return nil, err
	}
	first := 0
	if hops > 1 {
		first = 1
	}
	table.Rows = s.rows(p, from, to, source.label(), labels, first)
	if s.outsideOnly(source) {
		for i := range table.Rows {
			table.Rows[i].Source = source.Text
		}
	}
	if s.outsideOnly(source) && hops == 1 {
		table.Destinations = without(table.Destinations, internetLabel)
	}
	s.follow(table, p, source, labels, hops)
	s.finish(table)
	return table, nil
}

func (s *Session) bothEnds(p parsed, source, destination Selection) (from, to reach.Ends, err error) {
	if from, err = s.checkedEnds(p, source); err != nil {
		return from, to, err
	}
	to, err = s.checkedEnds(p, destination)
	return from, to, err
}

// Matrix answers who can reach what, for all labels on either side. By group, tiers are destinations as well.
func (s *Session) Matrix(q Question, by Grouping) (*report.Table, error) {
	q.Source, q.Destination = anything.Text, anything.Text
	p, err := s.parse(q)
	if err != nil {
		return nil, err
	}
	sources := s.labels(by)
	destinations := sources
	if by == ByGroup {
		destinations = both(sources, s.labels(ByTier))
	}
	table := s.table(report.KindMatrix, p, by)
	table.Sources, table.Destinations = s.allLabels(sources), s.allLabels(destinations)
	from, to, err := s.bothEnds(p, anything, anything)
	if err != nil {
		return nil, err
	}
	p.brief = true
	table.Rows = s.rows(p, from, to, sources, destinations, 0)
	s.finish(table)
	return table, nil
}

func (s *Session) table(kind string, p parsed, by Grouping, ends ...Selection) *report.Table {
	t := &report.Table{
		Schema: report.Schema, Kind: kind, Question: p.words, GroupedBy: string(by), Rows: []report.Row{},
		Assumptions: append([]string{}, p.assumptions...), AssumedEmpty: s.assumed(), Problems: len(s.network.Problems),
	}
	for _, end := range ends {
		t.Assumptions = append(t.Assumptions, end.Assumptions...)
	}
	return t
}

// checkAlone checks the only end that was given.
func (s *Session) checkAlone(p parsed, x Selection) error {
	if x.Within != "" {
		return wrong("%s stands for the internet as one VPC sees it: ask about internet instead", x.Text)
	}
	return s.checkFamilies(p, x)
}

// componentRows are unknown because of a component.
func componentRows(p parsed, x Selection) []report.Row {
	row := report.Row{Source: p.words.Source, Destination: p.words.Destination, Verdict: report.Unknown, Family: p.words.Family,
		Via: []string{}, Unknown: []string{x.Component.Kind + " " + cmp.Or(x.Component.Name, x.Component.ID) + ": " + x.Component.Why}}
	var rows []report.Row
	for _, ask := range p.asks {
		for _, traffic := range products(ask.traffic) {
			row.Traffic = traffic
			rows = append(rows, row)
		}
	}
	return rows
}

// rows asks the engine what holds between labels. Two ends outside are not the network's business, and have no row.
func (s *Session) rows(p parsed, from, to reach.Ends, sources, destinations reach.Labels, hops int) []report.Row {
	rows, known := []report.Row{}, outcomes{}
	inside := sync.OnceValue(func() [2]map[string]bool {
		return [2]map[string]bool{s.insideLabels(sources), s.insideLabels(destinations)}
	})
	for _, ask := range p.asks {
		for _, cell := range s.engine().Tally(reach.Question{Sources: from, Destinations: to, Traffic: ask.traffic, Family: ask.family, Brief: p.brief}, sources, destinations) {
			if len(cell.Outside) == 0 || inside()[0][cell.Source] || inside()[1][cell.Destination] {
				rows = append(rows, cellRows(cell, hops, known)...)
			}
		}
	}
	return rows
}

// cellRows are the rows of a cell: one for every set of headers with the same verdicts.
func cellRows(cell reach.Cell, hops int, known outcomes) []report.Row {
	base := report.Row{Source: cell.Source, Destination: cell.Destination, Family: familyWord(cell.Family), Via: []string{}, Hops: hops}
	for _, kind := range cell.Kinds {
		base.Via = append(base.Via, string(kind))
	}
	if cell.Source != internetLabel && cell.Destination != internetLabel {
		base.Outside = blockWords(cell.Outside)
	}
	var rows []report.Row
	for _, each := range known.of(cell.Outcome) {
		row := base
		row.Verdict, row.Verdicts = each.verdict, each.verdicts
		if each.unknown {
			row.Unknown = cell.Blame
		}
		row.DataLimited = cell.Limited && each.set.Overlaps(cell.Outcome.Reachable)
		for _, row.Traffic = range each.traffic {
			rows = append(rows, row)
		}
	}
	return rows
}

// slice is the headers for which an outcome has the same verdicts.
type slice struct {
	verdict  report.Verdict
	verdicts []report.Verdict // of a partial one
	unknown  bool
	set      packet.Set
	traffic  []report.Traffic // of the set
}

// outcomes remembers the slices of outcomes: a matrix of millions of cells has few that differ.
type outcomes map[reach.Outcome][]slice

// of cuts an outcome into slices. What is only unreachable is none.
func (known outcomes) of(o reach.Outcome) []slice {
	if list, ok := known[o]; ok {
		return list
	}
	sets := []struct {
		verdict report.Verdict
		set     packet.Set
	}{{report.Reachable, o.Reachable}, {report.OneWay, o.OneWay}, {report.Unknown, o.Unknown}, {report.Unreachable, o.Unreachable}}
	const onlyUnreachable = 1 << 3
	var list []slice
	for which := 1; which < 1<<len(sets); which++ {
		if which == onlyUnreachable {
			continue
		}
		set := packet.All
		var verdicts []report.Verdict
		for i, each := range sets {
			if which&(1<<i) != 0 {
				set = set.Intersect(each.set)
				verdicts = append(verdicts, each.verdict)
			} else {
				set = set.Subtract(each.set)
			}
		}
		if set.IsEmpty() {
			continue
		}
		s := slice{verdict: verdicts[0], unknown: slices.Contains(verdicts, report.Unknown), set: set, traffic: products(set)}
		if len(verdicts) > 1 {
			s.verdict, s.verdicts = report.Partial, verdicts
		}
		list = append(list, s)
	}
	known[o] = list
	return list
}

func blockWords(blocks []netip.Prefix) []string {
	var words []string
	for _, b := range blocks {
		words = append(words, blockWord(b))
	}
	return words
}

// finish sorts the rows, and says what is not modelled.
func (s *Session) finish(t *report.Table) {
	for _, row := range t.Rows { // networks beyond are looked at where something leads to them
		for label, list := range map[string]*[]string{row.Source: &t.Sources, row.Destination: &t.Destinations} {
			if strings.HasPrefix(label, reach.BeyondLabel) && !slices.Contains(*list, label) {
				*list = append(*list, label)
			}
		}
	}
	slices.SortStableFunc(t.Rows, func(a, b report.Row) int {
		return cmp.Or(cmp.Compare(a.Hops, b.Hops), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Destination, b.Destination),
			cmp.Compare(rank[a.Verdict], rank[b.Verdict]), cmp.Compare(a.Family, b.Family), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Ports, b.Ports))
	})
	t.NotModelled = s.notModelled(func(kind string) bool {
		return slices.ContainsFunc(t.Rows, func(r report.Row) bool { return names(kind, strings.Join(r.Unknown, "\n")) })
	})
	t.Assumptions = append(t.Assumptions, s.premises()...)
	s.Readable(t)
}

package query

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// Internet answers what of the internet the source of a question gets to, and what data is limited to there (FW-11). By groups the sources;
// when it is empty, the source is one.
func (s *Session) Internet(q Question, by Grouping) (*report.Table, error) {
	q.Destination = internetLabel
	p, err := s.parse(q)
	if err != nil {
		return nil, err
	}
	source, err := s.Resolve(p.words.Source)
	if err != nil {
		return nil, err
	}
	internet := Selection{Text: internetLabel, Kind: "internet", Internet: true}
	table := s.table(report.KindWhat, p, cmp.Or(by, ByGroup), source)
	table.Sources, table.Destinations = []string{source.Text}, []string{internetLabel}
	if source.Component != nil {
		table.Rows = componentRows(p, source)
		s.finish(table)
		return table, nil
	}
	s = s.populated(&source)
	if err := s.checkAlone(p, source); err != nil {
		return nil, err
	}
	if s.outsideOnly(source) {
		return nil, wrong("%s is outside the network itself: what it gets to on the internet is not the network's business", source.Text)
	}
	source.Interfaces = withoutConduits(source.Interfaces)
	from, to, err := s.bothEnds(p, source, internet)
	if err != nil {
		return nil, err
	}
	labels := source.label()
	if by != "" {
		labels = s.labels(by)
		table.Sources = labelsOf(labels, s.interfacesOf(source))
	}
	e := egress{label: labels, lists: s.network.PrefixLists.All(), all: map[reach.Family]*netipx.IPSetBuilder{}, places: map[place]*traffic{}}
	for _, ask := range p.asks {
		question := reach.Question{Sources: from, Destinations: to, Traffic: ask.traffic, Family: ask.family}
		for _, part := range slices.DeleteFunc(s.engine().Can(question), outsiders) {
			if err := s.verify(p, question, part); err != nil {
				return nil, err
			}
			if part.Verdict == reach.OneWay { // FW-11: no handshake completes
				part.Limits = nil
			}
			e.add(part)
		}
	}
	table.Rows = e.rows()
	s.finish(table)
	return table, nil
}

// withoutConduits are interfaces but those that carry what others send, which are no ends: what passes them counts for the client. Unless there are no others.
func withoutConduits(list []*network.Interface) []*network.Interface {
	others := choose(list, func(i *network.Interface) bool { return !i.Conduit() })
	if len(others) == 0 {
		return list
	}
	return others
}

// labelsOf are the labels of some interfaces, sorted.
func labelsOf(labels reach.Labels, list []*network.Interface) []string {
	set := map[string]bool{}
	for _, i := range list {
		for _, label := range labels(i) {
			set[label] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// place is a label and a class of addresses on the internet.
type place struct {
	source  string
	family  reach.Family
	example string // of the class
}

// traffic is what is true between a label and a class.
type traffic struct {
	outcome reach.Outcome
	parts   []reach.Part
	outside reach.Member
}

// egress sums parts up by label.
type egress struct {
	label  reach.Labels
	lists  []*network.PrefixList
	all    map[reach.Family]*netipx.IPSetBuilder // what was asked about
	places map[place]*traffic
}

func (e *egress) add(part reach.Part) {
	sources := map[string]bool{}
	for _, m := range part.Sources {
		if m.Interface != nil {
			for _, label := range e.label(m.Interface) {
				sources[label] = true
			}
		}
	}
	if e.all[part.Family] == nil {
		e.all[part.Family] = &netipx.IPSetBuilder{}
	}
	for _, m := range part.Destinations {
		e.all[part.Family].AddSet(outsideOf([]reach.Member{m}))
		for source := range sources {
			at := place{source, part.Family, m.Address.String()}
			t := e.places[at]
			if t == nil {
				t = &traffic{outcome: reach.Outcome{Reachable: packet.None, OneWay: packet.None, Unreachable: packet.None, Unknown: packet.None}, outside: m}
				e.places[at] = t
			}
			t.parts = append(t.parts, part)
			set := map[reach.Verdict]*packet.Set{
				reach.Reachable: &t.outcome.Reachable, reach.OneWay: &t.outcome.OneWay, reach.Unreachable: &t.outcome.Unreachable, reach.Unknown: &t.outcome.Unknown,
			}[part.Verdict]
			*set = set.Union(part.Traffic)
		}
	}
}

// stream is some traffic of a label that fares alike, to some addresses.
type stream struct {
	report.Row
	set     packet.Set
	members []reach.Member
}

// rows are the streams, one for every set of headers with the same verdicts and limits.
func (e *egress) rows() []report.Row {
	streams := map[string]*stream{}
	known := outcomes{}
	for _, at := range slices.SortedFunc(maps.Keys(e.places), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.family, b.family), cmp.Compare(a.example, b.example))
	}) {
		for _, each := range e.streams(at, known) {
			key := fmt.Sprint(each.Source, "\x00", each.Family, each.Verdict, each.Verdicts, each.Via, each.Unknown, each.Limited, "\x00", each.set.Key())
			if streams[key] == nil {
				streams[key] = each
				continue
			}
			streams[key].members = append(streams[key].members, each.members...)
		}
	}
	rows := []report.Row{}
	for _, key := range slices.Sorted(maps.Keys(streams)) {
		each := streams[key]
		all, _ := e.all[families[each.Family]].IPSet() // fails for invalid prefixes only, which have no members
		mine := outsideOf(each.members)
		each.Destination = e.name(mine, all)
		if !mine.Equal(all) {
			each.Outside = blockWords(mine.Prefixes())
		}
		for _, each.Traffic = range products(each.set) {
			rows = append(rows, each.Row)
		}
	}
	return bothFamilies(rows)
}

// name is what some addresses of the internet are called, of all: by a prefix list that holds just these, or by the blocks that they are, or are not.
func (e *egress) name(mine, all *netipx.IPSet) string {
	if mine.Equal(all) {
		return internetLabel
	}
	for _, l := range e.lists {
		var b netipx.IPSetBuilder
		for _, p := range l.Entries {
			b.AddPrefix(p)
		}
		b.Intersect(all)
		if set, err := b.IPSet(); err == nil && set.Equal(mine) {
			return l.Label()
		}
	}
	var b netipx.IPSetBuilder
	b.AddSet(all)
	b.RemoveSet(mine)
	rest, _ := b.IPSet() // fails for invalid prefixes only, and both are sets
	if blocks, others := mine.Prefixes(), rest.Prefixes(); len(others) >= len(blocks) {
		return fewBlocks(blocks)
	} else {
		return internetLabel + " except " + fewBlocks(others)
	}
}

func fewBlocks(blocks []netip.Prefix) string {
	const most = 4
	if len(blocks) <= most+1 {
		return joinBlocks(blocks)
	}
	return joinBlocks(blocks[:most]) + fmt.Sprintf(" and %d more blocks", len(blocks)-most)
}

// streams are what is true between a label and one class of addresses.
func (e *egress) streams(at place, known outcomes) []*stream {
	t := e.places[at]
	var list []*stream
	for _, slice := range known.of(t.outcome) {
		var mine []*stream
		for _, part := range t.parts {
			set := part.Traffic.Intersect(slice.set)
			if part.Verdict == reach.Unreachable || set.IsEmpty() {
				continue
			}
			limits := limited(part.Limits)
			i := slices.IndexFunc(mine, func(x *stream) bool { return fmt.Sprint(x.Limited) == fmt.Sprint(limits) })
			if i < 0 {
				i = len(mine)
				mine = append(mine, &stream{Row: report.Row{
					Source: at.source, Verdict: slice.verdict, Verdicts: slice.verdicts, Family: familyWord(at.family), Via: []string{}, Limited: limits,
				}, set: packet.None, members: []reach.Member{t.outside}})
			}
			x := mine[i]
			x.set = x.set.Union(set)
			x.Via = include(x.Via, string(part.Kind))
			if part.Verdict == reach.Unknown {
				for _, h := range slices.Concat(part.Path, part.Reply) {
					if h.Effect == reach.Doubt {
						x.Unknown = include(x.Unknown, h.Kind+" "+cmp.Or(h.Name, h.ID)+": "+h.Rule)
					}
				}
			}
		}
		list = append(list, mine...)
	}
	return list
}

// include adds a word to a sorted list.
func include(list []string, word string) []string {
	i, found := slices.BinarySearch(list, word)
	if found {
		return list
	}
	return slices.Insert(list, i, word)
}

// bothFamilies makes one of rows about IPv4 and IPv6 that say the same of the whole internet.
func bothFamilies(rows []report.Row) []report.Row {
	same := map[string]int{}
	out := rows[:0]
	for _, row := range rows {
		key := fmt.Sprint(row.Source, "\x00", row.Verdict, row.Verdicts, row.Via, row.Unknown, row.Limited, row.Traffic)
		i, ok := same[key]
		if ok && len(row.Outside) == 0 && len(out[i].Outside) == 0 && out[i].Family != row.Family {
			out[i].Family = "any"
			continue
		}
		same[key] = len(out)
		out = append(out, row)
	}
	return out
}

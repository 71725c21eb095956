package query

import (
	"cmp"
	"maps"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// follow adds what can be reached through stepping stones: interfaces that the source can send something to (V-5: a packet that
// arrives is enough), and what is behind the endpoints among them (PL-6), one connection after the other.
func (s *Session) follow(table *report.Table, p parsed, source Selection, labels reach.Labels, hops int) {
	stones := map[*network.Interface]bool{}
	for _, i := range source.Interfaces {
		stones[i] = true
	}
	from := s.ends(source)
	known := map[string]bool{}
	for _, row := range table.Rows {
		known[row.Destination+" "+string(row.Verdict)] = true
	}
	fresh := func(row report.Row) bool { // what fewer hops lead to is not said again
		return !known[row.Destination+" "+string(row.Verdict)] && !known[row.Destination+" "+string(report.Reachable)]
	}
	behind := map[*network.Interface]bool{} // what the connections before led to through endpoints
	for hop := 2; hop <= hops; hop++ {
		reached := map[*network.Interface]bool{}
		for _, ask := range p.asks {
			for _, part := range s.engine().Can(reach.Question{Sources: from, Destinations: s.ends(anything), Traffic: ask.traffic, Family: ask.family}) {
				for _, m := range part.Destinations {
					if m.Interface != nil && arrives(part.Verdict) {
						reached[m.Interface] = true
					}
				}
			}
		}
		services := s.behindEndpoints(p, from, reached, labels)
		var next []*network.Interface
		for _, i := range s.network.Interfaces.All() {
			if (reached[i] || behind[i]) && !stones[i] {
				stones[i] = true
				next = append(next, i)
			}
		}
		behind = services.targets
		rows := choose(services.rows(s, labels, hop), fresh)
		if len(rows) > 0 {
			services.note("The ports of what is behind an endpoint are those on which the endpoint is called.")
		}
		for _, words := range services.notes {
			if !slices.Contains(table.Assumptions, words) {
				table.Assumptions = append(table.Assumptions, words)
			}
		}
		if len(next)+len(behind)+len(rows) == 0 {
			return
		}
		from = reach.Ends{}
		if len(next) > 0 {
			from = s.engine().Interfaces(unite(next)...)
			rows = append(rows, choose(s.rows(p, from, s.ends(anything), labels, labels, hop), fresh)...)
		}
		for _, row := range rows {
			known[row.Destination+" "+string(row.Verdict)] = true
		}
		table.Rows = append(table.Rows, rows...)
	}
}

// behindDoors is what clients get to through endpoints of somebody's services.
type behindDoors struct {
	asked   map[reach.Family]packet.Set
	found   map[crossed]map[*network.Interface]reach.Outcome // by target
	outside map[crossed]reach.Outcome                        // targets that are no interfaces
	blame   map[string][]string                              // by endpoint
	targets map[*network.Interface]bool                      // that something arrives at
	notes   []string
}

func (b *behindDoors) note(list ...string) { b.notes = append(b.notes, list...) }

// crossed is who stands before a target: an endpoint, by its label, in a family. Target is an address outside, or empty.
type crossed struct {
	door   string
	family reach.Family
	target string
}

var noOutcome = reach.Outcome{Reachable: packet.None, OneWay: packet.None, Unreachable: packet.None, Unknown: packet.None}

// behindEndpoints asks about the services behind those endpoints of which an interface was reached. Headers are those that a client sends to the endpoint.
func (s *Session) behindEndpoints(p parsed, from reach.Ends, reached map[*network.Interface]bool, labels reach.Labels) *behindDoors {
	b := &behindDoors{asked: map[reach.Family]packet.Set{}, found: map[crossed]map[*network.Interface]reach.Outcome{}, outside: map[crossed]reach.Outcome{}, targets: map[*network.Interface]bool{}, blame: map[string][]string{}}
	for _, e := range s.network.Endpoints.All() {
		if !s.catalog().private(e) {
			continue
		}
		doors := s.catalog().endpointInterfaces(e)
		var names []string
		for _, i := range doors {
			if reached[i] {
				names = append(names, labels(i)...)
			}
		}
		if len(names) == 0 {
			continue
		}
		slices.Sort(names)
		names = slices.Compact(names)
		for _, ask := range p.asks {
			for _, part := range s.engine().Can(reach.Question{Sources: from, Service: &reach.Service{Endpoint: e}, Traffic: ask.traffic, Family: ask.family}) {
				all, some := b.asked[part.Family]
				if !some {
					all = packet.None
				}
				b.asked[part.Family] = all.Union(ask.traffic)
				if part.Verdict != reach.Unreachable {
					b.add(e, doors, names, part)
				}
			}
		}
	}
	return b
}

// add adds a part about the service of an endpoint, with something that arrives or may arrive.
func (b *behindDoors) add(e *network.Endpoint, doors []*network.Interface, names []string, part reach.Part) {
	var doubts []string
	for _, h := range part.Path {
		if part.Verdict == reach.Unknown && h.Effect == reach.Doubt {
			doubts = append(doubts, h.Kind+" "+cmp.Or(h.Name, h.ID)+": "+h.Rule)
		}
	}
	for _, name := range names {
		for _, words := range doubts {
			b.blame[name] = include(b.blame[name], words)
		}
	}
	o := noOutcome
	switch part.Verdict {
	case reach.Reachable:
		o.Reachable = part.Traffic
	case reach.OneWay:
		o.OneWay = part.Traffic
	default:
		o.Unknown = part.Traffic
	}
	if part.Choice != "" { // by another choice it may not get there
		o.Unreachable = part.Traffic
	}
	for _, m := range part.Destinations {
		switch {
		case slices.Contains(doors, m.Interface): // it ends here, as far as is known
			if arrives(part.Verdict) {
				b.note(part.Notes...)
			}
			for _, words := range doubts {
				b.note("What is behind the endpoint " + e.Label() + " is not known: " + words + ".")
			}
		case m.Interface == nil:
			for _, name := range names {
				key := crossed{name, part.Family, m.Address.String()}
				b.outside[key] = orOutcome(b.outside[key], o)
			}
		default:
			for _, name := range names {
				key := crossed{name, part.Family, ""}
				if b.found[key] == nil {
					b.found[key] = map[*network.Interface]reach.Outcome{}
				}
				b.found[key][m.Interface] = orOutcome(b.found[key][m.Interface], o)
			}
			if arrives(part.Verdict) {
				b.targets[m.Interface] = true
			}
		}
	}
}

// orOutcome sums up two outcomes, the first of which may be the zero value.
func orOutcome(a, b reach.Outcome) reach.Outcome {
	if a == (reach.Outcome{}) {
		return b
	}
	return a.Or(b)
}

// rows are the rows about what is behind the endpoints: of every label with a target among its interfaces.
func (b *behindDoors) rows(s *Session, labels reach.Labels, hop int) []report.Row {
	cells := map[crossed]reach.Outcome{} // by label
	for door, members := range b.found {
		for _, i := range s.network.Interfaces.All() {
			o, target := members[i]
			if !target {
				o = noOutcome
			}
			o.Unreachable = o.Unreachable.Union(b.asked[door.family].Subtract(o.Reachable).Subtract(o.OneWay).Subtract(o.Unknown))
			for _, label := range labels(i) {
				key := crossed{door.door, door.family, label}
				cells[key] = orOutcome(cells[key], o)
			}
		}
	}
	for key, o := range b.outside {
		key.target = reach.BeyondLabel + key.target
		cells[key] = o
	}
	var rows []report.Row
	known := outcomes{}
	for _, key := range slices.SortedFunc(maps.Keys(cells), func(a, b crossed) int {
		return cmp.Or(cmp.Compare(a.door, b.door), cmp.Compare(a.family, b.family), cmp.Compare(a.target, b.target))
	}) {
		cell := reach.Cell{Source: key.door, Destination: key.target, Family: key.family, Outcome: cells[key], Blame: b.blame[key.door]}
		rows = append(rows, cellRows(cell, hop, known)...)
	}
	return rows
}

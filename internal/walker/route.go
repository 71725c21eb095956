package walker

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// Ranks of routes with one prefix: the higher wins (RT-1).
const (
	propagated = iota
	byList
	static
)

// match is a route that covers a destination, by its longest prefix that does.
type match struct {
	route  *network.Route
	prefix netip.Prefix
	rank   int
}

// order puts the deciding match first (RT-1).
func (m match) order(other match) int {
	return cmp.Or(cmp.Compare(other.prefix.Bits(), m.prefix.Bits()), cmp.Compare(other.rank, m.rank))
}

// way is what two routes must share to lead to the same place.
func (m match) way() string { return targetOf(m.route) }

func targetOf(r *network.Route) string {
	if r.Blackhole {
		return "nowhere"
	}
	return cmp.Or(r.Target.ID, string(r.Target.Kind))
}

// lookup finds the route of a table that decides (RT-1, RT-4, RT-5).
func (f *flow) lookup(t *network.RouteTable, destination netip.Addr) (match, *stop) {
	const kind = "route table"
	if t.Defect != nil {
		return match{}, unclear(kind, t.ID, codeUnknown, t.ID+" is not understood: "+t.Defect.String())
	}
	var matches []match
	var hidden []*network.Route // whose destination is not known
	for i := range t.Routes {
		r := &t.Routes[i]
		switch {
		case r.Destination.IsValid():
			if r.Destination.Contains(destination) {
				rank := static
				if r.Propagated {
					rank = propagated
				}
				matches = append(matches, match{r, r.Destination, rank})
			}
		case r.PrefixList != "":
			l, ok := f.network.PrefixLists.Get(r.PrefixList)
			if !ok || l.Defect != nil {
				hidden = append(hidden, r)
				continue
			}
			longest := netip.Prefix{}
			for _, e := range l.Entries {
				if e.Contains(destination) && (!longest.IsValid() || e.Bits() > longest.Bits()) {
					longest = e
				}
			}
			if longest.IsValid() {
				matches = append(matches, match{r, longest, byList})
			}
		default:
			hidden = append(hidden, r)
		}
	}
	slices.SortStableFunc(matches, match.order)
	for _, r := range hidden {
		if len(matches) == 0 || f.mayBeat(r, matches[0]) {
			what := "a route that is not understood"
			switch {
			case r.Propagated && r.PrefixList == "":
				what = "routes that " + targetOf(r) + " propagates, which are not known"
			case r.PrefixList != "":
				what = "a route to " + r.PrefixList + ", whose entries are not known"
			}
			return match{}, unclear(kind, t.ID, codeUnknown, t.ID+" has "+what+", which may be for "+destination.String())
		}
	}
	if len(matches) == 0 {
		code := codeNoRoute
		if f.replying {
			code = codeNoReturnRoute // PEER-2
		}
		return match{}, drop(kind, t.ID, "no route", code, t.ID+" has no route to "+destination.String())
	}
	options, s := overlapping(t, matches)
	if s != nil {
		return match{}, s
	}
	labels := make([]string, len(options))
	about := t.ID
	for i, m := range options {
		labels[i] = fmt.Sprintf("%s to %s", m.route.PrefixList, m.way())
		about += " " + m.way()
	}
	if len(options) > 1 {
		// One route takes priority for good (UG route-tables-priority): the answer is the same for every packet that has the choice.
		return options[f.chooser.pick(about, labels)], nil
	}
	return options[0], nil
}

// overlapping are the matches between which AWS may choose: the best, and where that is the route of a prefix list, those of other prefix lists with other
// targets, whatever their lengths (RT-4).
func overlapping(t *network.RouteTable, matches []match) ([]match, *stop) {
	best := matches[0]
	options := []match{best}
	if best.rank != byList {
		return options, nil
	}
	for at, m := range matches[1:] {
		if m.rank != byList || slices.ContainsFunc(options, func(o match) bool { return o.way() == m.way() }) {
			continue
		}
		for _, between := range matches[1 : at+1] {
			if between.rank != byList {
				return nil, unclear("route table", t.ID, codeUnknown, fmt.Sprintf("it is not documented which route of %s is taken: prefix lists overlap (%s, %s), with a route for %s between them",
					t.ID, best.route.PrefixList, m.route.PrefixList, between.prefix))
			}
		}
		options = append(options, m)
	}
	slices.SortStableFunc(options[1:], func(a, b match) int { return cmp.Compare(a.way(), b.way()) })
	return options, nil
}

// mayBeat tells whether a route with unknown destinations could decide in place of the best one that is known, and to another effect.
func (w *Walker) mayBeat(r *network.Route, best match) bool {
	switch {
	case r.Defect == nil && targetOf(r) == best.way():
		return false
	case best.rank == static && best.prefix.IsSingleIP():
		return false
	case best.route.Target.Kind != network.TargetLocal || r.Defect != nil:
		return true
	}
	switch r.Target.Kind { // RT-3: only these may be more specific than the local route
	case network.TargetInterface, network.TargetNAT:
		return !r.Blackhole
	case network.TargetEndpoint:
		e, ok := w.network.Endpoints.Get(r.Target.ID)
		return !r.Blackhole && !(ok && e.Type == network.EndpointGateway)
	}
	return false
}

// routeTable is the table of a subnet (RT-2).
func (f *flow) routeTable(s *network.Subnet) (*network.RouteTable, *stop) {
	const kind = "route table"
	t, ok := f.network.RouteTables.Get(s.RouteTable)
	if !ok {
		return nil, unclear(kind, s.RouteTable, codeUnknown, "the route table of "+s.Label()+" is not in the network")
	}
	if !slices.Contains(t.Subnets, s.ID) {
		// The main table stands in only when no other is associated, which a part of the list cannot tell.
		if gap := f.network.Gap("RouteTables", s.Account, s.Region); gap != nil {
			return nil, unclear(kind, t.ID, codeUnknown, "the route table of "+s.Label()+" is not known: "+gap.String())
		}
	}
	return t, nil
}

// take notes the route taken, and stops at one that leads nowhere or is not understood (RT-5).
func (f *flow) take(t *network.RouteTable, m match) *stop {
	const kind = "route table"
	rule := m.prefix.String()
	if m.rank == byList {
		rule += " of " + m.route.PrefixList
	}
	rule += " to " + cmp.Or(m.route.Target.ID, string(m.route.Target.Kind), "nothing")
	if m.route.Blackhole {
		return drop(kind, t.ID, rule, codeRouteState, "the route of "+t.ID+" for "+m.prefix.String()+" is a blackhole")
	}
	if m.route.Defect != nil {
		return unclear(kind, t.ID, codeUnknown, "the route of "+t.ID+" for "+m.prefix.String()+" is not understood: "+m.route.Defect.String())
	}
	f.meet(kind, t.ID, Forward, rule)
	return nil
}

package reach

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// decision is what a route table does with a destination: one route, or one of several that AWS chooses from (RT-4).
type decision struct {
	routes []*network.Route
	doubt  string // not empty: it is not known which route decides
}

type routeKey struct {
	table       int32
	destination cell
}

func (s *session) lookup(t *table, destination place) decision {
	key := routeKey{t.id, destination.cell}
	if d, ok := s.routes[key]; ok {
		return d
	}
	d := s.engine.decide(t.RouteTable, destination)
	s.routes[key] = d
	return d
}

// Which of two routes with one prefix wins (RT-1): the higher.
const (
	propagated = iota
	prefixList
	static
)

// decide finds the route with the longest prefix, then static before prefix list before propagated (RT-1).
func (e *Engine) decide(t *network.RouteTable, destination place) decision {
	if t.Defect != nil {
		return decision{doubt: "route table " + t.ID + ": " + t.Defect.Reason}
	}
	var best *network.Route
	length, rank := -1, -1
	consider := func(r *network.Route, p netip.Prefix, as int) {
		if p.Contains(destination.address) && (p.Bits() > length || p.Bits() == length && as > rank) {
			best, length, rank = r, p.Bits(), as
		}
	}
	type listed struct {
		route  *network.Route
		length int
	}
	var lists []listed
	single := -1                // the longest prefix of a route that is not for a list
	var hidden []*network.Route // routes whose destinations are not known
	for i := range t.Routes {
		r := &t.Routes[i]
		switch {
		case r.PrefixList != "":
			list, ok := e.network.PrefixLists.Get(r.PrefixList)
			if !ok || list.Defect != nil {
				hidden = append(hidden, r)
				continue
			}
			longest := -1
			for _, p := range list.Entries {
				consider(r, p, prefixList)
				if p.Contains(destination.address) {
					longest = max(longest, p.Bits())
				}
			}
			if longest >= 0 {
				lists = append(lists, listed{r, longest})
			}
		case !r.Destination.IsValid():
			hidden = append(hidden, r)
		default:
			as := static
			if r.Propagated {
				as = propagated
			}
			consider(r, r.Destination, as)
			if r.Destination.Contains(destination.address) {
				single = max(single, r.Destination.Bits())
			}
		}
	}
	for _, r := range hidden {
		if best == nil || e.couldReplace(r, best, length == destination.address.BitLen() && rank == static) {
			what := "has a route whose destination is not understood"
			switch {
			case r.Propagated && r.PrefixList == "":
				what = "takes what " + targetName(r) + " propagates, which is not known"
			case r.PrefixList != "":
				what = "has a route for prefix list " + r.PrefixList + ", whose entries are not known"
			}
			return decision{doubt: "route table " + t.ID + " " + what}
		}
	}
	if best == nil {
		return decision{}
	}
	if rank != prefixList {
		return decision{routes: []*network.Route{best}}
	}
	// RT-4: lists that overlap with different targets, whatever the lengths of their entries.
	var choices []*network.Route
	for _, l := range lists {
		known := false
		for _, c := range choices {
			known = known || c.Target == l.route.Target && c.Blackhole == l.route.Blackhole
		}
		if !known {
			choices = append(choices, l.route)
		}
	}
	if len(choices) > 1 {
		for _, l := range lists {
			if l.length <= single {
				return decision{doubt: "route table " + t.ID + " has overlapping prefix lists, and a route for a block between them: which one wins is not documented"}
			}
		}
	}
	return decision{routes: choices}
}

// couldReplace tells whether a route whose destinations are not known may decide instead of the best one that is known, with another effect.
// Nothing is longer than a final route.
func (e *Engine) couldReplace(hidden, best *network.Route, final bool) bool {
	switch {
	case final, hidden.Target == best.Target && hidden.Blackhole == best.Blackhole && hidden.Defect == nil:
		return false
	case best.Target.Kind != network.TargetLocal || hidden.Defect != nil:
		return true
	}
	switch hidden.Target.Kind { // RT-3: what may be more specific than the local route
	case network.TargetInterface, network.TargetNAT:
		return !hidden.Blackhole
	case network.TargetEndpoint:
		p, ok := e.network.Endpoints.Get(hidden.Target.ID)
		return !hidden.Blackhole && (!ok || p.Type != network.EndpointGateway)
	}
	return false
}

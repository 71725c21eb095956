package blueprint

import (
	"net/netip"

	"github.com/watertight/watertight/internal/intent"
)

// wayOut are the routes that the way out of a tier takes, and those by which replies come back through a firewall.
func wayOut(e *Environment, t *Tier) []Route {
	zonal := func(kind TargetKind, destination func(zone int) netip.Prefix, to *Tier) []Route {
		var all []Route
		for zone := range e.Zones {
			all = append(all, Route{Destination: destination(zone), Kind: kind, Zone: zone, To: to})
		}
		return all
	}
	anywhere := func(int) netip.Prefix { return everywhere }
	switch {
	case t.Purpose == intent.ForNAT:
		routes := []Route{{Destination: everywhere, Kind: ToInternetGateway, Zone: -1}}
		for _, back := range e.Tiers {
			if back.Internet == intent.Filtered {
				routes = append(routes, zonal(ToFirewall, func(zone int) netip.Prefix { return back.Subnets[zone] }, back)...)
			}
		}
		return routes
	case t.Purpose == intent.ForFirewall:
		return zonal(ToNAT, anywhere, nil)
	case t.Internet == intent.Direct:
		return []Route{{Destination: everywhere, Kind: ToInternetGateway, Zone: -1}}
	case t.Internet == intent.Filtered:
		return zonal(ToFirewall, anywhere, nil)
	case t.Internet == intent.NAT:
		return zonal(ToNAT, anywhere, nil)
	}
	return nil
}

// routeKey is a route between tiers of two environments.
type routeKey struct {
	from        *Tier
	destination netip.Prefix
	kind        TargetKind
}

// addRoutes adds the routes between the subnets of the two roles of an edge, in both directions: replies take the responder's own table (PEER-2, TGW-4).
func (b *builder) addRoutes(e *Edge) {
	if e.Via != intent.Peering && e.Via != intent.Transit {
		return
	}
	client, server := e.From.Group, e.To.Group
	b.join(e, client.Tier, server.Tier)
	b.join(e, server.Tier, client.Tier)
}

func (b *builder) join(e *Edge, from, to *Tier) {
	if from.Environment.VPC != "" {
		return
	}
	route := Route{Kind: ToPeering, Zone: -1, To: to}
	if e.Via == intent.Peering {
		route.Peering = b.peering(from.Environment, to.Environment)
	} else {
		route.Kind, route.Transit = ToTransit, b.transit(from.Environment, to.Environment)
	}
	for _, route.Destination = range to.Subnets {
		key := routeKey{from, route.Destination, route.Kind}
		at, known := b.routes[key]
		if !known {
			at = len(from.Routes)
			b.routes[key] = at
			from.Routes = append(from.Routes, route)
		}
		from.Routes[at].Because = append(from.Routes[at].Because, e)
		if route.Transit != nil {
			route.Transit.add(TransitRoute{From: from.Environment, Destination: route.Destination, To: to.Environment}, e)
		}
	}
}

func (t *Transit) add(r TransitRoute, e *Edge) {
	for i := range t.Routes {
		if at := &t.Routes[i]; at.From == r.From && at.Destination == r.Destination {
			at.Because = append(at.Because, e)
			return
		}
	}
	r.Because = []*Edge{e}
	t.Routes = append(t.Routes, r)
}

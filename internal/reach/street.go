package reach

import (
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// What goes from one VPC to another straight over a peering, transit gateways or the internet, or nowhere, hangs on little: most pairs of a large
// organization are of that kind, and differ by their zones alone. A link between such sites is kept by the manner of either and by the road either
// way, and not by the sites.

// manner is what of a site itself matters to what is on such a way.
type manner struct {
	vpc     *vpc
	acl     *acl
	cell    cell // of the address, by what routes, ACLs and firewalls name
	role    role
	family  Family
	listens bounds // of a load balancer
	unclear string
	// exclusion is that of the subnet from VPC Block Public Access.
	exclusion string
}

// road is the way from a subnet to addresses of another VPC.
type road struct {
	by          string // what is on it
	door, entry *acl   // of the transit gateway attachment in the zone of the subnet, and of that by which packets enter the other VPC if it is one for certain
}

// roadKey is a subnet, and addresses of another VPC as routes tell them apart.
type roadKey struct {
	from *subnet
	to   *vpc
	cell cell
}

// noRoad is the number of what is not that simple.
const noRoad int32 = -1

// streetKey finds the link between two sites of different VPCs, where both ways are simple.
type streetKey struct{ client, server, there, back int32 }

// street is the key of the link between two sites, if both ways are simple.
func (s *session) street(client, server *site) (streetKey, bool) {
	one, two := s.engine.manners[client.id][0], s.engine.manners[server.id][1]
	if one < 0 || two < 0 {
		return streetKey{}, false
	}
	there := s.road(client.subnet, server)
	if there == noRoad {
		return streetKey{}, false
	}
	back := s.road(server.subnet, client)
	return streetKey{one, two, there, back}, back != noRoad
}

// findManners numbers the manners of sites, as clients and as servers; -1 for those that are not simple.
func (e *Engine) findManners() {
	known := map[manner]int32{}
	number := func(m manner) int32 {
		n, ok := known[m]
		if !ok {
			n = int32(len(known))
			known[m] = n
		}
		return n
	}
	e.manners = make([][2]int32, len(e.sites))
	for k, x := range e.sites {
		e.manners[k] = [2]int32{-1, -1}
		if x.role == strange || x.role == garbled || x.role == nat || !x.subnet.usual() || e.index.places[x.subnet.ID] || x.vpc().around.overlap {
			continue
		}
		m := manner{vpc: x.vpc(), acl: x.subnet.acl, cell: e.policyOf[x.home.cell], role: x.role, family: x.family(), unclear: x.unclear, exclusion: x.subnet.exclusion}
		if x.balancer != nil {
			m.listens = x.balancer.listens
		} else if x.role == function { // it opens connections as others do
			e.manners[k][1] = number(m)
			m.role = plain
			e.manners[k][0] = number(m)
			continue
		}
		e.manners[k] = [2]int32{number(m), number(m)}
	}
}

// usual tells whether all is known of a subnet.
func (s *subnet) usual() bool {
	return s.Defect == nil && s.table != nil && s.acl != nil && s.gateway == nil && s.vpc != nil
}

// road numbers the road from a subnet to a site of another VPC.
func (s *session) road(from *subnet, to *site) int32 {
	key := roadKey{from, to.vpc(), s.engine.policyOf[to.home.cell]}
	if key == s.lastRoad {
		return s.lastNumber
	}
	number, ok := s.roadOf[key]
	if !ok {
		number = noRoad
		if r, simple := s.straight(from, to); simple {
			if number, ok = s.roads[r]; !ok {
				number = int32(len(s.roads))
				s.roads[r] = number
			}
		}
		s.roadOf[key] = number
	}
	s.lastRoad, s.lastNumber = key, number
	return number
}

// straight finds the road from a subnet to a site of another VPC, if nothing on it looks at more than road and manners tell, or it leads nowhere for
// certain. It says less than a walk does, and walks wherever it is not sure.
func (s *session) straight(home *subnet, to *site) (road, bool) {
	n := s.engine.network
	d := s.lookup(home.table, to.home)
	switch {
	case d.doubt != "" || len(d.routes) > 1:
		return road{}, false
	case len(d.routes) == 0:
		return road{by: "no route"}, true
	case d.routes[0].Blackhole:
		return road{by: "blackhole"}, true
	case d.routes[0].Defect != nil:
		return road{}, false
	}
	id := d.routes[0].Target.ID
	switch d.routes[0].Target.Kind {
	case network.TargetPeering:
		p, ok := n.PeeringConnections.Get(id)
		if !ok || p.Defect != nil {
			return road{}, false
		}
		_, other, ok := p.Side(home.vpc.ID)
		return road{by: id}, ok && other.VPC == to.vpc().ID
	case network.TargetInternetGateway, network.TargetEgressOnly: // no more is looked at than exclusions of the subnets, on either side
		return road{by: id}, to.family() == IPv6 && to.vpc().edge == nil
	case network.TargetTransitGateway:
		return s.overTransit(id, home, to)
	}
	return road{}, false
}

// overTransit is the same for what a route sends to a transit gateway.
func (s *session) overTransit(id string, home *subnet, to *site) (road, bool) {
	e := s.engine
	came := e.index.attachments[attached{id, home.vpc.ID}]
	if came == nil || came.Defect != nil || !came.Detailed {
		return road{}, false
	}
	door, doubt := e.index.inZone(came, home)
	if door == nil || doubt || !door.usual() {
		return road{}, false
	}
	r := road{door: door.acl}
	from := door // nil where its zone is not known any more
	for range maxHops {
		g, known := e.network.TransitGateways.Get(came.Gateway)
		t, ok := e.network.TransitRouteTables.Get(came.RouteTable)
		if !known || g.Defect != nil || !ok || t.Defect != nil {
			return road{}, false
		}
		d := s.transitRoute(t, to.home)
		switch {
		case d.doubt != "" || len(d.to) > 1:
			return road{}, false
		case d.blackhole:
			r.by += " blackhole"
			return r, true
		case len(d.to) == 0:
			r.by += " no route"
			return r, true
		}
		going := e.index.sides[attached{came.Gateway, d.to[0]}]
		r.by += came.ID + " " + d.to[0] + " "
		switch {
		case going == nil || going == came || going.Defect != nil:
			return road{}, false
		case going.Type == "peering":
			if came = e.index.sides[attached{going.Peer, d.to[0]}]; came == nil || came.Defect != nil {
				return road{}, false
			}
			from = nil
		case going.Type != "vpc" || going.Resource != to.vpc().ID || !going.Detailed:
			return road{}, false
		default:
			if from != nil && !going.ApplianceMode {
				same, doubt := e.index.inZone(going, from)
				if same == nil || doubt {
					return road{}, false
				}
				r.entry = same.acl
			}
			return r, !slices.ContainsFunc(going.Subnets, func(id string) bool {
				entry := e.index.subnets[id]
				return entry == nil || !entry.usual() || !s.local(entry, to)
			})
		}
	}
	return road{}, false
}

// local tells whether packets for a site of the VPC go from a subnet straight there.
func (s *session) local(from *subnet, to *site) bool {
	d := s.lookup(from.table, to.home)
	return d.doubt == "" && len(d.routes) == 1 && !d.routes[0].Blackhole && d.routes[0].Defect == nil && d.routes[0].Target.Kind == network.TargetLocal
}

// findPlaces finds the subnets that packets of others pass.
func (x *index) findPlaces(n *network.Network) {
	x.places = map[string]bool{}
	for _, a := range n.TransitAttachments.All() {
		for _, id := range a.Subnets {
			x.places[id] = true
		}
	}
	for _, g := range n.NATGateways.All() {
		x.places[g.Subnet] = true
	}
	for _, f := range x.walls {
		x.places[f.Subnet] = true
	}
	for id := range x.places {
		if s := x.subnets[id]; s != nil {
			x.placed = append(x.placed, s.Blocks...)
		}
	}
}

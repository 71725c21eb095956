package reach

import (
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// leading says by which tables of a VPC packets for a destination may get into another VPC, or into what is not known: most get nowhere, and there is no
// need to walk them one by one. What filters on the way does not count, nor what a packet's source is.
type leading struct {
	*session
	to          *vpc
	destination place
	key         cell // of the destination, in keys
	seen        map[*table]bool
	passed      map[string]bool // tables of transit gateways
}

// leadKey is what it hangs on.
type leadKey struct {
	table       *table
	destination cell
	to          *vpc
}

// leads tells whether packets that leave a subnet by its table may come to a destination in a VPC, or nobody knows.
func (s *session) leads(at *subnet, to *vpc, destination place) bool {
	if at.table == nil {
		return true
	}
	key := leadKey{at.table, destination.cell, to}
	if c := s.engine.routeOf[destination.cell]; c >= 0 {
		key.destination = -2 - c
	}
	yes, ok := s.led[key]
	if !ok {
		l := leading{s, to, destination, key.destination, map[*table]bool{}, map[string]bool{}}
		yes = l.from(at.table, at.vpc)
		s.led[key] = yes
	}
	return yes
}

// from follows a table of a VPC.
func (l *leading) from(t *table, at *vpc) bool {
	if t == nil || at == nil {
		return true
	}
	if l.seen[t] {
		return false // in a circle, or looked at already
	}
	l.seen[t] = true
	d := l.lookup(t, l.destination)
	if d.doubt != "" {
		return true
	}
	for _, r := range d.routes {
		if l.by(r, at) {
			return true
		}
	}
	return false
}

func (l *leading) by(r *network.Route, at *vpc) bool {
	n, x := l.engine.network, l.engine.index
	id := r.Target.ID
	switch {
	case r.Blackhole:
		return false
	case r.Defect != nil:
		return true
	}
	switch r.Target.Kind {
	case network.TargetLocal:
		return at == l.to || at.hidden != ""
	case network.TargetInternetGateway:
		g, ok := n.InternetGateways.Get(id)
		return !ok || g.Defect != nil || l.destination.address.Is6()
	case network.TargetEgressOnly:
		g, ok := n.EgressOnlyGateways.Get(id)
		return !ok || g.Defect != nil || l.destination.address.Is6()
	case network.TargetNAT:
		g, ok := n.NATGateways.Get(id)
		if !ok || g.Defect != nil || g.Regional || x.subnets[g.Subnet] == nil || l.destination.address.Is6() { // NAT64 is not modelled
			return true
		}
		home := x.subnets[g.Subnet]
		return home.table == nil || home.in(l.destination) || l.from(home.table, home.vpc)
	case network.TargetPeering:
		p, ok := n.PeeringConnections.Get(id)
		if !ok || p.Defect != nil {
			return true
		}
		_, other, _ := p.Side(at.ID)
		there := x.vpcs[other.VPC]
		return there == nil || there == l.to || there.hidden != ""
	case network.TargetEndpoint:
		if f := x.walls[id]; f != nil {
			return f.subnet == nil || f.subnet.vpc != at || f.subnet.table == nil || f.doubt != "" || f.Status != "READY" || f.subnet.in(l.destination) || l.from(f.subnet.table, at)
		}
		p, ok := n.Endpoints.Get(id)
		return !ok || p.Defect != nil || p.Type != network.EndpointGateway
	case network.TargetTransitGateway:
		own := x.attachments[attached{id, at.ID}]
		return own == nil || own.Defect != nil || !own.Detailed || l.overTransit(own)
	}
	return true
}

// hubKey is what it hangs on where packets lead that come to a transit gateway.
type hubKey struct {
	gateway, table string
	destination    cell
	to             *vpc
}

// overTransit is inTransit, worked out once for all attachments with the same table, but where a packet would turn round.
func (l *leading) overTransit(own *network.TransitAttachment) bool {
	t, ok := l.engine.network.TransitRouteTables.Get(own.RouteTable)
	if len(l.seen) > 1 || len(l.passed) > 0 || !ok || slices.Contains(l.transitRoute(t, l.destination).to, own.Attachment) {
		return l.inTransit(own)
	}
	key := hubKey{own.Gateway, own.RouteTable, l.key, l.to}
	yes, ok := l.hubs[key]
	if !ok {
		yes = l.inTransit(own)
		l.hubs[key] = yes
	}
	return yes
}

// inTransit follows the table that an attachment of a transit gateway is associated with.
func (l *leading) inTransit(came *network.TransitAttachment) bool {
	n, x := l.engine.network, l.engine.index
	if came.RouteTable == "" || l.passed[came.RouteTable] {
		return false
	}
	l.passed[came.RouteTable] = true
	t, ok := n.TransitRouteTables.Get(came.RouteTable)
	if !ok || t.Defect != nil {
		return true
	}
	d := l.transitRoute(t, l.destination)
	if d.doubt != "" {
		return true
	}
	for _, id := range d.to {
		going := x.sides[attached{came.Gateway, id}]
		switch {
		case d.blackhole:
		case going == nil || going.Defect != nil || going == came:
			return true
		case going.State != "available":
		case going.Type == "peering":
			if far := x.sides[attached{going.Peer, id}]; far == nil || far.Defect != nil || l.inTransit(far) {
				return true
			}
		case going.Type != "vpc" || !going.Detailed || x.vpcs[going.Resource] == nil:
			return true
		default:
			for _, each := range going.Subnets {
				if s := x.subnets[each]; s == nil || s.Defect != nil || s.table == nil || s.in(l.destination) || l.from(s.table, s.vpc) {
					return true
				}
			}
		}
	}
	return false
}

// in tells whether an address is of a subnet.
func (s *subnet) in(a place) bool { return a.in(s.Blocks...) }

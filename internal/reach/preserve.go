package reach

import (
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// preservedLeg is the way from a node of a load balancer to a target of its VPC of a packet that carries the address of a client, and of its reply, which
// returns by the node whatever the target's table says (LB-2). The client may be anyone.
func (s *session) preservedLeg(from, to *site, client place, record bool) *leg {
	var legs []leg
	w := walk{session: s, out: &legs, record: record, source: client, client: from, server: to, request: []bounds{open}, kind: SameVPC}
	o := &from.example.Object
	if to.outside() || to.vpc() != from.vpc() {
		w.unknown("load balancer", o, "what a target outside of its VPC gets with the address of a client is not documented")
		return &legs[0]
	}
	w.destination = to.home
	home, far := from.subnet, to.subnet
	switch {
	case home.Defect != nil || far.Defect != nil:
		w.unknown("subnet", &home.Object, "it is not understood")
		return &legs[0]
	case home == far:
		w.kind = SameSubnet
	default:
		w.straight(home, to.home)
		w.acl(home, true, to.home) // NACL-8
		w.preservedACL(far, false, client)
	}
	switch to.role {
	case plain, endpoint:
	case relaying:
		w.listened(to.balancer)
	case nat:
		w.drop("NAT gateway", &to.example.Object, "NAT_ACCEPTS_NO_CONNECTION", "nothing opens a connection to or through a NAT gateway") // NAT-2
		return &legs[0]
	case conduit:
		w.drop("network interface", &to.example.Object, "INTERFACE_RELAYS_ONLY", "it carries what others send, and takes no connections")
		return &legs[0]
	case function:
		w.drop("network interface", &to.example.Object, "FUNCTION_ACCEPTS_NO_CONNECTION", "a function never receives a connection") // LAMBDA-1
		return &legs[0]
	default:
		w.unknown("network interface", &to.example.Object, "what it does as the target of a load balancer is not known")
		return &legs[0]
	}
	w.way, w.seen, w.own = arrived, client, true
	w.replying, w.reply = true, []bounds{open}
	if home != far {
		w.preservedACL(far, true, client)
		w.straight(far, from.home)
		w.acl(home, false, to.home)
	}
	w.emit()
	return &legs[0]
}

// anyCell is the cell of a place that stands for every address of its family.
const anyCell cell = -3

func anyone(f Family) place {
	if f == IPv6 {
		return place{anywhere6.Addr(), anyCell}
	}
	return place{anywhere4.Addr(), anyCell}
}

// straight doubts a way whose table has something longer than the local route.
func (w *walk) straight(at *subnet, to place) {
	if at.table == nil {
		w.doubt("route table", &at.Object, "the route table of "+at.Label()+" is not known"+w.gap("RouteTables", &at.Object))
		return
	}
	d := w.session.lookup(at.table, to)
	if d.doubt != "" || len(d.routes) != 1 || d.routes[0].Target.Kind != network.TargetLocal || d.routes[0].Blackhole || d.routes[0].Defect != nil {
		w.doubt("route table", &at.table.Object, "what a route that is more specific than local does to a load balancer's packets with the addresses of clients is not documented")
	}
}

// preservedACL is the ACL of the target's subnet: it sees the address of the client. Where that is not known, only what it does to all addresses is sure.
func (w *walk) preservedACL(at *subnet, outbound bool, client place) {
	if client.cell != anyCell || at.acl == nil {
		w.acl(at, outbound, client)
		return
	}
	b := evaluateACL(at.acl.NetworkACL, outbound, client)
	if w.replying {
		w.filter(b, w.session.answeredBounds(b))
	} else {
		w.filter(b, b)
	}
	o := &at.acl.Object
	w.note(step{hop: Hop{Kind: "network ACL", ID: o.ID, Name: o.Name, Origin: o.Origin, Rule: "it sees the addresses of clients, which are not known here"}, passes: b, filters: true})
}

// admitsAnyone is what the groups of a target admit of packets with the address of some client: by reference to a group of the balancer (LB-3), and
// by address where that is every address.
func (s *session) admitsAnyone(from, to *class) bounds {
	if to.site.outside() || to.site.bare {
		return open
	}
	if to.groups < 0 {
		return unclear
	}
	out := shut
	g := s.engine.groupSets[to.groups]
	if len(g.unknown) > 0 {
		out.may = packet.All
	}
	for _, a := range g.admissions[direction(false)] {
		everyone := false
		for _, b := range a.blocks {
			everyone = everyone || b.Bits() == 0 && b.Addr().Is4() == to.site.home.address.Is4()
		}
		if everyone {
			out.must = out.must.Union(a.what.must)
		}
		out.may = out.may.Union(a.what.may)
	}
	own := s.byReference(to.groups, false, from.groups)
	out.must, out.may = out.must.Union(own), out.may.Union(own)
	for _, r := range g.references[direction(false)] { // of groups of clients
		out.may = out.may.Union(r.what)
	}
	return out
}

package reach

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// transit is a packet that a route sends to a transit gateway.
func (w walk) transit(id string, at *subnet, r *network.Route) {
	n := w.session.engine.network
	own := w.session.engine.index.attachments[attached{id, at.vpc.ID}]
	g, known := n.TransitGateways.Get(id)
	o := &network.Object{ID: id, Origin: r.Origin}
	if known {
		o = &g.Object
	}
	switch {
	case own == nil:
		gap := n.Gap("TransitGatewayAttachments", at.Account, at.Region)
		if known {
			gap = cmp.Or(gap, n.Gap("TransitGatewayAttachments", g.Account, g.Region))
		}
		switch a := w.session.engine.index.unready[attached{id, at.vpc.ID}]; {
		case gap != nil: // beside one that is being deleted there may be another
			w.unknown("transit gateway", o, "its attachments are not known: "+gap.String())
			return
		case a != nil:
			w.drop("transit gateway attachment", &a.Object, "BAD_STATE_ATTACHMENT", "the attachment is "+a.State) // RT-9
			return
		case !known:
			w.unknown("transit gateway", o, "the gateway was not collected")
			return
		}
		w.drop("transit gateway", o, "BAD_STATE_ATTACHMENT", at.vpc.Label()+" has no available attachment to it") // RT-9
		return
	case own.Defect != nil:
		w.unknown("transit gateway attachment", &own.Object, own.Defect.Reason)
		return
	case !w.works(g):
		return
	case !own.Detailed:
		w.unknown("transit gateway attachment", &own.Object, "its subnets were not collected")
		return
	case w.source.address.Is6() && !own.IPv6:
		w.drop("transit gateway attachment", &own.Object, "TGW_ATTACH_NO_IPV6", "the attachment carries no IPv6") // TGW-7
		return
	}
	door, doubt := w.session.engine.index.inZone(own, at)
	if doubt {
		w.unknown("transit gateway attachment", &own.Object, "whether the attachment has a subnet in the zone of "+at.Label()+" is not known")
		return
	}
	if door == nil {
		w.drop("transit gateway attachment", &own.Object, "TGW_ROUTE_AZ_RESTRICTION", "the attachment has no subnet in zone "+at.Zone) // TGW-3
		return
	}
	w.acl(door, false, w.source) // NACL-8
	w.pass("transit gateway", o, &own.Object)
	w.inTransit(own, door)
}

// works tells whether a transit gateway, nil when it was not collected, carries packets; it ends the walk where it does not (RT-9).
func (w *walk) works(g *network.TransitGateway) bool {
	switch {
	case g == nil:
	case g.Defect != nil:
		w.unknown("transit gateway", &g.Object, g.Defect.Reason)
		return false
	case g.State != "available":
		w.drop("transit gateway", &g.Object, "BAD_STATE", "the gateway is "+g.State)
		return false
	}
	return true
}

// inZone finds the subnet of an attachment in the zone of a subnet (TGW-3); where there is none, doubt tells whether there may be one.
func (x *index) inZone(a *network.TransitAttachment, at *subnet) (same *subnet, doubt bool) {
	for _, each := range a.Subnets {
		s := x.subnets[each]
		if s == nil {
			doubt = true
			continue
		}
		switch sameZone(s, at) {
		case refYes:
			return s, false
		case refDoubt:
			doubt = true
		}
	}
	return nil, doubt
}

// inTransit is a packet in a transit gateway, from an attachment. It is in the zone of a subnet; nil when that is not known, behind a peering of gateways.
func (w walk) inTransit(came *network.TransitAttachment, from *subnet) {
	if w.hops++; w.hops > maxHops {
		w.drop("transit gateway attachment", &came.Object, "ROUTING_LOOP", "the packet is sent in a circle")
		return
	}
	if came.RouteTable == "" {
		w.drop("transit gateway attachment", &came.Object, "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "the attachment is associated with no route table") // TGW-1
		return
	}
	t, ok := w.session.engine.network.TransitRouteTables.Get(came.RouteTable)
	if !ok || t.Defect != nil {
		w.unknown("transit gateway route table", &network.Object{ID: came.RouteTable, Origin: came.Origin}, "the table is not in the input, or not understood")
		return
	}
	d := w.session.transitRoute(t, w.destination)
	switch {
	case d.doubt != "":
		w.unknown("transit gateway route table", &t.Object, d.doubt)
	case d.blackhole:
		w.drop("transit gateway route table", &t.Object, "TGW_RTB_BAD_STATE_ROUTE", "a blackhole for "+w.destination.address.String()) // TGW-2
	case len(d.to) == 0:
		w.drop("transit gateway route table", &t.Object, "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "no route to "+w.destination.address.String())
	default:
		w.choose("route of "+t.ID+" to "+d.prefix.String(), len(d.to), func(i int) string { return t.ID + " uses the route to " + d.to[i] }, func(w walk, i int) {
			w.hop("transit gateway route table", &t.Object, Forward, d.prefix.String()+" → "+d.to[i])
			w.outOfTransit(came, d.to[i], from)
		})
	}
}

// outOfTransit takes a packet from a transit gateway to where a route of its leads.
func (w walk) outOfTransit(came *network.TransitAttachment, id string, from *subnet) {
	x := w.session.engine.index
	going := x.sides[attached{came.Gateway, id}]
	if going == nil {
		w.unknown("transit gateway attachment", &network.Object{ID: id, Origin: came.Origin}, "the attachment was not collected")
		return
	}
	o := &going.Object
	switch {
	case going.Defect != nil:
		w.unknown("transit gateway attachment", o, going.Defect.Reason)
	case going.State != "available":
		w.drop("transit gateway attachment", o, "BAD_STATE_ATTACHMENT", "the attachment is "+going.State) // RT-9
	case going == came:
		w.unknown("transit gateway attachment", o, "whether a packet may turn round in a transit gateway is not documented")
	case going.Type == "peering":
		far := x.sides[attached{going.Peer, id}]
		if far == nil {
			w.unknown("transit gateway attachment", o, "the transit gateway "+going.Peer+" on the other side was not collected")
			return
		}
		g, _ := w.session.engine.network.TransitGateways.Get(far.Gateway)
		switch {
		case far.Defect != nil:
			w.unknown("transit gateway attachment", &far.Object, far.Defect.Reason)
			return
		case far.State != "available":
			w.drop("transit gateway attachment", &far.Object, "BAD_STATE_ATTACHMENT", "the attachment is "+far.State) // RT-9
			return
		case !w.works(g):
			return
		}
		w.hop("transit gateway attachment", o, Forward, "to "+going.Peer)
		if !w.replying {
			w.crossed.peered = true
		}
		w.inTransit(far, nil) // TGW-6
	case going.Type == "vpn" || going.Type == "direct-connect-gateway":
		w.offTransit(going)
	case going.Type != "vpc":
		w.unknown("transit gateway attachment", o, "what is behind an attachment of type "+going.Type+" is not modelled")
	case !going.Detailed:
		w.unknown("transit gateway attachment", o, "its subnets were not collected")
	case w.source.address.Is6() && !going.IPv6:
		w.drop("transit gateway attachment", o, "TGW_ATTACH_NO_IPV6", "the attachment carries no IPv6") // TGW-7
	case x.vpcs[going.Resource] == nil:
		w.unknown("transit gateway attachment", o, "VPC "+going.Resource+" was not collected")
	default:
		w.intoVPC(came, going, from)
	}
}

// offTransit is a packet that a transit gateway sends on premises: to the edge (VPN-1).
func (w walk) offTransit(going *network.TransitAttachment) {
	o := &going.Object
	if c, ok := w.session.engine.network.VPNConnections.Get(going.Resource); ok && (c.Defect != nil || c.State != "available") {
		w.unknown("transit gateway attachment", o, "the VPN connection "+c.Label()+" is "+cmp.Or(c.State, "not understood"))
		return
	}
	switch {
	case w.replying && w.client == nil && w.destination.address.Is6():
		w.unknown("transit gateway attachment", o, "the reply leaves by another way than the one by which the request came")
		return
	case w.replying:
		w.drop("transit gateway attachment", o, "VPN_HOLDS_NO_CONNECTION", "the reply leaves for the network behind "+going.Resource)
		return
	}
	w.kind = ByVPN
	if going.Type == "direct-connect-gateway" {
		w.kind = ByDirectConnect
	}
	w.hop("transit gateway attachment", o, Forward, "to the edge: "+going.Type+" "+going.Resource+"; what is behind it is outside the model")
	w.pass("transit gateway attachment", o, &network.Object{ID: going.Resource})
	w.edge = going
	w.finish(edged)
}

// intoVPC takes a packet from a transit gateway into a VPC, by a subnet of its attachment.
func (w walk) intoVPC(came, going *network.TransitAttachment, from *subnet) {
	var all []*subnet
	for _, id := range going.Subnets {
		s := w.session.engine.index.subnets[id]
		if s == nil {
			w.unknown("transit gateway attachment", &going.Object, "its subnet "+id+" was not collected")
			return
		}
		all = append(all, s)
	}
	about := "zone of " + going.ID // TGW-5: one for both directions of a flow
	if !going.ApplianceMode {
		about += " for the request"
		if w.replying {
			about = "zone of " + going.ID + " for the reply"
		}
		if from != nil && len(all) > 1 {
			same, doubt := w.session.engine.index.inZone(going, from)
			switch {
			case same != nil:
				all = []*subnet{same} // TGW-3
			case doubt:
				w.unknown("transit gateway attachment", &going.Object, "by which subnet it lets in what comes from the zone of "+from.Label()+" is not known")
				return
			}
		}
	}
	if len(all) == 0 {
		w.unknown("transit gateway attachment", &going.Object, "its subnets are not known")
		return
	}
	if !w.replying {
		w.crossed.count++
		w.crossed.peering = nil
		w.crossed.transit = refNo // SG-4
		if g, known := w.session.engine.network.TransitGateways.Get(came.Gateway); !w.crossed.peered && came.SecurityGroupReferencing && going.SecurityGroupReferencing {
			switch {
			case !known:
				w.crossed.transit = refDoubt
			case g.SecurityGroupReferencing:
				w.crossed.transit = refYes
			}
		}
		if w.inForce == 0 {
			w.kind = ByTransitGateway
		}
	}
	w.choose(about, len(all), func(i int) string { return going.ID + " enters by " + all[i].Label() }, func(w walk, i int) {
		w.hop("transit gateway attachment", &going.Object, Forward, "into "+all[i].vpc.Label()+" by "+all[i].Label())
		w.leave(all[i])
	})
}

// transitDecision is what a route table of a transit gateway does with a destination.
type transitDecision struct {
	prefix    netip.Prefix
	to        []string // attachments that AWS chooses from
	blackhole bool
	doubt     string
}

type transitKey struct {
	table       string
	destination cell
}

func (s *session) transitRoute(t *network.TransitRouteTable, destination place) transitDecision {
	key := transitKey{t.ID, destination.cell}
	if d, ok := s.transits[key]; ok {
		return d
	}
	d := s.engine.decideTransit(t, destination)
	s.transits[key] = d
	return d
}

// A VPC's block is no smaller than this: a static route as long decides against any propagation (TGW-7).
const longest4, longest6 = 28, 60

// Which of two routes with one prefix wins (TGW-2): the higher.
const (
	fromElsewhere = iota
	fromVPC
	fromList
	fromStatic
)

// decideTransit finds the route with the longest prefix, then static before prefix list before propagated (TGW-2).
func (e *Engine) decideTransit(t *network.TransitRouteTable, destination place) transitDecision {
	var d transitDecision
	rank, static := -1, -1
	hidden := ""                        // routes that are not known
	var unclear []*network.TransitRoute // routes for the destination of which more is not known
	consider := func(p netip.Prefix, as int, to []string, blackhole bool) {
		switch {
		case !p.Contains(destination.address):
			return
		case d.prefix.IsValid() && (p.Bits() < d.prefix.Bits() || p.Bits() == d.prefix.Bits() && as < rank):
			return
		case d.prefix == p && as == rank:
			d.to = append(d.to, to...)
		default:
			d.prefix, d.to, d.blackhole, rank = p, slices.Clone(to), blackhole, as
		}
		if as == fromStatic {
			static = max(static, p.Bits())
		}
	}
	if !t.RoutesKnown {
		return transitDecision{doubt: "the routes of " + t.ID + " were not collected, or not all of them"}
	}
	for _, r := range t.Routes {
		switch {
		case r.Defect != nil && !r.Destination.IsValid():
			return transitDecision{doubt: t.ID + " has a route that is not understood: " + r.Defect.Reason}
		case r.Defect != nil:
			if r.Destination.Contains(destination.address) {
				unclear = append(unclear, &r)
			}
		case r.PrefixList != "":
			list, ok := e.network.PrefixLists.Get(r.PrefixList)
			if !ok || list.Defect != nil {
				hidden = "the entries of prefix list " + r.PrefixList + " are not known"
				continue
			}
			for _, p := range list.Entries {
				consider(p, fromList, r.Attachments, r.Blackhole)
			}
		case r.Type == "propagated":
			as := fromElsewhere
			if len(r.Attachments) > 0 {
				if a := e.index.sides[attached{t.Gateway, r.Attachments[0]}]; a != nil && a.Type == "vpc" {
					as = fromVPC
				}
			}
			consider(r.Destination, as, r.Attachments, r.Blackhole)
		default:
			consider(r.Destination, fromStatic, r.Attachments, r.Blackhole)
		}
	}
	if !t.ListsKnown {
		hidden = "the prefix lists that " + t.ID + " refers to are not known"
	}
	if !t.AllRoutes {
		if !t.PropagationsKnown {
			hidden = "the propagations to " + t.ID + " were not collected"
		}
		for _, id := range t.Propagations {
			a := e.index.sides[attached{t.Gateway, id}]
			switch {
			case a != nil && a.Defect != nil:
				hidden = id + ", whose routes are propagated to " + t.ID + ", is not understood: " + a.Defect.Reason
			case a == nil:
				hidden = "the routes of " + id + ", which was not collected, are propagated to " + t.ID
			case a.Type == "peering": // TGW-6
			case a.Type != "vpc":
				hidden = "the routes that " + id + " of type " + a.Type + " propagates to " + t.ID + " are not known"
			case e.index.vpcs[a.Resource] == nil:
				hidden = "the routes of VPC " + a.Resource + ", which was not collected, are propagated to " + t.ID // TGW-7
			case e.index.vpcs[a.Resource].Defect != nil:
				hidden = "the routes of VPC " + a.Resource + ", which is not understood, are propagated to " + t.ID + ": " + e.index.vpcs[a.Resource].Defect.Reason
			default:
				for _, p := range e.index.vpcs[a.Resource].Blocks {
					consider(p, fromVPC, []string{id}, false)
				}
			}
		}
	}
	for _, r := range unclear { // RT-5: it matches
		if !d.prefix.IsValid() || r.Destination.Bits() >= d.prefix.Bits() {
			return transitDecision{doubt: "the route of " + t.ID + " for " + r.Destination.String() + " is not understood: " + r.Defect.Reason}
		}
	}
	longest := longest4
	if destination.address.Is6() {
		longest = longest6
	}
	if hidden != "" && static < longest {
		return transitDecision{doubt: hidden}
	}
	slices.Sort(d.to)
	d.to = slices.Compact(d.to)
	return d
}

// attached finds attachments: by gateway and what is attached, or by gateway and identifier.
type attached struct{ gateway, id string }

// attachments indexes the attachments of transit gateways, and finds the VPCs that gateways join.
func (x *index) findAttachments(n *network.Network) {
	for _, a := range n.TransitAttachments.All() {
		x.sides[attached{a.Gateway, a.Attachment}] = a
		switch {
		case a.Type != "vpc":
		case a.Defect != nil && x.attachments[attached{a.Gateway, a.Resource}] != nil:
		case a.Defect != nil || a.State == "available":
			x.attachments[attached{a.Gateway, a.Resource}] = a
		default:
			x.unready[attached{a.Gateway, a.Resource}] = a
		}
	}
	joined := map[string][]*vpc{} // by gateway
	peers := map[string][]string{}
	for _, a := range n.TransitAttachments.All() {
		if v := x.vpcs[a.Resource]; v != nil && a.Type == "vpc" {
			joined[a.Gateway] = append(joined[a.Gateway], v)
		}
		if a.Type == "peering" {
			peers[a.Gateway] = append(peers[a.Gateway], a.Peer)
		}
	}
	for gateway, own := range joined {
		seen, reach := map[string]bool{gateway: true}, []string{gateway}
		for i := 0; i < len(reach); i++ {
			for _, next := range peers[reach[i]] {
				if !seen[next] {
					seen[next] = true
					reach = append(reach, next)
				}
			}
			for _, v := range own {
				v.near = append(v.near, joined[reach[i]]...)
				v.hubs = append(v.hubs, reach[i])
			}
		}
	}
}

// missing tells whether a list of an account and Region was not collected, or not in full.
func missing(n *network.Network, list, account, region string) bool {
	like := func(a, b string) bool { return a == b || a == "" || b == "" }
	return n.Gap(list, account, region) != nil || len(n.Collected) > 0 && !slices.ContainsFunc(n.Collected, func(p network.Place) bool { return like(p.Account, account) && like(p.Region, region) })
}

// strangers tells whether packets from a network that is not known may come into a transit gateway.
func (x *index) strangers(n *network.Network, gateway string, seen map[string]bool) bool {
	if seen[gateway] {
		return false
	}
	seen[gateway] = true
	g, ok := n.TransitGateways.Get(gateway)
	if !ok || missing(n, "TransitGatewayAttachments", g.Account, g.Region) { // who is attached is known by its owner
		return true
	}
	for _, a := range n.TransitAttachments.All() {
		switch {
		case a.Gateway != gateway:
		case a.Defect != nil:
			return true
		case a.State != "available":
		case a.Type == "vpc":
			if x.vpcs[a.Resource] == nil {
				return true
			}
		case a.Type != "peering", x.sides[attached{a.Peer, a.Attachment}] == nil, x.strangers(n, a.Peer, seen):
			return true
		}
	}
	return false
}

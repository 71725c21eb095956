package reach

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// outKey is a client, and the cell of addresses that it sends to, as its VPC sees them.
type outKey struct {
	client int32
	cell   cell
}

// inKey is a packet from the internet: the cell of its source as the server's VPC sees it, and the site to whose public address it is sent.
type inKey struct {
	source cell
	server int32
}

// out are the ways from a client to the private address of a server; or, without a server, to the addresses of a cell, as far as the
// internet.
func (s *session) out(client, server *site, destination place, record bool) []leg {
	keep := server == nil && !record // what leads to a server is kept as a link
	var key outKey
	if keep {
		key = outKey{client.id, s.onTheWay(client.vpc(), destination)}
		if legs, ok := s.outs[key]; ok {
			return legs
		}
	}
	var legs []leg
	w := walk{
		session: s, out: &legs, record: record, source: client.home, destination: destination, own: true, client: client, server: server,
		owner: owner{subnet: client.subnet, public: client.public, nat: client.role == nat}, request: []bounds{open}, kind: SameVPC,
	}
	w.open()
	if keep {
		s.outs[key] = legs
	}
	return legs
}

// open is the client that opens the connection, if it does.
func (w walk) open() {
	o := &w.client.example.Object
	switch w.client.role {
	case endpoint:
		w.drop("VPC endpoint", o, "VPCE_INTRA_VPC_TRAFFIC", "nothing behind an endpoint opens a connection into the VPC") // PL-1
	case nat:
		if w.client.unclear != "" {
			w.unknown("network interface", o, w.client.unclear)
			return
		}
		const why = "whether a NAT gateway opens connections of its own is not documented"
		like := *w.client
		like.role = plain
		if service := w.session.exempt(&like, w.destination); !service.IsEmpty() { // SG-12
			var other []leg // the ways of what is not for the service
			aside := w.clone()
			aside.out = &other
			aside.leave(w.client.subnet)
			if !slices.ContainsFunc(other, func(l leg) bool { return l.end != lost }) {
				w.filter(bounds{packet.None, service}, open)
			}
			w.unknown("NAT gateway", o, why)
			return
		}
		w.doubt("NAT gateway", o, why)
		w.leave(w.client.subnet)
	case conduit:
		w.drop("network interface", o, "INTERFACE_RELAYS_ONLY", "it carries what others send, and opens no connections")
	case relaying:
		if b := w.client.balancer; b.doubt != "" {
			w.unknown("load balancer", &b.Object, b.doubt)
			return
		}
		w.leave(w.client.subnet)
	case strange, garbled:
		w.unknown("network interface", o, w.client.unclear)
	default:
		w.leave(w.client.subnet)
	}
}

// in are the ways from the internet to an address of a server, and back to the internet.
func (s *session) in(source place, server *site, record bool) []leg {
	key := inKey{s.onTheWay(server.vpc(), source), server.id}
	if !record {
		if legs, ok := s.ins[key]; ok {
			return legs
		}
	}
	var legs []leg
	w := walk{session: s, out: &legs, record: record, source: source, destination: server.home, server: server, request: []bounds{open}, kind: ByInternet}
	if server.public.valid() {
		w.destination = server.public
	}
	w.fromInternet()
	if !record {
		s.ins[key] = legs
	}
	return legs
}

// leave takes a packet out of an interface of a subnet.
func (w walk) leave(at *subnet) {
	if w.hops++; w.hops > maxHops {
		w.drop("route table", &at.Object, "ROUTING_LOOP", "the packet is sent in a circle")
		return
	}
	if w.destination.in(unforwarded...) {
		w.drop("subnet", &at.Object, "NEVER_FORWARDED", w.destination.address.String()+" is never forwarded") // RT-6
		return
	}
	if at.gateway == nil && at.Defect == nil && w.destination.in(at.Blocks...) {
		w.hop("subnet", &at.Object, Forward, "inside the subnet: not routed, and not filtered by its ACL") // RT-6, NACL-3
		if !w.replying && w.length == 1 {
			w.kind = SameSubnet
		}
		w.enter(at.vpc, at)
		return
	}
	if w.replying {
		for _, sent := range w.senders {
			if sent.vpc == at.vpc && sent.address.address == w.destination.address {
				w.acl(at, true, w.destination)
				w.hop("peering connection", &sent.peering.Object, Forward, "returns to the NAT gateway that sent it, whatever the route table says") // PEER-4
				w.cross(sent.peering, at.vpc)
				return
			}
		}
	}
	if at.table == nil {
		w.acl(at, true, w.destination)
		w.unknown("route table", &at.Object, "the route table of "+at.Label()+" is not known"+w.gap("RouteTables", &at.Object))
		return
	}
	d := w.session.lookup(at.table, w.destination)
	switch {
	case d.doubt != "":
		w.acl(at, true, w.destination)
		w.unknown("route table", &at.table.Object, d.doubt)
	case len(d.routes) == 0:
		w.acl(at, true, w.destination)
		code := "NO_ROUTE_TO_DESTINATION"
		if w.replying {
			code = "NO_RETURN_ROUTE" // PEER-2
		}
		w.drop("route table", &at.table.Object, code, "no route to "+w.destination.address.String())
	case len(d.routes) == 1:
		w.send(d.routes[0], at)
	default:
		var targets []string
		for _, r := range d.routes {
			targets = append(targets, targetName(r))
		}
		about := "route of " + at.table.ID + " among " + strings.Join(targets, ", ")
		w.choose(about, len(d.routes), func(i int) string {
			return fmt.Sprintf("%s uses the route for %s to %s", at.table.ID, routeName(d.routes[i]), targets[i])
		}, func(w walk, i int) { w.send(d.routes[i], at) })
	}
}

// send takes a packet out of its subnet, by a route. To an interface of the subnet itself it crosses no boundary (NACL-3).
func (w walk) send(r *network.Route, at *subnet) {
	if !w.neighbour(r, at) {
		w.acl(at, true, w.destination)
	}
	w.follow(r, at)
}

// neighbour tells whether a route leads to an interface of the subnet itself.
func (w *walk) neighbour(r *network.Route, at *subnet) bool {
	if r.Target.Kind != network.TargetInterface {
		return false
	}
	i, ok := w.session.engine.network.Interfaces.Get(r.Target.ID)
	return ok && i.Subnet == at.ID
}

// acl applies one direction of a subnet's ACL, to requests and replies alike (NACL-2).
func (w *walk) acl(at *subnet, outbound bool, remote place) {
	if at.gateway != nil { // NAT-4
		return
	}
	if at.acl == nil {
		w.doubt("network ACL", &at.Object, "the network ACL of "+at.Label()+" is not known"+w.gap("NetworkAcls", &at.Object))
		return
	}
	b := w.session.aclBounds(at.acl, outbound, remote)
	if w.replying {
		w.filter(b, w.session.answeredBounds(b))
	} else {
		w.filter(b, b)
	}
	w.length++
	if w.record {
		o := &at.acl.Object
		w.note(step{hop: Hop{Kind: "network ACL", ID: o.ID, Name: o.Name, Origin: o.Origin}, acl: at.acl, outbound: outbound, remote: remote, passes: b, filters: true, where: at.Label()})
	}
}

func (w *walk) gap(list string, o *network.Object) string {
	if o.Defect != nil { // what it belongs to is not understood
		return ": " + o.Defect.Reason
	}
	if g := w.session.engine.network.Gap(list, o.Account, o.Region); g != nil {
		return ": " + g.String()
	}
	return ""
}

// enter brings a packet to the interface of a VPC that has its destination address.
func (w walk) enter(v *vpc, inside *subnet) {
	switch {
	case w.replying && w.inForce > 0:
		t := w.translations[w.inForce-1]
		if t.home.vpc == v && t.outer.address == w.destination.address {
			w.untranslate(t, inside)
			return
		}
	case w.replying && w.client != nil:
		if w.client.vpc() == v && w.client.home.address == w.destination.address {
			w.into(w.client.subnet, inside)
			w.finish(arrived)
			return
		}
	case !w.replying && w.server != nil:
		if w.server.vpc() == v && w.server.home.address == w.destination.address {
			if w.server.role != garbled {
				w.into(w.server.subnet, inside)
			}
			w.arrive()
			return
		}
	}
	w.stray(v)
}

func (w *walk) into(at, inside *subnet) {
	if at != inside {
		w.acl(at, false, w.source)
	}
}

// arrive is the packet at the interface that it is for.
func (w walk) arrive() {
	o := &w.server.example.Object
	switch w.server.role {
	case function:
		w.drop("network interface", o, "FUNCTION_ACCEPTS_NO_CONNECTION", "a function never receives a connection") // LAMBDA-1
	case nat:
		w.drop("NAT gateway", o, "NAT_ACCEPTS_NO_CONNECTION", "nothing opens a connection to or through a NAT gateway") // NAT-2, NAT-5
	case conduit:
		w.drop("network interface", o, "INTERFACE_RELAYS_ONLY", "it carries what others send, and takes no connections")
	case strange, garbled:
		w.unknown("network interface", o, w.server.unclear)
	case relaying:
		w.listened(w.server.balancer)
		w.finish(arrived)
	case endpoint:
		w.pass("VPC endpoint", &network.Object{ID: w.server.example.Owner.ID, Name: w.server.example.Name}, nil)
		if w.server.unclear != "" { // what it takes; its groups are asked all the same
			w.doubt("VPC endpoint", o, w.server.unclear)
		}
		w.finish(arrived)
	default:
		w.finish(arrived)
	}
}

// listened is what a load balancer takes (LB-4).
func (w *walk) listened(b *balancer) {
	w.filter(b.listens, b.listens)
	w.note(step{hop: Hop{Kind: "load balancer", ID: b.ID, Name: b.Name, Code: b.listenerCode(), Rule: b.listening(), Origin: b.Origin}, passes: b.listens, filters: true, quiet: true})
	w.pass("load balancer", &b.Object, nil)
}

// stray ends a packet that came to a VPC in which nobody it is for has the address.
func (w walk) stray(v *vpc) {
	n := w.session.engine.network
	if i := n.InterfaceAt(v.ID, w.destination.address); i != nil && (i.Defect == nil || w.session.engine.index.ofNAT[i.ID]) {
		w.drop("network interface", &i.Object, "DELIVERED_ELSEWHERE", "in "+v.Label()+" the address belongs to "+i.Label())
		return
	}
	if v.hidden != "" {
		w.unknown("VPC", &v.Object, "whether an interface has "+w.destination.address.String()+" is not known: "+v.hidden)
		return
	}
	w.drop("VPC", &v.Object, "NO_POSSIBLE_DESTINATION", "no interface of "+v.Label()+" has "+w.destination.address.String())
}

// follow does what a route says with a packet that leaves a subnet.
func (w walk) follow(r *network.Route, at *subnet) {
	if w.record {
		o := &at.table.Object
		w.note(step{hop: Hop{Kind: "route table", ID: o.ID, Name: o.Name, Effect: Forward, Rule: routeName(r) + " → " + targetName(r), Origin: r.Origin}})
	}
	w.length++
	n := w.session.engine.network
	id := r.Target.ID
	table := &at.table.Object
	switch {
	case r.Blackhole:
		w.drop("route table", table, "BAD_STATE_ROUTE", "the route for "+routeName(r)+" leads nowhere (blackhole)") // RT-5
		return
	case r.Defect != nil:
		w.unknown("route table", table, "the route for "+routeName(r)+" is not understood: "+r.Defect.Reason) // RT-5
		return
	}
	if at.gateway != nil { // NAT-4: how it sends to anything else is not documented
		expected := network.TargetInternetGateway
		if w.replying {
			expected = network.TargetLocal
		}
		if r.Target.Kind != expected {
			w.unknown("NAT gateway", &at.gateway.Object, "a regional NAT gateway that sends to a "+string(r.Target.Kind)+" is not modelled")
			return
		}
	}
	switch r.Target.Kind {
	case network.TargetLocal:
		w.enter(at.vpc, nil) // RT-3
		return
	case network.TargetInternetGateway:
		if g, ok := n.InternetGateways.Get(id); ok && g.Defect == nil {
			w.outByGateway(g, at)
			return
		}
	case network.TargetEgressOnly:
		if g, ok := n.EgressOnlyGateways.Get(id); ok && g.Defect == nil {
			w.outEgressOnly(g, at)
			return
		}
	case network.TargetNAT:
		if g, ok := n.NATGateways.Get(id); ok && g.Defect == nil {
			w.translate(g, at)
			return
		}
	case network.TargetPeering:
		if p, ok := n.PeeringConnections.Get(id); ok && p.Defect == nil {
			w.cross(p, at.vpc)
			return
		}
	case network.TargetInterface:
		if i, ok := n.Interfaces.Get(id); ok && i.Defect == nil {
			w.appliance(i, at)
			return
		}
	case network.TargetEndpoint:
		if f := w.session.engine.index.walls[id]; f != nil {
			w.intoWall(f, at)
			return
		}
		if p, ok := n.Endpoints.Get(id); ok && p.Defect == nil && p.Type == network.EndpointGatewayLoadBalancer && p.State != "available" {
			w.drop("VPC endpoint", &p.Object, "BAD_STATE", "the endpoint is "+p.State) // RT-9
			return
		}
		if p, ok := n.Endpoints.Get(id); ok && p.Defect == nil && p.Type == network.EndpointGateway {
			w.gatewayEndpoint(p, at)
			return
		}
	case network.TargetVPNGateway:
		if g, ok := n.VPNGateways.Get(id); ok && g.Defect == nil {
			w.vpn(g, at)
			return
		}
	case network.TargetTransitGateway:
		w.transit(id, at, r)
		return
	}
	w.unknown(string(r.Target.Kind), &network.Object{ID: id, Origin: r.Origin}, w.notUnderstood(r)) // RT-5, X-1
}

// notUnderstood says why a route's target cannot be followed.
func (w *walk) notUnderstood(r *network.Route) string {
	id := r.Target.ID
	n := w.session.engine.network
	if p, ok := n.Endpoints.Get(id); ok && p.Defect == nil {
		return id + " is an endpoint of type " + string(p.Type) + ": what is behind it is not modelled" // EP-3
	}
	return "a route leads to " + strings.TrimSpace(string(r.Target.Kind)+" "+id) + ", which is not in the input or not modelled"
}

// appliance is a packet routed to an interface.
func (w walk) appliance(i *network.Interface, at *subnet) {
	if slices.ContainsFunc(i.Addresses, func(a network.Address) bool { return a.IP == w.destination.address }) {
		w.enter(at.vpc, at)
		return
	}
	home := w.session.engine.index.subnets[i.Subnet]
	if home != nil && home != at {
		w.acl(home, false, w.source)
	}
	if i.SourceDestCheck {
		w.drop("network interface", &i.Object, "ENI_SOURCE_DEST_CHECK_RESTRICTION", "its source/destination check rejects what is not for it") // RT-8
		return
	}
	w.unknown("network interface", &i.Object, "what the appliance "+i.Label()+" does with a packet that is not for it is not known")
}

// cross takes a packet through a peering.
func (w walk) cross(p *network.PeeringConnection, from *vpc) {
	own, other, ok := p.Side(from.ID)
	if p.State != "active" || !ok {
		w.drop("peering connection", &p.Object, "BAD_STATE", "the peering is "+p.State+", or not one of "+from.Label()) // PEER-6, RT-9
		return
	}
	there := w.session.engine.index.vpcs[other.VPC]
	blocks := other.Blocks
	if there != nil {
		blocks = there.Blocks
	}
	switch {
	case !w.destination.in(blocks...):
		w.drop("peering connection", &p.Object, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", w.destination.address.String()+" is not in the VPC on the other side") // PEER-1
	case !w.source.in(from.Blocks...):
		w.drop("peering connection", &p.Object, "PCX_NOT_TRANSITIVE", w.source.address.String()+" is not in "+own.VPC+": a peering is not transitive") // PEER-1
	case there == nil:
		w.unknown("peering connection", &p.Object, "VPC "+other.VPC+" of account "+other.Account+" on the other side was not collected") // PEER-6
	default:
		w.hop("peering connection", &p.Object, Forward, "to "+there.Label())
		w.pass("peering connection", &p.Object, nil)
		w.peered = true
		if w.middlebox { // FW-9
			w.doubt("peering connection", &p.Object, "what a firewall does with the traffic of a peering is not documented")
		}
		if !w.replying {
			w.crossed = crossing{peering: p, count: w.crossed.count + 1}
			w.kind = ByPeering
			if w.inForce > 0 && w.source.address == w.translations[w.inForce-1].outer.address {
				w.senders = append(slices.Clip(w.senders), sentByNAT{there, w.source, p}) // PEER-4
			}
		}
		w.enter(there, nil)
	}
}

// translate is a packet that a route sends to a NAT gateway.
func (w walk) translate(g *network.NATGateway, at *subnet) {
	home := w.session.engine.index.subnets[g.Subnet]
	if g.Regional {
		home = w.session.engine.index.regional[g.ID]
	}
	switch {
	case g.State != "available":
		w.drop("NAT gateway", &g.Object, "BAD_STATE", "the NAT gateway is "+g.State) // RT-9
		return
	case home == nil || home.vpc == nil:
		w.unknown("NAT gateway", &g.Object, "its subnet "+g.Subnet+" is not in the input")
		return
	}
	w.into(home, at) // NACL-8
	if w.destination.address.Is6() {
		w.unknown("NAT gateway", &g.Object, "NAT64 is not modelled")
		return
	}
	kept := exactly(packet.Protocol(packet.TCP).Union(packet.Protocol(packet.UDP)).Union(packet.Protocol(packet.ICMP)))
	w.filter(kept, w.session.answeredBounds(kept))
	if w.record {
		w.note(step{hop: Hop{Kind: "NAT gateway", ID: g.ID, Name: g.Name, Code: "PROTOCOL_RESTRICTION", Rule: "translates TCP, UDP and ICMP only", Origin: g.Origin}, passes: kept, filters: true, quiet: true})
	}
	if w.replying {
		w.drop("NAT gateway", &g.Object, "NAT_HOLDS_NO_CONNECTION", "the reply is sent into a NAT gateway that does not hold its connection") // V-15
		return
	}
	addresses := w.session.natPlaces(g)
	if len(addresses) == 0 {
		w.unknown("NAT gateway", &g.Object, "its addresses are not known")
		return
	}
	for _, a := range g.Addresses {
		if w.inForce > 0 && a.IP.IsValid() && a.IP == w.source.address {
			w.drop("NAT gateway", &g.Object, "ROUTING_LOOP", "the NAT gateway's own subnet routes to it")
			return
		}
	}
	w.choose("address of "+g.ID, len(addresses), func(i int) string { return g.ID + " uses its address " + addresses[i].inner.address.String() },
		func(w walk, i int) {
			w = w.clone()
			a := addresses[i]
			w.translations = append(w.translations, translation{g, home, a.inner, w.source, w.owner, w.own})
			w.inForce++
			w.request = append(w.request, open)
			w.source, w.own = a.inner, false
			w.owner = owner{home, a.public, true}
			w.kind = ByNAT
			w.pass("NAT gateway", &g.Object, nil)
			w.hop("NAT gateway", &g.Object, Translate, "source becomes "+a.inner.address.String()+", client port 1024-65535") // NAT-1
			w.leave(home)
		})
}

type natPlace struct{ inner, public place }

// natPlaces are the addresses that a NAT gateway may use: one of each kind that anything tells apart.
func (s *session) natPlaces(g *network.NATGateway) []natPlace {
	var all []natPlace
	for _, a := range g.Addresses {
		p := natPlace{public: place{cell: noCell}}
		if a.Public.IsValid() {
			p.public = place{a.Public, s.engine.cells.of(a.Public)}
		}
		switch {
		case g.Regional && a.Public.IsValid():
			p.inner = p.public
		case a.IP.IsValid():
			p.inner = place{a.IP, s.engine.cells.of(a.IP)}
		default:
			continue
		}
		if !slices.ContainsFunc(all, func(q natPlace) bool { return p.inner.cell == q.inner.cell && p.public.cell == q.public.cell }) {
			all = append(all, p)
		}
	}
	return all
}

// untranslate is a reply at the NAT gateway that translated its request.
func (w walk) untranslate(t translation, inside *subnet) {
	w.into(t.home, inside)
	w.inForce--
	w.destination = t.inner
	w.hop("NAT gateway", &t.nat.Object, Translate, "destination becomes "+t.inner.address.String()+" again")
	w.leave(t.home)
}

// gatewayEndpoint is a packet that a route sends to a gateway endpoint.
func (w walk) gatewayEndpoint(p *network.Endpoint, at *subnet) {
	if p.State != "available" || p.VPC != at.vpc.ID {
		w.drop("VPC endpoint", &p.Object, "BAD_STATE", "the endpoint is "+p.State+", or not in "+at.vpc.Label()) // RT-9
		return
	}
	echo := packet.Type(packet.ICMP, 8, 0)
	if w.source.address.Is6() {
		echo = packet.Type(packet.ICMPv6, 128, 0)
	}
	kept := exactly(packet.Protocol(packet.TCP).Union(echo)) // EP-1
	w.filter(kept, w.session.answeredBounds(kept))
	if w.record {
		w.note(step{hop: Hop{Kind: "VPC endpoint", ID: p.ID, Name: p.Name, Code: "VPCE_GATEWAY_PROTOCOL_RESTRICTION", Rule: "takes TCP and ICMP echo only", Origin: p.Origin}, passes: kept, filters: true, quiet: true})
	}
	switch {
	case w.replying:
		w.drop("VPC endpoint", &p.Object, "ENDPOINT_HOLDS_NO_CONNECTION", "the reply is sent into a gateway endpoint that does not hold its connection") // V-15
	case !w.source.in(at.vpc.Blocks...):
		w.drop("VPC endpoint", &p.Object, "GATEWAY_REJECTS_SPOOFED_TRAFFIC", w.source.address.String()+" is not in the VPC") // EP-1
	default:
		w.hop("VPC endpoint", &p.Object, Forward, "to "+p.Service)
		w.pass("VPC endpoint", &p.Object, nil)
		w.gate = at.vpc
		if w.inForce == 0 {
			w.kind = ByGatewayEndpoint
		}
		w.finish(served)
	}
}

// vpn is a packet that a route sends to a virtual private gateway: to its edge, by static routes (VPN-1).
func (w walk) vpn(g *network.VPNGateway, at *subnet) {
	if g.VPC != at.vpc.ID {
		w.drop("virtual private gateway", &g.Object, "BAD_STATE_ATTACHMENT", "the gateway is not attached to "+at.vpc.Label()) // RT-9
		return
	}
	if w.owner.subnet == nil || w.owner.subnet.vpc != at.vpc {
		w.drop("virtual private gateway", &g.Object, "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS", w.source.address.String()+" is no address of "+at.vpc.Label())
		return
	}
	why, static, open := "it has no VPN connection, and what Direct Connect brings is not known", false, false
	if gap := w.session.engine.network.Gap("VpnConnections", g.Account, g.Region); gap != nil {
		why, open = gap.String(), true
	}
	for _, c := range w.session.engine.network.VPNConnections.All() {
		if c.VPNGateway != g.ID || c.State == "deleted" || c.State == "deleting" {
			continue
		}
		if c.Defect == nil && c.State == "available" && w.destination.in(c.Routes...) {
			if w.replying && w.client == nil && w.destination.address.Is6() {
				w.unknown("virtual private gateway", &g.Object, "the reply leaves by another way than the one by which the request came")
				return
			}
			if w.replying {
				w.drop("virtual private gateway", &g.Object, "VPN_HOLDS_NO_CONNECTION", "the reply leaves for the network behind "+c.Label())
				return
			}
			w.pass("virtual private gateway", &g.Object, &c.Object)
			w.hop("virtual private gateway", &g.Object, Forward, "to the edge: "+c.Label()+" routes the destination; what is behind it is outside the model")
			w.gate, w.kind = at.vpc, ByVPN
			w.finish(edged)
			return
		}
		switch {
		case c.Defect != nil:
			why = c.Label() + ": " + c.Defect.Reason
			open = true
		case c.State != "available":
			why = c.Label() + " is " + c.State
			open = true
		case !c.StaticOnly:
			why = "the routes that it learns by BGP are not known"
			open = true
		default:
			static = true
		}
	}
	if open || !static {
		w.unknown("virtual private gateway", &g.Object, why)
		return
	}
	w.drop("virtual private gateway", &g.Object, "NO_ROUTE_TO_DESTINATION", "no VPN connection has a route for "+w.destination.address.String())
}

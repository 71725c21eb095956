package reach

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// The second connection of a service: from a node of a load balancer to a target, with the address of the node or of its client (LB-1, LB-2).

// toGroup are the connections from a node to the targets of a group.
func (s *session) toGroup(f finding, b *balancer, id string, conditions []string, listener Hop, node *network.Interface, at end, q *Question) []finding {
	n, x := s.engine.network, s.engine.index
	g, ok := n.TargetGroups.Get(id)
	hop := Hop{Kind: "target group", ID: id, Effect: Forward, Deciding: true}
	doubt := func(why string) []finding {
		hop.Effect, hop.Rule = Doubt, why
		return []finding{f.ended(Unknown, b, conditions, b.hop(), listener, hop)}
	}
	if !ok {
		return doubt("the target group was not collected")
	}
	hop.Name, hop.Origin = g.Name, g.Origin
	switch {
	case g.Defect != nil:
		return doubt(g.Defect.Reason)
	case !g.TargetsKnown:
		return doubt("its targets were not collected")
	case g.TargetType == "alb" && b.preserves(g) && f.relayable(q) && len(g.Targets) > 0:
		return doubt("how clients that keep their addresses come to a load balancer behind another is not modelled")
	}
	unsaid := "" // why it is not known whether zones are crossed
	if gap := n.Gap("TargetGroupAttributes", g.Account, g.Region); g.Attributes == nil && gap != nil {
		unsaid = "its attributes are not known: " + gap.String()
		if b.Type == "network" && f.relayable(q) && slices.Contains([]string{"TCP", "TLS"}, g.Protocol) {
			return doubt(unsaid)
		}
	}
	said := g.Attributes[crossZone] == "true" || g.Attributes[crossZone] == "false"
	if gap := n.Gap("LoadBalancerAttributes", b.Account, b.Region); b.Type == "network" && b.Attributes == nil && !said && gap != nil {
		unsaid = "the attributes of its load balancer are not known: " + gap.String()
	}
	if g.TargetType == "lambda" && len(g.Targets) > 0 {
		hop.Rule = "invokes a function: no further connection"
		return []finding{f.ended(Reachable, b, conditions, b.hop(), listener, hop)}
	}
	cross := b.crossesZones(g)
	own := x.subnets[node.Subnet]
	var all []finding
	if g.TargetType == "alb" && len(g.Targets) > 0 {
		for _, t := range g.Targets {
			port, one := cmp.Or(t.Port, g.Port), hop
			one.Rule = fmt.Sprintf("to load balancer %s port %d", t.ID[strings.LastIndexByte(t.ID, ':')+1:], port)
			all = append(all, s.toBalancer(f, b, x.balancers[t.ID], port, conditions, []Hop{b.hop(), listener, one}, at, q)...)
		}
		return all
	}
	for _, t := range g.Targets {
		to, why, _ := x.target(n, g, t)
		one, from := hop, f
		if home := x.homeOf(n, g, t, to); (!cross || unsaid != "") && home != nil && own != nil { // LB-5
			same := sameZone(home, own)
			if same == refNo && unsaid == "" {
				continue
			}
			if same != refYes && why == "" {
				from.own, from.verdict, from.limits = cmp.Or(f.own, f.verdict), Unknown, nil
				one.Effect = Doubt
			}
		}
		if why != "" {
			all = append(all, doubt(why)...)
			continue
		}
		port := cmp.Or(t.Port, g.Port)
		one.Rule = fmt.Sprintf("to %s port %d", t.ID, port)
		if one.Effect == Doubt {
			one.Rule += ": " + cmp.Or(unsaid, "whether it is in the zone of the node is not known")
		}
		all = append(all, s.toTarget(from, b, t, to, port, conditions, []Hop{b.hop(), listener, one}, at, b.preserves(g) && f.relayable(q), q)...)
	}
	if len(all) > 0 {
		return all
	}
	hop.Effect, hop.Code, hop.Rule = Deny, "TARGET_GROUP_HAS_NO_TARGETS", "no target is registered"
	if len(g.Targets) > 0 {
		hop.Code, hop.Rule = "ELB_NOT_CROSSZONE", "no target in zone "+s.zoneName(node)+" of the node, and nodes use the targets of their own zone only"
	}
	return []finding{f.ended(Unreachable, b, conditions, b.hop(), listener, hop)}
}

// relayable tells whether the address of a client can be kept: not by PrivateLink (PL-2).
func (f finding) relayable(q *Question) bool { return q.Service.Endpoint == nil }

// toInstances are the connections of a Classic Load Balancer.
func (s *session) toInstances(f finding, b *balancer, l *network.Listener, listener Hop, at end, q *Question) []finding {
	x, n := s.engine.index, s.engine.network
	var all []finding
	own := at.class.site.subnet
	for _, id := range b.Instances {
		to, why, _ := x.instanceTarget(n, id, IPv4)
		hop, from := listener, f
		hop.Rule += fmt.Sprintf(": to %s port %d", id, l.InstancePort)
		if why == "" && to.iface >= 0 {
			if subnet := x.subnets[n.Interfaces.All()[to.iface].Subnet]; subnet != nil && sameZone(subnet, own) != refYes {
				why = "whether a Classic Load Balancer uses targets of other zones is not known: its attributes are not collected"
			}
		}
		switch {
		case why != "" && to.iface < 0:
			hop.Effect, hop.Rule = Doubt, why
			all = append(all, f.ended(Unknown, b, nil, b.hop(), hop))
			continue
		case why != "":
			hop.Effect, hop.Rule = Doubt, why
			from.own, from.verdict, from.limits = cmp.Or(f.own, f.verdict), Unknown, nil
		}
		all = append(all, s.toTarget(from, b, network.LoadBalancerTarget{ID: id}, to, l.InstancePort, nil, []Hop{b.hop(), hop}, at, false, q)...)
	}
	if all == nil {
		listener.Effect, listener.Code, listener.Rule = Deny, "TARGET_GROUP_HAS_NO_TARGETS", "no instance is registered"
		all = append(all, f.ended(Unreachable, b, nil, b.hop(), listener))
	}
	return all
}

// toTarget is the connection from a node to a target, with an address of the node's or of the client (LB-2), joined to the one before.
func (s *session) toTarget(f finding, b *balancer, t network.LoadBalancerTarget, to member, port int, conditions []string, hops []Hop, at end, preserved bool, q *Question) []finding {
	server, why := s.targetEnd(t, to)
	preserved = preserved && why == "" && server.class.site.family() == f.family // it cannot keep an address of another family
	if why != "" {
		hops[len(hops)-1].Effect, hops[len(hops)-1].Rule = Doubt, why
		return []finding{f.ended(Unknown, b, conditions, hops...)}
	}
	if preserved && !s.knownTo(f) {
		hops[0].Effect, hops[0].Rule = Doubt, "with which address the client comes to it is not known"
		return []finding{f.ended(Unknown, b, conditions, hops...)}
	}
	from, ok := s.nodeEnd(at, server.class.site.family())
	if !ok {
		hops[0].Effect, hops[0].Rule = Doubt, "the node has no address of the family of "+t.ID
		return []finding{f.ended(Unknown, b, conditions, hops...)}
	}
	return s.join(f, b, port, conditions, hops, preserved, server, func(asked packet.Set) []finding {
		if preserved {
			return s.preservedFindings(f, from, server, asked, q)
		}
		return s.plainFindings(from, server, asked, q)
	})
}

// toBalancer is the connection from a node of a Network Load Balancer to an Application Load Balancer, and what is behind that (LB-7).
func (s *session) toBalancer(f finding, b, next *balancer, port int, conditions []string, hops []Hop, at end, q *Question) []finding {
	doubt := func(why string) []finding {
		hops[len(hops)-1].Effect, hops[len(hops)-1].Rule = Doubt, why
		return []finding{f.ended(Unknown, b, conditions, hops...)}
	}
	if next == nil || next.Type != "application" {
		return doubt("the Application Load Balancer behind it is not in the input")
	}
	from, ok := s.nodeEnd(at, IPv4)
	if !ok {
		return doubt("the node has no IPv4 address")
	}
	found := s.join(f, b, port, conditions, hops, false, at, func(asked packet.Set) []finding {
		own := *q
		own.Service, own.Traffic, own.Name = &Service{Balancer: next.LoadBalancer}, asked, ""
		var doors [][]finding
		var names []string
		for _, i := range own.Service.doors(s.engine) {
			if found := s.throughDoor(from, i, &own); found != nil {
				doors, names = append(doors, found), append(names, i.Label()+" ("+s.zoneName(i)+")")
			}
		}
		return byDoors(doors, names)
	})
	if len(found) == 0 {
		return doubt("by which of its nodes it is reached is not known")
	}
	return found
}

// join puts the connections that a node opens to a port behind the one that came to it.
func (s *session) join(f finding, b *balancer, port int, conditions []string, hops []Hop, preserved bool, server end, open func(asked packet.Set) []finding) []finding {
	var all []finding
	for _, product := range f.traffic.Products() { // one listener: one port, for one or two protocols
		asked := packet.None
		for _, seconds := range product.Second {
			low, high := seconds.Low, seconds.High
			if !preserved {
				low, high = natLow, natHigh
			}
			asked = asked.Union(packet.Of(packet.Box{Protocols: product.Protocols, First: packet.Span{Low: uint16(port), High: uint16(port)}, Second: packet.Span{Low: low, High: high}}))
		}
		for _, g := range open(asked) {
			one := f
			one.traffic = product.Set().Intersect(f.traffic)
			if preserved {
				one.traffic = one.traffic.Intersect(clientsOf(g.traffic))
			} else if g.traffic != asked {
				g.choice = joinChoices(g.choice, b.Name+" uses a client port of "+natPortsOf(g.traffic))
			}
			if one.traffic.IsEmpty() {
				continue
			}
			one.choice = joinChoices(f.choice, g.choice)
			one.own = cmp.Or(f.own, f.verdict)
			one.verdict = combine(f.verdict, g.verdict)
			one.limits, one.passes = f.limits.and(g.limits), f.passes || g.passes
			if one.verdict == Unreachable || one.verdict == Unknown {
				one.limits = nil
			}
			one.length = f.length + g.length + 1
			g.name = ""
			one.then = &relay{balancer: b, hops: hops, conditions: conditions, next: &g, target: server}
			all = append(all, one)
		}
	}
	return all
}

// clientsOf are all headers with the client ports of a set.
func clientsOf(s packet.Set) packet.Set {
	out := packet.None
	for _, b := range s.Boxes() {
		b.First = packet.Span{Low: 0, High: 65535}
		out = out.Union(packet.Of(b))
	}
	return out
}

// nodeEnd is the end of a node from which it opens connections of a family.
func (s *session) nodeEnd(at end, family Family) (end, bool) {
	if at.class.site.family() == family {
		at.public = false
		return at, true
	}
	m, _ := at.first()
	for _, x := range s.engine.Interfaces(s.engine.network.Interfaces.All()[m.iface]).list {
		if x.class.site.family() == family && !x.public {
			return x, true
		}
	}
	return end{}, false
}

// targetEnd is the end that a target is.
func (s *session) targetEnd(t network.LoadBalancerTarget, to member) (end, string) {
	if to.iface >= 0 {
		class := s.engine.classOf[to.iface][to.address]
		return end{class: class, members: []member{to}, exact: true}, ""
	}
	address, err := netip.ParseAddr(t.ID)
	if err != nil {
		return end{}, "the target " + t.ID + " is no address"
	}
	return s.engine.Address(address).list[0], ""
}

// plainFindings are the verdicts about a connection from a node to a target with the node's own address.
func (s *session) plainFindings(from, server end, asked packet.Set, q *Question) []finding {
	c, d := from.class, server.class
	links := s.links(c.site, d.site, false, false, q.Passes != nil)
	own := *q
	own.Name = ""
	found := s.judge(links, from, server, asked, &own, func(l *link) passing {
		p := passing{egress: open, ingress: open}
		if !c.site.bare {
			p.egress = s.lets(l, c, d)
		}
		if !d.site.outside() && !d.site.bare {
			p.ingress = s.admits(d.groups, false, l.seenFrom(c.site), c.groups, l.refsIn)
		}
		return p
	})
	for i := range found {
		found[i].second = true
	}
	return found
}

// preservedFindings are the same with the address of the client (LB-2, LB-3).
func (s *session) preservedFindings(f finding, from, server end, asked packet.Set, q *Question) []finding {
	client := s.seenBy(f)
	links := []link{s.preservedLink(f.client, from.class.site, server, client, q.Passes != nil)}
	own := *q
	own.Name = ""
	found := s.judge(links, from, server, asked, &own, func(l *link) passing {
		p := passing{egress: open, ingress: open}
		if !from.class.site.bare {
			p.egress = s.lets(l, from.class, server.class)
		}
		if !server.class.site.outside() && !server.class.site.bare {
			p.ingress = s.admitsRelayed(server.class.groups, client, from.class.groups, f.client.class.groups)
		}
		return p
	})
	for i := range found {
		found[i].second, found[i].relayed, found[i].origin = true, client, f.client
	}
	return found
}

// admitsRelayed is what groups admit of what a node sends with the address of a client (LB-3). What they do with a reference to a group of the client is not
// documented.
func (s *session) admitsRelayed(own groupSet, client place, node, origin groupSet) bounds {
	b := s.admits(own, false, client, node, refYes)
	if origin >= 0 {
		b.may = b.may.Union(s.byReference(own, false, origin))
	}
	return b
}

// preservedLink is the connection from a node to a target with the address of a client.
func (s *session) preservedLink(origin end, from *site, server end, client place, record bool) link {
	l := s.preservedLeg(from, server.class.site, client, record)
	one := single(l, server.class.site.home, record)
	one.seen = client
	if d := server.class.site; !d.outside() && d.vpc() == from.vpc() {
		one.refsOut = refYes
	}
	if itself(origin, server) { // what a client gets that is its own server is not documented
		one.request, one.reply, one.unresolved = []bounds{unclear}, []bounds{unclear}, true
	}
	one.refsIn = refYes
	return one
}

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

// relay is what follows a connection to a load balancer or an endpoint: a chain of connections, the last one to a target (LB-1, LB-7, PL-4).
type relay struct {
	balancer   *balancer // nil: of an endpoint whose provider was not collected
	hops       []Hop     // between the connection and the next one
	conditions []string
	notes      []string
	next       *finding // nil: the service ends here
	stops      bool     // it ends here because something stops it
	target     end      // where the service ends: an end that is told as the destination
}

// key tells relays apart that must not be told as one.
func (r *relay) key() string {
	if r == nil {
		return ""
	}
	words := append(slices.Clone(r.conditions), r.notes...)
	if r.next == nil {
		for _, h := range r.hops {
			words = append(words, h.Code)
		}
		return strings.Join(words, "\n")
	}
	return strings.Join(words, "\n") + "\n" + string(r.next.kind) + "\n" + r.next.then.key()
}

// serve answers a question about a service: every way to it that AWS may choose, and every target behind it.
func (s *session) serve(q Question) []Part {
	var all []finding
	for _, client := range s.apart(q.Sources.sources()) {
		if q.Family != AnyFamily && q.Family != client.class.site.family() {
			continue
		}
		var doors [][]finding
		var names []string
		for _, i := range q.Service.doors(s.engine) {
			found := s.throughDoor(client, i, &q)
			if found != nil {
				doors, names = append(doors, found), append(names, i.Label()+" ("+s.zoneName(i)+")")
			}
		}
		all = append(all, byDoors(doors, names)...)
	}
	if q.Service.Targets != nil {
		all = slices.DeleteFunc(all, func(f finding) bool {
			m, ok := f.end().first()
			if f.verdict == Unknown && f.then != nil && f.then.next == nil { // it may end at any of them
				return false
			}
			return !ok || f.end().class.site.outside() || !q.Service.Targets[s.engine.network.Interfaces.All()[m.iface]]
		})
	}
	return s.parts(all)
}

// apart tells clients that are targets of load balancers from others of their classes: what becomes of a connection back to its own client is
// another matter (LB-2).
func (s *session) apart(clients []end) []end {
	var all []end
	for _, c := range clients {
		members := c.members
		if members == nil {
			members = c.class.members
		}
		if len(members) < 2 || !slices.ContainsFunc(members, func(m member) bool { return s.engine.index.relayed[m.iface] }) {
			all = append(all, c)
			continue
		}
		for _, m := range members {
			one := c
			one.members = []member{m}
			all = append(all, one)
		}
	}
	return all
}

func (s *session) zoneName(i *network.Interface) string {
	if at := s.engine.index.subnets[i.Subnet]; at != nil {
		return cmp.Or(at.Zone, at.ZoneID, at.ID)
	}
	return i.Subnet
}

// doors are the interfaces by which clients come to a service.
func (v *Service) doors(e *Engine) []*network.Interface {
	if v.Balancer != nil {
		return e.index.balancers[v.Balancer.ID].nodes
	}
	var all []*network.Interface
	for _, i := range e.network.Interfaces.All() {
		if i.Type == network.TypeEndpoint && i.Owner.ID == v.Endpoint.ID || slices.Contains(v.Endpoint.Interfaces, i.ID) {
			all = append(all, i)
		}
	}
	return all
}

// byDoors tells findings by the door where doors differ: which one it is, is AWS's choice (V-10).
func byDoors(doors [][]finding, names []string) []finding {
	var all []finding
	if len(doors) == 0 {
		return nil
	}
	// Headers that have the same verdicts by every door need no choice.
	alike := packet.All
	for _, v := range verdictOrder {
		every, none := packet.All, packet.All
		for _, found := range doors {
			set := packet.None
			for _, f := range found {
				if f.verdict == v {
					set = set.Union(f.traffic)
				}
			}
			every, none = every.Intersect(set), none.Subtract(set)
		}
		alike = alike.Intersect(every.Union(none))
	}
	for k, found := range doors {
		for _, f := range found {
			if same := f.traffic.Intersect(alike); !same.IsEmpty() {
				one := f
				one.traffic = same
				all = append(all, one)
			}
			if rest := f.traffic.Subtract(alike); !rest.IsEmpty() {
				f.traffic = rest
				f.choice = joinChoices("by "+names[k], f.choice)
				all = append(all, f)
			}
		}
	}
	return all
}

func joinChoices(list ...string) string {
	return strings.Join(slices.DeleteFunc(list, func(c string) bool { return c == "" }), ", ")
}

// throughDoor are the findings about a service by one of its doors; nil when the client cannot mean it.
func (s *session) throughDoor(client end, door *network.Interface, q *Question) []finding {
	var ends Ends
	for _, each := range s.engine.Interfaces(door).list {
		// An internet-facing balancer is asked by its public addresses from outside, and by its private ones from inside (LB-7).
		public := q.Service.Balancer != nil && !q.Service.Balancer.Internal && client.class.site.outside() && each.class.site.public.valid()
		if each.public == public && each.class.site.family() == client.class.site.family() {
			ends.list = append(ends.list, each)
		}
	}
	if len(ends.list) == 0 {
		return nil
	}
	server := ends.list[0] // a node answers by its first address
	if !calls(client, server) && !client.class.site.outside() || itself(client, server) {
		return nil
	}
	var all []finding
	if b := q.Service.Balancer; b != nil {
		at := s.engine.index.balancers[b.ID]
		for _, f := range s.findings(client, server, q.Traffic, q) {
			if shut := f.traffic.Subtract(at.listens.may); f.verdict == Unknown && at.Type != "gateway" && at.doubt == "" && !shut.IsEmpty() { // whatever becomes of it on its way (LB-4)
				hop := at.hop()
				hop.Effect, hop.Code, hop.Rule = Deny, at.listenerCode(), at.listening()
				one := f
				one.traffic, one.kind = shut, NoPath
				all = append(all, one.ended(Unreachable, at, nil, hop))
				f.traffic = f.traffic.Subtract(shut)
			}
			if !f.traffic.IsEmpty() {
				all = append(all, s.behind(f, at, door, server, q)...)
			}
		}
		return all
	}
	for _, f := range s.findings(client, server, q.Traffic, q) {
		all = append(all, s.behindEndpoint(f, q.Service.Endpoint, door, q)...)
	}
	return all
}

// end is where a finding ends, after all connections.
func (f finding) end() end {
	if f.then == nil {
		return f.server
	}
	if f.then.next != nil {
		return f.then.next.end()
	}
	return f.then.target
}

// behind are the findings about a service that follow from a connection to a node: for every listener, rule, target group and target.
func (s *session) behind(f finding, b *balancer, node *network.Interface, at end, q *Question) []finding {
	if f.verdict == Unreachable || at.class.site.role != relaying {
		return []finding{f}
	}
	f.through(q, "load balancer", &b.Object)
	if b.doubt != "" {
		hop := b.hop()
		hop.Effect, hop.Rule = Doubt, b.doubt
		return []finding{f.ended(Unknown, b, nil, hop)}
	}
	var all []finding
	for _, l := range b.Listeners {
		one := f
		one.traffic = f.traffic.Intersect(protocolPort(l.Protocol, l.Port))
		if one.traffic.IsEmpty() {
			continue
		}
		f.traffic = f.traffic.Subtract(one.traffic)
		all = append(all, s.behindListener(one, b, &l, node, at, q)...)
	}
	if !f.traffic.IsEmpty() { // of a listener that is not understood, or of listeners that are not known
		all = append(all, f)
	}
	return all
}

// through notes that a finding passes something that the question may be about.
func (f *finding) through(q *Question, kind string, o *network.Object) {
	f.passes = f.passes || q.Passes != nil && q.Passes(passage{kind, o, nil}.public())
}

// ended is a finding that the service ends with, at its node.
func (f finding) ended(v Verdict, b *balancer, conditions []string, hops ...Hop) finding {
	f.own = cmp.Or(f.own, f.verdict)
	f.verdict = combine(f.verdict, v)
	f.then = &relay{balancer: b, hops: hops, conditions: conditions, target: f.server, stops: v != Reachable}
	if f.verdict == Unreachable || f.verdict == Unknown {
		f.limits = nil
	}
	return f
}

// combine is the verdict of two connections, one after the other (LB-1, LB-7).
func combine(first, second Verdict) Verdict {
	for _, v := range []Verdict{Unreachable, Unknown, OneWay} {
		if first == v || second == v {
			return v
		}
	}
	return Reachable
}

func (b *balancer) hop() Hop {
	return Hop{Kind: "load balancer", ID: b.ID, Name: b.Name, Effect: Forward, Rule: b.Type + " load balancer: ends the connection and opens another", Origin: b.Origin, Deciding: true}
}

func (s *session) behindListener(f finding, b *balancer, l *network.Listener, node *network.Interface, at end, q *Question) []finding {
	listener := Hop{Kind: "listener", ID: cmp.Or(l.ID, b.Name), Effect: Forward, Origin: l.Origin, Rule: fmt.Sprintf("%s %d", l.Protocol, l.Port), Deciding: true}
	if b.Type == "classic" {
		return s.toInstances(f, b, l, listener, at, q)
	}
	var all []finding
	rules := l.Rules
	if !l.RulesKnown && b.Type == "application" {
		listener.Effect, listener.Rule = Doubt, listener.Rule+": its rules were not collected, only its default is known"
		return []finding{f.ended(Unknown, b, nil, b.hop(), listener)}
	}
	if len(rules) == 0 {
		listener.Effect, listener.Code, listener.Rule = Deny, "ELBV2_LISTENER_HAS_NO_TG", listener.Rule+": it forwards to nothing"
		return []finding{f.ended(Unreachable, b, nil, b.hop(), listener)}
	}
	seen, known := s.seenBy(f), s.knownTo(f)
	for _, r := range rules {
		conditions, bySource, applies := conditionsOf(r, seen)
		from, certain := f, known || !bySource
		if !applies && certain {
			continue
		}
		if !certain { // whether it applies hangs on an address that is not known
			from.own, from.verdict, from.limits = cmp.Or(f.own, f.verdict), combine(f.verdict, Unknown), nil
		}
		one := listener
		one.Origin = cmp.Or(r.Origin, l.Origin)
		one.Rule += ": rule " + r.Priority
		if len(conditions) > 0 {
			one.Rule += " for " + strings.Join(conditions, ", ")
		}
		all = append(all, s.byRule(from, b, r, conditions, one, node, at, q)...)
		if len(conditions) == 0 && certain {
			break
		}
	}
	return all
}

// seenBy is the address of the client as the end of a finding's connection sees it.
func (s *session) seenBy(f finding) place {
	return s.links(f.client.class.site, f.server.class.site, f.server.public, f.client.internet, false)[f.link].seenFrom(f.client.class.site)
}

// knownTo tells whether it is known which address the end of a finding's connection sees.
func (s *session) knownTo(f finding) bool {
	l := &s.links(f.client.class.site, f.server.class.site, f.server.public, f.client.internet, false)[f.link]
	if b := f.client.class.site.balancer; b != nil {
		if sent := s.engine.sentOver(b, l, f.server.class); b.hidden != "" || sent.preserved.Union(sent.maybe).Overlaps(f.traffic) {
			return false
		}
	}
	return !l.unresolved && !l.stray
}

// conditionsOf are the conditions of a rule in words, those on the source evaluated, if there are any.
func conditionsOf(r network.ListenerRule, seen place) (words []string, bySource, applies bool) {
	applies = true
	for _, c := range r.Conditions {
		if c.Field == "source-ip" {
			bySource = true
			applies = applies && seen.in(sourceBlocks(network.ListenerRule{Conditions: []network.ListenerCondition{c}})...)
			continue
		}
		words = append(words, c.Field+" "+strings.Join(c.Values, " or "))
	}
	return words, bySource, applies
}

// byRule is what a rule of a listener does.
func (s *session) byRule(f finding, b *balancer, r network.ListenerRule, conditions []string, listener Hop, node *network.Interface, at end, q *Question) []finding {
	for _, a := range r.Actions {
		switch a.Type {
		case "redirect", "fixed-response":
			listener.Rule += ": answered by the load balancer itself (" + a.Type + ")"
			return []finding{f.ended(Reachable, b, conditions, b.hop(), listener)}
		case "forward":
			if len(a.TargetGroups) == 0 {
				listener.Effect, listener.Code, listener.Rule = Deny, "ELBV2_LISTENER_HAS_NO_TG", listener.Rule+": it forwards to no target group"
				return []finding{f.ended(Unreachable, b, conditions, b.hop(), listener)}
			}
			var all [][]finding
			var names []string
			for _, id := range a.TargetGroups {
				all = append(all, s.toGroup(f, b, id, conditions, listener, node, at, q))
				names = append(names, "target group "+id[strings.LastIndexByte(id, ':')+1:])
			}
			return byDoors(all, names)
		}
	}
	listener.Effect, listener.Rule = Doubt, listener.Rule+": what it does is not understood"
	return []finding{f.ended(Unknown, b, conditions, b.hop(), listener)}
}

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
	case g.TargetType == "alb" && b.preserves(g) && len(g.Targets) > 0:
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
	if g.TargetType == "alb" {
		for _, t := range g.Targets {
			port, one := cmp.Or(t.Port, g.Port), hop
			one.Rule = fmt.Sprintf("to load balancer %s port %d", t.ID[strings.LastIndexByte(t.ID, ':')+1:], port)
			all = append(all, s.toBalancer(f, b, x.balancers[t.ID], port, conditions, []Hop{b.hop(), listener, one}, at, q)...)
		}
	}
	for _, t := range g.Targets {
		if g.TargetType == "alb" {
			break
		}
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
		hop := listener
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
			f.own, f.verdict, f.limits = cmp.Or(f.own, f.verdict), Unknown, nil
		}
		all = append(all, s.toTarget(f, b, network.LoadBalancerTarget{ID: id}, to, l.InstancePort, nil, []Hop{b.hop(), hop}, at, false, q)...)
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

package reach

import (
	"cmp"
	"fmt"
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

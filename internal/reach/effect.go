package reach

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/packet"
)

// variant is the outcome of a link under choices that only ports tell apart: the client port that a NAT gateway picks.
type variant struct {
	choice  string
	outcome Outcome
	ports   natPorts
}

// natPorts are the client ports that each NAT gateway on a way picks from, by its segment less one: nil for all.
type natPorts [][]packet.Span

// of are the ports in a segment.
func (p natPorts) of(segment int) []packet.Span {
	if segment > len(p) || p[segment-1] == nil {
		return []packet.Span{{Low: natLow, High: natHigh}}
	}
	return p[segment-1]
}

// Client ports that a NAT gateway uses (NAT-1).
const natLow, natHigh = 1024, 65535

// branch is what passes, there and back, under some choices.
type branch struct {
	choice         []string
	request, reply bounds
	ports          natPorts
}

// branches are what passes a link with what the groups of both ends admit, for each choice that only ports tell apart.
func (s *session) branches(l *link, p passing) []branch {
	request := s.both(s.both(p.egress, p.ingress), l.request[0])
	if l.unresolved {
		request = s.both(p.egress, l.request[0])
	}
	all := []branch{{request: request, reply: l.reply[0]}}
	for _, c := range l.choices {
		all[0].choice = append(all[0].choice, c.text)
	}
	for i := 1; i < len(l.request); i++ {
		all = s.behindNAT(l, i, all)
	}
	if p.preserved.IsEmpty() {
		return all
	}
	// What a balancer sends with the addresses of its clients goes another way (LB-2).
	direct := s.both(s.both(p.egress, p.direct), l.direct.request[0])
	for i := range all {
		all[i].request = p.instead(all[i].request, direct)
		all[i].reply = p.instead(all[i].reply, l.direct.reply[0])
	}
	return all
}

// instead puts one filter in place of another for what is sent with the addresses of clients.
func (p passing) instead(filter, direct bounds) bounds {
	direct = bounds{direct.must.Subtract(p.either.Subtract(filter.must)), direct.may.Union(filter.may.Intersect(p.either))}
	return bounds{filter.must.Subtract(p.preserved).Union(direct.must.Intersect(p.preserved)), filter.may.Subtract(p.preserved).Union(direct.may.Intersect(p.preserved))}
}

// behindNAT splits branches by the client port that a NAT gateway picks: filters behind it see that port.
func (s *session) behindNAT(l *link, i int, all []branch) []branch {
	every, some := s.natPorts(l.request[i])
	data := l.dataByPort(i)
	if every != some || data != nil { // a firewall looks at the port that the packet comes from
		return s.byPort(l, i, data, all)
	}
	for j := range all {
		all[j].ports = append(slices.Clip(all[j].ports), nil)
	}
	backEvery, backSome := s.natPorts(l.reply[i])
	if backEvery == backSome {
		for j := range all {
			all[j].request, all[j].reply = s.both(all[j].request, every), s.both(all[j].reply, backEvery)
		}
		return all
	}
	r := l.reply[i]
	doubtful := bounds{backSome.must.Subtract(r.may.Subtract(r.must).SomeClients(natLow, natHigh)), backSome.may}
	var split []branch
	ports := natPortsOf(r.may)
	for _, b := range all {
		add := func(which string, passes bounds) {
			split = append(split, branch{append(slices.Clip(b.choice), l.nats[i-1]+" uses "+which), s.both(b.request, every), s.both(b.reply, passes), b.ports})
		}
		add("a client port of "+ports, backSome)
		if doubtful != backSome && doubtful != backEvery {
			add("a client port of which it is not known whether replies to it pass", doubtful)
		}
		add("another client port than "+ports, backEvery)
	}
	return split
}

// byPort splits branches by intervals of the ports that a NAT gateway may pick, where requests to some of them fare otherwise than to others, or their data does.
func (s *session) byPort(l *link, i int, data []packet.Set, all []branch) []branch {
	cuts := []int{natLow, natHigh + 1}
	for _, set := range append([]packet.Set{l.request[i].must, l.request[i].may, l.reply[i].must, l.reply[i].may}, data...) {
		for _, b := range set.Boxes() {
			if b.Protocols.Low == packet.TCP || b.Protocols.Low == packet.UDP {
				cuts = append(cuts, int(b.Second.Low), int(b.Second.High)+1)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.DeleteFunc(slices.Compact(cuts), func(c int) bool { return c < natLow || c > natHigh+1 })
	type kind struct {
		request, reply bounds
		data           string
	}
	ports := map[kind][]packet.Span{}
	var kinds []kind
	at := func(b bounds, port uint16) bounds {
		return bounds{b.must.SomeClients(port, port), b.may.SomeClients(port, port)}
	}
	for c := range cuts[:len(cuts)-1] {
		low, high := uint16(cuts[c]), uint16(cuts[c+1]-1)
		k := kind{request: at(l.request[i], low), reply: at(l.reply[i], low)}
		for _, set := range data {
			k.data += set.SomeClients(low, low).Key() + " "
		}
		if ports[k] == nil {
			kinds = append(kinds, k)
		}
		ports[k] = append(ports[k], packet.Span{Low: low, High: high})
	}
	var split []branch
	for _, b := range all {
		for _, k := range kinds {
			choice := append(slices.Clip(b.choice), l.nats[i-1]+" uses a client port of "+packet.FormatSpans(spans(nil).union(ports[k])))
			split = append(split, branch{choice, s.both(b.request, k.request), s.both(b.reply, k.reply), append(slices.Clip(b.ports), ports[k])})
		}
	}
	return split
}

// variants are what is true of the connections of a link, with what the groups of both ends admit.
func (s *session) variants(l *link, asked packet.Set, p passing) []variant {
	var all []variant
	for _, b := range s.branches(l, p) {
		o := verdicts(asked.Subtract(l.exempt), b.request, b.reply)
		o.Reachable = o.Reachable.Union(asked.Intersect(l.exempt))
		all = append(all, variant{strings.Join(b.choice, ", "), o, b.ports})
	}
	return all
}

// natPortsOf are the ports that pass a filter where not all do.
func natPortsOf(s packet.Set) string {
	for _, p := range s.Products() {
		if p.Protocols.Low != packet.TCP && p.Protocols.Low != packet.UDP {
			continue
		}
		var spans []packet.Span
		whole := false
		for _, span := range p.Second {
			low, high := max(span.Low, natLow), min(span.High, natHigh)
			if low <= high {
				spans = append(spans, packet.Span{Low: low, High: high})
				whole = whole || low == natLow && high == natHigh
			}
		}
		if len(spans) > 0 && !whole {
			return packet.FormatSpans(spans)
		}
	}
	return "those that are admitted"
}

// effectKey is what an effect depends on.
type effectKey struct {
	shape int32 // of the link
	pass  bounds
	asked packet.Set
	// of what a balancer sends with the addresses of its clients
	preserved, either packet.Set
	egress            bounds
	direct            bounds
	directShape       int32
}

// passing is what the groups of both ends admit over a link.
type passing struct {
	egress, ingress bounds
	// preserved is what a balancer sends with the addresses of its clients, and direct what the groups of the server admit of it (LB-2); either is
	// what it sends with its own as well.
	preserved, either packet.Set
	direct            bounds
}

// groupBounds are what the groups of both ends admit over a link, and what a load balancer at its start sends at all.
func (s *session) groupBounds(l *link, c, d *class) passing {
	p := passing{egress: open, ingress: open}
	if b := c.site.balancer; b != nil && b.doubt != "" {
		return passing{egress: unclear, ingress: open}
	}
	if !c.site.outside() && !c.site.bare {
		p.egress = s.lets(l, c, d)
	}
	if !d.site.outside() && !d.site.bare {
		p.ingress = s.admits(d.groups, false, l.seenFrom(c.site), c.groups, l.refsIn)
	}
	if b := c.site.balancer; b != nil {
		sent := s.engine.sentOver(b, l, d)
		sends := bounds{sent.plain.Union(sent.preserved), sent.plain.Union(sent.preserved).Union(sent.maybe)}
		hidden := b.hidden != "" && s.engine.mayTarget(l, d)
		if hidden {
			sends.may, sent.maybe = ported, ported
		}
		p.egress = p.egress.and(sends)
		p.preserved, p.either = sent.preserved, sent.preserved.Intersect(sent.plain)
		if b.Type == "network" { // what is not known may keep addresses too
			p.preserved, p.either = p.preserved.Union(sent.maybe), p.either.Union(sent.maybe.Subtract(sent.preserved))
		}
		if !p.preserved.IsEmpty() {
			p.direct = s.admitsAnyone(c, d)
			if l.direct.end == doubtful {
				p.direct = open
			}
		}
	}
	return p
}

// lets are the headers that the groups of a client let pass to an address of a server.
func (s *session) lets(l *link, c, d *class) bounds {
	from, to := c.site.vpc(), l.sentToAt(d.site)
	b := s.admits(c.groups, true, to, d.groups, l.refsOut)
	if l.refsOut != refNo && from.around.overlap {
		b.may = b.may.Union(s.overlapping(c, d, to))
	}
	if l.unresolved && !d.site.outside() && from.related(d.site.vpc()) == refNo && slices.ContainsFunc(append(slices.Clip(from.near), from), func(v *vpc) bool { return from.related(v) != refNo && to.in(v.Blocks...) }) {
		b.may = b.may.Union(s.byReference(c.groups, true, anyGroups)) // it may be an address of theirs
	}
	b.may = b.may.Union(s.hiddenMembers(c, to))
	return b
}

// overlapping are the headers that an outbound reference may admit because another interface, in the same or a peered VPC, has the
// destination address as well.
func (s *session) overlapping(c, d *class, to place) packet.Set {
	out := packet.None
	from := c.site.vpc()
	for _, i := range s.engine.network.InterfacesAt(to.address) {
		v := s.engine.index.vpcs[i.VPC]
		if v != d.site.vpc() && from.related(v) != refNo {
			out = out.Union(s.byReference(c.groups, true, s.engine.groupSetOf[groupKey(i.Groups)]))
		}
	}
	return out
}

// effect is what arrives over a link, or over several: the parts of an [Outcome] that are small, and all that may arrive at every one of
// them, which is what is left of the rest.
type effect struct{ reachable, oneWay, unknown, may packet.Set }

func (e effect) or(f effect) effect {
	return effect{e.reachable.Union(f.reachable), e.oneWay.Union(f.oneWay), e.unknown.Union(f.unknown), e.may.Intersect(f.may)}
}

// arrives tells whether something gets through, or may.
func (e effect) arrives() bool {
	return e.reachable != packet.None || e.oneWay != packet.None || e.unknown != packet.None
}

func (e effect) outcome(asked packet.Set, rest memo) Outcome {
	return Outcome{Reachable: e.reachable, OneWay: e.oneWay, Unknown: e.unknown, Unreachable: rest.of(asked, e.may, packet.Set.Subtract)}
}

// effect sums up what is true between two classes over one link.
func (s *session) effect(l *link, c, d *class, asked packet.Set) effect {
	p := s.groupBounds(l, c, d)
	if l.unresolved {
		p.ingress = open
	}
	key := effectKey{shape: l.shape, pass: s.both(p.egress, p.ingress), asked: asked}
	if !p.preserved.IsEmpty() {
		key.preserved, key.either, key.egress, key.direct, key.directShape = p.preserved, p.either, p.egress, p.direct, s.shapeOf(shapeKey{request: l.direct.request[0], reply: l.direct.reply[0]})
	}
	if key == s.lastEffect.key {
		return s.lastEffect.effect
	}
	if e, ok := s.effects[key]; ok {
		s.lastEffect.key, s.lastEffect.effect = key, e
		return e
	}
	e := effect{may: asked}
	for _, b := range s.branches(l, p) {
		request := s.both(b.request, exactly(asked))
		if request.may.IsEmpty() {
			e = e.or(effect{})
			continue
		}
		one := effect{reachable: s.and(request.must, b.reply.must), oneWay: s.less(request.must, b.reply.may), may: request.may}
		if request.must != request.may || b.reply.must != b.reply.may {
			one.unknown = s.less(s.less(request.may, one.reachable), one.oneWay)
		}
		e = e.or(one)
	}
	if exempt := asked.Intersect(l.exempt); !exempt.IsEmpty() {
		e = effect{e.reachable.Union(exempt), e.oneWay.Subtract(exempt), e.unknown.Subtract(exempt), e.may.Union(exempt)}
	}
	s.effects[key] = e
	return e
}

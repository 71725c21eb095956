package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// candidates is how many pairs are looked at for the best way to explain a part.
const candidates = 64

// explain makes a part of findings that have one verdict: the shortest way, or of what does not arrive the one with the fewest controls to
// change (V-11 to V-13).
func (s *session) explain(all []finding) Part {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.length, b.length), compareLists(s.engine.answerMembers(a.client)[:1], s.engine.answerMembers(b.client)[:1]),
			compareLists(s.engine.answerMembers(a.server)[:1], s.engine.answerMembers(b.server)[:1]))
	})
	best := s.tell(all[0])
	if all[0].verdict == Unreachable {
		for _, f := range all[1:min(len(all), candidates)] {
			if p := s.tell(f); blocks(p.Path) < blocks(best.Path) {
				best = p
			}
		}
	}
	return best
}

func blocks(path []Hop) int {
	count := 0
	for _, h := range path {
		if h.Effect == Deny {
			count++
		}
	}
	return count
}

// telling is a finding about to be told: two concrete addresses, and the link between them with its steps.
type telling struct {
	*session
	finding
	from, to *network.Interface // nil outside
	l        link
	header   packet.Header
	ports    []uint16 // the client port under each number of translations
}

// tell tells a finding, and the connections that follow it.
func (s *session) tell(f finding) Part {
	t := telling{session: s, finding: f, header: f.traffic.Pick()}
	t.verdict = cmp.Or(f.own, f.verdict)
	return t.chain(f, t.connection())
}

// connection tells one connection.
func (t *telling) connection() Part {
	f := t.finding
	client, server := *f.client.class.site, *f.server.class.site
	t.concrete(&client, &server)
	if f.relayed.valid() {
		t.l = t.preservedLink(f.origin, &client, end{class: &class{site: &server}, members: f.server.members}, f.relayed, true)
	} else {
		t.l = t.links(&client, &server, f.server.public, f.client.internet, true)[f.link]
	}
	t.pickPorts()
	path, ended := t.request(&client, &server)
	p := Part{Kind: f.kind, Path: path}
	if t.verdict == Reachable || t.verdict == OneWay {
		p.Witness = &Witness{t.from, t.to, client.home.address, t.l.sentTo.address, t.header}
		if f.relayed.valid() {
			p.Witness.Source = f.relayed.address
		}
	}
	if t.verdict != Unreachable && !ended {
		p.Reply = t.reply(&client, &server)
	}
	return p
}

// concrete puts the addresses of two members of different interfaces in place of the examples of their sites.
func (t *telling) concrete(client, server *site) {
	pick := func(x end, not *network.Interface, at *site) *network.Interface {
		if x.class.site.outside() {
			return nil
		}
		list := x.members
		if list == nil {
			list = x.class.members
		}
		m := list[max(0, slices.IndexFunc(list, func(m member) bool { return t.engine.network.Interfaces.All()[m.iface] != not }))]
		i := t.engine.network.Interfaces.All()[m.iface]
		a := i.Addresses[m.address]
		at.home.address, at.example = a.IP, i
		if a.Public.IsValid() {
			at.public.address = a.Public
		}
		return i
	}
	t.from = pick(t.client, nil, client)
	t.to = pick(t.server, t.from, server)
	if t.to == t.from && t.from != nil { // a single interface there: take another one here
		t.from = pick(t.client, t.to, client)
	}
}

// pickPorts picks a client port for every NAT gateway, such that the finding is seen.
func (t *telling) pickPorts() {
	t.ports = []uint16{t.header.Second}
	for i := 1; i < len(t.l.request); i++ {
		port := t.finding.ports.of(i)[0].Low
		ask := func(n uint16) packet.Header {
			return packet.Header{Protocol: t.header.Protocol, First: t.header.First, Second: n}
		}
		r := t.l.reply[i]
		good := func(n uint16) bool {
			switch t.verdict {
			case OneWay:
				return !r.may.Contains(ask(n))
			case Unknown:
				return r.may.Contains(ask(n))
			}
			return r.must.Contains(ask(n))
		}
		for _, n := range t.edges(r, t.finding.ports.of(i)) {
			if good(n) {
				port = n
				break
			}
		}
		t.ports = append(t.ports, port)
	}
}

// edges are client ports of a NAT gateway, one from every interval that a filter tells apart, of those that it picks from.
func (t *telling) edges(b bounds, from []packet.Span) []uint16 {
	var all []uint16
	for _, ports := range from {
		all = append(all, ports.Low)
		for _, set := range []packet.Set{b.must, b.may} {
			for _, box := range set.Boxes() {
				for _, n := range []int{int(box.Second.Low), int(box.Second.High) + 1} {
					if n >= int(ports.Low) && n <= int(ports.High) {
						all = append(all, uint16(n))
					}
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// request are the hops of the first packet. It ended when the packet was stopped, or nobody knows what becomes of it, before its destination.
func (t *telling) request(client, server *site) (hops []Hop, ended bool) {
	if t.from != nil {
		hops = append(hops, t.interfaceHop(t.from, "from "+client.home.address.String()))
		if !client.bare && !t.exempt() {
			hops = append(hops, t.groupHop(true, t.client.class, t.l.sentTo, t.server.class, t.l.refsOut))
		}
		hops = append(hops, t.sendsHop()...)
	} else {
		hops = append(hops, Hop{Kind: "outside", ID: client.home.address.String(), Effect: Forward, Rule: "an address outside the network"})
	}
	if t.exempt() {
		return append(hops, Hop{Kind: "VPC service", ID: server.home.address.String(), Effect: Allow, Deciding: true,
			Rule: "a service of the VPC that neither groups nor network ACLs filter (SG-12)"}), false
	}
	for _, l := range t.l.steps {
		for _, each := range l.path {
			hop, told := t.stepHop(each, false)
			if told {
				hops = append(hops, hop)
			}
			ended = ended || !each.filters && (each.hop.Effect == Deny || each.hop.Effect == Doubt)
		}
		if ended {
			break
		}
	}
	if t.to == nil {
		if !ended {
			hops = append(hops, Hop{Kind: "outside", ID: server.home.address.String(), Effect: Forward, Rule: "an address outside the network"})
		}
		return hops, ended
	}
	refs, seen := t.l.refsIn, t.l.seen
	if ended {
		if t.verdict != Unreachable {
			return hops, ended
		}
		// What else would stop it, if it came straight (V-12).
		hops = t.offerPeering(hops, client, server)
		refs, seen = refNo, client.home
		if t.from != nil && client.vpc().related(server.vpc()) == refYes {
			refs = refYes
		}
		if t.from == nil || server.subnet.acl == nil || client.subnet == server.subnet {
			// not known how it would come
		} else if b := t.aclBounds(server.subnet.acl, false, seen); !b.may.Covers(t.traffic) {
			o := server.subnet.acl.Object
			hop, _ := t.stepHop(step{hop: Hop{Kind: "network ACL", ID: o.ID, Name: o.Name, Origin: o.Origin}, acl: server.subnet.acl, remote: seen, passes: b, filters: true, where: server.subnet.Label()}, false)
			hops = append(hops, hop)
		}
	}
	if !server.bare && server.role != function && server.role != nat && server.role != conduit && server.role != strange {
		hop := t.groupHop(false, t.server.class, seen, t.client.class, refs)
		if t.preserved() {
			t.anyoneHop(&hop)
		}
		if !ended || hop.Effect == Deny {
			hops = append(hops, hop)
		}
	}
	if !ended {
		hops = append(hops, t.interfaceHop(t.to, "arrives at "+server.home.address.String()))
	}
	return hops, ended
}

// offerPeering says, where no route leads from one VPC to another, what joins them.
func (t *telling) offerPeering(hops []Hop, client, server *site) []Hop {
	if t.from == nil || client.vpc() == server.vpc() {
		return hops
	}
	last := &hops[len(hops)-1]
	if last.Code != "NO_ROUTE_TO_DESTINATION" {
		return hops
	}
	for _, p := range t.engine.network.PeeringConnections.All() {
		if _, other, ok := p.Side(client.vpc().ID); ok && p.State == "active" && other.VPC == server.vpc().ID {
			last.Rule += " (" + p.Label() + " joins the two VPCs)"
			return hops
		}
	}
	last.Rule += " (no peering joins " + client.vpc().Label() + " and " + server.vpc().Label() + ")"
	return hops
}

// reply are the hops of the answer.
func (t *telling) reply(client, server *site) []Hop {
	if t.exempt() {
		return []Hop{{Kind: "VPC service", ID: server.home.address.String(), Effect: Allow, Rule: "answers"}}
	}
	var hops []Hop
	if t.to != nil {
		hops = append(hops, t.interfaceHop(t.to, "answers"))
		if !server.bare {
			hops = append(hops, Hop{Kind: "security group", ID: strings.Join(t.engine.groupSets[t.server.class.groups].ids, ","), Effect: Allow,
				Rule: "a reply to an allowed connection passes, whatever the rules (SG-2)"})
		}
	}
	for i := len(t.l.steps) - 1; i >= 0; i-- {
		for _, each := range t.l.steps[i].back {
			hop, told := t.stepHop(each, true)
			if told {
				hops = append(hops, hop)
			}
			if !each.filters && (each.hop.Effect == Deny || each.hop.Effect == Doubt) {
				return hops
			}
		}
	}
	if t.from != nil {
		hops = append(hops, t.interfaceHop(t.from, "gets the reply"))
	}
	return hops
}

func (t *telling) interfaceHop(i *network.Interface, what string) Hop {
	name := i.Name
	if b := t.engine.index.nodeOf[i]; b != nil && name == "" {
		name = "load balancer " + b.Name
	} else if i.Owner.ID != "" {
		name = cmp.Or(name, string(i.Owner.Kind)+" "+i.Owner.ID)
	}
	return Hop{Kind: "network interface", ID: i.ID, Name: name, Effect: Forward, Rule: what, Origin: i.Origin}
}

// exempt tells whether the packet is of those that nothing filters (SG-12).
func (t *telling) exempt() bool { return t.l.exempt.Contains(t.header) }

// seenHeader is the header that a step sees.
func (t *telling) seenHeader(each step, reply bool) packet.Header {
	h := t.header
	if h.Protocol == packet.TCP || h.Protocol == packet.UDP {
		h.Second = t.ports[min(each.segment, len(t.ports)-1)]
	}
	if reply {
		h = h.Reply()
	}
	return h
}

// stepHop tells a step; told is false when it is not worth it.
func (t *telling) stepHop(each step, reply bool) (hop Hop, told bool) {
	hop = each.hop
	if each.judgement != nil && t.name != "" && !reply {
		each.passes = each.passes.and(each.judgement.named(t.name))
	}
	if !each.filters {
		hop.Deciding = hop.Effect != Forward || !strings.HasSuffix(hop.Rule, "→ local") && hop.Kind != "subnet"
		return hop, true
	}
	header := t.seenHeader(each, reply && !each.asked)
	blocked := !each.passes.may.Contains(header)
	if t.verdict == Unreachable { // not the packet, but all that was asked
		blocked = !each.passes.may.Covers(t.traffic)
	}
	switch {
	case blocked:
		hop.Effect, hop.Deciding = Deny, true
		hop.Code = cmp.Or(hop.Code, "SUBNET_ACL_RESTRICTION")
	case !each.passes.must.Contains(header):
		hop.Effect, hop.Deciding, hop.Code = Doubt, true, ""
	default:
		hop.Effect, hop.Code = Allow, ""
	}
	if each.quiet && hop.Effect == Allow {
		return hop, false
	}
	if each.acl != nil {
		t.aclRule(&hop, each, header)
	}
	if each.judgement != nil {
		hop.Deciding = true
		if t.name != "" && !reply && header.Protocol == packet.TCP {
			each.judgement.dataRule(&hop, header, t.name)
		} else {
			each.judgement.wallRule(&hop, t.seenHeader(each, reply), reply)
		}
	}
	return hop, true
}

// aclRule says which entry decides.
func (t *telling) aclRule(hop *Hop, each step, header packet.Header) {
	way, preposition := "inbound", "from"
	if each.outbound {
		way, preposition = "outbound", "to"
	}
	where := way + " of " + each.where
	if each.acl.Defect != nil {
		hop.Rule = where + ": " + each.acl.Defect.Reason
		return
	}
	if hop.Effect == Deny && !each.passes.may.Contains(header) || hop.Effect != Deny {
		for _, e := range each.acl.Entries {
			if e.Outbound != each.outbound {
				continue
			}
			match := aclMatch(e, each.remote)
			sure := match.must.Contains(header)
			if !match.may.Contains(header) || hop.Effect != Doubt && !sure {
				continue
			}
			hop.Origin = e.Origin
			hop.Rule = where + ": entry " + aclEntryText(e, preposition)
			if !sure {
				hop.Rule += ", of which it is not known whether it matches"
			}
			return
		}
	}
	passes := "nothing"
	if s := each.passes.may.Intersect(t.asked(header)); !s.IsEmpty() {
		passes = "only " + s.String()
	}
	hop.Rule = fmt.Sprintf("%s: %s %s %s passes, the rest is denied", where, passes, preposition, each.remote.address)
}

// asked is all headers of the packet's protocol.
func (t *telling) asked(h packet.Header) packet.Set { return packet.Protocol(int(h.Protocol)) }

func aclEntryText(e network.ACLEntry, preposition string) string {
	effect := "denies"
	if e.Allow {
		effect = "allows"
	}
	if e.Defect != nil {
		return fmt.Sprintf("%d is not understood: %s", e.Number, e.Defect.Reason)
	}
	return fmt.Sprintf("%d %s %s %s %s", e.Number, effect, packet.Rule(e.Protocol, e.From, e.To), preposition, e.Block)
}

// groupHop tells what the security groups of one end do.
func (t *telling) groupHop(outbound bool, own *class, remote place, other *class, refs references) Hop {
	g := t.engine.groupSets[own.groups]
	b := t.admits(own.groups, outbound, remote, other.groups, refs)
	if outbound {
		b = t.lets(&t.l, own, other)
	} else if t.relayed.valid() {
		b = t.admitsRelayed(own.groups, remote, other.groups, t.origin.class.groups)
	}
	hop := Hop{Kind: "security group", ID: strings.Join(g.ids, ","), Name: groupNames(g), Deciding: true}
	if len(g.list) > 0 {
		hop.Origin = g.list[0].Origin
	}
	way, preposition := "inbound", "from"
	if outbound {
		way, preposition = "outbound", "to"
	}
	matches := func(r *network.Rule) bool {
		if r.Group != "" && r.Defect == nil {
			return refs != refNo && t.engine.carries(other.groups, r.Group)
		}
		return !t.engine.ruleByAddress(r, remote).may.IsEmpty()
	}
	switch {
	case t.verdict == Unreachable && !b.may.Covers(t.traffic), t.verdict != Unreachable && !b.may.Contains(t.header):
		hop.Effect, hop.Code = Deny, "ENI_SG_RULES_MISMATCH"
		var near []string
		count := 0
		for group, r := range g.rules(outbound) {
			count++
			if matches(r) {
				if len(near) == 0 {
					hop.Origin = r.Origin
				}
				near = append(near, ruleText(t.engine.network, group, r, preposition))
			}
		}
		switch {
		case count == 0:
			hop.Code = "SG_HAS_NO_RULES"
			hop.Rule = "no " + way + " rule at all"
		case len(near) == 0:
			hop.Rule = fmt.Sprintf("none of %d %s rules is for %s", count, way, remote.address)
			if !other.site.outside() {
				hop.Rule += " or its groups"
			}
		default:
			hop.Rule = fmt.Sprintf("%s %s %s: only %s", way, preposition, remote.address, strings.Join(near, "; "))
		}
	case t.verdict != Unreachable && !b.must.Contains(t.header):
		hop.Effect = Doubt
		hop.Rule = t.groupDoubt(g, outbound, remote, refs, way)
	default:
		hop.Effect = Allow
		hop.Rule = "some " + way + " rule for each part of " + t.traffic.String()
		for group, r := range g.rules(outbound) {
			if matches(r) && packet.Rule(r.Protocol, r.From, r.To).Contains(t.header) && r.Defect == nil {
				hop.ID, hop.Name, hop.Origin = group.ID, group.Name, r.Origin
				hop.Rule = way + " " + ruleText(t.engine.network, nil, r, preposition)
				if t.verdict == Unreachable && !packet.Rule(r.Protocol, r.From, r.To).Covers(t.traffic) {
					hop.Rule += ", among others"
				}
				break
			}
		}
	}
	return hop
}

// groupDoubt says what is not known about the groups of an interface.
func (t *telling) groupDoubt(g *groups, outbound bool, remote place, refs references, way string) string {
	for _, id := range g.unknown {
		if group, ok := t.engine.network.SecurityGroups.Get(id); ok {
			return id + ": " + group.Defect.String()
		}
		why := "security group " + id + " was not collected"
		if gap := t.engine.network.Gap("SecurityGroups", "", ""); gap != nil {
			why += " (" + gap.String() + ")"
		}
		return why
	}
	for group, r := range g.rules(outbound) {
		b := t.engine.ruleByAddress(r, remote)
		switch {
		case b.may == b.must || !b.may.Contains(t.header):
		case r.Defect != nil:
			return "a rule of " + group.Label() + " is not understood: " + r.Defect.String()
		case r.PrefixList != "":
			return "the entries of prefix list " + r.PrefixList + " are not known (SG-10)"
		default:
			return "members of " + r.Group + " may be among what was not collected (SG-14)"
		}
	}
	if t.relayed.valid() && !outbound {
		return "a reference to a group of the client, whose address the load balancer keeps: whether it matches is not documented (LB-3)"
	}
	if refs == refDoubt {
		return way + " group reference, for a packet that takes another way than the direct one: not documented (SG-4)"
	}
	return "not known"
}

func groupNames(g *groups) string {
	var names []string
	for _, each := range g.list {
		names = append(names, cmp.Or(each.Name, each.ID))
	}
	return strings.Join(names, ",")
}

// ruleText is a rule of a security group in words.
func ruleText(n *network.Network, group *network.SecurityGroup, r *network.Rule, preposition string) string {
	peer := r.Block.String()
	switch {
	case r.Defect != nil:
		peer = "a peer that is not known"
	case r.PrefixList != "":
		peer = r.PrefixList
		if l, ok := n.PrefixLists.Get(r.PrefixList); ok {
			peer = l.Label()
		}
	case r.Group != "":
		peer = r.Group
		if g, ok := n.SecurityGroups.Get(r.Group); ok {
			peer = g.Label()
		}
	}
	text := fmt.Sprintf("%s %s %s", packet.Rule(r.Protocol, r.From, r.To), preposition, peer)
	if group != nil {
		text = cmp.Or(group.Name, group.ID) + ": " + text
	}
	if r.Description != "" {
		text += " (" + r.Description + ")"
	}
	return text
}

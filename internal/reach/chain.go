package reach

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/packet"
)

// chain adds to what is told of a connection the connections that follow it (LB-1, PL-4).
func (t *telling) chain(f finding, p Part) Part {
	if f.then == nil {
		return p
	}
	r := f.then
	p.Path = append(p.Path, r.hops...)
	if r.balancer != nil {
		p.Balancers = append(p.Balancers, r.balancer.ID)
	}
	p.Conditions, p.Notes = append(p.Conditions, r.conditions...), append(p.Notes, r.notes...)
	if r.next != nil {
		next := telling{session: t.session, finding: *r.next, header: r.next.traffic.Pick()}
		next.verdict = r.next.verdict
		if next.relayed.valid() { // it carries the address and the port that the node saw
			if t.l.own {
				next.relayed.address = t.l.seen.address
			}
			if next.header.Protocol == packet.TCP || next.header.Protocol == packet.UDP {
				next.header.Second = t.ports[len(t.ports)-1]
			}
			next.header.Protocol = t.header.Protocol
		}
		q := next.chain(*r.next, next.connection())
		p.Path = append(p.Path, q.Path...)
		p.Balancers, p.Conditions, p.Notes = append(p.Balancers, q.Balancers...), append(p.Conditions, q.Conditions...), append(p.Notes, q.Notes...)
		p.Then = q.Witness
		if q.Then != nil {
			p.Then = q.Then
		}
		if r.next.verdict == OneWay {
			p.Reply = q.Reply
		} else {
			p.Reply = append(slices.Clone(q.Reply), p.Reply...)
		}
	}
	switch f.verdict {
	case Unreachable:
		p.Reply, p.Witness, p.Then = nil, nil, nil
	case Unknown:
		p.Witness, p.Then = nil, nil
	}
	return p
}

// preserved tells whether the connection is one of a load balancer's that carries the address of a client who is not known (LB-2).
func (t *telling) preserved() bool {
	b := t.client.class.site.balancer
	if b == nil || t.second {
		return false
	}
	return t.engine.sentOver(b, &t.l, t.server.class).preserved.Contains(t.header)
}

// anyoneHop is what the groups of a target do with addresses of clients.
func (t *telling) anyoneHop(hop *Hop) {
	b := t.admitsAnyone(t.client.class, t.server.class)
	if b.may.Contains(t.header) && !b.must.Contains(t.header) {
		hop.Effect, hop.Code = Doubt, ""
		hop.Rule = "the load balancer keeps the addresses of its clients, and not all are admitted: ask about a client (can CLIENT " + t.client.class.site.balancer.Name + ")"
	}
}

// sendsHop says that a load balancer opens connections to its targets only.
func (t *telling) sendsHop() []Hop {
	b := t.client.class.site.balancer
	if b == nil || b.doubt != "" {
		return nil
	}
	if t.relayed.valid() && itself(t.origin, t.server) {
		return []Hop{{Kind: "load balancer", ID: b.ID, Name: b.Name, Origin: b.Origin, Deciding: true, Effect: Doubt, Rule: "what a client gets that is its own target, with its own address, is not documented"}}
	}
	if t.second {
		return nil
	}
	sent := t.engine.sentOver(b, &t.l, t.server.class)
	sends := sent.plain.Union(sent.preserved)
	if t.preserved() && t.l.direct != nil {
		t.l.steps = []leg{*t.l.direct}
	}
	hop := Hop{Kind: "load balancer", ID: b.ID, Name: b.Name, Origin: b.Origin, Deciding: true, Code: "BALANCER_OPENS_TO_TARGETS_ONLY"}
	switch {
	case sends.Covers(t.traffic) || t.verdict != Unreachable && sends.Contains(t.header):
		return nil
	case sent.maybe.Contains(t.header):
		hop.Effect, hop.Rule = Doubt, "whether "+t.l.sentTo.address.String()+" is a target of it is not known"
	case b.hidden != "" && t.engine.mayTarget(&t.l, t.server.class):
		hop.Effect, hop.Rule = Doubt, "not all of its targets are known: "+b.hidden
	case sends.IsEmpty():
		hop.Effect, hop.Rule = Deny, t.l.sentTo.address.String()+" is no target of it"
	default:
		hop.Effect, hop.Rule = Deny, "to this target it sends "+sends.String()+" only"
	}
	return []Hop{hop}
}

// dataRule says which rule of a firewall decides about data in which the client names a host (FW-7, FW-11).
func (j *judgement) dataRule(hop *Hop, h packet.Header, name string) {
	one := packet.Of(packet.Box{Protocols: packet.Span{Low: h.Protocol, High: h.Protocol}, First: packet.Span{Low: h.First, High: h.First}, Second: packet.Span{Low: h.Second, High: h.Second}})
	handshake := j.pass.or(j.forward.and(j.stateful))
	if !handshake.must.Contains(h) || !j.forward.may.Contains(h) {
		j.wallRule(hop, h, false)
		return
	}
	what := map[application]string{tlsData: "TLS to " + name, httpData: "HTTP to " + name}
	for _, a := range applications(one) {
		for _, kind := range a.kinds {
			b := j.carries(dataKind{kind, strings.ToLower(name)})
			if len(a.kinds) > 1 && !b.may.Contains(h) && kind != a.kinds[len(a.kinds)-1] {
				continue
			}
			j.dataDecision(hop, h, dataKind{kind, strings.ToLower(name)}, what[kind])
			return
		}
	}
}

func (j *judgement) dataDecision(hop *Hop, h packet.Header, kind dataKind, what string) {
	if j.policy.TLSInspection != "" && hop.Effect == Doubt {
		hop.Origin, hop.Rule = j.policy.Origin, what+": the policy inspects TLS, which is not evaluated"
		return
	}
	for _, s := range j.inspector.stateful {
		m := j.dataMatch(s, kind)
		if !m.may.Contains(h) {
			continue
		}
		switch {
		case s.unknown != "":
			hop.Rule = what + ": " + s.unknown
		case !m.must.Contains(h) && hop.Effect != Doubt:
			continue
		case s.domains != nil && s.rest:
			hop.Rule, hop.Origin = fmt.Sprintf("%s: the domain list %s drops every name that is not on it", what, s.group.Label()), s.domains.Origin
		case s.domains != nil:
			target := s.domains.Targets[slices.IndexFunc(s.domains.Targets, func(t string) bool { return covers(t, kind.name) })]
			hop.Rule, hop.Origin = fmt.Sprintf("%s: the domain list %s %s %s", what, s.group.Label(), map[string]string{"pass": "passes", "drop": "drops"}[s.action], target), s.domains.Origin
		default:
			hop.Rule, hop.Origin = fmt.Sprintf("%s: rule of %s: %s", what, s.group.Label(), s.rule.Text), s.rule.Origin
		}
		if !m.must.Contains(h) {
			hop.Rule += ", of which it is not known whether it matches"
		}
		return
	}
	hop.Origin = j.policy.Origin
	hop.Rule = what + ": no rule of " + j.policy.Label() + " matches"
	switch {
	case j.policy.Strict && len(j.policy.StatefulDefaults) > 0:
		hop.Rule += "; default " + strings.Join(j.policy.StatefulDefaults, ", ")
	case hop.Effect == Allow:
		hop.Rule += ", and nothing drops by default"
	}
}

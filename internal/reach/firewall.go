package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// inspection is what an endpoint of a firewall saw of a request: its reply must pass there too (FW-1).
type inspection struct {
	wall                *wall
	segment             int // translations in force
	source, destination place
	tracked             bounds // headers that the stateful engine saw
	judgement           *judgement
	returned            bool // the reply was there
}

// intoWall is a packet that a route sends to an endpoint of a network firewall: it is inspected, and leaves the endpoint's subnet by its table (FW-1).
func (w walk) intoWall(f *wall, at *subnet) {
	o := &network.Object{ID: f.ID, Name: cmp.Or(f.firewall.Name, f.firewall.ID), Origin: f.Origin}
	const kind = "network firewall"
	switch {
	case f.subnet == nil || f.subnet.vpc == nil:
		w.unknown(kind, o, "the subnet "+f.Subnet+" of its endpoint is not in the input")
		return
	case f.subnet == at:
		w.unknown(kind, o, "what becomes of a packet that is routed to a firewall endpoint from the endpoint's own subnet is not documented")
		return
	case f.subnet.vpc != at.vpc:
		w.unknown(kind, o, "its endpoint is in "+f.subnet.vpc.Label()+", and not in "+at.vpc.Label())
		return
	}
	w.into(f.subnet, at) // NACL-8
	switch {
	case f.Status != "READY":
		w.unknown(kind, o, "its endpoint is "+cmp.Or(f.Status, "in a state that is not known")+", and not READY") // FW-1
		return
	case f.doubt != "":
		w.unknown(kind, o, f.doubt)
		return
	case w.peered: // FW-9
		w.doubt(kind, o, "what a firewall does with the traffic of a peering is not documented")
		w.middlebox = w.middlebox || !w.replying
		w.returns(f)
		w.leave(f.subnet)
		return
	}
	j := w.session.judged(f.inspector, w.source, w.destination, w.replying)
	w.length++
	if w.replying {
		w.inspectReply(f, j, o)
	} else {
		passes := j.pass.or(j.forward.and(j.stateful))
		w.filter(passes, passes)
		w.note(step{hop: Hop{Kind: kind, ID: o.ID, Name: o.Name, Code: "FIREWALL_RULES_RESTRICTION", Origin: o.Origin}, passes: passes, filters: true, judgement: j})
		w.inspections = append(slices.Clip(w.inspections), inspection{f, w.inForce, w.source, w.destination, j.forward, j, false})
		w.middlebox = true // SG-5
		w.pass(kind, o, &f.firewall.Object)
	}
	w.leave(f.subnet)
}

// inspectReply is a reply at a firewall: the stateful engine passes what it saw the request of, and the stateless one what it alone saw (FW-1).
func (w *walk) inspectReply(f *wall, j *judgement, o *network.Object) {
	tracked, doubtful := shut, packet.None
	if i := w.returns(f); i != nil {
		tracked = i.tracked
		doubtful = j.dropped.Answered().Subtract(i.judgement.byRule.Intersect(packet.Protocol(packet.TCP)))
	}
	alone, forwarded := w.session.answeredBounds(j.pass), w.session.answeredBounds(j.forward)
	passes := bounds{
		forwarded.must.Intersect(tracked.must).Subtract(doubtful).Union(alone.must.Subtract(tracked.may)),
		forwarded.may.Intersect(tracked.may).Union(alone.may.Subtract(tracked.must)),
	}
	w.filter(passes, passes)
	w.note(step{hop: Hop{Kind: "network firewall", ID: o.ID, Name: o.Name, Code: "ASYMMETRIC_FIREWALL_PATH", Origin: o.Origin}, passes: passes, filters: true, asked: true, judgement: j})
}

// returns finds what an endpoint saw of the request, where the packet is the reply to it.
func (w *walk) returns(f *wall) *inspection {
	if !w.replying {
		return nil
	}
	w.inspections = slices.Clone(w.inspections)
	for k := range w.inspections {
		i := &w.inspections[k]
		if !i.returned && i.wall == f && i.segment == w.inForce && i.source.address == w.destination.address && i.destination.address == w.source.address {
			i.returned = true
			return i
		}
	}
	return nil
}

// inspected takes from a reply what a firewall that saw the request did not see of it (FW-1).
func (w *walk) inspected() {
	for _, i := range w.inspections {
		if i.returned || i.tracked.may.IsEmpty() {
			continue
		}
		passes := bounds{packet.All.Subtract(i.tracked.may), packet.All.Subtract(i.tracked.must)}
		if w.peered { // FW-9
			passes.may = packet.All
		}
		w.reply[i.segment] = w.session.both(w.reply[i.segment], passes)
		if w.record {
			w.back = append(w.back, step{hop: Hop{Kind: "network firewall", ID: i.wall.ID, Name: i.wall.firewall.Name, Code: "ASYMMETRIC_FIREWALL_PATH", Origin: i.wall.Origin,
				Rule: "the reply does not pass the endpoint " + i.wall.ID + ", which saw the request"}, passes: passes, filters: true, asked: true, segment: i.segment, quiet: true})
		}
	}
}

// pass notes that the request passes something that a question may be about, where steps are wanted.
func (w *walk) pass(kind string, o, also *network.Object) {
	if w.record && !w.replying {
		w.passages = append(slices.Clip(w.passages), passage{kind, o, also})
	}
}

// passage is a [Passage] as a walk notes it.
type passage struct {
	kind         string
	object, also *network.Object
}

func (p passage) public() Passage {
	out := Passage{Kind: p.kind, ID: p.object.ID, Also: []string{p.object.Name}}
	if p.also != nil {
		out.Also = append(out.Also, p.also.ID, p.also.Name)
	}
	out.Also = slices.DeleteFunc(out.Also, func(s string) bool { return s == "" })
	return out
}

// wallRule says which rule of a firewall decides about a header that a packet carries itself.
func (j *judgement) wallRule(hop *Hop, h packet.Header, reply bool) {
	if reply && hop.Effect == Allow {
		hop.Rule = "the reply of a connection that it let through"
		if j.pass.must.Contains(h) {
			hop.Rule = "the stateless engine passes it"
		}
		return
	}
	if reply && hop.Effect == Deny && (j.pass.may.Contains(h) || j.forward.may.Contains(h)) {
		hop.Rule = "its stateful engine sees one direction of the connection only"
		return
	}
	if reply && hop.Effect == Deny {
		hop.Code = "FIREWALL_RULES_RESTRICTION"
	}
	if !j.forward.must.Contains(h) {
		j.statelessRule(hop, h)
		if !j.forward.may.Contains(h) || hop.Effect == Doubt && hop.Rule != "" {
			return
		}
	}
	j.statefulRule(hop, h, reply)
}

// statelessRule says what the stateless engine decides by.
func (j *judgement) statelessRule(hop *Hop, h packet.Header) {
	for _, s := range j.stateless {
		switch {
		case s.unknown != "":
			hop.Rule = s.unknown
		case j.statelessMatch(s.rule).may.Contains(h):
			hop.Rule = fmt.Sprintf("stateless rule %d of %s: %s", s.rule.Priority, s.group, strings.Join(s.rule.Actions, ", "))
			hop.Origin = s.rule.Origin
			if !j.statelessMatch(s.rule).must.Contains(h) {
				hop.Rule += ", of which it is not known whether it matches (TCP flags)"
			}
		default:
			continue
		}
		return
	}
	hop.Rule = "stateless default of " + j.policy.Label() + ": " + strings.Join(j.policy.StatelessDefaults, ", ")
	hop.Origin = j.policy.Origin
}

// statefulRule says what the stateful engine decides by.
func (j *judgement) statefulRule(hop *Hop, h packet.Header, reply bool) {
	match := j.handshake(reply)
	for _, s := range j.inspector.stateful {
		m := match(s)
		if !m.may.Contains(h) {
			continue
		}
		switch {
		case s.unknown != "":
			hop.Rule = s.unknown
		case m.must.Contains(h):
			hop.Rule, hop.Origin = "stateful rule of "+s.group.Label()+": "+s.rule.Text, s.rule.Origin
		case hop.Effect == Doubt:
			hop.Rule, hop.Origin = "it is not known whether a rule of "+s.group.Label()+" matches: "+s.rule.Text, s.rule.Origin
			if len(s.rule.Unevaluated) > 0 {
				hop.Rule += " (" + strings.Join(s.rule.Unevaluated, ", ") + ": not evaluated, FW-8)"
			}
		default:
			continue
		}
		return
	}
	hop.Origin = j.policy.Origin
	hop.Rule = "no stateful rule of " + j.policy.Label() + " matches the first packet"
	if j.policy.Strict && len(j.policy.StatefulDefaults) > 0 {
		hop.Rule += "; default " + strings.Join(j.policy.StatefulDefaults, ", ")
	}
}

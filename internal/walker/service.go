package walker

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// service judges a load balancer as the service behind it (LB-7): the connection of the client to a node, and that of the node to a target.
func (w *Walker) service(q Question, c *chooser) Outcome {
	lb, ok := w.network.LoadBalancers.Get(q.Balancer)
	if !ok {
		return ended(unclear(kindBalancer, q.Balancer, codeUnknown, "load balancer "+q.Balancer+" is not in the network"))
	}
	o, _ := w.behind(lb, q, c, "")
	return o
}

// behind is one outcome of the service behind a balancer, and the packet that its client sent. The leg names its first connection, and is empty for the
// client's own.
func (w *Walker) behind(lb *network.LoadBalancer, q Question, c *chooser, leg string) (Outcome, Packet) {
	door, s := w.door(lb, q, c)
	if s != nil {
		return ended(s), q.Packet
	}
	q.To, q.Balancer = door.node.ID, ""
	first := w.flow(q, c)
	first.leg = leg
	var o Outcome
	if door.address.IsValid() {
		first.question.Packet.Destination = door.address
		o = first.connect()
	} else {
		o = ended(drop("network interface", door.node.ID, "", door.code, door.node.Label()+" has no address for such clients"))
	}
	o.Door = door.node.ID
	by := caller{question: first.question, packet: first.question.Packet, first: first}
	if first.arrived != nil {
		by.packet, by.arrived = first.arrived.packet, true
	}
	return onto(o, kindBalancer, lb.ID, w.second(lb, door.node, by, c)), first.question.Packet
}

// caller is the client of a service, as a node knows it.
type caller struct {
	question Question
	// packet is the client's as it came to the node; arrived is false when it did not, or that is not known, and then only its protocol and port count.
	packet  Packet
	arrived bool
	first   *flow // nil when it came by PrivateLink, which hides the client
}

// door is a node of a balancer, and the address by which a client asks it.
type door struct {
	node    *network.Interface
	address netip.Addr // not valid when it has none for such clients
	code    string     // and why
}

// door chooses a node and its address, as DNS does: of an internet-facing balancer a public one for clients outside, and otherwise one in the VPC (LB-6).
func (w *Walker) door(lb *network.LoadBalancer, q Question, c *chooser) (door, *stop) {
	var doors []door
	var labels []string
	for _, node := range w.nodes[lb.ID] {
		found, code := 0, codeFamily
		for _, a := range node.Addresses {
			if a.IP.Is4() != q.Packet.Source.Is4() {
				continue
			}
			ip := a.IP
			if q.From == "" && !lb.Internal && ip.Is4() {
				if ip, code = a.Public, codeNoPublicIn; !ip.IsValid() {
					continue
				}
			}
			found++
			doors, labels = append(doors, door{node, ip, ""}), append(labels, node.ID+" by "+ip.String())
		}
		if found == 0 {
			doors, labels = append(doors, door{node: node, code: code}), append(labels, node.ID)
		}
	}
	if len(doors) == 0 {
		return door{}, unclear(kindBalancer, lb.ID, codeUnknown, "no node of "+lb.Label()+" is in the network")
	}
	return doors[c.pick("node of "+lb.Label(), labels)], nil
}

// sequel is the second connection of a service, or why there is none.
type sequel struct {
	Outcome
	words string // what leads to it: listener, rule, target group, target
	none  bool   // the service ends with the first connection
}

// second is the connection that a node opens to a target for a client. Without a listener there is none.
func (w *Walker) second(lb *network.LoadBalancer, node *network.Interface, by caller, c *chooser) sequel {
	l, found, _ := listener(lb, by.packet)
	f := w.flow(Question{}, c)
	f.leg = "from " + node.ID + ": "
	switch {
	case understood(lb) != nil:
		return sequel{none: true}
	case found == no: // whatever becomes of the packet on its way
		return *stopped("no listener", f.listens(lb, by.packet))
	case l == nil:
		return sequel{none: true}
	}
	b := &balancing{f, lb, l, nil, node, by}
	if lb.Type == "classic" {
		return *b.toTarget(f.classicTargets(lb, l), fmt.Sprintf("listener %s %d", l.Protocol, l.Port))
	}
	r, words, end := f.rule(lb, l, by.packet.Source, by.arrived)
	if end != nil {
		return *end
	}
	g, words, end := f.targetGroup(lb, r, words)
	switch {
	case end != nil:
	case !g.TargetsKnown:
		end = stopped(words, unclear("target group", g.ID, codeUnknown, "the targets of "+g.Label()+" were not collected"))
	default:
		b.group = g
		end = b.toTarget(f.targets(g), words)
	}
	if !l.RulesKnown { // which leaves room for a rule that forwards to somewhere else
		const why = "only the default rule of the listener is known"
		end.Verdict, end.Reason, end.none = Unknown, join(end.Reason, why), false
		end.Request, end.Reply = append(end.Request, Hop{kindBalancer, lb.ID, Doubt, why, codeUnknown}), nil
	}
	return *end
}

// rule chooses one of the rules of a listener that may be for a client (LB-4). Conditions on requests are carried in the words; a condition on addresses is
// evaluated on the address that the node sees.
func (f *flow) rule(lb *network.LoadBalancer, l *network.Listener, client netip.Addr, known bool) (network.ListenerRule, string, *sequel) {
	var rules []network.ListenerRule
	var labels []string
	for _, r := range l.Rules {
		matches, conditions := yes, []string{}
		for _, condition := range r.Conditions {
			if condition.Field != "source-ip" {
				matches = every(matches, unsure)
				conditions = append(conditions, condition.Field+" "+strings.Join(condition.Values, ","))
				continue
			}
			if known {
				matches = every(matches, sourceIP(condition.Values, client))
			} else {
				matches = every(matches, unsure)
			}
		}
		if matches == no {
			continue
		}
		label := "rule " + r.Priority
		if len(conditions) > 0 {
			label += " (" + strings.Join(conditions, "; ") + ")"
		}
		rules, labels = append(rules, r), append(labels, label)
		if matches == yes {
			break
		}
	}
	words := fmt.Sprintf("listener %s %d", l.Protocol, l.Port)
	if len(rules) == 0 {
		if !l.RulesKnown {
			return network.ListenerRule{}, words, stopped(words, unclear(kindBalancer, lb.ID, codeUnknown, "the rules of "+words+" of "+lb.Label()+" were not collected"))
		}
		return network.ListenerRule{}, words, stopped(words, drop(kindBalancer, lb.ID, words, codeNoTargetGroup, "no rule of "+words+" of "+lb.Label()+" forwards to a target group"))
	}
	n := f.chooser.pick(words+" of "+lb.Label(), labels)
	return rules[n], words + ", " + labels[n], nil
}

// sourceIP tells whether a condition on the client's address holds.
func sourceIP(values []string, client netip.Addr) answer {
	found := no
	for _, v := range values {
		block, err := netip.ParsePrefix(v)
		if err != nil {
			found = some(found, unsure)
			continue
		}
		found = some(found, when(block.Contains(client)))
	}
	return found
}

// targetGroup chooses a target group to which a rule forwards. A rule may as well answer by itself: then the service is the balancer's own. What
// authenticates a client before that does not count.
func (f *flow) targetGroup(lb *network.LoadBalancer, r network.ListenerRule, words string) (*network.TargetGroup, string, *sequel) {
	for _, a := range r.Actions {
		switch {
		case strings.HasPrefix(a.Type, "authenticate-"):
			continue
		case a.Type == "redirect" || a.Type == "fixed-response":
			return nil, words, &sequel{words: words + ": " + a.Type, none: true}
		case a.Type != "forward":
			return nil, words, stopped(words, unclear(kindBalancer, lb.ID, codeUnsupported, "what the action "+a.Type+" of "+words+" does is not modelled"))
		case len(a.TargetGroups) == 0:
			continue
		}
		ids := slices.Compact(slices.Clone(a.TargetGroups))
		id := ids[f.chooser.pick("target group of "+words+" of "+lb.Label(), ids)]
		g, ok := f.network.TargetGroups.Get(id)
		switch {
		case !ok:
			return nil, words, stopped(words, unclear("target group", id, codeUnknown, "target group "+id+" is not in the network"))
		case g.Defect != nil:
			return nil, words, stopped(words, unclear("target group", id, codeUnknown, g.Label()+" is not understood: "+g.Defect.String()))
		}
		return g, words + ", to " + g.Label(), nil
	}
	return nil, words, stopped(words, drop(kindBalancer, lb.ID, words, codeNoTargetGroup, words+" of "+lb.Label()+" forwards to no target group"))
}

// stopped is a second connection that did not come about.
func stopped(words string, s *stop) *sequel { return &sequel{Outcome: ended(s), words: words} }

// ended is the outcome of a walk that was stopped before it began.
func ended(s *stop) Outcome {
	o := Outcome{Verdict: Unreachable, Request: []Hop{s.hop}, Reason: s.reason}
	if s.unclear() {
		o.Verdict = Unknown
	}
	return o
}

// onto puts the second connection of a service after the first (LB-7): both must come about.
func onto(first Outcome, kind, id string, next sequel) Outcome {
	o := first
	if next.words != "" {
		o.Request = append(slices.Clip(o.Request), Hop{kind, id, Forward, next.words, ""})
	}
	if next.none {
		return o
	}
	o.Node, o.Target, o.Second = next.Node, next.Target, next.Second
	o.Request = append(slices.Clip(o.Request), next.Request...)
	o.Reply = slices.Concat(next.Reply, first.Reply)
	o.Reason = join(first.Reason, next.Reason)
	for _, v := range []Verdict{Unreachable, Unknown, OneWay, Reachable} {
		if first.Verdict == v || next.Verdict == v {
			o.Verdict = v
			break
		}
	}
	if o.Verdict == Unreachable {
		o.Reply = nil
	}
	return o
}

func join(reasons ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(reasons), func(r string) bool { return r == "" }), "; ")
}

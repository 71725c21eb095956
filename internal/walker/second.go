package walker

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// balancing is what leads to a second connection: a node of a balancer, its listener, the target group (nil for a Classic Load Balancer), and the client.
type balancing struct {
	*flow    // of the second connection
	balancer *network.LoadBalancer
	listener *network.Listener
	group    *network.TargetGroup
	node     *network.Interface
	client   caller
}

// toTarget chooses a target that the node may use, and opens the connection to it.
func (b *balancing) toTarget(targets []target, words string) *sequel {
	kind, id, label := kindBalancer, b.balancer.ID, b.balancer.Label()
	if b.group != nil {
		kind, id, label = "target group", b.group.ID, b.group.Label()
	}
	if len(targets) == 0 {
		return stopped(words, drop(kind, id, "no target", codeNoTargets, label+" has no targets"))
	}
	usable := b.usable(b.balancer, b.group, b.node, targets)
	if len(usable) == 0 { // LB-5
		return stopped(words, drop(kind, id, "no target in the zone of "+b.node.ID, codeNotCrossZone, label+" has no targets in the zone of "+b.node.Label()+", and none of other zones are used"))
	}
	labels := make([]string, len(usable))
	for i, t := range usable {
		labels[i] = fmt.Sprintf("%s:%d", t.label, t.port)
	}
	n := b.chooser.pick("target of "+label+" from "+b.node.ID, labels)
	t := usable[n]
	next := b.open(t.target, words+": target "+labels[n])
	if t.why != "" && next.Verdict != Unreachable {
		next.none, next.Verdict, next.Reply = false, Unknown, nil
		next.Reason = join(next.Reason, t.why)
		next.Request = append(next.Request, Hop{kind, id, Doubt, t.why, codeUnknown})
	}
	if !next.none && next.Node == "" { // behind another balancer they are the last ones
		next.Node = b.node.ID
		switch {
		case t.iface != nil:
			next.Target = t.iface.ID
		case t.service != "":
			next.Target = next.Door
		}
	}
	return next
}

// open opens the connection to a target: with the balancer's address (LB-1), or with the client's (LB-2).
func (b *balancing) open(t target, words string) *sequel {
	switch {
	case t.why != "":
		return stopped(words, unclear("target", t.label, codeUnknown, t.why))
	case t.invoked:
		return &sequel{words: words, none: true}
	}
	protocol, why := b.protocol()
	if why != "" {
		return stopped(words, unclear("target group", b.group.ID, codeUnsupported, why))
	}
	keeps := no
	if b.client.first != nil && b.group != nil {
		keeps = b.preserves(b.balancer, b.group)
	}
	if keeps != no && t.service == "" && b.client.arrived && b.client.packet.Source.Is4() != t.address.Is4() {
		keeps = no // what is translated between families has the balancer's address
	}
	switch {
	case keeps == unsure:
		return stopped(words, unclear("target group", b.group.ID, codeUnknown, "whether the targets of "+b.group.Label()+" see the addresses of clients is not known: its attributes were not collected"))
	case t.service != "":
		return b.toService(t, keeps, words)
	case keeps == no:
		return b.anew(t, protocol, words)
	case !b.client.arrived:
		return stopped(words, unclear(kindBalancer, b.balancer.ID, codeUnknown, "with which address the client comes to "+b.node.Label()+" is not known"))
	}
	b.relay = &relay{node: b.node, first: b.client.first}
	if c := b.client.first.sender; c != nil && has(c, b.client.packet.Source) {
		b.relay.client = c
	}
	next := &sequel{words: words, Outcome: b.onward(t, b.client.packet)}
	sent := b.question.Packet
	next.Second = &sent
	return next
}

// protocol is that of the second connection.
func (b *balancing) protocol() (protocol uint8, why string) {
	if b.group == nil || b.group.TargetType == "alb" {
		return TCP, ""
	}
	switch strings.ToUpper(b.group.Protocol) {
	case "HTTP", "HTTPS", "TCP", "TLS":
		return TCP, ""
	case "UDP", "QUIC":
		return UDP, ""
	case "TCP_UDP", "TCP_QUIC":
		return b.client.packet.Protocol, ""
	}
	return 0, "what a target group of protocol " + b.group.Protocol + " sends is not known: " + b.group.Label()
}

// packet is the first one of a connection that the node opens with its own address.
func (b *balancing) packet(like netip.Addr, protocol uint8, port int) (Packet, bool) {
	source, s := addressLike(b.node, like)
	if s != nil {
		return Packet{}, false
	}
	return Packet{Source: source, Destination: like, Protocol: protocol, SourcePort: b.port("source port", protocol), DestinationPort: uint16(port)}, true
}

// anew opens a connection with the address of the node: a walk like any other.
func (b *balancing) anew(t target, protocol uint8, words string) *sequel {
	p, ok := b.packet(t.address, protocol, t.port)
	if !ok {
		return stopped(words, unclear(kindBalancer, b.balancer.ID, codeUnknown, b.node.Label()+" is known to have no address of the family of "+t.address.String()))
	}
	b.question = Question{From: b.node.ID, Packet: p}
	if t.iface != nil {
		b.question.To = t.iface.ID
	}
	passed := b.passesOn()
	if passed {
		b.question.Data, b.question.Name = b.client.question.Data, b.client.question.Name
	}
	next := &sequel{words: words, Outcome: b.connect()}
	next.Second = &p
	tracked := slices.ContainsFunc(b.inspections, func(each inspection) bool { return each.tracked != no })
	if next.Verdict == Reachable && b.client.question.Data != "" && !passed && tracked {
		const why = "what the balancer sends to its target is not the client's data, and a firewall looks at it"
		next.Verdict, next.Reason = Unknown, why
		next.Request = append(next.Request, Hop{kindBalancer, b.balancer.ID, Doubt, why, codeUnsupported})
	}
	return next
}

// passesOn tells whether the balancer sends the client's data on as it is.
func (b *balancing) passesOn() bool {
	plain := func(protocol string) bool {
		return protocol == "TCP" || protocol == "TCP_UDP" || protocol == "TCP_QUIC"
	}
	if b.group == nil {
		return plain(b.listener.Protocol) && plain(b.listener.InstanceProtocol)
	}
	return b.balancer.Type == "network" && plain(b.listener.Protocol) && plain(b.group.Protocol)
}

// toService opens the connection to an Application Load Balancer that is a target: to one of its nodes, and on to what is behind it.
func (b *balancing) toService(t target, keeps answer, words string) *sequel {
	lb, ok := b.network.LoadBalancers.Get(t.service)
	switch {
	case !ok || lb.Type != "application" || b.balancer.Type != "network":
		return stopped(words, unclear(kindBalancer, t.service, codeUnknown, "an Application Load Balancer "+t.service+" behind a Network Load Balancer is not in the network"))
	case keeps == yes:
		return stopped(words, unclear(kindBalancer, t.service, codeUnsupported, "how clients that keep their addresses come to "+lb.Label()+" is not modelled"))
	}
	p, ok := b.packet(netip.IPv4Unspecified(), TCP, t.port)
	if !ok {
		return stopped(words, unclear(kindBalancer, b.balancer.ID, codeUnknown, b.node.Label()+" is known to have no IPv4 address"))
	}
	q := Question{From: b.node.ID, Packet: p}
	if b.passesOn() {
		q.Data, q.Name = b.client.question.Data, b.client.question.Name
	}
	o, sent := b.behind(lb, q, b.chooser, b.leg)
	next := &sequel{words: words, Outcome: o}
	next.Second = &sent
	return next
}

// Package walker walks one concrete packet, and its reply, through a [network.Network].
//
// It is slow and plain on purpose. It is what the symbolic engine is tested against, and it checks every witness before a person
// sees it: for that it shares nothing with the engine but the network, and is written from the rules of the semantics alone,
// whose identifiers its comments cite.
//
// Invariants:
//
//   - The request leaves state behind (translations, connections that an egress-only gateway opened, the NAT gateways that sent through a
//     peering, what the stateful engines of firewalls saw), and the reply finds that state and nothing else. Each direction is looked up in the
//     tables and stateless filters of whoever sends it.
//   - What drops a packet for certain ends the walk: the packet is stopped, whatever was in doubt before. A filter in doubt does not end the
//     walk; forwarding in doubt does. In doubt means: not collected, not understood, not modelled, not documented (V-6).
//   - Where AWS chooses, every choice is walked, and is one [Outcome] (V-10).
//   - A service behind a load balancer or an endpoint is two connections, each walked by itself; every node, listener rule, target group and
//     target is one [Outcome], with the verdict of both (LB-7, PL-6).
//   - The same network and question give the same outcomes in the same order.
//
// Example:
//
//	w := walker.New(n)
//	for _, o := range w.Walk(walker.Question{From: "eni-a", To: "eni-b", Packet: walker.Packet{
//		Source:      netip.MustParseAddr("10.0.1.10"),
//		Destination: netip.MustParseAddr("10.0.2.10"),
//		Protocol:    walker.TCP, SourcePort: 50000, DestinationPort: 443,
//	}}) {
//		fmt.Println(o.Verdict, o.Choices, o.Reason)
//	}
package walker

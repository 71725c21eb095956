// Package random makes small adversarial networks for property tests, as [network.Contents].
//
// A network starts as one that works: VPCs with public, private and isolated subnets, gateways, peerings with routes both ways,
// groups that admit something. In a third of networks each there are besides: transit gateways, with VPCs and what is on premises around them; firewalls,
// in front of something; load balancers, with targets; endpoint services, with endpoints elsewhere. Then all is broken in a few places, as people break
// theirs: a route is missing, a peering is pending, a network ACL denies the ports of replies, a group that is referenced is gone, a firewall sees one
// direction only. Addresses overlap, lists overlap, and what rules name is often on the edge of what is there.
//
// Invariants:
//
//   - The same seed gives the same contents, in the same order, on every machine.
//   - Everything that the semantics speak of can occur, any two things together; what is not modelled occurs as the target of a route.
//   - One network in four has objects that were not understood, and lists that were not collected. The others have none: what is not known there is
//     what is on premises, what belongs to others (a provider, a rule group that AWS manages), and rules of firewalls that cannot be judged.
//   - A network is as a dump gives it: written as one, it is read as it was.
//   - It is small, and so is the number of choices that AWS has on a way.
//
// For example:
//
//	n := network.New(random.Network(1))
package random

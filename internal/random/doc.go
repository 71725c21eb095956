// Package random makes small adversarial networks for property tests, as [network.Contents].
//
// A network starts as one that works: VPCs with public, private and isolated subnets, gateways, peerings with routes both ways,
// groups that admit something. Then it is broken in a few places, as people break theirs: a route is missing, a peering is pending, a
// network ACL denies the ports of replies, a group that is referenced is gone. Addresses overlap, lists overlap, and what rules name
// is often on the edge of what is there.
//
// Invariants:
//
//   - The same seed gives the same contents, in the same order, on every machine.
//   - Everything that the semantics speak of up to Block Public Access can occur; what is not modelled occurs as the target of a route.
//   - One network in four has objects that were not understood, and lists that were not collected. The others have none.
//
// For example:
//
//	n := network.New(random.Network(1))
package random

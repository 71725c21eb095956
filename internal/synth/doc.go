// Package synth makes synthetic organizations of any size, as [network.Contents], for benchmarks, for tests and for people who size
// their hardware.
//
// What decides how long an evaluation takes is not the number of interfaces but what tells them apart: groups, route tables,
// network ACLs, prefixes. An organization therefore looks like those that people run:
//
//   - VPCs of unequal size over several accounts and two Regions, one in five with IPv6. Blocks come from 10.0.0.0/8, 172.16.0.0/12 and
//     100.64.0.0/10 and are distinct as long as they fit.
//   - A VPC has a public, an app and a data tier in three zones, and small subnets for NAT gateways, one a zone. Tables: one a tier,
//     for app one a zone. S3 is reached through a gateway endpoint, Systems Manager through an interface endpoint.
//   - Three VPCs in five keep AWS's open network ACL. The others have one for each tier, with replies to ephemeral ports.
//   - Roles are products of four groups (web, app, cache, db) that reference each other, and groups that serve them all: a bastion that the
//     offices reach by a customer-managed prefix list, monitoring that reaches everybody by 10.0.0.0/8, functions, endpoints. Half of
//     the groups keep AWS's outbound rule for everything. Some databases keep a rule by addresses from before there were references.
//   - Web interfaces have public addresses, every other one. Some databases are AWS's own (no instance); functions are Lambda's.
//   - Each VPC has about two peers. Routes lead both ways, in one of seven one way only; within a Region the first product's
//     applications reference each other across the peering.
//
// Invariants:
//
//   - The same [Options] give the same contents, in the same order, on every machine.
//   - There are exactly as many interfaces, VPCs and roles as [Options.Complete] says, every identifier is unique, and every reference leads
//     somewhere.
//   - What AWS would refuse is not made: two peers of a VPC never share an address with it or with each other, no table has
//     two routes for one destination, and no address is given twice in a VPC.
//
// For example:
//
//	n := network.New(synth.Generate(synth.Options{Seed: 1, Interfaces: 10_000}))
package synth

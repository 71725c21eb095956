// Package synth makes synthetic organizations of any size, as [network.Contents], for benchmarks, for tests and for people who size
// their hardware.
//
// What decides how long an evaluation takes is not the number of interfaces but what tells them apart: groups, route tables,
// network ACLs, prefixes. An organization therefore looks like those that people run:
//
//   - VPCs of unequal size over several accounts and two Regions, one in five with IPv6. Blocks come from 10.0.0.0/8, 172.16.0.0/12 and
//     100.64.0.0/10, half of each for a Region, and are distinct as long as they fit.
//   - A VPC has a public, an app and a data tier in three zones, and small subnets for NAT gateways, one a zone. Tables: one a tier,
//     for app one a zone. S3 is reached through a gateway endpoint, other services of AWS through interface endpoints.
//   - Three VPCs in five keep AWS's open network ACL. The others have one for each tier, with replies to ephemeral ports.
//   - Roles are products of four groups (web, app, cache, db) that reference each other, and groups that serve them all: a bastion that the
//     offices reach by a customer-managed prefix list, monitoring, functions, endpoints. Half of the groups keep AWS's outbound rule for
//     everything. Some databases keep a rule by addresses from before there were references.
//   - Every other product has an application load balancer, most of them for the internet, with the web servers and the addresses of applications
//     behind it. Other web servers have public addresses, every other one. Some databases are AWS's own (no instance); functions are Lambda's.
//   - From seven VPCs of a good size on, there is a hub a Region: a transit gateway to which two VPCs in five are attached, in all zones, with the
//     private ranges routed to it. VPCs are in units of twenty; a unit's production, the rest of it and what it shares have a table each. One VPC a
//     Region is central: it speaks with, and watches, everybody. The gateways of both Regions are peered.
//   - Half of the attached VPCs reach the internet by the hub, through a VPC for egress: in appliance mode, with an endpoint of a network firewall and a
//     NAT gateway behind it in every zone. Of the others, which have NAT gateways of their own, some have a firewall in front. Firewalls let names
//     and a few addresses through, in strict order, and drop other data.
//   - Shared VPCs offer endpoint services, behind network load balancers. Most others of the Region use one or more of them.
//   - Each VPC has about two peers. Routes lead both ways, in one of seven one way only; within a Region the first product's
//     applications reference each other across the peering.
//
// An organization that grows has more units and more VPCs, not larger ones: so what may speak with whom grows as its interfaces do, except for the
// central VPCs, which everybody knows.
//
// Invariants:
//
//   - The same [Options] give the same contents, in the same order, on every machine.
//   - There are exactly as many interfaces, VPCs and roles as [Options.Complete] says, every identifier is unique, and every reference leads
//     somewhere.
//   - What AWS would refuse is not made: two peers of a VPC never share an address with it or with each other, nor do two VPCs behind hubs, no table has
//     two routes for one destination, and no address is given twice in a VPC.
//   - What is routed to a hub, or to a firewall, is routed back the same way.
//
// For example:
//
//	n := network.New(synth.Generate(synth.Options{Seed: 1, Interfaces: 10_000}))
package synth

package exact_test

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/report"
)

// more is a segmentation with what acme has not: a transit gateway, a tier behind a NAT gateway alone, flows from and to blocks of addresses, and two filtered tiers.
const more = `
environment "hub" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]
  tier "edge" {
    internet = "direct"
  }
  tier "work" {
    internet = "nat"
  }
  tier "app" {
    internet = "filtered"
  }
  tier "batch" {
    internet = "filtered"
  }
  tier "data" {
    internet = "none"
  }
}
environment "spoke" {
  account = "222222222222"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]
  tier "app" {
    internet = "none"
  }
}
service "hub" "gate" {
  tier   = "edge"
  serves = ["tcp/443"]
}
service "hub" "worker" {
  tier = "work"
}
service "hub" "api" {
  tier   = "app"
  serves = ["tcp/443"]
}
service "hub" "job" {
  tier = "batch"
}
service "hub" "ledger" {
  tier   = "data"
  serves = ["tcp/5432"]
}
service "spoke" "reader" {
  tier = "app"
}
flow "198.51.100.0/24" "gate" {}
flow "worker" "internet" {
  ports = ["tcp/443"]
}
flow "reader" "ledger" {
  via = "transit"
}
egress "hub" "api" {
  domains = ["*.example.com"]
}
egress "hub" "job" {
  domains = ["api.example.org"]
}
forbid "internet" "hub/tier:data" {}
forbid "spoke/tier:app" "internet" {}
forbid "job" "*.example.com" {}
`

type edit struct {
	name  string
	of    string // "more", or else acme
	apply func(m *mutant)
}

// mutant is a network to edit.
type mutant struct {
	t *testing.T
	*network.Contents
}

func (m *mutant) must(ok bool, id string) {
	m.t.Helper()
	if !ok {
		m.t.Fatalf("there is no %s", id)
	}
}

func (m *mutant) group(id string) *network.SecurityGroup {
	k := slices.IndexFunc(m.SecurityGroups, func(x *network.SecurityGroup) bool { return x.ID == id })
	m.must(k >= 0, id)
	return m.SecurityGroups[k]
}

func (m *mutant) acl(id string) *network.NetworkACL {
	k := slices.IndexFunc(m.NetworkACLs, func(x *network.NetworkACL) bool { return x.ID == id })
	m.must(k >= 0, id)
	return m.NetworkACLs[k]
}

func (m *mutant) table(id string) *network.RouteTable {
	k := slices.IndexFunc(m.RouteTables, func(x *network.RouteTable) bool { return x.ID == id })
	m.must(k >= 0, id)
	return m.RouteTables[k]
}

func (m *mutant) subnet(id string) *network.Subnet {
	k := slices.IndexFunc(m.Subnets, func(x *network.Subnet) bool { return x.ID == id })
	m.must(k >= 0, id)
	return m.Subnets[k]
}

func (m *mutant) route(table, destination string) *network.Route {
	t := m.table(table)
	k := slices.IndexFunc(t.Routes, func(r network.Route) bool { return r.Destination.String() == destination })
	m.must(k >= 0, table+" "+destination)
	return &t.Routes[k]
}

func (m *mutant) dropRoute(table, destination string) {
	t := m.table(table)
	m.route(table, destination)
	t.Routes = slices.DeleteFunc(t.Routes, func(r network.Route) bool { return r.Destination.String() == destination })
}

func (m *mutant) addRoute(table, destination string, kind network.TargetKind, id string) {
	t := m.table(table)
	t.Routes = append(t.Routes, network.Route{Destination: netip.MustParsePrefix(destination), Target: network.Target{Kind: kind, ID: id}})
}

func rule(protocol, from, to int, peer string) network.Rule {
	r := network.Rule{ID: "sgr-mutant", Protocol: protocol, From: from, To: to, Group: peer, Origin: network.Origin{Source: "mutant"}}
	if p, err := netip.ParsePrefix(peer); err == nil {
		r.Group, r.Block = "", p
	}
	return r
}

// entry finds an entry of a network ACL.
func (m *mutant) entry(acl string, outbound bool, port int, block string) int {
	a := m.acl(acl)
	k := slices.IndexFunc(a.Entries, func(e network.ACLEntry) bool {
		return e.Outbound == outbound && e.From == port && e.Block.String() == block
	})
	m.must(k >= 0, fmt.Sprint(acl, outbound, port, block))
	return k
}

func (m *mutant) dropEntry(acl string, outbound bool, port int, block string) {
	a := m.acl(acl)
	k := m.entry(acl, outbound, port, block)
	a.Entries = slices.Delete(a.Entries, k, k+1)
}

func (m *mutant) eni(id, subnet string, groups ...string) {
	s := m.subnet(subnet)
	m.Interfaces = append(m.Interfaces, &network.Interface{Object: network.Object{ID: id, Name: id, Account: s.Account, Region: s.Region}, VPC: s.VPC, Subnet: subnet, Type: network.TypeInterface, Groups: groups, SourceDestCheck: true,
		Addresses: []network.Address{{IP: at(s.Blocks[0], 99)}}})
}

const (
	appA, appB, dataA = "rtb-prod-app-us-east-1a", "rtb-prod-app-us-east-1b", "rtb-prod-data-us-east-1a"
	anywhere          = "0.0.0.0/0"
)

var edits = []edit{
	// Security groups.
	{name: "a rule's ports widened", apply: func(m *mutant) { m.group("sg-prod-cache-redis").Inbound[0].To = 6380 }},
	{name: "a rule's protocol widened", apply: func(m *mutant) {
		g := m.group("sg-prod-database-postgres")
		g.Inbound[0].Protocol, g.Inbound[0].From, g.Inbound[0].To = -1, -1, -1
	}},
	{name: "a rule opened to everybody", apply: func(m *mutant) {
		g := m.group("sg-prod-database-postgres")
		g.Inbound = append(g.Inbound, rule(packet.TCP, 5432, 5432, anywhere))
	}},
	{name: "both sides of a flow opened", apply: func(m *mutant) {
		g, h := m.group("sg-prod-database-postgres"), m.group("sg-prod-app-server")
		g.Inbound = append(g.Inbound, rule(packet.TCP, 22, 22, "sg-prod-app-server"))
		h.Outbound = append(h.Outbound, rule(packet.TCP, 22, 22, "sg-prod-database-postgres"))
	}},
	{name: "another group let in", apply: func(m *mutant) {
		g := m.group("sg-prod-cache-redis")
		g.Inbound = append(g.Inbound, rule(packet.TCP, 6379, 6379, "sg-prod-loadbalancer-public"))
	}},
	{name: "an inbound rule removed", apply: func(m *mutant) { m.group("sg-prod-cache-redis").Inbound = nil }},
	{name: "an outbound rule removed", apply: func(m *mutant) {
		g := m.group("sg-prod-app-server")
		g.Outbound = slices.DeleteFunc(g.Outbound, func(r network.Rule) bool { return r.From == 6379 })
	}},
	{name: "a rule by address in place of a reference", apply: func(m *mutant) {
		g := m.group("sg-prod-cache-redis")
		g.Inbound = []network.Rule{rule(packet.TCP, 6379, 6379, "10.0.10.0/24"), rule(packet.TCP, 6379, 6379, "10.0.11.0/24"), rule(packet.TCP, 6379, 6379, "10.0.12.0/24")}
	}},
	{name: "a rule of a group to itself", apply: func(m *mutant) {
		g := m.group("sg-prod-app-server")
		g.Inbound = append(g.Inbound, rule(-1, -1, -1, "sg-prod-app-server"))
		g.Outbound = append(g.Outbound, rule(-1, -1, -1, "sg-prod-app-server"))
	}},
	{name: "the default group given rules", apply: func(m *mutant) {
		m.group("sg-prod-default").Outbound = []network.Rule{rule(-1, -1, -1, anywhere)}
	}},
	{name: "a group of no role with rules", apply: func(m *mutant) {
		m.SecurityGroups = append(m.SecurityGroups, &network.SecurityGroup{Object: network.Object{ID: "sg-stray", Name: "stray", Account: "111111111111", Region: "us-east-1"}, VPC: "vpc-prod", Inbound: []network.Rule{rule(packet.TCP, 22, 22, anywhere)}})
	}},
	{name: "a role's group deleted", apply: func(m *mutant) {
		m.SecurityGroups = slices.DeleteFunc(m.SecurityGroups, func(g *network.SecurityGroup) bool { return g.ID == "sg-prod-cache-redis" })
	}},
	{name: "a rule that is not understood", apply: func(m *mutant) {
		m.group("sg-prod-cache-redis").Inbound[0].Defect = &network.Defect{Reason: "its protocol is strange"}
	}},
	// Members.
	{name: "a member in another tier", apply: func(m *mutant) { m.eni("eni-x", "subnet-prod-public-us-east-1a", "sg-prod-app-server") }},
	{name: "a member of two roles", apply: func(m *mutant) {
		m.eni("eni-x", "subnet-prod-data-us-east-1a", "sg-prod-cache-redis", "sg-prod-database-postgres")
	}},
	{name: "something with the default group", apply: func(m *mutant) { m.eni("eni-x", "subnet-prod-data-us-east-1a", "sg-prod-default") }},
	// Routes.
	{name: "a way to the NAT gateway from the data tier", apply: func(m *mutant) { m.addRoute(dataA, anywhere, network.TargetNAT, "nat-prod-us-east-1a") }},
	{name: "a way to the internet gateway from the data tier", apply: func(m *mutant) { m.addRoute(dataA, anywhere, network.TargetInternetGateway, "igw-prod") }},
	{name: "a way to the peering from the data tier", apply: func(m *mutant) { m.addRoute(dataA, "10.1.0.0/16", network.TargetPeering, "pcx-staging-to-prod") }},
	{name: "a default route removed", apply: func(m *mutant) { m.dropRoute(appA, anywhere) }},
	{name: "the firewall of another zone", apply: func(m *mutant) { m.route(appA, anywhere).Target.ID = "vpce-firewall-prod-us-east-1b" }},
	{name: "the NAT gateway of another zone", apply: func(m *mutant) {
		m.route("rtb-prod-firewall-us-east-1a", anywhere).Target.ID = "nat-prod-us-east-1b"
	}},
	{name: "around the firewall", apply: func(m *mutant) {
		m.route(appA, anywhere).Target = network.Target{Kind: network.TargetNAT, ID: "nat-prod-us-east-1a"}
	}},
	{name: "no way back through the firewall", apply: func(m *mutant) { m.dropRoute("rtb-prod-nat-us-east-1a", "10.0.10.0/24") }},
	{name: "a peering's route widened to the VPC", apply: func(m *mutant) {
		for _, zone := range []string{"a", "b", "c"} {
			m.addRoute("rtb-staging-app-us-east-1"+zone, "10.0.0.0/16", network.TargetPeering, "pcx-staging-to-prod")
		}
	}},
	{name: "a peering's route one way only", apply: func(m *mutant) {
		for _, zone := range []string{"a", "b", "c"} {
			t := m.table("rtb-prod-replica-postgres-us-east-1" + zone)
			t.Routes = t.Routes[:1]
		}
	}},
	{name: "a blackhole", apply: func(m *mutant) { m.route(appB, anywhere).Blackhole = true }},
	{name: "the main table given a route", apply: func(m *mutant) {
		m.addRoute("rtb-prod-main", anywhere, network.TargetInternetGateway, "igw-prod")
	}},
	{name: "a route table's association removed", apply: func(m *mutant) { m.table(appA).Subnets = nil }},
	{name: "a route table's association removed where nothing is routed", apply: func(m *mutant) { m.table(dataA).Subnets = nil }},
	{name: "route tables swapped", apply: func(m *mutant) {
		m.table(appA).Subnets, m.table(dataA).Subnets = m.table(dataA).Subnets, m.table(appA).Subnets
	}},
	{name: "a gateway's edge table", apply: func(m *mutant) {
		m.RouteTables = append(m.RouteTables, &network.RouteTable{Object: network.Object{ID: "rtb-edge", Account: "111111111111", Region: "us-east-1"}, VPC: "vpc-prod", Gateways: []string{"igw-prod"},
			Routes: []network.Route{{Destination: netip.MustParsePrefix("10.0.0.0/24"), Target: network.Target{Kind: network.TargetEndpoint, ID: "vpce-firewall-prod-us-east-1a"}}}})
	}},
	{name: "written otherwise, and the same", apply: func(m *mutant) {
		t := m.table("rtb-staging-app-us-east-1a") // each route as its two halves
		for _, r := range t.Routes[1:] {
			half := r
			half.Destination = netip.PrefixFrom(at(r.Destination, 1<<(31-r.Destination.Bits())), r.Destination.Bits()+1)
			t.Routes = append(t.Routes, half)
		}
	}},
	// Network ACLs.
	{name: "an entry added", apply: func(m *mutant) {
		a := m.acl("acl-prod-data")
		a.Entries = append(a.Entries, network.ACLEntry{Number: 50, Allow: true, Protocol: packet.TCP, From: 22, To: 22, Block: netip.MustParsePrefix("10.0.0.0/24")})
	}},
	{name: "an entry widened", apply: func(m *mutant) {
		a := m.acl("acl-prod-data")
		a.Entries[m.entry("acl-prod-data", false, 6379, "10.0.10.0/24")].Block = netip.MustParsePrefix("10.0.0.0/16")
	}},
	{name: "a request's entry dropped", apply: func(m *mutant) { m.dropEntry("acl-prod-data", false, 6379, "10.0.10.0/24") }},
	{name: "a reply's entry dropped", apply: func(m *mutant) { m.dropEntry("acl-prod-app", false, 1024, "10.0.20.0/24") }},
	{name: "a deny dropped", apply: func(m *mutant) { m.dropEntry("acl-prod-public", false, -1, "10.0.0.0/16") }},
	{name: "a network ACL's association removed", apply: func(m *mutant) {
		a := m.acl("acl-prod-app")
		a.Subnets = a.Subnets[1:]
	}},
	{name: "the default network ACL opened", apply: func(m *mutant) {
		m.acl("acl-prod-default").Entries = []network.ACLEntry{{Number: 100, Allow: true, Protocol: -1, From: -1, To: -1, Block: netip.MustParsePrefix(anywhere)}}
	}},
	{name: "other numbers, and the same", apply: func(m *mutant) {
		a := m.acl("acl-prod-app")
		for k := range a.Entries {
			a.Entries[k].Number *= 1
			a.Entries[k].Number += 7
		}
	}},
	{name: "one entry in place of two, and the same", apply: func(m *mutant) { // 10.0.10.0/24 and 10.0.11.0/24
		a := m.acl("acl-prod-data")
		for k := range a.Entries {
			if a.Entries[k].Block.String() == "10.0.10.0/24" {
				a.Entries[k].Block = netip.MustParsePrefix("10.0.10.0/23")
			}
		}
		a.Entries = slices.DeleteFunc(a.Entries, func(e network.ACLEntry) bool { return e.Block.String() == "10.0.11.0/24" })
	}},
	{name: "an entry that is not understood", apply: func(m *mutant) {
		m.acl("acl-prod-app").Entries[0].Defect = &network.Defect{Reason: "its protocol is strange"}
	}},
	// Subnets, VPCs and gateways.
	{name: "a subnet with other addresses", apply: func(m *mutant) {
		m.subnet("subnet-prod-data-us-east-1a").Blocks = []netip.Prefix{netip.MustParsePrefix("10.0.30.0/24")}
	}},
	{name: "a subnet in another zone", apply: func(m *mutant) { m.subnet("subnet-prod-data-us-east-1a").Zone = "us-east-1d" }},
	{name: "a subnet of no tier", apply: func(m *mutant) {
		m.Subnets = append(m.Subnets, &network.Subnet{Object: network.Object{ID: "subnet-x", Account: "111111111111", Region: "us-east-1"}, VPC: "vpc-prod", Zone: "us-east-1a", Blocks: []netip.Prefix{netip.MustParsePrefix("10.0.200.0/24")}})
	}},
	{name: "public addresses in a private tier", apply: func(m *mutant) { m.subnet("subnet-prod-data-us-east-1a").MapPublicIPOnLaunch = true }},
	{name: "no public addresses in a public tier", apply: func(m *mutant) { m.subnet("subnet-prod-public-us-east-1a").MapPublicIPOnLaunch = false }},
	{name: "the internet gateway detached", apply: func(m *mutant) { m.InternetGateways[0].VPC = "" }},
	{name: "an internet gateway attached", apply: func(m *mutant) {
		m.InternetGateways = append(m.InternetGateways, &network.InternetGateway{Object: network.Object{ID: "igw-x", Account: "222222222222", Region: "us-east-1"}, VPC: "vpc-staging"})
	}},
	{name: "a NAT gateway in the public tier", apply: func(m *mutant) {
		for _, g := range m.NATGateways {
			if g.ID == "nat-prod-us-east-1a" {
				g.Subnet = "subnet-prod-public-us-east-1a"
			}
		}
		for _, i := range m.Interfaces {
			if i.ID == "eni-nat-prod-us-east-1a" {
				i.Subnet, i.Addresses[0].IP = "subnet-prod-public-us-east-1a", netip.MustParseAddr("10.0.0.77")
			}
		}
	}},
	{name: "another block of the VPC", apply: func(m *mutant) {
		for _, v := range m.VPCs {
			if v.ID == "vpc-prod" {
				v.Blocks = append(v.Blocks, netip.MustParsePrefix("10.9.0.0/16"))
			}
		}
		for _, t := range m.RouteTables {
			if t.VPC == "vpc-prod" {
				m.addRoute(t.ID, "10.9.0.0/16", network.TargetLocal, "local")
			}
		}
	}},
	{name: "a virtual private gateway", apply: func(m *mutant) {
		m.VPNGateways = append(m.VPNGateways, &network.VPNGateway{Object: network.Object{ID: "vgw-x", Account: "111111111111", Region: "us-east-1"}, VPC: "vpc-prod"})
	}},
	{name: "an environment without a VPC", apply: func(m *mutant) {
		m.VPCs = slices.DeleteFunc(m.VPCs, func(v *network.VPC) bool { return v.ID == "vpc-staging" })
	}},
	// Peering.
	{name: "another VPC peered", apply: func(m *mutant) {
		m.VPCs = append(m.VPCs, &network.VPC{Object: network.Object{ID: "vpc-x", Name: "x", Account: "111111111111", Region: "us-east-1"}, Blocks: []netip.Prefix{netip.MustParsePrefix("10.7.0.0/16")}})
		m.PeeringConnections = append(m.PeeringConnections, &network.PeeringConnection{Object: network.Object{ID: "pcx-x", Account: "111111111111", Region: "us-east-1"}, State: "active",
			Requester: network.PeeringSide{VPC: "vpc-x", Account: "111111111111", Region: "us-east-1"}, Accepter: network.PeeringSide{VPC: "vpc-prod", Account: "111111111111", Region: "us-east-1"}})
	}},
	{name: "a peering that is not accepted", apply: func(m *mutant) { m.PeeringConnections[0].State = "pending-acceptance" }},
	// The firewall.
	{name: "the firewall's default alerts only", apply: func(m *mutant) { m.FirewallPolicies[0].StatefulDefaults = []string{"aws:alert_established"} }},
	{name: "the firewall's default does not alert", apply: func(m *mutant) { m.FirewallPolicies[0].StatefulDefaults = []string{"aws:drop_established"} }},
	{name: "the firewall's stateless default passes", apply: func(m *mutant) { m.FirewallPolicies[0].StatelessDefaults = []string{"aws:pass"} }},
	{name: "fragments pass the firewall", apply: func(m *mutant) { m.FirewallPolicies[0].FragmentDefaults = []string{"aws:pass"} }},
	{name: "a domain added", apply: func(m *mutant) {
		d := m.FirewallRuleGroups[0].Domains
		d.Targets = append(d.Targets, ".example.net")
	}},
	{name: "a domain removed", apply: func(m *mutant) { m.FirewallRuleGroups[0].Domains.Targets = m.FirewallRuleGroups[0].Domains.Targets[1:] }},
	{name: "a domain widened", apply: func(m *mutant) { m.FirewallRuleGroups[0].Domains.Targets[0] = ".com" }},
	{name: "names of TLS only", apply: func(m *mutant) { m.FirewallRuleGroups[0].Domains.HTTP = false }},
	{name: "a list of what is denied", apply: func(m *mutant) { m.FirewallRuleGroups[0].Domains.Action = "DENYLIST" }},
	{name: "HOME_NET widened", apply: func(m *mutant) {
		m.FirewallRuleGroups[0].IPSets["HOME_NET"] = []network.AddressMatch{{Block: netip.MustParsePrefix("10.0.0.0/16")}}
	}},
	{name: "HOME_NET without a subnet", apply: func(m *mutant) {
		m.FirewallRuleGroups[0].IPSets["HOME_NET"] = m.FirewallRuleGroups[0].IPSets["HOME_NET"][1:]
	}},
	{name: "action order", apply: func(m *mutant) { m.FirewallPolicies[0].Strict, m.FirewallPolicies[0].StatefulDefaults = false, nil }},
	{name: "the rule group detached", apply: func(m *mutant) { m.FirewallPolicies[0].StatefulGroups = nil }},
	{name: "drops turned into alerts", apply: func(m *mutant) { m.FirewallPolicies[0].StatefulGroups[0].Override = "DROP_TO_ALERT" }},
	{name: "a firewall endpoint removed", apply: func(m *mutant) { m.Firewalls[0].Endpoints = m.Firewalls[0].Endpoints[1:] }},
	{name: "a rule group that passes everything", apply: func(m *mutant) {
		g := &network.FirewallRuleGroup{Object: network.Object{ID: "arn:aws:network-firewall:us-east-1:111111111111:stateful-rulegroup/x", Name: "x", Account: "111111111111", Region: "us-east-1"}, Type: "STATEFUL", Strict: true,
			Rules: []network.StatefulRule{{Action: "pass", Protocol: "ip", Source: network.AddressMatch{Any: true}, Destination: network.AddressMatch{Any: true}, SourcePorts: network.PortMatch{Any: true}, DestinationPorts: network.PortMatch{Any: true}}}}
		m.FirewallRuleGroups = append(m.FirewallRuleGroups, g)
		m.FirewallPolicies[0].StatefulGroups = append(m.FirewallPolicies[0].StatefulGroups, network.FirewallReference{RuleGroup: g.ID, Priority: 9})
	}},
	// PrivateLink.
	{name: "groups enforced on PrivateLink", apply: func(m *mutant) { m.LoadBalancers[0].EnforceOnPrivateLink = "on" }},
	{name: "everybody allowed to connect", apply: func(m *mutant) { m.EndpointServices[0].Principals = []string{"*"} }},
	{name: "another account allowed to connect", apply: func(m *mutant) {
		m.EndpointServices[0].Principals = append(m.EndpointServices[0].Principals, "arn:aws:iam::999999999999:root")
	}},
	{name: "connections accepted without being asked", apply: func(m *mutant) { m.EndpointServices[0].AcceptanceRequired = false }},
	{name: "the endpoint with the default group", apply: func(m *mutant) {
		m.Endpoints[0].Groups = []string{"sg-workload-default"}
		for _, i := range m.Interfaces {
			if strings.HasPrefix(i.ID, "eni-vpce-workload") {
				i.Groups = []string{"sg-workload-default"}
			}
		}
	}},
	{name: "the endpoint not accepted", apply: func(m *mutant) { m.Endpoints[0].State = "pendingacceptance" }},
	{name: "another endpoint", apply: func(m *mutant) {
		m.Endpoints = append(m.Endpoints, &network.Endpoint{Object: network.Object{ID: "vpce-x", Account: "111111111111", Region: "us-east-1"}, VPC: "vpc-prod", Type: network.EndpointInterface, Service: "com.amazonaws.us-east-1.ssm", State: "available"})
	}},
	{name: "a listener added", apply: func(m *mutant) {
		b := m.LoadBalancers[0]
		l := b.Listeners[0]
		l.ID, l.Port = "listener/22", 22
		b.Listeners = append(b.Listeners, l)
	}},
	{name: "a target that is another role's", apply: func(m *mutant) {
		m.eni("eni-x", "subnet-platform-app-us-east-1a", "sg-platform-default")
		m.TargetGroups[0].TargetType = "ip"
		m.TargetGroups[0].Targets = []network.LoadBalancerTarget{{ID: at(m.subnet("subnet-platform-app-us-east-1a").Blocks[0], 99).String()}}
	}},
	{name: "the hostname leads elsewhere", apply: func(m *mutant) {
		m.HostedZones[0].Records[0].Target = ""
		m.HostedZones[0].Records[0].Addresses = []netip.Addr{netip.MustParseAddr("10.2.0.9")}
	}},
	{name: "the hostname gone", apply: func(m *mutant) { m.HostedZones = nil }},
	{name: "the hosted zone seen by nobody", apply: func(m *mutant) { m.HostedZones[0].VPCs = nil }},
	// The second segmentation.
	{name: "a propagation", of: "more", apply: func(m *mutant) {
		m.TransitRouteTables[0].Propagations = []string{"tgw-attach-spoke"}
	}},
	{name: "a transit route widened", of: "more", apply: func(m *mutant) {
		for _, t := range m.TransitRouteTables {
			if t.ID == "tgw-rtb-spoke" {
				t.Routes = append(t.Routes, network.TransitRoute{Destination: netip.MustParsePrefix("10.0.0.0/16"), Attachments: []string{"tgw-attach-hub"}, Type: "static"})
			}
		}
	}},
	{name: "a transit route gone", of: "more", apply: func(m *mutant) {
		for _, t := range m.TransitRouteTables {
			t.Routes = t.Routes[1:]
		}
	}},
	{name: "default tables of the transit gateway", of: "more", apply: func(m *mutant) { m.TransitGateways[0].DefaultPropagation = "tgw-rtb-hub" }},
	{name: "references over the transit gateway off", of: "more", apply: func(m *mutant) { m.TransitGateways[0].SecurityGroupReferencing = false }},
	{name: "another VPC attached", of: "more", apply: func(m *mutant) {
		m.VPCs = append(m.VPCs, &network.VPC{Object: network.Object{ID: "vpc-x", Name: "x", Account: "333333333333", Region: "us-east-1"}, Blocks: []netip.Prefix{netip.MustParsePrefix("10.7.0.0/16")}})
		m.TransitAttachments = append(m.TransitAttachments, &network.TransitAttachment{Object: network.Object{ID: "tgw-attach-x", Account: "333333333333", Region: "us-east-1"}, Attachment: "tgw-attach-x", Gateway: m.TransitGateways[0].ID, Type: "vpc", Resource: "vpc-x", State: "available", Detailed: true})
	}},
	{name: "associated with no table", of: "more", apply: func(m *mutant) { m.TransitAttachments[1].RouteTable = "" }},
	{name: "a partner's block widened", of: "more", apply: func(m *mutant) {
		m.group("sg-hub-gate").Inbound[0].Block = netip.MustParsePrefix("198.51.0.0/16")
	}},
	{name: "a partner's block narrowed", of: "more", apply: func(m *mutant) {
		m.group("sg-hub-gate").Inbound[0].Block = netip.MustParsePrefix("198.51.100.0/25")
	}},
	{name: "the list of one tier for both", of: "more", apply: func(m *mutant) {
		m.FirewallRuleGroups[0].IPSets["HOME_NET"] = append(m.FirewallRuleGroups[0].IPSets["HOME_NET"], m.FirewallRuleGroups[1].IPSets["HOME_NET"]...)
	}},
}

func made(t testing.TB, of string) (*intent.Segmentation, network.Contents) {
	s := acme(t)
	if of == "more" {
		s = load(t, more)
	}
	return s, build(blueprint.New(s))
}

var update = flag.Bool("update", false, "write what is found of each edit into testdata, to be reviewed")

// Each edit is found, precisely: the control that was edited, and the connections that follow from it, as the file has them. None stays exact, unless it says that it is the same.
func TestMutations(t *testing.T) {
	const file = "testdata/mutations.txtar"
	golden, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := &txtar.Archive{Comment: golden.Comment}
	for _, e := range append([]edit{{name: "none of acme, and the same"}, {name: "none of more, and the same", of: "more"}}, edits...) {
		s, c := made(t, e.of)
		if e.apply != nil {
			e.apply(&mutant{t, &c})
		}
		d := check(t, s, c)
		if same := strings.HasSuffix(e.name, "and the same"); same != (d.Verdict == report.Exact) {
			t.Errorf("%s: %s", e.name, describe(d))
		}
		for i := range d.Deviations {
			v := &d.Deviations[i]
			switch {
			case v.Connection() && v.Effect == report.Undeclared && v.Witness == nil:
				t.Errorf("%s: without a packet: %s", e.name, v.Message)
			case v.Connection() && len(v.Path)+len(v.Reply) == 0:
				t.Errorf("%s: without the controls that stop it: %s", e.name, v.Message)
			case !v.Connection() && v.ID == "" && v.Rule != "environment":
				t.Errorf("%s: without a control: %s", e.name, v.Message)
			}
		}
		got.Files = append(got.Files, txtar.File{Name: e.name, Data: []byte(describe(d))})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(got.Files) != len(golden.Files) {
		t.Fatalf("there are %d edits, and %d are in %s: -update", len(got.Files), len(golden.Files), file)
	}
	for i, f := range got.Files {
		if want := golden.Files[i]; f.Name != want.Name || string(f.Data) != string(want.Data) {
			t.Errorf("%s: it is\n%s\nand %s has, of %s,\n%s", f.Name, f.Data, file, want.Name, want.Data)
		}
	}
}

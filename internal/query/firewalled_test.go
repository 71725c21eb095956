package query

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// firewalled is a VPC of which the role app gets out through a firewall and a NAT gateway, to a few names, and the role ops around the firewall.
func firewalled() network.Contents {
	const account, policy, group = "111111111111", "arn:aws:network-firewall:us-east-1:111111111111:firewall-policy/egress", "arn:aws:network-firewall:us-east-1:111111111111:stateful-rulegroup/partners"
	const vpc = "vpc-0000000a"
	c := network.Contents{
		VPCs:             []*network.VPC{{Object: object(vpc, "prod", account), Blocks: []netip.Prefix{prefixOf("10.0.0.0/16")}}},
		InternetGateways: []*network.InternetGateway{{Object: object("igw-0000000a", "prod", account), VPC: vpc}},
		NATGateways: []*network.NATGateway{{Object: object("nat-0000000a", "out", account), VPC: vpc, Subnet: "subnet-0000000c", State: "available",
			Addresses: []network.NATAddress{{IP: addr("10.0.3.9"), Public: addr("198.51.100.9"), Interface: "eni-0000000c"}}}},
		Firewalls: []*network.Firewall{{Object: object("arn:aws:network-firewall:us-east-1:111111111111:firewall/egress", "egress", account), VPC: vpc, Policy: policy,
			Endpoints: []network.FirewallEndpoint{{ID: "vpce-0000000a", VPC: vpc, Subnet: "subnet-0000000b", Zone: "us-east-1a", Status: "READY"}}}},
		FirewallPolicies: []*network.FirewallPolicy{{Object: object(policy, "egress", account), StatelessDefaults: []string{"aws:forward_to_sfe"}, FragmentDefaults: []string{"aws:forward_to_sfe"},
			Strict: true, StatefulDefaults: []string{"aws:drop_established"}, StatefulGroups: []network.FirewallReference{{RuleGroup: group, Priority: 1}}}},
		FirewallRuleGroups: []*network.FirewallRuleGroup{{Object: object(group, "partners", account), Type: "STATEFUL", Strict: true,
			Domains: &network.DomainList{Action: "ALLOWLIST", Targets: []string{".amazonaws.com", "api.openai.com"}, TLS: true, HTTP: true}}},
		RouteTables: []*network.RouteTable{
			{Object: object("rtb-0000000a", "app", account), VPC: vpc, Subnets: []string{"subnet-0000000a"}, Routes: []network.Route{route("10.0.0.0/16", network.TargetLocal, "local"), route("0.0.0.0/0", network.TargetEndpoint, "vpce-0000000a")}},
			{Object: object("rtb-0000000b", "firewall", account), VPC: vpc, Subnets: []string{"subnet-0000000b"}, Routes: []network.Route{route("10.0.0.0/16", network.TargetLocal, "local"), route("0.0.0.0/0", network.TargetNAT, "nat-0000000a")}},
			{Object: object("rtb-0000000c", "public", account), VPC: vpc, Main: true, Subnets: []string{"subnet-0000000c"}, Routes: []network.Route{route("10.0.0.0/16", network.TargetLocal, "local"), route("10.0.1.0/24", network.TargetEndpoint, "vpce-0000000a"), route("0.0.0.0/0", network.TargetInternetGateway, "igw-0000000a")}},
			{Object: object("rtb-0000000d", "ops", account), VPC: vpc, Subnets: []string{"subnet-0000000d"}, Routes: []network.Route{route("10.0.0.0/16", network.TargetLocal, "local"), route("0.0.0.0/0", network.TargetNAT, "nat-0000000a")}},
		},
	}
	for _, each := range [][3]string{{"subnet-0000000a", "prod-app-us-east-1a", "10.0.1.0/24"}, {"subnet-0000000b", "prod-firewall-us-east-1a", "10.0.2.0/24"}, {"subnet-0000000c", "prod-public-us-east-1a", "10.0.3.0/24"}, {"subnet-0000000d", "prod-ops-us-east-1a", "10.0.4.0/24"}} {
		c.Subnets = append(c.Subnets, &network.Subnet{Object: object(each[0], each[1], account), VPC: vpc, Zone: "us-east-1a", Blocks: []netip.Prefix{prefixOf(each[2])}})
	}
	acl := &network.NetworkACL{Object: object("acl-0000000a", "", account), VPC: vpc, Default: true}
	for _, outbound := range []bool{false, true} {
		acl.Entries = append(acl.Entries, network.ACLEntry{Number: 100, Outbound: outbound, Allow: true, Protocol: -1, Block: prefixOf("0.0.0.0/0"), From: -1, To: -1})
	}
	c.NetworkACLs = []*network.NetworkACL{acl}
	all := []network.Rule{{Protocol: -1, From: -1, To: -1, Block: prefixOf("0.0.0.0/0")}}
	for number, name := range map[string]string{"0000000a": "app", "0000000b": "ops"} {
		c.SecurityGroups = append(c.SecurityGroups, &network.SecurityGroup{Object: object("sg-"+number, name, account), VPC: vpc, Outbound: all})
	}
	add := func(number, subnet, group, ip string, kind network.InterfaceType, owner network.Owner, public string) {
		a := network.Address{IP: addr(ip)}
		if public != "" {
			a.Public = addr(public)
		}
		i := &network.Interface{Object: object("eni-"+number, "", account), VPC: vpc, Subnet: subnet, Type: kind, Addresses: []network.Address{a}, SourceDestCheck: true, Owner: owner}
		if group != "" {
			i.Groups = []string{group}
		}
		c.Interfaces = append(c.Interfaces, i)
	}
	add("0000000a", "subnet-0000000a", "sg-0000000a", "10.0.1.10", network.TypeInterface, network.Owner{}, "")
	add("0000000b", "subnet-0000000d", "sg-0000000b", "10.0.4.10", network.TypeInterface, network.Owner{}, "")
	add("0000000c", "subnet-0000000c", "", "10.0.3.9", network.TypeNAT, network.Owner{Kind: network.OwnerNAT, ID: "nat-0000000a", Sure: true}, "198.51.100.9")
	return c
}

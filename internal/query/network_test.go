package query

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// acme is a small organization: the VPC prod with three tiers, the VPC staging of another account with one, peered. Routes and ACLs
// let everything pass, security groups decide.
func acme() *network.Network { return network.New(acmeContents()) }

func object(id, name, account string, tags ...network.Tag) network.Object {
	return network.Object{ID: id, Name: name, Account: account, Region: "us-east-1", Tags: tags, Origin: network.Origin{Source: "test", Path: "/" + id}}
}

func prefixOf(text string) netip.Prefix { return netip.MustParsePrefix(text) }
func addr(text string) netip.Addr       { return netip.MustParseAddr(text) }

func route(destination string, kind network.TargetKind, id string) network.Route {
	return network.Route{Destination: prefixOf(destination), Target: network.Target{Kind: kind, ID: id}}
}

func byGroup(port int, group string) network.Rule {
	return network.Rule{Protocol: 6, From: port, To: port, Group: group}
}

func acmeContents() network.Contents {
	const prod, staging = "111111111111", "222222222222"
	c := network.Contents{
		VPCs: []*network.VPC{
			{Object: object("vpc-0000000a", "prod", prod), Blocks: []netip.Prefix{prefixOf("10.0.0.0/16")}},
			{Object: object("vpc-0000000b", "staging", staging), Blocks: []netip.Prefix{prefixOf("10.1.0.0/16")}},
		},
		InternetGateways:   []*network.InternetGateway{{Object: object("igw-0000000a", "prod", prod), VPC: "vpc-0000000a"}},
		PeeringConnections: []*network.PeeringConnection{{Object: object("pcx-0000000a", "", prod), State: "active", Requester: network.PeeringSide{VPC: "vpc-0000000b", Account: staging, Region: "us-east-1", Blocks: []netip.Prefix{prefixOf("10.1.0.0/16")}}, Accepter: network.PeeringSide{VPC: "vpc-0000000a", Account: prod, Region: "us-east-1", Blocks: []netip.Prefix{prefixOf("10.0.0.0/16")}}}},
		LoadBalancers:      []*network.LoadBalancer{{Object: object("arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/front/1", "front", prod), VPC: "vpc-0000000a", Type: "application"}},
	}
	subnet := func(id, name, account, vpc, zone, block, table string, tags ...network.Tag) {
		c.Subnets = append(c.Subnets, &network.Subnet{Object: object(id, name, account, tags...), VPC: vpc, Zone: zone, Blocks: []netip.Prefix{prefixOf(block)}})
		for _, t := range c.RouteTables {
			if t.ID == table {
				t.Subnets = append(t.Subnets, id)
			}
		}
	}
	c.RouteTables = []*network.RouteTable{
		{Object: object("rtb-0000000a", "", prod), VPC: "vpc-0000000a", Main: true, Routes: []network.Route{route("10.0.0.0/16", network.TargetLocal, "local"), route("10.1.0.0/16", network.TargetPeering, "pcx-0000000a")}},
		{Object: object("rtb-0000000c", "", prod), VPC: "vpc-0000000a", Routes: []network.Route{route("10.0.0.0/16", network.TargetLocal, "local"), route("0.0.0.0/0", network.TargetInternetGateway, "igw-0000000a")}},
		{Object: object("rtb-0000000b", "", staging), VPC: "vpc-0000000b", Main: true, Routes: []network.Route{route("10.1.0.0/16", network.TargetLocal, "local"), route("10.0.0.0/16", network.TargetPeering, "pcx-0000000a")}},
	}
	subnet("subnet-0000000a", "prod-public-us-east-1a", prod, "vpc-0000000a", "us-east-1a", "10.0.0.0/24", "rtb-0000000c")
	subnet("subnet-0000000b", "prod-app-us-east-1a", prod, "vpc-0000000a", "us-east-1a", "10.0.10.0/24", "")
	subnet("subnet-0000000c", "prod-app-1b", prod, "vpc-0000000a", "us-east-1b", "10.0.11.0/24", "")
	subnet("subnet-0000000d", "whatever", prod, "vpc-0000000a", "us-east-1a", "10.0.20.0/24", "", network.Tag{Key: "Tier", Value: "data"})
	subnet("subnet-0000000e", "staging-app-a", staging, "vpc-0000000b", "us-east-1a", "10.1.10.0/24", "")
	for vpc, account := range map[string]string{"vpc-0000000a": prod, "vpc-0000000b": staging} {
		acl := &network.NetworkACL{Object: object("acl-"+vpc[4:], "", account), VPC: vpc, Default: true}
		for _, outbound := range []bool{false, true} {
			acl.Entries = append(acl.Entries, network.ACLEntry{Number: 100, Outbound: outbound, Allow: true, Protocol: -1, Block: prefixOf("0.0.0.0/0"), From: -1, To: -1})
		}
		c.NetworkACLs = append(c.NetworkACLs, acl)
	}
	group := func(id, name, account, vpc string, inbound, outbound []network.Rule) {
		c.SecurityGroups = append(c.SecurityGroups, &network.SecurityGroup{Object: object(id, name, account), VPC: vpc, Inbound: inbound, Outbound: outbound})
	}
	all := []network.Rule{{Protocol: -1, From: -1, To: -1, Block: prefixOf("0.0.0.0/0")}}
	group("sg-0000000a", "sg-web", prod, "vpc-0000000a", []network.Rule{{Protocol: 6, From: 443, To: 443, Block: prefixOf("0.0.0.0/0")}}, all)
	group("sg-0000000b", "sg-app-server", prod, "vpc-0000000a", []network.Rule{byGroup(443, "sg-0000000a")}, []network.Rule{byGroup(6379, "sg-0000000c"), byGroup(5432, "sg-0000000d")})
	group("sg-0000000c", "sg-cache-redis", prod, "vpc-0000000a", []network.Rule{byGroup(6379, "sg-0000000b")}, nil)
	group("sg-0000000d", "sg-database-postgres", prod, "vpc-0000000a", []network.Rule{byGroup(5432, "sg-0000000b")}, nil)
	group("sg-0000000e", "sg-app-server", staging, "vpc-0000000b", nil, all)
	group("sg-0000000f", "default", prod, "vpc-0000000a", nil, nil)
	group("sg-00000010", "default", staging, "vpc-0000000b", nil, nil)
	group("sg-00000011", "sg-batch", prod, "vpc-0000000a", nil, []network.Rule{byGroup(5432, "sg-0000000d")})
	instance := func(number, name, account, vpc, subnet, group, ip, public string) {
		a := network.Address{IP: addr(ip)}
		if public != "" {
			a.Public = addr(public)
		}
		c.Instances = append(c.Instances, &network.Instance{Object: object("i-"+number, name, account, network.Tag{Key: "Team", Value: name}), VPC: vpc, Subnet: subnet, State: "running", Interfaces: []string{"eni-" + number}})
		c.Interfaces = append(c.Interfaces, &network.Interface{Object: object("eni-"+number, "", account), VPC: vpc, Subnet: subnet, Type: network.TypeInterface, Groups: []string{group}, Addresses: []network.Address{a}, SourceDestCheck: true, Owner: network.Owner{Kind: network.OwnerInstance, ID: "i-" + number, Sure: true}})
	}
	instance("0000000a", "prod-web", prod, "vpc-0000000a", "subnet-0000000a", "sg-0000000a", "10.0.0.10", "198.51.100.10")
	instance("0000000b", "prod-app-a", prod, "vpc-0000000a", "subnet-0000000b", "sg-0000000b", "10.0.10.10", "")
	instance("0000000c", "prod-app-b", prod, "vpc-0000000a", "subnet-0000000c", "sg-0000000b", "10.0.11.10", "")
	instance("0000000d", "cache-redis", prod, "vpc-0000000a", "subnet-0000000d", "sg-0000000c", "10.0.20.10", "")
	instance("0000000e", "orders-db", prod, "vpc-0000000a", "subnet-0000000d", "sg-0000000d", "10.0.20.20", "")
	instance("0000000f", "staging-app", staging, "vpc-0000000b", "subnet-0000000e", "sg-0000000e", "10.1.10.10", "")
	c.Workloads = []*network.Workload{
		{Object: object("arn:aws:rds:us-east-1:111111111111:db:orders", "orders", prod), Kind: network.OwnerDatabase, VPC: "vpc-0000000a", Groups: []string{"sg-0000000d"}, Interfaces: []string{"eni-0000000e"}, Guessed: true},
		{Object: object("arn:aws:lambda:us-east-1:111111111111:function:resize", "resize", prod), Kind: network.OwnerFunction, VPC: "vpc-0000000a", Groups: []string{"sg-00000011"}},
	}
	return c
}

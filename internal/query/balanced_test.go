package query

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

const (
	frontARN  = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/front/1"
	ordersARN = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/orders-nlb/2"
	edgeARN   = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/edge/3"
	service   = "com.amazonaws.vpce.us-east-1.vpce-svc-0000000a"
)

// balanced is acme with load balancers in front of its roles, a private service that staging uses, endpoints of AWS, a firewall, a NAT gateway and
// private zones.
func balanced() *network.Network { return network.New(balancedContents()) }

func balancedContents() network.Contents {
	c := acmeContents()
	const prod, staging = "111111111111", "222222222222"
	node := func(number, vpc, subnet, group, ip, public string, kind network.OwnerKind, owner string) {
		a := network.Address{IP: addr(ip)}
		if public != "" {
			a.Public = addr(public)
		}
		c.Interfaces = append(c.Interfaces, &network.Interface{Object: object("eni-"+number, "", prod), VPC: vpc, Subnet: subnet, Type: network.TypeInterface,
			Groups: []string{group}, Addresses: []network.Address{a}, SourceDestCheck: true, Owner: network.Owner{Kind: kind, ID: owner, Sure: true}})
	}
	front := c.LoadBalancers[0]
	front.State, front.DNSName, front.Groups = "active", "front-1.us-east-1.elb.amazonaws.com", []string{"sg-0000000a"}
	forward := func(arns ...string) []network.Listener {
		return []network.Listener{{ID: "listener of " + arns[0], Protocol: "HTTPS", Port: 443, RulesKnown: true, Rules: []network.ListenerRule{{Priority: "default", Actions: []network.ListenerAction{{Type: "forward", TargetGroups: arns}}}}}}
	}
	front.Listeners, front.ListenersKnown = forward("tg-app"), true
	node("00000020", "vpc-0000000a", "subnet-0000000a", "sg-0000000a", "10.0.0.20", "198.51.100.20", network.OwnerLoadBalancer, "app/front/1")
	node("00000021", "vpc-0000000a", "subnet-0000000a", "sg-0000000a", "10.0.0.21", "198.51.100.21", network.OwnerLoadBalancer, frontARN)
	c.LoadBalancers = append(c.LoadBalancers,
		&network.LoadBalancer{Object: object(ordersARN, "orders-nlb", prod), VPC: "vpc-0000000a", Type: "network", Internal: true, State: "active", DNSName: "orders-nlb-2.elb.us-east-1.amazonaws.com", Listeners: forward("tg-orders"), ListenersKnown: true},
		&network.LoadBalancer{Object: object(edgeARN, "edge", prod), VPC: "vpc-0000000a", Type: "network", State: "active", Listeners: forward("tg-front"), ListenersKnown: true},
		&network.LoadBalancer{Object: object("classic/111111111111/us-east-1/old", "old", prod), VPC: "vpc-0000000a", Type: "classic", Instances: []string{"i-0000000d"}},
	)
	node("00000022", "vpc-0000000a", "subnet-0000000d", "sg-0000000d", "10.0.20.50", "", network.OwnerLoadBalancer, "net/orders-nlb/2")
	node("00000025", "vpc-0000000a", "subnet-0000000a", "sg-0000000a", "10.0.0.25", "198.51.100.25", network.OwnerLoadBalancer, "net/edge/3")
	node("00000026", "vpc-0000000a", "subnet-0000000a", "sg-0000000a", "10.0.0.26", "", network.OwnerLoadBalancer, "old")
	c.TargetGroups = []*network.TargetGroup{
		{Object: object("tg-app", "app", prod), Protocol: "HTTP", Port: 443, TargetType: "instance", VPC: "vpc-0000000a", TargetsKnown: true, Targets: []network.LoadBalancerTarget{{ID: "i-0000000b"}}},
		{Object: object("tg-orders", "orders", prod), Protocol: "TCP", Port: 5432, TargetType: "ip", VPC: "vpc-0000000a", TargetsKnown: true, Targets: []network.LoadBalancerTarget{{ID: "10.0.20.20"}}},
		{Object: object("tg-front", "front", prod), Protocol: "TCP", Port: 443, TargetType: "alb", VPC: "vpc-0000000a", TargetsKnown: true, Targets: []network.LoadBalancerTarget{{ID: frontARN}}},
	}
	c.EndpointServices = []*network.EndpointService{{Object: object("vpce-svc-0000000a", service, prod), State: "Available", LoadBalancers: []string{ordersARN}, PrivateDNSNames: []string{"orders.acme.example"}}}
	endpoint := func(id, name, account, vpc, serviceName, iface string, private bool, names ...string) {
		c.Endpoints = append(c.Endpoints, &network.Endpoint{Object: object(id, name, account), VPC: vpc, Type: network.EndpointInterface, Service: serviceName, State: "available", Interfaces: []string{iface}, PrivateDNS: private, DNSNames: names})
	}
	node("00000023", "vpc-0000000b", "subnet-0000000e", "sg-0000000e", "10.1.10.50", "", network.OwnerEndpoint, "vpce-0000000a")
	endpoint("vpce-0000000a", "orders", staging, "vpc-0000000b", service, "eni-00000023", true, "vpce-0000000a-x.vpce-svc-0000000a.us-east-1.vpce.amazonaws.com")
	node("00000024", "vpc-0000000a", "subnet-0000000b", "sg-0000000f", "10.0.10.50", "", network.OwnerEndpoint, "vpce-0000000b")
	node("00000027", "vpc-0000000a", "subnet-0000000c", "sg-0000000f", "10.0.11.50", "", network.OwnerEndpoint, "vpce-0000000b")
	endpoint("vpce-0000000b", "logs", prod, "vpc-0000000a", "com.amazonaws.us-east-1.logs", "eni-00000024", true, "vpce-0000000b-y.logs.us-east-1.vpce.amazonaws.com", "vpce-0000000b-y-us-east-1b.logs.us-east-1.vpce.amazonaws.com")
	node("00000028", "vpc-0000000a", "subnet-0000000b", "sg-0000000f", "10.0.10.51", "", network.OwnerEndpoint, "vpce-0000000c")
	endpoint("vpce-0000000c", "registry", prod, "vpc-0000000a", "com.amazonaws.us-east-1.ecr.api", "eni-00000028", true)
	endpoint("vpce-0000000d", "elsewhere", prod, "vpc-0000000a", "com.amazonaws.vpce.us-east-1.vpce-svc-0000000f", "", false)
	c.NATGateways = []*network.NATGateway{{Object: object("nat-0000000a", "out", prod), VPC: "vpc-0000000a", Subnet: "subnet-0000000a", State: "available"}}
	c.Firewalls = []*network.Firewall{{Object: object("arn:aws:network-firewall:us-east-1:111111111111:firewall/egress", "egress", prod), VPC: "vpc-0000000a", Endpoints: []network.FirewallEndpoint{{ID: "vpce-0000fffa", VPC: "vpc-0000000a", Status: "READY"}}}}
	c.HostedZones = zones()
	return c
}

func zones() []*network.HostedZone {
	zone := func(id, name string, vpcs []string, records ...network.Record) *network.HostedZone {
		return &network.HostedZone{Object: object(id, name, "111111111111"), VPCs: vpcs, VPCsKnown: vpcs != nil, Records: records, RecordsKnown: true}
	}
	a := func(name string, addresses ...string) network.Record {
		r := network.Record{Name: name, Type: "A"}
		for _, each := range addresses {
			r.Addresses = append(r.Addresses, netip.MustParseAddr(each))
		}
		return r
	}
	to := func(name, target string) network.Record {
		return network.Record{Name: name, Type: "CNAME", Target: target}
	}
	incomplete := zone("Z5", "late.acme.internal", []string{"vpc-0000000a"}, a("known.late.acme.internal", "10.0.20.10"))
	incomplete.RecordsKnown = false
	return []*network.HostedZone{
		zone("Z1", "acme.internal", []string{"vpc-0000000a"},
			a("db.acme.internal", "10.0.20.20"), a("both.acme.internal", "10.0.20.10", "10.0.20.20"), a("public.acme.internal", "8.8.8.8"),
			to("www.acme.internal", "front.acme.internal"), to("front.acme.internal", "dualstack.front-1.us-east-1.elb.amazonaws.com"),
			to("*.apps.acme.internal", "front.acme.internal"), a("x.special.apps.acme.internal", "10.0.20.10"),
			to("loop.acme.internal", "pool.acme.internal"), to("pool.acme.internal", "loop.acme.internal"),
			to("partner.acme.internal", "api.partner.com"), to("orders.acme.internal", "vpce-0000000a-x.vpce-svc-0000000a.us-east-1.vpce.amazonaws.com"),
			a("nobody.acme.internal", "10.0.20.99")),
		zone("Z2", "acme.internal", []string{"vpc-0000000b"}, a("db.acme.internal", "10.1.10.10")),
		zone("Z3", "eu.acme.internal", []string{"vpc-0000000a"}, a("db.eu.acme.internal", "10.0.20.10")),
		zone("Z6", "corp.example", []string{"vpc-0000000a"}, a("api.corp.example", "10.0.20.10")),
		zone("Z4", "shared.example", nil, a("cache.shared.example", "10.0.20.10")),
		incomplete,
	}
}

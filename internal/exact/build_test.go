package exact_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// build makes the network that a blueprint describes, object by object, without a compiler and without Terraform: nothing runs in it yet. Its identifiers are names: "vpc-prod",
// "subnet-prod-app-us-east-1a", "acl-prod-app", "sg-prod-app-server", "rtb-prod-app-us-east-1a".
func build(b *blueprint.Blueprint) network.Contents {
	m := &builder{Blueprint: b}
	for _, e := range b.Environments {
		m.environment(e)
	}
	for _, p := range b.Peerings {
		side := func(e *blueprint.Environment) network.PeeringSide {
			return network.PeeringSide{VPC: "vpc-" + e.Name, Account: e.Account, Region: e.Region, Blocks: []netip.Prefix{e.Block}}
		}
		m.out.PeeringConnections = append(m.out.PeeringConnections, &network.PeeringConnection{Object: m.object(p.Requester, "pcx-"+p.Name), State: "active", Requester: side(p.Requester), Accepter: side(p.Accepter)})
	}
	for _, t := range b.Transits {
		m.transit(t)
	}
	for _, s := range b.Services {
		m.service(s)
	}
	return m.out
}

type builder struct {
	*blueprint.Blueprint
	out network.Contents
}

func (m *builder) object(e *blueprint.Environment, id string) network.Object {
	_, name, _ := strings.Cut(id, "-")
	return network.Object{ID: id, Name: name, Account: e.Account, Region: e.Region, Origin: network.Origin{Source: "built", Path: "/" + id}}
}

func subnetID(t *blueprint.Tier, zone int) string {
	return fmt.Sprintf("subnet-%s-%s-%s", t.Environment.Name, t.Name, t.Environment.Zones[zone])
}

func (m *builder) environment(e *blueprint.Environment) {
	vpc := "vpc-" + e.Name
	v := &network.VPC{Object: m.object(e, vpc), Blocks: []netip.Prefix{e.Block}}
	v.Name = e.Name
	m.out.VPCs = append(m.out.VPCs, v)
	local := network.Route{Destination: e.Block, Target: network.Target{Kind: network.TargetLocal, ID: "local"}}
	m.out.RouteTables = append(m.out.RouteTables, &network.RouteTable{Object: m.object(e, "rtb-"+e.Name+"-main"), VPC: vpc, Main: true, Routes: []network.Route{local}})
	m.out.NetworkACLs = append(m.out.NetworkACLs, &network.NetworkACL{Object: m.object(e, "acl-"+e.Name+"-default"), VPC: vpc, Default: true})
	usual := &network.SecurityGroup{Object: m.object(e, "sg-"+e.Name+"-default"), VPC: vpc}
	usual.Name = "default"
	m.out.SecurityGroups = append(m.out.SecurityGroups, usual)
	if e.InternetGateway {
		m.out.InternetGateways = append(m.out.InternetGateways, &network.InternetGateway{Object: m.object(e, "igw-"+e.Name), VPC: vpc})
	}
	for _, t := range e.Tiers {
		m.tier(t, vpc, local)
	}
	for _, g := range e.Groups {
		m.group(g, vpc)
	}
	if e.Firewall {
		m.firewall(e, vpc)
	}
}

func (m *builder) tier(t *blueprint.Tier, vpc string, local network.Route) {
	e := t.Environment
	acl := &network.NetworkACL{Object: m.object(e, "acl-"+e.Name+"-"+t.Name), VPC: vpc}
	m.out.NetworkACLs = append(m.out.NetworkACLs, acl)
	for zone, block := range t.Subnets {
		id := subnetID(t, zone)
		x := &network.Subnet{Object: m.object(e, id), VPC: vpc, Zone: e.Zones[zone], ZoneID: "z-" + e.Zones[zone], Blocks: []netip.Prefix{block}, MapPublicIPOnLaunch: t.Internet == intent.Direct && t.Purpose == intent.ForRoles}
		m.out.Subnets = append(m.out.Subnets, x)
		acl.Subnets = append(acl.Subnets, id)
		table := &network.RouteTable{Object: m.object(e, "rtb"+strings.TrimPrefix(id, "subnet")), VPC: vpc, Subnets: []string{id}, Routes: []network.Route{local}}
		for _, r := range t.Routes {
			if r.Zone < 0 || r.Zone == zone {
				table.Routes = append(table.Routes, network.Route{Destination: r.Destination, Target: m.target(e, r, zone), Origin: network.Origin{Source: "built", Path: "/" + table.ID + "/" + r.Destination.String()}})
			}
		}
		m.out.RouteTables = append(m.out.RouteTables, table)
		switch t.Purpose {
		case intent.ForNAT:
			eni := &network.Interface{Object: m.object(e, "eni-nat-"+e.Name+"-"+e.Zones[zone]), VPC: vpc, Subnet: id, Type: network.TypeNAT, Addresses: []network.Address{{IP: at(block, 5), Public: at(netip.MustParsePrefix("203.0.113.0/24"), len(m.out.NATGateways)+10)}}}
			m.out.Interfaces = append(m.out.Interfaces, eni)
			m.out.NATGateways = append(m.out.NATGateways, &network.NATGateway{Object: m.object(e, "nat-"+e.Name+"-"+e.Zones[zone]), VPC: vpc, Subnet: id, State: "available",
				Addresses: []network.NATAddress{{IP: eni.Addresses[0].IP, Public: eni.Addresses[0].Public, Interface: eni.ID}}})
		}
	}
	// Entries are in the order of what they need: known addresses, then the environment's own denied, then the internet.
	number := map[bool]int{}
	add := func(outbound, allow bool, port intent.Port, block netip.Prefix, base int) {
		number[outbound]++
		protocol, from, to := ports(port)
		acl.Entries = append(acl.Entries, network.ACLEntry{Number: base + number[outbound], Outbound: outbound, Allow: allow, Protocol: protocol, Block: block, From: from, To: to,
			Origin: network.Origin{Source: "built", Path: fmt.Sprintf("/%s/%d", acl.ID, base+number[outbound])}})
	}
	for _, p := range t.Permits {
		switch {
		case p.Tier != nil:
			for _, block := range p.Tier.Prefixes() {
				add(p.Outbound, true, p.Port, block, 100)
			}
		case p.Internet:
			add(p.Outbound, true, p.Port, netip.MustParsePrefix("0.0.0.0/0"), 20001)
		default:
			add(p.Outbound, true, p.Port, p.Block, 100)
		}
	}
	for _, outbound := range []bool{false, true} {
		if slices.ContainsFunc(t.Permits, func(p blueprint.Permit) bool { return p.Internet && p.Outbound == outbound }) {
			number[outbound] = -1
			add(outbound, false, intent.Port{Protocol: "any"}, e.Block, 20001)
		}
	}
}

func at(p netip.Prefix, n int) netip.Addr {
	a := p.Addr()
	for range n {
		a = a.Next()
	}
	return a
}

func ports(p intent.Port) (protocol, from, to int) {
	switch p.Protocol {
	case "tcp":
		return packet.TCP, p.From, p.To
	case "udp":
		return packet.UDP, p.From, p.To
	case "icmp":
		return packet.ICMP, -1, -1
	}
	return -1, -1, -1
}

func (m *builder) target(e *blueprint.Environment, r blueprint.Route, zone int) network.Target {
	switch r.Kind {
	case blueprint.ToInternetGateway:
		return network.Target{Kind: network.TargetInternetGateway, ID: "igw-" + e.Name}
	case blueprint.ToNAT:
		return network.Target{Kind: network.TargetNAT, ID: "nat-" + e.Name + "-" + e.Zones[zone]}
	case blueprint.ToFirewall:
		return network.Target{Kind: network.TargetEndpoint, ID: "vpce-firewall-" + e.Name + "-" + e.Zones[zone]}
	case blueprint.ToPeering:
		return network.Target{Kind: network.TargetPeering, ID: "pcx-" + r.Peering.Name}
	}
	return network.Target{Kind: network.TargetTransitGateway, ID: "tgw-" + r.Transit.Name}
}

func groupID(g *blueprint.Group) string { return "sg-" + g.Environment.Name + "-" + g.Name }

func (m *builder) group(g *blueprint.Group, vpc string) {
	x := &network.SecurityGroup{Object: m.object(g.Environment, groupID(g)), VPC: vpc}
	x.Name = g.Name
	for _, r := range g.Rules {
		list := &x.Inbound
		if r.Outbound {
			list = &x.Outbound
		}
		one := network.Rule{ID: "sgr-" + r.Name, Origin: network.Origin{Source: "built", Path: fmt.Sprintf("/%s/%s", x.ID, r.Name)}}
		one.Protocol, one.From, one.To = ports(r.Port)
		if r.Peer != nil {
			one.Group = groupID(r.Peer)
			*list = append(*list, one)
		}
		for _, one.Block = range r.Blocks {
			*list = append(*list, one)
		}
	}
	m.out.SecurityGroups = append(m.out.SecurityGroups, x)
}

func (m *builder) firewall(e *blueprint.Environment, vpc string) {
	arn := func(kind string) string {
		return fmt.Sprintf("arn:aws:network-firewall:%s:%s:%s/%s", e.Region, e.Account, kind, e.Name)
	}
	object := func(kind string) network.Object {
		o := m.object(e, arn(kind))
		o.Name = e.Name
		return o
	}
	w := &network.Firewall{Object: object("firewall"), VPC: vpc, Policy: arn("firewall-policy")}
	p := &network.FirewallPolicy{Object: object("firewall-policy"), StatelessDefaults: []string{"aws:forward_to_sfe"}, FragmentDefaults: []string{"aws:forward_to_sfe"}, Strict: true,
		StatefulDefaults: []string{"aws:drop_established", "aws:alert_established"}}
	for _, t := range e.Tiers {
		if t.Purpose == intent.ForFirewall {
			for zone := range t.Subnets {
				w.Endpoints = append(w.Endpoints, network.FirewallEndpoint{ID: "vpce-firewall-" + e.Name + "-" + e.Zones[zone], VPC: vpc, Subnet: subnetID(t, zone), Zone: e.Zones[zone], Status: "READY"})
			}
		}
		var domains []string
		for _, each := range m.Edges {
			if each.Egress != nil && each.From.Group.Tier == t {
				for _, d := range each.Egress.Domains {
					if name := strings.TrimPrefix(d, "*"); !slices.Contains(domains, name) {
						domains = append(domains, name)
					}
				}
			}
		}
		if len(domains) == 0 {
			continue
		}
		g := &network.FirewallRuleGroup{Object: object("stateful-rulegroup"), Type: "STATEFUL", Strict: true, Domains: &network.DomainList{Action: "ALLOWLIST", Targets: domains, TLS: true, HTTP: true}, IPSets: map[string][]network.AddressMatch{}}
		g.ID, g.Name = g.ID+"-"+t.Name, e.Name+"-"+t.Name
		for _, block := range t.Subnets {
			g.IPSets["HOME_NET"] = append(g.IPSets["HOME_NET"], network.AddressMatch{Block: block})
		}
		m.out.FirewallRuleGroups = append(m.out.FirewallRuleGroups, g)
		p.StatefulGroups = append(p.StatefulGroups, network.FirewallReference{RuleGroup: g.ID, Priority: len(p.StatefulGroups) + 1})
	}
	m.out.Firewalls, m.out.FirewallPolicies = append(m.out.Firewalls, w), append(m.out.FirewallPolicies, p)
}

func (m *builder) transit(t *blueprint.Transit) {
	hub := "tgw-" + t.Name
	m.out.TransitGateways = append(m.out.TransitGateways, &network.TransitGateway{Object: m.object(t.Owner, hub), State: "available", SecurityGroupReferencing: true})
	for _, e := range t.Members {
		a := &network.TransitAttachment{Object: m.object(e, "tgw-attach-"+e.Name), Attachment: "tgw-attach-" + e.Name, Gateway: hub, Type: "vpc", Resource: "vpc-" + e.Name, ResourceAccount: e.Account, State: "available",
			RouteTable: "tgw-rtb-" + e.Name, Detailed: true, SecurityGroupReferencing: true}
		for _, tier := range e.Tiers {
			if tier.Purpose == intent.ForTransit {
				for zone := range tier.Subnets {
					a.Subnets = append(a.Subnets, subnetID(tier, zone))
				}
			}
		}
		table := &network.TransitRouteTable{Object: m.object(t.Owner, "tgw-rtb-"+e.Name), Gateway: hub, RoutesKnown: true, PropagationsKnown: true, ListsKnown: true}
		for _, r := range t.Routes {
			if r.From == e {
				table.Routes = append(table.Routes, network.TransitRoute{Destination: r.Destination, Attachments: []string{"tgw-attach-" + r.To.Name}, Type: "static"})
			}
		}
		m.out.TransitAttachments, m.out.TransitRouteTables = append(m.out.TransitAttachments, a), append(m.out.TransitRouteTables, table)
	}
}

func (m *builder) service(s *blueprint.EndpointService) {
	e := s.Environment
	arn := func(kind, name string) string {
		return fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:%s/%s-%s", e.Region, e.Account, kind, e.Name, name)
	}
	b := &network.LoadBalancer{Object: m.object(e, arn("loadbalancer/net", s.Name)), Type: "network", Internal: true, VPC: "vpc-" + e.Name, State: "active", Groups: []string{groupID(s.Balancer)}, EnforceOnPrivateLink: "off",
		Attributes: map[string]string{"load_balancing.cross_zone.enabled": "true"}, ListenersKnown: true, IPAddressType: "ipv4"}
	b.Name = e.Name + "-" + s.Name
	for zone, block := range s.Tier.Subnets {
		b.Zones = append(b.Zones, network.LoadBalancerZone{Zone: e.Zones[zone], Subnet: subnetID(s.Tier, zone)})
		m.out.Interfaces = append(m.out.Interfaces, &network.Interface{Object: m.object(e, fmt.Sprintf("eni-balancer-%s-%s-%d", e.Name, s.Name, zone)), VPC: b.VPC, Subnet: subnetID(s.Tier, zone), Type: network.TypeNetworkLoadBalancer,
			Groups: b.Groups, Addresses: []network.Address{{IP: m.free(block)}}, Owner: network.Owner{Kind: network.OwnerLoadBalancer, ID: b.ID, Sure: true}})
	}
	for _, p := range s.Ports {
		g := &network.TargetGroup{Object: m.object(e, arn("targetgroup", fmt.Sprintf("%s-%d", s.Name, p.From))), Protocol: "TCP", Port: p.From, TargetType: "instance", VPC: b.VPC, IPAddressType: "ipv4", HealthCheckPort: 0,
			LoadBalancers: []string{b.ID}, Attributes: map[string]string{"preserve_client_ip.enabled": "false"}, TargetsKnown: true}
		m.out.TargetGroups = append(m.out.TargetGroups, g)
		b.Listeners = append(b.Listeners, network.Listener{ID: b.ID + "/" + p.String(), Protocol: "TCP", Port: p.From, RulesKnown: true, Rules: []network.ListenerRule{{Priority: "default", Actions: []network.ListenerAction{{Type: "forward", TargetGroups: []string{g.ID}}}}}})
	}
	m.out.LoadBalancers = append(m.out.LoadBalancers, b)
	v := &network.EndpointService{Object: m.object(e, fmt.Sprintf("vpce-svc-%s-%s", e.Name, s.Name)), State: "Available", LoadBalancers: []string{b.ID}, AcceptanceRequired: true, PrincipalsKnown: true}
	v.Name = "com.amazonaws.vpce." + e.Region + "." + v.ID
	for _, account := range s.Consumers {
		v.Principals = append(v.Principals, "arn:aws:iam::"+account+":root")
	}
	m.out.EndpointServices = append(m.out.EndpointServices, v)
	for _, p := range s.Endpoints {
		x := &network.Endpoint{Object: m.object(p.Environment, fmt.Sprintf("vpce-%s-%s-%s", p.Environment.Name, e.Name, p.Name)), VPC: "vpc-" + p.Environment.Name, Type: network.EndpointInterface, Service: v.Name, State: "available", Groups: []string{groupID(p.Group)}}
		x.DNSNames = []string{x.ID + ".example.vpce.amazonaws.com"}
		for zone, block := range p.Tier.Subnets {
			if !slices.Contains(e.Zones, p.Environment.Zones[zone]) {
				continue // the service is not there
			}
			x.Subnets = append(x.Subnets, subnetID(p.Tier, zone))
			i := &network.Interface{Object: m.object(p.Environment, fmt.Sprintf("eni-%s-%d", x.ID, zone)), VPC: x.VPC, Subnet: subnetID(p.Tier, zone), Type: network.TypeEndpoint, Groups: x.Groups, Addresses: []network.Address{{IP: m.free(block)}},
				Owner: network.Owner{Kind: network.OwnerEndpoint, ID: x.ID, Sure: true}}
			m.out.Interfaces = append(m.out.Interfaces, i)
			x.Interfaces = append(x.Interfaces, i.ID)
		}
		m.out.Endpoints = append(m.out.Endpoints, x)
		m.out.EndpointConnections = append(m.out.EndpointConnections, &network.EndpointConnection{Object: m.object(e, v.ID+"/"+x.ID), Service: v.ID, Endpoint: x.ID, EndpointOwner: p.Environment.Account, State: "available"})
		for _, name := range p.Hostnames {
			z := &network.HostedZone{Object: m.object(p.Environment, "zone-"+p.Environment.Name+"-"+name), VPCs: []string{x.VPC}, VPCsKnown: true, RecordsKnown: true, Records: []network.Record{{Name: name, Type: "A", Target: x.DNSNames[0]}}}
			z.Name = name
			m.out.HostedZones = append(m.out.HostedZones, z)
		}
	}
}

// free is an address of a block that nothing has yet.
func (m *builder) free(p netip.Prefix) netip.Addr {
	for a := at(p, 200); ; a = a.Next() {
		if !slices.ContainsFunc(m.out.Interfaces, func(i *network.Interface) bool {
			return slices.ContainsFunc(i.Addresses, func(x network.Address) bool { return x.IP == a })
		}) {
			return a
		}
	}
}

// load reads a segmentation.
func load(t testing.TB, text string) *intent.Segmentation {
	t.Helper()
	s, err := intent.Parse(map[string][]byte{"watertight.hcl": []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

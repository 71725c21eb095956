package scenario

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// carriers reads the addresses of an interface and the groups that it carries.
func (p *parser) carriers(at *network.Subnet, words []string) (addresses []network.Address, groups []string) {
	for _, w := range words {
		ip, public, mapped := strings.Cut(w, "=")
		if _, err := netip.ParseAddr(ip); err != nil {
			groups = append(groups, w)
			p.check(func() { p.must("group", w, p.groups[w] != nil) })
			continue
		}
		a := network.Address{IP: p.address(ip)}
		if mapped {
			a.Public = p.address(public)
		}
		if !within(netip.PrefixFrom(a.IP, a.IP.BitLen()), at.Blocks) {
			p.fail("%s is not in a block of subnet %s", a.IP, at.ID)
		}
		addresses = append(addresses, a)
	}
	slices.Sort(groups)
	slices.SortStableFunc(addresses, func(a, b network.Address) int { return a.IP.BitLen() - b.IP.BitLen() })
	return addresses, groups
}

// usualGroup is the default security group of a VPC, made when something needs it: its members talk to each other, and to everybody.
func (p *parser) usualGroup(v *network.VPC) string {
	id := "sg-default-" + v.ID
	if p.groups[id] == nil {
		g := &network.SecurityGroup{Object: network.Object{ID: id, Name: "default", Account: v.Account, Region: v.Region, Origin: v.Origin}, VPC: v.ID,
			Inbound: []network.Rule{{Protocol: -1, From: -1, To: -1, Group: id, Origin: v.Origin}}, Outbound: everywhere(v, v.Origin)}
		p.groups[id] = g
		p.out.SecurityGroups = append(p.out.SecurityGroups, g)
	}
	return id
}

func (p *parser) iface(id, subnet string, words []string, kind network.InterfaceType) *network.Interface {
	at := p.ofSubnet(subnet)
	i := &network.Interface{Object: p.object(id, at.VPC), VPC: at.VPC, Subnet: subnet, Type: kind, SourceDestCheck: p.line.option("check", "on") != "off"}
	i.Addresses, i.Groups = p.carriers(at, words)
	if len(i.Addresses) == 0 {
		p.fail("%s has no address", id)
	}
	if v := p.vpcs[at.VPC]; len(i.Groups) == 0 && v != nil {
		i.Groups = []string{p.usualGroup(v)}
	}
	p.known[id] = network.TargetInterface
	p.out.Interfaces = append(p.out.Interfaces, i)
	return i
}

func (p *parser) eni(w []string) {
	kind := network.InterfaceType(p.line.option("type", string(network.TypeInterface)))
	i := p.iface(w[0], w[1], w[2:], kind)
	if kind == network.TypeInterface && i.Defect == nil {
		o := i.Object
		o.ID = "i-" + o.ID
		i.Owner = network.Owner{Kind: network.OwnerInstance, ID: o.ID, Sure: true}
		i.Name = ""
		p.out.Instances = append(p.out.Instances, &network.Instance{Object: o, VPC: i.VPC, Subnet: i.Subnet, State: p.line.option("state", "running"), Interfaces: []string{i.ID}})
	}
}

func (p *parser) function(w []string) {
	i := p.iface(w[0], w[1], w[2:], network.TypeLambda)
	i.Owner = network.Owner{Kind: network.OwnerFunction, ID: w[0], Sure: true}
	o := i.Object
	i.Name = ""
	o.ID = fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", o.Region, o.Account, w[0])
	p.out.Workloads = append(p.out.Workloads, &network.Workload{Object: o, Kind: network.OwnerFunction, VPC: i.VPC, Groups: i.Groups, Subnets: []string{i.Subnet}, Interfaces: []string{i.ID}})
}

// launch is a function that has no interface yet: the one thing in AWS's answers that names groups and subnets, and carries them nowhere.
func (p *parser) launch(w []string) {
	var subnets, groups []string
	for _, id := range w[1:] {
		if p.subnets[id] != nil {
			subnets = append(subnets, id)
			continue
		}
		groups = append(groups, id)
		p.check(func() { p.must("group", id, p.groups[id] != nil) })
	}
	if len(subnets) == 0 || len(groups) == 0 {
		p.fail("launch needs a subnet above, and a group")
		return
	}
	slices.Sort(groups)
	o := p.object(w[0], p.subnets[subnets[0]].VPC)
	o.ID = fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", o.Region, o.Account, w[0])
	p.out.Workloads = append(p.out.Workloads, &network.Workload{Object: o, Kind: network.OwnerFunction, VPC: p.subnets[subnets[0]].VPC, Groups: groups, Subnets: subnets})
}

func (p *parser) gateway(w []string) {
	vpc := ""
	if len(w) > 1 {
		vpc = p.ofVPC(w[1]).ID
	}
	o := p.object(w[0], vpc)
	switch p.line.words[0] {
	case "igw":
		p.known[w[0]] = network.TargetInternetGateway
		p.out.InternetGateways = append(p.out.InternetGateways, &network.InternetGateway{Object: o, VPC: vpc})
	case "eigw":
		p.known[w[0]] = network.TargetEgressOnly
		p.out.EgressOnlyGateways = append(p.out.EgressOnlyGateways, &network.EgressOnlyGateway{Object: o, VPC: vpc})
	case "vgw":
		p.known[w[0]] = network.TargetVPNGateway
		p.out.VPNGateways = append(p.out.VPNGateways, &network.VPNGateway{Object: o, VPC: vpc})
	case "carrier":
		p.known[w[0]] = network.TargetCarrierGateway
		p.out.CarrierGateways = append(p.out.CarrierGateways, &network.CarrierGateway{Object: o, VPC: vpc, State: "available"})
	}
	if prefix := map[string]string{"carrier": "cagw"}[p.line.words[0]]; !strings.HasPrefix(w[0], prefix+"-") && !strings.HasPrefix(w[0], p.line.words[0]+"-") {
		p.fail("AWS calls a %s %s-…", p.line.words[0], p.line.words[0])
	}
}

func (p *parser) nat(w []string) {
	at := p.ofSubnet(w[1])
	g := &network.NATGateway{Object: p.object(w[0], at.VPC), VPC: at.VPC, Subnet: w[1], State: p.line.option("state", "available"), Private: p.line.flag("private")}
	addresses, groups := p.carriers(at, w[2:])
	if len(groups) > 0 {
		p.fail("a NAT gateway carries no group (SG-13)")
	}
	for n, a := range addresses {
		i := &network.Interface{Object: g.Object, VPC: at.VPC, Subnet: w[1], Type: network.TypeNAT, Addresses: []network.Address{a}, SourceDestCheck: false,
			Owner: network.Owner{Kind: network.OwnerNAT, ID: g.ID, Sure: true}}
		i.ID, i.Name, i.Defect = fmt.Sprintf("eni-%s-%d", g.ID, n), "", nil
		g.Addresses = append(g.Addresses, network.NATAddress{IP: a.IP, Public: a.Public, Interface: i.ID})
		p.out.Interfaces = append(p.out.Interfaces, i)
	}
	p.known[w[0]] = network.TargetNAT
	p.out.NATGateways = append(p.out.NATGateways, g)
}

func (p *parser) regional(w []string) {
	v := p.ofVPC(w[1])
	g := &network.NATGateway{Object: p.object(w[0], w[1]), VPC: v.ID, State: p.line.option("state", "available"), Regional: true, RouteTable: p.line.option("table", "")}
	for _, word := range w[2:] {
		g.Addresses = append(g.Addresses, network.NATAddress{Public: p.address(word), Zone: zoneID(g.Region + "a")})
	}
	if g.RouteTable != "" {
		p.check(func() { p.must("table", g.RouteTable, p.tables[g.RouteTable] != nil) })
	}
	p.known[w[0]] = network.TargetNAT
	p.out.NATGateways = append(p.out.NATGateways, g)
}

func (p *parser) peering(w []string) {
	c := &network.PeeringConnection{State: p.line.option("state", "active")}
	blocks, account, region := p.line.option("blocks", ""), p.line.option("account", "999999999999"), p.line.option("region", usualRegion)
	for i, side := range []*network.PeeringSide{&c.Requester, &c.Accepter} {
		if v := p.vpcs[w[1+i]]; v != nil {
			*side = network.PeeringSide{VPC: v.ID, Account: v.Account, Region: v.Region, Blocks: v.Blocks}
			continue
		}
		id := w[1+i]
		p.check(func() { p.must("VPC", id, false) })
		*side = network.PeeringSide{VPC: id, Account: account, Region: region}
		if blocks != "" {
			side.Blocks = p.blocks(strings.Split(blocks, ","))
		}
	}
	near := c.Requester.VPC
	if p.vpcs[near] == nil {
		near = c.Accepter.VPC
	}
	p.line.used["account"] = true
	delete(p.line.options, "account") // they are of the VPC that is not described
	delete(p.line.options, "region")
	c.Object = p.object(w[0], near)
	p.known[w[0]] = network.TargetPeering
	p.out.PeeringConnections = append(p.out.PeeringConnections, c)
}

func (p *parser) prefixList(w []string) {
	l := &network.PrefixList{Object: p.object(w[0], ""), Entries: p.blocks(w[1:]), AWS: p.line.flag("aws")}
	if l.AWS {
		l.Account = "AWS"
	}
	p.lists[w[0]] = true
	p.out.PrefixLists = append(p.out.PrefixLists, l)
}

func (p *parser) endpoint(w []string) {
	kinds := map[string]network.EndpointType{"gateway": network.EndpointGateway, "interface": network.EndpointInterface, "gateway-load-balancer": network.EndpointGatewayLoadBalancer}
	kind, ok := kinds[w[2]]
	if !ok {
		p.fail("%s is no type of endpoint: it is gateway, interface or gateway-load-balancer", w[2])
	}
	o := p.object(w[0], p.ofVPC(w[1]).ID)
	e := &network.Endpoint{Object: o, VPC: w[1], Type: kind, Service: p.line.option("service", "com.amazonaws."+o.Region+".s3"), State: p.line.option("state", "available")}
	// An interface endpoint has interfaces: the words after its type are a subnet, addresses and groups.
	if len(w) > 3 {
		i := p.iface("eni-"+w[0], w[3], w[4:], network.TypeEndpoint)
		i.Defect, i.Name = nil, ""
		i.Owner = network.Owner{Kind: network.OwnerEndpoint, ID: w[0], Sure: true}
		e.Subnets, e.Interfaces, e.Groups = []string{w[3]}, []string{i.ID}, i.Groups
	}
	p.known[w[0]] = network.TargetEndpoint
	p.out.Endpoints = append(p.out.Endpoints, e)
}

func (p *parser) vpn(w []string) {
	c := &network.VPNConnection{Object: p.object(w[0], ""), VPNGateway: w[1], State: p.line.option("state", "available"), StaticOnly: !p.line.flag("bgp"), Routes: p.blocks(w[2:])}
	p.check(func() { p.must("vgw", w[1], p.known[w[1]] == network.TargetVPNGateway) })
	p.out.VPNConnections = append(p.out.VPNConnections, c)
}

func (p *parser) blockPublicAccess(w []string) {
	o := p.object("", "")
	o.ID, o.Name = o.Account+"/"+o.Region, ""
	p.out.BlockPublicAccess = append(p.out.BlockPublicAccess, &network.BlockPublicAccess{Object: o, Mode: w[0]})
}

func (p *parser) exclusion(w []string) {
	vpc := w[0]
	if s := p.subnets[w[0]]; s != nil {
		vpc = s.VPC
	}
	p.must("VPC or subnet", w[0], p.vpcs[vpc] != nil)
	o := p.object("exclusion-"+w[0], vpc)
	p.out.Exclusions = append(p.out.Exclusions, &network.BlockPublicAccessExclusion{Object: o, Resource: w[0], Mode: w[1], Active: !p.line.flag("inactive")})
}

func (p *parser) balancer(w []string) {
	types := map[string]network.InterfaceType{"application": network.TypeInterface, "network": network.TypeNetworkLoadBalancer}
	short := map[string]string{"application": "app", "network": "net"}
	if types[w[1]] == "" {
		p.fail("%s is no type of balancer: it is application or network", w[1])
		return
	}
	i := p.iface("eni-"+w[0], w[2], w[3:], types[w[1]])
	b := &network.LoadBalancer{Object: i.Object, Type: w[1], Internal: !i.Addresses[0].Public.IsValid(), VPC: i.VPC, State: "active", Groups: i.Groups,
		DNSName: w[0] + ".elb.amazonaws.com", IPAddressType: "ipv4", Attributes: map[string]string{}, ListenersKnown: true}
	b.Name = w[0]
	b.ID = fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:loadbalancer/%s/%s/0123456789abcdef", b.Region, b.Account, short[w[1]], w[0])
	b.Zones = []network.LoadBalancerZone{{Zone: p.subnets[w[2]].Zone, ZoneID: p.subnets[w[2]].ZoneID, Subnet: w[2]}}
	i.Name, i.Description = "", fmt.Sprintf("ELB %s/%s/0123456789abcdef", short[w[1]], w[0])
	i.Owner = network.Owner{Kind: network.OwnerLoadBalancer, ID: b.ID, Sure: true}
	p.out.LoadBalancers = append(p.out.LoadBalancers, b)
}

func (p *parser) firewall(w []string) {
	at := p.ofSubnet(w[1])
	f := &network.Firewall{Object: p.object(w[0], at.VPC), VPC: at.VPC, Endpoints: []network.FirewallEndpoint{
		{ID: w[2], VPC: at.VPC, Subnet: w[1], Zone: at.Zone, Status: p.line.option("status", "READY"), Origin: p.origin()}}}
	f.ID = fmt.Sprintf("arn:aws:network-firewall:%s:%s:firewall/%s", f.Region, f.Account, w[0])
	p.known[w[2]] = network.TargetEndpoint
	p.out.Firewalls = append(p.out.Firewalls, f)
}

package scenario

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

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
	slices.SortFunc(l.Entries, netip.Prefix.Compare)
	if l.AWS {
		l.Account = "AWS"
	}
	p.lists[w[0]] = true
	p.out.PrefixLists = append(p.out.PrefixLists, l)
}

// vpn is a Site-to-Site VPN connection: to a virtual private gateway, or to a transit gateway, to which it is attached then.
func (p *parser) vpn(w []string) {
	c := &network.VPNConnection{Object: p.object(w[0], ""), VPNGateway: w[1], State: p.line.option("state", "available"), StaticOnly: !p.line.flag("bgp"), Routes: p.blocks(w[2:])}
	slices.SortFunc(c.Routes, netip.Prefix.Compare)
	p.out.VPNConnections = append(p.out.VPNConnections, c)
	if !strings.HasPrefix(w[1], "tgw-") {
		p.check(func() { p.must("vgw", w[1], p.known[w[1]] == network.TargetVPNGateway) })
		return
	}
	c.VPNGateway, c.TransitGateway = "", w[1]
	p.attach(&network.TransitAttachment{Object: c.Object, Attachment: p.line.option("attachment", "at-"+w[0]), Gateway: w[1], Type: "vpn", Resource: w[0],
		ResourceAccount: c.Account, State: "available"})
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

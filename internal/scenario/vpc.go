package scenario

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

func (p *parser) vpc(w []string) {
	v := &network.VPC{Object: p.object(w[0], ""), Blocks: p.blocks(w[1:]), Default: p.line.flag("default")}
	p.vpcs[w[0]] = v
	p.out.VPCs = append(p.out.VPCs, v)
	p.out.Collected = append(p.out.Collected, network.Place{Account: v.Account, Region: v.Region})
	p.check(func() { p.complete(v) })
}

func (p *parser) ofVPC(id string) *network.VPC {
	v := p.vpcs[id]
	if v == nil {
		p.fail("there is no VPC %s above", id)
		return &network.VPC{}
	}
	return v
}

func (p *parser) subnet(w []string) {
	v := p.ofVPC(w[1])
	s := &network.Subnet{Object: p.object(w[0], w[1]), VPC: w[1], Blocks: p.blocks(w[2:]), MapPublicIPOnLaunch: p.line.flag("public")}
	s.Zone = p.line.option("zone", s.Region+"a")
	s.ZoneID = p.line.option("zone-id", zoneID(s.Zone))
	for _, b := range s.Blocks {
		if !within(b, v.Blocks) {
			p.fail("%s is not in a block of %s", b, w[1])
		}
		s.AssignIPv6OnCreation = s.AssignIPv6OnCreation || b.Addr().Is6()
	}
	if id := p.line.option("table", ""); id != "" {
		p.check(func() {
			if t := p.tables[id]; t != nil {
				t.Subnets = append(t.Subnets, s.ID)
				slices.Sort(t.Subnets)
			} else {
				p.fail("there is no table %s", id)
			}
		})
	}
	if id := p.line.option("acl", ""); id != "" {
		p.check(func() {
			if a := p.acls[id]; a != nil {
				a.Subnets = append(a.Subnets, s.ID)
				slices.Sort(a.Subnets)
			} else {
				p.fail("there is no acl %s", id)
			}
		})
	}
	p.subnets[s.ID] = s
	p.out.Subnets = append(p.out.Subnets, s)
}

// zoneID makes "use1-az1" of "us-east-1a", as an account may see it.
func zoneID(zone string) string {
	parts := strings.Split(zone, "-")
	if len(parts) != 3 || len(parts[2]) != 2 || parts[1] == "" {
		return ""
	}
	return fmt.Sprintf("%s%c%c-az%d", parts[0], parts[1][0], parts[2][0], parts[2][1]-'a'+1)
}

func within(b netip.Prefix, blocks []netip.Prefix) bool {
	return slices.ContainsFunc(blocks, func(outer netip.Prefix) bool { return outer.Bits() <= b.Bits() && outer.Contains(b.Addr()) })
}

func (p *parser) ofSubnet(id string) *network.Subnet {
	s := p.subnets[id]
	if s == nil {
		p.fail("there is no subnet %s above", id)
		return &network.Subnet{}
	}
	return s
}

func (p *parser) addTable(id string, v *network.VPC) *network.RouteTable {
	t := &network.RouteTable{Object: p.object(id, v.ID), VPC: v.ID}
	for _, b := range v.Blocks {
		t.Routes = append(t.Routes, network.Route{Destination: b, Target: network.Target{Kind: network.TargetLocal, ID: "local"}, Origin: t.Origin})
	}
	p.tables[id] = t
	p.out.RouteTables = append(p.out.RouteTables, t)
	return t
}

func (p *parser) table(w []string) {
	t := p.addTable(w[0], p.ofVPC(w[1]))
	t.Main = p.line.flag("main")
	if id := p.line.option("gateway", ""); id != "" {
		t.Gateways = append(t.Gateways, id)
		p.check(func() { p.must("gateway", id, p.known[id] != "") })
	}
	p.inner = func() { p.route(t) }
}

func (p *parser) route(t *network.RouteTable) {
	w := p.line.words
	if len(w) != 2 {
		p.fail("a route is a block or a prefix list, and a target")
		return
	}
	r := network.Route{Origin: p.origin(), Blackhole: p.line.flag("blackhole"), Propagated: p.line.flag("propagated"), Defect: p.defect()}
	switch {
	case w[0] == "?":
		if r.Defect == nil {
			r.Defect = &network.Defect{Reason: "its destination is not understood", Origin: p.origin()}
		}
	case strings.HasPrefix(w[0], "pl-"):
		r.PrefixList = w[0]
		p.check(func() { p.must("prefix-list", w[0], p.lists[w[0]]) })
	default:
		r.Destination = p.block(w[0])
	}
	at := len(t.Routes)
	for i, old := range t.Routes { // a route for a block of the VPC takes the place of the local one
		if old.Target.Kind == network.TargetLocal && old.Destination == r.Destination && r.PrefixList == "" && r.Destination.IsValid() {
			at = i
		}
	}
	if at == len(t.Routes) {
		t.Routes = append(t.Routes, r)
	}
	switch w[1] {
	case "local":
		r.Target = network.Target{Kind: network.TargetLocal, ID: "local"}
	case "nothing":
		r.Blackhole = true
	default:
		p.check(func() {
			kind := p.known[w[1]]
			p.must("target", w[1], kind != "")
			if kind == "" {
				kind = kindByPrefix(w[1])
			}
			t.Routes[at].Target = network.Target{Kind: kind, ID: w[1]}
		})
	}
	t.Routes[at] = r
}

// kindByPrefix is the kind of target that an identifier of AWS names.
func kindByPrefix(id string) network.TargetKind {
	kinds := map[string]network.TargetKind{"igw": network.TargetInternetGateway, "eigw": network.TargetEgressOnly, "nat": network.TargetNAT, "pcx": network.TargetPeering, "tgw": network.TargetTransitGateway, "eni": network.TargetInterface, "vpce": network.TargetEndpoint, "vgw": network.TargetVPNGateway,
		"cagw": network.TargetCarrierGateway, "lgw": network.TargetLocalGateway}
	prefix, _, _ := strings.Cut(id, "-")
	if kind := kinds[prefix]; kind != "" {
		return kind
	}
	if strings.Contains(id, "core-network") {
		return network.TargetCoreNetwork
	}
	return network.TargetOther
}

func (p *parser) addACL(id string, v *network.VPC) *network.NetworkACL {
	a := &network.NetworkACL{Object: p.object(id, v.ID), VPC: v.ID}
	p.acls[id] = a
	p.out.NetworkACLs = append(p.out.NetworkACLs, a)
	return a
}

func (p *parser) acl(w []string) {
	a := p.addACL(w[0], p.ofVPC(w[1]))
	a.Default = p.line.flag("default")
	p.inner = func() { p.entry(a) }
}

func (p *parser) entry(a *network.NetworkACL) {
	w := p.line.words
	number := -1
	if len(w) > 1 {
		number, _ = strconv.Atoi(w[1])
	}
	if len(w) < 5 || w[0] != "in" && w[0] != "out" || w[2] != "allow" && w[2] != "deny" || number < 1 || number > 32766 {
		p.fail("an entry is: in|out NUMBER allow|deny PROTOCOL [PORTS] BLOCK, its number from 1 to 32766")
		return
	}
	e := network.ACLEntry{Number: number, Outbound: w[0] == "out", Allow: w[2] == "allow", Origin: p.origin(), Defect: p.defect()}
	var rest []string
	e.Protocol, e.From, e.To, rest = p.traffic(w[3:])
	if len(rest) != 1 {
		p.fail("an entry ends in one block")
		return
	}
	e.Block = p.block(rest[0])
	a.Entries = append(a.Entries, e)
}

// traffic reads a protocol, and ports or types when the next word is any.
func (p *parser) traffic(w []string) (protocol, from, to int, rest []string) {
	names := map[string]int{"all": -1, "tcp": packet.TCP, "udp": packet.UDP, "icmp": packet.ICMP, "icmpv6": packet.ICMPv6}
	protocol, ok := names[w[0]]
	if !ok {
		var err error
		if protocol, err = strconv.Atoi(w[0]); err != nil || protocol < 0 || protocol > 255 {
			p.fail("%s is no protocol: it is tcp, udp, icmp, icmpv6, all or a number", w[0])
		}
	}
	from, to, rest = -1, -1, w[1:]
	if protocol == packet.TCP || protocol == packet.UDP {
		from, to = 0, 65535
	}
	if len(rest) < 2 { // the last word is whom it is for
		return protocol, from, to, rest
	}
	word, cut, fill := rest[0], "-", true
	if protocol == packet.ICMP || protocol == packet.ICMPv6 {
		cut, fill = "/", false
	}
	low, high, two := strings.Cut(word, cut)
	var errs [2]error
	from, errs[0] = strconv.Atoi(low)
	switch {
	case two:
		to, errs[1] = strconv.Atoi(high)
	case fill:
		to = from
	default:
		to = -1
	}
	if errs[0] != nil || errs[1] != nil || from < 0 || from > 65535 || to > 65535 || fill && to < from {
		p.fail("%s is neither ports (443, 8000-8100) nor, for icmp, a type (8, 3/4)", word)
	}
	return protocol, from, to, rest[1:]
}

func (p *parser) group(w []string) {
	v := p.ofVPC(w[1])
	g := &network.SecurityGroup{Object: p.object(w[0], w[1]), VPC: w[1]}
	if also := p.line.option("also", ""); also != "" {
		g.VPCs = strings.Split(also, ",")
		p.check(func() {
			for _, id := range g.VPCs {
				p.must("VPC", id, p.vpcs[id] != nil)
			}
		})
	}
	p.groups[w[0]] = g
	p.out.SecurityGroups = append(p.out.SecurityGroups, g)
	p.check(func() {
		if !p.outbound[g] {
			g.Outbound = everywhere(v, g.Origin)
		}
	})
	p.inner = func() { p.rule(g) }
}

// everywhere are the outbound rules of a new security group.
func everywhere(v *network.VPC, origin network.Origin) []network.Rule {
	rules := []network.Rule{{Protocol: -1, From: -1, To: -1, Block: allIPv4, Origin: origin}}
	if hasIPv6(v) {
		rules = append(rules, network.Rule{Protocol: -1, From: -1, To: -1, Block: allIPv6, Origin: origin})
	}
	return rules
}

var allIPv4, allIPv6 = netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")

func hasIPv6(v *network.VPC) bool {
	return slices.ContainsFunc(v.Blocks, func(b netip.Prefix) bool { return b.Addr().Is6() })
}

func (p *parser) rule(g *network.SecurityGroup) {
	w := p.line.words
	if len(w) < 2 || w[0] != "in" && w[0] != "out" {
		p.fail("a rule is: in|out PROTOCOL [PORTS] BLOCK|LIST|GROUP")
		return
	}
	list := &g.Inbound
	if w[0] == "out" {
		list = &g.Outbound
		p.outbound[g] = true
	}
	if w[1] == "nothing" {
		return
	}
	r := network.Rule{ID: fmt.Sprintf("sgr-%s-%d", g.ID, len(g.Inbound)+len(g.Outbound)), Origin: p.origin(), Defect: p.defect()}
	var rest []string
	r.Protocol, r.From, r.To, rest = p.traffic(w[1:])
	if len(rest) != 1 {
		p.fail("a rule ends in one block, prefix list or group")
		return
	}
	switch id := rest[0]; {
	case id == "?":
		r.PeerOnly = true
		if r.Defect == nil {
			r.Defect = &network.Defect{Reason: "its peer is not known", Origin: p.origin()}
		}
	case strings.HasPrefix(id, "pl-"):
		r.PrefixList = id
		p.check(func() { p.must("prefix-list", id, p.lists[id]) })
	case strings.Contains(id, "/"):
		r.Block = p.block(id)
	default:
		r.Group = id
		p.check(func() { p.must("group", id, p.groups[id] != nil) })
	}
	*list = append(*list, r)
}

// complete adds what AWS makes with a VPC, where the text does not.
func (p *parser) complete(v *network.VPC) {
	p.line = &line{number: p.line.number, used: map[string]bool{}} // the options are those of the VPC alone
	if !slices.ContainsFunc(p.out.RouteTables, func(t *network.RouteTable) bool { return t.VPC == v.ID && t.Main }) {
		p.addTable("main-"+v.ID, v).Main = true
	}
	if slices.ContainsFunc(p.out.NetworkACLs, func(a *network.NetworkACL) bool { return a.VPC == v.ID && a.Default }) {
		return
	}
	a := p.addACL("default-"+v.ID, v)
	a.Default = true
	for _, outbound := range []bool{false, true} {
		a.Entries = append(a.Entries, network.ACLEntry{Number: 100, Outbound: outbound, Allow: true, Protocol: -1, From: -1, To: -1, Block: allIPv4, Origin: a.Origin})
		if hasIPv6(v) {
			a.Entries = append(a.Entries, network.ACLEntry{Number: 101, Outbound: outbound, Allow: true, Protocol: -1, From: -1, To: -1, Block: allIPv6, Origin: a.Origin})
		}
	}
}

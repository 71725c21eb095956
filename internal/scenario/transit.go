package scenario

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// transitGateway is a new transit gateway: with a route table that attachments are associated with, and propagate to, when they don't say otherwise.
func (p *parser) transitGateway(w []string) {
	g := &network.TransitGateway{Object: p.object(w[0], ""), State: p.line.option("state", "available"), SecurityGroupReferencing: p.line.flag("referencing")}
	g.DefaultRouteTable, g.DefaultPropagation = usualTransitTable(w[0]), usualTransitTable(w[0])
	p.known[w[0]] = network.TargetTransitGateway
	p.out.TransitGateways = append(p.out.TransitGateways, g)
	t := p.addTransitTable(g.DefaultRouteTable, w[0])
	t.Account, t.Defect = g.Account, nil
}

func usualTransitTable(gateway string) string { return "default-" + gateway }

func (p *parser) addTransitTable(id, gateway string) *network.TransitRouteTable {
	t := &network.TransitRouteTable{Object: p.object(id, ""), Gateway: gateway, RoutesKnown: true, PropagationsKnown: true, ListsKnown: true}
	p.transits[id] = t
	p.out.TransitRouteTables = append(p.out.TransitRouteTables, t)
	return t
}

func (p *parser) transitTable(w []string) {
	t := p.addTransitTable(w[0], w[1])
	t.AllRoutes = p.line.flag("all-routes")
	p.check(func() { p.must("tgw", w[1], p.known[w[1]] == network.TargetTransitGateway) })
	if list := p.line.option("propagate", ""); list != "" {
		t.Propagations = append(t.Propagations, strings.Split(list, ",")...)
		slices.Sort(t.Propagations)
	}
	p.inner = func() { p.transitRoute(t) }
}

func (p *parser) transitRoute(t *network.TransitRouteTable) {
	w := p.line.words
	if len(w) < 2 {
		p.fail("a route of a transit gateway is a block or a prefix list, and an attachment or nothing")
		return
	}
	r := network.TransitRoute{Type: "static", Origin: p.origin(), Defect: p.defect()}
	if p.line.flag("propagated") {
		if r.Type = "propagated"; !t.AllRoutes {
			p.fail("routes that are propagated are known of a tgw-table with all-routes")
		}
	}
	if strings.HasPrefix(w[0], "pl-") {
		r.PrefixList = w[0]
		p.check(func() { p.must("prefix-list", w[0], p.lists[w[0]]) })
	} else {
		r.Destination = p.block(w[0])
	}
	if r.Blackhole = w[1] == "nothing"; !r.Blackhole {
		r.Attachments = w[1:]
		p.check(func() {
			for _, id := range w[1:] {
				p.must("attachment", id, slices.ContainsFunc(p.out.TransitAttachments, func(a *network.TransitAttachment) bool { return a.Attachment == id }))
			}
		})
	}
	t.Routes = append(t.Routes, r)
	slices.SortStableFunc(t.Routes, func(a, b network.TransitRoute) int { return cmp.Compare(a.PrefixList, b.PrefixList) }) // AWS lists those of prefix lists apart
}

// associate associates an attachment with a table: what is said, or the default one.
func (p *parser) associate(a *network.TransitAttachment, table string) {
	usual := usualTransitTable(a.Gateway)
	switch table {
	case "":
		a.RouteTable = usual
	case "none":
	default:
		a.RouteTable = table
		p.check(func() { p.must("tgw-table", table, p.transits[table] != nil) })
	}
	propagates := a.Type == "vpc" || a.Type != "peering" && p.line.flag("bgp")
	if t := p.transits[usual]; t != nil && propagates && !p.line.flag("no-propagation") {
		t.Propagations = append(t.Propagations, a.Attachment)
		slices.Sort(t.Propagations)
	}
	p.line.used["no-propagation"] = true
}

// attach adds an attachment of something that is no VPC: a VPN connection, a Direct Connect gateway, a Connect attachment.
func (p *parser) attach(a *network.TransitAttachment) {
	a.ID, a.Name, a.Defect = a.Attachment, a.Attachment, nil
	p.check(func() { p.must("tgw", a.Gateway, p.known[a.Gateway] == network.TargetTransitGateway) })
	p.associate(a, p.line.option("table", ""))
	p.out.TransitAttachments = append(p.out.TransitAttachments, a)
}

func (p *parser) attachment(w []string) {
	if w[2] == "direct-connect-gateway" || w[2] == "connect" {
		a := &network.TransitAttachment{Object: p.object(w[0], ""), Attachment: w[0], Gateway: w[1], Type: w[2], ResourceAccount: usualAccount, State: p.line.option("state", "available")}
		defect := a.Defect
		if len(w) > 3 {
			a.Resource = w[3]
		}
		p.attach(a)
		a.Defect = defect
		return
	}
	v := p.vpcs[w[2]]
	account := p.line.option("account", "999999999999")
	if v != nil {
		account = v.Account
	} else {
		p.check(func() { p.must("VPC", w[2], false) })
	}
	a := &network.TransitAttachment{Object: p.object(w[0], w[2]), Attachment: w[0], Gateway: w[1], Type: "vpc", Resource: w[2], ResourceAccount: account,
		State: p.line.option("state", "available"), Detailed: v != nil, Subnets: slices.Sorted(slices.Values(w[3:])), DNS: v != nil,
		IPv6: p.line.flag("ipv6"), ApplianceMode: p.line.flag("appliance"), SecurityGroupReferencing: p.line.flag("referencing")}
	p.check(func() { p.must("tgw", w[1], p.known[w[1]] == network.TargetTransitGateway) })
	for _, id := range w[3:] {
		p.ofSubnet(id)
	}
	p.associate(a, p.line.option("table", ""))
	p.out.TransitAttachments = append(p.out.TransitAttachments, a)
}

// transitPeering is an attachment on both gateways; each has a side of it.
func (p *parser) transitPeering(w []string) {
	tables := strings.Split(p.line.option("tables", ","), ",")
	for side := range 2 {
		own, other := w[1+side], w[2-side]
		a := &network.TransitAttachment{Object: p.object(own+"/"+w[0], ""), Attachment: w[0], Gateway: own, Type: "peering", Resource: other, ResourceAccount: usualAccount,
			State: p.line.option("state", "available"), Detailed: true, Peer: other, PeerRegion: usualRegion}
		a.Name = w[0]
		p.check(func() { p.must("tgw", own, p.known[own] == network.TargetTransitGateway) })
		if len(tables) != 2 {
			p.fail("tables are two, one of each gateway: tables=ID,ID")
			return
		}
		p.associate(a, tables[side])
		p.out.TransitAttachments = append(p.out.TransitAttachments, a)
	}
}

package random

import (
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// hub is a transit gateway in the making.
type hub struct {
	*network.TransitGateway
	tables      []*network.TransitRouteTable
	attachments map[*vpc]*network.TransitAttachment
}

// hubs adds transit gateways: one with most VPCs of a Region, and sometimes a second one, of which each routes to what is behind the other.
func (m *maker) hubs() {
	if !m.wish.hub {
		return
	}
	first := m.hub(m.vpcs[0])
	if m.chance(30) {
		m.join(first, m.hub(m.vpcs[len(m.vpcs)-1]))
	}
}

// hub adds a transit gateway where a VPC is.
func (m *maker) hub(home *vpc) *hub {
	account, region := one(m, m.accounts...), home.Region
	h := &hub{TransitGateway: &network.TransitGateway{Object: m.object("tgw", account, region), State: "available", SecurityGroupReferencing: m.chance(60)}, attachments: map[*vpc]*network.TransitAttachment{}}
	m.TransitGateways = append(m.TransitGateways, h.TransitGateway)
	for range one(m, 1, 2) {
		t := &network.TransitRouteTable{Object: m.object("tgw-rtb", account, region), Gateway: h.ID, RoutesKnown: true, PropagationsKnown: true, ListsKnown: true}
		h.tables = append(h.tables, t)
		m.TransitRouteTables = append(m.TransitRouteTables, t)
	}
	if m.chance(70) {
		h.DefaultRouteTable, h.DefaultPropagation = h.tables[0].ID, h.tables[0].ID
	}
	var members []*vpc
	for _, v := range m.vpcs {
		if v.Region == region && (v == home || m.chance(85)) && (len(m.TransitGateways) == 1 || v == home || m.chance(40)) {
			m.attach(h, v)
			members = append(members, v)
		}
	}
	if m.inspector == nil && len(h.tables) == 2 && m.chance(60) {
		m.inspect(h, members)
	}
	if m.inspector == nil || h.attachments[m.inspector] == nil {
		m.exchange(h, members)
	}
	m.premises(h)
	m.sideRoutes(h)
	for _, v := range members {
		m.toHub(h, v, members)
	}
	for _, t := range h.tables {
		if m.chance(20) {
			m.allRoutes(h, t)
		}
	}
	return h
}

// attach attaches a VPC, by a subnet in each of its zones, or in most.
func (m *maker) attach(h *hub, v *vpc) {
	a := &network.TransitAttachment{Object: m.object("tgw-attach", h.Account, h.Region), Gateway: h.ID, Type: "vpc", Resource: v.ID, ResourceAccount: v.Account, State: "available",
		Detailed: true, ApplianceMode: m.chance(15), IPv6: m.chance(70), DNS: true, SecurityGroupReferencing: m.chance(70)}
	a.Attachment = a.ID
	if m.chance(3) {
		a.State = one(m, "pendingAcceptance", "deleting")
	}
	var zones []string
	for _, s := range v.rooms() {
		if !slices.Contains(zones, s.Zone) && (len(a.Subnets) == 0 || m.chance(75)) {
			zones = append(zones, s.Zone)
			a.Subnets = append(a.Subnets, s.ID)
			if m.chance(25) && s.Blocks[0].Addr().Is4() { // what AWS makes there
				i := m.face(s, network.TypeTransitGateway)
				i.Owner = network.Owner{Kind: network.OwnerTransitGateway, ID: a.ID, Sure: true}
			}
		}
	}
	h.attachments[v] = a
	m.TransitAttachments = append(m.TransitAttachments, a)
}

// exchange lets members reach each other, by propagation mostly.
func (m *maker) exchange(h *hub, members []*vpc) {
	for _, v := range members {
		a := h.attachments[v]
		if m.chance(95) {
			a.RouteTable = one(m, h.tables...).ID
		}
		for _, t := range h.tables {
			if m.chance(85) {
				t.Propagations = append(t.Propagations, a.ID)
			} else if m.chance(60) {
				m.static(t, one(m, v.Blocks...), a.ID)
			}
		}
	}
}

// inspect sends all that goes from one member to another through a VPC with a firewall: the members' table knows nothing else, and the table of that VPC's
// attachment knows the members (FW-10).
func (m *maker) inspect(h *hub, members []*vpc) {
	i := slices.IndexFunc(members, func(v *vpc) bool { return len(v.guards) > 0 })
	if i < 0 || len(members) < 2 {
		return
	}
	m.inspector = members[i]
	inspection := h.attachments[m.inspector]
	inspection.ApplianceMode = m.chance(75)
	inspection.RouteTable = h.tables[1].ID
	for _, v := range members {
		if a := h.attachments[v]; a != inspection {
			a.RouteTable = h.tables[0].ID
			if m.chance(95) {
				h.tables[1].Propagations = append(h.tables[1].Propagations, a.ID)
			}
		}
	}
	m.static(h.tables[0], one(m, prefixes("0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8")...), inspection.ID)
	if m.chance(50) {
		m.static(h.tables[0], prefixes("::/0")[0], inspection.ID)
	}
	if m.chance(30) { // some of it comes back by a shorter way
		h.tables[0].Propagations = append(h.tables[0].Propagations, h.attachments[one(m, members...)].ID)
	}
}

// static adds a static route to a table, unless it has one for that destination. Without attachments it is a blackhole.
func (m *maker) static(t *network.TransitRouteTable, to netip.Prefix, attachments ...string) {
	if !slices.ContainsFunc(t.Routes, func(r network.TransitRoute) bool { return r.Destination == to }) {
		t.Routes = append(t.Routes, network.TransitRoute{Destination: to, Type: "static", Attachments: attachments, Blackhole: len(attachments) == 0})
	}
}

// premises attaches what is on premises: by VPN, Direct Connect or Connect.
func (m *maker) premises(h *hub) {
	if !m.chance(40) {
		return
	}
	a := &network.TransitAttachment{Object: m.object("tgw-attach", h.Account, h.Region), Gateway: h.ID, State: "available", ResourceAccount: h.Account}
	a.Attachment = a.ID
	m.TransitAttachments = append(m.TransitAttachments, a)
	switch m.IntN(6) {
	case 0:
		a.Type, a.Resource = "direct-connect-gateway", "11111111-2222-3333-4444-555555555555"
	case 1:
		a.Type, a.Resource = "connect", "tgw-attach-0000dead"
	default:
		c := &network.VPNConnection{Object: m.object("vpn", h.Account, h.Region), State: "available", TransitGateway: h.ID, StaticOnly: m.chance(60)}
		a.Type, a.Resource = "vpn", c.ID
		if m.chance(12) {
			c.State = one(m, "pending", "deleted")
		}
		if m.chance(85) { // or it was not collected
			m.VPNConnections = append(m.VPNConnections, c)
		}
	}
	if m.chance(95) {
		a.RouteTable = one(m, h.tables...).ID
	}
	for _, t := range h.tables {
		if m.chance(75) {
			m.static(t, one(m, prefixes("172.16.0.0/16", "172.16.0.0/16", "172.16.0.0/12", "0.0.0.0/0")...), a.ID)
		}
		if m.chance(15) {
			t.Propagations = append(t.Propagations, a.ID)
		}
	}
}

// sideRoutes adds static routes that decide against others, or don't: for more and for less than a member's block, by prefix lists, to nowhere.
func (m *maker) sideRoutes(h *hub) {
	for _, t := range h.tables {
		if m.chance(30) {
			a := one(m, m.TransitAttachments...)
			switch {
			case a.Gateway != h.ID || m.chance(40):
				m.static(t, m.block(m.chance(75)))
			default:
				m.static(t, m.block(m.chance(75)), a.Attachment)
			}
		}
		if len(m.PrefixLists) > 1 && m.chance(25) {
			r := network.TransitRoute{PrefixList: one(m, m.PrefixLists[1:]...).ID, Type: "static", Blackhole: true}
			if a := one(m, m.TransitAttachments...); a.Gateway == h.ID && m.chance(75) {
				r.Blackhole, r.Attachments = false, []string{a.Attachment}
			}
			t.Routes = append(t.Routes, r)
		}
	}
}

// toHub gives the tables of a member routes to the gateway: for the other members' blocks, or for all private addresses.
func (m *maker) toHub(h *hub, v *vpc, members []*vpc) {
	target := network.Target{Kind: network.TargetTransitGateway, ID: h.ID}
	wide := m.chance(50)
	for _, t := range v.tables(v.rooms()...) {
		if m.chance(8) {
			continue
		}
		if wide {
			add(t, network.Route{Destination: prefixes("10.0.0.0/8")[0], Target: target})
			add(t, network.Route{Destination: one(m, prefixes("2600::/16", "2600:1f00::/24")...), Target: target})
		}
		for _, w := range members {
			for _, b := range w.Blocks {
				if w != v && (!wide || b.Addr().Is4() && !prefixes("10.0.0.0/8")[0].Contains(b.Addr())) {
					add(t, network.Route{Destination: b, Target: target})
				}
			}
		}
		if m.chance(50) {
			add(t, network.Route{Destination: prefixes("172.16.0.0/12")[0], Target: target})
		}
		if m.chance(25) {
			add(t, network.Route{Destination: prefixes("0.0.0.0/0")[0], Target: target})
		}
	}
}

// allRoutes writes out what is propagated to a table, as AWS tells it of active routes: one for each block, static ones aside.
func (m *maker) allRoutes(h *hub, t *network.TransitRouteTable) {
	t.AllRoutes = true
	propagated := func(to netip.Prefix, attachment string) {
		if !slices.ContainsFunc(t.Routes, func(r network.TransitRoute) bool { return r.Destination == to }) {
			t.Routes = append(t.Routes, network.TransitRoute{Destination: to, Type: "propagated", Attachments: []string{attachment}})
		}
	}
	for _, v := range m.vpcs {
		if a := h.attachments[v]; a != nil && slices.Contains(t.Propagations, a.ID) {
			for _, b := range v.Blocks {
				propagated(b, a.ID)
			}
		}
	}
	for _, a := range m.TransitAttachments {
		if a.Type != "vpc" && slices.Contains(t.Propagations, a.ID) {
			propagated(prefixes("172.16.0.0/16")[0], a.ID)
		}
	}
}

// join peers two gateways, with static routes on both sides for the blocks of the members of the other (TGW-6).
func (m *maker) join(one, two *hub) {
	o := m.object("tgw-attach", "", "")
	for _, side := range []struct{ own, other *hub }{{one, two}, {two, one}} {
		a := &network.TransitAttachment{Object: o, Attachment: o.ID, Gateway: side.own.ID, Type: "peering", Resource: side.other.ID, ResourceAccount: side.other.Account, State: "available",
			Detailed: true, Peer: side.other.ID, PeerRegion: side.other.Region}
		a.ID, a.Account, a.Region = side.own.ID+"/"+o.ID, side.own.Account, side.own.Region
		if m.chance(95) {
			a.RouteTable = side.own.tables[m.IntN(len(side.own.tables))].ID
		}
		m.TransitAttachments = append(m.TransitAttachments, a)
		for _, t := range side.own.tables {
			for _, v := range m.vpcs {
				if side.other.attachments[v] != nil && side.own.attachments[v] == nil && m.chance(85) {
					for _, b := range v.Blocks {
						m.static(t, b, o.ID)
					}
				}
			}
			if m.chance(20) {
				t.Propagations = append(t.Propagations, o.ID) // it propagates nothing
			}
		}
		for _, v := range m.vpcs {
			if side.own.attachments[v] == nil {
				continue
			}
			for _, t := range v.tables(v.rooms()...) {
				add(t, network.Route{Destination: prefixes("10.0.0.0/8")[0], Target: network.Target{Kind: network.TargetTransitGateway, ID: side.own.ID}})
			}
		}
	}
}

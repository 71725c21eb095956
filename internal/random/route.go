package random

import (
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

func route(destination string, kind network.TargetKind, id string) network.Route {
	return network.Route{Destination: netip.MustParsePrefix(destination), Target: network.Target{Kind: kind, ID: id}}
}

// add adds a route, unless the table has one for its destination.
func add(t *network.RouteTable, r network.Route) {
	if !slices.ContainsFunc(t.Routes, func(each network.Route) bool {
		return each.Destination == r.Destination && each.PrefixList == r.PrefixList && each.Propagated == r.Propagated
	}) {
		t.Routes = append(t.Routes, r)
	}
}

// set makes a route the one for its destination, unless that is the VPC's own.
func set(t *network.RouteTable, r network.Route) {
	for i, each := range t.Routes {
		if each.Destination == r.Destination && each.PrefixList == "" && r.PrefixList == "" {
			if each.Target.Kind != network.TargetLocal {
				t.Routes[i] = r
			}
			return
		}
	}
	t.Routes = append(t.Routes, r)
}

// tables are the route tables of the subnets of a VPC, and the main one, which a subnet may not have.
func (v *vpc) tables(of ...*subnet) []*network.RouteTable {
	tables := []*network.RouteTable{v.main}
	for _, s := range of {
		if !slices.Contains(tables, s.table) {
			tables = append(tables, s.table)
		}
	}
	return tables
}

// lists adds prefix lists: that of a service of AWS, and customers' with entries that overlap each other's.
func (m *maker) lists() {
	m.PrefixLists = append(m.PrefixLists, &network.PrefixList{Object: m.object("pl", "AWS", m.regions[0]), AWS: true, Entries: prefixes("52.216.0.0/15", "3.5.0.0/19", "2600:1fa0::/28")})
	for range m.IntN(3) {
		l := &network.PrefixList{Object: m.object("pl", m.accounts[0], m.regions[0])}
		for range 1 + m.IntN(3) {
			if e := m.block(m.chance(75)); !slices.Contains(l.Entries, e) {
				l.Entries = append(l.Entries, e)
			}
		}
		m.PrefixLists = append(m.PrefixLists, l)
	}
}

// block is a range that a rule or a route may name: around what is there.
func (m *maker) block(v4 bool) netip.Prefix {
	v := one(m, m.vpcs...)
	s := one(m, v.subnets...)
	var near []netip.Prefix
	near = append(near, v.Blocks...)
	near = append(near, s.Blocks...)
	near = append(near, s.Blocks...)
	for _, b := range s.Blocks {
		half := netip.PrefixFrom(offset(b.Addr(), 4), b.Addr().BitLen()-2) // the first instances of a subnet
		near = append(near, half.Masked())
	}
	if len(v.faces) > 0 {
		for _, a := range one(m, v.faces...).Addresses {
			near = append(near, netip.PrefixFrom(a.IP, a.IP.BitLen()))
			if a.Public.IsValid() {
				near = append(near, netip.PrefixFrom(a.Public, 32))
			}
		}
	}
	near = append(near, prefixes("0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0", "::/0", "::/0", "10.0.0.0/8", "172.16.0.0/16", "203.0.113.0/24", "203.0.113.128/25", "52.0.0.0/8", "52.216.0.0/16", "2600:1f00::/24", "2001:db8::/32", "100.64.0.0/10", "52.10.0.0/16")...)
	near = slices.DeleteFunc(near, func(p netip.Prefix) bool { return p.Addr().Is4() != v4 })
	return one(m, near...)
}

// routes gives the tables of a VPC the routes of a tier: to the internet, to NAT, or to nothing.
func (m *maker) routes(v *vpc) {
	for _, s := range v.subnets {
		t := s.table
		tier := s.tier
		if s.hasNAT(v) {
			tier = public
		}
		switch {
		case tier == public && v.igw != nil:
			add(t, route("0.0.0.0/0", network.TargetInternetGateway, v.igw.ID))
			if m.chance(80) {
				add(t, route("::/0", network.TargetInternetGateway, v.igw.ID))
			}
		case tier == private:
			if len(v.nats) > 0 {
				add(t, route("0.0.0.0/0", network.TargetNAT, one(m, v.nats...).ID))
			}
			if v.eigw != nil {
				add(t, route("::/0", network.TargetEgressOnly, v.eigw.ID))
			}
		}
		if v.service != nil && m.chance(60) {
			add(t, network.Route{PrefixList: m.PrefixLists[0].ID, Target: network.Target{Kind: network.TargetEndpoint, ID: v.service.ID}})
			if !slices.Contains(v.service.RouteTables, t.ID) {
				v.service.RouteTables = append(v.service.RouteTables, t.ID)
			}
		}
		if v.vgw != nil && m.chance(60) {
			r := route(one(m, "172.16.0.0/16", "172.16.0.0/12"), network.TargetVPNGateway, v.vgw.ID)
			r.Propagated = m.chance(50)
			add(t, r)
		}
	}
}

func (s *subnet) hasNAT(v *vpc) bool {
	return slices.ContainsFunc(v.nats, func(g *network.NATGateway) bool { return g.Subnet == s.ID && !g.Private })
}

// peerings joins VPCs, and some of them to VPCs that were not collected.
func (m *maker) peerings() {
	side := func(v *vpc) network.PeeringSide {
		return network.PeeringSide{VPC: v.ID, Account: v.Account, Region: v.Region, Blocks: v.Blocks}
	}
	for i, v := range m.vpcs {
		for _, w := range m.vpcs[:i] {
			if m.chance(30) || m.wish.hub && m.chance(70) || slices.ContainsFunc(v.Blocks, func(p netip.Prefix) bool { return slices.ContainsFunc(w.Blocks, p.Overlaps) }) {
				continue
			}
			p := &network.PeeringConnection{Object: m.in(v, "pcx"), State: "active", Requester: side(v), Accepter: side(w)}
			m.PeeringConnections = append(m.PeeringConnections, p)
			m.toPeer(v, w.Blocks, p)
			m.toPeer(w, v.Blocks, p)
			for _, each := range []struct{ from, to *vpc }{{v, w}, {w, v}} {
				if each.from.hasPrivateNAT() && m.chance(50) { // PEER-4: the other side does without a route
					for _, s := range each.to.subnets {
						s.table.Routes = slices.DeleteFunc(s.table.Routes, func(r network.Route) bool { return r.Target.ID == p.ID })
					}
				}
			}
		}
		if m.chance(15) {
			other := network.PeeringSide{VPC: "vpc-ffffff0" + string('0'+rune(i)), Account: "333333333333", Region: v.Region, Blocks: prefixes("10.99.0.0/16")}
			p := &network.PeeringConnection{Object: m.in(v, "pcx"), State: "active", Requester: side(v), Accepter: other}
			m.PeeringConnections = append(m.PeeringConnections, p)
			m.toPeer(v, other.Blocks, p)
		}
	}
}

func (v *vpc) hasPrivateNAT() bool {
	return slices.ContainsFunc(v.nats, func(g *network.NATGateway) bool { return g.Private })
}

// toPeer gives the tables of a VPC routes to a peer: for its blocks, parts of them, or all private addresses; some by way of a private NAT gateway.
func (m *maker) toPeer(v *vpc, blocks []netip.Prefix, p *network.PeeringConnection) {
	target := network.Target{Kind: network.TargetPeering, ID: p.ID}
	for _, t := range v.tables(v.subnets...) {
		if m.chance(12) {
			continue
		}
		to := target
		for _, g := range v.nats {
			if at := m.find(v, g.Subnet); g.Private && at != nil && at.table != t && m.chance(60) {
				to = network.Target{Kind: network.TargetNAT, ID: g.ID}
			}
		}
		if len(m.PrefixLists) > 1 && m.chance(10) {
			add(t, network.Route{PrefixList: one(m, m.PrefixLists[1:]...).ID, Target: to})
		}
		for _, b := range blocks {
			r := network.Route{Destination: b, Target: to}
			switch {
			case b.Addr().Is6():
				r.Target = target
			case m.chance(8):
				r.Destination = netip.MustParsePrefix("10.0.0.0/8")
			case m.chance(8):
				r.Destination = netip.PrefixFrom(b.Addr(), b.Bits()+1)
			}
			add(t, r)
		}
	}
}

func (m *maker) find(v *vpc, id string) *subnet {
	for _, s := range v.subnets {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// detours adds routes that people come to regret: by appliances, by what is not modelled, by overlapping lists, for parts of the local range.
func (m *maker) detours() {
	for _, v := range m.vpcs {
		s := one(m, v.subnets...)
		other := one(m, v.subnets...)
		face := one(m, v.faces...)
		appliance := network.Target{Kind: network.TargetInterface, ID: face.ID}
		if m.chance(15) { // RT-3
			to := appliance
			if len(v.nats) > 0 && m.chance(30) {
				to = network.Target{Kind: network.TargetNAT, ID: one(m, v.nats...).ID}
			}
			add(s.table, network.Route{Destination: one(m, other.Blocks...), Target: to})
		}
		if m.chance(10) {
			add(s.table, network.Route{Destination: m.beyond(v), Target: appliance})
		}
		if m.chance(15) {
			add(s.table, network.Route{Destination: m.beyond(v), Target: one(m, network.Target{Kind: network.TargetTransitGateway, ID: "tgw-0000dead"},
				network.Target{Kind: network.TargetOther, ID: "i-0000dead"}, network.Target{Kind: network.TargetLocalGateway, ID: "lgw-00000001"},
				network.Target{Kind: network.TargetCoreNetwork, ID: "arn:aws:networkmanager::111111111111:core-network/core-network-1"})})
		}
		if m.chance(12) {
			add(s.table, network.Route{Destination: m.beyond(v), Blackhole: true, Target: one(m, network.Target{}, network.Target{Kind: network.TargetNAT, ID: "nat-gone"})})
		}
		for range m.IntN(3) {
			if len(m.PrefixLists) > 1 && m.chance(40) { // RT-4
				r := network.Route{PrefixList: one(m, m.PrefixLists[1:]...).ID, Target: one(m, s.table.Routes...).Target, Blackhole: m.chance(10)}
				if r.Target.Kind != network.TargetLocal && r.Target.Kind != network.TargetNone {
					add(s.table, r)
				}
			}
		}
		if v.igw != nil && m.chance(12) { // RT-7
			t := m.edge(v)
			if m.chance(60) {
				add(t, network.Route{Destination: one(m, other.Blocks...), Target: appliance})
			}
			if m.chance(10) {
				t.Routes = t.Routes[1:]
			}
		}
	}
}

// edge is the route table of the internet gateway of a VPC (RT-7).
func (m *maker) edge(v *vpc) *network.RouteTable {
	if v.edge == nil {
		v.edge = m.table(v)
		v.edge.Gateways = []string{v.igw.ID}
	}
	return v.edge
}

// beyond is a range outside a VPC that its tables may route.
func (m *maker) beyond(v *vpc) netip.Prefix {
	for {
		b := m.block(m.chance(75))
		if !slices.ContainsFunc(v.Blocks, func(p netip.Prefix) bool { return p.Contains(b.Addr()) && p.Bits() <= b.Bits() }) {
			return b
		}
	}
}

package random

import (
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// firewalls adds one to every VPC with subnets for its endpoints, and routes that lead there: in front of something, mostly in both directions (FW-10).
func (m *maker) firewalls() {
	for _, v := range m.vpcs {
		if len(v.guards) == 0 {
			continue
		}
		f := &network.Firewall{Object: m.named("network-firewall", "firewall", v.place()), VPC: v.ID}
		for _, s := range v.guards {
			m.gate(f, s)
		}
		if m.chance(92) || len(m.FirewallPolicies) == 0 {
			f.Policy = m.policy(v).ID
		} else {
			f.Policy = one(m, m.FirewallPolicies...).ID
		}
		m.Firewalls = append(m.Firewalls, f)
		if m.chance(5) {
			f.Endpoints[0].Status = "PROVISIONING"
		}
		placements := []func(*vpc, *network.Firewall) bool{m.between, m.inFront, m.beforeNAT}
		m.Shuffle(len(placements), func(i, j int) { placements[i], placements[j] = placements[j], placements[i] })
		left := one(m, 1, 2, 2, 3)
		if v == m.inspector {
			m.midway(v, f)
			left--
		}
		for _, place := range placements {
			if left > 0 && place(v, f) {
				left--
			}
		}
	}
}

// gate adds the endpoint of a firewall in a subnet. In some dumps it is among the VPC endpoints as well, and has an interface.
func (m *maker) gate(f *network.Firewall, s *subnet) {
	o := m.in(s.vpc, "vpce")
	f.Endpoints = append(f.Endpoints, network.FirewallEndpoint{ID: o.ID, VPC: s.VPC, Subnet: s.ID, Zone: s.Zone, Status: "READY"})
	if m.chance(70) {
		return
	}
	i := m.face(s, network.TypeGatewayLBEndpoint)
	i.Addresses = i.Addresses[:1]
	i.Owner = network.Owner{Kind: network.OwnerFirewall, ID: f.ID, Sure: true}
	m.Endpoints = append(m.Endpoints, &network.Endpoint{Object: o, VPC: s.VPC, Type: network.EndpointGatewayLoadBalancer, Service: "com.amazonaws.vpce." + s.Region + ".vpce-svc-0000f1f1",
		State: "available", Subnets: []string{s.ID}, Interfaces: []string{i.ID}})
}

// gateFor is the endpoint for what is in a zone: that of the zone, or any; rarely another one, so that each direction takes its own.
func (m *maker) gateFor(v *vpc, f *network.Firewall, zone string) (network.Target, *subnet) {
	i := slices.IndexFunc(f.Endpoints, func(e network.FirewallEndpoint) bool { return e.Zone == zone })
	if i < 0 || m.chance(8) {
		i = m.IntN(len(f.Endpoints))
	}
	e := f.Endpoints[i]
	return network.Target{Kind: network.TargetEndpoint, ID: e.ID}, m.find(v, e.Subnet)
}

// between sends what goes between a subnet and another one of its VPC, or all others, through the firewall: both ways by one endpoint, mostly.
func (m *maker) between(v *vpc, f *network.Firewall) bool {
	rooms := v.rooms()
	if len(rooms) < 2 {
		return false
	}
	m.Shuffle(len(rooms), func(i, j int) { rooms[i], rooms[j] = rooms[j], rooms[i] })
	a, others := rooms[0], rooms[1:]
	if m.chance(40) {
		others = others[:1]
	}
	gate, _ := m.gateFor(v, f, a.Zone)
	for _, b := range others {
		for _, way := range [][2]*subnet{{a, b}, {b, a}} {
			to := gate
			switch {
			case m.chance(5): // only one direction is inspected
				continue
			case m.chance(5):
				to, _ = m.gateFor(v, f, b.Zone)
			}
			for _, block := range way[1].Blocks {
				set(way[0].table, network.Route{Destination: block, Target: to})
			}
		}
	}
	return true
}

// inFront puts the firewall between the internet gateway and a subnet: by the subnet's table on the way out, and by that of the gateway on the way in (RT-7).
func (m *maker) inFront(v *vpc, f *network.Firewall) bool {
	if v.igw == nil {
		return false
	}
	rooms := v.rooms()
	s := one(m, rooms...)
	if open := slices.IndexFunc(rooms, func(s *subnet) bool { return s.tier == public }); open >= 0 && m.chance(75) {
		s = rooms[open]
	}
	gate, guard := m.gateFor(v, f, s.Zone)
	for _, all := range prefixes("0.0.0.0/0", "::/0") {
		set(s.table, network.Route{Destination: all, Target: gate})
		set(guard.table, network.Route{Destination: all, Target: network.Target{Kind: network.TargetInternetGateway, ID: v.igw.ID}})
	}
	edge := m.edge(v)
	for _, b := range s.Blocks {
		if m.chance(92) {
			set(edge, network.Route{Destination: b, Target: gate})
		}
	}
	return true
}

// beforeNAT puts the firewall between a private subnet and a NAT gateway, each in its zone where there are two.
func (m *maker) beforeNAT(v *vpc, f *network.Firewall) bool {
	done := false
	for _, g := range v.nats {
		at := m.find(v, g.Subnet)
		if at == nil || g.Private && m.chance(80) {
			continue
		}
		for _, s := range v.rooms() {
			if s.table == at.table || s.tier == public || !s.Blocks[0].Addr().Is4() || done && s.Zone != at.Zone {
				continue
			}
			gate, guard := m.gateFor(v, f, s.Zone)
			if guard.table == at.table {
				continue
			}
			set(s.table, network.Route{Destination: prefixes("0.0.0.0/0")[0], Target: gate})
			set(guard.table, network.Route{Destination: prefixes("0.0.0.0/0")[0], Target: network.Target{Kind: network.TargetNAT, ID: g.ID}})
			if m.chance(90) {
				set(at.table, network.Route{Destination: s.Blocks[0], Target: gate})
			}
			done = true
		}
	}
	return done
}

// midway sends what comes from the transit gateway through the firewall and back, and the rest on to where the VPC can.
func (m *maker) midway(v *vpc, f *network.Firewall) {
	i := slices.IndexFunc(m.TransitAttachments, func(a *network.TransitAttachment) bool { return a.Resource == v.ID })
	a := m.TransitAttachments[i]
	hub := network.Target{Kind: network.TargetTransitGateway, ID: a.Gateway}
	members := netip.MustParsePrefix("10.0.0.0/8")
	var doors []*network.RouteTable
	for _, id := range a.Subnets {
		doors = append(doors, m.find(v, id).table)
	}
	outlet := slices.IndexFunc(v.nats, func(g *network.NATGateway) bool {
		at := m.find(v, g.Subnet)
		return at != nil && !g.Private && !slices.Contains(doors, at.table)
	})
	for _, id := range a.Subnets {
		s := m.find(v, id)
		gate, guard := m.gateFor(v, f, s.Zone)
		for _, to := range []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0"), members} {
			set(s.table, network.Route{Destination: to, Target: gate})
		}
		set(guard.table, network.Route{Destination: members, Target: hub})
		set(guard.table, network.Route{Destination: netip.MustParsePrefix("2600::/16"), Target: hub})
		switch {
		case outlet >= 0:
			add(guard.table, network.Route{Destination: netip.MustParsePrefix("0.0.0.0/0"), Target: network.Target{Kind: network.TargetNAT, ID: v.nats[outlet].ID}})
			if m.chance(85) {
				set(m.find(v, v.nats[outlet].Subnet).table, network.Route{Destination: members, Target: gate})
			}
		case m.chance(50):
			add(guard.table, network.Route{Destination: netip.MustParsePrefix("0.0.0.0/0"), Target: hub})
		}
	}
}

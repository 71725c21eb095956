package random

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// face adds an interface to a subnet, with an address of each of its blocks.
func (m *maker) face(s *subnet, kind network.InterfaceType) *network.Interface {
	v := s.vpc
	i := &network.Interface{Object: m.in(v, "eni"), VPC: v.ID, Subnet: s.ID, Type: kind, SourceDestCheck: true}
	s.used++
	for _, b := range s.Blocks {
		i.Addresses = append(i.Addresses, network.Address{IP: offset(b.Addr(), uint64(s.used))})
		if b.Addr().Is4() && kind == network.TypeInterface && m.chance(20) { // a secondary one
			s.used++
			i.Addresses = append(i.Addresses, network.Address{IP: offset(b.Addr(), uint64(s.used))})
		}
	}
	if kind == network.TypeInterface && s.tier == public && m.chance(75) || m.chance(5) && kind == network.TypeInterface {
		for j := range i.Addresses {
			if i.Addresses[j].IP.Is4() && (j == 0 || m.chance(50)) {
				i.Addresses[j].Public = m.elastic(v)
			}
		}
	}
	m.Interfaces = append(m.Interfaces, i)
	v.faces = append(v.faces, i)
	return i
}

// elastic is a public address that nobody has yet.
func (m *maker) elastic(v *vpc) netip.Addr {
	m.numbers["elastic"]++
	return netip.MustParseAddr(fmt.Sprintf("52.%d.0.%d", 10+v.number, m.numbers["elastic"]))
}

// interfaces fills the subnets of a VPC: with instances mostly, and with functions, interface endpoints and appliances. Some groups are
// carried by many, some by one, and some by nobody.
func (m *maker) interfaces(v *vpc) {
	for range 1 + m.IntN(4) {
		g := &network.SecurityGroup{Object: m.in(v, "sg"), VPC: v.ID}
		g.Name = "group " + g.ID
		m.SecurityGroups = append(m.SecurityGroups, g)
		v.groups = append(v.groups, g)
	}
	for _, s := range v.subnets {
		if slices.Contains(v.guards, s) && m.chance(75) {
			continue
		}
		for range 1 + m.IntN(3) {
			kind := network.TypeInterface
			switch m.IntN(12) {
			case 0:
				kind = network.TypeLambda
			case 1:
				kind = network.TypeEndpoint
			}
			i := m.face(s, kind)
			for range one(m, 1, 1, 1, 2, 3) {
				i.Groups = append(i.Groups, one(m, v.groups...).ID)
			}
			slices.Sort(i.Groups)
			i.Groups = slices.Compact(i.Groups)
			switch kind {
			case network.TypeLambda:
				i.Owner = network.Owner{Kind: network.OwnerFunction, ID: "function-" + i.ID, Sure: true}
			case network.TypeEndpoint:
				e := &network.Endpoint{Object: m.in(v, "vpce"), VPC: v.ID, Type: network.EndpointInterface, Service: "com.amazonaws." + v.Region + ".ssm", State: "available",
					Subnets: []string{s.ID}, Interfaces: []string{i.ID}, Groups: i.Groups}
				m.Endpoints = append(m.Endpoints, e)
				i.Owner = network.Owner{Kind: network.OwnerEndpoint, ID: e.ID, Sure: true}
			default:
				n := &network.Instance{Object: m.in(v, "i"), VPC: v.ID, Subnet: s.ID, State: "running", Interfaces: []string{i.ID}, Primary: i.ID}
				m.Instances = append(m.Instances, n)
				i.Owner = network.Owner{Kind: network.OwnerInstance, ID: n.ID, Sure: true}
				i.SourceDestCheck = !m.chance(8)
			}
		}
	}
}

// outlets adds NAT gateways and a gateway endpoint.
func (m *maker) outlets(v *vpc) {
	if rooms := v.rooms(); len(rooms) > 1 {
		for range m.IntN(3) {
			s := one(m, rooms...)
			if s.Blocks[0].Addr().Is4() {
				m.nat(v, s)
			}
		}
	}
	if m.chance(30) {
		v.service = &network.Endpoint{Object: m.in(v, "vpce"), VPC: v.ID, Type: network.EndpointGateway, Service: "com.amazonaws." + v.Region + ".s3", State: "available"}
		m.Endpoints = append(m.Endpoints, v.service)
	}
}

func (m *maker) nat(v *vpc, s *subnet) {
	g := &network.NATGateway{Object: m.in(v, "nat"), VPC: v.ID, State: "available", Private: s.tier != public && m.chance(80)}
	if m.chance(8) {
		g.Private, g.Regional = false, true
		g.Addresses = []network.NATAddress{{Public: m.elastic(v), Zone: s.Zone}}
		if m.chance(80) {
			t := m.table(v)
			g.RouteTable = t.ID
			if v.igw != nil {
				t.Routes = append(t.Routes, route("0.0.0.0/0", network.TargetInternetGateway, v.igw.ID))
			}
		}
	} else {
		g.Subnet = s.ID
		for range one(m, 1, 1, 2, 3) {
			i := m.face(s, network.TypeNAT)
			i.Addresses, i.SourceDestCheck = i.Addresses[:1], false
			a := network.NATAddress{IP: i.Addresses[0].IP, Interface: i.ID}
			if !g.Private {
				a.Public = m.elastic(v)
				i.Addresses[0].Public = a.Public
			}
			i.Owner = network.Owner{Kind: network.OwnerNAT, ID: g.ID, Sure: true}
			g.Addresses = append(g.Addresses, a)
		}
	}
	m.NATGateways = append(m.NATGateways, g)
	v.nats = append(v.nats, g)
}

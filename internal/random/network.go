package random

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// Network is the network of a seed.
func Network(seed uint64) network.Contents {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 0)), numbers: map[string]int{}}
	m.wishes()
	m.places()
	for range m.size() {
		m.vpc()
	}
	m.lists()
	m.guards()
	for _, v := range m.vpcs {
		m.acls(v)
		m.interfaces(v)
		m.outlets(v)
		m.routes(v)
	}
	m.peerings()
	m.hubs()
	m.firewalls()
	m.balancers()
	m.services()
	m.detours()
	for _, v := range m.vpcs {
		m.rules(v)
	}
	m.admissions()
	m.publicAccess()
	for range m.IntN(6) {
		m.fault()
	}
	if m.chance(25) {
		for range 1 + m.IntN(4) {
			m.doubt()
		}
	}
	m.settle()
	return m.Contents
}

// wish is what a network has beside VPCs with gateways and peerings. Each is in a third of networks and more, so that all pairs occur.
type wish struct{ hub, firewall, balancer, service bool }

func (m *maker) wishes() {
	m.wish = wish{hub: m.chance(45), firewall: m.chance(45), balancer: m.chance(45), service: m.chance(40)}
}

// size is the number of VPCs: few where much else is in them.
func (m *maker) size() int {
	switch {
	case m.wish.hub:
		return 2 + m.IntN(2)
	case m.wish != wish{}:
		return 1 + m.IntN(3)
	}
	return 1 + m.IntN(4)
}

// guards adds subnets for the endpoints of firewalls, with nothing else in them mostly, to some VPCs: one or two, in different zones.
func (m *maker) guards() {
	if !m.wish.firewall {
		return
	}
	most := one(m, m.vpcs...)
	for _, v := range m.vpcs {
		if v != most && !m.chance(30) {
			continue
		}
		zones := []string{"a", "b"}
		m.Shuffle(2, func(i, j int) { zones[i], zones[j] = zones[j], zones[i] })
		for _, zone := range zones[:one(m, 1, 2, 2)] {
			v.guards = append(v.guards, m.dedicated(v, v.Region+zone))
		}
	}
}

// maker is a network in the making.
type maker struct {
	*rand.Rand
	network.Contents
	numbers   map[string]int // of the objects of a kind
	accounts  []string
	regions   []string
	vpcs      []*vpc
	wish      wish
	inspector *vpc // the VPC through which the first transit gateway sends what goes from one VPC to another
}

// vpc is a VPC with what belongs to it.
type vpc struct {
	*network.VPC
	number  int
	v4      int       // how many of its blocks are IPv4
	subnets []*subnet // all
	guards  []*subnet // those of firewalls, of which there is one in a zone at most
	main    *network.RouteTable
	igw     *network.InternetGateway
	eigw    *network.EgressOnlyGateway
	vgw     *network.VPNGateway
	nats    []*network.NATGateway
	service *network.Endpoint // a gateway endpoint
	groups  []*network.SecurityGroup
	faces   []*network.Interface
	edge    *network.RouteTable // of its internet gateway
}

// rooms are the subnets that anything may be in.
func (v *vpc) rooms() []*subnet {
	return slices.DeleteFunc(slices.Clone(v.subnets), func(s *subnet) bool { return slices.Contains(v.guards, s) })
}

type subnet struct {
	*network.Subnet
	vpc   *vpc
	table *network.RouteTable // its own, or the main one
	tier  int
	used  int // host numbers given
}

const (
	public = iota
	private
	isolated
)

func (m *maker) chance(percent int) bool { return m.IntN(100) < percent }

func one[T any](m *maker, of ...T) T { return of[m.IntN(len(of))] }

func (m *maker) places() {
	m.accounts, m.regions = []string{"111111111111"}, []string{"us-east-1"}
	if m.chance(30) {
		m.accounts = append(m.accounts, "222222222222")
	}
	if m.chance(30) {
		m.regions = append(m.regions, "eu-west-1")
	}
	for _, a := range m.accounts {
		for _, r := range m.regions {
			m.Collected = append(m.Collected, network.Place{Account: a, Region: r})
		}
	}
}

// object makes an object with the next identifier of its kind.
func (m *maker) object(kind, account, region string) network.Object {
	m.numbers[kind]++
	id := fmt.Sprintf("%s-%08x", kind, m.numbers[kind])
	return network.Object{ID: id, Account: account, Region: region, Origin: network.Origin{Source: "random", Path: "/" + id}}
}

// named makes an object with an ARN, of a service of AWS ("network-firewall", "firewall").
func (m *maker) named(service, kind string, p network.Place) network.Object {
	m.numbers[kind]++
	name := fmt.Sprintf("%s-%d", kind, m.numbers[kind])
	id := fmt.Sprintf("arn:aws:%s:%s:%s:%s/%s", service, p.Region, p.Account, kind, name)
	return network.Object{ID: id, Name: name, Account: p.Account, Region: p.Region, Origin: network.Origin{Source: "random", Path: "/" + name}}
}

func (v *vpc) place() network.Place { return network.Place{Account: v.Account, Region: v.Region} }

func (m *maker) in(v *vpc, kind string) network.Object { return m.object(kind, v.Account, v.Region) }

// vpc adds a VPC with its subnets, tables and gateways, and without anything in them.
func (m *maker) vpc() {
	k := len(m.vpcs)
	v := &vpc{number: k, VPC: &network.VPC{Object: m.object("vpc", one(m, m.accounts...), one(m, m.regions...))}}
	first := k
	if k > 0 && m.chance(20) {
		first = m.IntN(k) // the same range as another
	}
	v.Blocks = prefixes(fmt.Sprintf("10.%d.0.0/16", first))
	if m.chance(30) {
		v.Blocks = append(v.Blocks, prefixes(one(m, fmt.Sprintf("100.64.%d.0/24", k), fmt.Sprintf("198.19.%d.0/24", k), fmt.Sprintf("192.168.%d.0/24", k)))...)
	}
	v.v4 = len(v.Blocks)
	if m.chance(60) {
		v.Blocks = append(v.Blocks, prefixes(fmt.Sprintf("2600:1f00:0:%d00::/56", k+1))...)
		if m.chance(15) {
			v.Blocks = append(v.Blocks, prefixes(fmt.Sprintf("fd12:0:0:%d00::/56", k+1))...)
		}
	}
	m.VPCs = append(m.VPCs, v.VPC)
	m.vpcs = append(m.vpcs, v)
	if m.chance(85) {
		v.igw = &network.InternetGateway{Object: m.in(v, "igw"), VPC: v.ID}
		m.InternetGateways = append(m.InternetGateways, v.igw)
	}
	if len(v.Blocks) > v.v4 && m.chance(60) {
		v.eigw = &network.EgressOnlyGateway{Object: m.in(v, "eigw"), VPC: v.ID}
		m.EgressOnlyGateways = append(m.EgressOnlyGateways, v.eigw)
	}
	if m.chance(15) {
		v.vgw = &network.VPNGateway{Object: m.in(v, "vgw"), VPC: v.ID}
		m.VPNGateways = append(m.VPNGateways, v.vgw)
		if m.chance(85) {
			m.VPNConnections = append(m.VPNConnections, &network.VPNConnection{Object: m.in(v, "vpn"), State: "available", VPNGateway: v.vgw.ID, StaticOnly: m.chance(75), Routes: prefixes("172.16.0.0/16")})
		}
	}
	v.main = m.table(v)
	v.main.Main = true
	for j := range 1 + m.IntN(4) {
		m.subnet(v, j)
	}
}

// table adds a route table with its local routes.
func (m *maker) table(v *vpc) *network.RouteTable {
	t := &network.RouteTable{Object: m.in(v, "rtb"), VPC: v.ID}
	for _, b := range v.Blocks {
		t.Routes = append(t.Routes, network.Route{Destination: b, Target: network.Target{Kind: network.TargetLocal, ID: "local"}})
	}
	m.RouteTables = append(m.RouteTables, t)
	return t
}

func (m *maker) subnet(v *vpc, j int) {
	s := &subnet{Subnet: &network.Subnet{Object: m.in(v, "subnet"), VPC: v.ID, Zone: v.Region + one(m, "a", "b")}, vpc: v, tier: m.IntN(3), used: 3}
	s.ZoneID = "az-" + s.Zone
	block := v.Blocks[0]
	if v.v4 > 1 && m.chance(30) {
		block = v.Blocks[1]
		s.Blocks = append(s.Blocks, netip.PrefixFrom(offset(block.Addr(), uint64(j)*64), 26))
	} else {
		s.Blocks = append(s.Blocks, netip.PrefixFrom(offset(block.Addr(), uint64(j)*256), one(m, 24, 24, 26)))
	}
	for b, block := range v.Blocks[v.v4:] {
		if m.chance(75) && (len(s.Blocks) == 1 || b == 0) {
			bytes := block.Addr().As16()
			bytes[7] = byte(j)
			s.Blocks = append(s.Blocks, netip.PrefixFrom(netip.AddrFrom16(bytes), 64))
		}
	}
	if len(s.Blocks) == 2 && m.chance(10) {
		s.Blocks = s.Blocks[1:] // IPv6 only
	}
	s.table = v.main
	if m.chance(60) {
		s.table = m.table(v)
		s.table.Subnets = []string{s.ID}
	} else if j > 0 && v.subnets[0].table != v.main && m.chance(50) {
		s.table = v.subnets[0].table
		s.table.Subnets = append(s.table.Subnets, s.ID)
	}
	m.Subnets = append(m.Subnets, s.Subnet)
	v.subnets = append(v.subnets, s)
}

// dedicated adds a subnet with a table of its own, to which nothing but the VPC is routed yet.
func (m *maker) dedicated(v *vpc, zone string) *subnet {
	j := len(v.subnets)
	s := &subnet{Subnet: &network.Subnet{Object: m.in(v, "subnet"), VPC: v.ID, Zone: zone, ZoneID: "az-" + zone}, vpc: v, tier: isolated, used: 3, table: m.table(v)}
	s.Blocks = append(s.Blocks, netip.PrefixFrom(offset(v.Blocks[0].Addr(), uint64(j)*256), 28))
	if len(v.Blocks) > v.v4 && m.chance(75) {
		bytes := v.Blocks[v.v4].Addr().As16()
		bytes[7] = byte(j)
		s.Blocks = append(s.Blocks, netip.PrefixFrom(netip.AddrFrom16(bytes), 64))
	}
	s.table.Subnets = []string{s.ID}
	m.Subnets = append(m.Subnets, s.Subnet)
	v.subnets = append(v.subnets, s)
	return s
}

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, t := range texts {
		all = append(all, netip.MustParsePrefix(t))
	}
	return all
}

// offset is the nth address after another.
func offset(a netip.Addr, n uint64) netip.Addr {
	if a.Is4() {
		b := a.As4()
		for i := 3; i >= 0 && n > 0; i-- {
			n += uint64(b[i])
			b[i] = byte(n)
			n >>= 8
		}
		return netip.AddrFrom4(b)
	}
	b := a.As16()
	for i := 15; i >= 0 && n > 0; i-- {
		n += uint64(b[i])
		b[i] = byte(n)
		n >>= 8
	}
	return netip.AddrFrom16(b)
}

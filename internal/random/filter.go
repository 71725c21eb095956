package random

import (
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// service is a protocol and a range, as a rule or an entry names them.
func (m *maker) service(v4 bool) (protocol, from, to int) {
	icmp := 58
	if v4 {
		icmp = 1
	}
	switch m.IntN(10) {
	case 0, 1:
		return -1, -1, -1
	case 2, 3, 4:
		port := one(m, 22, 80, 443, 5432, 8080)
		return 6, port, port
	case 5:
		pair := one(m, [2]int{0, 65535}, [2]int{0, 1023}, [2]int{80, 443}, [2]int{443, 8080}, [2]int{1024, 65535}, [2]int{32768, 60999})
		return one(m, 6, 17), pair[0], pair[1]
	case 6:
		return 17, 53, 53
	case 7:
		return icmp, one(m, -1, 8, 0, 128, 13), -1
	case 8:
		return icmp, one(m, 8, 3, 128), one(m, 0, 4)
	}
	return one(m, 47, 50, 2), -1, -1
}

// rules gives the groups of a VPC their rules.
func (m *maker) rules(v *vpc) {
	for _, g := range v.groups {
		for range one(m, 0, 1, 2, 2, 3) {
			g.Inbound = append(g.Inbound, m.rule(v))
		}
		if m.chance(70) {
			g.Inbound = append(g.Inbound, one(m,
				network.Rule{Protocol: -1, From: -1, To: -1, Group: one(m, v.groups...).ID},
				network.Rule{Protocol: 6, From: 22, To: 5432, Block: prefixes("0.0.0.0/0")[0]},
				network.Rule{Protocol: -1, From: -1, To: -1, Block: prefixes("::/0")[0]},
				network.Rule{Protocol: -1, From: -1, To: -1, Block: prefixes("10.0.0.0/8")[0]}))
		}
		if m.chance(70) {
			g.Outbound = append(g.Outbound, network.Rule{Protocol: -1, From: -1, To: -1, Block: prefixes("0.0.0.0/0")[0]}, network.Rule{Protocol: -1, From: -1, To: -1, Block: prefixes("::/0")[0]})
			continue
		}
		for range m.IntN(4) {
			g.Outbound = append(g.Outbound, m.rule(v))
		}
	}
}

func (m *maker) rule(v *vpc) network.Rule {
	v4 := m.chance(75)
	r := network.Rule{}
	r.Protocol, r.From, r.To = m.service(v4)
	switch n := m.IntN(20); {
	case n < 8:
		groups := v.groups
		if m.chance(40) {
			groups = one(m, m.vpcs...).groups
		}
		r.Group = one(m, groups...).ID
	case n < 9:
		r.Group = "sg-0000dead" // SG-6, or one that was not collected
	case n < 11:
		r.PrefixList = one(m, m.PrefixLists...).ID
	default:
		r.Block = m.block(v4)
	}
	return r
}

// acls gives a VPC its default ACL, and some of its subnets others.
func (m *maker) acls(v *vpc) {
	usual := m.acl(v, 80)
	usual.Default = true
	list := []*network.NetworkACL{usual}
	open := 20
	if m.wish != (wish{}) { // ways are long there
		open = 50
	}
	for range m.IntN(3) {
		list = append(list, m.acl(v, open))
	}
	for _, s := range v.subnets {
		if slices.Contains(v.guards, s) && m.chance(70) {
			continue
		}
		if a := one(m, list...); a != usual || m.chance(50) {
			a.Subnets = append(a.Subnets, s.ID)
		}
	}
}

// acl adds a network ACL: the one that allows all, with a chance of so many percent, or one with entries that overlap, for both families.
func (m *maker) acl(v *vpc, open int) *network.NetworkACL {
	a := &network.NetworkACL{Object: m.in(v, "acl"), VPC: v.ID}
	m.NetworkACLs = append(m.NetworkACLs, a)
	all := func(outbound bool, number int) {
		a.Entries = append(a.Entries,
			network.ACLEntry{Number: number, Outbound: outbound, Allow: true, Protocol: -1, From: -1, To: -1, Block: prefixes("0.0.0.0/0")[0]},
			network.ACLEntry{Number: number + 1, Outbound: outbound, Allow: true, Protocol: -1, From: -1, To: -1, Block: prefixes("::/0")[0]})
	}
	if m.chance(open) {
		all(false, 100)
		all(true, 100)
		return a
	}
	for _, outbound := range []bool{false, true} {
		for range m.IntN(6) {
			v4 := m.chance(65)
			e := network.ACLEntry{Number: 1 + m.IntN(99), Outbound: outbound, Allow: m.chance(55), Block: m.block(v4)}
			if slices.ContainsFunc(a.Entries, func(other network.ACLEntry) bool { return other.Outbound == outbound && other.Number == e.Number }) {
				continue
			}
			e.Protocol, e.From, e.To = m.service(v4)
			if v4 && e.Protocol == 1 && m.chance(30) {
				e.Protocol = 58 // NACL-5
			}
			a.Entries = append(a.Entries, e)
		}
		switch m.IntN(5) {
		case 0, 1, 2:
			all(outbound, 100)
		case 3: // the ports of replies, or some of them (NACL-7)
			low := one(m, 1024, 32768, 49152)
			for i, b := range prefixes("0.0.0.0/0", "::/0") {
				a.Entries = append(a.Entries, network.ACLEntry{Number: 100 + i, Outbound: outbound, Allow: true, Protocol: 6, From: low, To: one(m, 65535, 60999), Block: b},
					network.ACLEntry{Number: 110 + i, Outbound: outbound, Allow: true, Protocol: 6, From: 0, To: 1023, Block: b})
			}
		}
	}
	return a
}

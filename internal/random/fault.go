package random

import (
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// publicAccess turns Block Public Access on for some places, with exclusions.
func (m *maker) publicAccess() {
	if m.chance(75) {
		return
	}
	for _, p := range m.Collected {
		b := &network.BlockPublicAccess{Object: m.object("bpa", p.Account, p.Region), Mode: one(m, "off", "block-ingress", "block-bidirectional")}
		b.ID = p.Account + "/" + p.Region
		m.BlockPublicAccess = append(m.BlockPublicAccess, b)
	}
	for _, v := range m.vpcs {
		resources := []string{v.ID}
		for _, s := range v.subnets {
			resources = append(resources, s.ID)
		}
		for _, r := range resources {
			if m.chance(25) {
				m.Exclusions = append(m.Exclusions, &network.BlockPublicAccessExclusion{Object: m.in(v, "vpcbpa-exclude"), Resource: r, Mode: one(m, "allow-bidirectional", "allow-egress"), Active: m.chance(85)})
			}
		}
	}
}

// fault breaks one thing, as it is understood: what it means is certain.
func (m *maker) fault() {
	v := one(m, m.vpcs...)
	s := one(m, v.subnets...)
	t := one(m, v.main, s.table)
	r := m.IntN(len(t.Routes))
	switch m.IntN(12) {
	case 0:
		if t.Routes[r].Target.Kind != network.TargetLocal {
			t.Routes = slices.Delete(t.Routes, r, r+1)
		}
	case 1:
		if t.Routes[r].Target.Kind != network.TargetLocal {
			t.Routes[r].Blackhole = true
		}
	case 2:
		if len(m.PeeringConnections) > 0 {
			one(m, m.PeeringConnections...).State = one(m, "pending-acceptance", "deleted", "failed")
		}
	case 3:
		if v.igw != nil {
			v.igw.VPC = ""
		}
	case 4:
		if v.eigw != nil {
			v.eigw.VPC = ""
		}
	case 5:
		if len(v.nats) > 0 {
			one(m, v.nats...).State = one(m, "failed", "pending", "deleted")
		}
	case 6:
		if v.service != nil {
			v.service.State = "pending"
		}
	case 7:
		if a := m.aclOf(v); len(a.Entries) > 0 {
			one := &a.Entries[m.IntN(len(a.Entries))]
			one.Allow = !one.Allow
		}
	case 8:
		if a := m.aclOf(v); len(a.Entries) > 0 {
			i := m.IntN(len(a.Entries))
			a.Entries = slices.Delete(a.Entries, i, i+1)
		}
	case 9:
		g := one(m, v.groups...)
		g.Outbound = nil
	case 10:
		i := one(m, v.faces...)
		i.Groups = nil
		if i.Type != network.TypeNAT {
			i.Groups = []string{one(m, v.groups...).ID}
		}
	case 11:
		if len(m.VPNConnections) > 0 {
			one(m, m.VPNConnections...).State = one(m, "pending", "deleted")
		}
	}
}

func (m *maker) aclOf(v *vpc) *network.NetworkACL {
	var all []*network.NetworkACL
	for _, a := range m.NetworkACLs {
		if a.VPC == v.ID {
			all = append(all, a)
		}
	}
	return one(m, all...)
}

// doubt makes something of the network unknown.
func (m *maker) doubt() {
	v := one(m, m.vpcs...)
	s := one(m, v.subnets...)
	d := &network.Defect{Reason: "made so"}
	switch m.IntN(19) {
	case 0:
		one(m, v.groups...).Defect = d
	case 1:
		if g := one(m, v.groups...); len(g.Inbound) > 0 {
			g.Inbound[m.IntN(len(g.Inbound))].Defect = d
		}
	case 2:
		if g := one(m, v.groups...); len(g.Outbound) > 0 {
			g.Outbound[m.IntN(len(g.Outbound))].Defect = d
		}
	case 3:
		s.table.Defect = d
	case 4:
		s.table.Routes[m.IntN(len(s.table.Routes))].Defect = d
	case 5:
		add(s.table, network.Route{Target: network.Target{Kind: network.TargetOther, ID: "lgw-00000001"}, Defect: d})
	case 6:
		m.aclOf(v).Defect = d
	case 7:
		if a := m.aclOf(v); len(a.Entries) > 0 {
			a.Entries[m.IntN(len(a.Entries))].Defect = d
		}
	case 8:
		one(m, v.faces...).Defect = d
	case 9:
		one(m, m.PrefixLists...).Defect = d
	case 10:
		one(m, m.PrefixLists...).ID += "-gone"
	case 11:
		if len(m.PeeringConnections) > 0 {
			one(m, m.PeeringConnections...).Defect = d
		}
		if len(v.nats) > 0 {
			one(m, v.nats...).Defect = d
		}
	case 13:
		if v.igw != nil {
			v.igw.Defect = d
		}
	case 14:
		i := one(m, v.faces...)
		if len(i.Groups) > 0 {
			i.Groups[0] = "sg-gone0000"
		}
	case 15:
		s.Defect = d
	case 16:
		if v.service != nil {
			v.service.Defect = d
		}
	default:
		m.Gaps = append(m.Gaps, network.Gap{List: one(m, "RouteTables", "NetworkAcls", "NetworkInterfaces", "SecurityGroups", "VpcPeeringConnections", "InternetGateways", "VpcBlockPublicAccessExclusions", "VpnConnections"), Account: v.Account, Region: v.Region, Reason: "page 2 is missing"})
	}
}

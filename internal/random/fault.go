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
	if m.chance(40) {
		switch m.extra() {
		case theHub:
			m.faultOfHub()
			return
		case theFirewall:
			m.faultOfFirewall()
			return
		case theService:
			m.faultOfService()
			return
		}
	}
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
		switch i := one(m, v.faces...); i.Owner.Kind {
		case network.OwnerInstance, network.OwnerFunction, network.OwnerEndpoint:
			if i.Type != network.TypeGatewayLBEndpoint {
				i.Groups = []string{one(m, v.groups...).ID}
			}
		}
	case 11:
		if len(m.VPNConnections) > 0 {
			one(m, m.VPNConnections...).State = one(m, "pending", "deleted")
		}
	}
}

// What a network may have beside VPCs with gateways and peerings.
const (
	theHub = iota + 1
	theFirewall
	theService
)

// extra is one of these that the network has; 0 where it has none.
func (m *maker) extra() int {
	var all []int
	if len(m.TransitGateways) > 0 {
		all = append(all, theHub)
	}
	if len(m.Firewalls) > 0 {
		all = append(all, theFirewall)
	}
	if len(m.LoadBalancers) > 0 {
		all = append(all, theService)
	}
	if all == nil {
		return 0
	}
	return one(m, all...)
}

// faultOfHub breaks something of a transit gateway.
func (m *maker) faultOfHub() {
	a := one(m, m.TransitAttachments...)
	t := one(m, m.TransitRouteTables...)
	switch m.IntN(8) {
	case 0:
		a.State = one(m, "pendingAcceptance", "deleting", "modifying")
	case 1:
		a.RouteTable = ""
	case 2:
		if len(a.Subnets) > 1 {
			a.Subnets = a.Subnets[1:]
		}
	case 3:
		a.IPv6 = false
	case 4:
		a.SecurityGroupReferencing = false
	case 5:
		if len(t.Routes) > 0 {
			r := &t.Routes[m.IntN(len(t.Routes))]
			r.Blackhole, r.Attachments = true, nil
		}
	case 6:
		if len(t.Routes) > 0 {
			r := m.IntN(len(t.Routes))
			t.Routes = slices.Delete(t.Routes, r, r+1)
		}
	case 7:
		one(m, m.TransitGateways...).State = one(m, "pending", "deleted")
	}
}

// faultOfFirewall breaks something of a firewall.
func (m *maker) faultOfFirewall() {
	f := one(m, m.Firewalls...)
	p := one(m, m.FirewallPolicies...)
	switch m.IntN(5) {
	case 0:
		f.Endpoints[m.IntN(len(f.Endpoints))].Status = one(m, "PROVISIONING", "FAILED")
	case 1:
		if len(p.StatefulGroups) > 0 {
			p.StatefulGroups = p.StatefulGroups[1:]
		}
	case 2:
		p.StatelessDefaults = []string{one(m, "aws:pass", "aws:drop")}
	case 3:
		if p.Strict {
			p.StatefulDefaults = []string{one(m, "aws:drop_strict", "aws:drop_established")}
		}
	case 4:
		if gone := f.Endpoints[0]; len(f.Endpoints) > 1 { // what routes of its zone lead to is gone
			f.Endpoints = f.Endpoints[1:]
			for _, t := range m.RouteTables {
				for i := range t.Routes {
					t.Routes[i].Blackhole = t.Routes[i].Blackhole || t.Routes[i].Target.ID == gone.ID
				}
			}
		}
	}
}

// faultOfService breaks something of a load balancer, or of an endpoint.
func (m *maker) faultOfService() {
	b := one(m, m.LoadBalancers...)
	switch m.IntN(5) {
	case 0:
		if b.Type != "classic" {
			b.State = one(m, "active_impaired", "provisioning", "failed")
		}
	case 1:
		if len(b.Listeners) > 0 {
			b.Listeners = b.Listeners[1:]
		}
	case 2:
		if len(m.TargetGroups) > 0 {
			g := one(m, m.TargetGroups...)
			g.Targets = g.Targets[:len(g.Targets)/2]
		}
	case 3:
		if len(m.TargetGroups) > 0 {
			g := one(m, m.TargetGroups...)
			for i := range g.Targets {
				g.Targets[i].Port = 0
			}
		}
	}
	if len(m.Endpoints) > 0 && m.chance(30) {
		if e := one(m, m.Endpoints...); e.Type != network.EndpointGateway {
			e.State = one(m, "pending", "deleting", "failed")
			for _, c := range m.EndpointConnections {
				if c.Endpoint == e.ID {
					c.State = e.State
				}
			}
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

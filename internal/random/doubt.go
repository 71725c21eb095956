package random

import (
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// doubt makes something of the network unknown.
func (m *maker) doubt() {
	v := one(m, m.vpcs...)
	s := one(m, v.subnets...)
	d := &network.Defect{Reason: "made so"}
	if m.chance(60) {
		switch m.extra() {
		case theHub:
			m.doubtOfHub(d)
			return
		case theFirewall:
			m.doubtOfFirewall(d)
			return
		case theService:
			m.doubtOfService(d)
			return
		}
	}
	switch m.IntN(20) {
	case 0:
		one(m, v.groups...).Defect = d
	case 1:
		if g := one(m, v.groups...); len(g.Inbound) > 0 {
			r := &g.Inbound[m.IntN(len(g.Inbound))]
			r.Defect, r.PeerOnly = d, m.chance(50)
		}
	case 2:
		if g := one(m, v.groups...); len(g.Outbound) > 0 {
			r := &g.Outbound[m.IntN(len(g.Outbound))]
			r.Defect, r.PeerOnly = d, m.chance(50)
		}
	case 3:
		s.table.Defect = d
	case 4:
		s.table.Routes[m.IntN(len(s.table.Routes))].Defect = d
	case 5:
		add(s.table, network.Route{Target: network.Target{Kind: network.TargetOther, ID: "i-0000dead"}, Defect: d})
		if len(m.VPNGateways) > 0 { // it propagates what nobody knows, as a Terraform configuration with BGP says
			add(s.table, network.Route{Target: network.Target{Kind: network.TargetVPNGateway, ID: one(m, m.VPNGateways...).ID}, Propagated: true})
		}
	case 6:
		m.aclOf(v).Defect = d
	case 7:
		if a := m.aclOf(v); len(a.Entries) > 0 {
			a.Entries[m.IntN(len(a.Entries))].Defect = d
		}
	case 8:
		one(m, v.faces...).Defect = d
	case 9:
		l := one(m, m.PrefixLists...)
		if l.Defect = d; l.AWS {
			l.Entries = nil
		}
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
		m.Gaps = append(m.Gaps, network.Gap{List: one(m, "RouteTables", "NetworkAcls", "NetworkInterfaces", "SecurityGroups", "VpcPeeringConnections", "InternetGateways", "VpcBlockPublicAccessExclusions", "VpnConnections",
			"TransitGatewayAttachments", "TransitGatewayVpcAttachments", "Firewalls", "FirewallPolicies", "RuleGroups", "LoadBalancers", "TargetGroups", "ServiceConfigurations"), Account: v.Account, Region: v.Region, Reason: "page 2 is missing"})
	}
}

// doubtOfHub makes something of a transit gateway unknown.
func (m *maker) doubtOfHub(d *network.Defect) {
	a := one(m, m.TransitAttachments...)
	t := one(m, m.TransitRouteTables...)
	switch m.IntN(9) {
	case 0:
		a.Defect = d
	case 1:
		if a.Type == "vpc" {
			a.Detailed, a.Subnets, a.ApplianceMode, a.IPv6, a.DNS, a.SecurityGroupReferencing = false, nil, false, false, false, false
		}
	case 2:
		t.Defect = d
	case 3:
		t.Propagations, t.PropagationsKnown = nil, false
	case 4:
		t.RoutesKnown = false
		t.ListsKnown = t.ListsKnown && !t.AllRoutes
	case 5:
		if !t.AllRoutes {
			t.ListsKnown = false
			t.Routes = slices.DeleteFunc(t.Routes, func(r network.TransitRoute) bool { return r.PrefixList != "" })
		}
	case 6:
		if len(t.Routes) > 0 {
			t.Routes[m.IntN(len(t.Routes))].Defect = d
		}
	case 7: // of another account: its attachments tell of it
		m.TransitGateways = m.TransitGateways[1:]
	case 8:
		if a.Type == "vpc" {
			a.Resource = "vpc-0000dead"
		}
	}
}

// doubtOfFirewall makes something of a firewall unknown.
func (m *maker) doubtOfFirewall(d *network.Defect) {
	switch m.IntN(8) {
	case 0:
		one(m, m.Firewalls...).Defect = d
	case 1:
		if len(m.FirewallPolicies) > 0 {
			one(m, m.FirewallPolicies...).Defect = d
		}
	case 2:
		if len(m.FirewallPolicies) > 0 {
			m.FirewallPolicies = m.FirewallPolicies[1:]
		}
	default:
		if len(m.FirewallRuleGroups) == 0 {
			return
		}
		g := one(m, m.FirewallRuleGroups...)
		switch {
		case len(g.Rules) > 0 && m.chance(70):
			r := &g.Rules[m.IntN(len(g.Rules))]
			*r = network.StatefulRule{Text: r.Text, Defect: d}
		case len(g.Stateless) > 0 && m.chance(70):
			g.Stateless[m.IntN(len(g.Stateless))].Defect = d
		default:
			g.Defect = d
		}
	}
}

// doubtOfService makes something of a load balancer, or of what is behind it, unknown.
func (m *maker) doubtOfService(d *network.Defect) {
	b := one(m, m.LoadBalancers...)
	switch m.IntN(8) {
	case 0:
		b.Defect = d
	case 1:
		if b.Type != "classic" {
			b.Listeners, b.ListenersKnown = nil, false
		}
	case 2:
		for i := range b.Listeners {
			if l := &b.Listeners[i]; b.Type == "application" {
				l.Rules, l.RulesKnown = l.Rules[len(l.Rules)-1:], false
			}
		}
	case 3:
		if b.Type != "classic" {
			b.Attributes = nil
			m.gap("LoadBalancerAttributes", &b.Object)
		}
	case 4:
		if len(m.EndpointServices) > 0 {
			one(m, m.EndpointServices...).Defect = d
		}
	default:
		if len(m.TargetGroups) == 0 {
			return
		}
		g := one(m, m.TargetGroups...)
		switch m.IntN(4) {
		case 0:
			g.Defect = d
		case 1:
			g.Targets, g.TargetsKnown = nil, false
			m.gap("LoadBalancerTargetHealth", &g.Object)
		case 2:
			g.Attributes = nil
			m.gap("TargetGroupAttributes", &g.Object)
		case 3: // it was not collected
			m.TargetGroups = slices.DeleteFunc(m.TargetGroups, func(other *network.TargetGroup) bool { return other == g })
		}
	}
}

// gap tells that a list lacks what an object of its place would need; mostly: where nobody tells, what is not there is as AWS makes it.
func (m *maker) gap(list string, o *network.Object) {
	if m.chance(70) {
		m.Gaps = append(m.Gaps, network.Gap{List: list, Account: o.Account, Region: o.Region, Reason: "page 2 is missing"})
	}
}

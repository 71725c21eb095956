package random

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// targetGroup adds a target group for a listener, with a few targets.
func (m *maker) targetGroup(v *vpc, b *network.LoadBalancer, l network.Listener) *network.TargetGroup {
	g := &network.TargetGroup{Object: m.named("elasticloadbalancing", "targetgroup", v.place()), Protocol: l.Protocol, Port: one(m, 80, 443, 443, 8080, 5432, l.Port), VPC: v.ID, TargetType: "instance",
		IPAddressType: "ipv4", LoadBalancers: []string{b.ID}, Attributes: map[string]string{}, TargetsKnown: true}
	g.ID += "/0123456789abcdef"
	if g.Protocol == "TLS" && m.chance(60) {
		g.Protocol = "TCP"
	}
	if b.Type == "gateway" {
		g.Protocol, g.Port = "GENEVE", 6081
	}
	if g.Port == 0 {
		g.Port = 6081
	}
	if m.chance(12) {
		g.HealthCheckPort = one(m, 8080, 9000, -1)
	}
	if m.chance(20) {
		g.Attributes["load_balancing.cross_zone.enabled"] = one(m, "true", "false", "use_load_balancer_configuration")
	}
	if b.Type == "network" && m.chance(45) {
		g.Attributes["preserve_client_ip.enabled"] = one(m, "true", "false")
	}
	m.TargetGroups = append(m.TargetGroups, g)
	switch n := m.IntN(20); {
	case n < 7:
		g.TargetType = "ip"
		for range one(m, 1, 1, 2, 2) {
			g.Targets = append(g.Targets, m.ipTarget(v))
		}
	case n < 8 && b.Type == "application":
		g.TargetType, g.Protocol, g.Port, g.VPC, g.IPAddressType, g.HealthCheckPort = "lambda", "", 0, "", "", -1
		g.Targets = []network.LoadBalancerTarget{{ID: "arn:aws:lambda:" + v.Region + ":" + v.Account + ":function:job"}}
	case n < 13 && g.Protocol == "TCP" && m.frontOf(v) != nil:
		front := m.frontOf(v)
		g.TargetType = "alb"
		g.Port = cmp.Or(front.Listeners[0].Port, g.Port)
		g.Targets = []network.LoadBalancerTarget{{ID: front.ID}}
	default:
		for range one(m, 0, 1, 1, 1, 2, 2) {
			if i := m.instance(v); i != nil {
				g.Targets = append(g.Targets, network.LoadBalancerTarget{ID: i.ID})
			}
		}
	}
	for i := range g.Targets {
		if m.chance(20) && g.TargetType != "lambda" && g.TargetType != "alb" {
			g.Targets[i].Port = one(m, 80, 443, 8080)
		}
	}
	slices.SortFunc(g.Targets, func(x, y network.LoadBalancerTarget) int {
		return cmp.Or(strings.Compare(x.ID, y.ID), cmp.Compare(x.Port, y.Port))
	})
	g.Targets = slices.CompactFunc(g.Targets, func(x, y network.LoadBalancerTarget) bool { return x.ID == y.ID })
	return g
}

// frontOf is an internal application load balancer of a VPC that listens, or nil.
func (m *maker) frontOf(v *vpc) *network.LoadBalancer {
	for _, b := range m.LoadBalancers {
		if b.VPC == v.ID && b.Type == "application" && len(b.Listeners) > 0 {
			return b
		}
	}
	return nil
}

// instance is an instance of a VPC, or nil.
func (m *maker) instance(v *vpc) *network.Instance {
	var all []*network.Instance
	for _, i := range m.Instances {
		if i.VPC == v.ID {
			all = append(all, i)
		}
	}
	if all == nil {
		return nil
	}
	return one(m, all...)
}

// ipTarget is an address: of an interface of the VPC mostly, of another VPC, on premises, or of nobody.
func (m *maker) ipTarget(v *vpc) network.LoadBalancerTarget {
	t := network.LoadBalancerTarget{Zone: "all"}
	var faces []*network.Interface
	of := v
	if m.chance(15) {
		of = one(m, m.vpcs...)
	}
	for _, i := range of.faces {
		if i.Addresses[0].IP.Is4() && (i.Owner.Kind == network.OwnerInstance || m.chance(8)) {
			faces = append(faces, i)
		}
	}
	address := offset(v.Blocks[0].Addr(), 250)
	switch n := m.IntN(20); {
	case n < 1:
		address = netip.MustParseAddr("172.16.3.4")
	case n < 2 || len(faces) == 0:
	default:
		address = one(m, one(m, faces...).Addresses...).IP
		if address.Is6() {
			address = faces[0].Addresses[0].IP
		}
	}
	t.ID = address.String()
	for _, s := range v.subnets {
		for _, b := range s.Blocks {
			if b.Contains(address) {
				t.Zone = s.Zone
			}
		}
	}
	return t
}

// admissions lets through some of what the network is for: the groups of load balancers admit their listeners' ports, those of targets what balancers send,
// and many groups what comes from private addresses, for references end at a firewall (SG-5).
func (m *maker) admissions() {
	admit := func(groups []string, r network.Rule) {
		for _, g := range m.SecurityGroups {
			if slices.Contains(groups, g.ID) {
				g.Inbound = append(g.Inbound, r)
			}
		}
	}
	everybody := prefixes("0.0.0.0/0")[0]
	for _, b := range m.LoadBalancers {
		for _, l := range b.Listeners {
			if m.chance(65) {
				admit(b.Groups, network.Rule{Protocol: 6, From: l.Port, To: l.Port, Block: everybody})
			}
			if m.chance(30) {
				admit(b.Groups, network.Rule{Protocol: 17, From: l.Port, To: l.Port, Block: everybody})
			}
		}
		for _, g := range m.TargetGroups {
			if !slices.Contains(g.LoadBalancers, b.ID) || !m.chance(65) {
				continue
			}
			for _, i := range m.Interfaces {
				if slices.ContainsFunc(g.Targets, func(t network.LoadBalancerTarget) bool {
					return t.ID == i.Owner.ID || slices.ContainsFunc(i.Addresses, func(a network.Address) bool { return a.IP.String() == t.ID })
				}) && len(i.Groups) > 0 {
					r := network.Rule{Protocol: -1, From: -1, To: -1, Block: one(m, prefixes("10.0.0.0/8", "0.0.0.0/0")...)}
					if len(b.Groups) > 0 && m.chance(60) {
						r = network.Rule{Protocol: -1, From: -1, To: -1, Group: one(m, b.Groups...)}
					}
					admit(i.Groups[:1], r)
				}
			}
		}
	}
	if len(m.Firewalls) == 0 {
		return
	}
	for _, g := range m.SecurityGroups {
		if m.chance(60) {
			g.Inbound = append(g.Inbound, network.Rule{Protocol: -1, From: -1, To: -1, Block: prefixes("10.0.0.0/8")[0]})
		}
	}
}

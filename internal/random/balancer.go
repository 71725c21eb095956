package random

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// balancers adds load balancers, one to a VPC mostly, with target groups.
func (m *maker) balancers() {
	if !m.wish.balancer {
		return
	}
	most := one(m, m.vpcs...)
	for _, v := range m.vpcs {
		for range m.count(v == most) {
			m.balancer(v, one(m, "application", "application", "application", "network", "network", "network", "network", "classic"))
		}
	}
}

// count is how many of something there are: more than none where there must be one.
func (m *maker) count(must bool) int {
	if must {
		return one(m, 1, 1, 2)
	}
	return one(m, 0, 0, 0, 1)
}

// short are the words that begin the names of load balancers in ARNs.
var short = map[string]string{"application": "app", "network": "net", "gateway": "gwy"}

// balancer adds a load balancer, with a node in each of one or two zones; nil where no subnet can have one.
func (m *maker) balancer(v *vpc, kind string) *network.LoadBalancer {
	m.numbers["balancer"]++
	b := &network.LoadBalancer{Object: m.object("lb", v.Account, v.Region), Type: kind, VPC: v.ID, State: "active", DNSName: fmt.Sprintf("lb-%d.elb.amazonaws.com", m.numbers["balancer"]),
		IPAddressType: "ipv4", ListenersKnown: true, Internal: v.igw == nil || kind == "gateway" || m.chance(55)}
	b.Name = fmt.Sprintf("lb-%d", m.numbers["balancer"])
	label, owner := short[kind]+"/"+b.Name+"/0123456789abcdef", ""
	if kind == "classic" {
		b.ID, label, owner = "classic/"+b.Account+"/"+b.Region+"/"+b.Name, b.Name, b.Name
	} else {
		b.ID = "arn:aws:elasticloadbalancing:" + b.Region + ":" + b.Account + ":loadbalancer/" + label
		owner = b.ID
		b.Attributes = map[string]string{}
		if m.chance(40) {
			b.Attributes["load_balancing.cross_zone.enabled"] = one(m, "true", "true", "false")
			if kind == "application" { // only its target groups can say otherwise
				b.Attributes["load_balancing.cross_zone.enabled"] = "true"
			}
		}
	}
	if kind == "application" || kind == "classic" || kind == "network" && m.chance(50) {
		b.Groups = []string{one(m, v.groups...).ID}
		if g := one(m, v.groups...).ID; m.chance(25) && g != b.Groups[0] {
			b.Groups = append(b.Groups, g)
			slices.Sort(b.Groups)
		}
	}
	if kind == "network" && b.Groups != nil {
		b.EnforceOnPrivateLink = one(m, "on", "on", "off", "off", "")
	}
	for _, s := range m.spread(v) {
		m.node(b, s, label, owner)
	}
	if len(b.Zones) == 0 {
		return nil
	}
	m.LoadBalancers = append(m.LoadBalancers, b)
	m.listeners(v, b)
	return b
}

// spread are subnets for nodes: with IPv4, and one in a zone.
func (m *maker) spread(v *vpc) []*subnet {
	rooms := slices.DeleteFunc(v.rooms(), func(s *subnet) bool { return s.Blocks[0].Addr().Is6() })
	m.Shuffle(len(rooms), func(i, j int) { rooms[i], rooms[j] = rooms[j], rooms[i] })
	var all []*subnet
	for _, s := range rooms {
		if !slices.ContainsFunc(all, func(other *subnet) bool { return other.Zone == s.Zone }) && (len(all) == 0 || m.chance(70)) {
			all = append(all, s)
		}
	}
	return all
}

// node adds the interface of a load balancer in a subnet.
func (m *maker) node(b *network.LoadBalancer, s *subnet, label, owner string) {
	i := m.face(s, network.TypeNetworkLoadBalancer)
	switch b.Type {
	case "application", "classic":
		i.Type = network.TypeInterface
	case "gateway":
		i.Type = network.TypeGatewayLoadBalancer
	}
	i.SourceDestCheck = b.Type == "application" || b.Type == "classic"
	i.Description, i.Groups = "ELB "+label, slices.Clone(b.Groups)
	i.Owner = network.Owner{Kind: network.OwnerLoadBalancer, ID: owner, Sure: true}
	if !b.Internal {
		i.Addresses[0].Public = m.elastic(s.vpc)
	}
	if len(i.Addresses) > 1 && m.chance(60) && b.Type != "classic" {
		b.IPAddressType = "dualstack"
	} else {
		i.Addresses = i.Addresses[:1]
	}
	z := network.LoadBalancerZone{Zone: s.Zone, ZoneID: s.ZoneID, Subnet: s.ID}
	if b.Type == "classic" {
		z.Zone = ""
	}
	b.Zones = append(b.Zones, z)
}

// listeners gives a load balancer a listener or two, on different ports.
func (m *maker) listeners(v *vpc, b *network.LoadBalancer) {
	ports := []int{22, 53, 80, 443, 5432, 8080}
	m.Shuffle(len(ports), func(i, j int) { ports[i], ports[j] = ports[j], ports[i] })
	ports = ports[:one(m, 1, 1, 1, 2)]
	slices.Sort(ports)
	for n, port := range ports {
		l := network.Listener{Port: port, RulesKnown: true, Protocol: one(m, "HTTP", "HTTPS")}
		switch b.Type {
		case "gateway":
			l.Port, l.Protocol = 0, ""
			if n > 0 {
				return
			}
		case "network":
			l.Protocol = one(m, "TCP", "TCP", "TCP", "TLS", "UDP", "TCP_UDP", "TCP_UDP")
		case "classic":
			l.Protocol = one(m, "TCP", "HTTP", "SSL")
			l.InstanceProtocol, l.InstancePort = one(m, "TCP", "HTTP"), one(m, 80, 443, 8080)
			b.Listeners = append(b.Listeners, l)
			continue
		}
		l.ID = strings.Replace(b.ID, ":loadbalancer/", ":listener/", 1) + fmt.Sprintf("/%016x", n+1)
		l.Rules = []network.ListenerRule{{Priority: "default", Actions: m.actions(v, b, l)}}
		if b.Type == "application" && m.chance(40) {
			l.Rules = slices.Insert(l.Rules, 0, m.listenerRule(v, b, l))
		}
		b.Listeners = append(b.Listeners, l)
	}
	if b.Type == "classic" {
		for range one(m, 0, 1, 2) {
			if i := m.instance(v); i != nil && !slices.Contains(b.Instances, i.ID) {
				b.Instances = append(b.Instances, i.ID)
			}
		}
		slices.Sort(b.Instances)
	}
}

func (m *maker) listenerRule(v *vpc, b *network.LoadBalancer, l network.Listener) network.ListenerRule {
	r := network.ListenerRule{Priority: "1", Actions: m.actions(v, b, l)}
	if m.chance(50) {
		r.Conditions = append(r.Conditions, one(m, network.ListenerCondition{Field: "host-header", Values: []string{"api.example.com"}},
			network.ListenerCondition{Field: "path-pattern", Values: []string{"/v1/*", "/v2/*"}}))
	}
	if r.Conditions == nil || m.chance(25) {
		c := network.ListenerCondition{Field: "source-ip", Values: []string{m.block(true).String()}}
		if m.chance(30) {
			c.Values = append(c.Values, m.block(m.chance(50)).String())
		}
		r.Conditions = append(r.Conditions, c)
	}
	return r
}

// actions are what a listener does with a request: it forwards it to one or two target groups, mostly.
func (m *maker) actions(v *vpc, b *network.LoadBalancer, l network.Listener) []network.ListenerAction {
	var all []network.ListenerAction
	if b.Type == "application" {
		switch m.IntN(16) {
		case 0:
			return []network.ListenerAction{{Type: "redirect"}}
		case 1:
			return []network.ListenerAction{{Type: "fixed-response"}}
		case 2:
			all = append(all, network.ListenerAction{Type: "authenticate-oidc"})
		}
	}
	forward := network.ListenerAction{Type: "forward"}
	groups := 1
	if b.Type == "application" && m.chance(25) {
		groups = 2
	}
	if m.chance(4) { // all of its weights are 0
		groups = 0
	}
	for range groups {
		forward.TargetGroups = append(forward.TargetGroups, m.targetGroup(v, b, l).ID)
	}
	slices.Sort(forward.TargetGroups)
	return append(all, forward)
}

package synth

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

const (
	balancing = "elasticloadbalancing"
	crossZone = "load_balancing.cross_zone.enabled"
	preserve  = "preserve_client_ip.enabled"
)

// balancer makes a load balancer with a node in every zone of a tier. It has neither listeners nor targets yet.
func (v *vpc) balancer(kind, name string, t tier, group *role) *network.LoadBalancer {
	short, of, host := "app", network.TypeInterface, "%s-%d.%s.elb.amazonaws.com"
	if kind == "network" {
		short, of, host = "net", network.TypeNetworkLoadBalancer, "%s-%016x.elb.%s.amazonaws.com"
	}
	serial := v.dice.Uint64()
	path := fmt.Sprintf("%s/%s/%016x", short, name, serial)
	b := &network.LoadBalancer{Object: v.arn(balancing, "loadbalancer/"+path, name), Type: kind, Internal: t != public, VPC: v.ID, State: "active", IPAddressType: "ipv4",
		DNSName: fmt.Sprintf(host, name, serial, v.region.name), ListenersKnown: true, Attributes: map[string]string{crossZone: "true", "deletion_protection.enabled": "true"}}
	if group != nil {
		b.Groups = group.carry
	}
	if b.Internal {
		b.DNSName = "internal-" + b.DNSName
	}
	if kind == "network" {
		b.Attributes[crossZone] = strconv.FormatBool(v.dice.chance(30))
	} else if v.ipv6 {
		b.IPAddressType = "dualstack"
	}
	for _, s := range v.subnets[t] {
		i := v.newInterface(s, of, b.Groups)
		i.Description = "ELB " + path
		i.Owner = network.Owner{Kind: network.OwnerLoadBalancer, ID: b.ID, Sure: true}
		if !b.Internal {
			i.Addresses[0].Public = v.nextPublic()
		}
		b.Zones = append(b.Zones, network.LoadBalancerZone{Zone: s.Zone, ZoneID: s.ZoneID, Subnet: s.ID})
	}
	v.org.contents.LoadBalancers = append(v.org.contents.LoadBalancers, b)
	return b
}

// listen adds a listener. Its rules are in their order, the default last.
func (v *vpc) listen(b *network.LoadBalancer, protocol string, port int, rules ...network.ListenerRule) {
	_, path, _ := strings.Cut(b.ID, ":loadbalancer/")
	l := network.Listener{Protocol: protocol, Port: port, Rules: rules, RulesKnown: true, Origin: origin(b.ID, "Listeners", len(b.Listeners))}
	l.ID = v.arn(balancing, fmt.Sprintf("listener/%s/%016x", path, v.dice.Uint64()), "").ID
	for i := range rules {
		rules[i].Origin = origin(l.ID, "Rules", i)
		if rules[i].Priority = strconv.Itoa(10 * (i + 1)); i == len(rules)-1 {
			rules[i].Priority = "default"
		}
	}
	b.Listeners = append(b.Listeners, l)
}

// when is a rule with a condition, or without any.
func when(field, value string, action network.ListenerAction) network.ListenerRule {
	r := network.ListenerRule{Actions: []network.ListenerAction{action}}
	if field != "" {
		r.Conditions = []network.ListenerCondition{{Field: field, Values: []string{value}}}
	}
	return r
}

func forward(g *network.TargetGroup) network.ListenerAction {
	return network.ListenerAction{Type: "forward", TargetGroups: []string{g.ID}}
}

// targets makes a target group of members of a role: of their instances, or of their addresses. No more than AWS permits.
func (v *vpc) targets(b *network.LoadBalancer, name, protocol string, port int, kind string, members []*network.Interface) *network.TargetGroup {
	g := &network.TargetGroup{Object: v.arn(balancing, fmt.Sprintf("targetgroup/%s/%016x", name, v.dice.Uint64()), name), Protocol: protocol, Port: port, TargetType: kind, VPC: v.ID,
		IPAddressType: "ipv4", LoadBalancers: []string{b.ID}, TargetsKnown: true, Attributes: map[string]string{crossZone: "use_load_balancer_configuration"}}
	if b.Type == "network" {
		g.Attributes[preserve] = strconv.FormatBool(kind == "instance")
	}
	zone := map[string]string{}
	for _, t := range []tier{public, app, data} {
		for _, s := range v.subnets[t] {
			zone[s.ID] = s.Zone
		}
	}
	for _, i := range members[:min(len(members), 500)] {
		switch kind {
		case "instance":
			g.Targets = append(g.Targets, network.LoadBalancerTarget{ID: i.Owner.ID, Port: port})
		case "ip":
			g.Targets = append(g.Targets, network.LoadBalancerTarget{ID: i.Addresses[0].IP.String(), Port: port, Zone: zone[i.Subnet]})
		}
	}
	slices.SortFunc(g.Targets, func(a, b network.LoadBalancerTarget) int { return cmp.Compare(a.ID, b.ID) })
	v.org.contents.TargetGroups = append(v.org.contents.TargetGroups, g)
	return g
}

// buildBalancers makes the load balancers of the VPC: those of products, and those behind endpoint services.
func (v *vpc) buildBalancers() {
	for _, p := range v.products {
		if p.balancer != nil {
			p.front = v.balancer("application", v.Name+"-"+p.name, p.balancer.tier, p.balancer)
		}
	}
	for _, s := range v.offers {
		group := v.helpers["services"]
		if s.port != https {
			group = nil // one from before network load balancers had groups
		}
		s.front = v.balancer("network", v.Name+"-"+s.name, app, group)
		if group != nil {
			s.front.EnforceOnPrivateLink = []string{"on", "off"}[v.dice.IntN(2)]
		}
		s.LoadBalancers = []string{s.front.ID}
	}
}

// buildTargets gives load balancers their listeners and targets.
func (v *vpc) buildTargets() {
	for _, p := range v.products {
		if p.front == nil {
			continue
		}
		name := v.Name + "-" + p.name
		rules := []network.ListenerRule{}
		if p.app != nil {
			rules = append(rules, when("path-pattern", "/api/*", forward(v.targets(p.front, name+"-api", "HTTP", 8080, "ip", p.app.members))))
		}
		rules = append(rules, when("path-pattern", "/health", network.ListenerAction{Type: "fixed-response"}))
		rules = append(rules, when("", "", forward(v.targets(p.front, name+"-web", "HTTP", 8080, "instance", p.web.members))))
		v.listen(p.front, "HTTP", 80, when("", "", network.ListenerAction{Type: "redirect"}))
		v.listen(p.front, "HTTPS", https, rules...)
	}
	for _, s := range v.offers {
		name, kind, protocol := v.Name+"-"+s.name, "ip", "TCP"
		if s.port == https {
			kind, protocol = "instance", "TLS"
		}
		v.listen(s.front, protocol, s.port, when("", "", forward(v.targets(s.front, name, "TCP", s.target, kind, v.behind(s).members))))
	}
}

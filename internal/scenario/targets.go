package scenario

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// targets is a target group: with the account and the Region of its VPC, or of nothing.
func (p *parser) targets(w []string) {
	g := &network.TargetGroup{IPAddressType: "ipv4", TargetsKnown: true}
	var v *network.VPC
	switch {
	case w[1] == "lambda" && len(w) == 2:
		g.Object, g.TargetType, g.HealthCheckPort, g.IPAddressType = p.object(w[0], ""), "lambda", -1, ""
	case len(w) == 5 && slices.Contains([]string{"instance", "ip", "alb"}, w[4]):
		v = p.ofVPC(w[3])
		g.Object, g.Protocol, g.Port, g.VPC, g.TargetType = p.object(w[0], w[3]), strings.ToUpper(w[1]), p.number("port", w[2], 1, 65535), w[3], w[4]
		if p.line.flag("ipv6") {
			g.IPAddressType = "ipv6"
		}
		switch health := p.line.option("health", ""); health {
		case "":
		case "off":
			g.HealthCheckPort = -1
		default:
			g.HealthCheckPort = p.number("port", health, 1, 65535)
		}
	default:
		p.fail("targets needs NAME PROTOCOL PORT VPC instance|ip|alb, or NAME lambda")
		return
	}
	g.ID = balancingARN(g.Object, "targetgroup/"+w[0])
	if p.line.option("attributes", "known") != "unknown" {
		g.Attributes = map[string]string{}
		if preserve := p.line.option("preserve", ""); preserve != "" {
			g.Attributes["preserve_client_ip.enabled"] = p.word("value of preserve", preserve, onOff)
		}
		if cross := p.line.option("cross-zone", ""); cross != "" {
			g.Attributes["load_balancing.cross_zone.enabled"] = p.word("value of cross-zone", cross,
				map[string]string{"on": "true", "off": "false", "balancer": "use_load_balancer_configuration"})
		}
	}
	g.TargetsKnown = p.line.option("targets", "known") != "unknown"
	p.targeted[g.ID] = g
	p.out.TargetGroups = append(p.out.TargetGroups, g)
	p.check(func() { // every balancer has its listeners by then
		for _, b := range p.out.LoadBalancers {
			if forwardsTo(b, g.ID) {
				g.LoadBalancers = append(g.LoadBalancers, b.ID)
			}
		}
		slices.Sort(g.LoadBalancers)
	})
	p.inner = func() { p.targetsOf(g, v) }
}

// forwardsTo tells whether a rule of a load balancer names a target group.
func forwardsTo(b *network.LoadBalancer, group string) bool {
	return slices.ContainsFunc(b.Listeners, func(l network.Listener) bool {
		return slices.ContainsFunc(l.Rules, func(r network.ListenerRule) bool {
			return slices.ContainsFunc(r.Actions, func(a network.ListenerAction) bool { return slices.Contains(a.TargetGroups, group) })
		})
	})
}

// targetsOf reads a line of targets.
func (p *parser) targetsOf(g *network.TargetGroup, v *network.VPC) {
	for _, word := range p.line.words {
		t := network.LoadBalancerTarget{}
		id := word
		if _, err := netip.ParseAddr(word); err != nil { // an IPv6 address has colons
			if name, port, ok := cutPort(word); ok {
				id, t.Port = name, port
			}
		}
		switch g.TargetType {
		case "instance":
			t.ID = p.instanceOf(id)
		case "ip":
			a := p.address(id)
			t.ID, t.Zone = a.String(), "all"
			if within(netip.PrefixFrom(a, a.BitLen()), v.Blocks) {
				for _, s := range p.out.Subnets {
					if s.VPC == v.ID && within(netip.PrefixFrom(a, a.BitLen()), s.Blocks) {
						t.Zone = s.Zone
					}
				}
			}
		case "alb":
			t.ID = balancingARN(g.Object, "loadbalancer/app/"+id)
			p.check(func() {
				b := p.balancers[id]
				p.must("application balancer", id, b != nil && b.ID == t.ID)
			})
		case "lambda":
			p.check(func() { p.must("function", id, p.functions[id] != "") })
			if t.ID = p.functions[id]; t.ID == "" {
				t.ID = "arn:aws:lambda:" + g.Region + ":" + g.Account + ":function:" + id
			}
		}
		t.Zone = p.line.option("zone", t.Zone)
		g.Targets = append(g.Targets, t)
	}
	slices.SortFunc(g.Targets, func(x, y network.LoadBalancerTarget) int {
		return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Port, y.Port), cmp.Compare(x.Zone, y.Zone))
	})
}

// cutPort cuts "NAME:PORT" and "[IPV6]:PORT".
func cutPort(word string) (string, int, bool) {
	i := strings.LastIndexByte(word, ':')
	if i < 0 {
		return "", 0, false
	}
	port, err := strconv.Atoi(word[i+1:])
	if err != nil || port < 1 || port > 65535 {
		return "", 0, false
	}
	return strings.Trim(word[:i], "[]"), port, true
}

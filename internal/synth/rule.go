package synth

import (
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// rule is what admits and sends have in common. Exactly one of group, list and blocks is set.
type rule struct {
	protocol, from, to int
	group, list        string
	blocks             []netip.Prefix
	why                string
}

func (v *vpc) admit(g *network.SecurityGroup, r rule) {
	g.Inbound = v.rules(g, g.Inbound, "Inbound", r)
}
func (v *vpc) send(g *network.SecurityGroup, r rule) {
	g.Outbound = v.rules(g, g.Outbound, "Outbound", r)
}

func (v *vpc) rules(g *network.SecurityGroup, rules []network.Rule, direction string, r rule) []network.Rule {
	one := network.Rule{Protocol: r.protocol, From: r.from, To: r.to, Group: r.group, PrefixList: r.list, Description: r.why}
	blocks := r.blocks
	if len(blocks) == 0 {
		blocks = []netip.Prefix{{}}
	}
	for _, block := range blocks {
		one.Block = block
		one.ID = v.object("sgr", "").ID
		one.Origin = origin(g.ID, direction, len(rules))
		rules = append(rules, one)
	}
	return rules
}

// openOutbound is the rule that AWS gives a new group.
func (v *vpc) openOutbound(g *network.SecurityGroup) {
	v.send(g, rule{protocol: everything, from: -1, to: -1, blocks: v.anywhere()})
}

func (v *vpc) anywhere() []netip.Prefix {
	if v.ipv6 {
		return []netip.Prefix{all4, all6}
	}
	return []netip.Prefix{all4}
}

// blocks are the IPv4 blocks of a tier.
func (v *vpc) blocks(t tier) []netip.Prefix {
	var list []netip.Prefix
	for _, s := range v.subnets[t] {
		list = append(list, s.Blocks[0])
	}
	return list
}

// flow is a pair of rules, unless one of the roles is missing, or they are there already. A source that sends anywhere needs none of its own.
func (v *vpc) flow(from, to *role, port int) {
	if from == nil || to == nil || slices.ContainsFunc(to.Inbound, func(r network.Rule) bool { return r.Group == from.ID && r.From == port }) {
		return
	}
	why := to.Name + "_from_" + from.Name
	v.admit(to.SecurityGroup, rule{protocol: tcp, from: port, to: port, group: from.ID, why: why})
	if !v.sendsAnywhere(from) {
		v.send(from.SecurityGroup, rule{protocol: tcp, from: port, to: port, group: to.ID, why: why})
	}
}

func (v *vpc) sendsAnywhere(r *role) bool {
	return slices.ContainsFunc(r.Outbound, func(r network.Rule) bool { return r.Protocol == everything && r.Block == all4 })
}

// buildRules writes the rules of all groups.
func (v *vpc) buildRules() {
	for n, p := range v.products {
		v.ruleProduct(n, p)
	}
	v.ruleHelpers()
	v.ruleServices()
}

// ruleProduct writes the rules of the nth product.
func (v *vpc) ruleProduct(n int, p *product) {
	for _, r := range []*role{p.web, p.app} {
		if r == nil {
			continue
		}
		if v.dice.chance(75) {
			v.openOutbound(r.SecurityGroup)
		} else {
			v.send(r.SecurityGroup, rule{protocol: tcp, from: https, to: https, blocks: v.anywhere(), why: "services of others"})
		}
	}
	open := p.web
	if p.balancer != nil {
		open = p.balancer
		v.flow(p.balancer, p.web, 8080)
		v.flow(p.balancer, p.app, 8080)
	}
	clients, why := v.anywhere(), "internet"
	if p.internal {
		clients, why = private, "the organization"
	}
	v.admit(open.SecurityGroup, rule{protocol: tcp, from: https, to: https, blocks: clients, why: why})
	if p.balancer != nil || v.dice.chance(50) {
		v.admit(open.SecurityGroup, rule{protocol: tcp, from: 80, to: 80, blocks: clients, why: "redirected to 443"})
	}
	v.flow(p.web, p.app, 8080)
	if n > 0 {
		v.flow(v.products[n-1].app, p.app, 8443) // products call each other
	}
	v.flow(p.app, p.db, 5432)
	v.flow(p.app, p.cache, 6379)
	if p.db != nil {
		v.admit(p.db.SecurityGroup, rule{protocol: tcp, from: 5432, to: 5432, group: p.db.ID, why: "replication"})
		v.send(p.db.SecurityGroup, rule{protocol: tcp, from: 5432, to: 5432, group: p.db.ID, why: "replication"})
		v.send(p.db.SecurityGroup, rule{protocol: tcp, from: https, to: https, list: v.org.s3(v.region).ID, why: "backups"})
		if v.dice.chance(30) {
			legacy := []netip.Prefix{part(ten, 16, v.dice.IntN(1<<16)), netip.MustParsePrefix("192.168.0.0/16")}
			v.admit(p.db.SecurityGroup, rule{protocol: tcp, from: 5432, to: 5432, blocks: legacy, why: "from before the migration"})
		}
	}
	if p.cache != nil && v.dice.chance(50) {
		v.openOutbound(p.cache.SecurityGroup)
	}
}

// ruleHelpers writes the rules of the roles that serve all products.
func (v *vpc) ruleHelpers() {
	bastion, monitoring, functions, endpoints := v.helpers["bastion"], v.helpers["monitoring"], v.helpers["functions"], v.helpers["endpoints"]
	if bastion != nil {
		v.admit(bastion.SecurityGroup, rule{protocol: tcp, from: 22, to: 22, list: v.org.offices(v.account, v.region).ID, why: "offices"})
		v.send(bastion.SecurityGroup, rule{protocol: tcp, from: 22, to: 22, blocks: []netip.Prefix{v.block}, why: "every host"})
	}
	if monitoring != nil {
		v.openOutbound(monitoring.SecurityGroup)
		v.flow(bastion, monitoring, https)
	}
	if functions != nil {
		v.openOutbound(functions.SecurityGroup)
		v.flow(functions, v.products[0].db, 5432)
	}
	if endpoints != nil {
		v.admit(endpoints.SecurityGroup, rule{protocol: tcp, from: https, to: https, blocks: []netip.Prefix{v.block}, why: "the VPC"})
	}
	metrics, ping := rule{protocol: tcp, from: 9100, to: 9100, why: "monitoring"}, rule{protocol: icmp, from: 8, to: -1, why: "monitoring"}
	if list := v.org.monitoring(v.region); list != nil && !v.dice.chance(5) {
		metrics.list, ping.list = list.ID, list.ID
	} else { // where few VPCs hang together it does no harm, and some never left it
		metrics.blocks, ping.blocks = []netip.Prefix{ten}, []netip.Prefix{ten}
	}
	for _, r := range v.groups {
		switch r.kind {
		case "web", "app", "db", "cache":
			if bastion != nil {
				v.admit(r.SecurityGroup, rule{protocol: tcp, from: 22, to: 22, group: bastion.ID, why: "bastion"})
			}
			if monitoring != nil {
				v.admit(r.SecurityGroup, metrics)
				v.admit(r.SecurityGroup, ping)
				if metrics.list != "" {
					v.flow(monitoring, r, 9100) // the VPC's own
				}
			}
		}
	}
}

// ruleServices writes what endpoint services, and calls by the hub, need.
func (v *vpc) ruleServices() {
	if r := v.helpers["privatelink"]; r != nil && v.dice.chance(50) {
		v.openOutbound(r.SecurityGroup) // nobody thought of it
	}
	for _, s := range v.offers {
		to := v.behind(s)
		if group := v.helpers["services"]; s.port == https && group != nil {
			v.admit(group.SecurityGroup, rule{protocol: tcp, from: s.port, to: s.port, blocks: private, why: "the organization"})
			v.flow(group, to, s.target)
		} else if to != nil {
			v.admit(to.SecurityGroup, rule{protocol: tcp, from: s.target, to: s.target, blocks: v.blocks(app), why: "nodes of " + s.name})
		}
	}
	if r := v.products[0].app; v.hub != nil && r != nil {
		const why = "applications behind the hub"
		if v.kind == "shared" {
			v.admit(r.SecurityGroup, rule{protocol: tcp, from: 8443, to: 8443, blocks: private, why: why})
		}
		if !v.sendsAnywhere(r) {
			v.send(r.SecurityGroup, rule{protocol: tcp, from: 8443, to: 8443, blocks: private, why: why})
		}
	}
}

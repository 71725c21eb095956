package synth

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// role is a role of a VPC: its group, and what its members are.
type role struct {
	*network.SecurityGroup
	kind   string
	tier   tier
	weight int // of its share of the VPC's interfaces
	carry  []string
}

// kinds of roles. Those of products come first in a VPC that has few.
var kinds = map[string]struct {
	tier   tier
	weight int
}{
	"web": {public, 3}, "app": {app, 8}, "db": {data, 2}, "cache": {data, 2},
	"bastion": {public, 0}, "monitoring": {app, 0}, "functions": {app, 1}, "endpoints": {app, 0},
}

var (
	layers  = []string{"web", "app", "db", "cache"}
	helpers = []string{"bastion", "monitoring", "functions", "endpoints"}
)

// products are what teams call them.
var products = []string{
	"accounts", "ads", "alerts", "archive", "audit", "basket", "billing", "blog", "booking", "campaigns", "catalog", "chat", "checkout",
	"claims", "contracts", "coupons", "crm", "delivery", "disputes", "docs", "events", "export", "feed", "forms", "fraud", "gateway",
	"geo", "identity", "images", "import", "inventory", "invoices", "jobs", "ledger", "loyalty", "mail", "maps", "media", "metrics",
	"notify", "offers", "orders", "partners", "payments", "payroll", "permits", "pricing", "profile", "quotes", "ratings", "refunds",
	"reports", "returns", "risk", "rules", "sales", "search", "sessions", "shipping", "stock", "support", "tax", "tickets", "wallet",
}

// buildRoles makes the groups of the VPC, then the rules between them.
func (v *vpc) buildRoles() {
	standard := &network.SecurityGroup{Object: v.object("sg", "default"), VPC: v.ID}
	v.org.contents.SecurityGroups = append(v.org.contents.SecurityGroups, standard)
	v.admit(standard, rule{protocol: everything, from: -1, to: -1, group: standard.ID})
	v.openOutbound(standard)

	names := v.dice.Perm(len(products))
	for n := 0; len(v.groups) < v.org.options.Roles; n++ {
		product := products[names[n%len(names)]]
		if round := n / len(names); round > 0 {
			product = fmt.Sprintf("%s-%d", product, round+1)
		}
		for _, layer := range layers {
			v.role(product+"-"+layer, layer)
		}
		if n == 0 {
			for _, helper := range helpers {
				v.role(helper, helper)
			}
		}
	}
	for n := range (len(v.groups) + 3) / 4 {
		v.product(n)
	}
	v.help()
}

// role makes a role, unless there are enough.
func (v *vpc) role(name, kind string) {
	if len(v.groups) == v.org.options.Roles {
		return
	}
	r := &role{&network.SecurityGroup{Object: v.object("sg", name), VPC: v.ID}, kind, kinds[kind].tier, kinds[kind].weight, nil}
	r.carry = []string{r.ID}
	v.org.contents.SecurityGroups = append(v.org.contents.SecurityGroups, r.SecurityGroup)
	v.groups = append(v.groups, r)
}

// find is the role of a kind, of the product whose groups begin at first, or nil.
func (v *vpc) find(first int, kind string) *role {
	for i := first; i >= 0 && i < len(v.groups) && i < first+4; i++ {
		if v.groups[i].kind == kind {
			return v.groups[i]
		}
	}
	return nil
}

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
		one.Origin = v.origin(g.ID, direction, len(rules))
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

// flow is a pair of rules, unless one of the roles is missing. A source that sends anywhere needs none of its own.
func (v *vpc) flow(from, to *role, port int) {
	if from == nil || to == nil {
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

// start is where the groups of the nth product begin: the helpers stand behind the first.
func start(n int) int {
	if n == 0 {
		return 0
	}
	return 4 + 4*n
}

// product writes the rules of a product.
func (v *vpc) product(n int) {
	first := start(n)
	if first >= len(v.groups) {
		return
	}
	web, application, db, cache := v.find(first, "web"), v.find(first, "app"), v.find(first, "db"), v.find(first, "cache")
	for _, r := range []*role{web, application} {
		if r == nil {
			continue
		}
		if v.dice.chance(75) {
			v.openOutbound(r.SecurityGroup)
		} else {
			v.send(r.SecurityGroup, rule{protocol: tcp, from: 443, to: 443, blocks: v.anywhere(), why: "services of others"})
		}
	}
	if web != nil {
		v.admit(web.SecurityGroup, rule{protocol: tcp, from: 443, to: 443, blocks: v.anywhere(), why: "internet"})
		if v.dice.chance(50) {
			v.admit(web.SecurityGroup, rule{protocol: tcp, from: 80, to: 80, blocks: v.anywhere(), why: "redirected to 443"})
		}
	}
	v.flow(web, application, 8080)
	if n > 0 {
		v.flow(v.find(start(n-1), "app"), application, 8443) // products call each other
	}
	v.flow(application, db, 5432)
	v.flow(application, cache, 6379)
	if db != nil {
		v.admit(db.SecurityGroup, rule{protocol: tcp, from: 5432, to: 5432, group: db.ID, why: "replication"})
		v.send(db.SecurityGroup, rule{protocol: tcp, from: 5432, to: 5432, group: db.ID, why: "replication"})
		v.send(db.SecurityGroup, rule{protocol: tcp, from: 443, to: 443, list: v.org.s3(v.region).ID, why: "backups"})
		if v.dice.chance(30) {
			legacy := []netip.Prefix{part(ten, 16, v.dice.IntN(1<<16)), netip.MustParsePrefix("192.168.0.0/16")}
			v.admit(db.SecurityGroup, rule{protocol: tcp, from: 5432, to: 5432, blocks: legacy, why: "from before the migration"})
		}
	}
	if cache != nil && v.dice.chance(50) {
		v.openOutbound(cache.SecurityGroup)
	}
}

// help writes the rules of the roles that serve all others.
func (v *vpc) help() {
	bastion, monitoring, functions, endpoints := v.find(4, "bastion"), v.find(4, "monitoring"), v.find(4, "functions"), v.find(4, "endpoints")
	if bastion != nil {
		v.admit(bastion.SecurityGroup, rule{protocol: tcp, from: 22, to: 22, list: v.org.offices(v.account, v.region).ID, why: "offices"})
		v.send(bastion.SecurityGroup, rule{protocol: tcp, from: 22, to: 22, blocks: []netip.Prefix{v.block}, why: "every host"})
	}
	if monitoring != nil {
		v.openOutbound(monitoring.SecurityGroup)
		v.flow(bastion, monitoring, 443)
	}
	if functions != nil {
		v.openOutbound(functions.SecurityGroup)
		v.flow(functions, v.find(0, "db"), 5432)
	}
	if endpoints != nil {
		v.admit(endpoints.SecurityGroup, rule{protocol: tcp, from: 443, to: 443, blocks: []netip.Prefix{v.block}, why: "the VPC"})
	}
	for _, r := range v.groups {
		switch r.kind {
		case "web", "app", "db", "cache":
			if bastion != nil {
				v.admit(r.SecurityGroup, rule{protocol: tcp, from: 22, to: 22, group: bastion.ID, why: "bastion"})
			}
			if monitoring != nil {
				v.admit(r.SecurityGroup, rule{protocol: tcp, from: 9100, to: 9100, blocks: []netip.Prefix{ten}, why: "monitoring"})
				v.admit(r.SecurityGroup, rule{protocol: icmp, from: 8, to: -1, blocks: []netip.Prefix{ten}, why: "monitoring"})
			}
		}
	}
}

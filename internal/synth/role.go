package synth

import (
	"fmt"

	"github.com/watertight/watertight/internal/network"
)

// role is a role of a VPC: its group, and what its members are.
type role struct {
	*network.SecurityGroup
	kind    string
	tier    tier
	carry   []string             // the groups of its interfaces
	members []*network.Interface // until the VPC is built
}

// kinds of roles: where their members are, and how many of the VPC's interfaces are theirs, in relation to others. Those of weight 0 have one
// member, unless AWS makes their interfaces.
var kinds = map[string]struct {
	tier   tier
	weight int
	aws    bool
}{
	"web": {public, 3, false}, "app": {app, 8, false}, "db": {data, 2, false}, "cache": {data, 2, false},
	"bastion": {public, 0, false}, "monitoring": {app, 0, false}, "functions": {app, 1, false},
	"endpoints": {app, 0, true}, "privatelink": {app, 0, true}, "services": {app, 0, true}, "balancer": {public, 0, true},
}

// product is what a team runs. Roles are nil where the VPC has too few.
type product struct {
	name                          string
	web, app, db, cache, balancer *role
	internal                      bool // the balancer has no public addresses
	front                         *network.LoadBalancer
}

// products are what teams call them.
var products = []string{
	"accounts", "ads", "alerts", "archive", "audit", "basket", "billing", "blog", "booking", "campaigns", "catalog", "chat", "checkout",
	"claims", "contracts", "coupons", "crm", "delivery", "disputes", "docs", "events", "export", "feed", "forms", "fraud", "gateway",
	"geo", "identity", "images", "import", "inventory", "invoices", "jobs", "ledger", "loyalty", "mail", "maps", "media", "metrics",
	"notify", "offers", "orders", "partners", "payments", "payroll", "permits", "pricing", "profile", "quotes", "ratings", "refunds",
	"reports", "returns", "risk", "rules", "sales", "search", "sessions", "shipping", "stock", "support", "tax", "tickets", "wallet",
}

// buildRoles makes the groups of the VPC, then the rules between them. Every other product has a load balancer, as far as there are interfaces enough.
func (v *vpc) buildRoles() {
	v.standardGroup()
	v.helpers = map[string]*role{}
	names, balancers := v.dice.Perm(len(products)), 0
	for n := 0; len(v.groups) < v.org.options.Roles; n++ {
		p := &product{name: products[names[n%len(names)]]}
		if round := n / len(names); round > 0 {
			p.name = fmt.Sprintf("%s-%d", p.name, round+1)
		}
		v.products = append(v.products, p)
		p.web, p.app = v.role(p.name+"-web", "web"), v.role(p.name+"-app", "app")
		p.db, p.cache = v.role(p.name+"-db", "db"), v.role(p.name+"-cache", "cache")
		if n == 0 {
			v.help("bastion", "monitoring", "functions", "endpoints")
		}
		if n%2 == 0 && v.size >= small && balancers < 1+v.size/(5*small) {
			if p.balancer = v.role(p.name+"-balancer", "balancer"); p.balancer != nil {
				p.web.tier = app
				if balancers++; n > 0 && v.dice.chance(40) {
					p.internal, p.balancer.tier = true, app
				}
			}
		}
		if n == 0 && len(v.offers) > 0 {
			v.help("services")
		}
		if n == 0 && v.size >= small && len(v.org.services[v.region]) > len(v.offers) {
			v.help("privatelink")
		}
	}
	v.buildRules()
}

// help makes roles that serve all products.
func (v *vpc) help(kinds ...string) {
	for _, kind := range kinds {
		v.helpers[kind] = v.role(kind, kind)
	}
}

// role makes a role, or nil when there are enough.
func (v *vpc) role(name, kind string) *role {
	if len(v.groups) == v.org.options.Roles {
		return nil
	}
	r := &role{SecurityGroup: &network.SecurityGroup{Object: v.object("sg", name), VPC: v.ID}, kind: kind, tier: kinds[kind].tier}
	r.carry = []string{r.ID}
	v.org.contents.SecurityGroups = append(v.org.contents.SecurityGroups, r.SecurityGroup)
	v.groups = append(v.groups, r)
	return r
}

// standardGroup makes the default group, which nobody carries.
func (v *vpc) standardGroup() {
	g := &network.SecurityGroup{Object: v.object("sg", "default"), VPC: v.ID}
	v.org.contents.SecurityGroups = append(v.org.contents.SecurityGroups, g)
	v.admit(g, rule{protocol: everything, from: -1, to: -1, group: g.ID})
	v.openOutbound(g)
}

package infer

import (
	"cmp"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
)

// environment is a VPC with subnets.
type environment struct {
	vpc             *network.VPC
	name            string
	account, region string
	zones           []string
	block           netip.Prefix
	tiers           []*tier
	roles           []*role
}

// tier is subnets with one name and one way out.
type tier struct {
	name     string
	internet intent.Internet
	subnets  []*network.Subnet
}

// role is a security group that something in a tier carries.
type role struct {
	environment *environment
	group       *network.SecurityGroup
	name        string
	tier        *tier
	kind        intent.Kind
}

func (r *role) String() string { return r.environment.name + "/" + r.name }

var (
	accountForm = regexp.MustCompile(`^\d{12}$`)
	regionForm  = regexp.MustCompile(`^[a-z]{2,4}(?:-[a-z]+)+-\d$`)
)

// skeleton finds the environments, with their tiers and roles.
func (f *finder) skeleton() {
	session := query.New(f.network)
	taken := names{}
	for _, v := range f.network.VPCs.All() {
		if v.Partial {
			continue
		}
		e := &environment{vpc: v, account: v.Account, region: v.Region}
		var subnets []*network.Subnet
		for _, s := range f.network.Subnets.All() {
			if s.VPC != v.ID {
				continue
			}
			if s.Zone != "" && !slices.Contains(e.zones, s.Zone) {
				e.zones = append(e.zones, s.Zone)
			}
			if f.carries(s) {
				continue
			}
			if !slices.ContainsFunc(s.Blocks, func(p netip.Prefix) bool { return p.Addr().Is4() }) {
				f.left("The subnet %s has no IPv4 addresses, and the language has no words for it.", label(&s.Object))
				continue
			}
			subnets = append(subnets, s)
		}
		if len(subnets) == 0 {
			continue
		}
		e.name = taken.take(v.Name, "vpc")
		e.settle(f)
		f.tiers(e, subnets, session)
		f.roles(e)
		f.environments = append(f.environments, e)
	}
}

// settle fills in what the language has to know.
func (e *environment) settle(f *finder) {
	slices.Sort(e.zones)
	if !regionForm.MatchString(e.region) {
		e.region = "us-east-1"
		if len(e.zones) > 0 && regionForm.MatchString(strings.TrimRight(e.zones[0], "abcdef")) {
			e.region = strings.TrimRight(e.zones[0], "abcdef")
		}
	}
	if len(e.zones) == 0 {
		e.zones = []string{e.region + "a"}
	}
	if !accountForm.MatchString(e.account) {
		e.account = "000000000000"
	}
	for _, b := range e.vpc.Blocks {
		if b.Addr().Is4() && !e.block.IsValid() {
			e.block = b
		}
	}
}

// carries tells whether a subnet has nothing in it but what carries packets of others: gateways and firewalls.
func (f *finder) carries(s *network.Subnet) bool {
	found := false
	for _, i := range f.in[s.ID] {
		if !i.Conduit() {
			return false
		}
		found = true
	}
	if found {
		return true
	}
	for _, w := range f.network.Firewalls.All() {
		if slices.ContainsFunc(w.Endpoints, func(e network.FirewallEndpoint) bool { return e.Subnet == s.ID }) {
			return true
		}
	}
	return slices.ContainsFunc(f.network.NATGateways.All(), func(g *network.NATGateway) bool { return g.Subnet == s.ID })
}

// tiers puts subnets of one name and one way out together.
func (f *finder) tiers(e *environment, subnets []*network.Subnet, session *query.Session) {
	type key struct {
		name     string
		internet intent.Internet
	}
	byKey := map[key]*tier{}
	taken := names{}
	for _, s := range subnets {
		k := key{session.Tier(s.ID), f.wayOut(s)}
		if byKey[k] == nil {
			byKey[k] = &tier{name: taken.take(k.name, string(k.internet)+"-subnets"), internet: k.internet}
			e.tiers = append(e.tiers, byKey[k])
		}
		byKey[k].subnets = append(byKey[k].subnets, s)
	}
	for _, t := range e.tiers {
		slices.SortFunc(t.subnets, func(a, b *network.Subnet) int {
			return cmp.Or(cmp.Compare(a.Zone, b.Zone), a.Blocks[0].Compare(b.Blocks[0]))
		})
	}
	order := map[intent.Internet]int{intent.Direct: 0, intent.Filtered: 1, intent.NAT: 2, intent.None: 3}
	slices.SortStableFunc(e.tiers, func(a, b *tier) int {
		return cmp.Or(cmp.Compare(order[a.internet], order[b.internet]), cmp.Compare(a.name, b.name))
	})
}

// wayOut is where the route of a subnet to the internet leads.
func (f *finder) wayOut(s *network.Subnet) intent.Internet {
	t, ok := f.network.RouteTables.Get(s.RouteTable)
	if !ok {
		return intent.None
	}
	for _, r := range t.Routes {
		if r.Destination != netip.PrefixFrom(netip.IPv4Unspecified(), 0) || r.Blackhole {
			continue
		}
		switch r.Target.Kind {
		case network.TargetInternetGateway:
			return intent.Direct
		case network.TargetNAT:
			return intent.NAT
		case network.TargetEndpoint:
			return intent.Filtered
		}
	}
	return intent.None
}

// roles are the security groups that something carries: one for each tier that it does so in.
func (f *finder) roles(e *environment) {
	taken := names{}
	byTier := map[string]*tier{}
	for _, t := range e.tiers {
		for _, s := range t.subnets {
			byTier[s.ID] = t
		}
	}
	for _, g := range f.network.SecurityGroups.All() {
		if g.VPC != e.vpc.ID {
			continue
		}
		count := map[*tier]int{}
		functions, all := 0, 0
		for _, i := range f.with[g.ID] {
			if i.VPC != e.vpc.ID || i.Conduit() {
				continue
			}
			all++
			if i.Type == network.TypeLambda {
				functions++
			}
			if t := byTier[i.Subnet]; t != nil {
				count[t]++
			}
		}
		kind := intent.Instances
		if functions == all {
			kind = intent.Lambda
		}
		if len(count) == 0 {
			if g.Name != "default" && (len(g.Inbound)+len(g.Outbound) > 0) {
				f.left("Nothing carries the security group %s of %s: it is no role.", label(&g.Object), e.name)
			}
			continue
		}
		for _, t := range e.tiers { // in their order
			if count[t] == 0 {
				continue
			}
			text := g.Name
			if len(count) > 1 {
				text += "-" + t.name
			}
			r := &role{environment: e, group: g, name: taken.take(text, "role"), tier: t, kind: kind}
			e.roles = append(e.roles, r)
			f.byName[r.String()] = r
		}
	}
}

// label is how sentences call an object.
func label(o *network.Object) string {
	id := cmp.Or(o.Address, o.ID)
	if o.Name == "" || o.Name == id {
		return id
	}
	return o.Name + " (" + id + ")"
}

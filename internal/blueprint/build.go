package blueprint

import (
	"slices"

	"github.com/watertight/watertight/internal/intent"
)

// New works out what a segmentation asks of a network.
func New(s *intent.Segmentation) *Blueprint {
	b := &builder{
		Blueprint: &Blueprint{Segmentation: s}, environments: map[*intent.Environment]*Environment{}, tiers: map[*intent.Tier]*Tier{}, groups: map[*intent.Service]*Group{},
		permits: map[permitKey]bool{}, routes: map[routeKey]int{}, pairs: map[pairKey]int{}, ports: map[portKey]bool{}, names: map[nameKey]bool{},
	}
	for _, e := range s.Environments {
		b.addEnvironment(e)
	}
	for _, f := range s.Flows {
		b.addFlow(f)
	}
	for _, e := range s.Egresses {
		b.addEgress(e)
	}
	for _, e := range b.Edges {
		b.addRules(e)
		b.addPermits(e)
		b.addRoutes(e)
	}
	for _, e := range b.Environments {
		for _, g := range e.Groups {
			slices.SortStableFunc(g.Rules, inboundFirst)
		}
	}
	return b.Blueprint
}

// builder is a blueprint in the making.
type builder struct {
	*Blueprint
	environments map[*intent.Environment]*Environment
	tiers        map[*intent.Tier]*Tier
	groups       map[*intent.Service]*Group
	permits      map[permitKey]bool // that are there
	routes       map[routeKey]int   // where they are among those of their tier
	pairs        map[pairKey]int    // how many rules they have
	ports        map[portKey]bool   // that have a rule
	names        map[nameKey]bool   // of rules
}

func (b *builder) addEnvironment(declared *intent.Environment) {
	e := &Environment{Environment: declared}
	b.environments[declared] = e
	b.Environments = append(b.Environments, e)
	for _, t := range slices.Concat(declared.Tiers, declared.Infrastructure) {
		tier := &Tier{Tier: t, Environment: e}
		b.tiers[t] = tier
		e.Tiers = append(e.Tiers, tier)
		e.InternetGateway = e.InternetGateway || t.Internet == intent.Direct
		e.NAT = e.NAT || t.Purpose == intent.ForNAT
		e.Firewall = e.Firewall || t.Purpose == intent.ForFirewall
	}
	for _, s := range declared.Services {
		g := &Group{Environment: e, Name: s.Name, Service: s, Tier: b.tiers[s.Tier]}
		b.groups[s] = g
		e.Groups = append(e.Groups, g)
	}
	for _, t := range e.Tiers {
		if e.VPC == "" {
			t.Routes = wayOut(e, t)
		}
	}
}

// infrastructure is the tier of an environment for a purpose; nil in a VPC that exists already.
func (e *Environment) infrastructure(p intent.Purpose) *Tier {
	if e.VPC != "" {
		return nil
	}
	return e.Tiers[slices.IndexFunc(e.Tiers, func(t *Tier) bool { return t.Purpose == p })]
}

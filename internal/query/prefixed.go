package query

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// prefixed is a selector with a word and a colon.
func (s *Session) prefixed(text, rest string, scope map[string]bool) (Selection, error) {
	word, value, _ := strings.Cut(rest, ":")
	c := s.catalog()
	if value == "" {
		return Selection{}, wrong("%s: after the colon comes a name", text)
	}
	in := func(vpc string) bool { return scope == nil || scope[vpc] }
	switch word {
	case "tier":
		return s.tier(text, value, scope)
	case "sg":
		if g, ok := s.network.SecurityGroups.Get(value); ok {
			return s.group(text, g, scope)
		}
		found := choose(s.network.SecurityGroups.All(), func(g *network.SecurityGroup) bool {
			return g.Name == value && (in(g.VPC) || slices.ContainsFunc(g.VPCs, in))
		})
		if g, err := one(text, "security group", found, func(g *network.SecurityGroup) string { return c.describe(c.groups[g.ID]) }, s.groupNames, value); err != nil {
			return Selection{}, err
		} else {
			return s.group(text, g, scope)
		}
	case "subnet":
		if subnet, ok := s.network.Subnets.Get(value); ok {
			return s.identifier(subnet.ID)
		}
		found := choose(s.network.Subnets.All(), func(each *network.Subnet) bool { return each.Name == value && in(each.VPC) })
		subnet, err := one(text, "subnet", found, func(each *network.Subnet) string {
			return pad(each.ID, 30) + "  in " + c.vpcLabel(each.VPC)
		}, func() []string { return objectNames(s.network.Subnets.All()) }, value)
		if err != nil {
			return Selection{}, err
		}
		return s.subnets(text, "subnet", subnet)
	case "vpc":
		if vpc, ok := s.network.VPCs.Get(value); ok {
			return s.vpc(text, vpc)
		}
		found := choose(s.network.VPCs.All(), func(v *network.VPC) bool { return v.Name == value && in(v.ID) })
		vpc, err := one(text, "VPC", found, func(v *network.VPC) string {
			return pad("vpc:"+v.ID, 30) + "  account " + cmp.Or(v.Account, "unknown")
		}, func() []string { return objectNames(s.network.VPCs.All()) }, value)
		if err != nil {
			return Selection{}, err
		}
		return s.vpc(text, vpc)
	case "account":
		list := choose(s.network.Interfaces.All(), func(i *network.Interface) bool { return s.accountOf(i) == value && in(i.VPC) })
		if len(list) == 0 {
			accounts := map[string]bool{}
			for _, i := range s.network.Interfaces.All() {
				if a := s.accountOf(i); a != "" {
					accounts[a] = true
				}
			}
			return Selection{}, wrong("%s: no interface in the input belongs to that account. These have some:%s", text, listing(slices.Sorted(maps.Keys(accounts))))
		}
		return Selection{Text: text, Kind: "account", Interfaces: withoutConduits(list)}, nil
	}
	return s.tagged(text, value, in)
}

// choose are the elements of a list for which a condition holds.
func choose[T any](list []T, holds func(T) bool) []T {
	var out []T
	for _, each := range list {
		if holds(each) {
			out = append(out, each)
		}
	}
	return out
}

// one is the only element of a list, or an error that lists them, or names like the one that was asked for.
func one[T any](text, kind string, found []T, describe func(T) string, names func() []string, name string) (T, error) {
	var zero T
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return zero, wrong("%s: no %s has that name.%s", text, kind, suggestion(nearest(name, names())))
	}
	var lines []string
	for _, each := range found {
		lines = append(lines, describe(each))
	}
	slices.Sort(lines)
	return zero, wrong("%s: %ss of that name are %d. Say which one:%s", text, kind, len(found), listing(lines))
}

func (s *Session) groupNames() []string {
	var names []string
	for _, g := range s.network.SecurityGroups.All() {
		names = append(names, g.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

type labelled interface{ Label() string }

// objectNames are the names of objects that have one.
func objectNames[T labelled](list []T) []string {
	var names []string
	for _, each := range list {
		if name, _, ok := strings.Cut(each.Label(), " ("); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (s *Session) tier(text, name string, scope map[string]bool) (Selection, error) {
	c := s.catalog()
	var vpcs []string
	for vpc := range c.tierVPCs[name] {
		if scope == nil || scope[vpc] {
			vpcs = append(vpcs, vpc)
		}
	}
	slices.Sort(vpcs)
	if len(vpcs) == 0 {
		return Selection{}, wrong("%s: no subnet there is of that tier. A tier is the tag Tier of a subnet, or else its name without its zone and its VPC.%s", text, suggestion(nearest(name, slices.Sorted(maps.Keys(c.tierVPCs)))))
	}
	if len(vpcs) > 1 {
		var lines []string
		for _, vpc := range vpcs {
			lines = append(lines, pad(c.env(vpc)+"/tier:"+name, 30)+"  "+c.vpcLabel(vpc))
		}
		slices.Sort(lines)
		return Selection{}, wrong("%s: %d VPCs have a tier of that name. Say which one:%s", text, len(vpcs), listing(lines))
	}
	return s.subnets(text, "tier", choose(s.network.Subnets.All(), func(each *network.Subnet) bool { return each.VPC == vpcs[0] && c.tiers[each.ID] == name })...)
}

func (s *Session) subnets(text, kind string, subnets ...*network.Subnet) (Selection, error) {
	var list []*network.Interface
	for _, subnet := range subnets {
		list = append(list, s.catalog().bySub[subnet.ID]...)
	}
	return s.interfaces(text, kind, list, "Ask about its block of addresses instead.")
}

func (s *Session) vpc(text string, vpc *network.VPC) (Selection, error) {
	return s.interfaces(text, "VPC", choose(s.network.Interfaces.All(), func(i *network.Interface) bool { return i.VPC == vpc.ID }), "Ask about its block of addresses instead.")
}

// accountOf is the account that an interface, or its VPC, belongs to.
func (s *Session) accountOf(i *network.Interface) string {
	if i.Account != "" {
		return i.Account
	}
	if v, ok := s.network.VPCs.Get(i.VPC); ok {
		return v.Account
	}
	return ""
}

// tagged is every interface that carries a tag, or whose instance, database, function or service does.
func (s *Session) tagged(text, pair string, in func(vpc string) bool) (Selection, error) {
	key, value, ok := strings.Cut(pair, "=")
	if !ok || key == "" {
		return Selection{}, wrong("%s: a tag is written tag:KEY=VALUE", text)
	}
	has := func(o *network.Object) bool { v, ok := o.Tag(key); return ok && v == value }
	c := s.catalog()
	list := choose(s.network.Interfaces.All(), func(i *network.Interface) bool { return has(&i.Object) && in(i.VPC) })
	for _, i := range s.network.Instances.All() {
		if has(&i.Object) && in(i.VPC) {
			list = append(list, c.ofInstance(i)...)
		}
	}
	for _, w := range s.network.Workloads.All() {
		if has(&w.Object) && in(w.VPC) {
			list = append(list, c.interfaces(w.Interfaces)...)
		}
	}
	if len(list) > 0 {
		return Selection{Text: text, Kind: "tag", Interfaces: unite(list)}, nil
	}
	var others []string
	for _, g := range s.network.SecurityGroups.All() {
		if has(&g.Object) {
			others = append(others, g.ID)
		}
	}
	for _, subnet := range s.network.Subnets.All() {
		if has(&subnet.Object) {
			others = append(others, subnet.ID)
		}
	}
	for _, v := range s.network.VPCs.All() {
		if has(&v.Object) {
			others = append(others, v.ID)
		}
	}
	if len(others) > 0 {
		return Selection{}, wrong("%s: no interface, instance, database, function or service carries that tag, but these do:%s", text, listing(others))
	}
	return Selection{}, wrong("%s: nothing in the input carries that tag", text)
}

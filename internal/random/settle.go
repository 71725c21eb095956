package random

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// settle puts lists in the order in which a dump gives them.
func (m *maker) settle() {
	for _, l := range m.PrefixLists {
		slices.SortFunc(l.Entries, netip.Prefix.Compare)
	}
	for _, t := range m.RouteTables {
		slices.Sort(t.Subnets)
	}
	for _, a := range m.NetworkACLs {
		slices.Sort(a.Subnets)
	}
	for _, e := range m.Endpoints {
		slices.Sort(e.RouteTables)
		slices.Sort(e.Subnets)
		slices.Sort(e.Interfaces)
	}
	for _, i := range m.Interfaces {
		slices.Sort(i.Groups)
	}
	for _, b := range m.LoadBalancers {
		if b.Type == "classic" {
			slices.SortFunc(b.Zones, func(x, y network.LoadBalancerZone) int { return cmp.Compare(x.Subnet, y.Subnet) })
		}
	}
	for _, p := range m.FirewallPolicies {
		for _, list := range [][]network.FirewallReference{p.StatelessGroups, p.StatefulGroups} {
			slices.SortStableFunc(list, func(a, b network.FirewallReference) int {
				return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.RuleGroup, b.RuleGroup))
			})
		}
	}
	for _, a := range m.TransitAttachments {
		slices.Sort(a.Subnets)
	}
	for _, t := range m.TransitRouteTables {
		slices.Sort(t.Propagations)
		t.Propagations = slices.Compact(t.Propagations)
		slices.SortStableFunc(t.Routes, func(a, b network.TransitRoute) int { // those of prefix lists are listed apart
			switch {
			case (a.PrefixList == "") == (b.PrefixList == ""):
				return 0
			case a.PrefixList == "":
				return -1
			}
			return 1
		})
	}
}

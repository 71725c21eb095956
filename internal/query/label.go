package query

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
)

// Grouping is what the labels of a table are.
type Grouping string

// The groupings of tables.
const (
	ByGroup   Grouping = "group"
	ByTier    Grouping = "tier"
	ByAccount Grouping = "account"
)

// ParseGrouping reads a grouping; an empty word is ByGroup.
func ParseGrouping(word string) (Grouping, error) {
	switch g := Grouping(cmp.Or(word, string(ByGroup))); g {
	case ByGroup, ByTier, ByAccount:
		return g, nil
	}
	return "", wrong("--by %s: it is group, tier or account", word)
}

// internetLabel is the label of outside ends, the same as in a [reach.Cell].
const internetLabel = "internet"

// labels are those of interfaces. The only ones without are those that carry what others send (NAT gateways, firewalls), which are no ends: what
// passes them counts for the client. All others have one, for what is not labelled would be missing in the answer.
func (s *Session) labels(by Grouping) reach.Labels {
	labels := s.labelsBy(by)
	return func(i *network.Interface) []string {
		if i.Conduit() {
			return nil
		}
		return labels(i)
	}
}

func (s *Session) labelsBy(by Grouping) reach.Labels {
	switch by {
	case ByTier:
		tiers := map[string][]string{}
		for _, subnet := range s.network.Subnets.All() {
			tiers[subnet.ID] = []string{cmp.Or(s.catalog().tierLabel(subnet.ID), "subnet:"+subnet.ID)}
		}
		return func(i *network.Interface) []string {
			if label := tiers[i.Subnet]; label != nil {
				return label
			}
			return []string{"subnet:" + i.Subnet}
		}
	case ByAccount:
		return func(i *network.Interface) []string {
			if account := s.accountOf(i); account != "" {
				return []string{"account:" + account}
			}
			return []string{"account unknown"}
		}
	}
	groups := s.catalog().groupLabels()
	single := map[string][]string{}
	for id, label := range groups {
		single[id] = []string{label}
	}
	return func(i *network.Interface) []string {
		switch len(i.Groups) {
		case 0:
			return []string{s.groupless(i)}
		case 1:
			if label := single[i.Groups[0]]; label != nil {
				return label
			}
		}
		labels := make([]string, len(i.Groups))
		for k, id := range i.Groups {
			labels[k] = cmp.Or(groups[id], id)
		}
		return labels
	}
}

// groupless is the label of an interface without a security group.
func (s *Session) groupless(i *network.Interface) string {
	what := string(i.Owner.Kind)
	if what == "" {
		return "no group: " + i.ID
	}
	return what + " " + cmp.Or(s.owners()[i.ID], i.Owner.ID, i.ID)
}

// both joins two ways to label.
func both(a, b reach.Labels) reach.Labels {
	type pair struct{ a, b string }
	known := map[pair][]string{} // most interfaces have few labels: their joint lists are shared
	return func(i *network.Interface) []string {
		x, y := a(i), b(i)
		if len(x) != 1 || len(y) != 1 {
			return slices.Concat(x, y)
		}
		key := pair{x[0], y[0]}
		list := known[key]
		if list == nil {
			list = []string{x[0], y[0]}
			known[key] = list
		}
		return list
	}
}

// label is that of the interfaces of a selection. Outside ends have their own.
func (x Selection) label() reach.Labels {
	if x.Internet {
		return func(*network.Interface) []string { return nil }
	}
	list := []string{x.Text}
	return func(*network.Interface) []string { return list }
}

// groupLabels are selectors of all groups, the shortest that are unique, by identifier.
func (c *catalog) groupLabels() map[string]string {
	type place struct{ vpc, role string }
	everywhere, there := map[string]int{}, map[place]int{}
	for _, g := range c.network.SecurityGroups.All() {
		role := roleOf(g.Name)
		everywhere[role]++
		there[place{g.VPC, role}]++
	}
	labels := make(map[string]string, len(everywhere))
	for _, g := range c.network.SecurityGroups.All() {
		role := roleOf(g.Name)
		switch {
		case g.Name == "" || strings.Contains(role, "/") || special(role):
			labels[g.ID] = g.ID
		case everywhere[role] == 1:
			labels[g.ID] = role
		case there[place{g.VPC, role}] == 1:
			labels[g.ID] = c.env(g.VPC) + "/" + role
		default:
			labels[g.ID] = g.ID
		}
	}
	return labels
}

// insideLabels are all labels of interfaces.
func (s *Session) insideLabels(labels reach.Labels) map[string]bool {
	set := map[string]bool{}
	for _, i := range s.network.Interfaces.All() {
		for _, label := range labels(i) {
			set[label] = true
		}
	}
	return set
}

// allLabels are all labels of interfaces, and that of the outside, sorted.
func (s *Session) allLabels(labels reach.Labels) []string {
	set := s.insideLabels(labels)
	set[internetLabel] = true
	return slices.Sorted(maps.Keys(set))
}

package query

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
)

// ownerNames are what people call interfaces: by their own name, or by that of what uses them.
func ownerNames(c *catalog) map[string]string {
	n := c.network
	names := map[string]string{}
	for _, w := range n.Workloads.All() {
		for _, id := range w.Interfaces {
			if w.Name != "" {
				names[id] = w.Name
			}
		}
	}
	for _, g := range n.NATGateways.All() {
		for _, a := range g.Addresses {
			if a.Interface != "" {
				names[a.Interface] = cmp.Or(g.Name, g.ID)
			}
		}
	}
	for _, e := range n.Endpoints.All() {
		for _, id := range e.Interfaces {
			names[id] = cmp.Or(e.Name, e.ID)
		}
	}
	for _, i := range n.Instances.All() {
		for _, id := range i.Interfaces {
			names[id] = cmp.Or(i.Name, i.ID)
		}
	}
	for i, b := range c.nodeOf {
		names[i.ID] = cmp.Or(b.Name, b.ID)
	}
	for _, i := range n.Interfaces.All() {
		switch {
		case i.Name != "":
			names[i.ID] = i.Name
		case names[i.ID] != "":
		case i.Owner.Kind == network.OwnerInstance:
			names[i.ID] = i.Owner.ID
			if instance, ok := n.Instances.Get(i.Owner.ID); ok && instance.Name != "" {
				names[i.ID] = instance.Name
			}
		case i.Owner.Kind != "" && i.Owner.ID != "":
			names[i.ID] = i.Owner.ID[strings.LastIndex(i.Owner.ID, ":")+1:]
		}
	}
	return names
}

// exact writes members as a part lists them: interfaces, members to be, outside addresses, each sorted.
func exact(members []reach.Member) []string {
	words := []string{}
	for _, m := range members {
		switch {
		case m.Interface != nil:
			words = append(words, m.Interface.ID+" "+m.Address.String())
		}
	}
	slices.Sort(words)
	return append(slices.Compact(words), blockWords(outsideOf(members).Prefixes())...)
}

// blockWord is a block, or the address when it is but one.
func blockWord(block netip.Prefix) string {
	if block.IsSingleIP() {
		return block.Addr().String()
	}
	return block.String()
}

// memberKey tells members apart.
func memberKey(m reach.Member) string {
	switch {
	case m.Interface != nil:
		return m.Interface.ID + " " + m.Address.String()
	}
	return m.Address.String()
}

// words name members briefly. All are the members of that side in the whole answer, of the same family.
func (s *Session) words(x Selection, mine, all []reach.Member) string {
	var inside, allInside []string
	keys := map[string]bool{}
	for _, m := range all {
		if m.Interface != nil {
			if key := memberKey(m); !keys[key] {
				keys[key] = true
				allInside = append(allInside, key)
			}
		}
	}
	seen := map[string]bool{}
	for _, m := range mine {
		if m.Interface == nil || seen[memberKey(m)] {
			continue
		}
		seen[memberKey(m)] = true
		inside = append(inside, s.memberWord(m))
	}
	outside, allOutside := outsideOf(mine), outsideOf(all)
	if len(inside) == len(allInside) && outside.Equal(allOutside) {
		return x.Text
	}
	var words []string
	switch {
	case len(inside) == 0:
	case len(inside) <= 2:
		slices.Sort(inside)
		words = append(words, strings.Join(inside, ", "))
	case len(inside) == len(allInside):
		words = append(words, "interfaces of "+x.Text)
	default:
		words = append(words, fmt.Sprintf("%d of %d addresses of %s", len(inside), len(allInside), x.Text))
	}
	if len(outside.Ranges()) > 0 {
		words = append(words, outsideWords(x, outside, allOutside))
	}
	return strings.Join(words, ", ")
}

// behindWords name the members of a service that some traffic ends at, of all: its targets, or itself.
func (s *Session) behindWords(x Selection, mine, all []reach.Member) string {
	targets := func(members []reach.Member) map[string]string {
		words := map[string]string{}
		for _, m := range members {
			switch {
			case m.Interface == nil:
				words[memberKey(m)] = m.Address.String()
			case !slices.Contains(x.Interfaces, m.Interface): // which are its doors
				words[memberKey(m)] = s.memberWord(m)
			}
		}
		return words
	}
	some, every := targets(mine), targets(all)
	switch {
	case len(some) == 0 || len(some) == len(every):
		return x.Text
	case len(some) <= 2:
		return strings.Join(slices.Sorted(maps.Values(some)), ", ") + " behind " + x.Text
	}
	return fmt.Sprintf("%d of %d targets behind %s", len(some), len(every), x.Text)
}

func (s *Session) memberWord(m reach.Member) string {
	return fmt.Sprintf("%s (%s)", cmp.Or(s.owners()[m.Interface.ID], m.Interface.ID), m.Address)
}

// outsideOf are the outside addresses of members.
func outsideOf(members []reach.Member) *netipx.IPSet {
	var b netipx.IPSetBuilder
	for _, m := range members {
		if m.Interface != nil {
			continue
		}
		if len(m.Outside) == 0 && m.Address.IsValid() {
			b.Add(m.Address)
		}
		for _, block := range m.Outside {
			b.AddPrefix(block)
		}
	}
	set, _ := b.IPSet() // fails for invalid prefixes only, which have no members
	if set == nil {
		set = new(netipx.IPSet)
	}
	return set
}

// outsideWords name outside addresses: "internet", "internet except 203.0.113.0/24", or the blocks.
func outsideWords(x Selection, mine, all *netipx.IPSet) string {
	name := "outside addresses of " + x.Text
	if x.Internet || x.Everything {
		name = "internet"
	}
	if mine.Equal(all) {
		return name
	}
	blocks := mine.Prefixes()
	var rest netipx.IPSetBuilder
	rest.AddSet(all)
	rest.RemoveSet(mine)
	others, _ := rest.IPSet()
	switch except := others.Prefixes(); {
	case len(blocks) <= 3:
		return joinBlocks(blocks)
	case len(except) <= 3:
		return name + " except " + joinBlocks(except)
	}
	return fmt.Sprintf("%d blocks of %s", len(blocks), name)
}

func joinBlocks(blocks []netip.Prefix) string {
	words := make([]string, len(blocks))
	for i, b := range blocks {
		words[i] = blockWord(b)
	}
	return strings.Join(words, ", ")
}

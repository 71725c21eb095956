package reach

import (
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// groupSet is the security groups that an interface carries: an index into Engine.groupSets.
type groupSet int32

const (
	strangerGroups groupSet = -1 // of what is outside: none that was collected
	anyGroups      groupSet = -2 // of an interface that is not understood: nobody knows which
)

// groups is a set of groups with their rules united (SG-1).
type groups struct {
	ids     []string // sorted
	list    []*network.SecurityGroup
	unknown []string // members of ids that are not in the network, or not understood: what they admit is not known
}

func (g *groups) rules(outbound bool) func(yield func(*network.SecurityGroup, *network.Rule) bool) {
	return func(yield func(*network.SecurityGroup, *network.Rule) bool) {
		for _, each := range g.list {
			rules := each.Inbound
			if outbound {
				rules = each.Outbound
			}
			for i := range rules {
				if !yield(each, &rules[i]) {
					return
				}
			}
		}
	}
}

func (g *groups) has(id string) bool {
	for _, each := range g.ids {
		if each == id {
			return true
		}
	}
	return false
}

// references tells whether group references of the one end can match the other end (SG-3, SG-4, SG-5).
type references uint8

const (
	refNo references = iota
	refYes
	refDoubt
)

type addressKey struct {
	set      groupSet
	outbound bool
	remote   cell
}

type referenceKey struct {
	set, other groupSet
	outbound   bool
}

// admits are the headers that the groups of an interface let pass for the first packet of a connection (SG-2), by address and, where
// refs allows it, by reference to the groups of the other end.
func (s *session) admits(set groupSet, outbound bool, remote place, other groupSet, refs references) bounds {
	b := s.byAddress(set, outbound, remote)
	if refs == refNo {
		return b
	}
	referred := s.byReference(set, outbound, other)
	b.may = b.may.Union(referred)
	if refs == refYes {
		b.must = b.must.Union(referred)
	}
	return b
}

func (s *session) byAddress(set groupSet, outbound bool, remote place) bounds {
	key := addressKey{set, outbound, remote.cell}
	if b, ok := s.addressed[key]; ok {
		return b
	}
	g := s.engine.groupSets[set]
	b := shut
	if len(g.unknown) > 0 {
		b.may = packet.All
	}
	for _, r := range g.rules(outbound) {
		b = b.or(s.engine.ruleByAddress(r, remote))
	}
	s.addressed[key] = b
	return b
}

// ruleByAddress is what a rule admits for a remote address, group references aside.
func (e *Engine) ruleByAddress(r *network.Rule, remote place) bounds {
	switch {
	case r.Defect != nil:
		return unclear
	case r.Block.IsValid(): // rules of the other family never match (SG-9)
		if remote.in(r.Block) {
			return exactly(packet.Rule(r.Protocol, r.From, r.To))
		}
	case r.PrefixList != "":
		list, ok := e.network.PrefixLists.Get(r.PrefixList)
		if !ok || list.Defect != nil {
			return bounds{packet.None, packet.Rule(r.Protocol, r.From, r.To)} // SG-10
		}
		if remote.in(list.Entries...) {
			return exactly(packet.Rule(r.Protocol, r.From, r.To))
		}
	}
	return shut
}

func (s *session) byReference(set groupSet, outbound bool, other groupSet) packet.Set {
	key := referenceKey{set, other, outbound}
	if b, ok := s.referred[key]; ok {
		return b
	}
	out := packet.None
	for _, r := range s.engine.groupSets[set].rules(outbound) {
		if r.Group != "" && r.Defect == nil && s.engine.carries(other, r.Group) {
			out = out.Union(packet.Rule(r.Protocol, r.From, r.To))
		}
	}
	s.referred[key] = out
	return out
}

// carries tells whether an interface with some groups carries a group, or may carry it.
func (e *Engine) carries(set groupSet, group string) bool {
	switch set {
	case anyGroups:
		return true
	case strangerGroups: // SG-14
		_, collected := e.network.SecurityGroups.Get(group)
		return !collected
	}
	return e.groupSets[set].has(group)
}

// hiddenMembers are the headers that an outbound reference may admit because an interface that is not known may have the destination address, and
// carry the group (SG-14).
func (s *session) hiddenMembers(c *class, to place) packet.Set {
	out := packet.None
	n := s.engine.network
	for _, h := range c.site.vpc().hiding {
		if h.blocks != nil && !to.in(h.blocks...) || n.InterfaceAt(h.vpc, to.address) != nil {
			continue
		}
		for _, r := range s.engine.groupSets[c.groups].rules(true) {
			if r.Group == "" || r.Defect != nil {
				continue
			}
			g, ok := n.SecurityGroups.Get(r.Group)
			if !ok || g.Defect != nil || g.VPC == h.vpc || slices.Contains(g.VPCs, h.vpc) { // SG-11
				out = out.Union(packet.Rule(r.Protocol, r.From, r.To))
			}
		}
	}
	return out
}

package reach

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// groupSet is the security groups that an interface carries: an index into Engine.groupSets.
type groupSet int32

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
	if refs == refNo || other < 0 {
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
	case r.Group != "":
		// SG-14: members of a group that was not collected may be among addresses that were not collected either.
		if _, ok := e.network.SecurityGroups.Get(r.Group); !ok && remote.in(e.uncollected...) {
			return bounds{packet.None, packet.Rule(r.Protocol, r.From, r.To)}
		}
	}
	return shut
}

func (s *session) byReference(set groupSet, outbound bool, other groupSet) packet.Set {
	key := referenceKey{set, other, outbound}
	if b, ok := s.referred[key]; ok {
		return b
	}
	g, remote := s.engine.groupSets[set], s.engine.groupSets[other]
	out := packet.None
	for _, r := range g.rules(outbound) {
		if r.Group != "" && r.Defect == nil && remote.has(r.Group) {
			out = out.Union(packet.Rule(r.Protocol, r.From, r.To))
		}
	}
	s.referred[key] = out
	return out
}

// uncollectedBlocks are the blocks of peer VPCs that were not collected (PEER-6).
func uncollectedBlocks(n *network.Network) []netip.Prefix {
	var all []netip.Prefix
	for _, p := range n.PeeringConnections.All() {
		for _, side := range []network.PeeringSide{p.Requester, p.Accepter} {
			if _, ok := n.VPCs.Get(side.VPC); !ok && p.State == "active" {
				all = append(all, side.Blocks...)
			}
		}
	}
	return all
}

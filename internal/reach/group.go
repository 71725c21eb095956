package reach

import (
	"net/netip"

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
	ids  []string // sorted
	list []*network.SecurityGroup
	// admissions are what the rules admit by address, inbound and outbound; references by group.
	admissions [2][]admission
	references [2][]reference
	unknown    []string // members of ids that are not in the network, or not understood: what they admit is not known
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

// matching is what a set of groups answers to addresses that the same of its rules match.
type matching struct {
	rules uint64
	what  bounds
}

// admits are the headers that the groups of an interface let pass for the first packet of a connection (SG-2), by address and, where
// refs allows it, by reference to the groups of the other end.
func (s *session) admits(set groupSet, outbound bool, remote place, other groupSet, refs references) bounds {
	b := s.byAddress(set, outbound, remote)
	if refs == refNo {
		return b
	}
	referred := s.byReference(set, outbound, other)
	b.may = s.plus(b.may, referred)
	if refs == refYes {
		b.must = s.plus(b.must, referred)
	}
	return b
}

// byAddress is what groups admit by address. It hangs on which rules match, and few combinations of these occur; what match matters of more
// than 64 rules is not kept.
func (s *session) byAddress(set groupSet, outbound bool, remote place) bounds {
	g := s.engine.groupSets[set]
	list := g.admissions[direction(outbound)]
	var rules uint64
	for i := range list {
		if remote.in(list[i].blocks...) {
			rules |= 1 << (i & 63)
		}
	}
	known := &s.addressed[set][direction(outbound)]
	if len(list) <= 64 {
		for i := range *known {
			if (*known)[i].rules == rules {
				return (*known)[i].what
			}
		}
	}
	b := shut
	if len(g.unknown) > 0 {
		b.may = packet.All
	}
	for i := range list {
		if remote.in(list[i].blocks...) {
			b = b.or(list[i].what)
		}
	}
	if len(list) <= 64 {
		*known = append(*known, matching{rules, b})
	}
	return b
}

func direction(outbound bool) int {
	if outbound {
		return 1
	}
	return 0
}

// admission is what a rule admits by address, group references aside: something, for remote addresses in some blocks.
type admission struct {
	blocks []netip.Prefix
	what   bounds
}

// reference is what a rule admits for members of a group.
type reference struct {
	group string
	what  packet.Set
}

// admission is false when a rule admits nothing by address.
func (e *Engine) admission(r *network.Rule) (a admission, ok bool) {
	anyone := []netip.Prefix{anywhere4, anywhere6}
	set := packet.Rule(r.Protocol, r.From, r.To)
	switch {
	case r.PeerOnly:
		return admission{anyone, bounds{packet.None, set}}, true
	case r.Defect != nil:
		return admission{anyone, unclear}, true
	case r.Block.IsValid(): // rules of the other family never match (SG-9)
		return admission{[]netip.Prefix{r.Block}, exactly(set)}, true
	case r.PrefixList != "":
		list, found := e.network.PrefixLists.Get(r.PrefixList)
		if !found || list.Defect != nil {
			return admission{anyone, bounds{packet.None, set}}, true // SG-10
		}
		return admission{list.Entries, exactly(set)}, true
	}
	return admission{}, false
}

// ruleByAddress is what a rule admits for a remote address, group references aside.
func (e *Engine) ruleByAddress(r *network.Rule, remote place) bounds {
	if a, ok := e.admission(r); ok && remote.in(a.blocks...) {
		return a.what
	}
	return shut
}

func (s *session) byReference(set groupSet, outbound bool, other groupSet) packet.Set {
	out := packet.None
	for _, r := range s.engine.groupSets[set].references[direction(outbound)] {
		if s.engine.carries(other, r.group) {
			out = s.plus(out, r.what)
		}
	}
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

package blueprint

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/intent"
)

var everywhere = netip.MustParsePrefix("0.0.0.0/0")

// pairKey is what the rules of one pair of ends have in common, in one direction.
type pairKey struct {
	group    *Group
	outbound bool
	peer     Node
}

// portKey is a rule.
type portKey struct {
	pairKey
	port intent.Port
}

// nameKey is where names of rules are unique.
type nameKey struct {
	environment *Environment
	outbound    bool
	name        string
}

// addRules adds the pair of rules of an edge, for each port: outbound at the source, inbound at the destination. The outside has none.
func (b *builder) addRules(e *Edge) {
	name := e.name(e.To) + "_from_" + e.name(e.From)
	if g := e.From.Group; g != nil {
		b.addRule(e, g, true, e.To, name)
	}
	if g := e.To.Group; g != nil {
		b.addRule(e, g, false, e.From, name)
	}
}

func (b *builder) addRule(e *Edge, g *Group, outbound bool, other Node, name string) {
	pair := pairKey{g, outbound, other}
	peer, blocks := reference(e, other, outbound)
	for _, p := range e.Ports {
		key := portKey{pair, p}
		if b.ports[key] { // another flow opened it
			continue
		}
		b.ports[key] = true
		if peer == nil && slices.ContainsFunc(g.Rules, func(r *Rule) bool {
			return r.Outbound == outbound && r.Peer == nil && r.Port == p && slices.Equal(r.Blocks, blocks)
		}) {
			continue // roles of one tier have the same addresses, and AWS takes a rule once
		}
		full := name
		if b.pairs[pair] > 0 {
			full += "_" + strings.TrimPrefix(strings.ReplaceAll(p.String(), "/", "-"), "tcp-")
		}
		b.pairs[pair]++
		for b.names[nameKey{g.Environment, outbound, full}] { // prod/a-b and prod-a/b are both called prod-a-b
			full += "_too"
		}
		b.names[nameKey{g.Environment, outbound, full}] = true
		g.Rules = append(g.Rules, &Rule{Name: full, Group: g, Outbound: outbound, Peer: peer, Blocks: blocks, Port: p, Because: e})
	}
}

// name is what the rules of an edge call one of its ends: with its environment where the edge joins two.
func (e *Edge) name(n Node) string {
	switch {
	case n.Group != nil && e.From.Group != nil && e.To.Group != nil && e.From.Group.Environment != e.To.Group.Environment:
		return n.Group.Environment.Name + "-" + n.Group.Name
	case n.Group != nil:
		return n.Group.Name
	case n.Internet:
		return "internet"
	}
	return strings.ReplaceAll(n.Block.String(), "/", "-")
}

// reference is how a rule names the other end: the group, or addresses where AWS takes no group. Across a transit gateway only inbound rules reference groups (SG-4).
func reference(e *Edge, other Node, outbound bool) (*Group, []netip.Prefix) {
	switch {
	case other.Internet:
		return nil, []netip.Prefix{everywhere}
	case other.Group == nil:
		return nil, []netip.Prefix{other.Block}
	case e.Via == intent.Peering && e.From.Group.Environment.Region != e.To.Group.Environment.Region, e.Via == intent.Transit && outbound:
		return nil, other.Group.Tier.Prefixes()
	}
	return other.Group, nil
}

func inboundFirst(a, b *Rule) int {
	switch {
	case a.Outbound == b.Outbound:
		return 0
	case b.Outbound:
		return -1
	}
	return 1
}

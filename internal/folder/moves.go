package folder

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/intent"
)

// Move is a subnet that a compilation puts elsewhere, so that everything in it has to be made anew.
type Move struct {
	Environment, Tier, Zone string
	From, To                netip.Prefix
	Because                 string // a sentence without its end
	Mend                    string // what would keep the subnet where it is, the same
}

// Moves are the subnets that are in both of two compilations, the former one and the one of the segmentation, and at other addresses. Sorted by environment, tier and zone. The
// error says that the former code cannot be read, so that it is not known whether any moves.
func Moves(former, compiled map[string][]byte, s *intent.Segmentation) ([]Move, error) {
	old, err := read(former)
	if err != nil {
		return nil, err
	}
	new, err := read(compiled)
	if err != nil {
		return nil, err
	}
	var moves []Move
	for at, from := range old.subnets {
		if to, kept := new.subnets[at]; kept && to != from {
			m := Move{Environment: at.environment, Tier: at.tier, Zone: at.zone, From: from, To: to}
			m.explain(old, s)
			moves = append(moves, m)
		}
	}
	slices.SortFunc(moves, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.Zone, b.Zone))
	})
	return moves, nil
}

// explain says what moves a subnet, and what would keep it.
func (m *Move) explain(old *layout, s *intent.Segmentation) {
	i := slices.IndexFunc(s.Environments, func(e *intent.Environment) bool { return e.Name == m.Environment })
	e := s.Environments[i] // it was compiled from there
	if block := old.vpcs[e.Name]; block.IsValid() && block != e.Block {
		m.Because = fmt.Sprintf("%s is in %s now (%s)", e.Name, e.Block, intent.Line(e.At))
		m.Mend = fmt.Sprintf("say in environment %q (%s): cidr = %q", e.Name, intent.Line(e.At), block)
		for _, other := range s.Environments[:i] {
			if !old.vpcs[other.Name].IsValid() {
				m.Because += fmt.Sprintf(": environment %s is declared before it (%s)", other.Name, intent.Line(other.At))
				m.Mend = fmt.Sprintf("declare environment %s (%s) after those that were there", other.Name, intent.Line(other.At))
				break
			}
		}
		return
	}
	tiers := slices.Concat(e.Tiers, e.Infrastructure)
	k := slices.IndexFunc(tiers, func(t *intent.Tier) bool { return t.Name == m.Tier })
	t := tiers[k]
	switch {
	case m.otherZone(t, old):
		m.Because = fmt.Sprintf("the zones of %s have another order (%s)", e.Name, intent.Line(e.At))
		m.Mend = fmt.Sprintf("say in environment %q (%s): zones = %s", e.Name, intent.Line(e.At), old.zones(e, t))
	case !t.Reserve.IsValid():
		m.Because = "its cidrs say so (" + intent.Line(t.At) + ")"
		m.Mend = fmt.Sprintf("say in tier %q (%s): cidrs = %s", t.Name, intent.Line(t.At), old.blocks(e, t))
	default:
		m.laidOut(e, t, tiers[:k], tiers, old)
	}
}

// otherZone tells whether the tier stays where it is, and its zones change places.
func (m *Move) otherZone(t *intent.Tier, old *layout) bool {
	for at, block := range old.subnets {
		if at.environment == m.Environment && at.tier == m.Tier && at.zone != m.Zone && block == m.To {
			return true
		}
	}
	return t.Reserve.Contains(m.From.Addr())
}

// laidOut explains the move of a tier that nobody gave addresses: somebody has its place, or took one before it, or one that was before it is free.
func (m *Move) laidOut(e *intent.Environment, t *intent.Tier, before, all []*intent.Tier, old *layout) {
	for _, other := range all {
		if other != t && !other.Reserve.IsValid() && slices.ContainsFunc(other.Subnets, m.From.Overlaps) {
			m.Because = fmt.Sprintf("tier %s has its place now (%s)", other.Name, intent.Line(other.At))
			m.Mend = fmt.Sprintf("give tier %s (%s) other cidrs", other.Name, intent.Line(other.At))
			return
		}
	}
	for _, other := range before {
		if !other.Reserve.IsValid() || old.has(e.Name, other.Name) {
			continue
		}
		m.Because = fmt.Sprintf("tier %s is declared before it (%s)", other.Name, intent.Line(other.At))
		m.Mend = fmt.Sprintf("declare tier %s (%s) after those that were there", other.Name, intent.Line(other.At))
		if other.Own != nil {
			m.Because = fmt.Sprintf("%s gets a tier of its own before it (%s)", other.Own, intent.Line(other.At))
			m.Mend = fmt.Sprintf("declare the flow that joins %s (%s) to another environment after those that were there", other.Own, intent.Line(other.At))
		}
		return
	}
	m.Because = "what was laid out before it is gone, or has other addresses"
	m.Mend = fmt.Sprintf("say in tier %q (%s): cidrs = %s", t.Name, intent.Line(t.At), old.blocks(e, t))
	if t.Own != nil {
		m.Mend = fmt.Sprintf("put %s (%s) into a tier that environment %q (%s) gets for it: internet = \"none\", cidrs = %s", t.Own, intent.Line(t.Own.At), e.Name, intent.Line(e.At), old.blocks(e, t))
	}
}

// has tells whether a tier was there.
func (l *layout) has(environment, tier string) bool {
	for at := range l.subnets {
		if at.environment == environment && at.tier == tier {
			return true
		}
	}
	return false
}

// blocks are the former blocks of a tier, in the order of the zones, as the language writes them.
func (l *layout) blocks(e *intent.Environment, t *intent.Tier) string {
	var list []string
	for i, zone := range e.Zones {
		block, ok := l.subnets[place{e.Name, t.Name, zone}]
		if !ok {
			block = t.Subnets[i] // a zone that is new
		}
		list = append(list, fmt.Sprintf("%q", block))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// zones are the zones of an environment in the order in which a tier had them, and then those that are new.
func (l *layout) zones(e *intent.Environment, t *intent.Tier) string {
	block := func(zone string) netip.Prefix { return l.subnets[place{e.Name, t.Name, zone}] }
	order := slices.Clone(e.Zones)
	slices.SortStableFunc(order, func(a, b string) int {
		switch one, two := block(a), block(b); {
		case one.IsValid() && two.IsValid():
			return one.Addr().Compare(two.Addr())
		case one.IsValid():
			return -1
		case two.IsValid():
			return 1
		}
		return 0
	})
	for i, zone := range order {
		order[i] = fmt.Sprintf("%q", zone)
	}
	return "[" + strings.Join(order, ", ") + "]"
}

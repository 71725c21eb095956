package query

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/walker"
)

// Session answers questions about one network. What answers share is computed when the first of them needs it. A Session may be
// used by several goroutines.
type Session struct {
	network *network.Network
	engine  func() *reach.Engine
	walker  func() *walker.Walker
	catalog func() *catalog
	owners  func() map[string]string // names of interfaces, by identifier
	// readable replaces identifiers that were made up; nil where there are none.
	readable func() *strings.Replacer
}

// New starts a session. It does no work yet, but for interfaces whose addresses are open (V-16).
func New(n *network.Network) *Session {
	n = reach.Settle(n)
	s := &Session{network: n}
	s.engine = sync.OnceValue(func() *reach.Engine { return reach.New(n) })
	s.walker = sync.OnceValue(func() *walker.Walker { return walker.New(n) })
	s.catalog = sync.OnceValue(func() *catalog { return newCatalog(n) })
	s.owners = sync.OnceValue(func() map[string]string { return ownerNames(s.catalog()) })
	s.readable = sync.OnceValue(func() *strings.Replacer { return newReplacer(n) })
	return s
}

// Problems is what is wrong with the input.
func (s *Session) Problems() []network.Problem { return s.network.Problems }

// Names are the selectors by name that begin with a prefix, sorted: what a shell offers to complete.
func (s *Session) Names(prefix string) []string {
	names := choose(s.catalog().all(), func(name string) bool { return strings.HasPrefix(name, prefix) })
	if prefix != "" {
		names = append(names, choose(s.resources(), func(address string) bool { return strings.HasPrefix(address, prefix) })...)
	}
	return names
}

// populated is a session in which groups that no interface carries have their members to be (V-16), and the selections as they are there.
func (s *Session) populated(selections ...*Selection) *Session {
	var all []*network.Interface
	for _, x := range selections {
		for _, g := range x.ToBe {
			for _, i := range reach.Prospective(s.network, g) {
				if !slices.ContainsFunc(all, func(j *network.Interface) bool { return j.ID == i.ID }) {
					all = append(all, i)
				}
			}
		}
	}
	if len(all) == 0 {
		return s
	}
	with := New(s.network.With(all...))
	for _, x := range selections {
		for _, g := range x.ToBe {
			x.Interfaces = append(slices.Clip(x.Interfaces), choose(with.network.Interfaces.All(), func(i *network.Interface) bool {
				return strings.HasPrefix(i.ID, reach.ProspectiveID(g))
			})...)
		}
	}
	return with
}

// ends are the ends of a question that a selection stands for.
func (s *Session) ends(x Selection) reach.Ends {
	e := s.engine()
	if x.Everything {
		return e.Everything()
	}
	var list []reach.Ends
	if len(x.Interfaces) > 0 {
		list = append(list, e.Interfaces(x.Interfaces...))
	}
	for _, address := range x.Addresses {
		list = append(list, e.Address(address))
	}
	if len(x.Prefixes) > 0 {
		list = append(list, e.Outside(x.Prefixes...))
	}
	if x.Internet {
		list = append(list, e.Internet())
	}
	return join(list)
}

// checkedEnds are the ends that a selection stands for. That they are none is said, because what is asked about nothing looks unreachable.
func (s *Session) checkedEnds(p parsed, x Selection) (reach.Ends, error) {
	ends := s.ends(x)
	if !ends.Empty() && (!x.Everything || !s.engine().Internet().Empty()) {
		return ends, nil
	}
	if have := x.families(); have != nil && len(have) == 0 {
		return ends, wrong("%s has no address at all, so there is nothing to ask", x.Text)
	}
	return ends, &Bug{fmt.Sprintf("internal error: the engine knows no end of a connection that %s stands for", x.Text), p.commandLine()}
}

// join unites ends two by two, so that thousands of addresses don't take quadratic time.
func join(list []reach.Ends) reach.Ends {
	switch len(list) {
	case 0:
		return reach.Ends{}
	case 1:
		return list[0]
	}
	half := len(list) / 2
	return join(list[:half]).Join(join(list[half:]))
}

// checkFamilies says clearly that an end has no address of the family that was asked for.
func (s *Session) checkFamilies(p parsed, selections ...Selection) error {
	var have [2]map[reach.Family]bool
	for side, x := range selections {
		have[side] = x.families()
		if have[side] == nil { // nobody can tell
			continue
		}
		if family := p.family(); family != reach.AnyFamily && !have[side][family] {
			return wrong("%s has no IPv%d address, so there is nothing to ask. It has %s", x.Text, family, addressWords(x))
		}
	}
	if len(selections) == 2 && have[0] != nil && have[1] != nil {
		common := false
		for family := range have[0] {
			common = common || have[1][family]
		}
		if !common {
			return wrong("%s and %s have no address family in common: %s has %s, and %s has %s", selections[0].Text, selections[1].Text,
				selections[0].Text, addressWords(selections[0]), selections[1].Text, addressWords(selections[1]))
		}
	}
	return nil
}

// families of the addresses of a selection, nil when not known.
func (x Selection) families() map[reach.Family]bool {
	if x.Everything || x.Internet || x.Component != nil {
		return nil
	}
	have := map[reach.Family]bool{}
	note := func(a netip.Addr) {
		if a.Is4() {
			have[reach.IPv4] = true
		} else {
			have[reach.IPv6] = true
		}
	}
	for _, i := range x.Interfaces {
		for _, a := range i.Addresses {
			note(a.IP)
		}
	}
	for _, a := range x.Addresses {
		note(a)
	}
	for _, p := range x.Prefixes {
		note(p.Addr())
	}
	return have
}

func addressWords(x Selection) string {
	have := x.families()
	switch {
	case have[reach.IPv4] && have[reach.IPv6]:
		return "IPv4 and IPv6 addresses"
	case have[reach.IPv4]:
		return "IPv4 addresses only"
	case have[reach.IPv6]:
		return "IPv6 addresses only"
	}
	return "no address at all"
}

// checkWithin holds an internet gateway to what it stands for: the internet as one VPC sees it.
func (s *Session) checkWithin(one, other Selection) error {
	if one.Within == "" {
		return nil
	}
	for _, i := range other.Interfaces {
		if i.VPC != one.Within {
			return wrong("%s is the internet gateway of %s, and %s is in %s: ask about internet, or name an end in the VPC of the gateway",
				one.Text, s.catalog().vpcLabel(one.Within), i.ID, s.catalog().vpcLabel(i.VPC))
		}
	}
	if len(other.Interfaces) == 0 {
		return wrong("%s stands for the internet, seen from %s: the other end must be there. Ask about internet instead", one.Text, s.catalog().vpcLabel(one.Within))
	}
	return nil
}

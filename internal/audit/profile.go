package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
)

// profile is the interfaces of one subnet that carry the same groups and are of one kind: what is found of one is found of all.
type profile struct {
	label    string
	vpc      string
	subnet   *network.Subnet // nil when it is not in the input
	groups   []string
	owner    network.OwnerKind
	balancer *network.LoadBalancer // that they are nodes of
	members  []*network.Interface  // sorted by identifier
	// in is what anybody on the internet can open to some member, and out what some member can open to anywhere on the internet; by family.
	in, out [2]access
}

// access is what is open to, or from, anybody.
type access struct {
	reachable, oneWay, unknown packet.Set
	blame                      []string // of what is unknown
	limited                    bool     // a firewall limits the data (FW-11)
}

// profiles are all profiles, sorted by label.
func (s *survey) profiles() []*profile {
	if s.profileList != nil {
		return s.profileList
	}
	byLabel := map[string]*profile{}
	s.carriers, s.bySubnet = map[string][]*profile{}, map[string][]*profile{}
	for _, i := range s.network.Interfaces.All() {
		if i.Conduit() {
			continue
		}
		p := &profile{vpc: i.VPC, groups: i.Groups, owner: i.Owner.Kind, balancer: s.session.BalancerOf(i)}
		p.label = fmt.Sprintf("%s %s %s", i.Subnet, strings.Join(i.Groups, ","), i.Owner.Kind)
		if p.balancer != nil {
			p.label += " " + p.balancer.ID
		}
		if i.Type == network.TypeLambda {
			p.label += " lambda"
		}
		if known := byLabel[p.label]; known != nil {
			known.members = append(known.members, i)
			continue
		}
		p.subnet, _ = s.network.Subnets.Get(i.Subnet)
		p.members = []*network.Interface{i}
		byLabel[p.label] = p
		s.profileList = append(s.profileList, p)
	}
	slices.SortFunc(s.profileList, func(a, b *profile) int { return strings.Compare(a.label, b.label) })
	for _, p := range s.profileList {
		for _, g := range p.groups {
			s.carriers[g] = append(s.carriers[g], p)
		}
		if p.subnet != nil {
			s.bySubnet[p.subnet.ID] = append(s.bySubnet[p.subnet.ID], p)
		}
	}
	return s.profileList
}

// ways are the profiles with what is open to and from the internet.
func (s *survey) ways() []*profile {
	list := s.profiles()
	if s.summed || len(list) == 0 {
		return list
	}
	s.summed = true
	byLabel := map[string]*profile{}
	labels := map[*network.Interface][]string{}
	var all []*network.Interface
	for _, p := range list {
		byLabel[p.label] = p
		words := []string{p.label}
		for _, i := range p.members {
			labels[i] = words
		}
		all = append(all, p.members...)
	}
	name := func(i *network.Interface) []string { return labels[i] }
	e := s.session.Engine()
	inside, anybody := e.Interfaces(all...), e.AtLarge()
	sum := func(to func(*profile) *[2]access, label func(reach.Cell) string, q reach.Question) {
		q.Traffic = connections
		for _, c := range e.Tally(q, name, name) {
			p := byLabel[label(c)]
			if p == nil {
				continue
			}
			for k, family := range families {
				if c.Family == reach.AnyFamily || c.Family == family {
					to(p)[k].add(c)
				}
			}
		}
	}
	sum(func(p *profile) *[2]access { return &p.in }, func(c reach.Cell) string { return c.Destination }, reach.Question{Sources: anybody, Destinations: inside})
	sum(func(p *profile) *[2]access { return &p.out }, func(c reach.Cell) string { return c.Source }, reach.Question{Sources: inside, Destinations: anybody})
	return list
}

func (a *access) add(c reach.Cell) {
	a.reachable, a.oneWay, a.unknown = a.reachable.Union(c.Outcome.Reachable), a.oneWay.Union(c.Outcome.OneWay), a.unknown.Union(c.Outcome.Unknown)
	a.limited = a.limited || c.Limited
	for _, words := range c.Blame {
		if at, known := slices.BinarySearch(a.blame, words); !known {
			a.blame = slices.Insert(a.blame, at, words)
		}
	}
}

// listening is what a node of a load balancer takes: the ports of its listeners, or everything where these are not known or it is no node.
func (p *profile) listening() packet.Set {
	b := p.balancer
	if b == nil || !b.ListenersKnown {
		return packet.All
	}
	set := packet.None
	for _, l := range b.Listeners {
		switch l.Protocol {
		case "UDP", "QUIC":
			set = set.Union(packet.Ports(packet.UDP, uint16(l.Port), uint16(l.Port)))
		case "TCP_UDP", "TCP_QUIC":
			set = set.Union(packet.Ports(packet.UDP, uint16(l.Port), uint16(l.Port)))
			fallthrough
		default:
			set = set.Union(packet.Ports(packet.TCP, uint16(l.Port), uint16(l.Port)))
		}
	}
	return set
}

package reach

import (
	"fmt"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"github.com/watertight/watertight/internal/network"
)

// Prospective are the members to be of a group that no interface carries yet (V-16): one for every subnet in which there may be one. Their addresses are
// open: add them with [network.Network.With], and [Settle] the network, to ask about them.
//
// The subnets are those of the workloads that name the group, or else all of the VPCs that the group is for.
func Prospective(n *network.Network, group *network.SecurityGroup) []*network.Interface {
	var all []*network.Interface
	for _, s := range prospectiveSubnets(n, group) {
		i := &network.Interface{
			Object: network.Object{ID: ProspectiveID(group) + s.ID, Name: "a member of " + group.Label() + " to be",
				Account: s.Account, Region: s.Region, Origin: group.Origin},
			VPC: s.VPC, Subnet: s.ID, Type: network.TypeInterface, Groups: []string{group.ID}, SourceDestCheck: true,
		}
		for _, block := range s.Blocks {
			if block.Addr().Is4() {
				i.Open.IPv4, i.Open.Public = true, s.MapPublicIPOnLaunch
			} else {
				i.Open.IPv6 = true
			}
		}
		all = append(all, i)
	}
	return all
}

// ProspectiveID is how the identifiers of the members to be of a group begin.
func ProspectiveID(group *network.SecurityGroup) string { return "eni-to-be-" + group.ID + "-" }

func prospectiveSubnets(n *network.Network, group *network.SecurityGroup) []*network.Subnet {
	var ids []string
	for _, w := range n.Workloads.All() {
		if slices.Contains(w.Groups, group.ID) {
			ids = append(ids, w.Subnets...)
		}
	}
	slices.Sort(ids)
	var all []*network.Subnet
	for _, s := range n.Subnets.All() {
		named := len(ids) == 0 && (s.VPC == group.VPC || slices.Contains(group.VPCs, s.VPC))
		if _, found := slices.BinarySearch(ids, s.ID); found || named {
			all = append(all, s)
		}
	}
	return all
}

// Settle is the network with an interface for every address that AWS may choose, in the place of those whose addresses are open (V-16): one for every part
// of the subnet that rules tell apart. Its address is any of the subnet but the five that AWS keeps; a public one is an address that no rule names.
//
// Where rules name single addresses of a subnet, and more interfaces are to be there than these are, only the first get one: the network then says so
// among its assumptions.
func Settle(n *network.Network) *network.Network {
	open := choose(n.Interfaces.All(), func(i *network.Interface) bool { return i.Open.Any() && !i.Open.Settled })
	if len(open) == 0 {
		return n
	}
	s := &settling{Engine: New(n), taken: map[string]map[netip.Addr]bool{}, free: map[netip.Prefix][]*netipx.IPSet{}}
	for _, i := range n.Interfaces.All() {
		for _, a := range i.Addresses {
			s.take(i.VPC, a.IP, i.Open.IPv4 && a.IP.Is4() || i.Open.IPv6 && a.IP.Is6())
			if a.Public.IsValid() && a.Public.As4()[0] == public[0] { // an earlier one
				s.public = max(s.public, int(a.Public.As4()[1])<<16+int(a.Public.As4()[2])<<8+int(a.Public.As4()[3]))
			}
		}
	}
	by := map[string][]*network.Interface{}
	for _, i := range open {
		by[i.ID] = s.expand(i)
	}
	settled := n.Replace(by)
	settled.Assumptions = append(slices.Clone(settled.Assumptions), s.left...)
	return settled
}

func choose[T any](list []T, of func(T) bool) []T {
	var all []T
	for _, each := range list {
		if of(each) {
			all = append(all, each)
		}
	}
	return all
}

type settling struct {
	*Engine
	taken  map[string]map[netip.Addr]bool   // by VPC; true where AWS chose, or will choose, it for an interface that is open
	free   map[netip.Prefix][]*netipx.IPSet // by block of a subnet: its parts
	public int
	left   []string
}

func (s *settling) take(vpc string, a netip.Addr, open bool) {
	if s.taken[vpc] == nil {
		s.taken[vpc] = map[netip.Addr]bool{}
	}
	s.taken[vpc][a] = open
}

// public is where public addresses begin that no rule names, and nobody has (RFC 1112).
var public = [4]byte{245, 0, 0, 0}

// expand makes an interface for each address that is told apart.
func (s *settling) expand(i *network.Interface) []*network.Interface {
	at, ok := s.index.subnets[i.Subnet]
	one := *i
	one.Open.Settled = true
	one.Addresses = slices.Clone(i.Addresses)
	if !ok {
		return []*network.Interface{&one}
	}
	// A placeholder that is in none of the blocks comes from a source that does not know the subnet: what stands for it is in the subnet.
	var placeholder netip.Addr // a public address that it had
	one.Addresses = slices.DeleteFunc(one.Addresses, func(a network.Address) bool {
		open := a.IP.Is4() && i.Open.IPv4 || a.IP.Is6() && i.Open.IPv6
		stray := open && len(at.Blocks) > 0 && !slices.ContainsFunc(at.Blocks, func(p netip.Prefix) bool { return p.Contains(a.IP) })
		if stray {
			placeholder = a.Public
		}
		return stray
	})
	all := []*network.Interface{&one}
	for _, block := range at.Blocks {
		block = block.Masked()
		is4 := block.Addr().Is4()
		if is4 && !i.Open.IPv4 || !is4 && !i.Open.IPv6 {
			continue
		}
		slot := slices.IndexFunc(one.Addresses, func(a network.Address) bool { return a.IP.Is4() == is4 })
		for _, part := range s.parts(block) {
			if slot >= 0 && part.Contains(one.Addresses[slot].IP) && block.Contains(one.Addresses[slot].IP) {
				continue // it stands for this part
			}
			a, open := s.find(i.VPC, part)
			switch {
			case a.IsValid() && slot < 0:
				one.Addresses = append(one.Addresses, network.Address{IP: a})
				slot = len(one.Addresses) - 1
				if is4 { // IPv4 comes first
					one.Addresses[slot].Public, placeholder = placeholder, netip.Addr{}
					one.Addresses = slices.Insert(one.Addresses[:slot:slot], 0, one.Addresses[slot])
					slot = 0
				}
			case a.IsValid():
				other := *i
				other.ID = fmt.Sprintf("%s-%d", i.ID, len(all)+1)
				other.Open.Settled = true
				other.Addresses = []network.Address{{IP: a}}
				all = append(all, &other)
			case open:
				s.left = append(s.left, fmt.Sprintf("%s may be given an address of %s, which rules name: no answer takes that into account", i.Label(), part.Prefixes()))
			}
			if a.IsValid() {
				s.take(i.VPC, a, true)
			}
		}
	}
	for _, each := range all {
		for k := range each.Addresses {
			if i.Open.Public && each.Addresses[k].IP.Is4() && !each.Addresses[k].Public.IsValid() {
				s.public++
				each.Addresses[k].Public = netip.AddrFrom4([4]byte{public[0], byte(s.public >> 16), byte(s.public >> 8), byte(s.public)})
				break
			}
		}
	}
	return all
}

// find is a free address of a part of a subnet. Open: there is none, but those that have one could have another.
func (s *settling) find(vpc string, part *netipx.IPSet) (a netip.Addr, open bool) {
	for _, r := range part.Ranges() {
		for a := r.From(); a.IsValid() && a.Compare(r.To()) <= 0; a = a.Next() {
			chosen, taken := s.taken[vpc][a]
			if !taken {
				return a, false
			}
			open = open || chosen
		}
	}
	return netip.Addr{}, open
}

// parts are the parts of a block that rules tell apart, without the addresses that AWS keeps, in the order of the prefixes.
func (s *settling) parts(block netip.Prefix) []*netipx.IPSet {
	if parts, ok := s.free[block]; ok {
		return parts
	}
	e := s.Engine
	low, _ := slices.BinarySearchFunc(e.cells.prefixes, block, netip.Prefix.Compare)
	candidates := []cell{e.cells.of(block.Addr())}
	for i := low; i < len(e.cells.prefixes) && block.Overlaps(e.cells.prefixes[i]); i++ {
		candidates = append(candidates, cell(i))
	}
	slices.Sort(candidates)
	var parts []*netipx.IPSet
	for _, c := range slices.Compact(candidates) {
		var b, within netipx.IPSetBuilder
		b.AddPrefix(e.cells.prefixes[c])
		within.AddPrefix(block)
		blockSet, _ := within.IPSet()
		b.Intersect(blockSet)
		for i := int(c) + 1; i < len(e.cells.prefixes) && e.cells.prefixes[c].Overlaps(e.cells.prefixes[i]); i++ {
			b.RemovePrefix(e.cells.prefixes[i])
		}
		kept := block.Addr()
		for range 4 {
			b.Remove(kept)
			kept = kept.Next()
		}
		b.Remove(netipx.PrefixLastIP(block))
		if set, _ := b.IPSet(); len(set.Ranges()) > 0 {
			parts = append(parts, set)
		}
	}
	s.free[block] = parts
	return parts
}

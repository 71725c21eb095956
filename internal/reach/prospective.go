package reach

import (
	"fmt"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"github.com/watertight/watertight/internal/network"
)

// Prospective are the members to be of a group that no interface carries yet (V-16): one for every subnet in which there may be one, and
// every part of it that rules tell apart. Add them with [network.Network.With] to ask about them.
//
// The subnets are those of the workloads that name the group, or else all of the VPCs that the group is for. The address is any of the
// subnet but the five that AWS keeps; with it goes, where the subnet gives one, a public address that no rule names.
func Prospective(n *network.Network, group *network.SecurityGroup) []*network.Interface {
	e := New(n) // for the cells, and the addresses that are taken
	var all []*network.Interface
	for _, s := range prospectiveSubnets(n, group) {
		for _, block := range s.Blocks {
			for _, a := range e.freeAddresses(s, block) {
				i := &network.Interface{
					Object: network.Object{ID: fmt.Sprintf("eni-to-be-%s-%s-%d", group.ID, s.ID, len(all)), Name: "a member of " + group.Label() + " to be",
						Account: s.Account, Region: s.Region, Origin: group.Origin},
					VPC: s.VPC, Subnet: s.ID, Type: network.TypeInterface, Groups: []string{group.ID}, SourceDestCheck: true,
					Addresses: []network.Address{{IP: a}},
				}
				if a.Is4() && s.MapPublicIPOnLaunch {
					if rest := e.outside(0); len(rest.Ranges()) > 0 { // the cell that is named by nothing
						i.Addresses[0].Public = nth(rest, len(all))
					}
				}
				all = append(all, i)
			}
		}
	}
	return all
}

// nth is an address of a set, another one for another number.
func nth(set *netipx.IPSet, n int) netip.Addr {
	a := set.Ranges()[0].From()
	for range n {
		a = a.Next()
	}
	return a
}

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

// freeAddresses are addresses of a block that a new interface may get, one of every cell.
func (e *Engine) freeAddresses(s *network.Subnet, block netip.Prefix) []netip.Addr {
	block = block.Masked()
	low, _ := slices.BinarySearchFunc(e.cells.prefixes, block, netip.Prefix.Compare)
	candidates := []cell{e.cells.of(block.Addr())}
	for i := low; i < len(e.cells.prefixes) && block.Overlaps(e.cells.prefixes[i]); i++ {
		candidates = append(candidates, cell(i))
	}
	slices.Sort(candidates)
	var found []netip.Addr
	for _, c := range slices.Compact(candidates) {
		var b netipx.IPSetBuilder
		b.AddPrefix(e.cells.prefixes[c])
		var within netipx.IPSetBuilder
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
		for _, i := range e.network.Interfaces.All() {
			if i.Subnet == s.ID {
				for _, a := range i.Addresses {
					b.Remove(a.IP)
				}
			}
		}
		if set, _ := b.IPSet(); len(set.Ranges()) > 0 {
			found = append(found, set.Ranges()[0].From())
		}
	}
	return found
}

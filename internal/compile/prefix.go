package compile

import (
	"net/netip"
	"slices"

	"go4.org/netipx"
)

var everywhere = netip.MustParsePrefix("0.0.0.0/0")

// joined are the fewest blocks with exactly the addresses of some blocks, in order.
func joined(blocks []netip.Prefix) []netip.Prefix {
	var b netipx.IPSetBuilder
	for _, p := range blocks {
		b.AddPrefix(p)
	}
	return prefixesOf(&b)
}

func prefixesOf(b *netipx.IPSetBuilder) []netip.Prefix {
	set, err := b.IPSet()
	if err != nil { // blocks of a segmentation are valid
		panic(err)
	}
	return set.Prefixes()
}

// atoms are disjoint blocks of which each of some blocks is a union, in order.
func atoms(blocks []netip.Prefix) []netip.Prefix {
	var all []netip.Prefix
	for _, p := range blocks {
		var b netipx.IPSetBuilder
		b.AddPrefix(p)
		for _, other := range blocks {
			if other != p && p.Contains(other.Addr()) && other.Bits() > p.Bits() {
				b.RemovePrefix(other)
			}
		}
		all = append(all, prefixesOf(&b)...)
	}
	slices.SortFunc(all, netip.Prefix.Compare)
	return slices.Compact(all)
}

// covers tells whether all addresses of a block are in another one.
func covers(p, other netip.Prefix) bool { return p.Bits() <= other.Bits() && p.Contains(other.Addr()) }

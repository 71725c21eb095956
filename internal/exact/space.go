package exact

import (
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
	"go4.org/netipx"
)

var (
	everywhere4 = netip.MustParsePrefix("0.0.0.0/0")
	everywhere6 = netip.MustParsePrefix("::/0")
)

// region is a part of the address space that some prefixes do not divide: one of them without the longer ones in it.
type region struct {
	prefix  netip.Prefix
	example netip.Addr // the first address
	first   int        // where the longer ones begin, among all
}

// space is the address space of a family, cut by some prefixes.
type space struct{ cuts []netip.Prefix }

// cut cuts the space of IPv4. Prefixes of IPv6 among those that cut count for nothing.
func cut(prefixes ...netip.Prefix) space {
	cuts := []netip.Prefix{everywhere4}
	for _, p := range prefixes {
		if p.IsValid() && p.Addr().Is4() {
			cuts = append(cuts, p.Masked())
		}
	}
	slices.SortFunc(cuts, netip.Prefix.Compare)
	return space{slices.Compact(cuts)}
}

// regions are the parts that have an address at all.
func (s space) regions() []region {
	var all []region
	for i, p := range s.cuts {
		example := p.Addr()
		for k := i + 1; k < len(s.cuts) && p.Overlaps(s.cuts[k]); k++ { // sorted: those inside follow, by their first address
			if s.cuts[k].Contains(example) {
				example = netipx.PrefixLastIP(s.cuts[k]).Next()
			}
			if !example.IsValid() || !p.Contains(example) {
				break
			}
		}
		if example.IsValid() && p.Contains(example) {
			all = append(all, region{p, example, i + 1})
		}
	}
	return all
}

// set is the addresses of a region.
func (s space) set(r region) *netipx.IPSet {
	var b netipx.IPSetBuilder
	b.AddPrefix(r.prefix)
	for k := r.first; k < len(s.cuts) && r.prefix.Overlaps(s.cuts[k]); k++ {
		b.RemovePrefix(s.cuts[k])
	}
	set, _ := b.IPSet() // fails for invalid prefixes only
	return set
}

// host is an address of a region that something may have: not the first ones, which AWS keeps of a subnet.
func (s space) host(r region) netip.Addr {
	set := s.set(r)
	a := r.example
	for range 4 {
		if next := a.Next(); set.Contains(next) {
			a = next
		}
	}
	return a
}

// blocks are the addresses of some regions as few prefixes.
func (s space) blocks(regions []region) []netip.Prefix {
	var b netipx.IPSetBuilder
	for _, r := range regions {
		b.AddSet(s.set(r))
	}
	set, _ := b.IPSet()
	return set.Prefixes()
}

// words are the addresses of some regions in a message: "0.0.0.0/0 except 10.0.0.0/16", where that is shorter than a list of blocks.
func (s space) words(regions []region) string {
	blocks := s.blocks(regions)
	widest := regions[0].prefix
	for _, r := range regions {
		if r.prefix.Bits() < widest.Bits() {
			widest = r.prefix
		}
	}
	var b netipx.IPSetBuilder
	b.AddPrefix(widest)
	for _, p := range blocks {
		if !widest.Contains(p.Addr()) {
			return prefixWords(blocks)
		}
		b.RemovePrefix(p)
	}
	rest, _ := b.IPSet()
	if others := rest.Prefixes(); len(others) > 0 && len(others) < len(blocks) {
		return widest.String() + " except " + prefixWords(others)
	}
	return prefixWords(blocks)
}

// inAny tells whether a region lies in one of some prefixes, all of which cut its space.
func (r region) inAny(prefixes []netip.Prefix) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(r.example) })
}

// longest is a table of routes of IPv4: the longest prefix counts.
type longest[T any] struct{ table bart.Table[T] }

func (l *longest[T]) add(p netip.Prefix, to T) { l.table.Insert(p.Masked(), to) }

func (l *longest[T]) of(a netip.Addr) (to T, ok bool) { return l.table.Lookup(a) }

// prefixWords are some prefixes in a message.
func prefixWords(list []netip.Prefix) string {
	words := make([]string, len(list))
	for i, p := range list {
		words[i] = p.String()
		if p.IsSingleIP() {
			words[i] = p.Addr().String()
		}
	}
	return few(words)
}

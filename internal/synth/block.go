package synth

import "net/netip"

// region is a Region with three zones.
type region struct {
	name, zoneID string
	s3           []string       // the blocks of S3, some of them
	ipv6         netip.Addr     // from where VPCs have their blocks
	pools        []netip.Prefix // and for IPv4: a part of each of the private ranges, so that one route leads to a whole Region
}

var regions = []*region{
	{"us-east-1", "use1", []string{"3.5.0.0/19", "16.15.176.0/20", "16.182.0.0/16", "52.216.0.0/15", "54.231.0.0/16"}, netip.MustParseAddr("2600:1f18::"),
		prefixes("10.0.0.0/9", "100.64.0.0/11", "172.16.0.0/13")},
	{"eu-west-1", "euw1", []string{"3.5.64.0/21", "52.92.0.0/17", "52.218.0.0/17"}, netip.MustParseAddr("2a05:d018::"),
		prefixes("10.128.0.0/9", "100.96.0.0/11", "172.24.0.0/13")},
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// shares divides interfaces among VPCs, some of which are up to three times as large as others.
func shares(d dice, interfaces, vpcs int) []int {
	weights, total := make([]int, vpcs), 0
	for i := range weights {
		weights[i] = 2 + d.IntN(3)
		if vpcs*most < 2*interfaces { // no room for large and small
			weights[i] = 1
		}
		total += weights[i]
	}
	sizes, before := make([]int, vpcs), 0
	for i, w := range weights {
		sizes[i] = (before+w)*interfaces/total - before*interfaces/total
		before += w
	}
	return sizes
}

// blockBits is the length of the VPCs' blocks: so that each tier has room for all, and a twentieth more for second addresses.
func blockBits(sizes []int) int {
	largest := 0
	for _, size := range sizes {
		largest = max(largest, size)
	}
	for bits := 22; bits > 16; bits-- {
		if room := 3 * (1<<(32-bits-4) - 5); room >= largest+largest/20+8 {
			return bits
		}
	}
	return 16
}

// allocator gives out blocks of one length.
type allocator struct {
	bits  int
	given map[netip.Prefix]int // how many of a pool
}

// next is a block for the nth VPC, in a Region. One in eight has one from 100.64.0.0/10 or 172.16.0.0/12, as long as there are any; when all
// of the Region's are gone it has another Region's, and when those are gone too, one that others have already. Own tells whether it is the Region's,
// and nobody else's.
func (a *allocator) next(n int, in *region) (block netip.Prefix, own bool) {
	order := []int{0, 1, 2}
	switch n % 16 {
	case 7:
		order = []int{1, 0, 2}
	case 15:
		order = []int{2, 0, 1}
	}
	room := func(pool netip.Prefix) int { return 1 << (a.bits - pool.Bits()) }
	give := func(pool netip.Prefix) netip.Prefix {
		a.given[pool]++
		return part(pool, a.bits-pool.Bits(), (a.given[pool]-1)%room(pool))
	}
	for _, r := range append([]*region{in}, regions...) {
		for _, i := range order {
			if pool := r.pools[i]; a.given[pool] < room(pool) {
				return give(pool), r == in
			}
		}
	}
	return give(in.pools[0]), false
}

package synth

import (
	"fmt"
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// Generate makes an organization.
func Generate(o Options) network.Contents {
	o = o.Complete()
	d := newDice(o.Seed, 0)
	org := &organization{options: o, lists: map[[2]string]*network.PrefixList{}}
	sizes := shares(d, o.Interfaces, o.VPCs)
	bits := blockBits(sizes)
	blocks := allocate(bits, o.VPCs)
	org.contents.Interfaces = make([]*network.Interface, 0, o.Interfaces)
	org.contents.Instances = make([]*network.Instance, 0, o.Interfaces)

	used := 0
	for i, size := range sizes {
		region := regions[0]
		if i > 0 && d.chance(30) {
			region = regions[1]
		}
		v := &vpc{
			org: org, dice: newDice(o.Seed, i+1), number: i, size: size, region: region,
			account: fmt.Sprintf("%012d", 100000000001+uint64(i*o.Accounts/o.VPCs)*7919),
			block:   blocks[i],
			ipv6:    d.chance(20),
			// AWS's own range, as long as there are fewer than eight million interfaces
			public: offset(netip.AddrFrom4([4]byte{18, 128, 0, 0}), uint64(used)),
		}
		used += size
		v.build()
		org.vpcs = append(org.vpcs, v)
	}
	if o.Peerings > 0 {
		org.peer(d, o.Peerings)
	}
	return org.contents
}

// organization is what is being made.
type organization struct {
	options  Options
	contents network.Contents
	vpcs     []*vpc
	lists    map[[2]string]*network.PrefixList // by name or account, and Region
}

// region is a Region with three zones.
type region struct {
	name, zoneID string
	s3           []string   // the blocks of S3, some of them
	ipv6         netip.Addr // from where VPCs have their blocks
}

var regions = []*region{
	{"us-east-1", "use1", []string{"3.5.0.0/19", "16.15.176.0/20", "16.182.0.0/16", "52.216.0.0/15", "54.231.0.0/16"}, netip.MustParseAddr("2600:1f18::")},
	{"eu-west-1", "euw1", []string{"3.5.64.0/21", "52.92.0.0/17", "52.218.0.0/17"}, netip.MustParseAddr("2a05:d018::")},
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

// allocate gives every VPC a block. One in eight has one from 172.16.0.0/12 or 100.64.0.0/10, as long as there are any; when
// all are gone, it starts over.
func allocate(bits, vpcs int) []netip.Prefix {
	type pool struct {
		block netip.Prefix
		next  int
	}
	room := func(p *pool) int { return 1 << (bits - p.block.Bits()) }
	ten, shared, private := &pool{netip.MustParsePrefix("10.0.0.0/8"), 0}, &pool{netip.MustParsePrefix("100.64.0.0/10"), 0}, &pool{netip.MustParsePrefix("172.16.0.0/12"), 0}
	blocks := make([]netip.Prefix, vpcs)
	for i := range blocks {
		order := []*pool{ten, shared, private}
		switch i % 16 {
		case 7:
			order = []*pool{shared, ten, private}
		case 15:
			order = []*pool{private, ten, shared}
		}
		from := ten // overlaps when everything is gone
		for _, p := range order {
			if p.next < room(p) {
				from = p
				break
			}
		}
		blocks[i] = part(from.block, bits-from.block.Bits(), from.next%room(from))
		from.next++
	}
	return blocks
}

// s3 is AWS's prefix list for S3 in a Region.
func (o *organization) s3(r *region) *network.PrefixList {
	key := [2]string{"s3", r.name}
	if o.lists[key] == nil {
		o.list(key, "com.amazonaws."+r.name+".s3", "", r.name, r.s3)
		o.lists[key].AWS = true
	}
	return o.lists[key]
}

// offices is an account's own prefix list of where its people sit.
func (o *organization) offices(account string, r *region) *network.PrefixList {
	key := [2]string{account, r.name}
	if o.lists[key] == nil {
		o.list(key, "offices", account, r.name, []string{"192.0.2.0/26", "198.51.100.0/24", "203.0.113.128/25", "2001:db8:f00::/48"})
	}
	return o.lists[key]
}

func (o *organization) list(key [2]string, name, account, region string, blocks []string) {
	list := &network.PrefixList{Object: newDice(o.options.Seed, -1-len(o.lists)).object("pl", name, account, region)}
	for _, block := range blocks {
		list.Entries = append(list.Entries, netip.MustParsePrefix(block))
	}
	o.lists[key] = list
	o.contents.PrefixLists = append(o.contents.PrefixLists, list)
}

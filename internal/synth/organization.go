package synth

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// Generate makes an organization.
func Generate(o Options) network.Contents {
	o = o.Complete()
	d := newDice(o.Seed, 0)
	org := &organization{options: o, lists: map[[2]string]*network.PrefixList{}, services: map[*region][]*service{}}
	org.contents.Interfaces = make([]*network.Interface, 0, o.Interfaces)
	org.contents.Instances = make([]*network.Instance, 0, o.Interfaces)
	org.plan(d)
	for _, v := range org.vpcs {
		v.build()
	}
	for _, h := range org.hubs {
		h.egress.buildEgress()
	}
	if o.Peerings > 0 {
		org.peer(d, o.Peerings)
	}
	org.reference()
	org.sort()
	return org.contents
}

// organization is what is being made.
type organization struct {
	options  Options
	contents network.Contents
	vpcs     []*vpc // without those for egress
	hubs     []*hub // one a Region, or none
	services map[*region][]*service
	lists    map[[2]string]*network.PrefixList // by name or account, and Region
}

// plan decides what must be known of every VPC before any of them is built: its place, its size, its block, what it offers and how it reaches
// the internet.
func (o *organization) plan(d dice) {
	options := o.options
	hubs := options.hubs()
	workloads, accounts := options.VPCs-hubs, options.Accounts
	if hubs > 0 {
		accounts = max(1, accounts-1)
	}
	account := func(n int) string { return fmt.Sprintf("%012d", 100000000001+uint64(n)*7919) }
	sizes := shares(d, options.Interfaces-hubs*egressInterfaces, workloads)
	blocks := &allocator{blockBits(sizes), map[netip.Prefix]int{}}
	used := 0
	add := func(n, size int, r *region, account string) *vpc {
		v := &vpc{org: o, dice: newDice(options.Seed, n+1), number: n, size: size, region: r, account: account,
			// AWS's own range, as long as there are fewer than eight million interfaces
			public: offset(netip.AddrFrom4([4]byte{18, 128, 0, 0}), uint64(used))}
		v.block, v.routable = blocks.next(n, r)
		used += size
		return v
	}
	for i := range hubs { // their blocks come first: they are the Region's for sure
		v := add(workloads+i, egressInterfaces, regions[i], account(options.Accounts-1))
		o.hubs = append(o.hubs, newHub(o, v))
	}
	for i, size := range sizes {
		r := regions[0]
		if i > 0 && d.chance(30) {
			r = regions[1]
		}
		v := add(i, size, r, account(i*accounts/workloads))
		v.decide()
		o.vpcs = append(o.vpcs, v)
	}
	for _, h := range o.hubs {
		h.settle(o.vpcs)
	}
	if hubs > 0 {
		o.hubs[0].join(o.hubs[1])
	}
}

// hub is the hub of a Region, or nil.
func (o *organization) hub(r *region) *hub {
	i := slices.IndexFunc(o.hubs, func(h *hub) bool { return h.region == r })
	if i < 0 {
		return nil
	}
	return o.hubs[i]
}

// s3 is AWS's prefix list for S3 in a Region.
func (o *organization) s3(r *region) *network.PrefixList {
	key := [2]string{"s3", r.name}
	if o.lists[key] == nil {
		o.list(key, "com.amazonaws."+r.name+".s3", "AWS", r.name, r.s3)
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

// monitoring is the list of where a Region is watched from: the app tier of its central VPC. It is nil where there is none.
func (o *organization) monitoring(r *region) *network.PrefixList {
	h := o.hub(r)
	if h == nil || h.central == nil {
		return nil
	}
	key := [2]string{"monitoring", r.name}
	if o.lists[key] == nil {
		o.list(key, "monitoring", h.egress.account, r.name, []string{part(h.central.block, 2, int(app)/4).String()})
	}
	return o.lists[key]
}

func (o *organization) list(key [2]string, name, account, region string, blocks []string) {
	list := &network.PrefixList{Object: newDice(o.options.Seed, -1-len(o.lists)).object("pl", name, account, region), Entries: prefixes(blocks...)}
	o.lists[key] = list
	o.contents.PrefixLists = append(o.contents.PrefixLists, list)
}

// sort puts lists that mean sets in order, as the reader of dumps has them.
func (o *organization) sort() {
	c := &o.contents
	for _, t := range c.RouteTables {
		slices.Sort(t.Subnets)
	}
	for _, a := range c.NetworkACLs {
		slices.Sort(a.Subnets)
	}
	for _, e := range c.Endpoints {
		slices.Sort(e.RouteTables)
		slices.Sort(e.Subnets)
		slices.Sort(e.Interfaces)
		slices.Sort(e.DNSNames)
	}
	for _, f := range c.Firewalls {
		slices.SortFunc(f.Endpoints, func(a, b network.FirewallEndpoint) int { return cmp.Compare(a.ID, b.ID) })
	}
	for _, w := range c.Workloads {
		slices.Sort(w.Subnets)
	}
	for _, a := range c.TransitAttachments {
		slices.Sort(a.Subnets)
	}
	for _, t := range c.TransitRouteTables {
		slices.Sort(t.Propagations)
	}
	for _, s := range c.EndpointServices {
		slices.Sort(s.Principals)
		s.Principals = slices.Compact(s.Principals)
	}
}

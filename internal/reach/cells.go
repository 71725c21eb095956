package reach

import (
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
	"go4.org/netipx"

	"github.com/watertight/watertight/internal/network"
)

// cell is a part of the address space: a named prefix without the longer ones in it. Two addresses of a cell are in the same
// named prefixes (EXT-1).
type cell int32

const noCell cell = -1

// cells is the partition of the address space by every prefix that anything in the network names.
type cells struct {
	table    bart.Table[cell]
	prefixes []netip.Prefix // by cell
}

func newCells(prefixes []netip.Prefix) *cells {
	slices.SortFunc(prefixes, netip.Prefix.Compare)
	c := &cells{prefixes: slices.Compact(prefixes)}
	for i, p := range c.prefixes {
		c.table.Insert(p, cell(i))
	}
	return c
}

// of is the cell of an address. Both families have a default prefix, so there always is one.
func (c *cells) of(a netip.Addr) cell {
	found, _ := c.table.Lookup(a)
	return found
}

// within is the cell that a cell of a finer partition lies in.
func (c *cells) within(finer netip.Prefix) cell {
	_, found, _ := c.table.LookupPrefixLPM(finer)
	return found
}

// place is an address, as an example of those in its cell.
type place struct {
	address netip.Addr
	cell    cell
}

func (p place) valid() bool { return p.address.IsValid() }

// in tells whether the cell of a place is in one of some named prefixes.
func (p place) in(prefixes ...netip.Prefix) bool {
	for _, each := range prefixes {
		if each.Contains(p.address) {
			return true
		}
	}
	return false
}

var (
	anywhere4 = netip.MustParsePrefix("0.0.0.0/0")
	anywhere6 = netip.MustParsePrefix("::/0")
	// private4 does not cross an internet gateway (IGW-2): RFC 1918 and RFC 6598.
	private4 = []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
	}
	global6 = netip.MustParsePrefix("2000::/3") // IGW-3
	local6  = netip.MustParsePrefix("fc00::/7") // unique local addresses (RFC 4193)
	// unforwarded is never forwarded (RT-6).
	unforwarded = []netip.Prefix{netip.MustParsePrefix("169.254.168.0/22"), netip.MustParsePrefix("fd00:ec2::/32")}
	// special prefixes are no addresses of hosts on the internet: this network, loopback, link-local, multicast, reserved (RFC 6890).
	special = []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"),
		netip.MustParsePrefix("224.0.0.0/4"), netip.MustParsePrefix("240.0.0.0/4"),
	}
)

// service is an address of the VPC that neither groups nor ACLs filter (SG-12, NACL-9).
type service struct {
	address  netip.Addr
	tcp, udp bool
	port     uint16
	what     string
}

var services = []service{
	{netip.MustParseAddr("169.254.169.253"), true, true, 53, "VPC resolver"},
	{netip.MustParseAddr("fd00:ec2::253"), true, true, 53, "VPC resolver"},
	{netip.MustParseAddr("169.254.169.254"), true, false, 80, "instance metadata"},
	{netip.MustParseAddr("fd00:ec2::254"), true, false, 80, "instance metadata"},
	{netip.MustParseAddr("169.254.169.123"), false, true, 123, "time sync"},
	{netip.MustParseAddr("fd00:ec2::123"), false, true, 123, "time sync"},
	{netip.MustParseAddr("169.254.170.2"), true, false, 80, "task metadata"},
}

// resolver is the address of the VPC resolver in the primary block: the base plus two.
func resolver(v *network.VPC) (netip.Addr, bool) {
	if len(v.Blocks) == 0 || !v.Blocks[0].Addr().Is4() {
		return netip.Addr{}, false
	}
	return v.Blocks[0].Masked().Addr().Next().Next(), true
}

// constants are the prefixes that matter in every network.
func constants() []netip.Prefix {
	all := []netip.Prefix{anywhere4, anywhere6, global6, local6}
	all = append(all, private4...)
	all = append(all, unforwarded...)
	all = append(all, special...)
	for _, s := range services {
		all = append(all, netip.PrefixFrom(s.address, s.address.BitLen()))
	}
	return all
}

// forwarding collects the prefixes that can tell two destinations apart on the way out of a VPC: those of the tables and ACLs of it and of the VPCs that
// packets may pass. Security groups are not among what is on the way.
func (e *Engine) forwarding(w *ways) []netip.Prefix {
	all := constants()
	add := func(prefixes ...netip.Prefix) {
		for _, p := range prefixes {
			if p.IsValid() {
				all = append(all, p.Masked())
			}
		}
	}
	n := e.network
	for each := range w.vpcs { // in any order
		add(each.Blocks...)
		for _, s := range each.subnets {
			add(s.Blocks...)
		}
		for _, t := range each.tables {
			for _, r := range t.Routes {
				add(r.Destination)
				if list, ok := n.PrefixLists.Get(r.PrefixList); ok {
					add(list.Entries...)
				}
				if i, ok := n.Interfaces.Get(r.Target.ID); ok && r.Target.Kind == network.TargetInterface {
					for _, a := range i.Addresses {
						add(netip.PrefixFrom(a.IP, a.IP.BitLen()))
					}
				}
			}
		}
		for _, a := range each.acls {
			for _, entry := range a.Entries {
				add(entry.Block)
			}
		}
		for _, p := range each.peerings {
			add(p.Requester.Blocks...)
			add(p.Accepter.Blocks...)
		}
		for _, f := range each.walls {
			add(f.cells.prefixes...)
		}
	}
	for _, c := range n.VPNConnections.All() {
		add(c.Routes...)
	}
	for _, t := range n.TransitRouteTables.All() {
		for _, r := range t.Routes {
			add(r.Destination)
			if list, ok := n.PrefixLists.Get(r.PrefixList); ok {
				add(list.Entries...)
			}
		}
	}
	return all
}

// meetings are the prefixes that tell two destinations apart on the internet, whoever sends: the IPv6 blocks of VPCs (IGW-3), and the addresses of
// regional NAT gateways.
func (x *index) meetings() []netip.Prefix {
	all := []netip.Prefix{anywhere4, anywhere6}
	for _, v := range x.inOrder {
		for _, p := range v.Blocks {
			if p.Addr().Is6() {
				all = append(all, p.Masked())
			}
		}
	}
	for a := range x.translators {
		all = append(all, netip.PrefixFrom(a, a.BitLen()))
	}
	return all
}

// onTheWay is the cell of a destination as what is on the way out of a VPC sees it.
func (s *session) onTheWay(v *vpc, destination place) cell {
	key := farKey{v.ways, destination.cell}
	if c, ok := s.far[key]; ok {
		return c
	}
	v.ways.once.Do(func() { v.ways.cells = newCells(s.engine.forwarding(v.ways)) })
	local := v.ways.cells
	finer := s.engine.cells.prefixes[destination.cell]
	c := local.within(finer)
	if met := s.engine.met.within(finer); s.engine.met.prefixes[met].Bits() > local.prefixes[c].Bits() {
		c = noCell - 1 - met // a number that no cell of the VPC has
	}
	s.far[key] = c
	return c
}

type farKey struct {
	ways *ways
	cell cell
}

// named collects every prefix that can tell two addresses apart.
func named(n *network.Network, x *index) []netip.Prefix {
	all := prefixSet(onWay(n, x, true))
	for _, l := range n.PrefixLists.All() {
		all.add(l.Entries...)
	}
	for _, g := range n.SecurityGroups.All() {
		for _, rules := range [][]network.Rule{g.Inbound, g.Outbound} {
			for _, r := range rules {
				all.add(r.Block)
			}
		}
	}
	for a := range x.outsideTargets { // in any order
		all.one(a)
	}
	for _, b := range n.LoadBalancers.All() {
		for _, l := range b.Listeners {
			for _, r := range l.Rules {
				all.add(sourceBlocks(r)...)
			}
		}
	}
	return all
}

type prefixSet []netip.Prefix

func (s *prefixSet) one(a netip.Addr) { *s = append(*s, netip.PrefixFrom(a, a.BitLen())) }

func (s *prefixSet) add(prefixes ...netip.Prefix) {
	for _, p := range prefixes {
		if p.IsValid() {
			*s = append(*s, p.Masked())
		}
	}
}

// onWay collects the prefixes that can tell two addresses apart on the way: those of routes, ACLs and firewalls, not of security groups; the
// blocks of subnets are among them where they are wanted.
func onWay(n *network.Network, x *index, subnets bool) []netip.Prefix {
	all := prefixSet(constants())
	for _, v := range n.VPCs.All() {
		all.add(v.Blocks...)
		if a, ok := resolver(v); ok {
			all.one(a)
		}
	}
	for _, s := range n.Subnets.All() {
		if subnets {
			all.add(s.Blocks...)
		}
	}
	list := func(id string) {
		if l, ok := n.PrefixLists.Get(id); ok {
			all.add(l.Entries...)
		}
	}
	for _, t := range n.RouteTables.All() {
		for _, r := range t.Routes {
			all.add(r.Destination)
			list(r.PrefixList)
			if r.Target.Kind == network.TargetInterface { // its own addresses are delivered, all others are not (RT-8)
				if i, ok := n.Interfaces.Get(r.Target.ID); ok {
					for _, a := range i.Addresses {
						all.one(a.IP)
					}
				}
			}
		}
	}
	for _, a := range n.NetworkACLs.All() {
		for _, e := range a.Entries {
			all.add(e.Block)
		}
	}
	for _, p := range n.PeeringConnections.All() {
		all.add(p.Requester.Blocks...)
		all.add(p.Accepter.Blocks...)
	}
	for _, c := range n.VPNConnections.All() {
		all.add(c.Routes...)
	}
	for _, f := range x.walls { // in any order
		all.add(f.cells.prefixes...)
	}
	for _, v := range x.inOrder {
		if v.hidden != "" && x.overlaps(v) { // what strays into it is lost at these addresses, and not known at others
			for _, i := range n.Interfaces.All() {
				if i.VPC == v.ID {
					for _, a := range i.Addresses {
						all.one(a.IP)
					}
				}
			}
		}
	}
	for _, g := range n.NATGateways.All() {
		for _, a := range g.Addresses {
			if g.Regional && a.Public.IsValid() {
				all.one(a.Public)
			}
		}
	}
	for _, t := range n.TransitRouteTables.All() {
		for _, r := range t.Routes {
			all.add(r.Destination)
			list(r.PrefixList)
		}
	}
	return all
}

// routed collects the prefixes that can tell two addresses apart by where routes lead, and nothing else.
func routed(n *network.Network) []netip.Prefix {
	all := prefixSet{anywhere4, anywhere6}
	add := func(p netip.Prefix, list string) {
		all.add(p)
		if l, ok := n.PrefixLists.Get(list); ok {
			all.add(l.Entries...)
		}
	}
	for _, v := range n.VPCs.All() {
		all.add(v.Blocks...)
	}
	for _, t := range n.RouteTables.All() {
		for _, r := range t.Routes {
			add(r.Destination, r.PrefixList)
		}
	}
	for _, t := range n.TransitRouteTables.All() {
		for _, r := range t.Routes {
			add(r.Destination, r.PrefixList)
		}
	}
	return all
}

// outside are the addresses of a cell that no known interface has, as a set; it may be empty.
func (e *Engine) outside(c cell) *netipx.IPSet {
	var b netipx.IPSetBuilder
	p := e.cells.prefixes[c]
	b.AddPrefix(p)
	for i := int(c) + 1; i < len(e.cells.prefixes) && p.Overlaps(e.cells.prefixes[i]); i++ {
		b.RemovePrefix(e.cells.prefixes[i])
	}
	for _, a := range e.addressesIn(p) {
		b.Remove(a)
	}
	set, _ := b.IPSet()
	return set
}

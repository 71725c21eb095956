package reach

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
	"go4.org/netipx"

	"github.com/watertight/watertight/internal/network"
)

// Ends is a set of ends of connections: addresses of interfaces, and addresses outside. The zero Ends is empty.
type Ends struct{ list []end }

// end is some members of a class.
type end struct {
	class   *class
	public  bool     // called by the public address
	members []member // nil: all of the class
	// exact ends were asked for by address; others stand for every address that fits (V-14).
	exact    bool
	internet bool // of an outside class: known to be on the internet
}

// Empty tells whether there is no end.
func (x Ends) Empty() bool { return len(x.list) == 0 }

// Join is the ends of both.
func (x Ends) Join(y Ends) Ends { return Ends{append(slices.Clip(x.list), y.list...)} }

// Interfaces are the ends that some interfaces stand for: every private, public and IPv6 address of theirs (V-14).
func (e *Engine) Interfaces(list ...*network.Interface) Ends {
	found := map[*class]int{}
	var ends Ends
	for _, i := range list {
		position, ok := e.network.Interfaces.Index(i.ID)
		if !ok {
			continue
		}
		for j, c := range e.classOf[position] {
			at, ok := found[c]
			if !ok {
				at = len(ends.list)
				found[c] = at
				ends.list = append(ends.list, end{class: c})
			}
			ends.list[at].members = append(ends.list[at].members, member{int32(position), int32(j)})
		}
	}
	for _, each := range ends.list {
		if each.class.site.public.valid() {
			each.public = true
			ends.list = append(ends.list, each)
		}
	}
	return ends
}

// Address is the end that an address stands for: an interface's, in whichever VPC, or else an address outside.
func (e *Engine) Address(a netip.Addr) Ends {
	var ends Ends
	add := func(i *network.Interface, public bool) {
		position, _ := e.network.Interfaces.Index(i.ID)
		for j, each := range i.Addresses {
			if !public && each.IP == a || public && each.Public == a {
				ends.list = append(ends.list, end{e.classOf[position][j], public, []member{{int32(position), int32(j)}}, true, false})
			}
		}
	}
	for _, i := range e.network.InterfacesAt(a) {
		add(i, false)
	}
	if i := e.network.InterfaceByPublic(a); i != nil {
		add(i, true)
	}
	if ends.Empty() {
		c := e.cells.of(a)
		ends.list = append(ends.list, end{class: e.outsideClass(c, a, []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}), exact: true})
	}
	return ends
}

// Outside are the addresses in some prefixes that no known interface has.
func (e *Engine) Outside(prefixes ...netip.Prefix) Ends {
	var ends Ends
	for _, p := range prefixes {
		p = p.Masked()
		seen := map[cell]bool{}
		try := func(c cell) {
			if seen[c] {
				return
			}
			seen[c] = true
			var b netipx.IPSetBuilder
			b.AddSet(e.outside(c))
			var only netipx.IPSetBuilder
			only.AddPrefix(p)
			within, _ := only.IPSet()
			b.Intersect(within)
			set, _ := b.IPSet()
			if example := e.free(set); example.IsValid() {
				ends.list = append(ends.list, end{class: e.outsideClass(c, example, set.Prefixes())})
			}
		}
		try(e.cells.of(p.Addr()))
		low, _ := slices.BinarySearchFunc(e.cells.prefixes, p, netip.Prefix.Compare)
		for i := low; i < len(e.cells.prefixes) && p.Overlaps(e.cells.prefixes[i]); i++ {
			try(cell(i))
		}
	}
	return ends
}

// free is the first address of a set that no interface has in any VPC: sets of outside addresses hold the private addresses of interfaces.
func (e *Engine) free(set *netipx.IPSet) netip.Addr {
	for _, r := range set.Ranges() {
		for a := r.From(); a.IsValid() && a.Compare(r.To()) <= 0; a = a.Next() {
			if len(e.network.InterfacesAt(a)) == 0 {
				return a
			}
		}
	}
	return netip.Addr{}
}

// Internet is every public address outside: those of hosts on the internet.
func (e *Engine) Internet() Ends {
	e.outsideOnce.Do(func() {
		for i := range e.cells.prefixes {
			set := e.outside(cell(i))
			example := place{e.free(set), cell(i)} // the first address of the prefix may be in another cell
			if !example.valid() {
				continue
			}
			if example.address.Is4() && (example.in(private4...) || example.in(special...)) {
				continue
			}
			if example.address.Is6() && (!example.in(global6) || slices.ContainsFunc(e.index.inOrder, func(v *vpc) bool { return example.in(v.Blocks...) })) {
				continue
			}
			e.outsides = append(e.outsides, e.outsideClass(cell(i), example.address, set.Prefixes()))
		}
	})
	var ends Ends
	for _, c := range e.outsides {
		ends.list = append(ends.list, end{class: c, internet: true})
	}
	return ends
}

// Beyond is the private addresses outside of which something in the network knows: those of peer VPCs that were not collected, those that
// routes lead to, and all of them where a gateway may lead to any (PEER-6, VPN-1). What is there is not known.
func (e *Engine) Beyond() Ends {
	e.beyondOnce.Do(func() {
		var uncollected []netip.Prefix
		for _, p := range e.network.PeeringConnections.All() {
			for _, side := range []network.PeeringSide{p.Requester, p.Accepter} {
				if e.index.vpcs[side.VPC] == nil && p.State == "active" {
					uncollected = append(uncollected, side.Blocks...)
				}
			}
		}
		known := slices.Clone(uncollected)
		anywhere := slices.ContainsFunc(e.index.inOrder, func(v *vpc) bool {
			return slices.ContainsFunc(v.doors, func(d door) bool { return d.blocks == nil })
		})
		add := func(destination netip.Prefix, list string) {
			if destination.IsValid() {
				known = append(known, destination)
			} else if l, ok := e.network.PrefixLists.Get(list); ok {
				known = append(known, l.Entries...)
			}
		}
		for _, t := range e.network.RouteTables.All() {
			for _, r := range t.Routes {
				switch r.Target.Kind {
				case network.TargetLocal:
				case network.TargetInternetGateway, network.TargetEgressOnly, network.TargetNAT:
					add(r.Destination, r.PrefixList)
				case network.TargetEndpoint, network.TargetTransitGateway:
					if e.index.walls[r.Target.ID] != nil || e.index.clean[r.Target.ID] { // where they lead, other tables say
						continue
					}
					add(r.Destination, r.PrefixList)
					anywhere = anywhere || r.Destination.IsValid() && r.Destination.Bits() == 0
				default:
					add(r.Destination, r.PrefixList)
					anywhere = anywhere || r.Destination.IsValid() && r.Destination.Bits() == 0
				}
			}
		}
		for _, t := range e.network.TransitRouteTables.All() {
			for _, r := range t.Routes {
				inside := !slices.ContainsFunc(r.Attachments, func(id string) bool {
					a := e.index.sides[attached{t.Gateway, id}]
					return a == nil || a.Type != "vpc" && a.Type != "peering" || a.Type == "vpc" && e.index.vpcs[a.Resource] == nil
				})
				if r.Blackhole || inside && e.index.clean[t.Gateway] {
					continue
				}
				add(r.Destination, r.PrefixList)
				anywhere = anywhere || r.Destination.IsValid() && r.Destination.Bits() == 0
			}
		}
		for _, c := range e.network.VPNConnections.All() {
			known = append(known, c.Routes...)
		}
		if anywhere {
			known = append(known, private4...)
			known = append(known, local6)
		}
		var leads, collected bart.Lite
		for _, p := range known {
			if p.Bits() > 0 {
				leads.Insert(p)
			}
		}
		for _, v := range e.index.inOrder {
			for _, p := range v.Blocks {
				collected.Insert(p)
			}
		}
		for i, p := range e.cells.prefixes {
			at := place{p.Masked().Addr(), cell(i)}
			private := at.in(private4...) || p.Addr().Is6() && !at.in(global6) || at.in(uncollected...)
			if !private || at.in(unforwarded...) || !within(p, &leads) || within(p, &collected) {
				continue
			}
			set := e.outside(cell(i))
			if example := e.free(set); example.IsValid() {
				e.beyonds = append(e.beyonds, e.outsideClass(cell(i), example, set.Prefixes()))
			}
		}
	})
	var ends Ends
	for _, c := range e.beyonds {
		ends.list = append(ends.list, end{class: c})
	}
	return ends
}

// within tells whether a prefix is in one of a table.
func within(p netip.Prefix, table *bart.Lite) bool {
	_, found := table.LookupPrefixLPM(p)
	return found
}

// Everything is every interface, the internet, and the private networks beyond.
func (e *Engine) Everything() Ends {
	var ends Ends
	for _, c := range e.classes {
		ends.list = append(ends.list, end{class: c})
		if c.site.public.valid() {
			ends.list = append(ends.list, end{class: c, public: true})
		}
	}
	return ends.Join(e.Internet()).Join(e.Beyond())
}

// outsideClass is the class of outside addresses of a cell. Its site is numbered by the cell: what was worked out for one address
// holds for all.
func (e *Engine) outsideClass(c cell, example netip.Addr, addresses []netip.Prefix) *class {
	return &class{id: -1, site: &site{id: -2 - int32(c), home: place{example, c}, public: place{cell: noCell}}, groups: strangerGroups, outside: addresses}
}

// sources are the ends as they open connections: a public address is not sent from, but the private one behind it is.
func (x Ends) sources() []end {
	var list []end
	seen := map[*class][]int{}
	for _, each := range x.list {
		each.public = false
		if !slices.ContainsFunc(seen[each.class], func(i int) bool { return slices.Equal(list[i].members, each.members) }) {
			seen[each.class] = append(seen[each.class], len(list))
			list = append(list, each)
		}
	}
	return list
}

// calls tells whether a client can mean a server's address at all. To a client outside an interface is its public address, where it has
// one, unless the client may come in by another way than the internet.
func calls(client, server end) bool {
	if client.class.site.family() != server.class.site.family() {
		return false
	}
	c, d := client.class.site, server.class.site
	if !c.outside() || d.outside() || server.exact || server.public || !d.public.valid() {
		return true
	}
	return !client.internet && slices.ContainsFunc(d.vpc().doors, func(way door) bool { return way.opens(c.home) })
}

// member lists an end's members, as the answer gives them.
func (e *Engine) answerMembers(x end) []Member {
	if x.class.site.outside() {
		return []Member{{Address: x.class.site.home.address, Outside: x.class.outside}}
	}
	members := x.members
	if members == nil {
		members = x.class.members
	}
	list := make([]Member, len(members))
	for k, m := range members {
		i := e.network.Interfaces.All()[m.iface]
		a := i.Addresses[m.address]
		list[k] = Member{Interface: i, Address: a.IP, Subnet: i.Subnet}
		if x.public {
			list[k].Address = a.Public
		}
	}
	return list
}

func (x end) first() (m member, ok bool) {
	list := x.members
	if list == nil {
		list = x.class.members
	}
	if len(list) == 0 {
		return member{}, false
	}
	return list[0], true
}

// only is the interface whose addresses an end is, or -1 when there are several, or none.
func (x end) only() int32 {
	var only int32 = -1
	list := x.members
	if list == nil {
		list = x.class.members
	}
	for _, m := range list {
		if only >= 0 && m.iface != only {
			return -1
		}
		only = m.iface
	}
	return only
}

// itself tells whether two ends are one interface alone: no connection leaves it.
func itself(x, y end) bool {
	only := x.only()
	return only >= 0 && only == y.only()
}

func compareMembers(a, b Member) int {
	id := func(m Member) string {
		if m.Interface == nil {
			return ""
		}
		return m.Interface.ID
	}
	return cmp.Or(cmp.Compare(id(a), id(b)), a.Address.Compare(b.Address))
}

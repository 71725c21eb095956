package network

import (
	"fmt"
	"net/netip"
	"slices"

	"go4.org/netipx"
)

// placeTargets makes targets of the interfaces that target groups wait for: at the address that they have, or at one that nothing has in their subnets. AWS may
// give them any other of it.
func (n *Network) placeTargets() {
	for _, g := range n.TargetGroups.all {
		for _, awaited := range g.Awaited {
			at := n.addressFor(awaited.Interface, g.IPAddressType != "ipv6")
			if at.IsValid() {
				g.Targets = append(g.Targets, LoadBalancerTarget{ID: at.String(), Port: awaited.Port})
			} else if g.Defect == nil {
				g.Defect = &Defect{fmt.Sprintf("the address of its target %s is not known: its subnet is not in the input", awaited.Interface), awaited.Origin}
			}
		}
		g.Awaited = nil
	}
}

// addressFor is the address of an interface, of IPv4 or IPv6: the one that it has, or else one of its subnet. Not valid where its subnet has none, or is not known.
func (n *Network) addressFor(id string, is4 bool) netip.Addr {
	i, ok := n.Interfaces.Get(id)
	if !ok || i.Defect != nil {
		return netip.Addr{}
	}
	for _, a := range i.Addresses {
		if a.IP.Is4() == is4 {
			return a.IP
		}
	}
	s, ok := n.Subnets.Get(i.Subnet)
	if !ok || is4 && !i.Open.IPv4 || !is4 && !i.Open.IPv6 {
		return netip.Addr{}
	}
	block := slices.IndexFunc(s.Blocks, func(p netip.Prefix) bool { return p.Addr().Is4() == is4 })
	if block < 0 {
		return netip.Addr{}
	}
	taken := map[netip.Addr]bool{}
	for _, other := range n.Interfaces.all {
		if other.VPC == i.VPC {
			for _, a := range other.Addresses {
				taken[a.IP] = true
			}
		}
	}
	for ip := netipx.PrefixLastIP(s.Blocks[block]).Prev(); s.Blocks[block].Contains(ip); ip = ip.Prev() { // the last is AWS's
		if !taken[ip] {
			i.Addresses = append(i.Addresses, Address{IP: ip})
			return ip
		}
	}
	return netip.Addr{}
}

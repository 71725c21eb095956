package reach

import (
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// findClean finds the transit gateways that leave nothing in doubt.
func (x *index) findClean(n *network.Network) {
	x.clean = map[string]bool{}
	peers := map[string][]string{}
	for _, a := range n.TransitAttachments.All() {
		if _, ok := x.clean[a.Gateway]; !ok {
			x.clean[a.Gateway] = n.Gap("TransitGatewayAttachments", a.Account, a.Region) == nil
		}
		g, known := n.TransitGateways.Get(a.Gateway)
		switch {
		case a.Defect != nil, !known, g != nil && g.Defect != nil:
			x.clean[a.Gateway] = false
		case a.Type == "vpc":
			v := x.vpcs[a.Resource]
			if v == nil || v.Defect != nil || !a.Detailed || slices.ContainsFunc(a.Subnets, func(id string) bool { return x.subnets[id] == nil }) {
				x.clean[a.Gateway] = false
			}
		case a.Type == "peering":
			peers[a.Gateway] = append(peers[a.Gateway], a.Peer)
			if x.sides[attached{a.Peer, a.Attachment}] == nil {
				x.clean[a.Gateway] = false
			}
		case a.Type != "vpn" && a.Type != "direct-connect-gateway":
			x.clean[a.Gateway] = false
		}
	}
	for _, t := range n.TransitRouteTables.All() {
		if t.Defect != nil || !t.RoutesKnown || !t.ListsKnown || !t.AllRoutes && !t.PropagationsKnown {
			x.clean[t.Gateway] = false
		}
		for _, id := range t.Propagations {
			if a := x.sides[attached{t.Gateway, id}]; a == nil || a.Type != "vpc" && a.Type != "peering" && !t.AllRoutes {
				x.clean[t.Gateway] = false
			}
		}
		for _, r := range t.Routes {
			list, known := n.PrefixLists.Get(r.PrefixList)
			if r.Defect != nil || r.PrefixList != "" && (!known || list.Defect != nil) || slices.ContainsFunc(r.Attachments, func(id string) bool { return x.sides[attached{t.Gateway, id}] == nil }) {
				x.clean[t.Gateway] = false
			}
		}
	}
	for changed := true; changed; { // what a peer leaves in doubt is in doubt here
		changed = false
		for gateway, list := range peers {
			if x.clean[gateway] && slices.ContainsFunc(list, func(p string) bool { return !x.clean[p] }) {
				x.clean[gateway], changed = false, true
			}
		}
	}
}

// natAt is an address that packets may get from a NAT gateway.
type natAt struct {
	address netip.Addr
	vpc     *vpc
}

// findNATs lists the addresses of NAT gateways.
func (x *index) findNATs(n *network.Network) {
	for _, g := range n.NATGateways.All() {
		for _, a := range g.Addresses {
			for _, ip := range []netip.Addr{a.IP, a.Public} {
				if ip.IsValid() {
					x.nats = append(x.nats, natAt{ip, x.vpcs[g.VPC]})
				}
			}
		}
	}
	slices.SortFunc(x.nats, func(a, b natAt) int { return a.address.Compare(b.address) })
	for _, v := range x.inOrder {
		for _, t := range v.tables {
			for _, r := range t.Routes {
				v.inwards = v.inwards || r.Target.Kind == network.TargetNAT && (r.PrefixList != "" ||
					slices.ContainsFunc(v.Blocks, func(p netip.Prefix) bool {
						return r.Destination.IsValid() && r.Destination.Overlaps(p) && r.Destination.Bits() >= p.Bits()
					}))
			}
		}
	}
}

// translatedTo tells whether packets on their way to a VPC may get an address of a prefix from a NAT gateway.
func (x *index) translatedTo(p netip.Prefix, to *vpc) bool {
	first, _ := slices.BinarySearchFunc(x.nats, p.Masked().Addr(), func(n natAt, a netip.Addr) int { return n.address.Compare(a) })
	for _, n := range x.nats[first:] {
		if !p.Contains(n.address) {
			return false
		}
		if n.vpc != to || to.inwards {
			return true
		}
	}
	return false
}

// findTurns adds to what goes astray the destinations for which a route of a transit gateway leads back by the attachment that packets come by: what
// becomes of these is not documented.
func (x *index) findTurns(n *network.Network) {
	for _, a := range n.TransitAttachments.All() {
		t, ok := n.TransitRouteTables.Get(a.RouteTable)
		if !ok {
			continue
		}
		for _, r := range t.Routes {
			if !slices.Contains(r.Attachments, a.Attachment) {
				continue
			}
			back := []netip.Prefix{r.Destination}
			if list, known := n.PrefixLists.Get(r.PrefixList); known {
				back = list.Entries
			}
			for _, v := range x.inOrder {
				if a.Type != "vpc" || v.ID == a.Resource { // from wherever a peering comes
					v.astray = append(v.astray, back...)
				}
			}
		}
	}
}

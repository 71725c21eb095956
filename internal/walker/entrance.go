package walker

import (
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// entrance is a way by which a packet may come into a VPC from a network that is not known (PEER-6, VPN-1, X-1).
type entrance struct {
	*stop
	peering *network.PeeringConnection // nil for others
	// aside tells that what comes by it may not cross into its subnet, where a network ACL would see it (NACL-8).
	aside bool
}

// entrancesTo are the ways into a VPC for a source that does not come over the internet.
func (f *flow) entrancesTo(vpc string, source netip.Addr) []entrance {
	if _, _, public := crossesInternet(source); public {
		return nil
	}
	var all []entrance
	add := func(kind, id, from string, peering *network.PeeringConnection, aside bool) {
		code := codeUnsupported
		if peering != nil {
			code = codeUnknown
		}
		all = append(all, entrance{unclear(kind, id, code, source.String()+" may come from "+from), peering, aside})
	}
	for _, peering := range f.peerings[vpc] {
		_, other, _ := peering.Side(vpc)
		if _, collected := f.network.VPCs.Get(other.VPC); collected || peering.State != "active" && peering.Defect == nil {
			continue
		}
		if blocks, why := f.blocks(other); why != "" || within(blocks, source) {
			add("peering connection", peering.ID, other.VPC+", behind "+peering.Label()+", which was not collected", peering, false)
		}
	}
	for _, g := range f.network.VPNGateways.All() {
		if g.VPC == vpc {
			add("virtual private gateway", g.ID, "the network behind "+g.Label(), nil, false)
		}
	}
	for _, a := range f.network.TransitAttachments.All() {
		if a.Resource == vpc && a.Type == "vpc" && (a.State == "available" || a.Defect != nil) && f.outsideTransit(a.Gateway) {
			add(kindTransitGateway, a.Gateway, "a network behind "+a.Gateway, nil, true)
		}
	}
	for _, t := range f.network.RouteTables.All() {
		if t.VPC != vpc {
			continue
		}
		for _, r := range t.Routes {
			switch r.Target.Kind {
			case network.TargetTransitGateway:
				if slices.ContainsFunc(f.network.TransitAttachments.All(), func(a *network.TransitAttachment) bool { return a.Gateway == r.Target.ID && a.Resource == vpc }) {
					continue
				}
			case network.TargetCoreNetwork, network.TargetLocalGateway, network.TargetCarrierGateway, network.TargetOther:
			default:
				continue
			}
			if !r.Blackhole {
				add(string(r.Target.Kind), r.Target.ID, r.Target.ID+", to which a route leads", nil, true)
			}
		}
	}
	return all
}

// byEntrance is a packet from a network that is not known. Whether it comes is in doubt, and so is its reply; what filters it at its end is not.
func (f *flow) byEntrance(to *network.Interface, p Packet) *stop {
	var from *network.Subnet
	if slices.ContainsFunc(f.entrances, func(e entrance) bool { return e.aside }) {
		from, _ = f.network.Subnets.Get(to.Subnet)
	}
	at, s := f.enter(to.VPC, p, from)
	if s == nil {
		s = f.receive(at)
	}
	if s == nil {
		s = f.entrances[0].stop
	}
	return s
}

// mayBeMember tells whether a packet that may have come by an entrance may be from a member of a group that was not collected (SG-14).
func (f *flow) mayBeMember(group string) bool {
	if _, ok := f.network.SecurityGroups.Get(group); ok {
		return false // it is carried by interfaces that are in the network
	}
	return slices.ContainsFunc(f.entrances, func(e entrance) bool { return e.peering == nil || f.sameRegion(e.peering) != no })
}

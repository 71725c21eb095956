package network

import (
	"fmt"
	"net/netip"
	"slices"
)

// completePeerings fills in the blocks of the VPCs that peerings join, where the source of the peering does not tell them, as Terraform does not. Of a VPC that
// nobody describes they are taken to be what routes send there.
func (n *Network) completePeerings() {
	for _, p := range n.PeeringConnections.all {
		for _, side := range []*PeeringSide{&p.Requester, &p.Accepter} {
			if len(side.Blocks) > 0 || side.VPC == "" {
				continue
			}
			if v, known := n.VPCs.Get(side.VPC); known {
				side.Blocks = v.Blocks
				continue
			}
			side.Blocks = n.sentOver(p.ID)
			if len(side.Blocks) > 0 {
				n.Assumptions = append(n.Assumptions, fmt.Sprintf("the VPC %s on the other side of %s is not in the input: it is taken to have the blocks that routes send there, %v, and no others", side.VPC, p.Label(), side.Blocks))
			}
		}
	}
}

// sentOver are the destinations of the routes that lead to a peering, sorted.
func (n *Network) sentOver(peering string) []netip.Prefix {
	var all []netip.Prefix
	for _, t := range n.RouteTables.all {
		for _, r := range t.Routes {
			if r.Target.Kind != TargetPeering || r.Target.ID != peering {
				continue
			}
			if r.Destination.IsValid() {
				all = append(all, r.Destination)
			} else if l, known := n.PrefixLists.Get(r.PrefixList); known {
				all = append(all, l.Entries...)
			}
		}
	}
	slices.SortFunc(all, netip.Prefix.Compare)
	return slices.Compact(all)
}

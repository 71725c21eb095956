package walker

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// throughPeering sends a packet over the peering that a route of a VPC leads to.
func (f *flow) throughPeering(id, vpc string, p Packet) (arrival, *stop) {
	peering, ok := f.network.PeeringConnections.Get(id)
	if !ok {
		return arrival{}, unclear("peering connection", id, codeUnknown, "peering connection "+id+" is not in the network")
	}
	return f.overPeering(peering, vpc, p)
}

// overPeering sends a packet from a VPC to the VPC on the other side: to an interface of it, and no further (PEER-1).
func (f *flow) overPeering(peering *network.PeeringConnection, vpc string, p Packet) (arrival, *stop) {
	const kind = "peering connection"
	if peering.Defect != nil {
		return arrival{}, unclear(kind, peering.ID, codeUnknown, peering.Label()+" is not understood: "+peering.Defect.String())
	}
	if peering.State != "active" { // PEER-6, RT-9
		return arrival{}, drop(kind, peering.ID, "", codeState, peering.Label()+" is "+peering.State)
	}
	own, other, ok := peering.Side(vpc)
	if !ok {
		return arrival{}, drop(kind, peering.ID, "", codeAttachment, peering.Label()+" does not join "+vpc)
	}
	for _, end := range []struct {
		side    network.PeeringSide
		address netip.Addr
		what    string
	}{{own, p.Source, "source"}, {other, p.Destination, "destination"}} {
		blocks, why := f.blocks(end.side)
		if why != "" {
			return arrival{}, unclear(kind, peering.ID, codeUnknown, why)
		}
		if !within(blocks, end.address) { // PEER-1
			return arrival{}, drop(kind, peering.ID, end.what+" "+end.address.String(), codePeeringBlocks, "the "+end.what+" "+end.address.String()+" is not in "+end.side.VPC)
		}
	}
	if _, ok := f.network.VPCs.Get(other.VPC); !ok { // PEER-6
		return arrival{}, unclear("VPC", other.VPC, codeUnknown, "VPC "+other.VPC+", behind "+peering.Label()+", was not collected")
	}
	f.meet(kind, peering.ID, Forward, "to "+other.VPC)
	f.cross(crossing{kind: overPeering, peering: peering})
	f.viaPeering = true
	f.mix()
	if !f.replying {
		if last := len(f.translations) - 1; last >= 0 && f.translations[last].outer.Source == p.Source { // PEER-4
			f.returns[placed{other.VPC, p.Source}] = peering
		}
	}
	return f.enter(other.VPC, p, nil)
}

// blocks are those of the VPC on one side of a peering, or of its record when the VPC was not collected (PEER-6).
func (f *flow) blocks(side network.PeeringSide) ([]netip.Prefix, string) {
	if v, ok := f.network.VPCs.Get(side.VPC); ok {
		if v.Defect != nil {
			return nil, v.Label() + " is not understood: " + v.Defect.String()
		}
		return v.Blocks, ""
	}
	if len(side.Blocks) == 0 {
		return nil, "the blocks of " + side.VPC + ", which was not collected, are not known"
	}
	return side.Blocks, ""
}

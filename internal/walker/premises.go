package walker

import "github.com/watertight/watertight/internal/network"

// toPremises sends a packet from a transit gateway to what an attachment other than of a VPC leads to. The answer ends at the edge of a VPN or of Direct
// Connect; its reply comes back by the route table with which that attachment is associated (VPN-1, TGW-4).
func (f *flow) toPremises(going *network.TransitAttachment, p Packet) (arrival, *stop) {
	switch going.Type {
	case "vpn":
		if c, ok := f.network.VPNConnections.Get(going.Resource); ok && (c.Defect != nil || c.State != "available") {
			why := "is " + c.State
			if c.Defect != nil {
				why = "is not understood: " + c.Defect.String()
			}
			return arrival{}, unclear(kindTransitAttachment, going.ID, codeUnknown, "the VPN connection behind "+going.Label()+", "+c.Label()+", "+why)
		}
	case "direct-connect-gateway":
	default:
		return arrival{}, unclear(kindTransitAttachment, going.ID, codeUnsupported, "what is behind an attachment of type "+going.Type+" is not modelled: "+going.Label())
	}
	f.meet(kindTransitAttachment, going.ID, Forward, "to a network beyond the model")
	return arrival{place{kind: onPremises, gateway: going.ID, attachment: going}, p}, nil
}

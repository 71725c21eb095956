package walker

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

const (
	kindTransitGateway    = "transit gateway"
	kindTransitAttachment = "transit gateway attachment"
)

// throughTransitGateway sends a packet from a subnet to a transit gateway by a route: through the subnet that the VPC's attachment has in the zone
// that the packet leaves (TGW-3), of which the network ACL sees what comes from all subnets, the attachment's own among them (NACL-8).
func (f *flow) throughTransitGateway(id string, from *network.Subnet, p Packet) (arrival, *stop) {
	a, s := f.attachment(id, from.VPC)
	if s != nil {
		return arrival{}, s
	}
	if s := f.transitGatewayWorks(id); s != nil {
		return arrival{}, s
	}
	if s := carries(a, p); s != nil {
		return arrival{}, s
	}
	door, s := f.door(a, from)
	if s == nil {
		s = f.acl(door, p, false)
	}
	if s != nil {
		return arrival{}, s
	}
	f.meet(kindTransitAttachment, a.ID, Forward, "by "+door.ID+" to "+id)
	return f.transit(a, door, p)
}

// transit sends a packet on from a transit gateway, by the route table with which the attachment that it came by is associated (TGW-1, TGW-4). It was
// in the zone of the subnet from; nil when that is not known, behind a peering of gateways.
func (f *flow) transit(came *network.TransitAttachment, from *network.Subnet, p Packet) (arrival, *stop) {
	if f.steps++; f.steps > maxSteps {
		return arrival{}, drop(kindTransitGateway, came.Gateway, p.String(), codeLoop, "the packet goes round: "+p.String())
	}
	if came.RouteTable == "" { // TGW-1
		return arrival{}, drop(kindTransitAttachment, came.ID, "", codeNoTransitTable, came.Label()+" is associated with no route table")
	}
	t, ok := f.network.TransitRouteTables.Get(came.RouteTable)
	if !ok {
		return arrival{}, unclear(kindTransitTable, came.RouteTable, codeUnknown, "transit gateway route table "+came.RouteTable+" is not in the network")
	}
	id, s := f.transitRoute(t, p.Destination)
	if s != nil {
		return arrival{}, s
	}
	going := f.transitAttachment(came.Gateway, id)
	if going == nil {
		return arrival{}, unclear(kindTransitAttachment, id, codeUnknown, "attachment "+id+", to which a route of "+t.ID+" leads, is not in the network")
	}
	if s := works(going); s != nil {
		return arrival{}, s
	}
	if going == came {
		return arrival{}, unclear(kindTransitAttachment, going.ID, codeUnsupported, "what becomes of a packet that leaves a transit gateway as it came is not documented: by "+going.Label())
	}
	switch going.Type {
	case "peering":
		return f.toPeerGateway(going, p)
	case "vpc":
		return f.byAttachment(came, going, from, p)
	}
	return f.toPremises(going, p)
}

// toPeerGateway sends a packet over a peering of two transit gateways. There it is routed again.
func (f *flow) toPeerGateway(going *network.TransitAttachment, p Packet) (arrival, *stop) {
	far, ok := f.network.TransitAttachments.Get(going.Peer + "/" + going.Attachment)
	if !ok {
		return arrival{}, unclear(kindTransitGateway, going.Peer, codeUnknown, "the transit gateway behind "+going.Label()+" was not collected")
	}
	if s := works(far); s != nil {
		return arrival{}, s
	}
	if s := f.transitGatewayWorks(far.Gateway); s != nil {
		return arrival{}, s
	}
	f.meet(kindTransitAttachment, going.ID, Forward, "to "+far.Gateway)
	f.cross(crossing{kind: overTransitGateway, references: no}) // SG-4
	return f.transit(far, nil, p)
}

// byAttachment lets a packet into the VPC of an attachment, from one of whose subnets it goes on as what leaves there does: by the subnet's network
// ACL and route table, and inside the subnet by neither (TGW-3, NACL-8).
func (f *flow) byAttachment(came, going *network.TransitAttachment, from *network.Subnet, p Packet) (arrival, *stop) {
	if s := carries(going, p); s != nil {
		return arrival{}, s
	}
	if _, ok := f.network.VPCs.Get(going.Resource); !ok {
		return arrival{}, unclear("VPC", going.Resource, codeUnknown, "VPC "+going.Resource+", behind "+going.Label()+", was not collected")
	}
	door, s := f.doorIn(going, from)
	if s != nil {
		return arrival{}, s
	}
	f.meet(kindTransitAttachment, going.ID, Forward, "by "+door.ID+" into "+going.Resource)
	f.cross(crossing{kind: overTransitGateway, references: f.referencing(came, going)})
	return f.leave(door, p)
}

// door is the subnet that an attachment has in the zone of another subnet of its VPC (TGW-3).
func (f *flow) door(a *network.TransitAttachment, from *network.Subnet) (*network.Subnet, *stop) {
	same, open := f.inZone(a, from)
	switch {
	case same != nil:
		return same, nil
	case open != "":
		return nil, unclear(kindTransitAttachment, a.ID, codeUnknown, "whether "+a.Label()+" has a subnet in the zone of "+from.Label()+" is not known: "+open)
	}
	return nil, drop(kindTransitAttachment, a.ID, "", codeTransitZone, a.Label()+" has no subnet in the zone of "+from.Label())
}

// doorIn is the subnet by which an attachment lets a packet into its VPC: that in the zone from which the packet comes, or else one of AWS's choice
// (TGW-3, V-10). In appliance mode it is AWS's choice at all times, and the same for both directions of a flow (TGW-5).
func (f *flow) doorIn(a *network.TransitAttachment, from *network.Subnet) (*network.Subnet, *stop) {
	about := a.ID + " subnet"
	if !a.ApplianceMode && len(a.Subnets) > 1 {
		if from != nil {
			same, open := f.inZone(a, from)
			switch {
			case same != nil:
				return same, nil
			case open != "":
				return nil, unclear(kindTransitAttachment, a.ID, codeUnknown, "by which subnet "+a.Label()+" lets in what comes from the zone of "+from.Label()+" is not known: "+open)
			}
		}
		if f.replying {
			about += " of the reply"
		}
	}
	if len(a.Subnets) == 0 {
		return nil, unclear(kindTransitAttachment, a.ID, codeUnknown, "the subnets of "+a.Label()+" are not known")
	}
	return f.subnet(a.Subnets[f.pick(about, a.Subnets)], a.Label())
}

// inZone finds the subnet of an attachment in the zone of a subnet. When there is none, open says why there may be one nevertheless; it is empty when
// there is none for certain.
func (f *flow) inZone(a *network.TransitAttachment, of *network.Subnet) (same *network.Subnet, open string) {
	for _, id := range a.Subnets {
		s, ok := f.network.Subnets.Get(id)
		if !ok {
			open = "subnet " + id + " is not in the network"
			continue
		}
		switch sameZone(s, of) {
		case yes:
			return s, ""
		case unsure:
			open = "the zones of " + s.Label() + " and " + of.Label() + " cannot be compared"
		}
	}
	return nil, open
}

// sameZone compares zones by identifier, because names differ between accounts (TGW-3).
func sameZone(a, b *network.Subnet) answer {
	equal := func(same bool) answer {
		if same {
			return yes
		}
		return no
	}
	switch {
	case a.ID == b.ID:
		return yes
	case a.Defect != nil || b.Defect != nil:
		return unsure
	case a.ZoneID != "" && b.ZoneID != "":
		return equal(a.ZoneID == b.ZoneID)
	case a.Zone != "" && b.Zone != "" && (a.VPC == b.VPC || a.Account == b.Account):
		return equal(a.Zone == b.Zone)
	}
	return unsure
}

// attachment is the one by which a VPC is attached to a transit gateway.
func (f *flow) attachment(gateway, vpc string) (*network.TransitAttachment, *stop) {
	var other, dim *network.TransitAttachment // in another state; not understood
	for _, a := range f.network.TransitAttachments.All() {
		is := func(value, wanted string) bool { return value == wanted || value == "" && a.Defect != nil }
		switch {
		case !is(a.Gateway, gateway) || !is(a.Type, "vpc") || !is(a.Resource, vpc):
		case a.Defect != nil:
			dim = a
		case a.State == "available":
			return a, nil
		default:
			other = a
		}
	}
	if dim != nil {
		return nil, works(dim)
	}
	g, ok := f.network.TransitGateways.Get(gateway)
	if v, found := f.network.VPCs.Get(vpc); !ok && found && other != nil && f.missing("TransitGatewayAttachments", v.Account, v.Region) == "" {
		return nil, drop(kindTransitAttachment, other.ID, "", codeAttachment, other.Label()+" is "+other.State) // RT-9
	}
	if !ok {
		return nil, unclear(kindTransitGateway, gateway, codeUnknown, "transit gateway "+gateway+" is not in the network")
	}
	const list, details = "TransitGatewayAttachments", "TransitGatewayVpcAttachments" // the owners of the VPC and of the gateway get the attachment in either
	why := f.missing(list, g.Account, g.Region)
	listed := why == "" || f.missing(details, g.Account, g.Region) == ""
	if v, ok := f.network.VPCs.Get(vpc); ok && !listed {
		listed = f.missing(list, v.Account, v.Region) == "" || f.missing(details, v.Account, v.Region) == ""
	}
	switch {
	case !listed:
		return nil, unclear(kindTransitGateway, gateway, codeUnknown, "whether "+vpc+" is attached to "+g.Label()+" is not known: "+why)
	case other != nil: // RT-9
		return nil, drop(kindTransitGateway, gateway, "", codeAttachment, other.Label()+" is "+other.State)
	}
	return nil, drop(kindTransitGateway, gateway, "", codeAttachment, vpc+" is not attached to "+g.Label())
}

// missing says why a list of an account and Region does not hold all there is; it is empty when it does.
func (w *Walker) missing(list, account, region string) string {
	if gap := w.network.Gap(list, account, region); gap != nil {
		return gap.String()
	}
	if len(w.network.Collected) == 0 {
		return ""
	}
	for _, p := range w.network.Collected {
		if (p.Account == account || p.Account == "" || account == "") && (p.Region == region || p.Region == "" || region == "") {
			return ""
		}
	}
	return list + " of " + strings.Trim(account+"/"+region, "/") + ": not collected"
}

// transitAttachment finds the attachment that a route of a gateway's table names; nil when it is not in the network.
func (w *Walker) transitAttachment(gateway, id string) *network.TransitAttachment {
	if a, ok := w.network.TransitAttachments.Get(id); ok {
		return a
	}
	a, _ := w.network.TransitAttachments.Get(gateway + "/" + id) // a peering
	return a
}

// works stops at an attachment that is not understood, or not available (RT-9).
func works(a *network.TransitAttachment) *stop {
	switch {
	case a.Defect != nil:
		return unclear(kindTransitAttachment, a.ID, codeUnknown, a.Label()+" is not understood: "+a.Defect.String())
	case a.State != "available":
		return drop(kindTransitAttachment, a.ID, "", codeState, a.Label()+" is "+a.State)
	}
	return nil
}

// transitGatewayWorks stops at a gateway that is not understood, or not available (RT-9). Of one that is not in the network, its attachments tell.
func (f *flow) transitGatewayWorks(id string) *stop {
	g, ok := f.network.TransitGateways.Get(id)
	switch {
	case !ok:
	case g.Defect != nil:
		return unclear(kindTransitGateway, id, codeUnknown, g.Label()+" is not understood: "+g.Defect.String())
	case g.State != "available":
		return drop(kindTransitGateway, id, "", codeState, g.Label()+" is "+g.State)
	}
	return nil
}

// carries stops at a VPC attachment of which the details are not known, or that does not carry the packet's family (TGW-7).
func carries(a *network.TransitAttachment, p Packet) *stop {
	switch {
	case !a.Detailed:
		return unclear(kindTransitAttachment, a.ID, codeUnknown, "the subnets and options of "+a.Label()+" were not collected")
	case p.Destination.Is6() && !a.IPv6:
		return drop(kindTransitAttachment, a.ID, "", codeTransitIPv6, a.Label()+" carries no IPv6")
	}
	return nil
}

// referencing tells whether inbound group references hold across a gateway: where it and both attachments have them on (SG-4).
func (f *flow) referencing(came, going *network.TransitAttachment) answer {
	g, ok := f.network.TransitGateways.Get(came.Gateway)
	switch {
	case came.Type != "vpc" || !came.SecurityGroupReferencing || !going.SecurityGroupReferencing:
		return no
	case !ok:
		return unsure
	case g.SecurityGroupReferencing:
		return yes
	}
	return no
}

// outsideTransit tells whether a transit gateway may lead to a network that is not known: by an attachment that is not of a collected VPC, or that was not
// collected itself.
func (w *Walker) outsideTransit(gateway string, behind ...string) bool {
	g, ok := w.network.TransitGateways.Get(gateway)
	if !ok || w.missing("TransitGatewayAttachments", g.Account, g.Region) != "" {
		return true
	}
	for _, a := range w.network.TransitAttachments.All() {
		if a.Defect != nil && (a.Gateway == gateway || a.Gateway == "") {
			return true
		}
		if a.Gateway != gateway || a.State != "available" {
			continue
		}
		switch _, collected := w.network.VPCs.Get(a.Resource); {
		case a.Type == "vpc" && collected:
		case a.Type == "peering":
			far, known := w.network.TransitAttachments.Get(a.Peer + "/" + a.Attachment)
			if !known || slices.Contains(behind, a.Peer) {
				if !known {
					return true
				}
				continue
			}
			if w.outsideTransit(far.Gateway, append(behind, gateway)...) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

package dump

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

type vpcAttachment struct{ State, VpcId string }

// attachedTo is the VPC of attachments that count (RT-9).
func (e *element) attachedTo(attachments []vpcAttachment) string {
	for i, a := range attachments {
		switch a.State {
		case "available", "attached":
			return e.share(a.VpcId)
		case "detached", "detaching", "attaching":
		default:
			e.fault(at("Attachments", i), fmt.Sprintf("is in state %q: the API gives available, attached, attaching, detaching or detached", a.State))
		}
	}
	return ""
}

func attachments(vpc, state string) []vpcAttachment {
	if vpc == "" {
		return []vpcAttachment{}
	}
	return []vpcAttachment{{state, vpc}}
}

// internetGateway is an InternetGateway of the EC2 API.
type internetGateway struct {
	InternetGatewayId string
	OwnerId           string `json:",omitzero"`
	Attachments       []vpcAttachment
	record
}

func readInternetGateway(e *element, r *internetGateway) {
	g := &network.InternetGateway{VPC: e.attachedTo(r.Attachments)}
	e.settle(&g.Object, "InternetGatewayId", r.InternetGatewayId, r.OwnerId, &r.record)
	e.out.InternetGateways = append(e.out.InternetGateways, g)
}

func writeInternetGateway(g *network.InternetGateway) internetGateway {
	return internetGateway{InternetGatewayId: g.ID, OwnerId: g.Account, Attachments: attachments(g.VPC, "available"), record: mark(&g.Object)}
}

// egressOnlyGateway is an EgressOnlyInternetGateway of the EC2 API.
type egressOnlyGateway struct {
	EgressOnlyInternetGatewayId string
	Attachments                 []vpcAttachment
	record
}

func readEgressOnlyGateway(e *element, r *egressOnlyGateway) {
	g := &network.EgressOnlyGateway{VPC: e.attachedTo(r.Attachments)}
	e.settle(&g.Object, "EgressOnlyInternetGatewayId", r.EgressOnlyInternetGatewayId, "", &r.record)
	e.out.EgressOnlyGateways = append(e.out.EgressOnlyGateways, g)
}

func writeEgressOnlyGateway(g *network.EgressOnlyGateway) egressOnlyGateway {
	return egressOnlyGateway{EgressOnlyInternetGatewayId: g.ID, Attachments: attachments(g.VPC, "attached"), record: mark(&g.Object)}
}

// carrierGateway is a CarrierGateway of the EC2 API.
type carrierGateway struct {
	CarrierGatewayId string
	VpcId            string
	OwnerId          string `json:",omitzero"`
	State            string
	record
}

func readCarrierGateway(e *element, r *carrierGateway) {
	g := &network.CarrierGateway{VPC: e.require("VpcId", r.VpcId), State: e.share(r.State)}
	e.settle(&g.Object, "CarrierGatewayId", r.CarrierGatewayId, r.OwnerId, &r.record)
	e.out.CarrierGateways = append(e.out.CarrierGateways, g)
}

func writeCarrierGateway(g *network.CarrierGateway) carrierGateway {
	return carrierGateway{CarrierGatewayId: g.ID, VpcId: g.VPC, OwnerId: g.Account, State: g.State, record: mark(&g.Object)}
}

// natGateway is a NatGateway of the EC2 API.
type natGateway struct {
	NatGatewayId        string
	VpcId               string
	SubnetId            string `json:",omitzero"`
	State               string
	ConnectivityType    string `json:",omitzero"` // absent in answers from before 2021: public
	AvailabilityMode    string `json:",omitzero"` // absent in answers from before 2025: zonal
	RouteTableId        string `json:",omitzero"`
	NatGatewayAddresses []natAddress
	record
}

type natAddress struct {
	NetworkInterfaceId string  `json:",omitzero"`
	PrivateIp          address `json:",omitzero"`
	PublicIp           address `json:",omitzero"`
	Status             string  `json:",omitzero"`
	AvailabilityZone   string  `json:",omitzero"`
	AvailabilityZoneId string  `json:",omitzero"`
}

func readNATGateway(e *element, r *natGateway) {
	g := &network.NATGateway{VPC: e.require("VpcId", r.VpcId), Subnet: e.share(r.SubnetId), State: e.share(r.State), Private: r.ConnectivityType == "private",
		Regional: r.AvailabilityMode == "regional", RouteTable: e.share(r.RouteTableId)}
	if r.ConnectivityType != "" && r.ConnectivityType != "public" && r.ConnectivityType != "private" {
		e.fault("/ConnectivityType", fmt.Sprintf("is %q: the API gives public or private", r.ConnectivityType))
	}
	if r.AvailabilityMode != "" && r.AvailabilityMode != "zonal" && r.AvailabilityMode != "regional" {
		e.fault("/AvailabilityMode", fmt.Sprintf("is %q: the API gives zonal or regional", r.AvailabilityMode))
	}
	alive := r.State == "available" || r.State == "pending"
	if !g.Regional && g.Subnet == "" && alive {
		e.fault("", "has no SubnetId")
	}
	for i, a := range r.NatGatewayAddresses {
		if a.Status == "failed" {
			continue
		}
		g.Addresses = append(g.Addresses, network.NATAddress{IP: a.PrivateIp.Addr, Public: a.PublicIp.Addr, Interface: a.NetworkInterfaceId,
			Zone: e.share(cmp.Or(a.AvailabilityZoneId, a.AvailabilityZone))})
		if _, listed := e.file.dump.listed[a.NetworkInterfaceId]; listed || !alive || g.Regional || a.NetworkInterfaceId == "" || !a.PrivateIp.IsValid() {
			continue
		}
		n := &network.Interface{VPC: g.VPC, Subnet: g.Subnet, Type: network.TypeNAT, Addresses: []network.Address{{IP: a.PrivateIp.Addr, Public: a.PublicIp.Addr}},
			Description: "Interface for NAT Gateway " + r.NatGatewayId, Owner: network.Owner{Kind: network.OwnerNAT, ID: r.NatGatewayId, Sure: true}}
		derived := &element{batch: e.batch, path: e.path + at("NatGatewayAddresses", i)}
		derived.settle(&n.Object, "NetworkInterfaceId", a.NetworkInterfaceId, "", nil)
		e.out.Interfaces = append(e.out.Interfaces, n)
	}
	e.settle(&g.Object, "NatGatewayId", r.NatGatewayId, "", &r.record)
	e.out.NATGateways = append(e.out.NATGateways, g)
}

func writeNATGateway(g *network.NATGateway) natGateway {
	r := natGateway{NatGatewayId: g.ID, VpcId: g.VPC, SubnetId: g.Subnet, State: g.State, ConnectivityType: "public", AvailabilityMode: "zonal",
		RouteTableId: g.RouteTable, NatGatewayAddresses: []natAddress{}, record: mark(&g.Object)}
	if g.Private {
		r.ConnectivityType = "private"
	}
	if g.Regional {
		r.AvailabilityMode = "regional"
	}
	for _, a := range g.Addresses {
		each := natAddress{NetworkInterfaceId: a.Interface, PrivateIp: address{a.IP}, PublicIp: address{a.Public}, Status: "succeeded"}
		if zoneRegion(a.Zone) != "" {
			each.AvailabilityZone = a.Zone
		} else {
			each.AvailabilityZoneId = a.Zone
		}
		r.NatGatewayAddresses = append(r.NatGatewayAddresses, each)
	}
	return r
}

// peering is a VpcPeeringConnection of the EC2 API.
type peering struct {
	VpcPeeringConnectionId string
	Status                 peeringStatus
	RequesterVpcInfo       peeringSide
	AccepterVpcInfo        peeringSide
	record
}

type peeringStatus struct{ Code string }

type peeringSide struct {
	VpcId            string       `json:",omitzero"`
	OwnerId          string       `json:",omitzero"`
	Region           string       `json:",omitzero"`
	CidrBlock        cidr         `json:",omitzero"`
	CidrBlockSet     []cidrBlock  `json:",omitzero"`
	Ipv6CidrBlockSet []cidr6Block `json:",omitzero"`
}

type cidrBlock struct{ CidrBlock cidr }

type cidr6Block struct{ Ipv6CidrBlock cidr }

func readPeering(e *element, r *peering) {
	p := &network.PeeringConnection{State: e.share(r.Status.Code), Requester: e.side(&r.RequesterVpcInfo), Accepter: e.side(&r.AccepterVpcInfo)}
	if r.Status.Code == "" {
		e.fault("", "has no Status with a Code")
	} else if r.Status.Code == "active" && (r.RequesterVpcInfo.VpcId == "" || r.AccepterVpcInfo.VpcId == "") {
		e.fault("", "is active, and does not name both VPCs")
	}
	e.settle(&p.Object, "VpcPeeringConnectionId", r.VpcPeeringConnectionId, r.RequesterVpcInfo.OwnerId, &r.record)
	p.Region = cmp.Or(p.Requester.Region, p.Region) // both sides list it: it belongs to the requester's place
	e.out.PeeringConnections = append(e.out.PeeringConnections, p)
}

func (e *element) side(r *peeringSide) network.PeeringSide {
	s := network.PeeringSide{VPC: e.share(r.VpcId), Account: e.share(r.OwnerId), Region: e.share(r.Region)}
	if r.CidrBlock.IsValid() {
		s.Blocks = append(s.Blocks, r.CidrBlock.Prefix)
	}
	for _, b := range r.CidrBlockSet {
		if b.CidrBlock.IsValid() && !slices.Contains(s.Blocks, b.CidrBlock.Prefix) {
			s.Blocks = append(s.Blocks, b.CidrBlock.Prefix)
		}
	}
	if len(s.Blocks) > 1 { // in the same order whichever side tells
		slices.SortFunc(s.Blocks[1:], netip.Prefix.Compare)
	}
	for _, b := range r.Ipv6CidrBlockSet {
		if b.Ipv6CidrBlock.IsValid() {
			s.Blocks = append(s.Blocks, b.Ipv6CidrBlock.Prefix)
		}
	}
	return s
}

func writePeering(p *network.PeeringConnection) peering {
	return peering{VpcPeeringConnectionId: p.ID, Status: peeringStatus{p.State}, RequesterVpcInfo: writeSide(p.Requester), AccepterVpcInfo: writeSide(p.Accepter), record: mark(&p.Object)}
}

func writeSide(s network.PeeringSide) peeringSide {
	r := peeringSide{VpcId: s.VPC, OwnerId: s.Account, Region: s.Region}
	for _, b := range s.Blocks {
		if b.Addr().Is4() {
			if !r.CidrBlock.IsValid() {
				r.CidrBlock = cidr{b}
			}
			r.CidrBlockSet = append(r.CidrBlockSet, cidrBlock{cidr{b}})
		} else {
			r.Ipv6CidrBlockSet = append(r.Ipv6CidrBlockSet, cidr6Block{cidr{b}})
		}
	}
	return r
}

// vpnGateway is a VpnGateway of the EC2 API.
type vpnGateway struct {
	VpnGatewayId   string
	State          string
	VpcAttachments []vpcAttachment
	record
}

func readVPNGateway(e *element, r *vpnGateway) {
	g := &network.VPNGateway{VPC: e.attachedTo(r.VpcAttachments)}
	e.settle(&g.Object, "VpnGatewayId", r.VpnGatewayId, "", &r.record)
	e.out.VPNGateways = append(e.out.VPNGateways, g)
}

func writeVPNGateway(g *network.VPNGateway) vpnGateway {
	return vpnGateway{VpnGatewayId: g.ID, State: "available", VpcAttachments: attachments(g.VPC, "attached"), record: mark(&g.Object)}
}

// vpnConnection is a VpnConnection of the EC2 API.
type vpnConnection struct {
	VpnConnectionId   string
	State             string
	VpnGatewayId      string     `json:",omitzero"`
	TransitGatewayId  string     `json:",omitzero"`
	CustomerGatewayId string     `json:",omitzero"`
	Options           vpnOptions `json:",omitzero"`
	Routes            []vpnRoute
	record
}

type vpnOptions struct{ StaticRoutesOnly bool }

type vpnRoute struct {
	DestinationCidrBlock cidr
	State                string
}

func readVPNConnection(e *element, r *vpnConnection) {
	c := &network.VPNConnection{State: e.share(r.State), VPNGateway: e.share(r.VpnGatewayId), TransitGateway: e.share(r.TransitGatewayId),
		CustomerGateway: e.share(r.CustomerGatewayId), StaticOnly: r.Options.StaticRoutesOnly}
	for _, each := range r.Routes {
		if each.State == "available" && each.DestinationCidrBlock.IsValid() {
			c.Routes = append(c.Routes, each.DestinationCidrBlock.Prefix)
		}
	}
	slices.SortFunc(c.Routes, netip.Prefix.Compare)
	e.settle(&c.Object, "VpnConnectionId", r.VpnConnectionId, "", &r.record)
	e.out.VPNConnections = append(e.out.VPNConnections, c)
}

func writeVPNConnection(c *network.VPNConnection) vpnConnection {
	return vpnConnection{VpnConnectionId: c.ID, State: c.State, VpnGatewayId: c.VPNGateway, TransitGatewayId: c.TransitGateway, CustomerGatewayId: c.CustomerGateway,
		Options: vpnOptions{c.StaticOnly}, record: mark(&c.Object),
		Routes: pick(c.Routes, func(p netip.Prefix) vpnRoute { return vpnRoute{cidr{p}, "available"} })}
}

// customerGateway is a CustomerGateway of the EC2 API.
type customerGateway struct {
	CustomerGatewayId string
	State             string
	IpAddress         address `json:",omitzero"`
	record
}

func readCustomerGateway(e *element, r *customerGateway) {
	g := &network.CustomerGateway{State: e.share(r.State), Address: r.IpAddress.Addr}
	e.settle(&g.Object, "CustomerGatewayId", r.CustomerGatewayId, "", &r.record)
	e.out.CustomerGateways = append(e.out.CustomerGateways, g)
}

func writeCustomerGateway(g *network.CustomerGateway) customerGateway {
	return customerGateway{CustomerGatewayId: g.ID, State: g.State, IpAddress: address{g.Address}, record: mark(&g.Object)}
}

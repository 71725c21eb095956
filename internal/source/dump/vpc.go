package dump

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/watertight/watertight/internal/network"
)

// vpc is a Vpc of the EC2 API.
type vpc struct {
	VpcId                       string
	OwnerId                     string `json:",omitzero"`
	CidrBlock                   cidr   `json:",omitzero"`
	IsDefault                   bool
	CidrBlockAssociationSet     []ipv4Association `json:",omitzero"`
	Ipv6CidrBlockAssociationSet []ipv6Association `json:",omitzero"`
	record
}

type ipv4Association struct {
	CidrBlock      cidr
	CidrBlockState blockState
}

type ipv6Association struct {
	Ipv6CidrBlock      cidr
	Ipv6CidrBlockState blockState
}

type blockState struct{ State string }

const associated = "associated"

func readVPC(e *element, r *vpc) {
	v := &network.VPC{Default: r.IsDefault}
	var four, six []netip.Prefix
	if r.CidrBlock.IsValid() && r.CidrBlockAssociationSet == nil {
		four = append(four, r.CidrBlock.Prefix)
	}
	for i, a := range r.CidrBlockAssociationSet {
		four = e.block(four, at("CidrBlockAssociationSet", i), a.CidrBlock, a.CidrBlockState)
	}
	if i := slices.Index(four, r.CidrBlock.Prefix); i > 0 { // the primary one first
		four = slices.Insert(slices.Delete(four, i, i+1), 0, r.CidrBlock.Prefix)
	}
	for i, a := range r.Ipv6CidrBlockAssociationSet {
		six = e.block(six, at("Ipv6CidrBlockAssociationSet", i), a.Ipv6CidrBlock, a.Ipv6CidrBlockState)
	}
	v.Blocks = append(four, six...)
	e.settle(&v.Object, "VpcId", r.VpcId, r.OwnerId, &r.record)
	e.out.VPCs = append(e.out.VPCs, v)
}

// block adds a block that is associated, or about to be.
func (e *element) block(blocks []netip.Prefix, path string, block cidr, state blockState) []netip.Prefix {
	switch state.State {
	case associated:
		if !block.IsValid() {
			e.fault(path, "has no block")
			return blocks
		}
		return append(blocks, block.Prefix)
	case "disassociated", "failed":
		e.take(path) // whatever it says does not count
	default:
		e.fault(path, fmt.Sprintf("is in state %q: whether it counts is not known; read it again once it is associated", state.State))
	}
	return blocks
}

func writeVPC(v *network.VPC) vpc {
	r := vpc{VpcId: v.ID, OwnerId: v.Account, IsDefault: v.Default, CidrBlockAssociationSet: []ipv4Association{}, record: mark(&v.Object)}
	for _, b := range v.Blocks {
		if b.Addr().Is4() {
			if !r.CidrBlock.IsValid() {
				r.CidrBlock = cidr{b}
			}
			r.CidrBlockAssociationSet = append(r.CidrBlockAssociationSet, ipv4Association{cidr{b}, blockState{associated}})
		} else {
			r.Ipv6CidrBlockAssociationSet = append(r.Ipv6CidrBlockAssociationSet, ipv6Association{cidr{b}, blockState{associated}})
		}
	}
	return r
}

// subnet is a Subnet of the EC2 API.
type subnet struct {
	SubnetId                    string
	VpcId                       string
	OwnerId                     string            `json:",omitzero"`
	AvailabilityZone            string            `json:",omitzero"`
	AvailabilityZoneId          string            `json:",omitzero"`
	CidrBlock                   cidr              `json:",omitzero"` // none in an IPv6-only subnet
	Ipv6CidrBlockAssociationSet []ipv6Association `json:",omitzero"`
	MapPublicIpOnLaunch         bool
	AssignIpv6AddressOnCreation bool
	record
}

func readSubnet(e *element, r *subnet) {
	s := &network.Subnet{VPC: e.require("VpcId", r.VpcId), Zone: e.share(r.AvailabilityZone), ZoneID: e.share(r.AvailabilityZoneId),
		MapPublicIPOnLaunch: r.MapPublicIpOnLaunch, AssignIPv6OnCreation: r.AssignIpv6AddressOnCreation}
	if r.CidrBlock.IsValid() {
		s.Blocks = append(s.Blocks, r.CidrBlock.Prefix)
	}
	for i, a := range r.Ipv6CidrBlockAssociationSet {
		s.Blocks = e.block(s.Blocks, at("Ipv6CidrBlockAssociationSet", i), a.Ipv6CidrBlock, a.Ipv6CidrBlockState)
	}
	if len(s.Blocks) == 0 && len(e.faults) == 0 {
		e.fault("", "has no CidrBlock, and no Ipv6CidrBlock in use")
	}
	e.settle(&s.Object, "SubnetId", r.SubnetId, r.OwnerId, &r.record)
	e.out.Subnets = append(e.out.Subnets, s)
}

func writeSubnet(s *network.Subnet) subnet {
	r := subnet{SubnetId: s.ID, VpcId: s.VPC, OwnerId: s.Account, AvailabilityZone: s.Zone, AvailabilityZoneId: s.ZoneID,
		MapPublicIpOnLaunch: s.MapPublicIPOnLaunch, AssignIpv6AddressOnCreation: s.AssignIPv6OnCreation, record: mark(&s.Object)}
	for _, b := range s.Blocks {
		if b.Addr().Is4() {
			r.CidrBlock = cidr{b}
		} else {
			r.Ipv6CidrBlockAssociationSet = append(r.Ipv6CidrBlockAssociationSet, ipv6Association{cidr{b}, blockState{associated}})
		}
	}
	return r
}

// zone is an AvailabilityZone of the EC2 API.
type zone struct{ ZoneName, ZoneId, RegionName string }

// assembleZones gives zone identifiers to subnets whose answers, from before 2018, lack them.
func (d *dump) assembleZones(all *part) {
	type named struct{ account, name string }
	ids := map[named]string{}
	for _, z := range all.Zones {
		ids[named{z.Element.file.account, z.Record.ZoneName}] = z.Record.ZoneId
	}
	for _, s := range all.Subnets {
		if s.ZoneID == "" {
			s.ZoneID = ids[named{s.Account, s.Zone}]
		}
	}
}

// routeTable is a RouteTable of the EC2 API.
type routeTable struct {
	RouteTableId string
	VpcId        string
	OwnerId      string `json:",omitzero"`
	Associations []tableAssociation
	Routes       []route
	record
}

type tableAssociation struct {
	Main             bool
	SubnetId         string      `json:",omitzero"`
	GatewayId        string      `json:",omitzero"`
	AssociationState *blockState `json:",omitzero"` // absent in answers from before 2019
}

type route struct {
	DestinationCidrBlock        cidr           `json:",omitzero"`
	DestinationIpv6CidrBlock    cidr           `json:",omitzero"`
	DestinationPrefixListId     string         `json:",omitzero"`
	GatewayId                   string         `json:",omitzero"`
	NatGatewayId                string         `json:",omitzero"`
	VpcPeeringConnectionId      string         `json:",omitzero"`
	TransitGatewayId            string         `json:",omitzero"`
	NetworkInterfaceId          string         `json:",omitzero"`
	EgressOnlyInternetGatewayId string         `json:",omitzero"`
	CarrierGatewayId            string         `json:",omitzero"`
	LocalGatewayId              string         `json:",omitzero"`
	CoreNetworkArn              string         `json:",omitzero"`
	InstanceId                  string         `json:",omitzero"`
	InstanceOwnerId             string         `json:",omitzero"`
	Origin                      string         `json:",omitzero"`
	State                       string         `json:",omitzero"`
	Watertight                  *extra         `json:",omitzero"`
	Rest                        jsontext.Value `json:",embed"` // a target that is not known here
}

func readRouteTable(e *element, r *routeTable) {
	t := &network.RouteTable{VPC: e.require("VpcId", r.VpcId)}
	for i, a := range r.Associations {
		if a.AssociationState != nil && a.AssociationState.State != associated {
			path := at("Associations", i)
			e.take(path)
			if s := a.AssociationState.State; s != "disassociated" && s != "failed" {
				e.fault(path, fmt.Sprintf("is in state %q: whether it counts is not known", s))
			}
			continue
		}
		switch {
		case a.Main:
			t.Main = true
		case a.SubnetId != "":
			t.Subnets = append(t.Subnets, a.SubnetId)
		case a.GatewayId != "":
			t.Gateways = append(t.Gateways, a.GatewayId)
		default:
			e.fault(at("Associations", i), "is with neither a subnet nor a gateway, and not the main one")
		}
	}
	t.Subnets, t.Gateways = e.shareAll(t.Subnets), e.shareAll(t.Gateways)
	for i := range r.Routes {
		t.Routes = append(t.Routes, e.route(at("Routes", i), &r.Routes[i]))
	}
	e.settle(&t.Object, "RouteTableId", r.RouteTableId, r.OwnerId, &r.record)
	e.out.RouteTables = append(e.out.RouteTables, t)
}

func (e *element) route(path string, r *route) network.Route {
	out := network.Route{PrefixList: e.share(r.DestinationPrefixListId), Propagated: r.Origin == "EnableVgwRoutePropagation", Origin: e.origin(path)}
	destinations := 0
	for _, c := range []cidr{r.DestinationCidrBlock, r.DestinationIpv6CidrBlock} {
		if c.IsValid() {
			out.Destination = c.Prefix
			destinations++
		}
	}
	if out.PrefixList != "" {
		destinations++
	}
	var targets int
	out.Target, targets = r.target()
	out.Target.ID = e.share(out.Target.ID)
	out.Blackhole = r.State != "active"
	if !e.faulty(path) {
		switch {
		case destinations == 0 && !out.Propagated: // see [network.Route]
			e.fault(path, "has no destination: one of DestinationCidrBlock, DestinationIpv6CidrBlock and DestinationPrefixListId")
		case destinations > 1:
			e.fault(path, "has several destinations: it is not known which one counts")
		case targets > 1:
			e.fault(path, "has several targets: it is not known which one counts")
		case targets == 0 && !out.Blackhole:
			e.fault(path, "has no target, and is active")
		case r.State == "":
			e.fault(path, "has no State: the API gives active or blackhole")
		}
	}
	out.Defect = e.part(path, r.Watertight)
	return out
}

// target finds where a route leads, and how many targets it has.
func (r *route) target() (target network.Target, count int) {
	for _, t := range []network.Target{{Kind: r.gatewayKind(), ID: r.GatewayId}, {Kind: network.TargetNAT, ID: r.NatGatewayId}, {Kind: network.TargetPeering, ID: r.VpcPeeringConnectionId},
		{Kind: network.TargetTransitGateway, ID: r.TransitGatewayId}, {Kind: network.TargetEgressOnly, ID: r.EgressOnlyInternetGatewayId},
		{Kind: network.TargetCarrierGateway, ID: r.CarrierGatewayId}, {Kind: network.TargetLocalGateway, ID: r.LocalGatewayId},
		{Kind: network.TargetCoreNetwork, ID: r.CoreNetworkArn}, {Kind: network.TargetInterface, ID: r.NetworkInterfaceId}} {
		if t.ID != "" {
			target = t
			count++
		}
	}
	switch {
	case count > 0:
	case r.InstanceId != "":
		return network.Target{Kind: network.TargetOther, ID: r.InstanceId}, 1
	case len(r.Rest) > len("{}"):
		return network.Target{Kind: network.TargetOther, ID: string(r.Rest)}, 1
	}
	return target, count
}

func (r *route) gatewayKind() network.TargetKind {
	prefix, _, _ := strings.Cut(r.GatewayId, "-")
	return cmp.Or(map[string]network.TargetKind{"local": network.TargetLocal, "igw": network.TargetInternetGateway, "vgw": network.TargetVPNGateway,
		"vpce": network.TargetEndpoint, "eigw": network.TargetEgressOnly, "cagw": network.TargetCarrierGateway, "lgw": network.TargetLocalGateway}[prefix], network.TargetOther)
}

func writeRouteTable(t *network.RouteTable) routeTable {
	r := routeTable{RouteTableId: t.ID, VpcId: t.VPC, OwnerId: t.Account, Associations: []tableAssociation{}, Routes: []route{}, record: mark(&t.Object)}
	state := &blockState{associated}
	if t.Main {
		r.Associations = append(r.Associations, tableAssociation{Main: true, AssociationState: state})
	}
	for _, id := range t.Subnets {
		r.Associations = append(r.Associations, tableAssociation{SubnetId: id, AssociationState: state})
	}
	for _, id := range t.Gateways {
		r.Associations = append(r.Associations, tableAssociation{GatewayId: id, AssociationState: state})
	}
	for _, each := range t.Routes {
		r.Routes = append(r.Routes, writeRoute(each))
	}
	return r
}

func writeRoute(each network.Route) route {
	r := route{DestinationPrefixListId: each.PrefixList, Origin: "CreateRoute", State: "active", Watertight: flaw(each.Defect)}
	if each.Destination.Addr().Is4() {
		r.DestinationCidrBlock = cidr{each.Destination}
	} else if each.Destination.IsValid() {
		r.DestinationIpv6CidrBlock = cidr{each.Destination}
	}
	if each.Blackhole {
		r.State = "blackhole"
	}
	if each.Propagated {
		r.Origin = "EnableVgwRoutePropagation"
	}
	id := each.Target.ID
	switch each.Target.Kind {
	case network.TargetLocal:
		r.GatewayId, r.Origin = id, "CreateRouteTable"
	case network.TargetInternetGateway, network.TargetVPNGateway, network.TargetEndpoint:
		r.GatewayId = id
	case network.TargetEgressOnly:
		r.EgressOnlyInternetGatewayId = id
	case network.TargetNAT:
		r.NatGatewayId = id
	case network.TargetPeering:
		r.VpcPeeringConnectionId = id
	case network.TargetTransitGateway:
		r.TransitGatewayId = id
	case network.TargetInterface:
		r.NetworkInterfaceId = id
	case network.TargetCarrierGateway:
		r.CarrierGatewayId = id
	case network.TargetLocalGateway:
		r.LocalGatewayId = id
	case network.TargetCoreNetwork:
		r.CoreNetworkArn = id
	case network.TargetOther:
		switch {
		case strings.HasPrefix(id, "{"):
			r.Rest = jsontext.Value(id)
		case strings.HasPrefix(id, "i-"):
			r.InstanceId = id
		default:
			r.GatewayId = id
		}
	}
	return r
}

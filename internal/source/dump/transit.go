package dump

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// transitGateway is a TransitGateway of the EC2 API.
type transitGateway struct {
	TransitGatewayId string
	OwnerId          string `json:",omitzero"`
	State            string
	Options          transitOptions
	record
}

type transitOptions struct {
	SecurityGroupReferencingSupport string `json:",omitzero"`
	DefaultRouteTableAssociation    string `json:",omitzero"`
	AssociationDefaultRouteTableId  string `json:",omitzero"`
	DefaultRouteTablePropagation    string `json:",omitzero"`
	PropagationDefaultRouteTableId  string `json:",omitzero"`
}

const enable, disable = "enable", "disable"

func readTransitGateway(e *element, r *transitGateway) {
	g := &network.TransitGateway{State: e.share(r.State), SecurityGroupReferencing: r.Options.SecurityGroupReferencingSupport == enable}
	if r.Options.DefaultRouteTableAssociation == enable {
		g.DefaultRouteTable = e.share(r.Options.AssociationDefaultRouteTableId)
	}
	if r.Options.DefaultRouteTablePropagation == enable {
		g.DefaultPropagation = e.share(r.Options.PropagationDefaultRouteTableId)
	}
	e.settle(&g.Object, "TransitGatewayId", r.TransitGatewayId, r.OwnerId, &r.record)
	e.out.TransitGateways = append(e.out.TransitGateways, g)
}

func able(on bool) string {
	if on {
		return enable
	}
	return disable
}

func writeTransitGateway(g *network.TransitGateway) transitGateway {
	return transitGateway{TransitGatewayId: g.ID, OwnerId: g.Account, State: g.State, record: mark(&g.Object), Options: transitOptions{able(g.SecurityGroupReferencing),
		able(g.DefaultRouteTable != ""), g.DefaultRouteTable, able(g.DefaultPropagation != ""), g.DefaultPropagation}}
}

// transitAttachment is a TransitGatewayAttachment of the EC2 API: any kind, with its association.
type transitAttachment struct {
	TransitGatewayAttachmentId string
	TransitGatewayId           string
	TransitGatewayOwnerId      string `json:",omitzero"`
	ResourceId                 string `json:",omitzero"`
	ResourceOwnerId            string `json:",omitzero"`
	ResourceType               string
	State                      string
	Association                *transitAssociation `json:",omitzero"`
	record
}

type transitAssociation struct {
	TransitGatewayRouteTableId string
	State                      string
}

// transitVPCAttachment is a TransitGatewayVpcAttachment of the EC2 API: what only VPC attachments have.
type transitVPCAttachment struct {
	TransitGatewayAttachmentId string
	TransitGatewayId           string
	VpcId                      string
	VpcOwnerId                 string `json:",omitzero"`
	State                      string
	SubnetIds                  []string
	Options                    transitVPCOptions
	record
}

type transitVPCOptions struct {
	DnsSupport                      string `json:",omitzero"`
	Ipv6Support                     string `json:",omitzero"`
	ApplianceModeSupport            string `json:",omitzero"`
	SecurityGroupReferencingSupport string `json:",omitzero"`
}

// transitPeeringAttachment is a TransitGatewayPeeringAttachment of the EC2 API: both ends of a peering.
type transitPeeringAttachment struct {
	TransitGatewayAttachmentId string
	RequesterTgwInfo           transitEnd
	AccepterTgwInfo            transitEnd
	State                      string
	record
}

type transitEnd struct {
	TransitGatewayId string
	OwnerId          string `json:",omitzero"`
	Region           string `json:",omitzero"`
}

// assembleAttachments puts together what up to three lists, in up to two accounts, say of an attachment.
func (d *dump) assembleAttachments(all *part) {
	attachments := map[string]*network.TransitAttachment{}
	associated := map[string]bool{} // those whose association is known, be it that there is none
	find := func(e *element, id, gateway, kind string) (*network.TransitAttachment, string) {
		key := id
		if kind == "peering" && id != "" {
			key = gateway + "/" + id
		}
		a := attachments[key]
		if a == nil || key == "" {
			a = &network.TransitAttachment{Attachment: id, Gateway: e.share(gateway), Type: e.share(kind)}
			attachments[key] = a
			all.TransitAttachments = append(all.TransitAttachments, a)
		}
		return a, key
	}
	for i := range all.TransitAll {
		r, e := all.TransitAll[i].open(all)
		a, key := find(e, r.TransitGatewayAttachmentId, r.TransitGatewayId, r.ResourceType)
		if r.TransitGatewayId == "" {
			e.fault("", "has no TransitGatewayId")
		}
		owner := r.TransitGatewayOwnerId
		again := a.ID != ""
		old := a.Object
		if again { // the other account lists it as well
			a.Object = network.Object{}
		}
		table, known := "", r.TransitGatewayOwnerId == "" || e.file.account == "" || r.TransitGatewayOwnerId == e.file.account
		if s := r.Association; s != nil {
			switch s.State {
			case "associated":
				table, known = e.share(s.TransitGatewayRouteTableId), true
			case "disassociated":
				known = true
			default:
				e.fault("/Association", fmt.Sprintf("is in state %q: whether it counts is not known", s.State))
			}
		}
		a.Resource, a.ResourceAccount, a.State = cmp.Or(e.share(r.ResourceId), a.Resource), cmp.Or(e.share(r.ResourceOwnerId), a.ResourceAccount), e.share(r.State)
		a.RouteTable = cmp.Or(a.RouteTable, table)
		if kind := "peering"; r.ResourceType == kind {
			a.Peer = a.Resource
		}
		associated[key] = associated[key] || known
		e.settle(&a.Object, "TransitGatewayAttachmentId", key, owner, &r.record)
		if again && old.Defect == nil && (old.Name != "" || a.Name == "" || a.Defect != nil) {
			a.Object = old
		}
	}
	for i := range all.TransitVPC {
		r, e := all.TransitVPC[i].open(all)
		a, key := find(e, r.TransitGatewayAttachmentId, r.TransitGatewayId, "vpc")
		if a.ID == "" {
			a.Resource, a.ResourceAccount, a.State = e.share(r.VpcId), e.share(r.VpcOwnerId), e.share(r.State)
			e.settle(&a.Object, "TransitGatewayAttachmentId", key, "", &r.record)
		} else if defect := e.take(""); defect != nil && a.Defect == nil {
			a.Defect = defect
		}
		o := r.Options
		a.Detailed, a.Subnets = true, e.shareAll(r.SubnetIds)
		a.ApplianceMode, a.IPv6, a.DNS = o.ApplianceModeSupport == enable, o.Ipv6Support == enable, o.DnsSupport == enable
		a.SecurityGroupReferencing = o.SecurityGroupReferencingSupport == enable
	}
	for i := range all.TransitPeering {
		r, e := all.TransitPeering[i].open(all)
		defect := e.take("")
		for _, ends := range [][2]transitEnd{{r.RequesterTgwInfo, r.AccepterTgwInfo}, {r.AccepterTgwInfo, r.RequesterTgwInfo}} {
			a := attachments[ends[0].TransitGatewayId+"/"+r.TransitGatewayAttachmentId]
			if a == nil {
				continue
			}
			a.Detailed, a.Peer, a.PeerRegion = true, e.share(ends[1].TransitGatewayId), e.share(ends[1].Region)
			if defect != nil && a.Defect == nil {
				a.Defect = defect
			}
		}
	}
	for _, a := range all.TransitAttachments {
		key := a.ID
		if a.Defect == nil && !associated[key] {
			a.Defect = &network.Defect{Reason: "its association with a route table is not known: the TransitGatewayAttachments of the gateway's owner tell it", Origin: a.Origin}
			all.Problems = append(all.Problems, network.Problem{Origin: a.Origin, Message: a.Defect.Reason})
		}
	}
}

func writeTransitAttachment(a *network.TransitAttachment) transitAttachment {
	r := transitAttachment{TransitGatewayAttachmentId: a.Attachment, TransitGatewayId: a.Gateway, TransitGatewayOwnerId: a.Account, ResourceId: a.Resource,
		ResourceOwnerId: a.ResourceAccount, ResourceType: a.Type, State: a.State, record: mark(&a.Object)}
	if a.RouteTable != "" {
		r.Association = &transitAssociation{a.RouteTable, associated}
	}
	return r
}

func writeTransitVPCAttachment(a *network.TransitAttachment) transitVPCAttachment {
	return transitVPCAttachment{TransitGatewayAttachmentId: a.Attachment, TransitGatewayId: a.Gateway, VpcId: a.Resource, VpcOwnerId: a.ResourceAccount, State: a.State,
		SubnetIds: a.Subnets, record: mark(&a.Object),
		Options: transitVPCOptions{able(a.DNS), able(a.IPv6), able(a.ApplianceMode), able(a.SecurityGroupReferencing)}}
}

func writeTransitPeeringAttachment(a *network.TransitAttachment) transitPeeringAttachment {
	return transitPeeringAttachment{TransitGatewayAttachmentId: a.Attachment, State: a.State, RequesterTgwInfo: transitEnd{a.Gateway, a.Account, a.Region},
		AccepterTgwInfo: transitEnd{a.Peer, a.ResourceAccount, a.PeerRegion}, record: mark(&a.Object)}
}

// transitRouteTable is a TransitGatewayRouteTable of the EC2 API.
type transitRouteTable struct {
	TransitGatewayRouteTableId string
	TransitGatewayId           string
	State                      string
	record
}

func readTransitRouteTable(e *element, r *transitRouteTable) {
	t := &network.TransitRouteTable{Gateway: e.require("TransitGatewayId", r.TransitGatewayId)}
	e.settle(&t.Object, "TransitGatewayRouteTableId", r.TransitGatewayRouteTableId, "", &r.record)
	e.out.TransitRouteTables = append(e.out.TransitRouteTables, t)
}

func writeTransitRouteTable(t *network.TransitRouteTable) transitRouteTable {
	return transitRouteTable{TransitGatewayRouteTableId: t.ID, TransitGatewayId: t.Gateway, State: "available", record: mark(&t.Object)}
}

// transitRoutes is the answer of search-transit-gateway-routes, with the table that was asked for.
type transitRoutes struct {
	TransitGatewayRouteTableId string
	Routes                     []transitRoute
	AdditionalRoutesAvailable  bool
	NextToken                  string `json:",omitzero"`
}

type transitRoute struct {
	DestinationCidrBlock      cidr                     `json:",omitzero"`
	PrefixListId              string                   `json:",omitzero"`
	TransitGatewayAttachments []transitRouteAttachment `json:",omitzero"`
	Type                      string
	State                     string
	Watertight                *extra `json:",omitzero"`
}

type transitRouteAttachment struct {
	TransitGatewayAttachmentId string
	ResourceId                 string `json:",omitzero"`
	ResourceType               string `json:",omitzero"`
}

// transitPropagations is the answer of get-transit-gateway-route-table-propagations, with the table that was asked for.
type transitPropagations struct {
	TransitGatewayRouteTableId           string
	TransitGatewayRouteTablePropagations []transitPropagation
	NextToken                            string `json:",omitzero"`
}

type transitPropagation struct {
	TransitGatewayAttachmentId string
	State                      string
}

// transitPrefixLists is the answer of get-transit-gateway-prefix-list-references, with the table that was asked for.
type transitPrefixLists struct {
	TransitGatewayRouteTableId         string
	TransitGatewayPrefixListReferences []transitPrefixList
	NextToken                          string `json:",omitzero"`
}

type transitPrefixList struct {
	PrefixListId             string
	State                    string
	Blackhole                bool
	TransitGatewayAttachment *transitRouteAttachment `json:",omitzero"`
	Watertight               *extra                  `json:",omitzero"`
}

// assembleTransitTables fills the route tables of transit gateways.
func (d *dump) assembleTransitTables(all *part) {
	tables := map[string]*network.TransitRouteTable{}
	for _, t := range all.TransitRouteTables {
		tables[t.ID] = t
	}
	// table finds the table of an answer. What the answer has wrong as a whole is the table's.
	table := func(e *element, id string) *network.TransitRouteTable {
		t := tables[id]
		if t == nil {
			e.gapFor(id)
		}
		return t
	}
	whole := func(e *element, t *network.TransitRouteTable) bool {
		defect := e.take("")
		if defect != nil && t.Defect == nil {
			t.Defect = defect
		}
		return defect == nil
	}
	// All static routes tell more than a part of all routes.
	better, cut := map[string]bool{}, map[string]bool{}
	for _, a := range all.TransitRoutes {
		cut[a.Record.TransitGatewayRouteTableId] = cut[a.Record.TransitGatewayRouteTableId] || a.Record.AdditionalRoutesAvailable
	}
	for _, a := range all.TransitStatic {
		better[a.Record.TransitGatewayRouteTableId] = cut[a.Record.TransitGatewayRouteTableId]
	}
	truncated := map[string]bool{}
	search := func(answers []answer[transitRoutes], every bool) {
		for i := range answers {
			r, e := answers[i].open(all)
			t := table(e, r.TransitGatewayRouteTableId)
			if t == nil || t.AllRoutes && !every || every && better[t.ID] { // all routes include the static ones
				continue
			}
			t.AllRoutes = every
			for j := range r.Routes {
				t.Routes = e.transitRoute(t.Routes, at("Routes", j), &r.Routes[j])
			}
			if r.AdditionalRoutesAvailable {
				truncated[t.ID] = true
				all.Problems = append(all.Problems, network.Problem{Origin: e.origin("/AdditionalRoutesAvailable"),
					Message: "AWS had more routes than it answered: ask for the static ones only, or for narrower ranges (Name=route-search.subnet-of-match)"})
			}
			t.RoutesKnown = whole(e, t) && !truncated[t.ID] && r.NextToken == ""
			t.ListsKnown = every && t.RoutesKnown // the entries of prefix lists are routes as well, though not static ones
		}
	}
	search(all.TransitRoutes, true)
	search(all.TransitStatic, false)
	for i := range all.TransitPropagated {
		r, e := all.TransitPropagated[i].open(all)
		t := table(e, r.TransitGatewayRouteTableId)
		if t == nil {
			continue
		}
		for j, p := range r.TransitGatewayRouteTablePropagations {
			path := at("TransitGatewayRouteTablePropagations", j)
			switch {
			case p.State == "disabled":
			case p.TransitGatewayAttachmentId == "" && !e.faulty(path):
				e.fault(path, "has no TransitGatewayAttachmentId")
			case p.State != "enabled" && !e.faulty(path):
				e.fault(path, fmt.Sprintf("is in state %q: whether it counts is not known", p.State))
			default:
				t.Propagations = append(t.Propagations, p.TransitGatewayAttachmentId)
			}
		}
		t.Propagations = e.shareAll(t.Propagations)
		t.PropagationsKnown = whole(e, t) && r.NextToken == ""
	}
	referenced := map[string]bool{}
	for i := range all.TransitLists {
		r, e := all.TransitLists[i].open(all)
		t := table(e, r.TransitGatewayRouteTableId)
		if t == nil {
			continue
		}
		if !referenced[t.ID] { // what the search gave of lists is here again, and better
			referenced[t.ID] = true
			t.Routes = slices.DeleteFunc(t.Routes, func(route network.TransitRoute) bool { return route.PrefixList != "" })
		}
		for j, l := range r.TransitGatewayPrefixListReferences {
			path := at("TransitGatewayPrefixListReferences", j)
			out := network.TransitRoute{PrefixList: e.share(l.PrefixListId), Type: "static", Blackhole: l.Blackhole, Origin: e.origin(path)}
			if a := l.TransitGatewayAttachment; a != nil && !l.Blackhole {
				out.Attachments = e.shareAll([]string{a.TransitGatewayAttachmentId})
			}
			switch {
			case e.faulty(path):
			case l.PrefixListId == "":
				e.fault(path, "has no PrefixListId")
			case l.State != "available" && l.State != "modifying":
				e.fault(path, fmt.Sprintf("is in state %q: whether it counts is not known", l.State))
			case !l.Blackhole && len(out.Attachments) == 0:
				e.fault(path, "has no attachment, and is no blackhole")
			}
			out.Defect = e.part(path, l.Watertight)
			t.Routes = append(t.Routes, out)
		}
		t.ListsKnown = whole(e, t) && r.NextToken == ""
	}
	if len(all.TransitLists) == 0 {
		for _, t := range all.TransitRouteTables {
			t.ListsKnown = t.ListsKnown || d.assumes(place{t.Account, t.Region}, "TransitGatewayPrefixListReferences")
		}
	}
}

// gapFor tells of an answer about a table that is not in the input.
func (e *element) gapFor(table string) {
	switch {
	case table == "":
		e.fault("", "has no TransitGatewayRouteTableId: it is not known which table this is about")
		e.gap("an answer is not understood")
	default:
		e.out.Problems = append(e.out.Problems, network.Problem{Origin: e.origin(""), Message: table + " is not among the TransitGatewayRouteTables"})
	}
	e.take("")
}

func (e *element) transitRoute(routes []network.TransitRoute, path string, r *transitRoute) []network.TransitRoute {
	if r.State == "deleted" || r.State == "deleting" {
		e.take(path)
		return routes
	}
	out := network.TransitRoute{Destination: r.DestinationCidrBlock.Prefix, Type: e.share(r.Type), Blackhole: r.State == "blackhole", Origin: e.origin(path)}
	if r.PrefixListId != "" { // an entry of a list, which counts as one route
		if slices.ContainsFunc(routes, func(t network.TransitRoute) bool { return t.PrefixList == r.PrefixListId }) && !e.faulty(path) {
			return routes
		}
		out.Destination, out.PrefixList = network.TransitRoute{}.Destination, e.share(r.PrefixListId)
	}
	out.Attachments = e.shareAll(pick(r.TransitGatewayAttachments, func(a transitRouteAttachment) string { return a.TransitGatewayAttachmentId }))
	switch {
	case e.faulty(path):
	case !out.Destination.IsValid() && out.PrefixList == "":
		e.fault(path, "has no DestinationCidrBlock")
	case r.State != "active" && r.State != "blackhole":
		e.fault(path, fmt.Sprintf("is in state %q: whether it counts is not known", r.State))
	case r.State == "active" && len(out.Attachments) == 0:
		e.fault(path, "has no attachment, and is active")
	case r.Type != "static" && r.Type != "propagated":
		e.fault(path, fmt.Sprintf("has the Type %q: the API gives static or propagated", r.Type))
	}
	out.Defect = e.part(path, r.Watertight)
	return append(routes, out)
}

func transitState(blackhole bool) string {
	if blackhole {
		return "blackhole"
	}
	return "active"
}

func toAttachment(id string) transitRouteAttachment {
	return transitRouteAttachment{TransitGatewayAttachmentId: id}
}

func writeTransitRoutes(t *network.TransitRouteTable) transitRoutes {
	r := transitRoutes{TransitGatewayRouteTableId: t.ID, Routes: []transitRoute{}, AdditionalRoutesAvailable: !t.RoutesKnown}
	for _, each := range t.Routes {
		if each.PrefixList != "" {
			if t.ListsKnown {
				continue // the references tell
			}
		}
		r.Routes = append(r.Routes, transitRoute{DestinationCidrBlock: cidr{each.Destination}, PrefixListId: each.PrefixList, Type: each.Type,
			State: transitState(each.Blackhole), TransitGatewayAttachments: pick(each.Attachments, toAttachment), Watertight: flaw(each.Defect)})
	}
	return r
}

func writeTransitPropagations(t *network.TransitRouteTable) transitPropagations {
	return transitPropagations{TransitGatewayRouteTableId: t.ID, TransitGatewayRouteTablePropagations: pick(t.Propagations, func(id string) transitPropagation {
		return transitPropagation{id, "enabled"}
	})}
}

func writeTransitPrefixLists(t *network.TransitRouteTable) transitPrefixLists {
	r := transitPrefixLists{TransitGatewayRouteTableId: t.ID, TransitGatewayPrefixListReferences: []transitPrefixList{}}
	for _, each := range t.Routes {
		if each.PrefixList == "" {
			continue
		}
		l := transitPrefixList{PrefixListId: each.PrefixList, State: "available", Blackhole: each.Blackhole, Watertight: flaw(each.Defect)}
		if len(each.Attachments) > 0 {
			a := toAttachment(each.Attachments[0])
			l.TransitGatewayAttachment = &a
		}
		r.TransitGatewayPrefixListReferences = append(r.TransitGatewayPrefixListReferences, l)
	}
	return r
}

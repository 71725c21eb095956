package tfplan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

type looseAssociation struct {
	gateway string
	defect  *network.Defect
}

func (r *reader) addTransitTable(t *network.TransitRouteTable) {
	if r.hubs.tables == nil {
		r.hubs.tables = map[string]*network.TransitRouteTable{}
	}
	t.RoutesKnown, t.PropagationsKnown, t.ListsKnown = true, true, true
	r.out.TransitRouteTables = append(r.out.TransitRouteTables, t)
	r.hubs.tables[t.ID] = t
}

func (i *instance) transitRouteTable() {
	t := &network.TransitRouteTable{Gateway: i.get("transit_gateway_id").identity()}
	i.settle(&t.Object, i.id())
	i.addTransitTable(t)
}

// propagateTo makes the routes of an attachment routes of a table. A VPN connection with static routes only announces none (there they are routes of the
// table), and a peering announces none either (TGW-6).
func (r *reader) propagateTo(t *network.TransitRouteTable, s *spoke) {
	if s.Type == "peering" || s.Type == "vpn" && s.at.typ == "aws_vpn_connection" && s.at.get("static_routes_only").value == true {
		return
	}
	if !slices.Contains(t.Propagations, s.Attachment) {
		t.Propagations = append(t.Propagations, s.Attachment)
	}
}

// transitTable is the route table with an identifier, or one that stands for a table that is managed elsewhere. Where it is not known which it is, it is nil.
func (i *instance) transitTable(what string) *network.TransitRouteTable {
	const attribute = "transit_gateway_route_table_id"
	id := i.get(attribute).identity()
	if t := i.hubs.tables[id]; t != nil {
		return t
	}
	i.elsewhere(attribute, id, what)
	if id == "" || i.isPlaceholder(id) {
		return nil
	}
	t := &network.TransitRouteTable{}
	i.partial(&t.Object, id)
	i.addTransitTable(t)
	return t
}

// anyTable visits the tables that may be meant: those of the gateway of an attachment, or all where that is not known either.
func (i *instance) anyTable(attachment string, visit func(*network.TransitRouteTable)) {
	sides := i.sides(attachment)
	for _, t := range i.out.TransitRouteTables {
		if len(sides) == 0 || slices.ContainsFunc(sides, func(s *spoke) bool { return s.Gateway == t.Gateway || t.Gateway == "" }) {
			visit(t)
		}
	}
}

func (i *instance) transitAssociation() {
	id := i.get("transit_gateway_attachment_id").identity()
	t := i.transitTable("an attachment to a table of a transit gateway")
	sides := i.sides(id)
	defect := i.take("")
	if len(sides) == 0 {
		switch {
		case id != "" && !i.isPlaceholder(id): // of another configuration
			a := &network.TransitAttachment{Attachment: id}
			i.partial(&a.Object, id)
			if t != nil {
				a.RouteTable, a.Gateway = t.ID, t.Gateway
			}
			s := &spoke{TransitAttachment: a, at: i, explicit: i}
			i.hubs.spokes = append(i.hubs.spokes, s)
			i.out.TransitAttachments = append(i.out.TransitAttachments, a)
			i.elsewhere("transit_gateway_attachment_id", id, "a table to an attachment")
		default:
			if defect == nil {
				defect = &network.Defect{Reason: "which attachment it is for is not known", Origin: i.origin("transit_gateway_attachment_id")}
			}
			gateway := ""
			if t != nil {
				gateway = t.Gateway
			}
			i.hubs.loose = append(i.hubs.loose, looseAssociation{gateway, defect})
		}
		return
	}
	for _, s := range sides {
		switch {
		case t == nil: // one of its tables
			s.doubt(cmp.Or(defect, &network.Defect{Reason: "its association with a route table is not known", Origin: i.origin("transit_gateway_route_table_id")}))
			s.explicit = i
		case t.Gateway == s.Gateway || len(sides) == 1:
			if h := i.hub(s.Gateway); h != nil && !h.foreign && s.RouteTable != "" && s.RouteTable != t.ID && s.explicit == nil && !i.get("replace_existing_association").yes(false) &&
				i.planned && i.prior[i.address] == nil && s.State == "available" {
				i.problem("", "is refused by AWS: "+s.at.address+" is associated with the default table of its gateway already. Switch that off there (transit_gateway_default_route_table_association = false), or set replace_existing_association = true")
			}
			if s.explicit != nil && s.RouteTable != t.ID {
				s.doubt(&network.Defect{Reason: "is associated with two tables, also by " + s.explicit.address + ": AWS allows one", Origin: i.origin("")})
			}
			s.RouteTable, s.explicit = t.ID, i
			s.settleDefault()
		}
	}
}

// settleDefault forgets what was in doubt about the default table of an attachment that has another one.
func (s *spoke) settleDefault() {
	if s.Defect != nil && strings.HasPrefix(s.Defect.Reason, "its table is the default one") {
		s.Defect = nil
	}
}

func (i *instance) transitPropagation() {
	id := i.get("transit_gateway_attachment_id").identity()
	t := i.transitTable("the routes of an attachment to a table of a transit gateway")
	i.take("")
	sides := i.sides(id)
	switch {
	case t == nil:
		i.anyTable(id, func(t *network.TransitRouteTable) { t.PropagationsKnown = false })
	case id == "":
		t.PropagationsKnown = false
	case len(sides) == 0:
		t.Propagations = append(t.Propagations, id)
	default:
		for _, s := range sides {
			if s.Gateway == t.Gateway || len(sides) == 1 {
				i.propagateTo(t, s)
			}
		}
	}
}

// transitPolicy ties an attachment to a policy table, which is not modelled.
func (i *instance) transitPolicy() {
	id := i.get("transit_gateway_attachment_id").identity()
	defect := &network.Defect{Reason: "it is associated with a policy table, which is not modelled", Origin: i.origin("")}
	sides := i.sides(id)
	if len(sides) == 0 {
		i.hubs.loose = append(i.hubs.loose, looseAssociation{"", defect})
	}
	for _, s := range sides {
		s.doubt(defect)
		s.explicit = i
	}
}

// coreNetworkTable makes a core network of Cloud WAN, which is not modelled, propagate its routes to a table.
func (i *instance) coreNetworkTable() {
	arn := i.get("transit_gateway_route_table_arn").identity()
	i.take("")
	for _, t := range i.out.TransitRouteTables {
		own := i.byID[t.ID]
		if arn == "" || strings.HasSuffix(arn, "/"+t.ID) || own != nil && own.arn() == arn {
			t.PropagationsKnown = false
		}
	}
}

func (i *instance) transitRoute() {
	r := network.TransitRoute{Type: "static", Blackhole: i.get("blackhole").yes(false), Destination: i.get("destination_cidr_block").prefix(), Origin: i.origin("")}
	if !r.Destination.IsValid() && len(i.faults) == 0 {
		i.fault("destination_cidr_block", "is not set: it has no destination")
	}
	i.transitWay(r, func(t *network.TransitRouteTable) { t.RoutesKnown = false })
}

func (i *instance) transitPrefixList() {
	r := network.TransitRoute{Type: "static", Blackhole: i.get("blackhole").yes(false), PrefixList: i.get("prefix_list_id").identity(), Origin: i.origin("")}
	if r.PrefixList == "" && len(i.faults) == 0 {
		i.fault("prefix_list_id", "is not set: it has no destination")
	}
	i.transitWay(r, func(t *network.TransitRouteTable) { t.ListsKnown = false })
}

// transitWay adds a route to its table. Unknown makes the routes of a table unknown, where the table may be meant.
func (i *instance) transitWay(r network.TransitRoute, unknown func(*network.TransitRouteTable)) {
	n := i.get("transit_gateway_attachment_id")
	id := n.identity()
	if known := i.hubs.alias[id]; known != "" {
		id = known
	}
	if id != "" && !r.Blackhole {
		r.Attachments = []string{id}
	}
	if id == "" && !r.Blackhole && len(i.faults) == 0 {
		i.fault(n.path, "is not set, and blackhole is not either: the route leads nowhere")
	}
	t := i.transitTable("a route to a table of a transit gateway")
	r.Defect = i.take("")
	if t == nil {
		i.anyTable(id, unknown)
		return
	}
	t.Routes = append(t.Routes, r)
}

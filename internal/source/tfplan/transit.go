package tfplan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

func transitTypes() map[string]kind {
	return map[string]kind{
		"aws_ec2_transit_gateway":                                          {whole, (*instance).transitGateway},
		"data.aws_ec2_transit_gateway":                                     {whole, (*instance).foundTransitGateway},
		"aws_ec2_transit_gateway_route_table":                              {whole, (*instance).transitRouteTable},
		"aws_ec2_transit_gateway_default_route_table_association":          {added, (*instance).transitDefaultAssociation},
		"aws_ec2_transit_gateway_default_route_table_propagation":          {added, (*instance).transitDefaultPropagation},
		"aws_ec2_transit_gateway_vpc_attachment":                           {member, (*instance).transitVPC},
		"aws_ec2_transit_gateway_vpc_attachment_accepter":                  {member, (*instance).transitVPCAccepter},
		"aws_ec2_transit_gateway_peering_attachment":                       {member, (*instance).transitPeering},
		"aws_ec2_transit_gateway_peering_attachment_accepter":              {member, (*instance).transitPeeringAccepter},
		"aws_ec2_transit_gateway_connect":                                  {member, (*instance).transitConnect},
		"aws_ec2_transit_gateway_connect_peer":                             {member, ignore},
		"data.aws_ec2_transit_gateway_vpn_attachment":                      {member, (*instance).foundTransitVPN},
		"data.aws_ec2_transit_gateway_dx_gateway_attachment":               {member, (*instance).foundTransitDX},
		"aws_ec2_transit_gateway_route_table_association":                  {tied, (*instance).transitAssociation},
		"aws_ec2_transit_gateway_route_table_propagation":                  {tied, (*instance).transitPropagation},
		"aws_ec2_transit_gateway_policy_table_association":                 {tied, (*instance).transitPolicy},
		"aws_ec2_transit_gateway_route":                                    {tied, (*instance).transitRoute},
		"aws_ec2_transit_gateway_prefix_list_reference":                    {tied, (*instance).transitPrefixList},
		"aws_ec2_transit_gateway_multicast_domain":                         {tied, ignore},
		"aws_ec2_transit_gateway_policy_table":                             {tied, ignore},
		"aws_networkmanager_transit_gateway_route_table_attachment":        {tied, (*instance).coreNetworkTable},
		"aws_networkfirewall_firewall_transit_gateway_attachment_accepter": {tied, ignore},
	}
}

// hubs finds what was made so far of transit gateways, and of what else joins networks.
type hubs struct {
	gateways map[string]*hub
	tables   map[string]*network.TransitRouteTable
	spokes   []*spoke
	alias    map[string]string // what data sources call an attachment: its identifier
	// loose are associations of attachments that are not known with tables of a gateway; with no gateway, of any.
	loose []looseAssociation
	// vpn and firewalls are virtual private gateways and network firewalls, by identifier.
	vpn       map[string]*network.VPNGateway
	firewalls map[string]*network.Firewall
}

// hub is a transit gateway.
type hub struct {
	*network.TransitGateway
	at      *instance
	foreign bool // managed elsewhere: some of it is known
	// accepts tells whether attachments of other accounts are accepted without being asked about.
	accepts bool
	// association and propagation are other default tables, which a resource of their own sets after the gateway is made.
	association, propagation *instance
}

// spoke is an attachment.
type spoke struct {
	*network.TransitAttachment
	at       *instance
	explicit *instance // the association that the configuration gives it
}

func (r *reader) hub(id string) *hub { return r.hubs.gateways[id] }

func (i *instance) transitGateway() {
	g := &network.TransitGateway{State: "available", SecurityGroupReferencing: i.get("security_group_referencing_support").text() == "enable"}
	h := &hub{TransitGateway: g, at: i, accepts: i.get("auto_accept_shared_attachments").text() == "enable"}
	associates, propagates := i.get("default_route_table_association").text() != "disable", i.get("default_route_table_propagation").text() != "disable"
	table := i.attribute("association_default_route_table_id")
	if associates {
		g.DefaultRouteTable = table
	}
	if propagates {
		// A new gateway has one table for both.
		if n := i.get("propagation_default_route_table_id"); n.known() && n.given() || !associates {
			table = i.attribute("propagation_default_route_table_id")
		}
		g.DefaultPropagation = table
	}
	i.settle(&g.Object, i.id())
	i.out.TransitGateways = append(i.out.TransitGateways, g)
	i.addHub(h)
	for _, id := range []string{g.DefaultRouteTable, g.DefaultPropagation} {
		if id == "" || i.hubs.tables[id] != nil || i.isTable(id) {
			continue
		}
		t := &network.TransitRouteTable{Gateway: g.ID}
		i.like(&t.Object, id, "")
		i.addTransitTable(t)
	}
}

func (r *reader) addHub(h *hub) {
	if r.hubs.gateways == nil {
		r.hubs.gateways = map[string]*hub{}
	}
	r.hubs.gateways[h.ID] = h
}

// isTable tells whether a resource makes a route table, which is still to be read.
func (r *reader) isTable(id string) bool {
	i := r.byID[id]
	return i != nil && i.typ == "aws_ec2_transit_gateway_route_table"
}

// foundTransitGateway keeps what a data source knows of a gateway that is managed elsewhere: what its attachments do by default.
func (i *instance) foundTransitGateway() {
	id := i.get("id").literal()
	if id == "" || i.hub(id) != nil || i.isPlaceholder(id) {
		return
	}
	h := &hub{TransitGateway: &network.TransitGateway{}, at: i, foreign: true, accepts: i.get("auto_accept_shared_attachments").literal() == "enable"}
	h.ID, h.Account = id, i.get("owner_id").literal()
	if i.get("default_route_table_association").literal() == "enable" {
		h.DefaultRouteTable = i.get("association_default_route_table_id").literal()
	}
	if i.get("default_route_table_propagation").literal() == "enable" {
		h.DefaultPropagation = i.get("propagation_default_route_table_id").literal()
	}
	i.addHub(h)
}

// isPlaceholder tells whether a text stands for what a data source, which nobody answered, would have found.
func (r *reader) isPlaceholder(text string) bool {
	if r.notes == nil {
		return false
	}
	owner, ok := r.notes.Placeholders[text]
	return ok && strings.Contains("."+owner, ".data.")
}

func (i *instance) transitDefaultAssociation() { i.transitDefault(true) }
func (i *instance) transitDefaultPropagation() { i.transitDefault(false) }

// transitDefault makes another table the default one of a gateway. A state shows the gateway as it is by now.
func (i *instance) transitDefault(association bool) {
	id := i.get("transit_gateway_id").identity()
	h := i.hub(id)
	if h == nil {
		i.elsewhere("transit_gateway_id", id, "a default table to a transit gateway")
		if id == "" { // any of the gateways
			for _, h := range i.hubs.gateways {
				h.change(i, association)
			}
		}
		return
	}
	h.change(i, association)
}

func (h *hub) change(i *instance, association bool) {
	table := i.get("transit_gateway_route_table_id").identity()
	current := h.DefaultPropagation
	if association {
		current = h.DefaultRouteTable
	}
	if table != "" && table == current {
		return
	}
	if association {
		h.association = i
	} else {
		h.propagation = i
	}
}

// byDefault is the table that an attachment gets on its own. Why is not empty where that is not known.
func (i *instance) byDefault(usual string, change *instance) (table, why string) {
	if change == nil {
		return usual, ""
	}
	other := change.get("transit_gateway_route_table_id").identity()
	switch {
	case i.prior[i.address] != nil: // it was there before
		return usual, ""
	case other != "" && usual != "" && i.after(change):
		return other, ""
	}
	return "", "its table is the default one of its gateway, which " + change.address + " changes: whether before or after it is attached, depends_on would tell"
}

// after tells whether the code says that an instance is made after another one.
func (i *instance) after(other *instance) bool {
	c := i.config.resources[plain(i.address)]
	if c == nil || i.module != other.module {
		return false
	}
	return slices.Contains(c.DependsOn, other.typ+"."+other.name)
}

// attach adds an attachment: whether it is accepted, and the tables that it gets on its own. associate and propagate say whether it takes those.
func (i *instance) attach(a *network.TransitAttachment, associate, propagate node) *spoke {
	s := &spoke{TransitAttachment: a, at: i}
	i.hubs.spokes = append(i.hubs.spokes, s)
	i.out.TransitAttachments = append(i.out.TransitAttachments, a)
	i.fall(s, associate, propagate)
	return s
}

// fall gives an attachment the default tables of its gateway.
func (i *instance) fall(s *spoke, associate, propagate node) {
	h := i.hub(s.Gateway)
	if h == nil || h.foreign {
		// The owner of the gateway decides.
		s.RouteTable, s.Defaults = network.DefaultTable(s.Gateway), true
		if h != nil && h.DefaultRouteTable != "" && h.association == nil && associate.yes(true) {
			s.RouteTable = h.DefaultRouteTable
		}
		return
	}
	if associate.yes(true) && (h.DefaultRouteTable != "" || h.association != nil) {
		table, why := i.byDefault(h.DefaultRouteTable, h.association)
		if why != "" {
			s.doubt(&network.Defect{Reason: why, Origin: s.Origin})
		}
		s.RouteTable = table
	}
	if propagate.yes(true) && (h.DefaultPropagation != "" || h.propagation != nil) {
		table, why := i.byDefault(h.DefaultPropagation, h.propagation)
		if t := i.hubs.tables[table]; t != nil {
			i.propagateTo(t, s)
		}
		if why != "" { // to which of them
			for _, id := range []string{h.DefaultPropagation, h.propagation.get("transit_gateway_route_table_id").identity()} {
				if t := i.hubs.tables[id]; t != nil {
					t.PropagationsKnown = false
				}
			}
		}
	}
	for _, n := range []node{associate, propagate} {
		if n.path == "" {
			continue
		}
		if d := n.of.take(n.path); d != nil {
			s.doubt(d)
			for _, t := range i.out.TransitRouteTables {
				if t.Gateway == s.Gateway {
					t.PropagationsKnown = false
				}
			}
		}
	}
}

// none is a node that the code does not set.
func (i *instance) none() node { return node{i, "", nil} }

func (i *instance) transitVPC() {
	a := &network.TransitAttachment{Attachment: i.id(), Gateway: i.get("transit_gateway_id").identity(), Type: "vpc", Resource: i.get("vpc_id").identity(), State: "available",
		Detailed: true, Subnets: identities(i.get("subnet_ids").list()), ApplianceMode: i.get("appliance_mode_support").text() == "enable",
		IPv6: i.get("ipv6_support").text() == "enable", DNS: i.get("dns_support").text() != "disable",
		SecurityGroupReferencing: i.get("security_group_referencing_support").text() != "disable"}
	i.settle(&a.Object, a.Attachment)
	a.ResourceAccount = i.place(i).Account
	if v := i.objects.vpcs[a.Resource]; v != nil {
		a.ResourceAccount = cmp.Or(v.Account, a.ResourceAccount)
	}
	if a.Gateway == "" || a.Resource == "" { // it may attach any VPC to any gateway
		i.unclearAttachments(a)
	}
	s := &spoke{TransitAttachment: a, at: i}
	i.hubs.spokes = append(i.hubs.spokes, s)
	i.out.TransitAttachments = append(i.out.TransitAttachments, a)
	for _, subnet := range a.Subnets {
		if i.objects.subnets[subnet] == nil {
			continue
		}
		f := i.face(i.made(i.address+"/"+subnet, i.typ, "network_interface_id"), "", subnet, nil, network.TypeTransitGateway,
			network.Owner{Kind: network.OwnerTransitGateway, ID: a.Attachment, Sure: true})
		i.await(f, i.none().placeholderAddress())
	}
	h := i.hub(a.Gateway)
	if h != nil {
		a.Account = cmp.Or(h.Account, a.Account)
	}
	accepter, doubt := i.accepter("aws_ec2_transit_gateway_vpc_attachment_accepter", a.Attachment)
	other, known := i.otherAccount(h)
	associate, propagate := i.get("transit_gateway_default_route_table_association"), i.get("transit_gateway_default_route_table_propagation")
	switch {
	case accepter != nil:
		associate, propagate = accepter.get(associate.path), accepter.get(propagate.path)
	case h == nil || h.foreign: // what its owner does, is not known here
	case h.accepts || known && !other:
	case doubt != nil:
		s.doubt(doubt)
	case known && i.planned && i.prior[i.address] == nil:
		a.State = "pendingAcceptance"
		i.problem("", "attaches a VPC to a transit gateway of account "+h.Account+", which accepts it by neither auto_accept_shared_attachments nor an aws_ec2_transit_gateway_vpc_attachment_accepter: it carries nothing until somebody does")
	default:
		s.doubt(&network.Defect{Reason: "whether the owner of its gateway, which may be another account, has accepted it is not known", Origin: a.Origin})
	}
	i.fall(s, associate, propagate)
}

// doubt notes why it is not known what an attachment does, where nothing was noted before.
func (s *spoke) doubt(d *network.Defect) {
	if s.Defect == nil {
		s.Defect = d
	}
}

// problem tells the reader something that changes no answer by itself.
func (i *instance) problem(path, message string) {
	i.out.Problems = append(i.out.Problems, network.Problem{Origin: i.origin(path), Message: message})
}

// unclearAttachments notes that the attachments of a place are not known in full.
func (i *instance) unclearAttachments(a *network.TransitAttachment) {
	p := i.place(i)
	reason := "what " + i.address + " attaches, and to which gateway, is not known"
	if a.Defect != nil {
		reason += ": " + a.Defect.Reason
	}
	i.out.Gaps = append(i.out.Gaps, network.Gap{List: "TransitGatewayAttachments", Account: p.Account, Region: p.Region, Reason: reason, Origin: i.origin("")})
}

// otherAccount tells whether an instance is made in another account than a gateway; not known where the document does not tell.
func (i *instance) otherAccount(h *hub) (other, known bool) {
	if h == nil {
		return false, false
	}
	own := i.place(i).Account
	if own != "" && h.Account != "" {
		return own != h.Account, true
	}
	return false, !h.foreign && i.keyOf(i) == h.at.keyOf(h.at)
}

// transitVPCAccepter accepts an attachment that another configuration makes: see [instance.transitVPC] for those of this one.
func (i *instance) transitVPCAccepter() {
	id := i.get("transit_gateway_attachment_id").identity()
	if id == "" || i.isPlaceholder(id) || len(i.sides(id)) > 0 {
		return
	}
	a := &network.TransitAttachment{Attachment: id, Gateway: i.get("transit_gateway_id").identity(), Type: "vpc", Resource: i.get("vpc_id").identity(),
		ResourceAccount: i.get("vpc_owner_id").identity(), State: "available"}
	if subnets := i.get("subnet_ids"); subnets.known() && subnets.given() {
		a.Detailed, a.Subnets = true, identities(subnets.list())
		a.ApplianceMode, a.IPv6, a.DNS = i.get("appliance_mode_support").literal() == "enable", i.get("ipv6_support").literal() == "enable", i.get("dns_support").literal() == "enable"
		a.SecurityGroupReferencing = i.get("security_group_referencing_support").literal() == "enable"
	}
	i.settle(&a.Object, id)
	a.Partial = true
	if a.Gateway == "" || a.Resource == "" {
		i.unclearAttachments(a)
	}
	i.attach(a, i.get("transit_gateway_default_route_table_association"), i.get("transit_gateway_default_route_table_propagation"))
}

// finishTransit makes unknown what associations in doubt may have changed.
func (r *reader) finishTransit() {
	for _, l := range r.hubs.loose {
		for _, s := range r.hubs.spokes {
			if s.explicit == nil && s.Defect == nil && (l.gateway == "" || s.Gateway == l.gateway) {
				s.Defect = l.defect
			}
		}
	}
	for _, t := range r.out.TransitRouteTables {
		slices.Sort(t.Propagations)
		t.Propagations = slices.Compact(t.Propagations)
	}
}

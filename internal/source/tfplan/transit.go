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

type looseAssociation struct {
	gateway string
	defect  *network.Defect
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
	id := i.get("id").known1()
	if id == "" || i.hub(id) != nil || i.isPlaceholder(id) {
		return
	}
	h := &hub{TransitGateway: &network.TransitGateway{}, at: i, foreign: true, accepts: i.get("auto_accept_shared_attachments").known1() == "enable"}
	h.ID, h.Account = id, i.get("owner_id").known1()
	if i.get("default_route_table_association").known1() == "enable" {
		h.DefaultRouteTable = i.get("association_default_route_table_id").known1()
	}
	if i.get("default_route_table_propagation").known1() == "enable" {
		h.DefaultPropagation = i.get("propagation_default_route_table_id").known1()
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

// accepter finds the resource that accepts an attachment. Doubt says why one may, of which it is not known what it accepts.
func (r *reader) accepter(typ, attachment string) (found *instance, doubt *network.Defect) {
	for _, each := range r.byType[typ] {
		n := each.get("transit_gateway_attachment_id")
		id := n.known1()
		if c, ok := n.value.(chosen); ok {
			id = c.text
		}
		switch {
		case id == attachment:
			return each, nil
		case id == "" || r.isPlaceholder(id):
			doubt = &network.Defect{Reason: "whether " + each.address + " accepts it is not known", Origin: each.origin("transit_gateway_attachment_id")}
		}
	}
	return nil, doubt
}

// sides are what is known by the identifier of an attachment: two, of a peering.
func (r *reader) sides(id string) []*spoke {
	if known := r.hubs.alias[id]; known != "" {
		id = known
	}
	var all []*spoke
	for _, s := range r.hubs.spokes {
		if s.Attachment == id && id != "" {
			all = append(all, s)
		}
	}
	return all
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
		a.ApplianceMode, a.IPv6, a.DNS = i.get("appliance_mode_support").known1() == "enable", i.get("ipv6_support").known1() == "enable", i.get("dns_support").known1() == "enable"
		a.SecurityGroupReferencing = i.get("security_group_referencing_support").known1() == "enable"
	}
	i.settle(&a.Object, id)
	a.Partial = true
	if a.Gateway == "" || a.Resource == "" {
		i.unclearAttachments(a)
	}
	i.attach(a, i.get("transit_gateway_default_route_table_association"), i.get("transit_gateway_default_route_table_propagation"))
}

func (i *instance) transitPeering() {
	id := i.id()
	own, peer := i.get("transit_gateway_id").identity(), i.get("peer_transit_gateway_id").identity()
	state := "pendingAcceptance"
	accepter, doubt := i.accepter("aws_ec2_transit_gateway_peering_attachment_accepter", id)
	if i.get("state").known1() == "available" || accepter != nil {
		state, doubt = "available", nil
	}
	far := i.place(i)
	far.Region = cmp.Or(i.get("peer_region").known1(), far.Region)
	far.Account = cmp.Or(i.get("peer_account_id").known1(), far.Account)
	if accepter != nil {
		far = accepter.place(accepter)
	}
	a := &network.TransitAttachment{Attachment: id, Gateway: own, Type: "peering", Resource: peer, State: state, Detailed: true, Peer: peer, PeerRegion: i.get("peer_region").text()}
	i.settle(&a.Object, own+"/"+id)
	if a.Defect == nil {
		a.Defect = doubt
	}
	if own == "" || peer == "" {
		i.unclearAttachments(a)
	}
	h := i.hub(peer)
	if h != nil {
		far.Account, far.Region = cmp.Or(h.Account, far.Account), cmp.Or(h.Region, far.Region)
	}
	a.ResourceAccount = far.Account
	i.attach(a, i.none(), i.none())
	if h == nil || h.foreign {
		return
	}
	b := &network.TransitAttachment{Attachment: id, Gateway: peer, Type: "peering", Resource: own, ResourceAccount: a.Account, State: state, Detailed: true, Peer: own, PeerRegion: a.Region}
	at := i
	if accepter != nil {
		at = accepter
	}
	at.like(&b.Object, peer+"/"+id, a.Name)
	b.Account, b.Region, b.Defect = far.Account, far.Region, a.Defect
	at.attach(b, at.none(), at.none())
	if state != "available" && doubt == nil {
		i.problem("", "is a peering that nothing in the configuration accepts: aws_ec2_transit_gateway_peering_attachment_accepter does. It carries nothing until somebody does")
	}
}

// transitPeeringAccepter accepts a peering that another configuration asks for: see [instance.transitPeering] for those of this one.
func (i *instance) transitPeeringAccepter() {
	id := i.get("transit_gateway_attachment_id").identity()
	if id == "" || i.isPlaceholder(id) || len(i.sides(id)) > 0 {
		return
	}
	own, peer := i.get("transit_gateway_id").identity(), i.get("peer_transit_gateway_id").identity()
	a := &network.TransitAttachment{Attachment: id, Gateway: own, Type: "peering", Resource: peer, ResourceAccount: i.get("peer_account_id").known1(), State: "available",
		Detailed: peer != "", Peer: peer, PeerRegion: i.get("peer_region").known1()}
	i.settle(&a.Object, own+"/"+id)
	if own == "" {
		i.unclearAttachments(a)
	}
	i.attach(a, i.none(), i.none())
}

func (i *instance) transitConnect() {
	a := &network.TransitAttachment{Attachment: i.id(), Gateway: i.get("transit_gateway_id").identity(), Type: "connect", Resource: i.get("transport_attachment_id").identity(), State: "available"}
	i.settle(&a.Object, a.Attachment)
	i.plug(a, i.get("transit_gateway_default_route_table_association"), i.get("transit_gateway_default_route_table_propagation"))
}

// plug adds an attachment of something else than a VPC or a peer.
func (i *instance) plug(a *network.TransitAttachment, associate, propagate node) {
	a.ResourceAccount = a.Account
	if h := i.hub(a.Gateway); h != nil {
		a.Account = cmp.Or(h.Account, a.Account)
	}
	if a.Gateway == "" {
		i.unclearAttachments(a)
	}
	i.attach(a, associate, propagate)
}

// foundTransitVPN and foundTransitDX find out which attachment a data source stands for.
func (i *instance) foundTransitVPN() {
	i.found(func(s *spoke) bool {
		return s.Type == "vpn" && s.Gateway == i.get("transit_gateway_id").known1() && s.Resource == i.get("vpn_connection_id").known1()
	})
}

func (i *instance) foundTransitDX() {
	i.found(func(s *spoke) bool {
		return s.Type == "direct-connect-gateway" && s.Gateway == i.get("transit_gateway_id").known1() && s.Resource == i.get("dx_gateway_id").known1()
	})
}

func (i *instance) found(like func(*spoke) bool) {
	id := i.attribute("id")
	for _, s := range i.hubs.spokes {
		if s.Attachment != id && like(s) {
			if i.hubs.alias == nil {
				i.hubs.alias = map[string]string{}
			}
			i.hubs.alias[id] = s.Attachment
		}
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

package tfplan

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

func vpnTypes() map[string]kind {
	return map[string]kind{
		"aws_customer_gateway":                             {whole, (*instance).customerGateway},
		"aws_vpn_gateway":                                  {whole, (*instance).vpnGateway},
		"aws_vpn_gateway_attachment":                       {added, (*instance).vpnGatewayAttachment},
		"aws_vpn_gateway_route_propagation":                {added, (*instance).vpnPropagation},
		"aws_vpn_connection":                               {member, (*instance).vpnConnection},
		"aws_vpn_connection_route":                         {tied, (*instance).vpnConnectionRoute},
		"aws_vpc_route_server_propagation":                 {added, (*instance).routeServerPropagation},
		"aws_vpn_concentrator":                             {member, (*instance).vpnConcentrator},
		"aws_dx_gateway":                                   {whole, ignore},
		"aws_dx_gateway_association":                       {member, (*instance).dxAssociation},
		"aws_dx_gateway_association_proposal":              {member, (*instance).dxProposal},
		"aws_dx_private_virtual_interface":                 {member, ignore}, // see announcers
		"aws_dx_hosted_private_virtual_interface_accepter": {member, ignore},
	}
}

func (i *instance) customerGateway() {
	g := &network.CustomerGateway{State: "available", Address: i.get("ip_address").placeholderAddress()}
	i.settle(&g.Object, i.id())
	i.out.CustomerGateways = append(i.out.CustomerGateways, g)
}

func (i *instance) vpnGateway() {
	g := &network.VPNGateway{VPC: i.get("vpc_id").identity()}
	i.settle(&g.Object, i.id())
	i.addVPNGateway(g)
}

func (r *reader) addVPNGateway(g *network.VPNGateway) {
	r.out.VPNGateways = append(r.out.VPNGateways, g)
	if r.hubs.vpn == nil {
		r.hubs.vpn = map[string]*network.VPNGateway{}
	}
	r.hubs.vpn[g.ID] = g
}

func (i *instance) vpnGatewayAttachment() {
	id, vpc := i.get("vpn_gateway_id").identity(), i.get("vpc_id").identity()
	defect := i.take("")
	if g := i.hubs.vpn[id]; g != nil {
		g.VPC = vpc
		if g.Defect == nil {
			g.Defect = defect
		}
		return
	}
	i.elsewhere("vpn_gateway_id", id, "a VPC to a virtual private gateway")
	if id == "" { // any that has none yet
		for _, g := range i.out.VPNGateways {
			if g.VPC == "" && g.Defect == nil {
				g.Defect = defect
			}
		}
		return
	}
	g := &network.VPNGateway{VPC: vpc}
	i.like(&g.Object, id, "")
	g.Defect = defect
	i.addVPNGateway(g)
}

func (i *instance) vpnConnection() {
	c := &network.VPNConnection{State: "available", VPNGateway: i.get("vpn_gateway_id").identity(), TransitGateway: i.get("transit_gateway_id").identity(),
		CustomerGateway: i.get("customer_gateway_id").identity(), StaticOnly: i.get("static_routes_only").yes(false)}
	for _, r := range i.staticRoutes() {
		c.Routes = append(c.Routes, r.Destination)
	}
	i.settle(&c.Object, i.id())
	i.out.VPNConnections = append(i.out.VPNConnections, c)
	if c.TransitGateway == "" && !i.unclear("transit_gateway_id") {
		return
	}
	a := &network.TransitAttachment{Attachment: i.attribute("transit_gateway_attachment_id"), Gateway: c.TransitGateway, Type: "vpn", Resource: c.ID, State: "available"}
	i.like(&a.Object, a.Attachment, "")
	a.Defect = c.Defect
	i.plug(a, i.none(), i.none())
}

// vpnConcentrator is a transit gateway attachment of many VPN connections: what is behind it is not known.
func (i *instance) vpnConcentrator() {
	a := &network.TransitAttachment{Attachment: i.attribute("transit_gateway_attachment_id"), Gateway: i.get("transit_gateway_id").identity(), Type: "vpn-concentrator",
		Resource: i.attribute("vpn_concentrator_id"), State: "available"}
	i.settle(&a.Object, a.Attachment)
	i.plug(a, i.none(), i.none())
}

// vpnConnectionRoute looks for what is wrong with a static route; those that are right come with their connection.
func (i *instance) vpnConnectionRoute() {
	id := i.get("vpn_connection_id").identity()
	i.get("destination_cidr_block").prefix()
	defect := i.take("")
	found := false
	for _, c := range i.out.VPNConnections {
		if c.ID == id || id == "" && c.StaticOnly {
			found = true
			if c.Defect == nil {
				c.Defect = defect
			}
		}
	}
	if !found {
		i.elsewhere("vpn_connection_id", id, "a route to a VPN connection")
	}
}

// staticRoutes are the static routes of a VPN connection.
func (i *instance) staticRoutes() []network.Route {
	var all []network.Route
	add := func(n, text node) {
		p, err := netip.ParsePrefix(text.literal())
		if err != nil || slices.ContainsFunc(all, func(r network.Route) bool { return r.Destination == p.Masked() }) {
			return
		}
		all = append(all, network.Route{Destination: p.Masked(), Origin: n.of.origin(n.path)})
	}
	for _, r := range i.byType["aws_vpn_connection_route"] {
		if r.refersTo("vpn_connection_id", i) {
			add(r.node, r.get("destination_cidr_block"))
		}
	}
	// What a state lists comes from resources of their own, which may be gone in a plan, or was made by hand.
	managed := map[string]bool{}
	for _, r := range i.before() {
		if r.typ == "aws_vpn_connection_route" && r.refersTo("vpn_connection_id", i) {
			managed[r.get("destination_cidr_block").literal()] = true
		}
	}
	listed, _ := i.get("routes").value.([]any)
	for k := range listed {
		n := node{i, "routes", listed[k]}
		if s := n.get("state").literal(); (s == "available" || s == "") && !(i.planned && managed[n.get("destination_cidr_block").literal()]) {
			add(node{i, "routes", nil}, n.get("destination_cidr_block"))
		}
	}
	slices.SortFunc(all, func(a, b network.Route) int { return a.Destination.Compare(b.Destination) })
	return all
}

// refersTo tells whether an attribute is the identifier of an instance.
func (i *instance) refersTo(attribute string, other *instance) bool {
	n := i.get(attribute)
	id := n.literal()
	if c, ok := n.value.(chosen); ok {
		id = c.text
	}
	return id != "" && id == other.id()
}

// unclear tells whether an attribute is set to something that is not known.
func (i *instance) unclear(attribute string) bool {
	switch i.get(attribute).value.(type) {
	case unresolved, several:
		return true
	}
	return false
}

// propagate adds what a virtual private gateway propagates into a table: the static routes of its VPN connections, and what comes by BGP, which nobody
// knows. An empty gateway is one of which it is not known which it is.
func (i *instance) propagate(t *network.RouteTable, gateway, path string) {
	base := network.Route{Target: network.Target{Kind: network.TargetVPNGateway, ID: gateway}, Propagated: true, Origin: i.origin(path)}
	if slices.ContainsFunc(t.Routes, func(r network.Route) bool { return r.Propagated && r.Target == base.Target }) {
		return
	}
	routes, learned := i.announced(gateway)
	for _, r := range routes {
		if v := i.objects.vpcs[t.VPC]; v != nil && slices.ContainsFunc(v.Blocks, func(b netip.Prefix) bool { return b.Contains(r.Destination.Addr()) && b.Bits() <= r.Destination.Bits() }) {
			continue // the local route has priority (UG route-tables-priority)
		}
		base.Destination = r.Destination
		t.Routes = append(t.Routes, base)
	}
	if learned {
		base.Destination = netip.Prefix{}
		t.Routes = append(t.Routes, base)
	}
}

// propagatedBefore tells whether a resource of its own made a gateway propagate into a table, in the state before a plan: what a table shows of that
// then, a plan repeats even where the resource goes.
func (i *instance) propagatedBefore(gateway string) bool {
	return slices.ContainsFunc(i.before(), func(p *instance) bool {
		return p.typ == "aws_vpn_gateway_route_propagation" && p.get("vpn_gateway_id").literal() == gateway && p.refersTo("route_table_id", i)
	})
}

// announced are the routes that a virtual private gateway propagates. Learned tells that there may be others, which it learns.
func (i *instance) announced(gateway string) (routes []network.Route, learned bool) {
	g := i.byID[gateway]
	if g == nil || g.typ != "aws_vpn_gateway" { // managed elsewhere
		return nil, true
	}
	connected := false
	for _, c := range i.byType["aws_vpn_connection"] {
		if c.unclear("vpn_gateway_id") {
			learned = true
		}
		if !c.refersTo("vpn_gateway_id", g) {
			continue
		}
		connected = true
		if c.get("static_routes_only").value == true {
			routes = append(routes, c.staticRoutes()...)
		} else {
			learned = true
		}
	}
	for _, r := range i.byType["aws_vpn_connection_route"] { // one that may be for any of them, or for any destination
		learned = learned || r.unclear("vpn_connection_id") || r.unclear("destination_cidr_block")
	}
	for typ, attributes := range announcers {
		for _, a := range i.byType[typ] {
			for _, name := range attributes {
				learned = learned || a.refersTo(name, g) || a.unclear(name)
			}
		}
	}
	if !connected && !learned {
		i.assume("nothing is propagated by %s: no VPN connection and no Direct Connect gateway of the configuration is connected to it", g.address)
	}
	return routes, learned
}

// announcers are what announces routes to a virtual private gateway by BGP, with the attributes that name the gateway.
var announcers = map[string][]string{
	"aws_dx_gateway_association":                       {"associated_gateway_id", "vpn_gateway_id"},
	"aws_dx_gateway_association_proposal":              {"associated_gateway_id"},
	"aws_dx_private_virtual_interface":                 {"vpn_gateway_id"},
	"aws_dx_hosted_private_virtual_interface_accepter": {"vpn_gateway_id"},
}

func (i *instance) vpnPropagation() {
	gateway := i.get("vpn_gateway_id").identity()
	t := i.tableOf("route_table_id", "routes of a virtual private gateway to a table")
	i.take("")
	if t != nil {
		i.propagate(t, gateway, "")
		return
	}
	var vpc string // of the gateway: only its tables may be meant
	if g := i.hubs.vpn[gateway]; g != nil && g.Defect == nil {
		vpc = g.VPC
	}
	for _, t := range i.out.RouteTables {
		if vpc == "" || t.VPC == vpc || t.VPC == "" {
			t.Routes = append(t.Routes, network.Route{Target: network.Target{Kind: network.TargetVPNGateway, ID: gateway}, Propagated: true, Origin: i.origin("")})
		}
	}
}

// routeServerPropagation makes a table take what a route server learns, which nobody knows: routes to network interfaces.
func (i *instance) routeServerPropagation() {
	server := i.get("route_server_id").identity()
	t := i.tableOf("route_table_id", "routes of a route server to a table")
	i.take("")
	r := network.Route{Target: network.Target{Kind: network.TargetOther, ID: server}, Propagated: true, Origin: i.origin("")}
	r.Defect = &network.Defect{Reason: "what the route server learns, and where it leads, is not known", Origin: r.Origin}
	for _, each := range i.out.RouteTables {
		if t == nil || t == each {
			each.Routes = append(each.Routes, r)
		}
	}
}

// dxAssociation connects a Direct Connect gateway to a transit gateway. What it announces to a virtual private gateway, announcers find.
func (i *instance) dxAssociation() {
	id := i.get("associated_gateway_id").identity()
	if id == "" && !i.unclear("associated_gateway_id") { // by a proposal
		for _, p := range i.byType["aws_dx_gateway_association_proposal"] {
			if i.refersTo("proposal_id", p) {
				id = p.get("associated_gateway_id").identity()
			}
		}
	}
	i.dxAttachment(id, "")
}

func (i *instance) dxProposal() {
	for _, a := range i.byType["aws_dx_gateway_association"] {
		if a.refersTo("proposal_id", i) {
			return
		}
	}
	i.dxAttachment(i.get("associated_gateway_id").identity(), "whether the owner of the Direct Connect gateway accepts the proposal is not known")
}

func (i *instance) dxAttachment(gateway, doubt string) {
	if !strings.HasPrefix(gateway, "tgw-") && i.hub(gateway) == nil && !i.unclear("associated_gateway_id") {
		return
	}
	a := &network.TransitAttachment{Attachment: i.attribute("transit_gateway_attachment_id"), Gateway: gateway, Type: "direct-connect-gateway", Resource: i.get("dx_gateway_id").identity(), State: "available"}
	i.settle(&a.Object, a.Attachment)
	if doubt != "" && a.Defect == nil {
		a.Defect = &network.Defect{Reason: doubt, Origin: a.Origin}
	}
	i.plug(a, i.none(), i.none())
}

package tfplan

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// addTable adds a route table, with the local routes of its VPC.
func (r *reader) addTable(t *network.RouteTable) {
	if v := r.objects.vpcs[t.VPC]; v != nil {
		for _, block := range v.Blocks {
			if block.IsValid() {
				t.Routes = append(t.Routes, network.Route{Destination: block, Target: network.Target{Kind: network.TargetLocal, ID: "local"}, Origin: t.Origin})
			}
		}
	}
	r.out.RouteTables = append(r.out.RouteTables, t)
	r.objects.tables[t.ID] = t
}

func (i *instance) routeTable() {
	t := &network.RouteTable{VPC: i.get("vpc_id").identity()}
	i.settle(&t.Object, i.id())
	i.addTable(t)
	i.inlineRoutes(t)
	if t.VPC == "" && t.Defect == nil {
		t.Defect = &network.Defect{Reason: "its VPC is not known", Origin: t.Origin}
	}
}

// inlineRoutes reads the routes that are written into a table. Those that a state shows there, and that come from resources of their own, come twice:
// once is kept.
func (i *instance) inlineRoutes(t *network.RouteTable) {
	list := i.get("route")
	routes := list.list()
	if i.planned && !i.set("route") {
		routes = i.unmanaged("route", routes, "aws_route", "route_table_id")
	}
	for _, n := range routes {
		for _, r := range i.routesOf(n, "cidr_block", "ipv6_cidr_block", "destination_prefix_list_id") {
			i.addRoute(t, r)
		}
	}
	if d := i.take("route"); d != nil && t.Defect == nil {
		t.Defect = d
	}
	for _, n := range i.get("propagating_vgws").list() {
		if i.planned && !i.set("propagating_vgws") && i.propagatedBefore(n.literal()) {
			continue
		}
		i.propagate(t, n.identity(), n.path)
	}
	if i.take("propagating_vgws") != nil {
		i.propagate(t, "", "propagating_vgws")
	}
}

// set tells whether the code of a planned instance sets an attribute. Where the code is not known, a value counts as set.
func (i *instance) set(name string) bool {
	if i.notes != nil && i.config.resources[plain(i.address)] == nil {
		return i.get(name).given()
	}
	c := i.config.resources[plain(i.address)]
	if c == nil {
		return i.get(name).given()
	}
	if _, ok := c.Expressions[name]; ok {
		return true
	}
	// A dynamic block is not in the code that a plan shows; where there was nothing before, what is there now comes from one.
	return i.get(name).given() && i.prior[i.address] == nil
}

// unmanaged leaves out of the elements that a state lists those that resources of their own manage: these come by themselves, if they stay. What is left was
// made by hand.
func (i *instance) unmanaged(name string, list []node, typ, reference string) []node {
	var managed []map[string]any
	for _, other := range i.before() {
		if values, ok := other.value.(map[string]any); ok && other.typ == typ && other.get(reference).literal() == i.id() {
			managed = append(managed, values)
		}
	}
	if len(managed) == 0 {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(n node) bool {
		return slices.ContainsFunc(managed, func(values map[string]any) bool { return sameRoute(n, values) })
	})
}

func sameRoute(n node, values map[string]any) bool {
	for here, there := range map[string]string{"cidr_block": "destination_cidr_block", "ipv6_cidr_block": "destination_ipv6_cidr_block", "destination_prefix_list_id": "destination_prefix_list_id"} {
		a := n.get(here).literal()
		b, _ := values[there].(string)
		if a != b {
			return false
		}
	}
	return true
}

// targetFields are the attributes of a route that may name its target, in the order in which they count.
var targetFields = []struct {
	name string
	kind network.TargetKind
}{
	{"carrier_gateway_id", network.TargetCarrierGateway}, {"core_network_arn", network.TargetCoreNetwork}, {"egress_only_gateway_id", network.TargetEgressOnly},
	{"nat_gateway_id", network.TargetNAT}, {"local_gateway_id", network.TargetLocalGateway}, {"transit_gateway_id", network.TargetTransitGateway},
	{"vpc_endpoint_id", network.TargetEndpoint}, {"vpc_peering_connection_id", network.TargetPeering}, {"gateway_id", network.TargetInternetGateway},
	{"network_interface_id", network.TargetInterface}, {"instance_id", network.TargetOther}, {"odb_network_arn", network.TargetOther},
}

// targetPrefixes are those of identifiers: whatever the attribute is called, the identifier tells what it is of.
var targetPrefixes = []struct {
	prefix string
	kind   network.TargetKind
}{
	{"igw-", network.TargetInternetGateway}, {"eigw-", network.TargetEgressOnly}, {"nat-", network.TargetNAT}, {"vgw-", network.TargetVPNGateway},
	{"tgw-", network.TargetTransitGateway}, {"pcx-", network.TargetPeering}, {"vpce-", network.TargetEndpoint}, {"eni-", network.TargetInterface},
	{"lgw-", network.TargetLocalGateway}, {"cagw-", network.TargetCarrierGateway},
}

// routesOf reads a route: of an inline block, or of a resource of its own. Inline, it may name an IPv4 and an IPv6 block at once.
func (i *instance) routesOf(n node, v4, v6, list string) []network.Route {
	base := network.Route{Origin: i.origin(n.path)}
	fields := 0
	for _, f := range targetFields {
		each := n.get(f.name)
		if !each.given() {
			continue
		}
		id := each.identity()
		fields++
		base.Target = network.Target{Kind: f.kind, ID: id}
		for _, p := range targetPrefixes {
			if strings.HasPrefix(id, p.prefix) {
				base.Target.Kind = p.kind
			}
		}
		if id == "local" {
			base.Target = network.Target{Kind: network.TargetLocal, ID: "local"}
		}
	}
	switch {
	case fields == 0:
		n.fault("names no target")
	case fields > 1:
		n.fault("names several targets: AWS takes one")
	}
	if n.get("state").literal() == "blackhole" {
		base.Blackhole = true
	}
	var all []network.Route
	for _, name := range []string{v4, v6} {
		if each := n.get(name); each.given() {
			r := base
			r.Destination = each.prefix()
			all = append(all, r)
		}
	}
	if each := n.get(list); each.given() {
		r := base
		r.PrefixList = each.identity()
		all = append(all, r)
	}
	if len(all) == 0 {
		n.fault("has no destination")
		all = append(all, base)
	}
	d := i.take(n.path)
	for k := range all {
		all[k].Defect = d
	}
	return all
}

func (r *reader) addRoute(t *network.RouteTable, route network.Route) {
	for k, other := range t.Routes {
		if other.Defect == nil && route.Defect == nil && other.Destination == route.Destination && other.PrefixList == route.PrefixList && route.Target == other.Target && route.Propagated == other.Propagated {
			t.Routes[k].Origin = route.Origin // of the resource of its own
			return
		}
		if route.Destination.IsValid() && other.Destination == route.Destination && other.Target.Kind == network.TargetLocal && route.Target.Kind == network.TargetLocal {
			return
		}
	}
	if r.replaceLocal(t, route) {
		return
	}
	t.Routes = append(t.Routes, route)
}

// replaceLocal puts another target into the local route of a block, as AWS allows.
func (r *reader) replaceLocal(t *network.RouteTable, route network.Route) bool {
	for k, other := range t.Routes {
		if other.Target.Kind == network.TargetLocal && route.Destination.IsValid() && other.Destination == route.Destination {
			t.Routes[k] = route
			return true
		}
	}
	return false
}

// tableOf is the route table with an identifier, or one that stands for a table that is managed elsewhere.
func (i *instance) tableOf(attribute, what string) *network.RouteTable {
	return i.tableAt(i.get(attribute).identity(), attribute, what)
}

// tableAt is the same by its identifier, which an attribute gives.
func (i *instance) tableAt(id, attribute, what string) *network.RouteTable {
	if t := i.objects.tables[id]; t != nil {
		return t
	}
	i.elsewhere(attribute, id, what)
	if id == "" {
		return nil
	}
	t := &network.RouteTable{}
	i.partial(&t.Object, id)
	i.out.RouteTables = append(i.out.RouteTables, t)
	i.objects.tables[id] = t
	return t
}

// partial makes an object that stands for one that is managed elsewhere.
func (i *instance) partial(o *network.Object, id string) {
	i.like(o, id, "")
	o.Address, o.Partial = "", true
	o.Defect = &network.Defect{Reason: "it is managed elsewhere: this configuration knows what it adds to it, and nothing else", Origin: o.Origin}
}

func (i *instance) route() {
	routes := i.routesOf(i.node, "destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id")
	t := i.tableOf("route_table_id", "a route to a table")
	if t == nil { // it may be any
		for _, t := range i.out.RouteTables {
			for _, r := range routes {
				r.Defect = i.loose()
				t.Routes = append(t.Routes, r)
			}
		}
		return
	}
	for _, r := range routes {
		i.addRoute(t, r)
	}
}

func (i *instance) defaultRouteTable() {
	id := i.get("default_route_table_id").identity()
	t := i.objects.tables[id]
	if t == nil {
		t = i.tableOf("default_route_table_id", "routes to a table")
		if t == nil {
			return
		}
	}
	main := t.Main
	o := t.Object
	i.settle(&t.Object, id)
	t.Main, t.Partial = main, o.Partial
	if o.Defect != nil {
		t.Defect = o.Defect
	}
	i.inlineRoutes(t)
}

func (i *instance) routeTableAssociation() {
	subnet, gateway := i.get("subnet_id").identity(), i.get("gateway_id").identity()
	t := i.tableOf("route_table_id", "a subnet to a table")
	if t == nil { // one that stands for the table that it is
		t = &network.RouteTable{VPC: i.vpcOf(subnet)}
		i.like(&t.Object, i.made(i.address, "aws_route_table", "route_table_id"), "")
		t.Defect = i.loose()
		i.addTable(t)
	}
	if subnet != "" {
		t.Subnets = append(t.Subnets, subnet)
	}
	if gateway != "" {
		t.Gateways = append(t.Gateways, gateway)
	}
	if subnet+gateway == "" {
		i.gap("RouteTables") // whatever has no table of its own may be meant
	}
}

// loose is the defect of what a resource adds to something, and it is not known to what.
func (i *instance) loose() *network.Defect {
	d := &network.Defect{Reason: i.address + " is not understood", Origin: i.origin("")}
	if len(i.faults) > 0 {
		f := i.faults[0]
		d.Reason, d.Origin = strings.TrimSpace("it is not known where "+i.address+" belongs: "+f.path+" "+f.message), i.origin(f.path)
	}
	return d
}

// gap notes that a list lacks what the instance says, because it is not known what it says it of.
func (i *instance) gap(list string) {
	p := i.place(i)
	g := network.Gap{List: list, Account: p.Account, Region: p.Region, Reason: "not known in full before the plan is applied", Origin: i.origin("")}
	if !slices.ContainsFunc(i.out.Gaps, func(o network.Gap) bool {
		return o.List == g.List && o.Account == g.Account && o.Region == g.Region && o.Reason == g.Reason
	}) {
		i.out.Gaps = append(i.out.Gaps, g)
	}
}

// mainRouteTable makes another table the main one of a VPC.
func (i *instance) mainRouteTable() {
	vpc := i.get("vpc_id").identity()
	t := i.tableOf("route_table_id", "a VPC to a table")
	if t == nil || vpc == "" {
		i.gap("RouteTables")
		return
	}
	if old := i.objects.tables[i.objects.mainTable[vpc]]; old != nil {
		old.Main = false
	}
	t.Main = true
	if t.VPC == "" {
		t.VPC = vpc
	}
	i.objects.mainTable[vpc] = t.ID
}

package tfplan

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

func endpointTypes() map[string]kind {
	return map[string]kind{
		"aws_vpc_endpoint":                                  {member, (*instance).endpoint},
		"aws_vpc_endpoint_route_table_association":          {tied, (*instance).endpointTable},
		"aws_vpc_endpoint_subnet_association":               {tied, (*instance).endpointSubnet},
		"aws_vpc_endpoint_security_group_association":       {tied, (*instance).endpointGroup},
		"aws_vpc_endpoint_private_dns":                      {tied, (*instance).endpointNames},
		"aws_vpc_endpoint_policy":                           {tied, ignore},
		"aws_vpc_endpoint_service":                          {whole, (*instance).endpointService},
		"aws_vpc_endpoint_service_allowed_principal":        {tied, (*instance).endpointPrincipal},
		"aws_vpc_endpoint_service_private_dns_verification": {tied, ignore},
		"aws_vpc_endpoint_connection_accepter":              {tied, (*instance).endpointAccepter},
		"aws_vpc_endpoint_connection_notification":          {tied, ignore},
	}
}

// door is an endpoint with its interfaces.
type door struct {
	*network.Endpoint
	at    *instance
	faces []*network.Interface
	// list are the addresses of the service of a gateway endpoint.
	list string
	// usual tells that it carries the default group of its VPC because it names none.
	usual bool
}

func (i *instance) endpoint() {
	e := &network.Endpoint{VPC: i.get("vpc_id").identity(), Type: network.EndpointType(cmp.Or(i.get("vpc_endpoint_type").text(), "Gateway")),
		PrivateDNS: i.get("private_dns_enabled").yes(false)}
	e.Service = cmp.Or(i.get("service_name").identity(), i.get("resource_configuration_arn").identity(), i.get("service_network_arn").identity())
	d := &door{Endpoint: e, at: i}
	for _, n := range i.at("dns_entry") {
		for _, entry := range n.list() {
			if name := entry.get("dns_name").peek(); name != "" {
				e.DNSNames = append(e.DNSNames, name)
			}
		}
	}
	id := i.id()
	e.ID = id
	if e.Type == network.EndpointGateway {
		i.gatewayRoutes(d)
	} else {
		i.endpointFaces(d)
	}
	i.settle(&e.Object, id)
	for _, f := range d.faces {
		f.Defect = e.Defect
	}
	i.out.Endpoints = append(i.out.Endpoints, e)
	i.crew().doors[id] = d
	i.later(func() { i.connect(d) })
}

// gatewayRoutes adds the routes of a gateway endpoint to the tables that it names.
func (i *instance) gatewayRoutes(d *door) {
	d.list = i.serviceList(d.Service)
	list := i.get("route_table_ids")
	before := len(i.faults)
	d.RouteTables = i.gather("route_table_ids")
	for _, id := range d.RouteTables {
		i.addRoute(i.tableAt(id, "route_table_ids", "a route to a table"), d.route(i.origin(list.path)))
	}
	if len(i.faults) > before {
		i.looseRoute(d.Endpoint, d.list)
	}
}

// route is what leads to a gateway endpoint.
func (d *door) route(from network.Origin) network.Route {
	return network.Route{PrefixList: d.list, Target: network.Target{Kind: network.TargetEndpoint, ID: d.ID}, Origin: from}
}

// looseRoute is a route to a gateway endpoint that may be in any table of its VPC. Without an endpoint, it may be in any table.
func (i *instance) looseRoute(e *network.Endpoint, list string) {
	r := network.Route{PrefixList: list, Target: network.Target{Kind: network.TargetEndpoint}, Origin: i.origin(""), Defect: i.loose()}
	if e != nil {
		r.Target.ID = e.ID
	}
	for _, t := range i.out.RouteTables {
		if e == nil || e.VPC == "" || t.VPC == "" || t.VPC == e.VPC {
			t.Routes = append(t.Routes, r)
		}
	}
}

// serviceList is the list of the addresses of a service of AWS that has a gateway endpoint. All endpoints for one service lead to the same addresses.
func (i *instance) serviceList(service string) string {
	id := i.attribute("prefix_list_id")
	if i.objects.lists[id] != nil {
		return id
	}
	place := i.place(i)
	var known, standing []netip.Prefix
	add := func(list []netip.Prefix, text string) []netip.Prefix {
		if p, err := netip.ParsePrefix(text); err == nil && !slices.Contains(list, p.Masked()) {
			return append(list, p.Masked())
		}
		return list
	}
	for _, other := range i.byType[i.typ] {
		n := other.get("cidr_blocks")
		if p := i.place(other); other.get("service_name").peek() != service || p.Region != place.Region || n.hole() {
			continue
		}
		for _, each := range n.list() {
			known = add(known, each.literal())
			if c, ok := each.value.(chosen); ok {
				standing = add(standing, c.text)
			}
		}
	}
	for _, l := range i.out.PrefixLists { // the same, by another name
		if len(known) == 0 && l.AWS && l.Name == service && (l.Region == "" || place.Region == "" || l.Region == place.Region) && l.Defect == nil {
			known = l.Entries
		}
	}
	if len(known) == 0 && len(standing) > 0 {
		known = standing
		i.assume("what addresses %s has, Terraform does not say: addresses in %s stand for them, and answers about the internet are about all addresses but those", service, undecided)
	}
	if len(known) == 0 {
		i.service(id, service)
		return id
	}
	l := &network.PrefixList{AWS: true, Entries: slices.Clone(known)}
	slices.SortFunc(l.Entries, netip.Prefix.Compare)
	i.like(&l.Object, id, service)
	i.addList(l)
	return id
}

// endpointFaces makes the interfaces of an endpoint.
func (i *instance) endpointFaces(d *door) {
	subnets, unplaced := i.subnetList("subnet_ids subnet_configuration.subnet_id")
	d.Subnets = subnets
	if d.Type != network.EndpointGatewayLoadBalancer {
		before := len(i.faults)
		if d.Groups = i.gather("security_group_ids"); len(d.Groups) == 0 && len(i.faults) == before {
			d.usual = true
			d.Groups = i.usualGroups(d.VPC, "security_group_ids")
		}
	}
	fixed := map[string]node{}
	for _, n := range i.get("subnet_configuration").list() {
		fixed[n.get("subnet_id").peek()] = n
	}
	var ids []string
	for _, n := range i.get("network_interface_ids").list() {
		if c, ok := n.value.(chosen); ok && c.text != "" {
			ids = append(ids, c.text)
		}
	}
	slices.Sort(ids)
	for k, id := range somewhere(subnets, unplaced) {
		face := i.faceID(id)
		if len(ids) == len(subnets) && !unplaced {
			face = ids[k]
		}
		i.openDoor(d, id, face, fixed[id])
	}
}

// openDoor makes the interface of an endpoint in a subnet.
func (i *instance) openDoor(d *door, subnet, id string, fixed node) {
	typ := network.TypeEndpoint
	if d.Type == network.EndpointGatewayLoadBalancer {
		typ = network.TypeGatewayLBEndpoint
	}
	f := d.at.face(id, "", subnet, d.Groups, typ, network.Owner{Kind: network.OwnerEndpoint, ID: d.ID, Sure: true})
	var a4, a6 netip.Addr
	if fixed.of != nil {
		a4, a6 = fixed.get("ipv4").address(), fixed.get("ipv6").address()
	}
	if a4.IsValid() {
		f.Addresses = append(f.Addresses, network.Address{IP: a4})
		i.objects.taken[a4] = true
	} else {
		i.await(f, netip.Addr{})
	}
	in := i.objects.subnets[subnet]
	f.Open.IPv6 = !a6.IsValid() && strings.Contains(d.at.get("ip_address_type").literal(), "stack") && in != nil &&
		slices.ContainsFunc(in.Blocks, func(p netip.Prefix) bool { return p.Addr().Is6() })
	if d.at.get("ip_address_type").literal() == "ipv6" {
		f.Open.IPv4, f.Open.IPv6 = false, !a6.IsValid()
	}
	if a6.IsValid() {
		f.Addresses = append(f.Addresses, network.Address{IP: a6})
	}
	if f.Open.IPv6 && !slices.Contains(i.objects.waiting, f) {
		i.objects.waiting = append(i.objects.waiting, f)
	}
	d.faces = append(d.faces, f)
	d.Interfaces = append(d.Interfaces, f.ID)
	slices.Sort(d.Interfaces)
}

// connect settles whether an endpoint is connected to its service (PL-3).
func (i *instance) connect(d *door) {
	var service *network.EndpointService
	for _, s := range i.out.EndpointServices {
		if s.Name == d.Service && d.Service != "" && !s.Partial {
			service = s
		}
	}
	d.State = "available"
	switch state := strings.ToLower(i.get("state").literal()); {
	case !i.planned && state != "":
		d.State = state
	case service == nil:
		if strings.Contains(d.Service, ".vpce-svc-") && !i.crew().accepted[d.ID] {
			i.assume("%s: the connection of %s to %s is taken to be accepted: what provides it is not in the plan", i.source, i.address, d.Service)
		}
	case service.AcceptanceRequired && !i.crew().accepted[d.ID] && !(i.get("auto_accept").yes(false) && service.Account == d.Account):
		d.State = "pendingacceptance"
	}
	if service == nil {
		return
	}
	c := &network.EndpointConnection{Service: service.ID, Endpoint: d.ID, EndpointOwner: d.Account, State: d.State}
	c.ID, c.Account, c.Region, c.Address, c.Origin = service.ID+"/"+d.ID, service.Account, service.Region, i.address, i.origin("service_name")
	i.out.EndpointConnections = append(i.out.EndpointConnections, c)
}

// doorOf is the endpoint that a resource adds something to.
func (i *instance) doorOf(what string) (d *door, id string) {
	id = i.get("vpc_endpoint_id").identity()
	d = i.crew().doors[id]
	if d == nil {
		i.elsewhere("vpc_endpoint_id", id, what)
	}
	return d, id
}

func (i *instance) endpointTable() {
	d, id := i.doorOf("a route table to an endpoint")
	table := i.get("route_table_id").identity()
	switch {
	case d != nil && table != "":
		d.RouteTables = append(d.RouteTables, table)
		slices.Sort(d.RouteTables)
		d.RouteTables = slices.Compact(d.RouteTables)
		i.addRoute(i.tableAt(table, "route_table_id", "a route to a table"), d.route(i.origin("")))
	case d != nil:
		i.looseRoute(d.Endpoint, d.list)
	case table == "":
		i.looseRoute(nil, "")
	default: // to addresses that are not known, by an endpoint that is not, or is managed elsewhere
		t := i.tableAt(table, "route_table_id", "a route to a table")
		defect := i.loose()
		if id != "" {
			defect.Reason = "the endpoint " + id + " is managed elsewhere: which addresses the route to it is for is not known"
		}
		t.Routes = append(t.Routes, network.Route{Target: network.Target{Kind: network.TargetEndpoint, ID: id}, Origin: i.origin(""), Defect: defect})
	}
}

func (i *instance) endpointSubnet() {
	d, _ := i.doorOf("a subnet to an endpoint")
	subnet := i.get("subnet_id").identity()
	if d == nil {
		i.gap("NetworkInterfaces")
		return
	}
	if subnet == "" {
		i.openDoor(d, "", i.faceID(""), node{})
		d.faces[len(d.faces)-1].Defect = i.loose()
		return
	}
	if slices.Contains(d.Subnets, subnet) {
		return
	}
	d.Subnets = append(d.Subnets, subnet)
	slices.Sort(d.Subnets)
	i.openDoor(d, subnet, i.faceID(subnet), node{})
	d.faces[len(d.faces)-1].Defect = d.Defect
}

func (i *instance) endpointGroup() {
	d, id := i.doorOf("a security group to an endpoint")
	group := i.get("security_group_id").identity()
	if d == nil && id != "" {
		return
	}
	if d == nil || group == "" {
		defect := i.loose()
		for _, other := range i.crew().doors {
			if d == nil && i.near(&other.Object) || d == other {
				for _, f := range other.faces {
					f.Defect = cmp.Or(f.Defect, defect)
				}
			}
		}
		return
	}
	groups := slices.Clone(d.Groups)
	if d.usual && i.get("replace_default_association").yes(false) {
		groups = slices.DeleteFunc(groups, func(id string) bool { return id == i.objects.usualGroup[d.VPC] })
		d.usual = false
	}
	groups = append(groups, group)
	slices.Sort(groups)
	d.Groups = slices.Compact(groups)
	for _, f := range d.faces {
		f.Groups = d.Groups
	}
}

func (i *instance) endpointNames() {
	if d, _ := i.doorOf("private DNS names to an endpoint"); d != nil {
		d.PrivateDNS = i.get("private_dns_enabled").yes(true)
	}
}

func (i *instance) endpointAccepter() {
	id, service := i.get("vpc_endpoint_id").identity(), i.get("vpc_endpoint_service_id").identity()
	if id == "" {
		return
	}
	i.crew().accepted[id] = true
	if i.crew().doors[id] == nil && service != "" { // somebody's who is not in the plan
		c := &network.EndpointConnection{Service: service, Endpoint: id, State: "available"}
		i.like(&c.Object, service+"/"+id, "")
		i.out.EndpointConnections = append(i.out.EndpointConnections, c)
	}
}

func (i *instance) endpointService() {
	s := &network.EndpointService{State: "Available", AcceptanceRequired: i.get("acceptance_required").yes(true), PrincipalsKnown: true,
		LoadBalancers: i.gatherARNs("network_load_balancer_arns gateway_load_balancer_arns")}
	if name := i.get("private_dns_name").literal(); name != "" {
		s.PrivateDNSNames = []string{name}
	}
	if n := i.get("allowed_principals"); n.hole() {
		s.PrincipalsKnown = false
	} else {
		s.Principals = given(n, true)
	}
	slices.Sort(s.Principals)
	s.Name = i.attribute("service_name")
	if state := i.get("state").literal(); !i.planned && state != "" {
		s.State = state
	}
	i.settle(&s.Object, i.id())
	i.out.EndpointServices = append(i.out.EndpointServices, s)
}

// gatherARNs are the ARNs at paths, sorted.
func (i *instance) gatherARNs(paths string) []string {
	var all []string
	for path := range strings.FieldsSeq(paths) {
		all = append(all, given(i.get(path), true)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (i *instance) endpointPrincipal() {
	id, principal := i.get("vpc_endpoint_service_id").identity(), i.get("principal_arn").identity()
	if id == "" || principal == "" {
		for _, s := range i.out.EndpointServices {
			if id == s.ID || id == "" && i.near(&s.Object) {
				s.PrincipalsKnown = false
			}
		}
		return
	}
	var service *network.EndpointService
	for _, s := range i.out.EndpointServices {
		if s.ID == id {
			service = s
		}
	}
	if service == nil {
		i.elsewhere("vpc_endpoint_service_id", id, "a principal to an endpoint service")
		service = &network.EndpointService{PrincipalsKnown: true}
		i.partial(&service.Object, id)
		i.out.EndpointServices = append(i.out.EndpointServices, service)
	}
	service.Principals = append(service.Principals, principal)
	slices.Sort(service.Principals)
	service.Principals = slices.Compact(service.Principals)
}

package tfplan

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

func balancerTypes() map[string]kind {
	types := map[string]kind{
		"aws_elb":                    {member, (*instance).classicBalancer},
		"aws_elb_attachment":         {tied, (*instance).classicAttachment},
		"aws_autoscaling_attachment": {tied, (*instance).autoscalingAttachment},
		"aws_autoscaling_traffic_source_attachment": {tied, (*instance).trafficSource},
	}
	for _, prefix := range []string{"aws_lb", "aws_alb"} {
		types[prefix] = kind{member, (*instance).loadBalancer}
		types[prefix+"_target_group"] = kind{whole, (*instance).targetGroup}
		types[prefix+"_target_group_attachment"] = kind{tied, (*instance).targetAttachment}
		types[prefix+"_listener"] = kind{tied, (*instance).listener}
		types[prefix+"_listener_rule"] = kind{tied, (*instance).listenerRule}
	}
	return types
}

// registration registers targets with a target group.
type registration struct {
	from  *instance
	at    string // the path that names the group
	group string // its ARN
	// What is registered: one of these.
	target *network.LoadBalancerTarget
	fleet  *fleet
	faces  []*network.Interface
	// unplaced tells that there are more interfaces than these.
	unplaced bool
	port     int
}

// listenerRule is a rule that has yet to find its listener.
type listenerRule struct {
	from     *instance
	listener string
	network.ListenerRule
}

// crossZoneAttribute is the API's key for balancing across zones.
const crossZoneAttribute = "load_balancing.cross_zone.enabled"

func (i *instance) loadBalancer() {
	b := &network.LoadBalancer{Type: cmp.Or(i.get("load_balancer_type").text(), "application"), Internal: i.get("internal").yes(false), State: "active",
		DNSName: i.attribute("dns_name"), IPAddressType: cmp.Or(i.get("ip_address_type").known1(), "ipv4"), Attributes: map[string]string{}, ListenersKnown: true}
	if n := i.get("ip_address_type"); n.hole() {
		n.text()
	}
	var subnets []string
	unplaced := false
	mappings := map[string]node{}
	for _, n := range i.get("subnet_mapping").list() {
		if id := n.get("subnet_id").identity2(); id != "" {
			mappings[id] = n
		}
	}
	subnets, unplaced = i.subnetList("subnets subnet_mapping.subnet_id")
	if len(subnets) == 0 && !unplaced {
		i.fault("subnets", "is not set, and subnet_mapping neither: in which subnets its nodes are is not known")
		unplaced = true
	}
	b.VPC = i.vpcAmong(subnets)
	typ := network.TypeInterface
	switch b.Type {
	case "application":
		before := len(i.faults)
		if b.Groups = i.gather("security_groups"); len(b.Groups) == 0 && len(i.faults) == before {
			b.Groups = i.usualGroups(b.VPC, "security_groups")
		}
		b.Attributes[crossZoneAttribute] = "true"
	case "network":
		typ = network.TypeNetworkLoadBalancer
		if b.Groups = i.gather("security_groups"); len(b.Groups) > 0 {
			if n := i.get("enforce_security_group_inbound_rules_on_private_link_traffic"); !n.hole() {
				b.EnforceOnPrivateLink = cmp.Or(n.known1(), "on")
			}
		}
	case "gateway":
		typ = network.TypeGatewayLoadBalancer
	}
	if b.Type != "application" {
		b.Attributes[crossZoneAttribute] = strconv.FormatBool(i.get("enable_cross_zone_load_balancing").yes(false))
	}
	public := !b.Internal && b.Type != "gateway" && b.IPAddressType != "dualstack-without-public-ipv4"
	var faces []*network.Interface
	for _, id := range somewhere(subnets, unplaced) {
		f := i.nodeIn(b, id, i.arn(), typ)
		faces = append(faces, f)
		m := mappings[id]
		if m.of != nil {
			i.mapNode(f, m, public)
		} else {
			i.await(f, netip.Addr{})
			f.Open.Public = public && f.Open.IPv4
		}
		in := i.objects.subnets[id]
		f.Open.IPv6 = in != nil && strings.HasPrefix(b.IPAddressType, "dualstack") && slices.ContainsFunc(in.Blocks, func(p netip.Prefix) bool { return p.Addr().Is6() }) &&
			!slices.ContainsFunc(f.Addresses, func(a network.Address) bool { return a.IP.Is6() })
	}
	b.Name = i.called("name")
	i.addBalancer(b, i.arn(), faces)
	for _, key := range []string{i.arn(), i.id()} {
		i.crew().balancers[key] = b
	}
}

// nodeIn is the node of a load balancer in a subnet.
func (i *instance) nodeIn(b *network.LoadBalancer, subnet, owner string, typ network.InterfaceType) *network.Interface {
	f := i.face(i.faceID(subnet), "", subnet, b.Groups, typ, network.Owner{Kind: network.OwnerLoadBalancer, ID: owner, Sure: true})
	if subnet == "" {
		return f
	}
	z := network.LoadBalancerZone{Subnet: subnet}
	if s := i.objects.subnets[subnet]; s != nil {
		z.Zone, z.ZoneID = s.Zone, s.ZoneID
	}
	b.Zones = append(b.Zones, z)
	return f
}

// mapNode gives a node the addresses that are chosen for it.
func (i *instance) mapNode(f *network.Interface, m node, public bool) {
	if a := m.get("private_ipv4_address").address(); a.IsValid() {
		f.Addresses = append(f.Addresses, network.Address{IP: a})
		i.objects.taken[a] = true
	} else {
		i.await(f, netip.Addr{})
	}
	if a := m.get("ipv6_address").address(); a.IsValid() {
		f.Addresses = append(f.Addresses, network.Address{IP: a})
		f.Open.IPv6 = false
	}
	f.Open.Public = public
	if allocation := m.get("allocation_id"); public && allocation.value != nil && allocation.value != "" {
		id := allocation.identity()
		i.later(func() {
			i.findAddress(f)
			if len(f.Addresses) > 0 && f.Addresses[0].IP.Is4() {
				f.Addresses[0].Public = i.allocated(id)
				f.Open.Public = false
			}
		})
	}
}

// addBalancer settles a load balancer and its nodes.
func (i *instance) addBalancer(b *network.LoadBalancer, id string, nodes []*network.Interface) {
	if b.VPC == "" {
		b.VPC = i.get("vpc_id").identity2()
	}
	i.settle(&b.Object, id)
	for _, f := range nodes {
		f.Defect = b.Defect
	}
	i.out.LoadBalancers = append(i.out.LoadBalancers, b)
}

// classicBalancer is a load balancer of 2012.
func (i *instance) classicBalancer() {
	b := &network.LoadBalancer{Type: "classic", Internal: i.get("internal").yes(false), State: "active", DNSName: i.attribute("dns_name"), IPAddressType: "ipv4", ListenersKnown: true,
		Attributes: map[string]string{crossZoneAttribute: strconv.FormatBool(i.get("cross_zone_load_balancing").yes(true))}}
	subnets, unplaced := i.subnetList("subnets")
	if len(subnets) == 0 && !unplaced {
		i.nowhere("subnets")
		unplaced = true
	}
	b.VPC = i.vpcAmong(subnets)
	before := len(i.faults)
	if b.Groups = i.gather("security_groups"); len(b.Groups) == 0 && len(i.faults) == before {
		b.Groups = i.usualGroups(b.VPC, "security_groups")
	}
	for _, n := range i.get("listener").list() {
		l := network.Listener{Protocol: strings.ToUpper(n.get("lb_protocol").text()), InstanceProtocol: strings.ToUpper(n.get("instance_protocol").text()), RulesKnown: true, Origin: i.origin(n.path)}
		l.Port, _ = n.get("lb_port").number()
		l.InstancePort, _ = n.get("instance_port").number()
		b.Listeners = append(b.Listeners, l)
	}
	slices.SortStableFunc(b.Listeners, func(x, y network.Listener) int { return cmp.Compare(x.Port, y.Port) })
	b.Instances = given(i.get("instances"), false)
	name := i.attribute("name")
	p := i.place(i)
	b.ID = "classic/" + p.Account + "/" + p.Region + "/" + name
	var faces []*network.Interface
	for _, id := range somewhere(subnets, unplaced) {
		f := i.nodeIn(b, id, b.ID, network.TypeInterface)
		i.await(f, netip.Addr{})
		f.Open.IPv6 = false
		f.Open.Public = !b.Internal && f.Open.IPv4
		faces = append(faces, f)
	}
	b.Name = i.called("name")
	i.addBalancer(b, b.ID, faces)
	for _, key := range []string{name, i.id()} {
		i.crew().balancers[key] = b
	}
	if n := i.get("source_security_group_id"); !n.given() {
		i.crew().sources[i.attribute("source_security_group_id")] = b
	}
}

func (i *instance) targetGroup() {
	g := &network.TargetGroup{Protocol: i.get("protocol").text(), TargetType: cmp.Or(i.get("target_type").text(), "instance"), VPC: i.get("vpc_id").identity(),
		IPAddressType: cmp.Or(i.get("ip_address_type").known1(), "ipv4"), TargetsKnown: true, Attributes: map[string]string{}}
	g.Port, _ = i.get("port").number()
	if n := i.get("preserve_client_ip"); n.given() {
		if s := n.text(); s != "" {
			g.Attributes["preserve_client_ip.enabled"] = s
		}
	}
	if n := i.get("load_balancing_cross_zone_enabled"); n.given() {
		g.Attributes[crossZoneAttribute] = n.text()
	}
	if n := i.get("proxy_protocol_v2"); n.given() {
		g.Attributes["proxy_protocol_v2.enabled"] = n.text()
	}
	health := i.block("health_check")
	switch port := health.get("port").text(); {
	case !health.get("enabled").yes(g.TargetType != "lambda"):
		g.HealthCheckPort = -1
	case port != "" && port != "traffic-port":
		g.HealthCheckPort, _ = health.get("port").number()
	}
	g.Name = i.called("name")
	i.settle(&g.Object, i.arn())
	i.out.TargetGroups = append(i.out.TargetGroups, g)
	for _, key := range []string{i.arn(), i.id()} {
		i.crew().targets[key] = g
	}
}

// targetGroupAt is the target group with an ARN; nil where the document does not hold it.
func (r *reader) targetGroupAt(arn string) *network.TargetGroup { return r.crew().targets[arn] }

// enroll registers something with the target groups of a list, or with a single one.
func (i *instance) enroll(list node, r registration) {
	before := len(i.faults)
	for _, each := range list.elements() {
		if !each.given() {
			continue
		}
		if arn := each.text(); arn != "" {
			r.from, r.at, r.group = i, each.path, arn
			i.crew().registrations = append(i.crew().registrations, r)
		}
	}
	if len(i.faults) > before {
		i.anyTargetGroup()
	}
}

// near tells whether an object may be of the account and the Region of an instance.
func (i *instance) near(o *network.Object) bool {
	p := i.place(i)
	return (p.Account == "" || o.Account == "" || o.Account == p.Account) && (p.Region == "" || o.Region == "" || o.Region == p.Region)
}

// anyTargetGroup notes that it is not known with which target group something is registered: it may be any.
func (i *instance) anyTargetGroup() {
	d := i.loose()
	for _, g := range i.out.TargetGroups {
		if i.near(&g.Object) {
			g.Defect = cmp.Or(g.Defect, d)
		}
	}
}

// enrollClassic registers a fleet with load balancers of 2012, by name.
func (i *instance) enrollClassic(list node, f *fleet) {
	before := len(i.faults)
	for _, each := range list.elements() {
		if !each.given() {
			continue
		}
		i.later(func() {
			b := i.crew().balancers[each.text()]
			i.classicTargets(b, each, f.instances, f.unplaced)
			if b != nil && !f.unplaced {
				i.crew().staffed[b] = true
			}
		})
	}
	if len(i.faults) > before {
		i.anyClassic()
	}
}

func (i *instance) anyClassic() {
	d := i.loose()
	for _, b := range i.out.LoadBalancers {
		if b.Type == "classic" && i.near(&b.Object) {
			b.Defect = cmp.Or(b.Defect, d)
		}
	}
}

// classicTargets registers instances with a load balancer of 2012.
func (i *instance) classicTargets(b *network.LoadBalancer, at node, instances []string, unplaced bool) {
	if b == nil {
		if name := at.identity2(); name != "" {
			i.elsewhere(at.path, name, "instances to a load balancer")
		} else {
			i.anyClassic()
		}
		return
	}
	if unplaced {
		b.Defect = cmp.Or(b.Defect, &network.Defect{Reason: "its targets are those of " + i.address + ", which are not all known", Origin: i.origin(at.path)})
	}
	b.Instances = append(b.Instances, instances...)
	slices.Sort(b.Instances)
	b.Instances = slices.Compact(b.Instances)
}

func (i *instance) classicAttachment() {
	id := i.get("instance").identity()
	var all []string
	if id != "" {
		all = append(all, id)
	}
	name := i.get("elb").identity()
	i.classicTargets(i.crew().balancers[name], i.get("elb"), all, id == "")
}

func (i *instance) targetAttachment() {
	t := network.LoadBalancerTarget{ID: i.get("target_id").identity(), Zone: i.get("availability_zone").known1()}
	t.Port, _ = i.get("port").number()
	r := registration{target: &t}
	if t.ID == "" || i.get("port").hole() || i.get("availability_zone").hole() {
		r = registration{unplaced: true}
	}
	i.enroll(i.get("target_group_arn"), r)
	if i.get("target_group_arn").value == nil {
		i.anyTargetGroup()
	}
}

// fleetAt is the fleet that an attribute names. One that the plan does not hold may have any instance.
func (i *instance) fleetAt(attribute string) *fleet {
	if f := i.crew().fleets[i.get(attribute).identity()]; f != nil {
		return f
	}
	return &fleet{unplaced: true}
}

func (i *instance) autoscalingAttachment() {
	f := i.fleetAt("autoscaling_group_name")
	for _, name := range []string{"lb_target_group_arn", "alb_target_group_arn"} {
		i.enroll(i.get(name), registration{fleet: f})
	}
	i.enrollClassic(i.get("elb"), f)
}

func (i *instance) trafficSource() {
	f := i.fleetAt("autoscaling_group_name")
	for _, n := range i.get("traffic_source").list() {
		switch n.get("type").text() {
		case "elb":
			i.enrollClassic(n.get("identifier"), f)
		case "vpc-lattice":
		default:
			i.enroll(n.get("identifier"), registration{fleet: f})
		}
	}
}

func (i *instance) listener() {
	l := network.Listener{ID: i.arn(), Protocol: strings.ToUpper(i.get("protocol").text()), RulesKnown: true, Origin: i.origin("")}
	l.Port, _ = i.get("port").number()
	l.Rules = []network.ListenerRule{{Priority: "default", Actions: i.actions("default_action"), Origin: i.origin("default_action")}}
	n := i.get("load_balancer_arn")
	arn := n.identity()
	if arn == "" {
		for _, b := range i.out.LoadBalancers {
			if i.near(&b.Object) && b.Type != "classic" {
				b.ListenersKnown = false
			}
		}
		return
	}
	b := i.balancerAt(arn, "load_balancer_arn", "a listener to a load balancer")
	if b.Type == "application" && l.Protocol == "" {
		l.Protocol = "HTTP"
	}
	b.Listeners = append(b.Listeners, l)
	b.Defect = cmp.Or(b.Defect, i.take(""))
}

// balancerAt is the load balancer with an ARN, or one that stands for a load balancer that is managed elsewhere.
func (i *instance) balancerAt(arn, attribute, what string) *network.LoadBalancer {
	b := i.crew().balancers[arn]
	if b == nil {
		i.elsewhere(attribute, arn, what)
		b = &network.LoadBalancer{ListenersKnown: true}
		i.partial(&b.Object, arn)
		i.out.LoadBalancers = append(i.out.LoadBalancers, b)
		i.crew().balancers[arn] = b
	}
	return b
}

// actions are what a listener or a rule does, in order. A target group that is not known is none that anybody has.
func (i *instance) actions(name string) []network.ListenerAction {
	type ordered struct {
		network.ListenerAction
		order int
	}
	var all []ordered
	for _, n := range i.get(name).list() {
		a := ordered{ListenerAction: network.ListenerAction{Type: n.get("type").text()}, order: math.MaxInt}
		if order, ok := n.get("order").number(); ok {
			a.order = order
		}
		group := func(n node) {
			if arn := n.identity(); arn != "" {
				a.TargetGroups = append(a.TargetGroups, arn)
			} else if n.hole() {
				a.TargetGroups = append(a.TargetGroups, i.unknownTargets(n))
			}
		}
		for _, forward := range n.get("forward").list() {
			if forward.get("target_group").hole() && len(forward.get("target_group").list()) == 0 {
				a.TargetGroups = append(a.TargetGroups, i.unknownTargets(forward))
			}
			for _, g := range forward.get("target_group").list() {
				if weight, ok := g.get("weight").number(); !ok || weight > 0 {
					group(g.get("arn"))
				}
			}
		}
		if len(a.TargetGroups) == 0 {
			group(n.get("target_group_arn"))
		}
		all = append(all, a)
	}
	slices.SortStableFunc(all, func(a, b ordered) int { return cmp.Compare(a.order, b.order) })
	var actions []network.ListenerAction
	for _, a := range all {
		actions = append(actions, a.ListenerAction)
	}
	return actions
}

// unknownTargets stands for the target group that a value will be of: nothing is known of it.
func (i *instance) unknownTargets(n node) string {
	g := &network.TargetGroup{}
	i.like(&g.Object, i.made(i.address+"."+n.path, "aws_lb_target_group", "target_group_arn"), "")
	i.invented(g.ID, i.address+"."+n.path)
	g.Defect = cmp.Or(i.take(n.path), &network.Defect{Reason: "is not known before it is applied", Origin: i.origin(n.path)})
	g.Defect.Reason = "which target group it is " + g.Defect.Reason
	i.out.TargetGroups = append(i.out.TargetGroups, g)
	return g.ID
}

// conditionFields are the blocks of a condition, and what the API calls them.
var conditionFields = []struct{ block, field string }{
	{"host_header", "host-header"}, {"path_pattern", "path-pattern"}, {"http_header", "http-header"}, {"http_request_method", "http-request-method"},
	{"query_string", "query-string"}, {"source_ip", "source-ip"},
}

func (i *instance) conditions() []network.ListenerCondition {
	var all []network.ListenerCondition
	for _, n := range i.get("condition").list() {
		for _, f := range conditionFields {
			for _, block := range n.get(f.block).list() {
				c := network.ListenerCondition{Field: f.field}
				header := ""
				if f.block == "http_header" {
					header = block.get("http_header_name").text() + ": "
				}
				switch {
				case f.block == "query_string":
					value := block.get("value").text()
					if key := block.get("key").text(); key != "" {
						value = key + "=" + value
					}
					c.Values = append(c.Values, value)
				default:
					for _, value := range block.get("values").texts() {
						c.Values = append(c.Values, header+value)
					}
					for _, value := range block.get("regex_values").texts() {
						c.Values = append(c.Values, header+"regex "+value)
					}
				}
				if f.block != "source_ip" && block.hole() { // it is a condition, whichever
					i.take(block.path)
					c.Values = append(c.Values, "what is not known yet")
				}
				if f.block == "source_ip" {
					for _, value := range c.Values {
						if _, err := netip.ParsePrefix(value); err != nil {
							block.fault("is " + strconv.Quote(value) + ", which is not a CIDR block such as 10.0.0.0/16 or 2001:db8::/56")
						}
					}
				}
				slices.Sort(c.Values)
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b network.ListenerCondition) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), slices.Compare(a.Values, b.Values))
	})
	return all
}

func (i *instance) listenerRule() {
	r := listenerRule{from: i, listener: i.get("listener_arn").identity()}
	r.Origin, r.Actions, r.Conditions = i.origin(""), i.actions("action"), i.conditions()
	r.Priority = i.get("priority").identity()
	i.crew().listenerRules = append(i.crew().listenerRules, r)
}

// finishBalancers joins load balancers with what is registered with them. Every interface has its addresses by now.
func (r *reader) finishBalancers() {
	c := r.crew()
	r.gatherSpread()
	r.nameSources()
	for _, e := range c.registrations {
		r.register(e)
	}
	r.joinRules()
	for _, b := range r.out.LoadBalancers { // a state lists the instances that a fleet started: what stands for these is listed as well
		if c.staffed[b] {
			b.Instances = slices.DeleteFunc(b.Instances, func(id string) bool { return r.objects.instances[id] == nil })
		}
	}
	uses := map[string][]string{}
	for _, b := range r.out.LoadBalancers {
		slices.SortStableFunc(b.Listeners, func(x, y network.Listener) int { return cmp.Or(cmp.Compare(x.Port, y.Port), cmp.Compare(x.ID, y.ID)) })
		for _, l := range b.Listeners {
			slices.SortStableFunc(l.Rules, func(x, y network.ListenerRule) int { return cmp.Compare(rank(x), rank(y)) })
			for _, rule := range l.Rules {
				for _, a := range rule.Actions {
					for _, id := range a.TargetGroups {
						uses[id] = append(uses[id], b.ID)
					}
				}
			}
		}
	}
	for _, g := range r.out.TargetGroups {
		slices.SortFunc(g.Targets, func(x, y network.LoadBalancerTarget) int {
			return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Port, y.Port), cmp.Compare(x.Zone, y.Zone))
		})
		g.Targets = slices.Compact(g.Targets)
		g.LoadBalancers = uses[g.ID]
		slices.Sort(g.LoadBalancers)
		g.LoadBalancers = slices.Compact(g.LoadBalancers)
		if len(g.Targets) == 0 && g.Defect == nil && len(g.LoadBalancers) > 0 {
			r.assume("%s: nothing in the configuration registers a target with it; what registers itself, such as pods by a controller of their cluster, is not in the plan", g.Address)
		}
	}
}

// gatherSpread gives workloads and instances all interfaces that stand for one in a subnet that is not known, see [reader.spread].
func (r *reader) gatherSpread() {
	more := map[string][]string{}
	for _, f := range r.out.Interfaces {
		if k := strings.LastIndexByte(f.ID, '-'); k > 0 && r.objects.interfaces[f.ID] == nil && r.objects.interfaces[f.ID[:k]] != nil {
			more[f.ID[:k]] = append(more[f.ID[:k]], f.ID)
		}
	}
	if len(more) == 0 {
		return
	}
	extend := func(ids *[]string) {
		for _, id := range slices.Clone(*ids) {
			*ids = append(*ids, more[id]...)
		}
		slices.Sort(*ids)
	}
	for _, w := range r.out.Workloads {
		extend(&w.Interfaces)
	}
	for _, at := range r.out.Instances {
		extend(&at.Interfaces)
	}
	for _, e := range r.out.Endpoints {
		extend(&e.Interfaces)
	}
}

// rank orders rules: numbers first, those without one next, the default last.
func rank(r network.ListenerRule) int {
	if r.Priority == "default" {
		return math.MaxInt
	}
	if n, err := strconv.Atoi(r.Priority); err == nil {
		return n
	}
	return math.MaxInt - 1
}

// register puts targets into their group.
func (r *reader) register(e registration) {
	i := e.from
	g := r.targetGroupAt(e.group)
	if g == nil {
		i.elsewhere(e.at, e.group, "targets to a target group")
		g = &network.TargetGroup{TargetsKnown: true}
		i.partial(&g.Object, e.group)
		r.out.TargetGroups = append(r.out.TargetGroups, g)
		r.crew().targets[e.group] = g
	}
	short := e.unplaced
	switch {
	case e.target != nil:
		g.Targets = append(g.Targets, *e.target)
	case e.fleet != nil:
		for _, id := range e.fleet.instances {
			g.Targets = append(g.Targets, network.LoadBalancerTarget{ID: id})
		}
		short = short || e.fleet.unplaced
	}
	for _, f := range e.faces {
		k := slices.IndexFunc(f.Addresses, func(a network.Address) bool { return a.IP.Is4() == (g.IPAddressType != "ipv6") })
		if k < 0 {
			short = true
			continue
		}
		g.Targets = append(g.Targets, network.LoadBalancerTarget{ID: f.Addresses[k].IP.String(), Port: e.port})
	}
	if short {
		g.Defect = cmp.Or(g.Defect, &network.Defect{Reason: "its targets are those of " + i.address + ", which are not all known before the plan is applied", Origin: i.origin(e.at)})
	}
}

// joinRules puts rules into their listeners.
func (r *reader) joinRules() {
	at := map[string]*network.Listener{}
	of := map[*network.Listener]*network.LoadBalancer{}
	index := func(b *network.LoadBalancer) {
		for k := range b.Listeners {
			at[b.Listeners[k].ID] = &b.Listeners[k]
			of[&b.Listeners[k]] = b
		}
	}
	for _, b := range r.out.LoadBalancers {
		index(b)
	}
	for _, rule := range r.crew().listenerRules {
		i := rule.from
		if rule.listener == "" { // it may be any
			for _, b := range r.out.LoadBalancers {
				for k := range b.Listeners {
					if i.near(&b.Object) && b.Type == "application" {
						b.Listeners[k].RulesKnown = false
					}
				}
			}
			continue
		}
		l := at[rule.listener]
		if l == nil {
			path, end := rule.listener, strings.LastIndexByte(rule.listener, '/')
			if end > 0 {
				path = path[:end]
			}
			b := i.balancerAt(strings.Replace(path, ":listener/", ":loadbalancer/", 1), "listener_arn", "a rule to a listener")
			b.Listeners = append(b.Listeners, network.Listener{ID: rule.listener, RulesKnown: true, Origin: i.origin("")})
			index(b)
			l = at[rule.listener]
		}
		l.Rules = append(l.Rules, rule.ListenerRule)
		of[l].Defect = cmp.Or(of[l].Defect, i.take(""))
	}
}

// nameSources gives the nodes of a load balancer of 2012 the group by which rules name them: which of its own that is, AWS says later.
func (r *reader) nameSources() {
	if len(r.crew().sources) == 0 {
		return
	}
	used := map[string]bool{}
	for _, g := range r.out.SecurityGroups {
		for _, rules := range [][]network.Rule{g.Inbound, g.Outbound} {
			for _, rule := range rules {
				if r.crew().sources[rule.Group] != nil {
					used[rule.Group] = true
				}
			}
		}
	}
	for _, b := range r.out.LoadBalancers {
		for id, of := range r.crew().sources {
			if of != b || !used[id] {
				continue
			}
			g := &network.SecurityGroup{Object: b.Object, VPC: b.VPC}
			g.ID, g.Name, g.Tags, g.Defect = id, b.Name+" (source)", nil, nil
			r.addGroup(g)
			b.Groups = append(slices.Clone(b.Groups), id)
			slices.Sort(b.Groups)
			for _, f := range r.out.Interfaces {
				if f.Owner.Kind == network.OwnerLoadBalancer && f.Owner.ID == b.ID {
					f.Groups = b.Groups
				}
			}
		}
	}
}

// shaped is an identifier for what has none yet, of types whose identifiers are read: ARNs of load balancers, names of services; empty for all others.
func (r *reader) shaped(address, typ, attribute string, digits func(attribute string) string) string {
	i := r.byAddress[address]
	if i == nil || i.typ != typ {
		return ""
	}
	place := r.place(i)
	made := func(id string) string {
		r.invented(id, address)
		return id
	}
	arn := func(service, rest string) string {
		return made("arn:aws:" + service + ":" + place.Region + ":" + place.Account + ":" + rest)
	}
	known := func(name, otherwise string) string { return cmp.Or(i.get(name).known1(), otherwise) }
	typ = strings.Replace(typ, "aws_alb", "aws_lb", 1)
	switch {
	case attribute == "arn" || attribute == "id":
		d := digits("arn")
		kind := map[string]string{"network": "net", "gateway": "gwy"}[i.get("load_balancer_type").known1()]
		switch typ {
		case "aws_lb":
			return arn("elasticloadbalancing", "loadbalancer/"+cmp.Or(kind, "app")+"/"+known("name", i.name)+"/"+d[:16])
		case "aws_lb_target_group":
			return arn("elasticloadbalancing", "targetgroup/"+known("name", i.name)+"/"+d[:16])
		case "aws_lb_listener":
			return arn("elasticloadbalancing", "listener/app/"+i.name+"/"+d[:16]+"/"+digits("listener")[:16])
		case "aws_lb_listener_rule":
			return arn("elasticloadbalancing", "listener-rule/app/"+i.name+"/"+d[:16]+"/"+digits("rule")[:16])
		case "aws_ecs_service":
			return arn("ecs", "service/"+known("name", i.name)+"/"+d)
		case "aws_route53_zone":
			if attribute == "id" {
				return made("Z" + strings.ToUpper(digits("zone_id")))
			}
		}
		if name := namedBy[typ]; attribute == "id" && name != "" { // as the code says, or as it is made up
			return i.attribute(name)
		}
	case attribute == "zone_id" && typ == "aws_route53_zone":
		return made("Z" + strings.ToUpper(digits("zone_id")))
	case attribute == "service_name" && typ == "aws_vpc_endpoint_service":
		return made("com.amazonaws.vpce." + cmp.Or(place.Region, "region") + "." + i.id())
	case endpointNames[typ+"."+attribute] != "":
		host := strings.NewReplacer("NAME", i.called(shapeName(typ)), "HASH", digits("host")[:12], "REGION", cmp.Or(place.Region, "region"))
		return made(host.Replace(endpointNames[typ+"."+attribute]))
	case attribute == "dns_name" && (typ == "aws_lb" || typ == "aws_elb"):
		return made(known("name", i.name) + "-" + digits("dns_name") + ".elb." + cmp.Or(place.Region, "region") + ".amazonaws.com")
	}
	return ""
}

// endpointNames are the names by which databases and caches are called, as AWS makes them.
var endpointNames = map[string]string{
	"aws_db_instance.address": "NAME.HASH.REGION.rds.amazonaws.com", "aws_rds_cluster.endpoint": "NAME.cluster-HASH.REGION.rds.amazonaws.com",
	"aws_rds_cluster.reader_endpoint": "NAME.cluster-ro-HASH.REGION.rds.amazonaws.com", "aws_rds_cluster_instance.endpoint": "NAME.HASH.REGION.rds.amazonaws.com",
	"aws_db_proxy.endpoint": "NAME.proxy-HASH.REGION.rds.amazonaws.com", "aws_docdb_cluster.endpoint": "NAME.cluster-HASH.REGION.docdb.amazonaws.com",
	"aws_elasticache_replication_group.primary_endpoint_address":       "master.NAME.HASH.REGION.cache.amazonaws.com",
	"aws_elasticache_replication_group.reader_endpoint_address":        "replica.NAME.HASH.REGION.cache.amazonaws.com",
	"aws_elasticache_replication_group.configuration_endpoint_address": "clustercfg.NAME.HASH.REGION.cache.amazonaws.com",
	"aws_elasticache_cluster.cluster_address":                          "NAME.HASH.cfg.REGION.cache.amazonaws.com",
	"aws_opensearch_domain.endpoint":                                   "vpc-NAME-HASH.REGION.es.amazonaws.com",
	"aws_elasticsearch_domain.endpoint":                                "vpc-NAME-HASH.REGION.es.amazonaws.com",
}

// shapeName is the attribute that a type is called by.
func shapeName(typ string) string {
	switch typ {
	case "aws_rds_cluster", "aws_docdb_cluster":
		return "cluster_identifier"
	case "aws_rds_cluster_instance":
		return "identifier"
	case "aws_elasticache_cluster":
		return "cluster_id"
	}
	return shapes[typ].name
}

// namedBy are the types whose identifier is a name that the code may give: the attribute.
var namedBy = map[string]string{
	"aws_autoscaling_group": "name", "aws_launch_configuration": "name", "aws_elb": "name", "aws_eks_cluster": "name", "aws_lambda_function": "function_name",
	"aws_db_subnet_group": "name", "aws_docdb_subnet_group": "name", "aws_neptune_subnet_group": "name", "aws_elasticache_subnet_group": "name",
	"aws_memorydb_subnet_group": "name", "aws_redshift_subnet_group": "name", "aws_dax_subnet_group": "name", "aws_dms_replication_subnet_group": "replication_subnet_group_id",
	"aws_rds_cluster": "cluster_identifier", "aws_docdb_cluster": "cluster_identifier", "aws_neptune_cluster": "cluster_identifier",
	"aws_elasticache_replication_group": "replication_group_id",
}

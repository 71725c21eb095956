package tfplan

import (
	"cmp"
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

// crossZoneAttribute is the API's key for balancing across zones.
const crossZoneAttribute = "load_balancing.cross_zone.enabled"

func (i *instance) loadBalancer() {
	b := &network.LoadBalancer{Type: cmp.Or(i.get("load_balancer_type").text(), "application"), Internal: i.get("internal").yes(false), State: "active",
		DNSName: i.attribute("dns_name"), IPAddressType: cmp.Or(i.get("ip_address_type").literal(), "ipv4"), Attributes: map[string]string{}, ListenersKnown: true}
	if n := i.get("ip_address_type"); n.hole() {
		n.text()
	}
	var subnets []string
	unplaced := false
	mappings := map[string]node{}
	for _, n := range i.get("subnet_mapping").list() {
		if id := n.get("subnet_id").peek(); id != "" {
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
				b.EnforceOnPrivateLink = cmp.Or(n.literal(), "on")
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
		b.VPC = i.get("vpc_id").peek()
	}
	i.settle(&b.Object, id)
	for _, f := range nodes {
		f.Defect = b.Defect
	}
	i.out.LoadBalancers = append(i.out.LoadBalancers, b)
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
		if len(g.Targets)+len(g.Awaited) == 0 && g.Defect == nil && len(g.LoadBalancers) > 0 {
			r.assume("%s: nothing in the configuration registers a target with it; what registers itself, such as pods by a controller of their cluster, is not in the plan", g.Address)
		}
	}
}

package tfplan

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

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
		if name := at.peek(); name != "" {
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

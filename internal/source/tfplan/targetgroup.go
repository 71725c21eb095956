package tfplan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

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
	why      *network.Defect // why they are not known; nil where it is left to AWS
	port     int
}

func (i *instance) targetGroup() {
	g := &network.TargetGroup{Protocol: i.get("protocol").text(), TargetType: cmp.Or(i.get("target_type").text(), "instance"), VPC: i.get("vpc_id").identity(),
		IPAddressType: cmp.Or(i.get("ip_address_type").literal(), "ipv4"), TargetsKnown: true, Attributes: map[string]string{}}
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

func (i *instance) targetAttachment() {
	t := network.LoadBalancerTarget{ID: i.get("target_id").identity(), Zone: i.get("availability_zone").literal()}
	t.Port, _ = i.get("port").number()
	r := registration{target: &t}
	if t.ID == "" || i.get("port").hole() || i.get("availability_zone").hole() {
		_, _ = i.get("port").text(), i.get("availability_zone").text() // what is not known there is a fault as well
		r = registration{unplaced: true, why: cmp.Or(i.take("target_id"), i.take("port"), i.take("availability_zone"))}
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
		if k < 0 && f.Subnet != "" && r.objects.subnets[f.Subnet] == nil { // another source may know the subnet
			g.Awaited = append(g.Awaited, network.AwaitedTarget{Interface: f.ID, Port: e.port, Origin: i.origin(e.at)})
			continue
		}
		if k < 0 {
			short = true
			continue
		}
		g.Targets = append(g.Targets, network.LoadBalancerTarget{ID: f.Addresses[k].IP.String(), Port: e.port})
	}
	switch {
	case short && e.why != nil:
		g.Defect = cmp.Or(g.Defect, &network.Defect{Reason: "one of its targets " + e.why.Reason, Origin: e.why.Origin})
	case short:
		g.Defect = cmp.Or(g.Defect, &network.Defect{Reason: "its targets are those of " + i.address + ", which are not all known before the plan is applied", Origin: i.origin(e.at)})
	}
}

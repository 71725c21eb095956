package tfplan

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// fleet is a set of instances that something starts when it likes: an autoscaling group, a node group, a fleet.
type fleet struct {
	instances []string
	unplaced  bool // there may be instances in other subnets
}

// seat is where a fleet may have an instance, and what that carries.
type seat struct {
	subnet string
	face   templateFace
	more   []templateFace // further interfaces
}

// ownerFleet is the kind of a workload that starts instances.
const ownerFleet network.OwnerKind = "autoscaling group"

// fromTemplate is what a launch template says of the interfaces of an instance, which it is named for at a path.
func (i *instance) fromTemplate(lt *instance, at string) (first templateFace, more []templateFace) {
	i.crew().templates[lt.address] = true
	first.groups = i.borrow(lt, "vpc_security_group_ids", at)
	if _, unknown := lt.get("network_interfaces").value.(unresolved); unknown {
		i.fault(at, "is "+lt.address+", of which network_interfaces is not known before the plan is applied")
		return first, nil
	}
	for _, n := range lt.get("network_interfaces").list() {
		var f templateFace
		if n.get("security_groups").hole() || n.get("subnet_id").hole() || n.get("device_index").hole() {
			i.fault(at, "is "+lt.address+", of which "+n.path+" is not known before the plan is applied")
			continue
		}
		f.groups = given(n.get("security_groups"), false)
		f.subnet = n.get("subnet_id").peek()
		if p := n.get("associate_public_ip_address"); p.given() {
			yes := p.hole()
			if yes {
				i.fault(at, "is "+lt.address+", of which "+p.path+" is not known before the plan is applied")
			} else {
				yes = p.yes(false)
			}
			f.public = &yes
		}
		if device, ok := n.get("device_index").number(); ok && device != 0 {
			more = append(more, f)
			continue
		}
		first.groups = append(first.groups, f.groups...)
		first.subnet, first.public = cmp.Or(first.subnet, f.subnet), cmp.Or(f.public, first.public)
	}
	slices.Sort(first.groups)
	first.groups = slices.Compact(first.groups)
	return first, more
}

// templateAt is what the launch template says that a block names. Not ok: it is not known which one that is.
func (i *instance) templateAt(n node) (s seat, ok bool) {
	before := len(i.faults)
	lt := i.launchTemplate(n)
	if lt == nil {
		if len(i.faults) == before {
			n.fault("names a launch template that is not in the plan: which security groups the instances carry is not known")
		}
		yes := true // a public address that there may be
		s.face.public = &yes
		return s, false
	}
	s.face, s.more = i.fromTemplate(lt, n.path)
	return s, true
}

// launchConfiguration is what a launch configuration says.
func (i *instance) launchConfiguration() (s seat) {
	name := i.get("launch_configuration").identity()
	c := i.named("aws_launch_configuration", name, "name", "id")
	if c == nil {
		if name != "" {
			i.fault("launch_configuration", "is "+name+", which is not in the plan: which security groups the instances carry is not known")
		}
		yes := true // a public address that there may be
		s.face.public = &yes
		return s
	}
	s.face.groups = i.borrow(c, "security_groups", "launch_configuration")
	if p := c.get("associate_public_ip_address"); p.given() {
		yes := p.hole()
		if yes {
			i.fault("launch_configuration", "is "+c.address+", of which associate_public_ip_address is not known before the plan is applied")
		} else {
			yes = p.yes(false)
		}
		s.face.public = &yes
	}
	return s
}

// subnetList are the subnets at paths. Unplaced: they are not all known.
func (i *instance) subnetList(paths string) (subnets []string, unplaced bool) {
	before := len(i.faults)
	subnets = i.gather(paths)
	return subnets, len(i.faults) > before
}

func (i *instance) autoscalingGroup() {
	subnets, unplaced := i.subnetList("vpc_zone_identifier")
	if len(subnets) == 0 && !unplaced {
		i.nowhere("vpc_zone_identifier")
		unplaced = true
	}
	var kinds []seat
	for _, path := range []string{
		"launch_template", "mixed_instances_policy.launch_template.launch_template_specification",
		"mixed_instances_policy.launch_template.override.launch_template_specification",
	} {
		for _, block := range i.at(path) {
			for _, n := range block.list() {
				s, _ := i.templateAt(n)
				kinds = append(kinds, s)
			}
		}
	}
	if i.get("launch_configuration").given() && i.get("launch_configuration").value != "" {
		kinds = append(kinds, i.launchConfiguration())
	}
	if len(kinds) == 0 {
		i.fault("launch_template", "is not set: which security groups the instances carry is not known")
		kinds = append(kinds, seat{})
	}
	var seats []seat
	for _, id := range somewhere(subnets, unplaced) {
		for _, s := range kinds {
			s.subnet = id
			seats = append(seats, s)
		}
	}
	name, tags := "", []network.Tag(nil)
	for _, n := range i.get("tag").list() {
		key, value := n.get("key").literal(), n.get("value").literal()
		if !n.get("propagate_at_launch").yes(false) {
			continue
		}
		if key == "Name" {
			name = value
		} else if key != "" && value != "" {
			tags = append(tags, network.Tag{Key: key, Value: value})
		}
	}
	f := i.recruit(i.called("name"), name, tags, seats, unplaced, nil)
	for _, key := range []string{"name", "id", "arn"} {
		i.crew().fleets[i.attribute(key)] = f
	}
	i.enroll(i.get("target_group_arns"), registration{fleet: f})
	i.enrollClassic(i.get("load_balancers"), f)
	for _, n := range i.get("traffic_source").list() {
		switch typ := n.get("type").literal(); {
		case typ == "elb":
			i.enrollClassic(n.get("identifier"), f)
		case typ != "vpc-lattice":
			i.enroll(n.get("identifier"), registration{fleet: f})
		}
	}
}

// recruit makes the instances of a fleet, one in every seat, and the workload that stands for them. usual are the groups of those that name none; nil: the
// default group of the VPC.
func (i *instance) recruit(called, name string, tags []network.Tag, seats []seat, unplaced bool, usual []string) *fleet {
	w := &network.Workload{Kind: ownerFleet}
	w.Name = called
	made := &fleet{unplaced: unplaced}
	number := map[string]int{}
	var all []*network.Instance
	for _, s := range seats {
		vpc := i.vpcOf(s.subnet)
		w.VPC = cmp.Or(w.VPC, vpc)
		number[s.subnet]++
		var which []string
		if n := number[s.subnet]; n > 1 {
			which = append(which, strconv.Itoa(n))
		}
		at := &network.Instance{State: "running", Subnet: s.subnet, VPC: vpc}
		at.Tags = tags
		i.like(&at.Object, i.madeIn(s.subnet, "aws_instance", which...), "")
		if name != called { // otherwise the workload is found by it
			at.Name = name
		}
		slices.SortFunc(at.Tags, func(a, b network.Tag) int { return cmp.Compare(a.Key, b.Key) })
		for k, face := range append([]templateFace{s.face}, s.more...) {
			groups := face.groups
			if len(groups) == 0 {
				groups = usual
			}
			if len(groups) == 0 && len(i.faults) == 0 {
				groups = i.usualGroups(vpc, "security_groups")
			}
			id := i.madeIn(s.subnet, "aws_network_interface", append(slices.Clone(which), slices.Repeat([]string{"more"}, k)...)...)
			subnet := cmp.Or(face.subnet, s.subnet)
			if k == 0 {
				subnet = s.subnet
				at.Primary = id
			}
			f := i.face(id, cmp.Or(name, called), subnet, groups, network.TypeInterface, network.Owner{Kind: network.OwnerInstance, ID: at.ID, Sure: true})
			i.await(f, netip.Addr{})
			in := i.objects.subnets[subnet]
			public := in != nil && in.MapPublicIPOnLaunch
			if face.public != nil {
				public = *face.public
			}
			f.Open.Public = public && k == 0 && f.Open.IPv4
			at.Interfaces = append(at.Interfaces, id)
			w.Groups = append(w.Groups, groups...)
			if subnet != "" {
				w.Subnets = append(w.Subnets, subnet)
			}
		}
		w.Interfaces = append(w.Interfaces, at.Interfaces...)
		slices.Sort(at.Interfaces)
		all = append(all, at)
		made.instances = append(made.instances, at.ID)
	}
	for _, list := range []*[]string{&w.Groups, &w.Subnets, &w.Interfaces} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	i.enlist(w, i.identifier())
	for _, at := range all {
		at.Defect = w.Defect
		i.out.Instances = append(i.out.Instances, at)
		i.objects.instances[at.ID] = at
	}
	return made
}

// seatsOf puts an instance of a template into every subnet that overrides name, or into that of the template.
func (i *instance) seatsOf(s seat, overrides []node) (seats []seat, unplaced bool) {
	for _, n := range overrides {
		before := len(i.faults)
		for id := range strings.SplitSeq(n.get("subnet_id").text(), ",") {
			if id = strings.TrimSpace(id); id != "" {
				one := s
				one.subnet = id
				seats = append(seats, one)
			}
		}
		unplaced = unplaced || len(i.faults) > before
	}
	if len(seats) == 0 && s.face.subnet != "" {
		s.subnet = s.face.subnet
		seats = append(seats, s)
	}
	return seats, unplaced
}

func (i *instance) spotFleet() {
	var seats []seat
	unplaced := false
	for _, n := range i.get("launch_specification").list() {
		s := seat{face: templateFace{groups: given(n.get("vpc_security_group_ids"), false)}}
		if p := n.get("associate_public_ip_address"); p.given() {
			yes := p.perhaps()
			s.face.public = &yes
		}
		more, lost := i.seatsOf(s, []node{n})
		seats, unplaced = append(seats, more...), unplaced || lost
	}
	i.templateFleet("overrides", seats, unplaced)
}

func (i *instance) ec2Fleet() { i.templateFleet("override", nil, false) }

func (i *instance) templateFleet(overrides string, seats []seat, unplaced bool) {
	for _, n := range i.get("launch_template_config").list() {
		var s seat
		for _, specification := range n.get("launch_template_specification").list() {
			s, _ = i.templateAt(specification)
		}
		more, lost := i.seatsOf(s, n.get(overrides).list())
		seats, unplaced = append(seats, more...), unplaced || lost
	}
	if len(seats) == 0 && !unplaced {
		i.nowhere("launch_template_config")
		unplaced = true
	}
	if unplaced {
		seats = append(seats, seat{})
	}
	f := i.recruit(i.called(""), "", nil, seats, unplaced, nil)
	i.enroll(i.get("target_group_arns"), registration{fleet: f})
	i.enrollClassic(i.get("load_balancers"), f)
}

// idleTemplate is a launch template: one that nothing in the configuration uses may be used by somebody else (V-16).
func (i *instance) idleTemplate() {
	i.later(func() {
		if i.crew().templates[i.address] {
			return
		}
		first, more := i.fromTemplate(i, "")
		w := &network.Workload{Kind: "launch template", Groups: first.groups}
		if first.subnet != "" {
			w.Subnets, w.VPC = []string{first.subnet}, i.vpcOf(first.subnet)
		}
		for _, f := range more {
			w.Groups = append(w.Groups, f.groups...)
		}
		slices.Sort(w.Groups)
		w.Groups = slices.Compact(w.Groups)
		if len(w.Groups) == 0 {
			i.take("")
			return
		}
		w.Name = i.called("name")
		i.enlist(w, i.identifier())
	})
}

// emrCluster is a cluster of Amazon EMR: its nodes carry other groups than its first one.
func (i *instance) emrCluster() {
	subnets, unplaced := i.subnetList("ec2_attributes.subnet_id ec2_attributes.subnet_ids")
	if len(subnets) == 0 && !unplaced {
		i.nowhere("ec2_attributes")
		unplaced = true
	}
	n := i.block("ec2_attributes")
	groups := func(managed, additional string) []string {
		all := given(n.get(managed), false)
		if len(all) == 0 && !n.get(managed).hole() {
			n.get(managed).fault("is not set: Amazon EMR makes a group of its own, of which the plan knows no rules")
		}
		for id := range strings.SplitSeq(n.get(additional).text(), ",") {
			if id = strings.TrimSpace(id); id != "" {
				all = append(all, id)
			}
		}
		return all
	}
	first := groups("emr_managed_master_security_group", "additional_master_security_groups")
	rest := groups("emr_managed_slave_security_group", "additional_slave_security_groups")
	var seats []seat
	for _, id := range somewhere(subnets, unplaced) {
		seats = append(seats, seat{subnet: id, face: templateFace{groups: first}}, seat{subnet: id, face: templateFace{groups: rest}})
	}
	i.recruit(i.called("name"), "", nil, seats, unplaced, nil)
}

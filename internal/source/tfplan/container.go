package tfplan

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// ecsService is a service of Amazon ECS, or a task set of one: its tasks have interfaces of their own where it says in which subnets.
func (i *instance) ecsService() {
	s := shape{subnets: "network_configuration.subnets", groups: "network_configuration.security_groups", public: "network_configuration.assign_public_ip", outside: true}
	name := "name"
	if i.typ == "aws_ecs_task_set" {
		name = "service"
	}
	s.name = name
	p, ok := i.placed(s)
	if !ok { // its tasks have the interfaces of the instances they run on, and ports that ECS chooses
		for _, n := range i.get("load_balancer").list() {
			for _, arn := range append(given(n.get("target_group_arn"), true), alternates(n)...) {
				if g := i.targetGroupAt(arn); g != nil {
					g.Defect = cmp.Or(g.Defect, &network.Defect{Reason: "its targets are tasks of " + i.address + ", on instances and ports that Amazon ECS chooses", Origin: i.origin(n.path)})
				}
			}
		}
		return
	}
	i.groupsOf(s, &p)
	w := i.staff(s, p, i.block("network_configuration").get("assign_public_ip").perhaps())
	var faces []*network.Interface
	for _, id := range w.Interfaces {
		faces = append(faces, i.objects.interfaces[id])
	}
	for _, n := range i.get("load_balancer").list() {
		port, _ := n.get("container_port").number()
		r := registration{faces: faces, unplaced: p.unplaced, port: port}
		i.enroll(n.get("target_group_arn"), r)
		for _, more := range n.at("advanced_configuration.alternate_target_group_arn") {
			i.enroll(more, r)
		}
		if name := n.get("elb_name"); name.given() {
			i.enrollClassic(name, &fleet{unplaced: true})
		}
	}
}

func alternates(n node) []string {
	var all []string
	for _, more := range n.at("advanced_configuration.alternate_target_group_arn") {
		all = append(all, given(more, true)...)
	}
	return all
}

// clusterGroup is the identifier of the group that Amazon EKS makes for a cluster.
func (i *instance) clusterGroup() string {
	if id := i.block("vpc_config").get("cluster_security_group_id").peek(); id != "" {
		return id
	}
	return i.made(i.address, i.typ, "cluster_security_group_id")
}

// eksCluster makes the group of a cluster, and the interfaces of its control plane.
func (i *instance) eksCluster() {
	s := shape{subnets: "vpc_config.subnet_ids", groups: "vpc_config.security_group_ids"}
	g := &network.SecurityGroup{}
	for _, id := range i.gather(s.subnets) {
		if subnet := i.byID[id]; subnet != nil && g.VPC == "" {
			g.VPC = subnet.get("vpc_id").peek()
		}
	}
	name := i.called("name")
	i.like(&g.Object, i.clusterGroup(), "eks-cluster-sg-"+name)
	rule := network.Rule{Protocol: -1, From: -1, To: -1, Origin: g.Origin}
	self := rule
	self.Group = g.ID
	g.Inbound = []network.Rule{self}
	blocks := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}
	if i.block("kubernetes_network_config").get("ip_family").literal() == "ipv6" {
		blocks = append(blocks, netip.MustParsePrefix("::/0"))
	}
	for _, rule.Block = range blocks {
		g.Outbound = append(g.Outbound, rule)
	}
	i.addGroup(g)
	i.assume("the security group that Amazon EKS makes for a cluster is taken to be as it makes it: it admits itself, and lets everything out")
	i.later(func() {
		p, _ := i.placed(s)
		g.VPC = cmp.Or(g.VPC, p.vpc)
		p.groups = append(i.gather(s.groups), g.ID)
		slices.Sort(p.groups)
		if i.block("compute_config").get("enabled").yes(false) { // it starts nodes itself
			i.autoNodes(p, g.ID)
		}
		i.staff(s, p, false)
	})
}

// autoNodes are the nodes that Amazon EKS starts where a cluster leaves that to it.
func (i *instance) autoNodes(p placement, group string) {
	w := &network.Workload{Kind: network.OwnerService, VPC: p.vpc, Groups: []string{group}, Subnets: p.subnets}
	w.Name = i.called("name") + "-nodes"
	id := i.identifier() + "/nodes"
	for _, subnet := range somewhere(p.subnets, p.unplaced) {
		f := i.face(i.faceID(subnet, "nodes"), "", subnet, w.Groups, network.TypeInterface, network.Owner{Kind: network.OwnerService, ID: id, Sure: true})
		i.await(f, netip.Addr{})
		w.Interfaces = append(w.Interfaces, f.ID)
	}
	slices.Sort(w.Interfaces)
	i.like(&w.Object, id, w.Name)
	i.out.Workloads = append(i.out.Workloads, w)
}

// clusterOf is the group of the cluster that an attribute names.
func (i *instance) clusterOf() []string {
	name := i.get("cluster_name").identity()
	c := i.named("aws_eks_cluster", name, "name", "id")
	if c == nil {
		if name != "" {
			i.fault("cluster_name", "is "+name+", a cluster that is not in the plan: which security group it gives to its nodes is not known")
		}
		return nil
	}
	return []string{c.clusterGroup()}
}

func (i *instance) eksNodeGroup() {
	subnets, unplaced := i.subnetList("subnet_ids")
	var s seat
	for _, n := range i.get("launch_template").list() {
		s, _ = i.templateAt(n)
	}
	var usual []string
	if len(s.face.groups) == 0 {
		usual = i.clusterOf()
	}
	if len(i.get("remote_access").list()) > 0 && len(usual) > 0 {
		for _, n := range i.at("resources.remote_access_security_group_id") {
			if id := n.peek(); id != "" {
				i.unknownGroup(id, i.vpcAmong(subnets))
				usual = append(usual, id)
			}
		}
	}
	var seats []seat
	for _, id := range somewhere(subnets, unplaced) {
		s.subnet = id
		seats = append(seats, s)
	}
	f := i.recruit(i.called("node_group_name"), "", nil, seats, unplaced, usual)
	for _, n := range i.at("resources.autoscaling_groups") {
		for _, group := range n.list() {
			if name := group.get("name").peek(); name != "" {
				i.crew().fleets[name] = f
			}
		}
	}
	i.crew().fleets[i.id()] = f
}

func (i *instance) eksFargate() {
	s := shape{name: "fargate_profile_name", subnets: "subnet_ids"}
	p, ok := i.placed(s)
	if !ok {
		return
	}
	p.groups = i.clusterOf()
	i.staff(s, p, false)
}

package tfplan

import (
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// balancedFleet is an Application Load Balancer whose target group is of instances, without anything that registers some.
func balancedFleet(p *paper) *paper {
	return street(p).
		resource("aws_lb.front", `{"arn": "?`+frontARN+`", "id": "?`+frontARN+`", "name": "entry", "internal": false, "load_balancer_type": "application", "security_groups": ["sg-0f"], "subnets": ["subnet-0p1", "subnet-0p2"]}`).
		resource("aws_lb_target_group.shop", `{"arn": "?`+groupARN+`", "id": "?`+groupARN+`", "name": "shop", "port": 8080, "protocol": "HTTP", "target_type": "instance", "vpc_id": "vpc-0a"}`).
		resource("aws_lb_listener.https", `{"arn": "?arn:listener-0001", "load_balancer_arn": "`+frontARN+`", "port": 443, "protocol": "HTTPS", "default_action": [{"type": "forward", "forward": [], "target_group_arn": "`+groupARN+`"}]}`)
}

const launchTemplate = `{"id": "?lt-0abcdef01", "name": "tmpl", "vpc_security_group_ids": ["sg-0b"]}`

// Instances of an autoscaling group are targets, whichever resource says so.
func TestFleetBehindBalancer(t *testing.T) {
	group := `{"name": "workers", "id": "workers", "launch_template": [{"id": "lt-0abcdef01"}], "vpc_zone_identifier": ["subnet-0a1", "subnet-0a2"], "target_group_arns": %}`
	for name, p := range map[string]*paper{
		"target_group_arns": balancedFleet(annotated(t)).resource("aws_launch_template.t", launchTemplate).
			resource("aws_autoscaling_group.w", strings.Replace(group, "%", `["`+groupARN+`"]`, 1)),
		"attachment": balancedFleet(annotated(t)).resource("aws_launch_template.t", launchTemplate).
			resource("aws_autoscaling_group.w", strings.Replace(group, "%", `[]`, 1)).
			resource("aws_autoscaling_attachment.w", `{"id": "?attach-0001", "autoscaling_group_name": "workers", "lb_target_group_arn": "`+groupARN+`"}`),
		"traffic source": balancedFleet(annotated(t)).resource("aws_launch_template.t", launchTemplate).
			resource("aws_autoscaling_group.w", strings.Replace(group, "%", `[]`, 1)).
			resource("aws_autoscaling_traffic_source_attachment.w", `{"id": "?attach-0001", "autoscaling_group_name": "workers", "traffic_source": [{"type": "elbv2", "identifier": "`+groupARN+`"}]}`),
		"node group": balancedFleet(annotated(t)).resource("aws_launch_template.t", launchTemplate).
			resource("aws_eks_node_group.w", `{"id": "k:workers", "cluster_name": "k", "node_group_name": "workers", "launch_template": [{"id": "lt-0abcdef01"}], "subnet_ids": ["subnet-0a1", "subnet-0a2"],
				"resources": [{"autoscaling_groups": [{"name": "?eks-workers-0001"}]}]}`).
			resource("aws_autoscaling_attachment.w", `{"id": "?attach-0001", "autoscaling_group_name": "eks-workers-0001", "lb_target_group_arn": "`+groupARN+`"}`),
	} {
		n := p.network()
		if g, _ := n.TargetGroups.Get(groupARN); len(g.Targets) != 2 || g.Defect != nil || !strings.HasPrefix(g.Targets[0].ID, "i-") {
			t.Errorf("%s: %+v", name, g)
		}
		check(t, n, "internet", "entry:443", report.Reachable)
	}
	// A group that the plan does not hold: which targets there are is not known.
	balancedFleet(annotated(t)).resource("aws_autoscaling_attachment.w", `{"id": "?attach-0001", "autoscaling_group_name": "workers", "lb_target_group_arn": "`+groupARN+`"}`).
		can("internet", "entry:443", report.Unknown)
	// Tasks on instances, and on ports that Amazon ECS chooses.
	balancedFleet(annotated(t)).resource("aws_ecs_service.w", `{"id": "?arn:service-0001", "name": "workers", "network_configuration": [], "load_balancer": [{"target_group_arn": "`+groupARN+`", "container_name": "w", "container_port": 80}]}`).
		can("internet", "entry:443", report.Unknown)
}

// A state lists the instances that an autoscaling group put behind a load balancer of 2012: the instances to be stand for them.
func TestClassicBalancerInState(t *testing.T) {
	n := stateOf(t).
		resource("aws_vpc.main", `{"id": "vpc-0a", "cidr_block": "10.0.0.0/16", "default_security_group_id": "sg-0d"}`).
		resource("aws_subnet.a", `{"id": "subnet-0a1", "vpc_id": "vpc-0a", "cidr_block": "10.0.1.0/24"}`).
		resource("aws_launch_configuration.w", `{"id": "lc", "name": "lc", "security_groups": ["sg-0d"]}`).
		resource("aws_autoscaling_group.w", `{"name": "workers", "id": "workers", "launch_configuration": "lc", "vpc_zone_identifier": ["subnet-0a1"], "load_balancers": ["old"], "traffic_source": [{"type": "elb", "identifier": "old"}]}`).
		resource("aws_elb.old", `{"id": "old", "name": "old", "internal": true, "subnets": ["subnet-0a1"], "security_groups": ["sg-0d"], "source_security_group_id": "sg-0d", "instances": ["i-0123456789"],
			"listener": [{"lb_port": 80, "lb_protocol": "http", "instance_port": 80, "instance_protocol": "http"}]}`).network()
	if b := n.LoadBalancers.All()[0]; len(b.Instances) != 1 || b.Instances[0] == "i-0123456789" {
		t.Errorf("instances: %v", b.Instances)
	}
}

// Instances of fleets are in the subnets that they name themselves.
func TestFleets(t *testing.T) {
	n := street(annotated(t)).resource("aws_launch_template.t", launchTemplate).
		resource("aws_spot_fleet_request.spot", `{"id": "?sfr-0001", "launch_specification": [{"subnet_id": "subnet-0a1, subnet-0a2", "vpc_security_group_ids": ["sg-0f"], "associate_public_ip_address": true}],
			"launch_template_config": [{"launch_template_specification": [{"id": "lt-0abcdef01"}], "overrides": [{"subnet_id": "subnet-0p1"}]}]}`).
		resource("aws_ec2_fleet.plain", `{"id": "?fleet-0001", "launch_template_config": [{"launch_template_specification": [{"launch_template_id": "lt-0abcdef01"}], "override": [{"subnet_id": "subnet-0p2"}]}]}`).
		resource("aws_emr_cluster.big", `{"id": "?j-0001abcd", "name": "big", "ec2_attributes": [{"subnet_id": "subnet-0a1", "subnet_ids": null, "emr_managed_master_security_group": "sg-0f", "emr_managed_slave_security_group": "sg-0b", "additional_slave_security_groups": "sg-0d"}]}`).
		network()
	for address, want := range map[string]struct{ subnets, groups []string }{
		"aws_spot_fleet_request.spot": {[]string{"subnet-0a1", "subnet-0a2", "subnet-0p1"}, []string{"sg-0b", "sg-0f"}},
		"aws_ec2_fleet.plain":         {[]string{"subnet-0p2"}, []string{"sg-0b"}},
		"aws_emr_cluster.big":         {[]string{"subnet-0a1"}, []string{"sg-0b", "sg-0d", "sg-0f"}},
	} {
		w := workloadOf(t, n, address)
		if !slices.Equal(w.Subnets, want.subnets) || !slices.Equal(w.Groups, want.groups) || w.Defect != nil {
			t.Errorf("%s: %+v", address, w)
		}
	}
	for _, f := range facesOf(n, workloadOf(t, n, "aws_spot_fleet_request.spot")) {
		if f.Open.Public != slices.Equal(f.Groups, []string{"sg-0f"}) {
			t.Errorf("public address: %+v", f)
		}
	}
}

// Further interfaces of a launch template are there as well.
func TestSecondInterface(t *testing.T) {
	n := street(annotated(t)).
		resource("aws_launch_template.t", `{"id": "?lt-0abcdef01", "name": "tmpl", "vpc_security_group_ids": null, "network_interfaces": [{"device_index": 1, "security_groups": ["sg-0f"], "subnet_id": "subnet-0p1"}, {"device_index": 0, "security_groups": ["sg-0b"]}]}`).
		resource("aws_autoscaling_group.w", `{"name": "workers", "id": "workers", "launch_template": [{"id": "lt-0abcdef01"}], "vpc_zone_identifier": ["subnet-0a1"]}`).network()
	at := n.Instances.All()[0]
	if len(at.Interfaces) != 2 {
		t.Fatalf("%+v", at)
	}
	for _, id := range at.Interfaces {
		f, _ := n.Interfaces.Get(id)
		if id == at.Primary && (f.Subnet != "subnet-0a1" || !slices.Equal(f.Groups, []string{"sg-0b"})) || id != at.Primary && (f.Subnet != "subnet-0p1" || !slices.Equal(f.Groups, []string{"sg-0f"})) {
			t.Errorf("%+v", f)
		}
	}
}

// Amazon EKS starts nodes itself where a cluster leaves that to it: they carry its group.
func TestAutoMode(t *testing.T) {
	p := street(annotated(t)).
		resource("aws_eks_cluster.main", `{"id": "main", "name": "main", "arn": "?arn:aws:eks:us-east-1:111111111111:cluster/main", "compute_config": [{"enabled": true}], "vpc_config": [{"subnet_ids": ["subnet-0a1"], "security_group_ids": ["sg-0f"], "cluster_security_group_id": "?sg-0e0001"}]}`)
	p.can("main-nodes", "main:443", report.Reachable)
	n := p.network()
	if w := workloadOf(t, n, "aws_eks_cluster.main"); len(w.Interfaces) != 1 {
		t.Errorf("%+v", w)
	}
	if n.Workloads.Len() != 2 {
		t.Errorf("%d workloads", n.Workloads.Len())
	}
}

// A cache of a replication group is spoken for by the group; an endpoint of the resolver has the addresses that it names.
func TestCacheAndResolver(t *testing.T) {
	n := street(annotated(t)).
		resource("aws_elasticache_subnet_group.c", `{"id": "caches", "name": "caches", "subnet_ids": ["subnet-0a1", "subnet-0a2"]}`).
		resource("aws_elasticache_replication_group.c", `{"id": "sessions", "replication_group_id": "sessions", "subnet_group_name": "caches", "security_group_ids": ["sg-0b"]}`).
		resource("aws_elasticache_cluster.member", `{"id": "sessions-1", "cluster_id": "sessions-1", "replication_group_id": "sessions"}`).
		resource("aws_elasticache_cluster.alone", `{"id": "alone", "cluster_id": "alone", "replication_group_id": "?placeholder-0001", "subnet_group_name": "caches", "security_group_ids": ["sg-0b"]}`).
		resource("aws_route53_resolver_endpoint.in", `{"id": "?rslvr-in-0001", "name": "inbound", "direction": "INBOUND", "security_group_ids": ["sg-0b"], "ip_address": [{"subnet_id": "subnet-0a1", "ip": "10.0.11.53"}, {"subnet_id": "subnet-0a1", "ip": "?10.0.11.54"}]}`).network()
	var names []string
	for _, w := range n.Workloads.All() {
		names = append(names, w.Name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"alone", "inbound", "sessions"}) {
		t.Errorf("%q", names)
	}
	in := facesOf(n, workloadOf(t, n, "aws_route53_resolver_endpoint.in"))
	if len(in) != 2 {
		t.Fatalf("%+v", in)
	}
	for _, f := range in {
		if fixed := f.Addresses[0].IP.String() == "10.0.11.53"; f.Open.IPv4 == fixed {
			t.Errorf("%+v", f)
		}
	}
}

// A Gateway Load Balancer, its service and its endpoint: what is behind is not known, and the interfaces are conduits (EP-3).
func TestGatewayLoadBalancer(t *testing.T) {
	arn := strings.Replace(frontARN, "app/front", "gwy/guard", 1)
	n := street(annotated(t)).
		resource("aws_lb.guard", `{"arn": "?`+arn+`", "id": "?`+arn+`", "name": "guard", "load_balancer_type": "gateway", "subnets": ["subnet-0a1"], "enable_cross_zone_load_balancing": false}`).
		resource("aws_vpc_endpoint_service.guard", `{"id": "?vpce-svc-0abc1", "service_name": "?com.amazonaws.vpce.us-east-1.vpce-svc-0abc1", "acceptance_required": false, "gateway_load_balancer_arns": ["`+arn+`"]}`).
		resource("aws_vpc_endpoint.guard", `{"id": "?vpce-0abc1", "vpc_id": "vpc-0a", "vpc_endpoint_type": "GatewayLoadBalancer", "service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-0abc1", "subnet_ids": ["subnet-0a2"]}`).network()
	b, e, s := n.LoadBalancers.All()[0], n.Endpoints.All()[0], n.EndpointServices.All()[0]
	if b.Type != "gateway" || b.Groups != nil || e.State != "available" || len(e.Interfaces) != 1 || e.Groups != nil || !slices.Equal(s.LoadBalancers, []string{arn}) {
		t.Errorf("%+v\n%+v\n%+v", b, e, s)
	}
	for _, i := range n.Interfaces.All() {
		if i.Owner.ID == "vpce-0abc1" && (i.Type != network.TypeGatewayLBEndpoint || !i.Conduit()) || i.Owner.ID == arn && i.Type != network.TypeGatewayLoadBalancer {
			t.Errorf("%+v", i)
		}
	}
}

package tfplan

import (
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// street is a VPC with two public subnets and two private ones, and a group for each tier.
func street(p *paper) *paper {
	return p.resource("aws_vpc.main", `{"id": "?vpc-0a", "cidr_block": "10.0.0.0/16", "default_security_group_id": "?sg-0d", "default_network_acl_id": "?acl-0d", "default_route_table_id": "?rtb-0d", "tags": {"Name": "prod"}}`).
		resource("aws_internet_gateway.main", `{"id": "?igw-0a", "vpc_id": "vpc-0a"}`).
		resource("aws_route_table.public", `{"id": "?rtb-0p", "vpc_id": "vpc-0a", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-0a"}]}`).
		resource("aws_subnet.public[0]", `{"id": "?subnet-0p1", "vpc_id": "vpc-0a", "cidr_block": "10.0.1.0/24", "availability_zone": "us-east-1a"}`).
		resource("aws_subnet.public[1]", `{"id": "?subnet-0p2", "vpc_id": "vpc-0a", "cidr_block": "10.0.2.0/24", "availability_zone": "us-east-1b"}`).
		resource("aws_subnet.app[0]", `{"id": "?subnet-0a1", "vpc_id": "vpc-0a", "cidr_block": "10.0.11.0/24", "availability_zone": "us-east-1a"}`).
		resource("aws_subnet.app[1]", `{"id": "?subnet-0a2", "vpc_id": "vpc-0a", "cidr_block": "10.0.12.0/24", "availability_zone": "us-east-1b"}`).
		resource("aws_route_table_association.public[0]", `{"id": "?a-1", "subnet_id": "subnet-0p1", "route_table_id": "rtb-0p"}`).
		resource("aws_route_table_association.public[1]", `{"id": "?a-2", "subnet_id": "subnet-0p2", "route_table_id": "rtb-0p"}`).
		resource("aws_security_group.front", `{"id": "?sg-0f", "name": "front", "vpc_id": "vpc-0a",
			"ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}],
			"egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`).
		resource("aws_security_group.app", `{"id": "?sg-0b", "name": "app", "vpc_id": "vpc-0a",
			"ingress": [{"protocol": "tcp", "from_port": 8080, "to_port": 8080, "security_groups": ["sg-0f"]}],
			"egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`)
}

const (
	frontARN = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/front/0123456789abcdef"
	groupARN = "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/shop/0123456789abcdef"
)

// shop is an ECS service behind an Application Load Balancer.
func shop(p *paper) *paper {
	return street(p).
		resource("aws_lb.front", `{"arn": "?`+frontARN+`", "id": "?`+frontARN+`", "name": "front", "internal": false, "load_balancer_type": "application", "security_groups": ["sg-0f"],
			"subnets": ["subnet-0p1", "subnet-0p2"], "dns_name": "?front-1.us-east-1.elb.amazonaws.com"}`).
		resource("aws_lb_target_group.shop", `{"arn": "?`+groupARN+`", "id": "?`+groupARN+`", "name": "shop", "port": 80, "protocol": "HTTP", "target_type": "ip", "vpc_id": "vpc-0a",
			"health_check": [{"enabled": true, "port": "traffic-port"}]}`).
		resource("aws_lb_listener.https", `{"arn": "?arn:aws:elasticloadbalancing:us-east-1:111111111111:listener/app/front/0123456789abcdef/1", "load_balancer_arn": "`+frontARN+`", "port": 443, "protocol": "HTTPS",
			"default_action": [{"type": "forward", "target_group_arn": "`+groupARN+`"}]}`).
		resource("aws_ecs_service.shop", `{"id": "?arn:aws:ecs:us-east-1:111111111111:service/main/shop", "name": "shop", "network_configuration": [{"subnets": ["subnet-0a1", "subnet-0a2"], "security_groups": ["sg-0b"], "assign_public_ip": false}],
			"load_balancer": [{"target_group_arn": "`+groupARN+`", "container_name": "shop", "container_port": 8080}]}`)
}

// From the internet over an Application Load Balancer to the tasks of a service that does not run yet (LB-7, V-16).
func TestBalancedService(t *testing.T) {
	p := shop(annotated(t))
	p.can("internet", "front:443", report.Reachable)
	p.can("internet", "front:80", report.Unreachable)
	p.can("internet", "shop:8080", report.Unreachable)
	p.can("front", "shop:8080", report.Reachable)
	p.can("front", "shop:8081", report.Unreachable)
	n := p.network()
	g, _ := n.TargetGroups.Get(groupARN)
	if len(g.Targets) != 2 || g.Targets[0].Port != 8080 || !strings.HasPrefix(g.Targets[0].ID, "10.0.11.") || !slices.Equal(g.LoadBalancers, []string{frontARN}) {
		t.Errorf("target group: %+v", g)
	}
	b, _ := n.LoadBalancers.Get(frontARN)
	if b.Defect != nil || b.VPC != "vpc-0a" || b.Internal || len(b.Zones) != 2 || b.Zones[0].Zone != "us-east-1a" || b.Origin.Line == 0 {
		t.Errorf("load balancer: %+v", b)
	}
	for _, i := range n.Interfaces.All() {
		if i.Owner.ID == frontARN && (!i.Open.Public || !i.Open.IPv4 || i.Defect != nil) {
			t.Errorf("a node: %+v", i)
		}
	}
}

// A rule that sends some requests elsewhere, a weight of 0, and a rule whose target group is not known.
func TestListenerRules(t *testing.T) {
	other := strings.Replace(groupARN, "shop", "idle", 1)
	p := shop(annotated(t)).
		resource("aws_lb_target_group.idle", `{"arn": "?`+other+`", "id": "?`+other+`", "name": "idle", "port": 80, "protocol": "HTTP", "target_type": "ip", "vpc_id": "vpc-0a"}`).
		resource("aws_lb_listener_rule.api", `{"arn": "?arn:aws:elasticloadbalancing:us-east-1:111111111111:listener-rule/app/front/0123456789abcdef/1/2", "priority": 7,
			"listener_arn": "arn:aws:elasticloadbalancing:us-east-1:111111111111:listener/app/front/0123456789abcdef/1",
			"action": [{"type": "forward", "forward": [{"target_group": [{"arn": "`+groupARN+`", "weight": 0}, {"arn": "`+other+`", "weight": 1}]}]}],
			"condition": [{"path_pattern": [{"values": ["/api/*"]}]}]}`)
	n := p.network()
	b, _ := n.LoadBalancers.Get(frontARN)
	rules := b.Listeners[0].Rules
	if len(rules) != 2 || rules[0].Priority != "7" || rules[1].Priority != "default" || !slices.Equal(rules[0].Actions[0].TargetGroups, []string{other}) ||
		rules[0].Conditions[0].Field != "path-pattern" || rules[0].Conditions[0].Values[0] != "/api/*" {
		t.Errorf("rules: %+v", rules)
	}
	check(t, n, "internet", "front:443", report.Partial)
	if a := ask(t, n, "internet", "front:443"); !slices.ContainsFunc(a.Assumptions, func(s string) bool { return strings.Contains(s, "nothing in the configuration registers a target") }) {
		t.Errorf("an empty target group goes without saying: %q", a.Assumptions)
	}
}

// In a plan of the real provider, a target group that a listener takes from a condition is not known, and only what goes there is not.
func TestUnknownTargetGroup(t *testing.T) {
	base := func() *paper {
		return plainPlan(t).
			resource("aws_vpc.main", `{"id": "?", "cidr_block": "10.0.0.0/16", "default_security_group_id": "?"}`).
			resource("aws_subnet.a", `{"id": "?", "vpc_id": "=aws_vpc.main.id", "cidr_block": "10.0.1.0/24"}`).
			resource("aws_security_group.front", `{"id": "?", "name": "front", "vpc_id": "=aws_vpc.main.id", "ingress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
				"egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`).
			resource("aws_lb.front", `{"arn": "?", "id": "?", "name": "inner", "internal": true, "load_balancer_type": "network", "security_groups": ["=aws_security_group.front.id"], "subnets": ["=aws_subnet.a.id"]}`).
			resource("aws_lb_target_group.a", `{"arn": "?", "id": "?", "name": "a", "port": 80, "protocol": "TCP", "target_type": "ip", "vpc_id": "=aws_vpc.main.id"}`).
			resource("aws_lb_target_group_attachment.a", `{"id": "?", "target_group_arn": "=aws_lb_target_group.a.arn", "target_id": "10.0.1.77"}`).
			resource("aws_instance.client", `{"id": "?", "subnet_id": "=aws_subnet.a.id", "vpc_security_group_ids": ["=aws_security_group.front.id"], "tags": {"Name": "client"}, "private_ip": "10.0.1.77", "primary_network_interface_id": "?"}`)
	}
	known := base().resource("aws_lb_listener.a", `{"arn": "?", "load_balancer_arn": "=aws_lb.front.arn", "port": 80, "protocol": "TCP", "default_action": [{"type": "forward", "target_group_arn": "=aws_lb_target_group.a.arn"}]}`)
	n := known.network()
	for _, b := range n.LoadBalancers.All() {
		if !strings.Contains(b.ID, ":loadbalancer/net/inner/") || b.Defect != nil || len(b.Listeners) != 1 || len(b.Groups) != 1 {
			t.Errorf("load balancer: %+v", b)
		}
	}
	check(t, n, "client", "inner:80", report.Reachable)
	base().resource("aws_lb_listener.a", `{"arn": "?", "load_balancer_arn": "=aws_lb.front.arn", "port": 80, "protocol": "TCP", "default_action": [{"type": "forward", "target_group_arn": "=var.group"}]}`).
		can("client", "inner:80", report.Unknown)
	// A registration that may be one of any group.
	base().resource("aws_lb_listener.a", `{"arn": "?", "load_balancer_arn": "=aws_lb.front.arn", "port": 80, "protocol": "TCP", "default_action": [{"type": "forward", "target_group_arn": "=aws_lb_target_group.a.arn"}]}`).
		resource("aws_lb_target_group_attachment.b", `{"id": "?", "target_group_arn": "=local.which", "target_id": "10.0.1.78"}`).
		can("client", "inner:80", report.Unknown)
	// A listener that may be one of any load balancer.
	base().resource("aws_lb_listener.a", `{"arn": "?", "load_balancer_arn": "=local.which", "port": 80, "protocol": "TCP", "default_action": [{"type": "forward", "target_group_arn": "=aws_lb_target_group.a.arn"}]}`).
		can("client", "inner:80", report.Unknown)
}

// A Classic Load Balancer in front of an autoscaling group; rules name its nodes by the group that AWS says is theirs.
func TestClassicBalancer(t *testing.T) {
	p := street(annotated(t)).
		resource("aws_elb.old", `{"id": "old", "name": "old", "arn": "?arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/old", "internal": false, "subnets": ["subnet-0p1"], "security_groups": ["sg-0f"],
			"source_security_group_id": "?sg-0e", "listener": [{"lb_port": 443, "lb_protocol": "ssl", "instance_port": 9000, "instance_protocol": "tcp"}]}`).
		resource("aws_security_group.legacy", `{"id": "?sg-0c", "name": "legacy", "vpc_id": "vpc-0a", "ingress": [{"protocol": "tcp", "from_port": 9000, "to_port": 9000, "security_groups": ["sg-0e"]}]}`).
		resource("aws_launch_configuration.old", `{"id": "lc", "name": "lc", "security_groups": ["sg-0c"]}`).
		resource("aws_autoscaling_group.old", `{"id": "legacy-asg", "name": "legacy-asg", "arn": "?arn:aws:autoscaling:us-east-1:111111111111:autoScalingGroup:1:autoScalingGroupName/legacy-asg", "launch_configuration": "lc",
			"vpc_zone_identifier": ["subnet-0p1"], "load_balancers": ["old"]}`)
	p.can("internet", "old:443", report.Reachable)
	p.can("old", "legacy:9000", report.Reachable)
	p.can("internet", "legacy:9000", report.Unreachable)
	n := p.network()
	b := n.LoadBalancers.All()[0]
	if b.ID != "classic/111111111111/us-east-1/old" || len(b.Instances) != 1 || b.Listeners[0].InstancePort != 9000 || b.Listeners[0].Protocol != "SSL" {
		t.Errorf("load balancer: %+v", b)
	}
}

// Static addresses of a Network Load Balancer, its attributes, and an instance behind it.
func TestNetworkBalancer(t *testing.T) {
	arn := strings.Replace(frontARN, "app/front", "net/edge", 1)
	p := street(annotated(t)).
		resource("aws_eip.edge", `{"id": "?eipalloc-0a", "allocation_id": "?eipalloc-0a", "public_ip": "?240.0.0.9", "domain": "vpc"}`).
		resource("aws_lb.edge", `{"arn": "?`+arn+`", "id": "?`+arn+`", "name": "edge", "internal": false, "load_balancer_type": "network", "enable_cross_zone_load_balancing": true, "security_groups": null,
			"subnet_mapping": [{"subnet_id": "subnet-0p1", "allocation_id": "eipalloc-0a"}]}`).
		resource("aws_lb_target_group.tls", `{"arn": "?`+groupARN+`", "id": "?`+groupARN+`", "name": "tls", "port": 8443, "protocol": "TCP", "target_type": "instance", "vpc_id": "vpc-0a", "preserve_client_ip": "false",
			"load_balancing_cross_zone_enabled": "use_load_balancer_configuration", "health_check": [{"enabled": true, "port": "9999"}]}`).
		resource("aws_lb_listener.tls", `{"arn": "?arn:listener-0001", "load_balancer_arn": "`+arn+`", "port": 443, "protocol": "TCP", "default_action": [{"type": "forward", "target_group_arn": "`+groupARN+`"}]}`).
		resource("aws_security_group.box", `{"id": "?sg-0c", "name": "box", "vpc_id": "vpc-0a", "ingress": [{"protocol": "tcp", "from_port": 8443, "to_port": 8443, "cidr_blocks": ["10.0.1.0/24"]}]}`).
		resource("aws_instance.box", `{"id": "?i-0abcde", "subnet_id": "subnet-0a1", "vpc_security_group_ids": ["sg-0c"], "private_ip": "?10.0.11.9", "primary_network_interface_id": "?eni-0a"}`).
		resource("aws_lb_target_group_attachment.box", `{"id": "?attach-0001", "target_group_arn": "`+groupARN+`", "target_id": "i-0abcde"}`)
	p.can("internet", "edge:443", report.Reachable) // with client addresses preserved, the group of the instance would not admit them
	n := p.network()
	b, _ := n.LoadBalancers.Get(arn)
	g, _ := n.TargetGroups.Get(groupARN)
	if b.Attributes[crossZoneAttribute] != "true" || b.Groups != nil || g.Attributes["preserve_client_ip.enabled"] != "false" || g.HealthCheckPort != 9999 {
		t.Errorf("%+v\n%+v", b, g)
	}
	for _, i := range n.Interfaces.All() {
		if i.Owner.ID == arn && (i.Type != network.TypeNetworkLoadBalancer || i.Addresses[0].Public.String() != "240.0.0.9" || i.Open.Public) {
			t.Errorf("node: %+v", i)
		}
	}
}

// What is behind a load balancer of a state has addresses that the state does not tell: they are open.
func TestBalancerInState(t *testing.T) {
	p := shop(stateOf(t))
	for _, address := range p.resources { // a state has no placeholders
		for key, value := range p.values[address] {
			if s, ok := value.(string); ok {
				p.values[address][key] = strings.TrimPrefix(s, "?")
			}
		}
	}
	p.can("internet", "front:443", report.Reachable)
	p.can("internet", "front:80", report.Unreachable)
}

// A listener of a load balancer, and a target of a group, that another document holds.
func TestBalancerElsewhere(t *testing.T) {
	c := annotated(t).
		resource("aws_lb_listener.extra", `{"arn": "?arn:listener-0001", "load_balancer_arn": "`+frontARN+`", "port": 8443, "protocol": "HTTPS", "default_action": [{"type": "fixed-response", "fixed_response": [{"content_type": "text/plain"}]}]}`).
		resource("aws_lb_target_group_attachment.extra", `{"id": "?attach-0001", "target_group_arn": "`+groupARN+`", "target_id": "10.0.11.99", "port": 81}`).contents()
	if len(c.LoadBalancers) != 1 || !c.LoadBalancers[0].Partial || len(c.LoadBalancers[0].Listeners) != 1 || len(c.TargetGroups) != 1 || !c.TargetGroups[0].Partial {
		t.Fatalf("%+v %+v", c.LoadBalancers, c.TargetGroups)
	}
	n := network.New(shop(annotated(t)).contents(), c)
	g, _ := n.TargetGroups.Get(groupARN)
	if len(g.Targets) != 3 || g.Defect != nil {
		t.Errorf("target group: %+v", g)
	}
}

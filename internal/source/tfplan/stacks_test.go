package tfplan

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// What the stacks of docs/stacks.md taught.

// TestLookupThatDecidesNothing tells of lookups only where the network has something of them: an image decides nothing.
func TestLookupThatDecidesNothing(t *testing.T) {
	image := web(t, open443).routed().
		resource("data.aws_ami.a", `{"id": "?ami-x"}`).lookup("data.aws_ami.a", "nobody knows the image").
		resource("aws_instance.b", `{"id": "?i-b", "ami": "ami-x", "subnet_id": "subnet-a", "vpc_security_group_ids": ["sg-a"]}`)
	if n := image.network(); len(n.Problems) > 0 {
		t.Errorf("problems %+v", n.Problems)
	}
	group := web(t, open443).routed().
		resource("data.aws_security_group.a", `{"id": "?sg-x"}`).lookup("data.aws_security_group.a", "nobody knows the group").
		resource("aws_instance.b", `{"id": "?i-b", "subnet_id": "subnet-a", "vpc_security_group_ids": ["sg-a", "sg-x"]}`)
	n := group.network()
	if len(n.Problems) != 1 || n.Problems[0].Message != "nobody knows the group" {
		t.Errorf("problems %+v", n.Problems)
	}
	check(t, n, "internet", "aws_instance.b:444", report.Unknown)
	// What is calculated from an address, and is no placeholder itself, may be of any data source that has addresses.
	calculated := web(t, `{"id": "?sg-a", "name": "web", "vpc_id": "vpc-a", "ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["243.0.9.0/24", "244.1.2.0/24"]}], "egress": []}`).routed().
		resource("data.aws_vpc.a", `{"id": "?vpc-x", "cidr_block": "?243.0.0.0/16"}`).lookup("data.aws_vpc.a", "nobody knows the VPC").
		resource("data.aws_ami.a", `{"id": "?ami-x"}`).lookup("data.aws_ami.a", "nobody knows the image")
	n = calculated.network()
	if !slices.ContainsFunc(n.Problems, func(p network.Problem) bool { return p.Message == "nobody knows the VPC" }) ||
		slices.ContainsFunc(n.Problems, func(p network.Problem) bool { return p.Message == "nobody knows the image" }) {
		t.Errorf("problems %+v", n.Problems)
	}
	for _, want := range []string{"is not known: nobody knows the VPC", "is not known before AWS chooses it, because what it is calculated from is not"} {
		if !slices.ContainsFunc(n.Problems, func(p network.Problem) bool { return strings.Contains(p.Message, want) }) {
			t.Errorf("nothing says %q: %+v", want, n.Problems)
		}
	}
	// An address of it is known to nobody: neither is what a rule says that has it.
	address := web(t, `{"id": "?sg-a", "name": "web", "vpc_id": "vpc-a", "ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["243.0.0.0/16"]}], "egress": []}`).routed().
		resource("data.aws_vpc.a", `{"id": "?vpc-x", "cidr_block": "?243.0.0.0/16"}`).lookup("data.aws_vpc.a", "nobody knows the VPC")
	if n := address.network(); !slices.ContainsFunc(n.Problems, func(p network.Problem) bool { return p.Message == "nobody knows the VPC" }) {
		t.Errorf("problems %+v", n.Problems)
	}
}

// TestSubnetGroupsOfOneName finds the subnet group of the database's own Region where another Region has one of that name.
func TestSubnetGroupsOfOneName(t *testing.T) {
	p := annotated(t)
	for _, region := range []string{"us-east-1", "eu-west-1"} {
		suffix := strings.ReplaceAll(region, "-", "")
		fill := func(s string) string { return strings.ReplaceAll(s, "X", suffix) }
		p.at("111111111111", region).
			resource(fill("aws_vpc.X"), fill(`{"id": "?vpc-X", "cidr_block": "10.0.0.0/16", "ipv6_cidr_block": ""}`)).
			resource(fill("aws_subnet.X"), fill(`{"id": "?subnet-X", "vpc_id": "vpc-X", "cidr_block": "10.0.1.0/24", "ipv6_cidr_block": ""}`)).
			resource(fill("aws_security_group.X"), fill(`{"id": "?sg-X", "name": "db", "vpc_id": "vpc-X", "ingress": [{"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": ["10.0.0.0/16"]}], "egress": []}`)).
			resource(fill("aws_db_subnet_group.X"), fill(`{"id": "orders", "name": "orders", "subnet_ids": ["subnet-X"]}`)).
			resource(fill("aws_db_instance.X"), fill(`{"id": "?db-X", "identifier": "orders-X", "db_subnet_group_name": "orders", "vpc_security_group_ids": ["sg-X"], "publicly_accessible": false}`)).
			resource(fill("aws_instance.X"), fill(`{"id": "?i-X", "subnet_id": "subnet-X", "vpc_security_group_ids": ["sg-c-X"]}`)).
			resource(fill("aws_security_group.client_X"), fill(`{"id": "?sg-c-X", "name": "client", "vpc_id": "vpc-X", "ingress": [], "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`))
	}
	n := p.network()
	if len(n.Problems) > 0 {
		t.Errorf("problems %+v", n.Problems)
	}
	check(t, n, "aws_instance.useast1", "orders-useast1:5432", report.Reachable)
	check(t, n, "aws_instance.euwest1", "orders-euwest1:5432", report.Reachable)
	if w := workloadOf(t, n, "aws_db_instance.euwest1"); w.VPC != "vpc-euwest1" {
		t.Errorf("%+v", w)
	}
}

// TestIPv6OnlySubnet gives an instance in a subnet without IPv4 blocks no IPv4 address, whatever stands for one in the plan, and so no public one.
func TestIPv6OnlySubnet(t *testing.T) {
	p := annotated(t).
		resource("aws_vpc.a", `{"id": "?vpc-a", "cidr_block": "10.0.0.0/16", "ipv6_cidr_block": "2001:db8:1:1100::/56"}`).
		resource("aws_subnet.a", `{"id": "?subnet-a", "vpc_id": "vpc-a", "cidr_block": "", "ipv6_native": true, "ipv6_cidr_block": "2001:db8:1:1100::/64", "assign_ipv6_address_on_creation": true}`).
		resource("aws_internet_gateway.a", `{"id": "?igw-a", "vpc_id": "vpc-a"}`).
		resource("aws_security_group.a", open443).
		resource("aws_instance.a", `{"id": "?i-a", "subnet_id": "subnet-a", "vpc_security_group_ids": ["sg-a"], "private_ip": "?247.1.2.3", "associate_public_ip_address": true, "public_ip": "?241.1.2.3"}`).
		routed()
	n := p.network()
	check(t, n, "internet", "aws_instance.a:443", report.Unreachable)
	for _, i := range n.Interfaces.All() {
		if len(i.Addresses) != 1 || i.Addresses[0].IP.Is4() || i.Addresses[0].Public.IsValid() || i.Open.Public || i.Open.IPv4 {
			t.Errorf("%+v", i)
		}
	}
}

// TestSubnetWithoutABlock tells a block that a pool of IPAM gives from one that nothing gives: a list of the code that was too short.
func TestSubnetWithoutABlock(t *testing.T) {
	for subnet, want := range map[string]string{
		`{"id": "?subnet-b", "vpc_id": "vpc-a", "cidr_block": "?", "ipv4_ipam_pool_id": "ipam-pool-1"}`: "is allocated from a pool of IPAM when it is applied",
		`{"id": "?subnet-b", "vpc_id": "vpc-a", "cidr_block": "", "ipv4_ipam_pool_id": null}`:           "is not set, and no pool of IPAM allocates it: AWS refuses such a subnet",
	} {
		n := web(t, closed).resource("aws_subnet.b", subnet).network()
		if s, _ := n.Subnets.Get("subnet-b"); s == nil || s.Defect == nil || !strings.Contains(s.Defect.Reason, want) {
			t.Errorf("%s: %+v", subnet, s)
		}
	}
}

// TestTargetsInSubnetsOfAnotherConfiguration registers the tasks of a service whose subnets are in another configuration: their addresses are not known before
// both are given.
func TestTargetsInSubnetsOfAnotherConfiguration(t *testing.T) {
	net := stateOf(t).
		resource("aws_vpc.a", `{"id": "vpc-a", "cidr_block": "10.0.0.0/16", "ipv6_cidr_block": ""}`).
		resource("aws_subnet.a", `{"id": "subnet-a", "vpc_id": "vpc-a", "cidr_block": "10.0.1.0/24", "ipv6_cidr_block": ""}`).
		resource("aws_subnet.b", `{"id": "subnet-b", "vpc_id": "vpc-a", "cidr_block": "10.0.2.0/24", "ipv6_cidr_block": ""}`)
	const (
		balancer = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/front/1111111111111111"
		group    = "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/app/2222222222222222"
		listener = "arn:aws:elasticloadbalancing:us-east-1:111111111111:listener/app/front/1111111111111111/3333333333333333"
	)
	fill := strings.NewReplacer("BALANCER", balancer, "GROUP", group, "LISTENER", listener).Replace
	app := annotated(t).
		resource("aws_security_group.front", `{"id": "?sg-f", "name": "front", "vpc_id": "vpc-a", "ingress": [{"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["10.0.0.0/16"]}], "egress": [{"protocol": "tcp", "from_port": 8080, "to_port": 8080, "security_groups": ["sg-t"]}]}`).
		resource("aws_security_group.task", `{"id": "?sg-t", "name": "task", "vpc_id": "vpc-a", "ingress": [{"protocol": "tcp", "from_port": 8080, "to_port": 8080, "security_groups": ["sg-f"]}], "egress": []}`).
		resource("aws_alb.front", fill(`{"id": "?BALANCER", "arn": "?BALANCER", "name": "front", "internal": true, "load_balancer_type": "application", "subnets": ["subnet-a", "subnet-b"], "security_groups": ["sg-f"]}`)).
		resource("aws_alb_target_group.app", fill(`{"id": "?GROUP", "arn": "?GROUP", "name": "app", "port": 8080, "protocol": "HTTP", "target_type": "ip", "vpc_id": "vpc-a"}`)).
		resource("aws_alb_listener.http", fill(`{"id": "?LISTENER", "arn": "?LISTENER", "load_balancer_arn": "BALANCER", "port": 80, "protocol": "HTTP", "default_action": [{"type": "forward", "target_group_arn": "GROUP"}]}`)).
		resource("aws_ecs_service.app", fill(`{"id": "?service-a", "name": "app", "launch_type": "FARGATE", "network_configuration": [{"subnets": ["subnet-a", "subnet-b"], "security_groups": ["sg-t"], "assign_public_ip": false}],
			"load_balancer": [{"target_group_arn": "GROUP", "container_name": "app", "container_port": 8080}]}`))
	both := func() *network.Network { return network.New(net.contents(), app.contents()) }
	check(t, both(), "sg:front", "sg:task:8080", report.Reachable)
	check(t, both(), "sg:front", "sg:task:8081", report.Unreachable)
	for _, g := range both().TargetGroups.All() {
		if g.Defect != nil || len(g.Targets) != 2 || g.Targets[0].Port != 8080 {
			t.Errorf("%+v", g)
		}
	}
	for _, g := range app.network().TargetGroups.All() {
		if g.Defect == nil || !strings.Contains(g.Defect.Reason, "its subnet is not in the input") {
			t.Errorf("alone: %+v", g)
		}
	}
}

// TestTargetThatIsLookedUp says of a target group which lookup its targets hang on, and not that a better plan would know.
func TestTargetThatIsLookedUp(t *testing.T) {
	n := web(t, open443).
		resource("data.aws_network_interface.a", `{"id": "?eni-x", "private_ip": "?243.0.0.9"}`).lookup("data.aws_network_interface.a", "nobody knows the interface").
		resource("aws_lb_target_group.a", `{"id": "?arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/a/1", "arn": "?arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/a/1", "name": "a", "port": 80, "protocol": "HTTP", "target_type": "ip", "vpc_id": "vpc-a"}`).
		resource("aws_lb_target_group_attachment.a", `{"id": "?a-1", "target_group_arn": "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/a/1", "target_id": "243.0.0.9", "port": 80}`).network()
	g := n.TargetGroups.All()[0]
	if g.Defect == nil || g.Defect.Reason != "one of its targets is not known: nobody knows the interface" || g.Defect.Origin.Path != "aws_lb_target_group_attachment.a.target_id" {
		t.Errorf("%+v", g.Defect)
	}
}

// TestNotKnownInACompletePlan does not take what stays unknown in a plan of watertight's for something that is left to AWS: the code makes it of the time, or of a
// port in a secret.
func TestNotKnownInACompletePlan(t *testing.T) {
	p := web(t, `{"id": "?sg-a", "name": "web", "vpc_id": "vpc-a", "ingress": [], "egress": []}`).routed().
		resource("aws_security_group_rule.a", `{"id": "?sgr-a", "type": "ingress", "security_group_id": "sg-a", "protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}`)
	p.can("internet", "aws_instance.a:22", report.Unreachable)
	for name, ssh := range map[string]report.Verdict{"from_port": report.Unknown, "cidr_blocks": report.Unreachable} {
		var doc map[string]any
		if err := json.Unmarshal(p.text(), &doc); err != nil {
			t.Fatal(err)
		}
		for _, each := range doc["resource_changes"].([]any) {
			if r := each.(map[string]any); r["address"] == "aws_security_group_rule.a" {
				change := r["change"].(map[string]any)
				delete(change["after"].(map[string]any), name)
				change["after_unknown"] = map[string]any{name: true}
			}
		}
		raw, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(raw, "plan.json", Options{})
		if err != nil {
			t.Fatal(err)
		}
		n := network.New(c)
		check(t, n, "internet", "aws_instance.a:443", report.Unknown)
		check(t, n, "internet", "aws_instance.a:22", ssh) // whom a rule for port 443 admits matters to port 443 alone (V-6)
		if !slices.ContainsFunc(n.Problems, func(p network.Problem) bool { return strings.Contains(p.Message, "is known only at apply") }) {
			t.Errorf("%s: problems %+v", name, n.Problems)
		}
	}
}

package tfplan

import (
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// workloadOf is the workload of a resource.
func workloadOf(t *testing.T, n *network.Network, address string) *network.Workload {
	t.Helper()
	for _, w := range n.Workloads.All() {
		if w.Address == address {
			return w
		}
	}
	t.Fatalf("%s makes no workload", address)
	return nil
}

func facesOf(n *network.Network, w *network.Workload) []*network.Interface {
	var all []*network.Interface
	for _, id := range w.Interfaces {
		if i, ok := n.Interfaces.Get(id); ok {
			all = append(all, i)
		}
	}
	return all
}

// An autoscaling group has an instance to be in each of its subnets, with the groups of its launch template (V-16).
func TestAutoscalingGroup(t *testing.T) {
	p := street(annotated(t)).
		resource("aws_launch_template.web", `{"id": "?lt-0a", "name": "web-template", "network_interfaces": [{"device_index": 0, "associate_public_ip_address": "true", "security_groups": ["sg-0f"]}]}`).
		resource("aws_autoscaling_group.web", `{"id": "?asg-1", "name": "?asg-1", "arn": "?arn:aws:autoscaling:us-east-1:111111111111:autoScalingGroup:1:autoScalingGroupName/asg-1", "name_prefix": "web-",
			"launch_template": [{"id": "lt-0a", "version": "$Latest"}], "vpc_zone_identifier": ["subnet-0p1", "subnet-0p2"],
			"tag": [{"key": "Name", "value": "web-node", "propagate_at_launch": true}, {"key": "team", "value": "shop", "propagate_at_launch": true}, {"key": "here", "value": "only", "propagate_at_launch": false}]}`)
	p.can("internet", "web:443", report.Reachable)
	p.can("internet", "web-node:443", report.Reachable)
	p.can("internet", "web:444", report.Unreachable)
	n := p.network()
	w := workloadOf(t, n, "aws_autoscaling_group.web")
	if w.Kind != ownerFleet || w.VPC != "vpc-0a" || len(w.Interfaces) != 2 || !slices.Equal(w.Subnets, []string{"subnet-0p1", "subnet-0p2"}) || !slices.Equal(w.Groups, []string{"sg-0f"}) {
		t.Errorf("workload: %+v", w)
	}
	if n.Instances.Len() != 2 {
		t.Fatalf("%d instances", n.Instances.Len())
	}
	at := n.Instances.All()[0]
	if at.Primary == "" || at.Name != "web-node" || !slices.Equal(at.Tags, []network.Tag{{Key: "team", Value: "shop"}}) || at.Origin.Path != "aws_autoscaling_group.web" {
		t.Errorf("instance: %+v", at)
	}
	if strings.Contains(at.ID, "asg") || !strings.HasPrefix(at.ID, "i-") {
		t.Errorf("identifier %s", at.ID)
	}
	// The launch template is in use: it is no workload of its own.
	if n.Workloads.Len() != 1 {
		t.Errorf("workloads: %d", n.Workloads.Len())
	}
}

// A launch template that nothing uses stands for members to be of its groups (V-16).
func TestIdleTemplate(t *testing.T) {
	p := street(annotated(t)).resource("aws_launch_template.web", `{"id": "?lt-0a", "name": "web-template", "vpc_security_group_ids": ["sg-0f"], "network_interfaces": []}`)
	w := workloadOf(t, p.network(), "aws_launch_template.web")
	if w.Name != "web-template" || !slices.Equal(w.Groups, []string{"sg-0f"}) {
		t.Errorf("workload: %+v", w)
	}
}

// Of instances whose template is not in the plan, nobody knows which groups they carry.
func TestTemplateElsewhere(t *testing.T) {
	p := street(annotated(t)).
		resource("aws_autoscaling_group.web", `{"name": "asg", "id": "asg", "launch_template": [{"id": "lt-0a", "version": "1"}], "vpc_zone_identifier": ["subnet-0p1"]}`)
	p.can("internet", "asg:443", report.Unknown)
}

// A mixed instances policy may start instances by several templates.
func TestMixedInstances(t *testing.T) {
	p := street(annotated(t)).
		resource("aws_launch_template.a", `{"id": "?lt-0a", "name": "a", "vpc_security_group_ids": ["sg-0f"]}`).
		resource("aws_launch_template.b", `{"id": "?lt-0b", "name": "b", "vpc_security_group_ids": ["sg-0b"]}`).
		resource("aws_autoscaling_group.web", `{"name": "asg", "id": "asg", "vpc_zone_identifier": ["subnet-0a1"],
			"mixed_instances_policy": [{"launch_template": [{"launch_template_specification": [{"launch_template_id": "lt-0a"}], "override": [{"instance_type": "m5.large", "launch_template_specification": [{"launch_template_id": "lt-0b"}]}]}]}]}`)
	n := p.network()
	w := workloadOf(t, n, "aws_autoscaling_group.web")
	if len(w.Interfaces) != 2 || !slices.Equal(w.Groups, []string{"sg-0b", "sg-0f"}) {
		t.Errorf("workload: %+v", w)
	}
	for _, f := range facesOf(n, w) {
		if len(f.Groups) != 1 {
			t.Errorf("an instance is started by one template: %+v", f)
		}
	}
}

// A function opens connections and receives none (LAMBDA-1); without a VPC it has no interface.
func TestFunction(t *testing.T) {
	p := street(annotated(t)).
		resource("aws_lambda_function.job", `{"arn": "?arn:aws:lambda:us-east-1:111111111111:function:job", "id": "job", "function_name": "job", "vpc_config": [{"subnet_ids": ["subnet-0a1"], "security_group_ids": ["sg-0f"], "vpc_id": "vpc-0a"}]}`).
		resource("aws_lambda_function.free", `{"arn": "?arn:aws:lambda:us-east-1:111111111111:function:free", "id": "free", "function_name": "free", "vpc_config": []}`).
		resource("aws_ecs_service.shop", `{"id": "?arn:aws:ecs:us-east-1:111111111111:service/main/shop", "name": "shop", "network_configuration": [{"subnets": ["subnet-0a2"], "security_groups": ["sg-0b"]}]}`)
	p.can("job", "shop:8080", report.Reachable)
	p.can("internet", "job:443", report.Unreachable)
	n := p.network()
	if w := workloadOf(t, n, "aws_lambda_function.job"); w.Kind != network.OwnerFunction || facesOf(n, w)[0].Type != network.TypeLambda {
		t.Errorf("function: %+v", w)
	}
	if n.Workloads.Len() != 2 {
		t.Errorf("%d workloads", n.Workloads.Len())
	}
}

// A service of Amazon ECS whose tasks get public addresses, and one whose tasks have the default group of the VPC.
func TestECSService(t *testing.T) {
	p := street(annotated(t)).
		resource("aws_ecs_service.open", `{"id": "?arn:open", "name": "open", "network_configuration": [{"subnets": ["subnet-0p1"], "security_groups": ["sg-0f"], "assign_public_ip": true}]}`).
		resource("aws_ecs_service.usual", `{"id": "?arn:usual", "name": "usual", "network_configuration": [{"subnets": ["subnet-0p1"], "security_groups": null, "assign_public_ip": true}]}`).
		resource("aws_ecs_service.bridge", `{"id": "?arn:bridge", "name": "bridge", "network_configuration": []}`)
	p.can("internet", "open:443", report.Reachable)
	p.can("internet", "usual:443", report.Unreachable)
	if w := workloadOf(t, p.network(), "aws_ecs_service.usual"); !slices.Equal(w.Groups, []string{"sg-0d"}) {
		t.Errorf("groups: %v", w.Groups)
	}
	if p.network().Workloads.Len() != 2 {
		t.Error("tasks of a service without networks of their own have no interfaces")
	}
}

// A database is in the subnets of its subnet group; in the default one, nobody knows where.
func TestDatabase(t *testing.T) {
	base := func() *paper {
		return street(annotated(t)).
			resource("aws_security_group.db", `{"id": "?sg-0c", "name": "db", "vpc_id": "vpc-0a", "ingress": [{"protocol": "tcp", "from_port": 5432, "to_port": 5432, "security_groups": ["sg-0b"]}]}`).
			resource("aws_db_subnet_group.data", `{"id": "data", "name": "data", "subnet_ids": ["subnet-0a1", "subnet-0a2"]}`).
			resource("aws_ecs_service.shop", `{"id": "?arn:shop", "name": "shop", "network_configuration": [{"subnets": ["subnet-0p1"], "security_groups": ["sg-0b"]}]}`)
	}
	p := base().resource("aws_db_instance.main", `{"id": "?db-X", "arn": "?arn:aws:rds:us-east-1:111111111111:db:orders", "identifier": "orders", "db_subnet_group_name": "data", "vpc_security_group_ids": ["sg-0c"], "publicly_accessible": false}`).
		resource("aws_db_instance.replica", `{"id": "?db-Y", "arn": "?arn:aws:rds:us-east-1:111111111111:db:copy", "identifier": "copy", "db_subnet_group_name": "default", "replicate_source_db": "orders", "vpc_security_group_ids": ["sg-0c"]}`)
	p.can("shop", "orders:5432", report.Reachable)
	p.can("shop", "copy:5432", report.Reachable)
	p.can("internet", "orders:5432", report.Unreachable)
	n := p.network()
	if w := workloadOf(t, n, "aws_db_instance.main"); w.ID != "arn:aws:rds:us-east-1:111111111111:db:orders" || w.Kind != network.OwnerDatabase || len(w.Interfaces) != 2 || w.VPC != "vpc-0a" || w.Defect != nil {
		t.Errorf("database: %+v", w)
	}
	lost := base().resource("aws_db_instance.main", `{"id": "?db-X", "identifier": "orders", "db_subnet_group_name": "default", "vpc_security_group_ids": ["sg-0c"]}`).network()
	if w := workloadOf(t, lost, "aws_db_instance.main"); w.Defect == nil || !strings.Contains(w.Defect.Reason, "default VPC") {
		t.Errorf("a database somewhere in the default VPC: %+v", w)
	}
	check(t, lost, "shop", "orders:5432", report.Unknown)
	elsewhere := base().resource("aws_db_instance.main", `{"id": "?db-X", "identifier": "orders", "db_subnet_group_name": "shared", "vpc_security_group_ids": ["sg-0c"]}`).network()
	if w := workloadOf(t, elsewhere, "aws_db_instance.main"); w.Defect == nil || !strings.Contains(w.Defect.Reason, "shared, a subnet group that is not in the plan") {
		t.Errorf("a database in a subnet group of another configuration: %+v", w.Defect)
	}
	public := base().resource("aws_db_subnet_group.front", `{"id": "front", "name": "front", "subnet_ids": ["subnet-0p1"]}`).
		resource("aws_db_instance.main", `{"id": "?db-X", "identifier": "orders", "db_subnet_group_name": "front", "vpc_security_group_ids": ["sg-0f"], "publicly_accessible": true}`)
	public.can("internet", "orders:443", report.Reachable)
}

// Databases of a cluster have its groups and its subnets; the cluster stands for them all.
func TestDatabaseCluster(t *testing.T) {
	p := street(annotated(t)).
		resource("aws_db_subnet_group.data", `{"id": "data", "name": "data", "subnet_ids": ["subnet-0a1", "subnet-0a2"]}`).
		resource("aws_rds_cluster.main", `{"id": "orders", "cluster_identifier": "orders", "arn": "?arn:thing:c", "db_subnet_group_name": "data", "vpc_security_group_ids": ["sg-0b"]}`).
		resource("aws_rds_cluster_instance.one[0]", `{"id": "orders-1", "identifier": "orders-1", "arn": "?arn:thing:i", "cluster_identifier": "orders", "db_subnet_group_name": "default"}`).
		resource("aws_docdb_cluster.papers", `{"id": "papers", "cluster_identifier": "papers", "arn": "?arn:thing:d", "db_subnet_group_name": "data", "vpc_security_group_ids": ["sg-0b"]}`)
	n := p.network()
	one, all, papers := workloadOf(t, n, "aws_rds_cluster_instance.one[0]"), workloadOf(t, n, "aws_rds_cluster.main"), workloadOf(t, n, "aws_docdb_cluster.papers")
	if !slices.Equal(one.Interfaces, all.Interfaces) || len(one.Interfaces) != 2 || !slices.Equal(one.Groups, []string{"sg-0b"}) {
		t.Errorf("%+v\n%+v", one, all)
	}
	if len(papers.Interfaces) != 2 {
		t.Errorf("a cluster without databases in the plan: %+v", papers)
	}
}

// Nodes carry the group that Amazon EKS makes for their cluster, and so does its control plane.
func TestEKS(t *testing.T) {
	cluster := `{"id": "main", "name": "main", "arn": "?arn:aws:eks:us-east-1:111111111111:cluster/main", "vpc_config": [{"subnet_ids": ["subnet-0p1", "subnet-0p2"], "security_group_ids": null, "cluster_security_group_id": "?sg-0e"}]}`
	p := street(annotated(t)).
		resource("aws_eks_cluster.main", cluster).
		resource("aws_eks_node_group.pool", `{"id": "main:pool", "arn": "?arn:aws:eks:us-east-1:111111111111:nodegroup/main/pool/1", "cluster_name": "main", "node_group_name": "pool", "subnet_ids": ["subnet-0a1"], "launch_template": []}`).
		resource("aws_eks_fargate_profile.jobs", `{"id": "main:jobs", "arn": "?arn:aws:eks:us-east-1:111111111111:fargateprofile/main/jobs/1", "cluster_name": "main", "fargate_profile_name": "jobs", "subnet_ids": ["subnet-0a2"]}`).
		resource("aws_security_group_rule.in", `{"id": "?sgrule-1", "type": "ingress", "security_group_id": "sg-0e", "protocol": "tcp", "from_port": 9000, "to_port": 9000, "source_security_group_id": "sg-0f"}`)
	p.can("pool", "main:443", report.Reachable)
	p.can("main", "pool:10250", report.Reachable)
	p.can("jobs", "main:443", report.Reachable)
	p.can("internet", "pool:443", report.Unreachable)
	n := p.network()
	g, ok := n.SecurityGroups.Get("sg-0e")
	if !ok || g.VPC != "vpc-0a" || len(g.Inbound) != 2 || g.Defect != nil || g.Partial {
		t.Errorf("the cluster's group: %+v", g)
	}
	if w := workloadOf(t, n, "aws_eks_node_group.pool"); !slices.Equal(w.Groups, []string{"sg-0e"}) || n.Instances.Len() != 1 {
		t.Errorf("nodes: %+v", w)
	}
	// A launch template with groups of its own replaces the cluster's.
	own := street(annotated(t)).
		resource("aws_eks_cluster.main", cluster).
		resource("aws_launch_template.pool", `{"id": "?lt-0a", "name": "pool-template", "vpc_security_group_ids": ["sg-0b"]}`).
		resource("aws_eks_node_group.pool", `{"id": "main:pool", "arn": "?arn:thing:p", "cluster_name": "main", "node_group_name": "pool", "subnet_ids": ["subnet-0a1"], "launch_template": [{"id": "lt-0a", "version": "1"}]}`)
	own.can("pool", "main:443", report.Unreachable)
	elsewhere := street(annotated(t)).
		resource("aws_eks_node_group.pool", `{"id": "main:pool", "arn": "?arn:thing:p", "cluster_name": "main", "node_group_name": "pool", "subnet_ids": ["subnet-0a1"]}`).
		resource("aws_ecs_service.shop", `{"id": "?arn:shop", "name": "shop", "network_configuration": [{"subnets": ["subnet-0p1"], "security_groups": ["sg-0f"]}]}`)
	elsewhere.can("shop", "pool:443", report.Unknown)
}

// Every row of the table puts interfaces with the groups that it reads into the subnets that it reads.
func TestShapes(t *testing.T) {
	for typ, s := range shapes {
		p := street(annotated(t))
		values := map[string]any{"id": "?x-1", "name": "thing"}
		put := func(path string, v any) {
			at := values
			steps := strings.Split(path, ".")
			for _, step := range steps[:len(steps)-1] {
				list, ok := at[step].([]any)
				if !ok {
					list = []any{map[string]any{}}
					at[step] = list
				}
				at = list[0].(map[string]any)
			}
			at[steps[len(steps)-1]] = v
		}
		if s.within != "" {
			p.resource(s.withinType+".set", `{"id": "set", "name": "set", "replication_subnet_group_id": "set", "subnet_ids": ["subnet-0a1"]}`)
			put(s.within, "set")
		} else {
			put(strings.Fields(s.subnets)[0], []any{"subnet-0a1"})
		}
		if s.groups != "" {
			put(strings.Fields(s.groups)[0], []any{"sg-0b"})
		}
		p.resources = append(p.resources, typ+".this")
		p.values[typ+".this"] = values
		n := p.network()
		w := workloadOf(t, n, typ+".this")
		if len(w.Interfaces) != 1 || !slices.Equal(w.Subnets, []string{"subnet-0a1"}) || w.VPC != "vpc-0a" || w.Defect != nil {
			t.Errorf("%s: %+v", typ, w)
			continue
		}
		f := facesOf(n, w)[0]
		if s.own == "" && !slices.Equal(f.Groups, []string{"sg-0b"}) || f.Subnet != "subnet-0a1" || !f.Open.IPv4 || f.Defect != nil || !f.Owner.Sure {
			t.Errorf("%s: %+v", typ, f)
		}
		if s.own != "" {
			if g, ok := n.SecurityGroups.Get(f.Groups[0]); !ok || g.Defect == nil && s.groups == "" {
				t.Errorf("%s: the group that AWS makes for it: %+v", typ, g)
			}
		}
	}
}

// What is not known of one in a plan of the real provider is unknown, and nothing else is.
func TestUnknownWorkload(t *testing.T) {
	base := func() *paper {
		return plainPlan(t).
			resource("aws_vpc.main", `{"id": "?", "cidr_block": "10.0.0.0/16", "default_security_group_id": "?"}`).
			resource("aws_subnet.a", `{"id": "?", "vpc_id": "=aws_vpc.main.id", "cidr_block": "10.0.1.0/24"}`).
			resource("aws_security_group.all", `{"id": "?", "name": "all", "vpc_id": "=aws_vpc.main.id", "ingress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["10.0.0.0/8"]}],
				"egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`).
			resource("aws_lambda_function.job", `{"id": "?", "arn": "?", "function_name": "job", "vpc_config": [{"subnet_ids": ["=aws_subnet.a.id"], "security_group_ids": ["=aws_security_group.all.id"], "vpc_id": "?"}]}`)
	}
	base().resource("aws_opensearch_domain.logs", `{"id": "?", "arn": "?", "domain_name": "logs", "vpc_options": [{"subnet_ids": ["=aws_subnet.a.id"], "security_group_ids": ["=aws_security_group.all.id"]}]}`).
		can("job", "logs:443", report.Reachable)
	base().resource("aws_opensearch_domain.logs", `{"id": "?", "arn": "?", "domain_name": "logs", "vpc_options": [{"subnet_ids": ["=aws_subnet.a.id"], "security_group_ids": ["=var.groups"]}]}`).
		can("job", "logs:443", report.Unknown)
	n := base().resource("aws_opensearch_domain.logs", `{"id": "?", "arn": "?", "domain_name": "logs", "vpc_options": [{"subnet_ids": ["=var.subnets"], "security_group_ids": ["=aws_security_group.all.id"]}]}`).network()
	if w := workloadOf(t, n, "aws_opensearch_domain.logs"); w.Defect == nil || len(w.Interfaces) != 1 || len(w.Subnets) != 0 {
		t.Errorf("a domain somewhere: %+v", w)
	}
	check(t, n, "job", "logs:443", report.Unknown)
}

// An address that a plan gives is the address; one that stands for AWS's choice is open.
func TestMountTarget(t *testing.T) {
	p := street(annotated(t)).
		resource("aws_efs_mount_target.a", `{"id": "?fsmt-1", "file_system_id": "fs-1", "subnet_id": "subnet-0a1", "security_groups": ["sg-0b"], "ip_address": "10.0.11.40"}`).
		resource("aws_efs_mount_target.b", `{"id": "?fsmt-2", "file_system_id": "fs-2", "subnet_id": "subnet-0a2", "security_groups": ["sg-0b"], "ip_address": "?10.0.12.41"}`)
	n := p.network()
	a, b := facesOf(n, workloadOf(t, n, "aws_efs_mount_target.a"))[0], facesOf(n, workloadOf(t, n, "aws_efs_mount_target.b"))[0]
	if a.Addresses[0].IP.String() != "10.0.11.40" || a.Open.Any() {
		t.Errorf("given: %+v", a)
	}
	if b.Addresses[0].IP.String() != "10.0.12.41" || !b.Open.IPv4 {
		t.Errorf("chosen by AWS: %+v", b)
	}
}

package tfplan

import (
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// A gateway endpoint puts a route to the service into the tables that it names, and into those that are associated with it (EP-1).
func TestGatewayEndpoint(t *testing.T) {
	base := func() *paper {
		return street(annotated(t)).
			resource("aws_route_table.app", `{"id": "?rtb-0b", "vpc_id": "vpc-0a", "route": []}`).
			resource("aws_route_table_association.app", `{"id": "?a-3", "subnet_id": "subnet-0a1", "route_table_id": "rtb-0b"}`).
			resource("aws_security_group.s3", `{"id": "?sg-0c", "name": "client", "vpc_id": "vpc-0a", "egress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "prefix_list_ids": ["pl-0aaaa"]}]}`).
			resource("aws_ecs_service.client", `{"id": "?arn:thing:c", "name": "worker", "network_configuration": [{"subnets": ["subnet-0a1"], "security_groups": ["sg-0c"]}]}`)
	}
	s3 := `{"id": "?vpce-0aaaa", "vpc_id": "vpc-0a", "vpc_endpoint_type": "Gateway", "service_name": "com.amazonaws.us-east-1.s3", "prefix_list_id": "?pl-0aaaa", "route_table_ids": %}`
	for name, p := range map[string]*paper{
		"named": base().resource("aws_vpc_endpoint.s3", strings.Replace(s3, "%", `["rtb-0b"]`, 1)),
		"associated": base().resource("aws_vpc_endpoint.s3", strings.Replace(s3, "%", `[]`, 1)).
			resource("aws_vpc_endpoint_route_table_association.app", `{"id": "?a-4", "vpc_endpoint_id": "vpce-0aaaa", "route_table_id": "rtb-0b"}`),
	} {
		n := p.network()
		for _, by := range []string{"com.amazonaws.us-east-1.s3:443", "vpce-0aaaa:443", "pl-0aaaa:443"} {
			if a := ask(t, n, "worker", by); a.Verdict != report.Reachable || a.Parts[0].Via != "gateway endpoint" {
				t.Errorf("%s, %s: %s %+v", name, by, a.Verdict, a.Parts)
			}
		}
		check(t, n, "worker", "com.amazonaws.us-east-1.s3:80", report.Unreachable)
		check(t, n, "worker", "internet:443", report.Unreachable)
		e := n.Endpoints.All()[0]
		if e.State != "available" || !slices.Equal(e.RouteTables, []string{"rtb-0b"}) || len(e.Interfaces) != 0 {
			t.Errorf("%s: %+v", name, e)
		}
	}
	// Without an endpoint in its table, there is no way.
	base().resource("aws_vpc_endpoint.s3", strings.Replace(s3, "%", `["rtb-0p"]`, 1)).can("worker", "com.amazonaws.us-east-1.s3:443", report.Unreachable)
}

// Two endpoints of one service stand for the same addresses, whatever the placeholders of their lists.
func TestOneServiceTwoEndpoints(t *testing.T) {
	p := street(annotated(t)).
		resource("aws_vpc.other", `{"id": "?vpc-0b", "cidr_block": "10.9.0.0/16"}`).
		resource("aws_vpc_endpoint.a", `{"id": "?vpce-0aaaa", "vpc_id": "vpc-0a", "vpc_endpoint_type": "Gateway", "service_name": "com.amazonaws.us-east-1.s3", "prefix_list_id": "?pl-0aaaa", "route_table_ids": ["rtb-0p"]}`).
		resource("aws_vpc_endpoint.b", `{"id": "?vpce-0bbbb", "vpc_id": "vpc-0b", "vpc_endpoint_type": "Gateway", "service_name": "com.amazonaws.us-east-1.s3", "prefix_list_id": "?pl-0b", "route_table_ids": []}`).
		resource("aws_vpc_endpoint.c", `{"id": "?vpce-0cccc", "vpc_id": "vpc-0b", "vpc_endpoint_type": "Gateway", "service_name": "com.amazonaws.us-east-1.dynamodb", "prefix_list_id": "?pl-0c", "route_table_ids": []}`)
	n := p.network()
	a, _ := n.PrefixLists.Get("pl-0aaaa")
	b, _ := n.PrefixLists.Get("pl-0b")
	c, _ := n.PrefixLists.Get("pl-0c")
	if !slices.Equal(a.Entries, b.Entries) || slices.Equal(a.Entries, c.Entries) || !a.AWS {
		t.Errorf("%v, %v, %v", a.Entries, b.Entries, c.Entries)
	}
}

// Into which tables a gateway endpoint puts its route is not known: every table of its VPC may have it.
func TestGatewayEndpointSomewhere(t *testing.T) {
	p := plainPlan(t).
		resource("aws_vpc.main", `{"id": "?", "cidr_block": "10.0.0.0/16", "default_security_group_id": "?", "default_route_table_id": "?"}`).
		resource("aws_subnet.a", `{"id": "?", "vpc_id": "=aws_vpc.main.id", "cidr_block": "10.0.1.0/24"}`).
		resource("aws_vpc_endpoint.s3", `{"id": "?", "vpc_id": "=aws_vpc.main.id", "vpc_endpoint_type": "Gateway", "service_name": "com.amazonaws.us-east-1.s3", "prefix_list_id": "?", "cidr_blocks": "?", "route_table_ids": ["=var.tables"]}`)
	n := p.network()
	for _, table := range n.RouteTables.All() {
		if !slices.ContainsFunc(table.Routes, func(r network.Route) bool { return r.Defect != nil }) {
			t.Errorf("%s has no route that is in doubt", table.ID)
		}
	}
}

// An interface endpoint has interfaces with its own groups (EP-2), or with the default group of its VPC.
func TestInterfaceEndpoint(t *testing.T) {
	base := func() *paper {
		return street(annotated(t)).
			resource("aws_security_group.ep", `{"id": "?sg-0c", "name": "endpoints", "vpc_id": "vpc-0a", "ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "security_groups": ["sg-0b"]}]}`).
			resource("aws_ecs_service.shop", `{"id": "?arn:shop", "name": "shop", "network_configuration": [{"subnets": ["subnet-0a1"], "security_groups": ["sg-0b"]}]}`)
	}
	endpoint := `{"id": "?vpce-0aaaa", "vpc_id": "vpc-0a", "vpc_endpoint_type": "Interface", "service_name": "com.amazonaws.us-east-1.secretsmanager", "subnet_ids": ["subnet-0a1", "subnet-0a2"], "private_dns_enabled": true,
		"security_group_ids": %, "dns_entry": [{"dns_name": "?vpce-0aaaa.secretsmanager.us-east-1.vpce.amazonaws.com"}]}`
	p := base().resource("aws_vpc_endpoint.secrets", strings.Replace(endpoint, "%", `["sg-0c"]`, 1))
	p.can("shop", "secretsmanager.us-east-1.amazonaws.com:443", report.Reachable)
	p.can("shop", "vpce-0aaaa:443", report.Reachable)
	p.can("shop", "vpce-0aaaa:80", report.Unreachable)
	base().resource("aws_vpc_endpoint.secrets", strings.Replace(endpoint, "%", `null`, 1)).can("shop", "vpce-0aaaa:443", report.Unreachable)
	// The group comes by an association, in the place of the default one or beside it.
	for replaced, want := range map[string][]string{"true": {"sg-0c"}, "false": {"sg-0c", "sg-0d"}} {
		p := base().resource("aws_vpc_endpoint.secrets", strings.Replace(endpoint, "%", `null`, 1)).
			resource("aws_vpc_endpoint_security_group_association.a", `{"id": "?assoc-0001", "vpc_endpoint_id": "vpce-0aaaa", "security_group_id": "sg-0c", "replace_default_association": `+replaced+`}`)
		p.can("shop", "vpce-0aaaa:443", report.Reachable)
		n := p.network()
		for _, i := range n.Interfaces.All() {
			if i.Type == network.TypeEndpoint && !slices.Equal(i.Groups, want) {
				t.Errorf("replaced %s: %v", replaced, i.Groups)
			}
		}
	}
	// A subnet by an association.
	n := base().resource("aws_vpc_endpoint.secrets", strings.Replace(strings.Replace(endpoint, `"subnet-0a1", "subnet-0a2"`, ``, 1), "%", `["sg-0c"]`, 1)).
		resource("aws_vpc_endpoint_subnet_association.a", `{"id": "?assoc-0001", "vpc_endpoint_id": "vpce-0aaaa", "subnet_id": "subnet-0a2"}`).network()
	if e := n.Endpoints.All()[0]; !slices.Equal(e.Subnets, []string{"subnet-0a2"}) || len(e.Interfaces) != 1 {
		t.Errorf("%+v", e)
	}
}

// privateLink is a service in one account, and an endpoint of another that uses it.
func privateLink(t *testing.T, acceptance string) *paper {
	arn := strings.Replace(frontARN, "app/front", "net/inner", 1)
	return street(annotated(t)).
		resource("aws_lb.inner", `{"arn": "?`+arn+`", "id": "?`+arn+`", "name": "inner", "internal": true, "load_balancer_type": "network", "subnets": ["subnet-0a1", "subnet-0a2"]}`).
		resource("aws_lb_target_group.api", `{"arn": "?`+groupARN+`", "id": "?`+groupARN+`", "name": "api", "port": 8080, "protocol": "TCP", "target_type": "ip", "vpc_id": "vpc-0a"}`).
		resource("aws_lb_listener.api", `{"arn": "?arn:listener-0001", "load_balancer_arn": "`+arn+`", "port": 443, "protocol": "TCP", "default_action": [{"type": "forward", "target_group_arn": "`+groupARN+`"}]}`).
		resource("aws_security_group.api", `{"id": "?sg-0c", "name": "api", "vpc_id": "vpc-0a", "ingress": [{"protocol": "tcp", "from_port": 8080, "to_port": 8080, "cidr_blocks": ["10.0.0.0/16"]}]}`).
		resource("aws_ecs_service.api", `{"id": "?arn:api", "name": "api-tasks", "network_configuration": [{"subnets": ["subnet-0a1", "subnet-0a2"], "security_groups": ["sg-0c"]}], "load_balancer": [{"target_group_arn": "`+groupARN+`", "container_name": "api", "container_port": 8080}]}`).
		resource("aws_vpc_endpoint_service.api", `{"id": "?vpce-svc-0a", "service_name": "?com.amazonaws.vpce.us-east-1.vpce-svc-0a", "acceptance_required": `+acceptance+`, "network_load_balancer_arns": ["`+arn+`"], "allowed_principals": ["arn:aws:iam::222222222222:root"], "state": "Available"}`).
		at("222222222222", "us-east-1").
		resource("aws_vpc.client", `{"id": "?vpc-0c", "cidr_block": "10.0.0.0/16", "default_security_group_id": "?sg-1d", "tags": {"Name": "client"}}`).
		resource("aws_subnet.client", `{"id": "?subnet-0c", "vpc_id": "vpc-0c", "cidr_block": "10.0.1.0/24", "availability_zone_id": "use1-az1", "availability_zone": "us-east-1a"}`).
		resource("aws_security_group.client", `{"id": "?sg-1c", "name": "desk", "vpc_id": "vpc-0c", "ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "self": true}],
			"egress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "self": true}]}`).
		resource("aws_ecs_service.client", `{"id": "?arn:desk", "name": "desk-tasks", "network_configuration": [{"subnets": ["subnet-0c"], "security_groups": ["sg-1c"]}]}`).
		resource("aws_vpc_endpoint.api", `{"id": "?vpce-0cccc", "vpc_id": "vpc-0c", "vpc_endpoint_type": "Interface", "service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-0a", "subnet_ids": ["subnet-0c"], "security_group_ids": ["sg-1c"], "state": "available"}`)
}

// A service of one account, used by another (PL-3, PL-4): from the endpoint to the tasks behind the load balancer, in overlapping addresses.
func TestPrivateLink(t *testing.T) {
	zoned := func(p *paper) *paper { // zones are compared by identifier between accounts
		p.values["aws_subnet.app[0]"]["availability_zone_id"] = "use1-az1"
		p.values["aws_subnet.app[1]"]["availability_zone_id"] = "use1-az2"
		return p
	}
	open := zoned(privateLink(t, "false"))
	open.can("desk-tasks", "vpce-0cccc:443", report.Reachable)
	n := open.network()
	c := n.EndpointConnections.All()
	if len(c) != 1 || c[0].ID != "vpce-svc-0a/vpce-0cccc" || c[0].State != "available" || c[0].EndpointOwner != "222222222222" || c[0].Account != "111111111111" {
		t.Errorf("connections: %+v", c)
	}
	s, _ := n.EndpointServices.Get("vpce-svc-0a")
	if !s.PrincipalsKnown || !slices.Equal(s.Principals, []string{"arn:aws:iam::222222222222:root"}) || s.Name != "com.amazonaws.vpce.us-east-1.vpce-svc-0a" {
		t.Errorf("service: %+v", s)
	}
	asked := zoned(privateLink(t, "true"))
	asked.can("desk-tasks", "vpce-0cccc:443", report.Unreachable)
	accepted := zoned(privateLink(t, "true")).at("111111111111", "us-east-1").
		resource("aws_vpc_endpoint_connection_accepter.api", `{"id": "?attach-0001", "vpc_endpoint_service_id": "vpce-svc-0a", "vpc_endpoint_id": "vpce-0cccc"}`).
		resource("aws_vpc_endpoint_service_allowed_principal.more", `{"id": "?perm-0001", "vpc_endpoint_service_id": "vpce-svc-0a", "principal_arn": "*"}`)
	accepted.can("desk-tasks", "vpce-0cccc:443", report.Reachable)
	if s, _ := accepted.network().EndpointServices.Get("vpce-svc-0a"); !slices.Contains(s.Principals, "*") {
		t.Errorf("principals: %v", s.Principals)
	}
}

// A plan of the real provider names a service by reference: it is the one that the plan makes.
func TestPrivateLinkPlain(t *testing.T) {
	p := plainPlan(t).
		resource("aws_vpc.main", `{"id": "?", "cidr_block": "10.0.0.0/16", "default_security_group_id": "?"}`).
		resource("aws_subnet.a", `{"id": "?", "vpc_id": "=aws_vpc.main.id", "cidr_block": "10.0.1.0/24"}`).
		resource("aws_lb.inner", `{"arn": "?", "id": "?", "name": "inner", "internal": true, "load_balancer_type": "network", "subnets": ["=aws_subnet.a.id"]}`).
		resource("aws_vpc_endpoint_service.api", `{"id": "?", "service_name": "?", "acceptance_required": false, "network_load_balancer_arns": ["=aws_lb.inner.arn"], "allowed_principals": ["*"]}`).
		resource("aws_vpc_endpoint.api", `{"id": "?", "vpc_id": "=aws_vpc.main.id", "vpc_endpoint_type": "Interface", "service_name": "=aws_vpc_endpoint_service.api.service_name", "subnet_ids": ["=aws_subnet.a.id"], "security_group_ids": "?"}`)
	n := p.network()
	s, e, b := n.EndpointServices.All()[0], n.Endpoints.All()[0], n.LoadBalancers.All()[0]
	if e.Service != s.Name || !strings.Contains(e.Service, ".vpce-svc-") || !slices.Equal(s.LoadBalancers, []string{b.ID}) || n.EndpointConnections.Len() != 1 || e.Defect != nil {
		t.Errorf("%+v\n%+v\n%+v", s, e, b)
	}
}

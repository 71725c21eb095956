package tfplan

import (
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// private adds a subnet behind a NAT gateway that a route names as the test says.
func private(t *testing.T, route string) *paper {
	return web(t, sendsOnly).routed().
		resource("aws_eip.n", `{"id": "?eipalloc-n", "public_ip": "?240.0.0.9"}`).
		resource("aws_nat_gateway.n", `{"id": "?nat-n", "subnet_id": "subnet-a", "allocation_id": "eipalloc-n", "private_ip": "?10.0.1.251", "network_interface_id": "?eni-n"}`).
		resource("aws_subnet.p", `{"id": "?subnet-p", "vpc_id": "vpc-a", "cidr_block": "10.0.2.0/24"}`).
		resource("aws_route_table.p", `{"id": "?rtb-p", "vpc_id": "vpc-a"}`).
		resource("aws_route_table_association.p", `{"id": "?rtbassoc-p", "subnet_id": "subnet-p", "route_table_id": "rtb-p"}`).
		resource("aws_route.p", route).
		resource("aws_instance.p", `{"id": "?i-p", "subnet_id": "subnet-p", "vpc_security_group_ids": ["sg-a"], "private_ip": "?10.0.2.250"}`)
}

// TestRouteTargets shows that the identifier tells what a route leads to, whatever the attribute is called.
func TestRouteTargets(t *testing.T) {
	for name, route := range map[string]string{
		"by its own attribute":        `{"id": "?r-p", "route_table_id": "rtb-p", "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-n", "network_interface_id": "?eni-none", "instance_id": "?"}`,
		"a NAT gateway by gateway_id": `{"id": "?r-p", "route_table_id": "rtb-p", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "nat-n"}`,
	} {
		t.Run(name, func(t *testing.T) {
			p := private(t, route)
			p.can("aws_instance.p", "internet:443", report.Reachable)
			p.can("internet", "aws_instance.p:443", report.Unreachable)
		})
	}
	// No target at all is not no route (RT-5).
	private(t, `{"id": "?r-p", "route_table_id": "rtb-p", "destination_cidr_block": "0.0.0.0/0"}`).can("aws_instance.p", "internet:443", report.Unknown)
}

// TestGroupAdmitsNAT shows a rule for the address of a NAT gateway that AWS has yet to choose: it is that address, and no other.
func TestGroupAdmitsNAT(t *testing.T) {
	p := private(t, `{"id": "?r-p", "route_table_id": "rtb-p", "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-n"}`).
		resource("aws_vpc.b", `{"id": "?vpc-b", "cidr_block": "10.9.0.0/16"}`).
		resource("aws_subnet.b", `{"id": "?subnet-b", "vpc_id": "vpc-b", "cidr_block": "10.9.1.0/24", "map_public_ip_on_launch": true}`).
		resource("aws_internet_gateway.b", `{"id": "?igw-b", "vpc_id": "vpc-b"}`).
		resource("aws_default_route_table.b", `{"id": "?rtb-b", "default_route_table_id": "rtb-b"}`).
		resource("aws_route_table.b", `{"id": "?rtb-b1", "vpc_id": "vpc-b", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-b"}]}`).
		resource("aws_route_table_association.b", `{"id": "?rtbassoc-b", "subnet_id": "subnet-b", "route_table_id": "rtb-b1"}`).
		resource("aws_security_group.b", `{"id": "?sg-b", "name": "b", "vpc_id": "vpc-b", "ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["240.0.0.9/32"]}]}`).
		resource("aws_instance.b", `{"id": "?i-b", "subnet_id": "subnet-b", "vpc_security_group_ids": ["sg-b"]}`)
	n := p.network()
	check(t, n, "aws_instance.p", "aws_instance.b:443", report.Partial) // by its public address; there is no way to the private one
	check(t, n, "internet", "aws_instance.b:443", report.Unreachable)
}

// TestPeering shows peerings that are accepted, and one that nobody accepts (PEER-6).
func TestPeering(t *testing.T) {
	base := func(peering string) *paper {
		p := annotated(t)
		for _, v := range []string{"a", "b"} {
			block := map[string]string{"a": "10.0", "b": "10.1"}[v]
			other := map[string]string{"a": "10.1.0.0/16", "b": "10.0.0.0/16"}[v]
			p.resource("aws_vpc."+v, `{"id": "?vpc-`+v+`", "cidr_block": "`+block+`.0.0/16", "default_security_group_id": "?sg-`+v+`", "default_route_table_id": "?rtb-`+v+`"}`).
				resource("aws_subnet."+v, `{"id": "?subnet-`+v+`", "vpc_id": "vpc-`+v+`", "cidr_block": "`+block+`.1.0/24"}`).
				resource("aws_route."+v, `{"id": "?r-`+v+`", "route_table_id": "rtb-`+v+`", "destination_cidr_block": "`+other+`", "vpc_peering_connection_id": "pcx-p"}`).
				resource("aws_instance."+v, `{"id": "?i-`+v+`", "subnet_id": "subnet-`+v+`"}`).
				resource("aws_security_group_rule."+v, `{"id": "?sgrule-`+v+`", "type": "ingress", "security_group_id": "sg-`+v+`", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["10.0.0.0/8"]}`)
		}
		return p.resource("aws_vpc_peering_connection.p", peering)
	}
	base(`{"id": "?pcx-p", "vpc_id": "vpc-a", "peer_vpc_id": "vpc-b", "auto_accept": true}`).can("aws_instance.a", "aws_instance.b:80", report.Reachable)
	base(`{"id": "?pcx-p", "vpc_id": "vpc-a", "peer_vpc_id": "vpc-b"}`).can("aws_instance.a", "aws_instance.b:80", report.Unreachable)
	// AWS lets nobody accept for another account or Region.
	base(`{"id": "?pcx-p", "vpc_id": "vpc-a", "peer_vpc_id": "vpc-b", "auto_accept": true, "peer_owner_id": "222222222222"}`).can("aws_instance.a", "aws_instance.b:80", report.Unreachable)
	base(`{"id": "?pcx-p", "vpc_id": "vpc-a", "peer_vpc_id": "vpc-b", "auto_accept": true, "peer_region": "eu-west-1"}`).can("aws_instance.a", "aws_instance.b:80", report.Unreachable)
	base(`{"id": "?pcx-p", "vpc_id": "vpc-a", "peer_vpc_id": "vpc-b"}`).
		resource("aws_vpc_peering_connection_accepter.p", `{"id": "?pcx-p", "vpc_peering_connection_id": "pcx-p", "auto_accept": true}`).
		can("aws_instance.a", "aws_instance.b:80", report.Reachable)
}

// TestInterfaces shows public addresses: of a launch, of an Elastic IP, of an interface that is made apart.
func TestInterfaces(t *testing.T) {
	closedToPublic := `{"id": "?i-a", "subnet_id": "subnet-a", "vpc_security_group_ids": ["sg-a"], "associate_public_ip_address": false, "primary_network_interface_id": "?eni-a"}`
	base := func(instance string) *paper {
		return annotated(t).
			resource("aws_vpc.a", `{"id": "?vpc-a", "cidr_block": "10.0.0.0/16"}`).
			resource("aws_subnet.a", `{"id": "?subnet-a", "vpc_id": "vpc-a", "cidr_block": "10.0.1.0/24", "map_public_ip_on_launch": true}`).
			resource("aws_internet_gateway.a", `{"id": "?igw-a", "vpc_id": "vpc-a"}`).
			resource("aws_security_group.a", open443).
			resource("aws_instance.a", instance).routed()
	}
	base(closedToPublic).can("internet", "aws_instance.a:443", report.Unreachable)
	base(closedToPublic).resource("aws_eip.e", `{"id": "?eipalloc-e", "public_ip": "?240.0.0.7", "instance": "i-a"}`).can("internet", "aws_instance.a:443", report.Reachable)
	base(closedToPublic).resource("aws_eip.e", `{"id": "?eipalloc-e", "public_ip": "?240.0.0.7"}`).
		resource("aws_eip_association.e", `{"id": "?eipassoc-e", "allocation_id": "eipalloc-e", "network_interface_id": "eni-a"}`).can("internet", "aws_instance.a:443", report.Reachable)
	apart := base(`{"id": "?i-a", "network_interface": [{"device_index": 0, "network_interface_id": "eni-x"}]}`).
		resource("aws_network_interface.x", `{"id": "?eni-x", "subnet_id": "subnet-a", "security_groups": ["sg-a"], "private_ips": ["10.0.1.99"]}`).
		resource("aws_eip.e", `{"id": "?eipalloc-e", "public_ip": "?240.0.0.7", "network_interface": "eni-x"}`)
	apart.can("internet", "aws_instance.a:443", report.Reachable)
	if i, ok := apart.network().InterfaceAt("vpc-a", addr("10.0.1.99")), true; !ok || i == nil || i.Owner.Kind != network.OwnerInstance {
		t.Errorf("the interface %+v is the instance's", i)
	}
	base(closedToPublic).
		resource("aws_security_group.more", `{"id": "?sg-more", "name": "more", "vpc_id": "vpc-a", "ingress": [{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8"]}]}`).
		resource("aws_network_interface_sg_attachment.m", `{"id": "?x", "network_interface_id": "eni-a", "security_group_id": "sg-more"}`).
		resource("aws_instance.b", `{"id": "?i-b", "subnet_id": "subnet-a"}`).
		can("aws_instance.b", "aws_instance.a:22", report.Reachable)
}

// TestPeerElsewhere is a peering with a VPC of which Terraform tells nothing but the identifier: what is sent there is unknown, and nothing is lost (PEER-6).
func TestPeerElsewhere(t *testing.T) {
	p := annotated(t).
		resource("aws_vpc.a", `{"id": "?vpc-a", "cidr_block": "10.0.0.0/16", "default_route_table_id": "?rtb-a"}`).
		resource("aws_subnet.a", `{"id": "?subnet-a", "vpc_id": "vpc-a", "cidr_block": "10.0.1.0/24"}`).
		resource("aws_vpc_peering_connection.p", `{"id": "?pcx-p", "vpc_id": "vpc-a", "peer_vpc_id": "vpc-0f00", "auto_accept": true}`).
		resource("aws_route.a", `{"id": "?r-a", "route_table_id": "rtb-a", "destination_cidr_block": "10.7.0.0/16", "vpc_peering_connection_id": "pcx-p"}`).
		resource("aws_instance.a", `{"id": "?i-a", "subnet_id": "subnet-a"}`)
	p.can("aws_instance.a", "10.7.1.1:443", report.Unknown)
	p.can("aws_instance.a", "10.8.1.1:443", report.Unreachable)
	if a := p.answer("aws_instance.a", "10.7.1.1:443"); !strings.Contains(strings.Join(a.Assumptions, " "), "taken to have the blocks that routes send there, [10.7.0.0/16]") {
		t.Errorf("assumptions %q", a.Assumptions)
	}
}

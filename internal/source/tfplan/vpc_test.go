package tfplan

import (
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// web is a VPC with a public subnet and an instance in it, whose group admits and sends what the test says.
func web(t *testing.T, group string) *paper {
	return annotated(t).
		resource("aws_vpc.a", `{"id": "?vpc-a", "cidr_block": "10.0.0.0/16", "ipv6_cidr_block": ""}`).
		resource("aws_subnet.a", `{"id": "?subnet-a", "vpc_id": "vpc-a", "cidr_block": "10.0.1.0/24", "map_public_ip_on_launch": true, "ipv6_cidr_block": ""}`).
		resource("aws_internet_gateway.a", `{"id": "?igw-a", "vpc_id": "vpc-a"}`).
		resource("aws_security_group.a", group).
		resource("aws_instance.a", `{"id": "?i-a", "subnet_id": "subnet-a", "vpc_security_group_ids": ["sg-a"], "private_ip": "?10.0.1.250"}`)
}

// routed adds a route to the internet gateway of web, in a table of its own.
func (p *paper) routed() *paper {
	return p.resource("aws_route_table.a", `{"id": "?rtb-a", "vpc_id": "vpc-a", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-a", "nat_gateway_id": ""}]}`).
		resource("aws_route_table_association.a", `{"id": "?rtbassoc-a", "subnet_id": "subnet-a", "route_table_id": "rtb-a"}`)
}

const (
	open443   = `{"id": "?sg-a", "name": "web", "vpc_id": "vpc-a", "ingress": [{"protocol": "TCP", "from_port": 443, "to_port": "443", "cidr_blocks": ["0.0.0.0/0"]}], "egress": []}`
	closed    = `{"id": "?sg-a", "name": "web", "vpc_id": "vpc-a", "ingress": [], "egress": []}`
	sendsOnly = `{"id": "?sg-a", "name": "web", "vpc_id": "vpc-a", "ingress": [], "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`
)

// TestImplied shows what AWS makes with a VPC and no resource mentions: the main table has the local route alone, the default ACL lets all pass, the default
// group admits itself and sends to everywhere.
func TestImplied(t *testing.T) {
	p := web(t, open443)
	n := p.network()
	check(t, n, "internet", "aws_instance.a:443", report.OneWay) // IGW-5: the main table has no way back
	v, _ := n.VPCs.Get("vpc-a")
	if len(v.Blocks) != 1 {
		t.Errorf("blocks %v: an empty IPv6 block is none", v.Blocks)
	}
	if n.RouteTables.Len() != 1 || !n.RouteTables.All()[0].Main || len(n.RouteTables.All()[0].Routes) != 1 {
		t.Errorf("the main table: %+v", n.RouteTables.All())
	}
	if a := n.NetworkACLs.All(); len(a) != 1 || !a[0].Default || len(a[0].Entries) != 4 || a[0].VPC != v.ID {
		t.Errorf("the default ACL: %+v", a)
	}
	if !slices.ContainsFunc(n.SecurityGroups.All(), func(g *network.SecurityGroup) bool {
		return g.Name == "default" && len(g.Inbound) == 1 && g.Inbound[0].Group == g.ID && len(g.Outbound) == 2
	}) {
		t.Errorf("the default group: %+v", n.SecurityGroups.All())
	}
	p.routed().can("internet", "aws_instance.a:443", report.Reachable)
	p.can("internet", "aws_instance.a:80", report.Unreachable)
}

// TestMainTable shows a main table that is pointed elsewhere, and one that is adopted.
func TestMainTable(t *testing.T) {
	web(t, open443).
		resource("aws_route_table.m", `{"id": "?rtb-m", "vpc_id": "vpc-a", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-a"}]}`).
		resource("aws_main_route_table_association.m", `{"id": "?rtbassoc-m", "vpc_id": "vpc-a", "route_table_id": "rtb-m"}`).
		can("internet", "aws_instance.a:443", report.Reachable)
	annotated(t).
		resource("aws_vpc.a", `{"id": "?vpc-a", "cidr_block": "10.0.0.0/16", "default_route_table_id": "?rtb-d"}`).
		resource("aws_subnet.a", `{"id": "?subnet-a", "vpc_id": "vpc-a", "cidr_block": "10.0.1.0/24", "map_public_ip_on_launch": true}`).
		resource("aws_internet_gateway.a", `{"id": "?igw-a", "vpc_id": "vpc-a"}`).
		resource("aws_default_route_table.d", `{"id": "?rtb-d2", "default_route_table_id": "rtb-d", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-a"}]}`).
		resource("aws_security_group.a", open443).
		resource("aws_instance.a", `{"id": "?i-a", "subnet_id": "subnet-a", "vpc_security_group_ids": ["sg-a"]}`).
		can("internet", "aws_instance.a:443", report.Reachable)
}

// TestAdoptedDefaults shows that the rules of an adopted default group or ACL are those of the code, and no others.
func TestAdoptedDefaults(t *testing.T) {
	base := func() *paper {
		return annotated(t).
			resource("aws_vpc.a", `{"id": "?vpc-a", "cidr_block": "10.0.0.0/16", "default_security_group_id": "?sg-d", "default_network_acl_id": "?acl-d"}`).
			resource("aws_subnet.a", `{"id": "?subnet-a", "vpc_id": "vpc-a", "cidr_block": "10.0.1.0/24"}`).
			resource("aws_subnet.b", `{"id": "?subnet-b", "vpc_id": "vpc-a", "cidr_block": "10.0.2.0/24"}`).
			// Instances without a group get the default group of the VPC.
			resource("aws_instance.a", `{"id": "?i-a", "subnet_id": "subnet-a"}`).
			resource("aws_instance.b", `{"id": "?i-b", "subnet_id": "subnet-b"}`)
	}
	base().can("aws_instance.a", "aws_instance.b:80", report.Reachable)
	base().resource("aws_default_security_group.d", `{"id": "?sg-d", "vpc_id": "vpc-a"}`).can("aws_instance.a", "aws_instance.b:80", report.Unreachable)
	base().resource("aws_default_network_acl.d", `{"id": "?acl-d2", "default_network_acl_id": "acl-d"}`).can("aws_instance.a", "aws_instance.b:80", report.Unreachable)
	base().resource("aws_default_network_acl.d", `{"id": "?acl-d2", "default_network_acl_id": "acl-d",
		"ingress": [{"rule_no": 100, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"}],
		"egress": [{"rule_no": 100, "action": "allow", "protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_block": "0.0.0.0/0"}]}`).
		can("aws_instance.a", "aws_instance.b:80", report.OneWay) // NACL-7: the replies are not to port 80
}

// TestIPv6 shows blocks that AWS will choose: rules about all addresses apply, and subnets have their part of it.
func TestIPv6(t *testing.T) {
	p := annotated(t).
		resource("aws_vpc.a", `{"id": "?vpc-a", "cidr_block": "10.0.0.0/16", "assign_generated_ipv6_cidr_block": true, "ipv6_cidr_block": "?2600:1f00:aa:bb00::/56"}`).
		resource("aws_subnet.a", `{"id": "?subnet-a", "vpc_id": "vpc-a", "cidr_block": "10.0.1.0/24", "ipv6_cidr_block": "2600:1f00:aa:bb01::/64", "assign_ipv6_address_on_creation": true}`).
		resource("aws_internet_gateway.a", `{"id": "?igw-a", "vpc_id": "vpc-a"}`).
		resource("aws_security_group.a", `{"id": "?sg-a", "name": "web", "vpc_id": "vpc-a", "ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "ipv6_cidr_blocks": ["::/0"]}], "egress": []}`).
		resource("aws_instance.a", `{"id": "?i-a", "subnet_id": "subnet-a", "vpc_security_group_ids": ["sg-a"]}`).
		resource("aws_route_table.a", `{"id": "?rtb-a", "vpc_id": "vpc-a", "route": [{"ipv6_cidr_block": "::/0", "gateway_id": "igw-a"}]}`).
		resource("aws_route_table_association.a", `{"id": "?rtbassoc-a", "subnet_id": "subnet-a", "route_table_id": "rtb-a"}`)
	a := p.answer("internet", "aws_instance.a:443")
	for _, part := range a.Parts {
		if want := map[string]report.Verdict{"ipv6": report.Reachable, "ipv4": report.Unreachable}[part.Family]; part.Verdict != want {
			t.Errorf("%s: %s, want %s", part.Family, part.Verdict, want)
		}
	}
	if len(a.Parts) < 2 {
		t.Errorf("IPv6 and IPv4 must both be answered: %+v", a.Parts)
	}
}

// TestSecondBlock shows a block that is associated with a VPC apart from it.
func TestSecondBlock(t *testing.T) {
	n := annotated(t).
		resource("aws_vpc.a", `{"id": "?vpc-a", "cidr_block": "10.0.0.0/16"}`).
		resource("aws_vpc_ipv4_cidr_block_association.a", `{"id": "?vpc-cidr-assoc-a", "vpc_id": "vpc-a", "cidr_block": "100.64.0.0/16"}`).
		resource("aws_subnet.a", `{"id": "?subnet-a", "vpc_id": "vpc-a", "cidr_block": "10.0.1.0/24"}`).
		resource("aws_subnet.b", `{"id": "?subnet-b", "vpc_id": "vpc-a", "cidr_block": "100.64.1.0/24"}`).
		resource("aws_instance.a", `{"id": "?i-a", "subnet_id": "subnet-a"}`).
		resource("aws_instance.b", `{"id": "?i-b", "subnet_id": "subnet-b"}`).network()
	check(t, n, "aws_instance.a", "aws_instance.b:80", report.Reachable)
	if v, _ := n.VPCs.Get("vpc-a"); len(v.Blocks) != 2 || v.Blocks[0].String() != "10.0.0.0/16" {
		t.Errorf("blocks %v", v.Blocks)
	}
}

// TestLookup shows what hangs on a data source that nobody answered: it is unknown, and the answer says which flag would help.
func TestLookup(t *testing.T) {
	p := annotated(t).
		resource("data.aws_vpc.shared", `{"id": "?vpc-0ff", "cidr_block": "?240.0.1.0/24"}`).
		lookup("data.aws_vpc.shared", "nobody says which VPC this finds: --from answers it").
		resource("aws_security_group.a", `{"id": "?sg-a", "name": "web", "vpc_id": "vpc-0ff", "ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["240.0.1.0/24"]}],
			"egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`).
		resource("aws_subnet.a", `{"id": "?subnet-a", "vpc_id": "vpc-0ff", "cidr_block": "10.0.1.0/24"}`).
		resource("aws_instance.a", `{"id": "?i-a", "subnet_id": "subnet-a", "vpc_security_group_ids": ["sg-a"]}`).
		resource("aws_instance.b", `{"id": "?i-b", "subnet_id": "subnet-a", "vpc_security_group_ids": ["sg-a"]}`)
	p.can("aws_instance.b", "aws_instance.a:443", report.Unknown)
	n := p.network()
	if !slices.ContainsFunc(n.Problems, func(x network.Problem) bool { return strings.Contains(x.Message, "--from answers it") }) {
		t.Errorf("problems: %v", n.Problems)
	}
}

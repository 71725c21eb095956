package tfplan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// TestNoGuess shows references that a plan does not resolve, because they name several instances: what hangs on them is unknown, and says what would help.
func TestNoGuess(t *testing.T) {
	p := plainPlan(t).
		resource("aws_vpc.a", `{"id": "?", "cidr_block": "10.0.0.0/16"}`).
		resource("aws_subnet.a[0]", `{"id": "?", "vpc_id": "=aws_vpc.a.id", "cidr_block": "10.0.1.0/24"}`).
		resource("aws_subnet.a[1]", `{"id": "?", "vpc_id": "=aws_vpc.a.id", "cidr_block": "10.0.2.0/24"}`).
		resource("aws_security_group.a", `{"id": "?", "name": "web", "vpc_id": "=aws_vpc.a.id", "ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/16"]}],
			"egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`).
		resource("aws_instance.a", `{"id": "?", "subnet_id": "=aws_subnet.a", "vpc_security_group_ids": ["=aws_security_group.a.id"]}`).
		resource("aws_instance.b", `{"id": "?", "subnet_id": "=aws_subnet.a[1].id", "vpc_security_group_ids": ["=aws_security_group.a.id"]}`)
	p.can("aws_instance.a", "aws_instance.b:443", report.Unknown)
	p.can("aws_instance.b", "aws_instance.a:443", report.Unknown)
	a := p.answer("aws_instance.a", "aws_instance.b:443")
	if said := fmt.Sprint(a.Parts); !strings.Contains(said, "subnet_id is not known before it is applied, because aws_subnet.a is not") || !strings.Contains(said, "watertight plan DIR") {
		t.Error(said)
	}
}

// TestModules shows references that lead through the variables and outputs of modules.
func TestModules(t *testing.T) {
	doc := `{"format_version": "1.2", "resource_changes": [
		{"address": "module.net[\"x\"].aws_vpc.a", "mode": "managed", "type": "aws_vpc", "name": "a", "change": {"actions": ["create"], "after": {"cidr_block": "10.0.0.0/16"}, "after_unknown": {"id": true}}},
		{"address": "module.sub.aws_subnet.a", "mode": "managed", "type": "aws_subnet", "name": "a", "change": {"actions": ["create"], "after": {"cidr_block": "10.0.1.0/24"}, "after_unknown": {"id": true, "vpc_id": true}}}],
		"configuration": {"provider_config": {}, "root_module": {"module_calls": {
			"net": {"for_each_expression": {"references": ["var.nets"]}, "module": {"outputs": {"vpc": {"expression": {"references": ["aws_vpc.a.id", "aws_vpc.a"]}}},
				"resources": [{"address": "aws_vpc.a", "mode": "managed", "type": "aws_vpc", "name": "a", "expressions": {"cidr_block": {"constant_value": "10.0.0.0/16"}}}]}},
			"sub": {"expressions": {"vpc_id": {"references": [%s]}}, "module": {"variables": {"vpc_id": {}},
				"resources": [{"address": "aws_subnet.a", "mode": "managed", "type": "aws_subnet", "name": "a", "expressions": {"vpc_id": {"references": ["var.vpc_id"]}, "cidr_block": {"constant_value": "10.0.1.0/24"}}}]}}}}}}`
	for references, resolved := range map[string]bool{`"module.net[\"x\"].vpc", "module.net[\"x\"]", "module.net"`: true, `"module.net", "each.key"`: false} {
		c, err := Parse(fmt.Appendf(nil, doc, references), "plan.json", Options{})
		if err != nil {
			t.Fatal(err)
		}
		n := network.New(c)
		s := n.Subnets.All()[0]
		if _, ok := n.VPCs.Get(s.VPC); ok != resolved || (s.Defect == nil) != resolved {
			t.Errorf("%s: the subnet's VPC is %q, defect %v; resolved must be %v", references, s.VPC, s.Defect, resolved)
		}
	}
}

// overState is a plan over a state: a group whose rules are resources of their own, of which one goes away and another comes.
const overState = `{"format_version": "1.2",
 "prior_state": {"values": {"root_module": {"resources": [
  {"address": "aws_security_group.a", "mode": "managed", "type": "aws_security_group", "name": "a", "values": {"id": "sg-1", "name": "web", "vpc_id": "vpc-1", "ingress": [
    {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}, {"protocol": "tcp", "from_port": 9, "to_port": 9, "cidr_blocks": ["10.0.0.0/8"]}], "egress": []}},
  {"address": "aws_security_group_rule.ssh", "mode": "managed", "type": "aws_security_group_rule", "name": "ssh", "values": {"id": "sgrule-1", "type": "ingress", "security_group_id": "sg-1", "protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}}]}}},
 "resource_changes": [
  {"address": "aws_security_group.a", "mode": "managed", "type": "aws_security_group", "name": "a", "change": {"actions": ["no-op"], "after": {"id": "sg-1", "name": "web", "vpc_id": "vpc-1", "ingress": [
    {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}, {"protocol": "tcp", "from_port": 9, "to_port": 9, "cidr_blocks": ["10.0.0.0/8"]}], "egress": []}, "after_unknown": {}}},
  {"address": "aws_security_group_rule.ssh", "mode": "managed", "type": "aws_security_group_rule", "name": "ssh", "change": {"actions": ["delete"], "before": {}, "after": null}},
  {"address": "aws_security_group_rule.web", "mode": "managed", "type": "aws_security_group_rule", "name": "web", "change": {"actions": ["create"], "after": {"type": "ingress", "security_group_id": "sg-1", "protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}, "after_unknown": {"id": true}}}],
 "configuration": {"provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}, "assume_role": [{"role_arn": {"constant_value": "arn:aws:iam::222222222222:role/ci"}}]}}}, "root_module": {"resources": [
  {"address": "aws_security_group.a", "mode": "managed", "type": "aws_security_group", "name": "a", "provider_config_key": "aws", "expressions": {"name": {"constant_value": "web"}}}]}}}`

// TestHalves shows both halves of a plan over a state. What the state lists of rules that are resources of their own goes with these; what nobody manages stays.
func TestHalves(t *testing.T) {
	for prior, want := range map[bool]string{true: "[9 22]", false: "[9 443]"} {
		c, err := Parse([]byte(overState), "plan.json", Options{Prior: prior})
		if err != nil {
			t.Fatal(err)
		}
		g, ok := network.New(c).SecurityGroups.Get("sg-1")
		if !ok {
			t.Fatal("no group")
		}
		ports := map[int]bool{}
		for _, r := range g.Inbound {
			ports[r.From] = true
		}
		var got []int
		for p := range 500 {
			if ports[p] {
				got = append(got, p)
			}
		}
		if fmt.Sprint(got) != want {
			t.Errorf("prior %v: rules for the ports %v, want %s", prior, got, want)
		}
		if g.Account != "222222222222" || g.Region != "us-east-1" {
			t.Errorf("the group is of %s %s: the provider says which account and Region", g.Account, g.Region)
		}
	}
}

// TestStates shows the two forms of a state.
func TestStates(t *testing.T) {
	shown := stateOf(t).
		resource("aws_vpc.a", `{"id": "vpc-1", "cidr_block": "10.0.0.0/16", "arn": "arn:aws:ec2:eu-west-1:333333333333:vpc/vpc-1", "owner_id": "333333333333", "tags_all": {"Name": "prod", "team": "x"}}`).
		resource("aws_subnet.a[\"one\"]", `{"id": "subnet-1", "vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24", "availability_zone": "eu-west-1a"}`).contents()
	file, err := Parse([]byte(`{"version": 4, "terraform_version": "1.11.4", "serial": 3, "resources": [
		{"mode": "managed", "type": "aws_vpc", "name": "a", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"schema_version": 1, "attributes": {"id": "vpc-1", "cidr_block": "10.0.0.0/16", "owner_id": "333333333333", "arn": "arn:aws:ec2:eu-west-1:333333333333:vpc/vpc-1", "tags_all": {"Name": "prod", "team": "x"}}}]},
		{"module": "module.m", "mode": "managed", "type": "aws_subnet", "name": "a", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"index_key": "one", "attributes": {"id": "subnet-1", "vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24", "availability_zone": "eu-west-1a"}}]}]}`), "terraform.tfstate", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]network.Contents{"show": shown, "file": file} {
		n := network.New(c)
		v, ok := n.VPCs.Get("vpc-1")
		if !ok || v.Name != "prod" || v.Account != "333333333333" || v.Region != "eu-west-1" || v.Defect != nil || v.Address != "aws_vpc.a" {
			t.Errorf("%s: %+v", name, v)
		}
		if s, ok := n.Subnets.Get("subnet-1"); !ok || s.VPC != "vpc-1" || s.Zone != "eu-west-1a" || s.Account != "333333333333" || !strings.HasSuffix(s.Address, `aws_subnet.a["one"]`) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// TestWrongDocuments shows what is said of files that are no plan and no state.
func TestWrongDocuments(t *testing.T) {
	for text, want := range map[string]string{
		"{\n \"format_version\": \"1.2\",\n oops}":         "plan.json:3:2: not JSON",
		`{"format_version": "1.2", "resource_changes": 7}`: "is not what Terraform writes there",
		`{"version": 3, "terraform_version": "0.11"}`:      "version 3: only version 4 is read",
		`{"hello": 1}`: "is no plan and no state",
		`{"format_version": "1.2", "watertight": {"version": 9}}`: "newer watertight",
	} {
		_, err := Parse([]byte(text), "plan.json", Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if _, err := Parse([]byte(`{"values": {"root_module": {}}}`), "state.json", Options{Prior: true}); err == nil || !strings.Contains(err.Error(), "a state has no state before it") {
		t.Errorf("%v", err)
	}
}

// TestIs tells documents of Terraform from answers of the AWS API.
func TestIs(t *testing.T) {
	for text, want := range map[string]bool{
		`{"format_version":"1.2"`: true, `{"version": 4, "terraform_version": "1.5.0"`: true, `{"Vpcs": []}`: false, `[1]`: false, ``: false, `{"a": {"b": [1]}, "planned_values": {`: true,
		// What watertight plan writes has its members in order, and a configuration that does not end within the head of the file.
		`{"applyable":true,"complete":true,"configuration":{"provider_config":{"aws"`: true,
		`{"configuration":{"root_module":{"resources":[{"addr`:                        true,
	} {
		if Is(strings.NewReader(text)) != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}

// FuzzParse gives the reader documents that are broken in some way: it must say so, and not fall over.
func FuzzParse(f *testing.F) {
	f.Add([]byte(overState))
	f.Add([]byte(`{"version": 4, "terraform_version": "1", "resources": [{"mode": "managed", "type": "aws_vpc", "name": "a", "instances": [{"attributes": {"id": "vpc-1", "cidr_block": 7}}]}]}`))
	l := libraryOf(f, 6) // see TestTwisted
	for k, typ := range []string{"aws_security_group", "aws_instance", "aws_lb", "aws_networkfirewall_firewall_policy", "aws_ecs_service", "aws_vpc_peering_connection"} {
		f.Add(l.document(f, k%2 == 0, uint16(slices.Index(l.types, typ)), nil))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if c, err := Parse(raw, "plan.json", Options{}); err == nil {
			network.New(c)
		}
	})
}

package tfplan

import (
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// TestSpellings shows the ways in which a rule is written: they all mean the same.
func TestSpellings(t *testing.T) {
	inbound := func(t *testing.T, p *paper) []network.Rule {
		t.Helper()
		g, ok := p.network().SecurityGroups.Get("sg-a")
		if !ok {
			t.Fatal("no group")
		}
		return g.Inbound
	}
	tests := map[string]func(*paper) *paper{
		"inline": func(p *paper) *paper { return p.resource("aws_security_group.a", open443) },
		"aws_security_group_rule": func(p *paper) *paper {
			return p.resource("aws_security_group.a", closed).resource("aws_security_group_rule.r",
				`{"id": "?sgrule-1", "type": "ingress", "security_group_id": "sg-a", "protocol": "6", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}`)
		},
		"aws_vpc_security_group_ingress_rule": func(p *paper) *paper {
			return p.resource("aws_security_group.a", closed).resource("aws_vpc_security_group_ingress_rule.r",
				`{"id": "?sgr-1", "security_group_id": "sg-a", "ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "0.0.0.0/0"}`)
		},
		"twice is once": func(p *paper) *paper {
			return p.resource("aws_security_group.a", open443).resource("aws_vpc_security_group_ingress_rule.r",
				`{"id": "?sgr-1", "security_group_id": "sg-a", "ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "0.0.0.0/0"}`)
		},
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			rules := inbound(t, make(annotated(t).resource("aws_vpc.a", `{"id": "?vpc-a", "cidr_block": "10.0.0.0/16"}`)))
			if len(rules) != 1 || rules[0].Protocol != 6 || rules[0].From != 443 || rules[0].To != 443 || rules[0].Block.String() != "0.0.0.0/0" || rules[0].Defect != nil {
				t.Errorf("rules %+v", rules)
			}
		})
	}
}

// TestEgress shows that a group of Terraform's sends nothing unless the code says so: the provider takes away the rule that AWS puts there (SG-1).
func TestEgress(t *testing.T) {
	for group, want := range map[string]report.Verdict{closed: report.Unreachable, sendsOnly: report.Reachable} {
		web(t, group).routed().can("aws_instance.a", "internet:443", want)
	}
	none := `{"id": "?sg-a", "name": "web", "vpc_id": "vpc-a"}`
	web(t, none).routed().can("aws_instance.a", "internet:443", report.Unreachable)
}

// TestRulePeers shows a rule of each kind of peer, and what is left to AWS beside it.
func TestRulePeers(t *testing.T) {
	n := annotated(t).
		resource("aws_vpc.a", `{"id": "?vpc-a", "cidr_block": "10.0.0.0/16"}`).
		resource("aws_ec2_managed_prefix_list.l", `{"id": "?pl-l", "name": "offices", "entry": [{"cidr": "203.0.113.0/24", "description": ""}]}`).
		resource("aws_ec2_managed_prefix_list_entry.e", `{"id": "?pl-l,198.51.100.0/24", "prefix_list_id": "pl-l", "cidr": "198.51.100.0/24"}`).
		resource("aws_security_group.b", `{"id": "?sg-b", "name": "b", "vpc_id": "vpc-a"}`).
		resource("aws_security_group.a", `{"id": "?sg-a", "name": "a", "vpc_id": "vpc-a", "ingress": [
			{"protocol": "tcp", "from_port": 80, "to_port": 80, "self": true, "security_groups": ["sg-b", "999999999999/sg-foreign"], "prefix_list_ids": ["pl-l"], "ipv6_cidr_blocks": ["::/0"], "description": "many"},
			{"protocol": "icmp", "from_port": 8, "to_port": 0, "cidr_blocks": ["10.0.0.0/8"]},
			{"protocol": "icmp", "from_port": -1, "to_port": -1, "cidr_blocks": ["10.0.0.0/8"]}]}`).network()
	g, _ := n.SecurityGroups.Get("sg-a")
	var got []string
	for _, r := range g.Inbound {
		got = append(got, strings.TrimSpace(strings.Join([]string{r.Group, r.PrefixList, strings.TrimPrefix(r.Block.String(), "invalid Prefix")}, "")))
	}
	slices.Sort(got)
	if want := []string{"10.0.0.0/8", "10.0.0.0/8", "::/0", "pl-l", "sg-a", "sg-b", "sg-foreign"}; !slices.Equal(got, want) {
		t.Errorf("peers %v, want %v", got, want)
	}
	if l, _ := n.PrefixLists.Get("pl-l"); len(l.Entries) != 2 {
		t.Errorf("entries %v", l.Entries)
	}
}

// TestUnknownRule shows a rule of which something is not known before the plan is applied: it is there, and it may match (V-6).
func TestUnknownRule(t *testing.T) {
	p := plainPlan(t).
		resource("aws_vpc.a", `{"id": "?", "cidr_block": "10.0.0.0/16"}`).
		resource("aws_subnet.a", `{"id": "?", "vpc_id": "=aws_vpc.a.id", "cidr_block": "10.0.1.0/24"}`).
		resource("aws_security_group.a", `{"id": "?", "name": "web", "vpc_id": "=aws_vpc.a.id", "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`).
		resource("aws_security_group_rule.r", `{"id": "?", "type": "ingress", "security_group_id": "=aws_security_group.a.id", "protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["=local.somewhere"]}`).
		resource("aws_instance.a", `{"id": "?", "subnet_id": "=aws_subnet.a.id", "vpc_security_group_ids": ["=aws_security_group.a.id"]}`).
		resource("aws_instance.b", `{"id": "?", "subnet_id": "=aws_subnet.a.id", "vpc_security_group_ids": ["=aws_security_group.a.id"]}`)
	p.can("aws_instance.a", "aws_instance.b:443", report.Unknown)
	p.can("aws_instance.a", "aws_instance.b:22", report.Unreachable) // whom it admits is not known, and that it is port 443 is
}

// TestUnknownPeers shows rules of every form whose peer alone is not known: they may admit anyone, to their ports and no others (V-6).
func TestUnknownPeers(t *testing.T) {
	for _, form := range []struct{ typ, rule string }{
		{"aws_security_group_rule", `"type": "ingress", "protocol": "tcp", "source_security_group_id": "=local.somebody"`},
		{"aws_security_group_rule", `"type": "ingress", "protocol": "tcp", "cidr_blocks": "=local.somewhere"`},
		{"aws_security_group_rule", `"type": "ingress", "protocol": "tcp", "cidr_blocks": ["10.9.0.0/16"], "self": "=local.own"`},
		{"aws_vpc_security_group_ingress_rule", `"ip_protocol": "tcp", "referenced_security_group_id": "=local.somebody"`},
		{"aws_vpc_security_group_ingress_rule", `"ip_protocol": "tcp", "cidr_ipv4": "=local.somewhere"`},
	} {
		p := plainPlan(t).
			resource("aws_vpc.a", `{"id": "?", "cidr_block": "10.0.0.0/16"}`).
			resource("aws_subnet.a", `{"id": "?", "vpc_id": "=aws_vpc.a.id", "cidr_block": "10.0.1.0/24"}`).
			resource("aws_security_group.a", `{"id": "?", "name": "web", "vpc_id": "=aws_vpc.a.id", "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`).
			resource(form.typ+".r", `{"id": "?", "security_group_id": "=aws_security_group.a.id", "from_port": 443, "to_port": 443, `+form.rule+`}`).
			resource("aws_instance.a", `{"id": "?", "subnet_id": "=aws_subnet.a.id", "vpc_security_group_ids": ["=aws_security_group.a.id"]}`).
			resource("aws_instance.b", `{"id": "?", "subnet_id": "=aws_subnet.a.id", "vpc_security_group_ids": ["=aws_security_group.a.id"]}`)
		p.can("aws_instance.a", "aws_instance.b:443", report.Unknown)
		p.can("aws_instance.a", "aws_instance.b:22", report.Unreachable)
	}
}

// TestUnknownTraffic shows rules whose ports, protocol or direction is not known: they may admit anything (V-6).
func TestUnknownTraffic(t *testing.T) {
	for _, rule := range []string{
		`"type": "ingress", "protocol": "=local.protocol", "from_port": 443, "to_port": 443`,
		`"type": "ingress", "protocol": "tcp", "from_port": "=local.port", "to_port": 443`,
		`"type": "ingress", "protocol": "tcp", "from_port": 443, "to_port": "=local.port"`,
		`"type": "=local.way", "protocol": "-1", "from_port": 0, "to_port": 0`,
	} {
		p := plainPlan(t).
			resource("aws_vpc.a", `{"id": "?", "cidr_block": "10.0.0.0/16"}`).
			resource("aws_subnet.a", `{"id": "?", "vpc_id": "=aws_vpc.a.id", "cidr_block": "10.0.1.0/24"}`).
			resource("aws_security_group.a", `{"id": "?", "name": "web", "vpc_id": "=aws_vpc.a.id", "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`).
			resource("aws_security_group.b", `{"id": "?", "name": "app", "vpc_id": "=aws_vpc.a.id", "ingress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}], "egress": []}`).
			resource("aws_security_group_rule.in", `{"id": "?", "security_group_id": "=aws_security_group.a.id", "cidr_blocks": ["0.0.0.0/0"], `+rule+`}`).
			resource("aws_security_group_rule.out", `{"id": "?", "security_group_id": "=aws_security_group.b.id", "cidr_blocks": ["0.0.0.0/0"], `+strings.Replace(rule, "ingress", "egress", 1)+`}`).
			resource("aws_instance.a", `{"id": "?", "subnet_id": "=aws_subnet.a.id", "vpc_security_group_ids": ["=aws_security_group.a.id"]}`).
			resource("aws_instance.b", `{"id": "?", "subnet_id": "=aws_subnet.a.id", "vpc_security_group_ids": ["=aws_security_group.b.id"]}`).
			resource("aws_security_group.c", `{"id": "?", "name": "open", "vpc_id": "=aws_vpc.a.id", "ingress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}], "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`).
			resource("aws_instance.c", `{"id": "?", "subnet_id": "=aws_subnet.a.id", "vpc_security_group_ids": ["=aws_security_group.c.id"]}`)
		p.can("aws_instance.b", "aws_instance.c:22", report.Unknown)
		p.can("aws_instance.c", "aws_instance.a:22", report.Unknown)
	}
}

// TestLooseRule shows a rule that may be one of any group, because it is not known of which it is.
func TestLooseRule(t *testing.T) {
	p := plainPlan(t).
		resource("aws_vpc.a", `{"id": "?", "cidr_block": "10.0.0.0/16"}`).
		resource("aws_subnet.a", `{"id": "?", "vpc_id": "=aws_vpc.a.id", "cidr_block": "10.0.1.0/24"}`).
		resource("aws_security_group.a", `{"id": "?", "name": "web", "vpc_id": "=aws_vpc.a.id", "ingress": [], "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`).
		resource("aws_security_group_rule.r", `{"id": "?", "type": "ingress", "security_group_id": "=local.group", "protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}`).
		resource("aws_instance.a", `{"id": "?", "subnet_id": "=aws_subnet.a.id", "vpc_security_group_ids": ["=aws_security_group.a.id"]}`).
		resource("aws_instance.b", `{"id": "?", "subnet_id": "=aws_subnet.a.id", "vpc_security_group_ids": ["=aws_security_group.a.id"]}`)
	p.can("aws_instance.a", "aws_instance.b:443", report.Unknown)
	p.can("aws_instance.a", "aws_instance.b:22", report.Unreachable) // of whatever group it is, it is of port 443
}

// TestACLNumbers shows two entries with one number, which AWS refuses: it is said, and what hangs on it is unknown.
func TestACLNumbers(t *testing.T) {
	p := web(t, open443).routed().
		resource("aws_network_acl.a", `{"id": "?acl-a", "vpc_id": "vpc-a", "subnet_ids": ["subnet-a"], "egress": [{"rule_no": 100, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"}]}`).
		resource("aws_network_acl_rule.one", `{"id": "?nacl-1", "network_acl_id": "acl-a", "rule_number": 100, "egress": false, "protocol": "tcp", "rule_action": "allow", "from_port": 443, "to_port": 443, "cidr_block": "203.0.113.0/24"}`).
		resource("aws_network_acl_rule.two", `{"id": "?nacl-2", "network_acl_id": "acl-a", "rule_number": 100, "egress": false, "protocol": "tcp", "rule_action": "allow", "from_port": 443, "to_port": 443, "cidr_block": "198.51.100.0/24"}`)
	p.can("203.0.113.7", "aws_instance.a:443", report.Reachable)
	p.can("198.51.100.7", "aws_instance.a:443", report.Unknown)
	if n := p.network(); !slices.ContainsFunc(n.Problems, func(x network.Problem) bool { return strings.Contains(x.Message, "AWS refuses the second") }) {
		t.Errorf("problems %v", n.Problems)
	}
}

// TestElsewhere shows a rule for a group of another configuration: where that is given too, the rule is one of the group's.
func TestElsewhere(t *testing.T) {
	first := web(t, `{"id": "sg-a", "name": "web", "vpc_id": "vpc-a", "ingress": [], "egress": []}`).routed()
	second := annotated(t).resource("aws_vpc_security_group_ingress_rule.r", `{"id": "?sgr-1", "security_group_id": "sg-a", "ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "0.0.0.0/0"}`)
	check(t, network.New(first.contents()), "internet", "aws_instance.a:443", report.Unreachable)
	check(t, network.New(first.contents(), second.contents()), "internet", "aws_instance.a:443", report.Reachable)
	check(t, network.New(second.contents(), first.contents()), "internet", "aws_instance.a:443", report.Reachable)
	if n := network.New(second.contents()); !slices.ContainsFunc(n.Problems, func(x network.Problem) bool { return strings.Contains(x.Message, "managed elsewhere (sg-a)") }) {
		t.Errorf("problems %v", n.Problems)
	}
}

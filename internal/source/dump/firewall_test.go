package dump

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/network/networktest"
)

func prefixes(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// A policy with everything that one may have, its groups in the order of their priorities.
func TestFirewallPolicy(t *testing.T) {
	const arn = "arn:aws:network-firewall:us-east-1:111111111111:"
	c := read(t, `{"FirewallPolicies": [
	{"UpdateToken": "1", "FirewallPolicyResponse": {"FirewallPolicyName": "strict", "FirewallPolicyArn": "`+arn+`firewall-policy/strict", "FirewallPolicyId": "1", "FirewallPolicyStatus": "ACTIVE",
		"Tags": [{"Key": "team", "Value": "net"}]},
	 "FirewallPolicy": {"StatelessRuleGroupReferences": [{"ResourceArn": "`+arn+`stateless-rulegroup/b", "Priority": 20}, {"ResourceArn": "`+arn+`stateless-rulegroup/a", "Priority": 3}],
		"StatelessDefaultActions": ["aws:forward_to_sfe", "Count"], "StatelessFragmentDefaultActions": ["aws:drop"],
		"StatelessCustomActions": [{"ActionName": "Count", "ActionDefinition": {"PublishMetricAction": {"Dimensions": [{"Value": "x"}]}}}],
		"StatefulRuleGroupReferences": [{"ResourceArn": "`+arn+`stateful-rulegroup/d", "Priority": 2},
			{"ResourceArn": "arn:aws:network-firewall:us-east-1:aws-managed:stateful-rulegroup/Threats", "Priority": 1, "Override": {"Action": "DROP_TO_ALERT"}}],
		"StatefulDefaultActions": ["aws:drop_established", "aws:alert_established"], "StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER", "StreamExceptionPolicy": "DROP"},
		"TLSInspectionConfigurationArn": "`+arn+`tls-configuration/t", "PolicyVariables": {"RuleVariables": {"HOME_NET": {"Definition": ["10.0.0.0/8", "192.168.1.1"]}}}}},
	{"FirewallPolicyResponse": {"FirewallPolicyName": "loose", "FirewallPolicyArn": "`+arn+`firewall-policy/loose"},
	 "FirewallPolicy": {"StatelessDefaultActions": ["aws:pass"], "StatelessFragmentDefaultActions": ["aws:pass"],
		"StatefulRuleGroupReferences": [{"ResourceArn": "`+arn+`stateful-rulegroup/f"}, {"ResourceArn": "`+arn+`stateful-rulegroup/e"}]}}]}`)
	want := []*network.FirewallPolicy{
		{Object: network.Object{ID: arn + "firewall-policy/strict", Name: "strict", Account: "111111111111", Region: "us-east-1", Tags: []network.Tag{{Key: "team", Value: "net"}}},
			StatelessGroups: []network.FirewallReference{{RuleGroup: arn + "stateless-rulegroup/a", Priority: 3}, {RuleGroup: arn + "stateless-rulegroup/b", Priority: 20}},
			StatefulGroups: []network.FirewallReference{{RuleGroup: "arn:aws:network-firewall:us-east-1:aws-managed:stateful-rulegroup/Threats", Priority: 1, Override: "DROP_TO_ALERT"},
				{RuleGroup: arn + "stateful-rulegroup/d", Priority: 2}},
			StatelessDefaults: []string{"aws:forward_to_sfe", "Count"}, FragmentDefaults: []string{"aws:drop"}, Strict: true,
			StatefulDefaults: []string{"aws:drop_established", "aws:alert_established"}, TLSInspection: arn + "tls-configuration/t",
			IPSets: map[string][]network.AddressMatch{"HOME_NET": {{Block: netip.MustParsePrefix("10.0.0.0/8")}, {Block: netip.MustParsePrefix("192.168.1.1/32")}}}},
		{Object: network.Object{ID: arn + "firewall-policy/loose", Name: "loose", Account: "111111111111", Region: "us-east-1"},
			StatefulGroups:    []network.FirewallReference{{RuleGroup: arn + "stateful-rulegroup/e"}, {RuleGroup: arn + "stateful-rulegroup/f"}},
			StatelessDefaults: []string{"aws:pass"}, FragmentDefaults: []string{"aws:pass"}},
	}
	if diff := cmp.Diff(want, c.FirewallPolicies, networktest.Options...); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The four forms that the rules of a group have.
func TestRuleGroups(t *testing.T) {
	const arn = "arn:aws:network-firewall:us-east-1:111111111111:"
	group := func(name, kind, rules string) string {
		return `{"RuleGroupResponse": {"RuleGroupArn": "` + arn + name + `", "RuleGroupName": "` + name + `", "Type": "` + kind + `", "Capacity": 100}, "RuleGroup": ` + rules + `}`
	}
	c := read(t, `{"RuleGroups": [`+
		group("stateless", "STATELESS", `{"RulesSource": {"StatelessRulesAndCustomActions": {"CustomActions": [], "StatelessRules": [
			{"Priority": 20, "RuleDefinition": {"Actions": ["aws:pass"], "MatchAttributes": {}}},
			{"Priority": 10, "RuleDefinition": {"Actions": ["aws:drop", "Count"], "MatchAttributes": {"Sources": [{"AddressDefinition": "10.0.0.0/8"}, {"AddressDefinition": "192.0.2.44"}],
				"Destinations": [{"AddressDefinition": "2001:db8::/32"}], "SourcePorts": [{"FromPort": 1024, "ToPort": 65535}], "DestinationPorts": [{"FromPort": 443, "ToPort": 443}],
				"Protocols": [6, 17], "TCPFlags": [{"Flags": ["SYN"], "Masks": ["SYN", "ACK"]}]}}}]}}}`)+","+
		group("text", "STATEFUL", `{"RuleVariables": {"IPSets": {"WEB": {"Definition": ["10.0.1.0/24", "10.0.2.0-10.0.2.2"]}}, "PortSets": {"PORTS": {"Definition": ["80", "8000:8099"]}}},
			"ReferenceSets": {"IPSetReferences": {"OFFICES": {"ReferenceArn": "arn:aws:ec2:us-east-1:111111111111:prefix-list/pl-1"}}}, "StatefulRuleOptions": {"RuleOrder": "STRICT_ORDER"},
			"RulesSource": {"RulesString": "# rules\npass tls $WEB any -> any 443 (tls.sni; content:\"a.example\"; \\\n  endswith; sid:1;)\n\ndrop tcp @OFFICES $PORTS <> any any (flow:to_server; pcre:\"/x/\"; sid:2;)\n"}}`)+","+
		group("fields", "STATEFUL", `{"RulesSource": {"StatefulRules": [{"Action": "REJECT", "Header": {"Protocol": "TCP", "Source": "10.0.0.0/8", "SourcePort": "ANY", "Direction": "ANY",
			"Destination": "[192.0.2.0/24,!192.0.2.1]", "DestinationPort": "[80,8000:8099]"}, "RuleOptions": [{"Keyword": "sid:1"}, {"Keyword": "flow", "Settings": ["established", "to_server"]}]}]}}`)+","+
		group("domains", "STATEFUL", `{"RulesSource": {"RulesSourceList": {"Targets": ["A.example", ".b.example"], "TargetTypes": ["TLS_SNI", "HTTP_HOST"], "GeneratedRulesType": "ALLOWLIST"}}}`)+`]}`)
	object := func(name string) network.Object {
		return network.Object{ID: arn + name, Name: name, Account: "111111111111", Region: "us-east-1"}
	}
	any, ports := network.AddressMatch{Any: true}, network.PortMatch{Any: true}
	block := func(text string) network.AddressMatch {
		return network.AddressMatch{Block: netip.MustParsePrefix(text)}
	}
	span := func(from, to int) network.PortMatch {
		return network.PortMatch{Range: &network.PortRange{From: from, To: to}}
	}
	not := block("192.0.2.1/32")
	not.Not = true
	want := []*network.FirewallRuleGroup{
		{Object: object("stateless"), Type: "STATELESS", Stateless: []network.StatelessRule{
			{Priority: 10, Actions: []string{"aws:drop", "Count"}, Sources: prefixes("10.0.0.0/8", "192.0.2.44/32"), Destinations: prefixes("2001:db8::/32"),
				SourcePorts: []network.PortRange{{From: 1024, To: 65535}}, DestinationPorts: []network.PortRange{{From: 443, To: 443}}, Protocols: []int{6, 17},
				TCPFlags: []network.TCPFlags{{Flags: []string{"SYN"}, Masks: []string{"SYN", "ACK"}}}},
			{Priority: 20, Actions: []string{"aws:pass"}}}},
		{Object: object("text"), Type: "STATEFUL", Strict: true, IPSets: map[string][]network.AddressMatch{"WEB": {block("10.0.1.0/24"), block("10.0.2.0/31"), block("10.0.2.2/32")}},
			PortSets: map[string][]network.PortMatch{"PORTS": {span(80, 80), span(8000, 8099)}}, References: map[string]string{"OFFICES": "arn:aws:ec2:us-east-1:111111111111:prefix-list/pl-1"},
			Rules: []network.StatefulRule{
				{Action: "pass", Protocol: "tls", Source: network.AddressMatch{Variable: "WEB"}, SourcePorts: ports, Destination: any, DestinationPorts: span(443, 443),
					Names: []network.NameMatch{{Buffer: "tls.sni", Content: "a.example", EndsWith: true}}, Text: `pass tls $WEB any -> any 443 (tls.sni; content:"a.example"; endswith; sid:1;)`},
				{Action: "drop", Protocol: "tcp", Source: network.AddressMatch{Reference: "OFFICES"}, SourcePorts: network.PortMatch{Variable: "PORTS"}, Both: true, Destination: any, DestinationPorts: ports,
					Flow: []string{"to_server"}, Unevaluated: []string{"pcre"}, Text: `drop tcp @OFFICES $PORTS <> any any (flow:to_server; pcre:"/x/"; sid:2;)`}}},
		{Object: object("fields"), Type: "STATEFUL", Rules: []network.StatefulRule{{Action: "reject", Protocol: "tcp", Source: block("10.0.0.0/8"), SourcePorts: ports, Both: true,
			Destination: network.AddressMatch{List: []network.AddressMatch{block("192.0.2.0/24"), not}}, DestinationPorts: network.PortMatch{List: []network.PortMatch{span(80, 80), span(8000, 8099)}},
			Flow: []string{"established", "to_server"}, Text: `reject tcp 10.0.0.0/8 any <> [192.0.2.0/24,!192.0.2.1] [80,8000:8099] (sid:1; flow:established,to_server;)`}}},
		{Object: object("domains"), Type: "STATEFUL", Domains: &network.DomainList{Action: "ALLOWLIST", Targets: []string{"a.example", ".b.example"}, TLS: true, HTTP: true}},
	}
	if diff := cmp.Diff(want, c.FirewallRuleGroups, networktest.Options...); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := c.FirewallRuleGroups[2].Rules[0].Origin.Path; got != "/RuleGroups/2/RuleGroup/RulesSource/StatefulRules/0" {
		t.Error(got)
	}
}

package scenario

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

const inspection = `
vpc prod 10.0.0.0/16
subnet fw-a prod 10.0.1.0/28
subnet fw-b prod 10.0.1.16/28 zone=us-east-1b
vpc spoke 10.1.0.0/16
subnet fw-s spoke 10.1.1.0/28
prefix-list pl-partners 203.0.113.0/24
absent arn:aws:network-firewall:us-east-1:aws-managed:stateful-rulegroup/BotNet gone
firewall inspect fw-b vpce-2 fw-a vpce-1 fw-s vpce-3 policy=egress status=READY,PROVISIONING,READY
firewall bare fw-a vpce-4
policy egress strict default=drop_established,alert_established stateless-default=forward,count fragment-default=drop home=10.0.0.0/8,!10.9.0.1
  names 20 drop-to-alert
  rules 10
  ports-first 5
  arn:aws:network-firewall:us-east-1:aws-managed:stateful-rulegroup/BotNet 30
  gone 40
rule-group ports-first stateless
  20 drop all any -> 198.51.100.0/24,203.0.113.0/24
  10 pass tcp,17 10.0.0.0/8 1024-65535 -> any 53,8000-8100 flags=SYN/SYN+ACK,RST
  30 count,forward icmp any -> any defect="not understood"
rule-group names stateful
  domains allow tls,http .example.com example.org
rule-group rules stateful
  ip SERVERS = 10.0.2.0/24,!10.0.2.7,@partners
  ports WEB = 80,8000-8100,!8080
  list partners = pl-partners
  pass tcp $SERVERS any -> ![@partners,192.0.2.0/24] $WEB (flow:to_server; msg:"to the web\; # really"; sid:1;)   # a comment
  drop ip any any <> any any (sid:2; rev:1;)
  drop ip any any -> any any (sid:3;) defect="made so"
`

func TestFirewalls(t *testing.T) {
	n := parse(t, inspection)
	arn := func(kind string) string { return "arn:aws:network-firewall:us-east-1:111111111111:" + kind }
	f, ok := n.Firewalls.Get(arn("firewall/inspect"))
	if !ok || f.Policy != arn("firewall-policy/egress") || f.VPC != "prod" || len(f.Endpoints) != 3 {
		t.Fatalf("%+v", f)
	}
	for i, want := range []network.FirewallEndpoint{{ID: "vpce-1", VPC: "prod", Subnet: "fw-a", Zone: "us-east-1a", Status: "PROVISIONING"},
		{ID: "vpce-2", VPC: "prod", Subnet: "fw-b", Zone: "us-east-1b", Status: "READY"}, {ID: "vpce-3", VPC: "spoke", Subnet: "fw-s", Zone: "us-east-1a", Status: "READY"}} {
		got := f.Endpoints[i]
		if got.Origin = (network.Origin{}); got != want {
			t.Errorf("%+v", got)
		}
	}
	if bare, _ := n.Firewalls.Get(arn("firewall/bare")); bare.Policy != "" {
		t.Errorf("%+v", bare)
	}
	p, _ := n.FirewallPolicies.Get(f.Policy)
	if !p.Strict || !slices.Equal(p.StatelessDefaults, []string{"aws:forward_to_sfe", "count"}) || !slices.Equal(p.FragmentDefaults, []string{"aws:drop"}) ||
		!slices.Equal(p.StatefulDefaults, []string{"aws:drop_established", "aws:alert_established"}) {
		t.Errorf("%+v", p)
	}
	var groups []string
	for _, r := range slices.Concat(p.StatelessGroups, p.StatefulGroups) {
		groups = append(groups, r.RuleGroup+r.Override)
	}
	if want := []string{arn("stateless-rulegroup/ports-first"), arn("stateful-rulegroup/rules"), arn("stateful-rulegroup/names") + "DROP_TO_ALERT",
		"arn:aws:network-firewall:us-east-1:aws-managed:stateful-rulegroup/BotNet", arn("stateful-rulegroup/gone")}; !slices.Equal(groups, want) {
		t.Errorf("%v", groups)
	}
	if h := p.IPSets["HOME_NET"]; len(h) != 2 || h[0].Block.String() != "10.0.0.0/8" || !h[1].Not || h[1].Block.String() != "10.9.0.1/32" {
		t.Errorf("%+v", h)
	}

	g, _ := n.FirewallRuleGroups.Get(arn("stateless-rulegroup/ports-first"))
	if len(g.Stateless) != 3 || g.Stateless[0].Priority != 10 || g.Stateless[2].Defect == nil {
		t.Fatalf("%+v", g)
	}
	r := g.Stateless[0]
	if !slices.Equal(r.Actions, []string{"aws:pass"}) || !slices.Equal(r.Protocols, []int{6, 17}) || !slices.Equal(r.Sources, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}) ||
		len(r.Destinations) != 0 || !slices.Equal(r.SourcePorts, []network.PortRange{{From: 1024, To: 65535}}) || !slices.Equal(r.DestinationPorts, []network.PortRange{{From: 53, To: 53}, {From: 8000, To: 8100}}) {
		t.Errorf("%+v", r)
	}
	if f := r.TCPFlags; len(f) != 2 || !slices.Equal(f[0].Masks, []string{"SYN", "ACK"}) || !slices.Equal(f[1].Flags, []string{"RST"}) || f[1].Masks != nil {
		t.Errorf("%+v", f)
	}
	if d, _ := n.FirewallRuleGroups.Get(arn("stateful-rulegroup/names")); !d.Strict || d.Domains == nil || d.Domains.Action != "ALLOWLIST" || !d.Domains.TLS || !d.Domains.HTTP ||
		!slices.Equal(d.Domains.Targets, []string{".example.com", "example.org"}) {
		t.Errorf("%+v", d)
	}

	s, _ := n.FirewallRuleGroups.Get(arn("stateful-rulegroup/rules"))
	if s.References["partners"] != "pl-partners" || len(s.IPSets["SERVERS"]) != 3 || s.IPSets["SERVERS"][2].Reference != "partners" || len(s.PortSets["WEB"]) != 3 || !s.PortSets["WEB"][2].Not {
		t.Errorf("%+v", s)
	}
	if len(s.Rules) != 3 {
		t.Fatalf("%+v", s.Rules)
	}
	if one := s.Rules[0]; one.Action != "pass" || one.Protocol != "tcp" || one.Source.Variable != "SERVERS" || !one.Destination.Not || one.DestinationPorts.Variable != "WEB" ||
		!slices.Equal(one.Flow, []string{"to_server"}) || one.Defect != nil || one.Text != `pass tcp $SERVERS any -> ![@partners,192.0.2.0/24] $WEB (flow:to_server; msg:"to the web\; # really"; sid:1;)` {
		t.Errorf("%+v", one)
	}
	if two := s.Rules[1]; !two.Both || two.Action != "drop" || two.Defect != nil {
		t.Errorf("%+v", two)
	}
	if three := s.Rules[2]; three.Defect == nil || three.Defect.Reason != "made so" || three.Text != "drop ip any any -> any any (sid:3;)" {
		t.Errorf("%+v", three)
	}
}

func TestFirewallMistakes(t *testing.T) {
	const above = "vpc prod 10.0.0.0/16\nsubnet fw prod 10.0.1.0/28\nsubnet fw-2 prod 10.0.2.0/28\n"
	mistakes(t, []mistaken{
		{above + "firewall f fw vpce-1 fw-2", "test:4: a firewall has a subnet and an endpoint, as often as it has endpoints"},
		{above + "firewall f fw vpce-1 fw-2 vpce-2", "test:4: a firewall has one endpoint in a zone of a VPC: vpce-2 is a second one in us-east-1a"},
		{above + "firewall f fw vpce-1 policy=p", `test:4: there is no policy p: describe it, or say "absent p"`},
		{above + "policy p strict\n  g 10", `test:5: there is no rule-group g: describe it, or say "absent g"`},
		{above + "policy p strict\n  g\nrule-group g stateful", "test:5: g needs a priority: NAME PRIORITY"},
		{above + "rule-group g either", "test:4: rule-group needs NAME stateless|stateful"},
		{above + "rule-group g stateless\n  10 pass tcp any any", "test:5: a stateless rule is: PRIORITY pass|drop|forward PROTOCOL SOURCE [PORTS] -> DESTINATION [PORTS]"},
		{above + "rule-group g stateless\n  10 pass sctp any -> any", "test:5: sctp is no protocol: it is a number from 0 to 255"},
		{above + "rule-group g stateless\n  10 pass tcp any -> any 80-", "test:5: 80- is no ports: they are 443, or 8000-8100"},
		{above + "rule-group g stateful\n  domains permit tls a.b", "test:5: permit is no action of a list of domains: it is one of alert, allow, deny, reject"},
		{above + "rule-group g stateful\n  ip A = 10.0.0", `test:5: "10.0.0" is no address`},
		{above + "rule-group g stateful\n  let A = 1", "test:5: let is no kind of variable: it is ip, ports or list"},
		{above + "rule-group g stateful\n  domains allow tls a.b\n  pass ip any any -> any any (sid:1;)", "test:6: a rule group has rules or a list of domains, and not both"},
		{above + "rule-group g stateful\n  pass everything", "test:5: column 16 of the rule: here is missing a source"},
	})
}

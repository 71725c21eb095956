package dump

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/suricata"
)

func (m *maker) firewall(c *network.Contents, p network.Place) {
	m.n++
	arn := func(kind string) string {
		return fmt.Sprintf("arn:aws:network-firewall:%s:%s:%s/%d", p.Region, p.Account, kind, m.n)
	}
	f := &network.Firewall{Object: m.object(arn("firewall"), p), VPC: m.id("vpc"), Policy: arn("firewall-policy")}
	for _, zone := range []string{"a", "b"}[:m.to(2, "zones")] {
		f.Endpoints = append(f.Endpoints, network.FirewallEndpoint{ID: m.id("vpce"), VPC: f.VPC, Subnet: m.id("subnet"), Zone: p.Region + zone, Status: "READY"})
	}
	if m.yes("associated") {
		f.Endpoints = append(f.Endpoints, network.FirewallEndpoint{ID: m.id("vpce"), VPC: m.id("vpc"), Subnet: m.id("subnet"), Zone: p.Region + "a", Status: "PROVISIONING"})
	}
	c.Firewalls = append(c.Firewalls, f)
	policy := &network.FirewallPolicy{Object: m.object(arn("firewall-policy"), p), Strict: m.yes("strict"), StatelessDefaults: []string{m.one("default", "aws:pass", "aws:forward_to_sfe"), "mine"},
		FragmentDefaults: []string{"aws:drop"}, TLSInspection: m.one("tls", "", arn("tls-configuration"))}
	stateless := &network.FirewallRuleGroup{Object: m.object(arn("stateless-rulegroup"), p), Type: "STATELESS"}
	for i := range m.to(3, "stateless rules") {
		stateless.Stateless = append(stateless.Stateless, m.stateless(10*i+1))
	}
	policy.StatelessGroups = []network.FirewallReference{{RuleGroup: stateless.ID, Priority: 3}, {RuleGroup: arn("stateless-rulegroup/b"), Priority: 7}}[:m.to(2, "stateless groups")]
	stateful := &network.FirewallRuleGroup{Object: m.object(arn("stateful-rulegroup"), p), Type: "STATEFUL", Strict: policy.Strict}
	if m.yes("domains") {
		stateful.Domains = &network.DomainList{Action: m.one("action", "ALLOWLIST", "DENYLIST", "REJECTLIST", "ALERTLIST"), Targets: []string{"a.example", ".b.example"}, TLS: true, HTTP: m.yes("http")}
	} else {
		for range m.to(3, "stateful rules") {
			stateful.Rules = append(stateful.Rules, m.stateful())
		}
		if m.yes("variables") {
			stateful.IPSets = map[string][]network.AddressMatch{"HOME_NET": {m.match(1), {Variable: "OTHER"}}, "NONE": {}}
			stateful.PortSets = map[string][]network.PortMatch{"WEB": {m.portMatch(1)}}
			stateful.References = map[string]string{"OFFICES": "arn:aws:ec2:" + p.Region + ":" + p.Account + ":prefix-list/pl-1"}
		}
	}
	for i, id := range []string{stateful.ID, arn("stateful-rulegroup/b")} {
		g := network.FirewallReference{RuleGroup: id, Override: m.one("override", "", "DROP_TO_ALERT")}
		if policy.Strict {
			g.Priority = 10 - i
		}
		policy.StatefulGroups = append(policy.StatefulGroups, g)
	}
	slices.SortFunc(policy.StatefulGroups, func(a, b network.FirewallReference) int { return a.Priority - b.Priority })
	if policy.Strict {
		policy.StatefulDefaults = []string{"aws:drop_established", "aws:alert_established"}
	}
	if m.yes("home") {
		policy.IPSets = map[string][]network.AddressMatch{"HOME_NET": {m.match(1)}}
	}
	c.FirewallPolicies = append(c.FirewallPolicies, policy)
	c.FirewallRuleGroups = append(c.FirewallRuleGroups, stateless, stateful)
}

func (m *maker) stateless(priority int) network.StatelessRule {
	r := network.StatelessRule{Priority: priority, Actions: []string{m.one("action", "aws:pass", "aws:drop", "aws:forward_to_sfe")}, Defect: m.defect()}
	if m.yes("sources") {
		r.Sources = []netip.Prefix{m.block(), m.block()}
	}
	if m.yes("ports") {
		r.DestinationPorts = []network.PortRange{{From: 0, To: 80}, {From: 443, To: 443}}
	}
	if m.yes("protocols") {
		r.Protocols = []int{6, 17}
	}
	if m.yes("flags") {
		r.TCPFlags = []network.TCPFlags{{Flags: []string{"SYN"}, Masks: []string{"SYN", "ACK"}}, {Flags: []string{"FIN"}}}
	}
	return r
}

// stateful makes a rule from text, as reading one does.
func (m *maker) stateful() network.StatefulRule {
	if m.to(4, "flawed") == 0 {
		text := m.one("text", "pass tcp any any <- any any (sid:1;)", "?", "pass tcp any any -> any any (sid:1;)")
		return network.StatefulRule{Text: text, Defect: &network.Defect{Reason: "line 7, column 9: something is wrong"}}
	}
	r := network.StatefulRule{Action: m.one("action", "pass", "drop", "reject", "alert"), Protocol: m.one("protocol", "ip", "tcp", "tls", "ikev2"), Both: m.yes("both"),
		Source: m.match(0), SourcePorts: m.portMatch(0), Destination: m.match(0), DestinationPorts: m.portMatch(0)}
	if m.yes("flow") {
		r.Flow = []string{"established", "to_server"}
	}
	if m.yes("name") {
		r.Names = []network.NameMatch{{Buffer: "tls.sni", Content: "a|\";:\\\xff.example", Not: m.yes("not"), EndsWith: m.yes("ends"), DotPrefix: m.yes("dot")}, {Buffer: "http.host"}}
	}
	if m.yes("unevaluated") {
		r.Unevaluated = []string{"pcre", "content", "flow"}
	}
	r.Text = suricata.Render(r)
	return r
}

func (m *maker) match(depth int) network.AddressMatch {
	a := network.AddressMatch{Not: m.yes("not")}
	switch m.to(4, "match") {
	case 0:
		return network.AddressMatch{Any: true}
	case 1:
		a.Variable = "HOME_NET"
	case 2:
		a.Reference = "OFFICES"
	case 3:
		if depth < 2 {
			a.Not = depth > 0 || a.Not // what is not negated is part of the list around it
			a.List = []network.AddressMatch{m.match(depth + 1), {Block: m.block()}}
			break
		}
		fallthrough
	default:
		a.Block = m.block()
	}
	return a
}

func (m *maker) portMatch(depth int) network.PortMatch {
	p := network.PortMatch{Not: m.yes("not")}
	switch m.to(3, "match") {
	case 0:
		return network.PortMatch{Any: true}
	case 1:
		p.Variable = "WEB"
	case 2:
		if depth == 0 {
			p.Not, p.List = false, []network.PortMatch{m.portMatch(1), {Not: true, List: []network.PortMatch{{Variable: "WEB"}, {Range: &network.PortRange{From: 1, To: 9}}}}}
			break
		}
		fallthrough
	default:
		from := m.to(65535, "from")
		p.Range = &network.PortRange{From: from, To: from + m.to(65535-from, "to")}
	}
	return p
}

func (m *maker) zone(c *network.Contents, p network.Place) {
	z := &network.HostedZone{Object: m.object(fmt.Sprintf("Z%d", m.n), p), VPCsKnown: m.yes("vpcs"), RecordsKnown: m.yes("records")}
	z.Name, z.Region = m.one("domain", "corp.example", "x_1.internal", "naïve.example"), m.one("region", "", p.Region)
	if z.VPCsKnown {
		z.VPCs = m.ids("vpc")
	}
	if z.RecordsKnown || m.yes("some") {
		for i := range m.to(4, "records") {
			r := network.Record{Name: fmt.Sprintf("r%d.%s", i, z.Name), Type: m.one("type", "A", "AAAA", "CNAME")}
			switch {
			case r.Type == "CNAME" || m.yes("alias"):
				r.Target = "*.elsewhere.example"
			case r.Type == "A":
				r.Addresses = []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")}
			default:
				r.Addresses = []netip.Addr{netip.MustParseAddr("2001:db8::1")}
			}
			z.Records = append(z.Records, r)
		}
	}
	c.HostedZones = append(c.HostedZones, z)
}

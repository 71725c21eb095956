package random

import (
	"fmt"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// stateful makes a stateful rule group: of rules, or of domains. A last one may end in a rule that passes all.
func (m *maker) stateful(v *vpc, strict, last bool) *network.FirewallRuleGroup {
	g := &network.FirewallRuleGroup{Object: m.named("network-firewall", "stateful-rulegroup", v.place()), Type: "STATEFUL", Strict: strict}
	if m.chance(25) {
		g.Domains = &network.DomainList{Action: one(m, "ALLOWLIST", "ALLOWLIST", "ALLOWLIST", "DENYLIST", "DENYLIST", "REJECTLIST", "ALERTLIST"),
			Targets: one(m, []string{".example.com"}, []string{".example.com", "api.example.org"}, []string{"www.example.com"}), TLS: true, HTTP: m.chance(60)}
		if g.Domains.HTTP && m.chance(25) {
			g.Domains.TLS = false
		}
		return g
	}
	if m.chance(40) {
		g.IPSets = map[string][]network.AddressMatch{"SERVERS": m.blocks()}
		if m.chance(20) {
			g.IPSets["HOME_NET"] = m.blocks()
		}
	}
	if m.chance(30) {
		g.PortSets = map[string][]network.PortMatch{"WEB": {portsOf(80, 80), portsOf(443, 443)}}
	}
	if m.chance(20) {
		l := one(m, m.PrefixLists...)
		g.References = map[string]string{"lists": l.ID}
		if m.chance(50) {
			g.References["lists"] = "arn:aws:ec2:" + l.Region + ":" + l.Account + ":prefix-list/" + l.ID
		}
	}
	for range one(m, 1, 1, 2, 3) {
		g.Rules = append(g.Rules, written(m.statefulRule(g)))
	}
	if last {
		g.Rules = append(g.Rules, written(network.StatefulRule{Action: "pass", Protocol: one(m, "ip", "ip", "tcp"), Source: anywhere, Destination: anywhere, SourcePorts: anyPort, DestinationPorts: anyPort}))
	}
	return g
}

var (
	anywhere = network.AddressMatch{Any: true}
	anyPort  = network.PortMatch{Any: true}
)

func portsOf(from, to int) network.PortMatch {
	return network.PortMatch{Range: &network.PortRange{From: from, To: to}}
}

// statefulRule makes a rule: about what is there, mostly, with now and then something that is not evaluated.
func (m *maker) statefulRule(g *network.FirewallRuleGroup) network.StatefulRule {
	r := network.StatefulRule{Action: one(m, "pass", "pass", "pass", "pass", "pass", "drop", "drop", "drop", "reject", "alert"),
		Source: m.addressMatch(g), Destination: m.addressMatch(g), SourcePorts: anyPort, DestinationPorts: anyPort, Both: m.chance(15)}
	r.Protocol = one(m, "tcp", "tcp", "tcp", "tcp", "ip", "ip", "ip", "udp", "udp", "icmp", "tls", "tls", "http", "ssh", "dns")
	if m.chance(4) {
		r.Protocol = one(m, "quic", "ntp", "smtp", "http2", "tcp-pkt", "ftp")
	}
	if r.Protocol != "ip" && r.Protocol != "icmp" || m.chance(8) {
		if m.chance(45) {
			r.DestinationPorts = m.portMatch(g)
		}
		if m.chance(10) {
			r.SourcePorts = m.portMatch(g)
		}
	}
	switch m.IntN(12) {
	case 0, 1:
		r.Flow = []string{"to_server"}
	case 2:
		r.Flow = []string{"established"}
	case 3:
		r.Flow = []string{"established", "to_server"}
	case 4:
		r.Flow = []string{one(m, "to_client", "not_established", "stateless")}
	}
	if named := r.Protocol == "tls" || r.Protocol == "http"; named && m.chance(80) || r.Protocol == "tcp" && m.chance(4) {
		n := network.NameMatch{Buffer: "tls.sni", Content: one(m, ".example.com", "example.com", "api.", "internal"), Not: m.chance(10), NoCase: m.chance(30)}
		if r.Protocol == "http" {
			n.Buffer = "http.host"
		}
		n.DotPrefix = n.Content[0] == '.' && m.chance(85)
		n.EndsWith = n.Content[0] != 'a' && m.chance(75)
		n.StartsWith = !n.DotPrefix && m.chance(25)
		r.Names = append(r.Names, n)
	}
	if m.chance(5) {
		r.Unevaluated = []string{one(m, "geoip", "dsize", "ttl")}
	}
	return r
}

func (m *maker) addressMatch(g *network.FirewallRuleGroup) network.AddressMatch {
	if m.chance(40) {
		return anywhere
	}
	var a network.AddressMatch
	switch n := m.IntN(20); {
	case n < 5:
		a.Variable = "HOME_NET"
	case n < 6:
		a.Variable = "EXTERNAL_NET"
	case n < 9:
		a.Variable = "SERVERS"
		if g.IPSets["SERVERS"] == nil && m.chance(80) {
			a = network.AddressMatch{Block: m.block(true)}
		}
	case n < 11 && g.References != nil:
		a.Reference = "lists"
	case n < 15:
		a.List = []network.AddressMatch{{Block: m.block(true)}, {Block: m.block(m.chance(60)), Not: m.chance(50)}}
		if m.chance(25) {
			a.List = append(a.List, network.AddressMatch{Variable: "HOME_NET", Not: m.chance(40)})
		}
	default:
		a.Block = m.block(m.chance(80))
	}
	a.Not = m.chance(12)
	return a
}

func (m *maker) portMatch(g *network.FirewallRuleGroup) network.PortMatch {
	p := one(m, portsOf(443, 443), portsOf(443, 443), portsOf(80, 80), portsOf(22, 22), portsOf(53, 53), portsOf(80, 443), portsOf(1024, 65535), portsOf(0, 1023), portsOf(8080, 8080))
	switch m.IntN(8) {
	case 0:
		p = network.PortMatch{List: []network.PortMatch{portsOf(80, 80), portsOf(443, 443)}}
	case 1:
		not := portsOf(443, 443)
		not.Not = true
		return network.PortMatch{List: []network.PortMatch{portsOf(0, 8080), not}}
	case 2:
		if g.PortSets != nil || m.chance(15) {
			p = network.PortMatch{Variable: "WEB"}
		}
	}
	p.Not = m.chance(12)
	return p
}

// values are what options that are not evaluated have here.
var values = map[string]string{"geoip": "any,US", "dsize": ">100", "ttl": "64"}

// written gives a rule the text that says the same.
func written(r network.StatefulRule) network.StatefulRule {
	direction := "->"
	if r.Both {
		direction = "<>"
	}
	var options []string
	if r.Flow != nil {
		options = append(options, "flow:"+strings.Join(r.Flow, ","))
	}
	for _, n := range r.Names {
		options = append(options, n.Buffer)
		for _, o := range []struct {
			set  bool
			text string
		}{{n.DotPrefix, "dotprefix"}, {!n.Not, `content:"` + n.Content + `"`}, {n.Not, `content:!"` + n.Content + `"`}, {n.StartsWith, "startswith"}, {n.EndsWith, "endswith"}, {n.NoCase, "nocase"}} {
			if o.set {
				options = append(options, o.text)
			}
		}
	}
	for _, keyword := range r.Unevaluated {
		options = append(options, keyword+":"+values[keyword])
	}
	options = append(options, "sid:1")
	r.Text = fmt.Sprintf("%s %s %s %s %s %s %s (%s;)", r.Action, r.Protocol, addressText(r.Source), portText(r.SourcePorts), direction, addressText(r.Destination), portText(r.DestinationPorts),
		strings.Join(options, "; "))
	return r
}

func addressText(a network.AddressMatch) string {
	text := a.Block.String()
	switch {
	case a.Any:
		text = "any"
	case a.Variable != "":
		text = "$" + a.Variable
	case a.Reference != "":
		text = "@" + a.Reference
	case a.List != nil:
		var all []string
		for _, each := range a.List {
			all = append(all, addressText(each))
		}
		text = "[" + strings.Join(all, ",") + "]"
	}
	if a.Not {
		return "!" + text
	}
	return text
}

func portText(p network.PortMatch) string {
	text := "any"
	switch {
	case p.Variable != "":
		text = "$" + p.Variable
	case p.Range != nil && p.Range.From == p.Range.To:
		text = fmt.Sprint(p.Range.From)
	case p.Range != nil:
		text = fmt.Sprintf("%d:%d", p.Range.From, p.Range.To)
	case p.List != nil:
		var all []string
		for _, each := range p.List {
			all = append(all, portText(each))
		}
		text = "[" + strings.Join(all, ",") + "]"
	}
	if p.Not {
		return "!" + text
	}
	return text
}

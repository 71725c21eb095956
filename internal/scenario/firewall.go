package scenario

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/suricata"
)

func firewallARN(o network.Object, kind, name string) string {
	return fmt.Sprintf("arn:aws:network-firewall:%s:%s:%s/%s", o.Region, o.Account, kind, name)
}

// firewall is a firewall with its endpoints, the VPC of the first of them its own.
func (p *parser) firewall(w []string) {
	if len(w)%2 == 0 {
		p.fail("a firewall has a subnet and an endpoint, as often as it has endpoints")
		return
	}
	at := p.ofSubnet(w[1])
	f := &network.Firewall{Object: p.object(w[0], at.VPC), VPC: at.VPC}
	f.ID = firewallARN(f.Object, "firewall", w[0])
	statuses := strings.Split(p.line.option("status", "READY"), ",")
	for i := 1; i < len(w); i += 2 {
		s := p.ofSubnet(w[i])
		e := network.FirewallEndpoint{ID: w[i+1], VPC: s.VPC, Subnet: w[i], Zone: s.Zone, Status: statuses[min(i/2, len(statuses)-1)], Origin: p.origin()}
		if slices.ContainsFunc(f.Endpoints, func(other network.FirewallEndpoint) bool { return other.VPC == e.VPC && other.Zone == e.Zone }) {
			p.fail("a firewall has one endpoint in a zone of a VPC: %s is a second one in %s", e.ID, e.Zone)
		}
		for _, other := range append(p.out.Firewalls, f) {
			if slices.ContainsFunc(other.Endpoints, func(each network.FirewallEndpoint) bool { return each.ID == e.ID }) {
				p.fail("%s is an endpoint of the firewall of line %d already", e.ID, p.lineOf(other.Origin))
			}
		}
		f.Endpoints = append(f.Endpoints, e)
		p.known[e.ID] = network.TargetEndpoint
	}
	slices.SortStableFunc(f.Endpoints, func(x, y network.FirewallEndpoint) int { return cmp.Compare(x.ID, y.ID) })
	if name := p.line.option("policy", ""); name != "" {
		p.check(func() {
			f.Policy = firewallARN(f.Object, "firewall-policy", name)
			policy := p.policies[name]
			p.must("policy", name, policy != nil)
			if policy != nil {
				f.Policy = policy.ID
			}
		})
	}
	p.out.Firewalls = append(p.out.Firewalls, f)
}

// statelessActions are the actions of the stateless engine. Other words are kept as they are: the names of custom actions.
var statelessActions = map[string]string{"pass": "aws:pass", "drop": "aws:drop", "forward": "aws:forward_to_sfe"}

func statelessActionsOf(words []string) []string {
	var all []string
	for _, w := range words {
		all = append(all, cmp.Or(statelessActions[w], w))
	}
	return all
}

func (p *parser) policy(w []string) {
	y := &network.FirewallPolicy{Object: p.object(w[0], ""), Strict: p.line.flag("strict"), TLSInspection: p.line.option("tls-inspection", "")}
	y.ID = firewallARN(y.Object, "firewall-policy", w[0])
	y.StatelessDefaults = statelessActionsOf(strings.Split(p.line.option("stateless-default", "forward"), ","))
	y.FragmentDefaults = y.StatelessDefaults
	if list := p.line.list("fragment-default"); list != nil {
		y.FragmentDefaults = statelessActionsOf(list)
	}
	for _, word := range p.line.list("default") {
		y.StatefulDefaults = append(y.StatefulDefaults, "aws:"+word)
	}
	if home := p.line.list("home"); home != nil {
		y.IPSets = map[string][]network.AddressMatch{"HOME_NET": p.addressMatches(home)}
	}
	p.policies[w[0]] = y
	p.out.FirewallPolicies = append(p.out.FirewallPolicies, y)
	p.inner = func() { p.policyGroup(y) }
}

// policyGroup is a rule group of a policy: its name, and its priority. Of one that is not described the name may be its ARN.
func (p *parser) policyGroup(y *network.FirewallPolicy) {
	w := p.line.words
	r := network.FirewallReference{Origin: p.origin()}
	if p.line.flag("drop-to-alert") {
		r.Override = "DROP_TO_ALERT"
	}
	if len(w) > 2 {
		p.fail("a rule group of a policy is: NAME [PRIORITY]")
		return
	}
	if len(w) == 2 {
		r.Priority = p.number("priority", w[1], 1, 65535)
	}
	p.check(func() {
		g := p.ruleGroups[w[0]]
		p.must("rule-group", w[0], g != nil)
		stateless := g != nil && g.Type == "STATELESS" || strings.Contains(w[0], ":stateless-rulegroup/")
		switch {
		case g != nil:
			r.RuleGroup = g.ID
			g.Strict = g.Strict || !stateless && y.Strict // AWS takes no other group into such a policy
		case strings.HasPrefix(w[0], "arn:"):
			r.RuleGroup = w[0]
		default:
			r.RuleGroup = firewallARN(y.Object, "stateful-rulegroup", w[0])
		}
		list := &y.StatefulGroups
		if stateless {
			list = &y.StatelessGroups
		}
		if r.Priority == 0 && (stateless || y.Strict) {
			p.fail("%s needs a priority: NAME PRIORITY", w[0])
		}
		*list = append(*list, r)
		slices.SortStableFunc(*list, func(a, b network.FirewallReference) int {
			return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.RuleGroup, b.RuleGroup))
		})
	})
}

func (p *parser) ruleGroup(w []string) {
	g := &network.FirewallRuleGroup{Object: p.object(w[0], ""), Type: strings.ToUpper(w[1]), Strict: p.line.flag("strict")}
	if g.Type != "STATELESS" && g.Type != "STATEFUL" || len(w) != 2 {
		p.fail("rule-group needs NAME stateless|stateful")
		return
	}
	g.ID = firewallARN(g.Object, w[1]+"-rulegroup", w[0])
	p.ruleGroups[w[0]] = g
	p.out.FirewallRuleGroups = append(p.out.FirewallRuleGroups, g)
	p.inner = func() { p.statefulPart(g) }
	if g.Type == "STATELESS" {
		p.inner = func() { p.statelessRule(g) }
	}
}

// statelessRule reads "PRIORITY ACTION PROTOCOL SOURCE [PORTS] -> DESTINATION [PORTS]".
func (p *parser) statelessRule(g *network.FirewallRuleGroup) {
	if err := p.line.cut(p.line.raw); err != nil {
		p.fail("%v", err)
		return
	}
	w := p.line.words
	arrow := slices.Index(w, "->")
	if arrow != 4 && arrow != 5 || len(w)-arrow != 2 && len(w)-arrow != 3 {
		p.fail("a stateless rule is: PRIORITY pass|drop|forward PROTOCOL SOURCE [PORTS] -> DESTINATION [PORTS]")
		return
	}
	r := network.StatelessRule{Priority: p.number("priority", w[0], 1, 65535), Actions: statelessActionsOf(strings.Split(w[1], ",")), Origin: p.origin(), Defect: p.defect()}
	names := map[string]int{"tcp": packet.TCP, "udp": packet.UDP, "icmp": packet.ICMP, "icmpv6": packet.ICMPv6}
	if w[2] != "all" {
		for _, word := range strings.Split(w[2], ",") {
			number, ok := names[word]
			if !ok {
				number = p.number("protocol", word, 0, 255)
			}
			r.Protocols = append(r.Protocols, number)
		}
	}
	r.Sources, r.SourcePorts = p.statelessEnd(w[3:arrow])
	r.Destinations, r.DestinationPorts = p.statelessEnd(w[arrow+1:])
	for _, each := range p.line.list("flags") { // "SYN" or "SYN/SYN+ACK"
		set, masks, masked := strings.Cut(each, "/")
		f := network.TCPFlags{Flags: strings.Split(set, "+")}
		if masked {
			f.Masks = strings.Split(masks, "+")
		}
		r.TCPFlags = append(r.TCPFlags, f)
	}
	g.Stateless = append(g.Stateless, r)
	slices.SortStableFunc(g.Stateless, func(a, b network.StatelessRule) int { return cmp.Compare(a.Priority, b.Priority) })
}

func (p *parser) statelessEnd(words []string) (blocks []netip.Prefix, ports []network.PortRange) {
	if words[0] != "any" {
		blocks = p.blocks(strings.Split(words[0], ","))
	}
	if len(words) > 1 {
		for _, word := range strings.Split(words[1], ",") {
			ports = append(ports, p.portRange(word))
		}
	}
	return blocks, ports
}

// portRange reads "443" and "8000-8100".
func (p *parser) portRange(word string) network.PortRange {
	low, high, two := strings.Cut(word, "-")
	from, err := strconv.Atoi(low)
	to := from
	if two && err == nil {
		to, err = strconv.Atoi(high)
	}
	if err != nil || from < 0 || to > 65535 || to < from {
		p.fail("%s is no ports: they are 443, or 8000-8100", word)
	}
	return network.PortRange{From: from, To: to}
}

// domainActions are the actions of lists of domains.
var domainActions = map[string]string{"allow": "ALLOWLIST", "deny": "DENYLIST", "reject": "REJECTLIST", "alert": "ALERTLIST"}

// statefulPart reads a part of a stateful rule group: a rule as Suricata writes it, a list of domains, or a variable.
func (p *parser) statefulPart(g *network.FirewallRuleGroup) {
	switch w := p.line.words; {
	case w[0] == "domains" && len(w) > 3:
		protocols := strings.Split(w[2], ",")
		g.Domains = &network.DomainList{Action: p.word("action of a list of domains", w[1], domainActions), Targets: w[3:], Origin: p.origin(),
			TLS: slices.Contains(protocols, "tls"), HTTP: slices.Contains(protocols, "http")}
	case len(w) == 4 && w[2] == "=":
		p.variable(g, w[0], w[1], strings.Split(w[3], ","))
	default:
		p.statefulRule(g)
	}
	if g.Domains != nil && g.Rules != nil {
		p.fail("a rule group has rules or a list of domains, and not both")
	}
}

// variable reads "ip NAME = BLOCK,...", "ports NAME = PORTS,..." and "list NAME = PREFIX-LIST".
func (p *parser) variable(g *network.FirewallRuleGroup, kind, name string, values []string) {
	switch kind {
	case "ip":
		if g.IPSets == nil {
			g.IPSets = map[string][]network.AddressMatch{}
		}
		g.IPSets[name] = p.addressMatches(values)
	case "ports":
		if g.PortSets == nil {
			g.PortSets = map[string][]network.PortMatch{}
		}
		for _, word := range values {
			m, err := suricata.ParsePorts(strings.ReplaceAll(word, "-", ":"))
			if err != nil {
				p.fail("%v", err)
			}
			g.PortSets[name] = append(g.PortSets[name], m)
		}
	case "list":
		if g.References == nil {
			g.References = map[string]string{}
		}
		g.References[name] = values[0]
		p.check(func() { p.must("prefix-list", values[0], p.lists[values[0]] || strings.HasPrefix(values[0], "arn:")) })
	default:
		p.fail("%s is no kind of variable: it is ip, ports or list", kind)
	}
}

// addressMatches reads the values of a variable of addresses.
func (p *parser) addressMatches(words []string) []network.AddressMatch {
	var all []network.AddressMatch
	for _, word := range words {
		m, err := suricata.ParseAddresses(word)
		if err != nil {
			p.fail("%v", err)
		}
		all = append(all, m)
	}
	return all
}

// statefulRule reads a rule of Suricata's. Of one with a defect nothing is known but its text.
func (p *parser) statefulRule(g *network.FirewallRuleGroup) {
	text, reason, defective := strings.Cut(p.line.raw, ` defect="`)
	if defective {
		g.Rules = append(g.Rules, network.StatefulRule{Text: text, Origin: p.origin(), Defect: &network.Defect{Reason: strings.TrimSuffix(reason, `"`), Origin: p.origin()}})
		return
	}
	rules, errs := suricata.Parse(text)
	switch {
	case len(errs) > 0:
		p.fail("column %d of the rule: %s", errs[0].Column, errs[0].Message)
		return
	case len(rules) != 1:
		p.fail("here stands no rule of Suricata's")
		return
	}
	rules[0].Origin = p.origin()
	g.Rules = append(g.Rules, rules[0])
}

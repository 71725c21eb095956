package walker

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// firewallLine reads a line about firewalls.
//
//	firewall ID POLICY VPC ENDPOINT:SUBNET...    status=S defect
//	policy ID strict|action             stateless=WORDS default=WORDS tls=ARN defect; use POLICY GROUP    override=W
//	rules GROUP                         defect: a rule group, which is described before it is used
//	stateless GROUP NUMBER ACTIONS PROTOCOL|any BLOCK|any PORTS|any BLOCK|any PORTS|any    flags defect
//	stateful GROUP ACTION PROTOCOL ADDRESSES PORTS ->|<> ADDRESSES PORTS    flow=WORDS sni=NAME host=NAME keyword=K defect
//	domains GROUP LIST KINDS NAME...; ipset GROUP|POLICY NAME ADDRESSES; portset GROUP NAME PORTS; ipref GROUP NAME LIST
//
// Addresses and ports are written as in Suricata, lists with commas and without brackets. A name in a rule is whole, or with a dot in front it and all
// below; "~x" is for names that contain x, and a "!" in front negates.
func firewallLine(c *network.Contents, o network.Object, word string, rest []string, options map[string]string) bool {
	group := func() *network.FirewallRuleGroup {
		for _, g := range c.FirewallRuleGroups {
			if g.ID == o.ID {
				return g
			}
		}
		return &network.FirewallRuleGroup{IPSets: map[string][]network.AddressMatch{}}
	}
	switch word {
	case "firewall":
		f := &network.Firewall{Object: o, Policy: rest[0], VPC: rest[1]}
		for _, e := range rest[2:] {
			id, subnet, _ := strings.Cut(e, ":")
			f.Endpoints = append(f.Endpoints, network.FirewallEndpoint{ID: id, Subnet: subnet, Status: option(options, "status", "READY")})
		}
		c.Firewalls = replace(c.Firewalls, f, func(x *network.Firewall) string { return x.ID })
	case "policy":
		p := &network.FirewallPolicy{Object: o, Strict: rest[0] == "strict", TLSInspection: options["tls"], StatelessDefaults: strings.Split(option(options, "stateless", "aws:forward_to_sfe"), ","),
			IPSets: map[string][]network.AddressMatch{}}
		if words := options["default"]; words != "" {
			p.StatefulDefaults = strings.Split(words, ",")
		}
		c.FirewallPolicies = replace(c.FirewallPolicies, p, func(x *network.FirewallPolicy) string { return x.ID })
	case "rules":
		g := &network.FirewallRuleGroup{Object: o, IPSets: map[string][]network.AddressMatch{}, PortSets: map[string][]network.PortMatch{}, References: map[string]string{}}
		c.FirewallRuleGroups = replace(c.FirewallRuleGroups, g, func(x *network.FirewallRuleGroup) string { return x.ID })
	case "use":
		for _, p := range c.FirewallPolicies {
			if p.ID != o.ID {
				continue
			}
			reference := network.FirewallReference{RuleGroup: rest[0], Override: options["override"]}
			if strings.HasPrefix(rest[0], "stateless") {
				p.StatelessGroups = append(p.StatelessGroups, reference)
			} else {
				p.StatefulGroups = append(p.StatefulGroups, reference)
			}
		}
	case "stateless":
		r := network.StatelessRule{Actions: strings.Split(rest[1], ","), SourcePorts: ranges(rest[4]), DestinationPorts: ranges(rest[6]), Defect: o.Defect}
		r.Priority, _ = strconv.Atoi(rest[0])
		if rest[2] != "any" {
			r.Protocols = []int{protocol(rest[2])}
		}
		if rest[3] != "any" {
			r.Sources = prefixes([]string{rest[3]})
		}
		if rest[5] != "any" {
			r.Destinations = prefixes([]string{rest[5]})
		}
		if options["flags"] != "" {
			r.TCPFlags = []network.TCPFlags{{Flags: []string{"SYN"}}}
		}
		g := group()
		g.Stateless = append(g.Stateless, r)
	case "stateful":
		r := network.StatefulRule{Action: rest[0], Protocol: rest[1], Source: addressMatch(rest[2]), SourcePorts: portMatch(rest[3]), Both: rest[4] == "<>",
			Destination: addressMatch(rest[5]), DestinationPorts: portMatch(rest[6]), Text: strings.Join(rest, " "), Defect: o.Defect}
		if words := options["flow"]; words != "" {
			r.Flow = strings.Split(words, ",")
		}
		if k := options["keyword"]; k != "" {
			r.Unevaluated = []string{k}
		}
		for _, each := range []struct{ option, buffer string }{{"sni", "tls.sni"}, {"host", "http.host"}} {
			if name := options[each.option]; name != "" {
				r.Names = append(r.Names, nameMatch(each.buffer, name))
			}
		}
		g := group()
		g.Rules = append(g.Rules, r)
	case "domains":
		group().Domains = &network.DomainList{Action: rest[0], TLS: strings.Contains(rest[1], "tls"), HTTP: strings.Contains(rest[1], "http"), Targets: rest[2:]}
	case "ipset":
		group().IPSets[rest[0]] = []network.AddressMatch{addressMatch(rest[1])}
		for _, p := range c.FirewallPolicies {
			if p.ID == o.ID {
				p.IPSets[rest[0]] = []network.AddressMatch{addressMatch(rest[1])}
			}
		}
	case "portset":
		group().PortSets[rest[0]] = []network.PortMatch{portMatch(rest[1])}
	case "ipref":
		group().References[rest[0]] = rest[1]
	default:
		return false
	}
	return true
}

func nameMatch(buffer, name string) network.NameMatch {
	m := network.NameMatch{Buffer: buffer}
	name, m.Not = strings.CutPrefix(name, "!")
	name, anywhere := strings.CutPrefix(name, "~")
	m.Content, m.EndsWith, m.DotPrefix = name, !anywhere, strings.HasPrefix(name, ".")
	m.StartsWith = m.EndsWith && !m.DotPrefix
	return m
}

func ranges(word string) (all []network.PortRange) {
	if word == "any" {
		return nil
	}
	from, to := span(word)
	return []network.PortRange{{From: from, To: to}}
}

func addressMatch(word string) (m network.AddressMatch) {
	if strings.Contains(word, ",") {
		for _, each := range strings.Split(word, ",") {
			m.List = append(m.List, addressMatch(each))
		}
		return m
	}
	word, m.Not = strings.CutPrefix(word, "!")
	switch word[0] {
	case '$':
		m.Variable = word[1:]
	case '@':
		m.Reference = word[1:]
	case 'a':
		m.Any = true
	default:
		m.Block = netip.MustParsePrefix(word)
	}
	return m
}

func portMatch(word string) (m network.PortMatch) {
	if strings.Contains(word, ",") {
		for _, each := range strings.Split(word, ",") {
			m.List = append(m.List, portMatch(each))
		}
		return m
	}
	word, m.Not = strings.CutPrefix(word, "!")
	switch {
	case word[0] == '$':
		m.Variable = word[1:]
	case word == "any":
		m.Any = true
	default:
		from, to := span(strings.ReplaceAll(word, ":", "-"))
		m.Range = &network.PortRange{From: from, To: to}
	}
	return m
}

// balancerLine reads a line about load balancers and endpoint services. An ARN is written by its end.
//
//	lb ARN TYPE VPC                     state=S internal attributes=KEY:VALUE enforce=W instances=I,I unknown (listeners) defect
//	listener ARN PROTOCOL PORT          instance=PROTOCOL:PORT unknown (rules)
//	rule-of ARN PORT PRIORITY ACTION[:GROUP,GROUP]...    if=FIELD:VALUE,VALUE and=FIELD:VALUE
//	targets GROUP PROTOCOL PORT TYPE VPC TARGET[+PORT]...    attributes=KEY:VALUE health=PORT unknown defect
//	instance ID INTERFACE...; service ID NAME ARN...    state=S defect
func balancerLine(c *network.Contents, o network.Object, word string, rest []string, options map[string]string) bool {
	listeners := func() (*network.LoadBalancer, int) {
		i := slices.IndexFunc(c.LoadBalancers, func(lb *network.LoadBalancer) bool { return lb.ID == o.ID })
		if i < 0 {
			return &network.LoadBalancer{}, 0
		}
		return c.LoadBalancers[i], len(c.LoadBalancers[i].Listeners)
	}
	var attributes map[string]string
	if key, value, ok := strings.Cut(options["attributes"], ":"); ok {
		attributes = map[string]string{key: value}
	}
	switch word {
	case "lb":
		lb := &network.LoadBalancer{Object: o, Type: rest[0], VPC: rest[1], State: option(options, "state", "active"), Internal: options["internal"] != "", Attributes: attributes,
			EnforceOnPrivateLink: options["enforce"], ListenersKnown: options["unknown"] == ""}
		if list := options["instances"]; list != "" {
			lb.Instances = strings.Split(list, ",")
		}
		if old, _ := listeners(); old.ID != "" {
			lb.Listeners = old.Listeners
		}
		c.LoadBalancers = replace(c.LoadBalancers, lb, func(x *network.LoadBalancer) string { return x.ID })
	case "listener":
		lb, _ := listeners()
		l := network.Listener{Protocol: rest[0], RulesKnown: options["unknown"] == ""}
		l.Port, _ = strconv.Atoi(rest[1])
		if p, port, ok := strings.Cut(options["instance"], ":"); ok {
			l.InstanceProtocol = p
			l.InstancePort, _ = strconv.Atoi(port)
		}
		lb.Listeners = append(lb.Listeners, l)
	case "rule-of":
		lb, _ := listeners()
		r := network.ListenerRule{Priority: rest[1]}
		for _, a := range rest[2:] {
			kind, groups, ok := strings.Cut(a, ":")
			action := network.ListenerAction{Type: kind}
			if ok {
				action.TargetGroups = strings.Split(groups, ",")
			}
			r.Actions = append(r.Actions, action)
		}
		for _, key := range []string{"if", "and"} {
			if field, values, ok := strings.Cut(options[key], ":"); ok {
				r.Conditions = append(r.Conditions, network.ListenerCondition{Field: field, Values: strings.Split(values, ",")})
			}
		}
		for i := range lb.Listeners {
			if strconv.Itoa(lb.Listeners[i].Port) == rest[0] {
				lb.Listeners[i].Rules = append(lb.Listeners[i].Rules, r)
			}
		}
	case "targets":
		g := &network.TargetGroup{Object: o, Protocol: rest[0], TargetType: rest[2], VPC: rest[3], Attributes: attributes, TargetsKnown: options["unknown"] == ""}
		g.Port, _ = strconv.Atoi(rest[1])
		g.HealthCheckPort, _ = strconv.Atoi(options["health"])
		for _, each := range rest[4:] {
			id, port, ok := strings.Cut(each, "+")
			r := network.LoadBalancerTarget{ID: id}
			if ok {
				r.Port, _ = strconv.Atoi(port)
			}
			g.Targets = append(g.Targets, r)
		}
		c.TargetGroups = replace(c.TargetGroups, g, func(x *network.TargetGroup) string { return x.ID })
	case "instance":
		i := &network.Instance{Object: o, Interfaces: rest}
		if len(rest) > 0 {
			i.Primary = rest[0]
		}
		c.Instances = replace(c.Instances, i, func(x *network.Instance) string { return x.ID })
	case "service":
		s := &network.EndpointService{Object: o, State: option(options, "state", "Available"), LoadBalancers: rest[1:]}
		s.Name = rest[0]
		c.EndpointServices = replace(c.EndpointServices, s, func(x *network.EndpointService) string { return x.ID })
	default:
		return false
	}
	return true
}

package tfplan

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/suricata"
)

func firewallTypes() map[string]kind {
	return map[string]kind{
		"aws_networkfirewall_firewall_policy":              {whole, (*instance).firewallPolicy},
		"aws_networkfirewall_rule_group":                   {whole, (*instance).ruleGroup},
		"aws_networkfirewall_firewall":                     {member, (*instance).firewall},
		"aws_networkfirewall_vpc_endpoint_association":     {member, (*instance).firewallEndpointAssociation},
		"aws_networkfirewall_tls_inspection_configuration": {whole, ignore}, // that there is one is all that counts, and the policy tells
		"aws_networkfirewall_logging_configuration":        {whole, ignore},
		"aws_networkfirewall_resource_policy":              {whole, ignore},
	}
}

func (i *instance) firewall() {
	f := &network.Firewall{VPC: i.get("vpc_id").identity(), Policy: i.get("firewall_policy_arn").identity()}
	f.Name = i.get("name").literal()
	f.Endpoints = i.firewallEndpoints("firewall_status", "sync_states", f.VPC)
	i.take("firewall_status")
	i.settle(&f.Object, i.arn())
	i.addFirewall(f)
	for k := range f.Endpoints {
		i.placeEndpoint(f, &f.Endpoints[k])
	}
	if gateway := i.get("transit_gateway_id").identity(); gateway != "" || i.unclear("transit_gateway_id") {
		i.firewallAttachment(f, gateway)
	}
}

func (r *reader) addFirewall(f *network.Firewall) {
	r.out.Firewalls = append(r.out.Firewalls, f)
	if r.hubs.firewalls == nil {
		r.hubs.firewalls = map[string]*network.Firewall{}
	}
	r.hubs.firewalls[f.ID] = f
}

// firewallEndpoints are the endpoints in the subnets that an instance maps, with what its status says of them.
func (i *instance) firewallEndpoints(status, states, vpc string) []network.FirewallEndpoint {
	mappings := i.get("subnet_mapping").list()
	var all []network.FirewallEndpoint
	for k, n := range mappings {
		at := n.get("subnet_id")
		if s, ok := at.value.(several); ok && len(s.ids) == len(mappings) { // the blocks are a set: each of the subnets is in one
			at.value = s.ids[k]
		}
		subnet := at.identity()
		if subnet == "" {
			continue
		}
		id := i.endpointOf(i.block(status).get(states), subnet, len(mappings) == 1)
		all = append(all, network.FirewallEndpoint{ID: id, VPC: vpc, Subnet: subnet, Status: "READY", Origin: i.origin(n.path)})
	}
	return all
}

// endpointOf is the identifier of the endpoint of a firewall in a subnet: as the status of the firewall gives it, or made of the address.
func (i *instance) endpointOf(states node, subnet string, only bool) string {
	list, _ := states.value.([]any)
	for _, each := range list {
		attachment := node{i, states.path, each}.get("attachment")
		if l, ok := attachment.value.([]any); ok && len(l) > 0 {
			attachment.value = l[0]
		}
		at := attachment.get("subnet_id")
		text := at.literal()
		if c, ok := at.value.(chosen); ok {
			text = c.text
		}
		endpoint := attachment.get("endpoint_id")
		id := endpoint.literal()
		if c, ok := endpoint.value.(chosen); ok {
			id = c.text
		}
		if text == subnet && id != "" {
			return id
		}
	}
	if only {
		return i.onlyEndpoint()
	}
	return i.made(i.address+"/"+subnet, "aws_vpc_endpoint", "id")
}

// onlyEndpoint stands for the endpoint of a firewall that has one.
func (i *instance) onlyEndpoint() string { return i.made(i.address, "aws_vpc_endpoint", "id") }

// placeEndpoint adds what an endpoint of a firewall is in its VPC: an endpoint with an interface.
func (i *instance) placeEndpoint(f *network.Firewall, e *network.FirewallEndpoint) {
	p := &network.Endpoint{VPC: e.VPC, Type: network.EndpointGatewayLoadBalancer, State: "available", Subnets: []string{e.Subnet}}
	i.like(&p.Object, e.ID, "")
	p.Origin = e.Origin
	if s := i.objects.subnets[e.Subnet]; s != nil {
		e.Zone = s.Zone
		if e.VPC == "" {
			e.VPC, p.VPC = s.VPC, s.VPC
		}
		n := i.face(i.made(i.address+"/"+e.Subnet, "aws_vpc_endpoint", "network_interface_id"), "", e.Subnet, nil, network.TypeGatewayLBEndpoint,
			network.Owner{Kind: network.OwnerFirewall, ID: f.ID, Sure: true})
		i.await(n, netip.Addr{})
		p.Interfaces = []string{n.ID}
	}
	i.out.Endpoints = append(i.out.Endpoints, p)
}

// firewallAttachment is a firewall that a transit gateway holds itself. What it does to packets there is not modelled.
func (i *instance) firewallAttachment(f *network.Firewall, gateway string) {
	id := i.made(i.address, "aws_networkfirewall_firewall", "transit_gateway_attachment_id")
	if states, ok := i.block("firewall_status").get("transit_gateway_attachment_sync_states").value.([]any); ok && len(states) > 0 {
		n := node{i, "", states[0]}.get("attachment_id")
		id = cmp.Or(n.identity(), id)
	}
	a := &network.TransitAttachment{Attachment: id, Gateway: gateway, Type: "network-function", Resource: f.ID, State: "available"}
	i.like(&a.Object, id, "")
	a.Defect = f.Defect
	i.plug(a, i.none(), i.none())
}

// firewallEndpointAssociation is an endpoint of a firewall in another VPC.
func (i *instance) firewallEndpointAssociation() {
	arn := i.get("firewall_arn").identity()
	vpc := i.get("vpc_id").identity()
	endpoints := i.firewallEndpoints("vpc_endpoint_association_status", "association_sync_state", vpc)
	i.take("vpc_endpoint_association_status")
	f := i.hubs.firewalls[arn]
	if f == nil { // its policy is not known here
		i.elsewhere("firewall_arn", arn, "an endpoint to a firewall")
		f = &network.Firewall{}
		defect := i.take("")
		i.partial(&f.Object, cmp.Or(arn, i.made(i.address, i.typ, "arn")))
		f.Defect = cmp.Or(defect, f.Defect)
		i.addFirewall(f)
	}
	if d := i.take(""); d != nil && f.Defect == nil {
		f.Defect = d
	}
	for k := range endpoints {
		i.placeEndpoint(f, &endpoints[k])
	}
	f.Endpoints = append(f.Endpoints, endpoints...)
}

// statusReference is a reference to the endpoints of a firewall.
var statusReference = regexp.MustCompile(`^(aws_networkfirewall_firewall\.[A-Za-z0-9_-]+)(\[(?:\d+|"[^"]*")\])?\.firewall_status\b`)

// followEndpoint finds the one endpoint of a firewall that a reference to its status can mean.
func (r *reader) followEndpoint(module, reference string) (string, bool) {
	m := statusReference.FindStringSubmatch(reference)
	if m == nil {
		return "", false
	}
	var firewall *instance
	if m[2] != "" {
		firewall = r.byAddress[join(module, m[1]+m[2])]
	} else if all := r.instancesOf(module, m[1]); len(all) == 1 {
		firewall = all[0]
	}
	if firewall == nil {
		return "", false
	}
	if list, ok := firewall.get("subnet_mapping").value.([]any); !ok || len(list) != 1 {
		return "", false
	}
	return firewall.onlyEndpoint(), true
}

func (i *instance) firewallPolicy() {
	p := &network.FirewallPolicy{}
	p.Name = i.get("name").literal()
	rules := i.block("firewall_policy")
	p.Strict = strictOrder(rules.block("stateful_engine_options").get("rule_order"))
	p.StatelessGroups = i.groupReferences(rules.get("stateless_rule_group_reference"), true)
	p.StatefulGroups = i.groupReferences(rules.get("stateful_rule_group_reference"), p.Strict)
	p.StatelessDefaults, p.FragmentDefaults = rules.get("stateless_default_actions").texts(), rules.get("stateless_fragment_default_actions").texts()
	p.StatefulDefaults = rules.get("stateful_default_actions").texts()
	if len(p.StatelessDefaults) == 0 && len(i.faults) == 0 {
		rules.fault("has no stateless_default_actions")
	}
	p.TLSInspection = rules.get("tls_inspection_configuration_arn").identity()
	p.IPSets = sets(rules.block("policy_variables").get("rule_variables"), "ip_set", addressSet)
	i.settle(&p.Object, i.arn())
	i.out.FirewallPolicies = append(i.out.FirewallPolicies, p)
}

func strictOrder(n node) bool {
	switch order := n.text(); order {
	case "STRICT_ORDER":
		return true
	case "", "DEFAULT_ACTION_ORDER":
	default:
		n.fault(fmt.Sprintf("is %q: AWS has STRICT_ORDER and DEFAULT_ACTION_ORDER", order))
	}
	return false
}

// groupReferences are rule groups in the order of their priorities. What is wrong with one is wrong with the policy: its rules could be anywhere.
func (i *instance) groupReferences(n node, ordered bool) []network.FirewallReference {
	var groups []network.FirewallReference
	seen := map[int]bool{}
	for _, each := range n.list() {
		g := network.FirewallReference{RuleGroup: each.get("resource_arn").identity(), Override: each.block("override").get("action").text(), Origin: i.origin(each.path)}
		priority, ok := each.get("priority").number()
		g.Priority = priority
		if len(i.faults) == 0 {
			switch {
			case g.RuleGroup == "":
				each.fault("has no resource_arn")
			case ordered && !ok:
				each.fault("has no priority: which rules come first is not known")
			case ordered && seen[priority]:
				each.fault(fmt.Sprintf("has the priority %d, as another group has: which comes first is not known", priority))
			case g.Override != "" && g.Override != "DROP_TO_ALERT":
				each.fault(fmt.Sprintf("has the override %q: AWS has DROP_TO_ALERT", g.Override))
			}
		}
		seen[priority] = true
		groups = append(groups, g)
	}
	slices.SortStableFunc(groups, func(a, b network.FirewallReference) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.RuleGroup, b.RuleGroup))
	})
	return groups
}

// sets reads rule variables. What is wrong with one is wrong with all that holds it, for a variable without a definition may have another one elsewhere.
func sets[M any](n node, block string, parse func(string) ([]M, error)) map[string][]M {
	var all map[string][]M
	for _, each := range n.list() {
		list := []M{}
		for _, text := range each.block(block).get("definition").list() {
			s := text.text()
			if s == "" {
				continue
			}
			members, err := parse(s)
			if err != nil {
				text.fault(err.Error())
			}
			list = append(list, members...)
		}
		if all == nil {
			all = map[string][]M{}
		}
		all[each.get("key").text()] = list
	}
	return all
}

// addressSet reads an expression in the list that a variable is.
func addressSet(text string) ([]network.AddressMatch, error) {
	m, err := suricata.ParseAddresses("[" + text + "]")
	return m.List, err
}

func portSet(text string) ([]network.PortMatch, error) {
	m, err := suricata.ParsePorts("[" + text + "]")
	return m.List, err
}

func (i *instance) ruleGroup() {
	g := &network.FirewallRuleGroup{Type: i.get("type").text()}
	g.Name = i.get("name").literal()
	if text := i.get("rules"); text.given() {
		g.Rules = i.suricata(text)
		i.settle(&g.Object, i.arn())
		i.out.FirewallRuleGroups = append(i.out.FirewallRuleGroups, g)
		return
	}
	rules := i.block("rule_group")
	if rules.value == nil && len(i.faults) == 0 {
		i.fault("", "has no rules: neither rules nor rule_group")
	}
	g.Strict = strictOrder(rules.block("stateful_rule_options").get("rule_order"))
	variables := rules.block("rule_variables")
	g.IPSets = sets(variables.get("ip_sets"), "ip_set", addressSet)
	g.PortSets = sets(variables.get("port_sets"), "port_set", portSet)
	for _, n := range rules.block("reference_sets").get("ip_set_references").list() {
		if g.References == nil {
			g.References = map[string]string{}
		}
		arn := n.block("ip_set_reference").get("reference_arn")
		id := i.listOf(arn)
		if id == "" {
			arn.fault("is not set: which prefix list it is, is not known")
		}
		g.References[n.get("key").text()] = id
	}
	source := rules.block("rules_source")
	forms := 0
	if text := source.get("rules_string"); text.given() {
		forms++
		g.Rules = i.suricata(text)
	}
	if list := source.block("rules_source_list"); list.value != nil {
		forms++
		g.Domains = i.domains(list)
	}
	if list := source.get("stateful_rule").list(); len(list) > 0 {
		forms++
		g.Rules = append(g.Rules, i.tuples(list)...)
	}
	if n := source.block("stateless_rules_and_custom_actions"); n.value != nil {
		forms++
		i.stateless(g, n.get("stateless_rule").list())
	}
	switch {
	case len(i.faults) > 0 || forms == 1:
	case forms > 1:
		source.fault("holds rules in several forms: which of them count is not known")
	case source.value != nil || rules.value != nil:
		source.fault("holds no rules")
	}
	i.settle(&g.Object, i.arn())
	i.out.FirewallRuleGroups = append(i.out.FirewallRuleGroups, g)
}

// listOf is the prefix list with an ARN: its identifier, or the ARN where it is managed elsewhere.
func (i *instance) listOf(n node) string {
	arn := n.identity()
	for _, typ := range []string{"aws_ec2_managed_prefix_list", "data.aws_ec2_managed_prefix_list"} {
		for _, l := range i.byType[typ] {
			if arn != "" && l.arn() == arn {
				return l.id()
			}
		}
	}
	return arn
}

// suricata reads rules in Suricata's language. Each that is not understood is kept, and says where in the text it stands.
func (i *instance) suricata(n node) []network.StatefulRule {
	rules, _ := suricata.Parse(n.text())
	for k := range rules {
		rule := &rules[k]
		rule.Origin = i.origin(n.path)
		if rule.Defect != nil {
			n.fault(rule.Defect.Reason)
			rule.Defect = i.take(n.path)
		}
	}
	return rules
}

// unordered are the options that mean the same wherever they stand.
var unordered = []string{"sid", "msg", "rev", "gid", "priority", "metadata", "classtype", "reference", "target", "flow"}

// tuples reads rules in fields. The options of a rule are a set in Terraform, of which nobody knows the order in which AWS gets them.
func (i *instance) tuples(list []node) []network.StatefulRule {
	rules := make([]network.StatefulRule, 0, len(list))
	for _, n := range list {
		header := n.block("header")
		fields := suricata.Fields{Action: n.get("action").text(), Protocol: header.get("protocol").text(), Source: header.get("source").text(), SourcePort: header.get("source_port").text(),
			Direction: header.get("direction").text(), Destination: header.get("destination").text(), DestinationPort: header.get("destination_port").text()}
		ordered := 0
		for _, o := range n.get("rule_option").list() {
			option := suricata.Option{Keyword: o.get("keyword").text(), Settings: o.get("settings").texts()}
			name, _, _ := strings.Cut(option.Keyword, ":")
			if !slices.Contains(unordered, strings.TrimSpace(name)) {
				ordered++
			}
			fields.Options = append(fields.Options, option)
		}
		defect := i.take(n.path)
		rule, wrong := fields.Rule()
		switch {
		case defect != nil:
		case wrong != nil:
			n.fault(wrong.Error())
		case ordered > 1:
			n.fault("has several options, of which Terraform keeps no order: what the rule matches is not known. The order counts, and a rules_string has one")
		}
		rule.Defect = cmp.Or(defect, i.take(n.path))
		if rule.Defect != nil {
			rule = network.StatefulRule{Text: rule.Text, Defect: rule.Defect}
		}
		rule.Origin = i.origin(n.path)
		rules = append(rules, rule)
	}
	return rules
}

func (i *instance) domains(n node) *network.DomainList {
	types := n.get("target_types").texts()
	d := &network.DomainList{Action: n.get("generated_rules_type").text(), Origin: i.origin(n.path), TLS: slices.Contains(types, "TLS_SNI"), HTTP: slices.Contains(types, "HTTP_HOST")}
	for _, t := range n.get("targets").texts() {
		d.Targets = append(d.Targets, strings.ToLower(t))
	}
	slices.Sort(d.Targets)
	other := slices.IndexFunc(types, func(t string) bool { return t != "TLS_SNI" && t != "HTTP_HOST" })
	switch {
	case len(i.faults) > 0:
	case !slices.Contains([]string{"ALLOWLIST", "DENYLIST", "REJECTLIST", "ALERTLIST"}, d.Action):
		n.get("generated_rules_type").fault(fmt.Sprintf("is %q: AWS has ALLOWLIST, DENYLIST, REJECTLIST and ALERTLIST", d.Action))
	case other >= 0:
		n.get("target_types").fault(fmt.Sprintf("has %q: AWS has TLS_SNI and HTTP_HOST", types[other]))
	case len(types) == 0:
		n.fault("has no target_types")
	}
	return d
}

// stateless reads rules of the stateless engine. Without its priority none of them has a place.
func (i *instance) stateless(g *network.FirewallRuleGroup, list []node) {
	seen := map[int]bool{}
	for _, n := range list {
		priority, ok := n.get("priority").number()
		if !ok {
			if len(i.faults) == 0 {
				n.fault("has no priority: which rules come first is not known")
			}
			continue // its faults are the group's
		}
		definition := n.block("rule_definition")
		match := definition.block("match_attributes")
		rule := network.StatelessRule{Priority: priority, Actions: definition.get("actions").texts(), Origin: i.origin(n.path),
			Sources: definitions(match.get("source")), Destinations: definitions(match.get("destination")),
			SourcePorts: bounds(match.get("source_port")), DestinationPorts: bounds(match.get("destination_port"))}
		for _, p := range match.get("protocols").list() {
			if number, ok := p.number(); ok && 0 <= number && number <= 255 {
				rule.Protocols = append(rule.Protocols, number)
			} else if ok {
				p.fault(fmt.Sprintf("is %d: protocols have numbers from 0 to 255", number))
			}
		}
		slices.Sort(rule.Protocols)
		for _, f := range match.get("tcp_flag").list() {
			rule.TCPFlags = append(rule.TCPFlags, network.TCPFlags{Flags: f.get("flags").texts(), Masks: f.get("masks").texts()})
		}
		rule.Defect = i.take(n.path)
		if rule.Defect == nil && len(rule.Actions) == 0 {
			n.fault("has no actions")
			rule.Defect = i.take(n.path)
		}
		if seen[priority] {
			n.fault(fmt.Sprintf("has the priority %d, as another rule has: which comes first is not known", priority))
		}
		seen[priority] = true
		g.Stateless = append(g.Stateless, rule)
	}
	slices.SortStableFunc(g.Stateless, func(a, b network.StatelessRule) int { return cmp.Compare(a.Priority, b.Priority) })
}

func definitions(n node) []netip.Prefix {
	var blocks []netip.Prefix
	for _, each := range n.list() {
		d := each.get("address_definition")
		text := d.text()
		if text == "" && !d.known() { // noted
			continue
		}
		m, err := suricata.ParseAddresses(text)
		if err != nil || !m.Block.IsValid() || m.Not {
			d.fault(fmt.Sprintf("is %q, which is no address and no block such as 10.0.0.0/16 or 2001:db8::/56", text))
			continue
		}
		blocks = append(blocks, m.Block)
	}
	slices.SortFunc(blocks, netip.Prefix.Compare)
	return blocks
}

func bounds(n node) []network.PortRange {
	var ranges []network.PortRange
	for _, each := range n.list() {
		from, one := each.get("from_port").number()
		to, two := each.get("to_port").number()
		if !one || !two || from < 0 || from > to || to > 65535 {
			each.fault("is no range of ports: from_port and to_port are from 0 to 65535, the lower one first")
			continue
		}
		ranges = append(ranges, network.PortRange{From: from, To: to})
	}
	slices.SortFunc(ranges, func(a, b network.PortRange) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return ranges
}

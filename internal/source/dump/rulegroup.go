package dump

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/suricata"
)

// ruleGroup is the answer of network-firewall describe-rule-group.
type ruleGroup struct {
	RuleGroupResponse ruleGroupResponse
	RuleGroup         *groupRules
}

type ruleGroupResponse struct {
	RuleGroupArn  string
	RuleGroupName string
	Type          string
	record
}

// groupRules is a RuleGroup.
type groupRules struct {
	RuleVariables       ruleVariables `json:",omitzero"`
	ReferenceSets       referenceSets `json:",omitzero"`
	RulesSource         rulesSource
	StatefulRuleOptions ruleOrder `json:",omitzero"`
}

type ruleVariables struct {
	IPSets   map[string]definition `json:",omitzero"`
	PortSets map[string]definition `json:",omitzero"`
}

type referenceSets struct {
	IPSetReferences map[string]setReference `json:",omitzero"`
}

type setReference struct{ ReferenceArn string }

// rulesSource are the rules of a group, in one of four forms.
type rulesSource struct {
	RulesString                    *string         `json:",omitzero"`
	RulesSourceList                *domainList     `json:",omitzero"`
	StatefulRules                  []statefulRule  `json:",omitzero"`
	StatelessRulesAndCustomActions *statelessRules `json:",omitzero"`
}

type domainList struct {
	Targets            []string
	TargetTypes        []string
	GeneratedRulesType string
}

type statefulRule struct {
	Action      string
	Header      ruleHeader
	RuleOptions []ruleOption
}

type ruleHeader struct{ Protocol, Source, SourcePort, Direction, Destination, DestinationPort string }

type ruleOption struct {
	Keyword  string
	Settings []string
}

type statelessRules struct{ StatelessRules []statelessRule }

type statelessRule struct {
	Priority       *int
	RuleDefinition ruleDefinition
	Watertight     *extra `json:",omitzero"`
}

type ruleDefinition struct {
	MatchAttributes matchAttributes
	Actions         []string
}

type matchAttributes struct {
	Sources          []addressDefinition `json:",omitzero"`
	Destinations     []addressDefinition `json:",omitzero"`
	SourcePorts      []portBounds        `json:",omitzero"`
	DestinationPorts []portBounds        `json:",omitzero"`
	Protocols        []int               `json:",omitzero"`
	TCPFlags         []flagField         `json:",omitzero"`
	Rest             jsontext.Value      `json:",embed"` // what is not known here
}

type addressDefinition struct{ AddressDefinition string }

type portBounds struct{ FromPort, ToPort *int }

type flagField struct {
	Flags []string
	Masks []string `json:",omitzero"`
}

// flawedRule is a rule of a group that is not understood: [Write] tells by it why it was not.
type flawedRule struct {
	Rule         int // its place among the rules of the group
	Text, Defect string
}

func readRuleGroup(e *element, r *ruleGroup) {
	g := &network.FirewallRuleGroup{Type: e.share(r.RuleGroupResponse.Type)}
	g.Name = r.RuleGroupResponse.RuleGroupName
	if rules := r.RuleGroup; rules != nil {
		const path = "/RuleGroup"
		g.Strict = e.strict(path+"/StatefulRuleOptions", rules.StatefulRuleOptions)
		g.IPSets = sets(e, path+"/RuleVariables/IPSets", rules.RuleVariables.IPSets, addressSet)
		g.PortSets = sets(e, path+"/RuleVariables/PortSets", rules.RuleVariables.PortSets, portSet)
		g.References = e.references(path+"/ReferenceSets/IPSetReferences", rules.ReferenceSets.IPSetReferences)
		e.rulesSource(g, path+"/RulesSource", &rules.RulesSource, r.RuleGroupResponse.Watertight)
	} else if r.RuleGroupResponse.Watertight == nil && !e.faulty("/RuleGroup") {
		e.fault("", "has no RuleGroup")
	}
	e.settle(&g.Object, "RuleGroupResponse with a RuleGroupArn", r.RuleGroupResponse.RuleGroupArn, "", &r.RuleGroupResponse.record)
	e.out.FirewallRuleGroups = append(e.out.FirewallRuleGroups, g)
}

func (e *element) references(path string, references map[string]setReference) map[string]string {
	if len(references) == 0 {
		return nil
	}
	all := make(map[string]string, len(references))
	for _, name := range slices.Sorted(maps.Keys(references)) {
		all[e.share(name)] = e.share(references[name].ReferenceArn)
		if place := path + "/" + token(name); all[name] == "" && !e.faulty(place) {
			e.fault(place, "has no ReferenceArn")
		}
	}
	return all
}

// rulesSource reads the rules of a group, whichever form they have.
func (e *element) rulesSource(g *network.FirewallRuleGroup, path string, r *rulesSource, x *extra) {
	forms := 0
	if s := r.StatelessRulesAndCustomActions; s != nil {
		forms++
		e.stateless(g, path+"/StatelessRulesAndCustomActions/StatelessRules", s.StatelessRules)
	}
	if r.RulesString != nil && (*r.RulesString != "" || r.StatefulRules == nil && r.RulesSourceList == nil) {
		forms++
		var flaws []flawedRule
		if x != nil {
			flaws = x.Rules
		}
		e.text(g, path+"/RulesString", *r.RulesString, flaws)
	}
	if r.StatefulRules != nil {
		forms++
		e.tuples(g, path+"/StatefulRules", r.StatefulRules)
	}
	if r.RulesSourceList != nil {
		forms++
		g.Domains = e.domains(path+"/RulesSourceList", r.RulesSourceList)
	}
	switch {
	case e.faulty(path) || forms == 1:
	case forms > 1:
		e.fault(path, "holds rules in several forms: which of them count is not known")
	case x == nil || x.Defect == "":
		e.fault(path, "holds no rules: neither RulesString, nor StatefulRules, RulesSourceList or StatelessRulesAndCustomActions. AWS does not show those of every group that it manages itself")
	}
}

// text reads rules in Suricata's language. Each that is not understood is kept, and says where in the text it stands.
func (e *element) text(g *network.FirewallRuleGroup, path, text string, flaws []flawedRule) {
	rules, _ := suricata.Parse(text)
	for _, f := range flaws {
		if f.Rule >= 0 && f.Rule < len(rules) {
			rules[f.Rule] = network.StatefulRule{Text: f.Text, Defect: &network.Defect{Reason: f.Defect, Origin: e.origin(path)}}
		}
	}
	for i := range rules {
		rule := &rules[i]
		rule.Origin = e.origin(path)
		if rule.Defect != nil && rule.Defect.Origin == (network.Origin{}) {
			e.fault(path, rule.Defect.Reason)
			rule.Defect = e.take(path)
		}
		rule.Action, rule.Protocol = e.share(rule.Action), e.share(rule.Protocol)
	}
	g.Rules = rules
}

// tuples reads rules in fields.
func (e *element) tuples(g *network.FirewallRuleGroup, path string, list []statefulRule) {
	for i := range list {
		r, place := &list[i], nth(path, i)
		fields := suricata.Fields{Action: r.Action, Protocol: r.Header.Protocol, Source: r.Header.Source, SourcePort: r.Header.SourcePort, Direction: r.Header.Direction,
			Destination: r.Header.Destination, DestinationPort: r.Header.DestinationPort, Options: pick(r.RuleOptions, func(o ruleOption) suricata.Option { return suricata.Option(o) })}
		rule, wrong := fields.Rule()
		if wrong != nil && !e.faulty(place) {
			e.fault(place+wrong.Path, wrong.Message)
		}
		if defect := e.take(place); defect != nil {
			rule = network.StatefulRule{Text: rule.Text, Defect: defect}
		}
		rule.Origin = e.origin(place)
		g.Rules = append(g.Rules, rule)
	}
}

func (e *element) domains(path string, r *domainList) *network.DomainList {
	d := &network.DomainList{Action: e.share(r.GeneratedRulesType), Origin: e.origin(path), Targets: pick(r.Targets, strings.ToLower),
		TLS: slices.Contains(r.TargetTypes, "TLS_SNI"), HTTP: slices.Contains(r.TargetTypes, "HTTP_HOST")}
	other := slices.IndexFunc(r.TargetTypes, func(t string) bool { return t != "TLS_SNI" && t != "HTTP_HOST" })
	switch {
	case e.faulty(path):
	case !slices.Contains([]string{"ALLOWLIST", "DENYLIST", "REJECTLIST", "ALERTLIST"}, d.Action):
		e.fault(path+"/GeneratedRulesType", fmt.Sprintf("is %q: the API gives ALLOWLIST, DENYLIST, REJECTLIST or ALERTLIST", d.Action))
	case other >= 0:
		e.fault(path+at("TargetTypes", other), fmt.Sprintf("is %q: the API gives TLS_SNI or HTTP_HOST", r.TargetTypes[other]))
	case len(r.TargetTypes) == 0:
		e.fault(path, "has no TargetTypes")
	}
	return d
}

// stateless reads rules of the stateless engine. Without its priority none of them has a place.
func (e *element) stateless(g *network.FirewallRuleGroup, path string, list []statelessRule) {
	seen := map[int]bool{}
	for i := range list {
		r, place := &list[i], nth(path, i)
		if r.Priority == nil {
			if !e.faulty(place) {
				e.fault(place, "has no Priority: which rules come first is not known")
			}
			continue // its faults are the group's
		}
		m := &r.RuleDefinition.MatchAttributes
		where := place + "/RuleDefinition/MatchAttributes"
		rule := network.StatelessRule{Priority: *r.Priority, Actions: e.words(r.RuleDefinition.Actions), Origin: e.origin(place), Protocols: m.Protocols,
			Sources: e.definitions(where+"/Sources", m.Sources), Destinations: e.definitions(where+"/Destinations", m.Destinations),
			SourcePorts: e.bounds(where+"/SourcePorts", m.SourcePorts), DestinationPorts: e.bounds(where+"/DestinationPorts", m.DestinationPorts),
			TCPFlags: pick(m.TCPFlags, func(f flagField) network.TCPFlags {
				return network.TCPFlags{Flags: e.words(f.Flags), Masks: e.words(f.Masks)}
			})}
		for j, protocol := range m.Protocols {
			if p := where + at("Protocols", j); (protocol < 0 || protocol > 255) && !e.faulty(p) {
				e.fault(p, fmt.Sprintf("is %d: protocols have numbers from 0 to 255", protocol))
			}
		}
		switch {
		case e.faulty(place):
		case len(rule.Actions) == 0:
			e.fault(place, "has no Actions")
		case len(m.Rest) > len("{}"):
			e.fault(where, fmt.Sprintf("holds %s, which is not understood", m.Rest))
		}
		rule.Defect = e.part(place, r.Watertight)
		if seen[rule.Priority] {
			e.fault(place+"/Priority", fmt.Sprintf("is %d, as that of another rule: which comes first is not known", rule.Priority))
		}
		seen[rule.Priority] = true
		g.Stateless = append(g.Stateless, rule)
	}
	slices.SortStableFunc(g.Stateless, func(a, b network.StatelessRule) int { return cmp.Compare(a.Priority, b.Priority) })
}

func (e *element) definitions(path string, list []addressDefinition) []netip.Prefix {
	var blocks []netip.Prefix
	for i, d := range list {
		m, err := suricata.ParseAddresses(d.AddressDefinition)
		switch place := nth(path, i); {
		case err == nil && m.Block.IsValid() && !m.Not:
			blocks = append(blocks, m.Block)
		case !e.faulty(place):
			e.fault(place+"/AddressDefinition", fmt.Sprintf("%q is no address and no block such as 10.0.0.0/16 or 2001:db8::/56", d.AddressDefinition))
		}
	}
	return blocks
}

func (e *element) bounds(path string, list []portBounds) []network.PortRange {
	var ranges []network.PortRange
	for i, b := range list {
		place := nth(path, i)
		if b.FromPort == nil || b.ToPort == nil || *b.FromPort < 0 || *b.FromPort > *b.ToPort || *b.ToPort > 65535 {
			if !e.faulty(place) {
				e.fault(place, "is no range of ports: FromPort and ToPort are from 0 to 65535, the lower one first")
			}
			continue
		}
		ranges = append(ranges, network.PortRange{From: *b.FromPort, To: *b.ToPort})
	}
	return ranges
}

func writeRuleGroup(g *network.FirewallRuleGroup) ruleGroup {
	rules := &groupRules{RuleVariables: ruleVariables{writeSets(g.IPSets, suricata.Addresses), writeSets(g.PortSets, suricata.Ports)}}
	r := ruleGroup{ruleGroupResponse{g.ID, g.Name, g.Type, markUnnamed(&g.Object)}, rules}
	if g.Strict {
		rules.StatefulRuleOptions.RuleOrder = strictOrder
	}
	if len(g.References) > 0 {
		rules.ReferenceSets.IPSetReferences = map[string]setReference{}
		for name, reference := range g.References {
			rules.ReferenceSets.IPSetReferences[name] = setReference{reference}
		}
	}
	source := &rules.RulesSource
	switch {
	case g.Domains != nil:
		source.RulesSourceList = writeDomains(g.Domains)
	case g.Type == "STATELESS" || len(g.Stateless) > 0:
		source.StatelessRulesAndCustomActions = &statelessRules{pick(g.Stateless, writeStatelessRule)}
	default:
		text, flaws := writeText(g.Rules)
		source.RulesString = &text
		if len(flaws) > 0 {
			if r.RuleGroupResponse.Watertight == nil {
				r.RuleGroupResponse.Watertight = &extra{}
			}
			r.RuleGroupResponse.Watertight.Rules = flaws
		}
	}
	return r
}

// writeText writes rules as text, those that are not understood as they are.
func writeText(rules []network.StatefulRule) (string, []flawedRule) {
	var lines []string
	var flaws []flawedRule
	for i, rule := range rules {
		line := rule.Text
		switch {
		case rule.Defect != nil:
			flaws = append(flaws, flawedRule{i, rule.Text, rule.Defect.Reason})
			if read, _ := suricata.Parse(line); len(read) != 1 {
				line = "?"
			}
		case line == "":
			line = suricata.Render(rule)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), flaws
}

func writeDomains(d *network.DomainList) *domainList {
	r := &domainList{Targets: d.Targets, TargetTypes: []string{}, GeneratedRulesType: d.Action}
	if d.TLS {
		r.TargetTypes = append(r.TargetTypes, "TLS_SNI")
	}
	if d.HTTP {
		r.TargetTypes = append(r.TargetTypes, "HTTP_HOST")
	}
	return r
}

func writeStatelessRule(rule network.StatelessRule) statelessRule {
	definitions := func(list []netip.Prefix) []addressDefinition {
		return pick(list, func(p netip.Prefix) addressDefinition { return addressDefinition{p.String()} })
	}
	bounds := func(list []network.PortRange) []portBounds {
		return pick(list, func(p network.PortRange) portBounds { return portBounds{&p.From, &p.To} })
	}
	return statelessRule{Priority: &rule.Priority, Watertight: flaw(rule.Defect), RuleDefinition: ruleDefinition{Actions: rule.Actions, MatchAttributes: matchAttributes{
		Sources: definitions(rule.Sources), Destinations: definitions(rule.Destinations), SourcePorts: bounds(rule.SourcePorts), DestinationPorts: bounds(rule.DestinationPorts),
		Protocols: rule.Protocols, TCPFlags: pick(rule.TCPFlags, func(f network.TCPFlags) flagField { return flagField(f) })}}}
}

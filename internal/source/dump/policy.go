package dump

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/suricata"
)

// firewallPolicy is the answer of network-firewall describe-firewall-policy.
type firewallPolicy struct {
	FirewallPolicyResponse firewallPolicyResponse
	FirewallPolicy         *policyRules
}

type firewallPolicyResponse struct {
	FirewallPolicyArn  string
	FirewallPolicyName string
	record
}

// policyRules is a FirewallPolicy.
type policyRules struct {
	StatelessRuleGroupReferences    []groupReference `json:",omitzero"`
	StatelessDefaultActions         []string
	StatelessFragmentDefaultActions []string
	StatefulRuleGroupReferences     []groupReference `json:",omitzero"`
	StatefulDefaultActions          []string         `json:",omitzero"`
	StatefulEngineOptions           ruleOrder        `json:",omitzero"`
	TLSInspectionConfigurationArn   string           `json:",omitzero"`
	PolicyVariables                 policyVariables  `json:",omitzero"`
}

type groupReference struct {
	ResourceArn string
	Priority    *int          `json:",omitzero"`
	Override    groupOverride `json:",omitzero"`
}

type groupOverride struct{ Action string }

// ruleOrder are the StatefulEngineOptions of a policy, and the StatefulRuleOptions of a rule group.
type ruleOrder struct {
	RuleOrder string `json:",omitzero"`
}

const strictOrder = "STRICT_ORDER"

type policyVariables struct {
	RuleVariables map[string]definition `json:",omitzero"`
}

// definition is an IPSet or a PortSet.
type definition struct{ Definition []string }

func readFirewallPolicy(e *element, r *firewallPolicy) {
	p := &network.FirewallPolicy{}
	p.Name = r.FirewallPolicyResponse.FirewallPolicyName
	if rules := r.FirewallPolicy; rules != nil {
		const path = "/FirewallPolicy"
		p.Strict = e.strict(path+"/StatefulEngineOptions", rules.StatefulEngineOptions)
		p.StatelessGroups = e.groupReferences(path+"/StatelessRuleGroupReferences", rules.StatelessRuleGroupReferences, true)
		p.StatefulGroups = e.groupReferences(path+"/StatefulRuleGroupReferences", rules.StatefulRuleGroupReferences, p.Strict)
		p.StatelessDefaults, p.FragmentDefaults, p.StatefulDefaults = e.words(rules.StatelessDefaultActions), e.words(rules.StatelessFragmentDefaultActions), e.words(rules.StatefulDefaultActions)
		if len(p.StatelessDefaults) == 0 && !e.faulty(path+"/StatelessDefaultActions") {
			e.fault(path, "has no StatelessDefaultActions")
		}
		p.TLSInspection = e.share(rules.TLSInspectionConfigurationArn)
		p.IPSets = sets(e, path+"/PolicyVariables/RuleVariables", rules.PolicyVariables.RuleVariables, addressSet)
	} else if r.FirewallPolicyResponse.Watertight == nil && !e.faulty("/FirewallPolicy") {
		e.fault("", "has no FirewallPolicy")
	}
	e.settle(&p.Object, "FirewallPolicyResponse with a FirewallPolicyArn", r.FirewallPolicyResponse.FirewallPolicyArn, "", &r.FirewallPolicyResponse.record)
	e.out.FirewallPolicies = append(e.out.FirewallPolicies, p)
}

func (e *element) strict(path string, r ruleOrder) bool {
	switch r.RuleOrder {
	case strictOrder:
		return true
	case "", "DEFAULT_ACTION_ORDER":
	default:
		e.fault(path+"/RuleOrder", fmt.Sprintf("is %q: the API gives %s or DEFAULT_ACTION_ORDER", r.RuleOrder, strictOrder))
	}
	return false
}

// groupReferences are rule groups in the order of their priorities. What is wrong with one is wrong with the policy: its rules could be anywhere.
func (e *element) groupReferences(path string, list []groupReference, ordered bool) []network.FirewallReference {
	groups := make([]network.FirewallReference, 0, len(list))
	seen := map[int]bool{}
	for i, r := range list {
		place := nth(path, i)
		g := network.FirewallReference{RuleGroup: e.share(r.ResourceArn), Override: e.share(r.Override.Action), Origin: e.origin(place)}
		if r.Priority != nil {
			g.Priority = *r.Priority
		}
		if !e.faulty(place) {
			switch {
			case r.ResourceArn == "":
				e.fault(place, "has no ResourceArn")
			case ordered && r.Priority == nil:
				e.fault(place, "has no Priority: which rules come first is not known")
			case ordered && seen[g.Priority]:
				e.fault(place, fmt.Sprintf("has the Priority %d, as another group has: which comes first is not known", g.Priority))
			case r.Override.Action != "" && r.Override.Action != "DROP_TO_ALERT":
				e.fault(place+"/Override", fmt.Sprintf("is %q: the API gives DROP_TO_ALERT", r.Override.Action))
			}
		}
		seen[g.Priority] = true
		groups = append(groups, g)
	}
	slices.SortStableFunc(groups, func(a, b network.FirewallReference) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.RuleGroup, b.RuleGroup))
	})
	return groups
}

// words makes equal strings one, and keeps their order.
func (e *element) words(list []string) []string { return pick(list, e.share) }

// sets reads rule variables: each is a list of expressions. What is wrong with one is wrong with all that holds it, for a variable without a definition
// may have another one elsewhere.
func sets[M any](e *element, path string, definitions map[string]definition, parse func(string) ([]M, error)) map[string][]M {
	if len(definitions) == 0 {
		return nil
	}
	all := make(map[string][]M, len(definitions))
	for _, name := range slices.Sorted(maps.Keys(definitions)) {
		list := []M{}
		for i, text := range definitions[name].Definition {
			place := path + "/" + token(name) + at("Definition", i)
			members, err := parse(text)
			if err != nil && !e.faulty(place) {
				e.fault(place, err.Error())
			}
			list = append(list, members...)
		}
		all[e.share(name)] = list
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

func writeSets[M any](all map[string][]M, render func(M) string) map[string]definition {
	if len(all) == 0 {
		return nil
	}
	definitions := make(map[string]definition, len(all))
	for name, list := range all {
		definitions[name] = definition{pick(list, render)}
	}
	return definitions
}

// token is a name as a part of a JSON pointer.
func token(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }

func writeFirewallPolicy(p *network.FirewallPolicy) firewallPolicy {
	rules := &policyRules{StatelessRuleGroupReferences: pick(p.StatelessGroups, writeReference), StatelessDefaultActions: p.StatelessDefaults,
		StatelessFragmentDefaultActions: p.FragmentDefaults, StatefulRuleGroupReferences: pick(p.StatefulGroups, writeReference), StatefulDefaultActions: p.StatefulDefaults,
		TLSInspectionConfigurationArn: p.TLSInspection, PolicyVariables: policyVariables{writeSets(p.IPSets, suricata.Addresses)}}
	if p.Strict {
		rules.StatefulEngineOptions.RuleOrder = strictOrder
	}
	return firewallPolicy{firewallPolicyResponse{p.ID, p.Name, markUnnamed(&p.Object)}, rules}
}

func writeReference(g network.FirewallReference) groupReference {
	r := groupReference{ResourceArn: g.RuleGroup, Override: groupOverride{g.Override}}
	if g.Priority != 0 {
		r.Priority = &g.Priority
	}
	return r
}

package exact

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// firewall holds the firewall of an environment: where it is, what its policy does with what no rule passes, and which names its rules pass.
func (s *site) firewall() {
	if !s.Firewall {
		for _, w := range s.firewalls {
			s.add(&found{effect: report.Undeclared, rule: "firewall", pattern: egressPattern, at: []*site{s}, kind: "network firewall", object: &w.Object,
				message: fmt.Sprintf("The environment %s has a firewall, %s, and no tier with internet = \"filtered\".", s.Name, label(&w.Object)), mend: "Remove it, or declare the tier that it is for."})
		}
		return
	}
	if len(s.firewalls) != 1 {
		f := &found{effect: report.Broken, rule: "firewall", pattern: egressPattern, at: []*site{s}, kind: "VPC", object: &s.vpc.Object,
			message: fmt.Sprintf("The environment %s has no firewall, and a tier with internet = \"filtered\" (%s).", s.Name, intent.Line(s.At)), mend: "Apply what watertight compile writes for it."}
		if len(s.firewalls) > 1 {
			f.effect, f.message, f.mend = report.Undeclared, fmt.Sprintf("The environment %s has %d firewalls, and is to have one.", s.Name, len(s.firewalls)), "Leave it one."
		} else if gap := s.network.Gap("Firewalls", s.vpc.Account, s.vpc.Region); gap != nil {
			f.effect, f.unknown = report.Doubtful, []string{report.MissingList + gap.String()}
		}
		s.add(f)
		return
	}
	w := s.firewalls[0]
	add := func(effect report.Effect, rule, message, mend string) *found {
		f := &found{effect: effect, rule: rule, pattern: egressPattern, at: []*site{s}, kind: "network firewall", object: &w.Object, message: message, mend: mend}
		s.add(f)
		return f
	}
	name := label(&w.Object)
	if w.Defect != nil {
		add(report.Doubtful, "firewall", fmt.Sprintf("The firewall %s of the environment %s is not understood: %s.", name, s.Name, w.Defect.Reason), "Give the input that tells.").unknown = []string{"network firewall " + name + ": " + w.Defect.Reason}
		return
	}
	s.firewallEndpoints(w, add)
	p, ok := s.network.FirewallPolicies.Get(w.Policy)
	if !ok || p.Defect != nil {
		why := "its policy is not in the input"
		if ok {
			why = p.Defect.Reason
		}
		add(report.Doubtful, "firewall-policy", fmt.Sprintf("What the firewall %s of the environment %s does is not known: %s.", name, s.Name, why), "Give the input that tells.").unknown = []string{"network firewall " + name + ": " + why}
		return
	}
	s.policy(p)
	s.domains(p)
}

// firewallEndpoints holds the endpoints of a firewall to one in each zone, in the subnet that is for it.
func (s *site) firewallEndpoints(w *network.Firewall, add func(report.Effect, string, string, string) *found) {
	there := make([]bool, len(s.Zones))
	for _, e := range w.Endpoints {
		at, ok := s.place[e.Subnet]
		switch {
		case !ok || at.tier.Purpose != intent.ForFirewall || at.site != s:
			add(report.Undeclared, "firewall-endpoint", fmt.Sprintf("The firewall %s has an endpoint in %s, where nothing declares one.", label(&w.Object), s.subnetWords(e.Subnet)), "Take it away.").origin = e.Origin
			continue
		case e.Status != "READY":
			add(report.Broken, "firewall-endpoint", fmt.Sprintf("The endpoint of the firewall %s in %s is %s.", label(&w.Object), s.Zones[at.zone], e.Status), "Wait until it is READY, or make it anew.").origin = e.Origin
		}
		there[at.zone] = true
	}
	for zone, ok := range there {
		if !ok {
			add(report.Broken, "firewall-endpoint", fmt.Sprintf("The firewall %s has no endpoint in %s.", label(&w.Object), s.Zones[zone]), "Add the subnet of that zone to the firewall.")
		}
	}
}

// policy holds a policy to: everything goes to the stateful engine, in strict order, and what no rule passes is dropped, and logged.
func (s *site) policy(p *network.FirewallPolicy) {
	name := label(&p.Object)
	add := func(effect report.Effect, message, mend string) {
		s.add(&found{effect: effect, rule: "firewall-policy", pattern: egressPattern, at: []*site{s}, kind: "firewall policy", object: &p.Object, message: message, mend: mend})
	}
	for _, each := range []struct {
		what    string
		actions []string
	}{{"packets", p.StatelessDefaults}, {"fragments", p.FragmentDefaults}} {
		if slices.Equal(each.actions, []string{"aws:forward_to_sfe"}) {
			continue
		}
		effect := report.Broken
		if slices.Contains(each.actions, "aws:pass") {
			effect = report.Undeclared
		}
		add(effect, fmt.Sprintf("The policy %s of %s does not hand all %s to its stateful rules: by default %s.", name, s.Name, each.what, few(each.actions)), "Let the stateless default action be aws:forward_to_sfe.")
	}
	if len(p.StatelessGroups) > 0 {
		add(report.Undeclared, fmt.Sprintf("The policy %s of %s has stateless rules, which nothing declares: %s.", name, s.Name, few(s.groupsOf(p.StatelessGroups))), "Take the rule groups from the policy.")
	}
	if !p.Strict {
		add(report.Undeclared, fmt.Sprintf("The policy %s of %s is not in strict order: what no rule passes is not dropped.", name, s.Name), "Set rule_order = \"STRICT_ORDER\".")
	} else {
		drops := func(a string) bool { return a == "aws:drop_established" || a == "aws:drop_strict" }
		if !slices.ContainsFunc(p.StatefulDefaults, drops) {
			add(report.Undeclared, fmt.Sprintf("The policy %s of %s does not drop what no rule passes: by default %s.", name, s.Name, few(p.StatefulDefaults)), "Let the stateful default actions be aws:drop_established and aws:alert_established.")
		} else if slices.Contains(p.StatefulDefaults, "aws:drop_strict") {
			add(report.Broken, fmt.Sprintf("The policy %s of %s drops the first packet of every connection that no rule passes by its addresses: no name is ever seen (FW-6).", name, s.Name), "Let it be aws:drop_established.")
		}
		alerts := func(a string) bool { return strings.HasPrefix(a, "aws:alert_") }
		if !slices.ContainsFunc(p.StatefulDefaults, alerts) {
			add(report.Broken, fmt.Sprintf("The policy %s of %s does not log what it drops.", name, s.Name), "Add the stateful default action aws:alert_established.")
		}
	}
	if p.TLSInspection != "" {
		s.add(&found{effect: report.Doubtful, rule: "firewall-policy", pattern: egressPattern, at: []*site{s}, kind: "firewall policy", object: &p.Object, unknown: []string{"firewall policy " + name + ": it inspects TLS"},
			message: fmt.Sprintf("The policy %s of %s inspects TLS: what passes is not known.", name, s.Name), mend: "Take the TLS inspection configuration from the policy."})
	}
}

func (s *site) groupsOf(list []network.FirewallReference) []string {
	var words []string
	for _, r := range list {
		words = append(words, s.ruleGroupWords(r.RuleGroup))
	}
	return words
}

func (s *site) ruleGroupWords(id string) string {
	if g, ok := s.network.FirewallRuleGroups.Get(id); ok {
		return label(&g.Object)
	}
	return id[strings.LastIndexByte(id, '/')+1:]
}

// domainsOf are the names that roles of a tier may reach, as AWS writes them, and the egresses that say so. Roles of a tier have the same.
func (c *checker) domainsOf(t *blueprint.Tier) (names []string, edges []*blueprint.Edge) {
	for _, e := range c.Edges {
		if e.Egress == nil || e.From.Group.Tier != t {
			continue
		}
		edges = append(edges, e)
		for _, d := range e.Egress.Domains {
			if name := awsName(d); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names, edges
}

// awsName is a domain as a domain list has it: "*.example.com" is ".example.com".
func awsName(domain string) string { return strings.TrimPrefix(domain, "*") }

// languageNames are names of a domain list as the language has them.
func languageNames(list []string) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = n
		if strings.HasPrefix(n, ".") {
			out[i] = "*" + n
		}
	}
	return out
}

// covered tells whether a name of a domain list, or all that it stands for, is among others.
func covered(name string, by []string) bool {
	base := strings.TrimPrefix(name, ".")
	return slices.ContainsFunc(by, func(b string) bool {
		if broad, ok := strings.CutPrefix(b, "."); ok {
			return base == broad || strings.HasSuffix(base, b)
		}
		return name == b
	})
}

// domains holds the rule groups of a policy to the domains of the filtered tiers.
func (s *site) domains(p *network.FirewallPolicy) {
	type list struct {
		group *network.FirewallRuleGroup
		home  *netipx.IPSet
	}
	var lists []list
	add := func(effect report.Effect, rule string, o *network.Object, message, mend string) *found {
		f := &found{effect: effect, rule: rule, pattern: egressPattern, at: []*site{s}, kind: "firewall rule group", object: o, message: message, mend: mend}
		s.add(f)
		return f
	}
	whole := true // all rules are known
	for _, r := range p.StatefulGroups {
		g, ok := s.network.FirewallRuleGroups.Get(r.RuleGroup)
		if !ok || g.Defect != nil {
			why := "it is not in the input"
			if ok {
				why = g.Defect.Reason
			}
			whole = false
			f := add(report.Doubtful, "domains", &p.Object, fmt.Sprintf("What the rule group %s of the policy %s passes is not known: %s.", s.ruleGroupWords(r.RuleGroup), label(&p.Object), why), "Give the input that tells.")
			f.kind, f.unknown = "firewall policy", []string{"rule group " + r.RuleGroup + ": " + why}
			continue
		}
		if r.Override != "" {
			add(report.Undeclared, "domains", &g.Object, fmt.Sprintf("The policy %s turns what the rule group %s drops into alerts.", label(&p.Object), label(&g.Object)), "Take the override away.").origin = r.Origin
		}
		if g.Domains == nil || g.Domains.Action != "ALLOWLIST" {
			what := "rules that are no list of domains"
			if g.Domains != nil {
				what = "a list of domains that is no allow list (" + g.Domains.Action + ")"
			}
			add(report.Undeclared, "domains", &g.Object, fmt.Sprintf("The rule group %s of the policy %s has %s, and nothing declares them.", label(&g.Object), label(&p.Object), what), "Take the rule group from the policy; declare domains by egress.")
			continue
		}
		home, known := s.home(g, p)
		if !known {
			whole = false
			add(report.Doubtful, "home-net", &g.Object, fmt.Sprintf("For which addresses the rule group %s passes names is not known.", label(&g.Object)), "Give HOME_NET as a list of blocks.").unknown = []string{"rule group " + label(&g.Object) + ": HOME_NET"}
			continue
		}
		lists = append(lists, list{g, home})
	}
	for _, t := range s.Tiers {
		if t.Internet != intent.Filtered {
			continue
		}
		names, edges := s.domainsOf(t)
		var lacks [2][]string // by TLS and by HTTP
		for half, protocol := range []string{"TLS", "HTTP"} {
			var passed []string // for every subnet of the tier
			for _, l := range lists {
				d := l.group.Domains
				on := protocol == "TLS" && d.TLS || protocol == "HTTP" && d.HTTP
				all, some := on, false
				for _, b := range t.Subnets {
					all = all && l.home.ContainsPrefix(b)
					some = some || on && l.home.OverlapsPrefix(b)
				}
				if all {
					passed = append(passed, lowered(d.Targets)...)
				}
				if !some {
					continue
				}
				var more []string
				for _, name := range lowered(d.Targets) {
					if !covered(name, names) && !slices.Contains(more, name) {
						more = append(more, name)
					}
				}
				if len(more) > 0 && (protocol == "TLS" || !d.TLS) {
					f := add(report.Undeclared, "domains", &l.group.Object, fmt.Sprintf("The rule group %s lets the tier %s reach names that nothing declares: %s.", label(&l.group.Object), tierLabel(t), few(languageNames(more))), "Take them from the list, or declare them by egress.")
					f.origin, f.because, f.items = d.Origin, edges, languageNames(more)
				}
			}
			for _, name := range names {
				if !covered(name, passed) {
					lacks[half] = append(lacks[half], name)
				}
			}
		}
		o, kind := &p.Object, "firewall policy"
		for _, l := range lists {
			if slices.ContainsFunc(t.Subnets, l.home.OverlapsPrefix) {
				o, kind = &l.group.Object, "firewall rule group"
			}
		}
		tell := func(lacking []string, how string) {
			if len(lacking) > 0 && whole {
				f := add(report.Broken, "domains", o, fmt.Sprintf("No rule of the policy %s lets the tier %s reach %s by %s, which %s.", label(&p.Object), tierLabel(t), few(languageNames(lacking)), how, do(edges, "declare")), "Add them to the list of the tier.")
				f.kind, f.because, f.items = kind, edges, languageNames(lacking)
			}
		}
		if slices.Equal(lacks[0], lacks[1]) {
			tell(lacks[0], "TLS or HTTP")
		} else {
			tell(lacks[0], "TLS")
			tell(lacks[1], "HTTP")
		}
	}
	for _, l := range lists {
		var b netipx.IPSetBuilder
		b.AddSet(l.home)
		for _, t := range s.Tiers {
			if names, _ := s.domainsOf(t); len(names) > 0 {
				for _, p := range t.Prefixes() {
					b.RemovePrefix(p)
				}
				for _, p := range t.Subnets {
					b.RemovePrefix(p)
				}
			}
		}
		if rest, _ := b.IPSet(); len(rest.Ranges()) > 0 {
			add(report.Undeclared, "home-net", &l.group.Object, fmt.Sprintf("The rule group %s passes names for addresses of no tier that has an egress: its HOME_NET holds %s.", label(&l.group.Object), prefixWords(rest.Prefixes())), "Let its HOME_NET be the subnets of the tier.").addresses = rest.Prefixes()
		}
	}
}

func lowered(names []string) []string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = strings.ToLower(n)
	}
	return list
}

// home is the HOME_NET of a rule group: its own, that of the policy, or else the VPC (FW-5).
func (s *site) home(g *network.FirewallRuleGroup, p *network.FirewallPolicy) (*netipx.IPSet, bool) {
	matches, ok := g.IPSets["HOME_NET"]
	if !ok {
		matches, ok = p.IPSets["HOME_NET"]
	}
	var b netipx.IPSetBuilder
	if !ok {
		for _, block := range s.vpc.Blocks {
			if block.Addr().Is4() {
				b.AddPrefix(block)
			}
		}
	}
	var not []netip.Prefix
	for _, m := range matches {
		switch {
		case m.Any && !m.Not:
			b.AddPrefix(everywhere4)
		case m.Block.IsValid() && m.Not:
			not = append(not, m.Block)
		case m.Block.IsValid():
			b.AddPrefix(m.Block)
		default:
			return nil, false
		}
	}
	for _, block := range not {
		b.RemovePrefix(block)
	}
	set, err := b.IPSet()
	return set, err == nil
}

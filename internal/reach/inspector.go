package reach

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// wall is an endpoint of a network firewall, which routes lead to.
type wall struct {
	network.FirewallEndpoint
	*inspector
	subnet *subnet // nil: not in the input
}

// inspector is what a firewall does with packets: its policy, seen from the VPC that the firewall is in (FW-5). What it says of a packet hangs on
// the ports, and on the addresses only as far as cells tells them apart.
type inspector struct {
	firewall *network.Firewall
	policy   *network.FirewallPolicy
	doubt    string // not empty: why nothing is known of it
	cells    *cells
	// stateless and stateful are the rules in the order in which they are looked at (FW-2, FW-3).
	stateless []statelessStep
	stateful  []statefulStep
	byClient  bool           // some rule looks at client ports
	home      []netip.Prefix // HOME_NET, unless something sets it
	homeKnown bool
	lists     func(id string) ([]netip.Prefix, bool) // the entries of prefix lists
}

type statelessStep struct {
	rule    *network.StatelessRule // nil: of a group that is not known
	group   string
	unknown string // not empty: why nothing is known of the rule
}

// statefulStep is a rule of the stateful engine, or all that is not known of a group.
type statefulStep struct {
	action  string // "pass", "drop", or empty: not known
	rule    *network.StatefulRule
	group   *network.FirewallRuleGroup
	unknown string              // not empty: why nothing is known of the rule
	domains *network.DomainList // of a domain list, in place of a rule: those of its names, or with rest all others of its protocols
	rest    bool
}

// inspectors makes the inspectors of all firewalls, and finds the endpoints.
func (x *index) findWalls(n *network.Network) {
	for _, f := range n.Firewalls.All() {
		i := newInspector(n, x, f)
		for _, e := range f.Endpoints {
			at := &wall{FirewallEndpoint: e, inspector: i, subnet: x.subnets[e.Subnet]}
			x.walls[e.ID] = at
			if v := x.vpcs[e.VPC]; v != nil {
				v.walls = append(v.walls, at)
			}
		}
	}
}

func newInspector(n *network.Network, x *index, f *network.Firewall) *inspector {
	i := &inspector{firewall: f}
	i.lists = func(id string) ([]netip.Prefix, bool) {
		l, ok := n.PrefixLists.Get(id[strings.LastIndexByte(id, '/')+1:])
		if !ok || l.Defect != nil {
			return nil, false
		}
		return l.Entries, true
	}
	if v := x.vpcs[f.VPC]; v != nil && v.Defect == nil {
		i.home, i.homeKnown = v.Blocks, true
	}
	p, ok := n.FirewallPolicies.Get(f.Policy)
	switch {
	case f.Defect != nil:
		i.doubt = "it is not understood: " + f.Defect.Reason
	case !ok:
		i.doubt = "its policy " + f.Policy + " was not collected"
	case p.Defect != nil:
		i.doubt = "its policy " + p.Label() + " is not understood: " + p.Defect.Reason
	}
	if i.doubt != "" {
		i.cells = newCells([]netip.Prefix{anywhere4, anywhere6})
		return i
	}
	i.policy = p
	for _, r := range p.StatelessGroups {
		g, why := ruleGroup(n, r)
		if why != "" {
			i.stateless = append(i.stateless, statelessStep{unknown: why})
			continue
		}
		for k := range g.Stateless {
			step := statelessStep{rule: &g.Stateless[k], group: g.Name}
			if d := g.Stateless[k].Defect; d != nil {
				step.unknown = "a rule of " + g.Label() + " is not understood: " + d.Reason
			}
			i.stateless = append(i.stateless, step)
		}
	}
	i.stateful = statefulSteps(n, p)
	for _, s := range i.stateless {
		i.byClient = i.byClient || s.rule != nil && len(s.rule.SourcePorts) > 0
	}
	for _, s := range i.stateful {
		i.byClient = i.byClient || s.rule != nil && (!s.rule.SourcePorts.Any || s.rule.Both && !s.rule.DestinationPorts.Any)
	}
	i.cells = newCells(append(i.prefixes(n), anywhere4, anywhere6))
	return i
}

func ruleGroup(n *network.Network, r network.FirewallReference) (g *network.FirewallRuleGroup, why string) {
	g, ok := n.FirewallRuleGroups.Get(r.RuleGroup)
	switch {
	case !ok:
		return nil, "rule group " + r.RuleGroup + " was not collected"
	case g.Defect != nil:
		return nil, "rule group " + g.Label() + " is not understood: " + g.Defect.Reason
	}
	return g, ""
}

// statefulSteps are the stateful rules of a policy in the order in which they decide (FW-3): as they stand in strict order; pass, what is not
// known, drop and reject in action order. Alerts decide nothing.
func statefulSteps(n *network.Network, p *network.FirewallPolicy) []statefulStep {
	var all []statefulStep
	for _, r := range p.StatefulGroups {
		g, why := ruleGroup(n, r)
		if why != "" {
			all = append(all, statefulStep{unknown: why})
			continue
		}
		if r.Override != "" && r.Override != "DROP_TO_ALERT" {
			all = append(all, statefulStep{unknown: "the override " + r.Override + " of " + g.Label() + " is not known"})
			continue
		}
		add := func(s statefulStep) {
			s.group = g
			switch {
			case r.Override == "" || s.action != "drop":
			case s.rule != nil && s.rule.Action == "reject", s.domains != nil && s.domains.Action == "REJECTLIST":
				s.action, s.unknown = "", "what "+r.Override+" does to a rule that rejects is not documented"
			default:
				return
			}
			all = append(all, s)
		}
		if d := g.Domains; d != nil {
			switch d.Action {
			case "ALLOWLIST":
				add(statefulStep{action: "pass", domains: d})
				if !p.Strict { // FW-4: generated in action order only
					add(statefulStep{action: "drop", domains: d, rest: true})
				}
			case "DENYLIST", "REJECTLIST":
				add(statefulStep{action: "drop", domains: d})
			case "ALERTLIST":
			default:
				add(statefulStep{unknown: "the action " + d.Action + " of the domain list " + g.Label() + " is not known"})
			}
		}
		for k := range g.Rules {
			rule := &g.Rules[k]
			switch {
			case rule.Defect != nil:
				add(statefulStep{rule: rule, unknown: "a rule of " + g.Label() + " is not understood: " + rule.Defect.Reason})
			case rule.Action == "pass":
				add(statefulStep{action: "pass", rule: rule})
			case rule.Action == "drop", rule.Action == "reject":
				add(statefulStep{action: "drop", rule: rule})
			}
		}
	}
	if !p.Strict {
		rank := map[string]int{"pass": 0, "": 1, "drop": 2}
		slices.SortStableFunc(all, func(a, b statefulStep) int { return rank[a.action] - rank[b.action] })
	}
	return all
}

// prefixes are all that anything in the rules names: two addresses that no one of them tells apart are judged alike.
func (i *inspector) prefixes(n *network.Network) []netip.Prefix {
	all := slices.Clone(i.home)
	var add func(m network.AddressMatch)
	add = func(m network.AddressMatch) {
		if m.Block.IsValid() {
			all = append(all, m.Block.Masked())
		}
		for _, each := range m.List {
			add(each)
		}
	}
	sets := func(sets map[string][]network.AddressMatch) {
		for _, list := range sets { // in any order
			for _, m := range list {
				add(m)
			}
		}
	}
	sets(i.policy.IPSets)
	for _, s := range i.stateless {
		if s.rule != nil {
			for _, list := range [][]netip.Prefix{s.rule.Sources, s.rule.Destinations} {
				for _, p := range list {
					all = append(all, p.Masked())
				}
			}
		}
	}
	for _, s := range i.stateful {
		if s.group != nil {
			sets(s.group.IPSets)
			for _, id := range s.group.References {
				entries, _ := i.lists(id)
				all = append(all, entries...)
			}
		}
		if s.rule != nil {
			add(s.rule.Source)
			add(s.rule.Destination)
		}
	}
	return all
}

// surely and maybe are the headers of a set when it is sure, or not, that they are meant.
func surely(holds references, s packet.Set) bounds {
	switch holds {
	case refYes:
		return exactly(s)
	case refDoubt:
		return bounds{packet.None, s}
	}
	return shut
}

// not, and, or are the connectives of answers that may be in doubt.
func not(a references) references {
	switch a {
	case refNo:
		return refYes
	case refYes:
		return refNo
	}
	return a
}

func allOf(list ...references) references {
	out := refYes
	for _, a := range list {
		switch {
		case a == refNo || out == refNo:
			out = refNo
		case a == refDoubt:
			out = refDoubt
		}
	}
	return out
}

func anyOf(list ...references) references {
	out := refNo
	for _, a := range list {
		switch {
		case a == refYes || out == refYes:
			out = refYes
		case a == refDoubt:
			out = refDoubt
		}
	}
	return out
}

// address tells whether an expression of a rule matches an address.
func (i *inspector) address(g *network.FirewallRuleGroup, m network.AddressMatch, at place) references {
	var out references
	switch {
	case m.Any:
		out = refYes
	case m.Variable != "":
		out = i.variable(g, m.Variable, at)
	case m.Reference != "":
		entries, ok := i.lists(g.References[m.Reference])
		switch {
		case !ok:
			out = refDoubt
		case at.in(entries...):
			out = refYes
		}
	case m.Block.IsValid():
		if m.Block.Contains(at.address) {
			out = refYes
		}
	default:
		out = i.addressList(g, m.List, at)
	}
	if m.Not {
		return not(out)
	}
	return out
}

// addressList matches what one of the members that are not negated matches, and every negated one.
func (i *inspector) addressList(g *network.FirewallRuleGroup, list []network.AddressMatch, at place) references {
	if len(list) == 0 {
		return refDoubt
	}
	one, every, some := refNo, refYes, false
	for _, m := range list {
		holds := i.address(g, m, at)
		if m.Not {
			every = allOf(every, holds)
		} else {
			one, some = anyOf(one, holds), true
		}
	}
	if !some {
		return every
	}
	return allOf(one, every)
}

// variable is an IP set of the group, or else of the policy (FW-5).
func (i *inspector) variable(g *network.FirewallRuleGroup, name string, at place) references {
	if g != nil {
		if list, ok := g.IPSets[name]; ok {
			return i.addressList(g, list, at)
		}
	}
	if list, ok := i.policy.IPSets[name]; ok {
		return i.addressList(g, list, at)
	}
	switch name {
	case "HOME_NET":
		switch {
		case !i.homeKnown:
			return refDoubt
		case at.in(i.home...):
			return refYes
		}
		return refNo
	case "EXTERNAL_NET":
		own := false
		if g != nil {
			_, own = g.IPSets["HOME_NET"]
		}
		if list, ok := i.policy.IPSets["HOME_NET"]; ok && !own {
			return not(i.addressList(g, list, at))
		}
	}
	return refDoubt
}

// spans is a set of ports, sorted.
type spans []packet.Span

var allPorts = spans{{Low: 0, High: 65535}}

func (s spans) complement() spans {
	var out spans
	next := 0
	for _, each := range s {
		if int(each.Low) > next {
			out = append(out, packet.Span{Low: uint16(next), High: each.Low - 1})
		}
		next = max(next, int(each.High)+1)
	}
	if next <= 65535 {
		out = append(out, packet.Span{Low: uint16(next), High: 65535})
	}
	return out
}

func (s spans) union(t spans) spans {
	all := append(slices.Clone(s), t...)
	slices.SortFunc(all, func(a, b packet.Span) int { return int(a.Low) - int(b.Low) })
	var out spans
	for _, each := range all {
		if last := len(out) - 1; last >= 0 && int(each.Low) <= int(out[last].High)+1 {
			out[last].High = max(out[last].High, each.High)
			continue
		}
		out = append(out, each)
	}
	return out
}

func (s spans) intersect(t spans) spans { return s.complement().union(t.complement()).complement() }

// portBounds are the ports that an expression surely matches, and those that it may.
type portBounds struct{ must, may spans }

func (i *inspector) ports(g *network.FirewallRuleGroup, m network.PortMatch) portBounds {
	var out portBounds
	switch {
	case m.Any:
		out = portBounds{allPorts, allPorts}
	case m.Variable != "":
		list, ok := g.PortSets[m.Variable]
		if !ok {
			return portBounds{nil, allPorts}
		}
		out = i.portList(g, list)
	case m.Range != nil:
		span := spans{{Low: uint16(m.Range.From), High: uint16(m.Range.To)}}
		out = portBounds{span, span}
	default:
		out = i.portList(g, m.List)
	}
	if m.Not {
		return portBounds{out.may.complement(), out.must.complement()}
	}
	return out
}

func (i *inspector) portList(g *network.FirewallRuleGroup, list []network.PortMatch) portBounds {
	if len(list) == 0 {
		return portBounds{nil, allPorts}
	}
	every, some := portBounds{allPorts, allPorts}, false
	var one portBounds
	for _, m := range list {
		b := i.ports(g, m)
		if m.Not {
			every = portBounds{every.must.intersect(b.must), every.may.intersect(b.may)}
		} else {
			one, some = portBounds{one.must.union(b.must), one.may.union(b.may)}, true
		}
	}
	if !some {
		return every
	}
	return portBounds{one.must.intersect(every.must), one.may.intersect(every.may)}
}

package infer

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/watertight/watertight/internal/exact"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// Inference is a segmentation of what a network allows.
type Inference struct {
	Text   []byte
	Report *report.Inference // without its file
}

// finder finds one.
type finder struct {
	network      *network.Network
	in, with     map[string][]*network.Interface // by subnet, and by security group
	environments []*environment
	byName       map[string]*role
	flows        map[pair]*flow
	refused      map[pair]bool
	domains      map[*environment][]string // that its firewall lets through
	egresses     map[*role]bool
	lefts        []string
}

// pair is two ends of a flow: roles, "internet", or blocks of addresses.
type pair struct{ from, to string }

type flow struct{ ports []string }

// rounds is how often what is undeclared is declared. Each round declares all that it finds; more are needed only where something has to be taken back. After them things are only taken
// back, until nothing has to be.
const rounds = 6

// From infers a segmentation, as the file of a name. The error is that of the proof.
func From(n *network.Network, name string) (*Inference, error) {
	f := &finder{network: n, in: map[string][]*network.Interface{}, with: map[string][]*network.Interface{}, byName: map[string]*role{}, flows: map[pair]*flow{}, refused: map[pair]bool{},
		domains: map[*environment][]string{}, egresses: map[*role]bool{}}
	for _, i := range n.Interfaces.All() {
		f.in[i.Subnet] = append(f.in[i.Subnet], i)
		for _, g := range i.Groups {
			f.with[g] = append(f.with[g], i)
		}
	}
	f.skeleton()
	f.lists()
	if len(f.environments) == 0 {
		return nil, fmt.Errorf("the network has no VPC with subnets: there is nothing to begin with")
	}
	var held *report.Exactness
	for round := 0; ; round++ {
		s, err := f.parse(name)
		if err != nil {
			return nil, err
		}
		if held, err = exact.Check(s, n, exact.Options{Now: time.Time{}}); err != nil {
			return nil, err
		}
		if !f.learn(held, round < rounds) {
			break
		}
	}
	f.unsaid(held)
	text, err := intent.Format([]byte(f.text()), name)
	if err != nil {
		return nil, err
	}
	r := &report.Inference{Schema: report.Schema, Kind: report.KindInference, Verdict: held.Verdict, Environments: len(f.environments), Flows: len(f.flows), Egresses: len(f.egresses),
		Roles: len(f.byName), ByAddress: f.byAddress(), Left: append([]string{}, f.lefts...)}
	for _, e := range f.environments {
		r.Tiers += len(e.tiers)
	}
	return &Inference{Text: text, Report: r}, nil
}

func (f *finder) parse(name string) (*intent.Segmentation, error) {
	s, err := intent.Parse(map[string][]byte{name: []byte(f.text())})
	if err != nil {
		return nil, fmt.Errorf("what was inferred is no segmentation, which is a defect of this program: %w", err)
	}
	return s, nil
}

func (f *finder) left(format string, values ...any) {
	if words := fmt.Sprintf(format, values...); !slices.Contains(f.lefts, words) {
		f.lefts = append(f.lefts, words)
	}
}

// learn declares what is undeclared, if that is wanted, takes back what is broken, and tells whether anything has changed.
func (f *finder) learn(d *report.Exactness, declare bool) bool {
	changed := false
	for i := range d.Deviations {
		v := &d.Deviations[i]
		if v.Rule == "names" && v.Effect == report.Undeclared { // the firewall lets other names through: it filters none
			for _, e := range f.environments {
				if slices.Contains(v.Environments, e.name) && e.unfilter() {
					for _, r := range e.roles {
						delete(f.egresses, r)
					}
					changed = true
				}
			}
		}
		if v.Rule != "connection" {
			continue
		}
		for _, from := range several(v.Source, v.Sources) {
			for _, to := range several(v.Destination, v.Destinations) {
				switch v.Effect {
				case report.Undeclared:
					changed = declare && f.declare(from, to, v) || changed
				case report.Broken:
					if v.Partial { // it is meant, and lost for some: that is told
						continue
					}
					changed = f.takeBack(from, to, v) || changed
				}
			}
		}
	}
	return changed
}

func several(one string, all []string) []string {
	if len(all) > 0 {
		return all
	}
	return []string{one}
}

// unfilter makes filtered tiers of an environment ones that are behind NAT alone.
func (e *environment) unfilter() bool {
	changed := false
	for _, t := range e.tiers {
		if t.internet == intent.Filtered {
			t.internet, changed = intent.NAT, true
		}
	}
	return changed
}

// rolesOf are the roles that an end of a deviation may be said by: something may carry the groups of several.
func (f *finder) rolesOf(end string) []*role {
	var all []*role
	for word := range strings.SplitSeq(end, " + ") {
		if r := f.byName[word]; r != nil {
			all = append(all, r)
		}
	}
	return all
}

// endsOf are the words by which flows may name an end: each of them for an outside, and any of them for what has several roles.
func (f *finder) endsOf(end string, v *report.Deviation) (words []string, each bool) {
	roles := f.rolesOf(end)
	switch {
	case end == "internet":
		return []string{end}, true
	case len(roles) == 0:
		for _, text := range v.Addresses {
			if p, err := netip.ParsePrefix(text); err == nil && p.Addr().Is4() && !p.Addr().IsPrivate() {
				words = append(words, text)
			}
		}
		return words, true
	}
	for _, r := range roles {
		words = append(words, r.String())
	}
	return words, false
}

// declare declares a connection: of what has several roles, by the first that can say it.
func (f *finder) declare(from, to string, v *report.Deviation) bool {
	sources, eachSource := f.endsOf(from, v)
	destinations, eachDestination := f.endsOf(to, v)
	changed := false
	for _, a := range sources {
		for _, b := range destinations {
			said := f.say(pair{a, b}, v.Ports)
			changed = changed || said
			if said && !eachDestination {
				break
			}
		}
		if changed && !eachSource {
			break
		}
	}
	return changed
}

// say declares a flow or an egress, where the language takes it, and tells whether that is something new.
func (f *finder) say(p pair, ports []string) bool {
	source, destination := f.byName[p.from], f.byName[p.to]
	switch {
	case f.refused[p], len(ports) == 0, source == nil && destination == nil, destination != nil && destination.kind == intent.Lambda:
		return false
	case destination == nil && source.tier.internet == intent.None, source == nil && destination.tier.internet != intent.Direct, destination == nil && source.tier.internet == intent.Direct && source.kind == intent.Lambda:
		return false // the language has no words for it
	case destination == nil && source.tier.internet == intent.Filtered:
		if p.to != "internet" || f.egresses[source] || len(f.domains[source.environment]) == 0 {
			return false
		}
		f.egresses[source] = true
		return true
	}
	if f.flows[p] == nil {
		f.flows[p] = &flow{}
	}
	changed := false
	for _, port := range ports {
		if !slices.Contains(f.flows[p].ports, port) {
			f.flows[p].ports = append(f.flows[p].ports, port)
			changed = true
		}
	}
	return changed
}

// takeBack takes back what the members of the roles cannot do.
func (f *finder) takeBack(from, to string, v *report.Deviation) bool {
	changed := false
	same := func(end, of string) bool {
		return end == of || f.byName[end] == nil && slices.Contains(v.Addresses, end) || slices.ContainsFunc(f.rolesOf(of), func(r *role) bool { return r.String() == end })
	}
	for p := range f.flows {
		if same(p.from, from) && same(p.to, to) {
			delete(f.flows, p)
			f.refused[p], changed = true, true
		}
	}
	for _, r := range f.rolesOf(from) {
		if f.egresses[r] && to == "internet" {
			delete(f.egresses, r)
			f.refused[pair{r.String(), to}], changed = true, true
		}
	}
	return changed
}

// unsaid tells of what is left.
func (f *finder) unsaid(d *report.Exactness) {
	for i := range d.Deviations {
		if v := &d.Deviations[i]; v.Effect != report.Aware {
			f.left("%s", v.Message)
		}
	}
}

// lists finds the names that the firewalls let through.
func (f *finder) lists() {
	for _, e := range f.environments {
		for _, w := range f.network.Firewalls.All() {
			if w.VPC != e.vpc.ID {
				continue
			}
			policy, ok := f.network.FirewallPolicies.Get(w.Policy)
			if !ok {
				continue
			}
			for _, ref := range policy.StatefulGroups {
				g, ok := f.network.FirewallRuleGroups.Get(ref.RuleGroup)
				if !ok || g.Domains == nil || g.Domains.Action != "ALLOWLIST" {
					continue
				}
				for _, name := range g.Domains.Targets {
					if strings.HasPrefix(name, ".") {
						name = "*" + name
					}
					if !slices.Contains(f.domains[e], name) {
						f.domains[e] = append(f.domains[e], name)
					}
				}
			}
		}
		slices.Sort(f.domains[e])
		if len(f.domains[e]) == 0 {
			e.unfilter()
		}
	}
}

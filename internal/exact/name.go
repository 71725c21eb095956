package exact

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// names proves that what gets out by an egress carries the domains that are declared, and no others (FW-11). A firewall tells subnets apart, and not groups: one role of each subnet is
// asked about.
func (c *checker) names() error {
	for _, s := range c.sites {
		if s.vpc == nil {
			continue
		}
		for _, t := range s.Tiers {
			if t.Internet != intent.Filtered {
				continue
			}
			domains, edges := c.domainsOf(t)
			if len(edges) == 0 {
				continue
			}
			p := c.egressing(edges)
			if p == nil {
				continue
			}
			for _, x := range s.present(t) {
				if err := c.carried(s, t, x, p, domains, edges); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// egressing is a party with one of some egresses, in its tier.
func (c *checker) egressing(edges []*blueprint.Edge) *party {
	for _, e := range edges {
		for _, p := range c.parties {
			if len(p.roles) == 1 && p.roles[0] == e.From.Group && !p.astray && p.balancer == nil {
				return p
			}
		}
	}
	return nil
}

// carried compares the names that get out of a subnet with those that are declared.
func (c *checker) carried(s *site, t *blueprint.Tier, x *network.Subnet, p *party, domains []string, edges []*blueprint.Edge) error {
	var members []*network.Interface
	for _, i := range p.members {
		if i.Subnet == x.ID {
			members = append(members, i)
		}
	}
	if len(members) == 0 {
		return nil
	}
	e := c.session.Engine()
	q := reach.Question{Sources: e.Interfaces(members...), Destinations: e.Internet(), Family: reach.IPv4, Traffic: declared(edges[0].Ports)}
	type fault struct {
		effect report.Effect
		what   string
		why    string // what is not known
	}
	seen := map[fault]bool{}
	for _, part := range e.Can(q) {
		if part.Verdict != reach.Reachable {
			continue // which is told
		}
		for _, f := range faults(part.Limits, domains) {
			one := fault{f.effect, f.message + strings.Join(f.items, " "), strings.Join(f.unknown, "; ")}
			if seen[one] {
				continue
			}
			seen[one] = true
			words := report.Question{Source: p.label, Destination: "internet", Protocol: "tcp", Family: "ipv4"}
			shown, _, err := c.session.Show(q, words, func(other reach.Part) bool {
				return other.Verdict == reach.Reachable && slices.ContainsFunc(faults(other.Limits, domains), func(g *found) bool { return g.message == f.message && slices.Equal(g.items, f.items) })
			})
			if err != nil {
				return err
			}
			f.rule, f.pattern, f.at, f.because, f.traffic = "names", egressPattern, []*site{s}, edges, part.Traffic
			f.message = fmt.Sprintf("From %s, %s %s, by %s.", tierLabel(t), p.label, f.message, wordsOfPorts(part.Traffic))
			f.connection = &connection{source: p.label, destination: "internet", verdict: report.Reachable, family: reach.IPv4, part: shown}
			c.add(f)
		}
	}
	return nil
}

func wordsOfPorts(set packet.Set) string {
	ports, _ := portsOf(set)
	return strings.Join(ports, " and ")
}

// faults are how what gets out by a way differs from some domains.
func faults(l *reach.Limits, domains []string) []*found {
	const mend = "Let the firewall's list for the tier be the domains that are declared."
	switch {
	case l == nil:
		return []*found{{effect: report.Undeclared, message: "reaches every name", mend: "Lead it through the firewall, and let that drop what no list passes."}}
	case l.Unknown != "":
		return []*found{{effect: report.Doubtful, message: "reaches names that are not known: " + l.Unknown, mend: "Give the input that tells.", unknown: []string{"network firewall: " + l.Unknown}}}
	}
	var all []*found
	if l.Open != "" {
		all = append(all, &found{effect: report.Undeclared, message: "gets " + l.Open + " through", mend: mend})
	}
	var more, passed, lacking []string
	for _, n := range l.Names {
		name, protocol, half := strings.Cut(n, " ")
		if !covered(name, domains) {
			more = append(more, name)
		}
		if !half || protocol == "" {
			passed = append(passed, name)
		}
	}
	if strings.HasSuffix(l.Rule, "; by TLS only") {
		passed = nil
	}
	for _, d := range domains {
		if !covered(d, passed) && (l.Open == "" || slices.Contains(l.Denied, d)) {
			lacking = append(lacking, d)
		}
	}
	if len(more) > 0 {
		all = append(all, &found{effect: report.Undeclared, items: languageNames(more), message: "reaches names that nothing declares: " + few(languageNames(more)), mend: mend})
	}
	if len(lacking) > 0 {
		all = append(all, &found{effect: report.Broken, items: languageNames(lacking), message: "does not reach " + few(languageNames(lacking)) + ", which is declared", mend: mend})
	}
	return all
}

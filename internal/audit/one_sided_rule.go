package audit

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/report"
)

var oneSidedRule = &Rule{
	Name:     "one-sided-rule",
	Title:    "A rule that names a group whose members do not say the same",
	Severity: report.Warning,
	Grades:   "warning",
	Why:      "A connection needs a rule at either end: outbound at the client, inbound at the server. Where the ports or the groups of the two do not meet, nothing gets through that either of them allows.",
	Mend:     "Add the rule that is missing at the other end, or bring the ports together; remove the rule if the connection is not wanted.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-app vpc-prod 10.0.1.0/24
subnet prod-data vpc-prod 10.0.2.0/24
group app vpc-prod
  out tcp 80 cache           # which listens on 6379
group cache vpc-prod
  in  tcp 6379 app
  out nothing
eni app-1 prod-app 10.0.1.5 app
eni cache-1 prod-data 10.0.2.5 cache
`,
	check: checkOneSidedRule,
}

func checkOneSidedRule(s *survey) error {
	s.profiles()
	for _, g := range s.network.SecurityGroups.All() {
		if g.Defect != nil || len(s.carriers[g.ID]) == 0 {
			continue
		}
		for _, outbound := range []bool{false, true} {
			rules := g.Inbound
			if outbound {
				rules = g.Outbound
			}
			var words, others []string
			var at network.Origin
			for _, r := range rules {
				if r.Defect != nil || r.Group == "" || r.Group == g.ID || len(s.carriers[r.Group]) == 0 {
					continue
				}
				other, ok := s.network.SecurityGroups.Get(r.Group)
				if !ok || s.meets(g, r, outbound) {
					continue
				}
				if len(words) == 0 {
					at = r.Origin
				}
				words = append(words, s.ruleWords(r, outbound))
				if !slices.Contains(others, label(&other.Object)) {
					others = append(others, label(&other.Object))
				}
			}
			if len(words) == 0 {
				continue
			}
			does, way := "sends nothing of that", "an outbound"
			if outbound {
				does, way = "admits nothing of that", "an inbound"
			}
			s.report(finding{severity: report.Warning, kind: "security group", object: &g.Object, at: at,
				message: fmt.Sprintf("The group %s has %s (%s), and what carries %s %s.", label(&g.Object), plural(len(words), "rule"), few(words), few(others), does),
				mend:    fmt.Sprintf("Add %s rule for the same traffic to %s, with %s at the other end; or remove the rule from %s.", way, few(others), label(&g.Object), label(&g.Object))})
		}
	}
	return nil
}

// meets tells whether some member of the group that a rule names may say yes to some of what the rule allows. What is not known may.
func (s *survey) meets(g *network.SecurityGroup, r network.Rule, outbound bool) bool {
	what := traffic(r)
	for _, p := range s.carriers[r.Group] {
		for _, id := range p.groups {
			theirs, ok := s.network.SecurityGroups.Get(id)
			if !ok || theirs.Defect != nil {
				return true
			}
			list := theirs.Outbound
			if outbound {
				list = theirs.Inbound
			}
			for _, x := range list {
				if x.Defect != nil || traffic(x).Intersect(what) != packet.None && s.mayMean(x, g) {
					return true
				}
			}
		}
		if len(p.groups) == 0 {
			return true
		}
	}
	return false
}

// mayMean tells whether a rule may be about a member of a group: by a group that some member carries, or a block that overlaps where members are.
func (s *survey) mayMean(r network.Rule, g *network.SecurityGroup) bool {
	for _, p := range s.carriers[g.ID] {
		if r.Group != "" {
			if slices.Contains(p.groups, r.Group) {
				return true
			}
			continue
		}
		blocks := s.blocks(r.Block, r.PrefixList)
		if len(blocks) == 0 || p.subnet == nil || slices.ContainsFunc(p.subnet.Blocks, func(b netip.Prefix) bool { return slices.ContainsFunc(blocks, b.Overlaps) }) {
			return true
		}
	}
	return false
}

package exact

import (
	"slices"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/report"
)

// The five patterns, as [report.Patterns] has them.
const (
	tiersPattern       = "tiers"
	groupsPattern      = "groups"
	peeringPattern     = "peering"
	privateLinkPattern = "privatelink"
	egressPattern      = "egress"
)

// patternOf is the pattern that an edge belongs to.
func (c *checker) patternOf(e *blueprint.Edge) string {
	switch {
	case e.Egress != nil:
		return egressPattern
	case e.Via == intent.Peering, e.Via == intent.Transit:
		return peeringPattern
	case e.Via == intent.PrivateLink:
		return privateLinkPattern
	case e.From.Group != nil && e.To.Group != nil:
		return groupsPattern
	}
	return tiersPattern
}

// tierPattern is the pattern that the controls of a tier belong to: those of what carries the egress of others belong to that.
func tierPattern(t *blueprint.Tier) string {
	switch {
	case t.Purpose == intent.ForFirewall, t.Purpose == intent.ForNAT && t.Environment.Firewall:
		return egressPattern
	case t.Purpose == intent.ForTransit:
		return peeringPattern
	}
	return tiersPattern
}

// states are the environments with their five patterns.
func (c *checker) states(all []report.Deviation) []report.Environment {
	list := []report.Environment{}
	for _, s := range c.sites {
		e := report.Environment{Name: s.Name, Account: s.Account, Region: s.Region}
		if s.vpc != nil {
			e.VPC = s.vpc.ID
		}
		for _, name := range report.Patterns {
			p := report.Pattern{Name: name, State: report.Absent}
			if s.has(name) {
				p.State = report.Green
			}
			if s.VPC != "" && p.State == report.Green {
				p.State = report.Legacy
			}
			rank := 0
			for i := range all {
				if d := &all[i]; d.Pattern == name && slices.Contains(d.Environments, s.Name) && d.Effect != report.Aware {
					p.Deviations++
					rank = max(rank, map[report.Effect]int{report.Doubtful: 1, report.Undeclared: 2, report.Broken: 2}[d.Effect])
				}
			}
			if rank > 0 {
				p.State = []string{"", string(report.Unknown), report.Red}[rank]
			} else if s.vpc == nil && p.State == report.Green {
				p.State = s.unseen()
			}
			e.Patterns = append(e.Patterns, p)
		}
		list = append(list, e)
	}
	return list
}

// unseen is the state of what is declared of an environment that has no VPC.
func (s *site) unseen() string {
	for _, f := range s.found {
		if f.rule == "environment" && f.at[0] == s && f.effect == report.Broken {
			return report.Red
		}
	}
	return string(report.Unknown)
}

// has tells whether something of a pattern is declared of an environment.
func (s *site) has(pattern string) bool {
	switch pattern {
	case peeringPattern:
		return slices.ContainsFunc(s.checker.Peerings, func(p *blueprint.Peering) bool { return p.Requester == s.Environment || p.Accepter == s.Environment }) ||
			slices.ContainsFunc(s.checker.Transits, func(t *blueprint.Transit) bool { return slices.Contains(t.Members, s.Environment) })
	case privateLinkPattern:
		return slices.ContainsFunc(s.checker.Services, func(x *blueprint.EndpointService) bool { return x.Environment == s.Environment }) ||
			slices.ContainsFunc(s.checker.Endpoints, func(x *blueprint.Endpoint) bool { return x.Environment == s.Environment })
	case egressPattern:
		return s.Firewall
	}
	return true
}

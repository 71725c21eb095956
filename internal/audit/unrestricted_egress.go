package audit

import (
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

var unrestrictedEgress = &Rule{
	Name:     "unrestricted-egress",
	Title:    "A role that gets to all of the internet on every port",
	Severity: report.Warning,
	Grades:   "warning where its members get out and no firewall is on the way; note where a rule for everything is there, and members, and no way out today",
	Why:      "A program that is taken over calls home over whatever port is open. AWS lets every new group send everything everywhere: it was seldom decided.",
	Mend:     "Replace the outbound rule for everything by the groups and ports that the role needs, and tcp 443 where it needs the internet; or lead the way out through a firewall that filters by name.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-public vpc-prod 10.0.0.0/24 table=rtb-public public
subnet prod-app vpc-prod 10.0.1.0/24 table=rtb-app
igw igw-prod vpc-prod
nat nat-prod prod-public 10.0.0.9=54.1.2.3
table rtb-public vpc-prod
  0.0.0.0/0 igw-prod
table rtb-app vpc-prod
  0.0.0.0/0 nat-prod
group app vpc-prod                    # which lets everything out, as AWS makes it
eni app-1 prod-app 10.0.1.5 app
`,
	check: checkUnrestrictedEgress,
}

// everyPort is TCP to whatever port.
var everyPort = packet.Ports(packet.TCP, 1, 65535).Intersect(packet.Clients(linuxLow, linuxHigh))

func checkUnrestrictedEgress(s *survey) error {
	s.ways()
	for _, g := range s.network.SecurityGroups.All() {
		k := slices.IndexFunc(g.Outbound, func(r network.Rule) bool {
			return r.Defect == nil && r.Group == "" && traffic(r).Covers(everyPort) && slices.ContainsFunc(s.blocks(r.Block, r.PrefixList), wide)
		})
		if k < 0 || len(s.carriers[g.ID]) == 0 {
			continue
		}
		f := finding{severity: report.Note, kind: "security group", object: &g.Object, at: g.Outbound[k].Origin}
		var out *profile
		var family reach.Family
		var way *exit
		var members []string
		doubt, inspected := false, false
		for _, p := range s.carriers[g.ID] {
			for k, each := range families {
				if a := p.out[k]; !a.reachable.Covers(everyPort) {
					doubt = doubt || a.reachable.Union(a.unknown).Covers(everyPort)
					continue
				}
				x, err := s.exitOf(p, each)
				if err != nil {
					return err
				}
				if x != nil && x.past == nil {
					inspected = true
					continue
				}
				if out == nil {
					out, family, way = p, each, x
				}
				for _, i := range p.members {
					if name := s.name(i); !slices.Contains(members, name) {
						members = append(members, name)
					}
				}
			}
		}
		slices.Sort(members)
		f.mend = fmt.Sprintf("Replace %s of %s by the groups and ports that its members need, and tcp 443 where they need the internet.", s.ruleWords(g.Outbound[k], true), label(&g.Object))
		switch {
		case out != nil:
			f.severity = report.Warning
			past := "through no firewall"
			if way != nil && len(way.firewalls) > 0 {
				past = "to a part of it through no firewall"
			}
			f.message = fmt.Sprintf("What carries the group %s gets to all of the internet on every port, and %s: %s.", label(&g.Object), past, few(members))
			if way != nil {
				f.evidence = way.past
				break
			}
			e := s.session.Engine()
			part, _, err := s.evidence(reach.Question{Sources: e.Interfaces(out.members...), Destinations: e.AtLarge(), Family: family, Traffic: everyPort.Intersect(packet.Ports(packet.TCP, 22, 22))}, members[0], "internet", reach.Reachable)
			if err != nil {
				return err
			}
			f.evidence = part
		case doubt:
			f.severity = report.Unverified
			f.message = fmt.Sprintf("Whether what carries the group %s gets to all of the internet on every port is not known.", label(&g.Object))
		case inspected:
			continue
		default:
			f.message = fmt.Sprintf("The group %s lets everything out to everywhere; no way leads its members to the internet today.", label(&g.Object))
		}
		s.report(f)
	}
	return nil
}

package audit

import (
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

var unattached = &Rule{
	Name:     "unattached",
	Title:    "A group, network ACL or route table that nothing uses",
	Severity: report.Note,
	Grades:   "note. What a workload, a launch template or a load balancer names is used, before any interface exists",
	Why:      "What protects nothing is read all the same, and is there for whoever needs a group in a hurry. Rules that name a group without members admit nobody.",
	Mend:     "Remove it, with the rules that name it; or attach it to what it was made for.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-app vpc-prod 10.0.1.0/24
group app vpc-prod
  in tcp 443 legacy
group legacy vpc-prod
eni app-1 prod-app 10.0.1.5 app
`,
	check: func(s *survey) error {
		named := map[string][]string{}
		for _, g := range s.network.SecurityGroups.All() {
			for _, list := range [][]network.Rule{g.Inbound, g.Outbound} {
				for _, r := range list {
					if r.Group != "" && r.Group != g.ID && !slices.Contains(named[r.Group], label(&g.Object)) {
						named[r.Group] = append(named[r.Group], label(&g.Object))
					}
				}
			}
		}
		for _, g := range s.network.SecurityGroups.All() {
			if s.users[g.ID] > 0 || g.Partial || g.Name == "default" || g.Defect != nil || s.network.Gap("NetworkInterfaces", g.Account, g.Region) != nil || len(g.VPCs) > 0 {
				continue
			}
			f := finding{severity: report.Note, kind: "security group", object: &g.Object}
			f.message = fmt.Sprintf("The group %s is attached to nothing%s.", label(&g.Object), s.inPlan(g.Address))
			f.mend = fmt.Sprintf("Remove %s, or attach it to what it is for.", label(&g.Object))
			if by := named[g.ID]; len(by) > 0 {
				f.message = fmt.Sprintf("The group %s is attached to nothing%s: rules of %s that name it admit nobody.", label(&g.Object), s.inPlan(g.Address), few(by))
				f.mend = fmt.Sprintf("Remove %s and the rules of %s that name it, or attach it to what it is for.", label(&g.Object), few(by))
			}
			s.report(f)
		}
		for _, a := range s.network.NetworkACLs.All() {
			used := slices.ContainsFunc(s.network.Subnets.All(), func(subnet *network.Subnet) bool { return subnet.NetworkACL == a.ID })
			if !used && !a.Default && !a.Partial && a.Defect == nil && s.network.Gap("Subnets", a.Account, a.Region) == nil {
				s.report(finding{severity: report.Note, kind: "network ACL", object: &a.Object,
					message: fmt.Sprintf("The network ACL %s is associated with no subnet%s.", label(&a.Object), s.inPlan(a.Address)),
					mend:    fmt.Sprintf("Associate %s with the subnets that it is for, or remove it.", label(&a.Object))})
			}
		}
		for _, t := range s.tables() {
			if len(s.byTable[t.ID])+len(t.Gateways) == 0 && !t.Main && !t.Partial && t.Defect == nil && s.network.Gap("Subnets", t.Account, t.Region) == nil && !s.regional(t.ID) {
				s.report(finding{severity: report.Note, kind: "route table", object: &t.Object,
					message: fmt.Sprintf("The route table %s is associated with no subnet%s.", label(&t.Object), s.inPlan(t.Address)),
					mend:    fmt.Sprintf("Associate %s with the subnets that it is for, or remove it.", label(&t.Object))})
			}
		}
		return nil
	},
}

// regional tells whether a route table is that of a regional NAT gateway (NAT-4).
func (s *survey) regional(table string) bool {
	for _, g := range s.network.NATGateways.All() {
		if g.RouteTable == table {
			return true
		}
	}
	return false
}

package audit

import (
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/report"
)

var defaultGroup = &Rule{
	Name:     "default-group",
	Title:    "Something that carries the default security group of its VPC",
	Severity: report.Note,
	Grades:   "note",
	Why:      "The default group is what AWS gives to whatever names none: all that carries it can talk with each other, and nobody decided that.",
	Mend:     "Give its members groups of their own role, and take all rules of the default group away (in Terraform: aws_default_security_group without rules).",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-app vpc-prod 10.0.1.0/24
eni app-1 prod-app 10.0.1.5
`,
	check: func(s *survey) error {
		s.profiles()
		for _, g := range s.network.SecurityGroups.All() {
			if g.Name != "default" || len(s.carriers[g.ID]) == 0 || len(g.Inbound)+len(g.Outbound) == 0 {
				continue
			}
			var names []string
			n := 0
			for _, p := range s.carriers[g.ID] {
				n += len(p.members)
				for _, i := range p.members {
					names = append(names, s.name(i))
				}
			}
			slices.Sort(names)
			s.report(finding{
				severity: report.Note, kind: "security group", object: &g.Object,
				message: fmt.Sprintf("The default group %s of %s has rules, and is carried by %s: %s.", g.ID, s.vpcLabel(g.VPC), plural(n, "interface"), few(names)),
				mend:    fmt.Sprintf("Give %s groups of their roles, and remove the %s of %s.", few(names), plural(len(g.Inbound)+len(g.Outbound), "rule"), g.ID),
			})
		}
		return nil
	},
}

package audit

import (
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

var duplicateACLNumber = &Rule{
	Name:     "duplicate-acl-number",
	Title:    "Two entries of a network ACL with one number",
	Severity: report.Error,
	Grades:   "error",
	Why:      "AWS refuses the second entry with that number and direction, IPv4 and IPv6 taken together: the plan applies in part, and which entry is there then is chance.",
	Mend:     "Give each entry of a direction a number of its own.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-app vpc-prod 10.0.1.0/24 acl=acl-app
acl acl-app vpc-prod
  in 100 allow tcp 443 10.0.0.0/16
  in 100 allow tcp 22  10.0.0.0/16
`,
	check: func(s *survey) error {
		for _, a := range s.network.NetworkACLs.All() {
			var twice []string
			var at network.Origin
			for i, e := range a.Entries { // sorted by direction and number
				if i == 0 || a.Entries[i-1].Outbound != e.Outbound || a.Entries[i-1].Number != e.Number {
					continue
				}
				if at == (network.Origin{}) {
					at = e.Origin
				}
				word := "inbound"
				if e.Outbound {
					word = "outbound"
				}
				twice = append(twice, fmt.Sprintf("%s %d", word, e.Number))
			}
			if len(twice) == 0 {
				continue
			}
			twice = slices.Compact(twice)
			s.report(finding{
				severity: report.Error, kind: "network ACL", object: &a.Object, at: at,
				message: fmt.Sprintf("The network ACL %s has more than one entry %s: AWS refuses that.", label(&a.Object), few(twice)),
				mend:    fmt.Sprintf("Give the entries %s of %s numbers of their own, in the order in which they should match.", few(twice), label(&a.Object)),
			})
		}
		return nil
	},
}

package audit

import (
	"fmt"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

var noReturnRoute = &Rule{
	Name:     "no-return-route",
	Title:    "A route table without a way back for connections that arrive",
	Severity: report.Error,
	Grades:   "error; warning where AWS may choose another way, which works",
	Why:      "Each side needs a route of its own. The first packet arrives, which isolation does not survive, and the reply is lost, which the client does not.",
	Mend:     "Add the route back to the block of the client; or, if the connection should not be, take the route on the other side away.",
	Example: `vpc vpc-prod 10.0.0.0/16
vpc vpc-tools 10.1.0.0/16
subnet prod-app vpc-prod 10.0.1.0/24 table=rtb-prod
subnet tools vpc-tools 10.1.1.0/24 table=rtb-tools
tgw tgw-hub
attachment tgw-attach-prod tgw-hub vpc-prod prod-app
attachment tgw-attach-tools tgw-hub vpc-tools tools
table rtb-tools vpc-tools
  10.0.0.0/16 tgw-hub
table rtb-prod vpc-prod         # nothing leads to 10.1.0.0/16
group app vpc-prod
  in  tcp 8080 10.1.0.0/16
  out nothing
group ci vpc-tools
  out tcp 8080 10.0.0.0/16
eni app-1 prod-app 10.0.1.5 app
eni ci-1 tools 10.1.1.5 ci
`,
	check: func(s *survey) error { return s.lostRoutes(false) },
}

// lostRoutes reports the tables that lack the route back, by a peering or by any other way inside.
func (s *survey) lostRoutes(peering bool) error {
	list, err := s.brokenConnections()
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, b := range list {
		t, ok := s.network.RouteTables.Get(b.lost.ID)
		if b.lost.Code != "NO_RETURN_ROUTE" || !ok || b.kind == reach.ByInternet || (b.kind == reach.ByPeering) != peering || seen[t.ID] {
			continue
		}
		seen[t.ID] = true
		f := report.Error
		if b.choice != "" {
			f = report.Warning
		}
		s.report(finding{
			severity: f, kind: "route table", object: &t.Object, evidence: b.part,
			message: fmt.Sprintf("The route table %s has no route back to %s: connections from there to %s (%s) arrive, and their replies are lost.", label(&t.Object), b.from, b.to, query.Words(b.ports())),
			mend:    mendReturn(t, b, s.returnTarget(b)),
		})
	}
	return nil
}

func mendReturn(t *network.RouteTable, b broken, target string) string {
	return fmt.Sprintf("Add a route to %s (%s)%s to %s; or, if that connection should not be, remove the route that leads here.", b.fromBlock, b.from, target, label(&t.Object))
}

// returnTarget says by what the request came, for that is the way back as well.
func (s *survey) returnTarget(b broken) string {
	for _, h := range b.part.Path {
		for _, kind := range []string{"peering connection", "transit gateway"} {
			if h.Kind == kind {
				return " by the " + kind + " " + h.ID
			}
		}
	}
	return ""
}

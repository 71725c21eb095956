package audit

import (
	"fmt"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

var blackholeRoute = &Rule{
	Name:     "blackhole-route",
	Title:    "A route that drops what it matches",
	Severity: report.Warning,
	Grades:   "warning where the table governs something; note where no subnet with members uses it",
	Why:      "A route whose target is gone still matches, and drops: traffic does not fall through to a shorter prefix.",
	Mend:     "Lead the route to what took the place of its target, or remove it.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-app vpc-prod 10.0.1.0/24 table=rtb-app
table rtb-app vpc-prod
  192.168.0.0/16 nothing blackhole    # the VPN it led to was removed
group app vpc-prod
eni app-1 prod-app 10.0.1.5 app
`,
	check: func(s *survey) error {
		s.profiles()
		for _, t := range s.tables() {
			var drops []string
			var at network.Origin
			for _, r := range t.Routes {
				why := s.drops(t, r)
				if why == "" {
					continue
				}
				if len(drops) == 0 {
					at = r.Origin
				}
				drops = append(drops, s.routeWords(r)+" ("+why+")")
			}
			if len(drops) == 0 {
				continue
			}
			f := finding{severity: report.Note, kind: "route table", object: &t.Object, at: at}
			users := 0
			for _, subnet := range s.byTable[t.ID] {
				for _, p := range s.bySubnet[subnet.ID] {
					users += len(p.members)
				}
			}
			effect := "nothing uses the table"
			if users > 0 {
				f.severity = report.Warning
				effect = "of " + plural(users, "interface") + " in " + subnetWords(s.byTable[t.ID])
			}
			f.message = fmt.Sprintf("The route table %s drops what it should forward, by %s: %s.", label(&t.Object), few(drops), effect)
			f.mend = fmt.Sprintf("Lead %s of %s to a target that is there, or remove %s.", theRoutes(len(drops)), label(&t.Object), them(len(drops)))
			s.report(f)
		}
		return nil
	},
}

func theRoutes(n int) string {
	if n == 1 {
		return "the route"
	}
	return "the routes"
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// drops says why a route drops; empty where it does not, or is not known to. Routes to peerings that are not active are one-way-peering's.
func (s *survey) drops(t *network.RouteTable, r network.Route) string {
	if r.Defect != nil {
		return ""
	}
	if r.Target.Kind == network.TargetPeering {
		if p, ok := s.network.PeeringConnections.Get(r.Target.ID); ok && p.State != "active" && p.State != "deleted" && p.State != "deleting" {
			return ""
		}
	}
	if r.Blackhole {
		return "its target is gone"
	}
	n := s.network
	gone := func(state string) string {
		switch state {
		case "deleting", "deleted", "failed", "rejected", "expired":
			return "its target is " + state
		}
		return ""
	}
	attached := func(o *network.Object, vpc string) string {
		switch {
		case o.Defect != nil || vpc == t.VPC:
			return ""
		case vpc == "":
			return "its target is attached to no VPC"
		}
		return "its target is attached to another VPC"
	}
	switch r.Target.Kind {
	case network.TargetInternetGateway:
		if g, ok := n.InternetGateways.Get(r.Target.ID); ok {
			return attached(&g.Object, g.VPC)
		}
	case network.TargetEgressOnly:
		if g, ok := n.EgressOnlyGateways.Get(r.Target.ID); ok {
			return attached(&g.Object, g.VPC)
		}
	case network.TargetVPNGateway:
		if g, ok := n.VPNGateways.Get(r.Target.ID); ok {
			return attached(&g.Object, g.VPC)
		}
	case network.TargetNAT:
		if g, ok := n.NATGateways.Get(r.Target.ID); ok {
			return gone(g.State)
		}
	case network.TargetPeering:
		if p, ok := n.PeeringConnections.Get(r.Target.ID); ok {
			return gone(p.State)
		}
	case network.TargetTransitGateway:
		if g, ok := n.TransitGateways.Get(r.Target.ID); ok && gone(g.State) != "" {
			return gone(g.State)
		}
		for _, a := range n.TransitAttachments.All() {
			if a.Gateway == r.Target.ID && a.Type == "vpc" && a.Resource == t.VPC {
				return ""
			}
		}
		if v, ok := n.VPCs.Get(t.VPC); ok && n.TransitAttachments.Len() > 0 && n.Gap("TransitGatewayAttachments", v.Account, v.Region) == nil && n.Gap("TransitGatewayVpcAttachments", v.Account, v.Region) == nil {
			return "the VPC is not attached to its target"
		}
	}
	return ""
}

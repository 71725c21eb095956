package audit

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

var oneWayPeering = &Rule{
	Name:     "one-way-peering",
	Title:    "A peering that works in one direction, or not at all",
	Severity: report.Error,
	Grades: "error where a connection that groups allow arrives and its reply is lost; warning for an active peering with routes on one side only, and for routes to one that is not active; " +
		"note for one that nobody accepts and nothing leads to",
	Why:  "Each side of a peering needs a route of its own, and the accepter's consent. With a route on one side only packets still arrive, and no connection works.",
	Mend: "Add the missing route, or accept the peering; remove what is not meant.",
	Example: `vpc vpc-prod 10.0.0.0/16
vpc vpc-staging 10.1.0.0/16
subnet prod-data vpc-prod 10.0.1.0/24 table=rtb-prod-data
subnet staging-app vpc-staging 10.1.1.0/24 table=rtb-staging-app
peering pcx-1 vpc-staging vpc-prod
table rtb-staging-app vpc-staging
  10.0.1.0/24 pcx-1
table rtb-prod-data vpc-prod     # no way back to 10.1.1.0/24
group app vpc-staging
  out tcp 5432 10.0.1.0/24
group database vpc-prod
  in  tcp 5432 10.1.1.0/24
  out nothing
eni app-1 staging-app 10.1.1.5 app
eni database-1 prod-data 10.0.1.5 database
`,
	check: func(s *survey) error {
		before := len(s.found)
		if err := s.lostRoutes(true); err != nil {
			return err
		}
		told := map[string]bool{} // peerings of which a connection breaks
		for _, f := range s.found[before:] {
			for _, h := range f.Path {
				if h.Kind == "peering connection" {
					told[h.ID] = true
				}
			}
		}
		for _, p := range s.network.PeeringConnections.All() {
			if p.Defect == nil && !told[p.ID] {
				s.peering(p)
			}
		}
		return nil
	},
}

// peering reports a peering by its routes alone.
func (s *survey) peering(p *network.PeeringConnection) {
	routes := map[string][]string{} // by VPC, in words
	for _, t := range s.tables() {
		for _, r := range t.Routes {
			if r.Target.Kind == network.TargetPeering && r.Target.ID == p.ID {
				routes[t.VPC] = append(routes[t.VPC], fmt.Sprintf("%s of %s", cmp.Or(r.PrefixList, prefixWord(r.Destination)), label(&t.Object)))
			}
		}
	}
	f := finding{kind: "peering connection", object: &p.Object}
	all := slices.Concat(routes[p.Requester.VPC], routes[p.Accepter.VPC])
	switch p.State {
	case "active":
		for _, side := range []struct{ has, lacks string }{{p.Requester.VPC, p.Accepter.VPC}, {p.Accepter.VPC, p.Requester.VPC}} {
			if len(routes[side.has]) == 0 || len(routes[side.lacks]) > 0 || !s.tablesKnown(side.lacks) {
				continue
			}
			f.severity = report.Warning
			f.message = fmt.Sprintf("The peering %s has routes in %s (%s), and none in %s: replies find no way back.", label(&p.Object), s.vpcLabel(side.has), suchAs(routes[side.has]), s.vpcLabel(side.lacks))
			f.mend = fmt.Sprintf("Add routes to the blocks of %s, with %s as target, to the route tables in %s of those who answer; or remove the routes on the other side.", s.vpcLabel(side.has), p.ID, s.vpcLabel(side.lacks))
			s.report(f)
		}
	case "deleted", "deleting": // AWS lists it for a while; a route to it is a blackhole
		return
	default:
		f.severity = report.Note
		why := "is " + p.State
		if p.State == "pending-acceptance" {
			why = "waits to be accepted"
		}
		f.message = fmt.Sprintf("The peering %s of %s and %s %s, and carries nothing.", label(&p.Object), s.vpcLabel(p.Requester.VPC), s.vpcLabel(p.Accepter.VPC), why)
		if len(all) > 0 {
			f.severity = report.Warning
			f.message = fmt.Sprintf("The peering %s of %s and %s %s, and routes lead to it (%s): what they take is dropped.", label(&p.Object), s.vpcLabel(p.Requester.VPC), s.vpcLabel(p.Accepter.VPC), why, suchAs(all))
		}
		f.mend = fmt.Sprintf("Accept %s in the account of %s (in Terraform: auto_accept, or aws_vpc_peering_connection_accepter), or remove it and what leads to it.", p.ID, s.vpcLabel(p.Accepter.VPC))
		if p.State != "pending-acceptance" {
			f.mend = fmt.Sprintf("Create the peering anew, or remove %s and what leads to it.", p.ID)
		}
		s.report(f)
	}
}

// suchAs is the first of some words, and how many there are.
func suchAs(words []string) string {
	if len(words) < 2 {
		return few(words)
	}
	return fmt.Sprintf("%d, such as %s", len(words), words[0])
}

// tablesKnown tells whether the route tables of a VPC are in the input.
func (s *survey) tablesKnown(vpc string) bool {
	v, ok := s.network.VPCs.Get(vpc)
	return ok && s.network.Gap("RouteTables", v.Account, v.Region) == nil && slices.ContainsFunc(s.tables(), func(t *network.RouteTable) bool { return t.VPC == vpc }) &&
		!slices.ContainsFunc(s.tables(), func(t *network.RouteTable) bool { return t.VPC == vpc && t.Partial })
}

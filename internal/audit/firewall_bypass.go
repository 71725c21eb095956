package audit

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

var firewallBypass = &Rule{
	Name:     "firewall-bypass",
	Title:    "A way to the internet around the firewall that others use",
	Severity: report.Error,
	Grades: "error where something gets to the internet around a Network Firewall that others in its VPC, or in the VPC of the firewall, pass; and where a connection passes the firewall in one direction only; warning where other " +
		"VPCs of the same transit gateway pass it",
	Why:  "A firewall sees what routes send through its endpoints, and nothing else: whoever is led past it is not filtered, and nothing says so. Where it sees one direction only it drops the connection.",
	Mend: "Lead the default route of the table to the firewall's endpoint of the same zone, and the way back as well.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-public vpc-prod 10.0.0.0/24 table=rtb-public
subnet prod-firewall vpc-prod 10.0.1.0/24 table=rtb-firewall
subnet prod-app vpc-prod 10.0.2.0/24 table=rtb-app
subnet prod-batch vpc-prod 10.0.3.0/24 table=rtb-batch
igw igw-prod vpc-prod
nat nat-prod prod-public 10.0.0.9=54.1.2.3
firewall egress prod-firewall vpce-firewall policy=egress
policy egress
table rtb-public vpc-prod
  0.0.0.0/0 igw-prod
  10.0.2.0/24 vpce-firewall
table rtb-firewall vpc-prod
  0.0.0.0/0 nat-prod
table rtb-app vpc-prod
  0.0.0.0/0 vpce-firewall
table rtb-batch vpc-prod
  0.0.0.0/0 nat-prod            # around the firewall
group app vpc-prod
group batch vpc-prod
eni app-1 prod-app 10.0.2.5 app
eni batch-1 prod-batch 10.0.3.5 batch
`,
	check: func(s *survey) error {
		if err := s.halfSeen(); err != nil {
			return err
		}
		return s.bypassed()
	},
}

// halfSeen reports firewalls that see one direction of a connection only (FW-1).
func (s *survey) halfSeen() error {
	if s.network.Firewalls.Len() == 0 {
		return nil
	}
	list, err := s.brokenConnections()
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, b := range list {
		w := s.firewall(b.lost.ID)
		if b.lost.Code != "ASYMMETRIC_FIREWALL_PATH" || w == nil || seen[w.ID] {
			continue
		}
		seen[w.ID] = true
		s.report(finding{severity: report.Error, kind: "network firewall", object: &w.Object, evidence: b.part,
			message: fmt.Sprintf("The firewall %s sees one direction only of connections from %s to %s: it drops them.", cmp.Or(w.Name, w.ID), b.from, b.to),
			mend:    fmt.Sprintf("Lead the replies from %s to %s through the endpoint of %s that the requests pass, or the requests past it as well.", b.to, b.from, cmp.Or(w.Name, w.ID)),
		})
	}
	return nil
}

// bypassed reports the tables by which something gets out around a firewall.
func (s *survey) bypassed() error {
	exits, err := s.waysOut()
	if err != nil {
		return err
	}
	passed, byHub := map[string][]string{}, map[string][]string{} // firewalls that are passed by somebody of a VPC, or of a transit gateway
	note := func(at map[string][]string, key string, ids []string) {
		for _, id := range ids {
			if !slices.Contains(at[key], id) {
				at[key] = append(at[key], id)
			}
		}
	}
	hubs := map[string][]string{} // of VPCs
	for _, a := range s.network.TransitAttachments.All() {
		if a.Type == "vpc" {
			note(hubs, a.Resource, []string{a.Gateway})
		}
	}
	for _, x := range exits {
		note(passed, x.vpc, x.firewalls)
		for _, id := range x.firewalls {
			if w, ok := s.network.Firewalls.Get(id); ok {
				note(passed, w.VPC, []string{id})
			}
		}
		for _, id := range x.firewalls {
			if w, ok := s.network.Firewalls.Get(id); ok && w.VPC != x.vpc { // which it gets to over the gateway
				for _, hub := range hubs[x.vpc] {
					note(byHub, hub, []string{id})
				}
			}
		}
	}
	done := map[string]bool{}
	for _, x := range exits {
		t, ok := s.network.RouteTables.Get(x.table)
		if x.past == nil || !ok || done[t.ID] {
			continue
		}
		f := finding{kind: "route table", object: &t.Object, severity: report.Error, evidence: x.past}
		walls, whose, through := passed[x.vpc], "others of "+s.vpcLabel(x.vpc), ""
		if len(walls) == 0 {
			for _, hub := range hubs[x.vpc] {
				if len(byHub[hub]) > 0 {
					walls = append(walls, byHub[hub]...)
					whose, through = "other VPCs of "+hub, hub
				}
			}
			f.severity = report.Warning
		}
		if len(walls) == 0 {
			continue
		}
		done[t.ID] = true
		var names, subnets []string
		for _, id := range walls {
			name := id
			if w, ok := s.network.Firewalls.Get(id); ok {
				name = cmp.Or(w.Name, id)
			}
			names = append(names, name)
		}
		slices.Sort(names)
		for _, subnet := range s.byTable[t.ID] {
			if len(s.bySubnet[subnet.ID]) > 0 {
				subnets = append(subnets, cmp.Or(subnet.Name, subnet.ID))
			}
		}
		routes, _ := s.routesOut(t)
		if len(routes) > 0 {
			f.at = routes[0].Origin
		}
		f.message = fmt.Sprintf("%s in %s gets to the internet around %s, which %s pass.", s.name(x.member), few(subnets), wallWords(names), whose)
		f.mend = fmt.Sprintf("Lead %s of %s to the endpoint of %s in the same zone, and the way back to these subnets as well.", s.defaultRoutes(routes), label(&t.Object), wallWords(names))
		if through != "" {
			f.mend = fmt.Sprintf("Lead %s of %s to %s, behind which %s is; or say with a suppression why this VPC has a way out of its own.", s.defaultRoutes(routes), label(&t.Object), through, wallWords(names))
		}
		s.report(f)
	}
	return nil
}

// wallWords name firewalls; the names are sorted.
func wallWords(names []string) string {
	if names = slices.Compact(names); len(names) > 1 {
		return "one of the firewalls " + few(names)
	}
	return "the firewall " + few(names)
}

func (s *survey) defaultRoutes(routes []network.Route) string {
	if len(routes) == 0 {
		return "the default route"
	}
	return s.routeList(routes)
}

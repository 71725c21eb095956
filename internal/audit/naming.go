package audit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

var naming = &Rule{
	Name:     "naming",
	Title:    "A name that misleads",
	Severity: report.Note,
	Grades:   "note",
	Why:      "People read names, and packets read routes and rules. A subnet that is called private and has a route to an internet gateway is the one that gets the database; of two roles with one name the wrong one gets the rule.",
	Mend:     "Rename it, or make it what its name says.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-private vpc-prod 10.0.1.0/24 table=rtb-app
igw igw-prod vpc-prod
table rtb-app vpc-prod
  0.0.0.0/0 igw-prod
`,
	check: func(s *survey) error {
		for _, subnet := range s.network.Subnets.All() {
			s.subnetName(subnet)
		}
		told := map[string]bool{}
		for _, o := range s.openings() {
			if g := o.group; says(g.Name, privateWords) && !says(g.Name, publicWords) && !told[g.ID] {
				told[g.ID] = true
				s.report(finding{severity: report.Note, kind: "security group", object: &g.Object, at: o.at,
					message: fmt.Sprintf("The name of the group %s says that it is internal, and it lets everybody in on %s.", label(&g.Object), o.words),
					mend:    fmt.Sprintf("Replace %s in %s by the blocks or groups that should get in; or rename the group.", few(o.sources), label(&g.Object)),
				})
			}
		}
		s.sameNames()
		return nil
	},
}

func (s *survey) subnetName(subnet *network.Subnet) {
	t, ok := s.network.RouteTables.Get(subnet.RouteTable)
	if !ok || t.Defect != nil || t.Partial || subnet.Defect != nil {
		return
	}
	name := cmp.Or(subnet.Name, s.tierOf(subnet))
	private, public := says(name, privateWords) || says(s.tierOf(subnet), privateWords), says(name, publicWords) || says(s.tierOf(subnet), publicWords)
	routes, _ := s.routesOut(t)
	k := slices.IndexFunc(routes, func(r network.Route) bool { return r.Target.Kind == network.TargetInternetGateway })
	f := finding{severity: report.Note, kind: "subnet", object: &subnet.Object}
	switch {
	case private && !public && k >= 0:
		f.message = fmt.Sprintf("The name of the subnet %s says that it is private, and its route table %s leads %s: it is a public one.", label(&subnet.Object), label(&t.Object), s.routeWords(routes[k]))
		f.mend = fmt.Sprintf("Associate %s with a table without a route to an internet gateway; or rename it.", label(&subnet.Object))
	case public && !private && k < 0 && !s.publicByFirewall(routes):
		f.message = fmt.Sprintf("The name of the subnet %s says that it is public, and its route table %s has no route to an internet gateway.", label(&subnet.Object), label(&t.Object))
		f.mend = fmt.Sprintf("Add 0.0.0.0/0 → an internet gateway to %s; or rename %s.", label(&t.Object), label(&subnet.Object))
	default:
		return
	}
	s.report(f)
}

// publicByFirewall tells whether the way out leads to an endpoint first, behind which may be the internet gateway.
func (s *survey) publicByFirewall(routes []network.Route) bool {
	return slices.ContainsFunc(routes, func(r network.Route) bool {
		return r.Target.Kind == network.TargetEndpoint || r.Target.Kind == network.TargetInterface
	})
}

// sameNames reports names that two things share and that a reader would take for one.
func (s *survey) sameNames() {
	type key struct{ a, b, name string }
	vpcs := map[key][]*network.VPC{}
	for _, v := range s.network.VPCs.All() {
		if v.Name != "" && v.Name != v.ID {
			at := key{v.Account, v.Region, v.Name}
			vpcs[at] = append(vpcs[at], v)
		}
	}
	compare := func(x, y key) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), cmp.Compare(x.name, y.name))
	}
	for _, at := range slices.SortedFunc(maps.Keys(vpcs), compare) {
		if list := vpcs[at]; len(list) > 1 {
			v := list[1]
			s.report(finding{severity: report.Note, kind: "VPC", object: &v.Object,
				message: fmt.Sprintf("%s of one account and Region are called %s: %s.", plural(len(list), "VPC"), at.name, few(identifiers(list))),
				mend:    fmt.Sprintf("Give %s a Name of its own.", v.ID)})
		}
	}
	instances := map[key][]*network.Instance{}
	for _, i := range s.network.Instances.All() {
		if i.Name != "" && i.Name != i.ID {
			at := key{i.VPC, "", i.Name}
			instances[at] = append(instances[at], i)
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(instances), compare) {
		list := instances[at]
		groups := map[string]bool{}
		for _, i := range list {
			groups[s.groupsOf(i)] = true
		}
		if len(groups) < 2 {
			continue
		}
		i := list[1]
		s.report(finding{severity: report.Note, kind: "instance", object: &i.Object,
			message: fmt.Sprintf("%s in %s are called %s, and carry different groups: %s.", plural(len(list), "instance"), s.vpcLabel(at.a), at.name, few(slices.Sorted(maps.Keys(groups)))),
			mend:    fmt.Sprintf("Name %s and the others by their roles.", i.ID)})
	}
}

func identifiers(list []*network.VPC) []string {
	var ids []string
	for _, v := range list {
		ids = append(ids, v.ID)
	}
	return ids
}

// groupsOf are the groups of an instance's interfaces, in words.
func (s *survey) groupsOf(i *network.Instance) string {
	set := map[string]bool{}
	for _, id := range i.Interfaces {
		if n, ok := s.network.Interfaces.Get(id); ok {
			for _, g := range n.Groups {
				set[s.groupLabel(g)] = true
			}
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(set)), " + ")
}

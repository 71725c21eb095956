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

var unevenTier = &Rule{
	Name:     "uneven-tier",
	Title:    "A tier whose subnets are routed differently",
	Severity: report.Warning,
	Grades:   "warning where members are in the subnets that differ; note otherwise",
	Why:      "What works in one zone and not in another is found on the day that the first zone fails. Often a map of a module has no key for one of them, and makes no route without a word.",
	Mend:     "Give all subnets of a tier the same routes, each to the targets of its own zone; or give those that are meant to differ another name or Tier tag.",
	Example: `vpc vpc-prod 10.0.0.0/16
vpc vpc-tools 10.1.0.0/16
peering pcx-1 vpc-prod vpc-tools
subnet prod-app-us-east-1a vpc-prod 10.0.1.0/24 zone=us-east-1a table=rtb-a
subnet prod-app-us-east-1b vpc-prod 10.0.2.0/24 zone=us-east-1b table=rtb-b
subnet prod-app-us-east-1c vpc-prod 10.0.3.0/24 zone=us-east-1c table=rtb-c
table rtb-a vpc-prod
  10.1.0.0/16 pcx-1
table rtb-b vpc-prod
  10.1.0.0/16 pcx-1
table rtb-c vpc-prod             # the route to the tools is missing
table rtb-tools vpc-tools main
  10.0.0.0/16 pcx-1
group app vpc-prod
  out nothing
eni app-1 prod-app-us-east-1c 10.0.3.5 app
`,
	check: checkUnevenTier,
}

func checkUnevenTier(s *survey) error {
	s.profiles()
	type place struct{ vpc, tier string }
	tiers := map[place][]*network.Subnet{}
	for _, subnet := range s.network.Subnets.All() {
		if tier := s.tierOf(subnet); tier != "" && subnet.RouteTable != "" && subnet.Defect == nil {
			tiers[place{subnet.VPC, tier}] = append(tiers[place{subnet.VPC, tier}], subnet)
		}
	}
	reported := map[string]bool{}
	for _, at := range slices.SortedFunc(maps.Keys(tiers), func(a, b place) int { return cmp.Or(cmp.Compare(a.vpc, b.vpc), cmp.Compare(a.tier, b.tier)) }) {
		bySignature := map[string][]*network.Subnet{}
		ways := map[string][]string{}
		for _, subnet := range tiers[at] {
			t, ok := s.network.RouteTables.Get(subnet.RouteTable)
			if !ok || t.Defect != nil || t.Partial {
				continue
			}
			list := s.waysOf(t)
			key := strings.Join(list, "\n")
			bySignature[key] = append(bySignature[key], subnet)
			ways[key] = list
		}
		if len(bySignature) < 2 {
			continue
		}
		order := slices.SortedFunc(maps.Keys(bySignature), func(a, b string) int { // what most have, or else what has most
			return cmp.Or(cmp.Compare(len(bySignature[b]), len(bySignature[a])), cmp.Compare(len(ways[b]), len(ways[a])), cmp.Compare(a, b))
		})
		usual := ways[order[0]]
		for _, key := range order[1:] {
			var lacks, more []string
			for _, w := range usual {
				if !slices.Contains(ways[key], w) {
					lacks = append(lacks, w)
				}
			}
			for _, w := range ways[key] {
				if !slices.Contains(usual, w) {
					more = append(more, w)
				}
			}
			s.uneven(at.tier, bySignature[key], bySignature[order[0]], lacks, more, reported)
		}
	}
	return nil
}

// uneven reports the tables of subnets that differ from the others of their tier, each once.
func (s *survey) uneven(tier string, subnets, others []*network.Subnet, lacks, more []string, reported map[string]bool) {
	byTable := map[string][]*network.Subnet{}
	for _, subnet := range subnets {
		byTable[subnet.RouteTable] = append(byTable[subnet.RouteTable], subnet)
	}
	for _, id := range slices.Sorted(maps.Keys(byTable)) {
		t, ok := s.network.RouteTables.Get(id)
		if !ok || reported[id] {
			continue
		}
		reported[id] = true
		f := finding{severity: report.Note, kind: "route table", object: &t.Object}
		for _, subnet := range byTable[id] {
			if len(s.bySubnet[subnet.ID]) > 0 {
				f.severity = report.Warning
			}
		}
		var differs, mend []string
		if len(lacks) > 0 {
			differs = append(differs, "lacks "+few(lacks))
			mend = append(mend, "add "+few(lacks)+" to it")
		}
		if len(more) > 0 {
			differs = append(differs, "has "+few(more)+" beside")
			mend = append(mend, "remove "+few(more)+" from it")
		}
		name := cmp.Or(s.session.TierLabel(subnets[0].ID), tier)
		f.message = fmt.Sprintf("The route table %s of %s %s, unlike %s of %s.", label(&t.Object), subnetWords(byTable[id]), strings.Join(differs, " and "), plural(len(others), "other subnet"), name)
		f.mend = fmt.Sprintf("If the tier %s is meant to be routed alike: %s.", name, strings.Join(mend, ", and "))
		s.report(f)
	}
}

// waysOf are the routes of a table as they should be in every zone: NAT gateways, endpoints and interfaces count as any of their kind, and what leads to other subnets of
// the VPC is left out, because it differs by nature.
func (s *survey) waysOf(t *network.RouteTable) []string {
	var list []string
	for _, r := range t.Routes {
		if r.Target.Kind == network.TargetLocal || r.Propagated {
			continue
		}
		inside := false
		for _, b := range s.blocksOf(t.VPC) {
			inside = inside || r.Destination.IsValid() && r.Destination.Bits() >= b.Bits() && b.Overlaps(r.Destination)
		}
		if inside {
			continue
		}
		target := s.targetWords(r)
		switch r.Target.Kind {
		case network.TargetNAT, network.TargetEndpoint, network.TargetInterface:
			target = "a " + string(r.Target.Kind)
		}
		list = append(list, cmp.Or(r.PrefixList, prefixWord(r.Destination))+" → "+target)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

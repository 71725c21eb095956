package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

var dataTierEgress = &Rule{
	Name:     "data-tier-egress",
	Title:    "A data tier with a way to the internet",
	Severity: report.Error,
	Grades: "error where something in the tier can open a connection to anywhere on the internet; warning where a firewall limits what data passes, and where the tier is one of data only by the databases in it, which share " +
		"its route table with others; unknown where that hangs on something that is not known; note where the route is there and nothing uses it. A tier is one of data by its name or Tier tag (data, db, database, cache, isolated, intra, …), or " +
		"because databases and caches are in it",
	Why:  "A database that can call out is a way to carry data away, and to load tools for it. A tier without a route cannot, whatever its groups say.",
	Mend: "Give the data subnets a route table without a route to the internet, and VPC endpoints for the AWS services that they need.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-public vpc-prod 10.0.0.0/24 table=rtb-public public
subnet prod-data vpc-prod 10.0.2.0/24 table=rtb-private
igw igw-prod vpc-prod
nat nat-prod prod-public 10.0.0.9=54.1.2.3
table rtb-public vpc-prod
  0.0.0.0/0 igw-prod
table rtb-private vpc-prod
  0.0.0.0/0 nat-prod
group database vpc-prod               # which lets everything out, as AWS makes it
eni database-1 prod-data 10.0.2.5 database
`,
	check: checkDataTierEgress,
}

// holder is a data tier's part of a route table.
type holder struct {
	subnets  []*network.Subnet
	profiles []*profile // that count
	named    bool       // some tier of it says that it is for data
}

func checkDataTierEgress(s *survey) error {
	ways := s.ways()
	type place struct{ vpc, tier string }
	holds := map[place]bool{} // databases or caches
	for _, p := range ways {
		if p.subnet != nil && holdsData(p.owner) {
			holds[place{p.vpc, s.tierOf(p.subnet)}] = true
		}
	}
	for _, w := range s.network.Workloads.All() {
		if holdsData(w.Kind) {
			for _, id := range w.Subnets {
				if subnet, ok := s.network.Subnets.Get(id); ok {
					holds[place{subnet.VPC, s.tierOf(subnet)}] = true
				}
			}
		}
	}
	byTable := map[string]*holder{}
	for _, subnet := range s.network.Subnets.All() {
		tier := s.tierOf(subnet)
		named := says(tier, dataWords)
		if !named && !holds[place{subnet.VPC, tier}] || subnet.RouteTable == "" {
			continue
		}
		h := byTable[subnet.RouteTable]
		if h == nil {
			h = &holder{}
			byTable[subnet.RouteTable] = h
		}
		h.subnets = append(h.subnets, subnet)
		h.named = h.named || named
		for _, p := range s.bySubnet[subnet.ID] {
			if named || holdsData(p.owner) {
				h.profiles = append(h.profiles, p)
			}
		}
	}
	for _, t := range s.tables() {
		if h := byTable[t.ID]; h != nil {
			if err := s.dataTier(t, h); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *survey) dataTier(t *network.RouteTable, h *holder) error {
	routes, plain := s.routesOut(t)
	f := finding{kind: "route table", object: &t.Object, severity: report.Note}
	if len(routes) > 0 {
		f.at = routes[0].Origin
	}
	var members []string
	open, doubts := packet.None, []string{}
	limited := true
	var best *profile
	var family reach.Family
	for _, p := range h.profiles {
		for k := range families {
			a := p.out[k]
			if !a.reachable.IsEmpty() {
				if best == nil || limited && !a.limited {
					best, family = p, families[k]
				}
				limited = limited && a.limited
				open = open.Union(a.reachable)
				for _, i := range p.members {
					if name := s.name(i); !slices.Contains(members, name) {
						members = append(members, name)
					}
				}
			} else if !a.unknown.IsEmpty() {
				doubts = append(doubts, a.blame...)
			}
		}
	}
	slices.Sort(members)
	tier := s.tierWords(h.subnets)
	switch {
	case best != nil:
		f.severity = report.Error
		how := ""
		if limited || !h.named && s.shared(t, h) {
			f.severity = report.Warning
		}
		if limited {
			how = ", with data that a firewall limits"
		}
		if len(routes) > 0 {
			how += ", by " + s.routeList(routes)
		}
		f.message = fmt.Sprintf("%s can open connections to the internet (%s)%s: %s.", tier, query.Words(open), how, few(members))
		e := s.session.Engine()
		part, _, err := s.evidence(reach.Question{Sources: e.Interfaces(best.members...), Destinations: e.AtLarge(), Family: family, Traffic: telling(best.out[familyIndex(family)].reachable)}, tier, "internet", reach.Reachable)
		if err != nil {
			return err
		}
		f.evidence = part
	case len(doubts) > 0:
		slices.Sort(doubts)
		f.severity = report.Unverified
		f.message = fmt.Sprintf("Whether %s can open connections to the internet is not known: %s.", lower(tier), few(slices.Compact(doubts)))
	case plain:
		has := "has"
		if strings.HasPrefix(tier, manyTiers) {
			has = "have"
		}
		f.message = fmt.Sprintf("%s %s a way to the internet, %s, that nothing there can use today.", tier, has, s.routeList(routes))
	default:
		return nil
	}
	f.mend = s.mendEgress(t, routes, s.shared(t, h), h.subnets)
	s.report(f)
	return nil
}

// shared tells whether other subnets than those of the tier use a table.
func (s *survey) shared(t *network.RouteTable, h *holder) bool {
	return len(s.byTable[t.ID]) > len(h.subnets) || slices.ContainsFunc(h.subnets, func(subnet *network.Subnet) bool {
		return slices.ContainsFunc(s.bySubnet[subnet.ID], func(p *profile) bool { return !slices.Contains(h.profiles, p) })
	})
}

func (s *survey) mendEgress(t *network.RouteTable, routes []network.Route, shared bool, subnets []*network.Subnet) string {
	if len(routes) == 0 {
		return fmt.Sprintf("Give %s a route table with no route to the internet, and VPC endpoints for the AWS services that it needs.", subnetWords(subnets))
	}
	what := s.routeList(routes)
	if shared {
		return fmt.Sprintf("Associate %s with a route table for data that lacks %s; reach AWS services by VPC endpoints.", subnetWords(subnets), what)
	}
	return fmt.Sprintf("Remove %s from %s; reach AWS services by VPC endpoints.", what, label(&t.Object))
}

// routesOut are the routes of a table by which packets for anywhere on the internet leave. Plain tells whether one of them leads there for certain: to a gateway of the VPC.
func (s *survey) routesOut(t *network.RouteTable) (routes []network.Route, plain bool) {
	for _, r := range t.Routes {
		if r.Defect != nil || r.Target.Kind == network.TargetLocal || s.drops(t, r) != "" || !slices.ContainsFunc(s.blocks(r.Destination, r.PrefixList), wide) {
			continue
		}
		switch r.Target.Kind {
		case network.TargetInternetGateway, network.TargetEgressOnly:
			plain = true
		case network.TargetNAT:
			if g, ok := s.network.NATGateways.Get(r.Target.ID); ok && g.Private {
				continue
			}
			plain = true
		}
		routes = append(routes, r)
	}
	return routes, plain
}

func (s *survey) routeList(routes []network.Route) string {
	var words []string
	for _, r := range routes {
		words = append(words, s.routeWords(r))
	}
	if len(words) == 1 {
		return "the route " + words[0]
	}
	return "the routes " + few(words)
}

const manyTiers = "The data tiers "

// tierWords names the tiers of some subnets, at the beginning of a sentence.
func (s *survey) tierWords(subnets []*network.Subnet) string {
	var names []string
	for _, subnet := range subnets {
		names = append(names, cmp.Or(s.session.TierLabel(subnet.ID), cmp.Or(subnet.Name, subnet.ID)))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 1 {
		return "The data tier " + names[0]
	}
	return manyTiers + few(names)
}

func lower(sentence string) string { return strings.ToLower(sentence[:1]) + sentence[1:] }

func familyIndex(f reach.Family) int {
	if f == reach.IPv6 {
		return 1
	}
	return 0
}

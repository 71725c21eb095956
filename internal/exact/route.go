package exact

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// routes holds the route tables to the blueprint: those of subnets, and those that nothing needs.
func (s *site) routes() {
	for _, t := range s.Tiers {
		var all []*detour
		done := map[string]int{} // tables that were compared, for which zone
		for zone, x := range s.rows[t] {
			if x == nil {
				continue
			}
			table, ok := s.network.RouteTables.Get(x.RouteTable)
			if !ok {
				s.unseenTable(t, x)
				continue
			}
			if !slices.Contains(table.Subnets, x.ID) {
				s.add(&found{effect: report.Undeclared, rule: "route-table", pattern: tierPattern(t), at: []*site{s}, kind: "subnet", object: &x.Object,
					message: fmt.Sprintf("The subnet %s is associated with no route table: it takes the main one of its VPC, %s, as every new subnet does.", label(&x.Object), label(&table.Object)),
					mend:    fmt.Sprintf("Associate it with the route table of the tier %s.", tierLabel(t))})
			}
			if at, known := done[table.ID]; known && (at == zone || !t.Zonal()) {
				continue
			}
			done[table.ID] = zone
			all = append(all, s.table(t, zone, table)...)
		}
		for _, d := range merge(all) {
			s.detour(t, d)
		}
	}
	s.otherTables()
}

func (s *site) unseenTable(t *blueprint.Tier, x *network.Subnet) {
	f := &found{effect: report.Broken, rule: "route-table", pattern: tierPattern(t), at: []*site{s}, kind: "subnet", object: &x.Object,
		message: fmt.Sprintf("The subnet %s has no route table.", label(&x.Object)), mend: fmt.Sprintf("Associate it with the route table of the tier %s.", tierLabel(t))}
	what := "the route table of subnet " + label(&x.Object)
	if gap := s.network.Gap("RouteTables", x.Account, x.Region); gap != nil {
		what = report.MissingList + gap.String()
	}
	f.effect, f.unknown = report.Doubtful, []string{what}
	f.message = fmt.Sprintf("Which route table the subnet %s takes is not known.", label(&x.Object))
	s.add(f)
}

// otherTables are the main table and edge tables: nothing that is declared needs a route of theirs.
func (s *site) otherTables() {
	for _, table := range s.tables {
		rule, what := "", ""
		switch {
		case table.Main:
			rule, what = "main-table", "The main route table %s of the VPC, which every new subnet takes, has routes that nothing declares: %s."
		case len(table.Gateways) > 0:
			rule, what = "edge-table", "The route table %s of a gateway has routes that nothing declares: %s."
		default:
			continue
		}
		var words []string
		var first network.Origin
		for _, r := range table.Routes {
			if r.Target.Kind == network.TargetLocal {
				continue
			}
			if len(words) == 0 {
				first = r.Origin
			}
			words = append(words, s.routeWords(r))
		}
		if len(words) > 0 {
			s.add(&found{effect: report.Undeclared, rule: rule, pattern: tiersPattern, at: []*site{s}, kind: "route table", object: &table.Object, origin: first, items: words,
				message: fmt.Sprintf(what, label(&table.Object), few(words)), mend: "Remove these routes."})
		}
	}
}

// detour is addresses that tables of a tier lead elsewhere than they are to go.
type detour struct {
	want      *blueprint.Route // nil: nowhere
	is        *network.Route   // nil: nowhere
	zone      int
	words     string // the addresses
	addresses []netip.Prefix
	because   []*blueprint.Edge
	tables    []*network.RouteTable
	why       string // what is wrong with the target, where it is of the kind that is wanted
}

// merge puts detours together that differ by their tables only, as those of the zones of a tier do.
func merge(all []*detour) []*detour {
	type key struct {
		kind               blueprint.TargetKind
		peering            *blueprint.Peering
		to                 network.TargetKind
		words, why         string
		nowhere, blackhole bool
	}
	byKey := map[key]*detour{}
	var list []*detour
	for _, d := range all {
		k := key{words: d.words, why: d.why}
		if k.nowhere = d.want == nil; !k.nowhere {
			k.kind, k.peering = d.want.Kind, d.want.Peering
		}
		if d.is != nil {
			k.to, k.blackhole = d.is.Target.Kind, d.is.Blackhole
		}
		if one := byKey[k]; one != nil {
			one.tables = append(one.tables, d.tables...)
			continue
		}
		byKey[k] = d
		list = append(list, d)
	}
	return list
}

// table holds the routes of a table to those of a tier, in a zone: as the ways that they take addresses, so that it does not matter how they are written.
func (s *site) table(t *blueprint.Tier, zone int, table *network.RouteTable) []*detour {
	doubt := func(at network.Origin, why string) []*detour {
		s.add(&found{effect: report.Doubtful, rule: "route", pattern: tierPattern(t), at: []*site{s}, kind: "route table", object: &table.Object, origin: at, unknown: []string{"route table " + label(&table.Object) + ": " + why},
			message: fmt.Sprintf("Where %s of the tier %s leads is not known: %s.", label(&table.Object), tierLabel(t), why), mend: "Give the input that tells."})
		return nil
	}
	if table.Defect != nil {
		return doubt(table.Origin, table.Defect.Reason)
	}
	var wanted longest[*blueprint.Route]
	var real longest[*network.Route]
	cuts := []netip.Prefix{s.Block}
	wanted.add(s.Block, &blueprint.Route{Destination: s.Block})
	for _, b := range s.vpc.Blocks { // one that is not declared is told of, and local all the same
		if b.Addr().Is4() && b != s.Block {
			wanted.add(b, &blueprint.Route{Destination: b})
			cuts = append(cuts, b)
		}
	}
	for i := range t.Routes {
		if r := &t.Routes[i]; r.Zone < 0 || r.Zone == zone {
			wanted.add(r.Destination, r)
			cuts = append(cuts, r.Destination)
		}
	}
	var all []*detour
	for i := range table.Routes {
		r := &table.Routes[i]
		if r.Defect != nil {
			return doubt(r.Origin, r.Defect.Reason)
		}
		list := []netip.Prefix{r.Destination}
		if r.PrefixList != "" {
			l, ok := s.network.PrefixLists.Get(r.PrefixList)
			if !ok || l.Defect != nil {
				return doubt(r.Origin, "the prefix list "+r.PrefixList+" is not known")
			}
			list = l.Entries
		}
		for _, p := range list {
			switch {
			case !p.IsValid():
				return doubt(r.Origin, "the destination of a route is not known")
			case p.Addr().Is6():
				if r.Target.Kind != network.TargetLocal {
					all = append(all, &detour{is: r, zone: zone, words: p.String(), addresses: []netip.Prefix{p}, tables: []*network.RouteTable{table}})
				}
				continue
			case r.Blackhole && r.Target.ID == "":
				real.add(p, nil)
			default:
				real.add(p, r)
			}
			cuts = append(cuts, p)
		}
	}
	type step struct {
		kind blueprint.TargetKind // of what is to be
		none bool                 // nothing is to be
		to   string               // for which peering, or over which gateway
		is   *network.Route
	}
	space := cut(cuts...)
	byStep := map[step]*detour{}
	parts := map[*detour][]region{}
	for _, g := range space.regions() {
		want, _ := wanted.of(g.example)
		is, _ := real.of(g.example)
		if want == nil && is == nil || s.leads(want, is, zone) || want == nil && is.Target.Kind == network.TargetLocal {
			continue
		}
		if want != nil && is != nil && is.Target.Kind == network.TargetLocal { // which every table has
			is = nil
		}
		at := step{none: want == nil, is: is}
		if want != nil {
			at.kind = want.Kind
			if want.Peering != nil {
				at.to = want.Peering.Name
			}
		}
		d := byStep[at]
		if d == nil {
			d = &detour{want: want, is: is, zone: zone, tables: []*network.RouteTable{table}, why: s.amiss(want, is, zone)}
			byStep[at] = d
			all = append(all, d)
		}
		if want != nil {
			for _, e := range want.Because {
				if !slices.Contains(d.because, e) {
					d.because = append(d.because, e)
				}
			}
		}
		parts[d] = append(parts[d], g)
	}
	for d, list := range parts {
		d.addresses, d.words = space.blocks(list), space.words(list)
	}
	return all
}

// leads tells whether a route leads where it is to.
func (s *site) leads(want *blueprint.Route, is *network.Route, zone int) bool {
	switch {
	case want == nil || is == nil:
		return want == nil && is == nil
	case want.Kind == "": // local
		return is.Target.Kind == network.TargetLocal
	case is.Blackhole:
		return false
	}
	id := is.Target.ID
	switch want.Kind {
	case blueprint.ToInternetGateway:
		g, ok := s.network.InternetGateways.Get(id)
		return ok && g.VPC == s.vpc.ID
	case blueprint.ToNAT:
		g, ok := s.network.NATGateways.Get(id)
		return ok && !g.Private && g.VPC == s.vpc.ID && s.zoneOf(g.Subnet) == zone
	case blueprint.ToFirewall:
		e := s.firewallEndpoint(id)
		return e != nil && s.zoneOf(e.Subnet) == zone
	case blueprint.ToPeering:
		p, ok := s.network.PeeringConnections.Get(id)
		return ok && s.joins(p, want.Peering)
	case blueprint.ToTransit:
		return is.Target.Kind == network.TargetTransitGateway && s.isTransit(want.Transit, id)
	}
	return false
}

// firewallEndpoint is the endpoint of a firewall of the VPC with an identifier; nil where it is none.
func (s *site) firewallEndpoint(id string) *network.FirewallEndpoint {
	for _, f := range s.firewalls {
		for k := range f.Endpoints {
			if f.Endpoints[k].ID == id && f.Endpoints[k].VPC == s.vpc.ID {
				return &f.Endpoints[k]
			}
		}
	}
	return nil
}

// amiss says what is wrong with a target of the kind that is wanted.
func (s *site) amiss(want *blueprint.Route, is *network.Route, zone int) string {
	if want == nil || is == nil || is.Blackhole || !sameKind(want.Kind, is.Target.Kind) {
		return ""
	}
	id := is.Target.ID
	zoneWords := func(subnet string) string {
		if k := s.zoneOf(subnet); k >= 0 && k != zone {
			return "which is in " + s.Zones[k]
		}
		return "which is in another zone"
	}
	switch want.Kind {
	case blueprint.ToInternetGateway:
		return "which is not attached to the VPC"
	case blueprint.ToNAT:
		g, ok := s.network.NATGateways.Get(id)
		switch {
		case !ok:
			return "which is not in the input"
		case g.Private:
			return "which is a private one"
		case g.VPC != s.vpc.ID:
			return "which is in another VPC"
		}
		return zoneWords(g.Subnet)
	case blueprint.ToFirewall:
		e := s.firewallEndpoint(id)
		if e == nil {
			return "which is no endpoint of the firewall"
		}
		return zoneWords(e.Subnet)
	case blueprint.ToPeering:
		p, ok := s.network.PeeringConnections.Get(id)
		if !ok {
			return "which is not in the input"
		}
		_, other, _ := p.Side(s.vpc.ID)
		return "which leads to " + s.vpcWords(other.VPC)
	}
	return "which is another one"
}

// detour tells of addresses that tables lead elsewhere than they are to go.
func (s *site) detour(t *blueprint.Tier, d *detour) {
	table := d.tables[0]
	f := &found{rule: "route", pattern: tierPattern(t), at: []*site{s}, kind: "route table", object: &table.Object, addresses: d.addresses, because: d.because}
	if d.is != nil {
		f.origin = d.is.Origin
	}
	if d.want != nil {
		f.pattern = s.routePattern(t, d.want)
	} else if p := s.targetPattern(d.is); p != "" && f.pattern == tiersPattern {
		f.pattern = p
	}
	which, has, leads := "The route table "+label(&table.Object), "has", "leads"
	if n := len(d.tables); n > 1 {
		var names []string
		for _, x := range d.tables {
			names = append(names, label(&x.Object))
		}
		which, has, leads = "The route tables "+few(names), "have", "lead"
		f.items = names
	}
	which += " of the tier " + tierLabel(t)
	switch want := d.want; {
	case want == nil:
		f.effect = report.Undeclared
		f.message = fmt.Sprintf("%s %s a route that nothing declares: %s.", which, has, s.routeWords(*d.is))
		if d.words != d.is.Destination.String() && d.words != s.outsideWords(*d.is) {
			f.message = fmt.Sprintf("%s %s a route that is wider than what is declared: %s, for %s.", which, has, s.routeWords(*d.is), d.words)
		}
		f.mend = "Remove the route, or lead no more by it than what is declared; or declare the flow that needs it."
	case d.is == nil:
		f.effect = report.Broken
		f.message = fmt.Sprintf("%s %s no route for %s, which is to go to %s (%s).", which, has, d.words, s.wantedWords(d), s.routeLine(t, d))
		f.mend = fmt.Sprintf("Lead %s to %s.", d.words, s.wantedWords(d))
	case d.is.Blackhole:
		f.effect = report.Broken
		f.message = fmt.Sprintf("%s %s %s nowhere (%s), and it is to go to %s (%s).", which, leads, d.words, s.targetWords(*d.is), s.wantedWords(d), s.routeLine(t, d))
		f.mend = "Lead it to what is there."
	default:
		f.effect = report.Undeclared
		if d.why != "" {
			f.effect = report.Broken
		}
		to := s.targetWords(*d.is)
		if len(d.tables) > 1 {
			to = "the " + string(d.is.Target.Kind)
		}
		if d.why != "" {
			to += ", " + d.why
		}
		f.message = fmt.Sprintf("%s %s %s to %s, and it is to go to %s (%s).", which, leads, d.words, to, s.wantedWords(d), s.routeLine(t, d))
		f.mend = fmt.Sprintf("Lead it to %s.", s.wantedWords(d))
	}
	s.add(f)
}

// outsideWords are the addresses outside of the VPC that a route is for.
func (s *site) outsideWords(r network.Route) string {
	if !r.Destination.IsValid() {
		return ""
	}
	return r.Destination.String() + " except " + s.Block.String()
}

// sameKind tells whether a target is of the kind that is wanted, though another one.
func sameKind(want blueprint.TargetKind, is network.TargetKind) bool {
	return map[blueprint.TargetKind]network.TargetKind{
		blueprint.ToInternetGateway: network.TargetInternetGateway, blueprint.ToNAT: network.TargetNAT, blueprint.ToFirewall: network.TargetEndpoint,
		blueprint.ToPeering: network.TargetPeering, blueprint.ToTransit: network.TargetTransitGateway,
	}[want] == is
}

func (s *site) routePattern(t *blueprint.Tier, r *blueprint.Route) string {
	switch r.Kind {
	case blueprint.ToPeering, blueprint.ToTransit:
		return peeringPattern
	case blueprint.ToFirewall:
		return egressPattern
	}
	return tierPattern(t)
}

// targetPattern is the pattern that a route belongs to that nothing declares; empty for others than what joins VPCs.
func (s *site) targetPattern(r *network.Route) string {
	if r.Target.Kind == network.TargetPeering || r.Target.Kind == network.TargetTransitGateway {
		return peeringPattern
	}
	return ""
}

// routeLine is where a route comes from: the flows that need it, or its tier.
func (s *site) routeLine(t *blueprint.Tier, d *detour) string {
	if len(d.because) > 0 {
		return lines(d.because)
	}
	return intent.Line(t.At)
}

// wantedWords is where addresses are to go.
func (s *site) wantedWords(d *detour) string {
	switch r := d.want; r.Kind {
	case "":
		return "the VPC itself"
	case blueprint.ToNAT, blueprint.ToFirewall:
		if len(d.tables) > 1 {
			return fmt.Sprintf("the %s of the zone", r.Kind)
		}
		return fmt.Sprintf("the %s of %s", r.Kind, s.Zones[d.zone])
	case blueprint.ToPeering:
		return "the peering connection " + r.Peering.Name
	}
	return "the " + string(d.want.Kind)
}

func (s *site) routeWords(r network.Route) string {
	to := r.PrefixList
	if r.Destination.IsValid() {
		to = r.Destination.String()
	}
	words := to + " → " + s.targetWords(r)
	if r.Propagated {
		words += " (propagated)"
	}
	return words
}

func (s *site) targetWords(r network.Route) string {
	words := string(r.Target.Kind)
	if r.Target.ID != "" && r.Target.Kind != network.TargetLocal {
		words += " " + r.Target.ID
	}
	if r.Blackhole {
		if words == "" {
			return "nothing"
		}
		words += " (blackhole)"
	}
	return words
}

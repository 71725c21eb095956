package audit

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/report"
)

var unusedRule = &Rule{
	Name:     "unused-rule",
	Title:    "A rule that nothing can use",
	Severity: report.Note,
	Grades:   "note",
	Why: "A rule that another one covers, that an earlier entry decides, that names a group which is gone, or blocks from which no route leads here, allows and denies nothing. It is read as if it did, and " +
		"what it was meant for may need it once the other one goes.",
	Mend: "Remove the rule; or remove the wider one, if the narrow one is what is meant.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-app vpc-prod 10.0.1.0/24
group app vpc-prod
  in tcp 443 10.0.0.0/16
  in tcp 443 10.0.1.0/24     # covered by the rule above
eni app-1 prod-app 10.0.1.5 app
`,
	check: func(s *survey) error {
		for _, g := range s.network.SecurityGroups.All() {
			if g.Defect == nil {
				s.groupRules(g)
			}
		}
		for _, a := range s.network.NetworkACLs.All() {
			if a.Defect == nil {
				s.aclEntries(a)
			}
		}
		return nil
	},
}

// groupRules reports the rules of a group that another one covers, that name what is gone, and that name blocks which nothing leads from; of each kind together.
func (s *survey) groupRules(g *network.SecurityGroup) {
	type useless struct{ words, mend []string }
	var covered, stale, nowhere useless
	var atCovered, atStale, atNowhere network.Origin
	add := func(u *useless, at *network.Origin, r network.Rule, words, mend string) {
		if len(u.words) == 0 {
			*at = r.Origin
		}
		u.words, u.mend = append(u.words, words), append(u.mend, mend)
	}
	for _, outbound := range []bool{false, true} {
		rules := g.Inbound
		if outbound {
			rules = g.Outbound
		}
		for i, r := range rules {
			if r.Defect != nil {
				continue
			}
			words := s.ruleWords(r, outbound)
			if k := slices.IndexFunc(rules, func(other network.Rule) bool { return other.Defect == nil && s.coversRule(other, r) }); k >= 0 {
				// of two that cover each other the first stays
				if k = s.coverer(rules, i); k >= 0 {
					add(&covered, &atCovered, r, fmt.Sprintf("%s, by %s", words, s.ruleWords(rules[k], outbound)), words)
					continue
				}
			}
			if why := s.staleReference(g, r, outbound); why != "" {
				add(&stale, &atStale, r, words+" ("+why+")", words)
			} else if !outbound && s.fromNowhere(g, r) {
				add(&nowhere, &atNowhere, r, words, words)
			}
		}
	}
	tell := func(u useless, at network.Origin, what string) {
		if len(u.words) > 0 {
			s.report(finding{severity: report.Note, kind: "security group", object: &g.Object, at: at,
				message: fmt.Sprintf("In the group %s, %s %s: %s.", label(&g.Object), plural(len(u.words), "rule"), what, few(u.words)),
				mend:    fmt.Sprintf("Remove from %s: %s.", label(&g.Object), few(u.mend))})
		}
	}
	tell(covered, atCovered, "that another rule covers")
	tell(stale, atStale, "that can match nothing")
	tell(nowhere, atNowhere, "with a source from which no route leads here"+s.inPlan(g.Address))
}

// coverer is the position of a rule that covers the rule at another, and stays; negative when there is none.
func (s *survey) coverer(rules []network.Rule, i int) int {
	for k, other := range rules {
		if k == i || other.Defect != nil || !s.coversRule(other, rules[i]) {
			continue
		}
		if !s.coversRule(rules[i], other) || k < i {
			return k
		}
	}
	return -1
}

// coversRule tells whether a rule admits all that another one does.
func (s *survey) coversRule(a, b network.Rule) bool {
	if a.Protocol != b.Protocol && a.Protocol != -1 || a.Protocol == b.Protocol && (a.From != b.From || a.To != b.To) && !traffic(a).Covers(traffic(b)) {
		return false
	}
	if a.Group != "" || b.Group != "" {
		return a.Group == b.Group
	}
	if a.PrefixList != "" && a.PrefixList == b.PrefixList {
		return true
	}
	wide, narrow := s.blocks(a.Block, a.PrefixList), s.blocks(b.Block, b.PrefixList)
	if len(narrow) == 0 || b.PrefixList != "" && a.PrefixList != "" { // lists change on their own
		return false
	}
	return !slices.ContainsFunc(narrow, func(p netip.Prefix) bool {
		return !slices.ContainsFunc(wide, func(w netip.Prefix) bool { return holds(w, p) })
	})
}

// holds tells whether a block has all addresses of another.
func holds(w, p netip.Prefix) bool {
	return w.IsValid() && p.IsValid() && w.Bits() <= p.Bits() && w.Contains(p.Addr())
}

// staleReference says why a rule that names a group matches nothing (SG-4, SG-6); empty where it may match.
func (s *survey) staleReference(g *network.SecurityGroup, r network.Rule, outbound bool) string {
	if r.Group == "" {
		return ""
	}
	other, ok := s.network.SecurityGroups.Get(r.Group)
	if !ok {
		if s.seesAllPeers(g) {
			return "there is no such group"
		}
		return ""
	}
	for _, a := range append([]string{g.VPC}, g.VPCs...) {
		for _, b := range append([]string{other.VPC}, other.VPCs...) {
			if a == b || s.referable(a, b, outbound) {
				return ""
			}
		}
	}
	return "its VPC " + s.vpcLabel(other.VPC) + " is joined by no active peering in the Region"
}

// referable tells whether groups of one VPC may be named in another (SG-4).
func (s *survey) referable(a, b string, outbound bool) bool {
	if p := s.peers[pairOf(a, b)]; p != nil && p.Requester.Region == p.Accepter.Region {
		return true
	}
	if outbound {
		return false
	}
	hubs := map[string]bool{}
	for _, at := range s.network.TransitAttachments.All() {
		if at.Resource == a && (at.SecurityGroupReferencing || !at.Detailed) {
			hubs[at.Gateway] = true
		}
	}
	for _, at := range s.network.TransitAttachments.All() {
		if at.Resource == b && hubs[at.Gateway] && (at.SecurityGroupReferencing || !at.Detailed) {
			return true
		}
	}
	return false
}

// seesAllPeers tells whether every group that a rule of a group may name would be in the input.
func (s *survey) seesAllPeers(g *network.SecurityGroup) bool {
	if g.Address != "" || s.network.Gap("SecurityGroups", "", "") != nil { // code names groups that others made
		return false
	}
	if !slices.ContainsFunc(s.network.Collected, func(p network.Place) bool { return p.Account == g.Account && (p.Region == g.Region || p.Region == "") }) {
		return false
	}
	known := func(vpc string) bool { _, ok := s.network.VPCs.Get(vpc); return ok }
	for _, vpc := range append([]string{g.VPC}, g.VPCs...) {
		if !known(vpc) {
			return false
		}
		for _, p := range s.network.PeeringConnections.All() {
			if _, other, ok := p.Side(vpc); ok && p.State == "active" && !known(other.VPC) {
				return false
			}
		}
		for _, a := range s.network.TransitAttachments.All() {
			if a.Resource == vpc && (a.SecurityGroupReferencing || !a.Detailed) {
				return false
			}
		}
	}
	return true
}

// fromNowhere tells whether no packet with a source that a rule names can get to the VPC: a private block that is none of its own, and that none of its tables leads to.
func (s *survey) fromNowhere(g *network.SecurityGroup, r network.Rule) bool {
	if r.Group != "" || r.PrefixList != "" || !r.Block.IsValid() || !private(r.Block) || len(g.VPCs) > 0 || !s.tablesKnown(g.VPC) {
		return false
	}
	if slices.ContainsFunc(s.blocksOf(g.VPC), r.Block.Overlaps) {
		return false
	}
	if len(s.blocksOf(g.VPC)) == 0 {
		return false
	}
	for _, p := range s.network.PeeringConnections.All() { // what arrives needs no route back (PEER-2)
		if _, other, ok := p.Side(g.VPC); ok && p.State == "active" && (len(other.Blocks) == 0 || slices.ContainsFunc(other.Blocks, r.Block.Overlaps)) {
			return false
		}
	}
	for _, a := range s.network.TransitAttachments.All() {
		if a.Type == "vpc" && a.Resource == g.VPC {
			return false
		}
	}
	for _, v := range s.network.VPNGateways.All() {
		if v.VPC == g.VPC {
			return false
		}
	}
	for _, t := range s.tables() {
		if t.VPC != g.VPC {
			continue
		}
		for _, route := range t.Routes {
			if route.Defect != nil || !route.Destination.IsValid() && route.PrefixList == "" { // what is propagated is not known
				return false
			}
			switch route.Target.Kind {
			case network.TargetLocal, network.TargetInternetGateway, network.TargetEgressOnly, network.TargetNAT, network.TargetPeering, network.TargetNone:
				continue
			}
			if blocks := s.blocks(route.Destination, route.PrefixList); len(blocks) == 0 || slices.ContainsFunc(blocks, r.Block.Overlaps) {
				return false
			}
		}
	}
	return true
}

// private tells whether a block is of addresses that the internet does not carry.
func private(p netip.Prefix) bool {
	for _, each := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"} {
		if holds(netip.MustParsePrefix(each), p) {
			return true
		}
	}
	return false
}

// aclEntries reports the entries of a network ACL that earlier ones decide.
func (s *survey) aclEntries(a *network.NetworkACL) {
	var words, numbers []string
	var at network.Origin
	for i, e := range a.Entries {
		if e.Defect != nil || e.Protocol == packet.ICMPv6 {
			continue
		}
		mine, before, by := packet.Rule(e.Protocol, e.From, e.To), packet.None, []string{}
		for _, earlier := range a.Entries[:i] {
			if earlier.Outbound != e.Outbound || earlier.Number == e.Number || earlier.Defect != nil || earlier.Protocol == packet.ICMPv6 || !holds(earlier.Block, e.Block) {
				continue
			}
			set := packet.Rule(earlier.Protocol, earlier.From, earlier.To)
			if !set.Overlaps(mine) {
				continue
			}
			before, by = before.Union(set), append(by, fmt.Sprint(earlier.Number))
		}
		if !before.Covers(mine) {
			continue
		}
		way := "inbound"
		if e.Outbound {
			way = "outbound"
		}
		if len(words) == 0 {
			at = e.Origin
		}
		words = append(words, fmt.Sprintf("%s %d, by %s", way, e.Number, few(by)))
		numbers = append(numbers, fmt.Sprintf("%s %d", way, e.Number))
	}
	if len(words) > 0 {
		s.report(finding{severity: report.Note, kind: "network ACL", object: &a.Object, at: cmp.Or(at, a.Origin),
			message: fmt.Sprintf("In the network ACL %s, earlier entries decide all that %s would: %s.", label(&a.Object), entries(len(words)), few(words)),
			mend:    fmt.Sprintf("Remove the %s %s from %s, or give them lower numbers if they should decide.", entryWord(len(numbers)), few(numbers), label(&a.Object))})
	}
}

func entries(n int) string {
	if n == 1 {
		return "one entry"
	}
	return fmt.Sprintf("%d entries", n)
}

func entryWord(n int) string {
	if n == 1 {
		return "entry"
	}
	return "entries"
}

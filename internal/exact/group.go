package exact

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/report"
)

// groups holds the security groups to the rules of the blueprint, and all others to none.
func (s *site) groups() {
	gap := s.network.Gap("SecurityGroups", s.vpc.Account, s.vpc.Region)
	for _, g := range s.Groups {
		x := s.groupOf[g]
		if x == nil {
			f := &found{effect: report.Broken, rule: "security-group", pattern: groupPattern(g), at: []*site{s}, kind: "VPC", object: &s.vpc.Object, because: becauseOf(g),
				message: fmt.Sprintf("%s has no security group: none of the VPC %s is called %s%s.", g, label(&s.vpc.Object), g.Name, serviceLine(g)), mend: "Apply what watertight compile writes for it."}
			if gap != nil {
				f.effect, f.unknown = report.Doubtful, []string{report.MissingList + gap.String()}
			}
			s.add(f)
			continue
		}
		s.rules(g, x, false)
		s.rules(g, x, true)
	}
	for _, x := range s.sgs {
		if s.group[x.ID] == nil {
			s.other(x)
		}
		if len(x.VPCs) > 0 {
			var words []string
			for _, id := range x.VPCs {
				words = append(words, s.vpcWords(id))
			}
			s.add(&found{effect: report.Undeclared, rule: "security-group", pattern: groupsPattern, at: []*site{s}, kind: "security group", object: &x.Object,
				message: fmt.Sprintf("The security group %s may be carried in other VPCs, too, and nothing declares it: %s.", label(&x.Object), few(words)), mend: "Remove the association."})
		}
	}
}

func serviceLine(g *blueprint.Group) string {
	if g.Service == nil {
		return ""
	}
	return " (" + intent.Line(g.Service.At) + ")"
}

// becauseOf are the edges that the rules of a group come from.
func becauseOf(g *blueprint.Group) []*blueprint.Edge {
	var edges []*blueprint.Edge
	for _, r := range g.Rules {
		edges = append(edges, r.Because)
	}
	return edges
}

// groupPattern is the pattern that a group belongs to: those of endpoints and load balancers are PrivateLink's.
func groupPattern(g *blueprint.Group) string {
	if g.Service == nil {
		return privateLinkPattern
	}
	return groupsPattern
}

// rulePattern is the pattern that a rule belongs to.
func (s *site) rulePattern(g *blueprint.Group, edges []*blueprint.Edge) string {
	if len(edges) > 0 && s.patternOf(edges[0]) != tiersPattern {
		return s.patternOf(edges[0])
	}
	return groupPattern(g)
}

// other tells of rules of a group that is no role's.
func (s *site) other(x *network.SecurityGroup) {
	if len(x.Inbound)+len(x.Outbound) == 0 && x.Defect == nil {
		return
	}
	f := &found{effect: report.Undeclared, rule: "security-group", pattern: groupsPattern, at: []*site{s}, kind: "security group", object: &x.Object, mend: "Remove its rules, or the group; or declare the role that it is of."}
	if x.Defect != nil {
		f.effect, f.unknown = report.Doubtful, []string{"security group " + label(&x.Object) + ": " + x.Defect.Reason}
		f.message = fmt.Sprintf("What the security group %s, which is no role's, admits is not known: %s.", label(&x.Object), x.Defect.Reason)
		s.add(f)
		return
	}
	var words, doubts []string
	for _, outbound := range []bool{false, true} {
		for _, r := range rulesOf(x, outbound) {
			if r.Defect != nil {
				doubts = append(doubts, "security group "+label(&x.Object)+": "+r.Defect.Reason)
				continue
			}
			if f.origin == (network.Origin{}) {
				f.origin = r.Origin
			}
			words = append(words, s.ruleWords(r, outbound))
		}
	}
	if len(words) == 0 {
		f.effect, f.unknown, f.mend = report.Doubtful, doubts, "Give the input that tells."
		f.message = fmt.Sprintf("What the security group %s, which is no role's, admits is not known: %s.", label(&x.Object), few(doubts))
		s.add(f)
		return
	}
	f.items = words
	f.message = fmt.Sprintf("The security group %s is no role's, and has rules: %s.", label(&x.Object), few(words))
	if x.Name == "default" {
		f.rule = "default-group"
		f.message = fmt.Sprintf("The default security group %s, which everything gets that names none, has rules: %s.", label(&x.Object), few(words))
		f.mend = "Remove its rules."
	}
	s.add(f)
}

func rulesOf(x *network.SecurityGroup, outbound bool) []network.Rule {
	if outbound {
		return x.Outbound
	}
	return x.Inbound
}

func (s *site) ruleWords(r network.Rule, outbound bool) string {
	way, to := directions(outbound)
	if r.Defect != nil && !r.PeerOnly {
		return way + " " + r.Defect.Reason
	}
	return fmt.Sprintf("%s %s %s %s", way, trafficWords(r.Protocol, r.From, r.To), to, s.peerWords(r))
}

func (s *site) peerWords(r network.Rule) string {
	switch {
	case r.Group != "":
		return s.groupWords(r.Group)
	case r.PrefixList != "":
		return r.PrefixList
	case r.Block.IsValid():
		return r.Block.String()
	}
	return "somebody who is not known"
}

// groupWords is how messages call a security group: as the role that it is of, or by its own name.
func (s *site) groupWords(id string) string {
	if g := s.group[id]; g != nil {
		return g.String()
	}
	if x, ok := s.network.SecurityGroups.Get(id); ok {
		return label(&x.Object)
	}
	return id
}

// ends are whom rules of one direction admit, and what: by reference, and by address.
type ends struct {
	groups    map[string]packet.Set
	order     []string // of groups
	addresses []addressed
}

type addressed struct {
	prefix netip.Prefix
	set    packet.Set
	rule   *network.Rule // of a real one
}

func (e *ends) refer(id string, set packet.Set) {
	if e.groups == nil {
		e.groups = map[string]packet.Set{}
	}
	if _, known := e.groups[id]; !known {
		e.order = append(e.order, id)
	}
	e.groups[id] = e.groups[id].Union(set)
}

func (e *ends) at(g region) packet.Set {
	set := packet.None
	for _, a := range e.addresses {
		if a.prefix.Contains(g.example) {
			set = set.Union(a.set)
		}
	}
	return set
}

// rules holds the rules of one direction of a group to the blueprint.
func (s *site) rules(g *blueprint.Group, x *network.SecurityGroup, outbound bool) {
	doubt := func(at network.Origin, why string) {
		way, _ := directions(outbound)
		s.add(&found{effect: report.Doubtful, rule: "group-rule", pattern: groupPattern(g), at: []*site{s}, kind: "security group", object: &x.Object, origin: at, unknown: []string{"security group " + label(&x.Object) + ": " + why},
			message: fmt.Sprintf("What the security group of %s admits %s is not known: %s.", g, way, why), mend: "Give the input that tells."})
	}
	if x.Defect != nil {
		doubt(x.Origin, x.Defect.Reason)
		return
	}
	var is, least, most ends
	cuts := []netip.Prefix{}
	for k := range rulesOf(x, outbound) {
		r := &rulesOf(x, outbound)[k]
		set := packet.Rule(r.Protocol, r.From, r.To)
		switch {
		case r.Defect != nil:
			doubt(r.Origin, r.Defect.Reason)
			return
		case r.Group != "":
			is.refer(r.Group, set)
			continue
		}
		list := []netip.Prefix{r.Block}
		if r.PrefixList != "" {
			l, ok := s.network.PrefixLists.Get(r.PrefixList)
			if !ok || l.Defect != nil {
				doubt(r.Origin, "the prefix list "+r.PrefixList+" is not known")
				return
			}
			list = l.Entries
		}
		for _, p := range list {
			is.addresses = append(is.addresses, addressed{p, set, r})
			cuts = append(cuts, p)
		}
	}
	missing := map[*blueprint.Group]bool{} // peers that have no security group
	for _, r := range g.Rules {
		if r.Outbound != outbound {
			continue
		}
		set := headers(r.Port)
		if r.Peer != nil {
			if peer := s.groupOf[r.Peer]; peer != nil {
				least.refer(peer.ID, set)
			} else {
				missing[r.Peer] = true // which is told
			}
			continue
		}
		required := r.Blocks
		if other := otherEnd(r); other != nil {
			required = other.Tier.Subnets
		}
		for _, p := range required {
			least.addresses = append(least.addresses, addressed{prefix: p, set: set})
		}
		for _, p := range r.Blocks {
			most.addresses = append(most.addresses, addressed{prefix: p, set: set})
		}
		cuts = append(append(cuts, required...), r.Blocks...)
	}
	most.addresses = append(most.addresses, least.addresses...)
	for _, id := range least.order { // so that addresses in place of a reference are told as that
		cuts = append(cuts, s.group[id].Tier.Subnets...)
	}
	space := cut(cuts...)
	regions := space.regions()
	byAddress := s.wideAddresses(g, x, outbound, &is, &least, &most, space, regions)
	for _, id := range is.order {
		if extra := is.groups[id].Subtract(least.groups[id]); !extra.IsEmpty() && !s.standsFor(id, missing) {
			s.extra(g, x, outbound, id, extra)
		}
	}
	for _, id := range least.order {
		lacking := least.groups[id].Subtract(is.groups[id]).Subtract(byAddress[id])
		if !lacking.IsEmpty() {
			s.lacking(g, x, outbound, s.groupWords(id), nil, lacking, func(r *blueprint.Rule) bool { return r.Peer != nil && r.Peer == s.group[id] })
		}
	}
	narrow := map[packet.Set][]region{}
	var order []packet.Set
	for _, at := range regions {
		if lacking := least.at(at).Subtract(is.at(at)); !lacking.IsEmpty() {
			if narrow[lacking] == nil {
				order = append(order, lacking)
			}
			narrow[lacking] = append(narrow[lacking], at)
		}
	}
	for _, set := range order {
		blocks := space.blocks(narrow[set])
		s.lacking(g, x, outbound, space.words(narrow[set]), blocks, set, func(r *blueprint.Rule) bool {
			return slices.ContainsFunc(r.Blocks, func(p netip.Prefix) bool { return p.Contains(narrow[set][0].example) })
		})
	}
}

// standsFor tells whether a group that is not in the input, or in no environment of it, may be one of some that were not found: that is told already.
func (s *site) standsFor(id string, missing map[*blueprint.Group]bool) bool {
	x, ok := s.network.SecurityGroups.Get(id)
	for g := range missing {
		if !ok || s.byVPC[x.VPC] == nil && strings.TrimPrefix(x.Name, "sg-") == g.Name && (x.Account == "" || x.Account == g.Environment.Account) {
			return true
		}
	}
	return false
}

// otherEnd is the group at the other end of a rule that names addresses; nil where the other end is outside.
func otherEnd(r *blueprint.Rule) *blueprint.Group {
	if r.Outbound {
		return r.Because.To.Group
	}
	return r.Because.From.Group
}

// wideAddresses tells of what rules admit by address that they are not to. What they admit in place of a reference is by group.
func (s *site) wideAddresses(g *blueprint.Group, x *network.SecurityGroup, outbound bool, is, least, most *ends, space space, regions []region) (byAddress map[string]packet.Set) {
	type excess struct {
		rule *network.Rule
		set  packet.Set
	}
	parts := map[excess][]region{}
	var order []excess
	for _, at := range regions {
		allowed := most.at(at)
		for _, a := range is.addresses {
			if !a.prefix.Contains(at.example) {
				continue
			}
			if extra := a.set.Subtract(allowed); !extra.IsEmpty() {
				k := excess{a.rule, extra}
				if parts[k] == nil {
					order = append(order, k)
				}
				parts[k] = append(parts[k], at)
			}
		}
	}
	for _, a := range is.addresses {
		if a.prefix.Addr().Is6() {
			order = append(order, excess{a.rule, a.set})
		}
	}
	byAddress = map[string]packet.Set{}
	for _, id := range least.order { // what every address of its tier may is as good as a reference
		common := packet.All
		for _, p := range s.group[id].Tier.Subnets {
			for _, at := range regions {
				if p.Contains(at.example) {
					common = common.Intersect(is.at(at))
				}
			}
		}
		byAddress[id] = common
	}
	for _, k := range order {
		blocks, remote := []netip.Prefix{k.rule.Block}, k.rule.Block.String()
		if parts[k] != nil {
			blocks, remote = space.blocks(parts[k]), space.words(parts[k])
		}
		var instead []string
		for _, id := range least.order {
			peer := s.group[id]
			own := func(p netip.Prefix) bool {
				return peer.Environment.Block.Bits() <= p.Bits() && peer.Environment.Block.Contains(p.Addr())
			}
			if least.groups[id].Overlaps(k.set) && slices.ContainsFunc(blocks, func(p netip.Prefix) bool { return own(p) && slices.ContainsFunc(peer.Tier.Subnets, p.Overlaps) }) {
				instead = append(instead, s.groupWords(id))
			}
		}
		way, to := directions(outbound)
		f := &found{effect: report.Undeclared, rule: "group-rule", pattern: groupPattern(g), at: []*site{s}, kind: "security group", object: &x.Object, origin: k.rule.Origin, traffic: k.set, addresses: blocks,
			message: fmt.Sprintf("The security group of %s admits %s %s %s %s, which nothing declares: %s.", g, headerWords(k.set), way, to, remote, s.ruleWords(*k.rule, outbound)),
			mend:    "Remove the rule, or declare the flow that needs it."}
		if len(instead) > 0 {
			f.rule = "rule-by-address"
			f.message = fmt.Sprintf("The security group of %s admits %s %s %s %s, by address: %s. It is to name the group of %s.", g, headerWords(k.set), way, to, remote, s.ruleWords(*k.rule, outbound), few(instead))
			f.mend = fmt.Sprintf("Name the security group of %s in place of the addresses.", strings.Join(instead, " and "))
		}
		f.witness = s.ruleWitness(g, outbound, blocks, k.set)
		s.add(f)
	}
	return byAddress
}

// ruleWitness is a packet between a member of a group and an address.
func (s *site) ruleWitness(g *blueprint.Group, outbound bool, blocks []netip.Prefix, set packet.Set) *report.Witness {
	if list := s.present(g.Tier); len(list) > 0 && len(blocks) > 0 && blocks[0].Addr().Is4() {
		return packetOf(list[0], host(blocks[0]), outbound, set)
	}
	return nil
}

// between is a packet between members of two groups.
func (s *site) between(g, peer *blueprint.Group, outbound bool, set packet.Set) *report.Witness {
	own := s.present(g.Tier)
	if peer == nil || len(own) == 0 {
		return nil
	}
	other := s.siteFor(peer.Environment).present(peer.Tier)
	if len(other) == 0 || len(other[0].Blocks) == 0 {
		return nil
	}
	a := host(other[0].Blocks[0])
	if other[0] == own[0] {
		a = a.Next()
	}
	return packetOf(own[0], a, outbound, set)
}

// host is an address of a block that something may have: the first that AWS gives, where it is a subnet.
func host(p netip.Prefix) netip.Addr {
	a := p.Addr()
	for range 4 {
		if next := a.Next(); p.Contains(next) {
			a = next
		}
	}
	return a
}

// extra tells of a reference that nothing declares.
func (s *site) extra(g *blueprint.Group, x *network.SecurityGroup, outbound bool, peer string, set packet.Set) {
	way, to := directions(outbound)
	f := &found{effect: report.Undeclared, rule: "group-rule", pattern: groupPattern(g), at: []*site{s}, kind: "security group", object: &x.Object, traffic: set,
		message: fmt.Sprintf("The security group of %s admits %s %s %s %s, which nothing declares", g, headerWords(set), way, to, s.groupWords(peer)),
		mend:    "Remove the rule, or declare the flow that needs it.", witness: s.between(g, s.group[peer], outbound, set)}
	for _, r := range rulesOf(x, outbound) {
		if r.Group == peer && packet.Rule(r.Protocol, r.From, r.To).Overlaps(set) {
			f.origin = r.Origin
			f.message += ": " + s.ruleWords(r, outbound)
			break
		}
	}
	f.message += "."
	if other := s.group[peer]; other != nil && other.Environment != s.Environment {
		f.pattern, f.at = peeringPattern, []*site{s, s.siteFor(other.Environment)}
	}
	s.add(f)
}

// lacking tells of a rule that is missing, or is narrower than what is declared.
func (s *site) lacking(g *blueprint.Group, x *network.SecurityGroup, outbound bool, peer string, blocks []netip.Prefix, set packet.Set, of func(*blueprint.Rule) bool) {
	way, to := directions(outbound)
	var edges []*blueprint.Edge
	var other *blueprint.Group
	for _, r := range g.Rules {
		if r.Outbound == outbound && headers(r.Port).Overlaps(set) && of(r) {
			edges = append(edges, r.Because)
			other = r.Peer
		}
	}
	f := &found{effect: report.Broken, rule: "group-rule", pattern: s.rulePattern(g, edges), at: []*site{s}, kind: "security group", object: &x.Object, traffic: set, addresses: blocks, because: edges,
		message: fmt.Sprintf("The security group of %s does not admit %s %s %s %s, which %s.", g, headerWords(set), way, to, peer, do(edges, "declare")),
		mend:    fmt.Sprintf("Add a rule: %s %s %s %s.", way, headerWords(set), to, peer)}
	if other != nil {
		f.witness = s.between(g, other, outbound, set)
		if o := s.siteFor(other.Environment); o != s {
			f.at = append(f.at, o)
		}
	} else {
		f.witness = s.ruleWitness(g, outbound, blocks, set)
	}
	s.add(f)
}

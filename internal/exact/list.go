package exact

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

// lists holds the network ACLs to the permits of the tiers, and what AWS makes with a VPC to nothing.
func (s *site) lists() {
	type use struct {
		acl  string
		tier *blueprint.Tier
	}
	using := map[use][]*network.Subnet{}
	var order []use
	for _, t := range s.Tiers {
		for _, x := range s.present(t) {
			acl, ok := s.network.NetworkACLs.Get(x.NetworkACL)
			if !ok {
				what := "the network ACL of subnet " + label(&x.Object)
				if gap := s.network.Gap("NetworkAcls", x.Account, x.Region); gap != nil {
					what = report.MissingList + gap.String()
				}
				s.add(&found{effect: report.Doubtful, rule: "network-acl", pattern: tierPattern(t), at: []*site{s}, kind: "subnet", object: &x.Object, unknown: []string{what},
					message: fmt.Sprintf("Which network ACL the subnet %s has is not known.", label(&x.Object)), mend: "Give the input that tells."})
				continue
			}
			if acl.Default && !slices.Contains(acl.Subnets, x.ID) {
				s.add(&found{effect: report.Undeclared, rule: "acl-association", pattern: tierPattern(t), at: []*site{s}, kind: "subnet", object: &x.Object,
					message: fmt.Sprintf("The subnet %s has the default network ACL of its VPC, %s, as every new subnet does.", label(&x.Object), label(&acl.Object)),
					mend:    fmt.Sprintf("Associate it with the network ACL of the tier %s.", tierLabel(t))})
			}
			at := use{acl.ID, t}
			if using[at] == nil {
				order = append(order, at)
			}
			using[at] = append(using[at], x)
		}
	}
	for _, at := range order {
		acl, _ := s.network.NetworkACLs.Get(at.acl)
		s.list(acl, at.tier, using[at])
	}
	for _, acl := range s.acls {
		if k := slices.IndexFunc(acl.Entries, func(e network.ACLEntry) bool { return e.Allow }); acl.Default && k >= 0 {
			e := acl.Entries[k]
			s.add(&found{effect: report.Undeclared, rule: "default-acl", pattern: tiersPattern, at: []*site{s}, kind: "network ACL", object: &acl.Object, origin: e.Origin,
				message: fmt.Sprintf("The default network ACL %s of the VPC, which every new subnet has, admits something: %s.", label(&acl.Object), entryWords(e)), mend: "Remove its entries."})
		}
	}
}

// verdictOf is what an ACL admits of one direction from, or to, an address: entries in their order, the first that matches decides (NACL-1).
func admitted(acl *network.NetworkACL, outbound bool, a netip.Addr) (set packet.Set, by []*network.ACLEntry) {
	rest := packet.All
	for i := range acl.Entries {
		e := &acl.Entries[i]
		if e.Outbound != outbound || !e.Block.Contains(a) {
			continue
		}
		hits := packet.Rule(e.Protocol, e.From, e.To).Intersect(rest)
		if hits.IsEmpty() {
			continue
		}
		rest = rest.Subtract(hits)
		if e.Allow {
			set = set.Union(hits)
		}
		by = append(by, e)
	}
	return set, by
}

// surplus is what an ACL admits that it is not to, or the other way round, for some addresses.
type surplus struct {
	entry   *network.ACLEntry // that decides; nil where none does
	headers packet.Set
}

// list holds an ACL to the permits of a tier, for the subnets of the tier that have it.
func (s *site) list(acl *network.NetworkACL, t *blueprint.Tier, subnets []*network.Subnet) {
	cuts := []netip.Prefix{s.Block}
	defect := acl.Defect
	at := acl.Origin
	for _, e := range acl.Entries {
		if e.Defect != nil && defect == nil {
			defect, at = e.Defect, e.Origin
		}
		cuts = append(cuts, e.Block)
	}
	if defect != nil {
		s.add(&found{effect: report.Doubtful, rule: "network-acl", pattern: tierPattern(t), at: []*site{s}, kind: "network ACL", object: &acl.Object, origin: at, unknown: []string{"network ACL " + label(&acl.Object) + ": " + defect.Reason},
			message: fmt.Sprintf("What the network ACL %s of the tier %s admits is not known: %s.", label(&acl.Object), tierLabel(t), defect.Reason), mend: "Give the input that tells."})
		return
	}
	for _, p := range t.Permits {
		cuts = append(cuts, p.Block)
		if p.Tier != nil {
			cuts = append(append(cuts, p.Tier.Prefixes()...), p.Tier.Subnets...)
		}
	}
	space := cut(cuts...)
	regions := space.regions()
	var lacking []surplus
	for _, outbound := range []bool{false, true} {
		wider, narrower := map[surplus][]region{}, map[surplus][]region{}
		var wide, narrow []surplus
		for _, g := range regions {
			if len(subnets) == 1 && g.inAny(subnets[0].Blocks) {
				continue // inside a subnet no ACL looks (NACL-3)
			}
			least, most := s.permitted(t, outbound, g)
			is, by := admitted(acl, outbound, g.example)
			if extra := is.Subtract(most); !extra.IsEmpty() {
				for _, e := range by {
					if set := packet.Rule(e.Protocol, e.From, e.To).Intersect(extra); e.Allow && !set.IsEmpty() {
						extra = extra.Subtract(set)
						k := surplus{e, set}
						if wider[k] == nil {
							wide = append(wide, k)
						}
						wider[k] = append(wider[k], g)
					}
				}
			}
			if missing := least.Subtract(is); !missing.IsEmpty() {
				k := surplus{nil, missing}
				for _, e := range by {
					if !e.Allow && packet.Rule(e.Protocol, e.From, e.To).Overlaps(missing) {
						k.entry = e
						break
					}
				}
				if narrower[k] == nil {
					narrow = append(narrow, k)
				}
				narrower[k] = append(narrower[k], g)
			}
		}
		for _, k := range wide {
			s.wider(acl, t, subnets[0], outbound, k, space, wider[k])
		}
		if acl.Default && len(acl.Entries) == 0 {
			lacking = append(lacking, narrow...)
			continue // which is told in one
		}
		for _, k := range narrow {
			s.narrower(acl, t, subnets[0], outbound, k, space, narrower[k])
		}
	}
	if len(lacking) > 0 {
		s.shut(acl, t, subnets)
	}
	if k := slices.IndexFunc(acl.Entries, func(e network.ACLEntry) bool { return e.Allow && e.Block.Addr().Is6() }); k >= 0 {
		e := &acl.Entries[k]
		s.wider(acl, t, subnets[0], e.Outbound, surplus{e, packet.Rule(e.Protocol, e.From, e.To)}, space, nil)
	}
}

// permitted is what the ACL of a tier has to admit from, or to, the addresses of a region, and the most that it may.
func (s *site) permitted(t *blueprint.Tier, outbound bool, g region) (least, most packet.Set) {
	for i := range t.Permits {
		p := &t.Permits[i]
		if p.Outbound != outbound {
			continue
		}
		set := headers(p.Port)
		switch {
		case p.Tier != nil && g.inAny(p.Tier.Prefixes()):
			most = most.Union(set)
			if g.inAny(p.Tier.Subnets) {
				least = least.Union(set)
			}
		case p.Internet && !s.Block.Contains(g.example), p.Block.IsValid() && p.Block.Contains(g.example):
			least, most = least.Union(set), most.Union(set)
		}
	}
	return least, most
}

// because are the edges that need what is missing of a permit.
func (s *site) because(t *blueprint.Tier, outbound bool, missing packet.Set, g region) []*blueprint.Edge {
	var edges []*blueprint.Edge
	for i := range t.Permits {
		p := &t.Permits[i]
		fits := p.Tier != nil && g.inAny(p.Tier.Prefixes()) || p.Internet && !s.Block.Contains(g.example) || p.Block.IsValid() && p.Block.Contains(g.example)
		if p.Outbound == outbound && fits && headers(p.Port).Overlaps(missing) && !slices.Contains(edges, p.Because) {
			edges = append(edges, p.Because)
		}
	}
	return edges
}

// wider tells of what an entry admits that it is not to.
func (s *site) wider(acl *network.NetworkACL, t *blueprint.Tier, x *network.Subnet, outbound bool, k surplus, space space, regions []region) {
	way, to := directions(outbound)
	f := &found{effect: report.Undeclared, rule: "network-acl", pattern: tierPattern(t), at: []*site{s}, kind: "network ACL", object: &acl.Object, origin: k.entry.Origin, traffic: k.headers,
		addresses: []netip.Prefix{k.entry.Block}, mend: "Take it out of the entry, or declare the flow that needs it."}
	remote := k.entry.Block.String()
	if len(regions) > 0 {
		remote, f.addresses = space.words(regions), space.blocks(regions)
		f.witness = packetOf(x, space.host(regions[0]), outbound, k.headers)
	}
	f.message = fmt.Sprintf("The network ACL %s of the tier %s admits %s %s %s %s, which nothing declares: %s.", label(&acl.Object), tierLabel(t), headerWords(k.headers), way, to, remote, entryWords(*k.entry))
	s.add(f)
}

// narrower tells of what a list does not admit that it has to.
func (s *site) narrower(acl *network.NetworkACL, t *blueprint.Tier, x *network.Subnet, outbound bool, k surplus, space space, regions []region) {
	way, to := directions(outbound)
	edges := s.because(t, outbound, k.headers, regions[0])
	remote := space.words(regions)
	f := &found{effect: report.Broken, rule: "network-acl", pattern: tierPattern(t), at: []*site{s}, kind: "network ACL", object: &acl.Object, traffic: k.headers, addresses: space.blocks(regions), because: edges,
		message: fmt.Sprintf("The network ACL %s of the tier %s does not admit %s %s %s %s, which %s", label(&acl.Object), tierLabel(t), headerWords(k.headers), way, to, remote, do(edges, "need")),
		mend:    fmt.Sprintf("Add an entry: %s, allow %s %s %s.", way, headerWords(k.headers), to, remote),
		witness: packetOf(x, space.host(regions[0]), outbound, k.headers),
	}
	if k.entry != nil {
		f.origin = k.entry.Origin
		f.message += ": " + entryWords(*k.entry)
		f.mend = fmt.Sprintf("Put an entry before it: %s, allow %s %s %s.", way, headerWords(k.headers), to, remote)
	}
	f.message += "."
	s.add(f)
}

// shut tells of the default list of a VPC, which is empty as it has to be, and that subnets have it: nothing gets in or out of these.
func (s *site) shut(acl *network.NetworkACL, t *blueprint.Tier, subnets []*network.Subnet) {
	var names []string
	for _, x := range subnets {
		names = append(names, label(&x.Object))
	}
	var edges []*blueprint.Edge
	for _, p := range t.Permits {
		if !slices.Contains(edges, p.Because) {
			edges = append(edges, p.Because)
		}
	}
	s.add(&found{effect: report.Broken, rule: "network-acl", pattern: tierPattern(t), at: []*site{s}, kind: "network ACL", object: &acl.Object, because: edges,
		message: fmt.Sprintf("The network ACL %s admits nothing, and %s of the tier %s has it.", label(&acl.Object), few(names), tierLabel(t)), mend: fmt.Sprintf("Associate it with the network ACL of the tier %s.", tierLabel(t))})
}

// do says what some edges do, by where they are declared: "watertight.hcl:41 declares", "watertight.hcl:41 and watertight.hcl:43 declare".
func do(edges []*blueprint.Edge, verb string) string {
	words := lines(edges)
	if !strings.Contains(words, " ") {
		verb += "s"
	}
	return words + " " + verb
}

func directions(outbound bool) (way, to string) {
	if outbound {
		return "outbound", "to"
	}
	return "inbound", "from"
}

// lines are where some edges are declared.
func lines(edges []*blueprint.Edge) string {
	var words []string
	for _, e := range edges {
		if !slices.Contains(words, e.Line()) {
			words = append(words, e.Line())
		}
	}
	return few(words)
}

// packetOf is an example of what a control lets through, or stops, at a subnet.
func packetOf(x *network.Subnet, other netip.Addr, outbound bool, set packet.Set) *report.Witness {
	if len(x.Blocks) == 0 || set.IsEmpty() {
		return nil
	}
	if typical := set.Intersect(clients); !typical.IsEmpty() {
		set = typical
	}
	own := x.Blocks[0].Addr().Next().Next().Next().Next() // the first that AWS gives
	if other == x.Blocks[0].Addr() || !own.Is4() {
		own = x.Blocks[0].Addr()
	}
	from, to := other, own
	if outbound {
		from, to = own, other
	}
	return witness(from.String(), to.String(), set)
}

func witness(from, to string, set packet.Set) *report.Witness {
	h := set.Pick()
	w := &report.Witness{SourceIP: from, DestinationIP: to, Protocol: packet.ProtocolName(int(h.Protocol))}
	switch h.Protocol {
	case packet.TCP, packet.UDP:
		w.DestinationPort, w.SourcePort = &h.First, &h.Second
	case packet.ICMP, packet.ICMPv6:
		w.ICMPType, w.ICMPCode = &h.First, &h.Second
	}
	return w
}

func entryWords(e network.ACLEntry) string {
	way, to := directions(e.Outbound)
	action := map[bool]string{true: "allows", false: "denies"}[e.Allow]
	return fmt.Sprintf("%s entry %d %s %s %s %s", way, e.Number, action, trafficWords(e.Protocol, e.From, e.To), to, e.Block)
}

// trafficWords is a protocol with its ports: "tcp 443".
func trafficWords(protocol, from, to int) string {
	return strings.TrimSpace(cmp.Or(query.Words(packet.Rule(protocol, from, to).Intersect(clients)), intent.Port{Protocol: packet.ProtocolName(protocol)}.String()))
}

package reach

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/packet"
)

// finding is one verdict about some headers, between two ends.
type finding struct {
	verdict        Verdict
	traffic        packet.Set
	family         Family
	choice         string
	kind           PathKind
	client, server end
	link           int // position in the links of the pair
	length         int
}

// Can answers a question in parts, each with one verdict (V-4, V-7). The parts are sorted: first what arrives.
func (e *Engine) Can(q Question) []Part {
	s, done := e.use()
	defer done()
	var all []finding
	for _, client := range q.Sources.sources() {
		for _, server := range q.Destinations.list {
			if !calls(client, server) || itself(client, server) && !server.exact || q.Family != AnyFamily && q.Family != client.class.site.family() {
				continue
			}
			all = append(all, s.findings(client, server, q.Traffic)...)
		}
	}
	return s.parts(all)
}

// verdictOrder is the order in which verdicts are told.
var verdictOrder = []Verdict{Reachable, OneWay, Unknown, Unreachable}

// findings are the verdicts about one pair of ends. What holds for every choice of AWS's is said once; the rest for each choice (V-10).
func (s *session) findings(client, server end, asked packet.Set) []finding {
	c, d := client.class, server.class
	links := s.links(c.site, d.site, server.public, client.internet, false)
	type branch struct {
		variant
		link int
	}
	var branches []branch
	for i := range links {
		l := &links[i]
		egress, ingress := s.groupBounds(l, c, d)
		for _, v := range s.variants(l, asked, egress, ingress) {
			branches = append(branches, branch{v, i})
		}
	}
	var all []finding
	for _, verdict := range verdictOrder {
		always := asked
		for _, b := range branches {
			always = always.Intersect(b.outcome.Set(verdict))
		}
		for k, b := range branches {
			add := func(traffic packet.Set, choice string) {
				if traffic.IsEmpty() {
					return
				}
				l := &links[b.link]
				kind := l.kind
				if verdict == Unreachable {
					kind = NoPath
				}
				if exempt := traffic.Intersect(l.exempt); verdict == Reachable && !exempt.IsEmpty() { // SG-12: no way that a table knows
					all = append(all, finding{verdict, exempt, c.site.family(), choice, ToService, client, server, b.link, l.length})
					if traffic = traffic.Subtract(exempt); traffic.IsEmpty() {
						return
					}
				}
				all = append(all, finding{verdict, traffic, c.site.family(), choice, kind, client, server, b.link, l.length})
			}
			if k == 0 {
				add(always, "")
			}
			add(b.outcome.Set(verdict).Subtract(always), b.choice)
		}
	}
	return all
}

// parts puts findings together that differ by their members only.
func (s *session) parts(all []finding) []Part {
	type key struct {
		verdict Verdict
		traffic packet.Set
		family  Family
		choice  string
		kind    PathKind
	}
	groups := map[key][]finding{}
	var keys []key
	for _, f := range all {
		k := key{f.verdict, f.traffic, f.family, f.choice, f.kind}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], f)
	}
	var parts []Part
	for _, k := range keys {
		for _, product := range products(groups[k]) {
			p := s.explain(product)
			p.Verdict, p.Traffic, p.Family, p.Choice = k.verdict, k.traffic, k.family, k.choice
			p.Public = !slices.ContainsFunc(product, func(f finding) bool { return !f.server.public || f.client.class.site.outside() })
			p.Sources, p.Destinations = s.membersOf(product, true), s.membersOf(product, false)
			parts = append(parts, p)
		}
	}
	slices.SortStableFunc(parts, func(a, b Part) int {
		return cmp.Or(
			cmp.Compare(slices.Index(verdictOrder, a.Verdict), slices.Index(verdictOrder, b.Verdict)),
			cmp.Compare(a.Family, b.Family), cmp.Compare(a.Traffic.Key(), b.Traffic.Key()), cmp.Compare(a.Choice, b.Choice), cmp.Compare(a.Kind, b.Kind),
			compareLists(a.Sources, b.Sources), compareLists(a.Destinations, b.Destinations))
	})
	return parts
}

func compareLists(a, b []Member) int { return slices.CompareFunc(a, b, compareMembers) }

// products cuts a set of pairs into products of sources and destinations: sources with the same destinations are put together.
func products(all []finding) [][]finding {
	bySource := map[*class][]finding{}
	var sources []*class
	for _, f := range all {
		if bySource[f.client.class] == nil {
			sources = append(sources, f.client.class)
		}
		bySource[f.client.class] = append(bySource[f.client.class], f)
	}
	var order []string
	merged := map[string][]finding{}
	for _, c := range sources {
		var b strings.Builder
		for _, f := range bySource[c] {
			b.WriteString(serverKey(f.server))
		}
		if merged[b.String()] == nil {
			order = append(order, b.String())
		}
		merged[b.String()] = append(merged[b.String()], bySource[c]...)
	}
	var out [][]finding
	for _, k := range order {
		out = append(out, merged[k])
	}
	return out
}

func serverKey(x end) string {
	key := []byte{byte(x.class.site.id), byte(x.class.site.id >> 8), byte(x.class.site.id >> 16), byte(x.class.site.id >> 24), 0,
		byte(x.class.groups), byte(x.class.groups >> 8), byte(x.class.groups >> 16), byte(x.class.groups >> 24)}
	if x.public {
		key[4] = 1
	}
	return string(key)
}

// membersOf lists the members on one side of some findings.
func (s *session) membersOf(all []finding, sources bool) []Member {
	type key struct {
		id      string
		address netip.Addr
	}
	seen := map[key]bool{}
	var list []Member
	seenEnd := map[string]bool{}
	for _, f := range all {
		x := f.server
		if sources {
			x = f.client
		}
		k := serverKey(x)
		if seenEnd[k] && x.members == nil {
			continue
		}
		seenEnd[k] = true
		for _, m := range s.engine.answerMembers(x) {
			at := key{"", m.Address}
			if m.Interface != nil {
				at.id = m.Interface.ID
			}
			if !seen[at] {
				seen[at] = true
				list = append(list, m)
			}
		}
	}
	slices.SortFunc(list, compareMembers)
	return list
}

package reach

import (
	"cmp"
	"encoding/binary"
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
	limits         *Limits
	passes         bool
	name           string // see Question.Name
	ports          natPorts
	// own is the verdict of the connection alone, where others follow it.
	own Verdict
	// second tells that it follows another connection, from a node of a load balancer.
	second bool
	// relayed is the address of a client that a node of a load balancer keeps (LB-2), and origin who that is; not valid otherwise.
	relayed place
	origin  end
	// then are the connections that follow, one after the other, of a service.
	then *relay
}

// Can answers a question in parts, each with one verdict (V-4, V-7). The parts are sorted: first what arrives.
func (e *Engine) Can(q Question) []Part {
	s, done := e.use()
	defer done()
	if q.Service != nil {
		return s.serve(q)
	}
	var all []finding
	for _, client := range q.Sources.sources() {
		for _, server := range q.Destinations.list {
			if !calls(client, server) || itself(client, server) && !server.exact || q.Family != AnyFamily && q.Family != client.class.site.family() {
				continue
			}
			all = append(all, s.findings(client, server, q.Traffic, &q)...)
		}
	}
	return s.parts(all)
}

// verdictOrder is the order in which verdicts are told.
var verdictOrder = []Verdict{Reachable, OneWay, Unknown, Unreachable}

// findings are the verdicts about one pair of ends.
func (s *session) findings(client, server end, asked packet.Set, q *Question) []finding {
	c, d := client.class, server.class
	links := s.links(c.site, d.site, server.public, client.internet, q.Passes != nil)
	return s.judge(links, client, server, asked, q, func(l *link) passing { return s.groupBounds(l, c, d) })
}

// piece is some headers with one verdict, all limited alike, whose way passes what is asked about, or does not.
type piece struct {
	traffic packet.Set
	limits  *Limits
	passes  bool
}

func (p piece) like(other piece) bool {
	return p.passes == other.passes && (p.limits == nil) == (other.limits == nil) && (p.limits == nil || p.limits.equal(other.limits))
}

// judge tells the verdicts over some links. What holds for every choice of AWS's is said once; the rest for each choice (V-10).
func (s *session) judge(links []link, client, server end, asked packet.Set, q *Question, groups func(*link) passing) []finding {
	type branch struct {
		variant
		link int
	}
	var branches []branch
	for i := range links {
		l := links[i]
		p := groups(&links[i])
		if q.Name != "" {
			l.request = l.named(q.Name)
		}
		for _, v := range s.variants(&l, asked, p) {
			branches = append(branches, branch{v, i})
		}
	}
	var all []finding
	for _, verdict := range verdictOrder {
		pieces := make([][]piece, len(branches))
		var always []piece // what holds under every choice
		for k, b := range branches {
			pieces[k] = s.pieces(&links[b.link], verdict, b.outcome.Set(verdict), b.ports, q)
			if k == 0 {
				always = pieces[0]
				continue
			}
			var common []piece
			for _, one := range always {
				for _, two := range pieces[k] {
					if one.like(two) {
						if set := one.traffic.Intersect(two.traffic); !set.IsEmpty() {
							common = append(common, piece{set, one.limits, one.passes})
						}
					}
				}
			}
			always = common
		}
		for k, b := range branches {
			l := &links[b.link]
			add := func(p piece, choice string) {
				if p.traffic.IsEmpty() {
					return
				}
				f := finding{verdict: verdict, traffic: p.traffic, family: client.class.site.family(), choice: choice, kind: l.kind, client: client, server: server, link: b.link,
					length: l.length, limits: p.limits, passes: p.passes, name: q.Name, ports: b.ports}
				if verdict == Unreachable {
					f.kind = NoPath
				}
				if exempt := p.traffic.Intersect(l.exempt); verdict == Reachable && !exempt.IsEmpty() { // SG-12: no way that a table knows
					service := f
					service.traffic, service.kind, service.limits, service.passes = exempt, ToService, nil, false
					all = append(all, service)
					f.traffic = p.traffic.Subtract(exempt)
				}
				if !f.traffic.IsEmpty() {
					all = append(all, f)
				}
			}
			for _, p := range pieces[k] {
				said := packet.None
				for _, other := range always {
					if other.like(p) {
						said = said.Union(other.traffic)
					}
				}
				if k == 0 {
					add(piece{p.traffic.Intersect(said), p.limits, p.passes}, "")
				}
				add(piece{p.traffic.Subtract(said), p.limits, p.passes}, b.choice)
			}
		}
	}
	return all
}

// pieces cuts headers with one verdict by what the data on their connections is limited to, and says whether their way passes what is asked about.
func (s *session) pieces(l *link, verdict Verdict, traffic packet.Set, ports natPorts, q *Question) []piece {
	if traffic.IsEmpty() {
		return nil
	}
	if verdict == Unreachable {
		return []piece{{traffic: traffic}}
	}
	passes := q.Passes != nil && slices.ContainsFunc(l.passages, func(p passage) bool { return q.Passes(p.public()) })
	list := []piece{{traffic, nil, passes}}
	if verdict == Unknown || q.Name != "" {
		return list
	}
	for _, i := range l.inspections {
		var cut []piece
		for _, p := range list {
			for _, part := range i.limit(p.traffic, ports) {
				cut = append(cut, piece{part.traffic, p.limits.and(part.limits), passes})
			}
		}
		list = cut
	}
	return list
}

// parts puts findings together that differ by their members only.
func (s *session) parts(all []finding) []Part {
	type key struct {
		verdict Verdict
		traffic packet.Set
		family  Family
		choice  string
		kind    PathKind
		limits  string
		passes  bool
		then    string
	}
	groups := map[key][]finding{}
	var keys []key
	for _, f := range all {
		k := key{f.verdict, f.traffic, f.family, f.choice, f.kind, f.limits.key(), f.passes, f.then.key()}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], f)
	}
	var parts []Part
	for _, k := range keys {
		for _, product := range products(groups[k]) {
			p := s.explain(product)
			p.Verdict, p.Traffic, p.Family, p.Choice, p.Limits, p.Passes = k.verdict, k.traffic, k.family, k.choice, product[0].limits, k.passes
			p.Public = !slices.ContainsFunc(product, func(f finding) bool { return !f.server.public || f.then != nil || f.client.class.site.outside() })
			p.Sources, p.Destinations = s.membersOf(product, true), s.membersOf(product, false)
			parts = append(parts, p)
		}
	}
	slices.SortStableFunc(parts, func(a, b Part) int {
		return cmp.Or(
			cmp.Compare(slices.Index(verdictOrder, a.Verdict), slices.Index(verdictOrder, b.Verdict)),
			cmp.Compare(a.Family, b.Family), cmp.Compare(a.Traffic.Key(), b.Traffic.Key()), cmp.Compare(a.Choice, b.Choice), cmp.Compare(a.Kind, b.Kind),
			slices.Compare(a.Conditions, b.Conditions), cmp.Compare(a.Limits.key(), b.Limits.key()),
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
			b.WriteString(serverKey(f.end()))
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
	key := make([]byte, 0, 9)
	for _, n := range []int32{x.class.site.id, x.class.id} { // outside classes have no number of their own
		key = binary.LittleEndian.AppendUint32(key, uint32(n))
	}
	if x.public {
		key = append(key, 1)
	}
	return string(append(key, ' '))
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
		x := f.end()
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

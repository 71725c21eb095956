package exact

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// edges are those of the blueprint, by their ends.
type edges struct {
	between map[[2]*blueprint.Group][]*blueprint.Edge
	out, in map[*blueprint.Group][]*blueprint.Edge // to the outside, and from it
	sets    map[*blueprint.Edge]packet.Set
}

func newEdges(all []*blueprint.Edge) edges {
	x := edges{map[[2]*blueprint.Group][]*blueprint.Edge{}, map[*blueprint.Group][]*blueprint.Edge{}, map[*blueprint.Group][]*blueprint.Edge{}, map[*blueprint.Edge]packet.Set{}}
	for _, e := range all {
		x.sets[e] = declared(e.Ports)
		from, to := e.From.Group, e.To.Group
		switch {
		case from != nil && to != nil:
			x.between[[2]*blueprint.Group{from, to}] = append(x.between[[2]*blueprint.Group{from, to}], e)
		case from != nil:
			x.out[from] = append(x.out[from], e)
		default:
			x.in[to] = append(x.in[to], e)
		}
	}
	return x
}

// joined are the edges from one party to another.
func (x edges) joined(from, to *party) []*blueprint.Edge {
	var all []*blueprint.Edge
	for _, a := range from.roles {
		for _, b := range to.roles {
			all = append(all, x.between[[2]*blueprint.Group{a, b}]...)
		}
	}
	return all
}

// outside are the edges between a party and an address outside, on the internet or not.
func (x edges) outside(p *party, leaving bool, b reach.Block) []*blueprint.Edge {
	var all []*blueprint.Edge
	for _, g := range p.roles {
		list := x.in[g]
		if leaving {
			list = x.out[g]
		}
		for _, e := range list {
			other := e.From
			if leaving {
				other = e.To
			}
			if other.Internet && b.Internet || other.Block.IsValid() && other.Block.Bits() <= b.Prefix.Bits() && other.Block.Contains(b.Prefix.Addr()) {
				all = append(all, e)
			}
		}
	}
	return all
}

// set are the connections of some edges.
func (x edges) set(list []*blueprint.Edge) packet.Set {
	set := packet.None
	for _, e := range list {
		set = set.Union(x.sets[e])
	}
	return set
}

// pair is two parties.
type pair struct{ from, to *party }

// said is what the engine says.
type said struct {
	reach.Outcome
	blame []string
}

// beyond is the ways of a party to an address outside, or from it.
type beyond struct {
	party   *party
	leaving bool
	prefix  netip.Prefix
}

const mark = "\x00" // begins the label of a party in a tally: nothing outside is called so

// connections compares what the network allows between all parties, and with the outside, with what is declared.
func (c *checker) connections() error {
	c.edges = newEdges(c.Edges)
	c.form()
	labels := map[*network.Interface][]string{}
	var own, foreign []*network.Interface
	for _, p := range c.parties {
		words := []string{mark + strconv.Itoa(p.number)}
		for _, i := range p.members {
			labels[i] = words
		}
		if p.site != nil {
			own = append(own, p.members...)
		} else {
			foreign = append(foreign, p.members...)
		}
	}
	name := func(i *network.Interface) []string { return labels[i] }
	e := c.session.Engine()
	ours, outside := e.Interfaces(own...), e.Internet().Join(e.Beyond())
	q := reach.Question{Sources: ours.Join(outside), Destinations: ours.Join(outside), Traffic: query.Traffic(), Brief: true}
	cells := e.Tally(q, name, name)
	if len(foreign) > 0 {
		others := e.Interfaces(foreign...)
		q.Sources, q.Destinations = ours, others
		cells = append(cells, e.Tally(q, name, name)...)
		q.Sources, q.Destinations = others, ours
		cells = append(cells, e.Tally(q, name, name)...)
	}
	c.inside = map[pair]said{}
	around := map[beyond]said{}
	for _, cell := range cells {
		c.note(cell, around)
	}
	c.required()
	c.outsideOf(e.Blocks(), around)
	for _, w := range together(c.ways) {
		if err := c.tell(w); err != nil {
			return err
		}
	}
	if err := c.chains(); err != nil {
		return err
	}
	return c.names()
}

// party is the party with a label of a tally; nil for the outside.
func (c *checker) party(label string) *party {
	if !strings.HasPrefix(label, mark) {
		return nil
	}
	k, _ := strconv.Atoi(label[len(mark):])
	return c.parties[k]
}

// note notes what a cell says, and tells what of it is undeclared or not known, where both ends are inside.
func (c *checker) note(cell reach.Cell, around map[beyond]said) {
	from, to := c.party(cell.Source), c.party(cell.Destination)
	if from == nil && to == nil {
		return
	}
	for _, family := range []reach.Family{reach.IPv4, reach.IPv6} {
		if cell.Family != reach.AnyFamily && cell.Family != family {
			continue
		}
		s := said{cell.Outcome, cell.Blame}
		if from == nil || to == nil {
			at := beyond{party: to}
			if to == nil {
				at = beyond{party: from, leaving: true}
			}
			for _, p := range cell.Outside {
				if p.Addr().Is4() != (family == reach.IPv4) {
					continue
				}
				at.prefix = p
				if known, ok := around[at]; ok { // members with a public address, and others
					s = said{reach.Outcome{Reachable: known.Reachable.Union(s.Reachable), OneWay: known.OneWay.Union(s.OneWay), Unreachable: known.Unreachable.Union(s.Unreachable), Unknown: known.Unknown.Union(s.Unknown)}, append(slices.Clone(known.blame), s.blame...)}
				}
				around[at] = s
			}
			continue
		}
		if !cell.Public && family == reach.IPv4 {
			c.inside[pair{from, to}] = s
		}
		c.allowed(from, to, family, cell.Public, s)
	}
}

// allowed tells of what is possible between two parties and is not declared, or not known. Public: the destination is called by its public address.
func (c *checker) allowed(from, to *party, family reach.Family, public bool, s said) {
	list := c.edges.joined(from, to)
	set := packet.None
	if family == reach.IPv4 {
		set = c.edges.set(list)
	}
	// What both are declared to do with anybody they may do with each other. A role whose way out is filtered may not, but over the internet.
	if family == reach.IPv4 {
		set = set.Union(c.withInternet(from, true, public).Intersect(c.withInternet(to, false, true)))
	}
	q := reach.Question{Sources: c.ends(from), Destinations: c.ends(to).Public(public), Family: family}
	at := way{at: pairOf(from, to), source: from.label, destination: to.label, question: q, said: s}
	if surplus := s.Reachable.Union(s.OneWay).Subtract(set); !surplus.IsEmpty() {
		at.effect, at.set = report.Undeclared, surplus
		c.ways = append(c.ways, at)
	}
	doubt := s.Unknown
	if c.chained(list) {
		doubt = doubt.Subtract(set) // the whole chain is asked about
	}
	if !doubt.IsEmpty() {
		at.effect, at.set, at.list = report.Doubtful, doubt, list
		c.ways = append(c.ways, at)
	}
}

// chained tells whether some edges are from the load balancer of an endpoint service.
func (c *checker) chained(list []*blueprint.Edge) bool {
	return slices.ContainsFunc(list, func(e *blueprint.Edge) bool { return e.Service != nil })
}

// withInternet is what a party is declared to do with all of the internet; by name, too, where that counts.
func (c *checker) withInternet(p *party, leaving, named bool) packet.Set {
	list := c.edges.outside(p, leaving, reach.Block{Prefix: everywhere4, Internet: true})
	return c.edges.set(slices.DeleteFunc(list, func(e *blueprint.Edge) bool { return e.Egress != nil && !named }))
}

func (c *checker) ends(p *party) reach.Ends { return c.session.Engine().Interfaces(p.members...) }

func pairOf(list ...*party) []*site {
	var at []*site
	for _, p := range list {
		if p != nil && p.site != nil {
			at = append(at, p.site)
		}
	}
	return at
}

// required tells of what is declared between roles and is not possible for all of their members.
func (c *checker) required() {
	of := map[*blueprint.Group][]*party{}
	for _, p := range c.parties {
		for _, g := range p.roles {
			of[g] = append(of[g], p)
		}
	}
	done := map[pair]bool{}
	for _, e := range c.Edges {
		if e.From.Group == nil || e.To.Group == nil || e.Service != nil {
			continue
		}
		for _, from := range of[e.From.Group] {
			for _, to := range of[e.To.Group] {
				at := pair{from, to}
				if done[at] || from.astray || to.astray || from.balancer != nil || to.function || from == to && len(from.members) == 1 {
					continue // a load balancer opens connections to its targets, and these are its owner's
				}
				done[at] = true
				list := c.edges.joined(from, to)
				need := c.edges.set(list).Intersect(listening(to))
				s, ok := c.inside[at]
				if !ok {
					s.Unreachable = need
				}
				q := reach.Question{Sources: c.ends(from), Destinations: c.ends(to).Public(false), Family: reach.IPv4}
				c.lost(way{at: pairOf(from, to), source: from.label, destination: to.label, question: q, set: need, said: s, list: list})
			}
		}
	}
}

// lost notes what is declared and does not get through, or not back.
func (c *checker) lost(w way) {
	need := w.set
	w.effect = report.Broken
	for _, v := range []struct {
		verdict reach.Verdict
		set     packet.Set
	}{{reach.Unreachable, need.Intersect(w.Unreachable)}, {reach.OneWay, need.Intersect(w.OneWay).Subtract(w.Unreachable)}} {
		if w.verdict, w.set = v.verdict, v.set; !v.set.IsEmpty() {
			c.ways = append(c.ways, w)
		}
	}
}

// listening is what a party takes: of the nodes of a load balancer, the ports of its listeners, for those are its owner's.
func listening(p *party) packet.Set {
	b := p.balancer
	if b == nil {
		return packet.All
	}
	set := packet.None
	for _, l := range b.Listeners {
		if l.Protocol != "UDP" && l.Protocol != "QUIC" {
			set = set.Union(packet.Ports(packet.TCP, uint16(l.Port), uint16(l.Port)))
		}
		if strings.HasSuffix(l.Protocol, "UDP") || strings.HasSuffix(l.Protocol, "QUIC") {
			set = set.Union(packet.Ports(packet.UDP, uint16(l.Port), uint16(l.Port)))
		}
	}
	return set
}

// outsideOf compares what parties do with the outside with what is declared.
func (c *checker) outsideOf(blocks []reach.Block, around map[beyond]said) {
	for _, p := range c.parties {
		if p.site == nil {
			continue
		}
		for _, leaving := range []bool{true, false} {
			type kind struct {
				effect  report.Effect
				set     packet.Set
				private bool
			}
			parts := map[kind][]reach.Block{}
			sums := map[kind]said{}
			lists := map[kind][]*blueprint.Edge{}
			var order []kind
			add := func(k kind, b reach.Block, s said, list []*blueprint.Edge) {
				if k.set.IsEmpty() {
					return
				}
				if parts[k] == nil {
					order = append(order, k)
				}
				parts[k] = append(parts[k], b)
				all := sums[k]
				all.Reachable, all.OneWay, all.Unreachable, all.Unknown = all.Reachable.Union(s.Reachable), all.OneWay.Union(s.OneWay), all.Unreachable.Union(s.Unreachable), all.Unknown.Union(s.Unknown)
				all.blame = append(all.blame, s.blame...)
				sums[k] = all
				for _, e := range list {
					if !slices.Contains(lists[k], e) {
						lists[k] = append(lists[k], e)
					}
				}
			}
			for _, b := range blocks {
				family := reach.IPv4
				if b.Prefix.Addr().Is6() {
					family = reach.IPv6
				}
				s, ok := around[beyond{p, leaving, b.Prefix}]
				var list []*blueprint.Edge
				if family == reach.IPv4 {
					list = c.edges.outside(p, leaving, b)
				}
				set := c.edges.set(list)
				add(kind{report.Undeclared, s.Reachable.Union(s.OneWay).Subtract(set), !b.Internet}, b, s, nil)
				add(kind{report.Doubtful, s.Unknown, !b.Internet}, b, s, list)
				need := set.Intersect(listening(p))
				if p.astray || p.balancer != nil && leaving || p.function && !leaving || need.IsEmpty() {
					continue
				}
				if !ok || !leaving && hidden(p) {
					s.Unreachable = s.Unreachable.Union(need)
				}
				add(kind{report.Broken, need.Intersect(s.OneWay.Union(s.Unreachable).Subtract(s.Unknown)), !b.Internet}, b, s, list)
			}
			for _, k := range order {
				c.withOutside(p, leaving, k.effect, k.set, parts[k], blocks, sums[k], lists[k])
			}
		}
	}
}

// hidden tells whether some member has no public address, by which alone it is called from the internet.
func hidden(p *party) bool {
	return slices.ContainsFunc(p.members, func(i *network.Interface) bool {
		return !slices.ContainsFunc(i.Addresses, func(a network.Address) bool { return a.Public.IsValid() })
	})
}

// withOutside notes what is found of a party and some parts of the outside.
func (c *checker) withOutside(p *party, leaving bool, effect report.Effect, set packet.Set, parts, all []reach.Block, s said, list []*blueprint.Edge) {
	w := way{effect: effect, at: pairOf(p), source: p.label, question: reach.Question{Family: reach.IPv4}, set: set, said: s, list: list}
	w.destination, w.addresses = outsideWords(parts, all)
	if parts[0].Prefix.Addr().Is6() {
		w.question.Family = reach.IPv6
	}
	for _, b := range parts {
		w.question.Destinations = w.question.Destinations.Join(b.Ends)
	}
	if w.question.Sources = c.ends(p); !leaving {
		w.question.Sources, w.question.Destinations = w.question.Destinations, w.question.Sources
		w.source, w.destination = w.destination, w.source
	}
	if effect == report.Broken {
		c.lost(w)
		return
	}
	c.ways = append(c.ways, w)
}

// outsideWords is what some parts of the outside are called together, with their addresses where they are not all of the internet.
func outsideWords(parts, all []reach.Block) (string, []netip.Prefix) {
	var prefixes []netip.Prefix
	wide := false
	for _, b := range parts {
		prefixes = append(prefixes, b.Prefix)
		wide = wide || b.Prefix.Bits() == 0
	}
	is4 := parts[0].Prefix.Addr().Is4()
	whole := 0
	for _, b := range all {
		if b.Internet && b.Prefix.Addr().Is4() == is4 {
			whole++
		}
	}
	switch {
	case !parts[0].Internet:
		return reach.BeyondLabel + prefixWords(prefixes), prefixes
	case len(parts) == whole:
		return "internet", nil
	case wide:
		return "internet", prefixes
	}
	return prefixWords(prefixes), prefixes
}

// show has the engine show a connection with one of some verdicts, the first of which there is one.
func (c *checker) show(q reach.Question, source, destination string, verdicts ...reach.Verdict) (*report.Part, error) {
	words := report.Question{Source: source, Destination: destination, Protocol: "any", Family: familyWord(q.Family)}
	for _, v := range verdicts {
		part, _, err := c.session.Evidence(q, words, reach.Wanted{Verdict: v})
		if part != nil || err != nil {
			return part, err
		}
	}
	return nil, nil
}

func orID(name, id string) string {
	if name == "" {
		return id
	}
	return name
}

// patternOfAll is the pattern of the first of some edges.
func (c *checker) patternOfAll(list []*blueprint.Edge) string {
	if len(list) == 0 {
		return tiersPattern
	}
	return c.patternOf(list[0])
}

// stopsOf are the controls that stop a connection.
func stopsOf(part *report.Part) []string {
	var words []string
	if part == nil {
		return nil
	}
	for _, h := range slices.Concat(part.Path, part.Reply) {
		if h.Effect == report.Deny {
			words = append(words, strings.TrimSpace(fmt.Sprintf("%s %s: %s", h.Kind, orID(h.Name, h.ID), h.Rule)))
		}
	}
	return slices.Compact(words)
}

// wayPattern is the pattern that an undeclared connection belongs to: that of the way that it takes.
func (c *checker) wayPattern(at []*site, source, destination string, part *report.Part) string {
	via := ""
	if part != nil {
		via = part.Via
	}
	inside := len(at) == 2
	switch {
	case via == string(reach.ByPeering), via == string(reach.ByTransitGateway):
		return peeringPattern
	case strings.HasSuffix(destination, "-endpoint"), strings.HasSuffix(source, "-balancer"), strings.HasSuffix(destination, "-balancer"):
		return privateLinkPattern
	case inside && at[0] == at[1]:
		return groupsPattern
	case inside:
		return tiersPattern
	case len(at) == 1 && at[0].Firewall && destination == "internet" && via == string(reach.ByNAT):
		return egressPattern
	}
	return tiersPattern
}

// flowWords is the block that declares a connection, where the language has one.
func flowWords(source, destination string, set packet.Set) string {
	for _, end := range []string{source, destination} {
		if strings.ContainsAny(end, " +:") {
			return ""
		}
	}
	ports, all := portsOf(set)
	if !all {
		return ""
	}
	for i, p := range ports {
		ports[i] = strconv.Quote(p)
	}
	return fmt.Sprintf("flow %q %q { ports = [%s] }", source, destination, strings.Join(ports, ", "))
}

// portsOf is a set as the ports of the language, and whether that is all of it: the language has no types of ICMP, and no other protocols alone.
func portsOf(set packet.Set) (list []string, all bool) {
	if set.Covers(clients) {
		return []string{"any"}, true
	}
	all = true
	icmp := packet.Protocol(packet.ICMP)
	for _, b := range set.SomeClients(1024, 65535).Boxes() {
		p := intent.Port{From: int(b.First.Low), To: int(b.First.High)}
		switch {
		case b.Protocols.Low == packet.TCP:
			p.Protocol = "tcp"
		case b.Protocols.Low == packet.UDP:
			p.Protocol = "udp"
		case b.Protocols.Low == packet.ICMP && set.Covers(icmp):
			p = intent.Port{Protocol: "icmp"}
		default:
			all = false
			continue
		}
		list = append(list, p.String())
	}
	return slices.Compact(list), all
}

package query

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// rank is the order of parts and rows: what gets through first.
var rank = map[report.Verdict]int{report.Reachable: 0, report.OneWay: 1, report.Partial: 2, report.Unknown: 3, report.Unreachable: 4}

// Can answers whether a source can open a connection to a destination. The error is an [*Error] or a [*Bug].
func (s *Session) Can(q Question) (*report.Can, error) {
	p, err := s.parse(q)
	if err != nil {
		return nil, err
	}
	source, err := s.Resolve(p.words.Source)
	if err != nil {
		return nil, err
	}
	destination, err := s.resolve(p.words.Destination, s.viewOf(source))
	if err != nil {
		return nil, err
	}
	crossing, err := s.crossing(q, destination)
	if err != nil {
		return nil, err
	}
	answer := &report.Can{
		Schema: report.Schema, Kind: report.KindCan, Question: p.words, Parts: []report.Part{},
		Assumptions: append([]string{}, slices.Concat(p.assumptions, source.Assumptions, destination.Assumptions)...), AssumedEmpty: s.assumed(),
		Problems: len(s.network.Problems),
	}
	var parts []answered
	var detours []detour
	for _, end := range []Selection{source, destination} {
		if end.Component != nil {
			parts = append(parts, componentParts(p, source, destination, end.Component)...)
		}
	}
	s = s.populated(&source, &destination)
	if len(parts) == 0 {
		if parts, err = s.parts(p, source, destination, crossing); err != nil {
			return nil, err
		}
		if detours, err = s.detours(p, source, destination, crossing != nil && crossing.gate != nil); err != nil {
			return nil, err
		}
	}
	for _, part := range parts {
		answer.Parts = append(answer.Parts, part.Part)
		for _, each := range part.found.Notes {
			note(answer, each)
		}
	}
	if words := claimed(destination.Name, parts); words != "" {
		answer.Assumptions = append(answer.Assumptions, words)
	}
	answer.Verdict = summary(answer.Parts)
	answer.Through = listed(detours)
	answer.NotModelled = s.notModelled(func(kind string) bool {
		return slices.ContainsFunc(answer.Parts, func(part report.Part) bool {
			return part.Verdict == report.Unknown && (mentions(part.Path, kind) || mentions(part.Reply, kind))
		})
	})
	if crossing != nil {
		traversal, remark := s.traverse(crossing, parts, detours)
		answer.Traversal = traversal
		note(answer, remark)
	}
	answer.Assumptions = append(answer.Assumptions, s.premises(source, destination)...)
	s.Readable(answer)
	return answer, nil
}

func mentions(hops []report.Hop, kind string) bool {
	return slices.ContainsFunc(hops, func(h report.Hop) bool { return h.Effect == report.Doubt && names(kind, h.Kind+" "+h.Rule) })
}

// summary is the verdict of all parts, or partial (V-7). That nothing arrives by a public address, where there is a private one to call, is
// told in a part of its own and takes nothing from the verdict: the answer is split by address (V-14), and this way is one more.
func summary(parts []report.Part) report.Verdict {
	aside := func(p report.Part) bool { return p.Public && p.Verdict == report.Unreachable }
	counts := slices.DeleteFunc(slices.Clone(parts), aside)
	if !slices.ContainsFunc(parts, func(p report.Part) bool { return !p.Public }) {
		counts = parts
	}
	for _, part := range counts {
		if part.Verdict != counts[0].Verdict {
			return report.Partial
		}
	}
	return counts[0].Verdict
}

// answered is a part for the wire, and as the engine found it.
type answered struct {
	report.Part
	found reach.Part
}

// componentParts are unknown because of a component (V-6).
func componentParts(p parsed, source, destination Selection, c *Component) []answered {
	hop := report.Hop{Kind: c.Kind, ID: c.ID, Name: c.Name, Effect: report.Doubt, Rule: c.Why, Code: "NOT_MODELLED", Origin: c.Origin.String(), Deciding: true, Remedy: c.Remedy}
	var parts []answered
	for _, ask := range p.asks {
		for _, traffic := range products(ask.traffic) {
			for _, family := range []reach.Family{reach.IPv4, reach.IPv6} {
				if ask.family == reach.AnyFamily || ask.family == family {
					parts = append(parts, answered{Part: report.Part{
						Verdict: report.Unknown, Traffic: traffic, Family: familyWord(family), Source: source.Text, Destination: destination.Text,
						Sources: []string{source.Text}, Destinations: []string{destination.Text}, Via: "unknown", Path: []report.Hop{hop}, Reply: []report.Hop{},
					}, found: reach.Part{Verdict: reach.Unknown, Family: family, Kind: reach.UnknownPath}})
				}
			}
		}
	}
	return parts
}

// parts asks the engine.
func (s *Session) parts(p parsed, source, destination Selection, c *crossing) ([]answered, error) {
	if err := s.checkFamilies(p, source, destination); err != nil {
		return nil, err
	}
	if err := s.checkWithin(source, destination); err != nil {
		return nil, err
	}
	if err := s.checkWithin(destination, source); err != nil {
		return nil, err
	}
	if s.outsideOnly(source) && s.outsideOnly(destination) {
		for _, end := range []Selection{source, destination} {
			if v, block := s.blockAround(end); v != nil {
				return nil, wrong("%s is in %s of %s, where no interface has such an address: an answer about nothing would be no answer. One end must be in the network", end.Text, block, v.Label())
			}
		}
		return nil, wrong("%s and %s are both outside the network: it has no part in what they say to each other. One end must be in it", source.Text, destination.Text)
	}
	questions, err := s.questions(p, source, destination)
	if err != nil {
		return nil, err
	}
	var parts []answered
	for _, ask := range p.asks {
		type piece struct {
			reach.Part
			question reach.Question
		}
		var pieces []piece
		var sources, destinations [2][]reach.Member // by family
		for _, q := range questions {
			q.Traffic, q.Family, q.Passes = ask.traffic, ask.family, c.passage()
			for _, part := range slices.DeleteFunc(s.engine().Can(q), outsiders) {
				k := familyIndex(part.Family)
				sources[k] = append(sources[k], part.Sources...)
				destinations[k] = append(destinations[k], part.Destinations...)
				if part.Verdict == reach.OneWay { // no handshake completes: there is no data to limit (FW-11)
					part.Limits = nil
					same := func(p piece) bool {
						return p.question.Service == q.Service && p.Family == part.Family && p.Public == part.Public && sameKind(p.Part, part) &&
							covers(p.Sources, part.Sources) && covers(part.Sources, p.Sources) && covers(p.Destinations, part.Destinations) && covers(part.Destinations, p.Destinations)
					}
					if i := slices.IndexFunc(pieces, same); i >= 0 {
						pieces[i].Traffic = pieces[i].Traffic.Union(part.Traffic)
						continue
					}
				}
				pieces = append(pieces, piece{part, q})
			}
		}
		again := 64 // questions that are asked again to explain a part better
		for _, each := range pieces {
			k := familyIndex(each.Family)
			from, to := s.words(source, each.Sources, sources[k]), s.words(destination, each.Destinations, destinations[k])
			if len(destination.Services) > 0 {
				to = s.behindWords(destination, each.Destinations, destinations[k])
			}
			for _, part := range s.split(each.question, each.Part, &again) {
				wire, err := s.part(p, each.question, part)
				if err != nil {
					return nil, err
				}
				wire.Source, wire.Destination = from, to
				parts = append(parts, answered{wire, part})
			}
		}
	}
	if len(parts) == 0 {
		if a, b := s.interfacesOf(source), s.interfacesOf(destination); len(a) == 1 && len(b) == 1 && a[0] == b[0] {
			return nil, wrong("%s and %s are the same interface, %s: what it says to itself never enters the network", source.Text, destination.Text, a[0].ID)
		}
		return nil, wrong("there is nothing to ask: %s has %s, and %s has %s", source.Text, addressWords(source), destination.Text, addressWords(destination))
	}
	slices.SortStableFunc(parts, func(a, b answered) int {
		return cmp.Or(cmp.Compare(rank[a.Verdict], rank[b.Verdict]), cmp.Compare(a.Family, b.Family), cmp.Compare(prominence(a.Protocol), prominence(b.Protocol)))
	})
	return parts, nil
}

// prominence is the order of protocols among parts that say the same: those first that people ask about.
func prominence(protocol string) int {
	list := []string{"tcp", "udp", "icmp", "icmpv6"}
	if i := slices.Index(list, protocol); i >= 0 {
		return i
	}
	return len(list)
}

// questions are what the engine is asked, for all traffic: one for every service that a destination stands for, and one for its other ends.
func (s *Session) questions(p parsed, source, destination Selection) ([]reach.Question, error) {
	from, err := s.checkedEnds(p, source)
	if err != nil {
		return nil, err
	}
	var list []reach.Question
	for _, service := range destination.Services {
		list = append(list, reach.Question{Sources: from, Service: service, Name: destination.Name})
	}
	rest := s.withoutDoors(destination)
	if len(list) > 0 && len(rest.Interfaces)+len(rest.Addresses)+len(rest.Prefixes) == 0 && !rest.Internet {
		return list, nil
	}
	to, err := s.checkedEnds(p, rest)
	if err != nil {
		return nil, err
	}
	return append(list, reach.Question{Sources: from, Destinations: to, Name: destination.Name}), nil
}

// interfacesOf are the interfaces that a selection has something to do with.
func (s *Session) interfacesOf(x Selection) []*network.Interface {
	list := slices.Clone(x.Interfaces)
	for _, a := range x.Addresses {
		list = append(list, s.network.InterfacesAt(a)...)
		if i := s.network.InterfaceByPublic(a); i != nil {
			list = append(list, i)
		}
	}
	return unite(list)
}

// outsiders tells whether a part is between outside addresses alone, as two overlapping blocks have them. A service is inside.
func outsiders(part reach.Part) bool {
	inside := func(m reach.Member) bool { return m.Interface != nil }
	return len(part.Balancers) == 0 && !slices.ContainsFunc(part.Sources, inside) && !slices.ContainsFunc(part.Destinations, inside)
}

func familyIndex(f reach.Family) int {
	if f == reach.IPv6 {
		return 1
	}
	return 0
}

// allPorts is the TCP and UDP of a question, to all ports: those of load balancers are not those of what is behind them.
func (p parsed) allPorts(traffic packet.Set) packet.Set {
	all := packet.None
	for _, protocol := range []int{packet.TCP, packet.UDP} {
		if !traffic.Intersect(packet.Protocol(protocol)).IsEmpty() {
			all = all.Union(packet.Ports(protocol, 1, 65535).Intersect(packet.Clients(p.low, p.high)))
		}
	}
	return all
}

// blockAround is the VPC, and its block, in which all addresses of an end lie; nil where there is none.
func (s *Session) blockAround(end Selection) (*network.VPC, netip.Prefix) {
	for _, v := range s.network.VPCs.All() {
		for _, block := range v.Blocks {
			if p, err := netip.ParsePrefix(end.Text); err == nil && p.Bits() >= block.Bits() && block.Contains(p.Addr()) {
				return v, block
			}
			if a, err := netip.ParseAddr(end.Text); err == nil && block.Contains(a) {
				return v, block
			}
		}
	}
	return nil, netip.Prefix{}
}

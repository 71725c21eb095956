package query

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/walker"
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
	destination, err := s.Resolve(p.words.Destination)
	if err != nil {
		return nil, err
	}
	answer := &report.Can{
		Schema: report.Schema, Kind: report.KindCan, Question: p.words, Parts: []report.Part{},
		Assumptions: append([]string{}, slices.Concat(p.assumptions, source.Assumptions, destination.Assumptions)...), AssumedEmpty: s.assumed(),
		Problems: len(s.network.Problems),
	}
	for _, end := range []Selection{source, destination} {
		if end.Component != nil {
			answer.Parts = append(answer.Parts, componentParts(p, source, destination, end.Component)...)
		}
	}
	s = s.populated(&source, &destination)
	if len(answer.Parts) == 0 {
		if answer.Parts, err = s.parts(p, source, destination); err != nil {
			return nil, err
		}
	}
	answer.Verdict = summary(answer.Parts)
	answer.NotModelled = s.notModelled(func(kind string) bool {
		return slices.ContainsFunc(answer.Parts, func(part report.Part) bool {
			return part.Verdict == report.Unknown && (mentions(part.Path, kind) || mentions(part.Reply, kind))
		})
	})
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

// componentParts are unknown because of a component (V-6).
func componentParts(p parsed, source, destination Selection, c *Component) []report.Part {
	hop := report.Hop{Kind: c.Kind, ID: c.ID, Name: c.Name, Effect: report.Doubt, Rule: c.Why, Code: "NOT_MODELLED", Origin: c.Origin.String(), Deciding: true, Remedy: c.Remedy}
	var parts []report.Part
	for _, ask := range p.asks {
		for _, traffic := range products(ask.traffic) {
			for _, family := range []reach.Family{reach.IPv4, reach.IPv6} {
				if ask.family == reach.AnyFamily || ask.family == family {
					parts = append(parts, report.Part{
						Verdict: report.Unknown, Traffic: traffic, Family: familyWord(family), Source: source.Text, Destination: destination.Text,
						Sources: []string{source.Text}, Destinations: []string{destination.Text}, Via: "unknown", Path: []report.Hop{hop}, Reply: []report.Hop{},
					})
				}
			}
		}
	}
	return parts
}

// parts asks the engine.
func (s *Session) parts(p parsed, source, destination Selection) ([]report.Part, error) {
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
		return nil, wrong("%s and %s are both outside the network: it has no part in what they say to each other. One end must be in it", source.Text, destination.Text)
	}
	from, err := s.checkedEnds(p, source)
	if err != nil {
		return nil, err
	}
	to, err := s.checkedEnds(p, destination)
	if err != nil {
		return nil, err
	}
	var parts []report.Part
	for _, ask := range p.asks {
		q := reach.Question{Sources: from, Destinations: to, Traffic: ask.traffic, Family: ask.family}
		found := slices.DeleteFunc(s.engine().Can(q), outsiders)
		var sources, destinations [2][]reach.Member // by family
		for _, part := range found {
			k := familyIndex(part.Family)
			sources[k] = append(sources[k], part.Sources...)
			destinations[k] = append(destinations[k], part.Destinations...)
		}
		again := 64 // questions that are asked again to explain a part better
		for _, part := range found {
			k := familyIndex(part.Family)
			from, to := s.words(source, part.Sources, sources[k]), s.words(destination, part.Destinations, destinations[k])
			for _, each := range s.split(q, part, &again) {
				wire, err := s.part(p, each)
				if err != nil {
					return nil, err
				}
				wire.Source, wire.Destination = from, to
				parts = append(parts, wire)
			}
		}
	}
	if len(parts) == 0 {
		if a, b := s.interfacesOf(source), s.interfacesOf(destination); len(a) == 1 && len(b) == 1 && a[0] == b[0] {
			return nil, wrong("%s and %s are the same interface, %s: what it says to itself never enters the network", source.Text, destination.Text, a[0].ID)
		}
		return nil, wrong("there is nothing to ask: %s has %s, and %s has %s", source.Text, addressWords(source), destination.Text, addressWords(destination))
	}
	slices.SortStableFunc(parts, func(a, b report.Part) int {
		return cmp.Or(cmp.Compare(rank[a.Verdict], rank[b.Verdict]), cmp.Compare(a.Family, b.Family))
	})
	return parts, nil
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

// outsiders tells whether a part is between outside addresses alone, as two overlapping blocks have them.
func outsiders(part reach.Part) bool {
	inside := func(m reach.Member) bool { return m.Interface != nil }
	return !slices.ContainsFunc(part.Sources, inside) && !slices.ContainsFunc(part.Destinations, inside)
}

func familyIndex(f reach.Family) int {
	if f == reach.IPv6 {
		return 1
	}
	return 0
}

// split cuts a part into products of headers, each with a way and a witness of its own: the way of the part is that of one header,
// and another may owe its passage to another rule.
func (s *Session) split(q reach.Question, part reach.Part, again *int) []reach.Part {
	list := part.Traffic.Products()
	if len(list) == 1 {
		return []reach.Part{part}
	}
	out := make([]reach.Part, len(list))
	for i, product := range list {
		set := product.Set()
		out[i] = part
		out[i].Traffic = set
		if part.Witness != nil && set.Contains(part.Witness.Header) {
			continue
		}
		if part.Witness != nil { // what holds for every header of the part holds for this one
			witness := *part.Witness
			witness.Header = set.Pick()
			out[i].Witness = &witness
		}
		if *again <= 0 {
			continue
		}
		*again--
		q.Traffic, q.Family = set, part.Family
		for _, better := range s.engine().Can(q) {
			if better.Verdict == part.Verdict && better.Choice == part.Choice && better.Traffic == set && better.Kind == part.Kind &&
				covers(better.Sources, part.Sources) && covers(better.Destinations, part.Destinations) && witnessed(part, better.Witness) {
				out[i].Path, out[i].Reply, out[i].Witness = better.Path, better.Reply, better.Witness
				break
			}
		}
	}
	return out
}

// covers tells whether all of some members are among others.
func covers(all, some []reach.Member) bool {
	keys := map[string]bool{}
	for _, m := range all {
		keys[memberKey(m)] = true
	}
	return !slices.ContainsFunc(some, func(m reach.Member) bool { return !keys[memberKey(m)] })
}

// witnessed tells whether a witness is between members of a part.
func witnessed(part reach.Part, w *reach.Witness) bool {
	if w == nil {
		return part.Witness == nil
	}
	among := func(members []reach.Member, i *network.Interface) bool {
		return slices.ContainsFunc(members, func(m reach.Member) bool { return m.Interface == i })
	}
	return among(part.Sources, w.From) && among(part.Destinations, w.To)
}

// part writes a part for the wire, and has its witness walked.
func (s *Session) part(p parsed, part reach.Part) (report.Part, error) {
	if err := s.verify(p, part); err != nil {
		return report.Part{}, err
	}
	wire := report.Part{
		Verdict: report.Verdict(part.Verdict), Family: familyWord(part.Family), Via: string(part.Kind), Choice: part.Choice, Public: part.Public,
		Sources: exact(part.Sources), Destinations: exact(part.Destinations),
		Path: s.hops(part.Path), Reply: s.hops(part.Reply), Witness: s.witness(part.Witness),
	}
	for _, traffic := range products(part.Traffic) {
		wire.Traffic = traffic // a part that was split has one
	}
	return wire, nil
}

// verify has the walker walk the witness of a part.
func (s *Session) verify(p parsed, part reach.Part) error {
	if part.Verdict != reach.Reachable && part.Verdict != reach.OneWay {
		return nil
	}
	w := part.Witness
	if w == nil {
		return &Bug{fmt.Sprintf("internal error: the engine says %s and shows no packet", part.Verdict), p.commandLine()}
	}
	question, walk := s.concrete(w), s.walker()
	verdicts := walk.Verdicts(question)
	if slices.Contains(verdicts, walker.Verdict(part.Verdict)) {
		return nil
	}
	return &Bug{fmt.Sprintf("internal error: the engine says %s, and a second look at its own example says %s:\n  %s", part.Verdict, joinVerdicts(verdicts), question.Packet), p.commandLine()}
}

func joinVerdicts(list []walker.Verdict) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = string(v)
	}
	return strings.Join(words, " or ")
}

// concrete is a witness as the walker takes it.
func (s *Session) concrete(w *reach.Witness) walker.Question {
	h := w.Header
	packet := walker.Packet{Source: w.Source, Destination: w.Destination, Protocol: uint8(h.Protocol)}
	switch h.Protocol {
	case tcp, udp:
		packet.DestinationPort, packet.SourcePort = h.First, h.Second
	case icmp, icmpv6:
		packet.ICMPType, packet.ICMPCode = uint8(h.First), uint8(h.Second)
	}
	question := walker.Question{Packet: packet}
	if w.From != nil {
		question.From = w.From.ID
	}
	if w.To != nil {
		question.To = w.To.ID
	}
	return question
}

const (
	tcp    = packet.TCP
	udp    = packet.UDP
	icmp   = packet.ICMP
	icmpv6 = packet.ICMPv6
)

// commandLine is the question as one would type it.
func (p parsed) commandLine() string {
	q := p.words
	words := []string{"can", q.Source, q.Destination, "--protocol", q.Protocol}
	if q.Ports != "" {
		words = append(words, "--port", q.Ports)
	}
	if q.ClientPorts != "" {
		words = append(words, "--client-port", q.ClientPorts)
	}
	if q.ICMPType != "" {
		words = append(words, "--icmp-type", q.ICMPType)
	}
	return strings.Join(append(words, "--family", q.Family), " ")
}

func (s *Session) hops(list []reach.Hop) []report.Hop {
	out := make([]report.Hop, len(list))
	for i, h := range list {
		out[i] = report.Hop{Kind: h.Kind, ID: h.ID, Name: h.Name, Effect: string(h.Effect), Rule: h.Rule, Code: h.Code, Origin: h.Origin.String(), Deciding: h.Deciding}
		if out[i].Name == h.ID {
			out[i].Name = ""
		}
		if h.Effect == reach.Doubt {
			out[i].Remedy = s.remedy(h.Kind, h.Code, h.Rule)
		}
	}
	return out
}

func (s *Session) witness(w *reach.Witness) *report.Witness {
	if w == nil {
		return nil
	}
	out := &report.Witness{SourceIP: w.Source.String(), DestinationIP: w.Destination.String(), Protocol: packet.ProtocolName(int(w.Header.Protocol))}
	if w.From != nil {
		out.Source, out.SourceName = w.From.ID, s.owners()[w.From.ID]
	}
	if w.To != nil {
		out.Destination, out.DestinationName = w.To.ID, s.owners()[w.To.ID]
	}
	first, second := w.Header.First, w.Header.Second
	switch w.Header.Protocol {
	case tcp, udp:
		out.DestinationPort, out.SourcePort = &first, &second
	case icmp, icmpv6:
		out.ICMPType, out.ICMPCode = &first, &second
	}
	return out
}

func familyWord(f reach.Family) string {
	switch f {
	case reach.IPv4:
		return "ipv4"
	case reach.IPv6:
		return "ipv6"
	}
	return "any"
}

// products are a set of headers for the wire.
func products(set packet.Set) []report.Traffic {
	var out []report.Traffic
	for _, p := range set.Products() {
		t := report.Traffic{Protocol: packet.ProtocolName(int(p.Protocols.Low))}
		first, second := packet.FormatSpans(p.First), packet.FormatSpans(p.Second)
		switch {
		case p.Protocols.High > p.Protocols.Low:
			t.Protocol = strconv.Itoa(int(p.Protocols.Low)) + "-" + strconv.Itoa(int(p.Protocols.High))
		case p.Protocols.Low == tcp || p.Protocols.Low == udp:
			t.Ports, t.ClientPorts = first, second
		case p.Protocols.Low == icmp || p.Protocols.Low == icmpv6:
			if first != "0-255" {
				t.ICMPTypes = first
			}
			if second != "0-255" {
				t.ICMPCodes = second
			}
		}
		out = append(out, t)
	}
	return out
}

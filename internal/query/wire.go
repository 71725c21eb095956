package query

import (
	"strconv"

	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// part writes a part of the answer to a question for the wire, and has its witness walked.
func (s *Session) part(p parsed, q reach.Question, part reach.Part) (report.Part, error) {
	if err := s.verify(p, q, part); err != nil {
		return report.Part{}, err
	}
	wire := report.Part{
		Verdict: report.Verdict(part.Verdict), Family: familyWord(part.Family), Via: string(part.Kind), Choice: part.Choice, Public: part.Public,
		Sources: exact(part.Sources), Destinations: exact(part.Destinations),
		Path: s.hops(part.Path), Reply: s.hops(part.Reply), Witness: s.witness(part.Witness), Then: s.witness(part.Then),
		Balancers: part.Balancers, Conditions: part.Conditions, Limited: limited(part.Limits),
	}
	for _, traffic := range products(part.Traffic) {
		wire.Traffic = traffic // a part that was split has one
	}
	return wire, nil
}

// limited is what data is limited to, for the wire.
func limited(l *reach.Limits) report.Limited {
	if l == nil {
		return report.Limited{}
	}
	out := report.Limited{Limits: l.Names, LimitsOpen: l.Open, LimitsDenied: l.Denied, LimitsUnknown: l.Unknown, LimitsRule: l.Rule}
	if l.HandshakeOnly {
		out.Limits = []string{report.HandshakeOnly}
	}
	return out
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

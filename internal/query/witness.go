package query

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/walker"
)

// verify has the walker walk the witness of a part of the answer to a question.
func (s *Session) verify(p parsed, q reach.Question, part reach.Part) error {
	if part.Verdict != reach.Reachable && part.Verdict != reach.OneWay {
		return nil
	}
	w := part.Witness
	if w == nil {
		return &Bug{fmt.Sprintf("internal error: the engine says %s and shows no packet", part.Verdict), p.commandLine()}
	}
	var seen []walker.Verdict
	var packet walker.Packet
	for _, question := range s.concretes(q, w) {
		packet = question.Packet
		outcomes, ok := p.walks[question]
		if !ok {
			outcomes = s.walker().Walk(question)
			p.walks[question] = outcomes
		}
		for _, outcome := range outcomes {
			if !sameEnds(q, part, outcome) {
				continue
			}
			if outcome.Verdict == walker.Verdict(part.Verdict) {
				return nil
			}
			seen = append(seen, outcome.Verdict)
		}
	}
	slices.Sort(seen)
	words := "takes no such way"
	if len(seen) > 0 {
		words = "says " + joinVerdicts(slices.Compact(seen))
	}
	return &Bug{fmt.Sprintf("internal error: the engine says %s, and a second look at its own example %s:\n  %s", part.Verdict, words, packet), p.commandLine()}
}

// sameEnds tells whether an outcome of the walker takes the nodes and the target that a part shows. Without a service they are given.
func sameEnds(q reach.Question, part reach.Part, o walker.Outcome) bool {
	if q.Service == nil {
		return true
	}
	is := func(i *network.Interface, id string) bool { return i == nil && id == "" || i != nil && i.ID == id }
	if !is(part.Witness.To, o.Door) {
		return false
	}
	return part.Then == nil || is(part.Then.From, o.Node) && is(part.Then.To, o.Target)
}

// concretes are a witness as the walker takes it. By name, on a port of which it is not known whether TLS or HTTP is spoken there, it is two: either
// suffices.
func (s *Session) concretes(q reach.Question, w *reach.Witness) []walker.Question {
	question := s.concrete(w)
	if v := q.Service; v != nil {
		question.To = ""
		if v.Balancer != nil {
			question.Balancer = v.Balancer.ID
		} else {
			question.Endpoint = v.Endpoint.ID
		}
	}
	if q.Name == "" || question.Packet.Protocol != tcp {
		return []walker.Question{question}
	}
	kinds := []string{"tls", "http"}
	switch question.Packet.DestinationPort {
	case 443:
		kinds = kinds[:1]
	case 80:
		kinds = kinds[1:]
	}
	var list []walker.Question
	for _, kind := range kinds {
		question.Data, question.Name = kind, q.Name
		list = append(list, question)
	}
	return list
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

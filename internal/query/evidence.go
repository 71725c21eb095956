package query

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/walker"
)

// Engine is the engine of the session, for those who sum up in other ways than tables do.
func (s *Session) Engine() *reach.Engine { return s.engine() }

// Tier is the tier of a subnet; empty when neither a tag nor its name tells.
func (s *Session) Tier(subnet string) string { return s.catalog().tiers[subnet] }

// TierLabel is the selector of the tier of a subnet: "tier:data", "prod/tier:data"; empty without a tier.
func (s *Session) TierLabel(subnet string) string { return s.catalog().tierLabel(subnet) }

// Called is what people call an interface: by its own name, or that of what uses it, with its identifier.
func (s *Session) Called(i *network.Interface) string {
	if name := s.owners()[i.ID]; name != "" && name != i.ID {
		return name + " (" + i.ID + ")"
	}
	return i.ID
}

// BalancerOf is the load balancer that an interface is a node of; nil when of none that is known.
func (s *Session) BalancerOf(i *network.Interface) *network.LoadBalancer {
	return s.catalog().nodeOf[i]
}

// AssumedEmpty names the lists that were taken to be empty, as [report.Can] does.
func (s *Session) AssumedEmpty() []string { return s.assumed() }

// NotModelled is what answers do not take into account. What makes something unknown is said in words, which tell of each kind whether it matters.
func (s *Session) NotModelled(unknown []string) []report.NotModelled {
	return s.notModelled(func(kind string) bool { return names(kind, strings.Join(unknown, "\n")) })
}

// Evidence is one part of the answer to a question that is wanted, with one product of headers, for the wire; its witness was walked. Words stand for the question
// in a [Bug]. Both parts are nil when there is none.
func (s *Session) Evidence(q reach.Question, words report.Question, w reach.Wanted) (*report.Part, *reach.Part, error) {
	part, ok := s.engine().Example(q, w)
	if !ok {
		return nil, nil, nil
	}
	again := 0
	few := s.split(q, part, &again)
	k := 0
	for i := range few {
		if part.Witness != nil && few[i].Traffic.Contains(part.Witness.Header) {
			k = i
		}
	}
	p := parsed{words: words, walks: map[walker.Question][]walker.Outcome{}}
	wire, err := s.part(p, q, few[k])
	if err != nil {
		return nil, nil, err
	}
	wire.Source, wire.Destination = words.Source, words.Destination
	return &wire, &few[k], nil
}

// Words writes a set of headers for people, whatever the client's port: "tcp 22,443", "udp, any port", "any port" for those of both, "everything".
func Words(set packet.Set) string {
	if set.Covers(packet.All.Intersect(packet.Clients(1024, 65535))) {
		return "everything"
	}
	any := func(protocol int) packet.Set {
		return packet.Ports(protocol, 1, 65535).Intersect(packet.Clients(1024, 65535))
	}
	if set.Covers(any(tcp).Union(any(udp))) {
		return "any port"
	}
	var words []string
	for _, t := range products(set.SomeClients(1024, 65535)) {
		switch {
		case t.Ports == "" && t.ICMPTypes == "":
			words = append(words, t.Protocol)
		case t.Ports == "0-65535" || t.Ports == "1-65535":
			words = append(words, t.Protocol+", any port")
		case t.ICMPTypes != "":
			words = append(words, t.Protocol+" type "+t.ICMPTypes)
		default:
			words = append(words, t.Protocol+" "+t.Ports)
		}
	}
	return strings.Join(slices.Compact(words), "; ")
}

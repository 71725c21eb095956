package scenario

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/walker"
)

// walkParts has the walker walk packets of every part: for each pair of its ends, those at the edges of its traffic.
func walkParts(t *testing.T, n *network.Network, words string, can report.Can) {
	n = withMembersToBe(n, can)
	w := walker.New(n)
	for _, p := range can.Parts {
		services := servicesOf(n, can, p)
		for _, from := range concrete(p.Sources) {
			for _, to := range concrete(p.Destinations) {
				if from.id != "" && from.id == to.id || services == nil && from.address.Is4() != to.address.Is4() {
					continue
				}
				for _, packet := range edges(p.Traffic) {
					packet.Source, packet.Destination = from.address, to.address
					questions := []walker.Question{{From: from.id, To: to.id, Packet: packet}}
					if services != nil {
						questions = nil
						for _, s := range services {
							s.From, s.Packet = from.id, packet
							questions = append(questions, s)
						}
					}
					questions = spoken(can.Question.Destination, questions)
					var outcomes []walker.Outcome
					for _, q := range questions {
						outcomes = append(outcomes, w.Walk(q)...)
					}
					if services != nil {
						outcomes = leading(outcomes, to)
					}
					var got []walker.Verdict
					for _, o := range outcomes {
						got = append(got, o.Verdict)
					}
					slices.Sort(got)
					got = slices.Compact(got)
					certain := p.Choice == "" && services == nil && len(questions) == 1
					if right := slices.Contains(got, walker.Verdict(p.Verdict)); !right || certain && len(got) > 1 {
						t.Errorf("%s: the walker says %v of %s, in the part %s", words, got, packet, partWords(p))
						for _, o := range outcomes {
							t.Logf("walker: %s %v %s %s", o.Verdict, o.Choices, o.Target, o.Reason)
						}
					}
				}
			}
		}
	}
}

// servicesOf are the services that a part is about (LB-7, PL-6), one of them: nil where it is about interfaces.
func servicesOf(n *network.Network, can report.Can, p report.Part) []walker.Question {
	service := p.Then != nil || len(p.Balancers) > 0
	var doors []*network.Interface // those that the client may have called
	if service && p.Witness != nil {
		if i, ok := n.Interfaces.Get(p.Witness.Destination); ok {
			doors = append(doors, i)
		}
	}
	calls := func(owner network.OwnerKind, id string, names ...string) bool {
		if len(doors) > 0 {
			return doors[0].Owner.Kind == owner && doors[0].Owner.ID == id
		}
		return slices.Contains(names, can.Question.Destination)
	}
	var all []walker.Question
	for _, e := range n.Endpoints.All() {
		if strings.Contains(e.Service, ".vpce-svc-") && calls(network.OwnerEndpoint, e.ID, append(e.DNSNames, e.ID, e.Name, e.Service, e.Service[strings.LastIndexByte(e.Service, '.')+1:])...) {
			all = append(all, walker.Question{Endpoint: e.ID})
		}
	}
	for _, b := range n.LoadBalancers.All() {
		id := b.ID
		if b.Type == "classic" {
			id = b.Name
		}
		if calls(network.OwnerLoadBalancer, id, b.ID, b.Name, b.DNSName) {
			all = append(all, walker.Question{Balancer: b.ID})
		}
	}
	if service && all == nil { // called by a name that leads there
		all = append(all, walker.Question{Balancer: p.Balancers[0]})
	}
	return all
}

// leading are the outcomes of a service that lead to a target, or come in by a node or an endpoint; all of them, where none says so.
func leading(outcomes []walker.Outcome, to concreteEnd) []walker.Outcome {
	var some []walker.Outcome
	for _, o := range outcomes {
		if to.id != "" && (o.Target == to.id || o.Door == to.id) || to.id == "" && o.Second != nil && o.Second.Destination == to.address {
			some = append(some, o)
		}
	}
	if some == nil {
		return outcomes
	}
	return some
}

// hostname is what a name looks like, but for those of services.
var hostname = regexp.MustCompile(`^([a-z0-9_-]+\.)+[a-z][a-z0-9-]*$`)

// spoken makes questions by name such about the data that is sent there: of TLS on port 443, of HTTP on port 80, and of either elsewhere (FW-11).
func spoken(destination string, questions []walker.Question) []walker.Question {
	if !hostname.MatchString(destination) || strings.HasPrefix(destination, "com.amazonaws.") {
		return questions
	}
	var all []walker.Question
	for _, q := range questions {
		kinds := []string{"tls", "http"}
		switch {
		case q.Packet.Protocol != walker.TCP:
			kinds = []string{""}
		case q.Packet.DestinationPort == 443:
			kinds = kinds[:1]
		case q.Packet.DestinationPort == 80:
			kinds = kinds[1:]
		}
		for _, kind := range kinds {
			if q.Data = kind; kind != "" {
				q.Name = destination
			}
			all = append(all, q)
		}
	}
	return all
}

// withMembersToBe is the network with the members to be (V-16) that an answer names.
func withMembersToBe(n *network.Network, can report.Can) *network.Network {
	var named []string
	for _, p := range can.Parts {
		for _, end := range slices.Concat(concrete(p.Sources), concrete(p.Destinations)) {
			if _, known := n.Interfaces.Get(end.id); !known && end.id != "" {
				named = append(named, end.id)
			}
		}
	}
	var more []*network.Interface
	for _, g := range n.SecurityGroups.All() {
		if slices.ContainsFunc(named, func(id string) bool { return strings.HasPrefix(id, reach.ProspectiveID(g)) }) {
			more = append(more, reach.Prospective(n, g)...)
		}
	}
	return reach.Settle(n.With(more...))
}

type concreteEnd struct {
	id      string
	address netip.Addr
}

// concrete are the members of a part that can be walked from and to: interfaces with an address, and of blocks outside the first and
// the last address.
func concrete(members []string) []concreteEnd {
	var all []concreteEnd
	for _, m := range members {
		id, address, inside := strings.Cut(m, " ")
		if !inside {
			id, address = "", m
		}
		if block, err := netip.ParsePrefix(address); err == nil {
			all = append(all, concreteEnd{"", block.Addr()}, concreteEnd{"", last(block)})
		} else if a, err := netip.ParseAddr(address); err == nil {
			all = append(all, concreteEnd{id, a})
		}
	}
	const most = 8
	if len(all) > most {
		all = append(all[:most/2], all[len(all)-most/2:]...)
	}
	return all
}

func last(block netip.Prefix) netip.Addr {
	raw := block.Addr().AsSlice()
	for bit := block.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 1 << (7 - bit%8)
	}
	a, _ := netip.AddrFromSlice(raw)
	return a
}

// edges are packets at the edges of some traffic.
func edges(t report.Traffic) []walker.Packet {
	protocol, _, _ := strings.Cut(t.Protocol, "-")
	number, ok := map[string]int{"tcp": walker.TCP, "udp": walker.UDP, "icmp": walker.ICMP, "icmpv6": walker.ICMPv6}[protocol]
	if !ok {
		number, _ = strconv.Atoi(protocol)
	}
	var all []walker.Packet
	switch number {
	case walker.TCP, walker.UDP:
		for _, server := range ends(t.Ports) {
			for _, client := range ends(t.ClientPorts) {
				all = append(all, walker.Packet{Protocol: uint8(number), SourcePort: uint16(client), DestinationPort: uint16(server)})
			}
		}
	case walker.ICMP, walker.ICMPv6:
		for _, kind := range ends(t.ICMPTypes) {
			for _, code := range ends(t.ICMPCodes) {
				all = append(all, walker.Packet{Protocol: uint8(number), ICMPType: uint8(kind), ICMPCode: uint8(code)})
			}
		}
	default:
		all = append(all, walker.Packet{Protocol: uint8(number)})
	}
	return all
}

// ends are the ends of intervals; of none, those of all there are.
func ends(spans string) []int {
	if spans == "" {
		return []int{0, 255}
	}
	var all []int
	for _, span := range strings.Split(spans, ",") {
		for _, word := range strings.Split(span, "-") {
			number, _ := strconv.Atoi(word)
			all = append(all, number)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

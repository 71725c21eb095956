package audit

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// broken is a connection of which the first packet arrives and the reply is lost, with what loses it.
type broken struct {
	part     *report.Part
	from, to string // who, in words
	// fromBlock and toBlock are the blocks that rules and routes for them name: of their subnets, or everywhere.
	fromBlock, toBlock string
	kind               reach.PathKind
	family             reach.Family
	traffic            packet.Set // of all such connections between the two subnets
	// whole tells that the replies to every port that Linux clients use are lost, of some connection. Otherwise only those to some client ports are.
	whole bool
	lost  report.Hop // that loses the reply
	// choice is the choice of AWS's for which it does; empty where it does for all.
	choice string
}

// linux are the ports that clients on Linux use.
const linuxLow, linuxHigh = 32768, 60999

// brokenConnections are connections that groups, lists and routes let through on the way there and not back: one for every pair of network ACLs and route tables at
// either end that loses other ones.
func (s *survey) brokenConnections() ([]broken, error) {
	if s.brokenDone {
		return s.brokenList, nil
	}
	s.brokenDone = true
	list := s.profiles()
	if len(list) == 0 {
		return nil, nil
	}
	members := map[string][]*network.Interface{} // by what governs them
	var all []*network.Interface
	words := map[*network.Interface][]string{}
	governed := map[string][]string{}
	for _, p := range list {
		label := p.label
		if p.subnet != nil {
			label = p.subnet.VPC + " " + p.subnet.NetworkACL + " " + p.subnet.RouteTable
		}
		if governed[label] == nil {
			governed[label] = []string{label}
		}
		members[label] = append(members[label], p.members...)
		for _, i := range p.members {
			words[i] = governed[label]
		}
		all = append(all, p.members...)
	}
	e := s.session.Engine()
	everybody := e.Interfaces(all...).Join(e.AtLarge())
	name := func(i *network.Interface) []string { return words[i] }
	asked := connections.Intersect(tcpAndUDP)
	for _, c := range e.Tally(reach.Question{Sources: everybody, Destinations: everybody, Traffic: asked, Brief: true}, name, name) {
		if c.Outcome.OneWay.IsEmpty() || members[c.Source] == nil && members[c.Destination] == nil {
			continue
		}
		b := broken{traffic: c.Outcome.OneWay, from: "internet", to: "internet"}
		q := reach.Question{Sources: e.AtLarge(), Destinations: e.AtLarge(), Family: c.Family}
		if m := members[c.Source]; m != nil {
			q.Sources = e.Interfaces(m...)
		}
		if m := members[c.Destination]; m != nil {
			q.Destinations = e.Interfaces(m...)
		}
		part, found, err := s.lostReply(q, &b)
		if err != nil {
			return nil, err
		}
		if part == nil {
			continue
		}
		i := slices.IndexFunc(part.Reply, func(h report.Hop) bool { return h.Effect == report.Deny })
		if i < 0 {
			continue
		}
		b.part, b.kind, b.family, b.lost = part, found.Kind, found.Family, part.Reply[i]
		w := found.Witness
		b.fromBlock, b.toBlock = s.blockOf(w.From, w.Source), s.blockOf(w.To, w.Destination)
		if w.From != nil {
			b.from = s.subnetLabel(w.From.Subnet)
		}
		if w.To != nil {
			b.to = s.subnetLabel(w.To.Subnet)
		}
		s.brokenList = append(s.brokenList, b)
	}
	slices.SortStableFunc(s.brokenList, func(a, b broken) int { // the worst first
		switch {
		case a.whole != b.whole && a.whole:
			return -1
		case a.whole != b.whole:
			return 1
		}
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.family, b.family), strings.Compare(a.traffic.Key(), b.traffic.Key()))
	})
	return s.brokenList, nil
}

// lostReply looks for the worst that a broken connection may be: one that no Linux client gets through, whatever AWS chooses; one to some client ports; one for a choice of AWS's.
func (s *survey) lostReply(q reach.Question, b *broken) (*report.Part, *reach.Part, error) {
	q.Traffic = b.traffic.AllClients(linuxLow, linuxHigh).Intersect(packet.Clients(linuxLow, linuxHigh)).Intersect(tcpAndUDP)
	always := reach.Wanted{Verdict: reach.OneWay, Always: true}
	if !q.Traffic.IsEmpty() {
		if part, found, err := s.evidenceOf(q, b.from, b.to, always); part != nil || err != nil {
			b.whole = true
			return part, found, err
		}
	}
	q.Traffic = b.traffic
	if part, found, err := s.evidenceOf(q, b.from, b.to, always); part != nil || err != nil {
		return part, found, err
	}
	part, found, err := s.evidence(q, b.from, b.to, reach.OneWay)
	if found != nil {
		b.choice = found.Choice
	}
	return part, found, err
}

// subnetLabel is how people call a subnet.
func (s *survey) subnetLabel(id string) string {
	if subnet, ok := s.network.Subnets.Get(id); ok {
		return cmp.Or(subnet.Name, subnet.ID)
	}
	return id
}

// blockOf is the block of the subnet of an interface with an address in it; outside, everywhere.
func (s *survey) blockOf(i *network.Interface, a netip.Addr) string {
	if i != nil {
		if subnet, ok := s.network.Subnets.Get(i.Subnet); ok {
			for _, b := range subnet.Blocks {
				if b.Contains(a) {
					return b.String()
				}
			}
		}
		return a.String()
	}
	if a.Is4() {
		return "0.0.0.0/0"
	}
	return "::/0"
}

// part of the connections that b is about, in words: "tcp 5432".
func (b broken) ports() packet.Set { return b.traffic.Intersect(tcpAndUDP) }

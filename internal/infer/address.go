package infer

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/report"
)

// byAddress are the rules of roles that name addresses, where flows name roles: what is to become a reference, and what is for nobody that is here.
func (f *finder) byAddress() []report.AddressRule {
	all := []report.AddressRule{}
	for _, e := range f.environments {
		for _, r := range e.roles {
			for _, outbound := range []bool{false, true} {
				rules := r.group.Inbound
				if outbound {
					rules = r.group.Outbound
				}
				for _, rule := range rules {
					for _, block := range f.blocks(rule) {
						if one := f.standsFor(r, rule, block, outbound); one != nil {
							all = append(all, *one)
						}
					}
				}
			}
		}
	}
	return all
}

// blocks are the addresses that a rule names.
func (f *finder) blocks(r network.Rule) []netip.Prefix {
	if r.Block.IsValid() {
		return []netip.Prefix{r.Block}
	}
	if l, ok := f.network.PrefixLists.Get(r.PrefixList); ok && r.PrefixList != "" && !l.AWS {
		return l.Entries
	}
	return nil
}

// standsFor is a rule by address with the roles that are there; nil for one that is for the outside alone.
func (f *finder) standsFor(r *role, rule network.Rule, block netip.Prefix, outbound bool) *report.AddressRule {
	one := &report.AddressRule{Role: r.String(), Group: r.group.ID, Instead: []string{}, Origin: rule.Origin.String()}
	direction := "inbound %s from %s"
	if outbound {
		direction = "outbound %s to %s"
	}
	one.Rule = fmt.Sprintf(direction, words(rule), block)
	set := packet.Rule(rule.Protocol, rule.From, rule.To)
	outside := false
	for _, p := range f.pairs() {
		mine, other := p.to, p.from
		if outbound {
			mine, other = p.from, p.to
		}
		if mine != r.String() || !slices.ContainsFunc(f.flows[p].ports, func(port string) bool { return portSet(port).Overlaps(set) }) {
			continue
		}
		peer := f.byName[other]
		if peer == nil {
			outside = true
			continue
		}
		if slices.ContainsFunc(f.with[peer.group.ID], func(i *network.Interface) bool {
			return slices.ContainsFunc(i.Addresses, func(a network.Address) bool { return block.Contains(a.IP) })
		}) {
			one.Instead = append(one.Instead, other)
		}
	}
	slices.Sort(one.Instead)
	if len(one.Instead) == 0 && (outside || block.Bits() == 0) {
		return nil
	}
	return one
}

// words are the ports of a rule.
func words(r network.Rule) string {
	protocol := map[int]string{packet.TCP: "tcp", packet.UDP: "udp", packet.ICMP: "icmp", -1: "everything"}[r.Protocol]
	switch {
	case protocol == "":
		return fmt.Sprintf("protocol %d", r.Protocol)
	case r.Protocol != packet.TCP && r.Protocol != packet.UDP:
		return protocol
	case r.From == r.To:
		return fmt.Sprintf("%s %d", protocol, r.From)
	}
	return fmt.Sprintf("%s %d-%d", protocol, r.From, r.To)
}

// portSet are the packets to a port of the language.
func portSet(port string) packet.Set {
	protocol, interval, _ := strings.Cut(port, "/")
	var from, to int
	if n, _ := fmt.Sscanf(interval, "%d-%d", &from, &to); n == 1 {
		to = from
	}
	switch protocol {
	case "tcp":
		return packet.Rule(packet.TCP, from, to)
	case "udp":
		return packet.Rule(packet.UDP, from, to)
	case "icmp":
		return packet.Rule(packet.ICMP, -1, -1)
	}
	return packet.Rule(-1, -1, -1)
}

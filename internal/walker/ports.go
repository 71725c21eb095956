package walker

import (
	"fmt"
	"maps"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// newPorts finds, for TCP and UDP, the first port of every interval of 1024-65535 that no network ACL entry and no firewall rule tells apart: those that
// the choice of a port by a NAT gateway or by a load balancer can make a difference by (NAT-1, NACL-7, V-10). It is a source port, and in replies, which ACLs
// and firewalls see as well, a destination port.
func newPorts(n *network.Network) map[uint8][]uint16 {
	ports := map[uint8][]uint16{}
	for _, protocol := range []uint8{TCP, UDP} {
		first := map[int]bool{1024: true}
		cut := func(from, to int) { first[from], first[to+1] = true, true }
		for _, acl := range n.NetworkACLs.All() {
			for _, e := range acl.Entries {
				if e.Defect == nil && e.Protocol == int(protocol) && e.From != -1 {
					cut(e.From, e.To)
				}
			}
		}
		for _, g := range n.FirewallRuleGroups.All() {
			cutByGroup(g, int(protocol), cut)
		}
		for _, port := range slices.Sorted(maps.Keys(first)) {
			if 1024 <= port && port <= 65535 {
				ports[protocol] = append(ports[protocol], uint16(port))
			}
		}
	}
	return ports
}

// port chooses a source port for what opens a connection in the place of a client (V-10).
func (f *flow) port(about string, protocol uint8) uint16 {
	ports := f.ports[protocol]
	labels := make([]string, len(ports))
	for i, first := range ports {
		last := 65535
		if i+1 < len(ports) {
			last = int(ports[i+1]) - 1
		}
		labels[i] = fmt.Sprintf("%d-%d", first, last)
	}
	return ports[f.pick(about, labels)]
}

// cutByGroup cuts at the ports that the rules of a firewall rule group name, as those of either end.
func cutByGroup(g *network.FirewallRuleGroup, protocol int, cut func(from, to int)) {
	for _, r := range g.Stateless {
		if len(r.Protocols) > 0 && !slices.Contains(r.Protocols, protocol) {
			continue
		}
		for _, each := range slices.Concat(r.SourcePorts, r.DestinationPorts) {
			cut(each.From, each.To)
		}
	}
	var walk func(m network.PortMatch)
	walk = func(m network.PortMatch) {
		if m.Range != nil {
			cut(m.Range.From, m.Range.To)
		}
		for _, each := range m.List {
			walk(each)
		}
	}
	for _, r := range g.Rules {
		walk(r.SourcePorts)
		walk(r.DestinationPorts)
	}
	for _, set := range g.PortSets {
		for _, m := range set {
			walk(m)
		}
	}
}

package random

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// policy adds a firewall policy with its rule groups: one that lets much through, and stops some of it.
func (m *maker) policy(v *vpc) *network.FirewallPolicy {
	p := &network.FirewallPolicy{Object: m.named("network-firewall", "firewall-policy", v.place()), Strict: m.chance(50)}
	p.StatelessDefaults = []string{"aws:forward_to_sfe"}
	switch m.IntN(20) {
	case 0, 1, 2:
		p.StatelessDefaults = []string{"aws:pass"}
	case 3, 4:
		p.StatelessDefaults = []string{"aws:drop"}
	case 5:
		p.StatelessDefaults = []string{"count", "aws:pass"}
	case 6:
		if m.chance(50) {
			p.StatelessDefaults = []string{"count"}
		}
	}
	p.FragmentDefaults = p.StatelessDefaults
	if m.chance(40) {
		p.IPSets = map[string][]network.AddressMatch{"HOME_NET": m.blocks()}
	}
	if m.chance(5) {
		p.TLSInspection = "arn:aws:network-firewall:" + v.Region + ":" + v.Account + ":tls-configuration/tls-1"
	}
	for i := range one(m, 0, 0, 1, 1, 2) {
		p.StatelessGroups = append(p.StatelessGroups, m.reference(m.stateless(v), 10*(i+1)))
	}
	count := one(m, 0, 1, 1, 2, 2)
	for i := range count {
		r := m.reference(m.stateful(v, p.Strict, i+1 == count && m.chance(40)), 0)
		if p.Strict {
			r.Priority = 10 * (i + 1)
		}
		if m.chance(6) {
			r.Override = "DROP_TO_ALERT"
		}
		p.StatefulGroups = append(p.StatefulGroups, r)
	}
	if p.Strict {
		p.StatefulDefaults = one(m, nil, nil, []string{"aws:drop_established"}, []string{"aws:drop_established"}, []string{"aws:alert_established", "aws:drop_established"},
			[]string{"aws:drop_strict"}, []string{"aws:alert_strict"})
		if m.chance(6) {
			p.StatefulDefaults = []string{"aws:drop_established_app_layer"}
		}
	}
	m.FirewallPolicies = append(m.FirewallPolicies, p)
	return p
}

// reference names a rule group; that of one in twenty is not there.
func (m *maker) reference(g *network.FirewallRuleGroup, priority int) network.FirewallReference {
	if !m.chance(5) {
		m.FirewallRuleGroups = append(m.FirewallRuleGroups, g)
	}
	return network.FirewallReference{RuleGroup: g.ID, Priority: priority}
}

// stateless makes a stateless rule group. What it passes one way it mostly passes the other way as well.
func (m *maker) stateless(v *vpc) *network.FirewallRuleGroup {
	g := &network.FirewallRuleGroup{Object: m.named("network-firewall", "stateless-rulegroup", v.place()), Type: "STATELESS"}
	for i := range 1 + m.IntN(3) {
		r := network.StatelessRule{Priority: 10 * (i + 1), Actions: one(m, []string{"aws:pass"}, []string{"aws:pass"}, []string{"aws:forward_to_sfe"}, []string{"aws:forward_to_sfe"}, []string{"aws:drop"}),
			Protocols: one(m, nil, nil, []int{6}, []int{6}, []int{17}, []int{6, 17}, []int{1, 58}, []int{47})}
		if m.chance(5) {
			r.Actions = one(m, []string{"count"}, []string{"aws:forward_to_sfe", "count"})
		}
		r.Sources, r.Destinations = m.ends(), m.ends()
		if m.chance(35) {
			r.DestinationPorts = m.spans()
		}
		if m.chance(12) {
			r.SourcePorts = m.spans()
		}
		if m.chance(6) {
			r.TCPFlags = []network.TCPFlags{{Flags: []string{"SYN"}, Masks: []string{"SYN", "ACK"}}}
		}
		g.Stateless = append(g.Stateless, r)
		if r.Actions[0] == "aws:pass" && m.chance(60) {
			r.Priority++
			r.Sources, r.Destinations, r.SourcePorts, r.DestinationPorts = r.Destinations, r.Sources, r.DestinationPorts, r.SourcePorts
			g.Stateless = append(g.Stateless, r)
		}
	}
	slices.SortStableFunc(g.Stateless, func(a, b network.StatelessRule) int { return cmp.Compare(a.Priority, b.Priority) })
	return g
}

// ends are blocks that a stateless rule is about; none for all.
func (m *maker) ends() []netip.Prefix {
	var all []netip.Prefix
	if m.chance(50) {
		return nil
	}
	for range one(m, 1, 1, 2) {
		if b := m.block(m.chance(75)); !slices.Contains(all, b) {
			all = append(all, b)
		}
	}
	return all
}

// spans are ports of services, and around them.
func (m *maker) spans() []network.PortRange {
	return []network.PortRange{one(m, network.PortRange{From: 443, To: 443}, network.PortRange{From: 80, To: 443}, network.PortRange{From: 22, To: 22}, network.PortRange{From: 1024, To: 65535},
		network.PortRange{From: 53, To: 53}, network.PortRange{From: 0, To: 1023}, network.PortRange{From: 8080, To: 8080})}
}

// blocks are what a variable stands for.
func (m *maker) blocks() []network.AddressMatch {
	all := []network.AddressMatch{{Block: m.block(m.chance(80))}}
	switch m.IntN(5) {
	case 0:
		all = append(all, network.AddressMatch{Block: m.block(m.chance(50))})
	case 1:
		all = append(all, network.AddressMatch{Not: true, Block: m.block(true)})
	case 2:
		all[0] = network.AddressMatch{Block: prefixes("10.0.0.0/8")[0]}
	}
	return all
}

package walker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// verdicts are what the stateless engine of a firewall may do with a packet: several when that is not known.
type verdicts uint8

const (
	toPass verdicts = 1 << iota
	toDrop
	toForward  // to the stateful engine
	anyVerdict = toPass | toDrop | toForward
)

// stateless judges a packet by the rules of the stateless engine: groups by priority, rules by priority, the first that matches decides, or else the
// policy's default (FW-2). The words say by what.
func (f *flow) stateless(policy *network.FirewallPolicy, p Packet) (may verdicts, words string) {
	var open []string // why it is not certain
	end := func(by string) string { return strings.Join(append(open, by), "; ") }
	for _, each := range policy.StatelessGroups {
		g, ok := f.network.FirewallRuleGroups.Get(each.RuleGroup)
		if !ok {
			may |= anyVerdict
			open = append(open, "rule group "+each.RuleGroup+" is not in the network")
			continue
		}
		if g.Defect != nil {
			may |= anyVerdict
			open = append(open, g.Label()+" is not understood: "+g.Defect.String())
			continue
		}
		for _, r := range g.Stateless {
			by := fmt.Sprintf("stateless rule %d of %s", r.Priority, g.Label())
			if r.Defect != nil {
				may |= anyVerdict
				open = append(open, by+" is not understood: "+r.Defect.String())
				continue
			}
			switch matchesStateless(r, p) {
			case unsure:
				may |= action(r.Actions)
				open = append(open, by+" looks at TCP flags, which are not evaluated")
			case yes:
				return may | action(r.Actions), end(by + ": " + strings.Join(r.Actions, ","))
			}
		}
	}
	return may | action(policy.StatelessDefaults), end("stateless default: " + strings.Join(policy.StatelessDefaults, ","))
}

// action is what the actions of a rule do. Custom actions count and report, and have no effect.
func action(words []string) verdicts {
	for _, w := range words {
		switch w {
		case "aws:pass":
			return toPass
		case "aws:drop":
			return toDrop
		case "aws:forward_to_sfe":
			return toForward
		}
	}
	return anyVerdict
}

// matchesStateless tells whether a stateless rule matches a packet. An empty list matches everything.
func matchesStateless(r network.StatelessRule, p Packet) answer {
	switch {
	case len(r.Protocols) > 0 && !slices.Contains(r.Protocols, int(p.Protocol)):
		return no
	case len(r.Sources) > 0 && !within(r.Sources, p.Source):
		return no
	case len(r.Destinations) > 0 && !within(r.Destinations, p.Destination):
		return no
	case p.hasPorts() && (!inRanges(r.SourcePorts, p.SourcePort) || !inRanges(r.DestinationPorts, p.DestinationPort)):
		return no
	case p.Protocol == TCP && len(r.TCPFlags) > 0:
		return unsure
	}
	return yes
}

func inRanges(ranges []network.PortRange, port uint16) bool {
	return len(ranges) == 0 || slices.ContainsFunc(ranges, func(r network.PortRange) bool { return r.From <= int(port) && int(port) <= r.To })
}

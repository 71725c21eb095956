package walker

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// scope is where the variables of a rule are looked up.
type scope struct {
	firewall *network.Firewall
	policy   *network.FirewallPolicy
	group    *network.FirewallRuleGroup
}

// maxNesting is more than variables are nested in each other: one that is deeper names itself.
const maxNesting = 16

// matchesAddress tells whether an address expression of a rule matches an address.
func (f *flow) matchesAddress(in scope, m network.AddressMatch, a netip.Addr, depth int) answer {
	found := unsure
	switch {
	case depth > maxNesting:
	case m.Any:
		found = yes
	case m.Variable != "":
		found = f.variable(in, m.Variable, a, depth)
	case m.Reference != "":
		found = f.referenced(in, m.Reference, a)
	case m.Block.IsValid():
		found = when(m.Block.Contains(a))
	case len(m.List) > 0:
		found = f.listed(in, m.List, a, depth)
	}
	if m.Not {
		return not(found)
	}
	return found
}

// listed tells whether a list matches an address: one of its members that are not negated (all addresses, where there is none), and every negated one.
func (f *flow) listed(in scope, list []network.AddressMatch, a netip.Addr, depth int) answer {
	var plain, negated []answer
	for _, m := range list {
		if found := f.matchesAddress(in, m, a, depth+1); m.Not {
			negated = append(negated, found)
		} else {
			plain = append(plain, found)
		}
	}
	if len(plain) == 0 {
		return every(negated...)
	}
	return every(append(negated, some(plain...))...)
}

// variable tells whether an address variable holds an address: as the group defines it, or else the policy. HOME_NET without a definition stands for the
// VPC of the firewall, wherever its endpoint is (FW-5), and EXTERNAL_NET for what HOME_NET is not where the policy sets that; otherwise it is not known.
func (f *flow) variable(in scope, name string, a netip.Addr, depth int) answer {
	own, inGroup := in.group.IPSets[name]
	shared, inPolicy := in.policy.IPSets[name]
	switch {
	case inGroup && len(own) > 0:
		return f.listed(in, own, a, depth)
	case !inGroup && inPolicy && len(shared) > 0:
		return f.listed(in, shared, a, depth)
	case inGroup || inPolicy:
		return unsure // empty
	case name == "HOME_NET":
		v, ok := f.network.VPCs.Get(in.firewall.VPC)
		if !ok || v.Defect != nil {
			return unsure
		}
		return when(within(v.Blocks, a))
	case name == "EXTERNAL_NET":
		_, inGroup := in.group.IPSets["HOME_NET"]
		if _, inPolicy := in.policy.IPSets["HOME_NET"]; inPolicy && !inGroup {
			return not(f.variable(in, "HOME_NET", a, depth+1))
		}
	}
	return unsure
}

// referenced tells whether an IP set reference holds an address: a prefix list, by its identifier or an ARN that ends in it.
func (f *flow) referenced(in scope, name string, a netip.Addr) answer {
	id := in.group.References[name]
	l, ok := f.network.PrefixLists.Get(id[strings.LastIndex(id, "/")+1:])
	if !ok || l.Defect != nil {
		return unsure
	}
	return when(within(l.Entries, a))
}

// matchesPort tells whether a port expression of a rule matches a port, like [flow.matchesAddress].
func matchesPort(in scope, m network.PortMatch, port uint16, depth int) answer {
	found := unsure
	switch {
	case depth > maxNesting:
	case m.Any:
		found = yes
	case m.Variable != "":
		if set := in.group.PortSets[m.Variable]; len(set) > 0 {
			found = listedPort(in, set, port, depth)
		}
	case m.Range != nil:
		found = when(m.Range.From <= int(port) && int(port) <= m.Range.To)
	case len(m.List) > 0:
		found = listedPort(in, m.List, port, depth)
	}
	if m.Not {
		return not(found)
	}
	return found
}

func listedPort(in scope, list []network.PortMatch, port uint16, depth int) answer {
	var plain, negated []answer
	for _, m := range list {
		if found := matchesPort(in, m, port, depth+1); m.Not {
			negated = append(negated, found)
		} else {
			plain = append(plain, found)
		}
	}
	if len(plain) == 0 {
		return every(negated...)
	}
	return every(append(slices.Clone(negated), some(plain...))...)
}

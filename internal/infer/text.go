package infer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/intent"
)

// text writes the segmentation.
func (f *finder) text() string {
	var b strings.Builder
	say := func(format string, values ...any) { fmt.Fprintf(&b, format+"\n", values...) }
	say("# What the network allows today, as watertight init --from found it. Environments with a vpc exist already: watertight check proves the connections, and their controls are as they are.")
	say("# docs/legacy.md says how to go on.")
	for _, e := range f.environments {
		say("\nenvironment %q {", e.name)
		say("  account = %q", e.account)
		say("  region = %q", e.region)
		say("  zones = %s", list(e.zones))
		say("  vpc = %q", e.vpc.ID)
		if e.block.IsValid() {
			say("  cidr = %q", e.block)
		}
		for _, t := range e.tiers {
			var blocks []string
			for _, s := range t.subnets {
				for _, p := range s.Blocks {
					if p.Addr().Is4() {
						blocks = append(blocks, p.String())
					}
				}
			}
			say("\n  tier %q {\n    internet = %q\n    cidrs = %s\n  }", t.name, t.internet, list(blocks))
		}
		say("}")
	}
	for _, e := range f.environments {
		for _, r := range e.roles {
			say("\nservice %q %q {", e.name, r.name)
			say("  tier = %q", r.tier.name)
			say("  group = %q # %s", r.group.ID, r.group.Name)
			if r.kind != intent.Instances {
				say("  kind = %q", r.kind)
			}
			if ports := f.serves(r); len(ports) > 0 {
				say("  serves = %s", list(ports))
			}
			say("}")
		}
	}
	for _, p := range f.pairs() {
		var lines []string
		from, to := f.byName[p.from], f.byName[p.to]
		if from != nil && to != nil && from.environment != to.environment {
			lines = append(lines, fmt.Sprintf("via = %q", f.via(from.environment, to.environment)))
		}
		if ports := sorted(f.flows[p].ports); to == nil || !slices.Equal(ports, f.serves(to)) {
			lines = append(lines, "ports = "+list(ports))
		}
		switch len(lines) {
		case 0:
			say("\nflow %q %q {}", p.from, p.to)
		case 1:
			say("\nflow %q %q { %s }", p.from, p.to, lines[0])
		default:
			say("\nflow %q %q {\n%s\n}", p.from, p.to, strings.Join(lines, "\n"))
		}
	}
	for _, e := range f.environments {
		for _, r := range e.roles {
			if f.egresses[r] {
				say("\negress %q %q {\n  domains = %s\n}", e.name, r.name, list(f.domains[e]))
			}
		}
	}
	if len(f.lefts) > 0 {
		say("\n# What the language has no words for, or what is not known:")
		for _, words := range f.lefts {
			say("#   %s", strings.Join(strings.Fields(words), " "))
		}
	}
	return b.String()
}

// pairs are the ends of the flows: those from outside first, then by name.
func (f *finder) pairs() []pair {
	outside := func(end string) int {
		if f.byName[end] == nil {
			return 0
		}
		return 1
	}
	return slices.SortedFunc(maps.Keys(f.flows), func(a, b pair) int {
		return cmp.Or(cmp.Compare(outside(a.from), outside(b.from)), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
}

// serves are the ports of all flows to a role.
func (f *finder) serves(r *role) []string {
	var all []string
	for p, flow := range f.flows {
		if p.to == r.String() {
			all = append(all, flow.ports...)
		}
	}
	return sorted(all)
}

func sorted(ports []string) []string {
	all := slices.Clone(ports)
	if slices.Contains(all, "any") {
		return []string{"any"}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// via is how two VPCs are joined.
func (f *finder) via(one, two *environment) intent.Via {
	for _, p := range f.network.PeeringConnections.All() {
		if p.State != "active" {
			continue
		}
		if p.Requester.VPC == one.vpc.ID && p.Accepter.VPC == two.vpc.ID || p.Requester.VPC == two.vpc.ID && p.Accepter.VPC == one.vpc.ID {
			return intent.Peering
		}
	}
	if one.region != two.region { // the language knows transit gateways within a Region only
		return intent.Peering
	}
	return intent.Transit
}

// list is a list of strings in HCL.
func list(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

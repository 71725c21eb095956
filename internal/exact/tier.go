package exact

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// blocks holds the addresses of the VPC to those of the environment.
func (s *site) blocks() {
	v := s.vpc
	if v.Defect != nil {
		s.add(&found{effect: report.Doubtful, rule: "vpc-block", pattern: tiersPattern, at: []*site{s}, kind: "VPC", object: &v.Object, unknown: []string{"VPC " + label(&v.Object) + ": " + v.Defect.Reason},
			message: fmt.Sprintf("What addresses the VPC %s has is not known: %s.", label(&v.Object), v.Defect.Reason), mend: "Give the input that tells."})
		return
	}
	if !slices.Contains(v.Blocks, s.Block) {
		s.add(&found{effect: report.Broken, rule: "vpc-block", pattern: tiersPattern, at: []*site{s}, kind: "VPC", object: &v.Object, addresses: []netip.Prefix{s.Block},
			message: fmt.Sprintf("The VPC %s does not have the block %s of the environment %s (%s).", label(&v.Object), s.Block, s.Name, intent.Line(s.At)),
			mend:    fmt.Sprintf("Declare the block that it has: cidr = %q.", blockOf(v)),
		})
	}
	var more []netip.Prefix
	for _, b := range v.Blocks {
		if b != s.Block {
			more = append(more, b)
		}
	}
	if len(more) > 0 {
		s.add(&found{effect: report.Undeclared, rule: "vpc-block", pattern: tiersPattern, at: []*site{s}, kind: "VPC", object: &v.Object, addresses: more,
			message: fmt.Sprintf("The VPC %s has addresses that the environment %s does not: %s.", label(&v.Object), s.Name, prefixWords(more)),
			mend:    fmt.Sprintf("Take %s from the VPC: an environment has one block, %s (%s).", prefixWords(more), s.Block, intent.Line(s.At)),
		})
	}
}

func blockOf(v *network.VPC) string {
	if len(v.Blocks) == 0 {
		return ""
	}
	return v.Blocks[0].String()
}

// tiers holds the subnets to the tiers.
func (s *site) tiers() {
	gap := s.network.Gap("Subnets", s.vpc.Account, s.vpc.Region)
	for _, t := range s.Tiers {
		for zone, x := range s.rows[t] {
			if x == nil {
				f := &found{effect: report.Broken, rule: "subnet", pattern: tierPattern(t), at: []*site{s}, kind: "VPC", object: &s.vpc.Object, addresses: []netip.Prefix{t.Subnets[zone]},
					message: fmt.Sprintf("The tier %s has no subnet in %s: none of the VPC %s has %s (%s).", tierLabel(t), s.Zones[zone], label(&s.vpc.Object), t.Subnets[zone], intent.Line(t.At)),
					mend:    "Apply what watertight compile writes for it."}
				if gap != nil {
					f.effect, f.unknown = report.Doubtful, []string{report.MissingList + gap.String()}
				}
				s.add(f)
				continue
			}
			s.subnet(t, zone, x)
		}
	}
	for _, x := range s.subnets {
		if _, ok := s.place[x.ID]; !ok {
			s.add(&found{effect: report.Undeclared, rule: "subnet", pattern: tiersPattern, at: []*site{s}, kind: "subnet", object: &x.Object, addresses: x.Blocks,
				message: fmt.Sprintf("The subnet %s (%s) of the environment %s is in no tier.", label(&x.Object), prefixWords(x.Blocks), s.Name),
				mend:    fmt.Sprintf("Declare a tier of %s that has it, or remove it.", s.Name),
			})
		}
	}
}

// tierLabel is the selector of a tier: "prod/tier:data".
func tierLabel(t *blueprint.Tier) string { return t.Environment.Name + "/tier:" + t.Name }

// subnet holds a subnet to its place.
func (s *site) subnet(t *blueprint.Tier, zone int, x *network.Subnet) {
	one := func(effect report.Effect, rule, message, mend string) {
		s.add(&found{effect: effect, rule: rule, pattern: tierPattern(t), at: []*site{s}, kind: "subnet", object: &x.Object, message: message, mend: mend})
	}
	name := label(&x.Object)
	if x.Defect != nil {
		s.add(&found{effect: report.Doubtful, rule: "subnet", pattern: tierPattern(t), at: []*site{s}, kind: "subnet", object: &x.Object, unknown: []string{"subnet " + name + ": " + x.Defect.Reason},
			message: fmt.Sprintf("The subnet %s is not understood: %s.", name, x.Defect.Reason), mend: "Give the input that tells."})
		return
	}
	if x.Zone != "" && x.Zone != s.Zones[zone] {
		one(report.Broken, "zone", fmt.Sprintf("The subnet %s is in %s, and the tier %s has %s in %s (%s).", name, x.Zone, tierLabel(t), t.Subnets[zone], s.Zones[zone], intent.Line(t.At)),
			"Make it in the zone that is declared.")
	}
	public := t.Internet == intent.Direct && t.Purpose == intent.ForRoles
	switch {
	case public && !x.MapPublicIPOnLaunch:
		one(report.Broken, "public-addresses", fmt.Sprintf("The subnet %s gives no public addresses, and the tier %s is one with internet = \"direct\" (%s).", name, tierLabel(t), intent.Line(t.At)),
			"Set map_public_ip_on_launch = true.")
	case !public && x.MapPublicIPOnLaunch:
		one(report.Undeclared, "public-addresses", fmt.Sprintf("The subnet %s gives public addresses to what is started in it, and the tier %s is not one with internet = \"direct\" (%s).", name, tierLabel(t), intent.Line(t.At)),
			"Set map_public_ip_on_launch = false.")
	}
	var more []netip.Prefix
	for _, b := range x.Blocks {
		if b != t.Subnets[zone] && t.Purpose == intent.ForRoles {
			more = append(more, b)
		}
	}
	if len(more) > 0 || x.AssignIPv6OnCreation {
		one(report.Undeclared, "subnet", fmt.Sprintf("The subnet %s has addresses that the tier %s does not: %s.", name, tierLabel(t), prefixWords(more)), "Take them from the subnet.")
	}
}

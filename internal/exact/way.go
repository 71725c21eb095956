package exact

import (
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// gateways holds what leads out of the VPC to what the tiers need: internet gateways, NAT gateways, and what nothing declares at all.
func (s *site) gateways() {
	attached := false
	undeclared := func(rule, kind string, o *network.Object, message string) {
		s.add(&found{effect: report.Undeclared, rule: rule, pattern: tiersPattern, at: []*site{s}, kind: kind, object: o, message: message, mend: "Remove it, or declare the tier that needs it."})
	}
	for _, g := range s.network.InternetGateways.All() {
		if g.VPC != s.vpc.ID {
			continue
		}
		attached = true
		if !s.InternetGateway {
			undeclared("internet-gateway", "internet gateway", &g.Object, fmt.Sprintf("The internet gateway %s is attached to the VPC of the environment %s, of which no tier has a way to the internet (%s).", label(&g.Object), s.Name, intent.Line(s.At)))
		}
	}
	if s.InternetGateway && !attached {
		f := &found{effect: report.Broken, rule: "internet-gateway", pattern: tiersPattern, at: []*site{s}, kind: "VPC", object: &s.vpc.Object,
			message: fmt.Sprintf("No internet gateway is attached to the VPC %s of the environment %s.", label(&s.vpc.Object), s.Name), mend: "Attach one."}
		if gap := s.network.Gap("InternetGateways", s.vpc.Account, s.vpc.Region); gap != nil {
			f.effect, f.unknown = report.Doubtful, []string{report.MissingList + gap.String()}
		}
		s.add(f)
	}
	for _, g := range s.network.EgressOnlyGateways.All() {
		if g.VPC == s.vpc.ID {
			undeclared("gateway", "egress-only internet gateway", &g.Object, fmt.Sprintf("The egress-only internet gateway %s is attached to the VPC of the environment %s: nothing declares it.", label(&g.Object), s.Name))
		}
	}
	for _, g := range s.network.VPNGateways.All() {
		if g.VPC == s.vpc.ID {
			undeclared("gateway", "virtual private gateway", &g.Object, fmt.Sprintf("The virtual private gateway %s is attached to the VPC of the environment %s: nothing declares it.", label(&g.Object), s.Name))
		}
	}
	for _, g := range s.network.CarrierGateways.All() {
		if g.VPC == s.vpc.ID {
			undeclared("gateway", "carrier gateway", &g.Object, fmt.Sprintf("The carrier gateway %s is in the VPC of the environment %s: nothing declares it.", label(&g.Object), s.Name))
		}
	}
	s.natGateways()
}

// natGateways holds the NAT gateways to one in each zone, in the subnet that is for it.
func (s *site) natGateways() {
	pattern := tiersPattern
	if s.Firewall {
		pattern = egressPattern
	}
	there := make([]bool, len(s.Zones))
	for _, g := range s.nats {
		at, ok := s.place[g.Subnet]
		if s.NAT && ok && at.tier.Purpose == intent.ForNAT && !g.Private {
			there[at.zone] = true
			continue
		}
		message := fmt.Sprintf("The NAT gateway %s is in %s of the environment %s, where nothing declares one.", label(&g.Object), s.subnetWords(g.Subnet), s.Name)
		if g.Private && ok && at.tier.Purpose == intent.ForNAT {
			message = fmt.Sprintf("The NAT gateway %s of the environment %s is a private one.", label(&g.Object), s.Name)
		}
		s.add(&found{effect: report.Undeclared, rule: "nat-gateway", pattern: pattern, at: []*site{s}, kind: "NAT gateway", object: &g.Object, message: message, mend: "Remove it; one in each zone is in the subnets that are for them."})
	}
	if !s.NAT {
		return
	}
	gap := s.network.Gap("NatGateways", s.vpc.Account, s.vpc.Region)
	for zone, ok := range there {
		if ok {
			continue
		}
		f := &found{effect: report.Broken, rule: "nat-gateway", pattern: pattern, at: []*site{s}, kind: "VPC", object: &s.vpc.Object,
			message: fmt.Sprintf("The environment %s has no NAT gateway in its subnet for one in %s.", s.Name, s.Zones[zone]), mend: "Make one there."}
		if gap != nil {
			f.effect, f.unknown = report.Doubtful, []string{report.MissingList + gap.String()}
		}
		s.add(f)
	}
}

func (s *site) subnetWords(id string) string {
	if at, ok := s.place[id]; ok {
		return "the tier " + tierLabel(at.tier)
	}
	if k := slices.IndexFunc(s.subnets, func(x *network.Subnet) bool { return x.ID == id }); k >= 0 {
		return "the subnet " + label(&s.subnets[k].Object)
	}
	return "no subnet"
}

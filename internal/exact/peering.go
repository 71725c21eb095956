package exact

import (
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// joins tells whether a peering connection is the one between two environments, whichever asked for it.
func (c *checker) joins(p *network.PeeringConnection, want *blueprint.Peering) bool {
	a, b := c.siteFor(want.Requester), c.siteFor(want.Accepter)
	return c.stands(p.Requester, a) && c.stands(p.Accepter, b) || c.stands(p.Requester, b) && c.stands(p.Accepter, a)
}

// stands tells whether a side of a peering is an environment. Of one whose VPC is not in the input, which is told, a VPC of its account that is none either is taken to be it.
func (c *checker) stands(side network.PeeringSide, s *site) bool {
	if s.vpc != nil {
		return side.VPC == s.vpc.ID
	}
	_, known := c.network.VPCs.Get(side.VPC)
	return !known && (side.Account == "" || side.Account == s.Account)
}

// over are the states of peering connections that are no more.
var over = []string{"deleted", "deleting", "rejected", "expired", "failed"}

// peerings holds the peering connections to those between environments.
func (c *checker) peerings() {
	declared := map[*network.PeeringConnection]bool{}
	for _, want := range c.Peerings {
		a, b := c.siteFor(want.Requester), c.siteFor(want.Accepter)
		if a.vpc == nil && b.vpc == nil {
			continue // which is told
		}
		var best *network.PeeringConnection
		for _, p := range c.network.PeeringConnections.All() {
			if c.joins(p, want) && !slices.Contains(over, p.State) {
				declared[p] = true
				if best == nil || p.State == "active" {
					best = p
				}
			}
		}
		f := &found{effect: report.Broken, rule: "peering", pattern: peeringPattern, at: []*site{a, b}, because: want.Edges}
		switch {
		case best == nil:
			if a.vpc == nil || b.vpc == nil {
				continue
			}
			f.kind, f.object = "VPC", &a.vpc.Object
			f.message = fmt.Sprintf("There is no peering connection between %s and %s, which %s.", a.Name, b.Name, do(want.Edges, "need"))
			f.mend = "Apply what watertight compile writes for it."
			for _, s := range []*site{a, b} {
				if gap := c.network.Gap("VpcPeeringConnections", s.vpc.Account, s.vpc.Region); gap != nil {
					f.effect, f.unknown = report.Doubtful, []string{report.MissingList + gap.String()}
				}
			}
		case best.Defect != nil:
			f.effect, f.kind, f.object, f.unknown = report.Doubtful, "peering connection", &best.Object, []string{"peering connection " + label(&best.Object) + ": " + best.Defect.Reason}
			f.message = fmt.Sprintf("The peering connection %s is not understood: %s.", label(&best.Object), best.Defect.Reason)
			f.mend = "Give the input that tells."
		case best.State != "active":
			f.kind, f.object = "peering connection", &best.Object
			f.message = fmt.Sprintf("The peering connection %s between %s and %s is %s, and not active.", label(&best.Object), a.Name, b.Name, best.State)
			f.mend = "Accept it."
		default:
			continue
		}
		c.add(f)
	}
	for _, p := range c.network.PeeringConnections.All() {
		a, b := c.byVPC[p.Requester.VPC], c.byVPC[p.Accepter.VPC]
		if a == nil && b == nil || declared[p] || slices.Contains(over, p.State) {
			continue
		}
		var at []*site
		for _, s := range []*site{a, b} {
			if s != nil {
				at = append(at, s)
			}
		}
		c.add(&found{effect: report.Undeclared, rule: "peering", pattern: peeringPattern, at: at, kind: "peering connection", object: &p.Object,
			message: fmt.Sprintf("The peering connection %s joins %s and %s, and nothing declares it.", label(&p.Object), c.vpcWords(p.Requester.VPC), c.vpcWords(p.Accepter.VPC)),
			mend:    "Remove it, or declare the flow that needs it.",
		})
	}
}

// vpcWords is how messages call a VPC: as the environment that it is, or by its own name.
func (c *checker) vpcWords(id string) string {
	if s := c.byVPC[id]; s != nil {
		return "the environment " + s.Name
	}
	if v, ok := c.network.VPCs.Get(id); ok {
		return "the VPC " + label(&v.Object)
	}
	if id == "" {
		return "a VPC that is not known"
	}
	return "the VPC " + id
}

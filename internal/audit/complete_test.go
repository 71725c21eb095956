package audit

import (
	"fmt"
	"slices"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// TestComplete asks about every interface of random networks alone, and holds the rules to what they must have found.
func TestComplete(t *testing.T) {
	open, out, both := 0, 0, 0
	for seed := range uint64(400) {
		contents := random.Network(seed)
		for k, subnet := range contents.Subnets {
			subnet.Name = fmt.Sprintf("%s-%d", []string{"data", "app", "public"}[k%3], k)
		}
		n := network.New(contents)
		findings := check(t, n, "open-to-internet", "data-tier-egress", "ipv6-public").Findings
		has := func(rule, id string, severity ...report.Severity) bool {
			return slices.ContainsFunc(findings, func(f report.Finding) bool {
				return f.Rule == rule && f.ID == id && slices.Contains(severity, f.Severity)
			})
		}
		e := query.New(n).Engine()
		for _, i := range n.Interfaces.All() {
			if i.Conduit() || i.Owner.Kind == network.OwnerLoadBalancer || i.Defect != nil {
				continue
			}
			got := [2]packet.Set{packet.None, packet.None}
			for _, part := range e.Can(reach.Question{Sources: e.AtLarge(), Destinations: e.Interfaces(i), Traffic: connections.Intersect(sensitive)}) {
				if part.Verdict == reach.Reachable {
					k := familyIndex(part.Family)
					got[k] = got[k].Union(part.Traffic)
				}
			}
			for _, id := range i.Groups {
				g, ok := n.SecurityGroups.Get(id)
				if !ok || g.Defect != nil {
					continue
				}
				for _, r := range g.Inbound {
					if r.Defect != nil || !wide(r.Block) {
						continue
					}
					four := r.Block.Addr().Is4()
					switch {
					case four && got[0].Overlaps(traffic(r)):
						open++
						if !has("open-to-internet", id, report.Error) {
							t.Fatalf("seed %d: anybody reaches %s on %s by %s, and open-to-internet does not say so:\n%s", seed, i.ID, got[0], id, lines(findings))
						}
					case !four && got[1].Subtract(got[0]).Overlaps(traffic(r)):
						both++
						if !has("ipv6-public", id, report.Error) && !hasOther(n, i, findings) {
							t.Fatalf("seed %d: anybody reaches %s on %s by IPv6 alone by %s, and ipv6-public does not say so:\n%s", seed, i.ID, got[1], id, lines(findings))
						}
					}
				}
			}
			subnet, ok := n.Subnets.Get(i.Subnet)
			if !ok || subnet.RouteTable == "" || !says(subnet.Name, dataWords) {
				continue
			}
			for _, part := range e.Can(reach.Question{Sources: e.Interfaces(i), Destinations: e.AtLarge(), Traffic: connections}) {
				if part.Verdict == reach.Reachable {
					out++
					if _, ok := n.RouteTables.Get(subnet.RouteTable); ok && !has("data-tier-egress", subnet.RouteTable, report.Error, report.Warning) {
						t.Fatalf("seed %d: %s in %s gets out by %s, and data-tier-egress does not say so:\n%s", seed, i.ID, subnet.Name, subnet.RouteTable, lines(findings))
					}
					break
				}
			}
		}
	}
	if open < 20 || out < 20 || both < 5 {
		t.Errorf("the networks show too little: %d open by IPv4, %d by IPv6 alone, %d data tiers with a way out", open, both, out)
	}
}

// hasOther tells whether another interface of the profile of one is open by IPv4 on the same ports: the profile is then not one of IPv6 alone.
func hasOther(n *network.Network, i *network.Interface, findings []report.Finding) bool {
	return slices.ContainsFunc(n.Interfaces.All(), func(j *network.Interface) bool {
		return j != i && j.Subnet == i.Subnet && slices.Equal(i.Groups, j.Groups)
	})
}

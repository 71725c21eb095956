package synth

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

// admits tells whether a group lets others of the same VPC in on a TCP port: by a reference to a group, or by an address.
func admits(g *network.SecurityGroup, port int, from []string, at netip.Addr) bool {
	return slices.ContainsFunc(g.Inbound, func(r network.Rule) bool {
		return r.Protocol == tcp && r.From <= port && port <= r.To && (slices.Contains(from, r.Group) || r.Block.Contains(at))
	})
}

// A load balancer has a node in every zone, with its groups; its listeners forward to target groups of its own, whose targets are members of its
// VPC that let it in.
func TestBalancers(t *testing.T) {
	for _, o := range []Options{{}, {Interfaces: 10_000}, large} {
		n := network.New(Generate(o))
		nodes := map[string][]*network.Interface{}
		byAddress := map[string]*network.Interface{} // "VPC/address"
		for _, i := range n.Interfaces.All() {
			if i.Owner.Kind == network.OwnerLoadBalancer {
				nodes[i.Owner.ID] = append(nodes[i.Owner.ID], i)
			}
			byAddress[i.VPC+"/"+i.Addresses[0].IP.String()] = i
		}
		group := func(id string) *network.SecurityGroup { g, _ := n.SecurityGroups.Get(id); return g }
		with := map[string]bool{} // VPCs that have an application load balancer
		for _, b := range n.LoadBalancers.All() {
			with[b.VPC] = with[b.VPC] || b.Type == "application"
			if len(b.Zones) != 3 || len(nodes[b.ID]) != 3 {
				t.Fatalf("%s has %d zones and %d nodes", b.Name, len(b.Zones), len(nodes[b.ID]))
			}
			for _, i := range nodes[b.ID] {
				if !slices.ContainsFunc(b.Zones, func(z network.LoadBalancerZone) bool { return z.Subnet == i.Subnet }) || !slices.Equal(i.Groups, b.Groups) ||
					i.Addresses[0].Public.IsValid() == b.Internal || !strings.HasSuffix(b.ID, strings.TrimPrefix(i.Description, "ELB ")) {
					t.Errorf("%s has the node %+v", b.Name, i)
				}
			}
			used := 0
			for _, l := range b.Listeners {
				for _, id := range b.Groups {
					if !slices.ContainsFunc(group(id).Inbound, func(r network.Rule) bool { return r.From == l.Port }) {
						t.Errorf("%s: nobody may use port %d", b.Name, l.Port)
					}
				}
				if last := l.Rules[len(l.Rules)-1]; last.Priority != "default" || len(last.Conditions) > 0 || !l.RulesKnown {
					t.Errorf("%s: port %d has the last rule %+v", b.Name, l.Port, last)
				}
				for _, r := range l.Rules {
					for _, id := range r.Actions[0].TargetGroups {
						used++
						g, _ := n.TargetGroups.Get(id)
						if g == nil || g.VPC != b.VPC || !slices.Equal(g.LoadBalancers, []string{b.ID}) || len(g.Targets) == 0 {
							t.Fatalf("%s: port %d forwards to %+v", b.Name, l.Port, g)
						}
						for _, target := range g.Targets {
							i := byAddress[g.VPC+"/"+target.ID]
							if instance, _ := n.Instances.Get(target.ID); instance != nil {
								i, _ = n.Interfaces.Get(instance.Primary)
							}
							if i == nil || i.VPC != b.VPC || target.Port != g.Port {
								t.Fatalf("%s has the target %+v", g.Name, target)
							}
							for _, node := range nodes[b.ID] {
								if !slices.ContainsFunc(i.Groups, func(id string) bool { return admits(group(id), target.Port, b.Groups, node.Addresses[0].IP) }) {
									t.Fatalf("%s does not let %s in on port %d", i.ID, b.Name, target.Port)
								}
							}
						}
					}
				}
			}
			if used == 0 {
				t.Errorf("%s forwards to nobody", b.Name)
			}
		}
		if len(with) < max(1, n.VPCs.Len()/2) {
			t.Errorf("%d of %d VPCs have an application load balancer", len(with), n.VPCs.Len())
		}
	}
}

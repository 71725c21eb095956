package compile

import (
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
)

// check finds what AWS would refuse, beside the network ACLs (see [entries]), and what it would let through beyond what is declared.
func (c *code) check() {
	for _, e := range c.environments {
		if e.VPC != "" {
			c.problems.add(e.At, fmt.Sprintf("environment %q is a VPC that exists already, %s", e.Name, e.VPC),
				"Its controls are not compiled. When they are to be, take out its vpc and the groups of its services, and give each tier one block for each zone, or none.")
			continue
		}
		c.checkGroups(e)
		for _, t := range e.Tiers {
			c.checkRoutes(e, t)
		}
		for _, s := range e.Services {
			if s.Kind == intent.RDS && len(e.Zones) < 2 {
				c.problems.add(s.At, fmt.Sprintf("the database %s is in one zone", s), "AWS takes no subnet group with less than two: give environment %q a second zone.", e.Name)
			}
		}
	}
	for _, s := range c.services {
		for _, u := range s.Consumers {
			if u.Environment.Region == s.Home.Region && !slices.ContainsFunc(u.Environment.Zones, func(z string) bool { return slices.Contains(s.Home.Zones, z) }) {
				c.problems.add(at(u.Edges[0]), fmt.Sprintf("the endpoint for %s in environment %q would be in no zone", s.Provider, u.Environment.Name),
					"It is in those of the load balancer, and environment %q is in %v, and %q in %v: give them one in common.", u.Environment.Name, u.Environment.Zones, s.Home.Name, s.Home.Zones)
			}
		}
	}
	c.checkWindows()
	c.checkLeaks()
}

// checkRoutes holds the route tables of a tier to AWS's quota, which does not count the local route.
func (c *code) checkRoutes(e *environment, t *blueprint.Tier) {
	count := 0
	var edges []*blueprint.Edge
	for _, r := range t.Routes {
		if r.Zone > 0 { // of another table, as long as that of the first zone
			continue
		}
		count++
		edges = append(edges, r.Because...)
	}
	if count > e.Quotas.RoutesPerTable {
		c.problems.add(t.At, fmt.Sprintf("the route tables of tier %q of environment %q need %d routes, and AWS takes %d", t.Name, e.Name, count, e.Quotas.RoutesPerTable),
			"They come from the flows at %s. Have the quota raised in AWS, and say quotas { routes_per_table = %d } in the environment.", lines(edges), count)
	}
}

package exact

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// site is an environment and the VPC that stands for it.
type site struct {
	*checker
	*blueprint.Environment
	index int
	vpc   *network.VPC // nil where the network has none
	// rows are the subnets of each tier, by zone; nil for one that is missing.
	rows map[*blueprint.Tier][]*network.Subnet
	holdings
}

// holdings are the objects of a VPC.
type holdings struct {
	subnets    []*network.Subnet
	tables     []*network.RouteTable
	acls       []*network.NetworkACL
	sgs        []*network.SecurityGroup
	interfaces []*network.Interface
	nats       []*network.NATGateway
	firewalls  []*network.Firewall
	endpoints  []*network.Endpoint
	balancers  []*network.LoadBalancer
}

// place is what a subnet is to an environment.
type place struct {
	*site
	tier *blueprint.Tier
	zone int
}

// match finds what stands for the environments, their tiers and their roles.
func (c *checker) match() {
	taken := map[*network.VPC]bool{}
	for k, e := range c.Environments {
		s := &site{checker: c, Environment: e, index: k, rows: map[*blueprint.Tier][]*network.Subnet{}}
		c.sites = append(c.sites, s)
	}
	for _, byName := range []bool{true, false} { // a name says more than an address range
		for _, s := range c.sites {
			if s.vpc == nil {
				s.findVPC(byName, taken)
			}
		}
	}
	held := c.holdings()
	for _, s := range c.sites {
		if s.vpc == nil {
			s.missing()
			continue
		}
		c.byVPC[s.vpc.ID] = s
		s.holdings = *held(s.vpc.ID)
		s.findSubnets()
		s.findGroups()
	}
	c.others(taken)
}

// findVPC finds the VPC of an environment: by its name, or else by its block, in its account and Region. Where several fit it is the one with the block.
func (s *site) findVPC(byName bool, taken map[*network.VPC]bool) {
	var best []*network.VPC
	for _, v := range s.network.VPCs.All() {
		if s.VPC != "" {
			if v.ID == s.VPC {
				s.vpc = v
				taken[v] = true
				return
			}
			continue
		}
		here := (v.Account == "" || v.Account == s.Account) && (v.Region == "" || v.Region == s.Region)
		block := slices.Contains(v.Blocks, s.Block)
		if !here || taken[v] || byName && v.Name != s.Name || !byName && (!block || v.Account == "") {
			continue
		}
		if len(best) > 0 && block && !slices.Contains(best[0].Blocks, s.Block) {
			best = nil
		}
		if len(best) == 0 || block == slices.Contains(best[0].Blocks, s.Block) {
			best = append(best, v)
		}
	}
	switch len(best) {
	case 0:
		return
	case 1:
		s.vpc = best[0]
		taken[s.vpc] = true
		return
	}
	var names []string
	for _, v := range best {
		taken[v] = true
		names = append(names, label(&v.Object))
	}
	s.add(&found{effect: report.Doubtful, rule: "environment", pattern: tiersPattern, at: []*site{s}, unknown: []string{"which VPC stands for the environment"},
		message: fmt.Sprintf("Which VPC is the environment %s (%s) is not known: %s fit.", s.Name, s.where(), few(names)),
		mend:    fmt.Sprintf("Name one of them %q by its Name tag, and no other.", s.Name),
	})
}

func (s *site) where() string {
	return fmt.Sprintf("account %s, %s, %s, %s", s.Account, s.Region, s.Block, intent.Line(s.At))
}

// missing tells of an environment that no VPC stands for.
func (s *site) missing() {
	if slices.ContainsFunc(s.found, func(f *found) bool { return f.rule == "environment" && f.at[0] == s }) {
		return // it was told that several fit
	}
	f := &found{effect: report.Broken, rule: "environment", pattern: tiersPattern, at: []*site{s},
		message: fmt.Sprintf("The environment %s has no VPC: none in account %s and %s is called so, or has %s (%s).", s.Name, s.Account, s.Region, s.Block, intent.Line(s.At)),
		mend:    "Apply what watertight compile writes for it, or give the input that holds it with one more --from."}
	collected := len(s.network.Collected) == 0 || slices.ContainsFunc(s.network.Collected, func(p network.Place) bool {
		return (p.Account == s.Account || p.Account == "") && (p.Region == s.Region || p.Region == "")
	})
	if gap := s.network.Gap("Vpcs", s.Account, s.Region); gap != nil || !collected {
		f.effect = report.Doubtful
		f.unknown = []string{fmt.Sprintf("account %s in %s was not collected", s.Account, s.Region)}
		if gap != nil {
			f.unknown = []string{report.MissingList + gap.String()}
		}
		f.message = fmt.Sprintf("Nothing is known of the environment %s (%s): %s.", s.Name, intent.Line(s.At), f.unknown[0])
	}
	s.add(f)
}

// others tells of VPCs in the accounts of environments that are none.
func (c *checker) others(taken map[*network.VPC]bool) {
	for _, v := range c.network.VPCs.All() {
		k := slices.IndexFunc(c.sites, func(s *site) bool { return v.Account == s.Account || v.Account == "" })
		if taken[v] || k < 0 || v.Partial {
			continue
		}
		c.add(&found{effect: report.Aware, rule: "vpc", pattern: tiersPattern, at: []*site{c.sites[k]}, kind: "VPC", object: &v.Object,
			message: fmt.Sprintf("The VPC %s of account %s is no environment: what is in it is looked at as far as it reaches one, or is reached from one.", label(&v.Object), v.Account),
			mend:    "Declare it as an environment, or leave it out of the input.",
		})
	}
}

// holdings are the objects of each VPC.
func (c *checker) holdings() func(vpc string) *holdings {
	all := map[string]*holdings{}
	of := func(vpc string) *holdings {
		if all[vpc] == nil {
			all[vpc] = &holdings{}
		}
		return all[vpc]
	}
	n := c.network
	for _, x := range n.Subnets.All() {
		of(x.VPC).subnets = append(of(x.VPC).subnets, x)
	}
	for _, x := range n.RouteTables.All() {
		of(x.VPC).tables = append(of(x.VPC).tables, x)
	}
	for _, x := range n.NetworkACLs.All() {
		of(x.VPC).acls = append(of(x.VPC).acls, x)
	}
	for _, x := range n.SecurityGroups.All() {
		of(x.VPC).sgs = append(of(x.VPC).sgs, x)
	}
	for _, x := range n.Interfaces.All() {
		of(x.VPC).interfaces = append(of(x.VPC).interfaces, x)
	}
	for _, x := range n.NATGateways.All() {
		if x.State == "available" || x.State == "pending" { // a deleted one stays listed for an hour
			of(x.VPC).nats = append(of(x.VPC).nats, x)
		}
	}
	for _, x := range n.Firewalls.All() {
		of(x.VPC).firewalls = append(of(x.VPC).firewalls, x)
	}
	for _, x := range n.Endpoints.All() {
		if x.Type != network.EndpointGatewayLoadBalancer { // of a firewall
			of(x.VPC).endpoints = append(of(x.VPC).endpoints, x)
		}
	}
	for _, x := range n.LoadBalancers.All() {
		of(x.VPC).balancers = append(of(x.VPC).balancers, x)
	}
	return of
}

// findSubnets finds the subnets of tiers: by their blocks, and those of infrastructure, whose blocks nobody declares, else by what is in them.
func (s *site) findSubnets() {
	byBlock := map[netip.Prefix]*network.Subnet{}
	for _, x := range s.subnets {
		for _, b := range x.Blocks {
			byBlock[b] = x
		}
	}
	used := map[*network.Subnet]bool{}
	for _, t := range s.Tiers {
		s.rows[t] = make([]*network.Subnet, len(t.Subnets))
		for zone, b := range t.Subnets {
			if x := byBlock[b]; x != nil {
				s.rows[t][zone], used[x] = x, true
			}
		}
	}
	for _, t := range s.Tiers {
		if t.Purpose == intent.ForRoles || slices.ContainsFunc(s.rows[t], func(x *network.Subnet) bool { return x != nil }) {
			continue
		}
		for _, x := range s.subnets {
			if zone := slices.Index(s.Zones, x.Zone); zone >= 0 && !used[x] && s.rows[t][zone] == nil && s.serves(x, t.Purpose) {
				s.rows[t][zone], used[x] = x, true
			}
		}
	}
	for t, row := range s.rows {
		for zone, x := range row {
			if x != nil {
				s.place[x.ID] = place{s, t, zone}
			}
		}
	}
}

// serves tells whether a subnet holds what a tier of infrastructure is for, and nothing else.
func (s *site) serves(x *network.Subnet, p intent.Purpose) bool {
	for _, i := range s.interfaces {
		if i.Subnet == x.ID && !i.Conduit() {
			return false
		}
	}
	switch p {
	case intent.ForNAT:
		return slices.ContainsFunc(s.nats, func(g *network.NATGateway) bool { return g.Subnet == x.ID })
	case intent.ForFirewall:
		return slices.ContainsFunc(s.firewalls, func(f *network.Firewall) bool {
			return slices.ContainsFunc(f.Endpoints, func(e network.FirewallEndpoint) bool { return e.Subnet == x.ID })
		})
	case intent.ForTransit:
		return slices.ContainsFunc(s.network.TransitAttachments.All(), func(a *network.TransitAttachment) bool { return a.Type == "vpc" && slices.Contains(a.Subnets, x.ID) })
	}
	return false
}

// findGroups finds the security groups of roles, endpoints and load balancers: by their names.
func (s *site) findGroups() {
	byName := map[string]*network.SecurityGroup{}
	for _, g := range s.sgs {
		byName[strings.TrimPrefix(g.Name, "sg-")] = g
	}
	for _, g := range s.Groups {
		if g.Service != nil && g.Service.SecurityGroup != "" {
			for _, x := range s.sgs {
				if x.ID == g.Service.SecurityGroup || x.Name == g.Service.SecurityGroup {
					s.groupOf[g], s.group[x.ID] = x, g
					s.twins[x.ID] = append(s.twins[x.ID], g)
				}
			}
			continue
		}
		if x := byName[g.Name]; x != nil {
			s.groupOf[g], s.group[x.ID] = x, g
		}
	}
}

// present are the subnets of a tier that are there.
func (s *site) present(t *blueprint.Tier) []*network.Subnet {
	return slices.DeleteFunc(slices.Clone(s.rows[t]), func(x *network.Subnet) bool { return x == nil })
}

// zoneOf is the place of a zone of a subnet among those of the environment; -1 for others.
func (s *site) zoneOf(subnet string) int {
	if x, ok := s.network.Subnets.Get(subnet); ok {
		return slices.Index(s.Zones, x.Zone)
	}
	return -1
}

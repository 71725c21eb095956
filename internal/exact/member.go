package exact

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// declaredList is the identifier of a prefix list that no rule names: it holds the blocks that the segmentation names, so that the engine tells their addresses apart.
const declaredList = "pl-declared"

// imagine makes the network in which every role has members to be, in each subnet of its tier (V-16), and every PrivateLink service that has no targets yet has these.
func (c *checker) imagine() {
	contents := c.network.Contents()
	contents.Problems = nil
	contents.PrefixLists = append(contents.PrefixLists, &network.PrefixList{Object: network.Object{ID: declaredList}, Entries: c.declaredBlocks()})
	c.sameZones(&contents)
	for _, s := range c.sites {
		if s.vpc != nil {
			contents.Interfaces = append(contents.Interfaces, s.toBe()...)
		}
	}
	n := reach.Settle(network.New(contents))
	if contents, filled := c.fill(n); filled {
		n = network.New(contents)
	}
	c.session = query.New(n)
}

// declaredBlocks are the blocks of addresses outside that flows and guardrails name.
func (c *checker) declaredBlocks() []netip.Prefix {
	var all []netip.Prefix
	for _, f := range c.Segmentation.Flows {
		all = append(all, f.From.Block, f.To.Block)
	}
	for _, f := range c.Segmentation.Forbids {
		all = append(all, f.A.Block, f.B.Block)
	}
	all = slices.DeleteFunc(all, func(p netip.Prefix) bool { return !p.IsValid() })
	slices.SortFunc(all, netip.Prefix.Compare)
	return slices.Compact(all)
}

// sameZones takes zones that are called alike in two accounts to be the same, where the input does not say, as Terraform does not: an endpoint and the load balancer behind it have to be
// in the same ones, and a transit gateway keeps to them (TGW-3).
func (c *checker) sameZones(contents *network.Contents) {
	if len(c.Endpoints)+len(c.Transits) == 0 {
		return
	}
	known := map[string]bool{} // Regions of which a zone has its identifier
	for _, x := range contents.Subnets {
		known[x.Region] = known[x.Region] || x.ZoneID != ""
	}
	accounts := map[string]bool{} // of which zones were taken to be the same
	for _, x := range contents.Subnets {
		if _, ok := c.place[x.ID]; ok && !known[x.Region] {
			x.ZoneID = x.Zone
			accounts[x.Account] = true
		}
	}
	if len(accounts) > 1 {
		c.assumptions = append(c.assumptions, "Which zones of two accounts are the same is not in the input: zones that are called alike were taken to be, for endpoints and for transit gateways.")
	}
}

// toBe are the members to be of the roles of an environment: one in each subnet, and two where a role has but one, so that there is somebody for it to talk to.
func (s *site) toBe() []*network.Interface {
	var all []*network.Interface
	taken := map[string]int{}
	for _, i := range s.interfaces {
		taken[i.Subnet]++
	}
	crowded := map[*network.Subnet]int{}
	for _, g := range s.Groups {
		group := s.groupOf[g]
		if g.Service == nil || group == nil {
			continue
		}
		if s.VPC != "" && slices.ContainsFunc(s.interfaces, func(i *network.Interface) bool { roles, _ := s.roles(i); return slices.Contains(roles, g) }) {
			continue // what is proven of a VPC that existed before holds for what is there
		}
		subnets := s.present(g.Tier)
		for _, x := range subnets {
			for k := range map[bool]int{true: 2, false: 1}[len(subnets) == 1] {
				i := &network.Interface{
					Object: network.Object{ID: reach.ProspectiveID(group) + x.ID, Name: g.Name + " to be", Account: x.Account, Region: x.Region, Origin: group.Origin},
					VPC:    x.VPC, Subnet: x.ID, Type: network.TypeInterface, Groups: []string{group.ID}, SourceDestCheck: true,
				}
				if k > 0 {
					i.ID, i.Name = i.ID+"-b", "another "+i.Name
				}
				for _, b := range x.Blocks {
					if b.Addr().Is4() {
						i.Open.IPv4, i.Open.Public = true, x.MapPublicIPOnLaunch
					} else {
						i.Open.IPv6 = x.AssignIPv6OnCreation
					}
				}
				switch g.Service.Kind {
				case intent.Lambda: // LAMBDA-1
					i.Type, i.Open.Public = network.TypeLambda, false
				case intent.ElastiCache: // which has no public address either
					i.Open.Public = false
				}
				if !i.Open.Any() {
					continue
				}
				if taken[x.ID]++; taken[x.ID] > capacity(x) {
					crowded[x]++
					continue
				}
				all = append(all, i)
			}
		}
	}
	for _, x := range s.subnets {
		if crowded[x] > 0 {
			s.add(&found{effect: report.Doubtful, rule: "room", pattern: tiersPattern, at: []*site{s}, kind: "subnet", object: &x.Object, unknown: []string{"members of roles for which subnet " + label(&x.Object) + " has no room"},
				message: fmt.Sprintf("The subnet %s (%s) has too few addresses for a member of each of its roles: %s more could not be looked at.", label(&x.Object), prefixWords(x.Blocks), plural(crowded[x], "member")),
				mend:    "Give the tier larger subnets."})
		}
	}
	return all
}

// capacity is how many addresses a subnet has for interfaces: AWS keeps five.
func capacity(x *network.Subnet) int {
	n := 0
	for _, b := range x.Blocks {
		if b.Addr().Is4() {
			n += 1<<min(32-b.Bits(), 24) - 5
		}
	}
	return n
}

// fill registers the members of the roles behind PrivateLink services, to be and other ones, with target groups that have no targets.
func (c *checker) fill(n *network.Network) (contents network.Contents, filled bool) {
	contents = n.Contents()
	of := map[string]*network.TargetGroup{}
	for _, g := range contents.TargetGroups {
		of[g.ID] = g
	}
	for _, want := range c.Services {
		f, group := c.fronts[want], c.groupOf[want.Provider]
		if f == nil || group == nil {
			continue
		}
		for _, l := range f.balancer.Listeners {
			for _, r := range l.Rules {
				for _, a := range r.Actions {
					for _, id := range a.TargetGroups {
						g := of[id]
						if g == nil || !g.TargetsKnown || len(g.Targets) > 0 {
							continue
						}
						// They see the load balancer's address, whatever they are: so it is by PrivateLink (PL-2).
						g.TargetType, g.Attributes = "ip", maps.Clone(g.Attributes)
						if g.Attributes == nil {
							g.Attributes = map[string]string{}
						}
						g.Attributes["preserve_client_ip.enabled"] = "false"
						for _, i := range n.Interfaces.All() {
							if slices.Contains(i.Groups, group.ID) && i.Owner.Kind != network.OwnerLoadBalancer && len(i.Addresses) > 0 && i.Addresses[0].IP.Is4() {
								g.Targets = append(g.Targets, network.LoadBalancerTarget{ID: i.Addresses[0].IP.String()})
								filled = true
							}
						}
					}
				}
			}
		}
	}
	return contents, filled
}

// party is interfaces that the segmentation does not tell apart.
type party struct {
	label    string
	roles    []*blueprint.Group // those of the blueprint that they carry; none: they are of no role
	site     *site              // nil: their VPC is no environment
	balancer *network.LoadBalancer
	function bool
	astray   bool // not in the tier of their role
	members  []*network.Interface
	number   int
}

// form finds the parties, in the order of the environments and their roles, and then of names.
func (c *checker) form() {
	byKey := map[string]*party{}
	for _, i := range c.session.Network().Interfaces.All() {
		if i.Conduit() {
			continue
		}
		p := c.partyOf(i)
		key := fmt.Sprint(p.label, "\x00", p.function, p.astray, "\x00", i.VPC)
		if p.balancer != nil {
			key += p.balancer.ID
		}
		if known := byKey[key]; known != nil {
			p = known
		} else {
			byKey[key] = p
			c.parties = append(c.parties, p)
		}
		p.members = append(p.members, i)
	}
	slices.SortStableFunc(c.parties, func(a, b *party) int { return strings.Compare(a.label, b.label) })
	for k, p := range c.parties {
		p.number = k
	}
}

// partyOf is the party of an interface, without its members.
func (c *checker) partyOf(i *network.Interface) *party {
	roles, others := c.roles(i)
	p := &party{roles: roles, site: c.byVPC[i.VPC], balancer: c.session.BalancerOf(i), function: i.Type == network.TypeLambda}
	at, placed := c.place[i.Subnet]
	var words []string
	for _, g := range roles {
		words = append(words, g.String())
		p.astray = p.astray || !placed || at.tier != g.Tier
	}
	if p.astray {
		words = append(words, "outside of its tier")
	}
	for _, id := range others {
		word := id
		if x, ok := c.network.SecurityGroups.Get(id); ok {
			word = label(&x.Object)
		}
		words = append(words, word)
	}
	if len(roles) == 0 {
		where := c.vpcWords(i.VPC)
		if p.site != nil {
			where = p.site.Name
		}
		if len(words) == 0 {
			words = []string{c.interfaceWords(i)}
		}
		p.label = where + ": " + strings.Join(words, " + ")
		return p
	}
	p.label = strings.Join(words, " + ")
	return p
}

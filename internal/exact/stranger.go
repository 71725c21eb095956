package exact

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// roles are the groups of the blueprint that an interface carries, and whether it carries others.
func (c *checker) roles(i *network.Interface) (roles []*blueprint.Group, others []string) {
	for _, id := range i.Groups {
		g := c.group[id]
		if at, placed := c.place[i.Subnet]; placed {
			for _, twin := range c.twins[id] {
				if twin.Tier == at.tier {
					g = twin
				}
			}
		}
		if g != nil && g.Service == nil && !c.part(g, i) {
			g = nil // a group of PrivateLink is for its endpoint or its load balancer, and for nothing else
		}
		if g != nil {
			roles = append(roles, g)
		} else {
			others = append(others, id)
		}
	}
	return roles, others
}

// part tells whether an interface is of what the group of a part of PrivateLink is for.
func (c *checker) part(g *blueprint.Group, i *network.Interface) bool {
	for _, e := range c.Endpoints {
		if e.Group == g {
			d := c.doors[e]
			if d == nil { // one that was not collected is told
				return c.network.Gap("VpcEndpoints", e.Environment.Account, e.Environment.Region) != nil
			}
			return slices.Contains(d.Interfaces, i.ID) || i.Owner.Kind == network.OwnerEndpoint && i.Owner.ID == d.ID
		}
	}
	for _, s := range c.Services {
		if s.Balancer == g {
			f := c.fronts[s]
			if f == nil {
				return c.network.Gap("LoadBalancers", s.Environment.Account, s.Environment.Region) != nil
			}
			return i.Owner.Kind == network.OwnerLoadBalancer && i.Owner.ID == f.balancer.ID
		}
	}
	return false
}

// hosts tells of instances with interfaces of several roles: what is on them may do what any of these may, and goes from one to another as it likes.
func (c *checker) hosts() {
	of := map[string][]*network.Interface{}
	var order []string
	for _, i := range c.network.Interfaces.All() {
		if i.Owner.Kind == network.OwnerInstance && i.Owner.ID != "" {
			if of[i.Owner.ID] == nil {
				order = append(order, i.Owner.ID)
			}
			of[i.Owner.ID] = append(of[i.Owner.ID], i)
		}
	}
	for _, id := range order {
		var words []string
		var at []*site
		for _, i := range of[id] {
			roles, _ := c.roles(i)
			word := groupNames(roles)
			if len(roles) == 0 {
				word = "something of no role"
			}
			if !slices.Contains(words, word) {
				words = append(words, word)
			}
			if s := c.byVPC[i.VPC]; s != nil && !slices.Contains(at, s) {
				at = append(at, s)
			}
		}
		if len(words) < 2 || len(at) == 0 {
			continue
		}
		slices.Sort(words)
		c.add(&found{effect: report.Undeclared, rule: "several-roles", pattern: groupsPattern, at: at, kind: "network interface", object: &of[id][0].Object,
			message: fmt.Sprintf("%s has interfaces of several roles, %s: it may do what any of them may.", c.interfaceWords(of[id][0]), few(words)), mend: "Leave it those of one role."})
	}
}

// members holds the interfaces of a VPC to the roles: what is of one is in its tier, and is of no other.
func (s *site) members() {
	type kind struct{ rule, what string }
	type group struct {
		first *network.Interface
		names []string
	}
	all := map[kind]*group{}
	var order []kind
	note := func(rule, what string, i *network.Interface) {
		k := kind{rule, what}
		if all[k] == nil {
			all[k] = &group{first: i}
			order = append(order, k)
		}
		if name := s.interfaceWords(i); !slices.Contains(all[k].names, name) {
			all[k].names = append(all[k].names, name)
		}
	}
	for _, i := range s.interfaces {
		if i.Conduit() {
			continue
		}
		roles, others := s.roles(i)
		switch {
		case i.Defect != nil:
			note("interface", i.Defect.Reason, i)
			continue
		case len(roles) == 0:
			note("no-role", s.subnetWords(i.Subnet)+", "+s.groupList(others), i)
			continue
		case len(roles) > 1:
			note("several-roles", groupNames(roles), i)
		case len(others) > 0:
			note("more-groups", fmt.Sprintf("beside the security group of %s it is %s, which is of no role", roles[0], s.groupList(others)), i)
		}
		for _, g := range roles {
			if at, ok := s.place[i.Subnet]; g.Environment == s.Environment && (!ok || at.tier != g.Tier) {
				note("member-tier", fmt.Sprintf("%s, in %s, and its tier is %s", g, s.subnetWords(i.Subnet), tierLabel(g.Tier)), i)
			}
		}
	}
	for _, k := range order {
		who := few(all[k].names)
		f := &found{effect: report.Undeclared, rule: k.rule, pattern: groupsPattern, at: []*site{s}, kind: "network interface", object: &all[k].first.Object}
		if len(all[k].names) > 1 {
			f.items = all[k].names
		}
		switch k.rule {
		case "interface":
			f.effect, f.unknown = report.Doubtful, []string{"network interface " + label(f.object) + ": " + k.what}
			f.message, f.mend = fmt.Sprintf("What %s of the environment %s is, and where, is not known: %s.", who, s.Name, k.what), "Give the input that tells."
		case "no-role":
			f.message = fmt.Sprintf("In the VPC of %s there is something of no role: %s (%s).", s.Name, who, k.what)
			f.mend = "Give it the security group of a role, in the tier of that; or declare the role."
		case "several-roles":
			f.message = fmt.Sprintf("%s has the security groups of several roles, %s: it may do what any of them may.", who, k.what)
			f.mend = "Leave it the group of one role."
		case "more-groups":
			f.message = fmt.Sprintf("%s has a group too many: %s.", who, k.what)
			f.mend = "Leave it the group of its role."
		case "member-tier":
			f.message = fmt.Sprintf("%s is of %s.", who, k.what)
			f.mend = "Move it into a subnet of the tier."
		}
		s.add(f)
	}
}

func groupNames(list []*blueprint.Group) string {
	words := make([]string, len(list))
	for i, g := range list {
		words[i] = g.String()
	}
	slices.Sort(words)
	return few(words)
}

func (s *site) groupList(ids []string) string {
	if len(ids) == 0 {
		return "without a security group"
	}
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = s.groupWords(id)
	}
	return "with " + strings.Join(words, " and ")
}

// interfaceWords is how messages call an interface.
func (c *checker) interfaceWords(i *network.Interface) string {
	switch {
	case i.Owner.Kind == network.OwnerInstance && i.Owner.ID != "":
		if instance, ok := c.network.Instances.Get(i.Owner.ID); ok {
			return label(&instance.Object)
		}
	case i.Owner.Kind == network.OwnerLoadBalancer:
		if b, ok := c.network.LoadBalancers.Get(i.Owner.ID); ok {
			return "a node of " + label(&b.Object)
		}
	case i.Owner.Kind == network.OwnerEndpoint:
		if e, ok := c.network.Endpoints.Get(i.Owner.ID); ok {
			return "an interface of " + label(&e.Object)
		}
	}
	return label(&i.Object)
}

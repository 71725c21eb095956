package diff

import (
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/random"
)

// mutation changes one object of a network, and names it. It names none when there is nothing to change.
type mutation func(r *rand.Rand, c *network.Contents) (id string)

func pick[T any](r *rand.Rand, list []T) (one T, ok bool) {
	if len(list) == 0 {
		return one, false
	}
	return list[r.IntN(len(list))], true
}

func drop[T any](r *rand.Rand, list []T) []T {
	i := r.IntN(len(list))
	return slices.Delete(list, i, i+1)
}

var mutations = map[string]mutation{
	"a rule is added": func(r *rand.Rand, c *network.Contents) string {
		g, ok := pick(r, c.SecurityGroups)
		if !ok {
			return ""
		}
		rule := network.Rule{Protocol: []int{6, 17, -1}[r.IntN(3)], From: 100 * r.IntN(90), Block: netip.MustParsePrefix([]string{"0.0.0.0/0", "10.0.0.0/8", "::/0", "203.0.113.0/24"}[r.IntN(4)])}
		rule.To = rule.From + r.IntN(400)
		rule.Origin = network.Origin{Source: "new", Path: "/rule"}
		if other, _ := pick(r, c.SecurityGroups); r.IntN(3) == 0 {
			rule.Block, rule.Group = netip.Prefix{}, other.ID
		}
		if r.IntN(2) == 0 {
			g.Inbound = append(g.Inbound, rule)
		} else {
			g.Outbound = append(g.Outbound, rule)
		}
		return g.ID
	},
	"a rule is removed": func(r *rand.Rand, c *network.Contents) string {
		g, _ := pick(r, slices.DeleteFunc(slices.Clone(c.SecurityGroups), func(g *network.SecurityGroup) bool { return len(g.Inbound)+len(g.Outbound) == 0 }))
		switch {
		case g == nil:
			return ""
		case len(g.Outbound) == 0 || len(g.Inbound) > 0 && r.IntN(2) == 0:
			g.Inbound = drop(r, g.Inbound)
		default:
			g.Outbound = drop(r, g.Outbound)
		}
		return g.ID
	},
	"a route is removed": func(r *rand.Rand, c *network.Contents) string {
		t, _ := pick(r, slices.DeleteFunc(slices.Clone(c.RouteTables), func(t *network.RouteTable) bool { return len(t.Routes) < 2 }))
		if t == nil {
			return ""
		}
		i := 1 + r.IntN(len(t.Routes)-1)
		t.Routes = slices.Delete(t.Routes, i, i+1)
		return t.ID
	},
	"a route is a blackhole": func(r *rand.Rand, c *network.Contents) string {
		t, _ := pick(r, slices.DeleteFunc(slices.Clone(c.RouteTables), func(t *network.RouteTable) bool { return len(t.Routes) < 2 }))
		if t == nil {
			return ""
		}
		t.Routes[1+r.IntN(len(t.Routes)-1)].Blackhole = true
		return t.ID
	},
	"an entry denies": func(r *rand.Rand, c *network.Contents) string {
		a, ok := pick(r, c.NetworkACLs)
		if !ok {
			return ""
		}
		e := network.ACLEntry{Number: 1 + r.IntN(3), Outbound: r.IntN(2) == 0, Protocol: []int{-1, 6}[r.IntN(2)], From: -1, To: -1, Block: netip.MustParsePrefix([]string{"0.0.0.0/0", "10.0.0.0/9", "::/0"}[r.IntN(3)])}
		if e.Protocol == 6 {
			e.From, e.To = 443, 443
		}
		a.Entries = append(a.Entries, e)
		return a.ID
	},
	"an entry is removed": func(r *rand.Rand, c *network.Contents) string {
		a, _ := pick(r, slices.DeleteFunc(slices.Clone(c.NetworkACLs), func(a *network.NetworkACL) bool { return len(a.Entries) == 0 }))
		if a == nil {
			return ""
		}
		a.Entries = drop(r, a.Entries)
		return a.ID
	},
	"a peering is pending": func(r *rand.Rand, c *network.Contents) string {
		p, ok := pick(r, c.PeeringConnections)
		if !ok || p.State == "pending-acceptance" {
			return ""
		}
		p.State = "pending-acceptance"
		return p.ID
	},
	"an interface carries another group": func(r *rand.Rand, c *network.Contents) string {
		i, ok := pick(r, c.Interfaces)
		g, _ := pick(r, c.SecurityGroups)
		if !ok || g == nil || slices.Contains(i.Groups, g.ID) {
			return ""
		}
		i.Groups = []string{g.ID}
		return i.ID
	},
	"an interface goes": func(r *rand.Rand, c *network.Contents) string {
		if len(c.Interfaces) == 0 {
			return ""
		}
		k := r.IntN(len(c.Interfaces))
		id := c.Interfaces[k].ID
		c.Interfaces = slices.Delete(c.Interfaces, k, k+1)
		return id
	},
	"an interface comes": func(r *rand.Rand, c *network.Contents) string {
		i, ok := pick(r, c.Interfaces)
		if !ok {
			return ""
		}
		copied := *i
		copied.ID = "eni-new"
		copied.Addresses = nil
		for _, s := range c.Subnets {
			for _, b := range s.Blocks {
				if s.ID == i.Subnet && b.Addr().Is4() {
					a := b.Masked().Addr()
					for range 20 + r.IntN(30) {
						a = a.Next()
					}
					copied.Addresses = []network.Address{{IP: a}}
				}
			}
		}
		if copied.Addresses == nil {
			return ""
		}
		c.Interfaces = append(c.Interfaces, &copied)
		return copied.ID
	},
	"a subnet has another network ACL": func(r *rand.Rand, c *network.Contents) string {
		a, _ := pick(r, slices.DeleteFunc(slices.Clone(c.NetworkACLs), func(a *network.NetworkACL) bool { return len(a.Subnets) == 0 }))
		if a == nil {
			return ""
		}
		a.Subnets = drop(r, a.Subnets)
		return a.ID
	},
	"a prefix list grows": func(r *rand.Rand, c *network.Contents) string {
		l, ok := pick(r, c.PrefixLists)
		if !ok {
			return ""
		}
		l.Entries = append(l.Entries, netip.MustParsePrefix([]string{"198.51.100.0/24", "10.0.0.0/8", "172.16.5.0/24"}[r.IntN(3)]))
		return l.ID
	},
	"a gateway is detached": func(r *rand.Rand, c *network.Contents) string {
		g, ok := pick(r, c.InternetGateways)
		if !ok || g.VPC == "" {
			return ""
		}
		g.VPC = ""
		return g.ID
	},
}

// mutated is the network of a seed, with some mutations, by name and the seed of each; and the objects that these changed.
func mutated(seed uint64, names ...string) (*network.Network, []string) {
	c := random.Network(seed)
	var ids []string
	for k, name := range names {
		r := rand.New(rand.NewPCG(seed, uint64(k)))
		if id := mutations[name](r, &c); id != "" {
			ids = append(ids, id)
		}
	}
	return network.New(c), ids
}

// renamed is a network in which every identifier is another one, and each object has an address instead.
func renamed(c network.Contents, to func(id string) string) network.Contents {
	ids := map[string]string{}
	v := reflect.ValueOf(&c).Elem()
	for _, k := range kinds {
		list := v.FieldByName(k.field)
		for i := range list.Len() {
			o := object(list.Index(i))
			ids[o.ID] = to(o.ID)
			o.Address = "aws_thing." + o.ID
		}
	}
	rename := &causes{comparer: &comparer{pairs: &pairing{moved: ids}}}
	for _, k := range kinds {
		v.FieldByName(k.field).Set(rename.clone(v.FieldByName(k.field), true))
	}
	return c
}

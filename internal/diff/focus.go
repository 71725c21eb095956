package diff

import (
	"reflect"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// focus is where edits may change something: at pairs of ends of which one is among some members, or anywhere.
type focus struct {
	everything bool
	members    map[int]bool
}

// focusing finds the focus of edits. Only edits of what belongs to ends have one that is smaller than everything: of security groups, of interfaces, and of
// the route tables (for a whole VPC) and network ACLs of subnets in which nothing carries what others send.
type focusing struct {
	*comparer
	networks [2]*network.Network
	// what the edits touch, in either network, by the identifiers that it has there
	groups, subnets, faces [2]map[string]bool
	// carriers are subnets with something in them that carries what others send.
	carriers [2]map[string]bool
}

func (c *comparer) focus(m *members) focus {
	f := &focusing{comparer: c, networks: [2]*network.Network{c.sessions[0].Network(), c.sessions[1].Network()}}
	for side, n := range f.networks {
		f.groups[side], f.subnets[side], f.faces[side], f.carriers[side] = map[string]bool{}, map[string]bool{}, map[string]bool{}, carriers(n)
	}
	for _, e := range c.edits {
		if !f.touch(e) {
			return focus{everything: true}
		}
	}
	found := focus{members: map[int]bool{}}
	for k, each := range m.all {
		for side := range 2 {
			for _, i := range each.faces[side] {
				if f.subnets[side][i.Subnet] || f.faces[side][i.ID] || slices.ContainsFunc(i.Groups, func(id string) bool { return f.groups[side][id] }) {
					found.members[k] = true
				}
			}
		}
	}
	return found
}

// carriers are the subnets of interfaces that carry what others send: those of gateways, balancers, firewalls and endpoints, and of what routes lead to.
func carriers(n *network.Network) map[string]bool {
	found := map[string]bool{}
	for _, i := range n.Interfaces.All() {
		if carries(i) {
			found[i.Subnet] = true
		}
	}
	for _, g := range n.NATGateways.All() {
		found[g.Subnet] = true
	}
	for _, a := range n.TransitAttachments.All() {
		for _, id := range a.Subnets {
			found[id] = true
		}
	}
	for _, e := range n.Endpoints.All() {
		for _, id := range e.Subnets {
			found[id] = true
		}
	}
	for _, b := range n.LoadBalancers.All() {
		for _, z := range b.Zones {
			found[z.Subnet] = true
		}
	}
	for _, f := range n.Firewalls.All() {
		for _, e := range f.Endpoints {
			found[e.Subnet] = true
		}
	}
	for _, t := range n.RouteTables.All() {
		for _, r := range t.Routes {
			if i, ok := n.Interfaces.Get(r.Target.ID); ok {
				found[i.Subnet] = true
			}
		}
	}
	return found
}

// carries tells whether an interface is more than an end of connections.
func carries(i *network.Interface) bool {
	switch i.Owner.Kind {
	case "", network.OwnerInstance, network.OwnerDatabase, network.OwnerCache, network.OwnerFunction, network.OwnerService:
	default:
		return true
	}
	return i.Conduit() || i.Defect != nil || !slices.Contains([]network.InterfaceType{"", network.TypeInterface, network.TypeLambda, network.TypeEFA}, i.Type)
}

// touch notes what an edit touches. It is not ok when that may be anything.
func (f *focusing) touch(e *edit) bool {
	if e.gap != nil {
		return false
	}
	if e.action == updated && f.sameToPackets(e) {
		return true
	}
	for side, v := range []reflect.Value{e.old, e.new} {
		if !v.IsValid() {
			continue
		}
		switch o := v.Interface().(type) {
		case *network.SecurityGroup:
			f.groups[side][o.ID] = true
			for _, g := range f.networks[side].SecurityGroups.All() { // those that admit its members
				for _, r := range slices.Concat(g.Inbound, g.Outbound) {
					if r.Group == o.ID {
						f.groups[side][g.ID] = true
					}
				}
			}
		case *network.Interface:
			if carries(o) || f.carriers[side][o.Subnet] {
				return false
			}
			f.faces[side][o.ID] = true
			for _, i := range f.networks[side].Interfaces.All() { // what stands for addresses that AWS may choose for it
				if i.Open.Any() && i.Subnet == o.Subnet {
					f.faces[side][i.ID] = true
				}
			}
		case *network.Instance:
			for _, id := range o.Interfaces {
				f.faces[side][id] = true
			}
		case *network.NetworkACL:
			if !f.subnetsOf(side, o.Subnets, func(s *network.Subnet) bool { return s.NetworkACL == o.ID }) {
				return false
			}
		case *network.RouteTable:
			if len(o.Gateways) > 0 || slices.ContainsFunc(f.networks[side].NATGateways.All(), func(g *network.NATGateway) bool { return g.RouteTable == o.ID }) ||
				!f.subnetsOf(side, o.Subnets, func(s *network.Subnet) bool { return s.RouteTable == o.ID }) {
				return false
			}
			for _, s := range f.networks[side].Subnets.All() { // what may come in from beyond hangs on all tables of the VPC
				if s.VPC == o.VPC {
					f.subnets[side][s.ID] = true
				}
			}
		case *network.Workload, *network.HostedZone: // no packet meets them
		default:
			return false
		}
	}
	return true
}

// subnetsOf notes subnets. It is not ok when something there carries what others send.
func (f *focusing) subnetsOf(side int, ids []string, also func(*network.Subnet) bool) bool {
	for _, s := range f.networks[side].Subnets.All() {
		if !also(s) && !slices.Contains(ids, s.ID) {
			continue
		}
		if f.carriers[side][s.ID] {
			return false
		}
		f.subnets[side][s.ID] = true
	}
	return true
}

// sameToPackets tells whether an object differs by its name and tags only.
func (f *focusing) sameToPackets(e *edit) bool {
	c := &comparison{pairing: f.pairs, networks: f.networks}
	was, is := object(e.old), object(e.new)
	if was.Account != is.Account || was.Region != is.Region || was.ID != is.ID || !c.same(reflect.ValueOf(was.Defect), reflect.ValueOf(is.Defect)) {
		return false
	}
	t := e.old.Elem().Type()
	for i := range t.NumField() {
		if t.Field(i).Type != objectType && !overlooked(t, t.Field(i).Name) && !c.same(e.old.Elem().Field(i), e.new.Elem().Field(i)) {
			return false
		}
	}
	return true
}

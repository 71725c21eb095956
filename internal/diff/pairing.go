package diff

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// table is the objects of one kind, of both networks.
type table struct {
	field string // of network.Contents and network.Network
	kind  string // as in [report.Hop]
	all   [2][]reflect.Value
}

// kinds are the fields of a network and what their objects are called, in the order in which they are matched and told of: what others are in comes first.
var kinds = []struct{ field, kind string }{
	{"VPCs", "VPC"}, {"Subnets", "subnet"}, {"SecurityGroups", "security group"}, {"NetworkACLs", "network ACL"}, {"RouteTables", "route table"},
	{"PrefixLists", "prefix list"}, {"InternetGateways", "internet gateway"}, {"EgressOnlyGateways", "egress-only internet gateway"},
	{"CarrierGateways", "carrier gateway"}, {"NATGateways", "NAT gateway"}, {"PeeringConnections", "peering connection"},
	{"VPNGateways", "virtual private gateway"}, {"VPNConnections", "VPN connection"}, {"CustomerGateways", "customer gateway"},
	{"TransitGateways", "transit gateway"}, {"TransitAttachments", "transit gateway attachment"}, {"TransitRouteTables", "transit gateway route table"},
	{"Endpoints", "VPC endpoint"}, {"EndpointServices", "endpoint service"}, {"EndpointConnections", "endpoint connection"},
	{"Firewalls", "network firewall"}, {"FirewallPolicies", "firewall policy"}, {"FirewallRuleGroups", "rule group"},
	{"LoadBalancers", "load balancer"}, {"TargetGroups", "target group"}, {"BlockPublicAccess", "block public access"},
	{"Exclusions", "block public access exclusion"}, {"HostedZones", "hosted zone"}, {"Instances", "instance"}, {"Workloads", "workload"},
	{"Interfaces", "network interface"},
}

// pairing says which object of one network is which of the other.
type pairing struct {
	tables []table
	// moved is the identifier in the new network of an object of the old one, and back the other way round.
	moved, back map[string]string
	renamed     bool // some identifiers differ
}

// object is what every object has. The value is a pointer to one.
func object(v reflect.Value) *network.Object {
	return v.Elem().FieldByName("Object").Addr().Interface().(*network.Object)
}

func pair(old, new *network.Network) *pairing {
	p := &pairing{moved: map[string]string{}, back: map[string]string{}}
	for _, k := range kinds {
		t := table{field: k.field, kind: k.kind}
		for side, n := range []*network.Network{old, new} {
			all := reflect.ValueOf(n).Elem().FieldByName(k.field).MethodByName("All").Call(nil)[0]
			for i := range all.Len() {
				t.all[side] = append(t.all[side], all.Index(i))
			}
		}
		p.tables = append(p.tables, t)
		p.match(t)
		if k.field == "Firewalls" {
			p.matchEndpoints(old, new)
		}
	}
	return p
}

// matchEndpoints matches the endpoints of firewalls: each has one in a subnet.
func (p *pairing) matchEndpoints(old, new *network.Network) {
	for _, was := range old.Firewalls.All() {
		is, ok := new.Firewalls.Get(p.in(0, was.ID))
		if !ok {
			continue
		}
		for _, e := range was.Endpoints {
			there := slices.DeleteFunc(slices.Clone(is.Endpoints), func(f network.FirewallEndpoint) bool { return e.Subnet == "" || f.Subnet != p.in(0, e.Subnet) })
			if len(there) == 1 && there[0].ID != e.ID {
				p.join(e.ID, there[0].ID)
			}
		}
	}
}

// match matches the objects of a kind: by identifier, by address, by name and place.
func (p *pairing) match(t table) {
	var rest [2][]reflect.Value
	there := map[string]bool{}
	for _, v := range t.all[1] {
		there[object(v).ID] = true
	}
	for _, v := range t.all[0] {
		if id := object(v).ID; there[id] {
			p.join(id, id)
		} else {
			rest[0] = append(rest[0], v)
		}
	}
	for _, v := range t.all[1] {
		if _, ok := p.back[object(v).ID]; !ok {
			rest[1] = append(rest[1], v)
		}
	}
	for n, key := range []func(side int, v reflect.Value) string{
		func(_ int, v reflect.Value) string { return object(v).Address },
		p.place, p.role,
	} {
		if len(rest[0]) == 0 || len(rest[1]) == 0 {
			return
		}
		var byKey [2]map[string][]reflect.Value
		for side, list := range rest {
			byKey[side] = map[string][]reflect.Value{}
			for _, v := range list {
				if k := key(side, v); k != "" {
					byKey[side][k] = append(byKey[side][k], v)
				}
			}
		}
		for k, ids := range byKey[0] { // in any order: each key is of its own objects
			if others := byKey[1][k]; len(ids) == 1 && len(others) == 1 && (n == 0 || mayBeOne(ids[0], others[0])) {
				p.join(object(ids[0]).ID, object(others[0]).ID)
			}
		}
		for side, list := range rest {
			done := p.moved
			if side == 1 {
				done = p.back
			}
			rest[side] = slices.DeleteFunc(list, func(v reflect.Value) bool { _, ok := done[object(v).ID]; return ok })
		}
	}
}

func (p *pairing) join(old, new string) {
	if _, ok := p.moved[old]; ok {
		return // an identifier that objects of two kinds share
	}
	p.moved[old], p.back[new] = new, old
	p.renamed = p.renamed || old != new
}

// in is an identifier of one network as the new one has it, where it is in that.
func (p *pairing) in(side int, id string) string {
	if side == 0 {
		if now, ok := p.moved[id]; ok {
			return now
		}
	}
	return id
}

// mayBeOne tells whether objects may be matched by name: not those of which Terraform says that they are of two addresses. Several interfaces of a resource
// have one address.
func mayBeOne(old, new reflect.Value) bool {
	was, is := object(old).Address, object(new).Address
	return was == "" || is == "" || was == is
}

// place is the name of an object with where it is: what people would know it by.
func (p *pairing) place(side int, v reflect.Value) string {
	o := object(v)
	words := []string{o.Name, o.Account, o.Region}
	word := func(name string) string {
		f := v.Elem().FieldByName(name)
		switch {
		case !f.IsValid():
			return ""
		case f.Kind() == reflect.String:
			return p.in(side, f.String())
		case f.Kind() == reflect.Bool && f.Bool():
			return name
		}
		return ""
	}
	at := word("VPC") + word("Gateway") + word("Service") + word("Resource")
	if o.Name == "" { // an unnamed thing of which there is one there
		words = append(words, at, word("Default"), word("Main"), word("Subnet"), word("Type"))
		if blocks, ok := fieldOf[[]netip.Prefix](v, "Blocks"); ok {
			for _, b := range blocks {
				words = append(words, b.String())
			}
		}
		if at == "" && word("Subnet") == "" {
			return ""
		}
	} else {
		words = append(words, at, word("Subnet"), word("Type"))
	}
	if i, ok := v.Interface().(*network.Interface); ok {
		if o.Name == "" && i.Owner.ID == "" {
			return ""
		}
		words = append(words, string(i.Owner.Kind), p.in(side, i.Owner.ID))
		words = append(words, p.list(side, i.Groups)...)
	}
	return strings.Join(words, "\x00")
}

// role is what groups an interface carries, and in which subnet: where there is one of these on either side, it is the same.
func (p *pairing) role(side int, v reflect.Value) string {
	i, ok := v.Interface().(*network.Interface)
	if !ok || object(v).Address != "" || len(i.Groups) == 0 {
		return ""
	}
	return strings.Join(append([]string{p.in(side, i.Subnet), string(i.Type), string(i.Owner.Kind)}, p.list(side, i.Groups)...), "\x00")
}

func (p *pairing) list(side int, ids []string) []string {
	out := make([]string, len(ids))
	for k, id := range ids {
		out[k] = p.in(side, id)
	}
	slices.Sort(out)
	return out
}

func fieldOf[T any](v reflect.Value, name string) (T, bool) {
	f := v.Elem().FieldByName(name)
	if !f.IsValid() {
		var zero T
		return zero, false
	}
	t, ok := f.Interface().(T)
	return t, ok
}

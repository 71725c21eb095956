package query

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// terraformAddress is how addresses of resources look: "aws_instance.web[0]", "module.db[\"eu\"].aws_db_instance.this".
var terraformAddress = regexp.MustCompile(`^(module\.[^.]+(\[[^\]]*\])?\.)*aws_[a-z0-9_]+\.[A-Za-z0-9_-]+(\[(\d+|"[^"]*")\])?$`)

// resource is what a Terraform address stands for: one instance of a resource, or all of them where the address has no index. ok is false for what is no address.
func (s *Session) resource(text string) (x Selection, ok bool, err error) {
	if !terraformAddress.MatchString(text) || len(s.resources()) == 0 {
		return Selection{}, false, nil
	}
	var ids []string
	var kind string
	for _, table := range s.addressed() {
		if at := table.twice[text]; len(at) > 0 {
			return Selection{}, true, wrong("%s is the address of resources in several VPCs, at %s. Name the role or the VPC, or give one of the sources alone with --from.", text, strings.Join(at, " and "))
		}
		for address, id := range table.ids {
			if address == text || strings.HasPrefix(address, text+"[") && strings.HasSuffix(address, "]") && !strings.Contains(address[len(text):], ".") {
				ids = append(ids, id)
			}
		}
		if len(ids) > 0 {
			kind = table.kind
			break
		}
	}
	if len(ids) == 0 {
		return Selection{}, true, wrong("no resource with interfaces, groups or subnets has the address %s.%s", text, suggestion(nearest(text, s.resources())))
	}
	slices.Sort(ids)
	for k, id := range ids {
		one, err := s.object(kind, id)
		if err != nil {
			return Selection{}, true, err
		}
		if k == 0 {
			x = one
			continue
		}
		x.Interfaces = append(slices.Clip(x.Interfaces), one.Interfaces...)
		x.Addresses = append(slices.Clip(x.Addresses), one.Addresses...)
		x.Prefixes = append(slices.Clip(x.Prefixes), one.Prefixes...)
		x.ToBe = append(slices.Clip(x.ToBe), one.ToBe...)
		x.Services = append(slices.Clip(x.Services), one.Services...)
		x.Assumptions = append(slices.Clip(x.Assumptions), one.Assumptions...)
		x.Component = cmp.Or(x.Component, one.Component)
	}
	x.Text = text
	return x, true, nil
}

// object is what an object stands for; kinds are those of [Session.addressed].
func (s *Session) object(kind, id string) (Selection, error) {
	switch kind {
	case "balancer":
		if b, ok := s.network.LoadBalancers.Get(id); ok {
			return s.balancer(id, b), nil
		}
	case "workload":
		if w, ok := s.network.Workloads.Get(id); ok {
			return s.workload(id, w, s.catalog().interfaces(w.Interfaces))
		}
	}
	return s.identified(kind, id)
}

// addressed are identifiers by Terraform address: the first kind that has an address counts, since an instance and its interface have the same.
func (s *Session) addressed() []resources {
	n := s.network
	return []resources{
		addresses("i", n.Instances.All(), func(i *network.Instance) (*network.Object, string) { return &i.Object, i.VPC }),
		addresses("balancer", n.LoadBalancers.All(), func(b *network.LoadBalancer) (*network.Object, string) { return &b.Object, b.VPC }),
		addresses("vpce", n.Endpoints.All(), func(e *network.Endpoint) (*network.Object, string) { return &e.Object, e.VPC }),
		addresses("vpce-svc", n.EndpointServices.All(), func(e *network.EndpointService) (*network.Object, string) { return &e.Object, "" }),
		addresses("workload", n.Workloads.All(), func(w *network.Workload) (*network.Object, string) { return &w.Object, w.VPC }),
		addresses("vpc", n.VPCs.All(), func(v *network.VPC) (*network.Object, string) { return &v.Object, v.ID }),
		addresses("subnet", n.Subnets.All(), func(x *network.Subnet) (*network.Object, string) { return &x.Object, x.VPC }),
		addresses("sg", n.SecurityGroups.All(), func(g *network.SecurityGroup) (*network.Object, string) { return &g.Object, g.VPC }),
		addresses("igw", n.InternetGateways.All(), func(g *network.InternetGateway) (*network.Object, string) { return &g.Object, g.VPC }),
		addresses("nat", n.NATGateways.All(), func(g *network.NATGateway) (*network.Object, string) { return &g.Object, g.VPC }),
		addresses("pl", n.PrefixLists.All(), func(l *network.PrefixList) (*network.Object, string) { return &l.Object, "" }),
		addresses("eni", n.Interfaces.All(), func(i *network.Interface) (*network.Object, string) { return &i.Object, i.VPC }),
		addresses("firewall", n.Firewalls.All(), func(f *network.Firewall) (*network.Object, string) { return &f.Object, f.VPC }),
		addresses("tgw", n.TransitGateways.All(), func(g *network.TransitGateway) (*network.Object, string) { return &g.Object, "" }),
		addresses("pcx", n.PeeringConnections.All(), func(p *network.PeeringConnection) (*network.Object, string) { return &p.Object, "" }),
	}
}

// resources are the identifiers of the objects of a kind, by the Terraform addresses of their resources.
type resources struct {
	kind string
	ids  map[string]string
	// twice has the addresses of objects in several VPCs, as configurations have them that know nothing of each other, with where these are written.
	twice map[string][]string
}

func addresses[T any](kind string, list []T, of func(T) (o *network.Object, vpc string)) resources {
	r := resources{kind, map[string]string{}, map[string][]string{}}
	type place struct{ vpc, origin string }
	first := map[string]place{}
	for _, each := range list {
		o, vpc := of(each)
		if o.Address == "" {
			continue
		}
		at := place{vpc, fmt.Sprintf("%s:%d", o.Origin.Source, o.Origin.Line)}
		if one, ok := first[o.Address]; !ok {
			r.ids[o.Address], first[o.Address] = o.ID, at
		} else if one.vpc != vpc {
			if len(r.twice[o.Address]) == 0 {
				r.twice[o.Address] = []string{one.origin}
			}
			r.twice[o.Address] = append(r.twice[o.Address], at.origin)
		}
	}
	return r
}

// resources are the Terraform addresses that may be asked about, sorted.
func (s *Session) resources() []string {
	var all []string
	for _, table := range s.addressed() {
		for address := range table.ids {
			all = append(all, address)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Readable puts Terraform addresses in the place of identifiers that a source made up for what AWS has not made yet, in all strings of a document or an [*Error].
func (s *Session) Readable(document any) {
	if replacer := s.readable(); replacer != nil {
		rewrite(reflect.ValueOf(document), replacer)
	}
}

// newReplacer is nil where no identifier was made up.
func newReplacer(n *network.Network) *strings.Replacer {
	if len(n.Made) == 0 {
		return nil
	}
	names := map[string]string{}
	for id, address := range n.Made {
		if len(id) > 4 && strings.ContainsAny(id, "-:") { // others may be a part of any word
			names[id] = address
		}
	}
	for _, i := range n.Interfaces.All() { // one for each address that rules tell apart, see reach.Settle
		if rest, ok := strings.CutPrefix(i.ID, "eni-"); ok && i.Open.Settled && strings.Count(rest, "-") == 1 && names[i.ID] == "" {
			id := i.ID[:strings.LastIndexByte(i.ID, '-')]
			if address, ok := n.Made[id]; ok {
				names[i.ID] = address + " #" + i.ID[len(id)+1:]
			}
		}
	}
	ids := make([]string, 0, len(names))
	for id := range names {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) }) // a longer one first
	var pairs []string
	for _, id := range ids {
		pairs = append(pairs, id, names[id])
	}
	return strings.NewReplacer(pairs...)
}

func rewrite(v reflect.Value, by *strings.Replacer) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			rewrite(v.Elem(), by)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			rewrite(v.Field(i), by)
		}
	case reflect.Slice:
		for i := range v.Len() {
			rewrite(v.Index(i), by)
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(by.Replace(v.String()))
		}
	}
}

// premises are what answers take for granted about the network: what its sources say, and that interfaces which are not there yet may get any address.
func (s *Session) premises(ends ...Selection) []string {
	var all []string
	for _, x := range ends {
		waiting := choose(x.Interfaces, func(i *network.Interface) bool { return i.Open.Any() && !strings.HasPrefix(i.ID, "eni-to-be-") })
		if len(waiting) > 0 {
			all = append(all, fmt.Sprintf("%s is not there yet, or not all of it: the answer is about any address that AWS may give to its interfaces in their subnets.", x.Text))
		}
	}
	for _, words := range s.network.Assumptions {
		if first, _, _ := strings.Cut(words, " "); !strings.ContainsAny(first, "._") { // no address
			words = strings.ToUpper(words[:1]) + words[1:]
		}
		all = append(all, words+".")
	}
	return all
}

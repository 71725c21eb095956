package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
)

// addBalancers finds the nodes of load balancers: the owner of a node is the ARN of its balancer, the end of that ARN, or the name of a Classic
// one. The nodes of balancers that are not in the network are left out.
func (c *catalog) addBalancers() {
	type key struct{ vpc, owner string }
	known := map[key]*network.LoadBalancer{}
	for _, b := range c.network.LoadBalancers.All() {
		known[key{"", b.ID}] = b
		if _, end, ok := strings.Cut(b.ID, "loadbalancer/"); ok {
			known[key{"", end}] = b
		}
		if b.Type == "classic" {
			known[key{b.VPC, b.Name}] = b
		}
	}
	for owner, list := range c.byOwner {
		if owner.Kind != network.OwnerLoadBalancer {
			continue
		}
		for _, i := range list {
			if b := cmp.Or(known[key{"", owner.ID}], known[key{i.VPC, owner.ID}]); b != nil {
				c.byBalancer[b] = unite(c.byBalancer[b], []*network.Interface{i})
				c.nodeOf[i] = b
			}
		}
	}
}

// doors are the interfaces that a service is called by.
func (c *catalog) doors(v *reach.Service) []*network.Interface {
	if v.Balancer != nil {
		return c.byBalancer[v.Balancer]
	}
	return c.endpointInterfaces(v.Endpoint)
}

// endpointInterfaces are the interfaces of an endpoint, whichever side says so.
func (c *catalog) endpointInterfaces(e *network.Endpoint) []*network.Interface {
	return unite(c.interfaces(e.Interfaces), c.byOwner[network.Owner{Kind: network.OwnerEndpoint, ID: e.ID}])
}

// private tells whether an endpoint is one of somebody's service, and not of AWS (PL-6).
func (c *catalog) private(e *network.Endpoint) bool {
	return e.Type == network.EndpointInterface && (strings.Contains(e.Service, ".vpce-svc-") || c.services[e.Service] != nil)
}

// endpointsOf are the interface endpoints of a service, by its name.
func (c *catalog) endpointsOf(service string) []*network.Endpoint {
	return choose(c.network.Endpoints.All(), func(e *network.Endpoint) bool {
		return e.Service == service && e.Type == network.EndpointInterface
	})
}

// balancer is what a load balancer stands for: as a destination the service behind it (LB-7), otherwise its nodes.
func (s *Session) balancer(text string, b *network.LoadBalancer) Selection {
	x := Selection{Text: text, Kind: "load balancer", Interfaces: s.catalog().byBalancer[b]}
	if len(x.Interfaces) == 0 {
		x.Component = &Component{
			Kind: "load balancer", ID: b.ID, Name: b.Name, Origin: b.Origin,
			Why: "no interface in the input is a node of the load balancer", Remedy: "Collect NetworkInterfaces (aws ec2 describe-network-interfaces) of the account and Region of the load balancer.",
		}
		return x
	}
	x.Services = []*reach.Service{{Balancer: b}}
	return x
}

// privateEndpoint is what an endpoint of somebody's service stands for: as a destination that service (PL-6), otherwise its interfaces.
func (s *Session) privateEndpoint(text string, e *network.Endpoint) Selection {
	x := Selection{Text: text, Kind: "VPC endpoint", Interfaces: s.catalog().endpointInterfaces(e)}
	if len(x.Interfaces) == 0 {
		x.Component = &Component{
			Kind: "VPC endpoint", ID: e.ID, Name: e.Name, Origin: e.Origin,
			Why: "no interface of the endpoint is in the input", Remedy: "Collect NetworkInterfaces (aws ec2 describe-network-interfaces) of the account and Region of the endpoint.",
		}
		return x
	}
	x.Services = []*reach.Service{{Endpoint: e}}
	return x
}

// endpointService stands for the endpoints of a service, which are how it is called; for its load balancers when the input has none. The
// service itself is nil when its account was not collected.
func (s *Session) endpointService(text, name string, v *network.EndpointService) (Selection, error) {
	x := Selection{Text: text, Kind: "endpoint service"}
	var words []string
	add := func(part Selection, word string) {
		x.merge(part)
		words = append(words, word)
	}
	for _, e := range s.catalog().endpointsOf(name) {
		add(s.privateEndpoint(text, e), e.Label())
	}
	if len(words) > 0 {
		x.Assumptions = append(x.Assumptions, fmt.Sprintf("%s stands for the endpoints of the service that are in the input: %s.", text, strings.Join(words, ", ")))
		return x, nil
	}
	if v == nil {
		return Selection{}, wrong("%s: the input has neither the service nor an endpoint of it", text)
	}
	for _, arn := range v.LoadBalancers {
		if b, ok := s.network.LoadBalancers.Get(arn); ok {
			add(s.balancer(text, b), b.Name)
		}
	}
	if len(words) == 0 {
		x.Component = &Component{
			Kind: "endpoint service", ID: v.ID, Name: v.Name, Origin: v.Origin,
			Why: "the input has no endpoint of the service, and none of its load balancers", Remedy: "Collect VpcEndpoints of the accounts that use the service, and LoadBalancers of the account that provides it.",
		}
		return x, nil
	}
	x.Assumptions = append(x.Assumptions, fmt.Sprintf("The input has no endpoint of the service %s: it was asked about as its load balancer %s, called directly.", text, strings.Join(words, ", ")))
	return x, nil
}

// serviceName is what the name of a service stands for that endpoints lead to. It is not ok for what is no such name.
func (s *Session) serviceName(text string) (x Selection, ok bool, err error) {
	c := s.catalog()
	if v := c.services[text]; v != nil || strings.Contains(text, ".vpce-svc-") && len(c.endpointsOf(text)) > 0 {
		x, err := s.endpointService(text, text, v)
		return x, true, err
	}
	if !strings.HasPrefix(text, "com.amazonaws.") && !strings.HasPrefix(text, "aws.") {
		return Selection{}, false, nil
	}
	var lines, known []string
	var found []*network.Endpoint
	for _, e := range c.network.Endpoints.All() {
		known = append(known, e.Service)
		if e.Service == text {
			found = append(found, e)
			lines = append(lines, pad(e.ID, 30)+"  in "+c.vpcLabel(e.VPC))
		}
	}
	switch len(found) {
	case 0:
		slices.Sort(known)
		return Selection{}, true, wrong("%s: the input has no endpoint of that service.%s", text, suggestion(nearest(text, slices.Compact(known))))
	case 1:
		x, err := s.endpoint(text, found[0])
		return x, true, err
	}
	return Selection{}, true, wrong("%s is the service of %d endpoints. Say which one:%s", text, len(found), listing(lines))
}

// merge adds what another selection stands for. A component outlives the merge: what hangs on it is not known.
func (x *Selection) merge(y Selection) {
	x.Interfaces = unite(x.Interfaces, y.Interfaces)
	x.Addresses = append(x.Addresses, y.Addresses...)
	x.Prefixes = append(x.Prefixes, y.Prefixes...)
	x.Services = append(x.Services, y.Services...)
	x.ToBe = append(x.ToBe, y.ToBe...)
	x.Internet = x.Internet || y.Internet
	x.Component = cmp.Or(x.Component, y.Component)
	x.Assumptions = append(x.Assumptions, y.Assumptions...)
	x.Kind = cmp.Or(x.Kind, y.Kind)
}

// withoutDoors is a selection without its services, and without the interfaces that these are called by.
func (s *Session) withoutDoors(x Selection) Selection {
	var doors []*network.Interface
	for _, v := range x.Services {
		doors = append(doors, s.catalog().doors(v)...)
	}
	x.Interfaces = slices.DeleteFunc(slices.Clone(x.Interfaces), func(i *network.Interface) bool { return slices.Contains(doors, i) })
	x.Services = nil
	return x
}

// firstConnection says what a table about something with a service behind it is about.
func (x Selection) firstConnection() []string {
	if len(x.Services) == 0 {
		return nil
	}
	what, behind := "nodes of the load balancer", "targets"
	if slices.ContainsFunc(x.Services, func(v *reach.Service) bool { return v.Endpoint != nil }) {
		what, behind = "interfaces of the endpoint", "service"
	}
	return []string{fmt.Sprintf("This is about the first connection, to the %s. Whether it gets on to the %s behind is told by watertight can SOURCE %s.", what, behind, x.Text)}
}

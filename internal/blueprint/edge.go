package blueprint

import (
	"slices"

	"github.com/watertight/watertight/internal/intent"
)

// web are the ports that an egress opens: TLS and HTTP, by which a firewall finds the names.
var web = []intent.Port{{Protocol: "tcp", From: 443, To: 443}, {Protocol: "tcp", From: 80, To: 80}}

func (b *builder) addEgress(e *intent.Egress) {
	b.Edges = append(b.Edges, &Edge{From: Node{Group: b.groups[e.Service]}, To: Node{Internet: true}, Ports: web, Egress: e})
}

func (b *builder) addFlow(f *intent.Flow) {
	edge := &Edge{From: b.node(f.From), To: b.node(f.To), Ports: f.Ports, Via: f.Via, Flow: f}
	switch f.Via {
	case intent.Peering:
		p := b.peering(edge.From.Group.Environment, edge.To.Group.Environment)
		p.Edges = append(p.Edges, edge)
	case intent.Transit:
		t := b.transit(edge.From.Group.Environment, edge.To.Group.Environment)
		t.Edges = append(t.Edges, edge)
	case intent.PrivateLink:
		b.addPrivateLink(f, edge.From.Group, edge.To.Group)
		return
	}
	b.Edges = append(b.Edges, edge)
}

func (b *builder) node(e intent.End) Node {
	if e.Service != nil {
		return Node{Group: b.groups[e.Service]}
	}
	return Node{Internet: e.Internet, Block: e.Block}
}

// String is the selector of the node: "prod/app-server", "internet", "198.51.100.0/24".
func (n Node) String() string {
	switch {
	case n.Group != nil:
		return n.Group.String()
	case n.Internet:
		return "internet"
	}
	return n.Block.String()
}

// String is the selector of the group: "prod/app-server".
func (g *Group) String() string { return g.Environment.Name + "/" + g.Name }

// peering is the one between two environments, whichever opens connections.
func (b *builder) peering(from, to *Environment) *Peering {
	for _, p := range b.Peerings {
		if p.Requester == from && p.Accepter == to || p.Requester == to && p.Accepter == from {
			return p
		}
	}
	p := &Peering{Name: from.Name + "-to-" + to.Name, Requester: from, Accepter: to}
	b.Peerings = append(b.Peerings, p)
	return p
}

// transit is the gateway of the Region of two environments, which become its members.
func (b *builder) transit(from, to *Environment) *Transit {
	at := slices.IndexFunc(b.Transits, func(t *Transit) bool { return t.Name == from.Region })
	if at < 0 {
		at = len(b.Transits)
		b.Transits = append(b.Transits, &Transit{Name: from.Region, Owner: from})
	}
	t := b.Transits[at]
	for _, e := range []*Environment{from, to} {
		if !slices.Contains(t.Members, e) {
			t.Members = append(t.Members, e)
		}
	}
	return t
}

// addPrivateLink adds the two edges of a flow by way of PrivateLink: to the endpoint, and from the balancer behind it. The second is there once for each port,
// however many use it.
func (b *builder) addPrivateLink(f *intent.Flow, from, to *Group) {
	service := b.endpointService(to)
	endpoint := b.endpoint(service, from)
	first := &Edge{From: Node{Group: from}, To: Node{Group: endpoint.Group}, Ports: f.Ports, Via: f.Via, Flow: f, Endpoint: endpoint}
	b.Edges = append(b.Edges, first)
	endpoint.Edges = append(endpoint.Edges, first)
	if f.Hostname != "" && !slices.Contains(endpoint.Hostnames, f.Hostname) {
		endpoint.Hostnames = append(endpoint.Hostnames, f.Hostname)
	}
	var more []intent.Port
	for _, p := range f.Ports {
		if !slices.Contains(service.Ports, p) {
			more = append(more, p)
		}
	}
	if len(more) > 0 {
		service.Ports = append(service.Ports, more...)
		b.Edges = append(b.Edges, &Edge{From: Node{Group: service.Balancer}, To: Node{Group: to}, Ports: more, Via: f.Via, Flow: f, Service: service})
	}
	if account := from.Environment.Account; !slices.Contains(service.Consumers, account) {
		service.Consumers = append(service.Consumers, account)
		slices.Sort(service.Consumers)
	}
}

func (b *builder) endpointService(provider *Group) *EndpointService {
	for _, s := range b.Services {
		if s.Provider == provider {
			return s
		}
	}
	e := provider.Environment
	s := &EndpointService{Name: provider.Name, Environment: e, Provider: provider, Tier: provider.Tier, Balancer: &Group{Environment: e, Name: provider.Name + "-balancer", Tier: provider.Tier}}
	e.Groups = append(e.Groups, s.Balancer)
	b.Services = append(b.Services, s)
	return s
}

func (b *builder) endpoint(service *EndpointService, user *Group) *Endpoint {
	for _, p := range service.Endpoints {
		if p.Environment == user.Environment {
			return p
		}
	}
	e := user.Environment
	p := &Endpoint{Name: service.Name, Environment: e, Service: service, Tier: user.Tier, Group: &Group{Environment: e, Name: service.Name + "-endpoint", Tier: user.Tier}}
	e.Groups = append(e.Groups, p.Group)
	service.Endpoints = append(service.Endpoints, p)
	b.Endpoints = append(b.Endpoints, p)
	return p
}

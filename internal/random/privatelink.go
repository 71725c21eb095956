package random

import (
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// services adds an endpoint service behind a network load balancer, with endpoints in VPCs of its Region, whatever their ranges (PL-2); or endpoints of a
// service whose provider was not collected. Some are behind a gateway load balancer, and routes lead to their endpoints (EP-3).
func (m *maker) services() {
	if !m.wish.service {
		return
	}
	provider := one(m, m.vpcs...)
	name := ""
	kind := one(m, "network", "network", "network", "network", "network", "network", "gateway", "gateway")
	service := m.serviceOf(provider, kind)
	if service != nil {
		name = service.Name
	}
	if service == nil || m.chance(12) {
		service, name = nil, "com.amazonaws.vpce."+provider.Region+".vpce-svc-0000dead"
	}
	for range one(m, 1, 1, 2) {
		v := one(m, m.vpcs...)
		if v.Region != provider.Region {
			continue
		}
		if kind == "gateway" {
			m.gatewayEndpoint(v, service, name)
		} else {
			m.interfaceEndpoint(v, service, name)
		}
	}
}

// serviceOf is an endpoint service of a VPC, behind a load balancer that is there or a new one; nil where there can be none.
func (m *maker) serviceOf(v *vpc, kind string) *network.EndpointService {
	var arns []string
	for _, b := range m.LoadBalancers {
		if b.VPC == v.ID && b.Type == kind && len(arns) < 1 && m.chance(60) {
			arns = append(arns, b.ID)
		}
	}
	if len(arns) == 0 || m.chance(12) {
		if b := m.balancer(v, kind); b != nil {
			arns = append(arns, b.ID)
		}
	}
	if len(arns) == 0 {
		return nil
	}
	slices.Sort(arns)
	s := &network.EndpointService{Object: m.in(v, "vpce-svc"), State: "Available", LoadBalancers: arns, AcceptanceRequired: m.chance(50), PrincipalsKnown: m.chance(85)}
	s.Name = "com.amazonaws.vpce." + v.Region + "." + s.ID
	if s.PrincipalsKnown {
		s.Principals = one(m, []string{"*"}, []string{"arn:aws:iam::111111111111:root"}, nil)
	}
	m.EndpointServices = append(m.EndpointServices, s)
	return s
}

// connect adds the connection of an endpoint to a service that is known.
func (m *maker) connect(e *network.Endpoint, s *network.EndpointService) {
	if s == nil {
		return
	}
	o := network.Object{ID: s.ID + "/" + e.ID, Account: s.Account, Region: s.Region, Origin: e.Origin}
	m.EndpointConnections = append(m.EndpointConnections, &network.EndpointConnection{Object: o, Service: s.ID, Endpoint: e.ID, EndpointOwner: e.Account, State: e.State})
}

// interfaceEndpoint adds an endpoint with an interface in one subnet or two, in different zones.
func (m *maker) interfaceEndpoint(v *vpc, s *network.EndpointService, service string) {
	at := m.spread(v)
	if len(at) == 0 {
		return
	}
	e := &network.Endpoint{Object: m.in(v, "vpce"), VPC: v.ID, Type: network.EndpointInterface, Service: service, State: "available", Groups: []string{one(m, v.groups...).ID}}
	if m.chance(12) {
		e.State = one(m, "pendingacceptance", "rejected", "failed")
	}
	for _, room := range at {
		i := m.face(room, network.TypeEndpoint)
		i.Addresses = i.Addresses[:1]
		i.Groups = slices.Clone(e.Groups)
		i.Owner = network.Owner{Kind: network.OwnerEndpoint, ID: e.ID, Sure: true}
		e.Subnets, e.Interfaces = append(e.Subnets, room.ID), append(e.Interfaces, i.ID)
	}
	m.Endpoints = append(m.Endpoints, e)
	m.connect(e, s)
	for _, g := range v.groups {
		if g.ID == e.Groups[0] && m.chance(60) {
			g.Inbound = append(g.Inbound, network.Rule{Protocol: -1, From: -1, To: -1, Block: prefixes("10.0.0.0/8")[0]})
		}
	}
}

// gatewayEndpoint adds an endpoint of a gateway load balancer, and a route to it.
func (m *maker) gatewayEndpoint(v *vpc, s *network.EndpointService, service string) {
	e := &network.Endpoint{Object: m.in(v, "vpce"), VPC: v.ID, Type: network.EndpointGatewayLoadBalancer, Service: service, State: "available"}
	if m.chance(15) {
		e.State = "pendingacceptance"
	}
	at := one(m, v.rooms()...)
	e.Subnets = []string{at.ID}
	if m.chance(50) {
		i := m.face(at, network.TypeGatewayLBEndpoint)
		i.Addresses = i.Addresses[:1]
		i.Owner = network.Owner{Kind: network.OwnerEndpoint, ID: e.ID, Sure: true}
		e.Interfaces = []string{i.ID}
	}
	m.Endpoints = append(m.Endpoints, e)
	m.connect(e, s)
	target := network.Target{Kind: network.TargetEndpoint, ID: e.ID}
	t := one(m, v.rooms()...).table
	switch m.IntN(3) {
	case 0:
		set(t, network.Route{Destination: prefixes("0.0.0.0/0")[0], Target: target})
	case 1:
		set(t, network.Route{Destination: one(m, one(m, v.rooms()...).Blocks...), Target: target})
	default:
		if v.igw != nil {
			set(m.edge(v), network.Route{Destination: one(m, one(m, v.rooms()...).Blocks...), Target: target})
		}
	}
}

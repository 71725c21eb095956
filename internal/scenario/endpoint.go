package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// endpointKinds are the types of endpoints, and of their interfaces.
var endpointKinds = map[string]struct {
	kind  network.EndpointType
	iface network.InterfaceType
}{
	"gateway":               {network.EndpointGateway, ""},
	"interface":             {network.EndpointInterface, network.TypeEndpoint},
	"gateway-load-balancer": {network.EndpointGatewayLoadBalancer, network.TypeGatewayLBEndpoint},
}

func (p *parser) endpoint(w []string) {
	of, ok := endpointKinds[w[2]]
	if !ok {
		p.fail("%s is no type of endpoint: it is gateway, interface or gateway-load-balancer", w[2])
	}
	o := p.object(w[0], p.ofVPC(w[1]).ID)
	e := &network.Endpoint{Object: o, VPC: w[1], Type: of.kind, State: p.line.option("state", "available")}
	nodes, groups := p.nodes(w[3:])
	for i, n := range nodes {
		face := p.iface(numbered("eni-"+w[0], i), n.subnet, slices.Concat(n.addresses, groups), of.iface)
		face.Defect, face.Name = nil, ""
		face.Owner = network.Owner{Kind: network.OwnerEndpoint, ID: w[0], Sure: true}
		e.Subnets, e.Interfaces, e.Groups = append(e.Subnets, n.subnet), append(e.Interfaces, face.ID), face.Groups
	}
	slices.Sort(e.Subnets)
	slices.Sort(e.Interfaces)
	service := p.line.option("service", "com.amazonaws."+o.Region+".s3")
	e.PrivateDNS = p.line.flag("private-dns")
	private := p.line.list("private-dns")
	p.check(func() { p.connect(e, service, private) })
	p.known[w[0]] = network.TargetEndpoint
	p.out.Endpoints = append(p.out.Endpoints, e)
}

// connect gives an endpoint its service, with a connection where the text describes the service, and the names by which it is called (PL-5).
func (p *parser) connect(e *network.Endpoint, name string, private []string) {
	s := p.services[name]
	e.Service = name
	switch {
	case s != nil:
		e.Service = s.Name
		o := network.Object{ID: s.ID + "/" + e.ID, Account: s.Account, Region: s.Region, Origin: e.Origin}
		p.out.EndpointConnections = append(p.out.EndpointConnections, &network.EndpointConnection{Object: o, Service: s.ID, Endpoint: e.ID, EndpointOwner: e.Account, State: e.State})
	case !strings.Contains(name, "."):
		p.must("service", name, false)
	}
	if e.Type != network.EndpointInterface {
		return
	}
	last := e.Service[strings.LastIndexByte(e.Service, '.')+1:]
	if e.PrivateDNS && private == nil {
		if private = []string{last + "." + e.Region + ".amazonaws.com"}; s != nil {
			private = s.PrivateDNSNames
		}
	}
	e.DNSNames = append([]string{e.ID + "." + last + "." + e.Region + ".vpce.amazonaws.com"}, private...)
	slices.Sort(e.DNSNames)
}

// service is an endpoint service, in the account that it says, and in the Region of the usual one.
func (p *parser) service(w []string) {
	s := &network.EndpointService{Object: p.object(w[0], ""), State: p.line.option("state", "Available"), AcceptanceRequired: p.line.flag("acceptance"),
		PrivateDNSNames: p.line.list("private-dns"), PrincipalsKnown: true}
	s.Name = fmt.Sprintf("com.amazonaws.vpce.%s.%s", s.Region, s.ID)
	slices.Sort(s.PrivateDNSNames)
	if s.Principals = p.line.list("principals"); slices.Equal(s.Principals, []string{"unknown"}) {
		s.Principals, s.PrincipalsKnown = nil, false
	}
	slices.Sort(s.Principals)
	for _, name := range w[1:] {
		p.check(func() {
			b := p.balancers[name]
			p.must("balancer", name, b != nil)
			arn := balancingARN(s.Object, "loadbalancer/net/"+name)
			if b != nil {
				if arn = b.ID; b.Type != "network" && b.Type != "gateway" {
					p.fail("%s is an %s balancer: a service has network or gateway ones", name, b.Type)
				}
			}
			s.LoadBalancers = append(s.LoadBalancers, arn)
			slices.Sort(s.LoadBalancers)
		})
	}
	p.services[s.ID], p.services[s.Name] = s, s
	p.out.EndpointServices = append(p.out.EndpointServices, s)
}

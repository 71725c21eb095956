package synth

import (
	"fmt"

	"github.com/watertight/watertight/internal/network"
)

const https = 443

// services are AWS's services that VPCs have interface endpoints for. The first is that of every VPC.
var services = []string{"ssm", "ssmmessages", "ec2messages", "logs", "kms", "secretsmanager", "sts", "sqs", "ecr.api", "ecr.dkr", "monitoring", "execute-api"}

// service is an endpoint service (AWS PrivateLink) that a VPC offers to the others of its Region.
type service struct {
	*network.EndpointService
	name     string
	provider *vpc
	port     int // of the listener
	target   int // of the targets
	front    *network.LoadBalancer
}

// offer decides what endpoint services the VPC is to have. Others choose from them before its load balancers are there.
func (v *vpc) offer() {
	v.offers = append(v.offers, &service{name: "api", port: https, target: 8443})
	if v.size >= 5*small && v.dice.chance(50) {
		v.offers = append(v.offers, &service{name: "ledger", port: 5432, target: 5432})
	}
	for _, s := range v.offers {
		s.provider = v
		s.EndpointService = &network.EndpointService{Object: v.object("vpce-svc", ""), State: "Available", AcceptanceRequired: v.dice.chance(50), PrincipalsKnown: true,
			PrivateDNSNames: []string{fmt.Sprintf("%s.%04d.example.com", s.name, v.number)}}
		s.Name = "com.amazonaws.vpce." + v.region.name + "." + s.ID
		if v.dice.chance(10) {
			s.Principals = []string{"*"}
		}
		v.org.contents.EndpointServices = append(v.org.contents.EndpointServices, s.EndpointService)
	}
	v.org.services[v.region] = append(v.org.services[v.region], v.offers...)
}

// behind is the role that a service of the VPC leads to.
func (v *vpc) behind(s *service) *role {
	if p := v.products[0]; s.port == https || p.db == nil {
		return p.app
	}
	return v.products[0].db
}

// buildEndpoints makes interface endpoints: for services of AWS, and for those of other VPCs. A VPC of few interfaces has none.
func (v *vpc) buildEndpoints() {
	if v.size < small {
		return
	}
	if r := v.helpers["endpoints"]; r != nil {
		for _, name := range services[:1+v.dice.IntN(min(len(services), 1+v.size/100))] {
			e := v.endpoint("com.amazonaws."+v.region.name+"."+name, name, r)
			e.DNSNames = []string{name + "." + v.region.name + ".amazonaws.com"}
		}
	}
	r, offered := v.helpers["privatelink"], v.org.services[v.region]
	if r == nil || len(offered) == 0 || !v.dice.chance(70) {
		return
	}
	first := v.dice.IntN(len(offered))
	for n := range min(len(offered), 1+v.dice.IntN(min(3, 1+v.size/100))) {
		if s := offered[(first+n)%len(offered)]; s.provider != v {
			v.connect(s, r)
		}
	}
}

// connect makes an endpoint for a service of another VPC, and lets applications use it.
func (v *vpc) connect(s *service, r *role) {
	e := v.endpoint(s.Name, s.name, r)
	e.DNSNames = append([]string{e.ID + "-a1b2c3d4." + s.ID + "." + v.region.name + ".vpce.amazonaws.com"}, s.PrivateDNSNames...)
	c := &network.EndpointConnection{Object: arn("", "", "", s.Account, s.Region), Service: s.ID, Endpoint: e.ID, EndpointOwner: v.account, State: "available"}
	c.ID = s.ID + "/" + e.ID
	c.Origin.Path = "/" + c.ID
	v.org.contents.EndpointConnections = append(v.org.contents.EndpointConnections, c)
	if len(s.Principals) == 0 || s.Principals[0] != "*" {
		s.Principals = append(s.Principals, "arn:aws:iam::"+v.account+":root")
	}
	for _, p := range v.products {
		v.flow(p.app, r, s.port)
	}
	v.flow(v.helpers["functions"], r, s.port)
}

// endpoint makes an interface endpoint with an interface in every zone.
func (v *vpc) endpoint(service, name string, r *role) *network.Endpoint {
	e := &network.Endpoint{Object: v.object("vpce", name), VPC: v.ID, Type: network.EndpointInterface, Service: service, State: "available", Groups: r.carry, PrivateDNS: true}
	for _, s := range v.subnets[app] {
		i := v.newInterface(s, network.TypeEndpoint, r.carry)
		i.Description = "VPC Endpoint Interface " + e.ID
		i.Owner = network.Owner{Kind: network.OwnerEndpoint, ID: e.ID, Sure: true}
		e.Subnets = append(e.Subnets, s.ID)
		e.Interfaces = append(e.Interfaces, i.ID)
	}
	v.org.contents.Endpoints = append(v.org.contents.Endpoints, e)
	return e
}

package dump

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// endpoint is a VpcEndpoint of the EC2 API.
type endpoint struct {
	VpcEndpointId       string
	VpcEndpointType     string
	VpcId               string
	ServiceName         string
	OwnerId             string `json:",omitzero"`
	State               string
	RouteTableIds       []string
	SubnetIds           []string
	NetworkInterfaceIds []string
	Groups              []groupName
	PrivateDnsEnabled   bool
	DnsEntries          []dnsEntry
	record
}

type dnsEntry struct{ DnsName string }

func readEndpoint(e *element, r *endpoint) {
	p := &network.Endpoint{VPC: e.require("VpcId", r.VpcId), Type: network.EndpointType(e.require("VpcEndpointType", r.VpcEndpointType)), Service: e.share(r.ServiceName),
		State: e.share(strings.ToLower(r.State)), RouteTables: e.shareAll(r.RouteTableIds), Subnets: e.shareAll(r.SubnetIds), Interfaces: e.shareAll(r.NetworkInterfaceIds),
		Groups: e.shareAll(pick(r.Groups, func(g groupName) string { return g.GroupId })), PrivateDNS: r.PrivateDnsEnabled,
		DNSNames: e.shareAll(pick(r.DnsEntries, func(d dnsEntry) string { return d.DnsName }))}
	e.settle(&p.Object, "VpcEndpointId", r.VpcEndpointId, r.OwnerId, &r.record)
	e.out.Endpoints = append(e.out.Endpoints, p)
}

func writeEndpoint(p *network.Endpoint) endpoint {
	return endpoint{VpcEndpointId: p.ID, VpcEndpointType: string(p.Type), VpcId: p.VPC, ServiceName: p.Service, OwnerId: p.Account, State: p.State,
		RouteTableIds: p.RouteTables, SubnetIds: p.Subnets, NetworkInterfaceIds: p.Interfaces, Groups: pick(p.Groups, func(id string) groupName { return groupName{id} }),
		PrivateDnsEnabled: p.PrivateDNS, DnsEntries: pick(p.DNSNames, func(name string) dnsEntry { return dnsEntry{name} }), record: mark(&p.Object)}
}

// endpointService is a ServiceConfiguration of the EC2 API.
type endpointService struct {
	ServiceId               string
	ServiceName             string
	ServiceState            string
	AcceptanceRequired      bool
	NetworkLoadBalancerArns []string         `json:",omitzero"`
	GatewayLoadBalancerArns []string         `json:",omitzero"`
	PrivateDnsName          string           `json:",omitzero"`
	PrivateDnsNames         []privateDNSName `json:",omitzero"` // where there are several
	record
}

type privateDNSName struct{ PrivateDnsName string }

func readEndpointService(e *element, r *endpointService) {
	s := &network.EndpointService{State: e.share(r.ServiceState), AcceptanceRequired: r.AcceptanceRequired,
		LoadBalancers:   e.shareAll(append(r.NetworkLoadBalancerArns, r.GatewayLoadBalancerArns...)),
		PrivateDNSNames: e.shareAll(append(pick(r.PrivateDnsNames, func(n privateDNSName) string { return n.PrivateDnsName }), r.PrivateDnsName))}
	s.Name = e.require("ServiceName", r.ServiceName)
	e.settle(&s.Object, "ServiceId", r.ServiceId, "", &r.record)
	e.out.EndpointServices = append(e.out.EndpointServices, s)
}

func writeEndpointService(s *network.EndpointService) endpointService {
	r := endpointService{ServiceId: s.ID, ServiceName: s.Name, ServiceState: s.State, AcceptanceRequired: s.AcceptanceRequired, record: markUnnamed(&s.Object)}
	for _, arn := range s.LoadBalancers {
		if strings.Contains(arn, "/gwy/") {
			r.GatewayLoadBalancerArns = append(r.GatewayLoadBalancerArns, arn)
		} else {
			r.NetworkLoadBalancerArns = append(r.NetworkLoadBalancerArns, arn)
		}
	}
	if len(s.PrivateDNSNames) == 1 {
		r.PrivateDnsName = s.PrivateDNSNames[0]
	} else {
		r.PrivateDnsNames = pick(s.PrivateDNSNames, func(n string) privateDNSName { return privateDNSName{n} })
	}
	return r
}

// servicePermissions is the answer of describe-vpc-endpoint-service-permissions, with the service that was asked for.
type servicePermissions struct {
	ServiceId         string
	AllowedPrincipals []principal
	NextToken         string `json:",omitzero"`
}

type principal struct{ Principal string }

func (d *dump) assembleServices(all *part) {
	services := map[string]*network.EndpointService{}
	for _, s := range all.EndpointServices {
		services[s.ID] = s
	}
	for i := range all.Permissions {
		r, e := all.Permissions[i].open(all)
		if r.ServiceId == "" {
			e.fault("", "has no ServiceId: it is not known whose principals these are")
		}
		defect := e.take("")
		s := services[r.ServiceId]
		if s == nil {
			if defect != nil {
				e.gap("an answer is not understood")
			}
			continue
		}
		if defect != nil && s.Defect == nil {
			s.Defect = defect
		}
		s.Principals = append(s.Principals, pick(r.AllowedPrincipals, func(p principal) string { return p.Principal })...)
		s.PrincipalsKnown = r.NextToken == ""
	}
	for _, s := range services {
		slices.Sort(s.Principals)
		s.Principals = slices.Compact(s.Principals)
	}
}

func writePermissions(s *network.EndpointService) servicePermissions {
	return servicePermissions{ServiceId: s.ID, AllowedPrincipals: pick(s.Principals, func(p string) principal { return principal{p} })}
}

// endpointConnection is a VpcEndpointConnection of the EC2 API.
type endpointConnection struct {
	ServiceId        string
	VpcEndpointId    string
	VpcEndpointOwner string
	VpcEndpointState string
	record
}

func readEndpointConnection(e *element, r *endpointConnection) {
	c := &network.EndpointConnection{Service: e.require("ServiceId", r.ServiceId), Endpoint: r.VpcEndpointId, EndpointOwner: e.share(r.VpcEndpointOwner),
		State: e.share(strings.ToLower(r.VpcEndpointState))}
	id := ""
	if r.ServiceId != "" && r.VpcEndpointId != "" {
		id = r.ServiceId + "/" + r.VpcEndpointId
	}
	e.settle(&c.Object, "ServiceId and VpcEndpointId", id, "", &r.record)
	e.out.EndpointConnections = append(e.out.EndpointConnections, c)
}

func writeEndpointConnection(c *network.EndpointConnection) endpointConnection {
	return endpointConnection{ServiceId: c.Service, VpcEndpointId: c.Endpoint, VpcEndpointOwner: c.EndpointOwner, VpcEndpointState: c.State, record: mark(&c.Object)}
}

// blockOptions are the VpcBlockPublicAccessOptions of the EC2 API.
type blockOptions struct {
	AwsAccountId             string `json:",omitzero"`
	AwsRegion                string `json:",omitzero"`
	State                    string
	InternetGatewayBlockMode string
	Watertight               *extra `json:",omitzero"`
}

func (d *dump) assembleBlockPublicAccess(all *part) {
	for i := range all.BlockOptions {
		r, e := all.BlockOptions[i].open(all)
		b := &network.BlockPublicAccess{Mode: e.share(r.InternetGatewayBlockMode)}
		if !slices.Contains([]string{"off", "block-bidirectional", "block-ingress"}, b.Mode) && len(e.faults) == 0 {
			e.fault("/InternetGatewayBlockMode", "is "+b.Mode+": the API gives off, block-bidirectional or block-ingress")
		}
		if r.State == "update-in-progress" {
			e.fault("/State", "is update-in-progress: which mode is in force is not known; read it again later")
		}
		p := e.file.place
		if r.AwsAccountId != "" {
			p.account = r.AwsAccountId
		}
		if r.AwsRegion != "" {
			p.region = r.AwsRegion
		}
		e.settle(&b.Object, "AwsAccountId", p.account+"/"+p.region, p.account, &record{Watertight: r.Watertight})
		b.Region = p.region
		all.BlockPublicAccess = append(all.BlockPublicAccess, b)
	}
}

func writeBlockOptions(b *network.BlockPublicAccess) blockOptions {
	return blockOptions{AwsAccountId: b.Account, AwsRegion: b.Region, State: "update-complete", InternetGatewayBlockMode: b.Mode, Watertight: flaw(b.Defect)}
}

// exclusion is a VpcBlockPublicAccessExclusion of the EC2 API.
type exclusion struct {
	ExclusionId                  string
	InternetGatewayExclusionMode string
	ResourceArn                  string
	State                        string
	record
}

func readExclusion(e *element, r *exclusion) {
	x := &network.BlockPublicAccessExclusion{Mode: e.share(r.InternetGatewayExclusionMode), Resource: e.share(r.ResourceArn[strings.LastIndexByte(r.ResourceArn, '/')+1:]),
		Active: r.State == "create-complete" || r.State == "update-complete"}
	e.require("ResourceArn", r.ResourceArn)
	_, account := arnPlace(r.ResourceArn)
	e.settle(&x.Object, "ExclusionId", r.ExclusionId, account, &r.record)
	e.out.Exclusions = append(e.out.Exclusions, x)
}

func writeExclusion(x *network.BlockPublicAccessExclusion) exclusion {
	kind, _, _ := strings.Cut(x.Resource, "-")
	r := exclusion{ExclusionId: x.ID, InternetGatewayExclusionMode: x.Mode, ResourceArn: "arn:aws:ec2:" + x.Region + ":" + x.Account + ":" + kind + "/" + x.Resource,
		State: "delete-complete", record: mark(&x.Object)}
	if x.Active {
		r.State = "create-complete"
	}
	return r
}

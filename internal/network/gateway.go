package network

import "net/netip"

// InternetGateway is an internet gateway.
type InternetGateway struct {
	Object
	VPC string // the VPC that it is attached to; empty when it is not attached, or not available
}

// EgressOnlyGateway is an egress-only internet gateway.
type EgressOnlyGateway struct {
	Object
	VPC string // as in [InternetGateway]
}

// CarrierGateway is a carrier gateway.
type CarrierGateway struct {
	Object
	VPC   string
	State string
}

// NATGateway is a NAT gateway.
type NATGateway struct {
	Object
	VPC       string
	Subnet    string // empty for a regional gateway (NAT-4)
	State     string // "available", …
	Private   bool   // connectivity type "private" (NAT-3)
	Regional  bool   // availability mode "regional" (NAT-4)
	Addresses []NATAddress
	// RouteTable is the table of a regional gateway; empty when the source does not tell.
	RouteTable string
}

// NATAddress is one address that a NAT gateway translates to.
type NATAddress struct {
	IP        netip.Addr // private; not valid for a regional gateway
	Public    netip.Addr // not valid for a private gateway
	Interface string
	Zone      string // identifier or name of the zone, for a regional gateway
}

// PeeringConnection joins two VPCs.
type PeeringConnection struct {
	Object
	State               string // "active", "pending-acceptance", "deleted", …
	Requester, Accepter PeeringSide
}

// PeeringSide is one VPC of a peering, as its record gives it: the VPC itself may not have been collected.
type PeeringSide struct {
	VPC, Account, Region string
	Blocks               []netip.Prefix
}

// Side is the side of a VPC, and the side opposite.
func (p *PeeringConnection) Side(vpc string) (own, other PeeringSide, ok bool) {
	switch vpc {
	case p.Requester.VPC:
		return p.Requester, p.Accepter, true
	case p.Accepter.VPC:
		return p.Accepter, p.Requester, true
	}
	return PeeringSide{}, PeeringSide{}, false
}

// VPNGateway is a virtual private gateway.
type VPNGateway struct {
	Object
	VPC string // the VPC that it is attached to; empty when it is not
}

// VPNConnection is a Site-to-Site VPN connection.
type VPNConnection struct {
	Object
	State           string
	VPNGateway      string // either this
	TransitGateway  string // or this is set
	CustomerGateway string
	StaticOnly      bool           // static routes only: Routes are all there are. Otherwise BGP adds some that are not known here
	Routes          []netip.Prefix // static, in state "available"
}

// CustomerGateway is the on-premises end of VPN connections.
type CustomerGateway struct {
	Object
	State   string
	Address netip.Addr // not valid when not given
}

// Endpoint is a VPC endpoint.
type Endpoint struct {
	Object
	VPC         string
	Type        EndpointType
	Service     string // "com.amazonaws.us-east-1.s3"
	State       string // in lower case: "available", "pendingacceptance", …
	RouteTables []string
	Subnets     []string
	Interfaces  []string
	Groups      []string
	PrivateDNS  bool     // private DNS names are on
	DNSNames    []string // the names by which the endpoint is called
}

// EndpointType is the API's VpcEndpointType.
type EndpointType string

// The types of endpoints.
const (
	EndpointGateway             EndpointType = "Gateway"
	EndpointInterface           EndpointType = "Interface"
	EndpointGatewayLoadBalancer EndpointType = "GatewayLoadBalancer"
	EndpointResource            EndpointType = "Resource"
	EndpointServiceNetwork      EndpointType = "ServiceNetwork"
)

// EndpointService is an endpoint service (AWS PrivateLink) of a collected account. Its Name is the service name.
type EndpointService struct {
	Object
	State              string
	LoadBalancers      []string // ARNs of network and gateway load balancers
	AcceptanceRequired bool
	PrivateDNSNames    []string
	// Principals may connect, "*" is everyone; PrincipalsKnown is false when their list was not collected.
	Principals      []string
	PrincipalsKnown bool
}

// EndpointConnection is an endpoint connected to an endpoint service, seen from the provider. Its ID is "SERVICE/ENDPOINT".
type EndpointConnection struct {
	Object
	Service       string // identifier of the service
	Endpoint      string
	EndpointOwner string // account
	State         string // in lower case
}

// Public tells whether everybody may use the service: every principal is allowed, and connections are accepted without being asked about (PL-3).
func (s *EndpointService) Public() bool {
	if s.AcceptanceRequired || !s.PrincipalsKnown {
		return false
	}
	for _, p := range s.Principals {
		if p == "*" {
			return true
		}
	}
	return false
}

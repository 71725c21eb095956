package network

import "net/netip"

// Interface is an elastic network interface.
type Interface struct {
	Object
	VPC    string
	Subnet string
	Type   InterfaceType
	Groups []string // identifiers of security groups, sorted
	// Addresses are its private IPv4 addresses, the primary first, then its IPv6 addresses.
	Addresses       []Address
	SourceDestCheck bool
	Description     string
	// Open tells what of its addresses AWS has yet to choose. See [Open].
	Open Open
	// Owner is whose interface it is. Its Kind is empty for an interface that nothing is known to use.
	Owner Owner
}

// Address is an address of an interface.
type Address struct {
	IP     netip.Addr
	Public netip.Addr // the public IPv4 address that is mapped to IP; the zero Addr when there is none
}

// Open tells which addresses of an interface AWS has yet to choose, because it does not exist yet (V-16). What is open can be any address that
// is free in the subnet; an address among [Interface.Addresses] stands for the choice.
type Open struct {
	IPv4, IPv6 bool // its private IPv4 address; its IPv6 address
	// Public tells that a public IPv4 address will be mapped to the private one: any that no rule names.
	Public bool
	// AsSubnet tells that it will get a public address if its subnet gives one, which another source than the interface's knows.
	AsSubnet bool
	// Settled tells that the address is one of those that rules tell apart; there is another interface for each other one.
	Settled bool
}

// Any tells whether something is open.
func (o Open) Any() bool { return o.IPv4 || o.IPv6 || o.Public || o.AsSubnet }

// Conduit tells whether an interface only carries what others send, and neither opens nor takes connections (NAT-2, SG-13, FW-1): that of a NAT gateway, a
// transit gateway attachment, a firewall, or a Gateway Load Balancer endpoint. What is only suggested to be one, or not understood, is none.
func (i *Interface) Conduit() bool {
	if i.Defect != nil {
		return false
	}
	switch i.Type {
	case TypeNAT, TypeTransitGateway, TypeGatewayLBEndpoint:
		return true
	}
	switch i.Owner.Kind {
	case OwnerNAT, OwnerTransitGateway, OwnerFirewall:
		return i.Owner.Sure
	}
	return false
}

// InterfaceType is the API's InterfaceType. An empty one is [TypeInterface].
type InterfaceType string

// The types that matter to a packet. Others are kept as the API gives them.
const (
	TypeInterface           InterfaceType = "interface"
	TypeLambda              InterfaceType = "lambda"
	TypeNAT                 InterfaceType = "nat_gateway"
	TypeEndpoint            InterfaceType = "vpc_endpoint"
	TypeGatewayLBEndpoint   InterfaceType = "gateway_load_balancer_endpoint"
	TypeNetworkLoadBalancer InterfaceType = "network_load_balancer"
	TypeGatewayLoadBalancer InterfaceType = "gateway_load_balancer"
	TypeLoadBalancer        InterfaceType = "load_balancer" // an application load balancer, where the API says so
	TypeTransitGateway      InterfaceType = "transit_gateway"
	TypeEFA                 InterfaceType = "efa"
)

// Owner is whose interface an interface is.
type Owner struct {
	Kind OwnerKind
	ID   string // identifier, ARN or name, as far as the source tells
	// Sure is false when the source only suggests it, as a description does.
	Sure bool
}

// OwnerKind is the kind of thing that uses an interface.
type OwnerKind string

// The owners of interfaces.
const (
	OwnerInstance       OwnerKind = "instance"
	OwnerLoadBalancer   OwnerKind = "load balancer" // application, network, gateway (ID is the ARN, or "app/name/0123…") and Classic (ID is the name)
	OwnerNAT            OwnerKind = "NAT gateway"
	OwnerEndpoint       OwnerKind = "VPC endpoint"
	OwnerTransitGateway OwnerKind = "transit gateway attachment"
	OwnerFirewall       OwnerKind = "firewall"
	OwnerDatabase       OwnerKind = "database"
	OwnerCache          OwnerKind = "cache"
	OwnerFunction       OwnerKind = "function"
	OwnerService        OwnerKind = "service" // ECS tasks, EKS control planes, and other services of AWS
)

// Instance is an EC2 instance.
type Instance struct {
	Object
	VPC, Subnet string
	State       string // "running", "stopped", …
	Interfaces  []string
	Primary     string // the primary interface, with device index 0; empty when not known
}

// Workload is something else that is known by name and has, or will have, interfaces: a database, a cache, a function, a
// service, a launch template. Name is what people call it, and ID its ARN where it has one.
type Workload struct {
	Object
	Kind    OwnerKind
	VPC     string
	Groups  []string // the groups that its interfaces carry
	Subnets []string // the subnets that it may use
	// Interfaces are those known to be its own. Where AWS does not say which these are (a database), they are found by
	// description, groups and subnets, and Guessed is true.
	Interfaces []string
	Guessed    bool
}

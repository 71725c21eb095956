package blueprint

import (
	"net/netip"

	"github.com/watertight/watertight/internal/intent"
)

// Blueprint is what each control of a network has to be.
type Blueprint struct {
	Segmentation *intent.Segmentation
	Environments []*Environment // in the order of the segmentation
	Edges        []*Edge        // all connections that are to be possible, in the order of the segmentation, and no others
	Peerings     []*Peering
	Services     []*EndpointService
	Endpoints    []*Endpoint
	Transits     []*Transit
}

// Environment is a VPC.
type Environment struct {
	*intent.Environment
	Tiers  []*Tier  // those of roles, then infrastructure
	Groups []*Group // those of the roles, in their order, then those of endpoints and balancers
	// InternetGateway, NAT and Firewall tell what is needed.
	InternetGateway, NAT, Firewall bool
}

// Tier is a row of subnets, with their route tables and their network ACL.
type Tier struct {
	*intent.Tier
	Environment *Environment
	// Routes are those beside the local one. Where one of them is that of a zone, every zone has a route table of its own.
	Routes []Route
	// Permits are what the network ACL admits, and it admits nothing else.
	Permits []Permit
}

// Zonal tells whether the tier needs a route table for each zone.
func (t *Tier) Zonal() bool {
	for _, r := range t.Routes {
		if r.Zone >= 0 {
			return true
		}
	}
	return false
}

// Prefixes are the addresses of the tier, as ACLs and routes name them: its reserve, or else its subnets.
func (t *Tier) Prefixes() []netip.Prefix {
	if t.Reserve.IsValid() {
		return []netip.Prefix{t.Reserve}
	}
	return t.Subnets
}

// TargetKind is what a route leads to.
type TargetKind string

// The kinds of targets.
const (
	ToInternetGateway TargetKind = "internet gateway"
	ToNAT             TargetKind = "NAT gateway"       // of the zone
	ToFirewall        TargetKind = "firewall endpoint" // of the zone
	ToPeering         TargetKind = "peering connection"
	ToTransit         TargetKind = "transit gateway"
)

// Route is a route of a tier.
type Route struct {
	Destination netip.Prefix
	Kind        TargetKind
	// Zone is the index of the zone whose table has the route; -1: all have it.
	Zone    int
	Peering *Peering // of [ToPeering]
	Transit *Transit // of [ToTransit]
	To      *Tier    // the tier whose subnets the destination is; nil for everywhere
	Because []*Edge  // what needs it; none: its tier does
}

// Permit is something that a network ACL admits. Of the remote end, exactly one of Tier, Internet and Block is set.
type Permit struct {
	Outbound bool
	Tier     *Tier // any address of that tier, which may be the same one
	Internet bool  // any address outside of the VPC
	Block    netip.Prefix
	Port     intent.Port
	Reply    bool // it is for replies
	Because  *Edge
}

// Group is a security group.
type Group struct {
	Environment *Environment
	Name        string          // that of the role; "ROLE-endpoint" and "ROLE-balancer" otherwise
	Service     *intent.Service // the role; nil for those of endpoints and balancers
	Tier        *Tier           // where its members are
	Rules       []*Rule         // inbound first
}

// Rule is a rule of a security group.
type Rule struct {
	// Name is DESTINATION_from_SOURCE, and for further ports of the same pair, with the port at the end. It is unique among those of an environment in its direction.
	Name     string
	Group    *Group
	Outbound bool
	Peer     *Group         // the group at the other end; nil for addresses
	Blocks   []netip.Prefix // the addresses at the other end, where AWS offers no reference
	Port     intent.Port
	Because  *Edge
}

// Node is one end of an edge: exactly one of its fields is set.
type Node struct {
	Group    *Group
	Internet bool
	Block    netip.Prefix
}

// Edge is one connection that is to be possible, from the members of a group to those of another, or from or to the outside. A flow by way of PrivateLink is two: to the
// endpoint, and from the balancer behind it.
type Edge struct {
	From, To Node
	Ports    []intent.Port
	Via      intent.Via
	Flow     *intent.Flow     // that declares it, or
	Egress   *intent.Egress   // that does
	Endpoint *Endpoint        // the edge leads to it; nil otherwise
	Service  *EndpointService // the edge is from its balancer; nil otherwise
}

// Line is where the edge is declared: "watertight.hcl:41".
func (e *Edge) Line() string {
	if e.Flow != nil {
		return e.Flow.Line()
	}
	return e.Egress.Line()
}

// Peering is a peering connection between two environments.
type Peering struct {
	// Name is REQUESTER-to-ACCEPTER. The requester is the environment from which the first flow comes.
	Name                string
	Requester, Accepter *Environment
	Edges               []*Edge
}

// CrossRegion tells whether the two are in different Regions: groups cannot be referenced then.
func (p *Peering) CrossRegion() bool { return p.Requester.Region != p.Accepter.Region }

// EndpointService is a role that others reach by way of PrivateLink, with the network load balancer in front of it.
type EndpointService struct {
	Name        string // that of the role
	Environment *Environment
	Provider    *Group
	Balancer    *Group
	Tier        *Tier // of the balancer: that of the role
	Ports       []intent.Port
	Consumers   []string // accounts, sorted: the allowed principals
	Endpoints   []*Endpoint
}

// Endpoint is an interface endpoint of an [EndpointService]: one for each environment that uses it.
type Endpoint struct {
	Name        string // that of the role behind it
	Environment *Environment
	Service     *EndpointService
	Group       *Group
	Tier        *Tier    // that of the first role that uses it
	Hostnames   []string // names that private zones map to it
	Edges       []*Edge
}

// Transit is a transit gateway: one for each Region in which flows go by way of one.
type Transit struct {
	Name    string       // the Region
	Owner   *Environment // the first of its members
	Members []*Environment
	Routes  []TransitRoute
	Edges   []*Edge
}

// TransitRoute is a route of the transit gateway's table of an environment.
type TransitRoute struct {
	From        *Environment // packets that come from its attachment
	Destination netip.Prefix
	To          *Environment // leave by its attachment
	Because     []*Edge
}

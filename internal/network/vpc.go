package network

import "net/netip"

// VPC is an Amazon VPC.
type VPC struct {
	Object
	// Blocks are the address ranges in use: IPv4 first, the primary block first of all, then IPv6.
	Blocks  []netip.Prefix
	Default bool
}

// Subnet is a range of addresses of a VPC in one zone.
type Subnet struct {
	Object
	VPC    string
	Zone   string // zone name, which differs between accounts: "us-east-1a"
	ZoneID string // zone identifier, the same in all accounts: "use1-az1"; empty when not known
	Blocks []netip.Prefix
	// MapPublicIPOnLaunch and AssignIPv6OnCreation say what a new interface gets. They give no existing interface anything (IGW-1).
	MapPublicIPOnLaunch  bool
	AssignIPv6OnCreation bool
	// RouteTable is the table that decides: the associated one, or else the main table of the VPC (RT-2). Set by [New]; empty when not known.
	RouteTable string
	// NetworkACL is the ACL that decides: the associated one, or else the default ACL of the VPC (NACL-4). Set by [New]; empty when not known.
	NetworkACL string
}

// RouteTable is a VPC route table.
type RouteTable struct {
	Object
	VPC      string
	Main     bool     // the main table of its VPC
	Subnets  []string // explicitly associated
	Gateways []string // associated internet and virtual private gateways: an edge table (RT-7)
	Routes   []Route
}

// Route is one route. Exactly one of Destination and PrefixList is set; neither, in a route that is Propagated, stands for all that its target propagates
// and nobody knows.
type Route struct {
	Destination netip.Prefix
	PrefixList  string
	Target      Target
	Blackhole   bool // state "blackhole", or any other that is not "active"
	Propagated  bool // from a virtual private gateway
	Origin      Origin
	Defect      *Defect // nil when understood; otherwise its destination or target is not known
}

// Target is where a route leads.
type Target struct {
	Kind TargetKind
	ID   string // "local" for [TargetLocal]
}

// TargetKind is the kind of thing that a route leads to, by the name of its field in the API.
type TargetKind string

// The targets of routes. What is not among them is kept as TargetOther.
const (
	TargetLocal           TargetKind = "local"
	TargetInternetGateway TargetKind = "internet gateway"
	TargetEgressOnly      TargetKind = "egress-only internet gateway"
	TargetNAT             TargetKind = "NAT gateway"
	TargetPeering         TargetKind = "peering connection"
	TargetTransitGateway  TargetKind = "transit gateway"
	TargetInterface       TargetKind = "network interface"
	TargetEndpoint        TargetKind = "VPC endpoint"
	TargetVPNGateway      TargetKind = "virtual private gateway"
	TargetCarrierGateway  TargetKind = "carrier gateway"
	TargetLocalGateway    TargetKind = "local gateway"
	TargetCoreNetwork     TargetKind = "core network"
	TargetOther           TargetKind = "other"
	TargetNone            TargetKind = "" // a blackhole whose target is gone
)

// PrefixList is a managed prefix list: a customer's, or AWS's own.
type PrefixList struct {
	Object
	Entries []netip.Prefix // both families; not known when there is a Defect
	AWS     bool           // owned by AWS
}

// NetworkACL is a network ACL.
type NetworkACL struct {
	Object
	VPC     string
	Default bool
	Subnets []string // associated
	// Entries are sorted by direction (inbound first), then by number (NACL-1). The final deny is not among them.
	Entries []ACLEntry
}

// ACLEntry is one numbered entry of a network ACL. It is for one family, that of its Block.
type ACLEntry struct {
	Number   int
	Outbound bool
	Allow    bool
	Protocol int // IANA number; -1 is all
	Block    netip.Prefix
	// From and To are ports (TCP, UDP), or ICMP type and code (1, 58); -1 is any.
	From, To int
	Origin   Origin
	Defect   *Defect // nil when understood; otherwise what it matches is not known beyond its Number and direction
}

// SecurityGroup is a security group. Name, in its Object, is the group name.
type SecurityGroup struct {
	Object
	VPC      string
	VPCs     []string // other VPCs that it is associated with (SG-11)
	Inbound  []Rule
	Outbound []Rule
}

// Rule is one rule of a security group: one protocol and range, and exactly one of Block, PrefixList and Group.
type Rule struct {
	ID       string // "sgr-…"; empty when the source does not give it
	Protocol int    // IANA number; -1 is all
	// From and To are ports (TCP, UDP), or ICMP type and code (1, 58); -1 is any.
	From, To    int
	Block       netip.Prefix
	PrefixList  string
	Group       string
	Description string
	Origin      Origin
	Defect      *Defect // nil when understood; otherwise what it admits is not known
	PeerOnly    bool    // the defect is of the peer alone: whom it admits is not known, and Protocol, From and To are
}

// BlockPublicAccess is the VPC Block Public Access mode of an account in a Region.
type BlockPublicAccess struct {
	Object        // ID is "ACCOUNT/REGION"
	Mode   string // "off", "block-bidirectional", "block-ingress"
}

// BlockPublicAccessExclusion lifts Block Public Access for a VPC or a subnet.
type BlockPublicAccessExclusion struct {
	Object
	Resource string // identifier of a VPC or a subnet
	Mode     string // "allow-bidirectional", "allow-egress"
	Active   bool   // state "create-complete" or "update-complete"
}

package network

import "net/netip"

// TransitGateway is a transit gateway.
type TransitGateway struct {
	Object
	State                    string
	SecurityGroupReferencing bool
	DefaultRouteTable        string // for associations; empty when off
	DefaultPropagation       string // for propagations; empty when off
}

// TransitAttachment is one side of a transit gateway attachment. A peering attachment has one for each gateway; its ID is
// then "GATEWAY/ATTACHMENT", that of others the identifier of the attachment.
type TransitAttachment struct {
	Object
	Attachment      string // AWS's identifier
	Gateway         string
	Type            string // "vpc", "peering", "vpn", "direct-connect-gateway", "connect", "tgw-peering", …
	Resource        string // identifier of what is attached
	ResourceAccount string
	State           string // "available", …
	RouteTable      string // the table that it is associated with (TGW-1); empty when there is none
	// Defaults tells that the gateway puts it into its default tables, which the source does not know, for the gateway is managed elsewhere. [New] finds
	// them where another source knows the gateway; until then RouteTable names a table that is nowhere: [DefaultTable].
	Defaults bool
	// The following are known for VPC attachments; Detailed is false when their list was not collected.
	Detailed                 bool
	Subnets                  []string
	ApplianceMode            bool
	IPv6                     bool
	DNS                      bool
	SecurityGroupReferencing bool
	// Peer is the gateway on the other side, and PeerRegion its Region, for peering attachments.
	Peer, PeerRegion string
}

// DefaultTable stands for the default route table of a transit gateway where that is not known.
func DefaultTable(gateway string) string { return gateway + "/default" }

// TransitRouteTable is a route table of a transit gateway.
type TransitRouteTable struct {
	Object
	Gateway string
	Routes  []TransitRoute
	// Propagations are the attachments whose routes are propagated to the table.
	Propagations []string
	// RoutesKnown, PropagationsKnown and ListsKnown are false when the list was not collected or not complete.
	RoutesKnown, PropagationsKnown, ListsKnown bool
	// AllRoutes is true when Routes holds the propagated routes as well.
	AllRoutes bool
}

// TransitRoute is a route of a transit gateway route table. Exactly one of Destination and PrefixList is set.
type TransitRoute struct {
	Destination netip.Prefix
	PrefixList  string
	Attachments []string // of ECMP, several; none for a blackhole
	Type        string   // "static", "propagated"
	Blackhole   bool
	Origin      Origin
	Defect      *Defect
}

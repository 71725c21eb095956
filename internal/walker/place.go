package walker

import "github.com/watertight/watertight/internal/network"

// place is where a packet can end.
type place struct {
	kind placeKind
	// iface is set at an interface.
	iface *network.Interface
	// vpc and gateway are by which VPC and gateway it left, and its reply comes back: on premises, and at the service of a gateway endpoint.
	vpc, gateway string
	// attachment is by which it left instead, when it went on premises from a transit gateway.
	attachment *network.TransitAttachment
}

type placeKind int

const (
	atInterface placeKind = iota
	onInternet
	onPremises
	atEndpointService // behind a gateway endpoint
	atExemptService   // SG-12
)

func (p place) String() string {
	switch p.kind {
	case atInterface:
		return p.iface.Label()
	case onInternet:
		return "the internet"
	case onPremises:
		return "the network behind " + p.gateway
	case atEndpointService:
		return "the service behind " + p.gateway
	}
	return "a service of the VPC"
}

// arrival is where a packet ended, and what had become of it.
type arrival struct {
	place
	packet Packet
}

// stop ends a walk in one direction: the packet is dropped, or it is not known what happens to it.
type stop struct {
	hop    Hop
	reason string
}

// unclear tells whether it is not known what happens, rather than that the packet is dropped.
func (s *stop) unclear() bool { return s.hop.Effect == Doubt }

// drop stops a packet for certain.
func drop(kind, id, rule, code, reason string) *stop {
	return &stop{Hop{kind, id, Deny, rule, code}, reason}
}

// unclear stops a walk that cannot be followed (V-6).
func unclear(kind, id, code, reason string) *stop {
	return &stop{Hop{kind, id, Doubt, reason, code}, reason}
}

// edge is the kind of the gateway by which a packet left for a network on premises.
func (p place) edge() string {
	if p.attachment != nil {
		return kindTransitAttachment
	}
	return "virtual private gateway"
}

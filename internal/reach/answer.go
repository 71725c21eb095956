package reach

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// Verdict is what is true of a connection (semantics V-4).
type Verdict string

// The four verdicts.
const (
	Reachable   Verdict = "reachable"   // the first packet arrives, and the reply gets back
	OneWay      Verdict = "one-way"     // the first packet arrives, and the reply does not get back
	Unreachable Verdict = "unreachable" // the first packet does not arrive
	Unknown     Verdict = "unknown"     // it hangs on something that is not modelled, not collected or not known
)

// Question asks what is true of every connection from a source to a destination with a header in Traffic.
type Question struct {
	Sources, Destinations Ends
	// Service, when set, is asked about in place of Destinations: [Engine.Can] only.
	Service *Service
	Traffic packet.Set
	Family  Family
	// Brief leaves out of a [Engine.Tally] what reaches a public address over the internet only as anybody there does: the cells from and to
	// the internet say that, and in a large organization it is almost all there would be to say. [Engine.Can] does not look at it.
	Brief bool
	// Name, when not empty, is the host that the client names in its data, in TLS or HTTP: [Engine.Can] then judges the data too (FW-11).
	Name string
	// Passes, when set, tells the parts of [Engine.Can] apart by whether their way passes something that it holds for.
	Passes func(Passage) bool
}

// Service is a load balancer, or an interface endpoint of somebody's service, as a destination: it stands for what is behind it (LB-7, PL-6).
// Exactly one of Balancer and Endpoint is set.
type Service struct {
	Balancer *network.LoadBalancer
	Endpoint *network.Endpoint
	// Targets, when not nil, are the only targets of interest: outcomes that end elsewhere are left out.
	Targets map[*network.Interface]bool
}

// Passage is something on the way of a request that a question may be about: a firewall, a gateway, an endpoint, a peering, a load balancer.
type Passage struct {
	Kind string // as in [Hop]: "network firewall", "NAT gateway", "VPC endpoint", …
	ID   string
	// Also are the other identifiers and names by which it is known, such as the endpoint of a firewall by which it was passed.
	Also []string
}

// Family limits a question to an address family.
type Family int

// The families. AnyFamily is both.
const (
	AnyFamily Family = 0
	IPv4      Family = 4
	IPv6      Family = 6
)

// Part is a part of an answer with one verdict: it holds for every one of Sources, every one of Destinations (other than itself)
// and every header of Traffic. The parts of an answer cover the question; they overlap only where they name different choices.
type Part struct {
	Verdict               Verdict
	Traffic               packet.Set
	Family                Family // IPv4 or IPv6
	Sources, Destinations []Member
	// Public tells that the destinations are called by their public addresses, from inside.
	Public bool
	// Choice says which of AWS's choices (V-10) the part holds for; empty when for all.
	Choice string
	Kind   PathKind
	// Path is the way of the witness; of an unreachable part, the best candidate with every control that blocks it (V-12).
	Path []Hop
	// Reply is the way of the reply, where the first packet arrives.
	Reply []Hop
	// Witness is set where the first packet arrives (V-11).
	Witness *Witness
	// Then is the packet of the second connection, from the node of a load balancer to a target, where the part is about a service, there is
	// one and it arrives. Its From is the node.
	Then *Witness
	// Balancers are the load balancers that the parts of a service go through, in order, by ARN.
	Balancers []string
	// Conditions are what a request must be like to take this way, in words ("host-header api.example.com"): those of a listener's rule (LB-4).
	Conditions []string
	// Limits is what data is limited to after the handshake; nil when to nothing (FW-11).
	Limits *Limits
	// Passes tells whether the way passes what [Question.Passes] holds for; where the question has none, it is false.
	Passes bool
	// Notes are what a reader should know of the way, as sentences: that a service is open to everybody (PL-3), that it ends at an endpoint (PL-6).
	Notes []string
}

// Limits is what a network firewall does to data after a handshake that it lets through (FW-4, FW-6, FW-11).
type Limits struct {
	// HandshakeOnly: no data at all passes (FW-6).
	HandshakeOnly bool
	// Names are those that pass, as clients claim them in TLS or HTTP (FW-7): "example.com", and ".example.com" for it and every name below. Denied are
	// those that do not pass where others do.
	Names, Denied []string
	// Open is what passes beside that, in words: "data that is neither TLS nor HTTP", …; empty when nothing else does.
	Open string
	// Unknown says what is not known of the limits; empty when all is.
	Unknown string
	// Rule says which rule decides, in words.
	Rule string
}

// Member is one address of an answer: an address of an interface, or all addresses of a class outside.
type Member struct {
	Interface *network.Interface // nil outside
	Address   netip.Addr         // the address that is asked about: private, public, IPv6; outside, an example of Outside
	Outside   []netip.Prefix     // the addresses of an outside class
	Subnet    string             // of an interface, or of a member to be
}

// Witness is a concrete packet (V-11).
type Witness struct {
	From, To            *network.Interface // nil outside
	Source, Destination netip.Addr
	Header              packet.Header
}

// Hop is one element on a way, with what it does to the packet and by which rule.
type Hop struct {
	Kind   string // "security group", "network ACL", "route table", "peering connection", …
	ID     string
	Name   string
	Effect Effect
	Rule   string // the one rule or route that decides, in words
	Code   string // why it stops the packet: an explanation code of Reachability Analyzer, or one of ours (see Codes)
	Origin network.Origin
	// Deciding is false for hops that matter with --explain only.
	Deciding bool
}

// Effect is what a hop does to a packet.
type Effect string

// The effects of hops.
const (
	Allow     Effect = "allow"
	Deny      Effect = "deny"
	Forward   Effect = "forward"
	Translate Effect = "translate"
	Doubt     Effect = "unknown"
)

// PathKind is the kind of way that connects two ends.
type PathKind string

// The kinds of paths.
const (
	SameSubnet        PathKind = "same subnet"
	SameVPC           PathKind = "same VPC"
	ByPeering         PathKind = "peering"
	ByInternet        PathKind = "internet"
	ByNAT             PathKind = "NAT"
	ByGatewayEndpoint PathKind = "gateway endpoint"
	ByVPN             PathKind = "VPN"
	ByDirectConnect   PathKind = "Direct Connect"
	ToService         PathKind = "VPC service" // SG-12
	ByTransitGateway  PathKind = "transit gateway"
	UnknownPath       PathKind = "unknown" // it is not known which way it goes
	NoPath            PathKind = "none"
)

// Outcome sums up many connections: for every verdict, the headers for which some of them have it. Where two overlap the answer is partial.
type Outcome struct {
	Reachable, OneWay, Unreachable, Unknown packet.Set
}

// Cell is what is true between the members of two labels.
type Cell struct {
	Source, Destination string
	// Outside are the prefixes that an outside label stands for, each without the longer ones that are named anywhere in the network, and
	// without the addresses of its interfaces; nil when no side is outside.
	Outside []netip.Prefix
	Kinds   []PathKind // of what arrives or may arrive
	Family  Family     // of what arrives or may arrive; AnyFamily when both have the same outcome
	Outcome Outcome
	// Limited tells that a firewall limits, on some way of what is reachable, what data passes after the handshake (FW-11): [Engine.Can] says to what.
	Limited bool
	// Public tells that the destinations are called by their public addresses.
	Public bool
	// Blame names what makes the Unknown part unknown, sorted.
	Blame []string
}

// Labels names the labels of the interfaces on one side of a [Engine.Tally]; an interface without one is left out.
type Labels func(*network.Interface) []string

// Unmodelled counts, by kind, the components of a snapshot that the engine does not evaluate.
type Unmodelled struct {
	Kind  string
	Count int
}

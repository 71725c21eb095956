package walker

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// Question asks about one packet.
type Question struct {
	// From is the interface that opens the connection, by its identifier; empty for a client outside, on the internet.
	From string
	// To is the interface that must receive the packet; empty when its destination is an address outside or of a service.
	To     string
	Packet Packet
}

// Verdict is what a walk shows (V-4).
type Verdict string

// The verdicts of V-4.
const (
	Reachable   Verdict = "reachable"
	OneWay      Verdict = "one-way"
	Unreachable Verdict = "unreachable"
	Unknown     Verdict = "unknown"
)

// Hop is something that a packet meets.
type Hop struct {
	Kind   string // "security group", "network ACL", "route table", "NAT gateway" …
	ID     string // its identifier; of several groups, all of them
	Effect string // one of the effects below
	Rule   string // the rule or route that decides, in words
	Code   string // why it is stopped or not known: Reachability Analyzer's code, or one of ours; empty otherwise
}

// The effects of a [Hop].
const (
	Allow     = "allow"
	Deny      = "deny"
	Forward   = "forward"
	Translate = "translate"
	Doubt     = "unknown"
)

// Outcome is what happens under one combination of AWS's choices.
type Outcome struct {
	Verdict Verdict
	// Choices are those that AWS took, in the order in which the packet met them; none when there was no choice.
	Choices []string
	// Request and Reply are the hops in order, up to where the walk ended. The reply is walked only when the request was delivered for certain.
	Request, Reply []Hop
	// Reason says why the verdict is not [Reachable].
	Reason string
}

// Walker answers questions about one network. It may be used by any number of goroutines.
type Walker struct {
	network   *network.Network
	gateways  map[string][]*network.InternetGateway // by VPC
	edges     map[string]*network.RouteTable        // of gateways, by theirs (RT-7)
	peerings  map[string][]*network.PeeringConnection
	inside    map[placed]natAddress     // NAT gateways by private address
	outside   map[netip.Addr]natAddress // and by public address
	defective map[string]bool           // VPCs with an interface that was not understood; "" when its VPC is not known
	ports     map[uint8][]uint16        // see newPorts
}

type placed struct {
	vpc     string
	address netip.Addr
}

type natAddress struct {
	gateway *network.NATGateway
	address network.NATAddress
}

// New prepares walks through a network.
func New(n *network.Network) *Walker {
	w := &Walker{
		network:   n,
		gateways:  map[string][]*network.InternetGateway{},
		edges:     map[string]*network.RouteTable{},
		peerings:  map[string][]*network.PeeringConnection{},
		inside:    map[placed]natAddress{},
		outside:   map[netip.Addr]natAddress{},
		defective: map[string]bool{},
		ports:     newPorts(n),
	}
	for _, g := range n.InternetGateways.All() {
		w.gateways[g.VPC] = append(w.gateways[g.VPC], g)
	}
	for _, t := range n.RouteTables.All() {
		for _, gateway := range t.Gateways {
			w.edges[gateway] = t
		}
	}
	for _, p := range n.PeeringConnections.All() {
		w.peerings[p.Requester.VPC] = append(w.peerings[p.Requester.VPC], p)
		if p.Accepter.VPC != p.Requester.VPC {
			w.peerings[p.Accepter.VPC] = append(w.peerings[p.Accepter.VPC], p)
		}
	}
	for _, g := range n.NATGateways.All() {
		if g.State != "available" || g.Defect != nil {
			continue // a deleted one stays listed, and its addresses may be someone else's by now; what is not understood carries nothing
		}
		for _, a := range g.Addresses {
			if a.IP.IsValid() {
				w.inside[placed{g.VPC, a.IP}] = natAddress{g, a}
			}
			if a.Public.IsValid() {
				w.outside[a.Public] = natAddress{g, a}
			}
		}
	}
	for _, i := range n.Interfaces.All() {
		if i.Defect != nil {
			w.defective[i.VPC] = true
		}
	}
	return w
}

// newPorts finds, for TCP and UDP, the first port of every interval of 1024-65535 that no network ACL entry tells apart: those that a
// NAT gateway's choice of a port can make a difference by (NAT-1, NACL-7, V-10).
func newPorts(n *network.Network) map[uint8][]uint16 {
	ports := map[uint8][]uint16{}
	for _, protocol := range []uint8{TCP, UDP} {
		first := map[int]bool{1024: true}
		for _, acl := range n.NetworkACLs.All() {
			for _, e := range acl.Entries {
				if e.Defect == nil && e.Protocol == int(protocol) && e.From != -1 {
					first[e.From], first[e.To+1] = true, true
				}
			}
		}
		for _, port := range slices.Sorted(maps.Keys(first)) {
			if 1024 <= port && port <= 65535 {
				ports[protocol] = append(ports[protocol], uint16(port))
			}
		}
	}
	return ports
}

// Walk is one outcome for every combination of AWS's choices, in a fixed order; at least one.
func (w *Walker) Walk(q Question) []Outcome {
	q.Packet.Source, q.Packet.Destination = q.Packet.Source.Unmap(), q.Packet.Destination.Unmap()
	var all []Outcome
	explore(nil, func(c *chooser) {
		f := &flow{Walker: w, question: q, chooser: c, returns: map[placed]*network.PeeringConnection{}, opened: map[string]Packet{}}
		o := f.connect()
		o.Choices = c.labels()
		all = append(all, o)
	})
	return all
}

// Verdicts are the distinct verdicts of all outcomes, sorted. More than one makes a part of an answer partial (V-10).
func (w *Walker) Verdicts(q Question) []Verdict {
	var all []Verdict
	for _, o := range w.Walk(q) {
		all = append(all, o.Verdict)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

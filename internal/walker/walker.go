package walker

import (
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// Question asks about one packet, or about the connections of a service.
type Question struct {
	// From is the interface that opens the connection, by its identifier; empty for a client outside, on the internet.
	From string
	// To is the interface that must receive the packet; empty when its destination is an address outside or of a service.
	To string
	// Packet is the first one. For a service its Destination is ignored, and its DestinationPort is the listener's.
	Packet Packet
	// Balancer (an ARN) or Endpoint (an identifier), when one is set, asks in place of To about the service behind it (LB-7, PL-6).
	Balancer, Endpoint string
	// Data, when it is set, judges what a client sends after a TCP handshake as well (FW-11): "tls", "http", or "other" for anything else. Name is
	// the name in it.
	Data, Name string
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

	// Door, Node and Target are set for a service: the interface of the node, or of the endpoint, by which the client came in; the node from which
	// the second connection went; and the interface of the target. Empty where there is none.
	Door, Node, Target string
	// Second is the first packet of the second connection, as its sender sent it; nil when there was none.
	Second *Packet
}

// Walker answers questions about one network. It may be used by any number of goroutines.
type Walker struct {
	network   *network.Network
	gateways  map[string][]*network.InternetGateway // by VPC
	edges     map[string]*network.RouteTable        // of gateways, by theirs (RT-7)
	peerings  map[string][]*network.PeeringConnection
	inside    map[placed]natAddress            // NAT gateways by private address
	outside   map[netip.Addr]natAddress        // and by public address
	defective map[string]bool                  // VPCs with an interface that was not understood; "" when its VPC is not known
	ports     map[uint8][]uint16               // see newPorts
	firewalls map[string]firewallAt            // by endpoint
	balancers map[string]*network.LoadBalancer // by node
	nodes     map[string][]*network.Interface  // by load balancer
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
		firewalls: map[string]firewallAt{},
		balancers: map[string]*network.LoadBalancer{},
		nodes:     map[string][]*network.Interface{},
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
	for _, each := range n.Firewalls.All() {
		for i := range each.Endpoints {
			w.firewalls[each.Endpoints[i].ID] = firewallAt{each, &each.Endpoints[i]}
		}
	}
	w.findNodes()
	return w
}

// Walk is one outcome for every combination of AWS's choices, in a fixed order; at least one.
func (w *Walker) Walk(q Question) []Outcome {
	q.Packet.Source, q.Packet.Destination = q.Packet.Source.Unmap(), q.Packet.Destination.Unmap()
	var all []Outcome
	explore(nil, func(c *chooser) {
		var o Outcome
		switch {
		case q.Endpoint != "":
			o = w.privateLink(q, c)
		case q.Balancer != "":
			o = w.service(q, c)
		default:
			o = w.flow(q, c).connect()
		}
		o.Choices = c.labels()
		all = append(all, o)
	})
	return all
}

// flow starts the walk of one connection.
func (w *Walker) flow(q Question, c *chooser) *flow {
	return &flow{Walker: w, question: q, chooser: c, returns: map[placed]*network.PeeringConnection{}, opened: map[string]Packet{}}
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

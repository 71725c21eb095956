package walker

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// flow is one connection on its way, under one sequence of choices: the request first, then the reply, which finds the state that the
// request left.
type flow struct {
	*Walker
	question Question
	chooser  *chooser

	replying bool
	steps    int // taken in this direction, against routing loops
	hops     [2][]Hop
	doubts   []string // why the verdict of this direction is not certain
	arrived  *arrival // where the request came, admitted there or not; nil when it came nowhere, or that is not known

	// What the request passed. client is the interface that opens the connection, and sender the same as long as the packet carries its own address;
	// nil when there is none.
	client    *network.Interface
	sender    *network.Interface
	crossed   []crossing
	entrances []entrance           // by which the request may have come, from a network that is not known
	members   []*network.Interface // that an outbound group reference let it go to; nil when none was needed

	// How the connection is one of a load balancer. leg names it among the connections of a service, and is empty for the first.
	leg    string
	relay  *relay // the client whose address the packet carries; nil when it carries its sender's
	hidden bool   // the packet comes by PrivateLink, so that no reference stands for its sender (PL-4)
	veiled bool   // the packet carries the address of a client that is not known; the one that it has stands for any (LB-7)

	// What either direction passed.
	inspections []inspection // of the request
	viaFirewall bool
	viaPeering  bool
	mixed       bool // it passed both, which is in doubt (FW-9)

	// What the request left for its reply.
	translations []translation                         // by NAT gateways, the last one outermost
	returns      map[placed]*network.PeeringConnection // from a VPC to the address of a NAT gateway, the peering that its request came by (PEER-4)
	opened       map[string]Packet                     // the request as it left, by the VPC of the egress-only gateway (EIGW-1)
}

// crossing is a border that the request crossed. Whether a group reference still stands for the sender depends on them (SG-4, SG-5).
type crossing struct {
	kind       crossingKind
	peering    *network.PeeringConnection
	references answer // over a transit gateway: whether inbound references hold across it (SG-4)
}

type crossingKind int

const (
	overPeering crossingKind = iota
	overInternet
	overTransitGateway
	overMiddlebox // what inspects packets and sends them on: a firewall
)

// pick makes a choice that AWS makes for each connection by itself.
func (f *flow) pick(about string, labels []string) int { return f.chooser.pick(f.leg+about, labels) }

// cross notes a border that the packet crosses. Only the request's count: replies are not asked about (SG-2).
func (f *flow) cross(c crossing) {
	if !f.replying {
		f.crossed = append(f.crossed, c)
	}
}

// translation is what a NAT gateway did to the request: inner came in and outer went out.
type translation struct {
	gateway      *network.NATGateway
	inner, outer Packet
}

// meet notes a hop.
func (f *flow) meet(kind, id, effect, rule string) { f.note(Hop{kind, id, effect, rule, ""}) }

func (f *flow) note(h Hop) {
	way := 0
	if f.replying {
		way = 1
	}
	f.hops[way] = append(f.hops[way], h)
}

// doubt notes a filter of which it is not known whether it lets the packet through. The walk goes on: what drops the packet later decides.
func (f *flow) doubt(kind, id, code, reason string) {
	f.note(Hop{kind, id, Doubt, reason, code})
	f.doubts = append(f.doubts, reason)
}

// connect is the whole walk (V-2 to V-4).
func (f *flow) connect() Outcome {
	at, s := f.request()
	if verdict, reason := f.judge(s, Unreachable); verdict != Reachable {
		return Outcome{Verdict: verdict, Request: f.hops[0], Reason: reason}
	}
	f.replying, f.steps = true, 0
	verdict, reason := f.judge(f.reply(at), OneWay)
	return f.judgeData(Outcome{Verdict: verdict, Request: f.hops[0], Reply: f.hops[1], Reason: reason})
}

// judge is what the end of one direction means; dropped is the verdict if the packet is.
func (f *flow) judge(s *stop, dropped Verdict) (Verdict, string) {
	if s != nil {
		f.note(s.hop)
	}
	switch {
	case s != nil && !s.unclear():
		return dropped, s.reason
	case s != nil:
		return Unknown, strings.Join(append(f.doubts, s.reason), "; ")
	case len(f.doubts) > 0:
		return Unknown, strings.Join(f.doubts, "; ")
	}
	return Reachable, ""
}

// asked tells whether the request ended where the question wants it.
func (f *flow) asked(at arrival) *stop {
	switch {
	case at.kind == atInterface && at.iface.ID != f.question.To:
		return drop("network interface", at.iface.ID, "", codeElsewhere, "the packet ends at "+at.String())
	case at.kind != atInterface && f.question.To != "":
		return drop("network", "", "", codeElsewhere, "the packet ends at "+at.String())
	}
	return nil
}

// request walks the first packet of the connection to where it ends (V-2).
func (f *flow) request() (arrival, *stop) {
	p := f.question.Packet
	if p.Source.Is4() != p.Destination.Is4() {
		return arrival{}, drop("packet", "", p.String(), codeFamily, "source and destination are of different address families")
	}
	if f.question.To != "" {
		if _, ok := f.network.Interfaces.Get(f.question.To); !ok {
			return arrival{}, unclear("network interface", f.question.To, codeUnknown, "interface "+f.question.To+" is not in the network")
		}
	}
	at, s := f.set(p)
	if s == nil {
		s = f.asked(at)
	}
	if s == nil {
		f.arrived = &at
	}
	if s == nil && at.kind == atInterface {
		s = f.receive(at)
	}
	if s == nil {
		f.direct(at)
	}
	return at, s
}

// set sends the request from its client.
func (f *flow) set(p Packet) (arrival, *stop) {
	if f.question.From == "" {
		if to, ok := f.network.Interfaces.Get(f.question.To); ok && has(to, p.Destination) {
			if f.entrances = f.entrancesTo(to.VPC, p.Source); len(f.entrances) > 0 {
				return arrival{}, f.byEntrance(to, p)
			}
		}
		return f.fromInternet(p)
	}
	client, ok := f.network.Interfaces.Get(f.question.From)
	if !ok {
		return arrival{}, unclear("network interface", f.question.From, codeUnknown, "interface "+f.question.From+" is not in the network")
	}
	if s := f.mayOpen(client, p); s != nil {
		return arrival{}, s
	}
	f.meet("network interface", client.ID, Forward, "sends "+p.String())
	vpc, _ := f.network.VPCs.Get(client.VPC)
	var blocks []netip.Prefix
	if vpc != nil {
		blocks = vpc.Blocks
	}
	if name := exemptService(blocks, p); name != "" && !isBalancer(client) { // SG-12, NACL-9
		f.meet("service", p.Destination.String(), Allow, name+": not filtered")
		return arrival{place{kind: atExemptService}, p}, nil
	}
	f.client, f.sender = client, client
	if lb := f.balancers[client.ID]; lb != nil && f.leg == "" {
		if s := f.targetsOnly(lb, client, p); s != nil {
			return arrival{}, s
		}
	}
	if s := f.groups(client, p, true); s != nil {
		return arrival{}, s
	}
	home, s := f.home(client)
	if s != nil {
		return arrival{}, s
	}
	return f.leave(home, p)
}

// mayOpen tells whether an interface opens connections with this source address.
func (f *flow) mayOpen(client *network.Interface, p Packet) *stop {
	const kind = "network interface"
	if client.Defect != nil {
		return unclear(kind, client.ID, codeUnknown, client.Label()+" is not understood: "+client.Defect.String())
	}
	switch {
	case client.Type == network.TypeEndpoint: // PL-1
		return drop(kind, client.ID, "", codeEndpointOpens, client.Label()+" is of a VPC endpoint, which opens no connections")
	case isBalancer(client):
		if s := f.balances(client); s != nil {
			return s
		}
	case client.Conduit() && !ofNAT(client):
		return drop(kind, client.ID, "", codeRelays, client.Label()+" carries what others send, and opens no connections")
	case client.Conduit():
		f.doubt(kind, client.ID, codeUnsupported, "whether the NAT gateway of "+client.Label()+" opens connections of its own is not documented")
	}
	if !slices.ContainsFunc(client.Addresses, func(a network.Address) bool { return a.IP == p.Source }) {
		if client.SourceDestCheck {
			return drop(kind, client.ID, "source/destination check", codeSourceDest, p.Source.String()+" is not an address of "+client.Label())
		}
		return unclear(kind, client.ID, codeUnsupported, client.Label()+" may send packets of others, as an appliance (X-1)")
	}
	return nil
}

// receive is the last step of the request: what the interface itself admits.
func (f *flow) receive(at arrival) *stop {
	i := at.iface
	switch {
	case i.Type == network.TypeLambda || i.Owner.Kind == network.OwnerFunction && i.Owner.Sure: // LAMBDA-1
		return drop("network interface", i.ID, "", codeFunction, i.Label()+" is of a function, which never receives connections")
	case i.Owner.Kind == network.OwnerFunction:
		f.doubt("network interface", i.ID, codeUnknown, i.Label()+" may be of a function, which never receives connections")
	case isBalancer(i):
		return f.intoBalancer(i, at.packet)
	}
	return f.groups(i, at.packet, false)
}

// direct puts in doubt what an outbound group reference admitted, unless the packet took the direct way to a member: inside the VPC, or over the
// peering with it (SG-3, SG-4). Elsewhere AWS does not say whether the reference still stands for the member's addresses.
func (f *flow) direct(at arrival) {
	if f.members == nil {
		return
	}
	direct := at.kind == atInterface && slices.Contains(f.members, at.iface) && len(f.translations) == 0
	switch len(f.crossed) {
	case 0:
		direct = direct && at.iface.VPC == f.client.VPC
	case 1:
		direct = direct && f.crossed[0].kind == overPeering
	default:
		direct = false
	}
	if !direct {
		f.doubt("security group", strings.Join(f.members[0].Groups, ","), codeReferenceLost, "an outbound group reference admitted the packet, which did not take the direct way to a member of that group")
	}
}

// reply walks the answer to where the request came from (V-3).
func (f *flow) reply(at arrival) *stop {
	p := at.packet.Reply()
	back, s := f.answer(at, p)
	if s == nil {
		s = f.halfSeen()
	}
	if s != nil {
		return s
	}
	if back.packet != f.question.Packet.Reply() {
		return drop("network", "", back.packet.String(), codeReplyLost, "what comes back at "+back.String()+" is no reply to the request: "+back.packet.String())
	}
	if f.question.From == "" {
		switch back.kind {
		case onInternet:
			return nil
		case onPremises:
			return unclear(back.edge(), back.gateway, codeUnsupported, "the reply leaves by "+back.gateway+", and not as the request came")
		}
	} else if back.kind == atExemptService || back.kind == atInterface && back.iface.ID == f.question.From {
		return nil
	}
	return drop("network", "", "", codeReplyLost, "the reply ends at "+back.String())
}

// answer sends the reply from where the request ended. The groups are not asked: they keep state (SG-2).
func (f *flow) answer(at arrival, p Packet) (arrival, *stop) {
	switch at.kind {
	case atInterface:
		f.meet("network interface", at.iface.ID, Forward, "replies "+p.String())
		home, s := f.home(at.iface)
		if s != nil {
			return arrival{}, s
		}
		return f.leave(home, p)
	case onPremises:
		f.meet(at.edge(), at.gateway, Forward, "back in: "+p.String())
		if at.attachment != nil {
			return f.transit(at.attachment, nil, p)
		}
		return f.enterByGateway(at.gateway, at.vpc, p)
	case atEndpointService:
		f.meet("gateway endpoint", at.gateway, Forward, "back in: "+p.String())
		return f.enter(at.vpc, p, nil)
	case atExemptService:
		return arrival{at.place, p}, nil
	}
	return f.fromInternet(p)
}

func ofNAT(i *network.Interface) bool {
	return i.Type == network.TypeNAT || i.Owner.Kind == network.OwnerNAT && i.Owner.Sure
}

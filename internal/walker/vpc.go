package walker

import (
	"cmp"
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// maxSteps is more than any path has: a packet that takes more goes round.
const maxSteps = 32

// home is the subnet of an interface.
func (f *flow) home(i *network.Interface) (*network.Subnet, *stop) {
	return f.subnet(i.Subnet, i.Label())
}

func (f *flow) subnet(id, of string) (*network.Subnet, *stop) {
	s, ok := f.network.Subnets.Get(id)
	if !ok {
		return nil, unclear("subnet", id, codeUnknown, "the subnet of "+of+" is not in the network")
	}
	return s, nil
}

// leave sends a packet from an interface of a subnet: inside it, or by its network ACL and its route table.
func (f *flow) leave(s *network.Subnet, p Packet) (arrival, *stop) {
	if f.steps++; f.steps > maxSteps {
		return arrival{}, drop("subnet", s.ID, p.String(), codeLoop, "the packet goes round: "+p.String())
	}
	if within(notForwarded, p.Destination) { // RT-6
		return arrival{}, drop("subnet", s.ID, "", codeLinkLocal, p.Destination.String()+" is never forwarded")
	}
	if s.Defect == nil && within(s.Blocks, p.Destination) { // RT-6, NACL-3
		return f.enter(s.VPC, p, s)
	}
	if f.replying {
		if peering := f.returns[placed{s.VPC, p.Destination}]; peering != nil { // PEER-4
			if denied := f.acl(s, p, true); denied != nil {
				return arrival{}, denied
			}
			return f.overPeering(peering, s.VPC, p)
		}
	}
	t, end := f.routeTable(s)
	var m match
	if end == nil {
		m, end = f.lookup(t, p.Destination)
	}
	if end != nil || !f.neighbour(m.route.Target, s) { // NACL-3
		if denied := f.acl(s, p, true); denied != nil {
			return arrival{}, denied
		}
	}
	if s.Defect != nil {
		return arrival{}, unclear("subnet", s.ID, codeUnknown, s.Label()+" is not understood: "+s.Defect.String())
	}
	if f.veiled && (end != nil || m.route.Target.Kind != network.TargetLocal) { // LB-2
		return arrival{}, unclear("route table", s.RouteTable, codeUnsupported, "how a connection that keeps its client's address goes on from "+s.Label()+" by a route that is not local is not known")
	}
	if end == nil {
		end = f.take(t, m)
	}
	if end != nil {
		return arrival{}, end
	}
	return f.follow(m.route.Target, s, p)
}

// neighbour tells whether a target is an interface of the subnet itself, or a firewall endpoint there, so that what is sent to it crosses no boundary.
func (f *flow) neighbour(target network.Target, s *network.Subnet) bool {
	if at, ok := f.firewalls[target.ID]; ok && target.Kind == network.TargetEndpoint {
		return at.endpoint.Subnet == s.ID
	}
	if target.Kind != network.TargetInterface {
		return false
	}
	i, ok := f.network.Interfaces.Get(target.ID)
	return ok && i.Subnet == s.ID
}

// follow hands a packet that leaves a subnet to the target of its route. What is not walked through ends the walk here (RT-5, X-1); what is, walks
// on by itself.
func (f *flow) follow(target network.Target, s *network.Subnet, p Packet) (arrival, *stop) {
	switch target.Kind {
	case network.TargetLocal: // RT-3
		return f.enter(s.VPC, p, nil)
	case network.TargetInterface:
		return f.throughInterface(target.ID, s, p)
	case network.TargetNAT:
		return f.throughNAT(target.ID, s, p)
	case network.TargetPeering:
		return f.throughPeering(target.ID, s.VPC, p)
	case network.TargetInternetGateway:
		return f.throughInternetGateway(target.ID, s.VPC, s, p)
	case network.TargetEgressOnly:
		return f.throughEgressOnly(target.ID, s, p)
	case network.TargetEndpoint:
		return f.throughEndpoint(target.ID, s.VPC, s, p)
	case network.TargetTransitGateway:
		return f.throughTransitGateway(target.ID, s, p)
	case network.TargetVPNGateway:
		return f.throughVPNGateway(target.ID, s.VPC, p)
	}
	kind := cmp.Or(string(target.Kind), "route target")
	return arrival{}, unclear(kind, target.ID, codeUnsupported, kind+" "+target.ID+", to which a route leads, is not modelled")
}

// throughInterface sends a packet to an interface by a route (RT-8). It comes from a subnet, or from a gateway, and then from is nil.
func (f *flow) throughInterface(id string, from *network.Subnet, p Packet) (arrival, *stop) {
	const kind = "network interface"
	i, ok := f.network.Interfaces.Get(id)
	if !ok {
		return arrival{}, unclear(kind, id, codeUnknown, "interface "+id+", to which a route leads, is not in the network")
	}
	if i.Defect != nil {
		return arrival{}, unclear(kind, id, codeUnknown, i.Label()+" is not understood: "+i.Defect.String())
	}
	if has(i, p.Destination) {
		return f.enter(i.VPC, p, from)
	}
	if from == nil || from.ID != i.Subnet {
		home, s := f.home(i)
		if s == nil {
			s = f.acl(home, p, false)
		}
		if s != nil {
			return arrival{}, s
		}
	}
	if i.SourceDestCheck {
		return arrival{}, drop(kind, id, "source/destination check", codeSourceDest, p.Destination.String()+" is not an address of "+i.Label()+", which checks destinations")
	}
	return arrival{}, unclear(kind, id, codeUnsupported, "what "+i.Label()+" does with packets that are not for it is not known (X-1)")
}

// enter delivers a packet to the interface that has its destination in a VPC. It comes from one of the VPC's subnets, where it was not filtered on the
// way out if that is the destination's own, or from elsewhere, and then from is nil.
func (f *flow) enter(vpc string, p Packet, from *network.Subnet) (arrival, *stop) {
	const kind = "network interface"
	if nat, ok := f.inside[placed{vpc, p.Destination}]; ok {
		return f.intoNAT(nat.gateway, p, from)
	}
	i := f.network.InterfaceAt(vpc, p.Destination)
	if i == nil {
		v, ok := f.network.VPCs.Get(vpc)
		if !ok {
			return arrival{}, unclear("VPC", vpc, codeUnknown, "VPC "+vpc+" is not in the network")
		}
		if why := f.mayHideInterface(v); why != "" {
			return arrival{}, unclear("VPC", vpc, codeUnknown, "no interface is known at "+p.Destination.String()+" in "+v.Label()+", but "+why)
		}
		return arrival{}, drop("VPC", vpc, "", codeNowhere, "no interface of "+v.Label()+" has "+p.Destination.String())
	}
	if i.Defect != nil {
		return arrival{}, unclear(kind, i.ID, codeUnknown, i.Label()+" is not understood: "+i.Defect.String())
	}
	if from == nil || from.ID != i.Subnet {
		if home, ok := f.network.Subnets.Get(i.Subnet); !ok {
			f.doubt("subnet", i.Subnet, codeUnknown, "the subnet of "+i.Label()+", and its network ACL, are not in the network")
		} else if s := f.acl(home, p, false); s != nil {
			return arrival{}, s
		}
	}
	if ofNAT(i) {
		return arrival{}, drop(kind, i.ID, "", codeNATOpens, i.Label()+" is of a NAT gateway, which takes no connections")
	}
	if i.Conduit() {
		return arrival{}, drop(kind, i.ID, "", codeRelays, i.Label()+" carries what others send, and takes no connections")
	}
	if e, ok := f.network.Endpoints.Get(i.Owner.ID); ok && i.Type == network.TypeEndpoint { // EP-2
		if e.Type != network.EndpointInterface || e.Defect != nil {
			f.doubt("VPC endpoint", e.ID, codeUnsupported, "an endpoint of type "+string(e.Type)+" is not modelled: "+e.Label())
		}
	}
	f.meet(kind, i.ID, Forward, "receives "+p.String())
	return arrival{place{kind: atInterface, iface: i}, p}, nil
}

// mayHideInterface says why a VPC may have interfaces that are not known; it is empty when it has none.
func (w *Walker) mayHideInterface(v *network.VPC) string {
	if gap := w.network.Gap("NetworkInterfaces", v.Account, v.Region); gap != nil {
		return gap.String()
	}
	if w.defective[v.ID] || w.defective[""] {
		return "an interface was not understood"
	}
	return ""
}

// holds tells whether an address lies in a VPC.
func (w *Walker) holds(vpc string, a netip.Addr) bool {
	v, ok := w.network.VPCs.Get(vpc)
	return ok && within(v.Blocks, a)
}

// enterByGateway lets a packet into a VPC by an internet or virtual private gateway, by the gateway's route table where it has one (RT-7).
func (f *flow) enterByGateway(gateway, vpc string, p Packet) (arrival, *stop) {
	t := f.edges[gateway]
	if t == nil {
		return f.enter(vpc, p, nil)
	}
	m, s := f.lookup(t, p.Destination)
	if s == nil {
		s = f.take(t, m)
	}
	if s != nil {
		return arrival{}, s
	}
	switch m.route.Target.Kind {
	case network.TargetLocal:
		return f.enter(vpc, p, nil)
	case network.TargetInterface:
		return f.throughInterface(m.route.Target.ID, nil, p)
	case network.TargetEndpoint:
		return f.throughEndpoint(m.route.Target.ID, vpc, nil, p)
	}
	return arrival{}, unclear(string(m.route.Target.Kind), m.route.Target.ID, codeUnsupported, "the route table of a gateway does not lead to a "+string(m.route.Target.Kind)+": "+t.ID)
}

// ownSource tells whether a packet carries an address of an interface or NAT gateway of a VPC.
func (f *flow) ownSource(vpc string, a netip.Addr) bool {
	if _, ok := f.inside[placed{vpc, a}]; ok {
		return true
	}
	return f.network.InterfaceAt(vpc, a) != nil
}

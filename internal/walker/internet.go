package walker

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// throughInternetGateway sends a packet out of a VPC (IGW-1 to IGW-3). It leaves from a subnet, or from a regional NAT gateway, and then from is nil and
// the source public already.
func (f *flow) throughInternetGateway(id, vpc string, from *network.Subnet, p Packet) (arrival, *stop) {
	const kind = "internet gateway"
	g, ok := f.network.InternetGateways.Get(id)
	if !ok {
		return arrival{}, unclear(kind, id, codeUnknown, "internet gateway "+id+" is not in the network")
	}
	if g.Defect != nil {
		return arrival{}, unclear(kind, id, codeUnknown, g.Label()+" is not understood: "+g.Defect.String())
	}
	if g.VPC != vpc { // RT-9
		return arrival{}, drop(kind, id, "", codeAttachment, g.Label()+" is not attached to "+vpc)
	}
	public, nat := p.Source, from == nil
	if from != nil {
		var s *stop
		if public, nat, s = f.publicSource(g, vpc, p.Source); s != nil {
			return arrival{}, s
		}
	}
	if s := f.blockOutbound(vpc, from, p.Source, nat); s != nil {
		return arrival{}, s
	}
	if egress, _, ok := crossesInternet(p.Destination); !ok { // IGW-2
		return arrival{}, drop(kind, id, "", egress, p.Destination.String()+" is not reached over the internet")
	}
	if p.Source.Is6() {
		if egress, _, ok := crossesInternet(p.Source); !ok { // IGW-3
			return arrival{}, drop(kind, id, "", egress, p.Source.String()+" is not a public address")
		}
	} else if p.Source != public {
		p.Source = public
		f.meet(kind, id, Translate, "to "+p.String())
		return f.overInternet(p)
	}
	f.meet(kind, id, Forward, p.String())
	return f.overInternet(p)
}

// publicSource is the address by which a source of a VPC is known on the internet (IGW-1), and whether it is a NAT gateway's.
func (f *flow) publicSource(g *network.InternetGateway, vpc string, source netip.Addr) (public netip.Addr, nat bool, s *stop) {
	known, nat := f.inside[placed{vpc, source}]
	public = known.address.Public
	i := f.network.InterfaceAt(vpc, source)
	if i == nil && !nat {
		return public, nat, drop("internet gateway", g.ID, "", codeNoPublicOut, source.String()+" is not an address of "+vpc)
	}
	if source.Is6() {
		return source, nat, nil
	}
	if i != nil && !public.IsValid() {
		for _, a := range i.Addresses {
			if a.IP == source {
				public = a.Public
			}
		}
	}
	switch {
	case public.IsValid():
		return public, nat, nil
	case nat && !known.gateway.Private:
		return public, nat, unclear("NAT gateway", known.gateway.ID, codeUnknown, "the public address of "+known.gateway.Label()+" is not known")
	}
	return public, nat, drop("internet gateway", g.ID, "", codeNoPublicOut, source.String()+" has no public address") // NAT-3, LAMBDA-1
}

// throughEgressOnly sends a packet out of a VPC by an egress-only internet gateway (EIGW-1).
func (f *flow) throughEgressOnly(id string, from *network.Subnet, p Packet) (arrival, *stop) {
	const kind = "egress-only internet gateway"
	g, ok := f.network.EgressOnlyGateways.Get(id)
	if !ok {
		return arrival{}, unclear(kind, id, codeUnknown, "egress-only internet gateway "+id+" is not in the network")
	}
	if g.Defect != nil {
		return arrival{}, unclear(kind, id, codeUnknown, g.Label()+" is not understood: "+g.Defect.String())
	}
	if g.VPC != from.VPC { // RT-9
		return arrival{}, drop(kind, id, "", codeAttachment, g.Label()+" is not attached to "+from.VPC)
	}
	if p.Source.Is4() {
		return arrival{}, drop(kind, id, "", codeEgressOnly, g.Label()+" carries IPv6 only")
	}
	for _, a := range []netip.Addr{p.Source, p.Destination} {
		if egress, _, ok := crossesInternet(a); !ok {
			return arrival{}, drop(kind, id, "", egress, a.String()+" is not a public address")
		}
	}
	if !f.ownSource(from.VPC, p.Source) {
		return arrival{}, drop(kind, id, "", codeSpoofed, p.Source.String()+" is not an address of "+from.VPC)
	}
	if s := f.blockOutbound(from.VPC, from, p.Source, true); s != nil {
		return arrival{}, s
	}
	if f.replying { // V-15
		return arrival{}, drop(kind, id, p.String(), codeReplyLost, g.Label()+" has no connection to which "+p.String()+" belongs")
	}
	f.opened[from.VPC] = p
	f.meet(kind, id, Forward, p.String())
	return f.overInternet(p)
}

// overInternet carries a packet between gateways: into a VPC that has its destination (IGW-4), or to an address outside.
func (f *flow) overInternet(p Packet) (arrival, *stop) {
	f.cross(crossing{kind: overInternet})
	if f.knownOutside(p.Destination) {
		return f.fromInternet(p)
	}
	return arrival{place{kind: onInternet}, p}, nil
}

// knownOutside tells whether the internet leads an address to a VPC of the network.
func (f *flow) knownOutside(a netip.Addr) bool {
	if a.Is4() {
		_, nat := f.outside[a]
		return nat || f.network.InterfaceByPublic(a) != nil
	}
	for _, v := range f.network.VPCs.All() {
		if within(v.Blocks, a) {
			return true
		}
	}
	return false
}

// fromInternet lets a packet into the VPC that has its destination (IGW-1, IGW-2, IGW-5).
func (f *flow) fromInternet(p Packet) (arrival, *stop) {
	if f.steps++; f.steps > maxSteps {
		return arrival{}, drop("internet", "", p.String(), codeLoop, "the packet goes round: "+p.String())
	}
	to, s := f.publicDestination(p.Destination)
	if s != nil {
		return arrival{}, s
	}
	if _, entry, ok := crossesInternet(p.Source); !ok { // IGW-2, IGW-3
		return arrival{}, drop("internet gateway", "", "", entry, p.Source.String()+" does not come over the internet")
	}
	if p.Destination.Is6() {
		if _, entry, ok := crossesInternet(p.Destination); !ok {
			return arrival{}, drop("internet gateway", "", "", entry, p.Destination.String()+" is not reached over the internet")
		}
	}
	if request, ok := f.opened[to.vpc]; f.replying && ok && request.Reply() == p { // EIGW-1
		if s := f.blockPublicAccess(to.vpc, to.subnet, true); s != nil {
			return arrival{}, s
		}
		f.meet("egress-only internet gateway", "", Forward, "back in: "+p.String())
		return f.enter(to.vpc, p, nil)
	}
	if to.nat != nil && to.nat.Regional && !f.translatedBy(to.nat) { // NAT-2: whatever is on the way
		return f.intoNAT(to.nat, p, nil)
	}
	g, s := f.internetGateway(to.vpc)
	if s != nil {
		return arrival{}, s
	}
	if s := f.blockPublicAccess(to.vpc, to.subnet, to.nat != nil); s != nil {
		return arrival{}, s
	}
	if p.Destination.Is6() {
		f.meet("internet gateway", g.ID, Forward, "in: "+p.String())
		return f.enterByGateway(g.ID, to.vpc, p)
	}
	if to.nat != nil && to.nat.Regional {
		if t := f.edges[g.ID]; t != nil {
			return arrival{}, unclear("route table", t.ID, codeUnsupported, "what the route table of "+g.ID+" does with packets for a regional NAT gateway is not known")
		}
		f.meet("internet gateway", g.ID, Forward, "in: "+p.String())
		return f.intoNAT(to.nat, p, nil)
	}
	p.Destination = to.private
	f.meet("internet gateway", g.ID, Translate, "in, to "+p.String())
	return f.enterByGateway(g.ID, to.vpc, p)
}

// destination is where the internet leads a public address.
type destination struct {
	vpc     string
	subnet  *network.Subnet // nil for a regional NAT gateway
	private netip.Addr      // for an IPv4 address that is mapped to it
	nat     *network.NATGateway
}

func (f *flow) publicDestination(a netip.Addr) (destination, *stop) {
	const kind = "internet"
	if nat, ok := f.outside[a]; ok {
		to := destination{vpc: nat.gateway.VPC, private: nat.address.IP, nat: nat.gateway}
		if nat.gateway.Regional {
			return to, nil
		}
		if !to.private.IsValid() {
			return to, unclear("NAT gateway", nat.gateway.ID, codeUnknown, "the private address of "+nat.gateway.Label()+" is not known")
		}
		var s *stop
		to.subnet, s = f.subnet(nat.gateway.Subnet, nat.gateway.Label())
		return to, s
	}
	var i *network.Interface
	to := destination{private: a}
	if a.Is4() {
		if i = f.network.InterfaceByPublic(a); i != nil {
			for _, each := range i.Addresses {
				if each.Public == a {
					to.private = each.IP
				}
			}
		}
	} else if found := f.network.InterfacesAt(a); len(found) > 1 {
		return to, unclear(kind, "", codeUnknown, "several interfaces have "+a.String())
	} else if len(found) == 1 {
		i = found[0]
	}
	if i == nil {
		return to, f.nobody(a)
	}
	to.vpc = i.VPC
	if nat, ok := f.inside[placed{i.VPC, to.private}]; ok {
		to.nat = nat.gateway
	}
	var s *stop
	to.subnet, s = f.home(i)
	return to, s
}

// nobody ends a walk at an address that no interface is known to have.
func (f *flow) nobody(a netip.Addr) *stop {
	const kind = "internet gateway"
	if _, _, ok := crossesInternet(a); ok && (f.replying || f.question.To == "") { // another interface is not the one asked for
		for _, v := range f.network.VPCs.All() {
			if a.Is6() && !within(v.Blocks, a) {
				continue
			}
			if why := f.mayHideInterface(v); why != "" {
				return unclear("VPC", v.ID, codeUnknown, "no interface is known to have "+a.String()+", but "+why)
			}
		}
	}
	return drop(kind, "", "", codeNoPublicIn, a.String()+" is not a public address of any interface")
}

// internetGateway is the one that is attached to a VPC.
func (f *flow) internetGateway(vpc string) (*network.InternetGateway, *stop) {
	const kind = "internet gateway"
	for _, g := range f.gateways[vpc] {
		if g.Defect != nil {
			return nil, unclear(kind, g.ID, codeUnknown, g.Label()+" is not understood: "+g.Defect.String())
		}
		return g, nil
	}
	v, ok := f.network.VPCs.Get(vpc)
	if !ok {
		return nil, unclear("VPC", vpc, codeUnknown, "VPC "+vpc+" is not in the network")
	}
	if gap := f.network.Gap("InternetGateways", v.Account, v.Region); gap != nil {
		return nil, unclear(kind, "", codeUnknown, "whether "+v.Label()+" has an internet gateway is not known: "+gap.String())
	}
	for _, g := range f.gateways[""] {
		if g.Defect != nil {
			return nil, unclear(kind, g.ID, codeUnknown, "whether "+v.Label()+" has an internet gateway is not known: "+g.Defect.String())
		}
	}
	return nil, drop(kind, "", "", codeUnassociated, v.Label()+" has no internet gateway")
}

package walker

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// throughNAT sends the request through a NAT gateway, and from it on by the table of the gateway's subnet (NAT-1), or of the gateway (NAT-4).
func (f *flow) throughNAT(id string, from *network.Subnet, p Packet) (arrival, *stop) {
	const kind = "NAT gateway"
	g, ok := f.network.NATGateways.Get(id)
	if !ok {
		return arrival{}, unclear(kind, id, codeUnknown, "NAT gateway "+id+" is not in the network")
	}
	if g.Defect != nil {
		return arrival{}, unclear(kind, id, codeUnknown, g.Label()+" is not understood: "+g.Defect.String())
	}
	if g.State != "available" { // RT-9
		return arrival{}, drop(kind, id, "", codeState, g.Label()+" is "+g.State)
	}
	var home *network.Subnet
	if !g.Regional { // NAT-4
		var s *stop
		if home, s = f.subnet(g.Subnet, g.Label()); s != nil {
			return arrival{}, s
		}
		if home.ID != from.ID {
			if s := f.acl(home, p, false); s != nil { // NACL-8
				return arrival{}, s
			}
		}
	}
	if p.Destination.Is6() {
		what := "IPv6 through a NAT gateway"
		if nat64.Contains(p.Destination) {
			what = "NAT64"
		}
		return arrival{}, unclear(kind, id, codeUnsupported, what+" is not modelled: "+g.Label())
	}
	if !p.hasPorts() && p.Protocol != ICMP {
		return arrival{}, drop(kind, id, p.String(), codeProtocol, g.Label()+" translates TCP, UDP and ICMP only")
	}
	if f.replying { // V-15
		return arrival{}, drop(kind, id, p.String(), codeReplyLost, g.Label()+" has no connection to which "+p.String()+" belongs")
	}
	outer, s := f.translate(g, from, p)
	if s != nil {
		return arrival{}, s
	}
	f.note(Hop{kind, id, Translate, "to " + outer.String(), ""})
	f.translations = append(f.translations, translation{g, p, outer})
	f.sender = nil // SG-3, SG-13: no interface with a group has that address
	if g.Regional {
		return f.leaveRegional(g, outer)
	}
	return f.leave(home, outer)
}

// translate gives the packet one of the gateway's addresses, and one of its ports (NAT-1, V-10). A regional gateway is known by its public addresses.
func (f *flow) translate(g *network.NATGateway, from *network.Subnet, p Packet) (Packet, *stop) {
	var options []netip.Addr
	var zone []netip.Addr // those of the client's zone, which a regional gateway prefers once it is there
	for _, a := range g.Addresses {
		ip := a.IP
		if g.Regional {
			ip = a.Public
		}
		switch {
		case !ip.IsValid():
			return p, unclear("NAT gateway", g.ID, codeUnknown, "an address of "+g.Label()+" is not known")
		case ip == p.Source:
			return p, drop("NAT gateway", g.ID, "", codeLoop, "the table of "+g.Label()+" leads back to it")
		}
		options = append(options, ip)
		if g.Regional && a.Zone != "" && (a.Zone == from.Zone || a.Zone == from.ZoneID) {
			zone = append(zone, ip)
		}
	}
	if len(zone) > 0 {
		options = zone
	}
	if len(options) == 0 {
		return p, unclear("NAT gateway", g.ID, codeUnknown, "the addresses of "+g.Label()+" are not known")
	}
	labels := make([]string, len(options))
	for i, ip := range options {
		labels[i] = ip.String()
	}
	p.Source = options[f.pick(g.ID+" address", labels)]
	if !p.hasPorts() {
		return p, nil
	}
	p.SourcePort = f.port(g.ID+" port", p.Protocol)
	return p, nil
}

// leaveRegional sends a translated packet from a regional gateway, which has a route table of its own: with a route to the internet gateway at first,
// but it can be edited, so that nothing is known without it (UG nat-gateways-regional).
func (f *flow) leaveRegional(g *network.NATGateway, p Packet) (arrival, *stop) {
	m, s := f.regionalRoute(g, p.Destination)
	if s != nil {
		return arrival{}, s
	}
	if m.Kind == network.TargetInternetGateway {
		return f.throughInternetGateway(m.ID, g.VPC, nil, p)
	}
	return arrival{}, unclear("NAT gateway", g.ID, codeUnsupported, "a regional NAT gateway that sends to a "+string(m.Kind)+" is not modelled: "+g.Label())
}

func (f *flow) regionalRoute(g *network.NATGateway, destination netip.Addr) (network.Target, *stop) {
	t, ok := f.network.RouteTables.Get(g.RouteTable)
	if !ok {
		return network.Target{}, unclear("NAT gateway", g.ID, codeUnknown, "the route table of "+g.Label()+", a regional NAT gateway, is not in the network")
	}
	m, s := f.lookup(t, destination)
	if s == nil {
		s = f.take(t, m)
	}
	if s != nil {
		return network.Target{}, s
	}
	return m.route.Target, nil
}

// translatedBy tells whether a packet may be a reply to what a NAT gateway translated last.
func (f *flow) translatedBy(g *network.NATGateway) bool {
	last := len(f.translations) - 1
	return f.replying && last >= 0 && f.translations[last].gateway == g
}

// intoNAT takes a packet for a NAT gateway's own address. Only replies go on from there (NAT-2, NAT-5).
func (f *flow) intoNAT(g *network.NATGateway, p Packet, from *network.Subnet) (arrival, *stop) {
	const kind = "NAT gateway"
	var home *network.Subnet
	if !g.Regional {
		var s *stop
		if home, s = f.subnet(g.Subnet, g.Label()); s != nil {
			return arrival{}, s
		}
		if from == nil || from.ID != home.ID {
			if s := f.acl(home, p, false); s != nil { // NACL-8
				return arrival{}, s
			}
		}
	}
	last := len(f.translations) - 1
	if !f.translatedBy(g) || f.translations[last].outer.Reply() != p {
		return arrival{}, drop(kind, g.ID, p.String(), codeNATOpens, g.Label()+" takes replies only, and "+p.String()+" is none")
	}
	inner := f.translations[last].inner.Reply()
	f.translations = f.translations[:last]
	f.note(Hop{kind, g.ID, Translate, "back to " + inner.String(), ""})
	if !g.Regional {
		return f.leave(home, inner)
	}
	target, s := f.regionalRoute(g, inner.Destination)
	if s != nil {
		return arrival{}, s
	}
	if target.Kind != network.TargetLocal {
		return arrival{}, unclear(kind, g.ID, codeUnsupported, "a regional NAT gateway that sends replies to a "+string(target.Kind)+" is not modelled: "+g.Label())
	}
	return f.enter(g.VPC, inner, nil)
}

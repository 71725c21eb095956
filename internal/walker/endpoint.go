package walker

import "github.com/watertight/watertight/internal/network"

// throughEndpoint sends a packet to a VPC endpoint by a route: a gateway endpoint (EP-1). It comes from a subnet, or from a gateway, and then
// from is nil.
func (f *flow) throughEndpoint(id string, from *network.Subnet, p Packet) (arrival, *stop) {
	const kind = "gateway endpoint"
	for _, firewall := range f.network.Firewalls.All() {
		for _, e := range firewall.Endpoints {
			if e.ID == id {
				return arrival{}, unclear("firewall", firewall.ID, codeUnsupported, "network firewalls are not modelled: "+firewall.Label())
			}
		}
	}
	e, ok := f.network.Endpoints.Get(id)
	switch {
	case !ok:
		return arrival{}, unclear("VPC endpoint", id, codeUnknown, "VPC endpoint "+id+" is not in the network")
	case e.Defect != nil:
		return arrival{}, unclear("VPC endpoint", id, codeUnknown, e.Label()+" is not understood: "+e.Defect.String())
	case e.Type != network.EndpointGateway || from == nil:
		return arrival{}, unclear("VPC endpoint", id, codeUnsupported, "what is behind a "+string(e.Type)+" endpoint is not modelled: "+e.Label())
	case e.State != "available": // RT-9
		return arrival{}, drop(kind, id, "", codeState, e.Label()+" is "+e.State)
	case e.VPC != from.VPC:
		return arrival{}, drop(kind, id, "", codeAttachment, e.Label()+" is not in "+from.VPC)
	case f.replying: // V-15
		return arrival{}, drop(kind, id, p.String(), codeReplyLost, e.Label()+" has no connection to which "+p.String()+" belongs")
	case !(p.Protocol == TCP || p.Protocol == ICMP && p.ICMPType == 8 && p.ICMPCode == 0 || p.Protocol == ICMPv6 && p.ICMPType == 128 && p.ICMPCode == 0):
		return arrival{}, drop(kind, id, p.String(), codeEndpoint, e.Label()+" takes TCP and ICMP echo only")
	case !f.holds(from.VPC, p.Source):
		return arrival{}, drop(kind, id, "", codeEndpointSource, p.Source.String()+" is not an address of "+from.VPC)
	}
	f.meet(kind, id, Forward, "to "+e.Service)
	return arrival{place{kind: atEndpointService, vpc: from.VPC, gateway: id}, p}, nil
}

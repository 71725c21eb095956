package walker

import "github.com/watertight/watertight/internal/network"

// throughEndpoint sends a packet to a VPC endpoint by a route: a gateway endpoint (EP-1), or a firewall's (FW-1). What is behind the endpoint of a
// Gateway Load Balancer is not known (EP-3). It comes from a subnet of the VPC, or from a gateway, and then from is nil.
func (f *flow) throughEndpoint(id, vpc string, from *network.Subnet, p Packet) (arrival, *stop) {
	const kind = "gateway endpoint"
	if at, ok := f.firewalls[id]; ok {
		return f.throughFirewall(at, vpc, from, p)
	}
	e, ok := f.network.Endpoints.Get(id)
	switch {
	case !ok:
		return arrival{}, unclear("VPC endpoint", id, codeUnknown, "VPC endpoint "+id+" is not in the network")
	case e.Defect != nil:
		return arrival{}, unclear("VPC endpoint", id, codeUnknown, e.Label()+" is not understood: "+e.Defect.String())
	case e.Type == network.EndpointGatewayLoadBalancer && e.State != "available": // RT-9, EP-3
		return arrival{}, drop("VPC endpoint", id, "", codeState, e.Label()+" is "+e.State)
	case e.Type != network.EndpointGateway || from == nil:
		return arrival{}, unclear("VPC endpoint", id, codeUnsupported, "what is behind a "+string(e.Type)+" endpoint is not modelled: "+e.Label())
	case e.State != "available": // RT-9
		return arrival{}, drop(kind, id, "", codeState, e.Label()+" is "+e.State)
	case e.VPC != from.VPC:
		return arrival{}, drop(kind, id, "", codeAttachment, e.Label()+" is not in "+from.VPC)
	case f.replying: // V-15
		return arrival{}, drop(kind, id, p.String(), codeReplyLost, e.Label()+" has no connection to which "+p.String()+" belongs")
	case !(p.Protocol == TCP || p.Source.Is4() && p.Protocol == ICMP && p.ICMPType == 8 && p.ICMPCode == 0 || p.Source.Is6() && p.Protocol == ICMPv6 && p.ICMPType == 128 && p.ICMPCode == 0):
		return arrival{}, drop(kind, id, p.String(), codeEndpoint, e.Label()+" takes TCP and ICMP echo only")
	case !f.holds(from.VPC, p.Source):
		return arrival{}, drop(kind, id, "", codeEndpointSource, p.Source.String()+" is not an address of "+from.VPC)
	}
	f.meet(kind, id, Forward, "to "+e.Service)
	return arrival{place{kind: atEndpointService, vpc: from.VPC, gateway: id}, p}, nil
}

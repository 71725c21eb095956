package walker

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

const kindService = "endpoint service"

// privateLink judges an interface endpoint as the service behind it (PL-4, PL-6): the connection of the client to an interface of the endpoint, and that of the
// provider's load balancer to a target. When the provider was not collected, the answer ends at the endpoint (EP-2).
func (w *Walker) privateLink(q Question, c *chooser) Outcome {
	const kind = "VPC endpoint"
	e, ok := w.network.Endpoints.Get(q.Endpoint)
	switch {
	case !ok:
		return ended(unclear(kind, q.Endpoint, codeUnknown, "VPC endpoint "+q.Endpoint+" is not in the network"))
	case e.Defect != nil:
		return ended(unclear(kind, e.ID, codeUnknown, e.Label()+" is not understood: "+e.Defect.String()))
	case e.Type != network.EndpointInterface: // EP-3
		return ended(unclear(kind, e.ID, codeUnsupported, "what is behind an endpoint of type "+string(e.Type)+" is not modelled: "+e.Label()))
	}
	var doors []*network.Interface
	var labels []string
	for _, i := range w.network.Interfaces.All() {
		if i.Owner.Kind == network.OwnerEndpoint && i.Owner.ID == e.ID || slices.Contains(e.Interfaces, i.ID) {
			doors, labels = append(doors, i), append(labels, i.ID)
		}
	}
	if len(doors) == 0 {
		return ended(unclear(kind, e.ID, codeUnknown, "no interface of "+e.Label()+" is in the network"))
	}
	door := doors[c.pick("interface of "+e.Label(), labels)]
	q.To, q.Endpoint = door.ID, ""
	var s *stop
	if q.Packet.Destination, s = addressLike(door, q.Packet.Source); s != nil {
		o := ended(s)
		o.Door = door.ID
		return o
	}
	first := w.flow(q, c)
	o := first.connect()
	o.Door = door.ID
	by := caller{question: q, packet: q.Packet}
	if first.arrived != nil {
		by.packet, by.arrived = first.arrived.packet, true
	}
	if e.State != "available" { // PL-3
		return onto(o, kindService, e.Service, *stopped("", drop(kind, e.ID, "", codeNotAvailable, e.Label()+" is "+e.State)))
	}
	for _, service := range w.network.EndpointServices.All() {
		if service.Name == e.Service {
			return onto(o, kindService, service.ID, w.provided(service, door, by, c))
		}
	}
	return o
}

// addressLike is the first address of an interface that is of the family of another address.
func addressLike(i *network.Interface, like netip.Addr) (netip.Addr, *stop) {
	for _, a := range i.Addresses {
		if a.IP.Is4() == like.Is4() {
			return a.IP, nil
		}
	}
	return netip.Addr{}, drop("network interface", i.ID, "", codeFamily, i.Label()+" has no address of the family of "+like.String())
}

// provided is what the provider makes of a connection to an endpoint: in the zone of the endpoint's interface a node of the service's load balancer takes it,
// and opens another to a target.
func (w *Walker) provided(service *network.EndpointService, door *network.Interface, by caller, c *chooser) sequel {
	words := "to " + service.Label()
	if service.Defect != nil {
		return *stopped(words, unclear(kindService, service.ID, codeUnknown, service.Label()+" is not understood: "+service.Defect.String()))
	}
	if service.State != "" && !strings.EqualFold(service.State, "available") {
		return *stopped(words, unclear(kindService, service.ID, codeUnsupported, service.Label()+" is "+service.State))
	}
	if len(service.LoadBalancers) == 0 {
		return *stopped(words, unclear(kindService, service.ID, codeUnknown, "the load balancers of "+service.Label()+" are not known"))
	}
	id := service.LoadBalancers[c.pick("load balancer of "+service.Label(), service.LoadBalancers)]
	lb, ok := w.network.LoadBalancers.Get(id)
	if !ok {
		return *stopped(words, unclear(kindBalancer, id, codeUnknown, "load balancer "+id+" is not in the network"))
	}
	if s := understood(lb); s != nil {
		return *stopped(words, s)
	}
	node, s := w.nodeFor(lb, door, c)
	if s != nil {
		return *stopped(words, s)
	}
	f := w.flow(Question{}, c)
	f.hidden = true
	s = f.atProvider(lb, node, by)
	if s != nil {
		f.note(s.hop)
		next := stopped(words, s)
		next.Node, next.Request = node.ID, f.hops[0]
		return *next
	}
	next := w.second(lb, node, by, c)
	next.words = join(words, next.words)
	if len(f.doubts) > 0 && next.Verdict != Unreachable {
		next.Verdict, next.none, next.Reply = Unknown, false, nil
		next.Reason = join(append(f.doubts, next.Reason)...)
	}
	next.Request = append(f.hops[0], next.Request...)
	return next
}

// nodeFor chooses a node of a balancer in the zone of an endpoint's interface.
func (w *Walker) nodeFor(lb *network.LoadBalancer, door *network.Interface, c *chooser) (*network.Interface, *stop) {
	var nodes []*network.Interface
	var labels []string
	home, _ := w.network.Subnets.Get(door.Subnet)
	for _, node := range w.nodes[lb.ID] {
		if s, ok := w.network.Subnets.Get(node.Subnet); ok && home != nil && sameZone(s, home) == yes {
			nodes, labels = append(nodes, node), append(labels, node.ID)
		}
	}
	if len(nodes) == 0 {
		return nil, unclear(kindBalancer, lb.ID, codeUnknown, "no node of "+lb.Label()+" is known to be in the zone of "+door.Label())
	}
	return nodes[c.pick("node of "+lb.Label()+" for "+door.ID, labels)], nil
}

// atProvider is what filters a connection at a node to which PrivateLink brings it: the listeners (LB-4); the groups of the balancer, when they are enforced, by the
// client's address as the endpoint saw it (PL-4). Whether the network ACL of the node's subnet sees it is not documented.
func (f *flow) atProvider(lb *network.LoadBalancer, node *network.Interface, by caller) *stop {
	p := by.packet
	if s := f.listens(lb, p); s != nil {
		return s
	}
	var s *stop
	if p.Destination, s = addressLike(node, p.Source); s != nil {
		f.doubt("network interface", node.ID, codeUnsupported, "how IPv6 comes to "+node.Label()+" by PrivateLink is not modelled")
		return nil
	}
	if !by.arrived {
		return nil // what it is that comes to the endpoint is not known, and the first connection says so
	}
	if len(node.Groups) > 0 && lb.EnforceOnPrivateLink != "off" {
		s := f.groups(node, p, false)
		if s != nil && lb.EnforceOnPrivateLink == "on" {
			return s
		}
		if s != nil {
			f.doubt("security group", s.hop.ID, codeUnknown, "whether the groups of "+lb.Label()+" are enforced for PrivateLink is not known: "+s.reason)
		}
	}
	home, s := f.home(node)
	if s != nil {
		f.doubt("subnet", node.Subnet, codeUnknown, s.reason)
		return nil
	}
	for _, each := range []struct {
		packet   Packet
		outbound bool
	}{{p, false}, {p.Reply(), true}} {
		if s := f.acl(home, each.packet, each.outbound); s != nil {
			f.doubt(s.hop.Kind, s.hop.ID, codeUnsupported, "whether the network ACL of a load balancer's subnet filters PrivateLink is not documented: "+s.reason)
		}
	}
	return nil
}

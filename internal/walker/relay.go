package walker

import (
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// relay is a connection of a load balancer that carries the address of its client (LB-2).
type relay struct {
	node   *network.Interface
	client *network.Interface // whose own address it is; nil when that is not known, or of nobody in the network
	first  *flow              // the connection of the client
}

// standsForBalancer tells whether an inbound reference to a group stands for a connection that carries the address of a client: for the groups of the
// balancer that sends it (LB-3). Whether it stands for those of the client as well is not documented.
func (f *flow) standsForBalancer(group string, at *network.Interface) (answer, string) {
	node, clients := f.client, []string(nil)
	if f.relay != nil {
		node = f.relay.node
		if f.relay.client != nil {
			clients = f.relay.client.Groups
		}
	}
	switch {
	case f.hidden:
		return no, ""
	case slices.Contains(node.Groups, group):
		return yes, ""
	case f.relay == nil:
		return unsure, "whether a client of " + node.Label() + " is a member of " + group + " is not known"
	case slices.Contains(clients, group):
		return unsure, "whether a reference to " + group + " stands for its member behind " + node.Label() + " is not documented"
	case f.relay.first.mayBeMember(group):
		return unsure, "a member of " + group + " may be in a network that was not collected"
	}
	return no, ""
}

// onward sends a connection on to a target with its client's address, and back by the node that carried it, whatever the tables of both subnets say (LB-2). The
// client's packet is as the node got it.
func (f *flow) onward(t target, seen Packet) Outcome {
	p := seen
	p.Destination, p.DestinationPort = t.address, uint16(t.port)
	f.question.Packet = p
	at, s := f.onwardRequest(t, p)
	if verdict, reason := f.judge(s, Unreachable); verdict != Reachable {
		return Outcome{Verdict: verdict, Request: f.hops[0], Reason: reason}
	}
	f.replying = true
	verdict, reason := f.judge(f.onwardReply(at), OneWay)
	return Outcome{Verdict: verdict, Request: f.hops[0], Reply: f.hops[1], Reason: reason}
}

func (f *flow) onwardRequest(t target, p Packet) (arrival, *stop) {
	const kind = "network interface"
	node := f.relay.node
	f.client = node
	f.meet(kind, node.ID, Forward, "sends "+p.String())
	if s := f.groups(node, p, true); s != nil {
		return arrival{}, s
	}
	switch {
	case t.iface == nil || t.iface.VPC != node.VPC:
		return arrival{}, unclear(kindBalancer, node.Owner.ID, codeUnsupported, "how a connection that keeps its client's address goes from "+node.Label()+" to "+t.label+", outside its VPC, is not known")
	case f.relay.first.client == t.iface || has(t.iface, p.Source):
		return arrival{}, unclear(kindBalancer, node.Owner.ID, codeUnsupported, "what becomes of a connection by "+node.Label()+" back to its own client is not known")
	}
	home, s := f.home(node)
	if s != nil {
		return arrival{}, s
	}
	if home.ID != t.iface.Subnet {
		if s := f.acl(home, p, true); s != nil {
			return arrival{}, s
		}
		f.local(home, t.address)
	}
	at, s := f.enter(node.VPC, p, home)
	if s == nil && at.iface != t.iface {
		s = drop(kind, at.iface.ID, "", codeElsewhere, "the packet ends at "+at.String())
	}
	if s == nil {
		s = f.receive(at)
	}
	if s == nil {
		f.direct(at)
	}
	return at, s
}

func (f *flow) onwardReply(at arrival) *stop {
	p := at.packet.Reply()
	node := f.relay.node
	f.meet("network interface", at.iface.ID, Forward, "replies "+p.String()+", which goes back by "+node.ID)
	home, s := f.home(at.iface)
	if s != nil || home.ID == node.Subnet {
		return s
	}
	if s := f.acl(home, p, true); s != nil {
		return s
	}
	if a, s := addressLike(node, p.Source); s == nil {
		f.local(home, a)
	}
	door, s := f.home(node)
	if s != nil {
		return s
	}
	return f.acl(door, p, false)
}

// local puts in doubt what goes from a subnet to an address of its VPC by a route that is not local.
func (f *flow) local(from *network.Subnet, to netip.Addr) {
	t, s := f.routeTable(from)
	var m match
	if s == nil {
		m, s = f.lookup(t, to)
	}
	switch {
	case s != nil:
		f.doubt("route table", from.RouteTable, codeUnknown, s.reason)
	case m.route.Target.Kind != network.TargetLocal:
		f.doubt("route table", t.ID, codeUnsupported, "whether connections that keep their clients' addresses take the route of "+t.ID+" for "+m.prefix.String()+", which is not local, is not known")
	}
}

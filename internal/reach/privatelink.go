package reach

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// behindEndpoint are the findings about a private service that follow from a connection to its endpoint (PL-4, PL-6): the balancer's node in the zone of the
// endpoint, and what is behind it.
func (s *session) behindEndpoint(f finding, e *network.Endpoint, door *network.Interface, q *Question) []finding {
	n := s.engine.network
	hop := Hop{Kind: "endpoint service", ID: e.Service, Effect: Forward, Origin: e.Origin, Deciding: true}
	if f.verdict == Unreachable {
		return []finding{f}
	}
	end := func(v Verdict, h Hop, notes ...string) []finding {
		one := f.ended(v, nil, nil, h)
		one.then.notes = notes
		return []finding{one}
	}
	if e.State != "available" { // PL-3
		hop.Effect, hop.Code, hop.Rule = Deny, "ENDPOINT_NOT_AVAILABLE", "the endpoint is "+cmp.Or(e.State, "in a state that is not known")+": its connection was not accepted"
		return end(Unreachable, hop)
	}
	i := slices.IndexFunc(n.EndpointServices.All(), func(v *network.EndpointService) bool { return v.Name == e.Service })
	if i < 0 {
		hop.Rule = "the provider of the service was not collected: the answer ends at the endpoint"
		return end(Reachable, hop, "The answer ends at the endpoint "+e.Label()+": the account that provides "+e.Service+" was not collected.")
	}
	v := n.EndpointServices.All()[i]
	hop.ID, hop.Name, hop.Origin = v.ID, v.Name, v.Origin
	f.through(q, "endpoint service", &v.Object)
	var notes []string
	if v.Public() { // PL-3
		notes = append(notes, "The endpoint service "+v.Label()+" is public: every principal may connect, and connections are accepted automatically.")
	}
	hop.Rule = "to the provider's load balancer"
	if len(notes) > 0 {
		hop.Rule += "; open to everybody: principal * and automatic acceptance"
	}
	doubt := func(why string) []finding {
		hop.Effect, hop.Rule = Doubt, why
		return end(Unknown, hop, notes...)
	}
	switch {
	case v.Defect != nil:
		return doubt(v.Defect.Reason)
	case v.State != "" && !strings.EqualFold(v.State, "available"):
		return doubt("the service is " + v.State)
	}
	if len(v.LoadBalancers) == 0 {
		return doubt("the load balancers of the service are not known")
	}
	var all [][]finding
	var names []string
	for _, arn := range v.LoadBalancers {
		b := s.engine.index.balancers[arn]
		names = append(names, "load balancer "+arn[strings.LastIndexByte(arn, ':')+1:])
		switch {
		case b == nil:
			all = append(all, doubt("the load balancer "+arn+" was not collected"))
			continue
		case b.doubt != "" || b.Type == "gateway":
			all = append(all, doubt("load balancer "+b.Label()+": "+cmp.Or(b.doubt, "what is behind a Gateway Load Balancer is not modelled")))
			continue
		}
		names[len(names)-1] = "load balancer " + b.Name
		found := behindHop(s.byNode(f, b, door, doubt, q), hop)
		for k := range found {
			if r := found[k].then; r != nil {
				r.notes = append(slices.Clone(notes), r.notes...)
			}
		}
		all = append(all, found)
	}
	return byDoors(all, names)
}

// behindHop puts a hop between the first connection of findings and what follows.
func behindHop(found []finding, hop Hop) []finding {
	for k := range found {
		if r := found[k].then; r != nil {
			copied := *r
			copied.hops = append([]Hop{hop}, r.hops...)
			found[k].then = &copied
		}
	}
	return found
}

// byNode goes on by the balancer's node in the zone of an endpoint.
func (s *session) byNode(f finding, b *balancer, door *network.Interface, doubt func(string) []finding, q *Question) []finding {
	x := s.engine.index
	at := x.subnets[door.Subnet]
	var node *network.Interface
	for _, i := range b.nodes {
		if home := x.subnets[i.Subnet]; home != nil && at != nil && sameZone(home, at) == refYes && node == nil {
			node = i
		}
	}
	if node == nil {
		return doubt("the load balancer " + b.Label() + " has no node in the zone " + s.zoneName(door) + " of the endpoint")
	}
	server := s.engine.Interfaces(node).list[0]
	var all []finding
	add := func(set packet.Set, v Verdict, h Hop) {
		one := f
		if one.traffic = f.traffic.Intersect(set); !one.traffic.IsEmpty() {
			all = append(all, one.ended(v, b, nil, h))
		}
	}
	stop := b.hop()
	stop.Effect, stop.Code, stop.Rule = Deny, b.listenerCode(), b.listening() // LB-4
	add(packet.All.Subtract(b.listens.may), Unreachable, stop)
	if unheard := b.listens.may.Subtract(b.listens.must); !unheard.IsEmpty() {
		stop.Effect, stop.Rule = Doubt, b.listening()
		add(unheard, Unknown, stop)
	}
	gate, hop := s.gate(f, b, node, server)
	denied := hop
	denied.Effect = Deny
	add(b.listens.must.Subtract(gate.may), Unreachable, denied)
	if doubtful := f.traffic.Intersect(b.listens.must).Intersect(gate.may.Subtract(gate.must)); !doubtful.IsEmpty() { // what is behind may be certain to stop it
		hop.Effect = Doubt
		one := f
		one.traffic, one.own, one.verdict, one.limits = doubtful, cmp.Or(f.own, f.verdict), Unknown, nil
		all = append(all, behindHop(s.behind(one, b, node, server, q), hop)...)
	}
	f.traffic = f.traffic.Intersect(b.listens.must).Intersect(gate.must)
	if !f.traffic.IsEmpty() {
		all = append(all, s.behind(f, b, node, server, q)...)
	}
	return all
}

// gate is what lets packets from PrivateLink into a node: its groups where they are enforced, on the address of the client, and the ACL of its subnet, of which it
// is not documented whether it applies (PL-4).
func (s *session) gate(f finding, b *balancer, node *network.Interface, server end) (bounds, Hop) {
	client := s.seenBy(f)
	passes := open
	hop := Hop{Kind: "security group", ID: strings.Join(node.Groups, ","), Code: "ENI_SG_RULES_MISMATCH", Origin: b.Origin, Deciding: true,
		Rule: "inbound rules of the load balancer " + b.Name + ", enforced on PrivateLink traffic, for " + client.address.String()}
	if len(node.Groups) > 0 {
		switch b.EnforceOnPrivateLink {
		case "on":
			passes = s.byAddress(server.class.groups, false, client)
			if !s.knownTo(f) {
				passes, hop.Rule = unclear, "with which address the client comes to the load balancer is not known"
			}
		case "off":
		default:
			hop.Rule = "whether the load balancer's security groups are enforced on PrivateLink traffic is not known"
			passes = bounds{s.byAddress(server.class.groups, false, client).must, packet.All}
			if !s.knownTo(f) {
				passes = unclear
			}
		}
	}
	at := s.engine.index.subnets[node.Subnet]
	if at == nil || at.acl == nil {
		hop.Kind, hop.ID, hop.Rule = "network ACL", node.Subnet, "the network ACL of the node's subnet is not known"
		return bounds{packet.None, passes.may}, hop
	}
	acl := s.aclBounds(at.acl, false, client).and(s.answeredBounds(s.aclBounds(at.acl, true, client)))
	if !acl.must.Covers(passes.must.Intersect(f.traffic)) {
		hop.Kind, hop.ID, hop.Name = "network ACL", at.acl.ID, at.acl.Name
		hop.Rule = "whether the network ACL of a node's subnet stops what comes by PrivateLink is not documented"
	}
	return bounds{passes.must.Intersect(acl.must), passes.may}, hop
}

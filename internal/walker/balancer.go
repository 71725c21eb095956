package walker

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

const kindBalancer = "load balancer"

// findNodes finds the interfaces that are nodes of load balancers: by their owner, which is the end of an ARN, a whole identifier, or the name of a Classic
// Load Balancer in the same VPC.
func (w *Walker) findNodes() {
	called := map[string][]*network.LoadBalancer{}
	for _, lb := range w.network.LoadBalancers.All() {
		names := []string{lb.ID}
		if lb.Type == "classic" {
			names = append(names, lb.ID[strings.LastIndex(lb.ID, "/")+1:])
		} else if _, end, ok := strings.Cut(lb.ID, "loadbalancer/"); ok {
			names = append(names, end)
		}
		for _, name := range names {
			called[name] = append(called[name], lb)
		}
	}
	for _, i := range w.network.Interfaces.All() {
		if i.Owner.Kind != network.OwnerLoadBalancer || i.Owner.ID == "" {
			continue
		}
		var found *network.LoadBalancer
		for _, lb := range called[i.Owner.ID] {
			if lb.VPC == i.VPC || found == nil && lb.Type != "classic" {
				found = lb
			}
		}
		if found != nil {
			w.balancers[i.ID] = found
			w.nodes[found.ID] = append(w.nodes[found.ID], i)
		}
	}
}

// isBalancer tells whether an interface is of a load balancer, also of one that is not in the network.
func isBalancer(i *network.Interface) bool {
	switch i.Type {
	case network.TypeNetworkLoadBalancer, network.TypeGatewayLoadBalancer, network.TypeLoadBalancer:
		return true
	}
	return i.Owner.Kind == network.OwnerLoadBalancer
}

// ungrouped tells whether an interface is a node without groups, as those of Network and Gateway Load Balancers may be: nothing is filtered there (LB-2).
func (w *Walker) ungrouped(i *network.Interface) bool {
	lb := w.balancers[i.ID]
	return lb != nil && (lb.Type == "network" || lb.Type == "gateway") && len(i.Groups) == 0
}

// balances stops at a load balancer of which it is not known what it does.
func (f *flow) balances(node *network.Interface) *stop {
	lb := f.balancers[node.ID]
	if lb == nil {
		return unclear(kindBalancer, node.Owner.ID, codeUnsupported, "the load balancer of "+node.Label()+" is not in the network")
	}
	return understood(lb)
}

func understood(lb *network.LoadBalancer) *stop {
	switch {
	case lb.Defect != nil:
		return unclear(kindBalancer, lb.ID, codeUnknown, lb.Label()+" is not understood: "+lb.Defect.String())
	case lb.State != "" && lb.State != "active" && lb.State != "active_impaired":
		return unclear(kindBalancer, lb.ID, codeUnsupported, lb.Label()+" is "+lb.State)
	case lb.Type != "application" && lb.Type != "network" && lb.Type != "classic":
		return unclear(kindBalancer, lb.ID, codeUnsupported, "what a load balancer of type "+lb.Type+" does is not modelled: "+lb.Label()) // EP-3
	}
	return nil
}

// intoBalancer is what a node admits of the connections that clients open to it: by its groups, and by the listeners (LB-4).
func (f *flow) intoBalancer(node *network.Interface, p Packet) *stop {
	if f.balancers[node.ID] == nil {
		return f.balances(node)
	}
	if s := f.groups(node, p, false); s != nil {
		return s
	}
	if s := f.balances(node); s != nil {
		return s
	}
	return f.listens(f.balancers[node.ID], p)
}

// listens asks a balancer for a listener for a packet (LB-4).
func (f *flow) listens(lb *network.LoadBalancer, p Packet) *stop {
	l, found, why := listener(lb, p)
	switch found {
	case yes:
		f.meet(kindBalancer, lb.ID, Allow, fmt.Sprintf("listener %s %d", l.Protocol, l.Port))
	case unsure:
		f.doubt(kindBalancer, lb.ID, codeUnknown, why)
	default:
		code := codeListener
		if lb.Type == "classic" {
			code = codeClassicListener
		}
		return drop(kindBalancer, lb.ID, "no listener for "+p.String(), code, lb.Label()+" has no listener for "+p.String())
	}
	return nil
}

// listener finds the listener of a balancer that takes a packet; nil when it is not known which one does.
func listener(lb *network.LoadBalancer, p Packet) (l *network.Listener, found answer, why string) {
	for i := range lb.Listeners {
		l := &lb.Listeners[i]
		takes := carriedOver(l.Protocol, p.Protocol)
		if p.hasPorts() && l.Port != 0 && l.Port != int(p.DestinationPort) {
			takes = no
		}
		switch takes {
		case yes:
			return l, yes, ""
		case unsure:
			found, why = unsure, fmt.Sprintf("what listener %d of %s, with the protocol %s, takes is not known", l.Port, lb.Label(), l.Protocol)
		}
	}
	if !lb.ListenersKnown {
		return nil, unsure, "the listeners of " + lb.Label() + " were not collected"
	}
	return nil, found, why
}

// carriedOver tells whether what a listener or a target group calls its protocol is carried over one of IANA.
func carriedOver(name string, protocol uint8) answer {
	switch strings.ToUpper(name) {
	case "HTTP", "HTTPS", "TCP", "TLS", "SSL":
		return when(protocol == TCP)
	case "UDP", "QUIC":
		return when(protocol == UDP)
	case "TCP_UDP", "TCP_QUIC":
		return when(protocol == TCP || protocol == UDP)
	}
	return unsure
}

// targetsOnly lets a node open connections to the targets of its balancer only, and to their health check ports (LB-7). A connection to a target that sees the
// addresses of clients carries one of those, which is not known here: the walk goes on with any.
func (f *flow) targetsOnly(lb *network.LoadBalancer, node *network.Interface, p Packet) *stop {
	inside := slices.ContainsFunc(f.network.VPCs.All(), func(v *network.VPC) bool { return within(v.Blocks, p.Destination) })
	if _, _, public := crossesInternet(p.Destination); !p.hasPorts() || public && !inside { // neither can be registered
		return drop(kindBalancer, lb.ID, p.String(), codeTargetsOnly, lb.Label()+" opens connections of TCP and UDP to private addresses only, and not "+p.String())
	}
	groups, why := f.targetGroups(lb)
	var own, veiled answer // a connection that carries the node's own address, or that of a client
	var open []string
	if why != "" {
		own, open = unsure, []string{why}
	}
	health := false
	for _, g := range groups {
		hit, why := f.targeted(g, p, false)
		if why != "" {
			open = append(open, why)
		}
		if f.preserves(lb, g) == no {
			own = some(own, hit)
		} else {
			veiled = some(veiled, hit)
		}
		checked, why := f.targeted(g, p, true)
		if checked == yes {
			health = true
		} else if checked == unsure && hit == no {
			own = some(own, unsure)
			open = append(open, why)
		}
	}
	if lb.Type == "classic" {
		hit, why := f.classicTarget(lb, p)
		own = some(own, hit)
		if why != "" {
			open = append(open, why)
		}
	}
	if health && own != yes && veiled != yes {
		own = yes
	}
	switch {
	case own == yes && veiled == yes:
		f.veiled = f.pick("address in connections of "+node.ID, []string{"its own", "the client's"}) == 1
	case own == yes:
	case veiled == yes:
		f.veiled = true
	case own == unsure || veiled == unsure:
		f.veiled = veiled == unsure
		f.doubt(kindBalancer, lb.ID, codeUnknown, "whether "+p.Destination.String()+" is a target of "+lb.Label()+" is not known: "+strings.Join(slices.Compact(open), "; "))
		return nil
	default:
		return drop(kindBalancer, lb.ID, p.String(), codeTargetsOnly, lb.Label()+" opens connections to its targets only, and not "+p.String())
	}
	f.meet(kindBalancer, lb.ID, Allow, "to a target")
	return nil
}

// targetGroups are those that a balancer's listeners forward to, and without listeners those that name it; why is not empty when there may be others.
func (f *flow) targetGroups(lb *network.LoadBalancer) (groups []*network.TargetGroup, why string) {
	if lb.Type == "classic" {
		return nil, ""
	}
	if !lb.ListenersKnown {
		why = "its listeners were not collected"
	}
	add := func(g *network.TargetGroup) {
		if !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	for _, l := range lb.Listeners {
		if !l.RulesKnown {
			why = "the rules of its listeners were not collected"
		}
		for _, r := range l.Rules {
			for _, a := range r.Actions {
				for _, id := range a.TargetGroups {
					if g, ok := f.network.TargetGroups.Get(id); ok {
						add(g)
					} else {
						why = "target group " + id + " is not in the network"
					}
				}
			}
		}
	}
	for _, g := range f.network.TargetGroups.All() {
		if !lb.ListenersKnown && slices.Contains(g.LoadBalancers, lb.ID) {
			add(g)
		}
	}
	return groups, why
}

// veils tells whether an address of the packet stands for that of a client which is not known.
func (f *flow) veils(a netip.Addr) bool { return f.veiled && a == f.question.Packet.Source }

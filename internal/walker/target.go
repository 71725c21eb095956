package walker

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// target is where a balancer sends the second connection to.
type target struct {
	label   string
	iface   *network.Interface // nil where no interface is known to have the address
	address netip.Addr
	port    int
	zone    *network.Subnet // in whose zone it is; nil when that is not known
	anyZone bool            // it is registered for all zones
	why     string          // it is not known where it is, and why
	service string          // ARN of an Application Load Balancer that is the target
	invoked bool            // a function, which AWS invokes without a connection
}

// locate finds where a registered target is.
func (f *flow) locate(g *network.TargetGroup, r network.LoadBalancerTarget) target {
	t := target{label: r.ID, port: cmp.Or(r.Port, g.Port)}
	switch g.TargetType {
	case "instance":
		f.instance(&t, r.ID, g.IPAddressType == "ipv6")
	case "ip":
		f.byAddress(&t, g, r.ID)
	case "lambda":
		t.invoked, t.anyZone = true, true
	case "alb":
		t.service, t.anyZone = r.ID, true
	default:
		t.why = "targets of type " + g.TargetType + " are not modelled"
	}
	return t
}

// instance locates an instance by its primary interface, and that by its first address.
func (f *flow) instance(t *target, id string, ipv6 bool) {
	t.label = id
	i, ok := f.network.Instances.Get(id)
	switch {
	case !ok:
		t.why = "instance " + id + " is not in the network"
		return
	case i.Defect != nil:
		t.why = i.Label() + " is not understood: " + i.Defect.String()
		return
	}
	primary := i.Primary
	if primary == "" && len(i.Interfaces) == 1 {
		primary = i.Interfaces[0]
	}
	iface, ok := f.network.Interfaces.Get(primary)
	if !ok {
		t.why = "the primary interface of " + i.Label() + " is not known"
		return
	}
	t.iface = iface
	t.zone, _ = f.network.Subnets.Get(iface.Subnet)
	for _, a := range iface.Addresses {
		if a.IP.Is6() == ipv6 {
			t.address = a.IP
			return
		}
	}
	t.why = iface.Label() + " has no address of the family of the target group"
}

// byAddress locates what is registered by address: an interface of the group's VPC that has it, or else the only one anywhere.
func (f *flow) byAddress(t *target, g *network.TargetGroup, address string) {
	a, err := netip.ParseAddr(address)
	if err != nil {
		t.why = address + " is no address"
		return
	}
	t.address = a.Unmap()
	if f.holds(g.VPC, t.address) {
		t.iface = f.network.InterfaceAt(g.VPC, t.address)
		for _, s := range f.network.Subnets.All() {
			if s.VPC == g.VPC && within(s.Blocks, t.address) {
				t.zone = s
			}
		}
		return
	}
	t.anyZone = true
	switch found := f.network.InterfacesAt(t.address); {
	case len(found) == 1:
		t.iface = found[0]
	case len(found) > 1:
		if t.iface = f.network.InterfaceAt(g.VPC, t.address); t.iface == nil {
			t.why = "several interfaces have " + t.address.String()
		}
	}
}

// targets are those of a group.
func (f *flow) targets(g *network.TargetGroup) []target {
	var all []target
	for _, r := range g.Targets {
		all = append(all, f.locate(g, r))
	}
	return all
}

// classicTargets are the instances behind a listener of a Classic Load Balancer.
func (f *flow) classicTargets(lb *network.LoadBalancer, l *network.Listener) []target {
	var all []target
	for _, id := range lb.Instances {
		t := target{port: l.InstancePort}
		f.instance(&t, id, false)
		all = append(all, t)
	}
	return all
}

// targeted tells whether a packet is for a target of a group, by its data port or by its health check port; why is not empty when that is not known.
func (f *flow) targeted(g *network.TargetGroup, p Packet, health bool) (answer, string) {
	carried := carriedOver(g.Protocol, p.Protocol)
	if g.TargetType == "lambda" {
		carried = no
	} else if health {
		carried = when(p.Protocol == TCP && g.HealthCheckPort >= 0)
	}
	if carried == no {
		return no, ""
	}
	switch {
	case g.Defect != nil:
		return unsure, g.Label() + " is not understood: " + g.Defect.String()
	case carried == unsure:
		return unsure, "what a target group of protocol " + g.Protocol + " takes is not known"
	}
	found, why := no, ""
	if !g.TargetsKnown {
		found, why = unsure, "the targets of "+g.Label()+" were not collected"
	}
	for _, t := range f.targets(g) {
		port := t.port
		if health && g.HealthCheckPort > 0 {
			port = g.HealthCheckPort
		}
		if p.hasPorts() && port != int(p.DestinationPort) || t.invoked {
			continue
		}
		hit := when(t.why == "" && t.address == p.Destination)
		switch {
		case t.service != "":
			hit, t.why = f.atNode(t.service, p.Destination)
		case t.why != "":
			hit = f.mayBe(g, t, p)
		}
		if hit == unsure {
			why = t.why
		}
		found = some(found, hit)
	}
	return found, why
}

// mayBe tells whether a packet may be for a target of which it is not known where it is: for an instance, when one of its interfaces, or one of nobody
// known, has the address.
func (f *flow) mayBe(g *network.TargetGroup, t target, p Packet) answer {
	switch g.TargetType {
	case "ip":
		if t.address.IsValid() && t.address != p.Destination {
			return no
		}
		return unsure
	case "instance":
		if t.iface != nil { // it has no address of the family
			return no
		}
		for _, i := range f.network.InterfacesAt(p.Destination) {
			if i.Owner.Kind == "" || i.Owner.Kind == network.OwnerInstance && i.Owner.ID == t.label {
				return unsure
			}
		}
		return no
	}
	return unsure
}

// atNode tells whether a balancer that is a target has a node with an address.
func (f *flow) atNode(balancer string, a netip.Addr) (answer, string) {
	nodes := f.nodes[balancer]
	if len(nodes) == 0 {
		return unsure, "the nodes of " + balancer + " are not in the network"
	}
	return when(slices.ContainsFunc(nodes, func(i *network.Interface) bool { return has(i, a) })), ""
}

// classicTarget tells whether a packet is for an instance behind a Classic Load Balancer.
func (f *flow) classicTarget(lb *network.LoadBalancer, p Packet) (answer, string) {
	found, why := no, ""
	if !lb.ListenersKnown {
		found, why = unsure, "its listeners were not collected"
	}
	for i := range lb.Listeners {
		l := &lb.Listeners[i]
		if p.Protocol != TCP || l.InstancePort != int(p.DestinationPort) {
			continue
		}
		for _, t := range f.classicTargets(lb, l) {
			hit := when(t.address == p.Destination)
			if t.why != "" {
				hit, why = unsure, t.why
			}
			found = some(found, hit)
		}
	}
	return found, why
}

// preserves tells whether the targets of a group see the addresses of clients rather than the balancer's (LB-2).
func (f *flow) preserves(lb *network.LoadBalancer, g *network.TargetGroup) answer {
	if lb.Type != "network" {
		return no
	}
	switch g.Protocol {
	case "UDP", "TCP_UDP", "QUIC", "TCP_QUIC":
		return yes // and it cannot be switched off
	}
	switch g.Attributes["preserve_client_ip.enabled"] {
	case "true":
		return yes
	case "false":
		return no
	}
	if g.Attributes == nil && f.network.Gap("TargetGroupAttributes", g.Account, g.Region) != nil {
		return unsure
	}
	return when(g.TargetType != "ip")
}

// crossesZones tells whether a node uses the targets of other zones (LB-5).
func (f *flow) crossesZones(lb *network.LoadBalancer, g *network.TargetGroup) (answer, string) {
	const attribute = "load_balancing.cross_zone.enabled"
	if lb.Type == "classic" {
		return unsure, "whether " + lb.Label() + ", a Classic Load Balancer, uses targets of other zones is not known"
	}
	for _, of := range []struct {
		attributes map[string]string
		list       string
		*network.Object
	}{{g.Attributes, "TargetGroupAttributes", &g.Object}, {lb.Attributes, "LoadBalancerAttributes", &lb.Object}} {
		switch {
		case of.attributes[attribute] == "true":
			return yes, ""
		case of.attributes[attribute] == "false":
			return no, ""
		case of.list == "LoadBalancerAttributes" && lb.Type == "application":
			return yes, "" // where it cannot be switched off
		case of.attributes == nil && f.network.Gap(of.list, of.Account, of.Region) != nil:
			return unsure, "the attributes of " + of.Label() + " were not collected"
		}
	}
	return no, ""
}

// candidate is a target that a node may use; why is not empty when that is in doubt.
type candidate struct {
	target
	why string
}

// usable are the targets that a node may use (LB-5).
func (f *flow) usable(lb *network.LoadBalancer, g *network.TargetGroup, node *network.Interface, targets []target) []candidate {
	crosses, why := f.crossesZones(lb, g)
	home, _ := f.network.Subnets.Get(node.Subnet)
	var all []candidate
	for _, t := range targets {
		near := unsure
		switch {
		case t.anyZone:
			near = yes
		case t.zone != nil && home != nil:
			near = sameZone(home, t.zone)
		}
		switch {
		case crosses == yes || near == yes:
			all = append(all, candidate{target: t})
		case crosses == no && near == no:
		case crosses == no:
			all = append(all, candidate{t, fmt.Sprintf("whether %s is in the zone of %s is not known", t.label, node.Label())})
		default:
			all = append(all, candidate{t, why})
		}
	}
	return all
}

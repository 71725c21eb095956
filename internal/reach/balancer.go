package reach

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// balancer is a load balancer, with its nodes.
type balancer struct {
	*network.LoadBalancer
	number int
	doubt  string // not empty: why it is not known what it does
	nodes  []*network.Interface
	// listens are the headers for which it has a listener (LB-4).
	listens bounds
	// hidden is not empty when not all of its targets are known: it may open connections to others.
	hidden string
}

// registration is what a balancer sends to an address that is a target of it: from its own addresses, health checks among it, and with the addresses of its
// clients (LB-2).
type registration struct {
	balancer         *balancer
	plain, preserved packet.Set
	maybe            packet.Set // of which it is not known whether it sends it here, nor with which address
}

// findBalancers finds the nodes of load balancers, and what is registered with them.
func (x *index) findBalancers(n *network.Network) {
	type classic struct{ name, vpc string }
	byName := map[string]*balancer{}
	classics := map[classic]*balancer{}
	for k, b := range n.LoadBalancers.All() {
		at := &balancer{LoadBalancer: b, number: k}
		switch {
		case b.Defect != nil:
			at.doubt = "it is not understood: " + b.Defect.Reason
		case b.State != "active" && b.State != "active_impaired" && b.State != "":
			at.doubt = "it is " + b.State
		}
		at.listen()
		x.balancers[b.ID] = at
		if _, rest, ok := strings.Cut(b.ID, "loadbalancer/"); ok {
			byName[rest] = at
		}
		byName[b.ID] = at
		if b.Type == "classic" {
			classics[classic{b.Name, b.VPC}] = at
		}
	}
	for _, i := range n.Interfaces.All() {
		switch i.Owner.Kind {
		case network.OwnerInstance:
			x.ofInstance[i.Owner.ID] = append(x.ofInstance[i.Owner.ID], i)
		case "":
			x.ofNobody = append(x.ofNobody, i)
		}
		if i.Owner.Kind != network.OwnerLoadBalancer {
			continue
		}
		at := byName[i.Owner.ID]
		if at == nil {
			at = classics[classic{i.Owner.ID, i.VPC}]
		}
		if at != nil {
			at.nodes = append(at.nodes, i)
			x.nodeOf[i] = at
		}
	}
	for _, b := range n.LoadBalancers.All() {
		x.register(n, x.balancers[b.ID])
	}
}

// transports are the protocols of packets for a listener or a target group; nil: not known.
func transports(protocol string) []int {
	switch protocol {
	case "HTTP", "HTTPS", "TCP", "TLS", "SSL":
		return []int{packet.TCP}
	case "UDP", "QUIC":
		return []int{packet.UDP}
	case "TCP_UDP", "TCP_QUIC":
		return []int{packet.TCP, packet.UDP}
	}
	return nil
}

// protocolPort is the headers of a protocol of balancers and a port.
func protocolPort(protocol string, port int) packet.Set {
	out := packet.None
	for _, p := range transports(protocol) {
		out = out.Union(packet.Ports(p, uint16(port), uint16(port)))
	}
	return out
}

func (b *balancer) listen() {
	if b.doubt != "" {
		b.listens = unclear
		return
	}
	if !b.ListenersKnown {
		b.listens.may = packet.All
	}
	for _, l := range b.Listeners {
		if transports(l.Protocol) == nil {
			b.listens.may = packet.All
			continue
		}
		b.listens = b.listens.or(exactly(protocolPort(l.Protocol, l.Port)))
	}
}

// listenerCode is the code for what no listener takes.
func (b *balancer) listenerCode() string {
	if b.Type == "classic" {
		return "ELB_LISTENER_PORT_RESTRICTION"
	}
	return "ELBV2_LISTENER_PORT_RESTRICTION"
}

// preserves tells whether the targets of a group see the addresses of clients (LB-2).
func (b *balancer) preserves(g *network.TargetGroup) bool {
	switch {
	case b.Type != "network":
		return false // LB-1
	case slices.Contains([]string{"UDP", "TCP_UDP", "QUIC", "TCP_QUIC"}, g.Protocol):
		return true
	case g.Attributes["preserve_client_ip.enabled"] != "":
		return g.Attributes["preserve_client_ip.enabled"] == "true"
	}
	return g.TargetType != "ip"
}

// crossZone is the attribute by which nodes use targets of other zones.
const crossZone = "load_balancing.cross_zone.enabled"

// crossesZones tells whether nodes use targets of other zones (LB-5).
func (b *balancer) crossesZones(g *network.TargetGroup) bool {
	for _, said := range []string{g.Attributes[crossZone], b.Attributes[crossZone]} {
		if said == "true" || said == "false" {
			return said == "true"
		}
	}
	return b.Type == "application"
}

// groupsOf are all target groups that a balancer may forward to, and why there may be others.
func (b *balancer) groupsOf(n *network.Network) (all []*network.TargetGroup, hidden string) {
	if !b.ListenersKnown {
		return nil, "its listeners were not collected"
	}
	for _, l := range b.Listeners {
		if !l.RulesKnown && b.Type == "application" {
			hidden = "the rules of its listeners were not collected"
		}
		for _, r := range l.Rules {
			for _, a := range r.Actions {
				for _, id := range a.TargetGroups {
					g, ok := n.TargetGroups.Get(id)
					switch {
					case !ok:
						hidden = "target group " + id + " was not collected"
					case g.Defect != nil:
						hidden = "target group " + g.Label() + " is not understood: " + g.Defect.Reason
					case !slices.Contains(all, g):
						all = append(all, g)
						if !g.TargetsKnown {
							hidden = "the targets of " + g.Label() + " were not collected"
						}
					}
				}
			}
		}
	}
	return all, hidden
}

// register notes what a balancer sends to each address that is a target, or may be.
func (x *index) register(n *network.Network, b *balancer) {
	and := func(list []registration, plain, preserved, maybe packet.Set) []registration {
		if last := len(list) - 1; last < 0 || list[last].balancer != b {
			list = append(list, registration{balancer: b})
		}
		r := &list[len(list)-1]
		r.plain, r.preserved, r.maybe = r.plain.Union(plain), r.preserved.Union(preserved), r.maybe.Union(maybe)
		return list
	}
	add := func(at member, plain, preserved, maybe packet.Set) {
		x.registered[at] = and(x.registered[at], plain, preserved, maybe)
		x.relayed[at.iface] = x.relayed[at.iface] || !preserved.Union(maybe).IsEmpty()
	}
	mayBe := func(list []*network.Interface) {
		for _, i := range list {
			position, _ := n.Interfaces.Index(i.ID)
			for k := range i.Addresses {
				add(member{int32(position), int32(k)}, packet.None, packet.None, ported)
			}
		}
	}
	if b.Type == "classic" {
		if b.hidden = b.doubt; !b.ListenersKnown {
			b.hidden = "its listeners were not collected"
		}
		for _, id := range b.Instances {
			at, _, others := x.instanceTarget(n, id, IPv4)
			mayBe(others)
			for _, l := range b.Listeners {
				if at.iface >= 0 {
					add(at, packet.Ports(packet.TCP, uint16(l.InstancePort), uint16(l.InstancePort)), packet.None, packet.None)
				}
			}
		}
		return
	}
	groups, hidden := b.groupsOf(n)
	b.hidden = cmp.Or(b.doubt, hidden)
	for _, g := range groups {
		for _, t := range g.Targets {
			switch g.TargetType {
			case "lambda": // invoked by AWS
				continue
			case "alb":
				next := x.balancers[t.ID]
				plain, preserved := b.sends(g, cmp.Or(t.Port, g.Port))
				switch {
				case next == nil:
				case !preserved.IsEmpty():
					mayBe(next.nodes)
				default:
					for _, i := range next.nodes {
						position, _ := n.Interfaces.Index(i.ID)
						for k := range i.Addresses {
							add(member{int32(position), int32(k)}, plain, packet.None, packet.None)
						}
					}
				}
				continue
			}
			at, why, others := x.target(n, g, t)
			mayBe(others)
			plain, preserved := b.sends(g, cmp.Or(t.Port, g.Port))
			if at.iface >= 0 {
				add(at, plain, preserved, packet.None)
			} else if address, err := netip.ParseAddr(t.ID); err == nil && why == "" {
				x.outsideTargets[address] = and(x.outsideTargets[address], plain, preserved, packet.None)
			}
		}
	}
}

// sends is what a balancer sends to a target on a port: from its own addresses, health checks among it, and with the addresses of clients.
func (b *balancer) sends(g *network.TargetGroup, port int) (plain, preserved packet.Set) {
	if set := protocolPort(g.Protocol, port); b.preserves(g) {
		preserved = set
	} else {
		plain = set
	}
	if g.HealthCheckPort >= 0 { // over TCP
		health := uint16(cmp.Or(g.HealthCheckPort, port))
		plain = plain.Union(packet.Ports(packet.TCP, health, health).Subtract(preserved))
	}
	return plain, preserved
}

// nobody is the target that no interface is.
var nobody = member{-1, -1}

// familyOf is the family of the addresses of a target group's instances.
func familyOf(g *network.TargetGroup) Family {
	if g.IPAddressType == "ipv6" {
		return IPv6
	}
	return IPv4
}

// instanceTarget is the primary interface of an instance, and its first address of a family. Why says why there is none, and others are those that may be it
// all the same.
func (x *index) instanceTarget(n *network.Network, id string, family Family) (at member, why string, others []*network.Interface) {
	i, ok := n.Instances.Get(id)
	if !ok || i.Defect != nil {
		return nobody, "the target " + id + " is not in the input, or not understood", slices.Concat(x.ofInstance[id], x.ofNobody)
	}
	primary := i.Primary
	if primary == "" && len(i.Interfaces) == 1 {
		primary = i.Interfaces[0]
	}
	position, ok := n.Interfaces.Index(primary)
	if !ok {
		return nobody, "which interface of the target " + id + " is the primary one is not known", slices.Concat(x.ofInstance[id], x.ofNobody)
	}
	for k, a := range n.Interfaces.All()[position].Addresses {
		if a.IP.Is4() == (family == IPv4) {
			return member{int32(position), int32(k)}, "", nil
		}
	}
	return nobody, fmt.Sprintf("the target %s has no %s address", id, map[Family]string{IPv4: "IPv4", IPv6: "IPv6"}[family]), nil
}

// target is the address that a target is. It is nobody's, and why is empty, for an address outside.
func (x *index) target(n *network.Network, g *network.TargetGroup, t network.LoadBalancerTarget) (at member, why string, others []*network.Interface) {
	if g.TargetType == "instance" {
		return x.instanceTarget(n, t.ID, familyOf(g))
	}
	address, err := netip.ParseAddr(t.ID)
	if err != nil {
		return nobody, "the target " + t.ID + " is no address", nil
	}
	owner := n.InterfaceAt(g.VPC, address)
	if v := x.vpcs[g.VPC]; owner == nil && (v == nil || !slices.ContainsFunc(v.Blocks, func(p netip.Prefix) bool { return p.Contains(address) })) {
		switch list := n.InterfacesAt(address); len(list) {
		case 0:
		case 1:
			owner = list[0]
		default:
			return nobody, "several VPCs have the address " + t.ID + " of a target", list
		}
	}
	if owner == nil {
		return nobody, "", nil
	}
	position, _ := n.Interfaces.Index(owner.ID)
	for k, a := range owner.Addresses {
		if a.IP == address {
			return member{int32(position), int32(k)}, "", nil
		}
	}
	return nobody, "", nil
}

// homeOf is the subnet whose zone is that of a target, or nil when it is of none: then every node uses it (LB-5).
func (x *index) homeOf(n *network.Network, g *network.TargetGroup, t network.LoadBalancerTarget, at member) *subnet {
	if t.Zone == "all" {
		return nil
	}
	if g.TargetType == "instance" {
		if i, ok := n.Instances.Get(t.ID); ok && at.iface < 0 {
			return x.subnets[i.Subnet]
		}
	}
	if at.iface >= 0 {
		i := n.Interfaces.All()[at.iface]
		if g.TargetType == "instance" || i.VPC == g.VPC {
			return x.subnets[i.Subnet]
		}
		return nil
	}
	if address, err := netip.ParseAddr(t.ID); err == nil {
		if v := x.vpcs[g.VPC]; v != nil {
			for _, s := range v.subnets {
				if slices.ContainsFunc(s.Blocks, func(p netip.Prefix) bool { return p.Contains(address) }) {
					return s
				}
			}
		}
	}
	return nil
}

// sameZone compares the zones of two subnets: by identifier, and by name inside an account only (TGW-3).
func sameZone(a, b *subnet) references {
	equal := func(same bool) references {
		if same {
			return refYes
		}
		return refNo
	}
	switch {
	case a == b:
		return refYes
	case a.Defect != nil || b.Defect != nil:
		return refDoubt
	case a.ZoneID != "" && b.ZoneID != "":
		return equal(a.ZoneID == b.ZoneID)
	case a.Zone != "" && b.Zone != "" && (a.vpc == b.vpc || a.Account == b.Account):
		return equal(a.Zone == b.Zone)
	}
	return refDoubt
}

// listening says on what a balancer listens.
func (b *balancer) listening() string {
	switch {
	case b.doubt != "":
		return b.doubt
	case !b.ListenersKnown:
		return "its listeners were not collected"
	}
	var words []string
	for _, l := range b.Listeners {
		words = append(words, l.Protocol+" "+strconv.Itoa(l.Port))
	}
	if len(words) == 0 {
		return "it has no listener"
	}
	return "it listens on " + strings.Join(words, ", ") + " only"
}

// sourceBlocks are the blocks that a rule's conditions on the source name.
func sourceBlocks(r network.ListenerRule) []netip.Prefix {
	var all []netip.Prefix
	for _, c := range r.Conditions {
		if c.Field == "source-ip" {
			for _, v := range c.Values {
				if p, err := netip.ParsePrefix(v); err == nil {
					all = append(all, p)
				}
			}
		}
	}
	return all
}

// sentTo is what a balancer sends to the members of a class.
func (e *Engine) sentTo(b *balancer, d *class) registration {
	list := d.targeted
	if d.site.outside() {
		list = e.index.outsideTargets[d.site.home.address]
	}
	for _, r := range list {
		if r.balancer == b {
			return r
		}
	}
	return registration{}
}

// sentOver is the same over a link: targets are called by their private addresses.
func (e *Engine) sentOver(b *balancer, l *link, d *class) registration {
	if !l.toHome && !d.site.outside() {
		return registration{}
	}
	return e.sentTo(b, d)
}

// mayTarget tells whether the destination of a link can be registered at all: no public IPv4 address can.
func (e *Engine) mayTarget(l *link, d *class) bool {
	if l.toHome {
		return true
	}
	to := l.sentToAt(d.site)
	return to.in(private4...) || e.index.holder(to) != nil
}

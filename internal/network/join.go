package network

import (
	"cmp"
	"net/netip"
	"slices"

	"go4.org/netipx"
)

// extend adds to an object what is known of it in part elsewhere.
func extend(whole, part any) {
	switch w := whole.(type) {
	case *SecurityGroup:
		p := part.(*SecurityGroup)
		w.Inbound, w.Outbound = append(w.Inbound, p.Inbound...), append(w.Outbound, p.Outbound...)
	case *RouteTable:
		p := part.(*RouteTable)
		w.Routes, w.Subnets, w.Gateways = append(w.Routes, p.Routes...), append(w.Subnets, p.Subnets...), append(w.Gateways, p.Gateways...)
	case *NetworkACL:
		p := part.(*NetworkACL)
		w.Entries, w.Subnets = append(w.Entries, p.Entries...), append(w.Subnets, p.Subnets...)
	case *PrefixList:
		w.Entries = append(w.Entries, part.(*PrefixList).Entries...)
	case *TargetGroup:
		p := part.(*TargetGroup)
		w.Targets, w.Awaited = append(w.Targets, p.Targets...), append(w.Awaited, p.Awaited...)
	case *TransitRouteTable:
		p := part.(*TransitRouteTable)
		w.Routes, w.Propagations = append(w.Routes, p.Routes...), append(w.Propagations, p.Propagations...)
	case *PeeringConnection:
		if part.(*PeeringConnection).State == "active" {
			w.State = "active"
		}
	case *TransitAttachment:
		p := part.(*TransitAttachment)
		if p.RouteTable != "" && !p.Defaults {
			w.RouteTable = p.RouteTable
		}
		w.Defaults = w.Defaults && p.Type == "" // one that tells more comes from the owner of the gateway
	case *LoadBalancer:
		p := part.(*LoadBalancer)
		for _, l := range p.Listeners {
			if k := slices.IndexFunc(w.Listeners, func(o Listener) bool { return o.ID == l.ID && l.ID != "" }); k >= 0 {
				w.Listeners[k].Rules = append(l.Rules, w.Listeners[k].Rules...) // the default rule stays the last
			} else {
				w.Listeners = append(w.Listeners, l)
			}
		}
		w.Instances = append(w.Instances, p.Instances...)
	case *HostedZone:
		p := part.(*HostedZone)
		w.VPCs, w.Records = append(w.VPCs, p.VPCs...), append(w.Records, p.Records...)
	case *EndpointService:
		w.Principals = append(w.Principals, part.(*EndpointService).Principals...)
	}
}

// UsualGroup stands among the groups of an object for the default group of its VPC, where the source of the object does not have that group.
const UsualGroup = "the default group of its VPC"

// place completes what one source knows of objects by what another knows of the subnet or the VPC in which they are.
func (n *Network) place() {
	usual := map[string]string{}
	for _, g := range n.SecurityGroups.all {
		if g.Name == "default" {
			usual[g.VPC] = g.ID
		}
	}
	groups := func(list *[]string, vpc string) {
		if k := slices.Index(*list, UsualGroup); k >= 0 && usual[vpc] != "" {
			*list = slices.Clone(*list)
			(*list)[k] = usual[vpc]
			slices.Sort(*list)
		}
	}
	nowhere := 0
	for _, i := range n.Interfaces.all {
		s, known := n.Subnets.Get(i.Subnet)
		if known && i.VPC == "" {
			i.VPC, i.Account, i.Region = s.VPC, cmp.Or(i.Account, s.Account), cmp.Or(i.Region, s.Region)
		}
		groups(&i.Groups, i.VPC)
		if !i.Open.Any() {
			continue
		}
		if known && len(s.Blocks) > 0 {
			// A placeholder outside of the subnet comes from a source that does not know it.
			if !slices.ContainsFunc(i.Addresses, func(a Address) bool {
				return slices.ContainsFunc(s.Blocks, func(p netip.Prefix) bool { return p.Contains(a.IP) })
			}) {
				i.Open.IPv4, i.Open.IPv6 = s.Blocks[0].Addr().Is4(), s.AssignIPv6OnCreation || !s.Blocks[0].Addr().Is4()
			}
			i.Open.Public = i.Open.Public || i.Open.AsSubnet && s.MapPublicIPOnLaunch
			continue
		}
		if len(i.Addresses) > 0 {
			continue
		}
		// An address that is nobody's, so that it is asked about, and is unknown.
		nowhere++
		private, public := netip.AddrFrom4([4]byte{243, byte(nowhere >> 16), byte(nowhere >> 8), byte(nowhere)}), netip.Addr{}
		if i.Open.Public || i.Open.AsSubnet {
			public = netip.AddrFrom4([4]byte{242, byte(nowhere >> 16), byte(nowhere >> 8), byte(nowhere)})
		}
		i.Addresses, i.Open = []Address{{private, public}}, Open{}
		if i.Defect == nil {
			i.Defect = &Defect{"its subnet " + i.Subnet + " is not in the input, or its addresses are not known", i.Origin}
		}
	}
	for _, g := range n.NATGateways.all {
		if s, known := n.Subnets.Get(g.Subnet); known && g.VPC == "" {
			g.VPC = s.VPC
			for k := range g.Addresses {
				n.placeNAT(&g.Addresses[k], s)
			}
		}
	}
	for _, e := range n.Endpoints.all {
		groups(&e.Groups, e.VPC)
	}
	for _, w := range n.Workloads.all {
		groups(&w.Groups, w.VPC)
	}
	for _, b := range n.LoadBalancers.all {
		groups(&b.Groups, b.VPC)
	}
	for _, t := range n.RouteTables.all {
		v, known := n.VPCs.Get(t.VPC)
		if t.Address == "" || !known { // those of AWS have their local routes
			continue
		}
		for _, block := range v.Blocks {
			if block.IsValid() && !slices.ContainsFunc(t.Routes, func(r Route) bool { return r.Destination == block }) {
				t.Routes = append(t.Routes, Route{Destination: block, Target: Target{TargetLocal, "local"}, Origin: t.Origin})
			}
		}
	}
}

// placeNAT gives an address of a NAT gateway, and its interface, a private address of the subnet: the highest that nothing has.
func (n *Network) placeNAT(a *NATAddress, s *Subnet) {
	i, known := n.Interfaces.Get(a.Interface)
	if !known || a.IP.IsValid() || len(s.Blocks) == 0 || !s.Blocks[0].Addr().Is4() {
		return
	}
	taken := map[netip.Addr]bool{}
	for _, other := range n.Interfaces.all {
		for _, address := range other.Addresses {
			taken[address.IP] = taken[address.IP] || other.VPC == s.VPC
		}
	}
	for ip := netipx.PrefixLastIP(s.Blocks[0]).Prev(); s.Blocks[0].Contains(ip); ip = ip.Prev() { // the last is AWS's
		if !taken[ip] {
			a.IP = ip
			i.Addresses = append(i.Addresses, Address{ip, a.Public})
			return
		}
	}
}

package reach

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// vpc is a VPC with what leads in and out of it.
type vpc struct {
	*network.VPC
	subnets   []*subnet
	gateway   *network.InternetGateway // attached
	edge      *table                   // of the gateway (RT-7)
	mode      string                   // of Block Public Access
	exclusion string
	peers     map[*vpc]bool // joined by an active peering of one Region (SG-4)
	near      []*vpc        // joined by an active peering at all, or by transit gateways
	overlap   bool          // some of its peers have addresses that others, or it, have as well
	doors     []door
	resolver  netip.Addr
}

// door is a way into a VPC from a network that is not known.
type door struct {
	object *network.Object
	kind   string
	blocks []netip.Prefix // what is known to be behind it; nil: any private address
}

type subnet struct {
	*network.Subnet
	vpc       *vpc
	table     *table
	acl       *acl
	exclusion string
	// gateway is the regional NAT gateway that this stands in for: it has a table, and neither an ACL nor a block (NAT-4).
	gateway *network.NATGateway
}

type table struct {
	*network.RouteTable
	id int32
}

type acl struct {
	*network.NetworkACL
	id int32
}

// index looks up what the walk needs by pointer.
type index struct {
	vpcs    map[string]*vpc
	subnets map[string]*subnet
	tables  map[string]*table
	acls    map[string]*acl
	// firewalls are the endpoints of firewalls, which look like VPC endpoints to a route.
	firewalls map[string]*network.Firewall
	regional  map[string]*subnet
	inOrder   []*vpc
	// sides are the attachments of transit gateways by identifier, attachments the available ones of VPCs by VPC.
	sides, attachments map[attached]*network.TransitAttachment
}

func newIndex(n *network.Network) *index {
	x := &index{
		vpcs: map[string]*vpc{}, subnets: map[string]*subnet{}, tables: map[string]*table{}, acls: map[string]*acl{}, firewalls: map[string]*network.Firewall{},
		regional: map[string]*subnet{}, sides: map[attached]*network.TransitAttachment{}, attachments: map[attached]*network.TransitAttachment{},
	}
	for i, t := range n.RouteTables.All() {
		x.tables[t.ID] = &table{t, int32(i)}
	}
	for i, a := range n.NetworkACLs.All() {
		x.acls[a.ID] = &acl{a, int32(i)}
	}
	exclusions := map[string]string{}
	for _, each := range n.Exclusions.All() {
		if each.Active {
			exclusions[each.Resource] = each.Mode
		}
	}
	for _, v := range n.VPCs.All() {
		mode := "off"
		if b, ok := n.BlockPublicAccess.Get(v.Account + "/" + v.Region); ok && b.Mode != "" {
			mode = b.Mode
		}
		at := &vpc{VPC: v, mode: mode, exclusion: exclusions[v.ID], peers: map[*vpc]bool{}}
		at.resolver, _ = resolver(v)
		x.vpcs[v.ID] = at
		x.inOrder = append(x.inOrder, at)
	}
	for _, s := range n.Subnets.All() {
		at := &subnet{Subnet: s, vpc: x.vpcs[s.VPC], table: x.tables[s.RouteTable], acl: x.acls[s.NetworkACL], exclusion: exclusions[s.ID]}
		// With a part of the list missing, an association may be in it: only an explicit one is sure.
		if at.table != nil && n.Gap("RouteTables", s.Account, s.Region) != nil && !slices.Contains(at.table.Subnets, s.ID) {
			at.table = nil
		}
		if at.acl != nil && n.Gap("NetworkAcls", s.Account, s.Region) != nil && !slices.Contains(at.acl.Subnets, s.ID) {
			at.acl = nil
		}
		x.subnets[s.ID] = at
		if at.vpc != nil {
			at.vpc.subnets = append(at.vpc.subnets, at)
		}
	}
	edges := map[string]*table{}
	for _, t := range n.RouteTables.All() {
		for _, g := range t.Gateways {
			edges[g] = x.tables[t.ID]
		}
	}
	for _, g := range n.InternetGateways.All() {
		if v := x.vpcs[g.VPC]; v != nil && v.gateway == nil {
			v.gateway, v.edge = g, edges[g.ID]
		}
	}
	for _, f := range n.Firewalls.All() {
		for _, e := range f.Endpoints {
			x.firewalls[e.ID] = f
		}
	}
	for _, g := range n.NATGateways.All() {
		if g.Regional {
			t := x.tables[g.RouteTable]
			if t == nil {
				t = edges[g.ID]
			}
			x.regional[g.ID] = &subnet{Subnet: &network.Subnet{Object: g.Object, VPC: g.VPC}, vpc: x.vpcs[g.VPC], table: t, gateway: g}
		}
	}
	x.findAttachments(n)
	x.peerings(n)
	x.findDoors(n)
	return x
}

func (x *index) peerings(n *network.Network) {
	for _, p := range n.PeeringConnections.All() {
		if p.State != "active" || p.Defect != nil {
			continue
		}
		one, two := x.vpcs[p.Requester.VPC], x.vpcs[p.Accepter.VPC]
		if one == nil || two == nil {
			continue
		}
		one.near, two.near = append(one.near, two), append(two.near, one)
		if p.Requester.Region == p.Accepter.Region {
			one.peers[two], two.peers[one] = true, true
		}
	}
	for _, v := range x.inOrder {
		slices.SortFunc(v.near, func(a, b *vpc) int { return cmp.Compare(a.ID, b.ID) })
		v.near = slices.DeleteFunc(slices.Compact(v.near), func(o *vpc) bool { return o == v })
		around := append([]*vpc{v}, v.near...)
		for i, a := range around {
			for _, b := range around[i+1:] {
				for _, p := range a.Blocks {
					for _, q := range b.Blocks {
						v.overlap = v.overlap || p.Overlaps(q)
					}
				}
			}
		}
	}
}

// findDoors lists by what else packets may come into a VPC: from networks that are not known, or by what is not modelled.
func (x *index) findDoors(n *network.Network) {
	add := func(id string, d door) {
		if v := x.vpcs[id]; v != nil {
			v.doors = append(v.doors, d)
		}
	}
	for _, p := range n.PeeringConnections.All() {
		if p.State != "active" {
			continue
		}
		if x.vpcs[p.Accepter.VPC] == nil {
			add(p.Requester.VPC, door{&p.Object, "peering connection", p.Accepter.Blocks})
		}
		if x.vpcs[p.Requester.VPC] == nil {
			add(p.Accepter.VPC, door{&p.Object, "peering connection", p.Requester.Blocks})
		}
	}
	for _, g := range n.VPNGateways.All() {
		add(g.VPC, door{&g.Object, "virtual private gateway", nil})
		for _, c := range n.VPNConnections.All() {
			if c.VPNGateway == g.ID && len(c.Routes) > 0 {
				add(g.VPC, door{&c.Object, "VPN connection", c.Routes})
			}
		}
	}
	for _, a := range n.TransitAttachments.All() {
		if a.Type == "vpc" && a.State == "available" && x.strangers(n, a) {
			add(a.Resource, door{&a.Object, "transit gateway attachment", nil})
		}
	}
	for _, g := range n.CarrierGateways.All() {
		add(g.VPC, door{&g.Object, "carrier gateway", nil})
	}
}

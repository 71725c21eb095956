package reach

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/watertight/watertight/internal/network"
)

// vpc is a VPC with what leads in and out of it.
type vpc struct {
	*network.VPC
	subnets   []*subnet
	tables    []*table
	acls      []*acl
	peerings  []*network.PeeringConnection
	walls     []*wall
	gateway   *network.InternetGateway // attached
	noGateway string                   // not empty: why there may be one where gateway is nil
	edge      *table                   // of the gateway (RT-7)
	mode      string                   // of Block Public Access
	exclusion string
	peers     map[*vpc]references // joined by an active peering of one Region, or perhaps (SG-4)
	unlisted  bool                // its peerings were not all collected
	near      []*vpc              // joined by an active peering at all, or by transit gateways
	hubs      []string            // the transit gateways that it is joined with
	around    *neighbourhood      // those near it, and itself
	ways      *ways
	doors     []door
	resolver  netip.Addr
	hidden    string // not empty: why it may have interfaces that are not known
	hiding    []hiding
	astray    []netip.Prefix // destinations beyond its peers of which it is not known for all tables what becomes of them
	inwards   bool           // a route leads what is for its own addresses to a NAT gateway
}

// neighbourhood is a VPC and those near it. VPCs that have the same share it.
type neighbourhood struct {
	vpcs    map[*vpc]bool
	overlap bool // two of them have an address in common
}

// ways tell addresses apart as what is on the way out of some VPCs does: for all VPCs that are joined with the same transit gateways it is one.
type ways struct {
	vpcs  map[*vpc]bool // that packets may pass
	once  sync.Once
	cells *cells // see Engine.forwarding
}

// hiding is a VPC, this or a peer of the same Region, in which interfaces that are not known may carry groups (SG-14). Without blocks these are not
// known either.
type hiding struct {
	vpc    string
	blocks []netip.Prefix
}

// door is a way into a VPC from a network that is not known.
type door struct {
	object *network.Object
	kind   string
	blocks []netip.Prefix // what is known to be behind it; nil: any private address
	// aside tells that packets may come in by it without crossing into their subnet, where its network ACL would see them (NACL-8).
	aside bool
	// apart tells that group references do not reach through it: a peering of two Regions (PEER-5).
	apart bool
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

// notUnderstood is a mode of Block Public Access, or of an exclusion from it, that has a defect.
const notUnderstood = "not understood"

// related tells whether references reach from one VPC into another at all (SG-4).
func (v *vpc) related(other *vpc) references {
	switch {
	case v == other:
		return refYes
	case v.peers[other] == refNo && v.unlisted && other.unlisted:
		return refDoubt // either side lists a peering
	}
	return v.peers[other]
}

// index looks up what the walk needs by pointer.
type index struct {
	vpcs    map[string]*vpc
	subnets map[string]*subnet
	tables  map[string]*table
	acls    map[string]*acl
	// walls are the endpoints of firewalls, which look like VPC endpoints to a route.
	walls map[string]*wall
	// balancers are by ARN, and nodeOf by their interfaces; registered and outsideTargets are what they send to.
	balancers      map[string]*balancer
	nodeOf         map[*network.Interface]*balancer
	ofInstance     map[string][]*network.Interface
	relayed        map[int32]bool       // the interfaces to which load balancers may send with the addresses of clients
	ofNobody       []*network.Interface // of an owner that is not known
	registered     map[member][]registration
	outsideTargets map[netip.Addr][]registration
	regional       map[string]*subnet
	inOrder        []*vpc
	// translators are the regional NAT gateways by public address: others have an interface with it.
	translators map[netip.Addr]*network.NATGateway
	ofNAT       map[string]bool // interfaces of NAT gateways, as these say
	// sides are the attachments of transit gateways by identifier, attachments the available ones of VPCs by VPC.
	sides, attachments map[attached]*network.TransitAttachment
	unready            map[attached]*network.TransitAttachment // those that are not available
	nats               []natAt                                 // sorted by address
	blocks             []heldBy                                // of VPCs, sorted
	lengths            []int                                   // that occur among these
	// places are subnets that packets of others pass: of attachments, NAT gateways and firewalls.
	places map[string]bool
	placed []netip.Prefix // their blocks
	// clean are the transit gateways of which it is known what they do with every packet, as far as the VPCs that they lead to.
	clean map[string]bool
}

func newIndex(n *network.Network) *index {
	x := &index{
		vpcs: map[string]*vpc{}, subnets: map[string]*subnet{}, tables: map[string]*table{}, acls: map[string]*acl{}, walls: map[string]*wall{},
		balancers: map[string]*balancer{}, nodeOf: map[*network.Interface]*balancer{}, ofInstance: map[string][]*network.Interface{}, relayed: map[int32]bool{},
		registered: map[member][]registration{}, outsideTargets: map[netip.Addr][]registration{},
		regional: map[string]*subnet{}, translators: map[netip.Addr]*network.NATGateway{}, ofNAT: map[string]bool{},
		sides: map[attached]*network.TransitAttachment{}, attachments: map[attached]*network.TransitAttachment{}, unready: map[attached]*network.TransitAttachment{},
	}
	for i, t := range n.RouteTables.All() {
		x.tables[t.ID] = &table{t, int32(i)}
	}
	for i, a := range n.NetworkACLs.All() {
		x.acls[a.ID] = &acl{a, int32(i)}
	}
	exclusions := map[string]string{}
	for _, each := range n.Exclusions.All() {
		if each.Defect != nil {
			exclusions[each.Resource] = notUnderstood
		} else if each.Active {
			exclusions[each.Resource] = each.Mode
		}
	}
	for _, v := range n.VPCs.All() {
		mode := "off"
		b, ok := n.BlockPublicAccess.Get(v.Account + "/" + v.Region)
		if ok && b.Mode != "" {
			mode = b.Mode
		}
		if ok && b.Defect != nil {
			mode = notUnderstood
		}
		at := &vpc{VPC: v, mode: mode, exclusion: exclusions[v.ID], peers: map[*vpc]references{}, unlisted: n.Gap("VpcPeeringConnections", v.Account, v.Region) != nil}
		at.resolver, _ = resolver(v)
		if g := n.Gap("NetworkInterfaces", v.Account, v.Region); g != nil {
			at.hidden = g.String()
		} else if v.Defect != nil {
			at.hidden = v.Defect.String()
		}
		x.vpcs[v.ID] = at
		x.inOrder = append(x.inOrder, at)
	}
	for _, t := range n.RouteTables.All() {
		if v := x.vpcs[t.VPC]; v != nil {
			v.tables = append(v.tables, x.tables[t.ID])
		}
	}
	for _, a := range n.NetworkACLs.All() {
		if v := x.vpcs[a.VPC]; v != nil {
			v.acls = append(v.acls, x.acls[a.ID])
		}
	}
	for _, p := range n.PeeringConnections.All() {
		for _, id := range []string{p.Requester.VPC, p.Accepter.VPC} {
			if v := x.vpcs[id]; v != nil {
				v.peerings = append(v.peerings, p)
			}
		}
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
		if s.Defect != nil { // what is associated with it, and its blocks, may be others
			at.table, at.acl = nil, nil
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
	for _, v := range x.inOrder {
		if g := n.Gap("InternetGateways", v.Account, v.Region); g != nil {
			v.noGateway = g.String()
		}
	}
	for _, g := range n.InternetGateways.All() {
		switch v := x.vpcs[g.VPC]; {
		case g.Defect != nil:
			for _, v := range x.inOrder {
				if g.VPC == "" || g.VPC == v.ID {
					v.noGateway = g.ID + " is not understood: " + g.Defect.String()
				}
			}
		case v != nil && v.gateway == nil:
			v.gateway, v.edge = g, edges[g.ID]
		}
	}
	x.findWalls(n)
	x.findBalancers(n)
	for _, i := range n.Interfaces.All() {
		if v := x.vpcs[i.VPC]; v != nil && i.Defect != nil && v.hidden == "" {
			v.hidden = "interface " + i.ID + " is not understood: " + i.Defect.String()
		}
	}
	for _, g := range n.NATGateways.All() {
		for _, a := range g.Addresses {
			switch {
			case g.State != "available" || g.Defect != nil: // its addresses may be those of others by now
			case g.Regional:
				x.translators[a.Public] = g
			case a.Interface != "":
				x.ofNAT[a.Interface] = true
			}
		}
		if g.Regional {
			t := x.tables[g.RouteTable]
			if t == nil {
				t = edges[g.ID]
			}
			x.regional[g.ID] = &subnet{Subnet: &network.Subnet{Object: g.Object, VPC: g.VPC}, vpc: x.vpcs[g.VPC], table: t, gateway: g}
		}
	}
	x.findAttachments(n)
	x.findPlaces(n)
	x.peerings(n)
	x.findHiding(n)
	x.findAstray(n)
	x.findNATs(n)
	x.findBlocks(n)
	x.findDoors(n)
	return x
}

func (x *index) peerings(n *network.Network) {
	for _, p := range n.PeeringConnections.All() {
		one, two := x.vpcs[p.Requester.VPC], x.vpcs[p.Accepter.VPC]
		if one == nil || two == nil {
			continue
		}
		if p.Defect != nil && one.peers[two] == refNo {
			one.peers[two], two.peers[one] = refDoubt, refDoubt
		}
		if p.State != "active" || p.Defect != nil {
			continue
		}
		one.near, two.near = append(one.near, two), append(two.near, one)
		if p.Requester.Region == p.Accepter.Region {
			one.peers[two], two.peers[one] = refYes, refYes
		}
	}
	for _, v := range x.inOrder {
		slices.SortFunc(v.near, func(a, b *vpc) int { return cmp.Compare(a.ID, b.ID) })
		v.near = slices.DeleteFunc(slices.Compact(v.near), func(o *vpc) bool { return o == v })
	}
	x.findNeighbourhoods()
}

func (x *index) findNeighbourhoods() {
	position := map[*vpc]int{}
	for i, v := range x.inOrder {
		position[v] = i
	}
	known := map[string]*neighbourhood{}
	for _, v := range x.inOrder {
		all := []int{position[v]}
		for _, o := range v.near {
			all = append(all, position[o])
		}
		slices.Sort(all)
		key := fmt.Sprint(all)
		if known[key] == nil {
			known[key] = newNeighbourhood(append([]*vpc{v}, v.near...))
		}
		v.around = known[key]
	}
	byHubs := map[string]*ways{}
	for _, v := range x.inOrder {
		if len(v.hubs) == 0 {
			v.ways = &ways{vpcs: v.around.vpcs}
			continue
		}
		slices.Sort(v.hubs)
		key := strings.Join(slices.Compact(v.hubs), " ")
		if byHubs[key] == nil {
			byHubs[key] = &ways{vpcs: map[*vpc]bool{}}
		}
		v.ways = byHubs[key]
		maps.Copy(v.ways.vpcs, v.around.vpcs)
	}
}

// heldBy is a block of a VPC, or an address of an interface of its outside of all blocks that are known.
type heldBy struct {
	netip.Prefix
	vpc *vpc
}

func (x *index) findBlocks(n *network.Network) {
	add := func(p netip.Prefix, v *vpc) {
		x.blocks = append(x.blocks, heldBy{p.Masked(), v})
		if !slices.Contains(x.lengths, p.Bits()) {
			x.lengths = append(x.lengths, p.Bits())
		}
	}
	for _, v := range x.inOrder {
		for _, p := range v.Blocks {
			add(p, v)
		}
	}
	for _, i := range n.Interfaces.All() {
		v := x.vpcs[i.VPC]
		for _, a := range i.Addresses {
			if v != nil && !slices.ContainsFunc(v.Blocks, func(p netip.Prefix) bool { return p.Contains(a.IP) }) {
				add(netip.PrefixFrom(a.IP, a.IP.BitLen()), v)
			}
		}
	}
	slices.SortFunc(x.blocks, func(a, b heldBy) int { return a.Compare(b.Prefix) })
}

// holding lists the VPCs that have addresses of a prefix, up to so many.
func (x *index) holding(p netip.Prefix, limit int) []*vpc {
	var all []*vpc
	from := func(p netip.Prefix) []heldBy {
		first, _ := slices.BinarySearchFunc(x.blocks, p, func(b heldBy, p netip.Prefix) int { return b.Compare(p) })
		return x.blocks[first:]
	}
	p = p.Masked()
	for _, bits := range x.lengths {
		if wide, err := p.Addr().Prefix(bits); err == nil && bits < p.Bits() {
			for _, b := range from(wide) {
				if b.Prefix != wide {
					break
				}
				all = append(all, b.vpc)
			}
		}
	}
	for _, b := range from(p) {
		if !p.Contains(b.Addr()) || len(all) >= limit {
			break
		}
		all = append(all, b.vpc)
	}
	return all[:min(len(all), limit)]
}

func newNeighbourhood(vpcs []*vpc) *neighbourhood {
	a := &neighbourhood{vpcs: map[*vpc]bool{}}
	type block struct {
		netip.Prefix
		vpc *vpc
	}
	var blocks []block
	for _, v := range vpcs {
		a.vpcs[v] = true
		for _, p := range v.Blocks {
			blocks = append(blocks, block{p.Masked(), v})
		}
	}
	slices.SortFunc(blocks, func(one, two block) int { return one.Compare(two.Prefix) })
	for i, one := range blocks {
		for _, two := range blocks[i+1:] {
			if !one.Overlaps(two.Prefix) {
				break
			}
			a.overlap = a.overlap || one.vpc != two.vpc
		}
	}
	return a
}

func (x *index) findHiding(n *network.Network) {
	for _, v := range x.inOrder {
		if v.hidden != "" {
			v.hiding = append(v.hiding, hiding{v.ID, v.Blocks})
		}
	}
	for _, p := range n.PeeringConnections.All() {
		if p.State != "active" || p.Requester.Region != p.Accepter.Region {
			continue
		}
		for _, side := range []network.PeeringSide{p.Requester, p.Accepter} {
			v := x.vpcs[side.VPC]
			if v == nil {
				continue
			}
			_, far, _ := p.Side(v.ID)
			switch w := x.vpcs[far.VPC]; {
			case w == nil:
				v.hiding = append(v.hiding, hiding{far.VPC, far.Blocks})
			case w.hidden != "":
				v.hiding = append(v.hiding, hiding{w.ID, w.Blocks})
			}
		}
	}
}

// findAstray lists the destinations that a VPC sends into what is not known. It may list more.
func (x *index) findAstray(n *network.Network) {
	for _, s := range x.subnets {
		if s.vpc != nil && (s.table == nil || s.table.Defect != nil) {
			s.vpc.astray = append(s.vpc.astray, anywhere4, anywhere6)
		}
	}
	for _, v := range x.inOrder {
		if v.hidden != "" {
			v.astray = append(v.astray, v.Blocks...)
		}
	}
	x.findClean(n)
	for _, t := range n.RouteTables.All() {
		v := x.vpcs[t.VPC]
		if v == nil {
			continue
		}
		for i := range t.Routes {
			r := &t.Routes[i]
			if r.Blackhole || r.Defect == nil && x.understood(n, r, v.ID) {
				continue
			}
			list, known := n.PrefixLists.Get(r.PrefixList)
			switch {
			case r.Destination.IsValid():
				v.astray = append(v.astray, r.Destination)
			case known && list.Defect == nil:
				v.astray = append(v.astray, list.Entries...)
			default:
				v.astray = append(v.astray, anywhere4, anywhere6)
			}
		}
	}
	x.findTurns(n)
	// What goes into a transit gateway may come out in a VPC that sends it on.
	own := map[*vpc][]netip.Prefix{}
	for _, v := range x.inOrder {
		own[v] = v.astray
	}
	for _, v := range x.inOrder {
		if slices.ContainsFunc(v.tables, func(t *table) bool {
			return slices.ContainsFunc(t.Routes, func(r network.Route) bool { return r.Target.Kind == network.TargetTransitGateway })
		}) {
			for _, other := range v.near {
				v.astray = append(slices.Clip(v.astray), own[other]...)
			}
		}
		v.astray = slices.Clone(v.astray)
		slices.SortFunc(v.astray, netip.Prefix.Compare)
		v.astray = slices.Compact(v.astray)
	}
}

// understood tells whether it is known for all packets what becomes of them behind a route, unless they end in another VPC.
func (x *index) understood(n *network.Network, r *network.Route, vpc string) bool {
	id := r.Target.ID
	list, known := n.PrefixLists.Get(r.PrefixList)
	if r.PrefixList != "" && (!known || list.Defect != nil) {
		return false
	}
	switch r.Target.Kind {
	case network.TargetLocal:
		return true
	case network.TargetInternetGateway:
		g, ok := n.InternetGateways.Get(id)
		return ok && g.Defect == nil
	case network.TargetEgressOnly:
		g, ok := n.EgressOnlyGateways.Get(id)
		return ok && g.Defect == nil
	case network.TargetNAT:
		g, ok := n.NATGateways.Get(id)
		return ok && g.Defect == nil && !g.Regional && x.subnets[g.Subnet] != nil && r.Destination.Addr().Is4()
	case network.TargetPeering:
		p, ok := n.PeeringConnections.Get(id)
		if !ok || p.Defect != nil {
			return false
		}
		one, two := x.vpcs[p.Requester.VPC], x.vpcs[p.Accepter.VPC]
		return one != nil && two != nil && one.hidden == "" && two.hidden == ""
	case network.TargetTransitGateway:
		return x.clean[id] && x.attachments[attached{id, vpc}] != nil
	case network.TargetInterface:
		i, ok := n.Interfaces.Get(id)
		return ok && i.Defect == nil && i.SourceDestCheck
	case network.TargetEndpoint:
		if f := x.walls[id]; f != nil { // it goes on by a table of the same VPC
			return f.doubt == "" && f.Status == "READY" && f.VPC == vpc
		}
		p, ok := n.Endpoints.Get(id)
		return ok && p.Defect == nil && p.Type == network.EndpointGateway
	}
	return false
}

// overlaps tells whether another VPC has addresses of a VPC as well.
func (x *index) overlaps(v *vpc) bool {
	return slices.ContainsFunc(x.inOrder, func(w *vpc) bool {
		return v != w && slices.ContainsFunc(w.Blocks, func(p netip.Prefix) bool { return slices.ContainsFunc(v.Blocks, p.Overlaps) })
	})
}

// holder is the VPC that an address is in, if any; of several the first.
func (x *index) holder(a place) *vpc {
	for _, v := range x.inOrder {
		if a.in(v.Blocks...) {
			return v
		}
	}
	return nil
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
			add(p.Requester.VPC, door{&p.Object, "peering connection", p.Accepter.Blocks, false, p.Requester.Region != p.Accepter.Region})
		}
		if x.vpcs[p.Requester.VPC] == nil {
			add(p.Accepter.VPC, door{&p.Object, "peering connection", p.Requester.Blocks, false, p.Requester.Region != p.Accepter.Region})
		}
	}
	for _, g := range n.VPNGateways.All() {
		add(g.VPC, door{&g.Object, "virtual private gateway", nil, false, false})
		for _, c := range n.VPNConnections.All() {
			if c.VPNGateway == g.ID && len(c.Routes) > 0 {
				add(g.VPC, door{&c.Object, "VPN connection", c.Routes, false, false})
			}
		}
	}
	for _, a := range n.TransitAttachments.All() {
		if a.Type == "vpc" && (a.State == "available" || a.Defect != nil) && (x.strangers(n, a.Gateway, map[string]bool{}) || n.Gap("TransitGatewayAttachments", a.Account, a.Region) != nil) {
			add(a.Resource, door{&a.Object, "transit gateway attachment", nil, true, false})
		}
	}
	for _, g := range n.CarrierGateways.All() {
		add(g.VPC, door{&g.Object, "carrier gateway", nil, false, false})
	}
	for _, t := range n.RouteTables.All() {
		for _, r := range t.Routes {
			switch r.Target.Kind {
			case network.TargetTransitGateway:
				if x.attachments[attached{r.Target.ID, t.VPC}] != nil {
					continue
				}
			case network.TargetCoreNetwork, network.TargetLocalGateway, network.TargetCarrierGateway, network.TargetOther:
			default:
				continue
			}
			if !r.Blackhole { // what a route leads to may send as well
				add(t.VPC, door{&network.Object{ID: r.Target.ID, Origin: r.Origin}, string(r.Target.Kind), nil, true, false})
			}
		}
	}
}

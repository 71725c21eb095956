package reach

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// role is what an interface can be at the ends of a connection.
type role uint8

const (
	plain    role = iota // opens and receives
	function             // opens, and never receives (LAMBDA-1)
	endpoint             // receives, and never opens (PL-1)
	nat                  // neither by itself (NAT-2)
	relaying             // a node of a load balancer: receives on its listeners' ports, and opens to its targets (LB-4, LB-7)
	conduit              // of a transit gateway or a firewall: it carries what others send, and neither opens nor takes connections
	strange              // not modelled: what it does is not known
	garbled              // not understood: nothing about it is sure
)

// site is all addresses that no route and no network ACL can tell apart. An outside site has no subnet.
type site struct {
	id int32
	// lane is the same for sites that differ by their public addresses, or by what only groups name: no route and no ACL that packets between
	// private addresses meet tells them apart.
	lane    int32
	role    role
	subnet  *subnet // nil outside
	home    place   // the private or IPv6 address; outside, the address
	public  place   // the public address that home is mapped to, if any
	bare    bool    // carries no group by its nature (SG-13)
	unclear string  // not empty: what is wrong with the interface, and its answers are unknown
	example *network.Interface
	// balancer is the load balancer whose node it is.
	balancer *balancer
}

func (s *site) outside() bool { return s.subnet == nil }

func (s *site) vpc() *vpc { return s.subnet.vpc }

// closed tells whether nothing there opens a connection (PL-1, SG-13).
func (s *site) closed() bool { return s.role == endpoint || s.role == conduit }

func (s *site) family() Family {
	if s.home.address.Is4() {
		return IPv4
	}
	return IPv6
}

// class is all addresses that nothing can tell apart: a site and a set of groups. Outside it is all addresses of a cell.
type class struct {
	id      int32
	site    *site
	groups  groupSet
	members []member
	outside []netip.Prefix // of an outside class
	// targeted is what load balancers send to its members.
	targeted []registration
}

// member is an address of an interface: positions in the network's table and in the interface's addresses.
type member struct{ iface, address int32 }

type siteKey struct {
	subnet       *subnet
	role         role
	home, public cell
	bare         bool
	unclear      string
	balancer     *balancer
}

// lane is the key of the sites of a lane.
func (e *Engine) lane(k siteKey) siteKey {
	k.home = e.ways.within(e.cells.prefixes[k.home])
	if k.public != noCell {
		k.public = 0
	}
	return k
}

type classKey struct {
	site     *site
	groups   groupSet
	targeted string // see targetKey
}

// targetKey is the same for addresses that load balancers send the same to.
func targetKey(list []registration) string {
	var key []byte
	for _, r := range list {
		key = binary.AppendUvarint(key, uint64(r.balancer.number))
		for _, set := range []packet.Set{r.plain, r.preserved, r.maybe} {
			key = binary.AppendUvarint(key, uint64(len(set.Key())))
			key = append(key, set.Key()...)
		}
	}
	return string(key)
}

// classify puts every address of every interface into its class.
func (e *Engine) classify() {
	n := e.network
	sites, classes := map[siteKey]*site{}, map[classKey]*class{}
	lanes := map[siteKey]int32{}
	stray := map[string]*subnet{}
	all := n.Interfaces.All()
	e.classOf = make([][]*class, len(all))
	e.members = map[string][]*class{}
	for position, i := range all {
		at := e.index.subnets[i.Subnet]
		what, bare, unclear := e.roleOf(i)
		if at == nil { // a subnet that is not in the network
			if stray[i.Subnet] == nil {
				stray[i.Subnet] = &subnet{Subnet: &network.Subnet{Object: network.Object{ID: i.Subnet}, VPC: i.VPC}, vpc: e.index.vpcs[i.VPC]}
			}
			at = stray[i.Subnet]
		}
		if at.vpc == nil {
			absent := "VPC " + i.VPC + " is not in the input"
			switch {
			case i.VPC != "":
			case at.Defect != nil:
				absent = "subnet " + i.Subnet + ": " + at.Defect.Reason
			default:
				absent = "its subnet " + i.Subnet + " is not in the input"
			}
			at.vpc = &vpc{VPC: &network.VPC{Object: network.Object{ID: i.VPC}}, around: newNeighbourhood(nil), ways: &ways{}, noGateway: absent}
			unclear = cmp.Or(unclear, absent)
		} else if at.vpc.Defect != nil {
			unclear = cmp.Or(unclear, "VPC "+i.VPC+": "+at.vpc.Defect.Reason)
		}
		if unclear != "" && what != garbled && what != endpoint {
			what, bare = strange, true // its groups do not decide
		}
		if what == nat && i.Defect != nil { // its gateway tells what it is: it takes no connection, and nothing else about it is sure
			unclear = i.Defect.Reason
		}
		set := e.groupSetFor(i.Groups)
		if what == garbled {
			set = anyGroups
		}
		e.classOf[position] = make([]*class, len(i.Addresses))
		for j, a := range i.Addresses {
			home := place{a.IP, e.cells.of(a.IP)}
			public := place{cell: noCell}
			if a.Public.IsValid() {
				public = place{a.Public, e.cells.of(a.Public)}
				e.taken = append(e.taken, a.Public)
			}
			if a.IP.Is6() {
				e.taken = append(e.taken, a.IP)
			}
			key := siteKey{at, what, home.cell, public.cell, bare, unclear, nil}
			if what == relaying {
				key.balancer = e.index.nodeOf[i]
			}
			s := sites[key]
			if s == nil {
				lane, known := lanes[e.lane(key)]
				if !known {
					lane = int32(len(lanes))
					lanes[e.lane(key)] = lane
				}
				s = &site{int32(len(e.sites)), lane, what, at, home, public, bare, unclear, i, key.balancer}
				sites[key] = s
				e.sites = append(e.sites, s)
			}
			own := classKey{s, set, ""}
			targeted := e.index.registered[member{int32(position), int32(j)}]
			if targeted != nil {
				own.targeted = targetKey(targeted)
			}
			c := classes[own]
			if c == nil {
				c = &class{id: int32(len(e.classes)), site: s, groups: set, targeted: targeted}
				classes[own] = c
				e.classes = append(e.classes, c)
				for _, id := range i.Groups {
					e.members[id] = append(e.members[id], c)
				}
			}
			c.members = append(c.members, member{int32(position), int32(j)})
			e.classOf[position][j] = c
		}
	}
	for a := range e.index.translators {
		e.taken = append(e.taken, a)
	}
	slices.SortFunc(e.taken, netip.Addr.Compare)
	e.taken = slices.Compact(e.taken)
}

// plainTypes are the types of interfaces that open and receive connections like that of an instance.
var plainTypes = []network.InterfaceType{
	"", network.TypeInterface, network.TypeEFA, "branch", "trunk", "api_gateway_managed", "quicksight", "iot_rules_managed",
	"ec2_instance_connect_endpoint", "aws_codestar_connections_managed",
}

func (e *Engine) roleOf(i *network.Interface) (what role, bare bool, unclear string) {
	if e.index.ofNAT[i.ID] {
		return nat, true, "" // SG-13
	}
	if i.Defect != nil {
		return garbled, true, "interface " + i.ID + ": " + i.Defect.Reason
	}
	if i.Conduit() && i.Type != network.TypeNAT && i.Owner.Kind != network.OwnerNAT {
		return conduit, true, ""
	}
	switch i.Type {
	case network.TypeLambda:
		return function, false, ""
	case network.TypeNAT:
		return nat, true, "" // SG-13
	case network.TypeEndpoint:
		if p, ok := e.network.Endpoints.Get(i.Owner.ID); ok && (p.Type != network.EndpointInterface || p.Defect != nil) {
			return endpoint, false, "an endpoint of type " + string(p.Type) + " is not modelled: " + p.Label()
		}
		return endpoint, false, "" // EP-2
	}
	if b := e.index.nodeOf[i]; b != nil {
		if b.Type == "gateway" { // EP-3
			return strange, true, "load balancer " + b.Label() + ": what is behind a Gateway Load Balancer is not modelled"
		}
		return relaying, len(i.Groups) == 0 && b.Type == "network", "" // LB-2
	}
	if i.Owner.Kind == network.OwnerLoadBalancer {
		return strange, true, "load balancer " + i.Owner.ID + " is not in the input"
	}
	if !slices.Contains(plainTypes, i.Type) {
		return strange, true, "interfaces of type " + string(i.Type) + " are not modelled"
	}
	return plain, false, ""
}

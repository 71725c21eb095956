package synth

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// tier is a tier of subnets. Its value is that of the first of the VPC's sixteen parts that it has.
type tier int

const (
	public tier = 0
	app    tier = 4
	data   tier = 8
	nat    tier = 12 // three subnets of 16 addresses in one part
)

var (
	tiers     = []tier{public, app, data, nat}
	tierNames = map[tier]string{public: "public", app: "app", data: "data", nat: "nat"}
	zones     = []string{"a", "b", "c"}
)

var (
	all4 = netip.MustParsePrefix("0.0.0.0/0")
	all6 = netip.MustParsePrefix("::/0")
	ten  = netip.MustParsePrefix("10.0.0.0/8")
)

// vpc is a VPC that is being made, with what its parts need to know of each other.
type vpc struct {
	org     *organization
	dice    dice
	number  int
	size    int // interfaces to make
	region  *region
	account string
	block   netip.Prefix
	ipv6    bool
	public  netip.Addr // the next public address

	*network.VPC
	subnets map[tier][]*subnet
	tables  map[tier][]*network.RouteTable // one, or one for every zone
	groups  []*role
	peers   []*vpc

	interfaces int // made so far
}

// subnet is a subnet with the number of its next free address.
type subnet struct {
	*network.Subnet
	next uint64
}

// object makes an object that belongs to the VPC's account.
func (v *vpc) object(prefix, name string) network.Object {
	return v.dice.object(prefix, name, v.account, v.region.name)
}

func (v *vpc) build() {
	c := &v.org.contents
	kind := []string{"prod", "prod", "staging", "dev", "shared"}[v.number%5]
	v.VPC = &network.VPC{Object: v.object("vpc", fmt.Sprintf("%s-%04d", kind, v.number)), Blocks: []netip.Prefix{v.block}}
	v.Tags = []network.Tag{{Key: "Environment", Value: kind}}
	if v.ipv6 {
		b := v.region.ipv6.As16()
		binary.BigEndian.PutUint32(b[4:], uint32(v.number)<<8)
		v.Blocks = append(v.Blocks, netip.PrefixFrom(netip.AddrFrom16(b), 56))
	}
	c.VPCs = append(c.VPCs, v.VPC)
	v.buildSubnets()
	v.buildTables()
	v.buildACLs()
	v.buildRoles()
	v.buildMembers()
}

func (v *vpc) buildSubnets() {
	v.subnets = map[tier][]*subnet{}
	for _, t := range tiers {
		for z, zone := range zones {
			block := part(v.block, 4, int(t)+z)
			if t == nat {
				block = part(part(v.block, 4, int(t)), 28-4-v.block.Bits(), z)
			}
			name := v.region.name + zone
			s := &network.Subnet{
				Object: v.object("subnet", v.Name+"-"+tierNames[t]+"-"+name),
				VPC:    v.ID, Zone: name, ZoneID: fmt.Sprintf("%s-az%d", v.region.zoneID, 1+(z+int(v.account[11]))%3),
				Blocks:              []netip.Prefix{block},
				MapPublicIPOnLaunch: t == public,
			}
			s.Tags = []network.Tag{{Key: "Tier", Value: tierNames[t]}}
			if v.ipv6 && t != nat {
				b := v.Blocks[1].Addr().As16()
				b[7] = byte(int(t) + z)
				s.Blocks = append(s.Blocks, netip.PrefixFrom(netip.AddrFrom16(b), 64))
				s.AssignIPv6OnCreation = true
			}
			v.org.contents.Subnets = append(v.org.contents.Subnets, s)
			v.subnets[t] = append(v.subnets[t], &subnet{s, 4}) // AWS keeps the first four
		}
	}
}

// buildTables makes gateways and route tables.
func (v *vpc) buildTables() {
	c := &v.org.contents
	gateway := &network.InternetGateway{Object: v.object("igw", v.Name), VPC: v.ID}
	c.InternetGateways = append(c.InternetGateways, gateway)
	internet := network.Target{Kind: network.TargetInternetGateway, ID: gateway.ID}
	endpoint := &network.Endpoint{Object: v.object("vpce", "s3"), VPC: v.ID, Type: network.EndpointGateway,
		Service: "com.amazonaws." + v.region.name + ".s3", State: "available"}
	c.Endpoints = append(c.Endpoints, endpoint)
	var egress network.Target
	if v.ipv6 {
		g := &network.EgressOnlyGateway{Object: v.object("eigw", v.Name), VPC: v.ID}
		c.EgressOnlyGateways = append(c.EgressOnlyGateways, g)
		egress = network.Target{Kind: network.TargetEgressOnly, ID: g.ID}
	}

	v.table("main", true)
	v.tables = map[tier][]*network.RouteTable{}
	for _, t := range tiers {
		for z, zone := range zones {
			if t != app && z > 0 {
				v.tables[t][0].Subnets = append(v.tables[t][0].Subnets, v.subnets[t][z].ID)
				continue
			}
			name := tierNames[t]
			if t == app {
				name += "-" + v.region.name + zone
			}
			table := v.table(name, false)
			table.Subnets = []string{v.subnets[t][z].ID}
			v.tables[t] = append(v.tables[t], table)
			switch t {
			case public, nat:
				v.route(table, all4, internet)
				if v.ipv6 {
					v.route(table, all6, internet)
				}
			case app:
				if gateway := v.natGateway(z); gateway != "" {
					v.route(table, all4, network.Target{Kind: network.TargetNAT, ID: gateway})
				}
				if v.ipv6 {
					v.route(table, all6, egress)
				}
			}
			if t == app || t == data {
				endpoint.RouteTables = append(endpoint.RouteTables, table.ID)
				table.Routes = append(table.Routes, network.Route{PrefixList: v.org.s3(v.region).ID, Origin: v.origin(table.ID, "Routes", len(table.Routes)),
					Target: network.Target{Kind: network.TargetEndpoint, ID: endpoint.ID}})
			}
		}
	}
}

// table makes a route table with its local routes.
func (v *vpc) table(name string, main bool) *network.RouteTable {
	table := &network.RouteTable{Object: v.object("rtb", v.Name+"-"+name), VPC: v.ID, Main: main}
	for _, block := range v.Blocks {
		v.route(table, block, network.Target{Kind: network.TargetLocal, ID: "local"})
	}
	v.org.contents.RouteTables = append(v.org.contents.RouteTables, table)
	return table
}

func (v *vpc) route(table *network.RouteTable, destination netip.Prefix, target network.Target) {
	table.Routes = append(table.Routes, network.Route{Destination: destination, Target: target, Origin: v.origin(table.ID, "Routes", len(table.Routes))})
}

// origin is where a part of an object stands.
func (v *vpc) origin(id, list string, n int) network.Origin {
	return network.Origin{Source: source, Path: fmt.Sprintf("/%s/%s/%d", id, list, n)}
}

// natGateway makes the NAT gateway of a zone, and its interface. A VPC of few interfaces has none.
func (v *vpc) natGateway(zone int) string {
	if v.size < 40 {
		return ""
	}
	s := v.subnets[nat][zone]
	g := &network.NATGateway{Object: v.object("nat", v.Name+"-"+s.Zone), VPC: v.ID, Subnet: s.ID, State: "available"}
	i := v.newInterface(s, network.TypeNAT, nil)
	i.SourceDestCheck = false
	i.Description = "Interface for NAT Gateway " + g.ID
	i.Owner = network.Owner{Kind: network.OwnerNAT, ID: g.ID, Sure: true}
	i.Addresses[0].Public = v.nextPublic()
	g.Addresses = []network.NATAddress{{IP: i.Addresses[0].IP, Public: i.Addresses[0].Public, Interface: i.ID}}
	v.org.contents.NATGateways = append(v.org.contents.NATGateways, g)
	return g.ID
}

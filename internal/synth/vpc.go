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
	// The others serve routes: each has three subnets of 16 addresses in one part.
	nat      tier = 12
	transit  tier = 13 // of the attachment to the hub
	firewall tier = 14
)

var (
	tierNames = map[tier]string{public: "public", app: "app", data: "data", nat: "nat", transit: "transit", firewall: "firewall"}
	zones     = []string{"a", "b", "c"}
)

var (
	all4 = netip.MustParsePrefix("0.0.0.0/0")
	all6 = netip.MustParsePrefix("::/0")
	ten  = netip.MustParsePrefix("10.0.0.0/8")
)

// way is how private subnets reach the internet.
type way int

const (
	noWay      way = iota
	byNAT          // NAT gateways of the VPC's own
	byFirewall     // the same, with a firewall in front
	byHub          // the hub's VPC for egress
)

// vpc is a VPC that is being made, with what its parts need to know of each other.
type vpc struct {
	org      *organization
	dice     dice
	number   int
	size     int // interfaces to make
	region   *region
	account  string
	block    netip.Prefix
	routable bool       // the block is the Region's, and nobody else's
	public   netip.Addr // the next public address

	// What is decided before anything is built.
	kind   string // "prod", "staging", "dev", "shared", or "egress"
	ipv6   bool
	hub    *hub // that it is attached to, or nil
	way    way
	offers []*service

	*network.VPC
	tiers      []tier
	subnets    map[tier][]*subnet
	tables     map[tier][]*network.RouteTable // one, or one for every zone
	nats       []string                       // NAT gateways, one for every zone, or none
	walls      []string                       // endpoints of the firewall, likewise
	groups     []*role
	products   []*product
	helpers    map[string]*role
	peers      []*vpc
	attachment *network.TransitAttachment // to the hub, or nil

	interfaces int // made so far
}

// subnet is a subnet with the number of its next free address.
type subnet struct {
	*network.Subnet
	next uint64
}

// decide settles what others must know of the VPC.
func (v *vpc) decide() {
	v.kind = []string{"prod", "prod", "staging", "dev", "shared"}[v.number%5]
	v.ipv6 = v.dice.chance(20)
	if v.size < small {
		return
	}
	v.way = byNAT
	if h := v.org.hub(v.region); h != nil {
		if v.routable && v.dice.chance(40) {
			v.hub = h
		}
		switch roll := v.dice.IntN(100); {
		case roll < 50 && v.hub != nil:
			v.way = byHub
		case roll >= 85:
			v.way = byFirewall
		}
	}
	if v.kind == "shared" && v.org.options.Roles > 1 {
		v.offer()
	}
}

// object makes an object that belongs to the VPC's account.
func (v *vpc) object(prefix, name string) network.Object {
	return v.dice.object(prefix, name, v.account, v.region.name)
}

// arn makes an object that is identified by an ARN, of the VPC's account.
func (v *vpc) arn(service, resource, name string) network.Object {
	return arn(service, resource, name, v.account, v.region.name)
}

// begin makes the VPC itself.
func (v *vpc) begin(name, environment string) {
	v.VPC = &network.VPC{Object: v.object("vpc", name), Blocks: []netip.Prefix{v.block}}
	v.Tags = []network.Tag{{Key: "Environment", Value: environment}}
	if v.ipv6 {
		b := v.region.ipv6.As16()
		binary.BigEndian.PutUint32(b[4:], uint32(v.number)<<8)
		v.Blocks = append(v.Blocks, netip.PrefixFrom(netip.AddrFrom16(b), 56))
	}
	v.org.contents.VPCs = append(v.org.contents.VPCs, v.VPC)
}

// build makes a VPC for workloads.
func (v *vpc) build() {
	v.begin(fmt.Sprintf("%s-%04d", v.kind, v.number), v.kind)
	v.tiers = []tier{public, app, data}
	if v.way == byNAT || v.way == byFirewall {
		v.tiers = append(v.tiers, nat)
	}
	if v.hub != nil {
		v.tiers = append(v.tiers, transit)
	}
	if v.way == byFirewall {
		v.tiers = append(v.tiers, firewall)
	}
	v.buildSubnets()
	v.buildTables()
	v.buildACLs()
	v.buildRoles()
	v.buildMembers()
}

func (v *vpc) buildSubnets() {
	v.subnets = map[tier][]*subnet{}
	for _, t := range v.tiers {
		for z, zone := range zones {
			block := part(v.block, 4, int(t)+z)
			if t >= nat {
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
			if v.ipv6 && t < nat {
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

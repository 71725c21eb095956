package synth

import (
	"fmt"
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// hub is what joins the VPCs of a Region: a transit gateway in the account of the network, a VPC for egress, and the policies of firewalls.
//
// Who may speak with whom follows from route tables. Every unit of the organization has three: its production speaks with its production and with what
// it shares, the rest of it likewise, and what it shares with all of the unit. One VPC is central: it speaks with everybody, in the other Region
// too. All of these tables lead to the internet by the VPC for egress, and let nothing go there that is meant for the private ranges. The table
// of the VPC for egress leads back to everybody, and so does that of the other Region's gateway.
type hub struct {
	region         *region
	egress         *vpc
	central        *vpc // nil when no VPC is attached
	other          *hub
	peering        string // the attachment to the other
	gateway        *network.TransitGateway
	units          map[int]*unit
	spokes         []*network.TransitRouteTable // of units and of the central VPC
	middle         *network.TransitRouteTable   // of the central VPC
	inspected, far *network.TransitRouteTable   // of the VPC for egress, and of the peering
	inspect, guard string                       // policies: of the firewall for egress, and of those of other VPCs
}

// unit is a unit of the organization: so many VPCs that were made one after the other.
type unit struct{ prod, nonprod, shared *network.TransitRouteTable }

const unitVPCs = 20

// egressInterfaces is how many interfaces a VPC for egress has: those of the attachment, the firewall and the NAT gateways.
const egressInterfaces = 3 * 3

// newHub makes a transit gateway and policies in the account of a VPC, which is to be for egress.
func newHub(o *organization, v *vpc) *hub {
	h := &hub{region: v.region, egress: v, units: map[int]*unit{}}
	v.hub, v.kind = h, "egress"
	h.gateway = &network.TransitGateway{Object: v.object("tgw", "hub-"+v.region.name), State: "available", SecurityGroupReferencing: true}
	o.contents.TransitGateways = append(o.contents.TransitGateways, h.gateway)
	h.middle, h.inspected, h.far = h.table("central"), h.table("inspected"), h.table("far")
	h.inspect, h.guard = v.policies()
	return h
}

func (h *hub) table(name string) *network.TransitRouteTable {
	t := &network.TransitRouteTable{Object: h.egress.object("tgw-rtb", name), Gateway: h.gateway.ID, RoutesKnown: true, PropagationsKnown: true, ListsKnown: true}
	c := &h.egress.org.contents
	c.TransitRouteTables = append(c.TransitRouteTables, t)
	return t
}

// staticRoute adds a route to an attachment, or a blackhole.
func staticRoute(t *network.TransitRouteTable, destination netip.Prefix, attachment string) {
	r := network.TransitRoute{Destination: destination, Type: "static", Blackhole: attachment == "", Origin: origin(t.ID, "Routes", len(t.Routes))}
	if attachment != "" {
		r.Attachments = []string{attachment}
	}
	t.Routes = append(t.Routes, r)
}

// spoke makes a table what those of units and of the central VPC are.
func (h *hub) spoke(t *network.TransitRouteTable, far []netip.Prefix) *network.TransitRouteTable {
	for _, block := range private { // the routes to VPCs are longer than these
		staticRoute(t, block, "")
	}
	for _, block := range far {
		staticRoute(t, block, h.peering)
	}
	h.spokes = append(h.spokes, t)
	return t
}

// unit is the unit of a VPC.
func (h *hub) unit(v *vpc) *unit {
	n := v.number / unitVPCs
	if h.units[n] == nil {
		var far []netip.Prefix
		if h.other.central != nil {
			far = []netip.Prefix{h.other.central.block}
		}
		table := func(kind string) *network.TransitRouteTable {
			return h.spoke(h.table(fmt.Sprintf("unit-%02d-%s", n+1, kind)), far)
		}
		h.units[n] = &unit{table("prod"), table("nonprod"), table("shared")}
	}
	return h.units[n]
}

// target is where routes of VPCs lead to the hub.
func (h *hub) target() network.Target {
	return network.Target{Kind: network.TargetTransitGateway, ID: h.gateway.ID}
}

// attach attaches a VPC in all of its zones.
func (h *hub) attach(v *vpc) {
	a := &network.TransitAttachment{Object: v.dice.object("tgw-attach", v.Name, h.egress.account, h.region.name), Gateway: h.gateway.ID, Type: "vpc", Resource: v.ID,
		ResourceAccount: v.account, State: "available", Detailed: true, DNS: true, ApplianceMode: v == h.egress, SecurityGroupReferencing: v == h.central || v.dice.chance(50)}
	a.Attachment = a.ID
	v.org.contents.TransitAttachments = append(v.org.contents.TransitAttachments, a)
	v.attachment = a
	for _, s := range v.subnets[transit] {
		i := v.newInterface(s, network.TypeTransitGateway, nil)
		i.SourceDestCheck = false
		i.Description = "Network Interface for Transit Gateway Attachment " + a.ID
		i.Owner = network.Owner{Kind: network.OwnerTransitGateway, ID: a.ID, Sure: true}
		a.Subnets = append(a.Subnets, s.ID)
	}
	if v == h.egress {
		a.RouteTable = h.inspected.ID
		return
	}
	to := []*network.TransitRouteTable{h.inspected, h.far, h.middle}
	switch {
	case v == h.central: // all units have it as well, once they are there
		a.RouteTable = h.middle.ID
	case v.kind == "shared":
		u := h.unit(v)
		a.RouteTable, to = u.shared.ID, append(to, u.prod, u.nonprod, u.shared)
	case v.kind == "prod":
		u := h.unit(v)
		a.RouteTable, to = u.prod.ID, append(to, u.prod, u.shared)
	default:
		u := h.unit(v)
		a.RouteTable, to = u.nonprod.ID, append(to, u.nonprod, u.shared)
	}
	for _, t := range to {
		t.Propagations = append(t.Propagations, a.ID)
	}
}

// join peers the gateways of two Regions. Each has a side of the attachment, and static routes by it (TGW-6): from the central VPC to all that the other
// Region has, and from units to the other central VPC.
func (h *hub) join(other *hub) {
	one := h.egress.object("tgw-attach", "")
	for _, side := range [][2]*hub{{h, other}, {other, h}} {
		own, peer := side[0], side[1]
		a := &network.TransitAttachment{Object: one, Attachment: one.ID, Gateway: own.gateway.ID, Type: "peering", Resource: peer.gateway.ID, ResourceAccount: peer.egress.account,
			State: "available", RouteTable: own.far.ID, Detailed: true, Peer: peer.gateway.ID, PeerRegion: peer.region.name}
		a.ID, a.Name = own.gateway.ID+"/"+one.ID, "to-"+peer.region.name
		a.Account, a.Region = own.egress.account, own.region.name
		a.Origin.Path = "/" + a.ID
		own.egress.org.contents.TransitAttachments = append(own.egress.org.contents.TransitAttachments, a)
		own.other, own.peering = peer, one.ID
		own.spoke(own.middle, peer.region.pools)
	}
}

// settle makes one of the VPCs that are to be attached the central one: one that is shared, if there is any.
func (h *hub) settle(all []*vpc) {
	for _, v := range all {
		if v.hub == h && (h.central == nil || v.kind == "shared" && h.central.kind != "shared") {
			h.central = v
		}
	}
	if h.central != nil {
		h.central.kind = "shared"
	}
}

// buildEgress makes the VPC for egress, when all others are there. Its attachment is in appliance mode (TGW-5). What comes from the hub passes
// the firewall's endpoint of its zone, and then the zone's NAT gateway; what comes back does so in reverse.
func (v *vpc) buildEgress() {
	v.begin("egress-"+v.region.name, "network")
	v.tiers = []tier{nat, transit, firewall}
	v.buildSubnets()
	internet := v.internetGateway()
	v.hub.attach(v)
	v.natGateways()
	v.firewall(v.hub.inspect)

	v.table("main", true)
	v.tables = map[tier][]*network.RouteTable{}
	for _, t := range v.tiers {
		v.tablesOf(t, true)
	}
	for z, wall := range v.walls {
		inspected := network.Target{Kind: network.TargetEndpoint, ID: wall}
		v.route(v.tables[transit][z], all4, inspected)
		v.route(v.tables[firewall][z], all4, network.Target{Kind: network.TargetNAT, ID: v.nats[z]})
		v.route(v.tables[nat][z], all4, internet)
		for _, block := range private {
			v.route(v.tables[nat][z], block, inspected)
			v.route(v.tables[firewall][z], block, v.hub.target())
		}
	}
	for _, t := range v.hub.spokes {
		staticRoute(t, all4, v.attachment.ID)
		if t != v.hub.middle && v.hub.central != nil {
			t.Propagations = append(t.Propagations, v.hub.central.attachment.ID)
		}
	}
	v.openACL(v.tiers...)
	v.standardGroup()
}

// reference lets the monitoring of central VPCs in, by references to its group across the hub (SG-4).
func (o *organization) reference() {
	for _, h := range o.hubs {
		if h.central == nil || h.central.helpers["monitoring"] == nil {
			continue
		}
		for _, v := range o.vpcs {
			if v.hub == h && v != h.central && v.attachment.SecurityGroupReferencing && v.products[0].app != nil {
				v.admit(v.products[0].app.SecurityGroup, rule{protocol: tcp, from: 9101, to: 9101, group: h.central.helpers["monitoring"].ID, why: "monitoring of " + h.central.Name})
			}
		}
	}
}

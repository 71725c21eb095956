package synth

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// buildTables makes gateways and route tables of a VPC for workloads.
func (v *vpc) buildTables() {
	c := &v.org.contents
	internet := v.internetGateway()
	s3 := &network.Endpoint{Object: v.object("vpce", "s3"), VPC: v.ID, Type: network.EndpointGateway,
		Service: "com.amazonaws." + v.region.name + ".s3", State: "available"}
	c.Endpoints = append(c.Endpoints, s3)
	var egress network.Target
	if v.ipv6 {
		g := &network.EgressOnlyGateway{Object: v.object("eigw", v.Name), VPC: v.ID}
		c.EgressOnlyGateways = append(c.EgressOnlyGateways, g)
		egress = network.Target{Kind: network.TargetEgressOnly, ID: g.ID}
	}
	if v.hub != nil {
		v.hub.attach(v)
	}
	if v.way == byNAT || v.way == byFirewall {
		v.natGateways()
	}
	if v.way == byFirewall {
		v.firewall(v.org.hub(v.region).guard)
	}

	v.table("main", true)
	v.tables = map[tier][]*network.RouteTable{}
	for _, t := range v.tiers {
		v.tablesOf(t, t == app || v.way == byFirewall && (t == nat || t == firewall))
	}
	for _, table := range v.tables[public] {
		v.route(table, all4, internet)
		if v.ipv6 {
			v.route(table, all6, internet)
		}
		v.toHub(table)
	}
	for z, table := range v.tables[app] {
		switch v.way {
		case byNAT:
			v.route(table, all4, network.Target{Kind: network.TargetNAT, ID: v.nats[z]})
		case byFirewall:
			v.route(table, all4, network.Target{Kind: network.TargetEndpoint, ID: v.walls[z]})
		case byHub:
			v.route(table, all4, v.hub.target())
		}
		if v.ipv6 {
			v.route(table, all6, egress)
		}
		v.toHub(table)
		v.toS3(table, s3)
	}
	for _, table := range v.tables[data] {
		v.toHub(table)
		v.toS3(table, s3)
	}
	for z, table := range v.tables[nat] {
		v.route(table, all4, internet)
		if v.way == byFirewall { // what comes back passes the firewall again
			v.route(table, v.subnets[app][z].Blocks[0], network.Target{Kind: network.TargetEndpoint, ID: v.walls[z]})
		}
	}
	for z, table := range v.tables[firewall] {
		v.route(table, all4, network.Target{Kind: network.TargetNAT, ID: v.nats[z]})
	}
}

// internetGateway makes the internet gateway.
func (v *vpc) internetGateway() network.Target {
	g := &network.InternetGateway{Object: v.object("igw", v.Name), VPC: v.ID}
	v.org.contents.InternetGateways = append(v.org.contents.InternetGateways, g)
	return network.Target{Kind: network.TargetInternetGateway, ID: g.ID}
}

// tablesOf makes the table of a tier, or one for every zone.
func (v *vpc) tablesOf(t tier, zonal bool) {
	for z, s := range v.subnets[t] {
		switch {
		case zonal:
			v.tables[t] = append(v.tables[t], v.table(tierNames[t]+"-"+s.Zone, false))
		case z == 0:
			v.tables[t] = append(v.tables[t], v.table(tierNames[t], false))
		}
		last := v.tables[t][len(v.tables[t])-1]
		last.Subnets = append(last.Subnets, s.ID)
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
	table.Routes = append(table.Routes, network.Route{Destination: destination, Target: target, Origin: origin(table.ID, "Routes", len(table.Routes))})
}

// toHub leads to the whole organization by the hub, where there is one.
func (v *vpc) toHub(table *network.RouteTable) {
	if v.hub == nil {
		return
	}
	for _, block := range private {
		v.route(table, block, v.hub.target())
	}
}

// toS3 leads to S3 by the gateway endpoint.
func (v *vpc) toS3(table *network.RouteTable, s3 *network.Endpoint) {
	s3.RouteTables = append(s3.RouteTables, table.ID)
	table.Routes = append(table.Routes, network.Route{PrefixList: v.org.s3(v.region).ID, Origin: origin(table.ID, "Routes", len(table.Routes)),
		Target: network.Target{Kind: network.TargetEndpoint, ID: s3.ID}})
}

// natGateways makes a NAT gateway for every zone, each with its interface.
func (v *vpc) natGateways() {
	for _, s := range v.subnets[nat] {
		g := &network.NATGateway{Object: v.object("nat", v.Name+"-"+s.Zone), VPC: v.ID, Subnet: s.ID, State: "available"}
		i := v.newInterface(s, network.TypeNAT, nil)
		i.SourceDestCheck = false
		i.Description = "Interface for NAT Gateway " + g.ID
		i.Owner = network.Owner{Kind: network.OwnerNAT, ID: g.ID, Sure: true}
		i.Addresses[0].Public = v.nextPublic()
		g.Addresses = []network.NATAddress{{IP: i.Addresses[0].IP, Public: i.Addresses[0].Public, Interface: i.ID}}
		v.org.contents.NATGateways = append(v.org.contents.NATGateways, g)
		v.nats = append(v.nats, g.ID)
	}
}

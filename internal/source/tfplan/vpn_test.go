package tfplan

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// office is a VPC with a virtual private gateway, of which a table takes what it propagates, an internet gateway, and a neighbour over a peering.
func office(t *testing.T, connection string) *paper {
	p := annotated(t).island("a", "10.1.0.0/16", `{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-a"}, {"cidr_block": "10.2.0.0/16", "vpc_peering_connection_id": "pcx-ab"}`)
	p.values["aws_default_route_table.a"]["propagating_vgws"] = []any{"vgw-a"}
	p.island("b", "10.2.0.0/16", `{"cidr_block": "10.1.0.0/16", "vpc_peering_connection_id": "pcx-ab"}`)
	p.resource("aws_internet_gateway.a", `{"id": "?igw-a", "vpc_id": "vpc-a"}`)
	p.resource("aws_vpc_peering_connection.ab", `{"id": "?pcx-ab", "vpc_id": "vpc-a", "peer_vpc_id": "vpc-b", "auto_accept": true}`)
	p.resource("aws_vpn_gateway.a", `{"id": "?vgw-a", "vpc_id": "vpc-a"}`)
	p.resource("aws_customer_gateway.a", `{"id": "?cgw-a", "ip_address": "203.0.113.9", "type": "ipsec.1"}`)
	if connection != "" {
		p.resource("aws_vpn_connection.a", connection)
	}
	return p.resource("aws_instance.peer", `{"id": "?i-peer", "subnet_id": "subnet-a", "vpc_security_group_ids": ["sg-a"], "tags": {"Name": "peer"}}`)
}

const (
	staticVPN  = `{"id": "?vpn-a", "vpn_gateway_id": "vgw-a", "customer_gateway_id": "cgw-a", "static_routes_only": true, "type": "ipsec.1"}`
	learnedVPN = `{"id": "?vpn-a", "vpn_gateway_id": "vgw-a", "customer_gateway_id": "cgw-a", "static_routes_only": false, "type": "ipsec.1"}`
)

// The static routes of a VPN connection are routes of the tables that take what its gateway propagates.
func TestVPNStatic(t *testing.T) {
	p := office(t, staticVPN).resource("aws_vpn_connection_route.a", `{"vpn_connection_id": "vpn-a", "destination_cidr_block": "192.168.0.0/16"}`)
	p.can("a", "192.168.1.1:443", report.Reachable)
	p.can("a", "172.16.0.1:443", report.Unreachable)
	p.can("a", "b:443", report.Reachable)
	p.can("a", "peer:443", report.Reachable)
	table, _ := p.network().RouteTables.Get("rtb-a")
	at := slices.IndexFunc(table.Routes, func(r network.Route) bool { return r.Propagated })
	if at < 0 || table.Routes[at].Destination != netip.MustParsePrefix("192.168.0.0/16") || table.Routes[at].Target != (network.Target{Kind: network.TargetVPNGateway, ID: "vgw-a"}) {
		t.Errorf("the routes are %+v", table.Routes)
	}
	// A route that is in the block of the VPC does not win against the local one.
	p.resource("aws_subnet.inside", `{"id": "?subnet-inside", "vpc_id": "vpc-a", "cidr_block": "10.1.2.0/24"}`)
	p.resource("aws_instance.inside", `{"id": "?i-inside", "subnet_id": "subnet-inside", "vpc_security_group_ids": ["sg-a"], "tags": {"Name": "inside"}}`)
	p.resource("aws_vpn_connection_route.inside", `{"vpn_connection_id": "vpn-a", "destination_cidr_block": "10.1.2.0/24"}`)
	p.can("a", "inside:443", report.Reachable)

	p = office(t, staticVPN).resource("aws_vpn_connection_route.a", `{"vpn_connection_id": "vpn-a", "destination_cidr_block": "192.168.0.0/16"}`)
	delete(p.values["aws_default_route_table.a"], "propagating_vgws")
	p.can("a", "192.168.1.1:443", report.Unreachable)
	p.resource("aws_vpn_gateway_route_propagation.a", `{"vpn_gateway_id": "vgw-a", "route_table_id": "rtb-a"}`)
	p.can("a", "192.168.1.1:443", report.Reachable)
}

// What a gateway learns by BGP nobody knows: it may be for anything but what is in the VPC itself.
func TestVPNLearned(t *testing.T) {
	for name, p := range map[string]*paper{
		"connection":     office(t, learnedVPN),
		"Direct Connect": office(t, "").resource("aws_dx_gateway_association.a", `{"id": "?ga-1", "dx_gateway_id": "dxgw", "associated_gateway_id": "vgw-a"}`),
		"interface":      office(t, "").resource("aws_dx_private_virtual_interface.a", `{"id": "?dxvif", "vpn_gateway_id": "vgw-a"}`),
	} {
		t.Run(name, func(t *testing.T) {
			p.t = t
			p.can("a", "peer:443", report.Reachable)
			p.can("a", "192.168.1.1:443", report.Unknown)
			p.can("a", "b:443", report.Unknown)
			p.can("a", "198.51.100.1:443", report.Unknown)
			a := p.answer("a", "b:443")
			if last := a.Parts[0].Path[len(a.Parts[0].Path)-1]; !strings.Contains(last.Rule, "takes what aws_vpn_gateway.a propagates, which is not known") {
				t.Errorf("the answer says %q", last.Rule)
			}
			// A static route to one address is longer than any that may come.
			p.values["aws_default_route_table.a"]["route"] = append(p.values["aws_default_route_table.a"]["route"].([]any), map[string]any{"cidr_block": "10.2.1.5/32", "vpc_peering_connection_id": "pcx-ab"})
			p.values["aws_instance.b"]["private_ip"] = "10.2.1.5"
			p.can("a", "b:443", report.Reachable)
		})
	}
	// Without propagation, the routes of the table are all there are.
	p := office(t, learnedVPN)
	delete(p.values["aws_default_route_table.a"], "propagating_vgws")
	p.can("a", "b:443", report.Reachable)
	p.can("a", "192.168.1.1:443", report.Unreachable)
}

func TestVPNGatewayWithoutConnection(t *testing.T) {
	p := office(t, "")
	p.can("a", "b:443", report.Reachable)
	if a := p.answer("a", "b:443"); !slices.ContainsFunc(a.Assumptions, func(s string) bool { return strings.HasPrefix(s, "Nothing is propagated by aws_vpn_gateway.a: ") }) {
		t.Errorf("the answer assumes %q", a.Assumptions)
	}
	// A gateway that is managed elsewhere may propagate anything.
	p.values["aws_default_route_table.a"]["propagating_vgws"] = []any{"vgw-elsewhere"}
	p.can("a", "b:443", report.Unknown)
}

// A state has an empty string for what is not set.
func TestVPNState(t *testing.T) {
	p := stateOf(t).island("a", "10.1.0.0/16", "").island("b", "10.2.0.0/16", toHub)
	p.resource("aws_ec2_transit_gateway.hub", `{"id": "tgw-hub", "default_route_table_association": "enable", "default_route_table_propagation": "enable", "association_default_route_table_id": "tgw-rtb-usual", "propagation_default_route_table_id": "tgw-rtb-usual"}`)
	p.resource("aws_vpn_gateway.a", `{"id": "vgw-a", "vpc_id": "vpc-a"}`).resource("aws_vpn_gateway_route_propagation.a", `{"id": "x", "vpn_gateway_id": "vgw-a", "route_table_id": "rtb-a"}`)
	p.resource("aws_vpn_connection.a", `{"id": "vpn-a", "vpn_gateway_id": "vgw-a", "transit_gateway_id": "", "transit_gateway_attachment_id": "", "static_routes_only": true,
		"routes": [{"destination_cidr_block": "192.168.0.0/16", "source": "Static", "state": "available"}, {"destination_cidr_block": "192.169.0.0/16", "source": "Static", "state": "deleted"}]}`)
	p.can("a", "192.168.1.1:443", report.Reachable)
	p.can("a", "192.169.1.1:443", report.Unreachable)
	p.can("b", "a:443", report.Unreachable) // nothing attaches its VPC to the gateway
	if all := p.network().TransitAttachments.All(); len(all) != 0 {
		t.Errorf("there are attachments: %+v", all)
	}
}

func TestVPNGatewayAttachment(t *testing.T) {
	p := office(t, staticVPN).resource("aws_vpn_connection_route.a", `{"vpn_connection_id": "vpn-a", "destination_cidr_block": "192.168.0.0/16"}`)
	p.values["aws_vpn_gateway.a"]["vpc_id"] = "?"
	p.can("a", "192.168.1.1:443", report.Unreachable) // of no VPC
	p.resource("aws_vpn_gateway_attachment.a", `{"vpc_id": "vpc-a", "vpn_gateway_id": "vgw-a"}`)
	p.can("a", "192.168.1.1:443", report.Reachable)
}

// In a plan of the real provider, references tell; what they do not tell makes unknown what it may change.
func TestVPNPlainPlan(t *testing.T) {
	plan := func(vgw string) *paper {
		p := plainPlan(t).island("a", "10.1.0.0/16", "").island("b", "10.2.0.0/16", "")
		p.values["aws_default_route_table.a"]["propagating_vgws"] = []any{vgw}
		p.resource("aws_vpn_gateway.a", `{"id": "?", "vpc_id": "=aws_vpc.a.id"}`)
		p.resource("aws_vpn_connection.a", `{"id": "?", "vpn_gateway_id": "=aws_vpn_gateway.a.id", "customer_gateway_id": "?", "static_routes_only": true}`)
		return p.resource("aws_vpn_connection_route.a", `{"vpn_connection_id": "=aws_vpn_connection.a.id", "destination_cidr_block": "192.168.0.0/16"}`)
	}
	p := plan("=aws_vpn_gateway.a.id")
	p.can("a", "192.168.1.1:443", report.Reachable)
	p.can("a", "192.169.1.1:443", report.Unreachable)
	plan("=var.gateway").can("a", "192.169.1.1:443", report.Unknown)

	p = plan("=aws_vpn_gateway.a.id")
	p.values["aws_vpn_connection_route.a"]["destination_cidr_block"] = "=var.block"
	p.can("a", "192.169.1.1:443", report.Unknown)

	p = plan("=aws_vpn_gateway.a.id")
	delete(p.values["aws_default_route_table.a"], "propagating_vgws")
	p.resource("aws_vpn_gateway_route_propagation.a", `{"vpn_gateway_id": "=aws_vpn_gateway.a.id", "route_table_id": "=var.table"}`)
	p.can("a", "192.168.1.1:443", report.Unknown)
	p.can("b", "192.168.1.1:443", report.Unreachable) // its table cannot be meant
}

// A connection to a transit gateway is an attachment. With static routes alone it propagates none (the table has them); with BGP nobody knows which.
func TestVPNOfTransitGateway(t *testing.T) {
	for routes, want := range map[string]report.Verdict{"true": report.Reachable, "false": report.Unknown} {
		p := spokes(annotated(t), "", "")
		p.resource("aws_vpn_connection.x", `{"id": "?vpn-x", "transit_gateway_id": "tgw-hub", "transit_gateway_attachment_id": "?tgw-attach-vpn", "customer_gateway_id": "cgw-x", "static_routes_only": `+routes+`}`)
		p.can("a", "b:443", want)
		p.resource("aws_ec2_transit_gateway_route.x", `{"destination_cidr_block": "10.9.0.0/16", "transit_gateway_attachment_id": "tgw-attach-vpn", "transit_gateway_route_table_id": "tgw-rtb-usual"}`)
		p.can("a", "10.9.1.1:443", want)
		a, _ := p.network().TransitAttachments.Get("tgw-attach-vpn")
		if a.Type != "vpn" || a.Resource != "vpn-x" || a.RouteTable != "tgw-rtb-usual" {
			t.Errorf("the attachment is %+v", a)
		}
	}
}

// What a route server learns may be for anything, and may lead anywhere: only inside a subnet is nothing routed (RT-6).
func TestRouteServer(t *testing.T) {
	p := office(t, "")
	delete(p.values["aws_default_route_table.a"], "propagating_vgws")
	p.can("a", "b:443", report.Reachable)
	p.resource("aws_vpc_route_server_propagation.a", `{"route_server_id": "rs-1", "route_table_id": "rtb-a"}`)
	p.can("a", "b:443", report.Unknown)
	p.can("a", "peer:443", report.Reachable)
}

package scenario

import (
	"slices"
	"testing"
)

const transit = `
vpc a 10.1.0.0/16
subnet a1 a 10.1.1.0/24
vpc b 10.2.0.0/16
subnet b1 b 10.2.1.0/24
tgw tgw-1
attachment at-a tgw-1 a a1 ipv6 appliance
attachment at-b tgw-1 b b1 table=rt-b
vpn vpn-1 tgw-1
vpn vpn-2 tgw-1 bgp table=rt-b state=pending attachment=at-v
attachment at-dx tgw-1 direct-connect-gateway 11111111-2222-3333-4444-555555555555 table=rt-b
attachment at-c tgw-1 connect table=none
tgw-table rt-b tgw-1 propagate=at-v,at-a all-routes
  192.168.0.0/16 at-v propagated
  0.0.0.0/0 at-dx
`

func TestTransitGateways(t *testing.T) {
	n := parse(t, transit)
	one, _ := n.TransitAttachments.Get("at-vpn-1")
	if one.Type != "vpn" || one.Resource != "vpn-1" || one.RouteTable != "default-tgw-1" || one.State != "available" || one.Detailed {
		t.Errorf("%+v", one)
	}
	c, _ := n.VPNConnections.Get("vpn-2")
	if c.TransitGateway != "tgw-1" || c.VPNGateway != "" || c.StaticOnly || c.State != "pending" {
		t.Errorf("%+v", c)
	}
	if v, _ := n.TransitAttachments.Get("at-v"); v.Resource != "vpn-2" || v.RouteTable != "rt-b" {
		t.Errorf("%+v", v)
	}
	if dx, _ := n.TransitAttachments.Get("at-dx"); dx.Type != "direct-connect-gateway" || dx.Resource != "11111111-2222-3333-4444-555555555555" || dx.RouteTable != "rt-b" {
		t.Errorf("%+v", dx)
	}
	if c, _ := n.TransitAttachments.Get("at-c"); c.Type != "connect" || c.RouteTable != "" {
		t.Errorf("%+v", c)
	}
	usual, _ := n.TransitRouteTables.Get("default-tgw-1")
	if !slices.Equal(usual.Propagations, []string{"at-a", "at-b", "at-v"}) { // what is static propagates nothing
		t.Errorf("%v", usual.Propagations)
	}
	rt, _ := n.TransitRouteTables.Get("rt-b")
	if !rt.AllRoutes || rt.Routes[0].Type != "propagated" || rt.Routes[1].Type != "static" || !slices.Equal(rt.Propagations, []string{"at-a", "at-v"}) {
		t.Errorf("%+v", rt)
	}
	mistakes(t, []mistaken{
		{"vpn vpn-1 tgw-1", `test:1: there is no tgw tgw-1: describe it, or say "absent tgw-1"`},
		{"tgw tgw-1\ntgw-table rt tgw-1\n  10.0.0.0/8 at-1 propagated", "test:3: routes that are propagated are known of a tgw-table with all-routes"},
	})
}

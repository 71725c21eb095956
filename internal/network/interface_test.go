package network

import "testing"

// What only carries what others send (NAT-2, SG-13, FW-1).
func TestConduit(t *testing.T) {
	defect := Object{Defect: &Defect{Reason: "not understood"}}
	for _, c := range []struct {
		what string
		i    Interface
		want bool
	}{
		{"an instance's", Interface{Type: TypeInterface, Owner: Owner{OwnerInstance, "i-1", true}}, false},
		{"nothing is known of it", Interface{}, false},
		{"NAT-2: a NAT gateway's, by type", Interface{Type: TypeNAT}, true},
		{"NAT-2: by its list", Interface{Type: TypeInterface, Owner: Owner{OwnerNAT, "nat-1", true}}, true},
		{"anybody may write a description", Interface{Type: TypeInterface, Owner: Owner{OwnerNAT, "nat-1", false}}, false},
		{"SG-13: an attachment's, by type", Interface{Type: TypeTransitGateway}, true},
		{"SG-13: by its list", Interface{Owner: Owner{OwnerTransitGateway, "tgw-attach-1", true}}, true},
		{"EP-3: a Gateway Load Balancer endpoint's", Interface{Type: TypeGatewayLBEndpoint, Owner: Owner{OwnerEndpoint, "vpce-1", true}}, true},
		{"FW-1: a firewall's", Interface{Type: TypeGatewayLBEndpoint, Owner: Owner{OwnerFirewall, "arn", true}}, true},
		{"FW-1: by its list", Interface{Type: TypeInterface, Owner: Owner{OwnerFirewall, "arn", true}}, true},
		{"EP-2: an interface endpoint's takes connections", Interface{Type: TypeEndpoint, Owner: Owner{OwnerEndpoint, "vpce-1", true}}, false},
		{"LB-7: a load balancer's opens and takes them", Interface{Type: TypeGatewayLoadBalancer}, false},
		{"V-6: not understood", Interface{Object: defect, Type: TypeGatewayLBEndpoint}, false},
	} {
		if got := c.i.Conduit(); got != c.want {
			t.Errorf("%s: %t", c.what, got)
		}
	}
}

package query

import (
	"slices"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

// The endpoint of a firewall, which AWS lists among VPC endpoints as well, is modelled (FW-1) and not listed; one of an appliance is (EP-3). Neither is
// looked at as an end of a connection (SG-13), nor is a NAT gateway (NAT-2).
func TestEndpointsOfFirewalls(t *testing.T) {
	endpoint := func(c *network.Contents, id, face, ip string, owner network.Owner) {
		c.Endpoints = append(c.Endpoints, &network.Endpoint{Object: object(id, "", "111111111111"), VPC: "vpc-0000000a", Type: network.EndpointGatewayLoadBalancer, State: "available",
			Subnets: []string{"subnet-0000000b"}, Interfaces: []string{face}})
		c.Interfaces = append(c.Interfaces, &network.Interface{Object: object(face, "", "111111111111"), VPC: "vpc-0000000a", Subnet: "subnet-0000000b", Type: network.TypeGatewayLBEndpoint,
			Addresses: []network.Address{{IP: addr(ip)}}, SourceDestCheck: true, Owner: owner})
	}
	for _, c := range []struct {
		rule      string
		appliance bool
		want      []string
	}{
		{"FW-1", false, nil},
		{"EP-3", true, []string{"VPC endpoint of type GatewayLoadBalancer"}},
	} {
		contents := firewalled()
		endpoint(&contents, "vpce-0000000a", "eni-000000fa", "10.0.2.9", network.Owner{Kind: network.OwnerFirewall, ID: contents.Firewalls[0].ID, Sure: true})
		if c.appliance {
			endpoint(&contents, "vpce-0000000b", "eni-000000fb", "10.0.2.10", network.Owner{Kind: network.OwnerEndpoint, ID: "vpce-0000000b", Sure: true})
		}
		s := New(network.New(contents))
		table, err := s.Matrix(Question{}, ByGroup)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, each := range table.NotModelled {
			kinds = append(kinds, each.Kind)
		}
		if !slices.Equal(kinds, c.want) {
			t.Errorf("%s: not modelled are %v, want %v", c.rule, kinds, c.want)
		}
		if want := []string{"app", "internet", "ops"}; !slices.Equal(table.Sources, want) {
			t.Errorf("%s: the rows are %v, want %v", c.rule, table.Sources, want)
		}
		if slices.Contains(table.Destinations, "tier:firewall") {
			t.Errorf("%s: the columns are %v", c.rule, table.Destinations)
		}
		account, err := s.Resolve("account:111111111111")
		if err != nil || slices.ContainsFunc(account.Interfaces, (*network.Interface).Conduit) || len(account.Interfaces) != 2 {
			t.Errorf("%s: the account stands for %d interfaces, %v", c.rule, len(account.Interfaces), err)
		}
		if one, err := s.Resolve("eni-000000fa"); err != nil || len(one.Interfaces) != 1 { // named, it is asked about
			t.Errorf("%s: %v", c.rule, err)
		}
	}
}

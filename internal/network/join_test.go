package network_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

func group(id string, standing network.Standing, rules ...int) *network.SecurityGroup {
	g := &network.SecurityGroup{Object: network.Object{ID: id, Standing: standing, Origin: network.Origin{Source: "a"}}}
	for _, port := range rules {
		g.Inbound = append(g.Inbound, network.Rule{Protocol: 6, From: port, To: port, Block: netip.MustParsePrefix("10.0.0.0/8")})
	}
	return g
}

func portsOf(n *network.Network, id string) []int {
	g, _ := n.SecurityGroups.Get(id)
	var all []int
	for _, r := range g.Inbound {
		all = append(all, r.From)
	}
	slices.Sort(all)
	return all
}

// TestStanding shows which of two descriptions of an object counts: what a plan says, before what was collected, before what nobody described.
func TestStanding(t *testing.T) {
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		for name, test := range map[string]struct {
			one, two *network.SecurityGroup
			want     []int
		}{
			"planned":   {group("sg-1", network.Planned, 443), group("sg-1", network.Collected, 22), []int{443}},
			"implied":   {group("sg-1", network.Implied, 443), group("sg-1", network.Collected, 22), []int{22}},
			"collected": {group("sg-1", network.Collected, 22), group("sg-1", network.Collected, 22), []int{22}},
		} {
			all := []network.Contents{{SecurityGroups: []*network.SecurityGroup{test.one}}, {SecurityGroups: []*network.SecurityGroup{test.two}}}
			n := network.New(all[order[0]], all[order[1]])
			if got := portsOf(n, "sg-1"); !slices.Equal(got, test.want) {
				t.Errorf("%s: rules for %v, want %v", name, got, test.want)
			}
			if g, _ := n.SecurityGroups.Get("sg-1"); g.Defect != nil {
				t.Errorf("%s: %v", name, g.Defect)
			}
		}
	}
	n := network.New(network.Contents{SecurityGroups: []*network.SecurityGroup{group("sg-1", network.Collected, 22), group("sg-1", network.Collected, 443)}})
	if g, _ := n.SecurityGroups.Get("sg-1"); g.Defect == nil {
		t.Error("two descriptions of the same standing that differ: which is right is not known")
	}
}

// TestPartial shows what is known of an object in part: it is added to the rest, and alone it is not the whole.
func TestPartial(t *testing.T) {
	part := func() *network.SecurityGroup {
		g := group("sg-1", network.Implied, 443)
		g.Partial, g.Defect = true, &network.Defect{Reason: "it is managed elsewhere"}
		return g
	}
	for _, list := range [][]*network.SecurityGroup{{group("sg-1", network.Collected, 22), part()}, {part(), group("sg-1", network.Collected, 22)}} {
		n := network.New(network.Contents{SecurityGroups: list[:1]}, network.Contents{SecurityGroups: list[1:]})
		g, _ := n.SecurityGroups.Get("sg-1")
		if got := portsOf(n, "sg-1"); !slices.Equal(got, []int{22, 443}) || g.Defect != nil || g.Partial {
			t.Errorf("rules for %v, defect %v", got, g.Defect)
		}
	}
	problem := []network.Problem{{Message: "it is managed elsewhere", Needs: "sg-1"}, {Message: "another"}}
	n := network.New(network.Contents{SecurityGroups: []*network.SecurityGroup{part()}, Problems: problem})
	if g, _ := n.SecurityGroups.Get("sg-1"); g.Defect == nil || len(n.Problems) != 2 {
		t.Errorf("a part alone must not be taken for the whole: problems %v", n.Problems)
	}
	n = network.New(network.Contents{SecurityGroups: []*network.SecurityGroup{part()}, Problems: problem}, network.Contents{SecurityGroups: []*network.SecurityGroup{group("sg-1", network.Collected, 22)}})
	if len(n.Problems) != 1 || n.Problems[0].Message != "another" {
		t.Errorf("it is all there: problems %v", n.Problems)
	}
}

// TestSameAddress tells of two interfaces that have one address in one VPC: neither can be trusted. In different VPCs it is how networks are.
func TestSameAddress(t *testing.T) {
	face := func(id, vpc string) *network.Interface {
		return &network.Interface{Object: network.Object{ID: id}, VPC: vpc, Addresses: []network.Address{{IP: netip.MustParseAddr("10.0.0.4")}}}
	}
	n := network.New(network.Contents{Interfaces: []*network.Interface{face("eni-1", "vpc-1"), face("eni-2", "vpc-1"), face("eni-3", "vpc-2")}})
	for id, broken := range map[string]bool{"eni-1": true, "eni-2": true, "eni-3": false} {
		if i, _ := n.Interfaces.Get(id); (i.Defect != nil) != broken {
			t.Errorf("%s: defect %v", id, i.Defect)
		}
	}
	if !slices.ContainsFunc(n.Problems, func(p network.Problem) bool { return strings.Contains(p.Message, "both have the address 10.0.0.4") }) {
		t.Errorf("problems %v", n.Problems)
	}
}

// TestPlace shows what one source knows of an object by what another knows of its subnet and its VPC: the default group, addresses, the local route.
func TestPlace(t *testing.T) {
	block := netip.MustParsePrefix("10.0.0.0/24")
	one := network.Contents{
		VPCs:           []*network.VPC{{Object: network.Object{ID: "vpc-1"}, Blocks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}},
		Subnets:        []*network.Subnet{{Object: network.Object{ID: "subnet-1", Account: "111111111111"}, VPC: "vpc-1", Blocks: []netip.Prefix{block}, MapPublicIPOnLaunch: true}},
		SecurityGroups: []*network.SecurityGroup{{Object: network.Object{ID: "sg-d", Name: "default"}, VPC: "vpc-1"}},
	}
	open := network.Open{IPv4: true, AsSubnet: true}
	other := network.Contents{
		Interfaces: []*network.Interface{
			{Object: network.Object{ID: "eni-1"}, Subnet: "subnet-1", Groups: []string{network.UsualGroup}, Open: open},
			{Object: network.Object{ID: "eni-2"}, Subnet: "subnet-nobody", Groups: []string{network.UsualGroup}, Open: open},
			{Object: network.Object{ID: "eni-3"}, Subnet: "subnet-1", Open: network.Open{IPv4: true, IPv6: true, AsSubnet: true}, Addresses: []network.Address{{IP: netip.MustParseAddr("249.1.2.3")}}},
			{Object: network.Object{ID: "eni-nat"}, Subnet: "subnet-1", Type: network.TypeNAT},
		},
		NATGateways: []*network.NATGateway{{Object: network.Object{ID: "nat-1"}, Subnet: "subnet-1", State: "available",
			Addresses: []network.NATAddress{{Interface: "eni-nat", Public: netip.MustParseAddr("198.51.100.7")}}}},
		RouteTables: []*network.RouteTable{{Object: network.Object{ID: "rtb-1", Address: "aws_route_table.a"}, VPC: "vpc-1"}},
	}
	n := network.New(one, other)
	if i, _ := n.Interfaces.Get("eni-1"); i.VPC != "vpc-1" || i.Account != "111111111111" || !slices.Equal(i.Groups, []string{"sg-d"}) || !i.Open.Public || i.Defect != nil {
		t.Errorf("in a known subnet: %+v", i)
	}
	if i, _ := n.Interfaces.Get("eni-2"); i.Defect == nil || len(i.Addresses) != 1 {
		t.Errorf("in a subnet that nobody knows, it has an address that is asked about, and is unknown: %+v", i)
	}
	if i, _ := n.Interfaces.Get("eni-3"); !i.Open.Public || !i.Open.IPv4 || i.Open.IPv6 {
		t.Errorf("a placeholder of a source that does not know the subnet does not count, and the subnet does: %+v", i)
	}
	g, _ := n.NATGateways.Get("nat-1")
	if i, _ := n.Interfaces.Get("eni-nat"); g.VPC != "vpc-1" || g.Addresses[0].IP != netip.MustParseAddr("10.0.0.254") || len(i.Addresses) != 1 || i.Addresses[0].IP != g.Addresses[0].IP {
		t.Errorf("the NAT gateway is in its subnet: %+v, %+v", g, i)
	}
	if r, _ := n.RouteTables.Get("rtb-1"); len(r.Routes) != 1 || r.Routes[0].Target.Kind != network.TargetLocal {
		t.Errorf("a table has the local route: %+v", r.Routes)
	}
}

// TestAwaitedTargets makes targets of interfaces whose subnets another source has; the addresses are of these subnets, and nobody else's. Without the subnet
// the group is not understood.
func TestAwaitedTargets(t *testing.T) {
	contents := func() network.Contents {
		return network.Contents{
			Interfaces: []*network.Interface{
				{Object: network.Object{ID: "eni-1"}, Subnet: "subnet-1", Open: network.Open{IPv4: true}},
				{Object: network.Object{ID: "eni-2"}, Subnet: "subnet-1", Open: network.Open{IPv4: true}},
				{Object: network.Object{ID: "eni-3"}, Subnet: "subnet-1", Addresses: []network.Address{{IP: netip.MustParseAddr("10.0.0.254")}}},
			},
			TargetGroups: []*network.TargetGroup{{Object: network.Object{ID: "tg"}, TargetType: "ip", Port: 80, TargetsKnown: true, Awaited: []network.AwaitedTarget{{Interface: "eni-1", Port: 8080}, {Interface: "eni-2", Port: 8080}}}},
		}
	}
	place := network.Contents{
		VPCs:    []*network.VPC{{Object: network.Object{ID: "vpc-1"}, Blocks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}},
		Subnets: []*network.Subnet{{Object: network.Object{ID: "subnet-1"}, VPC: "vpc-1", Blocks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}}},
	}
	n := network.New(contents(), place)
	g, _ := n.TargetGroups.Get("tg")
	if want := []network.LoadBalancerTarget{{ID: "10.0.0.253", Port: 8080}, {ID: "10.0.0.252", Port: 8080}}; !slices.Equal(g.Targets, want) || g.Defect != nil {
		t.Errorf("targets %+v, defect %v", g.Targets, g.Defect)
	}
	if i, _ := n.Interfaces.Get("eni-1"); len(i.Addresses) != 1 || i.Addresses[0].IP != netip.MustParseAddr("10.0.0.253") || !i.Open.IPv4 {
		t.Errorf("the interface: %+v", i)
	}
	if g, _ := network.New(contents()).TargetGroups.Get("tg"); g.Defect == nil || len(g.Targets) > 0 {
		t.Errorf("without the subnet: %+v", g)
	}
}

// A subnet has one network ACL (NACL-4): the one that it is associated with, and not the default one that a state still has it of.
func TestDefaultNetworkACL(t *testing.T) {
	for _, order := range [][]string{{"acl-1", "acl-2"}, {"acl-2", "acl-1"}} {
		n := network.New(network.Contents{
			VPCs:    []*network.VPC{{Object: network.Object{ID: "vpc-1"}}},
			Subnets: []*network.Subnet{{Object: network.Object{ID: "subnet-1"}, VPC: "vpc-1"}, {Object: network.Object{ID: "subnet-2"}, VPC: "vpc-1"}},
			NetworkACLs: []*network.NetworkACL{
				{Object: network.Object{ID: order[0]}, VPC: "vpc-1", Default: true, Subnets: []string{"subnet-1", "subnet-2"}},
				{Object: network.Object{ID: order[1]}, VPC: "vpc-1", Subnets: []string{"subnet-1"}},
			},
		})
		one, _ := n.Subnets.Get("subnet-1")
		two, _ := n.Subnets.Get("subnet-2")
		usual, _ := n.NetworkACLs.Get(order[0])
		if one.NetworkACL != order[1] || two.NetworkACL != order[0] || len(usual.Subnets) != 1 || usual.Subnets[0] != "subnet-2" {
			t.Errorf("%v: %s, %s, %v", order, one.NetworkACL, two.NetworkACL, usual.Subnets)
		}
	}
}

// Two that are associated with one subnet are both in doubt (RT-2, NACL-4): whichever was applied last has it.
func TestRivals(t *testing.T) {
	n := network.New(network.Contents{
		VPCs:        []*network.VPC{{Object: network.Object{ID: "vpc-1"}}},
		Subnets:     []*network.Subnet{{Object: network.Object{ID: "subnet-1"}, VPC: "vpc-1"}, {Object: network.Object{ID: "subnet-2"}, VPC: "vpc-1"}},
		NetworkACLs: []*network.NetworkACL{{Object: network.Object{ID: "acl-1"}, Subnets: []string{"subnet-1"}}, {Object: network.Object{ID: "acl-2"}, Subnets: []string{"subnet-1"}}, {Object: network.Object{ID: "acl-3"}, Subnets: []string{"subnet-2"}}},
		RouteTables: []*network.RouteTable{{Object: network.Object{ID: "rtb-1"}, Subnets: []string{"subnet-2", "subnet-2"}}, {Object: network.Object{ID: "rtb-2"}, Subnets: []string{"subnet-2"}}, {Object: network.Object{ID: "rtb-3"}, Subnets: []string{"subnet-1"}}},
	})
	for id, doubtful := range map[string]bool{"acl-1": true, "acl-2": true, "acl-3": false} {
		if a, _ := n.NetworkACLs.Get(id); (a.Defect != nil) != doubtful {
			t.Errorf("%s: %v", id, a.Defect)
		}
	}
	for id, doubtful := range map[string]bool{"rtb-1": true, "rtb-2": true, "rtb-3": false} {
		if r, _ := n.RouteTables.Get(id); (r.Defect != nil) != doubtful {
			t.Errorf("%s: %v", id, r.Defect)
		}
	}
}

// An endpoint that one configuration plans waits until that of its service accepts it (PL-3). Of one that was collected, AWS says the state.
func TestAcceptance(t *testing.T) {
	for _, test := range []struct {
		standing network.Standing
		asks     bool
		answers  []*network.EndpointConnection
		want     string
	}{
		{network.Planned, true, nil, "pendingacceptance"},
		{network.Planned, true, []*network.EndpointConnection{{Object: network.Object{ID: "vpce-svc-1/vpce-1"}, State: "available"}}, "available"},
		{network.Planned, false, nil, "available"},
		{network.Collected, true, nil, "available"},
	} {
		n := network.New(network.Contents{
			Endpoints:           []*network.Endpoint{{Object: network.Object{ID: "vpce-1", Standing: test.standing}, Service: "svc", State: "available"}},
			EndpointServices:    []*network.EndpointService{{Object: network.Object{ID: "vpce-svc-1", Name: "svc", Standing: network.Planned}, AcceptanceRequired: test.asks}},
			EndpointConnections: test.answers,
		})
		if e, _ := n.Endpoints.Get("vpce-1"); e.State != test.want {
			t.Errorf("%+v: %s", test, e.State)
		}
	}
}

// A peering that one configuration asks for is active when another one accepts it.
func TestPeeringOfTwoConfigurations(t *testing.T) {
	asked := func() *network.PeeringConnection {
		return &network.PeeringConnection{Object: network.Object{ID: "pcx-1"}, State: "pending-acceptance", Requester: network.PeeringSide{VPC: "vpc-1"}, Accepter: network.PeeringSide{VPC: "vpc-2"}}
	}
	for _, state := range []string{"active", "pending-acceptance"} {
		part := &network.PeeringConnection{Object: network.Object{ID: "pcx-1", Partial: true, Defect: &network.Defect{Reason: "managed elsewhere"}}, State: state}
		for _, list := range [][]*network.PeeringConnection{{asked(), part}, {part, asked()}} {
			n := network.New(network.Contents{PeeringConnections: list})
			if p, _ := n.PeeringConnections.Get("pcx-1"); p.State != state || p.Accepter.VPC != "vpc-2" || p.Defect != nil || len(n.Problems) > 0 {
				t.Errorf("%s: %+v, %v", state, p, n.Problems)
			}
		}
	}
}

package query

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/walker"
)

// placeMembersToBe lets the walker see members to be (V-16): it walks in a copy of the network in which they are.
func (s *Session) placeMembersToBe(part reach.Part, q walker.Question) (walker.Question, *walker.Walker, error) {
	var placed []*network.Interface
	for _, side := range []struct {
		members []reach.Member
		end     *string
		address netip.Addr
	}{{part.Sources, &q.From, q.Packet.Source}, {part.Destinations, &q.To, q.Packet.Destination}} {
		if *side.end != "" {
			continue
		}
		k := slices.IndexFunc(side.members, func(m reach.Member) bool { return m.ToBe != "" })
		if k < 0 {
			continue
		}
		i, err := s.memberToBe(side.members[k], side.address, len(placed))
		if err != nil {
			return q, nil, err
		}
		placed = append(placed, i)
		*side.end = i.ID
	}
	if len(placed) == 0 {
		return q, s.walker(), nil
	}
	return q, walker.New(network.New(withInterfaces(s.network, placed...))), nil
}

// memberToBe is an interface such as a member to be would have.
func (s *Session) memberToBe(m reach.Member, address netip.Addr, number int) (*network.Interface, error) {
	subnet, ok := s.network.Subnets.Get(m.Subnet)
	if !ok {
		return nil, fmt.Errorf("a member to be has no subnet (%q)", m.Subnet)
	}
	i := &network.Interface{
		Object: network.Object{ID: fmt.Sprintf("eni-to-be-%d", number), Account: subnet.Account, Region: subnet.Region, Origin: subnet.Origin},
		VPC:    subnet.VPC, Subnet: subnet.ID, Type: network.TypeInterface, Groups: []string{m.ToBe}, SourceDestCheck: true,
	}
	if slices.ContainsFunc(subnet.Blocks, func(b netip.Prefix) bool { return b.Contains(address) }) {
		i.Addresses = []network.Address{{IP: address}}
		return i, nil
	}
	// A public address is mapped to any private one: rules that tell private addresses apart split the answer.
	for _, block := range subnet.Blocks {
		if block.Addr().Is4() {
			i.Addresses = []network.Address{{IP: free(s.network, subnet.VPC, block), Public: address}}
			return i, nil
		}
	}
	return nil, fmt.Errorf("a member to be in %s cannot have the address %s", subnet.ID, address)
}

// free is an address of a block that no interface has; AWS keeps the first four.
func free(n *network.Network, vpc string, block netip.Prefix) netip.Addr {
	a := block.Addr().Next().Next().Next().Next()
	for n.InterfaceAt(vpc, a) != nil {
		a = a.Next()
	}
	return a
}

// withInterfaces is what a network holds, and more interfaces.
func withInterfaces(n *network.Network, more ...*network.Interface) network.Contents {
	return network.Contents{
		VPCs: n.VPCs.All(), Subnets: n.Subnets.All(), RouteTables: n.RouteTables.All(), PrefixLists: n.PrefixLists.All(), NetworkACLs: n.NetworkACLs.All(),
		SecurityGroups: n.SecurityGroups.All(), Interfaces: append(slices.Clone(n.Interfaces.All()), more...), Instances: n.Instances.All(),
		Workloads: n.Workloads.All(), InternetGateways: n.InternetGateways.All(), EgressOnlyGateways: n.EgressOnlyGateways.All(),
		CarrierGateways: n.CarrierGateways.All(), NATGateways: n.NATGateways.All(), PeeringConnections: n.PeeringConnections.All(),
		VPNGateways: n.VPNGateways.All(), VPNConnections: n.VPNConnections.All(), CustomerGateways: n.CustomerGateways.All(),
		Endpoints: n.Endpoints.All(), EndpointServices: n.EndpointServices.All(), EndpointConnections: n.EndpointConnections.All(),
		BlockPublicAccess: n.BlockPublicAccess.All(), Exclusions: n.Exclusions.All(), TransitGateways: n.TransitGateways.All(),
		TransitAttachments: n.TransitAttachments.All(), TransitRouteTables: n.TransitRouteTables.All(), LoadBalancers: n.LoadBalancers.All(),
		TargetGroups: n.TargetGroups.All(), Firewalls: n.Firewalls.All(), FirewallPolicies: n.FirewallPolicies.All(),
		FirewallRuleGroups: n.FirewallRuleGroups.All(), Gaps: n.Gaps, Problems: nil, Unread: n.Unread,
	}
}

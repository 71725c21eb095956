package query

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// identifier is what an identifier of AWS stands for: what stands before its digits says of what it is.
func (s *Session) identifier(id string) (Selection, error) {
	return s.identified(id[:strings.LastIndex(id, "-")], id)
}

// identified is what the object of a kind with an identifier stands for. Kinds are called as identifiers begin.
func (s *Session) identified(kind, id string) (Selection, error) {
	n, c := s.network, s.catalog()
	switch kind {
	case "i":
		if i, ok := n.Instances.Get(id); ok {
			return s.interfaces(id, "instance", c.ofInstance(i), "Its interfaces are not in the input, or it has been terminated.")
		}
		if list := c.byOwner[network.Owner{Kind: network.OwnerInstance, ID: id}]; len(list) > 0 {
			return Selection{Text: id, Kind: "instance", Interfaces: list}, nil
		}
		return Selection{}, absent(id, "instance", objectIDs(n.Instances.All(), func(i *network.Instance) string { return i.ID }))
	case "eni":
		if i, ok := n.Interfaces.Get(id); ok {
			return Selection{Text: id, Kind: "network interface", Interfaces: []*network.Interface{i}}, nil
		}
		return Selection{}, absent(id, "network interface", objectIDs(n.Interfaces.All(), func(i *network.Interface) string { return i.ID }))
	case "sg":
		if g, ok := n.SecurityGroups.Get(id); ok {
			return s.group(id, g, nil)
		}
		return Selection{}, absent(id, "security group", objectIDs(n.SecurityGroups.All(), func(g *network.SecurityGroup) string { return g.ID }))
	case "subnet":
		if subnet, ok := n.Subnets.Get(id); ok {
			return s.subnets(id, "subnet", subnet)
		}
		return Selection{}, absent(id, "subnet", objectIDs(n.Subnets.All(), func(x *network.Subnet) string { return x.ID }))
	case "vpc":
		if v, ok := n.VPCs.Get(id); ok {
			return s.vpc(id, v)
		}
		return Selection{}, absent(id, "VPC", objectIDs(n.VPCs.All(), func(v *network.VPC) string { return v.ID }))
	case "vpce":
		if e, ok := n.Endpoints.Get(id); ok {
			return s.endpoint(id, e)
		}
		return Selection{}, absent(id, "VPC endpoint", objectIDs(n.Endpoints.All(), func(e *network.Endpoint) string { return e.ID }))
	case "vpce-svc":
		if v, ok := n.EndpointServices.Get(id); ok {
			return s.endpointService(id, v.Name, v)
		}
		for _, e := range n.Endpoints.All() { // of a provider that was not collected
			if strings.HasSuffix(e.Service, "."+id) {
				return s.endpointService(id, e.Service, nil)
			}
		}
		return Selection{}, absent(id, "endpoint service", objectIDs(n.EndpointServices.All(), func(v *network.EndpointService) string { return v.ID }))
	case "nat":
		if g, ok := n.NATGateways.Get(id); ok {
			var list []string
			for _, a := range g.Addresses {
				list = append(list, a.Interface)
			}
			return s.interfaces(id, "NAT gateway", c.interfaces(list), "Ask about what is behind it, or about internet.")
		}
		return Selection{}, absent(id, "NAT gateway", objectIDs(n.NATGateways.All(), func(g *network.NATGateway) string { return g.ID }))
	case "igw":
		if g, ok := n.InternetGateways.Get(id); ok {
			if g.VPC == "" {
				return Selection{}, wrong("%s: the internet gateway is not attached to a VPC, so nothing comes or goes through it", id)
			}
			return Selection{Text: id, Kind: "internet gateway", Internet: true, Within: g.VPC, Assumptions: []string{
				fmt.Sprintf("%s stands for the internet, as it is reached from %s.", id, c.vpcLabel(g.VPC)),
			}}, nil
		}
		return Selection{}, absent(id, "internet gateway", objectIDs(n.InternetGateways.All(), func(g *network.InternetGateway) string { return g.ID }))
	case "pl":
		if l, ok := n.PrefixLists.Get(id); ok {
			return s.prefixList(id, l)
		}
		return Selection{}, absent(id, "prefix list", objectIDs(n.PrefixLists.All(), func(l *network.PrefixList) string { return l.ID }))
	}
	return Selection{}, wrong("%s is a place on the way, not an end of a connection: ask about internet, about an address or block beyond it, or about what uses it", id)
}

// absent says that an identifier is not in the input.
func absent(id, kind string, known []string) error {
	hint := suggestion(nearest(id, known))
	if hint == "" {
		hint = fmt.Sprintf(" There %s: was its account and Region collected?", areThere(len(known), kind))
	}
	return wrong("%s: no such %s in the input.%s", id, kind, hint)
}

func areThere(n int, kind string) string {
	switch n {
	case 0:
		return "is none at all"
	case 1:
		return "is one other " + kind
	}
	return "are " + plural(n, "other "+kind)
}

func objectIDs[T any](list []T, id func(T) string) []string {
	ids := make([]string, len(list))
	for i, each := range list {
		ids[i] = id(each)
	}
	return ids
}

// endpoint is what a VPC endpoint stands for: the addresses of its service behind a gateway endpoint (EP-1), its interfaces where the
// service is AWS's (EP-2), or the service of somebody else (PL-6).
func (s *Session) endpoint(id string, e *network.Endpoint) (Selection, error) {
	switch e.Type {
	case network.EndpointGateway:
		for _, l := range s.network.PrefixLists.All() {
			if l.Name == e.Service {
				return s.prefixList(id, l)
			}
		}
		return Selection{Text: id, Kind: "gateway endpoint", Component: &Component{
			Kind: "gateway endpoint", ID: e.ID, Name: e.Service, Origin: e.Origin,
			Why: "the addresses of " + e.Service + " are not in the input", Remedy: "Collect PrefixLists (aws ec2 describe-prefix-lists).",
		}}, nil
	case network.EndpointInterface:
		if s.catalog().private(e) {
			return s.privateEndpoint(id, e), nil
		}
		return s.interfaces(id, "VPC endpoint", s.catalog().endpointInterfaces(e), "Its interfaces are not in the input.")
	}
	return Selection{Text: id, Kind: "VPC endpoint", Component: &Component{
		Kind: "VPC endpoint", ID: e.ID, Name: e.Name, Origin: e.Origin,
		Why: fmt.Sprintf("what is behind a VPC endpoint of type %s is not evaluated", e.Type), Remedy: "Ask about an interface of it (eni-…), or about an address beyond it.",
	}}, nil
}

// prefixList is the addresses on a list.
func (s *Session) prefixList(text string, l *network.PrefixList) (Selection, error) {
	if l.Defect != nil {
		return Selection{Text: text, Kind: "prefix list", Component: &Component{
			Kind: "prefix list", ID: l.ID, Name: l.Name, Origin: l.Origin,
			Why: "the entries of the list are not known: " + l.Defect.Reason, Remedy: "Collect ManagedPrefixListEntries (aws ec2 get-managed-prefix-list-entries), or PrefixLists for lists of AWS.",
		}}, nil
	}
	if len(l.Entries) == 0 {
		return Selection{}, wrong("%s: the prefix list has no entries, and an answer about nothing would be no answer", text)
	}
	selection := Selection{Text: text, Kind: "prefix list", Prefixes: slices.Clone(l.Entries)}
	s.within(&selection, l.Entries...)
	return selection, nil
}

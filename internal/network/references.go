package network

import "fmt"

// checkReferences lists the references that lead nowhere. A reference into a VPC, a group or an account that nobody collected is
// not among them: it is how networks look from one account.
func (n *Network) checkReferences() {
	missing := func(origin Origin, who, what, id string) {
		n.Problems = append(n.Problems, Problem{Origin: origin, Message: fmt.Sprintf("%s names %s %s, which is not in the input: answers that need it are unknown", who, what, id)})
	}
	// Every interface names several of these: a set is faster here than a search.
	vpcs, subnets, groups := identifiers(n.VPCs), identifiers(n.Subnets), identifiers(n.SecurityGroups)
	vpc := func(o *Object, id string) {
		if id != "" && !vpcs[id] {
			missing(o.Origin, o.ID, "VPC", id)
		}
	}
	subnet := func(o *Object, id string) {
		if id != "" && !subnets[id] {
			missing(o.Origin, o.ID, "subnet", id)
		}
	}
	group := func(o *Object, id string) {
		if id != "" && !groups[id] {
			missing(o.Origin, o.ID, "security group", id)
		}
	}
	for _, s := range n.Subnets.all {
		vpc(&s.Object, s.VPC)
	}
	for _, t := range n.RouteTables.all {
		vpc(&t.Object, t.VPC)
		for _, id := range t.Subnets {
			subnet(&t.Object, id)
		}
		for _, r := range t.Routes {
			if !n.hasTarget(r) {
				missing(r.Origin, t.ID, string(r.Target.Kind), r.Target.ID)
			}
			if r.PrefixList != "" {
				if _, ok := n.PrefixLists.Index(r.PrefixList); !ok {
					missing(r.Origin, t.ID, "prefix list", r.PrefixList)
				}
			}
		}
	}
	for _, a := range n.NetworkACLs.all {
		vpc(&a.Object, a.VPC)
		for _, id := range a.Subnets {
			subnet(&a.Object, id)
		}
	}
	for _, g := range n.SecurityGroups.all {
		vpc(&g.Object, g.VPC)
		for _, rules := range [][]Rule{g.Inbound, g.Outbound} {
			for _, r := range rules {
				if r.PrefixList != "" {
					if _, ok := n.PrefixLists.Index(r.PrefixList); !ok {
						missing(r.Origin, g.ID, "prefix list", r.PrefixList)
					}
				}
			}
		}
	}
	for _, i := range n.Interfaces.all {
		vpc(&i.Object, i.VPC)
		subnet(&i.Object, i.Subnet)
		for _, id := range i.Groups {
			group(&i.Object, id)
		}
	}
	for _, g := range n.NATGateways.all {
		if g.State == "available" || g.State == "pending" { // a deleted one stays listed for an hour
			vpc(&g.Object, g.VPC)
			if !g.Regional {
				subnet(&g.Object, g.Subnet)
			}
		}
	}
	for _, e := range n.Endpoints.all {
		vpc(&e.Object, e.VPC)
		for _, id := range e.Subnets {
			subnet(&e.Object, id)
		}
	}
}

// hasTarget tells whether the target of a route is in the network, as far as its kind is read at all.
func (n *Network) hasTarget(r Route) bool {
	if r.Blackhole || r.Target.ID == "" {
		return true // or it was told already that it is not known
	}
	found := true
	switch r.Target.Kind {
	case TargetInternetGateway:
		_, found = n.InternetGateways.Index(r.Target.ID)
	case TargetEgressOnly:
		_, found = n.EgressOnlyGateways.Index(r.Target.ID)
	case TargetNAT:
		_, found = n.NATGateways.Index(r.Target.ID)
	case TargetPeering:
		_, found = n.PeeringConnections.Index(r.Target.ID)
	case TargetInterface:
		_, found = n.Interfaces.Index(r.Target.ID)
	case TargetEndpoint:
		if _, found = n.Endpoints.Index(r.Target.ID); !found {
			for _, f := range n.Firewalls.all {
				for _, e := range f.Endpoints {
					found = found || e.ID == r.Target.ID
				}
			}
		}
	case TargetVPNGateway:
		_, found = n.VPNGateways.Index(r.Target.ID)
	case TargetTransitGateway:
		_, found = n.TransitGateways.Index(r.Target.ID)
		if !found { // a gateway of another account is seen by its attachments only
			for _, a := range n.TransitAttachments.all {
				found = found || a.Gateway == r.Target.ID
			}
		}
	}
	return found
}

// identifiers are those of all objects of a table.
func identifiers[T interface{ object() *Object }](t Table[T]) map[string]bool {
	set := make(map[string]bool, len(t.all))
	for _, each := range t.all {
		set[each.object().ID] = true
	}
	return set
}

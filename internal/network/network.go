package network

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Contents is what a source read: the same lists as a [Network], in any order.
type Contents struct {
	VPCs                []*VPC
	Subnets             []*Subnet
	RouteTables         []*RouteTable
	PrefixLists         []*PrefixList
	NetworkACLs         []*NetworkACL
	SecurityGroups      []*SecurityGroup
	Interfaces          []*Interface
	Instances           []*Instance
	Workloads           []*Workload
	InternetGateways    []*InternetGateway
	EgressOnlyGateways  []*EgressOnlyGateway
	CarrierGateways     []*CarrierGateway
	NATGateways         []*NATGateway
	PeeringConnections  []*PeeringConnection
	VPNGateways         []*VPNGateway
	VPNConnections      []*VPNConnection
	CustomerGateways    []*CustomerGateway
	Endpoints           []*Endpoint
	EndpointServices    []*EndpointService
	EndpointConnections []*EndpointConnection
	BlockPublicAccess   []*BlockPublicAccess
	Exclusions          []*BlockPublicAccessExclusion
	TransitGateways     []*TransitGateway
	TransitAttachments  []*TransitAttachment
	TransitRouteTables  []*TransitRouteTable
	LoadBalancers       []*LoadBalancer
	TargetGroups        []*TargetGroup
	Firewalls           []*Firewall
	FirewallPolicies    []*FirewallPolicy
	FirewallRuleGroups  []*FirewallRuleGroup
	HostedZones         []*HostedZone

	// Collected are the accounts and Regions that were read, in part at least. Objects of others may be among the lists: shared ones, and peers.
	Collected []Place
	Gaps      []Gap
	Problems  []Problem
	// Suppressions are what the code says of findings.
	Suppressions []Suppression
	// Assumptions are what the source takes for granted, as sentences. Every answer says them.
	Assumptions []string
	// Made has the identifiers that the source made up for what AWS has not made yet, with the Terraform address of each.
	Made map[string]string
	// Unread counts the objects of lists that nothing reads, by the API's key.
	Unread map[string]int
}

// Network is an AWS network, or several joined. See the package comment for its invariants.
type Network struct {
	VPCs                Table[*VPC]
	Subnets             Table[*Subnet]
	RouteTables         Table[*RouteTable]
	PrefixLists         Table[*PrefixList]
	NetworkACLs         Table[*NetworkACL]
	SecurityGroups      Table[*SecurityGroup]
	Interfaces          Table[*Interface]
	Instances           Table[*Instance]
	Workloads           Table[*Workload]
	InternetGateways    Table[*InternetGateway]
	EgressOnlyGateways  Table[*EgressOnlyGateway]
	CarrierGateways     Table[*CarrierGateway]
	NATGateways         Table[*NATGateway]
	PeeringConnections  Table[*PeeringConnection]
	VPNGateways         Table[*VPNGateway]
	VPNConnections      Table[*VPNConnection]
	CustomerGateways    Table[*CustomerGateway]
	Endpoints           Table[*Endpoint]
	EndpointServices    Table[*EndpointService]
	EndpointConnections Table[*EndpointConnection]
	BlockPublicAccess   Table[*BlockPublicAccess]
	Exclusions          Table[*BlockPublicAccessExclusion]
	TransitGateways     Table[*TransitGateway]
	TransitAttachments  Table[*TransitAttachment]
	TransitRouteTables  Table[*TransitRouteTable]
	LoadBalancers       Table[*LoadBalancer]
	TargetGroups        Table[*TargetGroup]
	Firewalls           Table[*Firewall]
	FirewallPolicies    Table[*FirewallPolicy]
	FirewallRuleGroups  Table[*FirewallRuleGroup]
	HostedZones         Table[*HostedZone]

	Collected    []Place // see [Contents.Collected]; sorted
	Gaps         []Gap
	Problems     []Problem         // of the sources, and of the references between objects
	Suppressions []Suppression     // see [Contents.Suppressions]
	Assumptions  []string          // see [Contents.Assumptions]; sorted
	Made         map[string]string // see [Contents.Made]
	Unread       map[string]int    // see [Contents.Unread]

	addresses func() addressIndex
	needed    map[string]bool // identifiers that problems need, and of which no object was found in full; while it is built
}

// New builds a network. It takes the objects over and completes them: the caller must not use them any more.
//
// An identifier that two objects share is no harm when both say the same, as two accounts do of what they share; otherwise the
// object gets a Defect. What is known in part is added to what is known in whole, and what a plan says counts more than
// what was collected before it. References that lead nowhere are listed as Problems.
func New(contents ...Contents) *Network {
	n := &Network{Unread: map[string]int{}, Made: map[string]string{}, needed: map[string]bool{}}
	var all Contents
	for _, c := range contents {
		all.VPCs = append(all.VPCs, c.VPCs...)
		all.Subnets = append(all.Subnets, c.Subnets...)
		all.RouteTables = append(all.RouteTables, c.RouteTables...)
		all.PrefixLists = append(all.PrefixLists, c.PrefixLists...)
		all.NetworkACLs = append(all.NetworkACLs, c.NetworkACLs...)
		all.SecurityGroups = append(all.SecurityGroups, c.SecurityGroups...)
		all.Interfaces = append(all.Interfaces, c.Interfaces...)
		all.Instances = append(all.Instances, c.Instances...)
		all.Workloads = append(all.Workloads, c.Workloads...)
		all.InternetGateways = append(all.InternetGateways, c.InternetGateways...)
		all.EgressOnlyGateways = append(all.EgressOnlyGateways, c.EgressOnlyGateways...)
		all.CarrierGateways = append(all.CarrierGateways, c.CarrierGateways...)
		all.NATGateways = append(all.NATGateways, c.NATGateways...)
		all.PeeringConnections = append(all.PeeringConnections, c.PeeringConnections...)
		all.VPNGateways = append(all.VPNGateways, c.VPNGateways...)
		all.VPNConnections = append(all.VPNConnections, c.VPNConnections...)
		all.CustomerGateways = append(all.CustomerGateways, c.CustomerGateways...)
		all.Endpoints = append(all.Endpoints, c.Endpoints...)
		all.EndpointServices = append(all.EndpointServices, c.EndpointServices...)
		all.EndpointConnections = append(all.EndpointConnections, c.EndpointConnections...)
		all.BlockPublicAccess = append(all.BlockPublicAccess, c.BlockPublicAccess...)
		all.Exclusions = append(all.Exclusions, c.Exclusions...)
		all.TransitGateways = append(all.TransitGateways, c.TransitGateways...)
		all.TransitAttachments = append(all.TransitAttachments, c.TransitAttachments...)
		all.TransitRouteTables = append(all.TransitRouteTables, c.TransitRouteTables...)
		all.LoadBalancers = append(all.LoadBalancers, c.LoadBalancers...)
		all.TargetGroups = append(all.TargetGroups, c.TargetGroups...)
		all.Firewalls = append(all.Firewalls, c.Firewalls...)
		all.FirewallPolicies = append(all.FirewallPolicies, c.FirewallPolicies...)
		all.FirewallRuleGroups = append(all.FirewallRuleGroups, c.FirewallRuleGroups...)
		all.HostedZones = append(all.HostedZones, c.HostedZones...)
		n.Collected = append(n.Collected, c.Collected...)
		n.Gaps = append(n.Gaps, c.Gaps...)
		for _, p := range c.Problems {
			n.Problems = append(n.Problems, p)
			if p.Needs != "" {
				n.needed[p.Needs] = true
			}
		}
		n.Suppressions = append(n.Suppressions, c.Suppressions...)
		n.Assumptions = append(n.Assumptions, c.Assumptions...)
		for key, count := range c.Unread {
			n.Unread[key] += count
		}
		maps.Copy(n.Made, c.Made)
	}
	n.VPCs = tabulate(n, all.VPCs)
	n.Subnets = tabulate(n, all.Subnets)
	n.RouteTables = tabulate(n, all.RouteTables)
	n.PrefixLists = tabulate(n, all.PrefixLists)
	n.NetworkACLs = tabulate(n, all.NetworkACLs)
	n.SecurityGroups = tabulate(n, all.SecurityGroups)
	n.Interfaces = tabulate(n, all.Interfaces)
	n.Instances = tabulate(n, all.Instances)
	n.Workloads = tabulate(n, all.Workloads)
	n.InternetGateways = tabulate(n, all.InternetGateways)
	n.EgressOnlyGateways = tabulate(n, all.EgressOnlyGateways)
	n.CarrierGateways = tabulate(n, all.CarrierGateways)
	n.NATGateways = tabulate(n, all.NATGateways)
	n.PeeringConnections = tabulate(n, all.PeeringConnections)
	n.VPNGateways = tabulate(n, all.VPNGateways)
	n.VPNConnections = tabulate(n, all.VPNConnections)
	n.CustomerGateways = tabulate(n, all.CustomerGateways)
	n.Endpoints = tabulate(n, all.Endpoints)
	n.EndpointServices = tabulate(n, all.EndpointServices)
	n.EndpointConnections = tabulate(n, all.EndpointConnections)
	n.BlockPublicAccess = tabulate(n, all.BlockPublicAccess)
	n.Exclusions = tabulate(n, all.Exclusions)
	n.TransitGateways = tabulate(n, all.TransitGateways)
	n.TransitAttachments = tabulate(n, all.TransitAttachments)
	n.TransitRouteTables = tabulate(n, all.TransitRouteTables)
	n.LoadBalancers = tabulate(n, all.LoadBalancers)
	n.TargetGroups = tabulate(n, all.TargetGroups)
	n.Firewalls = tabulate(n, all.Firewalls)
	n.FirewallPolicies = tabulate(n, all.FirewallPolicies)
	n.FirewallRuleGroups = tabulate(n, all.FirewallRuleGroups)
	n.HostedZones = tabulate(n, all.HostedZones)
	n.Problems = slices.DeleteFunc(n.Problems, func(p Problem) bool { return p.Needs != "" && !n.needed[p.Needs] })
	n.needed = nil
	n.associate()
	n.joinDefaults()
	n.place()
	n.accept()
	n.placeTargets()
	n.completePeerings()
	n.checkReferences()
	slices.Sort(n.Assumptions)
	n.Assumptions = slices.Compact(n.Assumptions)
	slices.SortFunc(n.Collected, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region))
	})
	n.Collected = slices.Compact(n.Collected)
	slices.SortStableFunc(n.Gaps, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Reason, b.Reason))
	})
	index := indexAddresses(n)
	n.addresses = func() addressIndex { return index }
	n.checkAddresses(index)
	slices.SortStableFunc(n.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Origin.Source, b.Origin.Source), cmp.Compare(a.Origin.Line, b.Origin.Line), cmp.Compare(a.Origin.Path, b.Origin.Path), cmp.Compare(a.Message, b.Message))
	})
	return n
}

// checkAddresses tells of interfaces that have the same address in one VPC, which cannot be: neither is understood then.
func (n *Network) checkAddresses(index addressIndex) {
	for address, list := range index.shared {
		for k := 1; k < len(list); k++ {
			one, two := list[k-1], list[k]
			if one.VPC != two.VPC || one.ID == two.ID {
				continue
			}
			message := fmt.Sprintf("%s and %s both have the address %s in %s", one.ID, two.ID, address, one.VPC)
			for _, i := range []*Interface{one, two} {
				if i.Defect == nil {
					i.Defect = &Defect{message, i.Origin}
				}
			}
			n.Problems = append(n.Problems, Problem{Origin: two.Origin, Message: message + ": only one of them can be right"})
		}
	}
}

// tabulate sorts objects by identifier and makes one of those that share it.
func tabulate[T interface {
	comparable
	object() *Object
}](n *Network, list []T) Table[T] {
	slices.SortFunc(list, func(a, b T) int {
		one, two := a.object(), b.object()
		if c := cmp.Compare(one.ID, two.ID); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(one.Origin.Source, two.Origin.Source), cmp.Compare(one.Origin.Path, two.Origin.Path))
	})
	all := list[:0]
	for _, each := range list {
		if len(all) == 0 || all[len(all)-1].object().ID != each.object().ID {
			all = append(all, each)
			continue
		}
		last := all[len(all)-1]
		one, two := last.object(), each.object()
		switch {
		case one.Partial || two.Partial:
			if one.Partial && !two.Partial {
				last, each = each, last
				all[len(all)-1] = last
			}
			extend(last, each)
		case one.Standing != two.Standing:
			if two.Standing > one.Standing {
				all[len(all)-1] = each
			}
		case one.Defect != nil && two.Defect == nil:
			all[len(all)-1] = each
		case two.Defect != nil || same(reflect.ValueOf(last), reflect.ValueOf(each)):
			if one.Name == "" {
				one.Name, one.Tags = two.Name, two.Tags // only the owner of a shared object sees its tags
			}
		default:
			one.Defect = &Defect{"it is described twice, and differently: also at " + two.Origin.String(), one.Origin}
			n.Problems = append(n.Problems, Problem{Origin: two.Origin, Message: fmt.Sprintf("%s is described here and at %s, and the two differ: keep the one that is right", one.ID, one.Origin)})
		}
	}
	if len(n.needed) > 0 {
		for _, each := range all {
			if o := each.object(); !o.Partial {
				delete(n.needed, o.ID)
			}
		}
	}
	return Table[T]{slices.Clip(all)}
}

// same compares what two objects say of themselves: not where they were read, nor what only an owner sees.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return same(a.Elem(), b.Elem())
	case reflect.Struct:
		if a.Type() == reflect.TypeFor[Object]() || a.Type() == reflect.TypeFor[Origin]() {
			return true
		}
		if a.Type() == reflect.TypeFor[netip.Prefix]() || a.Type() == reflect.TypeFor[netip.Addr]() {
			return a.Interface() == b.Interface()
		}
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// associate sets the route table and the network ACL of every subnet (RT-2, NACL-4), and puts ACL entries in order (NACL-1).
func (n *Network) associate() {
	table, main := map[string]string{}, map[string]string{}
	for _, t := range n.RouteTables.all {
		if t.Main {
			main[t.VPC] = t.ID
		}
		for _, subnet := range t.Subnets {
			if other, ok := n.RouteTables.Get(table[subnet]); ok && other.ID != t.ID {
				n.rivals(&other.Object, &t.Object, subnet)
			}
			table[subnet] = t.ID
		}
	}
	acl, usual := map[string]string{}, map[string]string{}
	for _, a := range n.NetworkACLs.all {
		if a.Default {
			usual[a.VPC] = a.ID
		} else {
			for _, subnet := range a.Subnets {
				if other, ok := n.NetworkACLs.Get(acl[subnet]); ok && other.ID != a.ID {
					n.rivals(&other.Object, &a.Object, subnet)
				}
				acl[subnet] = a.ID
			}
		}
		slices.SortStableFunc(a.Entries, func(x, y ACLEntry) int {
			if x.Outbound != y.Outbound {
				if y.Outbound {
					return -1
				}
				return 1
			}
			return cmp.Compare(x.Number, y.Number)
		})
	}
	for _, a := range n.NetworkACLs.all { // a subnet has one ACL: a state may have that of the time before it was associated with another
		if a.Default {
			a.Subnets = slices.DeleteFunc(slices.Clone(a.Subnets), func(id string) bool { return acl[id] != "" })
		}
	}
	for _, s := range n.Subnets.all {
		s.RouteTable = cmp.Or(table[s.ID], main[s.VPC])
		s.NetworkACL = cmp.Or(acl[s.ID], usual[s.VPC])
	}
}

// accept sets the states of endpoints that are to be, whose services another source plans: they wait where a service asks, and nobody answers for it (PL-3).
func (n *Network) accept() {
	for _, e := range n.Endpoints.all {
		if e.Standing != Planned || e.State != "available" {
			continue
		}
		for _, s := range n.EndpointServices.all {
			if s.Name != e.Service || s.Partial || s.Standing != Planned || !s.AcceptanceRequired {
				continue
			}
			if c, ok := n.EndpointConnections.Get(s.ID + "/" + e.ID); !ok {
				e.State = "pendingacceptance"
			} else {
				e.State = c.State
			}
		}
	}
}

// rivals makes two objects doubtful that are both associated with a subnet, which has one of them.
func (n *Network) rivals(one, two *Object, subnet string) {
	message := fmt.Sprintf("%s and %s are both associated with subnet %s, which has one of them", one.ID, two.ID, subnet)
	for _, o := range []*Object{one, two} {
		if o.Defect == nil {
			o.Defect = &Defect{message, o.Origin}
		}
	}
	n.Problems = append(n.Problems, Problem{Origin: two.Origin, Message: message + ": it is not known which"})
}

// joinDefaults puts attachments into the default tables of their gateways, which another source than theirs knows. A peering propagates nothing (TGW-6),
// and a VPN connection with static routes only does not either.
func (n *Network) joinDefaults() {
	for _, a := range n.TransitAttachments.all {
		g, known := n.TransitGateways.Get(a.Gateway)
		if !a.Defaults || !known || g.Defect != nil {
			continue
		}
		a.Defaults = false
		if a.RouteTable == DefaultTable(a.Gateway) {
			a.RouteTable = g.DefaultRouteTable
		}
		c, _ := n.VPNConnections.Get(a.Resource)
		if t, ok := n.TransitRouteTables.Get(g.DefaultPropagation); ok && a.Type != "peering" && (c == nil || !c.StaticOnly) && !slices.Contains(t.Propagations, a.Attachment) {
			t.Propagations = append(t.Propagations, a.Attachment)
		}
	}
}

// Gap finds the gap, if there is one, in a list of an account and Region. Empty names stand for all. A list that is assumed to be empty has none.
func (n *Network) Gap(list, account, region string) *Gap {
	for i := range n.Gaps {
		g := &n.Gaps[i]
		if g.List == list && !g.Assumed && (g.Account == "" || account == "" || g.Account == account) && (g.Region == "" || region == "" || g.Region == region) {
			return g
		}
	}
	return nil
}

func (g *Gap) String() string {
	where := strings.Trim(g.Account+"/"+g.Region, "/")
	if where != "" {
		where = " of " + where
	}
	return g.List + where + ": " + g.Reason
}

// addressIndex finds interfaces by address.
type addressIndex struct {
	private map[netip.Addr]*Interface   // the first by identifier
	shared  map[netip.Addr][]*Interface // all, where several VPCs have the address
	public  map[netip.Addr]*Interface
}

func indexAddresses(n *Network) addressIndex {
	index := addressIndex{make(map[netip.Addr]*Interface, len(n.Interfaces.all)), map[netip.Addr][]*Interface{}, map[netip.Addr]*Interface{}}
	for _, i := range n.Interfaces.all {
		for _, a := range i.Addresses {
			switch first := index.private[a.IP]; {
			case first == nil:
				index.private[a.IP] = i
			case index.shared[a.IP] == nil:
				index.shared[a.IP] = []*Interface{first, i}
			default:
				index.shared[a.IP] = append(index.shared[a.IP], i)
			}
			if a.Public.IsValid() {
				index.public[a.Public] = i
			}
		}
	}
	for _, list := range index.shared {
		slices.SortStableFunc(list, func(a, b *Interface) int { return cmp.Compare(a.VPC, b.VPC) })
	}
	return index
}

// InterfaceAt is the interface that has a private or IPv6 address in a VPC, or nil.
func (n *Network) InterfaceAt(vpc string, address netip.Addr) *Interface {
	var found *Interface
	for _, i := range n.InterfacesAt(address) {
		if i.VPC == vpc {
			found = i
		}
	}
	return found
}

// InterfacesAt are the interfaces that have a private or IPv6 address, in whichever VPC, sorted by VPC.
func (n *Network) InterfacesAt(address netip.Addr) []*Interface {
	index := n.addresses()
	if list, ok := index.shared[address]; ok {
		return list
	}
	if i := index.private[address]; i != nil {
		return []*Interface{i}
	}
	return nil
}

// InterfaceByPublic is the interface to whose private address a public IPv4 address is mapped, or nil.
func (n *Network) InterfaceByPublic(address netip.Addr) *Interface {
	return n.addresses().public[address]
}

// With is the network with more interfaces in it, such as members to be (V-16). The network itself stays as it is.
func (n *Network) With(more ...*Interface) *Network {
	return n.withInterfaces(append(slices.Clone(n.Interfaces.all), more...))
}

func (n *Network) withInterfaces(list []*Interface) *Network {
	copied := *n
	slices.SortFunc(list, func(a, b *Interface) int { return cmp.Compare(a.ID, b.ID) })
	copied.Interfaces = Table[*Interface]{list}
	copied.addresses = sync.OnceValue(func() addressIndex { return indexAddresses(&copied) })
	return &copied
}

// Replace is the network with other interfaces in the place of some, by identifier. What names one that is replaced by several names all of them.
func (n *Network) Replace(by map[string][]*Interface) *Network {
	var list []*Interface
	for _, i := range n.Interfaces.all {
		if others, ok := by[i.ID]; ok {
			list = append(list, others...)
		} else {
			list = append(list, i)
		}
	}
	copied := n.withInterfaces(list)
	several := func(ids []string) ([]string, bool) {
		var all []string
		changed := false
		for _, id := range ids {
			others, ok := by[id]
			if !ok {
				all = append(all, id)
				continue
			}
			changed = changed || len(others) != 1 || others[0].ID != id
			for _, i := range others {
				all = append(all, i.ID)
			}
		}
		slices.Sort(all)
		return all, changed
	}
	copied.Instances = replace(n.Instances, func(i *Instance) (ids *[]string) { return &i.Interfaces }, several)
	copied.Workloads = replace(n.Workloads, func(w *Workload) (ids *[]string) { return &w.Interfaces }, several)
	copied.Endpoints = replace(n.Endpoints, func(e *Endpoint) (ids *[]string) { return &e.Interfaces }, several)
	return copied
}

// replace copies the objects of a table whose list of interfaces changes.
func replace[T any, P interface {
	*T
	object() *Object
}](t Table[P], interfaces func(P) *[]string, change func([]string) ([]string, bool)) Table[P] {
	all := slices.Clone(t.all)
	for k, each := range all {
		if ids, changed := change(*interfaces(each)); changed {
			copied := *each
			all[k] = &copied
			*interfaces(all[k]) = ids
		}
	}
	return Table[P]{all}
}

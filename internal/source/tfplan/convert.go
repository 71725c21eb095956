package tfplan

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// objects finds the objects made so far by identifier.
type objects struct {
	vpcs        map[string]*network.VPC
	subnets     map[string]*network.Subnet
	groups      map[string]*network.SecurityGroup
	acls        map[string]*network.NetworkACL
	tables      map[string]*network.RouteTable
	lists       map[string]*network.PrefixList
	internet    map[string]*network.InternetGateway
	peerings    map[string]*network.PeeringConnection
	interfaces  map[string]*network.Interface
	instances   map[string]*network.Instance
	usualGroup  map[string]string // the default group of a VPC
	usualACL    map[string]string
	mainTable   map[string]string
	addresses   map[string]netip.Addr // of elastic IPs, by allocation
	waiting     []*network.Interface  // without an address yet, in order
	nextAddress map[string]netip.Addr // by subnet: the highest that may be free
	taken       map[netip.Addr]bool   // by subnet is not needed: ranges that overlap cost an address
	// How many made-up addresses there are so far: blocks of IPv6, public addresses, interfaces in no subnet that is known.
	ipv6, public, nowhere int
}

// convert makes objects of the network of all instances.
func (r *reader) convert() {
	r.resolveAll()
	r.objects = objects{map[string]*network.VPC{}, map[string]*network.Subnet{}, map[string]*network.SecurityGroup{}, map[string]*network.NetworkACL{},
		map[string]*network.RouteTable{}, map[string]*network.PrefixList{}, map[string]*network.InternetGateway{}, map[string]*network.PeeringConnection{},
		map[string]*network.Interface{}, map[string]*network.Instance{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]netip.Addr{},
		nil, map[string]netip.Addr{}, map[netip.Addr]bool{}, 0, 0, 0}
	for _, i := range r.all {
		r.byID[i.id()] = i
	}
	names := slices.Sorted(maps.Keys(r.byType))
	for p := range passes {
		for _, name := range names {
			k, ok := r.types[name]
			if !ok || k.pass != p {
				continue
			}
			for _, i := range r.byType[name] {
				k.read(i)
			}
		}
	}
	r.finish()
}

func (r *reader) finish() {
	r.finishTransit()
	r.finishInterfaces()
	for _, face := range r.objects.waiting {
		r.findAddress(face)
	}
	r.finishBalancers()
	for _, name := range slices.Sorted(maps.Keys(r.byType)) {
		if kind, ok := unmodelledTypes[name]; ok {
			if r.out.Unread == nil {
				r.out.Unread = map[string]int{}
			}
			r.out.Unread[kind] += len(r.byType[name])
		}
	}
	places := map[network.Place]bool{}
	for _, i := range r.all {
		if p := r.place(i); p != (network.Place{}) && !strings.HasPrefix(i.typ, "data.") {
			places[p] = true
		}
	}
	for p := range places {
		r.out.Collected = append(r.out.Collected, p)
		if _, ok := r.byType["aws_vpc_block_public_access_options"]; !ok {
			r.out.Gaps = append(r.out.Gaps, network.Gap{List: "VpcBlockPublicAccessOptions", Account: p.Account, Region: p.Region, Assumed: true,
				Reason: "not in the Terraform configuration", Origin: network.Origin{Source: r.source}})
		}
	}
	if r.notes == nil {
		return
	}
	r.standIns()
	for text, owner := range r.notes.Placeholders {
		if !isAddress(text) && len(text) > 8 {
			r.invented(text, owner)
		}
	}
	for _, s := range r.notes.Suppressions {
		r.out.Suppressions = append(r.out.Suppressions, network.Suppression{Address: s.Address, Rule: s.Rule, Reason: s.Reason, Until: s.Until,
			Origin: network.Origin{Source: s.File, Line: s.Line, Path: s.Address}})
	}
	for _, w := range r.notes.Warnings {
		r.out.Problems = append(r.out.Problems, network.Problem{Origin: network.Origin{Source: r.source}, Message: w})
	}
}

// standIns puts objects that are not understood in the place of those that a data source would have found: what hangs on them is unknown, and says why.
func (r *reader) standIns() {
	messages, addressed := map[string]string{}, map[string]bool{}
	for text, owner := range r.notes.Placeholders {
		if isAddress(text) {
			addressed[owner] = true
		}
	}
	for _, l := range r.notes.Lookups {
		messages[l.Address] = l.Message
		if !r.bearing[l.Address] && !(r.loose && addressed[l.Address]) {
			continue // of an image, say, or of a policy
		}
		r.out.Problems = append(r.out.Problems, network.Problem{Origin: r.originOf(l.Address), Message: l.Message})
	}
	for _, text := range slices.Sorted(maps.Keys(r.notes.Placeholders)) {
		owner := r.notes.Placeholders[text]
		message, ok := messages[owner]
		if !ok {
			continue
		}
		prefix, _, _ := strings.Cut(text, "-")
		o := network.Object{ID: text, Address: owner, Origin: r.originOf(owner), Partial: true}
		o.Defect = &network.Defect{Reason: message, Origin: o.Origin}
		if a, ok := r.notes.Resources[owner]; ok {
			o.Account, o.Region = a.Account, a.Region
		}
		switch prefix {
		case "vpc":
			r.out.VPCs = append(r.out.VPCs, &network.VPC{Object: o})
		case "subnet":
			r.out.Subnets = append(r.out.Subnets, &network.Subnet{Object: o})
		case "sg":
			if r.objects.groups[text] == nil {
				r.out.SecurityGroups = append(r.out.SecurityGroups, &network.SecurityGroup{Object: o})
			}
		case "rtb":
			if r.objects.tables[text] == nil {
				r.out.RouteTables = append(r.out.RouteTables, &network.RouteTable{Object: o})
			}
		case "acl":
			if r.objects.acls[text] == nil {
				r.out.NetworkACLs = append(r.out.NetworkACLs, &network.NetworkACL{Object: o})
			}
		case "pl":
			if r.objects.lists[text] == nil {
				r.out.PrefixLists = append(r.out.PrefixLists, &network.PrefixList{Object: o})
			}
		case "tgw":
			if !strings.HasPrefix(text, "tgw-rtb-") && !strings.HasPrefix(text, "tgw-attach-") {
				r.out.TransitGateways = append(r.out.TransitGateways, &network.TransitGateway{Object: o})
			}
		case "igw":
			r.out.InternetGateways = append(r.out.InternetGateways, &network.InternetGateway{Object: o})
		case "nat":
			r.out.NATGateways = append(r.out.NATGateways, &network.NATGateway{Object: o})
		case "pcx":
			if r.objects.peerings[text] == nil {
				r.out.PeeringConnections = append(r.out.PeeringConnections, &network.PeeringConnection{Object: o})
			}
		}
	}
}

func (r *reader) originOf(address string) network.Origin {
	o := network.Origin{Source: r.source, Path: address}
	if at, ok := r.location(address); ok {
		o.Source, o.Line = at.File, at.Line
	}
	return o
}

// assume notes what is taken for granted. Every answer says it.
func (r *reader) assume(format string, words ...any) {
	s := fmt.Sprintf(format, words...)
	if !slices.Contains(r.out.Assumptions, s) {
		r.out.Assumptions = append(r.out.Assumptions, s)
	}
}

// vpcOf is the VPC of a subnet; empty when not known.
func (r *reader) vpcOf(subnet string) string {
	if s := r.objects.subnets[subnet]; s != nil {
		return s.VPC
	}
	return ""
}

// groupsOr are groups, or the default group of the VPC where there are none.
func (r *reader) groupsOr(groups []string, vpc string) []string {
	if len(groups) == 0 {
		groups = []string{cmp.Or(r.objects.usualGroup[vpc], network.UsualGroup)}
	}
	groups = slices.Clone(groups)
	slices.Sort(groups)
	return slices.Compact(groups)
}

// face adds an interface in a subnet. Groups are as in the network: none means none. Its addresses are still to be given, or to be found: see [reader.await].
func (i *instance) face(id, name, subnet string, groups []string, kind network.InterfaceType, owner network.Owner) *network.Interface {
	f := &network.Interface{VPC: i.vpcOf(subnet), Subnet: subnet, Type: kind, Groups: groups, SourceDestCheck: true, Owner: owner}
	i.like(&f.Object, id, name)
	if s := i.objects.subnets[subnet]; s != nil {
		f.Account, f.Region = cmp.Or(f.Account, s.Account), cmp.Or(f.Region, s.Region)
	}
	i.out.Interfaces = append(i.out.Interfaces, f)
	i.objects.interfaces[id] = f
	return f
}

// await leaves the private address of an interface to AWS. A placeholder, where the plan has one, stands for it.
func (r *reader) await(f *network.Interface, placeholder netip.Addr) {
	s := r.objects.subnets[f.Subnet]
	if s != nil && s.Defect == nil && len(s.Blocks) > 0 && !slices.ContainsFunc(s.Blocks, func(p netip.Prefix) bool { return p.Contains(placeholder) }) {
		placeholder = netip.Addr{} // of a family that the subnet does not have
	}
	if placeholder.IsValid() {
		f.Addresses = append(f.Addresses, network.Address{IP: placeholder})
		r.objects.taken[placeholder] = true
	}
	f.Open.IPv4 = s == nil || len(s.Blocks) > 0 && s.Blocks[0].Addr().Is4()
	f.Open.IPv6 = s != nil && s.AssignIPv6OnCreation || s != nil && !f.Open.IPv4
	r.objects.waiting = append(r.objects.waiting, f)
}

// findAddress gives an interface an address of its subnet for each family that AWS will give it one of: the highest that nothing has.
func (r *reader) findAddress(f *network.Interface) {
	s := r.objects.subnets[f.Subnet]
	switch {
	case s == nil && f.Subnet != "": // another source may know it
		return
	case s == nil:
		r.spread(f)
		return
	}
	for _, block := range s.Blocks {
		is4 := block.Addr().Is4()
		if is4 && !f.Open.IPv4 || !is4 && !f.Open.IPv6 || slices.ContainsFunc(f.Addresses, func(a network.Address) bool { return a.IP.Is4() == is4 }) {
			continue
		}
		key := s.ID + block.String()
		next, ok := r.objects.nextAddress[key]
		if !ok {
			next = lastOf(block).Prev() // the last is AWS's
		}
		for block.Contains(next) && r.objects.taken[next] {
			next = next.Prev()
		}
		if !block.Contains(next) {
			return // the subnet is full: AWS would say so
		}
		r.objects.taken[next] = true
		r.objects.nextAddress[key] = next.Prev()
		at := network.Address{IP: next}
		if is4 {
			f.Addresses = slices.Insert(f.Addresses, 0, at)
		} else {
			f.Addresses = append(f.Addresses, at)
		}
	}
}

// spread puts an interface of which it is not known in which subnet it will be into all in which it may be. Nothing is known of what it can reach there.
func (r *reader) spread(f *network.Interface) {
	if f.Defect == nil {
		f.Defect = &network.Defect{Reason: "it is not known in which subnet it will be", Origin: f.Origin}
	}
	vpcs := map[string]bool{}
	for _, id := range f.Groups {
		if g := r.objects.groups[id]; g != nil {
			vpcs[g.VPC] = true
		}
	}
	var may []*network.Subnet
	for _, s := range r.out.Subnets {
		if len(vpcs) == 0 || vpcs[s.VPC] {
			may = append(may, s)
		}
	}
	public := f.Type == network.TypeInterface || f.Type == ""
	at := f
	for k, s := range may {
		if k > 0 {
			one := *f
			one.ID = fmt.Sprintf("%s-%d", f.ID, k+1)
			one.Addresses = nil
			at = &one
			r.out.Interfaces = append(r.out.Interfaces, at)
		}
		at.Subnet, at.VPC = s.ID, s.VPC
		at.Open = network.Open{IPv4: true, IPv6: true}
		r.findAddress(at)
		at.Open = network.Open{}
		if public && len(at.Addresses) > 0 && at.Addresses[0].IP.Is4() {
			at.Addresses[0].Public = r.undecided(netip.Addr{})
		}
	}
	if len(may) == 0 { // not even which subnets there are
		r.objects.nowhere++
		n := r.objects.nowhere
		f.Addresses = append(f.Addresses, network.Address{IP: netip.AddrFrom4([4]byte{243, byte(n >> 16), byte(n >> 8), byte(n)}), Public: r.undecided(netip.Addr{})})
		f.Open = network.Open{}
	}
}

// lastOf is the last address of a block.
func lastOf(p netip.Prefix) netip.Addr {
	p = p.Masked()
	raw := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 1 << (7 - bit%8)
	}
	a, _ := netip.AddrFromSlice(raw)
	return a
}

func (r *reader) assumeLists() {
	r.assume("a list in the plan is taken to hold what its code refers to, and no literal identifiers beside: the plan does not show these, and watertight plan, on the code itself, knows them")
}

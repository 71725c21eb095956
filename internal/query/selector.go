package query

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
)

// Selection is what a selector stands for (V-14). Its parts are joined.
type Selection struct {
	Text string // the selector
	Kind string // "security group", "instance", "address", …
	// Interfaces stand for every address of theirs; Addresses for themselves, whether an interface has them or not.
	Interfaces []*network.Interface
	Addresses  []netip.Addr
	Prefixes   []netip.Prefix // the outside addresses in them
	Internet   bool
	Everything bool
	ToBe       []*network.SecurityGroup // groups that no interface carries yet (V-16)
	// Services, when there are any, are what the selection stands for as a destination, instead of Interfaces: those are the ends of the first
	// connection then, the nodes of a load balancer or the interfaces of an endpoint (LB-7, PL-6).
	Services []*reach.Service
	// Name is the host that a client names in its data, where the selector is a hostname (FW-7).
	Name string
	// Component is something whose evaluation is not modelled: every answer about it is unknown.
	Component *Component
	// Assumptions are what a reader should know of how the selector was taken.
	Assumptions []string
	// Within, when set, is the only VPC that the other end may be in: what an internet gateway stands for depends on it.
	Within string
}

// Component is a thing that answers hang on and that the engine does not evaluate.
type Component struct {
	Kind, ID, Name, Why, Remedy string
	Origin                      network.Origin
}

// kinds of selectors, by their looks.
type kind int

const (
	kindName kind = iota
	kindWord
	kindPrefixed // "tier:", "sg:", …
	kindID
	kindARN
	kindAddress
	kindBlock
)

var identifier = regexp.MustCompile(`^(i|eni|sg|subnet|vpc|vpce|vpce-svc|nat|igw|eigw|cagw|pcx|tgw|tgw-attach|tgw-rtb|vgw|vpn|cgw|rtb|acl|pl|eipalloc)-[0-9a-f]{4,}$`)

// selectorKind tells by its looks what a selector without an environment is.
func selectorKind(text string) kind {
	head, _, colon := strings.Cut(text, ":")
	switch {
	case text == "internet":
		return kindWord
	case strings.HasPrefix(text, "arn:"):
		return kindARN
	case identifier.MatchString(text):
		return kindID
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return kindAddress
	}
	if _, err := netip.ParsePrefix(text); err == nil {
		return kindBlock
	}
	if colon && (slices.Contains(prefixes, head) || head == "tag") {
		return kindPrefixed
	}
	return kindName
}

// Resolve finds what a selector stands for. The selector has no port. A hostname is resolved as all VPCs see it, and must not be public.
func (s *Session) Resolve(text string) (Selection, error) { return s.resolve(text, s.everywhere()) }

// resolve finds what a selector stands for, with hostnames as they are seen from somewhere.
func (s *Session) resolve(text string, v view) (Selection, error) {
	c := s.catalog()
	if text == "" {
		return Selection{}, wrong("an end of the question is empty: name a role, an identifier, an address, a block of addresses or internet")
	}
	switch selectorKind(text) {
	case kindWord:
		return Selection{Text: text, Kind: "internet", Internet: true}, nil
	case kindAddress:
		address, _ := netip.ParseAddr(text)
		return s.address(text, address.Unmap())
	case kindBlock:
		block, _ := netip.ParsePrefix(text)
		return s.block(text, block)
	case kindARN:
		return s.arn(text)
	case kindID:
		selection, err := s.identifier(text)
		if err == nil || len(c.byName[text]) == 0 {
			return selection, err
		}
	case kindPrefixed:
		return s.prefixed(text, text, nil)
	}
	if len(c.byName[text]) > 0 {
		return s.named(text, text, nil, v)
	}
	if x, ok, err := s.resource(text); ok {
		return x, err
	}
	if x, ok, err := s.serviceName(text); ok {
		return x, err
	}
	if env, rest, ok := strings.Cut(text, "/"); ok && rest != "" {
		scope := c.environment(env)
		if len(scope) == 0 {
			return Selection{}, wrong("%s: no VPC and no account is called %s.%s", text, env, suggestion(nearest(env, c.environments())))
		}
		switch selectorKind(rest) {
		case kindPrefixed:
			return s.prefixed(text, rest, scope)
		case kindName, kindWord:
			return s.named(text, rest, scope, view{vpcs: slices.Sorted(maps.Keys(scope)), whose: env})
		case kindAddress:
			return s.placed(text, rest, scope)
		}
		return s.resolve(rest, v)
	}
	return s.named(text, text, nil, v)
}

// environments are the words that may stand before a slash.
func (c *catalog) environments() []string {
	set := map[string]bool{}
	for _, v := range c.network.VPCs.All() {
		set[c.env(v.ID)] = true
		if v.Account != "" {
			set[v.Account] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func suggestion(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return " Did you mean " + names[0] + "?"
	}
	return " Did you mean one of these?" + listing(names)
}

// named finds a thing by name, or what a hostname leads to.
func (s *Session) named(text, name string, scope map[string]bool, v view) (Selection, error) {
	c := s.catalog()
	found := c.lookup(name, scope)
	switch {
	case len(found) == 1:
		return s.entry(text, found[0], scope)
	case len(found) > 1:
		lines := make([]string, len(found))
		for i, e := range found {
			lines[i] = c.describe(e)
		}
		slices.Sort(lines)
		return Selection{}, wrong("%s is the name of %d things. Say which one:%s", text, len(found), listing(lines))
	}
	if hostname.MatchString(name) && len(c.similar(name)) == 0 && (scope == nil || len(c.lookup(name, nil)) == 0) {
		return s.hostname(text, name, v)
	}
	return Selection{}, s.notFound(text, name, scope)
}

var (
	hostname  = regexp.MustCompile(`^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}\.?$`)
	terraform = regexp.MustCompile(`^(module\.[^ ]+\.)?(aws_[a-z0-9_]+)\.[A-Za-z_]`)
)

// notFound explains that nothing has a name, and what has one like it.
func (s *Session) notFound(text, name string, scope map[string]bool) error {
	c := s.catalog()
	if terraform.MatchString(name) {
		return wrong("%s looks like an address of Terraform. Those are known when the network comes from Terraform; this one comes from AWS: name a role, an identifier (i-…, sg-…) or an address", text)
	}
	if scope != nil {
		var elsewhere []string
		for _, e := range c.lookup(name, nil) {
			elsewhere = append(elsewhere, c.describe(e))
		}
		if len(elsewhere) > 0 {
			slices.Sort(elsewhere)
			return wrong("%s: nothing there is called %s. Elsewhere it is:%s", text, name, listing(elsewhere))
		}
	}
	if other := c.similar(name); len(other) > 0 {
		return wrong("%s: no role, instance or service has that name.%s", text, suggestion(other))
	}
	// An outsider's typing is compared with every way to write a name.
	names := slices.Collect(maps.Keys(c.byName))
	if scope == nil {
		names = append(names, "internet")
	}
	slices.Sort(names)
	var lines []string
	for _, guess := range nearest(name, names) {
		if guess == "internet" {
			lines = append(lines, guess)
		}
		for _, e := range c.lookup(guess, scope) {
			lines = append(lines, c.unique(e))
		}
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	if len(lines) == 0 {
		return wrong("%s: nothing in the network has that name, and nothing has one like it. A selector is a role (the name of a security group, with or without sg- in front), the name of an instance, database, function, cache, service or load balancer, an identifier, an ARN, a hostname, an address, a block of addresses, tier:, sg:, subnet:, vpc:, account: or tag:KEY=VALUE, or internet", text)
	}
	return wrong("%s: nothing in the network has that name.%s", text, suggestion(lines))
}

// similar are the selectors of what has a name, but is not found by it alone: VPCs, subnets, tiers.
func (c *catalog) similar(name string) []string {
	var other []string
	for _, v := range c.network.VPCs.All() {
		if v.Name == name {
			other = append(other, "vpc:"+v.Name)
		}
	}
	for _, subnet := range c.network.Subnets.All() {
		if subnet.Name == name {
			other = append(other, "subnet:"+subnet.Name)
		}
	}
	if len(c.tierVPCs[name]) > 0 {
		other = append(other, "tier:"+name)
	}
	slices.Sort(other)
	return slices.Compact(other)
}

// entry is what a named thing stands for.
func (s *Session) entry(text string, e *entry, scope map[string]bool) (Selection, error) {
	switch {
	case e.group != nil:
		return s.group(text, e.group, scope)
	case e.balancer != nil:
		return s.balancer(text, e.balancer), nil
	case e.workload != nil:
		return s.workload(text, e.workload, e.interfaces)
	}
	return s.interfaces(text, e.kind, e.interfaces, "Its interfaces are not in the input: they are listed in NetworkInterfaces, or it has been terminated.")
}

// interfaces is a selection of interfaces, or the reason why there is none.
func (s *Session) interfaces(text, kind string, list []*network.Interface, why string) (Selection, error) {
	list = unite(list)
	if len(list) == 0 {
		return Selection{}, wrong("%s: this %s has no interface, and an answer about nothing would be no answer. %s", text, kind, why)
	}
	return Selection{Text: text, Kind: kind, Interfaces: list}, nil
}

// group is every interface that carries a group, or a member to be when none does (V-16).
func (s *Session) group(text string, g *network.SecurityGroup, scope map[string]bool) (Selection, error) {
	members := s.catalog().byGroup[g.ID]
	if scope != nil {
		members = slices.DeleteFunc(slices.Clone(members), func(i *network.Interface) bool { return !scope[i.VPC] })
	}
	if len(members) > 0 {
		return Selection{Text: text, Kind: "security group", Interfaces: members}, nil
	}
	return Selection{Text: text, Kind: "security group", ToBe: []*network.SecurityGroup{g}, Assumptions: []string{
		fmt.Sprintf("No interface carries the security group %s yet: the answer is about members to be, where they may be placed.", g.Label()),
	}}, nil
}

func (s *Session) workload(text string, w *network.Workload, list []*network.Interface) (Selection, error) {
	if len(list) > 0 {
		selection := Selection{Text: text, Kind: string(w.Kind), Interfaces: unite(list)}
		if w.Guessed {
			selection.Assumptions = []string{fmt.Sprintf("AWS does not say which interfaces are those of the %s %s. They were found by description, groups and subnets: %s.", w.Kind, w.Name, ids(selection.Interfaces))}
		}
		return selection, nil
	}
	switch len(w.Groups) {
	case 0:
		return Selection{}, wrong("%s: the %s %s has no interface and carries no security group: it is not in a VPC, or the input does not tell where", text, w.Kind, w.Name)
	case 1:
		if g, ok := s.network.SecurityGroups.Get(w.Groups[0]); ok {
			if members := s.catalog().byGroup[g.ID]; len(members) > 0 {
				return Selection{}, wrong("%s: which interfaces the %s %s has is not known. Ask about all that carry its security group: %s", text, w.Kind, w.Name, s.catalog().unique(s.catalog().groups[g.ID]))
			}
			return s.group(text, g, nil)
		}
		return Selection{}, wrong("%s: the %s %s has no interface in the input, and its security group %s is not in the input either", text, w.Kind, w.Name, w.Groups[0])
	}
	var lines []string
	for _, id := range w.Groups {
		lines = append(lines, id)
		if e := s.catalog().groups[id]; e != nil {
			lines[len(lines)-1] = s.catalog().unique(e)
		}
	}
	return Selection{}, wrong("%s: the %s %s has no interface in the input, and carries %d security groups together. Ask about one of them:%s", text, w.Kind, w.Name, len(w.Groups), listing(lines))
}

func ids(list []*network.Interface) string {
	var words []string
	for i, each := range list {
		if i == 4 && len(list) > 5 {
			return strings.Join(words, ", ") + fmt.Sprintf(" and %d more", len(list)-i)
		}
		words = append(words, each.ID)
	}
	return strings.Join(words, ", ")
}

// address stands for itself (V-14).
func (s *Session) address(text string, address netip.Addr) (Selection, error) {
	selection := Selection{Text: text, Kind: "address", Addresses: []netip.Addr{address}}
	owners := s.network.InterfacesAt(address)
	if s.network.InterfaceByPublic(address) != nil {
		return selection, nil
	}
	switch len(owners) {
	case 0:
		for _, v := range s.network.VPCs.All() {
			for _, block := range v.Blocks {
				if block.Contains(address) {
					selection.Assumptions = []string{fmt.Sprintf("No interface in the input has the address %s, though it lies in %s of %s: it was asked about as an address that no interface has.", address, block, v.Label())}
					return selection, nil
				}
			}
		}
	case 1:
	default:
		var lines []string
		for _, i := range owners {
			lines = append(lines, pad(i.ID, 30)+"  in "+s.catalog().vpcLabel(i.VPC))
		}
		return Selection{}, wrong("%s: %d interfaces have that address, in VPCs whose blocks overlap. Say which one:%s", text, len(owners), listing(lines))
	}
	return selection, nil
}

// placed is an address in one of the VPCs of a scope.
func (s *Session) placed(text, rest string, scope map[string]bool) (Selection, error) {
	address, _ := netip.ParseAddr(rest)
	owners := slices.DeleteFunc(s.network.InterfacesAt(address.Unmap()), func(i *network.Interface) bool { return !scope[i.VPC] })
	if len(owners) == 0 {
		return Selection{}, wrong("%s: no interface there has the address %s", text, rest)
	}
	if len(owners) == 1 && len(s.network.InterfacesAt(address.Unmap())) == 1 {
		return Selection{Text: text, Kind: "address", Addresses: []netip.Addr{address.Unmap()}}, nil
	}
	var lines []string
	for _, i := range owners {
		lines = append(lines, i.ID)
	}
	return Selection{}, wrong("%s: several VPCs have that address. Name the interface:%s", text, listing(lines))
}

// block is the addresses of interfaces in a block, and the outside addresses in it.
func (s *Session) block(text string, block netip.Prefix) (Selection, error) {
	if block != block.Masked() {
		return Selection{}, wrong("%s: the address has bits beyond its length; %s is the block, %s the address", text, block.Masked(), block.Addr())
	}
	selection := Selection{Text: text, Kind: "block", Prefixes: []netip.Prefix{block}}
	s.within(&selection, block)
	return selection, nil
}

// within adds the addresses of interfaces that lie in blocks. An interface with all of its addresses in them is added as a whole.
func (s *Session) within(selection *Selection, blocks ...netip.Prefix) {
	in := func(a netip.Addr) bool {
		return slices.ContainsFunc(blocks, func(b netip.Prefix) bool { return b.Contains(a) })
	}
	for _, i := range s.network.Interfaces.All() {
		all := len(i.Addresses) > 0
		var some []netip.Addr
		for _, a := range i.Addresses {
			for _, each := range []netip.Addr{a.IP, a.Public} {
				switch {
				case !each.IsValid():
				case in(each):
					some = append(some, each)
				default:
					all = false
				}
			}
		}
		if all {
			selection.Interfaces = append(selection.Interfaces, i)
		} else {
			selection.Addresses = append(selection.Addresses, some...)
		}
	}
	slices.SortFunc(selection.Addresses, netip.Addr.Compare)
	selection.Addresses = slices.Compact(selection.Addresses)
}

// arn finds what an ARN names.
func (s *Session) arn(text string) (Selection, error) {
	if w, ok := s.network.Workloads.Get(text); ok {
		return s.workload(text, w, s.catalog().interfaces(w.Interfaces))
	}
	if b, ok := s.network.LoadBalancers.Get(text); ok {
		return s.balancer(text, b), nil
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) == 6 && parts[2] == "ec2" {
		if _, id, ok := strings.Cut(parts[5], "/"); ok && identifier.MatchString(id) {
			return s.identifier(id)
		}
	}
	var arns []string
	for _, w := range s.network.Workloads.All() {
		arns = append(arns, w.ID)
	}
	for _, b := range s.network.LoadBalancers.All() {
		arns = append(arns, b.ID)
	}
	return Selection{}, wrong("%s: nothing in the network has that ARN.%s", text, suggestion(nearest(text, arns)))
}

package query

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
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

// Resolve finds what a selector stands for. The selector has no port.
func (s *Session) Resolve(text string) (Selection, error) {
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
		return s.named(text, text, nil)
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
			return s.named(text, rest, scope)
		case kindAddress:
			return s.placed(text, rest, scope)
		}
		return s.Resolve(rest)
	}
	return s.named(text, text, nil)
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

// named finds a thing by name.
func (s *Session) named(text, name string, scope map[string]bool) (Selection, error) {
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
	if len(other) > 0 {
		slices.Sort(other)
		return wrong("%s: no role, instance or service has that name.%s", text, suggestion(slices.Compact(other)))
	}
	if hostname.MatchString(name) {
		return wrong("%s looks like a hostname. Questions by hostname are not answered yet: give the address or the name of what answers there, or internet", text)
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
		return wrong("%s: nothing in the network has that name, and nothing has one like it. A selector is a role (the name of a security group, with or without sg- in front), the name of an instance, database, function, cache, service or load balancer, an identifier, an ARN, an address, a block of addresses, tier:, sg:, subnet:, vpc:, account: or tag:KEY=VALUE, or internet", text)
	}
	return wrong("%s: nothing in the network has that name.%s", text, suggestion(lines))
}

// entry is what a named thing stands for.
func (s *Session) entry(text string, e *entry, scope map[string]bool) (Selection, error) {
	switch {
	case e.group != nil:
		return s.group(text, e.group, scope)
	case e.balancer != nil:
		return balancerSelection(text, e.balancer), nil
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

func balancerSelection(text string, b *network.LoadBalancer) Selection {
	return Selection{Text: text, Kind: "load balancer", Component: &Component{
		Kind: "load balancer", ID: b.ID, Name: b.Name, Origin: b.Origin,
		Why:    "the service behind a load balancer is not evaluated yet: it takes listeners, target groups and a second connection",
		Remedy: "Ask in two steps: SOURCE to an interface (eni-…) or the security group of the load balancer, and from that to the role behind it.",
	}}
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
		return balancerSelection(text, b), nil
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

// prefixed is a selector with a word and a colon.
func (s *Session) prefixed(text, rest string, scope map[string]bool) (Selection, error) {
	word, value, _ := strings.Cut(rest, ":")
	c := s.catalog()
	if value == "" {
		return Selection{}, wrong("%s: after the colon comes a name", text)
	}
	in := func(vpc string) bool { return scope == nil || scope[vpc] }
	switch word {
	case "tier":
		return s.tier(text, value, scope)
	case "sg":
		if g, ok := s.network.SecurityGroups.Get(value); ok {
			return s.group(text, g, scope)
		}
		found := choose(s.network.SecurityGroups.All(), func(g *network.SecurityGroup) bool {
			return g.Name == value && (in(g.VPC) || slices.ContainsFunc(g.VPCs, in))
		})
		if g, err := one(text, "security group", found, func(g *network.SecurityGroup) string { return c.describe(c.groups[g.ID]) }, s.groupNames, value); err != nil {
			return Selection{}, err
		} else {
			return s.group(text, g, scope)
		}
	case "subnet":
		if subnet, ok := s.network.Subnets.Get(value); ok {
			return s.identifier(subnet.ID)
		}
		found := choose(s.network.Subnets.All(), func(each *network.Subnet) bool { return each.Name == value && in(each.VPC) })
		subnet, err := one(text, "subnet", found, func(each *network.Subnet) string {
			return pad(each.ID, 30) + "  in " + c.vpcLabel(each.VPC)
		}, func() []string { return objectNames(s.network.Subnets.All()) }, value)
		if err != nil {
			return Selection{}, err
		}
		return s.subnets(text, "subnet", subnet)
	case "vpc":
		if vpc, ok := s.network.VPCs.Get(value); ok {
			return s.vpc(text, vpc)
		}
		found := choose(s.network.VPCs.All(), func(v *network.VPC) bool { return v.Name == value && in(v.ID) })
		vpc, err := one(text, "VPC", found, func(v *network.VPC) string {
			return pad("vpc:"+v.ID, 30) + "  account " + cmp.Or(v.Account, "unknown")
		}, func() []string { return objectNames(s.network.VPCs.All()) }, value)
		if err != nil {
			return Selection{}, err
		}
		return s.vpc(text, vpc)
	case "account":
		list := choose(s.network.Interfaces.All(), func(i *network.Interface) bool { return s.accountOf(i) == value && in(i.VPC) })
		if len(list) == 0 {
			accounts := map[string]bool{}
			for _, i := range s.network.Interfaces.All() {
				if a := s.accountOf(i); a != "" {
					accounts[a] = true
				}
			}
			return Selection{}, wrong("%s: no interface in the input belongs to that account. These have some:%s", text, listing(slices.Sorted(maps.Keys(accounts))))
		}
		return Selection{Text: text, Kind: "account", Interfaces: list}, nil
	}
	return s.tagged(text, value, in)
}

// choose are the elements of a list for which a condition holds.
func choose[T any](list []T, holds func(T) bool) []T {
	var out []T
	for _, each := range list {
		if holds(each) {
			out = append(out, each)
		}
	}
	return out
}

// one is the only element of a list, or an error that lists them, or names like the one that was asked for.
func one[T any](text, kind string, found []T, describe func(T) string, names func() []string, name string) (T, error) {
	var zero T
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return zero, wrong("%s: no %s has that name.%s", text, kind, suggestion(nearest(name, names())))
	}
	var lines []string
	for _, each := range found {
		lines = append(lines, describe(each))
	}
	slices.Sort(lines)
	return zero, wrong("%s: %ss of that name are %d. Say which one:%s", text, kind, len(found), listing(lines))
}

func (s *Session) groupNames() []string {
	var names []string
	for _, g := range s.network.SecurityGroups.All() {
		names = append(names, g.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

type labelled interface{ Label() string }

// objectNames are the names of objects that have one.
func objectNames[T labelled](list []T) []string {
	var names []string
	for _, each := range list {
		if name, _, ok := strings.Cut(each.Label(), " ("); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (s *Session) tier(text, name string, scope map[string]bool) (Selection, error) {
	c := s.catalog()
	var vpcs []string
	for vpc := range c.tierVPCs[name] {
		if scope == nil || scope[vpc] {
			vpcs = append(vpcs, vpc)
		}
	}
	slices.Sort(vpcs)
	if len(vpcs) == 0 {
		return Selection{}, wrong("%s: no subnet there is of that tier. A tier is the tag Tier of a subnet, or else its name without its zone and its VPC.%s", text, suggestion(nearest(name, slices.Sorted(maps.Keys(c.tierVPCs)))))
	}
	if len(vpcs) > 1 {
		var lines []string
		for _, vpc := range vpcs {
			lines = append(lines, pad(c.env(vpc)+"/tier:"+name, 30)+"  "+c.vpcLabel(vpc))
		}
		slices.Sort(lines)
		return Selection{}, wrong("%s: %d VPCs have a tier of that name. Say which one:%s", text, len(vpcs), listing(lines))
	}
	return s.subnets(text, "tier", choose(s.network.Subnets.All(), func(each *network.Subnet) bool { return each.VPC == vpcs[0] && c.tiers[each.ID] == name })...)
}

func (s *Session) subnets(text, kind string, subnets ...*network.Subnet) (Selection, error) {
	var list []*network.Interface
	for _, subnet := range subnets {
		list = append(list, s.catalog().bySub[subnet.ID]...)
	}
	return s.interfaces(text, kind, list, "Ask about its block of addresses instead.")
}

func (s *Session) vpc(text string, vpc *network.VPC) (Selection, error) {
	return s.interfaces(text, "VPC", choose(s.network.Interfaces.All(), func(i *network.Interface) bool { return i.VPC == vpc.ID }), "Ask about its block of addresses instead.")
}

// accountOf is the account that an interface, or its VPC, belongs to.
func (s *Session) accountOf(i *network.Interface) string {
	if i.Account != "" {
		return i.Account
	}
	if v, ok := s.network.VPCs.Get(i.VPC); ok {
		return v.Account
	}
	return ""
}

// tagged is every interface that carries a tag, or whose instance, database, function or service does.
func (s *Session) tagged(text, pair string, in func(vpc string) bool) (Selection, error) {
	key, value, ok := strings.Cut(pair, "=")
	if !ok || key == "" {
		return Selection{}, wrong("%s: a tag is written tag:KEY=VALUE", text)
	}
	has := func(o *network.Object) bool { v, ok := o.Tag(key); return ok && v == value }
	c := s.catalog()
	list := choose(s.network.Interfaces.All(), func(i *network.Interface) bool { return has(&i.Object) && in(i.VPC) })
	for _, i := range s.network.Instances.All() {
		if has(&i.Object) && in(i.VPC) {
			list = append(list, c.ofInstance(i)...)
		}
	}
	for _, w := range s.network.Workloads.All() {
		if has(&w.Object) && in(w.VPC) {
			list = append(list, c.interfaces(w.Interfaces)...)
		}
	}
	if len(list) > 0 {
		return Selection{Text: text, Kind: "tag", Interfaces: unite(list)}, nil
	}
	var others []string
	for _, g := range s.network.SecurityGroups.All() {
		if has(&g.Object) {
			others = append(others, g.ID)
		}
	}
	for _, subnet := range s.network.Subnets.All() {
		if has(&subnet.Object) {
			others = append(others, subnet.ID)
		}
	}
	for _, v := range s.network.VPCs.All() {
		if has(&v.Object) {
			others = append(others, v.ID)
		}
	}
	if len(others) > 0 {
		return Selection{}, wrong("%s: no interface, instance, database, function or service carries that tag, but these do:%s", text, listing(others))
	}
	return Selection{}, wrong("%s: nothing in the input carries that tag", text)
}

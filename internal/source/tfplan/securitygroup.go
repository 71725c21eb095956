package tfplan

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

func (r *reader) addGroup(g *network.SecurityGroup) {
	r.out.SecurityGroups = append(r.out.SecurityGroups, g)
	r.objects.groups[g.ID] = g
}

func (i *instance) securityGroup() {
	g := &network.SecurityGroup{VPC: i.get("vpc_id").identity()}
	if g.VPC == "" && !i.get("vpc_id").given() {
		i.fault("vpc_id", "is not set: the group is of the default VPC of the Region, which is not in the plan")
	}
	defect := i.take("vpc_id")
	i.inlineRules(g)
	i.settle(&g.Object, i.id())
	g.Name = i.groupName()
	if g.Defect == nil {
		g.Defect = defect
	}
	i.addGroup(g)
}

// groupName is the name of a group: given, or a prefix that AWS or the provider completes.
func (i *instance) groupName() string {
	if s := i.get("name").literal(); s != "" {
		return s
	}
	if s := i.get("name_prefix").literal(); s != "" {
		return strings.TrimRight(s, "-_.")
	}
	if s, ok := i.get("tags").get("Name").value.(string); ok && s != "" {
		return s
	}
	return i.name
}

// inlineRules reads the rules that are written into a group.
func (i *instance) inlineRules(g *network.SecurityGroup) {
	for _, name := range []string{"ingress", "egress"} {
		list := i.get(name)
		rules := list.list()
		if i.planned && !i.set(name) {
			rules = i.unmanagedRules(name, rules)
		}
		for _, n := range rules {
			i.addRules(g, name == "egress", i.rulesOf(n, i.id()))
		}
		if d := i.take(name); d != nil { // of the list as a whole
			i.addRules(g, name == "egress", []network.Rule{{Protocol: -1, From: -1, To: -1, Origin: i.origin(name), Defect: d}})
		}
	}
}

// unmanagedRules leaves out of the rules that a state lists those that resources of their own manage.
func (i *instance) unmanagedRules(name string, list []node) []node {
	managed := map[string]bool{}
	for _, other := range i.before() {
		var rules []network.Rule
		outbound := false
		quiet := *other.reader
		quiet.silent = true
		copied := *other
		copied.reader, copied.node = &quiet, node{&copied, "", other.value}
		switch other.typ {
		case "aws_security_group_rule":
			outbound = other.get("type").literal() == "egress"
			rules = copied.rulesOf(copied.node, copied.get("security_group_id").literal())
		case "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule":
			outbound = strings.Contains(other.typ, "egress")
			rules = copied.singleRule()
		default:
			continue
		}
		if other.get("security_group_id").literal() != i.id() || outbound != (name == "egress") {
			continue
		}
		for _, r := range rules {
			managed[ruleKey(r)] = true
		}
	}
	if len(managed) == 0 {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(n node) bool {
		rules := i.rulesOf(n, i.id())
		return len(rules) > 0 && !slices.ContainsFunc(rules, func(r network.Rule) bool { return !managed[ruleKey(r)] })
	})
}

// ruleKey is what a rule matches.
func ruleKey(r network.Rule) string {
	var b strings.Builder
	for _, n := range []int{r.Protocol, r.From, r.To} {
		b.WriteString(string(rune(n + 2)))
	}
	return b.String() + r.Block.String() + r.PrefixList + r.Group
}

// addRules adds rules to a group. The same rule, written twice, is one.
func (r *reader) addRules(g *network.SecurityGroup, outbound bool, rules []network.Rule) {
	list := &g.Inbound
	if outbound {
		list = &g.Outbound
	}
	for _, each := range rules {
		if k := slices.IndexFunc(*list, func(other network.Rule) bool {
			return other.Defect == nil && each.Defect == nil && ruleKey(other) == ruleKey(each)
		}); k >= 0 {
			if each.ID != "" {
				(*list)[k] = each // of a resource of its own, which tells more
			}
			continue
		}
		*list = append(*list, each)
	}
}

// rulesOf reads a block of rules: one for each peer that it names. own is the group itself.
func (i *instance) rulesOf(n node, own string) []network.Rule {
	base := network.Rule{Description: n.get("description").literal(), Origin: i.origin(n.path)}
	i.traffic(&base, n, "protocol")
	whole := i.take(n.path) // faults of the traffic are of every rule of the block
	start := len(i.faults)
	var rules []network.Rule
	add := func(at node, peer func(*network.Rule) bool) {
		r := base
		if at.path != "" {
			r.Origin = i.origin(at.path)
		}
		if peer(&r) || len(i.faults) > start {
			r.Defect = i.take(at.path)
			r.PeerOnly = r.Defect != nil && whole == nil
			rules = append(rules, r)
		}
		start = len(i.faults)
	}
	open := func(path string) { // whom else the rules admit is not known
		if d := i.take(path); d != nil {
			r := base
			r.Defect, r.PeerOnly = d, whole == nil
			rules = append(rules, r)
		}
		start = len(i.faults)
	}
	blocks := func(name string) {
		list := n.get(name)
		for _, each := range list.list() {
			add(each, func(r *network.Rule) bool { r.Block = each.prefix(); return r.Block.IsValid() })
		}
		open(list.path)
	}
	blocks("cidr_blocks")
	blocks("ipv6_cidr_blocks")
	names := func(name string, set func(*network.Rule, string)) {
		list := n.get(name)
		for _, each := range list.list() {
			add(each, func(r *network.Rule) bool { id := each.identity(); set(r, id); return id != "" })
		}
		open(list.path)
	}
	names("prefix_list_ids", func(r *network.Rule, id string) { r.PrefixList = id })
	names("security_groups", func(r *network.Rule, id string) { r.Group = groupIn(id) })
	if each := n.get("source_security_group_id"); each.given() {
		add(each, func(r *network.Rule) bool { id := each.identity(); r.Group = groupIn(id); return id != "" })
	}
	if self := n.get("self"); self.yes(false) {
		add(self, func(r *network.Rule) bool { r.Group = own; return own != "" })
	} else {
		open(self.path)
	}
	if whole != nil {
		if len(rules) == 0 {
			rules = append(rules, base)
		}
		for k := range rules {
			if rules[k].Defect == nil {
				rules[k].Defect = whole
			}
		}
	}
	slices.SortStableFunc(rules, func(a, b network.Rule) int { return natural(a.Origin.Path, b.Origin.Path) })
	return rules
}

// groupIn is the identifier of a group, which may have the account that owns it in front.
func groupIn(text string) string {
	if _, id, ok := strings.Cut(text, "/"); ok {
		return id
	}
	return text
}

// traffic reads the protocol and the ports of a rule.
func (i *instance) traffic(r *network.Rule, n node, protocol string) {
	r.Protocol, r.From, r.To = -1, -1, -1
	text := n.get(protocol)
	if s := text.text(); s != "" {
		p, err := network.ParseProtocol(s)
		r.Protocol = p
		if err != nil {
			text.fault(strings.Replace(err.Error(), "has the protocol", "is", 1))
		}
	} else if text.value == nil {
		text.fault("is not set")
	}
	from, ok := n.get("from_port").number()
	if ok {
		r.From = from
	}
	to, ok := n.get("to_port").number()
	if ok {
		r.To = to
	}
	switch r.Protocol {
	case -1: // ports 0 and 0 are how one writes any
		r.From, r.To = -1, -1
	case 1, 58:
		if r.From == -1 {
			r.To = -1
		}
	case 6, 17:
		if err := network.CheckPorts(r.Protocol, r.From, r.To); err != nil {
			n.get("from_port").fault(err.Error())
		}
	}
}

// groupOf is the group that a rule of its own is for.
func (i *instance) groupOf(attribute string) *network.SecurityGroup {
	id := i.get(attribute).identity()
	if g := i.objects.groups[id]; g != nil {
		return g
	}
	i.elsewhere(attribute, id, "a rule to a group")
	if id == "" {
		return nil
	}
	g := &network.SecurityGroup{}
	i.partial(&g.Object, id)
	i.addGroup(g)
	return g
}

func (i *instance) securityGroupRule() {
	g := i.groupOf("security_group_id")
	ways := []bool{false, true} // inbound, outbound: where it is not known, it may be either
	if way := i.get("type"); way.text() != "" {
		ways = []bool{way.text() == "egress"}
	} else if !way.given() {
		way.fault("is not set")
	}
	if g == nil {
		for _, outbound := range ways {
			i.looseRule(outbound, "protocol")
		}
		return
	}
	rules := i.rulesOf(i.node, g.ID)
	for k := range rules {
		rules[k].ID = i.id()
	}
	for _, outbound := range ways {
		i.addRules(g, outbound, rules)
	}
}

func (i *instance) ingressRule() { i.singleRuleOf(false) }
func (i *instance) egressRule()  { i.singleRuleOf(true) }

func (i *instance) singleRuleOf(outbound bool) {
	g := i.groupOf("security_group_id")
	if g == nil {
		i.looseRule(outbound, "ip_protocol")
		return
	}
	i.addRules(g, outbound, i.singleRule())
}

// looseRule is a rule that may be one of any group. What traffic it is of counts where it is known.
func (i *instance) looseRule(outbound bool, protocol string) {
	r := network.Rule{ID: i.id(), Origin: i.origin(""), Defect: i.loose()}
	faults := len(i.faults)
	i.traffic(&r, i.node, protocol)
	r.PeerOnly = len(i.faults) == faults
	for _, g := range i.out.SecurityGroups {
		i.addRules(g, outbound, []network.Rule{r})
	}
}

// singleRule reads a resource that is one rule with one peer.
func (i *instance) singleRule() []network.Rule {
	r := network.Rule{ID: i.id(), Description: i.get("description").literal(), Origin: i.origin("")}
	i.traffic(&r, i.node, "ip_protocol")
	r.Defect = i.take("")
	for _, name := range []string{"cidr_ipv4", "cidr_ipv6"} {
		if n := i.get(name); n.given() {
			r.Block = n.prefix()
		}
	}
	r.PrefixList = i.get("prefix_list_id").identity()
	r.Group = groupIn(i.get("referenced_security_group_id").identity())
	if len(i.faults) == 0 && !r.Block.IsValid() && r.PrefixList == "" && r.Group == "" {
		i.fault("", "names no peer: one of cidr_ipv4, cidr_ipv6, prefix_list_id and referenced_security_group_id")
	}
	if peer := i.take(""); r.Defect == nil {
		r.Defect, r.PeerOnly = peer, peer != nil
	}
	return []network.Rule{r}
}

// defaultSecurityGroup adopts the default group of a VPC: its rules are those of the code, and no others.
func (i *instance) defaultSecurityGroup() {
	vpc := i.get("vpc_id").identity()
	id := i.objects.usualGroup[vpc]
	g := i.objects.groups[id]
	if g == nil {
		g = &network.SecurityGroup{VPC: vpc}
		i.settle(&g.Object, i.id())
		g.Name = "default"
		i.addGroup(g)
		if vpc != "" {
			i.objects.usualGroup[vpc] = g.ID
		}
	} else {
		account, region := g.Account, g.Region
		i.settle(&g.Object, id)
		g.Name, g.Account, g.Region = "default", account, region
	}
	g.Inbound, g.Outbound = nil, nil
	i.objects.groups[i.id()] = g
	i.inlineRules(g)
}

func (i *instance) securityGroupVPC() {
	g := i.groupOf("security_group_id")
	if g == nil {
		return
	}
	if vpc := i.get("vpc_id").identity(); vpc != "" && vpc != g.VPC {
		g.VPCs = append(g.VPCs, vpc)
		slices.Sort(g.VPCs)
	}
	if d := i.take(""); d != nil && g.Defect == nil {
		g.Defect = d
	}
}

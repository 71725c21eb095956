package query

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// catalog finds what a network calls by name.
type catalog struct {
	network  *network.Network
	byName   map[string][]*entry
	byGroup  map[string][]*network.Interface // by identifier of the group
	byOwner  map[network.Owner][]*network.Interface
	bySub    map[string][]*network.Interface // by subnet
	groups   map[string]*entry               // by identifier
	tiers    map[string]string               // by subnet
	tierVPCs map[string]map[string]bool      // the VPCs that have a tier
	names    map[string]string               // of VPCs that have one to themselves: identifier → name

	byBalancer map[*network.LoadBalancer][]*network.Interface // the nodes
	nodeOf     map[*network.Interface]*network.LoadBalancer
	services   map[string]*network.EndpointService // by service name
}

// entry is one thing that has a name.
type entry struct {
	kind     string // "security group", "instance", "database", …
	name     string
	ids      []string // identifiers or ARNs; several instances of one VPC may share a name, and are one thing then
	vpcs     []string
	account  string
	group    *network.SecurityGroup
	workload *network.Workload
	balancer *network.LoadBalancer
	// interfaces are those of instances and workloads; those of a group are in catalog.byGroup.
	interfaces []*network.Interface
}

// roleOf is a group name without the prefix that marks it as a role's.
func roleOf(group string) string { return strings.TrimPrefix(group, "sg-") }

func newCatalog(n *network.Network) *catalog {
	c := &catalog{
		network: n, byName: map[string][]*entry{}, byGroup: map[string][]*network.Interface{}, byOwner: map[network.Owner][]*network.Interface{},
		bySub: map[string][]*network.Interface{}, groups: map[string]*entry{}, tiers: map[string]string{}, tierVPCs: map[string]map[string]bool{}, names: map[string]string{},
		byBalancer: map[*network.LoadBalancer][]*network.Interface{}, nodeOf: map[*network.Interface]*network.LoadBalancer{}, services: map[string]*network.EndpointService{},
	}
	for _, v := range n.EndpointServices.All() {
		if v.Name != "" {
			c.services[v.Name] = v
		}
	}
	for _, i := range n.Interfaces.All() {
		for _, g := range i.Groups {
			c.byGroup[g] = append(c.byGroup[g], i)
		}
		if i.Owner.ID != "" {
			key := network.Owner{Kind: i.Owner.Kind, ID: i.Owner.ID}
			c.byOwner[key] = append(c.byOwner[key], i)
		}
		c.bySub[i.Subnet] = append(c.bySub[i.Subnet], i)
	}
	count := map[string]int{}
	for _, v := range n.VPCs.All() {
		count[v.Name]++
	}
	for _, v := range n.VPCs.All() {
		if v.Name != "" && count[v.Name] == 1 && !strings.Contains(v.Name, "/") {
			c.names[v.ID] = v.Name
		}
	}
	for _, subnet := range n.Subnets.All() {
		tier := tierOf(n, subnet)
		if tier == "" {
			continue
		}
		c.tiers[subnet.ID] = tier
		if c.tierVPCs[tier] == nil {
			c.tierVPCs[tier] = map[string]bool{}
		}
		c.tierVPCs[tier][subnet.VPC] = true
	}
	c.addBalancers()
	c.addGroups()
	c.addInstances()
	c.addWorkloads()
	return c
}

// add puts an entry under its name. A group is found with sg- in front and without: AWS refuses names that begin with it, and people
// write it all the same.
func (c *catalog) add(e *entry) {
	c.byName[e.name] = append(c.byName[e.name], e)
	if e.group == nil {
		return
	}
	for _, other := range []string{roleOf(e.name), "sg-" + roleOf(e.name)} {
		if other != e.name {
			c.byName[other] = append(c.byName[other], e)
		}
	}
}

func (c *catalog) addGroups() {
	for _, g := range c.network.SecurityGroups.All() {
		e := &entry{kind: "security group", name: g.Name, ids: []string{g.ID}, vpcs: append([]string{g.VPC}, g.VPCs...), account: g.Account, group: g}
		c.groups[g.ID] = e
		if g.Name != "" {
			c.add(e)
		}
	}
}

func (c *catalog) addInstances() {
	type key struct{ vpc, name string }
	same := map[key]*entry{}
	for _, i := range c.network.Instances.All() {
		if i.Name == "" {
			continue
		}
		e := same[key{i.VPC, i.Name}]
		if e == nil {
			e = &entry{kind: "instance", name: i.Name, vpcs: []string{i.VPC}, account: i.Account}
			same[key{i.VPC, i.Name}] = e
			c.add(e)
		}
		e.ids = append(e.ids, i.ID)
		e.interfaces = append(e.interfaces, c.ofInstance(i)...)
	}
}

func (c *catalog) addWorkloads() {
	for _, w := range c.network.Workloads.All() {
		c.add(&entry{kind: string(w.Kind), name: cmp.Or(w.Name, w.ID), ids: []string{w.ID}, vpcs: []string{w.VPC}, account: w.Account, workload: w, interfaces: c.interfaces(w.Interfaces)})
	}
	for _, b := range c.network.LoadBalancers.All() {
		c.add(&entry{kind: "load balancer", name: b.Name, ids: []string{b.ID}, vpcs: []string{b.VPC}, account: b.Account, balancer: b})
	}
}

// interfaces finds interfaces by identifier.
func (c *catalog) interfaces(ids []string) []*network.Interface {
	var found []*network.Interface
	for _, id := range ids {
		if i, ok := c.network.Interfaces.Get(id); ok {
			found = append(found, i)
		}
	}
	return found
}

// ofInstance are the interfaces of an instance, whichever side says so.
func (c *catalog) ofInstance(i *network.Instance) []*network.Interface {
	return unite(c.interfaces(i.Interfaces), c.byOwner[network.Owner{Kind: network.OwnerInstance, ID: i.ID}])
}

// unite joins lists of interfaces, sorted and each once.
func unite(lists ...[]*network.Interface) []*network.Interface {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b *network.Interface) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Compact(all)
}

// lookup are the things with a name, in any of the VPCs of a scope; a nil scope is everywhere. A thing that is in a role of the same
// name is left out: the role speaks for it. A load balancer never is, and speaks for a role that is nothing but its nodes (LB-7).
func (c *catalog) lookup(name string, scope map[string]bool) []*entry {
	var found []*entry
	for _, e := range c.byName[name] {
		if scope == nil || slices.ContainsFunc(e.vpcs, func(vpc string) bool { return scope[vpc] }) {
			found = append(found, e)
		}
	}
	if len(found) < 2 {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(e *entry) bool {
		if e.balancer != nil {
			return false
		}
		return slices.ContainsFunc(found, func(other *entry) bool {
			if e.group != nil {
				return other.balancer != nil && c.onlyNodes(e, other)
			}
			return other.group != nil && e.carries(other.group.ID)
		})
	})
}

// onlyNodes tells whether a role is the nodes of a load balancer, and nothing else.
func (c *catalog) onlyNodes(role, balancer *entry) bool {
	members := c.byGroup[role.group.ID]
	if len(members) == 0 {
		return balancer.carries(role.group.ID)
	}
	return !slices.ContainsFunc(members, func(i *network.Interface) bool { return c.nodeOf[i] != balancer.balancer })
}

// carries tells whether all that is known of an entry carries a group.
func (e *entry) carries(group string) bool {
	switch {
	case e.workload != nil && slices.Contains(e.workload.Groups, group), e.balancer != nil && slices.Contains(e.balancer.Groups, group):
		return true
	}
	return len(e.interfaces) > 0 && !slices.ContainsFunc(e.interfaces, func(i *network.Interface) bool { return !slices.Contains(i.Groups, group) })
}

// environment is the scope that the word before a slash names: a VPC by name or identifier, or an account.
func (c *catalog) environment(word string) map[string]bool {
	scope := map[string]bool{}
	for _, v := range c.network.VPCs.All() {
		if v.ID == word || v.Name == word || v.Account == word && word != "" {
			scope[v.ID] = true
		}
	}
	return scope
}

// env is the word for a VPC before a slash.
func (c *catalog) env(vpc string) string { return cmp.Or(c.names[vpc], vpc) }

// unique is the shortest selector that stands for an entry alone.
func (c *catalog) unique(e *entry) string {
	short := e.name
	if e.group != nil {
		short = roleOf(e.name)
	}
	for _, name := range []string{short, e.name} {
		if name != "" && !special(name) {
			if found := c.lookup(name, nil); len(found) == 1 && found[0] == e {
				return name
			}
		}
	}
	if len(e.vpcs) > 0 && e.vpcs[0] != "" {
		env := c.env(e.vpcs[0])
		for _, name := range []string{short, e.name} {
			if name != "" && len(c.byName[env+"/"+name]) == 0 {
				if found := c.lookup(name, c.environment(env)); len(found) == 1 && found[0] == e {
					return env + "/" + name
				}
			}
		}
	}
	if len(e.ids) == 1 {
		return e.ids[0]
	}
	return e.name
}

// special tells whether a name would be read as something else than a name.
func special(name string) bool {
	return name == "internet" || withPort.MatchString(name) || strings.HasPrefix(name, "[") || selectorKind(name) != kindName
}

// describe is a line about an entry for a list of candidates, with the selector that stands for it alone.
func (c *catalog) describe(e *entry) string {
	what := e.kind + " " + e.name
	if len(e.ids) == 1 && e.ids[0] != e.name {
		what += " (" + e.ids[0] + ")"
	} else if len(e.ids) > 1 {
		what += " (" + plural(len(e.ids), "instance") + ")"
	}
	if len(e.vpcs) > 0 && e.vpcs[0] != "" {
		what += " in " + c.vpcLabel(e.vpcs[0])
	}
	return pad(c.unique(e), 30) + "  " + what
}

func (c *catalog) vpcLabel(id string) string {
	if v, ok := c.network.VPCs.Get(id); ok {
		return v.Label()
	}
	return id
}

func pad(text string, width int) string {
	if n := width - len(text); n > 0 {
		return text + strings.Repeat(" ", n)
	}
	return text
}

// hasARN tells whether something of the network is identified by an ARN.
func (c *catalog) hasARN(arn string) bool {
	_, workload := c.network.Workloads.Index(arn)
	_, balancer := c.network.LoadBalancers.Index(arn)
	return workload || balancer
}

// all are the selectors by name that a person would write, sorted.
func (c *catalog) all() []string {
	set := map[string]bool{"internet": true}
	for _, entries := range c.byName {
		for _, e := range entries {
			set[c.unique(e)] = true
		}
	}
	for name := range c.services {
		set[name] = true
	}
	for _, subnet := range c.network.Subnets.All() {
		if tier := c.tierLabel(subnet.ID); tier != "" {
			set[tier] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

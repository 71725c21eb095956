package tfplan

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

func workloadTypes() map[string]kind {
	types := map[string]kind{
		"aws_launch_template":           {tied, (*instance).idleTemplate},
		"aws_launch_configuration":      {whole, ignore},
		"aws_autoscaling_group":         {member, (*instance).autoscalingGroup},
		"aws_spot_fleet_request":        {member, (*instance).spotFleet},
		"aws_ec2_fleet":                 {member, (*instance).ec2Fleet},
		"aws_ecs_cluster":               {whole, ignore},
		"aws_ecs_service":               {member, (*instance).ecsService},
		"aws_ecs_task_set":              {member, (*instance).ecsService},
		"aws_eks_cluster":               {added, (*instance).eksCluster},
		"aws_eks_node_group":            {member, (*instance).eksNodeGroup},
		"aws_eks_fargate_profile":       {member, (*instance).eksFargate},
		"aws_emr_cluster":               {member, (*instance).emrCluster},
		"aws_rds_cluster":               {member, (*instance).databaseCluster},
		"aws_rds_cluster_instance":      {member, (*instance).databaseOfCluster},
		"aws_docdb_cluster":             {member, (*instance).databaseCluster},
		"aws_docdb_cluster_instance":    {member, (*instance).databaseOfCluster},
		"aws_neptune_cluster":           {member, (*instance).databaseCluster},
		"aws_neptune_cluster_instance":  {member, (*instance).databaseOfCluster},
		"aws_elasticache_cluster":       {member, (*instance).cacheCluster},
		"aws_route53_resolver_endpoint": {member, (*instance).resolverEndpoint},
	}
	for _, name := range subnetGroups {
		types[name] = kind{whole, ignore}
	}
	for name, s := range shapes {
		types[name] = kind{member, func(i *instance) { i.workload(s) }}
	}
	return types
}

// cast is what has been made so far of workloads, load balancers and endpoints, for what names them.
type cast struct {
	balancers     map[string]*network.LoadBalancer // by ARN; those of 2012 by name
	targets       map[string]*network.TargetGroup
	fleets        map[string]*fleet              // by whatever names it
	templates     map[string]bool                // launch templates in use, by address
	staffed       map[*network.LoadBalancer]bool // those of 2012 that have the instances of a fleet
	listenerRules []listenerRule
	registrations []registration
	sources       map[string]*network.LoadBalancer // by the group that stands for their nodes
	zones         map[string]*network.HostedZone
	public        map[string]bool                  // hosted zones that are public
	lost          map[*network.HostedZone][]string // names of records that are not known
	doors         map[string]*door                 // endpoints
	accepted      map[string]bool                  // endpoints
	clusters      map[*network.Workload]*instance  // of databases: their cluster
	later         []func()
}

// crew is the cast of a reader.
func (r *reader) crew() *cast {
	if r.cast == nil {
		r.cast = &cast{map[string]*network.LoadBalancer{}, map[string]*network.TargetGroup{}, map[string]*fleet{}, map[string]bool{}, map[*network.LoadBalancer]bool{}, nil, nil,
			map[string]*network.LoadBalancer{}, map[string]*network.HostedZone{}, map[string]bool{}, map[*network.HostedZone][]string{}, map[string]*door{}, map[string]bool{},
			map[*network.Workload]*instance{}, nil}
	}
	return r.cast
}

// later does something after all instances were read, and before interfaces get addresses.
func (r *reader) later(do func()) { c := r.crew(); c.later = append(c.later, do) }

// finishInterfaces makes the interfaces that hang on what is read last.
func (r *reader) finishInterfaces() {
	for _, do := range r.crew().later {
		do()
	}
}

// gather are the identifiers at paths, sorted, without what is left to AWS.
func (i *instance) gather(paths string) []string {
	var all []string
	for path := range strings.FieldsSeq(paths) {
		for _, leaf := range i.at(path) {
			all = append(all, given(leaf, false)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// borrow are the identifiers at paths of another instance. What is not known there is a fault of this one, at the path that names the other.
func (i *instance) borrow(other *instance, paths, at string) []string {
	for path := range strings.FieldsSeq(paths) {
		if slices.ContainsFunc(other.at(path), node.hole) {
			i.fault(at, "is "+other.address+", of which "+path+" is not known before the plan is applied")
			return nil
		}
	}
	return other.gather(paths)
}

// named finds a resource of a type by any of its attributes: one of the same account and Region where others have that name too; nil where there is none, or
// several.
func (i *instance) named(typ, text string, attributes ...string) *instance {
	if text == "" {
		return nil
	}
	var all []*instance
	for _, each := range i.byType[typ] {
		for _, name := range attributes {
			n := each.get(name)
			if (n.peek() == text || n.value != nil && !n.hole() && each.attribute(name) == text) && !slices.Contains(all, each) {
				all = append(all, each)
			}
		}
	}
	if len(all) > 1 {
		here := i.reader.place(i)
		all = slices.DeleteFunc(all, func(each *instance) bool { return i.reader.place(each) != here })
	}
	if len(all) != 1 {
		return nil
	}
	return all[0]
}

// peek is the identifier that is known, or a placeholder; without a fault.
func (n node) peek() string {
	if c, ok := n.value.(chosen); ok {
		return c.text
	}
	return n.literal()
}

// called is what people call something: the name that AWS has for it, what its name begins with, its Name tag, or the name of the resource.
func (i *instance) called(attribute string) string {
	if attribute == "" {
		attribute = "name"
	}
	for _, n := range []node{i.get(attribute), i.get("name"), i.get("identifier")} {
		if s := n.literal(); s != "" {
			return s[strings.LastIndexByte(s, '/')+1:]
		}
	}
	for _, n := range []node{i.get(attribute + "_prefix"), i.get("name_prefix"), i.get("identifier_prefix")} {
		if s := strings.TrimRight(n.literal(), "-_."); s != "" {
			return s
		}
	}
	for _, tags := range []string{"tags_all", "tags"} {
		if s := i.get(tags).get("Name").literal(); s != "" {
			return s
		}
	}
	return i.name
}

// identifier is the ARN, for types that have one, or the identifier.
func (i *instance) identifier() string {
	if all, ok := i.value.(map[string]any); ok {
		if v, ok := all["arn"]; ok && v != nil {
			return i.arn()
		}
	}
	return i.id()
}

// placement is where something has interfaces.
type placement struct {
	subnets, groups []string
	vpc             string
	// unplaced tells that not all subnets are known.
	unplaced bool
}

// workload makes a workload of a resource, with an interface in every subnet that it may use.
func (i *instance) workload(s shape) {
	p, ok := i.placed(s)
	if !ok {
		return
	}
	i.groupsOf(s, &p)
	public := s.public != "" && slices.ContainsFunc(i.at(s.public), func(n node) bool {
		if _, list := n.value.([]any); list {
			return len(n.list()) > 0
		}
		return n.perhaps()
	})
	i.staff(s, p, public)
}

// placed are the subnets of a resource. Not ok: it is in no VPC.
func (i *instance) placed(s shape) (p placement, ok bool) {
	before := len(i.faults)
	p.subnets = i.gather(s.subnets)
	p.unplaced = len(i.faults) > before
	if s.within != "" {
		name := i.at(s.within)
		var group string
		if len(name) > 0 && name[0].given() {
			group = name[0].text()
		}
		if source := i.get("replicate_source_db"); (group == "" || group == "default") && source.given() { // a replica is where its source is
			if of := i.named(i.typ, source.identity(), "identifier", "id", "arn"); of != nil && of != i {
				p.subnets = i.borrowPlace(of, s, "replicate_source_db")
				p.unplaced = p.subnets == nil
				p.vpc = i.vpcAmong(p.subnets)
				return p, true
			}
		}
		switch set := i.subnetGroup(s.withinType, group); {
		case len(i.faults) > before:
		case group == "" || group == "default":
			i.nowhere(s.within)
		case set == nil:
			i.fault(s.within, "is "+group+", a subnet group that is not in the plan: in which subnets it is, is not known")
		default:
			p.subnets = i.borrow(set, "subnet_ids", s.within)
		}
		p.unplaced = len(i.faults) > before
	} else if len(p.subnets) == 0 && !p.unplaced {
		if s.outside {
			return p, false
		}
		i.nowhere(strings.Fields(s.subnets + " subnet_ids")[0])
		p.unplaced = true
	}
	p.vpc = i.vpcAmong(p.subnets)
	return p, true
}

// nowhere notes that the default VPC is meant, of which the plan knows nothing.
func (i *instance) nowhere(attribute string) {
	i.fault(attribute, "is not set: AWS then uses the default VPC, and its subnets are not in the plan")
}

// subnetGroup finds a subnet group. AWS keeps their names in lower case.
func (i *instance) subnetGroup(typ, name string) *instance {
	types := []string{typ}
	if database := []string{"aws_db_subnet_group", "aws_docdb_subnet_group", "aws_neptune_subnet_group"}; slices.Contains(database, typ) { // AWS has one kind for all
		types = database
	}
	for _, typ := range types {
		for _, name := range []string{name, strings.ToLower(name)} {
			if g := i.named(typ, name, "name", "id", "replication_subnet_group_id"); g != nil {
				return g
			}
		}
	}
	return nil
}

// vpcAmong is the VPC of the first subnet that is known.
func (r *reader) vpcAmong(subnets []string) string {
	for _, id := range subnets {
		if vpc := r.vpcOf(id); vpc != "" {
			return vpc
		}
	}
	return ""
}

// groupsOf finds the groups that a resource gives to its interfaces, or that AWS does.
func (i *instance) groupsOf(s shape, p *placement) {
	before := len(i.faults)
	p.groups = i.gather(s.groups)
	if s.own != "" {
		id := i.attribute(s.own)
		if !strings.HasPrefix(id, "sg-") { // AWS does not even tell which
			id = i.made(i.address, "aws_security_group", "id")
		}
		i.unknownGroup(id, p.vpc)
		p.groups = append(p.groups, id)
		slices.Sort(p.groups)
		return
	}
	if len(p.groups) == 0 && len(i.faults) == before && !s.bare {
		p.groups = i.usualGroups(p.vpc, strings.Fields(s.groups + " security_group_ids")[0])
	}
}

// usualGroups is the default group of a VPC. It is a fault that it is not known.
func (i *instance) usualGroups(vpc, attribute string) []string {
	groups := i.groupsOr(nil, vpc)
	if len(groups) == 0 && vpc != "" {
		i.fault(attribute, "is not set: that is the default security group of "+vpc+", which is not in the plan")
	}
	return groups
}

// unknownGroup is a group that AWS makes for a service, and keeps the rules of.
func (i *instance) unknownGroup(id, vpc string) {
	if g := i.objects.groups[id]; g != nil {
		if g.Partial { // a rule was added to it
			g.VPC, g.Partial = vpc, false
		}
		return
	}
	g := &network.SecurityGroup{VPC: vpc}
	i.like(&g.Object, id, i.called("")+" (made by AWS)")
	g.Defect = &network.Defect{Reason: "AWS makes this group for " + i.address + ", and which rules it gives it, the plan does not say", Origin: g.Origin}
	i.addGroup(g)
}

// staff makes the workload, and its interfaces.
func (i *instance) staff(s shape, p placement, public bool) *network.Workload {
	w := &network.Workload{Kind: cmp.Or(s.kind, network.OwnerService), VPC: p.vpc, Groups: p.groups, Subnets: p.subnets}
	w.Name = i.called(s.name)
	id := i.identifier()
	typ := cmp.Or(s.typ, network.TypeInterface)
	for _, subnet := range somewhere(p.subnets, p.unplaced) {
		f := i.face(i.faceID(subnet), "", subnet, p.groups, typ, network.Owner{Kind: w.Kind, ID: id, Sure: true})
		w.Interfaces = append(w.Interfaces, f.ID)
		if s.address != "" && len(p.subnets) == 1 && !p.unplaced {
			n := i.get(s.address)
			if a := n.placeholderAddress(); n.given() && a.IsValid() {
				f.Addresses = append(f.Addresses, network.Address{IP: a})
				i.objects.taken[a] = true
			} else {
				i.await(f, a)
			}
		} else {
			i.await(f, netip.Addr{})
		}
		if typ == network.TypeLambda {
			f.Open.IPv6 = f.Open.IPv6 && i.block("vpc_config").get("ipv6_allowed_for_dual_stack").yes(false)
		}
		f.Open.Public = public && f.Open.IPv4
	}
	slices.Sort(w.Interfaces)
	i.enlist(w, id)
	return w
}

// somewhere are subnets, and one that is not known where there may be others: an interface in it may be in any, see [reader.spread].
func somewhere(subnets []string, unplaced bool) []string {
	if unplaced {
		return append(slices.Clone(subnets), "")
	}
	return subnets
}

// faceID is the identifier of an interface that the instance has in a subnet.
func (i *instance) faceID(subnet string, more ...string) string {
	return i.madeIn(subnet, "aws_network_interface", more...)
}

// madeIn is an identifier for something of the instance that is in a subnet. People read the address of the subnet in it.
func (i *instance) madeIn(subnet, typ string, more ...string) string {
	id := i.made(strings.Join(append([]string{i.address, subnet}, more...), "/"), typ, "id")
	where := cmp.Or(subnet, "somewhere")
	if s := i.objects.subnets[subnet]; s != nil && s.Address != "" {
		where = s.Address
	}
	i.invented(id, strings.Join(append([]string{i.address, where}, more...), "/"))
	return id
}

// enlist settles a workload. What is not understood of it is not understood of its interfaces.
func (i *instance) enlist(w *network.Workload, id string) {
	i.settle(&w.Object, id)
	for _, face := range w.Interfaces {
		if f := i.objects.interfaces[face]; f != nil && f.Defect == nil {
			f.Defect = w.Defect
		}
	}
	i.out.Workloads = append(i.out.Workloads, w)
}

// cacheCluster is a cache of its own, or one of a replication group, which speaks for it.
func (i *instance) cacheCluster() {
	if n := i.get("replication_group_id"); n.given() {
		return
	}
	i.workload(shape{kind: network.OwnerCache, name: "cluster_id", within: "subnet_group_name", withinType: "aws_elasticache_subnet_group", groups: "security_group_ids"})
}

// resolverEndpoint has an interface for each address that it names.
func (i *instance) resolverEndpoint() {
	s := shape{subnets: "ip_address.subnet_id", groups: "security_group_ids"}
	p, ok := i.placed(s)
	if !ok {
		return
	}
	i.groupsOf(s, &p)
	w := &network.Workload{Kind: network.OwnerService, VPC: p.vpc, Groups: p.groups, Subnets: p.subnets}
	w.Name = i.called("name")
	id := i.identifier()
	seen := map[string]int{}
	for _, n := range i.get("ip_address").list() {
		subnet := n.get("subnet_id").peek()
		seen[subnet]++
		face := i.faceID(subnet)
		if n := seen[subnet]; n > 1 {
			face = i.faceID(subnet, strconv.Itoa(n))
		}
		f := i.face(face, "", subnet, p.groups, network.TypeInterface, network.Owner{Kind: network.OwnerService, ID: id, Sure: true})
		w.Interfaces = append(w.Interfaces, f.ID)
		if ip := n.get("ip"); ip.given() && ip.known() {
			if a := ip.address(); a.IsValid() {
				f.Addresses = append(f.Addresses, network.Address{IP: a})
				i.objects.taken[a] = true
			}
			continue
		}
		i.await(f, n.get("ip").placeholderAddress())
	}
	slices.Sort(w.Interfaces)
	i.enlist(w, id)
}

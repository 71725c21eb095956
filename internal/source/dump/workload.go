package dump

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// workload adds one, and takes over what the record says of it under "Watertight".
func (e *element) workload(kind network.OwnerKind, name, vpc string, groups, subnets []string) *network.Workload {
	w := &network.Workload{Kind: kind, VPC: e.share(vpc), Groups: e.shareAll(groups), Subnets: e.shareAll(subnets)}
	w.Name = name
	e.out.Workloads = append(e.out.Workloads, w)
	return w
}

// also takes over what AWS's answers have no words for.
func also(w *network.Workload, x *extra) {
	if x != nil {
		w.Kind = cmp.Or(x.Kind, w.Kind)
		w.Interfaces, w.Guessed = x.Interfaces, x.Guessed
	}
}

// more marks a record with what AWS's answers have no words for, for the kind that a record's list stands for.
func more(w *network.Workload, usual network.OwnerKind) *extra {
	x := flaw(w.Defect)
	if len(w.Interfaces) == 0 && !w.Guessed && w.Kind == usual {
		return x
	}
	if x == nil {
		x = &extra{}
	}
	x.Interfaces, x.Guessed = w.Interfaces, w.Guessed
	if w.Kind != usual {
		x.Kind = w.Kind
	}
	return x
}

// database is a DBInstance of the RDS API.
type database struct {
	DBInstanceIdentifier string
	DBInstanceArn        string
	VpcSecurityGroups    []databaseGroup
	DBSubnetGroup        subnetGroup
	TagList              []tag  `json:",omitzero"`
	Watertight           *extra `json:",omitzero"`
}

type databaseGroup struct{ VpcSecurityGroupId string }

// subnetGroup is a DBSubnetGroup of the RDS API.
type subnetGroup struct {
	DBSubnetGroupName string `json:",omitzero"`
	VpcId             string
	Subnets           []groupSubnet
}

type groupSubnet struct{ SubnetIdentifier string }

// cacheCluster is a CacheCluster of the ElastiCache API.
type cacheCluster struct {
	CacheClusterId       string
	ARN                  string
	SecurityGroups       []cacheGroup
	CacheSubnetGroupName string
	record
}

type cacheGroup struct{ SecurityGroupId string }

// cacheSubnetGroup is a CacheSubnetGroup of the ElastiCache API.
type cacheSubnetGroup struct {
	CacheSubnetGroupName string
	VpcId                string
	Subnets              []groupSubnet
}

func subnetNames(list []groupSubnet) []string {
	return pick(list, func(s groupSubnet) string { return s.SubnetIdentifier })
}

func toSubnet(id string) groupSubnet { return groupSubnet{id} }

// assembleDatabases joins databases and caches with their subnet groups.
func (d *dump) assembleDatabases(all *part) {
	type named struct {
		place
		name string
	}
	databases, caches := map[named]subnetGroup{}, map[named]cacheSubnetGroup{}
	for _, g := range all.DatabaseSubnets {
		databases[named{g.Element.file.place, g.Record.DBSubnetGroupName}] = g.Record
	}
	for _, g := range all.CacheSubnets {
		caches[named{g.Element.file.place, g.Record.CacheSubnetGroupName}] = g.Record
	}
	for i := range all.Databases {
		r, e := all.Databases[i].open(all)
		g := r.DBSubnetGroup
		if len(g.Subnets) == 0 && g.VpcId == "" {
			g = databases[named{e.file.place, g.DBSubnetGroupName}]
		}
		w := e.workload(network.OwnerDatabase, r.DBInstanceIdentifier, g.VpcId,
			pick(r.VpcSecurityGroups, func(g databaseGroup) string { return g.VpcSecurityGroupId }), subnetNames(g.Subnets))
		also(w, r.Watertight)
		e.settle(&w.Object, "DBInstanceArn", cmp.Or(r.DBInstanceArn, r.DBInstanceIdentifier), "", &record{r.TagList, r.Watertight})
	}
	for i := range all.CacheClusters {
		r, e := all.CacheClusters[i].open(all)
		g := caches[named{e.file.place, r.CacheSubnetGroupName}]
		w := e.workload(network.OwnerCache, r.CacheClusterId, g.VpcId, pick(r.SecurityGroups, func(g cacheGroup) string { return g.SecurityGroupId }), subnetNames(g.Subnets))
		also(w, r.Watertight)
		e.settle(&w.Object, "ARN", cmp.Or(r.ARN, r.CacheClusterId), "", &r.record)
	}
}

func writeDatabase(w *network.Workload) database {
	return database{DBInstanceIdentifier: w.Name, DBInstanceArn: w.ID, VpcSecurityGroups: pick(w.Groups, func(id string) databaseGroup { return databaseGroup{id} }),
		DBSubnetGroup: subnetGroup{VpcId: w.VPC, Subnets: pick(w.Subnets, toSubnet)}, TagList: tags(&w.Object, false), Watertight: more(w, network.OwnerDatabase)}
}

func writeCacheCluster(w *network.Workload) cacheCluster {
	return cacheCluster{CacheClusterId: w.Name, ARN: w.ID, SecurityGroups: pick(w.Groups, func(id string) cacheGroup { return cacheGroup{id} }),
		CacheSubnetGroupName: "of " + w.ID, record: record{tags(&w.Object, false), more(w, network.OwnerCache)}}
}

func writeCacheSubnetGroup(w *network.Workload) cacheSubnetGroup {
	return cacheSubnetGroup{CacheSubnetGroupName: "of " + w.ID, VpcId: w.VPC, Subnets: pick(w.Subnets, toSubnet)}
}

// function is a FunctionConfiguration of the Lambda API.
type function struct {
	FunctionName string
	FunctionArn  string
	VpcConfig    *functionNetwork `json:",omitzero"`
	record
}

type functionNetwork struct {
	VpcId            string
	SubnetIds        []string
	SecurityGroupIds []string
}

func readFunction(e *element, r *function) {
	c := r.VpcConfig
	if (c == nil || len(c.SubnetIds) == 0) && len(e.faults) == 0 && r.Watertight == nil {
		return // not in a VPC
	}
	if c == nil {
		c = &functionNetwork{}
	}
	w := e.workload(network.OwnerFunction, r.FunctionName, c.VpcId, c.SecurityGroupIds, c.SubnetIds)
	also(w, r.Watertight)
	e.settle(&w.Object, "FunctionArn", cmp.Or(r.FunctionArn, r.FunctionName), "", &r.record)
}

func writeFunction(w *network.Workload) function {
	r := function{FunctionName: w.Name, FunctionArn: w.ID, VpcConfig: &functionNetwork{w.VPC, w.Subnets, w.Groups}, record: record{tags(&w.Object, false), more(w, network.OwnerFunction)}}
	if len(w.Subnets) == 0 && r.Watertight == nil {
		r.Watertight = &extra{Kind: network.OwnerFunction}
	}
	return r
}

// domain is a DomainStatus of the OpenSearch API, and of the Elasticsearch API.
type domain struct {
	DomainName string
	ARN        string
	VPCOptions *domainNetwork `json:",omitzero"`
	record
}

type domainNetwork struct {
	VPCId            string
	SubnetIds        []string
	SecurityGroupIds []string
}

func readDomain(e *element, r *domain) {
	c := r.VPCOptions
	if (c == nil || len(c.SubnetIds) == 0) && len(e.faults) == 0 {
		return // not in a VPC
	}
	if c == nil {
		c = &domainNetwork{}
	}
	w := e.workload(network.OwnerService, r.DomainName, c.VPCId, c.SecurityGroupIds, c.SubnetIds)
	also(w, r.Watertight)
	e.settle(&w.Object, "ARN", cmp.Or(r.ARN, r.DomainName), "", &r.record)
}

// service is a service of the ECS API, which writes its keys in lower case.
type service struct {
	ServiceArn           string          `json:"serviceArn"`
	ServiceName          string          `json:"serviceName"`
	NetworkConfiguration *serviceNetwork `json:"networkConfiguration,omitzero"`
	LowerTags            []lowerTag      `json:"tags,omitzero"`
	VpcId                string          `json:",omitzero"` // not AWS's: of what [Write] knows more of
	Watertight           *extra          `json:",omitzero"`
}

type serviceNetwork struct {
	AwsvpcConfiguration awsvpc `json:"awsvpcConfiguration"`
}

type awsvpc struct {
	Subnets        []string `json:"subnets"`
	SecurityGroups []string `json:"securityGroups"`
}

type lowerTag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func readService(e *element, r *service) {
	if r.NetworkConfiguration == nil && len(e.faults) == 0 && r.Watertight == nil {
		return // its tasks have the interfaces of the instances they run on
	}
	c := &serviceNetwork{}
	if r.NetworkConfiguration != nil {
		c = r.NetworkConfiguration
	}
	w := e.workload(network.OwnerService, r.ServiceName, r.VpcId, c.AwsvpcConfiguration.SecurityGroups, c.AwsvpcConfiguration.Subnets)
	also(w, r.Watertight)
	e.settle(&w.Object, "serviceArn", r.ServiceArn, "", &record{pick(r.LowerTags, func(t lowerTag) tag { return tag(t) }), r.Watertight})
}

func writeService(w *network.Workload) service {
	r := service{ServiceArn: w.ID, ServiceName: w.Name, NetworkConfiguration: &serviceNetwork{awsvpc{w.Subnets, w.Groups}}, VpcId: w.VPC,
		LowerTags: pick(tags(&w.Object, false), func(t tag) lowerTag { return lowerTag(t) }), Watertight: more(w, network.OwnerService)}
	return r
}

// task is a task of the ECS API: it tells whose an interface is.
type task struct {
	TaskArn     string           `json:"taskArn"`
	ClusterArn  string           `json:"clusterArn"`
	Group       string           `json:"group"` // "service:NAME"
	Attachments []taskAttachment `json:"attachments"`
}

type taskAttachment struct {
	Type    string       `json:"type"`
	Details []taskDetail `json:"details"`
}

type taskDetail struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (t *task) interfaces() []string {
	var ids []string
	for _, a := range t.Attachments {
		for _, d := range a.Details {
			if d.Name == "networkInterfaceId" && d.Value != "" {
				ids = append(ids, d.Value)
			}
		}
	}
	return ids
}

// service is the ARN of the service that runs a task, or of the task itself.
func (t *task) service() string {
	name, ok := strings.CutPrefix(t.Group, "service:")
	if _, cluster, found := strings.Cut(t.ClusterArn, ":cluster/"); ok && found {
		return strings.TrimSuffix(t.ClusterArn, "cluster/"+cluster) + "service/" + cluster + "/" + name
	}
	return t.TaskArn
}

// assembleTasks gives services their interfaces.
func (d *dump) assembleTasks(all *part) {
	if len(all.Tasks) == 0 {
		return
	}
	services := map[string]*network.Workload{}
	for _, w := range all.Workloads {
		services[w.ID] = w
	}
	for i := range all.Tasks {
		r, e := all.Tasks[i].open(all)
		w := services[r.service()]
		if w == nil && len(r.interfaces()) > 0 {
			w = e.workload(network.OwnerService, r.Group, "", nil, nil)
			e.settle(&w.Object, "taskArn", r.service(), "", nil)
			services[w.ID] = w
		}
		if w != nil {
			w.Interfaces = append(w.Interfaces, r.interfaces()...)
			slices.Sort(w.Interfaces)
			w.Interfaces = slices.Compact(w.Interfaces)
		}
	}
}

// cluster is a cluster of the EKS API: its control plane has interfaces in the VPC.
type cluster struct {
	Name               string            `json:"name"`
	Arn                string            `json:"arn"`
	ResourcesVpcConfig clusterNetwork    `json:"resourcesVpcConfig"`
	MapTags            map[string]string `json:"tags,omitzero"`
	Watertight         *extra            `json:",omitzero"`
}

type clusterNetwork struct {
	VpcId                  string   `json:"vpcId"`
	SubnetIds              []string `json:"subnetIds"`
	SecurityGroupIds       []string `json:"securityGroupIds"`
	ClusterSecurityGroupId string   `json:"clusterSecurityGroupId,omitzero"`
}

func readCluster(e *element, r *cluster) {
	c := r.ResourcesVpcConfig
	w := e.workload(network.OwnerService, r.Name, c.VpcId, append(c.SecurityGroupIds, c.ClusterSecurityGroupId), c.SubnetIds)
	also(w, r.Watertight)
	var tags []tag
	for _, key := range slices.Sorted(maps.Keys(r.MapTags)) {
		tags = append(tags, tag{key, r.MapTags[key]})
	}
	e.settle(&w.Object, "arn", r.Arn, "", &record{tags, r.Watertight})
}

func writeCluster(w *network.Workload) cluster {
	r := cluster{Name: w.Name, Arn: w.ID, ResourcesVpcConfig: clusterNetwork{VpcId: w.VPC, SubnetIds: w.Subnets, SecurityGroupIds: w.Groups}, Watertight: more(w, network.OwnerService)}
	if len(w.Tags) > 0 {
		r.MapTags = map[string]string{}
		for _, t := range w.Tags {
			r.MapTags[t.Key] = t.Value
		}
	}
	return r
}

func writeDomain(w *network.Workload) domain {
	return domain{DomainName: w.Name, ARN: w.ID, VPCOptions: &domainNetwork{w.VPC, w.Subnets, w.Groups}, record: record{tags(&w.Object, false), more(w, network.OwnerService)}}
}

// listOf is the list that a workload is written to.
func listOf(w *network.Workload) string {
	switch w.Kind {
	case network.OwnerDatabase:
		return "DBInstances"
	case network.OwnerCache:
		return "CacheClusters"
	case network.OwnerFunction:
		return "Functions"
	}
	switch {
	case strings.Contains(w.ID, ":eks:"):
		return "EksClusters"
	case strings.Contains(w.ID, ":es:") && len(w.Subnets) > 0:
		return "DomainStatusList"
	}
	return "services"
}

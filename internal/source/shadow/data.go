package shadow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// ReadDataSource answers what can be computed; then what the same run plans; then what Config.Lookup knows; and the rest with placeholders.
func (p *provider) ReadDataSource(ctx context.Context, r *tfprotov5.ReadDataSourceRequest) (*tfprotov5.ReadDataSourceResponse, error) {
	out := &tfprotov5.ReadDataSourceResponse{}
	s, ok := p.schema.DataSources[r.TypeName]
	if !ok {
		out.Diagnostics = failed(lacks(p.source, "data source", r.TypeName))
		return out, nil
	}
	x, err := decode(r.Config, s.Block)
	if err != nil {
		out.Diagnostics = failed(err)
		return out, nil
	}
	set := p.settingsOf(ctx)
	asked := arguments(x, s.Block)
	if a := attribute(s.Block, "region"); a != nil && a.Optional && a.Computed && x["region"] == nil && p.source == schema.AWSSource {
		x["region"] = set.region
	}
	f := p.filling(set, "data."+r.TypeName, s.Block, x)
	f.seed = hash(f.typ, f.account, f.region, canonical(x))

	computed, err := p.compute(f, r.TypeName, set)
	if err != nil {
		out.Diagnostics = failed(err)
		return out, nil
	}
	answered := computed != nil
	known := computed
	if !answered {
		if known = p.planned(r.TypeName, x); known == nil {
			known, _ = p.config.Lookup(p.source, r.TypeName, asked, f.account, f.region)
		}
		answered = known != nil
	}
	for _, a := range s.Block.Attributes {
		if v, ok := known[a.Name]; ok && x[a.Name] == nil {
			x[a.Name] = clone(v)
		}
	}
	for _, n := range s.Block.BlockTypes {
		if v, ok := known[n.TypeName]; ok && empty(x[n.TypeName]) {
			x[n.TypeName] = clone(v)
		}
	}
	f.all()
	p.book.keep(&object{typ: f.typ, account: f.account, region: f.region, values: x})
	if len(f.placeholders) > 0 || !answered && len(f.chosen) > 0 && !certain[r.TypeName] {
		id := str(x["id"])
		p.book.lookup(Lookup{
			Provider: p.source, Type: r.TypeName, Config: asked, ID: id, Placeholders: f.placeholders, Chosen: f.chosen,
			Account: f.account, Region: f.region, Answered: answered,
		})
	}
	if out.State, err = encode(x, s.Block); err != nil {
		out.Diagnostics = failed(err)
	}
	return out, nil
}

// certain are data sources that are computed by templates alone: they ask nothing of AWS that the configuration does not tell.
var certain = map[string]bool{
	"aws_caller_identity": true, "aws_region": true, "aws_partition": true, "aws_elb_hosted_zone_id": true, "aws_lb_hosted_zone_id": true,
}

// arguments are what a configuration sets.
func arguments(x map[string]any, b *tfprotov5.SchemaBlock) map[string]any {
	out := map[string]any{}
	for k, v := range x {
		if n := slices.IndexFunc(b.BlockTypes, func(n *tfprotov5.SchemaNestedBlock) bool { return n.TypeName == k }); n >= 0 {
			if k != "timeouts" && !empty(v) {
				out[k] = clone(v)
			}
			continue
		}
		if v != nil {
			out[k] = clone(v)
		}
	}
	return out
}

// --- what the same run plans ---

// found says by which argument a data source finds a resource, and which attribute of the resource that is.
type found struct{ argument, resource, attribute string }

// finders are those where argument and attribute are not both id, arn or name.
var finders = map[string][]found{
	"aws_vpc":                             {{"id", "aws_vpc", "id"}, {"id", "aws_default_vpc", "id"}},
	"aws_subnet":                          {{"id", "aws_subnet", "id"}, {"id", "aws_default_subnet", "id"}},
	"aws_security_group":                  {{"id", "aws_security_group", "id"}, {"id", "aws_default_security_group", "id"}},
	"aws_route_table":                     {{"route_table_id", "aws_route_table", "id"}, {"route_table_id", "aws_default_route_table", "id"}},
	"aws_instance":                        {{"instance_id", "aws_instance", "id"}},
	"aws_eip":                             {{"id", "aws_eip", "id"}, {"public_ip", "aws_eip", "public_ip"}},
	"aws_nat_gateway":                     {{"id", "aws_nat_gateway", "id"}, {"subnet_id", "aws_nat_gateway", "subnet_id"}},
	"aws_internet_gateway":                {{"internet_gateway_id", "aws_internet_gateway", "id"}},
	"aws_db_instance":                     {{"db_instance_identifier", "aws_db_instance", "identifier"}},
	"aws_rds_cluster":                     {{"cluster_identifier", "aws_rds_cluster", "cluster_identifier"}},
	"aws_ecs_cluster":                     {{"cluster_name", "aws_ecs_cluster", "name"}},
	"aws_s3_bucket":                       {{"bucket", "aws_s3_bucket", "bucket"}},
	"aws_kms_key":                         {{"key_id", "aws_kms_key", "key_id"}, {"key_id", "aws_kms_key", "arn"}},
	"aws_secretsmanager_secret_version":   {{"secret_id", "aws_secretsmanager_secret_version", "secret_id"}},
	"aws_route53_zone":                    {{"zone_id", "aws_route53_zone", "zone_id"}},
	"aws_acm_certificate":                 {{"domain", "aws_acm_certificate", "domain_name"}},
	"aws_efs_file_system":                 {{"file_system_id", "aws_efs_file_system", "id"}},
	"aws_lambda_function":                 {{"function_name", "aws_lambda_function", "function_name"}},
	"aws_vpc_ipam_pool":                   {{"ipam_pool_id", "aws_vpc_ipam_pool", "id"}},
	"aws_eks_node_group":                  {{"node_group_name", "aws_eks_node_group", "node_group_name"}},
	"aws_vpc_endpoint_service":            {{"service_name", "aws_vpc_endpoint_service", "service_name"}},
	"aws_opensearch_domain":               {{"domain_name", "aws_opensearch_domain", "domain_name"}},
	"aws_elasticache_replication_group":   {{"replication_group_id", "aws_elasticache_replication_group", "replication_group_id"}},
	"aws_elasticache_cluster":             {{"cluster_id", "aws_elasticache_cluster", "cluster_id"}},
	"aws_ecs_task_definition":             {{"task_definition", "aws_ecs_task_definition", "arn"}, {"task_definition", "aws_ecs_task_definition", "family"}},
	"aws_ec2_transit_gateway_route_table": {{"id", "aws_ec2_transit_gateway_route_table", "id"}},
}

// renamed are attributes that a data source calls otherwise than the resource.
var renamed = map[string]map[string]string{
	"aws_route_table": {"route_table_id": "id", "routes": "route"},
	"aws_eip":         {"association_id": "association_id"},
	"aws_db_instance": {"db_instance_arn": "arn", "db_subnet_group": "db_subnet_group_name", "vpc_security_groups": "vpc_security_group_ids"},
	"aws_ecs_cluster": {"cluster_name": "name"},
	"aws_instance":    {"instance_id": "id", "network_interface_id": "primary_network_interface_id"},
}

// planned is the resource that a data source asks for, if this run plans it. Names count as well as identifiers: code passes both by reference.
func (p *provider) planned(typ string, x map[string]any) map[string]any {
	var r map[string]any
	for _, f := range append(slices.Clone(finders[typ]), found{"id", typ, "id"}, found{"arn", typ, "arn"}, found{"name", typ, "name"}) {
		if r = p.book.where(f.resource, f.attribute, str(x[f.argument])); r != nil {
			break
		}
	}
	if r == nil && typ == "aws_route_table" { // by its association
		if a := p.book.where("aws_route_table_association", "subnet_id", str(x["subnet_id"])); a != nil {
			r = p.book.find("aws_route_table", str(a["route_table_id"]))
		}
	}
	if r == nil && typ == "aws_internet_gateway" {
		each(x["filter"], func(m map[string]any) {
			if v := texts(m["values"]); len(v) == 1 && str(m["name"]) == "attachment.vpc-id" {
				r = p.book.where("aws_internet_gateway", "vpc_id", v[0])
			}
		})
	}
	if r == nil {
		return nil
	}
	out := map[string]any{}
	for k, v := range r {
		out[k] = v
	}
	for k, from := range renamed[typ] {
		out[k] = r[from]
	}
	return out
}

// --- what needs no AWS ---

// compute answers data sources that are functions of the configuration; nil where it is none of those.
func (p *provider) compute(f *filling, typ string, s *settings) (map[string]any, error) {
	x := f.values
	switch typ {
	case "aws_availability_zones":
		return f.availabilityZones(), nil
	case "aws_availability_zone":
		zone := str(x["name"])
		if zone == "" && str(x["zone_id"]) != "" {
			zone = zoneOf(str(x["zone_id"]), f.region)
		}
		if zone == "" {
			zone = zones(f.region)[0]
		}
		return map[string]any{
			"id": zone, "name": zone, "zone_id": zoneID(zone), "name_suffix": strings.TrimPrefix(zone, f.region), "region": f.region, "group_name": f.region,
			"network_border_group": f.region, "opt_in_status": "opt-in-not-required", "state": "available", "zone_type": "availability-zone",
			"group_long_name": f.region, "parent_zone_id": "", "parent_zone_name": "",
		}, nil
	case "aws_region":
		if r := str(x["name"]); r != "" {
			f.region = r
		}
		if e := str(x["endpoint"]); strings.HasPrefix(e, "ec2.") {
			f.region, _, _ = strings.Cut(strings.TrimPrefix(e, "ec2."), ".")
		}
		return map[string]any{}, nil
	case "aws_regions":
		var names []string
		for r := range regions {
			if partition(r) == partition(f.region) && (x["all_regions"] == true || !slices.Contains(optIn, r)) {
				names = append(names, r)
			}
		}
		slices.Sort(names)
		return map[string]any{"names": anys(names), "id": partition(f.region)}, nil
	case "aws_caller_identity", "aws_partition":
		return map[string]any{}, nil
	case "aws_arn":
		parts := strings.SplitN(str(x["arn"]), ":", 6)
		if len(parts) != 6 || parts[0] != "arn" {
			return nil, fmt.Errorf("%q is no ARN: an ARN is arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE", str(x["arn"]))
		}
		return map[string]any{"id": str(x["arn"]), "partition": parts[1], "service": parts[2], "region": parts[3], "account": parts[4], "resource": parts[5]}, nil
	case "aws_default_tags":
		return map[string]any{"id": partition(f.region), "tags": s.tags(nil)}, nil
	case "aws_iam_policy_document":
		return policyDocument(x)
	case "aws_iam_session_context":
		arn := str(x["arn"])
		return map[string]any{"id": arn, "issuer_arn": arn, "issuer_name": arn[strings.LastIndex(arn, "/")+1:], "session_name": ""}, nil
	case "aws_service":
		return f.service(), nil
	case "aws_service_principal":
		name := str(x["service_name"])
		end := "amazonaws.com"
		return map[string]any{"id": name + "." + f.region + "." + end, "name": name + "." + end, "suffix": end, "region": f.region}, nil
	case "aws_vpc_endpoint_service":
		return f.endpointService(), nil
	}
	return p.computeSmall(f, typ)
}

// availabilityZones are the zones of the Region that a configuration asks for. Local Zones and Wavelength Zones are none of them, as if the account had asked
// for none.
func (f *filling) availabilityZones() map[string]any {
	x := f.values
	var names []string
	for _, z := range zones(f.region) {
		facts := map[string]string{
			"zone-name": z, "zone-id": zoneID(z), "region-name": f.region, "group-name": f.region, "state": "available",
			"opt-in-status": "opt-in-not-required", "zone-type": "availability-zone", "network-border-group": f.region,
		}
		keep := str(x["state"]) == "" || str(x["state"]) == "available"
		keep = keep && !slices.Contains(texts(x["exclude_names"]), z) && !slices.Contains(texts(x["exclude_zone_ids"]), zoneID(z))
		each(x["filter"], func(m map[string]any) {
			if fact, ok := facts[str(m["name"])]; ok && !slices.ContainsFunc(texts(m["values"]), func(v string) bool { return wildcard(v, fact) }) {
				keep = false
			}
		})
		if keep {
			names = append(names, z)
		}
	}
	var ids []string
	for _, z := range names {
		ids = append(ids, zoneID(z))
	}
	groups := []any{}
	if len(names) > 0 {
		groups = []any{f.region}
	}
	return map[string]any{"id": f.region, "names": anys(names), "zone_ids": anys(ids), "group_names": groups}
}

// wildcard matches a text with a pattern in which * stands for anything.
func wildcard(pattern, text string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	if !strings.HasPrefix(text, first) {
		return false
	}
	text = text[len(first):]
	if rest == "" {
		return true
	}
	for i := range len(text) + 1 {
		if wildcard(rest, text[i:]) {
			return true
		}
	}
	return false
}

func (f *filling) service() map[string]any {
	x := f.values
	id, prefix := str(x["service_id"]), str(x["reverse_dns_prefix"])
	if name := str(x["reverse_dns_name"]); name != "" {
		parts := strings.Split(name, ".")
		if len(parts) >= 4 {
			id, f.region, prefix = parts[len(parts)-1], parts[len(parts)-2], strings.Join(parts[:len(parts)-2], ".")
		}
	}
	if name := str(x["dns_name"]); name != "" {
		parts := strings.Split(name, ".")
		if len(parts) >= 4 {
			id, f.region = parts[0], parts[1]
		}
	}
	if prefix == "" {
		prefix = reverse(suffix(f.region))
	}
	name := prefix + "." + f.region + "." + id
	return map[string]any{
		"id": name, "service_id": id, "region": f.region, "partition": partition(f.region), "reverse_dns_prefix": prefix, "reverse_dns_name": name,
		"dns_name": reverse(name), "supported": true,
	}
}

// endpointService is a service of AWS that endpoints lead to; nil for one of somebody else, which is looked up.
func (f *filling) endpointService() map[string]any {
	x := f.values
	name := str(x["service_name"])
	if service := str(x["service"]); service != "" {
		name = reverse(suffix(f.region)) + "." + f.region + "." + service
	}
	if name == "" || strings.Contains(name, ".vpce.") {
		return nil
	}
	short := name[strings.LastIndex(name, ".")+1:]
	kind := str(x["service_type"])
	if kind == "" {
		kind = "Interface"
		if short == "s3" || short == "dynamodb" {
			kind = "Gateway"
		}
	}
	out := map[string]any{
		"id": fmt.Sprint(len(name)), "service_name": name, "service_type": kind, "owner": "amazon", "acceptance_required": false, "manages_vpc_endpoints": false,
		"availability_zones": anys(zones(f.region)), "base_endpoint_dns_names": []any{short + "." + f.region + "." + suffix(f.region)},
		"private_dns_name": "", "private_dns_names": []any{}, "vpc_endpoint_policy_supported": true, "supported_ip_address_types": []any{"ipv4"},
		"tags": map[string]any{}, "region": f.region,
	}
	if kind == "Interface" {
		out["private_dns_name"] = short + "." + f.region + "." + suffix(f.region)
		out["private_dns_names"] = []any{out["private_dns_name"]}
	}
	out["id"] = hash("service", name)[:10]
	out["service_id"] = "vpce-svc-" + hash("service", name)[:17]
	out["arn"] = fmt.Sprintf("arn:%s:ec2:%s:amazon:vpc-endpoint-service/%s", partition(f.region), f.region, out["service_id"])
	return out
}

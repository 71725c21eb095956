package tfplan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// shaped is an identifier for what has none yet, of types whose identifiers are read: ARNs of load balancers, names of services; empty for all others.
func (r *reader) shaped(address, typ, attribute string, digits func(attribute string) string) string {
	i := r.byAddress[address]
	if i == nil || i.typ != typ {
		return ""
	}
	place := r.place(i)
	made := func(id string) string {
		r.invented(id, address)
		return id
	}
	arn := func(service, rest string) string {
		return made("arn:aws:" + service + ":" + place.Region + ":" + place.Account + ":" + rest)
	}
	known := func(name, otherwise string) string { return cmp.Or(i.get(name).literal(), otherwise) }
	typ = strings.Replace(typ, "aws_alb", "aws_lb", 1)
	switch {
	case attribute == "arn" || attribute == "id":
		d := digits("arn")
		kind := map[string]string{"network": "net", "gateway": "gwy"}[i.get("load_balancer_type").literal()]
		switch typ {
		case "aws_lb":
			return arn("elasticloadbalancing", "loadbalancer/"+cmp.Or(kind, "app")+"/"+known("name", i.name)+"/"+d[:16])
		case "aws_lb_target_group":
			return arn("elasticloadbalancing", "targetgroup/"+known("name", i.name)+"/"+d[:16])
		case "aws_lb_listener":
			return arn("elasticloadbalancing", "listener/app/"+i.name+"/"+d[:16]+"/"+digits("listener")[:16])
		case "aws_lb_listener_rule":
			return arn("elasticloadbalancing", "listener-rule/app/"+i.name+"/"+d[:16]+"/"+digits("rule")[:16])
		case "aws_ecs_service":
			return arn("ecs", "service/"+known("name", i.name)+"/"+d)
		case "aws_route53_zone":
			if attribute == "id" {
				return made("Z" + strings.ToUpper(digits("zone_id")))
			}
		}
		if name := namedBy[typ]; attribute == "id" && name != "" { // as the code says, or as it is made up
			return i.attribute(name)
		}
	case attribute == "zone_id" && typ == "aws_route53_zone":
		return made("Z" + strings.ToUpper(digits("zone_id")))
	case attribute == "service_name" && typ == "aws_vpc_endpoint_service":
		return made("com.amazonaws.vpce." + cmp.Or(place.Region, "region") + "." + i.id())
	case endpointNames[typ+"."+attribute] != "":
		host := strings.NewReplacer("NAME", i.called(shapeName(typ)), "HASH", digits("host")[:12], "REGION", cmp.Or(place.Region, "region"))
		return made(host.Replace(endpointNames[typ+"."+attribute]))
	case attribute == "dns_name" && (typ == "aws_lb" || typ == "aws_elb"):
		return made(known("name", i.name) + "-" + digits("dns_name") + ".elb." + cmp.Or(place.Region, "region") + ".amazonaws.com")
	}
	return ""
}

// endpointNames are the names by which databases and caches are called, as AWS makes them.
var endpointNames = map[string]string{
	"aws_db_instance.address": "NAME.HASH.REGION.rds.amazonaws.com", "aws_rds_cluster.endpoint": "NAME.cluster-HASH.REGION.rds.amazonaws.com",
	"aws_rds_cluster.reader_endpoint": "NAME.cluster-ro-HASH.REGION.rds.amazonaws.com", "aws_rds_cluster_instance.endpoint": "NAME.HASH.REGION.rds.amazonaws.com",
	"aws_db_proxy.endpoint": "NAME.proxy-HASH.REGION.rds.amazonaws.com", "aws_docdb_cluster.endpoint": "NAME.cluster-HASH.REGION.docdb.amazonaws.com",
	"aws_elasticache_replication_group.primary_endpoint_address":       "master.NAME.HASH.REGION.cache.amazonaws.com",
	"aws_elasticache_replication_group.reader_endpoint_address":        "replica.NAME.HASH.REGION.cache.amazonaws.com",
	"aws_elasticache_replication_group.configuration_endpoint_address": "clustercfg.NAME.HASH.REGION.cache.amazonaws.com",
	"aws_elasticache_cluster.cluster_address":                          "NAME.HASH.cfg.REGION.cache.amazonaws.com",
	"aws_opensearch_domain.endpoint":                                   "vpc-NAME-HASH.REGION.es.amazonaws.com",
	"aws_elasticsearch_domain.endpoint":                                "vpc-NAME-HASH.REGION.es.amazonaws.com",
}

// shapeName is the attribute that a type is called by.
func shapeName(typ string) string {
	switch typ {
	case "aws_rds_cluster", "aws_docdb_cluster":
		return "cluster_identifier"
	case "aws_rds_cluster_instance":
		return "identifier"
	case "aws_elasticache_cluster":
		return "cluster_id"
	}
	return shapes[typ].name
}

// namedBy are the types whose identifier is a name that the code may give: the attribute.
var namedBy = map[string]string{
	"aws_autoscaling_group": "name", "aws_launch_configuration": "name", "aws_elb": "name", "aws_eks_cluster": "name", "aws_lambda_function": "function_name",
	"aws_db_subnet_group": "name", "aws_docdb_subnet_group": "name", "aws_neptune_subnet_group": "name", "aws_elasticache_subnet_group": "name",
	"aws_memorydb_subnet_group": "name", "aws_redshift_subnet_group": "name", "aws_dax_subnet_group": "name", "aws_dms_replication_subnet_group": "replication_subnet_group_id",
	"aws_rds_cluster": "cluster_identifier", "aws_docdb_cluster": "cluster_identifier", "aws_neptune_cluster": "cluster_identifier",
	"aws_elasticache_replication_group": "replication_group_id",
}

// prefixes are those of AWS's identifiers, by resource type and attribute.
var prefixes = map[string]string{
	"aws_vpc": "vpc", "aws_default_vpc": "vpc", "aws_subnet": "subnet", "aws_default_subnet": "subnet", "aws_security_group": "sg", "aws_default_security_group": "sg",
	"aws_route_table": "rtb", "aws_default_route_table": "rtb", "aws_network_acl": "acl", "aws_default_network_acl": "acl", "aws_internet_gateway": "igw",
	"aws_egress_only_internet_gateway": "eigw", "aws_carrier_gateway": "cagw", "aws_nat_gateway": "nat", "aws_eip": "eipalloc", "aws_network_interface": "eni",
	"aws_instance": "i", "aws_spot_instance_request": "sir", "aws_vpc_peering_connection": "pcx", "aws_vpc_endpoint": "vpce", "aws_vpc_endpoint_service": "vpce-svc",
	"aws_ec2_managed_prefix_list": "pl", "aws_ec2_transit_gateway": "tgw", "aws_ec2_transit_gateway_vpc_attachment": "tgw-attach",
	"aws_ec2_transit_gateway_peering_attachment": "tgw-attach", "aws_ec2_transit_gateway_connect": "tgw-attach", "aws_ec2_transit_gateway_route_table": "tgw-rtb",
	"aws_customer_gateway": "cgw", "aws_vpn_gateway": "vgw", "aws_vpn_connection": "vpn", "aws_launch_template": "lt", "aws_route53_zone": "Z",
}

var attributePrefixes = map[string]string{
	"default_security_group_id": "sg", "default_network_acl_id": "acl", "default_route_table_id": "rtb", "main_route_table_id": "rtb", "vpc_id": "vpc", "subnet_id": "subnet",
	"primary_network_interface_id": "eni", "network_interface_id": "eni", "association_default_route_table_id": "tgw-rtb", "propagation_default_route_table_id": "tgw-rtb",
	"transit_gateway_attachment_id": "tgw-attach", "allocation_id": "eipalloc", "prefix_list_id": "pl",
	"cluster_security_group_id": "sg", "source_security_group_id": "sg", "security_group_id": "sg", "workspace_security_group_id": "sg",
}

// made is an identifier for what has none yet. It has the shape of AWS's, and is made of the address.
func (r *reader) made(address, typ, attribute string) string {
	hash := func(attribute string) string {
		sum := sha256.Sum256([]byte(strings.Join([]string{r.options.Namespace, address, attribute}, "\x00")))
		return hex.EncodeToString(sum[:])[:17]
	}
	if id := r.shaped(address, typ, attribute, hash); id != "" {
		return id
	}
	digits := hash(attribute)
	prefix := attributePrefixes[attribute]
	if attribute == "id" {
		prefix = prefixes[typ]
	}
	id := strings.ReplaceAll(attribute, "_", "-") + "-" + digits
	switch {
	case prefix != "":
		id = prefix + "-" + digits
	case attribute == "arn":
		id = "arn:aws:terraform:::" + strings.TrimPrefix(typ, "aws_") + "/" + digits
	}
	r.invented(id, address)
	return id
}

// invented notes that an identifier was made up for something that has an address.
func (r *reader) invented(id, address string) {
	if r.out.Made == nil {
		r.out.Made = map[string]string{}
	}
	r.out.Made[id] = address
}

package shadow

import (
	"fmt"
	"slices"
	"sort"
	"sync"
)

// shapes are the computed values that code calculates with, or that depend on other resources: by type and path without indexes. The map around has the
// attribute's neighbours.
func shapes() map[string]map[string]shape {
	shapeTable.once.Do(func() { shapeTable.all = allShapes() })
	return shapeTable.all
}

type shape = func(f *filling, path string, around map[string]any) any

// The table refers to functions that refer to it, so it cannot be a variable with a value.
var shapeTable struct {
	once sync.Once
	all  map[string]map[string]shape
}

func allShapes() map[string]map[string]shape {
	return map[string]map[string]shape{
		"aws_vpc": {
			"cidr_block": ipamBlock, "ipv6_cidr_block": vpcIPv6, "ipv6_association_id": ifIPv6("vpc-cidr-assoc"), "ipv6_cidr_block_network_border_group": borderGroup,
		},
		"aws_default_vpc":                     {"ipv6_cidr_block": vpcIPv6, "ipv6_association_id": ifIPv6("vpc-cidr-assoc"), "ipv6_cidr_block_network_border_group": borderGroup},
		"aws_vpc_ipv4_cidr_block_association": {"cidr_block": ipamBlock},
		"aws_vpc_ipv6_cidr_block_association": {"ipv6_cidr_block": func(f *filling, path string, _ map[string]any) any { return f.note(f.blockIPv6(path, 56), path) }},
		"aws_vpc_ipam_pool_cidr_allocation":   {"cidr": ipamBlock},
		"aws_subnet": {
			"availability_zone": zoneOfIt, "availability_zone_id": zoneIDOfIt, "cidr_block": subnetBlock, "ipv6_cidr_block": subnetIPv6,
			"ipv6_cidr_block_association_id": ifIPv6("subnet-cidr-assoc"),
		},
		"aws_default_subnet": {
			"availability_zone_id": zoneIDOfIt, "cidr_block": defaultSubnetBlock, "ipv6_cidr_block": nothing, "ipv6_cidr_block_association_id": nothing, "outpost_arn": nothing,
			"vpc_id": defaultVPC,
		},
		"aws_default_security_group": {"id": adoptedGroup, "vpc_id": defaultVPC, "name_prefix": nothing},
		"aws_default_route_table":    {"vpc_id": vpcWith("default_route_table_id")},
		"aws_default_network_acl":    {"vpc_id": vpcWith("default_network_acl_id")},
		"aws_security_group":         {"vpc_id": defaultVPC, "name_prefix": nothing},
		"aws_main_route_table_association": {"original_route_table_id": func(f *filling, path string, _ map[string]any) any {
			if id := str(f.provider.vpc(str(f.values["vpc_id"]))["main_route_table_id"]); id != "" {
				return id
			}
			return f.id("rtb", path)
		}},
		"aws_internet_gateway": {"vpc_id": nothing},
		"aws_vpn_gateway":      {"vpc_id": nothing},
		"aws_network_interface": {
			"private_ip": interfaceAddress, "private_ips": interfaceAddresses, "private_ip_list": interfaceAddresses, "security_groups": defaultGroups,
			"private_ips_count": func(f *filling, path string, _ map[string]any) any {
				return float64(max(0, len(list(f.attribute("private_ips")))-1))
			},
			"private_dns_name": privateName("private_ip"), "ipv6_addresses": ipv6Addresses, "ipv6_address_list": ipv6Addresses,
		},
		"aws_instance": {
			"subnet_id": instanceSubnet, "availability_zone": zoneOfIt, "private_ip": instanceAddress, "private_dns": privateName("private_ip"),
			"public_ip": instancePublic, "public_dns": publicName, "associate_public_ip_address": associates, "vpc_security_group_ids": instanceGroups,
			"ipv6_addresses": ipv6Addresses, "primary_network_interface_id": primaryInterface,
		},
		"aws_nat_gateway": {
			"private_ip": natAddress, "public_ip": natPublic, "vpc_id": vpcOfSubnet, "network_interface_id": natInterface, "association_id": natAssociation,
		},
		"aws_eip": {"public_ip": elasticAddress, "public_dns": publicName, "instance": nothing, "network_interface": nothing},
		"aws_eip_association": {
			"public_ip": func(f *filling, path string, _ map[string]any) any {
				if ip := str(f.provider.book.find("aws_eip", str(f.values["allocation_id"]))["public_ip"]); ip != "" {
					return ip
				}
				return f.note(f.public(path), path)
			},
			"private_ip_address": nothing, "instance_id": nothing, "network_interface_id": nothing, "allocation_id": nothing,
		},
		"aws_lb": balancer(), "aws_alb": balancer(),
		"aws_lb_listener": {"arn": listenerARN}, "aws_alb_listener": {"arn": listenerARN, "id": listenerARN},
		"aws_lb_listener_rule": {"arn": ruleARN}, "aws_alb_listener_rule": {"arn": ruleARN},
		"aws_lb_target_group": {"arn_suffix": arnSuffix}, "aws_alb_target_group": {"arn_suffix": arnSuffix},
		"aws_vpc_endpoint": {
			"dns_entry": endpointNames, "network_interface_ids": endpointInterfaces, "prefix_list_id": endpointList, "cidr_blocks": endpointBlocks,
			"security_group_ids": endpointGroups, "private_dns_enabled": func(f *filling, path string, _ map[string]any) any { f.choose(path); return false },
			"ip_address_type": func(f *filling, _ string, _ map[string]any) any {
				if interfaced(f) {
					return "ipv4"
				}
				return ""
			},
			"service_region": nothing,
			"policy": func(f *filling, path string, _ map[string]any) any {
				f.choose(path)
				return `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}`
			},
		},
		"aws_vpc_endpoint_service": {"availability_zones": func(f *filling, path string, _ map[string]any) any { f.choose(path); return anys(zones(f.region)) },
			"supported_ip_address_types": func(f *filling, path string, _ map[string]any) any { return []any{"ipv4"} }},
		"aws_networkfirewall_firewall":                 {"firewall_status": firewallStatus},
		"aws_networkfirewall_vpc_endpoint_association": {"vpc_endpoint_association_status": associationStatus},
		"aws_vpc_peering_connection": {
			"peer_owner_id": func(f *filling, path string, _ map[string]any) any {
				return f.provider.ownerOf("aws_vpc", str(f.values["peer_vpc_id"]), f.account)
			},
			"peer_region": func(f *filling, path string, _ map[string]any) any { return f.region },
			"accept_status": func(f *filling, path string, _ map[string]any) any {
				f.choose(path)
				if f.values["auto_accept"] == true {
					return "active"
				}
				return "pending-acceptance"
			},
		},
		"aws_vpc_peering_connection_accepter": {
			"vpc_id": peering("peer_vpc_id"), "peer_vpc_id": peering("vpc_id"), "peer_region": peering("region"), "peer_owner_id": peering("owner_id"),
		},
		"aws_ec2_transit_gateway_vpc_attachment": {"vpc_owner_id": func(f *filling, path string, _ map[string]any) any {
			return f.provider.ownerOf("aws_vpc", str(f.values["vpc_id"]), f.account)
		}},
		"aws_ec2_transit_gateway_peering_attachment": {"peer_account_id": func(f *filling, path string, _ map[string]any) any {
			return f.provider.ownerOf("aws_ec2_transit_gateway", str(f.values["peer_transit_gateway_id"]), f.account)
		}},
		"aws_ec2_transit_gateway_route_table_association": {"resource_id": attached, "resource_type": attachedType},
		"aws_ec2_transit_gateway_route_table_propagation": {"resource_id": attached, "resource_type": attachedType},
		"aws_vpn_connection": {
			"tunnel1_address": vpnPublic, "tunnel2_address": vpnPublic, "tunnel1_inside_cidr": vpnInside(0), "tunnel2_inside_cidr": vpnInside(4),
			"tunnel1_vgw_inside_address": vpnHost("tunnel1_inside_cidr", 1), "tunnel1_cgw_inside_address": vpnHost("tunnel1_inside_cidr", 2),
			"tunnel2_vgw_inside_address": vpnHost("tunnel2_inside_cidr", 1), "tunnel2_cgw_inside_address": vpnHost("tunnel2_inside_cidr", 2),
			"vgw_telemetry": func(*filling, string, map[string]any) any { return []any{} },
			"transit_gateway_attachment_id": func(f *filling, path string, _ map[string]any) any {
				if str(f.values["transit_gateway_id"]) == "" {
					return ""
				}
				return f.id("tgw-attach", path)
			},
		},
		"aws_route53_resolver_endpoint": {
			"host_vpc_id": func(f *filling, path string, _ map[string]any) any {
				return f.vpcOf(subnetIDs(f.values["ip_address"]), path)
			},
			"ip_address.ip": func(f *filling, path string, around map[string]any) any {
				return f.address(str(around["subnet_id"]), path)
			},
			"ip_address.ipv6": nothing,
		},
		"aws_route53_zone":   {"vpc.vpc_region": func(f *filling, _ string, _ map[string]any) any { return f.region }},
		"aws_route53_record": {"fqdn": recordName},
		"aws_efs_mount_target": {
			"ip_address": func(f *filling, path string, _ map[string]any) any {
				return f.address(str(f.values["subnet_id"]), path)
			},
			"security_groups": defaultGroups, "ipv6_address": nothing,
		},
		"aws_acm_certificate": {"domain_validation_options": validationOptions, "subject_alternative_names": alternativeNames},
		"aws_db_instance": {
			"port": databasePort, "vpc_security_group_ids": databaseGroups, "master_user_secret": userSecret, "availability_zone": zoneOfIt,
			"db_name": nothing, "identifier_prefix": nothing,
		},
		"aws_rds_cluster": {
			"port": databasePort, "vpc_security_group_ids": databaseGroups, "master_user_secret": userSecret, "database_name": nothing,
			"availability_zones": func(f *filling, path string, _ map[string]any) any {
				f.choose(path)
				return anys(firstOf(zones(f.region), 3))
			},
		},
		"aws_rds_cluster_instance": {
			"port": databasePort,
		},
		"aws_docdb_cluster":       {"vpc_security_group_ids": databaseGroups},
		"aws_neptune_cluster":     {"vpc_security_group_ids": databaseGroups},
		"aws_elasticache_cluster": {"cache_nodes": cacheNodes, "port": cachePort, "security_group_ids": databaseGroups, "configuration_endpoint": cacheEndpoint, "cluster_address": cacheEndpoint},
		"aws_elasticache_replication_group": {
			"port": cachePort, "security_group_ids": databaseGroups,
			"configuration_endpoint_address": func(f *filling, path string, _ map[string]any) any {
				if integer(f.values["num_node_groups"]) < 2 && str(f.values["cluster_mode"]) != "enabled" {
					return ""
				}
				return f.typed("configuration_endpoint_address", path, stringType, false, f.values)
			},
		},
		"aws_lambda_function":   {"vpc_config.vpc_id": blockVPC("subnet_ids")},
		"aws_eks_cluster":       {"vpc_config.vpc_id": blockVPC("subnet_ids")},
		"aws_opensearch_domain": {"vpc_options.vpc_id": blockVPC("subnet_ids"), "vpc_options.availability_zones": blockZones},
		"aws_launch_template":   {"name_prefix": nothing},
		"aws_autoscaling_group": {
			"availability_zones": func(f *filling, _ string, _ map[string]any) any {
				var out []string
				for _, id := range texts(f.values["vpc_zone_identifier"]) {
					if z := str(f.provider.subnet(id)["availability_zone"]); z != "" && !slices.Contains(out, z) {
						out = append(out, z)
					}
				}
				sort.Strings(out)
				return anys(out)
			},
			"desired_capacity": func(f *filling, path string, _ map[string]any) any { f.choose(path); return f.values["min_size"] },
			"name_prefix":      nothing,
		},
		"aws_ecs_service": {"cluster": func(f *filling, _ string, _ map[string]any) any {
			return fmt.Sprintf("arn:%s:ecs:%s:%s:cluster/default", partition(f.region), f.region, f.account)
		}},
		"random_string":   {"result": randomText, "id": randomText},
		"random_password": {"result": randomText, "id": func(*filling, string, map[string]any) any { return "none" }},
		"random_id":       {"hex": randomHex, "dec": randomDec, "b64_url": randomBase64, "b64_std": randomBase64, "id": randomBase64},
		"random_integer":  {"result": randomInteger, "id": func(f *filling, _ string, _ map[string]any) any { return str(f.attribute("result")) }},
		"random_pet":      {"id": randomPet},
		"random_shuffle":  {"result": shuffled, "id": func(*filling, string, map[string]any) any { return "-" }},
		"random_bytes":    {"hex": randomHex, "base64": randomBase64},
		"time_static":     moments(), "time_rotating": rotation(), "time_offset": moments(),
		"local_file": localFiles(), "local_sensitive_file": localFiles(),
		"data.aws_subnets":                             {"ids": several("subnet", 3)},
		"data.aws_vpcs":                                {"ids": several("vpc", 1)},
		"data.aws_security_groups":                     {"ids": several("sg", 1)},
		"data.aws_route_tables":                        {"ids": several("rtb", 1)},
		"data.aws_network_acls":                        {"ids": several("acl", 1)},
		"data.aws_nat_gateways":                        {"ids": several("nat", 1)},
		"data.aws_instances":                           {"ids": several("i", 1)},
		"data.aws_network_interfaces":                  {"ids": several("eni", 1)},
		"data.aws_ebs_volumes":                         {"ids": several("vol", 1)},
		"data.aws_ami_ids":                             {"ids": several("ami", 1)},
		"data.aws_vpc_peering_connections":             {"ids": several("pcx", 1)},
		"data.aws_ec2_transit_gateway_attachments":     {"ids": several("tgw-attach", 1)},
		"data.aws_ec2_transit_gateway_vpc_attachments": {"ids": several("tgw-attach", 1)},
		"data.aws_vpc": {"cidr_block_associations": func(f *filling, path string, _ map[string]any) any {
			return []any{map[string]any{"association_id": f.id("vpc-cidr-assoc", path), "cidr_block": f.attribute("cidr_block"), "state": "associated"}}
		}},
		"data.aws_subnet": {
			"ipv6_cidr_block": nothing, "availability_zone": zoneOfLookedUp, "cidr_block": lookedUp("cidr_block"), "vpc_id": lookedUp("vpc_id"),
		},
		"data.aws_security_group": {"vpc_id": func(f *filling, path string, _ map[string]any) any { return f.id("vpc", path) }},
		"data.aws_prefix_list":    {"id": knownList, "prefix_list_id": knownList, "cidr_blocks": listBlocks},
		"data.aws_ec2_managed_prefix_list": {"id": knownList, "entries": func(f *filling, path string, _ map[string]any) any {
			return []any{map[string]any{"cidr": f.note(f.blockIPv4(path, 20), path+"[0].cidr"), "description": ""}}
		}},
		"data.aws_ip_ranges": {"cidr_blocks": listBlocks, "ipv6_cidr_blocks": func(f *filling, path string, _ map[string]any) any {
			return []any{f.note(f.blockIPv6(path, 40), path+"[0]")}
		}},
		"ephemeral.random_password": {"result": randomText},
	}
}

func nothing(*filling, string, map[string]any) any { return "" }

func anys(l []string) []any {
	out := make([]any, len(l))
	for i, s := range l {
		out[i] = s
	}
	return out
}

func firstOf[T any](l []T, n int) []T { return l[:min(n, len(l))] }

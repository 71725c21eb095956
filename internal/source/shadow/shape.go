package shadow

import (
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strings"
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

// --- what was planned before ---

// vpc is a VPC that was planned, the default one included; nil where none is known by that id.
func (p *provider) vpc(id string) map[string]any {
	if v := p.book.find("aws_vpc", id); v != nil {
		return v
	}
	if v := p.book.find("aws_default_vpc", id); v != nil {
		return v
	}
	return p.book.find("data.aws_vpc", id)
}

func (p *provider) subnet(id string) map[string]any {
	if s := p.book.find("aws_subnet", id); s != nil {
		return s
	}
	if s := p.book.find("aws_default_subnet", id); s != nil {
		return s
	}
	return p.book.find("data.aws_subnet", id)
}

// ownerOf is the account of an object that was planned; otherwise the one given.
func (p *provider) ownerOf(typ, id, otherwise string) string {
	if owner := str(p.book.find(typ, id)["owner_id"]); owner != "" {
		return owner
	}
	return otherwise
}

// vpcOf is the VPC of subnets.
func (f *filling) vpcOf(subnets []string, path string) string {
	for _, id := range subnets {
		if vpc := str(f.provider.subnet(id)["vpc_id"]); vpc != "" {
			return vpc
		}
	}
	return f.id("vpc", path)
}

// defaultGroup is the default security group of a VPC.
func (f *filling) defaultGroup(vpc, path string) string {
	if id := str(f.provider.vpc(vpc)["default_security_group_id"]); id != "" {
		return id
	}
	return f.id("sg", path)
}

func subnetIDs(blocks any) []string {
	var out []string
	each(blocks, func(m map[string]any) {
		if id := str(m["subnet_id"]); id != "" {
			out = append(out, id)
		}
	})
	return out
}

// --- VPCs and subnets ---

func vpcIPv6(f *filling, path string, _ map[string]any) any {
	switch {
	case f.values["assign_generated_ipv6_cidr_block"] == true:
		return f.note(f.blockIPv6(path, 56), path)
	case str(f.values["ipv6_ipam_pool_id"]) != "":
		bits := integer(f.values["ipv6_netmask_length"])
		if bits == 0 {
			bits = 56
		}
		return f.note(f.blockIPv6(path, bits), path)
	}
	return ""
}

// ifIPv6 is an identifier where there is an IPv6 block.
func ifIPv6(prefix string) shape {
	return func(f *filling, path string, _ map[string]any) any {
		if str(f.attribute("ipv6_cidr_block")) == "" {
			return ""
		}
		return f.id(prefix, path)
	}
}

func borderGroup(f *filling, _ string, _ map[string]any) any {
	if str(f.attribute("ipv6_cidr_block")) == "" {
		return ""
	}
	return f.region
}

// ipamBlock is a block that IPAM chooses.
func ipamBlock(f *filling, path string, _ map[string]any) any {
	for _, name := range []string{"ipv4_netmask_length", "netmask_length"} {
		if bits := integer(f.values[name]); bits > 0 {
			return f.note(f.blockIPv4(path, bits), path)
		}
	}
	return f.note(f.blockIPv4(path, 16), path)
}

func subnetBlock(f *filling, path string, _ map[string]any) any {
	if f.values["ipv6_native"] == true {
		return ""
	}
	if bits := integer(f.values["ipv4_netmask_length"]); bits > 0 {
		return f.note(f.blockIPv4(path, bits), path)
	}
	return f.note(f.blockIPv4(path, 24), path)
}

func subnetIPv6(f *filling, path string, _ map[string]any) any {
	if str(f.values["ipv6_ipam_pool_id"]) == "" {
		return ""
	}
	return f.note(f.blockIPv6(path, 64), path)
}

// defaultSubnetBlock is the block that AWS gives the default subnet of a zone.
func defaultSubnetBlock(f *filling, path string, _ map[string]any) any {
	f.choose(path)
	i := max(0, slices.Index(zones(f.region), f.zone()))
	return fmt.Sprintf("172.31.%d.0/20", 16*i)
}

func zoneOfIt(f *filling, path string, _ map[string]any) any {
	if str(f.values["availability_zone_id"]) == "" && str(f.values["subnet_id"]) == "" {
		f.choose(path)
	}
	return f.zone()
}

func zoneIDOfIt(f *filling, path string, _ map[string]any) any {
	f.choose(path) // even of a zone that is given: which letter is which zone differs by account
	return zoneID(f.zone())
}

// defaultVPC is the account's default VPC, where a configuration adopts it.
func defaultVPC(f *filling, path string, _ map[string]any) any {
	for _, o := range f.provider.book.all("aws_default_vpc") {
		if o.account == f.account && o.region == f.region {
			return str(o.values["id"])
		}
	}
	return f.id("vpc", path)
}

func adoptedGroup(f *filling, path string, _ map[string]any) any {
	return f.defaultGroup(str(f.attribute("vpc_id")), path)
}

// vpcWith is the VPC that has the adopted object as its default one.
func vpcWith(attribute string) shape {
	return func(f *filling, path string, _ map[string]any) any {
		for _, typ := range []string{"aws_vpc", "aws_default_vpc"} {
			if v := f.provider.book.where(typ, attribute, str(f.values[attribute])); v != nil {
				return str(v["id"])
			}
		}
		return f.id("vpc", path)
	}
}

// --- interfaces, instances, gateways ---

func interfaceAddress(f *filling, path string, _ map[string]any) any {
	for _, name := range []string{"private_ips", "private_ip_list"} {
		if l := texts(f.values[name]); len(l) > 0 {
			return l[0]
		}
	}
	return f.address(str(f.values["subnet_id"]), path)
}

func interfaceAddresses(f *filling, path string, _ map[string]any) any {
	for _, name := range []string{"private_ips", "private_ip_list"} {
		if l := texts(f.values[name]); len(l) > 0 {
			return anys(l)
		}
	}
	out := []any{f.attribute("private_ip")}
	for i := range integer(f.values["private_ips_count"]) {
		out = append(out, f.address(str(f.values["subnet_id"]), fmt.Sprintf("%s[%d]", path, i+1)))
	}
	return out
}

func ipv6Addresses(f *filling, path string, _ map[string]any) any {
	for _, name := range []string{"ipv6_addresses", "ipv6_address_list"} {
		if l := texts(f.values[name]); len(l) > 0 {
			return anys(l)
		}
	}
	out := []any{}
	n := integer(f.values["ipv6_address_count"])
	if s := f.provider.subnet(str(f.values["subnet_id"])); n == 0 && s["assign_ipv6_address_on_creation"] == true {
		n = 1
	}
	for i := range n {
		out = append(out, f.addressIPv6(str(f.values["subnet_id"]), fmt.Sprintf("ipv6[%d]", i)))
	}
	return out
}

// defaultGroups is the group that an interface gets when it is given none: the default one of its subnet's VPC.
func defaultGroups(f *filling, path string, _ map[string]any) any {
	vpc := str(f.provider.subnet(str(f.values["subnet_id"]))["vpc_id"])
	return []any{f.defaultGroup(vpc, path+"[0]")}
}

// privateName is the DNS name of a private address.
func privateName(address string) shape {
	return func(f *filling, path string, _ map[string]any) any {
		ip := str(f.attribute(address))
		if ip == "" {
			return ""
		}
		domain := f.region + ".compute.internal"
		if f.region == "us-east-1" {
			domain = "ec2.internal"
		}
		name := "ip-" + strings.ReplaceAll(ip, ".", "-") + "." + domain
		if _, own := f.placeholders[ip]; own {
			f.note(name, path)
		}
		return name
	}
}

func publicName(f *filling, path string, _ map[string]any) any {
	ip := str(f.attribute("public_ip"))
	if ip == "" {
		return ""
	}
	domain := f.region + ".compute." + suffix(f.region)
	if f.region == "us-east-1" {
		domain = "compute-1." + suffix(f.region)
	}
	return f.note("ec2-"+strings.ReplaceAll(ip, ".", "-")+"."+domain, path)
}

// given is the interface that an instance is started with, if it is one that was planned.
func givenInterface(f *filling) map[string]any {
	for _, name := range []string{"network_interface", "primary_network_interface"} {
		for _, b := range list(f.values[name]) {
			m, _ := b.(map[string]any)
			if i := f.provider.book.find("aws_network_interface", str(m["network_interface_id"])); i != nil && (name != "network_interface" || integer(m["device_index"]) == 0) {
				return i
			}
		}
	}
	return nil
}

func primaryInterface(f *filling, path string, _ map[string]any) any {
	if i := givenInterface(f); i != nil {
		return str(i["id"])
	}
	return f.id("eni", path)
}

func instanceSubnet(f *filling, path string, _ map[string]any) any {
	if i := givenInterface(f); i != nil {
		return str(i["subnet_id"])
	}
	return f.id("subnet", path)
}

func instanceAddress(f *filling, path string, _ map[string]any) any {
	if i := givenInterface(f); i != nil {
		return str(i["private_ip"])
	}
	return f.address(str(f.attribute("subnet_id")), path)
}

// associates tells whether an instance gets a public address without asking.
func associates(f *filling, path string, _ map[string]any) any {
	f.choose(path)
	return f.provider.subnet(str(f.attribute("subnet_id")))["map_public_ip_on_launch"] == true
}

func instancePublic(f *filling, path string, _ map[string]any) any {
	if f.attribute("associate_public_ip_address") == true {
		return f.note(f.public(path), path)
	}
	return ""
}

func instanceGroups(f *filling, path string, _ map[string]any) any {
	if i := givenInterface(f); i != nil {
		return i["security_groups"]
	}
	vpc := str(f.provider.subnet(str(f.attribute("subnet_id")))["vpc_id"])
	return []any{f.defaultGroup(vpc, path+"[0]")}
}

func natAddress(f *filling, path string, _ map[string]any) any {
	if str(f.values["availability_mode"]) == "regional" {
		return ""
	}
	return f.address(str(f.values["subnet_id"]), path)
}

func natPublic(f *filling, path string, _ map[string]any) any {
	if str(f.values["connectivity_type"]) == "private" || str(f.values["availability_mode"]) == "regional" {
		return ""
	}
	if ip := str(f.provider.book.find("aws_eip", str(f.values["allocation_id"]))["public_ip"]); ip != "" {
		return ip
	}
	return f.note(f.public(path), path)
}

func natInterface(f *filling, path string, _ map[string]any) any {
	if str(f.values["availability_mode"]) == "regional" {
		return ""
	}
	return f.id("eni", path)
}

func natAssociation(f *filling, path string, _ map[string]any) any {
	if str(f.values["connectivity_type"]) == "private" || str(f.values["availability_mode"]) == "regional" {
		return ""
	}
	return f.id("eipassoc", path)
}

func vpcOfSubnet(f *filling, path string, _ map[string]any) any {
	return f.vpcOf([]string{str(f.values["subnet_id"])}, path)
}

func elasticAddress(f *filling, path string, _ map[string]any) any {
	if a := str(f.values["address"]); a != "" {
		return a
	}
	return f.note(f.public(path), path)
}

// --- load balancers ---

func balancer() map[string]shape {
	return map[string]shape{
		"dns_name": func(f *filling, path string, _ map[string]any) any {
			name := str(f.attribute("name")) + "-" + f.digits(hexDigits, 16, "loadbalancer")
			if f.values["internal"] == true && str(f.values["load_balancer_type"]) == "application" {
				name = "internal-" + name
			}
			zone := f.region + ".elb."
			if str(f.values["load_balancer_type"]) == "network" {
				zone = "elb." + f.region + "."
			}
			return f.note(name+"."+zone+suffix(f.region), path)
		},
		"zone_id": func(f *filling, path string, _ map[string]any) any {
			f.choose(path)
			if str(f.values["load_balancer_type"]) == "network" {
				return "Z26RNL4JYFTOTI"
			}
			return "Z35SXDOTRQ7X7K"
		},
		"arn_suffix": arnSuffix,
		"vpc_id": func(f *filling, path string, _ map[string]any) any {
			return f.vpcOf(append(texts(f.values["subnets"]), subnetIDs(f.values["subnet_mapping"])...), path)
		},
		"subnets": func(f *filling, _ string, _ map[string]any) any { return anys(subnetIDs(f.values["subnet_mapping"])) },
		"security_groups": func(f *filling, path string, _ map[string]any) any {
			if str(f.values["load_balancer_type"]) != "application" {
				return []any{}
			}
			return []any{f.defaultGroup(str(f.attribute("vpc_id")), path+"[0]")}
		},
		"internal":                  func(*filling, string, map[string]any) any { return false },
		"name_prefix":               nothing,
		"subnet_mapping.outpost_id": nothing,
	}
}

func arnSuffix(f *filling, path string, _ map[string]any) any {
	_, resource, _ := strings.Cut(str(f.attribute("arn")), ":"+f.account+":")
	if strings.HasPrefix(resource, "loadbalancer/") {
		resource = strings.TrimPrefix(resource, "loadbalancer/")
	}
	return f.note(resource, path)
}

func listenerARN(f *filling, path string, _ map[string]any) any {
	arn := str(f.values["load_balancer_arn"])
	return f.note(strings.Replace(arn, ":loadbalancer/", ":listener/", 1)+"/"+f.digits(hexDigits, 16, "listener"), path)
}

func ruleARN(f *filling, path string, _ map[string]any) any {
	arn := str(f.values["listener_arn"])
	return f.note(strings.Replace(arn, ":listener/", ":listener-rule/", 1)+"/"+f.digits(hexDigits, 16, "rule"), path)
}

// --- endpoints ---

// interfaced tells whether an endpoint has interfaces with names.
func interfaced(f *filling) bool {
	t := str(f.values["vpc_endpoint_type"])
	return t == "Interface" || t == "Resource" || t == "ServiceNetwork"
}

func endpointSubnets(f *filling) []string {
	ids := append(texts(f.values["subnet_ids"]), subnetIDs(f.values["subnet_configuration"])...)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// endpointNames are the DNS names of an interface endpoint: its own, one for each of its zones, and the service's where private DNS is on.
func endpointNames(f *filling, path string, _ map[string]any) any {
	out := []any{}
	if !interfaced(f) {
		return out
	}
	service := str(f.values["service_name"])
	short := service[strings.LastIndex(service, ".")+1:]
	if strings.Contains(service, ".vpce.") {
		short = service[strings.LastIndex(service, ".")+1:] // vpce-svc-…
	}
	id := str(f.attribute("id"))
	suffixed := "-" + f.digits(alphabets["base"], 8, "dns")
	end := "." + short + "." + f.region + ".vpce." + suffix(f.region)
	zone := f.note("Z"+f.digits(alphabets["upper"], 20, "hosted zone"), path+"[0].hosted_zone_id")
	add := func(name string) {
		out = append(out, map[string]any{"dns_name": f.note(name, fmt.Sprintf("%s[%d].dns_name", path, len(out))), "hosted_zone_id": zone})
	}
	add(id + suffixed + end)
	var zones []string
	for _, s := range endpointSubnets(f) {
		if z := str(f.provider.subnet(s)["availability_zone"]); z != "" && !slices.Contains(zones, z) {
			zones = append(zones, z)
		}
	}
	slices.Sort(zones)
	for _, z := range zones {
		add(id + suffixed + "-" + z + end)
	}
	if f.values["private_dns_enabled"] == true && strings.HasPrefix(service, "com.amazonaws.") && !strings.Contains(service, ".vpce.") {
		out = append(out, map[string]any{"dns_name": short + "." + f.region + "." + suffix(f.region), "hosted_zone_id": zone})
	}
	return out
}

func endpointInterfaces(f *filling, path string, _ map[string]any) any {
	out := []any{}
	if t := str(f.values["vpc_endpoint_type"]); t == "Gateway" {
		return out
	}
	for i, s := range endpointSubnets(f) {
		out = append(out, f.note("eni-"+f.digits(hexDigits, 17, "interface", s), fmt.Sprintf("%s[%d]", path, i)))
	}
	return out
}

func endpointList(f *filling, path string, _ map[string]any) any {
	if str(f.values["vpc_endpoint_type"]) != "Gateway" {
		return ""
	}
	return f.note(listID(str(f.values["service_name"]), f.region), path)
}

// listID is the prefix list of a service in a Region: the same for all who ask.
func listID(service, region string) string { return "pl-" + hash("prefix list", service, region)[:8] }

func endpointBlocks(f *filling, path string, _ map[string]any) any {
	if str(f.values["vpc_endpoint_type"]) != "Gateway" {
		return []any{}
	}
	return []any{f.note(f.blockIPv4(path, 20), path+"[0]")}
}

func endpointGroups(f *filling, path string, _ map[string]any) any {
	if str(f.values["vpc_endpoint_type"]) != "Interface" {
		return []any{}
	}
	return []any{f.defaultGroup(str(f.values["vpc_id"]), path+"[0]")}
}

// --- firewalls ---

// firewallStatus has an endpoint for every subnet (or zone) of a firewall.
func firewallStatus(f *filling, path string, _ map[string]any) any {
	states := []any{}
	add := func(zone, subnet string) {
		at := fmt.Sprintf("%s[0].sync_states[%d]", path, len(states))
		attachment := map[string]any{
			"endpoint_id": f.note("vpce-"+f.digits(hexDigits, 17, "endpoint", subnet, zone), at+".attachment[0].endpoint_id"), "subnet_id": subnet,
			"status": "READY", "status_message": "",
		}
		states = append(states, map[string]any{"availability_zone": zone, "attachment": []any{attachment}})
	}
	subnets := subnetIDs(f.values["subnet_mapping"])
	zoned := map[string]string{}
	for _, s := range subnets {
		if zoned[s] = str(f.provider.subnet(s)["availability_zone"]); zoned[s] == "" {
			zoned[s] = zones(f.region)[0]
		}
	}
	sort.Slice(subnets, func(i, j int) bool {
		return zoned[subnets[i]]+"\x00"+subnets[i] < zoned[subnets[j]]+"\x00"+subnets[j]
	})
	for _, s := range subnets {
		add(zoned[s], s)
	}
	var attached []any
	if str(f.values["transit_gateway_id"]) != "" {
		each(f.values["availability_zone_mapping"], func(m map[string]any) { add(zoneOf(str(m["availability_zone_id"]), f.region), "") })
		attached = []any{map[string]any{
			"attachment_id": f.id("tgw-attach", path+"[0].transit_gateway_attachment_sync_states[0].attachment_id"), "status_message": "",
			"transit_gateway_attachment_status": "READY",
		}}
	}
	return []any{map[string]any{"sync_states": states, "transit_gateway_attachment_sync_states": attached,
		"status": "READY", "configuration_sync_state_summary": "IN_SYNC", "capacity_usage_summary": []any{}}}
}

func associationStatus(f *filling, path string, _ map[string]any) any {
	var states []any
	for _, s := range subnetIDs(f.values["subnet_mapping"]) {
		zone := str(f.provider.subnet(s)["availability_zone"])
		if zone == "" {
			zone = zones(f.region)[0]
		}
		at := fmt.Sprintf("%s[0].association_sync_state[%d].attachment[0].endpoint_id", path, len(states))
		states = append(states, map[string]any{"availability_zone": zone, "attachment": []any{map[string]any{
			"endpoint_id": f.note("vpce-"+f.digits(hexDigits, 17, "endpoint", s), at), "subnet_id": s, "status": "READY", "status_message": "",
		}}})
	}
	return []any{map[string]any{"association_sync_state": states, "status": "READY"}}
}

// --- between VPCs ---

// peering is what an accepter knows from the connection that it accepts.
func peering(attribute string) shape {
	return func(f *filling, path string, _ map[string]any) any {
		o := f.provider.book.object("aws_vpc_peering_connection", str(f.values["vpc_peering_connection_id"]))
		if o != nil {
			switch attribute {
			case "region":
				return o.region
			case "owner_id":
				return o.account
			}
			return str(o.values[attribute])
		}
		switch attribute {
		case "region":
			return f.region
		case "owner_id":
			return f.account
		}
		return f.id("vpc", path)
	}
}

var attachments = map[string][2]string{
	"aws_ec2_transit_gateway_vpc_attachment": {"vpc", "vpc_id"}, "aws_ec2_transit_gateway_peering_attachment": {"peering", "peer_transit_gateway_id"},
	"aws_ec2_transit_gateway_connect": {"connect", "id"},
}

// attached is what a transit gateway attachment attaches.
func attached(f *filling, path string, _ map[string]any) any {
	id := str(f.values["transit_gateway_attachment_id"])
	for typ, a := range attachments {
		if v := f.provider.book.find(typ, id); v != nil {
			return str(v[a[1]])
		}
	}
	if v := f.provider.book.where("aws_vpn_connection", "transit_gateway_attachment_id", id); v != nil {
		return str(v["id"])
	}
	return f.note("placeholder-"+f.digits(hexDigits, 17, path), path)
}

func attachedType(f *filling, path string, _ map[string]any) any {
	id := str(f.values["transit_gateway_attachment_id"])
	for typ, a := range attachments {
		if f.provider.book.find(typ, id) != nil {
			return a[0]
		}
	}
	if f.provider.book.where("aws_vpn_connection", "transit_gateway_attachment_id", id) != nil {
		return "vpn"
	}
	f.choose(path)
	return "vpc"
}

func vpnPublic(f *filling, path string, _ map[string]any) any { return f.note(f.public(path), path) }

// vpnInside is the /30 of a tunnel.
func vpnInside(n int) shape {
	return func(f *filling, path string, _ map[string]any) any {
		x := f.numeral("tunnels", "inside")
		return f.note(fmt.Sprintf("169.254.%d.%d/30", 8+int(x[0])%240, int(x[1])/8*8+n), path)
	}
}

func vpnHost(block string, n int) shape {
	return func(f *filling, path string, _ map[string]any) any {
		p, err := netip.ParsePrefix(str(f.attribute(block)))
		if err != nil {
			return ""
		}
		a := p.Masked().Addr()
		for range n {
			a = a.Next()
		}
		return f.note(a.String(), path)
	}
}

// --- names and data ---

func recordName(f *filling, _ string, _ map[string]any) any {
	name := strings.TrimSuffix(str(f.values["name"]), ".")
	zone := strings.TrimSuffix(str(f.provider.book.find("aws_route53_zone", str(f.values["zone_id"]))["name"]), ".")
	switch {
	case zone == "" || name == zone || strings.HasSuffix(name, "."+zone):
		return name
	case name == "":
		return zone
	}
	return name + "." + zone
}

func certificateNames(f *filling) []string {
	out := []string{str(f.values["domain_name"])}
	for _, n := range texts(f.values["subject_alternative_names"]) {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if out[0] == "" {
		return out[1:]
	}
	return out
}

func alternativeNames(f *filling, _ string, _ map[string]any) any { return anys(certificateNames(f)) }

// validationOptions has an entry for each domain of a certificate.
func validationOptions(f *filling, path string, _ map[string]any) any {
	out := []any{}
	if str(f.values["validation_method"]) != "DNS" {
		return out
	}
	for i, domain := range certificateNames(f) {
		bare := strings.TrimPrefix(domain, "*.")
		at := fmt.Sprintf("%s[%d]", path, i)
		out = append(out, map[string]any{
			"domain_name":           domain,
			"resource_record_name":  f.note("_"+f.digits(hexDigits, 32, "name", bare)+"."+bare+".", at+".resource_record_name"),
			"resource_record_type":  "CNAME",
			"resource_record_value": f.note("_"+f.digits(hexDigits, 32, "value", bare)+"."+f.digits(alphabets["base"], 10, "value", bare)+".acm-validations.aws.", at+".resource_record_value"),
		})
	}
	return out
}

// databasePort is the port that an engine listens on by default.
func databasePort(f *filling, path string, _ map[string]any) any {
	engine := str(f.values["engine"])
	if c := f.provider.book.find("aws_rds_cluster", str(f.values["cluster_identifier"])); c != nil && c["port"] != nil {
		return c["port"]
	}
	f.choose(path)
	switch {
	case strings.Contains(engine, "postgres"):
		return 5432.0
	case strings.HasPrefix(engine, "oracle"), strings.HasPrefix(engine, "custom-oracle"):
		return 1521.0
	case strings.HasPrefix(engine, "sqlserver"):
		return 1433.0
	case strings.HasPrefix(engine, "db2"):
		return 50000.0
	}
	return 3306.0
}

// databaseGroups is the default group of the VPC of a subnet group.
func databaseGroups(f *filling, path string, _ map[string]any) any {
	group := str(f.values["db_subnet_group_name"])
	typ := "aws_db_subnet_group"
	switch {
	case strings.HasPrefix(f.typ, "aws_elasticache"):
		group, typ = str(f.values["subnet_group_name"]), "aws_elasticache_subnet_group"
	case strings.HasPrefix(f.typ, "aws_docdb"):
		typ = "aws_docdb_subnet_group"
	case strings.HasPrefix(f.typ, "aws_neptune"):
		group, typ = str(f.values["neptune_subnet_group_name"]), "aws_neptune_subnet_group"
	}
	var vpc string
	for _, s := range texts(f.provider.book.find(typ, group)["subnet_ids"]) {
		vpc = str(f.provider.subnet(s)["vpc_id"])
	}
	return []any{f.defaultGroup(vpc, path+"[0]")}
}

func userSecret(f *filling, path string, around map[string]any) any {
	if f.values["manage_master_user_password"] != true {
		return []any{}
	}
	return []any{map[string]any{
		"secret_arn":    f.typed("master_user_secret.secret_arn", path+"[0].secret_arn", stringType, false, around),
		"secret_status": "active", "kms_key_id": str(f.values["master_user_secret_kms_key_id"]),
	}}
}

func cachePort(f *filling, path string, _ map[string]any) any {
	f.choose(path)
	if str(f.values["engine"]) == "memcached" {
		return 11211.0
	}
	return 6379.0
}

func cacheNodes(f *filling, path string, _ map[string]any) any {
	out := []any{}
	for i := range max(1, integer(f.attribute("num_cache_nodes"))) {
		at := fmt.Sprintf("%s[%d]", path, i)
		address := fmt.Sprintf("%s.%s.%04d.%s.cache.%s", str(f.values["cluster_id"]), f.digits(alphabets["base"], 6, "cache"), i+1, regionCode(f.region), suffix(f.region))
		out = append(out, map[string]any{
			"id": fmt.Sprintf("%04d", i+1), "address": f.note(address, at+".address"), "port": f.attribute("port"), "availability_zone": f.zone(), "outpost_arn": "",
		})
	}
	return out
}

// cacheEndpoint is what Memcached alone has.
func cacheEndpoint(f *filling, path string, _ map[string]any) any {
	if str(f.values["engine"]) != "memcached" {
		return ""
	}
	return f.typed(path, path, stringType, false, f.values)
}

func blockVPC(subnets string) shape {
	return func(f *filling, path string, around map[string]any) any {
		ids := texts(around[subnets])
		if len(ids) == 0 {
			return ""
		}
		return f.vpcOf(ids, path)
	}
}

func blockZones(f *filling, _ string, around map[string]any) any {
	var out []string
	for _, id := range texts(around["subnet_ids"]) {
		if z := str(f.provider.subnet(id)["availability_zone"]); z != "" && !slices.Contains(out, z) {
			out = append(out, z)
		}
	}
	sort.Strings(out)
	return anys(out)
}

// --- lookups ---

// several are identifiers of that many objects. The subnets among them are in different zones.
func several(prefix string, n int) shape {
	return func(f *filling, path string, _ map[string]any) any {
		var vpcs []string
		each(f.values["filter"], func(m map[string]any) {
			if str(m["name"]) == "vpc-id" {
				vpcs = texts(m["values"])
			}
		})
		if vpc := str(f.values["vpc_id"]); vpc != "" {
			vpcs = []string{vpc}
		}
		out := []any{}
		for i := range n {
			at := fmt.Sprintf("%s[%d]", path, i)
			id := f.id(prefix, at)
			out = append(out, id)
			if prefix == "subnet" {
				all := zones(f.region)
				s := map[string]any{"id": id, "availability_zone": all[i%len(all)], "cidr_block": f.blockIPv4(at, 24)}
				if len(vpcs) == 1 {
					s["vpc_id"] = vpcs[0]
				}
				f.provider.book.keep(&object{typ: "data.aws_subnet", account: f.account, region: f.region, values: s})
			}
		}
		return out
	}
}

// knownList is AWS's own prefix list of that name.
func knownList(f *filling, path string, _ map[string]any) any {
	for _, name := range []string{"prefix_list_id", "id"} {
		if id := str(f.values[name]); id != "" {
			return id
		}
	}
	name := str(f.values["name"])
	each(f.values["filter"], func(m map[string]any) {
		if v := texts(m["values"]); len(v) == 1 && str(m["name"]) == "prefix-list-name" {
			name = v[0]
		}
	})
	return f.note(listID(name, f.region), path)
}

func listBlocks(f *filling, path string, _ map[string]any) any {
	return []any{f.note(f.blockIPv4(path, 20), path+"[0]")}
}

// lookedUp is an attribute of a subnet that a list of subnets has made up before; otherwise one is made up now.
func lookedUp(attribute string) shape {
	return func(f *filling, path string, _ map[string]any) any {
		s := str(f.provider.book.find("data.aws_subnet", str(f.values["id"]))[attribute])
		switch {
		case s != "" && attribute == "vpc_id":
			return s
		case s != "":
			return f.note(s, path)
		case attribute == "vpc_id":
			return f.id("vpc", path)
		}
		return f.note(f.blockIPv4(path, 24), path)
	}
}

func zoneOfLookedUp(f *filling, path string, _ map[string]any) any {
	f.choose(path)
	if s := f.provider.book.find("data.aws_subnet", str(f.values["id"])); str(s["availability_zone"]) != "" {
		f.values["availability_zone_id"] = zoneID(str(s["availability_zone"]))
		return str(s["availability_zone"])
	}
	return f.zone()
}

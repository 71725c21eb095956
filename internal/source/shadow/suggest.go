package shadow

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// prefixes of identifiers, by how the name of an attribute ends. The first that fits holds.
var prefixes = [][2]string{
	{"security_group_rule_id", "sgr"}, {"security_group_id", "sg"}, {"route_table_id", "rtb"}, {"network_acl_id", "acl"},
	{"network_interface_id", "eni"}, {"subnet_id", "subnet"}, {"allocation_id", "eipalloc"}, {"prefix_list_id", "pl"}, {"dhcp_options_id", "dopt"},
	{"transit_gateway_attachment_id", "tgw-attach"}, {"transit_gateway_id", "tgw"}, {"vpn_gateway_id", "vgw"}, {"customer_gateway_id", "cgw"},
	{"vpn_connection_id", "vpn"}, {"egress_only_gateway_id", "eigw"}, {"internet_gateway_id", "igw"}, {"nat_gateway_id", "nat"},
	{"vpc_peering_connection_id", "pcx"}, {"peering_connection_id", "pcx"}, {"vpc_endpoint_service_id", "vpce-svc"}, {"vpc_endpoint_id", "vpce"},
	{"local_gateway_id", "lgw"}, {"instance_id", "i"}, {"volume_id", "vol"}, {"snapshot_id", "snap"}, {"image_id", "ami"}, {"ami_id", "ami"},
	{"launch_template_id", "lt"}, {"file_system_id", "fs"}, {"attachment_id", "eni-attach"}, {"association_id", "assoc"}, {"vpc_id", "vpc"},
}

// prefixed are the types that only data sources have, whose id has a prefix.
var prefixed = map[string]string{
	"data.aws_vpc_peering_connection": "pcx", "data.aws_ec2_managed_prefix_list": "pl", "data.aws_prefix_list": "pl", "data.aws_network_interface": "eni",
	"data.aws_ebs_volume": "vol", "data.aws_ebs_snapshot": "snap", "data.aws_vpc_ipam_pool": "ipam-pool",
}

// named makes a text by what its attribute is called.
func (f *filling) named(name, path string) string {
	has := func(suffixes ...string) bool {
		return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
	}
	ordinary := func(s string) string {
		f.choose(path)
		return s
	}
	switch {
	case name == "id":
		if p := prefixed[f.typ]; p != "" {
			return f.id(p, path)
		}
		return f.id(strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(f.typ, "data."), "aws_"), "_", "-"), path)
	case f.provider.source != "hashicorp/aws":
		return f.note("placeholder-"+f.digits(hexDigits, 17, path), path)
	case name == "account_id" || has("owner_id", "_account_id", "owner", "registry_id"):
		return f.account
	case name == "region" || has("_region"):
		return f.region
	case has("availability_zone_id"):
		return ordinary(zoneID(f.zone()))
	case has("availability_zone"):
		return ordinary(f.zone())
	case name == "arn" || has("_arn"):
		return f.note(fmt.Sprintf("arn:%s:%s:%s:%s:%s/%s", partition(f.region), service(f.typ, name), f.region, f.account,
			strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(f.typ, "data."), "aws_"), "_arn"), "_", "-"),
			f.digits(hexDigits, 17, path)), path)
	case has("ipv6_cidr_block", "ipv6_cidr"):
		return f.note(f.blockIPv6(path, 56), path)
	case has("cidr_block", "cidr"):
		return f.note(f.blockIPv4(path, 24), path)
	case has("ipv6_address", "ipv6"):
		return f.note(f.addressIPv6("", path), path)
	case has("public_ip", "public_ip_address"):
		return f.note(f.public(path), path)
	case has("_ip", "ip_address", "_address1", "_address2") || name == "ip":
		return f.note(f.privateUnknown(path), path)
	case has("mac_address"):
		d := f.digits(hexDigits, 10, path)
		return f.note("02:"+d[0:2]+":"+d[2:4]+":"+d[4:6]+":"+d[6:8]+":"+d[8:10], path)
	case has("dns_name", "hostname", "fqdn", "domain_name", "public_dns", "private_dns", "private_dns_name", "endpoint", "endpoint_address", "address"):
		return f.note(f.digits(hexDigits, 17, path)+"."+f.region+"."+suffix(f.region), path)
	case has("url", "uri"):
		return f.note("https://"+f.digits(hexDigits, 17, path)+"."+f.region+"."+suffix(f.region), path)
	case has("_date", "_time", "created_at", "updated_at", "date", "timestamp", "_after", "_before"):
		return ordinary("2020-01-01T00:00:00Z")
	case has("status", "state"):
		return ordinary("available")
	case has("policy", "json"):
		return ordinary(`{"Version":"2012-10-17","Statement":[]}`)
	case has("zone_id"):
		return f.note("Z"+f.digits(alphabets["upper"], 20, path), path)
	case has("key_id", "uuid"):
		return f.note(words["uuid"](f, path), path)
	case has("window"):
		return ordinary("sun:05:00-sun:06:00")
	}
	for _, p := range prefixes {
		if has(p[0]) {
			return f.id(p[1], path)
		}
	}
	if name == "name" || has("_name", "identifier") {
		if prefix := str(f.values[name+"_prefix"]); prefix != "" {
			return f.note(prefix+f.digits("0123456789", 26, path), path)
		}
		return f.note("terraform-"+f.digits("0123456789", 26, path), path)
	}
	return f.note("placeholder-"+f.digits(hexDigits, 17, path), path)
}

// service is the service that an ARN names, by the attribute it is in.
func service(typ, name string) string {
	for _, s := range [][2]string{{"role_arn", "iam"}, {"kms_key_arn", "kms"}, {"secret_arn", "secretsmanager"}, {"topic_arn", "sns"}, {"bucket_arn", "s3"}} {
		if strings.HasSuffix(name, s[0]) {
			return s[1]
		}
	}
	word, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(typ, "data."), "aws_"), "_")
	if s, ok := services[word]; ok {
		return s
	}
	return word
}

// services are those whose name in ARNs is another one than in types.
var services = map[string]string{
	"vpc": "ec2", "subnet": "ec2", "security": "ec2", "route": "ec2", "network": "ec2", "internet": "ec2", "nat": "ec2", "eip": "ec2", "instance": "ec2",
	"launch": "ec2", "customer": "ec2", "vpn": "ec2", "ebs": "ec2", "db": "rds", "lb": "elasticloadbalancing", "alb": "elasticloadbalancing",
	"elb": "elasticloadbalancing", "cloudwatch": "logs", "api": "apigateway", "sfn": "states", "msk": "kafka", "opensearch": "es", "elasticsearch": "es",
	"efs": "elasticfilesystem", "docdb": "rds", "neptune": "rds", "cognito": "cognito-idp", "networkfirewall": "network-firewall", "route53": "route53",
	"prometheus": "aps", "mwaa": "airflow", "vpclattice": "vpc-lattice", "kinesis": "kinesis", "dx": "directconnect",
}

// integer is a number as an int.
func integer(x any) int {
	switch x := x.(type) {
	case float64:
		return int(x)
	case *big.Float:
		n, _ := x.Int64()
		return int(n)
	case string:
		n, _ := strconv.Atoi(x)
		return n
	}
	return 0
}

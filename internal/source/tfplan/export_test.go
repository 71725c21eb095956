package tfplan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/random"
)

// RandomCode is a random network, and Terraform code in JSON that makes it; not ok when no code can. Public addresses are AWS's to choose: no rule of such a network
// tells them apart.
func RandomCode(seed uint64) (want *network.Network, code map[string]any, ok bool) {
	c := random.Network(seed)
	if !writable(&c) || !codable(&c) {
		return nil, nil, false
	}
	want = network.New(c)
	w := &statement{seed: seed}
	w.network(want)
	return want, w.code(), true
}

// codable tells whether code can make what a state can hold.
func codable(c *network.Contents) bool {
	named := namedPrefixes(c)
	for _, p := range named {
		if p.Bits() > 0 && (p.Overlaps(publicBlock) || p.Overlaps(undecided)) {
			return false
		}
	}
	for _, p := range c.PeeringConnections {
		if p.State != "active" && p.State != "pending-acceptance" {
			return false
		}
	}
	for _, t := range c.RouteTables {
		if slices.ContainsFunc(t.Routes, func(r network.Route) bool { return r.Blackhole }) {
			return false
		}
	}
	for _, l := range c.PrefixLists { // what AWS's lists hold, code does not know
		if l.AWS && usesList(c, l.ID) {
			return false
		}
	}
	return len(c.Endpoints) == 0 && !slices.ContainsFunc(c.EgressOnlyGateways, func(g *network.EgressOnlyGateway) bool { return g.VPC == "" })
}

// publicBlock holds the public addresses of random networks.
var publicBlock = netip.MustParsePrefix("52.10.0.0/16")

// namedPrefixes are those that rules, entries, routes and lists name.
func namedPrefixes(c *network.Contents) []netip.Prefix {
	var all []netip.Prefix
	for _, g := range c.SecurityGroups {
		for _, r := range slices.Concat(g.Inbound, g.Outbound) {
			all = append(all, r.Block)
		}
	}
	for _, a := range c.NetworkACLs {
		for _, e := range a.Entries {
			all = append(all, e.Block)
		}
	}
	for _, t := range c.RouteTables {
		for _, r := range t.Routes {
			all = append(all, r.Destination)
		}
	}
	for _, l := range c.PrefixLists {
		if !l.AWS {
			all = append(all, l.Entries...)
		}
	}
	return slices.DeleteFunc(all, func(p netip.Prefix) bool { return !p.IsValid() })
}

// usesList tells whether a rule or a route names a prefix list.
func usesList(c *network.Contents, list string) bool {
	for _, g := range c.SecurityGroups {
		if slices.ContainsFunc(slices.Concat(g.Inbound, g.Outbound), func(r network.Rule) bool { return r.PrefixList == list }) {
			return true
		}
	}
	for _, t := range c.RouteTables {
		if slices.ContainsFunc(t.Routes, func(r network.Route) bool { return r.PrefixList == list }) {
			return true
		}
	}
	return false
}

// computed are attributes that code does not set.
var computed = []string{"id", "owner_id", "tags_all", "region", "public_ip", "private_ip_list", "allocation_id", "state", "accept_status", "instance_state", "primary_network_interface_id",
	"default_route_table_id", "default_network_acl_id", "default_security_group_id", "private_ip", "network_interface_id", "aws_account_id", "aws_region"}

// code is what was written, as code: with references in the place of identifiers.
func (w *statement) code() map[string]any {
	address, places := map[string]string{}, map[string]string{}
	var providers []any
	for _, each := range w.resources {
		r := each.(fields)
		if id, ok := r["values"].(fields)["id"].(string); ok && r["mode"] == "managed" {
			typ := r["type"].(string)
			if strings.HasPrefix(typ, "aws_default_") {
				continue
			}
			address[id] = fmt.Sprintf("${%s.%s.id}", typ, r["name"])
		}
	}
	// The main table and the default ACL are called by what the VPC says of them.
	for _, each := range w.resources {
		r := each.(fields)
		if v := r["values"].(fields); r["type"] == "aws_vpc" {
			for _, name := range []string{"default_route_table_id", "default_network_acl_id", "default_security_group_id"} {
				address[v[name].(string)] = fmt.Sprintf("${aws_vpc.%s.%s}", r["name"], name)
			}
		}
		if v := r["values"].(fields); r["type"] == "aws_nat_gateway" {
			address[v["network_interface_id"].(string)] = fmt.Sprintf("${aws_nat_gateway.%s.network_interface_id}", r["name"])
		}
	}
	w.addresses = address
	resources := map[string]map[string]any{}
	var last string
	for _, each := range w.resources {
		r := each.(fields)
		v, typ := r["values"].(fields), r["type"].(string)
		if r["mode"] != "managed" {
			continue
		}
		own := fields{}
		for name, value := range v {
			if slices.Contains(computed, name) && !(name == "default_route_table_id" && typ == "aws_default_route_table") && !(name == "default_network_acl_id" && typ == "aws_default_network_acl") &&
				!(name == "network_interface_id" && typ != "aws_nat_gateway") {
				continue
			}
			if value == nil || value == "" {
				continue
			}
			own[name] = refer(value, address)
		}
		if account, ok := v["owner_id"].(string); ok {
			key := account + "/" + v["region"].(string)
			if places[key] == "" {
				places[key] = fmt.Sprintf("p%d", len(places))
				providers = append(providers, fields{"alias": places[key], "region": v["region"], "allowed_account_ids": []any{account}})
			}
			last = "aws." + places[key]
		}
		if last == "" {
			last = "aws.p0"
		}
		own["provider"] = last
		w.complete(typ, v, own, resources, fmt.Sprint(r["name"]), last)
		if resources[typ] == nil {
			resources[typ] = map[string]any{}
		}
		resources[typ][r["name"].(string)] = own
	}
	return map[string]any{
		"terraform": fields{"required_providers": fields{"aws": fields{"source": "hashicorp/aws", "version": ">= 6.0"}}},
		"provider":  fields{"aws": providers},
		"resource":  resources,
	}
}

// complete adds what code has to say and a state has otherwise, and takes away what code must not say.
func (w *statement) complete(typ string, v, own fields, resources map[string]map[string]any, name, provider string) {
	fill := func(list any, attributes ...string) {
		for _, each := range list.([]any) {
			for _, a := range attributes {
				if _, ok := each.(fields)[a]; !ok {
					each.(fields)[a] = nil
				}
			}
		}
	}
	switch typ {
	case "aws_vpc", "aws_subnet", "aws_route_table", "aws_network_acl", "aws_internet_gateway", "aws_egress_only_internet_gateway", "aws_nat_gateway", "aws_network_interface", "aws_instance", "aws_default_route_table",
		"aws_default_network_acl":
		own["tags"] = v["tags_all"]
	}
	switch typ {
	case "aws_vpc":
		if own["ipv6_cidr_block"] != nil { // out of a pool, so that code may choose it
			own["ipv6_ipam_pool_id"] = "ipam-pool-1"
		}
	case "aws_vpc_ipv6_cidr_block_association":
		own["ipv6_ipam_pool_id"] = "ipam-pool-1"
	case "aws_subnet":
		delete(own, "availability_zone_id")
		if own["ipv6_native"] == true {
			delete(own, "cidr_block")
		}
	case "aws_route_table", "aws_default_route_table":
		delete(own, "vpc_id")
		if typ == "aws_route_table" {
			own["vpc_id"] = refer(v["vpc_id"], w.addresses)
		}
		if own["route"] != nil {
			fill(own["route"], "carrier_gateway_id", "cidr_block", "core_network_arn", "destination_prefix_list_id", "egress_only_gateway_id", "gateway_id", "ipv6_cidr_block", "local_gateway_id", "nat_gateway_id",
				"network_interface_id", "odb_network_arn", "transit_gateway_id", "vpc_endpoint_id", "vpc_peering_connection_id", "instance_id")
			for _, each := range own["route"].([]any) {
				absent := []string{"instance_id"}
				if typ == "aws_default_route_table" {
					absent = []string{"carrier_gateway_id", "local_gateway_id", "odb_network_arn"}
				}
				for _, a := range absent {
					delete(each.(fields), a)
				}
			}
		}
	case "aws_default_network_acl", "aws_network_acl":
		for _, list := range []string{"ingress", "egress"} {
			fill(own[list], "action", "cidr_block", "from_port", "icmp_code", "icmp_type", "ipv6_cidr_block", "protocol", "rule_no", "to_port")
		}
		if typ == "aws_default_network_acl" {
			delete(own, "vpc_id")
		}
	case "aws_ec2_managed_prefix_list":
		own["max_entries"], own["address_family"] = 20, "IPv4"
		if own["name"] == nil {
			own["name"] = "list"
		}
	case "aws_security_group":
		fill(own["ingress"], "description", "from_port", "to_port", "protocol", "self", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups")
		fill(own["egress"], "description", "from_port", "to_port", "protocol", "self", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups")
	case "aws_security_group_rule":
		for _, list := range []string{"cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids"} {
			if l, ok := own[list].([]any); ok && len(l) == 0 {
				delete(own, list)
			}
		}
		if own["self"] == false {
			delete(own, "self")
		}
	case "aws_vpc_peering_connection":
		delete(own, "peer_owner_id")
		delete(own, "peer_region")
		if v["accept_status"] == "active" {
			resources["aws_vpc_peering_connection_accepter"] = orEmpty(resources["aws_vpc_peering_connection_accepter"])
			resources["aws_vpc_peering_connection_accepter"][name] = fields{"vpc_peering_connection_id": "${aws_vpc_peering_connection." + name + ".id}", "auto_accept": true, "provider": provider}
		}
	case "aws_network_interface":
		delete(own, "ipv6_address_count")
		delete(own, "interface_type")
		if v["interface_type"] == "lambda" {
			own["interface_type"] = "lambda"
		}
	case "aws_instance":
		delete(own, "subnet_id")
		own["ami"], own["instance_type"] = "ami-1", "t3.micro"
	case "aws_eip":
		own["domain"] = "vpc"
		if v["private_ip"] != nil { // a NAT gateway takes it
			delete(own, "network_interface")
		}
	case "aws_eip_association":
		delete(own, "instance_id")
	}
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// refer puts references in the place of identifiers.
func refer(value any, address map[string]string) any {
	switch v := value.(type) {
	case string:
		if a, ok := address[v]; ok {
			return a
		}
	case []string:
		all := []any{}
		for _, each := range v {
			all = append(all, refer(each, address))
		}
		return all
	case []any:
		all := []any{}
		for _, each := range v {
			all = append(all, refer(each, address))
		}
		return all
	case fields:
		own := fields{}
		for name, each := range v {
			if each != nil && each != "" {
				own[name] = refer(each, address)
			}
		}
		return own
	}
	return value
}

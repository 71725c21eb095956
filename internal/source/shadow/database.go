package shadow

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

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

package shadow

import "strings"

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

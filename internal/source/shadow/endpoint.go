package shadow

import (
	"fmt"
	"slices"
	"strings"
)

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

package shadow

import (
	"fmt"
	"sort"
)

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

package shadow

import "fmt"

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

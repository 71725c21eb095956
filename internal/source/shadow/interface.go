package shadow

import (
	"fmt"
	"strings"
)

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
	out := []any{}
	if ip := str(f.attribute("private_ip")); ip != "" {
		out = append(out, ip)
	}
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
	if f.attribute("associate_public_ip_address") == true && str(f.attribute("private_ip")) != "" {
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

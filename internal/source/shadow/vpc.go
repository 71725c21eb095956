package shadow

import (
	"fmt"
	"slices"
)

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

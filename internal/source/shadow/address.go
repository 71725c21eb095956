package shadow

import (
	"fmt"
	"net/netip"
)

// Addresses that nobody has: IPv4 ones are out of 240.0.0.0/4, which AWS never gives; IPv6 ones are out of the block for documentation, or of their subnet.

// public is a public address.
func (f *filling) public(path string) string {
	n := f.numeral(path, "public")
	return fmt.Sprintf("%d.%d.%d.%d", 240+n[0]%6, n[1], n[2], 1+n[3]%254)
}

// privateUnknown is a private address.
func (f *filling) privateUnknown(path string) string {
	n := f.numeral(path, "private")
	return fmt.Sprintf("%d.%d.%d.%d", 246+n[0]%4, n[1], n[2], 1+n[3]%254)
}

// blockIPv4 is a block of that size.
func (f *filling) blockIPv4(path string, bits int) string {
	n := f.numeral(path, "block")
	a := netip.AddrFrom4([4]byte{250 + n[0]%5, n[1], n[2], n[3]})
	return netip.PrefixFrom(a, bits).Masked().String()
}

// blockIPv6 is a block of that size.
func (f *filling) blockIPv6(path string, bits int) string {
	n := f.numeral(path, "block6")
	return netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, n[0], n[1], n[2], n[3]}), bits).Masked().String()
}

func (f *filling) numeral(path, what string) [8]byte {
	var out [8]byte
	d := hash(f.seed, path, what)
	for i := range out {
		_, _ = fmt.Sscanf(d[2*i:2*i+2], "%x", &out[i])
	}
	return out
}

// address stands for an address of a subnet, by the subnet's id; empty in one that has IPv6 only. It is none of the subnet: those, a configuration may name.
func (f *filling) address(subnet, path string) string {
	if f.provider.subnet(subnet)["ipv6_native"] == true {
		return ""
	}
	text := f.note(f.privateUnknown(path), path)
	if block, err := netip.ParsePrefix(str(f.provider.subnet(subnet)["cidr_block"])); err == nil && block.Addr().Is4() {
		f.within[text] = block.Masked().String()
	}
	return text
}

// addressIPv6 is an IPv6 address, within the subnet's block if it has one.
func (f *filling) addressIPv6(subnet, path string) string {
	n := f.numeral(path, "address6")
	a := [16]byte{0x20, 0x01, 0x0d, 0xb8}
	if block, err := netip.ParsePrefix(str(f.provider.subnet(subnet)["ipv6_cidr_block"])); err == nil && block.Addr().Is6() {
		a = block.Masked().Addr().As16()
	}
	copy(a[8:], n[:])
	return f.note(netip.AddrFrom16(a).String(), path)
}

// zone is a zone for what is in no certain one.
func (f *filling) zone() string {
	if z := str(f.values["availability_zone"]); z != "" {
		return z
	}
	if id := str(f.values["availability_zone_id"]); id != "" {
		return zoneOf(id, f.region)
	}
	if id := str(f.values["subnet_id"]); id != "" {
		if z := str(f.provider.subnet(id)["availability_zone"]); z != "" {
			return z
		}
	}
	return zones(f.region)[0]
}

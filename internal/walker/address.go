package walker

import "net/netip"

// private are the sources and destinations that do not cross an internet gateway (IGW-2), each with Reachability Analyzer's code for either way.
var private = []struct {
	block         netip.Prefix
	egress, entry string
}{
	{netip.MustParsePrefix("10.0.0.0/8"), "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"},
	{netip.MustParsePrefix("172.16.0.0/12"), "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"},
	{netip.MustParsePrefix("192.168.0.0/16"), "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"},
	{netip.MustParsePrefix("100.64.0.0/10"), "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS"},
}

// globalIPv6 are the IPv6 addresses that are public (IGW-3).
var globalIPv6 = netip.MustParsePrefix("2000::/3")

// nat64 is the prefix by which IPv6 clients name IPv4 servers.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// notForwarded are link-local addresses that no table forwards (RT-6).
var notForwarded = []netip.Prefix{netip.MustParsePrefix("169.254.168.0/22"), netip.MustParsePrefix("fd00:ec2::/32")}

// crossesInternet tells whether an address may be on a packet between an internet gateway and the internet (IGW-2, IGW-3); if not,
// egress and entry are the codes for a destination on the way out and for a source on the way in.
func crossesInternet(a netip.Addr) (egress, entry string, ok bool) {
	if a.Is6() {
		if globalIPv6.Contains(a) {
			return "", "", true
		}
		return "IPV6_ADDRESS_NOT_GLOBAL", "IPV6_ADDRESS_NOT_GLOBAL", false
	}
	for _, each := range private {
		if each.block.Contains(a) {
			return each.egress, each.entry, false
		}
	}
	return "", "", true
}

// within tells whether one of the blocks holds an address. Blocks of the other family never do (SG-9, NACL-6).
func within(blocks []netip.Prefix, a netip.Addr) bool {
	for _, b := range blocks {
		if b.Contains(a) {
			return true
		}
	}
	return false
}

// The services of AWS that neither groups nor ACLs filter (SG-12, NACL-9). DHCP is not among them: it happens before there is an address to ask from.
var exempt = []struct {
	address netip.Addr
	service string
	port    uint16
	tcp     bool
	udp     bool
}{
	{netip.MustParseAddr("169.254.169.253"), "VPC resolver", 53, true, true},
	{netip.MustParseAddr("fd00:ec2::253"), "VPC resolver", 53, true, true},
	{netip.MustParseAddr("169.254.169.254"), "instance metadata", 80, true, false},
	{netip.MustParseAddr("fd00:ec2::254"), "instance metadata", 80, true, false},
	{netip.MustParseAddr("169.254.169.123"), "time sync", 123, false, true},
	{netip.MustParseAddr("fd00:ec2::123"), "time sync", 123, false, true},
	{netip.MustParseAddr("169.254.170.2"), "task metadata", 80, true, false},
}

// exemptService names the service that a packet from a VPC with these blocks is for, or is empty (SG-12).
func exemptService(blocks []netip.Prefix, p Packet) string {
	for _, each := range exempt {
		if p.Destination == each.address && p.DestinationPort == each.port && (p.Protocol == TCP && each.tcp || p.Protocol == UDP && each.udp) {
			return each.service
		}
	}
	if len(blocks) == 0 || !blocks[0].Addr().Is4() || !p.hasPorts() || p.DestinationPort != 53 {
		return ""
	}
	if p.Destination == blocks[0].Masked().Addr().Next().Next() {
		return "VPC resolver"
	}
	return ""
}

package synth

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// IANA's numbers.
const (
	everything = -1
	icmp       = 1
	tcp        = 6
	udp        = 17
)

// private are the ranges that VPCs have their blocks from: the pools of all Regions.
var private = prefixes("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12")

// buildACLs makes the default network ACL and, in two of five VPCs, one for every tier.
func (v *vpc) buildACLs() {
	if !v.dice.chance(40) {
		v.openACL(v.tiers...)
		return
	}
	var open []tier
	for _, t := range v.tiers {
		if t == transit || t == firewall { // as AWS advises
			open = append(open, t)
			continue
		}
		acl := &network.NetworkACL{Object: v.object("acl", v.Name+"-"+tierNames[t]), VPC: v.ID}
		v.org.contents.NetworkACLs = append(v.org.contents.NetworkACLs, acl)
		for _, s := range v.subnets[t] {
			acl.Subnets = append(acl.Subnets, s.ID)
		}
		v.restrict(acl, t)
	}
	v.openACL(open...)
}

// openACL makes the default network ACL, of some tiers.
func (v *vpc) openACL(of ...tier) {
	open := &network.NetworkACL{Object: v.object("acl", ""), VPC: v.ID, Default: true}
	v.org.contents.NetworkACLs = append(v.org.contents.NetworkACLs, open)
	for _, outbound := range []bool{false, true} {
		v.entry(open, outbound, 100, true, everything, all4, -1, -1)
		if v.ipv6 {
			v.entry(open, outbound, 101, true, everything, all6, -1, -1)
		}
	}
	for _, t := range of {
		for _, s := range v.subnets[t] {
			open.Subnets = append(open.Subnets, s.ID)
		}
	}
}

// restrict writes the entries of a tier's network ACL: what the tier serves, the VPC itself, and replies.
func (v *vpc) restrict(acl *network.NetworkACL, t tier) {
	v.entry(acl, false, 10, false, tcp, all4, 23, 23)
	v.entry(acl, false, 20, false, tcp, all4, 3389, 3389)
	number := 100
	allow := func(outbound bool, protocol int, block netip.Prefix, from, to int) {
		v.entry(acl, outbound, number, true, protocol, block, from, to)
		number += 10
	}
	anywhere := []netip.Prefix{all4}
	if v.ipv6 {
		anywhere = append(anywhere, all6)
	}
	switch t {
	case public, app, nat:
		for _, block := range v.Blocks {
			allow(false, everything, block, -1, -1)
			allow(true, everything, block, -1, -1)
		}
		if t == public {
			for _, block := range anywhere {
				allow(false, tcp, block, 443, 443)
				allow(false, tcp, block, 80, 80)
			}
			for _, block := range v.org.offices(v.account, v.region).Entries {
				allow(false, tcp, block, 22, 22)
			}
			for _, block := range anywhere {
				allow(true, tcp, block, 1024, 65535)
			}
		}
		for _, block := range anywhere {
			allow(false, tcp, block, 1024, 65535)
			allow(false, udp, block, 1024, 65535)
			allow(true, tcp, block, 443, 443)
			allow(true, tcp, block, 80, 80)
			allow(true, udp, block, 123, 123)
		}
		if t == app {
			for _, block := range private {
				allow(false, everything, block, -1, -1)
				allow(true, everything, block, -1, -1)
			}
		}
	case data:
		for _, client := range []tier{public, app} {
			for _, s := range v.subnets[client] {
				if client == public {
					allow(false, tcp, s.Blocks[0], 22, 22) // the bastion
				} else {
					allow(false, tcp, s.Blocks[0], 5432, 5432)
					allow(false, tcp, s.Blocks[0], 6379, 6379)
				}
				allow(true, tcp, s.Blocks[0], 1024, 65535)
			}
		}
		for _, s := range v.subnets[data] {
			for _, block := range s.Blocks {
				allow(false, tcp, block, 1024, 65535)
				allow(true, tcp, block, 1024, 65535)
			}
		}
		allow(false, tcp, ten, 9100, 9100)
		allow(true, tcp, ten, 1024, 65535)
		for _, block := range v.org.s3(v.region).Entries {
			allow(true, tcp, block, 443, 443)
			allow(false, tcp, block, 1024, 65535)
		}
	}
}

func (v *vpc) entry(acl *network.NetworkACL, outbound bool, number int, allow bool, protocol int, block netip.Prefix, from, to int) {
	acl.Entries = append(acl.Entries, network.ACLEntry{Number: number, Outbound: outbound, Allow: allow, Protocol: protocol, Block: block,
		From: from, To: to, Origin: origin(acl.ID, "Entries", len(acl.Entries))})
}

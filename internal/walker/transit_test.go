package walker

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Two VPCs of two zones each, and a transit gateway between them, with a table to which both attachments propagate. Both have a subnet in zone 1;
// eni-a and eni-w are in that zone, eni-b and eni-x in zone 2. The servers are open to all addresses, but not by reference.
var transit = strings.ReplaceAll(peers, "pcx-1", "tgw-1") + `
subnet s1 v 10.0.1.0/24 2600:1f00:0:1::/64 zone=a zoneid=az1
subnet s2 v 10.0.2.0/24 2600:1f00:0:2::/64 zone=b zoneid=az2
subnet w1 w 10.1.1.0/24 2600:1f01:0:1::/64 zone=b zoneid=az1
subnet w2 w 10.1.2.0/24 2600:1f01:0:2::/64 zone=a zoneid=az2
eni eni-b s2 sg-all 10.0.2.10 2600:1f00:0:2::b
eni eni-x w2 sg-w 10.1.2.10 2600:1f01:0:2::b
tgw tgw-1
ttable rt-1 tgw-1 at-v at-w
attachment at-v tgw-1 v s1 table=rt-1 ipv6
attachment at-w tgw-1 w w1 table=rt-1 ipv6
`

// The same with a subnet in either zone for each attachment.
var wide = transit + `
attachment at-v tgw-1 v s1 s2 table=rt-1 ipv6
attachment at-w tgw-1 w w1 w2 table=rt-1 ipv6
`

// The same with attachments in subnets of their own, in the zones of the others.
var apart = transit + `
subnet s9 v 10.0.9.0/28 zoneid=az1
subnet w9 w 10.1.9.0/28 zoneid=az1
attachment at-v tgw-1 v s9 table=rt-1
attachment at-w tgw-1 w w9 table=rt-1
`

// The two VPCs on two gateways that are peered.
var peeredGateways = strings.ReplaceAll(transit, "route tw 10.0.0.0/16 tgw-1", "route tw 10.0.0.0/16 tgw-2") + `
tgw tgw-2
ttable rt-1 tgw-1 at-v
ttable rt-2 tgw-2 at-w
attachment at-w tgw-2 w w1 table=rt-2
attachment tgw-1/at-p tgw-1 tgw-2 type=peering peer=tgw-2 table=rt-1 bare
attachment tgw-2/at-p tgw-2 tgw-1 type=peering peer=tgw-1 table=rt-2 bare
troute rt-1 10.1.0.0/16 at-p
troute rt-2 10.0.0.0/16 at-p
`

// An outbound and an inbound reference between eni-a and eni-w, and every switch on that references over a gateway need.
var referenced = transit + `
group sg-w w
rule sg-w in tcp 443 sg-client
tgw tgw-1 references
attachment at-v tgw-1 v s1 table=rt-1 references
attachment at-w tgw-1 w w1 table=rt-1 references
`

// acl9 is a network ACL for an attachment's subnet of apart, open but for the entries that come with it.
func acl9(vpc, subnet, entries string) string {
	return fmt.Sprintf(`
		acl n9 %s %s
		entry n9 in  200 allow -1 * 0.0.0.0/0
		entry n9 out 200 allow -1 * 0.0.0.0/0
		%s
		`, vpc, subnet, entries)
}

// without leaves out the lines that begin with one of some words.
func without(text string, starts ...string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if !slices.ContainsFunc(starts, func(start string) bool { return strings.HasPrefix(line, start) }) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

var transitScenarios = []scenario{
	{"TGW-2", "VPCs that propagate", transit, "eni-a > eni-w tcp 443", "reachable"},
	{"TGW-7", "over IPv6", transit, "eni-a > eni-w@2600:1f01:0:1::a tcp 443", "reachable"},

	// -- Attachments
	{"RT-9", "the VPC is not attached", without(transit, "attachment at-v"), "eni-a > eni-w tcp 443", "unreachable BAD_STATE_ATTACHMENT"},
	{"RT-9", "it is attached to another gateway", transit + `attachment at-v tgw-2 v s1 table=rt-1`, "eni-a > eni-w tcp 443", "unreachable BAD_STATE_ATTACHMENT"},
	{"RT-9", "the attachment is being deleted", transit + `attachment at-v tgw-1 v s1 table=rt-1 state=deleting`, "eni-a > eni-w tcp 443", "unreachable BAD_STATE_ATTACHMENT"},
	{"RT-9", "an attachment that was deleted stays listed", transit + `attachment at-u tgw-1 v s1 table=rt-1 state=deleted`, "eni-a > eni-w tcp 443", "reachable"},
	{"RT-9", "the other attachment is pending", transit + `attachment at-w tgw-1 w w1 table=rt-1 state=pendingAcceptance`, "eni-a > eni-w tcp 443", "unreachable BAD_STATE"},
	{"RT-9", "the gateway is being deleted", transit + `tgw tgw-1 state=deleting`, "eni-a > eni-w tcp 443", "unreachable BAD_STATE"},
	{"V-6", "the attachments were not collected", without(transit, "attachment at-v") + `
		gap TransitGatewayAttachments
		gap TransitGatewayVpcAttachments`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "one of the two lists that tell is enough", without(transit, "attachment at-v") + `gap TransitGatewayAttachments`, "eni-a > eni-w tcp 443", "unreachable BAD_STATE_ATTACHMENT"},
	{"V-6", "the accounts of the gateway and of the VPC were not collected", without(transit, "attachment at-v", "tgw ", "vpc v") + `
		vpc v 10.0.0.0/16 2600:1f00::/56 account=2
		tgw tgw-1 account=3
		collected 1 r`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "that of the VPC was", without(transit, "attachment at-v", "tgw ", "vpc v") + `
		vpc v 10.0.0.0/16 2600:1f00::/56 account=2
		tgw tgw-1 account=3
		collected 1 r
		collected 2 r`, "eni-a > eni-w tcp 443", "unreachable BAD_STATE_ATTACHMENT"},
	{"V-6", "neither the gateway nor an attachment is there", without(transit, "attachment at-v", "tgw "), "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "the gateway is not there, the attachments are", without(transit, "tgw "), "eni-a > eni-w tcp 443", "reachable"},
	{"V-6", "an attachment that is not understood", transit + `attachment at-v tgw-1 v s1 table=rt-1 defect`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "another attachment that is not understood", transit + `attachment at-w tgw-1 w w1 table=rt-1 defect`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a gateway that is not understood", transit + `tgw tgw-1 defect`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "the near attachment's details were not collected", transit + `attachment at-v tgw-1 v table=rt-1 bare`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "the far attachment's details were not collected", transit + `attachment at-w tgw-1 w table=rt-1 bare`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},

	// -- Association and tables
	{"TGW-1", "no association", transit + `attachment at-v tgw-1 v s1`, "eni-a > eni-w tcp 443", "unreachable TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"},
	{"TGW-4", "no association on the other side", transit + `attachment at-w tgw-1 w w1`, "eni-a > eni-w tcp 443", "one-way TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"},
	{"TGW-4", "no route back in the destination's subnet", without(transit, "route tw 10.0"), "eni-a > eni-w tcp 443", "one-way NO_RETURN_ROUTE"},
	{"TGW-4", "no route back in the table of its attachment", transit + `
		ttable rt-2 tgw-1
		attachment at-w tgw-1 w w1 table=rt-2`, "eni-a > eni-w tcp 443", "one-way NO_RETURN_ROUTE"},
	{"TGW-2", "no route", transit + `ttable rt-1 tgw-1 at-v`, "eni-a > eni-w tcp 443", "unreachable TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"},
	{"TGW-2", "a static route", transit + `
		ttable rt-1 tgw-1 at-v
		troute rt-1 10.1.0.0/16 at-w`, "eni-a > eni-w tcp 443", "reachable"},
	{"TGW-2", "a blackhole with a longer prefix", transit + `troute rt-1 10.1.1.0/24 blackhole`, "eni-a > eni-w tcp 443", "unreachable TGW_RTB_BAD_STATE_ROUTE"},
	{"TGW-2", "a blackhole with a shorter prefix", transit + `troute rt-1 10.0.0.0/8 blackhole`, "eni-a > eni-w tcp 443", "reachable"},
	{"TGW-2", "a blackhole is static, and so wins over what is propagated", transit + `troute rt-1 10.1.0.0/16 blackhole`, "eni-a > eni-w tcp 443", "unreachable TGW_RTB_BAD_STATE_ROUTE"},
	{"TGW-2", "a static route wins over a prefix list", transit + `
		list pl-1 10.1.0.0/16
		troute rt-1 pl-1 blackhole
		troute rt-1 10.1.0.0/16 at-w`, "eni-a > eni-w tcp 443", "reachable"},
	{"TGW-2", "a prefix list wins over what is propagated", transit + `
		list pl-1 10.1.0.0/16 10.1.0.0/18
		troute rt-1 pl-1 blackhole`, "eni-a > eni-w tcp 443", "unreachable TGW_RTB_BAD_STATE_ROUTE"},
	{"TGW-2", "the longest entry of a prefix list", transit + `
		list pl-1 10.1.0.0/16 10.1.1.0/24
		troute rt-1 pl-1 at-w
		troute rt-1 10.1.0.0/20 blackhole`, "eni-a > eni-w tcp 443", "reachable"},
	{"SG-10", "a prefix list that is not known", transit + `troute rt-1 pl-gone at-w`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"TGW-7", "but a route to the one address", transit + `
		troute rt-1 pl-gone blackhole
		troute rt-1 10.1.1.10/32 at-w
		troute rt-1 10.0.1.10/32 at-v`, "eni-a > eni-w tcp 443", "reachable"},
	{"TGW-2", "what a VPC propagated wins over what a VPN did", transit + `
		ttable rt-1 tgw-1 all
		attachment at-n tgw-1 vpn-1 type=vpn table=rt-1
		troute rt-1 10.1.0.0/16 at-n propagated
		troute rt-1 10.1.0.0/16 at-w propagated
		troute rt-1 10.0.0.0/16 at-v propagated`, "eni-a > eni-w tcp 443", "reachable"},
	{"TGW-2", "Direct Connect, Connect, VPN", transit + `
		ttable rt-1 tgw-1 all
		attachment at-n tgw-1 vpn-1 type=vpn table=rt-1
		attachment at-c tgw-1 at-d type=connect table=rt-1
		attachment at-d tgw-1 dxgw-1 type=direct-connect-gateway state=deleting table=rt-1
		troute rt-1 10.1.0.0/16 at-n propagated
		troute rt-1 10.1.0.0/16 at-c propagated
		troute rt-1 10.1.0.0/16 at-d propagated`, "eni-a > eni-w tcp 443", "unreachable BAD_STATE"},
	{"V-10", "two VPCs that propagate one block", transit + `
		vpc x 10.1.0.0/16
		attachment at-x tgw-1 x x1 table=rt-1
		ttable rt-1 tgw-1 at-v at-w at-x`, "eni-a > eni-w tcp 443", "reachable,unknown UNKNOWN_RESOURCE"},
	{"RT-5", "a route that is not understood", transit + `troute rt-1 10.1.1.0/24 at-w defect`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-5", "that is as long as another", transit + `troute rt-1 10.1.0.0/16 at-w defect`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-5", "that is shorter", transit + `troute rt-1 10.0.0.0/8 at-w defect`, "eni-a > eni-w tcp 443", "reachable"},
	{"RT-5", "that may be for any destination", transit + `troute rt-1 ? at-w defect`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a table that is not there", without(transit, "ttable"), "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a table that is not understood", transit + `ttable rt-1 tgw-1 at-v at-w defect`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "routes that were not collected", transit + `ttable rt-1 tgw-1 at-v at-w not=routes`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "prefix lists that were not collected", transit + `ttable rt-1 tgw-1 at-v at-w not=lists`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "propagations that were not collected", transit + `
		ttable rt-1 tgw-1 not=propagations
		troute rt-1 10.1.0.0/16 at-w`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "propagations that were not collected, and all routes", transit + `
		ttable rt-1 tgw-1 all not=propagations
		troute rt-1 10.1.0.0/16 at-w propagated
		troute rt-1 10.0.0.0/16 at-v propagated`, "eni-a > eni-w tcp 443", "reachable"},
	{"V-6", "all routes, so that propagations are not asked", transit + `ttable rt-1 tgw-1 at-v at-w all`, "eni-a > eni-w tcp 443", "unreachable TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"},
	{"V-6", "a route to an attachment that is not there", transit + `troute rt-1 10.1.1.0/24 at-gone`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"TGW-7", "a propagation from a VPC that was not collected", transit + `
		attachment at-y tgw-1 y y1 table=rt-1
		ttable rt-1 tgw-1 at-v at-w at-y`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"TGW-7", "and a static route that no block of a VPC is longer than", transit + `
		attachment at-y tgw-1 y y1 table=rt-1
		ttable rt-1 tgw-1 at-v at-w at-y
		troute rt-1 10.1.1.0/28 at-w
		troute rt-1 10.0.1.0/28 at-v`, "eni-a > eni-w tcp 443", "reachable"},
	{"TGW-7", "and one that is too short", transit + `
		attachment at-y tgw-1 y y1 table=rt-1
		ttable rt-1 tgw-1 at-v at-w at-y
		troute rt-1 10.1.1.0/27 at-w`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"TGW-7", "the same over IPv6", transit + `
		attachment at-y tgw-1 y y1 table=rt-1
		ttable rt-1 tgw-1 at-v at-w at-y
		troute rt-1 2600:1f01:0:1::/60 blackhole`, "eni-a > eni-w@2600:1f01:0:1::a tcp 443", "unreachable TGW_RTB_BAD_STATE_ROUTE"},
	{"TGW-7", "the same over IPv6, too short", transit + `
		attachment at-y tgw-1 y y1 table=rt-1
		ttable rt-1 tgw-1 at-v at-w at-y
		troute rt-1 2600:1f01::/59 blackhole`, "eni-a > eni-w@2600:1f01:0:1::a tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"TGW-7", "a route to a VPC that was not collected", transit + `
		attachment at-y tgw-1 y y1 table=rt-1
		troute rt-1 10.1.1.0/24 at-y`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a propagation from an attachment that is not there", transit + `
		ttable rt-1 tgw-1 at-v at-w at-gone
		troute rt-1 10.1.1.0/28 at-w`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"VPN-1", "a propagation from a VPN, which may be of a single address", transit + `
		attachment at-n tgw-1 vpn-1 type=vpn table=rt-1
		ttable rt-1 tgw-1 at-v at-w at-n
		troute rt-1 10.1.1.0/28 at-w`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"VPN-1", "all of whose routes are known", transit + `
		attachment at-n tgw-1 vpn-1 type=vpn table=rt-1
		ttable rt-1 tgw-1 at-v at-w at-n all
		troute rt-1 192.168.0.0/16 at-n propagated
		troute rt-1 10.1.0.0/16 at-w propagated
		troute rt-1 10.0.0.0/16 at-v propagated`, "eni-a > eni-w tcp 443", "reachable"},
	{"VPN-1", "to a VPN", transit + `
		attachment at-n tgw-1 vpn-1 type=vpn table=rt-1
		route t 192.168.0.0/16 tgw-1
		troute rt-1 192.168.0.0/16 at-n`, "eni-a > 192.168.1.1 tcp 443", "reachable"},
	{"TGW-2", "a packet that turns round", transit + `troute rt-1 10.1.1.0/24 at-v`, "eni-a > eni-w tcp 443", "unknown UNSUPPORTED_COMPONENT"},

	// -- Zones
	{"TGW-3", "the source's zone has no subnet of the attachment", transit, "eni-b > eni-w tcp 443", "unreachable TGW_ROUTE_AZ_RESTRICTION"},
	{"TGW-3", "nor has the zone of the reply's source", transit, "eni-a > eni-x tcp 443", "one-way TGW_ROUTE_AZ_RESTRICTION"},
	{"TGW-3", "into another zone by the source's", wide, "eni-a > eni-x tcp 443", "reachable"},
	{"TGW-3", "zones go by identifier", wide + `
		table tw2 w w2
		route tw2 10.1.0.0/16 local
		route tw2 10.1.1.10/32 eni-gone blackhole`, "eni-a > eni-w tcp 443", "reachable"},
	{"TGW-3", "the table of the subnet of the same zone governs", wide + `
		table tw1 w w1
		route tw1 10.1.0.0/16 local
		route tw1 10.1.2.0/24 eni-gone blackhole`, "eni-a > eni-x tcp 443", "unreachable BAD_STATE_ROUTE"},
	{"V-10", "any zone where that of the source has no subnet", wide + `
		subnet s3 v 10.0.3.0/24 zone=c zoneid=az3
		eni eni-c s3 sg-client 10.0.3.10
		attachment at-v tgw-1 v s1 s2 s3 table=rt-1
		table tw1 w w1
		route tw1 10.1.0.0/16 local
		route tw1 10.0.0.0/16 tgw-1
		route tw1 10.1.2.0/24 eni-gone blackhole`, "eni-c > eni-x tcp 443", "reachable,unreachable BAD_STATE_ROUTE"},
	{"TGW-3", "zones by name, in one VPC", transit + `
		subnet s1 v 10.0.1.0/24 zone=a
		subnet s2 v 10.0.2.0/24 zone=b`, "eni-b > eni-w tcp 443", "unreachable TGW_ROUTE_AZ_RESTRICTION"},
	{"TGW-3", "names of two accounts, and one subnet only", transit + `
		subnet s1 v 10.0.1.0/24 zone=a account=1
		subnet w1 w 10.1.1.0/24 zone=a account=2`, "eni-a > eni-w tcp 443", "reachable"},
	{"TGW-3", "names of two accounts, and two subnets", wide + `
		subnet s1 v 10.0.1.0/24 zone=a account=1
		subnet w1 w 10.1.1.0/24 zone=a account=2
		subnet w2 w 10.1.2.0/24 zone=b account=2`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"TGW-3", "zones that are not known", transit + `subnet s2 v 10.0.2.0/24`, "eni-b > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a subnet of the attachment that is not there", transit + `attachment at-v tgw-1 v s1 s7 table=rt-1`, "eni-b > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "but that of the zone is", transit + `attachment at-v tgw-1 v s7 s1 table=rt-1`, "eni-a > eni-w tcp 443", "reachable"},
	{"TGW-5", "in appliance mode by any zone", wide + `
		attachment at-w tgw-1 w w1 w2 table=rt-1 appliance
		table tw2 w w2
		route tw2 10.1.0.0/16 local
		route tw2 10.1.1.0/24 eni-gone blackhole`, "eni-a > eni-w tcp 443", "reachable,unreachable BAD_STATE_ROUTE"},

	// -- Network ACLs of attachment subnets
	{"NACL-8", "open", apart, "eni-a > eni-w tcp 443", "reachable"},
	{"NACL-8", "into the gateway, inbound entries see the source", apart + acl9("v", "s9", `entry n9 in 100 deny tcp 443 10.0.1.0/24`), "eni-a > eni-w tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-8", "and not the destination", apart + acl9("v", "s9", `entry n9 in 100 deny -1 * 10.1.0.0/16`), "eni-a > eni-w tcp 443", "reachable"},
	{"NACL-8", "nor do outbound entries", apart + acl9("v", "s9", `entry n9 out 100 deny -1 * 10.1.0.0/16`), "eni-a > eni-w tcp 443", "reachable"},
	{"NACL-8", "from the gateway, outbound entries see the destination", apart + acl9("w", "w9", `entry n9 out 100 deny tcp 443 10.1.1.0/24`), "eni-a > eni-w tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-8", "and inbound entries see nothing", apart + acl9("w", "w9", `entry n9 in 100 deny -1 * 10.0.0.0/16`), "eni-a > eni-w tcp 443", "reachable"},
	{"NACL-8", "the reply meets them as well", apart + acl9("v", "s9", `entry n9 out 100 deny tcp 50000 10.0.1.0/24`), "eni-a > eni-w tcp 443", "one-way SUBNET_ACL_RESTRICTION"},
	{"NACL-8", "in the attachment's own subnet, outbound entries see what leaves", transit + acl9("v", "s1", `entry n9 out 100 deny tcp 443 10.1.0.0/16`), "eni-a > eni-w tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-8", "in the attachment's own subnet, inbound entries see what leaves", transit + acl9("v", "s1", `entry n9 in 100 deny tcp 443 10.0.1.0/24`), "eni-a > eni-w tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-8", "in the attachment's own subnet, nothing sees what arrives", transit + acl9("w", "w1", `entry n9 in 100 deny tcp 443 0.0.0.0/0
		entry n9 out 100 deny tcp 443 0.0.0.0/0`), "eni-a > eni-w tcp 443", "reachable"},

	// -- IPv6
	{"TGW-7", "the near attachment carries no IPv6", transit + `attachment at-v tgw-1 v s1 table=rt-1`, "eni-a > eni-w@2600:1f01:0:1::a tcp 443", "unreachable TGW_ATTACH_NO_IPV6"},
	{"TGW-7", "the far attachment carries no IPv6", transit + `attachment at-w tgw-1 w w1 table=rt-1`, "eni-a > eni-w@2600:1f01:0:1::a tcp 443", "unreachable TGW_ATTACH_NO_IPV6"},

	// -- Peered gateways
	{"TGW-6", "static routes both ways", peeredGateways, "eni-a > eni-w tcp 443", "reachable"},
	{"TGW-6", "no route on the far side", strings.ReplaceAll(peeredGateways, "troute rt-2", "troute rt-0"), "eni-a > eni-w tcp 443", "one-way NO_RETURN_ROUTE"},
	{"TGW-6", "no propagation over a peering", strings.ReplaceAll(peeredGateways, "troute rt-1", "troute rt-0") + `ttable rt-1 tgw-1 at-v at-p`, "eni-a > eni-w tcp 443", "unreachable TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"},
	{"TGW-6", "the far gateway was not collected", without(peeredGateways, "attachment tgw-2/"), "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"TGW-6", "the peering is pending", peeredGateways + `attachment tgw-1/at-p tgw-1 tgw-2 type=peering peer=tgw-2 table=rt-1 state=pendingAcceptance`, "eni-a > eni-w tcp 443", "unreachable BAD_STATE"},
	{"TGW-1", "the peering has no table on the far side", peeredGateways + `attachment tgw-2/at-p tgw-2 tgw-1 type=peering peer=tgw-1`, "eni-a > eni-w tcp 443", "unreachable TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"},
	{"TGW-6", "back over the same peering", peeredGateways + `troute rt-2 10.1.1.0/24 at-p`, "eni-a > eni-w tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"V-10", "any zone behind a peering", peeredGateways + `
		attachment at-w tgw-2 w w1 w2 table=rt-2
		table tw2 w w2
		route tw2 10.1.0.0/16 local
		route tw2 10.1.1.0/24 eni-gone blackhole`, "eni-a > eni-w tcp 443", "reachable,unreachable BAD_STATE_ROUTE"},
	{"TGW-6", "round three gateways", peeredGateways + `
		tgw tgw-3
		ttable rt-3 tgw-3
		troute rt-3 10.1.0.0/16 at-r
		attachment tgw-2/at-q tgw-2 tgw-3 type=peering peer=tgw-3 table=rt-2
		attachment tgw-3/at-q tgw-3 tgw-2 type=peering peer=tgw-2 table=rt-3
		attachment tgw-3/at-r tgw-3 tgw-1 type=peering peer=tgw-1 table=rt-3
		attachment tgw-1/at-r tgw-1 tgw-3 type=peering peer=tgw-3 table=rt-1
		troute rt-2 10.1.1.0/24 at-q`, "eni-a > eni-w tcp 443", "unreachable ROUTING_LOOP"},

	// -- Group references
	{"SG-4", "inbound over a transit gateway, all switches on", referenced, "eni-a > eni-w tcp 443", "reachable"},
	{"SG-4", "the gateway's is off", referenced + `tgw tgw-1`, "eni-a > eni-w tcp 443", "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"SG-4", "the near attachment's is off", referenced + `attachment at-v tgw-1 v s1 table=rt-1`, "eni-a > eni-w tcp 443", "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"SG-4", "the far attachment's is off", referenced + `attachment at-w tgw-1 w w1 table=rt-1`, "eni-a > eni-w tcp 443", "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"SG-4", "the gateway's is not known", without(referenced, "tgw "), "eni-a > eni-w tcp 443", "unknown SG_REFERENCES_NOT_PRESERVED"},
	{"SG-4", "peered VPCs, over a gateway without it", referenced + `
		tgw tgw-1
		peering pcx-1 v w`, "eni-a > eni-w tcp 443", "unknown SG_REFERENCES_NOT_PRESERVED"},
	{"SG-4", "peered VPCs, over a gateway with it", referenced + `peering pcx-1 v w`, "eni-a > eni-w tcp 443", "reachable"},
	{"SG-4", "over peered gateways", peeredGateways + `
		group sg-w w
		rule sg-w in tcp 443 sg-client
		tgw tgw-1 references
		tgw tgw-2 references
		attachment at-v tgw-1 v s1 table=rt-1 references
		attachment at-w tgw-2 w w1 table=rt-2 references`, "eni-a > eni-w tcp 443", "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"SG-4", "outbound, not over a transit gateway", referenced + `
		group sg-client v
		rule sg-client out tcp 443 sg-w`, "eni-a > eni-w tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-4", "outbound, over a transit gateway between peered VPCs", referenced + `
		peering pcx-1 v w
		group sg-client v
		rule sg-client out tcp 443 sg-w`, "eni-a > eni-w tcp 443", "unknown SG_REFERENCES_NOT_PRESERVED"},
	{"SG-3", "behind a NAT gateway a reference stands for nobody", referenced + `
		subnet s3 v 10.0.3.0/24 zone=a zoneid=az1
		table t3 v s3
		route t3 10.0.0.0/16 local
		route t3 10.1.0.0/16 nat-1
		nat nat-1 s1 10.0.1.5 private
		eni eni-a s3 sg-client 10.0.3.10`, "eni-a > eni-w tcp 443", "unreachable SG_REFERENCES_NOT_PRESERVED"},

	// -- With other gateways
	{"NAT-3", "out by a private NAT gateway, and back", transit + `
		subnet s3 v 10.0.3.0/24 zone=c zoneid=az3
		table t3 v s3
		route t3 10.0.0.0/16 local
		route t3 10.1.0.0/16 nat-1
		nat nat-1 s1 10.0.1.5 private
		eni eni-a s3 sg-client 10.0.3.10`, "eni-a > eni-w tcp 443", "reachable"},
	{"NAT-1", "to the internet by a NAT gateway of another VPC", apart + `
		igw igw-1 w
		route t 0.0.0.0/0 tgw-1
		troute rt-1 0.0.0.0/0 at-w
		table t9 w w9
		route t9 10.1.0.0/16 local
		route t9 0.0.0.0/0 nat-1
		table t1 w w1
		route t1 10.1.0.0/16 local
		route t1 10.0.0.0/16 tgw-1
		route t1 0.0.0.0/0 igw-1
		nat nat-1 w1 10.1.1.5=198.51.100.5`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"IGW-1", "not by an internet gateway of another VPC", apart + `
		igw igw-1 w
		route t 0.0.0.0/0 tgw-1
		troute rt-1 0.0.0.0/0 at-w
		route tw 0.0.0.0/0 igw-1`, "eni-a > 8.8.8.8 tcp 443", "unreachable IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"},
	{"PEER-1", "nor over a peering of another VPC", apart + `
		vpc x 10.2.0.0/16
		peering pcx-2 w x
		route t 10.2.0.0/16 tgw-1
		troute rt-1 10.2.0.0/16 at-w
		route tw 10.2.0.0/16 pcx-2`, "eni-a > 10.2.0.10 tcp 443", "unreachable PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"},

	// -- A private source from outside
	{"VPN-1", "a private source, and a gateway with VPCs only", transit + `eni eni-w w1 sg-w 10.1.1.10=198.51.100.30`, "internet@192.168.1.1 > eni-w@198.51.100.30 tcp 443", "unreachable IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"},
	{"VPN-1", "a gateway with a VPN", transit + `attachment at-n tgw-1 vpn-1 type=vpn`, "internet@192.168.1.1 > eni-w tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"VPN-1", "a gateway with a VPC that was not collected", transit + `attachment at-y tgw-1 y y1`, "internet@192.168.1.1 > eni-w tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"VPN-1", "which is not attached any more", transit + `attachment at-y tgw-1 y y1 state=deleted`, "internet@192.168.1.1 > eni-w tcp 443", "unreachable"},
	{"VPN-1", "a gateway with attachments that were not collected", transit + `gap TransitGatewayAttachments`, "internet@192.168.1.1 > eni-w tcp 443", "unknown UNSUPPORTED_COMPONENT"},
}

// V-10, TGW-5: without appliance mode the choice is for each direction, with it for the flow. The gateways are peered, so that no zone is given.
func TestTransitChoices(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"for each direction", peeredGateways + `
			attachment at-v tgw-1 v s1 s2 table=rt-1
			attachment at-w tgw-2 w w1 w2 table=rt-2`, []string{
			"reachable[at-w subnet: w1 at-v subnet of the reply: s1]",
			"reachable[at-w subnet: w1 at-v subnet of the reply: s2]",
			"reachable[at-w subnet: w2 at-v subnet of the reply: s1]",
			"reachable[at-w subnet: w2 at-v subnet of the reply: s2]",
		}},
		{"for the flow", peeredGateways + `
			attachment at-v tgw-1 v s1 s2 table=rt-1 appliance
			attachment at-w tgw-2 w w1 table=rt-2`, []string{
			"reachable[at-v subnet: s1]",
			"reachable[at-v subnet: s2]",
		}},
		{"of routes", transit + `
			vpc x 10.1.0.0/16
			attachment at-x tgw-1 x x1 table=rt-1
			ttable rt-1 tgw-1 at-v at-w at-x`, []string{
			"reachable[rt-1 route to 10.1.1.10: at-w]",
			"unknown[rt-1 route to 10.1.1.10: at-x]",
		}},
	} {
		n := build(t, c.text)
		var got []string
		for _, o := range New(n).Walk(ask(t, n, "eni-a > eni-w tcp 443")) {
			got = append(got, fmt.Sprint(o.Verdict, o.Choices))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TGW-5: the choice for a flow is one, also where both directions enter by the attachment: of a hub to which both VPCs send all.
func TestApplianceModeHolds(t *testing.T) {
	n := build(t, transit+`
		vpc h 10.9.0.0/16
		subnet h1 h 10.9.1.0/24 zoneid=az1
		subnet h2 h 10.9.2.0/24 zoneid=az2
		table th h main
		route th 10.9.0.0/16 local
		route th 10.0.0.0/8 tgw-1
		acl openh h default
		entry openh in  100 allow -1 * 0.0.0.0/0
		entry openh out 100 allow -1 * 0.0.0.0/0
		attachment at-h tgw-1 h h1 h2 table=rt-h appliance
		attachment at-v tgw-1 v s1 s2 table=rt-s
		attachment at-w tgw-1 w w1 w2 table=rt-s
		ttable rt-s tgw-1
		troute rt-s 0.0.0.0/0 at-h
		ttable rt-h tgw-1 at-v at-w`)
	var got []string
	for _, o := range New(n).Walk(ask(t, n, "eni-a > eni-w tcp 443")) {
		got = append(got, fmt.Sprint(o.Verdict, o.Choices))
	}
	if want := []string{"reachable[at-h subnet: h1]", "reachable[at-h subnet: h2]"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

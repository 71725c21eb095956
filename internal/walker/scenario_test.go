package walker

import (
	"slices"
	"strings"
	"testing"
)

// One VPC with two subnets, a client eni-a and a server eni-b, and everything open.
const home = `
vpc v 10.0.0.0/16 2600:1f00::/56
table t v main
route t 10.0.0.0/16 local
route t 2600:1f00::/56 local
acl open v default
entry open in  100 allow -1 * 0.0.0.0/0
entry open in  101 allow -1 * ::/0
entry open out 100 allow -1 * 0.0.0.0/0
entry open out 101 allow -1 * ::/0
subnet s1 v 10.0.1.0/24 2600:1f00:0:1::/64
subnet s2 v 10.0.2.0/24 2600:1f00:0:2::/64
group sg-all v
rule sg-all in  -1 * 0.0.0.0/0
rule sg-all in  -1 * ::/0
rule sg-all out -1 * 0.0.0.0/0
rule sg-all out -1 * ::/0
group sg-client v
rule sg-client out -1 * 0.0.0.0/0
rule sg-client out -1 * ::/0
group sg-server v
eni eni-a s1 sg-client 10.0.1.10 2600:1f00:0:1::a
eni eni-b s2 sg-server 10.0.2.10 2600:1f00:0:2::b
`

// The same with an open server, an internet gateway that s1 and s2 route to, and public addresses.
const public = home + `
igw igw-1 v
route t 0.0.0.0/0 igw-1
route t ::/0 igw-1
eni eni-a s1 sg-all 10.0.1.10=198.51.100.10 2600:1f00:0:1::a
eni eni-b s2 sg-all 10.0.2.10=198.51.100.20 2600:1f00:0:2::b
`

// A private client in s2 behind a NAT gateway in s1; the server is outside.
const behindNAT = home + `
igw igw-1 v
table t1 v s1
route t1 10.0.0.0/16 local
route t1 0.0.0.0/0 igw-1
route t 0.0.0.0/0 nat-1
nat nat-1 s1 10.0.1.5=198.51.100.5
eni eni-b s2 sg-client 10.0.2.10
`

// Two VPCs and a peering, with routes on both sides.
const peers = home + `
vpc w 10.1.0.0/16 2600:1f01::/56
table tw w main
route tw 10.1.0.0/16 local
route tw 2600:1f01::/56 local
route tw 10.0.0.0/16 pcx-1
route tw 2600:1f00::/56 pcx-1
route t 10.1.0.0/16 pcx-1
route t 2600:1f01::/56 pcx-1
acl openw w default
entry openw in  100 allow -1 * 0.0.0.0/0
entry openw in  101 allow -1 * ::/0
entry openw out 100 allow -1 * 0.0.0.0/0
entry openw out 101 allow -1 * ::/0
subnet w1 w 10.1.1.0/24 2600:1f01:0:1::/64
group sg-w w
rule sg-w in -1 * 0.0.0.0/0
rule sg-w in -1 * ::/0
rule sg-w out -1 * 0.0.0.0/0
eni eni-w w1 sg-w 10.1.1.10 2600:1f01:0:1::a
`
const peered = peers + `
peering pcx-1 v w
`

type scenario struct{ rule, name, text, ask, want string }

// scenarios are one packet each, by rule. What is wanted are the distinct verdicts, and the last code of the first walk that is not
// reachable, where one is given.
var scenarios = []scenario{
	// -- Questions and verdicts
	{"V-4", "open", home + `rule sg-server in tcp 443 10.0.1.0/24`, "eni-a > eni-b tcp 443", "reachable"},
	{"V-4", "families differ", public, "eni-a@10.0.1.10 > eni-b@2600:1f00:0:2::b tcp 443", "unreachable ADDRESS_FAMILY_MISMATCH"},
	{"V-2", "an address that is not the destination's", public, "eni-a > eni-b@10.0.2.11 tcp 443", "unreachable NO_POSSIBLE_DESTINATION"},
	{"V-2", "an address of another interface", public + `eni eni-c s2 sg-all 10.0.2.11`, "eni-a > eni-b@10.0.2.11 tcp 443", "unreachable OTHER_DESTINATION"},
	{"V-6", "interfaces were not collected in full", public + `gap NetworkInterfaces`, "eni-a > 10.0.2.99 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "an interface of the VPC is not understood", public + `eni eni-c s2 - 10.0.2.98 defect`, "eni-a > 10.0.2.99 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "the destination is not understood", home + `eni eni-b s2 sg-all 10.0.2.10 defect`, "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "an interface that is not there", home, "eni-a@10.0.1.10 > eni-z@10.0.2.77 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a filter in doubt, and a certain drop after it", home + `eni eni-a s1 sg-nowhere 10.0.1.10`, "eni-a > eni-b tcp 443", "unreachable SG_HAS_NO_RULES"},
	{"V-14", "a packet with a source that is not the interface's", public, "eni-a@10.0.1.99 > eni-b tcp 443", "unreachable ENI_SOURCE_DEST_CHECK_RESTRICTION"},
	{"X-1", "the same from an appliance", public + `eni eni-a s1 sg-all 10.0.1.10 check=off`, "eni-a@10.0.1.99 > eni-b tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"V-15", "a reply into a NAT gateway", public + `
		table t2 v s2
		route t2 10.0.0.0/16 local
		route t2 0.0.0.0/0 nat-1
		nat nat-1 s1 10.0.1.5=198.51.100.5`, "internet@8.8.8.8 > eni-b@198.51.100.20 tcp 443", "one-way REPLY_LOST"},
	{"V-15", "a reply into an egress-only gateway", public + `
		table t2 v s2
		route t2 2600:1f00::/56 local
		route t2 ::/0 eigw-1
		eigw eigw-1 v`, "internet@2001:4860::8 > eni-b@2600:1f00:0:2::b tcp 443", "one-way REPLY_LOST"},
	{"V-15", "a reply into a gateway endpoint", public + `
		list pl-s3 8.8.8.0/24
		endpoint vpce-s3 v Gateway
		table t2 v s2
		route t2 10.0.0.0/16 local
		route t2 0.0.0.0/0 igw-1
		route t2 pl-s3 vpce-s3`, "internet@8.8.8.8 > eni-b@198.51.100.20 tcp 443", "one-way REPLY_LOST"},

	// -- Security groups
	{"SG-1", "no inbound rule", home, "eni-a > eni-b tcp 443", "unreachable SG_HAS_NO_RULES"},
	{"SG-1", "no outbound rule", home, "eni-b > eni-a tcp 443", "unreachable SG_HAS_NO_RULES"},
	{"SG-1", "rules of two groups are united", home + `
		rule sg-server in tcp 80 0.0.0.0/0
		group sg-more v
		rule sg-more in tcp 443 0.0.0.0/0
		eni eni-b s2 sg-server,sg-more 10.0.2.10`, "eni-a > eni-b tcp 443", "reachable"},
	{"SG-1", "no rule for the port", home + `rule sg-server in tcp 80 0.0.0.0/0`, "eni-a > eni-b tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-2", "the reply needs no rule", home + `
		rule sg-server in tcp 443 10.0.1.10/32
		group sg-client v
		rule sg-client out tcp 443 10.0.2.10/32`, "eni-a > eni-b tcp 443", "reachable"},
	{"SG-3", "a reference to the client's group", home + `rule sg-server in tcp 443 sg-client`, "eni-a > eni-b tcp 443", "reachable"},
	{"SG-3", "membership covers both families", home + `rule sg-server in tcp 443 sg-client`, "eni-a > eni-b@2600:1f00:0:2::b tcp 443", "reachable"},
	{"SG-3", "not the rules of the group", home + `
		group sg-x v
		rule sg-x in tcp 443 0.0.0.0/0
		rule sg-server in tcp 443 sg-x`, "eni-a > eni-b tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-3", "an outbound reference", home + `
		group sg-client v
		rule sg-client out tcp 443 sg-server
		rule sg-server in tcp 443 0.0.0.0/0`, "eni-a > eni-b tcp 443", "reachable"},
	{"SG-3", "an outbound reference does not stand for others", home + `
		group sg-client v
		rule sg-client out tcp 443 sg-x
		group sg-x v
		rule sg-server in tcp 443 0.0.0.0/0`, "eni-a > eni-b tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-4", "across an active peering", peered + `
		group sg-w w
		rule sg-w in tcp 443 sg-client`, "eni-a > eni-w tcp 443", "reachable"},
	{"SG-4", "outbound across an active peering", peered + `
		group sg-client v
		rule sg-client out tcp 443 sg-w`, "eni-a > eni-w tcp 443", "reachable"},
	{"SG-4", "between peered VPCs, over the internet", peered + `
		igw igw-v v
		igw igw-w w
		route t 2600:1f01:0:1::/64 igw-v
		route tw 2600:1f00:0:1::/64 igw-w
		group sg-w w
		rule sg-w in tcp 443 sg-client`, "eni-a > eni-w@2600:1f01:0:1::a tcp 443", "unknown"},
	{"SG-4", "over the internet, between VPCs that are not peered", peers + `
		igw igw-v v
		igw igw-w w
		route t 2600:1f01:0:1::/64 igw-v
		route tw 2600:1f00:0:1::/64 igw-w
		group sg-w w
		rule sg-w in tcp 443 sg-client`, "eni-a > eni-w@2600:1f01:0:1::a tcp 443", "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"SG-4", "an outbound reference, and the packet over the internet", peered + `
		igw igw-v v
		igw igw-w w
		route t 2600:1f01:0:1::/64 igw-v
		route tw 2600:1f00:0:1::/64 igw-w
		group sg-client v
		rule sg-client out tcp 443 sg-w`, "eni-a > eni-w@2600:1f01:0:1::a tcp 443", "unknown"},
	{"SG-6", "a reference to a deleted group", home + `rule sg-server in tcp 443 sg-gone`, "eni-a > eni-b tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-6", "a reference across a deleted peering", peers + `
		peering pcx-1 v w state=deleted
		group sg-client v
		rule sg-client out tcp 443 sg-w`, "eni-a > eni-w tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-7", "a self reference means the other members", home + `
		rule sg-server in tcp 443 sg-server
		rule sg-server out tcp 443 sg-server
		eni eni-a s1 sg-server 10.0.1.10`, "eni-a > eni-b tcp 443", "reachable"},
	{"SG-8", "all protocols ignore ports", home + `rule sg-server in -1 1-1 0.0.0.0/0`, "eni-a > eni-b tcp 443", "reachable"},
	{"SG-8", "another protocol ignores ports", home + `rule sg-server in 47 80-80 0.0.0.0/0`, "eni-a > eni-b 47", "reachable"},
	{"SG-8", "ICMP by type and code", home + `rule sg-server in icmp 8/0 0.0.0.0/0`, "eni-a > eni-b icmp 8/0", "reachable"},
	{"SG-8", "ICMP of another type", home + `rule sg-server in icmp 8/-1 0.0.0.0/0`, "eni-a > eni-b icmp 13/0", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-8", "any port", home + `rule sg-server in udp * 0.0.0.0/0`, "eni-a > eni-b udp 53", "reachable"},
	{"SG-9", "an IPv4 rule and an IPv6 packet", home + `rule sg-server in tcp 443 0.0.0.0/0`, "eni-a > eni-b@2600:1f00:0:2::b tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-9", "an IPv6 rule and an IPv4 packet", home + `rule sg-server in tcp 443 ::/0`, "eni-a > eni-b tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-10", "a prefix list", home + `
		list pl-1 192.0.2.0/24 10.0.1.0/24
		rule sg-server in tcp 443 pl-1`, "eni-a > eni-b tcp 443", "reachable"},
	{"SG-10", "an unknown prefix list", home + `rule sg-server in tcp 443 pl-gone`, "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"SG-10", "an unknown prefix list that does not matter", home + `
		rule sg-server in tcp 443 pl-gone
		rule sg-server in tcp 443 10.0.1.0/24`, "eni-a > eni-b tcp 443", "reachable"},
	{"SG-10", "an unknown prefix list for another port", home + `rule sg-server in tcp 80 pl-gone`, "eni-a > eni-b tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-10", "a rule that is not understood", home + `rule sg-server in tcp 80 0.0.0.0/0 defect`, "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"SG-12", "the resolver at base+2", home + `eni eni-b s2 sg-server 10.0.2.10`, "eni-b > 10.0.0.2 udp 53", "reachable"},
	{"SG-12", "the resolver on another port", public, "eni-b > 10.0.0.2 udp 5353", "unreachable NO_POSSIBLE_DESTINATION"},
	{"SG-12", "instance metadata", home, "eni-b > 169.254.169.254 tcp 80", "reachable"},
	{"SG-12", "time sync over IPv6", home, "eni-b > fd00:ec2::123 udp 123", "reachable"},
	{"SG-12", "the resolver of a VPC is not its peer's", peered, "eni-a > 10.1.0.2 udp 53", "unreachable NO_POSSIBLE_DESTINATION"},
	{"SG-13", "a NAT gateway carries no group", behindNAT, "eni-b > 8.8.8.8 tcp 443", "reachable"},
	{"SG-14", "an outbound reference towards a VPC that was not collected", home + `
		peering pcx-1 v x blocks=10.9.0.0/16
		route t 10.9.0.0/16 pcx-1
		group sg-client v
		rule sg-client out tcp 443 sg-x`, "eni-a > 10.9.1.1 tcp 443", "unknown"},
	{"SG-14", "towards a collected interface a reference is decided", peered + `
		group sg-client v
		rule sg-client out tcp 443 sg-x`, "eni-a > eni-w tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-11", "a group that is not associated with the unknown VPC has no members there", home + `
		peering pcx-1 v x blocks=10.9.0.0/16
		route t 10.9.0.0/16 pcx-1
		group sg-client v
		rule sg-client out tcp 443 sg-server`, "eni-a > 10.9.1.1 tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"SG-14", "a group that is not in the network", home + `eni eni-b s2 sg-nowhere 10.0.2.10`, "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},

	// -- Network ACLs
	{"NACL-1", "the lowest number decides, whatever the order of input", public + `
		acl x v s2
		entry x in 200 allow -1 * 0.0.0.0/0
		entry x in 100 deny tcp 443 10.0.1.0/24
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > eni-b tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-1", "the final deny", public + `
		acl x v s2
		entry x in 100 allow tcp 80 0.0.0.0/0`, "eni-a > eni-b tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-2", "outbound at the client's subnet", public + `
		acl x v s1
		entry x in 100 allow -1 * 0.0.0.0/0`, "eni-a > eni-b tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-2", "stateless: the reply out", public + `
		acl x v s2
		entry x in 100 allow -1 * 0.0.0.0/0`, "eni-a > eni-b tcp 443", "one-way SUBNET_ACL_RESTRICTION"},
	{"NACL-2", "stateless: the reply in", public + `
		acl x v s1
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > eni-b tcp 443", "one-way SUBNET_ACL_RESTRICTION"},
	{"NACL-3", "never inside a subnet", public + `
		acl x v s1
		eni eni-c s1 sg-all 10.0.1.11`, "eni-a > eni-c tcp 443", "reachable"},
	{"NACL-3", "never between an interface and its neighbour that a route leads to", public + `
		acl x v s1
		table t1 v s1
		route t1 10.0.0.0/16 local
		route t1 0.0.0.0/0 eni-c
		eni eni-c s1 sg-all 10.0.1.11 check=off`, "eni-a > 8.8.8.8 tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"NACL-4", "the default ACL where no other is associated", public + `acl x v`, "eni-a > eni-b tcp 443", "reachable"},
	{"NACL-4", "the default ACL, but the list is not complete", public + `gap NetworkAcls`, "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"NACL-4", "no ACL in the network", strings.ReplaceAll(public, "acl open v default", "acl open v"), "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"NACL-5", "another protocol ignores ports", public + `
		acl x v s2
		entry x in 100 allow 47 80-80 0.0.0.0/0
		entry x out 100 allow 47 80-80 0.0.0.0/0`, "eni-a > eni-b 47", "reachable"},
	{"NACL-5", "protocol 58 with an IPv4 block, for ICMP", public + `
		acl x v s2
		entry x in 100 allow icmpv6 * 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > eni-b icmp 8/0", "unknown"},
	{"NACL-5", "the same, where it makes no difference", public + `
		acl x v s2
		entry x in 100 allow icmpv6 * 0.0.0.0/0
		entry x in 200 allow icmp * 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > eni-b icmp 8/0", "reachable"},
	{"NACL-5", "protocol 58 with an IPv4 block ignores type and code", public + `
		acl x v s2
		entry x in 100 allow icmpv6 1/1 0.0.0.0/0
		entry x out 100 allow icmpv6 1/1 0.0.0.0/0`, "eni-a > eni-b icmpv6 128/0", "reachable"},
	{"NACL-6", "an IPv4 entry and an IPv6 packet", public + `
		acl x v s2
		entry x in 100 allow -1 * 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > eni-b@2600:1f00:0:2::b tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-7", "the client port is the reply's destination port: passes", public + `
		acl x v s1
		entry x in 100 allow tcp 32768-60999 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > eni-b tcp 443 60999", "reachable"},
	{"NACL-7", "the client port is the reply's destination port: lost", public + `
		acl x v s1
		entry x in 100 allow tcp 32768-60999 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > eni-b tcp 443 61000", "one-way SUBNET_ACL_RESTRICTION"},
	{"NACL-7", "the echo reply is another type", public + `
		acl x v s1
		entry x in 100 allow icmp 0/0 0.0.0.0/0
		entry x out 100 allow icmp 8/0 0.0.0.0/0`, "eni-a > eni-b icmp 8/0", "reachable"},
	{"NACL-8", "the ACL of a NAT gateway's subnet, on the way in", behindNAT + `
		acl x v s1
		entry x in 100 deny -1 * 10.0.2.0/24
		entry x in 200 allow -1 * 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-b > 8.8.8.8 tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-8", "the ACL of a NAT gateway's subnet, for the reply from outside", behindNAT + `
		acl x v s1
		entry x in 100 allow -1 * 10.0.0.0/8
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-b > 8.8.8.8 tcp 443", "one-way SUBNET_ACL_RESTRICTION"},
	{"NACL-9", "exempt traffic passes a closed ACL", home + `acl x v s2`, "eni-b > 169.254.169.123 udp 123", "reachable"},
	{"NACL-1", "an entry that is not understood", public + `
		acl x v s2
		entry x in 100 deny tcp 443 10.0.1.0/24 defect
		entry x in 200 allow -1 * 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"NACL-1", "an entry that is not understood, after the one that decides", public + `
		acl x v s2
		entry x in 100 allow -1 * 0.0.0.0/0
		entry x in 200 deny tcp 443 10.0.1.0/24 defect
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > eni-b tcp 443", "reachable"},

	// -- Routing
	{"RT-1", "the longest prefix", public + `
		route t 8.8.0.0/16 pcx-gone blackhole
		route t 8.8.8.0/24 igw-1`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"RT-1", "static before a prefix list", public + `
		list pl-1 8.8.8.0/24
		route t pl-1 pcx-gone blackhole
		route t 8.8.8.0/24 igw-1`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"RT-1", "a prefix list before propagated", public + `
		list pl-1 8.8.8.0/24
		route t pl-1 igw-1
		route t 8.8.8.0/24 vgw-1 propagated`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"RT-1", "no route", home + `rule sg-server out -1 * 0.0.0.0/0`, "eni-b > 8.8.8.8 tcp 443", "unreachable NO_ROUTE_TO_DESTINATION"},
	{"RT-2", "the table of the subnet, not the main one", public + `table t1 v s1
		route t1 10.0.0.0/16 local`, "eni-a > 8.8.8.8 tcp 443", "unreachable NO_ROUTE_TO_DESTINATION"},
	{"RT-2", "the main table of another VPC is none", strings.ReplaceAll(public, "table t v main", "table t w main"), "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-2", "the main table, but the list is not complete", public + `gap RouteTables`, "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-3", "a more specific route than local", public + `
		route t 10.0.2.0/24 eni-c
		eni eni-c s1 sg-all 10.0.1.11`, "eni-a > eni-b tcp 443", "unreachable ENI_SOURCE_DEST_CHECK_RESTRICTION"},
	{"RT-4", "prefix lists that overlap", public + `
		list pl-1 8.8.8.0/24
		list pl-2 8.0.0.0/8
		route t pl-1 igw-1
		route t pl-2 pcx-gone blackhole`, "eni-a > 8.8.8.8 tcp 443", "reachable,unreachable BAD_STATE_ROUTE"},
	{"RT-4", "prefix lists that overlap, with one target", public + `
		list pl-1 8.8.8.0/24
		list pl-2 8.0.0.0/8
		route t pl-1 igw-1
		route t pl-2 igw-1`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"RT-4", "and a route between them", public + `
		list pl-1 8.8.8.0/24
		list pl-2 8.0.0.0/8
		route t pl-1 igw-1
		route t pl-2 pcx-gone blackhole
		route t 8.8.0.0/16 igw-1`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-4", "a static route that is longer than both", public + `
		list pl-1 8.8.8.0/24
		list pl-2 8.0.0.0/8
		route t pl-1 pcx-gone blackhole
		route t pl-2 pcx-gone2 blackhole
		route t 8.8.8.8/32 igw-1`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"RT-5", "a blackhole does not fall through", public + `route t 8.8.8.0/24 pcx-gone blackhole`, "eni-a > 8.8.8.8 tcp 443", "unreachable BAD_STATE_ROUTE"},
	{"RT-5", "a target that is not modelled", public + `route t 8.8.8.0/24 lgw-1`, "eni-a > 8.8.8.8 tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"RT-5", "a transit gateway that is not there", public + `route t 8.8.8.0/24 tgw-1`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-5", "a target that is not in the network", public + `route t 8.8.8.0/24 pcx-9`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-5", "a route that is not understood", public + `route t 8.8.8.0/24 igw-1 defect`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-5", "a route for unknown destinations", public + `route t ? tgw-1 defect`, "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-5", "an unknown prefix list", public + `route t pl-gone tgw-1`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-5", "an unknown prefix list with the same target", public + `route t pl-gone igw-1`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"RT-3", "an unknown prefix list to a gateway endpoint is not more specific than local", public + `
		endpoint vpce-s3 v Gateway
		route t pl-gone vpce-s3`, "eni-a > eni-b tcp 443", "reachable"},
	{"RT-5", "in doubt where to, but an ACL drops it for certain", public + `
		route t 8.8.8.0/24 lgw-1
		acl x v s1`, "eni-a > 8.8.8.8 tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"RT-6", "link-local addresses are not forwarded", public, "eni-a > 169.254.169.1 tcp 80", "unreachable LINK_LOCAL_NOT_FORWARDED"},
	{"RT-6", "the subnet's own table does not count inside it", public + `
		route t 10.0.1.0/24 pcx-gone blackhole
		eni eni-c s1 sg-all 10.0.1.11`, "eni-a > eni-c tcp 443", "reachable"},
	{"RT-7", "a gateway's table: local", public + `
		table te v igw-1
		route te 10.0.0.0/16 local`, "internet@8.8.8.8 > eni-b@198.51.100.20 tcp 443", "reachable"},
	{"RT-7", "a gateway's table: an appliance", public + `
		eni eni-c s1 sg-all 10.0.1.11 check=off
		table te v igw-1
		route te 10.0.0.0/16 local
		route te 10.0.2.0/24 eni-c`, "internet@8.8.8.8 > eni-b@198.51.100.20 tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"RT-7", "a gateway's table does not count on the way out", public + `
		table te v igw-1
		route te 10.0.0.0/16 local
		route te 10.0.2.0/24 pcx-gone blackhole`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"RT-8", "an appliance that checks destinations", public + `
		route t 8.8.8.0/24 eni-b`, "eni-a > 8.8.8.8 tcp 443", "unreachable ENI_SOURCE_DEST_CHECK_RESTRICTION"},
	{"RT-8", "an appliance that does not", public + `
		eni eni-b s2 sg-all 10.0.2.10 check=off
		route t 8.8.8.0/24 eni-b`, "eni-a > 8.8.8.8 tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"RT-8", "a route to the destination itself", public + `route t 10.0.2.0/24 eni-b`, "eni-a > eni-b tcp 443", "reachable"},
	{"RT-9", "an internet gateway that is not attached", strings.ReplaceAll(public, "igw igw-1 v", "igw igw-1 w"), "eni-a > 8.8.8.8 tcp 443", "unreachable BAD_STATE_ATTACHMENT"},
	{"RT-9", "a NAT gateway that is not available", strings.ReplaceAll(behindNAT, "nat nat-1 s1", "nat nat-1 s1 state=failed"), "eni-b > 8.8.8.8 tcp 443", "unreachable BAD_STATE"},

	{"RT-1", "tables that lead round in a circle", behindNAT + `
		table t2 v s2
		route t2 0.0.0.0/0 nat-1
		nat nat-2 s2 10.0.2.5
		route t1 8.8.8.0/24 nat-2`, "eni-b > 8.8.8.8 tcp 443", "unreachable ROUTING_LOOP"},
	{"RT-5", "a subnet that is not in the network", public + `eni eni-a s9 sg-all 10.0.9.10`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a security group that is not understood", public + `group sg-all v defect`, "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "the client is not understood", public + `eni eni-a s1 sg-all 10.0.1.10 defect`, "eni-a > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a peering that is not understood", peers + `peering pcx-1 v w defect`, "eni-a > eni-w tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "an internet gateway that is not understood", strings.ReplaceAll(public, "igw igw-1 v", "igw igw-1 v defect"), "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a NAT gateway that is not understood", strings.ReplaceAll(behindNAT, "nat nat-1 s1", "nat nat-1 s1 defect"), "eni-b > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"X-1", "a NAT gateway's interface as the client", behindNAT, "eni-nat-1-0 > 8.8.8.8 tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"X-1", "a transit gateway's interface", public + `eni eni-t s2 - 10.0.2.70 type=transit_gateway`, "eni-a > eni-t tcp 443", "unreachable INTERFACE_RELAYS_ONLY"},

	// -- Peering
	{"PEER-1", "across", peered, "eni-a > eni-w tcp 443", "reachable"},
	{"PEER-1", "across, IPv6", peered, "eni-a > eni-w@2600:1f01:0:1::a tcp 443", "reachable"},
	{"PEER-1", "not to an address outside the peer's blocks", peered + `route t 8.8.8.0/24 pcx-1`, "eni-a > 8.8.8.8 tcp 443", "unreachable PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"},
	{"PEER-1", "not transitive", peered + `
		vpc x 10.2.0.0/16
		peering pcx-2 w x
		route t 10.2.0.0/16 pcx-1
		route tw 10.2.0.0/16 pcx-2`, "eni-a > 10.2.1.1 tcp 443", "unreachable PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"},
	{"PEER-2", "a route on one side only", strings.ReplaceAll(peered, "route tw 10.0.0.0/16 pcx-1", ""), "eni-a > eni-w tcp 443", "one-way NO_RETURN_ROUTE"},
	{"PEER-2", "no route on the client's side", strings.ReplaceAll(peered, "route t 10.1.0.0/16 pcx-1", ""), "eni-a > eni-w tcp 443", "unreachable NO_ROUTE_TO_DESTINATION"},
	{"PEER-3", "the reply leaves for another peer with the same range", strings.ReplaceAll(peered, "route tw 10.0.0.0/16 pcx-1", "route tw 10.0.0.0/16 pcx-2") + `
		vpc x 10.0.0.0/16
		acl openx x default
		entry openx in 100 allow -1 * 0.0.0.0/0
		subnet x1 x 10.0.1.0/24
		eni eni-x x1 sg-all 10.0.1.10
		peering pcx-2 w x`, "eni-a > eni-w tcp 443", "one-way REPLY_LOST"},
	{"PEER-4", "the reply to a NAT gateway needs no route", strings.ReplaceAll(peered, "route tw 10.0.0.0/16 pcx-1", "") + `
		table t2 v s2
		route t2 10.0.0.0/16 local
		route t2 10.1.0.0/16 nat-1
		nat nat-1 s1 10.0.1.5 private
		eni eni-b s2 sg-client 10.0.2.10`, "eni-b > eni-w tcp 443", "reachable"},
	{"PEER-4", "but ACLs stop it", strings.ReplaceAll(peered, "route tw 10.0.0.0/16 pcx-1", "") + `
		acl x w w1
		entry x in 100 allow -1 * 0.0.0.0/0
		table t2 v s2
		route t2 10.0.0.0/16 local
		route t2 10.1.0.0/16 nat-1
		nat nat-1 s1 10.0.1.5 private
		eni eni-b s2 sg-client 10.0.2.10`, "eni-b > eni-w tcp 443", "one-way SUBNET_ACL_RESTRICTION"},
	{"PEER-5", "no reference across Regions", peers + `
		peering pcx-1 v w regions=us-east-1,eu-west-1
		group sg-w w
		rule sg-w in tcp 443 sg-client`, "eni-a > eni-w tcp 443", "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"PEER-5", "addresses across Regions", peers + `peering pcx-1 v w regions=us-east-1,eu-west-1`, "eni-a > eni-w tcp 443", "reachable"},
	{"PEER-5", "no outbound reference across Regions", peers + `
		peering pcx-1 v w regions=us-east-1,eu-west-1
		group sg-client v
		rule sg-client out tcp 443 sg-w`, "eni-a > eni-w tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"PEER-5", "a reference, and the Regions are not known", peers + `
		peering pcx-1 v w regions=us-east-1,
		group sg-w w
		rule sg-w in tcp 443 sg-client`, "eni-a > eni-w tcp 443", "unknown"},
	{"PEER-6", "a peering that is not active", peers + `peering pcx-1 v w state=pending-acceptance`, "eni-a > eni-w tcp 443", "unreachable BAD_STATE"},
	{"PEER-6", "a peer that was not collected", home + `
		peering pcx-1 v x blocks=10.9.0.0/16
		route t 10.9.0.0/16 pcx-1`, "eni-a > 10.9.1.1 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"PEER-6", "outside the blocks of its record", home + `
		peering pcx-1 v x blocks=10.9.0.0/16
		route t 10.8.0.0/16 pcx-1`, "eni-a > 10.8.1.1 tcp 443", "unreachable PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"},
	{"PEER-6", "a source in a peer that was not collected", public + `peering pcx-1 v x blocks=10.9.0.0/16`, "internet@10.9.1.1 > eni-b tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"PEER-6", "a source elsewhere", public + `peering pcx-1 v x blocks=10.9.0.0/16`, "internet@10.8.1.1 > eni-b tcp 443", "unreachable"},

	// -- Internet edges
	{"IGW-1", "out, and the reply in", public, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"IGW-1", "out without a public address", public + `eni eni-a s1 sg-all 10.0.1.10`, "eni-a > 8.8.8.8 tcp 443", "unreachable IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"},
	{"IGW-1", "in to a public address", public, "internet@8.8.8.8 > eni-b@198.51.100.20 tcp 443", "reachable"},
	{"IGW-1", "in to a private address", public, "internet@8.8.8.8 > eni-b@10.0.2.10 tcp 443", "unreachable IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"},
	{"IGW-1", "in without an internet gateway", strings.ReplaceAll(public, "igw igw-1 v", ""), "internet@8.8.8.8 > eni-b@198.51.100.20 tcp 443", "unreachable UNASSOCIATED_COMPONENT"},
	{"IGW-1", "in, and internet gateways were not collected", strings.ReplaceAll(public, "igw igw-1 v", "gap InternetGateways"), "internet@8.8.8.8 > eni-b@198.51.100.20 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"IGW-2", "a private source from outside", public, "internet@10.9.1.1 > eni-b@198.51.100.20 tcp 443", "unreachable IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"},
	{"IGW-2", "a shared source from outside", public, "internet@100.64.1.1 > eni-b@198.51.100.20 tcp 443", "unreachable IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS"},
	{"IGW-2", "a private destination", public, "eni-a > 192.168.1.1 tcp 443", "unreachable IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"},
	{"IGW-2", "a shared destination", public, "eni-a > 100.127.1.1 tcp 443", "unreachable IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"},
	{"IGW-3", "IPv6 out", public, "eni-a > 2001:4860::8 tcp 443", "reachable"},
	{"IGW-3", "IPv6 in", public, "internet@2001:4860::8 > eni-b@2600:1f00:0:2::b tcp 443", "reachable"},
	{"IGW-3", "IPv6 that is not global", public, "eni-a > fd12::8 tcp 443", "unreachable IPV6_ADDRESS_NOT_GLOBAL"},
	{"IGW-4", "two instances by public address", public, "eni-a > eni-b@198.51.100.20 tcp 443", "reachable"},
	{"IGW-4", "references do not match on that way", public + `
		rule sg-server in tcp 443 sg-all
		eni eni-b s2 sg-server 10.0.2.10=198.51.100.20`, "eni-a > eni-b@198.51.100.20 tcp 443", "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"IGW-4", "nor outbound", public + `
		group sg-client v
		rule sg-client out tcp 443 sg-all
		eni eni-a s1 sg-client 10.0.1.10=198.51.100.10`, "eni-a > eni-b@198.51.100.20 tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"IGW-5", "in to a subnet without a route out", public + `
		table t2 v s2
		route t2 10.0.0.0/16 local`, "internet@8.8.8.8 > eni-b@198.51.100.20 tcp 443", "one-way NO_RETURN_ROUTE"},
	{"EIGW-1", "out, and the reply in", home + `
		eigw eigw-1 v
		route t ::/0 eigw-1`, "eni-a > 2001:4860::8 tcp 443", "reachable"},
	{"EIGW-1", "nothing comes in", home + `
		rule sg-server in -1 * ::/0
		eigw eigw-1 v
		route t ::/0 eigw-1`, "internet@2001:4860::8 > eni-b@2600:1f00:0:2::b tcp 443", "unreachable UNASSOCIATED_COMPONENT"},
	{"EIGW-1", "IPv6 only", home + `
		eigw eigw-1 v
		route t 0.0.0.0/0 eigw-1`, "eni-a > 8.8.8.8 tcp 443", "unreachable EIGW_IPV6_ONLY"},
	{"NAT-1", "TCP", behindNAT, "eni-b > 8.8.8.8 tcp 443", "reachable"},
	{"NAT-1", "ICMP", behindNAT, "eni-b > 8.8.8.8 icmp 8/0", "reachable"},
	{"NAT-1", "another protocol", behindNAT, "eni-b > 8.8.8.8 47", "unreachable PROTOCOL_RESTRICTION"},
	{"NAT-1", "its subnet's table routes what leaves", strings.ReplaceAll(behindNAT, "route t1 0.0.0.0/0 igw-1", ""), "eni-b > 8.8.8.8 tcp 443", "unreachable NO_ROUTE_TO_DESTINATION"},
	{"NAT-1", "the client port becomes any of 1024-65535", behindNAT + `
		acl x v s1
		entry x in 100 deny tcp 2000-2999 0.0.0.0/0
		entry x in 200 allow -1 * 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-b > 8.8.8.8 tcp 443", "one-way,reachable SUBNET_ACL_RESTRICTION"},
	{"NAT-1", "and any of its addresses", home + `
		igw igw-1 v
		table t1 v s1
		route t1 10.0.0.0/16 local
		route t1 0.0.0.0/0 igw-1
		route t 0.0.0.0/0 nat-1
		nat nat-1 s1 10.0.1.5=198.51.100.5 10.0.1.6=198.51.100.6
		vpc w 10.1.0.0/16
		igw igw-w w
		table tw w main
		route tw 0.0.0.0/0 igw-w
		acl openw w default
		entry openw in 100 allow -1 * 0.0.0.0/0
		entry openw out 100 allow -1 * 0.0.0.0/0
		subnet w1 w 10.1.1.0/24
		group sg-w w
		rule sg-w in tcp 443 198.51.100.5/32
		eni eni-w w1 sg-w 10.1.1.10=198.51.100.99
		eni eni-b s2 sg-client 10.0.2.10`, "eni-b > eni-w@198.51.100.99 tcp 443", "reachable,unreachable ENI_SG_RULES_MISMATCH"},
	{"NAT-2", "nothing comes in", behindNAT, "internet@8.8.8.8 > eni-b@198.51.100.5 tcp 443", "unreachable NGW_REPLIES_ONLY"},
	{"NAT-3", "a private gateway does not reach the internet", strings.ReplaceAll(behindNAT, "10.0.1.5=198.51.100.5", "10.0.1.5 private"), "eni-b > 8.8.8.8 tcp 443", "unreachable IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"},
	{"NAT-3", "a private gateway reaches another VPC", peered + `
		table t2 v s2
		route t2 10.0.0.0/16 local
		route t2 10.1.0.0/16 nat-1
		nat nat-1 s1 10.0.1.5 private
		eni eni-b s2 sg-client 10.0.2.10`, "eni-b > eni-w tcp 443", "reachable"},
	{"NAT-3", "references do not match behind it", peered + `
		table t2 v s2
		route t2 10.0.0.0/16 local
		route t2 10.1.0.0/16 nat-1
		nat nat-1 s1 10.0.1.5 private
		group sg-w w
		rule sg-w in tcp 443 sg-client
		eni eni-b s2 sg-client 10.0.2.10`, "eni-b > eni-w tcp 443", "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"NAT-4", "a regional gateway with its table: no subnet's ACL", home + `
		acl closed v s1
		igw igw-1 v
		table tr v
		route tr 10.0.0.0/16 local
		route tr 0.0.0.0/0 igw-1
		regional nat-1 v 198.51.100.5 198.51.100.6 table=tr
		route t 0.0.0.0/0 nat-1
		eni eni-b s2 sg-client 10.0.2.10`, "eni-b > 8.8.8.8 tcp 443", "reachable"},
	{"NAT-4", "a regional gateway whose table is not known", home + `
		igw igw-1 v
		regional nat-1 v 198.51.100.5
		route t 0.0.0.0/0 nat-1
		eni eni-b s2 sg-client 10.0.2.10`, "eni-b > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"NAT-4", "nothing comes in by a regional gateway", home + `
		igw igw-1 v
		regional nat-1 v 198.51.100.5`, "internet@8.8.8.8 > eni-b@198.51.100.5 tcp 443", "unreachable NGW_REPLIES_ONLY"},
	{"NAT-5", "not through a peering", peered + `
		nat nat-1 s1 10.0.1.5=198.51.100.5`, "eni-w > eni-a@10.0.1.5 tcp 443", "unreachable NGW_REPLIES_ONLY"},
	{"NAT-1", "NAT64 is not modelled", behindNAT + `
		route t 64:ff9b::/96 nat-1
		eni eni-b s2 sg-client 2600:1f00:0:2::b`, "eni-b > 64:ff9b::808:808 tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"BPA-1", "bidirectional: in", public + `bpa block-bidirectional`, "internet@8.8.8.8 > eni-b@198.51.100.20 tcp 443", "unreachable VPC_BLOCK_PUBLIC_ACCESS_ENABLED"},
	{"BPA-1", "bidirectional: out", public + `bpa block-bidirectional`, "eni-a > 8.8.8.8 tcp 443", "unreachable VPC_BLOCK_PUBLIC_ACCESS_ENABLED"},
	{"BPA-1", "bidirectional: NAT", behindNAT + `bpa block-bidirectional`, "eni-b > 8.8.8.8 tcp 443", "unreachable VPC_BLOCK_PUBLIC_ACCESS_ENABLED"},
	{"BPA-1", "ingress: an instance with a public address gets nothing out", public + `bpa block-ingress`, "eni-a > 8.8.8.8 tcp 443", "unreachable VPC_BLOCK_PUBLIC_ACCESS_ENABLED"},
	{"BPA-1", "ingress: NAT passes", behindNAT + `bpa block-ingress`, "eni-b > 8.8.8.8 tcp 443", "reachable"},
	{"BPA-1", "ingress: an egress-only gateway passes", home + `
		bpa block-ingress
		eigw eigw-1 v
		route t ::/0 eigw-1`, "eni-a > 2001:4860::8 tcp 443", "reachable"},
	{"BPA-1", "an exclusion of the subnet", public + `
		bpa block-bidirectional
		exclude s2 allow-bidirectional`, "internet@8.8.8.8 > eni-b@198.51.100.20 tcp 443", "reachable"},
	{"BPA-1", "an exclusion of another subnet", public + `
		bpa block-bidirectional
		exclude s1 allow-bidirectional`, "internet@8.8.8.8 > eni-b@198.51.100.20 tcp 443", "unreachable VPC_BLOCK_PUBLIC_ACCESS_ENABLED"},
	{"BPA-1", "allow-egress leaves NAT paths", behindNAT + `
		bpa block-bidirectional
		exclude s1 allow-egress`, "eni-b > 8.8.8.8 tcp 443", "reachable"},
	{"BPA-1", "for a NAT path the gateway's subnet counts", behindNAT + `
		bpa block-bidirectional
		exclude s2 allow-egress`, "eni-b > 8.8.8.8 tcp 443", "unreachable VPC_BLOCK_PUBLIC_ACCESS_ENABLED"},
	{"BPA-1", "allow-egress opens nothing for a public address", public + `
		bpa block-bidirectional
		exclude v allow-egress`, "eni-a > 8.8.8.8 tcp 443", "unreachable VPC_BLOCK_PUBLIC_ACCESS_ENABLED"},
	{"BPA-1", "off", public + `bpa off`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"BPA-1", "exclusions were not collected", public + `
		bpa block-ingress
		gap VpcBlockPublicAccessExclusions`, "eni-a > 8.8.8.8 tcp 443", "unknown"},
	{"EXT-1", "an address outside is told apart by rules", public + `
		rule sg-server in tcp 443 203.0.113.0/24
		eni eni-b s2 sg-server 10.0.2.10=198.51.100.20`, "internet@203.0.113.255 > eni-b@198.51.100.20 tcp 443", "reachable"},
	{"EXT-1", "just outside the rule's block", public + `
		rule sg-server in tcp 443 203.0.113.0/24
		eni eni-b s2 sg-server 10.0.2.10=198.51.100.20`, "internet@203.0.114.0 > eni-b@198.51.100.20 tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"LAMBDA-1", "a function opens connections", public + `eni eni-a s1 sg-all 10.0.1.10 type=lambda`, "eni-a > eni-b tcp 443", "reachable"},
	{"LAMBDA-1", "a function never receives them", public + `eni eni-b s2 sg-all 10.0.2.10 type=lambda`, "eni-a > eni-b tcp 443", "unreachable FUNCTION_NEVER_RECEIVES"},
	{"LAMBDA-1", "a function has no public address", public + `eni eni-a s1 sg-all 10.0.1.10 type=lambda`, "eni-a > 8.8.8.8 tcp 443", "unreachable IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"},

	// -- Endpoints, edges and the rest
	{"EP-1", "a gateway endpoint", home + `
		list pl-s3 52.216.0.0/15
		endpoint vpce-s3 v Gateway
		route t pl-s3 vpce-s3`, "eni-a > 52.216.1.1 tcp 443", "reachable"},
	{"EP-1", "ACLs see the reply of the service", home + `
		list pl-s3 52.216.0.0/15
		endpoint vpce-s3 v Gateway
		route t pl-s3 vpce-s3
		acl x v s1
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > 52.216.1.1 tcp 443", "one-way SUBNET_ACL_RESTRICTION"},
	{"EP-1", "UDP does not pass", home + `
		list pl-s3 52.216.0.0/15
		endpoint vpce-s3 v Gateway
		route t pl-s3 vpce-s3`, "eni-a > 52.216.1.1 udp 443", "unreachable VPCE_GATEWAY_PROTOCOL_RESTRICTION"},
	{"EP-1", "echo passes", home + `
		list pl-s3 52.216.0.0/15
		endpoint vpce-s3 v Gateway
		route t pl-s3 vpce-s3`, "eni-a > 52.216.1.1 icmp 8/0", "reachable"},
	{"EP-1", "a more specific route beats it", home + `
		list pl-s3 52.216.0.0/15
		endpoint vpce-s3 v Gateway
		route t pl-s3 vpce-s3
		route t 52.216.1.0/24 pcx-gone blackhole`, "eni-a > 52.216.1.1 tcp 443", "unreachable BAD_STATE_ROUTE"},
	{"EP-1", "behind a NAT gateway", behindNAT + `
		list pl-s3 52.216.0.0/15
		endpoint vpce-s3 v Gateway
		route t1 pl-s3 vpce-s3`, "eni-b > 52.216.1.1 tcp 443", "reachable"},
	{"EP-1", "peers cannot use it", peered + `
		list pl-s3 52.216.0.0/15
		endpoint vpce-s3 w Gateway
		route tw pl-s3 vpce-s3
		route t 52.216.0.0/15 pcx-1`, "eni-a > 52.216.1.1 tcp 443", "unreachable PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"},
	{"RT-9", "an endpoint that is not available", home + `
		list pl-s3 52.216.0.0/15
		endpoint vpce-s3 v Gateway state=deleted
		route t pl-s3 vpce-s3`, "eni-a > 52.216.1.1 tcp 443", "unreachable BAD_STATE"},
	{"EP-2", "an interface endpoint has its own groups", public + `
		endpoint vpce-1 v Interface
		rule sg-server in tcp 443 10.0.0.0/16
		eni eni-e s2 sg-server 10.0.2.50 type=vpc_endpoint owner=VPC_endpoint:vpce-1`, "eni-a > eni-e tcp 443", "reachable"},
	{"EP-2", "which do not admit another port", public + `
		endpoint vpce-1 v Interface
		rule sg-server in tcp 443 10.0.0.0/16
		eni eni-e s2 sg-server 10.0.2.50 type=vpc_endpoint owner=VPC_endpoint:vpce-1`, "eni-a > eni-e tcp 80", "unreachable ENI_SG_RULES_MISMATCH"},
	{"PL-1", "an endpoint opens nothing", public + `
		eni eni-e s2 sg-all 10.0.2.50 type=vpc_endpoint`, "eni-e > eni-a tcp 443", "unreachable VPCE_INTRA_VPC_TRAFFIC"},
	{"EP-3", "a Gateway Load Balancer endpoint", public + `
		endpoint vpce-g v GatewayLoadBalancer
		route t 8.8.8.0/24 vpce-g`, "eni-a > 8.8.8.8 tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"LB-7", "a load balancer's node", public + `
		eni eni-l s2 sg-all 10.0.2.60 owner=load_balancer:app/web/1`, "eni-a > eni-l tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"LB-7", "a load balancer as the client", public + `
		eni eni-l s2 sg-all 10.0.2.60 type=network_load_balancer`, "eni-l > eni-a tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"VPN-1", "a static route covers the destination", home + `
		vgw vgw-1 v
		vpn vpn-1 vgw-1 192.168.0.0/16
		route t 192.168.0.0/16 vgw-1 propagated`, "eni-a > 192.168.1.1 tcp 443", "reachable"},
	{"VPN-1", "no static route covers it", home + `
		vgw vgw-1 v
		vpn vpn-1 vgw-1 192.168.0.0/16
		route t 172.16.0.0/12 vgw-1`, "eni-a > 172.16.1.1 tcp 443", "unreachable VGW_NO_ROUTE"},
	{"VPN-1", "BGP may add routes", home + `
		vgw vgw-1 v
		vpn vpn-1 vgw-1 bgp
		route t 172.16.0.0/12 vgw-1`, "eni-a > 172.16.1.1 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"VPN-1", "no VPN connection: Direct Connect may be there", home + `
		vgw vgw-1 v
		route t 172.16.0.0/12 vgw-1`, "eni-a > 172.16.1.1 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-7", "the table of a virtual private gateway sees the reply", home + `
		vgw vgw-1 v
		vpn vpn-1 vgw-1 192.168.0.0/16
		route t 192.168.0.0/16 vgw-1
		table te v vgw-1
		route te 10.0.1.0/24 pcx-gone blackhole`, "eni-a > 192.168.1.1 tcp 443", "one-way BAD_STATE_ROUTE"},
	{"VPN-1", "a private source may come by a virtual private gateway", public + `vgw vgw-1 v`, "internet@192.168.1.1 > eni-b tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"TGW-3", "or by a transit gateway", public + `attachment att tgw-1 v`, "internet@192.168.1.1 > eni-b tcp 443", "unknown UNSUPPORTED_COMPONENT"},
}

func allScenarios() []scenario {
	return slices.Concat(scenarios, transitScenarios, firewallScenarios, statefulScenarios, dataScenarios, balancerScenarios, serviceScenarios, privateLinkScenarios)
}

func TestScenarios(t *testing.T) {
	for _, s := range allScenarios() {
		t.Run(s.rule+" "+s.name, func(t *testing.T) {
			n := build(t, s.text)
			q := ask(t, n, s.ask)
			w := New(n)
			outcomes := w.Walk(q)
			verdicts, code, _ := strings.Cut(s.want, " ")
			var got []string
			for _, v := range w.Verdicts(q) {
				got = append(got, string(v))
			}
			last := ""
			for _, o := range outcomes {
				if o.Verdict == Reachable || last != "" {
					continue
				}
				for _, h := range slices.Concat(o.Request, o.Reply) {
					if h.Code != "" {
						last = h.Code
					}
				}
			}
			if strings.Join(got, ",") != verdicts || code != "" && last != code {
				t.Errorf("%s: got %s %s, want %s", s.ask, strings.Join(got, ","), last, s.want)
				for _, o := range outcomes {
					t.Logf("%s %q: %s", o.Verdict, o.Choices, o.Reason)
					for _, h := range o.Request {
						t.Logf("  > %v", h)
					}
					for _, h := range o.Reply {
						t.Logf("  < %v", h)
					}
				}
			}
			for _, o := range outcomes {
				if (o.Verdict == Reachable) != (o.Reason == "") {
					t.Errorf("%s with the reason %q", o.Verdict, o.Reason)
				}
				if o.Verdict == Unreachable && len(o.Reply) > 0 || o.Verdict == Reachable && len(o.Reply) == 0 && q.To != "" {
					t.Errorf("%s with the reply %v", o.Verdict, o.Reply)
				}
			}
		})
	}
}

package walker

import "strings"

// An internet-facing Application Load Balancer with a node in either zone, and two instances behind it, one in each zone.
const web = home + `
subnet s1 v 10.0.1.0/24 2600:1f00:0:1::/64 zoneid=az1
subnet s2 v 10.0.2.0/24 2600:1f00:0:2::/64 zoneid=az2
igw igw-1 v
route t 0.0.0.0/0 igw-1
route t ::/0 igw-1
group sg-lb v
rule sg-lb in tcp 80 0.0.0.0/0
rule sg-lb out -1 * 0.0.0.0/0
rule sg-server in tcp 8080 sg-lb
eni eni-l s1 sg-lb 10.0.1.60=198.51.100.60 owner=load_balancer:app/web/1
eni eni-m s2 sg-lb 10.0.2.60=198.51.100.61 owner=load_balancer:app/web/1
eni eni-b s2 sg-server 10.0.2.10
eni eni-c s1 sg-server 10.0.1.20
instance i-b eni-b
instance i-c eni-c
lb loadbalancer/app/web/1 application v
listener loadbalancer/app/web/1 HTTP 80
rule-of loadbalancer/app/web/1 80 default forward:tg
targets tg HTTP 8080 instance v i-b i-c
`

// An internal Network Load Balancer with a node and a target in either zone. The targets are registered by address, so that they see its own addresses.
const nlb = home + `
subnet s1 v 10.0.1.0/24 2600:1f00:0:1::/64 zoneid=az1
subnet s2 v 10.0.2.0/24 2600:1f00:0:2::/64 zoneid=az2
group sg-lb v
rule sg-lb in tcp 80 0.0.0.0/0
rule sg-lb out -1 * 0.0.0.0/0
rule sg-server in tcp 8080 sg-lb
eni eni-l s1 sg-lb 10.0.1.60 type=network_load_balancer owner=load_balancer:net/api/2
eni eni-m s2 sg-lb 10.0.2.60 type=network_load_balancer owner=load_balancer:net/api/2
eni eni-b s2 sg-server 10.0.2.10
eni eni-c s1 sg-server 10.0.1.20
instance i-b eni-b
instance i-c eni-c
lb loadbalancer/net/api/2 network v internal
listener loadbalancer/net/api/2 TCP 80
rule-of loadbalancer/net/api/2 80 default forward:tg
targets tg TCP 8080 ip v 10.0.2.10 10.0.1.20
`

// The same with nodes that carry no groups.
var bare = strings.ReplaceAll(strings.ReplaceAll(nlb, "eni-l s1 sg-lb", "eni-l s1 -"), "eni-m s2 sg-lb", "eni-m s2 -")

// The same with targets by instance, which see the addresses of clients.
var keeping = strings.ReplaceAll(nlb, "targets tg TCP 8080 ip v 10.0.2.10 10.0.1.20", "targets tg TCP 8080 instance v i-b i-c")

// A Classic Load Balancer.
const classic = home + `
subnet s1 v 10.0.1.0/24 2600:1f00:0:1::/64 zoneid=az1
subnet s2 v 10.0.2.0/24 2600:1f00:0:2::/64 zoneid=az2
group sg-lb v
rule sg-lb in tcp 80 0.0.0.0/0
rule sg-lb out -1 * 0.0.0.0/0
rule sg-server in tcp 8080 sg-lb
eni eni-l s1 sg-lb 10.0.1.60 owner=load_balancer:old
eni eni-b s2 sg-server 10.0.2.10
eni eni-c s1 sg-server 10.0.1.20
instance i-b eni-b
instance i-c eni-c
lb classic/1/r/old classic v internal instances=i-c
listener classic/1/r/old HTTP 80 instance=HTTP:8080
`

var balancerScenarios = []scenario{
	// -- A node as a destination
	{"LB-7", "a node takes the first connection", web, "eni-a > eni-l tcp 80", "reachable"},
	{"LB-7", "by its public address from outside", web, "internet@8.8.8.8 > eni-l@198.51.100.60 tcp 80", "reachable"},
	{"LB-4", "on the port of a listener", web + `rule sg-lb in tcp 443 0.0.0.0/0`, "eni-a > eni-l tcp 443", "unreachable ELBV2_LISTENER_PORT_RESTRICTION"},
	{"LB-4", "and over its protocol", web + `rule sg-lb in udp 80 0.0.0.0/0`, "eni-a > eni-l udp 80", "unreachable ELBV2_LISTENER_PORT_RESTRICTION"},
	{"LB-4", "a listener for both protocols", bare + `listener loadbalancer/net/api/2 TCP_UDP 53`, "eni-a > eni-l udp 53", "reachable"},
	{"LB-4", "QUIC is carried over UDP", bare + `listener loadbalancer/net/api/2 QUIC 443`, "eni-a > eni-l tcp 443", "unreachable ELBV2_LISTENER_PORT_RESTRICTION"},
	{"LB-4", "a listener of a protocol that is not understood", bare + `listener loadbalancer/net/api/2 SCTP 53`, "eni-a > eni-l udp 53", "unknown UNKNOWN_RESOURCE"},
	{"LB-4", "no ICMP", bare, "eni-a > eni-l icmp 8/0", "unreachable ELBV2_LISTENER_PORT_RESTRICTION"},
	{"LB-4", "a listener of a Classic Load Balancer", classic, "eni-a > eni-l tcp 80", "reachable"},
	{"LB-4", "and its other ports", classic + `rule sg-lb in tcp 443 0.0.0.0/0`, "eni-a > eni-l tcp 443", "unreachable ELB_LISTENER_PORT_RESTRICTION"},
	{"LB-4", "listeners that were not collected", web + `lb loadbalancer/app/web/1 application v unknown
		rule sg-lb in tcp 443 0.0.0.0/0`, "eni-a > eni-l tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"LB-1", "its groups", web + `group sg-lb v`, "eni-a > eni-l tcp 80", "unreachable SG_HAS_NO_RULES"},
	{"LB-2", "a Network Load Balancer with groups", nlb + `group sg-lb v`, "eni-a > eni-l tcp 80", "unreachable SG_HAS_NO_RULES"},
	{"LB-2", "and one without", bare, "eni-a > eni-l tcp 80", "reachable"},
	{"LB-2", "whose subnet has a network ACL all the same", bare + `acl x v s2`, "eni-a > eni-m tcp 80", "unreachable SUBNET_ACL_RESTRICTION"},
	{"V-6", "a balancer that is not active", web + `lb loadbalancer/app/web/1 application v state=provisioning`, "eni-a > eni-l tcp 80", "unknown UNSUPPORTED_COMPONENT"},
	{"LB-7", "one that is impaired", web + `lb loadbalancer/app/web/1 application v state=active_impaired`, "eni-a > eni-l tcp 80", "reachable"},
	{"V-6", "a balancer that is not understood", web + `lb loadbalancer/app/web/1 application v defect`, "eni-a > eni-l tcp 80", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "whose groups admit nothing", web + `
		lb loadbalancer/app/web/1 application v defect
		group sg-lb v`, "eni-a > eni-l tcp 80", "unreachable SG_HAS_NO_RULES"},
	{"EP-3", "a Gateway Load Balancer", strings.ReplaceAll(bare, "lb loadbalancer/net/api/2 network", "lb loadbalancer/net/api/2 gateway"), "eni-a > eni-l tcp 80", "unknown UNSUPPORTED_COMPONENT"},
	{"V-6", "a node of a balancer that is not in the network", web + `eni eni-l s1 sg-lb 10.0.1.60 owner=load_balancer:app/other/9`, "eni-a > eni-l tcp 80", "unknown UNSUPPORTED_COMPONENT"},
	{"V-6", "a Classic Load Balancer of that name in another VPC", strings.ReplaceAll(classic, "old classic v", "old classic w"), "eni-a > eni-l tcp 80", "unknown UNSUPPORTED_COMPONENT"},

	// -- A node as a source
	{"LB-7", "a node opens connections to its targets", web, "eni-l > eni-b tcp 8080", "reachable"},
	{"LB-7", "on their port", web + `rule sg-server in tcp 80 sg-lb`, "eni-l > eni-b tcp 80", "unreachable BALANCER_OPENS_TO_TARGETS_ONLY"},
	{"LB-7", "which a target may have of its own", web + `
		targets tg HTTP 8080 instance v i-b+80 i-c
		rule sg-server in tcp 80 sg-lb`, "eni-l > eni-b tcp 80", "reachable"},
	{"LB-7", "and over their protocol", web + `rule sg-server in udp 8080 sg-lb`, "eni-l > eni-b udp 8080", "unreachable BALANCER_OPENS_TO_TARGETS_ONLY"},
	{"LB-7", "and nowhere else", web + `rule sg-client in -1 * 0.0.0.0/0`, "eni-l > eni-a tcp 8080", "unreachable BALANCER_OPENS_TO_TARGETS_ONLY"},
	{"LB-7", "not to the internet", web, "eni-l > 8.8.8.8 tcp 443", "unreachable BALANCER_OPENS_TO_TARGETS_ONLY"},
	{"LB-7", "but to the port of health checks", web + `
		targets tg HTTP 8080 instance v i-b i-c health=9000
		rule sg-server in tcp 9000 sg-lb`, "eni-l > eni-b tcp 9000", "reachable"},
	{"LB-7", "which is TCP for UDP as well", bare + `
		targets tg UDP 53 ip v 10.0.2.10 health=9000
		rule sg-server in tcp 9000 10.0.1.60/32`, "eni-l > eni-b tcp 9000", "reachable"},
	{"LB-7", "an instance by an interface that is not its primary", web + `
		eni eni-d s2 sg-server 10.0.2.11
		instance i-b eni-b eni-d`, "eni-l > eni-d tcp 8080", "unreachable BALANCER_OPENS_TO_TARGETS_ONLY"},
	{"V-6", "targets that were not collected", web + `targets tg HTTP 8080 instance v unknown
		rule sg-client in -1 * 0.0.0.0/0`, "eni-l > eni-a tcp 8080", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "an instance that is not in the network", web + `targets tg HTTP 8080 instance v i-z
		rule sg-client in -1 * 0.0.0.0/0`, "eni-l > eni-a tcp 8080", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a target group that is not in the network", web + `rule-of loadbalancer/app/web/1 80 1 forward:gone if=host-header:x
		rule sg-client in -1 * 0.0.0.0/0`, "eni-l > eni-a tcp 22", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "and what no rule admits anyway", web + `targets tg HTTP 8080 instance v unknown`, "eni-l > eni-a tcp 8080", "unreachable SG_HAS_NO_RULES"},
	{"LB-7", "a source that is not the node's", web, "eni-l@10.0.1.99 > eni-b tcp 8080", "unreachable ENI_SOURCE_DEST_CHECK_RESTRICTION"},
	{"LB-7", "a Classic Load Balancer", classic, "eni-l > eni-c tcp 8080", "reachable"},
	{"LB-7", "and no other instance", classic, "eni-l > eni-b tcp 8080", "unreachable BALANCER_OPENS_TO_TARGETS_ONLY"},
	{"LB-1", "outbound rules of a balancer", web + `
		group sg-lb v
		rule sg-lb out tcp 80 0.0.0.0/0`, "eni-l > eni-b tcp 8080", "unreachable ENI_SG_RULES_MISMATCH"},
	{"LB-3", "with client addresses preserved, a reference to the balancer", keeping, "eni-l > eni-b tcp 8080", "reachable"},
	{"LB-2", "a rule for all addresses", keeping + `
		group sg-server v
		rule sg-server in tcp 8080 0.0.0.0/0`, "eni-l > eni-b tcp 8080", "reachable"},
	{"LB-2", "a rule for some", keeping + `
		group sg-server v
		rule sg-server in tcp 8080 10.0.1.60/32`, "eni-l > eni-b tcp 8080", "unknown UNKNOWN_RESOURCE"},
	{"LB-2", "a reference to another group", keeping + `
		group sg-server v
		rule sg-server in tcp 8080 sg-client`, "eni-l > eni-b tcp 8080", "unknown"},
	{"LB-2", "a rule for another port", keeping + `
		group sg-server v
		rule sg-server in tcp 80 0.0.0.0/0`, "eni-l > eni-b tcp 8080", "unreachable ENI_SG_RULES_MISMATCH"},
	{"LB-2", "an ACL for some clients", keeping + `
		acl x v s2
		entry x in 100 allow tcp 8080 10.0.1.0/24
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-l > eni-b tcp 8080", "unknown UNKNOWN_RESOURCE"},
	{"LB-2", "an ACL for none", keeping + `
		acl x v s2
		entry x in 100 allow tcp 80 0.0.0.0/0`, "eni-l > eni-b tcp 8080", "unreachable SUBNET_ACL_RESTRICTION"},
	{"LB-2", "a route to the target that is not local", keeping + `
		table t1 v s1
		route t1 10.0.0.0/16 local
		route t1 10.0.2.0/24 vpce-f`, "eni-l > eni-b tcp 8080", "unknown UNSUPPORTED_COMPONENT"},
	{"LB-2", "a target group of either kind", keeping + `
		rule-of loadbalancer/net/api/2 80 1 forward:tg-own if=source-ip:10.0.0.0/8
		targets tg-own TCP 8080 ip v 10.0.2.10
		group sg-server v
		rule sg-server in tcp 8080 10.0.1.60/32`, "eni-l > eni-b tcp 8080", "reachable,unknown UNKNOWN_RESOURCE"},
	{"LB-7", "the nodes of a balancer that is a target", stacked, "eni-n > eni-l tcp 80", "reachable"},
	{"LB-7", "and not what is behind that", stacked, "eni-n > eni-b tcp 8080", "unreachable BALANCER_OPENS_TO_TARGETS_ONLY"},
	{"LB-2", "with its own address by the attribute", keeping + `
		targets tg TCP 8080 instance v i-b i-c attributes=preserve_client_ip.enabled:false
		group sg-server v
		rule sg-server in tcp 8080 10.0.1.60/32`, "eni-l > eni-b tcp 8080", "reachable"},
	{"LB-2", "which counts for nothing over UDP", keeping + `
		targets tg UDP 8080 instance v i-b i-c attributes=preserve_client_ip.enabled:false
		group sg-server v
		rule sg-server in udp 8080 10.0.1.60/32`, "eni-l > eni-b udp 8080", "unknown UNKNOWN_RESOURCE"},
	{"LB-2", "health checks carry the node's own", keeping + `
		targets tg TCP 8080 instance v i-b i-c health=9000
		rule sg-server in tcp 9000 10.0.1.60/32`, "eni-l > eni-b tcp 9000", "reachable"},
	{"LB-2", "attributes that were not collected", keeping + `
		gap TargetGroupAttributes
		group sg-server v
		rule sg-server in tcp 8080 10.0.1.60/32`, "eni-l > eni-b tcp 8080", "unknown UNKNOWN_RESOURCE"},
}

package walker

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The questions about the services.
const (
	toWeb = "eni-a > lb:loadbalancer/app/web/1 tcp 80"
	toNLB = "eni-a > lb:loadbalancer/net/api/2 tcp 80"
)

// open lets the targets in from everywhere, on all ports.
const open = `
group sg-server v
rule sg-server in -1 * 0.0.0.0/0
`

// An Application Load Balancer as the target of a Network Load Balancer.
var stacked = web + strings.ReplaceAll(strings.TrimPrefix(bare, home), "tg", "tg-alb") + `
eni eni-l s1 sg-lb 10.0.1.60 owner=load_balancer:app/web/1
eni eni-m s2 sg-lb 10.0.2.60 owner=load_balancer:app/web/1
eni eni-n s1 - 10.0.1.70 type=network_load_balancer owner=load_balancer:net/api/2
targets tg-alb TCP 80 alb v loadbalancer/app/web/1 attributes=preserve_client_ip.enabled:false
`

var serviceScenarios = []scenario{
	{"LB-7", "a node admits the client, and a target the node", web, toWeb, "reachable"},
	{"LB-1", "no target admits the balancer", web + `group sg-server v`, toWeb, "unreachable SG_HAS_NO_RULES"},
	{"LB-1", "the balancer does not admit the client", web + `group sg-lb v`, toWeb, "unreachable SG_HAS_NO_RULES"},
	{"LB-1", "targets see the balancer, not the client", web + `
		group sg-server v
		rule sg-server in tcp 8080 sg-client`, toWeb, "unreachable ENI_SG_RULES_MISMATCH"},
	{"LB-7", "targets that differ are members", web + `
		group sg-other v
		eni eni-c s1 sg-other 10.0.1.20`, toWeb, "reachable,unreachable SG_HAS_NO_RULES"},
	{"LB-7", "nodes that differ are AWS's choice", web + `
		acl x v s1
		entry x in 100 deny tcp 80 10.0.2.0/24
		entry x in 200 allow -1 * 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0
		eni eni-a s2 sg-client 10.0.2.70`, toWeb, "reachable,unreachable SUBNET_ACL_RESTRICTION"},
	{"LB-7", "a second connection whose reply is lost", web + `
		targets tg HTTP 8080 instance v i-b
		eni eni-m s1 sg-lb 10.0.1.61 owner=load_balancer:app/web/1
		acl x v s2
		entry x in 100 allow -1 * 0.0.0.0/0`, toWeb, "one-way SUBNET_ACL_RESTRICTION"},
	{"LB-7", "from outside by the public addresses", web, "internet@8.8.8.8 > lb:loadbalancer/app/web/1 tcp 80", "reachable"},
	{"LB-6", "an internal balancer has none", web + `lb loadbalancer/app/web/1 application v internal`, "internet@8.8.8.8 > lb:loadbalancer/app/web/1 tcp 80", "unreachable IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"},
	{"LB-6", "and takes connections from inside", nlb, toNLB, "reachable"},
	{"LB-7", "an internet-facing one whose nodes have no public address", web + `
		eni eni-l s1 sg-lb 10.0.1.60 owner=load_balancer:app/web/1
		eni eni-m s2 sg-lb 10.0.2.60 owner=load_balancer:app/web/1`, "internet@8.8.8.8 > lb:loadbalancer/app/web/1 tcp 80", "unreachable IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"},
	{"LB-7", "IPv6, which the nodes do not have", web, "eni-a@2600:1f00:0:1::a > lb:loadbalancer/app/web/1 tcp 80", "unreachable ADDRESS_FAMILY_MISMATCH"},
	{"LB-4", "a port without a listener", web + `rule sg-lb in tcp 443 0.0.0.0/0`, "eni-a > lb:loadbalancer/app/web/1 tcp 443", "unreachable ELBV2_LISTENER_PORT_RESTRICTION"},
	{"V-6", "a balancer that is not in the network", web, "eni-a > lb:loadbalancer/app/other/9 tcp 80", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a balancer without nodes", web + `lb loadbalancer/app/other/9 application v`, "eni-a > lb:loadbalancer/app/other/9 tcp 80", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a balancer that is not active", web + `lb loadbalancer/app/web/1 application v state=failed`, toWeb, "unknown UNSUPPORTED_COMPONENT"},

	// -- Rules
	{"LB-4", "rules on host and path are conditions", web + `
		rule-of loadbalancer/app/web/1 80 10 forward:tg-x if=host-header:x.example.com
		targets tg-x HTTP 9999 instance v i-b`, toWeb, "reachable"},
	{"LB-4", "before the default", strings.Replace(web, "rule-of loadbalancer/app/web/1 80 default forward:tg", `rule-of loadbalancer/app/web/1 80 10 forward:tg-x if=host-header:x.example.com
		rule-of loadbalancer/app/web/1 80 default forward:tg
		targets tg-x HTTP 9999 instance v i-b`, 1), toWeb, "reachable,unreachable ENI_SG_RULES_MISMATCH"},
	{"LB-4", "a source-ip that is the client's", strings.Replace(web, "80 default forward:tg", `80 10 forward:tg-x if=source-ip:10.0.1.0/24
		rule-of loadbalancer/app/web/1 80 default forward:tg
		targets tg-x HTTP 9999 instance v i-b`, 1), toWeb, "unreachable ENI_SG_RULES_MISMATCH"},
	{"LB-4", "a source-ip that is not", strings.Replace(web, "80 default forward:tg", `80 10 forward:tg-x if=source-ip:10.9.0.0/24
		rule-of loadbalancer/app/web/1 80 default forward:tg
		targets tg-x HTTP 9999 instance v i-b`, 1), toWeb, "reachable"},
	{"LB-4", "a source-ip with another condition", strings.Replace(web, "80 default forward:tg", `80 10 forward:tg-x if=source-ip:10.0.1.0/24 and=path-pattern:/x
		rule-of loadbalancer/app/web/1 80 default forward:tg
		targets tg-x HTTP 9999 instance v i-b`, 1), toWeb, "reachable,unreachable ENI_SG_RULES_MISMATCH"},
	{"LB-4", "several target groups", strings.Replace(web, "default forward:tg", `default forward:tg,tg-x
		targets tg-x HTTP 9999 instance v i-b`, 1), toWeb, "reachable,unreachable ENI_SG_RULES_MISMATCH"},
	{"LB-4", "the balancer answers by itself", strings.Replace(web, "default forward:tg", "default redirect", 1) + `group sg-server v`, toWeb, "reachable"},
	{"LB-4", "after it authenticated the client", strings.Replace(web, "default forward:tg", "default authenticate-oidc forward:tg", 1), toWeb, "reachable"},
	{"LB-4", "no target group", strings.Replace(web, "default forward:tg", "default forward", 1), toWeb, "unreachable ELBV2_LISTENER_HAS_NO_TG"},
	{"LB-4", "no rule", without(web, "rule-of"), toWeb, "unreachable ELBV2_LISTENER_HAS_NO_TG"},
	{"V-6", "an action that is not understood", strings.Replace(web, "default forward:tg", "default teleport", 1), toWeb, "unknown UNSUPPORTED_COMPONENT"},
	{"V-6", "rules that were not collected", strings.Replace(web, "HTTP 80", "HTTP 80 unknown", 1), toWeb, "unknown UNKNOWN_RESOURCE"},
	{"V-6", "also where the default leads nowhere", strings.Replace(web, "HTTP 80", "HTTP 80 unknown", 1) + `group sg-server v`, toWeb, "unknown UNKNOWN_RESOURCE"},
	{"V-6", "but not where the client does not come in", strings.Replace(web, "HTTP 80", "HTTP 80 unknown", 1) + `group sg-lb v`, toWeb, "unreachable"},
	{"V-6", "a target group that is not in the network", without(web, "targets"), toWeb, "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a target group that is not understood", web + `targets tg HTTP 8080 instance v i-b defect`, toWeb, "unknown UNKNOWN_RESOURCE"},
	{"V-6", "targets that were not collected", web + `targets tg HTTP 8080 instance v unknown`, toWeb, "unknown UNKNOWN_RESOURCE"},

	// -- Targets
	{"LB-4", "no targets", web + `targets tg HTTP 8080 instance v`, toWeb, "unreachable TARGET_GROUP_HAS_NO_TARGETS"},
	{"LB-4", "a port of the target's own", web + `
		targets tg HTTP 1 instance v i-b+8080 i-c+8080`, toWeb, "reachable"},
	{"V-6", "an instance that is not in the network", web + `targets tg HTTP 8080 instance v i-z`, toWeb, "unknown UNKNOWN_RESOURCE"},
	{"V-6", "an instance of which the primary interface is not known", web + `
		instance i-b
		targets tg HTTP 8080 instance v i-b`, toWeb, "unknown UNKNOWN_RESOURCE"},
	{"LB-4", "by address", web + `targets tg HTTP 8080 ip v 10.0.2.10`, toWeb, "reachable"},
	{"LB-4", "by the address of nobody", web + `targets tg HTTP 8080 ip v 10.0.2.99`, toWeb, "unreachable NO_POSSIBLE_DESTINATION"},
	{"LB-4", "by an address of another VPC", peered + strings.TrimPrefix(web, home) + `targets tg HTTP 8080 ip v 10.1.1.10`, toWeb, "reachable"},
	{"LB-4", "that several have", peered + strings.TrimPrefix(web, home) + `
		vpc x 10.1.0.0/16
		subnet x1 x 10.1.1.0/24
		eni eni-x x1 sg-w 10.1.1.10
		targets tg HTTP 8080 ip v 10.1.1.10`, toWeb, "unknown UNKNOWN_RESOURCE"},
	{"LB-4", "by an address on premises", web + `
		vgw vgw-1 v
		vpn vpn-1 vgw-1 192.168.0.0/16
		route t 192.168.0.0/16 vgw-1
		targets tg HTTP 8080 ip v 192.168.1.1`, toWeb, "reachable"},
	{"LB-4", "a function", web + `
		group sg-server v
		targets tg - 0 lambda v arn:aws:lambda:r:1:function:f`, toWeb, "reachable"},
	{"V-6", "a type that is not understood", web + `targets tg HTTP 8080 drone v d-1`, toWeb, "unknown UNKNOWN_RESOURCE"},
	{"V-10", "the source port of the balancer matters", web + `
		targets tg HTTP 8080 instance v i-b
		eni eni-m s1 sg-lb 10.0.1.61 owner=load_balancer:app/web/1
		acl x v s2
		entry x in 100 allow -1 * 0.0.0.0/0
		entry x out 100 deny tcp 2000-2999 10.0.1.0/24
		entry x out 200 allow -1 * 0.0.0.0/0`, toWeb, "one-way,reachable SUBNET_ACL_RESTRICTION"},

	// -- Zones
	{"LB-5", "an Application Load Balancer uses all zones", web + `targets tg HTTP 8080 instance v i-b`, toWeb, "reachable"},
	{"LB-5", "unless its target group does not", web + `targets tg HTTP 8080 instance v i-b attributes=load_balancing.cross_zone.enabled:false`, toWeb, "reachable,unreachable ELB_NOT_CROSSZONE"},
	{"LB-5", "a Network Load Balancer uses the node's zone", nlb + `targets tg TCP 8080 ip v 10.0.2.10`, toNLB, "reachable,unreachable ELB_NOT_CROSSZONE"},
	{"LB-5", "unless it is told to use all", nlb + `
		targets tg TCP 8080 ip v 10.0.2.10
		lb loadbalancer/net/api/2 network v internal attributes=load_balancing.cross_zone.enabled:true`, toNLB, "reachable"},
	{"LB-5", "by the target group first", nlb + `
		targets tg TCP 8080 ip v 10.0.2.10 attributes=load_balancing.cross_zone.enabled:false
		lb loadbalancer/net/api/2 network v internal attributes=load_balancing.cross_zone.enabled:true`, toNLB, "reachable,unreachable ELB_NOT_CROSSZONE"},
	{"LB-5", "an attribute that leaves it to the balancer", nlb + `
		targets tg TCP 8080 ip v 10.0.2.10 attributes=load_balancing.cross_zone.enabled:use_load_balancer_configuration
		lb loadbalancer/net/api/2 network v internal attributes=load_balancing.cross_zone.enabled:true`, toNLB, "reachable"},
	{"LB-5", "attributes that were not collected", nlb + `
		targets tg TCP 8080 ip v 10.0.2.10
		gap LoadBalancerAttributes`, toNLB, "reachable,unknown UNKNOWN_RESOURCE"},
	{"LB-5", "attributes of the target group that were not, and decide first", nlb + `
		targets tg TCP 8080 ip v 10.0.2.10 attributes=
		lb loadbalancer/net/api/2 network v internal attributes=load_balancing.cross_zone.enabled:true
		gap TargetGroupAttributes`, toNLB, "unknown UNKNOWN_RESOURCE"},
	{"LB-5", "a target outside the VPC is in all zones", peered + strings.TrimPrefix(nlb, home) + `
		targets tg TCP 8080 ip v 10.1.1.10
		group sg-w w
		rule sg-w in -1 * 0.0.0.0/0`, toNLB, "reachable"},
	{"LB-5", "zones that are not known", nlb + `
		subnet s1 v 10.0.1.0/24
		subnet s2 v 10.0.2.0/24
		targets tg TCP 8080 ip v 10.0.2.10`, toNLB, "reachable,unknown UNKNOWN_RESOURCE"},
	{"LB-5", "a Classic Load Balancer, and an instance in the node's zone", classic, "eni-a > lb:classic/1/r/old tcp 80", "reachable"},
	{"LB-5", "and one in another", classic + `lb classic/1/r/old classic v internal instances=i-b`, "eni-a > lb:classic/1/r/old tcp 80", "unknown UNKNOWN_RESOURCE"},
	{"LB-4", "and none", classic + `lb classic/1/r/old classic v internal`, "eni-a > lb:classic/1/r/old tcp 80", "unreachable TARGET_GROUP_HAS_NO_TARGETS"},

	// -- Client addresses
	{"LB-2", "targets by address see the balancer", nlb, toNLB, "reachable"},
	{"LB-2", "and not the client", nlb + `
		group sg-server v
		rule sg-server in tcp 8080 10.0.1.10/32`, toNLB, "unreachable ENI_SG_RULES_MISMATCH"},
	{"LB-2", "without groups by its addresses", bare + `
		group sg-server v
		rule sg-server in tcp 8080 10.0.1.60/32
		rule sg-server in tcp 8080 10.0.2.60/32`, toNLB, "reachable"},
	{"LB-2", "instances see the client", keeping + `
		group sg-server v
		rule sg-server in tcp 8080 10.0.1.10/32`, toNLB, "reachable"},
	{"LB-2", "and not the balancer", keeping + `
		group sg-server v
		rule sg-server in tcp 8080 10.0.1.60/32
		rule sg-server in tcp 8080 10.0.2.60/32`, toNLB, "unreachable ENI_SG_RULES_MISMATCH"},
	{"LB-2", "unless that is switched off", keeping + `
		targets tg TCP 8080 instance v i-b i-c attributes=preserve_client_ip.enabled:false
		group sg-server v
		rule sg-server in tcp 8080 10.0.1.60/32
		rule sg-server in tcp 8080 10.0.2.60/32`, toNLB, "reachable"},
	{"LB-2", "or on, for targets by address", nlb + `
		targets tg TCP 8080 ip v 10.0.2.10 10.0.1.20 attributes=preserve_client_ip.enabled:true
		group sg-server v
		rule sg-server in tcp 8080 10.0.1.10/32`, toNLB, "reachable"},
	{"LB-2", "for UDP it cannot be switched off", bare + `
		listener loadbalancer/net/api/2 UDP 53
		rule-of loadbalancer/net/api/2 53 default forward:tg
		targets tg UDP 53 ip v 10.0.2.10 10.0.1.20 attributes=preserve_client_ip.enabled:false
		group sg-server v
		rule sg-server in udp 53 10.0.1.10/32`, "eni-a > lb:loadbalancer/net/api/2 udp 53", "reachable"},
	{"LB-3", "a reference to the balancer stands for clients that it keeps", keeping, toNLB, "reachable"},
	{"LB-3", "when the balancer carries that group", strings.ReplaceAll(strings.ReplaceAll(keeping, "eni-l s1 sg-lb", "eni-l s1 -"), "eni-m s2 sg-lb", "eni-m s2 -"), toNLB, "unreachable ENI_SG_RULES_MISMATCH"},
	{"LB-2", "whether a reference to the client does is not known", keeping + `
		group sg-server v
		rule sg-server in tcp 8080 sg-client`, toNLB, "unknown SG_REFERENCES_NOT_PRESERVED"},
	{"LB-2", "attributes that were not collected", keeping + `gap TargetGroupAttributes`, toNLB, "unknown UNKNOWN_RESOURCE"},
	{"LB-2", "the client from the internet", strings.ReplaceAll(web, "app/web/1", "net/web/1") + open + `
		lb loadbalancer/net/web/1 network v
		group sg-server v
		rule sg-server in tcp 8080 8.8.8.8/32`, "internet@8.8.8.8 > lb:loadbalancer/net/web/1 tcp 80", "reachable"},
	{"LB-2", "the node's ACL sees the way to the target", keeping + open + `
		targets tg TCP 8080 instance v i-c attributes=load_balancing.cross_zone.enabled:true
		eni eni-l s2 sg-lb 10.0.2.61 owner=load_balancer:net/api/2
		acl x v s2
		entry x in 100 allow -1 * 0.0.0.0/0
		entry x out 100 deny tcp 8080 0.0.0.0/0
		entry x out 200 allow -1 * 0.0.0.0/0`, toNLB, "unreachable SUBNET_ACL_RESTRICTION"},
	{"LB-2", "the target's ACL sees the client", keeping + open + `
		targets tg TCP 8080 instance v i-b attributes=load_balancing.cross_zone.enabled:true
		eni eni-m s1 sg-lb 10.0.1.61 owner=load_balancer:net/api/2
		acl x v s2
		entry x in 100 deny tcp 8080 10.0.1.10/32
		entry x in 200 allow -1 * 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`, toNLB, "unreachable SUBNET_ACL_RESTRICTION"},
	{"LB-2", "the reply goes back by the node, whatever the target's table says", keeping + open + `
		igw igw-1 v
		targets tg TCP 8080 instance v i-b attributes=load_balancing.cross_zone.enabled:true
		eni eni-m s1 sg-lb 10.0.1.61 owner=load_balancer:net/api/2
		eni eni-a s1 sg-client 10.0.1.10
		table t2 v s2
		route t2 10.0.0.0/16 local`, toNLB, "reachable"},
	{"LB-2", "but the ACL of the target's subnet sees the client's address in it", keeping + open + `
		targets tg TCP 8080 instance v i-b attributes=load_balancing.cross_zone.enabled:true
		eni eni-m s1 sg-lb 10.0.1.61 owner=load_balancer:net/api/2
		acl x v s2
		entry x in 100 allow -1 * 0.0.0.0/0
		entry x out 100 allow -1 * 10.0.1.60/31`, toNLB, "one-way SUBNET_ACL_RESTRICTION"},
	{"LB-2", "a route to the target that is not local", keeping + open + `
		targets tg TCP 8080 instance v i-b attributes=load_balancing.cross_zone.enabled:true
		eni eni-m s1 sg-lb 10.0.1.61 owner=load_balancer:net/api/2
		table t1 v s1
		route t1 10.0.0.0/16 local
		route t1 10.0.2.0/24 vpce-f`, toNLB, "unknown UNSUPPORTED_COMPONENT"},
	{"LB-2", "a client that is its own target", keeping + open + `
		instance i-a eni-a
		eni eni-a s1 sg-all 10.0.1.10
		targets tg TCP 8080 instance v i-a attributes=load_balancing.cross_zone.enabled:true`, toNLB, "unknown UNSUPPORTED_COMPONENT"},
	{"LB-2", "a target outside the VPC", peered + strings.TrimPrefix(nlb, home) + `
		targets tg TCP 8080 ip v 10.1.1.10 attributes=preserve_client_ip.enabled:true`, toNLB, "unknown UNSUPPORTED_COMPONENT"},
	{"LB-2", "behind a NAT gateway the target sees that", keeping + `
		group sg-server v
		rule sg-server in tcp 8080 10.9.1.5/32
		vpc h 10.9.0.0/16
		subnet h1 h 10.9.1.0/24
		subnet h2 h 10.9.2.0/24
		acl openh h default
		entry openh in  100 allow -1 * 0.0.0.0/0
		entry openh out 100 allow -1 * 0.0.0.0/0
		table th2 h h2
		route th2 0.0.0.0/0 nat-1
		table th1 h h1
		route th1 10.9.0.0/16 local
		route th1 0.0.0.0/0 pcx-1
		peering pcx-1 h v
		route t 10.9.0.0/16 pcx-1
		nat nat-1 h1 10.9.1.5 private
		group sg-h h
		rule sg-h out -1 * 0.0.0.0/0
		eni eni-h h2 sg-h 10.9.2.10`, "eni-h > lb:loadbalancer/net/api/2 tcp 80", "reachable"},

	// -- A balancer behind another
	{"LB-7", "an Application Load Balancer behind a Network Load Balancer", stacked, toNLB, "reachable"},
	{"LB-7", "whose groups do not admit the other", stacked + `
		group sg-lb v
		rule sg-lb in tcp 80 10.0.1.10/32
		rule sg-lb out -1 * 0.0.0.0/0`, toNLB, "unreachable ENI_SG_RULES_MISMATCH"},
	{"LB-7", "whose targets do not admit it", stacked + `group sg-server v`, toNLB, "unreachable SG_HAS_NO_RULES"},
	{"LB-7", "with client addresses preserved", stacked + `targets tg-alb TCP 80 alb v loadbalancer/app/web/1`, toNLB, "unknown UNSUPPORTED_COMPONENT"},
	{"V-6", "one that is not in the network", stacked + `targets tg-alb TCP 80 alb v loadbalancer/app/other/9 attributes=preserve_client_ip.enabled:false`, toNLB, "unknown UNKNOWN_RESOURCE"},

	// -- Firewalls
	{"FW-11", "data of the first connection", web + without(strings.TrimPrefix(inspected, home), "igw", "eni") + `
		use pol statefulRules
		stateful statefulRules drop http any any -> any any host=evil.test
		targets tg HTTP 8080 instance v i-c
		eni eni-m s1 sg-lb 10.0.1.61=198.51.100.61 owner=load_balancer:app/web/1`, "internet@8.8.8.8 > lb:loadbalancer/app/web/1 tcp 80 http=evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"SG-5", "a firewall between the balancer and its targets", between + strings.TrimPrefix(web, home) + `
		eni eni-m s1 sg-lb 10.0.1.61 owner=load_balancer:app/web/1
		targets tg HTTP 8080 instance v i-b`, toWeb, "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"FW-11", "which looks at data that is not the client's", between + strings.TrimPrefix(web, home) + open + `
		eni eni-m s1 sg-lb 10.0.1.61 owner=load_balancer:app/web/1
		targets tg HTTP 8080 instance v i-b`, toWeb + " http=example.com", "unknown UNSUPPORTED_COMPONENT"},
	{"FW-11", "and at the client's own, behind a Network Load Balancer", between + strings.TrimPrefix(nlb, home) + open + `
		rules statefulRules
		use pol statefulRules
		stateful statefulRules drop tls any any -> any any sni=evil.test
		eni eni-m s1 sg-lb 10.0.1.61 owner=load_balancer:net/api/2
		lb loadbalancer/net/api/2 network v internal attributes=load_balancing.cross_zone.enabled:true
		targets tg TCP 8080 ip v 10.0.2.10`, toNLB + " tls=evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
}

// LB-7: what an outcome says about the service: both connections, and who took part in them.
func TestService(t *testing.T) {
	n := build(t, web)
	q := ask(t, n, toWeb)
	var got []string
	for _, o := range New(n).Walk(q) {
		got = append(got, fmt.Sprint(o.Verdict, o.Choices, o.Door, o.Node, o.Target, " ", *o.Second))
	}
	want := []string{
		"reachable[node of loadbalancer/app/web/1: eni-l by 10.0.1.60 target of tg from eni-l: i-b:8080]eni-leni-leni-b tcp 10.0.1.60:1024 to 10.0.2.10:8080",
		"reachable[node of loadbalancer/app/web/1: eni-l by 10.0.1.60 target of tg from eni-l: i-c:8080]eni-leni-leni-c tcp 10.0.1.60:1024 to 10.0.1.20:8080",
		"reachable[node of loadbalancer/app/web/1: eni-m by 10.0.2.60 target of tg from eni-m: i-b:8080]eni-meni-meni-b tcp 10.0.2.60:1024 to 10.0.2.10:8080",
		"reachable[node of loadbalancer/app/web/1: eni-m by 10.0.2.60 target of tg from eni-m: i-c:8080]eni-meni-meni-c tcp 10.0.2.60:1024 to 10.0.1.20:8080",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	o := New(n).Walk(q)[0]
	var hops []string
	for _, h := range slices.Concat(o.Request, o.Reply) {
		if h.Kind == "network interface" || h.Kind == "load balancer" {
			hops = append(hops, h.ID+" "+h.Rule)
		}
	}
	wantHops := []string{
		"eni-a sends tcp 10.0.1.10:50000 to 10.0.1.60:80", "eni-l receives tcp 10.0.1.10:50000 to 10.0.1.60:80",
		"loadbalancer/app/web/1 listener HTTP 80",
		"loadbalancer/app/web/1 listener HTTP 80, rule default, to tg: target i-b:8080",
		"eni-l sends tcp 10.0.1.60:1024 to 10.0.2.10:8080", "eni-b receives tcp 10.0.1.60:1024 to 10.0.2.10:8080",
		"eni-b replies tcp 10.0.2.10:8080 to 10.0.1.60:1024", "eni-l receives tcp 10.0.2.10:8080 to 10.0.1.60:1024",
		"eni-l replies tcp 10.0.1.60:80 to 10.0.1.10:50000", "eni-a receives tcp 10.0.1.60:80 to 10.0.1.10:50000",
	}
	if !slices.Equal(hops, wantHops) {
		t.Errorf("got %q, want %q", hops, wantHops)
	}
}

// LB-2: the packet of a second connection that keeps the client's address.
func TestServiceKeepsClient(t *testing.T) {
	n := build(t, keeping)
	for _, o := range New(n).Walk(ask(t, n, toNLB)) {
		if got := o.Second.String(); !strings.HasPrefix(got, "tcp 10.0.1.10:50000 to ") {
			t.Errorf("%s: %s", o.Target, got)
		}
	}
}

// LB-4: what a rule asks of a request, and which of AWS's choices it was, is among the choices.
func TestServiceConditions(t *testing.T) {
	n := build(t, strings.Replace(web, "80 default forward:tg", `80 10 fixed-response if=host-header:a,b and=path-pattern:/x
		rule-of loadbalancer/app/web/1 80 default forward:tg`, 1)+`eni eni-m s2 sg-lb 10.0.2.60 owner=service:x
		targets tg HTTP 8080 instance v i-b`)
	var got []string
	for _, o := range New(n).Walk(ask(t, n, toWeb)) {
		got = append(got, fmt.Sprint(o.Verdict, o.Choices, o.Door, o.Node, o.Target))
	}
	want := []string{
		"reachable[listener HTTP 80 of loadbalancer/app/web/1: rule 10 (host-header a,b; path-pattern /x)]eni-l",
		"reachable[listener HTTP 80 of loadbalancer/app/web/1: rule default]eni-leni-leni-b",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

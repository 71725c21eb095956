package walker

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A client eni-a with a public address behind a firewall, whose endpoint has a subnet of its own; the internet gateway sends what comes for the client there.
const inspected = home + `
igw igw-1 v
subnet f1 v 10.0.8.0/28 2600:1f00:0:8::/64
table t1 v s1
route t1 10.0.0.0/16 local
route t1 0.0.0.0/0 vpce-f
route t1 ::/0 vpce-f
table tf v f1
route tf 10.0.0.0/16 local
route tf 2600:1f00::/56 local
route tf 0.0.0.0/0 igw-1
route tf ::/0 igw-1
table te v igw-1
route te 10.0.0.0/16 local
route te 2600:1f00::/56 local
route te 10.0.1.0/24 vpce-f
route te 2600:1f00:0:1::/64 vpce-f
eni eni-a s1 sg-all 10.0.1.10=198.51.100.10 2600:1f00:0:1::a
firewall fw pol v vpce-f:f1
policy pol action
rules statefulRules
rules statelessRules
`

// The same with a group of each engine in use.
const ruled = inspected + `
use pol statefulRules
use pol statelessRules
`

// Two tiers with a firewall between them, in both directions.
const between = home + `
subnet f1 v 10.0.8.0/28
table t1 v s1
route t1 10.0.0.0/16 local
route t1 10.0.2.0/24 vpce-f
table t2 v s2
route t2 10.0.0.0/16 local
route t2 10.0.1.0/24 vpce-f
firewall fw pol v vpce-f:f1
policy pol action
`

// A private client eni-b in s2, a NAT gateway in s1, and the firewall between the NAT gateway and the internet gateway.
const behindBoth = inspected + `
nat nat-1 s1 10.0.1.5=198.51.100.5
route t 0.0.0.0/0 nat-1
eni eni-b s2 sg-all 10.0.2.10
use pol statefulRules
use pol statelessRules
`

// The same with the firewall between the client and the NAT gateway.
const inFront = home + `
igw igw-1 v
subnet f1 v 10.0.8.0/28
table t2 v s2
route t2 10.0.0.0/16 local
route t2 0.0.0.0/0 vpce-f
table tf v f1
route tf 10.0.0.0/16 local
route tf 0.0.0.0/0 nat-1
table t1 v s1
route t1 10.0.0.0/16 local
route t1 0.0.0.0/0 igw-1
route t1 10.0.2.0/24 vpce-f
nat nat-1 s1 10.0.1.5=198.51.100.5
eni eni-b s2 sg-all 10.0.2.10
firewall fw pol v vpce-f:f1
policy pol action
rules statefulRules
use pol statefulRules
`

// Two VPCs that reach each other through a firewall in a third, with an endpoint in either zone.
var hub = transit + `
vpc h 10.9.0.0/16
subnet h1 h 10.9.1.0/24 zoneid=az1
subnet h2 h 10.9.2.0/24 zoneid=az2
subnet f1 h 10.9.11.0/28 zoneid=az1
subnet f2 h 10.9.12.0/28 zoneid=az2
table th1 h h1
route th1 10.9.0.0/16 local
route th1 0.0.0.0/0 vpce-1
table th2 h h2
route th2 10.9.0.0/16 local
route th2 0.0.0.0/0 vpce-2
table thf h f1 f2
route thf 10.9.0.0/16 local
route thf 10.0.0.0/8 tgw-1
acl openh h default
entry openh in  100 allow -1 * 0.0.0.0/0
entry openh out 100 allow -1 * 0.0.0.0/0
attachment at-h tgw-1 h h1 h2 table=rt-h appliance
attachment at-v tgw-1 v s1 s2 table=rt-s
attachment at-w tgw-1 w w1 w2 table=rt-s
ttable rt-s tgw-1
troute rt-s 0.0.0.0/0 at-h
ttable rt-h tgw-1 at-v at-w
firewall fw pol h vpce-1:f1 vpce-2:f2
policy pol action
rules statefulRules
use pol statefulRules
`

var firewallScenarios = []scenario{
	// -- The way through a firewall
	{"FW-1", "out and back by the same endpoint", inspected, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-1", "in and back by the same endpoint", inspected, "internet@8.8.8.8 > eni-a@198.51.100.10 tcp 443", "reachable"},
	{"FW-1", "over IPv6", inspected, "eni-a > 2001:4860::8 tcp 443", "reachable"},
	{"FW-1", "UDP", inspected, "eni-a > 8.8.8.8 udp 53", "reachable"},
	{"FW-1", "a route for one direction only", without(inspected, "route te 10.0.1"), "eni-a > 8.8.8.8 tcp 443", "one-way ASYMMETRIC_FIREWALL_PATH"},
	{"FW-1", "a route for what comes in only", strings.ReplaceAll(inspected, "route t1 0.0.0.0/0 vpce-f", "route t1 0.0.0.0/0 igw-1"), "internet@8.8.8.8 > eni-a@198.51.100.10 tcp 443", "one-way ASYMMETRIC_FIREWALL_PATH"},
	{"FW-1", "a reply alone", strings.ReplaceAll(inspected, "route t1 0.0.0.0/0 vpce-f", "route t1 0.0.0.0/0 igw-1"), "eni-a > 8.8.8.8 tcp 443", "one-way ASYMMETRIC_FIREWALL_PATH"},
	{"FW-1", "between tiers, in both directions", between + `rule sg-server in tcp 443 10.0.1.0/24`, "eni-a > eni-b tcp 443", "reachable"},
	{"FW-1", "between tiers, in one direction", without(between, "route t2 10.0.1") + `rule sg-server in tcp 443 10.0.1.0/24`, "eni-a > eni-b tcp 443", "one-way ASYMMETRIC_FIREWALL_PATH"},
	{"FW-1", "the reply by the endpoint of another zone", strings.ReplaceAll(inspected, "route te 10.0.1.0/24 vpce-f", "route te 10.0.1.0/24 vpce-g") + `
		subnet f2 v 10.0.9.0/28
		firewall fw pol v vpce-f:f1 vpce-g:f2`, "eni-a > 8.8.8.8 tcp 443", "one-way ASYMMETRIC_FIREWALL_PATH"},
	{"FW-1", "what only stateless rules pass needs no symmetry", without(inspected, "route te 10.0.1") + `policy pol action stateless=aws:pass`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-1", "nor a reply alone that they pass", strings.ReplaceAll(inspected, "route t1 0.0.0.0/0 vpce-f", "route t1 0.0.0.0/0 igw-1") + `policy pol action stateless=aws:pass`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-1", "stateless rules that pass the request only", ruled + `stateless statelessRules 10 aws:pass tcp 10.0.1.0/24 any any any`, "eni-a > 8.8.8.8 tcp 443", "one-way ASYMMETRIC_FIREWALL_PATH"},
	{"FW-1", "stateless rules that pass the reply only", ruled + `stateless statelessRules 10 aws:pass tcp any 443 any any`, "eni-a > 8.8.8.8 tcp 443", "one-way ASYMMETRIC_FIREWALL_PATH"},
	{"FW-1", "stateless rules that pass both", ruled + `
		stateless statelessRules 10 aws:pass tcp any 443 any any
		stateless statelessRules 20 aws:pass tcp any any any 443`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-1", "stateless rules that drop the reply", ruled + `stateless statelessRules 10 aws:drop tcp any 443 any any`, "eni-a > 8.8.8.8 tcp 443", "one-way FIREWALL_RULES_RESTRICTION"},
	{"FW-1", "an endpoint that is not READY", inspected + `firewall fw pol v vpce-f:f1 status=PROVISIONING`, "eni-a > 8.8.8.8 tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"NACL-8", "which the network ACL of its subnet keeps from mattering", inspected + `
		firewall fw pol v vpce-f:f1 status=PROVISIONING
		acl x v f1`, "eni-a > 8.8.8.8 tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-8", "the network ACL of the endpoint's subnet, in", inspected + `
		acl x v f1
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > 8.8.8.8 tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-8", "and out", inspected + `
		acl x v f1
		entry x in 100 allow -1 * 0.0.0.0/0`, "eni-a > 8.8.8.8 tcp 443", "unreachable SUBNET_ACL_RESTRICTION"},
	{"NACL-8", "and for replies", inspected + `
		acl x v f1
		entry x in 100 allow tcp 443 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`, "eni-a > 8.8.8.8 tcp 443", "one-way SUBNET_ACL_RESTRICTION"},
	{"V-6", "a firewall that is not understood", inspected + `firewall fw pol v vpce-f:f1 defect`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a policy that is not in the network", inspected + `firewall fw elsewhere v vpce-f:f1`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a policy that is not understood", inspected + `policy pol action defect`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a subnet of the endpoint that is not in the network", inspected + `firewall fw pol v vpce-f:gone`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "an endpoint in another VPC", inspected + `
		vpc w 10.1.0.0/16
		subnet w1 w 10.1.1.0/24
		firewall fw pol v vpce-f:w1`, "eni-a > 8.8.8.8 tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"FW-9", "a client in the endpoint's own subnet", inspected + `
		route tf 9.9.9.0/24 vpce-f
		eni eni-f f1 sg-all 10.0.8.10`, "eni-f > 9.9.9.9 tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"FW-9", "to the endpoint's own subnet nothing is inspected", strings.ReplaceAll(inspected, "policy pol action", "policy pol action stateless=aws:drop") + `
		eni eni-f f1 sg-all 10.0.8.10
		eni eni-g f1 sg-all 10.0.8.11`, "eni-f > eni-g tcp 443", "reachable"},
	{"FW-9", "nor inside any other", strings.ReplaceAll(between, "policy pol action", "policy pol action stateless=aws:drop") + `eni eni-c s1 sg-all 10.0.1.11`, "eni-a > eni-c tcp 443", "reachable"},
	{"FW-9", "nor the resolver", strings.ReplaceAll(inspected, "policy pol action", "policy pol action stateless=aws:drop"), "eni-a > 10.0.0.2 udp 53", "reachable"},
	{"FW-9", "a peering behind a firewall", inspected + strings.ReplaceAll(strings.TrimPrefix(peered, home), "route t 10.1.0.0/16 pcx-1", "route t1 10.1.0.0/16 vpce-f") + `
		route tf 10.1.0.0/16 pcx-1`, "eni-a > eni-w tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"FW-9", "which drops for certain before", strings.ReplaceAll(inspected, "policy pol action", "policy pol action stateless=aws:drop") +
		strings.ReplaceAll(strings.TrimPrefix(peered, home), "route t 10.1.0.0/16 pcx-1", "route t1 10.1.0.0/16 vpce-f") + `
		route tf 10.1.0.0/16 pcx-1`, "eni-a > eni-w tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-9", "a peering on the way there, and the firewall on the way back", inspected + strings.TrimPrefix(peered, home) + `
		policy pol action stateless=aws:drop
		route t1 10.1.0.0/16 vpce-f
		route tf 10.1.0.0/16 pcx-1
		rule sg-client in -1 * 0.0.0.0/0`, "eni-w > eni-a tcp 443", "unknown UNSUPPORTED_COMPONENT"},

	// -- What a firewall changes for others
	{"SG-5", "a reference does not survive a firewall", between + `rule sg-server in tcp 443 sg-client`, "eni-a > eni-b tcp 443", "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"SG-5", "nor one that only passes packets", strings.ReplaceAll(between, "policy pol action", "policy pol action stateless=aws:pass") + `rule sg-server in tcp 443 sg-client`, "eni-a > eni-b tcp 443", "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"SG-5", "an address does", between + `rule sg-server in tcp 443 10.0.1.10/32`, "eni-a > eni-b tcp 443", "reachable"},
	{"SG-5", "an outbound reference is in doubt", between + `
		rule sg-server in tcp 443 10.0.1.10/32
		group sg-client v
		rule sg-client out tcp 443 sg-server`, "eni-a > eni-b tcp 443", "unknown SG_REFERENCES_NOT_PRESERVED"},
	{"SG-5", "a reference to a load balancer dies behind a firewall", between + `
		lb loadbalancer/app/web/1 application v
		listener loadbalancer/app/web/1 HTTP 80
		rule-of loadbalancer/app/web/1 80 default forward:tg
		targets tg HTTP 8080 ip v 10.0.2.10
		group sg-lb v
		rule sg-lb out -1 * 0.0.0.0/0
		eni eni-l s1 sg-lb 10.0.1.60 owner=load_balancer:app/web/1
		rule sg-server in tcp 8080 sg-lb`, "eni-l > eni-b tcp 8080", "unreachable SG_REFERENCES_NOT_PRESERVED"},
	{"BPA-1", "only the firewall's subnet is excluded", inspected + `
		bpa block-bidirectional
		exclude f1 allow-bidirectional`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"BPA-1", "both are", inspected + `
		bpa block-bidirectional
		exclude f1 allow-bidirectional
		exclude s1 allow-bidirectional`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"EP-1", "a gateway endpoint behind a firewall answers past it", inspected + `
		list pl-s3 8.8.8.0/24
		endpoint vpce-s3 v Gateway
		route tf pl-s3 vpce-s3`, "eni-a > 8.8.8.8 tcp 443", "one-way ASYMMETRIC_FIREWALL_PATH"},

	// -- Placement
	{"FW-10", "behind the NAT gateway the firewall sees the gateway", behindBoth + `stateful statefulRules drop ip 10.0.2.0/24 any -> any any`, "eni-b > 8.8.8.8 tcp 443", "reachable"},
	{"FW-10", "as the source", behindBoth + `stateful statefulRules drop ip 10.0.1.5/32 any -> any any`, "eni-b > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-10", "in front of it the client", inFront + `stateful statefulRules drop ip 10.0.2.0/24 any -> any any`, "eni-b > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-10", "and both directions", inFront, "eni-b > 8.8.8.8 tcp 443", "reachable"},
	{"FW-10", "when the NAT gateway's subnet has a route for it", without(inFront, "route t1 10.0.2"), "eni-b > 8.8.8.8 tcp 443", "one-way ASYMMETRIC_FIREWALL_PATH"},
	{"NAT-1", "a stateful rule for some source ports", behindBoth + `stateful statefulRules drop tcp any 2000:2999 -> any any`, "eni-b > 8.8.8.8 tcp 443", "reachable,unreachable FIREWALL_RULES_RESTRICTION"},
	{"NAT-1", "a stateless rule for some source ports", behindBoth + `stateless statelessRules 1 aws:drop tcp any 2000-2999 any any`, "eni-b > 8.8.8.8 tcp 443", "reachable,unreachable FIREWALL_RULES_RESTRICTION"},
	{"NAT-1", "a stateless rule for the ports of some replies", behindBoth + `stateless statelessRules 1 aws:drop tcp any any any 2000-2999`, "eni-b > 8.8.8.8 tcp 443", "one-way,reachable FIREWALL_RULES_RESTRICTION"},

	// -- A firewall of a hub
	{"TGW-5", "appliance mode", hub, "eni-a > eni-x tcp 443", "reachable"},
	{"TGW-5", "without it each zone has an endpoint of its own", strings.ReplaceAll(hub, " appliance", ""), "eni-a > eni-x tcp 443", "one-way ASYMMETRIC_FIREWALL_PATH"},
	{"TGW-5", "which is right inside one zone", strings.ReplaceAll(hub, " appliance", ""), "eni-a > eni-w tcp 443", "reachable"},
	{"FW-1", "a zone that is routed to the endpoint of another", strings.ReplaceAll(strings.ReplaceAll(hub, " appliance", ""), "route th2 0.0.0.0/0 vpce-2", "route th2 0.0.0.0/0 vpce-1"), "eni-a > eni-x tcp 443", "reachable"},

	// -- Stateless rules
	{"FW-2", "a default of aws:pass, and the stateful engine never sees the packet", ruled + `
		policy pol action stateless=aws:pass
		use pol statefulRules
		stateful statefulRules drop ip any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-2", "a default of aws:forward_to_sfe", ruled + `stateful statefulRules drop ip any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-2", "a default of aws:drop", inspected + `policy pol action stateless=aws:drop`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-2", "a custom action has no effect", inspected + `policy pol action stateless=count,aws:drop`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-2", "and alone leaves open what happens", inspected + `policy pol action stateless=count`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-2", "the first rule decides", ruled + `
		stateless statelessRules 1 aws:forward_to_sfe any 10.0.1.0/24 any any any
		stateless statelessRules 2 aws:drop any 10.0.0.0/8 any any any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-2", "a rule for another destination", ruled + `stateless statelessRules 1 aws:drop any any any 9.9.9.9/32 any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-2", "a rule for another protocol", ruled + `stateless statelessRules 1 aws:drop udp any any any any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-2", "a rule for another port", ruled + `stateless statelessRules 1 aws:drop any any any any 80-90`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-2", "ports do not count for ICMP", ruled + `stateless statelessRules 1 aws:drop any any any any 80-90`, "eni-a > 8.8.8.8 icmp 8/0", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-2", "IPv4 blocks and IPv6", ruled + `stateless statelessRules 1 aws:drop any 0.0.0.0/0 any any any`, "eni-a > 2001:4860::8 tcp 443", "reachable"},
	{"FW-2", "TCP flags are not evaluated", ruled + `stateless statelessRules 1 aws:drop any any any any any flags`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-2", "and mean nothing to UDP", ruled + `stateless statelessRules 1 aws:drop any any any any any flags`, "eni-a > 8.8.8.8 udp 53", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-2", "flags that make no difference", ruled + `stateless statelessRules 1 aws:forward_to_sfe any any any any any flags`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-2", "flags on which it depends whether the request is tracked", ruled + `stateless statelessRules 1 aws:pass any 10.0.1.0/24 any any any flags`, "eni-a > 8.8.8.8 tcp 443", "unknown ASYMMETRIC_FIREWALL_PATH"},
	{"V-6", "a stateless rule that is not understood", ruled + `stateless statelessRules 1 aws:drop any any any any any defect`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "behind one that decides", ruled + `
		stateless statelessRules 1 aws:forward_to_sfe any any any any any
		stateless statelessRules 2 aws:drop any any any any any defect`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"V-6", "a stateless group that is not in the network", inspected + `use pol statelessElsewhere`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a stateless group that is not understood", ruled + `rules statelessRules defect`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},

	// -- Gateway Load Balancer endpoints
	{"EP-3", "an endpoint that is not available drops", public + `
		endpoint vpce-g v GatewayLoadBalancer state=deleting
		route t 8.8.8.0/24 vpce-g`, "eni-a > 8.8.8.8 tcp 443", "unreachable BAD_STATE"},

	// -- On premises, by a transit gateway
	{"VPN-1", "Direct Connect behind a transit gateway", transit + `
		attachment at-d tgw-1 dxgw-1 type=direct-connect-gateway table=rt-1
		route t 192.168.0.0/16 tgw-1
		troute rt-1 192.168.0.0/16 at-d`, "eni-a > 192.168.1.1 tcp 443", "reachable"},
	{"VPN-1", "a propagated route, where all are known", transit + `
		attachment at-n tgw-1 vpn-1 type=vpn table=rt-1
		route t 192.168.0.0/16 tgw-1
		ttable rt-1 tgw-1 at-v at-n all
		troute rt-1 192.168.0.0/16 at-n propagated
		troute rt-1 10.0.0.0/16 at-v propagated`, "eni-a > 192.168.1.1 tcp 443", "reachable"},
	{"TGW-4", "the reply by the table of the VPN's attachment", transit + `
		attachment at-n tgw-1 vpn-1 type=vpn table=rt-2
		ttable rt-2 tgw-1
		route t 192.168.0.0/16 tgw-1
		troute rt-1 192.168.0.0/16 at-n`, "eni-a > 192.168.1.1 tcp 443", "one-way NO_RETURN_ROUTE"},
	{"VPN-1", "a VPN connection that is not available", transit + `
		attachment at-n tgw-1 vpn-1 type=vpn table=rt-1
		vpn vpn-1 - state=deleting
		route t 192.168.0.0/16 tgw-1
		troute rt-1 192.168.0.0/16 at-n`, "eni-a > 192.168.1.1 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"RT-9", "an attachment that is not", transit + `
		attachment at-n tgw-1 vpn-1 type=vpn table=rt-1 state=deleting
		route t 192.168.0.0/16 tgw-1
		troute rt-1 192.168.0.0/16 at-n`, "eni-a > 192.168.1.1 tcp 443", "unreachable BAD_STATE"},
	{"X-1", "Connect", transit + `
		attachment at-c tgw-1 at-d type=connect table=rt-1
		route t 192.168.0.0/16 tgw-1
		troute rt-1 192.168.0.0/16 at-c`, "eni-a > 192.168.1.1 tcp 443", "unknown UNSUPPORTED_COMPONENT"},
	{"PEER-3", "a reply that a transit gateway sends on premises", transit + `
		attachment at-n tgw-1 vpn-1 type=vpn table=rt-1
		troute rt-1 10.0.1.0/24 at-n`, "eni-a > eni-w tcp 443", "one-way REPLY_LOST"},
}

// V-11: a witness names the endpoint, the rules of both engines, and both directions.
func TestFirewallHops(t *testing.T) {
	n := build(t, ruled+`
		stateless statelessRules 5 aws:forward_to_sfe tcp any any any any
		stateful statefulRules pass tcp $HOME_NET any -> any 443`)
	o := New(n).Walk(ask(t, n, "eni-a > 8.8.8.8 tcp 443"))[0]
	var got []string
	for _, h := range slices.Concat(o.Request, o.Reply) {
		if strings.HasPrefix(h.Kind, "firewall") {
			got = append(got, fmt.Sprint(h))
		}
	}
	const stateless = "{firewall fw allow stateless rule 5 of statelessRules: aws:forward_to_sfe"
	want := []string{
		"{firewall endpoint vpce-f forward to fw }",
		stateless + "; stateful: pass tcp $HOME_NET any -> any 443 }",
		"{firewall endpoint vpce-f forward to fw }",
		stateless + " }",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

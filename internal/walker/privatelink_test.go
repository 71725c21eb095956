package walker

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A consumer in v with an endpoint in s1, and a provider in p, whose addresses overlap.
const consumer = home + `
subnet s1 v 10.0.1.0/24 2600:1f00:0:1::/64 zoneid=az1
endpoint vpce-1 v Interface service=com.svc
group sg-e v
rule sg-e in tcp 80 10.0.0.0/16
eni eni-e s1 sg-e 10.0.1.50 type=vpc_endpoint owner=VPC_endpoint:vpce-1
`

const provided = consumer + `
vpc p 10.0.0.0/16
subnet p1 p 10.0.1.0/24 zoneid=az1
subnet p2 p 10.0.2.0/24 zoneid=az2
table tp p main
route tp 10.0.0.0/16 local
acl openp p default
entry openp in  100 allow -1 * 0.0.0.0/0
entry openp out 100 allow -1 * 0.0.0.0/0
service vpce-svc-1 com.svc loadbalancer/net/api/2
lb loadbalancer/net/api/2 network p internal
listener loadbalancer/net/api/2 TCP 80
rule-of loadbalancer/net/api/2 80 default forward:tg
targets tg TCP 8080 instance p i-p
instance i-p eni-p
group sg-n p
rule sg-n in tcp 80 10.0.1.10/32
rule sg-n out -1 * 0.0.0.0/0
group sg-p p
rule sg-p in tcp 8080 sg-n
eni eni-n p1 sg-n 10.0.1.60 type=network_load_balancer owner=load_balancer:net/api/2
eni eni-o p2 sg-n 10.0.2.60 type=network_load_balancer owner=load_balancer:net/api/2
eni eni-p p1 sg-p 10.0.1.10
`

const toEndpoint = "eni-a > endpoint:vpce-1 tcp 80"

var privateLinkScenarios = []scenario{
	{"PL-4", "consumer, endpoint, load balancer, target", provided, toEndpoint, "reachable"},
	{"PL-2", "addresses may overlap: the target sees the load balancer", provided + `
		group sg-p p
		rule sg-p in tcp 8080 10.0.1.60/32`, toEndpoint, "reachable"},
	{"PL-2", "and not the consumer", provided + `
		group sg-p p
		rule sg-p in tcp 8080 10.0.1.10/32`, toEndpoint, "unreachable ENI_SG_RULES_MISMATCH"},
	{"PL-4", "the endpoint's groups", provided + `group sg-e v`, toEndpoint, "unreachable SG_HAS_NO_RULES"},
	{"PL-1", "the provider opens nothing", provided + `rule sg-client in -1 * 0.0.0.0/0`, "eni-e > eni-a tcp 80", "unreachable VPCE_INTRA_VPC_TRAFFIC"},
	{"PL-3", "an endpoint that waits to be accepted", provided + `endpoint vpce-2 v Interface service=com.svc state=pendingacceptance
		eni eni-e s1 sg-e 10.0.1.50 type=vpc_endpoint owner=VPC_endpoint:vpce-2`, "eni-a > endpoint:vpce-2 tcp 80", "unreachable ENDPOINT_NOT_AVAILABLE"},
	{"PL-6", "a provider that was not collected: the answer ends at the endpoint", consumer, toEndpoint, "reachable"},
	{"PL-6", "and says what the endpoint admits", consumer, "eni-a > endpoint:vpce-1 tcp 443", "unreachable ENI_SG_RULES_MISMATCH"},
	{"EP-2", "an interface of the endpoint is the first connection alone", provided + `group sg-p p`, "eni-a > eni-e tcp 80", "reachable"},
	{"PL-6", "the service behind it is both", provided + `group sg-p p`, toEndpoint, "unreachable SG_HAS_NO_RULES"},
	{"LB-4", "a port without a listener", provided + `rule sg-e in tcp 443 0.0.0.0/0`, "eni-a > endpoint:vpce-1 tcp 443", "unreachable ELBV2_LISTENER_PORT_RESTRICTION"},
	{"PL-4", "groups of the load balancer that are enforced, and admit the client's address", provided + `lb loadbalancer/net/api/2 network p internal enforce=on`, toEndpoint, "reachable"},
	{"PL-4", "and that do not", provided + `
		lb loadbalancer/net/api/2 network p internal enforce=on
		group sg-n p
		rule sg-n in tcp 80 10.0.1.60/32
		rule sg-n out -1 * 0.0.0.0/0`, toEndpoint, "unreachable ENI_SG_RULES_MISMATCH"},
	{"PL-4", "a reference stands for nobody there", provided + `
		lb loadbalancer/net/api/2 network p internal enforce=on
		group sg-n p
		rule sg-n in tcp 80 sg-client
		rule sg-n in tcp 80 sg-n
		rule sg-n out -1 * 0.0.0.0/0`, toEndpoint, "unreachable ENI_SG_RULES_MISMATCH"},
	{"PL-4", "groups that are not enforced", provided + `
		lb loadbalancer/net/api/2 network p internal enforce=off
		group sg-n p
		rule sg-n out -1 * 0.0.0.0/0`, toEndpoint, "reachable"},
	{"PL-4", "whether they are is not known, and does not matter", provided, toEndpoint, "reachable"},
	{"PL-4", "whether they are is not known", provided + `
		group sg-n p
		rule sg-n out -1 * 0.0.0.0/0`, toEndpoint, "unknown UNKNOWN_RESOURCE"},
	{"PL-4", "a load balancer without groups", strings.ReplaceAll(provided, "eni-n p1 sg-n", "eni-n p1 -") + `
		lb loadbalancer/net/api/2 network p internal enforce=on
		group sg-p p
		rule sg-p in tcp 8080 10.0.1.60/32`, toEndpoint, "reachable"},
	{"PL-4", "whether the ACL of the load balancer's subnet filters is not known", provided + `
		acl x p p1
		entry x in 100 deny tcp 80 0.0.0.0/0
		entry x in 200 allow -1 * 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`, toEndpoint, "unknown UNSUPPORTED_COMPONENT"},
	{"PL-4", "nor for replies", provided + `
		acl x p p1
		entry x in 100 allow -1 * 0.0.0.0/0
		entry x out 100 deny tcp 50000 0.0.0.0/0
		entry x out 200 allow -1 * 0.0.0.0/0`, toEndpoint, "unknown UNSUPPORTED_COMPONENT"},
	{"PL-4", "no node in the zone of the endpoint", provided + `subnet s1 v 10.0.1.0/24 zoneid=az3`, toEndpoint, "unknown UNKNOWN_RESOURCE"},
	{"PL-4", "several load balancers are AWS's choice", provided + `
		service vpce-svc-1 com.svc loadbalancer/net/api/2 loadbalancer/net/gone/3`, toEndpoint, "reachable,unknown UNKNOWN_RESOURCE"},
	{"LB-2", "client addresses are never preserved, also over UDP", provided + `
		rule sg-e in udp 53 0.0.0.0/0
		rule sg-n in udp 53 0.0.0.0/0
		listener loadbalancer/net/api/2 UDP 53
		rule-of loadbalancer/net/api/2 53 default forward:tg-u
		targets tg-u UDP 53 instance p i-p
		rule sg-p in udp 53 10.0.1.60/32`, "eni-a > endpoint:vpce-1 udp 53", "reachable"},
	{"EP-3", "a service behind a Gateway Load Balancer", provided + `lb loadbalancer/net/api/2 gateway p`, toEndpoint, "unknown UNSUPPORTED_COMPONENT"},
	{"EP-3", "a Gateway Load Balancer endpoint", consumer + `endpoint vpce-g v GatewayLoadBalancer`, "eni-a > endpoint:vpce-g tcp 80", "unknown UNSUPPORTED_COMPONENT"},
	{"V-6", "an endpoint that is not in the network", consumer, "eni-a > endpoint:vpce-9 tcp 80", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "an endpoint without interfaces", consumer + `endpoint vpce-2 v Interface`, "eni-a > endpoint:vpce-2 tcp 80", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a service that is not understood", provided + `service vpce-svc-1 com.svc loadbalancer/net/api/2 defect`, toEndpoint, "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a service that is being deleted", provided + `service vpce-svc-1 com.svc loadbalancer/net/api/2 state=Deleting`, toEndpoint, "unknown UNSUPPORTED_COMPONENT"},
	{"V-14", "IPv6, which the endpoint does not have", provided, "eni-a@2600:1f00:0:1::a > endpoint:vpce-1 tcp 80", "unreachable ADDRESS_FAMILY_MISMATCH"},
}

// PL-4: who took part, and the packet that the provider's target gets.
func TestPrivateLink(t *testing.T) {
	n := build(t, provided)
	var got []string
	for _, o := range New(n).Walk(ask(t, n, toEndpoint)) {
		got = append(got, fmt.Sprint(o.Verdict, o.Choices, " ", o.Door, " ", o.Node, " ", o.Target, " ", *o.Second))
	}
	want := []string{"reachable[] eni-e eni-n eni-p tcp 10.0.1.60:1024 to 10.0.1.10:8080"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

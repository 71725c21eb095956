package scenario

import (
	"slices"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

const balancing = `
vpc prod 10.0.0.0/16 2600:1f18:1:1100::/56
subnet web-a prod 10.0.1.0/24 2600:1f18:1:1101::/64
subnet web-b prod 10.0.2.0/24 zone=us-east-1b
subnet app prod 10.0.3.0/24 zone=us-east-1b
group sg-front prod
  in tcp 443 0.0.0.0/0
group sg-app prod
  in tcp 8080 sg-front
igw igw-1 prod
eni app-1 app 10.0.3.5 sg-app
eni app-1-b app 10.0.3.15 sg-app instance=app-1
eni app-2 app 10.0.3.6 sg-app
function job app 10.0.3.7 sg-app
balancer front application web-a 10.0.1.9=54.1.2.3 2600:1f18:1:1101::9 web-b 10.0.2.9=54.1.2.4 sg-front
  listen https 443 tg-app
  rule host=api.example.com,api.example.org path=/v1/* tg-api tg-app
  rule source-ip=10.0.0.0/8 authenticate fixed
  rule priority=1 header="X-Env: test" nothing
  listen http 80 redirect
balancer inner network web-a 10.0.1.10 cross-zone=on
  listen tcp_udp 53 tg-dns
  listen tcp 443 tg-front
balancer guarded network web-b 10.0.2.10 sg-front enforce=off attributes=unknown listeners=unknown state=provisioning
balancer inspect gateway web-b 10.0.2.11
  listen tg-boxes
balancer old classic web-a 10.0.1.12 web-b 10.0.2.12 sg-front
  listen http 80 8080
  listen ssl 443 tcp 8443
  instances app-2 app-1
targets tg-app http 8080 prod instance health=8081
  app-2 app-1:9090
targets tg-api https 8443 prod ip cross-zone=off targets=unknown
targets tg-dns tcp_udp 53 prod ip preserve=off cross-zone=balancer health=off
  10.0.3.5 10.0.3.6:5353
  192.168.1.1
targets tg-front tcp 443 prod alb
  front
targets tg-boxes geneve 6081 prod instance
  app-1
targets tg-job lambda attributes=unknown
  job
`

func TestBalancers(t *testing.T) {
	n := parse(t, balancing)
	arn := func(kind string) string {
		return "arn:aws:elasticloadbalancing:us-east-1:111111111111:" + kind + "/0123456789abcdef"
	}
	front, ok := n.LoadBalancers.Get(arn("loadbalancer/app/front"))
	if !ok || front.Internal || front.IPAddressType != "dualstack" || !slices.Equal(front.Groups, []string{"sg-front"}) || len(front.Zones) != 2 {
		t.Fatalf("%+v", front)
	}
	if z := front.Zones[1]; z.Zone != "us-east-1b" || z.ZoneID != "use1-az2" || z.Subnet != "web-b" {
		t.Errorf("the second zone is %+v", z)
	}
	for _, each := range []struct {
		id          string
		kind        network.InterfaceType
		description string
		owner       string
		groups      int
	}{
		{"eni-front", network.TypeInterface, "ELB app/front/0123456789abcdef", front.ID, 1},
		{"eni-front-2", network.TypeInterface, "ELB app/front/0123456789abcdef", front.ID, 1},
		{"eni-inner", network.TypeNetworkLoadBalancer, "ELB net/inner/0123456789abcdef", arn("loadbalancer/net/inner"), 0},
		{"eni-guarded", network.TypeNetworkLoadBalancer, "ELB net/guarded/0123456789abcdef", arn("loadbalancer/net/guarded"), 1},
		{"eni-inspect", network.TypeGatewayLoadBalancer, "ELB gwy/inspect/0123456789abcdef", arn("loadbalancer/gwy/inspect"), 0},
		{"eni-old-2", network.TypeInterface, "ELB old", "old", 1},
	} {
		i, ok := n.Interfaces.Get(each.id)
		if want := (network.Owner{Kind: network.OwnerLoadBalancer, ID: each.owner, Sure: true}); !ok || i.Type != each.kind || i.Description != each.description || i.Owner != want || len(i.Groups) != each.groups {
			t.Errorf("%s is %+v", each.id, i)
		}
	}
	// Listeners by port, rules by priority, the default last.
	if len(front.Listeners) != 2 || front.Listeners[0].Port != 80 || front.Listeners[0].Rules[0].Actions[0].Type != "redirect" {
		t.Fatalf("%+v", front.Listeners)
	}
	rules := front.Listeners[1].Rules
	var order []string
	for _, r := range rules {
		order = append(order, r.Priority)
	}
	if !slices.Equal(order, []string{"1", "1", "2", "default"}) {
		t.Errorf("the rules are %v", order)
	}
	if c := rules[0].Conditions; len(c) != 2 || c[0].Field != "host-header" || !slices.Equal(c[0].Values, []string{"api.example.com", "api.example.org"}) || c[1].Field != "path-pattern" {
		t.Errorf("the first rule asks %+v", c)
	}
	if a := rules[0].Actions; len(a) != 1 || !slices.Equal(a[0].TargetGroups, []string{arn("targetgroup/tg-api"), arn("targetgroup/tg-app")}) {
		t.Errorf("the first rule does %+v", a)
	}
	if a := rules[2].Actions; len(a) != 2 || a[0].Type != "authenticate-oidc" || a[1].Type != "fixed-response" {
		t.Errorf("the third rule does %+v", a)
	}

	inner, _ := n.LoadBalancers.Get(arn("loadbalancer/net/inner"))
	if !inner.Internal || inner.Attributes["load_balancing.cross_zone.enabled"] != "true" || inner.EnforceOnPrivateLink != "" || inner.Listeners[0].Protocol != "TCP_UDP" {
		t.Errorf("%+v", inner)
	}
	guarded, _ := n.LoadBalancers.Get(arn("loadbalancer/net/guarded"))
	if guarded.EnforceOnPrivateLink != "off" || guarded.Attributes != nil || guarded.ListenersKnown || guarded.State != "provisioning" {
		t.Errorf("%+v", guarded)
	}
	old, _ := n.LoadBalancers.Get("classic/111111111111/us-east-1/old")
	if !slices.Equal(old.Instances, []string{"i-app-1", "i-app-2"}) || old.Listeners[0].InstanceProtocol != "HTTP" || old.Listeners[1].InstancePort != 8443 {
		t.Errorf("%+v", old)
	}

	app, _ := n.TargetGroups.Get(arn("targetgroup/tg-app"))
	if want := []network.LoadBalancerTarget{{ID: "i-app-1", Port: 9090}, {ID: "i-app-2"}}; !slices.Equal(app.Targets, want) || !slices.Equal(app.LoadBalancers, []string{front.ID}) || app.HealthCheckPort != 8081 {
		t.Errorf("%+v", app)
	}
	dns, _ := n.TargetGroups.Get(arn("targetgroup/tg-dns"))
	if want := []network.LoadBalancerTarget{{ID: "10.0.3.5", Zone: "us-east-1b"}, {ID: "10.0.3.6", Port: 5353, Zone: "us-east-1b"}, {ID: "192.168.1.1", Zone: "all"}}; !slices.Equal(dns.Targets, want) {
		t.Errorf("%+v", dns.Targets)
	}
	if dns.Attributes["preserve_client_ip.enabled"] != "false" || dns.Attributes["load_balancing.cross_zone.enabled"] != "use_load_balancer_configuration" || dns.HealthCheckPort != -1 {
		t.Errorf("%+v", dns)
	}
	job, _ := n.TargetGroups.Get(arn("targetgroup/tg-job"))
	if job.TargetType != "lambda" || job.Targets[0].ID != "arn:aws:lambda:us-east-1:111111111111:function:job" || job.Attributes != nil {
		t.Errorf("%+v", job)
	}
	one, _ := n.Instances.Get("i-app-1")
	if one.Primary != "app-1" || !slices.Equal(one.Interfaces, []string{"app-1", "app-1-b"}) {
		t.Errorf("%+v", one)
	}
}

func TestBalancerMistakes(t *testing.T) {
	const above = "vpc prod 10.0.0.0/16\nsubnet web prod 10.0.1.0/24\n"
	mistakes(t, []mistaken{
		{above + "balancer x gateways web 10.0.1.9", "test:3: gateways is no type of balancer: it is application, network, gateway or classic"},
		{above + "balancer x network wbe 10.0.1.9", "test:3: there is no subnet wbe above"},
		{above + "balancer x network web", "test:3: balancer needs NAME"},
		{above + "balancer x network web 10.0.1.9=54.1.2.3 internal", "test:3: an internal balancer has no public address (LB-6)"},
		{above + "balancer x network web 10.0.1.9 cross-zone=yes", "test:3: yes is no value of cross-zone: it is one of off, on"},
		{above + "balancer x network web 10.0.1.9\n  listen tcp 443 tg", `test:4: there is no targets tg: describe it, or say "absent tg"`},
		{above + "balancer x network web 10.0.1.9\n  listen tcp 443", "test:4: say what it does: TARGETS..., redirect or fixed"},
		{above + "balancer x network web 10.0.1.9\n  listen tcp 70000 tg", "test:4: 70000 is no port: it is a number from 1 to 65535"},
		{above + "balancer x network web 10.0.1.9\n  rule host=a.b tg", "test:4: a part of a network balancer is: listen"},
		{above + "balancer x application web 10.0.1.9\n  rule host=a.b tg", "test:4: a rule belongs to a listener above it"},
		{above + "balancer x classic web 10.0.1.9\n  instances app-1", `test:4: there is no instance with the interface app-1: describe it, or say "absent app-1"`},
		{above + "targets tg tcp 80 prod lambda", "test:3: targets needs NAME PROTOCOL PORT VPC instance|ip|alb, or NAME lambda"},
		{above + "targets tg tcp 80 prod alb\n  x", `test:4: there is no application balancer x: describe it, or say "absent x"`},
		{above + "targets tg tcp 80 prod ip\n  app-1", "test:4: app-1 is no address"},
		{above + "targets tg tcp 80 prod ip health=no", "test:3: no is no port"},
		{above + "eni a web 10.0.1.5 instance=b", "test:3: there is no instance with the interface b above"},
	})
}

package query

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestHostnames shows what a hostname stands for, as a source sees it (PL-5), and what is said of it.
func TestHostnames(t *testing.T) {
	s := New(balanced())
	for _, test := range []struct{ source, name, want, says string }{
		// private zones: exact names, several addresses, chains to what is in the network and to what is not, wildcards
		{"prod/app-server", "db.acme.internal", "10.0.20.20", "db.acme.internal, as prod (vpc-0000000a) sees it, is 10.0.20.20, by the private hosted zone acme.internal (Z1)."},
		{"prod/app-server", "DB.Acme.Internal.", "10.0.20.20", "db.acme.internal, as prod"},
		{"prod/app-server", "both.acme.internal", "10.0.20.10 10.0.20.20", "is 10.0.20.10, 10.0.20.20, by"},
		{"staging/app-server", "db.acme.internal", "10.1.10.10", "acme.internal (Z2)"},
		{"prod/app-server", "www.acme.internal", "service front", "front.acme.internal, by the private hosted zone acme.internal (Z1); that is dualstack.front-1.us-east-1.elb.amazonaws.com, by the private hosted zone acme.internal (Z1); that is the load balancer front"},
		{"prod/app-server", "shop.apps.acme.internal", "service front", "front.acme.internal"},
		{"prod/app-server", "a.b.apps.acme.internal", "service front", "front.acme.internal"},
		{"prod/app-server", "x.special.apps.acme.internal", "10.0.20.10", ""},
		{"prod/app-server", "partner.acme.internal", "internet", "all public addresses"},
		{"prod/app-server", "public.acme.internal", "8.8.8.8", ""},
		{"prod/app-server", "nobody.acme.internal", "10.0.20.99", "No interface in the input has the address 10.0.20.99"},
		{"prod/app-server", "orders.acme.internal", "service vpce-0000000a", "a DNS name of orders (vpce-0000000a)"},
		// the longest zone answers; one that may be seen is taken to be
		{"prod/app-server", "db.eu.acme.internal", "10.0.20.10", "eu.acme.internal (Z3)"},
		{"staging/app-server", "cache.shared.example", "10.0.20.10", "Which VPCs see the private hosted zone shared.example (Z4) is not in the input"},
		{"prod/app-server", "other.late.acme.internal", "private hosted zone", "whose records are not all known"},
		{"prod/app-server", "known.late.acme.internal", "10.0.20.10", ""},
		// endpoints: their own names everywhere, their private names in their VPC
		{"staging/app-server", "vpce-0000000a-x.vpce-svc-0000000a.us-east-1.vpce.amazonaws.com", "service vpce-0000000a", "a DNS name of orders (vpce-0000000a)"},
		{"prod/app-server", "vpce-0000000b-y.logs.us-east-1.vpce.amazonaws.com", "eni-00000024 eni-00000027", ""},
		{"prod/app-server", "vpce-0000000b-y-us-east-1b.logs.us-east-1.vpce.amazonaws.com", "eni-00000027", "in one zone"},
		{"staging/app-server", "orders.acme.example", "service vpce-0000000a", "the private DNS name of orders (vpce-0000000a)"},
		{"prod/app-server", "orders.acme.example", "internet", "all public addresses"},
		{"prod/app-server", "logs.us-east-1.amazonaws.com", "eni-00000024 eni-00000027", "the private DNS name of logs (vpce-0000000b)"},
		{"staging/app-server", "logs.us-east-1.amazonaws.com", "internet", "all public addresses"},
		{"prod/app-server", "api.ecr.us-east-1.amazonaws.com", "eni-00000028", ""},
		// load balancers, from anywhere; addresses and databases by the names that AWS gives them
		{"internet", "front-1.us-east-1.elb.amazonaws.com", "service front", "front-1.us-east-1.elb.amazonaws.com is the load balancer front"},
		{"staging/app-server", "orders-nlb-2.elb.us-east-1.amazonaws.com", "service orders-nlb", ""},
		{"prod/app-server", "ip-10-0-20-10.ec2.internal", "10.0.20.10", ""},
		{"prod/app-server", "orders.c9abc.us-east-1.rds.amazonaws.com", "eni-0000000e", "taken to be a name of the database orders"},
		// a zone that others see
		{"prod/app-server", "api.corp.example", "10.0.20.10", ""},
		{"staging/app-server", "api.corp.example", "internet", "corp.example (Z6) answers for such a name, but in"},
		// everything else is public: all addresses, judged by the name (FW-7)
		{"prod/app-server", "api.openai.com", "internet", "all public addresses"},
	} {
		source, err := s.Resolve(test.source)
		if err != nil {
			t.Fatal(err)
		}
		x, err := s.resolve(test.name, s.viewOf(source))
		if err != nil {
			t.Errorf("%s from %s: %v", test.name, test.source, err)
			continue
		}
		if got := spell(x); got != test.want {
			t.Errorf("%s from %s stands for %q, want %q", test.name, test.source, got, test.want)
		}
		if said := strings.Join(x.Assumptions, "\n"); !strings.Contains(said, test.says) {
			t.Errorf("%s from %s: it is not said that %q:\n%s", test.name, test.source, test.says, said)
		}
		if x.Name != canonical(test.name) || x.Text != test.name {
			t.Errorf("%s from %s: name %q, text %q", test.name, test.source, x.Name, x.Text)
		}
	}
}

// TestHostnameErrors shows hostnames that stand for nothing, for several things, or for the public internet where it may not be.
func TestHostnameErrors(t *testing.T) {
	s := New(balanced())
	for _, test := range []struct{ source, name, want string }{
		{"prod/app-server", "cache.acme.internal", "leads nowhere in prod (vpc-0000000a): the private hosted zone acme.internal (Z1) answers for it there"},
		{"prod/app-server", "dbb.acme.internal", "Did you mean one of these?\n  db.acme.internal"},
		{"prod/app-server", "special.apps.acme.internal", "leads nowhere"},
		{"prod/app-server", "y.special.apps.acme.internal", "leads nowhere"},
		{"prod/app-server", "loop.acme.internal", "leads to itself"},
		{"prod/app-server", "host.other.internal", "no domain of the public internet"},
		{"internet", "db.acme.internal", "no private hosted zone that the outside sees"},
		{"account:222222222222", "*.acme.internal", "stands for many names"},
		{"10.0.0.0/8", "db.acme.internal", "means different things, by where it is looked up. Ask for sources of one VPC, or about what it stands for:\n  prod (vpc-0000000a)"},
		{"prod/app-server", "front-2.us-east-1.elb.amazonaws.com", "Did you mean front-1.us-east-1.elb.amazonaws.com?"},
		{"prod/app-server", "billing.c9abc.us-east-1.rds.amazonaws.com", "no database and no cache"},
		// not from somewhere: a source, or the destination of who
		{"", "api.openai.com", "Only the destination of watertight can may be one"},
		{"", "db.acme.internal", "staging (vpc-0000000b)"},
	} {
		v := s.everywhere()
		if test.source != "" {
			source, err := s.Resolve(test.source)
			if err != nil {
				t.Fatal(err)
			}
			v = s.viewOf(source)
		}
		x, err := s.resolve(test.name, v)
		var mistake *Error
		if !errors.As(err, &mistake) {
			t.Errorf("%s from %s stands for %q, and should be refused (%v)", test.name, test.source, spell(x), err)
			continue
		}
		if !strings.Contains(mistake.Message, test.want) {
			t.Errorf("%s from %s: the message does not say %q:\n%s", test.name, test.source, test.want, mistake.Message)
		}
	}
}

// TestServices shows what load balancers, endpoints of private services and such services stand for (LB-7, PL-6, EP-2).
func TestServices(t *testing.T) {
	s := New(balanced())
	for _, test := range []struct{ selector, want, doors string }{
		{"front", "service front", "eni-00000020 eni-00000021"},
		{frontARN, "service front", "eni-00000020 eni-00000021"},
		{"prod/front", "service front", "eni-00000020 eni-00000021"},
		{"old", "service old", "eni-00000026"},
		{"vpce-0000000a", "service vpce-0000000a", "eni-00000023"},
		{"vpce-svc-0000000a", "service vpce-0000000a", "eni-00000023"},
		{service, "service vpce-0000000a", "eni-00000023"},
		{"vpce-0000000d", "VPC endpoint", ""},                             // its interfaces are not known
		{"vpce-svc-0000000f", "VPC endpoint", ""},                         // of an account that was not collected
		{"com.amazonaws.us-east-1.logs", "eni-00000024 eni-00000027", ""}, // AWS's own
		{"vpce-0000000b", "eni-00000024 eni-00000027", ""},
		{"eni-00000020", "eni-00000020", ""}, // a node by itself
	} {
		x, err := s.Resolve(test.selector)
		if err != nil {
			t.Errorf("%s: %v", test.selector, err)
			continue
		}
		if got := spell(x); got != test.want {
			t.Errorf("%s stands for %q, want %q", test.selector, got, test.want)
		}
		var doors []string
		for _, v := range x.Services {
			for _, i := range s.catalog().doors(v) {
				doors = append(doors, i.ID)
			}
		}
		if got := strings.Join(doors, " "); got != test.doors {
			t.Errorf("%s is called by %q, want %q", test.selector, got, test.doors)
		}
	}
	// a service that nobody uses is asked about as its load balancer
	c := balanced()
	v, _ := c.EndpointServices.Get("vpce-svc-0000000a")
	x, err := s.endpointService("x", "com.amazonaws.vpce.us-east-1.vpce-svc-unused", v)
	if err != nil || spell(x) != "service orders-nlb" || !slices.ContainsFunc(x.Assumptions, func(a string) bool { return strings.Contains(a, "called directly") }) {
		t.Errorf("%q %v %v", spell(x), x.Assumptions, err)
	}
	for selector, want := range map[string]string{
		"vpce-svc-0000000e":            "no such endpoint service",
		"com.amazonaws.us-east-1.logz": "Did you mean com.amazonaws.us-east-1.logs?",
	} {
		if _, err := s.Resolve(selector); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", selector, err)
		}
	}
}

package query

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// told is the verdict of an answer, and what it says beside.
func told(a *report.Can) string {
	words := []string{string(a.Verdict)}
	for _, t := range a.Through {
		words = append(words, "through "+t.Name+" "+string(t.Verdict))
	}
	if a.Traversal != nil {
		words = append(words, a.Traversal.Asked+" "+a.Traversal.Holds)
	}
	return strings.Join(words, ", ")
}

// TestServiceAnswers asks the whole chain about load balancers, private services and what is behind them (LB-7, LB-8, PL-6).
func TestServiceAnswers(t *testing.T) {
	s := New(balanced())
	for _, test := range []struct {
		question Question
		want     string
	}{
		{Question{Source: "internet", Destination: "front:443"}, "reachable"},
		{Question{Source: "internet", Destination: "front:80"}, "unreachable"},
		{Question{Source: "internet", Destination: "front"}, "partial"},
		{Question{Source: "internet", Destination: "front-1.us-east-1.elb.amazonaws.com:443"}, "reachable"},
		{Question{Source: "internet", Destination: "eni-00000020:443"}, "reachable"}, // a node by itself
		{Question{Source: "internet", Destination: "orders-nlb:443"}, "unreachable"}, // internal
		{Question{Source: "staging/app-server", Destination: "vpce-0000000a:443"}, "unreachable"},
		{Question{Source: "front", Destination: "prod-app-a:443"}, "reachable"}, // as a source its nodes
		{Question{Source: "front", Destination: "prod-app-b:443"}, "unreachable"},
		// behind it: the verdict is about own addresses, and the way through is said beside it
		{Question{Source: "internet", Destination: "prod-app-b:443", Family: "ipv4"}, "unreachable"},
		{Question{Source: "internet", Destination: "prod-app-b:443", OnlyThrough: "front"}, "unreachable, only through front no"},
		{Question{Source: "internet", Destination: "orders-db", OnlyThrough: "orders-nlb"}, "unreachable, only through orders-nlb no"},
		{Question{Source: "prod-web", Destination: "prod-app-a:443", OnlyThrough: "front"}, "reachable, through front reachable, only through front no"},
		{Question{Source: "front", Destination: "prod-app-a:443", Through: "balancer"}, "reachable, through balancer no"},
		{Question{Source: "internet", Destination: "front:443", Through: "front"}, "reachable, through front yes"},
		{Question{Source: "internet", Destination: "front:443", Through: "internet"}, "reachable, through internet yes"},
		{Question{Source: "internet", Destination: "front:443", NotThrough: "igw-0000000a"}, "reachable, not through igw-0000000a no"},
		{Question{Source: "staging/app-server", Destination: "prod-web:443", Through: "peering"}, "one-way, through peering yes"},
	} {
		answer, err := s.Can(test.question)
		if err != nil {
			t.Errorf("%+v: %v", test.question, err)
			continue
		}
		got := told(answer)
		if i := strings.Index(got, "through edge"); i >= 0 { // told by the engine's own tests
			got = strings.Replace(got, ", "+got[i:i+len("through edge")+1]+strings.SplitN(got[i+len("through edge")+1:], ",", 2)[0], "", 1)
		}
		if got != test.want {
			t.Errorf("%+v: %q, want %q", test.question, got, test.want)
		}
	}
	answer, err := s.Can(Question{Source: "internet", Destination: "front:443"})
	if err != nil {
		t.Fatal(err)
	}
	part := answer.Parts[0]
	kinds := func(hops []report.Hop) string {
		var words []string
		for _, h := range hops {
			if h.Kind == "load balancer" || h.Kind == "listener" || h.Kind == "target group" {
				words = append(words, h.Kind)
			}
		}
		return strings.Join(words, ", ")
	}
	if part.Then == nil || part.Then.DestinationIP != "10.0.10.10" || part.Witness.DestinationIP != "198.51.100.20" || fmt.Sprint(part.Balancers) != "["+frontARN+"]" || kinds(part.Path) != "load balancer, listener, target group" {
		t.Errorf("%+v\n%+v %+v", part, part.Witness, part.Then)
	}
	if part.Witness.DestinationName != "front" || part.Then.SourceName != "front" || part.Then.DestinationName != "prod-app-a" {
		t.Errorf("%+v %+v", part.Witness, part.Then)
	}
	table, err := s.Who(Question{Destination: "front"}, ByGroup)
	if err != nil || !slices.ContainsFunc(table.Assumptions, func(a string) bool { return strings.Contains(a, "first connection, to the nodes of the load balancer") }) || len(table.Rows) == 0 {
		t.Errorf("%+v %v", table, err)
	}
}

// TestHopsThroughEndpoints follows connections through an endpoint to what is behind its service, and on from there (PL-6, V-5).
func TestHopsThroughEndpoints(t *testing.T) {
	for name, test := range map[string]struct {
		change     func(*network.Contents)
		want, says string
	}{
		"to targets, of whose name there is also the node": {
			func(c *network.Contents) { c.LoadBalancers[1].EnforceOnPrivateLink = "off" },
			"2 staging/app-server database-postgres partial 443 reachable unreachable, 3 database-postgres cache-redis reachable 6379", "ports of what is behind an endpoint",
		},
		"no further than is known": {
			func(*network.Contents) {},
			"2 staging/app-server database-postgres partial 443 unknown unreachable", "ports of what is behind an endpoint",
		},
		"a balancer that is not ready":   {func(c *network.Contents) { c.LoadBalancers[1].State = "provisioning" }, "", "What is behind the endpoint orders (vpce-0000000a) is not known"},
		"a provider that is not there":   {func(c *network.Contents) { c.EndpointServices = nil }, "", "The answer ends at the endpoint orders (vpce-0000000a)"},
		"an endpoint that is not usable": {func(c *network.Contents) { c.Endpoints[0].State = "pendingAcceptance" }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := balancedContents()
			for _, z := range c.Subnets {
				z.ZoneID = "use1-" + z.Zone
			}
			for _, g := range c.SecurityGroups {
				switch g.ID {
				case "sg-0000000e":
					g.Inbound = []network.Rule{byGroup(443, g.ID)}
				case "sg-0000000d":
					g.Inbound, g.Outbound = []network.Rule{byGroup(5432, g.ID)}, []network.Rule{byGroup(5432, g.ID), byGroup(6379, "sg-0000000c")}
				case "sg-0000000c":
					g.Inbound = []network.Rule{byGroup(6379, "sg-0000000d")}
				}
			}
			test.change(&c)
			table, err := New(network.New(c)).What(Question{Source: "staging-app"}, ByGroup, 3)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range table.Rows {
				if r.Hops > 1 && r.Source != "web" { // another way
					got = append(got, strings.TrimSpace(fmt.Sprint(r.Hops, " ", r.Source, " ", r.Destination, " ", r.Verdict, " ", r.Ports, " ", strings.Trim(fmt.Sprint(r.Verdicts), "[]"))))
				}
			}
			if said := strings.Join(table.Assumptions, "\n"); strings.Join(got, ", ") != test.want || !strings.Contains(said, test.says) || (said == "") != (test.says == "") {
				t.Errorf("%q, want %q; and %s", got, test.want, said)
			}
		})
	}
}

// TestFirewallAnswers asks the whole chain by address, by name, and about the way (FW-7, FW-11).
func TestFirewallAnswers(t *testing.T) {
	s := New(network.New(firewalled()))
	for _, test := range []struct {
		question Question
		want     string
		limits   string
	}{
		{Question{Source: "app", Destination: "internet:443"}, "reachable", ".amazonaws.com api.openai.com"},
		{Question{Source: "ops", Destination: "internet:443"}, "reachable", ""},
		{Question{Source: "app", Destination: "api.openai.com:443"}, "reachable", ""},
		{Question{Source: "app", Destination: "s3.amazonaws.com:80"}, "reachable", ""},
		{Question{Source: "app", Destination: "example.com:443"}, "unreachable", ""},
		{Question{Source: "ops", Destination: "example.com:443"}, "reachable", ""},
		{Question{Source: "app", Destination: "internet", Through: "firewall"}, "reachable, through firewall yes", ".amazonaws.com api.openai.com"},
		{Question{Source: "app", Destination: "internet", Through: "egress"}, "reachable, through egress yes", ".amazonaws.com api.openai.com"},
		{Question{Source: "app", Destination: "internet", Through: "vpce-0000000a"}, "reachable, through vpce-0000000a yes", ".amazonaws.com api.openai.com"},
		{Question{Source: "ops", Destination: "internet", Through: "firewall"}, "reachable, through firewall no", ""},
		{Question{Source: "ops", Destination: "internet", NotThrough: "firewall"}, "reachable, not through firewall yes", ""},
		{Question{Source: "ops", Destination: "internet", Through: "nat-0000000a"}, "reachable, through nat-0000000a yes", ""},
		{Question{Source: "internet", Destination: "ops", NotThrough: "nat"}, "unreachable, not through nat yes", ""},
	} {
		answer, err := s.Can(test.question)
		if err != nil {
			t.Errorf("%+v: %v", test.question, err)
			continue
		}
		inspected := test.question.Source == "app" && hostname.MatchString(strings.Split(test.question.Destination, ":")[0]) // ops gets out around the firewall
		if said := strings.Contains(strings.Join(answer.Assumptions, "\n"), "is the one that the client claims"); said != inspected {
			t.Errorf("%+v: it is said that names are claims: %v (FW-7)", test.question, said)
		}
		if got := told(answer); got != test.want || strings.Join(answer.Parts[0].Limits, " ") != test.limits {
			t.Errorf("%+v: %q %q, want %q %q", test.question, got, answer.Parts[0].Limits, test.want, test.limits)
		}
	}
	table, err := s.Internet(Question{Source: "app"}, "")
	if err != nil || len(table.Rows) != 1 || strings.Join(table.Rows[0].Limits, " ") != ".amazonaws.com api.openai.com" || table.Rows[0].LimitsOpen != "" {
		t.Errorf("%+v %v", table, err)
	}
	table, err = s.Internet(Question{Source: "account:111111111111"}, ByGroup)
	if err != nil || len(table.Rows) != 2 || table.Rows[1].Source != "ops" || len(table.Rows[1].Limits) != 0 {
		t.Errorf("%+v %v", table, err)
	}
}

// TestOneWayHasNoLimits loses the reply behind a firewall: no handshake completes, and there is no data to limit (FW-11).
func TestOneWayHasNoLimits(t *testing.T) {
	c := firewalled()
	for _, table := range c.RouteTables {
		table.Routes = slices.DeleteFunc(table.Routes, func(r network.Route) bool { return r.Destination == prefixOf("10.0.1.0/24") })
	}
	s := New(network.New(c))
	answer, err := s.Can(Question{Source: "app", Destination: "internet", Protocol: "any"})
	if err != nil {
		t.Fatal(err)
	}
	var oneWay []string
	for _, p := range answer.Parts {
		if p.Verdict == report.OneWay {
			oneWay = append(oneWay, p.Protocol+" "+p.Ports)
		}
		if p.Verdict == report.OneWay && !p.Limited.None() {
			t.Errorf("%+v", p)
		}
	}
	if strings.Join(oneWay, ", ") != "tcp 1-65535" {
		t.Errorf("one-way: %q", oneWay)
	}
	table, err := s.Internet(Question{Source: "app"}, "")
	if err != nil || len(table.Rows) != 1 || table.Rows[0].Verdict != report.OneWay || !table.Rows[0].Limited.None() {
		t.Errorf("%+v %v", table, err)
	}
}

// TestOrder puts the protocols first that people ask about, among parts that say the same.
func TestOrder(t *testing.T) {
	answer, err := New(acme()).Can(Question{Source: "prod-app-a", Destination: "cache-redis", Protocol: "any"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range answer.Parts[:5] {
		got = append(got, string(p.Verdict)+" "+p.Protocol+" "+p.Ports)
	}
	if want := "reachable tcp 6379, unreachable tcp 1-6378,6380-65535, unreachable udp 1-65535, unreachable icmp , unreachable icmpv6 "; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestRemedies has hints about a firewall fit what is in doubt of it (V-6).
func TestRemedies(t *testing.T) {
	s := New(acme())
	for rule, want := range map[string]string{
		"its endpoint is PROVISIONING, and not READY":                                                                     "Once the endpoint of the firewall is READY",
		"its policy arn:aws:network-firewall:us-east-1:1:firewall-policy/p was not collected":                             "Collect what the line above names",
		"rule group arn:aws:network-firewall:us-east-1:1:stateful-rulegroup/g was not collected":                          "Collect what the line above names",
		"a rule of g uses flow, which is not evaluated":                                                                   "Read the rule",
		"a rule of g is not understood: no option ends with ;":                                                            "the input has it",
		"its endpoint is in b (vpc-0000000b), and not in a (vpc-0000000a)":                                                "The input has the firewall",
		"what becomes of a packet that is routed to a firewall endpoint from the endpoint's own subnet is not documented": "AWS does not document it",
		"no stateful rule of p matches the first packet; default aws:drop_established":                                    "write a rule that passes or drops them",
		"the policy inspects TLS": "TLS inspection configuration",
	} {
		if got := s.remedy("network firewall", "", rule); !strings.HasPrefix(got, want) && !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", rule, got, want)
		}
	}
}

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

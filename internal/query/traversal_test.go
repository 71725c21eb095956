package query

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// TestWaypoints shows which passages the words of --through stand for.
func TestWaypoints(t *testing.T) {
	s := New(balanced())
	passages := []reach.Passage{
		{Kind: "network firewall", ID: "arn:aws:network-firewall:us-east-1:111111111111:firewall/egress", Also: []string{"vpce-0000fffa"}},
		{Kind: "NAT gateway", ID: "nat-0000000a"}, {Kind: "NAT gateway", ID: "nat-0000000b"},
		{Kind: "VPC endpoint", ID: "vpce-0000000a"}, {Kind: "peering connection", ID: "pcx-0000000a"}, {Kind: "transit gateway", ID: "tgw-0000000a"},
		{Kind: "transit gateway attachment", ID: "tgw-attach-0000000a"}, {Kind: "load balancer", ID: frontARN}, {Kind: "internet gateway", ID: "igw-0000000a"},
		{Kind: "egress-only internet gateway", ID: "eigw-0000000a"},
	}
	for word, want := range map[string]string{
		"firewall": "firewall/egress", "egress": "firewall/egress", "vpce-0000fffa": "firewall/egress",
		"arn:aws:network-firewall:us-east-1:111111111111:firewall/egress": "firewall/egress",
		"nat": "nat-0000000a nat-0000000b", "nat-0000000a": "nat-0000000a", "out": "nat-0000000a", "prod/out": "nat-0000000a",
		"endpoint": "vpce-0000000a", "orders": "vpce-0000000a", "vpce-svc-0000000a": "vpce-0000000a", service: "vpce-0000000a",
		"peering": "pcx-0000000a", "transit": "tgw-0000000a tgw-attach-0000000a",
		"balancer": "app/front/1", "front": "app/front/1", "front-1.us-east-1.elb.amazonaws.com": "app/front/1", "prod/front": "app/front/1",
		"internet": "igw-0000000a eigw-0000000a", "igw-0000000a": "igw-0000000a",
	} {
		passes, err := s.passing("--through", word)
		if err != nil {
			t.Errorf("%s: %v", word, err)
			continue
		}
		var got []string
		for _, p := range passages {
			if passes(p) {
				got = append(got, strings.TrimPrefix(p.ID[strings.LastIndex(p.ID, ":")+1:], "loadbalancer/"))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s stands for %q, want %q", word, got, want)
		}
	}
	for word, want := range map[string]string{
		"nats":         "Did you mean nat?",
		"nat-0000000c": "Did you mean one of these?\n  nat-0000000a",
		"app-server":   "it is balancer, endpoint, firewall",
	} {
		_, err := s.passing("--through", word)
		var mistake *Error
		if !errors.As(err, &mistake) || !strings.Contains(mistake.Message, want) {
			t.Errorf("%s: %v, want %q", word, err, want)
		}
	}
	if got := s.Waypoints("", true); slices.Contains(got, "nat") || !slices.Contains(got, "front") || !slices.Contains(got, "orders") || slices.Contains(got, "logs") {
		t.Errorf("gates: %q", got)
	}
	if got := s.Waypoints("n", false); strings.Join(got, " ") != "nat" {
		t.Errorf("what begins with n: %q", got)
	}
}

func answeredPart(v reach.Verdict, passes bool, kind reach.PathKind, id string) answered {
	found := reach.Part{Verdict: v, Passes: passes, Kind: kind}
	return answered{report.Part{Verdict: report.Verdict(v), Path: []report.Hop{{Kind: "route table", ID: id, Effect: report.Forward}}}, found}
}

// TestTraverse shows when a condition on the way holds.
func TestTraverse(t *testing.T) {
	const by, around = true, false
	for _, test := range []struct {
		name   string
		avoids bool
		parts  []answered
		want   string // holds, and the part whose way decides
		note   bool
	}{
		{"all pass", false, []answered{answeredPart(reach.Reachable, by, reach.ByNAT, "a"), answeredPart(reach.OneWay, by, reach.ByNAT, "b")}, "yes a", false},
		{"one avoids it", false, []answered{answeredPart(reach.Reachable, by, reach.ByNAT, "a"), answeredPart(reach.OneWay, around, reach.ByNAT, "b")}, "no b", false},
		{"one may avoid it", false, []answered{answeredPart(reach.Reachable, by, reach.ByNAT, "a"), answeredPart(reach.Unknown, around, reach.ByNAT, "b")}, "unknown b", false},
		{"what is unknown passes it", false, []answered{answeredPart(reach.Unknown, by, reach.ByNAT, "b")}, "yes ", false},
		{"an unknown part does not hide a bypass", false, []answered{answeredPart(reach.Unknown, around, reach.ByNAT, "a"), answeredPart(reach.Reachable, around, reach.ByNAT, "b")}, "no b", false},
		{"nothing gets through", false, []answered{answeredPart(reach.Unreachable, around, reach.NoPath, "a")}, "yes ", true},
		{"none passes", true, []answered{answeredPart(reach.Reachable, around, reach.ByNAT, "a"), answeredPart(reach.Unreachable, around, reach.NoPath, "b")}, "yes a", false},
		{"one passes", true, []answered{answeredPart(reach.Reachable, around, reach.ByNAT, "a"), answeredPart(reach.OneWay, by, reach.ByNAT, "b")}, "no b", false},
		{"one may pass", true, []answered{answeredPart(reach.Reachable, around, reach.ByNAT, "a"), answeredPart(reach.Unknown, by, reach.ByNAT, "b")}, "unknown b", false},
		{"it is not known which way one goes", true, []answered{answeredPart(reach.Reachable, around, reach.ByNAT, "a"), answeredPart(reach.Unknown, around, reach.UnknownPath, "b")}, "unknown b", false},
		{"a filter is in doubt on a way around", true, []answered{answeredPart(reach.Reachable, around, reach.ByNAT, "a"), answeredPart(reach.Unknown, around, reach.ByNAT, "b")}, "yes a", false},
		{"nothing gets through, and none should pass", true, []answered{answeredPart(reach.Unreachable, around, reach.NoPath, "a")}, "yes ", true},
	} {
		got, note := New(acme()).traverse(&crossing{asked: "x", avoids: test.avoids}, test.parts, nil)
		words := got.Holds + " "
		if len(got.Path) > 0 {
			words += got.Path[0].ID
		}
		if words != test.want || (note != "") != test.note || got.Path == nil {
			t.Errorf("%s: %q (%q), want %q", test.name, words, note, test.want)
		}
	}
}

// TestOnlyThrough shows when a balancer is the only way to what is behind it (LB-8).
func TestOnlyThrough(t *testing.T) {
	s := New(balanced())
	front, _ := s.network.LoadBalancers.Get(frontARN)
	edge, _ := s.network.LoadBalancers.Get(edgeARN)
	orders, _ := s.network.Endpoints.Get("vpce-0000000a")
	part := func(v reach.Verdict, id string, balancers ...string) reach.Part {
		return reach.Part{Verdict: v, Balancers: balancers, Path: []reach.Hop{{Kind: "load balancer", ID: id, Effect: reach.Forward}}}
	}
	by := func(b *network.LoadBalancer, parts ...reach.Part) detour {
		return detour{service: &reach.Service{Balancer: b}, id: b.ID, name: b.Name, parts: parts}
	}
	closed := answeredPart(reach.Unreachable, false, reach.NoPath, "direct")
	for _, test := range []struct {
		name    string
		direct  answered
		detours []detour
		want    string
		note    string
	}{
		{"by it alone", closed, []detour{by(front, part(reach.Reachable, "f", frontARN), part(reach.Unreachable, "g", frontARN))}, "yes f", ""},
		{"directly as well", answeredPart(reach.OneWay, false, reach.SameVPC, "direct"), []detour{by(front, part(reach.Reachable, "f", frontARN))}, "no direct", "directly"},
		{"perhaps directly as well", answeredPart(reach.Unknown, false, reach.SameVPC, "direct"), []detour{by(front, part(reach.Reachable, "f", frontARN))}, "unknown direct", ""},
		{"by another balancer in front of it", closed, []detour{by(front, part(reach.Reachable, "f", frontARN)), by(edge, part(reach.Reachable, "e", edgeARN, frontARN))}, "yes f", ""},
		{"by another balancer", closed, []detour{by(front, part(reach.Reachable, "f", frontARN)), by(edge, part(reach.Reachable, "e", edgeARN))}, "no e", "through edge as well"},
		{"by another balancer that lets nothing in", closed, []detour{by(edge, part(reach.Unreachable, "e", edgeARN)), by(front, part(reach.Reachable, "f", frontARN))}, "yes f", ""},
		{"by an endpoint", closed, []detour{by(front, part(reach.Reachable, "f", frontARN)), {service: &reach.Service{Endpoint: orders}, id: orders.ID, name: "orders", parts: []reach.Part{part(reach.OneWay, "o", ordersARN)}}}, "no o", "through orders as well"},
		{"not even by it", closed, []detour{by(front, part(reach.Unreachable, "f", frontARN))}, "no f", "not even through front"},
		{"perhaps by it", closed, []detour{by(front, part(reach.Unknown, "f", frontARN))}, "unknown f", ""},
		{"it is not behind it", closed, nil, "no ", "none of its interfaces is a target of front"},
	} {
		c := &crossing{asked: "only through front", gate: &waypoint{id: frontARN, name: "front", balancer: front}, target: "app"}
		got, note := s.traverse(c, []answered{test.direct}, test.detours)
		words := got.Holds + " "
		if len(got.Path) > 0 {
			words += got.Path[0].ID
		}
		if words != test.want || !strings.Contains(note, test.note) || (note == "") != (test.note == "") {
			t.Errorf("%s: %q (%q), want %q (%q)", test.name, words, note, test.want, test.note)
		}
	}
}

// TestWayErrors shows questions about the way that make no sense.
func TestWayErrors(t *testing.T) {
	s := New(balanced())
	for _, test := range []struct {
		question Question
		want     string
	}{
		{Question{Source: "internet", Destination: "web", Through: "nat", NotThrough: "firewall"}, "one thing about the way at a time"},
		{Question{Source: "internet", Destination: "web", OnlyThrough: "out"}, "no load balancer, private endpoint or endpoint service"},
		{Question{Source: "internet", Destination: "web", OnlyThrough: "frnt"}, "Did you mean front?"},
		{Question{Source: "internet", Destination: "front", OnlyThrough: "front"}, "name a role, an instance or an address"},
		{Question{Source: "web", Destination: "internet", OnlyThrough: "front"}, "name a role, an instance or an address"},
		{Question{Source: "web", Destination: "internet", Through: "natt"}, "Did you mean nat?"},
	} {
		_, err := s.Can(test.question)
		var mistake *Error
		if !errors.As(err, &mistake) || !strings.Contains(mistake.Message, test.want) {
			t.Errorf("%+v: %v, want %q", test.question, err, test.want)
		}
	}
}

// TestInFrontOf shows which balancers and endpoints may lead to an interface: directly, through another balancer, by a service (LB-8).
func TestInFrontOf(t *testing.T) {
	s := New(balanced())
	for id, want := range map[string]string{
		"eni-0000000b": "edge front", // an instance, and a balancer in front of that of the instance
		"eni-0000000c": "",
		"eni-0000000e": "orders-nlb vpce-0000000a", // by address, and by the service in front of the balancer
		"eni-0000000d": "old",
	} {
		i, _ := s.network.Interfaces.Get(id)
		var got []string
		for _, v := range s.inFrontOf(map[*network.Interface]bool{i: true}) {
			if !v.Targets[i] {
				t.Errorf("%s is no target of interest", id)
			}
			if v.Balancer != nil {
				got = append(got, v.Balancer.Name)
			} else {
				got = append(got, v.Endpoint.ID)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

// TestListed shows the verdict of a way through a balancer: that of the ports on which something gets through.
func TestListed(t *testing.T) {
	port := func(v reach.Verdict, low, high uint16, public bool) reach.Part {
		return reach.Part{Verdict: v, Traffic: packet.Ports(packet.TCP, low, high), Family: reach.IPv4, Public: public}
	}
	got := listed([]detour{
		{id: "a", parts: []reach.Part{port(reach.Reachable, 443, 443, false), port(reach.Unreachable, 1, 442, false)}},
		{id: "b", parts: []reach.Part{port(reach.Reachable, 443, 443, false), port(reach.Unreachable, 1, 65535, false)}}, // another node, or another source
		{id: "c", parts: []reach.Part{port(reach.Unreachable, 1, 65535, false)}},
		{id: "d", parts: []reach.Part{port(reach.Unknown, 443, 443, false), port(reach.Unreachable, 443, 443, true)}},
		{id: "e"},
	})
	var words []string
	for _, each := range got {
		words = append(words, each.ID+" "+string(each.Verdict))
	}
	if want := "a reachable, b partial, d unknown"; strings.Join(words, ", ") != want {
		t.Errorf("%q, want %q", words, want)
	}
}

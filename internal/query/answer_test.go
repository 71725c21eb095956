package query

import (
	"errors"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// TestCan asks questions of the whole chain: selectors, engine, walker, report.
func TestCan(t *testing.T) {
	s := New(acme())
	for _, test := range []struct {
		question Question
		want     string // the verdict, and of every part its verdict and traffic
	}{
		{Question{Source: "prod/app-server", Destination: "cache-redis:6379"}, "reachable: reachable tcp 6379"},
		{Question{Source: "prod/app-server", Destination: "cache-redis"}, "partial: reachable tcp 6379, unreachable tcp 1-6378,6380-65535"},
		{Question{Source: "cache-redis", Destination: "prod/app-server:6379"}, "unreachable: unreachable tcp 6379"},
		{Question{Source: "internet", Destination: "web", Ports: "443"}, "reachable: reachable tcp 443"},
		{Question{Source: "internet", Destination: "10.0.0.10", Ports: "443"}, "unreachable: unreachable tcp 443"},
		{Question{Source: "8.8.8.8", Destination: "198.51.100.10:443"}, "reachable: reachable tcp 443"},
		{Question{Source: "front", Destination: "web:443", Family: "ipv4"}, "unknown: unknown tcp 443"},
		{Question{Source: "web", Destination: "front:443/udp", Family: "ipv4"}, "unknown: unknown udp 443"},
		{Question{Source: "cache-redis", Destination: "web", Protocol: "icmp", ICMPType: "8/0"}, "unreachable: unreachable icmp type 8 code 0"},
		{Question{Source: "cache-redis", Destination: "web", Protocol: "47"}, "unreachable: unreachable 47"},
	} {
		answer, err := s.Can(test.question)
		if err != nil {
			t.Errorf("%+v: %v", test.question, err)
			continue
		}
		var parts []string
		for _, p := range answer.Parts {
			words := []string{string(p.Verdict), p.Protocol}
			if p.Ports != "" {
				words = append(words, p.Ports)
			}
			if p.ICMPTypes != "" {
				words = append(words, "type", p.ICMPTypes, "code", p.ICMPCodes)
			}
			parts = append(parts, strings.Join(words, " "))
		}
		if got := string(answer.Verdict) + ": " + strings.Join(parts, ", "); got != test.want {
			t.Errorf("%+v:\ngot  %s\nwant %s", test.question, got, test.want)
		}
	}
}

func TestCanErrors(t *testing.T) {
	s := New(acme())
	for _, test := range []struct {
		question Question
		want     string
	}{
		{Question{Source: "web", Destination: "cache-redis", Family: "ipv6"}, "web has no IPv6 address"},
		{Question{Source: "web", Destination: "2001:db8::1"}, "no address family in common"},
		{Question{Source: "1.2.3.4", Destination: "8.8.8.8"}, "both outside the network"},
		{Question{Source: "10.0.99.9", Destination: "8.8.8.8"}, "10.0.99.9 is in 10.0.0.0/16 of prod (vpc-0000000a), where no interface has such an address"},
		{Question{Source: "8.8.8.8", Destination: "10.0.99.0/24"}, "10.0.99.0/24 is in 10.0.0.0/16 of prod (vpc-0000000a), where no interface has such an address"},
		{Question{Source: "cache-redis", Destination: "eni-0000000d"}, "the same interface"},
		{Question{Source: "10.0.20.10", Destination: "eni-0000000d"}, "the same interface"},
		{Question{Source: "igw-0000000a", Destination: "staging/app-server"}, "is the internet gateway of prod"},
		{Question{Source: "web", Destination: "web", Ports: "x"}, "port x"},
		{Question{Source: "web", Destination: "web", ICMPType: "8"}, "needs --protocol icmp"},
		{Question{Source: "web", Destination: "web", Protocol: "icmp", ICMPType: "300"}, "from 0 to 255"},
	} {
		_, err := s.Can(test.question)
		var mistake *Error
		if !errors.As(err, &mistake) || !strings.Contains(mistake.Message, test.want) {
			t.Errorf("%+v: %v, want %q", test.question, err, test.want)
		}
	}
}

// TestVerify shows that a witness the walker rejects is a bug, and no answer.
func TestVerify(t *testing.T) {
	s := New(acme())
	from, _ := s.network.Interfaces.Get("eni-0000000b")
	to, _ := s.network.Interfaces.Get("eni-0000000d")
	part := reach.Part{Verdict: reach.Reachable, Traffic: packet.Ports(packet.TCP, 22, 22), Family: reach.IPv4, Witness: &reach.Witness{
		From: from, To: to, Source: addr("10.0.10.10"), Destination: addr("10.0.20.10"), Header: packet.Header{Protocol: packet.TCP, First: 22, Second: 49152},
	}}
	p, err := s.parse(Question{Source: "prod/app-server", Destination: "cache-redis:22"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.part(p, reach.Question{}, part)
	var bug *Bug
	if !errors.As(err, &bug) || !strings.Contains(err.Error(), "watertight can prod/app-server cache-redis --protocol tcp --port 22") || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("got %v", err)
	}
	part.Witness.Header.First = 6379
	if _, err := s.part(p, reach.Question{}, part); err != nil {
		t.Errorf("got %v", err)
	}
}

// TestCellRows shows how an outcome becomes rows: what differs by member is partial, and what is unreachable alone is left out.
func TestCellRows(t *testing.T) {
	port := func(low, high uint16) packet.Set { return packet.Ports(packet.TCP, low, high) }
	rows := cellRows(reach.Cell{Source: "a", Destination: "b", Kinds: []reach.PathKind{reach.SameVPC}, Blame: []string{"transit gateway tgw-1"}, Outcome: reach.Outcome{
		Reachable: port(1, 20), OneWay: port(15, 15), Unknown: port(30, 40), Unreachable: port(10, 20).Union(port(41, 65535)),
	}}, 0, outcomes{})
	var got []string
	for _, r := range rows {
		words := string(r.Verdict) + " " + r.Ports
		for _, v := range r.Verdicts {
			words += " " + string(v)
		}
		if r.Verdict == report.Unknown {
			words += " " + strings.Join(r.Unknown, ",")
		}
		got = append(got, words)
	}
	want := "reachable 1-9; unknown 30-40 transit gateway tgw-1; partial 10-14,16-20 reachable unreachable; partial 15 reachable one-way unreachable"
	if strings.Join(got, "; ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), want)
	}
}

// TestTables asks who, what and matrix.
func TestTables(t *testing.T) {
	s := New(acme())
	rows := func(table *report.Table, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, r := range table.Rows {
			words = append(words, r.Source+">"+r.Destination+" "+string(r.Verdict)+" "+r.Ports)
		}
		return strings.Join(words, "; ")
	}
	if got, want := rows(s.Who(Question{Destination: "database-postgres"}, ByGroup)), "prod/app-server>database-postgres reachable 5432"; got != want {
		t.Errorf("who: %s, want %s", got, want)
	}
	if got, want := rows(s.Who(Question{Destination: "cache-redis"}, ByTier)), "prod/tier:app>cache-redis reachable 6379"; got != want {
		t.Errorf("who by tier: %s, want %s", got, want)
	}
	if got, want := rows(s.What(Question{Source: "prod/app-server"}, ByAccount, 1)), "prod/app-server>account:111111111111 partial 5432,6379"; got != want {
		t.Errorf("what by account: %s, want %s", got, want)
	}
	if got, want := rows(s.What(Question{Source: "internet"}, ByGroup, 2)), "internet>web reachable 443; web>internet reachable 1-65535; web>prod/app-server reachable 443"; got != want {
		t.Errorf("what over two hops: %s, want %s", got, want)
	}
	matrix, err := s.Matrix(Question{}, ByGroup)
	if got := rows(matrix, err); !strings.Contains(got, "internet>web reachable 443") || !strings.Contains(got, "internet>tier:public reachable 443") {
		t.Errorf("matrix: %s", got)
	}
	if want := "cache-redis database-postgres internet prod/app-server staging/app-server web"; strings.Join(matrix.Sources, " ") != want {
		t.Errorf("sources %v, want %s", matrix.Sources, want)
	}
}

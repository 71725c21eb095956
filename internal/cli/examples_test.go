package cli

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/report"
)

// asked runs a question and decodes the answer.
func asked(t *testing.T, args ...string) report.Can {
	t.Helper()
	out := run(nil, append([]string{"can", "--json"}, args...)...)
	var answer report.Can
	if err := json.Unmarshal([]byte(out.stdout), &answer); err != nil {
		t.Fatalf("watertight can %s: exit code %d, %v\n%s", strings.Join(args, " "), out.code, err, out.stderr)
	}
	return answer
}

// codes are why the parts with a verdict are stopped, or lose their replies.
func codes(answer report.Can, verdict report.Verdict) []string {
	var all []string
	for _, p := range answer.Parts {
		if p.Verdict != verdict {
			continue
		}
		for _, h := range slices.Concat(p.Path, p.Reply) {
			if h.Effect == report.Deny {
				all = append(all, h.Name+" "+h.Code)
			}
		}
	}
	return all
}

// TestByHand holds the claims about the reference network (examples/by-hand/README.md) as questions.
func TestByHand(t *testing.T) {
	for _, c := range []struct {
		question string
		want     report.Verdict
	}{
		{"internet loadbalancer-public:443", report.Reachable},
		{"internet loadbalancer-public:22", report.Unreachable},
		{"loadbalancer-public prod/app-server:443", report.Reachable},
		{"loadbalancer-public cache-redis", report.Unreachable},
		{"loadbalancer-public database-postgres", report.Unreachable},
		{"prod/app-server cache-redis:6379", report.Reachable},
		{"prod/app-server database-postgres:5432", report.Reachable},
		{"prod/app-server internet:443", report.Reachable},
		{"prod/app-server internet:80", report.Unreachable},
		{"internet prod/tier:app", report.Unreachable},
		// the data tier has no way in from outside, and none out
		{"internet tier:data --protocol any", report.Unreachable},
		{"tier:data internet --protocol any", report.Unreachable},
		{"tier:data staging/tier:app --protocol any", report.Unreachable},
		// one conversation crosses between the environments, in one direction
		{"staging/app-server replica-postgres:5432", report.Reachable},
		{"staging/app-server database-postgres", report.Unreachable},
		{"staging/app-server prod/app-server", report.Unreachable},
		{"replica-postgres staging/app-server --protocol any", report.Unreachable},
		{"prod/app-server staging/app-server --protocol any", report.Unreachable},
	} {
		answer := asked(t, append(strings.Fields(c.question), "--from", "../../examples/by-hand/network")...)
		if answer.Verdict != c.want {
			t.Errorf("can %s: %s, want %s", c.question, answer.Verdict, c.want)
		}
	}
}

// TestSlip is a group that lets out on one port to a group that lets in on another: nothing passes, and both rules are named.
func TestSlip(t *testing.T) {
	answer := asked(t, "app-server", "cache-redis", "--from", "../../examples/slip/network")
	if want := []string{"app-server ENI_SG_RULES_MISMATCH", "cache-redis ENI_SG_RULES_MISMATCH"}; answer.Verdict != report.Unreachable || !slices.Equal(codes(answer, report.Unreachable), want) {
		t.Errorf("%s, stopped by %q, want %q", answer.Verdict, codes(answer, report.Unreachable), want)
	}
	text := run(nil, "can", "app-server", "cache-redis", "--from", "../../examples/slip/network").stdout
	for _, rule := range []string{"tcp 80 to cache-redis", "tcp 6379 from app-server"} {
		if !strings.Contains(text, rule) {
			t.Errorf("the answer does not name the rule %q:\n%s", rule, text)
		}
	}
}

// TestOneWay is a peering that only one side routes to (PEER-2).
func TestOneWay(t *testing.T) {
	answer := asked(t, "staging/app-server", "replica-postgres:5432", "--from", "../../examples/one-way/network")
	if want := []string{"prod-replica NO_RETURN_ROUTE"}; answer.Verdict != report.OneWay || !slices.Equal(codes(answer, report.OneWay), want) {
		t.Errorf("%s, lost by %q, want %q", answer.Verdict, codes(answer, report.OneWay), want)
	}
}

// TestOtherPeoplesNetworks asks what the authors of other tools expect of networks of their own.
func TestOtherPeoplesNetworks(t *testing.T) {
	folder := "../../../shared/corpora"
	f, err := os.Open(filepath.Join(folder, "expectations.jsonl"))
	if err != nil {
		t.Skipf("other people's networks are not here: %v", err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c struct {
			ID, Snapshot, Source, Destination string
			Protocol, Why                     string
			Port                              *int
			ClientPort                        *int `json:"client_port"`
			Deliver                           bool
			Establish                         *bool
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		args := []string{c.Source, c.Destination, "--from", filepath.Join(folder, c.Snapshot), "--protocol", c.Protocol}
		if c.Port != nil {
			args = append(args, "--port", strconv.Itoa(*c.Port))
		}
		if c.ClientPort != nil {
			args = append(args, "--client-port", strconv.Itoa(*c.ClientPort))
		}
		v := asked(t, args...).Verdict
		arrives := v == report.Reachable || v == report.OneWay || v == report.Partial
		if v == report.Unknown || arrives != c.Deliver || c.Establish != nil && (v == report.Reachable || v == report.Partial) != *c.Establish {
			t.Errorf("%s: %s, want delivered %v; its author: %s", c.ID, v, c.Deliver, c.Why)
		}
	}
}

// TestHalf is one account of two: what lies behind the peering is unknown, and said so in every answer (V-6, PEER-6).
func TestHalf(t *testing.T) {
	half := "../../examples/by-hand/network/accounts/222222222222"
	if v := asked(t, "app-server", "10.0.40.10:5432", "--from", half).Verdict; v != report.Unknown {
		t.Errorf("can says %s, want unknown", v)
	}
	for _, verb := range [][]string{{"what", "app-server"}, {"matrix"}} {
		out := run(nil, append(verb, "--json", "--from", half)...)
		var table report.Table
		if err := json.Unmarshal([]byte(out.stdout), &table); err != nil {
			t.Fatal(err, out.stderr)
		}
		if !slices.ContainsFunc(table.Rows, func(r report.Row) bool {
			return r.Source == "app-server" && r.Destination == "outside 10.0.40.0/24, 10.0.41.0/24, 10.0.42.0/24" && r.Verdict == report.Unknown && r.Ports == "5432"
		}) {
			t.Errorf("%s does not say that the peer is unknown: %+v", verb[0], table.Rows)
		}
	}
}

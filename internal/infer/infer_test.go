package infer_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/watertight/watertight/internal/exact"
	"github.com/watertight/watertight/internal/infer"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/scenario"
	"github.com/watertight/watertight/internal/source/dump"
	"github.com/watertight/watertight/internal/synth"
)

// held infers a segmentation of a network, and holds the network to it.
func held(t *testing.T, n *network.Network) (*infer.Inference, *report.Exactness) {
	t.Helper()
	found, err := infer.From(n, "w.hcl")
	if err != nil {
		t.Fatal(err)
	}
	s, err := intent.Parse(map[string][]byte{"w.hcl": found.Text})
	if err != nil {
		t.Fatalf("%v\n%s", err, found.Text)
	}
	if formatted, err := intent.Format(found.Text, "w.hcl"); err != nil || !bytes.Equal(formatted, found.Text) {
		t.Errorf("it is not in canonical form: %v\n%s", err, found.Text)
	}
	d, err := exact.Check(s, n, exact.Options{Now: time.Time{}})
	if err != nil {
		t.Fatal(err)
	}
	r := found.Report
	if d.Verdict != r.Verdict || (d.Verdict == report.Exact) != (len(r.Left) == 0 || onlyIdle(r.Left)) {
		t.Errorf("check says %s, and the inference %s, with %q left", d.Verdict, r.Verdict, r.Left)
	}
	if d.Extent.Roles != r.Roles || d.Extent.Flows != r.Flows || d.Extent.Egresses != r.Egresses || len(d.Environments) != r.Environments {
		t.Errorf("it counts %+v, and there are %+v", r, d.Extent)
	}
	for i := range d.Deviations { // nothing is declared that the network does not allow, but for parts of the outside
		if v := &d.Deviations[i]; v.Effect == report.Broken && !v.Partial && len(v.Addresses) == 0 && v.Rule == "connection" {
			t.Errorf("declared, and broken: %s\n%s", v.Message, found.Text)
		}
	}
	again, err := infer.From(n, "w.hcl")
	if err != nil || !bytes.Equal(again.Text, found.Text) {
		t.Error("it differs the second time")
	}
	return found, d
}

// onlyIdle tells whether all that is left is what nothing uses.
func onlyIdle(left []string) bool {
	for _, words := range left {
		if !strings.HasPrefix(words, "Nothing carries the security group ") && !strings.HasSuffix(words, "the language has no words for it.") {
			return false
		}
	}
	return true
}

func read(t *testing.T, folder string) *network.Network {
	t.Helper()
	c, err := dump.Read("../../examples/"+folder+"/network", nil)
	if err != nil {
		t.Fatal(err)
	}
	return network.New(c)
}

// Networks that were made by hand are exactly what is inferred of them.
func TestExamples(t *testing.T) {
	for _, test := range []struct {
		folder    string
		verdict   string
		flows     []string
		left      string
		byAddress string
	}{
		{"by-hand", report.Exact, []string{
			`flow "internet" "prod/loadbalancer-public" {}`, `flow "prod/app-server" "internet" { ports = ["tcp/443"] }`, `flow "prod/app-server" "prod/cache-redis" {}`,
			`flow "prod/app-server" "prod/database-postgres" {}`, `flow "prod/loadbalancer-public" "prod/app-server" {}`, `flow "staging/app-server" "prod/replica-postgres" { via = "peering" }`,
		}, "", "prod/replica-postgres: inbound tcp 5432 from 10.1.11.0/24 → staging/app-server"},
		{"one-way", report.Inexact, []string{`flow "internet" "prod/loadbalancer-public" {}`}, "staging/app-server gets packets to prod/replica-postgres, tcp 5432, and nothing declares it.", "prod/replica-postgres: inbound tcp 5432 from 10.1.11.0/24 → "},
		{"slip", report.Exact, []string{`flow "internet" "prod/loadbalancer-public" {}`}, "", ""},
		{"patterns", report.Exact, []string{"egress \"prod\" \"app-server\" {"}, "", ""},
	} {
		t.Run(test.folder, func(t *testing.T) {
			found, d := held(t, read(t, test.folder))
			if d.Verdict != test.verdict {
				t.Errorf("it is %s: %q", d.Verdict, found.Report.Left)
			}
			for _, flow := range test.flows {
				if !strings.Contains(string(found.Text), "\n"+flow) {
					t.Errorf("it lacks %s\n%s", flow, found.Text)
				}
			}
			if !strings.Contains(strings.Join(found.Report.Left, "\n"), test.left) {
				t.Errorf("left: %q", found.Report.Left)
			}
			var rules []string
			for _, r := range found.Report.ByAddress {
				rules = append(rules, r.Role+": "+r.Rule+" → "+strings.Join(r.Instead, ", "))
			}
			if test.byAddress != "" && !strings.Contains(strings.Join(rules, "\n")+"\n", test.byAddress+"\n") {
				t.Errorf("by address: %q", rules)
			}
		})
	}
}

// One group in two tiers is a role in each, and what has two groups does what either may.
func TestOddities(t *testing.T) {
	c, err := scenario.Parse("test", `
vpc a 10.0.0.0/16
igw igw-a a
subnet edge a 10.0.1.0/24 table=t-public
table t-public a
  0.0.0.0/0 igw-a
subnet inner a 10.0.2.0/24
group web a
  in tcp 443 0.0.0.0/0
  out tcp 8080 app
group app a
  in tcp 8080 web
group probe a
  out tcp 443 web
eni web-1 edge 10.0.1.5=54.1.2.3 web
eni web-2 inner 10.0.2.5 web
eni app-1 inner 10.0.2.6 app
eni both-1 inner 10.0.2.7 app probe
`)
	if err != nil {
		t.Fatal(err)
	}
	found, d := held(t, network.New(c))
	if d.Verdict != report.Exact {
		t.Errorf("%q\n%s", found.Report.Left, found.Text)
	}
	for _, want := range []string{`service "a" "web-inner"`, `service "a" "web-edge"`, `flow "internet" "a/web-edge"`, `flow "a/web-inner" "a/app"`, `flow "a/web-edge" "a/app"`} {
		if !strings.Contains(string(found.Text), want) {
			t.Errorf("it lacks %s\n%s", want, found.Text)
		}
	}
}

// Whatever a network is like, a segmentation comes out that loads, declares nothing that is not there, and says what it leaves.
func TestRandom(t *testing.T) {
	for seed := range uint64(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			n := network.New(random.Network(seed))
			if _, err := infer.From(n, "w.hcl"); err != nil && strings.Contains(err.Error(), "no VPC with subnets") {
				t.Skip("nothing to begin with")
			}
			held(t, n)
		})
	}
}

func TestSynthetic(t *testing.T) {
	n := network.New(synth.Generate(synth.Options{Interfaces: 500, Seed: 1}))
	found, _ := held(t, n)
	if found.Report.Flows < 50 {
		t.Errorf("%d flows only", found.Report.Flows)
	}
}

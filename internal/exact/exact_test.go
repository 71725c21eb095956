package exact_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/exact"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/synth"
)

var day = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

func check(t testing.TB, s *intent.Segmentation, c network.Contents) *report.Exactness {
	t.Helper()
	d, err := exact.Check(s, network.New(c), exact.Options{Now: day})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// describe lists what was found, for a test that fails.
func describe(d *report.Exactness) string {
	var b strings.Builder
	fmt.Fprintln(&b, d.Verdict)
	for i := range d.Deviations {
		v := &d.Deviations[i]
		fmt.Fprintf(&b, "  %s %s [%s %s] %s\n", v.Effect, v.Rule, v.Pattern, strings.Join(v.Environments, " "), v.Message)
	}
	for _, g := range d.Guardrails {
		if g.State != report.Holds {
			fmt.Fprintf(&b, "  forbid %s %s: %s %s\n", g.A, g.B, g.State, strings.Join(g.Unknown, "; "))
		}
	}
	return b.String()
}

func acme(t testing.TB) *intent.Segmentation {
	t.Helper()
	raw, err := os.ReadFile("../../examples/acme/watertight.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return load(t, string(raw))
}

// What is built as the blueprint says is exact.
func TestExact(t *testing.T) {
	for name, s := range map[string]*intent.Segmentation{"acme": acme(t), "synth": load(t, synth.Segmentation(4, 32))} {
		d := check(t, s, build(blueprint.New(s)))
		if d.Verdict != report.Exact || len(d.Deviations) > 0 {
			t.Errorf("%s: %s", name, describe(d))
		}
		for _, e := range d.Environments {
			for _, p := range e.Patterns {
				if p.State != report.Green && p.State != report.Absent {
					t.Errorf("%s: %s of %s is %s", name, p.Name, e.Name, p.State)
				}
			}
		}
		for _, g := range d.Guardrails {
			if g.State != report.Holds {
				t.Errorf("%s: the guardrail %s %s is %s", name, g.A, g.B, g.State)
			}
		}
	}
}

// Random segmentations, built as their blueprints say, are exact. Where the compiler says that the controls let more through, that is found, and nothing else.
func TestRandom(t *testing.T) {
	n := 200
	if testing.Short() {
		n = 30
	}
	leak := regexp.MustCompile(`(\S+) could open connections to (\S+) on `)
	for seed := range n {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			text := random.Segmentation(uint64(seed))
			s := load(t, text)
			b := blueprint.New(s)
			leaks := map[string]bool{}
			if _, err := compile.Terraform(b, compile.Options{}); err != nil {
				for _, m := range leak.FindAllStringSubmatch(err.Error(), -1) {
					leaks[m[1]+" → "+m[2]] = true
				}
			}
			d := check(t, s, build(b))
			found := map[string]bool{}
			for i := range d.Deviations {
				v := &d.Deviations[i]
				for _, source := range several(v.Source) {
					for _, destination := range several(v.Destination) {
						way := source + " → " + destination
						if v.Effect != report.Undeclared || v.Rule != "connection" || !leaks[way] {
							t.Errorf("%s\n%s", describe(d), text)
						}
						found[way] = true
					}
				}
			}
			for way := range leaks {
				if !found[way] {
					t.Errorf("%s is not found\n%s\n%s", way, describe(d), text)
				}
			}
			for _, g := range d.Guardrails {
				if g.State != report.Holds && !leaks[g.A+" → "+g.B] {
					t.Errorf("%s\n%s", describe(d), text)
				}
			}
			if (d.Verdict == report.Exact) != (len(leaks) == 0) {
				t.Errorf("%s\n%s", describe(d), text)
			}
		})
	}
}

// several are the names in "a, b and c".
func several(words string) []string {
	return strings.Split(strings.ReplaceAll(words, " and ", ", "), ", ")
}

func BenchmarkOrganization(b *testing.B) {
	s := load(b, synth.Segmentation(50, 2000))
	n := network.New(build(blueprint.New(s)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := exact.Check(s, n, exact.Options{Now: day})
		if err != nil {
			b.Fatal(err)
		}
		if d.Verdict != report.Exact {
			b.Fatal(describe(d))
		}
	}
}

// What was not collected is not known: whichever list is missing, nothing is said to be undeclared or broken, and the network is not exact unless the list had nothing in it.
func TestGaps(t *testing.T) {
	for _, of := range []string{"acme", "more"} {
		s, full := made(t, of)
		lists := reflect.ValueOf(&full).Elem()
		for k := range lists.NumField() {
			name := lists.Type().Field(k).Name
			if lists.Field(k).Kind() != reflect.Slice || lists.Field(k).Type().Elem().Kind() != reflect.Pointer || lists.Field(k).Len() == 0 {
				continue
			}
			t.Run(of+"/"+name, func(t *testing.T) {
				_, c := made(t, of)
				list := reflect.ValueOf(&c).Elem().Field(k)
				list.Set(reflect.Zero(list.Type()))
				for _, e := range s.Environments {
					for _, gap := range gapsOf(name) {
						c.Gaps = append(c.Gaps, network.Gap{List: gap, Account: e.Account, Region: e.Region, Reason: "denied"})
					}
				}
				d := check(t, s, c)
				for i := range d.Deviations {
					if v := &d.Deviations[i]; v.Effect == report.Undeclared || v.Effect == report.Broken {
						t.Errorf("%s %s: %s", v.Effect, v.Rule, v.Message)
					}
				}
				if d.Verdict == report.Exact {
					t.Error("it is exact")
				}
			})
		}
	}
}

// gapsOf are the lists of AWS's API that objects come from.
func gapsOf(name string) []string {
	renamed := map[string][]string{
		"VPCs": {"Vpcs"}, "NetworkACLs": {"NetworkAcls"}, "Interfaces": {"NetworkInterfaces"}, "NATGateways": {"NatGateways"}, "PeeringConnections": {"VpcPeeringConnections"}, "Endpoints": {"VpcEndpoints"},
		"EndpointServices": {"ServiceConfigurations"}, "EndpointConnections": {"VpcEndpointConnections"}, "TransitAttachments": {"TransitGatewayAttachments", "TransitGatewayVpcAttachments"},
		"TransitRouteTables": {"TransitGatewayRouteTables"},
	}
	if list := renamed[name]; list != nil {
		return list
	}
	return []string{name}
}

// Every rule is documented.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/exactness.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "## What is looked at")
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`(?:rule: |rule = |rule, what = |f\.rule, \S+ = |add\(report\.\w+, |add\(effect, |undeclared\(|note\()"([a-z]+(?:-[a-z]+)*)"`)
	found := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		code, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllStringSubmatch(string(code), -1) {
			found[m[1]] = true
			if !strings.Contains(table, "`"+m[1]+"`") {
				t.Errorf("%s: docs/exactness.md does not have the rule %s", name, m[1])
			}
		}
	}
	if len(found) < 40 {
		t.Errorf("%d rules only: is the code read?", len(found))
	}
}

// What a message names a few of, the document has in full.
func TestNothingCut(t *testing.T) {
	s, c := made(t, "acme")
	m := &mutant{t, &c}
	for k := range 9 {
		m.eni(fmt.Sprintf("eni-%d", k), "subnet-prod-data-us-east-1a", "sg-prod-default")
		m.Interfaces[len(m.Interfaces)-1].Addresses[0].IP = at(m.subnet("subnet-prod-data-us-east-1a").Blocks[0], 99+k)
	}
	for i := range c.FirewallRuleGroups {
		for k := range 9 {
			c.FirewallRuleGroups[i].Domains.Targets = append(c.FirewallRuleGroups[i].Domains.Targets, fmt.Sprintf("more-%d.example", k))
		}
	}
	want := map[string]int{"no-role": 9, "domains": 9, "names": 9}
	d := check(t, s, c)
	for i := range d.Deviations {
		if v := &d.Deviations[i]; want[v.Rule] > 0 {
			if len(v.Items) != want[v.Rule] || !strings.Contains(v.Message, "and 5 more") {
				t.Errorf("%s: %q of %s", v.Rule, v.Items, v.Message)
			}
			delete(want, v.Rule)
		}
	}
	if len(want) > 0 {
		t.Errorf("not found: %v\n%s", want, describe(d))
	}
}

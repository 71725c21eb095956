package audit

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/scenario"
	"github.com/watertight/watertight/internal/source/dump"
)

var update = flag.Bool("update", false, "write docs/checks.md and the findings in testdata anew, to be reviewed")

// today is the day of the tests.
var today = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func parse(t *testing.T, name, text string) *network.Network {
	t.Helper()
	contents, err := scenario.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return network.New(contents)
}

func check(t *testing.T, n *network.Network, rules ...string) *report.Check {
	t.Helper()
	c, err := Check(n, Options{Now: today, Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestExamples: the example of every rule shows what its documentation says, and names what to mend.
func TestExamples(t *testing.T) {
	for _, r := range Rules() {
		if r.check == nil {
			continue
		}
		t.Run(r.Name, func(t *testing.T) {
			c := check(t, parse(t, r.Name, r.Example), r.Name)
			if len(c.Findings) == 0 {
				t.Fatal("nothing was found")
			}
			f := c.Findings[0]
			if f.Severity != r.Severity {
				t.Errorf("the severity is %s, and the documentation says %s", f.Severity, r.Severity)
			}
			if f.Mend == "" || f.Mend == r.Mend || f.Message == "" || f.Why != r.Why || f.ID == "" || f.Kind == "" {
				t.Errorf("a finding says what is wrong with what, and what to change: %+v", f)
			}
			if (f.Severity == report.Error || f.Severity == report.Warning) && wayRules[r.Name] && (f.Witness == nil || len(f.Path) == 0) {
				t.Errorf("a way that is open is shown: %+v", f)
			}
		})
	}
}

// wayRules find ways: a packet shows each error and warning of theirs.
var wayRules = map[string]bool{
	"acl-loses-replies": true, "data-tier-egress": true, "firewall-bypass": true, "ipv6-public": true, "no-return-route": true, "open-to-internet": true, "unrestricted-egress": true,
}

// lines writes findings one a line.
func lines(list []report.Finding) string {
	var b strings.Builder
	for _, f := range list {
		way := ""
		if w := f.Witness; w != nil {
			way = fmt.Sprintf("\n  %s → %s %s", w.SourceIP, w.DestinationIP, w.Protocol)
			if w.DestinationPort != nil {
				way += fmt.Sprintf(" %d", *w.DestinationPort)
			}
		}
		fmt.Fprintf(&b, "%s %s %s: %s\n  mend: %s%s\n", f.Severity, f.Rule, f.ID, f.Message, f.Mend, way)
	}
	return b.String()
}

// TestCases reads testdata: a network, the findings of the rule that the file is named after, and why they are right.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	covered := map[string]bool{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			var rule *Rule
			for _, r := range Rules() {
				if strings.HasPrefix(name, r.Name+"-") {
					rule = r
				}
			}
			if rule == nil {
				t.Fatal("the file is named after no rule")
			}
			covered[rule.Name] = true
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(archive.Comment) < 40 {
				t.Error("a case says what it shows")
			}
			var got string
			for i := range archive.Files {
				f := &archive.Files[i]
				switch f.Name {
				case "network":
					n := parse(t, name, string(f.Data))
					got = lines(check(t, n, rule.Name).Findings)
				case "findings":
					if *update {
						f.Data = []byte(got)
					} else if string(f.Data) != got {
						t.Errorf("found:\n%s\nexpected:\n%s", got, f.Data)
					}
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	for _, r := range Rules() {
		if r.check != nil && !covered[r.Name] {
			t.Errorf("%s has no case", r.Name)
		}
	}
}

// TestNetworks compares the findings in the networks of examples with lists that were reviewed.
func TestNetworks(t *testing.T) {
	for _, name := range []string{"by-hand", "one-way", "patterns", "slip"} {
		t.Run(name, func(t *testing.T) {
			contents, err := dump.Read(filepath.Join("../../examples", name, "network"), nil)
			if err != nil {
				t.Fatal(err)
			}
			got := lines(check(t, network.New(contents)).Findings)
			golden := filepath.Join("testdata", "examples", name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			expected, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(expected) {
				t.Errorf("found:\n%s\nexpected:\n%s", got, expected)
			}
		})
	}
}

// TestRegistry: rules are sorted and documented in full.
func TestRegistry(t *testing.T) {
	names := []string{}
	for _, r := range Rules() {
		names = append(names, r.Name)
		if r.Title == "" || r.Why == "" || r.Mend == "" || r.Grades == "" || r.Severity == "" {
			t.Errorf("%s is not documented in full", r.Name)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(names)) != len(Rules()) {
		t.Errorf("the rules are not sorted by name: %v", names)
	}
	if _, err := Check(network.New(), Options{Rules: []string{"open-to-internett"}}); err == nil || !strings.Contains(err.Error(), "open-to-internet,") {
		t.Errorf("a name that is none of a rule's: %v", err)
	}
}

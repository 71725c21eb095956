package junit_test

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/render/junit"
	"github.com/watertight/watertight/internal/report"
)

// What is opened, or may be, fails; what is closed is told of and passes. Where there is nothing, one test passes.
func TestWrite(t *testing.T) {
	change := func(before, after report.Verdict) report.Change {
		return report.Change{Source: "a <b> & ]]>", Destination: "c\x00", Before: before, After: after, Causes: []report.Edit{{Kind: "security group", ID: "sg-1", Summary: []string{"a rule"}, Location: &report.Location{File: "a.tf", Line: 7}}}}
	}
	finding := func(s report.Severity) report.Finding { return report.Finding{Rule: "r", Severity: s, Message: "m"} }
	for _, test := range []struct {
		document                 report.Document
		tests, failures, skipped int
	}{
		{&report.Diff{}, 1, 0, 0},
		{&report.Diff{Changes: []report.Change{change(report.Unreachable, report.Reachable), change(report.Reachable, report.Unknown), change(report.Reachable, report.Unreachable), change(report.Reachable, report.OneWay)}}, 4, 2, 0},
		{&report.Check{}, 1, 0, 0},
		{&report.Check{Rules: []string{"other", "r"}, Findings: []report.Finding{finding(report.Error)}}, 2, 1, 0},
		{&report.Check{Findings: []report.Finding{finding(report.Error), finding(report.Unverified), finding(report.Note)}, Suppressed: []report.Finding{finding(report.Error)}}, 4, 2, 1},
		{&report.Exactness{}, 0, 0, 0},
		{&report.Exactness{
			Environments: []report.Environment{{Name: "e", Patterns: []report.Pattern{{Name: "tiers", State: report.Green}, {Name: "groups", State: report.Red, Deviations: 1}, {Name: "egress", State: report.Absent}}}},
			Guardrails:   []report.Guardrail{{A: "a", B: "b", State: report.Holds}, {A: "b", B: "a", State: report.Violated}},
			Deviations:   []report.Deviation{{Effect: report.Undeclared, Rule: "route", Message: "m"}, {Effect: report.Doubtful, Rule: "route", Message: "n"}, {Effect: report.Aware, Rule: "vpc", Message: "o"}},
		}, 8, 4, 1},
	} {
		var b bytes.Buffer
		if err := junit.Write(&b, test.document); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Suites []struct {
				Tests    int `xml:"tests,attr"`
				Failures int `xml:"failures,attr"`
				Skipped  int `xml:"skipped,attr"`
				Cases    []struct {
					Name    string    `xml:"name,attr"`
					Line    int       `xml:"line,attr"`
					Failure *struct{} `xml:"failure"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		s := got.Suites[0]
		failures := 0
		for _, c := range s.Cases {
			if c.Failure != nil {
				failures++
			}
			if _, ok := test.document.(*report.Diff); ok && test.tests > 1 && (c.Line != 7 || !strings.HasPrefix(c.Name, "a <b> & ]]> → c")) {
				t.Errorf("a case is called %q, at line %d", c.Name, c.Line)
			}
		}
		if s.Tests != test.tests || len(s.Cases) != test.tests || s.Failures != test.failures || failures != test.failures || s.Skipped != test.skipped {
			t.Errorf("%d tests, %d failures, %d skipped; want %d, %d, %d\n%s", len(s.Cases), failures, s.Skipped, test.tests, test.failures, test.skipped, b.String())
		}
	}
}

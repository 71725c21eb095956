package markdown_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/render/markdown"
	"github.com/watertight/watertight/internal/report"
)

func written(t *testing.T, d report.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := markdown.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func change(source string) report.Change {
	return report.Change{
		Source: source, Destination: "db", Before: report.Unreachable, After: report.Reachable, Family: "ipv4", Via: []string{"same VPC"}, Proven: true,
		Traffic: []report.Traffic{{Protocol: "tcp", Ports: "5432", ClientPorts: "1024-65535"}},
		Path:    []report.Hop{{Kind: "security group", ID: "sg-1", Name: "sg-db", Effect: report.Allow, Rule: "inbound tcp 5432 from a|b", Origin: "main.tf:12"}},
		Causes:  []report.Edit{{Action: "update", Kind: "security group", ID: "sg-1", Address: "module.db.aws_security_group.this", Summary: []string{"inbound tcp 5432 from 10.0.0.0/8 added"}, Location: &report.Location{File: "infra/main.tf", Line: 12}}},
	}
}

// A comment says first what was found, then a row a change.
func TestDiff(t *testing.T) {
	got := written(t, &report.Diff{Changes: []report.Change{change("web")}, Edits: []report.Edit{change("").Causes[0]}})
	want := "**1 newly reachable: 1 object differs.**\n\n" +
		"| | from | to | what | because of |\n|---|---|---|---|---|\n" +
		"| unreachable → **reachable** | `web` | `db` | tcp 5432, IPv4 | `module.db.aws_security_group.this`: inbound tcp 5432 from 10.0.0.0/8 added (`infra/main.tf:12`) |\n"
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if !strings.Contains(got, "| inbound tcp 5432 from a\\|b | `main.tf:12` |") {
		t.Errorf("no hop:\n%s", got)
	}
}

// A comment is short when nothing changes.
func TestNothing(t *testing.T) {
	if got := written(t, &report.Diff{}); got != "**No change: the networks are the same.**\n" {
		t.Errorf("got %q", got)
	}
	if got := written(t, &report.Diff{Edits: make([]report.Edit, 3)}); !strings.HasPrefix(got, "**No change of reachability: 3 objects differ, nothing that anybody can reach does.**\n") {
		t.Errorf("got %q", got)
	}
}

// A comment has an end: what is left out is counted.
func TestMost(t *testing.T) {
	d := &report.Diff{}
	for i := range 5000 {
		c := change(fmt.Sprintf("role-%d", i))
		d.Changes, d.Edits = append(d.Changes, c), append(d.Edits, c.Causes...)
	}
	for range 60 {
		d.Assumptions = append(d.Assumptions, strings.Repeat("x", 2000))
	}
	got := written(t, d)
	rows := strings.Count(got, "| unreachable → **reachable** |")
	if len(got) > markdown.Most || rows < 50 || !strings.Contains(got, fmt.Sprintf("%d more changes are left out", 5000-rows)) {
		t.Errorf("%d bytes, %d rows", len(got), rows)
	}
	if strings.Count(got, "<details>") != strings.Count(got, "</details>") || strings.Count(got, "<details>") < 5 {
		t.Errorf("%d details begin, %d end", strings.Count(got, "<details>"), strings.Count(got, "</details>"))
	}
	c := &report.Check{}
	for i := range 5000 {
		c.Findings = append(c.Findings, report.Finding{Rule: "r", Severity: report.Error, Message: fmt.Sprintf("finding %d", i), Why: "why", Mend: "mend"})
	}
	if got := written(t, c); len(got) > markdown.Most || !strings.Contains(got, "more findings are left out") {
		t.Errorf("%d bytes of findings", len(got))
	}
}

// Names are text, whatever they hold: no link, no HTML, no mention, no cell and no line of their own.
func TestHostile(t *testing.T) {
	const name = "[x](https://evil.example) <img src=x onerror=alert(1)> @everyone `code` | **bold** </details>\n# title www.evil.example"
	c := change(name)
	c.Destination, c.Sources = name, []string{name, name}
	c.Causes[0].Address, c.Causes[0].Summary, c.Causes[0].Location.File = "", []string{name}, name
	c.Causes[0].Name, c.Path[0].Name, c.Path[0].Rule, c.Path[0].Origin = name, name, name, name
	got := written(t, &report.Diff{Changes: []report.Change{c}, Edits: c.Causes, Assumptions: []string{name}})
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "#") {
			t.Errorf("a title: %s", line)
		}
		cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if strings.HasPrefix(line, "| un") && cells != 6 || strings.HasPrefix(line, "| →") && cells != 5 {
			t.Errorf("%d bars: %s", cells, line)
		}
		plain, all := outsideCode(line), []string{"<img", "@everyone", "https://", "www.evil", "[x](", " **bold**"}
		if strings.HasPrefix(line, "<details>") { // where Markdown is not read
			plain, all = line, append(all[:4], "</details>")
		}
		for _, bad := range all {
			if strings.Contains(plain, bad) {
				t.Errorf("%q is in %s", bad, line)
			}
		}
	}
}

// outsideCode is a line without what is marked as code.
func outsideCode(line string) string {
	var b strings.Builder
	for line != "" {
		if strings.HasPrefix(line, "\\`") {
			line = line[2:]
			continue
		}
		n := len(line) - len(strings.TrimLeft(line, "`"))
		if n == 0 {
			b.WriteByte(line[0])
			line = line[1:]
			continue
		}
		_, rest, ok := strings.Cut(line[n:], line[:n])
		if !ok {
			b.WriteString(line)
			break
		}
		line = rest
	}
	return b.String()
}

// An audit file has the patterns, the guardrails, and everything that deviates, whatever the size.
func TestExactness(t *testing.T) {
	d := &report.Exactness{
		Verdict: report.Inexact, Segmentation: []string{"w.hcl"},
		Environments: []report.Environment{{Name: "prod", Patterns: []report.Pattern{{Name: "tiers", State: report.Red, Deviations: 2}, {Name: "groups", State: report.Green}, {Name: "peering", State: report.Absent}}}},
		Guardrails:   []report.Guardrail{{A: "a", B: "b", State: report.Holds, Reason: "because | of", Location: report.Location{File: "w.hcl", Line: 9}}, {A: "c", B: "d", State: report.Violated, Unknown: []string{"nothing"}}},
	}
	for i := range 3000 {
		d.Deviations = append(d.Deviations, report.Deviation{Effect: report.Undeclared, Rule: "route", Message: fmt.Sprintf("Number %d deviates.", i), Mend: "Mend it.", Declared: []report.Declaration{{Source: "x", Destination: "y", Ports: []string{"tcp/1"}, Location: report.Location{File: "w.hcl", Line: 3}}}})
	}
	var b bytes.Buffer
	if err := markdown.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"**Not exact: 3000 undeclared, 1 guardrail violated.**", "| prod | **red** (2) | green | – |", "because \\| of", "`forbid \"c\" \"d\"` | **violated**", "route: Number 0 deviates.", "route: Number 2999 deviates.", "- declared: x → y, tcp/1 (`w.hcl:3`)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("it lacks %s:\n%.3000s", want, b.String())
		}
	}
}

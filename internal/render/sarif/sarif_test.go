package sarif_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // has the schema
	"github.com/xeipuuv/gojsonschema"

	"github.com/watertight/watertight/internal/render/sarif"
	"github.com/watertight/watertight/internal/report"
)

const library = "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

func change() report.Change {
	port := uint16(5432)
	return report.Change{
		Source: "web", Destination: "db", Before: report.Unreachable, After: report.Reachable, Family: "ipv4", Proven: true,
		Traffic: []report.Traffic{{Protocol: "tcp", Ports: "5432", ClientPorts: "1024-65535"}},
		Witness: &report.Witness{SourceIP: "10.0.0.1", DestinationIP: "10.0.0.2", Protocol: "tcp", SourcePort: &port, DestinationPort: &port},
		Causes: []report.Edit{
			{Action: "update", Kind: "security group", ID: "sg-1", Address: `module.db.aws_security_group.this["a b"]`, Summary: []string{"inbound tcp 5432 added"}, Location: &report.Location{File: "infra/my db/main.tf", Line: 12}},
			{Action: "create", Kind: "route table", ID: "rtb-1", Summary: []string{}, Location: &report.Location{File: "/var/dump/RouteTables.json"}},
			{Action: "update", Kind: "network interface", ID: "eni-1", Summary: []string{"groups"}},
		},
	}
}

func written(t *testing.T, d report.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sarif.Write(&b, d, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// published is the schema of SARIF 2.1.0, which is in the source of a library but not among what that exports.
func published(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", library).Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := strconv.Unquote(file.Scope.Lookup("schema").Decl.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Documents of every kind, full and empty, are as the schema of SARIF 2.1.0 wants them.
func TestSchema(t *testing.T) {
	schema := published(t)
	if result, err := gojsonschema.Validate(gojsonschema.NewStringLoader(schema), gojsonschema.NewStringLoader(`{"version": "2.1.0", "runs": [{"results": []}]}`)); err != nil || result.Valid() {
		t.Fatal("the schema takes a run without a tool", err)
	}
	finding := report.Finding{Rule: "open-to-internet", Severity: report.Unverified, Message: "It is open.", Kind: "security group", ID: "sg-1", Why: "Why.", Mend: "Mend.", Location: &report.Location{File: "a.tf", Line: 1}}
	suppressed := finding
	suppressed.Suppression = &report.Suppression{Reason: "known", Until: "2027-01-31", Location: &report.Location{File: "a.tf", Line: 3}}
	nowhere := report.Change{Source: "a", Destination: "b", Before: report.Reachable, After: report.Unknown}
	for _, d := range []report.Document{
		&report.Diff{}, &report.Diff{Changes: []report.Change{change(), nowhere, change()}},
		&report.Exactness{}, &report.Exactness{
			Deviations: []report.Deviation{
				{Effect: report.Undeclared, Severity: report.Error, Rule: "group-rule", Message: "It is open.", Mend: "Mend.", ObjectKind: "security group", ID: "sg-1", Location: &report.Location{File: "a.tf", Line: 1}, Declared: []report.Declaration{{Source: "a", Destination: "b", Location: report.Location{File: "w.hcl", Line: 4}}}},
				{Effect: report.Doubtful, Severity: report.Unverified, Rule: "connection", Message: "It is not known.", Mend: "Mend.", Source: "a", Destination: "b", Declared: []report.Declaration{{Source: "a", Destination: "b", Location: report.Location{File: "w.hcl", Line: 4}}}},
			},
			Guardrails: []report.Guardrail{{A: "a", B: "b", State: report.Holds}, {A: "b", B: "a", State: report.Violated, Location: report.Location{File: "w.hcl", Line: 9}}},
		},
		&report.Check{}, &report.Check{Findings: []report.Finding{finding}, Suppressed: []report.Finding{suppressed}},
	} {
		result, err := gojsonschema.Validate(gojsonschema.NewStringLoader(schema), gojsonschema.NewBytesLoader(written(t, d)))
		if err != nil {
			t.Fatal(err)
		}
		for _, each := range result.Errors() {
			t.Errorf("%T: %s", d, each)
		}
		if t.Failed() {
			t.Log(string(written(t, d)))
		}
	}
}

// A result stands at its first cause; other causes are related. Its fingerprint does not hang on lines.
func TestResult(t *testing.T) {
	read := func(c report.Change) (r struct {
		RuleID, Level string
		Locations     []struct {
			PhysicalLocation struct {
				ArtifactLocation struct{ URI string }
				Region           struct{ StartLine int }
			}
			LogicalLocations []struct{ FullyQualifiedName string }
		}
		RelatedLocations []struct {
			PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
		}
		PartialFingerprints map[string]string
	}) {
		var all struct {
			Runs []struct{ Results []json.RawMessage }
		}
		if err := json.Unmarshal(written(t, &report.Diff{Changes: []report.Change{c}}), &all); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(all.Runs[0].Results[0], &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := read(change())
	at := r.Locations[0]
	if r.RuleID != "newly-reachable" || r.Level != "error" || at.PhysicalLocation.ArtifactLocation.URI != "infra/my%20db/main.tf" || at.PhysicalLocation.Region.StartLine != 12 || at.LogicalLocations[0].FullyQualifiedName != `module.db.aws_security_group.this["a b"]` {
		t.Errorf("got %+v", r)
	}
	if len(r.RelatedLocations) != 2 || r.RelatedLocations[0].PhysicalLocation.ArtifactLocation.URI != "file:///var/dump/RouteTables.json" {
		t.Errorf("related: %+v", r.RelatedLocations)
	}
	moved := change()
	moved.Causes[0].Location.Line = 99
	other := change()
	other.Destination = "cache"
	if print := r.PartialFingerprints["watertight/v1"]; print == "" || read(moved).PartialFingerprints["watertight/v1"] != print || read(other).PartialFingerprints["watertight/v1"] == print {
		t.Error("the fingerprint hangs on a line, or not on what changed")
	}
}

package cli

import (
	"bytes"
	"os"
	"testing"

	"github.com/watertight/watertight/internal/report"
)

// acmeIntent and acmePlan are of the reference example, from the root of the repository.
const (
	acmeIntent = "examples/acme/watertight.hcl"
	acmeCode   = "examples/acme/terraform"
	acmePlan   = "examples/acme/plan.json"
)

// isExact fails unless nothing deviates, nothing is unknown, all guardrails hold, and the five patterns are green wherever there is something to be.
func isExact(t *testing.T, d *report.Exactness) {
	t.Helper()
	seen := map[string]bool{}
	for _, e := range d.Environments {
		for _, p := range e.Patterns {
			if p.State != report.Green && p.State != report.Absent {
				t.Errorf("%s of %s is %s", p.Name, e.Name, p.State)
			}
			seen[p.Name] = seen[p.Name] || p.State == report.Green
		}
	}
	for _, name := range report.Patterns {
		if !seen[name] {
			t.Errorf("%s is green nowhere", name)
		}
	}
	for _, g := range d.Guardrails {
		if g.State != report.Holds {
			t.Errorf("forbid %s %s: %s", g.A, g.B, g.State)
		}
	}
	if all := deviations(d); d.Verdict != report.Exact || all != "" {
		t.Errorf("%s\n%s", d.Verdict, all)
	}
}

// TestAcme holds what is recorded of the reference example to what the compiler and the planner make, and that to the declarations.
//
// go test ./internal/cli -run Acme -update writes both.
func TestAcme(t *testing.T) {
	t.Chdir("../..")
	args := []string{"compile", "--intent", acmeIntent, "-o", acmeCode}
	if !*update {
		args = append(args, "--check", "--diff")
	}
	if out := run(nil, args...); out.code != answered {
		t.Fatalf("%s is not what the compiler makes (go test ./internal/cli -run Acme -update writes it):\n%s%s", acmeCode, out.stdout, out.stderr)
	}
	t.Run("recorded", func(t *testing.T) { isExact(t, held(t, acmeIntent, acmePlan)) })
	t.Run("planned", func(t *testing.T) {
		terraform(t)
		planned := t.TempDir() + "/plan.json"
		if out := run(nil, "plan", acmeCode, "-o", planned); out.code != answered {
			t.Fatal(out.stderr)
		}
		got, err := os.ReadFile(planned)
		if err != nil {
			t.Fatal(err)
		}
		recorded, err := os.ReadFile(acmePlan)
		switch {
		case *update:
			if err := os.WriteFile(acmePlan, got, 0o644); err != nil {
				t.Fatal(err)
			}
		case err != nil:
			t.Fatal(err)
		case !bytes.Equal(got, recorded):
			t.Errorf("%s is not what the planner makes: go test ./internal/cli -run Acme -update records it", acmePlan)
		}
	})
}

package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/report"
)

// TestChain goes from declarations to an account and back: what is compiled is exact as Watertight plans it, is validated, planned and applied by the real provider, to an emulated AWS, and is
// exact as the state has it, and as AWS's API answers it.
func TestChain(t *testing.T) {
	do, offline := emulated(t)
	text, err := os.ReadFile("testdata/chain/watertight.hcl")
	if err != nil {
		t.Fatal(err)
	}
	segmentation, code, ok := compiled(t, string(text), compile.One)
	if !ok {
		t.Fatal("it is refused")
	}
	exact := func(what, from string) {
		t.Helper()
		if d := held(t, segmentation, from); d.Verdict != report.Exact || deviations(d) != "" {
			t.Errorf("%s, it is %s\n%s", what, d.Verdict, deviations(d))
		}
	}
	exact("planned without credentials", code)

	do(offline, "-chdir="+code, "init", "-no-color", "-input=false")
	do(offline, "-chdir="+code, "validate", "-no-color")
	do(offline, "-chdir="+code, "plan", "-no-color", "-input=false", "-out", "plan.bin")
	sure(t, segmentation, do(offline, "-chdir="+code, "show", "-json", "plan.bin"))
	do(offline, "-chdir="+code, "apply", "-no-color", "-input=false", "plan.bin")
	exact("as the state has it", filepath.Join(code, "terraform.tfstate"))
	read := filepath.Join(t.TempDir(), "read")
	for _, account := range []string{"111111111111", "222222222222"} {
		do("../../examples/by-hand/record.sh", read, account)
	}
	exact("read back", read)
}

// TestRealPlan: the real provider takes the code of acme, and plans it. That plan leaves identifiers open, and which subnet of several a reference means: what hangs on that is unknown, and nothing else is said.
func TestRealPlan(t *testing.T) {
	do, offline := emulated(t)
	code := filepath.Join(t.TempDir(), "code")
	if err := os.CopyFS(code, os.DirFS("../../"+acmeCode)); err != nil {
		t.Fatal(err)
	}
	do(offline, "-chdir="+code, "init", "-no-color", "-input=false")
	do(offline, "-chdir="+code, "validate", "-no-color")
	do(offline, "-chdir="+code, "plan", "-no-color", "-input=false", "-out", "plan.bin")
	sure(t, "../../"+acmeIntent, do(offline, "-chdir="+code, "show", "-json", "plan.bin"))
}

// sure fails where something is said of a plan that leaves identifiers open which may be otherwise.
func sure(t *testing.T, segmentation string, plan []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "real.json")
	if err := os.WriteFile(file, plan, 0o644); err != nil {
		t.Fatal(err)
	}
	d := held(t, segmentation, file)
	for i := range d.Deviations {
		if v := &d.Deviations[i]; v.Effect == report.Undeclared || v.Effect == report.Broken {
			t.Errorf("%s %s: %s", v.Effect, v.Rule, v.Message)
		}
	}
	for _, g := range d.Guardrails {
		if g.State == report.Violated {
			t.Errorf("forbid %s %s is violated", g.A, g.B)
		}
	}
	if d.Verdict == report.Inexact {
		t.Errorf("it is %s", d.Verdict)
	}
}

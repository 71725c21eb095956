package compile_test

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/source/shadow/schema"
	"github.com/watertight/watertight/internal/source/tfcode"
	"github.com/watertight/watertight/internal/source/tfplan"
)

// planned plans a folder by the shadow provider, and reads the plan.
func planned(t *testing.T, dir string) network.Contents {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is not installed")
	}
	result, err := tfcode.Plan(context.Background(), tfcode.Options{Dir: dir, Name: filepath.Base(dir), Env: os.Environ()})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range result.Warnings {
		t.Errorf("warning: %s", w)
	}
	contents, err := tfplan.Parse(result.Document, "plan.json", tfplan.Options{Namespace: dir})
	if err != nil {
		t.Fatal(err)
	}
	return contents
}

// understood fails where something of a plan is not understood.
func understood(t *testing.T, c network.Contents) {
	t.Helper()
	for _, p := range c.Problems {
		t.Errorf("%s: %s", p.Origin, p.Message)
	}
	for _, g := range c.Gaps {
		if g.List == "VpcBlockPublicAccessOptions" { // the account's, which no environment sets
			continue
		}
		t.Errorf("%s: %s", g.Origin, g.Reason)
	}
}

// Whatever is declared, Terraform plans the code under the schema of either version of the provider, and nothing in the plan is left open.
func TestPlan(t *testing.T) {
	texts := []string{acme(t), rich(t)}
	for seed := uint64(1); len(texts) < 5; seed++ {
		text := random.Segmentation(seed)
		s, err := intent.Parse(map[string][]byte{"watertight.hcl": []byte(text)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := compile.Terraform(blueprint.New(s), compile.Options{}); err == nil {
			texts = append(texts, text)
		}
	}
	versions := schema.AWSVersions()
	for i, text := range texts {
		for _, major := range slices.Sorted(maps.Keys(versions)) {
			if i > 1 && (i+major)%2 == 0 { // those at random under one of the two
				continue
			}
			files := terraform(t, text, compile.One)
			files["versions.tf"] = strings.Replace(files["versions.tf"], ">= 5.100, < 7.0", versions[major], 1)
			if !strings.Contains(files["versions.tf"], versions[major]) {
				t.Fatal("the constraint is another one")
			}
			understood(t, planned(t, write(t, files)))
			if t.Failed() {
				t.Fatalf("segmentation %d under %s:\n%s", i, versions[major], text)
			}
		}
	}
}

// A root of its own for each environment can be applied before there are others.
func TestRootsAlone(t *testing.T) {
	dir := write(t, terraform(t, rich(t), compile.PerEnvironment))
	roots, err := filepath.Glob(filepath.Join(dir, "*", "versions.tf"))
	if err != nil || len(roots) != 4 {
		t.Fatal(roots, err)
	}
	for _, root := range roots {
		understood(t, planned(t, path.Dir(filepath.ToSlash(root))))
	}
}

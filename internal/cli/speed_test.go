package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// environments is code that makes so many environments as its variable of that name says, of 60 resources each.
const environments = "testdata/environments"

// planFor plans that many environments, and tells how long it takes at best and how many resources there are.
func planFor(t testing.TB, code, to string, n, times int) (best time.Duration, resources int) {
	t.Helper()
	best = time.Hour
	for range times { // the machine may be busy with other things
		began := time.Now()
		out := run(nil, "plan", code, "--var", "environments="+strconv.Itoa(n), "-o", to, "--json")
		best = min(best, time.Since(began))
		var summary planSummary
		if err := json.Unmarshal([]byte(out.stdout), &summary); err != nil {
			t.Fatal(err, out.stderr)
		}
		resources = 0
		for _, each := range summary.Resources {
			resources += each.Count
		}
	}
	return best, resources
}

// TestSpeed: 60 resources are planned in less than 2 seconds, and faster than the real provider plans them.
func TestSpeed(t *testing.T) {
	terraform(t)
	dir := t.TempDir()
	code := filepath.Join(dir, "code")
	if err := os.CopyFS(code, os.DirFS(environments)); err != nil {
		t.Fatal(err)
	}
	const limit, times = 2 * time.Second, 3
	ours := time.Hour
	for range times { // until the machine has a moment for it
		best, resources := planFor(t, code, filepath.Join(dir, "plan.json"), 1, times)
		if resources != 60 {
			t.Fatalf("%d resources, not 60", resources)
		}
		if ours = min(ours, best); ours < limit {
			break
		}
	}
	if ours > limit {
		t.Errorf("60 resources take %s", ours)
	}

	offline := sharedTool(t, "terraform-offline")
	// Without an AWS to ask, the real provider is told to ask for nothing.
	const override = `provider "aws" {
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
`
	if err := os.WriteFile(filepath.Join(code, "provider_override.tf"), []byte(override), 0o644); err != nil {
		t.Fatal(err)
	}
	environment := append(os.Environ(), "TERRAFORM_MIRROR="+realProvider(t), "TMPDIR="+dir, "AWS_REGION=eu-west-1", "AWS_ENDPOINT_URL=http://127.0.0.1:"+freePort(t))
	do := func(args ...string) {
		t.Helper()
		c := exec.Command(offline, append([]string{"-chdir=" + code}, args...)...)
		c.Env = environment
		var words bytes.Buffer
		c.Stdout, c.Stderr = &words, &words
		var failed *exec.ExitError
		if err := c.Run(); errors.As(err, &failed) && failed.ExitCode() == 3 {
			t.Skip(words.String())
		} else if err != nil {
			t.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), err, &words)
		}
	}
	do("init", "-no-color")
	theirs := time.Hour
	for range 2 {
		began := time.Now()
		do("plan", "-no-color", "-refresh=false", "-out", "plan.bin")
		theirs = min(theirs, time.Since(began))
	}
	t.Logf("60 resources: %s without credentials, %s by the real provider", ours.Round(time.Millisecond), theirs.Round(time.Millisecond))
	if ours > theirs {
		t.Errorf("planned in %s without credentials, and in %s by the real provider: it must be faster", ours, theirs)
	}
}

// BenchmarkPlan plans code of 60 and of about 2,000 resources, Terraform's own work included: under 2 s, and under 20 s.
func BenchmarkPlan(b *testing.B) {
	if _, err := exec.LookPath("terraform"); err != nil {
		b.Skip("terraform is not installed")
	}
	for _, n := range []int{1, 34} {
		b.Run("resources="+strconv.Itoa(60*n), func(b *testing.B) {
			to := filepath.Join(b.TempDir(), "plan.json")
			best := time.Hour
			for b.Loop() {
				took, resources := planFor(b, environments, to, n, 1)
				if best = min(best, took); resources != 60*n {
					b.Fatalf("%d resources", resources)
				}
			}
			b.ReportMetric(best.Seconds(), "best-s")
		})
	}
}

// BenchmarkMatrix reads a plan of 100 MB, and says who can reach what in it.
func BenchmarkMatrix(b *testing.B) {
	if _, err := exec.LookPath("terraform"); err != nil {
		b.Skip("terraform is not installed")
	}
	small, large := filepath.Join(b.TempDir(), "small.json"), filepath.Join(b.TempDir(), "large.json")
	planFor(b, environments, small, 34, 1)
	raw, err := os.ReadFile(small)
	if err != nil {
		b.Fatal(err)
	}
	if raw, err = repeated(raw, 100_000_000); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(large, raw, 0o644); err != nil {
		b.Fatal(err)
	}
	best := time.Hour
	for b.Loop() {
		began := time.Now()
		if out := run(nil, "matrix", "--from", large, "--json"); out.code != answered || out.stderr != "" {
			b.Fatal(out.stderr)
		}
		best = min(best, time.Since(began))
	}
	b.ReportMetric(best.Seconds(), "best-s")
	b.ReportMetric(float64(len(raw))/1e6, "MB")
}

var (
	environment = regexp.MustCompile(`\benv([0-9]{2})\b`)
	identifier  = regexp.MustCompile(`([-/])([0-9a-f]{16}|0[0-9a-f]{16})\b`)
)

// repeated is a plan of environments with all its resources in it again, as others, until it has about so many bytes.
func repeated(plan []byte, size int) ([]byte, error) {
	var document map[string]json.RawMessage
	var annotations map[string]json.RawMessage
	var planned struct {
		Outputs json.RawMessage `json:"outputs,omitempty"`
		Root    struct {
			Modules []json.RawMessage `json:"child_modules"`
		} `json:"root_module"`
	}
	var changes []json.RawMessage
	var resources, placeholders map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(plan, &document), json.Unmarshal(document["watertight"], &annotations), json.Unmarshal(document["planned_values"], &planned),
		json.Unmarshal(document["resource_changes"], &changes), json.Unmarshal(annotations["resources"], &resources), json.Unmarshal(annotations["placeholders"], &placeholders)); err != nil {
		return nil, err
	}
	again := func(text []byte, k int) []byte {
		text = environment.ReplaceAll(text, fmt.Appendf(nil, "copy%d-env$1", k))
		return identifier.ReplaceAllFunc(text, func(id []byte) []byte {
			return append(fmt.Appendf(nil, "%c0%02x", id[0], k), id[4:]...)
		})
	}
	var others, modules []json.RawMessage
	all, standing := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for k := range (size + len(plan) - 1) / len(plan) {
		for _, each := range changes {
			others = append(others, again(each, k))
		}
		for _, each := range planned.Root.Modules {
			modules = append(modules, again(each, k))
		}
		for address, each := range resources {
			all[string(again([]byte(address), k))] = again(each, k)
		}
		for text, each := range placeholders {
			standing[string(again([]byte(text), k))] = again(each, k)
		}
	}
	planned.Root.Modules = modules
	for _, part := range []struct {
		of    map[string]json.RawMessage
		name  string
		value any
	}{{annotations, "resources", all}, {annotations, "placeholders", standing}, {document, "watertight", annotations}, {document, "resource_changes", others}, {document, "planned_values", planned}} {
		raw, err := json.Marshal(part.value)
		if err != nil {
			return nil, err
		}
		part.of[part.name] = raw
	}
	return json.Marshal(document)
}

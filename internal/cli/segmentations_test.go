package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/report"
)

// compiled compiles a segmentation into a new folder, beside its own file. Not ok: the compiler refuses it.
func compiled(t *testing.T, text string, roots compile.Roots) (segmentation, code string, ok bool) {
	t.Helper()
	s, err := intent.Parse(map[string][]byte{"watertight.hcl": []byte(text)})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	files, err := compile.Terraform(blueprint.New(s), compile.Options{Roots: roots})
	if _, refused := errors.AsType[*compile.Error](err); refused {
		return "", "", false
	} else if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	segmentation, code = filepath.Join(dir, "watertight.hcl"), filepath.Join(dir, "code")
	files["../watertight.hcl"] = []byte(text)
	for name, content := range files {
		path := filepath.Join(code, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return segmentation, code, true
}

// held is what check says of networks and a segmentation.
func held(t *testing.T, segmentation string, from ...string) *report.Exactness {
	t.Helper()
	args := []string{"check", "--intent", segmentation, "--json"}
	for _, each := range from {
		args = append(args, "--from", each)
	}
	out := run(nil, args...)
	if out.code != answered && out.code != unexpected {
		t.Fatal(out.stderr)
	}
	var d report.Exactness
	if err := json.Unmarshal([]byte(out.stdout), &d); err != nil {
		t.Fatal(err)
	}
	if (d.Verdict == report.Exact) != (out.code == answered) {
		t.Errorf("%s, and the exit code is %d", d.Verdict, out.code)
	}
	return &d
}

// deviations are what is not as declared, a line each.
func deviations(d *report.Exactness) string {
	var b strings.Builder
	for i := range d.Deviations {
		v := &d.Deviations[i]
		fmt.Fprintf(&b, "%s %s [%s %s] %s\n", v.Effect, v.Rule, v.Pattern, strings.Join(v.Environments, " "), v.Message)
	}
	for _, g := range d.Guardrails {
		if g.State != report.Holds {
			fmt.Fprintf(&b, "forbid %s %s: %s %s\n", g.A, g.B, g.State, strings.Join(g.Unknown, "; "))
		}
	}
	return b.String()
}

// Whatever is declared, what it compiles to is planned as a network that is exactly that. What the compiler refuses is not counted.
func TestRandomSegmentations(t *testing.T) {
	terraform(t)
	wanted := 200
	if testing.Short() {
		wanted = 10
	}
	refused := 0
	for seed, n := 0, 0; n < wanted; seed++ {
		text := random.Segmentation(uint64(seed))
		segmentation, code, ok := compiled(t, text, compile.One)
		if !ok {
			refused++
			continue
		}
		n++
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if d := held(t, segmentation, code); d.Verdict != report.Exact || deviations(d) != "" {
				t.Errorf("%s\n%s\n%s", d.Verdict, deviations(d), text)
			}
		})
	}
	if refused*10 > wanted {
		t.Errorf("%d were refused", refused)
	}
}

// A root for each environment, with what crosses handed over as crossing.tf says, until no plan changes: all of them together are exactly what is declared.
func TestRootsOfEnvironments(t *testing.T) {
	terraform(t)
	acme, err := os.ReadFile("../../" + acmeIntent)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"acme": string(acme), "random": random.Segmentation(18)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			segmentation, code, ok := compiled(t, text, compile.PerEnvironment)
			if !ok {
				t.Fatal("it is refused")
			}
			roots, err := filepath.Glob(filepath.Join(code, "*"))
			if err != nil || len(roots) < 2 {
				t.Fatal(roots, err)
			}
			var plans []string
			handed := map[string]string{}
			for round := 0; ; round++ {
				if round == 8 {
					t.Fatal("the roots have something new to tell each other in every round")
				}
				plans = nil
				now := map[string]string{}
				for _, root := range roots {
					plan := root + ".json"
					if out := run(nil, "plan", root, "-o", plan); out.code != answered {
						t.Fatal(out.stderr)
					}
					plans = append(plans, plan)
					for neighbour, told := range crossing(t, plan) {
						now[filepath.Join(code, neighbour, "from_"+filepath.Base(root)+".auto.tfvars.json")] = fmt.Sprintf("{%q: %s}", strings.ReplaceAll(filepath.Base(root), "-", "_"), told)
					}
				}
				if maps.Equal(handed, now) {
					break
				}
				handed = now
				for _, name := range slices.Sorted(maps.Keys(now)) {
					if err := os.WriteFile(name, []byte(now[name]), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			if len(handed) == 0 {
				t.Fatal("nothing crosses")
			}
			if d := held(t, segmentation, plans...); d.Verdict != report.Exact || deviations(d) != "" {
				t.Errorf("%s\n%s\n%s", d.Verdict, deviations(d), text)
			}
			if name != "acme" {
				return
			}
			// What one root leaves out, the others do not make up for.
			for _, m := range []mutation{
				{"nobody accepts the endpoint", "platform/privatelink_platform_data-platform.tf", "? 1 : 0\n\n  vpc_endpoint_service_id", "? 0 : 0\n\n  vpc_endpoint_service_id"},
				{"nobody accepts the peering", "prod/peering_staging-to-prod.tf", "auto_accept               = true", "auto_accept               = false"},
			} {
				path := filepath.Join(code, m.file)
				before, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				m.apply(t, code)
				root := filepath.Dir(path)
				if out := run(nil, "plan", root, "-o", root+".json"); out.code != answered {
					t.Fatal(out.stderr)
				}
				if d := held(t, segmentation, plans...); d.Verdict != report.Inexact || !strings.Contains(deviations(d), "broken connection") {
					t.Errorf("%s: it is %s\n%s", m.name, d.Verdict, deviations(d))
				}
				if err := os.WriteFile(path, before, 0o644); err != nil {
					t.Fatal(err)
				}
				if out := run(nil, "plan", root, "-o", root+".json"); out.code != answered {
					t.Fatal(out.stderr)
				}
			}
		})
	}
}

// crossing is what a root tells its neighbours: its output of that name.
func crossing(t *testing.T, plan string) map[string]json.RawMessage {
	t.Helper()
	data, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Planned struct {
			Outputs map[string]struct{ Value map[string]json.RawMessage }
		} `json:"planned_values"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return d.Planned.Outputs["crossing"].Value
}

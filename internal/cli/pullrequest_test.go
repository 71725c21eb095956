package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/report"
)

// TestPullRequestRecordings holds the recorded plans of examples/pull-request to its code: the same folder gives the same bytes.
//
// go test ./internal/cli -run PullRequest -update records them.
func TestPullRequestRecordings(t *testing.T) {
	terraform(t)
	example, err := filepath.Abs("../../examples/pull-request")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, step := range []struct{ folder, recording string }{{"code", "before.json"}, {"change", "after.json"}} {
		if err := lay(filepath.Join(example, step.folder), "infra"); err != nil {
			t.Fatal(err)
		}
		if out := run(nil, "plan", "infra", "-o", "plan.json"); out.code != answered {
			t.Fatal(out.stderr)
		}
		planned, err := os.ReadFile("plan.json")
		if err != nil {
			t.Fatal(err)
		}
		recording := filepath.Join(example, step.recording)
		recorded, _ := os.ReadFile(recording)
		switch {
		case bytes.Equal(planned, recorded):
		case *update:
			if err := os.WriteFile(recording, planned, 0o644); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s is not what its code gives: go test ./internal/cli -run PullRequest -update records it again", step.recording)
		}
	}
}

// lay copies the files of a folder over those of another.
func lay(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o644)
	})
}

// TestPullRequest shows what one rule does that looks innocent, three modules deep: the ports for metrics are the database's too, and developers get there.
func TestPullRequest(t *testing.T) {
	t.Chdir("../../examples/pull-request")
	if v := asked(t, "workstation", "orders-db:5432", "--from", "before.json").Verdict; v != report.Unreachable {
		t.Errorf("before: %s", v)
	}
	if v := asked(t, "workstation", "orders-db:5432", "--from", "after.json").Verdict; v != report.Reachable {
		t.Errorf("after: %s", v)
	}
	out := run(nil, "diff", "before.json", "after.json", "--format", "markdown")
	for _, want := range []string{"`workstation`", "`orders-db`", "infra/modules/guard/main.tf:31", "10.0.0.0/8"} {
		if !strings.Contains(out.stdout, want) {
			t.Errorf("the comment does not say %s:\n%s", want, out.stdout)
		}
	}
	if out.code != unexpected {
		t.Errorf("exit code %d: the job must fail", out.code)
	}
	if out := run(nil, "diff", "before.json", "before.json"); out.code != answered || !strings.Contains(out.stdout, "No change") {
		t.Errorf("%d %s%s", out.code, out.stdout, out.stderr)
	}
}

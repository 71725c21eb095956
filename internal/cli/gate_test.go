package cli

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGate runs what action.yml runs, on a repository with the example and its pull request: it comments, writes findings, and fails the job.
func TestGate(t *testing.T) {
	terraform(t)
	for _, program := range []string{"bash", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	repository, bin := t.TempDir(), t.TempDir()
	do := func(name string, args ...string) string {
		t.Helper()
		c := exec.Command(name, args...)
		c.Dir = repository
		c.Env = append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	commit := func(folder string) string {
		t.Helper()
		if err := lay(filepath.Join(root, "examples/pull-request", folder), filepath.Join(repository, "infra")); err != nil {
			t.Fatal(err)
		}
		do("git", "add", "-A")
		do("git", "commit", "-q", "-m", folder)
		return do("git", "rev-parse", "HEAD")
	}
	do("git", "init", "-q")
	if err := os.WriteFile(filepath.Join(repository, ".gitignore"), []byte(".terraform/\n"), 0o644); err != nil { // modules that Terraform fetches
		t.Fatal(err)
	}
	base := commit("code")
	commit("change")

	// Instead of GitHub's program: it keeps the comment.
	comment, outputs, summary := filepath.Join(bin, "comment.md"), filepath.Join(bin, "outputs"), filepath.Join(bin, "summary.md")
	fake := "#!/usr/bin/env bash\nwhile [[ $# -gt 0 ]]; do [[ $1 == --body-file ]] && cp \"$2\" " + comment + "; shift; done\n"
	if err := os.WriteFile(filepath.Join(bin, "gh"), []byte(fake), 0o755); err != nil {
		t.Fatal(err)
	}
	gate := func(base, failOn string) int {
		t.Helper()
		c := exec.Command("bash", filepath.Join(root, ".github/gate.sh"))
		c.Dir = repository
		c.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "ACTION="+root, "FOLDER=infra", "BASE="+base, "ARGUMENTS=", "FAIL_ON="+failOn,
			"CHECK_FAIL_ON=none", "COMMENT=true", "PULL_REQUEST=7", "GITHUB_OUTPUT="+outputs, "GITHUB_STEP_SUMMARY="+summary)
		out, err := c.CombinedOutput()
		if _, failed := err.(*exec.ExitError); err != nil && !failed {
			t.Fatal(err)
		}
		if code := c.ProcessState.ExitCode(); code != answered && code != unexpected {
			t.Fatalf("exit code %d\n%s", code, out)
		}
		return c.ProcessState.ExitCode()
	}
	if code := gate(base, "unknown"); code != unexpected {
		t.Errorf("exit code %d: what is newly reachable must fail the job", code)
	}
	words, err := os.ReadFile(comment)
	if err != nil {
		t.Fatal("no comment:", err)
	}
	for _, want := range []string{"`workstation`", "`orders-db`", "infra/modules/guard/main.tf:31"} {
		if !strings.Contains(string(words), want) {
			t.Errorf("the comment does not say %s:\n%s", want, words)
		}
	}
	if raw, _ := os.ReadFile(summary); string(raw) != string(words) {
		t.Error("the summary of the job is not the comment")
	}
	raw, _ := os.ReadFile(outputs)
	for line := range strings.Lines(string(raw)) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "sarif="); ok {
			var sarif struct{ Version string }
			if text, err := os.ReadFile(path); err != nil || json.Unmarshal(text, &sarif) != nil || sarif.Version != "2.1.0" {
				t.Errorf("%s is no SARIF: %v", path, err)
			}
			_ = os.RemoveAll(filepath.Dir(path))
		}
	}
	if status := do("git", "status", "--porcelain"); status != "" {
		t.Errorf("the gate leaves files in the repository:\n%s", status)
	}
	if code := gate("HEAD", "unknown"); code != answered {
		t.Errorf("exit code %d: a change of nothing must pass", code)
	}
	if list := do("git", "worktree", "list"); strings.Count(list, "\n") > 0 {
		t.Errorf("the gate leaves work trees:\n%s", list)
	}
}

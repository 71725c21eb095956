package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/report"
)

// stack lays the files of an archive into an empty folder, and goes there. The test is skipped where Terraform is not installed.
func stack(t *testing.T, archive string) {
	t.Helper()
	terraform(t)
	t.Chdir(t.TempDir())
	files := txtar.Parse([]byte(archive)).Files
	if len(files) == 0 {
		t.Fatal("the archive has no files")
	}
	for _, file := range files {
		put(t, file.Name, string(file.Data))
	}
}

// put writes a file of the stack.
func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// edit replaces what stands once in a file.
func edit(t *testing.T, name, old, new string) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(raw), old); n != 1 {
		t.Fatalf("%s has %q %d times", name, old, n)
	}
	put(t, name, strings.Replace(string(raw), old, new, 1))
}

// says runs a command, and wants an exit code and words on standard output or standard error.
func says(t *testing.T, code int, command string, words ...string) outcome {
	t.Helper()
	return saysIn(t, nil, code, command, words...)
}

func saysIn(t *testing.T, env []string, code int, command string, words ...string) outcome {
	t.Helper()
	if env != nil {
		env = append(os.Environ(), env...)
	}
	out := run(env, strings.Fields(command)...)
	if out.code != code {
		t.Errorf("watertight %s: exit code %d, want %d\n%s%s", command, out.code, code, out.stdout, out.stderr)
	}
	flat := strings.Join(strings.Fields(out.stdout+" "+out.stderr), " ") // lines are folded
	for _, each := range words {
		if !strings.Contains(flat, each) {
			t.Errorf("watertight %s does not say %q:\n%s%s", command, each, out.stdout, out.stderr)
		}
	}
	return out
}

// answers asks a question with can, and wants a verdict.
func answers(t *testing.T, question string, want report.Verdict) report.Can {
	t.Helper()
	answer := asked(t, strings.Fields(question)...)
	if answer.Verdict != want {
		t.Errorf("watertight can %s: %s, want %s", question, answer.Verdict, want)
	}
	return answer
}

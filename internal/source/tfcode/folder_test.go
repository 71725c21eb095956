package tfcode

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// folder writes the files of a txtar archive into a folder of its own, and goes there: paths in messages are then as short as in the archive.
func folder(t *testing.T, archive string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

// program is what plans in a test: see eachProgram.
var program = "terraform"

// eachProgram runs a test with Terraform and with OpenTofu, and skips those that are not there.
func eachProgram(t *testing.T, test func(*testing.T)) {
	for _, name := range []string{"terraform", "tofu"} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(name); err != nil {
				t.Skipf("skipped: %s is not on the PATH", name)
			}
			defer func(before string) { program = before }(program)
			program = name
			test(t)
		})
	}
}

// plan plans, and fails the test where that fails.
func plan(t *testing.T, o Options) *Result {
	t.Helper()
	result, err := try(t, o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// try plans with an environment that says nothing of AWS.
func try(t *testing.T, o Options) (*Result, error) {
	t.Helper()
	if o.Terraform == "" {
		o.Terraform = program
	}
	if o.Env == nil {
		o.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}
	}
	return Plan(context.Background(), o)
}

// refused plans what cannot be planned, and gives the message.
func refused(t *testing.T, o Options) string {
	t.Helper()
	result, err := try(t, o)
	if err == nil {
		t.Fatalf("planned, and should not have been: %.500s", result.Document)
	}
	return err.Error()
}

// document is a plan as far as tests look at it.
type document struct {
	ResourceChanges []struct {
		Address, Mode, Type string
		Change              struct {
			Actions []string
			After   map[string]any
			Before  map[string]any
		}
	} `json:"resource_changes"`
	PlannedValues struct {
		Outputs map[string]struct{ Value any }
	} `json:"planned_values"`
	Timestamp   *string
	Annotations Annotations `json:"watertight"`
}

func read(t *testing.T, r *Result) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(r.Document, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// after is what is planned for an address.
func (d document) after(t *testing.T, address string) map[string]any {
	t.Helper()
	for _, r := range d.ResourceChanges {
		if r.Address == address {
			return r.Change.After
		}
	}
	t.Fatalf("nothing is planned for %s", address)
	return nil
}

// actions are what is done to an address.
func (d document) actions(address string) string {
	for _, r := range d.ResourceChanges {
		if r.Address == address {
			return strings.Join(r.Change.Actions, ",")
		}
	}
	return ""
}

func (d document) output(name string) any { return d.PlannedValues.Outputs[name].Value }

// sum is a hash of all that is in a folder: names, modes, contents, times.
func sum(t *testing.T, dir string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		h.Write([]byte(path + info.Mode().String() + info.ModTime().String()))
		if info.Mode().IsRegular() {
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			h.Write(raw)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// wants tells which parts a text lacks.
func wants(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

func warned(t *testing.T, r *Result, parts ...string) {
	t.Helper()
	wants(t, strings.Join(r.Warnings, "\n"), parts...)
}

// replaceIn edits a file.
func replaceIn(t *testing.T, name, old, with string) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, bytes.ReplaceAll(raw, []byte(old), []byte(with)), 0o644); err != nil {
		t.Fatal(err)
	}
}

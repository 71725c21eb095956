package compile_test

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/intent"
)

// acme is the reference segmentation.
func acme(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../examples/acme/watertight.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// parse reads a segmentation of one file.
func parse(t *testing.T, text string) *blueprint.Blueprint {
	t.Helper()
	s, err := intent.Parse(map[string][]byte{"watertight.hcl": []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return blueprint.New(s)
}

// terraform compiles a segmentation of one file.
func terraform(t *testing.T, text string, roots compile.Roots) map[string]string {
	t.Helper()
	files, err := compile.Terraform(parse(t, text), compile.Options{Roots: roots})
	if err != nil {
		t.Fatal(err)
	}
	return text2(files)
}

func text2(files map[string][]byte) map[string]string {
	all := map[string]string{}
	for name, content := range files {
		all[name] = string(content)
	}
	return all
}

// write puts files into a folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(files[name]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// formatted holds files to terraform fmt, where Terraform is there.
func formatted(t *testing.T, dir string) {
	t.Helper()
	program, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not installed")
	}
	var out bytes.Buffer
	command := exec.Command(program, "fmt", "-check", "-diff", "-recursive", dir)
	command.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE=", "CHECKPOINT_DISABLE=1")
	command.Stdout = &out
	if err := command.Run(); err != nil {
		t.Errorf("terraform fmt: %v\n%s", err, out.String())
	}
}

// changed are the lines of new files that old ones do not have, and the other way round, comments aside: "prod_acls.tf: + ...".
func changed(old, new map[string]string) []string {
	var all []string
	names := map[string]bool{}
	for name := range old {
		names[name] = true
	}
	for name := range new {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		count := map[string]int{}
		for _, line := range code(new[name]) {
			count[line]++
		}
		for _, line := range code(old[name]) {
			count[line]--
		}
		for _, line := range slices.Sorted(maps.Keys(count)) {
			for n := count[line]; n > 0; n-- {
				all = append(all, name+": + "+line)
			}
			for n := count[line]; n < 0; n++ {
				all = append(all, name+": - "+line)
			}
		}
	}
	return all
}

// code are the lines of a file that are not comments.
func code(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return all
}

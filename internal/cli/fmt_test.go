package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFmt: files are put in form and named, the rest is left alone; what does not parse is said, and then nothing is written.
func TestFmt(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		return path
	}
	content := func(path string) string {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	const loose, tight = "# why\nflow \"a\"   \"b\" {\nreason=\"x\" # here\n}\n", "# why\nflow \"a\" \"b\" {\n  reason = \"x\" # here\n}\n"
	one, two := write("one.hcl", loose), write("two.hcl", tight)
	write("three.hcl.json", "{ }")

	if got := run(nil, "fmt", "--check", dir); got.code != unexpected || got.stdout != filepath.ToSlash(one)+"\n" || content(one) != loose || !strings.Contains(got.stderr, "watertight fmt "+dir+" mends it") {
		t.Errorf("%+v", got)
	}
	if got := run(nil, "fmt", dir); got.code != answered || got.stdout != filepath.ToSlash(one)+"\n" || content(one) != tight || content(two) != tight {
		t.Errorf("%+v\n%s", got, content(one))
	}
	if info, err := os.Stat(one); err != nil || info.Mode().Perm() != 0o640 {
		t.Error(info, err)
	}
	if got := run(nil, "fmt", "--check", one, two); got != (outcome{}) {
		t.Errorf("%+v", got)
	}

	write("one.hcl", loose)
	if got := run(nil, "fmt", "--check", "--diff", one, dir); got.code != unexpected || strings.Count(got.stdout, "+flow \"a\" \"b\" {\n") != 1 || content(one) != loose {
		t.Errorf("%+v", got)
	}
	link := filepath.Join(t.TempDir(), "link.hcl")
	if err := os.Symlink(one, link); err != nil {
		t.Fatal(err)
	}
	if got := run(nil, "fmt", link); got.code != answered || content(one) != tight {
		t.Errorf("%+v", got)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().IsRegular() {
		t.Error("a link has become a file", err)
	}

	write("one.hcl", loose)
	bad := write("bad.hcl", "flow \"a\" {\n")
	if got := run(nil, "fmt", dir); got.code != wrongInput || !strings.Contains(got.stderr, filepath.ToSlash(bad)+":1:") || !strings.Contains(got.stderr, `flow "a" {`) || content(one) != loose {
		t.Errorf("%+v", got)
	}
	if got := run(nil, "fmt", filepath.Join(dir, "three.hcl.json")); got.code != wrongInput || !strings.Contains(got.stderr, "is JSON") {
		t.Errorf("%+v", got)
	}
	if got := run(nil, "fmt", filepath.Join(dir, "none.hcl")); got.code != wrongInput {
		t.Errorf("%+v", got)
	}
	if got := run(nil, "fmt"); got.code != wrongInput || !strings.Contains(got.stderr, "there is no watertight.hcl") {
		t.Errorf("%+v", got)
	}
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"fmt", "-"}, strings.NewReader(loose), &stdout, &stderr, nil); code != answered || stdout.String() != tight {
		t.Errorf("%d %s %s", code, &stdout, &stderr)
	}
	for _, test := range []struct {
		args, stdout string
		code         int
	}{{"fmt - --check", "", unexpected}, {"fmt - --diff", "-flow \"a\"   \"b\" {\n", answered}, {"fmt - --check --diff", "+flow \"a\" \"b\" {\n", unexpected}} {
		var stdout, stderr bytes.Buffer
		if code := Run(strings.Fields(test.args), strings.NewReader(loose), &stdout, &stderr, nil); code != test.code || !strings.Contains(stdout.String(), test.stdout) {
			t.Errorf("%s: %d %s %s", test.args, code, &stdout, &stderr)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

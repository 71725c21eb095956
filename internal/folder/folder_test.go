package folder

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func ours(content []byte) bool { return bytes.HasPrefix(content, []byte("# ours")) }

// write puts files into a folder.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// tree is all that is in a folder.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if d.IsDir() {
			fmt.Fprintf(&b, "%s/\n", filepath.ToSlash(name))
			return nil
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s: %s\n", filepath.ToSlash(name), content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func contents(files map[string]string) map[string][]byte {
	all := map[string][]byte{}
	for name, content := range files {
		all[name] = []byte(content)
	}
	return all
}

// TestApply: what was compiled becomes what is compiled now, and what people put into the folder stays.
func TestApply(t *testing.T) {
	for _, test := range []struct {
		name         string
		subfolders   bool
		was, files   map[string]string
		changes, now string
	}{
		{"a folder that does not exist", false, nil, map[string]string{"a.tf": "# ours 1"}, "create a.tf", "a.tf: # ours 1\n"},
		{
			"written, changed, removed, left alone", false,
			map[string]string{"a.tf": "# ours 1", "b.tf": "# ours 1", "c.tf": "# ours 1", "main.tf": "# mine", ".terraform/a.tf": "# ours 1", ".hidden.tf": "# ours 1", "module/a.tf": "# ours 1"},
			map[string]string{"b.tf": "# ours 1", "c.tf": "# ours 2", "d.tf": "# ours 1"},
			"delete a.tf, update c.tf, create d.tf",
			".hidden.tf: # ours 1\n.terraform/\n.terraform/a.tf: # ours 1\nb.tf: # ours 1\nc.tf: # ours 2\nd.tf: # ours 1\nmain.tf: # mine\nmodule/\nmodule/a.tf: # ours 1\n",
		},
		{
			"a folder for each environment", true,
			map[string]string{"old.tf": "# ours", "prod/a.tf": "# ours 1", "gone/a.tf": "# ours 1", "kept/a.tf": "# ours 1", "kept/main.tf": "# mine", "prod/deep/a.tf": "# ours"},
			map[string]string{"prod/a.tf": "# ours 2", "new/a.tf": "# ours 1"},
			"delete gone/a.tf, delete kept/a.tf, create new/a.tf, delete old.tf, update prod/a.tf",
			"kept/\nkept/main.tf: # mine\nnew/\nnew/a.tf: # ours 1\nprod/\nprod/a.tf: # ours 2\nprod/deep/\nprod/deep/a.tf: # ours\n",
		},
	} {
		dir := filepath.Join(t.TempDir(), "terraform")
		write(t, dir, test.was)
		f, err := Read(dir, test.subfolders, ours)
		if err != nil {
			t.Fatal(err)
		}
		changes, err := f.Changes(contents(test.files))
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, c := range changes {
			action := "update"
			if c.Old == nil {
				action = "create"
			} else if c.New == nil {
				action = "delete"
			}
			words = append(words, action+" "+c.Name)
		}
		if got := strings.Join(words, ", "); got != test.changes {
			t.Errorf("%s: %s, want %s", test.name, got, test.changes)
		}
		if err := f.Apply(changes); err != nil {
			t.Fatal(err)
		}
		if got := tree(t, dir); got != test.now {
			t.Errorf("%s: there is\n%s\nwant\n%s", test.name, got, test.now)
		}
		again, err := Read(dir, test.subfolders, ours)
		if err != nil {
			t.Fatal(err)
		}
		if changes, err := again.Changes(contents(test.files)); err != nil || len(changes) > 0 {
			t.Errorf("%s: done, and there are changes: %v, %v", test.name, changes, err)
		}
	}
}

// TestByHand: the name of a file that a person wrote is not taken from them, nor is that of a folder or a link.
func TestByHand(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.tf": "# mine", "b.tf/c.tf": "# mine", "d.tf": "# ours"})
	if err := os.Symlink(filepath.Join(dir, "d.tf"), filepath.Join(dir, "link.tf")); err != nil {
		t.Fatal(err)
	}
	f, err := Read(dir, false, ours)
	if err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	for _, name := range []string{"a.tf", "b.tf", "link.tf"} {
		_, err := f.Changes(contents(map[string]string{name: "# ours", "d.tf": "# ours 2"}))
		if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, name)+": written by hand") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := tree(t, dir); after != before {
		t.Errorf("changed:\n%s", after)
	}
}

// TestTrouble: when a file cannot be written, none is changed, and nothing is left behind.
func TestTrouble(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.tf": "# ours 1", "z": "a file"})
	f, err := Read(dir, true, ours)
	if err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	if err := f.Apply([]Change{{Name: "a.tf", Old: []byte("# ours 1"), New: []byte("# ours 2")}, {Name: "z/b.tf", New: []byte("# ours")}}); err == nil {
		t.Error("a file has become a folder")
	}
	if after := tree(t, dir); after != before {
		t.Errorf("changed, or left behind:\n%s", after)
	}
	if _, err := Read(filepath.Join(dir, "a.tf"), false, ours); err == nil || !strings.Contains(err.Error(), "is a file, and should be a folder") {
		t.Error(err)
	}
}

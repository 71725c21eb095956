package tfcode

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Of the folder, so much is copied; what is larger, or comes after, is linked to.
const (
	mostCopied  = 1 << 20 // bytes of a file
	mostEntries = 20_000  // of all folders together
	mostLevels  = 6       // folders above that are made reachable
	mostBeside  = 2_000   // entries of one of them
)

// tree is the copy: below base stands what Terraform may look at, under the same absolute path as in the user's file system. So the last parts of every
// path are the user's, relative paths lead to the same files, and the user's path is the copy's without base.
type tree struct {
	base    string
	dir     string            // the working folder in the copy
	given   map[string]string // absolute path of a file that the user named -> as named
	made    map[string]bool   // folders of the user's that are real folders in the copy, by path
	extra   map[string]string // files that only the copy has, by path
	entries int
}

// newTree makes an empty one.
func newTree(root string) (*tree, error) {
	base, err := os.MkdirTemp("", "watertight-")
	if err == nil {
		base, err = filepath.EvalSymlinks(base)
	}
	if err != nil {
		return nil, fmt.Errorf("a temporary folder cannot be made: %w", err)
	}
	t := &tree{base: base, given: map[string]string{}, made: map[string]bool{}, extra: map[string]string{}}
	t.dir = t.place(root)
	return t, nil
}

func (t *tree) remove() { _ = os.RemoveAll(t.base) } // nothing to be done about it, and it is temporary

// place is where a path of the user's is in the copy.
func (t *tree) place(path string) string {
	return filepath.Join(t.base, strings.TrimPrefix(path, filepath.VolumeName(path)))
}

// mend puts the user's paths into a text in place of the copy's.
func (t *tree) mend(text string) string { return strings.ReplaceAll(text, t.base, "") }

// neverCopied are folders that no code names, and that are large.
var neverCopied = []string{".git", ".terraform", ".terragrunt-cache", "node_modules"}

// copy copies all that the configuration can name.
func (c *configuration) copy(t *tree, early *early) error {
	var dirs []string
	for _, m := range c.modules {
		dirs = append(dirs, m.dir)
	}
	slices.Sort(dirs)
	dirs = slices.Compact(dirs)
	for _, dir := range dirs {
		if err := t.mkdir(dir); err != nil {
			return err
		}
	}
	for _, dir := range dirs { // code first: whatever the limits, it is copied
		for _, f := range c.folders[dir] {
			if err := t.write(f.path, f.edited()); err != nil {
				return err
			}
		}
	}
	// Breadth first: what is near is copied, what is far and much is linked to.
	queue, filled := dirs, map[string]bool{}
	for len(queue) > 0 {
		dir := queue[0]
		queue = queue[1:]
		if filled[dir] {
			continue
		}
		filled[dir] = true
		inner, err := t.fill(dir, dir == c.root)
		if err != nil {
			return err
		}
		queue = append(queue, inner...)
	}
	for _, dir := range dirs {
		if err := t.surround(dir); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(t.dir, ".terraform", "modules"), 0o700); err != nil {
		return err
	}
	return c.rewrite(t, early)
}

// mkdir makes a real folder in the copy.
func (t *tree) mkdir(dir string) error {
	for at := dir; !t.made[at]; at = filepath.Dir(at) {
		t.made[at] = true
	}
	return os.MkdirAll(t.place(dir), 0o700)
}

// rewrite writes code that was edited, and what only the copy has.
func (c *configuration) rewrite(t *tree, early *early) error {
	for _, path := range sortedKeys(c.files) {
		if f := c.files[path]; f.changed() {
			if err := t.write(path, f.edited()); err != nil {
				return err
			}
		}
	}
	for _, path := range sortedKeys(t.extra) {
		if err := t.write(path, []byte(t.extra[path])); err != nil {
			return err
		}
	}
	if err := t.writeWait(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(t.dir, ".terraform", "modules", "modules.json"), c.manifest(early.records()), 0o600)
}

// write writes a file of the copy, if it is not there with that content.
func (t *tree) write(path string, content []byte) error {
	at := t.place(path)
	if old, err := os.ReadFile(at); err == nil && bytes.Equal(old, content) {
		return nil
	}
	return os.WriteFile(at, content, 0o600)
}

// fill copies the files of a folder, and returns the folders in it that are to be filled as well.
func (t *tree) fill(dir string, working bool) (inner []string, err error) {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil, nil // Terraform cannot read it either
	} else if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", dir, err)
	}
	for _, entry := range list {
		path := filepath.Join(dir, entry.Name())
		if slices.Contains(neverCopied, entry.Name()) || working && ownFile(entry.Name()) {
			continue
		}
		t.entries++
		switch {
		case entry.IsDir() && t.made[path]: // a module, or on the way to one
			inner = append(inner, path)
		case entry.IsDir() && t.entries <= mostEntries:
			if err := t.mkdir(path); err != nil {
				return nil, err
			}
			inner = append(inner, path)
		case entry.Type().IsRegular() && t.entries <= mostEntries:
			err = t.file(path, entry)
		default:
			err = t.link(path)
		}
		if err != nil {
			return nil, err
		}
	}
	return inner, nil
}

// ownFile tells whether a file of the working folder is state, or what terraform init writes: the copy has its own.
func ownFile(name string) bool {
	return name == ".terraform.lock.hcl" || name == ".terraform.tfstate.lock.info" || name == "terraform.tfstate.d" ||
		strings.HasSuffix(name, ".tfstate") || strings.HasSuffix(name, ".tfstate.backup")
}

// file copies a file, or links to it where it is large.
func (t *tree) file(path string, entry fs.DirEntry) error {
	at := t.place(path)
	if _, err := os.Lstat(at); err == nil {
		return nil
	}
	info, err := entry.Info()
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", path, err)
	}
	if info.Size() > mostCopied {
		return t.link(path)
	}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrPermission) {
		return t.link(path) // Terraform says so, if it matters
	} else if err != nil {
		return fmt.Errorf("%s cannot be read: %w", path, err)
	}
	return os.WriteFile(at, content, info.Mode().Perm()|0o600)
}

// link lets the copy see the original.
func (t *tree) link(path string) error {
	at := t.place(path)
	if _, err := os.Lstat(at); err == nil {
		return nil
	}
	return os.Symlink(path, at)
}

// surround makes what stands beside a folder and above it reachable: code reads ../policies/x.json.
func (t *tree) surround(dir string) error {
	for level := 0; level < mostLevels; level++ {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return nil
		}
		above := filepath.Dir(dir)
		if filepath.Dir(above) == above {
			return nil // the root of the file system
		}
		list, err := os.ReadDir(above)
		if err != nil || len(list) > mostBeside {
			return nil // what cannot be listed, Terraform cannot list either
		}
		for _, entry := range list {
			path := filepath.Join(above, entry.Name())
			if t.made[path] || slices.Contains(neverCopied, entry.Name()) {
				continue
			}
			if err := t.link(path); err != nil {
				return err
			}
		}
		dir = above
	}
	return nil
}

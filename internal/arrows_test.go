// Package internal holds the test that keeps the packages of the repository apart.
package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/watertight/watertight/"

// arrows reads the table of docs/architecture.md: what each package may import; nil is everything.
func arrows(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `((?:cmd|internal)/[^`]+)` \\| .+ \\| (.+) \\|$")
	word := regexp.MustCompile("`([^`]+)`")
	table := map[string][]string{}
	for _, m := range row.FindAllStringSubmatch(string(raw), -1) {
		if m[2] == "everything" {
			table[m[1]] = nil
			continue
		}
		table[m[1]] = []string{}
		for _, w := range word.FindAllStringSubmatch(m[2], -1) {
			table[m[1]] = append(table[m[1]], "internal/"+w[1])
		}
	}
	if len(table) < 10 {
		t.Fatalf("docs/architecture.md: found %d packages only", len(table))
	}
	return table
}

// source is a package's files, tests aside.
type source struct {
	imports []string // packages of this module, below its root
	comment bool
}

func packages(t *testing.T) map[string]*source {
	t.Helper()
	all := map[string]*source{}
	for _, root := range []string{"../cmd", "../internal"} {
		err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "testdata" {
				return fs.SkipDir
			}
			if d.IsDir() || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
				return nil
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
			if err != nil {
				return err
			}
			name := path.Dir(strings.TrimPrefix(filepath.ToSlash(file), "../"))
			p := all[name]
			if p == nil {
				p = &source{}
				all[name] = p
			}
			p.comment = p.comment || parsed.Doc != nil && len(parsed.Doc.Text()) > 20
			for _, i := range parsed.Imports {
				if word, _ := strconv.Unquote(i.Path.Value); strings.HasPrefix(word, module) {
					p.imports = append(p.imports, strings.TrimPrefix(word, module))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// No package imports what the table of docs/architecture.md does not allow, and every package is in it.
func TestArrows(t *testing.T) {
	table, all := arrows(t), packages(t)
	for name, p := range all {
		allowed, ok := table[name]
		if !ok {
			t.Errorf("%s is not in the table of docs/architecture.md", name)
			continue
		}
		for _, i := range p.imports {
			if allowed != nil && !slices.Contains(allowed, i) {
				t.Errorf("%s imports %s, which the table of docs/architecture.md does not allow: what does it need, and who should give it that?", name, i)
			}
		}
	}
	for name := range table {
		if all[name] == nil {
			t.Errorf("docs/architecture.md lists %s, which does not exist", name)
		}
	}
}

// Every package says what it is for.
func TestPackageComments(t *testing.T) {
	for name, p := range packages(t) {
		if !p.comment {
			t.Errorf("%s has no package comment", name)
		}
	}
}

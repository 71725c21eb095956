package compile_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/compile"
)

// A case is an archive: a segmentation, and parts of what it compiles to ("prod_groups.tf" is a part of that file, "no prod_services.tf" tells that there is none, and with
// "!prod_groups.tf" no line of it is in that file), or the error that it is. Names of folders stand for a root for each environment. Space at the edges of lines does not count.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) < 8 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			roots, wantError := compile.One, ""
			for _, f := range archive.Files[1:] {
				if strings.Contains(f.Name, "/") {
					roots = compile.PerEnvironment
				}
				if f.Name == "error" {
					wantError = string(f.Data)
				}
			}
			files, err := compile.Terraform(parse(t, string(archive.Files[0].Data)), compile.Options{Roots: roots})
			if err != nil || wantError != "" {
				if err == nil || trimmed(err.Error()) != trimmed(wantError) {
					t.Errorf("the error is\n%v\n\nand should be\n%s", err, wantError)
				}
				return
			}
			for _, f := range archive.Files[1:] {
				if gone, ok := strings.CutPrefix(f.Name, "no "); ok {
					if files[gone] != nil {
						t.Errorf("%s is there:\n%s", gone, files[gone])
					}
					continue
				}
				if file, ok := strings.CutPrefix(f.Name, "!"); ok {
					for line := range strings.Lines(string(f.Data)) {
						if line = strings.TrimSpace(line); line != "" && strings.Contains(string(files[file]), line) {
							t.Errorf("%s has %q:\n%s", file, line, files[file])
						}
					}
					continue
				}
				if !strings.Contains(trimmed(string(files[f.Name])), trimmed(string(f.Data))) {
					t.Errorf("%s lacks\n%s\nit is\n%s", f.Name, f.Data, files[f.Name])
				}
			}
		})
	}
}

// trimmed is a text without space at the edges of its lines.
func trimmed(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(text)) {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}

package compile_test

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/synth"
)

// Whatever is declared, what comes out is HCL in the form of terraform fmt, begins with the mark of the compiler, names resources once, and is the same bytes the next time.
func TestRandomSegmentations(t *testing.T) {
	refused := 0
	for seed := range uint64(80) {
		text := random.Segmentation(seed)
		s, err := intent.Parse(map[string][]byte{"watertight.hcl": []byte(text)})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		b := blueprint.New(s)
		for _, roots := range []compile.Roots{compile.One, compile.PerEnvironment} {
			files, err := compile.Terraform(b, compile.Options{Roots: roots})
			if _, ok := errors.AsType[*compile.Error](err); ok {
				refused++
				continue
			} else if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			again, err := compile.Terraform(blueprint.New(s), compile.Options{Roots: roots})
			if err != nil {
				t.Fatal(err)
			}
			resources := map[string]string{}
			for _, name := range slices.Sorted(maps.Keys(files)) {
				content := files[name]
				if string(again[name]) != string(content) {
					t.Errorf("seed %d: %s differs the second time", seed, name)
				}
				if !compile.Compiled(content) {
					t.Errorf("seed %d: %s does not say that it is compiled:\n%s", seed, name, content)
				}
				file, problems := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
				if problems.HasErrors() {
					t.Fatalf("seed %d: %v\n%s", seed, problems, content)
				}
				if string(hclwrite.Format(content)) != string(content) {
					t.Errorf("seed %d: %s is not formatted", seed, name)
				}
				if strings.Contains(string(content), "\n\n\n") || strings.Contains(string(content), "{\n\n") || strings.Contains(string(content), "\n\n}") {
					t.Errorf("seed %d: %s has blank lines where people have none:\n%s", seed, name, content)
				}
				folder, _ := filepath.Split(name)
				for _, block := range file.Body.(*hclsyntax.Body).Blocks {
					key := folder + block.Type + "." + strings.Join(block.Labels, ".")
					if other := resources[key]; other != "" && block.Type != "locals" && block.Type != "provider" {
						t.Errorf("seed %d: %s is in %s and in %s", seed, key, other, name)
					}
					resources[key] = name
				}
			}
		}
	}
	if refused > 80 {
		t.Errorf("%d of 160 are refused: too few are looked at", refused)
	}
}

func TestFormatted(t *testing.T) {
	for _, roots := range []compile.Roots{compile.One, compile.PerEnvironment} {
		formatted(t, write(t, terraform(t, acme(t), roots)))
		formatted(t, write(t, terraform(t, rich(t), roots)))
	}
}

// An organization of the size that users have compiles.
func TestSynthetic(t *testing.T) {
	files := terraform(t, synth.Segmentation(5, 100), compile.One)
	if len(files) < 30 {
		t.Errorf("%d files only", len(files))
	}
}

// rich is a segmentation with everything in it.
func rich(t *testing.T) string {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/everything.txtar")
	if err != nil {
		t.Fatal(err)
	}
	return string(archive.Files[0].Data)
}

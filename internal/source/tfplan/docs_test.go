package tfplan

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the resource types that are read into docs/terraform.md")

// TestDocs holds the list of resource types in docs/terraform.md to what is read.
func TestDocs(t *testing.T) {
	const page, heading = "../../../docs/terraform.md", "## What is read\n\n"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, _, ok := strings.Cut(string(text), heading)
	if !ok {
		t.Fatalf("%s has no %q", page, heading)
	}
	var b strings.Builder
	b.WriteString(before + heading)
	words := func(title string, names []string) {
		b.WriteString(title + "\n")
		line := ""
		for i, name := range names {
			word := "`" + name + "`"
			if i < len(names)-1 {
				word += ","
			}
			if len(line)+len(word) > 170 {
				b.WriteString(line + "\n")
				line = ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		b.WriteString(line + "\n")
	}
	var resources, data []string
	for _, name := range slices.Sorted(maps.Keys(kinds())) {
		if short, ok := strings.CutPrefix(name, "data."); ok {
			data = append(data, short)
		} else {
			resources = append(resources, name)
		}
	}
	words("Resources:\n", resources)
	words("\nData sources, as far as a plan or a state has what they found:\n", data)
	words("\nCounted and named where an answer hangs on them, and not modelled:\n", slices.Sorted(maps.Keys(unmodelledTypes)))
	if want := b.String(); want != string(text) {
		if *update {
			if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		t.Errorf("%s lists other resource types than are read: go test ./internal/source/tfplan -run Docs -update writes them", page)
	}
}

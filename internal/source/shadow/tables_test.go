package shadow

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// typesOf are the schemas of a type, in all providers and versions that are in the program.
func typesOf(t *testing.T, typ string) []*tfprotov5.SchemaBlock {
	t.Helper()
	var out []*tfprotov5.SchemaBlock
	add := func(s *tfprotov5.Schema) {
		if s != nil {
			out = append(out, s.Block)
		}
	}
	bare, data := strings.CutPrefix(typ, "data.")
	bare, ephemeral := strings.CutPrefix(bare, "ephemeral.")
	var providers []*schema.Provider
	for _, major := range []int{5, 6} {
		p, _, err := schema.AWS(major, []string{bare}, []string{bare}, []string{bare})
		if err != nil {
			t.Fatal(err)
		}
		providers = append(providers, p)
	}
	for _, name := range []string{"random", "tls", "time", "local", "null", "archive", "http", "template", "cloudinit", "external"} {
		p, ok := schema.Small("hashicorp/" + name)
		if !ok {
			t.Fatalf("no schema of %s", name)
		}
		providers = append(providers, p)
	}
	for _, p := range providers {
		switch {
		case data:
			add(p.DataSources[bare])
		case ephemeral:
			add(p.Ephemeral[bare])
		default:
			add(p.Resources[bare])
			add(p.DataSources[bare])
		}
	}
	return out
}

// has tells whether a block has something at a path; computed: only what a service may choose.
func has(b *tfprotov5.SchemaBlock, path string) bool {
	name, rest, deeper := strings.Cut(path, ".")
	for _, a := range b.Attributes {
		if a.Name == name {
			return true // of an object, its members are not looked for
		}
	}
	for _, n := range b.BlockTypes {
		if n.TypeName == name {
			return !deeper || has(n.Block, rest)
		}
	}
	return false
}

// The tables name nothing that no schema has: a name with a typing error would never be looked up.
func TestTables(t *testing.T) {
	check := func(table, typ, path string) {
		t.Helper()
		all := typesOf(t, typ)
		if len(all) == 0 {
			t.Errorf("%s: no provider has a type %s", table, typ)
			return
		}
		if !slices.ContainsFunc(all, func(b *tfprotov5.SchemaBlock) bool { return has(b, path) }) {
			t.Errorf("%s: %s has no %s", table, typ, path)
		}
	}
	for typ, paths := range templates() {
		for path := range paths {
			check("templates.txt", typ, path)
		}
	}
	for typ, paths := range defaults() {
		for path := range paths {
			check("defaults.txt", typ, path)
		}
	}
	for typ, names := range forceNew() {
		for _, name := range names {
			check("forcenew.txt", typ, name)
		}
	}
	for typ, paths := range shapes() {
		for path := range paths {
			check("shape.go", typ, path)
		}
	}
}

// Holes of templates are attributes of their type, or words that are known.
func TestTemplates(t *testing.T) {
	for typ, paths := range templates() {
		for path, template := range paths {
			for _, h := range hole.FindAllString(template, -1) {
				for name := range strings.SplitSeq(strings.Trim(h, "<>"), "|") {
					if words[name] != nil || random.MatchString(name) {
						continue
					}
					if !slices.ContainsFunc(typesOf(t, typ), func(b *tfprotov5.SchemaBlock) bool { return has(b, name) }) {
						t.Errorf("%s %s: %s is neither an attribute nor a known word", typ, path, h)
					}
				}
			}
		}
	}
}

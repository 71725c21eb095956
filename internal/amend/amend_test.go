package amend

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"
)

// triples are the cases of an archive: what to do, the file before and the file after.
func triples(t *testing.T, name string, each func(words []string, before string) ([]byte, error)) {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.Files) == 0 || len(archive.Files)%3 != 0 {
		t.Fatalf("%s has %d files, which are no triples", name, len(archive.Files))
	}
	for i := 0; i < len(archive.Files); i += 3 {
		title, before, after := archive.Files[i].Name, string(archive.Files[i+1].Data), string(archive.Files[i+2].Data)
		for _, ends := range []string{"\n", "\r\n"} {
			with := func(text string) string { return strings.ReplaceAll(text, "\n", ends) }
			got, err := each(strings.Fields(title), with(before))
			if err != nil {
				t.Errorf("%s, %d: %s: %v", name, i/3, title, err)
			} else if want := with(after); string(got) != want && before != "" { // an empty file has no line ends to follow
				t.Errorf("%s, %d: %s, with line ends %q:\n%s\nwant\n%s", name, i/3, title, ends, got, want)
			} else if ends == "\n" && string(got) != after {
				t.Errorf("%s, %d: %s:\n%s\nwant\n%s", name, i/3, title, got, after)
			}
		}
	}
}

func block(words []string) Block {
	b := Block{Type: words[0], Labels: words[1:3]}
	for _, word := range words[3:] {
		name, value, _ := strings.Cut(word, "=")
		if inside, ok := strings.CutPrefix(value, "["); ok {
			b.Attributes = append(b.Attributes, List(name, strings.Split(strings.TrimSuffix(inside, "]"), ",")))
		} else {
			b.Attributes = append(b.Attributes, Word(name, value))
		}
	}
	return b
}

func TestInsert(t *testing.T) {
	triples(t, "insert.txtar", func(words []string, before string) ([]byte, error) {
		return Insert([]byte(before), "a.hcl", block(words), words[0], "flow")
	})
}

func TestExtend(t *testing.T) {
	triples(t, "extend.txtar", func(words []string, before string) ([]byte, error) {
		file, diagnostics := hclsyntax.ParseConfig([]byte(before), "a.hcl", hcl.InitialPos)
		if diagnostics.HasErrors() {
			return nil, diagnostics
		}
		return Extend([]byte(before), "a.hcl", file.Body.(*hclsyntax.Body).Blocks[0].TypeRange.Start, words[0], words[1:]...)
	})
}

// A file need not end with a line end, and the last line keeps what it has.
func TestInsertAtTheEnd(t *testing.T) {
	for before, want := range map[string]string{
		`flow "a" "b" {}`: "flow \"a\" \"b\" {}\nflow \"c\" \"d\" {}\n",
		"# nothing":       "# nothing\n\nflow \"c\" \"d\" {}\n",
	} {
		got, err := Insert([]byte(before), "a.hcl", Block{Type: "flow", Labels: []string{"c", "d"}}, "flow")
		if err != nil || string(got) != want {
			t.Errorf("%q: %q, %v, want %q", before, got, err, want)
		}
	}
}

// TestErrors: what cannot be edited is refused with its place, and never half done.
func TestErrors(t *testing.T) {
	flow := Block{Type: "flow", Labels: []string{"a", "b"}}
	for _, test := range []struct {
		name, src, want string
		edit            func(src []byte, name string) ([]byte, error)
	}{
		{"a.hcl.json", "{}", "a.hcl.json is JSON", func(src []byte, name string) ([]byte, error) { return Insert(src, name, flow) }},
		{"a.hcl", "flow {", "a.hcl:1,", func(src []byte, name string) ([]byte, error) { return Insert(src, name, flow) }},
		{"a.hcl", "\nflow \"a\" \"b\" { ports = x }", "a.hcl:2: ports is not a list that is written out: add [\"tcp/443\"] to it by hand", func(src []byte, name string) ([]byte, error) {
			return Extend(src, name, hcl.Pos{Line: 2, Column: 1, Byte: 1}, "ports", "tcp/443")
		}},
		{"a.hcl", "# none", "a.hcl:7: no block begins here", func(src []byte, name string) ([]byte, error) {
			return Extend(src, name, hcl.Pos{Line: 7, Column: 1, Byte: 0}, "ports", "tcp/443")
		}},
		{"a.hcl.json", "{}", "is JSON", func(src []byte, name string) ([]byte, error) {
			return Extend(src, name, hcl.InitialPos, "ports", "tcp/443")
		}},
	} {
		got, err := test.edit([]byte(test.src), test.name)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %s, %v, want %s", test.src, got, err, test.want)
		}
	}
}

// Whatever the words are, the language reads the same ones; and what stands around the block stays as it is.
func TestWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.String(), 1, 3).Draw(t, "words")
		remark := rapid.StringMatching(`[a-z{}"\[\],$% ]*`)
		above, below := "# "+remark.Draw(t, "above")+"\n", " // "+remark.Draw(t, "beside")+"\n# "+remark.Draw(t, "below")+"\n"
		flow := rapid.SampledFrom([]string{
			`flow "a" "b" {}`, `flow   "a" "b" {   reason = "x" }`, "flow \"a\" \"b\" {\n  ports = [\n    \"y\" # \"]\n  ]\n}", `flow "a" "b" { ports = ["y", /* , */ ] }`,
		}).Draw(t, "flow")
		src, had := above+flow+below, strings.Count(flow, `"y"`)
		at := hcl.Pos{Line: 2, Column: 1, Byte: len(above)}
		extended, err := Extend([]byte(src), "a.hcl", at, "ports", words...)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(extended), above) || !strings.HasSuffix(string(extended), below) {
			t.Fatalf("what stands around it has changed:\n%s", extended)
		}
		inserted, err := Insert(extended, "a.hcl", Block{Type: "flow", Labels: []string{"c", "d"}, Attributes: []Attribute{List("ports", words), Word("reason", words[0])}}, "flow")
		if err != nil {
			t.Fatal(err)
		}
		body, err := parse(inserted, "a.hcl")
		if err != nil {
			t.Fatal(err)
		}
		for i, skip := range []int{had, 0} {
			value, diagnostics := body.Blocks[i].Body.Attributes["ports"].Expr.Value(nil)
			if diagnostics.HasErrors() {
				t.Fatal(diagnostics)
			}
			var got []string
			for _, each := range value.AsValueSlice()[skip:] {
				got = append(got, each.AsString())
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", normal(words)) {
				t.Fatalf("block %d has %q, want %q:\n%s", i, got, words, inserted)
			}
		}
	})
}

// normal are strings as the language keeps them: in Unicode's composed form.
func normal(words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = cty.StringVal(word).AsString()
	}
	return out
}

// TestDiff: one line of difference is one line in the middle of its neighbours, and texts that are the same have none.
func TestDiff(t *testing.T) {
	got := Diff("a.hcl", []byte("1\n2\n3\n4\n5\n"), "a.hcl", []byte("1\n2\n3\nnew\n4\n5\n"))
	if want := "--- a.hcl\n+++ a.hcl\n@@ -1,5 +1,6 @@\n 1\n 2\n 3\n+new\n 4\n 5\n"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := Diff("a.hcl", []byte("1\n"), "a.hcl", []byte("1\n")); got != "" {
		t.Errorf("the same, and a difference: %s", got)
	}
}

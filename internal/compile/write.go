package compile

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
)

//go:embed templates
var texts embed.FS

// templates are parsed once. The functions that note sources are those of the file that is written: see [root.write].
var templates = template.Must(template.New("").Funcs(functions(nil)).ParseFS(texts, "templates/*.tf"))

// functions are what templates may call.
func functions(note func(hcl.Range)) template.FuncMap {
	return template.FuncMap{
		// from notes that a file is compiled from what stands there.
		"from": func(places ...hcl.Range) string {
			for _, p := range places {
				note(p)
			}
			return ""
		},
		// line is a comment that names a place.
		"line": func(place hcl.Range) string {
			note(place)
			return "# " + intent.Line(place)
		},
		// because is a comment that names the places where edges are declared.
		"because": func(edges []*blueprint.Edge) string {
			for _, e := range edges {
				note(at(e))
			}
			return "# " + lines(edges)
		},
		"quote": quote,
		"key":   key,
		"list":  list,
		"label": label,
	}
}

// quote is a string as Terraform has it.
func quote(value any) string {
	return string(hclwrite.TokensForValue(cty.StringVal(fmt.Sprint(value))).Bytes())
}

// key is a key of a map: bare where that can be.
func key(name string) string {
	if hclsyntax.ValidIdentifier(name) {
		return name
	}
	return quote(name)
}

// list is a list of strings.
func list(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// write writes a file from a template. Below its first lines, which say what it was compiled from, is what the template makes; when that is nothing, there is no file.
func (r *root) write(name, from string, data any) {
	var sources []string
	note := func(place hcl.Range) {
		word := intent.Line(place)
		if source := word[:strings.LastIndexByte(word, ':')]; !slices.Contains(sources, source) {
			sources = append(sources, source)
		}
	}
	var b bytes.Buffer
	if err := template.Must(templates.Clone()).Funcs(functions(note)).ExecuteTemplate(&b, from, data); err != nil {
		panic(err) // templates are ours, and every test runs them
	}
	body := tidy(b.String())
	if body == "" {
		return
	}
	slices.Sort(sources)
	head := mark + strings.Join(sources, ", ") + ". Edits are overwritten: change that, and run watertight compile.\n\n"
	r.files[r.Folder+name] = hclwrite.Format([]byte(head + body))
}

// tidy sets blank lines as people do: one at a time, and none at the edges of a block.
func tidy(text string) string {
	var out []string
	blank := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			blank = true
			continue
		}
		closes := strings.HasPrefix(line, "}") || strings.HasPrefix(line, "]") || strings.HasPrefix(line, ")")
		if n := len(out); blank && n > 0 && !closes && !strings.HasSuffix(out[n-1], "{") && !strings.HasSuffix(out[n-1], "[") && !strings.HasSuffix(out[n-1], "(") {
			out = append(out, "")
		}
		out, blank = append(out, line), false
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, "\n") + "\n"
}

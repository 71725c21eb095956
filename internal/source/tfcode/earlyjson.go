package tfcode

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// jsonData edits a data block in JSON.
func (e *early) jsonData(m *module, b block) {
	f := b.file
	var waits []string
	if e.folders[m.dir].after {
		waits = append(waits, "var."+earlyAfter)
	}
	texts := map[int]string{} // by where the value begins
	var templates []jsonValue
	for _, v := range values(f.src) {
		if !v.within("data", b.typ, b.name) {
			continue
		}
		switch name := v.path[3]; {
		case name == "depends_on":
			if v.keyEnd > 0 {
				if list := f.jsonDependsOn(v); len(list) > 0 {
					waits = append(waits, e.wait(m, list))
				}
				f.early(v.name(), `"//"`)
			}
		case v.text != "" && name != "provider" && name != "//":
			texts[v.start] = rewriteTemplate(v.text, func(t hcl.Traversal) (string, hcl.Range) {
				if text, r := e.folderOf(t); text != "" {
					return text, r // an edit that this one takes the place of
				}
				return e.local(m, t)
			})
			templates = append(templates, v)
		}
	}
	for _, v := range templates {
		if len(waits) > 0 && len(v.path) == 4 && v.keyEnd > 0 && !slices.Contains(metaArguments, v.path[3]) && !f.replaced(v.bytes()) {
			if text, ok := waiting(texts[v.start], waits); ok {
				texts[v.start], waits = text, nil
			}
		}
		if texts[v.start] != v.text {
			f.early(v.bytes(), quoted(texts[v.start]))
		}
	}
}

// waiting is a template that refers to something else besides, without being another. ok is false where that cannot be told.
func waiting(template string, waits []string) (text string, ok bool) {
	expression := ""
	switch inner, wrapped := strings.CutPrefix(template, "${"); {
	case !strings.Contains(template, "${") && !strings.Contains(template, "%{"):
		expression = literal(template)
	case wrapped && strings.HasSuffix(inner, "}") && strings.Count(inner, "{") == 0 && strings.Count(inner, "}") == 1:
		expression = strings.TrimSuffix(inner, "}")
	default:
		return "", false
	}
	return "${[" + expression + ", " + strings.Join(waits, ", ") + "][0]}", true
}

// jsonDependsOn are those in JSON, where they are strings.
func (f *file) jsonDependsOn(on jsonValue) (list []string) {
	for _, v := range values(f.src) {
		if v.keyEnd == 0 && v.text != "" && on.start < v.start && v.end < on.end {
			list = append(list, v.text)
		}
	}
	return list
}

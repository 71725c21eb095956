package tfcode

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
)

// file is one file of code, and what is to be changed in its copy.
type file struct {
	path  string // absolute
	shown string // as the user names it
	src   []byte
	body  hcl.Body
	edits []edit
	// earlyEdits and tail, which is added at the end, let data sources be read early. They are made anew whenever providers are chosen anew.
	earlyEdits []edit
	tail       string
}

// native is the body of a file in Terraform's own syntax; nil where it is JSON.
func (f *file) native() *hclsyntax.Body {
	body, _ := f.body.(*hclsyntax.Body)
	return body
}

// edit replaces the bytes from start to end.
type edit struct {
	start, end int
	text       string
}

// replace puts another text in place of a range.
func (f *file) replace(r hcl.Range, text string) {
	e := edit{r.Start.Byte, r.End.Byte, text}
	if !slices.Contains(f.edits, e) {
		f.edits = append(f.edits, e)
	}
}

// early replaces a range, with as many line ends as it has, for the sake of data sources.
func (f *file) early(r hcl.Range, text string) {
	f.earlyEdits = append(f.earlyEdits, edit{r.Start.Byte, r.End.Byte, text + f.lines(r)})
}

// replaced tells whether another edit replaces all of a range.
func (f *file) replaced(r hcl.Range) bool {
	return slices.ContainsFunc(f.edits, func(e edit) bool { return e.start <= r.Start.Byte && r.End.Byte <= e.end })
}

// blank replaces a range by empty lines, so that every other line keeps its number.
func (f *file) blank(r hcl.Range) { f.replace(r, f.lines(r)) }

// lines are the line ends within a range.
func (f *file) lines(r hcl.Range) string {
	return strings.Repeat("\n", bytes.Count(f.src[r.Start.Byte:r.End.Byte], []byte("\n")))
}

// edited is the text of the copy. Where one edit is within another, the outer one counts; what is inserted comes before what is replaced at the same place.
func (f *file) edited() []byte {
	if !f.changed() {
		return f.src
	}
	edits := slices.Concat(f.earlyEdits, f.edits)
	replaces := func(e edit) int { return min(e.end-e.start, 1) }
	slices.SortStableFunc(edits, func(a, b edit) int {
		return cmp.Or(a.start-b.start, replaces(a)-replaces(b), b.end-a.end)
	})
	var out []byte
	at := 0
	for _, e := range edits {
		if e.start < at {
			continue
		}
		out = append(append(out, f.src[at:e.start]...), e.text...)
		at = e.end
	}
	out = append(out, f.src[at:]...)
	if f.tail != "" {
		out = append(append(out, '\n'), f.tail...)
	}
	return out
}

// changed tells whether the copy is another text than the user's.
func (f *file) changed() bool { return len(f.edits)+len(f.earlyEdits) > 0 || f.tail != "" }

// isCode tells whether Terraform reads a file of that name as configuration. Files of OpenTofu count for OpenTofu only.
func isCode(name string, tofu bool) bool {
	if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasPrefix(name, "#") {
		return false
	}
	return strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tf.json") || tofu && (strings.HasSuffix(name, ".tofu") || strings.HasSuffix(name, ".tofu.json"))
}

// isOverride tells whether a file's blocks replace arguments of blocks elsewhere.
func isOverride(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	return base == "override" || strings.HasSuffix(base, "_override")
}

// codeFiles are the names of the configuration files of a folder: ordinary ones in order, then overrides in order.
func codeFiles(dir string, tofu bool) ([]string, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names, overrides []string
	for _, entry := range list {
		name := entry.Name()
		if entry.IsDir() || !isCode(name, tofu) {
			continue
		}
		if tofu && isShadowedByTofu(dir, name) {
			continue
		}
		if isOverride(name) {
			overrides = append(overrides, name)
		} else {
			names = append(names, name)
		}
	}
	return append(names, overrides...), nil
}

// isShadowedByTofu tells whether OpenTofu reads another file of the same name instead: x.tofu for x.tf.
func isShadowedByTofu(dir, name string) bool {
	var other string
	switch {
	case strings.HasSuffix(name, ".tf"):
		other = strings.TrimSuffix(name, ".tf") + ".tofu"
	case strings.HasSuffix(name, ".tf.json"):
		other = strings.TrimSuffix(name, ".tf.json") + ".tofu.json"
	default:
		return false
	}
	_, err := os.Stat(filepath.Join(dir, other))
	return err == nil
}

// parse reads a file of code.
func parse(path, shown string) (*file, hcl.Diagnostics, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%s cannot be read: %w", shown, err)
	}
	var parsed *hcl.File
	var diagnostics hcl.Diagnostics
	if strings.HasSuffix(path, ".json") {
		parsed, diagnostics = hcljson.Parse(src, shown)
	} else {
		parsed, diagnostics = hclsyntax.ParseConfig(src, shown, hcl.InitialPos)
	}
	f := &file{path: path, shown: shown, src: src}
	if parsed != nil {
		f.body = parsed.Body
	}
	return f, diagnostics, nil
}

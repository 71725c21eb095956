package tfcode

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// condition is a block that stops Terraform where something does not hold.
type condition struct {
	file   *file
	extent hcl.Range
	word   string // "precondition"
	of     string // "aws_vpc.this"
}

// conditions are those of a file.
func (f *file) conditions() (list []condition) {
	native := f.native()
	if native == nil {
		return nil
	}
	for _, b := range native.Blocks {
		of := strings.Join(append([]string{b.Type}, b.Labels...), ".")
		of = strings.TrimPrefix(of, "resource.")
		bodies := []*hclsyntax.Body{b.Body}
		for _, inner := range b.Body.Blocks {
			if inner.Type == "lifecycle" {
				bodies = append(bodies, inner.Body)
			}
		}
		for _, body := range bodies {
			for _, inner := range body.Blocks {
				switch inner.Type {
				case "precondition", "postcondition", "validation":
					list = append(list, condition{f, hcl.RangeBetween(inner.TypeRange, inner.CloseBraceRange), inner.Type, of})
				}
			}
		}
	}
	return list
}

var validationRule = regexp.MustCompile(`This was checked by the validation rule at ([^\n]+?):(\d+),\d+-`)

// fails finds the condition that an error is about. Those of the root's variables are about what the user gives, and stay.
func (c *configuration) fails(d diagnostic, t *tree) *condition {
	name, line := "", 0
	if m := validationRule.FindStringSubmatch(d.Detail); m != nil {
		name = m[1]
		line, _ = strconv.Atoi(m[2])
	} else if d.Range != nil {
		name, line = d.Range.Filename, d.Range.Start.Line
	}
	f := c.fileOf(name, t)
	if f == nil {
		return nil
	}
	for _, each := range f.conditions() {
		if each.extent.Start.Line <= line && line <= each.extent.End.Line {
			if each.word == "validation" && filepath.Dir(f.path) == c.root {
				return nil
			}
			return &each
		}
	}
	if f.native() == nil && strings.Contains(d.Summary, "condition") {
		return &condition{file: f, word: "condition"}
	}
	return nil
}

// fileOf is the file of the code that Terraform names.
func (c *configuration) fileOf(name string, t *tree) *file {
	if name == "" {
		return nil
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(t.dir, name)
	}
	return c.files[strings.TrimPrefix(filepath.Clean(name), t.base)]
}

// neutralize takes a condition out of the copy, and says so.
func (c *configuration) neutralize(failing *condition, d diagnostic) (warning string) {
	detail, _, _ := strings.Cut(d.Detail, "This was checked by the validation rule")
	reason := strings.Join(strings.Fields(detail), " ")
	if failing.file.native() == nil {
		failing.file.comment(func(path []string) bool {
			word := path[len(path)-1]
			return len(path) > 1 && (word == "precondition" || word == "postcondition") && slices.Contains(path, "lifecycle")
		})
		return fmt.Sprintf("%s: a precondition or postcondition does not hold here, and was passed over: %s", failing.file.shown, reason)
	}
	failing.file.blank(failing.extent)
	return fmt.Sprintf("%s:%d: the %s of %s does not hold here, where placeholders stand for what AWS will choose, and was passed over: %s",
		failing.file.shown, failing.extent.Start.Line, failing.word, failing.of, reason)
}

// neutralizeAll takes all conditions out of the copy, those of the root's variables excepted.
func (c *configuration) neutralizeAll() {
	for _, path := range sortedKeys(c.files) {
		for _, each := range c.files[path].conditions() {
			if each.word != "validation" || filepath.Dir(path) != c.root {
				each.file.blank(each.extent)
			}
		}
	}
}

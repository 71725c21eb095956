package tfcode

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// condition is a block that stops Terraform where something does not hold.
type condition struct {
	file       *file
	extent     hcl.Range // in JSON, of its arguments
	declared   int       // the line that Terraform takes for its beginning
	word       string    // "precondition"
	of         string    // "aws_vpc.this"
	expression hcl.Expression
	body       hcl.Body // of the block that it is about
}

var (
	conditionSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "condition"}}}
	lifecycleSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "lifecycle"}}}
	ruleSchema      = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "precondition"}, {Type: "postcondition"}, {Type: "validation"}}}
)

// conditions are those of a file. The asserts of check blocks stop nothing.
func (f *file) conditions() (list []condition) {
	content, _, _ := f.body.PartialContent(rootSchema)
	for _, b := range content.Blocks {
		of := strings.Join(append([]string{b.Type}, b.Labels...), ".")
		around := []hcl.Body{b.Body}
		switch b.Type {
		case "variable", "output":
		case "resource", "data", "ephemeral":
			of = strings.TrimPrefix(of, "resource.")
			around = nil
			inner, _, _ := b.Body.PartialContent(lifecycleSchema)
			for _, lifecycle := range inner.Blocks {
				around = append(around, lifecycle.Body)
			}
		default:
			continue
		}
		for _, body := range around {
			inner, _, _ := body.PartialContent(ruleSchema)
			for _, rule := range inner.Blocks {
				attributes, _, _ := rule.Body.PartialContent(conditionSchema)
				holds, ok := attributes.Attributes["condition"]
				if !ok {
					continue // Terraform reports it
				}
				c := condition{file: f, extent: extent(rule), declared: rule.DefRange.Start.Line, word: rule.Type, of: of, expression: holds.Expr, body: b.Body}
				if f.native() == nil {
					c.extent = holds.Range
				}
				list = append(list, c)
			}
		}
	}
	return list
}

// hangs tells whether a condition is about what AWS chooses. What is only about what the code and the user say has to hold.
func (j *job) hangs(c condition) bool {
	return slices.ContainsFunc(j.modules, func(m *module) bool {
		s := scope{module: m, body: c.body}
		for i, b := range m.blocks {
			if b.file == c.file && b.address() == c.of {
				s.block = &m.blocks[i]
			}
		}
		return slices.Contains(m.files, c.file) && j.newTracer(j.served).computed(c.expression, s)
	})
}

var validationRule = regexp.MustCompile(`This was checked by the validation rule at ([^\n]+?):(\d+),\d+-`)

// fails finds the conditions that an error is about, of those that hang on what AWS chooses.
func (j *job) fails(d diagnostic) []condition {
	name := ""
	about := func(condition) bool { return false }
	if m := validationRule.FindStringSubmatch(d.Detail); m != nil {
		name = m[1]
		line, _ := strconv.Atoi(m[2]) // digits
		about = func(c condition) bool { return c.declared == line }
	} else if d.Range != nil {
		name = d.Range.Filename
		about = func(c condition) bool {
			return c.extent.Start.Line <= d.Range.Start.Line && d.Range.Start.Line <= c.extent.End.Line
		}
	}
	f := j.fileOf(name, j.tree)
	if f == nil {
		return nil
	}
	return slices.DeleteFunc(f.conditions(), func(c condition) bool { return !about(c) || !j.hangs(c) })
}

// neutralize takes a condition out of the copy.
func (c condition) neutralize() {
	if c.file.native() != nil {
		c.file.blank(c.extent)
		return
	}
	// Terraform wants a condition to refer to something, and a validation to its variable.
	about := "path.module"
	if name, ok := strings.CutPrefix(c.of, "variable."); ok {
		about = "var." + name
	}
	c.file.replace(c.expression.Range(), quoted("${[true, "+about+"][0]}"))
}

// warning says that a condition was passed over, and why it failed.
func (c condition) warning(d diagnostic) string {
	detail, _, _ := strings.Cut(d.Detail, "This was checked by the validation rule")
	return fmt.Sprintf("%s:%d: the %s of %s does not hold here, where placeholders stand for what AWS will choose, and was passed over: %s",
		c.file.shown, c.extent.Start.Line, c.word, c.of, strings.Join(strings.Fields(detail), " "))
}

// neutralizeAll takes all conditions that hang on what AWS chooses out of the copy: those that failed so far may not be the last.
func (j *job) neutralizeAll() {
	var places []string
	for _, path := range sortedKeys(j.files) {
		f := j.files[path]
		for _, each := range f.conditions() {
			if !f.replaced(each.expression.Range()) && j.hangs(each) {
				each.neutralize()
				places = append(places, fmt.Sprintf("%s:%d", f.shown, each.extent.Start.Line))
			}
		}
	}
	if len(places) > 0 {
		j.passed = append(j.passed, "conditions that hang on what AWS will choose were passed over, whether they hold here or not: "+strings.Join(places, ", "))
	}
}

package tfcode

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

const terraformData = "terraform_data"

// knowOutputs reads, in the copy, the input of terraform_data resources in place of their output. When all is applied the two are the same, but Terraform, whose
// own provider it is, does not know the output before.
func (c *configuration) knowOutputs() {
	for _, path := range sortedKeys(c.files) {
		f := c.files[path]
		if !bytes.Contains(f.src, []byte(terraformData)) {
			continue
		}
		native := f.native()
		if native == nil {
			for _, v := range values(f.src) {
				if text := rewriteTemplate(v.text, inputOf); text != v.text && !f.replaced(v.bytes()) {
					f.replace(v.bytes(), quoted(text))
				}
			}
			continue
		}
		_ = hclsyntax.VisitAll(native, func(node hclsyntax.Node) hcl.Diagnostics {
			var text string
			var r hcl.Range
			switch e := node.(type) {
			case *hclsyntax.ScopeTraversalExpr:
				text, r = inputOf(e.Traversal)
			case *hclsyntax.RelativeTraversalExpr: // [each.key].output
				if path := steps(e.Source); len(path) == 3 && path[0].name == terraformData {
					text, r = inputFor(e.Traversal[0])
				}
			case *hclsyntax.SplatExpr: // [*].output
				if inner, ok := e.Each.(*hclsyntax.RelativeTraversalExpr); ok {
					if path := steps(e.Source); len(path) == 2 && path[0].name == terraformData {
						text, r = inputFor(inner.Traversal[0])
					}
				}
			}
			if text != "" {
				f.replace(r, text)
			}
			return nil
		})
	}
}

// inputOf is what takes the place of the output in terraform_data.x.output and terraform_data.x[0].output, and the range that it replaces. Empty for other references.
func inputOf(t hcl.Traversal) (text string, r hcl.Range) {
	if t.RootName() != terraformData {
		return "", r
	}
	rest := t[min(2, len(t)):]
	if len(rest) > 0 {
		if _, ok := rest[0].(hcl.TraverseIndex); ok {
			rest = rest[1:]
		}
	}
	if len(rest) == 0 {
		return "", r
	}
	return inputFor(rest[0])
}

func inputFor(step hcl.Traverser) (text string, r hcl.Range) {
	if attribute, ok := step.(hcl.TraverseAttr); ok && attribute.Name == "output" {
		return ".input", attribute.SrcRange
	}
	return "", r
}

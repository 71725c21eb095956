package tfcode

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// keepFolder writes the user's folder in place of path.cwd, which in the copy is another. What else shows the copy's path is mended in the document.
func (c *configuration) keepFolder() {
	literal := string(hclwrite.TokensForValue(cty.StringVal(c.logical)).Bytes())
	for _, path := range sortedKeys(c.files) {
		f := c.files[path]
		if !bytes.Contains(f.src, []byte("path.cwd")) {
			continue
		}
		native := f.native()
		if native == nil {
			quoted := strconv.Quote(literal)
			for at := 0; ; {
				i := bytes.Index(f.src[at:], []byte("path.cwd"))
				if i < 0 {
					break
				}
				at += i
				if bytes.Contains(f.src[max(0, bytes.LastIndexByte(f.src[:at], '\n')):at], []byte("${")) {
					f.edits = append(f.edits, edit{at, at + len("path.cwd"), quoted[1 : len(quoted)-1]})
				}
				at += len("path.cwd")
			}
			continue
		}
		_ = hclsyntax.VisitAll(native, func(node hclsyntax.Node) hcl.Diagnostics {
			e, ok := node.(*hclsyntax.ScopeTraversalExpr)
			if !ok || len(e.Traversal) < 2 || e.Traversal.RootName() != "path" {
				return nil
			}
			if attribute, ok := e.Traversal[1].(hcl.TraverseAttr); ok && attribute.Name == "cwd" {
				f.replace(hcl.RangeBetween(e.Traversal[0].SourceRange(), attribute.SrcRange), literal)
			}
			return nil
		})
		f.edits = slices.Clip(f.edits)
	}
}

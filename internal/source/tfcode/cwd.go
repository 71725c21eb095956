package tfcode

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// keepFolder writes the user's folder in place of path.cwd, which in the copy is another. What else shows the copy's path is mended in the document.
func (c *configuration) keepFolder() {
	for _, path := range sortedKeys(c.files) {
		f := c.files[path]
		if !bytes.Contains(f.src, []byte("path.cwd")) {
			continue
		}
		native := f.native()
		if native == nil {
			for _, v := range values(f.src) {
				if text := rewriteTemplate(v.text, c.folderOf); text != v.text {
					f.replace(v.bytes(), quoted(text))
				}
			}
			continue
		}
		_ = hclsyntax.VisitAll(native, func(node hclsyntax.Node) hcl.Diagnostics {
			if e, ok := node.(*hclsyntax.ScopeTraversalExpr); ok {
				if text, r := c.folderOf(e.Traversal); text != "" {
					f.replace(r, text)
				}
			}
			return nil
		})
	}
}

// folderOf is the user's folder for path.cwd, and the range that it replaces. Empty for other references.
func (c *configuration) folderOf(t hcl.Traversal) (text string, r hcl.Range) {
	if len(t) < 2 || t.RootName() != "path" {
		return "", r
	}
	attribute, ok := t[1].(hcl.TraverseAttr)
	if !ok || attribute.Name != "cwd" {
		return "", r
	}
	return literal(c.logical), hcl.RangeBetween(t[0].SourceRange(), attribute.SrcRange)
}

package tfcode

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// step is one step of a reference: a name, or an index.
type step struct {
	name  string // of an attribute, or a key that is a constant string
	index bool   // by number, by a key that is computed, or a splat
}

// steps follows a reference such as aws_subnet.a[each.key].id to its root: the names and indexes in their order; nil for expressions that are none.
func steps(e hcl.Expression) []step {
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return traversalSteps(e.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		if source := steps(e.Source); source != nil {
			return append(source, traversalSteps(e.Traversal)...)
		}
	case *hclsyntax.IndexExpr:
		if source := steps(e.Collection); source != nil {
			return append(source, keyStep(e.Key))
		}
	case *hclsyntax.SplatExpr:
		if source := steps(e.Source); source != nil {
			return append(append(source, step{index: true}), splatSteps(e.Each)...)
		}
	case *hclsyntax.ParenthesesExpr:
		return steps(e.Expression)
	}
	return nil
}

// splatSteps are the steps that come after a splat.
func splatSteps(e hcl.Expression) []step {
	switch e := e.(type) {
	case *hclsyntax.RelativeTraversalExpr:
		return append(splatSteps(e.Source), traversalSteps(e.Traversal)...)
	case *hclsyntax.IndexExpr:
		return append(splatSteps(e.Collection), keyStep(e.Key))
	}
	return nil // the element itself
}

// keyStep is the step into an element of a collection.
func keyStep(key hcl.Expression) step {
	if text, ok := constant(key); ok {
		return step{name: text}
	}
	return step{index: true}
}

// constant is the text of an expression that is a string and refers to nothing.
func constant(e hcl.Expression) (text string, ok bool) {
	v, diagnostics := e.Value(nil)
	if diagnostics.HasErrors() || v.Type() != cty.String || v.IsNull() || !v.IsKnown() || v.IsMarked() {
		return "", false
	}
	return v.AsString(), true
}

// literal is a text as an expression.
func literal(text string) string { return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes()) }

func traversalSteps(t hcl.Traversal) []step {
	out := make([]step, 0, len(t))
	for _, each := range t {
		switch each := each.(type) {
		case hcl.TraverseRoot:
			out = append(out, step{name: each.Name})
		case hcl.TraverseAttr:
			out = append(out, step{name: each.Name})
		case hcl.TraverseIndex:
			if each.Key.Type() == cty.String {
				out = append(out, step{name: each.Key.AsString()})
			} else {
				out = append(out, step{index: true})
			}
		default:
			out = append(out, step{index: true})
		}
	}
	return out
}

// references calls visit for every reference in a body, from the outermost expression on: a reference within another's index is visited too.
func references(body hcl.Body, visit func(path []step, r hcl.Range)) {
	if native, ok := body.(*hclsyntax.Body); ok {
		_ = hclsyntax.Walk(native, &referenceWalker{visit: visit}) // the walker reports nothing
		return
	}
	attributes, _ := body.JustAttributes() // JSON: what is odd, Terraform reports
	for _, attribute := range attributes {
		expressionReferences(attribute.Expr, visit)
	}
}

// expressionReferences does so for an expression.
func expressionReferences(e hcl.Expression, visit func(path []step, r hcl.Range)) {
	if native, ok := e.(hclsyntax.Expression); ok {
		_ = hclsyntax.Walk(native, &referenceWalker{visit: visit}) // the walker reports nothing
		return
	}
	for _, traversal := range e.Variables() {
		visit(traversalSteps(traversal), traversal.SourceRange())
	}
}

// referenceWalker visits expressions; those that are part of a longer reference are passed over.
type referenceWalker struct {
	visit func([]step, hcl.Range)
	part  map[hclsyntax.Node]bool
}

func (w *referenceWalker) Enter(node hclsyntax.Node) hcl.Diagnostics {
	e, ok := node.(hclsyntax.Expression)
	if !ok || w.part[node] {
		return nil
	}
	path := steps(e)
	if path == nil {
		return nil
	}
	w.visit(path, e.Range())
	w.cover(e)
	return nil
}

func (w *referenceWalker) Exit(hclsyntax.Node) hcl.Diagnostics { return nil }

// cover notes the expressions that a reference consists of.
func (w *referenceWalker) cover(e hclsyntax.Expression) {
	for e != nil {
		if w.part == nil {
			w.part = map[hclsyntax.Node]bool{}
		}
		w.part[e] = true
		switch each := e.(type) {
		case *hclsyntax.RelativeTraversalExpr:
			e = each.Source
		case *hclsyntax.IndexExpr:
			e = each.Collection
		case *hclsyntax.SplatExpr:
			e = each.Source
		case *hclsyntax.ParenthesesExpr:
			e = each.Expression
		default:
			return
		}
	}
}

// dataReads notes the keys that references read of attributes of data sources.
func dataReads(all map[string][]string) func([]step, hcl.Range) {
	return func(path []step, _ hcl.Range) {
		if len(path) < 5 || path[0].name != "data" {
			return
		}
		var words []string
		for _, s := range path[3:] {
			if !s.index {
				words = append(words, s.name)
			}
		}
		if len(words) < 2 {
			return
		}
		attribute := path[1].name + "." + words[0]
		if !slices.Contains(all[attribute], words[1]) {
			all[attribute] = append(all[attribute], words[1])
		}
	}
}

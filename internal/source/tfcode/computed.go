package tfcode

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
)

// tracer follows references to where their values come from, to tell what the code and its variables say from what AWS would choose.
type tracer struct {
	*configuration
	served *served
	asked  map[string]bool // what is followed already: it is not followed again
}

// scope is where an expression stands.
type scope struct {
	module *module
	block  *block   // the resource or data block around it; nil elsewhere
	body   hcl.Body // of the block around it, which may have count and for_each; nil elsewhere
}

func (c *configuration) newTracer(s *served) *tracer {
	return &tracer{configuration: c, served: s, asked: map[string]bool{}}
}

// computed tells whether an expression may hang on what AWS chooses.
func (t *tracer) computed(e hcl.Expression, s scope) bool {
	found := false
	expressionReferences(e, func(path []step, _ hcl.Range) { found = found || t.reference(path, s) })
	return found
}

// reference tells it of a reference.
func (t *tracer) reference(path []step, s scope) bool {
	if len(path) == 0 {
		return false
	}
	word := func(i int) string {
		if i < len(path) {
			return path[i].name
		}
		return ""
	}
	switch root := path[0].name; root {
	case "path", "terraform":
		return false
	case "data", "ephemeral":
		return true
	case "var", "local":
		return t.once(s.module.absolute(root+"."+word(1)), func() bool {
			if root == "var" {
				return t.variable(word(1), s.module)
			}
			return t.local(word(1), s.module)
		})
	case "module":
		return t.output(path[1:], s.module)
	case "each", "count":
		if root == "each" {
			root = "for_each"
		}
		return t.argument(root, s)
	case "self":
		return s.block == nil || t.attribute(path[1:], *s.block, s.module)
	default:
		for _, b := range s.module.blocks {
			if b.kind != "resource" || b.address() != root+"."+word(1) {
				continue
			}
			path = path[2:]
			if keyExpression(b.body) != "" && len(path) > 0 {
				path = path[1:] // the key of an instance
			}
			return t.attribute(path, b, s.module)
		}
	}
	return false // a name that a for or dynamic gives, whose values are followed by themselves
}

// once answers a question that may lead to itself.
func (t *tracer) once(about string, ask func() bool) bool {
	if t.asked[about] {
		return false
	}
	t.asked[about] = true
	return ask()
}

// argument tells it of an argument of the block around.
func (t *tracer) argument(name string, s scope) bool {
	if s.body == nil {
		return false
	}
	attributes, _ := s.body.JustAttributes() // of Terraform's own syntax it complains of blocks, and lists attributes all the same
	a, ok := attributes[name]
	return ok && t.computed(a.Expr, s)
}

// variable tells it of a variable: what callers give to it. The values of the root's variables are the user's.
func (t *tracer) variable(name string, m *module) bool {
	caller := t.module(parentKey(m.key))
	if m.key == "" || caller == nil {
		return false
	}
	for _, f := range caller.files {
		content, _, _ := f.body.PartialContent(rootSchema)
		for _, b := range content.Blocks {
			if b.Type == "module" && b.Labels[0] == lastName(m.key) && t.argument(name, scope{module: caller, body: b.Body}) {
				return true
			}
		}
	}
	return false
}

// local tells it of a local.
func (t *tracer) local(name string, m *module) bool {
	for _, f := range m.files {
		content, _, _ := f.body.PartialContent(localsSchema)
		for _, b := range content.Blocks {
			if t.argument(name, scope{module: m, body: b.Body}) {
				return true
			}
		}
	}
	return false
}

// output tells it of an output, by the path from the name of the module call on.
func (t *tracer) output(path []step, m *module) bool {
	if len(path) == 0 {
		return true
	}
	inner := t.module(joinKey(m.key, path[0].name))
	if inner == nil {
		return true
	}
	const most = 2 // the name of the output, or the key of an instance and then the name
	for _, s := range path[1:min(len(path), 1+most)] {
		var values []hcl.Body
		for _, f := range inner.files {
			content, _, _ := f.body.PartialContent(rootSchema)
			for _, b := range content.Blocks {
				if b.Type == "output" && !s.index && b.Labels[0] == s.name {
					values = append(values, b.Body)
				}
			}
		}
		if len(values) > 0 {
			return t.once(inner.absolute("output."+s.name), func() bool {
				return slices.ContainsFunc(values, func(b hcl.Body) bool { return t.argument("value", scope{module: inner, body: b}) })
			})
		}
	}
	return true
}

// attribute tells it of an attribute of a resource, by the path from the resource on. What the code sets is followed.
func (t *tracer) attribute(path []step, b block, m *module) bool {
	path = slices.DeleteFunc(slices.Clone(path), func(s step) bool { return s.index })
	p := t.served.schemas[b.provider]
	if len(path) == 0 || p == nil || p.Resources[b.typ] == nil {
		return true // all of it; or what a provider of the user's own says
	}
	name, here := path[0].name, scope{module: m, block: &b, body: b.body}
	attributes, _ := b.body.JustAttributes()
	if a, ok := attributes[name]; ok {
		return t.once(m.absolute(b.address()+"."+name), func() bool { return mayBeNull(a.Expr) || t.computed(a.Expr, here) })
	}
	found := false
	if native, ok := b.body.(*hclsyntax.Body); ok {
		for _, inner := range native.Blocks {
			if inner.Type == name || inner.Type == "dynamic" && inner.Labels[0] == name {
				references(inner.Body, func(path []step, _ hcl.Range) { found = found || t.reference(path, here) })
			}
		}
	}
	return found || chosen(p.Resources[b.typ].Block, name)
}

// mayBeNull tells whether an expression looks as if it could leave the choice to AWS.
func mayBeNull(e hcl.Expression) bool {
	_, conditional := e.(*hclsyntax.ConditionalExpr)
	return conditional
}

// chosen tells whether AWS may choose (part of) an attribute or block that the code does not set.
func chosen(b *tfprotov5.SchemaBlock, name string) bool {
	for _, a := range b.Attributes {
		if a.Name == name {
			return a.Computed
		}
	}
	for _, n := range b.BlockTypes {
		if n.TypeName == name {
			return slices.ContainsFunc(n.Block.Attributes, func(a *tfprotov5.SchemaAttribute) bool { return a.Computed }) ||
				slices.ContainsFunc(n.Block.BlockTypes, func(inner *tfprotov5.SchemaNestedBlock) bool { return chosen(n.Block, inner.TypeName) })
		}
	}
	return true // the schema does not know it
}

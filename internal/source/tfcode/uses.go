package tfcode

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// uses are what the code sets and reads of a provider's types.
func (c *chooser) uses(source string) (out []schema.Use) {
	for _, m := range c.modules {
		reads := map[string][]string{}
		for _, f := range m.files {
			references(f.body, func(path []step, _ hcl.Range) {
				key, rest := "", []step(nil)
				switch {
				case len(path) > 3 && (path[0].name == "data" || path[0].name == "ephemeral"):
					key, rest = path[0].name+"."+path[1].name+"."+path[2].name, path[3:]
				case len(path) > 2:
					key, rest = path[0].name+"."+path[1].name, path[2:]
				}
				if read := names(rest); key != "" && read != "" && !slices.Contains(reads[key], read) {
					reads[key] = append(reads[key], read)
				}
			})
		}
		for _, b := range m.blocks {
			if b.provider != source {
				continue
			}
			use := schema.Use{Kind: b.kind, Type: b.typ, Body: bodyOf(b.body, metaArguments, reads[b.address()]), Reads: reads[b.address()]}
			if b.kind == "provider" {
				use.Type, use.Body, use.Reads = "", bodyOf(b.body, providerMetaArguments, nil), nil
			}
			slices.Sort(use.Reads)
			out = append(out, use)
		}
	}
	if c.state != nil {
		for _, use := range c.state.uses {
			if use.source == source {
				kind := schema.KindResource
				if use.mode != "managed" {
					kind = schema.KindData
				}
				out = append(out, schema.Use{Kind: kind, Type: use.typ, Body: schema.Body{Arguments: use.attributes}})
			}
		}
	}
	return out
}

// names is what a reference reads of a block: "metadata[].name". The index of the instance is left out.
func names(path []step) string {
	if len(path) > 0 && path[0].index {
		path = path[1:]
	}
	var b strings.Builder
	for i, s := range path {
		switch {
		case s.index && i > 0 && path[i-1].index: // a list of lists is told as a list
		case s.index:
			b.WriteString("[]")
		case i > 0:
			b.WriteString("." + s.name)
		default:
			b.WriteString(s.name)
		}
	}
	return strings.TrimPrefix(b.String(), "[]")
}

// Terraform's own arguments and blocks, which no provider's schema has.
var (
	metaArguments         = []string{"count", "for_each", "provider", "depends_on"} // of resources and data sources
	providerMetaArguments = []string{"alias", "version"}
	metaBlocks            = []string{"lifecycle", "connection", "provisioner"}
)

// bodyOf lists what a block sets. The arguments in meta are Terraform's own. Reads is what is read of the block elsewhere.
func bodyOf(b hcl.Body, meta, reads []string) schema.Body {
	if native, ok := b.(*hclsyntax.Body); ok {
		return nativeBody(native, meta)
	}
	attributes, _ := b.JustAttributes()
	values := map[string]hcl.Expression{}
	for name, a := range attributes {
		if !slices.Contains(meta, name) && !slices.Contains(metaBlocks, name) {
			values[name] = a.Expr
		}
	}
	return jsonBody(values, reads)
}

// nativeBody does so in Terraform's own syntax. Within blocks (meta nil) nothing is Terraform's own.
func nativeBody(b *hclsyntax.Body, meta []string) schema.Body {
	var out schema.Body
	for _, name := range sortedKeys(b.Attributes) {
		if !slices.Contains(meta, name) {
			out.Arguments = append(out.Arguments, name)
			if shown := shownBy(b.Attributes[name].Expr); shown != "" {
				if out.Shapes == nil {
					out.Shapes = map[string]string{}
				}
				out.Shapes[name] = shown
			}
		}
	}
	for _, inner := range b.Blocks {
		name, body := inner.Type, inner.Body
		if meta != nil && slices.Contains(metaBlocks, name) {
			continue
		}
		if name == "dynamic" && len(inner.Labels) == 1 {
			name = inner.Labels[0]
			for _, content := range inner.Body.Blocks {
				if content.Type == "content" {
					body = content.Body
				}
			}
		}
		out = withBlock(out, name, nativeBody(body, nil))
	}
	return out
}

// shownBy is what an expression shows that it is; empty for most.
func shownBy(e hclsyntax.Expression) string {
	switch e.(type) {
	case *hclsyntax.TupleConsExpr:
		return schema.ShapeList
	case *hclsyntax.ObjectConsExpr:
		return schema.ShapeMap
	}
	return ""
}

// withBlock adds a block to a body.
func withBlock(b schema.Body, name string, inner schema.Body) schema.Body {
	if b.Blocks == nil {
		b.Blocks = map[string][]schema.Body{}
	}
	b.Blocks[name] = append(b.Blocks[name], inner)
	return b
}

// jsonBody does so for the members of an object in JSON, which may be arguments or blocks. A list of objects is taken for blocks, and so is an object of which
// something is read with an index: in Terraform, blocks are lists.
func jsonBody(values map[string]hcl.Expression, reads []string) (out schema.Body) {
	for _, name := range sortedKeys(values) {
		object, list := jsonObject(values[name]), jsonObjects(values[name])
		switch {
		case name == "//":
		case name == "dynamic" && object != nil:
			for _, block := range sortedKeys(object) {
				for _, each := range append(jsonObjects(object[block]), jsonObject(object[block])) {
					if content := each["content"]; content != nil {
						out = withBlock(out, block, jsonBody(jsonObject(content), within(reads, block)))
					}
				}
			}
		case list != nil:
			for _, each := range list {
				out = withBlock(out, name, jsonBody(each, within(reads, name)))
			}
		case object != nil && slices.ContainsFunc(reads, func(path string) bool { return strings.HasPrefix(path, name+"[]") }):
			out = withBlock(out, name, jsonBody(object, within(reads, name)))
		default:
			out.Arguments = append(out.Arguments, name)
		}
	}
	return out
}

// within are what is read of a member, below it.
func within(reads []string, name string) (list []string) {
	for _, path := range reads {
		if rest, ok := strings.CutPrefix(path, name); ok {
			if rest, ok = strings.CutPrefix(strings.TrimPrefix(rest, "[]"), "."); ok {
				list = append(list, rest)
			}
		}
	}
	return list
}

// jsonObject are the members of an object in JSON; nil of what is none.
func jsonObject(e hcl.Expression) map[string]hcl.Expression {
	if e == nil {
		return nil
	}
	pairs, diagnostics := hcl.ExprMap(e)
	if diagnostics.HasErrors() {
		return nil
	}
	all := map[string]hcl.Expression{}
	for _, pair := range pairs {
		if key, ok := constant(pair.Key); ok {
			all[key] = pair.Value
		}
	}
	return all
}

// jsonObjects are those of a list of objects; nil of what is none.
func jsonObjects(e hcl.Expression) (list []map[string]hcl.Expression) {
	elements, diagnostics := hcl.ExprList(e)
	if diagnostics.HasErrors() {
		return nil
	}
	for _, each := range elements {
		object := jsonObject(each)
		if object == nil {
			return nil
		}
		list = append(list, object)
	}
	return list
}

package tfcode

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// shape is what the code reads of an output.
type shape struct {
	names   map[string]*shape
	element *shape
	list    bool
}

// name is the shape of a member.
func (s *shape) name(name string) *shape {
	if s.names == nil {
		s.names = map[string]*shape{}
	}
	if s.names[name] == nil {
		s.names[name] = &shape{}
	}
	return s.names[name]
}

// follow notes that a path is read, and gives the shape of what it leads to.
func (s *shape) follow(path []step) *shape {
	for _, each := range path {
		if each.index {
			s.list = true
			if s.element == nil {
				s.element = &shape{}
			}
			s = s.element
		} else {
			s = s.name(each.name)
		}
	}
	return s
}

// outputsRead finds what a module reads of its terraform_remote_state data sources, by their names.
func (c *configuration) outputsRead(m *module) map[string]*shape {
	all := map[string]*shape{}
	of := func(name string) *shape {
		if all[name] == nil {
			all[name] = &shape{}
		}
		return all[name]
	}
	// locals that stand for the outputs of one
	locals := map[string][]step{}
	expand := func(path []step) []step {
		for range 5 { // a local of a local
			if len(path) < 2 || path[0].name != "local" || locals[path[1].name] == nil {
				break
			}
			path = append(slices.Clone(locals[path[1].name]), path[2:]...)
		}
		return path
	}
	for _, f := range m.files {
		content, _, _ := f.body.PartialContent(localsSchema)
		for _, b := range content.Blocks {
			attributes, _ := b.Body.JustAttributes()
			for name, attribute := range attributes {
				if path := steps(attribute.Expr); len(path) > 1 && (path[0].name == "data" && path[1].name == remoteState || path[0].name == "local") {
					locals[name] = path
				}
			}
		}
	}
	outputs := func(path []step) (*shape, bool) {
		path = expand(path)
		if len(path) < 3 || path[0].name != "data" || path[1].name != remoteState {
			return nil, false
		}
		name, rest := path[2].name, path[3:]
		if len(rest) > 0 && rest[0].index { // count or for_each
			rest = rest[1:]
		}
		if len(rest) > 1 && rest[0].name != "outputs" && rest[1].name == "outputs" { // ["key"].outputs
			rest = rest[1:]
		}
		if len(rest) < 2 || rest[0].name != "outputs" || rest[1].index {
			return nil, false
		}
		return of(name).follow(rest[1:]), true
	}
	for _, f := range m.files {
		references(f.body, func(path []step, _ hcl.Range) { outputs(path) })
		native := f.native()
		if native == nil {
			continue
		}
		_ = hclsyntax.VisitAll(native, func(node hclsyntax.Node) hcl.Diagnostics {
			var collections []hclsyntax.Expression
			switch node := node.(type) {
			case *hclsyntax.ForExpr:
				collections = append(collections, node.CollExpr)
			case *hclsyntax.FunctionCallExpr:
				if slices.Contains(listFunctions, node.Name) {
					collections = append(collections, node.Args...)
				}
			case *hclsyntax.Attribute:
				if plural(node.Name) {
					collections = append(collections, node.Expr)
				}
			}
			for _, e := range collections {
				if s, ok := outputs(steps(e)); ok && len(s.names) == 0 {
					s.list = true
				}
			}
			return nil
		})
	}
	return all
}

var listFunctions = []string{"length", "element", "slice", "toset", "tolist", "sort", "concat", "flatten", "distinct", "index", "setunion", "setproduct", "zipmap", "one", "compact", "reverse", "chunklist"}

// plural tells whether an argument or output of that name is a list.
func plural(name string) bool {
	for _, end := range []string{"ids", "arns", "cidrs", "cidr_blocks", "blocks", "subnets", "security_groups", "azs", "zones", "names", "tables", "addresses"} {
		if name == end || strings.HasSuffix(name, "_"+end) {
			return true
		}
	}
	return false
}

package tfcode

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// readDecoded lets the code decode what data sources say (secrets, parameters), although a placeholder is no JSON: in the copy, an object stands in its place, with
// the keys that the code reads, each of which is the placeholder itself. Ports are numbers: they are not known. What is JSON is decoded as ever.
func (c *configuration) readDecoded() {
	for _, m := range c.modules {
		d := &decoder{keys: map[*hclsyntax.FunctionCallExpr][]string{}, locals: map[string]*hclsyntax.FunctionCallExpr{}}
		for _, f := range m.files {
			native := f.native()
			if native == nil {
				continue
			}
			for _, b := range native.Blocks {
				if b.Type != "locals" {
					continue
				}
				for name, attribute := range b.Body.Attributes {
					if call := decoded(attribute.Expr); call != nil {
						d.locals[name] = call
					}
				}
			}
		}
		for _, f := range m.files {
			if native := f.native(); native != nil {
				_ = hclsyntax.Walk(native, d) // the walker reports nothing
			}
		}
		for _, f := range m.files {
			for call, keys := range d.keys {
				if call.NameRange.Filename == f.shown {
					f.decode(call, keys)
				}
			}
		}
	}
}

// decode puts an expression in place of a call of jsondecode. The argument stays where it is.
func (f *file) decode(call *hclsyntax.FunctionCallExpr, keys []string) {
	slices.Sort(keys)
	var object strings.Builder
	for _, k := range keys {
		value := "watertight_text"
		if k == "port" || strings.HasSuffix(k, "_port") {
			value = "length(timestamp())" // a number that is not known
		}
		object.WriteString(strconv.Quote(strings.NewReplacer("${", "$${", "%{", "%%{").Replace(k)) + " = " + value + ", ")
	}
	f.replace(hcl.RangeBetween(call.NameRange, call.OpenParenRange), "[for watertight_text in [")
	// A tuple and no condition, whose results would have to be of one type; and no try around what is not known, which would make all of it so.
	f.replace(call.CloseParenRange, "] : [try(jsondecode(watertight_text), null), { "+object.String()+"}][can(jsondecode(watertight_text)) ? 0 : 1]][0]")
}

// decoder finds the keys that are read of what is decoded.
type decoder struct {
	keys   map[*hclsyntax.FunctionCallExpr][]string
	locals map[string]*hclsyntax.FunctionCallExpr // by name: what decodes the local
}

func (d *decoder) Enter(node hclsyntax.Node) hcl.Diagnostics {
	e, ok := node.(hclsyntax.Expression)
	if !ok {
		return nil
	}
	if call := decoded(e); call != nil && d.keys[call] == nil {
		d.keys[call] = []string{}
	}
	var call *hclsyntax.FunctionCallExpr
	var key step
	switch e := e.(type) {
	case *hclsyntax.IndexExpr:
		call, key = decoded(e.Collection), keyStep(e.Key)
	case *hclsyntax.RelativeTraversalExpr:
		call = decoded(e.Source)
		if rest := traversalSteps(e.Traversal); len(rest) > 0 {
			key = rest[0]
		}
	}
	if path := steps(e); call == nil && len(path) > 2 && path[0].name == "local" {
		call, key = d.locals[path[1].name], path[2]
	}
	if call != nil && key.name != "" && !slices.Contains(d.keys[call], key.name) {
		d.keys[call] = append(d.keys[call], key.name)
	}
	return nil
}

func (d *decoder) Exit(hclsyntax.Node) hcl.Diagnostics { return nil }

// decoded is the call of jsondecode, with something of a data source as its argument, that an expression is; nil for other expressions.
func decoded(e hcl.Expression) *hclsyntax.FunctionCallExpr {
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return decoded(e.Expression)
	case *hclsyntax.FunctionCallExpr:
		if len(e.Args) == 0 || e.ExpandFinal {
			return nil
		}
		switch e.Name {
		case "nonsensitive", "sensitive", "try", "tomap":
			return decoded(e.Args[0])
		case "jsondecode":
			if path := steps(unwrapped(e.Args[0])); len(path) > 3 && path[0].name == "data" {
				return e
			}
		}
	}
	return nil
}

// unwrapped is an expression without the functions that only mark it.
func unwrapped(e hclsyntax.Expression) hclsyntax.Expression {
	switch f := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return unwrapped(f.Expression)
	case *hclsyntax.FunctionCallExpr:
		if len(f.Args) > 0 && slices.Contains([]string{"nonsensitive", "sensitive", "try", "tostring"}, f.Name) {
			return unwrapped(f.Args[0])
		}
	}
	return e
}

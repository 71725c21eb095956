package tfcode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// orderer puts what has no order of its own into the order of its text: Terraform wrote sets in the order of placeholders that have other names by now.
type orderer struct {
	schemas map[string]*schema.Provider // by source, with the registry
}

// document orders a whole plan.
func (o *orderer) document(d map[string]any) {
	for _, part := range []string{"planned_values", "prior_state"} {
		values, _ := d[part].(map[string]any)
		if part == "prior_state" {
			values, _ = values["values"].(map[string]any)
		}
		if values == nil {
			continue
		}
		outputs, _ := values["outputs"].(map[string]any)
		for _, output := range outputs {
			if output, ok := output.(map[string]any); ok {
				orderOutput(output["type"], output["value"])
			}
		}
		if root, ok := values["root_module"].(map[string]any); ok {
			o.module(root)
		}
	}
	types := outputTypes(d)
	changes, _ := d["output_changes"].(map[string]any)
	for name, change := range changes {
		if change, ok := change.(map[string]any); ok {
			orderOutput(types[name], change["after"])
			orderOutput(types[name], change["before"])
		}
	}
	for _, part := range []string{"resource_changes", "resource_drift"} {
		list, _ := d[part].([]any)
		for _, each := range list {
			r, _ := each.(map[string]any)
			change, _ := r["change"].(map[string]any)
			block := o.block(r)
			if block == nil || change == nil {
				continue
			}
			orderBlock(block, change["after"], change["after_unknown"], change["after_sensitive"])
			orderBlock(block, change["before"], change["before_sensitive"])
		}
		byText(list, "address", "deposed")
	}
	orderReferences(d["configuration"])
	relevant, _ := d["relevant_attributes"].([]any)
	byJSON(relevant)
	checks, _ := d["checks"].([]any)
	for _, each := range checks {
		if check, ok := each.(map[string]any); ok {
			instances, _ := check["instances"].([]any)
			byJSON(instances)
		}
	}
	byJSON(checks)
}

// orderReferences orders what expressions of the configuration refer to, which Terraform lists in any order: a reference before what it is an attribute of.
func orderReferences(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			switch list, ok := inner.([]any); {
			case name == "constant_value": // the user's
			case ok && name == "references":
				slices.SortFunc(list, func(a, b any) int { return strings.Compare(text(b), text(a)) })
			default:
				orderReferences(inner)
			}
		}
	case []any:
		for _, inner := range v {
			orderReferences(inner)
		}
	}
}

// outputTypes are the types of the outputs, by name.
func outputTypes(d map[string]any) map[string]any {
	types := map[string]any{}
	values, _ := d["planned_values"].(map[string]any)
	outputs, _ := values["outputs"].(map[string]any)
	for name, output := range outputs {
		if output, ok := output.(map[string]any); ok {
			types[name] = output["type"]
		}
	}
	return types
}

// module orders the values of a module and of those that it calls.
func (o *orderer) module(m map[string]any) {
	resources, _ := m["resources"].([]any)
	for _, each := range resources {
		r, _ := each.(map[string]any)
		if block := o.block(r); block != nil {
			orderBlock(block, r["values"], r["sensitive_values"])
		}
	}
	byText(resources, "address")
	children, _ := m["child_modules"].([]any)
	for _, child := range children {
		if child, ok := child.(map[string]any); ok {
			o.module(child)
		}
	}
	byText(children, "address")
}

// block is the schema of a resource of the document; nil where its provider is none of ours.
func (o *orderer) block(r map[string]any) *tfprotov5.SchemaBlock {
	source, _ := r["provider_name"].(string)
	typ, _ := r["type"].(string)
	p := o.schemas[source]
	if p == nil {
		return nil
	}
	s := p.Resources[typ]
	if r["mode"] == "data" {
		s = p.DataSources[typ]
	}
	if s == nil {
		return nil
	}
	return s.Block
}

// orderBlock orders the sets of a value; beside are values of the same structure, whose elements follow.
func orderBlock(b *tfprotov5.SchemaBlock, value any, beside ...any) {
	object, ok := value.(map[string]any)
	if !ok {
		return
	}
	for _, a := range b.Attributes {
		orderType(a.Type, object[a.Name], membersOf(beside, a.Name)...)
	}
	for _, n := range b.BlockTypes {
		inner, others := object[n.TypeName], membersOf(beside, n.TypeName)
		switch list := inner.(type) {
		case []any:
			for i, element := range list {
				orderBlock(n.Block, element, elements(others, i, len(list))...)
			}
			if n.Nesting == tfprotov5.SchemaNestedBlockNestingModeSet {
				permute(list, others)
			}
		case map[string]any:
			if n.Nesting == tfprotov5.SchemaNestedBlockNestingModeMap {
				for key, element := range list {
					orderBlock(n.Block, element, membersOf(others, key)...)
				}
			} else {
				orderBlock(n.Block, list, others...)
			}
		}
	}
}

// orderType orders the sets within a value of a type, as [orderBlock] does.
func orderType(t tftypes.Type, value any, beside ...any) {
	switch t := t.(type) {
	case tftypes.Set:
		list, _ := value.([]any)
		for i, element := range list {
			orderType(t.ElementType, element, elements(beside, i, len(list))...)
		}
		permute(list, beside)
	case tftypes.List:
		list, _ := value.([]any)
		for i, element := range list {
			orderType(t.ElementType, element, elements(beside, i, len(list))...)
		}
	case tftypes.Map:
		object, _ := value.(map[string]any)
		for key, element := range object {
			orderType(t.ElementType, element, membersOf(beside, key)...)
		}
	case tftypes.Object:
		object, _ := value.(map[string]any)
		for key, inner := range t.AttributeTypes {
			orderType(inner, object[key], membersOf(beside, key)...)
		}
	}
}

// orderOutput orders an output by the type that the document has beside it: "string", ["set", "string"], ["object", {…}].
func orderOutput(t, value any) {
	pair, ok := t.([]any)
	if !ok || len(pair) != 2 {
		return
	}
	switch pair[0] {
	case "set", "list":
		list, _ := value.([]any)
		for _, element := range list {
			orderOutput(pair[1], element)
		}
		if pair[0] == "set" {
			permute(list, nil)
		}
	case "map":
		object, _ := value.(map[string]any)
		for _, element := range object {
			orderOutput(pair[1], element)
		}
	case "object":
		object, _ := value.(map[string]any)
		inner, _ := pair[1].(map[string]any)
		for key, t := range inner {
			orderOutput(t, object[key])
		}
	case "tuple":
		list, _ := value.([]any)
		inner, _ := pair[1].([]any)
		for i, element := range list {
			if i < len(inner) {
				orderOutput(inner[i], element)
			}
		}
	}
}

// membersOf are the members of that name, of those values that are objects.
func membersOf(values []any, name string) []any {
	var out []any
	for _, v := range values {
		if object, ok := v.(map[string]any); ok {
			out = append(out, object[name])
		}
	}
	return out
}

// elements are the i-th elements of those values that are lists of that length.
func elements(values []any, i, length int) []any {
	var out []any
	for _, v := range values {
		if list, ok := v.([]any); ok && len(list) == length {
			out = append(out, list[i])
		}
	}
	return out
}

// permute sorts a list by the text of its elements, and the lists beside it in the same way.
func permute(list []any, beside []any) {
	if len(list) < 2 {
		return
	}
	type keyed struct {
		key string
		at  int
	}
	keys := make([]keyed, len(list))
	for i, element := range list {
		keys[i] = keyed{text(element), i}
	}
	slices.SortStableFunc(keys, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	move := func(l []any) {
		old := slices.Clone(l)
		for i, k := range keys {
			l[i] = old[k.at]
		}
	}
	move(list)
	for _, other := range beside {
		if l, ok := other.([]any); ok && len(l) == len(keys) {
			move(l)
		}
	}
}

// byJSON sorts a list by the text of its elements.
func byJSON(list []any) { permute(list, nil) }

// byText sorts a list of objects by some of their members.
func byText(list []any, names ...string) {
	key := func(each any) string {
		out := ""
		object, _ := each.(map[string]any)
		for _, name := range names {
			word, _ := object[name].(string)
			out += word + "\x00"
		}
		return out
	}
	slices.SortStableFunc(list, func(a, b any) int { return strings.Compare(key(a), key(b)) })
}

// text is a value as JSON, the members of objects in the order of their names.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	raw, err := marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

// marshal writes JSON as Terraform does, without escapes for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

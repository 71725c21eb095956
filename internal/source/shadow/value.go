package shadow

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// Values are handled as plain data: nil, string, bool, float64, []any (lists, sets, tuples), map[string]any (maps, objects, blocks). Besides:
// unknown, and a tftypes.Value where a type is dynamic and the value has to keep the one it has. Numbers that a float64 cannot hold are *big.Float.

// unknown is a value that nobody knows before apply. With shadows only, none occurs; with other providers beside them they do.
type unknown struct{}

// decode turns a value that Terraform sent into plain data.
func decode(d *tfprotov5.DynamicValue, b *tfprotov5.SchemaBlock) (map[string]any, error) {
	if d == nil {
		return nil, nil
	}
	v, err := d.Unmarshal(schema.Type(b))
	if err != nil {
		return nil, err
	}
	x, _ := plain(v, schema.Type(b)).(map[string]any)
	if x != nil {
		undynamic(x, b)
	}
	return x, nil
}

// undynamic opens the blocks whose collection has no type of its own.
func undynamic(x map[string]any, b *tfprotov5.SchemaBlock) {
	for _, n := range b.BlockTypes {
		if v, ok := x[n.TypeName].(tftypes.Value); ok {
			t := schema.Type(n.Block)
			var l []tftypes.Value
			var m map[string]tftypes.Value
			switch {
			case v.As(&l) == nil:
				x[n.TypeName] = plainList(v, func(int) tftypes.Type { return t })
			case v.As(&m) == nil:
				all := map[string]any{}
				for k, e := range m {
					all[k] = plain(e, t)
				}
				x[n.TypeName] = all
			}
		}
		if m, ok := x[n.TypeName].(map[string]any); ok && n.Nesting == tfprotov5.SchemaNestedBlockNestingModeMap {
			for _, e := range m {
				each(e, func(m map[string]any) { undynamic(m, n.Block) })
			}
			continue
		}
		each(x[n.TypeName], func(m map[string]any) { undynamic(m, n.Block) })
	}
}

// each visits the blocks of one type.
func each(x any, visit func(map[string]any)) {
	switch x := x.(type) {
	case map[string]any:
		visit(x)
	case []any:
		for _, e := range x {
			if m, ok := e.(map[string]any); ok {
				visit(m)
			}
		}
	}
}

// plain turns a value into plain data, by the type that the schema has.
func plain(v tftypes.Value, t tftypes.Type) any {
	switch {
	case v.IsNull():
		return nil
	case !v.IsKnown():
		return unknown{}
	case t.Is(tftypes.DynamicPseudoType):
		return v
	}
	switch t := t.(type) {
	case tftypes.Object:
		var m map[string]tftypes.Value
		_ = v.As(&m)
		out := make(map[string]any, len(m))
		for k, e := range m {
			inner := t.AttributeTypes[k]
			if inner == nil {
				inner = e.Type()
			}
			out[k] = plain(e, inner)
		}
		return out
	case tftypes.Map:
		var m map[string]tftypes.Value
		_ = v.As(&m)
		out := make(map[string]any, len(m))
		for k, e := range m {
			out[k] = plain(e, t.ElementType)
		}
		return out
	case tftypes.List:
		return plainList(v, func(int) tftypes.Type { return t.ElementType })
	case tftypes.Set:
		return plainList(v, func(int) tftypes.Type { return t.ElementType })
	case tftypes.Tuple:
		return plainList(v, func(i int) tftypes.Type { return t.ElementTypes[i] })
	}
	switch {
	case t.Is(tftypes.String):
		var s string
		_ = v.As(&s)
		return s
	case t.Is(tftypes.Bool):
		var b bool
		_ = v.As(&b)
		return b
	case t.Is(tftypes.Number):
		var n *big.Float
		_ = v.As(&n)
		if f, exact := n.Float64(); exact == big.Exact {
			return f
		}
		return n
	}
	return nil
}

func plainList(v tftypes.Value, t func(int) tftypes.Type) any {
	var l []tftypes.Value
	_ = v.As(&l)
	out := make([]any, len(l))
	for i, e := range l {
		out[i] = plain(e, t(i))
	}
	return out
}

// encode turns plain data into what Terraform reads. It takes what it gets as best it can: a number for a text, one element for a list, nothing for
// what cannot be had.
func encode(x map[string]any, b *tfprotov5.SchemaBlock) (*tfprotov5.DynamicValue, error) {
	t := schema.Type(b)
	v := tftypes.NewValue(t, nil)
	if x != nil {
		v = blockValue(x, b)
	}
	d, err := tfprotov5.NewDynamicValue(t, v)
	if err != nil {
		return nil, err
	}
	return &d, nil
}

func blockValue(x map[string]any, b *tfprotov5.SchemaBlock) tftypes.Value {
	t := schema.Type(b).(tftypes.Object)
	out := make(map[string]tftypes.Value, len(t.AttributeTypes))
	for _, a := range b.Attributes {
		out[a.Name] = typed(x[a.Name], a.Type)
	}
	for _, n := range b.BlockTypes {
		nt := t.AttributeTypes[n.TypeName]
		v := x[n.TypeName]
		switch {
		case v == nil && nt.Is(tftypes.List{}):
			out[n.TypeName] = tftypes.NewValue(nt, []tftypes.Value{})
		case v == nil && nt.Is(tftypes.Set{}):
			out[n.TypeName] = tftypes.NewValue(nt, []tftypes.Value{})
		case v == nil && nt.Is(tftypes.Map{}):
			out[n.TypeName] = tftypes.NewValue(nt, map[string]tftypes.Value{})
		case v == nil && nt.Is(tftypes.DynamicPseudoType):
			out[n.TypeName] = tftypes.NewValue(tftypes.Tuple{}, []tftypes.Value{})
		case v == nil || v == unknown{}:
			out[n.TypeName] = typed(v, nt)
		case n.Nesting == tfprotov5.SchemaNestedBlockNestingModeSingle || n.Nesting == tfprotov5.SchemaNestedBlockNestingModeGroup:
			m, _ := v.(map[string]any)
			out[n.TypeName] = blockValue(m, n.Block)
		case n.Nesting == tfprotov5.SchemaNestedBlockNestingModeMap:
			m, _ := v.(map[string]any)
			elements, types := map[string]tftypes.Value{}, map[string]tftypes.Type{}
			for k, e := range m {
				inner, _ := e.(map[string]any)
				elements[k] = blockValue(inner, n.Block)
				types[k] = elements[k].Type()
			}
			if nt.Is(tftypes.DynamicPseudoType) {
				nt = tftypes.Object{AttributeTypes: types}
			}
			out[n.TypeName] = tftypes.NewValue(nt, elements)
		default:
			l, ok := v.([]any)
			if !ok {
				l = []any{v}
			}
			elements, types := make([]tftypes.Value, 0, len(l)), make([]tftypes.Type, 0, len(l))
			for _, e := range l {
				m, ok := e.(map[string]any)
				if !ok {
					continue
				}
				elements = append(elements, blockValue(m, n.Block))
				types = append(types, elements[len(elements)-1].Type())
			}
			if nt.Is(tftypes.DynamicPseudoType) {
				nt = tftypes.Tuple{ElementTypes: types}
			}
			out[n.TypeName] = tftypes.NewValue(nt, elements)
		}
	}
	if !dynamicInside(b) {
		return tftypes.NewValue(t, out)
	}
	concrete := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}
	for k, v := range out {
		concrete.AttributeTypes[k] = v.Type()
	}
	return tftypes.NewValue(concrete, out)
}

func dynamicInside(b *tfprotov5.SchemaBlock) bool {
	return slices.ContainsFunc(b.Attributes, func(a *tfprotov5.SchemaAttribute) bool { return a.Type.Is(tftypes.DynamicPseudoType) }) ||
		slices.ContainsFunc(b.BlockTypes, func(n *tfprotov5.SchemaNestedBlock) bool { return dynamicInside(n.Block) })
}

// typed is a value of a type, made of plain data.
func typed(x any, t tftypes.Type) tftypes.Value {
	if v, ok := x.(tftypes.Value); ok {
		if t.Is(tftypes.DynamicPseudoType) {
			return v
		}
		x = plain(v, v.Type())
	}
	switch x.(type) {
	case nil:
		return tftypes.NewValue(t, nil)
	case unknown:
		return tftypes.NewValue(t, tftypes.UnknownValue)
	}
	switch t := t.(type) {
	case tftypes.Object:
		m, ok := x.(map[string]any)
		if !ok {
			return tftypes.NewValue(t, nil)
		}
		out := make(map[string]tftypes.Value, len(t.AttributeTypes))
		for k, inner := range t.AttributeTypes {
			out[k] = typed(m[k], inner)
		}
		return tftypes.NewValue(t, out)
	case tftypes.Map:
		m, ok := x.(map[string]any)
		if !ok {
			return tftypes.NewValue(t, nil)
		}
		out := make(map[string]tftypes.Value, len(m))
		for k, e := range m {
			out[k] = typed(e, t.ElementType)
		}
		return tftypes.NewValue(t, out)
	case tftypes.List:
		return tftypes.NewValue(t, typedList(x, func(int) tftypes.Type { return t.ElementType }))
	case tftypes.Set:
		return tftypes.NewValue(t, distinct(typedList(x, func(int) tftypes.Type { return t.ElementType })))
	case tftypes.Tuple:
		l, _ := x.([]any)
		if len(l) != len(t.ElementTypes) {
			return tftypes.NewValue(t, nil)
		}
		return tftypes.NewValue(t, typedList(x, func(i int) tftypes.Type { return t.ElementTypes[i] }))
	}
	switch {
	case t.Is(tftypes.String):
		if s, ok := text(x); ok {
			return tftypes.NewValue(t, s)
		}
		if j, err := json.Marshal(x); err == nil {
			return tftypes.NewValue(t, string(j))
		}
	case t.Is(tftypes.Bool):
		switch x := x.(type) {
		case bool:
			return tftypes.NewValue(t, x)
		case string:
			if b, err := strconv.ParseBool(x); err == nil {
				return tftypes.NewValue(t, b)
			}
		}
	case t.Is(tftypes.Number):
		switch x := x.(type) {
		case float64:
			return tftypes.NewValue(t, big.NewFloat(x))
		case int:
			return tftypes.NewValue(t, big.NewFloat(float64(x)))
		case *big.Float:
			return tftypes.NewValue(t, x)
		case string:
			if f, _, err := big.ParseFloat(x, 10, 512, big.ToNearestEven); err == nil {
				return tftypes.NewValue(t, f)
			}
		}
	case t.Is(tftypes.DynamicPseudoType):
		return guessed(x)
	}
	return tftypes.NewValue(t, nil)
}

func typedList(x any, t func(int) tftypes.Type) []tftypes.Value {
	l, ok := x.([]any)
	if !ok {
		if s, is := x.([]string); is {
			for _, e := range s {
				l = append(l, e)
			}
		} else {
			l = []any{x}
		}
	}
	out := make([]tftypes.Value, len(l))
	for i, e := range l {
		out[i] = typed(e, t(i))
	}
	return out
}

func distinct(l []tftypes.Value) []tftypes.Value {
	var out []tftypes.Value
	for _, v := range l {
		if !slices.ContainsFunc(out, v.Equal) {
			out = append(out, v)
		}
	}
	return out
}

// guessed is a value whose type is what it looks like.
func guessed(x any) tftypes.Value {
	switch x := x.(type) {
	case string:
		return tftypes.NewValue(tftypes.String, x)
	case bool:
		return tftypes.NewValue(tftypes.Bool, x)
	case float64, int, *big.Float:
		return typed(x, tftypes.Number)
	case []any:
		t := tftypes.Tuple{}
		var l []tftypes.Value
		for _, e := range x {
			v := guessed(e)
			l, t.ElementTypes = append(l, v), append(t.ElementTypes, v.Type())
		}
		return tftypes.NewValue(t, l)
	case map[string]any:
		t := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}
		m := map[string]tftypes.Value{}
		for k, e := range x {
			v := guessed(e)
			m[k], t.AttributeTypes[k] = v, v.Type()
		}
		return tftypes.NewValue(t, m)
	}
	return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
}

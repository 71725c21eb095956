package schema

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Type is the type of a value of a block as Terraform puts it on the wire. It is the block's ValueType, but for lists and maps of blocks in which
// something has a dynamic type: their elements may differ in type, so Terraform has tuples and objects there, and announces no type at all.
func Type(b *tfprotov5.SchemaBlock) tftypes.Type {
	o := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}
	for _, a := range b.Attributes {
		o.AttributeTypes[a.Name] = a.Type
	}
	for _, n := range b.BlockTypes {
		t := Type(n.Block)
		switch n.Nesting {
		case tfprotov5.SchemaNestedBlockNestingModeList:
			t = elements(tftypes.List{ElementType: t}, t)
		case tfprotov5.SchemaNestedBlockNestingModeMap:
			t = elements(tftypes.Map{ElementType: t}, t)
		case tfprotov5.SchemaNestedBlockNestingModeSet:
			t = tftypes.Set{ElementType: t}
		}
		o.AttributeTypes[n.TypeName] = t
	}
	return o
}

// elements is a collection, or no type where that of its elements is not settled.
func elements(collection, element tftypes.Type) tftypes.Type {
	if dynamic(element) {
		return tftypes.DynamicPseudoType
	}
	return collection
}

// dynamic tells whether anything in a type is settled by the value only.
func dynamic(t tftypes.Type) bool {
	switch t := t.(type) {
	case tftypes.Object:
		for _, a := range t.AttributeTypes {
			if dynamic(a) {
				return true
			}
		}
		return false
	case tftypes.List:
		return dynamic(t.ElementType)
	case tftypes.Set:
		return dynamic(t.ElementType)
	case tftypes.Map:
		return dynamic(t.ElementType)
	case tftypes.Tuple:
		return slices.ContainsFunc(t.ElementTypes, dynamic)
	}
	return t.Is(tftypes.DynamicPseudoType)
}

// tidy brings a block into the order of names.
func tidy(b *tfprotov5.SchemaBlock) *tfprotov5.SchemaBlock {
	slices.SortFunc(b.Attributes, func(x, y *tfprotov5.SchemaAttribute) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(b.BlockTypes, func(x, y *tfprotov5.SchemaNestedBlock) int { return strings.Compare(x.TypeName, y.TypeName) })
	return b
}

package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Kinds of what a configuration uses of a provider.
const (
	KindProvider  = "provider"  // a provider block
	KindResource  = "resource"  // a resource block
	KindData      = "data"      // a data block
	KindEphemeral = "ephemeral" // an ephemeral block
)

// Shapes of arguments.
const (
	ShapeList = "list"
	ShapeMap  = "map"
)

// Use is what one block of a configuration uses of a type. Several of one type are put together.
type Use struct {
	Kind string // KindProvider and so on
	Type string // "kubernetes_namespace"; empty for KindProvider
	Body Body
	// Reads is what is read of it elsewhere: "id", "metadata[].name", "status[].load_balancer[].ingress[].hostname". [] stands for an index that is a number
	// or an expression, and for a splat; an index that is a text is written as a name ("data.token").
	Reads []string
}

// Body is what a block sets.
type Body struct {
	Arguments []string
	// Shapes are what the expressions of arguments show that they are: ShapeList for […], ShapeMap for {…}. Others need not be in it.
	Shapes map[string]string
	Blocks map[string][]Body // by block type; what a dynamic block makes is listed as if it were written
}

// Infer makes up a schema from what configurations use. Every argument takes a value of any type, and is computed where nothing sets it and something
// reads it; every block may occur any number of times, as a list; what is read and never set is computed, in the shape in which it is read. Warnings say what may be wrong.
//
// Within blocks of data sources types are static, by what expressions show and names suggest: Terraform 1.11 crashes when it puts off a data source with
// dynamic types in lists of blocks.
//
// What cannot be told from uses: that a block is single or a map (read without an index: then it is taken for single), that an argument makes a resource new.
func Infer(source string, uses []Use) (*Provider, []string, error) {
	p := &Provider{
		Source: Short(source), Inferred: true, Config: &tfprotov5.Schema{Block: &tfprotov5.SchemaBlock{}},
		Resources: map[string]*tfprotov5.Schema{}, DataSources: map[string]*tfprotov5.Schema{}, Ephemeral: map[string]*tfprotov5.Schema{},
	}
	type key struct{ kind, typ string }
	together := map[key]*inferred{}
	for _, u := range uses {
		k := key{u.Kind, u.Type}
		if together[k] == nil {
			together[k] = &inferred{}
		}
		together[k].body(u.Body)
		for _, path := range u.Reads {
			together[k].read(path)
		}
	}
	var types []string
	for k, b := range together {
		to := map[string]map[string]*tfprotov5.Schema{KindResource: p.Resources, KindData: p.DataSources, KindEphemeral: p.Ephemeral}[k.kind]
		switch {
		case k.kind == KindProvider:
			p.Config.Block = b.block(false, false, false)
		case to == nil || k.typ == "":
			return nil, nil, fmt.Errorf("schema of %s: a use of kind %q, type %q cannot be", source, k.kind, k.typ)
		default:
			if b.members["id"] == nil {
				b.member("id")
			}
			to[k.typ] = &tfprotov5.Schema{Block: b.block(true, false, k.kind == KindData)}
			types = append(types, k.typ)
		}
	}
	slices.Sort(types)
	var warnings []string
	if len(types) > 0 {
		warnings = append(warnings, fmt.Sprintf("provider %s is not installed; the schema of %s is made up from the arguments that the configuration uses, and what they compute is placeholders",
			p.Source, strings.Join(slices.Compact(types), ", ")))
	}
	return p, warnings, nil
}

// inferred is a block, or something read that has members.
type inferred struct {
	members map[string]*inferred
	set     bool // an argument that something sets
	shape   string
	nested  bool // a block that something writes
	indexed bool // read with an index
	wanted  bool // read
}

func (b *inferred) member(name string) *inferred {
	if b.members == nil {
		b.members = map[string]*inferred{}
	}
	if b.members[name] == nil {
		b.members[name] = &inferred{}
	}
	return b.members[name]
}

func (b *inferred) body(body Body) {
	for _, a := range body.Arguments {
		m := b.member(a)
		m.set = true
		if shape := body.Shapes[a]; shape != "" {
			m.shape = shape
		}
	}
	for name, blocks := range body.Blocks {
		n := b.member(name)
		n.nested = true
		for _, inner := range blocks {
			n.body(inner)
		}
	}
}

func (b *inferred) read(path string) {
	for step := range strings.SplitSeq(path, ".") {
		name, index := strings.CutSuffix(step, "[]")
		if name == "" {
			return
		}
		b = b.member(name)
		b.indexed, b.wanted = b.indexed || index, true
	}
}

// block is a block of a schema; static: nothing in it may have a dynamic type.
func (b *inferred) block(computed, static, inData bool) *tfprotov5.SchemaBlock {
	out := &tfprotov5.SchemaBlock{}
	for _, name := range slices.Sorted(maps.Keys(b.members)) {
		m := b.members[name]
		switch {
		case m.set: // read or not, and even if it is written as a block elsewhere
			out.Attributes = append(out.Attributes, &tfprotov5.SchemaAttribute{Name: name, Type: m.argument(name, static), Optional: true, Computed: computed && m.wanted})
		case m.nested:
			mode := tfprotov5.SchemaNestedBlockNestingModeList
			if len(m.members) > 0 && !m.indexed && m.readOnly() {
				mode = tfprotov5.SchemaNestedBlockNestingModeSingle
			}
			out.BlockTypes = append(out.BlockTypes, &tfprotov5.SchemaNestedBlock{TypeName: name, Nesting: mode, Block: m.block(computed, static || inData, inData)})
		default:
			out.Attributes = append(out.Attributes, &tfprotov5.SchemaAttribute{Name: name, Type: m.typ(), Optional: !computed, Computed: computed})
		}
	}
	return out
}

// argument is the type of an argument.
func (b *inferred) argument(name string, static bool) tftypes.Type {
	switch {
	case !static:
		return tftypes.DynamicPseudoType
	case b.shape == ShapeMap, b.shape == "" && strings.HasSuffix(name, "labels"), b.shape == "" && strings.HasSuffix(name, "tags"):
		return tftypes.Map{ElementType: tftypes.String}
	case b.shape == ShapeList, b.shape == "" && strings.HasSuffix(name, "s") && !strings.HasSuffix(name, "ss"):
		return tftypes.List{ElementType: tftypes.String}
	}
	return tftypes.String
}

// readOnly tells whether something in a block is read that nothing sets: whether "block.x" occurs.
func (b *inferred) readOnly() bool {
	for _, m := range b.members {
		if !m.set && !m.nested {
			return true
		}
	}
	return false
}

// typ is the type of what is only read.
func (b *inferred) typ() tftypes.Type {
	if len(b.members) == 0 {
		if b.indexed {
			return tftypes.List{ElementType: tftypes.String}
		}
		return tftypes.String
	}
	o := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}
	for name, m := range b.members {
		o.AttributeTypes[name] = m.typ()
	}
	if b.indexed {
		return tftypes.List{ElementType: o}
	}
	return o
}

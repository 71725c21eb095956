package schema

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/klauspost/compress/zstd"
)

// A table is a provider's schema, packed: whatever occurs twice is kept once (names, types, attributes, whole blocks), and everything is named by
// its number. Compressed, these sections follow each other, each of them its number of entries, then the entries, each with its length before it:
//
//	names       text
//	types       kind; of collections the type of elements; of objects names and types; of tuples types
//	attributes  name, type, flags
//	blocks      flags, attributes, nested blocks (name, nesting, least, most, block)
//	schemas     kind, name, version, block
//
// All numbers are unsigned varints. An entry refers to sections before its own, and to entries before itself, so that no loop is possible.
type table struct {
	names      []string
	types      section
	attributes section
	blocks     section
	schemas    map[schemaKey]schemaEntry

	typesRead      map[uint64]tftypes.Type
	attributesRead map[uint64]*tfprotov5.SchemaAttribute
	blocksRead     map[uint64]*tfprotov5.SchemaBlock
}

type section [][]byte

type schemaKey struct {
	kind uint64
	name string
}

type schemaEntry struct {
	version int64
	block   uint64
}

const (
	kindProvider uint64 = iota
	kindResource
	kindData
	kindEphemeral
)

const (
	typeString uint64 = iota
	typeNumber
	typeBool
	typeDynamic
	typeList
	typeSet
	typeMap
	typeObject
	typeTuple
)

var errTable = errors.New("a schema table of the program is damaged; `go generate` makes it anew")

// --- reading ---

type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// count is a number of things that follow: each of them takes a byte at least.
func (r *reader) count() uint64 {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return 0
	}
	return n
}

func (r *reader) bytes() []byte {
	n := r.count()
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reader) section() section {
	out := make(section, r.count())
	for i := range out {
		out[i] = r.bytes()
	}
	return out
}

// open unpacks a table. What it holds is read when it is asked for.
func open(packed []byte) (*table, error) {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	raw, err := z.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errTable, err)
	}
	return read(raw)
}

// read opens a table that is not compressed.
func read(raw []byte) (*table, error) {
	r := &reader{rest: raw}
	t := &table{
		schemas: map[schemaKey]schemaEntry{}, typesRead: map[uint64]tftypes.Type{},
		attributesRead: map[uint64]*tfprotov5.SchemaAttribute{}, blocksRead: map[uint64]*tfprotov5.SchemaBlock{},
	}
	for _, n := range r.section() {
		t.names = append(t.names, string(n))
	}
	t.types, t.attributes, t.blocks = r.section(), r.section(), r.section()
	for _, s := range r.section() {
		e := &reader{rest: s}
		kind, name := e.number(), t.name(e)
		t.schemas[schemaKey{kind, name}] = schemaEntry{version: int64(e.number()), block: e.number()}
		r.bad = r.bad || e.bad
	}
	if r.bad || len(r.rest) > 0 {
		return nil, errTable
	}
	return t, nil
}

func (t *table) name(r *reader) string {
	n := r.number()
	if n >= uint64(len(t.names)) {
		r.bad = true
		return ""
	}
	return t.names[n]
}

func (t *table) schema(kind uint64, name string) (*tfprotov5.Schema, bool, error) {
	e, ok := t.schemas[schemaKey{kind, name}]
	if !ok {
		return nil, false, nil
	}
	b, err := t.block(e.block)
	return &tfprotov5.Schema{Version: e.version, Block: b}, true, err
}

func (t *table) block(n uint64) (*tfprotov5.SchemaBlock, error) {
	if b, ok := t.blocksRead[n]; ok {
		return b, nil
	}
	if n >= uint64(len(t.blocks)) {
		return nil, errTable
	}
	r := &reader{rest: t.blocks[n]}
	b := &tfprotov5.SchemaBlock{Deprecated: r.number() == 1}
	for range r.count() {
		a, err := t.attribute(r.number())
		if err != nil {
			return nil, err
		}
		b.Attributes = append(b.Attributes, a)
	}
	for range r.count() {
		nested := &tfprotov5.SchemaNestedBlock{
			TypeName: t.name(r), Nesting: tfprotov5.SchemaNestedBlockNestingMode(r.number()), MinItems: int64(r.number()), MaxItems: int64(r.number()),
		}
		inner := r.number()
		if inner >= n {
			return nil, errTable
		}
		var err error
		if nested.Block, err = t.block(inner); err != nil {
			return nil, err
		}
		b.BlockTypes = append(b.BlockTypes, nested)
	}
	if r.bad || len(r.rest) > 0 {
		return nil, errTable
	}
	t.blocksRead[n] = b
	return b, nil
}

func (t *table) attribute(n uint64) (*tfprotov5.SchemaAttribute, error) {
	if a, ok := t.attributesRead[n]; ok {
		return a, nil
	}
	if n >= uint64(len(t.attributes)) {
		return nil, errTable
	}
	r := &reader{rest: t.attributes[n]}
	a := &tfprotov5.SchemaAttribute{Name: t.name(r)}
	kind := r.number()
	set := r.number()
	for i, flag := range flags(a) {
		*flag = set>>i&1 == 1
	}
	if r.bad || len(r.rest) > 0 {
		return nil, errTable
	}
	var err error
	if a.Type, err = t.typ(kind); err != nil {
		return nil, err
	}
	t.attributesRead[n] = a
	return a, nil
}

func flags(a *tfprotov5.SchemaAttribute) [6]*bool {
	return [6]*bool{&a.Required, &a.Optional, &a.Computed, &a.Sensitive, &a.WriteOnly, &a.Deprecated}
}

func (t *table) typ(n uint64) (tftypes.Type, error) {
	if k, ok := t.typesRead[n]; ok {
		return k, nil
	}
	if n >= uint64(len(t.types)) {
		return nil, errTable
	}
	r := &reader{rest: t.types[n]}
	var failed error
	inner := func() tftypes.Type {
		m := r.number()
		if m >= n {
			failed = errTable
			return tftypes.String
		}
		k, err := t.typ(m)
		if err != nil {
			failed = err
		}
		return k
	}
	var out tftypes.Type
	switch r.number() {
	case typeString:
		out = tftypes.String
	case typeNumber:
		out = tftypes.Number
	case typeBool:
		out = tftypes.Bool
	case typeDynamic:
		out = tftypes.DynamicPseudoType
	case typeList:
		out = tftypes.List{ElementType: inner()}
	case typeSet:
		out = tftypes.Set{ElementType: inner()}
	case typeMap:
		out = tftypes.Map{ElementType: inner()}
	case typeObject:
		o := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}
		for range r.count() {
			name := t.name(r)
			o.AttributeTypes[name] = inner()
		}
		out = o
	case typeTuple:
		o := tftypes.Tuple{}
		for range r.count() {
			o.ElementTypes = append(o.ElementTypes, inner())
		}
		out = o
	default:
		failed = errTable
	}
	if failed == nil && (r.bad || len(r.rest) > 0) {
		failed = errTable
	}
	if failed != nil {
		return nil, failed
	}
	t.typesRead[n] = out
	return out, nil
}

// --- writing ---

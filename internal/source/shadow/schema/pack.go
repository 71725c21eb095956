package schema

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/klauspost/compress/zstd"
)

// packer gives every distinct entry of a section a number.
type packer struct {
	entries [][]byte
	numbers map[string]uint64
}

func (p *packer) add(entry []byte) uint64 {
	if n, ok := p.numbers[string(entry)]; ok {
		return n
	}
	if p.numbers == nil {
		p.numbers = map[string]uint64{}
	}
	n := uint64(len(p.entries))
	p.numbers[string(entry)] = n
	p.entries = append(p.entries, entry)
	return n
}

type writer struct{ names, types, attributes, blocks, schemas packer }

func numbers(n ...uint64) []byte {
	var out []byte
	for _, x := range n {
		out = binary.AppendUvarint(out, x)
	}
	return out
}

func (w *writer) name(s string) uint64 { return w.names.add([]byte(s)) }

func (w *writer) typ(t tftypes.Type) uint64 {
	switch t := t.(type) {
	case tftypes.List:
		return w.types.add(numbers(typeList, w.typ(t.ElementType)))
	case tftypes.Set:
		return w.types.add(numbers(typeSet, w.typ(t.ElementType)))
	case tftypes.Map:
		return w.types.add(numbers(typeMap, w.typ(t.ElementType)))
	case tftypes.Object:
		entry := []uint64{typeObject, uint64(len(t.AttributeTypes))}
		for _, name := range slices.Sorted(maps.Keys(t.AttributeTypes)) {
			entry = append(entry, w.name(name), w.typ(t.AttributeTypes[name]))
		}
		return w.types.add(numbers(entry...))
	case tftypes.Tuple:
		entry := []uint64{typeTuple, uint64(len(t.ElementTypes))}
		for _, e := range t.ElementTypes {
			entry = append(entry, w.typ(e))
		}
		return w.types.add(numbers(entry...))
	}
	for kind, simple := range []tftypes.Type{tftypes.String, tftypes.Number, tftypes.Bool, tftypes.DynamicPseudoType} {
		if t.Is(simple) {
			return w.types.add(numbers(uint64(kind)))
		}
	}
	panic(fmt.Sprintf("schema: a type %T", t))
}

func (w *writer) block(b *tfprotov5.SchemaBlock) uint64 {
	entry := []uint64{0}
	if b.Deprecated {
		entry[0] = 1
	}
	entry = append(entry, uint64(len(b.Attributes)))
	for _, a := range b.Attributes {
		var set uint64
		for i, flag := range flags(a) {
			if *flag {
				set |= 1 << i
			}
		}
		entry = append(entry, w.attributes.add(numbers(w.name(a.Name), w.typ(a.Type), set)))
	}
	entry = append(entry, uint64(len(b.BlockTypes)))
	for _, n := range b.BlockTypes {
		inner := w.block(n.Block)
		entry = append(entry, w.name(n.TypeName), uint64(n.Nesting), uint64(n.MinItems), uint64(n.MaxItems), inner)
	}
	return w.blocks.add(numbers(entry...))
}

// Pack makes the table of a provider's schema. The generator calls it.
func Pack(p *Provider) ([]byte, error) {
	w := &writer{}
	add := func(kind uint64, name string, s *tfprotov5.Schema) {
		w.schemas.add(numbers(kind, w.name(name), uint64(s.Version), w.block(s.Block)))
	}
	add(kindProvider, "", p.Config)
	for _, section := range []struct {
		kind uint64
		all  map[string]*tfprotov5.Schema
	}{{kindResource, p.Resources}, {kindData, p.DataSources}, {kindEphemeral, p.Ephemeral}} {
		for _, name := range slices.Sorted(maps.Keys(section.all)) {
			add(section.kind, name, section.all[name])
		}
	}
	var raw []byte
	for _, s := range []packer{w.names, w.types, w.attributes, w.blocks, w.schemas} {
		raw = binary.AppendUvarint(raw, uint64(len(s.entries)))
		for _, e := range s.entries {
			raw = append(binary.AppendUvarint(raw, uint64(len(e))), e...)
		}
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(8<<20))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return z.EncodeAll(raw, nil), nil
}

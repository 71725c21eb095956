package schema

import (
	"errors"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// A table that is damaged is an error, and never a crash or a wrong schema.
func FuzzTable(f *testing.F) {
	z, err := zstd.NewReader(nil)
	if err != nil {
		f.Fatal(err)
	}
	small, ok := Small("hashicorp/random")
	if !ok {
		f.Fatal("no schema")
	}
	packed, err := Pack(small)
	if err != nil {
		f.Fatal(err)
	}
	raw, err := z.DecodeAll(packed, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		table, err := read(raw)
		if err != nil {
			if !errors.Is(err, errTable) {
				t.Error(err)
			}
			return
		}
		for key := range table.schemas {
			if _, _, err := table.schema(key.kind, key.name); err != nil && !errors.Is(err, errTable) {
				t.Error(err)
			}
		}
	})
}

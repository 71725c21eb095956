package schema_test

import (
	"testing"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// FuzzParse: whatever a file of schemas says, it is refused in words, or its types can be used.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`{"provider_schemas": {"acme/thing": {"provider": {"version": 0, "block": {"attributes": {"region": {"type": "string", "optional": true}}}}, "resource_schemas": {"thing_x": {"version": 3, "block": {
			"attributes": {"a": {"type": "string", "required": true}, "b": {"type": ["map", ["list", "number"]], "computed": true}, "c": {"type": ["object", {"d": "bool", "e": "dynamic"}, ["d"]], "optional": true},
				"f": {"computed": true, "nested_type": {"nesting_mode": "set", "attributes": {"g": {"type": ["tuple", ["string", "bool"]], "computed": true}}}}},
			"block_types": {"inner": {"nesting_mode": "map", "block": {"block_types": {"more": {"nesting_mode": "single", "block": {}}}}, "max_items": 2}}}}}}}}`,
		`{"provider_schemas": {"acme/thing": {"resource_schemas": {"": {}}, "data_source_schemas": {"x": {"block": {"block_types": {"y": {"nesting_mode": "group"}}}}}}}}`,
		`{"provider_schemas": {"registry.terraform.io/acme/thing": null}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := schema.Parse(text, "acme/thing")
		if err != nil {
			if p != nil || err.Error() == "" {
				t.Errorf("a schema beside the error %v", err)
			}
			return
		}
		for name, s := range p.Resources {
			schema.Type(s.Block)
			_ = written(s)
			if s.Block == nil {
				t.Errorf("%s has no block", name)
			}
		}
	})
}

package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// defaultHost is the registry that a source address means when it names none. OpenTofu has another.
var defaultHosts = []string{"registry.terraform.io/", "registry.opentofu.org/"}

// Short is a source address without the registry, where that is the one that Terraform or OpenTofu takes without being told.
func Short(source string) string {
	for _, h := range defaultHosts {
		source = strings.TrimPrefix(source, h)
	}
	return source
}

// Parse reads what `terraform providers schema -json` prints, of the provider with that source ("hashicorp/aws", or with the registry before it).
func Parse(providersSchemaJSON []byte, source string) (*Provider, error) {
	var doc struct {
		Providers map[string]json.RawMessage `json:"provider_schemas"`
	}
	if err := json.Unmarshal(providersSchemaJSON, &doc); err != nil {
		return nil, fmt.Errorf("not what `terraform providers schema -json` prints: %w", err)
	}
	if doc.Providers == nil {
		return nil, fmt.Errorf("not what `terraform providers schema -json` prints: there is no member provider_schemas")
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Providers)) {
		if Short(name) == Short(source) {
			var p providerJSON
			if err := json.Unmarshal(doc.Providers[name], &p); err != nil {
				return nil, fmt.Errorf("provider_schemas[%q]: %w", name, err)
			}
			return p.provider(Short(source))
		}
	}
	return nil, fmt.Errorf("no schema of provider %s: there are those of %s only", source, strings.Join(slices.Sorted(maps.Keys(doc.Providers)), ", "))
}

type providerJSON struct {
	Provider  schemaJSON            `json:"provider"`
	Resources map[string]schemaJSON `json:"resource_schemas"`
	Data      map[string]schemaJSON `json:"data_source_schemas"`
	Ephemeral map[string]schemaJSON `json:"ephemeral_resource_schemas"`
}

type schemaJSON struct {
	Version int64     `json:"version"`
	Block   blockJSON `json:"block"`
}

type blockJSON struct {
	Attributes map[string]attributeJSON `json:"attributes"`
	Blocks     map[string]nestedJSON    `json:"block_types"`
	Deprecated bool                     `json:"deprecated"`
}

type attributeJSON struct {
	Type       json.RawMessage `json:"type"`
	Nested     *nestedTypeJSON `json:"nested_type"`
	Optional   bool            `json:"optional"`
	Required   bool            `json:"required"`
	Computed   bool            `json:"computed"`
	Sensitive  bool            `json:"sensitive"`
	WriteOnly  bool            `json:"write_only"`
	Deprecated bool            `json:"deprecated"`
}

// nestedTypeJSON is an attribute with attributes, which protocol 6 has.
type nestedTypeJSON struct {
	Mode       string                   `json:"nesting_mode"`
	Attributes map[string]attributeJSON `json:"attributes"`
}

type nestedJSON struct {
	Mode  string    `json:"nesting_mode"`
	Block blockJSON `json:"block"`
	Min   int64     `json:"min_items"`
	Max   int64     `json:"max_items"`
}

var modes = map[string]tfprotov5.SchemaNestedBlockNestingMode{
	"single": tfprotov5.SchemaNestedBlockNestingModeSingle,
	"list":   tfprotov5.SchemaNestedBlockNestingModeList,
	"set":    tfprotov5.SchemaNestedBlockNestingModeSet,
	"map":    tfprotov5.SchemaNestedBlockNestingModeMap,
	"group":  tfprotov5.SchemaNestedBlockNestingModeGroup,
}

func (p providerJSON) provider(source string) (*Provider, error) {
	out := &Provider{Source: source}
	var err error
	if out.Config, err = p.Provider.schema(); err != nil {
		return nil, fmt.Errorf("the provider block: %w", err)
	}
	for _, kind := range []struct {
		what string
		in   map[string]schemaJSON
		to   *map[string]*tfprotov5.Schema
	}{
		{"resource", p.Resources, &out.Resources}, {"data source", p.Data, &out.DataSources}, {"ephemeral resource", p.Ephemeral, &out.Ephemeral},
	} {
		*kind.to = make(map[string]*tfprotov5.Schema, len(kind.in))
		for name, s := range kind.in {
			if (*kind.to)[name], err = s.schema(); err != nil {
				return nil, fmt.Errorf("%s %s: %w", kind.what, name, err)
			}
		}
	}
	return out, nil
}

func (s schemaJSON) schema() (*tfprotov5.Schema, error) {
	b, err := s.Block.block()
	return &tfprotov5.Schema{Version: s.Version, Block: b}, err
}

func (b blockJSON) block() (*tfprotov5.SchemaBlock, error) {
	out := &tfprotov5.SchemaBlock{Deprecated: b.Deprecated}
	for name, a := range b.Attributes {
		t, err := a.attributeType()
		if err != nil {
			return nil, fmt.Errorf("attribute %s: %w", name, err)
		}
		out.Attributes = append(out.Attributes, &tfprotov5.SchemaAttribute{
			Name: name, Type: t, Optional: a.Optional, Required: a.Required, Computed: a.Computed,
			Sensitive: a.Sensitive, WriteOnly: a.WriteOnly, Deprecated: a.Deprecated,
		})
	}
	for name, n := range b.Blocks {
		mode, ok := modes[n.Mode]
		if !ok {
			return nil, fmt.Errorf("block %s: nesting mode %q is unknown", name, n.Mode)
		}
		inner, err := n.Block.block()
		if err != nil {
			return nil, fmt.Errorf("block %s: %w", name, err)
		}
		out.BlockTypes = append(out.BlockTypes, &tfprotov5.SchemaNestedBlock{TypeName: name, Block: inner, Nesting: mode, MinItems: n.Min, MaxItems: n.Max})
	}
	return tidy(out), nil
}

// attributeType is the type of an attribute. One with attributes has none in protocol 5: what is computed only becomes an object, what can be
// set becomes dynamic, since members that are left out are no error in life, and would be one in an object.
func (a attributeJSON) attributeType() (tftypes.Type, error) {
	if a.Nested == nil {
		if len(a.Type) == 0 {
			return nil, fmt.Errorf("it has no type")
		}
		return tftypes.ParseJSONType(a.Type) //nolint:staticcheck // the only reader of this notation
	}
	if a.Optional || a.Required {
		return tftypes.DynamicPseudoType, nil
	}
	o := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}
	for name, inner := range a.Nested.Attributes {
		inner.Optional, inner.Required = false, false
		t, err := inner.attributeType()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		o.AttributeTypes[name] = t
	}
	switch a.Nested.Mode {
	case "list":
		return tftypes.List{ElementType: o}, nil
	case "set":
		return tftypes.Set{ElementType: o}, nil
	case "map":
		return tftypes.Map{ElementType: o}, nil
	}
	return o, nil
}

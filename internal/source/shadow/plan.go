package shadow

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // what the provider keeps
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// PlanResourceChange plans an instance as the real provider would, and then knows what the real one would not know yet.
func (p *provider) PlanResourceChange(ctx context.Context, r *tfprotov5.PlanResourceChangeRequest) (*tfprotov5.PlanResourceChangeResponse, error) {
	// The type system of the older SDK, which most of AWS's provider has: Terraform then accepts defaults in place of null, and what is computed within blocks.
	out := &tfprotov5.PlanResourceChangeResponse{UnsafeToUseLegacyTypeSystem: true, PlannedPrivate: r.PriorPrivate}
	s, ok := p.schema.Resources[r.TypeName]
	if !ok {
		out.Diagnostics = failed(lacks(p.source, "resource", r.TypeName))
		return out, nil
	}
	prior, err := decode(r.PriorState, s.Block)
	if err != nil {
		out.Diagnostics = failed(err)
		return out, nil
	}
	planned, err := decode(r.ProposedNewState, s.Block)
	if err != nil {
		out.Diagnostics = failed(err)
		return out, nil
	}
	if planned == nil { // destroyed
		out.PlannedState = r.ProposedNewState
		return out, nil
	}
	address := str(planned[p.config.Address])
	if address != "" {
		planned[p.config.Address] = nil
	}
	c := &change{
		provider: p, address: address, settings: p.settingsOf(ctx), typ: r.TypeName, block: s.Block,
		prior: prior, planned: planned, imported: bytes.Equal(r.PriorPrivate, imported),
	}
	for _, name := range c.plan() {
		out.RequiresReplace = append(out.RequiresReplace, tftypes.NewAttributePath().WithAttributeName(name))
	}
	if out.PlannedState, err = encode(c.planned, s.Block); err != nil {
		out.Diagnostics = failed(err)
	}
	return out, nil
}

// change is one instance being planned.
type change struct {
	provider       *provider
	settings       *settings
	typ            string
	block          *tfprotov5.SchemaBlock
	prior, planned map[string]any
	imported       bool   // prior has an id and nothing else
	address        string // where the configuration says it
}

// plan completes what is planned. It gives the attributes whose change makes the instance a new one; then Terraform asks again, without a prior state.
func (c *change) plan() (replacing []string) {
	aws := c.provider.source == schema.AWSSource
	if aws && c.planned["region"] == nil {
		if a := attribute(c.block, "region"); a != nil && a.Computed {
			c.planned["region"] = c.settings.region
		}
	}
	created := c.prior == nil || c.imported
	c.settle(c.block, c.planned, c.prior, "", false)
	if aws {
		c.tags()
	}
	if !created {
		replacing = c.replacing()
	}
	f := c.provider.filling(c.settings, c.typ, c.block, c.planned)
	f.instance = c.address
	switch {
	case created:
		f.fill(c.provider.source)
	case len(replacing) > 0: // planned once more, as a new one
		f.seed = hash(c.typ, c.address, canonical(c.planned))
		f.all()
		return replacing
	}
	if c.prior != nil && same(c.prior, c.planned) {
		c.planned = c.prior
	}
	f.values = c.planned
	f.record(c.provider.source)
	return replacing
}

// settle does to a block what the provider does before it asks AWS: defaults, and what was not given stays as it was.
// The strings of a set's elements are never null: that is how the older SDK tells them apart. Numbers and bools are.
func (c *change) settle(b *tfprotov5.SchemaBlock, x, prior map[string]any, path string, inSet bool) {
	for _, a := range b.Attributes {
		v := x[a.Name]
		switch {
		case a.WriteOnly:
			x[a.Name] = nil
		case v == nil:
			if d, ok := c.preset(path + a.Name); ok {
				x[a.Name] = clone(d)
			} else if inSet && !a.Computed && a.Type.Is(tftypes.String) && c.provider.source == schema.AWSSource {
				x[a.Name] = zero(a.Type)
			} else if prior != nil && prior[a.Name] != nil && empty(prior[a.Name]) {
				x[a.Name] = prior[a.Name]
			}
		default:
			x[a.Name] = c.given(a, v)
			if prior != nil && prior[a.Name] != nil && same(prior[a.Name], x[a.Name]) {
				x[a.Name] = prior[a.Name] // JSON as it was written before
			}
		}
	}
	for _, n := range b.BlockTypes {
		var before []any
		if prior != nil {
			before = list(prior[n.TypeName])
		}
		if d, ok := c.preset(path + n.TypeName); ok && empty(x[n.TypeName]) { // a block that is computed where it is not given
			switch {
			case len(before) > 0:
				x[n.TypeName] = clone(prior[n.TypeName])
			case prior == nil || c.imported:
				x[n.TypeName] = clone(d)
			}
		}
		i := 0
		each(x[n.TypeName], func(m map[string]any) {
			var was map[string]any
			switch {
			case n.Nesting != tfprotov5.SchemaNestedBlockNestingModeSet:
				if i < len(before) {
					was, _ = before[i].(map[string]any)
				}
			default:
				was = alike(before, m)
			}
			i++
			c.settle(n.Block, m, was, path+n.TypeName+".", n.Nesting == tfprotov5.SchemaNestedBlockNestingModeSet)
		})
	}
}

// alike is the element of a set that says the same wherever both say something.
func alike(set []any, m map[string]any) map[string]any {
	for _, e := range set {
		o, ok := e.(map[string]any)
		if !ok {
			continue
		}
		fits := true
		for k, v := range m {
			if !empty(v) && !empty(o[k]) && !same(v, o[k]) || !empty(v) && empty(o[k]) {
				fits = false
				break
			}
		}
		if fits {
			return o
		}
	}
	return nil
}

// given is an argument as the provider keeps it: within attributes that are written as blocks (the rules of a group), what is null is a zero value; a set with an
// element that nobody knows is not known.
func (c *change) given(a *tfprotov5.SchemaAttribute, v any) any {
	var element tftypes.Type
	switch t := a.Type.(type) {
	case tftypes.List:
		element = t.ElementType
	case tftypes.Set:
		element = t.ElementType
		if slices.Contains(unknowns(v), true) {
			return unknown{}
		}
	default:
		return c.normal(a.Name, v)
	}
	o, ok := element.(tftypes.Object)
	if !ok {
		return v
	}
	for _, e := range list(v) {
		m, ok := e.(map[string]any)
		if !ok {
			continue
		}
		for k, t := range o.AttributeTypes {
			if m[k] == nil && !strings.HasPrefix(k, "icmp_") { // of ACLs, where 0 is a type
				m[k] = zero(t)
			}
			if k == "protocol" {
				m[k] = c.normal(k, m[k])
			}
		}
	}
	return v
}

// normal is an argument in the form in which the provider keeps it.
func (c *change) normal(name string, v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	switch {
	case name == "protocol" && strings.Contains(c.typ, "security_group"):
		s = strings.ToLower(s)
		if n, ok := protocols[s]; ok {
			return n
		}
		return s
	case name == "user_data" && c.typ == "aws_instance" && strings.HasPrefix(c.provider.schema.Version, "5."):
		raw, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			raw = []byte(s)
		}
		sum := sha1.Sum(raw) //nolint:gosec // what the provider keeps
		return hex.EncodeToString(sum[:])
	}
	return v
}

// protocols are the names of protocols in the rules of groups.
var protocols = map[string]string{"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}

func unknowns(v any) []bool {
	var out []bool
	for _, e := range list(v) {
		_, is := e.(unknown)
		out = append(out, is)
	}
	return out
}

// zero is the value that the older SDK has for one that is not given.
func zero(t tftypes.Type) any {
	switch {
	case t.Is(tftypes.String):
		return ""
	case t.Is(tftypes.Bool):
		return false
	case t.Is(tftypes.Number):
		return 0.0
	case t.Is(tftypes.List{}), t.Is(tftypes.Set{}):
		return []any{}
	case t.Is(tftypes.Map{}):
		return map[string]any{}
	}
	return nil
}

// tags plans tags_all.
func (c *change) tags() {
	a := attribute(c.block, "tags_all")
	if a == nil || !a.Computed {
		return
	}
	own, ok := c.planned["tags"].(map[string]any)
	if _, is := c.planned["tags"].(unknown); is && !ok {
		c.planned["tags_all"] = unknown{}
		return
	}
	c.planned["tags_all"] = c.settings.tags(own)
}

// replacing are the attributes and blocks that have changed, of those that an instance cannot change.
func (c *change) replacing() []string {
	var out []string
	for _, name := range forceNew()[c.typ] {
		was, is := c.prior[name], c.planned[name]
		if same(was, is) || empty(was) && empty(is) || is == nil && attribute(c.block, name) != nil && attribute(c.block, name).Computed {
			continue
		}
		out = append(out, name)
	}
	return out
}

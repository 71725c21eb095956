package folder

import (
	"fmt"
	"maps"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// place is where a subnet stands in a segmentation.
type place struct{ environment, tier, zone string }

// layout is where compiled code puts VPCs and their subnets.
type layout struct {
	vpcs    map[string]netip.Prefix // by environment
	subnets map[place]netip.Prefix
}

// read finds the VPCs and subnets of compiled code. The error names what cannot be read, and where.
func read(files map[string][]byte) (*layout, error) {
	l := &layout{vpcs: map[string]netip.Prefix{}, subnets: map[place]netip.Prefix{}}
	roots := map[string][]*hclsyntax.Body{} // by folder: names of one root are not those of another
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path.Ext(name) != ".tf" {
			continue
		}
		file, diagnostics := hclsyntax.ParseConfig(files[name], name, hcl.InitialPos)
		if diagnostics.HasErrors() {
			return nil, diagnostics
		}
		roots[path.Dir(name)] = append(roots[path.Dir(name)], file.Body.(*hclsyntax.Body))
	}
	for _, dir := range slices.Sorted(maps.Keys(roots)) {
		context := &hcl.EvalContext{Variables: map[string]cty.Value{"local": locals(roots[dir])}, Functions: functions}
		for _, body := range roots[dir] {
			for _, block := range body.Blocks {
				if block.Type != "resource" || len(block.Labels) != 2 {
					continue
				}
				if err := l.resource(block, context); err != nil {
					return nil, err
				}
			}
		}
	}
	return l, nil
}

// functions are those that layouts may use.
var functions = map[string]function.Function{
	"merge": stdlib.MergeFunc, "format": stdlib.FormatFunc, "concat": stdlib.ConcatFunc, "join": stdlib.JoinFunc, "keys": stdlib.KeysFunc, "values": stdlib.ValuesFunc, "zipmap": stdlib.ZipmapFunc,
}

// locals are the local values of a root, as far as nothing but these and functions is in them.
func locals(root []*hclsyntax.Body) cty.Value {
	left, known := map[string]hclsyntax.Expression{}, map[string]cty.Value{}
	for _, body := range root {
		for _, block := range body.Blocks {
			if block.Type != "locals" {
				continue
			}
			for name, a := range block.Body.Attributes {
				left[name] = a.Expr
			}
		}
	}
	for found := true; found; {
		found = false
		context := &hcl.EvalContext{Variables: map[string]cty.Value{"local": cty.ObjectVal(known)}, Functions: functions}
		for _, name := range slices.Sorted(maps.Keys(left)) {
			if value, diagnostics := left[name].Value(context); !diagnostics.HasErrors() {
				known[name] = value
				delete(left, name)
				found = true
			}
		}
	}
	return cty.ObjectVal(known)
}

// resource adds a VPC, or subnets.
func (l *layout) resource(block *hclsyntax.Block, context *hcl.EvalContext) error {
	add := map[string]func(*hclsyntax.Block, *hcl.EvalContext) error{"aws_vpc": l.vpc, "aws_subnet": l.subnet}[block.Labels[0]]
	if add == nil {
		return nil
	}
	each := block.Body.Attributes["for_each"]
	if each == nil {
		return add(block, context)
	}
	all, diagnostics := each.Expr.Value(context)
	if diagnostics.HasErrors() {
		return diagnostics
	}
	if !all.IsWhollyKnown() || all.IsNull() || !all.CanIterateElements() {
		return fmt.Errorf("%s: for_each of %s is not written out", each.SrcRange, strings.Join(block.Labels, "."))
	}
	for key, value := range all.Elements() {
		inside := context.NewChild()
		inside.Variables = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})}
		if err := add(block, inside); err != nil {
			return err
		}
	}
	return nil
}

func (l *layout) vpc(block *hclsyntax.Block, context *hcl.EvalContext) error {
	name, err := word(block, "tags", context, "Name")
	if err != nil {
		return err
	}
	l.vpcs[name], err = prefix(block, context)
	return err
}

func (l *layout) subnet(block *hclsyntax.Block, context *hcl.EvalContext) error {
	var at place
	var err error
	if at.tier, err = word(block, "tags", context, "Tier"); err != nil {
		return err
	}
	if at.zone, err = word(block, "availability_zone", context); err != nil {
		return err
	}
	name, err := word(block, "tags", context, "Name")
	if err != nil {
		return err
	}
	environment, ok := strings.CutSuffix(name, "-"+at.tier+"-"+at.zone)
	if !ok {
		return fmt.Errorf("%s: the Name of %s is %q, and should be ENVIRONMENT-%s-%s", block.DefRange(), strings.Join(block.Labels, "."), name, at.tier, at.zone)
	}
	at.environment = environment
	l.subnets[at], err = prefix(block, context)
	return err
}

func prefix(block *hclsyntax.Block, context *hcl.EvalContext) (netip.Prefix, error) {
	text, err := word(block, "cidr_block", context)
	if err != nil {
		return netip.Prefix{}, err
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("%s: %w", block.DefRange(), err)
	}
	return p, nil
}

// word is an attribute of a resource that is a string, or an element of one that is an object.
func word(block *hclsyntax.Block, name string, context *hcl.EvalContext, element ...string) (string, error) {
	a := block.Body.Attributes[name]
	if a == nil {
		return "", fmt.Errorf("%s: %s has no %s", block.DefRange(), strings.Join(block.Labels, "."), name)
	}
	value, diagnostics := a.Expr.Value(context)
	if diagnostics.HasErrors() {
		return "", diagnostics
	}
	for _, each := range element {
		switch t := value.Type(); {
		case t.IsObjectType() && t.HasAttribute(each):
			value = value.GetAttr(each)
		case t.IsMapType() && value.IsKnown() && !value.IsNull() && value.HasIndex(cty.StringVal(each)).True():
			value = value.Index(cty.StringVal(each))
		default:
			return "", fmt.Errorf("%s: %s of %s has no %s", a.SrcRange, name, strings.Join(block.Labels, "."), each)
		}
	}
	if value.Type() != cty.String || !value.IsKnown() || value.IsNull() {
		return "", fmt.Errorf("%s: %s of %s is not written out", a.SrcRange, name, strings.Join(block.Labels, "."))
	}
	return value.AsString(), nil
}

package shadow

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// filling gives values to what a service would compute of one instance, or of one data source.
type filling struct {
	provider        *provider
	typ             string // "aws_vpc", "data.aws_vpc", "ephemeral.aws_x"
	block           *tfprotov5.SchemaBlock
	values          map[string]any
	account, region string
	instance        string            // the address of a resource, where the configuration says it
	seed            string            // everything made up is derived from it
	placeholders    map[string]string // text -> path
	within          map[string]string // see [Planned.Within]
	chosen          []string
	busy            map[string]bool // attributes whose value is being made
	made            map[string]bool // attributes that have got their value here
}

func (p *provider) filling(s *settings, typ string, b *tfprotov5.SchemaBlock, values map[string]any) *filling {
	f := &filling{
		provider: p, typ: typ, block: b, values: values, account: s.account, region: s.region,
		placeholders: map[string]string{}, within: map[string]string{}, busy: map[string]bool{}, made: map[string]bool{},
	}
	if region := str(values["region"]); region != "" && p.source == "hashicorp/aws" {
		f.region = region
	}
	return f
}

// fill gives an instance an identity of its own, and then everything else.
func (f *filling) fill(source string) {
	f.seed = f.provider.book.seed(strings.Join([]string{source, f.typ, f.account, f.region, f.instance, canonical(f.values)}, "\x00"))
	f.all()
}

// record notes an instance as planned.
func (f *filling) record(source string) {
	id := str(f.values["id"])
	if id == "" {
		id = str(f.values["arn"])
	}
	if id == "" { // neither: any text of its own
		for _, text := range slices.Sorted(maps.Keys(f.placeholders)) {
			id = text
			break
		}
	}
	f.provider.book.keep(&object{typ: f.typ, account: f.account, region: f.region, values: f.values})
	f.provider.book.plan(Planned{
		Provider: source, Type: f.typ, ID: id, Account: f.account, Region: f.region, Placeholders: f.placeholders, Within: f.within, Chosen: f.chosen,
	})
}

// all fills the block of the type.
func (f *filling) all() {
	for _, a := range f.block.Attributes {
		f.attribute(a.Name)
	}
	for _, n := range f.block.BlockTypes {
		f.nested(n, f.values, "", "")
	}
}

// attribute is an attribute of the type, filled if it has to be.
func (f *filling) attribute(name string) any {
	a := attribute(f.block, name)
	if a == nil || f.values[name] != nil || !a.Computed || a.WriteOnly || f.busy[name] {
		return f.values[name]
	}
	f.busy[name] = true
	defer delete(f.busy, name)
	v := f.value(name, name, a, f.values)
	f.values[name], f.made[name] = v, true
	return v
}

// nested fills what is computed within blocks that are there.
func (f *filling) nested(n *tfprotov5.SchemaNestedBlock, in map[string]any, key, path string) {
	key += n.TypeName + "."
	if n.TypeName == "timeouts" {
		return
	}
	single := n.Nesting == tfprotov5.SchemaNestedBlockNestingModeSingle || n.Nesting == tfprotov5.SchemaNestedBlockNestingModeGroup
	i := 0
	visit := func(m map[string]any) {
		at := fmt.Sprintf("%s%s[%d].", path, n.TypeName, i)
		if single {
			at = path + n.TypeName + "."
		}
		i++
		for _, a := range n.Block.Attributes {
			if m[a.Name] == nil && a.Computed && !a.WriteOnly {
				m[a.Name] = f.value(key+a.Name, at+a.Name, a, m)
			}
		}
		for _, inner := range n.Block.BlockTypes {
			f.nested(inner, m, key, at)
		}
	}
	if m, ok := in[n.TypeName].(map[string]any); ok && n.Nesting == tfprotov5.SchemaNestedBlockNestingModeMap {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			each(m[k], visit)
		}
		return
	}
	each(in[n.TypeName], visit)
}

// value makes the value of an attribute: as the type's own shape has it, as a template has it, or as its name and type suggest. The key is its path without
// indexes; around it are its neighbours.
func (f *filling) value(key, path string, a *tfprotov5.SchemaAttribute, around map[string]any) any {
	if make, ok := shapes()[f.typ][key]; ok {
		return make(f, path, around)
	}
	if make, ok := shapes()[strings.TrimPrefix(f.typ, "data.")][key]; ok {
		return make(f, path, around)
	}
	return f.typed(key, path, a.Type, a.Optional, around)
}

func (f *filling) template(key string) (string, bool) {
	if t, ok := templates()[f.typ][key]; ok {
		return t, true
	}
	typ, _ := strings.CutPrefix(f.typ, "data.")
	t, ok := templates()[typ][key]
	return t, ok
}

// typed makes a value of a type.
func (f *filling) typed(key, path string, t tftypes.Type, optional bool, around map[string]any) any {
	if template, ok := f.template(key); ok {
		return f.expand(template, path, t, around)
	}
	name := key[strings.LastIndex(key, ".")+1:]
	switch t := t.(type) {
	case tftypes.Object:
		m := map[string]any{}
		for _, k := range slices.Sorted(maps.Keys(t.AttributeTypes)) {
			m[k] = f.typed(key+"."+k, path+"."+k, t.AttributeTypes[k], false, m)
		}
		return m
	case tftypes.List:
		return f.collection(key, path, t.ElementType, optional, around)
	case tftypes.Set:
		return f.collection(key, path, t.ElementType, optional, around)
	case tftypes.Map:
		m := map[string]any{}
		for _, k := range f.provider.config.Keys[strings.TrimPrefix(f.typ, "data.")+"."+key] {
			m[k] = f.typed(key+"."+k, path+"["+strconv.Quote(k)+"]", t.ElementType, false, m)
		}
		return m
	}
	switch {
	case t.Is(tftypes.Bool):
		f.choose(path)
		return false
	case t.Is(tftypes.Number):
		f.choose(path)
		return number(name)
	}
	if optional && !own(name) && t.Is(tftypes.String) && attribute(f.block, name+"_prefix") == nil {
		return "" // one of several alternatives, or an option: not given
	}
	return f.named(name, path)
}

// own tells whether an attribute that may be given gets a value from the service where it is not, by what it is called.
func own(name string) bool {
	switch name {
	case "id", "name", "identifier", "arn", "region", "vpc_id", "subnet_id", "account_id", "owner_id", "bucket", "dns_name", "address", "zone_id":
		return true
	}
	return slices.ContainsFunc([]string{"availability_zone", "availability_zone_id", "_owner_id", "_account_id", "_identifier", "_region", "_window", "_cidr", "cidr_block"},
		func(s string) bool { return strings.HasSuffix(name, s) })
}

// collection is a list of computed values: of objects, one; of texts, one if nobody could have set it, and none if it was left to the service.
func (f *filling) collection(key, path string, element tftypes.Type, optional bool, around map[string]any) any {
	if optional && (element.Is(tftypes.Object{}) || element.Is(tftypes.String) || element.Is(tftypes.Number)) {
		return []any{}
	}
	v := f.typed(strings.TrimSuffix(singular(key), "."), path+"[0]", element, false, around)
	return []any{v}
}

// singular is the key of the elements of a list: objects keep the list's, as members are found below it; "subnet_ids" are of "subnet_id".
func singular(key string) string {
	for _, plural := range []string{"ids", "arns", "ips", "addresses", "blocks", "names", "endpoints", "servers", "zones"} {
		if strings.HasSuffix(key, plural) {
			if plural == "addresses" {
				return strings.TrimSuffix(key, "es")
			}
			return strings.TrimSuffix(key, "s")
		}
	}
	return key
}

// number is a computed number that makes sense.
func number(name string) float64 {
	switch {
	case strings.HasSuffix(name, "asn"):
		return 64512
	case strings.HasSuffix(name, "version"), strings.HasSuffix(name, "revision"):
		return 1
	case strings.HasSuffix(name, "port"):
		return 443
	}
	return 0
}

// note remembers a placeholder.
func (f *filling) note(text, path string) string {
	if _, ok := f.placeholders[text]; !ok && text != "" {
		f.placeholders[text] = path
	}
	return text
}

// choose remembers that an attribute has an ordinary value that the service may choose differently.
func (f *filling) choose(path string) { f.chosen = append(f.chosen, path) }

func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// digits are n characters of an alphabet, derived from the instance and what they are for.
func (f *filling) digits(alphabet string, n int, what ...string) string {
	var out strings.Builder
	for i := 0; out.Len() < n; i++ {
		sum := sha256.Sum256([]byte(f.seed + "\x00" + strings.Join(what, "\x00") + "\x00" + strconv.Itoa(i)))
		for _, b := range sum {
			if out.Len() < n {
				out.WriteByte(alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return out.String()
}

const hexDigits = "0123456789abcdef"

// id is an identifier with one of AWS's prefixes.
func (f *filling) id(prefix, path string) string {
	return f.note(prefix+"-"+f.digits(hexDigits, 17, path), path)
}

var alphabets = map[string]string{
	"hex": hexDigits, "hexu": "0123456789ABCDEF", "num": "0123456789", "alnum": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	"upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "base": "abcdefghijklmnopqrstuvwxyz0123456789",
}

var (
	hole   = regexp.MustCompile(`<[a-z0-9_|]+>`)
	random = regexp.MustCompile(`^(hex|hexu|num|alnum|upper|base)([0-9]+)$`)
)

package tfcode

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

const remoteState = "terraform_remote_state"

// foreign is what placeholders stand for in place of states that nobody gave.
type foreign struct {
	placeholders map[string]string // text -> address of the data source
	lookups      []Lookup
	names        []string // of those that were not given
}

// shape is what the code reads of an output.
type shape struct {
	names   map[string]*shape
	element *shape
	list    bool
}

func (s *shape) name(name string) *shape {
	if s.names == nil {
		s.names = map[string]*shape{}
	}
	if s.names[name] == nil {
		s.names[name] = &shape{}
	}
	return s.names[name]
}

func (s *shape) follow(path []step) *shape {
	for _, each := range path {
		if each.index {
			s.list = true
			if s.element == nil {
				s.element = &shape{}
			}
			s = s.element
		} else {
			s = s.name(each.name)
		}
	}
	return s
}

// remoteStates turns the terraform_remote_state data sources of the copy into ones that read a file: the one that the user gave, or one of placeholders.
func (c *configuration) remoteStates(t *tree, given map[string]string, namespace string) (*foreign, error) {
	out := &foreign{placeholders: map[string]string{}}
	used := map[string]bool{}
	done := map[string]bool{} // by file and name: modules share files
	for _, m := range c.modules {
		shapes := map[string]*shape(nil)
		for _, b := range m.blocks {
			if b.kind != "data" || b.typ != remoteState || b.provider != builtin {
				continue
			}
			if shapes == nil {
				shapes = c.outputsRead(m)
			}
			address := m.absolute(b.address())
			key := b.name
			file, ok := given[key]
			if !ok {
				key = "*"
				file, ok = given[key]
			}
			s := shapes[b.name]
			if s == nil {
				s = &shape{}
			}
			path := filepath.Join(t.base, ".states", short(b.file.path+" "+b.name)+".tfstate")
			if ok {
				used[key] = true
				if !done[path] {
					if err := writeGiven(file, path, s, address, namespace, out); err != nil {
						return nil, err
					}
				}
			} else {
				state := newPlaceholders(namespace, address, out)
				if !done[path] {
					if err := writeOutputs(path, state.outputs(s)); err != nil {
						return nil, err
					}
				}
				out.names = append(out.names, b.name)
				out.lookups = append(out.lookups, Lookup{Address: address, File: b.at.file, Line: b.at.line, Message: fmt.Sprintf("the state that %s reads is not given: placeholders stand for its outputs. --remote-state %s=FILE gives it (a terraform.tfstate, or what terraform show -json prints)", address, b.name)})
			}
			if !done[path] {
				b.readFrom(path)
			}
			done[path] = true
		}
	}
	for _, name := range sortedKeys(given) {
		if !used[name] && name != "*" {
			return nil, fmt.Errorf("--remote-state %s: no module of %s has a data source %s.%s", name, c.shown, remoteState, name)
		}
	}
	return out, nil
}

func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// readFrom edits the copy so that the block reads a file.
func (b block) readFrom(path string) {
	quoted := string(hclwrite.TokensForValue(cty.StringVal(path)).Bytes())
	native, ok := b.body.(*hclsyntax.Body)
	if !ok {
		raw, _ := json.Marshal(path) // a string always marshals
		for _, m := range members(b.file.src) {
			if len(m.path) != 4 || m.path[0] != "data" || m.path[1] != remoteState || m.path[2] != b.name {
				continue
			}
			switch m.path[3] {
			case "backend":
				b.file.edits = append(b.file.edits, edit{m.value, m.valueEnd, `"local"`})
			case "config":
				b.file.edits = append(b.file.edits, edit{m.value, m.valueEnd, fmt.Sprintf(`{"path": %s}`, raw)})
			case "workspace":
				b.file.edits = append(b.file.edits, edit{m.key, m.keyEnd, `"//"`})
			}
		}
		return
	}
	for name, attribute := range native.Attributes {
		r := attribute.Expr.Range()
		switch name {
		case "backend":
			b.file.replace(r, `"local"`)
		case "config":
			b.file.replace(r, "{ path = "+quoted+b.file.lines(r)+" }")
		case "workspace":
			b.file.blank(attribute.SrcRange)
		}
	}
	if _, ok := native.Attributes["config"]; !ok { // all from the environment, or a block of older syntax
		at := native.SrcRange.Start
		b.file.replace(hcl.Range{Start: hcl.Pos{Byte: at.Byte + 1}, End: hcl.Pos{Byte: at.Byte + 1}}, "\nconfig = { path = "+quoted+" }\n")
	}
}

// outputsRead finds what a module reads of its terraform_remote_state data sources, by their names.
func (c *configuration) outputsRead(m *module) map[string]*shape {
	all := map[string]*shape{}
	of := func(name string) *shape {
		if all[name] == nil {
			all[name] = &shape{}
		}
		return all[name]
	}
	// locals that stand for the outputs of one
	locals := map[string][]step{}
	expand := func(path []step) []step {
		for range 5 { // a local of a local
			if len(path) < 2 || path[0].name != "local" || locals[path[1].name] == nil {
				break
			}
			path = append(slices.Clone(locals[path[1].name]), path[2:]...)
		}
		return path
	}
	for _, f := range m.files {
		content, _, _ := f.body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "locals"}}})
		for _, b := range content.Blocks {
			attributes, _ := b.Body.JustAttributes()
			for name, attribute := range attributes {
				if path := steps(attribute.Expr); len(path) > 1 && (path[0].name == "data" && path[1].name == remoteState || path[0].name == "local") {
					locals[name] = path
				}
			}
		}
	}
	outputs := func(path []step) (*shape, bool) {
		path = expand(path)
		if len(path) < 3 || path[0].name != "data" || path[1].name != remoteState {
			return nil, false
		}
		name, rest := path[2].name, path[3:]
		if len(rest) > 0 && rest[0].index { // count or for_each
			rest = rest[1:]
		}
		if len(rest) > 1 && rest[0].name != "outputs" && rest[1].name == "outputs" { // ["key"].outputs
			rest = rest[1:]
		}
		if len(rest) < 2 || rest[0].name != "outputs" || rest[1].index {
			return nil, false
		}
		return of(name).follow(rest[1:]), true
	}
	for _, f := range m.files {
		references(f.body, func(path []step, _ hcl.Range) { outputs(path) })
		native := f.native()
		if native == nil {
			continue
		}
		_ = hclsyntax.VisitAll(native, func(node hclsyntax.Node) hcl.Diagnostics {
			var collections []hclsyntax.Expression
			switch node := node.(type) {
			case *hclsyntax.ForExpr:
				collections = append(collections, node.CollExpr)
			case *hclsyntax.FunctionCallExpr:
				if slices.Contains(listFunctions, node.Name) {
					collections = append(collections, node.Args...)
				}
			case *hclsyntax.Attribute:
				if plural(node.Name) {
					collections = append(collections, node.Expr)
				}
			}
			for _, e := range collections {
				if s, ok := outputs(steps(e)); ok && len(s.names) == 0 {
					s.list = true
				}
			}
			return nil
		})
	}
	return all
}

var listFunctions = []string{"length", "element", "slice", "toset", "tolist", "sort", "concat", "flatten", "distinct", "index", "setunion", "setproduct", "zipmap", "one", "compact", "reverse", "chunklist"}

// plural tells whether an argument or output of that name is a list.
func plural(name string) bool {
	for _, end := range []string{"ids", "arns", "cidrs", "cidr_blocks", "blocks", "subnets", "security_groups", "azs", "zones", "names", "tables", "addresses"} {
		if name == end || strings.HasSuffix(name, "_"+end) {
			return true
		}
	}
	return false
}

// placeholders makes outputs for what the code reads.
type placeholders struct {
	namespace, address string
	out                *foreign
}

func newPlaceholders(namespace, address string, out *foreign) *placeholders {
	return &placeholders{namespace, address, out}
}

func (p *placeholders) outputs(s *shape) map[string]any {
	all := map[string]any{}
	for _, name := range sortedKeys(s.names) {
		all[name] = p.value(name, name, s.names[name])
	}
	return all
}

func (p *placeholders) value(name, path string, s *shape) any {
	const length = 3 // zones, mostly
	switch {
	case len(s.names) > 0:
		object := map[string]any{}
		for _, inner := range sortedKeys(s.names) {
			object[inner] = p.value(inner, path+"."+inner, s.names[inner])
		}
		return object
	case s.list || s.element != nil || plural(name):
		element := s.element
		if element == nil {
			element = &shape{}
		}
		list := make([]any, length)
		for i := range list {
			list[i] = p.value(strings.TrimSuffix(name, "s"), fmt.Sprintf("%s[%d]", path, i), element)
		}
		return list
	}
	text := p.text(strings.ToLower(name), path)
	p.out.placeholders[text] = p.address
	return text
}

// prefixes of identifiers, by what names of outputs have in them; the first that fits.
var prefixes = []struct{ word, prefix string }{
	{"vpc_endpoint", "vpce"}, {"tgw_attachment", "tgw-attach"}, {"transit_gateway_attachment", "tgw-attach"}, {"transit_gateway_route_table", "tgw-rtb"}, {"tgw_route_table", "tgw-rtb"},
	{"transit_gateway", "tgw"}, {"tgw", "tgw"}, {"route_table", "rtb"}, {"rtb", "rtb"}, {"security_group", "sg"}, {"sg", "sg"}, {"nat", "nat"}, {"internet_gateway", "igw"}, {"igw", "igw"},
	{"network_interface", "eni"}, {"eni", "eni"}, {"instance", "i"}, {"ami", "ami"}, {"peering", "pcx"}, {"pcx", "pcx"}, {"endpoint", "vpce"}, {"vpce", "vpce"}, {"prefix_list", "pl"},
	{"network_acl", "acl"}, {"subnet", "subnet"}, {"vpc", "vpc"},
}

func (p *placeholders) text(name, path string) string {
	sum := sha256.Sum256([]byte(p.namespace + "\x00" + p.address + "\x00" + path))
	digits := "0" + hex.EncodeToString(sum[:])
	switch {
	case strings.Contains(name, "cidr"):
		return fmt.Sprintf("%d.%d.0.0/16", 250+sum[0]%5, sum[1])
	case strings.Contains(name, "arn"):
		return "arn:aws:unknown:us-east-1:000000000000:" + digits[:17]
	case strings.Contains(name, "zone_id"):
		return "Z" + strings.ToUpper(digits[:20])
	}
	for _, each := range prefixes {
		if strings.Contains("_"+name+"_", "_"+each.word) {
			return each.prefix + "-" + digits[:17]
		}
	}
	return strings.ReplaceAll(strings.Trim(name, "_"), "_", "-") + "-" + digits[:17]
}

// writeOutputs writes a state that has outputs and nothing else.
func writeOutputs(path string, outputs map[string]any) error {
	type output struct {
		Value any `json:"value"`
		Type  any `json:"type"`
	}
	all := map[string]output{}
	for name, value := range outputs {
		all[name] = output{value, typeOf(value)}
	}
	raw, err := json.Marshal(map[string]any{"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "placeholders", "outputs": all, "resources": []any{}})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, raw, 0o600)
}

// typeOf is the type of a JSON value, as states write it.
func typeOf(value any) any {
	switch value := value.(type) {
	case string:
		return "string"
	case bool:
		return "bool"
	case float64, json.Number:
		return "number"
	case []any:
		types := make([]any, len(value))
		for i, element := range value {
			types[i] = typeOf(element)
		}
		return []any{"tuple", types}
	case map[string]any:
		types := map[string]any{}
		for name, element := range value {
			types[name] = typeOf(element)
		}
		return []any{"object", types}
	}
	return "dynamic"
}

// writeGiven writes what the user gave as a state: a state, a state or plan as terraform show -json prints it, or an annotated plan.
func writeGiven(name, path string, read *shape, address, namespace string, out *foreign) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("--remote-state: %s cannot be read: %w", name, err)
	}
	type values struct {
		Outputs map[string]struct {
			Value any `json:"value"`
		} `json:"outputs"`
	}
	var document struct {
		Version       int             `json:"version"`
		Outputs       json.RawMessage `json:"outputs"`
		Values        *values         `json:"values"`
		PlannedValues *values         `json:"planned_values"`
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		return fmt.Errorf("--remote-state: %s is not JSON: %w", name, err)
	}
	switch {
	case document.Version == 4:
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		return os.WriteFile(path, raw, 0o600)
	case document.Values == nil && document.PlannedValues == nil:
		return fmt.Errorf("--remote-state: %s is neither a terraform.tfstate of version 4 nor what terraform show -json prints", name)
	}
	from := document.Values
	if from == nil {
		from = document.PlannedValues
	}
	outputs := map[string]any{}
	for key, output := range from.Outputs {
		if output.Value != nil {
			outputs[key] = output.Value
		}
	}
	if document.PlannedValues != nil { // what a plan leaves unknown
		unknown := &shape{names: map[string]*shape{}}
		for key := range from.Outputs {
			if outputs[key] == nil && read.names[key] != nil {
				unknown.names[key] = read.names[key]
			}
		}
		if len(unknown.names) > 0 {
			for key, value := range newPlaceholders(namespace, address, out).outputs(unknown) {
				outputs[key] = value
			}
			out.lookups = append(out.lookups, Lookup{Address: address, Message: fmt.Sprintf("%s does not know the outputs %s yet: placeholders stand for them. watertight plan -o FILE makes a plan that does", name, strings.Join(sortedKeys(unknown.names), ", "))})
		}
	}
	return writeOutputs(path, outputs)
}

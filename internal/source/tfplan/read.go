package tfplan

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/watertight/watertight/internal/network"
)

// Options say how to read a document.
type Options struct {
	// Prior reads the state before a plan, instead of the state after it.
	Prior bool
	// Namespace tells identifiers that are made of addresses apart, where several documents are read that may have the same addresses.
	Namespace string
	// Locate finds the code of a resource or data source by its address without indexes; nil where there is no code.
	Locate func(address string) (file string, line int, ok bool)
}

// members are those of plans and states alone.
var members = []string{"applyable", "checks", "complete", "configuration", "errored", "format_version", "lineage", "output_changes", "planned_values", "prior_state",
	"relevant_attributes", "resource_changes", "resource_drift", "serial", "terraform_version"}

// Is tells whether a document is one that [Read] reads. Answers of the AWS API are not: their keys begin with a capital.
func Is(document io.Reader) bool {
	d := jsontext.NewDecoder(document)
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return false
	}
	for {
		name, err := d.ReadToken()
		if err != nil || name.Kind() != '"' {
			return false
		}
		switch key := name.String(); {
		case slices.Contains(members, key):
			return true
		case key == "" || 'A' <= key[0] && key[0] <= 'Z':
			return false
		}
		if err := d.SkipValue(); err != nil {
			return false
		}
	}
}

// Read reads a file. It fails when there is no such file, when it is no JSON (with line and column), and when it is no document of Terraform. All else
// that is wrong is in the contents: defects, and problems.
func Read(path string, o Options) (network.Contents, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return network.Contents{}, fmt.Errorf("the network cannot be read: %w", err)
	}
	return Parse(raw, filepath.ToSlash(path), o)
}

// Parse reads a document. Source is how origins name it.
func Parse(raw []byte, source string, o Options) (network.Contents, error) {
	r := &reader{source: source, options: o, byAddress: map[string]*instance{}, types: kinds(), out: &network.Contents{}, bearing: map[string]bool{}}
	var doc document
	if err := json.Unmarshal(raw, &doc, json.MatchCaseInsensitiveNames(false)); err != nil {
		return network.Contents{}, malformed(raw, source, err)
	}
	if err := r.open(&doc); err != nil {
		return network.Contents{}, err
	}
	r.convert()
	return *r.out, nil
}

// HasPrior tells whether a document is a plan that knows the state before it.
func HasPrior(raw []byte) bool {
	var doc struct {
		Prior   jsontext.Value `json:"prior_state"`
		Changes jsontext.Value `json:"resource_changes"`
	}
	return json.Unmarshal(raw, &doc) == nil && doc.Changes != nil
}

// document is any of the documents. Which it is, its members tell.
type document struct {
	Format     string         `json:"format_version"`
	Terraform  string         `json:"terraform_version"`
	Version    jsontext.Value `json:"version"` // of a state file
	Changes    []change       `json:"resource_changes"`
	Planned    jsontext.Value `json:"planned_values"`
	Prior      *state         `json:"prior_state"`
	Config     configuration  `json:"configuration"`
	Values     *values        `json:"values"`
	Resources  []stored       `json:"resources"`
	Watertight *Annotations   `json:"watertight"`
	Errored    bool           `json:"errored"`
}

type state struct {
	Values *values `json:"values"`
}

type values struct {
	Root module `json:"root_module"`
}

type module struct {
	Resources []object `json:"resources"`
	Children  []module `json:"child_modules"`
}

// object is a resource instance of a state.
type object struct {
	Address string         `json:"address"`
	Mode    string         `json:"mode"`
	Type    string         `json:"type"`
	Name    string         `json:"name"`
	Index   any            `json:"index"`
	Deposed string         `json:"deposed_key"`
	Values  jsontext.Value `json:"values"`
}

// change is a resource instance of a plan.
type change struct {
	Address string         `json:"address"`
	Mode    string         `json:"mode"`
	Type    string         `json:"type"`
	Name    string         `json:"name"`
	Index   any            `json:"index"`
	Deposed string         `json:"deposed"`
	Change  jsontext.Value `json:"change"`
}

type difference struct {
	Actions []string `json:"actions"`
	Before  any      `json:"before"`
	After   any      `json:"after"`
	Unknown any      `json:"after_unknown"`
}

// stored is a resource of a state file.
type stored struct {
	Module    string `json:"module"`
	Mode      string `json:"mode"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Provider  string `json:"provider"`
	Instances []struct {
		Index      any            `json:"index_key"`
		Deposed    string         `json:"deposed"`
		Attributes jsontext.Value `json:"attributes"`
	} `json:"instances"`
}

// reader is one document while it is read.
type reader struct {
	source    string
	options   Options
	notes     *Annotations
	config    configuration
	all       []*instance // in the order of their addresses
	prior     map[string]*instance
	ordered   []*instance // of prior: see [reader.before]
	byAddress map[string]*instance
	byType    map[string][]*instance
	byID      map[string]*instance
	places    map[string]network.Place // by key of the provider configuration
	silent    bool                     // faults are no problems: of the state before
	planned   bool                     // it is a plan: what it makes, nothing else is there yet
	out       *network.Contents
	objects   objects
	hubs      hubs
	cast      *cast // see crew
	types     map[string]kind
	// bearing are the data sources of which the network has something, by address. loose: it has something that is calculated from one.
	bearing map[string]bool
	loose   bool
	blocks  map[netip.Prefix]string // placeholders for blocks of addresses: who has them
}

func (r *reader) open(doc *document) error {
	r.notes = doc.Watertight
	r.config = doc.Config
	r.config.index()
	isState := doc.Values != nil || len(doc.Version) > 0 && doc.Format == ""
	switch {
	case r.notes != nil && r.notes.Version != 1:
		return fmt.Errorf("%s: it was written by a newer watertight (version %d of its annotations, and this one reads 1): update watertight, or run watertight plan again", r.source, r.notes.Version)
	case isState && r.options.Prior:
		return fmt.Errorf("%s is a state, and a state has no state before it: give a plan (terraform show -json PLAN)", r.source)
	case doc.Values != nil:
		r.readModule(doc.Values.Root, r.add)
	case isState:
		if v := string(doc.Version); v != "4" {
			return fmt.Errorf("%s is a state file of version %s: only version 4 is read. terraform show -json writes any state as JSON that is", r.source, v)
		}
		r.readStored(doc.Resources)
	case doc.Format != "" || len(doc.Changes) > 0:
		r.planned = true
		if err := r.readPlan(doc); err != nil {
			return err
		}
	default:
		return fmt.Errorf("%s is no plan and no state of Terraform: it has neither \"resource_changes\", nor \"values\", nor \"version\". terraform show -json PLAN writes what is read", r.source)
	}
	slices.SortFunc(r.all, func(a, b *instance) int { return natural(a.address, b.address) })
	r.byType, r.byID = map[string][]*instance{}, map[string]*instance{}
	for _, i := range r.all {
		r.byType[i.typ] = append(r.byType[i.typ], i)
	}
	r.findPlaces()
	return nil
}

func (r *reader) readPlan(doc *document) error {
	if doc.Prior != nil && doc.Prior.Values != nil {
		r.prior = map[string]*instance{}
		r.readModule(doc.Prior.Values.Root, func(i *instance) {
			if strings.HasPrefix(i.typ, "data.") { // what was read before the plan counts for both halves
				r.add(i)
				return
			}
			r.prior[i.address] = i
		})
	}
	if r.options.Prior {
		for _, i := range r.prior {
			r.add(i)
		}
		r.prior = nil
		r.planned = false
		return nil
	}
	for n := range doc.Changes {
		c := &doc.Changes[n]
		if !r.wanted(c.Mode, c.Type) || c.Deposed != "" {
			continue
		}
		var d difference
		if err := json.Unmarshal(c.Change, &d); err != nil {
			return fmt.Errorf("%s: %s: its change is not understood: %w", r.source, c.Address, err)
		}
		i := r.instance(c.Address, c.Mode, c.Type, c.Name, c.Index)
		switch {
		case slices.Contains(d.Actions, "forget"): // it leaves the state, and stays where it is
			i.value = d.Before
		case len(d.Actions) == 1 && d.Actions[0] == "delete":
			continue
		default:
			i.value = r.merge(i, "", d.After, d.Unknown)
		}
		r.add(i)
	}
	return nil
}

func (r *reader) readModule(m module, add func(*instance)) {
	for n := range m.Resources {
		o := &m.Resources[n]
		if !r.wanted(o.Mode, o.Type) || o.Deposed != "" {
			continue
		}
		i := r.instance(o.Address, o.Mode, o.Type, o.Name, o.Index)
		var v any
		if err := json.Unmarshal(o.Values, &v); err != nil {
			continue // the document was checked as a whole
		}
		i.value = r.merge(i, "", v, nil)
		add(i)
	}
	for _, child := range m.Children {
		r.readModule(child, add)
	}
}

func (r *reader) readStored(list []stored) {
	for _, s := range list {
		if !r.wanted(s.Mode, s.Type) {
			continue
		}
		for _, each := range s.Instances {
			if each.Deposed != "" {
				continue
			}
			address := s.Type + "." + s.Name
			if s.Mode == "data" {
				address = "data." + address
			}
			if s.Module != "" {
				address = s.Module + "." + address
			}
			switch index := each.Index.(type) {
			case string:
				address += fmt.Sprintf("[%q]", index)
			case float64:
				address += fmt.Sprintf("[%d]", int(index))
			}
			i := r.instance(address, s.Mode, s.Type, s.Name, each.Index)
			i.key = s.Provider
			var v any
			if err := json.Unmarshal(each.Attributes, &v); err != nil {
				continue
			}
			i.value = v
			r.add(i)
		}
	}
}

// wanted tells whether anything reads a type.
func (r *reader) wanted(mode, typ string) bool {
	if mode == "data" {
		typ = "data." + typ
	}
	_, ok := r.types[typ]
	return ok || r.unmodelled(mode, typ)
}

func (r *reader) instance(address, mode, typ, name string, index any) *instance {
	i := &instance{reader: r, address: address, typ: typ, name: name, index: index}
	if mode == "data" {
		i.typ = "data." + typ
	}
	i.module = moduleOf(address)
	i.node = node{of: i}
	if r.notes != nil {
		i.left = map[string]bool{}
		for _, path := range r.notes.Resources[address].Chosen {
			i.left[path] = true
		}
	}
	return i
}

func (r *reader) add(i *instance) {
	r.all = append(r.all, i)
	r.byAddress[i.address] = i
}

// moduleOf is the path of the module instance in an address.
func moduleOf(address string) string {
	end, rest := 0, address
	for strings.HasPrefix(rest, "module.") {
		n := stepLength(rest[len("module."):]) + len("module.")
		end += n + 1
		rest = strings.TrimPrefix(rest[n:], ".")
	}
	if end == 0 {
		return ""
	}
	return address[:end-1]
}

// stepLength is the length of a name with its index, up to the dot that ends it.
func stepLength(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '.' && !quoted:
			return i
		}
	}
	return len(s)
}

// plain is an address without the indexes of modules and resources.
func plain(address string) string {
	if !strings.Contains(address, "[") {
		return address
	}
	var b strings.Builder
	quoted, depth := false, 0
	for i := 0; i < len(address); i++ {
		c := address[i]
		switch {
		case quoted && c == '\\':
			i++
			continue
		case c == '"' && depth > 0:
			quoted = !quoted
		case c == '[' && !quoted:
			depth++
		}
		if depth == 0 {
			b.WriteByte(c)
		}
		if c == ']' && !quoted {
			depth--
		}
	}
	return b.String()
}

// natural compares addresses with numbers in them: a[2] comes before a[10].
func natural(a, b string) int {
	for a != "" && b != "" {
		if isDigit(a[0]) && isDigit(b[0]) {
			x, y := digits(a), digits(b)
			one, two := strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if c := cmp.Or(cmp.Compare(len(one), len(two)), cmp.Compare(one, two), cmp.Compare(len(x), len(y))); c != 0 {
				return c
			}
			a, b = a[len(x):], b[len(y):]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func digits(s string) string {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return s[:n]
}

// malformed says where JSON is wrong.
func malformed(raw []byte, source string, err error) error {
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		line, column := position(raw, int(syntax.ByteOffset))
		return fmt.Errorf("%s:%d:%d: not JSON: %v", source, line, column, syntax.Err)
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		line, column := position(raw, int(semantic.ByteOffset))
		return fmt.Errorf("%s:%d:%d: %s is not what Terraform writes there: %v", source, line, column, cmp.Or(string(semantic.JSONPointer), "the document"), semantic)
	}
	return fmt.Errorf("%s: %w", source, err)
}

func position(raw []byte, offset int) (line, column int) {
	before := raw[:min(offset, len(raw))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

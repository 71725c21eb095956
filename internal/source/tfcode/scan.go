package tfcode

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// configuration is what the code of a working folder says, module by module.
type configuration struct {
	shown   string // the folder as the user names it
	logical string // its absolute path, as Terraform shows it: path.cwd
	root    string // the same without symbolic links
	tofu    bool
	modules []*module // the root first, then in the order of their keys
	files   map[string]*file
	folders map[string][]*file // by folder
	// workspace is the name that a cloud block gives its workspace.
	workspace string
	// dynamic tells that the source of a module is an expression, which only OpenTofu can follow; resolved, that it has: modules.json says where they are.
	dynamic, resolved bool
}

// module is the code of one module call. A module that is called twice is two of them.
type module struct {
	key      string // "" of the root, "net", "net.inner"
	source   string // as modules.json has it
	version  string
	dir      string // absolute
	requires map[string]requirement
	files    []*file
	blocks   []block
	calls    map[string]call
}

// place is a line of code.
type place struct {
	file string // as the user names it
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

func placeOf(r hcl.Range) place { return place{r.Filename, r.Start.Line} }

// block is a resource, data, ephemeral or provider block.
type block struct {
	kind     string // "resource", "data", "ephemeral", "provider"
	typ      string // of a provider block its local name
	name     string
	provider string // source of the provider
	at       place
	file     *file
	body     hcl.Body
	extent   hcl.Range // of the whole block
}

// address is the block's address within its module.
func (b block) address() string {
	switch b.kind {
	case "resource":
		return b.typ + "." + b.name
	case "data", "ephemeral":
		return b.kind + "." + b.typ + "." + b.name
	}
	return "provider." + b.typ
}

// call is a module block.
type call struct {
	source  string
	dynamic bool
	at      place
}

// path is the module's address without indexes: "module.net.module.inner".
func (m *module) path() string {
	if m.key == "" {
		return ""
	}
	return "module." + strings.ReplaceAll(m.key, ".", ".module.")
}

// absolute is the address of something in the module, without indexes.
func (m *module) absolute(address string) string {
	if m.key == "" {
		return address
	}
	return m.path() + "." + address
}

var rootSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "terraform"},
	{Type: "provider", LabelNames: []string{"name"}},
	{Type: "resource", LabelNames: []string{"type", "name"}},
	{Type: "data", LabelNames: []string{"type", "name"}},
	{Type: "ephemeral", LabelNames: []string{"type", "name"}},
	{Type: "module", LabelNames: []string{"name"}},
	{Type: "check", LabelNames: []string{"name"}},
	{Type: "variable", LabelNames: []string{"name"}},
	{Type: "output", LabelNames: []string{"name"}},
}}

var localsSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "locals"}}}

var terraformSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "required_providers"},
	{Type: "backend", LabelNames: []string{"type"}},
	{Type: "cloud"},
	{Type: "encryption"},
}}

var callSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "source"}}}

var providerSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "provider"}}}

// scan reads the code of a working folder and of all modules that it calls.
func scan(shown string, tofu bool) (*configuration, error) {
	logical, err := filepath.Abs(shown)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown, err)
	}
	root, err := filepath.EvalSymlinks(logical)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s does not exist: give a folder of Terraform code", shown)
		}
		return nil, fmt.Errorf("%s cannot be read: %w", shown, err)
	}
	c := &configuration{shown: filepath.ToSlash(filepath.Clean(shown)), logical: logical, root: root, tofu: tofu, files: map[string]*file{}, folders: map[string][]*file{}}
	return c, nil
}

// load reads the root module, and from there all others. Records are the modules that terraform init installed, by key.
func (c *configuration) load(records map[string]record) error {
	names, err := codeFiles(c.root, c.tofu)
	switch {
	case err != nil:
		return fmt.Errorf("%s is not a folder of Terraform code: %w", c.shown, err)
	case len(names) == 0:
		return fmt.Errorf("%s has no Terraform code (*.tf, *.tf.json): name the folder in which %s plan is run", c.shown, c.program())
	}
	var missing []missingModule
	queue := []*module{{dir: c.root}}
	for len(queue) > 0 {
		m := queue[0]
		queue = queue[1:]
		if err := c.read(m); err != nil {
			return err
		}
		c.modules = append(c.modules, m)
		if strings.Count(m.key, ".") > 60 {
			return fmt.Errorf("%s: module %s calls itself, without end", c.show(m.dir), m.key)
		}
		for _, name := range sortedKeys(m.calls) {
			call := m.calls[name]
			key := joinKey(m.key, name)
			if call.dynamic {
				c.dynamic = true
				r, ok := records[key]
				if !ok || !c.resolved {
					continue // what is wrong with it, Terraform reports
				}
				call.source = r.Source
			}
			next := &module{key: key, source: call.source}
			if local, ok := localSource(call.source); ok {
				next.source, next.dir = local, filepath.Join(m.dir, filepath.FromSlash(local))
				if names, err := codeFiles(next.dir, c.tofu); err != nil || len(names) == 0 {
					missing = append(missing, missingModule{key: key, call: call, local: c.show(next.dir)})
					continue
				}
			} else if r, ok := records[key]; ok && sameSource(r.Source, call.source) {
				next.source, next.version, next.dir = c.recordedSource(r.Source, call.source), r.Version, r.absolute(c.root)
				if names, err := codeFiles(next.dir, c.tofu); err != nil || len(names) == 0 {
					missing = append(missing, missingModule{key: key, call: call})
					continue
				}
			} else {
				missing = append(missing, missingModule{key: key, call: call, other: r.Source})
				continue
			}
			queue = append(queue, next)
		}
	}
	if len(missing) > 0 {
		return c.missingModules(missing)
	}
	slices.SortStableFunc(c.modules, func(a, b *module) int { return cmp.Compare(a.key, b.key) })
	return nil
}

// show is a path as the user would name it.
func (c *configuration) show(path string) string {
	rel, err := filepath.Rel(c.root, path)
	if err != nil {
		return path
	}
	return filepath.ToSlash(filepath.Join(c.shown, rel))
}

// parseFolder parses the files of a folder once.
func (c *configuration) parseFolder(dir string) ([]*file, error) {
	if files, ok := c.folders[dir]; ok {
		return files, nil
	}
	names, err := codeFiles(dir, c.tofu)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", c.show(dir), err)
	}
	var files []*file
	var all hcl.Diagnostics
	for _, name := range names {
		path := filepath.Join(dir, name)
		f, diagnostics, err := parse(path, c.show(path))
		if err != nil {
			return nil, err
		}
		all = append(all, diagnostics...)
		files = append(files, f)
		c.files[path] = f
	}
	if all.HasErrors() {
		return nil, syntaxError(c, all)
	}
	c.folders[dir] = files
	return files, nil
}

// read reads the blocks of a module.
func (c *configuration) read(m *module) error {
	files, err := c.parseFolder(m.dir)
	if err != nil {
		return err
	}
	m.files, m.requires, m.calls = files, map[string]requirement{}, map[string]call{}
	for _, f := range files {
		content, _, _ := f.body.PartialContent(rootSchema) // what is odd, Terraform reports
		for _, b := range content.Blocks {
			switch b.Type {
			case "terraform":
				c.readTerraform(m, f, b)
			case "module":
				attributes, _, _ := b.Body.PartialContent(callSchema)
				one := call{at: placeOf(b.DefRange)}
				source, ok := attributes.Attributes["source"]
				switch {
				case ok:
					text, ok := constant(source.Expr)
					one.source, one.dynamic = text, !ok
				case m.calls[b.Labels[0]] != (call{}): // an override that leaves the source
					continue
				default:
					one.dynamic = true // Terraform reports it
				}
				if before, ok := m.calls[b.Labels[0]]; ok {
					one.at = before.at
				}
				m.calls[b.Labels[0]] = one
			case "resource", "data", "ephemeral":
				m.blocks = append(m.blocks, block{kind: b.Type, typ: b.Labels[0], name: b.Labels[1], at: placeOf(b.DefRange), file: f, body: b.Body, extent: extent(b)})
			case "provider":
				m.blocks = append(m.blocks, block{kind: b.Type, typ: b.Labels[0], at: placeOf(b.DefRange), file: f, body: b.Body, extent: extent(b)})
			case "check":
				inner, _, _ := b.Body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "data", LabelNames: []string{"type", "name"}}}})
				for _, d := range inner.Blocks {
					m.blocks = append(m.blocks, block{kind: "data", typ: d.Labels[0], name: d.Labels[1], at: placeOf(d.DefRange), file: f, body: d.Body, extent: extent(d)})
				}
			}
		}
	}
	for i, b := range m.blocks {
		m.blocks[i].provider = c.providerOf(m, b)
	}
	return nil
}

// extent is the range of a whole block: Terraform's own syntax knows it, of JSON only the head is known.
func extent(b *hcl.Block) hcl.Range {
	if body, ok := b.Body.(interface{ Range() hcl.Range }); ok {
		return hcl.RangeBetween(b.DefRange, body.Range())
	}
	return b.DefRange
}

// readTerraform reads a terraform block, and takes out of the copy what is about states.
func (c *configuration) readTerraform(m *module, f *file, b *hcl.Block) {
	content, _, _ := b.Body.PartialContent(terraformSchema)
	for _, inner := range content.Blocks {
		switch inner.Type {
		case "backend", "cloud", "encryption":
			if m.key != "" {
				continue // Terraform ignores it
			}
			if inner.Type == "cloud" {
				c.readCloud(inner)
			}
			if f.native() != nil {
				f.blank(extent(inner))
			} else {
				f.withoutBackend()
			}
		case "required_providers":
			attributes, _ := inner.Body.JustAttributes()
			for name, attribute := range attributes {
				m.requires[name] = c.requirementOf(name, attribute)
			}
		}
	}
}

// readCloud takes the name of the workspace from a cloud block, which is what terraform.workspace is then.
func (c *configuration) readCloud(b *hcl.Block) {
	content, _, _ := b.Body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "workspaces"}}})
	for _, w := range content.Blocks {
		attributes, _ := w.Body.JustAttributes()
		if name, ok := attributes["name"]; ok {
			c.workspace, _ = constant(name.Expr)
		}
	}
}

// locations are where blocks are written, by address without indexes.
func (c *configuration) locations() map[string]place {
	all := map[string]place{}
	for _, m := range c.modules {
		for _, b := range m.blocks {
			address := m.absolute(b.address())
			if _, ok := all[address]; !ok && b.kind != "provider" {
				all[address] = b.at
			}
		}
		for name, call := range m.calls {
			all[m.absolute("module."+name)] = call.at
		}
	}
	return all
}

// sortedKeys are the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

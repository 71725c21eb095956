package tfcode

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// Terraform puts off a data source until apply where its block refers to a resource that is still to be changed, or where it or a module around it has
// depends_on. Nothing is applied here, so all that comes from such a data source would stay unknown. In the copy, therefore,
//
//   - a reference to a resource goes through a local, which Terraform does not count;
//   - depends_on is taken out of data and module blocks, and the order that it asks for is kept by a module without resources that has it instead: a data
//     block refers to that module's output in one of its arguments.

// Names in the copy that the code does not have. They are taken out of the document.
const (
	earlyPrefix = "watertight_early_"     // of all of them; of a local, the type, __ and the name of a resource follow
	earlyWait   = earlyPrefix + "wait_"   // a number follows: a module that waits
	earlyAfter  = earlyPrefix + "after"   // a variable of modules: what they wait for
	earlyFile   = earlyPrefix + "read.tf" // where a folder has code in JSON only
	earlyFolder = ".watertight/wait"      // of the module that waits, below the copy's base
	earlyOutput = "done"                  // of the module that waits
	earlyCode   = "output \"" + earlyOutput + "\" {\n  value = null\n}\n"
)

// additions are what the copy of a folder has besides the user's code.
type additions struct {
	locals map[string]string // by name: the resource
	waits  []string          // depends_on of each module that waits
	calls  map[string]string // by module call: a reference to what it waits for
	after  bool              // whether callers say what to wait for
	keys   []string          // of the modules whose code the folder is
}

// early makes Terraform read data sources while it plans.
type early struct {
	*configuration
	tree    *tree
	served  *served
	folders map[string]*additions
	// installed are other modules, which the copy finds where they are.
	installed []record
}

// readEarly edits the copy. It may be called again when providers are served in another way.
func (c *configuration) readEarly(t *tree, s *served) *early {
	e := &early{configuration: c, tree: t, served: s, folders: map[string]*additions{}}
	for _, f := range c.files {
		f.earlyEdits = nil
	}
	for _, m := range c.modules {
		a := e.folders[m.dir]
		if a == nil {
			a = &additions{locals: map[string]string{}, calls: map[string]string{}}
			e.folders[m.dir] = a
		}
		a.keys = append(a.keys, m.key)
	}
	for _, m := range c.modules { // callers first: they say what is waited for
		if m.key == e.folders[m.dir].keys[0] {
			for _, name := range sortedKeys(m.calls) {
				e.call(m, name)
			}
		}
	}
	for _, m := range c.modules { // in the order of their keys: a caller comes before what it calls
		e.pass(m)
	}
	for _, m := range c.modules {
		if m.key != e.folders[m.dir].keys[0] {
			continue // the folder is done
		}
		e.override(m)
		for _, b := range m.blocks {
			if b.kind == "data" && !slices.Contains(s.own, b.provider) {
				e.data(m, b)
			}
		}
	}
	for _, dir := range sortedKeys(e.folders) {
		e.write(dir)
	}
	return e
}

// call takes depends_on out of a module block, and notes what the data sources in it wait for.
func (e *early) call(m *module, name string) {
	inner := e.module(joinKey(m.key, name))
	if inner == nil {
		return
	}
	wait := func(on []string) {
		if len(on) > 0 && e.reads(inner) {
			e.folders[inner.dir].after = true
			e.folders[m.dir].calls[name] = e.wait(m, on)
		}
	}
	for _, f := range m.files {
		native := f.native()
		if native == nil {
			for _, v := range members(f.src) {
				if slices.Equal(v.path, []string{"module", name, "depends_on"}) {
					wait(f.jsonDependsOn(v))
					f.early(v.name(), `"//"`)
				}
			}
			continue
		}
		for _, b := range native.Blocks {
			if attribute := b.Body.Attributes["depends_on"]; attribute != nil && b.Type == "module" && slices.Equal(b.Labels, []string{name}) {
				wait(f.dependsOn(attribute.Expr))
				f.early(attribute.SrcRange, "")
			}
		}
	}
}

// reads tells whether there are data sources in a module, or in one that it calls.
func (e *early) reads(m *module) bool {
	return slices.ContainsFunc(e.modules, func(each *module) bool {
		within := each.key == m.key || strings.HasPrefix(each.key, m.key+".")
		return within && slices.ContainsFunc(each.blocks, func(b block) bool { return b.kind == "data" })
	})
}

// pass lets the modules that a module calls wait for what it waits for itself.
func (e *early) pass(m *module) {
	if !e.folders[m.dir].after {
		return
	}
	for name := range m.calls {
		if inner := e.module(joinKey(m.key, name)); inner != nil && e.reads(inner) {
			e.folders[inner.dir].after = true
		}
	}
}

// module is the one with a key; nil where its code is not known.
func (c *configuration) module(key string) *module {
	i := slices.IndexFunc(c.modules, func(m *module) bool { return m.key == key })
	if i < 0 {
		return nil
	}
	return c.modules[i]
}

// dependsOn are the addresses in a list of them, as they are written.
func (f *file) dependsOn(e hclsyntax.Expression) (list []string) {
	tuple, ok := e.(*hclsyntax.TupleConsExpr)
	if !ok {
		return nil // Terraform reports it
	}
	for _, each := range tuple.Exprs {
		r := each.Range()
		list = append(list, string(f.src[r.Start.Byte:r.End.Byte]))
	}
	return list
}

// wait is a reference that is there when what is listed is.
func (e *early) wait(m *module, on []string) string {
	a := e.folders[m.dir]
	text := "[" + strings.Join(on, ", ") + "]"
	i := slices.Index(a.waits, text)
	if i < 0 {
		i = len(a.waits)
		a.waits = append(a.waits, text)
	}
	return fmt.Sprintf("module.%s%d.%s", earlyWait, i+1, earlyOutput)
}

// local is the text that stands for a reference to a resource of the module, and the range that it replaces. Empty for other references.
func (e *early) local(m *module, t hcl.Traversal) (text string, r hcl.Range) {
	if len(t) < 2 {
		return "", r
	}
	attribute, ok := t[1].(hcl.TraverseAttr)
	if !ok {
		return "", r
	}
	address := t.RootName() + "." + attribute.Name
	if !slices.ContainsFunc(m.blocks, func(b block) bool { return b.kind == "resource" && b.address() == address }) {
		return "", r
	}
	name := earlyPrefix + t.RootName() + "__" + attribute.Name
	e.folders[m.dir].locals[name] = address
	return "local." + name, hcl.RangeBetween(t[0].SourceRange(), attribute.SrcRange)
}

// data edits a data block.
func (e *early) data(m *module, b block) {
	if body, ok := b.body.(*hclsyntax.Body); ok {
		e.nativeData(m, b, body)
	} else {
		e.jsonData(m, b)
	}
}

// nativeData does so in Terraform's own syntax.
func (e *early) nativeData(m *module, b block, body *hclsyntax.Body) {
	f := b.file
	skip := func(a *hclsyntax.Attribute) bool { return a.Name == "provider" || a.Name == "depends_on" }
	_ = hclsyntax.VisitAll(body, func(node hclsyntax.Node) hcl.Diagnostics {
		t, ok := node.(*hclsyntax.ScopeTraversalExpr)
		if !ok {
			return nil
		}
		for _, a := range body.Attributes {
			if skip(a) && a.SrcRange.Overlaps(t.SrcRange) {
				return nil
			}
		}
		if with, r := e.local(m, t.Traversal); with != "" {
			f.early(r, with)
		}
		return nil
	})
	var waits []string
	if e.folders[m.dir].after {
		waits = append(waits, "var."+earlyAfter)
	}
	on := body.Attributes["depends_on"]
	if on != nil {
		if list := f.dependsOn(on.Expr); len(list) > 0 {
			waits = append(waits, e.wait(m, list))
		}
	}
	argument, after := "", ", "+strings.Join(waits, ", ")+"][0]"
	if r, ok := anchor(f, body); ok && len(waits) > 0 {
		f.early(hcl.Range{Start: r.Start, End: r.Start}, "[")
		f.early(hcl.Range{Start: r.End, End: r.End}, after)
	} else if name := e.optional(b, body); name != "" && len(waits) > 0 {
		argument = name + " = [null" + after
	}
	if on != nil {
		f.early(on.SrcRange, argument)
	}
}

// anchor is the range of an expression that can be made to refer to something else besides, without being another. A block of its own kind comes last.
func anchor(f *file, body *hclsyntax.Body) (r hcl.Range, ok bool) {
	var found []hcl.Range
	for _, a := range body.Attributes {
		r := a.Expr.Range()
		heredoc := strings.Contains(string(f.src[r.Start.Byte:r.End.Byte]), "<<")
		if !slices.Contains(metaArguments, a.Name) && !heredoc && !f.replaced(a.SrcRange) {
			found = append(found, r)
		}
	}
	if len(found) > 0 {
		return slices.MinFunc(found, func(a, b hcl.Range) int { return a.Start.Byte - b.Start.Byte }), true
	}
	for _, b := range body.Blocks {
		if b.Type != "dynamic" && !slices.Contains(metaBlocks, b.Type) {
			if r, ok := anchor(f, b.Body); ok {
				return r, true
			}
		}
	}
	return r, false
}

// optional is an argument of a data source that its block does not set and may set to null; empty where there is none.
func (e *early) optional(b block, body *hclsyntax.Body) string {
	var s *schema.Provider
	if s = e.served.schemas[b.provider]; s == nil || s.DataSources[b.typ] == nil {
		return ""
	}
	for _, a := range s.DataSources[b.typ].Block.Attributes {
		if a.Optional && body.Attributes[a.Name] == nil {
			return a.Name
		}
	}
	return ""
}

// write gives a folder in the copy its additions.
func (e *early) write(dir string) {
	a := e.folders[dir]
	var b strings.Builder
	if len(a.locals) > 0 {
		b.WriteString("locals {\n")
		for _, name := range sortedKeys(a.locals) {
			fmt.Fprintf(&b, "  %s = %s\n", name, a.locals[name])
		}
		b.WriteString("}\n")
	}
	if a.keys[0] != "" {
		fmt.Fprintf(&b, "variable %q {\n  default = \"\"\n}\n", addressPath)
	}
	if a.after {
		fmt.Fprintf(&b, "variable %q {\n  default = null\n}\n", earlyAfter)
	}
	for i, on := range a.waits {
		fmt.Fprintf(&b, "module \"%s%d\" {\n  source     = %q\n  depends_on = %s\n}\n", earlyWait, i+1, e.waitSource(dir), on)
	}
	i := slices.IndexFunc(e.configuration.folders[dir], func(f *file) bool { return f.native() != nil && !isOverride(filepath.Base(f.path)) })
	if i >= 0 {
		e.configuration.folders[dir][i].tail = b.String()
	} else if b.Len() > 0 {
		e.tree.extra[filepath.Join(dir, earlyFile)] = b.String()
	}
}

// waitSource is the source of the module that waits, as seen from a folder.
func (e *early) waitSource(dir string) string {
	rel, err := filepath.Rel(e.tree.place(dir), filepath.Join(e.tree.base, earlyFolder))
	if err != nil {
		return filepath.Join(e.tree.base, earlyFolder) // never: both are absolute
	}
	source, _ := localSource(filepath.ToSlash(rel))
	return source
}

// records are the entries of modules.json for modules that only the copy has, or that are not in it.
func (e *early) records() []record {
	list := slices.Clone(e.installed)
	for _, dir := range sortedKeys(e.folders) {
		a := e.folders[dir]
		for _, key := range a.keys {
			for i := range a.waits {
				rel, err := filepath.Rel(e.tree.dir, filepath.Join(e.tree.base, earlyFolder))
				if err == nil {
					list = append(list, record{Key: joinKey(key, fmt.Sprintf("%s%d", earlyWait, i+1)), Source: e.waitSource(dir), Dir: filepath.ToSlash(rel)})
				}
			}
		}
	}
	return list
}

// writeWait writes the module that waits.
func (t *tree) writeWait() error {
	dir := filepath.Join(t.base, earlyFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "main.tf"), []byte(earlyCode), 0o600)
}

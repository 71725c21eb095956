package tfcode

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Terraform does not tell a provider the address of what it plans, and asks about instances in any order. So that equal instances have the same placeholders in
// every run (code may sort them), the copy says the address of each resource in an argument that only our providers know. An override file adds it, which
// leaves the lines of the code where they are.
const (
	addressArgument = earlyPrefix + "address"
	addressPath     = earlyPrefix + "path" // a variable of modules: the address of the module, with a point at its end
	overrideFile    = earlyPrefix + "override.tf"
)

// override writes what the copy adds to the resource and module blocks of a folder.
func (e *early) override(m *module) {
	path := ""
	if m.key != "" {
		path = "${var." + addressPath + "}"
	}
	var b strings.Builder
	done := map[string]bool{} // a block of the user's own override file is no other
	for _, r := range m.blocks {
		p := e.served.schemas[r.provider]
		if r.kind != "resource" || p == nil || p.Resources[r.typ] == nil || done[r.address()] {
			continue
		}
		done[r.address()] = true
		if !fits(r.body, slices.Concat(metaArguments, metaBlocks), p.Resources[r.typ].Block) {
			continue // Terraform reports it, unless the block is overridden
		}
		fmt.Fprintf(&b, "resource %q %q {\n  %s = \"%s%s%s\"\n}\n", r.typ, r.name, addressArgument, path, r.address(), instanceOf(r.body))
	}
	for _, f := range m.files {
		content, _, _ := f.body.PartialContent(rootSchema)
		for _, call := range content.Blocks {
			if call.Type != "module" {
				continue
			}
			name := call.Labels[0]
			inner := e.module(joinKey(m.key, name))
			if inner == nil || done["module."+name] {
				continue
			}
			done["module."+name] = true
			if !fits(call.Body, moduleArguments, inner.variables()) {
				continue
			}
			fmt.Fprintf(&b, "module %q {\n  %s = \"%smodule.%s%s.\"\n", name, addressPath, path, name, instanceOf(call.Body))
			if list := e.waits(m, name); len(list) > 0 && e.folders[inner.dir].after {
				fmt.Fprintf(&b, "  %s = [%s]\n", earlyAfter, strings.Join(list, ", "))
			}
			b.WriteString("}\n")
		}
	}
	e.tree.extra[filepath.Join(m.dir, overrideFile)] = b.String()
}

// moduleArguments are Terraform's own arguments and blocks of module blocks.
var moduleArguments = []string{"source", "version", "providers", "count", "for_each", "depends_on", "lifecycle"}

// variables are what a module can be given, as a schema.
func (m *module) variables() *tfprotov5.SchemaBlock {
	var out tfprotov5.SchemaBlock
	for _, f := range m.files {
		content, _, _ := f.body.PartialContent(rootSchema)
		for _, b := range content.Blocks {
			if b.Type == "variable" {
				out.Attributes = append(out.Attributes, &tfprotov5.SchemaAttribute{Name: b.Labels[0]})
			}
		}
	}
	return &out
}

// fits tells whether a schema has all arguments and blocks of a body, but for those that are Terraform's own: of blocks that are overridden, Terraform does not
// check it.
func fits(body hcl.Body, own []string, s *tfprotov5.SchemaBlock) bool {
	arguments, blocks := slices.Clone(own), slices.Clone(own)
	for _, a := range s.Attributes {
		arguments = append(arguments, a.Name)
		switch a.Type.(type) {
		case tftypes.List, tftypes.Set: // which may be written as blocks
			blocks = append(blocks, a.Name)
		}
	}
	for _, n := range s.BlockTypes {
		blocks = append(blocks, n.TypeName)
	}
	attributes, _ := body.JustAttributes() // of Terraform's own syntax it complains of blocks, and lists attributes all the same
	native, ok := body.(*hclsyntax.Body)
	if !ok { // in JSON, blocks are attributes
		arguments = append(arguments, append(blocks, "dynamic", "//")...)
	}
	for name := range attributes {
		if !slices.Contains(arguments, name) {
			return false
		}
	}
	if !ok {
		return true
	}
	return !slices.ContainsFunc(native.Blocks, func(b *hclsyntax.Block) bool {
		name := b.Type
		if name == "dynamic" && len(b.Labels) == 1 {
			name = b.Labels[0]
		}
		return !slices.Contains(blocks, name)
	})
}

// waits are references to what a module call waits for: what its own depends_on says, and what its module waits for.
func (e *early) waits(m *module, name string) (list []string) {
	if on, ok := e.folders[m.dir].calls[name]; ok {
		list = append(list, on)
	}
	if e.folders[m.dir].after {
		list = append(list, "var."+earlyAfter)
	}
	return list
}

// instanceOf is a template for the index of an instance; empty where there is one only.
func instanceOf(body hcl.Body) string {
	if key := keyExpression(body); key != "" {
		return "[${" + key + "}]"
	}
	return ""
}

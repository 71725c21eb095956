package tfcode

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

const remoteState = "terraform_remote_state"

// foreign is what placeholders stand for in place of states that nobody gave.
type foreign struct {
	placeholders map[string]string // text -> address of the data source
	lookups      []Lookup
	names        []string                // of those that were not given
	keyed        map[string]*stateReader // those with count or for_each, by address without indexes
}

// stateReader is a terraform_remote_state data source.
type stateReader struct {
	block     block
	address   string // without indexes
	shape     *shape
	path      string            // of the file that the copy reads; of a folder where there is one for each key
	given     map[string]string // see [Options.RemoteStates]
	out       *foreign
	namespace string
}

// remoteStates turns the terraform_remote_state data sources of the copy into ones that read a file: the one that the user gave, or one of placeholders.
func (c *configuration) remoteStates(t *tree, given map[string]string, namespace string) (*foreign, error) {
	out := &foreign{placeholders: map[string]string{}, keyed: map[string]*stateReader{}}
	used := map[string]bool{}
	done := map[string]bool{} // by path: modules share files
	for _, m := range c.modules {
		shapes := map[string]*shape(nil)
		for _, b := range m.blocks {
			if b.kind != "data" || b.typ != remoteState || b.provider != builtin {
				continue
			}
			if shapes == nil {
				shapes = c.outputsRead(m)
			}
			r := &stateReader{block: b, address: m.absolute(b.address()), shape: shapes[b.name], given: given, out: out, namespace: namespace}
			if r.shape == nil {
				r.shape = &shape{}
			}
			for name := range given {
				if base, _, _ := strings.Cut(name, "["); base == b.name {
					used[name] = true
				}
			}
			key := keyExpression(b.body)
			r.path = filepath.Join(t.base, ".states", short(b.file.path+" "+b.name))
			if key == "" {
				r.path += ".tfstate"
			} else {
				out.keyed[r.address] = r
			}
			if !done[r.path] {
				b.readFrom(r.path, key)
			}
			if key == "" {
				if err := r.write(r.path, r.address, "", done[r.path]); err != nil {
					return nil, err
				}
			}
			done[r.path] = true
		}
	}
	for _, name := range sortedKeys(given) {
		if !used[name] && name != "*" {
			return nil, fmt.Errorf("--remote-state %s: no module of %s has a data source %s.%s", name, c.shown, remoteState, name)
		}
	}
	return out, nil
}

// file is the file that the user gave for an instance: NAME[KEY], NAME or * names it.
func (r *stateReader) file(key string) (string, bool) {
	for _, name := range []string{r.block.name + "[" + key + "]", r.block.name + "[" + strconv.Quote(key) + "]", r.block.name, "*"} {
		if file, ok := r.given[name]; ok {
			return file, true
		}
	}
	return "", false
}

// write writes the state that an instance reads; kept tells that it is there already.
func (r *stateReader) write(path, address, key string, kept bool) error {
	if file, ok := r.file(key); ok {
		if kept {
			return nil
		}
		return writeGiven(file, path, r.shape, address, r.namespace, r.out)
	}
	name := r.block.name
	if key != "" {
		name += "[" + key + "]"
	}
	r.out.names = append(r.out.names, name)
	r.out.lookups = append(r.out.lookups, Lookup{Address: address, File: r.block.at.file, Line: r.block.at.line, Message: fmt.Sprintf("the state that %s reads is not given: placeholders stand for its outputs. --remote-state %s=FILE gives it (a terraform.tfstate, or what terraform show -json prints)", address, name)})
	state := newPlaceholders(r.namespace, address, r.out)
	if kept {
		return nil
	}
	return writeOutputs(path, state.outputs(r.shape))
}

// supply writes the state of an instance whose key is known only now that Terraform asks for it. It is false where that is not what Terraform objects to.
func (f *foreign) supply(d diagnostic) (bool, error) {
	r := f.keyed[withoutIndexes(d.Address)]
	if r == nil || d.Summary != "Unable to find remote state" {
		return false, nil
	}
	_, key, _ := strings.Cut(d.Address[strings.LastIndex(d.Address, "."+r.block.name)+1:], "[")
	key = strings.TrimSuffix(key, "]")
	if text, err := strconv.Unquote(key); err == nil {
		key = text
	}
	sum := md5.Sum([]byte(key)) //nolint:gosec // a name of a file, which Terraform's function makes as well
	path := filepath.Join(r.path, hex.EncodeToString(sum[:])+".tfstate")
	if _, err := os.Stat(path); err == nil {
		return false, nil // it is there, and is not what is missing
	}
	return true, r.write(path, d.Address, key, false)
}

// short is a name for a file, derived from a text.
func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// keyExpression is what tells the instances of a block apart; empty where there is one.
func keyExpression(body hcl.Body) string {
	attributes, _ := body.JustAttributes() // of Terraform's own syntax it complains of blocks, and lists attributes all the same
	switch {
	case attributes["for_each"] != nil:
		return "each.key"
	case attributes["count"] != nil:
		return "count.index"
	}
	return ""
}

// readFrom edits the copy so that the block reads a file; where instances have keys, one in a folder for each.
func (b block) readFrom(path, key string) {
	text := literal(path)
	if key != "" {
		text = strings.TrimSuffix(text, `"`) + "/${md5(" + key + ")}.tfstate\""
	}
	native, ok := b.body.(*hclsyntax.Body)
	if !ok {
		if key != "" {
			path += "/${md5(" + key + ")}.tfstate"
		}
		for _, m := range members(b.file.src) {
			if len(m.path) != 4 || m.path[0] != "data" || m.path[1] != remoteState || m.path[2] != b.name {
				continue
			}
			switch m.path[3] {
			case "backend":
				b.file.edits = append(b.file.edits, edit{m.start, m.end, `"local"`})
			case "config":
				b.file.edits = append(b.file.edits, edit{m.start, m.end, `{"path": ` + quoted(path) + `}`})
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
			b.file.replace(r, "{ path = "+text+b.file.lines(r)+" }")
		case "workspace":
			b.file.blank(attribute.SrcRange)
		}
	}
	if _, ok := native.Attributes["config"]; !ok { // all from the environment, or a block of older syntax
		at := native.SrcRange.Start
		b.file.replace(hcl.Range{Start: hcl.Pos{Byte: at.Byte + 1}, End: hcl.Pos{Byte: at.Byte + 1}}, "\nconfig = { path = "+text+" }\n")
	}
}

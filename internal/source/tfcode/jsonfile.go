package tfcode

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// jsonValue is a value in a JSON file: a member of an object, or an element of an array. Arrays on the way to it do not count in its path.
type jsonValue struct {
	path        []string
	key, keyEnd int // where its name stands; both 0 for an element of an array
	start, end  int
	kind        jsontext.Kind
	text        string // where it is a string
	line        int    // of its name, or else of its beginning
}

// values lists all values in a JSON file, the outermost one excepted, in the order of their ends.
func values(src []byte) []jsonValue {
	type level struct {
		object bool
		name   bool // the next string is a name
		cur    jsonValue
		depth  int // length of the path around
	}
	d := jsontext.NewDecoder(bytes.NewReader(src), jsontext.AllowDuplicateNames(true))
	var out []jsonValue
	var stack []level
	var path []string
	line := func(at int) int { return 1 + bytes.Count(src[:at], []byte("\n")) }
	done := func(end int) { // a value of the innermost level has ended
		if len(stack) == 0 {
			return
		}
		top := &stack[len(stack)-1]
		top.cur.end = end
		out = append(out, top.cur)
		path = path[:top.depth]
		top.name = top.object
	}
	for {
		token, err := d.ReadToken()
		if err != nil { // the end, or what the parser has reported
			return out
		}
		end := int(d.InputOffset())
		kind := token.Kind()
		start := end - 1
		if kind != '{' && kind != '}' && kind != '[' && kind != ']' {
			start = tokenStart(src, end, kind)
		}
		if len(stack) > 0 && kind != '}' && kind != ']' {
			top := &stack[len(stack)-1]
			if top.name {
				path = append(path[:top.depth:top.depth], token.String())
				top.cur = jsonValue{path: slices.Clone(path), key: start, keyEnd: end, line: line(start)}
				top.name = false
				continue
			}
			if !top.object {
				top.cur = jsonValue{path: slices.Clone(path), line: line(start)}
			}
			top.cur.start, top.cur.kind = start, kind
			if kind == '"' {
				top.cur.text = token.String()
			}
		}
		switch kind {
		case '{':
			stack = append(stack, level{object: true, name: true, depth: len(path)})
		case '[':
			stack = append(stack, level{depth: len(path)})
		case '}', ']':
			stack = stack[:len(stack)-1]
			done(end)
		default:
			done(end)
		}
	}
}

// members are the values that have names.
func members(src []byte) []jsonValue {
	return slices.DeleteFunc(values(src), func(v jsonValue) bool { return v.keyEnd == 0 })
}

// tokenStart finds where the token begins that ends at end.
func tokenStart(src []byte, end int, kind jsontext.Kind) int {
	if kind != '"' {
		at := end
		for at > 0 && !bytes.ContainsRune([]byte(" \t\r\n:,["), rune(src[at-1])) {
			at--
		}
		return at
	}
	for at := end - 2; at >= 0; at-- {
		if src[at] != '"' {
			continue
		}
		slashes := 0
		for at-1-slashes >= 0 && src[at-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return at
		}
	}
	return 0
}

// within tells whether a path is that of something in a block: the data source aws_vpc.x is within "data", "aws_vpc", "x".
func (v jsonValue) within(path ...string) bool {
	return len(v.path) > len(path) && slices.Equal(v.path[:len(path)], path)
}

// name is the range of its name.
func (v jsonValue) name() hcl.Range {
	return hcl.Range{Start: hcl.Pos{Byte: v.key}, End: hcl.Pos{Byte: v.keyEnd}}
}

// comment turns members into comments: their name becomes "//", which HCL passes over.
func (f *file) comment(match func(path []string) bool) {
	for _, m := range members(f.src) {
		if match(m.path) {
			f.edits = append(f.edits, edit{m.key, m.keyEnd, `"//"`})
		}
	}
}

// notInCopy are blocks of a terraform block that the copy does without: where the state is, and what OpenTofu encrypts states and plans with.
var notInCopy = []string{"backend", "cloud", "encryption"}

// withoutBackend takes them out of a JSON file.
func (f *file) withoutBackend() {
	f.comment(func(path []string) bool {
		return len(path) == 2 && path[0] == "terraform" && slices.Contains(notInCopy, path[1])
	})
}

// bytes is the range of a value.
func (v jsonValue) bytes() hcl.Range {
	return hcl.Range{Start: hcl.Pos{Byte: v.start}, End: hcl.Pos{Byte: v.end}}
}

// quoted is a text as JSON.
func quoted(text string) string {
	raw, _ := json.Marshal(text) // a string always marshals
	return string(raw)
}

// rewriteTemplate replaces references in a template, which is what a string in JSON is. Rename gives another text for a reference, empty where it stays.
func rewriteTemplate(text string, rename func(hcl.Traversal) (with string, r hcl.Range)) string {
	e, diagnostics := hclsyntax.ParseTemplate([]byte(text), "", hcl.InitialPos)
	if diagnostics.HasErrors() {
		return text // Terraform reports it
	}
	f := &file{src: []byte(text)}
	for _, traversal := range e.Variables() {
		if with, r := rename(traversal); with != "" {
			f.replace(r, with)
		}
	}
	return string(f.edited())
}

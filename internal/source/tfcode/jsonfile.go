package tfcode

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// member is a member of an object in a JSON file. Arrays on the way to it do not count in its path.
type member struct {
	path            []string
	key, keyEnd     int
	value, valueEnd int
	text            string // the value, where it is a string
	line            int
}

// members lists all members of a JSON file, in the order of their values' ends.
func members(src []byte) []member {
	type level struct {
		object bool
		name   bool // the next string is a name
		cur    member
		depth  int // length of the path around
	}
	d := jsontext.NewDecoder(bytes.NewReader(src), jsontext.AllowDuplicateNames(true))
	var out []member
	var stack []level
	var path []string
	line := func(at int) int { return 1 + bytes.Count(src[:at], []byte("\n")) }
	done := func(end int) { // a value of the innermost level has ended
		if len(stack) == 0 {
			return
		}
		top := &stack[len(stack)-1]
		if top.object {
			top.cur.valueEnd = end
			out = append(out, top.cur)
			path = path[:top.depth]
			top.name = true
		}
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
			if top.object && top.name {
				path = append(path[:top.depth:top.depth], token.String())
				top.cur = member{path: append([]string(nil), path...), key: start, keyEnd: end, line: line(start)}
				top.name = false
				continue
			}
			if top.object {
				top.cur.value = start
				if kind == '"' {
					top.cur.text = token.String()
				}
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

// comment turns members into comments: their name becomes "//", which HCL passes over.
func (f *file) comment(match func(path []string) bool) {
	for _, m := range members(f.src) {
		if match(m.path) {
			f.edits = append(f.edits, edit{m.key, m.keyEnd, `"//"`})
		}
	}
}

// withoutBackend takes the backend out of a JSON file.
func (f *file) withoutBackend() {
	f.comment(func(path []string) bool {
		return len(path) == 2 && path[0] == "terraform" && (path[1] == "backend" || path[1] == "cloud")
	})
}

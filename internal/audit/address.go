package audit

import (
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// step is one step of a Terraform address: "module.db", "aws_subnet.this", with its index.
type step struct{ name, index string }

// steps cuts a Terraform address; what follows the resource, such as an attribute, is left out. It is nil for what is no address.
func steps(address string) []step {
	var words []step // separated by dots
	for rest := address; rest != ""; {
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		w := step{name: rest[:end]}
		rest = rest[end:]
		if strings.HasPrefix(rest, "[") {
			close := closing(rest)
			if close < 0 {
				return nil
			}
			w.index, rest = rest[1:close], rest[close+1:]
		}
		words = append(words, w)
		rest = strings.TrimPrefix(rest, ".")
	}
	var list []step
	for len(words) > 0 {
		prefix := ""
		if words[0].name == "data" && words[0].index == "" {
			prefix, words = "data.", words[1:]
		}
		if len(words) < 2 || words[0].name == "" || words[1].name == "" || words[0].index != "" {
			return nil
		}
		list = append(list, step{prefix + words[0].name + "." + words[1].name, words[1].index})
		if words[0].name != "module" || prefix != "" {
			return list
		}
		words = words[2:]
	}
	return list
}

// closing is the position of the bracket that closes the first; a quoted key may hold anything. Negative: there is none.
func closing(text string) int {
	quoted := false
	for i := 1; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ']' && !quoted:
			return i
		}
	}
	return -1
}

// resourceOf is the address of the resource that an origin is in; empty where it is not Terraform.
func resourceOf(at network.Origin) string {
	if at.Path == "" || strings.HasPrefix(at.Path, "/") {
		return ""
	}
	list := steps(at.Path)
	if list == nil || strings.HasPrefix(list[len(list)-1].name, "module.") {
		return ""
	}
	var words []string
	for _, s := range list {
		w := s.name
		if s.index != "" {
			w += "[" + s.index + "]"
		}
		words = append(words, w)
	}
	return strings.Join(words, ".")
}

// within tells whether an address is the one that a suppression names, an instance of it, or in the module that it names.
func within(address, named string) bool {
	a, n := steps(address), steps(named)
	if len(n) == 0 || len(n) > len(a) {
		return false
	}
	for i := range n {
		if a[i].name != n[i].name || n[i].index != "" && a[i].index != n[i].index {
			return false
		}
	}
	return len(n) == len(a) || strings.HasPrefix(n[len(n)-1].name, "module.")
}

package tfplan

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A value is what JSON gives (nil, string, float64, bool, []any, map[string]any), or one of these two.
type (
	// chosen is left to AWS, or to the provider: the code does not set it. text is a placeholder, where there is one.
	chosen struct{ text string }
	// unresolved is set by the code to something that is not known before the plan is applied. from says what it hangs on, in words; empty when not known.
	unresolved struct{ from string }
)

// node is a value in an instance: an attribute, an element of a list, a block.
type node struct {
	of    *instance
	path  string // "ingress[0].from_port"; empty for all of the instance
	value any
}

// get is an attribute of an object; a null where there is none.
func (n node) get(name string) node {
	path := name
	if n.path != "" {
		path = n.path + "." + name
	}
	switch v := n.value.(type) {
	case map[string]any:
		return node{n.of, path, v[name]}
	case unresolved:
		return node{n.of, path, v}
	case chosen:
		return node{n.of, path, chosen{}}
	}
	return node{n.of, path, nil}
}

// block is the first block or element with a name, null where there is none.
func (n node) block(name string) node {
	b := n.get(name)
	if list := b.list(); len(list) > 0 {
		return list[0]
	}
	return node{n.of, b.path, nil}
}

// list is the elements of a list or a set. A list that is not known has none, and is a fault of the instance.
func (n node) list() []node {
	switch v := n.value.(type) {
	case []any:
		list := make([]node, len(v))
		for i, each := range v {
			list[i] = node{n.of, fmt.Sprintf("%s[%d]", n.path, i), each}
		}
		return list
	case map[string]any:
		return []node{n}
	case string: // of a plan that shows references only
		n.of.assumeLists()
		return []node{n}
	case several:
		n.of.assumeLists()
		list := make([]node, len(v.ids))
		for i, id := range v.ids {
			list[i] = node{n.of, fmt.Sprintf("%s[%d]", n.path, i), id}
		}
		return list
	case unresolved:
		n.fault(n.of.notKnown(v))
	case nil, chosen:
	default:
		n.fault(fmt.Sprintf("is %s where a list is expected", kindOf(v)))
	}
	return nil
}

// given tells whether the code sets it. An empty string is how the provider, and many a module, writes that it does not.
func (n node) given() bool {
	switch v := n.value.(type) {
	case nil, chosen:
		return false
	case string:
		return v != ""
	}
	return true
}

// known tells whether it has a value, or is null; not when it is left to AWS or hangs on something that is not known.
func (n node) known() bool {
	switch n.value.(type) {
	case chosen, unresolved, several:
		return false
	}
	return true
}

// text is a string; numbers and booleans are written as Terraform does. It is empty for what is not set, or left to AWS. What is not known is a fault.
func (n node) text() string {
	switch v := n.value.(type) {
	case string:
		n.of.bears(v)
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case nil, chosen:
	case unresolved:
		n.fault(n.of.notKnown(v))
	case several:
		n.fault(n.of.notKnown(unresolved{v.from}))
	default:
		n.fault(fmt.Sprintf("is %s where a string is expected", kindOf(v)))
	}
	return ""
}

// identity is a string that may be a placeholder: an identifier that AWS will choose.
func (n node) identity() string {
	if c, ok := n.value.(chosen); ok {
		return c.text
	}
	return n.text()
}

// number is a whole number, and whether there is one. Strings of digits are numbers, as in Terraform.
func (n node) number() (int, bool) {
	switch v := n.value.(type) {
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<31 {
			return int(v), true
		}
		n.fault(fmt.Sprintf("is %v where a whole number is expected", v))
	case string:
		if v == "" {
			return 0, false
		}
		number, err := strconv.Atoi(strings.TrimSpace(v))
		if err == nil {
			return number, true
		}
		n.fault(fmt.Sprintf("is %q where a whole number is expected", v))
	case nil, chosen:
	case unresolved:
		n.fault(n.of.notKnown(v))
	default:
		n.fault(fmt.Sprintf("is %s where a number is expected", kindOf(v)))
	}
	return 0, false
}

// yes is a boolean; otherwise is what it is where it is not set.
func (n node) yes(otherwise bool) bool {
	switch v := n.value.(type) {
	case bool:
		return v
	case string:
		switch v {
		case "true", "1":
			return true
		case "false", "0":
			return false
		}
		n.fault(fmt.Sprintf("is %q where true or false is expected", v))
	case nil, chosen:
	case unresolved:
		n.fault(n.of.notKnown(v))
	default:
		n.fault(fmt.Sprintf("is %s where true or false is expected", kindOf(v)))
	}
	return otherwise
}

// texts are the strings of a list, without empty ones.
func (n node) texts() []string {
	var all []string
	for _, each := range n.list() {
		if s := each.text(); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// block is a CIDR block, masked; not valid where it is not set. What is no block is a fault.
func (n node) prefix() netip.Prefix {
	s := n.text()
	if s == "" {
		return netip.Prefix{}
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		n.fault(fmt.Sprintf("is %q, which is not a CIDR block such as 10.0.0.0/16 or 2001:db8::/56", s))
		return netip.Prefix{}
	}
	return p.Masked()
}

// prefixes are the blocks of a list. One that is not understood is left out, and is a fault.
func (n node) prefixes() []netip.Prefix {
	var all []netip.Prefix
	for _, each := range n.list() {
		if p := each.prefix(); p.IsValid() {
			all = append(all, p)
		}
	}
	return all
}

// address is an IP address; not valid where it is not set.
func (n node) address() netip.Addr {
	s := n.text()
	if s == "" {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		n.fault(fmt.Sprintf("is %q, which is not an IP address", s))
	}
	return a
}

// fault notes that something is wrong with the value.
func (n node) fault(message string) {
	if v, ok := n.value.(unresolved); ok {
		n.of.bears(v.from)
	}
	n.of.fault(n.path, message)
}

// notKnown says that a value is not known, and what would make it known.
func (r *reader) notKnown(u unresolved) string {
	switch {
	case r.notes == nil:
		return "is not known before it is applied" + u.words()
	case u.from == "":
		return "is known only at apply: the code makes it of something that is, such as a port in a secret, or the time"
	}
	for _, l := range r.notes.Lookups {
		if l.Address == u.from {
			return "is not known: " + l.Message
		}
	}
	return "is not known before AWS chooses it" + u.words()
}

func (u unresolved) words() string {
	if u.from == "" {
		return ""
	}
	return ", because " + u.from + " is not"
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case float64:
		return "a number"
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "nothing"
}

func identities(list []node) []string {
	var all []string
	for _, n := range list {
		if id := n.text(); id != "" { // what is left to AWS is none of these
			all = append(all, id)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// at are the values at a path through blocks.
func (n node) at(path string) []node {
	list := []node{n}
	for name := range strings.SplitSeq(path, ".") {
		var next []node
		for _, each := range list {
			if _, ok := each.value.([]any); !ok {
				next = append(next, each.get(name))
				continue
			}
			for _, element := range each.list() {
				next = append(next, element.get(name))
			}
		}
		list = next
	}
	return list
}

// hole tells whether something in a value is not known.
func (n node) hole() bool {
	var deep func(v any) bool
	deep = func(v any) bool {
		switch v := v.(type) {
		case unresolved, pending:
			return true
		case []any:
			return slices.ContainsFunc(v, deep)
		case map[string]any:
			for _, each := range v {
				if deep(each) {
					return true
				}
			}
		}
		return false
	}
	return deep(n.value)
}

// perhaps is a boolean that is true where it is not known: a public address that there may be, among what is not understood.
func (n node) perhaps() bool { return n.yes(n.hole()) }

// given are the identifiers that the code gives, of a list or a single one. An ARN stands for the identifier at its end, unless it is to stay whole.
func given(n node, whole bool) []string {
	var all []string
	for _, each := range n.elements() {
		if !each.given() {
			continue
		}
		id := each.text()
		if strings.HasPrefix(id, "arn:") && !whole {
			id = id[strings.LastIndexByte(id, '/')+1:]
		}
		if id != "" {
			all = append(all, id)
		}
	}
	return all
}

// elements are those of a list, or a single value, where the attribute is none: its name tells.
func (n node) elements() []node {
	if _, text := n.value.(string); text && !strings.HasSuffix(n.path, "s") && !strings.HasSuffix(n.path, "_list") {
		return []node{n}
	}
	return n.list()
}

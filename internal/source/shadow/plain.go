package shadow

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// text is a value as a text, where it is a primitive one.
func text(x any) (string, bool) {
	switch x := x.(type) {
	case string:
		return x, true
	case bool:
		return strconv.FormatBool(x), true
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), true
	case int:
		return strconv.Itoa(x), true
	case *big.Float:
		return x.Text('f', -1), true
	case tftypes.Value:
		return text(plain(x, x.Type()))
	}
	return "", false
}

// str is a text, empty where there is none.
func str(x any) string {
	s, _ := text(x)
	return s
}

// list is the elements of a list or set; of one value, that value.
func list(x any) []any {
	switch x := x.(type) {
	case []any:
		return x
	case map[string]any:
		return []any{x}
	}
	return nil
}

// texts are the texts of a list.
func texts(x any) []string {
	var out []string
	for _, e := range list(x) {
		if s, ok := text(e); ok {
			out = append(out, s)
		}
	}
	return out
}

// first is the first block of a list of blocks, or nil.
func first(x any) map[string]any {
	for _, e := range list(x) {
		m, _ := e.(map[string]any)
		return m
	}
	return nil
}

// empty tells whether a value is what the provider's SDK takes for one that was not given.
func empty(x any) bool {
	switch x := x.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case bool:
		return !x
	case float64:
		return x == 0
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}

// same tells whether two values are equal; JSON documents and IAM policies may be written in different ways.
func same(a, b any) bool {
	switch a := a.(type) {
	case string:
		s, ok := b.(string)
		return ok && (a == s || sameJSON(a, s))
	case []any:
		l, ok := b.([]any)
		if !ok || len(a) != len(l) {
			return false
		}
		for i := range a {
			if !same(a[i], l[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		m, ok := b.(map[string]any)
		if !ok {
			return false
		}
		for k := range a {
			if !same(a[k], m[k]) {
				return false
			}
		}
		for k := range m {
			if _, ok := a[k]; !ok && m[k] != nil {
				return false
			}
		}
		return true
	case *big.Float:
		n, ok := b.(*big.Float)
		return ok && a.Cmp(n) == 0
	case tftypes.Value:
		v, ok := b.(tftypes.Value)
		return ok && (a.Equal(v) || same(plain(a, a.Type()), plain(v, v.Type())))
	}
	return a == b
}

func sameJSON(a, b string) bool {
	if !strings.HasPrefix(strings.TrimSpace(a), "{") || !strings.HasPrefix(strings.TrimSpace(b), "{") {
		return false
	}
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

// canonical writes a value so that equal ones are written alike; sets must be in one order already.
func canonical(x any) string {
	var b strings.Builder
	write(&b, x)
	return b.String()
}

func write(b *strings.Builder, x any) {
	switch x := x.(type) {
	case nil:
		b.WriteString("-")
	case unknown:
		b.WriteString("?")
	case string:
		b.WriteString(strconv.Quote(x))
	case []any:
		b.WriteString("[")
		for _, e := range x {
			write(b, e)
			b.WriteString(",")
		}
		b.WriteString("]")
	case map[string]any:
		b.WriteString("{")
		for _, k := range slices.Sorted(maps.Keys(x)) {
			if x[k] == nil {
				continue
			}
			b.WriteString(strconv.Quote(k) + ":")
			write(b, x[k])
			b.WriteString(",")
		}
		b.WriteString("}")
	case tftypes.Value:
		write(b, plain(x, x.Type()))
	default:
		s, ok := text(x)
		if !ok {
			s = fmt.Sprint(x)
		}
		b.WriteString(s)
	}
}

// clone copies plain data.
func clone(x any) any {
	switch x := x.(type) {
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = clone(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[k] = clone(e)
		}
		return out
	}
	return x
}

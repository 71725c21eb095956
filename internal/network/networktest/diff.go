// Package networktest compares networks in tests.
package networktest

import (
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/watertight/watertight/internal/network"
)

// Options compare what networks are made of, but for where it was read. Nil and empty lists are the same.
var Options = cmp.Options{
	cmp.Transformer("Origin", func(network.Origin) string { return "" }),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.FilterValues(func(a, b any) bool { return empty(a) && empty(b) }, cmp.Ignore()),
}

func empty(list any) bool {
	return list != nil && reflect.TypeOf(list).Kind() == reflect.Slice && reflect.ValueOf(list).Len() == 0
}

// Diff says, list by list, how two networks differ (-want +got); it is empty when they are the same.
func Diff(want, got *network.Network) string {
	var b strings.Builder
	all, others := lists(want), lists(got)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if diff := cmp.Diff(all[name], others[name], Options...); diff != "" {
			fmt.Fprintf(&b, "%s (-want +got):\n%s", name, diff)
		}
	}
	return b.String()
}

// lists is every list of a network, by name.
func lists(n *network.Network) map[string]any {
	out := map[string]any{"Gaps": n.Gaps, "Unread": n.Unread, "Collected": n.Collected}
	v := reflect.ValueOf(n).Elem()
	for i := range v.NumField() {
		if all := v.Field(i).MethodByName("All"); all.IsValid() {
			out[v.Type().Field(i).Name] = all.Call(nil)[0].Interface()
		}
	}
	return out
}

package scenario

import (
	"net/netip"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/source/dump"
)

// What the language makes is what a dump gives: written as one and read again it is the same.
func TestRoundTrip(t *testing.T) {
	for _, each := range []struct{ name, text string }{{"balancing", balancing}, {"private link", privateLink}, {"inspection", inspection}, {"transit", transit}, {"names", hostedZones}} {
		t.Run(each.name, func(t *testing.T) { roundTrip(t, each.text) })
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name == "network" {
				t.Run(filepath.Base(file), func(t *testing.T) { roundTrip(t, string(f.Data)) })
			}
		}
	}
}

func roundTrip(t *testing.T, text string) {
	contents, err := Parse("network", text)
	if err != nil {
		t.Fatal(err)
	}
	want, dir := network.New(contents), t.TempDir()
	if err := dump.Write(dir, want); err != nil {
		t.Fatal(err)
	}
	if contents, err = dump.Read(dir, nil); err != nil {
		t.Fatal(err)
	}
	got := plain(network.New(contents))
	for name, list := range plain(want) {
		if diff := cmp.Diff(list, got[name], ignoringOrigins...); diff != "" {
			t.Errorf("%s (-written +read):\n%s", name, diff)
		}
	}
}

var ignoringOrigins = cmp.Options{
	cmp.Transformer("Origin", func(network.Origin) string { return "" }),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.FilterValues(func(a, b any) bool { // nil and empty lists are the same
		return a != nil && b != nil && reflect.TypeOf(a).Kind() == reflect.Slice && reflect.ValueOf(a).Len() == 0 && reflect.TypeOf(b).Kind() == reflect.Slice && reflect.ValueOf(b).Len() == 0
	}, cmp.Ignore()),
}

// plain is every list of a network, by name.
func plain(n *network.Network) map[string]any {
	out := map[string]any{"Gaps": n.Gaps, "Unread": n.Unread, "Collected": n.Collected}
	v := reflect.ValueOf(n).Elem()
	for i := range v.NumField() {
		if all := v.Field(i).MethodByName("All"); all.IsValid() {
			out[v.Type().Field(i).Name] = all.Call(nil)[0].Interface()
		}
	}
	return out
}

package synth

import (
	"net/netip"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/source/dump"
)

// What is made survives being written as a dump and read again.
func TestGenerateSurvivesADump(t *testing.T) {
	for _, o := range []Options{{}, {Seed: 3, Interfaces: 3000, VPCs: 12}} {
		want, dir := network.New(Generate(o)), t.TempDir()
		if err := dump.Write(dir, want); err != nil {
			t.Fatal(err)
		}
		contents, err := dump.Read(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := network.New(contents)
		for _, p := range got.Problems {
			t.Error(p)
		}
		a, b := reflect.ValueOf(want).Elem(), reflect.ValueOf(got).Elem()
		for i := range a.NumField() {
			if all := a.Field(i).MethodByName("All"); all.IsValid() {
				one, two := all.Call(nil)[0].Interface(), b.Field(i).MethodByName("All").Call(nil)[0].Interface()
				if diff := cmp.Diff(one, two, sameButForOrigins); diff != "" {
					t.Errorf("%+v: %s (-written +read):\n%.3000s", o, a.Type().Field(i).Name, diff)
				}
			}
		}
	}
}

var sameButForOrigins = cmp.Options{
	cmp.Transformer("Origin", func(network.Origin) string { return "" }),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.FilterValues(func(a, b any) bool { // nil and empty lists are the same
		return a != nil && b != nil && reflect.TypeOf(a).Kind() == reflect.Slice && reflect.ValueOf(a).Len() == 0 && reflect.TypeOf(b).Kind() == reflect.Slice && reflect.ValueOf(b).Len() == 0
	}, cmp.Ignore()),
}

package random_test

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/source/dump"
)

// The same seed gives the same contents.
func TestSeeds(t *testing.T) {
	for seed := range uint64(50) {
		if diff := cmp.Diff(random.Network(seed), random.Network(seed), comparing...); diff != "" {
			t.Fatalf("seed %d, once and again:\n%s", seed, diff)
		}
	}
}

// What names leads somewhere, but for what was made to lead nowhere.
func TestProblems(t *testing.T) {
	nowhere := []string{"NAT gateway nat-gone", "transit gateway tgw-0000dead", "security group sg-gone0000", "prefix list pl-"}
	for seed := range uint64(300) {
		n := network.New(random.Network(seed))
		for _, p := range n.Problems {
			if !slices.ContainsFunc(nowhere, func(what string) bool { return strings.Contains(p.Message, " names "+what) }) {
				t.Errorf("seed %d: %s", seed, p.Message)
			}
		}
	}
}

// A network that is made is one that a dump can hold: it comes back as it was.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(150) {
		want, dir := network.New(random.Network(seed)), t.TempDir()
		if err := dump.Write(dir, want); err != nil {
			t.Fatal(err)
		}
		contents, err := dump.Read(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := plain(network.New(contents))
		for name, list := range plain(want) {
			if diff := cmp.Diff(list, got[name], comparing...); diff != "" {
				t.Errorf("seed %d, %s (-written +read):\n%s", seed, name, diff)
			}
		}
		if t.Failed() {
			return
		}
	}
}

var comparing = cmp.Options{
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

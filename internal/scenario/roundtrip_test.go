package scenario

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/network/networktest"
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
	if diff := networktest.Diff(want, network.New(contents)); diff != "" {
		t.Error(diff)
	}
}

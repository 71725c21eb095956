package random_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/network/networktest"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/source/dump"
)

// The same seed gives the same contents.
func TestSeeds(t *testing.T) {
	for seed := range uint64(50) {
		if diff := cmp.Diff(random.Network(seed), random.Network(seed), networktest.Options...); diff != "" {
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
		if diff := networktest.Diff(want, network.New(contents)); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

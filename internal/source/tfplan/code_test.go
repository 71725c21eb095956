package tfplan_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/source/tfcode"
	"github.com/watertight/watertight/internal/source/tfplan"
)

// TestRandomCode writes random networks as Terraform code, plans it without credentials, and reads the plan: what it allows must be what the network allows. The
// code has references where there are identifiers, so that the whole chain is walked: providers, Terraform, names, the reader.
func TestRandomCode(t *testing.T) {
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is not installed")
	}
	const wanted = 15
	planned := 0
	for seed := uint64(1); planned < wanted; seed++ {
		if seed > 100_000 {
			t.Fatalf("only %d networks of 40,000 can be written as code", planned)
		}
		want, code, ok := tfplan.RandomCode(seed)
		if !ok {
			continue
		}
		planned++
		dir := t.TempDir()
		raw, err := json.MarshalIndent(code, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "main.tf.json"), raw, 0o644); err != nil {
			t.Fatal(err)
		}
		result, err := tfcode.Plan(context.Background(), tfcode.Options{Dir: dir, Terraform: "terraform", Env: os.Environ()})
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			continue
		}
		contents, err := tfplan.Parse(result.Document, "plan.json", tfplan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := network.New(contents)
		a, b := between(t, want), between(t, got)
		for _, row := range a {
			if !slices.Contains(b, row) {
				t.Errorf("seed %d: lost:  %s", seed, row)
			}
		}
		for _, row := range b {
			if !slices.Contains(a, row) {
				t.Errorf("seed %d: added: %s", seed, row)
			}
		}
	}
}

// between are the rows of a matrix from group to group, and from and to the internet as an address of it fares that no rule names: subnets without a name have
// another one, and what AWS's lists cut out of the internet is not the same.
func between(t *testing.T, n *network.Network) []string {
	t.Helper()
	table, err := query.New(n).Matrix(query.Question{Protocol: "any"}, query.ByGroup)
	if err != nil {
		t.Fatal(err)
	}
	somewhere := []netip.Addr{netip.MustParseAddr("1.0.0.0"), netip.MustParseAddr("2000::")}
	var all []string
	for _, r := range table.Rows {
		label := func(s string) string {
			if s == "internet" || strings.HasPrefix(s, "group ") {
				return s
			}
			return "internet"
		}
		if strings.Contains(r.Source+r.Destination, "subnet:") || strings.HasPrefix(r.Source, "outside ") || strings.HasPrefix(r.Destination, "outside ") {
			continue
		}
		if len(r.Outside) > 0 && !slices.ContainsFunc(r.Outside, func(p string) bool {
			return slices.ContainsFunc(somewhere, netip.MustParsePrefix(p).Contains)
		}) {
			continue
		}
		all = append(all, fmt.Sprintf("%s → %s %s %v %s %+v", label(r.Source), label(r.Destination), r.Verdict, r.Verdicts, r.Family, r.Traffic))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

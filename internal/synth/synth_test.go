package synth

import (
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watertight/watertight/internal/network"
)

// The same options give the same contents, and another seed gives others.
func TestGenerateIsDeterministic(t *testing.T) {
	o := Options{Seed: 7, Interfaces: 3000, VPCs: 12}
	comparer := cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })
	addresses := cmp.Comparer(func(a, b netip.Addr) bool { return a == b })
	if diff := cmp.Diff(Generate(o), Generate(o), comparer, addresses); diff != "" {
		t.Errorf("two runs differ: %s", diff)
	}
	other := Generate(Options{Seed: 8, Interfaces: 3000, VPCs: 12})
	if Generate(o).VPCs[0].ID == other.VPCs[0].ID {
		t.Error("two seeds give the same VPC")
	}
}

// There is as much of everything as was asked for, or as follows from the number of interfaces.
func TestGenerateCounts(t *testing.T) {
	type counts struct{ Interfaces, VPCs, Accounts, Roles, Peerings int }
	for _, test := range []struct {
		options Options
		want    counts
	}{
		{Options{}, counts{200, 1, 1, 20, 0}},
		{Options{Interfaces: 10_000}, counts{10_000, 1, 1, 100, 0}},
		{Options{Interfaces: 20_000}, counts{20_000, 40, 8, 22, 40}},
		{Options{Interfaces: 100_000}, counts{100_000, 200, 40, 22, 200}},
		{Options{Interfaces: 5}, counts{5, 1, 1, 20, 0}},
		{Options{Interfaces: 30, VPCs: 6, Roles: 3, Peerings: 100}, counts{30, 6, 2, 3, 15}},
		{Options{Interfaces: 30_000, VPCs: 2}, counts{30_000, 3, 1, 100, 3}},
		{Options{Interfaces: 3000, VPCs: 10, Accounts: 3, Roles: 9, Peerings: -1}, counts{3000, 10, 3, 9, 0}},
	} {
		c := Generate(test.options)
		accounts := map[string]bool{}
		for _, v := range c.VPCs {
			accounts[v.Account] = true
		}
		got := counts{len(c.Interfaces), len(c.VPCs), len(accounts), len(c.SecurityGroups)/len(c.VPCs) - 1, len(c.PeeringConnections)}
		if got != test.want {
			t.Errorf("%+v: %+v, want %+v", test.options, got, test.want)
		}
	}
}

// What is made is what AWS would have: identifiers and addresses are given once, references lead somewhere, addresses are in their
// subnet, subnets in their VPC and apart, peers do not overlap, no table has two routes for one destination and no ACL two
// entries of a number.
func TestGenerateIsSound(t *testing.T) {
	for _, o := range []Options{
		{Interfaces: 1}, {Interfaces: 45}, {}, {Interfaces: 10_000}, {Interfaces: 20_000}, {Interfaces: 2000, VPCs: 60, Peerings: 200},
		{Interfaces: 9000, VPCs: 9000, Roles: 2}, {Interfaces: 400, VPCs: 2, Roles: 150},
	} {
		for seed := range uint64(2) {
			o.Seed = seed
			t.Run(fmt.Sprintf("%+v", o), func(t *testing.T) { checkSound(t, network.New(Generate(o))) })
		}
	}
}

func checkSound(t *testing.T, n *network.Network) {
	for _, p := range n.Problems {
		t.Error(p)
	}
	if len(n.Gaps) > 0 {
		t.Error(n.Gaps)
	}
	given := map[string]bool{}
	public := map[netip.Addr]bool{}
	for _, i := range n.Interfaces.All() {
		s, _ := n.Subnets.Get(i.Subnet)
		if s == nil || s.VPC != i.VPC {
			t.Fatalf("%s is in no subnet of its VPC", i.ID)
		}
		if !slices.IsSorted(i.Groups) {
			t.Errorf("%s: groups are not sorted", i.ID)
		}
		for _, a := range i.Addresses {
			if !slices.ContainsFunc(s.Blocks, func(b netip.Prefix) bool { return b.Contains(a.IP) }) {
				t.Errorf("%s: %s is not in %s", i.ID, a.IP, s.Blocks)
			}
			if s.Blocks[0].Contains(a.IP) && !s.Blocks[0].Contains(a.IP.Next()) {
				t.Errorf("%s: %s is the last of %s", i.ID, a.IP, s.Blocks)
			}
			key := i.VPC + a.IP.String()
			if given[key] {
				t.Errorf("%s is given twice", key)
			}
			given[key] = true
			if a.Public.IsValid() && public[a.Public] {
				t.Errorf("%s is given twice", a.Public)
			}
			public[a.Public] = true
		}
	}
	blocks := map[string][]netip.Prefix{}
	for _, s := range n.Subnets.All() {
		v, _ := n.VPCs.Get(s.VPC)
		for _, b := range s.Blocks {
			if !slices.ContainsFunc(v.Blocks, func(whole netip.Prefix) bool { return whole.Overlaps(b) && whole.Bits() <= b.Bits() }) {
				t.Errorf("%s: %s is not in %s", s.ID, b, v.Blocks)
			}
			if slices.ContainsFunc(blocks[s.VPC], b.Overlaps) {
				t.Errorf("%s: %s overlaps another subnet", s.ID, b)
			}
			blocks[s.VPC] = append(blocks[s.VPC], b)
		}
		if s.RouteTable == "" || s.NetworkACL == "" {
			t.Errorf("%s has no table or no ACL", s.ID)
		}
	}
	peers := map[string][]netip.Prefix{}
	for _, p := range n.PeeringConnections.All() {
		for _, vpc := range []string{p.Requester.VPC, p.Accepter.VPC} {
			own, other, _ := p.Side(vpc)
			if len(peers[vpc]) == 0 {
				peers[vpc] = append(peers[vpc], own.Blocks...)
			}
			for _, b := range other.Blocks {
				if slices.ContainsFunc(peers[vpc], b.Overlaps) {
					t.Errorf("%s: the block %s of a peer overlaps", vpc, b)
				}
			}
			peers[vpc] = append(peers[vpc], other.Blocks...)
		}
	}
	for _, table := range n.RouteTables.All() {
		destinations := map[string]bool{}
		for _, r := range table.Routes {
			key := r.Destination.String() + r.PrefixList
			if destinations[key] {
				t.Errorf("%s has two routes for %s", table.ID, key)
			}
			destinations[key] = true
		}
	}
	for _, acl := range n.NetworkACLs.All() {
		numbers := map[[2]any]bool{}
		for _, e := range acl.Entries {
			key := [2]any{e.Outbound, e.Number}
			if numbers[key] {
				t.Errorf("%s has two entries %v", acl.ID, key)
			}
			numbers[key] = true
		}
	}
	for _, g := range n.SecurityGroups.All() {
		for _, r := range slices.Concat(g.Inbound, g.Outbound) {
			targets := 0
			if r.Group != "" {
				targets++
				if _, ok := n.SecurityGroups.Get(r.Group); !ok {
					t.Errorf("%s references %s, which is not there", g.ID, r.Group)
				}
			}
			if r.PrefixList != "" {
				targets++
			}
			if r.Block.IsValid() {
				targets++
			}
			if targets != 1 || r.Block != r.Block.Masked() {
				t.Errorf("%s: rule %+v", g.ID, r)
			}
		}
	}
	for _, i := range n.Instances.All() {
		for _, id := range i.Interfaces {
			if _, ok := n.Interfaces.Get(id); !ok {
				t.Errorf("%s: interface %s is not there", i.ID, id)
			}
		}
	}
	for _, e := range n.Endpoints.All() {
		for _, id := range e.RouteTables {
			if _, ok := n.RouteTables.Get(id); !ok {
				t.Errorf("%s: table %s is not there", e.ID, id)
			}
		}
	}
}

// Blocks are distinct until all three ranges are used up.
func TestAllocate(t *testing.T) {
	const all = 1<<(22-8) + 1<<(22-10) + 1<<(22-12)
	seen := map[netip.Prefix]bool{}
	for i, b := range allocate(22, all+5) {
		if seen[b] != (i >= all) || b != b.Masked() || b.Bits() != 22 {
			t.Fatalf("block %d is %s, seen %v", i, b, seen[b])
		}
		seen[b] = true
	}
}

func BenchmarkGenerate(b *testing.B) {
	for _, interfaces := range []int{200, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(interfaces), func(b *testing.B) {
			var c network.Contents
			for b.Loop() {
				c = Generate(Options{Seed: 1, Interfaces: interfaces})
			}
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB")
			runtime.KeepAlive(c)
		})
	}
}

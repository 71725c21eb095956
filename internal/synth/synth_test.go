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
		{Options{Interfaces: 450, VPCs: 10}, counts{450, 10, 2, 20, 10}},
		{Options{Interfaces: 900, VPCs: 9, Accounts: 9, Roles: 150}, counts{900, 9, 8, 150, 9}},
		{Options{Interfaces: 60_000, VPCs: 7}, counts{60_000, 8, 2, 86, 8}},
		{Options{Interfaces: 30, VPCs: 6, Roles: 3, Peerings: 100}, counts{30, 6, 2, 3, 15}},
		{Options{Interfaces: 30_000, VPCs: 2}, counts{30_000, 3, 1, 100, 3}},
		{Options{Interfaces: 3000, VPCs: 10, Accounts: 3, Roles: 9, Peerings: -1}, counts{3000, 10, 3, 9, 0}},
	} {
		c := Generate(test.options)
		accounts := map[string]bool{}
		for _, v := range c.VPCs {
			accounts[v.Account] = true
		}
		roles := 0
		for _, g := range c.SecurityGroups {
			if g.VPC == c.VPCs[0].ID && g.Name != "default" {
				roles++
			}
		}
		got := counts{len(c.Interfaces), len(c.VPCs), len(accounts), roles, len(c.PeeringConnections)}
		if got != test.want {
			t.Errorf("%+v: %+v, want %+v", test.options, got, test.want)
		}
	}
}

// What is made is what AWS would have: identifiers and addresses are given once, references lead somewhere, addresses are in their
// subnet, subnets in their VPC and apart, peers do not overlap, no table has two routes for one destination, no ACL two
// entries of a number, and no group a rule twice.
func TestGenerateIsSound(t *testing.T) {
	for _, o := range []Options{
		{Interfaces: 1}, {Interfaces: 45}, {}, {Interfaces: 10_000}, {Interfaces: 20_000}, {Interfaces: 2000, VPCs: 60, Peerings: 200},
		{Interfaces: 9000, VPCs: 9000, Roles: 2}, {Interfaces: 400, VPCs: 2, Roles: 150},
		{Interfaces: 400, VPCs: 10, Roles: 1}, {Interfaces: 4000, VPCs: 20, Roles: 3}, {Interfaces: 60_000, VPCs: 7},
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
	for _, a := range n.TransitAttachments.All() {
		if v, ok := n.VPCs.Get(a.Resource); ok {
			key := v.Blocks[0].String()
			if given[key] {
				t.Errorf("two VPCs behind hubs have %s", v.Blocks[0])
			}
			given[key] = true
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
		for _, rules := range [][]network.Rule{g.Inbound, g.Outbound} {
			seen := map[network.Rule]bool{}
			for _, r := range rules {
				r.ID, r.Description, r.Origin = "", "", network.Origin{}
				if seen[r] {
					t.Errorf("%s has the rule %+v twice", g.ID, r)
				}
				seen[r] = true
			}
		}
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

// Blocks are a Region's own until its three ranges are used up, and distinct until those of all Regions are.
func TestAllocator(t *testing.T) {
	const own = 1<<(22-9) + 1<<(22-11) + 1<<(22-13)
	blocks, seen := &allocator{22, map[netip.Prefix]int{}}, map[netip.Prefix]bool{}
	for i := range 2*own + 5 {
		b, routable := blocks.next(i, regions[1])
		of := slices.IndexFunc(regions, func(r *region) bool {
			return slices.ContainsFunc(r.pools, func(pool netip.Prefix) bool { return pool.Overlaps(b) && pool.Bits() <= b.Bits() })
		})
		if seen[b] != (i >= 2*own) || b != b.Masked() || b.Bits() != 22 || of < 0 || (of == 1) != (i < own || i >= 2*own) || routable != (i < own) {
			t.Fatalf("block %d is %s of Region %d, seen %v, routable %v", i, b, of, seen[b], routable)
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

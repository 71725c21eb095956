package reach

import (
	"net/netip"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/random"
)

// TestExample: an example has the verdict that was asked for, is true of the ends that it names, and there is one where Can has such a part.
func TestExample(t *testing.T) {
	shown := 0
	for seed := range uint64(60) {
		n := network.New(random.Network(seed))
		e := New(n)
		all := n.Interfaces.All()
		if len(all) == 0 {
			continue
		}
		for _, q := range []Question{
			{Sources: e.AtLarge(), Destinations: e.Interfaces(all...)},
			{Sources: e.Interfaces(all...), Destinations: e.AtLarge()},
			{Sources: e.Interfaces(all[:(len(all)+1)/2]...), Destinations: e.Interfaces(all...)},
		} {
			q.Traffic = packet.Protocol(packet.TCP).Intersect(packet.Clients(1024, 65535))
			for _, v := range []Verdict{Reachable, OneWay, Unknown} {
				var parts []Part
				for _, p := range e.Can(q) {
					if p.Verdict == v {
						parts = append(parts, p)
					}
				}
				p, ok := e.Example(q, Wanted{Verdict: v})
				if ok != (len(parts) > 0) {
					t.Fatalf("seed %d: an example of %s: %v, and %d parts", seed, v, ok, len(parts))
				}
				if !ok {
					continue
				}
				shown++
				if always, ok := e.Example(q, Wanted{Verdict: v, Always: true}); ok && always.Choice != "" || !ok && p.Choice == "" {
					t.Fatalf("seed %d: whatever AWS chooses: %v %q", seed, ok, always.Choice)
				}
				if p.Verdict != v || v != Unknown && p.Witness == nil {
					t.Fatalf("seed %d: %+v", seed, p)
				}
				covered := packet.None
				for _, each := range parts {
					covered = covered.Union(each.Traffic)
				}
				if !covered.Covers(p.Traffic) {
					t.Fatalf("seed %d: %s of %s, where the answer has %s", seed, v, p.Traffic, covered)
				}
			}
		}
	}
	if shown < 100 {
		t.Errorf("%d examples: the networks show too little", shown)
	}
}

// TestAtLarge: anybody is who has no address in a block that something names, unless the block is most of the internet.
func TestAtLarge(t *testing.T) {
	n := network.New(network.Contents{
		PrefixLists:    []*network.PrefixList{{Object: network.Object{ID: "pl-1"}, Entries: prefixes("203.0.113.0/24", "128.0.0.0/1", "3.0.0.0/8", "2000::/3", "2a00::/16")}},
		SecurityGroups: []*network.SecurityGroup{{Object: network.Object{ID: "sg-1"}, Inbound: []network.Rule{{Protocol: -1, From: -1, To: -1, PrefixList: "pl-1"}}}},
	})
	e := New(n)
	var got []string
	for _, x := range e.AtLarge().list {
		got = append(got, e.cells.prefixes[x.class.site.home.cell].String())
	}
	want := []string{"0.0.0.0/0", "128.0.0.0/1", "2000::/3"}
	if len(got) != len(want) {
		t.Fatalf("%v, and not %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, and not %v", got, want)
		}
	}
}

func prefixes(words ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, w := range words {
		list = append(list, netip.MustParsePrefix(w))
	}
	return list
}

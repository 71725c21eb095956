package reach

import (
	"slices"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/synth"
)

// A link that was kept for other sites with the same streets is the one that a walk between these finds.
func TestStreets(t *testing.T) {
	shared := 0
	compare := func(name string, n *network.Network, most int) {
		e := New(n)
		s, done := e.use()
		defer done()
		first := map[streetKey][2]*site{}
		for i, client := range e.sites {
			for j, server := range e.sites {
				if len(e.sites) > most && (i*7+j)%11 > 0 || client.vpc() == server.vpc() || client.role == relaying || client.family() != server.family() {
					continue
				}
				key, simple := s.street(client, server)
				if !simple {
					continue
				}
				kept, walked := s.links(client, server, false, false, false), s.links(client, server, false, false, true)
				if _, ok := first[key]; !ok {
					first[key] = [2]*site{client, server}
					continue
				}
				shared++
				if !slices.EqualFunc(kept, walked, func(a, b link) bool {
					return slices.Equal(a.request, b.request) && slices.Equal(a.reply, b.reply) && a.kind == b.kind && a.lost == b.lost && a.unresolved == b.unresolved &&
						a.refsIn == b.refsIn && a.refsOut == b.refsOut && a.fromHome == b.fromHome && a.toHome == b.toHome && a.exempt == b.exempt && slices.Equal(a.choices, b.choices)
				}) {
					t.Fatalf("%s: %s to %s is not as %s to %s", name, client.example.Label(), server.example.Label(), first[key][0].example.Label(), first[key][1].example.Label())
				}
			}
		}
	}
	for seed := range uint64(1000) {
		compare("random", network.New(random.Network(seed)), 1000)
	}
	compare("synthetic", network.New(synth.Generate(synth.Options{Seed: 5, Interfaces: 14_000, VPCs: 70})), 200)
	if shared < 10_000 {
		t.Errorf("%d links are shared: too few to tell", shared)
	}
	t.Logf("%d links", shared)
}

package diff

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

const seeds = 30

func compared(t *testing.T, old, new *network.Network) *report.Diff {
	t.Helper()
	d, err := Compare(old, new, Options{By: query.ByGroup, Old: "old", New: "new"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A network does not differ from itself; neither does it when everything in it has another identifier, and is known by its address.
func TestItself(t *testing.T) {
	for seed := range uint64(seeds) {
		old := network.New(random.Network(seed))
		d := compared(t, old, network.New(random.Network(seed)))
		if len(d.Changes)+len(d.Edits) > 0 {
			t.Errorf("seed %d: %d changes and %d edits, the first: %+v", seed, len(d.Changes), len(d.Edits), append(d.Edits, report.Edit{})[0])
		}
		s := surveyed(old, network.New(random.Network(seed)))
		if len(s.changes) > 0 {
			t.Errorf("seed %d: %d differences, the first: %+v", seed, len(s.changes), s.changes[0])
		}
	}
}

// What is called by another identifier, and has the same address, is the same.
func TestRenamed(t *testing.T) {
	for seed := range uint64(seeds) {
		same := func(id string) string { return id }
		other := func(id string) string {
			if strings.Contains(id, "/") && !strings.HasPrefix(id, "arn:") || strings.Count(id, "/") > 1 {
				return id // one that says of what it is
			}
			return id + "x"
		}
		old, new := network.New(renamed(random.Network(seed), same)), network.New(renamed(random.Network(seed), other))
		d := compared(t, old, new)
		if len(d.Changes)+len(d.Edits) > 0 {
			t.Errorf("seed %d: %d changes and %d edits: %+v", seed, len(d.Changes), len(d.Edits), d.Edits)
		}
		if s := surveyed(old, new); len(s.changes) > 0 {
			t.Errorf("seed %d: %d differences, the first: %+v", seed, len(s.changes), s.changes[0])
		}
	}
}

func surveyed(old, new *network.Network) *survey {
	sessions := [2]*query.Session{query.New(old), query.New(new)}
	return look([2]*reach.Engine{sessions[0].Engine(), sessions[1].Engine()}, join(sessions, pair(old, new), query.ByGroup), query.Traffic(), focus{everything: true})
}

// Looking only where edits may change something finds the same as looking everywhere.
func TestFocus(t *testing.T) {
	narrow, changes := 0, 0
	for seed := range uint64(15 * seeds) {
		names := slices.Sorted(maps.Keys(mutations))
		old := network.New(random.Network(seed))
		new, ids := mutated(seed, names[seed%uint64(len(names))], names[(seed/7)%uint64(len(names))])
		all := surveyed(old, new)
		pairs := pair(old, new)
		c := &comparer{raw: [2]*network.Network{old, new}, sessions: [2]*query.Session{query.New(old), query.New(new)}, pairs: pairs, edits: pairs.edits(old, new)}
		near := c.focus(all.members)
		if near.everything || len(near.members) == len(all.all) {
			continue
		}
		narrow++
		s := look([2]*reach.Engine{c.sessions[0].Engine(), c.sessions[1].Engine()}, all.members, query.Traffic(), near)
		changes += len(s.changes)
		if !slices.EqualFunc(s.changes, all.changes, func(a, b difference) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
			t.Errorf("seed %d, %v: %d differences where edits may change something, and %d everywhere", seed, ids, len(s.changes), len(all.changes))
		}
	}
	if narrow < seeds || changes < seeds {
		t.Errorf("%d networks with a focus, %d changes", narrow, changes)
	}
}

// Everything that differs between members that are in both networks is found, and nothing else: for every pair of them, and for every piece of the
// outside, as [reach.Engine.Can] says of each pair in each network.
func TestBruteForce(t *testing.T) {
	found := 0
	for seed := range uint64(seeds) {
		names := slices.Sorted(maps.Keys(mutations))
		old := network.New(random.Network(seed))
		if old.Interfaces.Len() > 24 {
			continue
		}
		new, ids := mutated(seed, names[seed%uint64(len(names))], names[(seed/3+5)%uint64(len(names))])
		if len(ids) == 0 {
			continue
		}
		s := surveyed(old, new)
		got := map[string]packet.Set{}
		for _, c := range s.changes {
			if c.from+c.to != "" || c.source >= 0 && !(s.all[c.source].in(0) && s.all[c.source].in(1)) || c.destination >= 0 && !(s.all[c.destination].in(0) && s.all[c.destination].in(1)) {
				continue
			}
			k := fmt.Sprint(c.key, c.piece, c.before, c.after)
			got[k] = got[k].Union(c.set)
		}
		want := bruteForce(s, [2]*reach.Engine{reach.New(old), reach.New(new)})
		found += len(want)
		for k, set := range want {
			if got[k] != set {
				t.Errorf("seed %d, %v: %s: %s, found %s", seed, ids, k, set, got[k])
			}
		}
		for k, set := range got {
			if want[k] != set {
				t.Errorf("seed %d, %v: %s: %s, invented %s", seed, ids, k, want[k], set)
			}
		}
	}
	if found < 100 {
		t.Errorf("%d differences only: do mutations change anything?", found)
	}
}

func bruteForce(s *survey, engines [2]*reach.Engine) map[string]packet.Set {
	want := map[string]packet.Set{}
	look := func(k key, piece int) {
		var outcomes [2]reach.Outcome
		for side, e := range engines {
			o := &outcomes[side]
			q, ok := s.question(&difference{key: k, piece: piece, set: s.asked}, side, e)
			if q.Traffic = s.asked; ok {
				for _, p := range e.Can(q) {
					switch p.Verdict {
					case reach.Reachable:
						o.Reachable = o.Reachable.Union(p.Traffic)
					case reach.OneWay:
						o.OneWay = o.OneWay.Union(p.Traffic)
					case reach.Unknown:
						o.Unknown = o.Unknown.Union(p.Traffic)
					case reach.Unreachable:
						o.Unreachable = o.Unreachable.Union(p.Traffic)
					}
				}
			}
			if *o == (reach.Outcome{}) {
				*o = s.nothing()
			}
		}
		for _, old := range s.cut(outcomes[0]) {
			for _, new := range s.cut(outcomes[1]) {
				if set := old.set.Intersect(new.set); old.verdicts != new.verdicts && !set.IsEmpty() {
					want[fmt.Sprint(k, piece, old.verdicts, new.verdicts)] = set
				}
			}
		}
	}
	both := func(k int) bool { return s.all[k].in(0) && s.all[k].in(1) }
	for a := range s.all {
		for half := range 2 {
			for _, public := range []bool{false, true} {
				for b := range s.all {
					if both(a) && both(b) && (a != b || len(s.all[a].faces[0]) > 1) {
						look(key{a, b, public, half}, -1)
					}
				}
				for p := range s.pieces {
					if both(a) && s.pieces[p].half() == half {
						look(key{-1, a, public, half}, p)
						if !public {
							look(key{a, -1, public, half}, p)
						}
					}
				}
			}
		}
	}
	return want
}

// What differs one way differs the other way round.
func TestMirror(t *testing.T) {
	changes := 0
	for seed := range uint64(seeds) {
		names := slices.Sorted(maps.Keys(mutations))
		old := func() *network.Network { return network.New(random.Network(seed)) }
		new := func() *network.Network {
			n, _ := mutated(seed, names[(seed+3)%uint64(len(names))], names[(seed*7)%uint64(len(names))])
			return n
		}
		words := func(d *report.Diff, mirrored bool) []string {
			var all []string
			for _, c := range d.Changes {
				before, after := c.Before, c.After
				if mirrored {
					before, after = after, before
				}
				all = append(all, fmt.Sprint(c.Source, " ", c.Destination, " ", before, " ", after, " ", c.Traffic, c.Family, c.Via, c.Outside, c.Sources, c.Destinations))
			}
			slices.Sort(all)
			return all
		}
		forth, back := compared(t, old(), new()), compared(t, new(), old())
		changes += len(forth.Changes)
		if diff := cmp.Diff(words(forth, false), words(back, true)); diff != "" {
			t.Errorf("seed %d (-forth +back):\n%s", seed, diff)
		}
	}
	if changes < 50 {
		t.Errorf("%d changes only", changes)
	}
}

// Of a single edit that changes what is reachable, among others that do not, it is said first that it is the cause; and it is proven.
func TestCauses(t *testing.T) {
	changes := 0
	for seed := range uint64(3 * seeds) {
		names := slices.Sorted(maps.Keys(mutations))
		name := names[seed%uint64(len(names))]
		if strings.HasPrefix(name, "an interface") {
			continue // its role is another then, or has a member less
		}
		old := network.New(random.Network(seed))
		c := random.Network(seed)
		for _, g := range c.SecurityGroups {
			g.Tags = append(g.Tags, network.Tag{Key: "zz", Value: "noise"})
		}
		for _, g := range c.RouteTables {
			g.Tags = append(g.Tags, network.Tag{Key: "zz", Value: "noise"})
		}
		id := mutations[name](rand.New(rand.NewPCG(seed, 0)), &c)
		if id == "" {
			continue
		}
		noisy := network.New(c)
		for _, change := range compared(t, old, noisy).Changes {
			changes++
			if !change.Proven || len(change.Causes) == 0 || change.Causes[0].ID != id {
				t.Errorf("seed %d, %s of %s: %s → %s %s → %s %s, because of %+v (proven: %v)", seed, name, id, change.Source, change.Destination, change.Before, change.After, change.Traffic, change.Causes, change.Proven)
			}
			if len(change.Causes) > 0 && strings.Contains(strings.Join(change.Causes[0].Summary, " "), "zz") && len(change.Causes[0].Summary) == 1 {
				t.Errorf("seed %d: a tag is the cause of %+v", seed, change)
			}
		}
	}
	if changes < 50 {
		t.Errorf("%d changes only", changes)
	}
}

// TestClouded: what an edit of something opens that is known in part only, or whose members are where nothing is known, is not known: it is no "no change".
func TestClouded(t *testing.T) {
	build := func(ports ...int) *network.Network {
		c := network.Contents{
			SecurityGroups: []*network.SecurityGroup{
				{Object: network.Object{ID: "sg-theirs", Partial: true, Defect: &network.Defect{Reason: "it is managed elsewhere"}}},
				{Object: network.Object{ID: "sg-ours", Name: "ours"}, VPC: "vpc-1"},
			},
			Interfaces: []*network.Interface{{Object: network.Object{ID: "eni-1"}, VPC: "vpc-1", Subnet: "subnet-1", Groups: []string{"sg-ours"}, Addresses: []network.Address{{IP: netip.MustParseAddr("10.0.0.5")}}}},
		}
		for _, g := range c.SecurityGroups {
			for k, port := range ports {
				g.Inbound = append(g.Inbound, network.Rule{Protocol: 6, From: port, To: port, Block: netip.MustParsePrefix("10.0.0.0/8"), Origin: network.Origin{Source: "main.tf", Line: 10*len(g.ID) + k}})
			}
		}
		return network.New(c)
	}
	d, err := Compare(build(22), build(22, 443), Options{By: query.ByGroup})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range d.Changes {
		if c.Effect() != report.Doubted || len(c.Causes) != 1 || len(c.Unknown) != 1 {
			t.Errorf("%+v", c)
		}
		got = append(got, c.Destination)
	}
	if !slices.Equal(got, []string{"ours (sg-ours)", "sg-theirs"}) {
		t.Errorf("of %q it is not known what the rule opens", got)
	}
	for name, same := range map[string][2]*network.Network{"nothing": {build(22), build(22)}, "a rule less": {build(22, 443), build(22)}} {
		if d, err := Compare(same[0], same[1], Options{By: query.ByGroup}); err != nil || len(d.Changes) > 0 {
			t.Errorf("%s opens nothing: %v %+v", name, err, d.Changes)
		}
	}
}

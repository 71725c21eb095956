package diff

import (
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// Options are how to compare.
type Options struct {
	By query.Grouping
	// Old and New are what the networks are called.
	Old, New string
}

// Compare says what one network allows that another does not. The error is a [*query.Bug].
func Compare(old, new *network.Network, options Options) (*report.Diff, error) {
	given := [2]*query.Session{query.New(old), query.New(new)}
	d := &report.Diff{
		Schema: report.Schema, Kind: report.KindDiff, Old: options.Old, New: options.New, GroupedBy: string(options.By), Changes: []report.Change{}, Edits: []report.Edit{},
		Assumptions: []string{}, AssumedEmpty: both(given[0].AssumedEmpty(), given[1].AssumedEmpty()), Problems: len(old.Problems) + len(new.Problems),
	}
	pairs := pair(old, new)
	edits := pairs.edits(old, new)
	for _, e := range edits {
		d.Edits = append(d.Edits, e.wire(e.parts))
	}
	var unknown []string
	if len(edits) > 0 {
		c := &comparer{raw: [2]*network.Network{old, new}, sessions: given, pairs: pairs, edits: edits, by: options.By}
		var err error
		if unknown, err = c.compare(d); err != nil {
			return nil, err
		}
	}
	if more := (&comparison{pairing: pairs, networks: [2]*network.Network{old, new}}).clouded(edits, d.Changes); len(more) > 0 {
		d.Changes = append(d.Changes, more...)
		slices.SortStableFunc(d.Changes, func(a, b report.Change) int { return order(&a, &b) })
		for _, change := range more {
			unknown = append(unknown, change.Unknown...)
		}
	}
	for _, words := range both(old.Assumptions, new.Assumptions) {
		d.Assumptions = append(d.Assumptions, strings.ToUpper(words[:1])+words[1:]+".")
	}
	d.NotModelled = given[1].NotModelled(unknown)
	for _, s := range given {
		s.Readable(d)
	}
	return d, nil
}

// comparer compares two networks that differ.
type comparer struct {
	raw      [2]*network.Network // without members to be
	sessions [2]*query.Session
	pairs    *pairing
	edits    []*edit
	by       query.Grouping
	toBe     [2][]*network.SecurityGroup // groups whose members are to be
}

func (c *comparer) compare(d *report.Diff) (unknown []string, err error) {
	var omitted int
	c.toBe, omitted = unmanned(c.sessions, c.pairs, c.edits)
	if c.settle() {
		c.pairs = pair(c.sessions[0].Network(), c.sessions[1].Network())
	}
	m := join(c.sessions, c.pairs, c.by)
	s := look([2]*reach.Engine{c.sessions[0].Engine(), c.sessions[1].Engine()}, m, query.Traffic(), c.focus(m))
	s.impliedByInternet()
	why := newCauses(s, c)
	toBe := map[string]bool{}
	for _, r := range s.rows() {
		if s.doubtful(r, c.sessions) {
			continue
		}
		change := s.wire(r, c.sessions)
		var ways []*way
		for _, each := range append([]*difference{r.example}, r.more...) {
			w, err := s.show(r, each, c.sessions)
			if err != nil {
				return nil, err
			}
			ways = append(ways, w)
		}
		ways[0].explain(&change, r.example.better())
		change.Causes, change.Proven = why.of(r, ways)
		unknown = append(unknown, change.Unknown...)
		d.Changes = append(d.Changes, change)
		for _, k := range []int{r.example.source, r.example.destination} {
			if k >= 0 {
				c.note(s.all[k], toBe)
			}
		}
	}
	slices.SortStableFunc(d.Changes, func(a, b report.Change) int { return order(&a, &b) })
	for _, label := range slices.Sorted(maps.Keys(toBe)) {
		d.Assumptions = append(d.Assumptions, fmt.Sprintf("No interface carries the security group %s yet: what is said of it is about members to be, where they may be placed.", label))
	}
	if omitted > 0 {
		d.Assumptions = append(d.Assumptions, fmt.Sprintf("%d more security groups that no interface carries, in either network, were not looked at: watertight can answers about each.", omitted))
	}
	return unknown, nil
}

// note notes the groups of members to be.
func (c *comparer) note(m *member, labels map[string]bool) {
	for side, list := range m.faces {
		for _, i := range list {
			for _, g := range c.toBe[side] {
				if slices.Contains(i.Groups, g.ID) {
					labels[g.Label()] = true
				}
			}
		}
	}
}

// comparedList is the identifier of a prefix list that no rule names. It is in both networks where addresses are open, and holds all prefixes that either
// names: an address that AWS may choose is then told apart from the same ones in both.
const comparedList = "pl-compared"

// settle puts members to be into both networks, and tells whether there are any.
func (c *comparer) settle() bool {
	open := len(c.toBe[0])+len(c.toBe[1]) > 0
	for _, n := range c.raw {
		open = open || slices.ContainsFunc(n.Interfaces.All(), func(i *network.Interface) bool { return i.Open.Any() })
	}
	if !open {
		return false
	}
	var named []netip.Prefix
	for _, n := range c.raw {
		named = append(named, reach.New(n).Prefixes()...)
	}
	slices.SortFunc(named, netip.Prefix.Compare)
	named = slices.Compact(named)
	for side, n := range c.raw {
		contents := contents(n)
		contents.PrefixLists = append(contents.PrefixLists, &network.PrefixList{Object: network.Object{ID: comparedList}, Entries: named})
		c.raw[side] = network.New(contents)
		c.sessions[side] = query.New(c.raw[side]).With(c.toBe[side]...)
	}
	return true
}

func both(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// unmanned are the security groups that no interface carries, in either network, and that edits have to do with: theirs are members to be (V-16).
func unmanned(sessions [2]*query.Session, p *pairing, edits []*edit) (groups [2][]*network.SecurityGroup, omitted int) {
	const most = 24
	wanted := map[string]bool{} // by identifier, as in the new network
	add := func(side int, ids ...string) {
		for _, id := range ids {
			if id != "" {
				wanted[p.in(side, id)] = true
			}
		}
	}
	for _, e := range edits {
		for side, v := range []reflect.Value{e.old, e.new} {
			if !v.IsValid() {
				continue
			}
			switch o := v.Interface().(type) {
			case *network.SecurityGroup:
				add(side, o.ID)
				for _, r := range slices.Concat(o.Inbound, o.Outbound) {
					add(side, r.Group)
				}
			case *network.Workload:
				add(side, o.Groups...)
			}
		}
	}
	placed := map[string]bool{} // by something that will have members
	for side, s := range sessions {
		for _, w := range s.Network().Workloads.All() {
			add(side, w.Groups...)
			for _, id := range w.Groups {
				placed[p.in(side, id)] = true
			}
		}
	}
	count := 0
	for _, id := range slices.Sorted(maps.Keys(wanted)) {
		ids := [2]string{p.back[id], id}
		if ids[0] == "" {
			ids[0] = id
		}
		var found [2]*network.SecurityGroup
		manned := false
		for side, s := range sessions {
			if g, ok := s.Network().SecurityGroups.Get(ids[side]); ok {
				found[side] = g
				manned = manned || s.Manned(ids[side]) || g.Name == "default" && !placed[id] // a VPC brings one, and most are of no use
			}
		}
		if manned || found[0] == nil && found[1] == nil {
			continue
		}
		if count++; count > most {
			omitted++
			continue
		}
		for side, g := range found {
			if g != nil {
				groups[side] = append(groups[side], g)
			}
		}
	}
	return groups, omitted
}

package diff

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
)

// member is interfaces that nothing tells apart, in neither of two networks. They are all in both, or all in one of them.
type member struct {
	// faces are the interfaces in the old and in the new network: those at the same position are the same. Nil where they are not in it.
	faces [2][]*network.Interface
	// labels are those of the roles that they are in, in either network.
	labels [2][]string
	subnet string // by the identifier in the new network, where it is in that
}

func (m *member) in(side int) bool { return m.faces[side] != nil }

// members are the ends inside two networks.
type members struct {
	all    []*member
	at     map[*network.Interface]int // positions in all
	called [][]string                 // what each is called in a tally
	// kin are the members with a label in a network, and those of a subnet among them.
	kin [2]map[kinship][]int
}

// kinship is what members have in common that are of one kind: a label and, where it is not empty, the subnet.
type kinship struct{ label, subnet string }

// join finds the members of two networks.
func join(sessions [2]*query.Session, p *pairing, by query.Grouping) *members {
	labels := query.JointLabels(sessions[0], sessions[1], by, func(id string) (string, bool) { now, ok := p.moved[id]; return now, ok })
	m := &members{at: map[*network.Interface]int{}, kin: [2]map[kinship][]int{{}, {}}}
	byKey := map[string]*member{}
	var old, new = sessions[0].Network().Interfaces, sessions[1].Network().Interfaces
	add := func(before, after *network.Interface) {
		var key strings.Builder
		var names [2][]string
		one := &member{}
		for side, i := range []*network.Interface{before, after} {
			key.WriteByte('\n')
			if i == nil {
				continue
			}
			names[side] = labels[side](i)
			key.WriteString(sessions[side].Engine().Class(i))
			key.WriteString(strings.Join(names[side], "\x00"))
			one.subnet = p.in(side, i.Subnet)
		}
		if len(names[0])+len(names[1]) == 0 {
			return // what only carries what others send
		}
		at := byKey[key.String()]
		if at == nil {
			at = one
			at.labels = names
			byKey[key.String()] = at
			m.all = append(m.all, at)
		}
		for side, i := range []*network.Interface{before, after} {
			if i != nil {
				at.faces[side] = append(at.faces[side], i)
			}
		}
	}
	for _, after := range new.All() {
		var before *network.Interface
		if id, ok := p.back[after.ID]; ok {
			before, _ = old.Get(id)
		}
		add(before, after)
	}
	for _, before := range old.All() {
		if id, ok := p.moved[before.ID]; ok {
			if _, ok := new.Get(id); ok {
				continue
			}
		}
		add(before, nil)
	}
	for k, each := range m.all {
		m.called = append(m.called, []string{mark + strconv.Itoa(k)})
		for side := range 2 {
			for _, i := range each.faces[side] {
				m.at[i] = k
			}
			for _, label := range each.labels[side] {
				for _, kin := range []kinship{{label, ""}, {label, each.subnet}} {
					m.kin[side][kin] = append(m.kin[side][kin], k)
				}
			}
		}
	}
	return m
}

// relatives are what a member stands for in a network: itself, or else the members with a label in its subnet or, where there are none, anywhere.
func (m *members) relatives(k int, label string, side int) (kinship, []int) {
	if m.all[k].in(side) {
		return kinship{mark + strconv.Itoa(k), ""}, []int{k}
	}
	near := kinship{label, m.all[k].subnet}
	if list := m.kin[side][near]; len(list) > 0 {
		return near, list
	}
	far := kinship{label, ""}
	return far, m.kin[side][far]
}

// withRelatives are some members, and all that those among them that are in one network only stand for in the other.
func (m *members) withRelatives(list []int) []int {
	all := map[int]bool{}
	for _, k := range list {
		all[k] = true
		for side := range 2 {
			if m.all[k].in(side) {
				continue
			}
			for _, label := range m.all[k].labels[1-side] {
				_, kin := m.relatives(k, label, side)
				for _, each := range kin {
					all[each] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

const mark = "\x00" // begins the label of a member in a tally: nothing outside is called so

// word is that of the member that an interface belongs to, for a tally.
func (m *members) word(i *network.Interface) []string {
	if k, ok := m.at[i]; ok {
		return m.called[k]
	}
	return nil
}

// ends are some members in a network, and what they stand for in it.
func (m *members) ends(e *reach.Engine, side int, members []int) reach.Ends {
	var list []reach.Ends
	for _, k := range m.withRelatives(members) {
		if m.all[k].in(side) {
			list = append(list, e.Interfaces(m.all[k].faces[side]...))
		}
	}
	return unite(list)
}

// pass is ends to ask about together.
type pass struct {
	sources, destinations  []int
	fromOutside, toOutside bool
}

// passes are all pairs of ends of which one is in focus.
func (m *members) passes(near focus) []pass {
	const most = 400_000 // pairs at a time, so that memory has an end
	var all, focused, others []int
	for k := range m.all {
		all = append(all, k)
		if near.everything || near.members[k] || !m.all[k].in(0) || !m.all[k].in(1) {
			focused = append(focused, k)
		} else {
			others = append(others, k)
		}
	}
	var list []pass
	add := func(sources, destinations []int, fromOutside, toOutside bool) {
		for chunk := range slices.Chunk(destinations, max(1, most/(len(sources)+1))) {
			list = append(list, pass{sources, chunk, fromOutside, false})
		}
		if toOutside && len(sources) > 0 {
			list = append(list, pass{sources: sources, toOutside: true})
		}
	}
	add(focused, all, false, true)
	add(others, focused, false, false)
	if len(focused) > 0 {
		add(nil, focused, true, false)
	}
	return list
}

// unite joins ends two by two, so that thousands of them don't take quadratic time.
func unite(list []reach.Ends) reach.Ends {
	switch len(list) {
	case 0:
		return reach.Ends{}
	case 1:
		return list[0]
	}
	half := len(list) / 2
	return unite(list[:half]).Join(unite(list[half:]))
}

// common are the labels of a member in both networks; where there are none, those in the network of the side, or else in the other.
func (m *member) common(side int) []string {
	if !m.in(0) || !m.in(1) {
		if m.in(0) {
			return m.labels[0]
		}
		return m.labels[1]
	}
	var both []string
	for _, label := range m.labels[side] {
		if slices.Contains(m.labels[1-side], label) {
			both = append(both, label)
		}
	}
	switch {
	case len(both) > 0:
		return both
	case len(m.labels[side]) > 0:
		return m.labels[side]
	}
	return m.labels[1-side]
}

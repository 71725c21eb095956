package query

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/walker"
)

// What follows is for those who compare what two networks allow.

// Network is what the session is about.
func (s *Session) Network() *network.Network { return s.network }

// Traffic is what a question about any protocol and any port asks about.
func Traffic() packet.Set {
	var p parsed
	p.words.Family = "any"
	if err := p.fill("any", "", "", ""); err != nil {
		panic(err) // the words above are right
	}
	return p.asks[0].traffic
}

// Products are a set of headers, as answers list them.
func Products(set packet.Set) []report.Traffic { return products(set) }

// With is a session in which groups that no interface carries have their members to be (V-16).
func (s *Session) With(groups ...*network.SecurityGroup) *Session {
	return s.populated(&Selection{ToBe: groups})
}

// Manned tells whether an interface carries a group.
func (s *Session) Manned(group string) bool { return len(s.catalog().byGroup[group]) > 0 }

// Name is what people call an interface: by its own name, or by that of what uses it. It is empty when there is none.
func (s *Session) Name(i *network.Interface) string { return s.owners()[i.ID] }

// Show is the first part of the answer to a question that is wanted, for the wire; its witness was walked. Words stand for the question in a [Bug]. Both parts
// are nil when none is wanted.
func (s *Session) Show(q reach.Question, words report.Question, wanted func(reach.Part) bool) (*report.Part, *reach.Part, error) {
	for _, part := range s.engine().Can(q) {
		if outsiders(part) || !wanted(part) {
			continue
		}
		wire, err := s.part(parsed{words: words, walks: map[walker.Question][]walker.Outcome{}}, q, part)
		if err != nil {
			return nil, nil, err
		}
		return &wire, &part, nil
	}
	return nil, nil, nil
}

// JointLabels are the labels of the interfaces of two networks, such that the same thing is called the same in both: as in the new one, where it is in
// that. Moved is the identifier that an object of the old network has in the new one; it is not ok for one that is not there.
func JointLabels(old, new *Session, by Grouping, moved func(id string) (string, bool)) (labels [2]reach.Labels) {
	labels[1] = new.labels(by)
	switch by {
	case ByTier:
		before := old.labels(by)
		labels[0] = func(i *network.Interface) []string {
			if id, ok := moved(i.Subnet); ok && !i.Conduit() {
				return []string{cmp.Or(new.catalog().tierLabel(id), "subnet:"+id)}
			}
			return before(i)
		}
		return labels
	case ByAccount:
		labels[0] = old.labels(by)
		return labels
	}
	words := jointGroupLabels(old, new, moved)
	name := func(s *Session, identity func(string) string) reach.Labels {
		return func(i *network.Interface) []string {
			switch {
			case i.Conduit():
				return nil
			case len(i.Groups) == 0:
				if id := identity(i.ID); s == old && id != "" {
					if now, ok := new.network.Interfaces.Get(id); ok && len(now.Groups) == 0 {
						return []string{new.groupless(now)}
					}
				}
				return []string{s.groupless(i)}
			}
			list := make([]string, len(i.Groups))
			for k, id := range i.Groups {
				list[k] = cmp.Or(words[cmp.Or(identity(id), id)], id)
			}
			slices.Sort(list)
			return slices.Compact(list)
		}
	}
	labels[0] = name(old, func(id string) string { now, _ := moved(id); return now })
	labels[1] = name(new, func(id string) string { return id })
	return labels
}

// jointGroupLabels are the selectors of all groups of two networks, the shortest that are unique in both together. The identifiers are those in the new
// network, where the group is in that.
func jointGroupLabels(old, new *Session, moved func(id string) (string, bool)) map[string]string {
	type place struct{ env, role string }
	type group struct {
		id string
		place
	}
	var all []group
	everywhere, there := map[string]int{}, map[place]int{}
	add := func(s *Session, g *network.SecurityGroup) {
		at := place{s.catalog().env(g.VPC), roleOf(g.Name)}
		all = append(all, group{g.ID, at})
		everywhere[at.role]++
		there[at]++
	}
	for _, g := range new.network.SecurityGroups.All() {
		add(new, g)
	}
	for _, g := range old.network.SecurityGroups.All() {
		if _, ok := moved(g.ID); !ok {
			add(old, g)
		}
	}
	labels := make(map[string]string, len(all))
	for _, g := range all {
		switch {
		case g.role == "" || strings.Contains(g.role, "/") || special(g.role):
			labels[g.id] = g.id
		case everywhere[g.role] == 1:
			labels[g.id] = g.role
		case there[g.place] == 1:
			labels[g.id] = g.env + "/" + g.role
		default:
			labels[g.id] = g.id
		}
	}
	return labels
}

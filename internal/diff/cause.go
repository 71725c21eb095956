package diff

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// causes finds the edits that changes hang on. It looks first at what lies on the way, before and now; and asks the new network again with one of these
// taken back.
type causes struct {
	*survey
	*comparer
	*index
	// without are engines of the new network with one edit taken back. There is room for so many.
	without map[*edit]*reach.Engine
	room    int
	// checks is how often they may still be asked.
	checks int
}

func newCauses(s *survey, c *comparer) *causes {
	const interfaces, checks = 150_000, 5000 // of all networks that are built for this together: some seconds
	return &causes{survey: s, comparer: c, index: indexEdits(c.edits), without: map[*edit]*reach.Engine{}, room: max(4, interfaces/(c.raw[1].Interfaces.Len()+100)), checks: checks}
}

// How near an edit is to a way.
const (
	onRule   = iota // a rule or route that the way meets
	onObject        // an object that the way meets
	onEnd           // an end of it, or what belongs to that or to a rule on the way
	elsewhere
)

// candidate is an edit that may be a cause.
type candidate struct {
	*edit
	nearness int
	hop      int  // the first on the way
	blocks   bool // it made a rule that stops the packet now
	parts    []part
}

// of finds the causes of the change of a row, with several examples of it, and whether each of them alone makes the difference for the first.
func (c *causes) of(r *row, ways []*way) (list []report.Edit, proven bool) {
	all := c.candidates(ways)
	w := ways[0]
	var sure, near, far []candidate
	tried := true
	for _, each := range all {
		const few, more = 16, 64
		if each.nearness == elsewhere && len(sure) > 0 || len(near)+len(far) > more || each.nearness < elsewhere && len(near) > few {
			break
		}
		verdict, ok := c.takenBack(each.edit, r.example, w.header)
		switch {
		case ok && (verdict == r.before || each.nearness < elsewhere && verdict != r.after):
			sure = append(sure, each)
			continue
		case !ok:
			tried = false
		}
		if each.nearness < elsewhere {
			near = append(near, each)
		} else {
			far = append(far, each)
		}
	}
	blocks := choose(near, func(e candidate) bool { return e.blocks })
	switch {
	case len(blocks) > 0 && r.after.best() > r.before.best(): // each of several controls stops it now
		sure = append(blocks, sure...)
		return wires(sure), false
	case len(sure) > 0:
		slices.SortStableFunc(sure, func(a, b candidate) int { return cmp.Compare(a.nearness, b.nearness) })
		return wires(sure), true
	case len(near) > 0:
		best := near[0].nearness
		slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(c.comesOrGoes(a, r), c.comesOrGoes(b, r)) })
		if best == onRule && tried {
			best = onObject // the rules on the way do not explain it
		}
		return wires(slices.DeleteFunc(near, func(e candidate) bool { return e.nearness > best })), false
	}
	return wires(far), false
}

// comesOrGoes is 0 for the edit by which an end of an example came or went, and 1 for others.
func (c *causes) comesOrGoes(e candidate, r *row) int {
	if e.action == updated || e.field != "Interfaces" {
		return 1
	}
	for _, k := range []int{r.example.source, r.example.destination} {
		if k >= 0 && !(c.all[k].in(0) && c.all[k].in(1)) && slices.ContainsFunc(c.all[k].faces[c.side(k)], func(i *network.Interface) bool { return i.ID == e.object().ID }) {
			return 0
		}
	}
	return 1
}

func wires(list []candidate) []report.Edit {
	const most = 8 // where all is new, all is a cause
	out := make([]report.Edit, 0, most)
	for _, e := range list[:min(len(list), most)] {
		parts := e.parts
		if len(parts) == 0 {
			parts = e.edit.parts
		}
		out = append(out, e.wire(parts))
	}
	return out
}

// index finds edits by where their parts are written, and by the identifiers of their objects, in either network.
type index struct {
	written [2]map[string][]writing
	named   [2]map[string][]*edit
	place   map[*edit]int // in the list of edits
}

type writing struct {
	*edit
	part
}

func indexEdits(edits []*edit) *index {
	x := &index{place: map[*edit]int{}}
	for side := range 2 {
		x.written[side], x.named[side] = map[string][]writing{}, map[string][]*edit{}
	}
	for k, e := range edits {
		x.place[e] = k
		for side := range 2 {
			if e.gap != nil {
				x.named[side][e.gap.List] = append(x.named[side][e.gap.List], e)
				continue
			}
			id := e.id(side)
			if id == "" {
				continue
			}
			x.named[side][id] = append(x.named[side][id], e)
			whole := object([2]reflect.Value{e.old, e.new}[side]).Origin
			for _, p := range e.parts {
				if at := p.origins[side]; at != (network.Origin{}) && at != whole {
					x.written[side][at.String()] = append(x.written[side][at.String()], writing{e, p})
				}
			}
		}
	}
	return x
}

// candidates are edits, those nearest to some ways first, and a few that are elsewhere.
func (c *causes) candidates(ways []*way) []candidate {
	found := map[*edit]*candidate{}
	at := func(e *edit, nearness, hop int) *candidate {
		one := found[e]
		if one == nil {
			one = &candidate{edit: e, nearness: nearness, hop: hop}
			found[e] = one
		}
		if nearness < one.nearness {
			one.nearness, one.hop = nearness, hop
		} else if nearness == one.nearness {
			one.hop = min(one.hop, hop)
		}
		return one
	}
	for n, w := range ways {
		for side, answer := range w.parts {
			if answer == nil {
				continue
			}
			for k, h := range slices.Concat(answer.Path, answer.Reply) {
				hop := 2 * k
				if !h.Deciding {
					hop++
				}
				if h.Kind != "security group" || h.Effect != report.Deny { // its rules don't stop a packet: that there is no other one does
					for _, each := range c.index.written[side][h.Origin] {
						one := at(each.edit, onRule, hop)
						one.blocks = one.blocks || side == 1 && h.Effect == report.Deny
						if !slices.ContainsFunc(one.parts, func(p part) bool { return p.words == each.words }) {
							one.parts = append(one.parts, each.part)
						}
					}
				}
				if n > 0 {
					continue // other examples show more rules of the same objects
				}
				for _, e := range c.index.named[side][h.ID] {
					at(e, onObject, hop)
				}
				for _, word := range strings.FieldsFunc(h.Rule, func(r rune) bool { return strings.ContainsRune(" ,;()", r) }) {
					for _, e := range c.index.named[side][word] {
						at(e, onEnd, hop)
					}
				}
			}
			if n > 0 {
				continue
			}
			for _, m := range [][]reach.Member{w.found[side].Sources, w.found[side].Destinations} {
				for _, member := range m[:min(len(m), 2)] {
					if i := member.Interface; i != nil {
						for _, id := range append([]string{i.ID, i.Subnet, i.VPC, i.Owner.ID}, i.Groups...) {
							for _, e := range c.index.named[side][id] {
								at(e, onEnd, 1000)
							}
						}
					}
				}
			}
		}
	}
	all := make([]candidate, 0, len(found))
	for _, one := range found {
		met := one.parts
		one.parts = choose(one.edit.parts, func(p part) bool { return slices.ContainsFunc(met, func(q part) bool { return q.words == p.words }) })
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.nearness, b.nearness), cmp.Compare(a.hop, b.hop), cmp.Compare(c.index.place[a.edit], c.index.place[b.edit]))
	})
	const more = 64
	for _, e := range c.edits {
		if found[e] == nil && len(all) < len(found)+more {
			all = append(all, candidate{edit: e, nearness: elsewhere})
		}
	}
	return all
}

// takenBack is what the new network would say of an example without one edit. It is not ok when there is no room to find out.
func (c *causes) takenBack(e *edit, example *difference, header packet.Header) (verdicts, bool) {
	if e.gap != nil || c.checks == 0 {
		return 0, false
	}
	engine := c.without[e]
	if engine == nil {
		if c.room == 0 {
			return 0, false
		}
		c.room--
		n := network.New(c.takingBack(e))
		engine = query.New(n).With(choose(c.toBe[1], func(g *network.SecurityGroup) bool { _, ok := n.SecurityGroups.Get(g.ID); return ok })...).Engine()
		c.without[e] = engine
	}
	c.checks--
	return c.ask(engine, example, header), true
}

// ask asks a network that is between the two about an example.
func (c *causes) ask(e *reach.Engine, example *difference, header packet.Header) verdicts {
	source, destination := 0, 0
	if example.source == example.destination && example.source >= 0 && len(c.all[example.source].faces[c.side(example.source)]) > 1 {
		destination = 1
	}
	ends := func(k, at int) reach.Ends {
		if k < 0 {
			p := c.pieces[example.piece]
			for _, b := range e.Blocks() {
				if b.Prefix == e.Holds(p.prefix) {
					return e.Within(b, p.set)
				}
			}
			return reach.Ends{}
		}
		side := c.side(k)
		i := *c.all[k].faces[side][at]
		i.ID = c.pairs.in(side, i.ID)
		return e.Interfaces(&i)
	}
	q := reach.Question{Sources: ends(example.source, source), Destinations: ends(example.destination, destination), Family: []reach.Family{reach.IPv4, reach.IPv6}[example.half]}
	if example.destination >= 0 {
		q.Destinations = q.Destinations.Public(example.public)
	}
	q.Traffic = only(header)
	var found verdicts
	if !q.Sources.Empty() && !q.Destinations.Empty() {
		found = verdictsOf(e.Can(q))
	}
	if found == 0 {
		return unreachable
	}
	return found
}

// side is the new network where a member is in that, or else the old one.
func (c *causes) side(k int) int {
	if c.all[k].in(1) {
		return 1
	}
	return 0
}

func choose[T any](list []T, wanted func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(each T) bool { return !wanted(each) })
}

// contents are those of a network, to make another one of. The objects are copies, for [network.New] writes to them; what is in them is shared.
func contents(n *network.Network) network.Contents {
	contents := network.Contents{Collected: slices.Clone(n.Collected), Gaps: slices.Clone(n.Gaps), Assumptions: slices.Clone(n.Assumptions), Made: n.Made, Unread: n.Unread}
	to := reflect.ValueOf(&contents).Elem()
	for _, k := range kinds {
		all := reflect.ValueOf(n).Elem().FieldByName(k.field).MethodByName("All").Call(nil)[0]
		list := reflect.MakeSlice(all.Type(), all.Len(), all.Len()+1)
		for i := range all.Len() {
			copied := reflect.New(all.Type().Elem().Elem())
			copied.Elem().Set(all.Index(i).Elem())
			list.Index(i).Set(copied)
		}
		to.FieldByName(k.field).Set(list)
	}
	return contents
}

// takingBack are the contents of the new network with an edit taken back.
func (c *causes) takingBack(e *edit) network.Contents {
	contents := contents(c.raw[1])
	list := reflect.ValueOf(&contents).Elem().FieldByName(e.field)
	changed := reflect.MakeSlice(list.Type(), 0, list.Len()+1)
	for i := range list.Len() {
		if v := list.Index(i); object(v).ID != e.id(1) {
			changed = reflect.Append(changed, c.associated(v, e))
		}
	}
	if e.old.IsValid() {
		changed = reflect.Append(changed, c.clone(e.old, true))
	}
	list.Set(changed)
	return contents
}

// associated is a route table or network ACL as it is when an edit of another one is taken back: a subnet has one of them.
func (c *causes) associated(v reflect.Value, e *edit) reflect.Value {
	if e.field != "RouteTables" && e.field != "NetworkACLs" {
		return v
	}
	var before, after []string // subnets of the other one
	if e.old.IsValid() {
		list, _ := fieldOf[[]string](e.old, "Subnets")
		before = c.pairs.list(0, list)
	}
	if e.new.IsValid() {
		after, _ = fieldOf[[]string](e.new, "Subnets")
	}
	own, _ := fieldOf[[]string](v, "Subnets")
	now := slices.DeleteFunc(slices.Clone(own), func(id string) bool { return slices.Contains(before, id) })
	if id, ok := c.pairs.back[object(v).ID]; ok {
		for _, t := range c.pairs.tables {
			if t.field != e.field {
				continue
			}
			for _, old := range t.all[0] {
				if object(old).ID != id {
					continue
				}
				had, _ := fieldOf[[]string](old, "Subnets")
				for _, subnet := range c.pairs.list(0, had) {
					if slices.Contains(after, subnet) && !slices.Contains(before, subnet) && !slices.Contains(now, subnet) {
						now = append(now, subnet)
					}
				}
			}
		}
	}
	if slices.Equal(now, own) {
		return v
	}
	v = c.clone(v, false)
	v.Elem().FieldByName("Subnets").Set(reflect.ValueOf(now))
	return v
}

// clone copies a value, with the identifiers that the new network has for the objects of the old one, if wanted.
func (c *causes) clone(v reflect.Value, renamed bool) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(c.clone(v.Elem(), renamed))
		return out
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		if v.Type().PkgPath() == objectType.PkgPath() && v.Type() != originType {
			for i := range v.NumField() {
				out.Field(i).Set(c.clone(v.Field(i), renamed))
			}
		}
		return out
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(c.clone(v.Index(i), renamed))
		}
		return out
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		for _, k := range v.MapKeys() {
			out.SetMapIndex(k, c.clone(v.MapIndex(k), renamed))
		}
		return out
	case reflect.String:
		if renamed {
			return reflect.ValueOf(c.pairs.in(0, v.String())).Convert(v.Type())
		}
	}
	return v
}

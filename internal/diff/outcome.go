package diff

import (
	"cmp"
	"math/bits"
	"slices"
	"strconv"

	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// verdicts is a set of verdicts.
type verdicts uint8

const (
	reachable verdicts = 1 << iota
	oneWay
	unknown
	unreachable
)

var verdictWords = []struct {
	verdicts
	word report.Verdict
}{{reachable, report.Reachable}, {oneWay, report.OneWay}, {unknown, report.Unknown}, {unreachable, report.Unreachable}}

// word is the only verdict, or partial.
func (v verdicts) word() report.Verdict {
	if list := v.words(); len(list) == 1 {
		return list[0]
	}
	return report.Partial
}

func (v verdicts) words() []report.Verdict {
	var list []report.Verdict
	for _, each := range verdictWords {
		if v&each.verdicts != 0 {
			list = append(list, each.word)
		}
	}
	return list
}

// best is the verdict that lets most through.
func (v verdicts) best() verdicts { return v & -v }

// worst is the verdict that lets least through.
func (v verdicts) worst() verdicts { return 1 << (bits.Len8(uint8(v)) - 1) }

// slice is the headers of an outcome with the same verdicts.
type slice struct {
	verdicts
	set packet.Set
}

// slicer cuts outcomes into slices, and remembers them: there are few that differ.
type slicer struct {
	asked packet.Set
	known map[reach.Outcome][]slice
}

// nothing is the outcome of what never arrives.
func (s *slicer) nothing() reach.Outcome { return reach.Outcome{Unreachable: s.asked} }

func (s *slicer) cut(o reach.Outcome) []slice {
	if list, ok := s.known[o]; ok {
		return list
	}
	sets := []packet.Set{o.Reachable, o.OneWay, o.Unknown, o.Unreachable}
	var list []slice
	for which := verdicts(1); which < 1<<len(sets); which++ {
		set := s.asked
		for i, each := range sets {
			if which&(1<<i) != 0 {
				set = set.Intersect(each)
			} else {
				set = set.Subtract(each)
			}
			if set.IsEmpty() {
				break
			}
		}
		if !set.IsEmpty() {
			list = append(list, slice{which, set})
		}
	}
	s.known[o] = list
	return list
}

// key names two ends: members or, outside, -1.
type key struct {
	source, destination int
	public              bool // the destination is called by its public address
	half                int  // 0: IPv4, 1: IPv6
}

// found is what an engine says of two ends; where one is outside, of some of its blocks.
type found struct {
	reach.Outcome
	blocks []int // pieces
	kinds  []reach.PathKind
}

// difference is some headers between two ends whose verdict is another in the other network.
type difference struct {
	key
	piece         int // of an end outside; -1 otherwise
	before, after verdicts
	set           packet.Set
	// source and destination are labels; empty for all that the members have in common.
	from, to string
	kinds    []reach.PathKind
}

// better is the network in which more gets through.
func (c *difference) better() int {
	if a, b := c.before.best(), c.after.best(); a != b {
		if a < b {
			return 0
		}
		return 1
	}
	if c.before.worst() < c.after.worst() {
		return 0
	}
	return 1
}

// survey is what two engines say of all ends.
type survey struct {
	*members
	*outside
	slicer
	says    [2]map[key][]found // in a pass
	changes []difference
	near    map[nearKey]reach.Outcome // of a pass
}

type nearKey struct {
	source, destination kinship
	pieces              [2]int // of ends outside
	side                int
	public              bool
	half                int
}

// look asks both engines about everything that edits may change.
func look(engines [2]*reach.Engine, m *members, asked packet.Set, near focus) *survey {
	s := &survey{members: m, outside: cut(engines), slicer: slicer{asked, map[reach.Outcome][]slice{}}, near: map[nearKey]reach.Outcome{}}
	for _, each := range m.passes(near) {
		s.pass(engines, each)
	}
	s.sort()
	return s
}

// pass asks both engines about some ends, and compares what they say.
func (s *survey) pass(engines [2]*reach.Engine, p pass) {
	for side, e := range engines {
		s.says[side] = map[key][]found{}
		q := reach.Question{Sources: s.ends(e, side, p.sources), Destinations: s.ends(e, side, p.destinations), Traffic: s.asked}
		if p.fromOutside {
			q.Sources = q.Sources.Join(s.beyond[side])
		}
		if p.toOutside {
			q.Destinations = q.Destinations.Join(s.beyond[side])
		}
		for _, cell := range e.Tally(q, s.word, s.word) {
			s.note(side, cell)
		}
	}
	sources, destinations := map[int]bool{-1: true}, map[int]bool{-1: true} // and not what they stand for
	for _, k := range p.sources {
		sources[k] = true
	}
	for _, k := range p.destinations {
		destinations[k] = true
	}
	for k, list := range s.says[1] {
		if sources[k.source] && destinations[k.destination] {
			s.compare(k, s.says[0][k], list)
		}
	}
	for k, list := range s.says[0] {
		if _, ok := s.says[1][k]; !ok && sources[k.source] && destinations[k.destination] {
			s.compare(k, list, nil)
		}
	}
	s.says, s.near = [2]map[key][]found{}, map[nearKey]reach.Outcome{}
}

func (s *survey) note(side int, cell reach.Cell) {
	end := func(label string) int {
		if len(label) == 0 || label[0] != mark[0] {
			return -1
		}
		k, _ := strconv.Atoi(label[1:])
		return k
	}
	k := key{end(cell.Source), end(cell.Destination), cell.Public, 0}
	if k.source < 0 && k.destination < 0 {
		return
	}
	f := found{Outcome: cell.Outcome, kinds: cell.Kinds}
	for half := range 2 {
		if cell.Family == reach.IPv4 && half == 1 || cell.Family == reach.IPv6 && half == 0 {
			continue
		}
		k.half = half
		if k.source >= 0 && k.destination >= 0 {
			s.says[side][k] = append(s.says[side][k], f)
			continue
		}
		one := f
		for _, p := range cell.Outside {
			if p.Addr().Is6() == (half == 1) {
				one.blocks = append(one.blocks, s.within[side][p]...)
			}
		}
		if len(one.blocks) > 0 {
			s.says[side][k] = append(s.says[side][k], one)
		}
	}
}

// compare compares what the engines say of two ends.
func (s *survey) compare(k key, before, after []found) {
	ends := [2]*member{}
	both := true
	for i, at := range []int{k.source, k.destination} {
		if at >= 0 {
			ends[i] = s.all[at]
			both = both && ends[i].in(0) && ends[i].in(1)
		}
	}
	inside := ends[0] != nil && ends[1] != nil
	switch {
	case both && inside:
		s.differ(k, -1, first(before), first(after), s.nothing())
	case both:
		was, is := s.spread(before), s.spread(after)
		for piece := range s.pieces {
			if s.pieces[piece].half() == k.half {
				s.differ(k, piece, was[piece], is[piece], s.nothing())
			}
		}
	default:
		for side, list := range [][]found{before, after} {
			for i := range list {
				f := &list[i]
				if inside {
					s.joins(k, -1, f, side)
				}
				for _, piece := range f.blocks {
					s.joins(k, piece, f, side)
				}
			}
		}
	}
}

func first(list []found) *found {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// spread is what is said of each piece of the outside.
func (s *survey) spread(list []found) []*found {
	all := make([]*found, len(s.pieces))
	for i := range list {
		for _, piece := range list[i].blocks {
			all[piece] = &list[i]
		}
	}
	return all
}

// differ notes how two outcomes differ.
func (s *survey) differ(k key, piece int, before, after *found, nothing reach.Outcome) {
	was, is := nothing, nothing
	if before != nil {
		was = before.Outcome
	}
	if after != nil {
		is = after.Outcome
	}
	if was == is {
		return
	}
	for _, old := range s.cut(was) {
		for _, new := range s.cut(is) {
			if old.verdicts == new.verdicts {
				continue
			}
			if set := old.set.Intersect(new.set); !set.IsEmpty() {
				c := difference{key: k, piece: piece, before: old.verdicts, after: new.verdicts, set: set}
				if at := []*found{before, after}[c.better()]; at != nil {
					c.kinds = at.kinds
				}
				s.changes = append(s.changes, c)
			}
		}
	}
}

// joins notes what two ends, not both of which are in the other network, do that nothing of their kind does there.
func (s *survey) joins(k key, piece int, f *found, side int) {
	other := 1 - side
	names := func(at int) []string {
		if at < 0 {
			return []string{""}
		}
		return s.all[at].labels[side]
	}
	for _, from := range names(k.source) {
		for _, to := range names(k.destination) {
			had := s.ofKind(k, piece, from, to, other)
			for _, each := range []struct {
				verdicts
				now, then packet.Set
			}{{reachable, f.Reachable, had.Reachable}, {oneWay, f.OneWay, had.OneWay}, {unknown, f.Unknown, had.Unknown}} {
				set := each.now.Subtract(each.then)
				if set.IsEmpty() {
					continue
				}
				c := difference{key: k, piece: piece, before: unreachable, after: each.verdicts, set: set, from: from, to: to, kinds: f.kinds}
				if side == 0 {
					c.before, c.after = c.after, c.before
				}
				s.changes = append(s.changes, c)
			}
		}
	}
}

// ofKind sums up what the other network says of the ends of a kind.
func (s *survey) ofKind(k key, piece int, from, to string, side int) reach.Outcome {
	n := nearKey{side: side, public: k.public, half: k.half, pieces: [2]int{-1, -1}}
	sources, destinations := []int{-1}, []int{-1}
	if k.source >= 0 {
		n.source, sources = s.relatives(k.source, from, side)
	} else {
		n.pieces[0] = piece
	}
	if k.destination >= 0 {
		n.destination, destinations = s.relatives(k.destination, to, side)
	} else {
		n.pieces[1] = piece
	}
	if o, ok := s.near[n]; ok {
		return o
	}
	var sum reach.Outcome
	for _, a := range sources {
		for _, b := range destinations {
			for _, f := range s.says[side][key{a, b, k.public, k.half}] {
				if piece < 0 || slices.Contains(f.blocks, piece) {
					sum.Reachable = sum.Reachable.Union(f.Reachable)
					sum.OneWay = sum.OneWay.Union(f.OneWay)
					sum.Unknown = sum.Unknown.Union(f.Unknown)
				}
			}
		}
	}
	s.near[n] = sum
	return sum
}

// impliedByInternet takes out changes between two ends inside, over the internet, that are told as changes from and to the internet already.
func (s *survey) impliedByInternet() {
	type end struct {
		at            int
		source        bool
		half          int
		before, after verdicts
	}
	whole := [2]int{}
	for _, p := range s.pieces {
		if p.internet {
			whole[p.half()]++
		}
	}
	byPiece := map[end]map[int]packet.Set{}
	for _, c := range s.changes {
		if c.piece < 0 || !s.pieces[c.piece].internet {
			continue
		}
		e := end{c.source, true, c.half, c.before, c.after}
		if c.source < 0 {
			e = end{c.destination, false, c.half, c.before, c.after}
		}
		if byPiece[e] == nil {
			byPiece[e] = map[int]packet.Set{}
		}
		byPiece[e][c.piece] = byPiece[e][c.piece].Union(c.set)
	}
	// common is what changed for all of the internet.
	common := map[end]packet.Set{}
	for e, sets := range byPiece {
		if len(sets) < whole[e.half] {
			continue
		}
		all := packet.All
		for _, set := range sets {
			all = all.Intersect(set)
		}
		common[e] = all
	}
	kept := s.changes[:0]
	for _, c := range s.changes {
		if c.public && c.piece < 0 {
			for _, e := range []end{{c.source, true, c.half, c.before, c.after}, {c.destination, false, c.half, c.before, c.after}} {
				c.set = c.set.Subtract(common[e])
			}
			if c.set.IsEmpty() {
				continue
			}
		}
		kept = append(kept, c)
	}
	s.changes = kept
}

func (s *survey) sort() {
	slices.SortFunc(s.changes, func(a, b difference) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.destination, b.destination), cmp.Compare(a.half, b.half), cmp.Compare(a.piece, b.piece),
			compareBool(a.public, b.public), cmp.Compare(a.before, b.before), cmp.Compare(a.after, b.after), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.set.Key(), b.set.Key()))
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

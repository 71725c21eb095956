package reach

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/packet"
)

// sum is what is true between all members of two labels.
type sum struct {
	effect  effect
	last    effect // what was added last: most pairs of a key are alike
	kinds   []PathKind
	pairs   int      // looked at
	limited bool     // see Cell
	doubt   *finding // one of which something is not known
}

// nothing is the effect of what never arrives.
var nothing = effect{}

func (s *sum) add(e effect, kind PathKind) {
	if e.may != packet.None && !slices.Contains(s.kinds, kind) {
		s.kinds = append(s.kinds, kind)
	}
	switch {
	case s.pairs == 0 && s.last == nothing:
		s.effect, s.last = e, e
	case e != s.last:
		s.effect, s.last = s.effect.or(e), e
	}
}

// join adds another sum.
func (s *sum) join(t *sum) {
	if s.pairs == 0 {
		s.effect = t.effect
	} else if t.pairs > 0 {
		s.effect = s.effect.or(t.effect)
	}
	s.pairs += t.pairs
	s.limited = s.limited || t.limited
	if s.doubt == nil || t.doubt != nil && less(t.doubt, s.doubt) {
		s.doubt = t.doubt
	}
	for _, kind := range t.kinds {
		if !slices.Contains(s.kinds, kind) {
			s.kinds = append(s.kinds, kind)
		}
	}
}

// row is a cell in the making: sums that are alike, of both families and of all outside labels.
type row struct {
	key      rowKey
	doubt    *finding
	outside  []cell
	families []Family
}

type rowKey struct {
	source, destination int32 // labels; what is outside is all one
	public              bool
	outcome             Outcome
	kinds               string
	limited             bool
}

// Labels of rows about the outside: the internet, and what is beyond it.
const (
	onInternet  = -1
	notInternet = -2
)

// BeyondLabel begins the label of private addresses outside, before their prefixes.
const BeyondLabel = "outside "

// side is the label of a row for one of a sum.
func (t *tally) side(label int32) int32 {
	switch {
	case label >= 0:
		return label
	case t.beyond[label]:
		return notInternet
	}
	return onInternet
}

// cells turns sums into the cells of the answer.
func (t *tally) cells(sums map[tallyKey]*sum) []Cell {
	counts := t.count()
	rest := memo{}
	rows := map[rowKey]*row{}
	for k, s := range sums {
		if !s.effect.arrives() {
			continue
		}
		if s.pairs < counts.pairs(k) { // to some nothing leads
			s.effect.may = packet.None
		}
		slices.Sort(s.kinds)
		key := rowKey{t.side(k.source), t.side(k.destination), k.public, s.effect.outcome(t.asked, rest), joinKinds(s.kinds), s.limited}
		at := rows[key]
		if at == nil {
			at = &row{key: key}
			rows[key] = at
		}
		if at.doubt == nil || s.doubt != nil && less(s.doubt, at.doubt) {
			at.doubt = s.doubt
		}
		if outside := min(k.source, k.destination); outside < 0 {
			at.outside = append(at.outside, cell(^outside))
		}
		if !slices.Contains(at.families, k.family) {
			at.families = append(at.families, k.family)
		}
	}
	for _, at := range rows {
		slices.Sort(at.outside)
		at.outside = slices.Compact(at.outside)
	}
	order := t.order()
	sorted := slices.SortedFunc(maps.Values(rows), func(a, b *row) int {
		if c := cmp.Or(cmp.Compare(order(a.key.source), order(b.key.source)), cmp.Compare(order(a.key.destination), order(b.key.destination))); c != 0 {
			return c
		}
		return compareRows(a, b)
	})
	all := make([]Cell, 0, len(rows))
	for _, at := range sorted {
		c := Cell{
			Source: t.name(at.key.source), Destination: t.name(at.key.destination), Outcome: at.key.outcome, Family: at.family(), Kinds: splitKinds(at.key.kinds), Limited: at.key.limited, Public: at.key.public,
		}
		if at.outside != nil {
			label := t.engine.outsideLabel(at.outside)
			if min(at.key.source, at.key.destination) == notInternet {
				label = BeyondLabel + t.engine.prefixNames(at.outside)
			}
			for _, each := range at.outside {
				c.Outside = append(c.Outside, t.engine.cells.prefixes[each])
			}
			c.Source, c.Destination = cmp.Or(c.Source, label), cmp.Or(c.Destination, label)
		}
		if at.doubt != nil {
			c.Blame = t.blame(at.doubt)
		}
		all = append(all, c)
	}
	return all
}

// order is the place of a label among all, by name.
func (t *tally) order() func(label int32) int {
	byName := make([]int32, len(t.labels))
	for i := range byName {
		byName[i] = int32(i)
	}
	slices.SortFunc(byName, func(a, b int32) int { return cmp.Compare(t.labels[a], t.labels[b]) })
	places := make([]int, len(t.labels))
	for i, label := range byName {
		places[label] = i
	}
	return func(label int32) int {
		if label < 0 {
			return int(label)
		}
		return places[label]
	}
}

func (r *row) family() Family {
	if len(r.families) > 1 {
		return AnyFamily
	}
	return r.families[0]
}

// compareRows puts rows about the same labels in order.
func compareRows(a, b *row) int {
	if c := cmp.Or(cmp.Compare(a.family(), b.family()), slices.Compare(a.outside, b.outside), cmp.Compare(a.key.kinds, b.key.kinds)); c != 0 {
		return c
	}
	if a.key.public != b.key.public {
		if b.key.public {
			return -1
		}
		return 1
	}
	for _, v := range verdictOrder {
		if c := cmp.Compare(a.key.outcome.Set(v).Key(), b.key.outcome.Set(v).Key()); c != 0 {
			return c
		}
	}
	return 0
}

// less puts findings in an order that does not hang on who found them first.
func less(a, b *finding) bool {
	return cmp.Or(cmp.Compare(a.client.class.site.id, b.client.class.site.id), cmp.Compare(a.server.class.site.id, b.server.class.site.id),
		cmp.Compare(a.client.class.id, b.client.class.id), cmp.Compare(a.server.class.id, b.server.class.id), cmp.Compare(a.link, b.link)) < 0
}

// blame names what makes a finding unknown.
func (t *tally) blame(f *finding) []string {
	s, done := t.engine.use()
	defer done()
	p := s.tell(*f)
	var all []string
	for _, h := range slices.Concat(p.Path, p.Reply) {
		if h.Effect == Doubt {
			all = append(all, h.Kind+" "+cmp.Or(h.Name, h.ID)+": "+h.Rule)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func joinKinds(kinds []PathKind) string {
	if len(kinds) == 1 {
		return string(kinds[0])
	}
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, "\n")
}

func splitKinds(text string) []PathKind {
	var kinds []PathKind
	for word := range strings.SplitSeq(text, "\n") {
		kinds = append(kinds, PathKind(word))
	}
	return kinds
}

// name is the name of a label; an outside one has none yet.
func (t *tally) name(label int32) string {
	if label < 0 {
		return ""
	}
	return t.labels[label]
}

// outsideLabel names cells of outside addresses: all of them, all but a few, or a few.
func (e *Engine) outsideLabel(list []cell) string {
	all := e.Internet().list
	v4, v6 := false, false
	for _, c := range list {
		v4 = v4 || e.cells.prefixes[c].Addr().Is4()
		v6 = v6 || !e.cells.prefixes[c].Addr().Is4()
	}
	var missing []cell
	for _, x := range all {
		c := x.class.site.home.cell
		if is4 := e.cells.prefixes[c].Addr().Is4(); (is4 && v4 || !is4 && v6) && !slices.Contains(list, c) {
			missing = append(missing, c)
		}
	}
	switch {
	case len(missing) == 0 && len(list) > 1 || len(missing) == 0 && len(all) <= 2:
		return "internet"
	case len(missing) < len(list) && e.cells.prefixes[list[0]].Bits() == 0:
		return "internet except " + e.prefixNames(missing)
	}
	return e.prefixNames(list)
}

func (e *Engine) prefixNames(list []cell) string {
	const most = 4
	var names []string
	for _, c := range list[:min(len(list), most)] {
		names = append(names, e.cells.prefixes[c].String())
	}
	text := strings.Join(names, ", ")
	if len(list) > most {
		text += fmt.Sprintf(" and %d more ranges", len(list)-most)
	}
	return text
}

// ends counts ends by label.
type ends struct {
	sources, servers, called map[tallyKey]int
	self                     map[tallyKey]int // pairs of an interface and itself
	outside                  map[int32]end
	met                      map[int32]map[tallyKey]int // what a source outside, not on the internet, calls
	tally                    *tally
}

func (t *tally) count() *ends {
	n := &ends{map[tallyKey]int{}, map[tallyKey]int{}, map[tallyKey]int{}, map[tallyKey]int{}, map[int32]end{}, map[int32]map[tallyKey]int{}, t}
	own := map[int32][]labelled{} // sources that are one interface
	for _, o := range t.inside {
		for _, x := range o.from {
			if x.only >= 0 {
				own[x.only] = append(own[x.only], x)
			}
			for _, l := range x.labels {
				n.sources[tallyKey{source: l, family: o.site.family()}]++
			}
		}
	}
	for _, x := range t.outside {
		n.outside[x.labels[0]] = x.end
	}
	for _, x := range t.servers {
		for _, c := range own[x.only] {
			if c.class.site.family() != x.class.site.family() {
				continue
			}
			for _, from := range c.labels {
				for _, to := range x.labels {
					n.self[tallyKey{from, to, x.class.site.family(), x.public}]++
				}
			}
		}
		for _, l := range x.labels {
			k := tallyKey{destination: l, family: x.class.site.family(), public: x.public}
			n.servers[k]++
			if x.public || !x.class.site.public.valid() {
				n.called[k]++
			}
		}
	}
	return n
}

// pairs is how many pairs of ends a key stands for.
func (n *ends) pairs(k tallyKey) int {
	to := tallyKey{destination: k.destination, family: k.family, public: k.public}
	if k.source >= 0 {
		return n.sources[tallyKey{source: k.source, family: k.family}]*n.servers[to] - n.self[k]
	}
	if client := n.outside[k.source]; client.internet {
		return n.called[to]
	}
	if n.met[k.source] == nil {
		n.met[k.source] = map[tallyKey]int{}
		for _, x := range n.tally.servers {
			if !calls(n.outside[k.source], x.end) {
				continue
			}
			for _, l := range x.labels {
				n.met[k.source][tallyKey{destination: l, family: x.class.site.family(), public: x.public}]++
			}
		}
	}
	return n.met[k.source][to]
}

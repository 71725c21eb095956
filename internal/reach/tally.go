package reach

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go4.org/netipx"

	"github.com/watertight/watertight/internal/packet"
)

// tallyKey is what is told apart in a tally. A label is a position in tally.labels, or ^cell of an outside class.
type tallyKey struct {
	source, destination int32
	family              Family
	public              bool // the destination is called by its public address
}

// sum is what is true between all members of two labels.
type sum struct {
	outcome Outcome
	last    Outcome // what was added last: most pairs of a key are alike
	kinds   []PathKind
	pairs   int // looked at
}

func (s *sum) add(o Outcome, kind PathKind, pairs int) {
	s.pairs += pairs
	if !o.nothing() && !slices.Contains(s.kinds, kind) {
		s.kinds = append(s.kinds, kind)
	}
	if o != s.last {
		s.outcome, s.last = s.outcome.Or(o), o
	}
}

// labelled is an end with its labels.
type labelled struct {
	end
	labels []int32
	only   int32 // the interface that the end is, or -1 when it is several
}

// tally is one sum over many connections.
type tally struct {
	engine  *Engine
	asked   packet.Set
	labels  []string
	numbers map[string]int32
	sources map[*vpc][]labelled
	odd     map[*vpc][]labelled // those of them of which it is not known what they open
	outside []labelled          // sources outside
	servers []labelled
	inside  []labelled               // all sources inside
	beyond  map[int32][]netip.Prefix // the addresses of outside labels
}

// Tally sums up what is true between labels: for who, what and the matrix. Every source is asked about every destination; nothing is
// looked at twice that nothing can tell apart, and nothing at all where no way leads from the one VPC to the other, not even into what is not known. Cells in which
// nothing arrives or may arrive are left out. Outside ends are told apart as far as they fare differently.
func (e *Engine) Tally(q Question, source, destination Labels) []Cell {
	t := &tally{engine: e, asked: q.Traffic, numbers: map[string]int32{}, sources: map[*vpc][]labelled{}, odd: map[*vpc][]labelled{}, beyond: map[int32][]netip.Prefix{}}
	wanted := func(x end) bool { return q.Family == AnyFamily || q.Family == x.class.site.family() }
	for _, x := range q.Sources.sources() {
		l, ok := t.label(x, source)
		if !ok || !wanted(x) {
			continue
		}
		if x.class.site.outside() {
			t.outside = append(t.outside, l)
		} else {
			v := x.class.site.vpc()
			t.sources[v] = append(t.sources[v], l)
			switch x.class.site.role {
			case nat, strange, garbled:
				t.odd[v] = append(t.odd[v], l)
			}
			t.inside = append(t.inside, l)
		}
	}
	for _, x := range q.Destinations.list {
		if l, ok := t.label(x, destination); ok && wanted(x) {
			t.servers = append(t.servers, l)
		}
	}
	return t.cells(t.run())
}

func (t *tally) label(x end, name Labels) (labelled, bool) {
	l := labelled{end: x, only: x.only()}
	if x.class.site.outside() {
		label := ^int32(x.class.site.home.cell)
		t.beyond[label] = x.class.outside
		l.labels = []int32{label}
		return l, true
	}
	m, _ := x.first()
	for _, each := range name(t.engine.network.Interfaces.All()[m.iface]) {
		number, ok := t.numbers[each]
		if !ok {
			number = int32(len(t.labels))
			t.numbers[each] = number
			t.labels = append(t.labels, each)
		}
		l.labels = append(l.labels, number)
	}
	return l, len(l.labels) > 0
}

// run does the sums: the destinations are shared out among goroutines by VPC, so that what two of them work out is not the same.
func (t *tally) run() map[tallyKey]*sum {
	var parts [][]labelled
	byVPC := map[*vpc]int{}
	for _, d := range t.servers {
		var v *vpc
		if !d.class.site.outside() {
			v = d.class.site.vpc()
		}
		i, ok := byVPC[v]
		if !ok {
			i = len(parts)
			byVPC[v] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], d)
	}
	total := map[tallyKey]*sum{}
	var mutex sync.Mutex
	var group sync.WaitGroup
	next := make(chan []labelled, len(parts))
	for _, p := range parts {
		next <- p
	}
	close(next)
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		group.Go(func() {
			s, done := t.engine.use()
			defer done()
			r := &tallyRun{tally: t, session: s, sums: map[tallyKey]*sum{}, exits: map[cell][]exit{}}
			for part := range next {
				for _, d := range part {
					r.destination(d)
				}
			}
			mutex.Lock()
			defer mutex.Unlock()
			for k, v := range r.sums {
				if total[k] == nil {
					total[k] = v
					continue
				}
				at := total[k]
				at.outcome, at.pairs = at.outcome.Or(v.outcome), at.pairs+v.pairs
				for _, kind := range v.kinds {
					if !slices.Contains(at.kinds, kind) {
						at.kinds = append(at.kinds, kind)
					}
				}
			}
		})
	}
	group.Wait()
	return total
}

// tallyRun is the part of one goroutine.
type tallyRun struct {
	*tally
	*session
	sums  map[tallyKey]*sum
	exits map[cell][]exit
}

// exit is all sources that send to a public address in the same way, as far as the internet.
type exit struct {
	client *site // one of them
	from   []labelled
	counts []int // how many ends each of from stands for
}

func (r *tallyRun) destination(d labelled) {
	site := d.class.site
	switch {
	case site.outside():
		for _, c := range r.inside {
			r.pair(c, d)
		}
	case d.public:
		for _, x := range r.exitsTo(site.public, site.family()) {
			links := r.links(x.client, site, true, false, false)
			for i, c := range x.from {
				if c.only >= 0 && c.only == d.only {
					r.addPairs(c, d, x.counts[i])
					continue
				}
				r.add(c, d, links, x.counts[i])
			}
		}
	default:
		v := site.vpc()
		for _, c := range r.sources[v] {
			r.pair(c, d)
		}
		for _, other := range v.near {
			for _, c := range r.sources[other] {
				r.pair(c, d)
			}
		}
		internet := site.family() == IPv6 && (v.gateway != nil || v.noGateway != "")
		for other, list := range r.sources {
			if other == v || slices.Contains(v.near, other) {
				continue
			}
			if !internet && !site.home.in(other.astray...) {
				list = r.odd[other]
			}
			for _, c := range list {
				r.pair(c, d)
			}
		}
	}
	for _, c := range r.outside {
		r.pair(c, d)
	}
}

func (r *tallyRun) pair(c, d labelled) {
	if !calls(c.end, d.end) {
		return
	}
	if itself(c.end, d.end) {
		r.addPairs(c, d, 1)
		return
	}
	links := r.links(c.class.site, d.class.site, d.public, c.internet, false)
	r.add(c, d, links, 1)
}

func (r *tallyRun) at(c, d labelled, each func(*sum)) {
	for _, from := range c.labels {
		for _, to := range d.labels {
			k := tallyKey{from, to, d.class.site.family(), d.public}
			s := r.sums[k]
			if s == nil {
				s = &sum{}
				r.sums[k] = s
			}
			each(s)
		}
	}
}

// addPairs counts pairs about which there is nothing to say: an interface and itself.
func (r *tallyRun) addPairs(c, d labelled, pairs int) {
	r.at(c, d, func(s *sum) { s.pairs += pairs })
}

// add sums up pairs that are joined by the same links.
func (r *tallyRun) add(c, d labelled, links []link, pairs int) {
	for i := range links {
		l := &links[i]
		o := r.outcome(l, c.class, d.class, r.asked)
		r.at(c, d, func(s *sum) { s.add(o, l.kind, pairs) })
		pairs = 0 // AWS's choices are no further pairs
	}
}

// exitsTo groups all sources by how they send to public addresses of a cell.
func (r *tallyRun) exitsTo(to place, family Family) []exit {
	if x, ok := r.exits[to.cell]; ok {
		return x
	}
	type fromKey struct {
		exit   int
		groups groupSet
		labels string
	}
	bySignature := map[string]int{}
	seen := map[fromKey]int{}
	var all []exit
	bySite := map[*site]int{}
	for _, c := range r.inside {
		if c.class.site.family() != family {
			continue
		}
		i, ok := bySite[c.class.site]
		if !ok {
			key := legsKey(r.out(c.class.site, nil, to, false))
			if i, ok = bySignature[key]; !ok {
				i = len(all)
				bySignature[key] = i
				all = append(all, exit{client: c.class.site})
			}
			bySite[c.class.site] = i
		}
		k := fromKey{i, c.class.groups, string(packLabels(c.labels))}
		if c.class.site.bare {
			k.groups = strangerGroups
		}
		at, ok := seen[k]
		if !ok {
			at = len(all[i].from)
			seen[k] = at
			all[i].from = append(all[i].from, c)
			all[i].counts = append(all[i].counts, 0)
		} else if all[i].from[at].only != c.only {
			all[i].from[at].only = -1
		}
		all[i].counts[at]++
	}
	r.exits[to.cell] = all
	return all
}

func packLabels(labels []int32) []byte {
	var key []byte
	for _, l := range labels {
		key = append(key, byte(l), byte(l>>8), byte(l>>16), byte(l>>24))
	}
	return key
}

// row is a cell in the making: sums that are alike, of both families and of all outside labels.
type row struct {
	source, destination string
	outcome             Outcome
	kinds               []PathKind
	outside             []cell
	addresses           netipx.IPSetBuilder
	families            []Family
}

// cells turns sums into the cells of the answer.
func (t *tally) cells(sums map[tallyKey]*sum) []Cell {
	counts := t.count()
	rows := map[string]*row{}
	for k, s := range sums {
		if s.outcome.nothing() {
			continue
		}
		if s.pairs < counts.pairs(k) { // some are not even joined
			s.outcome.Unreachable = s.outcome.Unreachable.Union(t.asked)
		}
		slices.Sort(s.kinds)
		source, destination := t.name(k.source), t.name(k.destination)
		key := []string{source, destination, strconv.FormatBool(k.public)}
		for _, kind := range s.kinds {
			key = append(key, string(kind))
		}
		for _, v := range verdictOrder {
			key = append(key, s.outcome.Set(v).Key())
		}
		at := rows[strings.Join(key, "\x00")]
		if at == nil {
			at = &row{source: source, destination: destination, outcome: s.outcome, kinds: s.kinds}
			rows[strings.Join(key, "\x00")] = at
		}
		if outside := min(k.source, k.destination); outside < 0 {
			at.outside = append(at.outside, cell(^outside))
			for _, p := range t.beyond[outside] {
				at.addresses.AddPrefix(p)
			}
		}
		if !slices.Contains(at.families, k.family) {
			at.families = append(at.families, k.family)
		}
	}
	var all []Cell
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		at := rows[key]
		c := Cell{Source: at.source, Destination: at.destination, Outcome: at.outcome, Family: at.families[0], Kinds: at.kinds}
		if len(at.families) > 1 {
			c.Family = AnyFamily
		}
		if at.outside != nil {
			set, _ := at.addresses.IPSet()
			c.Outside = set.Prefixes()
			label := t.engine.outsideLabel(at.outside)
			c.Source, c.Destination = cmp.Or(c.Source, label), cmp.Or(c.Destination, label)
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Destination, b.Destination), cmp.Compare(a.Family, b.Family),
			slices.CompareFunc(a.Outside, b.Outside, netip.Prefix.Compare))
	})
	return all
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
	slices.Sort(list)
	list = slices.Compact(list)
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
	outside                  map[int32]end
	tally                    *tally
}

func (t *tally) count() *ends {
	n := &ends{map[tallyKey]int{}, map[tallyKey]int{}, map[tallyKey]int{}, map[int32]end{}, t}
	for _, x := range t.inside {
		for _, l := range x.labels {
			n.sources[tallyKey{source: l, family: x.class.site.family()}]++
		}
	}
	for _, x := range t.outside {
		n.outside[x.labels[0]] = x.end
	}
	for _, x := range t.servers {
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
		return n.sources[tallyKey{source: k.source, family: k.family}] * n.servers[to]
	}
	if client := n.outside[k.source]; client.internet {
		return n.called[to]
	}
	count := 0
	for _, x := range n.tally.servers {
		if x.class.site.family() == k.family && x.public == k.public && slices.Contains(x.labels, k.destination) && calls(n.outside[k.source], x.end) {
			count++
		}
	}
	return count
}

package reach

import (
	"cmp"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"

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
	effect effect
	last   effect // what was added last: most pairs of a key are alike
	kinds  []PathKind
	pairs  int      // looked at
	doubt  *finding // one of which something is not known
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
	if s.doubt == nil || t.doubt != nil && less(t.doubt, s.doubt) {
		s.doubt = t.doubt
	}
	for _, kind := range t.kinds {
		if !slices.Contains(s.kinds, kind) {
			s.kinds = append(s.kinds, kind)
		}
	}
}

// labelled is an end with its labels.
type labelled struct {
	end
	labels []int32
	only   int32 // the interface that the end is, or -1 when it is several
}

// origin is all sources of a site.
type origin struct {
	site *site
	from []labelled
}

// tally is one sum over many connections.
type tally struct {
	engine  *Engine
	asked   packet.Set
	brief   bool // see Question.Brief
	labels  []string
	numbers map[string]int32
	sources map[*vpc][]*origin
	odd     map[*vpc][]*origin // those of them of which it is not known what they open
	origins map[*site]*origin
	outside []labelled // sources outside
	servers []labelled
	inside  []*origin // all sources inside
}

// Tally sums up what is true between labels: for who, what and the matrix. Every source is asked about every destination; nothing is
// looked at twice that nothing can tell apart, and nothing at all where no way leads from the one VPC to the other, nor into what is not known. Cells in which
// nothing arrives or may arrive are left out. Outside ends are told apart as far as they fare differently.
func (e *Engine) Tally(q Question, source, destination Labels) []Cell {
	t := &tally{engine: e, asked: q.Traffic, brief: q.Brief, numbers: map[string]int32{}, sources: map[*vpc][]*origin{}, odd: map[*vpc][]*origin{}, origins: map[*site]*origin{}}
	wanted := func(x end) bool { return q.Family == AnyFamily || q.Family == x.class.site.family() }
	for _, x := range q.Sources.sources() {
		l, ok := t.label(x, source)
		if !ok || !wanted(x) {
			continue
		}
		if x.class.site.outside() {
			t.outside = append(t.outside, l)
		} else {
			o := t.origins[x.class.site]
			if o == nil {
				o = &origin{site: x.class.site}
				t.origins[x.class.site] = o
				t.sources[o.site.vpc()] = append(t.sources[o.site.vpc()], o)
				t.inside = append(t.inside, o)
				switch o.site.role {
				case nat, strange, garbled:
					t.odd[o.site.vpc()] = append(t.odd[o.site.vpc()], o)
				}
			}
			o.from = append(o.from, l)
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
		l.labels = []int32{^int32(x.class.site.home.cell)}
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
	const chunk = 64
	var parts [][]labelled
	byVPC := map[*vpc]int{}
	for _, d := range t.servers {
		var v *vpc
		if !d.class.site.outside() {
			v = d.class.site.vpc()
		}
		i, ok := byVPC[v]
		if !ok || len(parts[i]) == chunk {
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
			r := &tallyRun{tally: t, session: s, sums: map[tallyKey]*sum{}, exits: map[cell][]exit{}, signed: map[outKey]string{}}
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
				total[k].join(v)
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
	sums   map[tallyKey]*sum
	exits  map[cell][]exit
	signed map[outKey]string
}

// exit is all sources that send to a public address in the same way, as far as the internet.
type exit struct {
	origins []*origin
	legs    []leg // of one of them
}

func (r *tallyRun) destination(d labelled) {
	site := d.class.site
	switch {
	case site.outside():
		for _, o := range r.inside {
			r.from(o, d)
		}
	case d.public:
		r.overInternet(d, site.public)
	default:
		v := site.vpc()
		for _, o := range r.sources[v] {
			r.from(o, d)
		}
		for _, other := range v.near {
			for _, o := range r.sources[other] {
				r.from(o, d)
			}
		}
		r.fromElsewhere(d)
	}
	for _, c := range r.outside {
		if calls(c.end, d.end) {
			r.add(c, d, r.links(c.class.site, site, d.public, c.internet, false))
		}
	}
}

// fromElsewhere sums up the connections from VPCs that nothing joins with that of the destination: by IPv6 over the internet, and where it is
// not known what becomes of a packet.
func (r *tallyRun) fromElsewhere(d labelled) {
	site := d.class.site
	v := site.vpc()
	internet := site.family() == IPv6 && (v.noGateway != "" || v.gateway != nil && (!r.brief || r.less(r.and(r.mostAdmitted(d), r.asked), r.fromAnywhere(d)) != packet.None))
	for other, list := range r.sources {
		if !internet && len(r.odd[other]) == 0 && len(other.astray) == 0 || other == v || slices.Contains(v.near, other) {
			continue
		}
		if !internet && !site.home.in(other.astray...) {
			list = r.odd[other]
		}
		for _, o := range list {
			r.from(o, d)
		}
	}
}

// mostAdmitted is what the groups of a destination admit from some address, group references aside.
func (r *tallyRun) mostAdmitted(d labelled) packet.Set {
	if d.class.site.bare || d.class.groups < 0 || len(r.session.engine.groupSets[d.class.groups].unknown) > 0 {
		return packet.All
	}
	all := packet.None
	for _, a := range r.session.engine.groupSets[d.class.groups].admissions[direction(false)] {
		if slices.ContainsFunc(a.blocks, func(p netip.Prefix) bool { return p.Addr().Is4() == d.class.site.home.address.Is4() }) {
			all = all.Union(a.what.may)
		}
	}
	return all
}

// from sums up the connections from all sources of a site.
func (r *tallyRun) from(o *origin, d labelled) {
	if o.site.family() != d.class.site.family() || r.nowhere(o.site, d.class.site) {
		return
	}
	links := r.links(o.site, d.class.site, d.public, false, false)
	if len(links) == 1 && !d.class.site.outside() && !d.class.site.bare && !links[0].unresolved {
		// Most pairs end here: nothing that the destination's groups admit.
		l := &links[0]
		if r.byAddress(d.class.groups, false, l.seen).may == packet.None {
			if l.refsIn == refNo {
				return
			}
			for _, c := range o.from {
				if r.byReference(d.class.groups, false, c.class.groups) != packet.None {
					r.add(c, d, links)
				}
			}
			return
		}
	}
	for _, c := range o.from {
		r.add(c, d, links)
	}
}

// nowhere tells whether no route leads from a site to another VPC: most do not, and there is nothing to walk.
func (r *tallyRun) nowhere(from, to *site) bool {
	if to.outside() || from.vpc() == to.vpc() || from.subnet.table == nil || from.role != plain && from.role != function {
		return false
	}
	d := r.lookup(from.subnet.table, to.home)
	return d.doubt == "" && len(d.routes) == 0
}

// add sums up what is true of two ends, which are joined by some links.
func (r *tallyRun) add(c, d labelled, links []link) {
	if c.only >= 0 && c.only == d.only { // an interface and itself: nothing is to be said of them
		return
	}
	for i := range links {
		l := &links[i]
		e := r.effect(l, c.class, d.class, r.asked)
		if e == nothing && len(links) == 1 {
			return // like all pairs that are not looked at
		}
		r.at(c, d, func(s *sum) {
			if s.doubt == nil && e.unknown != packet.None {
				s.doubt = &finding{verdict: Unknown, traffic: e.unknown, family: d.class.site.family(), client: c.end, server: d.end, link: i}
			}
			s.add(e, l.kind)
			if i == 0 { // AWS's choices are no further pairs
				s.pairs++
			}
		})
	}
}

// at finds the sums of two ends.
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

// overInternet sums up the connections of all sources that leave for the internet, to an address that is reached from there.
func (r *tallyRun) overInternet(d labelled, to place) {
	site := d.class.site
	anybody := packet.None
	if r.brief {
		anybody = r.fromAnywhere(d)
	}
	for _, x := range r.exitsTo(to, site.family()) {
		if r.brief && r.likeAnybody(x, d, anybody) {
			continue
		}
		links := r.links(x.origins[0].site, site, true, false, false)
		for _, o := range x.origins {
			for _, c := range o.from {
				r.add(c, d, links)
			}
		}
	}
}

// fromAnywhere is what may arrive at a public address from every address of the internet.
func (r *tallyRun) fromAnywhere(d labelled) packet.Set {
	all := r.asked
	for _, c := range r.tally.engine.Internet().list {
		if c.class.site.family() != d.class.site.family() {
			continue
		}
		arrives := packet.None
		for _, l := range r.links(c.class.site, d.class.site, d.public, true, false) {
			arrives = arrives.Union(r.effect(&l, c.class, d.class, r.asked).arrives())
		}
		all = r.and(all, arrives)
	}
	return all
}

// likeAnybody tells whether sources reach a public address over the internet only as anybody does.
func (r *tallyRun) likeAnybody(x exit, d labelled, anybody packet.Set) bool {
	for i := range x.legs {
		out := &x.legs[i]
		if out.end == lost {
			continue
		}
		ingress := open
		if !d.class.site.bare {
			ingress = r.byAddress(d.class.groups, false, out.seen)
		}
		may := r.and(ingress.may, r.asked)
		if out.end == exited && r.less(may, anybody) == packet.None {
			continue
		}
		for _, in := range r.in(out.seen, d.class.site, false) {
			if out.end == doubtful || r.less(r.and(may, in.request[0].may), anybody) != packet.None {
				return false
			}
		}
	}
	return true
}

// exitsTo groups the sites of all sources by how they send to public addresses of a cell.
func (r *tallyRun) exitsTo(to place, family Family) []exit {
	if x, ok := r.exits[to.cell]; ok {
		return x
	}
	bySignature := map[string]int{}
	var all []exit
	for _, o := range r.inside {
		if o.site.family() != family {
			continue
		}
		key := r.legsKey(o.site, to)
		i, ok := bySignature[key]
		if !ok {
			i = len(all)
			bySignature[key] = i
			all = append(all, exit{legs: r.out(o.site, nil, to, false)})
		}
		all[i].origins = append(all[i].origins, o)
	}
	r.exits[to.cell] = all
	return all
}

// legsKey names the way of a site to the addresses of a cell.
func (r *tallyRun) legsKey(from *site, to place) string {
	at := outKey{from.id, r.onTheWay(from.vpc(), to)}
	key, ok := r.signed[at]
	if !ok {
		key = legsKey(r.out(from, nil, to, false))
		r.signed[at] = key
	}
	return key
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
}

const outsideLabel = -1

// cells turns sums into the cells of the answer.
func (t *tally) cells(sums map[tallyKey]*sum) []Cell {
	counts := t.count()
	rows := map[rowKey]*row{}
	for k, s := range sums {
		if s.effect.arrives().IsEmpty() {
			continue
		}
		if s.pairs < counts.pairs(k) { // to some nothing leads
			s.effect.may = packet.None
		}
		slices.Sort(s.kinds)
		key := rowKey{max(k.source, outsideLabel), max(k.destination, outsideLabel), k.public, s.effect.outcome(t.asked), joinKinds(s.kinds)}
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
	all := make([]Cell, 0, len(rows))
	for key, at := range rows {
		slices.Sort(at.outside)
		at.outside = slices.Compact(at.outside)
		c := Cell{Source: t.name(key.source), Destination: t.name(key.destination), Outcome: key.outcome, Family: at.families[0], Kinds: splitKinds(key.kinds)}
		if len(at.families) > 1 {
			c.Family = AnyFamily
		}
		if at.outside != nil {
			label := t.engine.outsideLabel(at.outside)
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
	slices.SortFunc(all, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Destination, b.Destination), cmp.Compare(a.Family, b.Family),
			slices.CompareFunc(a.Outside, b.Outside, netip.Prefix.Compare), slices.Compare(a.Kinds, b.Kinds), compareOutcomes(a.Outcome, b.Outcome))
	})
	return all
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

func compareOutcomes(a, b Outcome) int {
	for _, v := range verdictOrder {
		if c := cmp.Compare(a.Set(v).Key(), b.Set(v).Key()); c != 0 {
			return c
		}
	}
	return 0
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
	tally                    *tally
}

func (t *tally) count() *ends {
	n := &ends{map[tallyKey]int{}, map[tallyKey]int{}, map[tallyKey]int{}, map[tallyKey]int{}, map[int32]end{}, t}
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
	count := 0
	for _, x := range n.tally.servers {
		if x.class.site.family() == k.family && x.public == k.public && slices.Contains(x.labels, k.destination) && calls(n.outside[k.source], x.end) {
			count++
		}
	}
	return count
}

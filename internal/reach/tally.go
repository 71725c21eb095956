package reach

import (
	"cmp"
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
	sources map[*vpc][]*origin      // but for nodes
	nodes   map[*balancer][]*origin // of load balancers of which all targets are known: they open connections to these only
	odd     map[*vpc][]*origin      // those of them of which it is not known what they open
	vpcs    []*vpc                  // those with sources
	unsure  []*vpc                  // and of these, those from which something may come that no way is known for
	origins map[*site]*origin
	outside []labelled // sources outside
	servers []labelled
	inside  []*origin      // all sources inside
	beyond  map[int32]bool // outside labels that are not on the internet
}

// Tally sums up what is true between labels: for who, what and the matrix. Every source is asked about every destination; nothing is
// looked at twice that nothing can tell apart, and nothing at all where no way leads from the one VPC to the other, nor into what is not known. Cells in which
// nothing arrives or may arrive are left out. Outside ends are told apart as far as they fare differently.
func (e *Engine) Tally(q Question, source, destination Labels) []Cell {
	t := &tally{engine: e, asked: q.Traffic, brief: q.Brief, numbers: map[string]int32{}, sources: map[*vpc][]*origin{}, nodes: map[*balancer][]*origin{}, odd: map[*vpc][]*origin{}, origins: map[*site]*origin{}, beyond: map[int32]bool{}}
	wanted := func(x end) bool { return q.Family == AnyFamily || q.Family == x.class.site.family() }
	for _, x := range q.Sources.sources() {
		l, ok := t.label(x, source)
		if !ok || !wanted(x) {
			continue
		}
		at := x.class.site
		switch o := t.origins[at]; {
		case at.outside():
			t.outside = append(t.outside, l)
		case o != nil:
			o.from = append(o.from, l)
		default:
			t.origin(at, l)
		}
	}
	for v, list := range t.sources { // in any order: sums don't hang on it
		t.vpcs = append(t.vpcs, v)
		slices.SortStableFunc(list, func(a, b *origin) int {
			return cmp.Or(strings.Compare(a.site.subnet.RouteTable, b.site.subnet.RouteTable), strings.Compare(a.site.subnet.ID, b.site.subnet.ID))
		})
		if len(t.odd[v])+len(v.astray) > 0 {
			t.unsure = append(t.unsure, v)
		}
	}
	for _, x := range q.Destinations.list {
		if l, ok := t.label(x, destination); ok && wanted(x) {
			t.servers = append(t.servers, l)
		}
	}
	return t.cells(t.run())
}

// origin notes a site with the first of its sources.
func (t *tally) origin(at *site, first labelled) {
	o := &origin{at, []labelled{first}}
	t.origins[at] = o
	t.inside = append(t.inside, o)
	switch {
	case at.closed():
		return
	case at.role == relaying && at.balancer.hidden == "":
		t.nodes[at.balancer] = append(t.nodes[at.balancer], o)
		return
	}
	t.sources[at.vpc()] = append(t.sources[at.vpc()], o)
	switch at.role {
	case nat, strange, garbled, relaying:
		t.odd[at.vpc()] = append(t.odd[at.vpc()], o)
	}
}

func (t *tally) label(x end, name Labels) (labelled, bool) {
	l := labelled{end: x, only: x.only()}
	if x.class.site.outside() {
		label := ^int32(x.class.site.home.cell)
		if !x.internet {
			t.beyond[label] = true
		}
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

// target is all destinations at one site that are called alike.
type target struct {
	site    *site
	public  bool
	servers []*labelled
}

// targets groups the destinations, in parts for goroutines: by VPC, so that what two of them work out is not the same.
func (t *tally) targets() [][]*target {
	const chunk, outside = 64, 8 // every source is asked about what is outside
	type called struct {
		site   *site
		public bool
	}
	var parts [][]*target
	byVPC := map[*vpc]int{}
	byCall := map[called]*target{}
	for k := range t.servers {
		d := &t.servers[k]
		site := d.class.site
		if at := byCall[called{site, d.public}]; at != nil {
			at.servers = append(at.servers, d)
			continue
		}
		var v *vpc
		if !site.outside() {
			v = site.vpc()
		}
		i, ok := byVPC[v]
		if !ok || len(parts[i]) == chunk || v == nil && len(parts[i]) == outside {
			i = len(parts)
			byVPC[v] = i
			parts = append(parts, nil)
		}
		at := &target{site, d.public, []*labelled{d}}
		byCall[called{site, d.public}] = at
		parts[i] = append(parts[i], at)
	}
	slices.SortStableFunc(parts, func(a, b []*target) int { return cmp.Compare(len(b), len(a)) }) // the longest first
	return parts
}

// run does the sums.
func (t *tally) run() map[tallyKey]*sum {
	parts := t.targets()
	total := map[tallyKey]*sum{}
	var mutex sync.Mutex
	var group sync.WaitGroup
	next := make(chan []*target, len(parts))
	for _, p := range parts {
		next <- p
	}
	close(next)
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		group.Go(func() {
			s, done := t.engine.use()
			defer done()
			r := &tallyRun{tally: t, session: s, sums: map[tallyKey]*sum{}, exits: map[cell][]exit{}, signed: map[outKey]string{}, sent: map[sentKey][]*origin{}, admitted: map[groupSet]*admitted{}, internet: t.engine.Internet().list}
			for part := range next {
				var v *vpc
				if site := part[0].site; !site.outside() {
					v = site.vpc()
				}
				r.turnTo(v)
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
	sums     map[tallyKey]*sum
	exits    map[cell][]exit
	signed   map[outKey]string
	internet []end
	// at is the VPC of destinations that sent and admitted are about.
	at       *vpc
	sent     map[sentKey][]*origin
	admitted map[groupSet]*admitted
}

// exit is all sources that send to a public address in the same way, as far as the internet.
type exit struct {
	origins []*origin
	legs    []leg // of one of them
}

func (r *tallyRun) destination(d *target) {
	switch {
	case d.site.outside():
		for _, o := range r.inside {
			r.from(o, d)
		}
	case d.public:
		r.overInternet(d)
	default:
		v := d.site.vpc()
		for _, o := range r.sources[v] {
			r.from(o, d)
		}
		for _, other := range v.near {
			senders := r.odd[other]
			if !r.strange(other, d) || d.site.home.in(other.astray...) {
				senders = r.senders(other, d.site)
			}
			for _, o := range senders {
				r.from(o, d)
			}
		}
		r.fromElsewhere(d)
		r.fromNodes(d)
	}
	for i := range r.outside {
		c := &r.outside[i]
		for _, server := range d.servers {
			if calls(c.end, server.end) {
				r.add(c, server, r.links(c.class.site, d.site, d.public, c.internet, false))
			}
		}
	}
}

// fromNodes sums up the connections from load balancers to their targets.
func (r *tallyRun) fromNodes(d *target) {
	var done []*balancer
	for _, server := range d.servers {
		for _, sent := range server.class.targeted {
			if slices.Contains(done, sent.balancer) {
				continue
			}
			done = append(done, sent.balancer)
			for _, o := range r.nodes[sent.balancer] {
				r.from(o, d)
			}
		}
	}
}

// sentKey is what it hangs on who of a VPC may send to addresses of another.
type sentKey struct {
	from *vpc
	cell cell
}

// turnTo drops what is about the VPC that destinations were in before: the parts are by VPC, and it will not be asked for again.
func (r *tallyRun) turnTo(v *vpc) {
	if r.at == v {
		return
	}
	r.at = v
	r.sent, r.admitted = map[sentKey][]*origin{}, map[groupSet]*admitted{}
	s := r.session
	s.led, s.hubs, s.roadOf, s.streets, s.linked, s.routes = map[leadKey]bool{}, map[hubKey]bool{}, map[roadKey]int32{}, map[streetKey][]link{}, map[linkKey][]link{}, map[routeKey]decision{}
	s.lastRoad = roadKey{}
}

// senders are the sources of a VPC of which packets may come to a site of another.
func (r *tallyRun) senders(from *vpc, to *site) []*origin {
	key := sentKey{from, to.home.cell}
	if c := r.session.engine.routeOf[key.cell]; c >= 0 {
		key.cell = -2 - c
	}
	list, ok := r.sent[key]
	if !ok {
		var at *table // they are sorted by these
		leads := true
		for _, o := range r.sources[from] {
			if o.site.subnet.table != at {
				at = o.site.subnet.table
				leads = r.leads(o.site.subnet, to.vpc(), to.home)
			}
			if leads || o.site.role != plain && o.site.role != function {
				list = append(list, o)
			}
		}
		r.sent[key] = list
	}
	return list
}

// admitted is the VPCs of which the groups of a destination may admit something, with addresses of their own or of a NAT gateway on the way.
type admitted struct {
	all  bool // or most
	vpcs map[*vpc]bool
}

// strange tells whether the groups of a destination admit nothing that another VPC may send.
func (r *tallyRun) strange(from *vpc, d *target) bool {
	if d.site.bare {
		return false
	}
	for _, server := range d.servers {
		if a := r.admittedBy(server.class.groups, d.site.vpc()); a.all || a.vpcs[from] {
			return false
		}
	}
	return true
}

func (r *tallyRun) admittedBy(set groupSet, to *vpc) *admitted {
	a, ok := r.admitted[set]
	if !ok {
		a = r.session.engine.admittedBy(set, to)
		r.admitted[set] = a
	}
	return a
}

func (e *Engine) admittedBy(set groupSet, to *vpc) *admitted {
	const most = 256 // VPCs by one rule: more need no list
	a := &admitted{vpcs: map[*vpc]bool{}}
	if set < 0 || len(e.groupSets[set].unknown) > 0 {
		a.all = true
		return a
	}
	g := e.groupSets[set]
	for _, each := range g.references[direction(false)] {
		for _, c := range e.members[each.group] {
			a.vpcs[c.site.vpc()] = true
		}
	}
	for _, each := range g.admissions[direction(false)] {
		for _, p := range each.blocks {
			holders := e.index.holding(p, most)
			if len(holders) == most || e.index.translatedTo(p, to) {
				a.all = true
				return a
			}
			for _, v := range holders {
				a.vpcs[v] = true
			}
		}
	}
	return a
}

// fromElsewhere sums up the connections from VPCs that nothing joins with that of the destination: by IPv6 over the internet, and where it is
// not known what becomes of a packet.
func (r *tallyRun) fromElsewhere(d *target) {
	v := d.site.vpc()
	internet := d.site.family() == IPv6 && (v.noGateway != "" || v.gateway != nil)
	blocks := []netip.Prefix{anywhere6} // from where more may arrive over the internet than anybody sends there
	if internet && r.brief && v.noGateway == "" {
		blocks = r.favoured(d)
	}
	others := r.unsure
	if internet && len(blocks) > 0 {
		others = r.vpcs
	}
	for _, other := range others {
		if v.around.vpcs[other] {
			continue
		}
		list := r.sources[other]
		favoured := internet && slices.ContainsFunc(other.Blocks, func(p netip.Prefix) bool { return slices.ContainsFunc(blocks, p.Overlaps) })
		if !favoured && !d.site.home.in(other.astray...) {
			list = r.odd[other]
		}
		for _, o := range list {
			r.from(o, d)
		}
	}
}

// favoured are blocks from which the groups of a destination admit more than may arrive from anywhere.
func (r *tallyRun) favoured(d *target) []netip.Prefix {
	var blocks []netip.Prefix
	for _, server := range d.servers {
		if d.site.bare || len(r.session.engine.groupSets[server.class.groups].unknown) > 0 {
			return []netip.Prefix{anywhere6}
		}
		anybody := r.fromAnywhere(server)
		for _, a := range r.session.engine.groupSets[server.class.groups].admissions[direction(false)] {
			if r.less(r.and(a.what.may, r.asked), anybody) != packet.None {
				blocks = append(blocks, a.blocks...)
			}
		}
	}
	return slices.DeleteFunc(blocks, func(p netip.Prefix) bool { return p.Addr().Is4() })
}

// from sums up the connections from all sources of a site.
func (r *tallyRun) from(o *origin, d *target) {
	if o.site.family() != d.site.family() || o.site.closed() || r.nowhere(o.site, d.site) {
		return
	}
	if b := o.site.balancer; b != nil && b.hidden == "" && d.site.outside() && r.session.engine.sentTo(b, d.servers[0].class).balancer == nil {
		return // it opens connections to its targets only
	}
	links := r.links(o.site, d.site, d.public, false, false)
	decisive := len(links) == 1 && o.site.balancer == nil && !d.site.outside() && !d.site.bare && !links[0].unresolved // the destination's groups are asked
	for _, server := range d.servers {
		// Most pairs end here: with nothing that the groups of the destination admit.
		if decisive && r.byAddress(server.class.groups, false, links[0].seenFrom(o.site)).may == packet.None {
			if links[0].refsIn == refNo {
				continue
			}
			for i := range o.from {
				if c := &o.from[i]; r.byReference(server.class.groups, false, c.class.groups) != packet.None {
					r.add(c, server, links)
				}
			}
			continue
		}
		for i := range o.from {
			r.add(&o.from[i], server, links)
		}
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
func (r *tallyRun) add(c, d *labelled, links []link) {
	if c.only >= 0 && c.only == d.only { // an interface and itself: nothing is to be said of them
		return
	}
	for i := range links {
		l := &links[i]
		e := r.effect(l, c.class, d.class, r.asked)
		if e == nothing && len(links) == 1 {
			return // like all pairs that are not looked at
		}
		r.sumsOf(c, d, func(s *sum) {
			if s.doubt == nil && e.unknown != packet.None {
				s.doubt = &finding{verdict: Unknown, traffic: e.unknown, family: d.class.site.family(), client: c.end, server: d.end, link: i}
			}
			s.add(e, l.kind)
			s.limited = s.limited || l.limits(e.reachable)
			if i == 0 { // AWS's choices are no further pairs
				s.pairs++
			}
		})
	}
}

// sumsOf finds the sums of two ends.
func (r *tallyRun) sumsOf(c, d *labelled, each func(*sum)) {
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
func (r *tallyRun) overInternet(d *target) {
	exits := r.exitsTo(d.site.public, d.site.family())
	for _, server := range d.servers {
		anybody := packet.None
		if r.brief {
			anybody = r.fromAnywhere(server)
		}
		for _, x := range exits {
			if r.brief && r.likeAnybody(x, server, anybody) {
				continue
			}
			links := r.links(x.origins[0].site, d.site, true, false, false)
			for _, o := range x.origins {
				for i := range o.from {
					r.add(&o.from[i], server, links)
				}
			}
		}
	}
}

// fromAnywhere is what may arrive at a public address from every address of the internet.
func (r *tallyRun) fromAnywhere(d *labelled) packet.Set {
	all := r.asked
	for _, c := range r.internet {
		if c.class.site.family() != d.class.site.family() {
			continue
		}
		arrives := packet.None
		links := r.links(c.class.site, d.class.site, d.public, true, false)
		for i := range links {
			e := r.effect(&links[i], c.class, d.class, r.asked)
			arrives = r.plus(arrives, r.plus(r.plus(e.reachable, e.oneWay), e.unknown))
		}
		all = r.and(all, arrives)
	}
	return all
}

// likeAnybody tells whether sources reach a public address over the internet only as anybody does.
func (r *tallyRun) likeAnybody(x exit, d *labelled, anybody packet.Set) bool {
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
		if o.site.family() != family || o.site.closed() {
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

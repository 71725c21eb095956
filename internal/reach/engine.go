package reach

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// Engine answers questions about one network. It may be used by any number of goroutines.
type Engine struct {
	network    *network.Network
	index      *index
	cells      *cells
	met        *cells     // by the prefixes of index.meetings
	ways       *cells     // by the prefixes that what is on the way looks at
	policyOf   []cell     // by cell: that of policies, or -1 in a subnet that packets of others pass, where the blocks of subnets matter
	routeOf    []cell     // the same by what routes name alone
	manners    [][2]int32 // by site: see findManners
	policies   *cells     // the same without the blocks of subnets, for what goes from one VPC to another
	groupSets  []*groups
	groupSetOf map[string]groupSet
	sites      []*site
	classes    []*class
	classOf    [][]*class // by interface (position in the network's table) and address
	members    map[string][]*class
	// addresses that interfaces have, sorted: public ones and IPv6.
	taken []netip.Addr

	outsideOnce sync.Once
	outsides    []*class // every cell with public addresses that no known interface has
	beyondOnce  sync.Once
	beyonds     []*class // see Beyond

	mutex sync.Mutex
	idle  []*session
}

// New prepares a network for questions.
func New(n *network.Network) *Engine {
	x := newIndex(n)
	e := &Engine{
		network: n, index: x, groupSetOf: map[string]groupSet{},
		cells: newCells(named(n, x)), ways: newCells(onWay(n, x, true)), policies: newCells(onWay(n, x, false)), met: newCells(x.meetings()),
	}
	e.classify()
	e.coarsen()
	e.findManners()
	return e
}

// coarsen finds the coarser cells that each cell is in.
func (e *Engine) coarsen() {
	byRoute := newCells(routed(e.network))
	e.policyOf, e.routeOf = make([]cell, len(e.cells.prefixes)), make([]cell, len(e.cells.prefixes))
	for i, p := range e.cells.prefixes {
		e.policyOf[i], e.routeOf[i] = e.policies.within(p), byRoute.within(p)
	}
	for _, p := range e.index.placed {
		low, _ := slices.BinarySearchFunc(e.cells.prefixes, p, netip.Prefix.Compare)
		for i := low; i < len(e.cells.prefixes) && p.Overlaps(e.cells.prefixes[i]); i++ {
			e.policyOf[i], e.routeOf[i] = -1, -1
		}
	}
}

// session holds what has been worked out so far; one goroutine uses it at a time.
type session struct {
	engine            *Engine
	acls              map[aclKey]bounds
	judgements        map[judgeKey]*judgement
	matched           map[matchKey]bounds
	addressed         [][2][]matching // by set of groups, inbound and outbound
	routes            map[routeKey]decision
	transits          map[transitKey]transitDecision
	outs              map[outKey][]leg
	ins               map[inKey][]leg
	linked            map[linkKey][]link
	shapes            map[shapeKey]int32 // see link.shape
	far               map[farKey]cell
	led               map[leadKey]bool
	hubs              map[hubKey]bool
	roads             map[road]int32
	roadOf            map[roadKey]int32
	lastRoad          roadKey
	lastNumber        int32
	streets           map[streetKey][]link
	answered          map[bounds]bounds
	ands, ors, lesses memo
	projected         map[bounds][2]bounds
	effects           map[effectKey]effect
	lastEffect        struct { // of most pairs it is that of the one before
		key    effectKey
		effect effect
	}
}

// use lends a session out, with all that earlier questions have worked out.
func (e *Engine) use() (s *session, done func()) {
	e.mutex.Lock()
	if last := len(e.idle) - 1; last >= 0 {
		s, e.idle = e.idle[last], e.idle[:last]
	}
	e.mutex.Unlock()
	if s == nil {
		s = &session{
			engine: e, acls: map[aclKey]bounds{}, judgements: map[judgeKey]*judgement{}, matched: map[matchKey]bounds{}, addressed: make([][2][]matching, len(e.groupSets)),
			routes: map[routeKey]decision{}, transits: map[transitKey]transitDecision{}, outs: map[outKey][]leg{}, ins: map[inKey][]leg{}, linked: map[linkKey][]link{},
			shapes: map[shapeKey]int32{}, far: map[farKey]cell{}, led: map[leadKey]bool{}, hubs: map[hubKey]bool{}, roads: map[road]int32{},
			roadOf: map[roadKey]int32{}, streets: map[streetKey][]link{}, answered: map[bounds]bounds{}, ands: memo{}, ors: memo{}, lesses: memo{},
			projected: map[bounds][2]bounds{}, effects: map[effectKey]effect{},
		}
	}
	return s, func() {
		e.mutex.Lock()
		e.idle = append(e.idle, s)
		e.mutex.Unlock()
	}
}

// groupSetFor finds or makes the set of some groups.
func (e *Engine) groupSetFor(ids []string) groupSet {
	key := groupKey(ids)
	if set, ok := e.groupSetOf[key]; ok {
		return set
	}
	g := &groups{ids: strings.Fields(key)}
	for _, id := range g.ids {
		if group, ok := e.network.SecurityGroups.Get(id); ok && group.Defect == nil {
			g.list = append(g.list, group)
		} else {
			g.unknown = append(g.unknown, id)
		}
	}
	for _, outbound := range []bool{false, true} {
		for _, r := range g.rules(outbound) {
			if a, ok := e.admission(r); ok {
				g.admissions[direction(outbound)] = append(g.admissions[direction(outbound)], a)
			}
			if r.Group != "" && r.Defect == nil {
				g.references[direction(outbound)] = append(g.references[direction(outbound)], reference{r.Group, packet.Rule(r.Protocol, r.From, r.To)})
			}
		}
	}
	set := groupSet(len(e.groupSets))
	e.groupSets = append(e.groupSets, g)
	e.groupSetOf[key] = set
	return set
}

// addressesIn are the public and IPv6 addresses of interfaces in a prefix.
func (e *Engine) addressesIn(p netip.Prefix) []netip.Addr {
	low, _ := slices.BinarySearchFunc(e.taken, p.Masked().Addr(), netip.Addr.Compare)
	high := low
	for high < len(e.taken) && p.Contains(e.taken[high]) {
		high++
	}
	return e.taken[low:high]
}

// groupKey names a set of groups.
func groupKey(ids []string) string {
	if len(ids) == 1 {
		return ids[0]
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return strings.Join(slices.Compact(ids), " ")
}

// answeredBounds is a filter, seen from the connections whose replies it filters.
func (s *session) answeredBounds(b bounds) bounds {
	a, ok := s.answered[b]
	if !ok {
		a = b.answered()
		s.answered[b] = a
	}
	return a
}

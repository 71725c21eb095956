package reach_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/source/dump"
	"github.com/watertight/watertight/internal/walker"
)

// networks is how many random networks an ordinary run asks about: some 200,000 packets. For a long run set WATERTIGHT_LONG to a
// duration, and WATERTIGHT_SEED to where it starts; WATERTIGHT_SEED alone repeats one network.
const networks = 800

// TestRandomNetworks compares every part of every answer about random networks with concrete packets, which the walker walks: from the corners
// of the part, and from just outside of it.
func TestRandomNetworks(t *testing.T) {
	onRandomNetworks(t, networks, func(t *trial) { t.answers() })
}

// TestRandomTallies compares the sums of the matrix with the answers about every pair of interfaces.
func TestRandomTallies(t *testing.T) {
	onRandomNetworks(t, networks/4, func(t *trial) { t.tally() })
}

func onRandomNetworks(t *testing.T, count int, test func(*trial)) {
	first, last := uint64(1), uint64(count)
	var deadline time.Time
	if text := os.Getenv("WATERTIGHT_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("WATERTIGHT_SEED: %v", err)
		}
		first, last = seed, seed
	}
	if text := os.Getenv("WATERTIGHT_LONG"); text != "" {
		long, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("WATERTIGHT_LONG: %v", err)
		}
		deadline, last = time.Now().Add(long), 1<<63
	}
	var next, packets, coarse, failed atomic.Uint64
	next.Store(first)
	var verdicts sync.Map
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for {
				seed := next.Add(1) - 1
				if seed > last || failed.Load() >= mostFailures || !deadline.IsZero() && time.Now().After(deadline) {
					return
				}
				each := newTrial(t, seed)
				test(each)
				packets.Add(uint64(each.packets))
				coarse.Add(uint64(each.coarse))
				if each.failed {
					failed.Add(1)
				}
				for v, n := range each.verdicts {
					count, _ := verdicts.LoadOrStore(v, new(atomic.Uint64))
					count.(*atomic.Uint64).Add(n)
				}
			}
		})
	}
	group.Wait()
	var words []string
	verdicts.Range(func(v, n any) bool {
		words = append(words, fmt.Sprintf("%d %s", n.(*atomic.Uint64).Load(), v))
		return true
	})
	slices.Sort(words)
	t.Logf("%d networks, %d packets: %s", next.Load()-first-uint64(runtime.GOMAXPROCS(0)), packets.Load(), strings.Join(words, ", "))
	// That is coarse, and not wrong. It happens in networks that are not known well: where a load balancer may have targets that were not collected, and
	// where the way is not known and a group reference may match one of several interfaces with one address.
	if coarse.Load()*1000 > packets.Load() {
		t.Errorf("the engine says unknown of %d packets of which the walker knows more: at most one in a thousand may be", coarse.Load())
	}
}

// mostFailures is when to stop: one network is enough to look at.
const mostFailures = 5

// trial is one random network under test.
type trial struct {
	*rand.Rand
	t        *testing.T
	seed     uint64
	network  *network.Network
	engine   *reach.Engine
	walker   *walker.Walker
	packets  int
	coarse   int // packets of which the engine knows less than the walker
	verdicts map[string]uint64
	failed   bool
}

func newTrial(t *testing.T, seed uint64) *trial {
	n := network.New(random.Network(seed))
	return &trial{Rand: rand.New(rand.NewPCG(seed, 1)), t: t, seed: seed, network: n, engine: reach.New(n), walker: walker.New(n), verdicts: map[string]uint64{}}
}

func (t *trial) fail(format string, arguments ...any) {
	if t.failed {
		return // one failure of a network is enough
	}
	t.failed = true
	where := "(not written)"
	if dir, err := os.MkdirTemp("", fmt.Sprintf("watertight-%d-", t.seed)); err == nil {
		if err := dump.Write(dir, t.network); err == nil {
			where = dir
		} else {
			where = err.Error()
		}
	}
	t.t.Errorf("seed %d, network %s\n%s", t.seed, where, fmt.Sprintf(format, arguments...))
}

func choose[T any](t *trial, of ...T) T { return of[t.IntN(len(of))] }

// side is the ends of a question, with what they stand for in words, and as addresses.
type side struct {
	text string
	ends reach.Ends
	// members are those that must be answered for; outside ones are taken from the answer.
	members []member
}

// member is an address that a packet has: that of an interface, or one outside.
type member struct {
	id      string // of the interface
	address netip.Addr
	public  bool
}

func (t *trial) side(source bool) side {
	all := t.network.Interfaces.All()
	switch t.IntN(12) {
	case 0, 1, 2, 3:
		i := choose(t, all...)
		return side{i.ID, t.engine.Interfaces(i), membersOf(source, i)}
	case 4, 5, 6:
		g := choose(t, t.network.SecurityGroups.All()...)
		var list []*network.Interface
		for _, i := range all {
			if slices.Contains(i.Groups, g.ID) {
				list = append(list, i)
			}
		}
		return side{g.ID, t.engine.Interfaces(list...), membersOf(source, list...)}
	case 7:
		return side{"everything", t.engine.Everything(), membersOf(source, all...)}
	case 8:
		return side{"internet", t.engine.Internet(), nil}
	case 9:
		p := netip.MustParsePrefix(choose(t, "203.0.113.0/24", "52.0.0.0/8", "172.16.0.0/16", "10.99.0.0/16", "10.0.0.0/8", "2001:db8::/32", "2600:1f00::/24", "169.254.0.0/16", "100.64.0.0/10", "0.0.0.0/0"))
		return side{"outside " + p.String(), t.engine.Outside(p), nil}
	case 10:
		i := choose(t, all...)
		a := choose(t, i.Addresses...)
		address := a.IP
		if a.Public.IsValid() && t.IntN(2) == 0 {
			address = a.Public
		}
		return side{address.String(), t.engine.Address(address), nil}
	}
	a := netip.MustParseAddr(choose(t, "203.0.113.5", "203.0.113.200", "8.8.8.8", "172.16.3.4", "10.99.1.1", "52.216.0.1", "2001:db8::5", "2600:1fa0::1", "10.0.0.2", "169.254.169.254", "169.254.169.253", "fd00:ec2::253", "10.0.0.77", "10.1.200.9", "2600:1f00:0:100::ff", "52.77.1.1"))
	return side{a.String(), t.engine.Address(a), nil}
}

// membersOf are the addresses that interfaces stand for (V-14): a public one is not sent from.
func membersOf(source bool, list ...*network.Interface) []member {
	var all []member
	for _, i := range list {
		for _, a := range i.Addresses {
			all = append(all, member{i.ID, a.IP, false})
			if a.Public.IsValid() && !source {
				all = append(all, member{i.ID, a.Public, true})
			}
		}
	}
	return all
}

func (t *trial) traffic() packet.Set {
	ports := func(protocol int) packet.Set {
		low := choose(t, 0, 22, 80, 443, 1024, 5432, 32768)
		return packet.Ports(protocol, uint16(low), uint16(choose(t, low, low+1, 65535)))
	}
	s := packet.None
	switch t.IntN(7) {
	case 0, 1:
		s = packet.All
	case 2, 3:
		s = ports(packet.TCP)
	case 4:
		s = ports(packet.UDP)
	case 5:
		s = packet.Protocol(choose(t, packet.ICMP, packet.ICMPv6, packet.TCP, packet.UDP))
	default:
		s = packet.Protocol(choose(t, 2, 47, 50)).Union(packet.Type(packet.ICMP, 8, 0)).Union(ports(packet.TCP))
	}
	switch t.IntN(4) {
	case 0:
		s = s.Intersect(packet.Clients(32768, 60999))
	case 1, 2:
		s = s.Intersect(packet.Clients(1024, 65535))
	}
	return s
}

// answers asks some questions, and walks packets of every part.
func (t *trial) answers() {
	for range 12 {
		from, to := t.side(true), t.side(false)
		q := reach.Question{Sources: from.ends, Destinations: to.ends, Traffic: t.traffic(), Family: choose(t, reach.AnyFamily, reach.AnyFamily, reach.IPv4, reach.IPv6)}
		text := fmt.Sprintf("from %s to %s, %s, family %d", from.text, to.text, q.Traffic, q.Family)
		parts := t.engine.Can(q)
		t.covered(text, from, to, q, parts)
		t.check(text, q, parts)
		for i := range parts {
			t.witness(text, &parts[i])
		}
		if t.failed {
			return
		}
	}
}

// pair is two members of a part.
type pair struct{ from, to member }

// pairs are the parts of an answer by the pairs of members for which they hold.
func (t *trial) pairs(parts []reach.Part) (map[pair][]*reach.Part, []pair) {
	by := map[pair][]*reach.Part{}
	var order []pair
	for i := range parts {
		p := &parts[i]
		for _, source := range p.Sources {
			for _, destination := range p.Destinations {
				at := pair{memberOf(source), memberOf(destination)}
				if at.from.id != "" && at.from.id == at.to.id {
					continue
				}
				if by[at] == nil {
					order = append(order, at)
				}
				by[at] = append(by[at], p)
			}
		}
	}
	return by, order
}

func memberOf(m reach.Member) member {
	if m.Interface == nil {
		return member{"", m.Address, false}
	}
	public := !slices.ContainsFunc(m.Interface.Addresses, func(a network.Address) bool { return a.IP == m.Address })
	return member{m.Interface.ID, m.Address, public}
}

// covered demands that the parts cover every header of every pair that was asked about.
func (t *trial) covered(text string, from, to side, q reach.Question, parts []reach.Part) {
	by, _ := t.pairs(parts)
	for _, f := range from.members {
		for _, d := range to.members {
			if f.id == d.id || f.address.Is4() != d.address.Is4() || q.Family == reach.IPv4 && f.address.Is6() || q.Family == reach.IPv6 && f.address.Is4() {
				continue
			}
			covered := packet.None
			for _, p := range by[pair{f, d}] {
				covered = covered.Union(p.Traffic)
			}
			if covered != q.Traffic {
				t.fail("%s: the answer about %v to %v is for %s", text, f, d, covered)
				return
			}
		}
	}
}

// check walks packets of some pairs.
func (t *trial) check(text string, q reach.Question, parts []reach.Part) {
	by, order := t.pairs(parts)
	outside := map[netip.Addr][]netip.Prefix{}
	for _, p := range parts {
		for _, m := range append(slices.Clone(p.Sources), p.Destinations...) {
			if m.Interface == nil {
				outside[m.Address] = m.Outside
			}
		}
	}
	t.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	// Most of what is random never arrives: begin with what does, mostly.
	later := map[pair]int{}
	for _, at := range order {
		if t.IntN(4) == 0 || !slices.ContainsFunc(by[at], func(p *reach.Part) bool { return p.Verdict != reach.Unreachable }) {
			later[at] = 1
		}
	}
	slices.SortStableFunc(order, func(a, b pair) int { return later[a] - later[b] })
	for _, at := range order[:min(len(order), 12)] {
		if at.from.id == "" && at.to.id == "" {
			continue
		}
		headers := t.headers(q.Traffic, by[at])
		for _, h := range headers[:min(len(headers), 16)] {
			concrete := pair{t.example(at.from, outside), t.example(at.to, outside)}
			t.compare(text, concrete, h, by[at])
		}
	}
}

// example is a member, or for an outside one any address of its class.
func (t *trial) example(m member, outside map[netip.Addr][]netip.Prefix) member {
	if prefixes := outside[m.address]; m.id == "" && len(prefixes) > 0 {
		p := choose(t, prefixes...)
		if a := choose(t, p.Addr(), last(p)); len(t.network.InterfacesAt(a)) == 0 { // of private addresses some may be taken, in some VPC
			m.address = a
		}
	}
	return m
}

// last is the last address of a prefix.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// headers are the corners of the boxes of some parts, and their neighbours, in any order.
func (t *trial) headers(asked packet.Set, parts []*reach.Part) []packet.Header {
	var all []packet.Header
	add := func(h packet.Header) {
		if asked.Contains(h) && !slices.Contains(all, h) {
			all = append(all, h)
		}
	}
	for _, p := range parts {
		boxes := p.Traffic.Boxes()
		t.Shuffle(len(boxes), func(i, j int) { boxes[i], boxes[j] = boxes[j], boxes[i] })
		for _, b := range boxes[:min(len(boxes), 6)] {
			h := packet.Header{Protocol: t.near(b.Protocols), First: t.near(b.First), Second: t.near(b.Second)}
			add(h)
			add(packet.Header{Protocol: b.Protocols.Low, First: b.First.Low, Second: b.Second.Low})
			add(packet.Header{Protocol: b.Protocols.High, First: b.First.High, Second: b.Second.High})
			add(packet.Header{Protocol: b.Protocols.Low, First: b.First.High + 1, Second: b.Second.Low})
			add(packet.Header{Protocol: b.Protocols.Low, First: b.First.Low - 1, Second: b.Second.High})
			add(packet.Header{Protocol: b.Protocols.Low, First: b.First.Low, Second: b.Second.High + 1})
			add(packet.Header{Protocol: b.Protocols.Low, First: b.First.High, Second: b.Second.Low - 1})
		}
	}
	t.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

func (t *trial) near(s packet.Span) uint16 {
	return choose(t, s.Low, s.High, s.Low-1, s.High+1, s.Low+uint16(t.IntN(int(s.High-s.Low)+1)))
}

func question(at pair, h packet.Header) walker.Question {
	p := walker.Packet{Source: at.from.address, Destination: at.to.address, Protocol: uint8(h.Protocol)}
	switch h.Protocol {
	case packet.TCP, packet.UDP:
		p.DestinationPort, p.SourcePort = h.First, h.Second
	case packet.ICMP, packet.ICMPv6:
		p.ICMPType, p.ICMPCode = uint8(h.First), uint8(h.Second)
	}
	return walker.Question{From: at.from.id, To: at.to.id, Packet: p}
}

// compare demands that the parts which hold for a packet have the verdicts of the walker, and that those which hold for all choices do not
// contradict each other.
func (t *trial) compare(text string, at pair, h packet.Header, parts []*reach.Part) {
	var got []string
	certain, of := 0, 0
	for _, p := range parts {
		if !p.Traffic.Contains(h) {
			continue
		}
		of++
		if p.Choice == "" {
			certain++
		}
		got = append(got, string(p.Verdict))
	}
	slices.Sort(got)
	got = slices.Compact(got)
	q := question(at, h)
	outcomes := t.walker.Walk(q)
	var want []string
	for _, o := range outcomes {
		want = append(want, string(o.Verdict))
	}
	slices.Sort(want)
	want = slices.Compact(want)
	t.packets++
	t.verdicts[strings.Join(want, "+")]++
	if slices.Equal(got, want) && (certain == 0 || of == 1) {
		return
	}
	if coarser(got, want) {
		t.coarse++
		return
	}
	t.fail("%s\n%s → %s, %s: the engine says %s (%d parts, %d of them for all choices), the walker %s\nMISMATCH %s\n%s%s", text, at.from.id, at.to.id, q.Packet, strings.Join(got, "+"), of, certain, strings.Join(want, "+"),
		signature(got, want, outcomes), told(parts, h), walked(outcomes))
}

// coarser tells whether the engine knows less than the walker, and nothing else.
func coarser(got, want []string) bool {
	rest := slices.DeleteFunc(slices.Clone(got), func(v string) bool { return v == string(reach.Unknown) })
	return len(rest) < len(got) && !slices.ContainsFunc(rest, func(v string) bool { return !slices.Contains(want, v) })
}

// signature is short, to put failures together that may have one cause.
func signature(got, want []string, outcomes []walker.Outcome) string {
	reason := ""
	for _, o := range outcomes {
		if hops := append(slices.Clone(o.Request), o.Reply...); len(hops) > 0 && o.Verdict != walker.Reachable {
			l := hops[len(hops)-1]
			reason = l.Kind + " " + l.Code
		}
	}
	return fmt.Sprintf("%v %v %s", got, want, reason)
}

func told(parts []*reach.Part, h packet.Header) string {
	var b strings.Builder
	for _, p := range parts {
		if !p.Traffic.Contains(h) {
			continue
		}
		fmt.Fprintf(&b, "  engine: %s %s (%s) choice %q\n", p.Verdict, p.Traffic, p.Kind, p.Choice)
		for _, hop := range p.Path {
			fmt.Fprintf(&b, "    > %s %s: %s %s %s\n", hop.Kind, hop.ID, hop.Effect, hop.Rule, hop.Code)
		}
		for _, hop := range p.Reply {
			fmt.Fprintf(&b, "    < %s %s: %s %s %s\n", hop.Kind, hop.ID, hop.Effect, hop.Rule, hop.Code)
		}
	}
	return b.String()
}

func walked(outcomes []walker.Outcome) string {
	var b strings.Builder
	seen := map[walker.Verdict]bool{}
	for _, o := range outcomes {
		if seen[o.Verdict] {
			continue
		}
		seen[o.Verdict] = true
		fmt.Fprintf(&b, "  walker: %s choices %q: %s\n", o.Verdict, o.Choices, o.Reason)
		for _, hop := range o.Request {
			fmt.Fprintf(&b, "    > %s %s: %s %s %s\n", hop.Kind, hop.ID, hop.Effect, hop.Rule, hop.Code)
		}
		for _, hop := range o.Reply {
			fmt.Fprintf(&b, "    < %s %s: %s %s %s\n", hop.Kind, hop.ID, hop.Effect, hop.Rule, hop.Code)
		}
	}
	return b.String()
}

// witness demands that what arrives has a witness, and that the walker finds the verdict for it.
func (t *trial) witness(text string, p *reach.Part) {
	arrives := p.Verdict == reach.Reachable || p.Verdict == reach.OneWay
	if arrives != (p.Witness != nil) {
		t.fail("%s: %s part for %s: witness %v", text, p.Verdict, p.Traffic, p.Witness)
		return
	}
	if !arrives {
		return
	}
	w := p.Witness
	at := pair{member{address: w.Source}, member{address: w.Destination}}
	if w.From != nil {
		at.from.id = w.From.ID
	}
	if w.To != nil {
		at.to.id = w.To.ID
	}
	if !p.Traffic.Contains(w.Header) {
		t.fail("%s: the witness %v of a part is not in it: %s", text, w.Header, p.Traffic)
		return
	}
	q := question(at, w.Header)
	t.packets++
	outcomes := t.walker.Walk(q)
	if !slices.ContainsFunc(outcomes, func(o walker.Outcome) bool { return string(o.Verdict) == string(p.Verdict) }) {
		t.fail("%s\n%s → %s, %s: the walker rejects the witness\nMISMATCH %s\n%s%s", text, at.from.id, at.to.id, q.Packet, signature([]string{"witness " + string(p.Verdict)}, nil, outcomes), told([]*reach.Part{p}, w.Header), walked(outcomes))
	}
}

// sums are the headers of every verdict.
type sums map[reach.Verdict]packet.Set

func (s sums) add(v reach.Verdict, traffic packet.Set) { s[v] = s[v].Union(traffic) }

func (s sums) arrives() bool {
	return !s[reach.Reachable].IsEmpty() || !s[reach.OneWay].IsEmpty() || !s[reach.Unknown].IsEmpty()
}

type tallied struct {
	source, destination string
	family              reach.Family
}

// tally compares the sums by group with the answers about every pair.
func (t *trial) tally() {
	traffic := t.traffic()
	t.tallyOf(traffic, false)
	t.tallyOf(traffic, true)
}

func (t *trial) tallyOf(traffic packet.Set, brief bool) {
	all := t.network.Interfaces.All()
	labels := func(i *network.Interface) []string { return i.Groups }
	inside, outside := t.engine.Interfaces(all...), t.engine.Internet()
	got := map[tallied]sums{}
	add := func(cells []reach.Cell, name func(*reach.Cell)) {
		for _, c := range cells {
			name(&c)
			for _, family := range []reach.Family{reach.IPv4, reach.IPv6} {
				if c.Family == reach.AnyFamily || c.Family == family {
					for _, v := range verdicts {
						at(got, tallied{c.Source, c.Destination, family}).add(v, c.Outcome.Set(v))
					}
				}
			}
		}
	}
	add(t.engine.Tally(reach.Question{Sources: inside.Join(outside), Destinations: inside, Traffic: traffic, Brief: brief}, labels, labels), func(c *reach.Cell) {
		if c.Outside != nil {
			c.Source = "outside"
		}
	})
	add(t.engine.Tally(reach.Question{Sources: inside, Destinations: outside, Traffic: traffic, Brief: brief}, labels, labels), func(c *reach.Cell) { c.Destination = "outside" })

	// what the pairs say: by label, and as the tally leaves out what never arrives, by address of the destination and by outside class
	type key struct {
		tallied
		public  bool
		outside netip.Addr
	}
	one := map[key]sums{}
	optional := map[tallied]packet.Set{} // what may be left out: anybody on the internet fares alike
	ask := func(from, to reach.Ends) []reach.Part {
		return t.engine.Can(reach.Question{Sources: from, Destinations: to, Traffic: traffic})
	}
	tell := func(sources, destinations []string, parts []reach.Part, anybody map[reach.Family]packet.Set) {
		for _, p := range parts {
			for _, source := range p.Sources {
				for _, destination := range p.Destinations {
					public := destination.Interface != nil && memberOf(destination).public
					k := key{public: public}
					if source.Interface == nil {
						k.outside = source.Address
					} else if destination.Interface == nil {
						k.outside = destination.Address
					}
					for _, a := range sources {
						for _, b := range destinations {
							k.tallied = tallied{a, b, p.Family}
							at(one, k).add(p.Verdict, p.Traffic)
							if brief && (public || p.Family == reach.IPv6) {
								optional[k.tallied] = optional[k.tallied].Union(anybody[p.Family])
							}
						}
					}
				}
			}
		}
	}
	out := []string{"outside"}
	for _, to := range all {
		fromOutside := ask(outside, t.engine.Interfaces(to))
		tell(out, to.Groups, fromOutside, nil)
		anybody := arrivesFromAll(fromOutside)
		for _, from := range all {
			if from != to {
				tell(from.Groups, to.Groups, ask(t.engine.Interfaces(from), t.engine.Interfaces(to)), anybody)
			}
		}
		tell(to.Groups, out, ask(t.engine.Interfaces(to), outside), nil)
	}
	want := map[tallied]sums{}
	for k, s := range one {
		if s.arrives() {
			for v, set := range s {
				at(want, k.tallied).add(v, set)
			}
		}
	}
	var keys []tallied
	for k := range want {
		keys = append(keys, k)
	}
	for k := range got {
		if want[k] == nil {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b tallied) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.destination, b.destination), cmp.Compare(a.family, b.family))
	})
	for _, k := range keys {
		for _, v := range verdicts {
			t.packets++
			may := optional[k]
			if v == reach.Unreachable && may != packet.None {
				may = packet.All // where pairs are left out it is not told which
			}
			told := got[k][v]
			if v == reach.Unreachable {
				told = told.Subtract(may)
			}
			if want[k][v].Covers(told) && got[k][v].Union(may).Covers(want[k][v]) {
				continue
			}
			t.fail("from %s to %s, family %d, %s: the tally says %s for %s, the pairs %s\nMISMATCH tally %s", k.source, k.destination, k.family, traffic, v, got[k][v], want[k][v], v)
			return
		}
	}
}

func at[K comparable](all map[K]sums, k K) sums {
	if all[k] == nil {
		all[k] = sums{}
	}
	return all[k]
}

// arrivesFromAll is what may arrive at some address of an interface from every outside class.
func arrivesFromAll(parts []reach.Part) map[reach.Family]packet.Set {
	type way struct {
		family   reach.Family
		from, to netip.Addr
	}
	arrives := map[way]packet.Set{}
	for _, p := range parts {
		for _, source := range p.Sources {
			for _, destination := range p.Destinations {
				k := way{p.Family, source.Address, destination.Address}
				arrives[k] = arrives[k].Union(packet.None)
				if p.Verdict != reach.Unreachable {
					arrives[k] = arrives[k].Union(p.Traffic)
				}
			}
		}
	}
	type address struct {
		family reach.Family
		to     netip.Addr
	}
	everywhere := map[address]packet.Set{}
	for k, set := range arrives {
		a := address{k.family, k.to}
		if all, ok := everywhere[a]; ok {
			set = set.Intersect(all)
		}
		everywhere[a] = set
	}
	some := map[reach.Family]packet.Set{}
	for a, set := range everywhere {
		some[a.family] = some[a.family].Union(set)
	}
	return some
}

var verdicts = []reach.Verdict{reach.Reachable, reach.OneWay, reach.Unreachable, reach.Unknown}

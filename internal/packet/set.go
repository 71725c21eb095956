package packet

import (
	"encoding/binary"
	"sync"
	"unique"
)

// Protocol numbers (IANA).
const (
	ICMP   = 1
	TCP    = 6
	UDP    = 17
	ICMPv6 = 58
)

// Span is an interval of numbers, both ends included.
type Span struct{ Low, High uint16 }

// Contains tells whether n is in the interval.
func (s Span) Contains(n uint16) bool { return s.Low <= n && n <= s.High }

// Box is a product of intervals: the brick that sets are made of.
//
// First is the server port of TCP and UDP, the type of ICMP; Second is the client port, or the code. Both are 0-0 for every
// other protocol.
type Box struct {
	Protocols     Span
	First, Second Span
}

// Set is a set of headers in canonical form. Compare with ==: a set is kept once, whoever made it.
type Set struct{ boxes unique.Handle[string] }

// text is the boxes, one after the other.
func (s Set) text() string {
	if s == None {
		return ""
	}
	return s.boxes.Value()
}

const boxSize = 12

func (s Set) len() int { return len(s.text()) / boxSize }

func (s Set) box(i int) Box {
	b := s.text()[i*boxSize : (i+1)*boxSize]
	at := func(k int) uint16 { return uint16(b[k])<<8 | uint16(b[k+1]) }
	return Box{Span{at(0), at(2)}, Span{at(4), at(6)}, Span{at(8), at(10)}}
}

// Boxes lists the boxes of the canonical form: disjoint, sorted by protocol, first field, second field.
func (s Set) Boxes() []Box {
	all := make([]Box, s.len())
	for i := range all {
		all[i] = s.box(i)
	}
	return all
}

// None is the empty set, and All holds every header.
var (
	None = Set{}
	All  = all()
)

// lanes are the intervals of protocols with headers of one form.
var lanes = [...]Box{
	{Span{0, 0}, Span{}, Span{}},
	{Span{ICMP, ICMP}, Span{0, 255}, Span{0, 255}},
	{Span{2, 5}, Span{}, Span{}},
	{Span{TCP, TCP}, Span{0, 65535}, Span{0, 65535}},
	{Span{7, 16}, Span{}, Span{}},
	{Span{UDP, UDP}, Span{0, 65535}, Span{0, 65535}},
	{Span{18, 57}, Span{}, Span{}},
	{Span{ICMPv6, ICMPv6}, Span{0, 255}, Span{0, 255}},
	{Span{59, 255}, Span{}, Span{}},
}

func all() Set {
	var b builder
	for _, lane := range lanes {
		b.add(lane)
	}
	return b.set()
}

// builder writes boxes that come in order.
type builder struct{ buffer []byte }

// builders are those that nobody uses at the moment: a result is built in one before it is known whether it is new.
var builders = sync.Pool{New: func() any { return new(builder) }}

func (b *builder) add(box Box) {
	for _, n := range [...]uint16{box.Protocols.Low, box.Protocols.High, box.First.Low, box.First.High, box.Second.Low, box.Second.High} {
		b.buffer = binary.BigEndian.AppendUint16(b.buffer, n)
	}
}

func (b *builder) set(like ...Set) Set {
	for _, each := range like {
		if string(b.buffer) == each.text() { // compares without allocating
			return each
		}
	}
	if len(b.buffer) == 0 {
		return None
	}
	return Set{unique.Make(string(b.buffer))}
}

// Of is the set of the headers in a box. Fields that the protocol does not have are ignored, and a box over several protocols
// has whole fields only.
func Of(box Box) Set {
	var b builder
	for _, lane := range lanes {
		p := clip(lane.Protocols, box.Protocols)
		if p.Low > p.High {
			continue
		}
		each := Box{p, lane.First, lane.Second}
		if lane.First.High != 0 && lane.Protocols.Low == lane.Protocols.High {
			each.First, each.Second = clip(lane.First, box.First), clip(lane.Second, box.Second)
			if each.First.Low > each.First.High || each.Second.Low > each.Second.High {
				continue
			}
		}
		b.add(each)
	}
	return b.set(All)
}

func clip(a, b Span) Span { return Span{max(a.Low, b.Low), min(a.High, b.High)} }

var every = Span{0, 65535}

// Protocol is every header of a protocol; -1 is every protocol.
func Protocol(number int) Set {
	if number < 0 {
		return All
	}
	return Of(Box{Span{uint16(number), uint16(number)}, every, every})
}

// Ports is every header of TCP or UDP with a server port from low to high.
func Ports(protocol int, low, high uint16) Set {
	return Of(Box{Span{uint16(protocol), uint16(protocol)}, Span{low, high}, every})
}

// Type is every header of ICMP or ICMPv6 with a type and code; -1 is any.
func Type(protocol, kind, code int) Set {
	first, second := every, every
	if kind >= 0 {
		first = Span{uint16(kind), uint16(kind)}
		if code >= 0 {
			second = Span{uint16(code), uint16(code)}
		}
	}
	return Of(Box{Span{uint16(protocol), uint16(protocol)}, first, second})
}

// Clients is every header whose client port is from low to high, and every header of a protocol without ports.
func Clients(low, high uint16) Set {
	if low == 0 && high == 65535 {
		return All
	}
	var b builder
	for _, lane := range lanes {
		if lane.First.High == 65535 {
			lane.Second = Span{low, high}
		}
		b.add(lane)
	}
	return b.set()
}

// Rule is what the protocol and the range of a security group rule or a network ACL entry match: -1 is any protocol, any port,
// any type, any code. Protocols other than TCP, UDP, ICMP and ICMPv6 ignore the range (semantics SG-8, NACL-5).
func Rule(protocol, from, to int) Set {
	switch protocol {
	case TCP, UDP:
		if from < 0 {
			return Protocol(protocol)
		}
		if to < 0 {
			to = from
		}
		return Ports(protocol, uint16(from), uint16(to))
	case ICMP, ICMPv6:
		return Type(protocol, from, to)
	}
	return Protocol(protocol)
}

// IsEmpty tells whether the set has no header.
func (s Set) IsEmpty() bool { return s == None }

// Intersect is the set of the headers in both.
func (s Set) Intersect(t Set) Set {
	switch {
	case s == t || t == All || s.IsEmpty():
		return s
	case s == All || t.IsEmpty():
		return t
	}
	return combine(s, t, func(a, b bool) bool { return a && b })
}

// Union is the set of the headers in either.
func (s Set) Union(t Set) Set {
	switch {
	case s == t || s == All || t.IsEmpty():
		return s
	case t == All || s.IsEmpty():
		return t
	}
	return combine(s, t, func(a, b bool) bool { return a || b })
}

// Subtract is the set of the headers in s that are not in t.
func (s Set) Subtract(t Set) Set {
	switch {
	case s == t || t == All || s.IsEmpty():
		return None
	case t.IsEmpty():
		return s
	}
	return combine(s, t, func(a, b bool) bool { return a && !b })
}

// Covers tells whether every header of t is in s.
func (s Set) Covers(t Set) bool { return s == All || s == t || t.Subtract(s).IsEmpty() }

// Overlaps tells whether some header is in both.
func (s Set) Overlaps(t Set) bool { return !s.Intersect(t).IsEmpty() }

// section is the part of a set with one interval of protocols, or of protocols and first fields: boxes from low to below high.
type section struct {
	set       Set
	low, high int
}

func (s section) empty() bool { return s.low == s.high }

// combine applies a boolean function to two sets, one interval of the protocols after the other.
func combine(s, t Set, f func(a, b bool) bool) Set {
	out := builders.Get().(*builder)
	defer builders.Put(out)
	out.buffer = out.buffer[:0]
	field := func(b Box) Span { return b.Protocols }
	last := Box{}
	sweep(section{s, 0, s.len()}, section{t, 0, t.len()}, field, func(p Span, x, y section) {
		before := len(out.buffer)
		planes(p, x, y, f, out)
		// Neighbours without fields are one interval: lanes end where headers have another form, so nothing else merges.
		if before >= boxSize && len(out.buffer) == before+boxSize && last.Protocols.High+1 == p.Low && fieldless(last.Protocols.High) && fieldless(p.Low) {
			out.buffer = out.buffer[:before]
			binary.BigEndian.PutUint16(out.buffer[before-boxSize+2:], p.High)
			last.Protocols.High = p.High
			return
		}
		if len(out.buffer) > before {
			last = Box{Protocols: p}
		}
	})
	return out.set(s, t)
}

func fieldless(protocol uint16) bool {
	return protocol != ICMP && protocol != TCP && protocol != UDP && protocol != ICMPv6
}

// sweep calls visit for every interval of a field in which neither section changes and at least one has boxes, in order.
func sweep(x, y section, field func(Box) Span, visit func(at Span, x, y section)) {
	next := 0 // every number below is done
	for {
		x.low, y.low = skip(x, field, next), skip(y, field, next)
		if x.empty() && y.empty() {
			return
		}
		inX, startX, endX := group(x, field, next)
		inY, startY, endY := group(y, field, next)
		start := min(startX, startY)
		end := 1 << 17
		for _, edge := range [...]int{startX, startY, endX, endY} {
			if edge > start {
				end = min(end, edge)
			}
		}
		if startX > start {
			inX = section{x.set, x.low, x.low}
		}
		if startY > start {
			inY = section{y.set, y.low, y.low}
		}
		visit(Span{uint16(start), uint16(end - 1)}, inX, inY)
		next = end
	}
}

// skip is the first box of a section whose field does not end below next.
func skip(s section, field func(Box) Span, next int) int {
	i := s.low
	for i < s.high && int(field(s.set.box(i)).High) < next {
		i++
	}
	return i
}

// group is the run of boxes with the interval of the first box of a section, and that interval, cut at next and half open. An
// empty section has its interval beyond all others.
func group(s section, field func(Box) Span, next int) (run section, start, end int) {
	if s.empty() {
		return s, 1 << 17, 1 << 17
	}
	at := field(s.set.box(s.low))
	i := s.low + 1
	for i < s.high && field(s.set.box(i)) == at {
		i++
	}
	return section{s.set, s.low, i}, max(int(at.Low), next), int(at.High) + 1
}

// planes combines two sections of one interval of protocols, slab by slab.
func planes(p Span, x, y section, f func(a, b bool) bool, out *builder) {
	start := -1 // where the last slab starts in the buffer
	var last Span
	sweep(x, y, func(b Box) Span { return b.First }, func(at Span, x, y section) {
		before := len(out.buffer)
		lines(p, at, x, y, f, out)
		if start >= 0 && int(last.High)+1 == int(at.Low) && sameLines(out.buffer[start:before], out.buffer[before:]) {
			out.buffer = out.buffer[:before]
			for i := start; i < before; i += boxSize {
				binary.BigEndian.PutUint16(out.buffer[i+6:], at.High)
			}
			last.High = at.High
			return
		}
		if len(out.buffer) > before {
			start, last = before, at
		}
	})
}

// sameLines tells whether two slabs have the same second fields.
func sameLines(a, b []byte) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for i := 0; i < len(a); i += boxSize {
		if string(a[i+8:i+boxSize]) != string(b[i+8:i+boxSize]) {
			return false
		}
	}
	return true
}

// lines combines two sections of one slab, and writes what comes out.
func lines(p, first Span, x, y section, f func(a, b bool) bool, out *builder) {
	var open *Span
	var current Span
	flush := func() {
		if open != nil {
			out.add(Box{p, first, current})
			open = nil
		}
	}
	sweep(x, y, func(b Box) Span { return b.Second }, func(at Span, x, y section) {
		if !f(!x.empty(), !y.empty()) {
			return
		}
		if open != nil && int(current.High)+1 == int(at.Low) {
			current.High = at.High
			return
		}
		flush()
		current = at
		open = &current
	})
	flush()
}

// Key is the set as a string: the same for the same set, and for nothing else.
func (s Set) Key() string { return s.text() }

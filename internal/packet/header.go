package packet

// Header is one packet's header, addresses aside. See [Box] for the fields.
type Header struct {
	Protocol      uint16
	First, Second uint16
}

// Contains tells whether a header is in the set.
func (s Set) Contains(h Header) bool {
	for i := range s.len() {
		b := s.box(i)
		if b.Protocols.Contains(h.Protocol) && b.First.Contains(h.First) && b.Second.Contains(h.Second) {
			return true
		}
	}
	return false
}

// Pick is a header of the set, the same for the same set: that of the best known protocol, with the lowest server port above 0
// and, where it can, the first dynamic client port (49152, RFC 6335). The set must not be empty.
func (s Set) Pick() Header {
	best, rank := Header{}, 1<<30
	for i := range s.len() {
		b := s.box(i)
		h := Header{b.Protocols.Low, b.First.Low, b.Second.Low}
		order := 5 + i
		switch b.Protocols.Low {
		case TCP, UDP:
			if h.First == 0 && b.First.High > 0 {
				h.First = 1
			}
			switch {
			case b.Second.Contains(49152):
				h.Second = 49152
			case b.Second.Contains(1024):
				h.Second = 1024
			}
			order = 1
			if b.Protocols.Low == UDP {
				order = 2
			}
			if h.First == 0 {
				order += 100
			}
		case ICMP, ICMPv6:
			if echo := echoType(b.Protocols.Low); b.First.Contains(echo) { // what people call a ping
				h.First = echo
			}
			order = 3
		}
		if order < rank {
			best, rank = h, order
		}
	}
	return best
}

func echoType(protocol uint16) uint16 {
	if protocol == ICMPv6 {
		return 128
	}
	return 8
}

// answers maps the types of ICMP queries to those of their answers (RFC 792, RFC 950, RFC 4443).
var answers = []struct{ protocol, query, answer uint16 }{
	{ICMP, 8, 0}, {ICMP, 13, 14}, {ICMP, 15, 16}, {ICMP, 17, 18}, {ICMPv6, 128, 129},
}

// Reply is the header of the packet that answers, seen by a filter on its way: its destination port is the client port. An ICMP
// query is answered by its answer, with the same code; what has none is taken to be answered by itself, so that a filter which stops it stops both.
func (h Header) Reply() Header {
	switch h.Protocol {
	case TCP, UDP:
		return Header{h.Protocol, h.Second, h.First}
	}
	for _, a := range answers {
		if h.Protocol == a.protocol && h.First == a.query {
			return Header{h.Protocol, a.answer, h.Second}
		}
	}
	return h
}

// Answered turns what a filter admits into the connections whose replies it admits: { h | h.Reply() ∈ s }.
func (s Set) Answered() Set {
	if s == All {
		return s
	}
	out := None
	for i := range s.len() {
		b := s.box(i)
		if b.Protocols.Low == TCP || b.Protocols.Low == UDP {
			b.First, b.Second = b.Second, b.First
		}
		out = out.Union(Of(b))
	}
	for _, a := range answers {
		out = out.Subtract(Type(int(a.protocol), int(a.query), -1))
		admitted := s.Intersect(Type(int(a.protocol), int(a.answer), -1))
		for i := range admitted.len() {
			b := admitted.box(i)
			b.First = Span{a.query, a.query}
			out = out.Union(Of(b))
		}
	}
	return out
}

// AllClients is the set of the headers whose every client port from low to high is in s, and SomeClients of those with at least
// one; protocols without ports are as in s. Neither says anything of the client port any more.
func (s Set) AllClients(low, high uint16) Set  { return s.project(low, high, true) }
func (s Set) SomeClients(low, high uint16) Set { return s.project(low, high, false) }

func (s Set) project(low, high uint16, every bool) Set {
	out := None
	for _, slab := range s.Slabs() {
		b := slab.Boxes[0]
		if b.Protocols.Low != TCP && b.Protocols.Low != UDP {
			for _, b := range slab.Boxes {
				out = out.Union(Of(b))
			}
			continue
		}
		holds := false
		for _, b := range slab.Boxes {
			if every {
				holds = holds || b.Second.Low <= low && high <= b.Second.High
			} else {
				holds = holds || b.Second.Low <= high && low <= b.Second.High
			}
		}
		if holds {
			b.Second = Span{0, 65535}
			out = out.Union(Of(b))
		}
	}
	return out
}

// Slab is a part of a set: the boxes with one interval of protocols and one interval of the first field.
type Slab struct {
	Boxes []Box
}

// Seconds are the intervals of the second field.
func (s Slab) Seconds() []Span {
	spans := make([]Span, len(s.Boxes))
	for i, b := range s.Boxes {
		spans[i] = b.Second
	}
	return spans
}

// Slabs lists the slabs of the canonical form.
func (s Set) Slabs() []Slab {
	var slabs []Slab
	boxes := s.Boxes()
	for i := 0; i < len(boxes); {
		j := i + 1
		for j < len(boxes) && boxes[j].Protocols == boxes[i].Protocols && boxes[j].First == boxes[i].First {
			j++
		}
		slabs = append(slabs, Slab{boxes[i:j]})
		i = j
	}
	return slabs
}

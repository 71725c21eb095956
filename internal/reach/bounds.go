package reach

import "github.com/watertight/watertight/internal/packet"

// bounds are what a filter does to headers: those in must surely pass, those outside may surely do not. must ⊆ may.
type bounds struct{ must, may packet.Set }

var (
	open    = bounds{packet.All, packet.All}
	shut    = bounds{packet.None, packet.None}
	unclear = bounds{packet.None, packet.All}
)

func exactly(s packet.Set) bounds { return bounds{s, s} }

func (b bounds) and(c bounds) bounds {
	return bounds{b.must.Intersect(c.must), b.may.Intersect(c.may)}
}

func (b bounds) or(c bounds) bounds {
	return bounds{b.must.Union(c.must), b.may.Union(c.may)}
}

func (b bounds) answered() bounds { return bounds{b.must.Answered(), b.may.Answered()} }

// verdicts splits a set of headers by what is true of them, given what passes on the way there and on the way back.
func verdicts(asked packet.Set, request, reply bounds) Outcome {
	var o Outcome
	delivered := asked.Intersect(request.must)
	o.Reachable = delivered.Intersect(reply.must)
	o.OneWay = delivered.Subtract(reply.may)
	o.Unreachable = asked.Subtract(request.may)
	o.Unknown = asked.Subtract(o.Reachable).Subtract(o.OneWay).Subtract(o.Unreachable)
	return o
}

// Set is the headers that some connection has a verdict for.
func (o Outcome) Set(v Verdict) packet.Set {
	switch v {
	case Reachable:
		return o.Reachable
	case OneWay:
		return o.OneWay
	case Unreachable:
		return o.Unreachable
	}
	return o.Unknown
}

// Or sums up two outcomes.
func (o Outcome) Or(p Outcome) Outcome {
	return Outcome{o.Reachable.Union(p.Reachable), o.OneWay.Union(p.OneWay), o.Unreachable.Union(p.Unreachable), o.Unknown.Union(p.Unknown)}
}

// memo remembers what an operation made of two sets: a session does the same with the same two again and again.
type memo map[[2]packet.Set]packet.Set

func (m memo) of(a, b packet.Set, operation func(a, b packet.Set) packet.Set) packet.Set {
	if a == b || a == packet.None || b == packet.None || b == packet.All {
		return operation(a, b) // it takes no work
	}
	key := [2]packet.Set{a, b}
	c, ok := m[key]
	if !ok {
		c = operation(a, b)
		m[key] = c
	}
	return c
}

func (s *session) and(a, b packet.Set) packet.Set {
	if a == packet.All {
		return b
	}
	return s.ands.of(a, b, packet.Set.Intersect)
}

func (s *session) plus(a, b packet.Set) packet.Set {
	if a == packet.All {
		return a
	}
	return s.ors.of(a, b, packet.Set.Union)
}

func (s *session) less(a, b packet.Set) packet.Set { return s.lesses.of(a, b, packet.Set.Subtract) }

func (s *session) both(a, b bounds) bounds { return bounds{s.and(a.must, b.must), s.and(a.may, b.may)} }

// natPorts are what passes a filter behind a NAT gateway with every client port that the gateway may use, and with some (NAT-1).
func (s *session) natPorts(b bounds) (every, some bounds) {
	p, ok := s.projected[b]
	if !ok {
		p = [2]bounds{
			{b.must.AllClients(natLow, natHigh), b.may.AllClients(natLow, natHigh)},
			{b.must.SomeClients(natLow, natHigh), b.may.SomeClients(natLow, natHigh)},
		}
		s.projected[b] = p
	}
	return p[0], p[1]
}

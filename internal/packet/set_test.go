package packet

import (
	"testing"

	"pgregory.net/rapid"
)

// headers holds a header from every side of every edge that the generator draws from.
var edges = []uint16{0, 1, 7, 8, 9, 13, 14, 22, 23, 80, 81, 443, 1023, 1024, 32768, 49152, 65534, 65535}

func headers() []Header {
	var all []Header
	for _, p := range []uint16{0, 1, 2, 5, 6, 7, 16, 17, 18, 47, 57, 58, 59, 255} {
		if fieldless(p) {
			all = append(all, Header{Protocol: p})
			continue
		}
		for _, a := range edges {
			for _, b := range edges {
				if p == TCP || p == UDP || a <= 255 && b <= 255 {
					all = append(all, Header{p, a, b})
				}
			}
		}
	}
	return all
}

func drawSet(t *rapid.T, name string) Set {
	out := None
	for range rapid.IntRange(0, 5).Draw(t, name) {
		span := func(from []uint16) Span {
			a, b := rapid.SampledFrom(from).Draw(t, "edge"), rapid.SampledFrom(from).Draw(t, "edge")
			return Span{min(a, b), max(a, b)}
		}
		box := Box{span([]uint16{0, 1, 2, 5, 6, 7, 16, 17, 18, 47, 57, 58, 59, 255}), span(edges), span(edges)}
		if rapid.Bool().Draw(t, "one protocol") {
			box.Protocols.High = box.Protocols.Low
		}
		if rapid.IntRange(0, 3).Draw(t, "subtract") == 0 {
			out = out.Subtract(Of(box))
		} else {
			out = out.Union(Of(box))
		}
	}
	return out
}

// canonical checks what the package comment promises of the form of a set.
func canonical(t *rapid.T, s Set) {
	again := None
	boxes := s.Boxes()
	for i := len(boxes) - 1; i >= 0; i-- {
		again = again.Union(Of(boxes[i]))
	}
	if again != s {
		t.Fatalf("%v put together again from its boxes is %v", s, again)
	}
}

func TestSetsAreSets(t *testing.T) {
	space := headers()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSet(t, "a"), drawSet(t, "b")
		and, or, less, answered := a.Intersect(b), a.Union(b), a.Subtract(b), a.Answered()
		every, some := a.AllClients(1024, 65535), a.SomeClients(1024, 65535)
		for _, s := range []Set{a, b, and, or, less, answered, every, some} {
			canonical(t, s)
		}
		if (and == a) != b.Covers(a) || and.IsEmpty() == a.Overlaps(b) {
			t.Fatalf("cover or overlap of %v and %v", a, b)
		}
		if less.Union(and) != a || or.Subtract(b) != less {
			t.Fatalf("%v and %v do not add up", a, b)
		}
		for _, h := range space {
			x, y := a.Contains(h), b.Contains(h)
			if and.Contains(h) != (x && y) || or.Contains(h) != (x || y) || less.Contains(h) != (x && !y) {
				t.Fatalf("%v in %v: %v, in %v: %v; and %v, or %v, less %v", h, a, x, b, y, and.Contains(h), or.Contains(h), less.Contains(h))
			}
			if answered.Contains(h) != a.Contains(h.Reply()) {
				t.Fatalf("%v is answered by %v, and %v becomes %v", h, h.Reply(), a, answered)
			}
			if h.Protocol == TCP && h.Second >= 1024 {
				if every.Contains(h) && !x || x && !some.Contains(h) {
					t.Fatalf("%v: all clients of %v are %v, some are %v", h, a, every, some)
				}
			}
		}
		if !a.IsEmpty() && !a.Contains(a.Pick()) {
			t.Fatalf("%v picked from %v", a.Pick(), a)
		}
		for _, p := range a.Products() {
			if !a.Covers(p.Set()) {
				t.Fatalf("%v is not in %v", p, a)
			}
		}
	})
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		protocol, from, to int
		want               string
	}{
		{-1, -1, -1, "any"},
		{-1, 80, 80, "any"}, // SG-8: every protocol, whatever the ports
		{6, 443, 443, "tcp 443"},
		{6, -1, -1, "tcp"},
		{6, 0, 65535, "tcp"},
		{17, 53, 54, "udp 53-54"},
		{1, 8, -1, "icmp type 8"},
		{1, 3, 4, "icmp type 3 code 4"},
		{1, -1, -1, "icmp"},
		{58, 128, 0, "icmpv6 type 128 code 0"},
		{47, 80, 80, "protocol 47"}, // SG-8: ports are ignored
	} {
		if got := Rule(c.protocol, c.from, c.to).String(); got != c.want {
			t.Errorf("Rule(%d, %d, %d) is %q, want %q", c.protocol, c.from, c.to, got, c.want)
		}
	}
}

func TestNothingIsAllocatedWhereSetsContainEachOther(t *testing.T) {
	web, wide, clients := Ports(TCP, 443, 443), Ports(TCP, 0, 1023), Clients(1024, 65535)
	for name, f := range map[string]func() Set{
		"intersect":       func() Set { return web.Intersect(wide) },
		"union":           func() Set { return wide.Union(web) },
		"with everything": func() Set { return All.Intersect(clients) },
		"subtract":        func() Set { return web.Subtract(wide) },
	} {
		if n := testing.AllocsPerRun(100, func() { f() }); n > 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkIntersect(b *testing.B) {
	web, clients := Ports(TCP, 443, 443).Union(Ports(TCP, 80, 80)), Clients(1024, 65535)
	for b.Loop() {
		web.Intersect(clients)
	}
}

package packet

import (
	"slices"
	"strconv"
	"strings"
)

// Product is a part of a set that is a protocol × a set of first fields × a set of second fields, as people write it.
type Product struct {
	Protocols Span
	First     []Span
	Second    []Span
}

// Products cuts a set into few products: slabs with the same second field are put together.
func (s Set) Products() []Product {
	var out []Product
	for _, slab := range s.Slabs() {
		seconds := slab.Seconds()
		b := slab.Boxes[0]
		i := slices.IndexFunc(out, func(p Product) bool { return p.Protocols == b.Protocols && slices.Equal(p.Second, seconds) })
		if i < 0 {
			out = append(out, Product{b.Protocols, nil, seconds})
			i = len(out) - 1
		}
		out[i].First = append(out[i].First, b.First)
	}
	return out
}

// Set is the product as a set.
func (p Product) Set() Set {
	out := None
	for _, f := range p.First {
		for _, s := range p.Second {
			out = out.Union(Of(Box{p.Protocols, f, s}))
		}
	}
	return out
}

// FormatSpans writes intervals as "22,80,8000-8100".
func FormatSpans(spans []Span) string {
	words := make([]string, len(spans))
	for i, s := range spans {
		words[i] = strconv.Itoa(int(s.Low))
		if s.High > s.Low {
			words[i] += "-" + strconv.Itoa(int(s.High))
		}
	}
	return strings.Join(words, ",")
}

// ProtocolName is the name of a protocol as the command line takes it: "tcp", "udp", "icmp", "icmpv6", or the number.
func ProtocolName(number int) string {
	switch number {
	case -1:
		return "any"
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case ICMP:
		return "icmp"
	case ICMPv6:
		return "icmpv6"
	}
	return strconv.Itoa(number)
}

// String is for people and for tests: "tcp 443; udp 53 from 1024-65535; icmp type 8". Client ports are given where they are limited.
func (s Set) String() string {
	if s == All {
		return "any"
	}
	if s.IsEmpty() {
		return "none"
	}
	var words []string
	for _, p := range s.Products() {
		word := ProtocolName(int(p.Protocols.Low))
		if p.Protocols.High > p.Protocols.Low {
			word = strconv.Itoa(int(p.Protocols.Low)) + "-" + strconv.Itoa(int(p.Protocols.High))
		}
		first, second := FormatSpans(p.First), FormatSpans(p.Second)
		switch p.Protocols.Low {
		case TCP, UDP:
			if first != "0-65535" {
				word += " " + first
			}
			if second != "0-65535" {
				word += " from " + second
			}
		case ICMP, ICMPv6:
			if first != "0-255" {
				word += " type " + first
			}
			if second != "0-255" {
				word += " code " + second
			}
		default:
			if p.Protocols.High == p.Protocols.Low {
				word = "protocol " + word
			} else {
				word = "protocols " + word
			}
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ")
}

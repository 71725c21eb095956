package compile

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/watertight/watertight/internal/intent"
)

// span is an interval of what a rule can name besides addresses. All of it lies on one line, so that intervals are all there is:
//
//	tcp 0 ... tcp 65535 | udp 0 ... udp 65535 | icmp | all other protocols
//
// An entry of an ACL can name an interval inside of one lane, or the whole line.
type span struct{ low, high int }

const (
	ports = 1 << 16
	icmp  = 2 * ports
	end   = icmp + 2
)

var (
	lanes    = [...]span{{0, ports - 1}, {ports, 2*ports - 1}, {icmp, icmp}, {icmp + 1, icmp + 1}}
	anything = span{0, end - 1}
)

func spanOf(p intent.Port) span {
	switch p.Protocol {
	case "tcp":
		return span{p.From, p.To}
	case "udp":
		return span{ports + p.From, ports + p.To}
	case "icmp":
		return lanes[2]
	}
	return anything
}

func (s span) contains(o span) bool { return s.low <= o.low && o.high <= s.high }

// port is the span as the language has it: the opposite of [spanOf].
func (s span) port() intent.Port {
	switch {
	case s.low < ports && s.high < ports:
		return intent.Port{Protocol: "tcp", From: s.low, To: s.high}
	case s.low < icmp && s.high < icmp:
		return intent.Port{Protocol: "udp", From: s.low - ports, To: s.high - ports}
	case s == lanes[2]:
		return intent.Port{Protocol: "icmp"}
	}
	return intent.Port{Protocol: "any"}
}

func compareSpans(a, b span) int {
	return cmp.Or(cmp.Compare(a.low, b.low), cmp.Compare(b.high, a.high))
}

// key is a port as a part of a name: "tcp-443", "udp-8000-8100", "icmp", "any".
func portKey(p intent.Port) string {
	switch {
	case p.Protocol == "icmp", p.Protocol == "any":
		return p.Protocol
	case p.From == p.To:
		return fmt.Sprintf("%s-%d", p.Protocol, p.From)
	}
	return fmt.Sprintf("%s-%d-%d", p.Protocol, p.From, p.To)
}

// protocol is how AWS calls the protocol of a port.
func protocol(p intent.Port) string {
	if p.Protocol == "any" {
		return "-1"
	}
	return p.Protocol
}

// bound is an end of an interval of ports, as Terraform has it: otherwise is for protocols without ports.
func bound(p intent.Port, n int, otherwise string) string {
	switch p.Protocol {
	case "tcp", "udp":
		return strconv.Itoa(n)
	}
	return otherwise
}

package request

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/intent"
)

// minus are the ports of a list that another one does not have, in the order of the first.
func minus(ports, taken []intent.Port) []intent.Port {
	var rest []intent.Port
	for _, p := range ports {
		left := []intent.Port{p}
		for _, t := range taken {
			var next []intent.Port
			for _, l := range left {
				next = append(next, without(l, t)...)
			}
			left = next
		}
		rest = append(rest, left...)
	}
	return rest
}

// without is what is left of an interval of ports, below and above another one.
func without(p, taken intent.Port) []intent.Port {
	if taken.Protocol == "any" {
		return nil
	}
	if p.Protocol != taken.Protocol || taken.From > p.To || taken.To < p.From {
		return []intent.Port{p}
	}
	var rest []intent.Port
	if p.From < taken.From {
		rest = append(rest, intent.Port{Protocol: p.Protocol, From: p.From, To: taken.From - 1})
	}
	if p.To > taken.To {
		rest = append(rest, intent.Port{Protocol: p.Protocol, From: taken.To + 1, To: p.To})
	}
	return rest
}

// union puts ports together: sorted, without overlaps, and with intervals that touch as one.
func union(ports []intent.Port) []intent.Port {
	ports = slices.Clone(ports)
	slices.SortFunc(ports, func(a, b intent.Port) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	var all []intent.Port
	for _, p := range ports {
		if last := len(all) - 1; last >= 0 && all[last].Protocol == p.Protocol && p.From <= all[last].To+1 {
			all[last].To = max(all[last].To, p.To)
		} else {
			all = append(all, p)
		}
	}
	return all
}

// words are ports as the language writes them.
func words(ports []intent.Port) []string {
	list := make([]string, len(ports))
	for i, p := range ports {
		list[i] = p.String()
	}
	return list
}

// split takes the port off a destination: "cache-redis:6379", "10.0.0.5/32:53", "api.example.com:443". That of "tier:data" is no port.
func split(destination string) (name, port string) {
	i := strings.LastIndexByte(destination, ':')
	if i < 0 || destination[:i] == "tier" || strings.HasSuffix(destination[:i], "/tier") {
		return destination, ""
	}
	return destination[:i], destination[i+1:]
}

// asked are the ports of a question, as its words say them: "443", "8000-8100", "53/udp", and the protocol. None: the destination decides, among those of the protocol if
// there is one.
func asked(port, protocol string) (ports []intent.Port, of string, err error) {
	port, behind, both := strings.Cut(port, "/")
	if both && protocol != "" && protocol != behind {
		return nil, "", fmt.Errorf("the protocol is given twice: /%s and --protocol %s", behind, protocol)
	}
	protocol = cmp.Or(behind, protocol)
	switch {
	case !slices.Contains([]string{"", "tcp", "udp", "icmp", "any"}, protocol):
		return nil, "", fmt.Errorf("--protocol %s: it is tcp, udp, icmp or any", protocol)
	case protocol == "icmp" || protocol == "any":
		if port != "" {
			return nil, "", fmt.Errorf("port %s: --protocol %s has no ports", port, protocol)
		}
		return []intent.Port{{Protocol: protocol}}, protocol, nil
	case port == "":
		return nil, protocol, nil
	}
	first, last, interval := strings.Cut(port, "-")
	if !interval {
		last = first
	}
	from, wrong := strconv.ParseUint(first, 10, 16)
	to, wrongToo := strconv.ParseUint(last, 10, 16)
	if wrong != nil || wrongToo != nil || from > to || from == 0 {
		return nil, "", fmt.Errorf("port %s: it is a number from 1 to 65535, or an interval: 8000-8100", port)
	}
	protocol = cmp.Or(protocol, "tcp")
	return []intent.Port{{Protocol: protocol, From: int(from), To: int(to)}}, protocol, nil
}

package text

import (
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

const (
	everyPort    = "1-65535"
	usualClients = "1024-65535" // V-1
)

// asked are the words for what a question is about.
func asked(q report.Question) string {
	words := q.Protocol
	switch {
	case q.Protocol == "any":
		words = "any protocol"
		if q.Ports != "" && q.Ports != everyPort {
			words += ", tcp and udp port " + q.Ports
		}
	case q.Ports == everyPort:
		words += ", any port"
	case q.Ports != "":
		words += " " + q.Ports
	case q.ICMPType != "":
		words += " type " + q.ICMPType
	case number(q.Protocol):
		words = "protocol " + words
	}
	if q.ClientPorts != "" && q.ClientPorts != usualClients {
		words += " from port " + q.ClientPorts
	}
	if q.Family != "any" {
		words += ", " + q.Family
	}
	return words
}

func number(protocol string) bool {
	return protocol != "" && strings.Trim(protocol, "0123456789-") == ""
}

// sum are the words for several sets of headers: those of one protocol are put together.
func sum(list []report.Traffic, q report.Question) string {
	if everything(list, q) {
		return "any protocol"
	}
	var order []string
	words := map[string]string{}
	ports := map[string]string{}
	var others []string
	for _, t := range list {
		switch {
		case number(t.Protocol):
			others = append(others, t.Protocol)
			continue
		case t.Ports != "" && sameClients(t, q):
			if _, ok := ports[t.Protocol]; !ok {
				order = append(order, t.Protocol)
				ports[t.Protocol] = t.Ports
			} else {
				ports[t.Protocol] += "," + t.Ports
			}
			continue
		}
		key := t.Protocol + t.Ports + t.ClientPorts + t.ICMPTypes + t.ICMPCodes
		word := t.Protocol
		if t.Ports != "" {
			word = portWords(t.Protocol, t.Ports) + " from client port " + t.ClientPorts
		}
		if t.ICMPTypes != "" {
			word += " type " + t.ICMPTypes
		}
		if t.ICMPCodes != "" {
			word += " code " + t.ICMPCodes
		}
		order = append(order, key)
		words[key] = word
	}
	out := make([]string, 0, len(order)+1)
	for _, key := range order {
		if p, ok := ports[key]; ok {
			out = append(out, portWords(key, p))
		} else {
			out = append(out, words[key])
		}
	}
	switch {
	case len(others) == 1 && others[0] == q.Protocol || len(others) == 1 && len(out) == 0:
		out = append(out, "protocol "+others[0])
	case len(others) > 0 && len(out) > 0:
		out = append(out, "other protocols ("+strings.Join(others, ",")+")")
	case len(others) > 0:
		out = append(out, "protocols "+strings.Join(others, ","))
	}
	return strings.Join(out, "; ")
}

// everything tells whether sets of headers are all that a question about any protocol asks about: every one, on every port.
func everything(list []report.Traffic, q report.Question) bool {
	if q.Protocol != "any" || q.Ports != everyPort {
		return false
	}
	whole := map[string]bool{}
	numbers := 0
	for _, t := range list {
		switch low, high, interval := strings.Cut(t.Protocol, "-"); {
		case number(t.Protocol):
			first, _ := strconv.Atoi(low)
			last := first
			if interval {
				last, _ = strconv.Atoi(high)
			}
			numbers += last - first + 1
		case t.ICMPTypes == "" && t.ICMPCodes == "" && (t.Ports == "" || t.Ports == everyPort && sameClients(t, q)):
			whole[t.Protocol] = true
		}
	}
	return len(whole) == 4 && numbers == 256-4 // parts do not overlap
}

func portWords(protocol, ports string) string {
	if ports == everyPort || ports == "0-65535" {
		return protocol + " any port"
	}
	return protocol + " " + ports
}

// sameClients tells whether a set of headers has all the client ports that were asked about.
func sameClients(t report.Traffic, q report.Question) bool {
	return t.ClientPorts == "" || t.ClientPorts == q.ClientPorts
}

package walker

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// overTCP are the application protocols of rules that the first data of a TCP connection shows, with the kinds of data that they may be. Their rules match
// no handshake.
var overTCP = map[string]map[string]answer{
	"tls":      {"tls": yes},
	"ssl":      {"tls": yes},
	"http":     {"http": yes},
	"http2":    {"http": unsure, "other": unsure},
	"ssh":      {"other": unsure},
	"smtp":     {"other": unsure},
	"ftp":      {"other": unsure},
	"ftp-data": {"other": unsure},
	"smb":      {"other": unsure},
	"imap":     {"other": unsure},
	"msn":      {"other": unsure},
}

// belowPorts are words for protocols that are not, or not only, carried over TCP and UDP, and that are not evaluated.
var belowPorts = []string{"icmpv4", "icmpv6", "ip4", "ipv4", "ip6", "ipv6", "sctp", "pkthdr"}

// matches tells whether a rule of the stateful engine matches a subject (FW-8): by addresses, ports, protocol, direction, flow, and names in data. Any other
// keyword makes it unknown whether it does.
func (f *flow) matches(in scope, r network.StatefulRule, s subject) answer {
	found := every(matchesProtocol(r.Protocol, s), matchesFlow(r.Flow, s))
	for _, n := range r.Names {
		found = every(found, matchesName(n, s))
	}
	if len(r.Unevaluated) > 0 {
		found = every(found, unsure)
	}
	ends := f.matchesEnds(in, r, s.packet)
	if r.Both {
		ends = some(ends, f.matchesEnds(in, r, s.packet.turned()))
	}
	return every(found, ends)
}

// matchesEnds compares both ends of a packet with a rule, in the direction in which the rule is written. What ports mean to a protocol that has none is not
// known.
func (f *flow) matchesEnds(in scope, r network.StatefulRule, p Packet) answer {
	ports := yes
	if p.hasPorts() {
		ports = every(matchesPort(in, r.SourcePorts, p.SourcePort, 0), matchesPort(in, r.DestinationPorts, p.DestinationPort, 0))
	} else if !isAny(r.SourcePorts) || !isAny(r.DestinationPorts) {
		ports = unsure
	}
	return every(f.matchesAddress(in, r.Source, p.Source, 0), f.matchesAddress(in, r.Destination, p.Destination, 0), ports)
}

// turned is the packet with its ends in each other's place.
func (p Packet) turned() Packet {
	p.Source, p.Destination, p.SourcePort, p.DestinationPort = p.Destination, p.Source, p.DestinationPort, p.SourcePort
	return p
}

func isAny(m network.PortMatch) bool { return m.Any && !m.Not }

// matchesProtocol compares the protocol of a rule.
func matchesProtocol(word string, s subject) answer {
	p := s.packet
	switch word {
	case "ip":
		return yes
	case "tcp":
		return when(p.Protocol == TCP)
	case "udp":
		return when(p.Protocol == UDP)
	case "icmp":
		return when(p.Protocol == ICMP || p.Protocol == ICMPv6 && p.Source.Is6())
	}
	if kinds, ok := overTCP[word]; ok {
		if p.Protocol != TCP || s.data == "" {
			return no
		}
		return kinds[s.data]
	}
	if p.hasPorts() || slices.Contains(belowPorts, word) {
		return unsure
	}
	return no
}

// matchesFlow compares the words of a rule's flow option. The first packet goes to the server, and no connection is established yet; its reply goes to the
// client. Data is of an established connection.
func matchesFlow(words []string, s subject) answer {
	found := yes
	for _, w := range words {
		switch w {
		case "established":
			found = every(found, when(s.data != ""))
		case "not_established":
			found = every(found, when(s.data == ""))
		case "to_server", "from_client":
			found = every(found, when(!s.reply))
		case "to_client", "from_server":
			found = every(found, when(s.reply))
		case "stateless":
		default:
			found = every(found, unsure)
		}
	}
	return found
}

// matchesName compares a name in data: the one in the TLS handshake, or the host of an HTTP request (FW-7). Where there is no such data, neither a condition nor
// its negation holds.
func matchesName(m network.NameMatch, s subject) answer {
	kind, ok := map[string]string{"tls.sni": "tls", "http.host": "http"}[m.Buffer]
	switch {
	case !ok:
		return every(when(s.data != ""), unsure)
	case s.data != kind || s.name == "":
		return no
	}
	name, content := strings.ToLower(s.name), strings.ToLower(m.Content)
	if m.DotPrefix {
		name = "." + name
	}
	found := strings.Contains(name, content)
	switch {
	case m.StartsWith && m.EndsWith:
		found = name == content
	case m.StartsWith:
		found = strings.HasPrefix(name, content)
	case m.EndsWith:
		found = strings.HasSuffix(name, content)
	}
	return when(found != m.Not)
}

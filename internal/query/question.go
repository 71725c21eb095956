package query

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/walker"
)

// Question is a question in words. Empty words stand for the defaults.
type Question struct {
	// Source and Destination are selectors. The destination may carry port and protocol: "cache-redis:6379", "10.0.0.5:53/udp",
	// "[2001:db8::5]:443".
	Source, Destination string
	Protocol            string // "tcp" (default), "udp", "icmp", "any" or an IANA number
	Ports               string // "443", "8000-8100"; default 1-65535
	ClientPorts         string // default 1024-65535 (V-1)
	Family              string // "ipv4", "ipv6" or "any" (default)
	ICMPType            string // "8", "3/4"; default any
	// Through, NotThrough and OnlyThrough ask about the way as well: at most one of them. See [report.Traversal].
	Through, NotThrough, OnlyThrough string
}

// ask is a question of the engine: a set of headers in a family.
type ask struct {
	traffic packet.Set
	family  reach.Family
}

// parsed is a question of which only the selectors are still words.
type parsed struct {
	words report.Question
	asks  []ask // disjoint
	// assumptions are what the words left open, and how it was taken.
	assumptions []string
	brief       bool                                 // see reach.Question.Brief
	way         string                               // the flag that asks about the way, as one would type it; empty: none
	low, high   uint16                               // client ports
	walks       map[walker.Question][]walker.Outcome // that were walked: parts of a service may share a packet
}

// families that the asks are about.
func (p parsed) family() reach.Family {
	if len(p.asks) == 1 {
		return p.asks[0].family
	}
	return reach.AnyFamily
}

// parse reads everything of a question but what its selectors stand for.
func (s *Session) parse(q Question) (parsed, error) {
	source, ports, _, err := s.splitPort(q.Source)
	if err != nil {
		return parsed{}, err
	}
	if ports != "" {
		return parsed{}, wrong("%s: a source has no server port. Give the port with the destination (DESTINATION:%s), or the client's own port with --client-port %s", q.Source, ports, ports)
	}
	destination, ports, protocol, err := s.splitPort(q.Destination)
	if err != nil {
		return parsed{}, err
	}
	if ports != "" && q.Ports != "" && ports != q.Ports {
		return parsed{}, wrong("the port is given twice, and differently: %s with the destination, --port %s", ports, q.Ports)
	}
	if protocol != "" && q.Protocol != "" && protocol != strings.ToLower(q.Protocol) {
		return parsed{}, wrong("the protocol is given twice, and differently: %s with the destination, --protocol %s", protocol, q.Protocol)
	}
	if ports == "" {
		ports = q.Ports
	}
	if protocol == "" {
		protocol = strings.ToLower(q.Protocol)
	}
	if protocol == "" {
		protocol = "tcp"
	}
	p := parsed{words: report.Question{Source: source, Destination: destination}, walks: map[walker.Question][]walker.Outcome{}}
	if p.way, err = q.way(); err != nil {
		return parsed{}, err
	}
	if p.words.Family, err = parseFamily(q.Family); err != nil {
		return parsed{}, err
	}
	return p, p.fill(protocol, ports, q.ClientPorts, q.ICMPType)
}

func parseFamily(word string) (string, error) {
	switch word {
	case "", "any":
		return "any", nil
	case "ipv4", "ipv6":
		return word, nil
	}
	return "", wrong("--family %s: it is ipv4, ipv6 or any", word)
}

var families = map[string]reach.Family{"any": reach.AnyFamily, "ipv4": reach.IPv4, "ipv6": reach.IPv6}

// fill sets the traffic.
func (p *parsed) fill(protocol, ports, clients, icmpType string) error {
	number, err := parseProtocol(protocol)
	if err != nil {
		return err
	}
	hasPorts := number == packet.TCP || number == packet.UDP || number < 0
	isICMP := number == packet.ICMP || number == packet.ICMPv6
	if ports != "" && !hasPorts {
		if isICMP {
			return wrong("%s has types instead of ports: use --icmp-type N[/CODE] instead of the port %s", protocol, ports)
		}
		return wrong("protocol %s has no ports: leave the port %s out, or ask with --protocol tcp or udp", protocol, ports)
	}
	if icmpType != "" && !isICMP {
		return wrong("--icmp-type %s needs --protocol icmp", icmpType)
	}
	low, high := uint16(1), uint16(65535)
	if ports != "" {
		if low, high, err = parsePorts("port", ports); err != nil {
			return err
		}
	}
	p.low, p.high = 1024, 65535
	if clients != "" {
		if p.low, p.high, err = parsePorts("client port", clients); err != nil {
			return err
		}
	}
	p.words.Protocol = protocol
	if number >= 0 {
		p.words.Protocol = packet.ProtocolName(number)
	}
	if hasPorts {
		p.words.Ports = packet.FormatSpans([]packet.Span{{Low: low, High: high}})
		p.words.ClientPorts = packet.FormatSpans([]packet.Span{{Low: p.low, High: p.high}})
	}
	family := families[p.words.Family]
	switch {
	case number < 0:
		without := packet.All.Subtract(packet.Protocol(packet.TCP)).Subtract(packet.Protocol(packet.UDP))
		with := packet.Ports(packet.TCP, low, high).Union(packet.Ports(packet.UDP, low, high)).Intersect(packet.Clients(p.low, p.high))
		p.asks = []ask{{without.Union(with), family}}
	case hasPorts:
		p.asks = []ask{{packet.Ports(number, low, high).Intersect(packet.Clients(p.low, p.high)), family}}
	case isICMP:
		kind, code := -1, -1
		if icmpType != "" {
			if kind, code, err = parseType(icmpType); err != nil {
				return err
			}
			p.words.ICMPType = icmpType
		}
		if protocol != "icmp" { // by number: exactly that protocol, in whichever family
			p.asks = []ask{{packet.Type(number, kind, code), family}}
			break
		}
		// "icmp" is the protocol of that name in either family (V-14), and their types have nothing in common.
		if family == reach.AnyFamily && kind >= 0 {
			p.words.Family, family = "ipv4", reach.IPv4
			p.assumptions = append(p.assumptions, "ICMP types differ between the families: --icmp-type was taken to be of IPv4. Ask again with --family ipv6 for ICMPv6.")
		}
		if family == reach.IPv6 {
			p.words.Protocol = "icmpv6"
		}
		if family != reach.IPv6 {
			p.asks = append(p.asks, ask{packet.Type(packet.ICMP, kind, code), reach.IPv4})
		}
		if family != reach.IPv4 {
			p.asks = append(p.asks, ask{packet.Type(packet.ICMPv6, kind, code), reach.IPv6})
		}
	default:
		p.asks = []ask{{packet.Protocol(number), family}}
	}
	return nil
}

// parseProtocol is the number of a protocol, -1 for any.
func parseProtocol(word string) (int, error) {
	switch word {
	case "any", "all", "-1":
		return -1, nil
	case "tcp":
		return packet.TCP, nil
	case "udp":
		return packet.UDP, nil
	case "icmp":
		return packet.ICMP, nil
	case "icmpv6":
		return packet.ICMPv6, nil
	}
	number, err := strconv.Atoi(word)
	if err != nil || number < 0 || number > 255 {
		return 0, wrong("--protocol %s: it is tcp, udp, icmp, any, or an IANA number from 0 to 255", word)
	}
	return number, nil
}

func parsePorts(what, word string) (low, high uint16, err error) {
	first, last, isRange := strings.Cut(word, "-")
	if !isRange {
		last = first
	}
	a, errA := strconv.ParseUint(first, 10, 16)
	b, errB := strconv.ParseUint(last, 10, 16)
	if errA != nil || errB != nil {
		return 0, 0, wrong("%s %s: it is a number from 0 to 65535, or an interval such as 8000-8100", what, word)
	}
	if a > b {
		return 0, 0, wrong("%s %s: the interval ends before it begins; %d-%d?", what, word, b, a)
	}
	return uint16(a), uint16(b), nil
}

func parseType(word string) (kind, code int, err error) {
	first, second, hasCode := strings.Cut(word, "/")
	code = -1
	if kind, err = strconv.Atoi(first); err == nil && hasCode {
		code, err = strconv.Atoi(second)
	}
	if err != nil || kind < 0 || kind > 255 || code > 255 || hasCode && code < 0 {
		return 0, 0, wrong("--icmp-type %s: it is a type from 0 to 255, with or without a code: 8, 3/4", word)
	}
	return kind, code, nil
}

var (
	withPort = regexp.MustCompile(`^(.+):([0-9]+(?:-[0-9]+)?)(?:/([A-Za-z0-9]+))?$`)
	// prefixes are the words before a colon that belong to a selector.
	prefixes = []string{"tier", "sg", "subnet", "vpc", "account"}
)

// splitPort takes port and protocol off a selector.
func (s *Session) splitPort(text string) (selector, ports, protocol string, err error) {
	if inside, rest, ok := strings.Cut(strings.TrimPrefix(text, "["), "]"); ok && strings.HasPrefix(text, "[") {
		if _, err := netip.ParseAddr(inside); err != nil {
			return "", "", "", wrong("%s: in brackets stands an IPv6 address", text)
		}
		if rest == "" {
			return inside, "", "", nil
		}
		m := withPort.FindStringSubmatch("x" + rest)
		if m == nil {
			return "", "", "", wrong("%s: after the bracket comes a port, as in [%s]:443 or [%s]:53/udp", text, inside, inside)
		}
		return inside, m[2], m[3], nil
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return text, "", "", nil // IPv6 addresses are full of colons
	}
	if _, err := netip.ParsePrefix(text); err == nil {
		return text, "", "", nil
	}
	m := withPort.FindStringSubmatch(text)
	if m == nil {
		return text, "", "", nil
	}
	base := m[1]
	if i := strings.LastIndex(base, "/"); i >= 0 && slices.Contains(prefixes, base[i+1:]) || slices.Contains(prefixes, base) {
		return text, "", "", nil // "account:111111111111", "prod/tier:2"
	}
	if strings.HasPrefix(text, "arn:") && s.catalog().hasARN(text) {
		return text, "", "", nil // a version of a function, say
	}
	if strings.HasPrefix(base, "tag:") && !strings.Contains(base, "=") {
		return text, "", "", nil
	}
	return base, m[2], strings.ToLower(m[3]), nil
}

// commandLine is the question as one would type it.
func (p parsed) commandLine() string {
	q := p.words
	words := []string{"can", q.Source, q.Destination, "--protocol", q.Protocol}
	if q.Ports != "" {
		words = append(words, "--port", q.Ports)
	}
	if q.ClientPorts != "" {
		words = append(words, "--client-port", q.ClientPorts)
	}
	if q.ICMPType != "" {
		words = append(words, "--icmp-type", q.ICMPType)
	}
	words = append(words, "--family", q.Family)
	if p.way != "" {
		words = append(words, p.way)
	}
	return strings.Join(words, " ")
}

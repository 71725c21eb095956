package suricata

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"go4.org/netipx"

	"github.com/watertight/watertight/internal/network"
)

// maxDepth limits lists in lists, as Suricata does.
const maxDepth = 64

// ParseAddresses reads an expression of addresses: "any", "10.0.0.0/8", "[10.0.0.0/8, !10.1.0.0/16]", "$HOME_NET", "@REFERENCE".
func ParseAddresses(text string) (network.AddressMatch, error) {
	m, wrong := addresses(text)
	return m, plain(wrong)
}

// ParsePorts reads an expression of ports: "any", "443", "8000:8099", "[80, 443]", "!:1023", "$HTTP_PORTS".
func ParsePorts(text string) (network.PortMatch, error) {
	m, wrong := ports(text)
	return m, plain(wrong)
}

func plain(f *fault) error {
	if f == nil {
		return nil
	}
	return errors.New(f.message)
}

// language is what addresses and ports differ in.
type language[M any] struct {
	atom func(word string) (M, string) // one that is neither negated nor a list, or what is wrong
	list func(not bool, members []M) M
	not  func(M) (M, string)
	// members are those of a list that is not negated; ok is false when it is none.
	members func(M) (members []M, ok bool)
	negates func([]M) string // what is wrong with a negated list of these
}

var addressLanguage = language[network.AddressMatch]{
	atom: address,
	list: func(not bool, members []network.AddressMatch) network.AddressMatch {
		return network.AddressMatch{Not: not, List: members}
	},
	not: func(m network.AddressMatch) (network.AddressMatch, string) {
		if m.Any {
			return m, "!any matches nothing"
		}
		m.Not = true
		return m, ""
	},
	members: func(m network.AddressMatch) ([]network.AddressMatch, bool) { return m.List, m.List != nil && !m.Not },
	negates: func([]network.AddressMatch) string { return "" },
}

var portLanguage = language[network.PortMatch]{
	atom: port,
	list: func(not bool, members []network.PortMatch) network.PortMatch {
		return network.PortMatch{Not: not, List: members}
	},
	not: func(m network.PortMatch) (network.PortMatch, string) {
		if m.Any {
			return m, "!any matches nothing"
		}
		m.Not = true
		return m, ""
	},
	members: func(m network.PortMatch) ([]network.PortMatch, bool) { return m.List, m.List != nil && !m.Not },
	negates: func(members []network.PortMatch) string {
		for _, m := range members {
			if m.Not { // Suricata does not take the two ! for a double negation
				return "a ! in a list of ports that is negated itself is not defined: write the ports without it"
			}
		}
		return ""
	},
}

func addresses(text string) (network.AddressMatch, *fault) { return addressLanguage.parse(text) }

func ports(text string) (network.PortMatch, *fault) { return portLanguage.parse(text) }

// parse reads a whole expression. Several members need no brackets around them.
func (l *language[M]) parse(text string) (M, *fault) {
	s := &scanner{text: text}
	m, wrong := l.item(s, 0)
	if wrong != nil {
		return m, wrong
	}
	if s.skip(); s.at == len(text) {
		return m, nil
	}
	s.at = 0
	members, wrong := l.items(s, 0)
	if wrong == nil && s.at < len(text) {
		wrong = &fault{s.at, fmt.Sprintf("%q is left over: a list stands in [ ], with commas between its members", shortened(text[s.at:]))}
	}
	return l.list(false, members), wrong
}

// items reads members with commas between them, up to what is none.
func (l *language[M]) items(s *scanner, depth int) ([]M, *fault) {
	var all []M
	for {
		m, wrong := l.item(s, depth)
		if wrong != nil {
			return nil, wrong
		}
		if members, ok := l.members(m); ok { // Suricata takes what is negated in it out of all of the list
			all = append(all, members...)
		} else {
			all = append(all, m)
		}
		s.skip()
		if s.at == len(s.text) || s.text[s.at] != ',' {
			return all, nil
		}
		s.at++
	}
}

// item reads one member.
func (l *language[M]) item(s *scanner, depth int) (m M, wrong *fault) {
	s.skip()
	start := s.at
	not := s.at < len(s.text) && s.text[s.at] == '!'
	if not {
		s.at++
		s.skip()
	}
	if s.at < len(s.text) && s.text[s.at] == '[' {
		open := s.at
		if depth == maxDepth {
			return m, &fault{open, fmt.Sprintf("there are more than %d lists in each other", maxDepth)}
		}
		s.at++
		members, wrong := l.items(s, depth+1)
		if wrong != nil {
			return m, wrong
		}
		if s.at == len(s.text) || s.text[s.at] != ']' {
			return m, &fault{open, "this [ is not closed by ]"}
		}
		s.at++
		if not {
			if message := l.negates(members); message != "" {
				return m, &fault{start, message}
			}
		}
		return l.list(not, members), nil
	}
	at := s.at
	for s.at < len(s.text) && !isBlank(s.text[s.at]) && strings.IndexByte(",[]!", s.text[s.at]) < 0 {
		s.at++
	}
	m, message := l.atom(s.text[at:s.at])
	if message != "" {
		return m, &fault{at, message}
	}
	if not {
		if m, message = l.not(m); message != "" {
			return m, &fault{start, message}
		}
	}
	return m, nil
}

// address reads what is neither negated nor a list.
func address(word string) (network.AddressMatch, string) {
	if strings.EqualFold(word, "any") {
		return network.AddressMatch{Any: true}, ""
	}
	if name, ok := strings.CutPrefix(word, "$"); ok {
		return network.AddressMatch{Variable: name}, variable(word, name)
	}
	if name, ok := strings.CutPrefix(word, "@"); ok {
		return network.AddressMatch{Reference: name}, variable(word, name)
	}
	if first, last, ok := strings.Cut(word, "-"); ok {
		from, err := netip.ParseAddr(first)
		to, also := netip.ParseAddr(last)
		r := netipx.IPRangeFrom(from, to)
		if err != nil || also != nil || !r.IsValid() || from.Zone() != "" || to.Zone() != "" {
			return network.AddressMatch{}, fmt.Sprintf("%q is no range of addresses such as 10.0.0.5-10.0.0.9: both ends of one family, the lower one first", shortened(word))
		}
		var list []network.AddressMatch
		for _, block := range r.Prefixes() {
			list = append(list, network.AddressMatch{Block: block})
		}
		if len(list) == 1 {
			return list[0], ""
		}
		return network.AddressMatch{List: list}, ""
	}
	block, ok := prefix(word)
	if !ok {
		return network.AddressMatch{}, fmt.Sprintf("%q is no address: write any, an address, a block such as 10.0.0.0/16, a range such as 10.0.0.5-10.0.0.9, $VARIABLE, @REFERENCE, or a list of these in [ ]", shortened(word))
	}
	return network.AddressMatch{Block: block}, ""
}

// prefix reads an address, or a block with its size in bits or as a mask.
func prefix(word string) (netip.Prefix, bool) {
	host, size, sized := strings.Cut(word, "/")
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Zone() != "" {
		return netip.Prefix{}, false
	}
	if !sized {
		return netip.PrefixFrom(ip, ip.BitLen()), true
	}
	if mask, err := netip.ParseAddr(size); err == nil && ip.Is4() && mask.Is4() {
		for bits := range 33 {
			if all := netip.PrefixFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), bits).Masked(); all.Addr() == mask {
				return netip.PrefixFrom(ip, bits).Masked(), true
			}
		}
		return netip.Prefix{}, false
	}
	block, err := netip.ParsePrefix(word)
	return block.Masked(), err == nil
}

// variable says what is wrong with a name, if anything is.
func variable(word, name string) string {
	for i := range len(name) {
		c := name[i]
		if letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'; !letter && (i == 0 || c < '0' || c > '9') {
			name = ""
			break
		}
	}
	if name == "" {
		return fmt.Sprintf("%q is no name of a variable: after its first character come letters, digits and _, such as %sHOME_NET", shortened(word), word[:1])
	}
	return ""
}

// port reads what is neither negated nor a list.
func port(word string) (network.PortMatch, string) {
	if strings.EqualFold(word, "any") {
		return network.PortMatch{Any: true}, ""
	}
	if name, ok := strings.CutPrefix(word, "$"); ok {
		return network.PortMatch{Variable: name}, variable(word, name)
	}
	low, high, isRange := strings.Cut(word, ":")
	if !isRange {
		high = low
	}
	r := network.PortRange{From: 0, To: 65535}
	ok := word != "" && word != ":"
	for _, end := range []struct {
		text string
		to   *int
	}{{low, &r.From}, {high, &r.To}} {
		if end.text == "" && isRange {
			continue
		}
		n, err := strconv.ParseUint(end.text, 10, 16)
		*end.to = int(n)
		ok = ok && err == nil
	}
	if !ok || r.From > r.To {
		return network.PortMatch{}, fmt.Sprintf("%q is no port: write any, a port from 0 to 65535, a range such as 8000:8099, 1024: or :1023, $VARIABLE, or a list of these in [ ]", shortened(word))
	}
	return network.PortMatch{Range: &r}, ""
}

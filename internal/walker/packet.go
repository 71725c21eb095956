package walker

import (
	"fmt"
	"net/netip"
)

// Protocol numbers of IANA that rules treat in a way of their own.
const (
	ICMP   = 1
	TCP    = 6
	UDP    = 17
	ICMPv6 = 58
)

// Packet is the first packet of a connection. Ports count for TCP and UDP, ICMPType and ICMPCode for ICMP and ICMPv6; the others
// are carried along and mean nothing.
type Packet struct {
	Source, Destination         netip.Addr
	Protocol                    uint8
	SourcePort, DestinationPort uint16
	ICMPType, ICMPCode          uint8
}

// Reply is the packet that answers this one: addresses and ports change places. An ICMP query is answered by the type that RFC 792, 950
// and 4443 pair with it, with the same code. A type without a pair is answered by itself: that is no protocol, but it lets the way
// back be judged by the rules that name that type.
func (p Packet) Reply() Packet {
	p.Source, p.Destination = p.Destination, p.Source
	p.SourcePort, p.DestinationPort = p.DestinationPort, p.SourcePort
	switch p.Protocol {
	case ICMP:
		switch p.ICMPType {
		case 8:
			p.ICMPType = 0
		case 13, 15, 17:
			p.ICMPType++
		}
	case ICMPv6:
		if p.ICMPType == 128 {
			p.ICMPType = 129
		}
	}
	return p
}

func (p Packet) String() string {
	switch p.Protocol {
	case TCP:
		return fmt.Sprintf("tcp %s to %s", netip.AddrPortFrom(p.Source, p.SourcePort), netip.AddrPortFrom(p.Destination, p.DestinationPort))
	case UDP:
		return fmt.Sprintf("udp %s to %s", netip.AddrPortFrom(p.Source, p.SourcePort), netip.AddrPortFrom(p.Destination, p.DestinationPort))
	case ICMP, ICMPv6:
		return fmt.Sprintf("%s type %d code %d %s to %s", protocolName(int(p.Protocol)), p.ICMPType, p.ICMPCode, p.Source, p.Destination)
	}
	return fmt.Sprintf("%s %s to %s", protocolName(int(p.Protocol)), p.Source, p.Destination)
}

// hasPorts tells whether the packet's protocol has ports that rules look at (SG-8, NACL-5).
func (p Packet) hasPorts() bool { return p.Protocol == TCP || p.Protocol == UDP }

// covers tells whether the protocol of a rule, and its ports or ICMP type and code, cover a packet (SG-8, NACL-5, NACL-7).
func covers(protocol, from, to int, p Packet) bool {
	switch {
	case protocol == -1:
		return true
	case protocol != int(p.Protocol):
		return false
	case p.hasPorts():
		return from == -1 || from <= int(p.DestinationPort) && int(p.DestinationPort) <= to
	case p.Protocol == ICMP || p.Protocol == ICMPv6:
		return from == -1 || from == int(p.ICMPType) && (to == -1 || to == int(p.ICMPCode))
	}
	return true
}

// service names what covers compares.
func service(protocol, from, to int) string {
	name := protocolName(protocol)
	switch {
	case from == -1 || protocol == -1:
		return name
	case protocol == TCP || protocol == UDP:
		if from == to {
			return fmt.Sprintf("%s %d", name, from)
		}
		return fmt.Sprintf("%s %d-%d", name, from, to)
	case protocol == ICMP || protocol == ICMPv6:
		if to == -1 {
			return fmt.Sprintf("%s type %d", name, from)
		}
		return fmt.Sprintf("%s type %d code %d", name, from, to)
	}
	return name
}

func protocolName(number int) string {
	switch number {
	case -1:
		return "all traffic"
	case ICMP:
		return "icmp"
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case ICMPv6:
		return "icmpv6"
	}
	return fmt.Sprintf("protocol %d", number)
}

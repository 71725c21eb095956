package network

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ParseProtocol reads a protocol as rules name it: "tcp", "udp", "icmp" and "icmpv6" in any case, an IANA number, "-1" or "all" for all of them (-1).
func ParseProtocol(text string) (int, error) {
	switch strings.ToLower(text) {
	case "-1", "all":
		return -1, nil
	case "tcp":
		return 6, nil
	case "udp":
		return 17, nil
	case "icmp":
		return 1, nil
	case "icmpv6":
		return 58, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > math.MaxUint8 {
		return -1, fmt.Errorf("has the protocol %q: the API gives tcp, udp, icmp, icmpv6, a number up to 255, or -1", text)
	}
	return n, nil
}

// CheckPorts says what is wrong with the ports (or, for ICMP, the type and the code) of a rule; -1 stands for any. Protocols without ports have none to check (SG-8, NACL-5).
func CheckPorts(protocol, from, to int) error {
	switch protocol {
	case 1, 58:
		if from < -1 || from > 255 || to < -1 || to > 255 {
			return fmt.Errorf("has the ICMP type %d and code %d: the API gives -1 to 255", from, to)
		}
	case 6, 17:
		if from == -1 && to == -1 {
			return nil
		}
		if from < 0 || to > math.MaxUint16 || from > to {
			return fmt.Errorf("has the ports %d to %d: the API gives 0 to 65535, the lower one first, or none at all", from, to)
		}
	}
	return nil
}

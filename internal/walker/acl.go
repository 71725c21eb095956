package walker

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// acl asks one direction of a subnet's network ACL, for requests and replies alike (NACL-2).
func (f *flow) acl(s *network.Subnet, p Packet, outbound bool) *stop {
	const kind = "network ACL"
	a, why := f.networkACL(s)
	if why != "" {
		f.doubt(kind, s.NetworkACL, codeUnknown, why)
		return nil
	}
	way, remote := "inbound", p.Source
	if outbound {
		way, remote = "outbound", p.Destination
	}
	var maybe []network.ACLEntry  // that may match, before one that does
	var veiled []network.ACLEntry // that match some clients
	allow, rule := false, way+" *: no entry matches"
	for _, e := range a.Entries { // NACL-1: sorted by number
		if e.Outbound != outbound {
			continue
		}
		if e.Defect != nil {
			f.doubt(kind, a.ID, codeUnknown, fmt.Sprintf("%s entry %d of %s is not understood: %s", way, e.Number, a.ID, e.Defect))
			return nil
		}
		hit := f.covers([]netip.Prefix{e.Block}, remote)
		if hit == no { // NACL-6
			continue
		}
		if hit == unsure {
			if covers(e.Protocol, e.From, e.To, p) {
				veiled = append(veiled, e)
			}
			continue
		}
		if e.Protocol == ICMPv6 && e.Block.Addr().Is4() { // NACL-5: type and code are ignored, and it may stand for ICMP
			if p.Protocol == ICMP {
				maybe = append(maybe, e)
			}
			if p.Protocol != ICMPv6 {
				continue
			}
		} else if !covers(e.Protocol, e.From, e.To, p) {
			continue
		}
		allow, rule = e.Allow, fmt.Sprintf("%s %d: %s, %s", way, e.Number, service(e.Protocol, e.From, e.To), e.Block)
		break
	}
	if i := slices.IndexFunc(maybe, func(e network.ACLEntry) bool { return e.Allow != allow }); i >= 0 {
		f.doubt(kind, a.ID, codeUnknown, fmt.Sprintf("it is not documented whether %s entry %d of %s, for protocol 58 with an IPv4 block, matches ICMP", way, maybe[i].Number, a.ID))
		return nil
	}
	if i := slices.IndexFunc(veiled, func(e network.ACLEntry) bool { return e.Allow != allow }); i >= 0 {
		f.doubt(kind, a.ID, codeUnknown, fmt.Sprintf("whether %s entry %d of %s matches is not known: %s", way, veiled[i].Number, a.ID, unknownClient))
		return nil
	}
	if !allow {
		return drop(kind, a.ID, rule, codeACL, fmt.Sprintf("%s of %s denies %s (%s)", a.ID, s.Label(), p, rule))
	}
	f.meet(kind, a.ID, Allow, rule)
	return nil
}

// networkACL is the ACL of a subnet (NACL-4), or why it is not known.
func (f *flow) networkACL(s *network.Subnet) (*network.NetworkACL, string) {
	a, ok := f.network.NetworkACLs.Get(s.NetworkACL)
	switch {
	case s.Defect != nil:
		return nil, s.Label() + " is not understood: " + s.Defect.String()
	case !ok:
		return nil, "the network ACL of " + s.Label() + " is not in the network"
	case a.Defect != nil:
		return nil, a.ID + " is not understood: " + a.Defect.String()
	case !slices.Contains(a.Subnets, s.ID):
		// The default ACL stands in only when no other is associated, which a part of the list cannot tell.
		if gap := f.network.Gap("NetworkAcls", s.Account, s.Region); gap != nil {
			return nil, "the network ACL of " + s.Label() + " is not known: " + gap.String()
		}
	}
	return a, ""
}

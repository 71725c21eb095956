package reach

import (
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// aclKey is what a network ACL's answer depends on.
type aclKey struct {
	acl      int32
	outbound bool
	remote   cell
}

// aclBounds are the headers that one direction of an ACL lets pass, for a remote end in a cell: the packet's destination on the
// way out, its source on the way in.
func (s *session) aclBounds(a *acl, outbound bool, remote place) bounds {
	key := aclKey{a.id, outbound, remote.cell}
	if b, ok := s.acls[key]; ok {
		return b
	}
	matching := matchKey{a.id, outbound, 0}
	for i, e := range a.Entries {
		if e.Defect != nil || remote.in(e.Block) {
			matching.entries |= 1 << (i & 63)
		}
	}
	b, ok := s.matched[matching]
	if !ok || len(a.Entries) > 64 {
		b = evaluateACL(a.NetworkACL, outbound, remote)
		s.matched[matching] = b
	}
	s.acls[key] = b
	return b
}

// matchKey is what the answer of an ACL hangs on: which of its entries match a remote address. What match matters of more than 64 entries is
// not kept.
type matchKey struct {
	acl      int32
	outbound bool
	entries  uint64
}

// evaluateACL takes the entries in ascending order; the first that matches decides, and in the end all is denied (NACL-1). An
// entry in doubt may decide or may not: what it could deny is not sure to pass, and what it could admit may.
func evaluateACL(a *network.NetworkACL, outbound bool, remote place) bounds {
	if a.Defect != nil {
		return unclear
	}
	rest, may, denied := packet.All, packet.None, packet.None
	for _, e := range a.Entries {
		if e.Outbound != outbound {
			continue
		}
		match := aclMatch(e, remote)
		decides := match.may.Intersect(rest)
		if e.Allow || e.Defect != nil {
			may = may.Union(decides)
		}
		if !e.Allow || e.Defect != nil {
			denied = denied.Union(decides)
		}
		rest = rest.Subtract(match.must)
	}
	denied = denied.Union(rest)
	return bounds{packet.All.Subtract(denied), may}
}

// aclMatch is what an entry matches.
func aclMatch(e network.ACLEntry, remote place) bounds {
	if e.Defect != nil {
		return unclear
	}
	if remote.cell == anyCell && e.Block.Addr().Is4() == remote.address.Is4() {
		if e.Block.Bits() > 0 {
			return bounds{packet.None, packet.Rule(e.Protocol, e.From, e.To)}
		}
	} else if !remote.in(e.Block) { // entries of the other family never match (NACL-6)
		return shut
	}
	if e.Protocol == packet.ICMPv6 && e.Block.Addr().Is4() { // NACL-5: whether it matches ICMP is not documented
		own := packet.Protocol(packet.ICMPv6)
		return bounds{own, own.Union(packet.Protocol(packet.ICMP))}
	}
	return exactly(packet.Rule(e.Protocol, e.From, e.To))
}

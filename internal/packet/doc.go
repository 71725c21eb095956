// Package packet holds sets of packet headers, addresses aside: the header space (Kazemian et al., NSDI 2012) that is left when
// both ends of a connection are fixed.
//
// A header is a protocol and, for TCP and UDP, a server port and a client port; for ICMP and ICMPv6, a type and a code. A [Set]
// is any set of headers. It is an immutable value in a canonical form: two sets are equal exactly when == says so, and a Set can
// be the key of a map. The zero Set is empty.
//
// The canonical form is a list of boxes, protocol × first field × second field, cut into slabs:
//
//	client                  the slabs of a set of TCP headers: three
//	port  ^                 server ports intervals, each with its own
//	      |  ██████         set of client ports; neighbours always
//	      |  ██████  ███    differ, or they would be one slab
//	      |       ██ ███
//	      +--------------> server port
//
// Intersections and unions of sets that contain each other, by far the most frequent, allocate nothing.
package packet

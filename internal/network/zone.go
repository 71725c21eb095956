package network

import "net/netip"

// HostedZone is a private hosted zone of Amazon Route 53. Its Name is the domain, without the last dot.
type HostedZone struct {
	Object
	// VPCs see the zone; VPCsKnown is false when the source does not tell which.
	VPCs      []string
	VPCsKnown bool
	Records   []Record
	// RecordsKnown is false when the records were not collected, or not all of them.
	RecordsKnown bool
}

// Record is a record set of a hosted zone, as far as it leads to addresses: A, AAAA, CNAME, and alias records.
type Record struct {
	Name      string // in lower case, without the last dot; "*.example.com" is a wildcard
	Type      string // "A", "AAAA", "CNAME"
	Addresses []netip.Addr
	Target    string // the name that an alias or a CNAME leads to, in lower case and without the last dot; empty when there are Addresses
	Origin    Origin
}

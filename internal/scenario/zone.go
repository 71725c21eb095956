package scenario

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// zone is a private hosted zone.
func (p *parser) zone(w []string) {
	z := &network.HostedZone{Object: p.object("Z-"+domain(w[0]), ""), VPCsKnown: p.line.option("vpcs", "known") != "unknown", RecordsKnown: p.line.option("records", "known") != "unknown"}
	z.Name = domain(w[0])
	for _, id := range w[1:] {
		z.VPCs = append(z.VPCs, id)
		p.check(func() { p.must("VPC", id, p.vpcs[id] != nil) })
	}
	slices.Sort(z.VPCs)
	p.out.HostedZones = append(p.out.HostedZones, z)
	p.inner = func() { p.record(z) }
}

// domain is a name as a zone keeps it.
func domain(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

func (p *parser) record(z *network.HostedZone) {
	w := p.line.words
	if len(w) < 3 || !strings.HasSuffix("."+domain(w[0]), "."+z.Name) {
		p.fail("a record is NAME A|AAAA ADDRESS..., or NAME CNAME|ALIAS NAME, its name in %s", z.Name)
		return
	}
	r := network.Record{Name: domain(w[0]), Type: w[1], Origin: p.origin()}
	switch w[1] {
	case "A", "AAAA":
		for _, word := range w[2:] {
			a := p.address(word)
			if a.IsValid() && a.Is6() != (w[1] == "AAAA") {
				p.fail("%s is no address of an %s record", word, w[1])
			}
			r.Addresses = append(r.Addresses, a)
		}
	case "CNAME":
		r.Target = domain(w[2])
	case "ALIAS": // to an address of either family
		r.Type, r.Target = "A", domain(w[2])
	default:
		p.fail("%s is no type of record: it is A, AAAA, CNAME or ALIAS", w[1])
	}
	z.Records = append(z.Records, r)
}

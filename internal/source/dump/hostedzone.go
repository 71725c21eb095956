package dump

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// hostedZone is a HostedZone of the Route 53 API, as list-hosted-zones has it with VPCs put in, or the whole answer of get-hosted-zone.
type hostedZone struct {
	zoneConfig
	HostedZone *zoneConfig `json:",omitzero"`
	VPCs       []zoneVPC   `json:",omitzero"`
	record
}

type zoneConfig struct {
	Id     string       `json:",omitzero"` // "/hostedzone/Z…"
	Name   string       `json:",omitzero"`
	Config *zonePrivacy `json:",omitzero"`
}

type zonePrivacy struct{ PrivateZone *bool }

type zoneVPC struct {
	VPCRegion string `json:",omitzero"`
	VPCId     string
}

// readHostedZone keeps private zones: names of public ones are no business of a network.
func readHostedZone(e *element, r *hostedZone) {
	c, path := &r.zoneConfig, ""
	if r.HostedZone != nil {
		c, path = r.HostedZone, "/HostedZone"
	}
	told := c.Config != nil && c.Config.PrivateZone != nil
	if told && !*c.Config.PrivateZone && len(e.faults) == 0 {
		return
	}
	z := &network.HostedZone{VPCsKnown: r.VPCs != nil, VPCs: e.shareAll(pick(r.VPCs, func(v zoneVPC) string { return v.VPCId }))}
	if !told && !e.faulty(path+"/Config") {
		e.fault(path, "does not say whether it is private: it has no Config with PrivateZone")
	}
	for i, v := range r.VPCs {
		if v.VPCId == "" && !e.faulty(at("VPCs", i)) {
			e.fault(at("VPCs", i), "has no VPCId")
		}
	}
	if c.Name == "" && !e.faulty(path+"/Name") {
		e.fault(path, "has no Name")
	}
	z.Name = e.share(dnsName(c.Name))
	e.settle(&z.Object, "Id", zoneID(c.Id), "", &r.record)
	e.out.HostedZones = append(e.out.HostedZones, z)
}

func zoneID(id string) string { return strings.TrimPrefix(id, "/hostedzone/") }

// dnsName is a name as Route 53 gives it, in lower case, without the last dot, and with the characters that stand there in octal ("\052" is *).
func dnsName(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if digits := name[i+1:]; name[i] == '\\' && len(digits) >= 3 {
			if n, ok := octal(digits[:3]); ok {
				b.WriteByte(n)
				i += 3
				continue
			}
		}
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		b.WriteByte(c)
	}
	return strings.TrimSuffix(b.String(), ".")
}

func octal(digits string) (byte, bool) {
	n := 0
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '7' {
			return 0, false
		}
		n = n<<3 | int(digits[i]-'0')
	}
	return byte(n), n < 256
}

// writeDNSName is the reverse of dnsName.
func writeDNSName(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-_.", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	return b.String() + "."
}

func writeHostedZone(z *network.HostedZone) hostedZone {
	private := true
	r := hostedZone{zoneConfig: zoneConfig{"/hostedzone/" + z.ID, writeDNSName(z.Name), &zonePrivacy{&private}}, record: markUnnamed(&z.Object)}
	if z.VPCsKnown {
		r.VPCs = pick(z.VPCs, func(id string) zoneVPC { return zoneVPC{VPCId: id} })
	}
	return r
}

// zoneRecords is the answer of list-resource-record-sets, with the zone that was asked for.
type zoneRecords struct {
	HostedZoneId       string
	ResourceRecordSets []recordSet
	IsTruncated        bool
	NextRecordName     string `json:",omitzero"`
	NextRecordType     string `json:",omitzero"`
}

type recordSet struct {
	Name            string
	Type            string
	AliasTarget     *aliasTarget    `json:",omitzero"`
	ResourceRecords []resourceValue `json:",omitzero"`
}

type aliasTarget struct{ DNSName string }

type resourceValue struct{ Value string }

// first tells whether a page begins where another one says that the next one begins.
func (r *zoneRecords) first(of *zoneRecords) bool {
	if len(r.ResourceRecordSets) == 0 {
		return false
	}
	s := r.ResourceRecordSets[0]
	return dnsName(s.Name) == dnsName(of.NextRecordName) && (of.NextRecordType == "" || s.Type == of.NextRecordType)
}

// more tells whether a page is not the last one.
func (r *zoneRecords) more() bool { return r.IsTruncated || r.NextRecordName != "" }

// assembleHostedZones gives private zones their records. A zone is no Region's: that of its folder, if there is one, only says where it was collected.
func (d *dump) assembleHostedZones(all *part) {
	zones := map[string]*network.HostedZone{}
	all.HostedZones = slices.DeleteFunc(all.HostedZones, func(z *network.HostedZone) bool {
		first := zones[z.ID]
		if first == nil {
			zones[z.ID] = z
			return false
		}
		// It was collected again, with another Region.
		first.VPCsKnown, first.Defect = first.VPCsKnown || z.VPCsKnown, cmp.Or(first.Defect, z.Defect)
		first.VPCs = slices.Compact(slices.Sorted(slices.Values(slices.Concat(first.VPCs, z.VPCs))))
		return true
	})
	pages, seen := map[string][]*zoneRecords{}, map[string]bool{}
	for i := range all.ZoneRecords {
		r, e := all.ZoneRecords[i].open(all)
		id := zoneID(r.HostedZoneId)
		if id == "" {
			e.fault("", "has no HostedZoneId: it is not known whose records these are")
			e.gap("an answer is not understood")
			e.take("")
			continue
		}
		pages[id] = append(pages[id], r)
		z := zones[id]
		if z == nil { // of a public zone, or of one that was not collected
			e.take("")
			continue
		}
		for j := range r.ResourceRecordSets {
			record, ok := e.zoneRecord(at("ResourceRecordSets", j), &r.ResourceRecordSets[j])
			if key := fmt.Sprint(id, " ", record.Name, " ", record.Type, " ", record.Target, " ", record.Addresses); ok && !seen[key] {
				seen[key] = true // a second one with the same values leads nowhere else
				z.Records = append(z.Records, record)
			}
		}
		z.Defect = cmp.Or(z.Defect, e.take(""))
	}
	for id, list := range pages {
		if z := zones[id]; z != nil {
			z.RecordsKnown = slices.ContainsFunc(list, func(r *zoneRecords) bool { return !r.more() }) && !slices.ContainsFunc(list, func(r *zoneRecords) bool {
				return r.more() && !slices.ContainsFunc(list, func(next *zoneRecords) bool { return next != r && next.first(r) })
			})
		}
	}
	d.tellIncomplete(all, zones)
}

// tellIncomplete tells of zones of which a page of records is missing.
func (d *dump) tellIncomplete(all *part, zones map[string]*network.HostedZone) {
	told := map[string]bool{}
	for _, a := range all.ZoneRecords {
		id := zoneID(a.Record.HostedZoneId)
		if z := zones[id]; z != nil && !z.RecordsKnown && a.Record.more() && !told[id] {
			told[id] = true
			all.Problems = append(all.Problems, network.Problem{Origin: a.Element.origin("/IsTruncated"), Message: "the records of " + z.Label() +
				" are incomplete: ask again from NextRecordName on, and save the answer as a further element of ResourceRecordSets"})
		}
	}
}

// zoneRecord reads a record set, if it is of a type that leads to addresses.
func (e *element) zoneRecord(path string, r *recordSet) (network.Record, bool) {
	out := network.Record{Name: dnsName(r.Name), Type: e.share(strings.ToUpper(r.Type)), Origin: e.origin(path)}
	if out.Type != "A" && out.Type != "AAAA" && out.Type != "CNAME" {
		if out.Type == "" && !e.faulty(path) {
			e.fault(path, "has no Type")
		}
		return out, false
	}
	if out.Name == "" && !e.faulty(path) {
		e.fault(path, "has no Name")
	}
	if r.AliasTarget != nil {
		out.Target = dnsName(r.AliasTarget.DNSName)
	}
	for i, each := range r.ResourceRecords {
		if out.Type == "CNAME" {
			out.Target = cmp.Or(out.Target, dnsName(each.Value))
			continue
		}
		ip, err := netip.ParseAddr(strings.TrimSpace(each.Value))
		if place := path + at("ResourceRecords", i); (err != nil || ip.Is4() != (out.Type == "A") || ip.Zone() != "") && !e.faulty(place) {
			e.fault(place, fmt.Sprintf("%q is not an address of a record of type %s", each.Value, out.Type))
		} else if err == nil {
			out.Addresses = append(out.Addresses, ip)
		}
	}
	if out.Target == "" && len(out.Addresses) == 0 {
		if !e.faulty(path) {
			e.fault(path, "leads nowhere: it has neither ResourceRecords nor an AliasTarget")
		}
		return out, false
	}
	if len(out.Addresses) > 0 {
		out.Target = ""
	}
	return out, true
}

func writeZoneRecords(z *network.HostedZone) zoneRecords {
	r := zoneRecords{HostedZoneId: "/hostedzone/" + z.ID, IsTruncated: !z.RecordsKnown, ResourceRecordSets: pick(z.Records, func(record network.Record) recordSet {
		s := recordSet{Name: writeDNSName(record.Name), Type: record.Type}
		switch {
		case record.Type == "CNAME":
			s.ResourceRecords = []resourceValue{{writeDNSName(record.Target)}}
		case record.Target != "":
			s.AliasTarget = &aliasTarget{writeDNSName(record.Target)}
		default:
			s.ResourceRecords = pick(record.Addresses, func(ip netip.Addr) resourceValue { return resourceValue{ip.String()} })
		}
		return s
	})}
	return r
}

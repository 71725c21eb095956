package tfplan

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

func zoneTypes() map[string]kind {
	return map[string]kind{
		"aws_route53_zone":                            {whole, (*instance).hostedZone},
		"data.aws_route53_zone":                       {whole, (*instance).foundZone},
		"aws_service_discovery_private_dns_namespace": {whole, (*instance).namespaceZone},
		"aws_route53_zone_association":                {added, (*instance).zoneAssociation},
		"aws_route53_record":                          {tied, (*instance).zoneRecord},
		"aws_route53_records_exclusive":               {tied, (*instance).zoneRecords},
	}
}

// domain is a name in lower case, without the last dot.
func domain(name string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), ".")
}

// hostedZone keeps private zones: those with VPCs. Names of public ones are no business of a network.
func (i *instance) hostedZone() {
	id := i.attribute("zone_id")
	z := &network.HostedZone{VPCsKnown: true, RecordsKnown: true}
	vpcs := i.get("vpc")
	for _, n := range vpcs.list() {
		if vpc := n.get("vpc_id").identity(); vpc != "" {
			z.VPCs = append(z.VPCs, vpc)
		} else {
			z.VPCsKnown = false
		}
	}
	if _, unknown := vpcs.value.(unresolved); unknown {
		z.VPCsKnown = false
	}
	if len(z.VPCs) == 0 && z.VPCsKnown {
		i.crew().public[id] = true
		i.crew().public[i.id()] = true
		return
	}
	z.Name = domain(i.get("name").text())
	i.addZone(z, id)
}

func (i *instance) addZone(z *network.HostedZone, id string) {
	slices.Sort(z.VPCs)
	z.VPCs = slices.Compact(z.VPCs)
	name := z.Name
	i.settle(&z.Object, id)
	z.Name = cmp.Or(name, z.Name)
	i.out.HostedZones = append(i.out.HostedZones, z)
	i.crew().zones[id] = z
	i.crew().zones[i.id()] = z
}

// foundZone is a private zone that a data source found: it is managed elsewhere.
func (i *instance) foundZone() {
	id := cmp.Or(i.get("zone_id").peek(), i.get("id").peek())
	if !i.get("private_zone").yes(false) {
		if id != "" {
			i.crew().public[id] = true
		}
		return
	}
	if id == "" || i.crew().zones[id] != nil {
		return
	}
	z := &network.HostedZone{}
	i.partial(&z.Object, id)
	z.Name = domain(i.get("name").literal())
	i.out.HostedZones = append(i.out.HostedZones, z)
	i.crew().zones[id] = z
}

// namespaceZone is the private zone of a namespace of AWS Cloud Map. Services put records into it when their tasks start.
func (i *instance) namespaceZone() {
	z := &network.HostedZone{VPCsKnown: true}
	if vpc := i.get("vpc").identity(); vpc != "" {
		z.VPCs = []string{vpc}
	} else {
		z.VPCsKnown = false
	}
	z.Name = domain(i.get("name").text())
	i.addZone(z, i.attribute("hosted_zone"))
}

// zoneOf is the private zone that a resource adds something to; nil for a public one, and for one that is not known.
func (i *instance) zoneOf(what string) *network.HostedZone {
	id := i.get("zone_id").identity()
	if z := i.crew().zones[id]; z != nil {
		return z
	}
	switch {
	case i.crew().public[id]:
	case id == "": // it may be any
		for _, z := range i.crew().zones {
			z.RecordsKnown = false
		}
	case what != "":
		i.elsewhere("zone_id", id, what)
		z := &network.HostedZone{}
		i.partial(&z.Object, id)
		i.out.HostedZones = append(i.out.HostedZones, z)
		i.crew().zones[id] = z
		return z
	}
	return nil
}

func (i *instance) zoneAssociation() {
	if id := i.get("zone_id").identity(); i.crew().public[id] { // only private zones have VPCs: its own are not in the code
		if zone := i.named("aws_route53_zone", id, "zone_id", "id"); zone != nil {
			z := &network.HostedZone{VPCsKnown: true, RecordsKnown: true}
			z.Name = domain(zone.get("name").text())
			zone.addZone(z, zone.attribute("zone_id"))
		}
		delete(i.crew().public, id)
	}
	z := i.zoneOf("a VPC to a private hosted zone")
	vpc := i.get("vpc_id").identity()
	switch {
	case z == nil:
		for _, z := range i.crew().zones {
			z.VPCsKnown = false
		}
	case vpc == "":
		z.VPCsKnown = false
	case !slices.Contains(z.VPCs, vpc):
		z.VPCs = append(z.VPCs, vpc)
		slices.Sort(z.VPCs)
	}
}

func (i *instance) zoneRecord() {
	// A zone that is managed elsewhere is a private one when a data source, or an association, says so.
	z := i.zoneOf("")
	if z == nil {
		return
	}
	i.record(z, i.node, i.get("alias"), "name", i.get("records").list())
}

func (i *instance) zoneRecords() {
	z := i.zoneOf("")
	if z == nil {
		return
	}
	sets := i.get("resource_record_set")
	if sets.hole() && len(sets.list()) == 0 {
		z.RecordsKnown = false
		return
	}
	for _, n := range sets.list() {
		var values []node
		for _, v := range n.get("resource_records").list() {
			values = append(values, v.get("value"))
		}
		i.record(z, n, n.get("alias_target"), "dns_name", values)
	}
}

// record adds a record to a private zone. One that is not known makes what it may be for unknown.
func (i *instance) record(z *network.HostedZone, n, alias node, target string, values []node) {
	r := network.Record{Type: strings.ToUpper(n.get("type").text()), Origin: i.origin(n.path)}
	if r.Type != "A" && r.Type != "AAAA" && r.Type != "CNAME" && !n.get("type").hole() {
		return
	}
	name := n.get("name")
	r.Name = recordName(name.identity(), z.Name)
	lost := name.hole() || n.get("type").hole() || alias.hole() || n.get("records").hole()
	for _, a := range alias.list() {
		r.Target = domain(a.get(target).identity())
	}
	for _, v := range values {
		text := v.identity()
		if r.Type == "CNAME" {
			r.Target = cmp.Or(r.Target, domain(text))
			continue
		}
		if a, err := netip.ParseAddr(strings.TrimSpace(text)); err == nil && a.Is4() == (r.Type == "A") {
			r.Addresses = append(r.Addresses, a)
		} else {
			lost = true
		}
	}
	if len(r.Addresses) > 0 {
		r.Target = ""
	} else if !strings.Contains(r.Target, ".") { // it stands for a name that AWS has yet to choose
		lost = true
	}
	if lost || r.Target == "" && len(r.Addresses) == 0 {
		z.RecordsKnown = false
		z.Records = slices.DeleteFunc(z.Records, func(other network.Record) bool { // what would answer in its place does not
			below, wildcard := strings.CutPrefix(other.Name, "*")
			return name.hole() || other.Name == r.Name || wildcard && strings.HasSuffix(r.Name, below)
		})
		i.crew().lost[z] = append(i.crew().lost[z], r.Name)
		return
	}
	for _, lost := range i.crew().lost[z] {
		below, wildcard := strings.CutPrefix(r.Name, "*")
		if lost == "" || lost == r.Name || wildcard && strings.HasSuffix(lost, below) {
			return
		}
	}
	z.Records = append(z.Records, r)
}

// recordName is the whole name of a record, which may be given without that of its zone.
func recordName(name, zone string) string {
	name = domain(name)
	switch {
	case name == "" || name == "@":
		return zone
	case zone == "" || name == zone || strings.HasSuffix(name, "."+zone):
		return name
	}
	return name + "." + zone
}

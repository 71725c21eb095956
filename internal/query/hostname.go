package query

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// view is from where a hostname is looked up: VPCs see private zones, and the outside sees none.
type view struct {
	vpcs    []string // sorted
	whose   string   // the selector of those who look it up; empty for all VPCs
	outside bool     // somebody outside looks it up
}

// everywhere is how all VPCs see names.
func (s *Session) everywhere() view {
	return view{vpcs: objectIDs(s.network.VPCs.All(), func(v *network.VPC) string { return v.ID })}
}

// viewOf is how what a selection stands for sees names.
func (s *Session) viewOf(x Selection) view {
	vpcs := map[string]bool{}
	for _, i := range s.interfacesOf(x) {
		vpcs[i.VPC] = true
	}
	for _, g := range x.ToBe {
		vpcs[g.VPC] = true
	}
	if x.Component != nil && len(vpcs) == 0 {
		return s.everywhere()
	}
	return view{vpcs: slices.Sorted(maps.Keys(vpcs)), whose: x.Text, outside: len(vpcs) == 0}
}

// lookup is a hostname being resolved, as one VPC sees it; as nobody in a VPC does when vpc is empty.
type lookup struct {
	*Session
	text string
	vpc  string
	seen map[string]bool // names on the way
	// steps are how it was resolved, each the end of a sentence: "10.0.20.10, by the private hosted zone acme.internal (Z1)".
	steps []string
	notes []string
	// public tells that the name is one of the public internet's.
	public bool
}

// canonical is a hostname in lower case, without the last dot.
func canonical(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

// hostname is what a hostname stands for in a view. That VPCs of the view see it differently is an error that lists how.
func (s *Session) hostname(text, name string, v view) (Selection, error) {
	name = canonical(name)
	if strings.HasPrefix(name, "*.") {
		return Selection{}, wrong("%s stands for many names: ask about one of them, such as www%s", text, name[1:])
	}
	vpcs := v.vpcs
	if len(vpcs) == 0 {
		vpcs = []string{""}
	}
	type meaning struct {
		Selection
		lookup *lookup
		vpcs   []string
	}
	var meanings []*meaning
	for _, vpc := range vpcs {
		l := &lookup{Session: s, text: text, vpc: vpc, seen: map[string]bool{}}
		x, err := l.resolve(name)
		if err != nil {
			return Selection{}, err
		}
		i := slices.IndexFunc(meanings, func(m *meaning) bool { return m.identity() == x.identity() })
		if i < 0 {
			i = len(meanings)
			meanings = append(meanings, &meaning{x, l, nil})
		}
		meanings[i].vpcs = append(meanings[i].vpcs, vpc)
	}
	if len(meanings) > 1 {
		var lines []string
		for _, m := range meanings {
			what := "a name of the public internet"
			if !m.lookup.public {
				what = strings.Join(m.lookup.steps, "; that is ")
			}
			lines = append(lines, pad(s.vpcWords(m.vpcs), 30)+"  "+what)
		}
		return Selection{}, wrong("%s means different things, by where it is looked up. Ask %s:%s", text, cmp.Or(map[bool]string{true: "about what it stands for"}[v.whose == ""], "for sources of one VPC, or about what it stands for"), listing(lines))
	}
	m := meanings[0]
	x := m.Selection
	x.Text, x.Name = text, name
	switch {
	case m.lookup.public && v.whose == "":
		return Selection{}, wrong("%s is a name of the public internet, and which addresses it has is not known. Only the destination of watertight can may be one: ask about internet, or about addresses", text)
	case m.lookup.public:
		x.Assumptions = []string{
			fmt.Sprintf("%s is taken to be a name of the public internet. Which addresses it has is not known: all public addresses are asked about.", name),
		}
		for _, z := range s.network.HostedZones.All() {
			if z.VPCsKnown && len(z.VPCs) > 0 && within(name, canonical(z.Name)) {
				x.Assumptions = append(x.Assumptions, fmt.Sprintf("The private hosted zone %s answers for such a name, but in %s only.", z.Label(), s.vpcWords(z.VPCs)))
			}
		}
		if s.network.Gap("HostedZones", "", "") != nil {
			x.Assumptions = append(x.Assumptions, "Private hosted zones were not collected in full: one of them may lead the name elsewhere.")
		}
		return x, nil
	}
	sight := ""
	if m.vpcs[0] != "" && v.whose != "" {
		sight = ", as " + s.vpcWords(m.vpcs) + " " + map[bool]string{true: "sees", false: "see"}[len(m.vpcs) == 1] + " it,"
	}
	how := []string{fmt.Sprintf("%s%s is %s.", name, sight, strings.Join(m.lookup.steps, "; that is "))}
	x.Assumptions = slices.Concat(how, m.lookup.notes, x.Assumptions)
	return x, nil
}

// claimed is what FW-7 says of a question by name, where a part of the answer passes a network firewall, or is stopped there.
func claimed(name string, parts []answered) string {
	inspects := func(h report.Hop) bool { return h.Kind == "network firewall" }
	if name == "" || !slices.ContainsFunc(parts, func(a answered) bool {
		return !a.Limited.None() || slices.ContainsFunc(a.Path, inspects) || slices.ContainsFunc(a.Reply, inspects)
	}) {
		return ""
	}
	return fmt.Sprintf("Where a network firewall looks at names, %s is the one that the client claims in TLS or HTTP: nothing proves that it is true.", name)
}

func (s *Session) vpcWords(vpcs []string) string {
	if vpcs[0] == "" {
		return "the outside"
	}
	words := s.catalog().vpcLabel(vpcs[0])
	if len(vpcs) > 1 {
		words += fmt.Sprintf(" and %d more", len(vpcs)-1)
		if len(vpcs) == 2 {
			words = s.catalog().vpcLabel(vpcs[0]) + " and " + s.catalog().vpcLabel(vpcs[1])
		}
	}
	return words
}

// identity tells what selections stand for apart.
func (x Selection) identity() string {
	var words []string
	for _, i := range x.Interfaces {
		words = append(words, i.ID)
	}
	for _, a := range x.Addresses {
		words = append(words, a.String())
	}
	for _, p := range x.Prefixes {
		words = append(words, p.String())
	}
	for _, v := range x.Services {
		if v.Balancer != nil {
			words = append(words, "service "+v.Balancer.ID)
		} else {
			words = append(words, "service "+v.Endpoint.ID)
		}
	}
	if x.Component != nil {
		words = append(words, "component "+x.Component.ID)
	}
	return strings.Join(append(words, fmt.Sprint(x.Internet)), " ")
}

// resolve finds what a name leads to: what the closest private domain says that the VPC sees, what AWS calls so, or the public internet.
func (l *lookup) resolve(name string) (Selection, error) {
	if l.seen[name] {
		return Selection{}, wrong("%s: the name leads to itself, over %s", l.text, strings.Join(slices.Sorted(maps.Keys(l.seen)), " and "))
	}
	l.seen[name] = true
	zone, err := l.zone(name)
	if err != nil {
		return Selection{}, err
	}
	endpoint, domain, err := l.privateEndpoint(name)
	if err != nil {
		return Selection{}, err
	}
	switch {
	case zone != nil && len(canonical(zone.Name)) >= len(domain):
		return l.record(name, zone)
	case endpoint != nil:
		l.steps = append(l.steps, "the private DNS name of "+endpoint.Label())
		return l.Session.endpoint(l.text, endpoint)
	}
	return l.amazon(name)
}

// zone is the private hosted zone that answers for a name in a VPC: the one with the longest domain. It answers alone, even when it does
// not have the name (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html).
func (l *lookup) zone(name string) (*network.HostedZone, error) {
	if l.vpc == "" {
		return nil, nil
	}
	var best []*network.HostedZone
	for _, z := range l.network.HostedZones.All() {
		domain := canonical(z.Name)
		if !within(name, domain) || z.VPCsKnown && !slices.Contains(z.VPCs, l.vpc) {
			continue
		}
		if len(best) > 0 && len(domain) > len(canonical(best[0].Name)) {
			best = nil
		}
		if len(best) == 0 || len(domain) == len(canonical(best[0].Name)) {
			best = append(best, z)
		}
	}
	if known := choose(best, func(z *network.HostedZone) bool { return z.VPCsKnown }); len(known) > 0 {
		best = known // a zone that may be seen gives way to one that is
	}
	switch len(best) {
	case 0:
		return nil, nil
	case 1:
		if !best[0].VPCsKnown {
			l.notes = append(l.notes, fmt.Sprintf("Which VPCs see the private hosted zone %s is not in the input: it was taken to be visible to all.", best[0].Label()))
		}
		return best[0], nil
	}
	var lines []string
	for _, z := range best {
		lines = append(lines, z.Label()+" at "+z.Origin.String())
	}
	return nil, wrong("%s: %d private hosted zones may answer for it in %s. Ask about what it stands for:%s", l.text, len(best), l.catalog().vpcLabel(l.vpc), listing(lines))
}

// within tells whether a name is a domain or below it.
func within(name, domain string) bool {
	return domain != "" && (name == domain || strings.HasSuffix(name, "."+domain))
}

// record follows what a zone says of a name.
func (l *lookup) record(name string, z *network.HostedZone) (Selection, error) {
	records := recordsOf(z, name)
	if len(records) == 0 {
		if !z.RecordsKnown || z.Defect != nil {
			l.steps = append(l.steps, "a name of the private hosted zone "+z.Label()+", whose records are not all known")
			return Selection{Kind: "hostname", Component: &Component{
				Kind: "private hosted zone", ID: z.ID, Name: z.Name, Origin: z.Origin,
				Why: "whether it has a record for " + name + " is not known: its records were not all collected", Remedy: "Collect ResourceRecordSets of the zone (aws route53 list-resource-record-sets).",
			}}, nil
		}
		var names []string
		for _, r := range z.Records {
			names = append(names, r.Name)
		}
		slices.Sort(names)
		return Selection{}, wrong("%s leads nowhere in %s: the private hosted zone %s answers for it there, and has no A, AAAA, CNAME or alias record of that name.%s", name, l.catalog().vpcLabel(l.vpc), z.Label(), suggestion(nearest(name, slices.Compact(names))))
	}
	x := Selection{Kind: "hostname"}
	by := ", by the private hosted zone " + z.Label()
	var addresses, targets []string
	for _, r := range records {
		for _, a := range r.Addresses {
			part, err := l.address(a)
			if err != nil {
				return Selection{}, err
			}
			x.merge(part)
			addresses = append(addresses, a.String())
		}
		if r.Target != "" {
			targets = append(targets, canonical(r.Target))
		}
	}
	slices.Sort(targets)
	targets = slices.Compact(targets)
	switch {
	case len(addresses) > 0:
		l.steps = append(l.steps, strings.Join(addresses, ", ")+by)
	case len(targets) > 1:
		l.steps = append(l.steps, "each of "+strings.Join(targets, ", ")+by)
	default:
		l.steps = append(l.steps, targets[0]+by)
	}
	for _, target := range targets {
		part, err := l.resolve(target)
		if err != nil {
			return Selection{}, err
		}
		x.merge(part)
	}
	return x, nil
}

// address is what an address of a record stands for: that of the VPC that looks it up, where several have it.
func (l *lookup) address(a netip.Addr) (Selection, error) {
	own := l.network.InterfaceAt(l.vpc, a)
	if own != nil && len(l.network.InterfacesAt(a)) > 1 && len(own.Addresses) == 1 && !own.Addresses[0].Public.IsValid() {
		return Selection{Interfaces: []*network.Interface{own}}, nil
	}
	return l.Session.address(a.String(), a)
}

// privateEndpoint is the endpoint whose private DNS name a name is in a VPC, and the domain that it answers for (PL-5).
func (l *lookup) privateEndpoint(name string) (found *network.Endpoint, domain string, err error) {
	if l.vpc == "" {
		return nil, "", nil
	}
	for _, e := range l.network.Endpoints.All() {
		if e.VPC != l.vpc || !e.PrivateDNS || e.Type != network.EndpointInterface {
			continue
		}
		for _, each := range l.privateNames(e) {
			below, wildcard := strings.CutPrefix(each, "*.")
			if name != each && !(wildcard && strings.HasSuffix(name, "."+below)) || len(below) < len(domain) {
				continue
			}
			if found != nil && found != e && len(below) == len(domain) {
				return nil, "", wrong("%s is a private DNS name of two endpoints in %s, %s and %s: ask about one of them", name, l.catalog().vpcLabel(l.vpc), found.ID, e.ID)
			}
			found, domain = e, below
		}
	}
	return found, domain, nil
}

// privateNames are the private DNS names of an endpoint: those that it lists, those of its service, or those that services of AWS have
// by their own name (https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html).
func (l *lookup) privateNames(e *network.Endpoint) []string {
	var names []string
	for _, each := range e.DNSNames {
		if !strings.Contains(each, ".vpce.") {
			names = append(names, canonical(each))
		}
	}
	if len(names) > 0 {
		return names
	}
	if v := l.catalog().services[e.Service]; v != nil {
		for _, each := range v.PrivateDNSNames {
			names = append(names, canonical(each))
		}
		return names
	}
	rest, ok := strings.CutPrefix(e.Service, "com.amazonaws.")
	region, service, more := strings.Cut(rest, ".")
	if !ok || !more {
		return nil
	}
	labels := strings.Split(service, ".") // com.amazonaws.us-east-1.ecr.api is called api.ecr.us-east-1.amazonaws.com
	slices.Reverse(labels)
	domain := strings.Join(labels, ".") + "." + region + ".amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		domain += ".cn"
	}
	return []string{domain, "*." + domain}
}

var (
	privateName = regexp.MustCompile(`^ip-([0-9]+)-([0-9]+)-([0-9]+)-([0-9]+)\.(ec2|[a-z0-9-]+\.compute)\.internal$`)
	managedName = regexp.MustCompile(`\.(rds|cache|es|memorydb|docdb)(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$|\.[a-z0-9]+\.cache\.amazonaws\.com$`)
)

// amazon is what a name stands for that AWS gave: to an endpoint, a load balancer, an address, a database. All others are public.
func (l *lookup) amazon(name string) (Selection, error) {
	for _, e := range l.network.Endpoints.All() {
		for _, each := range e.DNSNames {
			if canonical(each) == name && strings.Contains(name, ".vpce.") {
				l.steps = append(l.steps, "a DNS name of "+e.Label())
				return l.zonal(name, e)
			}
		}
	}
	short := strings.TrimPrefix(name, "dualstack.")
	for _, b := range l.network.LoadBalancers.All() {
		if b.DNSName != "" && canonical(b.DNSName) == short {
			l.steps = append(l.steps, "the load balancer "+b.Label())
			return l.balancer(l.text, b), nil
		}
	}
	if m := privateName.FindStringSubmatch(name); m != nil {
		if a, err := netip.ParseAddr(strings.Join(m[1:5], ".")); err == nil {
			l.steps = append(l.steps, a.String())
			return l.address(a)
		}
	}
	if managedName.MatchString(name) {
		return l.managed(name)
	}
	if strings.Contains(name, ".vpce.") || strings.Contains(name, ".elb.") {
		var known []string
		for _, e := range l.network.Endpoints.All() {
			known = append(known, e.DNSNames...)
		}
		for _, b := range l.network.LoadBalancers.All() {
			known = append(known, b.DNSName)
		}
		if near := nearest(name, known); len(near) > 0 || strings.Contains(name, ".vpce.") || strings.HasPrefix(name, "internal-") {
			return Selection{}, wrong("%s: no endpoint and no load balancer in the input has that DNS name.%s", name, suggestion(near))
		}
	}
	for _, private := range []string{".internal", ".local", ".localhost"} {
		if strings.HasSuffix(name, private) {
			return Selection{}, wrong("%s leads nowhere: no private hosted zone that %s has such a name, and %s is no domain of the public internet", name, l.sees(), private[1:])
		}
	}
	l.public = true
	return Selection{Kind: "hostname", Internet: true}, nil
}

func (l *lookup) sees() string {
	if l.vpc == "" {
		return "the outside sees"
	}
	return l.catalog().vpcLabel(l.vpc) + " sees"
}

// zonal is an endpoint by a DNS name, which may be that of a zone.
func (l *lookup) zonal(name string, e *network.Endpoint) (Selection, error) {
	x, err := l.Session.endpoint(l.text, e)
	if err != nil {
		return x, err
	}
	first, _, _ := strings.Cut(name, ".")
	here := choose(x.Interfaces, func(i *network.Interface) bool {
		subnet, ok := l.network.Subnets.Get(i.Subnet)
		return ok && subnet.Zone != "" && strings.HasSuffix(first, "-"+subnet.Zone)
	})
	if len(here) == 0 {
		return x, nil
	}
	l.steps[len(l.steps)-1] += " in one zone"
	if len(x.Services) > 0 {
		if len(here) < len(x.Interfaces) {
			l.notes = append(l.notes, "The service is asked about as all zones of the endpoint reach it.")
		}
		return x, nil
	}
	x.Interfaces = here
	return x, nil
}

// managed is a database or a cache by the name that AWS gave it, which begins with its own.
func (l *lookup) managed(name string) (Selection, error) {
	labels := strings.Split(name, ".")
	var known []string
	for _, w := range l.network.Workloads.All() {
		if w.Name == "" {
			continue
		}
		known = append(known, w.Name)
		for _, label := range labels[:2] {
			if strings.EqualFold(label, w.Name) || strings.HasPrefix(label, "vpc-"+strings.ToLower(w.Name)+"-") {
				l.steps = append(l.steps, "taken to be a name of the "+string(w.Kind)+" "+w.Label())
				return l.workload(l.text, w, l.catalog().interfaces(w.Interfaces))
			}
		}
	}
	return Selection{}, wrong("%s: no database and no cache in the input has that name.%s", name, suggestion(nearest(labels[0], known)))
}

package reach_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/walker"
)

// TestRandomServices compares the answers about the services behind load balancers and endpoints with walks of both connections.
func TestRandomServices(t *testing.T) {
	onRandomNetworks(t, networks, func(t *trial) { t.services() })
}

// TestRandomData compares what is said of data, by the names that clients claim, with the walker's own reading of the firewalls' rules.
func TestRandomData(t *testing.T) {
	onRandomNetworks(t, networks, func(t *trial) { t.data() })
}

// service is something that a question about a service may be about.
type service struct {
	text string
	what reach.Service
	ask  walker.Question
}

func (t *trial) allServices() []service {
	var all []service
	for _, b := range t.network.LoadBalancers.All() {
		all = append(all, service{b.ID, reach.Service{Balancer: b}, walker.Question{Balancer: b.ID}})
	}
	for _, e := range t.network.Endpoints.All() {
		if e.Type == network.EndpointInterface && strings.Contains(e.Service, "vpce-svc") {
			all = append(all, service{e.ID, reach.Service{Endpoint: e}, walker.Question{Endpoint: e.ID}})
		}
	}
	return all
}

// client is an end that opens connections, with the members that stand for it.
func (t *trial) client() side {
	for {
		s := t.side(true)
		if s.text != "everything" && !slices.ContainsFunc(s.members, func(m member) bool { // what relays is no client of anybody
			i, ok := t.network.Interfaces.Get(m.id)
			return ok && (i.Owner.Kind == network.OwnerLoadBalancer || slices.Contains([]network.InterfaceType{network.TypeNAT, network.TypeTransitGateway, network.TypeGatewayLBEndpoint}, i.Type))
		}) {
			return s
		}
	}
}

func (t *trial) services() {
	all := t.allServices()
	if len(all) == 0 {
		return
	}
	for range 6 {
		s, from := choose(t, all...), t.client()
		q := reach.Question{Sources: from.ends, Service: &s.what, Traffic: t.served(s), Family: reach.IPv4}
		parts := t.engine.Can(q)
		text := fmt.Sprintf("from %s to the service %s, %s", from.text, s.text, q.Traffic)
		bySource := map[member][]*reach.Part{}
		var order []member
		outside := map[netip.Addr][]netip.Prefix{}
		for i := range parts {
			t.serviceWitness(text, s, &parts[i])
			for _, m := range parts[i].Sources {
				if m.Interface == nil {
					outside[m.Address] = m.Outside
				}
				if bySource[memberOf(m)] == nil {
					order = append(order, memberOf(m))
				}
				bySource[memberOf(m)] = append(bySource[memberOf(m)], &parts[i])
			}
		}
		t.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, m := range order[:min(len(order), 4)] {
			headers := t.headers(q.Traffic, bySource[m])
			for _, h := range headers[:min(len(headers), 10)] {
				t.compareService(text, s, t.example(m, outside), h, bySource[m])
			}
		}
		if t.failed {
			return
		}
	}
}

// served is traffic that has to do with a service, mostly.
func (t *trial) served(s service) packet.Set {
	if t.IntN(4) == 0 {
		return t.traffic()
	}
	b := s.what.Balancer
	if b == nil {
		for _, v := range t.network.EndpointServices.All() {
			if v.Name == s.what.Endpoint.Service && len(v.LoadBalancers) > 0 {
				b, _ = t.network.LoadBalancers.Get(v.LoadBalancers[0])
			}
		}
	}
	if b == nil || len(b.Listeners) == 0 {
		return t.traffic()
	}
	l := choose(t, b.Listeners...)
	set := packet.Ports(choose(t, packet.TCP, packet.TCP, packet.UDP), uint16(l.Port), uint16(l.Port)+uint16(t.IntN(2)))
	return set.Intersect(choose(t, packet.Clients(1024, 65535), packet.Clients(0, 65535), packet.Clients(32768, 60999)))
}

func (s service) question(m member, h packet.Header) walker.Question {
	q := question(pair{from: m}, h)
	q.To, q.Balancer, q.Endpoint = "", s.ask.Balancer, s.ask.Endpoint
	return q
}

// compareService demands that the engine and the walker tell the same verdicts, for each target and altogether.
func (t *trial) compareService(text string, s service, m member, h packet.Header, parts []*reach.Part) {
	q := s.question(m, h)
	outcomes := t.walker.Walk(q)
	t.packets++
	var holds []*reach.Part
	got := map[string][]string{}
	for _, p := range parts {
		if !p.Traffic.Contains(h) {
			continue
		}
		holds = append(holds, p)
		got[""] = append(got[""], string(p.Verdict))
	}
	want := map[string][]string{}
	for _, o := range outcomes {
		want[""] = append(want[""], string(o.Verdict))
	}
	unique := func(list []string) string {
		list = slices.Clone(list)
		slices.Sort(list)
		return strings.Join(slices.Compact(list), "+")
	}
	t.verdicts[unique(want[""])]++
	if unique(got[""]) != unique(want[""]) {
		if coarser(strings.Split(unique(got[""]), "+"), strings.Split(unique(want[""]), "+")) {
			t.coarse++
			return
		}
		t.fail("%s\n%s → %s, %s: the engine says %s, the walker %s\nMISMATCH service %s\n%s%s", text, m.id, s.text, q.Packet, unique(got[""]), unique(want[""]),
			signature([]string{unique(got[""])}, []string{unique(want[""])}, outcomes), told(holds, h), walked(outcomes))
	}
}

// serviceWitness demands that what arrives has witnesses which the walker does not reject.
func (t *trial) serviceWitness(text string, s service, p *reach.Part) {
	arrives := p.Verdict == reach.Reachable || p.Verdict == reach.OneWay
	if arrives != (p.Witness != nil) {
		t.fail("%s: %s part for %s: witness %v", text, p.Verdict, p.Traffic, p.Witness)
		return
	}
	if !arrives {
		return
	}
	m := member{address: p.Witness.Source}
	if p.Witness.From != nil {
		m.id = p.Witness.From.ID
	}
	q := s.question(m, p.Witness.Header)
	t.packets++
	outcomes := t.walker.Walk(q)
	for _, o := range outcomes {
		if string(o.Verdict) != string(p.Verdict) || o.Door != p.Witness.To.ID {
			continue
		}
		if p.Then == nil || p.Then.To == nil || o.Target == p.Then.To.ID {
			return
		}
	}
	t.fail("%s\n%s → %s, %s: the walker rejects the witness, then %+v\nMISMATCH service witness %s\n%s%s", text, m.id, s.text, q.Packet, p.Then, p.Verdict, told([]*reach.Part{p}, p.Witness.Header), walked(outcomes))
}

// names are hosts that clients may name: some that rules speak of, and some of which none does.
var names = []string{"example.com", "www.example.com", "api.example.com", "evil.example.com", "example.org", "a.b.example.org", "badexample.com", "unheard-of.test"}

// data asks about names, and about what limits the data of what is reachable.
func (t *trial) data() {
	if t.network.Firewalls.Len() == 0 {
		return
	}
	for range 8 {
		from, to := t.client(), t.side(false)
		if t.IntN(2) == 0 {
			to = side{"internet", t.engine.Internet(), nil}
		}
		port := choose(t, uint16(443), 80, 8443, 22)
		q := reach.Question{Sources: from.ends, Destinations: to.ends, Traffic: packet.Ports(packet.TCP, port, port).Intersect(packet.Clients(1024, 65535)), Family: reach.IPv4}
		text := fmt.Sprintf("from %s to %s, port %d", from.text, to.text, port)
		for _, p := range t.engine.Can(q) {
			t.limits(text, &p)
		}
		q.Name = choose(t, names...)
		parts := t.engine.Can(q)
		by, order := t.pairs(parts)
		for _, at := range order[:min(len(order), 6)] {
			if at.from.id == "" && at.to.id == "" {
				continue
			}
			headers := t.headers(q.Traffic, by[at])
			for _, h := range headers[:min(len(headers), 3)] {
				t.compareName(text, q.Name, at, h, by[at])
			}
		}
		if t.failed {
			return
		}
	}
}

// claims are the kinds of data in which a client names a host, by the port.
func claims(port uint16) []string {
	switch port {
	case 443:
		return []string{"tls"}
	case 80:
		return []string{"http"}
	}
	return []string{"tls", "http"}
}

// compareName compares verdicts on data. Where either kind of data would do, only what is certain for one of them is compared.
func (t *trial) compareName(text, name string, at pair, h packet.Header, parts []*reach.Part) {
	var got []string
	for _, p := range parts {
		if p.Traffic.Contains(h) {
			got = append(got, string(p.Verdict))
		}
	}
	slices.Sort(got)
	got = slices.Compact(got)
	kinds := claims(h.First)
	if len(kinds) > 1 {
		return
	}
	q := question(at, h)
	if handshake := t.walker.Verdicts(q); len(handshake) > 1 || handshake[0] != walker.Reachable {
		return // what does not get to data, and data that does not pass, are told otherwise by the two
	}
	q.Data, q.Name = kinds[0], name
	outcomes := t.walker.Walk(q)
	t.packets++
	var want []string
	for _, o := range outcomes {
		want = append(want, string(o.Verdict))
	}
	slices.Sort(want)
	want = slices.Compact(want)
	t.verdicts[strings.Join(want, "+")]++
	if !slices.Equal(got, want) {
		if coarser(got, want) {
			t.coarse++
			return
		}
		t.fail("%s, %s\n%s → %s, %s: the engine says %v, the walker %v\nMISMATCH name %s\n%s%s", text, name, at.from.id, at.to.id, q.Packet, got, want, signature(got, want, outcomes), told(parts, h), walked(outcomes))
	}
}

// limits demands that the walker finds the data of a part limited as the part says.
func (t *trial) limits(text string, p *reach.Part) {
	if p.Verdict != reach.Reachable || p.Choice != "" || p.Witness == nil || p.Limits != nil && p.Limits.Unknown != "" {
		return
	}
	w := p.Witness
	at := pair{member{address: w.Source}, member{address: w.Destination}}
	if w.From != nil {
		at.from.id = w.From.ID
	}
	if w.To != nil {
		at.to.id = w.To.ID
	}
	passes := func(kind, name string) bool {
		q := question(at, w.Header)
		q.Data, q.Name = kind, name
		t.packets++
		return slices.ContainsFunc(t.walker.Walk(q), func(o walker.Outcome) bool { return o.Verdict == walker.Reachable })
	}
	check := func(kind, name string, want bool) {
		if got := passes(kind, name); got != want && !t.failed {
			t.fail("%s: limits %+v: the walker says %v of %s %q\nMISMATCH limits\n%s", text, p.Limits, got, kind, name, told([]*reach.Part{p}, w.Header))
		}
	}
	l := p.Limits
	switch {
	case l == nil:
		check("tls", choose(t, names...), true)
		check("http", choose(t, names...), true)
		check("other", "", true)
	case l.HandshakeOnly:
		check("tls", choose(t, names...), false)
		check("http", choose(t, names...), false)
		check("other", "", false)
	default:
		check("other", "", strings.Contains(l.Open, "neither"))
		check("tls", "unheard-of.test", strings.Contains(l.Open, "TLS with"))
		check("http", "unheard-of.test", strings.Contains(l.Open, "HTTP with"))
		for _, n := range l.Names {
			if name, only, _ := strings.Cut(n, " "); !strings.Contains(name, "*") {
				name = strings.TrimPrefix(name, ".")
				if !passes("tls", name) && !passes("http", name) {
					t.fail("%s: limits %+v: the walker lets nothing pass with the name %s %s", text, p.Limits, name, only)
				}
			}
		}
	}
}

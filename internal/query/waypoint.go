package query

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
)

// kindsOfWay are the words for all things of a kind on a way, and the kinds of passages that they stand for.
var kindsOfWay = []struct {
	word string
	of   func(kind string) bool
}{
	{"balancer", func(kind string) bool { return kind == "load balancer" }},
	{"endpoint", func(kind string) bool { return strings.Contains(kind, "endpoint") }},
	{"firewall", func(kind string) bool { return kind == "network firewall" }},
	{"internet", func(kind string) bool { return strings.Contains(kind, "internet") }},
	{"nat", func(kind string) bool { return kind == "NAT gateway" }},
	{"peering", func(kind string) bool { return kind == "peering connection" }},
	{"transit", func(kind string) bool { return strings.HasPrefix(kind, "transit gateway") }},
}

// waypoint is a thing that a way may lead through.
type waypoint struct {
	kind, id, name, vpc string
	// also are other identifiers by which it is passed: the endpoints of a firewall, the endpoints of a service.
	also     []string
	balancer *network.LoadBalancer
	endpoint *network.Endpoint
	service  *network.EndpointService
}

// waypoints are all things of the network that a way may lead through, in a fixed order.
func (s *Session) waypoints() []waypoint {
	n := s.network
	var list []waypoint
	add := func(kind string, o *network.Object, vpc string, also ...string) *waypoint {
		list = append(list, waypoint{kind: kind, id: o.ID, name: o.Name, vpc: vpc, also: also})
		return &list[len(list)-1]
	}
	for _, f := range n.Firewalls.All() {
		var endpoints []string
		for _, e := range f.Endpoints {
			endpoints = append(endpoints, e.ID)
		}
		add("network firewall", &f.Object, f.VPC, endpoints...)
		for _, e := range f.Endpoints {
			if _, ok := n.Endpoints.Get(e.ID); !ok {
				list = append(list, waypoint{kind: "firewall endpoint", id: e.ID, vpc: e.VPC})
			}
		}
	}
	for _, g := range n.NATGateways.All() {
		add("NAT gateway", &g.Object, g.VPC)
	}
	for _, e := range n.Endpoints.All() {
		add("VPC endpoint", &e.Object, e.VPC).endpoint = e
	}
	for _, v := range n.EndpointServices.All() {
		var endpoints []string
		for _, e := range s.catalog().endpointsOf(v.Name) {
			endpoints = append(endpoints, e.ID)
		}
		add("endpoint service", &v.Object, "", endpoints...).service = v
	}
	for _, p := range n.PeeringConnections.All() {
		add("peering connection", &p.Object, "")
	}
	for _, g := range n.TransitGateways.All() {
		add("transit gateway", &g.Object, "")
	}
	for _, a := range n.TransitAttachments.All() {
		add("transit gateway attachment", &a.Object, "")
	}
	for _, b := range n.LoadBalancers.All() {
		add("load balancer", &b.Object, b.VPC).balancer = b
	}
	for _, g := range n.InternetGateways.All() {
		add("internet gateway", &g.Object, g.VPC)
	}
	for _, g := range n.EgressOnlyGateways.All() {
		add("egress-only internet gateway", &g.Object, g.VPC)
	}
	for _, g := range n.VPNGateways.All() {
		add("VPN gateway", &g.Object, g.VPC)
	}
	return list
}

// passing is what a word of --through stands for, as a condition on passages.
func (s *Session) passing(flag, word string) (func(reach.Passage) bool, error) {
	for _, k := range kindsOfWay {
		if k.word == word {
			return func(p reach.Passage) bool { return k.of(p.Kind) }, nil
		}
	}
	w, err := s.oneWaypoint(flag, word, nil)
	if err != nil {
		return nil, err
	}
	ids := append([]string{w.id}, w.also...)
	return func(p reach.Passage) bool {
		return slices.Contains(ids, p.ID) || slices.ContainsFunc(p.Also, func(id string) bool { return slices.Contains(ids, id) })
	}, nil
}

// oneWaypoint finds a thing on the way by identifier, ARN, DNS name or name; of the kinds that are fit, when that is asked for.
func (s *Session) oneWaypoint(flag, word string, fit func(waypoint) bool) (*waypoint, error) {
	all := s.waypoints()
	if fit != nil {
		all = choose(all, fit)
	}
	name, in := word, func(waypoint) bool { return true }
	if env, rest, ok := strings.Cut(word, "/"); ok && !strings.HasPrefix(word, "arn:") {
		if scope := s.catalog().environment(env); len(scope) > 0 {
			name, in = rest, func(w waypoint) bool { return scope[w.vpc] }
		}
	}
	found := choose(all, func(w waypoint) bool { return w.id == word })
	if len(found) == 0 {
		found = choose(all, func(w waypoint) bool {
			return in(w) && (w.name == name || w.balancer != nil && w.balancer.DNSName != "" && canonical(w.balancer.DNSName) == canonical(name))
		})
	}
	switch len(found) {
	case 1:
		return &found[0], nil
	case 0:
		var known []string
		if fit == nil {
			for _, k := range kindsOfWay {
				known = append(known, k.word)
			}
		}
		for _, w := range all {
			known = append(known, w.id)
			if w.name != "" {
				known = append(known, w.name)
			}
		}
		slices.Sort(known)
		hint := suggestion(nearest(word, slices.Compact(known)))
		if fit != nil {
			return nil, wrong("%s %s: the input has no load balancer, private endpoint or endpoint service of that name.%s", flag, word, hint)
		}
		return nil, wrong("%s %s: it is balancer, endpoint, firewall, internet, nat, peering, transit, or the identifier, ARN or name of such a thing, and the input has none of that name.%s", flag, word, hint)
	}
	var lines []string
	for _, w := range found {
		line := pad(w.id, 30) + "  " + w.kind + " " + w.name
		if w.vpc != "" {
			line += " in " + s.catalog().vpcLabel(w.vpc)
		}
		lines = append(lines, line)
	}
	return nil, wrong("%s %s: %s have that name. Say which one:%s", flag, word, plural(len(found), "thing"), listing(lines))
}

// Waypoints are the words that may follow --through and begin with a prefix, sorted: what a shell offers to complete. Gates are those that may
// follow --only-through.
func (s *Session) Waypoints(prefix string, gates bool) []string {
	all := s.waypoints()
	var words []string
	if gates {
		all = choose(all, s.isGate)
	} else {
		for _, k := range kindsOfWay {
			words = append(words, k.word)
		}
	}
	names := map[string]int{}
	for _, w := range all {
		names[w.name]++
	}
	for _, w := range all {
		if w.name != "" && names[w.name] == 1 {
			words = append(words, w.name)
		} else {
			words = append(words, w.id)
		}
	}
	slices.Sort(words)
	return choose(slices.Compact(words), func(word string) bool { return strings.HasPrefix(word, prefix) })
}

// isGate tells whether something leads to what is behind it: a load balancer, an endpoint of somebody's service, such a service.
func (s *Session) isGate(w waypoint) bool {
	return w.balancer != nil || w.service != nil || w.endpoint != nil && s.catalog().private(w.endpoint)
}

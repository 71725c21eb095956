package audit

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// survey is a network under examination. What rules share is worked out when the first of them needs it.
type survey struct {
	network     *network.Network // with members to be (V-16)
	session     *query.Session
	assumptions []string
	rule        *Rule // that is being applied
	found       []found

	profileList []*profile
	summed      bool                  // ways of profiles are worked out
	carriers    map[string][]*profile // by group
	bySubnet    map[string][]*profile
	byTable     map[string][]*network.Subnet
	exits       []*exit
	exited      bool
	brokenList  []broken
	brokenDone  bool
	peers       map[[2]string]*network.PeeringConnection // active ones, by VPCs in order
	users       map[string]int                           // what carries, or will carry, a group
}

func newSurvey(n *network.Network) *survey {
	members, words := membersToBe(n)
	s := &survey{session: query.New(n.With(members...))}
	s.network = s.session.Network()
	s.assumptions = append(slices.Clone(s.network.Assumptions), words...)
	s.byTable = map[string][]*network.Subnet{}
	for _, subnet := range s.network.Subnets.All() {
		if subnet.RouteTable != "" {
			s.byTable[subnet.RouteTable] = append(s.byTable[subnet.RouteTable], subnet)
		}
	}
	s.peers = map[[2]string]*network.PeeringConnection{}
	for _, p := range s.network.PeeringConnections.All() {
		if p.State == "active" && p.Defect == nil {
			s.peers[pairOf(p.Requester.VPC, p.Accepter.VPC)] = p
		}
	}
	s.users = map[string]int{}
	for _, i := range s.network.Interfaces.All() {
		for _, g := range i.Groups {
			s.users[g]++
		}
	}
	for _, w := range s.network.Workloads.All() {
		for _, g := range w.Groups {
			s.users[g]++
		}
	}
	for _, b := range s.network.LoadBalancers.All() {
		for _, g := range b.Groups {
			s.users[g]++
		}
	}
	for _, e := range s.network.Endpoints.All() {
		for _, g := range e.Groups {
			s.users[g]++
		}
	}
	return s
}

// membersToBe are interfaces of what has none yet, but will (V-16): one for each subnet that it names. Nothing that is known is its own, and nothing carries just its
// groups already.
func membersToBe(n *network.Network) ([]*network.Interface, []string) {
	sets := map[string]bool{}
	for _, i := range n.Interfaces.All() {
		sets[strings.Join(i.Groups, " ")] = true
	}
	var list []*network.Interface
	var names []string
	seen := map[string]bool{}
	for _, w := range n.Workloads.All() {
		groups := slices.Clone(w.Groups)
		slices.Sort(groups)
		groups = slices.Compact(groups)
		has := slices.ContainsFunc(w.Interfaces, func(id string) bool { _, ok := n.Interfaces.Get(id); return ok })
		if has || len(groups) == 0 || sets[strings.Join(groups, " ")] {
			continue
		}
		subnets := slices.Clone(w.Subnets)
		if len(subnets) == 0 && w.Address == "" { // in an account, what is used has interfaces; a template that says not where may be years old
			continue
		}
		if len(subnets) == 0 {
			for _, subnet := range n.Subnets.All() {
				if g, ok := n.SecurityGroups.Get(groups[0]); ok && (subnet.VPC == g.VPC || slices.Contains(g.VPCs, subnet.VPC)) {
					subnets = append(subnets, subnet.ID)
				}
			}
		}
		slices.Sort(subnets)
		key := fmt.Sprint(w.Kind, groups, subnets)
		if seen[key] { // the next launch template for the same
			continue
		}
		seen[key] = true
		names = append(names, cmp.Or(w.Name, w.ID))
		for _, id := range slices.Compact(subnets) {
			subnet, ok := n.Subnets.Get(id)
			if !ok {
				continue
			}
			i := &network.Interface{
				Object: network.Object{ID: fmt.Sprintf("eni-to-be-%s-%s", w.ID[strings.LastIndexAny(w.ID, ":/")+1:], id), Name: cmp.Or(w.Name, w.ID) + " to be",
					Account: subnet.Account, Region: subnet.Region, Address: w.Address, Origin: w.Origin},
				VPC: subnet.VPC, Subnet: id, Type: network.TypeInterface, Groups: groups, SourceDestCheck: true, Owner: network.Owner{Kind: w.Kind, ID: w.ID, Sure: true},
			}
			if w.Kind == network.OwnerFunction {
				i.Type = network.TypeLambda
			}
			for _, block := range subnet.Blocks {
				if block.Addr().Is4() { // functions and caches have no public address (LAMBDA-1)
					i.Open.IPv4, i.Open.Public = true, subnet.MapPublicIPOnLaunch && w.Kind != network.OwnerFunction && w.Kind != network.OwnerCache
				} else {
					i.Open.IPv6 = subnet.AssignIPv6OnCreation
				}
			}
			if i.Open.Any() {
				list = append(list, i)
			}
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	slices.Sort(names)
	return list, []string{fmt.Sprintf("What has no interface yet was looked at as members to be, in the subnets that it names: %s.", few(slices.Compact(names)))}
}

func pairOf(a, b string) [2]string {
	if b < a {
		a, b = b, a
	}
	return [2]string{a, b}
}

// families in the order of [profile.in].
var families = [2]reach.Family{reach.IPv4, reach.IPv6}

// connections is what is asked about: whatever a client may open from the ports that clients use (V-1).
var connections = packet.All.Intersect(packet.Clients(1024, 65535))

// tcpAndUDP are the protocols with ports.
var tcpAndUDP = packet.Protocol(packet.TCP).Union(packet.Protocol(packet.UDP))

// evidence asks for one part of an answer, to show it.
func (s *survey) evidence(q reach.Question, source, destination string, verdict reach.Verdict) (*report.Part, *reach.Part, error) {
	return s.evidenceOf(q, source, destination, reach.Wanted{Verdict: verdict})
}

// evidenceOf is the same of a part that is wanted for more than its verdict.
func (s *survey) evidenceOf(q reach.Question, source, destination string, wanted reach.Wanted) (*report.Part, *reach.Part, error) {
	words := report.Question{Source: source, Destination: destination, Protocol: "any", Family: "any"}
	switch q.Family {
	case reach.IPv4:
		words.Family = "ipv4"
	case reach.IPv6:
		words.Family = "ipv6"
	}
	return s.session.Evidence(q, words, wanted)
}

// telling is a part of some headers that a reader knows: HTTPS, where it is among them.
func telling(set packet.Set) packet.Set {
	if https := set.Intersect(packet.Ports(packet.TCP, 443, 443)); !https.IsEmpty() {
		return https
	}
	return set
}

// few lists some names, and how many more there are.
func few(names []string) string {
	const most = 3
	switch n := len(names); {
	case n == 0:
		return "nothing"
	case n == 1:
		return names[0]
	case n <= most+1:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	default:
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", n-most)
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// label is how messages call an object: by its name, with the address in Terraform where there is one, for the identifier is made up then.
func label(o *network.Object) string {
	id := cmp.Or(o.Address, o.ID)
	if o.Name == "" || o.Name == o.ID {
		return id
	}
	return o.Name + " (" + id + ")"
}

// name is how messages call an interface: as people do, by what uses it.
func (s *survey) name(i *network.Interface) string {
	name := s.session.Name(i)
	switch {
	case name == "" || name == i.ID:
		return cmp.Or(i.Address, i.ID)
	case s.network.Made[name] != "": // an instance that has no name
		return s.network.Made[name]
	case strings.HasPrefix(i.ID, "eni-to-be-"):
		return name
	}
	return name + " (" + cmp.Or(i.Address, i.ID) + ")"
}

func (s *survey) groupLabel(id string) string {
	if g, ok := s.network.SecurityGroups.Get(id); ok {
		return label(&g.Object)
	}
	return id
}

func (s *survey) vpcLabel(id string) string {
	if v, ok := s.network.VPCs.Get(id); ok {
		return label(&v.Object)
	}
	return id
}

// blocksOf are the blocks of a VPC.
func (s *survey) blocksOf(vpc string) []netip.Prefix {
	if v, ok := s.network.VPCs.Get(vpc); ok {
		return v.Blocks
	}
	return nil
}

// wide tells whether a block is about anybody, and not about some network: of IPv4 larger than a /8, of IPv6 than a /16. See [reach.Engine.AtLarge].
func wide(p netip.Prefix) bool {
	if !p.IsValid() {
		return false
	}
	return p.Bits() < 8 || p.Addr().Is6() && p.Bits() < 16
}

// blocks are the prefixes that a block or a prefix list stands for. A list that is not known has none.
func (s *survey) blocks(block netip.Prefix, list string) []netip.Prefix {
	if list == "" {
		return []netip.Prefix{block}
	}
	if l, ok := s.network.PrefixLists.Get(list); ok && l.Defect == nil {
		return l.Entries
	}
	return nil
}

// traffic is what a rule of a security group admits.
func traffic(r network.Rule) packet.Set { return packet.Rule(r.Protocol, r.From, r.To) }

// ruleWords writes a rule: "inbound tcp 22 from 0.0.0.0/0".
func (s *survey) ruleWords(r network.Rule, outbound bool) string {
	way, to := "inbound", "from"
	if outbound {
		way, to = "outbound", "to"
	}
	other := r.PrefixList
	switch {
	case r.Group != "":
		other = s.groupLabel(r.Group)
	case r.Block.IsValid():
		other = r.Block.String()
	}
	return fmt.Sprintf("%s %s %s %s", way, query.Words(traffic(r)), to, other)
}

// targetWords writes where a route leads.
func (s *survey) targetWords(r network.Route) string {
	switch {
	case r.Target.ID == "" && r.Target.Kind == network.TargetNone:
		return "nothing"
	case r.Target.ID == "":
		return string(r.Target.Kind)
	}
	n, id := s.network, r.Target.ID
	var o *network.Object
	switch r.Target.Kind {
	case network.TargetInternetGateway:
		o = object(n.InternetGateways, id, func(x *network.InternetGateway) *network.Object { return &x.Object })
	case network.TargetEgressOnly:
		o = object(n.EgressOnlyGateways, id, func(x *network.EgressOnlyGateway) *network.Object { return &x.Object })
	case network.TargetNAT:
		o = object(n.NATGateways, id, func(x *network.NATGateway) *network.Object { return &x.Object })
	case network.TargetPeering:
		o = object(n.PeeringConnections, id, func(x *network.PeeringConnection) *network.Object { return &x.Object })
	case network.TargetTransitGateway:
		o = object(n.TransitGateways, id, func(x *network.TransitGateway) *network.Object { return &x.Object })
	case network.TargetInterface:
		o = object(n.Interfaces, id, func(x *network.Interface) *network.Object { return &x.Object })
	case network.TargetVPNGateway:
		o = object(n.VPNGateways, id, func(x *network.VPNGateway) *network.Object { return &x.Object })
	case network.TargetEndpoint:
		if o = object(n.Endpoints, id, func(x *network.Endpoint) *network.Object { return &x.Object }); o == nil {
			if w := s.firewall(id); w != nil {
				o = &w.Object
			}
		}
	}
	if o == nil || o.Address == "" {
		return id
	}
	return o.Address
}

func object[T any, P interface{ *T }](all interface{ Get(string) (P, bool) }, id string, of func(P) *network.Object) *network.Object {
	x, ok := all.Get(id)
	if !ok {
		return nil
	}
	return of(x)
}

func (s *survey) routeWords(r network.Route) string {
	return cmp.Or(r.PrefixList, prefixWord(r.Destination)) + " → " + s.targetWords(r)
}

func prefixWord(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}

// tables gives the route tables that are not broken, sorted by identifier.
func (s *survey) tables() []*network.RouteTable { return s.network.RouteTables.All() }

// subnetWords names subnets.
func subnetWords(list []*network.Subnet) string {
	var names []string
	for _, subnet := range list {
		names = append(names, cmp.Or(subnet.Name, subnet.ID))
	}
	slices.Sort(names)
	if len(names) == 1 {
		return "the subnet " + names[0]
	}
	return "the subnets " + few(names)
}

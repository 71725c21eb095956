package reach

import (
	"encoding/binary"
	"slices"

	"github.com/watertight/watertight/internal/packet"
)

// link is a whole connection between two sites under one sequence of AWS's choices, security groups aside.
type link struct {
	shape          int32 // the same for links that let the same pass, groups aside
	request, reply []bounds
	// sentTo is the destination as the client addresses it, and seen the source as the server sees it.
	sentTo, seen place
	// fromHome and toHome tell that these are the private addresses of client and server: the link holds for all sites of their lanes.
	fromHome, toHome bool
	stray            bool // it comes from a network that is not known
	refsOut, refsIn  references
	unresolved       bool       // it is not known whether the request arrives where the server's groups would filter it
	exempt           packet.Set // not filtered at all (SG-12)
	kind             PathKind
	choices          []choice
	nats             []string
	length           int
	// own, crossed and composed are what group references hang on: whether the source is the client's own address at the end, what was
	// crossed on the way, and whether two legs meet on the internet.
	own, composed, middlebox bool
	crossed                  crossing
	inspections              []inspection // by firewalls, of the request
	passages                 []passage
	lost                     bool
	steps                    []leg // the legs with their steps, where they were asked for
	direct                   *leg  // the way of what a load balancer at the start sends with the addresses of its clients (LB-2)
}

type linkKey struct {
	client, server int32
	public         bool
	internet       bool
	lanes          bool // client and server are lanes, not sites
}

// links are the connections from a client to a server; public tells whether the server is called by its public address, and internet
// whether an outside client is known to be on the internet.
func (s *session) links(client, server *site, public, internet, record bool) []link {
	var street streetKey
	simple := false
	key := linkKey{client: client.id, server: server.id, public: public, internet: internet}
	if !public && !client.outside() && !server.outside() {
		key = linkKey{client: client.lane, server: server.lane, lanes: true}
		if !record && client.vpc() != server.vpc() && client.role != relaying {
			street, simple = s.street(client, server)
		}
	}
	switch {
	case record:
	case simple:
		if l, ok := s.streets[street]; ok {
			return l
		}
	default:
		if l, ok := s.linked[key]; ok {
			return l
		}
	}
	var all []link
	switch {
	case client.outside() && server.outside():
		all = []link{{request: []bounds{unclear}, reply: []bounds{unclear}, sentTo: server.home, seen: client.home, unresolved: true, kind: NoPath}}
	case client.outside():
		all = s.fromOutside(client, server, public, internet, record)
	case server.outside():
		legs := s.out(client, nil, server.home, record)
		for i := range legs {
			l := &legs[i]
			one := single(l, server.home, record)
			if l.end == arrived {
				one.request = shutAll(one.request)
			}
			one.exempt = s.exempt(client, server.home)
			all = append(all, one)
		}
	default:
		to, target := server.home, server
		if public {
			to, target = server.public, nil
		}
		legs := s.out(client, target, to, record)
		for i := range legs {
			l := &legs[i]
			if l.end == exited && public {
				ins := s.in(l.seen, server, record)
				for j := range ins {
					if one, ok := compose(l, &ins[j], to, record); ok {
						all = append(all, one)
					}
				}
				continue
			}
			one := single(l, to, record)
			if l.end != arrived && l.end != lost && l.end != doubtful { // it ended somewhere else
				one.request = shutAll(one.request)
			}
			all = append(all, one)
		}
	}
	var direct *leg
	switch {
	case client.role != relaying || client.balancer.doubt != "":
	case public:
		direct = &leg{end: doubtful, request: []bounds{unclear}, reply: []bounds{unclear}}
	default:
		direct = s.preservedLeg(client, server, anyone(client.family()), record)
	}
	for i := range all {
		if !client.outside() && !server.outside() {
			all[i].fromHome, all[i].toHome = all[i].seen == client.home, !public
		}
		all[i].direct = direct
		s.relate(&all[i], client, server, public)
		s.identify(&all[i])
	}
	switch {
	case record:
	case simple:
		s.streets[street] = all
	default:
		s.linked[key] = all
	}
	return all
}

// seenFrom is the source that the server sees, of a client at a site.
func (l *link) seenFrom(client *site) place {
	if l.fromHome {
		return client.home
	}
	return l.seen
}

// sentToAt is the destination that the client addresses, of a server at a site.
func (l *link) sentToAt(server *site) place {
	if l.toHome {
		return server.home
	}
	return l.sentTo
}

func single(l *leg, to place, record bool) link {
	one := link{
		request: l.request, reply: l.reply, sentTo: to, seen: l.seen, unresolved: l.end == doubtful, kind: l.kind, choices: l.choices, length: l.length,
		own: l.own, crossed: l.crossed, lost: l.end == lost, middlebox: l.middlebox, inspections: l.inspections, passages: l.passages,
	}
	if record {
		one.steps = []leg{*l}
	}
	for _, g := range l.nats {
		one.nats = append(one.nats, g.ID)
	}
	switch l.end {
	case lost:
		one.kind = NoPath
	case doubtful:
		one.kind = UnknownPath
	}
	return one
}

// compose joins a leg that ends on the internet with one that starts there. Legs that need two answers to one choice do not fit.
func compose(out, in *leg, to place, record bool) (link, bool) {
	one := single(out, to, record)
	one.choices = slices.Clone(out.choices)
	for _, c := range in.choices {
		i := slices.IndexFunc(one.choices, func(d choice) bool { return c.about == d.about })
		switch {
		case i < 0:
			one.choices = append(one.choices, c)
		case one.choices[i].pick != c.pick:
			return link{}, false
		}
	}
	last := len(out.request) - 1
	one.request, one.reply = slices.Clone(out.request), slices.Clone(out.reply)
	one.request[last] = one.request[last].and(in.request[0])
	if in.astray { // what it would pass further on is not known
		for i := range one.reply {
			one.reply[i] = open
		}
	}
	one.reply[last] = one.reply[last].and(in.reply[0])
	one.unresolved = in.end == doubtful
	one.length += in.length
	one.composed = true
	one.middlebox = out.middlebox || in.middlebox
	one.passages = slices.Concat(out.passages, in.passages)
	one.inspections = slices.Clone(out.inspections)
	for _, i := range in.inspections { // what comes in carries what the last translation left
		i.segment = last
		one.inspections = append(one.inspections, i)
	}
	if record {
		one.steps = []leg{*out, *in}
	}
	if in.end == lost {
		one.kind, one.lost = NoPath, true
	}
	return one, true
}

func shutAll(list []bounds) []bounds {
	list = slices.Clone(list)
	for i := range list {
		list[i] = shut
	}
	return list
}

// fromOutside are the connections from an address outside: by the internet, and by doors to networks that are not known.
func (s *session) fromOutside(client, server *site, public, internet, record bool) []link {
	to := server.home
	if public {
		to = server.public
	}
	if !internet && !public {
		var open []door
		for _, d := range server.vpc().doors {
			if d.opens(client.home) {
				open = append(open, d)
			}
		}
		if len(open) > 0 {
			return []link{s.byDoor(open, client, server, to, record)}
		}
	}
	if server.public.valid() && !public { // called by a private address that has a public one
		l := leg{request: []bounds{shut}, reply: []bounds{open}, seen: client.home}
		l.path = []step{{hop: Hop{Kind: "internet", ID: "internet", Effect: Deny, Code: "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", Rule: to.address.String() + " is no public address"}}}
		return []link{single(&l, to, record)}
	}
	var all []link
	for _, in := range s.in(client.home, server, record) {
		one := single(&in, to, record)
		one.seen = client.home                                      // the leg is that of any address which what is on the way does not tell apart
		if s.engine.index.translators[client.home.address] != nil { // NAT-2: it holds no connection of its own
			one.reply = shutAll(one.reply)
		}
		all = append(all, one)
	}
	return all
}

// byDoor is a connection from a network that is not known: whether it comes is unknown, and what filters it at its end is not.
func (s *session) byDoor(open []door, client, server *site, to place, record bool) link {
	var legs []leg
	w := walk{session: s, out: &legs, record: record, source: client.home, destination: to, server: server, request: []bounds{{packet.All, packet.All}}, kind: NoPath}
	d := open[0]
	w.doubt(d.kind, d.object, client.home.address.String()+" may come in by it, from a network that was not collected or is not modelled")
	if !slices.ContainsFunc(open, func(d door) bool { return d.aside }) && server.role != garbled {
		w.into(server.subnet, nil)
	}
	if server.role == function || server.role == nat || server.role == conduit {
		w.arrive()
		return single(&legs[0], to, record)
	}
	if server.role == relaying {
		w.listened(server.balancer)
	}
	w.unknown("network interface", &server.example.Object, "it hangs on that network whether the packet comes, and whether the reply gets back")
	l := single(&legs[0], to, record)
	l.unresolved, l.stray = false, true
	if slices.ContainsFunc(open, func(d door) bool { return !d.apart }) {
		l.refsIn = refDoubt // SG-14
	}
	return l
}

// opens tells whether an address may come in by a door.
func (d door) opens(from place) bool {
	if d.blocks != nil {
		return from.in(d.blocks...)
	}
	if from.address.Is4() {
		return from.in(private4...)
	}
	return !from.in(global6)
}

// exempt are the headers to an address that neither groups nor ACLs filter (SG-12, NACL-9).
func (s *session) exempt(client *site, to place) packet.Set {
	if client.role != plain && client.role != function {
		return packet.None
	}
	out := packet.None
	if client.vpc().resolver == to.address {
		out = packet.Ports(packet.TCP, 53, 53).Union(packet.Ports(packet.UDP, 53, 53))
	}
	for _, each := range services {
		if each.address != to.address {
			continue
		}
		if each.tcp {
			out = out.Union(packet.Ports(packet.TCP, each.port, each.port))
		}
		if each.udp {
			out = out.Union(packet.Ports(packet.UDP, each.port, each.port))
		}
	}
	return out
}

// relate says whether group references match between the ends of a link (SG-3, SG-4, SG-5, PEER-5).
func (s *session) relate(l *link, client, server *site, public bool) {
	if client.outside() || server.outside() {
		return
	}
	from, to := client.vpc(), server.vpc()
	near := from.related(to)
	peering := l.crossed.peering
	direct := !l.composed && l.own && !l.middlebox && (l.crossed.count == 0 || l.crossed.count == 1 && peering != nil && peering.Requester.Region == peering.Accepter.Region)
	if !public && near != refNo { // the destination is a member's private address
		l.refsOut = refDoubt
		if direct {
			l.refsOut = near
		}
	}
	switch {
	case l.seen != client.home || !l.own || l.lost || l.middlebox:
		// another source than the client's private address (SG-3, IGW-4), or inspected (SG-5)
	case direct:
		l.refsIn = refYes
	case !l.composed && l.crossed.count == 1 && peering != nil:
		// across Regions (PEER-5)
	case !l.composed && l.crossed.count == 1 && l.crossed.transit != refNo:
		l.refsIn = l.crossed.transit
	case near != refNo:
		l.refsIn = refDoubt // SG-4
	}
}

// identify numbers the shapes of links.
func (s *session) identify(l *link) {
	key := shapeKey{request: l.request[0], reply: l.reply[0], exempt: l.exempt}
	if len(l.request)+len(l.choices) > 1 {
		var rest []byte
		for i := 1; i < len(l.request); i++ {
			for _, set := range []packet.Set{l.request[i].must, l.request[i].may, l.reply[i].must, l.reply[i].may} {
				rest = binary.AppendUvarint(rest, uint64(len(set.Key())))
				rest = append(rest, set.Key()...)
			}
		}
		key.rest = string(rest)
	}
	l.shape = s.shapeOf(key)
}

func (s *session) shapeOf(key shapeKey) int32 {
	shape, ok := s.shapes[key]
	if !ok {
		shape = int32(len(s.shapes))
		s.shapes[key] = shape
	}
	return shape
}

// shapeKey is what passes a link, whatever the groups: what passes behind NAT gateways is the rest.
type shapeKey struct {
	request, reply bounds
	exempt         packet.Set
	rest           string
}

// legsKey is the same for legs that let the same pass, and end alike.
func legsKey(legs []leg) string {
	var key []byte
	number := func(n int) { key = binary.AppendVarint(key, int64(n)) }
	word := func(s string) { number(len(s)); key = append(key, s...) }
	for i := range legs {
		l := &legs[i]
		number(int(l.end))
		number(int(l.seen.cell))
		word(string(l.kind))
		for j := range l.request {
			for _, set := range []packet.Set{l.request[j].must, l.request[j].may, l.reply[j].must, l.reply[j].may} {
				word(set.Key())
			}
		}
		for _, c := range l.choices {
			word(c.text)
		}
	}
	return string(key)
}

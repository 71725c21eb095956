package reach

import (
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// ending is how a leg ends.
type ending uint8

const (
	lost     ending = iota // a definite drop
	doubtful               // what happens next is not known
	arrived                // at the interface that it is for
	exited                 // on the internet
	served                 // at the service of a gateway endpoint (EP-1)
	edged                  // at the edge to a VPN (VPN-1)
)

// leg is a way of packets with one source and one destination address through the network, or to its edge, and back.
type leg struct {
	end ending
	// seen is the source address at the end, and own tells whether it is the client's own address still.
	seen place
	own  bool
	// request and reply are what passes on the way there and on the way back, by the number of translations in force: with each
	// NAT gateway the client port is another one (NAT-1).
	request, reply []bounds
	nats           []*network.NATGateway // one less than request and reply
	astray         bool                  // it is not known what becomes of the reply
	crossed        crossing
	middlebox      bool // a firewall was passed: group references don't match behind it (SG-5)
	passages       []passage
	inspections    []inspection
	kind           PathKind
	choices        []choice
	length         int // elements passed
	path, back     []step
}

// crossing is what a packet crossed between VPCs.
type crossing struct {
	count   int
	peering *network.PeeringConnection // crossed last
	transit references                 // whether group references pass the transit gateway that was crossed last (SG-4)
	peered  bool                       // a peering of transit gateways was crossed
}

// choice is one that AWS made: about says between what, and pick which.
type choice struct {
	about string
	pick  int
	text  string
}

// owner is whose address the source of a packet is.
type owner struct {
	subnet *subnet
	public place
	nat    bool
}

type translation struct {
	nat    *network.NATGateway
	home   *subnet // of the NAT gateway; for a regional one, what stands in for it
	outer  place   // the address that the packet got
	inner  place   // the one that it had
	before owner
	own    bool
}

// walk is a packet on its way: where it stands is the method that is called next. It is copied where AWS has a choice.
type walk struct {
	session             *session
	out                 *[]leg
	record              bool
	replying            bool
	source, destination place
	owner               owner
	own                 bool  // the source is the client's own address
	client, server      *site // server is nil for what is called by a public address, or is outside
	request, reply      []bounds
	translations        []translation
	inForce             int // translations that the packet is under; the request adds to them, the reply undoes them
	crossed             crossing
	middlebox           bool // leg.middlebox
	peered              bool // a peering was crossed, in either direction
	passages            []passage
	inspections         []inspection // of the request
	kind                PathKind
	choices             []choice
	senders             []sentByNAT
	egress              *vpc                       // whose egress-only gateway the request opened (EIGW-1)
	gate                *vpc                       // whose gateway endpoint or VPN gateway the request left by
	edge                *network.TransitAttachment // by which the request left for a network on premises
	way                 ending
	astray              bool  // leg.astray
	seen                place // leg.seen, once the request ended
	length              int
	hops                int
	path, back          []step
}

// sentByNAT remembers that a NAT gateway sent packets through a peering: replies return to it (PEER-4).
type sentByNAT struct {
	vpc     *vpc // on the far side
	address place
	peering *network.PeeringConnection
}

const maxHops = 32

func (w walk) clone() walk {
	w.request, w.reply = slices.Clone(w.request), slices.Clone(w.reply)
	w.translations, w.choices, w.senders = slices.Clone(w.translations), slices.Clone(w.choices), slices.Clone(w.senders)
	w.path, w.back = slices.Clone(w.path), slices.Clone(w.back)
	return w
}

// filter lets some headers pass, of the request or of the reply; b and answered are the same filter, seen from each.
func (w *walk) filter(b, answered bounds) {
	if w.replying {
		w.reply[w.inForce] = w.session.both(w.reply[w.inForce], answered)
	} else {
		w.request[w.inForce] = w.session.both(w.request[w.inForce], b)
	}
}

// note records a step, where steps are wanted.
func (w *walk) note(s step) {
	if !w.record {
		return
	}
	s.segment = w.inForce
	if w.replying {
		w.back = append(w.back, s)
	} else {
		w.path = append(w.path, s)
	}
}

func (w *walk) hop(kind string, o *network.Object, effect Effect, rule string) {
	w.length++
	if w.record {
		w.note(step{hop: Hop{Kind: kind, ID: o.ID, Name: o.Name, Effect: effect, Rule: rule, Origin: o.Origin}})
	}
}

// doubt is a filter of which it is not known what it lets pass.
func (w *walk) doubt(kind string, o *network.Object, why string) {
	w.filter(unclear, unclear)
	w.length++
	w.note(step{hop: Hop{Kind: kind, ID: o.ID, Name: o.Name, Effect: Doubt, Rule: why, Origin: o.Origin}, passes: unclear, filters: true})
}

// drop ends the walk: the packet is stopped here.
func (w walk) drop(kind string, o *network.Object, code, why string) {
	w.note(step{hop: Hop{Kind: kind, ID: o.ID, Name: o.Name, Effect: Deny, Rule: why, Code: code, Origin: o.Origin}})
	w.finish(lost)
}

// unknown ends the walk: what becomes of the packet is not known.
func (w walk) unknown(kind string, o *network.Object, why string) {
	w.note(step{hop: Hop{Kind: kind, ID: o.ID, Name: o.Name, Effect: Doubt, Rule: why, Origin: o.Origin}})
	w.finish(doubtful)
}

// finish is the end of the request, and the start of its reply; or the end of the reply.
func (w walk) finish(end ending) {
	if w.replying {
		last := len(w.reply) - 1
		switch end {
		case lost:
			w.reply[last] = shut
		case doubtful:
			w.reply[last].must = packet.None
			w.astray = true
		default:
			w.inspected()
		}
		w.emit()
		return
	}
	w.way, w.seen = end, w.source
	w.reply = make([]bounds, len(w.request))
	for i := range w.reply {
		w.reply[i] = open
	}
	last := len(w.request) - 1
	switch end {
	case lost:
		w.request[last] = shut
		w.emit()
	case doubtful:
		w.request[last].must = packet.None
		w.reply[last] = unclear
		w.emit()
	default:
		w.answer()
	}
}

func (w walk) emit() {
	l := leg{
		end: w.way, seen: w.seen, own: w.own && len(w.translations) == 0, request: w.request, reply: w.reply, astray: w.astray, crossed: w.crossed, kind: w.kind,
		choices: w.choices, length: w.length, path: w.path, back: w.back, middlebox: w.middlebox, passages: w.passages, inspections: w.inspections,
	}
	for _, t := range w.translations {
		l.nats = append(l.nats, t.nat)
	}
	*w.out = append(*w.out, l)
}

// answer starts the reply where the request ended.
func (w walk) answer() {
	w = w.clone()
	w.replying, w.hops = true, 0
	w.source, w.destination = w.destination, w.source
	switch w.way {
	case arrived:
		w.owner = owner{subnet: w.server.subnet, public: w.server.public}
		w.leave(w.server.subnet)
	case exited:
		w.fromInternet()
	case served, edged:
		if w.edge != nil {
			w.inTransit(w.edge, nil)
			return
		}
		w.enter(w.gate, nil)
	}
}

// choose calls a function for every choice that AWS has, or for the one that it has made already.
func (w walk) choose(about string, options int, text func(i int) string, each func(w walk, i int)) {
	if options == 1 {
		each(w, 0)
		return
	}
	for _, c := range w.choices {
		if c.about == about {
			each(w, c.pick)
			return
		}
	}
	for i := range options {
		branch := w.clone()
		branch.choices = append(branch.choices, choice{about, i, text(i)})
		each(branch, i)
	}
}

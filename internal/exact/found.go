package exact

import (
	"cmp"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// found is a deviation before it is on the wire.
type found struct {
	effect        report.Effect
	warning       bool // of a note
	rule, pattern string
	at            []*site // the environments that it is about
	message, mend string
	kind          string // of the object
	object        *network.Object
	origin        network.Origin    // of the part to change; that of the object where it is zero
	because       []*blueprint.Edge // what is declared of it
	traffic       packet.Set        // what is let through, or stopped
	addresses     []netip.Prefix    // of which remote ends
	witness       *report.Witness   // of a control
	unknown       []string
	items         []string    // all of what the message names a few of
	connection    *connection // nil for a control
}

// connection is what is found of a connection.
type connection struct {
	source, destination string
	// sources and destinations are all, where there are several.
	sources, destinations []string
	verdict               report.Verdict
	family                reach.Family
	part                  *report.Part // that shows it; nil where nothing does
	partial               bool         // it is not possible for some members, or client ports, only
}

func (c *checker) add(f *found) { c.found = append(c.found, f) }

// deviations are all that was found, in order.
func (c *checker) deviations() []report.Deviation {
	culprits := map[string][]*found{} // controls that deviate, by identifier
	for _, f := range c.found {
		if f.connection == nil && f.object != nil && f.effect != report.Aware {
			culprits[f.object.ID] = append(culprits[f.object.ID], f)
		}
	}
	type wired struct {
		report.Deviation
		first int // the place of the first environment
	}
	var all []wired
	for _, f := range c.found {
		w := wired{Deviation: f.wire(), first: len(c.sites)}
		if len(f.at) > 0 {
			w.first = f.at[0].index
		}
		if f.connection != nil {
			w.Causes = f.causes(culprits)
		}
		all = append(all, w)
	}
	side := func(d *report.Deviation) int {
		if d.Connection() {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b wired) int {
		return cmp.Or(cmp.Compare(slices.Index(report.Effects, a.Effect), slices.Index(report.Effects, b.Effect)), cmp.Compare(side(&a.Deviation), side(&b.Deviation)),
			cmp.Compare(slices.Index(report.Severities, a.Severity), slices.Index(report.Severities, b.Severity)), cmp.Compare(a.first, b.first), cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Address, b.Address), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Destination, b.Destination), cmp.Compare(a.Message, b.Message))
	})
	list := make([]report.Deviation, len(all))
	for i := range all {
		list[i] = all[i].Deviation
	}
	return slices.CompactFunc(list, func(a, b report.Deviation) bool {
		return a.Effect == b.Effect && a.Rule == b.Rule && a.ID == b.ID && a.Source == b.Source && a.Destination == b.Destination && a.Message == b.Message &&
			slices.Equal(a.Addresses, b.Addresses) && slices.Equal(a.Items, b.Items) && slices.Equal(a.Sources, b.Sources) && slices.Equal(a.Destinations, b.Destinations)
	})
}

// causes are the controls that deviate from which a connection follows: what lets it through, or stops it.
func (f *found) causes(culprits map[string][]*found) []report.Cause {
	if f.connection.part == nil {
		return nil
	}
	var list []report.Cause
	for _, h := range slices.Concat(f.connection.part.Path, f.connection.part.Reply) {
		for _, culprit := range culprits[h.ID] {
			stops, fits := h.Effect == report.Deny, culprit.effect == report.Broken
			if h.Effect == report.Doubt {
				stops, fits = true, culprit.effect == report.Doubtful
			}
			if f.effect == report.Undeclared && (stops || culprit.effect != report.Undeclared) || f.effect != report.Undeclared && (!stops || !fits) {
				continue
			}
			one := report.Cause{Rule: culprit.rule, Kind: culprit.kind, ID: culprit.object.ID, Name: nameOf(culprit.object)}
			if !slices.Contains(list, one) {
				list = append(list, one)
			}
		}
	}
	return list
}

func nameOf(o *network.Object) string {
	if o.Name == o.ID {
		return ""
	}
	return o.Name
}

var severities = map[report.Effect]report.Severity{report.Undeclared: report.Error, report.Broken: report.Error, report.Doubtful: report.Unverified, report.Aware: report.Note}

// resource is how the address of a Terraform resource begins a path.
var resource = regexp.MustCompile(`^(?:module\.[^.\[]+(?:\[[^\]]*\])?\.)*aws_[a-z0-9_]+\.[A-Za-z0-9_-]+(?:\[(?:\d+|"[^"]*")\])?`)

func (f *found) wire() report.Deviation {
	d := report.Deviation{
		Effect: f.effect, Severity: severities[f.effect], Rule: f.rule, Pattern: f.pattern, Environments: []string{}, Message: f.message, Mend: f.mend,
		Declared: declarations(f.because), Witness: f.witness, Items: f.items, Unknown: f.unknown,
	}
	if f.warning {
		d.Severity = report.Warning
	}
	for _, s := range f.at {
		if s != nil && !slices.Contains(d.Environments, s.Name) {
			d.Environments = append(d.Environments, s.Name)
		}
	}
	if !f.traffic.IsEmpty() {
		d.Traffic = query.Products(f.traffic)
	}
	for _, p := range f.addresses {
		d.Addresses = append(d.Addresses, p.String())
	}
	if f.object != nil {
		at := cmp.Or(f.origin, f.object.Origin)
		d.ObjectKind, d.ID, d.Name, d.Address, d.Origin = f.kind, f.object.ID, nameOf(f.object), f.object.Address, at.String()
		d.Address = cmp.Or(resource.FindString(at.Path), d.Address)
		if at.Line > 0 {
			d.Location = &report.Location{File: at.Source, Line: at.Line}
		}
	}
	if l := f.connection; l != nil {
		d.Source, d.Destination, d.Verdict, d.Family = l.source, l.destination, l.verdict, familyWord(l.family)
		d.Sources, d.Destinations, d.Partial = l.sources, l.destinations, l.partial
		if f.effect == report.Undeclared && l.family != reach.IPv6 {
			d.Ports, _ = portsOf(f.traffic)
		}
		if p := l.part; p != nil {
			d.Witness, d.Path, d.Reply = p.Witness, p.Path, p.Reply
			l.blocked(&d)
		}
	}
	return d
}

// blocked makes the first thing that stops a connection, or that is not known, its object.
func (l *connection) blocked(d *report.Deviation) {
	for _, effect := range []string{report.Deny, report.Doubt} {
		for _, h := range slices.Concat(l.part.Path, l.part.Reply) {
			if h.Effect == effect {
				d.ObjectKind, d.ID, d.Name, d.Origin = h.Kind, h.ID, h.Name, h.Origin
				return
			}
		}
	}
}

func familyWord(f reach.Family) string {
	switch f {
	case reach.IPv4:
		return "ipv4"
	case reach.IPv6:
		return "ipv6"
	}
	return "any"
}

// declarations are the blocks of the segmentation that some edges come from, each once.
func declarations(edges []*blueprint.Edge) []report.Declaration {
	var list []report.Declaration
	seen := map[any]bool{}
	for _, e := range edges {
		var d report.Declaration
		var a intent.Accountable
		switch {
		case e.Flow != nil && !seen[e.Flow]:
			seen[e.Flow] = true
			d, a = report.Declaration{Source: e.Flow.From.String(), Destination: e.Flow.To.String(), Via: string(e.Flow.Via), Ports: portWords(e.Flow.Ports)}, e.Flow.Accountable
		case e.Egress != nil && !seen[e.Egress]:
			seen[e.Egress] = true
			d, a = report.Declaration{Source: e.From.String(), Destination: strings.Join(e.Egress.Domains, ", "), Ports: portWords(e.Ports)}, e.Egress.Accountable
		default:
			continue
		}
		d.Reason, d.Owner, d.Location = a.Reason, a.Owner, report.Location{File: a.At.Filename, Line: a.At.Start.Line}
		if !a.Until.IsZero() {
			d.Until = a.Until.Format(time.DateOnly)
		}
		list = append(list, d)
	}
	return list
}

func portWords(ports []intent.Port) []string {
	words := make([]string, len(ports))
	for i, p := range ports {
		words[i] = p.String()
	}
	return words
}

// headers are the packets to a port: with client ports as they are, for a filter sees them all.
func headers(p intent.Port) packet.Set {
	switch p.Protocol {
	case "tcp":
		return packet.Ports(packet.TCP, uint16(p.From), uint16(p.To))
	case "udp":
		return packet.Ports(packet.UDP, uint16(p.From), uint16(p.To))
	case "icmp":
		return packet.Protocol(packet.ICMP)
	}
	return packet.All
}

// clients are the ports that clients use (V-1).
var clients = packet.Clients(1024, 65535)

// declared are the connections to some ports.
func declared(ports []intent.Port) packet.Set {
	set := packet.None
	for _, p := range ports {
		set = set.Union(headers(p))
	}
	return set.Intersect(clients)
}

// headerWords are a set of headers in a message: what it is, or "everything but" what it is not, where that is shorter.
func headerWords(set packet.Set) string {
	is := query.Words(set)
	if rest := clients.Subtract(set); !rest.IsEmpty() && set.SomeClients(1024, 65535).Overlaps(packet.Protocol(2)) { // protocols that nobody names
		if but := "everything but " + query.Words(rest); len(but) < len(is) {
			return but
		}
	}
	return is
}

// few lists some names, and how many more there are.
func few(names []string) string {
	const most = 4
	switch n := len(names); {
	case n == 0:
		return "nothing"
	case n == 1:
		return names[0]
	case n <= most+1:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names[:most], ", ") + " and " + plural(len(names)-most, "more")
}

func plural(n int, word string) string {
	if n != 1 && word != "more" {
		word += "s"
	}
	return strconv.Itoa(n) + " " + word
}

// label is how messages call an object: by its name, with the address in Terraform, where there is one, or the identifier.
func label(o *network.Object) string {
	id := cmp.Or(o.Address, o.ID)
	switch {
	case o.Name == "" || o.Name == o.ID || o.Name == id:
		return id
	case strings.HasPrefix(id, "arn:"):
		return o.Name
	}
	return o.Name + " (" + id + ")"
}

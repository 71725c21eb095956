package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// row is changes that differ by their members only.
type row struct {
	from, to              string
	before, after         verdicts
	set                   packet.Set
	halves                [2]bool
	pieces                []int
	kinds                 []reach.PathKind
	sources, destinations map[int]bool
	example               *difference // the first
	more                  []*difference
}

// rows puts changes together by the labels of their ends.
func (s *survey) rows() []*row {
	type stretch struct {
		key
		before, after verdicts
		set           packet.Set
		from, to      string
	}
	var order []stretch
	pieces := map[stretch][]int{}
	first := map[stretch]*difference{}
	for i := range s.changes {
		c := &s.changes[i]
		at := stretch{c.key, c.before, c.after, c.set, c.from, c.to}
		if first[at] == nil {
			first[at] = c
			order = append(order, at)
		}
		if c.piece >= 0 {
			pieces[at] = append(pieces[at], c.piece)
		}
	}
	type rowKey struct {
		from, to, outside string
		before, after     verdicts
		set               packet.Set
		public            bool
	}
	rows := map[rowKey]*row{}
	var all []*row
	for _, at := range order {
		c := first[at]
		side := c.better()
		names := func(k int, given string) []string {
			switch {
			case k < 0:
				return []string{s.label(pieces[at])}
			case given != "":
				return []string{given}
			}
			return s.all[k].common(side)
		}
		for _, from := range names(c.source, c.from) {
			for _, to := range names(c.destination, c.to) {
				k := rowKey{from, to, fmt.Sprint(s.words(pieces[at])), c.before, c.after, c.set, c.public && c.source >= 0}
				r := rows[k]
				if r == nil {
					r = &row{from: from, to: to, before: c.before, after: c.after, set: c.set, sources: map[int]bool{}, destinations: map[int]bool{}, example: c}
					rows[k] = r
					all = append(all, r)
				}
				const several = 8
				if c != r.example && len(r.more) < several {
					r.more = append(r.more, c)
				}
				r.halves[c.half] = true
				r.pieces = append(r.pieces, pieces[at]...)
				r.sources[c.source], r.destinations[c.destination] = true, true
				for _, kind := range c.kinds {
					if !slices.Contains(r.kinds, kind) {
						r.kinds = append(r.kinds, kind)
					}
				}
			}
		}
	}
	for _, r := range all {
		slices.Sort(r.pieces)
		r.pieces = slices.Compact(r.pieces)
		slices.Sort(r.kinds)
	}
	return all
}

// wire is a row for the wire, without its way and its causes.
func (s *survey) wire(r *row, sessions [2]*query.Session) report.Change {
	side := r.example.better()
	w := report.Change{
		Source: r.from, Destination: r.to, Before: r.before.word(), After: r.after.word(), Traffic: query.Products(r.set), Family: "any",
		Via: []string{}, Path: []report.Hop{}, Reply: []report.Hop{}, Causes: []report.Edit{},
	}
	if w.Before == report.Partial {
		w.BeforeVerdicts = r.before.words()
	}
	if w.After == report.Partial {
		w.AfterVerdicts = r.after.words()
	}
	switch {
	case !r.halves[1]:
		w.Family = "ipv4"
	case !r.halves[0]:
		w.Family = "ipv6"
	}
	for _, kind := range r.kinds {
		w.Via = append(w.Via, string(kind))
	}
	if r.from != internetLabel && r.to != internetLabel {
		w.Outside = s.words(r.pieces)
	}
	some := func(label string, list map[int]bool) []string {
		if list[-1] {
			return nil
		}
		var names []string
		for k := range list {
			for _, i := range s.all[k].faces[side] {
				names = append(names, sessions[side].Called(i))
			}
		}
		for _, k := range s.kin[side][kinship{label, ""}] {
			if !list[k] {
				slices.Sort(names)
				return names
			}
		}
		return nil
	}
	w.Sources, w.Destinations = some(r.from, r.sources), some(r.to, r.destinations)
	return w
}

// way is how two networks treat one packet: an example of a row.
type way struct {
	header packet.Header
	// parts are the answers of either network; nil where an end is not in it.
	parts [2]*report.Part
	// found are the same, as the engine gave them.
	found [2]*reach.Part
}

// question asks a network about the example of a change. It is not ok when an end is not in the network.
func (s *survey) question(c *difference, side int, e *reach.Engine) (q reach.Question, ok bool) {
	header := c.set.Pick()
	q = reach.Question{Traffic: c.set, Family: []reach.Family{reach.IPv4, reach.IPv6}[c.half]}
	for _, p := range c.set.Products() {
		if set := p.Set(); set.Contains(header) {
			q.Traffic = set
		}
	}
	source, destination := 0, 0
	if c.source == c.destination && c.source >= 0 && len(s.all[c.source].faces[side]) > 1 {
		destination = 1
	}
	ends := func(k, at int) reach.Ends {
		switch {
		case k < 0:
			return s.outside.addresses(c.piece, side, e)
		case !s.all[k].in(side):
			return reach.Ends{}
		}
		return e.Interfaces(s.all[k].faces[side][at])
	}
	q.Sources, q.Destinations = ends(c.source, source), ends(c.destination, destination)
	if c.destination >= 0 {
		q.Destinations = q.Destinations.Public(c.public)
	}
	return q, !q.Sources.Empty() && !q.Destinations.Empty()
}

// doubtful tells whether a change is one to or from what is not known, and both networks say the same of every example when they are asked about it alone: a
// sum over many ends leaves out what their groups do not admit, which a single answer does not where it is not known where a packet goes.
func (s *survey) doubtful(r *row, sessions [2]*query.Session) bool {
	if (r.before|r.after)&unknown == 0 {
		return false
	}
	for _, c := range append([]*difference{r.example}, r.more...) {
		var said [2]verdicts
		for side, session := range sessions {
			q, ok := s.question(c, side, session.Engine())
			if !ok {
				return false
			}
			q.Traffic = only(c.set.Pick())
			said[side] = verdictsOf(session.Engine().Can(q))
		}
		if said[0] != said[1] {
			return false
		}
	}
	return true
}

// only is the set of one header.
func only(h packet.Header) packet.Set {
	span := func(n uint16) packet.Span { return packet.Span{Low: n, High: n} }
	return packet.Of(packet.Box{Protocols: span(h.Protocol), First: span(h.First), Second: span(h.Second)})
}

// verdictsOf are those of the parts of an answer.
func verdictsOf(parts []reach.Part) verdicts {
	var found verdicts
	for _, p := range parts {
		for _, each := range verdictWords {
			if string(each.word) == string(p.Verdict) {
				found |= each.verdicts
			}
		}
	}
	return found
}

// show asks both networks about an example of a row.
func (s *survey) show(r *row, c *difference, sessions [2]*query.Session) (*way, error) {
	w := &way{header: c.set.Pick()}
	for side, session := range sessions {
		q, ok := s.question(c, side, session.Engine())
		if !ok {
			continue
		}
		own, other := c.before, c.after
		if side == 1 {
			own, other = other, own
		}
		wanted := own &^ other
		if wanted == 0 {
			wanted = own
		}
		verdict := reach.Verdict(wanted.best().word())
		words := report.Question{Source: r.from, Destination: r.to, Protocol: "any", Family: "any"}
		for _, fits := range []func(reach.Part) bool{
			func(p reach.Part) bool { return p.Verdict == verdict && p.Traffic.Contains(w.header) },
			func(p reach.Part) bool { return p.Verdict == verdict },
		} {
			part, found, err := session.Show(q, words, fits)
			if err != nil {
				return nil, err
			}
			if part != nil {
				w.parts[side], w.found[side] = part, found
				break
			}
		}
	}
	return w, nil
}

// explain fills in the way of a change.
func (w *way) explain(c *report.Change, better int) {
	at := w.parts[1]
	if at == nil {
		at = w.parts[0]
	}
	if at != nil {
		c.Path, c.Reply = at.Path, at.Reply
		if c.After == report.Unknown {
			for _, h := range slices.Concat(at.Path, at.Reply) {
				if h.Effect == report.Doubt {
					c.Unknown = append(c.Unknown, strings.TrimSpace(h.Kind+" "+cmp.Or(h.Name, h.ID)+": "+h.Rule))
				}
			}
		}
	}
	if part := w.parts[better]; part != nil {
		c.Witness = part.Witness
	}
}

// order sorts changes: what is newly reachable first.
func order(a, b *report.Change) int {
	rank := func(c *report.Change) int {
		switch effect := c.Effect(); {
		case effect == report.Opened && (c.After == report.Reachable || c.After == report.Partial && slices.Contains(c.AfterVerdicts, report.Reachable)):
			return 0
		case effect == report.Opened:
			return 1
		case effect == report.Doubted:
			return 2
		}
		return 3
	}
	traffic := func(c *report.Change) string { return fmt.Sprint(c.Traffic) }
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Destination, b.Destination), cmp.Compare(a.Before, b.Before),
		cmp.Compare(a.After, b.After), cmp.Compare(a.Family, b.Family), cmp.Compare(traffic(a), traffic(b)), slices.Compare(a.Via, b.Via))
}

package query

import (
	"reflect"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
)

// split cuts a part into products of headers, each with a way and a witness of its own: the way of the part is that of one header,
// and another may owe its passage to another rule.
func (s *Session) split(q reach.Question, part reach.Part, again *int) []reach.Part {
	list := part.Traffic.Products()
	if len(list) == 1 {
		return []reach.Part{part}
	}
	out := make([]reach.Part, len(list))
	for i, product := range list {
		set := product.Set()
		out[i] = part
		out[i].Traffic = set
		if part.Witness != nil && set.Contains(part.Witness.Header) {
			continue
		}
		if part.Witness != nil { // what holds for every header of the part holds for this one
			witness := *part.Witness
			witness.Header = set.Pick()
			out[i].Witness = &witness
		}
		if *again <= 0 {
			continue
		}
		*again--
		q.Traffic, q.Family = set, part.Family
		for _, better := range s.engine().Can(q) {
			if better.Traffic == set && sameKind(part, better) && covers(better.Sources, part.Sources) && covers(better.Destinations, part.Destinations) && witnessed(q, part, better) {
				out[i].Path, out[i].Reply, out[i].Witness, out[i].Then = better.Path, better.Reply, better.Witness, better.Then
				break
			}
		}
	}
	return out
}

// sameKind tells whether two parts say the same, of whichever headers.
func sameKind(a, b reach.Part) bool {
	return a.Verdict == b.Verdict && a.Choice == b.Choice && a.Kind == b.Kind && a.Passes == b.Passes && slices.Equal(a.Balancers, b.Balancers) &&
		slices.Equal(a.Conditions, b.Conditions) && reflect.DeepEqual(a.Limits, b.Limits)
}

// covers tells whether all of some members are among others.
func covers(all, some []reach.Member) bool {
	keys := map[string]bool{}
	for _, m := range all {
		keys[memberKey(m)] = true
	}
	return !slices.ContainsFunc(some, func(m reach.Member) bool { return !keys[memberKey(m)] })
}

// witnessed tells whether the witness of a part fits another: it is between members of it, and takes the same nodes of load balancers.
func witnessed(q reach.Question, part, better reach.Part) bool {
	w := better.Witness
	if w == nil || part.Witness == nil {
		return w == part.Witness
	}
	among := func(members []reach.Member, i *network.Interface) bool {
		return slices.ContainsFunc(members, func(m reach.Member) bool { return m.Interface == i })
	}
	if q.Service != nil {
		return among(part.Sources, w.From) && w.To == part.Witness.To && (better.Then == nil) == (part.Then == nil) && (part.Then == nil || part.Then.To == better.Then.To)
	}
	return among(part.Sources, w.From) && among(part.Destinations, w.To)
}

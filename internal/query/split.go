package query

import (
	"net/netip"
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
	told := part.Traffic.Pick() // the header that the way is told of
	if part.Witness != nil {
		told = part.Witness.Header
	}
	out := make([]reach.Part, len(list))
	for i, product := range list {
		set := product.Set()
		out[i] = part
		out[i].Traffic = set
		if set.Contains(told) {
			continue
		}
		if part.Witness != nil { // what holds for every header of the part holds for this one
			witness := *part.Witness
			witness.Header = set.Pick()
			out[i].Witness = &witness
		}
		q.Traffic, q.Family = set, part.Family
		if better := s.retold(q, part, again); better != nil {
			out[i].Path, out[i].Reply, out[i].Witness, out[i].Then = better.Path, better.Reply, better.Witness, better.Then
		}
	}
	return out
}

// retold asks again about some headers of a part, between its members alone: the way is then that of one of them (V-12). It is nil when there is no
// such way, or when enough was asked again.
func (s *Session) retold(q reach.Question, part reach.Part, again *int) *reach.Part {
	sources, destinations := s.among(q.Sources, part.Sources), q.Destinations
	if q.Service == nil {
		destinations = s.among(q.Destinations, part.Destinations)
	}
	tries := [][2]reach.Ends{{sources, destinations}}
	if from, to, ok := pair(part); ok && q.Service == nil { // of interfaces with several addresses, other ones may have been told of
		tries = append(tries, [2]reach.Ends{s.engine().Address(from), s.engine().Address(to)})
	}
	for _, each := range tries {
		if *again <= 0 {
			return nil
		}
		*again--
		q.Sources, q.Destinations = each[0], each[1]
		for _, better := range s.engine().Can(q) {
			if better.Traffic == q.Traffic && sameKind(part, better) && covers(part.Sources, better.Sources) && covers(part.Destinations, better.Destinations) {
				return &better
			}
		}
	}
	return nil
}

// among are the ends of a question that some of its members are: the interfaces of these. Where one is outside, they are all ends that were asked about.
func (s *Session) among(all reach.Ends, members []reach.Member) reach.Ends {
	list := make([]*network.Interface, len(members))
	for i, m := range members {
		if m.Interface == nil {
			return all
		}
		list[i] = m.Interface
	}
	return s.engine().Interfaces(unite(list)...)
}

// pair are the addresses of a source and a destination of a part, on two interfaces. It is not ok for what is outside.
func pair(part reach.Part) (from, to netip.Addr, ok bool) {
	for _, a := range part.Sources {
		for _, b := range part.Destinations {
			if a.Interface != nil && b.Interface != nil && a.Interface != b.Interface {
				return a.Address, b.Address, true
			}
		}
	}
	return from, to, false
}

// sameKind tells whether two parts say the same, of whichever headers.
func sameKind(a, b reach.Part) bool {
	return a.Verdict == b.Verdict && a.Choice == b.Choice && a.Kind == b.Kind && a.Passes == b.Passes && (a.Then == nil) == (b.Then == nil) &&
		slices.Equal(a.Balancers, b.Balancers) && slices.Equal(a.Conditions, b.Conditions) && (a.Verdict == reach.OneWay || reflect.DeepEqual(a.Limits, b.Limits))
}

// covers tells whether all of some members are among others.
func covers(all, some []reach.Member) bool {
	keys := map[string]bool{}
	for _, m := range all {
		keys[memberKey(m)] = true
	}
	return !slices.ContainsFunc(some, func(m reach.Member) bool { return !keys[memberKey(m)] })
}

package exact

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// way is what deviates between two ends, or between several of which the same is true.
type way struct {
	effect              report.Effect
	verdict             reach.Verdict // of what is broken
	at                  []*site
	source, destination string
	// sources and destinations are all of either, where there are several.
	sources, destinations []string
	addresses             []netip.Prefix // of the outside
	question              reach.Question // of the first
	set                   packet.Set
	said
	list []*blueprint.Edge // what is declared
}

// several is how many ways that differ in one end only are told as one.
const several = 3

// together puts ways together that differ in one end only: what opens, or stops, many of them is one thing.
func together(ways []way) []way {
	key := func(w *way, end string, source bool) string {
		verdict := w.verdict
		if w.effect == report.Undeclared && w.Reachable.Overlaps(w.set) {
			verdict = reach.Reachable
		}
		blame := ""
		if w.effect == report.Doubtful {
			blame = strings.Join(w.blame, "\n")
		}
		return fmt.Sprint(w.effect, verdict, source, end, w.question.Family, w.set.Key(), w.addresses, blame)
	}
	sizes := map[string]int{}
	for i := range ways {
		sizes[key(&ways[i], ways[i].source, true)]++
		sizes[key(&ways[i], ways[i].destination, false)]++
	}
	groups := map[string]int{} // where they are in the list
	var list []way
	for _, w := range ways {
		from, to := key(&w, w.source, true), key(&w, w.destination, false)
		at, ofSource := from, true
		if sizes[to] > sizes[from] {
			at, ofSource = to, false
		}
		k, known := groups[at]
		if !known || sizes[at] < several {
			groups[at] = len(list)
			list = append(list, w)
			continue
		}
		one := &list[k]
		if ofSource {
			one.destinations = append(one.destinations, w.destination)
		} else {
			one.sources = append(one.sources, w.source)
		}
		for _, s := range w.at {
			if !slices.Contains(one.at, s) {
				one.at = append(slices.Clip(one.at), s)
			}
		}
		for _, e := range w.list {
			if !slices.Contains(one.list, e) {
				one.list = append(slices.Clip(one.list), e)
			}
		}
	}
	for i := range list {
		w := &list[i]
		if len(w.destinations) > 0 {
			w.destinations = append([]string{w.destination}, w.destinations...)
			w.destination = few(w.destinations)
		}
		if len(w.sources) > 0 {
			w.sources = append([]string{w.source}, w.sources...)
			w.source = few(w.sources)
		}
	}
	return list
}

// tell tells of a way.
func (c *checker) tell(w way) error {
	verdicts := map[report.Effect][]reach.Verdict{report.Undeclared: {reach.Reachable, reach.OneWay}, report.Broken: {w.verdict}, report.Doubtful: {reach.Unknown}}[w.effect]
	w.question.Traffic = w.set
	part, err := c.show(w.question, w.source, w.destination, verdicts...)
	if err != nil {
		return err
	}
	l := &connection{source: w.source, destination: w.destination, sources: w.sources, destinations: w.destinations, verdict: report.Verdict(verdicts[0]), family: w.question.Family, part: part}
	f := &found{effect: w.effect, rule: "connection", at: w.at, traffic: w.set, addresses: w.addresses, because: w.list, connection: l}
	switch w.effect {
	case report.Undeclared:
		c.opened(&w, f)
	case report.Broken:
		c.stopped(&w, f)
	default:
		c.doubted(&w, f)
	}
	c.add(f)
	return nil
}

func (c *checker) opened(w *way, f *found) {
	how := "can open connections to"
	if !w.Reachable.Overlaps(w.set) {
		f.connection.verdict, how = report.OneWay, "gets packets to"
	}
	f.pattern = c.wayPattern(w.at, w.source, w.destination, f.connection.part)
	f.message = fmt.Sprintf("%s %s %s, %s, and nothing declares it.", w.source, how, w.destination, headerWords(w.set))
	f.mend = "Declare it, or take back what lets it through"
	if flow := flowWords(w.source, w.destination, w.set); flow != "" {
		f.mend = fmt.Sprintf("Declare it, %s, or take back what lets it through", flow)
	}
	var rules []string
	if part := f.connection.part; part != nil {
		for _, h := range part.Path {
			if h.Kind == "security group" && h.Effect == report.Allow && h.Rule != "" {
				rules = append(rules, fmt.Sprintf("%s (%s)", h.Rule, orID(h.Name, h.ID)))
			}
		}
	}
	if len(rules) > 0 {
		f.mend += ": " + strings.Join(rules, "; ")
	}
	f.mend += "."
}

func (c *checker) stopped(w *way, f *found) {
	how := "%s cannot reach %s on %s%s: %s it."
	if w.verdict == reach.OneWay {
		how = "%s gets packets to %s on %s, and no replies%s: %s it."
	}
	some := ""
	switch {
	case w.Reachable.Overlaps(w.set):
		some = ", for some of its members"
	case w.Reachable.SomeClients(1024, 65535).Overlaps(w.set.SomeClients(1024, 65535)):
		some = ", from some client ports"
	}
	f.connection.partial = some != ""
	f.pattern = c.patternOfAll(w.list)
	f.message, f.mend = fmt.Sprintf(how, w.source, w.destination, headerWords(w.set), some, do(w.list, "declare")), "Let it through."
	if stops := stopsOf(f.connection.part); len(stops) > 0 {
		f.mend = "Mend what stops it: " + strings.Join(stops, "; ") + "."
	}
}

func (c *checker) doubted(w *way, f *found) {
	slices.Sort(w.blame)
	f.unknown = slices.Compact(slices.Clone(w.blame))
	if f.pattern = c.patternOfAll(w.list); len(w.list) == 0 {
		f.pattern = c.wayPattern(w.at, w.source, w.destination, f.connection.part)
	}
	f.message, f.mend = fmt.Sprintf("Whether %s can reach %s, %s, is not known", w.source, w.destination, headerWords(w.set)), "Give the input that tells."
	if len(f.unknown) > 0 {
		f.message += ": " + few(f.unknown)
	}
	f.message += "."
}

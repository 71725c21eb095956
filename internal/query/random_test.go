package query

import (
	"errors"
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/report"
)

var networks = flag.Int("networks", 40, "how many random networks are asked about")

// TestRandom asks random networks about everything that has something behind it, about ways and names, and holds the answers to what must be true of
// any. That the engine's words are right is for the tests of the engine; here no witness may be rejected by the walker.
func TestRandom(t *testing.T) {
	for seed := range uint64(*networks) {
		r := rand.New(rand.NewPCG(seed, 7))
		n := network.New(random.Network(seed))
		s := New(n)
		var ends []string
		for _, i := range n.Interfaces.All() {
			if i.Type != network.TypeNAT && len(i.Addresses) > 0 {
				ends = append(ends, i.ID)
			}
		}
		if len(ends) == 0 {
			continue
		}
		one := func() string { return ends[r.IntN(len(ends))] }
		var questions []Question
		for _, b := range n.LoadBalancers.All() {
			questions = append(questions, Question{Source: "internet", Destination: b.ID}, Question{Source: one(), Destination: b.ID},
				Question{Source: one(), Destination: one(), OnlyThrough: b.ID}, Question{Source: "internet", Destination: one(), OnlyThrough: b.ID}, Question{Source: b.ID, Destination: one()})
		}
		for _, e := range n.Endpoints.All() {
			questions = append(questions, Question{Source: one(), Destination: e.ID, Protocol: "any"}, Question{Source: one(), Destination: one(), Through: e.ID})
		}
		for _, way := range kindsOfWay {
			from, to := one(), one()
			questions = append(questions, Question{Source: from, Destination: to, Through: way.word}, Question{Source: from, Destination: to, NotThrough: way.word}, Question{Source: from, Destination: "internet", NotThrough: way.word})
		}
		questions = append(questions, Question{Source: one(), Destination: "www.example.com"}, Question{Source: one(), Destination: "api.example.com:443"})
		var last *report.Can
		for _, q := range questions {
			answer, err := s.Can(q)
			var bug *Bug
			if errors.As(err, &bug) {
				t.Errorf("seed %d, %+v: %v", seed, q, err)
			}
			if err != nil {
				continue // the ends have nothing to say to each other
			}
			if q.NotThrough != "" && last != nil && last.Traversal.Asked == "through "+q.NotThrough && answer.Traversal.Holds == report.Yes && last.Traversal.Holds == report.Yes && arrivesAny(answer) {
				t.Errorf("seed %d, %+v: all that gets through passes it, and none does", seed, q)
			}
			last = nil
			if q.Through != "" {
				last = answer
			}
			if answer.Traversal != nil && answer.Traversal.Path == nil {
				t.Errorf("seed %d, %+v: a path that is null", seed, q)
			}
		}
		if _, err := s.Internet(Question{Source: one(), Protocol: "any"}, ByGroup); err != nil && !errors.As(err, new(*Error)) {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

func arrivesAny(a *report.Can) bool {
	for _, p := range a.Parts {
		if p.Verdict == report.Reachable || p.Verdict == report.OneWay {
			return true
		}
	}
	return false
}

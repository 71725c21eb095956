package junit

import (
	"fmt"
	"strings"

	"github.com/watertight/watertight/internal/render/text"
	"github.com/watertight/watertight/internal/report"
)

// exactness has a case for each pattern of each environment, each guardrail and each deviation. What is to be looked at and changes nothing fails nothing.
func exactness(d *report.Exactness) suite {
	s := suite{Name: "watertight check --intent"}
	for _, e := range d.Environments {
		for _, p := range e.Patterns {
			t := test{Class: "watertight.pattern." + p.Name, Name: e.Name}
			switch p.State {
			case report.Absent:
				t.Skipped = &message{Message: "the environment has no such thing"}
			case report.Red, string(report.Unknown):
				words := fmt.Sprintf("%s of %s is %s", p.Name, e.Name, p.State)
				t.Failure = &message{Message: words, Type: p.State, Text: fmt.Sprintf("%s: %d deviations", words, p.Deviations)}
			}
			s.Cases = append(s.Cases, t)
		}
	}
	for i := range d.Guardrails {
		g := &d.Guardrails[i]
		t := test{Class: "watertight.guardrail", Name: fmt.Sprintf("forbid %q %q", g.A, g.B), File: g.Location.File, Line: g.Location.Line}
		if g.State != report.Holds {
			words := []string{text.Traffic(g.Traffic)}
			if g.Witness != nil {
				words = append(words, text.Witness(g.Witness))
			}
			words = append(words, g.Unknown...)
			t.Failure = &message{Message: g.State, Type: g.State, Text: strings.Join(append(words, hops(g.Path, "→")+hops(g.Reply, "←")), "\n")}
		}
		s.Cases = append(s.Cases, t)
	}
	for i := range d.Deviations {
		v := &d.Deviations[i]
		t := test{Class: "watertight." + v.Rule, Name: v.Message}
		t.File, t.Line = place(v.Location)
		words := []string{text.Object(v.ObjectKind, v.ID, v.Name, v.Address) + "  " + text.Place(v.Location, v.Origin)}
		if v.Witness != nil {
			words = append(words, text.Witness(v.Witness))
		}
		all := strings.Join(append(words, v.Mend, hops(v.Path, "→")+hops(v.Reply, "←")), "\n")
		if v.Effect == report.Aware {
			t.Out = &output{all}
		} else {
			t.Failure = &message{Message: string(v.Effect) + ": " + v.Message, Type: string(v.Effect), Text: all}
		}
		s.Cases = append(s.Cases, t)
	}
	return s
}

package sarif

import (
	"fmt"
	"strings"

	"github.com/watertight/watertight/internal/render/text"
	"github.com/watertight/watertight/internal/report"
)

// exactness has a result for each deviation, and for each guardrail that does not hold: at the resource, where that is known, or else at what is declared.
func (r *run) exactness(d *report.Exactness) {
	about := func(name string) rule {
		return rule{ID: "exact-" + name, ShortDescription: message{strings.ReplaceAll(name, "-", " ")}, HelpURI: home + "/blob/main/docs/exactness.md", Configuration: level{"error"}}
	}
	for i := range d.Deviations {
		v := &d.Deviations[i]
		words := []string{v.Message, v.Mend}
		if v.Witness != nil {
			words = append(words, "For example "+text.Witness(v.Witness)+".")
		}
		res := result{Level: levels[v.Severity], Message: message{strings.Join(words, " ")}, Locations: locate(v.Location, v.ObjectKind, v.ID, v.Address)}
		for k := range v.Declared {
			at := locate(&v.Declared[k].Location, "", "", "")
			if res.Locations == nil {
				res.Locations = at
				continue
			}
			at[0].ID, at[0].Message = k+1, &message{v.Declared[k].Source + " → " + v.Declared[k].Destination}
			res.Related = append(res.Related, at[0])
		}
		object := v.Address
		if object == "" {
			object = v.ID
		}
		r.add(res, about(v.Rule), string(v.Effect), object, v.Source, v.Destination, v.Message)
	}
	for i := range d.Guardrails {
		g := &d.Guardrails[i]
		if g.State == report.Holds {
			continue
		}
		words := fmt.Sprintf("forbid %q %q: %s.", g.A, g.B, g.State)
		severity := report.Unverified
		if g.State == report.Violated {
			severity = report.Error
			words += " " + text.Traffic(g.Traffic) + " gets through."
		}
		if g.Witness != nil {
			words += " For example " + text.Witness(g.Witness) + "."
		}
		if len(g.Unknown) > 0 {
			words += " Not known: " + strings.Join(g.Unknown, "; ") + "."
		}
		r.add(result{Level: levels[severity], Message: message{words}, Locations: locate(&g.Location, "", "", "")}, about("guardrail"), g.A, g.B)
	}
}

package text

import (
	"fmt"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

// inference writes what was found in a network, and what is left to do.
func (p *page) inference(d *report.Inference) {
	file := "wrote " + d.File + ": "
	if d.File == "-" {
		file = ""
	}
	p.line("%s%s, %s, %s, %s, %s", file, count(d.Environments, "environment", "environments"), count(d.Tiers, "tier", "tiers"), count(d.Roles, "role", "roles"),
		count(d.Flows, "flow", "flows"), count(d.Egresses, "egress", "egresses"))
	verdict := map[string]string{report.Exact: "The network allows what is declared there, and nothing else.", report.Inexact: "The network allows more, or other things.", string(report.Unknown): "Something of the network is not known."}[d.Verdict]
	p.wrapped("", d.Verdict+": "+verdict, func(s string) string { return p.paint(stateColors[d.Verdict], s) })
	if len(d.ByAddress) > 0 {
		p.line("")
		p.line("by address today (%d)", len(d.ByAddress))
		for _, a := range d.ByAddress {
			instead := "nobody that is here"
			if len(a.Instead) > 0 {
				instead = strings.Join(a.Instead, ", ")
			}
			p.wrapped("  ", fmt.Sprintf("%s: %s stands for %s", a.Role, a.Rule, instead), plain)
			p.line("    %s", p.dim(a.Origin))
		}
	}
	if len(d.Left) > 0 {
		p.line("")
		p.line("without words for it, or not known (%d)", len(d.Left))
		for _, words := range d.Left {
			p.wrapped("  ", words, plain)
		}
	}
	if d.File != "-" {
		p.line("")
		p.line("next: watertight check --intent %s --from ...", d.File)
	}
}

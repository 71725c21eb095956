package text

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

// outcomes are the answers to a request, and their colours.
var outcomes = map[string]struct{ words, color string }{
	report.Declared: {"declared already", green}, report.Added: {"to be declared", yellow}, report.Refused: {"refused", red}, report.Unserved: {"not served", red},
}

// request writes what to add, and what follows from it.
func (p *page) request(d *report.Request) {
	outcome := outcomes[d.Outcome]
	words := outcome.words
	if d.Written {
		words = "declared"
	}
	via := ""
	if d.Via != "" {
		via = "  by " + d.Via
	}
	p.line("%s  %s → %s  %s%s", p.paint(bold, p.paint(outcome.color, words)), d.Source, d.Destination, listed(d.Ports), via)
	if len(d.Declared) > 0 {
		p.line("")
	}
	for _, each := range d.Declared {
		p.declaration(each)
	}
	if r := d.Refusal; r != nil {
		p.line("")
		p.refusal(r)
	}
	if len(d.Edits) > 0 {
		p.line("")
		title := "segmentation"
		if d.Outcome == report.Unserved {
			title = "for the owner of the service to add"
		}
		p.edits(title, d.Edits)
	}
	if len(d.Terraform) > 0 {
		p.line("")
		p.edits("Terraform", d.Terraform)
	}
	if len(d.Reachability) > 0 {
		p.line("")
		p.line("reachability")
		for _, r := range d.Reachability {
			sign, color := "+", green
			if r.Effect == report.Closed {
				sign, color = "-", red
			}
			p.line("  %s", p.paint(color, fmt.Sprintf("%s %s → %s  %s", sign, r.Source, r.Destination, listed(r.Ports))))
		}
	}
	if len(d.Network) > 0 {
		p.line("")
		p.line("the network as it is")
	}
	for _, n := range d.Network {
		p.wrapped("  "+p.verdict(n.Verdict)+"  ", strings.TrimRight(listed([]string{n.Ports})+"  "+n.Unknown, " "), plain)
		for _, through := range n.Through {
			p.wrapped("    "+p.verdict(through.Verdict)+"  ", "through "+cmp.Or(through.Name, through.ID), plain)
		}
	}
	if len(d.Notes) > 0 {
		p.line("")
	}
	for _, note := range d.Notes {
		p.wrapped("note: ", note, plain)
	}
}

// declaration writes what a block declares, and where it stands.
func (p *page) declaration(d report.Declaration) {
	words := d.Source + " → " + d.Destination + "  " + listed(d.Ports)
	if d.Via != "" {
		words += "  by " + d.Via
	}
	p.line("  %s  %s", words, p.dim(fmt.Sprintf("%s:%d", d.Location.File, d.Location.Line)))
	if about := accountable(d.Reason, d.Owner, d.Until); about != "" {
		p.wrapped("    ", about, plain)
	}
}

// accountable says why something is declared, by whom and until when.
func accountable(reason, owner, until string) string {
	var words []string
	if reason != "" {
		words = append(words, "reason: "+reason)
	}
	if owner != "" {
		words = append(words, "owner: "+owner)
	}
	if until != "" {
		words = append(words, "until "+until)
	}
	return strings.Join(words, ", ")
}

func (p *page) refusal(r *report.Refusal) {
	p.wrapped("  ", r.Message, func(s string) string { return p.paint(red, s) })
	if r.Rule != "" {
		place := ""
		if r.Location != nil {
			place = fmt.Sprintf("  %s:%d", r.Location.File, r.Location.Line)
		}
		p.line("    %s%s", r.Rule, p.dim(place))
		if about := accountable(r.Reason, r.Owner, ""); about != "" {
			p.wrapped("    ", about, plain)
		}
	}
	p.wrapped("  mend  ", r.Mend, plain)
}

func (p *page) edits(title string, edits []report.FileEdit) {
	p.line("%s", title)
	for _, e := range edits {
		action := map[string]string{"create": " (new)", "delete": " (removed)"}[e.Action]
		p.line("  %s%s", p.paint(bold, e.File), action)
		p.unified(e.Diff, "    ")
	}
}

// listed are ports as sentences have them: "tcp 443, udp 53".
func listed(ports []string) string {
	words := make([]string, len(ports))
	for i, port := range ports {
		words[i] = strings.Replace(port, "/", " ", 1)
	}
	return strings.Join(words, ", ")
}

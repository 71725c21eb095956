package text

import (
	"fmt"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

var severityColors = map[report.Severity]string{report.Error: red, report.Warning: yellow, report.Unverified: magenta, report.Note: dim}

var severityWords = map[report.Severity]string{report.Error: "errors", report.Warning: "warnings", report.Unverified: "unknown", report.Note: "notes"}

// Findings says in a sentence what a check found.
func Findings(d *report.Check) string {
	if len(d.Findings) == 0 && len(d.Suppressed) == 0 {
		return "Nothing found."
	}
	var words []string
	for _, severity := range report.Severities {
		n := 0
		for _, f := range d.Findings {
			if f.Severity == severity {
				n++
			}
		}
		if n > 0 {
			words = append(words, count(n, string(severity), severityWords[severity]))
		}
	}
	text := strings.Join(words, ", ")
	if text == "" {
		text = "Nothing found"
	}
	if n := len(d.Suppressed); n > 0 {
		text += fmt.Sprintf(", %d suppressed", n)
	}
	return text + "."
}

// check writes findings, the worst first, with what follows and what to do.
func (p *page) check(d *report.Check) {
	p.wrapped("", Findings(d), func(s string) string { return p.paint(bold, s) })
	hidden := 0
	for i := range d.Findings {
		p.line("")
		hidden += p.finding(&d.Findings[i])
	}
	if len(d.Suppressed) > 0 && p.Explain {
		p.line("")
		p.line("suppressed")
		for i := range d.Suppressed {
			f := &d.Suppressed[i]
			p.wrapped("  ", f.Rule+": "+f.Message, p.dim)
			if s := f.Suppression; s != nil {
				p.wrapped("    ", "until "+s.Until+": "+s.Reason, p.dim)
			}
		}
	}
	if (hidden > 0 || len(d.Suppressed) > 0) && !p.Explain {
		p.line("")
		p.line("%s", p.dim("--explain shows every hop, and what is suppressed."))
	}
	p.remarks(d.Assumptions, d.AssumedEmpty, d.NotModelled)
}

// finding writes a finding, and says how many of its hops it does not show.
func (p *page) finding(f *report.Finding) int {
	severity := string(f.Severity)
	p.wrapped(pad(severity, 7)+" ", f.Message, func(s string) string { return p.paint(severityColors[f.Severity], s) })
	about := Object(f.Kind, f.ID, f.Name, f.Address) + "  [" + f.Rule + "]"
	p.wrapped("        ", about, plain)
	if place := Place(f.Location, f.Origin); place != "" {
		p.line("        %s", p.dim(place))
	}
	if f.Witness != nil {
		p.line("        %s", witness(f.Witness))
	}
	p.wrapped("   why  ", f.Why, plain)
	p.wrapped("   mend ", f.Mend, plain)
	if !p.Explain {
		return len(f.Path) + len(f.Reply)
	}
	var shown []hop
	for _, h := range f.Path {
		shown = append(shown, hop{h, "→"})
	}
	for _, h := range f.Reply {
		shown = append(shown, hop{h, "←"})
	}
	p.hops(shown)
	return 0
}

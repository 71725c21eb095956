package text

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

func sameLimits(a, b report.Limited) bool {
	return slices.Equal(a.Limits, b.Limits) && slices.Equal(a.LimitsDenied, b.LimitsDenied) && a.LimitsOpen == b.LimitsOpen && a.LimitsUnknown == b.LimitsUnknown &&
		a.LimitsRule == b.LimitsRule
}

// handshakeOnly tells whether no data passes at all (FW-6).
func handshakeOnly(l report.Limited) bool {
	return slices.Equal(l.Limits, []string{report.HandshakeOnly})
}

// limits writes what data is limited to after a handshake that gets through (FW-11).
func (p *page) limits(indent string, l report.Limited) {
	if l.None() {
		return
	}
	if handshakeOnly(l) {
		p.wrapped(indent, "handshake only: no data passes"+p.byRule(l), p.yellow)
		return
	}
	const claimed = " (as the client claims it)"
	var words []string
	switch {
	case len(l.Limits) > 0 && l.LimitsOpen != "":
		words = []string{"only " + strings.Join(l.Limits, ", ") + claimed, "and " + l.LimitsOpen}
	case len(l.Limits) > 0:
		words = []string{"only " + strings.Join(l.Limits, ", ") + claimed}
		if l.LimitsUnknown == "" {
			words = append(words, "nothing else")
		}
	case l.LimitsOpen != "":
		words = []string{"only " + l.LimitsOpen}
	}
	if len(l.LimitsDenied) > 0 {
		words = append(words, "not "+strings.Join(l.LimitsDenied, ", ")+claimed)
	}
	if l.LimitsUnknown != "" {
		words = append(words, "not known: "+l.LimitsUnknown)
	}
	p.wrapped(indent+"data: ", strings.Join(words, "; ")+p.byRule(l), p.yellow)
}

// byRule names the rule that limits.
func (p *page) byRule(l report.Limited) string {
	if l.LimitsRule == "" {
		return ""
	}
	return ", by " + p.withoutARNs(l.LimitsRule)
}

func (p *page) yellow(words string) string { return p.paint(yellow, words) }

package text

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

// traversal writes what was asked about the way, and the way that decides, in a line.
func (p *page) traversal(t *report.Traversal) {
	if t == nil {
		return
	}
	verdict := map[string]report.Verdict{report.Yes: report.Reachable, report.No: report.Unreachable, string(report.Unknown): report.Unknown}[t.Holds]
	head := t.Asked + ": "
	words := t.Holds
	if way := p.wayWords(t.Path); way != "" {
		words += map[bool]string{true: ", because of ", false: ", by "}[t.Holds == string(report.Unknown)] + way
	}
	p.wrapped(head, words, func(line string) string {
		if rest, ok := strings.CutPrefix(line, t.Holds); ok { // the first line
			return p.paint(bold, p.paint(colors[verdict], t.Holds)) + rest
		}
		return line
	})
}

// wayWords are the things that a way leads through, in a line. Left out is what only filters it, and the interfaces and listeners on it, unless
// they stop it or are in doubt; and nothing, when that leaves nothing.
func (p *page) wayWords(path []report.Hop) string {
	for _, every := range []bool{false, true} {
		var words []string
		for _, h := range path {
			mark := map[string]string{report.Deny: unbreakable + "✗", report.Doubt: unbreakable + "?"}[h.Effect]
			if mark == "" && !every && slices.Contains(passing, h.Kind) {
				continue
			}
			words = append(words, strings.TrimRight(strings.ReplaceAll(h.Kind+" "+p.label(h), " ", unbreakable), unbreakable)+mark)
		}
		if len(words) > 0 {
			return strings.Join(words, " → ")
		}
	}
	return ""
}

// passing are the kinds of hops that tell little of a way.
var passing = []string{"security group", "network ACL", "network interface", "subnet", "listener", "target group", "outside"}

// through writes by which load balancers and endpoints the source gets to the destination beside the ways above (LB-8).
func (p *page) through(list []report.Through) {
	if len(list) > 0 {
		p.line("")
	}
	for _, t := range list {
		kind := "load balancer"
		if strings.HasPrefix(t.ID, "vpce-") {
			kind = "endpoint"
		}
		p.line("%s", p.throughWords(kind, t))
	}
}

func (p *page) throughWords(kind string, t report.Through) string {
	return "also through " + kind + " " + p.label(report.Hop{ID: t.ID, Name: t.Name}) + ", on the ports that it listens on: " + p.paint(colors[t.Verdict], string(t.Verdict))
}

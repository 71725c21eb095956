package text

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

// block is some parts that differ in their traffic alone.
type block struct {
	report.Part
	traffic []report.Traffic
}

// blocks puts parts together.
func blocks(parts []report.Part) []*block {
	var out []*block
	for _, part := range parts {
		i := slices.IndexFunc(out, func(b *block) bool {
			return b.Verdict == part.Verdict && b.Family == part.Family && b.Source == part.Source && b.Destination == part.Destination &&
				b.Via == part.Via && b.Choice == part.Choice && alike(b.Path, part.Path) && alike(b.Reply, part.Reply)
		})
		if i < 0 {
			out = append(out, &block{Part: part})
			i = len(out) - 1
		}
		out[i].traffic = append(out[i].traffic, part.Traffic)
	}
	return out
}

// alike tells whether two ways meet the same things with the same effects.
func alike(a, b []report.Hop) bool {
	return slices.EqualFunc(a, b, func(x, y report.Hop) bool {
		return x.Kind == y.Kind && x.ID == y.ID && x.Effect == y.Effect && x.Code == y.Code && x.Deciding == y.Deciding
	})
}

func (p *page) can(d *report.Can) {
	q := d.Question
	p.line("%s  %s → %s  %s", p.verdict(d.Verdict), q.Source, q.Destination, asked(q))
	list := blocks(d.Parts)
	for _, b := range list {
		p.line("")
		p.part(b, d, len(list) > 1)
	}
	p.remarks(d.Assumptions, d.AssumedEmpty, d.NotModelled)
	hidden := 0
	for _, b := range list {
		hidden += len(b.Path) + len(b.Reply) - len(p.shown(b))
	}
	if hidden > 0 && !p.Explain {
		p.line("")
		p.line("%s", p.dim("--explain shows every hop, both ways."))
	}
}

// part writes a block: what it is about, the packet that shows it, and the hops.
func (p *page) part(b *block, d *report.Can, several bool) {
	about := b.Family
	if b.Via != "" && b.Via != "none" {
		about += ", " + b.Via
	}
	if several {
		p.wrapped(pad(string(b.Verdict), 11)+"  ", sum(b.traffic, d.Question)+"  ("+about+")", func(s string) string { return p.paint(colors[b.Verdict], s) })
	}
	if several && (b.Source != d.Question.Source || b.Destination != d.Question.Destination) {
		p.wrapped("  ", b.Source+" → "+b.Destination, plain)
	}
	if b.Choice != "" {
		p.wrapped("  when AWS chooses ", b.Choice, plain)
	}
	switch {
	case b.Witness != nil:
		head := "  "
		if !several {
			head += about + ": "
		}
		p.line("%s%s", head, witness(b.Witness))
	case !several:
		p.line("  %s", about)
	}
	if p.Explain {
		p.members("from", b.Sources)
		p.members("to", b.Destinations)
	}
	p.hops(p.shown(b))
	p.reason(b)
}

// reason says in a sentence what a reader should conclude from hops that stop a packet.
func (p *page) reason(b *block) {
	switch b.Verdict {
	case report.OneWay:
		for _, h := range b.Reply {
			if h.Effect == report.Deny {
				p.wrapped("  ", fmt.Sprintf("The first packet arrives. The reply is lost at the %s %s (%s).", h.Kind, label(h), h.Code), plain)
				return
			}
		}
		p.line("  The first packet arrives. The reply is lost.")
	case report.Unreachable:
		n := 0
		for _, h := range b.Path {
			if h.Effect == report.Deny {
				n++
			}
		}
		switch {
		case n == 2:
			p.line("  Both would have to change.")
		case n > 2:
			p.line("  All %d would have to change.", n)
		}
	}
}

func (p *page) members(word string, list []string) {
	p.wrapped("  "+pad(word, 5), strings.Join(list, ", "), p.dim)
}

// witness is a packet in a line.
func witness(w *report.Witness) string {
	switch {
	case w.SourcePort != nil && w.DestinationPort != nil:
		return fmt.Sprintf("%s → %s %s", named(w.SourceName, join(w.SourceIP, *w.SourcePort)), named(w.DestinationName, join(w.DestinationIP, *w.DestinationPort)), w.Protocol)
	case w.ICMPType != nil && w.ICMPCode != nil:
		return fmt.Sprintf("%s → %s %s type %d code %d", named(w.SourceName, w.SourceIP), named(w.DestinationName, w.DestinationIP), w.Protocol, *w.ICMPType, *w.ICMPCode)
	}
	return fmt.Sprintf("%s → %s protocol %s", named(w.SourceName, w.SourceIP), named(w.DestinationName, w.DestinationIP), w.Protocol)
}

func named(name, address string) string { return strings.TrimLeft(name+" "+address, " ") }

func join(ip string, port uint16) string { return net.JoinHostPort(ip, fmt.Sprint(port)) }

// hop is a hop of the way there or back.
type hop struct {
	report.Hop
	arrow string
}

func label(h report.Hop) string {
	switch {
	case h.Name == "" || h.Name == h.ID:
		return h.ID
	case h.ID == "":
		return h.Name
	}
	return h.Name + " (" + h.ID + ")"
}

// shown are the hops worth showing: without --explain the deciding ones, and of what does not arrive only those that stop it.
func (p *page) shown(b *block) []hop {
	var list []hop
	add := func(hops []report.Hop, arrow string) {
		for _, h := range hops {
			if p.Explain || h.Deciding && (b.Verdict != report.Unreachable || h.Effect == report.Deny || h.Effect == report.Doubt) {
				list = append(list, hop{h, arrow})
			}
		}
	}
	add(b.Path, "→")
	add(b.Reply, "←")
	return list
}

// hops writes an aligned list: which way, what it is, which one, the rule that decides, and where that is written. What does not fit
// beside goes below.
func (p *page) hops(list []hop) {
	const margin = 5
	var kind, name, rule, origin int
	for _, h := range list {
		kind, name = max(kind, size(h.Kind)), max(name, size(label(h.Hop)))
		rule, origin = max(rule, size(ruleWords(h.Hop))), max(origin, size(h.Origin))
	}
	indent := margin + kind + 2 + name + 2
	ruleBeside := indent+rule <= p.Width
	originBeside := indent+rule+2+origin <= p.Width
	below := strings.Repeat(" ", margin+2)
	for _, h := range list {
		mark, color := h.arrow+" ", ""
		switch h.Effect {
		case report.Deny:
			mark, color = h.arrow+"✗", red
		case report.Doubt:
			mark, color = h.arrow+"?", magenta
		}
		head := "  " + p.color(color, mark) + " " + pad(h.Kind, kind) + "  "
		switch {
		case originBeside:
			p.line("%s%s  %s  %s", head, pad(label(h.Hop), name), p.color(color, pad(ruleWords(h.Hop), rule)), p.dim(h.Origin))
		case ruleBeside:
			p.line("%s%s  %s", head, pad(label(h.Hop), name), p.color(color, ruleWords(h.Hop)))
		default:
			p.line("%s%s", head, label(h.Hop))
			if words := ruleWords(h.Hop); words != "" {
				p.wrapped(below, words, func(s string) string { return p.color(color, s) })
			}
		}
		if !originBeside && h.Origin != "" {
			p.line("%s%s", below, p.dim(h.Origin))
		}
		if h.Remedy != "" {
			p.wrapped(below+"to know: ", h.Remedy, plain)
		}
	}
}

func (p *page) color(color, text string) string {
	if color == "" {
		return text
	}
	return p.paint(color, text)
}

// ruleWords are a rule and, where it stops something, the code.
func ruleWords(h report.Hop) string {
	switch {
	case h.Code == "":
		return h.Rule
	case h.Rule == "":
		return "[" + h.Code + "]"
	}
	return h.Rule + " [" + h.Code + "]"
}

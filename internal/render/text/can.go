package text

import (
	"fmt"
	"net"
	"regexp"
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
				b.Via == part.Via && b.Choice == part.Choice && alike(b.Path, part.Path) && alike(b.Reply, part.Reply) &&
				slices.Equal(b.Conditions, part.Conditions) && slices.Equal(b.Balancers, part.Balancers) && sameLimits(b.Limited, part.Limited)
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
	p.traversal(d.Traversal)
	list := blocks(d.Parts)
	for _, b := range list {
		p.line("")
		p.part(b, d, len(list) > 1)
	}
	p.through(d.Through)
	p.remarks(slices.Concat(d.Notes, d.Assumptions), d.AssumedEmpty, d.NotModelled)
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
		p.wrapped("  when AWS chooses ", strings.TrimPrefix(b.Choice, "by "), plain)
	}
	if len(b.Conditions) > 0 {
		p.wrapped("  for requests with ", strings.Join(b.Conditions, ", and "), plain)
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
	if b.Then != nil {
		p.line("  then %s", second(b.Witness, b.Then))
	}
	p.limits("  ", b.Limited)
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
				p.wrapped("  ", fmt.Sprintf("The first packet arrives. The reply is lost at the %s %s (%s).", h.Kind, p.label(h), h.Code), plain)
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

// second is the packet of a second connection in a line: it may carry the address of the client (LB-2).
func second(first, w *report.Witness) string {
	if first == nil || first.SourceIP != w.SourceIP || w.SourceName == "" || w.SourceName == first.SourceName {
		return witness(w)
	}
	kept := *w
	kept.SourceName = first.SourceName
	return witness(&kept) + ", by " + w.SourceName + ", which keeps the client's address"
}

func named(name, address string) string { return strings.TrimLeft(name+" "+address, " ") }

func join(ip string, port uint16) string { return net.JoinHostPort(ip, fmt.Sprint(port)) }

// hop is a hop of the way there or back.
type hop struct {
	report.Hop
	arrow string
}

// label is what a hop is called. Of an ARN, only the end is shown without --explain: accounts and Regions are in the places below.
func (p *page) label(h report.Hop) string {
	id, name := h.ID, h.Name
	if !p.Explain {
		id = shortARN(id)
		if i := strings.Index(name, "arn:"); i == 0 || i > 0 && name[i-1] == ' ' { // "load balancer arn:…", of an interface
			name = name[:i] + shortARN(name[i:])
		}
	}
	switch {
	case h.Name == "" || h.Name == h.ID:
		return id
	case h.ID == "":
		return name
	}
	return name + " (" + id + ")"
}

// shortARN is the resource of an ARN, without the word for its type: "app/front/50dc6c495c0c9188".
func shortARN(id string) string {
	parts := strings.SplitN(id, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return id
	}
	if _, name, ok := strings.Cut(parts[5], "/"); ok {
		return name
	}
	return parts[5]
}

// shown are the hops worth showing: without --explain the deciding ones, and of what does not arrive only those that stop it, and those between
// the connections of a service, which tell of which of them that is.
func (p *page) shown(b *block) []hop {
	var list []hop
	add := func(hops []report.Hop, arrow string) {
		for _, h := range hops {
			if p.Explain || h.Deciding && (b.Verdict != report.Unreachable || h.Effect == report.Deny || h.Effect == report.Doubt || slices.Contains(between, h.Kind)) {
				list = append(list, hop{h, arrow})
			}
		}
	}
	add(b.Path, "→")
	add(b.Reply, "←")
	return list
}

// between are the kinds of hops between two connections.
var between = []string{"load balancer", "listener", "target group", "endpoint service"}

// hops writes an aligned list: which way, what it is, which one, the rule that decides, and where that is written. What does not fit
// beside goes below.
func (p *page) hops(list []hop) {
	const margin = 5
	var kind, name, rule, origin int
	for _, h := range list {
		kind, name = max(kind, size(h.Kind)), max(name, size(p.label(h.Hop)))
		rule, origin = max(rule, size(p.ruleWords(h.Hop))), max(origin, size(h.Origin))
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
			p.line("%s%s  %s  %s", head, pad(p.label(h.Hop), name), p.color(color, pad(p.ruleWords(h.Hop), rule)), p.dim(h.Origin))
		case ruleBeside:
			p.line("%s%s  %s", head, pad(p.label(h.Hop), name), p.color(color, p.ruleWords(h.Hop)))
		default:
			p.line("%s%s", head, p.label(h.Hop))
			if words := p.ruleWords(h.Hop); words != "" {
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
func (p *page) ruleWords(h report.Hop) string {
	rule := p.withoutARNs(h.Rule)
	switch {
	case h.Code == "":
		return rule
	case rule == "":
		return "[" + h.Code + "]"
	}
	return rule + " [" + h.Code + "]"
}

var afterName = regexp.MustCompile(` \(arn:[^ )]+\)`)

// withoutARNs takes the ARNs behind names out of a rule: without --explain, the names do.
func (p *page) withoutARNs(rule string) string {
	if p.Explain {
		return rule
	}
	return afterName.ReplaceAllString(rule, "")
}

package reach

import (
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// judgeKey is what a judgement hangs on: cells of the inspector.
type judgeKey struct {
	inspector           *inspector
	source, destination cell
	reply               bool
}

// judgement is what a firewall does with packets from one address to another, by the headers that they carry themselves: of a reply, too, the first field is
// the port that it is sent to.
type judgement struct {
	*inspector
	source, destination place
	// pass and forward are what the stateless engine lets pass by itself, and what it hands to the stateful one; the rest is dropped (FW-2).
	pass, forward bounds
	// stateful is what the stateful engine lets pass of the first packets of connections, byRule what surely a rule of it passes, and dropped
	// what one may drop (FW-3).
	stateful        bounds
	byRule, dropped packet.Set
	data            map[dataKind]bounds // see judgement.carries
	limited         *packet.Set         // see judgement.limiting
}

// judged is the judgement about packets from one place to another.
func (s *session) judged(i *inspector, source, destination place, reply bool) *judgement {
	key := judgeKey{i, i.cells.of(source.address), i.cells.of(destination.address), reply}
	j := s.judgements[key]
	if j == nil {
		j = &judgement{inspector: i, source: source, destination: destination, data: map[dataKind]bounds{}}
		j.byStateless()
		j.stateful, j.byRule, j.dropped = j.byStateful(j.handshake(reply))
		s.judgements[key] = j
	}
	return j
}

// verdictOf is what actions of the stateless engine do; custom ones do nothing.
func verdictOf(actions []string) string {
	for _, a := range actions {
		switch a {
		case "aws:pass", "aws:drop", "aws:forward_to_sfe":
			return a
		}
	}
	return ""
}

// byStateless takes the stateless rules in their order; the first that matches decides (FW-2).
func (j *judgement) byStateless() {
	rest := packet.All
	var passDenied, forwardDenied packet.Set // may get another verdict
	decide := func(match bounds, verdict string) {
		decides := match.may.Intersect(rest)
		if verdict == "aws:pass" || verdict == "" {
			j.pass.may = j.pass.may.Union(decides)
		}
		if verdict == "aws:forward_to_sfe" || verdict == "" {
			j.forward.may = j.forward.may.Union(decides)
		}
		if verdict != "aws:pass" {
			passDenied = passDenied.Union(decides)
		}
		if verdict != "aws:forward_to_sfe" {
			forwardDenied = forwardDenied.Union(decides)
		}
		rest = rest.Subtract(match.must)
	}
	for _, s := range j.stateless {
		if s.unknown != "" {
			decide(unclear, "")
			continue
		}
		decide(j.statelessMatch(s.rule), verdictOf(s.rule.Actions))
	}
	decide(open, verdictOf(j.policy.StatelessDefaults))
	j.pass.must, j.forward.must = packet.All.Subtract(passDenied), packet.All.Subtract(forwardDenied)
}

// statelessMatch is what a stateless rule matches. Ports count for TCP and UDP only, flags for TCP, where it is not known whether all packets of a
// connection carry them.
func (j *judgement) statelessMatch(r *network.StatelessRule) bounds {
	if len(r.Sources) > 0 && !j.source.in(r.Sources...) || len(r.Destinations) > 0 && !j.destination.in(r.Destinations...) {
		return shut
	}
	ranges := func(list []network.PortRange) spans {
		if len(list) == 0 {
			return allPorts
		}
		var out spans
		for _, p := range list {
			out = out.union(spans{{Low: uint16(p.From), High: uint16(p.To)}})
		}
		return out
	}
	set := packet.All
	if len(r.Protocols) > 0 {
		set = packet.None
		for _, p := range r.Protocols {
			set = set.Union(packet.Protocol(p))
		}
	}
	with := portSet(ranges(r.SourcePorts), ranges(r.DestinationPorts))
	set = set.Intersect(with.Union(packet.All.Subtract(ported)))
	if len(r.TCPFlags) > 0 {
		return bounds{set.Subtract(packet.Protocol(packet.TCP)), set}
	}
	return exactly(set)
}

// ported are the headers that have ports.
var ported = packet.Protocol(packet.TCP).Union(packet.Protocol(packet.UDP))

// portSet is TCP and UDP between some ports.
func portSet(source, destination spans) packet.Set {
	out := packet.None
	for _, d := range destination {
		for _, s := range source {
			for _, protocol := range []uint16{packet.TCP, packet.UDP} {
				out = out.Union(packet.Of(packet.Box{Protocols: packet.Span{Low: protocol, High: protocol}, First: d, Second: s}))
			}
		}
	}
	return out
}

// byStateful takes the stateful rules in their order, the first that matches decides (FW-3), and then the defaults (FW-6).
func (j *judgement) byStateful(match func(statefulStep) bounds) (passes bounds, byRule, dropped packet.Set) {
	rest, denied := packet.All, packet.None
	for _, s := range j.inspector.stateful {
		m := match(s)
		decides := m.may.Intersect(rest)
		if decides.IsEmpty() {
			continue
		}
		if s.action != "drop" {
			passes.may = passes.may.Union(decides)
		}
		if s.action != "pass" {
			denied = denied.Union(decides)
		}
		switch s.action {
		case "pass":
			byRule = byRule.Union(m.must.Intersect(rest))
		case "drop":
			dropped = dropped.Union(decides)
		}
		rest = rest.Subtract(m.must)
	}
	def := j.byDefault()
	passes.may = passes.may.Union(rest.Intersect(def.may))
	passes.must = packet.All.Subtract(denied.Union(rest.Subtract(def.must)))
	return passes, byRule.Intersect(passes.must), dropped
}

// byDefault is what passes when no rule matches the first packet (FW-6).
func (j *judgement) byDefault() bounds {
	if !j.policy.Strict {
		return open
	}
	out := open
	tcp := packet.Protocol(packet.TCP)
	for _, d := range j.policy.StatefulDefaults {
		switch d {
		case "aws:drop_strict":
			return shut
		case "aws:alert_strict", "aws:alert_established":
		case "aws:drop_established": // what it does to other protocols is not known
			out = out.and(bounds{tcp, packet.All})
		default:
			out = out.and(unclear)
		}
	}
	return out
}

// overTCP are the protocols of applications that only data over TCP shows.
var overTCP = []string{"http", "http2", "tls", "ssl", "ssh", "smtp", "ftp", "ftp-data", "smb", "imap", "msn"}

// header is what the head of a rule matches: protocol, addresses, ports, direction.
func (j *judgement) header(s statefulStep) bounds {
	r := s.rule
	one := j.oriented(s.group, r, j.source, j.destination, r.SourcePorts, r.DestinationPorts)
	if r.Both {
		one = one.or(j.oriented(s.group, r, j.destination, j.source, r.DestinationPorts, r.SourcePorts))
	}
	return one
}

// oriented is what the head of a rule matches when its source is one end, and its destination the other: own ports are those that the packet comes from.
func (j *judgement) oriented(g *network.FirewallRuleGroup, r *network.StatefulRule, source, destination place, from, to network.PortMatch) bounds {
	holds := allOf(j.address(g, r.Source, source), j.address(g, r.Destination, destination))
	if holds == refNo {
		return shut
	}
	protocols := exactly(packet.None)
	switch r.Protocol {
	case "ip":
		protocols = open
	case "tcp":
		protocols = exactly(packet.Protocol(packet.TCP))
	case "udp":
		protocols = exactly(packet.Protocol(packet.UDP))
	case "icmp":
		set := packet.Protocol(packet.ICMP)
		if source.address.Is6() {
			set = set.Union(packet.Protocol(packet.ICMPv6))
		}
		protocols = exactly(set)
	case "icmpv4", "icmpv6", "ip4", "ip6", "ipv4", "ipv6", "sctp", "pkthdr":
		protocols = unclear
	default:
		if slices.Contains(overTCP, r.Protocol) {
			protocols = exactly(packet.Protocol(packet.TCP))
		} else {
			protocols = bounds{packet.None, ported}
		}
	}
	f, t := j.ports(g, from), j.ports(g, to)
	with := bounds{portSet(f.must, t.must), portSet(f.may, t.may)}
	without := exactly(packet.All.Subtract(ported))
	if !from.Any || !to.Any {
		without.must = packet.None
	}
	match := protocols.and(with.or(without))
	if holds == refDoubt {
		match.must = packet.None
	}
	return match
}

func toClient(word string) bool { return word == "to_client" || word == "from_server" }
func toServer(word string) bool { return word == "to_server" || word == "from_client" }

// handshake matches the first packets of connections, or of replies to them: rules that look at data match none.
func (j *judgement) handshake(reply bool) func(statefulStep) bounds {
	return func(s statefulStep) bounds {
		switch {
		case s.unknown != "":
			return unclear
		case s.domains != nil, slices.Contains(overTCP, s.rule.Protocol), len(s.rule.Names) > 0:
			return shut
		}
		for _, word := range s.rule.Flow {
			if word == "established" || toClient(word) && !reply || toServer(word) && reply {
				return shut
			}
		}
		m := j.header(s)
		if len(s.rule.Unevaluated) > 0 {
			m.must = packet.None
		}
		return m
	}
}

package scenario

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/report"
)

// question is a question of a scenario, as the command line puts it, and the answer that is right. testdata/README.md describes the notation.
type question struct {
	line     int
	args     []string
	err      string // what the command line says of a question that is wrong
	answer   expectation
	parts    []expectation // nil: every part is like the answer
	assumes  []string
	unmodell map[string]int
	// What is nil or empty here is not looked at.
	through   map[string]report.Verdict // by name or identifier: exactly these; not nil and empty for nothing
	traversal string
	notes     []string
}

// expectation is what is right about an answer, or about a part of it. What is empty is not looked at.
type expectation struct {
	line                                     int
	verdict                                  report.Verdict
	protocol, ports, clients                 string
	family                                   string
	path, reply                              []string // codes, sorted
	via, choice, source, sink, says, witness string
	condition, then                          string
	limits, open, denied, unsure             string // of data (FW-11)
}

var code = regexp.MustCompile(`^[A-Z]+[A-Z0-9]*(_[A-Z0-9]+)+$`)

// parseQuestions reads the questions of a scenario.
func parseQuestions(text string) ([]question, error) {
	var all []question
	for i, raw := range strings.Split(text, "\n") {
		words, err := tokens(raw)
		if err != nil {
			return nil, fmt.Errorf("questions:%d: %w", i+1, err)
		}
		if len(words) == 0 {
			continue
		}
		if raw[0] == ' ' || raw[0] == '\t' {
			if len(all) == 0 {
				return nil, fmt.Errorf("questions:%d: a part without a question", i+1)
			}
			if err := all[len(all)-1].more(i+1, words); err != nil {
				return nil, fmt.Errorf("questions:%d: %w", i+1, err)
			}
			continue
		}
		q := question{line: i + 1, unmodell: map[string]int{}}
		arrow := slices.Index(words, "=>")
		if arrow < 1 || arrow == len(words)-1 {
			return nil, fmt.Errorf("questions:%d: a line is QUESTION => VERDICT", i+1)
		}
		q.args = words[:arrow]
		if rest := words[arrow+1:]; rest[0] == "error" && len(rest) == 2 {
			q.err = rest[1]
		} else if q.answer, err = parseExpectation(rest); err != nil {
			return nil, fmt.Errorf("questions:%d: %w", i+1, err)
		}
		all = append(all, q)
	}
	return all, nil
}

// more reads an indented line.
func (q *question) more(line int, words []string) error {
	switch {
	case words[0] == "assumes" && len(words) == 2:
		q.assumes = append(q.assumes, words[1])
		return nil
	case words[0] == "not-modelled" && len(words) == 3:
		count, err := strconv.Atoi(words[2])
		q.unmodell[words[1]] = count
		return err
	case words[0] == "through" && (len(words) == 3 || len(words) == 2 && words[1] == "nothing"):
		if q.through == nil {
			q.through = map[string]report.Verdict{}
		}
		if len(words) == 3 {
			q.through[words[1]] = report.Verdict(words[2])
		}
		return nil
	case words[0] == "traversal" && len(words) == 2:
		q.traversal = words[1]
		return nil
	case words[0] == "note" && len(words) == 2:
		q.notes = append(q.notes, words[1])
		return nil
	}
	e, err := parseExpectation(words)
	e.line = line
	q.parts = append(q.parts, e)
	return err
}

func parseExpectation(words []string) (expectation, error) {
	verdicts := []report.Verdict{report.Reachable, report.OneWay, report.Unreachable, report.Unknown, report.Partial}
	e := expectation{verdict: report.Verdict(words[0])}
	if !slices.Contains(verdicts, e.verdict) {
		return e, fmt.Errorf("%s is no verdict", words[0])
	}
	codes := &e.path
	for i := 1; i < len(words); i++ {
		w := words[i]
		next := ""
		if i+1 < len(words) && (words[i+1][0] >= '0' && words[i+1][0] <= '9') {
			next = words[i+1]
		}
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "<":
			codes = &e.reply
		case "ipv4", "ipv6":
			e.family = key
		case "tcp", "udp", "icmp", "icmpv6", "protocol":
			if e.protocol, e.ports = key, next; key == "protocol" {
				e.protocol, e.ports = next, ""
			}
			if next != "" {
				i++
			}
		case "from":
			e.clients = next
			i++
		case "via":
			e.via = value
		case "choice":
			e.choice = value
		case "source":
			e.source = value
		case "destination":
			e.sink = value
		case "says":
			e.says = value
		case "witness":
			e.witness = value
		case "then":
			e.then = value
		case "condition":
			e.condition = value
		case "limits":
			e.limits = value
		case "open":
			e.open = value
		case "denied":
			e.denied = value
		case "unsure":
			e.unsure = value
		default:
			if !code.MatchString(w) {
				return e, fmt.Errorf("%s is neither a code nor traffic", w)
			}
			*codes = append(*codes, w)
		}
	}
	slices.Sort(e.path)
	slices.Sort(e.reply)
	return e, nil
}

// differs says what of a part is not as expected, or nothing.
func (e expectation) differs(p report.Part) string {
	var all []string
	say := func(what, got, want string) {
		if got != want {
			all = append(all, fmt.Sprintf("%s %s, not %s", what, got, want))
		}
	}
	contains := func(what, got, want string) { // what is not expected is not there
		if !strings.Contains(got, want) || want == "" && got != "" {
			say(what, strconv.Quote(got), strconv.Quote(want))
		}
	}
	say("verdict", string(p.Verdict), string(e.verdict))
	if e.family != "" {
		say("family", p.Family, e.family)
	}
	if e.protocol != "" {
		say("protocol", p.Protocol, e.protocol)
	}
	if e.ports != "" {
		say("ports", wirePorts(p.Traffic), e.ports)
	}
	if e.clients != "" {
		say("client ports", p.ClientPorts, e.clients)
	}
	if e.via != "" {
		say("via", p.Via, e.via)
	}
	// Where codes are given, they are all of them (V-12).
	if e.path != nil {
		say("codes", strings.Join(codesOf(p.Path), " "), strings.Join(e.path, " "))
	}
	if e.reply != nil {
		say("codes of the reply", strings.Join(codesOf(p.Reply), " "), strings.Join(e.reply, " "))
	}
	contains("choice", p.Choice, e.choice)
	contains("condition", strings.Join(p.Conditions, "; "), e.condition)
	say("limits", sorted(strings.Join(p.Limits, ",")), sorted(e.limits))
	say("denied", sorted(strings.Join(p.LimitsDenied, ",")), sorted(e.denied))
	contains("open", p.LimitsOpen, e.open)
	contains("unsure", p.LimitsUnknown, e.unsure)
	if e.source != "" && !names(p.Sources, e.source) {
		say("sources", strings.Join(p.Sources, ", "), e.source)
	}
	if e.sink != "" && !names(p.Destinations, e.sink) {
		say("destinations", strings.Join(p.Destinations, ", "), e.sink)
	}
	if e.witness != "" {
		say("witness", witnessWords(p.Witness), e.witness)
	}
	if e.then != "" {
		say("second witness", witnessWords(p.Then), e.then)
	}
	if e.says != "" && !slices.ContainsFunc(slices.Concat(p.Path, p.Reply), func(h report.Hop) bool {
		return strings.Contains(strings.Join([]string{h.Kind, h.ID, h.Name, h.Rule}, " "), e.says)
	}) {
		all = append(all, fmt.Sprintf("no hop says %q", e.says))
	}
	return strings.Join(all, "; ")
}

// sorted puts what stands between commas in order.
func sorted(list string) string {
	words := strings.Split(list, ",")
	slices.Sort(words)
	return strings.Join(words, ",")
}

// witnessWords writes a packet as "10.0.1.5:49152 > 10.0.2.5:443", or "none".
func witnessWords(w *report.Witness) string {
	if w == nil {
		return "none"
	}
	source, destination := w.SourceIP, w.DestinationIP
	if w.SourcePort != nil && w.DestinationPort != nil {
		source, destination = net.JoinHostPort(source, fmt.Sprint(*w.SourcePort)), net.JoinHostPort(destination, fmt.Sprint(*w.DestinationPort))
	}
	return source + " > " + destination
}

// names tells whether a list of members is exactly the one in words: "app-1,app-2 10.0.0.5".
func names(members []string, words string) bool {
	want := strings.Split(words, ",")
	return len(want) == len(members) && !slices.ContainsFunc(members, func(m string) bool {
		return !slices.ContainsFunc(want, func(w string) bool { return m == w || strings.HasPrefix(m, w+" ") || strings.HasSuffix(m, " "+w) })
	})
}

func wirePorts(t report.Traffic) string {
	switch t.Protocol {
	case packet.ProtocolName(packet.ICMP), packet.ProtocolName(packet.ICMPv6):
		if t.ICMPCodes != "" {
			return t.ICMPTypes + "/" + t.ICMPCodes
		}
		return t.ICMPTypes
	}
	return t.Ports
}

// codesOf are the codes of hops, each once, sorted.
func codesOf(hops []report.Hop) []string {
	var all []string
	for _, h := range hops {
		if h.Code != "" {
			all = append(all, h.Code)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

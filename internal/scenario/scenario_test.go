package scenario

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/cli"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/source/dump"
	"github.com/watertight/watertight/internal/walker"
)

// Every scenario is asked the way a person asks: the network is written as a dump, and the command line reads it. Every answer is then
// walked through, packet by packet, at the edges of each of its parts.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			runArchive(t, file)
		})
	}
}

func runArchive(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(archive.Comment)) < 40 {
		t.Errorf("the comment says too little about the rule")
	}
	text := map[string]string{}
	for _, f := range archive.Files {
		text[f.Name] = string(f.Data)
	}
	if len(text) != 2 || text["network"] == "" || text["questions"] == "" {
		t.Fatalf("a scenario has the files network and questions")
	}
	contents, err := Parse("network", text["network"])
	if err != nil {
		t.Fatal(err)
	}
	questions, err := parseQuestions(text["questions"])
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := dump.Write(dir, network.New(contents)); err != nil {
		t.Fatal(err)
	}
	contents, _ = Parse("network", text["network"]) // the first was taken over
	n := network.New(contents)
	for _, q := range questions {
		t.Run(strconv.Itoa(q.line), func(t *testing.T) { ask(t, n, dir, q) })
	}
}

func ask(t *testing.T, n *network.Network, dir string, q question) {
	var out, err bytes.Buffer
	args := append(slices.Clone(q.args), "--from", dir, "--json")
	code := cli.Run(args, strings.NewReader(""), &out, &err, nil)
	words := strings.Join(q.args, " ")
	if q.err != "" {
		if code != 2 || !strings.Contains(err.String(), q.err) {
			t.Errorf("%s: exit code %d, and %s; wanted 2, and %q", words, code, &err, q.err)
		}
		return
	}
	if code != 0 {
		t.Fatalf("%s: exit code %d\n%s", words, code, &err)
	}
	var can report.Can
	if err := json.Unmarshal(out.Bytes(), &can); err != nil {
		t.Fatalf("%s: %v\n%s", words, err, &out)
	}
	var again bytes.Buffer
	cli.Run(args, strings.NewReader(""), &again, &err, nil)
	if !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Errorf("%s: asked again, the answer is written otherwise (V-13)", words)
	}
	for _, complaint := range q.complaints(can) {
		t.Errorf("%s: %s", words, complaint)
	}
	walkParts(t, n, words, can)
	if t.Failed() {
		out.Reset()
		cli.Run(append(slices.Clone(q.args), "--from", dir, "--explain"), strings.NewReader(""), &out, &err, nil)
		t.Logf("\n%s", &out)
	}
}

// complaints are what is not as it should be.
func (q question) complaints(can report.Can) []string {
	var all []string
	if can.Verdict != q.answer.verdict {
		all = append(all, "the answer is "+string(can.Verdict)+", not "+string(q.answer.verdict))
	}
	if q.parts == nil && q.answer.verdict != report.Partial {
		for _, p := range can.Parts {
			if d := q.answer.differs(p); d != "" {
				all = append(all, partWords(p)+": "+d)
			}
		}
	}
	left := slices.Clone(can.Parts)
	for _, e := range q.parts {
		i := slices.IndexFunc(left, func(p report.Part) bool { return e.differs(p) == "" })
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		all = append(all, "line "+strconv.Itoa(e.line)+": no part is like this")
	}
	if q.parts != nil {
		for _, p := range left {
			all = append(all, "nothing is said of the part "+partWords(p))
		}
	}
	for _, want := range q.assumes {
		if !slices.ContainsFunc(can.Assumptions, func(a string) bool { return strings.Contains(a, want) }) {
			all = append(all, "no assumption says "+strconv.Quote(want)+": "+strings.Join(can.Assumptions, " "))
		}
	}
	for kind, count := range q.unmodell {
		if !slices.ContainsFunc(can.NotModelled, func(m report.NotModelled) bool { return m.Kind == kind && m.Count == count }) {
			all = append(all, "what is not modelled does not list "+strconv.Itoa(count)+" "+kind)
		}
	}
	for _, p := range can.Parts {
		unknown := slices.ContainsFunc(slices.Concat(p.Path, p.Reply), func(h report.Hop) bool { return h.Effect == report.Doubt && h.Rule != "" })
		if p.Verdict == report.Unknown && !unknown {
			all = append(all, partWords(p)+": nothing is named that makes it unknown (V-6)")
		}
		if p.Verdict == report.Unreachable && len(codesOf(p.Path)) == 0 {
			all = append(all, partWords(p)+": nothing is named that blocks it (V-12)")
		}
		if p.Verdict == report.OneWay && len(codesOf(p.Reply)) == 0 {
			all = append(all, partWords(p)+": nothing is named that stops the reply (V-12)")
		}
	}
	return all
}

func partWords(p report.Part) string {
	words := []string{string(p.Verdict), p.Protocol, wirePorts(p.Traffic)}
	if p.ClientPorts != "" && p.ClientPorts != "1024-65535" {
		words = append(words, "from", p.ClientPorts)
	}
	words = append(words, p.Family, strings.Join(codesOf(p.Path), " "))
	if codes := codesOf(p.Reply); codes != nil {
		words = append(words, "<", strings.Join(codes, " "))
	}
	words = append(words, "via="+strconv.Quote(p.Via), "source="+strconv.Quote(strings.Join(p.Sources, ",")), "destination="+strconv.Quote(strings.Join(p.Destinations, ",")))
	if p.Choice != "" {
		words = append(words, "choice="+strconv.Quote(p.Choice))
	}
	return strings.Join(words, " ")
}

// walkParts has the walker walk packets of every part: for each pair of its ends, those at the edges of its traffic.
func walkParts(t *testing.T, n *network.Network, words string, can report.Can) {
	w := walker.New(withMembersToBe(n, can))
	for _, p := range can.Parts {
		for _, from := range concrete(p.Sources) {
			for _, to := range concrete(p.Destinations) {
				if from.id != "" && from.id == to.id || from.address.Is4() != to.address.Is4() {
					continue
				}
				for _, packet := range edges(p.Traffic) {
					packet.Source, packet.Destination = from.address, to.address
					got := w.Verdicts(walker.Question{From: from.id, To: to.id, Packet: packet})
					if right := slices.Contains(got, walker.Verdict(p.Verdict)); !right || p.Choice == "" && len(got) > 1 {
						t.Errorf("%s: the walker says %v of %s, in the part %s", words, got, packet, partWords(p))
						for _, o := range w.Walk(walker.Question{From: from.id, To: to.id, Packet: packet}) {
							t.Logf("walker: %s %v %s", o.Verdict, o.Choices, o.Reason)
						}
					}
				}
			}
		}
	}
}

// withMembersToBe is the network with the members to be (V-16) that an answer names.
func withMembersToBe(n *network.Network, can report.Can) *network.Network {
	named := map[string]bool{}
	for _, p := range can.Parts {
		for _, end := range slices.Concat(concrete(p.Sources), concrete(p.Destinations)) {
			if _, known := n.Interfaces.Get(end.id); !known && end.id != "" {
				named[end.id] = true
			}
		}
	}
	if len(named) == 0 {
		return n
	}
	var more []*network.Interface
	for _, g := range n.SecurityGroups.All() {
		for _, i := range reach.Prospective(n, g) {
			if named[i.ID] {
				more = append(more, i)
			}
		}
	}
	return n.With(more...)
}

type concreteEnd struct {
	id      string
	address netip.Addr
}

// concrete are the members of a part that can be walked from and to: interfaces with an address, and of blocks outside the first and
// the last address.
func concrete(members []string) []concreteEnd {
	var all []concreteEnd
	for _, m := range members {
		id, address, inside := strings.Cut(m, " ")
		if !inside {
			id, address = "", m
		}
		if block, err := netip.ParsePrefix(address); err == nil {
			all = append(all, concreteEnd{"", block.Addr()}, concreteEnd{"", last(block)})
		} else if a, err := netip.ParseAddr(address); err == nil {
			all = append(all, concreteEnd{id, a})
		}
	}
	const most = 8
	if len(all) > most {
		all = append(all[:most/2], all[len(all)-most/2:]...)
	}
	return all
}

func last(block netip.Prefix) netip.Addr {
	raw := block.Addr().AsSlice()
	for bit := block.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 1 << (7 - bit%8)
	}
	a, _ := netip.AddrFromSlice(raw)
	return a
}

// edges are packets at the edges of some traffic.
func edges(t report.Traffic) []walker.Packet {
	protocol, _, _ := strings.Cut(t.Protocol, "-")
	number, ok := map[string]int{"tcp": walker.TCP, "udp": walker.UDP, "icmp": walker.ICMP, "icmpv6": walker.ICMPv6}[protocol]
	if !ok {
		number, _ = strconv.Atoi(protocol)
	}
	var all []walker.Packet
	switch number {
	case walker.TCP, walker.UDP:
		for _, server := range ends(t.Ports) {
			for _, client := range ends(t.ClientPorts) {
				all = append(all, walker.Packet{Protocol: uint8(number), SourcePort: uint16(client), DestinationPort: uint16(server)})
			}
		}
	case walker.ICMP, walker.ICMPv6:
		for _, kind := range ends(t.ICMPTypes) {
			for _, code := range ends(t.ICMPCodes) {
				all = append(all, walker.Packet{Protocol: uint8(number), ICMPType: uint8(kind), ICMPCode: uint8(code)})
			}
		}
	default:
		all = append(all, walker.Packet{Protocol: uint8(number)})
	}
	return all
}

// ends are the ends of intervals; of none, those of all there are.
func ends(spans string) []int {
	if spans == "" {
		return []int{0, 255}
	}
	var all []int
	for _, span := range strings.Split(spans, ",") {
		for _, word := range strings.Split(span, "-") {
			number, _ := strconv.Atoi(word)
			all = append(all, number)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// The archives are named by the rule that they show: "sg-3-…".
func TestNames(t *testing.T) {
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "README.md" && !archiveName.MatchString(e.Name()) {
			t.Errorf("testdata/%s: a scenario is called RULE-what-it-shows.txtar, in lower case", e.Name())
		}
	}
}

var archiveName = regexp.MustCompile(`^([a-z]+-[0-9]+)-[a-z0-9]+(-[a-z0-9]+)*\.txtar$`)

package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
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
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/source/dump"
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
	var can report.Can
	if wrong := json.Unmarshal(out.Bytes(), &can); wrong != nil {
		t.Fatalf("%s: exit code %d, %v\n%s%s", words, code, wrong, &out, &err)
	}
	if want := exitCode(can); code != want {
		t.Fatalf("%s: exit code %d, wanted %d\n%s", words, code, want, &err)
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

// exitCode is 3 where something was asked about the way, and the answer to that is not yes (docs/cli.md).
func exitCode(can report.Can) int {
	if can.Traversal != nil && can.Traversal.Holds != report.Yes {
		return 3
	}
	return 0
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
	all = append(all, q.beside(can)...)
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

// beside are complaints about what the answer says beside its verdict.
func (q question) beside(can report.Can) []string {
	var all []string
	if q.through != nil {
		got := map[string]report.Verdict{}
		for _, t := range can.Through {
			name := t.Name
			if _, named := q.through[t.ID]; named {
				name = t.ID
			}
			got[name] = t.Verdict
		}
		if !maps.Equal(got, q.through) {
			all = append(all, fmt.Sprintf("the source gets there through %v, not %v", got, q.through))
		}
	}
	if q.traversal != "" && (can.Traversal == nil || can.Traversal.Holds != q.traversal) {
		all = append(all, fmt.Sprintf("the answer about the way is %+v, not %s", can.Traversal, q.traversal))
	}
	for _, want := range q.notes {
		if !slices.ContainsFunc(can.Notes, func(n string) bool { return strings.Contains(n, want) }) {
			all = append(all, "no note says "+strconv.Quote(want)+": "+strings.Join(can.Notes, " "))
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
	for _, each := range []struct{ key, value string }{
		{"choice", p.Choice}, {"condition", strings.Join(p.Conditions, "; ")}, {"limits", strings.Join(p.Limits, ",")}, {"open", p.LimitsOpen},
		{"denied", strings.Join(p.LimitsDenied, ",")}, {"unsure", p.LimitsUnknown},
	} {
		if each.value != "" {
			words = append(words, each.key+"="+strconv.Quote(each.value))
		}
	}
	return strings.Join(words, " ")
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

package scenario

import (
	"bytes"
	"errors"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const repository = "../.."

// rule is a line of docs/semantics.md.
type rule struct {
	state     string
	scenarios []string // file names
}

var (
	ruleLine = regexp.MustCompile(`^\| \*\*([A-Z]+-[0-9]+)\*\* \| (.+) \| (.+) \| ([a-z]+) \| (.+) \|$`)
	link     = regexp.MustCompile(`\(\.\./internal/scenario/testdata/([^)]+)\)`)
	ruleID   = regexp.MustCompile(`\b(?:V|SG|NACL|RT|PEER|IGW|EIGW|NAT|BPA|EXT|LAMBDA|TGW|EP|PL|LB|FW|VPN|X)-[0-9]+\b`)
)

// readRules reads the list of rules.
func readRules(t *testing.T) map[string]rule {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(repository, "docs/semantics.md"))
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]rule{}
	for line := range strings.Lines(string(raw)) {
		if !strings.HasPrefix(line, "| **") {
			continue
		}
		m := ruleLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			t.Errorf("docs/semantics.md: not a rule: %s", line)
			continue
		}
		if _, twice := rules[m[1]]; twice {
			t.Errorf("docs/semantics.md has %s twice", m[1])
		}
		r := rule{state: m[4]}
		for _, l := range link.FindAllStringSubmatch(m[5], -1) {
			r.scenarios = append(r.scenarios, l[1])
		}
		rules[m[1]] = r
	}
	return rules
}

// The list of rules and the scenarios are the same: each scenario is listed with its rule, and each rule that is implemented has one.
func TestSemanticsListsScenarios(t *testing.T) {
	rules := readRules(t)
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string][]string{}
	for _, file := range files {
		name := filepath.Base(file)
		m := archiveName.FindStringSubmatch(name)
		if m == nil {
			continue // TestNames tells
		}
		id := strings.ToUpper(m[1])
		have[id] = append(have[id], name)
		if _, ok := rules[id]; !ok {
			t.Errorf("%s shows %s, which docs/semantics.md does not list", name, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		r := rules[id]
		if r.state != "implemented" && r.state != "unknown" {
			t.Errorf("docs/semantics.md: the state of %s is %q: it is implemented or unknown", id, r.state)
		}
		if r.state == "implemented" && len(have[id]) == 0 {
			t.Errorf("docs/semantics.md: %s is implemented, and no scenario shows it", id)
		}
		if slices.Sort(r.scenarios); !slices.Equal(r.scenarios, have[id]) {
			t.Errorf("docs/semantics.md lists %v for %s, and testdata has %v", r.scenarios, id, have[id])
		}
	}
}

// Rules that sources and scenarios cite are in the list.
func TestCitedRules(t *testing.T) {
	rules := readRules(t)
	cited := map[string]string{}
	err := filepath.WalkDir(filepath.Join(repository, "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" && filepath.Ext(path) != ".txtar" {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, id := range ruleID.FindAllString(string(raw), -1) {
			cited[id] = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range slices.Sorted(maps.Keys(cited)) {
		if _, ok := rules[id]; !ok {
			t.Errorf("%s cites %s, which docs/semantics.md does not list", cited[id], id)
		}
	}
}

var (
	codeLine = regexp.MustCompile("^\\| `([A-Z0-9_]+)` \\| .+ \\| \\[[^]]+\\]\\(\\.\\./internal/scenario/testdata/([^)]+)\\) \\|$")
	codeWord = regexp.MustCompile(`^[A-Z]+[A-Z0-9]*(_[A-Z0-9]+)+$`)
)

// The list of codes is that of the sources, and each has an example whose questions expect it.
func TestCodes(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(repository, "docs/codes.md"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		m := codeLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			t.Errorf("docs/codes.md: no example: %s", line)
			continue
		}
		listed[m[1]] = true
		archive, err := txtar.ParseFile(filepath.Join("testdata", m[2]))
		if err != nil {
			t.Errorf("docs/codes.md: %v", err)
			continue
		}
		shown := slices.ContainsFunc(archive.Files, func(f txtar.File) bool {
			return f.Name == "questions" && bytes.Contains(f.Data, []byte(m[1]))
		})
		if !shown {
			t.Errorf("docs/codes.md: %s shows no %s", m[2], m[1])
		}
	}
	used := map[string]bool{}
	for _, dir := range []string{"reach", "query"} {
		for _, code := range codesIn(t, filepath.Join(repository, "internal", dir)) {
			used[code] = true
			if !listed[code] {
				t.Errorf("internal/%s uses %s, which docs/codes.md does not list", dir, code)
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(listed)) {
		if !used[code] {
			t.Errorf("docs/codes.md lists %s, which nothing uses", code)
		}
	}
}

// otherNames are words that look like codes, and are AWS's and Suricata's names of other things.
var otherNames = []string{"HOME_NET", "EXTERNAL_NET", "DROP_TO_ALERT", "TCP_UDP", "TCP_QUIC"}

// codesIn are the codes among the strings of a package.
func codesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".go" || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := goparser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if word, err := strconv.Unquote(literal.Value); err == nil && codeWord.MatchString(word) && !slices.Contains(otherNames, word) {
					all = append(all, word)
				}
			}
			return true
		})
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// The specification that the list restates is kept with the project's shared design, where that is at hand.
func TestSemanticsIsComplete(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(repository, "../shared/design/semantics.md"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("there is no ../shared/design/semantics.md beside this repository")
	}
	rules := readRules(t)
	for _, m := range regexp.MustCompile(`(?m)^- \*\*([A-Z]+-[0-9]+)[ *]`).FindAllSubmatch(raw, -1) {
		if _, ok := rules[string(m[1])]; !ok {
			t.Errorf("docs/semantics.md lacks %s", m[1])
		}
		delete(rules, string(m[1]))
	}
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		t.Errorf("docs/semantics.md has %s, which the specification does not have", id)
	}
}

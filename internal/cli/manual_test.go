package cli

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/report"
)

var update = flag.Bool("update", false, "write what the commands of the manual print into it")

// manual goes to the root of the repository, and lists the pages that people read there.
func manual(t *testing.T) []string {
	t.Helper()
	t.Chdir("../..")
	pages := []string{"README.md"}
	for _, pattern := range []string{"docs/*.md", "examples/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	return pages
}

// TestManual runs every command of the README and of docs/ that a console block shows, in the root of the repository, and compares what it
// prints on a terminal of 110 columns with what stands there. "| head -n N" cuts standard output, ">/dev/null" drops it,
// "; echo $?" adds the exit code, and "go run ./cmd/watertight" is watertight. Commands about the bundled examples in sh blocks show no output; they are run too, and have to be answered.
//
// go test ./internal/cli -run Manual -update writes into the pages what the commands print.
func TestManual(t *testing.T) {
	ran := 0
	for _, page := range manual(t) {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		shown := string(data)
		printed := rerun(t, page, shown, &ran)
		if printed == shown {
			continue
		}
		if *update {
			if err := os.WriteFile(page, []byte(printed), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		line, was, is := firstDifference(shown, printed)
		t.Errorf("%s:%d shows\n  %s\nand the command prints\n  %s\n(go test ./internal/cli -run Manual -update writes what is printed; look at it before you keep it)", page, line, was, is)
	}
	if ran < 10 {
		t.Fatalf("%d commands only: are the pages read?", ran)
	}
}

// rerun is a page with the output of its commands as it is now.
func rerun(t *testing.T, page, text string, ran *int) string {
	var got strings.Builder
	block := ""   // the language of the block that we are in
	kept := false // what was printed last time stays: what prints it is not on this machine
	number := 0
	for line := range strings.Lines(text) {
		number++
		words := strings.TrimSpace(line)
		if fence, ok := strings.CutPrefix(words, "```"); ok {
			if block != "" {
				block, kept = "", false
			} else if block = fence; block == "" {
				block = "text"
			}
			got.WriteString(line)
			continue
		}
		switch block {
		case "console":
			prompted, ok := strings.CutPrefix(words, "$ ")
			if !ok {
				if kept {
					got.WriteString(line)
				}
				continue // what was printed last time
			}
			command, ok := watertight(prompted)
			if !ok {
				t.Fatalf("%s:%d: a console block shows what watertight prints, and %q is another command. Put it into a sh block", page, number, prompted)
			}
			got.WriteString(line)
			if kept = needsTerraform(command); kept {
				continue
			}
			*ran++
			out, _ := console(t, command)
			got.WriteString(out)
			continue
		case "sh":
			command, ok := watertight(words)
			command, _, _ = strings.Cut(command, " | ") // what reads the answer need not be on this machine
			if ok && strings.Contains(command, "--from examples/") {
				*ran++
				if out, code := console(t, command); code != answered {
					t.Errorf("%s:%d: %s: exit code %d\n%s", page, number, words, code, out)
				}
			}
		}
		got.WriteString(line)
	}
	if block != "" {
		t.Fatalf("%s: a block of code does not end", page)
	}
	return got.String()
}

// needsTerraform tells whether a command plans code, and Terraform is not installed.
func needsTerraform(command string) bool {
	if _, err := exec.LookPath("terraform"); err == nil {
		return false
	}
	return slices.ContainsFunc(strings.Fields(command), isCode)
}

// watertight is the arguments of a command line that runs the program.
func watertight(line string) (string, bool) {
	for _, name := range []string{"watertight ", "go run ./cmd/watertight "} {
		if command, ok := strings.CutPrefix(line, name); ok {
			return command, true
		}
	}
	return "", false
}

// console is what a command prints on a terminal, and its exit code.
func console(t *testing.T, command string) (string, int) {
	command, code := strings.CutSuffix(command, "; echo $?")
	command, silent := strings.CutSuffix(command, " >/dev/null")
	command, most, cut := strings.Cut(command, " | head -n ")
	if strings.ContainsAny(command, `|;<>&$"'\`) {
		t.Fatalf("watertight %s: this test is no shell: it knows | head -n N, >/dev/null and ; echo $?", command)
	}
	if cut && (code || silent) {
		t.Fatalf("watertight %s: behind | head, a shell would say something else", command)
	}
	var stdout, stderr bytes.Buffer
	status := Run(strings.Fields(command), strings.NewReader(""), &stdout, &stderr, []string{"COLUMNS=110"})
	out := stdout.String()
	if cut {
		n, err := strconv.Atoi(most)
		if err != nil {
			t.Fatal(command, err)
		}
		lines := strings.SplitAfter(out, "\n")
		out = strings.Join(lines[:min(n, len(lines))], "")
	}
	if silent {
		out = ""
	}
	out += stderr.String()
	if code {
		out += fmt.Sprintln(status)
	}
	return out, status
}

// firstDifference is the number of the first line in which two texts differ, and what stands there.
func firstDifference(a, b string) (number int, was, is string) {
	before, after := strings.Split(a, "\n"), strings.Split(b, "\n")
	for number < min(len(before), len(after))-1 && before[number] == after[number] {
		number++
	}
	return number + 1, before[number], after[number]
}

var link = regexp.MustCompile(`\]\(([^)#\s]*)(#[^)\s]*)?\)`)

// TestLinks follows the links between the pages, and from them to files and headings of the repository.
func TestLinks(t *testing.T) {
	for _, page := range manual(t) {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(data), "\n") {
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				target, heading := m[1], strings.TrimPrefix(m[2], "#")
				if strings.Contains(target, "://") {
					continue
				}
				file := page
				if target != "" {
					file = filepath.Join(filepath.Dir(page), target)
				}
				if _, err := os.Stat(file); err != nil {
					t.Errorf("%s:%d: there is no %s", page, i+1, file)
				} else if heading != "" && !slices.Contains(headings(t, file), heading) {
					t.Errorf("%s:%d: %s has no heading #%s", page, i+1, file, heading)
				}
			}
		}
	}
}

// headings are the anchors of a page.
func headings(t *testing.T, page string) []string {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(data)) {
		if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && line[0] == '#' {
			anchor := regexp.MustCompile(`[^\p{L}\p{N} -]`).ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
			all = append(all, strings.ReplaceAll(anchor, " ", "-"))
		}
	}
	return all
}

var (
	target = regexp.MustCompile(`(?m)^([a-z][a-z-]*):([^=\n].*)?$`)
	called = regexp.MustCompile("(?m)(?:^|`)make ([a-z-]+)")
)

// TestMake keeps the Makefile small and explained, and the pages to what it has.
func TestMake(t *testing.T) {
	pages := manual(t)
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, m := range target.FindAllStringSubmatch(string(makefile), -1) {
		if targets = append(targets, m[1]); !strings.Contains(m[2], "## ") {
			t.Errorf("Makefile: %s has no line of help behind ##", m[1])
		}
	}
	if len(targets) == 0 || len(targets) > 10 {
		t.Errorf("Makefile: %d targets; 1 to 10 are enough: %v", len(targets), targets)
	}
	for _, page := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range called.FindAllStringSubmatch(string(data), -1) {
			if !slices.Contains(targets, m[1]) {
				t.Errorf("%s: make %s is no target of the Makefile", page, m[1])
			}
		}
	}
}

var fieldRow = regexp.MustCompile("(?m)^\\| ((?:`[a-z_]+`(?:, )?)+) \\| (.*) \\|$")

// TestWireFormat compares the fields that docs/json.md lists, and which of them it calls optional, with the documents.
func TestWireFormat(t *testing.T) {
	manual(t)
	data, err := os.ReadFile("docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	for title, object := range map[string]any{
		"can": report.Can{}, "Question": report.Question{}, "Part": report.Part{}, "Through": report.Through{}, "Traversal": report.Traversal{}, "Hop": report.Hop{}, "Witness": report.Witness{},
		"What was not modelled": report.NotModelled{}, "who, what and matrix": report.Table{}, "Row": report.Row{},
		"diff": report.Diff{}, "Change": report.Change{}, "Edit": report.Edit{}, "Location": report.Location{}, "check": report.Check{}, "Finding": report.Finding{},
		"Suppression": report.Suppression{}, "compile": report.Compile{}, "Edited file": report.FileEdit{}, "Move": report.Move{},
		"request": report.Request{}, "Declaration": report.Declaration{}, "Refusal": report.Refusal{}, "Reach": report.Reach{}, "Allowed": report.Allowed{},
		"exactness": report.Exactness{}, "Environment": report.Environment{}, "Pattern": report.Pattern{}, "Guardrail": report.Guardrail{}, "Deviation": report.Deviation{}, "Cause": report.Cause{},
		"Extent": report.Extent{}, "Hygiene": report.Hygiene{}, "inference": report.Inference{}, "Rule by address": report.AddressRule{},
	} {
		_, section, ok := strings.Cut(string(data), "\n## "+title+"\n")
		if !ok {
			t.Errorf("docs/json.md has no section %q", title)
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		have := fields(reflect.TypeOf(object))
		for _, m := range fieldRow.FindAllStringSubmatch(section, -1) {
			for name := range strings.SplitSeq(m[1], ", ") {
				name = strings.Trim(name, "`")
				optional, ok := have[name]
				if !ok {
					t.Errorf("docs/json.md, %s: documents have no field %s there, or it is listed twice", title, name)
				} else if !strings.HasPrefix(m[2], "as in") && optional != strings.HasPrefix(m[2], "optional") {
					t.Errorf("docs/json.md, %s: is %s optional? Documents leave it out when it is empty: %v", title, name, optional)
				}
				delete(have, name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(have)) {
			t.Errorf("docs/json.md, %s: does not list %s", title, name)
		}
	}
}

// fields are the names of an object's fields in JSON, and whether they are left out when they are empty.
func fields(object reflect.Type) map[string]bool {
	all := map[string]bool{}
	for field := range object.Fields() {
		if field.Anonymous {
			maps.Copy(all, fields(field.Type))
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		all[name] = strings.Contains(options, "omitempty")
	}
	return all
}

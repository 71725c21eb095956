package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the commands of the manual print into it")

// TestManual runs every command of docs/cli.md that a console block shows, in the root of the repository, and compares what it prints with
// what stands there. "; echo $?" adds the exit code, "| head -n N" cuts standard output.
func TestManual(t *testing.T) {
	t.Chdir("../..")
	data, err := os.ReadFile("docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("examples/acme/network"); err != nil {
		t.Skip("examples/acme/network is not there: the manual's examples are about it")
	}
	var got strings.Builder
	inside := false
	ran := 0
	for line := range strings.Lines(string(data)) {
		switch {
		case line == "```console\n":
			inside = true
			got.WriteString(line)
		case line == "```\n" && inside:
			inside = false
			got.WriteString(line)
		case !inside:
			got.WriteString(line)
		case strings.HasPrefix(line, "$ watertight "):
			ran++
			got.WriteString(line)
			got.WriteString(console(t, strings.TrimSuffix(strings.TrimPrefix(line, "$ watertight "), "\n")))
		}
	}
	if ran == 0 {
		t.Fatal("the manual has no examples")
	}
	if *update {
		if err := os.WriteFile("docs/cli.md", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := strings.Split(string(data), "\n")
	for i, line := range strings.Split(got.String(), "\n") {
		if i >= len(want) || line != want[i] {
			t.Fatalf("docs/cli.md:%d: the command prints\n  %s\n(go test ./internal/cli -run Manual -update writes what is printed; look at it before you keep it)", i+1, line)
		}
	}
	if len(want) != strings.Count(got.String(), "\n")+1 {
		t.Fatal("docs/cli.md shows more than the commands print")
	}
}

// console is what a command prints on a terminal.
func console(t *testing.T, command string) string {
	command, code := strings.CutSuffix(command, "; echo $?")
	command, most, cut := strings.Cut(command, " | head -n ")
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
	out += stderr.String()
	if code {
		out += fmt.Sprintln(status)
	}
	return out
}

package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/render/json"
	"github.com/watertight/watertight/internal/render/junit"
	"github.com/watertight/watertight/internal/render/markdown"
	"github.com/watertight/watertight/internal/render/sarif"
	"github.com/watertight/watertight/internal/render/text"
	"github.com/watertight/watertight/internal/report"
)

// formats are those of verbs that list changes or findings.
var formats = []string{"text", "json", "markdown", "sarif", "junit"}

// output is how a verb that lists changes or findings writes them, and of which of them its exit code is 3.
type output struct {
	*terminal
	json, explain bool
	format, color string
	failOn        string
	failOnWords   []string
}

// flags defines --format, --json, --explain, --color and --fail-on. The words are what --fail-on takes, with their meaning, and the first of
// them is the default.
func (o *output) flags(cmd *cobra.Command, meaning string, words ...string) {
	o.failOnWords = words
	f := cmd.Flags()
	f.BoolVar(&o.json, "json", false, "the same as --format json")
	f.StringVar(&o.format, "format", "", strings.Join(formats[:len(formats)-1], ", ")+" or "+formats[len(formats)-1]+" (default text)")
	f.BoolVar(&o.explain, "explain", false, "every hop and rule, not only the deciding ones")
	f.StringVar(&o.color, "color", "auto", "auto, always or never; auto heeds NO_COLOR")
	f.StringVar(&o.failOn, "fail-on", words[0], meaning)
	for name, list := range map[string][]string{"format": formats, "color": {"auto", "always", "never"}, "fail-on": words} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)) // fails for flags that do not exist
	}
}

// check checks the flags before the network is read, which may take long.
func (o *output) check() error {
	switch {
	case o.format == "" && o.json:
		o.format = "json"
	case o.format == "":
		o.format = "text"
	case o.json && o.format != "json":
		return fmt.Errorf("--json and --format %s contradict each other", o.format)
	case !slices.Contains(formats, o.format):
		return fmt.Errorf("--format %s: it is %s", o.format, choice(formats))
	}
	if colors := []string{"auto", "always", "never"}; !slices.Contains(colors, o.color) {
		return fmt.Errorf("--color %s: it is %s", o.color, choice(colors))
	}
	if !slices.Contains(o.failOnWords, o.failOn) {
		return fmt.Errorf("--fail-on %s: it is %s", o.failOn, choice(o.failOnWords))
	}
	return nil
}

// choice are words to choose from: "a, b or c".
func choice(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// write writes a document in the format that was asked for.
func (o *output) write(document report.Document) error {
	var err error
	switch o.format {
	case "json":
		err = json.Write(o.out, document)
	case "markdown":
		err = markdown.Write(o.out, document)
	case "sarif":
		err = sarif.Write(o.out, document, version())
	case "junit":
		err = junit.Write(o.out, document)
	default:
		err = text.Write(o.out, document, text.Options{Color: o.colored(o.color), Width: o.width(), Explain: o.explain})
	}
	if err != nil {
		return &writeError{fmt.Errorf("the answer cannot be written: %w", err)}
	}
	return nil
}

// colored tells whether to write in colour, as --color says.
func (t *terminal) colored(color string) bool {
	if none, _ := t.getenv("NO_COLOR"); none != "" || color != "auto" { // https://no-color.org
		return color == "always"
	}
	term, _ := t.getenv("TERM")
	return isTerminal(t.out) && term != "dumb"
}

package cli

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/render/json"
	"github.com/watertight/watertight/internal/render/text"
	"github.com/watertight/watertight/internal/report"
)

// answer is how a verb about a segmentation writes its answer: for people, or as JSON.
type answer struct {
	*terminal
	json  bool
	color string
}

func (a *answer) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.json, "json", false, "the answer as JSON")
	cmd.Flags().StringVar(&a.color, "color", "auto", "auto, always or never; auto heeds NO_COLOR")
	_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(colorWords, cobra.ShellCompDirectiveNoFileComp)) // fails for flags that do not exist
}

var colorWords = []string{"auto", "always", "never"}

// check checks the flags.
func (a *answer) check() error {
	if !slices.Contains(colorWords, a.color) {
		return fmt.Errorf("--color %s: it is %s", a.color, choice(colorWords))
	}
	return nil
}

// write writes a document.
func (a *answer) write(document report.Document) error {
	var err error
	if a.json {
		err = json.Write(a.out, document)
	} else {
		err = text.Write(a.out, document, text.Options{Color: a.colored(a.color), Width: a.width()})
	}
	if err != nil {
		return &writeError{fmt.Errorf("the answer cannot be written: %w", err)}
	}
	return nil
}

// print writes words to standard output.
func (t *terminal) print(words string) error {
	if _, err := io.WriteString(t.out, words); err != nil {
		return &writeError{fmt.Errorf("the answer cannot be written: %w", err)}
	}
	return nil
}

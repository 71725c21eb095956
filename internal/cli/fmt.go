package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/amend"
	"github.com/watertight/watertight/internal/intent"
)

// formatting is the verb fmt.
type formatting struct {
	*terminal
	check, diff bool
}

func newFmt(t *terminal) *cobra.Command {
	f := &formatting{terminal: t}
	cmd := &cobra.Command{
		Use:   "fmt [FILE|FOLDER ...]",
		Short: "Put segmentation files in their canonical form",
		Long: `Puts the files of a segmentation in their canonical form, as terraform fmt does: comments and the order of things stay. Prints the names of the files that it changes.

Of a folder, the files *.hcl are formatted. Without a name, it is watertight.hcl in the working directory; - formats standard input to standard output.
When a file cannot be read, or does not parse, nothing is written. docs/language.md has the language.`,
		Example: `  watertight fmt
  watertight fmt segmentation guardrails.hcl
  watertight fmt --check --diff segmentation`,
		Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"hcl"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(_ *cobra.Command, args []string) error { return f.run(args) },
	}
	cmd.Flags().BoolVar(&f.check, "check", false, "change nothing; exit with 3 when a file is not in its form, and print its name")
	cmd.Flags().BoolVar(&f.diff, "diff", false, "show the lines that change")
	return cmd
}

func (f *formatting) run(args []string) error {
	if len(args) == 1 && args[0] == "-" {
		return f.pipe()
	}
	if len(args) == 0 {
		if _, err := os.Stat(segmentationFile); err != nil {
			return fmt.Errorf("which file? Name one, or a folder: there is no %s in the working directory", segmentationFile)
		}
		args = []string{segmentationFile}
	}
	names, err := f.files(args)
	if err != nil {
		return err
	}
	sources, formatted := make([][]byte, len(names)), make([][]byte, len(names)) // formatted is nil for one that is as it should be
	var problems []error
	for i, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("the segmentation cannot be read: %w", err)
		}
		out, err := intent.Format(source, name)
		if err != nil {
			problems = append(problems, err)
		} else if !bytes.Equal(out, source) {
			sources[i], formatted[i] = source, out
		}
	}
	if len(problems) > 0 { // nothing is written unless all is
		return errors.Join(problems...)
	}
	changed := 0
	for i, name := range names {
		if formatted[i] == nil {
			continue
		}
		changed++
		if !f.check {
			if err := overwrite(name, formatted[i]); err != nil {
				return &writeError{fmt.Errorf("%s cannot be written: %w", name, err)}
			}
		}
		if err := f.print(name + "\n" + f.difference(name, sources[i], formatted[i])); err != nil {
			return err
		}
	}
	if f.check && changed > 0 {
		return &unexpectedError{"not in canonical form: watertight fmt " + strings.Join(args, " ") + " mends it"}
	}
	return nil
}

// difference is what --diff shows of a file.
func (f *formatting) difference(name string, old, new []byte) string {
	if !f.diff {
		return ""
	}
	return amend.Diff(name, old, name, new)
}

// files are those to format, each once: of folders only those in HCL's own syntax.
func (f *formatting) files(args []string) ([]string, error) {
	var all []string
	for _, path := range args {
		names, err := intent.Files(path)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if (name == filepath.ToSlash(path) || !strings.HasSuffix(name, ".json")) && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all, nil
}

func (f *formatting) pipe() error {
	const name = "standard input"
	source, err := io.ReadAll(f.in)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", name, err)
	}
	out, err := intent.Format(source, name)
	if err != nil {
		return err
	}
	switch {
	case f.diff:
		err = f.print(f.difference(name, source, out))
	case !f.check:
		err = f.print(string(out))
	}
	if err == nil && f.check && !bytes.Equal(out, source) {
		return &unexpectedError{name + " is not in canonical form"}
	}
	return err
}

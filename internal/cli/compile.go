package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/amend"
	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/folder"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/render/text"
	"github.com/watertight/watertight/internal/report"
)

// compilation is the verb compile.
type compilation struct {
	segmentation
	answer
	folder, roots     string
	check, diff, move bool
}

func newCompile(t *terminal) *cobra.Command {
	c := &compilation{segmentation: segmentation{terminal: t}, answer: answer{terminal: t}}
	cmd := &cobra.Command{
		Use:   "compile [-o DIR]",
		Short: "A segmentation to Terraform",
		Long: `Writes the Terraform of a segmentation into a folder: tiers, groups, network ACLs, routes, what joins environments, what leaves, and monitoring.
The same segmentation gives the same bytes.

Every file says in its first line that it is compiled. Files that don't are never touched, and when one of them has the name of a file to be
written, that is an error. Files that are compiled are overwritten, whatever was edited in them by hand, and those that nothing needs any more
are removed.

Subnets stay where they are. When a tier would be at other addresses than in what was compiled before, nothing is written, and the message
says what moves it and what would keep it; --move-subnets moves it all the same.

--check writes nothing: it lists the files that are not what the segmentation says, and the exit code is 3 when there are any.`,
		Example: `  watertight compile
  watertight compile --intent segmentation -o infra --diff
  watertight compile --check`,
		Args: arguments(),
		RunE: func(*cobra.Command, []string) error { return c.run() },
	}
	c.segmentation.flags(cmd)
	f := cmd.Flags()
	f.StringVarP(&c.folder, "out", "o", "terraform", "the folder to write")
	f.BoolVar(&c.check, "check", false, "write nothing, list what would change, and exit with 3 when there is any")
	f.BoolVar(&c.diff, "diff", false, "show the lines that change")
	f.StringVar(&c.roots, "roots", string(compile.One), "one root module for all environments, or one for each environment, in a folder of its own: one or environment")
	f.BoolVar(&c.move, "move-subnets", false, "move subnets that would not stay where they are, which makes everything in them anew")
	c.answer.flags(cmd)
	_ = cmd.MarkFlagDirname("out") // fails for flags that do not exist
	_ = cmd.RegisterFlagCompletionFunc("roots", cobra.FixedCompletions([]string{string(compile.One), string(compile.PerEnvironment)}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (c *compilation) run() error {
	if err := c.answer.check(); err != nil {
		return err
	}
	roots := compile.Roots(c.roots)
	if roots != compile.One && roots != compile.PerEnvironment {
		return fmt.Errorf("--roots %s: it is %s or %s", c.roots, compile.One, compile.PerEnvironment)
	}
	s, err := c.load()
	if err != nil {
		return err
	}
	files, err := compile.Terraform(blueprint.New(s), compile.Options{Roots: roots})
	if err != nil {
		return err
	}
	f, err := folder.Read(c.folder, roots == compile.PerEnvironment, compile.Compiled)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", c.folder, err)
	}
	changes, err := f.Changes(files)
	if err != nil {
		return err
	}
	moves, err := c.moves(f, files, s)
	if err != nil {
		return err
	}
	if !c.check {
		if err := f.Apply(changes); err != nil {
			return &writeError{fmt.Errorf("%s cannot be written: %w", c.folder, err)}
		}
	}
	document := c.document(changes, moves, len(files))
	if err := c.write(document); err != nil {
		return err
	}
	switch {
	case c.check && len(moves) > 0 && !c.move:
		return &unexpectedError{fmt.Sprintf("%s is not what the segmentation says, and watertight compile says what keeps its subnets where they are", c.folder)}
	case c.check && len(changes) > 0:
		return &unexpectedError{fmt.Sprintf("%s is not what the segmentation says: watertight compile writes it", c.folder)}
	}
	return nil
}

// moves are the subnets that would move. Unless that is wanted or nothing is to be written, it is an error that there are any, or that nobody knows.
func (c *compilation) moves(f *folder.Folder, files map[string][]byte, s *intent.Segmentation) ([]folder.Move, error) {
	moves, err := folder.Moves(f.Compiled, files, s)
	switch {
	case err != nil && (c.move || c.check): // what cannot be read is no compiled file as it should be, and is listed as such
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("whether subnets would move is not known, so nothing was written, because what was compiled before into %s cannot be read:\n%w\nPut it back as it was, or say --move-subnets", c.folder, err)
	case len(moves) > 0 && !c.move && !c.check:
		return nil, unmoved(moves)
	}
	return moves, nil
}

// unmoved says which subnets would move, and what would keep them.
func unmoved(moves []folder.Move) error {
	var mends []string
	for _, m := range moves {
		if !slices.Contains(mends, m.Mend) {
			mends = append(mends, m.Mend)
		}
	}
	return fmt.Errorf("this would move %d of the subnets that were compiled before, and everything in them would have to be made anew. Nothing was written.\n%sTo keep them where they are,\n  %s\nor say --move-subnets.",
		len(moves), text.Moves(moved(moves)), strings.Join(mends, "\n  "))
}

// moved are moves as a document has them.
func moved(moves []folder.Move) []report.Move {
	list := []report.Move{}
	for _, m := range moves {
		list = append(list, report.Move{Environment: m.Environment, Tier: m.Tier, Zone: m.Zone, From: m.From.String(), To: m.To.String(), Because: m.Because, Mend: m.Mend})
	}
	return list
}

func (c *compilation) document(changes []folder.Change, moves []folder.Move, files int) *report.Compile {
	d := &report.Compile{Schema: report.Schema, Kind: report.KindCompile, Folder: filepath.ToSlash(c.folder), Files: []report.FileEdit{}, Moves: moved(moves), Unchanged: files, Written: !c.check}
	for _, change := range changes {
		name := filepath.ToSlash(filepath.Join(c.folder, filepath.FromSlash(change.Name)))
		file, old, new := report.FileEdit{File: name, Action: "update"}, name, name
		switch {
		case change.Old == nil:
			file.Action, old = "create", "/dev/null"
			d.Unchanged--
		case change.New == nil:
			file.Action, new = "delete", "/dev/null"
		default:
			d.Unchanged--
		}
		if c.diff {
			file.Diff = amend.Diff(old, change.Old, new, change.New)
		}
		d.Files = append(d.Files, file)
	}
	return d
}

package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/query"
)

// Exit codes.
const (
	answered   = 0
	failed     = 1
	wrongInput = 2
	unexpected = 3
)

// Run runs a command line, without the program's name, and returns the exit code. Env is the environment as os.Environ gives it.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) (code int) {
	t := &terminal{in: stdin, out: stdout, err: stderr, env: env}
	defer func() {
		if trouble := recover(); trouble != nil {
			fmt.Fprintf(stderr, "watertight: internal error: %v\n\nThis is a bug in watertight. Please report it, and attach\n  the command:  watertight %s\n  the version:  %s\n  the input:    what --from names, or the smallest part of it that still shows this\n", trouble, strings.Join(args, " "), version())
			code = failed
		}
	}()
	root := newRoot(t)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	if err == nil {
		return answered
	}
	var surprise *unexpectedError
	var write *writeError
	var bug *query.Bug
	switch {
	case errors.As(err, &surprise):
		fmt.Fprintln(stderr, "watertight:", err)
		return unexpected
	case errors.As(err, &write), errors.As(err, &bug):
		fmt.Fprintln(stderr, "watertight:", err)
		return failed
	}
	fmt.Fprintln(stderr, "watertight:", err) // what is left is about flags, words of the question, or files
	return wrongInput
}

// unexpectedError says that the answer is another than --expect said, or that what was asked about the way does not hold.
type unexpectedError struct{ message string }

func (e *unexpectedError) Error() string { return e.message }

// writeError is a failure to write the answer: the disk is full, the pipe is closed.
type writeError struct{ error }

func (e *writeError) Unwrap() error { return e.error }

// terminal is the process around the program.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	env      []string
}

// getenv is the last value of a variable, and whether there is one.
func (t *terminal) getenv(name string) (string, bool) {
	for i := len(t.env) - 1; i >= 0; i-- {
		if key, value, _ := strings.Cut(t.env[i], "="); key == name {
			return value, true
		}
	}
	return "", false
}

// isTerminal tells whether a writer is a person's screen.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	return columns(f) > 0
}

// width is the number of columns to write, 0 when nobody says.
func (t *terminal) width() int {
	if word, ok := t.getenv("COLUMNS"); ok {
		n := 0
		if _, err := fmt.Sscan(word, &n); err == nil && n > 0 {
			return n
		}
	}
	if f, ok := t.out.(*os.File); ok {
		return columns(f)
	}
	return 0
}

func newRoot(t *terminal) *cobra.Command {
	root := &cobra.Command{
		Use:   "watertight",
		Short: "Prove who can reach what in an AWS network",
		Long: `Watertight proves who can reach what in an AWS network: from what the AWS API says of security groups, network ACLs,
route tables and gateways, for every address and port, both ways.

A network is a folder of answers of the AWS API (docs/collect.md has the calls), named by --from.`,
		Example: `  watertight can prod/app-server cache-redis:6379 --from network
  watertight can internet database-postgres --from network --expect unreachable
  watertight who database-postgres --from network
  watertight what staging/app-server --from network --by tier
  watertight matrix --from network`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			hint := ""
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				hint = " Did you mean " + strings.Join(near, " or ") + "?"
			}
			return fmt.Errorf("there is no verb %s.%s watertight --help lists them", args[0], hint)
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w: %s --help lists the flags", err, cmd.CommandPath())
	})
	root.AddCommand(newCan(t), newWho(t), newWhat(t), newMatrix(t), newCheck(t), newDiff(t), newPlan(t), newInit(t), newFmt(t), newCompile(t), newRequest(t), newGenerate(t), newVersion(t))
	return root
}

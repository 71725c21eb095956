package cli

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/diff"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

// The words of diff --fail-on.
const (
	failOnUnknown     = "unknown"
	failOnReachable   = "reachable"
	failOnUnreachable = "unreachable"
	failOnAny         = "any"
	failOnNone        = "none"
)

func newDiff(t *terminal) *cobra.Command {
	in := &input{terminal: t}
	out := &output{terminal: t}
	var by string
	cmd := &cobra.Command{
		Use:   "diff OLD [NEW]",
		Short: "What NEW allows that OLD does not, and the other way round",
		Long: `Compares two networks: what is newly reachable, newly one-way, newly unknown and no longer reachable, from role to role and from
and to the internet, for every protocol and port; with a packet that shows it, and the edits of objects that it hangs on. Edits
that change nothing that anybody can reach are counted.

OLD and NEW are what --from takes elsewhere; --from itself names what is around both, and the same in both: the network that a configuration
is applied to. With a Terraform plan alone, what it would change is told: OLD is what was there
before, and NEW what will be.

The exit code is 3 when there is something that --fail-on names: by default when something is newly reachable, or may be.`,
		Example: `  watertight diff main.json branch.json
  watertight diff main.json branch.json --from network
  watertight diff plan.json --format markdown
  watertight diff network-monday network-tuesday --fail-on any`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return arguments("OLD", "NEW")(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			grouping, err := query.ParseGrouping(by)
			if err != nil {
				return err
			}
			p := newProgress(t)
			defer p.clear()
			old, new, err := in.bothNetworks(args, p)
			if err != nil {
				return err
			}
			p.clear()
			in.warn(append(old.Problems[:len(old.Problems):len(old.Problems)], new.Problems...))
			options := diff.Options{By: grouping, Old: args[0], New: args[len(args)-1]}
			if len(args) == 1 {
				options.Old, options.New = args[0]+" (before)", args[0]+" (planned)"
			}
			document, err := diff.Compare(old, new, options)
			if err != nil {
				return err
			}
			if err := out.write(document); err != nil {
				return err
			}
			return unwanted(document, out.failOn)
		},
	}
	out.flags(cmd, "exit with 3 when something is newly reachable, or may be (unknown); newly reachable for certain (reachable); no longer reachable (unreachable); any of these; or none",
		failOnUnknown, failOnReachable, failOnUnreachable, failOnAny, failOnNone)
	cmd.Flags().StringVar(&by, "by", "group", "what to group by: group, tier or account")
	cmd.Flags().StringArrayVar(&in.from, "from", nil, "what is around both: a network that OLD and NEW are joined with; may be given several times")
	_ = cmd.MarkFlagDirname("from") // fails for flags that do not exist
	cmd.Flags().BoolVar(&in.problems, "problems", false, "list everything that is wrong with the input, not only the first few")
	_ = cmd.RegisterFlagCompletionFunc("by", cobra.FixedCompletions([]string{"group", "tier", "account"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// bothNetworks reads two networks, or both halves of a plan.
func (in *input) bothNetworks(args []string, p *progress) (old, new *network.Network, err error) {
	before, alone := args[0], len(args) == 1
	if alone && !isCode(before) && !isPlan(before) {
		return nil, nil, fmt.Errorf("%s is one network, and there is nothing to compare it with: give OLD and NEW, or a Terraform plan, which holds what is there and what will be", before)
	}
	around := func(one string) []string { return append([]string{one}, in.from...) }
	after := args[len(args)-1]
	name := after // one for both, so that what is made up is the same on both sides
	if filepath.Clean(after) == "." {
		here, err := filepath.Abs(after)
		if err != nil {
			return nil, nil, err
		}
		name = filepath.Base(here)
	}
	if old, err = in.join(around(before), first{alone, name}, p); err != nil {
		return nil, nil, err
	}
	new, err = in.join(around(after), first{name: name}, p)
	return old, new, err
}

// unwanted says that there are changes that --fail-on names.
func unwanted(d *report.Diff, failOn string) error {
	found := map[string]int{}
	for i := range d.Changes {
		found[d.Changes[i].Effect()]++
	}
	opened, doubted, closed := found[report.Opened], found[report.Doubted], found[report.Closed]
	n := map[string]int{failOnUnknown: opened + doubted, failOnReachable: opened, failOnUnreachable: closed, failOnAny: opened + doubted + closed}[failOn]
	if n == 0 {
		return nil
	}
	things := "1 change counts"
	if n > 1 {
		things = fmt.Sprintf("%d changes count", n)
	}
	return &unexpectedError{fmt.Sprintf("%s for --fail-on %s", things, failOn)}
}

package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/audit"
	"github.com/watertight/watertight/internal/report"
)

func newCheck(t *terminal) *cobra.Command {
	in := &input{terminal: t}
	out := &output{terminal: t}
	var rules []string
	cmd := &cobra.Command{
		Use:   "check [--explain RULE]",
		Short: "What should be looked at: ways that are open, connections that break, rules that do nothing",
		Long: `Looks for what is hardly meant in a network, whatever it is for: ways to a data tier and from it, ports that are open to everybody,
network ACLs that lose replies, ways around a firewall, peerings and routes that lead nowhere, rules that nothing can use, names that
mislead. docs/checks.md has every rule; --explain RULE prints its page.

Findings rest on reachability: a rule that is open and that no route leads to is a note, a way that is open is an error or a warning,
and what hangs on something that is not known is unknown.

A finding is left alone where the code says so, with a reason and a last day: a comment above the resource, or above a module for all in it,
  # watertight:ignore open-to-internet until=2027-01-31 the partner moves to a VPN
or a tag watertight:ignore of the object with the same words. When the day is over, it counts again.

The exit code is 3 when there is a finding at or above --fail-on. SOURCE_DATE_EPOCH sets today.`,
		Example: `  watertight check --from network
  watertight check --from plan.json --fail-on warning --format sarif
  watertight check --from network --rule open-to-internet --rule ipv6-public
  watertight check --explain acl-loses-replies`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.FixedCompletions(ruleNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			if len(args) > 0 {
				return explainRules(out, args)
			}
			if err := audit.Valid(rules); err != nil { // before the network is read, which may take long
				return err
			}
			now, err := today(t)
			if err != nil {
				return err
			}
			p := newProgress(t)
			n, err := in.read(p)
			if err != nil {
				return err
			}
			in.warn(n.Problems)
			p.say("looking at %d interfaces", n.Interfaces.Len())
			document, err := audit.Check(n, audit.Options{Now: now, Rules: rules})
			p.clear()
			if err != nil {
				return err
			}
			if err := out.write(document); err != nil {
				return err
			}
			return alarming(document, report.Severity(out.failOn))
		},
	}
	in.flags(cmd)
	words := []string{}
	for _, s := range report.Severities {
		words = append(words, string(s))
	}
	out.flags(cmd, "exit with 3 when a finding is that bad, or worse: "+strings.Join(words, ", ")+"; or none", append(words, failOnNone)...)
	cmd.Flags().StringArrayVar(&rules, "rule", nil, "apply this rule only; may be given several times")
	_ = cmd.RegisterFlagCompletionFunc("rule", cobra.FixedCompletions(ruleNames(), cobra.ShellCompDirectiveNoFileComp)) // fails for flags that do not exist
	return cmd
}

func ruleNames() []string {
	var names []string
	for _, r := range audit.Rules() {
		names = append(names, r.Name)
	}
	return names
}

// explainRules prints the documentation of rules.
func explainRules(out *output, names []string) error {
	if !out.explain {
		return fmt.Errorf("watertight check takes no arguments, and there is %q: --rule %s applies that rule alone, --explain %s prints its documentation", names[0], names[0], names[0])
	}
	if out.format != "text" {
		return fmt.Errorf("--explain %s prints text: leave --format away", names[0])
	}
	var pages []string
	for _, name := range names {
		r := audit.Find(name)
		if r == nil {
			return audit.Unnamed(name)
		}
		pages = append(pages, r.Page())
	}
	if _, err := fmt.Fprint(out.out, strings.Join(pages, "\n")); err != nil {
		return &writeError{fmt.Errorf("the answer cannot be written: %w", err)}
	}
	return nil
}

// today is the day that suppressions are held to: SOURCE_DATE_EPOCH, where the environment has it (https://reproducible-builds.org/specs/source-date-epoch).
func today(t *terminal) (time.Time, error) {
	word, ok := t.getenv("SOURCE_DATE_EPOCH")
	if !ok || word == "" {
		return time.Now(), nil
	}
	seconds, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return time.Time{}, errors.New("SOURCE_DATE_EPOCH is " + strconv.Quote(word) + ": it is a number of seconds since 1970")
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// alarming says that there are findings at or above a severity.
func alarming(c *report.Check, least report.Severity) error {
	most := slices.Index(report.Severities, least) // negative for none
	n := 0
	for _, f := range c.Findings {
		if slices.Index(report.Severities, f.Severity) <= most {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	things := "1 finding"
	if n > 1 {
		things = fmt.Sprintf("%d findings", n)
	}
	return &unexpectedError{fmt.Sprintf("%s at or above --fail-on %s", things, least)}
}

package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/audit"
	"github.com/watertight/watertight/internal/exact"
	"github.com/watertight/watertight/internal/report"
)

func newCheck(t *terminal) *cobra.Command {
	in := &input{terminal: t}
	out := &output{terminal: t}
	declared := &segmentation{terminal: t}
	var rules []string
	cmd := &cobra.Command{
		Use:   "check [--intent PATH | --explain RULE]",
		Short: "What should be looked at: ways that are open, connections that break, rules that do nothing; with --intent, what is not as declared",
		Long: `With a segmentation (--intent, or a file watertight.hcl in the working directory) it holds the network to that: what is allowed and nothing
declares (undeclared), what is declared and not allowed (broken), and what is not known, each with a packet or with the controls that stop
it; the five patterns of each environment; and whether the guardrails hold. When nothing is undeclared, broken or unknown, the network is
exact. docs/exactness.md has all that is looked at.

Without one, or with --intent none, it looks for what is hardly meant in a network, whatever it is for: ways to a data tier and from it,
ports that are open to everybody, network ACLs that lose replies, ways around a firewall, peerings and routes that lead nowhere, rules that
nothing can use, names that mislead. docs/checks.md has every rule; --explain RULE prints its page.

Findings rest on reachability: a rule that is open and that no route leads to is a note, a way that is open is an error or a warning,
and what hangs on something that is not known is unknown.

A finding is left alone where the code says so, with a reason and a last day: a comment above the resource, or above a module for all in it,
  # watertight:ignore open-to-internet until=2027-01-31 the partner moves to a VPN
or a tag watertight:ignore of the object with the same words. When the day is over, it counts again.

The exit code is 3 when there is a finding at or above --fail-on; with a segmentation, and without --fail-on, when the network is not known
to be exact. SOURCE_DATE_EPOCH sets today.`,
		Example: `  watertight check --from network
  watertight check --from plan.json --intent watertight.hcl
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
			if declared.wanted(len(rules) > 0) {
				return checkExactness(in, out, declared, rules, cmd.Flags().Changed("fail-on"))
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
	declared.flags(cmd)
	cmd.Flags().StringArrayVar(&rules, "rule", nil, "apply this rule only; may be given several times")
	_ = cmd.RegisterFlagCompletionFunc("rule", cobra.FixedCompletions(ruleNames(), cobra.ShellCompDirectiveNoFileComp)) // fails for flags that do not exist
	return cmd
}

// noSegmentation is what --intent says where there is a segmentation in the working directory that is not meant.
const noSegmentation = "none"

// wanted tells whether a network is to be held to a segmentation: one that is named, or else the one in the working directory, unless rules of hygiene were asked for.
func (s *segmentation) wanted(rules bool) bool {
	if len(s.paths) > 0 {
		return !slices.Equal(s.paths, []string{noSegmentation})
	}
	_, err := os.Stat(segmentationFile)
	return err == nil && !rules
}

// checkExactness holds a network to a segmentation. Rules are those of the hygiene that is counted. Given tells whether --fail-on was said.
func checkExactness(in *input, out *output, declared *segmentation, rules []string, given bool) error {
	now, err := today(in.terminal)
	if err != nil {
		return err
	}
	s, err := declared.load()
	if err != nil {
		return err
	}
	p := newProgress(in.terminal)
	n, err := in.read(p)
	if err != nil {
		return err
	}
	in.warn(n.Problems)
	p.say("holding %d interfaces to the segmentation", n.Interfaces.Len())
	document, err := exact.Check(s, n, exact.Options{Now: now})
	if err != nil {
		p.clear()
		return err
	}
	p.say("looking at %d interfaces", n.Interfaces.Len())
	hygiene, err := audit.Check(n, audit.Options{Now: now, Rules: rules})
	p.clear()
	if err != nil {
		return err
	}
	document.Hygiene = append(document.Hygiene, counted(hygiene)...)
	if err := out.write(document); err != nil {
		return err
	}
	if given {
		return deviating(document, report.Severity(out.failOn))
	}
	if document.Verdict != report.Exact {
		return &unexpectedError{"the network is not known to be exactly what is declared"}
	}
	return nil
}

// counted are findings by rule and severity, in their order.
func counted(c *report.Check) []report.Hygiene {
	var list []report.Hygiene
	for _, f := range c.Findings {
		i := slices.IndexFunc(list, func(h report.Hygiene) bool { return h.Rule == f.Rule && h.Severity == f.Severity })
		if i < 0 {
			i = len(list)
			list = append(list, report.Hygiene{Rule: f.Rule, Severity: f.Severity})
		}
		list[i].Count++
	}
	return list
}

// deviating says that there are deviations, or guardrails that do not hold, at or above a severity.
func deviating(d *report.Exactness, least report.Severity) error {
	most := slices.Index(report.Severities, least) // negative for none
	n := 0
	count := func(s report.Severity) {
		if slices.Index(report.Severities, s) <= most {
			n++
		}
	}
	for i := range d.Deviations {
		count(d.Deviations[i].Severity)
	}
	for _, g := range d.Guardrails {
		switch g.State {
		case report.Violated:
			count(report.Error)
		case string(report.Unknown):
			count(report.Unverified)
		}
	}
	if n == 0 {
		return nil
	}
	things := "1 deviation"
	if n > 1 {
		things = fmt.Sprintf("%d deviations", n)
	}
	return &unexpectedError{fmt.Sprintf("%s at or above --fail-on %s", things, least)}
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

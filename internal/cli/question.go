package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/render/json"
	"github.com/watertight/watertight/internal/render/text"
	"github.com/watertight/watertight/internal/report"
)

// question is what the verbs that ask have in common.
type question struct {
	input
	query.Question
	json, explain         bool
	format, color, expect string
	by                    string
}

func newQuestion(t *terminal) *question { return &question{input: input{terminal: t}} }

// traffic defines the flags that say what is asked about, and how to answer.
func (q *question) traffic(cmd *cobra.Command) {
	q.input.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&q.Protocol, "protocol", "", "tcp, udp, icmp, any, or an IANA number (default tcp)")
	f.StringVar(&q.Ports, "port", "", "the server's port, N or N-M (default any)")
	f.StringVar(&q.ClientPorts, "client-port", "", "the client's port, N or N-M (default 1024-65535)")
	f.StringVar(&q.Family, "family", "", "ipv4, ipv6 or any (default any)")
	f.StringVar(&q.ICMPType, "icmp-type", "", "the type of ICMP, N or N/CODE (default any)")
	f.BoolVar(&q.json, "json", false, "the same as --format json")
	f.StringVar(&q.format, "format", "", "text or json (default text)")
	f.BoolVar(&q.explain, "explain", false, "every hop and rule, not only the deciding ones")
	f.StringVar(&q.color, "color", "auto", "auto, always or never; auto heeds NO_COLOR")
	words := map[string][]string{
		"protocol": {"tcp", "udp", "icmp", "any"}, "family": {"ipv4", "ipv6", "any"}, "format": {"text", "json"}, "color": {"auto", "always", "never"},
	}
	for name, list := range words {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)) // fails for flags that do not exist
	}
}

func (q *question) grouping(cmd *cobra.Command) {
	cmd.Flags().StringVar(&q.by, "by", "group", "what to group by: group, tier or account")
	_ = cmd.RegisterFlagCompletionFunc("by", cobra.FixedCompletions([]string{"group", "tier", "account"}, cobra.ShellCompDirectiveNoFileComp))
}

var verdicts = []report.Verdict{report.Reachable, report.OneWay, report.Unreachable, report.Unknown, report.Partial}

func (q *question) expectation(cmd *cobra.Command) {
	var words []string
	for _, v := range verdicts {
		words = append(words, string(v))
	}
	cmd.Flags().StringVar(&q.expect, "expect", "", "exit with 3 unless the verdict is "+strings.Join(words, ", "))
	_ = cmd.RegisterFlagCompletionFunc("expect", cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// traversal defines the flags that ask about the way.
func (q *question) traversal(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&q.Through, "through", "", "does all that gets through pass WHAT? balancer, endpoint, firewall, internet, nat, peering, transit, or one of them")
	f.StringVar(&q.NotThrough, "not-through", "", "does nothing that gets through pass WHAT?")
	f.StringVar(&q.OnlyThrough, "only-through", "", "is this load balancer or private endpoint the only way to DESTINATION?")
	for _, name := range []string{"through", "not-through", "only-through"} {
		_ = cmd.RegisterFlagCompletionFunc(name, q.offer(func(s *query.Session, begun string) []string {
			return s.Waypoints(begun, name == "only-through")
		}))
	}
}

// check checks the flags before the network is read, which may take long.
func (q *question) check() error {
	switch {
	case q.format == "" && q.json:
		q.format = "json"
	case q.format == "":
		q.format = "text"
	case q.json && q.format != "json":
		return fmt.Errorf("--json and --format %s contradict each other", q.format)
	case q.format != "text" && q.format != "json":
		return fmt.Errorf("--format %s: it is text or json", q.format)
	}
	if !slices.Contains([]string{"auto", "always", "never"}, q.color) {
		return fmt.Errorf("--color %s: it is auto, always or never", q.color)
	}
	if err := q.Question.Check(); err != nil {
		return err
	}
	if q.expect != "" && !slices.Contains(verdicts, report.Verdict(q.expect)) {
		return fmt.Errorf("--expect %s: a verdict is reachable, one-way, unreachable, unknown or partial", q.expect)
	}
	_, err := query.ParseGrouping(q.by)
	return err
}

// ask loads the network, asks, and writes the answer.
func (q *question) ask(answer func(*query.Session) (report.Document, error)) error {
	if err := q.check(); err != nil {
		return err
	}
	session, err := q.load()
	if err != nil {
		return err
	}
	document, err := answer(session)
	if err != nil {
		session.Readable(err)
		return err
	}
	if q.format == "json" {
		err = json.Write(q.out, document)
	} else {
		err = text.Write(q.out, document, text.Options{Color: q.colored(q.color), Width: q.width(), Explain: q.explain})
	}
	if err != nil {
		return &writeError{fmt.Errorf("the answer cannot be written: %w", err)}
	}
	if can, ok := document.(*report.Can); ok {
		return q.surprise(can)
	}
	return nil
}

// surprise says that an answer is another than was expected: the verdict, or what was asked about the way.
func (q *question) surprise(can *report.Can) error {
	switch {
	case q.expect != "" && string(can.Verdict) != q.expect:
		return &unexpectedError{fmt.Sprintf("the answer is %s, and %s was expected", can.Verdict, q.expect)}
	case can.Traversal != nil && can.Traversal.Holds == string(report.Unknown):
		return &unexpectedError{fmt.Sprintf("whether %q holds is not known", can.Traversal.Asked)}
	case can.Traversal != nil && can.Traversal.Holds != report.Yes:
		return &unexpectedError{fmt.Sprintf("%q does not hold", can.Traversal.Asked)}
	}
	return nil
}

// complete offers the names of a network for the first so many arguments.
func (q *question) complete(most int) cobra.CompletionFunc {
	offer := q.offer((*query.Session).Names)
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return offer(cmd, args, begun)
	}
}

// offer offers words of a network, once it is named. It never fails loudly: a shell is waiting.
func (q *question) offer(words func(s *query.Session, begun string) []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(q.from) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		n, err := q.read(&progress{t: q.terminal})
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return words(query.New(n), begun), cobra.ShellCompDirectiveNoFileComp
	}
}

// arguments checks how many selectors there are.
func arguments(words ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(words) {
			return nil
		}
		if len(words) == 0 {
			return fmt.Errorf("%s takes no arguments, and there is %q", cmd.CommandPath(), args[0])
		}
		if len(args) > len(words) {
			return fmt.Errorf("%s takes %s, and there is also %q. Names with spaces need quotes", cmd.CommandPath(), strings.Join(words, " and "), args[len(words)])
		}
		example, _, _ := strings.Cut(strings.TrimSpace(cmd.Example), "\n")
		return fmt.Errorf("%s needs %s: %s", cmd.CommandPath(), strings.Join(words[len(args):], " and "), example)
	}
}

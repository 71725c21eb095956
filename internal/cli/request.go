package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/request"
)

// asking is the verb request.
type asking struct {
	segmentation
	answer
	request.Question
	in     input
	dryRun bool
}

func newRequest(t *terminal) *cobra.Command {
	a := &asking{segmentation: segmentation{terminal: t}, answer: answer{terminal: t}, in: input{terminal: t}}
	cmd := &cobra.Command{
		Use:   "request SOURCE DESTINATION",
		Short: "What to add so that SOURCE may talk to DESTINATION",
		Long: `Adds to the segmentation what SOURCE needs to open connections to DESTINATION, and shows what follows: the lines that change in the segmentation and
in its Terraform, and what becomes reachable. What is declared already is said, with its place. Comments and layout stay as they are.

SOURCE and DESTINATION are a role (app-server, or prod/app-server where others are called so too), internet, or a block of addresses. DESTINATION may
be a name on the internet (api.example.com, *.example.com), which goes into the list of domains of the role's egress; and it may carry
its port: cache-redis:6379, 198.51.100.0/24:8000-8100. Without a port, it is all that DESTINATION serves.

What a guardrail rules out is refused, with the rule and its owner. So is what goes to another environment and does not say how (--via), and what
DESTINATION does not serve: its owner has to add that first. The exit code is 3 then, and nothing is written.

With --from, the answer says as well what that network allows already.`,
		Example: `  watertight request app-server cache-redis:6379 --reason sessions --owner shop --dry-run
  watertight request app-server api.example.com --reason payments
  watertight request staging/app-server prod/replica-postgres --via peering --until 2027-06-30
  watertight request app-server cache-redis --from network`,
		Args:              arguments("SOURCE", "DESTINATION"),
		ValidArgsFunction: a.complete,
		RunE: func(_ *cobra.Command, args []string) error {
			a.Question.Source, a.Question.Destination = args[0], args[1]
			return a.run()
		},
	}
	a.segmentation.flags(cmd)
	a.answer.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&a.Protocol, "protocol", "", "tcp, udp, icmp or any (default tcp where there is a port, else all that DESTINATION serves)")
	f.StringVar(&a.Via, "via", "", "how to get from one environment to another: peering, transit or privatelink")
	f.StringVar(&a.Hostname, "hostname", "", "the name by which SOURCE calls DESTINATION: of a privatelink")
	f.StringVar(&a.Reason, "reason", "", "what for")
	f.StringVar(&a.Owner, "owner", "", "who answers for it")
	f.StringVar(&a.Until, "until", "", "the last day on which it is needed: 2027-06-30")
	f.BoolVar(&a.dryRun, "dry-run", false, "write nothing")
	a.in.flags(cmd)
	for name, list := range map[string][]string{"protocol": {"tcp", "udp", "icmp", "any"}, "via": {"peering", "transit", "privatelink"}} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)) // fails for flags that do not exist
	}
	return cmd
}

func (a *asking) run() error {
	if err := a.answer.check(); err != nil {
		return err
	}
	if err := a.future(); err != nil {
		return err
	}
	s, err := a.load()
	if err != nil {
		return err
	}
	got, err := request.Ask(s, a.Question)
	if err != nil {
		return err
	}
	if len(a.in.from) > 0 {
		if got.Network, err = a.network(got.Request); err != nil {
			return err
		}
	}
	if !a.dryRun {
		for _, name := range slices.Sorted(maps.Keys(got.Files)) {
			if err := overwrite(name, got.Files[name]); err != nil {
				return &writeError{fmt.Errorf("%s cannot be written: %w", name, err)}
			}
			got.Written = true
		}
	}
	if err := a.write(got.Request); err != nil {
		return err
	}
	switch got.Outcome {
	case report.Refused:
		return &unexpectedError{"the request is refused"}
	case report.Unserved:
		return &unexpectedError{fmt.Sprintf("%s does not serve what was asked for", got.Request.Destination)}
	}
	return a.next(got.Request)
}

// future refuses a last day that is over, or none.
func (a *asking) future() error {
	if a.Until == "" {
		return nil
	}
	last, err := time.Parse(time.DateOnly, a.Until)
	if err != nil {
		return fmt.Errorf("--until %s: it is a day, as in 2027-06-30", a.Until)
	}
	now, err := today(a.answer.terminal)
	if err == nil && now.UTC().Truncate(24*time.Hour).After(last) {
		return fmt.Errorf("--until %s: that day is over", a.Until)
	}
	return err
}

// next says what to do now, to people.
func (a *asking) next(d *report.Request) error {
	switch {
	case a.json || d.Outcome == report.Declared:
		return nil
	case !d.Written:
		return a.answer.print("\nnothing was written (--dry-run)\n")
	}
	command := "watertight compile"
	for _, path := range a.paths {
		command += " --intent " + path
	}
	return a.answer.print("\nnext: " + command + "\n")
}

// network asks a network whether it allows already what is asked for.
func (a *asking) network(d *report.Request) ([]report.Allowed, error) {
	session, err := a.in.load()
	if err != nil {
		return nil, err
	}
	var all []report.Allowed
	for _, port := range d.Ports {
		protocol, ports, _ := strings.Cut(port, "/")
		can, err := session.Can(query.Question{Source: d.Source, Destination: d.Destination, Protocol: protocol, Ports: ports})
		var bug *query.Bug
		switch {
		case errors.As(err, &bug):
			return nil, err
		case err != nil: // a role that is not applied yet is none of the network's
			session.Readable(err)
			all = append(all, report.Allowed{Ports: port, Verdict: report.Unknown, Unknown: err.Error()})
		default:
			all = append(all, report.Allowed{Ports: port, Verdict: can.Verdict, Through: can.Through})
		}
	}
	return all, nil
}

// complete offers the roles of the segmentation. It never fails loudly: a shell is waiting.
func (a *asking) complete(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) >= 2 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	paths, err := a.where()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	s, err := intent.Load(paths...)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var words []string
	for _, e := range s.Environments {
		for _, role := range e.Services {
			for _, word := range []string{role.Name, role.String()} {
				if _, err := s.Find(word); err == nil && strings.HasPrefix(word, begun) {
					words = append(words, word)
				}
			}
		}
	}
	if strings.HasPrefix("internet", begun) {
		words = append(words, "internet")
	}
	slices.Sort(words)
	return words, cobra.ShellCompDirectiveNoFileComp
}

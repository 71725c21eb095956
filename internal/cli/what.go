package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

func newWhat(t *terminal) *cobra.Command {
	q := newQuestion(t)
	hops := 1
	internet := false
	cmd := &cobra.Command{
		Use:   "what SOURCE",
		Short: "What can SOURCE reach, and on which ports?",
		Long: `Lists what SOURCE can reach: on which ports, by which kind of way, grouped by the names of security groups, by tiers or by
accounts. --hops N goes on from whatever a packet of SOURCE arrives at, N connections one after the other: what is at stake
when SOURCE is taken over. Selectors are those of watertight can.

--internet lists what gets out: to which names where a network firewall limits data to some, and what gets out beside these.
--by then groups what SOURCE stands for.`,
		Example: `  watertight what app-server --from network --hops 3
  watertight what app-server --internet --from network`,
		Args:              arguments("SOURCE"),
		ValidArgsFunction: q.complete(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Source = args[0]
			if internet {
				if hops != 1 {
					return errors.New("--internet is about what SOURCE itself sends out: leave --hops away, or ask about the next SOURCE")
				}
				by := ""
				if cmd.Flags().Changed("by") {
					by = q.by
				}
				return q.ask(func(s *query.Session) (report.Document, error) {
					return document(s.Internet(q.Question, query.Grouping(by)))
				})
			}
			return q.ask(func(s *query.Session) (report.Document, error) {
				return document(s.What(q.Question, query.Grouping(q.by), hops))
			})
		},
	}
	q.traffic(cmd)
	q.grouping(cmd)
	cmd.Flags().IntVar(&hops, "hops", 1, "how many connections to follow, one after the other")
	cmd.Flags().BoolVar(&internet, "internet", false, "only what gets out to the internet, and to which names")
	return cmd
}

package cli

import (
	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

func newWhat(t *terminal) *cobra.Command {
	q := newQuestion(t)
	hops := 1
	cmd := &cobra.Command{
		Use:   "what SOURCE",
		Short: "What can SOURCE reach, and on which ports?",
		Long: `Lists what SOURCE can reach: on which ports, by which kind of way, grouped by the names of security groups, by tiers or by
accounts. --hops N goes on from whatever a packet of SOURCE arrives at, N connections one after the other: what is at stake
when SOURCE is taken over. Selectors are those of watertight can.`,
		Example:           "watertight what app-server --from network --hops 3",
		Args:              arguments("SOURCE"),
		ValidArgsFunction: q.complete(1),
		RunE: func(_ *cobra.Command, args []string) error {
			q.Source = args[0]
			return q.ask(func(s *query.Session) (report.Document, error) {
				return document(s.What(q.Question, query.Grouping(q.by), hops))
			})
		},
	}
	q.traffic(cmd)
	q.grouping(cmd)
	cmd.Flags().IntVar(&hops, "hops", 1, "how many connections to follow, one after the other")
	return cmd
}

package cli

import (
	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

func newWho(t *terminal) *cobra.Command {
	q := newQuestion(t)
	cmd := &cobra.Command{
		Use:   "who DESTINATION",
		Short: "Who can reach DESTINATION, and on which ports?",
		Long: `Lists who can reach DESTINATION: on which ports, by which kind of way, grouped by the names of security groups, by tiers or
by accounts. What is unknown is listed with what makes it so. Selectors are those of watertight can.`,
		Example:           "watertight who database-postgres --from network",
		Args:              arguments("DESTINATION"),
		ValidArgsFunction: q.complete(1),
		RunE: func(_ *cobra.Command, args []string) error {
			q.Destination = args[0]
			return q.ask(func(s *query.Session) (report.Document, error) {
				return document(s.Who(q.Question, query.Grouping(q.by)))
			})
		},
	}
	q.traffic(cmd)
	q.grouping(cmd)
	return cmd
}

package cli

import (
	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

func newMatrix(t *terminal) *cobra.Command {
	q := newQuestion(t)
	cmd := &cobra.Command{
		Use:   "matrix",
		Short: "Who can reach what: every role against every role, tier and the outside",
		Long: `Shows who can reach what: every role against every role, tier and the internet, as a grid when the terminal is wide enough,
and as a list otherwise. --explain lists ports and ways below the grid.`,
		Example: "watertight matrix --from network",
		Args:    arguments(),
		RunE: func(*cobra.Command, []string) error {
			return q.ask(func(s *query.Session) (report.Document, error) {
				return document(s.Matrix(q.Question, query.Grouping(q.by)))
			})
		},
	}
	q.traffic(cmd)
	q.grouping(cmd)
	return cmd
}

package cli

import (
	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

func newCan(t *terminal) *cobra.Command {
	q := newQuestion(t)
	cmd := &cobra.Command{
		Use:   "can SOURCE DESTINATION",
		Short: "Can SOURCE open a connection to DESTINATION?",
		Long: `Tells whether SOURCE can open a connection to DESTINATION, with a packet that shows it and the hops and rules that decide,
both ways. When nothing can, every control that blocks the best way is listed. Without a port, the answer is split into the
ports that pass and those that do not.

SOURCE and DESTINATION are a role (the name of a security group, with or without sg- in front), the name of an instance,
database, function, cache or service, an identifier, an ARN, an address, a block of addresses, internet, or one of tier:NAME,
sg:NAME, subnet:NAME, vpc:NAME, account:NUMBER, tag:KEY=VALUE. ENVIRONMENT/NAME tells equal names apart. DESTINATION may carry
port and protocol: database-postgres:5432, 10.0.0.5:53/udp.`,
		Example:           "watertight can prod/app-server cache-redis:6379 --from network",
		Args:              arguments("SOURCE", "DESTINATION"),
		ValidArgsFunction: q.complete(2),
		RunE: func(_ *cobra.Command, args []string) error {
			q.Source, q.Destination = args[0], args[1]
			return q.ask(func(s *query.Session) (report.Document, error) { return document(s.Can(q.Question)) })
		},
	}
	q.traffic(cmd)
	q.expectation(cmd)
	return cmd
}

// document turns a typed nil into none.
func document[T report.Document](d T, err error) (report.Document, error) {
	if err != nil {
		return nil, err
	}
	return d, nil
}

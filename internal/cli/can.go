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
database, function, cache, service or load balancer, an identifier, an ARN, a hostname, an address, a block of addresses,
internet, or one of tier:NAME, sg:NAME, subnet:NAME, vpc:NAME, account:NUMBER, tag:KEY=VALUE. ENVIRONMENT/NAME tells equal
names apart. DESTINATION may carry port and protocol: database-postgres:5432, 10.0.0.5:53/udp. A load balancer, or an endpoint
of somebody's service, as DESTINATION is what is behind it. A hostname of the public internet is judged by what firewalls make
of that name.

--through, --not-through and --only-through ask about the way as well. WHAT is balancer, endpoint, firewall, internet, nat,
peering or transit, or the identifier, ARN or name of such a thing. The exit code is 3 unless the answer to that is yes.`,
		Example: `  watertight can prod/app-server cache-redis:6379 --from network
  watertight can prod/app-server api.openai.com:443 --from network
  watertight can prod/app-server internet:443 --through firewall --from network
  watertight can internet prod/app-server --only-through front --from network`,
		Args:              arguments("SOURCE", "DESTINATION"),
		ValidArgsFunction: q.complete(2),
		RunE: func(_ *cobra.Command, args []string) error {
			q.Source, q.Destination = args[0], args[1]
			return q.ask(func(s *query.Session) (report.Document, error) { return document(s.Can(q.Question)) })
		},
	}
	q.traffic(cmd)
	q.expectation(cmd)
	q.traversal(cmd)
	return cmd
}

// document turns a typed nil into none.
func document[T report.Document](d T, err error) (report.Document, error) {
	if err != nil {
		return nil, err
	}
	return d, nil
}

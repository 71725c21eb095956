// Package shadow serves providers to Terraform that plan without the services behind them: what a service would choose is answered with a placeholder of
// the right shape, known at plan time, so that Terraform itself resolves every reference, index, count and function.
//
// [Start] serves protocol 5 on a socket, and [Server.Reattach] is what Terraform must find in TF_REATTACH_PROVIDERS: then `terraform init` downloads no
// provider, and nothing asks a network. AWS's provider is what this package is made for (templates.txt, defaults.txt and forcenew.txt hold what a schema
// does not say, shape.go what depends on other resources); the small ones beside it have the results that their arguments determine; of any other, whatever is computed is a
// placeholder.
//
// Invariants:
//
//   - Nothing is unknown that the configuration does not make unknown (timestamp(), data sources that Terraform puts off).
//   - What a configuration gives is planned as it gives it, with the provider's defaults. What AWS chooses is either a placeholder, which stands in
//     [Record] with its owner and attribute, or an ordinary value (a zone, a port, false), whose path is among Chosen.
//   - Placeholders are never real: public addresses and those of unknown subnets are out of 240.0.0.0/4, IPv6 ones out of 2001:db8::/32. They have AWS's
//     shape all the same: prefixes of identifiers, ARNs that split, blocks of the right size, private addresses within their subnet.
//   - Placeholders are derived from what is planned, and a number among equals: the same configuration has the same ones. Terraform does not tell a provider
//     addresses; which of two equal instances is which is Terraform's chance, unless the configuration says it ([Config.Address]).
//   - Every provider block is told apart by its connection: account and Region of an instance are those of its own block.
//   - Whatever a state holds is read, of whatever version of the provider.
//
// The stages of a request: [provider] answers the protocol; settings.go reads provider blocks; plan.go plans an instance as the provider does; fill.go, shape.go
// (with vpc.go, interface.go and the like) and the tables fill in what AWS chooses; data.go answers data sources; book.go remembers what was planned.
//
//	aws, missing, err := schema.AWS(6, []string{"aws_vpc"}, nil, nil)
//	server, err := shadow.Start(shadow.Config{Schemas: map[string]*schema.Provider{"hashicorp/aws": aws}, Env: os.Getenv})
//	command.Env = append(os.Environ(), "TF_REATTACH_PROVIDERS="+server.Reattach())
//	err = command.Run() // terraform plan -out=plan.bin
//	record := server.Record()
package shadow

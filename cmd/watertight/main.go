// Command watertight proves who can reach what in an AWS network.
//
//	watertight can SOURCE DESTINATION   can SOURCE open a connection to DESTINATION? With the hops and rules that decide, both ways
//	watertight who DESTINATION          who can reach it, on which ports
//	watertight what SOURCE              what can it reach; --hops N follows N stepping stones
//	watertight matrix                   every role against every role, tier and the outside
//	watertight generate                 a synthetic organization, to size hardware
//	watertight version                  the version
//
// --from FOLDER names the network: answers of the AWS API, as docs/collect.md collects them. --json prints documents for programs.
//
// Exit codes:
//
//	0  answered, and as expected
//	1  the tool failed; the message says what to report
//	2  the question or the input is wrong; the message says where, and what would be right
//	3  the answer is not what --expect said
//
// docs/cli.md is the manual.
package main

import (
	"os"
	"runtime/debug"

	"github.com/watertight/watertight/internal/cli"
)

func main() {
	debug.SetGCPercent(400)       // a short life, most of whose memory stays in use: docs/performance.md measures it so
	debug.SetMemoryLimit(7 << 30) // where it would get large, collect more often
	os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}

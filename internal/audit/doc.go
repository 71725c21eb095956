// Package audit finds what should be looked at in a network that nobody has declared an intention for: ways that are open and hardly meant, connections that
// break, and rules that do nothing.
//
// A rule is a file. Its documentation is data beside its code ([Rule]): what it finds, why that matters, how it is mended, and a network that shows it, which the tests
// run. docs/checks.md is printed from it.
//
// Invariants:
//
//   - Findings rest on reachability. What is written in a rule and leads nowhere is a note; a way that is open, or a connection that breaks, is an error or a warning,
//     and is shown by a packet that was walked twice.
//   - What is not known is not rounded: what would be an error or a warning if something unknown were known has the severity unknown, and names what is missing.
//   - One finding for each thing to mend, however many ends it concerns. A finding names the object to change, and into what.
//   - Nothing is asked about pairs of interfaces. Members of a subnet that carry the same groups are one (profile.go), and the engine sums up the rest.
//   - The same network and the same day give the same findings, in the same order.
//
// Example:
//
//	check, err := audit.Check(network.New(contents), audit.Options{Now: time.Now()})
package audit

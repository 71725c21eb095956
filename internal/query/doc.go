// Package query turns the words of a question into ends and traffic, asks the engine, has every witness walked once more by the
// walker, and fills a report.
//
// It owns what a selector stands for (semantics V-14, V-16), how members of an answer are called, and the labels by which tables are
// grouped. It knows nothing of flags and of rendering.
//
// Invariants:
//
//   - A selector stands for exactly one thing, or the question is an [Error] that lists what it could mean. It never stands for
//     nothing: a proof about no interface at all would be no proof.
//   - A load balancer, or an endpoint of somebody's service, is two things: as a destination the service behind it, otherwise its interfaces.
//   - A hostname is resolved as those see it who ask, and the answer says how. One that the network does not explain is public, and then firewalls
//     are asked about the name.
//   - No reachable or one-way part leaves this package before the walker agreed to its witness; otherwise the answer is a [Bug].
//   - A component that the engine does not evaluate makes an answer unknown, not an error.
//
// Example:
//
//	session := query.New(network.New(contents))
//	answer, err := session.Can(query.Question{Source: "app-server", Destination: "cache-redis:6379"})
package query

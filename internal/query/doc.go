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
//   - No reachable or one-way part leaves this package before the walker agreed to its witness; otherwise the answer is a [Bug].
//   - A component that the engine does not evaluate makes an answer unknown, not an error.
//
// Example:
//
//	session := query.New(network.New(contents))
//	answer, err := session.Can(query.Question{Source: "app-server", Destination: "cache-redis:6379"})
package query

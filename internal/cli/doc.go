// Package cli is the command line: one file a verb, with its flags, its wiring and its exit code.
//
// [Run] is the whole program but for the process around it, so that tests run it in theirs. Nothing here decides anything about
// networks: verbs load what --from names, hand the question to package query, and the answer to a renderer.
//
// Exit codes: 0 answered, and as expected; 1 the tool failed; 2 the question or the input is wrong; 3 the answer is not what
// --expect said, what --through, --not-through or --only-through asks does not hold, --check found something, or a request is refused.
package cli

// Package network holds an AWS network as plain typed data.
//
// A [Network] is what a source (a dump, a plan, an account) knows of one or more accounts and Regions at one time. Nothing is
// evaluated here: what an object means for a packet is the business of the packages that read it. It is immutable once [New]
// returned it, and may be read by any number of goroutines.
//
// Invariants:
//
//   - Every object carries its [Origin]: where a reader can look it up.
//   - Nothing is dropped. An object that a source could not understand in full is present, with a [Defect]; what was not
//     collected is a [Gap]. Whoever evaluates an object looks at its Defect first, and whoever misses one looks at the gaps:
//     both make answers unknown (semantics V-6).
//   - References between objects are identifiers. One that leads nowhere is kept as it is, and listed in [Network.Problems].
//   - Lists are sorted by identifier, so that the same objects give the same network whatever their order.
//
// Names are those of the AWS API.
package network

// Package diff says what one network allows that another does not, and which edits of objects make the difference.
//
// Invariants:
//
//   - Nothing is missed and nothing invented: a connection between two ends that are in both networks is told of exactly when its verdict is another. Both
//     engines are asked about all of them at once (outcome.go), by members that neither of them tells apart (member.go), for every protocol and port
//     that [query.Traffic] has.
//   - They are asked only where edits may change something (focus.go): that is everywhere, unless all edits are of what belongs to ends.
//   - An end that is in one network only was unreachable, and unreachable, in the other. It is told of where it makes its role reach, or be reached by, what the role
//     did not before: one more of the same kind is no change.
//   - Objects are the same when they have one identifier, else one Terraform address, else one name in the same place (pairing.go). What is called by another
//     identifier in the other network is no edit.
//   - The comparison of b with a is that of a with b, the other way round; but for edits of which it cannot be told what they open (partial.go): these are newly
//     unknown, where the opposite edit takes something away and is not told.
//   - A cause is an edit without which, everything else as it is now, the change would not be (cause.go); where no single edit is that, the edits that lie on
//     the way.
//
// For example:
//
//	d, err := diff.Compare(old, new, diff.Options{By: query.ByGroup})
package diff

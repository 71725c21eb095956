// Package sarif renders documents that list changes or findings as SARIF 2.1.0, which code scanning shows beside the code.
//
// Invariants:
//
//   - A result stands at the code that a mend would change: of a change, at its first cause. The URIs are relative where the user named files so.
//   - The fingerprint of a result does not hang on lines, so that it is known again when code moves.
//   - What is suppressed in the code is a result that is suppressed.
package sarif

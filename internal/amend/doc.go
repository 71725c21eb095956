// Package amend changes files of a segmentation as a careful person would: it adds a block, or words to a list, and leaves the rest alone.
//
// Invariants:
//
//   - What is outside of the block that is added or extended stays as it is, byte for byte: comments, layout, line ends.
//   - The block itself is formatted as watertight fmt would, and keeps its comments.
//   - What comes out parses. Whether it means something is for package intent to say.
//
// Example:
//
//	flow := amend.Block{Type: "flow", Labels: []string{"app-server", "cache-redis"}, Attributes: []amend.Attribute{amend.Word("reason", "sessions")}}
//	src, err := amend.Insert(src, "watertight.hcl", flow, "flow")
package amend

// Package infer writes a segmentation of what a network allows today: the way out of rules that name addresses.
//
// Tiers come from routes, roles from security groups, and flows from what is reachable: a segmentation without flows is held to the network, what is undeclared is declared, and that again,
// until nothing is left, or only what the language has no words for.
//
// Invariants:
//
//   - What comes out is a segmentation: it loads, and it is in canonical form.
//   - Nothing is declared that the network does not allow. What is not known is never declared.
//   - What is left undeclared is said.
//   - The same network gives the same bytes.
//
// Example:
//
//	found, err := infer.From(network, "watertight.hcl")
//	err = os.WriteFile("watertight.hcl", found.Text, 0o644)
package infer

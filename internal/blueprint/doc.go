// Package blueprint says what each control of a network has to be for a segmentation to hold: which subnets there are, what their route tables lead to, what their
// network ACLs admit, which rules the security groups have, and what joins the environments.
//
// The compiler writes it as Terraform, and the audit holds networks to it: what a control is for is worked out here, once. That the controls together let through what the
// segmentation declares is not taken from here, but proved by the engine.
//
// Invariants:
//
//   - Everything is there because of a flow, an egress, or the way out of a tier, and says which.
//   - An edge is a connection that one of two groups opens; a rule of a group, a permit of an ACL and a route between environments come from edges only. Edges of the
//     same flow stand together.
//   - Both controls of a connection are there: the outbound rule and the inbound rule, the permits at both subnets and for the replies, the routes of both sides.
//   - Groups are referenced wherever AWS takes a reference (docs/semantics.md SG-4, SG-5); addresses stand for the rest.
//   - The order is that of the segmentation, so that what is appended there is appended here.
//
// Example:
//
//	b := blueprint.New(segmentation)
//	for _, e := range b.Edges {
//		fmt.Println(e.From, e.To, e.Ports, e.Line())
//	}
package blueprint

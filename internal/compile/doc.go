// Package compile writes a blueprint as Terraform that a person can read, grep and keep.
//
// Invariants:
//
//   - The same blueprint gives the same bytes, formatted as terraform fmt would.
//   - What a network ACL admits is exactly the union of the permits of its tier, whatever was merged to keep to AWS's quotas.
//   - Resources are keyed by names of the segmentation, never by position: what is added changes a few lines, and moves, renumbers or replaces nothing else.
//   - Nothing that a plan would show says on which line of the segmentation it is declared: comments do, and comments change nothing.
//   - What AWS would refuse, and what it would let through beyond what is declared, is an [Error] that names lines of the segmentation.
//   - The code is valid under every version of the AWS provider from 5.100 below 7.
//
// Resources are called after their environment or, where they join two, after the join: aws_vpc.prod, aws_vpc_peering_connection.staging_to_prod. Of one type all labels are
// bare, or all end in one more word (aws_route.prod_nat), so that an environment prod-nat and the NAT routes of prod are never called the same.
//
// The templates in the folder of that name look like what they write. They leave layout to the formatter.
//
// Example:
//
//	files, err := compile.Terraform(blueprint.New(segmentation), compile.Options{})
//	for name, content := range files {
//		err = os.WriteFile(name, content, 0o644)
//	}
package compile

// Package schema holds what Terraform must know of a provider's types to plan with them: names, types and flags of arguments and blocks.
//
// The whole schemas of hashicorp/aws 5.100.0 and 6.47.0 are in the program, in a form of which only the types in use are unpacked ([AWS]). Those of the small
// providers that real configurations lean on are a few lines of text each ([Small]). A schema that the user's own provider prints replaces both ([Parse]); for
// providers of which nothing is known, one is made up from what configurations use ([Infer]).
//
// Invariants:
//
//   - The tables say what `terraform providers schema -json` said, descriptions aside. The test that compares them reads every attribute.
//   - A [Provider] holds the types that were asked for, and no others. A type that a table lacks is named, never guessed.
//   - Attributes and blocks are in the order of their names.
//
// How AWS's tables are made:
//
//	go generate ./internal/source/shadow/schema # reads ../shared/terraform
package schema

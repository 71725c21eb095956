// Package lookup answers the data sources of the AWS provider from a network: what a configuration would look up in an account, it finds in a dump, a
// snapshot or another plan.
//
// An answer is given only when it is the one that AWS would give: every argument was understood, and exactly one object fits where the data source is about
// one. Anything else is no answer, and the plan says which lookup is missing.
package lookup

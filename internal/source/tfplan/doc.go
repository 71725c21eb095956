// Package tfplan reads an AWS network from what Terraform (or OpenTofu) says of it: a plan ("terraform show -json PLAN"), a state ("terraform show -json"),
// a state file (terraform.tfstate, version 4), or a plan that watertight made of code, which has annotations on top ([Annotations]).
//
// Invariants:
//
//   - Nothing is guessed. A value that the plan does not know is looked for in the configuration that comes with it; where that names exactly one
//     resource, the value is the identifier of that one. Everything else that is not known is a defect of the object, or of the part of the object, that
//     needs it, and answers that hang on it are unknown (semantics V-6).
//   - A resource without an identifier yet gets one that is made of its address: the same address has the same identifier, run after run.
//   - What AWS makes on its own, and no resource mentions, is there as well: the default group, the default ACL and the main route table of a VPC, interfaces
//     of instances, load balancers and endpoints, the default tables of transit gateways.
//   - Interfaces that will be made are there in the subnets in which they may be (V-16), with what AWS will choose left open ([network.Open]).
//   - Origins are Terraform addresses, with file and line where the code is known.
//
// A resource is read in two steps: [reader.instances] turns each half of a document into instances whose values say what is given, what AWS chooses and
// what is not known; then one function for each resource type makes objects of the network of them. To read another type, write such a function and put
// it into the table in types.go.
package tfplan

// Package request answers what application teams ask: what has to be declared so that one role may talk to another? It edits the segmentation, and shows what
// follows from that: in Terraform, and in what becomes reachable.
//
// Invariants:
//
//   - Nothing is written here: the answer holds the edited files.
//   - What a guardrail rules out, what crosses environments without a way and what the destination does not serve is refused, with the one who decides it.
//   - What is offered is a segmentation that holds: the edited files are read again, and their errors are the answer's.
//   - What becomes reachable comes from blueprints before and after, not from the question: an edit that opens more than was asked shows.
//
// Example:
//
//	answer, err := request.Ask(segmentation, request.Question{Source: "app-server", Destination: "cache-redis:6380", Reason: "job queue"})
//	fmt.Println(answer.Outcome, answer.Files["watertight.hcl"])
package request

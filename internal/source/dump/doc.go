// Package dump reads and writes folders of AWS API answers, as the AWS CLI prints them.
//
// docs/dump.md describes the format for its users. In short: every file holds one or more lists under the API's own keys
// ({"SecurityGroups": [...]}), and the folders accounts/ACCOUNT/REGION say whose they are.
//
// Invariants:
//
//   - Nothing is dropped silently. A value that is not what AWS's API says makes the object, or the rule, route or entry that
//     holds it, carry a Defect; a list that is absent or incomplete is a Gap; a list that nothing reads is counted. Each is
//     a Problem with file and JSON path as well, so that a person can mend it. The exception is an optional list that was
//     not collected: that is a Gap only.
//   - Reading is deterministic: files in the order of their names, elements in the order of the file, however the work is
//     shared among processors.
//   - The record types (one for each API structure) are the only description of the format. Reading fills them from JSON,
//     writing fills them from the network; their field names are the API's keys.
//   - What [Write] wrote, [Read] reads back as the same network, except for origins and problems. What AWS's answers cannot say (a Defect, an
//     owner that is only known from elsewhere) is written under the key "Watertight".
//
// A folder becomes a network like this:
//
//	contents, err := dump.Read("network", nil)
//	if err != nil {
//		return err // not JSON: with file, line and column
//	}
//	n := network.New(contents)
package dump

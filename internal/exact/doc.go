// Package exact holds a network to a segmentation: it says what the network allows that nothing declares, what is declared and the network does not allow, and what is not known.
//
// Two things are held to it, and neither takes the other's word. Connections: the engine sums up what is possible between all roles, and with the outside, and that is compared with
// what is declared, as sets of packets (connection.go, name.go, chain.go). Controls: each subnet, table, list and group is held to what the blueprint has it be, alone, so that one that
// is open shows even while another one masks it (a file for each kind of control).
//
// Invariants:
//
//   - A role has members to be in every subnet of its tier, whether or not anything carries its group today (semantics V-16): what is proven holds for what is started next.
//   - Controls are compared as the sets that they let through, never as text: a network ACL that admits the same by other entries is the same.
//   - Where something is not known the deviation says so, and the verdict is never better than unknown.
//   - A connection that is shown was walked once more by a second implementation. The packet of a control was not: it is what that control does alone.
//   - What belongs to one cause is one deviation: ports and addresses are sets. The same input gives the same bytes.
//
// Example:
//
//	document, err := exact.Check(segmentation, network, exact.Options{Now: time.Now()})
//	fmt.Println(document.Verdict) // exact
package exact

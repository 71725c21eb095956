// Package reach is the engine: it says, for whole sets of connections at once, whether they are possible in a network.
//
// It never looks at pairs of interfaces. Invariants, and the words for them:
//
//   - A cell is a part of the address space that no prefix named anywhere in the network divides (cells.go). All addresses of a cell
//     meet the same rules and routes.
//   - A site is all addresses of one subnet in one cell (and with their public addresses in one cell) on interfaces of one kind:
//     no route and no network ACL can tell them apart. A class is a site and a set of security groups: nothing can (class.go).
//   - A leg is a way through the network, walked once per pair of sites that occurs, request and reply each by its own tables, with
//     every header at once (forward.go). What crosses the internet is two legs, which meet there.
//   - A filter answers with bounds: the headers that surely pass, and those that may (bounds.go). Where the two differ something is not
//     known, and the verdict is unknown exactly there (semantics V-6).
//   - A link is a whole connection between two sites, of one leg or of two (link.go); groups are looked at last, and only then is there a
//     verdict. [Engine.Can] tells verdicts in parts (can.go), each explained by walking once more for one packet (explain.go);
//     [Engine.Tally] sums them up between labels, for thousands of roles at once (tally.go, sum.go).
//   - Where AWS chooses (V-10) a walk splits, and an answer has a part for each choice.
//
// The rules are those of docs/semantics.md, cited by identifier. The package walker follows the same rules for a single packet, and
// shares no code with this one.
package reach

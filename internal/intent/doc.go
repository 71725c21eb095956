// Package intent is the segmentation language (docs/language.md): who may talk to whom in a network, declared in HCL.
//
// Reading has stages, a file each: load.go finds and parses files, decode.go reads their blocks, layout.go gives every tier its addresses, selector.go tells what names stand
// for, resolve.go puts the declarations together, and check.go holds them to the rules of the language.
//
// Invariants:
//
//   - A [Segmentation] is whole: names are resolved, addresses laid out, ports filled in. One in which anything is wrong is an [Error] instead.
//   - An error says where it is (file, line, column, and the line itself), what is wrong, and what would be right. All that are found are reported at once, in the order of the files.
//   - What is declared is processed in the order of its declaration: what is appended moves no tier that was there. It may give a role
//     a tier of its own, or take that away ([Tier.Own]).
//   - The same files give the same segmentation, on every machine, on every day.
//
// Example:
//
//	s, err := intent.Load("watertight.hcl")
//	for _, f := range s.Flows {
//		fmt.Println(f.From, f.To, f.Ports, f.Line())
//	}
package intent

// Package folder is a folder of compiled Terraform: which of its files are the compiler's, what a compilation changes in it, and which subnets that would move.
//
// Invariants:
//
//   - Files that a person wrote are never touched: only what the compiler wrote is changed or removed, and it tells by what is in the file.
//   - Files are written whole or not at all, and none is touched before all of them are on the disk.
//   - A subnet that would move is never passed over: where former code cannot be read, that is an error.
//
// Example:
//
//	f, err := folder.Read("terraform", false, compiled)
//	changes, err := f.Changes(files)
//	moves, err := folder.Moves(f.Compiled, files, segmentation)
//	if len(moves) == 0 {
//		err = f.Apply(changes)
//	}
package folder

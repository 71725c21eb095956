// Package tfcode makes a plan of Terraform code, exactly and without credentials, and annotates it with what the code says beside the plan: where each resource
// is written, which account and Region it is for, what is only a placeholder, and which findings are to be left alone.
//
// It runs the user's own Terraform on a copy of the working folder, with providers that package shadow serves. In the order of what happens:
//
//	scan      reads the code of all modules: types in use, versions, places, suppressions
//	schema    says which schema each provider is served with
//	early     edits the copy so that data sources are read while Terraform plans
//	copy      copies the folder, and all that its code can name, without backend
//	attempt   runs Terraform, and mends the copy where a placeholder fails a condition
//	rename    names placeholders by the addresses in the plan
//	annotate  adds the member "watertight"
//
// Invariants:
//
//   - Nothing is written into the user's folder, no state is touched but the one that [Options.State] names, which is read, and nothing is asked of a network. The
//     exception is a provider that is installed in the folder and that package shadow does not know: it runs, without credentials and behind a proxy that nobody serves.
//   - The same folder gives the same bytes: placeholders are named by address and attribute, and what has no order is sorted.
//   - Nothing is unknown that the code does not make unknown. Where something stays so, a warning says what and why.
//   - Edits of the copy leave every line where it is.
//   - Only conditions that hang on what AWS chooses are passed over.
//   - Paths in the document and in errors are those of the user's folder. What Terraform says is shown as Terraform shows it.
//   - What the code says and this package cannot follow (a module that is not installed, a type that no schema has) is an error with file and line, never left out.
package tfcode

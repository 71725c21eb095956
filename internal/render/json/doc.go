// Package json renders report documents as JSON: fields in the order of their types, two spaces of indentation, a newline at the
// end. The same document gives the same bytes. Characters such as > stand for themselves: the output is for programs and terminals,
// not for web pages.
package json

package amend

import (
	"bytes"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff shows what differs between two texts, as patch reads it, with three lines around; empty where nothing does. Of a file that does not exist, the name is "/dev/null".
func Diff(oldName string, old []byte, newName string, new []byte) string {
	text := diff.Diff(oldName, old, newName, new)
	if _, rest, ok := bytes.Cut(text, []byte("\n")); ok { // the first line repeats the names
		return string(rest)
	}
	return ""
}

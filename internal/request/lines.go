package request

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/watertight/watertight/internal/intent"
)

var comment = regexp.MustCompile(`#.*`)

// moveLines rewrites the comments of compiled code that name lines of the segmentation, as if these had moved as the edits move them. What is left of a comparison then is what the
// edits are about.
func (a *asking) moveLines(code []byte) []byte {
	for name, new := range a.edited {
		above, below, by := shift(a.before.Content(name), new)
		called := strings.TrimSuffix(intent.Line(hcl.Range{Filename: name}), "0") // "watertight.hcl:"
		place := regexp.MustCompile(`\b` + regexp.QuoteMeta(called) + `\d+\b`)
		code = comment.ReplaceAllFunc(code, func(text []byte) []byte {
			return place.ReplaceAllFunc(text, func(old []byte) []byte {
				line, err := strconv.Atoi(string(old[len(called):]))
				if err != nil || line <= above || line < below {
					return old
				}
				return strconv.AppendInt([]byte(called), int64(line+by), 10)
			})
		})
	}
	return code
}

// shift tells how an edit moves lines: those up to above stay, and those from below on move by some.
func shift(old, new []byte) (above, below, by int) {
	before, after := bytes.Split(old, []byte("\n")), bytes.Split(new, []byte("\n"))
	for above < min(len(before), len(after)) && bytes.Equal(before[above], after[above]) {
		above++
	}
	same := 0
	for same < min(len(before), len(after))-above && bytes.Equal(before[len(before)-1-same], after[len(after)-1-same]) {
		same++
	}
	return above, len(before) - same + 1, len(after) - len(before)
}

package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/watertight/watertight/internal/intent"
)

// Error lists what AWS or Terraform would refuse, and what no controls of AWS could tell apart, in the order of the segmentation.
type Error struct{ Problems []Problem }

// Problem is one thing that cannot be compiled.
type Problem struct {
	At      hcl.Range // the block of the segmentation that is the first to look at
	Summary string    // what is wrong
	Detail  string    // what it comes from, and what would be right
}

// Error has two lines for each problem.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s: %s\n  %s", intent.Line(p.At), p.Summary, p.Detail)
	}
	return b.String()
}

func (e *Error) add(at hcl.Range, summary, detail string, values ...any) {
	e.Problems = append(e.Problems, Problem{At: at, Summary: summary, Detail: fmt.Sprintf(detail, values...)})
}

// result is the error, or nil where there is no problem.
func (e *Error) result() error {
	if len(e.Problems) == 0 {
		return nil
	}
	slices.SortStableFunc(e.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.At.Filename, b.At.Filename), cmp.Compare(a.At.Start.Byte, b.At.Start.Byte))
	})
	return e
}

package audit

import (
	"fmt"
	"strings"
)

// Page is the documentation of a rule, in Markdown: a section of docs/checks.md.
func (r *Rule) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s.\n\n", r.Name, r.Title)
	fmt.Fprintf(&b, "**Why.** %s\n\n", r.Why)
	fmt.Fprintf(&b, "**Mend.** %s\n\n", r.Mend)
	fmt.Fprintf(&b, "**Severity.** %s.\n", strings.ToUpper(r.Grades[:1])+r.Grades[1:])
	if r.Example != "" {
		fmt.Fprintf(&b, "\n**Example** (%s)\n\n```\n%s```\n", r.Severity, r.Example)
	}
	return b.String()
}

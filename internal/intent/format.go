package intent

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format puts a file in its canonical form, as terraform fmt would: comments and the order of things stay. What does not parse is an [*Error]; a file in JSON has no such form, and
// is another error.
func Format(source []byte, name string) ([]byte, error) {
	if strings.HasSuffix(name, ".json") {
		return nil, fmt.Errorf("%s is JSON: files in HCL's own syntax have a canonical form, and are called *.hcl", name)
	}
	if d := deep(Source{name, source}); d != nil {
		return nil, &Error{hcl.Diagnostics{d}, map[string]*hcl.File{name: {Bytes: source}}}
	}
	file, problems := hclsyntax.ParseConfig(source, name, hcl.InitialPos)
	if problems.HasErrors() {
		return nil, &Error{sorted(problems), map[string]*hcl.File{name: file}}
	}
	return hclwrite.Format(source), nil
}

package intent

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// deepest is how deep brackets may stand in each other, and how many operators there may be. A segmentation needs four, and no operator. The parser calls itself for each, and a
// stack that runs over ends the whole program.
const deepest = 100

// deep says where a file is too deep to be parsed; nil: nowhere.
func deep(s Source) *hcl.Diagnostic {
	say := func(at hcl.Range) *hcl.Diagnostic {
		return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "this is nested too deeply", Detail: fmt.Sprintf("Brackets stand in each other at most %d deep, and nothing is computed.", deepest), Subject: &at}
	}
	if strings.HasSuffix(s.Name, ".json") {
		return deepJSON(s, say)
	}
	tokens, _ := hclsyntax.LexConfig(s.Content, s.Name, hcl.InitialPos) // what it does not understand, the parser says
	depth, operators := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			depth = max(0, depth-1) // more of them are no nesting
		case hclsyntax.TokenBang, hclsyntax.TokenMinus, hclsyntax.TokenQuestion:
			operators++
		}
		if depth > deepest || operators > deepest {
			return say(t.Range)
		}
	}
	return nil
}

func deepJSON(s Source, say func(hcl.Range) *hcl.Diagnostic) *hcl.Diagnostic {
	depth, quoted, at := 0, false, hcl.InitialPos
	for i := 0; i < len(s.Content); i++ {
		c := s.Content[i]
		switch {
		case quoted && c == '\\':
			i++
			at.Byte++
			at.Column++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[', c == '{':
			depth++
		case c == ']', c == '}':
			depth = max(0, depth-1)
		}
		if depth > deepest {
			end := at
			end.Byte++
			end.Column++
			return say(hcl.Range{Filename: s.Name, Start: at, End: end})
		}
		at.Byte++
		at.Column++
		if c == '\n' {
			at.Line, at.Column = at.Line+1, 1
		}
	}
	return nil
}

package amend

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Insert writes a block below the last block of a file that has one of the types, or at its end where there is none. Types that come first are looked for first.
// The name is that of the file, for messages. The error says that the file cannot be read, or that it is JSON, which has no layout to keep.
func Insert(src []byte, name string, b Block, after ...string) ([]byte, error) {
	body, err := parse(src, name)
	if err != nil {
		return nil, err
	}
	text := b.String()
	for _, typ := range after {
		for _, above := range slices.Backward(body.Blocks) {
			if above.Type == typ {
				return below(src, name, above, b.short(), text)
			}
		}
	}
	gap := "\n\n"
	switch {
	case len(src) == 0 || bytes.HasSuffix(src, []byte("\n\n")) || bytes.HasSuffix(src, []byte("\n\r\n")):
		gap = ""
	case src[len(src)-1] == '\n':
		gap = "\n"
	}
	return splice(src, name, insertion{len(src), len(src), gap + text + "\n"})
}

// below writes a block below another one. Blocks of one line stand below each other without a gap, others have one.
func below(src []byte, name string, above *hclsyntax.Block, short bool, text string) ([]byte, error) {
	at := endOfLine(src, above.CloseBraceRange.End.Byte)
	gap := "\n"
	if !short || above.TypeRange.Start.Line != above.CloseBraceRange.End.Line {
		gap = "\n\n"
	}
	text = gap + text
	if rest := src[at:]; len(rest) == 0 { // the file ends without a line end
		text += "\n"
	} else if next, _, _ := bytes.Cut(bytes.TrimLeft(rest, "\r")[1:], []byte("\n")); !short && len(bytes.TrimSpace(next)) > 0 {
		text += "\n"
	}
	return splice(src, name, insertion{at, at, text})
}

// Extend adds words to a list of strings of the block whose header begins at a position, and formats the block. Where the block has no such list, it gets one.
// The error says why the block is not one that can be extended: it is JSON, or the list is not written out.
func Extend(src []byte, name string, at hcl.Pos, list string, words ...string) ([]byte, error) {
	body, err := parse(src, name)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(body.Blocks, func(b *hclsyntax.Block) bool { return b.TypeRange.Start.Byte == at.Byte })
	if i < 0 {
		return nil, fmt.Errorf("%s:%d: no block begins here", name, at.Line)
	}
	block := body.Blocks[i]
	var changes []insertion
	if a := block.Body.Attributes[list]; a == nil {
		changes = []insertion{newAttribute(src, block, List(list, words))}
	} else if written, ok := a.Expr.(*hclsyntax.TupleConsExpr); ok {
		changes = longer(src, written, words)
	} else {
		return nil, fmt.Errorf("%s:%d: %s is not a list that is written out: add %s to it by hand", name, a.SrcRange.Start.Line, list, List("", words).value)
	}
	begin, end := block.TypeRange.Start.Byte, block.CloseBraceRange.End.Byte
	edited := apply(src[:end], changes)
	return splice(src, name, insertion{begin, end, string(hclwrite.Format(edited[begin:]))})
}

// newAttribute writes an attribute below the last one of a block.
func newAttribute(src []byte, block *hclsyntax.Block, a Attribute) insertion {
	begin, end := block.OpenBraceRange.End.Byte, block.CloseBraceRange.Start.Byte
	text := a.Name + " = " + a.value
	inside := string(src[begin:end])
	switch {
	case strings.TrimSpace(inside) == "" && (block.Type == "flow" || !strings.Contains(inside, "\n")):
		return insertion{begin, end, " " + text + " "}
	case !strings.Contains(inside, "\n"):
		return insertion{begin, end, "\n" + strings.TrimSpace(inside) + "\n" + text + "\n"}
	}
	last := begin
	for _, each := range block.Body.Attributes {
		last = max(last, each.SrcRange.End.Byte)
	}
	if last > begin && src[last-1] == '\n' { // a heredoc ends with its line
		return insertion{last, last, text + "\n"}
	}
	last = endOfLine(src, last)
	return insertion{last, last, "\n" + text}
}

// longer adds words to a list: behind its last element, or on lines of their own where its elements have them.
func longer(src []byte, list *hclsyntax.TupleConsExpr, words []string) []insertion {
	last, end := list.OpenRange.End.Byte, list.SrcRange.End.Byte-1
	for _, each := range list.Exprs {
		last = each.Range().End.Byte
	}
	tail := src[last:end] // between the last element and the bracket
	comma := len(list.Exprs) > 0 && hasComma(tail)
	values := make([]string, len(words))
	for i, word := range words {
		values[i] = quote(word)
	}
	newline := bytes.LastIndexByte(tail, '\n')
	if newline < 0 || len(bytes.TrimSpace(tail[newline:])) > 0 {
		text := strings.Join(values, ", ")
		if len(list.Exprs) > 0 {
			text = ", " + text
		}
		return []insertion{{last, last, text}}
	}
	var changes []insertion
	if len(list.Exprs) > 0 && !comma {
		changes = append(changes, insertion{last, last, ","})
	}
	text := strings.Join(values, ",\n") + "\n"
	if comma || len(list.Exprs) == 0 {
		text = strings.Join(values, ",\n") + ",\n"
	}
	return append(changes, insertion{last + newline + 1, last + newline + 1, text})
}

// hasComma tells whether there is a comma that is no part of a comment.
func hasComma(text []byte) bool {
	tokens, _ := hclsyntax.LexExpression(text, "", hcl.InitialPos) // it is a part of what parses
	return slices.ContainsFunc(tokens, func(t hclsyntax.Token) bool { return t.Type == hclsyntax.TokenComma })
}

// insertion is text that takes the place of what is between two bytes.
type insertion struct {
	begin, end int
	text       string
}

// apply makes changes that are in order.
func apply(src []byte, changes []insertion) []byte {
	var out []byte
	done := 0
	for _, c := range changes {
		out = append(append(out, src[done:c.begin]...), c.text...)
		done = c.end
	}
	return append(out, src[done:]...)
}

// splice makes a change, with line ends as the file has them, and makes sure that the file still parses.
func splice(src []byte, name string, c insertion) ([]byte, error) {
	if i := bytes.IndexByte(src, '\n'); i > 0 && src[i-1] == '\r' {
		c.text = strings.ReplaceAll(strings.ReplaceAll(c.text, "\r\n", "\n"), "\n", "\r\n")
	}
	out := apply(src, []insertion{c})
	if _, err := parse(out, name); err != nil {
		return nil, fmt.Errorf("the edited file would not parse, so nothing was changed: %w", err)
	}
	return out, nil
}

// endOfLine is where the line that a byte is in ends, before its line end.
func endOfLine(src []byte, at int) int {
	if i := bytes.IndexByte(src[at:], '\n'); i < 0 {
		return len(src)
	} else if at += i; at > 0 && src[at-1] == '\r' {
		return at - 1
	}
	return at
}

func parse(src []byte, name string) (*hclsyntax.Body, error) {
	if path.Ext(name) == ".json" {
		return nil, fmt.Errorf("%s is JSON, which is not edited for you", name)
	}
	file, diagnostics := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	return file.Body.(*hclsyntax.Body), nil
}

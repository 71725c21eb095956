package amend

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Block is a block to write.
type Block struct {
	Type       string
	Labels     []string
	Attributes []Attribute // in the order in which they are written
}

// Attribute is an attribute of a block: [Word] and [List] make them.
type Attribute struct {
	Name  string
	value string // as it is written
}

// Word is an attribute whose value is a string.
func Word(name, value string) Attribute { return Attribute{name, quote(value)} }

// List is an attribute whose value is a list of strings.
func List(name string, values []string) Attribute {
	quoted := make([]string, len(values))
	for i, each := range values {
		quoted[i] = quote(each)
	}
	return Attribute{name, "[" + strings.Join(quoted, ", ") + "]"}
}

// quote writes a string so that the language reads the same one.
func quote(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
}

// short tells whether a block is written on one line: flows and guardrails that say one thing at most, so that they read like a table.
func (b Block) short() bool {
	return (b.Type == "flow" || b.Type == "forbid") && len(b.Attributes) <= 1
}

// Header is the type of the block and its labels, as they are written.
func (b Block) Header() string {
	text := b.Type
	for _, label := range b.Labels {
		text += " " + quote(label)
	}
	return text
}

// String is the block as it is written, without a line end.
func (b Block) String() string {
	var w strings.Builder
	w.WriteString(b.Header())
	switch {
	case len(b.Attributes) == 0:
		w.WriteString(" {}")
	case b.short():
		w.WriteString(" { " + b.Attributes[0].Name + " = " + b.Attributes[0].value + " }")
	default:
		w.WriteString(" {\n")
		for _, a := range b.Attributes {
			w.WriteString(a.Name + " = " + a.value + "\n")
		}
		w.WriteString("}")
	}
	return string(hclwrite.Format([]byte(w.String())))
}

package suricata

import (
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// Render writes a rule as Suricata reads it, from its fields: [Parse] makes the same rule of it, Text and Origin aside. What a rule does not keep is
// not there either: its sid is 1, and options that are not evaluated have no value of theirs. The rule must not have a Defect.
func Render(r network.StatefulRule) string {
	direction := "->"
	if r.Both {
		direction = "<>"
	}
	words := []string{r.Action, r.Protocol, Addresses(r.Source), Ports(r.SourcePorts), direction, Addresses(r.Destination), Ports(r.DestinationPorts)}
	var list []option
	add := func(text string) { list = append(list, option{text: text}) }
	if len(r.Flow) > 0 {
		add("flow:" + strings.Join(r.Flow, ","))
	}
	for _, keyword := range r.Unevaluated {
		switch keyword {
		case "flow":
			add("flow:no_frag")
		case "content":
			add(`content:"?"`)
		default:
			add(keyword)
		}
	}
	for _, n := range r.Names {
		add(n.Buffer)
		if n.Content == "" {
			continue
		}
		if n.DotPrefix {
			add("dotprefix")
		}
		not := ""
		if n.Not {
			not = "!"
		}
		add(`content:` + not + `"` + encode(n.Content) + `"`)
		for _, m := range []struct {
			set  bool
			word string
		}{{n.StartsWith, "startswith"}, {n.EndsWith, "endswith"}, {n.NoCase, "nocase"}} {
			if m.set {
				add(m.word)
			}
		}
	}
	add("sid:1")
	return written(words, list)
}

// Addresses writes an expression as [ParseAddresses] reads it.
func Addresses(m network.AddressMatch) string {
	text := "[]" // of a match that matches nothing in particular: no parser accepts it
	switch {
	case m.Any:
		text = "any"
	case m.Variable != "":
		text = "$" + m.Variable
	case m.Reference != "":
		text = "@" + m.Reference
	case m.Block.IsSingleIP():
		text = m.Block.Addr().String()
	case m.Block.IsValid():
		text = m.Block.String()
	case len(m.List) > 0:
		text = renderList(m.List, Addresses)
	}
	return negated(m.Not) + text
}

// Ports writes an expression as [ParsePorts] reads it.
func Ports(m network.PortMatch) string {
	text := "[]"
	switch {
	case m.Any:
		text = "any"
	case m.Variable != "":
		text = "$" + m.Variable
	case m.Range != nil && m.Range.From == m.Range.To:
		text = strconv.Itoa(m.Range.From)
	case m.Range != nil:
		text = strconv.Itoa(m.Range.From) + ":" + strconv.Itoa(m.Range.To)
	case len(m.List) > 0:
		text = renderList(m.List, Ports)
	}
	return negated(m.Not) + text
}

func renderList[M any](members []M, render func(M) string) string {
	texts := make([]string, 0, len(members))
	for _, m := range members {
		texts = append(texts, render(m))
	}
	return "[" + strings.Join(texts, ",") + "]"
}

func negated(not bool) string {
	if not {
		return "!"
	}
	return ""
}

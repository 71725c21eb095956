package schema

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

//go:embed small.txt
var smallText string

var smallProviders = sync.OnceValue(func() map[string]*Provider {
	all, err := readNotation(smallText)
	if err != nil {
		panic("schema: small.txt: " + err.Error()) // a test reads it
	}
	return all
})

// Small is the schema of one of the small providers that are in the program ("hashicorp/random"); ok is false for others. Nobody may change it.
func Small(source string) (p *Provider, ok bool) {
	p, ok = smallProviders()[Short(source)]
	return p, ok
}

// readNotation reads schemas in the notation that small.txt begins with.
func readNotation(text string) (map[string]*Provider, error) {
	all := map[string]*Provider{}
	var p *Provider
	var open []*tfprotov5.SchemaBlock // the blocks around the line, the innermost last
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		at := func(err error) error { return fmt.Errorf("line %d: %w", i+1, err) }
		if line[0] != ' ' {
			s := &tfprotov5.Schema{Block: &tfprotov5.SchemaBlock{}}
			if len(words) < 2 || p == nil && words[0] != "provider" {
				return nil, at(fmt.Errorf("%q begins nothing", line))
			}
			if len(words) == 4 && words[2] == "version" {
				v, err := strconv.Atoi(words[3])
				if err != nil {
					return nil, at(err)
				}
				s.Version = int64(v)
			}
			switch words[0] {
			case "provider":
				p = &Provider{
					Source: words[1], Config: s,
					Resources: map[string]*tfprotov5.Schema{}, DataSources: map[string]*tfprotov5.Schema{}, Ephemeral: map[string]*tfprotov5.Schema{},
				}
				all[p.Source] = p
			case "resource":
				p.Resources[words[1]] = s
			case "data":
				p.DataSources[words[1]] = s
			case "ephemeral":
				p.Ephemeral[words[1]] = s
			default:
				return nil, at(fmt.Errorf("%q is none of provider, resource, data, ephemeral", words[0]))
			}
			open = []*tfprotov5.SchemaBlock{s.Block}
			continue
		}
		if len(open) == 0 {
			return nil, at(fmt.Errorf("%q is in no block", strings.TrimSpace(line)))
		}
		inner := open[len(open)-1]
		switch {
		case len(words) == 2 && words[1] == "{":
			n := &tfprotov5.SchemaNestedBlock{TypeName: words[0], Block: &tfprotov5.SchemaBlock{}}
			inner.BlockTypes = append(inner.BlockTypes, n)
			open = append(open, n.Block)
		case words[0] == "}" && len(open) > 1 && len(words) >= 2:
			outer := open[len(open)-2]
			n := outer.BlockTypes[len(outer.BlockTypes)-1]
			n.Nesting = modes[words[1]]
			for k := 2; k+1 < len(words); k += 2 {
				v, err := strconv.Atoi(words[k+1])
				if err != nil {
					return nil, at(err)
				}
				if words[k] == "min" {
					n.MinItems = int64(v)
				} else {
					n.MaxItems = int64(v)
				}
			}
			open = open[:len(open)-1]
		case len(words) == 3:
			a := &tfprotov5.SchemaAttribute{Name: words[0]}
			for _, flag := range words[1] {
				switch flag {
				case '!':
					a.Required = true
				case '?':
					a.Optional = true
				case '=':
					a.Computed = true
				case '*':
					a.Sensitive = true
				case '^':
					a.WriteOnly = true
				default:
					return nil, at(fmt.Errorf("flag %q is unknown", flag))
				}
			}
			t, rest, err := readType(words[2])
			if err != nil || rest != "" {
				return nil, at(fmt.Errorf("%q is no type", words[2]))
			}
			a.Type = t
			inner.Attributes = append(inner.Attributes, a)
		default:
			return nil, at(fmt.Errorf("%q is neither an attribute nor a block", strings.TrimSpace(line)))
		}
	}
	for _, p := range all {
		for _, kind := range []map[string]*tfprotov5.Schema{{"": p.Config}, p.Resources, p.DataSources, p.Ephemeral} {
			for _, s := range kind {
				tidyAll(s.Block)
			}
		}
	}
	return all, nil
}

func tidyAll(b *tfprotov5.SchemaBlock) {
	tidy(b)
	for _, n := range b.BlockTypes {
		tidyAll(n.Block)
	}
}

// readType reads a type at the beginning of a text, and gives what follows it.
func readType(s string) (tftypes.Type, string, error) {
	for word, t := range map[string]tftypes.Type{"string": tftypes.String, "number": tftypes.Number, "bool": tftypes.Bool, "any": tftypes.DynamicPseudoType} {
		if rest, ok := strings.CutPrefix(s, word); ok {
			return t, rest, nil
		}
	}
	for word, of := range map[string]func(tftypes.Type) tftypes.Type{
		"list(": func(t tftypes.Type) tftypes.Type { return tftypes.List{ElementType: t} },
		"set(":  func(t tftypes.Type) tftypes.Type { return tftypes.Set{ElementType: t} },
		"map(":  func(t tftypes.Type) tftypes.Type { return tftypes.Map{ElementType: t} },
	} {
		if rest, ok := strings.CutPrefix(s, word); ok {
			inner, rest, err := readType(rest)
			if err != nil {
				return nil, "", err
			}
			rest, ok := strings.CutPrefix(rest, ")")
			if !ok {
				return nil, "", fmt.Errorf("%q is not closed", s)
			}
			return of(inner), rest, nil
		}
	}
	if rest, ok := strings.CutPrefix(s, "object{"); ok {
		o := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}
		for {
			name, value, ok := strings.Cut(rest, "=")
			if !ok {
				return nil, "", fmt.Errorf("%q is not closed", s)
			}
			inner, after, err := readType(value)
			if err != nil {
				return nil, "", err
			}
			o.AttributeTypes[name] = inner
			if rest, ok = strings.CutPrefix(after, ","); ok {
				continue
			}
			if rest, ok = strings.CutPrefix(after, "}"); !ok {
				return nil, "", fmt.Errorf("%q is not closed", s)
			}
			return o, rest, nil
		}
	}
	return nil, "", fmt.Errorf("%q is no type", s)
}

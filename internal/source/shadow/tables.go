package shadow

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

//go:embed templates.txt
var templatesText string

//go:embed defaults.txt
var defaultsText string

//go:embed forcenew.txt
var forceNewText string

// lines are a table's lines, without comments.
func lines(text string) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

// templates are by type, then by the path of the attribute without indexes.
var templates = sync.OnceValue(func() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, line := range lines(templatesText) {
		typ, rest, _ := strings.Cut(line, " ")
		path, value, _ := strings.Cut(rest, " ")
		if out[typ] == nil {
			out[typ] = map[string]string{}
		}
		out[typ][path] = strings.ReplaceAll(value, `\n`, "\n")
	}
	for _, rest := range []string{"", "_listener", "_listener_certificate", "_listener_rule", "_target_group", "_target_group_attachment"} {
		older := "aws_alb" + rest // the older name of the same type
		if out[older] == nil {
			out[older] = map[string]string{}
		}
		for path, value := range out["aws_lb"+rest] {
			if _, ok := out[older][path]; !ok {
				out[older][path] = value
			}
		}
	}
	return out
})

// preset is a value that the provider fills in, where an argument has a value (or everywhere).
type preset struct {
	argument, equals string
	value            any
}

// defaults are what the provider fills in for an argument or block that is not given, by type and path.
var defaults = sync.OnceValue(func() map[string]map[string][]preset {
	out := map[string]map[string][]preset{}
	for _, line := range lines(defaultsText) {
		types, rest, _ := strings.Cut(line, " ")
		path, value, _ := strings.Cut(rest, " ")
		var x any
		if err := json.Unmarshal([]byte(value), &x); err != nil {
			panic(fmt.Sprintf("shadow: defaults.txt: %q: %v", line, err)) // a test reads it
		}
		for typ := range strings.SplitSeq(types, ",") {
			typ, condition, _ := strings.Cut(typ, "?")
			argument, equals, _ := strings.Cut(condition, "=")
			if out[typ] == nil {
				out[typ] = map[string][]preset{}
			}
			out[typ][path] = append(out[typ][path], preset{argument: argument, equals: equals, value: x})
		}
	}
	return out
})

// preset is the default of what is at a path of the instance, if there is one.
func (c *change) preset(path string) (any, bool) {
	for _, p := range defaults()[c.typ][path] {
		given := str(c.planned[p.argument])
		if given == "" && p.argument != "" {
			if own := defaults()[c.typ][p.argument]; len(own) > 0 {
				given = str(own[0].value)
			}
		}
		if p.argument == "" || given == p.equals {
			return p.value, true
		}
	}
	return nil, false
}

// forceNew are the arguments and blocks that an instance cannot change, by type.
var forceNew = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for _, line := range lines(forceNewText) {
		words := strings.Fields(line)
		for t := range strings.SplitSeq(words[0], ",") {
			out[t] = append(out[t], words[1:]...)
		}
	}
	return out
})

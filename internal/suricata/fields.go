package suricata

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// Fields are a rule as the API of AWS Network Firewall has it beside text: a StatefulRule, with its Header and RuleOptions.
type Fields struct {
	Action          string // "PASS", …
	Protocol        string // "TCP", …
	Source          string // as [ParseAddresses] reads it
	SourcePort      string // as [ParsePorts] reads it
	Direction       string // "FORWARD", "ANY"
	Destination     string
	DestinationPort string
	Options         []Option
}

// Option is a RuleOption. Its keyword may hold the value as well: "sid:1".
type Option struct {
	Keyword  string
	Settings []string
}

// FieldError says what is wrong with a field, and what would be right.
type FieldError struct {
	Path    string // from the StatefulRule on: "/Header/Source" (RFC 6901)
	Message string
}

func (e *FieldError) Error() string { return e.Path + ": " + e.Message }

// Rule is what the fields say. There is an error when the rule has a Defect.
func (f *Fields) Rule() (network.StatefulRule, *FieldError) {
	var r network.StatefulRule
	direction := map[string]string{"FORWARD": "->", "ANY": "<>"}[f.Direction]
	words := []string{strings.ToLower(f.Action), strings.ToLower(f.Protocol), f.Source, f.SourcePort, direction, f.Destination, f.DestinationPort}
	var list []option
	var wrong *FieldError
	if direction == "" {
		words[4] = f.Direction
		wrong = &FieldError{"/Header/Direction", fmt.Sprintf("is %q: the API has FORWARD and ANY", shortened(f.Direction))}
	}
	paths := [...]string{"/Action", "/Header/Protocol", "/Header/Source", "/Header/SourcePort", "/Header/Direction", "/Header/Destination", "/Header/DestinationPort"}
	for i := range words {
		words[i] = strings.Trim(words[i], blanks)
		if strings.EqualFold(words[i], "any") {
			words[i] = "any"
		}
		if wrong != nil {
			continue
		}
		if bad := header(&r, i, words[i]); bad != nil {
			wrong = &FieldError{paths[i], bad.message}
		}
	}
	if wrong == nil { // a blank in a field is one between words in a text
		for i, render := range map[int]func() string{2: func() string { return Addresses(r.Source) }, 3: func() string { return Ports(r.SourcePorts) },
			5: func() string { return Addresses(r.Destination) }, 6: func() string { return Ports(r.DestinationPorts) }} {
			if strings.ContainsAny(words[i], blanks) {
				words[i] = render()
			}
		}
	}
	for i, o := range f.Options {
		text := o.Keyword
		if len(o.Settings) > 0 {
			text += ":" + strings.Join(o.Settings, ",")
		}
		own, bad := options(text + ";")
		switch path := "/RuleOptions/" + strconv.Itoa(i); {
		case bad != nil && wrong == nil:
			wrong = &FieldError{path, bad.message}
		case bad == nil && (len(own) != 1 || strings.Contains(text, "\n")) && wrong == nil:
			wrong = &FieldError{path, "holds more than one option, or none: a semicolon in a setting is written \\;"}
		}
		if len(own) != 1 {
			own = []option{{text: text}}
		}
		list = append(list, own[0])
	}
	if wrong == nil {
		if i, bad := evaluate(&r, list); bad != nil {
			wrong = &FieldError{"/RuleOptions/" + strconv.Itoa(i), bad.message}
		}
	}
	text := written(words, list)
	if wrong != nil {
		r = network.StatefulRule{Defect: &network.Defect{Reason: wrong.Error()}}
		text = strings.TrimLeft(strings.ReplaceAll(text, "\n", " "), blanks+"#")
	}
	r.Text = text
	return r, wrong
}

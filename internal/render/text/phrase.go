package text

import (
	"fmt"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

// What follows are the words that other renderers share with this one.

// Traffic are the words for sets of headers, of all that there are: "tcp 443,8443; udp any port".
func Traffic(list []report.Traffic) string {
	return sum(list, report.Question{Protocol: "any", Ports: everyPort, ClientPorts: usualClients})
}

// Witness is a packet in a line.
func Witness(w *report.Witness) string { return witness(w) }

// Place is where an object is written, in a few words: "infra/main.tf:12", or the place in a dump.
func Place(l *report.Location, origin string) string {
	switch {
	case l != nil && l.Line > 0:
		return fmt.Sprintf("%s:%d", l.File, l.Line)
	case origin != "":
		return origin
	case l != nil:
		return l.File
	}
	return ""
}

// Object is what an object is called: its address of Terraform, or else its name and identifier.
func Object(kind, id, name, address string) string {
	switch {
	case address != "" && implied(kind, address):
		return strings.TrimRight(kind+" "+name, " ") + " of " + address
	case address != "":
		return address
	case name != "" && name != id:
		return kind + " " + name + " (" + shortARN(id) + ")"
	}
	return kind + " " + shortARN(id)
}

// implied tells whether an object has no resource of its own: the default group of a VPC has the address of the VPC.
func implied(kind, address string) bool {
	word := map[string]string{"security group": "_security_group", "network ACL": "_network_acl", "route table": "_route"}[kind]
	return word != "" && strings.Contains(address, "aws_vpc.") && !strings.Contains(address, word)
}

// Edit says what an edit does, in a sentence without its end.
func Edit(e *report.Edit) string {
	what, does := EditParts(e)
	return what + does
}

// EditParts are what an edit changes, and what it does to that.
func EditParts(e *report.Edit) (what, does string) {
	if e.Kind == "list" {
		return "list " + e.ID, ": " + strings.Join(e.Summary, "; ")
	}
	const most = 4
	list, action := e.Summary, ""
	if a := map[string]string{"create": " created", "delete": " deleted"}[e.Action]; a != "" { // the rules and routes come or go with it
		action, list = a, nil
		for _, s := range e.Summary {
			list = append(list, strings.TrimSuffix(strings.TrimSuffix(s, " added"), " removed"))
		}
	}
	words := strings.Join(list[:min(len(list), most)], "; ")
	if n := len(list) - most; n > 0 {
		words += fmt.Sprintf("; and %d more", n)
	}
	switch {
	case words == "":
		does = action
	case action != "":
		does = action + ", with " + words
	default:
		does = ": " + words
	}
	return Object(e.Kind, e.ID, e.Name, e.Address), does
}

// Verdicts are a change in two words.
func Verdicts(c *report.Change) string {
	words := func(v report.Verdict, several []report.Verdict) string {
		if len(several) == 0 {
			return string(v)
		}
		list := make([]string, len(several))
		for i, each := range several {
			list[i] = string(each)
		}
		return strings.Join(list, " or ")
	}
	return words(c.Before, c.BeforeVerdicts) + " → " + words(c.After, c.AfterVerdicts)
}

// Changes are headings for the changes of a document, with those that stand below each, in the order of the document.
func Changes(d *report.Diff) []Heading {
	all := []Heading{{Effect: "newly reachable"}, {Effect: "newly one-way: the first packet arrives, the reply is lost"}, {Effect: "newly unknown"}, {Effect: "no longer reachable"}}
	for i := range d.Changes {
		c := &d.Changes[i]
		k := 3
		switch effect := c.Effect(); {
		case effect == report.Opened && c.After == report.OneWay:
			k = 1
		case effect == report.Opened:
			k = 0
		case effect == report.Doubted:
			k = 2
		}
		all[k].Changes = append(all[k].Changes, c)
	}
	var some []Heading
	for _, h := range all {
		if len(h.Changes) > 0 {
			some = append(some, h)
		}
	}
	return some
}

// Heading is what some changes come to.
type Heading struct {
	Effect  string
	Changes []*report.Change
}

// Headline says in a sentence what a comparison found.
func Headline(d *report.Diff) string {
	switch edits := count(len(d.Edits), "object differs", "objects differ"); {
	case len(d.Changes) == 0 && len(d.Edits) == 0:
		return "No change: the networks are the same."
	case len(d.Changes) == 0:
		return "No change of reachability: " + edits + ", nothing that anybody can reach does."
	}
	var words []string
	for _, h := range Changes(d) {
		effect, _, _ := strings.Cut(h.Effect, ":")
		words = append(words, fmt.Sprintf("%d %s", len(h.Changes), effect))
	}
	text := strings.Join(words, ", ")
	return text + ": " + count(len(d.Edits), "object differs", "objects differ") + "."
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Some lists a few words of a list, and says how many more there are.
func Some(list []string, most int) string {
	if len(list) <= most+1 {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
}

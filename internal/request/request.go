package request

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/watertight/watertight/internal/amend"
	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/report"
)

// Question is what is asked, and what is to be said of it in the segmentation.
type Question struct {
	Source      string // a role, internet, or a block of addresses
	Destination string // the same, or a name on the internet; with its port: "cache-redis:6379"
	Protocol    string // "tcp", "udp", "icmp" or "any"; empty: tcp where there is a port, else all that the destination serves
	Via         string // between environments: "peering", "privatelink" or "transit"
	Hostname    string // of a PrivateLink
	Reason      string
	Owner       string
	Until       string // "2027-06-30"
}

// Answer is what to add.
type Answer struct {
	*report.Request
	// Files are those of the segmentation that change, as they are to be: only where the outcome is [report.Added].
	Files map[string][]byte
}

// Ask answers a question about a segmentation. The error is about the words of the question, or that of the segmentation as it would be; what must not be is an answer.
func Ask(s *intent.Segmentation, q Question) (*Answer, error) {
	a := &asking{Question: q, before: s, Request: &report.Request{
		Schema: report.Schema, Kind: report.KindRequest, Ports: []string{}, Via: q.Via, Declared: []report.Declaration{}, Edits: []report.FileEdit{}, Terraform: []report.FileEdit{}, Reachability: []report.Reach{},
	}}
	if err := a.read(); err != nil {
		return nil, err
	}
	if err := a.answer(); err != nil {
		return nil, err
	}
	answer := &Answer{Request: a.Request}
	if a.Outcome == report.Added {
		answer.Files = a.edited
	}
	return answer, nil
}

// asking is a question that is being answered.
type asking struct {
	Question
	*report.Request
	before   *intent.Segmentation
	from, to end
	ports    []intent.Port
	edited   map[string][]byte // files that change
}

// read finds what the words of the question stand for.
func (a *asking) read() error {
	name, port := split(a.Question.Destination)
	ports, protocol, err := asked(port, a.Protocol)
	if err != nil {
		return err
	}
	if a.from, a.to, err = find(a.before, a.Question.Source, name, a.Question.Via); err != nil {
		return err
	}
	if f := a.private(); f != nil { // the name of a private endpoint stands for what is behind it
		a.to, a.Question.Via, a.Hostname = end{End: f.To}, string(f.Via), f.Hostname
	}
	if a.from.Service == nil && a.to.Service == nil {
		return fmt.Errorf("neither %s nor %s is a role: a segmentation declares what roles may do", a.Question.Source, name)
	}
	if to := a.to.Service; to != nil && to.Kind == intent.Lambda {
		return fmt.Errorf("%s is a function (%s), which opens connections and takes none", to, intent.Line(to.At))
	}
	a.Request.Source, a.Request.Destination, a.Request.Via = a.from.String(), a.to.String(), a.Question.Via
	switch {
	case a.to.hostname != "":
		if ports == nil {
			ports = slices.DeleteFunc(slices.Clone(web), func(p intent.Port) bool { return protocol != "" && p.Protocol != protocol })
		}
		if rest := minus(ports, web); len(rest) > 0 || len(ports) == 0 {
			return fmt.Errorf("%s: what leaves by name is TLS on port 443 and HTTP on port 80, by which a firewall finds the name", a.Question.Destination)
		}
	case ports == nil && a.to.Service != nil:
		for _, p := range a.to.Service.Serves {
			if protocol == "" || p.Protocol == protocol || p.Protocol == "any" {
				ports = append(ports, p)
			}
		}
		if len(ports) == 0 {
			return fmt.Errorf("%s serves nothing%s (%s): which port is it? %s:PORT", a.to, strings.TrimRight(" by "+protocol, " by"), intent.Line(a.to.Service.At), a.Question.Destination)
		}
	case ports == nil:
		return fmt.Errorf("%s: which port? %s:443", a.Question.Destination, a.Question.Destination)
	}
	a.ports, a.Ports = ports, words(ports)
	return nil
}

// web are the ports of egresses.
var web = []intent.Port{{Protocol: "tcp", From: 443, To: 443}, {Protocol: "tcp", From: 80, To: 80}}

// private is the flow whose hostname the destination is, as environments see it that have the endpoint; nil where there is none.
func (a *asking) private() *intent.Flow {
	for _, f := range a.before.Flows {
		if a.to.hostname != "" && f.Hostname == a.to.hostname {
			return f
		}
	}
	return nil
}

// answer decides, and edits.
func (a *asking) answer() error {
	left := a.declared()
	switch {
	case len(left) == 0:
		a.Outcome = report.Declared
		return nil
	case a.forbidden(), a.crosses():
		a.Outcome = report.Refused
		return nil
	}
	if to := a.to.Service; to != nil {
		if rest := minus(left, to.Serves); len(rest) > 0 {
			return a.unserved(rest)
		}
	}
	a.Outcome = report.Added
	if err := a.edit(left); err != nil {
		return err
	}
	return a.consequences()
}

// declared lists what covers the question, and returns the ports that nothing does.
func (a *asking) declared() (left []intent.Port) {
	left = a.ports
	for _, e := range a.before.Egresses {
		if a.to.hostname == "" || e.Service != a.from.Service || !slices.ContainsFunc(e.Domains, func(d string) bool { return names(d, a.to.hostname) }) {
			continue
		}
		left = nil // an egress is for both ports
		a.declares(a.from.String(), a.to.hostname, web, "", e.Accountable)
	}
	for _, f := range a.before.Flows {
		if a.to.hostname != "" || !covers(f.From, a.from.End) || !covers(f.To, a.to.End) || a.Question.Via != "" && string(f.Via) != a.Question.Via {
			continue
		}
		rest := minus(left, f.Ports)
		if len(union(rest)) == len(union(left)) && len(minus(left, rest)) == 0 {
			continue // none of them
		}
		left = rest
		a.declares(f.From.String(), f.To.String(), f.Ports, string(f.Via), f.Accountable)
	}
	return left
}

func (a *asking) declares(source, destination string, ports []intent.Port, via string, by intent.Accountable) {
	a.Declared = append(a.Declared, report.Declaration{
		Source: source, Destination: destination, Ports: words(ports), Via: via, Reason: by.Reason, Owner: by.Owner, Until: day(by.Until), Location: location(by),
	})
}

func location(by intent.Accountable) report.Location {
	return report.Location{File: by.At.Filename, Line: by.At.Start.Line}
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// forbidden refuses what a guardrail rules out.
func (a *asking) forbidden() bool {
	for _, f := range a.before.Forbids {
		if !a.ruledOut(f) {
			continue
		}
		at := location(f.Accountable)
		who := "whoever keeps the guardrails"
		if f.Owner != "" {
			who = f.Owner
		}
		a.Refusal = &report.Refusal{
			Rule: amend.Block{Type: "forbid", Labels: []string{f.A.Text, f.B.Text}}.Header(), Owner: f.Owner, Reason: f.Reason, Location: &at,
			Message: fmt.Sprintf("%s must not open connections to %s: a guardrail rules it out.", a.from, a.to),
			Mend:    fmt.Sprintf("ask %s: as long as the guardrail stands, no flow can make it so", who),
		}
		return true
	}
	return false
}

func (a *asking) ruledOut(by *intent.Forbid) bool {
	if a.to.hostname != "" {
		return by.RulesOutName(a.from.Service, a.to.hostname)
	}
	return by.RulesOut(a.from.End, a.to.End)
}

// crosses refuses what goes from one environment to another, and does not say how. Where flows between the two say it already, it goes as they do.
func (a *asking) crosses() bool {
	from, to := a.from.Service, a.to.Service
	if from == nil || to == nil || from.Environment == to.Environment || a.Question.Via != "" {
		return false
	}
	mend := "say --via peering, --via transit or --via privatelink: " + ways
	for _, f := range a.before.Flows {
		if f.From.Service != nil && f.To.Service != nil && f.From.Service.Environment == from.Environment && f.To.Service.Environment == to.Environment {
			mend = fmt.Sprintf("say --via %s, as %s does, or another way: %s", f.Via, f.Line(), ways)
			break
		}
	}
	if from.Environment.Block.Overlaps(to.Environment.Block) {
		mend = "say --via privatelink: their addresses overlap, so neither a peering nor a transit gateway can join them"
	}
	a.Refusal = &report.Refusal{
		Message: fmt.Sprintf("%s and %s are in different environments, and nothing says how the connection gets across.", from, to), Mend: mend,
	}
	return true
}

const ways = "a peering routes between the subnets of both, a transit gateway does by a hub, and PrivateLink offers this one service without any route"

// unserved offers what the owner of the destination has to add first.
func (a *asking) unserved(ports []intent.Port) error {
	to := a.to.Service
	a.Outcome, a.edited = report.Unserved, map[string][]byte{}
	owner := "its owner"
	if to.Owner != "" {
		owner = to.Owner
	}
	serves := "nothing"
	if len(to.Serves) > 0 {
		serves = strings.Join(words(to.Serves), ", ")
	}
	at := report.Location{File: to.At.Filename, Line: to.At.Start.Line}
	a.Refusal = &report.Refusal{
		Rule: amend.Block{Type: "service", Labels: []string{to.Environment.Name, to.Name}}.Header(), Owner: to.Owner, Location: &at,
		Message: fmt.Sprintf("%s does not serve %s: it serves %s.", to, strings.Join(words(ports), ", "), serves),
		Mend:    fmt.Sprintf("%s has to add %s to serves; ask again then", owner, strings.Join(words(ports), ", ")),
	}
	name := to.At.Filename
	src, err := amend.Extend(a.before.Content(name), name, to.At.Start, "serves", words(ports)...)
	if isJSON(name) {
		return nil // which nobody edits for them
	} else if err != nil {
		return err
	}
	a.edited[name] = src
	a.show()
	return nil
}

func isJSON(name string) bool { return path.Ext(name) == ".json" }

// edit adds what is not declared: to a block that is there already, or as a new one.
func (a *asking) edit(left []intent.Port) error {
	a.edited = map[string][]byte{}
	add := func(name string, src []byte, err error) error {
		a.edited[name] = src
		return err
	}
	if a.to.hostname != "" {
		for _, e := range a.before.Egresses {
			if e.Service == a.from.Service { // a role has one
				if !a.extends(e.Accountable) {
					a.Notes = append(a.Notes, fmt.Sprintf("An egress has one reason, owner and last day for all of its domains: what %s says of them stays.", e.Line()))
				}
				name := e.At.Filename
				src, err := amend.Extend(a.before.Content(name), name, e.At.Start, "domains", a.to.hostname)
				return add(name, src, err)
			}
		}
		b := amend.Block{Type: "egress", Labels: []string{a.from.Service.Environment.Name, a.from.Service.Name}}
		b.Attributes = a.accountable(amend.List("domains", []string{a.to.hostname}))
		name, err := a.home(b, a.egressHomes())
		if err != nil {
			return err
		}
		src, err := amend.Insert(a.before.Content(name), name, b, "egress", "flow", "service")
		return add(name, src, err)
	}
	blocks := map[string]int{}
	for _, f := range a.before.Flows {
		blocks[f.At.String()]++
	}
	for _, f := range slices.Backward(a.before.Flows) {
		if f.From != a.from.End || f.To != a.to.End || string(f.Via) != a.Question.Via || blocks[f.At.String()] > 1 || a.Hostname != "" && a.Hostname != f.Hostname || !a.extends(f.Accountable) {
			continue
		}
		name := f.At.Filename
		src, err := amend.Extend(a.before.Content(name), name, f.At.Start, "ports", words(left)...)
		return add(name, src, err)
	}
	b := a.flow(left)
	name, err := a.home(b, a.flowHomes())
	if err != nil {
		return err
	}
	src, err := amend.Insert(a.before.Content(name), name, b, "flow", "service")
	return add(name, src, err)
}

// extends tells whether what is asked for can go into a block that is there: it is one of HCL, and says what the question says of reason, owner and last day.
func (a *asking) extends(by intent.Accountable) bool {
	same := func(asked, says string) bool { return asked == "" || asked == says }
	return !isJSON(by.At.Filename) && same(a.Reason, by.Reason) && same(a.Owner, by.Owner) && same(a.Until, day(by.Until))
}

// flow is the block of a new flow.
func (a *asking) flow(ports []intent.Port) amend.Block {
	to := a.to.Service
	b := amend.Block{Type: "flow", Labels: labels(a.before, a.from.End, a.to.End, a.Question.Via)}
	if to == nil || len(minus(to.Serves, ports)) > 0 {
		b.Attributes = append(b.Attributes, amend.List("ports", words(ports)))
	}
	if a.Question.Via != "" {
		b.Attributes = append(b.Attributes, amend.Word("via", a.Question.Via))
	}
	if a.Hostname != "" {
		b.Attributes = append(b.Attributes, amend.Word("hostname", a.Hostname))
	}
	b.Attributes = a.accountable(b.Attributes...)
	return b
}

// accountable adds to attributes what the question says of reason, owner and last day.
func (a *asking) accountable(attributes ...amend.Attribute) []amend.Attribute {
	for _, each := range []struct{ name, value string }{{"reason", a.Reason}, {"owner", a.Owner}, {"until", a.Until}} {
		if each.value != "" {
			attributes = append(attributes, amend.Word(each.name, each.value))
		}
	}
	return attributes
}

// flowHomes are the files that a flow could stand in, the likeliest first: that of flows of the same role, of its environment, of any, and that of the role.
func (a *asking) flowHomes() []string {
	var same, near, others, own []string
	for _, s := range []*intent.Service{a.from.Service, a.to.Service} {
		if s == nil {
			continue
		}
		for _, f := range slices.Backward(a.before.Flows) {
			switch from := cmp.Or(f.From.Service, f.To.Service); {
			case from == s:
				same = append(same, f.At.Filename)
			case from.Environment == s.Environment:
				near = append(near, f.At.Filename)
			default:
				others = append(others, f.At.Filename)
			}
		}
		own = append(own, s.At.Filename)
	}
	return slices.Concat(same, near, others, own)
}

// egressHomes are the files that an egress could stand in: that of egresses of the same environment, of any, and those of flows.
func (a *asking) egressHomes() []string {
	var near, others []string
	for _, e := range slices.Backward(a.before.Egresses) {
		if e.Service.Environment == a.from.Service.Environment {
			near = append(near, e.At.Filename)
		} else {
			others = append(others, e.At.Filename)
		}
	}
	return slices.Concat(near, others, a.flowHomes())
}

// home is the file that a block is written into: the first that is not JSON.
func (a *asking) home(b amend.Block, likely []string) (string, error) {
	for _, name := range slices.Concat(likely, a.before.Files()) {
		if !isJSON(name) {
			return name, nil
		}
	}
	return "", errors.New("the segmentation is JSON, which is not edited for you. This is what it has to say, in HCL:\n" + b.String())
}

// consequences reads the edited segmentation, and compares what follows from it with what followed before.
func (a *asking) consequences() error {
	after, err := a.before.With(a.edited)
	if err != nil {
		return fmt.Errorf("with that, the segmentation would not hold, so nothing was written:\n%w", err)
	}
	a.show()
	old, new := blueprint.New(a.before), blueprint.New(after)
	a.Reachability, a.Notes = compare(old, new), append(a.Notes, moved(a.before, after)...)
	if i := slices.IndexFunc(after.Environments, func(e *intent.Environment) bool { return e.VPC != "" }); i >= 0 {
		a.Notes = append(a.Notes, fmt.Sprintf("Environment %s is a VPC that exists already: nothing is compiled, and somebody has to open there what is declared.", after.Environments[i].Name))
		return nil
	}
	was, err := compile.Terraform(old, compile.Options{})
	if err != nil {
		return fmt.Errorf("the segmentation cannot be compiled as it is, so nothing was written:\n%w", err)
	}
	will, err := compile.Terraform(new, compile.Options{})
	if err != nil {
		return fmt.Errorf("with that, the segmentation could not be compiled, so nothing was written:\n%w", err)
	}
	a.compare(was, will)
	return nil
}

// show lists the edits of the segmentation.
func (a *asking) show() {
	for _, name := range slices.Sorted(maps.Keys(a.edited)) {
		a.Edits = append(a.Edits, report.FileEdit{File: name, Action: "update", Diff: amend.Diff(name, a.before.Content(name), name, a.edited[name])})
	}
}

// compare lists what differs between two compilations.
func (a *asking) compare(was, will map[string][]byte) {
	names := map[string]bool{}
	for name := range was {
		names[name] = true
	}
	for name := range will {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		old, before := was[name]
		new, after := will[name]
		change := report.FileEdit{File: name, Action: "update", Diff: amend.Diff(name, a.moveLines(old), name, new)}
		switch {
		case !before:
			change.Action, change.Diff = "create", amend.Diff("/dev/null", nil, name, new)
		case !after:
			change.Action, change.Diff = "delete", amend.Diff(name, old, "/dev/null", nil)
		}
		if change.Diff != "" {
			a.Terraform = append(a.Terraform, change)
		}
	}
}

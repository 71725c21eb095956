package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// Options say what to look for.
type Options struct {
	// Now decides which suppressions have expired: its date, in its own zone.
	Now time.Time
	// Rules are the names of the rules to apply; none: all.
	Rules []string
}

// Check applies rules to a network. The error says which name is none of a rule's, or is a bug of the engine.
func Check(n *network.Network, o Options) (*report.Check, error) {
	rules, err := choose(o.Rules)
	if err != nil {
		return nil, err
	}
	s := newSurvey(n)
	for _, r := range rules {
		if r.check == nil { // what suppressions bring about
			continue
		}
		s.rule = r
		if err := r.check(s); err != nil {
			return nil, err
		}
	}
	check := &report.Check{
		Schema: report.Schema, Kind: report.KindCheck, Findings: []report.Finding{}, Suppressed: []report.Finding{}, Rules: []string{},
		Assumptions: append([]string{}, s.assumptions...), AssumedEmpty: s.session.AssumedEmpty(), Problems: len(n.Problems),
	}
	for _, r := range rules {
		check.Rules = append(check.Rules, r.Name)
	}
	s.suppress(check, rules, o.Now)
	s.session.Readable(check)
	order(check.Findings)
	order(check.Suppressed)
	var unknown []string
	for _, f := range check.Findings {
		if f.Severity == report.Unverified {
			unknown = append(unknown, f.Message)
		}
	}
	check.NotModelled = s.session.NotModelled(unknown)
	return check, nil
}

// Valid says which of some names is none of a rule's.
func Valid(names []string) error {
	_, err := choose(names)
	return err
}

// choose finds rules by name.
func choose(names []string) ([]*Rule, error) {
	if len(names) == 0 {
		return Rules(), nil
	}
	for _, name := range names {
		if Find(name) == nil {
			return nil, Unnamed(name)
		}
	}
	return slices.DeleteFunc(Rules(), func(r *Rule) bool { return !slices.Contains(names, r.Name) }), nil
}

// Unnamed says that no rule has a name, and which do.
func Unnamed(name string) error {
	var all []string
	for _, r := range Rules() {
		all = append(all, r.Name)
	}
	return fmt.Errorf("there is no rule %s: the rules are %s", name, strings.Join(all, ", "))
}

// order sorts findings: the worst first, then by rule and object.
func order(list []report.Finding) {
	rank := func(s report.Severity) int { return slices.Index(report.Severities, s) }
	slices.SortStableFunc(list, func(a, b report.Finding) int {
		return cmp.Or(cmp.Compare(rank(a.Severity), rank(b.Severity)), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Message, b.Message))
	})
}

// finding is what a rule found, before it is on the wire.
type finding struct {
	severity report.Severity
	kind     string // of the object, as in [report.Hop]
	object   *network.Object
	at       network.Origin // of the part to change; that of the object where it is zero
	message  string
	mend     string
	evidence *report.Part // a way that is open, or a connection that breaks
}

// found is a finding on the wire, with the addresses by which code may suppress it.
type found struct {
	report.Finding
	addresses []string
	object    *network.Object
}

func (s *survey) report(f finding) {
	if f.at == (network.Origin{}) {
		f.at = f.object.Origin
	}
	w := report.Finding{
		Rule: s.rule.Name, Severity: f.severity, Message: f.message, Kind: f.kind, ID: f.object.ID, Address: f.object.Address,
		Why: s.rule.Why, Mend: f.mend, Location: location(f.at), Origin: f.at.String(),
	}
	if f.object.Name != f.object.ID {
		w.Name = f.object.Name
	}
	one := found{object: f.object}
	if f.object.Address != "" {
		one.addresses = append(one.addresses, f.object.Address)
	}
	if part := resourceOf(f.at); part != "" && part != f.object.Address { // the rule, the route: a resource of its own
		w.Address = part
		one.addresses = append(one.addresses, part)
	}
	if f.evidence != nil {
		w.Witness, w.Path, w.Reply = f.evidence.Witness, f.evidence.Path, f.evidence.Reply
	}
	one.Finding = w
	s.found = append(s.found, one)
}

func location(at network.Origin) *report.Location {
	if at.Line == 0 {
		return nil
	}
	return &report.Location{File: at.Source, Line: at.Line}
}

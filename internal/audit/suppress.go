package audit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

var expiredSuppression = &Rule{
	Name:     "expired-suppression",
	Title:    "A suppression whose last day is over",
	Severity: report.Note,
	Grades:   "note; what it hid counts again",
	Why:      "A suppression is a promise to look again by a day. That day is over.",
	Mend:     "Mend what it hides, or give it another day and a reason that still holds.",
}

var idleSuppression = &Rule{
	Name:     "idle-suppression",
	Title:    "A suppression that hides nothing",
	Severity: report.Note,
	Grades:   "note",
	Why:      "What it was written for is gone, or it names another rule or resource than was meant; it would hide the next finding there without anybody having thought of it. One without a reason or a last day does not count at all.",
	Mend:     "Remove it; or name the rule and the resource that are meant, a reason, and the last day on which it should count.",
}

// suppression is one that the code or a tag gives.
type suppression struct {
	network.Suppression
	object *network.Object // that carries the tag; nil for what the code says
	used   bool
}

// suppress puts the findings into those that count and those that do not.
func (s *survey) suppress(check *report.Check, rules []*Rule, now time.Time) {
	list := s.suppressions()
	today := now.Format(time.DateOnly)
	applied := func(name string) bool {
		return slices.ContainsFunc(rules, func(r *Rule) bool { return r.Name == name })
	}
	for _, f := range s.found {
		hidden := false
		for _, x := range list {
			if x.Rule != f.Rule || !x.about(f) || x.invalid() != "" {
				continue
			}
			x.used = true
			if x.Until < today || hidden {
				continue
			}
			hidden = true
			f.Suppression = &report.Suppression{Reason: x.Reason, Until: x.Until, Location: location(x.Origin)}
		}
		if hidden {
			check.Suppressed = append(check.Suppressed, f.Finding)
		} else {
			check.Findings = append(check.Findings, f.Finding)
		}
	}
	for _, x := range list {
		f := report.Finding{Severity: report.Note, Kind: "suppression", ID: x.Address, Address: x.Address, Location: location(x.Origin), Origin: x.Origin.String()}
		if x.object != nil {
			f.ID, f.Address, f.Name = x.object.ID, x.object.Address, x.object.Name
		}
		at := f.ID
		switch why := x.invalid(); {
		case why != "":
			f.Rule, f.Message = idleSuppression.Name, fmt.Sprintf("The suppression of %s for %s does not count: %s.", orNothing(x.Rule), at, why)
		case !applied(x.Rule):
			continue
		case !x.used:
			f.Rule, f.Message = idleSuppression.Name, fmt.Sprintf("The suppression of %s for %s hides nothing.", x.Rule, at)
		case x.Until < today:
			f.Rule, f.Message = expiredSuppression.Name, fmt.Sprintf("The suppression of %s for %s ended on %s (%q): what it hid counts again.", x.Rule, at, x.Until, x.Reason)
		default:
			continue
		}
		if r := Find(f.Rule); r != nil && applied(r.Name) {
			f.Why, f.Mend = r.Why, r.Mend
			check.Findings = append(check.Findings, f)
		}
	}
}

func orNothing(rule string) string {
	if rule == "" {
		return "no rule"
	}
	return rule
}

// invalid says why a suppression does not count; empty when it does.
func (x *suppression) invalid() string {
	if x.Rule == "" {
		return "it names no rule"
	}
	if Find(x.Rule) == nil {
		return "there is no rule of that name"
	}
	if _, err := time.Parse(time.DateOnly, x.Until); err != nil {
		if x.Until == "" {
			return "it has no last day (until=2027-01-31)"
		}
		return fmt.Sprintf("its last day %q is not written as 2027-01-31", x.Until)
	}
	if x.Reason == "" {
		return "it gives no reason"
	}
	return ""
}

// about tells whether a suppression is about a finding.
func (x *suppression) about(f found) bool {
	if x.object != nil {
		return x.object == f.object
	}
	return slices.ContainsFunc(f.addresses, func(address string) bool { return within(address, x.Address) })
}

// suppressions are those of the code, and those that tags give: watertight:ignore, with or without more behind it.
func (s *survey) suppressions() []*suppression {
	var list []*suppression
	for _, x := range s.network.Suppressions {
		list = append(list, &suppression{Suppression: x})
	}
	seen := map[*network.Object]bool{}
	look := func(o *network.Object) {
		if seen[o] {
			return
		}
		seen[o] = true
		for _, t := range o.Tags {
			if t.Key == ignoreTag || strings.HasPrefix(t.Key, ignoreTag+":") {
				x := parseTag(t.Value)
				x.Origin, x.Address = o.Origin, o.Address
				list = append(list, &suppression{Suppression: x, object: o})
			}
		}
	}
	n := s.network
	each(n.VPCs, look, func(x *network.VPC) *network.Object { return &x.Object })
	each(n.Subnets, look, func(x *network.Subnet) *network.Object { return &x.Object })
	each(n.RouteTables, look, func(x *network.RouteTable) *network.Object { return &x.Object })
	each(n.NetworkACLs, look, func(x *network.NetworkACL) *network.Object { return &x.Object })
	each(n.SecurityGroups, look, func(x *network.SecurityGroup) *network.Object { return &x.Object })
	each(n.Instances, look, func(x *network.Instance) *network.Object { return &x.Object })
	each(n.PeeringConnections, look, func(x *network.PeeringConnection) *network.Object { return &x.Object })
	each(n.EndpointServices, look, func(x *network.EndpointService) *network.Object { return &x.Object })
	each(n.LoadBalancers, look, func(x *network.LoadBalancer) *network.Object { return &x.Object })
	each(n.Firewalls, look, func(x *network.Firewall) *network.Object { return &x.Object })
	return list
}

const ignoreTag = "watertight:ignore"

func each[T any, P interface{ *T }](all interface{ All() []P }, look func(*network.Object), of func(P) *network.Object) {
	for _, x := range all.All() {
		look(of(x))
	}
}

var untilWord = regexp.MustCompile(`^until=(\S*)$`)

// parseTag reads "RULE until=2027-01-31 the reason".
func parseTag(text string) network.Suppression {
	var x network.Suppression
	words := strings.Fields(text)
	if len(words) == 0 {
		return x
	}
	x.Rule = words[0]
	var reason []string
	for _, w := range words[1:] {
		if m := untilWord.FindStringSubmatch(w); m != nil && x.Until == "" {
			x.Until = m[1]
			continue
		}
		reason = append(reason, w)
	}
	x.Reason = strings.Join(reason, " ")
	return x
}

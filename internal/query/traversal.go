package query

import (
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// crossing is what a question asks about the way.
type crossing struct {
	asked  string // for [report.Traversal.Asked]
	avoids bool   // --not-through
	passes func(reach.Passage) bool
	gate   *waypoint // of --only-through
	target string    // what is behind the gate
}

// Check finds what is wrong with the words of a question about the way, without a network.
func (q Question) Check() error {
	_, err := q.way()
	return err
}

// way is the flag of a question that asks about the way, as one would type it.
func (q Question) way() (string, error) {
	given := ""
	for _, each := range [][2]string{{"--through", q.Through}, {"--not-through", q.NotThrough}, {"--only-through", q.OnlyThrough}} {
		if each[1] == "" {
			continue
		}
		if given != "" {
			return "", wrong("%s and %s: ask one thing about the way at a time", given, each[0])
		}
		given = each[0] + " " + each[1]
	}
	return given, nil
}

// crossing reads what a question asks about the way; nil when it asks nothing.
func (s *Session) crossing(q Question, destination Selection) (*crossing, error) {
	switch {
	case q.Through != "":
		passes, err := s.passing("--through", q.Through)
		return &crossing{asked: "through " + q.Through, passes: passes}, err
	case q.NotThrough != "":
		passes, err := s.passing("--not-through", q.NotThrough)
		return &crossing{asked: "not through " + q.NotThrough, passes: passes, avoids: true}, err
	case q.OnlyThrough != "":
		gate, err := s.oneWaypoint("--only-through", q.OnlyThrough, s.isGate)
		if err != nil {
			return nil, err
		}
		if len(destination.Services) > 0 || destination.Component == nil && s.outsideOnly(destination) && len(destination.ToBe) == 0 {
			return nil, wrong("--only-through %s: it asks how something behind a load balancer is reached, and %s is not behind one: name a role, an instance or an address", q.OnlyThrough, destination.Text)
		}
		return &crossing{asked: "only through " + q.OnlyThrough, gate: gate, target: destination.Text}, nil
	}
	return nil, nil
}

// passage is what the engine is asked about ways.
func (c *crossing) passage() func(reach.Passage) bool {
	if c == nil {
		return nil
	}
	return c.passes
}

// traverse answers what was asked about the way, with a note where a reader may be surprised.
func (s *Session) traverse(c *crossing, parts []answered, detours []detour) (*report.Traversal, string) {
	if c.gate != nil {
		return s.onlyThrough(c, parts, detours)
	}
	t := &report.Traversal{Asked: c.asked, Holds: report.Yes, Path: []report.Hop{}}
	decide := func(holds string, path []report.Hop) bool {
		t.Holds, t.Path = holds, path
		return true
	}
	delivered := choose(parts, func(a answered) bool { return arrives(a.found.Verdict) })
	for _, part := range delivered {
		if part.found.Passes == c.avoids && decide(report.No, part.Path) {
			return t, ""
		}
	}
	for _, part := range parts {
		// A way that is not known may lead through anything, and around it. One that is known, and on which only a filter is in doubt, is judged as it is.
		if part.found.Verdict == reach.Unknown && (part.found.Passes == c.avoids || c.avoids && part.found.Kind == reach.UnknownPath) && decide(string(report.Unknown), part.Path) {
			return t, ""
		}
	}
	if len(delivered) > 0 {
		t.Path = delivered[0].Path
		return t, ""
	}
	if slices.ContainsFunc(parts, func(a answered) bool { return a.found.Verdict == reach.Unknown }) {
		return t, ""
	}
	return t, "Nothing of what was asked about gets through at all: that no way breaks the condition says no more than that."
}

func arrives(v reach.Verdict) bool { return v == reach.Reachable || v == reach.OneWay }

// onlyThrough tells whether a load balancer, or what leads through it, is the only way to a destination (LB-8): nothing gets there directly
// or by another, and something gets there by this.
func (s *Session) onlyThrough(c *crossing, parts []answered, detours []detour) (*report.Traversal, string) {
	t := &report.Traversal{Asked: c.asked, Holds: report.Yes, Path: []report.Hop{}}
	var doubt, shown, blocked []report.Hop
	open, behind := false, false
	for _, part := range parts {
		switch {
		case arrives(part.found.Verdict):
			t.Holds, t.Path = report.No, part.Path
			return t, "It gets there directly."
		case part.found.Verdict == reach.Unknown && doubt == nil:
			doubt = part.Path
		}
	}
	for _, d := range detours {
		if c.gate.is(d) {
			behind = true
			if d.blocked != nil && blocked == nil {
				blocked = s.hops(d.blocked.Path)
			}
		}
		for _, part := range d.parts {
			gated := c.gate.is(d) || c.gate.balancer != nil && slices.Contains(part.Balancers, c.gate.id)
			path := s.hops(part.Path)
			switch {
			case arrives(part.Verdict) && !gated:
				t.Holds, t.Path = report.No, path
				return t, fmt.Sprintf("It gets there through %s as well.", d.label())
			case arrives(part.Verdict):
				if !open {
					open, shown = true, path
				}
			case part.Verdict == reach.Unknown && doubt == nil:
				doubt = path
			case part.Verdict == reach.Unreachable && gated:
				blocked = path // a better one: it ends at the destination
			}
		}
	}
	switch {
	case doubt != nil:
		t.Holds, t.Path = string(report.Unknown), doubt
		return t, ""
	case open:
		t.Path = shown
		return t, ""
	}
	t.Holds = report.No
	if blocked != nil {
		t.Path = blocked
	}
	if !behind {
		return t, fmt.Sprintf("Nothing gets to %s at all: none of its interfaces is a target of %s.", c.target, c.gate.label())
	}
	return t, fmt.Sprintf("Nothing gets to %s at all, not even through %s.", c.target, c.gate.label())
}

func (w *waypoint) label() string {
	if w.name == "" || w.name == w.id {
		return w.id
	}
	return w.name
}

func (d detour) label() string {
	if d.name == "" {
		return d.id
	}
	return d.name
}

// is tells whether a detour is by the gate itself.
func (w *waypoint) is(d detour) bool {
	switch {
	case w.balancer != nil:
		return d.service.Balancer == w.balancer
	case w.endpoint != nil:
		return d.service.Endpoint == w.endpoint
	}
	return d.service.Endpoint != nil && d.service.Endpoint.Service == w.service.Name
}

// note adds a sentence to an answer, once.
func note(answer *report.Can, words string) {
	if words != "" && !slices.Contains(answer.Notes, words) {
		answer.Notes = append(answer.Notes, words)
	}
}

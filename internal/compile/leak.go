package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
)

// checkLeaks finds what the code would let through although nothing declares it. Between two groups that reference each other there is no such thing. There is where both ends name addresses,
// because AWS takes no group there (the internet, another Region, outbound to a transit gateway), and the two tiers are joined for others: network ACLs and routes tell tiers apart, and not roles.
func (c *code) checkLeaks() {
	var clients, servers []*blueprint.Group
	for _, e := range c.environments {
		for _, g := range e.Groups {
			if byAddress(g, true) {
				clients = append(clients, g)
			}
			if byAddress(g, false) {
				servers = append(servers, g)
			}
		}
	}
	ways := map[[2]*blueprint.Tier]*way{}
	for _, client := range clients {
		for _, server := range servers {
			out, outBy := admitted(client, server, true)
			in, inBy := admitted(server, client, false)
			through := meet(out, in)
			if client == server || len(through) == 0 {
				continue
			}
			tiers := [2]*blueprint.Tier{client.Tier, server.Tier}
			if ways[tiers] == nil {
				ways[tiers] = between(client.Tier, server.Tier)
			}
			if through = meet(through, ways[tiers].spans); len(through) == 0 {
				continue // before what is declared is looked for, which takes longer
			}
			if through = without(through, c.declared(client, server)); len(through) == 0 {
				continue
			}
			c.problems.add(client.Service.At, fmt.Sprintf("%s could open connections to %s on %s, which nothing declares", client, server, wordsOf(through)),
				"AWS takes no group there, so %s lets it out by address, %s lets it in by address, and their tiers are joined by %s. Put one of the two roles into a tier of its own.",
				lines(outBy), lines(inBy), ways[tiers].words())
		}
	}
}

func byAddress(g *blueprint.Group, outbound bool) bool {
	return g.Service != nil && slices.ContainsFunc(g.Rules, func(r *blueprint.Rule) bool { return r.Outbound == outbound && r.Peer == nil })
}

// admitted is what the rules by address of a group let through to or from the members of another one, and what they are for.
func admitted(g, other *blueprint.Group, outbound bool) (spans []span, because []*blueprint.Edge) {
	for _, r := range g.Rules {
		if r.Outbound != outbound || r.Peer != nil {
			continue
		}
		for _, block := range r.Blocks {
			if slices.ContainsFunc(other.Tier.Subnets, block.Overlaps) {
				spans = append(spans, spanOf(r.Port))
				because = append(because, r.Because)
				break
			}
		}
	}
	return union(spans), because
}

// way is what gets from one tier to another, groups aside.
type way struct {
	spans   []span
	because []*blueprint.Edge // none: it is one tier
}

func (w *way) words() string {
	if len(w.because) == 0 {
		return "nothing but being the same"
	}
	return "what is declared at " + lines(w.because)
}

func between(from, to *blueprint.Tier) *way {
	if from == to {
		return &way{spans: []span{anything}} // inside a subnet no ACL looks
	}
	w := &way{}
	transit := false
	if from.Environment != to.Environment {
		joined := false
		for _, r := range from.Routes {
			if r.To == to {
				joined, transit = true, r.Kind == blueprint.ToTransit
				w.because = append(w.because, r.Because...)
			}
		}
		if !joined {
			return w
		}
	}
	permitted := func(at, remote *blueprint.Tier, outbound bool) []span {
		var spans []span
		for _, p := range at.Permits {
			if p.Outbound == outbound && (p.Tier == remote || p.Internet && at.Environment != remote.Environment) {
				spans = append(spans, spanOf(p.Port))
				if from.Environment == to.Environment && !slices.Contains(w.because, p.Because) {
					w.because = append(w.because, p.Because)
				}
			}
		}
		return union(spans)
	}
	w.spans = meet(permitted(from, to, true), permitted(to, from, false))
	if transit {
		for k, e := range []*blueprint.Environment{from.Environment, to.Environment} {
			for _, t := range e.Tiers {
				if t.Purpose == intent.ForTransit {
					w.spans = meet(w.spans, permitted(t, []*blueprint.Tier{from, to}[k], k == 1))
				}
			}
		}
	}
	return w
}

// declared is what one group may do with another one: what is declared between them, and what both may do with anybody.
func (c *code) declared(client, server *blueprint.Group) []span {
	var direct, out, in []span
	for _, e := range c.Edges {
		for _, p := range e.Ports {
			switch {
			case e.From.Group == client && e.To.Group == server:
				direct = append(direct, spanOf(p))
			case e.From.Group == client && e.To.Internet && e.Egress == nil:
				out = append(out, spanOf(p))
			case e.To.Group == server && e.From.Internet:
				in = append(in, spanOf(p))
			}
		}
	}
	return union(append(direct, meet(union(out), union(in))...))
}

// meet are the spans that two lists have in common.
func meet(a, b []span) []span {
	var all []span
	for _, one := range a {
		for _, two := range b {
			if low, high := max(one.low, two.low), min(one.high, two.high); low <= high {
				all = append(all, span{low, high})
			}
		}
	}
	return union(all)
}

// without are the spans of a list that another one does not have.
func without(a, b []span) []span {
	for _, gone := range b {
		var left []span
		for _, s := range a {
			if s.low < gone.low {
				left = append(left, span{s.low, min(s.high, gone.low-1)})
			}
			if s.high > gone.high {
				left = append(left, span{max(s.low, gone.high+1), s.high})
			}
		}
		a = left
	}
	return union(a)
}

// wordsOf are spans as the language has ports.
func wordsOf(spans []span) string {
	var words []string
	for _, s := range slices.SortedFunc(slices.Values(spans), func(a, b span) int { return cmp.Compare(a.low, b.low) }) {
		words = append(words, s.port().String())
	}
	return strings.Join(words, ", ")
}

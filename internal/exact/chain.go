package exact

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// chains proves flows by way of PrivateLink as a whole: from the role to the endpoint, and from the load balancer behind it to the other role (PL-4, PL-6).
func (c *checker) chains() error {
	done := map[[2]any]bool{}
	for _, e := range c.Edges {
		if e.Endpoint == nil || c.doors[e.Endpoint] == nil {
			continue // or it was told that there is none
		}
		for _, p := range c.parties {
			if p.astray || p.balancer != nil || !slices.Contains(p.roles, e.From.Group) || done[[2]any{p, e.Endpoint}] {
				continue
			}
			done[[2]any{p, e.Endpoint}] = true
			var list []*blueprint.Edge
			for _, other := range e.Endpoint.Edges {
				if slices.Contains(p.roles, other.From.Group) {
					list = append(list, other)
				}
			}
			if err := c.chain(p, e.Endpoint, list); err != nil {
				return err
			}
		}
	}
	return nil
}

// chain proves what is declared from a party to what is behind an endpoint.
func (c *checker) chain(p *party, door *blueprint.Endpoint, list []*blueprint.Edge) error {
	need := c.edges.set(list)
	e, _ := c.session.Network().Endpoints.Get(c.doors[door].ID)
	q := reach.Question{Sources: c.ends(p), Service: &reach.Service{Endpoint: e}, Traffic: need, Family: reach.IPv4}
	fares := map[reach.Verdict]packet.Set{}
	all := packet.None
	for _, part := range c.session.Engine().Can(q) {
		all = all.Union(part.Traffic)
		if part.Verdict == reach.Unknown && undocumented(part) && c.behind(door, part.Traffic) {
			c.assumeNoList()
			continue
		}
		fares[part.Verdict] = fares[part.Verdict].Union(part.Traffic)
	}
	fares[reach.Unreachable] = fares[reach.Unreachable].Union(need.Subtract(all))
	source, destination := p.label, door.Service.Provider.String()
	at := []*site{p.site, c.siteFor(door.Service.Environment)}
	for _, v := range []struct {
		verdict reach.Verdict
		effect  report.Effect
		how     string
	}{
		{reach.Unreachable, report.Broken, "%s cannot reach %s by PrivateLink on %s: %s it"},
		{reach.OneWay, report.Broken, "%s gets packets to %s by PrivateLink on %s, and no replies: %s it"},
		{reach.Unknown, report.Doubtful, "Whether %s can reach %s by PrivateLink on %s, which %s, is not known"},
	} {
		if fares[v.verdict].IsEmpty() {
			continue
		}
		words := report.Question{Source: source, Destination: destination, Protocol: "any", Family: "ipv4"}
		part, _, err := c.session.Show(q, words, func(part reach.Part) bool { return part.Verdict == v.verdict })
		if err != nil {
			return err
		}
		var behind []string // what is not known there, which is its owner's
		if door.Service.Provider.Service.Kind == intent.ALB && v.effect == report.Broken {
			behind = []string{"what is behind the application load balancer of " + destination}
			v.effect, v.how = report.Doubtful, "Whether what is behind the application load balancer takes what %s sends to %s by PrivateLink on %s, which %s, is not known"
		}
		f := &found{effect: v.effect, unknown: behind, rule: "connection", pattern: privateLinkPattern, at: at, traffic: fares[v.verdict], because: list,
			message:    fmt.Sprintf(v.how, source, destination, headerWords(fares[v.verdict]), do(list, "declare")),
			mend:       "Let it through.",
			connection: &connection{source: source, destination: destination, verdict: report.Verdict(v.verdict), family: reach.IPv4, part: part}}
		if part != nil {
			for _, h := range slices.Concat(part.Path, part.Reply) {
				if v.effect == report.Doubtful && h.Effect == report.Doubt {
					f.unknown = append(f.unknown, strings.TrimSpace(h.Kind+" "+orID(h.Name, h.ID)+": "+h.Rule))
				}
			}
		}
		if stops := stopsOf(part); len(stops) > 0 {
			f.mend = "Mend what stops it: " + strings.Join(stops, "; ") + "."
		}
		if len(f.unknown) > 0 {
			f.message += ": " + few(f.unknown)
			f.mend = "Give the input that tells."
		}
		f.message += "."
		c.add(f)
	}
	return nil
}

// undocumented tells whether nothing is in doubt of a way but whether the network ACL of the load balancer's subnet looks at what comes by PrivateLink, which AWS does not say (PL-4).
func undocumented(part reach.Part) bool {
	found := false
	for _, h := range slices.Concat(part.Path, part.Reply) {
		if h.Effect != reach.Doubt {
			continue
		}
		if h.Kind != "network ACL" || !strings.HasSuffix(h.Rule, "stops what comes by PrivateLink is not documented") {
			return false
		}
		found = true
	}
	return found
}

// behind tells whether nothing is lost, or in doubt, from the load balancer behind an endpoint to the role: what is in doubt before that hides it.
func (c *checker) behind(door *blueprint.Endpoint, need packet.Set) bool {
	front := c.fronts[door.Service]
	for at, s := range c.inside {
		if front == nil || at.from.balancer == nil || at.from.balancer.ID != front.balancer.ID || !slices.Contains(at.to.roles, door.Service.Provider) {
			continue
		}
		if s.OneWay.Union(s.Unknown).SomeClients(1024, 65535).Overlaps(need) {
			return false
		}
	}
	return true
}

// assumeNoList says that network ACLs were taken not to look at what comes by PrivateLink: what comes by it is not of the VPC, and has addresses that may be somebody else's there.
func (c *checker) assumeNoList() {
	const words = "Whether the network ACL of a load balancer's subnet looks at what comes by PrivateLink is not documented: it was taken not to, for such packets have the addresses of another VPC."
	if !slices.Contains(c.assumptions, words) {
		c.assumptions = append(c.assumptions, words)
	}
}

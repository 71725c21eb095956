package exact

import (
	"fmt"
	"slices"
	"time"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

// Options say how to look.
type Options struct {
	// Now decides which flows have expired: its date, in its own zone.
	Now time.Time
}

// Check holds a network to a segmentation. The error is a [*query.Bug].
func Check(s *intent.Segmentation, n *network.Network, o Options) (*report.Exactness, error) {
	c := newChecker(blueprint.New(s), n)
	c.match()
	c.controls()
	c.imagine()
	if err := c.connections(); err != nil {
		return nil, err
	}
	guardrails, err := c.guardrails()
	if err != nil {
		return nil, err
	}
	c.doubt()
	c.expired(o.Now)
	return c.document(guardrails), nil
}

// checker is a network that is held to a blueprint.
type checker struct {
	*blueprint.Blueprint
	network *network.Network // as it was read
	sites   []*site          // of the environments, in their order
	byVPC   map[string]*site
	groupOf map[*blueprint.Group]*network.SecurityGroup // those that are there
	group   map[string]*blueprint.Group                 // by identifier of the security group
	twins   map[string][]*blueprint.Group               // of one security group that stands for a role in each of several tiers
	place   map[string]place                            // by subnet: of subnets that a tier has
	doors   map[*blueprint.Endpoint]*network.Endpoint   // those that are there
	fronts  map[*blueprint.EndpointService]*front       // those that are there

	session *query.Session // of the network with members to be
	parties []*party
	edges   edges
	ways    []way
	inside  map[pair]said // what the engine says of two parties, by their private addresses and over IPv4

	found       []*found
	assumptions []string
}

func newChecker(b *blueprint.Blueprint, n *network.Network) *checker {
	return &checker{
		Blueprint: b, network: n, byVPC: map[string]*site{}, groupOf: map[*blueprint.Group]*network.SecurityGroup{}, group: map[string]*blueprint.Group{}, twins: map[string][]*blueprint.Group{}, place: map[string]place{},
		doors: map[*blueprint.Endpoint]*network.Endpoint{}, fronts: map[*blueprint.EndpointService]*front{},
	}
}

// controls holds each control to the blueprint, alone. Those of a VPC that existed before are held to nothing.
func (c *checker) controls() {
	c.privateLinks() // which finds what its groups are for
	for _, s := range c.sites {
		if s.vpc == nil || s.VPC != "" {
			continue // or its controls are not ours
		}
		s.blocks()
		s.tiers()
		s.routes()
		s.lists()
		s.gateways()
		s.groups()
		s.members()
		s.firewall()
	}
	c.hosts()
	c.peerings()
	c.transits()
	c.found = slices.DeleteFunc(c.found, func(f *found) bool {
		return f.rule != "environment" && f.rule != "vpc" && slices.ContainsFunc(f.at, func(s *site) bool { return s != nil && s.VPC != "" })
	})
}

// expired tells of flows and egresses whose last day is over.
func (c *checker) expired(now time.Time) {
	today := now.Format(time.DateOnly)
	note := func(a intent.Accountable, what string, s *site, edge *blueprint.Edge) {
		if a.Until.IsZero() || a.Until.Format(time.DateOnly) >= today {
			return
		}
		c.add(&found{effect: report.Aware, warning: true, rule: "expired", pattern: c.patternOf(edge), at: []*site{s}, because: []*blueprint.Edge{edge},
			message: fmt.Sprintf("%s was to end on %s.", what, a.Until.Format(time.DateOnly)),
			mend:    fmt.Sprintf("Take the block at %s out and compile again, or say until when it goes on.", a.Line()),
		})
	}
	var flows []*intent.Flow
	for _, e := range c.Edges {
		switch {
		case e.Egress != nil:
			note(e.Egress.Accountable, "The egress of "+e.From.String(), c.siteOf(e.From, e.To), e)
		case !slices.Contains(flows, e.Flow):
			flows = append(flows, e.Flow)
			note(e.Flow.Accountable, fmt.Sprintf("The flow from %s to %s", e.Flow.From, e.Flow.To), c.siteOf(e.From, e.To), e)
		}
	}
}

// siteOf is the site of the first of some nodes that has one.
func (c *checker) siteOf(nodes ...blueprint.Node) *site {
	for _, n := range nodes {
		if n.Group != nil {
			return c.siteFor(n.Group.Environment)
		}
	}
	return nil
}

func (c *checker) siteFor(e *blueprint.Environment) *site {
	return c.sites[slices.Index(c.Environments, e)]
}

// document puts all that was found together.
func (c *checker) document(guardrails []report.Guardrail) *report.Exactness {
	s := c.Segmentation
	d := &report.Exactness{
		Schema: report.Schema, Kind: report.KindExactness, Segmentation: s.Files(), Verdict: report.Exact, Environments: []report.Environment{}, Guardrails: guardrails,
		Extent:  report.Extent{Flows: len(s.Flows), Egresses: len(s.Egresses)},
		Hygiene: []report.Hygiene{}, Assumptions: append([]string{}, c.assumptions...), AssumedEmpty: c.session.AssumedEmpty(), Problems: len(c.network.Problems),
	}
	for _, e := range s.Environments {
		d.Extent.Roles += len(e.Services)
	}
	d.Deviations = c.deviations()
	d.Environments = c.states(d.Deviations)
	var unknown []string
	worst := 0
	for i := range d.Deviations {
		v := &d.Deviations[i]
		unknown = append(unknown, v.Unknown...)
		worst = max(worst, map[report.Effect]int{report.Doubtful: 1, report.Undeclared: 2, report.Broken: 2}[v.Effect])
	}
	for _, g := range guardrails {
		unknown = append(unknown, g.Unknown...)
		worst = max(worst, map[string]int{string(report.Unknown): 1, report.Violated: 2}[g.State])
	}
	d.Verdict = []string{report.Exact, string(report.Unknown), report.Inexact}[worst]
	d.NotModelled = c.session.NotModelled(unknown)
	d.Assumptions = append(d.Assumptions, c.session.Network().Assumptions...)
	c.session.Readable(d)
	return d
}

package exact

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// guardrails proves what is ruled out, over the network.
func (c *checker) guardrails() ([]report.Guardrail, error) {
	list := []report.Guardrail{}
	for _, f := range c.Segmentation.Forbids {
		g := report.Guardrail{A: f.A.Text, B: f.B.Text, State: report.Holds, Reason: f.Reason, Owner: f.Owner, Location: report.Location{File: f.At.Filename, Line: f.At.Start.Line}}
		if err := c.guardrail(f, &g); err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, nil
}

// side is what one side of a guardrail stands for in the network.
type side struct {
	reach.Ends
	absent []string // what of it the network does not have
}

func (c *checker) side(x intent.Selection) side {
	e := c.session.Engine()
	var out side
	var list []*network.Interface
	tiers := map[*intent.Tier]bool{}
	for _, t := range x.Tiers {
		tiers[t] = true
	}
	roles := map[*intent.Service]bool{}
	for _, r := range x.Services {
		roles[r] = true
	}
	for _, s := range c.sites {
		if s.vpc == nil && (slices.ContainsFunc(x.Tiers, func(t *intent.Tier) bool { return t.Environment == s.Environment.Environment }) ||
			slices.ContainsFunc(x.Services, func(r *intent.Service) bool { return r.Environment == s.Environment.Environment })) {
			out.absent = append(out.absent, "the VPC of the environment "+s.Name)
		}
	}
	for _, i := range c.session.Network().Interfaces.All() {
		if i.Conduit() {
			continue
		}
		at, placed := c.place[i.Subnet]
		chosen := placed && tiers[at.tier.Tier]
		groups, _ := c.roles(i)
		for _, g := range groups {
			chosen = chosen || g.Service != nil && roles[g.Service]
		}
		chosen = chosen || x.Block.IsValid() && slices.ContainsFunc(i.Addresses, func(a network.Address) bool {
			return x.Block.Contains(a.IP) || a.Public.IsValid() && x.Block.Contains(a.Public)
		})
		if chosen {
			list = append(list, i)
		}
	}
	out.Ends = e.Interfaces(list...)
	if x.Internet || x.Hostname != "" {
		out.Ends = out.Ends.Join(e.Internet())
	}
	if x.Block.IsValid() {
		out.Ends = out.Ends.Join(e.Outside(x.Block))
	}
	return out
}

// guardrail proves one: nothing in A gets a packet to anything in B.
func (c *checker) guardrail(f *intent.Forbid, g *report.Guardrail) error {
	a, b := c.side(f.A), c.side(f.B)
	g.Unknown = append(a.absent, b.absent...)
	if len(g.Unknown) > 0 {
		g.State = string(report.Unknown)
	}
	if a.Empty() || b.Empty() {
		return nil
	}
	q := reach.Question{Sources: a.Ends, Destinations: b.Ends, Traffic: query.Traffic()}
	if f.B.Hostname != "" {
		return c.ruledOutName(f, g, q)
	}
	label := func(*network.Interface) []string { return []string{mark} }
	open, doubt := packet.None, packet.None
	var blame []string
	family := reach.IPv4
	for _, cell := range c.session.Engine().Tally(q, label, label) {
		if len(cell.Outside) > 0 && cell.Source != mark && cell.Destination != mark {
			continue
		}
		if through := cell.Outcome.Reachable.Union(cell.Outcome.OneWay); !through.IsEmpty() && open.IsEmpty() && cell.Family == reach.IPv6 {
			family = reach.IPv6
		}
		open = open.Union(cell.Outcome.Reachable).Union(cell.Outcome.OneWay)
		doubt = doubt.Union(cell.Outcome.Unknown)
		blame = append(blame, cell.Blame...)
	}
	q.Family = family
	switch {
	case !open.IsEmpty():
		q.Traffic = open
		part, err := c.show(q, g.A, g.B, reach.Reachable, reach.OneWay)
		if err != nil {
			return err
		}
		g.State, g.Traffic, g.Unknown = report.Violated, query.Products(open), nil
		show(g, part)
	case !doubt.IsEmpty():
		q.Traffic = doubt
		part, err := c.show(q, g.A, g.B, reach.Unknown)
		if err != nil {
			return err
		}
		slices.Sort(blame)
		g.State, g.Traffic, g.Unknown = string(report.Unknown), query.Products(doubt), append(g.Unknown, slices.Compact(blame)...)
		show(g, part)
	}
	if g.State == report.Violated {
		return nil
	}
	return c.relayed(g, a.Ends, b.Ends)
}

// relayed proves a guardrail against what network load balancers pass on: they open a connection of their own, and copy what they are sent.
func (c *checker) relayed(g *report.Guardrail, from, to reach.Ends) error {
	e := c.session.Engine()
	nodes := map[*network.LoadBalancer][]*network.Interface{}
	var order []*network.LoadBalancer
	for _, i := range c.session.Network().Interfaces.All() {
		if b := c.session.BalancerOf(i); b != nil && b.Type == "network" {
			if nodes[b] == nil {
				order = append(order, b)
			}
			nodes[b] = append(nodes[b], i)
		}
	}
	label := func(*network.Interface) []string { return []string{mark} }
	through := func(q reach.Question) (open, doubt packet.Set) {
		open, doubt = packet.None, packet.None
		for _, cell := range e.Tally(q, label, label) {
			if len(cell.Outside) == 0 || cell.Source == mark || cell.Destination == mark {
				open = open.Union(cell.Outcome.Reachable).Union(cell.Outcome.OneWay)
				doubt = doubt.Union(cell.Outcome.Unknown)
			}
		}
		return open, doubt
	}
	reached := map[*network.LoadBalancer][]string{} // by which of them, in their order
	var words []string
	for again := true; again; {
		again = false
		for _, b := range order {
			if reached[b] != nil {
				continue
			}
			open, _ := through(reach.Question{Sources: from, Destinations: e.Interfaces(nodes[b]...), Traffic: query.Traffic()})
			if !open.Overlaps(listening(&party{balancer: b})) {
				continue
			}
			reached[b], again = append(slices.Clone(words), balancerWords(b)), true
			q := reach.Question{Sources: e.Interfaces(nodes[b]...), Destinations: to, Traffic: query.Traffic()}
			if open, doubt := through(q); !open.IsEmpty() {
				q.Traffic = open
				part, err := c.show(q, g.A, g.B, reach.Reachable, reach.OneWay)
				if err != nil {
					return err
				}
				g.State, g.Traffic, g.By, g.Unknown = report.Violated, query.Products(open), reached[b], nil
				show(g, part)
				return nil
			} else if !doubt.IsEmpty() && g.State == report.Holds {
				g.State, g.Unknown = string(report.Unknown), append(g.Unknown, "what "+balancerWords(b)+" passes on")
			}
			from = from.Join(e.Interfaces(nodes[b]...))
			words = append(words, balancerWords(b))
		}
	}
	return nil
}

func balancerWords(b *network.LoadBalancer) string { return "load balancer " + label(&b.Object) }

// ruledOutName proves that no data with a name gets out (FW-11). A name that no firewall looks at is one that any connection to the internet may have.
func (c *checker) ruledOutName(f *intent.Forbid, g *report.Guardrail, q reach.Question) error {
	passes := func(part reach.Part) (through, unknown bool) {
		switch l := part.Limits; {
		case part.Verdict == reach.Unknown:
			return false, true
		case part.Verdict != reach.Reachable || l != nil && l.HandshakeOnly:
			return false, false
		case l == nil:
			return true, false
		case l.Unknown != "":
			return false, true
		default:
			named := slices.ContainsFunc(l.Names, func(n string) bool { return overlap(n, awsName(f.B.Hostname)) })
			open := l.Open != "" && l.Open != "data that is neither TLS nor HTTP" && !covered(awsName(f.B.Hostname), l.Denied)
			return named || open, false
		}
	}
	open, doubt := packet.None, packet.None
	for _, part := range c.session.Engine().Can(q) {
		through, unknown := passes(part)
		if through {
			open = open.Union(part.Traffic)
		}
		if unknown {
			doubt = doubt.Union(part.Traffic)
		}
	}
	if open.IsEmpty() && doubt.IsEmpty() {
		return nil
	}
	g.State = report.Violated
	if open.IsEmpty() {
		g.State, g.Unknown = string(report.Unknown), append(g.Unknown, "which names get out")
		open = doubt
	}
	part, _, err := c.session.Show(q, report.Question{Source: g.A, Destination: g.B, Protocol: "any", Family: "any"}, func(p reach.Part) bool {
		through, unknown := passes(p)
		return through && g.State == report.Violated || unknown && g.State != report.Violated
	})
	g.Traffic = query.Products(open)
	show(g, part)
	return err
}

// overlap tells whether two names of domain lists have one in common.
func overlap(a, b string) bool {
	a, _, _ = strings.Cut(a, " ")
	return covered(a, []string{b}) || covered(b, []string{a})
}

func show(g *report.Guardrail, part *report.Part) {
	if part != nil {
		g.Witness, g.Path, g.Reply = part.Witness, part.Path, part.Reply
	}
}

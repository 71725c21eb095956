package intent

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// checkFlow holds a flow to the rules of the language, and fills in its ports.
func (l *loader) checkFlow(b *flowBlock, f *Flow) bool {
	before := len(l.errors)
	from, to := f.From.Service, f.To.Service
	switch {
	case from == nil && to == nil:
		l.wrong(b.At, "One of its ends is a role.", "the flow is between %s and %s, which are both outside", f.From, f.To)
		return false
	case to == nil:
		l.checkOut(b, f)
	case from == nil && to.Declared.Internet.known() && to.Declared.Internet != Direct:
		l.wrong(b.to.at, `Put a load balancer in front of it, in a tier with internet = "direct".`, "nothing from outside gets to %s: its tier %q has internet = %q", to, to.Declared.Name, to.Declared.Internet)
	}
	if to != nil {
		l.checkServed(b, f)
	}
	l.checkPublic(b, f)
	l.checkVia(b, f)
	for _, other := range l.Flows {
		if other.From == f.From && other.To == f.To && len(l.errors) == before {
			if p := slices.IndexFunc(f.Ports, func(p Port) bool { return slices.Contains(other.Ports, p) }); p >= 0 {
				l.wrong(b.At, "It is declared at "+where(other.At)+" already: leave one of them out.", "the flow from %s to %s on %s is declared twice", f.From, f.To, f.Ports[p])
			}
		}
	}
	return len(l.errors) == before
}

// checkOut checks a flow that leaves.
func (l *loader) checkOut(b *flowBlock, f *Flow) {
	s := f.From.Service
	switch s.Declared.Internet {
	default: // not known: said before
	case Filtered:
		l.wrong(b.to.at, fmt.Sprintf("Name the domains: egress %q %q { domains = [\"…\"] }.", s.Environment.Name, s.Name), "%s is in tier %q, whose way out is filtered by name", s, s.Declared.Name)
	case None:
		l.wrong(b.from.at, "Put it into a tier that has one.", "%s is in tier %q, which has no way out", s, s.Declared.Name)
	case NAT, Direct:
		if i := slices.IndexFunc(f.Ports, func(p Port) bool { return p.Protocol == "any" }); i >= 0 && s.Declared.Internet == NAT && s.Environment.VPC == "" {
			l.wrong(b.ports[i].at, `Name them: ports = ["tcp/1-65535", "udp/1-65535", "icmp"].`, "a NAT gateway carries TCP, UDP and ICMP, and not %s", f.Ports[i])
		}
		if len(f.Ports) == 0 {
			l.wrong(b.At, `Say which: ports = ["tcp/443"].`, "a flow to %s has no ports of its own", f.To)
		}
	}
}

// checkPublic: where an internet gateway is the way out, only what has a public address can use it. Functions and caches in a VPC get none (LAMBDA-1).
func (l *loader) checkPublic(b *flowBlock, f *Flow) {
	for _, s := range []*Service{f.From.Service, f.To.Service} {
		if s == nil || f.From.Service != nil && f.To.Service != nil || s.Declared.Internet != Direct || s.Kind != Lambda && s.Kind != ElastiCache {
			continue
		}
		l.wrong(b.At, `Put it into a tier with internet = "nat" or "filtered", from which it can open connections; nothing outside can reach it.`,
			"%s is of kind %s, and gets no public address in tier %q, which has no other way out", s, s.Kind, s.Declared.Name)
	}
}

// checkServed checks the ports of a flow against those that its destination serves.
func (l *loader) checkServed(b *flowBlock, f *Flow) {
	s := f.To.Service
	if s.Kind == Lambda {
		l.wrong(b.to.at, "A function in a VPC opens connections, and never takes one.", "nothing connects to %s", s)
		return
	}
	if len(f.Ports) == 0 {
		f.Ports = s.Serves
		if len(f.Ports) == 0 {
			l.wrong(b.to.at, `Say what it listens on, at `+where(s.At)+`: serves = ["tcp/443"].`, "%s serves nothing", s)
		}
		return
	}
	for i, p := range f.Ports {
		if !slices.ContainsFunc(s.Serves, func(served Port) bool { return served.covers(p) }) {
			at := b.portsAt
			if i < len(b.ports) {
				at = b.ports[i].at
			}
			serves := "nothing"
			if len(s.Serves) > 0 {
				serves = inWords(names(s.Serves, Port.String))
			}
			l.wrong(at, fmt.Sprintf("It serves %s (%s): take one of these, or add %s to its serves.", serves, where(s.At), p), "%s does not serve %s", s, p)
		}
	}
}

// covers tells whether every packet of another port is one of this.
func (p Port) covers(other Port) bool {
	return p.Protocol == "any" || p.Protocol == other.Protocol && p.From <= other.From && other.To <= p.To
}

// checkVia checks how a flow gets from one environment to another.
func (l *loader) checkVia(b *flowBlock, f *Flow) {
	crossing := f.From.Service != nil && f.To.Service != nil && f.From.Service.Environment != f.To.Service.Environment
	const choice = `via = "peering" (routes between the subnets of the two roles), "privatelink" (an endpoint, no routes) or "transit" (a transit gateway)`
	switch {
	case !crossing && f.Via != Inside:
		l.wrong(b.via.at, "Leave via out: it is for flows from one environment to another.", "the flow from %s to %s crosses nothing", f.From, f.To)
	case !crossing:
	case f.Via == Inside:
		l.wrong(b.At, "Say how: "+choice+".", "the flow goes from environment %q to environment %q", f.From.Service.Environment.Name, f.To.Service.Environment.Name)
	case f.Via != Peering && f.Via != PrivateLink && f.Via != Transit:
		l.wrong(b.via.at, "It is "+choice+".", "via cannot be %q", f.Via)
	case f.Via != Peering && f.From.Service.Environment.Region != f.To.Service.Environment.Region:
		one, two := f.From.Service.Environment, f.To.Service.Environment
		l.wrong(b.via.at, `Use via = "peering".`, "%s does not go from one Region to another: %q is in %s, and %q in %s", f.Via, one.Name, one.Region, two.Name, two.Region)
	case f.Via == PrivateLink && (f.From.Service.Environment.VPC != "" || f.To.Service.Environment.VPC != ""):
		l.wrong(b.via.at, "Declare the endpoint, and the load balancer behind it, as roles of their environments.", "PrivateLink is compiled on both sides, and one of them is a VPC that exists already")
	case f.Via == PrivateLink:
		for i, p := range f.Ports {
			if p.Protocol != "tcp" || p.From != p.To {
				at := b.to.at
				if i < len(b.ports) {
					at = b.ports[i].at
				}
				l.wrong(at, `Name single TCP ports: ports = ["tcp/443"].`, "a load balancer in front of a private service listens on single TCP ports, not on %s", p)
			}
		}
	}
	if f.Hostname == "" {
		return
	}
	if f.Via != PrivateLink {
		l.wrong(b.hostname.at, `Leave it out, or use via = "privatelink".`, "a hostname is for flows by way of PrivateLink")
	} else if !hostnameForm.MatchString(f.Hostname) || strings.HasPrefix(f.Hostname, "*") {
		l.wrong(b.hostname.at, `Write the name by which the service is to be called: "api.internal.example.com".`, "%q is no hostname", b.hostname.text)
	}
	for _, other := range l.Flows {
		if other.Hostname == f.Hostname && other.To != f.To && other.From.Service.Environment == f.From.Service.Environment {
			l.wrong(b.hostname.at, fmt.Sprintf("It stands for %s at %s: give one of them another name.", other.To, where(other.At)), "%s would be two things in environment %q", f.Hostname, f.From.Service.Environment.Name)
			return
		}
	}
}

// checkOverlaps: environments that exchange packets by their addresses have addresses of their own.
func (l *loader) checkOverlaps() {
	type pair struct{ one, two *Environment }
	seen := map[pair]bool{}
	for _, f := range l.Flows {
		if f.Via != Peering && f.Via != Transit {
			continue
		}
		one, two := f.From.Service.Environment, f.To.Service.Environment
		if seen[pair{one, two}] || one.VPC != "" && two.VPC != "" {
			continue // or they are joined already
		}
		seen[pair{one, two}], seen[pair{two, one}] = true, true
		if one.Block.Overlaps(two.Block) {
			l.wrong(f.At, fmt.Sprintf(`Give one of them another block, or use via = "privatelink", which takes overlapping ones. They are declared at %s and %s.`, where(one.At), where(two.At)),
				"%s needs addresses that differ: environment %q has %s, and %q has %s", f.Via, one.Name, one.Block, two.Name, two.Block)
		}
	}
	// All members of a transit gateway are in one table of addresses.
	byRegion := map[string][]*Environment{}
	for _, f := range l.Flows {
		if f.Via != Transit {
			continue
		}
		for _, e := range []*Environment{f.From.Service.Environment, f.To.Service.Environment} {
			if slices.Contains(byRegion[e.Region], e) {
				continue
			}
			for _, other := range byRegion[e.Region] {
				if other.VPC != "" && e.VPC != "" {
					continue
				}
				if other.Block.Overlaps(e.Block) && !seen[pair{e, other}] {
					seen[pair{e, other}], seen[pair{other, e}] = true, true
					l.wrong(f.At, fmt.Sprintf("Give one of them another block. They are declared at %s and %s.", where(other.At), where(e.At)),
						"environments %q (%s) and %q (%s) are joined by the transit gateway of %s, and share addresses", other.Name, other.Block, e.Name, e.Block, e.Region)
				}
			}
			byRegion[e.Region] = append(byRegion[e.Region], e)
		}
	}
}

// checkJoins: a route table has one way to an address, and so has that of a transit gateway.
func (l *loader) checkJoins() {
	type pair struct{ one, two *Tier }
	ways := map[pair]*Flow{}
	neighbours := map[*Environment][]*Flow{}
	said := map[[2]*Environment]bool{}
	for _, f := range l.Flows {
		if f.Via != Peering && f.Via != Transit || f.From.Service.Environment.VPC != "" || f.To.Service.Environment.VPC != "" {
			continue
		}
		from, to := f.From.Service, f.To.Service
		other := ways[pair{from.Tier, to.Tier}]
		switch {
		case other == nil:
			ways[pair{from.Tier, to.Tier}], ways[pair{to.Tier, from.Tier}] = f, f
		case other.Via != f.Via:
			l.wrong(f.At, fmt.Sprintf("Go by way of %s here as well, or put one of the roles into another tier: a route table has one way to a subnet.", other.Via),
				"tiers %s/%s and %s/%s are joined by %s at %s already, and cannot be joined by %s too", from.Environment.Name, from.Tier.Name, to.Environment.Name, to.Tier.Name, other.Via, where(other.At), f.Via)
		}
		for _, end := range [][2]*Environment{{from.Environment, to.Environment}, {to.Environment, from.Environment}} {
			here, there := end[0], end[1]
			for _, before := range neighbours[here] {
				third := before.From.Service.Environment
				if third == here {
					third = before.To.Service.Environment
				}
				if third == there || !third.Block.Overlaps(there.Block) || said[[2]*Environment{third, there}] {
					continue
				}
				said[[2]*Environment{third, there}], said[[2]*Environment{there, third}] = true, true
				l.wrong(f.At, `Give one of them another block, or use via = "privatelink" for one of the two.`,
					"environment %q is joined to %q (%s) at %s, and to %q (%s) here, which share addresses", here.Name, third.Name, third.Block, where(before.At), there.Name, there.Block)
			}
			neighbours[here] = append(neighbours[here], f)
		}
	}
}

// checkNames: the groups of endpoints and balancers are called after the role behind them.
func (l *loader) checkNames() {
	type key struct {
		in   *Environment
		role string
	}
	behind := map[key]*Flow{}
	taken := func(f *Flow, e *Environment, name string) {
		if i := slices.IndexFunc(e.Services, func(s *Service) bool { return s.Name == name }); i >= 0 {
			l.wrong(e.Services[i].At, fmt.Sprintf("The flow at %s makes a group of that name: give the role another one.", where(f.At)), "%s is called like a part of PrivateLink", e.Services[i])
		}
	}
	for _, f := range l.Flows {
		if f.Via != PrivateLink {
			continue
		}
		user, provider := f.From.Service.Environment, f.To.Service
		k := key{user, provider.Name}
		switch other := behind[k]; {
		case other == nil:
			behind[k] = f
			taken(f, user, provider.Name+"-endpoint")
			taken(f, provider.Environment, provider.Name+"-balancer")
		case other.To.Service != provider:
			l.wrong(f.At, "Their endpoints are called after the roles behind them: give one of the two roles another name.", "environment %q would have two endpoints %q, of %s (%s) and of %s", user.Name, provider.Name+"-endpoint", other.To, where(other.At), f.To)
		}
	}
}

// checkDomains: a firewall tells subnets apart, not groups.
func (l *loader) checkDomains() {
	first := map[*Tier]*Egress{}
	for _, e := range l.Egresses {
		other := first[e.Service.Tier]
		if other == nil {
			first[e.Service.Tier] = e
			continue
		}
		if a, b := slices.Sorted(slices.Values(e.Domains)), slices.Sorted(slices.Values(other.Domains)); !slices.Equal(a, b) {
			l.wrong(e.At, fmt.Sprintf("A firewall tells subnets apart, not groups: give both the same domains (%s has others at %s), or put one of the roles into a tier of its own.", other.Service, where(other.At)),
				"%s and %s share tier %q, and their domains differ", e.Service, other.Service, e.Service.Tier.Name)
		}
	}
}

// checkForbids: no declaration may contradict a guardrail.
func (l *loader) checkForbids() {
	for _, g := range l.Forbids {
		for _, f := range l.Flows {
			if g.A.matches(f.From) && (g.B.matches(f.To) || f.Hostname != "" && g.B.Hostname != "" && namesOverlap(g.B.Hostname, f.Hostname)) {
				l.ruledOut(f.Accountable, g, fmt.Sprintf("the flow from %s to %s", f.From, f.To))
			}
		}
		for _, e := range l.Egresses {
			if !g.A.matches(End{Service: e.Service}) {
				continue
			}
			for _, name := range e.Domains {
				if g.B.includes(name) {
					l.ruledOut(e.Accountable, g, fmt.Sprintf("the egress of %s to %s", e.Service, name))
					break
				}
			}
		}
	}
}

// checkMeetings: what may go to the internet, and what takes connections from there, meet: a guardrail between the two cannot hold.
func (l *loader) checkMeetings() {
	type way struct {
		service *Service
		ports   []Port
		line    string
	}
	var out, in []way
	for _, f := range l.Flows {
		switch {
		case f.From.Service != nil && f.To.Internet:
			out = append(out, way{f.From.Service, f.Ports, where(f.At)})
		case f.From.Internet && f.To.Service != nil:
			in = append(in, way{f.To.Service, f.Ports, where(f.At)})
		}
	}
	for _, e := range l.Egresses {
		out = append(out, way{e.Service, []Port{{Protocol: "tcp", From: 443, To: 443}, {Protocol: "tcp", From: 80, To: 80}}, where(e.At)})
	}
	among := func(all []way, x Selection) []way {
		return slices.DeleteFunc(slices.Clone(all), func(w way) bool { return !x.matches(End{Service: w.service}) })
	}
	for _, g := range l.Forbids {
		servers := among(in, g.B)
		if len(servers) == 0 {
			continue
		}
		for _, client := range among(out, g.A) {
			for _, server := range servers {
				if slices.ContainsFunc(client.ports, func(p Port) bool { return slices.ContainsFunc(server.ports, p.overlaps) }) {
					l.wrong(g.At, fmt.Sprintf("%s may go to the internet (%s), and %s takes connections from there (%s): take one of the two back, or the guardrail.", client.service, client.line, server.service, server.line),
						"the guardrail cannot hold: %s and %s meet on the internet", client.service, server.service)
				}
			}
		}
	}
}

// overlaps tells whether two ports have a packet in common.
func (p Port) overlaps(other Port) bool {
	return p.Protocol == "any" || other.Protocol == "any" || p.Protocol == other.Protocol && p.From <= other.To && other.From <= p.To
}

// Rule says whose guardrail it is, and why: "forbid internet tier:data (PCI DSS 1.4.4; owner security; guardrails.hcl:3)".
func (f *Forbid) Rule() string {
	words := []string{}
	if f.Reason != "" {
		words = append(words, f.Reason)
	}
	if f.Owner != "" {
		words = append(words, "owner "+f.Owner)
	}
	return fmt.Sprintf("forbid %s %s (%s)", f.A.Text, f.B.Text, strings.Join(append(words, where(f.At)), "; "))
}

func (l *loader) ruledOut(a Accountable, g *Forbid, what string) {
	l.wrong(a.At, "Take it back, or ask those who keep that guardrail.", "%s is ruled out by %s", what, g.Rule())
}

// matches tells whether an end of a flow is among what a selector of a guardrail stands for.
func (x Selection) matches(e End) bool {
	switch {
	case e.Service != nil:
		return slices.Contains(x.Services, e.Service) || x.Block.IsValid() && slices.ContainsFunc(e.Service.Tier.Subnets, x.Block.Overlaps)
	case e.Internet:
		return x.Internet || x.Hostname != "" || x.Block.IsValid() && !private(x.Block)
	}
	return x.Internet && !private(e.Block) || x.Block.IsValid() && x.Block.Overlaps(e.Block)
}

// includes tells whether a name on the internet is among what a selector of a guardrail stands for. A name may have any address there, so a block of them is never safe from it.
func (x Selection) includes(name string) bool {
	return x.Internet || x.Block.IsValid() && !private(x.Block) || x.Hostname != "" && namesOverlap(x.Hostname, name)
}

// private tells whether a block is of those that nobody has on the internet (RFC 1918, RFC 6598).
func private(p netip.Prefix) bool {
	return slices.ContainsFunc([]string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"}, func(block string) bool {
		b := netip.MustParsePrefix(block)
		return b.Contains(p.Addr()) && p.Bits() >= b.Bits()
	})
}

// namesOverlap tells whether two names, or all below one, have one in common.
func namesOverlap(a, b string) bool {
	one, wide := strings.CutPrefix(a, "*.")
	two, broad := strings.CutPrefix(b, "*.")
	under := func(name, base string) bool { return name == base || strings.HasSuffix(name, "."+base) }
	return one == two || wide && under(two, one) || broad && under(one, two)
}

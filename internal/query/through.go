package query

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// detour is a load balancer or an endpoint by which a source may get to interfaces of a destination (LB-8).
type detour struct {
	service *reach.Service // with the interfaces as its only targets
	id      string
	name    string
	// parts end at the interfaces, or at the balancer or endpoint itself where it is not known how it goes on.
	parts []reach.Part
	// blocked is the part that stops for the fewest reasons, if one does.
	blocked *reach.Part
}

// detours are all load balancers and private endpoints behind which interfaces of a destination are, asked about on all of their ports. A
// destination that is asked about as a service, or whose interfaces are nodes of load balancers, has none.
//
// An unknown part that ends at the balancer may concern the interfaces as well as others. The walker checks an example of every verdict, or the
// witness of every part when each may be shown.
func (s *Session) detours(p parsed, source, destination Selection, every bool) ([]detour, error) {
	if len(destination.Services) > 0 || s.network.LoadBalancers.Len() == 0 {
		return nil, nil
	}
	targets := map[*network.Interface]bool{}
	for _, i := range s.interfacesOf(destination) {
		if s.catalog().nodeOf[i] == nil {
			targets[i] = true
		}
	}
	if len(targets) == 0 {
		return nil, nil
	}
	from, err := s.checkedEnds(p, source)
	if err != nil {
		return nil, err
	}
	var list []detour
	for _, service := range s.inFrontOf(targets) {
		doors := s.catalog().doors(service)
		if !slices.ContainsFunc(source.Interfaces, func(i *network.Interface) bool { return !slices.Contains(doors, i) }) && len(source.Interfaces) > 0 &&
			len(source.Addresses)+len(source.Prefixes) == 0 {
			continue // the balancer itself is the source: its own connections are no way around
		}
		d := detour{service: service}
		if b := service.Balancer; b != nil {
			d.id, d.name = b.ID, b.Name
		} else {
			d.id, d.name = service.Endpoint.ID, service.Endpoint.Name
		}
		for _, ask := range p.asks {
			q := reach.Question{Sources: from, Service: service, Traffic: p.allPorts(ask.traffic), Family: ask.family}
			if q.Traffic.IsEmpty() {
				continue
			}
			shown := map[reach.Verdict]bool{}
			for _, part := range s.engine().Can(q) {
				if !shown[part.Verdict] || every { // of what is only counted, one example is enough
					shown[part.Verdict] = true
					if err := s.verify(p, q, part); err != nil {
						return nil, err
					}
				}
				d.parts = append(d.parts, part)
			}
			q.Service = &reach.Service{Balancer: service.Balancer, Endpoint: service.Endpoint}
			for _, part := range s.engine().Can(q) {
				switch {
				case part.Verdict == reach.Unknown && !slices.ContainsFunc(part.Destinations, func(m reach.Member) bool { return !slices.Contains(doors, m.Interface) }):
					d.parts = append(d.parts, part)
				case part.Verdict == reach.Unreachable && (d.blocked == nil || obstacles(part) < obstacles(*d.blocked)):
					d.blocked = &part
				}
			}
		}
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b detour) int { return cmp.Compare(a.id, b.id) })
	return list, nil
}

// obstacles counts what stops a part.
func obstacles(part reach.Part) int {
	return len(choose(part.Path, func(h reach.Hop) bool { return h.Effect == reach.Deny }))
}

// inFrontOf are the services that may lead to some interfaces: the load balancers of which they are targets, those in front of these, and the
// endpoints of services in front of them. Which of their connections end at the interfaces is the engine's to tell.
func (s *Session) inFrontOf(targets map[*network.Interface]bool) []*reach.Service {
	balancers := map[string]bool{}
	for more := true; more; {
		more = false
		for _, b := range s.network.LoadBalancers.All() {
			if !balancers[b.ID] && s.leadsTo(b, targets, balancers) {
				balancers[b.ID], more = true, true
			}
		}
	}
	var list []*reach.Service
	for _, b := range s.network.LoadBalancers.All() {
		if balancers[b.ID] && len(s.catalog().byBalancer[b]) > 0 {
			list = append(list, &reach.Service{Balancer: b, Targets: targets})
		}
	}
	for _, v := range s.network.EndpointServices.All() {
		if !slices.ContainsFunc(v.LoadBalancers, func(arn string) bool { return balancers[arn] }) {
			continue
		}
		for _, e := range s.catalog().endpointsOf(v.Name) {
			if len(s.catalog().endpointInterfaces(e)) > 0 {
				list = append(list, &reach.Service{Endpoint: e, Targets: targets})
			}
		}
	}
	return list
}

// leadsTo tells whether a load balancer has some interfaces, or one of some load balancers, among its targets, or may have.
func (s *Session) leadsTo(b *network.LoadBalancer, targets map[*network.Interface]bool, balancers map[string]bool) bool {
	if b.Type == "gateway" { // it hands packets on, and nothing connects to it
		return false
	}
	among := func(i *network.Interface) bool { return targets[i] }
	for _, id := range b.Instances {
		if slices.ContainsFunc(s.interfacesOfInstance(id), among) {
			return true
		}
	}
	if !b.ListenersKnown && b.Type != "classic" {
		return true
	}
	for _, l := range b.Listeners {
		if !l.RulesKnown && b.Type == "application" {
			return true
		}
		for _, rule := range l.Rules {
			for _, action := range rule.Actions {
				for _, arn := range action.TargetGroups {
					g, ok := s.network.TargetGroups.Get(arn)
					if !ok || !g.TargetsKnown || g.Defect != nil {
						return true
					}
					for _, t := range g.Targets {
						if balancers[t.ID] || slices.ContainsFunc(s.registered(g, t), among) {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

// registered are the interfaces that a target may be: the primary one of an instance, those that have an address in the VPC of the group, or
// else anywhere.
func (s *Session) registered(g *network.TargetGroup, t network.LoadBalancerTarget) []*network.Interface {
	switch g.TargetType {
	case "instance":
		return s.interfacesOfInstance(t.ID)
	case "ip":
		a, err := netip.ParseAddr(t.ID)
		if err != nil {
			return nil
		}
		if i := s.network.InterfaceAt(g.VPC, a); i != nil {
			return []*network.Interface{i}
		}
		return s.network.InterfacesAt(a)
	}
	return nil
}

// interfacesOfInstance is the primary interface of an instance, or all of them where it is not known which that is.
func (s *Session) interfacesOfInstance(id string) []*network.Interface {
	instance, ok := s.network.Instances.Get(id)
	if !ok {
		return s.catalog().byOwner[network.Owner{Kind: network.OwnerInstance, ID: id}]
	}
	if i, ok := s.network.Interfaces.Get(instance.Primary); ok {
		return []*network.Interface{i}
	}
	return s.catalog().ofInstance(instance)
}

// live are the parts of a detour about headers, of a family, for which something gets through or may: on other ports nobody listens.
func (d detour) live() []reach.Part {
	some := [2]packet.Set{packet.None, packet.None}
	for _, part := range d.parts {
		if part.Verdict != reach.Unreachable {
			k := familyIndex(part.Family)
			some[k] = some[k].Union(part.Traffic)
		}
	}
	return choose(d.parts, func(part reach.Part) bool {
		return part.Traffic.Overlaps(some[familyIndex(part.Family)]) && !(part.Public && part.Verdict == reach.Unreachable)
	})
}

// listed are the detours by which something gets through, or may.
func listed(detours []detour) []report.Through {
	var list []report.Through
	for _, d := range detours {
		live := d.live()
		if len(live) == 0 {
			continue
		}
		verdict := report.Verdict(live[0].Verdict)
		for _, part := range live {
			if part.Verdict != live[0].Verdict {
				verdict = report.Partial
			}
		}
		list = append(list, report.Through{ID: d.id, Name: d.name, Verdict: verdict})
	}
	return list
}

package exact

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// front is what stands for an endpoint service: its network load balancer, and the service.
type front struct {
	balancer *network.LoadBalancer
	service  *network.EndpointService // nil where there is none
}

// privateLinks holds endpoint services, their load balancers and their endpoints to the blueprint.
func (c *checker) privateLinks() {
	services, balancers, doors := map[*network.EndpointService]bool{}, map[*network.LoadBalancer]bool{}, map[*network.Endpoint]bool{}
	for _, want := range c.Services {
		s := c.siteFor(want.Environment)
		if s.vpc == nil {
			continue // which is told
		}
		if f := c.front(want, s); f != nil {
			c.fronts[want] = f
			balancers[f.balancer] = true
			services[f.service] = true
		}
	}
	for _, want := range c.Endpoints {
		s := c.siteFor(want.Environment)
		if s.vpc == nil {
			continue
		}
		if e := c.door(want, s); e != nil {
			c.doors[want] = e
			doors[e] = true
			c.hostnames(want, s, e)
		}
	}
	for _, s := range c.sites {
		for _, e := range s.endpoints {
			if doors[e] || e.State == "deleted" || e.State == "deleting" || e.State == "rejected" || e.State == "failed" {
				continue
			}
			c.add(&found{effect: report.Undeclared, rule: "endpoint", pattern: privateLinkPattern, at: []*site{s}, kind: "VPC endpoint", object: &e.Object,
				message: fmt.Sprintf("The VPC of %s has an endpoint that nothing declares: %s, for %s.", s.Name, label(&e.Object), e.Service),
				mend:    "Remove it, or declare the flow that needs it."})
		}
		for _, v := range c.network.EndpointServices.All() {
			if services[v] || !slices.ContainsFunc(s.balancers, func(b *network.LoadBalancer) bool { return slices.Contains(v.LoadBalancers, b.ID) }) {
				continue
			}
			c.add(&found{effect: report.Undeclared, rule: "endpoint-service", pattern: privateLinkPattern, at: []*site{s}, kind: "endpoint service", object: &v.Object,
				message: fmt.Sprintf("The endpoint service %s offers something of the environment %s to others, and nothing declares it.", serviceWords(v), s.Name),
				mend:    "Remove it, or declare the flow that needs it."})
		}
	}
	c.connected(doors)
}

// front finds what stands for an endpoint service, and holds it to that.
func (c *checker) front(want *blueprint.EndpointService, s *site) *front {
	group := s.groupOf[want.Balancer]
	at := []*site{s}
	edges := c.edgesOf(want)
	gap := func(list string, f *found) *found {
		if g := c.network.Gap(list, s.vpc.Account, s.vpc.Region); g != nil {
			f.effect, f.unknown = report.Doubtful, []string{report.MissingList + g.String()}
		}
		return f
	}
	k := slices.IndexFunc(s.balancers, func(b *network.LoadBalancer) bool {
		return group != nil && b.Type == "network" && slices.Contains(b.Groups, group.ID)
	})
	if k < 0 { // one that lost its group: that of the service
		k = slices.IndexFunc(s.balancers, func(b *network.LoadBalancer) bool {
			return b.Type == "network" && slices.ContainsFunc(c.network.EndpointServices.All(), func(v *network.EndpointService) bool { return slices.Contains(v.LoadBalancers, b.ID) }) &&
				strings.Contains(b.Name, want.Name)
		})
	}
	if k < 0 {
		c.add(gap("LoadBalancers", &found{effect: report.Broken, rule: "endpoint-service", pattern: privateLinkPattern, at: at, because: edges, kind: "VPC", object: &s.vpc.Object,
			message: fmt.Sprintf("No network load balancer with the security group %s stands before %s, which %s.", want.Balancer.Name, want.Provider, do(edges, "need")),
			mend:    "Apply what watertight compile writes for it."}))
		return nil
	}
	b := s.balancers[k]
	f := &front{balancer: b}
	add := func(effect report.Effect, rule, message, mend string) *found {
		one := &found{effect: effect, rule: rule, pattern: privateLinkPattern, at: at, because: edges, kind: "load balancer", object: &b.Object, message: message, mend: mend}
		c.add(one)
		return one
	}
	name := label(&b.Object)
	if b.Defect != nil {
		add(report.Doubtful, "load-balancer", fmt.Sprintf("The load balancer %s is not understood: %s.", name, b.Defect.Reason), "Give the input that tells.").unknown = []string{"load balancer " + name + ": " + b.Defect.Reason}
		return f
	}
	if !b.Internal {
		add(report.Undeclared, "load-balancer", fmt.Sprintf("The load balancer %s before %s is open to the internet, and not internal.", name, want.Provider), "Make it internal.")
	}
	if group == nil || !slices.Equal(b.Groups, []string{group.ID}) {
		add(report.Undeclared, "load-balancer", fmt.Sprintf("The load balancer %s before %s is to have the security group %s alone, and is %s.", name, want.Provider, want.Balancer.Name, s.groupList(b.Groups)), "Give it that group alone.")
	}
	if b.EnforceOnPrivateLink == "on" {
		add(report.Broken, "enforcement", fmt.Sprintf("The load balancer %s holds what comes by PrivateLink to the inbound rules of its security group, which admit nobody.", name), `Set enforce_security_group_inbound_rules_on_private_link_traffic = "off".`)
	}
	c.inTier(want.Tier, nil, zoneSubnets(b), func(effect report.Effect, words string) {
		add(effect, "load-balancer", fmt.Sprintf("The load balancer %s before %s %s.", name, want.Provider, words), fmt.Sprintf("Place it in the subnets of %s.", tierLabel(want.Tier)))
	})
	c.listeners(want, b, add)
	all := c.network.EndpointServices.All()
	k = slices.IndexFunc(all, func(v *network.EndpointService) bool {
		return slices.Contains(v.LoadBalancers, b.ID) && v.AcceptanceRequired && !slices.ContainsFunc(v.Principals, func(p string) bool {
			return !slices.Contains(want.Consumers, accountOf(p))
		})
	})
	if k < 0 { // of several, the one that lets nobody connect who is not to; or else any
		k = slices.IndexFunc(all, func(v *network.EndpointService) bool { return slices.Contains(v.LoadBalancers, b.ID) })
	}
	if k < 0 {
		c.add(gap("VpcEndpointServiceConfigurations", &found{effect: report.Broken, rule: "endpoint-service", pattern: privateLinkPattern, at: at, because: edges, kind: "load balancer", object: &b.Object,
			message: fmt.Sprintf("There is no endpoint service for the load balancer %s before %s, which %s.", name, want.Provider, do(edges, "need")), mend: "Apply what watertight compile writes for it."}))
		return f
	}
	f.service = all[k]
	c.endpointService(want, f.service, at, edges)
	return f
}

// serviceWords is how messages call an endpoint service: its name says its Region and its identifier, and nothing else.
func serviceWords(v *network.EndpointService) string { return cmp.Or(v.Address, v.ID) }

// edgesOf are the edges that lead to an endpoint service.
func (c *checker) edgesOf(want *blueprint.EndpointService) []*blueprint.Edge {
	var edges []*blueprint.Edge
	for _, e := range want.Endpoints {
		edges = append(edges, e.Edges...)
	}
	return edges
}

func zoneSubnets(b *network.LoadBalancer) []string {
	var ids []string
	for _, z := range b.Zones {
		ids = append(ids, z.Subnet)
	}
	return ids
}

// inTier compares some subnets with those of a tier, in some zones; nil: in all.
func (c *checker) inTier(t *blueprint.Tier, zones, ids []string, tell func(effect report.Effect, words string)) {
	s := c.siteFor(t.Environment)
	for zone, x := range s.rows[t] {
		if x != nil && !slices.Contains(ids, x.ID) && (zones == nil || slices.Contains(zones, s.Zones[zone])) {
			tell(report.Broken, fmt.Sprintf("is not in %s, the subnet of %s in %s", label(&x.Object), tierLabel(t), s.Zones[zone]))
		}
	}
	for _, id := range ids {
		if at, ok := s.place[id]; !ok || at.tier != t {
			tell(report.Undeclared, fmt.Sprintf("is in %s, and not in %s alone", s.subnetWords(id), tierLabel(t)))
		}
	}
}

// listeners holds the listeners of a load balancer to the ports of a service, and what they forward to.
func (c *checker) listeners(want *blueprint.EndpointService, b *network.LoadBalancer, add func(report.Effect, string, string, string) *found) {
	name := label(&b.Object)
	if !b.ListenersKnown {
		add(report.Doubtful, "listener", fmt.Sprintf("On what the load balancer %s listens is not known.", name), "Collect its listeners.").unknown = []string{"load balancer " + name + ": its listeners were not collected"}
		return
	}
	there := map[int]bool{}
	for _, l := range b.Listeners {
		wanted := false
		for _, p := range want.Ports {
			wanted = wanted || l.Protocol == "TCP" && p.From == l.Port
		}
		if !wanted {
			add(report.Undeclared, "listener", fmt.Sprintf("The load balancer %s before %s listens on %s %d, which nothing declares.", name, want.Provider, strings.ToLower(l.Protocol), l.Port), "Remove the listener, or declare the flow that needs it.").origin = l.Origin
			continue
		}
		there[l.Port] = true
		c.target(want, b, l, add)
	}
	for _, p := range want.Ports {
		if !there[p.From] {
			add(report.Broken, "listener", fmt.Sprintf("The load balancer %s before %s does not listen on %s.", name, want.Provider, p), "Add a TCP listener for it.")
		}
	}
}

// target holds what a listener forwards to: one target group, on the same port, with members of the role alone.
func (c *checker) target(want *blueprint.EndpointService, b *network.LoadBalancer, l network.Listener, add func(report.Effect, string, string, string) *found) {
	name := label(&b.Object)
	var ids []string
	for _, r := range l.Rules {
		for _, a := range r.Actions {
			ids = append(ids, a.TargetGroups...)
		}
	}
	if len(ids) == 0 {
		add(report.Broken, "target-group", fmt.Sprintf("The listener %d of the load balancer %s forwards to no target group.", l.Port, name), "Let it forward to one of the role.").origin = l.Origin
	}
	for _, id := range ids {
		g, ok := c.network.TargetGroups.Get(id)
		if !ok || g.Defect != nil || !g.TargetsKnown {
			add(report.Doubtful, "target-group", fmt.Sprintf("What is behind the listener %d of the load balancer %s is not known.", l.Port, name), "Collect its target groups.").unknown = []string{"target group " + id + ": not known"}
			continue
		}
		at := func(f *found) { f.kind, f.object = "target group", &g.Object }
		if g.Port != l.Port || g.Protocol != "TCP" {
			at(add(report.Broken, "target-group", fmt.Sprintf("The target group %s is for %s %d, and %s serves tcp %d.", label(&g.Object), strings.ToLower(g.Protocol), g.Port, want.Provider, l.Port), "Make one for the port that the role serves."))
		}
		for _, t := range g.Targets {
			if who, ok := c.stranger(want, g, t); !ok {
				at(add(report.Undeclared, "target-group", fmt.Sprintf("A target of %s is not of %s: %s.", label(&g.Object), want.Provider, who), "Deregister it."))
			}
			if t.Port != 0 && t.Port != l.Port {
				at(add(report.Broken, "target-group", fmt.Sprintf("A target of %s is registered on port %d, and %s serves tcp %d.", label(&g.Object), t.Port, want.Provider, l.Port), "Register it on the port that the role serves."))
			}
		}
	}
}

// stranger tells whether a target is a member of the role behind a service, and who it is.
func (c *checker) stranger(want *blueprint.EndpointService, g *network.TargetGroup, t network.LoadBalancerTarget) (who string, ok bool) {
	var list []*network.Interface
	s := c.siteFor(want.Environment)
	for _, i := range s.interfaces {
		owned := i.Owner.ID == t.ID && t.ID != ""
		if instance, ok := c.network.Instances.Get(t.ID); ok {
			owned = owned || slices.Contains(instance.Interfaces, i.ID)
		}
		if owned || slices.ContainsFunc(i.Addresses, func(a network.Address) bool { return a.IP.String() == t.ID }) {
			list = append(list, i)
		}
	}
	if b, found := c.network.LoadBalancers.Get(t.ID); found && len(list) == 0 {
		group := c.groupOf[want.Provider]
		return label(&b.Object), group != nil && slices.Contains(b.Groups, group.ID)
	}
	if len(list) == 0 {
		return t.ID, false
	}
	for _, i := range list {
		if roles, _ := c.roles(i); slices.Contains(roles, want.Provider) {
			return "", true
		}
	}
	return c.interfaceWords(list[0]), false
}

// endpointService holds the service itself: who may connect, and whether it asks before it lets them.
func (c *checker) endpointService(want *blueprint.EndpointService, v *network.EndpointService, at []*site, edges []*blueprint.Edge) {
	add := func(effect report.Effect, rule, message, mend string) *found {
		one := &found{effect: effect, rule: rule, pattern: privateLinkPattern, at: at, because: edges, kind: "endpoint service", object: &v.Object, message: message, mend: mend}
		c.add(one)
		return one
	}
	name := serviceWords(v)
	if v.Defect != nil {
		add(report.Doubtful, "endpoint-service", fmt.Sprintf("The endpoint service %s is not understood: %s.", name, v.Defect.Reason), "Give the input that tells.").unknown = []string{"endpoint service " + name + ": " + v.Defect.Reason}
		return
	}
	if !v.AcceptanceRequired {
		add(report.Undeclared, "acceptance", fmt.Sprintf("The endpoint service %s before %s accepts connections without being asked.", name, want.Provider), "Set acceptance_required = true.")
	}
	if len(v.LoadBalancers) > 1 {
		add(report.Undeclared, "endpoint-service", fmt.Sprintf("The endpoint service %s before %s has several load balancers.", name, want.Provider), "Leave it one.")
	}
	if !v.PrincipalsKnown {
		add(report.Doubtful, "principal", fmt.Sprintf("Who may connect to the endpoint service %s is not known.", name), "Collect its permissions.").unknown = []string{"endpoint service " + name + ": its permissions were not collected"}
		return
	}
	allowed, everybody := map[string]bool{}, false
	for _, p := range v.Principals {
		account := accountOf(p)
		if !slices.Contains(want.Consumers, account) {
			add(report.Undeclared, "principal", fmt.Sprintf("The endpoint service %s before %s lets %s connect, and its consumers are in account %s.", name, want.Provider, principalWords(p), few(want.Consumers)), "Remove the principal, or declare the flow that needs it.")
			everybody = everybody || p == "*"
			continue
		}
		allowed[account] = true
	}
	for _, account := range want.Consumers {
		if !allowed[account] && !everybody {
			add(report.Broken, "principal", fmt.Sprintf("The endpoint service %s before %s does not let account %s connect.", name, want.Provider, account), fmt.Sprintf("Allow arn:aws:iam::%s:root.", account))
		}
	}
}

// accountOf is the account of a principal: the whole of it, or somebody there.
func accountOf(principal string) string {
	parts := strings.Split(principal, ":")
	if len(parts) == 6 && parts[0] == "arn" && parts[2] == "iam" {
		return parts[4]
	}
	return principal
}

func principalWords(p string) string {
	if p == "*" {
		return "everybody (*)"
	}
	return p
}

// door finds the endpoint of a service in an environment, and holds it to the blueprint.
func (c *checker) door(want *blueprint.Endpoint, s *site) *network.Endpoint {
	group := s.groupOf[want.Group]
	f := c.fronts[want.Service]
	var e *network.Endpoint
	for _, x := range s.endpoints {
		byService := f != nil && f.service != nil && f.service.Name != "" && x.Service == f.service.Name
		byGroup := group != nil && slices.Contains(x.Groups, group.ID)
		if x.Type == network.EndpointInterface && (byService || byGroup && e == nil) {
			e = x
		}
	}
	at := []*site{s, c.siteFor(want.Service.Environment)}
	if e == nil {
		one := &found{effect: report.Broken, rule: "endpoint", pattern: privateLinkPattern, at: at, because: want.Edges, kind: "VPC", object: &s.vpc.Object,
			message: fmt.Sprintf("The VPC of %s has no endpoint for %s, which %s.", s.Name, want.Service.Provider, do(want.Edges, "need")), mend: "Apply what watertight compile writes for it."}
		if gap := c.network.Gap("VpcEndpoints", s.vpc.Account, s.vpc.Region); gap != nil {
			one.effect, one.unknown = report.Doubtful, []string{report.MissingList + gap.String()}
		}
		c.add(one)
		return nil
	}
	name := label(&e.Object)
	add := func(effect report.Effect, message, mend string) {
		c.add(&found{effect: effect, rule: "endpoint", pattern: privateLinkPattern, at: at, because: want.Edges, kind: "VPC endpoint", object: &e.Object, message: message, mend: mend})
	}
	if e.Defect != nil {
		c.add(&found{effect: report.Doubtful, rule: "endpoint", pattern: privateLinkPattern, at: at, kind: "VPC endpoint", object: &e.Object, unknown: []string{"VPC endpoint " + name + ": " + e.Defect.Reason},
			message: fmt.Sprintf("The endpoint %s is not understood: %s.", name, e.Defect.Reason), mend: "Give the input that tells."})
		return e
	}
	if f != nil && f.service != nil && e.Service != f.service.Name {
		add(report.Broken, fmt.Sprintf("The endpoint %s of %s is for %s, and not for the service of %s.", name, s.Name, e.Service, want.Service.Provider), "Make one for the service.")
	}
	if e.State != "available" {
		add(report.Broken, fmt.Sprintf("The endpoint %s of %s is %s: it does not lead to %s.", name, s.Name, e.State, want.Service.Provider), "Accept its connection.")
	}
	if group == nil || !slices.Equal(e.Groups, []string{group.ID}) {
		add(report.Undeclared, fmt.Sprintf("The endpoint %s of %s is to have the security group %s alone, and is %s.", name, s.Name, want.Group.Name, s.groupList(e.Groups)), "Give it that group alone.")
	}
	c.inTier(want.Tier, want.Service.Environment.Zones, e.Subnets, func(effect report.Effect, words string) {
		add(effect, fmt.Sprintf("The endpoint %s of %s %s.", name, s.Name, words), fmt.Sprintf("Place it in the subnets of %s.", tierLabel(want.Tier)))
	})
	return e
}

// connected tells of endpoints that are connected to a service of an environment, and that nothing declares.
func (c *checker) connected(doors map[*network.Endpoint]bool) {
	for _, want := range c.Services {
		f := c.fronts[want]
		if f == nil || f.service == nil {
			continue
		}
		for _, l := range c.network.EndpointConnections.All() {
			e, _ := c.network.Endpoints.Get(l.Endpoint)
			if l.Service != f.service.ID || e != nil && doors[e] || l.State != "available" && l.State != "pending" {
				continue
			}
			c.add(&found{effect: report.Undeclared, rule: "endpoint-connection", pattern: privateLinkPattern, at: []*site{c.siteFor(want.Environment)}, kind: "endpoint service", object: &f.service.Object, origin: l.Origin,
				message: fmt.Sprintf("An endpoint that nothing declares is connected to %s before %s: %s%s.", serviceWords(f.service), want.Provider, l.Endpoint, ofAccount(l.EndpointOwner)),
				mend:    "Reject the connection, or declare the flow that needs it."})
		}
	}
}

func ofAccount(account string) string {
	if account == "" {
		return ""
	}
	return " of account " + account
}

// hostnames holds the names that lead to an endpoint, as its VPC sees them.
func (c *checker) hostnames(want *blueprint.Endpoint, s *site, e *network.Endpoint) {
	for _, name := range want.Hostnames {
		f := &found{effect: report.Broken, rule: "hostname", pattern: privateLinkPattern, at: []*site{s}, because: want.Edges, kind: "VPC endpoint", object: &e.Object}
		zone := c.zoneOf(name, s.vpc.ID)
		switch {
		case zone == nil && c.network.Gap("HostedZones", s.vpc.Account, "") != nil:
			f.effect, f.unknown = report.Doubtful, []string{report.MissingList + c.network.Gap("HostedZones", s.vpc.Account, "").String()}
			f.message, f.mend = fmt.Sprintf("What %s stands for in the VPC of %s is not known.", name, s.Name), "Collect the private hosted zones."
		case zone == nil:
			f.message = fmt.Sprintf("No private hosted zone that the VPC of %s sees has %s, which %s.", s.Name, name, do(want.Edges, "declare"))
			f.mend = "Apply what watertight compile writes for it."
		case !zone.VPCsKnown || !zone.RecordsKnown || zone.Defect != nil:
			f.effect, f.unknown = report.Doubtful, []string{"hosted zone " + label(&zone.Object)}
			f.message, f.mend = fmt.Sprintf("What %s stands for in the VPC of %s is not known: %s was not collected in full.", name, s.Name, label(&zone.Object)), "Collect its records and VPCs."
		default:
			leads := false
			var elsewhere []string
			for _, r := range zone.Records {
				if r.Name != name || r.Type == "AAAA" {
					continue
				}
				f.origin = r.Origin
				if slices.Contains(e.DNSNames, r.Target) || r.Target != "" && strings.HasPrefix(r.Target, e.ID+"-") || c.addressesOf(e, r) {
					leads = true
					continue
				}
				elsewhere = append(elsewhere, recordWords(r))
			}
			if leads && len(elsewhere) == 0 {
				continue
			}
			f.kind, f.object = "hosted zone", &zone.Object
			f.message = fmt.Sprintf("%s has no record for %s, which is to lead to the endpoint %s.", label(&zone.Object), name, label(&e.Object))
			f.mend = "Add an alias record that leads to the endpoint."
			if len(elsewhere) > 0 {
				f.message = fmt.Sprintf("In the VPC of %s, %s leads to %s, and is to lead to the endpoint %s.", s.Name, name, few(elsewhere), label(&e.Object))
				f.mend = "Let the record lead to the endpoint."
			}
		}
		c.add(f)
	}
}

func recordWords(r network.Record) string {
	if r.Target != "" {
		return r.Target
	}
	words := make([]string, len(r.Addresses))
	for i, a := range r.Addresses {
		words[i] = a.String()
	}
	return few(words)
}

// addressesOf tells whether a record has addresses of an endpoint, and no others.
func (c *checker) addressesOf(e *network.Endpoint, r network.Record) bool {
	for _, a := range r.Addresses {
		if !slices.ContainsFunc(e.Interfaces, func(id string) bool {
			i, ok := c.network.Interfaces.Get(id)
			return ok && slices.ContainsFunc(i.Addresses, func(x network.Address) bool { return x.IP == a })
		}) {
			return false
		}
	}
	return len(r.Addresses) > 0
}

// zoneOf is the private hosted zone that answers for a name in a VPC: the one with the longest domain (PL-5).
func (c *checker) zoneOf(name, vpc string) *network.HostedZone {
	var best *network.HostedZone
	for _, z := range c.network.HostedZones.All() {
		sees := !z.VPCsKnown || slices.Contains(z.VPCs, vpc)
		if sees && (name == z.Name || strings.HasSuffix(name, "."+z.Name)) && (best == nil || len(z.Name) > len(best.Name)) {
			best = z
		}
	}
	return best
}

package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
)

// join is what the templates of files get that join environments. Where the environments have roots of their own, what the other side has is handed over by a variable, and what
// needs it is left out until it is there.
type join struct{ *root }

// VPC is that of an environment.
func (j join) VPC(e *environment) string {
	if j.Has(e) {
		return fmt.Sprintf("aws_vpc.%s.id", e.Label)
	}
	return fmt.Sprintf("var.%s.vpc", e.variable())
}

// group is a security group, as the rules of another environment reference it. Nil where it has yet to be handed over.
func (j join) group(of *blueprint.Group, by *environment) string {
	e := j.of[of.Environment]
	if !j.Has(e) {
		return fmt.Sprintf("lookup(var.%s.groups, %s, null)", e.variable(), quote(of.Name))
	}
	return j.reference(e, by, fmt.Sprintf("aws_security_group.%s[%s].id", e.Label, quote(of.Name)))
}

// reference is a group with the account that it is in, where that is another one.
func (j join) reference(e, by *environment, id string) string {
	if e.Account == by.Account {
		return id
	}
	return fmt.Sprintf("\"${%s}/${%s}\"", j.Account(e), id)
}

// block is the block of a subnet.
func (j join) block(t *blueprint.Tier, zone int) string {
	e := j.of[t.Environment]
	if j.Has(e) {
		return fmt.Sprintf("local.%s_subnets[%s].block", e.Label, quote(subnetKey(t, zone)))
	}
	return quote(t.Subnets[zone])
}

// routes are those of an environment to another one, as far as they are wanted.
func (j join) routes(e *environment, wanted func(blueprint.Route) bool) []RouteTo {
	var all []RouteTo
	for _, t := range e.Tiers {
		for _, r := range t.Routes {
			if r.To == nil || r.To.Environment == e.Environment || !wanted(r) {
				continue
			}
			zone := slices.Index(r.To.Subnets, r.Destination)
			for _, table := range tableKeys(t, r) {
				all = append(all, RouteTo{Key: fmt.Sprintf("%s_to_%s_%s", table, r.To.Environment.Name, subnetKey(r.To, zone)), Table: table, Block: j.block(r.To, zone), Because: r.Because})
			}
		}
	}
	return all
}

// joinRules are the rules of an environment for flows that cross, as far as they are wanted: those that reference groups, and those for addresses.
func (j join) joinRules(e *environment, via intent.Via, outbound bool, wanted func(*blueprint.Rule) bool) (groups, addresses []Rule) {
	all := j.rules(e, func(r *blueprint.Rule) bool { return r.Because.Via == via && r.Outbound == outbound && wanted(r) })
	for _, r := range all {
		if r.peer == nil {
			addresses = append(addresses, r)
			continue
		}
		r.Peer = j.group(r.peer, e)
		groups = append(groups, r)
	}
	return groups, addresses
}

// joins writes the files of what joins environments, as far as they have to do with the root.
func (r *root) joins() {
	for _, p := range r.peerings {
		if r.Has(p.Requester) || r.Has(p.Accepter) {
			r.write("peering_"+p.File+".tf", "peering.tf", &peeringPage{join{r}, p})
		}
	}
	for _, s := range r.services {
		if r.Has(s.Home) || slices.ContainsFunc(s.Consumers, func(c *consumer) bool { return r.Has(c.Environment) }) {
			r.write("privatelink_"+s.File+".tf", "privatelink.tf", &servicePage{join{r}, s})
		}
	}
	for _, t := range r.transits {
		if slices.ContainsFunc(t.Members, r.Has) {
			r.write("transit_"+t.Name+".tf", "transit.tf", &transitPage{join{r}, t})
		}
	}
}

// peering is a peering connection with how it is called.
type peering struct {
	*blueprint.Peering
	Label, File         string
	Requester, Accepter *environment
}

type peeringPage struct {
	join
	*peering
}

// Sides are the environments of the peering that the root has.
func (p *peeringPage) Sides() []*peeringSide {
	var all []*peeringSide
	for _, s := range []*peeringSide{{p, p.Requester, p.Accepter, "requester"}, {p, p.Accepter, p.Requester, "accepter"}} {
		if p.Has(s.environment) {
			all = append(all, s)
		}
	}
	return all
}

// Connection is the identifier of the connection, as the accepter knows it.
func (p *peeringPage) Connection() string {
	if p.Has(p.Requester) {
		return fmt.Sprintf("aws_vpc_peering_connection.%s.id", p.peering.Label)
	}
	return fmt.Sprintf("var.%s.connections[%s]", p.Requester.variable(), quote(p.peering.Name))
}

// Known tells, in Terraform's words, whether what the requester needs of the accepter was handed over.
func (p *peeringPage) Known() string { return fmt.Sprintf("var.%s.vpc != null", p.Accepter.variable()) }

// Requested tells whether the requester has handed the connection over.
func (p *peeringPage) Requested() string {
	return fmt.Sprintf("contains(keys(var.%s.connections), %s)", p.Requester.variable(), quote(p.peering.Name))
}

// peeringSide is one end of a peering.
type peeringSide struct {
	page *peeringPage
	*environment
	Other *environment
	Word  string // "requester" or "accepter"
}

// Active is the identifier of the connection, once it is accepted.
func (s *peeringSide) Active() string {
	switch {
	case s.page.Single():
		return fmt.Sprintf("aws_vpc_peering_connection_accepter.%s.id", s.page.peering.Label)
	case s.Word == "requester":
		return fmt.Sprintf("aws_vpc_peering_connection.%s[0].id", s.page.peering.Label)
	}
	return fmt.Sprintf("aws_vpc_peering_connection_accepter.%s[0].id", s.page.peering.Label)
}

// Ready tells whether the connection is accepted.
func (s *peeringSide) Ready() string {
	if s.Word == "requester" {
		return fmt.Sprintf("contains(var.%s.accepted, %s)", s.Other.variable(), quote(s.page.peering.Name))
	}
	return s.page.Requested()
}

// DependsOn is what a rule has to wait for, beside what it names.
func (s *peeringSide) DependsOn() string {
	if s.page.Has(s.page.Accepter) {
		return fmt.Sprintf("depends_on = [aws_vpc_peering_connection_accepter.%s]", s.page.peering.Label)
	}
	return ""
}

// Provider is that of the side.
func (s *peeringSide) Provider() string { return s.page.In(s.environment) }

// Routes are those to the other side.
func (s *peeringSide) Routes() []RouteTo {
	return s.page.routes(s.environment, func(r blueprint.Route) bool { return r.Peering == s.page.peering.Peering })
}

func (s *peeringSide) wanted(r *blueprint.Rule) bool {
	one, two := r.Because.From.Group.Environment, r.Because.To.Group.Environment
	return one == s.Other.Environment || two == s.Other.Environment
}

// Groups and Addresses are the rules for the flows between the two.
func (s *peeringSide) GroupRules(outbound bool) []Rule {
	rules, _ := s.page.joinRules(s.environment, intent.Peering, outbound, s.wanted)
	return rules
}

// AddressRules are those for addresses.
func (s *peeringSide) AddressRules(outbound bool) []Rule {
	_, rules := s.page.joinRules(s.environment, intent.Peering, outbound, s.wanted)
	return rules
}

// service is a role that is reached by way of PrivateLink, with how it is called.
type service struct {
	*blueprint.EndpointService
	Label, File string
	Home        *environment // the provider's
	Consumers   []*consumer
}

// consumer is an endpoint of a service.
type consumer struct {
	*blueprint.Endpoint
	Label       string
	Environment *environment
}

func (c *code) addService(s *blueprint.EndpointService, taken labels) {
	name := s.Environment.Name + "_" + s.Name
	one := &service{EndpointService: s, Label: taken.take("service", label(name)), File: name, Home: c.of[s.Environment]}
	for _, e := range s.Endpoints {
		consumer := &consumer{Endpoint: e, Environment: c.of[e.Environment]}
		consumer.Label = taken.take("consumer", consumer.Environment.Label+"_to_"+one.Label)
		one.Consumers = append(one.Consumers, consumer)
	}
	c.services = append(c.services, one)
}

type servicePage struct {
	join
	*service
}

// Principals are the accounts that may use the service, as expressions.
func (p *servicePage) Accounts() []string {
	var all []string
	for _, c := range p.service.Consumers {
		if account := p.Account(c.Environment); !slices.Contains(all, account) {
			all = append(all, account)
		}
	}
	return all
}

// TargetType is what the balancer has as targets.
func (p *servicePage) TargetType() string {
	switch p.EndpointService.Provider.Service.Kind {
	case intent.Instances:
		return "instance"
	case intent.ALB:
		return "alb"
	}
	return "ip"
}

// BalancerName is the name of the load balancer, which AWS limits.
func (p *servicePage) BalancerName() string { return short(p.Home.Name + "-" + p.Balancer.Name) }

// Targets are the target groups, one for each port.
func (p *servicePage) Targets() []Target {
	var all []Target
	for _, port := range p.Ports {
		all = append(all, Target{Key: portKey(port), Name: short(p.Home.Name + "-" + p.service.Name + "-" + portKey(port)), Port: port.From})
	}
	return all
}

// Target is a target group.
type Target struct {
	Key, Name string
	Port      int
}

// ServiceName is how AWS calls the service, as a consumer knows it.
func (p *servicePage) ServiceName() string {
	if p.Has(p.Home) {
		return fmt.Sprintf("aws_vpc_endpoint_service.%s.service_name", p.service.Label)
	}
	return fmt.Sprintf("var.%s.services[%s].name", p.Home.variable(), quote(p.service.Name))
}

// Zones are the identifiers of the zones that the load balancer is in.
func (p *servicePage) Zones() string {
	if p.Has(p.Home) {
		return fmt.Sprintf("local.%s_zones", p.service.Label)
	}
	return fmt.Sprintf("var.%s.services[%s].zones", p.Home.variable(), quote(p.service.Name))
}

// Offered tells whether the provider has handed the service over.
func (p *servicePage) Offered() string {
	return fmt.Sprintf("contains(keys(var.%s.services), %s)", p.Home.variable(), quote(p.service.Name))
}

// EndpointID is an endpoint, as the provider knows it.
func (p *servicePage) EndpointID(c *consumer) string {
	if p.Has(c.Environment) {
		return fmt.Sprintf("aws_vpc_endpoint.%s.id", c.Label)
	}
	return fmt.Sprintf("var.%s.endpoints[%s]", c.Environment.variable(), quote(p.service.Name))
}

// Connected tells whether a consumer has handed its endpoint over.
func (p *servicePage) Connected(c *consumer) string {
	return fmt.Sprintf("contains(keys(var.%s.endpoints), %s)", c.Environment.variable(), quote(p.service.Name))
}

// transit is a transit gateway with how it is called.
type transit struct {
	*blueprint.Transit
	Label   string
	Owner   *environment
	Members []*environment
}

func (c *code) addTransit(t *blueprint.Transit) {
	one := &transit{Transit: t, Label: label(t.Name), Owner: c.of[t.Owner]}
	for _, m := range t.Members {
		one.Members = append(one.Members, c.of[m])
	}
	c.transits = append(c.transits, one)
}

type transitPage struct {
	join
	*transit
}

// Gateway is the transit gateway, as members know it.
func (p *transitPage) Gateway() string {
	if p.Has(p.Owner) {
		return fmt.Sprintf("aws_ec2_transit_gateway.%s.id", p.transit.Label)
	}
	return fmt.Sprintf("var.%s.transit_gateway", p.Owner.variable())
}

// Foreign tells whether an environment is in another account than the gateway.
func (p *transitPage) Foreign(e *environment) bool { return e.Account != p.Owner.Account }

// Accounts are the other accounts of the members, as expressions.
func (p *transitPage) Accounts() []string {
	var all []string
	for _, m := range p.Members {
		if account := p.Account(m); p.Foreign(m) && !slices.ContainsFunc(p.Members[:slices.Index(p.Members, m)], func(o *environment) bool { return o.Account == m.Account }) {
			all = append(all, account)
		}
	}
	return all
}

// Attachment is the attachment of a member, as the owner of the gateway knows it, once it is accepted.
func (p *transitPage) Attachment(e *environment) string {
	switch {
	case p.Foreign(e) && p.Single():
		return fmt.Sprintf("aws_ec2_transit_gateway_vpc_attachment_accepter.%s.transit_gateway_attachment_id", e.Label)
	case p.Foreign(e):
		return fmt.Sprintf("one(aws_ec2_transit_gateway_vpc_attachment_accepter.%s[*].transit_gateway_attachment_id)", e.Label)
	case p.Has(e):
		return fmt.Sprintf("aws_ec2_transit_gateway_vpc_attachment.%s.id", e.Label)
	}
	return fmt.Sprintf("var.%s.attachment", e.variable())
}

// Joined is the set of the members that have an attachment.
func (p *transitPage) Joined() string {
	var own, others []string
	for _, m := range p.Members {
		if p.Has(m) {
			own = append(own, m.Name)
		} else {
			others = append(others, fmt.Sprintf("var.%s.attachment == null ? [] : [%s]", m.variable(), quote(m.Name)))
		}
	}
	if len(others) == 0 {
		return "toset(" + list(own) + ")"
	}
	return "toset(concat(" + strings.Join(append([]string{list(own)}, others...), ", ") + "))"
}

// TransitRoute is a route of the gateway.
type TransitRoute struct {
	Key, From, To, Block string
	Because              []*blueprint.Edge
}

// TransitRoutes are those of the gateway's tables.
func (p *transitPage) TransitRoutes() []TransitRoute {
	var all []TransitRoute
	for _, r := range p.Routes {
		to := p.of[r.To]
		for _, t := range to.Tiers {
			if zone := slices.Index(t.Subnets, r.Destination); zone >= 0 {
				all = append(all, TransitRoute{Key: fmt.Sprintf("%s_to_%s_%s", r.From.Name, r.To.Name, subnetKey(t, zone)), From: r.From.Name, To: r.To.Name, Block: p.block(t, zone), Because: r.Because})
			}
		}
	}
	return all
}

// Own are the members that the root has.
func (p *transitPage) OwnMembers() []*transitMember {
	var all []*transitMember
	for _, m := range p.Members {
		if p.Has(m) {
			all = append(all, &transitMember{p, m})
		}
	}
	return all
}

// transitMember is an environment at a transit gateway.
type transitMember struct {
	page *transitPage
	*environment
}

// Provider is that of the member.
func (m *transitMember) Provider() string { return m.page.In(m.environment) }

// Foreign tells whether the member is in another account than the gateway.
func (m *transitMember) Foreign() bool { return m.page.Foreign(m.environment) }

// IsOwner tells whether the gateway is the member's own.
func (m *transitMember) IsOwner() bool { return m.environment == m.page.Owner }

// TransitRoutes are the routes of the VPC to the gateway.
func (m *transitMember) VPCRoutes() []RouteTo {
	return m.page.routes(m.environment, func(r blueprint.Route) bool { return r.Transit == m.page.transit.Transit })
}

// GroupRules are the rules that reference groups of other members.
func (m *transitMember) GroupRules() []Rule {
	rules, _ := m.page.joinRules(m.environment, intent.Transit, false, func(*blueprint.Rule) bool { return true })
	return rules
}

// AddressRules are those for addresses.
func (m *transitMember) AddressRules(outbound bool) []Rule {
	_, rules := m.page.joinRules(m.environment, intent.Transit, outbound, func(*blueprint.Rule) bool { return true })
	return rules
}

// Count leaves the attachment out until there is a gateway.
func (m *transitMember) Count() string {
	if m.page.Has(m.page.Owner) {
		return ""
	}
	return fmt.Sprintf("count = var.%s.transit_gateway == null ? 0 : 1", m.page.Owner.variable())
}

// Ready tells whether the owner of the gateway has accepted the attachment; empty where that is sure.
func (m *transitMember) Ready() string {
	if m.page.Has(m.page.Owner) {
		return ""
	}
	return fmt.Sprintf("contains(var.%s.accepted, %s)", m.page.Owner.variable(), quote(m.page.transit.Name))
}

// attached is what makes the attachment of a member one that carries packets.
func (p *transitPage) attached(e *environment) string {
	if p.Foreign(e) && p.Has(p.Owner) {
		return "aws_ec2_transit_gateway_vpc_attachment_accepter." + e.Label
	}
	return "aws_ec2_transit_gateway_vpc_attachment." + e.Label
}

// DependsOn is what a route has to wait for, beside what it names.
func (m *transitMember) DependsOn() string {
	return "depends_on = [" + m.page.attached(m.environment) + "]"
}

// RulesDependOn is what rules have to wait for: groups of others are known across a gateway once both are attached.
func (m *transitMember) RulesDependOn() string {
	var all []string
	for _, each := range m.page.OwnMembers() {
		all = append(all, m.page.attached(each.environment))
	}
	return "depends_on = [" + strings.Join(all, ", ") + "]"
}

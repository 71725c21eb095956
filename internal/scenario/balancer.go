package scenario

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// balancerKinds are the types of load balancers: what their interfaces are, and their ARNs begin with.
var balancerKinds = map[string]struct {
	iface network.InterfaceType
	short string
}{
	"application": {network.TypeInterface, "app"},
	"network":     {network.TypeNetworkLoadBalancer, "net"},
	"gateway":     {network.TypeGatewayLoadBalancer, "gwy"},
	"classic":     {network.TypeInterface, ""},
}

// serial ends the ARNs of load balancers and target groups.
const serial = "0123456789abcdef"

// balancingARN is the ARN of a load balancer ("loadbalancer/app/NAME"), a listener or a target group.
func balancingARN(o network.Object, kind string) string {
	return fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:%s/%s", o.Region, o.Account, kind, serial)
}

// onOff are the values of options that AWS keeps as attributes.
var onOff = map[string]string{"on": "true", "off": "false"}

// balancer is a load balancer with an interface in each of its subnets: internal where none of them has a public address (LB-6).
func (p *parser) balancer(w []string) {
	kind, ok := balancerKinds[w[1]]
	if !ok {
		p.fail("%s is no type of balancer: it is application, network, gateway or classic", w[1])
		return
	}
	nodes, groups := p.nodes(w[2:])
	if len(nodes) == 0 {
		return
	}
	at := p.subnets[nodes[0].subnet]
	b := &network.LoadBalancer{Object: p.object(w[0], at.VPC), Type: w[1], Internal: true, VPC: at.VPC, State: p.line.option("state", "active"),
		DNSName: w[0] + ".elb.amazonaws.com", IPAddressType: "ipv4", ListenersKnown: true}
	label, owner := b.Name, b.Name
	if w[1] == "classic" {
		b.ID = "classic/" + b.Account + "/" + b.Region + "/" + b.Name
	} else {
		label = kind.short + "/" + b.Name + "/" + serial
		b.ID = balancingARN(b.Object, "loadbalancer/"+kind.short+"/"+b.Name)
		owner = b.ID
		b.ListenersKnown = p.line.option("listeners", "known") != "unknown"
		p.balancerAttributes(b, len(groups) > 0)
	}
	for i, n := range nodes {
		s := p.subnets[n.subnet]
		if s.VPC != b.VPC {
			p.fail("%s is in another VPC than %s", n.subnet, nodes[0].subnet)
		}
		face := p.iface(numbered("eni-"+w[0], i), n.subnet, slices.Concat(n.addresses, groups), kind.iface)
		face.Name, face.Defect, face.Description = "", nil, "ELB "+label
		face.Owner = network.Owner{Kind: network.OwnerLoadBalancer, ID: owner, Sure: true}
		b.Groups = face.Groups
		for _, a := range face.Addresses {
			b.Internal = b.Internal && !a.Public.IsValid()
			if a.IP.Is6() && w[1] != "classic" {
				b.IPAddressType = "dualstack"
			}
		}
		zone := network.LoadBalancerZone{Zone: s.Zone, ZoneID: s.ZoneID, Subnet: s.ID}
		if w[1] == "classic" {
			zone.Zone = ""
		}
		b.Zones = append(b.Zones, zone)
	}
	if w[1] == "classic" { // AWS tells its subnets, and nothing of their order
		slices.SortFunc(b.Zones, func(x, y network.LoadBalancerZone) int { return cmp.Compare(x.Subnet, y.Subnet) })
	}
	if p.line.flag("internal") && !b.Internal {
		p.fail("an internal balancer has no public address (LB-6)")
	}
	p.balancers[w[0]] = b
	p.out.LoadBalancers = append(p.out.LoadBalancers, b)
	p.inner = func() { p.listening(b) }
}

// balancerAttributes reads the options that AWS keeps as attributes. A network load balancer with groups enforces them on PrivateLink unless it is told not to.
func (p *parser) balancerAttributes(b *network.LoadBalancer, groups bool) {
	if p.line.option("attributes", "known") != "unknown" {
		b.Attributes = map[string]string{}
	}
	if cross := p.line.option("cross-zone", ""); cross != "" {
		b.Attributes = map[string]string{"load_balancing.cross_zone.enabled": p.word("value of cross-zone", cross, onOff)}
	}
	usual := ""
	if groups && b.Type == "network" {
		usual = "on"
	}
	if b.EnforceOnPrivateLink = p.line.option("enforce", usual); b.EnforceOnPrivateLink == "unknown" {
		b.EnforceOnPrivateLink = ""
	}
}

// listening reads a part of a load balancer: a listener, a rule of the listener above it, or the instances of a Classic Load Balancer.
func (p *parser) listening(b *network.LoadBalancer) {
	w := p.line.words
	switch {
	case w[0] == "listen" && b.Type == "classic":
		p.classicListener(b, w[1:])
	case w[0] == "listen" && b.Type == "gateway" && len(w) > 1:
		p.listener(b, "", 0, w[1:])
	case w[0] == "listen" && len(w) > 2:
		p.listener(b, strings.ToUpper(w[1]), p.number("port", w[2], 1, 65535), w[3:])
	case w[0] == "rule" && b.Type == "application":
		p.listenerRule(b, w[1:])
	case w[0] == "instances" && b.Type == "classic":
		for _, id := range w[1:] {
			b.Instances = append(b.Instances, p.instanceOf(id))
		}
		slices.Sort(b.Instances)
	case b.Type == "classic":
		p.fail("a part of a classic balancer is: listen PROTOCOL PORT [PROTOCOL] PORT, or instances ENI...")
	case b.Type == "application":
		p.fail("a part of a balancer is: listen PROTOCOL PORT TARGETS...|redirect|fixed, or rule CONDITION=VALUE... TARGETS...|redirect|fixed")
	default:
		p.fail("a part of a %s balancer is: listen PROTOCOL PORT TARGETS...", b.Type)
	}
}

// instanceOf is the identifier of the instance with an interface.
func (p *parser) instanceOf(id string) string {
	p.check(func() { p.must("instance with the interface", id, p.instances[id] != nil) })
	return "i-" + id
}

func (p *parser) listener(b *network.LoadBalancer, protocol string, port int, actions []string) {
	kind := balancerKinds[b.Type].short
	l := network.Listener{Protocol: protocol, Port: port, RulesKnown: p.line.option("rules", "known") != "unknown", Origin: p.origin(),
		Rules: []network.ListenerRule{{Priority: "default", Actions: p.actions(b, actions), Origin: p.origin()}}}
	l.ID = fmt.Sprintf("%s/%016x", balancingARN(b.Object, "listener/"+kind+"/"+b.Name), len(b.Listeners)+1)
	b.Listeners = append(b.Listeners, l)
	slices.SortStableFunc(b.Listeners, func(x, y network.Listener) int { return cmp.Or(cmp.Compare(x.Port, y.Port), cmp.Compare(x.ID, y.ID)) })
	p.last = l.ID
}

func (p *parser) classicListener(b *network.LoadBalancer, w []string) {
	if len(w) == 3 { // both speak the same
		w = []string{w[0], w[1], w[0], w[2]}
	}
	if len(w) != 4 {
		p.fail("a listener of a classic balancer is: listen PROTOCOL PORT [PROTOCOL] PORT")
		return
	}
	b.Listeners = append(b.Listeners, network.Listener{Protocol: strings.ToUpper(w[0]), Port: p.number("port", w[1], 1, 65535), RulesKnown: true,
		InstanceProtocol: strings.ToUpper(w[2]), InstancePort: p.number("port", w[3], 1, 65535), Origin: p.origin()})
	slices.SortStableFunc(b.Listeners, func(x, y network.Listener) int { return cmp.Compare(x.Port, y.Port) })
}

// conditions are what rules ask of requests, in the order in which they are kept.
var conditions = []struct{ option, field string }{
	{"host", "host-header"}, {"path", "path-pattern"}, {"method", "http-request-method"}, {"header", "http-header"}, {"query", "query-string"}, {"source-ip", "source-ip"},
}

// listenerRule reads a rule of the listener above. Rules come in the order in which they are written, unless they say otherwise.
func (p *parser) listenerRule(b *network.LoadBalancer, actions []string) {
	at := slices.IndexFunc(b.Listeners, func(l network.Listener) bool { return l.ID == p.last })
	if at < 0 {
		p.fail("a rule belongs to a listener above it")
		return
	}
	l := &b.Listeners[at]
	r := network.ListenerRule{Priority: p.line.option("priority", strconv.Itoa(len(l.Rules))), Origin: p.origin()}
	for _, c := range conditions {
		if values := p.line.list(c.option); values != nil {
			r.Conditions = append(r.Conditions, network.ListenerCondition{Field: c.field, Values: values})
		}
	}
	r.Actions = p.actions(b, actions)
	l.Rules = append(l.Rules, r)
	slices.SortStableFunc(l.Rules, func(x, y network.ListenerRule) int { return cmp.Compare(priority(x), priority(y)) })
}

// priority orders rules: numbers first, the default last.
func priority(r network.ListenerRule) int {
	if n, err := strconv.Atoi(r.Priority); err == nil {
		return n
	}
	return math.MaxInt
}

// actions reads what a rule does: first of all it may ask who is there, and then it answers, or forwards to one of some target groups.
func (p *parser) actions(b *network.LoadBalancer, words []string) []network.ListenerAction {
	var all []network.ListenerAction
	for len(words) > 0 && words[0] == "authenticate" {
		all = append(all, network.ListenerAction{Type: "authenticate-oidc"})
		words = words[1:]
	}
	switch {
	case len(words) == 0:
		p.fail("say what it does: TARGETS..., redirect or fixed")
		return all
	case words[0] == "redirect":
		return append(all, network.ListenerAction{Type: "redirect"})
	case words[0] == "fixed":
		return append(all, network.ListenerAction{Type: "fixed-response"})
	}
	forward := network.ListenerAction{Type: "forward"}
	for _, name := range words {
		if name == "nothing" { // all weights are 0
			continue
		}
		arn := balancingARN(b.Object, "targetgroup/"+name)
		forward.TargetGroups = append(forward.TargetGroups, arn)
		p.check(func() { p.must("targets", name, p.targeted[arn] != nil) })
	}
	slices.Sort(forward.TargetGroups)
	return append(all, forward)
}

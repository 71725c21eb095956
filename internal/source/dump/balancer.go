package dump

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"

	"github.com/watertight/watertight/internal/network"
)

// loadBalancer is a LoadBalancer of the Elastic Load Balancing v2 API.
type loadBalancer struct {
	LoadBalancerArn                                      string
	LoadBalancerName                                     string
	Type                                                 string
	Scheme                                               string
	VpcId                                                string
	State                                                balancerState
	DNSName                                              string         `json:",omitzero"`
	SecurityGroups                                       []string       `json:",omitzero"`
	AvailabilityZones                                    []balancerZone `json:",omitzero"`
	IpAddressType                                        string         `json:",omitzero"`
	EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic string         `json:",omitzero"`
	record
}

type balancerState struct{ Code string }

type balancerZone struct {
	ZoneName              string            `json:",omitzero"`
	SubnetId              string            `json:",omitzero"`
	LoadBalancerAddresses []balancerAddress `json:",omitzero"`
}

type balancerAddress struct {
	IpAddress          address `json:",omitzero"`
	PrivateIPv4Address address `json:",omitzero"`
	IPv6Address        address `json:",omitzero"`
}

func readLoadBalancer(e *element, r *loadBalancer) {
	b := &network.LoadBalancer{Type: e.require("Type", r.Type), Internal: r.Scheme == "internal", VPC: e.require("VpcId", r.VpcId), State: e.share(r.State.Code),
		DNSName: r.DNSName, Groups: e.shareAll(r.SecurityGroups), IPAddressType: e.share(r.IpAddressType),
		EnforceOnPrivateLink: e.share(r.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic)}
	for _, z := range r.AvailabilityZones {
		zone := network.LoadBalancerZone{Zone: e.share(z.ZoneName), Subnet: e.share(z.SubnetId)}
		for _, a := range z.LoadBalancerAddresses {
			for _, ip := range []netip.Addr{a.PrivateIPv4Address.Addr, a.IpAddress.Addr, a.IPv6Address.Addr} {
				if ip.IsValid() {
					zone.Addresses = append(zone.Addresses, ip)
				}
			}
		}
		b.Zones = append(b.Zones, zone)
	}
	b.Name = e.share(r.LoadBalancerName)
	e.settle(&b.Object, "LoadBalancerArn", r.LoadBalancerArn, "", &r.record)
	e.out.LoadBalancers = append(e.out.LoadBalancers, b)
}

func scheme(internal bool) string {
	if internal {
		return "internal"
	}
	return "internet-facing"
}

func writeLoadBalancer(b *network.LoadBalancer) loadBalancer {
	r := loadBalancer{LoadBalancerArn: b.ID, LoadBalancerName: b.Name, Type: b.Type, Scheme: scheme(b.Internal), VpcId: b.VPC, State: balancerState{b.State}, DNSName: b.DNSName,
		SecurityGroups: b.Groups, IpAddressType: b.IPAddressType, EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: b.EnforceOnPrivateLink, record: markUnnamed(&b.Object)}
	for _, z := range b.Zones {
		zone := balancerZone{ZoneName: z.Zone, SubnetId: z.Subnet}
		for _, ip := range z.Addresses {
			var a balancerAddress
			switch {
			case ip.Is6():
				a.IPv6Address = address{ip}
			case ip.IsPrivate():
				a.PrivateIPv4Address = address{ip}
			default:
				a.IpAddress = address{ip}
			}
			zone.LoadBalancerAddresses = append(zone.LoadBalancerAddresses, a)
		}
		r.AvailabilityZones = append(r.AvailabilityZones, zone)
	}
	return r
}

// balancerAttributes is the answer of describe-load-balancer-attributes, with the load balancer that was asked for.
type balancerAttributes struct {
	LoadBalancerArn string
	Attributes      []attribute
}

type attribute struct{ Key, Value string }

// balancerListeners is the answer of describe-listeners, with the load balancer that was asked for.
type balancerListeners struct {
	LoadBalancerArn string
	Listeners       []listener
	NextMarker      string `json:",omitzero"`
}

type listener struct {
	ListenerArn     string
	LoadBalancerArn string `json:",omitzero"`
	Protocol        string
	Port            int
	DefaultActions  []listenerAction
}

type listenerAction struct {
	Type           string
	Order          int            `json:",omitzero"`
	TargetGroupArn string         `json:",omitzero"`
	ForwardConfig  *forwardConfig `json:",omitzero"`
}

type forwardConfig struct{ TargetGroups []weightedGroup }

type weightedGroup struct {
	TargetGroupArn string
	Weight         *int `json:",omitzero"`
}

// listenerRules is the answer of describe-rules, with the listener that was asked for.
type listenerRules struct {
	ListenerArn string
	Rules       []listenerRule
	NextMarker  string `json:",omitzero"`
}

type listenerRule struct {
	Priority   string
	IsDefault  bool
	Conditions []listenerCondition
	Actions    []listenerAction
}

type listenerCondition struct {
	Field                   string
	Values                  []string         `json:",omitzero"`
	RegexValues             []string         `json:",omitzero"`
	HostHeaderConfig        *conditionValues `json:",omitzero"`
	PathPatternConfig       *conditionValues `json:",omitzero"`
	SourceIpConfig          *conditionValues `json:",omitzero"`
	HttpRequestMethodConfig *conditionValues `json:",omitzero"`
	HttpHeaderConfig        *conditionValues `json:",omitzero"`
	QueryStringConfig       *queryCondition  `json:",omitzero"`
}

type conditionValues struct {
	HttpHeaderName string `json:",omitzero"` // of a condition on a header
	Values         []string
	RegexValues    []string `json:",omitzero"`
}

type queryCondition struct{ Values []attribute }

func (e *element) actions(list []listenerAction) []network.ListenerAction {
	slices.SortStableFunc(list, func(a, b listenerAction) int { return cmp.Compare(a.Order, b.Order) })
	return pick(list, func(r listenerAction) network.ListenerAction {
		a := network.ListenerAction{Type: e.share(r.Type)}
		if r.ForwardConfig != nil && len(r.ForwardConfig.TargetGroups) > 0 {
			for _, g := range r.ForwardConfig.TargetGroups {
				if g.Weight == nil || *g.Weight > 0 {
					a.TargetGroups = append(a.TargetGroups, g.TargetGroupArn)
				}
			}
		} else if r.TargetGroupArn != "" {
			a.TargetGroups = []string{r.TargetGroupArn}
		}
		a.TargetGroups = e.shareAll(a.TargetGroups)
		return a
	})
}

// regex stands before a value that is a regular expression.
const regex = "regex "

// condition gives the values of a condition as text, from whichever of its forms has them.
func (e *element) condition(path string, r *listenerCondition) network.ListenerCondition {
	c := network.ListenerCondition{Field: e.share(r.Field), Values: r.Values}
	for _, each := range []*conditionValues{{Values: nil, RegexValues: r.RegexValues}, r.HostHeaderConfig, r.PathPatternConfig, r.SourceIpConfig, r.HttpRequestMethodConfig, r.HttpHeaderConfig} {
		if each == nil || len(c.Values) > 0 {
			continue
		}
		name := ""
		if each.HttpHeaderName != "" {
			name = each.HttpHeaderName + ": "
		}
		c.Values = append(pick(each.Values, func(value string) string { return name + value }), pick(each.RegexValues, func(value string) string { return name + regex + value })...)
	}
	if q := r.QueryStringConfig; q != nil && len(c.Values) == 0 {
		c.Values = pick(q.Values, func(a attribute) string {
			if a.Key == "" {
				return a.Value
			}
			return a.Key + "=" + a.Value
		})
	}
	if e.faulty(path) {
		return c
	}
	switch {
	case c.Field == "":
		e.fault(path, "has no Field")
	case c.Field == "source-ip": // the only one that is evaluated
		if len(c.Values) == 0 {
			e.fault(path, "has no Values")
		}
		for _, value := range c.Values {
			if _, err := netip.ParsePrefix(value); err != nil {
				e.fault(path, fmt.Sprintf("%q is not a CIDR block such as 10.0.0.0/16 or 2001:db8::/56", value))
			}
		}
	}
	return c
}

// assembleBalancers fills load balancers and target groups with what is asked for one by one.
func (d *dump) assembleBalancers(all *part) {
	zones := map[string]string{}
	for _, s := range all.Subnets {
		zones[s.ID] = s.ZoneID
	}
	balancers, groups := map[string]*network.LoadBalancer{}, map[string]*network.TargetGroup{}
	for _, b := range all.LoadBalancers {
		if b.Type == "classic" && b.Name != "" {
			b.ID = "classic/" + b.Account + "/" + b.Region + "/" + b.Name
		}
		balancers[b.ID] = b
		for i := range b.Zones {
			b.Zones[i].ZoneID = zones[b.Zones[i].Subnet]
		}
	}
	for _, g := range all.TargetGroups {
		groups[g.ID] = g
	}
	// lost tells of an answer whose object is not in the input, or unknown.
	lost := func(e *element, key, id string) {
		if id == "" {
			e.fault("", "has no "+key+": it is not known what this is about")
			e.gap("an answer is not understood")
		}
		e.take("")
	}
	spoil := func(o *network.Object, defect *network.Defect) {
		if o.Defect == nil {
			o.Defect = defect
		}
	}
	for i := range all.BalancerAttributes {
		r, e := all.BalancerAttributes[i].open(all)
		if b := balancers[r.LoadBalancerArn]; b != nil {
			b.Attributes = e.attributes(r.Attributes)
			spoil(&b.Object, e.take(""))
		} else {
			lost(e, "LoadBalancerArn", r.LoadBalancerArn)
		}
	}
	rules := map[string][]network.ListenerRule{}
	known := map[string]bool{}
	wrong := map[string]*network.Defect{}
	for i := range all.ListenerRules {
		r, e := all.ListenerRules[i].open(all)
		for j, rule := range r.Rules {
			out := network.ListenerRule{Priority: e.share(rule.Priority), Actions: e.actions(rule.Actions), Origin: e.origin(at("Rules", j))}
			for k := range rule.Conditions {
				out.Conditions = append(out.Conditions, e.condition(at("Rules", j)+at("Conditions", k), &rule.Conditions[k]))
			}
			if out.Priority == "" && !e.faulty(at("Rules", j)) {
				e.fault(at("Rules", j), "has no Priority")
			}
			rules[r.ListenerArn] = append(rules[r.ListenerArn], out)
		}
		if r.ListenerArn == "" {
			lost(e, "ListenerArn", "")
		}
		known[r.ListenerArn] = r.NextMarker == ""
		wrong[r.ListenerArn] = cmp.Or(wrong[r.ListenerArn], e.take(""))
	}
	for i := range all.BalancerListeners {
		r, e := all.BalancerListeners[i].open(all)
		b := balancers[r.LoadBalancerArn]
		if b == nil {
			lost(e, "LoadBalancerArn", r.LoadBalancerArn)
			continue
		}
		for j, l := range r.Listeners {
			path := at("Listeners", j)
			if l.Port == 0 && b.Type != "gateway" && !e.faulty(path) {
				e.fault(path, "has no Port")
			}
			out := network.Listener{ID: l.ListenerArn, Protocol: e.share(l.Protocol), Port: l.Port, Origin: e.origin(path)}
			// Other listeners than an application load balancer's have no rules but the default.
			out.Rules, out.RulesKnown = rules[l.ListenerArn], known[l.ListenerArn] || b.Type != "application"
			if len(out.Rules) == 0 {
				out.Rules = []network.ListenerRule{{Priority: "default", Actions: e.actions(l.DefaultActions), Origin: e.origin(path + "/DefaultActions")}}
			}
			slices.SortStableFunc(out.Rules, func(x, y network.ListenerRule) int { return cmp.Compare(priority(x), priority(y)) })
			spoil(&b.Object, wrong[l.ListenerArn])
			b.Listeners = append(b.Listeners, out)
		}
		slices.SortStableFunc(b.Listeners, func(x, y network.Listener) int { return cmp.Or(cmp.Compare(x.Port, y.Port), cmp.Compare(x.ID, y.ID)) })
		b.ListenersKnown = r.NextMarker == ""
		spoil(&b.Object, e.take(""))
	}
	for i := range all.TargetAttributes {
		r, e := all.TargetAttributes[i].open(all)
		if g := groups[r.TargetGroupArn]; g != nil {
			g.Attributes = e.attributes(r.Attributes)
			spoil(&g.Object, e.take(""))
		} else {
			lost(e, "TargetGroupArn", r.TargetGroupArn)
		}
	}
	for i := range all.TargetHealth {
		r, e := all.TargetHealth[i].open(all)
		g := groups[r.TargetGroupArn]
		if g == nil {
			lost(e, "TargetGroupArn", r.TargetGroupArn)
			continue
		}
		for j, t := range r.TargetHealthDescriptions {
			if path := at("TargetHealthDescriptions", j); t.Target.Id == "" && !e.faulty(path) {
				e.fault(path, "has no Target with an Id")
			}
			g.Targets = append(g.Targets, network.LoadBalancerTarget{ID: e.share(t.Target.Id), Port: t.Target.Port, Zone: e.share(t.Target.AvailabilityZone)})
		}
		slices.SortFunc(g.Targets, func(x, y network.LoadBalancerTarget) int {
			return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Port, y.Port), cmp.Compare(x.Zone, y.Zone))
		})
		g.TargetsKnown = true
		spoil(&g.Object, e.take(""))
	}
}

// priority orders rules: numbers first, the default last.
func priority(r network.ListenerRule) int {
	if n, err := strconv.Atoi(r.Priority); err == nil {
		return n
	}
	return math.MaxInt
}

func (e *element) attributes(list []attribute) map[string]string {
	attributes := make(map[string]string, len(list))
	for _, a := range list {
		attributes[e.share(a.Key)] = e.share(a.Value)
	}
	return attributes
}

func writeAttributes(attributes map[string]string) []attribute {
	list := []attribute{}
	for key, value := range attributes {
		list = append(list, attribute{key, value})
	}
	slices.SortFunc(list, func(a, b attribute) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

func writeListeners(b *network.LoadBalancer) balancerListeners {
	return balancerListeners{LoadBalancerArn: b.ID, Listeners: pick(b.Listeners, func(l network.Listener) listener {
		r := listener{ListenerArn: l.ID, LoadBalancerArn: b.ID, Protocol: l.Protocol, Port: l.Port, DefaultActions: []listenerAction{}}
		for _, rule := range l.Rules {
			if rule.Priority == "default" {
				r.DefaultActions = writeActions(rule.Actions)
			}
		}
		return r
	})}
}

func writeActions(actions []network.ListenerAction) []listenerAction {
	list := []listenerAction{}
	for i, a := range actions {
		r := listenerAction{Type: a.Type, Order: i + 1}
		if a.Type == "forward" {
			r.ForwardConfig = &forwardConfig{pick(a.TargetGroups, func(arn string) weightedGroup { return weightedGroup{TargetGroupArn: arn} })}
		}
		list = append(list, r)
	}
	return list
}

func writeListenerRules(l network.Listener) listenerRules {
	return listenerRules{ListenerArn: l.ID, Rules: pick(l.Rules, func(rule network.ListenerRule) listenerRule {
		return listenerRule{Priority: rule.Priority, IsDefault: rule.Priority == "default", Actions: writeActions(rule.Actions),
			Conditions: pick(rule.Conditions, func(c network.ListenerCondition) listenerCondition {
				return listenerCondition{Field: c.Field, Values: c.Values}
			})}
	})}
}

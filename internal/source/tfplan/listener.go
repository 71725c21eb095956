package tfplan

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// listenerRule is a rule that has yet to find its listener.
type listenerRule struct {
	from     *instance
	listener string
	network.ListenerRule
}

func (i *instance) listener() {
	l := network.Listener{ID: i.arn(), Protocol: strings.ToUpper(i.get("protocol").text()), RulesKnown: true, Origin: i.origin("")}
	l.Port, _ = i.get("port").number()
	l.Rules = []network.ListenerRule{{Priority: "default", Actions: i.actions("default_action"), Origin: i.origin("default_action")}}
	n := i.get("load_balancer_arn")
	arn := n.identity()
	if arn == "" {
		for _, b := range i.out.LoadBalancers {
			if i.near(&b.Object) && b.Type != "classic" {
				b.ListenersKnown = false
			}
		}
		return
	}
	b := i.balancerAt(arn, "load_balancer_arn", "a listener to a load balancer")
	if b.Type == "application" && l.Protocol == "" {
		l.Protocol = "HTTP"
	}
	b.Listeners = append(b.Listeners, l)
	b.Defect = cmp.Or(b.Defect, i.take(""))
}

// actions are what a listener or a rule does, in order. A target group that is not known is none that anybody has.
func (i *instance) actions(name string) []network.ListenerAction {
	type ordered struct {
		network.ListenerAction
		order int
	}
	var all []ordered
	for _, n := range i.get(name).list() {
		a := ordered{ListenerAction: network.ListenerAction{Type: n.get("type").text()}, order: math.MaxInt}
		if order, ok := n.get("order").number(); ok {
			a.order = order
		}
		group := func(n node) {
			if arn := n.identity(); arn != "" {
				a.TargetGroups = append(a.TargetGroups, arn)
			} else if n.hole() {
				a.TargetGroups = append(a.TargetGroups, i.unknownTargets(n))
			}
		}
		for _, forward := range n.get("forward").list() {
			if forward.get("target_group").hole() && len(forward.get("target_group").list()) == 0 {
				a.TargetGroups = append(a.TargetGroups, i.unknownTargets(forward))
			}
			for _, g := range forward.get("target_group").list() {
				if weight, ok := g.get("weight").number(); !ok || weight > 0 {
					group(g.get("arn"))
				}
			}
		}
		if len(a.TargetGroups) == 0 {
			group(n.get("target_group_arn"))
		}
		all = append(all, a)
	}
	slices.SortStableFunc(all, func(a, b ordered) int { return cmp.Compare(a.order, b.order) })
	var actions []network.ListenerAction
	for _, a := range all {
		actions = append(actions, a.ListenerAction)
	}
	return actions
}

// conditionFields are the blocks of a condition, and what the API calls them.
var conditionFields = []struct{ block, field string }{
	{"host_header", "host-header"}, {"path_pattern", "path-pattern"}, {"http_header", "http-header"}, {"http_request_method", "http-request-method"},
	{"query_string", "query-string"}, {"source_ip", "source-ip"},
}

func (i *instance) conditions() []network.ListenerCondition {
	var all []network.ListenerCondition
	for _, n := range i.get("condition").list() {
		for _, f := range conditionFields {
			for _, block := range n.get(f.block).list() {
				c := network.ListenerCondition{Field: f.field}
				header := ""
				if f.block == "http_header" {
					header = block.get("http_header_name").text() + ": "
				}
				switch {
				case f.block == "query_string":
					value := block.get("value").text()
					if key := block.get("key").text(); key != "" {
						value = key + "=" + value
					}
					c.Values = append(c.Values, value)
				default:
					for _, value := range block.get("values").texts() {
						c.Values = append(c.Values, header+value)
					}
					for _, value := range block.get("regex_values").texts() {
						c.Values = append(c.Values, header+"regex "+value)
					}
				}
				if f.block != "source_ip" && block.hole() { // it is a condition, whichever
					i.take(block.path)
					c.Values = append(c.Values, "what is not known yet")
				}
				if f.block == "source_ip" {
					for _, value := range c.Values {
						if _, err := netip.ParsePrefix(value); err != nil {
							block.fault("is " + strconv.Quote(value) + ", which is not a CIDR block such as 10.0.0.0/16 or 2001:db8::/56")
						}
					}
				}
				slices.Sort(c.Values)
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b network.ListenerCondition) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), slices.Compare(a.Values, b.Values))
	})
	return all
}

func (i *instance) listenerRule() {
	r := listenerRule{from: i, listener: i.get("listener_arn").identity()}
	r.Origin, r.Actions, r.Conditions = i.origin(""), i.actions("action"), i.conditions()
	r.Priority = i.get("priority").identity()
	i.crew().listenerRules = append(i.crew().listenerRules, r)
}

// rank orders rules: numbers first, those without one next, the default last.
func rank(r network.ListenerRule) int {
	if r.Priority == "default" {
		return math.MaxInt
	}
	if n, err := strconv.Atoi(r.Priority); err == nil {
		return n
	}
	return math.MaxInt - 1
}

// joinRules puts rules into their listeners.
func (r *reader) joinRules() {
	at := map[string]*network.Listener{}
	of := map[*network.Listener]*network.LoadBalancer{}
	index := func(b *network.LoadBalancer) {
		for k := range b.Listeners {
			at[b.Listeners[k].ID] = &b.Listeners[k]
			of[&b.Listeners[k]] = b
		}
	}
	for _, b := range r.out.LoadBalancers {
		index(b)
	}
	for _, rule := range r.crew().listenerRules {
		i := rule.from
		if rule.listener == "" { // it may be any
			for _, b := range r.out.LoadBalancers {
				for k := range b.Listeners {
					if i.near(&b.Object) && b.Type == "application" {
						b.Listeners[k].RulesKnown = false
					}
				}
			}
			continue
		}
		l := at[rule.listener]
		if l == nil {
			path, end := rule.listener, strings.LastIndexByte(rule.listener, '/')
			if end > 0 {
				path = path[:end]
			}
			b := i.balancerAt(strings.Replace(path, ":listener/", ":loadbalancer/", 1), "listener_arn", "a rule to a listener")
			b.Listeners = append(b.Listeners, network.Listener{ID: rule.listener, RulesKnown: true, Origin: i.origin("")})
			index(b)
			l = at[rule.listener]
		}
		l.Rules = append(l.Rules, rule.ListenerRule)
		of[l].Defect = cmp.Or(of[l].Defect, i.take(""))
	}
}

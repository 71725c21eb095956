package random_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/random"
)

// feature is something that networks may have.
type feature struct {
	name string
	has  func(*network.Network) bool
}

func some[T any](list []T, holds func(T) bool) bool { return slices.ContainsFunc(list, holds) }

// principal are the features that are in a third of networks, so that all pairs of them occur often.
var principal = []feature{
	{"transit gateway", func(n *network.Network) bool { return n.TransitGateways.Len() > 0 }},
	{"firewall", func(n *network.Network) bool { return n.Firewalls.Len() > 0 }},
	{"load balancer", func(n *network.Network) bool { return n.LoadBalancers.Len() > 0 }},
	{"endpoint of a private service", func(n *network.Network) bool {
		return some(n.Endpoints.All(), func(e *network.Endpoint) bool {
			return e.Type == network.EndpointInterface && strings.Contains(e.Service, ".vpce.")
		})
	}},
}

func attachment(holds func(*network.TransitAttachment) bool) func(*network.Network) bool {
	return func(n *network.Network) bool { return some(n.TransitAttachments.All(), holds) }
}

func transitTable(holds func(*network.TransitRouteTable) bool) func(*network.Network) bool {
	return func(n *network.Network) bool { return some(n.TransitRouteTables.All(), holds) }
}

func transitRoute(holds func(network.TransitRoute) bool) func(*network.Network) bool {
	return transitTable(func(t *network.TransitRouteTable) bool { return some(t.Routes, holds) })
}

func route(holds func(*network.Network, *network.RouteTable, network.Route) bool) func(*network.Network) bool {
	return func(n *network.Network) bool {
		return some(n.RouteTables.All(), func(t *network.RouteTable) bool {
			return some(t.Routes, func(r network.Route) bool { return holds(n, t, r) })
		})
	}
}

// gate finds the firewall endpoint that a route leads to.
func gate(n *network.Network, r network.Route) (network.FirewallEndpoint, bool) {
	for _, f := range n.Firewalls.All() {
		for _, e := range f.Endpoints {
			if r.Target.ID == e.ID {
				return e, true
			}
		}
	}
	return network.FirewallEndpoint{}, false
}

func policy(holds func(*network.FirewallPolicy) bool) func(*network.Network) bool {
	return func(n *network.Network) bool { return some(n.FirewallPolicies.All(), holds) }
}

func ruleGroup(holds func(*network.FirewallRuleGroup) bool) func(*network.Network) bool {
	return func(n *network.Network) bool { return some(n.FirewallRuleGroups.All(), holds) }
}

func stateless(holds func(network.StatelessRule) bool) func(*network.Network) bool {
	return ruleGroup(func(g *network.FirewallRuleGroup) bool { return some(g.Stateless, holds) })
}

func stateful(holds func(network.StatefulRule) bool) func(*network.Network) bool {
	return ruleGroup(func(g *network.FirewallRuleGroup) bool { return some(g.Rules, holds) })
}

func balancer(holds func(*network.LoadBalancer) bool) func(*network.Network) bool {
	return func(n *network.Network) bool { return some(n.LoadBalancers.All(), holds) }
}

func listenerRule(holds func(network.ListenerRule) bool) func(*network.Network) bool {
	return balancer(func(b *network.LoadBalancer) bool {
		return some(b.Listeners, func(l network.Listener) bool { return some(l.Rules, holds) })
	})
}

func targets(holds func(*network.TargetGroup) bool) func(*network.Network) bool {
	return func(n *network.Network) bool { return some(n.TargetGroups.All(), holds) }
}

func endpoint(holds func(*network.Network, *network.Endpoint) bool) func(*network.Network) bool {
	return func(n *network.Network) bool {
		return some(n.Endpoints.All(), func(e *network.Endpoint) bool { return holds(n, e) })
	}
}

func known(n *network.Network, service string) *network.EndpointService {
	for _, s := range n.EndpointServices.All() {
		if s.Name == service {
			return s
		}
	}
	return nil
}

func listens(protocol string) func(*network.Network) bool {
	return balancer(func(b *network.LoadBalancer) bool {
		return some(b.Listeners, func(l network.Listener) bool { return l.Protocol == protocol })
	})
}

func spoken(protocol string) func(*network.Network) bool {
	return stateful(func(r network.StatefulRule) bool { return r.Protocol == protocol })
}

func flowing(word string) func(*network.Network) bool {
	return stateful(func(r network.StatefulRule) bool { return slices.Contains(r.Flow, word) })
}

func acts(action string) func(*network.Network) bool {
	return stateful(func(r network.StatefulRule) bool { return r.Action == action })
}

func attached(kind string) func(*network.Network) bool {
	return attachment(func(a *network.TransitAttachment) bool { return a.Type == kind })
}

// features are all others: each is in some networks.
var features = []feature{
	{"attachment of a VPC", attached("vpc")},
	{"attachment of a VPN connection", attached("vpn")},
	{"attachment of Direct Connect", attached("direct-connect-gateway")},
	{"attachment of Connect", attached("connect")},
	{"peered gateways", attached("peering")},
	{"appliance mode", attachment(func(a *network.TransitAttachment) bool { return a.ApplianceMode })},
	{"attachment without IPv6", attachment(func(a *network.TransitAttachment) bool { return a.Type == "vpc" && a.Detailed && !a.IPv6 })},
	{"attachment without references", attachment(func(a *network.TransitAttachment) bool { return a.Detailed && !a.SecurityGroupReferencing })},
	{"attachment that is not available", attachment(func(a *network.TransitAttachment) bool { return a.State != "available" })},
	{"attachment without an association", attachment(func(a *network.TransitAttachment) bool { return a.RouteTable == "" })},
	{"attachment that misses a zone", func(n *network.Network) bool {
		return some(n.TransitAttachments.All(), func(a *network.TransitAttachment) bool {
			return some(n.Subnets.All(), func(s *network.Subnet) bool {
				return s.VPC == a.Resource && len(a.Subnets) > 0 && !some(a.Subnets, func(id string) bool {
					at, _ := n.Subnets.Get(id)
					return at.Zone == s.Zone
				})
			})
		})
	}},
	{"gateway without references", func(n *network.Network) bool {
		return some(n.TransitGateways.All(), func(g *network.TransitGateway) bool { return !g.SecurityGroupReferencing })
	}},
	{"VPN connection that is not available", func(n *network.Network) bool {
		return some(n.VPNConnections.All(), func(c *network.VPNConnection) bool { return c.TransitGateway != "" && c.State != "available" })
	}},
	{"VPN connection of an attachment that was not collected", func(n *network.Network) bool {
		return some(n.TransitAttachments.All(), func(a *network.TransitAttachment) bool {
			_, ok := n.VPNConnections.Get(a.Resource)
			return a.Type == "vpn" && !ok
		})
	}},
	{"transit blackhole", transitRoute(func(r network.TransitRoute) bool { return r.Blackhole })},
	{"transit route of a prefix list", transitRoute(func(r network.TransitRoute) bool { return r.PrefixList != "" })},
	{"transit route that was propagated", transitRoute(func(r network.TransitRoute) bool { return r.Type == "propagated" })},
	{"static transit route", transitRoute(func(r network.TransitRoute) bool {
		return r.Type == "static" && r.Destination.IsValid() && !r.Blackhole
	})},
	{"propagation", transitTable(func(t *network.TransitRouteTable) bool { return len(t.Propagations) > 0 })},
	{"propagations that are not known", transitTable(func(t *network.TransitRouteTable) bool { return !t.PropagationsKnown })},
	{"transit routes that are not known", transitTable(func(t *network.TransitRouteTable) bool { return !t.RoutesKnown })},
	{"two tables of a gateway", func(n *network.Network) bool { return n.TransitRouteTables.Len() > n.TransitGateways.Len() }},

	{"firewall between subnets", route(func(n *network.Network, t *network.RouteTable, r network.Route) bool {
		_, ok := gate(n, r)
		return ok && len(t.Gateways) == 0 && some(n.Subnets.All(), func(s *network.Subnet) bool { return slices.Contains(s.Blocks, r.Destination) })
	})},
	{"firewall behind the internet gateway", route(func(n *network.Network, t *network.RouteTable, r network.Route) bool {
		_, ok := gate(n, r)
		return ok && len(t.Gateways) > 0
	})},
	{"firewall before a NAT gateway", route(func(n *network.Network, t *network.RouteTable, r network.Route) bool {
		return r.Target.Kind == network.TargetNAT && some(t.Subnets, func(id string) bool {
			return some(n.Firewalls.All(), func(f *network.Firewall) bool {
				return some(f.Endpoints, func(e network.FirewallEndpoint) bool { return e.Subnet == id })
			})
		})
	})},
	{"firewall in a VPC behind a transit gateway", route(func(n *network.Network, t *network.RouteTable, r network.Route) bool {
		_, ok := gate(n, r)
		return ok && some(n.TransitAttachments.All(), func(a *network.TransitAttachment) bool {
			return a.Resource == t.VPC && some(a.Subnets, func(id string) bool { return slices.Contains(t.Subnets, id) })
		})
	})},
	{"firewall in two zones", func(n *network.Network) bool {
		return some(n.Firewalls.All(), func(f *network.Firewall) bool { return len(f.Endpoints) > 1 })
	}},
	{"firewall endpoint that is not ready", func(n *network.Network) bool {
		return some(n.Firewalls.All(), func(f *network.Firewall) bool {
			return some(f.Endpoints, func(e network.FirewallEndpoint) bool { return e.Status != "READY" })
		})
	}},
	{"firewall endpoint with an interface", func(n *network.Network) bool {
		return some(n.Interfaces.All(), func(i *network.Interface) bool { return i.Owner.Kind == network.OwnerFirewall })
	}},
	{"policy that is not there", func(n *network.Network) bool {
		return some(n.Firewalls.All(), func(f *network.Firewall) bool {
			_, ok := n.FirewallPolicies.Get(f.Policy)
			return !ok
		})
	}},
	{"strict order", policy(func(p *network.FirewallPolicy) bool { return p.Strict })},
	{"action order", policy(func(p *network.FirewallPolicy) bool { return !p.Strict && len(p.StatefulGroups) > 1 })},
	{"stateless default pass", policy(func(p *network.FirewallPolicy) bool { return slices.Contains(p.StatelessDefaults, "aws:pass") })},
	{"stateless default drop", policy(func(p *network.FirewallPolicy) bool { return slices.Contains(p.StatelessDefaults, "aws:drop") })},
	{"stateless default forward", policy(func(p *network.FirewallPolicy) bool {
		return slices.Contains(p.StatelessDefaults, "aws:forward_to_sfe")
	})},
	{"custom action", policy(func(p *network.FirewallPolicy) bool { return slices.Contains(p.StatelessDefaults, "count") })},
	{"drop_strict", policy(func(p *network.FirewallPolicy) bool { return slices.Contains(p.StatefulDefaults, "aws:drop_strict") })},
	{"drop_established", policy(func(p *network.FirewallPolicy) bool {
		return slices.Contains(p.StatefulDefaults, "aws:drop_established")
	})},
	{"alert by default", policy(func(p *network.FirewallPolicy) bool { return slices.Contains(p.StatefulDefaults, "aws:alert_strict") })},
	{"default of another kind", policy(func(p *network.FirewallPolicy) bool {
		return slices.Contains(p.StatefulDefaults, "aws:drop_established_app_layer")
	})},
	{"HOME_NET of a policy", policy(func(p *network.FirewallPolicy) bool { return p.IPSets["HOME_NET"] != nil })},
	{"TLS inspection", policy(func(p *network.FirewallPolicy) bool { return p.TLSInspection != "" })},
	{"drops that only alert", policy(func(p *network.FirewallPolicy) bool {
		return some(p.StatefulGroups, func(r network.FirewallReference) bool { return r.Override != "" })
	})},
	{"rule group that is not there", func(n *network.Network) bool {
		return some(n.FirewallPolicies.All(), func(p *network.FirewallPolicy) bool {
			return some(slices.Concat(p.StatelessGroups, p.StatefulGroups), func(r network.FirewallReference) bool {
				_, ok := n.FirewallRuleGroups.Get(r.RuleGroup)
				return !ok
			})
		})
	}},
	{"stateless pass", stateless(func(r network.StatelessRule) bool { return slices.Contains(r.Actions, "aws:pass") })},
	{"stateless drop", stateless(func(r network.StatelessRule) bool { return slices.Contains(r.Actions, "aws:drop") })},
	{"stateless forward", stateless(func(r network.StatelessRule) bool { return slices.Contains(r.Actions, "aws:forward_to_sfe") })},
	{"stateless source ports", stateless(func(r network.StatelessRule) bool { return len(r.SourcePorts) > 0 })},
	{"stateless destination ports", stateless(func(r network.StatelessRule) bool { return len(r.DestinationPorts) > 0 })},
	{"stateless flags", stateless(func(r network.StatelessRule) bool { return len(r.TCPFlags) > 0 })},
	{"list of domains", ruleGroup(func(g *network.FirewallRuleGroup) bool { return g.Domains != nil && g.Domains.Action == "ALLOWLIST" })},
	{"list of domains to deny", ruleGroup(func(g *network.FirewallRuleGroup) bool { return g.Domains != nil && g.Domains.Action == "DENYLIST" })},
	{"variable of addresses", ruleGroup(func(g *network.FirewallRuleGroup) bool { return g.IPSets["SERVERS"] != nil })},
	{"variable of ports", ruleGroup(func(g *network.FirewallRuleGroup) bool { return g.PortSets != nil })},
	{"HOME_NET of a group", ruleGroup(func(g *network.FirewallRuleGroup) bool { return g.IPSets["HOME_NET"] != nil })},
	{"reference to a prefix list", ruleGroup(func(g *network.FirewallRuleGroup) bool { return g.References != nil })},
	{"pass", acts("pass")}, {"drop", acts("drop")}, {"reject", acts("reject")}, {"alert", acts("alert")},
	{"rule about ip", spoken("ip")}, {"rule about tcp", spoken("tcp")}, {"rule about udp", spoken("udp")}, {"rule about icmp", spoken("icmp")},
	{"rule about tls", spoken("tls")}, {"rule about http", spoken("http")}, {"rule about ssh", spoken("ssh")}, {"rule about dns", spoken("dns")},
	{"established", flowing("established")}, {"to_server", flowing("to_server")}, {"to_client", flowing("to_client")}, {"not_established", flowing("not_established")},
	{"both directions", stateful(func(r network.StatefulRule) bool { return r.Both })},
	{"source ports", stateful(func(r network.StatefulRule) bool { return !r.SourcePorts.Any && r.Defect == nil })},
	{"negated addresses", stateful(func(r network.StatefulRule) bool { return r.Source.Not || r.Destination.Not })},
	{"negated ports", stateful(func(r network.StatefulRule) bool { return r.DestinationPorts.Not })},
	{"list of addresses", stateful(func(r network.StatefulRule) bool { return r.Source.List != nil || r.Destination.List != nil })},
	{"list of ports", stateful(func(r network.StatefulRule) bool { return r.DestinationPorts.List != nil })},
	{"$HOME_NET", stateful(func(r network.StatefulRule) bool { return r.Source.Variable == "HOME_NET" })},
	{"$EXTERNAL_NET", stateful(func(r network.StatefulRule) bool { return r.Destination.Variable == "EXTERNAL_NET" })},
	{"@reference", stateful(func(r network.StatefulRule) bool { return r.Source.Reference != "" || r.Destination.Reference != "" })},
	{"names", stateful(func(r network.StatefulRule) bool { return len(r.Names) > 0 })},
	{"unknown keyword", stateful(func(r network.StatefulRule) bool { return len(r.Unevaluated) > 0 })},

	{"application load balancer", balancer(func(b *network.LoadBalancer) bool { return b.Type == "application" })},
	{"network load balancer with groups", balancer(func(b *network.LoadBalancer) bool { return b.Type == "network" && len(b.Groups) > 0 })},
	{"network load balancer without groups", balancer(func(b *network.LoadBalancer) bool { return b.Type == "network" && len(b.Groups) == 0 })},
	{"Classic Load Balancer", balancer(func(b *network.LoadBalancer) bool { return b.Type == "classic" && len(b.Instances) > 0 })},
	{"gateway load balancer", balancer(func(b *network.LoadBalancer) bool { return b.Type == "gateway" })},
	{"internal load balancer", balancer(func(b *network.LoadBalancer) bool { return b.Internal })},
	{"internet-facing load balancer", balancer(func(b *network.LoadBalancer) bool { return !b.Internal })},
	{"load balancer in two zones", balancer(func(b *network.LoadBalancer) bool { return len(b.Zones) > 1 })},
	{"load balancer of both families", balancer(func(b *network.LoadBalancer) bool { return b.IPAddressType == "dualstack" })},
	{"cross-zone balancing", balancer(func(b *network.LoadBalancer) bool { return b.Attributes["load_balancing.cross_zone.enabled"] == "true" })},
	{"enforcement on PrivateLink", balancer(func(b *network.LoadBalancer) bool { return b.EnforceOnPrivateLink == "on" })},
	{"no enforcement on PrivateLink", balancer(func(b *network.LoadBalancer) bool { return b.EnforceOnPrivateLink == "off" })},
	{"TCP", listens("TCP")}, {"UDP", listens("UDP")}, {"TCP_UDP", listens("TCP_UDP")}, {"TLS", listens("TLS")}, {"HTTPS", listens("HTTPS")},
	{"condition on a host or a path", listenerRule(func(r network.ListenerRule) bool {
		return some(r.Conditions, func(c network.ListenerCondition) bool { return c.Field != "source-ip" })
	})},
	{"condition on the source", listenerRule(func(r network.ListenerRule) bool {
		return some(r.Conditions, func(c network.ListenerCondition) bool { return c.Field == "source-ip" })
	})},
	{"redirect", listenerRule(func(r network.ListenerRule) bool { return r.Actions[0].Type == "redirect" })},
	{"fixed response", listenerRule(func(r network.ListenerRule) bool { return r.Actions[0].Type == "fixed-response" })},
	{"two target groups of a rule", listenerRule(func(r network.ListenerRule) bool { return len(r.Actions[0].TargetGroups) > 1 })},
	{"no target group of a listener", listenerRule(func(r network.ListenerRule) bool {
		return r.Actions[0].Type == "forward" && len(r.Actions[0].TargetGroups) == 0
	})},
	{"instances as targets", targets(func(g *network.TargetGroup) bool { return g.TargetType == "instance" && len(g.Targets) > 0 })},
	{"addresses as targets", targets(func(g *network.TargetGroup) bool { return g.TargetType == "ip" })},
	{"address outside the VPC as a target", targets(func(g *network.TargetGroup) bool {
		return g.TargetType == "ip" && some(g.Targets, func(t network.LoadBalancerTarget) bool { return t.Zone == "all" })
	})},
	{"function as a target", targets(func(g *network.TargetGroup) bool { return g.TargetType == "lambda" })},
	{"load balancer as a target", targets(func(g *network.TargetGroup) bool { return g.TargetType == "alb" })},
	{"no targets", targets(func(g *network.TargetGroup) bool { return g.TargetsKnown && len(g.Targets) == 0 })},
	{"targets with ports", targets(func(g *network.TargetGroup) bool {
		return some(g.Targets, func(t network.LoadBalancerTarget) bool { return t.Port > 0 })
	})},
	{"client addresses preserved", targets(func(g *network.TargetGroup) bool { return g.Attributes["preserve_client_ip.enabled"] == "true" })},
	{"client addresses not preserved", targets(func(g *network.TargetGroup) bool { return g.Attributes["preserve_client_ip.enabled"] == "false" })},
	{"target group's own cross-zone balancing", targets(func(g *network.TargetGroup) bool { return g.Attributes["load_balancing.cross_zone.enabled"] != "" })},
	{"another port for health checks", targets(func(g *network.TargetGroup) bool { return g.HealthCheckPort > 0 })},
	{"target in another zone than every node", func(n *network.Network) bool {
		return some(n.TargetGroups.All(), func(g *network.TargetGroup) bool {
			return some(g.Targets, func(t network.LoadBalancerTarget) bool {
				return t.Zone != "" && t.Zone != "all" && !some(g.LoadBalancers, func(arn string) bool {
					b, _ := n.LoadBalancers.Get(arn)
					return some(b.Zones, func(z network.LoadBalancerZone) bool { return z.Zone == t.Zone })
				})
			})
		})
	}},

	{"service", func(n *network.Network) bool { return n.EndpointServices.Len() > 0 }},
	{"endpoint of a service of another VPC", endpoint(func(n *network.Network, e *network.Endpoint) bool {
		s := known(n, e.Service)
		return s != nil && some(s.LoadBalancers, func(arn string) bool {
			b, _ := n.LoadBalancers.Get(arn)
			return b.VPC != e.VPC && e.Type == network.EndpointInterface
		})
	})},
	{"endpoint whose VPC overlaps the provider's", endpoint(func(n *network.Network, e *network.Endpoint) bool {
		s := known(n, e.Service)
		v, _ := n.VPCs.Get(e.VPC)
		return s != nil && some(s.LoadBalancers, func(arn string) bool {
			b, _ := n.LoadBalancers.Get(arn)
			w, ok := n.VPCs.Get(b.VPC)
			return ok && w != v && w.Blocks[0] == v.Blocks[0]
		})
	})},
	{"endpoint that is not available", endpoint(func(n *network.Network, e *network.Endpoint) bool {
		return e.Type == network.EndpointInterface && e.State != "available" && known(n, e.Service) != nil
	})},
	{"endpoint of a provider that was not collected", endpoint(func(n *network.Network, e *network.Endpoint) bool {
		return strings.Contains(e.Service, ".vpce.") && known(n, e.Service) == nil && e.Type == network.EndpointInterface
	})},
	{"endpoint in two zones", endpoint(func(_ *network.Network, e *network.Endpoint) bool { return len(e.Interfaces) > 1 })},
	{"endpoint of a gateway load balancer", endpoint(func(n *network.Network, e *network.Endpoint) bool {
		return e.Type == network.EndpointGatewayLoadBalancer && known(n, e.Service) != nil
	})},
}

// Every feature occurs, the main ones in pairs as well.
func TestFeatures(t *testing.T) {
	const seeds = 300
	count, pairs := map[string]int{}, map[string]int{}
	for seed := range uint64(seeds) {
		n := network.New(random.Network(seed))
		for _, f := range features {
			if f.has(n) {
				count[f.name]++
			}
		}
		for i, f := range principal {
			if !f.has(n) {
				continue
			}
			count[f.name]++
			for _, other := range principal[:i] {
				if other.has(n) {
					pairs[f.name+", "+other.name]++
				}
			}
		}
	}
	for _, f := range features {
		t.Logf("%3d %s", count[f.name], f.name)
		if count[f.name] < 2 {
			t.Errorf("of %d networks, %d have a %s", seeds, count[f.name], f.name)
		}
	}
	for i, f := range principal {
		t.Logf("%3d %s", count[f.name], f.name)
		if count[f.name] < seeds/4 {
			t.Errorf("of %d networks, %d have a %s: that is too few", seeds, count[f.name], f.name)
		}
		for _, other := range principal[:i] {
			pair := f.name + ", " + other.name
			t.Logf("%3d %s", pairs[pair], pair)
			if pairs[pair] < seeds/16 {
				t.Errorf("of %d networks, %d have both: %s", seeds, pairs[pair], pair)
			}
		}
	}
}

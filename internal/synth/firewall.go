package synth

import (
	"fmt"
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

const networkFirewall = "network-firewall"

// domains are the names that everybody may call.
var domains = []string{
	".amazonaws.com", ".amazontrust.com", ".docker.io", ".docker.com", ".github.com", ".githubusercontent.com", ".npmjs.org", ".pypi.org", ".pythonhosted.org",
	".debian.org", ".ubuntu.com", "api.pagerduty.com", "api.stripe.com", "hooks.slack.com", "login.microsoftonline.com", "sts.windows.net",
}

// policies makes two firewall policies of the Region, in strict order, from rule groups in the account of the VPC: one for what goes to the internet by the
// hub, and one for what goes there from VPCs on their own. It returns their ARNs.
func (v *vpc) policies() (inspect, guard string) {
	partners, sanctioned := netip.MustParsePrefix("203.0.113.0/25"), netip.MustParsePrefix("192.0.2.128/25")
	home := network.AddressMatch{Variable: "HOME_NET"}
	anywhere, block := network.AddressMatch{Any: true}, func(p netip.Prefix) network.AddressMatch { return network.AddressMatch{Block: p} }

	addresses := v.ruleGroup("addresses")
	v.stateful(addresses, "drop", "ip", home, block(sanctioned), 0)
	v.stateful(addresses, "drop", "tcp", home, anywhere, 25)
	v.stateful(addresses, "pass", "tcp", home, block(partners), 22)
	v.stateful(addresses, "pass", "tcp", home, network.AddressMatch{Reference: "OFFICES"}, 443)
	v.stateful(addresses, "pass", "udp", home, anywhere, 123)
	offices := v.org.offices(v.account, v.region)
	addresses.References = map[string]string{"OFFICES": arn("ec2", "prefix-list/"+offices.ID, "", v.account, v.region.name).ID}

	names := v.ruleGroup("names")
	names.Domains = &network.DomainList{Action: "ALLOWLIST", Targets: domains, TLS: true, HTTP: true, Origin: origin(names.ID, "Domains", 0)}

	rest := v.ruleGroup("rest") // what has no handshake is not dropped by the default
	v.stateful(rest, "drop", "udp", anywhere, anywhere, 0)
	v.stateful(rest, "drop", "icmp", anywhere, anywhere, 0)

	return v.policy("egress", addresses, names, rest), v.policy("workloads", names, rest)
}

// ruleGroup makes a stateful rule group for strict order.
func (v *vpc) ruleGroup(name string) *network.FirewallRuleGroup {
	g := &network.FirewallRuleGroup{Object: v.arn(networkFirewall, "stateful-rulegroup/"+name, name), Type: "STATEFUL", Strict: true}
	v.org.contents.FirewallRuleGroups = append(v.org.contents.FirewallRuleGroups, g)
	return g
}

// stateful adds a rule to a group. Port 0 is every port.
func (v *vpc) stateful(g *network.FirewallRuleGroup, action, protocol string, from, to network.AddressMatch, port int) {
	r := network.StatefulRule{Action: action, Protocol: protocol, Source: from, Destination: to, SourcePorts: network.PortMatch{Any: true}, DestinationPorts: network.PortMatch{Any: true},
		Origin: origin(g.ID, "Rules", len(g.Rules))}
	ports := "any"
	if port > 0 {
		r.DestinationPorts = network.PortMatch{Range: &network.PortRange{From: port, To: port}}
		ports = fmt.Sprint(port)
	}
	address := func(a network.AddressMatch) string {
		switch {
		case a.Variable != "":
			return "$" + a.Variable
		case a.Reference != "":
			return "@" + a.Reference
		case a.Block.IsValid():
			return a.Block.String()
		}
		return "any"
	}
	r.Text = fmt.Sprintf("%s %s %s any -> %s %s (sid:%d;)", action, protocol, address(from), address(to), ports, len(g.Rules)+1)
	g.Rules = append(g.Rules, r)
}

// policy makes a firewall policy of rule groups, in their order. It forwards everything to the stateful engine, and drops data that no rule passes.
func (v *vpc) policy(name string, groups ...*network.FirewallRuleGroup) string {
	p := &network.FirewallPolicy{Object: v.arn(networkFirewall, "firewall-policy/"+name, name), StatelessDefaults: []string{"aws:forward_to_sfe"},
		FragmentDefaults: []string{"aws:forward_to_sfe"}, Strict: true, StatefulDefaults: []string{"aws:drop_established", "aws:alert_established"}}
	for i, g := range groups {
		p.StatefulGroups = append(p.StatefulGroups, network.FirewallReference{RuleGroup: g.ID, Priority: 10 * (i + 1), Origin: origin(p.ID, "StatefulGroups", i)})
	}
	var home []network.AddressMatch
	for _, b := range private {
		home = append(home, network.AddressMatch{Block: b})
	}
	p.IPSets = map[string][]network.AddressMatch{"HOME_NET": home}
	v.org.contents.FirewallPolicies = append(v.org.contents.FirewallPolicies, p)
	return p.ID
}

// firewall makes a firewall with an endpoint in every zone. Each endpoint is among the VPC endpoints as well, and has an interface.
func (v *vpc) firewall(policy string) {
	c := &v.org.contents
	f := &network.Firewall{Object: v.arn(networkFirewall, "firewall/"+v.Name, v.Name), VPC: v.ID, Policy: policy}
	for z, s := range v.subnets[firewall] {
		e := &network.Endpoint{Object: v.object("vpce", v.Name+" ("+s.Zone+")"), VPC: v.ID, Type: network.EndpointGatewayLoadBalancer, State: "available",
			Service: "com.amazonaws.vpce." + v.region.name + ".vpce-svc-0f12e4a5b6c7d8e9" + zones[z], Subnets: []string{s.ID}}
		i := v.newInterface(s, network.TypeGatewayLBEndpoint, nil)
		i.SourceDestCheck = false
		i.Description = "VPC Endpoint Interface " + e.ID
		i.Owner = network.Owner{Kind: network.OwnerFirewall, ID: f.ID, Sure: true}
		e.Interfaces = []string{i.ID}
		c.Endpoints = append(c.Endpoints, e)
		f.Endpoints = append(f.Endpoints, network.FirewallEndpoint{ID: e.ID, VPC: v.ID, Subnet: s.ID, Zone: s.Zone, Status: "READY", Origin: origin(f.ID, "Endpoints", z)})
		v.walls = append(v.walls, e.ID)
	}
	c.Firewalls = append(c.Firewalls, f)
}

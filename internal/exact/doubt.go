package exact

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// lists are what AWS's API answers that the rules about controls rest on. Where one of them is not there, or not in full, what a rule finds missing may be there.
var lists = map[string][]string{
	"subnet":              {"Subnets"},
	"public-addresses":    {"Subnets"},
	"room":                {"Subnets"},
	"zone":                {"Subnets"},
	"route":               {"RouteTables", "InternetGateways", "NatGateways", "VpcPeeringConnections", "TransitGateways", "TransitGatewayAttachments", "TransitGatewayVpcAttachments", "VpcEndpoints", "Firewalls"},
	"route-table":         {"RouteTables"},
	"main-table":          {"RouteTables"},
	"network-acl":         {"NetworkAcls"},
	"acl-association":     {"NetworkAcls"},
	"internet-gateway":    {"InternetGateways"},
	"nat-gateway":         {"NatGateways", "Subnets"},
	"security-group":      {"SecurityGroups"},
	"default-group":       {"SecurityGroups"},
	"group-rule":          {"SecurityGroups"},
	"member-tier":         {"Subnets", "SecurityGroups"},
	"several-roles":       {"SecurityGroups"},
	"more-groups":         {"SecurityGroups"},
	"no-role":             {"SecurityGroups"},
	"peering":             {"VpcPeeringConnections"},
	"transit-gateway":     {"TransitGateways", "TransitGatewayAttachments"},
	"attachment":          {"TransitGatewayAttachments", "TransitGatewayVpcAttachments", "Subnets"},
	"transit-route":       {"TransitGatewayRouteTables", "TransitGatewayRoutes", "TransitGatewayAttachments"},
	"propagation":         {"TransitGatewayPropagations", "TransitGatewayAttachments"},
	"endpoint-service":    {"LoadBalancers", "ServiceConfigurations"},
	"principal":           {"VpcEndpointServicePermissions"},
	"endpoint":            {"VpcEndpoints", "Subnets", "SecurityGroups", "NetworkInterfaces"},
	"endpoint-connection": {"VpcEndpoints", "VpcEndpointConnections"},
	"hostname":            {"HostedZones", "VpcEndpoints"},
	"load-balancer":       {"LoadBalancers", "Subnets", "SecurityGroups"},
	"listener":            {"LoadBalancers", "LoadBalancerListeners"},
	"target-group":        {"TargetGroups"},
	"firewall":            {"Firewalls"},
	"firewall-endpoint":   {"Firewalls", "Subnets"},
	"firewall-policy":     {"FirewallPolicies", "RuleGroups"},
	"domains":             {"FirewallPolicies", "RuleGroups"},
	"home-net":            {"FirewallPolicies", "RuleGroups"},
	// Of connections, the engine tells itself what is not known. What it cannot know is that a load balancer or an endpoint has interfaces which were not collected.
	"connection": {"NetworkInterfaces"},
}

// doubt makes unknown what was found because something is not in the input that may be there, and tells of each list that is not there in full: the network is not known to be exact then.
func (c *checker) doubt() {
	defects := c.defects()
	for _, f := range c.found {
		if f.effect != report.Undeclared && f.effect != report.Broken || f.connection != nil && !c.throughEndpoint(f) {
			continue
		}
		for _, list := range lists[f.rule] {
			for _, s := range f.at {
				var why string
				if gap := s.network.Gap(list, s.Account, s.Region); gap != nil {
					why = report.MissingList + gap.String()
				} else if d := defects[defectKey{list, s.Account, s.Region}]; d != nil && f.effect == report.Broken && f.connection == nil {
					why = label(d) + ": " + d.Defect.Reason
				}
				if why != "" && !slices.Contains(f.unknown, why) {
					f.unknown = append(f.unknown, why)
				}
			}
		}
		if len(f.unknown) > 0 {
			f.effect = report.Doubtful
			f.message = "It is not known in full, and may be otherwise: " + strings.ToLower(f.message[:1]) + f.message[1:]
			f.mend = "Give the input that tells."
		}
	}
	c.missingLists()
	for _, n := range c.session.NotModelled(nil) {
		if strings.HasPrefix(n.Kind, report.MissingList) {
			continue
		}
		c.add(&found{effect: report.Doubtful, rule: "not-modelled", pattern: tiersPattern, at: c.sites, unknown: []string{n.Kind},
			message: fmt.Sprintf("What may carry packets and is not modelled is in the input: %s (%d).", n.Kind, n.Count), mend: "Remove it, or prove by other means that it leads nowhere."})
	}
}

// throughEndpoint tells whether a connection goes by an endpoint, of which interfaces are a part.
func (c *checker) throughEndpoint(f *found) bool {
	return slices.ContainsFunc(f.because, func(e *blueprint.Edge) bool { return e.Endpoint != nil || e.Service != nil })
}

// missingLists tells of each list of an environment's account and Region that is not there, or not in full.
func (c *checker) missingLists() {
	told := map[string]bool{}
	for i := range c.network.Gaps {
		g := &c.network.Gaps[i]
		if g.Assumed {
			continue
		}
		var at []*site
		for _, s := range c.sites {
			if (g.Account == "" || g.Account == s.Account) && (g.Region == "" || g.Region == s.Region) {
				at = append(at, s)
			}
		}
		if len(at) == 0 || told[g.String()] {
			continue
		}
		told[g.String()] = true
		c.add(&found{effect: report.Doubtful, rule: "input", pattern: tiersPattern, at: at, unknown: []string{report.MissingList + g.String()},
			message: fmt.Sprintf("The input lacks %s.", g), mend: "Collect it, or plan the code by watertight plan."})
	}
}

// defectKey is a list of an account and Region.
type defectKey struct{ list, account, region string }

// defects are objects that are not understood, one for each list, account and Region.
func (c *checker) defects() map[defectKey]*network.Object {
	all := map[defectKey]*network.Object{}
	note := func(list string, o *network.Object) {
		if o.Defect != nil {
			for _, s := range c.sites {
				if (o.Account == "" || o.Account == s.Account) && (o.Region == "" || o.Region == s.Region) {
					if k := (defectKey{list, s.Account, s.Region}); all[k] == nil {
						all[k] = o
					}
				}
			}
		}
	}
	n := c.network
	for _, x := range n.Subnets.All() {
		note("Subnets", &x.Object)
	}
	for _, x := range n.RouteTables.All() {
		note("RouteTables", &x.Object)
	}
	for _, x := range n.NetworkACLs.All() {
		note("NetworkAcls", &x.Object)
	}
	for _, x := range n.SecurityGroups.All() {
		note("SecurityGroups", &x.Object)
	}
	for _, x := range n.InternetGateways.All() {
		note("InternetGateways", &x.Object)
	}
	for _, x := range n.NATGateways.All() {
		note("NatGateways", &x.Object)
	}
	for _, x := range n.PeeringConnections.All() {
		note("VpcPeeringConnections", &x.Object)
	}
	for _, x := range n.Endpoints.All() {
		note("VpcEndpoints", &x.Object)
	}
	for _, x := range n.EndpointServices.All() {
		note("ServiceConfigurations", &x.Object)
	}
	for _, x := range n.LoadBalancers.All() {
		note("LoadBalancers", &x.Object)
	}
	for _, x := range n.TargetGroups.All() {
		note("TargetGroups", &x.Object)
	}
	for _, x := range n.Firewalls.All() {
		note("Firewalls", &x.Object)
	}
	for _, x := range n.TransitGateways.All() {
		note("TransitGateways", &x.Object)
	}
	for _, x := range n.TransitAttachments.All() {
		note("TransitGatewayAttachments", &x.Object)
	}
	for _, x := range n.TransitRouteTables.All() {
		note("TransitGatewayRouteTables", &x.Object)
	}
	for _, x := range n.HostedZones.All() {
		note("HostedZones", &x.Object)
	}
	return all
}

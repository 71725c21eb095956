package tfplan

import (
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// egress is a VPC whose workloads leave by a firewall, in a zone each, in front of a NAT gateway; routes find the endpoints in the status of the firewall.
func egress(t *testing.T, policy, rules string) *paper {
	p := annotated(t)
	p.resource("aws_vpc.v", `{"id": "?vpc-v", "cidr_block": "10.0.0.0/16", "default_route_table_id": "?rtb-main"}`)
	p.resource("aws_internet_gateway.v", `{"id": "?igw-v", "vpc_id": "vpc-v"}`)
	p.resource("aws_networkfirewall_rule_group.names", rules)
	p.resource("aws_networkfirewall_firewall_policy.v", policy)
	for k, zone := range []string{"a", "b"} {
		digit := string(rune('1' + k))
		p.resource("aws_subnet.work-"+zone, `{"id": "?subnet-work-`+zone+`", "vpc_id": "vpc-v", "cidr_block": "10.0.1`+digit+`.0/24", "availability_zone": "us-east-1`+zone+`"}`)
		p.resource("aws_subnet.wall-"+zone, `{"id": "?subnet-wall-`+zone+`", "vpc_id": "vpc-v", "cidr_block": "10.0.2`+digit+`.0/24", "availability_zone": "us-east-1`+zone+`"}`)
		p.resource("aws_subnet.nat-"+zone, `{"id": "?subnet-nat-`+zone+`", "vpc_id": "vpc-v", "cidr_block": "10.0.3`+digit+`.0/24", "availability_zone": "us-east-1`+zone+`"}`)
		p.resource("aws_nat_gateway."+zone, `{"id": "?nat-`+zone+`", "subnet_id": "subnet-nat-`+zone+`", "allocation_id": "eipalloc-`+zone+`", "connectivity_type": "public"}`)
		p.resource("aws_route_table.work-"+zone, `{"id": "?rtb-work-`+zone+`", "vpc_id": "vpc-v", "route": [{"cidr_block": "0.0.0.0/0", "vpc_endpoint_id": "vpce-`+zone+`"}]}`)
		p.resource("aws_route_table.wall-"+zone, `{"id": "?rtb-wall-`+zone+`", "vpc_id": "vpc-v", "route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-`+zone+`"}]}`)
		p.resource("aws_route_table.nat-"+zone, `{"id": "?rtb-nat-`+zone+`", "vpc_id": "vpc-v", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-v"}, {"cidr_block": "10.0.1`+digit+`.0/24", "vpc_endpoint_id": "vpce-`+zone+`"}]}`)
		for _, name := range []string{"work-", "wall-", "nat-"} {
			p.resource("aws_route_table_association."+name+zone, `{"subnet_id": "subnet-`+name+zone+`", "route_table_id": "rtb-`+name+zone+`"}`)
		}
	}
	p.resource("aws_security_group.work", `{"id": "?sg-work", "vpc_id": "vpc-v", "name": "work", "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`)
	p.resource("aws_instance.work", `{"id": "?i-work", "subnet_id": "subnet-work-a", "vpc_security_group_ids": ["sg-work"], "tags": {"Name": "work"}}`)
	return p.resource("aws_networkfirewall_firewall.v", `{"id": "?arn:fw", "arn": "?arn:fw", "name": "wall", "vpc_id": "vpc-v", "firewall_policy_arn": "arn:policy",
		"subnet_mapping": [{"subnet_id": "subnet-wall-a"}, {"subnet_id": "subnet-wall-b"}],
		"firewall_status": [{"sync_states": [
			{"availability_zone": "us-east-1b", "attachment": [{"endpoint_id": "?vpce-b", "subnet_id": "subnet-wall-b"}]},
			{"availability_zone": "us-east-1a", "attachment": [{"endpoint_id": "?vpce-a", "subnet_id": "subnet-wall-a"}]}]}]}`)
}

const (
	strictPolicy = `{"id": "?arn:policy", "arn": "?arn:policy", "name": "strict", "firewall_policy": [{"stateless_default_actions": ["aws:forward_to_sfe"], "stateless_fragment_default_actions": ["aws:forward_to_sfe"],
		"stateful_engine_options": [{"rule_order": "STRICT_ORDER"}], "stateful_default_actions": ["aws:drop_established"],
		"stateful_rule_group_reference": [{"priority": 10, "resource_arn": "arn:names", "override": []}]}]}`
	namesRules = `{"id": "?arn:names", "arn": "?arn:names", "name": "names", "type": "STATEFUL", "capacity": 100, "rule_group": [{"stateful_rule_options": [{"rule_order": "STRICT_ORDER"}],
		"rules_source": [{"rules_source_list": [{"generated_rules_type": "ALLOWLIST", "target_types": ["TLS_SNI", "HTTP_HOST"], "targets": [".example.com", "WWW.example.org"]}]}]}]}`
)

// An allow list of names in strict order: every handshake passes, and data passes for the names alone (FW-4, FW-6).
func TestFirewallEgress(t *testing.T) {
	p := egress(t, strictPolicy, namesRules)
	p.can("work", "198.51.100.7:443", report.Reachable)
	p.can("work", "api.example.com:443", report.Reachable)
	p.can("work", "www.example.org:443", report.Reachable)
	p.can("work", "other.org:443", report.Unreachable)
	a := p.answer("work", "198.51.100.7:443")
	if !slices.ContainsFunc(a.Parts[0].Path, func(h report.Hop) bool {
		return h.Kind == "network firewall" && h.ID == "vpce-a"
	}) {
		t.Errorf("the path does not pass the firewall: %+v", a.Parts[0].Path)
	}

	n := p.network()
	f, _ := n.Firewalls.Get("arn:fw")
	var endpoints []string
	for _, e := range f.Endpoints {
		endpoints = append(endpoints, e.ID+" "+e.Subnet+" "+e.Zone+" "+e.Status)
		p, ok := n.Endpoints.Get(e.ID)
		if !ok || p.Type != network.EndpointGatewayLoadBalancer || len(p.Interfaces) != 1 {
			t.Fatalf("the endpoint is %+v", p)
		}
		if i, ok := n.Interfaces.Get(p.Interfaces[0]); !ok || !i.Conduit() || i.Owner.Kind != network.OwnerFirewall || i.Subnet != e.Subnet {
			t.Errorf("its interface is %+v", i)
		}
	}
	slices.Sort(endpoints)
	if want := []string{"vpce-a subnet-wall-a us-east-1a READY", "vpce-b subnet-wall-b us-east-1b READY"}; !slices.Equal(endpoints, want) {
		t.Errorf("endpoints %q, want %q", endpoints, want)
	}

	// The endpoint of the other zone on the way back: the firewall sees one direction (FW-1).
	p.values["aws_route_table.nat-a"]["route"].([]any)[1].(map[string]any)["vpc_endpoint_id"] = "vpce-b"
	p.can("work", "198.51.100.7:443", report.OneWay)
}

func TestFirewallRuleGroups(t *testing.T) {
	group := func(source string) string {
		return `{"id": "?arn:names", "arn": "?arn:names", "name": "names", "type": "STATEFUL", "capacity": 100, "rule_group": [{"stateful_rule_options": [{"rule_order": "STRICT_ORDER"}], ` + source + `}]}`
	}
	drop := strings.Replace(strictPolicy, "aws:drop_established", "aws:drop_strict", 1)
	tuple := func(options string) string {
		return group(`"rules_source": [{"stateful_rule": [{"action": "PASS", "header": [{"protocol": "TCP", "source": "ANY", "source_port": "ANY", "direction": "FORWARD", "destination": "198.51.100.0/24", "destination_port": "443"}], "rule_option": ` + options + `}]}]`)
	}
	for name, c := range map[string]struct {
		rules string
		to    string
		want  report.Verdict
	}{
		"rules in text":                      {group(`"rules_source": [{"rules_string": "pass tcp $HOME_NET any -> 198.51.100.0/24 443 (sid:1;)"}]`), "198.51.100.7:443", report.Reachable},
		"no rule in text":                    {group(`"rules_source": [{"rules_string": "pass tcp $HOME_NET any -> 198.51.100.0/24 443 (sid:1;)"}]`), "198.51.100.7:444", report.Unreachable},
		"rules beside the group":             {`{"id": "?arn:names", "arn": "?arn:names", "name": "names", "type": "STATEFUL", "rules": "pass tcp any any -> any 443 (sid:1;)"}`, "198.51.100.7:443", report.Reachable},
		"a variable":                         {group(`"rule_variables": [{"ip_sets": [{"key": "HOME_NET", "ip_set": [{"definition": ["10.9.0.0/16"]}]}], "port_sets": [{"key": "P", "port_set": [{"definition": ["443"]}]}]}], "rules_source": [{"rules_string": "pass tcp $HOME_NET any -> any $P (sid:1;)"}]`), "198.51.100.7:443", report.Unreachable},
		"a variable that holds":              {group(`"rule_variables": [{"ip_sets": [{"key": "HOME_NET", "ip_set": [{"definition": ["10.9.0.0/16", "10.0.0.0/16"]}]}], "port_sets": [{"key": "P", "port_set": [{"definition": ["443"]}]}]}], "rules_source": [{"rules_string": "pass tcp $HOME_NET any -> any $P (sid:1;)"}]`), "198.51.100.7:443", report.Reachable},
		"rules in fields":                    {tuple(`[{"keyword": "sid", "settings": ["1"]}, {"keyword": "flow", "settings": ["to_server"]}]`), "198.51.100.7:443", report.Reachable},
		"no rule in fields":                  {tuple(`[{"keyword": "sid:1", "settings": []}]`), "198.51.101.7:443", report.Unreachable},
		"options in an order that is lost":   {tuple(`[{"keyword": "sid", "settings": ["1"]}, {"keyword": "tls.sni"}, {"keyword": "content", "settings": ["\"example.com\""]}]`), "198.51.100.7:443", report.Unknown},
		"a rule that is not understood":      {group(`"rules_source": [{"rules_string": "pass tcp any any -> any (sid:1;)"}]`), "198.51.100.7:443", report.Unknown},
		"no rules":                           {group(`"rules_source": [{"rules_source_list": [], "stateful_rule": [], "stateless_rules_and_custom_actions": []}]`), "198.51.100.7:443", report.Unknown},
		"an order that is not one of AWS":    {strings.Replace(namesRules, "STRICT_ORDER", "SOME_ORDER", 1), "198.51.100.7:443", report.Unknown},
		"a list with another kind of target": {strings.Replace(namesRules, "HTTP_HOST", "QUIC_SNI", 1), "198.51.100.7:443", report.Unknown},
	} {
		t.Run(name, func(t *testing.T) { egress(t, drop, c.rules).can("work", c.to, c.want) })
	}
}

// A list that a rule refers to by ARN is the one of the configuration.
func TestFirewallReferenceSet(t *testing.T) {
	p := egress(t, strings.Replace(strictPolicy, "aws:drop_established", "aws:drop_strict", 1), `{"id": "?arn:names", "arn": "?arn:names", "name": "names", "type": "STATEFUL", "rule_group": [{
		"reference_sets": [{"ip_set_references": [{"key": "PARTNERS", "ip_set_reference": [{"reference_arn": "arn:pl"}]}]}],
		"rules_source": [{"rules_string": "pass tcp any any -> @PARTNERS 443 (sid:1;)"}]}]}`)
	p.can("work", "198.51.100.7:443", report.Unknown)
	p.resource("aws_ec2_managed_prefix_list.partners", `{"id": "?pl-partners", "arn": "?arn:pl", "name": "partners", "entry": [{"cidr": "198.51.100.0/24"}]}`)
	p.can("work", "198.51.100.7:443", report.Reachable)
	p.can("work", "198.51.101.7:443", report.Unreachable)
}

func TestFirewallPolicies(t *testing.T) {
	const more = `, {"priority": %, "resource_arn": "arn:other"}`
	policy := func(old, new string) string {
		if !strings.Contains(strictPolicy, old) {
			t.Fatalf("the policy has no %s", old)
		}
		return strings.Replace(strings.Replace(strictPolicy, "aws:drop_established", "aws:drop_strict", 1), old, new, 1)
	}
	pass := `{"id": "?arn:names", "arn": "?arn:names", "name": "names", "type": "STATEFUL", "rules": "pass tcp any any -> any 443 (sid:1;)"}`
	reference := func(priority string) string {
		return policy(`"override": []}`, `"override": []}`+strings.Replace(more, "%", priority, 1))
	}
	for name, c := range map[string]struct {
		policy string
		want   report.Verdict
	}{
		"a group that drops, after":         {reference("20"), report.Reachable},
		"a group that drops, before":        {reference("5"), report.Unreachable},
		"two groups of one priority":        {reference("10"), report.Unknown},
		"a group that only alerts, before":  {policy(`"override": []}`, `"override": []}, {"priority": 5, "resource_arn": "arn:other", "override": [{"action": "DROP_TO_ALERT"}]}`), report.Reachable},
		"a group that AWS manages, before":  {policy(`"override": []}`, `"override": []}, {"priority": 5, "resource_arn": "arn:aws:network-firewall:us-east-1:aws-managed:stateful-rulegroup/ThreatSignaturesDoSStrictOrder"}`), report.Unknown},
		"a group that AWS manages, after":   {policy(`"override": []}`, `"override": []}, {"priority": 50, "resource_arn": "arn:aws:network-firewall:us-east-1:aws-managed:stateful-rulegroup/ThreatSignaturesDoSStrictOrder"}`), report.Reachable},
		"what only stateless rules see":     {policy(`"stateless_default_actions": ["aws:forward_to_sfe"]`, `"stateless_default_actions": ["aws:drop"]`), report.Unreachable},
		"stateless rules that pass all":     {policy(`"stateless_default_actions": ["aws:forward_to_sfe"]`, `"stateless_default_actions": ["aws:pass"]`), report.Reachable},
		"a stateless group in front":        {policy(`"stateful_engine_options"`, `"stateless_rule_group_reference": [{"priority": 1, "resource_arn": "arn:stateless"}], "stateful_engine_options"`), report.Unreachable},
		"an order that is not one of AWS's": {policy("STRICT_ORDER", "SOME_ORDER"), report.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			p := egress(t, c.policy, pass)
			p.resource("aws_networkfirewall_rule_group.other", `{"id": "?arn:other", "arn": "?arn:other", "name": "other", "type": "STATEFUL", "rules": "drop tcp any any -> any 443 (sid:2;)"}`)
			p.resource("aws_networkfirewall_rule_group.stateless", `{"id": "?arn:stateless", "arn": "?arn:stateless", "name": "stateless", "type": "STATELESS", "rule_group": [{"rules_source": [{"stateless_rules_and_custom_actions": [{
				"stateless_rule": [{"priority": 7, "rule_definition": [{"actions": ["aws:drop"], "match_attributes": [{"protocols": [6], "source": [{"address_definition": "10.0.0.0/8"}], "destination_port": [{"from_port": 443, "to_port": 443}]}]}]}]}]}]}]}`)
			p.can("work", "198.51.100.7:443", c.want)
		})
	}
	// The definition of HOME_NET in the policy counts where the group has none.
	set := policy(`"stateful_engine_options"`, `"policy_variables": [{"rule_variables": [{"key": "HOME_NET", "ip_set": [{"definition": ["10.9.0.0/16"]}]}]}], "stateful_engine_options"`)
	home := strings.Replace(pass, "pass tcp any", "pass tcp $HOME_NET", 1)
	egress(t, policy("STRICT", "STRICT"), home).can("work", "198.51.100.7:443", report.Reachable)
	egress(t, set, home).can("work", "198.51.100.7:443", report.Unreachable)
}

// The real provider does not know the endpoints before they are made: where a firewall has one, a route that looks it up means that.
func TestFirewallPlainPlan(t *testing.T) {
	plan := func(mappings string) *paper {
		p := plainPlan(t)
		p.resource("aws_vpc.v", `{"id": "?", "cidr_block": "10.0.0.0/16", "default_route_table_id": "?"}`)
		for name, block := range map[string]string{"one": "10.0.1.0/24", "two": "10.0.2.0/24", "wall": "10.0.3.0/24", "other": "10.0.4.0/24"} {
			p.resource("aws_subnet."+name, `{"id": "?", "vpc_id": "=aws_vpc.v.id", "cidr_block": "`+block+`", "availability_zone": "us-east-1a"}`)
		}
		for from, to := range map[string]string{"one": "10.0.2.0/24", "two": "10.0.1.0/24"} {
			p.resource("aws_route_table."+from, `{"id": "?", "vpc_id": "=aws_vpc.v.id"}`)
			p.resource("aws_route."+from, `{"route_table_id": "=aws_route_table.`+from+`.id", "destination_cidr_block": "`+to+`", "vpc_endpoint_id": "=aws_networkfirewall_firewall.v.firewall_status[0].sync_states"}`)
			p.resource("aws_route_table_association."+from, `{"route_table_id": "=aws_route_table.`+from+`.id", "subnet_id": "=aws_subnet.`+from+`.id"}`)
			p.resource("aws_instance."+from, `{"id": "?", "subnet_id": "=aws_subnet.`+from+`.id", "vpc_security_group_ids": ["=aws_security_group.v.id"], "tags": {"Name": "`+from+`"}}`)
		}
		any := `[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]`
		p.resource("aws_security_group.v", `{"id": "?", "vpc_id": "=aws_vpc.v.id", "name": "v", "ingress": `+any+`, "egress": `+any+`}`)
		p.resource("aws_networkfirewall_rule_group.v", `{"id": "?", "arn": "?", "name": "v", "type": "STATEFUL", "rules": "drop tcp any any -> any 22 (sid:1;)"}`)
		p.resource("aws_networkfirewall_firewall_policy.v", `{"id": "?", "arn": "?", "name": "v", "firewall_policy": [{"stateless_default_actions": ["aws:forward_to_sfe"], "stateless_fragment_default_actions": ["aws:forward_to_sfe"],
			"stateful_rule_group_reference": [{"resource_arn": "=aws_networkfirewall_rule_group.v.arn"}]}]}`)
		return p.resource("aws_networkfirewall_firewall.v", `{"id": "?", "arn": "?", "name": "v", "vpc_id": "=aws_vpc.v.id", "firewall_policy_arn": "=aws_networkfirewall_firewall_policy.v.id", "firewall_status": "?", "subnet_mapping": [`+mappings+`]}`)
	}
	p := plan(`{"subnet_id": "=aws_subnet.wall.id"}`)
	p.can("one", "two:443", report.Reachable)
	p.can("one", "two:22", report.Unreachable)
	p = plan(`{"subnet_id": "=aws_subnet.wall.id"}, {"subnet_id": "=aws_subnet.other.id"}`)
	p.can("one", "two:443", report.Unknown)
	if n := len(p.network().Firewalls.All()[0].Endpoints); n != 2 {
		t.Errorf("%d endpoints, want 2", n)
	}
}

// An endpoint in another VPC inspects with the rules of its firewall; of one that is managed elsewhere nobody knows them.
func TestFirewallEndpointAssociation(t *testing.T) {
	for firewall, want := range map[string]report.Verdict{"arn:fw": report.Reachable, "arn:elsewhere": report.Unknown} {
		p := egress(t, strictPolicy, namesRules)
		p.values["aws_networkfirewall_firewall.v"]["subnet_mapping"] = []any{map[string]any{"subnet_id": "subnet-wall-b"}}
		p.values["aws_networkfirewall_firewall.v"]["firewall_status"] = []any{}
		p.resource("aws_networkfirewall_vpc_endpoint_association.a", `{"firewall_arn": "`+firewall+`", "vpc_id": "vpc-v", "subnet_mapping": [{"subnet_id": "subnet-wall-a"}],
			"vpc_endpoint_association_status": [{"association_sync_state": [{"availability_zone": "us-east-1a", "attachment": [{"endpoint_id": "?vpce-a", "subnet_id": "subnet-wall-a", "status": "READY"}]}]}]}`)
		p.can("work", "198.51.100.7:443", want)
	}
}

// What a firewall does that a transit gateway holds is not modelled.
func TestFirewallOfTransitGateway(t *testing.T) {
	p := propagate(propagate(isolated(t), "a", "b"), "b", "a")
	p.resource("aws_networkfirewall_firewall.x", `{"id": "?arn:fw", "arn": "?arn:fw", "name": "x", "transit_gateway_id": "tgw-hub", "firewall_policy_arn": "arn:policy", "subnet_mapping": [],
		"firewall_status": [{"sync_states": [], "transit_gateway_attachment_sync_states": [{"attachment_id": "?tgw-attach-wall"}]}]}`)
	p.can("a", "b:443", report.Reachable)
	p.resource("aws_ec2_transit_gateway_route.x", `{"destination_cidr_block": "10.2.1.0/24", "transit_gateway_attachment_id": "tgw-attach-wall", "transit_gateway_route_table_id": "tgw-rtb-a"}`)
	p.can("a", "b:443", report.Unknown)
}

package network

import "encoding/json"

// Firewall is a firewall of AWS Network Firewall. ID is its ARN.
type Firewall struct {
	Object
	VPC       string
	Policy    string // ARN
	Endpoints []FirewallEndpoint
}

// FirewallEndpoint is where routes meet a firewall.
type FirewallEndpoint struct {
	ID     string // "vpce-…"
	VPC    string
	Subnet string
	Zone   string // name
	Status string // "READY", …
	Origin Origin
}

// FirewallPolicy is a firewall policy, as the API answers it. ID is its ARN.
type FirewallPolicy struct {
	Object
	Document json.RawMessage // the FirewallPolicy of describe-firewall-policy
}

// FirewallRuleGroup is a rule group of AWS Network Firewall, as the API answers it. ID is its ARN.
type FirewallRuleGroup struct {
	Object
	Type     string          // "STATELESS", "STATEFUL"
	Document json.RawMessage // the RuleGroup of describe-rule-group
}

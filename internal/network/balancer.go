package network

import "net/netip"

// LoadBalancer is an Elastic Load Balancer. ID is its ARN; that of a Classic Load Balancer is "classic/ACCOUNT/REGION/NAME".
type LoadBalancer struct {
	Object
	Type          string // "application", "network", "gateway", "classic"
	Internal      bool
	VPC           string
	State         string // "active", …
	DNSName       string
	Groups        []string
	Zones         []LoadBalancerZone
	IPAddressType string // "ipv4", "dualstack", …
	// EnforceOnPrivateLink is "on", "off" or empty when not known (PL-4).
	EnforceOnPrivateLink string
	Attributes           map[string]string // nil when not collected
	Listeners            []Listener
	ListenersKnown       bool
	// Instances and their health are those of a Classic Load Balancer.
	Instances []string
}

// LoadBalancerZone is where a load balancer has a node.
type LoadBalancerZone struct {
	Zone, ZoneID, Subnet string
	Addresses            []netip.Addr // static ones
}

// Listener is a listener of a load balancer.
type Listener struct {
	ID       string // ARN; empty for a Classic Load Balancer
	Protocol string // "HTTP", "TCP", "TCP_UDP", …
	Port     int
	// Rules are in the order of their priority, the default rule last. RulesKnown is false when only the default is known.
	Rules      []ListenerRule
	RulesKnown bool
	// InstancePort and InstanceProtocol are those of a Classic Load Balancer.
	InstancePort     int
	InstanceProtocol string
	Origin           Origin
}

// ListenerRule is a rule of a listener: conditions, which must all hold, and what it does.
type ListenerRule struct {
	Priority   string // "1" …, "default"
	Conditions []ListenerCondition
	Actions    []ListenerAction // in their order
	Origin     Origin
}

// ListenerCondition is a condition on a request.
type ListenerCondition struct {
	Field  string // "host-header", "path-pattern", "source-ip", …
	Values []string
}

// ListenerAction is an action of a rule.
type ListenerAction struct {
	Type         string   // "forward", "redirect", "fixed-response", …
	TargetGroups []string // ARNs that a forward may choose: those with a weight above 0
}

// TargetGroup is a target group. ID is its ARN.
type TargetGroup struct {
	Object
	Protocol      string
	Port          int
	TargetType    string // "instance", "ip", "lambda", "alb"
	VPC           string
	IPAddressType string
	// HealthCheckPort is 0 for the port of each target, and -1 when health checks are off or the source does not tell.
	HealthCheckPort int
	LoadBalancers   []string
	Attributes      map[string]string // nil when not collected
	Targets         []LoadBalancerTarget
	TargetsKnown    bool
	// Awaited are targets by address whose addresses the source does not know, because their subnets are in another. [New] makes Targets of them.
	Awaited []AwaitedTarget
}

// AwaitedTarget is a target of which the interface is known, and not yet the address.
type AwaitedTarget struct {
	Interface string
	Port      int
	Origin    Origin // what registers it
}

// LoadBalancerTarget is a registered target.
type LoadBalancerTarget struct {
	ID   string // of an instance, an address, an ARN
	Port int    // 0: that of the group
	Zone string // name, "all", or empty
}

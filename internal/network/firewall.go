package network

import "net/netip"

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

// FirewallPolicy is a firewall policy. ID is its ARN.
type FirewallPolicy struct {
	Object
	// StatelessGroups are in the order of their priority, which decides (FW-2). StatefulGroups are so in strict order; in action order the order
	// means nothing.
	StatelessGroups, StatefulGroups []FirewallReference
	// StatelessDefaults are the actions for whole packets that no stateless rule matches: "aws:pass", "aws:drop", "aws:forward_to_sfe", and
	// names of custom actions. FragmentDefaults are those for fragments.
	StatelessDefaults, FragmentDefaults []string
	Strict                              bool     // STRICT_ORDER rather than DEFAULT_ACTION_ORDER (FW-3)
	StatefulDefaults                    []string // in strict order: "aws:drop_strict", "aws:drop_established", "aws:alert_strict", …
	// IPSets are the rule variables of the policy, such as HOME_NET (FW-5).
	IPSets        map[string][]AddressMatch
	TLSInspection string // ARN of a TLS inspection configuration; empty: none
}

// FirewallReference names a rule group in a policy.
type FirewallReference struct {
	RuleGroup string // ARN
	Priority  int    // 0 where there is none
	Override  string // "DROP_TO_ALERT" or empty
	Origin    Origin
}

// FirewallRuleGroup is a rule group of AWS Network Firewall. ID is its ARN. A stateless one has Stateless rules, a stateful one either Rules or Domains.
type FirewallRuleGroup struct {
	Object
	Type      string          // "STATELESS", "STATEFUL"
	Stateless []StatelessRule // in the order of their priority
	Rules     []StatefulRule  // in the order in which they are written
	Domains   *DomainList
	Strict    bool // made for strict order
	// IPSets and PortSets are the rule variables of the group.
	IPSets   map[string][]AddressMatch
	PortSets map[string][]PortMatch
	// References are the IP set references of the group ("@NAME" in rules): name to prefix list, by identifier or ARN.
	References map[string]string
}

// StatelessRule is a rule of the stateless engine. A list that is empty matches everything.
type StatelessRule struct {
	Priority              int
	Actions               []string // as in [FirewallPolicy.StatelessDefaults]
	Sources, Destinations []netip.Prefix
	// SourcePorts and DestinationPorts count for TCP and UDP only.
	SourcePorts, DestinationPorts []PortRange
	Protocols                     []int      // IANA numbers
	TCPFlags                      []TCPFlags // any of them; for TCP only
	Origin                        Origin
	Defect                        *Defect // nil when understood; otherwise what it matches, and what it does, is not known beyond its priority
}

// PortRange is an interval of ports, both ends included.
type PortRange struct{ From, To int }

// TCPFlags matches segments of which, of the flags in Masks, exactly Flags are set. No Masks: all flags count.
type TCPFlags struct{ Flags, Masks []string }

// StatefulRule is a rule of the stateful engine, which is Suricata: written as text, or as a 5-tuple with options.
type StatefulRule struct {
	Action                        string // "pass", "drop", "reject", "alert"
	Protocol                      string // in lower case: "ip", "tcp", "udp", "icmp", "tls", "http", …
	Source, Destination           AddressMatch
	SourcePorts, DestinationPorts PortMatch
	Both                          bool // direction "<>", or ANY
	// Flow are the words of the flow option, in lower case: "established", "to_server", …
	Flow []string
	// Names are the conditions on names in data: all must hold.
	Names []NameMatch
	// Unevaluated are the keywords of options that are neither above nor without influence on what matches, in their order (FW-8).
	Unevaluated []string
	Text        string // the rule as Suricata writes it
	Origin      Origin
	Defect      *Defect // nil when understood; otherwise its effect is not known
}

// AddressMatch matches addresses: exactly one of Any, Variable, Reference, Block and List is set.
type AddressMatch struct {
	Not       bool // matches what the rest does not
	Any       bool
	Variable  string // "HOME_NET", without the $
	Reference string // an IP set reference, without the @
	Block     netip.Prefix
	// List matches what one of its members that are not negated matches (all, where there is none), and every negated one.
	List []AddressMatch
}

// PortMatch matches ports, like [AddressMatch].
type PortMatch struct {
	Not      bool
	Any      bool
	Variable string
	Range    *PortRange
	List     []PortMatch
}

// NameMatch is a condition on a name that a client sends: content of a sticky buffer, with its modifiers.
type NameMatch struct {
	Buffer string // "tls.sni" or "http.host"
	Not    bool
	// Content is what is looked for; empty: that the buffer is there at all.
	Content              string
	StartsWith, EndsWith bool
	NoCase               bool
	DotPrefix            bool // a dot is put before the name first, so that ".example.com" matches "example.com"
}

// DomainList is the source of a rule group that limits names (FW-4).
type DomainList struct {
	Action    string   // "ALLOWLIST", "DENYLIST", "REJECTLIST", "ALERTLIST"
	Targets   []string // "example.com" is that name, ".example.com" it and every name below
	TLS, HTTP bool     // which of TLS SNI and HTTP Host it looks at
	Origin    Origin
}

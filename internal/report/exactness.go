package report

// KindExactness is the kind of [Exactness].
const KindExactness = "exactness"

// Exactness says whether a network allows exactly what a segmentation declares: what check --intent prints.
type Exactness struct {
	Schema string `json:"schema"` // [Schema]
	Kind   string `json:"kind"`   // [KindExactness]
	// Segmentation are the files that declare it, sorted.
	Segmentation []string `json:"segmentation"`
	// Verdict is [Exact], [Inexact] or [Unknown]: unknown where nothing is undeclared or broken, and something is not known.
	Verdict string `json:"verdict"`
	// Environments are those of the segmentation, in its order.
	Environments []Environment `json:"environments"`
	// Extent counts what is declared.
	Extent Extent `json:"extent"`
	// Guardrails are what is ruled out, in the order of the segmentation.
	Guardrails []Guardrail `json:"guardrails"`
	// Deviations are what is not as declared. Sorted: undeclared, broken, unknown, warnings, notes; of each, controls before the connections that follow from them; by
	// environment, rule and object.
	Deviations []Deviation `json:"deviations"`
	// Hygiene counts the findings of check without a segmentation, the worst first.
	Hygiene      []Hygiene     `json:"hygiene"`
	Assumptions  []string      `json:"assumptions"`
	AssumedEmpty []string      `json:"assumed_empty,omitempty"` // as in [Can]
	NotModelled  []NotModelled `json:"not_modelled"`
	Problems     int           `json:"problems"` // as in [Can]
}

func (*Exactness) document() {}

// What [Exactness.Verdict] says, beside [Unknown].
const (
	Exact   = "exact"
	Inexact = "inexact"
)

// Extent counts what a segmentation declares.
type Extent struct {
	Roles    int `json:"roles"`
	Flows    int `json:"flows"`
	Egresses int `json:"egresses"`
}

// Environment is an environment of a segmentation, and what stands for it in the network.
type Environment struct {
	Name    string `json:"name"`
	Account string `json:"account"`
	Region  string `json:"region"`
	VPC     string `json:"vpc,omitempty"` // identifier; empty: the network has none
	// Patterns are the five, in the order of [Patterns].
	Patterns []Pattern `json:"patterns"`
}

// Pattern is one of the five patterns in an environment.
type Pattern struct {
	Name string `json:"name"` // one of [Patterns]
	// State is [Green], [Red], [Unknown], [Legacy] where the environment is a VPC that existed before, of which connections are held to what is declared and controls are not, or [Absent] where
	// the environment has no such thing, neither declared nor in the network.
	State string `json:"state"`
	// Deviations counts those that belong to it.
	Deviations int `json:"deviations"`
}

// Patterns are the names of the five patterns: subnets with their routes and network ACLs; security groups; what joins environments by addresses (peering connections and
// transit gateways); what joins them by PrivateLink; and the way out that a firewall filters by name.
var Patterns = []string{"tiers", "groups", "peering", "privatelink", "egress"}

// What [Pattern.State] says, beside [Unknown].
const (
	Green  = "green"
	Red    = "red"
	Absent = "absent"
	Legacy = "legacy"
)

// Guardrail is something that is ruled out, and whether the network keeps to it.
type Guardrail struct {
	A string `json:"a"` // selectors, as they are written
	B string `json:"b"`
	// State is [Holds], [Violated] or [Unknown].
	State    string   `json:"state"`
	Reason   string   `json:"reason,omitempty"`
	Owner    string   `json:"owner,omitempty"`
	Location Location `json:"location"`
	// Traffic is what gets through, or may. Witness and the ways show it; empty where it holds.
	Traffic []Traffic `json:"traffic,omitempty"`
	Witness *Witness  `json:"witness,omitempty"`
	Path    []Hop     `json:"path,omitempty"`
	Reply   []Hop     `json:"reply,omitempty"`
	// By are network load balancers that pass it on: the packet is of the last connection then.
	By []string `json:"by,omitempty"`
	// Unknown says what is not known, or why nothing was to be proven.
	Unknown []string `json:"unknown,omitempty"`
}

// What [Guardrail.State] says, beside [Unknown].
const (
	Holds    = "holds"
	Violated = "violated"
)

// Effect is what a deviation does.
type Effect string

// The effects of deviations. Undeclared lets something through that nothing declares, Broken stops what is declared, and Doubtful hangs on something that is not known: where there is none
// of the three the network is exact. Aware is to be looked at, and changes nothing.
const (
	Undeclared Effect = "undeclared"
	Broken     Effect = "broken"
	Doubtful   Effect = "unknown"
	Aware      Effect = "note"
)

// Effects are all of them, in the order of [Exactness.Deviations].
var Effects = []Effect{Undeclared, Broken, Doubtful, Aware}

// Deviation is one thing that is not as the segmentation declares it: a connection, which the engine proved, or a control, which is held to what it has to be whatever other controls do.
type Deviation struct {
	Effect   Effect   `json:"effect"`
	Severity Severity `json:"severity"` // [Error] where undeclared or broken, [Unverified], [Warning] or [Note]
	// Rule is the word for what was looked at: "connection", "route", "network-acl", "group-rule": docs/exactness.md has each.
	Rule string `json:"rule"`
	// Pattern is the one that it belongs to, of [Patterns], and Environments those that it is about.
	Pattern      string   `json:"pattern"`
	Environments []string `json:"environments"`
	// Message says in one sentence what is not as declared, and Mend what to do.
	Message string `json:"message"`
	Mend    string `json:"mend"`
	// Source and Destination are the ends of a connection: roles ("prod/app-server"), groups of endpoints and load balancers, "internet", blocks of addresses, or what
	// belongs to no role, by its name. Empty for a control.
	Source      string `json:"source,omitempty"`
	Destination string `json:"destination,omitempty"`
	// Sources and Destinations are all of either, where there are several of which the same is true: each with each. Source and Destination then name a few of them.
	Sources      []string `json:"sources,omitempty"`
	Destinations []string `json:"destinations,omitempty"`
	// Verdict is what the network does with the connection: of an undeclared one reachable or one-way.
	Verdict Verdict `json:"verdict,omitempty"`
	// Partial tells of a broken connection that other members of the same roles can open it, or from other client ports.
	Partial bool `json:"partial,omitempty"`
	// Ports are what is let through, of an undeclared connection, as far as the language has words for it: "tcp/443".
	Ports []string `json:"ports,omitempty"`
	// Traffic is what is let through, or stopped, and Family of which family: "ipv4", "ipv6" or "any".
	Traffic []Traffic `json:"traffic,omitempty"`
	Family  string    `json:"family,omitempty"`
	// Items are all of what the message names a few of, where there are several: interfaces, route tables, rules, domains.
	Items []string `json:"items,omitempty"`
	// Addresses are those that a control, or a connection with the outside, is about.
	Addresses []string `json:"addresses,omitempty"`
	// ObjectKind, ID and Name are those of the object that a mend would change, and Address is that of the resource. Of a connection: the first that stops it, or nothing.
	ObjectKind string    `json:"kind,omitempty"`
	ID         string    `json:"id,omitempty"`
	Name       string    `json:"name,omitempty"`
	Address    string    `json:"address,omitempty"`
	Location   *Location `json:"location,omitempty"`
	Origin     string    `json:"origin,omitempty"`
	// Declared are the blocks of the segmentation that it is about.
	Declared []Declaration `json:"declared,omitempty"`
	// Witness is a packet. Of a connection it was walked, and Path and Reply are its way, or that with every control that stops it. Of a control it is one that the control alone
	// lets through, or stops, wrongly: others may do otherwise.
	Witness *Witness `json:"witness,omitempty"`
	Path    []Hop    `json:"path,omitempty"`
	Reply   []Hop    `json:"reply,omitempty"`
	// Causes are the controls from which a connection follows, where they deviate themselves: each is the object of a deviation.
	Causes []Cause `json:"causes,omitempty"`
	// Unknown says what is not known.
	Unknown []string `json:"unknown,omitempty"`
}

// Cause is a control that deviates.
type Cause struct {
	Rule string `json:"rule"`
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// Connection tells whether a deviation is about a connection, rather than about a control.
func (d *Deviation) Connection() bool { return d.Source != "" }

// Hygiene counts findings.
type Hygiene struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Count    int      `json:"count"`
}

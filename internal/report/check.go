package report

// Check lists what should be looked at in a network.
type Check struct {
	Schema string `json:"schema"` // [Schema]
	Kind   string `json:"kind"`   // [KindCheck]
	// Rules are the names of those that were applied, sorted.
	Rules []string `json:"rules"`
	// Findings are sorted: the worst first, then by rule and object.
	Findings []Finding `json:"findings"`
	// Suppressed are findings that the code says to leave alone, with the reason.
	Suppressed   []Finding     `json:"suppressed"`
	Assumptions  []string      `json:"assumptions"`
	AssumedEmpty []string      `json:"assumed_empty,omitempty"` // as in [Can]
	NotModelled  []NotModelled `json:"not_modelled"`
	Problems     int           `json:"problems"` // as in [Can]
}

func (*Check) document() {}

// Severity is how bad a finding is.
type Severity string

// The severities, the worst first. An error is a way that is open and hardly meant, or a connection that breaks; a warning is one that is often meant, or what will open or
// break one; a note has no effect as things are. Unverified is what would be an error or a warning if something that is not known were known.
const (
	Error      Severity = "error"
	Warning    Severity = "warning"
	Unverified Severity = "unknown"
	Note       Severity = "note"
)

// Severities are all of them, the worst first.
var Severities = []Severity{Error, Warning, Unverified, Note}

// Finding is one thing that should be looked at.
type Finding struct {
	Rule     string   `json:"rule"` // "data-tier-egress": docs/checks.md has each
	Severity Severity `json:"severity"`
	// Message says in one sentence what is wrong with what.
	Message string `json:"message"`
	// Kind, ID and Name are those of the object that a mend would change, and Address is that of the resource: of the rule or the route, where it is one of its own.
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
	Address string `json:"address,omitempty"` // of the Terraform resource, where there is one
	// Why says what follows from it, and Mend what to change.
	Why      string    `json:"why"`
	Mend     string    `json:"mend"`
	Location *Location `json:"location,omitempty"`
	Origin   string    `json:"origin"`
	// Witness and Path show the way that is open, or that breaks, and Reply the way back; empty where the finding is not about one.
	Witness *Witness `json:"witness,omitempty"`
	Path    []Hop    `json:"path,omitempty"`
	Reply   []Hop    `json:"reply,omitempty"`
	// Suppression is set for suppressed findings.
	Suppression *Suppression `json:"suppression,omitempty"`
}

// Suppression says that a finding is to be left alone.
type Suppression struct {
	Reason   string    `json:"reason"`
	Until    string    `json:"until"` // "2027-01-31"; the last day on which it counts
	Location *Location `json:"location,omitempty"`
}

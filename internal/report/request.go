package report

// KindRequest is the kind of [Request].
const KindRequest = "request"

// Request answers "what has to be declared so that SOURCE may talk to DESTINATION?".
type Request struct {
	Schema string `json:"schema"` // [Schema]
	Kind   string `json:"kind"`   // [KindRequest]
	// Source and Destination are roles ("prod/app-server"), internet, a block of addresses, or as a destination a name on the internet.
	Source      string `json:"source"`
	Destination string `json:"destination"`
	// Ports are those that were asked for, or else all that the destination serves: "tcp/443".
	Ports []string `json:"ports"`
	Via   string   `json:"via,omitempty"` // "peering", "privatelink" or "transit", between environments
	// Outcome is [Declared], [Added], [Refused] or [Unserved].
	Outcome string `json:"outcome"`
	// Declared is what the segmentation declares already of that. Sorted by place.
	Declared []Declaration `json:"declared"`
	// Refusal says why it was refused; nil otherwise.
	Refusal *Refusal `json:"refusal,omitempty"`
	// Edits are those of the segmentation. Where the outcome is [Unserved], they are for the owner of the service to make.
	Edits []FileEdit `json:"edits"`
	// Terraform is what watertight compile would change then, sorted by file. Comments that name lines of the segmentation are compared as if they had moved with it.
	Terraform []FileEdit `json:"terraform"`
	// Reachability is what becomes possible, and what no longer is.
	Reachability []Reach `json:"reachability"`
	// Notes are what a reader should know, as sentences: that the members of a role move.
	Notes []string `json:"notes,omitempty"`
	// Network is what the network allows already of each of the ports, where one was given.
	Network []Allowed `json:"network,omitempty"`
	// Written tells whether the edits were written into the files.
	Written bool `json:"written"`
}

func (*Request) document() {}

// What [Request.Outcome] says.
const (
	Declared = "declared" // nothing has to be added
	Added    = "added"    // the edits declare it
	Refused  = "refused"  // it must not be, or not like this
	Unserved = "unserved" // the destination does not serve it
)

// Declaration is a block of the segmentation that declares something.
type Declaration struct {
	Source      string   `json:"source"`
	Destination string   `json:"destination"`
	Ports       []string `json:"ports"`
	Via         string   `json:"via,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	Owner       string   `json:"owner,omitempty"`
	Until       string   `json:"until,omitempty"` // "2027-06-30"; the last day on which it holds
	Location    Location `json:"location"`
}

// Refusal says who rules something out, and why.
type Refusal struct {
	// Rule is the block that does, as it is written: `forbid "internet" "tier:data"`; empty where no block does.
	Rule     string    `json:"rule,omitempty"`
	Owner    string    `json:"owner,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Location *Location `json:"location,omitempty"`
	// Message says in a sentence why, and Mend what to do instead.
	Message string `json:"message"`
	Mend    string `json:"mend"`
}

// FileEdit is what changes in a file.
type FileEdit struct {
	File   string `json:"file"`
	Action string `json:"action"`         // "create", "update" or "delete"
	Diff   string `json:"diff,omitempty"` // unified; of watertight compile only with --diff
}

// Reach is what is declared between two ends.
type Reach struct {
	Source      string `json:"source"`
	Destination string `json:"destination"`
	// Ports are those that are gained or lost: "tcp/443".
	Ports  []string `json:"ports"`
	Effect string   `json:"effect"` // [Opened] or [Closed]
}

// Allowed is what a network allows already of a request.
type Allowed struct {
	Ports   string  `json:"ports"` // "tcp/443"
	Verdict Verdict `json:"verdict"`
	// Through are the load balancers and private endpoints that lead to the destination, as in [Can].
	Through []Through `json:"through,omitempty"`
	// Unknown says why nothing is known: the network has no such role.
	Unknown string `json:"unknown,omitempty"`
}

package report

import "slices"

// Diff answers "what does one network allow that another does not?".
type Diff struct {
	Schema string `json:"schema"` // [Schema]
	Kind   string `json:"kind"`   // [KindDiff]
	// Old and New name the networks, as they were given.
	Old string `json:"old"`
	New string `json:"new"`
	// GroupedBy is what the labels of changes are, as in [Table].
	GroupedBy string `json:"grouped_by"`
	// Changes of reachability: what is newly reachable first, then newly one-way, newly unknown, and no longer reachable; within that by source and destination.
	// None: the two networks allow the same.
	Changes []Change `json:"changes"`
	// Edits are all objects that differ between the networks, whether or not reachability hangs on them.
	Edits        []Edit        `json:"edits"`
	Assumptions  []string      `json:"assumptions"`
	AssumedEmpty []string      `json:"assumed_empty,omitempty"` // as in [Can], of either network
	NotModelled  []NotModelled `json:"not_modelled"`            // of the new network
	Problems     int           `json:"problems"`                // of both
}

func (*Diff) document() {}

// Change is some traffic from one label to another whose verdict is another now.
type Change struct {
	Source      string `json:"source"`
	Destination string `json:"destination"`
	// Before and After are the verdicts. A label that one of the networks lacks has the verdict unreachable there.
	Before Verdict `json:"before"`
	After  Verdict `json:"after"`
	// BeforeVerdicts and AfterVerdicts are those that a partial one sums up: AWS chooses, or an interface has several addresses.
	BeforeVerdicts []Verdict `json:"before_verdicts,omitempty"`
	AfterVerdicts  []Verdict `json:"after_verdicts,omitempty"`
	// Traffic has one entry for each protocol and interval that changed.
	Traffic []Traffic `json:"traffic"`
	Family  string    `json:"family"` // as in [Row]
	Via     []string  `json:"via"`    // as in [Row]: of the network where it is reachable
	Outside []string  `json:"outside,omitempty"`
	// Sources and Destinations are the interfaces that it is about, where these are not all members of the label: "NAME (ID)".
	Sources      []string `json:"sources,omitempty"`
	Destinations []string `json:"destinations,omitempty"`
	// Path is the way now, and Reply the way back; for what is no longer reachable, the best candidate with every control that blocks it. Where an end
	// is gone, they are as they were.
	Path  []Hop `json:"path"`
	Reply []Hop `json:"reply"`
	// Unknown names what makes a newly unknown change unknown.
	Unknown []string `json:"unknown,omitempty"`
	Witness *Witness `json:"witness,omitempty"` // of the network where it is reachable
	// Causes are the edits that the change hangs on, the most telling few first; of each, what in it lies on the way. Proven tells that each of them alone makes the
	// difference: without it, and with all else as it is now, the change would not be. Otherwise they are what differs on either way.
	Causes []Edit `json:"causes"`
	Proven bool   `json:"proven"`
}

// What a change comes to.
const (
	Opened  = "opened"  // more gets through: newly reachable, or newly one-way where nothing arrived
	Doubted = "doubted" // newly unknown
	Closed  = "closed"  // less gets through
)

// Effect is what a change comes to: [Opened], [Doubted] or [Closed].
func (c *Change) Effect() string {
	before, after := openness(c.Before, c.BeforeVerdicts), openness(c.After, c.AfterVerdicts)
	switch arrives := func(v [2]int) bool { return v[0] >= 2 }; {
	case arrives(after) && slices.Compare(after[:], before[:]) > 0:
		return Opened
	case c.After == Unknown || slices.Contains(c.AfterVerdicts, Unknown) && !slices.Contains(c.BeforeVerdicts, Unknown) && c.Before != Unknown:
		return Doubted
	case slices.Compare(after[:], before[:]) > 0:
		return Opened
	}
	return Closed
}

// openness orders verdicts by what gets through: at best, and at worst.
func openness(v Verdict, several []Verdict) [2]int {
	order := []Verdict{Unreachable, Unknown, OneWay, Reachable}
	if v != Partial {
		several = []Verdict{v}
	}
	best, worst := 0, len(order)
	for _, each := range several {
		at := slices.Index(order, each)
		best, worst = max(best, at), min(worst, at)
	}
	return [2]int{best, worst}
}

// Edit is an object that differs between two networks.
type Edit struct {
	Action  string `json:"action"` // "create", "update" or "delete"
	Kind    string `json:"kind"`   // as in [Hop]: "security group"
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
	Address string `json:"address,omitempty"` // of the Terraform resource, where there is one
	// Summary says what differs, in words: "inbound tcp 5432 from 10.0.0.0/8 added".
	Summary  []string  `json:"summary"`
	Location *Location `json:"location,omitempty"`
	Origin   string    `json:"origin"`
}

// Location is a place in a file.
type Location struct {
	File string `json:"file"`           // with slashes, as the user names it
	Line int    `json:"line,omitempty"` // from 1; 0 where not known
}

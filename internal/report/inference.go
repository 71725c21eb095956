package report

// KindInference is the kind of [Inference].
const KindInference = "inference"

// Inference is what init --from found in a network: a segmentation of what it allows today.
type Inference struct {
	Schema string `json:"schema"` // [Schema]
	Kind   string `json:"kind"`   // [KindInference]
	File   string `json:"file"`   // "-" for standard output
	// Verdict is that of check on the same network: [Exact], [Inexact] or [Unknown].
	Verdict string `json:"verdict"`
	// Environments, Tiers, Roles, Flows and Egresses count what was written.
	Environments int `json:"environments"`
	Tiers        int `json:"tiers"`
	Roles        int `json:"roles"`
	Flows        int `json:"flows"`
	Egresses     int `json:"egresses"`
	// ByAddress are the rules of security groups that name addresses where roles are.
	ByAddress []AddressRule `json:"by_address"`
	// Left is what the language has no words for, or what is not known, a sentence each.
	Left []string `json:"left"`
}

func (*Inference) document() {}

// AddressRule is a rule by address, and the roles that it stands for.
type AddressRule struct {
	Role    string   `json:"role"`    // whose group has the rule
	Group   string   `json:"group"`   // identifier
	Rule    string   `json:"rule"`    // "inbound tcp 5432 from 10.0.0.0/16"
	Instead []string `json:"instead"` // the roles that flows name in its place
	Origin  string   `json:"origin"`
}

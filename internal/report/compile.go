package report

// KindCompile is the kind of [Compile].
const KindCompile = "compile"

// Compile lists what a compilation changes in a folder of Terraform, or would.
type Compile struct {
	Schema string `json:"schema"` // [Schema]
	Kind   string `json:"kind"`   // [KindCompile]
	Folder string `json:"folder"`
	// Files are those that differ from what the segmentation says, sorted, each with its folder.
	Files []FileEdit `json:"files"`
	// Unchanged counts the others.
	Unchanged int `json:"unchanged"`
	// Moves are subnets that would be in another place. Sorted by environment, tier and zone.
	Moves []Move `json:"moves"`
	// Written tells whether the folder was changed.
	Written bool `json:"written"`
}

func (*Compile) document() {}

// Move is a subnet whose addresses change, which makes everything in it anew.
type Move struct {
	Environment string `json:"environment"`
	Tier        string `json:"tier"`
	Zone        string `json:"zone"`
	From        string `json:"from"` // "10.0.10.0/24"
	To          string `json:"to"`
	// Because says in a sentence without its end what moves it, and Mend what would keep it.
	Because string `json:"because"`
	Mend    string `json:"mend"`
}

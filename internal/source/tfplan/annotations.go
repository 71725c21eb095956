package tfplan

// Annotations are what watertight adds to the plan that it makes of code, under the key "watertight" of the document.
type Annotations struct {
	Version   int               `json:"version"` // 1
	Folder    string            `json:"folder"`  // of the code, as the user named it
	Workspace string            `json:"workspace,omitempty"`
	Terraform string            `json:"terraform"` // version
	Providers map[string]string `json:"providers"` // by source: version, and where the schema is from
	// Accounts are those that were made up because the code names none, with what stands for them there.
	Accounts map[string]string `json:"accounts,omitempty"`
	// Resources are the instances of resources and data sources, by address.
	Resources map[string]Resource `json:"resources"`
	// Placeholders are all strings that stand for something that AWS will choose: the address of the instance to which each belongs.
	Placeholders map[string]string `json:"placeholders"`
	Lookups      []Lookup          `json:"lookups"`
	Suppressions []Suppression     `json:"suppressions"`
	Warnings     []string          `json:"warnings"`
}

// Resource is what the plan itself does not tell of an instance.
type Resource struct {
	ID      string `json:"id,omitempty"`
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	// Chosen are the paths of attributes that AWS, or the provider, chooses, and whose value is no placeholder: "associate_public_ip_address".
	Chosen []string `json:"chosen,omitempty"`
}

// Lookup is a data source that nobody answered: placeholders stand for what it would say.
type Lookup struct {
	Address string `json:"address"` // "data.aws_vpc.shared"
	Message string `json:"message"` // what was looked for, and the flag that answers it
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
}

// Suppression is a comment in the code that says to leave a finding alone.
type Suppression struct {
	Address string `json:"address"` // of the resource, without indexes
	Rule    string `json:"rule"`
	Reason  string `json:"reason"`
	Until   string `json:"until"`
	File    string `json:"file"`
	Line    int    `json:"line"`
}

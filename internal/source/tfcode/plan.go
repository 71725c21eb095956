package tfcode

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Options say what to plan, and with what.
type Options struct {
	Dir       string // the working folder
	Name      string // what identifiers that are made up hang on, so that those of several folders differ: Dir when empty
	Terraform string // the program: "terraform" when empty, "tofu", or a file
	Vars      []string
	VarFiles  []string
	Workspace string
	State     string // a terraform.tfstate to plan over; empty plans from nothing
	Schema    string // what terraform providers schema -json printed
	// RemoteStates are files for terraform_remote_state data sources, by their names, or NAME[KEY] for one instance; "*" is for all others.
	RemoteStates map[string]string
	// Lookup answers data sources, see [shadow.Config].
	Lookup   func(provider, typ string, config map[string]any, account, region string) (attributes map[string]any, ok bool)
	Env      []string     // as os.Environ gives it
	Progress func(string) // told what is being done; may be nil
}

func (o Options) say(format string, values ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, values...))
	}
}

// Result is an annotated plan.
type Result struct {
	Document    []byte
	Annotations Annotations // what is in the document
	Warnings    []string
}

// job is one plan in the making.
type job struct {
	*configuration
	options   Options
	tree      *tree
	chooser   *chooser
	served    *served
	state     *state
	workspace string
	foreign   *foreign
	early     *early
	passed    []string // warnings of conditions that were passed over
}

// Plan plans the code of a folder.
//
// Errors are about the input: what the code lacks, with file and line; what Terraform objects to ([*TerraformError]); that Terraform is not there.
func Plan(ctx context.Context, options Options) (*Result, error) {
	if options.Terraform == "" {
		options.Terraform = "terraform"
	}
	if options.Env == nil {
		options.Env = os.Environ()
	}
	options.say("reading %s", options.Dir)
	tofu := strings.Contains(strings.ToLower(filepath.Base(options.Terraform)), "tofu")
	c, err := scan(options.Dir, tofu)
	if err != nil {
		return nil, err
	}
	dataDir := options.env("TF_DATA_DIR")
	switch {
	case dataDir == "":
		dataDir = filepath.Join(c.root, ".terraform")
	case !filepath.IsAbs(dataDir):
		dataDir = filepath.Join(c.root, dataDir)
	}
	records, err := installed(dataDir)
	if err != nil {
		return nil, err
	}
	if err := c.load(records); err != nil {
		return nil, err
	}
	if options.Terraform, err = find(options.Terraform); err != nil {
		return nil, err
	}
	j := &job{configuration: c, options: options, workspace: c.workspaceOf(options, dataDir)}
	if c.dynamic && tofu {
		if err := j.resolve(ctx, records); err != nil {
			return nil, err
		}
		c = j.configuration
	}
	if options.State != "" {
		if j.state, err = c.readState(options.State); err != nil {
			return nil, err
		}
	}
	j.chooser = &chooser{configuration: c, options: options, state: j.state, dataDir: dataDir, outdated: map[string]bool{}, online: map[string]bool{}}
	if j.served, err = j.chooser.choose(ctx); err != nil {
		return nil, err
	}
	if j.tree, err = newTree(c.root); err != nil {
		return nil, err
	}
	defer j.tree.remove()
	if j.foreign, err = c.remoteStates(j.tree, options.RemoteStates, j.namespace()); err != nil {
		return nil, err
	}
	c.keepFolder()
	c.knowOutputs()
	c.readDecoded()
	j.early = c.readEarly(j.tree, j.served)
	options.say("copying %s", options.Dir)
	if err := c.copy(j.tree, j.early); err != nil {
		return nil, fmt.Errorf("%s cannot be copied: %w", options.Dir, err)
	}
	if j.state != nil {
		if err := j.writeState(); err != nil {
			return nil, err
		}
	}
	return j.run(ctx)
}

// namespace keeps the placeholders of one folder, with its workspace and the variables that the user chose, apart from those of others: what is planned of them
// may be joined.
func (j *job) namespace() string {
	folder := filepath.ToSlash(filepath.Clean(cmp.Or(j.options.Name, j.options.Dir)))
	if folder == "." {
		folder = filepath.Base(j.logical)
	}
	parts := append([]string{folder, j.workspace}, j.options.VarFiles...)
	return strings.Join(append(parts, j.options.Vars...), "\x00")
}

// workspaceOf is the workspace that Terraform would plan for.
func (c *configuration) workspaceOf(options Options, dataDir string) string {
	if options.Workspace != "" {
		return options.Workspace
	}
	if name := options.env("TF_WORKSPACE"); name != "" {
		return name
	}
	if c.workspace != "" {
		return c.workspace
	}
	if raw, err := os.ReadFile(filepath.Join(dataDir, "environment")); err == nil && strings.TrimSpace(string(raw)) != "" {
		return strings.TrimSpace(string(raw)) // terraform workspace select wrote it
	}
	return "default"
}

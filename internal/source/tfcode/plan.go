package tfcode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/source/shadow"
	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// Options say what to plan, and with what.
type Options struct {
	Dir       string // the working folder
	Terraform string // the program: "terraform" when empty, "tofu", or a file
	Vars      []string
	VarFiles  []string
	Workspace string
	State     string // a terraform.tfstate to plan over; empty plans from nothing
	Schema    string // what terraform providers schema -json printed
	// RemoteStates are files for terraform_remote_state data sources, by their names; "*" is for all others.
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
	options.say("copying %s", options.Dir)
	if err := c.copy(j.tree); err != nil {
		return nil, fmt.Errorf("%s cannot be copied: %w", options.Dir, err)
	}
	if j.state != nil {
		if err := j.tree.writeState(j.state, j.workspace); err != nil {
			return nil, err
		}
	}
	return j.run(ctx)
}

// namespace keeps the placeholders of one folder and workspace apart from those of others.
func (j *job) namespace() string {
	return filepath.Base(j.logical) + "\x00" + j.workspace
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

// run runs Terraform until it has a plan. Where a placeholder is what stops it, the copy is mended and it runs again.
func (j *job) run(ctx context.Context) (*Result, error) {
	const attempts = 8
	for attempt := 1; ; attempt++ {
		document, record, warnings, trouble, err := j.attempt(ctx)
		if err != nil {
			return nil, err
		}
		if trouble == nil {
			return j.finish(document, record, warnings)
		}
		if attempt == attempts || !j.mend(trouble, attempt) {
			return nil, j.failure(trouble)
		}
		if j.served, err = j.chooser.choose(ctx); err != nil {
			return nil, err
		}
		if err := j.rewrite(j.tree); err != nil {
			return nil, err
		}
	}
}

// attempt runs Terraform once. Trouble is what it objects to.
func (j *job) attempt(ctx context.Context) (document []byte, record shadow.Record, warnings, trouble []diagnostic, err error) {
	server, err := shadow.Start(shadow.Config{
		Schemas: j.served.schemas, Lookup: j.options.Lookup, Env: j.options.env, Keys: j.keysRead(), Folder: j.root,
	})
	if err != nil {
		return nil, record, nil, nil, err
	}
	defer server.Close()
	if err := j.linkProviders(); err != nil {
		return nil, record, nil, nil, err
	}
	settings := filepath.Join(j.tree.base, "settings.rc")
	if err := os.WriteFile(settings, nil, 0o600); err != nil {
		return nil, record, nil, nil, err
	}
	env := append(j.options.offline(), "TF_CLI_CONFIG_FILE="+settings, "TF_REATTACH_PROVIDERS="+server.Reattach())
	if j.workspace != "default" {
		env = append(env, "TF_WORKSPACE="+j.workspace)
	}
	r := runner{terraform: j.options.Terraform, dir: j.tree.dir, env: env}
	if j.dynamic { // the sources of modules are expressions: OpenTofu can tell what they are
		if out, said, err := r.run(ctx, "init", "-input=false", "-no-color"); err != nil {
			return nil, record, nil, nil, &TerraformError{Folder: j.shown, Text: j.tree.mend(string(out) + string(said))}
		}
	}
	plan := filepath.Join(j.tree.base, "plan")
	args := []string{"plan", "-json", "-out=" + plan, "-input=false", "-refresh=false", "-lock=false", "-no-color"}
	for _, v := range j.options.Vars {
		args = append(args, "-var="+v)
	}
	for _, name := range j.options.VarFiles {
		file, err := j.varFile(name)
		if err != nil {
			return nil, record, nil, nil, err
		}
		args = append(args, "-var-file="+file)
	}
	j.options.say("terraform plan: %d resource and data blocks", j.size())
	out, said, err := r.run(ctx, args...)
	diagnostics := parseDiagnostics(out)
	if err != nil {
		var missing *errNoTerraform
		if errors.As(err, &missing) || ctx.Err() != nil {
			return nil, record, nil, nil, err
		}
		if failures := errorsOf(diagnostics); len(failures) > 0 {
			return nil, record, nil, failures, nil
		}
		return nil, record, nil, nil, &TerraformError{Folder: j.shown, Text: j.tree.mend(strings.TrimSpace(string(said)+"\n"+string(out))) + "\n"}
	}
	j.options.say("terraform show")
	document, said, err = r.run(ctx, "show", "-json", "-no-color", plan)
	if err != nil {
		return nil, record, nil, nil, &TerraformError{Folder: j.shown, Text: j.tree.mend(string(said))}
	}
	return document, server.Record(), diagnostics, nil, nil
}

func (j *job) size() (n int) {
	for _, m := range j.modules {
		for _, b := range m.blocks {
			if b.kind != "provider" {
				n++
			}
		}
	}
	return n
}

// varFile is the absolute path of a file of variables: from where the user stands, or else from the working folder, as Terraform has it.
func (j *job) varFile(name string) (string, error) {
	for _, path := range []string{name, filepath.Join(j.root, name)} {
		if _, err := os.Stat(path); err == nil {
			if path, err = filepath.Abs(path); err == nil {
				j.tree.given[path] = name
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("--var-file %s: there is no such file, neither here nor in %s", name, j.shown)
}

// linkProviders lets Terraform run the providers that are the user's own.
func (j *job) linkProviders() error {
	link, lock := filepath.Join(j.tree.dir, ".terraform", "providers"), filepath.Join(j.tree.dir, ".terraform.lock.hcl")
	_, _ = os.Remove(link), os.Remove(lock)
	if len(j.served.own) == 0 {
		return nil
	}
	raw, err := os.ReadFile(filepath.Join(j.root, ".terraform.lock.hcl"))
	if err == nil {
		err = os.WriteFile(lock, raw, 0o600)
	}
	return errors.Join(err, os.Symlink(filepath.Join(j.chooser.dataDir, "providers"), link))
}

// keysRead are the keys that the code reads of maps that data sources compute: "external.result" -> "commit".
func (j *job) keysRead() map[string][]string {
	all := map[string][]string{}
	for _, m := range j.modules {
		for _, f := range m.files {
			references(f.body, dataReads(all))
		}
	}
	for _, keys := range all {
		slices.Sort(keys)
	}
	return all
}

// mend changes the copy, or how providers are served, so that what stopped Terraform does not stop it again. It is false where nothing can be done.
func (j *job) mend(trouble []diagnostic, attempt int) bool {
	const patience = 3
	mended := false
	for _, d := range trouble {
		if failing := j.fails(d, j.tree); failing != nil {
			j.passed = append(j.passed, j.neutralize(failing, j.localize(d, j.tree)))
			mended = true
			continue
		}
		source := j.sourceOf(d)
		switch {
		case source == "":
		case slices.Contains(j.served.own, source):
			j.chooser.online[source] = true
			mended = true
		case source == schema.AWSSource && beyondSchema(d) && !j.chooser.outdated[source] && j.chooser.installedVersion(source, j.locked()[source]) != "":
			j.chooser.outdated[source] = true
			mended = true
		}
	}
	if mended && attempt >= patience {
		j.neutralizeAll()
	}
	return mended
}

// beyondSchema tells whether an error is about something that a schema lacks.
func beyondSchema(d diagnostic) bool {
	switch d.Summary {
	case "Unsupported argument", "Unsupported block type", "Unsupported attribute", "Missing required argument", "Insufficient blocks", "Invalid resource type", "Invalid data source":
		return true
	}
	return false
}

// sourceOf is the provider that an error is about, empty where that is not clear.
func (j *job) sourceOf(d diagnostic) string {
	if d.Range != nil {
		if f := j.fileOf(d.Range.Filename, j.tree); f != nil {
			for _, m := range j.modules {
				for _, b := range m.blocks {
					if b.file == f && b.extent.Start.Line <= d.Range.Start.Line && d.Range.Start.Line <= b.extent.End.Line {
						return b.provider
					}
				}
			}
		}
	}
	address := withoutIndexes(d.Address)
	for _, m := range j.modules {
		for _, b := range m.blocks {
			if address != "" && m.absolute(b.address()) == address {
				return b.provider
			}
		}
	}
	for _, source := range j.served.own {
		if strings.Contains(d.Summary+" "+d.Detail+" "+d.Address, source) {
			return source
		}
	}
	return ""
}

// failure is the error for what Terraform objects to.
func (j *job) failure(trouble []diagnostic) error {
	var variables []string
	var local []diagnostic
	for _, d := range trouble {
		d = j.localize(d, j.tree)
		local = append(local, d)
		if d.Summary == "No value for required variable" && d.Range != nil {
			variables = append(variables, j.missingVariable(d))
		}
	}
	if len(variables) == len(trouble) {
		slices.Sort(variables)
		return errors.New(strings.Join(variables, "\n") + "\nGive them with --var NAME=VALUE, --var-file FILE, a file terraform.tfvars, or TF_VAR_NAME")
	}
	out := &TerraformError{Folder: j.shown, Text: render(local)}
	for _, d := range trouble {
		if source := j.sourceOf(d); source == schema.AWSSource && beyondSchema(d) && d.Summary != "Missing required argument" && strings.Contains(j.served.said[source], "built in") {
			out.Hints = append(out.Hints, fmt.Sprintf("watertight read this with the schema of %s %s. If your version of the provider is another, it can say what it knows: terraform -chdir=%s init -backend=false\ninstalls it where watertight finds it; or give --schema FILE, which terraform providers schema -json prints.", source, strings.TrimSuffix(j.served.said[source], " (schema built in)"), j.shown))
			break
		}
	}
	if len(j.foreign.names) > 0 {
		names := slices.Compact(slices.Sorted(slices.Values(j.foreign.names)))
		out.Hints = append(out.Hints, fmt.Sprintf("Placeholders stand for the outputs of %s: if the error comes from there, give the state: --remote-state %s=FILE", strings.Join(names, ", "), names[0]))
	}
	return out
}

// missingVariable says which variable of the root has no value.
func (j *job) missingVariable(d diagnostic) string {
	name := ""
	if d.Snippet != nil {
		if words := strings.Split(d.Snippet.Code, `"`); len(words) > 1 {
			name = words[1]
		}
	}
	return fmt.Sprintf("%s:%d: the variable %q has no value", d.Range.Filename, d.Range.Start.Line, name)
}

// words are the words of the code and of what the user gives with it: none of them is chance.
func (j *job) words() map[string]bool {
	all := map[string]bool{}
	note := func(text []byte) {
		for _, w := range word.FindAll(text, -1) {
			all[string(w)] = true
		}
	}
	for _, f := range j.files {
		note(f.src)
	}
	for _, v := range j.options.Vars {
		note([]byte(v))
	}
	for _, pair := range j.options.Env {
		if strings.HasPrefix(pair, "TF_VAR_") {
			note([]byte(pair))
		}
	}
	files := slices.Clone(j.options.VarFiles)
	if list, err := os.ReadDir(j.root); err == nil {
		for _, entry := range list {
			if strings.HasSuffix(entry.Name(), ".tfvars") || strings.HasSuffix(entry.Name(), ".tfvars.json") {
				files = append(files, filepath.Join(j.root, entry.Name()))
			}
		}
	}
	for _, name := range files {
		if raw, err := os.ReadFile(name); err == nil { // if it cannot be read, Terraform has said so
			note(raw)
		}
	}
	if j.state != nil {
		note(j.state.raw)
	}
	return all
}

// finish names placeholders and annotates.
func (j *job) finish(document []byte, record shadow.Record, diagnostics []diagnostic) (*Result, error) {
	j.options.say("naming what AWS will choose")
	n, err := newNaming(document, record, j.namespace(), j.words())
	if err != nil {
		return nil, fmt.Errorf("what terraform show -json prints is not JSON: %w", err)
	}
	n.texts[j.tree.base] = ""
	document = n.rename(document)
	a := Annotations{
		Version: 1, Folder: filepath.ToSlash(j.shown), Providers: j.served.said, Accounts: record.Accounts, Placeholders: n.owners,
		Lookups: []Lookup{}, Suppressions: []Suppression{}, Warnings: []string{},
	}
	if j.workspace != "default" {
		a.Workspace = j.workspace
	}
	for text, address := range j.foreign.placeholders {
		a.Placeholders[text] = address
	}
	a.Lookups = append(a.Lookups, j.foreign.lookups...)
	places := j.locations()
	for _, address := range sortedKeys(n.lookups) {
		at := places[withoutIndexes(address)]
		a.Lookups = append(a.Lookups, Lookup{
			Address: address, File: at.file, Line: at.line,
			Message: address + " is looked up in AWS, which watertight does not ask: placeholders stand for what it finds. --from FOLDER answers it, where FOLDER (a dump, a snapshot, another plan) has it",
		})
	}
	list, warnings := j.suppressions()
	a.Suppressions = append(a.Suppressions, list...)
	a.Warnings = append(a.Warnings, j.served.warning...)
	a.Warnings = append(a.Warnings, warnings...)
	slices.Sort(j.passed)
	a.Warnings = append(a.Warnings, slices.Compact(j.passed)...)
	a.Warnings = append(a.Warnings, record.Warnings...)
	var checks []string
	for _, d := range diagnostics {
		if d = j.localize(d, j.tree); d.Summary == "Check block assertion failed" && d.Range != nil {
			checks = append(checks, fmt.Sprintf("%s:%d: a check does not hold here: %s", d.Range.Filename, d.Range.Start.Line, strings.Join(strings.Fields(d.Detail), " ")))
		}
	}
	slices.Sort(checks)
	a.Warnings = append(a.Warnings, slices.Compact(checks)...)
	for i, w := range a.Warnings { // they may name placeholders
		a.Warnings[i] = string(newReplacer(n.texts).replace([]byte(w)))
	}
	out, err := j.annotate(document, n, &a)
	if err != nil {
		return nil, err
	}
	return &Result{Document: out, Annotations: a, Warnings: a.Warnings}, nil
}

// full are the schemas by source with the registry, as plans name providers.
func (s *served) full(c *configuration) map[string]*schema.Provider {
	out := map[string]*schema.Provider{}
	for source, p := range s.schemas {
		out[c.fullSource(source)] = p
	}
	return out
}

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
)

// run runs Terraform until it has a plan. Where a placeholder is what stops it, the copy is mended and it runs again.
func (j *job) run(ctx context.Context) (*Result, error) {
	const attempts = 8
	for attempt := 1; ; attempt++ {
		document, record, warnings, trouble, err := j.attempt(ctx)
		if err != nil {
			return nil, err
		}
		again := false
		if attempt < attempts {
			if trouble == nil {
				again = j.hasten(document)
			} else if again, err = j.mend(trouble, attempt); err != nil {
				return nil, err
			}
		}
		switch {
		case again:
		case trouble == nil:
			return j.finish(document, record, warnings)
		default:
			return nil, j.failure(trouble)
		}
		if j.served, err = j.chooser.choose(ctx); err != nil {
			return nil, err
		}
		j.early = j.readEarly(j.tree, j.served)
		if err := j.rewrite(j.tree, j.early); err != nil {
			return nil, err
		}
	}
}

// attempt runs Terraform once. Trouble is what it objects to.
func (j *job) attempt(ctx context.Context) (document []byte, record shadow.Record, warnings, trouble []diagnostic, err error) {
	server, err := shadow.Start(shadow.Config{
		Schemas: j.served.schemas, Lookup: j.options.Lookup, Env: j.options.env, Keys: j.keysRead(), Address: addressArgument, Folder: j.root,
	})
	if err != nil {
		return nil, record, nil, nil, err
	}
	defer server.Close()
	if err := j.linkProviders(); err != nil {
		return nil, record, nil, nil, err
	}
	r, err := j.runner(server.Reattach())
	if err != nil {
		return nil, record, nil, nil, err
	}
	variables, err := j.variables()
	if err != nil {
		return nil, record, nil, nil, err
	}
	plan := filepath.Join(j.tree.base, "plan")
	args := append([]string{"plan", "-json", "-out=" + plan, "-input=false", "-refresh=false", "-lock=false", "-no-color"}, variables...)
	j.options.say("%s plan: %d resource and data blocks", j.program(), j.size())
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
		return nil, record, nil, nil, &TerraformError{Program: j.product(), Folder: j.shown, Text: j.tree.mend(strings.TrimSpace(string(said)+"\n"+string(out))) + "\n"}
	}
	j.options.say("%s show", j.program())
	document, said, err = r.run(ctx, "show", "-json", "-no-color", plan)
	if err != nil {
		return nil, record, nil, nil, &TerraformError{Program: j.product(), Folder: j.shown, Text: j.tree.mend(string(said))}
	}
	return document, server.Record(), diagnostics, nil, nil
}

// runner runs Terraform in the copy. Reattach names the providers that are served; empty for what needs none.
func (j *job) runner(reattach string) (runner, error) {
	settings := filepath.Join(j.tree.base, "settings.rc")
	if err := os.WriteFile(settings, nil, 0o600); err != nil {
		return runner{}, err
	}
	env := append(j.options.offline(), "TF_CLI_CONFIG_FILE="+settings)
	if reattach != "" {
		env = append(env, "TF_REATTACH_PROVIDERS="+reattach)
	}
	if j.workspace != "default" {
		env = append(env, "TF_WORKSPACE="+j.workspace)
	}
	return runner{terraform: j.options.Terraform, dir: j.tree.dir, env: env}, nil
}

// variables are the arguments that give variables to Terraform.
func (j *job) variables() (args []string, err error) {
	for _, v := range j.options.Vars {
		args = append(args, "-var="+v)
	}
	for _, name := range j.options.VarFiles {
		file, err := j.varFile(name)
		if err != nil {
			return nil, err
		}
		args = append(args, "-var-file="+file)
	}
	return args, nil
}

// size is how many blocks there are to plan.
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

package tfcode

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// mend changes the copy, or how providers are served, so that what stopped Terraform does not stop it again. It is false where nothing can be done.
func (j *job) mend(trouble []diagnostic, attempt int) (bool, error) {
	const patience = 3
	mended := false
	for _, d := range trouble {
		supplied, err := j.foreign.supply(d)
		if err != nil {
			return false, err
		}
		if supplied {
			mended = true
			continue
		}
		if failing := j.fails(d); len(failing) > 0 {
			for _, each := range failing {
				each.neutralize()
				j.passed = append(j.passed, each.warning(j.localize(d, j.tree)))
			}
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
	return mended, nil
}

// fileOf is the file of the code that Terraform names.
func (c *configuration) fileOf(name string, t *tree) *file {
	if name == "" {
		return nil
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(t.dir, name)
	}
	return c.files[strings.TrimPrefix(filepath.Clean(name), t.base)]
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
	out := &TerraformError{Program: j.product(), Folder: j.shown, Text: render(local)}
	for _, d := range trouble {
		if source := j.sourceOf(d); source == schema.AWSSource && beyondSchema(d) && d.Summary != "Missing required argument" && strings.Contains(j.served.said[source], "built in") {
			out.Hints = append(out.Hints, fmt.Sprintf("watertight read this with the schema of %s %s. If your version of the provider is another, it can say what it knows: %s\ninstalls it where watertight finds it; or give --schema FILE, which %s providers schema -json prints.", source, strings.TrimSuffix(j.served.said[source], " (schema built in)"), j.initCommand(), j.program()))
			if strings.HasPrefix(j.served.said[source], "6.") { // nothing in the code, and no lock file, asks for an older one
				out.Hints = append(out.Hints, "Where the code or a lock file asks for version 5, watertight takes the schema of 5.100.0.")
			}
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

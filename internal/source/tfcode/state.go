package tfcode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// state is what terraform.tfstate holds, as far as this package must know it.
type state struct {
	raw  []byte
	uses []stateUse
}

// stateUse is a resource of a state: Terraform needs its type's schema although no code may mention it any more.
type stateUse struct {
	mode, typ, source string
	attributes        []string
}

// readState reads a terraform.tfstate, version 4.
func (c *configuration) readState(name string) (*state, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the state %s cannot be read: %w", name, err)
	}
	var document struct {
		Version   int             `json:"version"`
		Format    string          `json:"format_version"`
		Encrypted json.RawMessage `json:"encrypted_data"`
		Resources json.RawMessage `json:"resources"`
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		return nil, fmt.Errorf("the state %s is not JSON: %w", name, err)
	}
	switch {
	case document.Format != "":
		return nil, fmt.Errorf("%s is what terraform show -json prints; --state needs the state itself: terraform state pull > terraform.tfstate", name)
	case document.Encrypted != nil:
		return nil, fmt.Errorf("the state %s is encrypted: tofu state pull > FILE writes it as it is", name)
	case document.Version != 4:
		return nil, fmt.Errorf("%s is not a Terraform state of version 4: terraform state pull > terraform.tfstate makes one", name)
	}
	var resources []struct {
		Mode, Type, Provider string
		Instances            []struct {
			Attributes map[string]json.RawMessage `json:"attributes"`
		}
	}
	if len(document.Resources) > 0 {
		if err := json.Unmarshal(document.Resources, &resources); err != nil {
			return nil, fmt.Errorf("the state %s is damaged: %w", name, err)
		}
	}
	s := &state{raw: raw}
	for _, r := range resources {
		use := stateUse{mode: r.Mode, typ: r.Type, source: c.stateProvider(r.Provider)}
		for _, instance := range r.Instances {
			use.attributes = append(use.attributes, sortedKeys(instance.Attributes)...)
		}
		if use.source != builtin {
			s.uses = append(s.uses, use)
		}
	}
	return s, nil
}

// stateProvider reads `module.x.provider["registry.terraform.io/hashicorp/aws"].alias`.
func (c *configuration) stateProvider(text string) string {
	_, rest, _ := strings.Cut(text, `provider["`)
	source, _, _ := strings.Cut(rest, `"]`)
	return c.normalSource(source)
}

// writeState puts the state where Terraform looks for it in the copy. Terraform and OpenTofu have providers from registries of their own, and each takes over
// the state of the other.
func (j *job) writeState() error {
	raw, dir, workspace := j.state.raw, j.tree.dir, j.workspace
	for _, host := range registries {
		raw = bytes.ReplaceAll(raw, []byte(`provider[\"`+host+`/`), []byte(`provider[\"`+j.registry()+`/`))
	}
	if workspace != "default" {
		dir = filepath.Join(dir, "terraform.tfstate.d", workspace)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "terraform.tfstate"), raw, 0o600)
}

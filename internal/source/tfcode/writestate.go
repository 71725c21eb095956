package tfcode

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeOutputs writes a state that has outputs and nothing else.
func writeOutputs(path string, outputs map[string]any) error {
	type output struct {
		Value any `json:"value"`
		Type  any `json:"type"`
	}
	all := map[string]output{}
	for name, value := range outputs {
		all[name] = output{value, typeOf(value)}
	}
	raw, err := json.Marshal(map[string]any{"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "placeholders", "outputs": all, "resources": []any{}})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, raw, 0o600)
}

// typeOf is the type of a JSON value, as states write it.
func typeOf(value any) any {
	switch value := value.(type) {
	case string:
		return "string"
	case bool:
		return "bool"
	case float64, json.Number:
		return "number"
	case []any:
		types := make([]any, len(value))
		for i, element := range value {
			types[i] = typeOf(element)
		}
		return []any{"tuple", types}
	case map[string]any:
		types := map[string]any{}
		for name, element := range value {
			types[name] = typeOf(element)
		}
		return []any{"object", types}
	}
	return "dynamic"
}

// writeGiven writes what the user gave as a state: a state, a state or plan as terraform show -json prints it, or an annotated plan.
func writeGiven(name, path string, read *shape, address, namespace string, out *foreign) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("--remote-state: %s cannot be read: %w", name, err)
	}
	type values struct {
		Outputs map[string]struct {
			Value any `json:"value"`
		} `json:"outputs"`
	}
	var document struct {
		Version       int             `json:"version"`
		Outputs       json.RawMessage `json:"outputs"`
		Values        *values         `json:"values"`
		PlannedValues *values         `json:"planned_values"`
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		return fmt.Errorf("--remote-state: %s is not JSON: %w", name, err)
	}
	switch {
	case document.Version == 4:
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		return os.WriteFile(path, raw, 0o600)
	case document.Values == nil && document.PlannedValues == nil:
		return fmt.Errorf("--remote-state: %s is neither a terraform.tfstate of version 4 nor what terraform show -json prints", name)
	}
	from := document.Values
	if from == nil {
		from = document.PlannedValues
	}
	outputs := map[string]any{}
	for key, output := range from.Outputs {
		if output.Value != nil {
			outputs[key] = output.Value
		}
	}
	if document.PlannedValues != nil { // what a plan leaves unknown
		unknown := &shape{names: map[string]*shape{}}
		for key := range from.Outputs {
			if outputs[key] == nil && read.names[key] != nil {
				unknown.names[key] = read.names[key]
			}
		}
		if len(unknown.names) > 0 {
			for key, value := range newPlaceholders(namespace, address, out).outputs(unknown) {
				outputs[key] = value
			}
			out.lookups = append(out.lookups, Lookup{Address: address, Message: fmt.Sprintf("%s does not know the outputs %s yet: placeholders stand for them. watertight plan -o FILE makes a plan that does", name, strings.Join(sortedKeys(unknown.names), ", "))})
		}
	}
	return writeOutputs(path, outputs)
}

package tfcode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// late are the data sources that Terraform puts off all the same, by address: why.
func late(document []byte) (map[string]string, error) {
	if !bytes.Contains(document, []byte(`"read_because_`)) { // as in most plans, which may be large
		return nil, nil
	}
	var plan struct {
		ResourceChanges []struct {
			Address, Mode string
			Reason        string `json:"action_reason"`
			Change        struct{ Actions []string }
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(document, &plan); err != nil {
		return nil, fmt.Errorf("what terraform show -json prints is not JSON: %w", err)
	}
	all := map[string]string{}
	for _, change := range plan.ResourceChanges {
		if change.Mode == "data" && slices.Equal(change.Change.Actions, []string{"read"}) && change.Reason != "read_because_check_nested" {
			all[change.Address] = change.Reason
		}
	}
	return all, nil
}

// hasten takes the conditions out of data blocks that Terraform puts off because of them: it looks at all that such a block depends on, however indirectly. It is
// false where nothing can be done.
func (j *job) hasten(document []byte) bool {
	all, err := late(document)
	if err != nil {
		return false // finish says so
	}
	hastened := false
	for address := range all {
		for _, m := range j.modules {
			for _, b := range m.blocks {
				if b.kind != "data" || m.absolute(b.address()) != withoutIndexes(address) {
					continue
				}
				for _, each := range b.file.conditions() {
					if each.of == b.address() && !b.file.replaced(each.expression.Range()) {
						each.neutralize()
						j.passed = append(j.passed, fmt.Sprintf("%s:%d: the %s of %s was passed over: because of it, Terraform would read the data source only when it applies",
							each.file.shown, each.extent.Start.Line, each.word, each.of))
						hastened = true
					}
				}
			}
		}
	}
	return hastened
}

// lateWarnings say what stays unknown because a data source is put off.
func (j *job) lateWarnings(document []byte) (list []string, err error) {
	all, err := late(document)
	if err != nil {
		return nil, err
	}
	places := j.locations()
	for _, address := range sortedKeys(all) {
		why := "an argument of it is not known before"
		if all[address] == "read_because_dependency_pending" {
			why = "what it depends on is still to be changed"
		}
		list = append(list, fmt.Sprintf("%s: %s is read only when Terraform applies, for %s: what comes from it stays unknown", places[withoutIndexes(address)], address, why))
	}
	return list, nil
}

// texts are what the copy has in place of the user's references.
func (e *early) texts() map[string]string {
	all := map[string]string{}
	for _, a := range e.folders {
		for name, address := range a.locals {
			all["local."+name] = address
		}
	}
	return all
}

// userReference is a reference as the user wrote it.
func userReference(text string) string {
	rest, ok := strings.CutPrefix(text, "local."+earlyPrefix)
	if !ok {
		return text
	}
	return strings.Replace(rest, "__", ".", 1)
}

// withoutEarly takes what only the copy has out of a document: of its configuration, of resources, and of outputs that are whole resources.
func withoutEarly(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if strings.HasPrefix(name, earlyPrefix) {
				delete(v, name)
				continue
			}
			if list, ok := inner.([]any); ok && name == "references" {
				v[name] = slices.DeleteFunc(list, func(reference any) bool {
					text, _ := reference.(string)
					return strings.Contains(text, earlyPrefix)
				})
				continue
			}
			withoutEarly(inner)
		}
	case []any:
		for _, inner := range v {
			withoutEarly(inner)
		}
	}
}

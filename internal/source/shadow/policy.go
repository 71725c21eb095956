package shadow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An IAM policy as the provider writes it: the order of members, the order of values and which lists of one are texts are those of the provider, since
// configurations compare the text with that of a state.
type policy struct {
	Version    string       `json:",omitempty"`
	ID         string       `json:"Id,omitempty"`
	Statements []*statement `json:"Statement,omitempty"`
}

type statement struct {
	Sid           string `json:",omitempty"`
	Effect        string `json:",omitempty"`
	Actions       any    `json:"Action,omitempty"`
	NotActions    any    `json:"NotAction,omitempty"`
	Resources     any    `json:"Resource,omitempty"`
	NotResources  any    `json:"NotResource,omitempty"`
	Principals    any    `json:"Principal,omitempty"`
	NotPrincipals any    `json:"NotPrincipal,omitempty"`
	Conditions    any    `json:"Condition,omitempty"`
}

// policyDocument computes data "aws_iam_policy_document".
func policyDocument(x map[string]any) (map[string]any, error) {
	merged := &policy{}
	for i, source := range texts(x["source_policy_documents"]) {
		if err := merged.merge("source_policy_documents", i, source); err != nil {
			return nil, err
		}
	}
	own := &policy{Version: str(x["version"]), ID: str(x["policy_id"])}
	if own.Version == "" {
		own.Version = "2012-10-17"
	}
	for _, b := range list(x["statement"]) {
		m, ok := b.(map[string]any)
		if !ok {
			continue
		}
		if str(m["effect"]) == "" {
			m["effect"] = "Allow"
		}
		own.Statements = append(own.Statements, &statement{
			Sid: str(m["sid"]), Effect: str(m["effect"]),
			Actions: values(texts(m["actions"])), NotActions: values(texts(m["not_actions"])),
			Resources: values(texts(m["resources"])), NotResources: values(texts(m["not_resources"])),
			Principals: principals(m["principals"]), NotPrincipals: principals(m["not_principals"]), Conditions: conditions(m["condition"]),
		})
	}
	merged.add(own)
	for i, override := range texts(x["override_policy_documents"]) {
		if err := merged.merge("override_policy_documents", i, override); err != nil {
			return nil, err
		}
	}
	text, err := json.MarshalIndent(merged, "", "  ")
	if err != nil {
		return nil, err
	}
	short, err := json.Marshal(merged)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"json": string(text), "minified_json": string(short), "id": strconv.FormatUint(uint64(checksum(string(text))), 10), "version": merged.Version,
	}, nil
}

func (p *policy) merge(argument string, i int, text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var doc struct {
		Version    string
		ID         string          `json:"Id"`
		Statements json.RawMessage `json:"Statement"`
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return fmt.Errorf("%s[%d] is no IAM policy: %w", argument, i, err)
	}
	other := &policy{Version: doc.Version, ID: doc.ID}
	if len(doc.Statements) > 0 {
		if err := json.Unmarshal(doc.Statements, &other.Statements); err != nil {
			one := &statement{}
			if json.Unmarshal(doc.Statements, one) != nil {
				return fmt.Errorf("%s[%d] is no IAM policy: %w", argument, i, err)
			}
			other.Statements = []*statement{one}
		}
	}
	p.add(other)
	return nil
}

// add puts statements after those that are there; one whose Sid is there takes its place.
func (p *policy) add(other *policy) {
	if other.ID != "" {
		p.ID = other.ID
	}
	if other.Version != "" {
		p.Version = other.Version
	}
	for _, s := range other.Statements {
		s.Principals, s.NotPrincipals = reversed(s.Principals), reversed(s.NotPrincipals)
		i := -1
		if s.Sid != "" {
			i = slices.IndexFunc(p.Statements, func(o *statement) bool { return o.Sid == s.Sid })
		}
		if i >= 0 {
			p.Statements[i] = s
		} else {
			p.Statements = append(p.Statements, s)
		}
	}
}

// values is one text, or several in the provider's order, which is from the last to the first; &{…} stands for IAM's own ${…}.
func values(l []string) any {
	out := make([]string, len(l))
	for i, s := range l {
		out[i] = strings.ReplaceAll(s, "&{", "${")
	}
	switch len(out) {
	case 0:
		return nil
	case 1:
		return out[0]
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

// reversed brings the principals of a document that is merged into the provider's order.
func reversed(x any) any {
	m, ok := x.(map[string]any)
	if !ok {
		return x
	}
	for kind, ids := range m {
		if l, ok := ids.([]any); ok {
			m[kind] = values(texts(l))
		}
	}
	return m
}

func principals(x any) any {
	by := map[string][]string{}
	for _, b := range list(x) {
		if m, ok := b.(map[string]any); ok {
			by[str(m["type"])] = append(by[str(m["type"])], texts(m["identifiers"])...)
		}
	}
	if len(by) == 0 {
		return nil
	}
	if star, ok := by["*"]; ok && len(by) == 1 && slices.Equal(star, []string{"*"}) {
		return "*"
	}
	out := map[string]any{}
	for kind, ids := range by {
		out[kind] = values(ids)
	}
	return out
}

func conditions(x any) any {
	out := map[string]map[string]any{}
	for _, b := range list(x) {
		m, ok := b.(map[string]any)
		if !ok {
			continue
		}
		test := str(m["test"])
		if out[test] == nil {
			out[test] = map[string]any{}
		}
		given := texts(m["values"])
		for i := range given {
			given[i] = strings.ReplaceAll(given[i], "&{", "${")
		}
		switch len(given) {
		case 0:
			out[test][str(m["variable"])] = []string{}
		case 1:
			out[test][str(m["variable"])] = given[0]
		default:
			out[test][str(m["variable"])] = given
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

package tfcode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/watertight/watertight/internal/source/tfplan"
)

// The annotations of a plan are those that tfplan reads.
type (
	Annotations = tfplan.Annotations
	Resource    = tfplan.Resource
	Lookup      = tfplan.Lookup
	Suppression = tfplan.Suppression
)

var index = regexp.MustCompile(`\[(?:\d+|"(?:[^"\\]|\\.)*")\]`)

// withoutIndexes is the address of the block that an instance comes from.
func withoutIndexes(address string) string { return index.ReplaceAllString(address, "") }

// annotate finishes the document.
func (j *job) annotate(raw []byte, n *naming, a *Annotations) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var document map[string]any
	if err := d.Decode(&document); err != nil {
		return nil, fmt.Errorf("what terraform show -json prints is not JSON: %w", err)
	}
	delete(document, "timestamp")
	withoutEarly(document)
	o := orderer{}
	o.schemas = j.served.full(j.configuration)
	o.document(document)
	a.Terraform, _ = document["terraform_version"].(string)
	j.resources(document, n, a)
	document["watertight"] = a
	out, err := marshal(document)
	if err != nil {
		return nil, err
	}
	return append(out, '\n'), nil
}

// resources annotates every resource of a document.
func (j *job) resources(document map[string]any, n *naming, a *Annotations) {
	places := j.locations()
	a.Resources = map[string]Resource{}
	type of struct{ account, region string }
	known := map[string]of{} // by provider and module: where others of that configuration are
	missing := []string{}
	list, _ := document["resource_changes"].([]any)
	note := func(address string, values map[string]any, key string) {
		r := a.Resources[address]
		if at, ok := places[withoutIndexes(address)]; ok {
			r.File, r.Line = at.file, at.line
		}
		if id, ok := values["id"].(string); ok {
			r.ID = id
		}
		if p, ok := n.planned[address]; ok {
			r.Account, r.Region, r.Chosen = p.Account, p.Region, p.Chosen
			if p.Account != "" {
				known[key] = of{p.Account, p.Region}
			}
			if r.ID == "" {
				r.ID, _ = values["arn"].(string)
			}
		} else {
			for _, l := range n.lookups[address] {
				r.Account, r.Region, r.Chosen = l.Account, l.Region, l.Chosen
			}
		}
		if r.Account == "" {
			if arn, ok := values["arn"].(string); ok {
				if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[0] == "arn" {
					r.Account, r.Region = parts[4], parts[3]
				}
			}
			if r.Account == "" || r.Region == "" {
				missing = append(missing, address)
			}
		}
		a.Resources[address] = r
	}
	keys := map[string]string{}
	configurations := providerKeys(document)
	for _, each := range list {
		r, _ := each.(map[string]any)
		address, _ := r["address"].(string)
		change, _ := r["change"].(map[string]any)
		values, _ := change["after"].(map[string]any)
		if values == nil {
			values, _ = change["before"].(map[string]any)
		}
		key, ok := configurations[withoutIndexes(address)]
		if !ok {
			key, _ = r["provider_name"].(string)
		}
		keys[address] = key
		note(address, values, key)
	}
	for _, part := range []string{"planned_values", "prior_state"} {
		values, _ := document[part].(map[string]any)
		if part == "prior_state" {
			values, _ = values["values"].(map[string]any)
		}
		root, _ := values["root_module"].(map[string]any)
		eachData(root, func(r map[string]any) {
			address, _ := r["address"].(string)
			values, _ := r["values"].(map[string]any)
			keys[address] = configurations[withoutIndexes(address)]
			note(address, values, keys[address])
		})
	}
	for _, address := range missing {
		r := a.Resources[address]
		if o, ok := known[keys[address]]; ok && strings.HasPrefix(TypeOf(address), "aws_") {
			if r.Account == "" {
				r.Account = o.account
			}
			if r.Region == "" {
				r.Region = o.region
			}
			a.Resources[address] = r
		}
	}
}

// IsData tells whether an address is that of a data source.
func IsData(address string) bool { return blockWords(address)[0] == "data" }

// TypeOf is the type of the resource or data source with an address.
func TypeOf(address string) string {
	words := blockWords(address)
	if words[0] == "data" && len(words) > 1 {
		words = words[1:]
	}
	return words[0]
}

// blockWords are the words of an address within its module: "aws_vpc", "this".
func blockWords(address string) []string {
	words := strings.Split(withoutIndexes(address), ".")
	for len(words) > 2 && words[0] == "module" {
		words = words[2:]
	}
	return words
}

// eachData visits the data sources of a module and of those that it calls.
func eachData(module map[string]any, visit func(map[string]any)) {
	list, _ := module["resources"].([]any)
	for _, each := range list {
		if r, ok := each.(map[string]any); ok && r["mode"] == "data" {
			visit(r)
		}
	}
	children, _ := module["child_modules"].([]any)
	for _, child := range children {
		if child, ok := child.(map[string]any); ok {
			eachData(child, visit)
		}
	}
}

// providerKeys are the names of the provider configurations of resources, by address without indexes.
func providerKeys(document map[string]any) map[string]string {
	all := map[string]string{}
	var visit func(module map[string]any, path string)
	visit = func(module map[string]any, path string) {
		list, _ := module["resources"].([]any)
		for _, each := range list {
			r, _ := each.(map[string]any)
			address, _ := r["address"].(string)
			key, _ := r["provider_config_key"].(string)
			all[path+address] = key
		}
		calls, _ := module["module_calls"].(map[string]any)
		for name, call := range calls {
			call, _ := call.(map[string]any)
			if inner, ok := call["module"].(map[string]any); ok {
				visit(inner, path+"module."+name+".")
			}
		}
	}
	configuration, _ := document["configuration"].(map[string]any)
	root, _ := configuration["root_module"].(map[string]any)
	visit(root, "")
	return all
}

package tfcode

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/source/shadow"
	"github.com/watertight/watertight/internal/source/shadow/schema"
)

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
	maps.Copy(n.texts, j.early.texts())
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
	slices.SortStableFunc(j.foreign.lookups, func(x, y Lookup) int { return strings.Compare(x.Address, y.Address) }) // Terraform asks in any order
	a.Lookups = append(a.Lookups, j.foreign.lookups...)
	places := j.locations()
	for _, address := range sortedKeys(n.lookups) {
		if !slices.ContainsFunc(n.lookups[address], func(l shadow.Lookup) bool { return !l.Answered }) {
			continue // what it asks is known; no flag would tell the rest
		}
		at := places[withoutIndexes(address)]
		message := address + " is looked up in AWS, which watertight does not ask: placeholders stand for what it finds. --from FOLDER answers it, where FOLDER (a dump, a snapshot, another plan) has it"
		if provider := n.lookups[address][0].Provider; schema.Short(provider) != schema.AWSSource {
			message = address + " is found out by the provider " + schema.Short(provider) + ", for which watertight stands in: placeholders stand for what it finds"
		}
		a.Lookups = append(a.Lookups, Lookup{Address: address, File: at.file, Line: at.line, Message: message})
	}
	list, warnings := j.suppressions()
	a.Suppressions = append(a.Suppressions, list...)
	a.Warnings = append(a.Warnings, j.served.warning...)
	a.Warnings = append(a.Warnings, warnings...)
	slices.Sort(j.passed)
	a.Warnings = append(a.Warnings, slices.Compact(j.passed)...)
	unread, err := j.lateWarnings(document)
	if err != nil {
		return nil, err
	}
	a.Warnings = append(a.Warnings, unread...)
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

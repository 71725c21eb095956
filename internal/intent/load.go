package intent

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
)

// Load reads the segmentation of files and folders. Of a folder, the files *.hcl and *.hcl.json that are not hidden are read, in the order of their names. What is wrong with
// it is an [*Error]; other errors say which file cannot be read.
func Load(paths ...string) (*Segmentation, error) {
	names, err := Files(paths...)
	if err != nil {
		return nil, err
	}
	var sources []Source
	for _, name := range names {
		content, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			return nil, fmt.Errorf("the segmentation cannot be read: %w", err)
		}
		sources = append(sources, Source{name, content})
	}
	return parse(sources)
}

// Files are the files that paths stand for, with slashes, as [Load] reads them.
func Files(paths ...string) ([]string, error) {
	var all []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("the segmentation cannot be read: %w", err)
		}
		if !info.IsDir() {
			all = append(all, filepath.ToSlash(path))
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, fmt.Errorf("the segmentation cannot be read: %w", err)
		}
		n := len(all)
		for _, entry := range entries { // sorted by name
			name := entry.Name()
			if !entry.IsDir() && !strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json")) {
				all = append(all, filepath.ToSlash(filepath.Join(path, name)))
			}
		}
		if len(all) == n {
			return nil, fmt.Errorf("%s has no segmentation: there is no file *.hcl or *.hcl.json in it", path)
		}
	}
	return all, nil
}

// Source is a file of a segmentation.
type Source struct {
	Name    string // one that ends with .json is in HCL's JSON syntax
	Content []byte
}

// Parse reads a segmentation from the contents of files, by their names, in the order of these. The error is an [*Error].
func Parse(files map[string][]byte) (*Segmentation, error) {
	var sources []Source
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sources = append(sources, Source{name, files[name]})
	}
	return parse(sources)
}

// loader is a segmentation in the making.
type loader struct {
	files   map[string]*hcl.File
	errors  hcl.Diagnostics
	lost    map[string]bool // names of roles whose environment is not known: that they are not found is no news
	layouts []*layout
	declared
	*Segmentation
}

func parse(sources []Source) (*Segmentation, error) {
	l := &loader{files: map[string]*hcl.File{}, lost: map[string]bool{}, Segmentation: &Segmentation{}}
	for _, s := range sources {
		if d := deep(s); d != nil {
			l.errors = append(l.errors, d)
			l.files[s.Name] = &hcl.File{Bytes: s.Content}
			continue
		}
		var file *hcl.File
		var problems hcl.Diagnostics
		if strings.HasSuffix(s.Name, ".json") {
			file, problems = json.Parse(s.Content, s.Name)
		} else {
			file, problems = hclsyntax.ParseConfig(s.Content, s.Name, hcl.InitialPos)
		}
		l.errors = append(l.errors, problems...)
		l.files[s.Name] = file
		l.order = append(l.order, s.Name)
		if file != nil && !problems.HasErrors() {
			l.decode(file.Body)
		}
	}
	if !l.errors.HasErrors() { // what follows from a defect of the text is no news
		l.resolve()
	}
	if l.errors.HasErrors() {
		return nil, &Error{sorted(l.errors), l.files}
	}
	l.Segmentation.files = l.files
	return l.Segmentation, nil
}

// Expired are the flows and egresses whose last day has passed on a day, as people read it. That is a finding, and no error.
func (s *Segmentation) Expired(today time.Time) []string {
	day := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	var all hcl.Diagnostics
	over := func(what string, a Accountable) {
		if !a.Until.IsZero() && a.Until.Before(day) {
			all = append(all, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: fmt.Sprintf("%s held until %s", what, a.Until.Format(time.DateOnly)),
				Detail: "It is still there: take it out, or give it another last day.", Subject: &a.At})
		}
	}
	for _, f := range s.Flows {
		over("the flow", f.Accountable)
	}
	for _, e := range s.Egresses {
		over("the egress", e.Accountable)
	}
	var texts []string
	for _, d := range sorted(all) { // a flow of a tier once
		texts = append(texts, show(d, s.files))
	}
	return texts
}

// Files are the names of the files, sorted.
func (s *Segmentation) Files() []string { return slices.Sorted(maps.Keys(s.files)) }

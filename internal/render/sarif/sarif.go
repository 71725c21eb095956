package sarif

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/render/text"
	"github.com/watertight/watertight/internal/report"
)

const (
	schema = "https://json.schemastore.org/sarif-2.1.0.json"
	home   = "https://github.com/watertight/watertight"
)

// The types are those parts of the format (OASIS, Static Analysis Results Interchange Format 2.1.0) that are written here, by the names that it gives them.
type (
	log struct {
		Schema  string `json:"$schema"`
		Version string `json:"version"`
		Runs    []run  `json:"runs"`
	}
	run struct {
		Tool       tool     `json:"tool"`
		ColumnKind string   `json:"columnKind"`
		Results    []result `json:"results"`
	}
	tool struct {
		Driver driver `json:"driver"`
	}
	driver struct {
		Name           string `json:"name"`
		Version        string `json:"version"`
		InformationURI string `json:"informationUri"`
		Rules          []rule `json:"rules"`
	}
	rule struct {
		ID               string  `json:"id"`
		ShortDescription message `json:"shortDescription"`
		HelpURI          string  `json:"helpUri,omitempty"`
		Configuration    level   `json:"defaultConfiguration"`
	}
	level struct {
		Level string `json:"level"`
	}
	message struct {
		Text string `json:"text"`
	}
	result struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      message           `json:"message"`
		Locations    []location        `json:"locations"`
		Related      []location        `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Suppressions []suppression     `json:"suppressions,omitempty"`
	}
	location struct {
		ID       int       `json:"id,omitempty"`
		Physical *physical `json:"physicalLocation,omitempty"`
		Logical  []logical `json:"logicalLocations,omitempty"`
		Message  *message  `json:"message,omitempty"`
	}
	physical struct {
		Artifact artifact `json:"artifactLocation"`
		Region   *region  `json:"region,omitempty"`
	}
	artifact struct {
		URI string `json:"uri"`
	}
	region struct {
		StartLine int `json:"startLine"`
	}
	logical struct {
		Name          string `json:"name"`
		QualifiedName string `json:"fullyQualifiedName"`
		Kind          string `json:"kind"`
	}
	suppression struct {
		Kind          string    `json:"kind"`
		Justification string    `json:"justification,omitempty"`
		Location      *location `json:"location,omitempty"`
	}
)

// Write writes a document, as the given version of the program. The error is that of the writer, or says that the document is of a kind that has no such form.
func Write(w io.Writer, document report.Document, version string) error {
	r := run{Tool: tool{driver{Name: "watertight", Version: version, InformationURI: home, Rules: []rule{}}}, ColumnKind: "unicodeCodePoints", Results: []result{}}
	switch d := document.(type) {
	case *report.Diff:
		r.diff(d)
	case *report.Check:
		r.check(d)
	case *report.Exactness:
		r.exactness(d)
	default:
		return fmt.Errorf("%T has no form in SARIF", document)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(log{schema, "2.1.0", []run{r}})
}

// add adds a result. Rules are listed when they are first met.
func (r *run) add(res result, about rule, key ...string) {
	rules := &r.Tool.Driver.Rules
	res.RuleIndex = slices.IndexFunc(*rules, func(each rule) bool { return each.ID == about.ID })
	if res.RuleIndex < 0 {
		res.RuleIndex = len(*rules)
		*rules = append(*rules, about)
	}
	res.RuleID = about.ID
	sum := sha256.Sum256([]byte(strings.Join(append([]string{about.ID}, key...), "\x00")))
	res.Fingerprints = map[string]string{"watertight/v1": hex.EncodeToString(sum[:16])}
	if res.Locations == nil {
		res.Locations = []location{}
	}
	r.Results = append(r.Results, res)
}

var changes = map[string]rule{
	"newly reachable":     {ID: "newly-reachable", ShortDescription: message{"Something is newly reachable."}, Configuration: level{"error"}},
	"newly one-way":       {ID: "newly-one-way", ShortDescription: message{"Packets newly arrive, and replies are lost."}, Configuration: level{"warning"}},
	"newly unknown":       {ID: "newly-unknown", ShortDescription: message{"It is no longer known whether something is reachable."}, Configuration: level{"warning"}},
	"no longer reachable": {ID: "no-longer-reachable", ShortDescription: message{"Something is no longer reachable."}, Configuration: level{"note"}},
}

func (r *run) diff(d *report.Diff) {
	for _, h := range text.Changes(d) {
		effect, _, _ := strings.Cut(h.Effect, ":")
		about := changes[effect]
		for _, c := range h.Changes {
			traffic := text.Traffic(c.Traffic)
			words := []string{fmt.Sprintf("%s → %s, %s: %s.", c.Source, c.Destination, traffic, text.Verdicts(c))}
			if c.Witness != nil {
				words = append(words, "For example "+text.Witness(c.Witness)+".")
			}
			res := result{Level: about.Configuration.Level}
			for i := range c.Causes {
				e := &c.Causes[i]
				words = append(words, "Because of "+text.Edit(e)+".")
				at := locate(e.Location, e.Kind, e.ID, e.Address)
				if i == 0 {
					res.Locations = at
				} else if at != nil {
					at[0].ID, at[0].Message = i, &message{text.Edit(e)}
					res.Related = append(res.Related, at[0])
				}
			}
			res.Message = message{strings.Join(words, " ")}
			r.add(res, about, c.Source, c.Destination, traffic, c.Family, text.Verdicts(c), strings.Join(c.Outside, ","), strings.Join(c.Sources, ","), strings.Join(c.Destinations, ","))
		}
	}
}

var levels = map[report.Severity]string{report.Error: "error", report.Warning: "warning", report.Unverified: "warning", report.Note: "note"}

// about is a rule of check. Its findings have a level each.
func about(name string) rule {
	return rule{ID: name, ShortDescription: message{strings.ReplaceAll(name, "-", " ")}, HelpURI: home + "/blob/main/docs/checks.md#" + name, Configuration: level{"warning"}}
}

func (r *run) check(d *report.Check) {
	for _, name := range d.Rules {
		r.Tool.Driver.Rules = append(r.Tool.Driver.Rules, about(name))
	}
	add := func(f *report.Finding) {
		words := []string{f.Message, f.Why, f.Mend}
		if f.Witness != nil {
			words = append(words, "For example "+text.Witness(f.Witness)+".")
		}
		res := result{Level: levels[f.Severity], Message: message{strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")}, Locations: locate(f.Location, f.Kind, f.ID, f.Address)}
		if s := f.Suppression; s != nil {
			res.Suppressions = []suppression{{Kind: "inSource", Justification: strings.TrimSpace(s.Reason + " (until " + s.Until + ")")}}
			if at := locate(s.Location, "", "", ""); at != nil {
				res.Suppressions[0].Location = &at[0]
			}
		}
		object := f.Address
		if object == "" {
			object = f.ID
		}
		r.add(res, about(f.Rule), object, f.Message)
	}
	for i := range d.Findings {
		add(&d.Findings[i])
	}
	for i := range d.Suppressed {
		add(&d.Suppressed[i])
	}
}

// locate is a place in a file and an object; nil where neither is known.
func locate(l *report.Location, kind, id, address string) []location {
	var at location
	if l != nil && l.File != "" {
		at.Physical = &physical{Artifact: artifact{uri(l.File)}}
		if l.Line > 0 {
			at.Physical.Region = &region{l.Line}
		}
	}
	switch {
	case address != "":
		at.Logical = []logical{{Name: address[strings.LastIndexByte(address, '.')+1:], QualifiedName: address, Kind: "resource"}}
	case id != "":
		at.Logical = []logical{{Name: id, QualifiedName: strings.TrimSpace(kind + " " + id), Kind: "resource"}}
	}
	if at.Physical == nil && at.Logical == nil {
		return nil
	}
	return []location{at}
}

// uri is a file as the user names it; a path from the root has a scheme.
func uri(file string) string {
	u := url.URL{Path: path.Clean(file)}
	if path.IsAbs(file) {
		u.Scheme = "file"
	}
	return u.String()
}

package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/render/text"
	"github.com/watertight/watertight/internal/report"
)

// suites is a document of JUnit.
type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Suites   []suite  `xml:"testsuite"`
}

type suite struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Cases    []test `xml:"testcase"`
}

type test struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	File    string   `xml:"file,attr,omitempty"`
	Line    int      `xml:"line,attr,omitempty"`
	Failure *message `xml:"failure,omitempty"`
	Skipped *message `xml:"skipped,omitempty"`
	Out     *output  `xml:"system-out,omitempty"`
}

type output struct {
	Text string `xml:",cdata"`
}

type message struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

// Write writes a document. The error is that of the writer, or says that the document is of a kind that has no such form.
func Write(w io.Writer, document report.Document) error {
	var s suite
	switch d := document.(type) {
	case *report.Diff:
		s = diff(d)
	case *report.Check:
		s = check(d)
	case *report.Exactness:
		s = exactness(d)
	default:
		return fmt.Errorf("%T has no form in JUnit", document)
	}
	for _, c := range s.Cases {
		if c.Failure != nil {
			s.Failures++
		}
		if c.Skipped != nil {
			s.Skipped++
		}
	}
	s.Tests = len(s.Cases)
	all := suites{Name: "watertight", Tests: s.Tests, Failures: s.Failures, Suites: []suite{s}}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func diff(d *report.Diff) suite {
	s := suite{Name: "watertight diff"}
	for _, h := range text.Changes(d) {
		effect, _, _ := strings.Cut(h.Effect, ":")
		for _, c := range h.Changes {
			t := test{Class: "watertight." + strings.ReplaceAll(effect, " ", "-"), Name: c.Source + " → " + c.Destination + " " + text.Traffic(c.Traffic)}
			if len(c.Causes) > 0 {
				t.File, t.Line = place(c.Causes[0].Location)
			}
			words := change(c)
			if c.Effect() == report.Closed { // it is told, and fails nothing
				t.Out = &output{words}
			} else {
				t.Failure = &message{Message: effect + ": " + text.Verdicts(c), Type: effect, Text: words}
			}
			s.Cases = append(s.Cases, t)
		}
	}
	if len(s.Cases) == 0 {
		s.Cases = append(s.Cases, test{Class: "watertight.diff", Name: "no change of reachability", Out: &output{text.Headline(d)}})
	}
	return s
}

// change tells of a change in a few lines.
func change(c *report.Change) string {
	lines := []string{text.Verdicts(c)}
	if c.Witness != nil {
		lines = append(lines, text.Witness(c.Witness))
	}
	for i := range c.Causes {
		lines = append(lines, "because of "+text.Edit(&c.Causes[i])+"  "+text.Place(c.Causes[i].Location, c.Causes[i].Origin))
	}
	return strings.Join(append(lines, hops(c.Path, "→")+hops(c.Reply, "←")), "\n")
}

func hops(list []report.Hop, arrow string) string {
	var b strings.Builder
	for _, h := range list {
		mark := map[string]string{report.Deny: "✗", report.Doubt: "?"}[h.Effect]
		fmt.Fprintf(&b, "%s%s %s  %s %s  %s\n", arrow, mark, text.Object(h.Kind, h.ID, h.Name, ""), h.Rule, h.Code, h.Origin)
	}
	return b.String()
}

func check(d *report.Check) suite {
	s := suite{Name: "watertight check"}
	for i := range d.Findings {
		f := &d.Findings[i]
		t := test{Class: "watertight." + f.Rule, Name: f.Message}
		t.File, t.Line = place(f.Location)
		words := strings.Join([]string{text.Object(f.Kind, f.ID, f.Name, f.Address) + "  " + text.Place(f.Location, f.Origin), f.Why, f.Mend, hops(f.Path, "→") + hops(f.Reply, "←")}, "\n")
		if f.Severity == report.Note {
			t.Out = &output{words}
		} else {
			t.Failure = &message{Message: string(f.Severity) + ": " + f.Message, Type: string(f.Severity), Text: words}
		}
		s.Cases = append(s.Cases, t)
	}
	for i := range d.Suppressed {
		f := &d.Suppressed[i]
		t := test{Class: "watertight." + f.Rule, Name: f.Message, Skipped: &message{Message: "suppressed"}}
		t.File, t.Line = place(f.Location)
		if f.Suppression != nil {
			t.Skipped.Message = "until " + f.Suppression.Until + ": " + f.Suppression.Reason
		}
		s.Cases = append(s.Cases, t)
	}
	for _, rule := range d.Rules {
		if !slices.ContainsFunc(d.Findings, func(f report.Finding) bool { return f.Rule == rule }) {
			s.Cases = append(s.Cases, test{Class: "watertight." + rule, Name: "nothing found"})
		}
	}
	if len(s.Cases) == 0 {
		s.Cases = append(s.Cases, test{Class: "watertight.check", Name: "nothing found"})
	}
	return s
}

func place(l *report.Location) (file string, line int) {
	if l == nil {
		return "", 0
	}
	return l.File, l.Line
}

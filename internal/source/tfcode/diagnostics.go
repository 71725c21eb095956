package tfcode

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// diagnostic is what Terraform says, as `terraform plan -json` prints it.
type diagnostic struct {
	Severity string        `json:"severity"`
	Summary  string        `json:"summary"`
	Detail   string        `json:"detail"`
	Address  string        `json:"address"`
	Range    *sourceRange  `json:"range"`
	Snippet  *sourceWindow `json:"snippet"`
}

type sourceRange struct {
	Filename string `json:"filename"`
	Start    struct {
		Line int `json:"line"`
		Byte int `json:"byte"`
	} `json:"start"`
}

type sourceWindow struct {
	Context   *string `json:"context"`
	Code      string  `json:"code"`
	StartLine int     `json:"start_line"`
	Values    []struct {
		Traversal string `json:"traversal"`
		Statement string `json:"statement"`
	} `json:"values"`
	FunctionCall *struct {
		Name      string `json:"name"`
		Signature *struct {
			Name   string                  `json:"name"`
			Params []struct{ Name string } `json:"params"`
			Rest   *struct{ Name string }  `json:"variadic_param"`
		} `json:"signature"`
	} `json:"function_call"`
}

// TerraformError is what Terraform itself objects to, in Terraform's words and with the user's paths.
type TerraformError struct {
	Program string // "Terraform" or "OpenTofu"
	Folder  string // as the user names it
	Text    string // as Terraform prints it on a terminal
	Hints   []string
}

func (e *TerraformError) Error() string {
	text := fmt.Sprintf("%s cannot plan %s:\n\n%s", e.Program, e.Folder, e.Text)
	for _, hint := range e.Hints {
		text += "\n" + hint
	}
	return text
}

// parseDiagnostics reads the diagnostics in the output of `terraform plan -json`.
func parseDiagnostics(output []byte) (list []diagnostic) {
	scanner := bufio.NewScanner(bytes.NewReader(output))
	scanner.Buffer(nil, 64<<20)
	for scanner.Scan() {
		if !bytes.Contains(scanner.Bytes(), []byte(`"diagnostic"`)) {
			continue
		}
		var line struct {
			Type       string      `json:"type"`
			Diagnostic *diagnostic `json:"diagnostic"`
		}
		if json.Unmarshal(scanner.Bytes(), &line) == nil && line.Type == "diagnostic" && line.Diagnostic != nil {
			list = append(list, *line.Diagnostic)
		}
	}
	return list
}

// errorsOf are the diagnostics that stop Terraform.
func errorsOf(list []diagnostic) (out []diagnostic) {
	for _, d := range list {
		if d.Severity == "error" {
			out = append(out, d)
		}
	}
	return out
}

// codePlace is a place within what Terraform says: "already declared at net.tf:12,1-20".
var codePlace = regexp.MustCompile(`[^\s"'(]+\.(?:tf|tofu)(?:\.json)?:\d+`)

// localize puts the user's paths in place of the copy's.
func (c *configuration) localize(d diagnostic, t *tree) diagnostic {
	mend := func(text string) string { return t.mend(text) }
	d.Detail = codePlace.ReplaceAllStringFunc(d.Detail, func(text string) string {
		at := strings.LastIndex(text, ":")
		if c.fileOf(text[:at], t) == nil {
			return text
		}
		return c.name(text[:at], t) + text[at:]
	})
	d.Summary, d.Detail = mend(d.Summary), mend(d.Detail)
	if d.Snippet != nil {
		s := *d.Snippet
		s.Code = mend(s.Code)
		if d.Range != nil {
			s.Code = c.code(s, c.fileOf(d.Range.Filename, t))
		}
		s.Values = slices.Clone(s.Values)
		for i := range s.Values {
			s.Values[i].Statement = mend(s.Values[i].Statement)
			s.Values[i].Traversal = userReference(s.Values[i].Traversal)
		}
		d.Snippet = &s
	}
	if d.Range != nil {
		r := *d.Range
		r.Filename = c.name(r.Filename, t)
		d.Range = &r
	}
	return d
}

// code are the lines of a snippet as the user wrote them: those of the copy may have been edited.
func (c *configuration) code(s sourceWindow, f *file) string {
	if f == nil {
		return s.Code
	}
	lines := strings.Split(string(f.src), "\n")
	first, last := s.StartLine-1, s.StartLine+strings.Count(strings.TrimRight(s.Code, "\n"), "\n")
	if first < 0 || last > len(lines) {
		return s.Code
	}
	return strings.Join(lines[first:last], "\n")
}

// name is a file as the user names it, of a name that Terraform gives from the copy.
func (c *configuration) name(file string, t *tree) string {
	if strings.HasPrefix(file, "<") { // <value for var.x>
		return file
	}
	if filepath.IsAbs(file) {
		original := t.mend(file)
		if shown, ok := t.given[original]; ok {
			return shown
		}
		if original == file {
			return file
		}
		return c.show(original)
	}
	return filepath.ToSlash(filepath.Join(c.shown, file))
}

// render prints diagnostics as Terraform does.
func render(list []diagnostic) string {
	var out strings.Builder
	for _, d := range list {
		var b strings.Builder
		word := "Error"
		if d.Severity == "warning" {
			word = "Warning"
		}
		fmt.Fprintf(&b, "%s: %s\n\n", word, d.Summary)
		if d.Address != "" {
			fmt.Fprintf(&b, "  with %s,\n", d.Address)
		}
		if d.Range != nil {
			context := ""
			if d.Snippet != nil && d.Snippet.Context != nil && *d.Snippet.Context != "" {
				context = ", in " + *d.Snippet.Context
			}
			fmt.Fprintf(&b, "  on %s line %d%s:\n", d.Range.Filename, d.Range.Start.Line, context)
			d.Snippet.render(&b)
			b.WriteByte('\n')
		} else if d.Address != "" {
			b.WriteByte('\n')
		}
		if d.Detail != "" {
			fmt.Fprintf(&b, "%s\n", strings.TrimRight(d.Detail, "\n"))
		}
		out.WriteString("╷\n")
		for _, line := range strings.Split(strings.TrimRight(b.String(), "\n"), "\n") {
			out.WriteString(strings.TrimRight("│ "+line, " ") + "\n")
		}
		out.WriteString("╵\n")
	}
	return out.String()
}

func (s *sourceWindow) render(b *strings.Builder) {
	if s == nil {
		b.WriteString("  (source code not available)\n")
		return
	}
	for i, line := range strings.Split(strings.TrimRight(s.Code, "\n"), "\n") {
		fmt.Fprintf(b, "%4d: %s\n", s.StartLine+i, line)
	}
	if len(s.Values) == 0 && s.FunctionCall == nil {
		return
	}
	b.WriteString("    ├────────────────\n")
	if call := s.FunctionCall; call != nil && call.Signature != nil {
		var names []string
		for _, p := range call.Signature.Params {
			names = append(names, p.Name)
		}
		if call.Signature.Rest != nil {
			names = append(names, call.Signature.Rest.Name+"...")
		}
		fmt.Fprintf(b, "    │ while calling %s(%s)\n", call.Signature.Name, strings.Join(names, ", "))
	}
	for _, v := range s.Values {
		fmt.Fprintf(b, "    │ %s %s\n", v.Traversal, v.Statement)
	}
}

// syntaxError is code that cannot be parsed, in the words of the parser that Terraform has as well.
func syntaxError(c *configuration, list hcl.Diagnostics) error {
	var out []diagnostic
	for _, each := range list {
		if each.Severity != hcl.DiagError {
			continue
		}
		d := diagnostic{Severity: "error", Summary: each.Summary, Detail: each.Detail}
		if each.Subject != nil {
			d.Range = &sourceRange{Filename: each.Subject.Filename}
			d.Range.Start.Line = each.Subject.Start.Line
			for _, f := range c.files {
				if f.shown != each.Subject.Filename {
					continue
				}
				lines := strings.Split(string(f.src), "\n")
				if n := each.Subject.Start.Line; n >= 1 && n <= len(lines) {
					d.Snippet = &sourceWindow{Code: strings.TrimRight(lines[n-1], "\r"), StartLine: n}
				}
			}
		}
		out = append(out, d)
	}
	return &TerraformError{Program: c.product(), Folder: c.shown, Text: render(out)}
}

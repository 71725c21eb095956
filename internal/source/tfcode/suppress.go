package tfcode

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

const (
	mark          = "watertight:ignore"
	markForm      = "write # " + mark + " RULE until=YYYY-MM-DD REASON"
	untilPrefix   = "until="
	dateLayout    = "2006-01-02"
	ruleCharacter = "abcdefghijklmnopqrstuvwxyz0123456789-"
)

// remark is a comment that speaks to watertight, in one file.
type remark struct {
	rule, until, reason string
	line                int
	block               string // address within the module
}

// suppressions reads the comments of all modules, and warns of those that say nothing.
func (c *configuration) suppressions() (list []Suppression, warnings []string) {
	remarks := map[*file][]remark{}
	for _, path := range sortedKeys(c.files) {
		f := c.files[path]
		if !bytes.Contains(f.src, []byte(mark)) {
			continue
		}
		found, trouble := f.remarks()
		remarks[f] = found
		warnings = append(warnings, trouble...)
	}
	for _, m := range c.modules {
		for _, f := range m.files {
			for _, r := range remarks[f] {
				list = append(list, Suppression{Address: m.absolute(r.block), Rule: r.rule, Reason: r.reason, Until: r.until, File: f.shown, Line: r.line})
			}
		}
	}
	return list, warnings
}

var ignoreLine = regexp.MustCompile(`^\s*(?:#+|//+|/?\*+)?\s*` + mark + `(?:$|\s.*$)`)

// remarks reads the comments of a file.
func (f *file) remarks() (list []remark, warnings []string) {
	if f.native() == nil {
		return f.jsonRemarks()
	}
	tokens, _ := hclsyntax.LexConfig(f.src, f.shown, hcl.InitialPos) // it was parsed before
	comment := map[int]bool{}                                        // lines that hold a comment and nothing else
	code := map[int]bool{}
	type line struct {
		number int
		text   string
	}
	var marked []line
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenComment:
			for i, text := range strings.Split(strings.TrimRight(string(token.Bytes), "\r\n"), "\n") {
				number := token.Range.Start.Line + i
				comment[number] = true
				if strings.Contains(text, mark) {
					marked = append(marked, line{number, text})
				}
			}
		case hclsyntax.TokenNewline, hclsyntax.TokenEOF:
		default:
			for number := token.Range.Start.Line; number <= token.Range.End.Line; number++ {
				code[number] = true
			}
		}
	}
	blocks := f.native().Blocks
	for _, m := range marked {
		r, trouble := parseRemark(m.text)
		if trouble != "" {
			warnings = append(warnings, fmt.Sprintf("%s:%d: %s", f.shown, m.number, trouble))
			continue
		}
		r.line = m.number
		for _, b := range blocks {
			resource, module := b.Type == "resource" && len(b.Labels) == 2, b.Type == "module" && len(b.Labels) == 1
			if !resource && !module {
				continue
			}
			first, last := b.Range().Start.Line, b.Body.SrcRange.End.Line
			above := m.number < first
			for number := m.number; above && number < first; number++ {
				above = comment[number] && !code[number]
			}
			if above || m.number >= first && m.number <= last {
				if r.block = "module." + b.Labels[0]; resource {
					r.block = b.Labels[0] + "." + b.Labels[1]
				}
			}
		}
		if r.block == "" {
			warnings = append(warnings, fmt.Sprintf("%s:%d: this %s belongs to no resource and no module: it stands on the lines directly above a resource or module block, or inside it", f.shown, m.number, mark))
			continue
		}
		list = append(list, r)
	}
	return list, warnings
}

// jsonRemarks reads the members "//" of resources in a JSON file.
func (f *file) jsonRemarks() (list []remark, warnings []string) {
	for _, m := range members(f.src) {
		if !strings.Contains(m.text, mark) || m.path[len(m.path)-1] != "//" {
			continue
		}
		for _, text := range strings.Split(m.text, "\n") {
			if !strings.Contains(text, mark) {
				continue
			}
			r, trouble := parseRemark(text)
			switch {
			case trouble != "":
				warnings = append(warnings, fmt.Sprintf("%s:%d: %s", f.shown, m.line, trouble))
			case len(m.path) >= 3 && m.path[0] == "module":
				r.line, r.block = m.line, "module."+m.path[1]
				list = append(list, r)
			case len(m.path) < 4 || m.path[0] != "resource":
				warnings = append(warnings, fmt.Sprintf("%s:%d: this %s belongs to no resource and no module: it is a member \"//\" of one", f.shown, m.line, mark))
			default:
				r.line, r.block = m.line, m.path[1]+"."+m.path[2]
				list = append(list, r)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b remark) int { return a.line - b.line })
	return list, warnings
}

// parseRemark reads one comment. Trouble says what is wrong with it, and what would be right.
func parseRemark(text string) (r remark, trouble string) {
	if !ignoreLine.MatchString(text) {
		return r, "a comment that mentions " + mark + " without beginning with it is not read: " + markForm
	}
	_, rest, _ := strings.Cut(text, mark)
	words := strings.Fields(strings.TrimSuffix(strings.TrimSpace(rest), "*/"))
	if len(words) == 0 || strings.HasPrefix(words[0], untilPrefix) || strings.Trim(words[0], ruleCharacter) != "" {
		return r, mark + " names no rule: " + markForm
	}
	r.rule, words = words[0], words[1:]
	at := slices.IndexFunc(words, func(word string) bool { return strings.HasPrefix(word, untilPrefix) })
	if at < 0 {
		return r, mark + " " + r.rule + " has no end date: " + markForm
	}
	r.until = strings.TrimPrefix(words[at], untilPrefix)
	if _, err := time.Parse(dateLayout, r.until); err != nil {
		return r, fmt.Sprintf("%s %s: %s%s is not a date: write %s2027-01-31", mark, r.rule, untilPrefix, r.until, untilPrefix)
	}
	r.reason = strings.Join(slices.Delete(words, at, at+1), " ")
	if r.reason == "" {
		return r, mark + " " + r.rule + " gives no reason: " + markForm
	}
	return r, ""
}

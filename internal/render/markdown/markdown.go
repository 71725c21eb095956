package markdown

import (
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/watertight/watertight/internal/render/text"
	"github.com/watertight/watertight/internal/report"
)

// Most is how many bytes a comment may have: GitHub takes 65,536 characters.
const Most = 65_000

// Write writes a document. The error is that of the writer, or says that the document is of a kind that has no such form.
func Write(w io.Writer, document report.Document) error {
	var out string
	switch d := document.(type) {
	case *report.Diff:
		out = diff(d)
	case *report.Check:
		out = check(d)
	case *report.Exactness:
		out = exactness(d)
	default:
		return fmt.Errorf("%T has no form in Markdown", document)
	}
	_, err := io.WriteString(w, out)
	return err
}

// comment is a comment in the making. Blocks are added while there is room.
type comment struct {
	strings.Builder
	left int
}

func newComment() *comment { return &comment{left: Most - 600} } // the rest is for remarks on what was left out

// add adds a block, if there is room for it.
func (c *comment) add(block string) bool {
	if len(block) > c.left {
		return false
	}
	c.left -= len(block)
	c.WriteString(block)
	return true
}

// remark adds a line for which there always is room.
func (c *comment) remark(format string, values ...any) { fmt.Fprintf(&c.Builder, format, values...) }

func diff(d *report.Diff) string {
	c := newComment()
	c.add("**" + escape(text.Headline(d)) + "**\n")
	if len(d.Changes) > 0 {
		c.add("\n| | from | to | what | because of |\n|---|---|---|---|---|\n")
	}
	cut := 0
	for i := range d.Changes {
		if cut > 0 || c.left < Most/3 && i < len(d.Changes)-1 || !c.add(row(&d.Changes[i])) { // some room is kept for details
			cut++
		}
	}
	if cut > 0 {
		c.remark("\n%d more changes are left out here, for a comment has an end: `watertight diff` without `--format markdown` lists them all.\n", cut)
	}
	if len(d.Changes) > 0 {
		c.add("\n")
	}
	cut = 0
	for i := range d.Changes {
		if cut > 0 || !c.add(details(&d.Changes[i])) {
			cut++
		}
	}
	if cut > 0 {
		c.remark("\nThe details of %d changes are left out.\n", cut)
	}
	if len(d.Edits) > 0 {
		c.fold(fmt.Sprintf("What differs (%d)", len(d.Edits)), len(d.Edits), func(i int) string { return "- " + edit(&d.Edits[i]) + "\n" })
	}
	c.remarks(d.Assumptions, d.NotModelled)
	return c.String()
}

// fold adds a list that is folded.
func (c *comment) fold(title string, n int, line func(int) string) {
	const most = 50
	var b strings.Builder
	b.WriteString("\n<details><summary>" + summary(title) + "</summary>\n\n")
	for i := range n {
		if i == most && n > most+1 {
			fmt.Fprintf(&b, "- … and %d more\n", n-most)
			break
		}
		b.WriteString(line(i))
	}
	b.WriteString("\n</details>\n")
	c.add(b.String())
}

func row(c *report.Change) string {
	verdicts := strings.Split(text.Verdicts(c), " → ")
	what := text.Traffic(c.Traffic)
	if c.Family != "any" {
		what += ", " + map[string]string{"ipv4": "IPv4", "ipv6": "IPv6"}[c.Family]
	}
	end := func(label string, some []string) string {
		words := cell(label)
		if len(some) > 0 {
			words += "<br>only " + escape(text.Some(some, 2))
		}
		return words
	}
	return "| " + strings.Join([]string{
		escape(verdicts[0]) + " → **" + escape(verdicts[1]) + "**", end(c.Source, c.Sources), end(c.Destination, c.Destinations), escape(what), causes(c, 3),
	}, " | ") + " |\n"
}

// causes are the first causes of a change, in a cell.
func causes(c *report.Change, most int) string {
	var words []string
	for i := range c.Causes {
		if i == most && len(c.Causes) > most+1 {
			words = append(words, fmt.Sprintf("and %d more", len(c.Causes)-most))
			break
		}
		words = append(words, edit(&c.Causes[i]))
	}
	return strings.Join(words, "<br>")
}

// edit says what an edit does, and where that is written.
func edit(e *report.Edit) string {
	what, does := text.EditParts(e)
	words := escape(what)
	if what == e.Address {
		words = cell(what)
	}
	words += escape(does)
	if place := text.Place(e.Location, e.Origin); place != "" {
		words += " (" + cell(place) + ")"
	}
	return words
}

// details is a change with a packet and its way, folded.
func details(c *report.Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n", summary(c.Source+" → "+c.Destination+": "+text.Traffic(c.Traffic)))
	line := func(format string, values ...any) { fmt.Fprintf(&b, format+"\n", values...) }
	line("- %s%s", escape(text.Verdicts(c)), escape(via(c)))
	for _, each := range []struct {
		word string
		list []string
	}{{"only from", c.Sources}, {"only to", c.Destinations}, {"not known", c.Unknown}} {
		if len(each.list) > 0 {
			line("- %s: %s", each.word, escape(text.Some(each.list, 20)))
		}
	}
	if c.Witness != nil {
		word := "for example"
		if c.Effect() == report.Closed {
			word = "as before"
		}
		line("- %s: %s", word, code(text.Witness(c.Witness)))
	}
	for i := range c.Causes {
		line("- because of %s", edit(&c.Causes[i]))
	}
	b.WriteString(hops(c.Path, c.Reply))
	b.WriteString("\n</details>\n")
	return b.String()
}

func via(c *report.Change) string {
	if len(c.Via) == 0 {
		return ""
	}
	return ", " + strings.Join(c.Via, " and ")
}

// hops are the hops of a way and of its reply, as a table.
func hops(path, reply []report.Hop) string {
	if len(path)+len(reply) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n| | | rule | written |\n|---|---|---|---|\n")
	for _, way := range []struct {
		hops  []report.Hop
		arrow string
	}{{path, "→"}, {reply, "←"}} {
		for _, h := range way.hops {
			arrow, rule := way.arrow, escape(h.Rule)
			switch h.Effect {
			case report.Deny:
				arrow += " ✗"
			case report.Doubt:
				arrow += " ?"
			}
			if h.Code != "" {
				rule += " " + cell(h.Code)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", arrow, escape(text.Object(h.Kind, h.ID, h.Name, "")), rule, cell(h.Origin))
		}
	}
	return b.String()
}

func check(d *report.Check) string {
	c := newComment()
	c.add("**" + escape(text.Findings(d)) + "**\n")
	if len(d.Findings) > 0 {
		c.add("\n| | rule | what | where |\n|---|---|---|---|\n")
	}
	cut := 0
	for i := range d.Findings {
		f := &d.Findings[i]
		line := fmt.Sprintf("| **%s** | %s | %s | %s |\n", escape(string(f.Severity)), cell(f.Rule), escape(f.Message), cell(text.Place(f.Location, f.Origin)))
		if cut > 0 || c.left < Most/3 && i < len(d.Findings)-1 || !c.add(line) {
			cut++
		}
	}
	if cut > 0 {
		c.remark("\n%d more findings are left out here, for a comment has an end: `watertight check` without `--format markdown` lists them all.\n", cut)
	}
	if len(d.Findings) > 0 {
		c.add("\n")
	}
	cut = 0
	for i := range d.Findings {
		if cut > 0 || !c.add(finding(&d.Findings[i])) {
			cut++
		}
	}
	if cut > 0 {
		c.remark("\nThe details of %d findings are left out.\n", cut)
	}
	if len(d.Suppressed) > 0 {
		c.fold(fmt.Sprintf("Suppressed (%d)", len(d.Suppressed)), len(d.Suppressed), func(i int) string {
			f := &d.Suppressed[i]
			words := "- " + code(f.Rule) + " " + escape(f.Message)
			if s := f.Suppression; s != nil {
				words += " Until " + escape(s.Until) + ": " + escape(s.Reason)
			}
			return words + "\n"
		})
	}
	c.remarks(d.Assumptions, d.NotModelled)
	return c.String()
}

func finding(f *report.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n", summary(f.Rule+": "+f.Message))
	fmt.Fprintf(&b, "- %s\n- %s\n- mend: %s\n", escape(text.Object(f.Kind, f.ID, f.Name, f.Address)), escape(f.Why), escape(f.Mend))
	if f.Witness != nil {
		fmt.Fprintf(&b, "- for example: %s\n", code(text.Witness(f.Witness)))
	}
	b.WriteString(hops(f.Path, f.Reply))
	b.WriteString("\n</details>\n")
	return b.String()
}

// remarks are what was assumed, and what matters and is not modelled.
func (c *comment) remarks(assumptions []string, notModelled []report.NotModelled) {
	for _, each := range assumptions {
		c.add("\n> " + escape(each) + "\n")
	}
	var matters []string
	for _, n := range notModelled {
		if n.Matters {
			matters = append(matters, fmt.Sprintf("%s (%d)", n.Kind, n.Count))
		}
	}
	if len(matters) > 0 {
		c.add("\n> Not modelled, and it matters here: " + escape(strings.Join(matters, ", ")) + "\n")
	}
}

// escape keeps text from being read as Markdown, HTML, a link or a mention, in a table too.
func escape(s string) string {
	var b strings.Builder
	for _, r := range harmless(s) {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '\\', '`', '*', '_', '[', ']', '#', '|', '~', '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// summary is text in HTML, where Markdown is not read.
func summary(s string) string { return html.EscapeString(harmless(s)) }

// harmless is text on one line in which nothing becomes a link, and nobody is mentioned: a space without width is put where that would be.
func harmless(s string) string {
	return breaks.Replace(strings.Join(strings.Fields(s), " "))
}

var breaks = strings.NewReplacer("@", "@\u200b", "://", ":\u200b//", "www.", "www\u200b.")

// code is text as code; nothing for nothing.
func code(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cell is text as code in a table.
func cell(s string) string { return strings.ReplaceAll(code(s), "|", `\|`) }

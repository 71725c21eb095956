package cli

import (
	"bufio"
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/infer"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/render/text"
)

// beginning is the verb init: what the first segmentation is about.
type beginning struct {
	*terminal
	Environment, Account, Region string
	zones                        string // with commas
	out                          string
	input                        input // a network to infer it from
	answer                       answer
	asks                         bool // a person is there to ask
}

func newInit(t *terminal) *cobra.Command {
	b := &beginning{terminal: t, input: input{terminal: t}, answer: answer{terminal: t}}
	cmd := &cobra.Command{
		Use:   "init [-o FILE] [--from PATH]",
		Short: "Write a first segmentation",
		Long: `Writes a segmentation to begin with: an environment with three tiers, a load balancer, an application and a database, who of them may talk to whom,
what may leave, a guardrail, and when changes are expected. Comments say what each of them is.

On a terminal it asks for the few things that it has to know, unless flags say them. Elsewhere it takes the defaults. It never overwrites a file.

With --from it writes what a network allows today: tiers from its routes, roles from its security groups, flows from what is reachable. Check of
the same network says that it is exactly that. The rules that name addresses where roles are, and what the language has no words for, are
listed: docs/legacy.md says how to go on.`,
		Example: `  watertight init
  watertight init --from network -o legacy.hcl
  watertight init --environment prod --account 111111111111 --region eu-central-1`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error { return b.run(cmd) },
	}
	f := cmd.Flags()
	f.StringVarP(&b.out, "out", "o", segmentationFile, "the file to write; - for standard output")
	f.StringVar(&b.Environment, "environment", "prod", "the name of the environment")
	f.StringVar(&b.Account, "account", exampleAccount, "the number of its AWS account")
	f.StringVar(&b.Region, "region", b.region(), "its AWS Region")
	f.StringVar(&b.zones, "zones", "", "its availability zones, with commas (default the zones a, b and c of the Region)")
	_ = cmd.MarkFlagFilename("out", "hcl") // fails for flags that do not exist
	b.input.flags(cmd)
	b.answer.flags(cmd)
	return cmd
}

// exampleAccount stands where nobody said which account it is. AWS's documentation uses it.
const exampleAccount = "123456789012"

// region is that of the environment of the process, as the AWS CLI has it.
func (t *terminal) region() string {
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if value, _ := t.getenv(name); value != "" {
			return value
		}
	}
	return "us-east-1"
}

func (b *beginning) run(cmd *cobra.Command) error {
	if b.out != "-" {
		if _, err := os.Lstat(b.out); err == nil {
			return fmt.Errorf("%s exists, and init overwrites nothing: -o FILE writes another file", b.out)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := b.answer.check(); err != nil {
		return err
	}
	if b.answer.json && (b.out == "-" || len(b.input.from) == 0) {
		return errors.New("--json tells what --from found, and needs a file for the segmentation: -o FILE")
	}
	if len(b.input.from) > 0 {
		return b.infer()
	}
	if f, ok := b.in.(*os.File); ok && columns(f) > 0 {
		b.asks = true
	}
	if err := b.ask(cmd.Flags().Changed); err != nil {
		return err
	}
	content, err := b.compose()
	if err != nil {
		return err
	}
	return b.write(content)
}

// ask fills in what no flag says: from a person where there is one, and with defaults otherwise.
func (b *beginning) ask(given func(flag string) bool) error {
	lines := bufio.NewReader(b.in)
	for _, q := range []struct {
		flag, words string
		answer      *string
	}{
		{"environment", "the name of the environment", &b.Environment}, {"account", "the number of its AWS account", &b.Account}, {"region", "its Region", &b.Region}, {"zones", "its availability zones", &b.zones},
	} {
		if q.answer == &b.zones && *q.answer == "" {
			b.zones = b.Region + "a," + b.Region + "b," + b.Region + "c"
		}
		for standard := *q.answer; b.asks && !given(q.flag); *q.answer = standard {
			fmt.Fprintf(b.err, "%s [%s]: ", q.words, standard)
			line, err := lines.ReadString('\n')
			if err != nil {
				return errors.New("no answer, so nothing was written")
			}
			*q.answer = cmp.Or(strings.TrimSpace(line), standard)
			if _, err = b.compose(); err == nil {
				break
			}
			fmt.Fprintln(b.err, err)
		}
	}
	return nil
}

// compose writes the segmentation, and reads it again: the error says which of the answers cannot be.
func (b *beginning) compose() ([]byte, error) {
	c := *b
	if c.zones == "" {
		c.zones = c.Region + "a"
	}
	var filled bytes.Buffer
	if err := example.Execute(&filled, &c); err != nil {
		return nil, err
	}
	name := filepath.ToSlash(b.out)
	content, err := intent.Format(filled.Bytes(), name)
	if err != nil {
		return nil, err
	}
	_, err = intent.Parse(map[string][]byte{name: content})
	return content, err
}

// Zones are the zones as a list of the language. It is called by the template, as the fields are.
func (b *beginning) Zones() string {
	var list []string
	for zone := range strings.FieldsFuncSeq(b.zones, func(r rune) bool { return r == ',' || r == ' ' }) {
		list = append(list, strconv.Quote(zone))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// Example tells whether nobody said which account it is.
func (b *beginning) Example() bool { return b.Account == exampleAccount }

// write writes a file that does not exist yet, and says what is in it.
func (b *beginning) write(content []byte) error {
	if b.out == "-" {
		return b.print(string(content))
	}
	if err := b.create(content); err != nil {
		return err
	}
	command := "watertight compile"
	if b.out != segmentationFile {
		command += " --intent " + b.out
	}
	words := "wrote " + b.out + "\n"
	if b.Example() {
		words += "The account " + exampleAccount + " in it is an example: put in yours.\n"
	}
	return b.print(words + "next: " + command + "\n")
}

// infer writes the segmentation of what a network allows.
func (b *beginning) infer() error {
	p := newProgress(b.terminal)
	n, err := b.input.read(p)
	if err != nil {
		return err
	}
	b.input.warn(n.Problems)
	p.say("asking %d interfaces who reaches whom", n.Interfaces.Len())
	found, err := infer.From(n, filepath.ToSlash(b.out))
	p.clear()
	if err != nil {
		return err
	}
	found.Report.File = b.out
	if b.out == "-" {
		if err := b.print(string(found.Text)); err != nil {
			return err
		}
		return text.Write(b.err, found.Report, text.Options{Width: b.width()})
	}
	if err := b.create(found.Text); err != nil {
		return err
	}
	return b.answer.write(found.Report)
}

// create writes a file that does not exist yet.
func (b *beginning) create(content []byte) error {
	f, err := os.OpenFile(b.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err == nil {
		_, err = f.Write(content)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return &writeError{fmt.Errorf("%s cannot be written: %w", b.out, err)}
	}
	return nil
}

//go:embed init.hcl.tmpl
var exampleText string

// example is the segmentation to begin with.
var example = template.Must(template.New("first").Parse(exampleText))

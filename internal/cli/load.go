package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/source/dump"
	"github.com/watertight/watertight/internal/source/lookup"
	"github.com/watertight/watertight/internal/source/tfcode"
	"github.com/watertight/watertight/internal/source/tfplan"
)

// input is where the network comes from.
type input struct {
	*terminal
	from     []string
	problems bool
}

func (in *input) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&in.from, "from", nil, "the network: a folder of AWS API JSON, a Terraform plan or state as JSON, or what watertight plan wrote, or a folder of Terraform code; given several times, they are joined")
	cmd.Flags().BoolVar(&in.problems, "problems", false, "list everything that is wrong with the input, not only the first few")
	_ = cmd.MarkFlagDirname("from") // fails for flags that do not exist
}

// load reads the network and says on standard error what is wrong with it.
func (in *input) load() (*query.Session, error) {
	n, err := in.read(newProgress(in.terminal))
	if err != nil {
		return nil, err
	}
	in.warn(n.Problems)
	return query.New(n), nil
}

func (in *input) read(p *progress) (*network.Network, error) {
	defer p.clear()
	if len(in.from) == 0 {
		return nil, errors.New("which network? Give --from FOLDER, a folder of AWS API JSON such as {\"Vpcs\": [...]} (docs/collect.md has the calls that make one)")
	}
	return in.join(in.from, first{}, p)
}

// first is how the first of several sources is read.
type first struct {
	prior bool   // of a plan, what was there before
	name  string // what it counts as where identifiers are made up: its path when empty
}

// join reads sources, and joins them.
func (in *input) join(from []string, how first, p *progress) (*network.Network, error) {
	var all []network.Contents
	for k, path := range from {
		name := path
		if k == 0 {
			name = cmp.Or(how.name, path)
		}
		o := tfplan.Options{Prior: how.prior && k == 0, Namespace: namespace(name, from)}
		var contents network.Contents
		var err error
		if isCode(path) {
			contents, err = in.planned(path, name, from, o, p)
		} else {
			contents, err = readSource(path, o, p)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, contents)
	}
	p.say("joining what was read")
	return network.New(all...), nil
}

// planned plans the Terraform code of a folder; the other sources answer its data sources.
func (in *input) planned(path, name string, from []string, o tfplan.Options, p *progress) (network.Contents, error) {
	options := tfcode.Options{Dir: path, Name: name, Terraform: "terraform", Env: in.env, Progress: func(stage string) { p.say("planning %s: %s", path, stage) }}
	if others := slices.DeleteFunc(slices.Clone(from), isCode); len(others) > 0 {
		n, err := in.join(others, first{}, p)
		if err != nil {
			return network.Contents{}, err
		}
		options.Lookup = lookup.New(n).Lookup
	}
	result, err := tfcode.Plan(context.Background(), options)
	if err != nil {
		return network.Contents{}, err
	}
	return tfplan.Parse(result.Document, filepath.ToSlash(path), o)
}

// isCode tells whether a folder holds Terraform code.
func isCode(path string) bool {
	for _, pattern := range []string{"*.tf", "*.tf.json", "*.tofu"} {
		if found, _ := filepath.Glob(filepath.Join(path, pattern)); len(found) > 0 {
			return true
		}
	}
	return false
}

// namespace tells identifiers that are made of Terraform addresses apart, where there are several documents.
func namespace(path string, all []string) string {
	if len(all) < 2 {
		return ""
	}
	return filepath.ToSlash(path)
}

// readSource reads a network, whatever it comes from.
func readSource(path string, o tfplan.Options, p *progress) (network.Contents, error) {
	info, err := os.Stat(path)
	if err != nil {
		return network.Contents{}, fmt.Errorf("the network cannot be read: %w", err)
	}
	if !info.IsDir() && isPlan(path) {
		p.say("reading %s", path)
		return tfplan.Read(path, o)
	}
	return dump.Read(path, func(d dump.Progress) {
		p.say("reading %s: %d of %d files, %d objects", path, d.Files, d.AllFiles, d.Objects)
	})
}

// isPlan tells whether a file is a document of Terraform.
func isPlan(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false // reading says why
	}
	defer f.Close()
	return tfplan.Is(f)
}

// warn sums up problems.
func (in *input) warn(problems []network.Problem) {
	const few = 3
	if len(problems) == 0 {
		return
	}
	things := "1 problem"
	if len(problems) > 1 {
		things = fmt.Sprintf("%d problems", len(problems))
	}
	fmt.Fprintf(in.err, "watertight: the input has %s:\n", things)
	for i, problem := range problems {
		if i == few && !in.problems && len(problems) > few+1 {
			fmt.Fprintf(in.err, "  … and %d more: --problems lists them all\n", len(problems)-few)
			break
		}
		fmt.Fprintf(in.err, "  %s\n", problem)
	}
}

// progress shows on a terminal that something is going on, once it takes more than a second.
type progress struct {
	t       *terminal
	visible bool
	since   time.Time
	last    time.Time
	shown   bool
}

func newProgress(t *terminal) *progress {
	_, quiet := t.getenv("CI")
	return &progress{t: t, visible: isTerminal(t.err) && !quiet, since: time.Now()}
}

func (p *progress) say(format string, values ...any) {
	now := time.Now()
	if !p.visible || now.Sub(p.since) < time.Second || now.Sub(p.last) < 100*time.Millisecond {
		return
	}
	p.last, p.shown = now, true
	line := []rune(fmt.Sprintf(format, values...))
	if f, ok := p.t.err.(*os.File); ok {
		line = line[:min(len(line), max(10, columns(f)-1))]
	}
	fmt.Fprintf(p.t.err, "\r\x1b[K%s", string(line))
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.t.err, "\r\x1b[K")
	}
}

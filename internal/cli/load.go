package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/source/dump"
)

// input is where the network comes from.
type input struct {
	*terminal
	from     []string
	problems bool
}

func (in *input) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&in.from, "from", nil, "the network: a folder of AWS API JSON; given several times, they are joined")
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
	var all []network.Contents
	for _, path := range in.from {
		contents, err := dump.Read(path, func(d dump.Progress) {
			p.say("reading %s: %d of %d files, %d objects", path, d.Files, d.AllFiles, d.Objects)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, contents)
	}
	p.say("joining what was read")
	return network.New(all...), nil
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

package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/source/lookup"
	"github.com/watertight/watertight/internal/source/tfcode"
)

// planning is the verb plan.
type planning struct {
	*terminal
	options      tfcode.Options
	remoteStates []string
	from         []string
	out          string
	json         bool
}

func newPlan(t *terminal) *cobra.Command {
	p := &planning{terminal: t}
	cmd := &cobra.Command{
		Use:   "plan DIR",
		Short: "Terraform code to a network, exactly, without credentials",
		Long: `Plans the Terraform code of a folder with your own Terraform, without credentials, without a state and without a network. Providers are served by
watertight: what AWS would choose is a placeholder. Nothing is written into the folder.

-o keeps the plan, which --from reads like any other network. Without it, a summary is printed.`,
		Example: `  watertight plan infra -o plan.json
  watertight plan infra --var-file prod.tfvars --workspace prod -o plan.json
  watertight can internet aws_instance.db --from plan.json`,
		Args: arguments("DIR"),
		RunE: func(_ *cobra.Command, args []string) error { return p.run(args[0]) },
	}
	f := cmd.Flags()
	f.StringVarP(&p.out, "out", "o", "", "the file to write; - for standard output")
	f.StringArrayVar(&p.options.Vars, "var", nil, "NAME=VALUE of a variable, as terraform plan takes it; may be given several times")
	f.StringArrayVar(&p.options.VarFiles, "var-file", nil, "a file of variables; may be given several times")
	f.StringVar(&p.options.Workspace, "workspace", "", "the workspace (default: the one that Terraform would take)")
	f.StringVar(&p.options.State, "state", "", "a terraform.tfstate to plan over, so that changes and destroys show")
	f.StringVar(&p.options.Terraform, "terraform", "terraform", "the program: terraform, tofu, or a path")
	f.StringVar(&p.options.Schema, "schema", "", "schemas of providers, as terraform providers schema -json prints them")
	f.StringArrayVar(&p.remoteStates, "remote-state", nil, "NAME=FILE, or NAME[KEY]=FILE: the state that data.terraform_remote_state.NAME reads; * is any other")
	f.StringArrayVar(&p.from, "from", nil, "a network that answers data sources; may be given several times")
	f.BoolVar(&p.json, "json", false, "the summary as JSON")
	for _, name := range []string{"out", "var-file", "state", "schema"} {
		_ = cmd.MarkFlagFilename(name) // fails for flags that do not exist
	}
	_ = cmd.RegisterFlagCompletionFunc("terraform", cobra.FixedCompletions([]string{"terraform", "tofu"}, cobra.ShellCompDirectiveDefault))
	return cmd
}

// lookups answers data sources from what --from names; nil answers none.
func (p *planning) lookups() (func(provider, typ string, config map[string]any, account, region string) (map[string]any, bool), error) {
	if len(p.from) == 0 {
		return nil, nil
	}
	in := input{terminal: p.terminal, from: p.from}
	n, err := in.read(newProgress(p.terminal))
	if err != nil {
		return nil, err
	}
	return lookup.New(n).Lookup, nil
}

func (p *planning) run(dir string) error {
	if p.json && p.out == "-" {
		return errors.New("--json and -o - both write to standard output: choose one")
	}
	p.options.Dir, p.options.Env = dir, p.env
	for _, pair := range p.remoteStates {
		name, file, ok := strings.Cut(pair, "=")
		if !ok || name == "" || file == "" {
			return fmt.Errorf("--remote-state %s: it is NAME=FILE, where NAME is that of the data source terraform_remote_state", pair)
		}
		if p.options.RemoteStates == nil {
			p.options.RemoteStates = map[string]string{}
		}
		p.options.RemoteStates[name] = file
	}
	for _, pair := range p.options.Vars {
		if name, _, ok := strings.Cut(pair, "="); !ok || name == "" {
			return fmt.Errorf("--var %s: it is NAME=VALUE", pair)
		}
	}
	lookup, err := p.lookups()
	if err != nil {
		return err
	}
	p.options.Lookup = lookup
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	progress := newProgress(p.terminal)
	p.options.Progress = func(text string) { progress.say("%s", text) }
	result, err := tfcode.Plan(ctx, p.options)
	progress.clear()
	if ctx.Err() != nil {
		return errors.New("interrupted: nothing was written")
	} else if err != nil {
		return err
	}
	for _, warning := range result.Warnings {
		fmt.Fprintln(p.err, "watertight: warning:", warning)
	}
	switch p.out {
	case "":
	case "-":
		if _, err := p.terminal.out.Write(result.Document); err != nil {
			return &writeError{fmt.Errorf("the plan cannot be written: %w", err)}
		}
		return nil
	default:
		if err := keep(p.out, result.Document); err != nil {
			return &writeError{fmt.Errorf("the plan cannot be written: %w", err)}
		}
	}
	return p.summarize(dir, result)
}

// keep writes a file whole or not at all.
func keep(name string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(name), ".watertight-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	if _, err := temporary.Write(content); err != nil {
		temporary.Close()
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	if err := os.Chmod(temporary.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), name)
}

// count is how many resources there are of a type.
type count struct {
	Type  string `json:"type"`
	Count int    `json:"count"`
}

// placeCount is how many resources there are in an account and Region.
type placeCount struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Count   int    `json:"count"`
}

// planSummary is what plan prints.
type planSummary struct {
	Schema    string          `json:"schema"`
	Kind      string          `json:"kind"`
	Folder    string          `json:"folder"`
	Workspace string          `json:"workspace,omitempty"`
	File      string          `json:"file,omitempty"`
	Resources []count         `json:"resources"`
	Places    []placeCount    `json:"places"`
	Lookups   []tfcode.Lookup `json:"lookups"`
	Warnings  []string        `json:"warnings"`
}

func (p *planning) summarize(dir string, result *tfcode.Result) error {
	s := planSummary{
		Schema: report.Schema, Kind: "plan", Folder: dir, Workspace: result.Annotations.Workspace, Lookups: result.Annotations.Lookups, Warnings: result.Annotations.Warnings, Resources: []count{}, Places: []placeCount{},
	}
	if p.out != "" {
		s.File = p.out
	}
	types, places := map[string]int{}, map[[2]string]int{}
	total := 0
	for _, address := range slices.Sorted(maps.Keys(result.Annotations.Resources)) {
		if tfcode.IsData(address) {
			continue
		}
		total++
		types[tfcode.TypeOf(address)]++
		if r := result.Annotations.Resources[address]; r.Account != "" {
			places[[2]string{r.Account, r.Region}]++
		}
	}
	for _, typ := range slices.Sorted(maps.Keys(types)) {
		s.Resources = append(s.Resources, count{typ, types[typ]})
	}
	slices.SortStableFunc(s.Resources, func(a, b count) int { return cmp.Compare(b.Count, a.Count) })
	for place, n := range places {
		s.Places = append(s.Places, placeCount{place[0], place[1], n})
	}
	slices.SortFunc(s.Places, func(a, b placeCount) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region))
	})
	var err error
	if p.json {
		e := json.NewEncoder(p.terminal.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(s)
	} else {
		_, err = p.terminal.out.Write([]byte(s.text(total, result.Annotations.Accounts)))
	}
	if err != nil {
		return &writeError{fmt.Errorf("the summary cannot be written: %w", err)}
	}
	return nil
}

// text is the summary for people.
func (s planSummary) text(total int, madeUp map[string]string) string {
	const few = 12
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d resources", s.Folder, total)
	if s.Workspace != "" {
		fmt.Fprintf(&b, ", workspace %s", s.Workspace)
	}
	b.WriteString("\n")
	for i, each := range s.Resources {
		if i == few && len(s.Resources) > few+1 {
			fmt.Fprintf(&b, "  … and %d more types\n", len(s.Resources)-few)
			break
		}
		fmt.Fprintf(&b, "  %5d  %s\n", each.Count, each.Type)
	}
	for _, place := range s.Places {
		fmt.Fprintf(&b, "account %s, %s: %d resources", place.Account, place.Region, place.Count)
		if what, ok := madeUp[place.Account]; ok {
			fmt.Fprintf(&b, " (the number is made up: it stands for the account of %s)", what)
		}
		b.WriteString("\n")
	}
	if len(s.Lookups) > 0 {
		fmt.Fprintf(&b, "data sources that placeholders answer: %d\n", len(s.Lookups))
		for i, each := range s.Lookups {
			if i == few && len(s.Lookups) > few+1 {
				fmt.Fprintf(&b, "  … and %d more\n", len(s.Lookups)-few)
				break
			}
			at := ""
			if each.File != "" {
				at = fmt.Sprintf("%s:%d ", each.File, each.Line)
			}
			fmt.Fprintf(&b, "  %s%s\n", at, each.Message)
		}
	}
	if s.File != "" {
		fmt.Fprintf(&b, "next: watertight matrix --from %s\n", s.File)
	} else {
		fmt.Fprintf(&b, "next: watertight plan %s -o plan.json, and then watertight matrix --from plan.json\n", s.Folder)
	}
	return b.String()
}

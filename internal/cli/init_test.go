package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/report"
)

// TestInit: what is written means something, is in form, and compiles; and nothing is overwritten.
func TestInit(t *testing.T) {
	t.Chdir(t.TempDir())
	got := run([]string{"AWS_REGION=eu-central-1"}, "init")
	if got != (outcome{answered, "wrote watertight.hcl\nThe account 123456789012 in it is an example: put in yours.\nnext: watertight compile\n", ""}) {
		t.Errorf("%+v", got)
	}
	s, err := intent.Load(segmentationFile)
	if err != nil {
		t.Fatal(err)
	}
	if e := s.Environments[0]; e.Name != "prod" || e.Region != "eu-central-1" || strings.Join(e.Zones, " ") != "eu-central-1a eu-central-1b eu-central-1c" || len(e.Tiers) != 3 || len(e.Services) != 3 {
		t.Errorf("%+v", e)
	}
	if len(s.Flows) != 3 || len(s.Egresses) != 1 || len(s.Forbids) != 2 || len(s.Windows) != 1 {
		t.Errorf("%d flows, %d egresses, %d guardrails, %d windows", len(s.Flows), len(s.Egresses), len(s.Forbids), len(s.Windows))
	}
	if got := run(nil, "fmt", "--check"); got != (outcome{}) {
		t.Errorf("not in form: %+v", got)
	}
	if got := run(nil, "compile"); got.code != answered {
		t.Errorf("%+v", got)
	}
	before := content(t, segmentationFile)
	if got := run(nil, "init"); got.code != wrongInput || got.stdout != "" || !strings.Contains(got.stderr, "watertight.hcl exists, and init overwrites nothing: -o FILE writes another file") || content(t, segmentationFile) != before {
		t.Errorf("%+v", got)
	}

	got = run(nil, "init", "-o", "lab.hcl", "--environment", "lab", "--account", "111111111111", "--region", "us-east-1", "--zones", "us-east-1b, us-east-1d")
	if got != (outcome{answered, "wrote lab.hcl\nnext: watertight compile --intent lab.hcl\n", ""}) {
		t.Errorf("%+v", got)
	}
	text := content(t, "lab.hcl")
	for _, words := range []string{"environment \"lab\" {\n  account = \"111111111111\"\n", `zones   = ["us-east-1b", "us-east-1d"]`} {
		if !strings.Contains(text, words) {
			t.Errorf("there is no %s in\n%s", words, text)
		}
	}
	if strings.Contains(text, "example:") {
		t.Error("the account is no example")
	}
	if got := run(nil, "init", "-o", "-", "--environment", "lab", "--account", "111111111111", "--region", "us-east-1", "--zones", "us-east-1b,us-east-1d"); got != (outcome{answered, text, ""}) {
		t.Errorf("%+v", got)
	}

	for _, test := range []struct{ args, stderr string }{
		{"--account 12", `"12" is no account`},
		{"--region Frankfurt", `"Frankfurt" is no Region`},
		{"--zones us-west-2a", `"us-west-2a" is no zone of us-east-1`},
		{"--zones ,", "has no zones"},
		{"--environment Prod", `"Prod" is no name for a environment`},
		{"-o nowhere/new.hcl --force", "unknown flag"},
		{"prod", "watertight init takes no arguments"},
	} {
		got := run(nil, append([]string{"init", "-o", "new.hcl"}, strings.Fields(test.args)...)...)
		if got.code != wrongInput || got.stdout != "" || !strings.Contains(got.stderr, test.stderr) {
			t.Errorf("init %s: %+v\nwant %s", test.args, got, test.stderr)
		}
	}
	if got := run(nil, "init", "-o", "nowhere/new.hcl"); got.code != failed || !strings.Contains(got.stderr, "nowhere/new.hcl cannot be written") {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat("new.hcl"); err == nil {
		t.Error("something was written")
	}
}

// TestInitAsks: a person is asked for what flags do not say, and again when the answer cannot be.
func TestInitAsks(t *testing.T) {
	ask := func(answers string, flags ...string) (*beginning, string, error) {
		var stderr bytes.Buffer
		b := &beginning{terminal: &terminal{in: strings.NewReader(answers), err: &stderr}, Environment: "prod", Account: exampleAccount, Region: "us-east-1", out: segmentationFile, asks: true}
		given := map[string]bool{}
		for _, flag := range flags {
			given[flag] = true
		}
		err := b.ask(func(flag string) bool { return given[flag] })
		return b, stderr.String(), err
	}
	b, asked, err := ask("\nsome\n111111111111\neu-west-1\n\n")
	if err != nil || b.Environment != "prod" || b.Account != "111111111111" || b.Region != "eu-west-1" || b.zones != "eu-west-1a,eu-west-1b,eu-west-1c" {
		t.Errorf("%+v, %v", b, err)
	}
	for _, words := range []string{"the name of the environment [prod]: ", "the number of its AWS account [123456789012]: ", `"some" is no account`, "its Region [us-east-1]: ", "its availability zones [eu-west-1a,eu-west-1b,eu-west-1c]: "} {
		if !strings.Contains(asked, words) {
			t.Errorf("did not ask %q:\n%s", words, asked)
		}
	}
	if strings.Count(asked, "the number of its AWS account") != 2 {
		t.Errorf("asked how often?\n%s", asked)
	}
	b, asked, err = ask("lab\neu-west-1b eu-west-1c\nus-east-1b us-east-1c\n", "account", "region")
	if err != nil || b.Environment != "lab" || b.Zones() != `["us-east-1b", "us-east-1c"]` || strings.Contains(asked, "account") || !strings.Contains(asked, `"eu-west-1b" is no zone of us-east-1`) {
		t.Errorf("%+v, %s, %v", b, asked, err)
	}
	if _, _, err := ask("prod\n"); err == nil || err.Error() != "no answer, so nothing was written" {
		t.Error(err)
	}
}

// TestInferred: what is written of a network loads, is in form, and check on the same network says that it is exact; a request of it says that nothing is compiled.
func TestInferred(t *testing.T) {
	dir := t.TempDir()
	t.Chdir("../..")
	file, from := filepath.Join(dir, "legacy.hcl"), "examples/by-hand/network"
	got := run(nil, "init", "--from", from, "-o", file, "--json")
	var d report.Inference
	if err := json.Unmarshal([]byte(got.stdout), &d); err != nil || got.code != answered {
		t.Fatal(err, got)
	}
	if d.Kind != report.KindInference || d.File != file || d.Verdict != report.Exact || d.Environments != 2 || d.Roles != 6 || d.Flows != 6 || len(d.ByAddress) != 6 || len(d.Left) != 0 {
		t.Errorf("%+v", d)
	}
	if got := run(nil, "fmt", "--check", file); got != (outcome{}) {
		t.Errorf("not in form: %+v", got)
	}
	exact := held(t, file, from)
	if exact.Verdict != report.Exact || exact.Environments[0].Patterns[0].State != report.Legacy {
		t.Errorf("%+v", exact)
	}
	for _, refused := range [][]string{{"init", "--from", from, "-o", file}, {"init", "--from", from, "-o", "-", "--json"}, {"init", "--from", "examples/nothing", "-o", file + "2"}, {"compile", "--intent", file, "-o", dir}} {
		if got := run(nil, refused...); got.code != wrongInput {
			t.Errorf("%v: %+v", refused, got)
		}
	}
	if got := run(nil, "request", "prod/app-server", "prod/replica-postgres", "--intent", file); got.code != answered || !strings.Contains(got.stdout, "nothing is compiled") {
		t.Errorf("%+v", got)
	}
	// A flow that is declared, and that the network does not allow, is broken.
	if d := held(t, file, from); d.Verdict != report.Inexact || !strings.HasPrefix(d.Deviations[0].Message, "prod/app-server cannot reach prod/replica-postgres on tcp 5432") {
		t.Errorf("%+v", d.Deviations)
	}
}

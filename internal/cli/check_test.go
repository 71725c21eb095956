package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/scenario"
	"github.com/watertight/watertight/internal/source/dump"
)

// open is a folder of a network with a bastion that anybody reaches by SSH: an error, warnings and notes.
func open(t *testing.T) string {
	t.Helper()
	contents, err := scenario.Parse("open", `vpc vpc-0000000a 10.0.0.0/16
subnet subnet-0000000a vpc-0000000a 10.0.0.0/24 table=rtb-0000000a public
igw igw-0000000a vpc-0000000a
table rtb-0000000a vpc-0000000a
  0.0.0.0/0 igw-0000000a
group sg-0000000a vpc-0000000a
  in  tcp 22 0.0.0.0/0
group sg-0000000b vpc-0000000a
eni eni-0000000a subnet-0000000a 10.0.0.5=54.1.2.3 sg-0000000a
`)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := dump.Write(dir, network.New(contents)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func runCheck(env []string, args ...string) outcome {
	var stdout, stderr bytes.Buffer
	term := &terminal{in: strings.NewReader(""), out: &stdout, err: &stderr, env: env}
	root := newRoot(term)
	if !slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == "check" }) {
		root.AddCommand(newCheck(term))
	}
	root.SetArgs(append([]string{"check"}, args...))
	root.SetOut(&stdout)
	root.SetErr(&stderr)
	code := answered
	if err := root.Execute(); err != nil {
		stderr.WriteString(err.Error())
		var surprise *unexpectedError
		if code = wrongInput; errors.As(err, &surprise) {
			code = unexpected
		}
	}
	return outcome{code, stdout.String(), stderr.String()}
}

// TestCheck shows what every exit code of check stands for, and what is said with it.
func TestCheck(t *testing.T) {
	from := open(t)
	for _, test := range []struct {
		args   string
		code   int
		stdout string
		stderr string
	}{
		{"--from " + from, 3, "open-to-internet", "1 finding at or above --fail-on error"},
		{"--from " + from + " --fail-on none", 0, "open-to-internet", ""},
		{"--from " + from + " --fail-on note", 3, "unattached", "findings at or above --fail-on note"},
		{"--from " + from + " --rule unrestricted-egress", 0, "unrestricted-egress", ""},
		{"--from " + from + " --rule unrestricted-egress --fail-on warning", 3, "unrestricted-egress", "1 finding at or above --fail-on warning"},
		{"--from " + from + " --rule unrestricted-egress --fail-on unknown", 3, "", "at or above --fail-on unknown"},
		{"--from " + from + " --rule naming --rule unattached --fail-on warning", 0, "unattached", ""},
		{"--explain open-to-internet", 0, "## open-to-internet\n\nA security group rule for everybody.", ""},
		{"--explain naming unattached", 0, "## unattached", ""},

		{"--explain open", 2, "", "there is no rule open: the rules are acl-loses-replies, "},
		{"open-to-internet --from " + from, 2, "", "--rule open-to-internet applies that rule alone"},
		{"--explain naming --json", 2, "", "leave --format away"},
		{"--rule open --from " + from, 2, "", "there is no rule open"},
		{"--fail-on bad --from " + from, 2, "", "--fail-on bad: it is error, warning, unknown, note or none"},
		{"--format xml --from " + from, 2, "", "--format xml"},
		{"", 2, "", "which network? Give --from"},
		{"--from " + filepath.Join(from, "nowhere"), 2, "", "nowhere"},
	} {
		got := runCheck(nil, strings.Fields(test.args)...)
		if got.code != test.code || !strings.Contains(got.stdout, test.stdout) || !strings.Contains(got.stderr, test.stderr) {
			t.Errorf("check %s: %d\n%s\n%s", test.args, got.code, got.stdout, got.stderr)
		}
		if test.code == wrongInput && got.stdout != "" {
			t.Errorf("check %s: an answer beside the error: %s", test.args, got.stdout)
		}
	}
	if got := runCheck([]string{"SOURCE_DATE_EPOCH=soon"}, "--from", from); got.code != wrongInput || !strings.Contains(got.stderr, "SOURCE_DATE_EPOCH") {
		t.Errorf("a day that is none: %+v", got)
	}
}

// TestCheckSuppressed: a tag of an object hides a finding until its last day is over, which the environment can set.
func TestCheckSuppressed(t *testing.T) {
	from := open(t)
	var file string
	_ = filepath.WalkDir(from, func(path string, _ os.DirEntry, _ error) error {
		if filepath.Base(path) == "SecurityGroups.json" {
			file = path
		}
		return nil
	})
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var answer map[string][]map[string]any
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatal(err)
	}
	for _, g := range answer["SecurityGroups"] {
		if g["GroupId"] == "sg-0000000a" {
			g["Tags"] = []map[string]string{{"Key": "watertight:ignore", "Value": "open-to-internet until=2027-01-31 moves to Session Manager"}}
		}
	}
	if raw, err = json.Marshal(answer); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	const january, february = "SOURCE_DATE_EPOCH=1801396800", "SOURCE_DATE_EPOCH=1801440000" // 2027-01-31T12:00Z, 2027-02-01T00:00Z
	got := runCheck([]string{january}, "--from", from, "--json")
	if got.code != answered {
		t.Fatalf("on its last day it counts: %+v", got)
	}
	var c report.Check
	if err := json.Unmarshal([]byte(got.stdout), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Suppressed) != 1 || c.Suppressed[0].Suppression.Reason != "moves to Session Manager" || c.Schema != report.Schema || c.Kind != report.KindCheck || len(c.Rules) < 18 {
		t.Errorf("%+v", c)
	}
	if got := runCheck([]string{february}, "--from", from); got.code != unexpected || !strings.Contains(got.stdout, "expired-suppression") {
		t.Errorf("the day after it does not: %+v", got)
	}
}

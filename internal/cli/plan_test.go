package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// planVerb runs the verb plan in a folder with one file of code.
func planVerb(t *testing.T, code string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("skipped: terraform is not on the PATH")
	}
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("infra", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("infra", "main.tf"), []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := newPlan(&terminal{in: strings.NewReader(""), out: &out, err: &errs, env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	err = cmd.Execute()
	return out.String(), errs.String(), err
}

const planCode = `
provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/x"
  }
}
data "aws_vpc" "shared" {
  tags = { Name = "shared" }
}
resource "aws_security_group" "web" {
  count  = 2
  vpc_id = data.aws_vpc.shared.id
}
# watertight:ignore naming
resource "aws_eip" "this" {
}
`

// Without -o a summary says what there is, what is not known and what to run next.
func TestPlanSummary(t *testing.T) {
	stdout, stderr, err := planVerb(t, planCode, "infra")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"infra: 3 resources\n", "    2  aws_security_group\n", "account 111111111111, us-east-1: 3 resources\n",
		"infra/main.tf:8 data.aws_vpc.shared is looked up in AWS", "next: watertight plan infra -o plan.json",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is missing in\n%s", want, stdout)
		}
	}
	if want := "watertight: warning: infra/main.tf:15: watertight:ignore naming has no end date"; !strings.Contains(stderr, want) {
		t.Errorf("%q is missing in\n%s", want, stderr)
	}
	stdout, _, err = planVerb(t, planCode, "infra", "--json")
	var summary planSummary
	if err != nil || json.Unmarshal([]byte(stdout), &summary) != nil || summary.Kind != "plan" || len(summary.Resources) != 2 || len(summary.Lookups) != 1 {
		t.Errorf("%v\n%s", err, stdout)
	}
}

// -o keeps the plan, in a file or on standard output.
func TestPlanOut(t *testing.T) {
	stdout, _, err := planVerb(t, planCode, "infra", "-o", "plan.json")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(stdout, "next: watertight matrix --from plan.json\n") {
		t.Errorf("it does not say what is next:\n%s", stdout)
	}
	kept, err := os.ReadFile("plan.json")
	if err != nil || !json.Valid(kept) {
		t.Fatalf("the plan is not JSON: %v", err)
	}
	list, err := os.ReadDir(".")
	if err != nil || len(list) != 2 {
		t.Errorf("%d files are there, not infra and plan.json", len(list))
	}
	stdout, _, err = planVerb(t, planCode, "infra", "-o", "-")
	if err != nil || stdout != string(kept) {
		t.Errorf("on standard output stands something else: %v", err)
	}
}

// What is wrong with the command line or the code is said, with what would be right.
func TestPlanErrors(t *testing.T) {
	for _, test := range []struct {
		code string
		args []string
		want string
	}{
		{planCode, nil, "needs DIR"},
		{planCode, []string{"absent"}, "absent does not exist"},
		{planCode, []string{"infra", "--json", "-o", "-"}, "choose one"},
		{planCode, []string{"infra", "--remote-state", "x"}, "it is NAME=FILE"},
		{planCode, []string{"infra", "--var", "x"}, "it is NAME=VALUE"},
		{planCode, []string{"infra", "--terraform", "no-such-terraform"}, "no-such-terraform is not on the PATH"},
		{"variable \"x\" {}\n", []string{"infra"}, "infra/main.tf:1: the variable \"x\" has no value"},
	} {
		_, _, err := planVerb(t, test.code, test.args...)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, not %s", test.args, err, test.want)
		}
	}
}

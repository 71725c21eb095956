package cli

import (
	"strings"
	"testing"
)

// TestDiff runs diff on the bundled examples: what it says, in which form, and with which exit code.
func TestDiff(t *testing.T) {
	t.Chdir("../..")
	const acme, oneWay = "examples/by-hand/network", "examples/one-way/network"
	for _, test := range []struct {
		args   string
		code   int
		stdout string // a part of it
		stderr string
	}{
		{acme + " " + acme, 0, "No change: the networks are the same.", ""},
		{acme + " " + oneWay, 0, "1 no longer reachable: 1 object differs.", ""},
		{acme + " " + oneWay + " --fail-on any", 3, "1 no longer reachable", "1 change counts for --fail-on any"},
		{acme + " " + oneWay + " --fail-on unreachable", 3, "because of route table prod-replica", "1 change counts"},
		{acme + " " + oneWay + " --fail-on reachable", 0, "one-way", ""},
		{oneWay + " " + acme, 3, "1 newly reachable: 1 object differs.", "1 change counts for --fail-on unknown"},
		{oneWay + " " + acme + " --fail-on none", 0, "1 newly reachable", ""},
		{oneWay + " " + acme + " --by tier --fail-on none", 0, "staging/tier:app → tier:replica tcp 5432", ""},
		{oneWay + " " + acme + " --json --fail-on none", 0, `"kind": "diff"`, ""},
		{oneWay + " " + acme + " --format markdown --fail-on none", 0, "**1 newly reachable: 1 object differs.**\n\n| |", ""},
		{oneWay + " " + acme + " --format sarif --fail-on none", 0, `"ruleId": "newly-reachable"`, ""},
		{oneWay + " " + acme + " --format junit --fail-on none", 0, `failures="1"`, ""},
		{acme, 2, "", "give OLD and NEW, or a Terraform plan"},
		{"", 2, "", "needs OLD and NEW"},
		{acme + " examples/nowhere", 2, "", "nowhere"},
		{acme + " " + oneWay + " " + oneWay, 2, "", "there is also"},
		{acme + " " + oneWay + " --fail-on opened", 2, "", "it is unknown, reachable, unreachable, any or none"},
		{acme + " " + oneWay + " --format html", 2, "", "it is text, json, markdown, sarif or junit"},
		{acme + " " + oneWay + " --format sarif --json", 2, "", "contradict"},
		{acme + " " + oneWay + " --by colour", 2, "", "group, tier or account"},
	} {
		got := run(nil, strings.Fields("diff "+test.args)...)
		if got.code != test.code || !strings.Contains(got.stdout, test.stdout) || !strings.Contains(got.stderr, test.stderr) {
			t.Errorf("watertight diff %s: exit %d, want %d; want %q on stdout and %q on stderr\n%s%s", test.args, got.code, test.code, test.stdout, test.stderr, got.stdout, got.stderr)
		}
		if test.code == 2 && got.stdout != "" {
			t.Errorf("watertight diff %s: an error, and words on stdout: %s", test.args, got.stdout)
		}
	}
}

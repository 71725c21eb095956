package cli

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/report"
)

// TestRequest asks, writes, asks again, and compiles what was written.
func TestRequest(t *testing.T) {
	segmented(t, twoTiers+"# guardrails\nforbid \"database\" \"app\" {\n  owner  = \"security\"\n  reason = \"data does not call\"\n}\n")
	if got := run(nil, "compile"); got.code != answered {
		t.Fatalf("%+v", got)
	}
	put(t, segmentationFile, strings.Replace(content(t, segmentationFile), `["tcp/5432"]`, `["tcp/5432", "tcp/6432"]`, 1))
	put(t, segmentationFile, strings.Replace(content(t, segmentationFile), `flow "app" "database" {}`, "flow \"app\" \"database\" { ports = [\"tcp/5432\"] } # orders", 1))
	before := content(t, segmentationFile)

	got := run(nil, "request", "app", "database:6432", "--dry-run")
	for _, words := range []string{
		"to be declared  prod/app → prod/database  tcp 6432\n", "    -flow \"app\" \"database\" { ports = [\"tcp/5432\"] } # orders\n    +flow \"app\" \"database\" { ports = [\"tcp/5432\", \"tcp/6432\"] } # orders\n",
		"  prod_groups.tf\n", "reachability\n  + prod/app → prod/database  tcp 6432\n", "\nnothing was written (--dry-run)\n",
	} {
		if !strings.Contains(got.stdout, words) {
			t.Errorf("does not say %q:\n%s", words, got.stdout)
		}
	}
	if got.code != answered || got.stderr != "" || content(t, segmentationFile) != before {
		t.Errorf("%+v", got)
	}

	if got := run(nil, "request", "app", "database:6432", "--dry-run", "--color", "always"); !strings.Contains(got.stdout, "\x1b[32m+flow") || !strings.Contains(got.stdout, "\x1b[31m-flow") {
		t.Errorf("not in colour: %q", got.stdout)
	}

	got = run(nil, "request", "app", "database:6432")
	if got.code != answered || !strings.HasPrefix(got.stdout, "declared  prod/app → prod/database  tcp 6432\n") || !strings.HasSuffix(got.stdout, "\nnext: watertight compile\n") {
		t.Errorf("%+v", got)
	}
	if want := strings.Replace(before, `["tcp/5432"] } # orders`, `["tcp/5432", "tcp/6432"] } # orders`, 1); content(t, segmentationFile) != want {
		t.Errorf("the segmentation is\n%s\nwant\n%s", content(t, segmentationFile), want)
	}
	got = run(nil, "request", "app", "database:6432", "--intent", ".")
	if got.code != answered || !strings.HasPrefix(got.stdout, "declared already  prod/app → prod/database  tcp 6432\n") || strings.Contains(got.stdout, "next:") || !strings.Contains(got.stdout, "watertight.hcl:21") {
		t.Errorf("%+v", got)
	}
	if got := run(nil, "fmt", "--check"); got != (outcome{}) {
		t.Errorf("not in form: %+v", got)
	}
	if got := run(nil, "compile"); got.code != answered || !strings.Contains(got.stdout, "changed  terraform/prod_groups.tf") {
		t.Errorf("%+v", got)
	}

	written := content(t, segmentationFile)
	for _, test := range []struct {
		args   string
		code   int
		stdout string
		stderr string
	}{
		{"database app", unexpected, "forbid \"database\" \"app\"  watertight.hcl:23\n    reason: data does not call, owner: security\n  mend  ask security:", "the request is refused"},
		{"app database:22", unexpected, "for the owner of the service to add\n  watertight.hcl\n", "prod/database does not serve what was asked for"},
		{"app database --until 2020-01-01", wrongInput, "", "--until 2020-01-01: that day is over"},
		{"app database --until soon", wrongInput, "", "--until soon: it is a day, as in 2027-06-30"},
		{"app api.example.com", wrongInput, "", "nothing was written:\nwatertight.hcl:"},
		{"app databse", wrongInput, "", "Did you mean prod/database?"},
		{"app", wrongInput, "", "watertight request needs DESTINATION"},
		{"app database now", wrongInput, "", "there is also \"now\""},
		{"app database --color blue", wrongInput, "", "--color blue"},
		{"app database --intent nowhere.hcl", wrongInput, "", "nowhere.hcl"},
		{"app database --from nowhere", wrongInput, "", "nowhere"},
	} {
		got := run(nil, append([]string{"request"}, strings.Fields(test.args)...)...)
		if got.code != test.code || !strings.Contains(got.stdout, test.stdout) || !strings.Contains(got.stderr, test.stderr) {
			t.Errorf("request %s: %+v\nwant %d, %s and %s", test.args, got, test.code, test.stdout, test.stderr)
		}
		if test.code == wrongInput && got.stdout != "" {
			t.Errorf("request %s: an answer beside the error: %s", test.args, got.stdout)
		}
	}
	if content(t, segmentationFile) != written {
		t.Error("something was written")
	}
	if got := run([]string{"SOURCE_DATE_EPOCH=1577836800"}, "request", "app", "database", "--until", "2020-01-01", "--dry-run"); got.code != answered {
		t.Errorf("that day is today, and holds: %+v", got)
	}
	if err := os.Remove(segmentationFile); err != nil {
		t.Fatal(err)
	}
	if got := run(nil, "request", "app", "database"); got.code != wrongInput || !strings.Contains(got.stderr, "watertight init writes one") {
		t.Errorf("%+v", got)
	}
}

// TestRequestNetwork tells beside the rest what a network allows already, and what it does not know.
func TestRequestNetwork(t *testing.T) {
	from := here(t)
	segmented(t, `environment "prod" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a"]
  tier "app" {
    internet = "none"
  }
}
service "prod" "web" { tier = "app" }
service "prod" "api" {
  tier   = "app"
  serves = ["tcp/443", "tcp/80"]
}
service "prod" "new" { tier = "app" }
`)
	got := run(nil, "request", "web", "api", "--from", from, "--dry-run")
	if got.code != answered || !strings.Contains(got.stdout, "the network as it is\n  reachable  tcp 443\n  unreachable  tcp 80\n") {
		t.Errorf("%+v", got)
	}
	got = run(nil, "request", "new", "api:443", "--from", from, "--dry-run", "--json")
	var d report.Request
	if err := json.Unmarshal([]byte(got.stdout), &d); err != nil {
		t.Fatal(err, got)
	}
	if d.Schema != report.Schema || d.Kind != report.KindRequest || d.Outcome != report.Added || d.Written || len(d.Network) != 1 || d.Network[0].Verdict != report.Unknown || !strings.Contains(d.Network[0].Unknown, "nothing in the network has that name") {
		t.Errorf("%s", got.stdout)
	}
	if strings.Contains(got.stdout, ": null") || strings.Contains(got.stdout, "nothing was written") {
		t.Errorf("%s", got.stdout)
	}
}

// TestSegmentationCompletion asks as a shell does.
func TestSegmentationCompletion(t *testing.T) {
	segmented(t, twoTiers+strings.ReplaceAll(twoTiers[:strings.Index(twoTiers, "service \"prod\" \"database\"")], "prod", "lab"))
	for _, test := range []struct{ args, want string }{
		{"request d", "database\n"},
		{"request prod/d", "prod/database\n"},
		{"request lab", "lab/app\n"},
		{"request lab/app i", "internet\n"},
		{"request a b --via p", "peering\n"},
		{"request a b --protocol u", "udp\n"},
		{"compile --roots e", "environment\n"},
		{"fmt ", "hcl\n"},
	} {
		args := strings.Split(test.args, " ")
		got := run(nil, append([]string{"__complete"}, args...)...)
		if !strings.Contains("\n"+got.stdout, "\n"+test.want) {
			t.Errorf("%s: %q, want %q", test.args, got.stdout, test.want)
		}
	}
	if got := run(nil, "__complete", "request", "ap"); strings.Contains(got.stdout, "app\n") { // two have that name
		t.Errorf("%q", got.stdout)
	}
	for _, args := range []string{"request app database x", "request app --intent nowhere.hcl d"} {
		if got := run(nil, append([]string{"__complete"}, strings.Fields(args)...)...); strings.Contains(got.stdout, "database") {
			t.Errorf("%s: %q", args, got.stdout)
		}
	}
}

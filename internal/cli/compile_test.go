package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/report"
)

const twoTiers = `environment "prod" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]

  tier "app" {
    internet = "none"
  }
  tier "data" {
    internet = "none"
  }
}
service "prod" "app" {
  tier   = "app"
  serves = ["tcp/80"]
}
service "prod" "database" {
  tier   = "data"
  serves = ["tcp/5432"]
}
flow "app" "database" {}
`

// segmented goes to a folder with a segmentation in watertight.hcl.
func segmented(t *testing.T, text string) {
	t.Helper()
	t.Chdir(t.TempDir())
	put(t, segmentationFile, text)
}

func content(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestCompile writes a folder, finds it up to date, changes it with the segmentation, and says each time what it did.
func TestCompile(t *testing.T) {
	segmented(t, twoTiers)
	first := run(nil, "compile")
	if first.code != answered || first.stderr != "" || !strings.Contains(first.stdout, "wrote    terraform/prod_tiers.tf\n") || !strings.HasSuffix(first.stdout, " written\n") {
		t.Fatalf("%+v", first)
	}
	files := strings.Count(first.stdout, "wrote ")
	again := run(nil, "compile")
	if again.code != answered || strings.Count(again.stdout, "\n") != 1 || !strings.HasSuffix(again.stdout, " files, up to date\n") {
		t.Errorf("%+v", again)
	}
	if got := run(nil, "compile", "--check"); got != again {
		t.Errorf("%+v", got)
	}
	if left, _ := filepath.Glob("terraform/.*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	// A flow more, a file too many, one that is missing, and one that somebody edited.
	put(t, segmentationFile, strings.Replace(twoTiers, "flow", "flow \"database\" \"app\" { reason = \"callbacks\" }\nflow", 1))
	put(t, "terraform/old.tf", strings.SplitAfter(content(t, "terraform/prod_tiers.tf"), "\n")[0]+"# of another time\n")
	put(t, "terraform/versions.tf", content(t, "terraform/versions.tf")+"# edited\n")
	put(t, "terraform/mine.tf", "# by hand\n")
	if err := os.Remove("terraform/providers.tf"); err != nil {
		t.Fatal(err)
	}
	got := run(nil, "compile", "--check", "--diff")
	for _, words := range []string{
		"missing  terraform/providers.tf\n", "stale    terraform/old.tf  to be removed: nothing in the segmentation needs it\n", "differs  terraform/versions.tf\n", "  -# edited\n", "app_from_database = {", "1 missing, ", "1 to be removed",
	} {
		if !strings.Contains(got.stdout, words) {
			t.Errorf("--check does not say %q:\n%s", words, got.stdout)
		}
	}
	if got.code != unexpected || !strings.Contains(got.stderr, "terraform is not what the segmentation says: watertight compile writes it") || strings.Contains(got.stdout, "mine.tf") {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat("terraform/old.tf"); err != nil || !strings.HasSuffix(content(t, "terraform/versions.tf"), "# edited\n") {
		t.Error("--check has changed something", err)
	}
	got = run(nil, "compile")
	for _, words := range []string{"wrote    terraform/providers.tf\n", "removed  terraform/old.tf\n", "changed  terraform/versions.tf\n", "changed  terraform/prod_groups.tf\n", "1 written, ", "1 removed\n"} {
		if got.code != answered || !strings.Contains(got.stdout, words) {
			t.Errorf("does not say %q: %+v", words, got)
		}
	}
	if content(t, "terraform/mine.tf") != "# by hand\n" || strings.Contains(content(t, "terraform/versions.tf"), "# edited") {
		t.Error("what a person wrote stays, and what they edited in a compiled file does not")
	}
	if got := run(nil, "compile", "-o", "elsewhere", "--intent", segmentationFile); strings.Count(got.stdout, "wrote    elsewhere/") != files {
		t.Errorf("%+v", got)
	}
}

// TestCompileGuard: subnets stay where they are, unless that is wanted.
func TestCompileGuard(t *testing.T) {
	segmented(t, twoTiers)
	if got := run(nil, "compile"); got.code != answered {
		t.Fatalf("%+v", got)
	}
	before := content(t, "terraform/prod_tiers.tf")
	put(t, segmentationFile, strings.Replace(twoTiers, "  tier \"app\"", "  tier \"web\" {\n    internet = \"none\"\n  }\n  tier \"app\"", 1))
	const refusal = `watertight: this would move 4 of the subnets that were compiled before, and everything in them would have to be made anew. Nothing was written.
  tier web is declared before it (watertight.hcl:6)
    prod/tier:app us-east-1a: 10.0.0.0/23 → 10.0.16.0/23
    prod/tier:app us-east-1b: 10.0.2.0/23 → 10.0.18.0/23
    prod/tier:data us-east-1a: 10.0.16.0/23 → 10.0.32.0/23
    prod/tier:data us-east-1b: 10.0.18.0/23 → 10.0.34.0/23
To keep them where they are,
  declare tier web (watertight.hcl:6) after those that were there
or say --move-subnets.
`
	if got := run(nil, "compile"); got != (outcome{wrongInput, "", refusal}) || content(t, "terraform/prod_tiers.tf") != before {
		t.Errorf("%+v", got)
	}
	got := run(nil, "compile", "--check")
	if got.code != unexpected || !strings.Contains(got.stdout, "4 subnets move:\n  tier web is declared before it (watertight.hcl:6)\n    prod/tier:app us-east-1a") || !strings.Contains(got.stderr, "says what keeps its subnets") {
		t.Errorf("%+v", got)
	}
	if got := run(nil, "compile", "--move-subnets"); got.code != answered || !strings.Contains(got.stdout, "changed  terraform/prod_tiers.tf") || !strings.Contains(got.stdout, "4 subnets move:") {
		t.Errorf("%+v", got)
	}
	if got := run(nil, "compile"); got.code != answered || !strings.Contains(got.stdout, "up to date") {
		t.Errorf("moved once, and not done: %+v", got)
	}

	// Of what cannot be read, nobody knows.
	put(t, "terraform/prod_tiers.tf", before+"<<<<<<< HEAD\n")
	if got := run(nil, "compile"); got.code != wrongInput || !strings.Contains(got.stderr, "whether subnets would move is not known") || !strings.Contains(got.stderr, "prod_tiers.tf:") {
		t.Errorf("%+v", got)
	}
	if got := run(nil, "compile", "--check"); got.code != unexpected || !strings.Contains(got.stdout, "differs  terraform/prod_tiers.tf") {
		t.Errorf("%+v", got)
	}
	if got := run(nil, "compile", "--move-subnets"); got.code != answered {
		t.Errorf("%+v", got)
	}
}

// TestCompileErrors: what is wrong is said, and nothing is written.
func TestCompileErrors(t *testing.T) {
	segmented(t, twoTiers)
	put(t, "hand/prod_groups.tf", "# mine\n")
	put(t, "bad.hcl", "flow \"app\" {\n")
	put(t, "wrong.hcl", strings.Replace(twoTiers, `"app" "database"`, `"ap" "database"`, 1))
	put(t, "full.hcl", strings.Replace(twoTiers, "zones   =", "quotas {\n    rules_per_group = 1\n  }\n  zones   =", 1)+"service \"prod\" \"job\" { tier = \"app\" }\nflow \"job\" \"database\" {}\n")
	for _, test := range []struct{ args, stderr string }{
		{"-o hand", "hand/prod_groups.tf: written by hand, and the compiler would write a file of that name. Nothing was written"},
		{"-o watertight.hcl", "watertight.hcl is a file, and should be a folder"},
		{"-o watertight.hcl/x", "watertight.hcl/x cannot be read"},
		{"--intent nowhere", "nowhere"},
		{"--intent bad.hcl", "bad.hcl:1:"},
		{"--intent wrong.hcl", `there is no role "ap"`},
		{"--intent full.hcl", "full.hcl:"},
		{"--roots two", "--roots two: it is one or environment"},
		{"--color blue", "--color blue: it is auto, always or never"},
		{"now", "watertight compile takes no arguments"},
		{"--wat", "unknown flag"},
	} {
		got := run(nil, append([]string{"compile"}, strings.Fields(test.args)...)...)
		if got.code != wrongInput || got.stdout != "" || !strings.Contains(got.stderr, test.stderr) {
			t.Errorf("compile %s: %+v\nwant %s", test.args, got, test.stderr)
		}
	}
	if _, err := os.Stat("terraform"); err == nil {
		t.Error("something was written")
	}
	if list, _ := os.ReadDir("hand"); len(list) != 1 {
		t.Error("something was written", list)
	}
	t.Chdir(t.TempDir())
	if got := run(nil, "compile"); got.code != wrongInput || !strings.Contains(got.stderr, "There is no watertight.hcl here, and --intent PATH names none: watertight init writes one") {
		t.Errorf("%+v", got)
	}
	put(t, segmentationFile, twoTiers)
	put(t, "terraform/prod_tiers.tf/a", "") // a folder in the place of a file
	if got := run(nil, "compile"); got.code != wrongInput || !strings.Contains(got.stderr, "terraform/prod_tiers.tf: written by hand") {
		t.Errorf("%+v", got)
	}
}

// TestCompileRoots: a folder for each environment, and the folder of one that is gone goes with it.
func TestCompileRoots(t *testing.T) {
	segmented(t, twoTiers+strings.ReplaceAll(strings.SplitAfter(twoTiers, "\n}\n")[0], "prod", "lab"))
	got := run(nil, "compile", "--roots", "environment")
	if got.code != answered || !strings.Contains(got.stdout, "wrote    terraform/lab/") || !strings.Contains(got.stdout, "wrote    terraform/prod/") {
		t.Fatalf("%+v", got)
	}
	put(t, segmentationFile, twoTiers)
	got = run(nil, "compile", "--roots", "environment")
	if got.code != answered || !strings.Contains(got.stdout, "removed  terraform/lab/") {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat("terraform/lab"); err == nil {
		t.Error("an empty folder is left")
	}
}

// TestCompileJSON shows the document.
func TestCompileJSON(t *testing.T) {
	segmented(t, twoTiers)
	for _, test := range []struct {
		args    string
		files   bool
		written bool
		diff    bool
	}{{"--check", true, false, false}, {"--check --diff", true, false, true}, {"", true, true, false}, {"", false, true, false}} {
		got := run(nil, append([]string{"compile", "--json"}, strings.Fields(test.args)...)...)
		var d report.Compile
		if err := json.Unmarshal([]byte(got.stdout), &d); err != nil {
			t.Fatal(err, got)
		}
		if d.Schema != report.Schema || d.Kind != report.KindCompile || d.Folder != "terraform" || len(d.Files) > 0 != test.files || d.Written != test.written || strings.Contains(got.stdout, ": null") {
			t.Errorf("%s: %.500s", test.args, got.stdout)
		}
		if test.files && (d.Files[0].Diff != "") != test.diff {
			t.Errorf("%s: %+v", test.args, d.Files[0])
		}
	}
}

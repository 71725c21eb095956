package compile_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/synth"
)

// A flow is a rule at each end, a few entries of ACLs, and nothing else: not a line is taken away or moved.
func TestAnotherFlow(t *testing.T) {
	for _, test := range []struct {
		name, base, flow string
		most             int
	}{
		{"between tiers that talk already", acme(t), `flow "prod/app-server" "prod/replica-postgres" {}`, 14},
		{"between roles of two tiers", synth.Segmentation(3, 24), `flow "env-00/web-1" "env-00/app-0" {}`, 2},
		{"from the outside", acme(t), `flow "198.51.100.0/24" "prod/loadbalancer-public" {}`, 4},
		{"across a peering that is there", synth.Segmentation(3, 24), "flow \"env-00/app-1\" \"env-01/replica\" {\n  via = \"peering\"\n}\n", 2},
		{"of another role", synth.Segmentation(3, 24), "service \"env-01\" \"new\" {\n  tier   = \"data\"\n  serves = [\"tcp/5432\"]\n}\nflow \"env-01/app-0\" \"env-01/new\" {}\n", 3},
		{"domains", acme(t) + "service \"prod\" \"mailer\" {\n  tier = \"app\"\n}\n", "egress \"prod\" \"mailer\" {\n  domains = [\"*.openai.com\", \"*.amazonaws.com\", \"*.datadoghq.com\"]\n}\n", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, after := terraform(t, test.base, compile.One), terraform(t, test.base+"\n"+test.flow+"\n", compile.One)
			all := changed(before, after)
			for _, line := range all {
				if strings.Contains(line, ": - ") {
					t.Errorf("gone: %s", line)
				}
			}
			if len(all) == 0 || len(all) > test.most {
				t.Errorf("%d lines, at most %d are expected:\n%s", len(all), test.most, strings.Join(all, "\n"))
			}
		})
	}
}

// Lines that move change comments, and nothing that a plan would show.
func TestMovedLines(t *testing.T) {
	for _, text := range []string{acme(t), rich(t)} {
		for _, roots := range []compile.Roots{compile.One, compile.PerEnvironment} {
			if all := changed(terraform(t, text, roots), terraform(t, "# a line\n\n# and another\n\n"+text, roots)); len(all) > 0 {
				t.Errorf("%s", strings.Join(all, "\n"))
			}
		}
	}
}

// An environment takes its own files with it, its provider, account and output, and what joins it to others; the other files stay as they are.
func TestRemovedEnvironment(t *testing.T) {
	alone := `
environment "lab" {
  account = "555555555555"
  region  = "us-east-1"
  zones   = ["us-east-1a"]
  tier "app" { internet = "filtered" }
}
service "lab" "app" { tier = "app" }
egress "lab" "app" { domains = ["example.com"] }
`
	without, with := terraform(t, acme(t), compile.One), terraform(t, acme(t)+alone, compile.One)
	for _, name := range slices.Sorted(maps.Keys(with)) {
		switch {
		case strings.HasPrefix(name, "lab_"):
			if without[name] != "" {
				t.Errorf("%s is there without it", name)
			}
		case name == "providers.tf", name == "outputs.tf":
			for _, line := range changed(map[string]string{name: without[name]}, map[string]string{name: with[name]}) {
				if strings.Contains(line, ": - ") {
					t.Errorf("%s: it takes away %s", name, line)
				}
			}
		case with[name] != without[name]:
			t.Errorf("%s differs", name)
		}
	}
	own := terraform(t, acme(t)+alone, compile.PerEnvironment)
	for name, content := range terraform(t, acme(t), compile.PerEnvironment) {
		if own[name] != content {
			t.Errorf("%s differs", name)
		}
	}
	// One that is joined to others.
	text := acme(t)
	for _, block := range []string{`(?s)environment "staging" \{.*?\n\}\n`, `(?s)service "staging" .*?\n\}\n`, `(?s)flow "staging/app-server" .*?\n\}\n`} {
		text = regexp.MustCompile(block).ReplaceAllString(text, "")
	}
	less := terraform(t, text, compile.One)
	for name := range without {
		switch {
		case strings.HasPrefix(name, "staging_"), strings.HasPrefix(name, "peering_staging"):
			if less[name] != "" {
				t.Errorf("%s is there", name)
			}
		case strings.HasPrefix(name, "platform_"), strings.HasPrefix(name, "workload_"), strings.HasPrefix(name, "privatelink_"), name == "prod_groups.tf", name == "prod_egress.tf":
			if all := changed(map[string]string{name: without[name]}, map[string]string{name: less[name]}); len(all) > 0 {
				t.Errorf("%s", strings.Join(all, "\n"))
			}
		}
	}
}

// What rules say of accounts, they say in one place.
func TestNoIdentifiers(t *testing.T) {
	account := regexp.MustCompile(`\b\d{12}\b`)
	for _, roots := range []compile.Roots{compile.One, compile.PerEnvironment} {
		for name, content := range terraform(t, rich(t), roots) {
			if account.MatchString(content) && filepath.Base(name) != "providers.tf" {
				t.Errorf("%s: %s", name, account.FindString(content))
			}
		}
	}
}

// Every local value and every variable is used, whatever is declared.
func TestNothingUnused(t *testing.T) {
	plain := "environment \"a\" {\n  account = \"111111111111\"\n  region = \"us-east-1\"\n  zones = [\"us-east-1a\"]\n  tier \"t\" {\n    internet = \"none\"\n  }\n}\n"
	for _, text := range []string{plain, acme(t), rich(t)} {
		for _, roots := range []compile.Roots{compile.One, compile.PerEnvironment} {
			folders := map[string]string{}
			for name, content := range terraform(t, text, roots) {
				folders[filepath.Dir(name)] += content
			}
			for folder, code := range folders {
				for _, m := range regexp.MustCompile(`(?m)^variable "(\w+)"|^  (\w+) += [{\[t]`).FindAllStringSubmatch(locals(code), -1) {
					use := "local." + m[2]
					if m[1] != "" {
						use = "var." + m[1]
					}
					if !regexp.MustCompile(regexp.QuoteMeta(use) + `\b`).MatchString(code) {
						t.Errorf("%s: %s is not used", folder, use)
					}
				}
			}
		}
	}
}

// locals are the lines of blocks of local values, and those that declare variables.
func locals(code string) string {
	var b strings.Builder
	inside := false
	for line := range strings.Lines(code) {
		switch {
		case strings.HasPrefix(line, "locals {"):
			inside = true
		case strings.HasPrefix(line, "}"):
			inside = false
		}
		if inside || strings.HasPrefix(line, "variable ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// The real provider takes the code, where it is on this machine.
func TestValidate(t *testing.T) {
	offline, err := filepath.Abs("../../../shared/tools/terraform-offline")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(offline); err != nil {
		t.Skip("the real provider is not here")
	}
	run := func(t *testing.T, dir string, arguments ...string) {
		t.Helper()
		command := exec.Command(offline, append([]string{"-chdir=" + dir}, arguments...)...)
		out, err := command.CombinedOutput()
		if command.ProcessState != nil && command.ProcessState.ExitCode() == 3 {
			t.Skipf("%s", out)
		}
		if err != nil {
			t.Fatalf("%v: %v\n%s", arguments, err, out)
		}
	}
	for name, text := range map[string]string{"acme": acme(t), "everything": rich(t)} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, terraform(t, text, compile.One))
			run(t, dir, "init", "-no-color", "-backend=false")
			run(t, dir, "validate", "-no-color")
		})
	}
	t.Run("a root of its own", func(t *testing.T) {
		dir := filepath.Join(write(t, terraform(t, rich(t), compile.PerEnvironment)), "prod")
		run(t, dir, "init", "-no-color", "-backend=false")
		run(t, dir, "validate", "-no-color")
	})
}

package intent

import (
	"os"
	"path/filepath"
	"testing"
)

// A segmentation that is read again has its files in the order of the first time, by which addresses are laid out; and what is edited is checked as ever.
func TestWith(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "1.hcl"), filepath.Join(dir, "2.hcl")
	for name, environment := range map[string]string{one: "first", two: "second"} {
		text := `environment "` + environment + `" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a"]
  tier "data" { internet = "none" }
}
service "` + environment + `" "database" {
  tier   = "data"
  serves = ["tcp/5432"]
}
`
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Load(two, one)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.ToSlash(one)
	again, err := s.With(map[string][]byte{name: append(s.Content(name), "flow \"first/database\" \"first/database\" {}\n"...)})
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Flows) != 1 || len(s.Flows) != 0 {
		t.Errorf("%d flows, and %d before", len(again.Flows), len(s.Flows))
	}
	for i, e := range s.Environments {
		if got := again.Environments[i]; got.Name != e.Name || got.Block != e.Block {
			t.Errorf("%s is in %s, and was %s in %s", got.Name, got.Block, e.Name, e.Block)
		}
	}
	if _, err := s.With(map[string][]byte{name: []byte("flow {")}); err == nil {
		t.Error("what does not parse is no segmentation")
	}
	if s.Content("none.hcl") != nil {
		t.Error("a file that is none has no content")
	}
}

// What a guardrail rules out is an error of a segmentation that has it, and only that.
func TestRulesOut(t *testing.T) {
	const text = `environment "prod" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a"]
  tier "app" { internet = "filtered" }
  tier "data" { internet = "none" }
}
service "prod" "app" {
  tier   = "app"
  serves = ["tcp/443"]
}
service "prod" "database" {
  tier   = "data"
  serves = ["tcp/5432"]
}
`
	for _, test := range []struct{ forbid, added string }{
		{`forbid "app" "tier:data" {}`, `flow "app" "database" {}`},
		{`forbid "tier:data" "app" {}`, `flow "app" "database" {}`},
		{`forbid "app" "*.example.com" {}`, "egress \"prod\" \"app\" {\n domains = [\"api.example.com\"]\n}"},
		{`forbid "app" "internet" {}`, "egress \"prod\" \"app\" {\n domains = [\"api.example.com\"]\n}"},
		{`forbid "database" "internet" {}`, "egress \"prod\" \"app\" {\n domains = [\"api.example.com\"]\n}"},
	} {
		s, err := Parse(map[string][]byte{"a.hcl": []byte(text + test.forbid)})
		if err != nil {
			t.Fatal(err)
		}
		app, database := s.Environments[0].Services[0], s.Environments[0].Services[1]
		got := s.Forbids[0].RulesOut(End{Service: app}, End{Service: database})
		if test.added[0] == 'e' {
			got = s.Forbids[0].RulesOutName(app, "api.example.com")
		}
		_, err = Parse(map[string][]byte{"a.hcl": []byte(text + test.forbid + "\n" + test.added)})
		if got != (err != nil) {
			t.Errorf("%s and %s: ruled out %v, error %v", test.forbid, test.added, got, err)
		}
	}
}

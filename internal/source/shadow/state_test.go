package shadow_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// changed applies testdata/before (in the state only), puts testdata/after in its place, and plans over the state.
func changed(t *testing.T, edit func(state map[string]any)) (*run, plan) {
	t.Helper()
	r := newRun(t, "testdata/before", 6)
	r.plan()
	r.terraform("apply", "-input=false", "-no-color", "plan.bin")
	if edit != nil {
		name := filepath.Join(r.folder, "terraform.tfstate")
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var state map[string]any
		if err := json.Unmarshal(raw, &state); err != nil {
			t.Fatal(err)
		}
		edit(state)
		if raw, err = json.Marshal(state); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	after, err := os.ReadFile("testdata/after/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.folder, "main.tf"), after, 0o600); err != nil {
		t.Fatal(err)
	}
	return r, r.plan()
}

var actions = map[string][]string{
	"aws_vpc.this":               {"no-op"},
	"aws_subnet.kept":            {"no-op"},
	"aws_subnet.replaced":        {"delete", "create"},
	"aws_subnet.destroyed":       {"delete"},
	"aws_subnet.new":             {"no-op"},
	"aws_subnet.forgotten":       {"forget"},
	"aws_subnet.imported":        {"update"},
	"aws_subnet.created":         {"create"},
	"aws_security_group.changed": {"update"},
	"aws_route_table.this":       {"no-op"},
	"aws_instance.this":          {"delete", "create"}, // its subnet is another one
	"aws_lb_target_group.this":   {"no-op"},
	"aws_iam_role.this":          {"no-op"}, // the policy is written in another way, and says the same
}

// Over a state, a plan changes what a configuration changes, and nothing else.
func TestState(t *testing.T) {
	_, p := changed(t, nil)
	got := map[string][]string{}
	for _, c := range p.Changes {
		got[c.Address] = c.Change.Actions
		if u := unknowns(c.Change.Unknown, ""); len(u) > 0 {
			t.Errorf("%s: unknown are %v", c.Address, u)
		}
	}
	if d := cmp.Diff(actions, got); d != "" {
		t.Error(d)
	}
	if c := p.change(t, "aws_subnet.new"); c.Previous != "aws_subnet.old" {
		t.Errorf("aws_subnet.new was %q", c.Previous)
	}
	c := p.change(t, "aws_subnet.imported")
	if c.Change.Importing == nil || c.Change.Importing.ID != "subnet-0123456789abcdef0" || c.Change.After["id"] != "subnet-0123456789abcdef0" {
		t.Errorf("imported is %v", c.Change)
	}
	if zone := c.Change.After["availability_zone"]; zone != "eu-central-1a" {
		t.Errorf("the imported subnet is in zone %v", zone)
	}
	c = p.change(t, "aws_security_group.changed")
	if c.Change.Before["id"] != c.Change.After["id"] || len(c.Change.After["ingress"].([]any)) != 1 {
		t.Errorf("changed is %v", c.Change)
	}
	c = p.change(t, "aws_subnet.replaced")
	if c.Change.Before["id"] == c.Change.After["id"] {
		t.Error("the new subnet has the id of the old one")
	}
	if d := cmp.Diff([][]any{{"cidr_block"}}, c.Change.Replace); d != "" {
		t.Error(d)
	}
}

// A state may be of another version of the provider: with attributes that are gone, without those that are new, with other types, with null where there is "".
func TestForeignState(t *testing.T) {
	_, p := changed(t, func(state map[string]any) {
		for _, r := range state["resources"].([]any) {
			for _, i := range r.(map[string]any)["instances"].([]any) {
				a := i.(map[string]any)["attributes"].(map[string]any)
				delete(a, "region") // provider 5
				a["gone"] = []any{map[string]any{"x": 1}}
				if a["enable_dns_support"] == true {
					a["enable_dns_support"] = "true"
				}
			}
		}
	})
	got := map[string][]string{}
	for _, c := range p.Changes {
		got[c.Address] = c.Change.Actions
	}
	if d := cmp.Diff(actions, got); d != "" {
		t.Error(d)
	}
}

// A plan to destroy everything destroys everything.
func TestDestroy(t *testing.T) {
	r := newRun(t, "testdata/before", 6)
	r.plan()
	r.terraform("apply", "-input=false", "-no-color", "plan.bin")
	p := r.plan("-destroy")
	if len(p.Changes) != 11 {
		t.Errorf("%d changes", len(p.Changes))
	}
	for _, c := range p.Changes {
		if d := cmp.Diff([]string{"delete"}, c.Change.Actions); d != "" {
			t.Errorf("%s: %s", c.Address, d)
		}
	}
}

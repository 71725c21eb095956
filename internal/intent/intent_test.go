package intent

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, texts ...string) *Segmentation {
	t.Helper()
	var sources []Source
	for i, text := range texts {
		sources = append(sources, Source{fmt.Sprintf("%d.hcl", i), []byte(text)})
	}
	s, err := parse(sources)
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(texts, "\n"))
	}
	return s
}

func base(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/base.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestBlocks: what blocks say is there, resolved.
func TestBlocks(t *testing.T) {
	s := read(t, base(t), `
flow "internet" "web" {}
flow "web" "api" {
  ports  = ["tcp/8080"]
  reason = "pages"
  owner  = "shop"
  until  = "2027-06-30"
}
flow "tier:public" "db" { ports = ["tcp/5432"] }
flow "prod/tier:app" "prod/tier:data" { ports = ["tcp/5432"] }
flow "web" "internet" { ports = ["any"] }
flow "198.51.100.0/24" "web" {}
flow "staging/client" "db" {
  via      = "privatelink"
  ports    = ["tcp/5432"]
  hostname = "DB.internal.example"
}
flow "far/client" "prod/db" { via = "peering" }
egress "prod" "worker" { domains = ["API.example.com", "*.example.org"] }
forbid "internet" "prod/tier:data" { reason = "PCI" }
forbid "api" "*.dropbox.com" {}
change_window "ci" {
  principals = ["arn:aws:iam::*:role/ci"]
  schedule   = "Mon-Fri 08:00-18:00"
  timezone   = "Europe/Berlin"
}
`)
	var got []string
	for _, f := range s.Flows {
		got = append(got, fmt.Sprint(f.From, " ", f.To, " ", f.Ports, " ", f.Via, " ", f.Hostname))
	}
	want := []string{
		"internet prod/web [tcp/443]  ", "prod/web prod/api [tcp/8080]  ", "prod/web prod/db [tcp/5432]  ", "prod/api prod/db [tcp/5432]  ", "prod/worker prod/db [tcp/5432]  ",
		"prod/web internet [any]  ", "198.51.100.0/24 prod/web [tcp/443]  ", "staging/client prod/db [tcp/5432] privatelink db.internal.example", "far/client prod/db [tcp/5432 udp/514] peering ",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	f := s.Flows[1]
	if f.Reason != "pages" || f.Owner != "shop" || !f.Until.Equal(time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC)) || f.Line() != "1.hcl:3" {
		t.Errorf("%+v", f.Accountable)
	}
	if e := s.Egresses[0]; e.Service.String() != "prod/worker" || !slices.Equal(e.Domains, []string{"api.example.com", "*.example.org"}) {
		t.Errorf("%+v", e)
	}
	if g := s.Forbids[0]; !g.A.Internet || len(g.B.Tiers) != 1 || g.B.Tiers[0].Name != "data" || len(g.B.Services) != 1 || g.Rule() != "forbid internet prod/tier:data (PCI; 1.hcl:20)" {
		t.Errorf("%+v %s", g, g.Rule())
	}
	if w := s.Windows[0]; w.Name != "ci" || w.Schedule != "Mon-Fri 08:00-18:00" || w.Timezone != "Europe/Berlin" || len(w.Principals) != 1 {
		t.Errorf("%+v", w)
	}
	if q := s.Environments[0].Quotas; q != (Quotas{20, 60, 5, 500}) {
		t.Errorf("%+v", q)
	}
}

// TestJSON: the same segmentation in HCL's JSON syntax is the same.
func TestJSON(t *testing.T) {
	one := read(t, `
environment "prod" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a"]
  tags    = { team = "shop" }
  tier "app" {
    internet = "filtered"
    cidrs    = ["10.0.1.0/24"]
  }
  quotas {
    acl_entries = 40
  }
}
service "prod" "a" {
  tier   = "app"
  serves = ["tcp/1"]
}
flow "a" "a" { reason = "gossip" }
egress "prod" "a" { domains = ["example.com"] }
forbid "internet" "a" {}
`)
	two, err := Parse(map[string][]byte{"x.hcl.json": []byte(`{
  "environment": {"prod": {"account": "111111111111", "region": "us-east-1", "zones": ["us-east-1a"], "tags": {"team": "shop"},
    "tier": {"app": {"internet": "filtered", "cidrs": ["10.0.1.0/24"]}}, "quotas": {"acl_entries": 40}}},
  "service": {"prod": {"a": {"tier": "app", "serves": ["tcp/1"]}}},
  "flow": {"a": {"a": {"reason": "gossip"}}},
  "egress": {"prod": {"a": {"domains": ["example.com"]}}},
  "forbid": {"internet": {"a": {}}}
}`)})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := one.Flows[0], two.Flows[0]; !slices.Equal(a.Ports, b.Ports) || a.Reason != b.Reason || a.From.String() != b.From.String() {
		t.Errorf("%+v %+v", a, b)
	}
	if a, b := addresses(one), addresses(two); len(a) == 0 || !maps.Equal(a, b) {
		t.Error(a, b)
	}
	e, o := one.Environments[0], two.Environments[0]
	if e.Quotas != o.Quotas || e.Quotas.ACLEntries != 40 || o.Tags["team"] != "shop" || len(two.Egresses) != 1 || len(two.Forbids) != 1 {
		t.Errorf("%+v %+v", e, o)
	}
	_, err = Parse(map[string][]byte{"x.json": []byte("{\n  \"flow\": {\"a\": {\"b\": {\"port\": 1}}}\n}")})
	if err == nil || !strings.HasPrefix(err.Error(), "x.json:2:24: ") {
		t.Error(err)
	}
}

// TestFind shows what selectors stand for.
func TestFind(t *testing.T) {
	s := read(t, base(t))
	for _, c := range []struct{ text, services, tiers, rest string }{
		{"web", "[prod/web]", "", ""},
		{"staging/client", "[staging/client]", "", ""},
		{"prod/tier:app", "[prod/api prod/worker]", "app", ""},
		{"tier:data", "[prod/db]", "data", ""},
		{"internet", "[]", "", "internet"},
		{"198.51.100.0/24", "[]", "", "198.51.100.0/24"},
		{"*.Example.com", "[]", "", "*.example.com"},
	} {
		x, err := s.Find(c.text)
		rest := x.Hostname
		if x.Internet {
			rest = "internet"
		}
		if x.Block.IsValid() {
			rest = x.Block.String()
		}
		if tier := strings.Join(names(x.Tiers, func(t *Tier) string { return t.Name }), " "); err != nil || fmt.Sprint(x.Services) != c.services || tier != c.tiers || rest != c.rest {
			t.Errorf("%s: %v %v %v %v", c.text, x.Services, tier, rest, err)
		}
	}
	for text, want := range map[string]string{
		"client":   `"client" is more than one role. Write one of staging/client, far/client.`,
		"prod/wbe": `there is no role "prod/wbe". Did you mean prod/web?`,
		"dev/web":  `there is no environment "dev". The environments are prod, staging, far.`,
		"tier:dta": `there is no tier "tier:dta". Did you mean prod/tier:data?`,
		"fd00::/8": `fd00::/8 is an IPv6 block. Segmentations are about IPv4.`,
	} {
		if _, err := s.Find(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestFormat: comments and the order of things stay.
func TestFormat(t *testing.T) {
	out, err := Format([]byte("# why\nservice \"prod\"   \"a\" {\n tier=\"app\" # here\n serves = [ \"tcp/1\" ]\n}\n"), "a.hcl")
	if want := "# why\nservice \"prod\" \"a\" {\n  tier   = \"app\" # here\n  serves = [\"tcp/1\"]\n}\n"; err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := Format([]byte("service {"), "a.hcl"); err == nil || !strings.HasPrefix(err.Error(), "a.hcl:1:") {
		t.Error(err)
	}
	if _, err := Format([]byte("{}"), "a.hcl.json"); err == nil {
		t.Error("JSON was formatted")
	}
}

// TestLoad reads files and folders.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"b.hcl": "forbid \"internet\" \"prod/tier:data\" {}\n", "a.hcl": base(t), ".hidden.hcl": "nonsense", "notes.txt": "nonsense"} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Load(dir)
	if err != nil || len(s.Forbids) != 1 || len(s.Files()) != 2 {
		t.Fatal(s, err)
	}
	if _, err := Load(dir + "/none.hcl"); err == nil {
		t.Error("a file that is not there was read")
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "has no segmentation") {
		t.Error(err)
	}
}

// FuzzParse: whatever is written, there is an answer, and every error has a place.
func FuzzParse(f *testing.F) {
	text, err := os.ReadFile("testdata/base.hcl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text), "flow \"web\" \"api\" {}")
	f.Add("", `{"flow": {"a": [{"b": {}}]}}`)
	f.Fuzz(func(t *testing.T, one, two string) {
		for _, name := range []string{"b.hcl", "b.hcl.json"} {
			if _, err := Parse(map[string][]byte{"a.hcl": []byte(one), name: []byte(two)}); err != nil && err.Error() == "" {
				t.Error("an error that says nothing")
			}
		}
	})
}

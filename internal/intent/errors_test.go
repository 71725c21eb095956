package intent

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// TestErrors: what is wrong is said, where it is, and what would be right. Each case is added to testdata/base.hcl, which is right, in a file of its own.
func TestErrors(t *testing.T) {
	base, err := os.ReadFile("testdata/base.hcl")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, at, summary, detail string }{
		// syntax and shape
		{`flow "web" {}`, "1:12", "Missing to for flow", "All flow blocks must have 2 labels"},
		{`flow "web" "api" { port = ["tcp/1"] }`, "1:20", "Unsupported argument", `Did you mean "ports"?`},
		{`servce "prod" "x" { tier = "app" }`, "1:1", "Unsupported block type", `Did you mean "service"?`},
		{`service "prod" "x" {}`, "1:20", "Missing required argument", `"tier" is required`},
		{`service "prod" "x" { tier = ["app"] }`, "1:29", "tier is to be a string", "in quotes"},
		{`flow "web" "api" { ports = "tcp/8000" }`, "1:28", "ports is to be a list of strings", "in brackets"},
		{`service "prod" "x" { tier = app }`, "1:29", "Variables not allowed", ""},
		// names
		{`service "prod" "X_y" { tier = "app" }`, "1:16", `"X_y" is no name for a service`, "lower case"},
		{`service "prod" "internet" { tier = "app" }`, "1:16", "a service cannot be called internet", "another name"},
		{`service "prod" "sg-x" { tier = "app" }`, "1:16", "a service cannot be called sg-x", "Leave the sg- out"},
		{`service "prod" "a-name-that-is-longer-than-aws-takes" { tier = "app" }`, "1:16", "is too long", "32 characters"},
		{`service "prod" "web" { tier = "app" }`, "1:1", `service "prod/web" is declared twice`, "base.hcl:37"},
		{`service "prdo" "x" { tier = "app" }`, "1:9", `there is no environment "prdo"`, "Did you mean prod?"},
		{`service "prod" "x" { tier = "apps" }`, "1:29", `environment "prod" has no tier "apps"`, "Did you mean app?"},
		{`service "prod" "x" { tier = "zzzzzz" }`, "1:29", `has no tier "zzzzzz"`, "The tiers of prod are public, app, jobs, data."},
		{`service "prod" "x" {
  tier = "app"
  kind = "vm"
}`, "3:10", `kind cannot be "vm"`, "instances, alb, nlb"},
		{`service "prod" "x" {
  tier   = "app"
  kind   = "lambda"
  serves = ["tcp/1"]
}`, "4:13", "a function serves nothing", "Leave serves out"},
		{`service "staging" "x" {
  tier = "app"
  kind = "alb"
}`, "3:10", "one zone only", "two zones"},
		{`service "prod" "x" {
  tier   = "app"
  serves = ["tcp/0"]
}`, "3:13", `"tcp/0" is no port`, `"tcp/443"`},
		{`service "prod" "x" {
  tier   = "app"
  serves = ["tcp/9-8"]
}`, "3:13", `"tcp/9-8" is no port`, ""},
		{`service "prod" "x" {
  tier   = "app"
  serves = ["tcp/1", "tcp/1"]
}`, "3:22", "tcp/1 is there twice", ""},
		// environments and layout
		{`environment "prod" {
  account = "1"
  region  = "us-east-1"
  zones   = []
}`, "1:1", `environment "prod" is declared twice`, "base.hcl:1"},
		{`environment "x" {
  account = "1"
  region  = "us-east-1"
  zones   = ["us-east-1a"]
}`, "2:13", `"1" is no account`, "twelve digits"},
		{`environment "x" {
  account = "333333333333"
  region  = "useast"
  zones   = ["useasta"]
}`, "3:13", `"useast" is no Region`, ""},
		{`environment "x" {
  account = "333333333333"
  region  = "us-east-1"
  zones   = ["us-west-2a"]
}`, "4:14", `"us-west-2a" is no zone of us-east-1`, "us-east-1a"},
		{`environment "x" {
  account = "333333333333"
  region  = "us-east-1"
  zones   = []
}`, "4:3", `environment "x" has no zones`, ""},
		{x("cidr = \"10.0.0.0/8\""), "5:8", "10.0.0.0/8 is too large", "/16 to /28"},
		{x("cidr = \"10.9.0.1/16\""), "5:8", "has bits behind its length", "10.9.0.0/16"},
		{x("cidr = \"fd00::/56\""), "5:8", "is no block of addresses", "IPv4"},
		{x("cidr = \"10.9.0.0/16\"\ntier \"a\" {\ninternet = \"none\"\ncidrs = [\"10.8.0.0/24\"]\n}"), "8:10", `10.8.0.0/24 is not in 10.9.0.0/16`, "within that"},
		{x("cidr = \"10.9.0.0/16\"\ntier \"a\" {\ninternet = \"none\"\ncidrs = [\"10.9.0.0/24\", \"10.9.1.0/24\"]\n}"), "8:1", `tier "a" has 2 cidrs, and environment "x" has 1 zone`, "one for each zone"},
		{x("cidr = \"10.9.0.0/16\"\ntier \"a\" {\ninternet = \"none\"\n}\ntier \"b\" {\ninternet = \"none\"\ncidrs = [\"10.9.15.0/24\"]\n}"), "11:10", `10.9.15.0/24 overlaps 10.9.0.0/20, which was laid out for tier "a"`, "free"},
		{x("cidr = \"10.9.0.0/24\"\ntier \"a\" {\ninternet = \"none\"\n}"), "6:1", `no room to lay out tier "a" in 10.9.0.0/24`, "/21"},
		{x("tier \"a\" {\ninternet = \"some\"\n}"), "6:12", `internet cannot be "some"`, `"direct"`},
		{x("tier \"a\" {\ninternet = \"none\"\n}\ntier \"a\" {\ninternet = \"none\"\n}"), "8:1", `tier "a" is declared twice`, "case.hcl:5"},
		{x("tier \"nat\" {\ninternet = \"none\"\n}"), "5:6", "a tier cannot be called nat", "another name"},
		{x("quotas {\nacl_entries = 99\n}"), "6:15", "acl_entries cannot be 99", "1 to 40"},
		// flows
		{`flow "web" "apii" {}`, "1:12", `there is no role "apii"`, "Did you mean prod/api?"},
		{`flow "client" "web" {}`, "1:6", `"client" is more than one role`, "staging/client, far/client"},
		{`forbid "web" "tier:app" {}`, "1:14", `"tier:app" is more than one tier`, ""},
		{`flow "web" "api" { ports = ["tcp/9000"] }`, "1:29", "prod/api does not serve tcp/9000", "It serves tcp/8000-8100 and icmp (base.hcl:41)"},
		{`flow "web" "worker" {}`, "1:12", "prod/worker serves nothing", "base.hcl:45"},
		{`flow "web" "api.example.com" {}`, "1:12", "api.example.com is a name on the internet", "egress"},
		{`flow "internet" "db" {}`, "1:17", "nothing from outside gets to prod/db", "load balancer"},
		{`flow "internet" "198.51.100.0/24" {}`, "1:1", "both outside", ""},
		{`flow "worker" "internet" { ports = ["tcp/443"] }`, "1:15", "filtered by name", `egress "prod" "worker"`},
		{`flow "db" "internet" { ports = ["tcp/443"] }`, "1:6", "which has no way out", ""},
		{`flow "batch" "internet" {}`, "1:1", "has no ports of its own", "ports ="},
		{`flow "10.0.3.0/24" "web" {}`, "1:6", "10.0.3.0/24 is not outside", `"prod" is 10.0.0.0/16`},
		{`flow "198.51.100.7" "web" {}`, "1:6", "a selector is a block", "198.51.100.7/32"},
		{`flow "web" "api" { via = "peering" }`, "1:26", "crosses nothing", "Leave via out"},
		{`flow "staging/client" "db" {}`, "1:1", `from environment "staging" to environment "prod"`, "peering"},
		{`flow "staging/client" "db" { via = "tunnel" }`, "1:36", `via cannot be "tunnel"`, "transit"},
		{`flow "far/client" "db" { via = "transit" }`, "1:32", "does not go from one Region to another", "peering"},
		{`flow "staging/client" "db" { via = "privatelink" }`, "1:23", "single TCP ports", "udp/514"},
		{`flow "staging/client" "db" {
  via      = "peering"
  hostname = "db.example"
}`, "3:14", "a hostname is for flows by way of PrivateLink", ""},
		{`flow "web" "api" { until = "soon" }`, "1:28", `until is no day: "soon"`, "2027-06-30"},
		{"flow \"web\" \"api\" {}\nflow \"web\" \"api\" { ports = [\"icmp\"] }\nflow \"web\" \"api\" { ports = [\"icmp\"] }", "3:1", "on icmp is declared twice", "case.hcl:2"},
		// egress
		{`egress "prod" "batch" { domains = ["example.com"] }`, "1:15", `has internet = "nat"`, "filtered"},
		{`egress "prod" "worker" { domains = ["http://example.com"] }`, "1:37", "is no domain", `"*.example.com"`},
		{`egress "prod" "worker" { domains = [] }`, "1:1", "has no domains", ""},
		{`egress "prod" "wroker" { domains = ["example.com"] }`, "1:15", `has no role "wroker"`, "Did you mean worker?"},
		{"egress \"prod\" \"worker\" { domains = [\"a.example\"] }\negress \"prod\" \"api\" { domains = [\"b.example\"] }", "2:1", `share tier "app", and their domains differ`, "a tier of its own"},
		{"egress \"prod\" \"worker\" { domains = [\"a.example\"] }\negress \"prod\" \"worker\" { domains = [\"a.example\"] }", "2:1", "has an egress already", "case.hcl:1"},
		// guardrails
		{"forbid \"web\" \"db\" {\n reason = \"PCI\"\n owner = \"sec\"\n}\nflow \"web\" \"db\" {}", "5:1", "is ruled out by forbid web db (PCI; owner sec; case.hcl:1)", "ask"},
		{"forbid \"tier:data\" \"internet\" {}\nforbid \"prod/tier:app\" \"internet\" {}\negress \"prod\" \"api\" { domains = [\"a.example\"] }", "3:1", "the egress of prod/api to a.example is ruled out", ""},
		{"forbid \"api\" \"*.dropbox.com\" {}\negress \"prod\" \"api\" { domains = [\"dl.dropbox.com\"] }", "2:1", "ruled out by forbid api *.dropbox.com", ""},
		{`forbid "api.example.com" "db" {}`, "1:8", "opens no connection here", ""},
		{"forbid \"10.0.0.0/8\" \"web\" {}\nflow \"api\" \"web\" {}", "2:1", "is ruled out by forbid 10.0.0.0/8 web", ""},
		// change windows
		{`change_window "w" {
  principals = ["terraform"]
  schedule   = "Mon-Fri 08:00-18:00"
}`, "2:17", `"terraform" is no principal`, "arn:aws:iam"},
		{`change_window "w" {
  principals = ["arn:aws:iam::*:role/ci"]
  schedule   = "always"
}`, "3:16", `"always" is no schedule`, "Mon-Fri"},
		{`change_window "w" {
  principals = ["arn:aws:iam::*:role/ci"]
  schedule   = "Mon-Fri 08:00-18:00"
  timezone   = "Berlin"
}`, "4:16", `"Berlin" is no time zone`, "Europe/Berlin"},
	} {
		_, err := parse([]Source{{"base.hcl", base}, {"case.hcl", []byte(c.text + "\n")}})
		var all *Error
		if !errors.As(err, &all) {
			t.Errorf("%s\nis no error", c.text)
			continue
		}
		text := err.Error()
		if want := "case.hcl:" + c.at + ": "; !strings.Contains(text, want) || !strings.Contains(text, c.summary) || !strings.Contains(text, c.detail) {
			t.Errorf("%s\nwant %s … %s … %s, got\n%s", c.text, want, c.summary, c.detail, text)
		}
	}
}

// x is a fourth environment, with more in it: its lines begin at the fifth.
func x(more string) string {
	return "environment \"x\" {\naccount = \"333333333333\"\nregion = \"us-east-1\"\nzones = [\"us-east-1a\"]\n" + more + "\n}"
}

// TestErrorText holds the form of an error as a whole: all at once, in order, each with its line.
func TestErrorText(t *testing.T) {
	_, err := Parse(map[string][]byte{"a.hcl": []byte("service \"prod\" \"web\" {\n  tier = \"app\"\n}\n"), "b.hcl": []byte("flow \"web\" \"db\" {\n  port = 1\n}\n")})
	want := `b.hcl:2:3: Unsupported argument
    2 |   port = 1
      |   ^^^^
  An argument named "port" is not expected here. Did you mean "ports"? A block flow takes ports, via, hostname, reason, owner and until.`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	_, err = Parse(map[string][]byte{"a.hcl": []byte("service \"prod\" \"web\" {\n  tier = \"app\"\n}\nservice \"dev\" \"web\" {\n  tier = \"app\"\n}\n")})
	want = `a.hcl:1:9: there is no environment "prod"
    1 | service "prod" "web" {
      |         ^^^^^^
  No environments are declared.
a.hcl:4:9: there is no environment "dev"
    4 | service "dev" "web" {
      |         ^^^^^
  No environments are declared.
2 errors`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

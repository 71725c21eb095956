package intent

import (
	"strings"
	"testing"
	"time"
)

// env, tier, svc and flow write blocks.
func env(name, region, cidr, tiers string) string {
	if cidr != "" {
		cidr = "cidr = \"" + cidr + "\"\n"
	}
	return "environment \"" + name + "\" {\naccount = \"111111111111\"\nregion = \"" + region + "\"\nzones = [\"" + region + "a\"]\n" + cidr + tiers + "}\n"
}

func tier(name, internet string, cidr ...string) string {
	c := ""
	if len(cidr) > 0 {
		c = "cidrs = [\"" + cidr[0] + "\"]\n"
	}
	return "tier \"" + name + "\" {\ninternet = \"" + internet + "\"\n" + c + "}\n"
}

func svc(e, n, t string) string {
	return "service \"" + e + "\" \"" + n + "\" {\ntier = \"" + t + "\"\nserves = [\"tcp/1\"]\n}\n"
}

func flow(a, b, rest string) string { return "flow \"" + a + "\" \"" + b + "\" {\n" + rest + "\n}\n" }

const east = "us-east-1"

// TestRefused: what no network could be, or what would get around a guardrail, is no segmentation.
func TestRefused(t *testing.T) {
	nat := env("p", east, "", tier("pub", "direct")+tier("jobs", "nat")+tier("d", "none")) + svc("p", "web", "pub") + svc("p", "job", "jobs")
	three := env("p", east, "10.0.0.0/16", tier("a", "none")) + env("q", east, "10.1.0.0/16", tier("a", "none")) + env("r", east, "10.1.0.0/16", tier("a", "none")) +
		svc("p", "x", "a") + svc("q", "y", "a") + svc("r", "z", "a")
	two := env("p", east, "", tier("a", "none")) + env("q", east, "", tier("a", "none")) + svc("p", "x", "a") + svc("q", "y", "a") + svc("q", "z", "a")
	for _, c := range []struct{ name, text, want string }{
		{"forbid hostname vs flow to internet", nat + flow("job", "internet", `ports = ["tcp/443"]`) + `forbid "job" "*.dropbox.com" {}`, `ruled out by forbid job *.dropbox.com`},
		{"forbid public block vs egress", env("p", east, "", tier("f", "filtered")) + svc("p", "x", "f") + `egress "p" "x" { domains = ["a.example"] }` + "\nforbid \"x\" \"198.51.100.0/24\" {}", `ruled out by forbid x 198.51.100.0/24`},
		{"cache open to the internet", nat + `service "p" "cache" {
tier = "pub"
kind = "elasticache"
serves = ["tcp/1"]
}
flow "internet" "cache" {}`, `p/cache is of kind elasticache, and gets no public address in tier "pub"`},
		{"function in a direct tier to the internet", nat + `service "p" "f" {
tier = "pub"
kind = "lambda"
}
flow "f" "internet" { ports = ["tcp/443"] }`, `p/f is of kind lambda, and gets no public address in tier "pub"`},
		{"guardrail between two that meet on the internet", nat + flow("job", "internet", `ports = ["tcp/1"]`) + flow("internet", "web", "") + `forbid "job" "web" {}`, `the guardrail cannot hold: p/job and p/web meet on the internet`},
		{"a service called default", nat + svc("p", "default", "pub"), `a service cannot be called default`},
		{"a tag that AWS refuses", strings.Replace(two, "tier", "tags = { team = \"a<b>\" }\ntier", 1), `"a<b>" cannot be the value of a tag`},
		{"any through a NAT gateway", nat + flow("job", "internet", `ports = ["any"]`), `a NAT gateway carries TCP, UDP and ICMP`},
		{"an environment with public addresses", env("p", east, "52.10.0.0/16", tier("a", "none")), `52.10.0.0/16 is not private`},
		{"a group where the compiler makes them", nat + "service \"p\" \"z\" {\ntier = \"pub\"\ngroup = \"sg-1\"\n}", `the compiler makes the security group of p/z`},
		{"a VPC that exists, and a tier without cidrs", strings.Replace(nat, "account", "vpc = \"vpc-1\"\naccount", 1), `tier "pub" has no cidrs, and its subnets in vpc-1 exist already`},
		{"PrivateLink to a VPC that exists", strings.Replace(env("p", east, "10.0.0.0/16", tier("a", "none", "10.0.1.0/24")), "account", "vpc = \"vpc-1\"\naccount", 1) + env("q", east, "10.1.0.0/16", tier("a", "none")) + svc("p", "x", "a") + svc("q", "y", "a") + flow("q/y", "p/x", `via = "privatelink"`), `one of them is a VPC that exists already`},
		{"flow to private block", nat + flow("job", "192.168.0.0/16", `ports = ["tcp/443"]`), `nothing leads to or from 192.168.0.0/16`},
		{"flow from private block", nat + flow("192.168.0.0/16", "web", ""), `nothing leads to or from 192.168.0.0/16`},
		{"peering to two that overlap", three + flow("p/x", "q/y", `via = "peering"`) + flow("p/x", "r/z", `via = "peering"`), `and to "r" (10.1.0.0/16) here, which share addresses`},
		{"peering and transit, same tiers", two + flow("p/x", "q/y", `via = "peering"`) + flow("p/x", "q/z", `via = "transit"`), `are joined by peering at x.hcl:29 already`},
		{"group name ROLE-balancer", two + svc("q", "y-balancer", "a") + flow("p/x", "q/y", `via = "privatelink"`), `q/y-balancer is called like a part of PrivateLink`},
		{"group name ROLE-endpoint", two + svc("p", "y-endpoint", "a") + flow("p/x", "q/y", `via = "privatelink"`), `p/y-endpoint is called like a part of PrivateLink`},
		{"two endpoints of one name", two + env("r", east, "", tier("a", "none")) + svc("r", "y", "a") + flow("p/x", "q/y", `via = "privatelink"`) + flow("p/x", "r/y", `via = "privatelink"`), `two endpoints "y-endpoint"`},
		{"own tier named like infrastructure", env("p", east, "", tier("n", "nat")+tier("a", "none")) + env("q", east, "", tier("a", "none")) + svc("p", "nat", "a") + svc("p", "other", "a") + svc("q", "y", "a") + flow("q/y", "p/nat", `via = "peering"`), `cannot be called nat`},
		{"reason of two lines", two + flow("p/x", "p/x", `reason = "a\nresource \"x\" \"y\" {}"`), `reason is to be one line`},
		{"schedule 24:59", two + "change_window \"w\" {\nprincipals = [\"arn:aws:iam::*:role/ci\"]\nschedule = \"Mon 08:00-24:59\"\n}", `is no schedule`},
		{"schedule ends before it begins", two + "change_window \"w\" {\nprincipals = [\"arn:aws:iam::*:role/ci\"]\nschedule = \"Mon 08:00-08:00\"\n}", `is no schedule`},
		{"account is a number", strings.ReplaceAll(two, `"111111111111"`, "111111111111"), `account is to be a string`},
		{"reason is a boolean", two + flow("p/x", "p/x", "reason = true"), `reason is to be a string`},
		{"tag aws:x", strings.Replace(two, "tier", "tags = { \"aws:x\" = \"y\" }\ntier", 1), `"aws:x" cannot be a tag`},
		{"loopback block", env("p", east, "127.0.0.0/16", tier("a", "none")), `is for loopback`},
	} {
		if _, err := Parse(map[string][]byte{"x.hcl": []byte(c.text)}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %s, got %v", c.name, c.want, err)
		}
	}
}

// TestAtOnce: an error of a service does not hide one of a flow.
func TestAtOnce(t *testing.T) {
	_, err := Parse(map[string][]byte{"x.hcl": []byte("service \"p\" \"Bad\" { tier = \"a\" }\n" + env("p", east, "", tier("a", "none")) + svc("p", "x", "a") + flow("p/nope", "p/x", ""))})
	if err == nil || strings.Count(err.Error(), "\nx.hcl:") != 1 || !strings.HasPrefix(err.Error(), "x.hcl:1:13: ") {
		t.Error(err)
	}
}

// TestExpired: a last day that has passed is told, on that day and not before, and is no error, however long ago it was.
func TestExpired(t *testing.T) {
	s, err := Parse(map[string][]byte{"x.hcl": []byte(env("p", east, "", tier("a", "none")) + svc("p", "x", "a") + flow("p/x", "p/x", `until = "2019-06-30"`))})
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]int{"2019-06-30": 0, "2019-07-01": 1} {
		today, _ := time.Parse(time.DateOnly, day)
		if got := s.Expired(today); len(got) != want {
			t.Errorf("%s: %v", day, got)
		}
	}
}

// TestDepth: what is nested too deeply is an error, and does not end the program.
func TestDepth(t *testing.T) {
	for _, c := range []string{"[", "{a=", "!", "(", "-", "\"${"} {
		if _, err := Parse(map[string][]byte{"x.hcl": []byte("x = " + strings.Repeat(c, 200000))}); err == nil || !strings.Contains(err.Error(), "nested too deeply") {
			t.Errorf("%s: %.200v", c, err)
		}
	}
	for _, c := range []string{"[", "(", "\"${"} {
		if _, err := Format([]byte("x = "+strings.Repeat(c, 200000)), "x.hcl"); err == nil || !strings.Contains(err.Error(), "nested too deeply") {
			t.Errorf("format %s: %.200v", c, err)
		}
	}
	for _, c := range []string{"[", "{\"a\":"} {
		if _, err := Parse(map[string][]byte{"x.hcl.json": []byte(strings.Repeat(c, 200000))}); err == nil || !strings.Contains(err.Error(), "nested too deeply") {
			t.Errorf("JSON %s: %.200v", c, err)
		}
	}
}

// moved compares the addresses of what is in both.
func moved(t *testing.T, name, before, after string) {
	a, err := Parse(map[string][]byte{"x.hcl": []byte(before)})
	if err != nil {
		t.Fatal(name, err)
	}
	b, err := Parse(map[string][]byte{"x.hcl": []byte(after)})
	if err != nil {
		t.Fatal(name, err)
	}
	now := addresses(b)
	for k, p := range addresses(a) {
		if q, ok := now[k]; ok && q != p {
			t.Errorf("%s: %s moved from %s to %s", name, k, p, q)
		}
	}
}

// TestKeeps: what is appended moves no tier, even where it makes others come and go.
func TestKeeps(t *testing.T) {
	peer := env("q", east, "", tier("a", "direct")) + svc("q", "y", "a")
	base := env("p", east, "", tier("data", "none")+tier("logs", "none")) + peer + svc("p", "a", "data") + svc("p", "b", "data") + svc("p", "c", "logs") + svc("p", "d", "logs")
	via := `via = "peering"`
	one := base + flow("q/y", "p/a", via) + flow("q/y", "p/c", via)
	moved(t, "flow that joins the last role", one, one+flow("q/y", "p/b", via))
	all := base + flow("q/y", "p/a", via) + flow("q/y", "p/b", via) + flow("q/y", "p/c", via)
	moved(t, "service in a tier that is joined whole", all, all+svc("p", "e", "data"))
	ex := func(more string) string {
		return env("p", east, "10.0.0.0/16", tier("x", "none", "10.0.208.0/24")+tier("data", "none")+more) + peer + svc("p", "a", "data") + svc("p", "b", "data") + svc("p", "w", "x")
	}
	moved(t, "transit beside an own tier, slot 13 declared", ex("")+flow("q/y", "p/a", via), ex("")+flow("q/y", "p/a", via)+flow("q/y", "p/w", `via = "transit"`))
	hi := func(more string) string {
		return env("p", east, "10.0.0.0/16", tier("x", "none", "10.0.224.0/19")+tier("data", "none")+more) + peer + svc("p", "a", "data") + flow("q/y", "p/a", `via = "transit"`)
	}
	moved(t, "nat beside transit, slots 14 and 15 declared", hi(""), hi(tier("n", "nat")))
}

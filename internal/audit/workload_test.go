package audit

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/scenario"
	"github.com/watertight/watertight/internal/synth"
)

// with is a network of a text and what a change adds to it.
func with(t *testing.T, text string, change func(*network.Contents)) *network.Network {
	t.Helper()
	contents, err := scenario.Parse("text", text)
	if err != nil {
		t.Fatal(err)
	}
	change(&contents)
	return network.New(contents)
}

func only(t *testing.T, c *report.Check) report.Finding {
	t.Helper()
	if len(c.Findings) != 1 {
		t.Fatalf("%d findings: %s", len(c.Findings), lines(c.Findings))
	}
	return c.Findings[0]
}

const someday = `vpc vpc-prod 10.0.0.0/16
subnet prod-public vpc-prod 10.0.0.0/24 table=rtb-public public
subnet prod-private vpc-prod 10.0.1.0/24 table=rtb-private
igw igw-prod vpc-prod
nat nat-prod prod-public 10.0.0.9=54.1.2.3
table rtb-public vpc-prod
  0.0.0.0/0 igw-prod
table rtb-private vpc-prod
  0.0.0.0/0 nat-prod
group workers vpc-prod
  in tcp 22 0.0.0.0/0
group more vpc-prod
  out nothing
`

// TestMembersToBe: what a launch template will start is open before anything exists, in a subnet that gives public addresses (V-16).
func TestMembersToBe(t *testing.T) {
	workload := func(kind network.OwnerKind, subnet string, groups ...string) *network.Network {
		return with(t, someday, func(c *network.Contents) {
			c.Workloads = append(c.Workloads, &network.Workload{Object: network.Object{ID: "lt-1", Name: "workers", Account: "111111111111", Region: "us-east-1"}, Kind: kind,
				VPC: "vpc-prod", Groups: groups, Subnets: []string{subnet}})
		})
	}
	c := check(t, workload("", "prod-public", "more", "workers"), "open-to-internet")
	f := only(t, c)
	if f.Severity != report.Error || f.Witness == nil || !strings.Contains(f.Message, "workers to be") {
		t.Errorf("%s", lines(c.Findings))
	}
	if len(c.Assumptions) != 1 || !strings.Contains(c.Assumptions[0], "workers") {
		t.Errorf("the answer says that it is about members to be: %v", c.Assumptions)
	}
	if f := only(t, check(t, workload("", "prod-private", "workers"), "open-to-internet")); f.Severity != report.Note {
		t.Errorf("in a private subnet: %s", f.Message)
	}
	if f := only(t, check(t, workload(network.OwnerFunction, "prod-public", "workers"), "open-to-internet")); f.Severity != report.Note {
		t.Errorf("a function has no public address (LAMBDA-1): %s", f.Message)
	}
	// The groups of a member are united: one of them lets out what the other does not.
	c = check(t, workload(network.OwnerDatabase, "prod-private", "more", "workers"), "data-tier-egress")
	if f := only(t, c); f.Severity != report.Error || !strings.Contains(f.Message, "workers to be") {
		t.Errorf("%s", lines(c.Findings))
	}
	if f := only(t, check(t, workload(network.OwnerDatabase, "prod-private", "more"), "data-tier-egress")); f.Severity != report.Note {
		t.Errorf("a group that lets nothing out: %s", f.Message)
	}
	if c := check(t, workload("", "prod-private", "workers", "more"), "data-tier-egress"); len(c.Findings) > 0 {
		t.Errorf("a tier without data: %s", lines(c.Findings))
	}
	// A group that a workload names is no spare one, and one that is nobody's is.
	if f := only(t, check(t, workload("", "prod-private", "workers"), "unattached")); f.ID != "more" {
		t.Errorf("%s", f.Message)
	}
}

// TestTemplates: a template that does not say where is placed in all subnets in code (V-16), and left alone in an account: what is used there has interfaces.
func TestTemplates(t *testing.T) {
	for address, want := range map[string]report.Severity{"": report.Note, "aws_launch_template.workers": report.Error} {
		n := with(t, someday, func(c *network.Contents) {
			c.Workloads = append(c.Workloads, &network.Workload{Object: network.Object{ID: "lt-1", Name: "workers", Address: address}, VPC: "vpc-prod", Groups: []string{"workers"}})
		})
		if f := only(t, check(t, n, "open-to-internet")); f.Severity != want {
			t.Errorf("%q: %s", address, f.Message)
		}
	}
}

// TestPartial: of what another configuration manages, only a part is known here. It is not told that nothing uses it.
func TestPartial(t *testing.T) {
	n := with(t, "vpc vpc-a 10.1.0.0/16\nvpc vpc-b 10.2.0.0/16\npeering pcx-1 vpc-a vpc-b\nsubnet a vpc-a 10.1.1.0/24 table=rtb-a\ntable rtb-a vpc-a\n  10.2.0.0/16 pcx-1\ntable rtb-b vpc-b\ngroup g vpc-b\nacl acl-b vpc-b\n", func(c *network.Contents) {
		for _, t := range c.RouteTables {
			t.Partial = t.ID == "rtb-b"
		}
		for _, g := range c.SecurityGroups {
			g.Partial = true
		}
		for _, a := range c.NetworkACLs {
			a.Partial = a.ID == "acl-b"
		}
	})
	if c := check(t, n, "unattached", "one-way-peering"); len(c.Findings) > 0 {
		t.Errorf("%s", lines(c.Findings))
	}
}

// BenchmarkCheck applies all rules to a VPC of 10,000 interfaces.
func BenchmarkCheck(b *testing.B) {
	n := network.New(synth.Generate(synth.Options{Interfaces: 10000}))
	for b.Loop() {
		if _, err := Check(n, Options{Now: today}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestFacingBalancer: a load balancer that faces the internet by IPv6 alone is meant to; an internal one with a way in is not.
func TestFacingBalancer(t *testing.T) {
	for _, internal := range []bool{false, true} {
		n := with(t, `vpc vpc-prod 10.0.0.0/16 2600:1f18:1:1100::/56
subnet prod-edge vpc-prod 10.0.0.0/24 2600:1f18:1:1101::/64 table=rtb-edge
igw igw-prod vpc-prod
table rtb-edge vpc-prod
  ::/0 igw-prod
group front vpc-prod
  in tcp 443 ::/0
targets web https 443 vpc-prod instance
balancer front application prod-edge 10.0.0.10 2600:1f18:1:1101::10 front
  listen https 443 web
`, func(c *network.Contents) { c.LoadBalancers[0].Internal = internal })
		if c := check(t, n, "ipv6-public"); len(c.Findings) > 0 != internal {
			t.Errorf("internal: %v: %s", internal, lines(c.Findings))
		}
	}
}

// TestTierByContents: databases make a tier one of data, and what else is in it is not looked at; that both share a table is a warning.
func TestTierByContents(t *testing.T) {
	n := with(t, someday+"eni web-1 prod-private 10.0.1.5 workers\neni db-1 prod-private 10.0.1.6 more\n", func(c *network.Contents) {
		for _, i := range c.Interfaces {
			if i.ID == "db-1" {
				i.Owner = network.Owner{Kind: network.OwnerDatabase, ID: "db", Sure: true}
			}
		}
	})
	if f := only(t, check(t, n, "data-tier-egress")); f.Severity != report.Note {
		t.Errorf("the database cannot get out: %s", f.Message)
	}
	n = with(t, someday+"eni web-1 prod-private 10.0.1.5 workers\neni db-1 prod-private 10.0.1.6 workers\n", func(c *network.Contents) {
		for _, i := range c.Interfaces {
			if i.ID == "db-1" {
				i.Owner = network.Owner{Kind: network.OwnerDatabase, ID: "db", Sure: true}
			}
		}
	})
	if f := only(t, check(t, n, "data-tier-egress")); f.Severity != report.Warning || strings.Contains(f.Message, "web-1") || !strings.Contains(f.Message, "db-1") {
		t.Errorf("the database can: %s %s", f.Severity, f.Message)
	}
}

// TestPlans: a plan knows what is in it only.
func TestPlans(t *testing.T) {
	n := with(t, "vpc vpc-prod 10.0.0.0/16\ngroup spare vpc-prod\n  in tcp 443 0.0.0.0/0\n  in tcp 444 elsewhere\ngroup elsewhere vpc-prod\n", func(c *network.Contents) {
		c.SecurityGroups = slices.DeleteFunc(c.SecurityGroups, func(g *network.SecurityGroup) bool { return g.ID == "elsewhere" })
		c.SecurityGroups[0].Address = "aws_security_group.spare"
	})
	c := check(t, n, "unattached", "open-to-internet", "unused-rule")
	if len(c.Findings) != 2 {
		t.Fatalf("a group that code does not make may be there: %s", lines(c.Findings))
	}
	for _, f := range c.Findings {
		if !strings.Contains(f.Message, "in this plan") || f.Address != "aws_security_group.spare" {
			t.Errorf("%s", f.Message)
		}
	}
}

// TestSameNames: VPCs, and instances of different roles, that a reader would take for one.
func TestSameNames(t *testing.T) {
	n := with(t, "vpc vpc-1 10.0.0.0/16\nvpc vpc-2 10.1.0.0/16\nsubnet s vpc-1 10.0.1.0/24\ngroup a vpc-1\ngroup b vpc-1\neni i-1 s 10.0.1.5 a\neni i-2 s 10.0.1.6 b\neni i-3 s 10.0.1.7 b\n", func(c *network.Contents) {
		for _, v := range c.VPCs {
			v.Name = "prod"
		}
		for _, i := range c.Instances {
			i.Name = "app"
			if i.Interfaces[0] == "i-3" {
				i.Name = "other"
			}
		}
	})
	c := check(t, n, "naming")
	if len(c.Findings) != 2 || !strings.Contains(c.Findings[0].Message+c.Findings[1].Message, "carry different groups: a and b") {
		t.Errorf("%s", lines(c.Findings))
	}
}

// TestStale: a reference to a group that is not there is stale where all groups that may be named were collected, and not known elsewhere (SG-6, SG-14).
func TestStale(t *testing.T) {
	gone := func(collected ...network.Place) *network.Network {
		return with(t, "vpc vpc-prod 10.0.0.0/16\nsubnet s vpc-prod 10.0.1.0/24\ngroup a vpc-prod\n  in tcp 443 b\ngroup b vpc-prod\neni a-1 s 10.0.1.5 a\n", func(c *network.Contents) {
			c.SecurityGroups = slices.DeleteFunc(c.SecurityGroups, func(g *network.SecurityGroup) bool { return g.ID == "b" })
			c.Collected = collected
		})
	}
	if f := only(t, check(t, gone(network.Place{Account: "111111111111", Region: "us-east-1"}), "unused-rule")); !strings.Contains(f.Message, "there is no such group") {
		t.Errorf("%s", f.Message)
	}
	if c := check(t, gone(network.Place{Account: "222222222222", Region: "us-east-1"}), "unused-rule"); len(c.Findings) > 0 {
		t.Errorf("the account was not collected: %s", lines(c.Findings))
	}
}

// TestDeterminism: the same objects give the same findings, in whatever order they come, again and again.
func TestDeterminism(t *testing.T) {
	make := func(shuffle bool) *network.Network {
		c := synth.Generate(synth.Options{Interfaces: 3000, VPCs: 12})
		if shuffle {
			r := rand.New(rand.NewPCG(1, 2))
			r.Shuffle(len(c.Interfaces), reflect.Swapper(c.Interfaces))
			r.Shuffle(len(c.SecurityGroups), reflect.Swapper(c.SecurityGroups))
			r.Shuffle(len(c.Subnets), reflect.Swapper(c.Subnets))
			r.Shuffle(len(c.RouteTables), reflect.Swapper(c.RouteTables))
			r.Shuffle(len(c.NetworkACLs), reflect.Swapper(c.NetworkACLs))
		}
		return network.New(c)
	}
	one, two := check(t, make(false)), check(t, make(true))
	if len(one.Findings) == 0 || !reflect.DeepEqual(one, two) {
		t.Errorf("%d and %d findings", len(one.Findings), len(two.Findings))
		for i := range one.Findings {
			if i < len(two.Findings) && !reflect.DeepEqual(one.Findings[i], two.Findings[i]) {
				t.Fatalf("%s\n%s", lines(one.Findings[i:i+1]), lines(two.Findings[i:i+1]))
			}
		}
	}
	if !slices.IsSortedFunc(one.Findings, func(a, b report.Finding) int {
		return slices.Index(report.Severities, a.Severity) - slices.Index(report.Severities, b.Severity)
	}) {
		t.Error("the worst come first")
	}
}

// TestRandom: whatever a network holds, rules come to an end, their witnesses are walked, and each thing to mend is named once by each rule and message.
func TestRandom(t *testing.T) {
	for seed := range uint64(150) {
		n := network.New(random.Network(seed))
		c, err := Check(n, Options{Now: today})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		seen := map[string]bool{}
		for _, f := range c.Findings {
			key := fmt.Sprint(f.Rule, f.ID, f.Message)
			if seen[key] {
				t.Errorf("seed %d: twice: %s", seed, lines([]report.Finding{f}))
			}
			seen[key] = true
			if strings.Contains(f.Message, "%!") || strings.Contains(f.Mend, "%!") || strings.Contains(f.Message, "  ") {
				t.Errorf("seed %d: %s", seed, f.Message)
			}
		}
	}
}

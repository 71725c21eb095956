package audit

import (
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/scenario"
)

// bastion is the example of open-to-internet, as if it came from Terraform.
func bastion(t *testing.T, change func(*network.Contents)) *network.Network {
	t.Helper()
	contents, err := scenario.Parse("bastion", openToInternet.Example)
	if err != nil {
		t.Fatal(err)
	}
	g := contents.SecurityGroups[0]
	g.Address = `module.edge["a"].aws_security_group.bastion[0]`
	g.Inbound[0].Origin = network.Origin{Source: "infra/main.tf", Line: 7, Path: `module.edge["a"].aws_vpc_security_group_ingress_rule.ssh["x.y"].cidr_ipv4`}
	if change != nil {
		change(&contents)
	}
	return network.New(contents)
}

func TestOrigin(t *testing.T) {
	f := check(t, bastion(t, nil), "open-to-internet").Findings[0]
	if f.Location == nil || *f.Location != (report.Location{File: "infra/main.tf", Line: 7}) {
		t.Errorf("the place is that of the rule: %+v", f.Location)
	}
	if f.Address != `module.edge["a"].aws_vpc_security_group_ingress_rule.ssh["x.y"]` {
		t.Errorf("the address is that of the rule, which is a resource of its own: %s", f.Address)
	}
	if f.Kind != "security group" || f.ID != "bastion" {
		t.Errorf("the object is the group: %s %s", f.Kind, f.ID)
	}
}

// TestSuppressions: what a suppression must say to count, and what is said when it does not.
func TestSuppressions(t *testing.T) {
	const reason, until = "the partner moves to a VPN", "2026-11-26"
	for name, test := range map[string]struct {
		address, rule, reason, until string
		hidden                       bool
		also                         string // rule and a part of the message of the finding beside
	}{
		"by the rule's address":        {`module.edge["a"].aws_vpc_security_group_ingress_rule.ssh["x.y"]`, "open-to-internet", reason, until, true, ""},
		"by the group's address":       {`module.edge["a"].aws_security_group.bastion[0]`, "open-to-internet", reason, until, true, ""},
		"without the index":            {`module.edge["a"].aws_security_group.bastion`, "open-to-internet", reason, until, true, ""},
		"without any index":            {`module.edge.aws_security_group.bastion`, "open-to-internet", reason, until, true, ""},
		"for the module":               {`module.edge`, "open-to-internet", reason, until, true, ""},
		"for an instance of it":        {`module.edge["a"]`, "open-to-internet", reason, until, true, ""},
		"for another instance of it":   {`module.edge["b"]`, "open-to-internet", reason, until, false, "idle-suppression hides nothing"},
		"for another index":            {`module.edge["a"].aws_security_group.bastion[1]`, "open-to-internet", reason, until, false, "idle-suppression hides nothing"},
		"for a name that begins alike": {`module.ed`, "open-to-internet", reason, until, false, "idle-suppression hides nothing"},
		"for another resource":         {`aws_security_group.bastion`, "open-to-internet", reason, until, false, "idle-suppression hides nothing"},
		"of a rule that does not run":  {`module.edge`, "naming", reason, until, false, ""},
		"of no rule":                   {`module.edge`, "open-internet", reason, until, false, "idle-suppression there is no rule of that name"},
		"over since yesterday":         {`module.edge`, "open-to-internet", reason, "2026-11-25", false, "expired-suppression ended on 2026-11-25"},
		"without a last day":           {`module.edge`, "open-to-internet", reason, "", false, "idle-suppression it has no last day"},
		"with a day that is none":      {`module.edge`, "open-to-internet", reason, "31.12.2026", false, "idle-suppression is not written as 2027-01-31"},
		"without a reason":             {`module.edge`, "open-to-internet", "", until, false, "idle-suppression it gives no reason"},
	} {
		t.Run(name, func(t *testing.T) {
			at := network.Origin{Source: "infra/edge.tf", Line: 3}
			n := bastion(t, func(c *network.Contents) {
				c.Suppressions = append(c.Suppressions, network.Suppression{Address: test.address, Rule: test.rule, Reason: test.reason, Until: test.until, Origin: at})
			})
			c := check(t, n, "open-to-internet", "idle-suppression", "expired-suppression")
			rest := c.Findings
			if hidden := len(c.Suppressed) == 1; hidden != test.hidden {
				t.Fatalf("hidden: %v\n%s", hidden, lines(c.Findings))
			} else if hidden {
				s := c.Suppressed[0].Suppression
				if s == nil || s.Reason != reason || s.Until != until || s.Location == nil || s.Location.Line != 3 {
					t.Errorf("a suppressed finding says why, until when and where: %+v", s)
				}
			} else {
				if rest[0].Rule != "open-to-internet" || rest[0].Severity != report.Error {
					t.Errorf("the finding counts: %s", lines(rest))
				}
				rest = rest[1:]
			}
			if test.also == "" {
				if len(rest) > 0 {
					t.Errorf("beside: %s", lines(rest))
				}
				return
			}
			rule, words, _ := strings.Cut(test.also, " ")
			if len(rest) != 1 || rest[0].Rule != rule || rest[0].Severity != report.Note || !strings.Contains(rest[0].Message, words) || rest[0].Location == nil || rest[0].Mend == "" {
				t.Errorf("beside, expected %s: %s", test.also, lines(rest))
			}
		})
	}
}

// TestSuppressionsOfAll: a rule filter takes the notes about suppressions away with all other rules.
func TestSuppressionsOfAll(t *testing.T) {
	n := bastion(t, func(c *network.Contents) {
		c.Suppressions = append(c.Suppressions, network.Suppression{Address: "module.other", Rule: "open-to-internet", Reason: "r", Until: "2027-01-31"})
	})
	if c := check(t, n, "open-to-internet"); len(c.Findings) != 1 {
		t.Errorf("with --rule open-to-internet: %s", lines(c.Findings))
	}
	if c := check(t, n); !slices.ContainsFunc(c.Findings, func(f report.Finding) bool { return f.Rule == "idle-suppression" && f.ID == "module.other" }) {
		t.Errorf("with all rules: %s", lines(c.Findings))
	}
}

// TestTags: in a network of AWS's answers the object says it itself, in a tag.
func TestTags(t *testing.T) {
	tagged := func(tags ...network.Tag) *report.Check {
		n := bastion(t, func(c *network.Contents) {
			c.SecurityGroups[0].Tags = tags
			c.SecurityGroups[0].Address, c.SecurityGroups[0].Inbound[0].Origin = "", network.Origin{Source: "SecurityGroups.json", Path: "/SecurityGroups/0"}
		})
		return check(t, n, "open-to-internet", "unrestricted-egress", "idle-suppression", "expired-suppression")
	}
	c := tagged(network.Tag{Key: "watertight:ignore", Value: "open-to-internet until=2027-01-31 the partner moves to a VPN"}, network.Tag{Key: "watertight:ignore:2", Value: "unrestricted-egress builds until=2027-02-01 fetch from anywhere"})
	if len(c.Findings) != 0 || len(c.Suppressed) != 2 {
		t.Fatalf("two rules of one object: %s", lines(c.Findings))
	}
	if s := c.Suppressed[0].Suppression; s.Reason != "the partner moves to a VPN" || s.Until != "2027-01-31" {
		t.Errorf("%+v", s)
	}
	if s := c.Suppressed[1].Suppression; s.Reason != "builds fetch from anywhere" {
		t.Errorf("%+v", s)
	}
	c = tagged(network.Tag{Key: "watertight:ignore", Value: "open-to-internet until=2026-01-31 the partner moves to a VPN"})
	if len(c.Suppressed) != 0 || !slices.ContainsFunc(c.Findings, func(f report.Finding) bool { return f.Rule == "expired-suppression" && f.ID == "bastion" }) {
		t.Errorf("the day is over: %s", lines(c.Findings))
	}
	if c = tagged(network.Tag{Key: "watertight:ignore", Value: ""}); !slices.ContainsFunc(c.Findings, func(f report.Finding) bool {
		return f.Rule == "idle-suppression" && strings.Contains(f.Message, "names no rule")
	}) {
		t.Errorf("an empty tag: %s", lines(c.Findings))
	}
}

func TestWithin(t *testing.T) {
	for _, test := range []struct {
		address, named string
		want           bool
	}{
		{`aws_subnet.a["x].y"]`, `aws_subnet.a`, true},
		{`aws_subnet.a["x].y"]`, `aws_subnet.a["x].y"]`, true},
		{`aws_subnet.a["x\"]"]`, `aws_subnet.a["x\"]"]`, true},
		{`aws_subnet.a`, `aws_subnet.a[0]`, false},
		{`module.a.module.b.aws_subnet.c`, `module.a`, true},
		{`module.a.module.b.aws_subnet.c`, `module.b`, false},
		{`module.a.module.b.aws_subnet.c`, `module.a.module.b.aws_subnet.c`, true},
		{`data.aws_subnet.a`, `aws_subnet.a`, false},
		{`aws_subnet.a.tags["x"]`, `aws_subnet.a`, true},
		{`aws_subnet.ab`, `aws_subnet.a`, false},
		{`aws_subnet.a`, ``, false},
		{``, `aws_subnet.a`, false},
		{`aws_subnet.a["x`, `aws_subnet.a`, false},
	} {
		if got := within(test.address, test.named); got != test.want {
			t.Errorf("within(%s, %s) = %v", test.address, test.named, got)
		}
	}
}

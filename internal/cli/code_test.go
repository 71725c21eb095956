package cli

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/report"
)

// What is destroyed and what is replaced shows over a state, each with the resource that is the cause.
func TestOverState(t *testing.T) {
	stack(t, `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
resource "aws_vpc" "prod" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.prod.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.prod.id
}
resource "aws_security_group" "database" {
  name        = "database"
  description = "Keeps the data"
  vpc_id      = aws_vpc.prod.id
}
resource "aws_vpc_security_group_egress_rule" "web" {
  security_group_id = aws_security_group.web.id
  cidr_ipv4         = "10.0.0.0/16"
  ip_protocol       = "-1"
}
resource "aws_vpc_security_group_ingress_rule" "postgres" {
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5433
}
resource "aws_instance" "web" {
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [aws_security_group.web.id]
}
resource "aws_instance" "database" {
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [aws_security_group.database.id]
}
-- now.tfstate --
{"version": 4, "terraform_version": "1.5.0", "serial": 1, "lineage": "x", "outputs": {}, "resources": [
 {"mode": "managed", "type": "aws_vpc", "name": "prod", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"schema_version": 1, "attributes":
  {"id": "vpc-0a", "arn": "arn:aws:ec2:us-east-1:333333333333:vpc/vpc-0a", "cidr_block": "10.0.0.0/16", "instance_tenancy": "default", "enable_dns_support": true}}]},
 {"mode": "managed", "type": "aws_subnet", "name": "app", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"schema_version": 1, "attributes":
  {"id": "subnet-0a", "arn": "arn:aws:ec2:us-east-1:333333333333:subnet/subnet-0a", "vpc_id": "vpc-0a", "cidr_block": "10.0.1.0/24", "availability_zone": "us-east-1a"}}]},
 {"mode": "managed", "type": "aws_security_group", "name": "web", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"schema_version": 1, "attributes":
  {"id": "sg-0a", "arn": "arn:aws:ec2:us-east-1:333333333333:security-group/sg-0a", "name": "web", "description": "Managed by Terraform", "vpc_id": "vpc-0a", "ingress": [], "egress": []}}]},
 {"mode": "managed", "type": "aws_security_group", "name": "database", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"schema_version": 1, "attributes":
  {"id": "sg-0b", "arn": "arn:aws:ec2:us-east-1:333333333333:security-group/sg-0b", "name": "database", "description": "Kept the data", "vpc_id": "vpc-0a", "ingress": [], "egress": []}}]},
 {"mode": "managed", "type": "aws_vpc_security_group_egress_rule", "name": "web", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"schema_version": 0, "attributes":
  {"id": "sgr-01", "arn": "arn:aws:ec2:us-east-1:333333333333:security-group-rule/sgr-01", "security_group_id": "sg-0a", "cidr_ipv4": "10.0.0.0/16", "ip_protocol": "-1"}}]},
 {"mode": "managed", "type": "aws_vpc_security_group_ingress_rule", "name": "postgres", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"schema_version": 0, "attributes":
  {"id": "sgr-02", "arn": "arn:aws:ec2:us-east-1:333333333333:security-group-rule/sgr-02", "security_group_id": "sg-0b", "referenced_security_group_id": "sg-0a", "ip_protocol": "tcp", "from_port": 5432, "to_port": 5432}}]},
 {"mode": "managed", "type": "aws_vpc_security_group_ingress_rule", "name": "ssh", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"schema_version": 0, "attributes":
  {"id": "sgr-03", "arn": "arn:aws:ec2:us-east-1:333333333333:security-group-rule/sgr-03", "security_group_id": "sg-0b", "cidr_ipv4": "10.0.1.0/24", "ip_protocol": "tcp", "from_port": 22, "to_port": 22}}]},
 {"mode": "managed", "type": "aws_instance", "name": "web", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"schema_version": 1, "attributes":
  {"id": "i-0a", "arn": "arn:aws:ec2:us-east-1:333333333333:instance/i-0a", "ami": "ami-0b301ce3ce347599c", "instance_type": "t3.micro", "subnet_id": "subnet-0a", "private_ip": "10.0.1.10", "primary_network_interface_id": "eni-0a", "vpc_security_group_ids": ["sg-0a"]}}]},
 {"mode": "managed", "type": "aws_instance", "name": "database", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [{"schema_version": 1, "attributes":
  {"id": "i-0b", "arn": "arn:aws:ec2:us-east-1:333333333333:instance/i-0b", "ami": "ami-0b301ce3ce347599c", "instance_type": "t3.micro", "subnet_id": "subnet-0a", "private_ip": "10.0.1.20", "primary_network_interface_id": "eni-0b", "vpc_security_group_ids": ["sg-0b"]}}]}]}
`)
	says(t, answered, "plan infra --state now.tfstate -o plan.json")
	raw, err := os.ReadFile("plan.json")
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		Changes []struct {
			Address string `json:"address"`
			Change  struct {
				Actions []string `json:"actions"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(raw, &plan); err != nil {
		t.Fatal(err)
	}
	actions := map[string]string{}
	for _, c := range plan.Changes {
		actions[c.Address] = strings.Join(c.Change.Actions, " ")
	}
	if actions["aws_security_group.database"] != "delete create" || actions["aws_vpc_security_group_ingress_rule.ssh"] != "delete" {
		t.Errorf("a group whose description changes is replaced, and a rule that the code does not have is destroyed: %v", actions)
	}

	out := says(t, unexpected, "diff plan.json", "1 newly reachable, 1 no longer reachable",
		"web → database tcp 5433", "infra/main.tf:25", // the rule, in the group that takes the place of the other
		"web → database tcp 22", "inbound tcp 22 from 10.0.1.0/24 removed", "aws_vpc_security_group_ingress_rule.ssh")
	if strings.Contains(out.stdout, "tcp 5432 ") {
		t.Errorf("5432 is as it was, in another group:\n%s", out.stdout)
	}
	says(t, unexpected, "diff plan.json --fail-on unreachable", "1 change counts for --fail-on unreachable")
	says(t, answered, "diff plan.json --fail-on none")
	put(t, "other.tfstate", `{"version": 4, "terraform_version": "1.5.0", "serial": 1, "lineage": "y", "outputs": {}, "resources": []}`)
	says(t, unexpected, "diff plan.json --from other.tfstate", "1 newly reachable, 1 no longer reachable") // a state has no past, and is around both halves
}

// A role that nothing carries yet has answers, and diff tells of it when a rule opens something for it.
func TestRoleToBe(t *testing.T) {
	stack(t, `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
resource "aws_vpc" "prod" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.prod.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.prod.id
}
resource "aws_instance" "web" {
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [aws_security_group.web.id]
}
resource "aws_security_group" "batch" {
  name   = "batch"
  vpc_id = aws_vpc.prod.id
}
resource "aws_vpc_security_group_egress_rule" "batch" {
  security_group_id = aws_security_group.batch.id
  cidr_ipv4         = "10.0.0.0/16"
  ip_protocol       = "-1"
}
`)
	says(t, answered, "plan infra -o before.json")
	put(t, "infra/rule.tf", `resource "aws_vpc_security_group_ingress_rule" "web" {
  security_group_id            = aws_security_group.web.id
  referenced_security_group_id = aws_security_group.batch.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
`)
	says(t, answered, "plan infra -o after.json")
	says(t, answered, "can batch web:443 --from before.json", "unreachable", "SG_HAS_NO_RULES", "No interface carries the security group batch (aws_security_group.batch) yet")
	answers(t, "batch web:443 --from after.json", report.Reachable)
	answers(t, "batch web:80 --from after.json", report.Unreachable)
	says(t, unexpected, "diff before.json after.json", "1 newly reachable", "batch → web tcp 443", "because of aws_security_group.web: inbound tcp 443 from batch", "infra/rule.tf:1")
}

// Whatever is asked about a folder of code, the folder is as it was.
func TestFolderIsLeftAlone(t *testing.T) {
	stack(t, bastion)
	before := everything(t)
	for _, command := range []string{"plan infra", "plan infra --json", "can internet bastion:22 --from infra", "matrix --from infra", "check --from infra --fail-on none", "diff infra infra", "plan infra --workspace prod -o -"} {
		says(t, answered, command)
	}
	if after := everything(t); !slices.Equal(before, after) {
		t.Errorf("before: %q\nafter:  %q", before, after)
	}
}

// everything are the files in the working directory, with their sizes, modes and times.
func everything(t *testing.T) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		all = append(all, fmt.Sprint(path, " ", info.Size(), " ", info.Mode(), " ", info.ModTime().UnixNano()))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Documents for programs, exit codes, colours and completion are the same for code and plans as for networks that were collected.
func TestVerbsOnCode(t *testing.T) {
	stack(t, bastion)
	says(t, answered, "plan infra -o plan.json")
	edit(t, "infra/main.tf", `cidr_ipv4         = "0.0.0.0/0"`, `cidr_ipv4         = "10.0.0.0/8"`)
	says(t, answered, "plan infra -o closed.json")

	for _, document := range []struct {
		command string
		code    int
		kind    string
	}{
		{"plan infra --json", answered, "plan"}, {"diff closed.json plan.json --json", unexpected, report.KindDiff}, {"diff plan.json closed.json --json", answered, report.KindDiff},
		{"check --from plan.json --json", unexpected, report.KindCheck}, {"check --from closed.json --json", answered, report.KindCheck}, {"can internet bastion:22 --json --from plan.json", answered, report.KindCan},
		{"matrix --from plan.json --json", answered, report.KindMatrix},
	} {
		out := says(t, document.code, document.command)
		var head struct{ Schema, Kind string }
		if err := json.Unmarshal([]byte(out.stdout), &head); err != nil || head.Schema != report.Schema || head.Kind != document.kind {
			t.Errorf("watertight %s: %v, %+v", document.command, err, head)
		}
		if strings.Contains(out.stdout, ": null") {
			t.Errorf("watertight %s: a list is null:\n%s", document.command, out.stdout)
		}
	}

	says(t, answered, "diff plan.json plan.json --fail-on any", "No change")
	says(t, unexpected, "diff plan.json closed.json --fail-on unreachable", "no longer reachable", "infra/main.tf:32")
	says(t, unexpected, "diff plan.json", "1 newly reachable", "plan.json (before) → plan.json (planned)", "aws_instance.bastion created") // nothing was there before
	says(t, wrongInput, "diff nowhere plan.json", "nowhere")
	says(t, wrongInput, "check --from nowhere", "nowhere")
	says(t, wrongInput, "plan nowhere", "nowhere")
	says(t, wrongInput, "plan .", "no")
	says(t, unexpected, "can internet bastion:22 --expect unreachable --from plan.json", "the answer is reachable, and unreachable was expected")
	put(t, "broken/main.tf", "resource \"aws_vpc\" \"a\" {\n  cidr_block = \n}\n")
	says(t, wrongInput, "plan broken", "broken/main.tf", "line 2")
	says(t, wrongInput, "check --from broken", "broken/main.tf", "line 2")

	for _, command := range []string{"diff closed.json plan.json", "check --from plan.json"} {
		for color, want := range map[string]bool{"auto": false, "never": false, "always": true} {
			if out := run([]string{"NO_COLOR=1"}, append(strings.Fields(command), "--color", color)...); strings.Contains(out.stdout, "\x1b[") != want {
				t.Errorf("watertight %s --color %s: %q", command, color, out.stdout)
			}
		}
	}

	for _, completion := range []struct{ args, want string }{
		{"can --from plan.json aws_", "aws_instance.bastion"}, {"can --from plan.json internet aws_sec", "aws_security_group.bastion"}, {"who --from plan.json bas", "bastion"},
		{"check --rule open", "open-to-internet"}, {"diff closed.json plan.json --fail-on un", "unreachable"}, {"diff --format s", "sarif"}, {"check --format j", "junit"}, {"plan --terraform to", "tofu"},
	} {
		got := run(nil, append([]string{"__complete"}, strings.Fields(completion.args)...)...)
		if !strings.Contains("\n"+got.stdout, "\n"+completion.want) {
			t.Errorf("%s: %q, want %q", completion.args, got.stdout, completion.want)
		}
	}
}

// Two checkouts of one configuration are the same network, whatever their folders are called.
func TestTwoCheckouts(t *testing.T) {
	example, err := filepath.Abs("../../examples/pull-request/code")
	if err != nil {
		t.Fatal(err)
	}
	stack(t, `
-- main/infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
resource "aws_vpc" "prod" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}
resource "aws_subnet" "guard" {
  for_each          = { "us-east-1a" = "10.0.1.0/24", "us-east-1b" = "10.0.3.0/24" }
  vpc_id            = aws_vpc.prod.id
  cidr_block        = each.value
  availability_zone = each.key
}
resource "aws_subnet" "app" {
  vpc_id            = aws_vpc.prod.id
  cidr_block        = "10.0.2.0/24"
  ipv6_cidr_block   = cidrsubnet(aws_vpc.prod.ipv6_cidr_block, 8, 2)
  availability_zone = "us-east-1a"
}
resource "aws_networkfirewall_firewall_policy" "all" {
  name = "all"
  firewall_policy {
    stateless_default_actions          = ["aws:pass"]
    stateless_fragment_default_actions = ["aws:pass"]
  }
}
resource "aws_networkfirewall_firewall" "guard" {
  name                = "guard"
  firewall_policy_arn = aws_networkfirewall_firewall_policy.all.arn
  vpc_id              = aws_vpc.prod.id
  dynamic "subnet_mapping" {
    for_each = aws_subnet.guard
    content {
      subnet_id = subnet_mapping.value.id
    }
  }
}
resource "aws_route_table" "app" {
  vpc_id = aws_vpc.prod.id
  route {
    cidr_block      = "0.0.0.0/0"
    vpc_endpoint_id = one([for s in aws_networkfirewall_firewall.guard.firewall_status[0].sync_states : s.attachment[0].endpoint_id if s.availability_zone == "us-east-1a"])
  }
}
resource "aws_route_table_association" "app" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}
`)
	for to, from := range map[string]string{"branch": "main/infra", "main/orders": example, "orders-branch": example} {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	says(t, 0, "diff main/infra branch", "No change: the networks are the same.")
	says(t, 0, "diff main/orders orders-branch", "No change: the networks are the same.")
	// A configuration around them, whose folder is called like theirs and which has the same addresses, is another.
	for _, to := range []string{"checkout/infra", "infra"} {
		if err := os.CopyFS(to, os.DirFS("branch")); err != nil {
			t.Fatal(err)
		}
	}
	edit(t, "infra/main.tf", `"guard"
  firewall_policy_arn`, `"another"
  firewall_policy_arn`)
	if o := says(t, 0, "diff main/infra checkout/infra --from infra", "No change: the networks are the same."); strings.Contains(o.stderr, "twice") {
		t.Errorf("%s", o.stderr)
	}
	// Plans that were made on their own have identifiers of their own. Several interfaces of one resource, and endpoints of one firewall, are told apart by their
	// subnets.
	says(t, 0, "plan -o old.json main/orders")
	says(t, 0, "plan -o new.json orders-branch")
	says(t, 0, "diff old.json new.json", "No change: the networks are the same.")
	edit(t, "main/infra/main.tf", "  assign_generated_ipv6_cidr_block = true\n", "")
	edit(t, "main/infra/main.tf", "  ipv6_cidr_block   = cidrsubnet(aws_vpc.prod.ipv6_cidr_block, 8, 2)\n", "")
	if err := os.CopyFS("again", os.DirFS("main/infra")); err != nil {
		t.Fatal(err)
	}
	says(t, 0, "plan -o before.json main/infra")
	says(t, 0, "plan -o after.json again")
	says(t, 0, "diff before.json after.json", "No change: the networks are the same.")
}

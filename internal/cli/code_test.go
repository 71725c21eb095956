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

	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/scenario"
	"github.com/watertight/watertight/internal/source/dump"
)

// stack lays the files of an archive into an empty folder, and goes there. The test is skipped where Terraform is not installed.
func stack(t *testing.T, archive string) {
	t.Helper()
	terraform(t)
	t.Chdir(t.TempDir())
	files := txtar.Parse([]byte(archive)).Files
	if len(files) == 0 {
		t.Fatal("the archive has no files")
	}
	for _, file := range files {
		put(t, file.Name, string(file.Data))
	}
}

// put writes a file of the stack.
func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// edit replaces what stands once in a file.
func edit(t *testing.T, name, old, new string) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(raw), old); n != 1 {
		t.Fatalf("%s has %q %d times", name, old, n)
	}
	put(t, name, strings.Replace(string(raw), old, new, 1))
}

// says runs a command, and wants an exit code and words on standard output or standard error.
func says(t *testing.T, code int, command string, words ...string) outcome {
	t.Helper()
	return saysIn(t, nil, code, command, words...)
}

func saysIn(t *testing.T, env []string, code int, command string, words ...string) outcome {
	t.Helper()
	if env != nil {
		env = append(os.Environ(), env...)
	}
	out := run(env, strings.Fields(command)...)
	if out.code != code {
		t.Errorf("watertight %s: exit code %d, want %d\n%s%s", command, out.code, code, out.stdout, out.stderr)
	}
	flat := strings.Join(strings.Fields(out.stdout+" "+out.stderr), " ") // lines are folded
	for _, each := range words {
		if !strings.Contains(flat, each) {
			t.Errorf("watertight %s does not say %q:\n%s%s", command, each, out.stdout, out.stderr)
		}
	}
	return out
}

// answers asks a question with can, and wants a verdict.
func answers(t *testing.T, question string, want report.Verdict) report.Can {
	t.Helper()
	answer := asked(t, strings.Fields(question)...)
	if answer.Verdict != want {
		t.Errorf("watertight can %s: %s, want %s", question, answer.Verdict, want)
	}
	return answer
}

// What code looks up in an account is not known without an answer, and known for certain with one.
const lookingUp = `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/ci"
  }
}
data "aws_vpc" "prod" {
  tags = { Name = "prod" }
}
data "aws_subnets" "app" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.prod.id]
  }
  filter {
    name   = "tag:Name"
    values = ["prod-app-*"]
  }
}
data "aws_security_group" "database" {
  name   = "database-postgres"
  vpc_id = data.aws_vpc.prod.id
}
resource "aws_security_group" "reports" {
  name   = "reports"
  vpc_id = data.aws_vpc.prod.id
}
resource "aws_vpc_security_group_egress_rule" "reports" {
  security_group_id            = aws_security_group.reports.id
  referenced_security_group_id = data.aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = data.aws_security_group.database.id
  referenced_security_group_id = aws_security_group.reports.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
resource "aws_vpc_security_group_ingress_rule" "ssh" {
  security_group_id = aws_security_group.reports.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}
resource "aws_instance" "reports" {
  for_each               = toset(data.aws_subnets.app.ids)
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = each.key
  vpc_security_group_ids = [aws_security_group.reports.id]
}
`

func TestLookedUp(t *testing.T) {
	acme, err := filepath.Abs("../../examples/acme/network")
	if err != nil {
		t.Fatal(err)
	}
	stack(t, lookingUp)

	says(t, answered, "plan infra", "infra/main.tf:7 data.aws_vpc.prod is looked up in AWS", "infra/main.tf:10 data.aws_subnets.app is looked up", "data.aws_security_group.database is looked up", "--from FOLDER answers it")
	says(t, answered, "can reports aws_instance.reports:5432 --from infra", "unknown", "data.aws_subnets.app is looked up in AWS", "to know: Give what has it with --from")

	// With the recorded network there are the three subnets, and the rule is added to the group that is there.
	with := " --from infra --from " + acme
	out := says(t, answered, "plan infra --json --from "+acme)
	var summary planSummary
	if err := json.Unmarshal([]byte(out.stdout), &summary); err != nil || len(summary.Lookups) > 0 || !slices.Contains(summary.Resources, count{"aws_instance", 3}) {
		t.Errorf("%v\n%s", err, out.stdout)
	}
	answer := answers(t, "reports database-postgres:5432"+with, report.Reachable)
	if len(answer.Parts) == 0 || answer.Parts[0].Witness == nil || !strings.HasPrefix(answer.Parts[0].Witness.SourceIP, "10.0.1") {
		t.Errorf("the instances are in the subnets of the application tier: %+v", answer.Parts)
	}
	answers(t, "reports cache-redis:6379"+with, report.Unreachable)
	answers(t, "internet reports:22"+with, report.Unreachable)
	answers(t, "prod/app-server database-postgres:5432"+with, report.Reachable) // as before
	if out := says(t, answered, "can reports database-postgres:5432"+with); out.stderr != "" {
		t.Errorf("nothing is wrong with that: %s", out.stderr)
	}

	// A change to what is there is compared where it is: alone, the configuration does not know what a rule for the group of another opens.
	says(t, answered, "plan infra -o after.json --from "+acme)
	edit(t, "infra/main.tf", `resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = data.aws_security_group.database.id`, `resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.reports.id`)
	says(t, answered, "plan infra -o before.json --from "+acme)
	says(t, unexpected, "diff before.json after.json --from "+acme, "1 newly reachable", "reports → database-postgres tcp 5432", "infra/main.tf:35")
	says(t, unexpected, "diff before.json after.json", "newly unknown", "it is managed elsewhere", "Give what has it with --from", "infra/main.tf:35")
	edit(t, "infra/main.tf", `cidr_ipv4         = "0.0.0.0/0"`, `cidr_ipv4         = "10.0.0.0/8"`)
	says(t, answered, "plan infra -o narrow.json --from "+acme)
	edit(t, "infra/main.tf", `cidr_ipv4         = "10.0.0.0/8"`, `cidr_ipv4         = "0.0.0.0/0"`)
	says(t, unexpected, "diff narrow.json before.json", "newly unknown", "anything → reports", "is not in the input. Give what has it with --from", "inbound tcp 22 from 0.0.0.0/0 added")
	says(t, answered, "diff before.json before.json --fail-on any", "No change")

	// A rule for addresses that are looked up is a doubt as well, beside one that was there.
	stacked := "resource \"aws_vpc_security_group_ingress_rule\" \"PORT\" {\n  security_group_id = aws_security_group.reports.id\n  cidr_ipv4 = data.aws_vpc.prod.cidr_block\n  ip_protocol = \"tcp\"\n  from_port = PORT\n  to_port = PORT\n}\n"
	put(t, "infra/one.tf", strings.ReplaceAll(strings.Replace(stacked, "PORT", "one", 1), "PORT", "8080"))
	says(t, answered, "plan infra -o one.json")
	put(t, "infra/two.tf", strings.ReplaceAll(strings.Replace(stacked, "PORT", "two", 1), "PORT", "9090"))
	says(t, answered, "plan infra -o two.json")
	says(t, unexpected, "diff one.json two.json", "1 newly unknown", "anything → reports", "data.aws_vpc.prod is looked up in AWS", "infra/two.tf:1")
	if err := os.Remove("infra/one.tf"); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove("infra/two.tf"); err != nil {
		t.Fatal(err)
	}

	// What the input does not have is not known: it does not make an empty list of it.
	edit(t, "infra/main.tf", `{ Name = "prod" }`, `{ Name = "elsewhere" }`)
	says(t, answered, "plan infra --from "+acme, "3 aws_instance", "data.aws_subnets.app is looked up")
}

// An instance in a subnet that only the dump knows has such addresses as that subnet gives.
func TestLookedUpSubnet(t *testing.T) {
	stack(t, `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
data "aws_subnet" "edge" {
  tags = { Name = "edge" }
}
resource "aws_security_group" "bastion" {
  name   = "bastion"
  vpc_id = data.aws_subnet.edge.vpc_id

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "bastion" {
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = data.aws_subnet.edge.id
  vpc_security_group_ids = [aws_security_group.bastion.id]
}
`)
	contents, err := scenario.Parse("edge", `vpc vpc-0000000a 10.0.0.0/16
subnet subnet-0000000a vpc-0000000a 10.0.7.0/24 table=rtb-0000000a public
igw igw-0000000a vpc-0000000a
table rtb-0000000a vpc-0000000a
  0.0.0.0/0 igw-0000000a
`)
	if err != nil {
		t.Fatal(err)
	}
	contents.Subnets[0].Name = "edge"
	if err := dump.Write("network", network.New(contents)); err != nil {
		t.Fatal(err)
	}
	answer := answers(t, "internet bastion:22 --from infra --from network", report.Reachable)
	if !strings.Contains(fmt.Sprint(answer.Parts[0].Path), "10.0.7.") {
		t.Errorf("it is in 10.0.7.0/24: %+v", answer.Parts[0].Path)
	}
}

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

const bastion = `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
resource "aws_vpc" "prod" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "prod" {
  vpc_id = aws_vpc.prod.id
}
resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.prod.id
  cidr_block              = "10.0.0.0/24"
  map_public_ip_on_launch = true
  tags                    = { Name = "public" }
}
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.prod.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.prod.id
  }
}
resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}
resource "aws_security_group" "bastion" {
  name   = "bastion"
  vpc_id = aws_vpc.prod.id
}
# For administration.
resource "aws_vpc_security_group_ingress_rule" "ssh" {
  security_group_id = aws_security_group.bastion.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}
resource "aws_instance" "bastion" {
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.bastion.id]
}
`

// A finding stands at its line of code, and a comment there leaves it alone until its last day is over.
func TestFindingInCode(t *testing.T) {
	stack(t, bastion)
	var log struct {
		Runs []struct {
			Results []struct {
				Rule      string `json:"ruleId"`
				Level     string `json:"level"`
				Locations []struct {
					Physical struct {
						Artifact struct {
							URI string `json:"uri"`
						} `json:"artifactLocation"`
						Region struct {
							Line int `json:"startLine"`
						} `json:"region"`
					} `json:"physicalLocation"`
				} `json:"locations"`
				Suppressions []any `json:"suppressions"`
			} `json:"results"`
		} `json:"runs"`
	}
	out := says(t, unexpected, "check --from infra --format sarif")
	if err := json.Unmarshal([]byte(out.stdout), &log); err != nil || len(log.Runs) != 1 || len(log.Runs[0].Results) != 1 {
		t.Fatalf("%v\n%s", err, out.stdout)
	}
	r := log.Runs[0].Results[0]
	if r.Rule != "open-to-internet" || r.Level != "error" || len(r.Locations) != 1 || r.Locations[0].Physical.Artifact.URI != "infra/main.tf" || r.Locations[0].Physical.Region.Line != 32 {
		t.Errorf("it is at infra/main.tf:32: %+v", r)
	}
	says(t, unexpected, "check --from infra", "infra/main.tf:32", "aws_instance.bastion on tcp 22 (SSH)")

	edit(t, "infra/main.tf", "# For administration.", "# watertight:ignore open-to-internet until=2027-01-31 moves to Session Manager")
	lastDay, after := []string{"SOURCE_DATE_EPOCH=1801396800"}, []string{"SOURCE_DATE_EPOCH=1801440000"} // 2027-01-31T12:00Z, 2027-02-01T00:00Z
	saysIn(t, lastDay, answered, "check --from infra", "1 suppressed")
	saysIn(t, lastDay, answered, "check --from infra --explain", "moves to Session Manager")
	saysIn(t, after, unexpected, "check --from infra", "[open-to-internet] infra/main.tf:32", "[expired-suppression] infra/main.tf:31")

	edit(t, "infra/main.tf", "ignore open-to-internet", "ignore naming")
	saysIn(t, lastDay, unexpected, "check --from infra", "[open-to-internet] infra/main.tf:32", "The suppression of naming for aws_vpc_security_group_ingress_rule.ssh hides nothing", "[idle-suppression] infra/main.tf:31")
}

// A comment above a module is for all that is in it.
func TestModuleLeftAlone(t *testing.T) {
	stack(t, "-- infra/main.tf --\nprovider \"aws\" {\n  region = \"us-east-1\"\n}\n# watertight:ignore open-to-internet until=2027-01-31 moves to Session Manager\nmodule \"edge\" {\n  source = \"./edge\"\n}\n"+
		strings.Replace(strings.Replace(bastion, "infra/main.tf", "infra/edge/main.tf", 1), "provider \"aws\" {\n  region = \"us-east-1\"\n}\n", "", 1))
	lastDay, after := []string{"SOURCE_DATE_EPOCH=1801396800"}, []string{"SOURCE_DATE_EPOCH=1801440000"}
	if out := saysIn(t, lastDay, answered, "check --from infra", "1 suppressed"); out.stderr != "" {
		t.Errorf("nothing is wrong with that: %s", out.stderr)
	}
	saysIn(t, after, unexpected, "check --from infra", "[open-to-internet] infra/edge/main.tf:", "[expired-suppression] infra/main.tf:4")
}

// Two configurations, of which one reads the other's state, are known in full together, and neither is alone.
func TestTwoRoots(t *testing.T) {
	stack(t, `
-- network/main.tf --
provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/ci"
  }
}
resource "aws_vpc" "prod" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "app" {
  count      = 2
  vpc_id     = aws_vpc.prod.id
  cidr_block = cidrsubnet(aws_vpc.prod.cidr_block, 8, count.index)
}
resource "aws_security_group" "database" {
  name   = "database"
  vpc_id = aws_vpc.prod.id
}
resource "aws_instance" "database" {
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app[0].id
  vpc_security_group_ids = [aws_security_group.database.id]
}
output "vpc_id" { value = aws_vpc.prod.id }
output "subnet_ids" { value = aws_subnet.app[*].id }
output "database_group_id" { value = aws_security_group.database.id }
-- app/main.tf --
provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/ci"
  }
}
data "terraform_remote_state" "network" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "network"
    region = "us-east-1"
  }
}
locals {
  network = data.terraform_remote_state.network.outputs
}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = local.network.vpc_id
}
resource "aws_vpc_security_group_egress_rule" "web" {
  security_group_id            = aws_security_group.web.id
  referenced_security_group_id = local.network.database_group_id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = local.network.database_group_id
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
resource "aws_instance" "web" {
  count                  = 2
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = local.network.subnet_ids[count.index]
  vpc_security_group_ids = [aws_security_group.web.id]
}
`)
	says(t, answered, "plan network -o network.json")
	says(t, answered, "plan app --remote-state network=network.json -o app.json")
	both := " --from network.json --from app.json"
	if out := says(t, answered, "can web database:5432"+both, "reachable web → database tcp 5432", "outbound tcp 5432 to database", "app/main.tf:29 aws_vpc_security_group_ingress_rule.database"); out.stderr != "" {
		t.Errorf("nothing is wrong with the two together: %s", out.stderr)
	}
	answers(t, "web database:22"+both, report.Unreachable)
	answers(t, "database web:22"+both, report.Unreachable)
	answers(t, "web database:5432 --from app.json --from network.json", report.Reachable) // in either order

	// The application alone names what it does not have.
	says(t, answered, "can web aws_instance.web:5432 --from app.json", "unknown", "its subnet", "is not in the input", "app/main.tf:29 aws_vpc_security_group_ingress_rule.database.security_group_id: adds a rule to a group that is managed elsewhere")
	// The network alone answers about itself, and knows no role web.
	says(t, wrongInput, "can web database:5432 --from network.json", "web: nothing in the network has that name")
	// Without the state, the message says how to give it.
	says(t, answered, "plan app -o lost.json", "app/main.tf:7 the state that data.terraform_remote_state.network reads is not given", "--remote-state network=FILE")
	says(t, answered, "can web aws_instance.web:5432 --from lost.json", "unknown", "--remote-state network=FILE gives it", "to know: Give the file with the flag")
}

// Variables and the workspace choose another network.
func TestChosenNetwork(t *testing.T) {
	stack(t, `
-- infra/main.tf --
variable "office" {
  type    = string
  default = ""
}
provider "aws" {
  region = terraform.workspace == "prod" ? "eu-central-1" : "eu-west-1"
}
resource "aws_vpc" "this" {
  cidr_block = terraform.workspace == "prod" ? "10.1.0.0/16" : "10.2.0.0/16"
}
resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.this.id
  cidr_block = cidrsubnet(aws_vpc.this.cidr_block, 8, 1)
}
resource "aws_security_group" "client" {
  name   = "client"
  vpc_id = aws_vpc.this.id
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_security_group" "app" {
  name   = "app"
  vpc_id = aws_vpc.this.id
  dynamic "ingress" {
    for_each = var.office == "" ? [] : [var.office]
    content {
      protocol    = "tcp"
      from_port   = 443
      to_port     = 443
      cidr_blocks = [ingress.value]
    }
  }
}
resource "aws_instance" "this" {
  for_each               = { client = aws_security_group.client.id, app = aws_security_group.app.id }
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [each.value]
}
-- prod.tfvars --
office = "10.1.0.0/16"
`)
	says(t, answered, "plan infra -o plain.json", "eu-west-1")
	says(t, answered, "plan infra --workspace prod --var-file prod.tfvars -o prod.json", "workspace prod", "eu-central-1")
	says(t, answered, "plan infra --workspace prod --var office=10.1.2.0/24 -o other.json")
	answers(t, "client app:443 --from plain.json", report.Unreachable)
	prod := answers(t, "client app:443 --from prod.json", report.Reachable)
	if w := prod.Parts[0].Witness; w == nil || !strings.HasPrefix(w.DestinationIP, "10.1.1.") {
		t.Errorf("in prod it is in 10.1.1.0/24: %+v", w)
	}
	answers(t, "client app:443 --from other.json", report.Unreachable) // the office is elsewhere
	saysIn(t, []string{"TF_VAR_office=10.2.0.0/16"}, answered, "can client app:443 --from infra --expect reachable", "reachable client → app")
}

// Configurations that know nothing of each other may have the same addresses, and folders of the same name: joined, they stay apart.
func TestSameAddresses(t *testing.T) {
	const code = `
variable "environment" {
  default = "NAME"
}
provider "aws" {
  region = "us-east-1"
}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = var.environment }
}
resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "app" {
  name   = "app"
  vpc_id = aws_vpc.this.id
  dynamic "ingress" {
    for_each = var.environment == "dev" ? [1] : []
    content {
      protocol  = "tcp"
      from_port = 22
      to_port   = 22
      self      = true
    }
  }
  egress {
    protocol  = "-1"
    from_port = 0
    to_port   = 0
    self      = true
  }
}
resource "aws_instance" "app" {
  count                  = 2
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [aws_security_group.app.id]
}
`
	stack(t, "-- dev/infra/main.tf --"+strings.Replace(code, "NAME", "dev", 1)+"-- prod/infra/main.tf --"+strings.Replace(code, "NAME", "prod", 1)+"-- dev.tfvars --\nenvironment = \"dev\"\n-- prod.tfvars --\nenvironment = \"prod\"\n")
	for _, environment := range []string{"dev", "prod"} {
		says(t, answered, "plan dev/infra --var-file "+environment+".tfvars -o "+environment+".json")
	}
	for _, both := range []string{" --from dev/infra --from prod/infra", " --from dev.json --from prod.json"} {
		answers(t, "dev/app dev/app:22"+both, report.Reachable)
		answers(t, "prod/app prod/app:22"+both, report.Unreachable)
		answers(t, "prod/app dev/app:22"+both, report.Unreachable)
		says(t, wrongInput, "can aws_instance.app[0] dev/app:22"+both, "aws_instance.app[0] is the address of resources in several VPCs", "dev/infra/main.tf:34", "Name the role or the VPC")
	}
	if out := says(t, answered, "matrix --from dev/infra --from prod/infra"); out.stderr != "" {
		t.Errorf("nothing is wrong with that: %s", out.stderr)
	}
}

// Two provider configurations are two accounts; a peering between them carries what both sides route once the other side accepts it.
func TestTwoAccounts(t *testing.T) {
	stack(t, `
-- infra/main.tf --
variable "accept" {
  type    = bool
  default = true
}
provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/ci"
  }
}
provider "aws" {
  alias  = "partner"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/ci"
  }
}
resource "aws_vpc" "ours" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_vpc" "theirs" {
  provider   = aws.partner
  cidr_block = "10.1.0.0/16"
}
resource "aws_vpc_peering_connection" "partner" {
  vpc_id        = aws_vpc.ours.id
  peer_vpc_id   = aws_vpc.theirs.id
  peer_owner_id = "222222222222"
}
resource "aws_vpc_peering_connection_accepter" "partner" {
  count                     = var.accept ? 1 : 0
  provider                  = aws.partner
  vpc_peering_connection_id = aws_vpc_peering_connection.partner.id
  auto_accept               = true
}
module "ours" {
  source  = "./side"
  name    = "ours"
  vpc_id  = aws_vpc.ours.id
  cidr    = "10.0.0.0/24"
  other   = "10.1.0.0/16"
  peering = aws_vpc_peering_connection.partner.id
}
module "theirs" {
  source    = "./side"
  providers = { aws = aws.partner }
  name      = "theirs"
  vpc_id    = aws_vpc.theirs.id
  cidr      = "10.1.0.0/24"
  other     = "10.0.0.0/16"
  peering   = aws_vpc_peering_connection.partner.id
}
-- infra/side/main.tf --
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
variable "name" {}
variable "vpc_id" {}
variable "cidr" {}
variable "other" {}
variable "peering" {}
resource "aws_subnet" "this" {
  vpc_id     = var.vpc_id
  cidr_block = var.cidr
}
resource "aws_route_table" "this" {
  vpc_id = var.vpc_id
  route {
    cidr_block                = var.other
    vpc_peering_connection_id = var.peering
  }
}
resource "aws_route_table_association" "this" {
  subnet_id      = aws_subnet.this.id
  route_table_id = aws_route_table.this.id
}
resource "aws_security_group" "this" {
  name   = var.name
  vpc_id = var.vpc_id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = [var.other]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "this" {
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.this.id
  vpc_security_group_ids = [aws_security_group.this.id]
}
`)
	says(t, answered, "plan infra -o plan.json", "account 111111111111, us-east-1: 7 resources", "account 222222222222, us-east-1: 7 resources")
	answer := answers(t, "ours theirs:443 --from plan.json", report.Reachable)
	if answer.Parts[0].Via != "peering" {
		t.Errorf("it goes by %s", answer.Parts[0].Via)
	}
	answers(t, "account:222222222222 account:111111111111 --port 443 --from plan.json", report.Reachable)
	answers(t, "theirs ours:80 --from plan.json", report.Unreachable)

	says(t, answered, "plan infra --var accept=false -o waiting.json")
	says(t, answered, "can ours theirs:443 --from waiting.json", "unreachable", "pending-acceptance", "BAD_STATE")
	says(t, unexpected, "check --from waiting.json --rule one-way-peering --fail-on warning", "aws_vpc_peering_connection.partner of aws_vpc.ours and aws_vpc.theirs waits to be accepted", "aws_vpc_peering_connection_accepter")
	says(t, unexpected, "diff waiting.json plan.json", "newly reachable", "aws_vpc_peering_connection.partner")
}

// A map key with a typo makes no route, and Terraform says nothing. The answer says so, and so does check.
func TestSilentlyNoRoute(t *testing.T) {
	stack(t, `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
module "network" {
  source = "./network"
  zones  = { us-east-1a = "10.0.1.0/24", us-east-1b = "10.0.2.0/24", us-east-1c = "10.0.3.0/24" }
  routes = { us-east-1a = "10.1.0.0/16", us-east-1b = "10.1.0.0/16", us-east-lc = "10.1.0.0/16" }
}
-- infra/network/main.tf --
variable "zones" { type = map(string) }
variable "routes" { type = map(string) }
resource "aws_vpc" "prod" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_vpc" "tools" {
  cidr_block = "10.1.0.0/16"
}
resource "aws_vpc_peering_connection" "tools" {
  vpc_id      = aws_vpc.prod.id
  peer_vpc_id = aws_vpc.tools.id
  auto_accept = true
}
resource "aws_subnet" "app" {
  for_each          = var.zones
  vpc_id            = aws_vpc.prod.id
  cidr_block        = each.value
  availability_zone = each.key
  tags              = { Name = "app-${each.key}" }
}
resource "aws_route_table" "app" {
  for_each = var.zones
  vpc_id   = aws_vpc.prod.id
}
resource "aws_route_table_association" "app" {
  for_each       = var.zones
  subnet_id      = aws_subnet.app[each.key].id
  route_table_id = aws_route_table.app[each.key].id
}
resource "aws_route" "tools" {
  for_each                  = { for zone, block in var.routes : zone => block if contains(keys(var.zones), zone) }
  route_table_id            = aws_route_table.app[each.key].id
  destination_cidr_block    = each.value
  vpc_peering_connection_id = aws_vpc_peering_connection.tools.id
}
resource "aws_subnet" "tools" {
  vpc_id     = aws_vpc.tools.id
  cidr_block = "10.1.0.0/24"
}
resource "aws_route_table" "tools" {
  vpc_id = aws_vpc.tools.id
  route {
    cidr_block                = "10.0.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.tools.id
  }
}
resource "aws_route_table_association" "tools" {
  subnet_id      = aws_subnet.tools.id
  route_table_id = aws_route_table.tools.id
}
resource "aws_security_group" "app" {
  name   = "app"
  vpc_id = aws_vpc.prod.id
  egress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.1.0.0/16"]
  }
}
resource "aws_security_group" "ci" {
  name   = "ci"
  vpc_id = aws_vpc.tools.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/16"]
  }
}
resource "aws_instance" "app" {
  for_each               = var.zones
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app[each.key].id
  vpc_security_group_ids = [aws_security_group.app.id]
}
resource "aws_instance" "ci" {
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.tools.id
  vpc_security_group_ids = [aws_security_group.ci.id]
}
`)
	says(t, answered, "plan infra -o plan.json")
	answers(t, `module.network.aws_instance.app["us-east-1a"] ci:443 --from plan.json`, report.Reachable)
	lost := answers(t, `module.network.aws_instance.app["us-east-1c"] ci:443 --from plan.json`, report.Unreachable)
	if got := codes(lost, report.Unreachable); !slices.Equal(got, []string{" NO_ROUTE_TO_DESTINATION"}) && !slices.Equal(got, []string{`module.network.aws_route_table.app["us-east-1c"] NO_ROUTE_TO_DESTINATION`}) {
		t.Errorf("it is stopped by %q", got)
	}
	answers(t, "app ci:443 --from plan.json", report.Partial)
	says(t, unexpected, "check --from plan.json --rule uneven-tier --fail-on warning", `module.network.aws_route_table.app["us-east-1c"]`, "lacks 10.1.0.0/16", "infra/network/main.tf:21", "[uneven-tier]")

	edit(t, "infra/main.tf", "us-east-lc", "us-east-1c")
	says(t, answered, "check --from infra --rule uneven-tier --fail-on note", "Nothing found")
	answers(t, "app ci:443 --from infra", report.Reachable)
}

// AWS refuses the second of two entries with one number when it is applied: check says so before.
func TestTwoEntriesWithOneNumber(t *testing.T) {
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
resource "aws_network_acl" "app" {
  vpc_id     = aws_vpc.prod.id
  subnet_ids = [aws_subnet.app.id]
}
resource "aws_network_acl_rule" "https" {
  network_acl_id = aws_network_acl.app.id
  rule_number    = 100
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 443
  to_port        = 443
  cidr_block     = "10.0.0.0/16"
}
resource "aws_network_acl_rule" "ssh" {
  network_acl_id = aws_network_acl.app.id
  rule_number    = 100
  rule_action    = "deny"
  protocol       = "tcp"
  from_port      = 22
  to_port        = 22
  cidr_block     = "10.0.0.0/16"
}
`)
	says(t, unexpected, "check --from infra --rule duplicate-acl-number", "1 error", "100", "[duplicate-acl-number]", "infra/main.tf:")
	edit(t, "infra/main.tf", `rule_number    = 100
  rule_action    = "deny"`, `rule_number    = 200
  rule_action    = "deny"`)
	says(t, answered, "check --from infra --rule duplicate-acl-number --fail-on note", "Nothing found")
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

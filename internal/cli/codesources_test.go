package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/scenario"
	"github.com/watertight/watertight/internal/source/dump"
)

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
	acme, err := filepath.Abs("../../examples/by-hand/network")
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

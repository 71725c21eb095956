package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/report"
)

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

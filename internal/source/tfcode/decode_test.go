package tfcode

import (
	"slices"
	"testing"
)

// What the code decodes has the keys that it reads: directly, through a local, by index and by name, of an instance, and behind functions that mark it. Another
// use of the same text, or of another data source of the type, is not touched. Ports are not known.
func TestDecoded(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
data "aws_ssm_parameter" "image" {
  name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"
}
data "aws_secretsmanager_secret_version" "db" {
  count     = 1
  secret_id = "orders"
}
data "aws_ssm_parameter" "unread" {
  name = "/unread"
}
data "aws_ssm_parameter" "plain" {
  name = "/plain"
}
resource "aws_secretsmanager_secret_version" "own" {
  secret_id     = "own"
  secret_string = jsonencode({ username = "admin", port = 5432 })
}
data "aws_secretsmanager_secret_version" "own" {
  secret_id = aws_secretsmanager_secret_version.own.secret_id
}
locals {
  db  = jsondecode(nonsensitive(data.aws_secretsmanager_secret_version.db[0].secret_string))
  all = try(jsondecode(data.aws_ssm_parameter.unread.value), {})
}
resource "aws_instance" "a" {
  ami           = jsondecode(
    data.aws_ssm_parameter.image.value
  )["image_id"]
  instance_type = "t3.micro"
  tags = {
    User  = local.db.username
    Other = local.db["other"]
    Kind  = jsondecode(data.aws_ssm_parameter.image.value).os
    All   = length(local.all)
    Plain = data.aws_ssm_parameter.plain.value
    Own   = jsondecode(data.aws_secretsmanager_secret_version.own.secret_string).username
  }
}
resource "aws_security_group_rule" "a" {
  type              = "ingress"
  security_group_id = "sg-1"
  protocol          = "tcp"
  from_port         = local.db.port
  to_port           = local.db.port
  cidr_blocks       = ["10.0.0.0/8"]
}
`)
		result := plan(t, Options{Dir: "infra"})
		d := read(t, result)
		server := d.after(t, "aws_instance.a")
		tags := server["tags"].(map[string]any)
		tags["ami"] = server["ami"]
		for tag, owner := range map[string]string{
			"ami": "data.aws_ssm_parameter.image", "Kind": "data.aws_ssm_parameter.image", "Plain": "data.aws_ssm_parameter.plain",
			"User": "data.aws_secretsmanager_secret_version.db[0]", "Other": "data.aws_secretsmanager_secret_version.db[0]",
		} {
			if text, _ := tags[tag].(string); text == "" || d.Annotations.Placeholders[text] != owner {
				t.Errorf("%s is %q, of %q", tag, text, d.Annotations.Placeholders[text])
			}
		}
		if tags["Own"] != "admin" {
			t.Errorf("what is JSON is decoded as %v", tags["Own"])
		}
		if list := unknown(t, result); !slices.Equal(list, []string{"aws_security_group_rule.a"}) {
			t.Errorf("not known: %v", list)
		}
	})
}

// version is an argument like others where the block is no provider block: helm_release has it.
func TestInferredVersion(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
terraform {
  required_providers {
    chart = { source = "example/chart" }
  }
}
provider "chart" {
  alias   = "here"
  version = "1.0"
}
resource "chart_release" "a" {
  provider = chart.here
  version  = "1.6.0"
  alias    = "front"
  set {
    version = "2"
    count   = 3
  }
}
`)
		after := read(t, plan(t, Options{Dir: "infra"})).after(t, "chart_release.a")
		if after["version"] != "1.6.0" || after["alias"] != "front" {
			t.Errorf("%v", after)
		}
		if set := after["set"].([]any)[0].(map[string]any); set["version"] != "2" || set["count"] != 3.0 {
			t.Errorf("%v", set)
		}
	})
}

// A data source that asks for what the code itself makes, or that --from knows, is no lookup, although not all that AWS would say of it is known.
func TestAnsweredIsNoLookup(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
data "aws_vpc" "own" {
  id = aws_vpc.this.id
}
data "aws_vpc" "shared" {
  tags = { Name = "shared" }
}
output "options" { value = [data.aws_vpc.own.dhcp_options_id, data.aws_vpc.shared.dhcp_options_id] }
`)
		d := read(t, plan(t, Options{Dir: "infra", Lookup: func(_, typ string, _ map[string]any, _, _ string) (map[string]any, bool) {
			return map[string]any{"id": "vpc-0fffffffffffffff0"}, typ == "aws_vpc"
		}}))
		if len(d.Annotations.Lookups) > 0 {
			t.Errorf("lookups: %+v", d.Annotations.Lookups)
		}
		if d = read(t, plan(t, Options{Dir: "infra"})); len(d.Annotations.Lookups) != 1 || d.Annotations.Lookups[0].Address != "data.aws_vpc.shared" {
			t.Errorf("lookups: %+v", d.Annotations.Lookups)
		}
		// What another provider finds out, no network answers.
		replaceIn(t, "infra/main.tf", "data \"aws_vpc\" \"shared\" {\n  tags = { Name = \"shared\" }\n}", "data \"http\" \"page\" {\n  url = \"https://example.com\"\n}")
		replaceIn(t, "infra/main.tf", "data.aws_vpc.shared.dhcp_options_id", "data.http.page.response_body")
		d = read(t, plan(t, Options{Dir: "infra"}))
		if len(d.Annotations.Lookups) != 1 {
			t.Fatalf("lookups: %+v", d.Annotations.Lookups)
		}
		wants(t, d.Annotations.Lookups[0].Message, "data.http.page is found out by the provider hashicorp/http, for which watertight stands in")
	})
}

// An argument that the newest version no longer has: the error says how the code gets the older one.
func TestArgumentOfAnOlderVersion(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 4.0" }
  }
}
provider "aws" {
  region = "us-east-1"
}
resource "aws_eip" "a" {
  vpc = true
}
`)
		wants(t, refused(t, Options{Dir: "infra"}), `An argument named "vpc" is not expected here`, "the schema of hashicorp/aws 6.47.0", "asks for version 5, watertight takes the schema of 5.100.0")
		replaceIn(t, "infra/main.tf", ">= 4.0", "~> 5.0")
		read(t, plan(t, Options{Dir: "infra"})).after(t, "aws_eip.a")
	})
}

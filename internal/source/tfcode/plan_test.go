package tfcode

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const network = `
-- infra/main.tf --
terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.0" }
  }
  backend "s3" {
    bucket = "states"
    key    = "net"
    region = "us-east-1"
  }
}
provider "aws" {
  region = "us-east-1"
}
variable "blocks" {
  default = { a = "10.0.1.0/24", b = "10.0.2.0/24" }
}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
module "net" {
  source = "../modules/net"
  vpc    = aws_vpc.this.id
  blocks = var.blocks
}
output "subnets" { value = module.net.ids }
output "some"    { value = toset(values(module.net.ids)) }
-- modules/net/main.tf --
variable "vpc" {}
variable "blocks" {}
resource "aws_subnet" "this" {
  for_each   = var.blocks
  vpc_id     = var.vpc
  cidr_block = each.value
}
resource "aws_security_group" "web" {
  count  = 2
  name   = "web-${count.index}"
  vpc_id = var.vpc
}
output "ids" { value = { for k, s in aws_subnet.this : k => s.id } }
`

// Modules, inside and outside of the folder, for_each and count: every reference comes out with the name of what it refers to, and every instance with
// the place where it is written.
func TestReferences(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, network)
		d := read(t, plan(t, Options{Dir: "infra"}))
		vpc := d.after(t, "aws_vpc.this")["id"].(string)
		if !strings.HasPrefix(vpc, "vpc-0") || len(vpc) != len("vpc-")+17 {
			t.Errorf("the id of the VPC is %s", vpc)
		}
		for _, address := range []string{`module.net.aws_subnet.this["a"]`, `module.net.aws_subnet.this["b"]`, "module.net.aws_security_group.web[1]"} {
			if got := d.after(t, address)["vpc_id"]; got != vpc {
				t.Errorf("%s is in %v, not in %s", address, got, vpc)
			}
			id := d.after(t, address)["id"].(string)
			if d.Annotations.Placeholders[id] != address {
				t.Errorf("%s belongs to %q, not to %s", id, d.Annotations.Placeholders[id], address)
			}
			r := d.Annotations.Resources[address]
			if r.ID != id || r.Region != "us-east-1" || len(r.Account) != 12 {
				t.Errorf("%s is annotated %+v", address, r)
			}
		}
		if got, want := fmt.Sprint(d.Annotations.Resources[`module.net.aws_subnet.this["a"]`].File, d.Annotations.Resources[`module.net.aws_subnet.this["a"]`].Line), "modules/net/main.tf3"; got != want {
			t.Errorf("the subnet is written at %s, not at %s", got, want)
		}
		if d.Timestamp != nil {
			t.Error("the document has a timestamp")
		}
		wants(t, d.Annotations.Providers["hashicorp/aws"], "6.", "(schema built in)")
	})
}

// Nothing is written into the user's folder, not even the time of a file changes.
func TestUntouched(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		dir := folder(t, network)
		before := sum(t, dir)
		plan(t, Options{Dir: "infra"})
		if sum(t, dir) != before {
			t.Error("the folder is another than before")
		}
	})
}

// Names that are built from paths are those of the user's folder, and files are read beside the code and above it.
func TestPaths(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		dir := folder(t, `
-- live/prod/main.tf --
resource "aws_vpc" "this" {
  cidr_block = file("${path.module}/block.txt")
  tags = {
    Folder = basename(path.cwd)
    Above  = basename(dirname(abspath(".")))
    Cwd    = path.cwd
    Parts  = length(split("/", path.cwd))
    Root   = path.root
    Abs    = abspath(path.root)
    Shared = templatefile("../../shared/name.tftpl", { name = "x" })
    Files  = join(",", sort(fileset(path.module, "data/**")))
  }
}
-- live/prod/block.txt --
10.0.0.0/16
-- live/prod/data/a/one.txt --
-- live/prod/data/two.txt --
-- shared/name.tftpl --
shared ${name}
`)
		if err := os.WriteFile("live/prod/block.txt", []byte("10.0.0.0/16"), 0o644); err != nil {
			t.Fatal(err)
		}
		d := read(t, plan(t, Options{Dir: "live/prod"}))
		tags := d.after(t, "aws_vpc.this")["tags"].(map[string]any)
		for name, want := range map[string]string{
			"Folder": "prod", "Above": "live", "Cwd": dir + "/live/prod", "Parts": fmt.Sprint(len(strings.Split(dir+"/live/prod", "/"))), "Root": ".", "Abs": dir + "/live/prod",
			"Shared": "shared x\n", "Files": "data/a/one.txt,data/two.txt",
		} {
			if tags[name] != want {
				t.Errorf("%s is %q, not %q", name, tags[name], want)
			}
		}
	})
}

// All variables that are missing are named at once, with their places; given in any of Terraform's ways they count.
func TestVariables(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
variable "block" {}

variable "name" {
  type = string
}
resource "aws_vpc" "this" {
  cidr_block = var.block
  tags       = { Name = var.name }
}
-- prod.tfvars --
block = "10.1.0.0/16"
`)
		wants(t, refused(t, Options{Dir: "infra"}), `infra/main.tf:1: the variable "block" has no value`, `infra/main.tf:3: the variable "name" has no value`, "--var")
		d := read(t, plan(t, Options{Dir: "infra", Vars: []string{"name=x"}, VarFiles: []string{"prod.tfvars"}}))
		if got := d.after(t, "aws_vpc.this")["cidr_block"]; got != "10.1.0.0/16" {
			t.Errorf("the block is %v", got)
		}
		env := []string{"PATH=" + os.Getenv("PATH"), "TF_VAR_name=y", "TF_VAR_block=10.2.0.0/16", "TF_CLI_ARGS_plan=-destroy", "AWS_ACCESS_KEY_ID=x"}
		d = read(t, plan(t, Options{Dir: "infra", Env: env}))
		if got := d.after(t, "aws_vpc.this")["cidr_block"]; got != "10.2.0.0/16" {
			t.Errorf("the block is %v", got)
		}
		if err := os.WriteFile("infra/x.auto.tfvars", []byte("block = \"10.3.0.0/16\"\nname = \"z\"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		d = read(t, plan(t, Options{Dir: "infra"}))
		if got := d.after(t, "aws_vpc.this")["cidr_block"]; got != "10.3.0.0/16" {
			t.Errorf("the block is %v", got)
		}
		wants(t, refused(t, Options{Dir: "infra", VarFiles: []string{"absent.tfvars"}}), "--var-file absent.tfvars", "no such file")
	})
}

// Two provider configurations are two accounts, in two Regions.
func TestAccounts(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/x"
  }
}
provider "aws" {
  alias  = "shared"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/x"
  }
}
resource "aws_vpc" "here" {
  cidr_block = "10.0.0.0/16"
}
module "there" {
  source    = "./vpc"
  providers = { aws = aws.shared }
}
-- infra/vpc/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.1.0.0/16"
}
`)
		d := read(t, plan(t, Options{Dir: "infra"}))
		for address, want := range map[string]Resource{"aws_vpc.here": {Account: "111111111111", Region: "us-east-1"}, "module.there.aws_vpc.this": {Account: "222222222222", Region: "eu-west-1"}} {
			got := d.Annotations.Resources[address]
			if got.Account != want.Account || got.Region != want.Region {
				t.Errorf("%s is in %s %s", address, got.Account, got.Region)
			}
		}
	})
}

// The workspace is the one that is asked for, or else the one that Terraform would take.
func TestWorkspace(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
output "w" { value = terraform.workspace }
-- infra/.terraform/environment --
chosen
`)
		if got := read(t, plan(t, Options{Dir: "infra"})).output("w"); got != "chosen" && got != "chosen\n" {
			t.Errorf("the workspace is %v", got)
		}
		d := read(t, plan(t, Options{Dir: "infra", Workspace: "prod"}))
		if got := d.output("w"); got != "prod" || d.Annotations.Workspace != "prod" {
			t.Errorf("the workspace is %v", got)
		}
	})
}

// Data sources that nobody answers are lookups, at their places.
func TestLookups(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
data "aws_vpc" "shared" {
  tags = { Name = "shared" }
}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = data.aws_vpc.shared.id
}
`)
		d := read(t, plan(t, Options{Dir: "infra"}))
		if len(d.Annotations.Lookups) != 1 || d.Annotations.Lookups[0].Address != "data.aws_vpc.shared" || d.Annotations.Lookups[0].Line != 1 {
			t.Fatalf("lookups: %+v", d.Annotations.Lookups)
		}
		vpc := d.after(t, "aws_security_group.web")["vpc_id"].(string)
		if d.Annotations.Placeholders[vpc] != "data.aws_vpc.shared" {
			t.Errorf("%s stands for %q", vpc, d.Annotations.Placeholders[vpc])
		}
		d = read(t, plan(t, Options{Dir: "infra", Lookup: func(_, typ string, _ map[string]any, _, _ string) (map[string]any, bool) {
			return map[string]any{"id": "vpc-0fffffffffffffff0"}, typ == "aws_vpc"
		}}))
		if vpc := d.after(t, "aws_security_group.web")["vpc_id"]; vpc != "vpc-0fffffffffffffff0" {
			t.Errorf("the group is in %v", vpc)
		}
	})
}

// moved, import and removed blocks work; so do ephemeral resources and functions of the provider.
func TestBlocks(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "us-east-1"
}
import {
  to = aws_vpc.this
  id = "vpc-0123456789abcdef0"
}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
moved {
  from = aws_eip.old
  to   = aws_eip.new
}
resource "aws_eip" "new" {
}
removed {
  from = aws_eip.gone
  lifecycle {
    destroy = false
  }
}
ephemeral "random_password" "x" {
  length = 16
}
output "service" { value = provider::aws::arn_parse(aws_vpc.this.arn).service }
`)
		d := read(t, plan(t, Options{Dir: "infra"}))
		if got := d.output("service"); got != "ec2" {
			t.Errorf("the service is %v", got)
		}
		if got := d.after(t, "aws_vpc.this")["id"]; got != "vpc-0123456789abcdef0" {
			t.Errorf("what is imported is %v", got)
		}
	})
}

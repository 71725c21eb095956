package tfcode

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
}

// The same folder gives the same bytes, whatever the order in which Terraform asks; equal instances too.
func TestSameBytes(t *testing.T) {
	folder(t, strings.ReplaceAll(network, `name   = "web-${count.index}"`, `name_prefix = "web"`)+`
-- infra/equal.tf --
resource "aws_vpc" "equal" {
  count                            = 4
  cidr_block                       = "10.9.0.0/16"
  assign_generated_ipv6_cidr_block = true
}
resource "aws_subnet" "equal" {
  count                           = 4
  vpc_id                          = aws_vpc.equal[count.index].id
  cidr_block                      = "10.9.0.0/24"
  ipv6_cidr_block                 = cidrsubnet(aws_vpc.equal[count.index].ipv6_cidr_block, 8, 1)
  assign_ipv6_address_on_creation = true
}
resource "random_string" "equal" {
  count  = 4
  length = 12
}
resource "random_id" "equal" {
  count       = 4
  byte_length = 8
}
resource "aws_ec2_managed_prefix_list" "equal" {
  count          = 2
  name           = "x${random_string.equal[count.index].result}"
  address_family = "IPv4"
  max_entries    = 5
}
resource "aws_network_interface" "equal" {
  count     = 4
  subnet_id = aws_subnet.equal[count.index].id
}
resource "aws_eip" "equal" {
  count = 4
}
resource "aws_instance" "each" {
  for_each      = toset(aws_subnet.equal[*].id)
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  subnet_id     = each.value
}
`)
	var first []byte
	for i := range 5 {
		result, err := try(t, Options{Dir: "infra"})
		if err != nil {
			if strings.Contains(err.Error(), "for_each") {
				t.Fatal(err)
			}
			needTerraform(t)
			t.Fatal(err)
		}
		if i == 0 {
			first = result.Document
		} else if !bytes.Equal(first, result.Document) {
			t.Fatalf("run %d differs: %s", i, firstDifference(first, result.Document))
		}
	}
}

func firstDifference(a, b []byte) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			from := max(0, i-200)
			return fmt.Sprintf("\n%s\n%s", a[from:min(len(a), i+200)], b[from:min(len(b), i+200)])
		}
	}
	return fmt.Sprintf("%d and %d bytes", len(a), len(b))
}

// Nothing is written into the user's folder, not even the time of a file changes.
func TestUntouched(t *testing.T) {
	dir := folder(t, network)
	before := sum(t, dir)
	plan(t, Options{Dir: "infra"})
	if sum(t, dir) != before {
		t.Error("the folder is another than before")
	}
}

// Names that are built from paths are those of the user's folder, and files are read beside the code and above it.
func TestPaths(t *testing.T) {
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
}

// All variables that are missing are named at once, with their places; given in any of Terraform's ways they count.
func TestVariables(t *testing.T) {
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
}

// A module that is not installed is named, with its place and the command to run. One that is installed is used.
func TestModules(t *testing.T) {
	folder(t, `
-- infra/main.tf --
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 6.0"
}
module "away" {
  source = "../absent"
}
`)
	wants(t, refused(t, Options{Dir: "infra"}),
		`infra/main.tf:1: module "vpc" (terraform-aws-modules/vpc/aws) is not installed`, "terraform -chdir=infra init -backend=false",
		`infra/main.tf:5: module "away": there is no Terraform code in absent`)

	folder(t, `
-- infra/main.tf --
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 6.0"
}
-- infra/.terraform/modules/modules.json --
{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"vpc","Source":"registry.terraform.io/terraform-aws-modules/vpc/aws","Version":"6.6.0","Dir":".terraform/modules/vpc"}]}
-- infra/.terraform/modules/vpc/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
  tags       = { Module = path.module }
}
module "inner" {
  source = "./modules/inner"
}
-- infra/.terraform/modules/vpc/modules/inner/main.tf --
resource "aws_eip" "this" {
}
`)
	d := read(t, plan(t, Options{Dir: "infra"}))
	if got := d.after(t, "module.vpc.aws_vpc.this")["tags"].(map[string]any)["Module"]; got != ".terraform/modules/vpc" {
		t.Errorf("path.module is %v", got)
	}
	if got := d.Annotations.Resources["module.vpc.module.inner.aws_eip.this"].File; got != "infra/.terraform/modules/vpc/modules/inner/main.tf" {
		t.Errorf("the address is written in %s", got)
	}
}

// Conditions that placeholders fail are warnings; so are checks.
func TestConditions(t *testing.T) {
	folder(t, `
-- infra/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
  lifecycle {
    postcondition {
      condition     = self.id == "vpc-11111111"
      error_message = "It is another VPC."
    }
  }
}
resource "aws_eip" "this" {
  lifecycle {
    precondition {
      condition     = aws_vpc.this.id == "vpc-22222222"
      error_message = "It is not that VPC."
    }
  }
}
check "name" {
  assert {
    condition     = aws_vpc.this.id == "vpc-33333333"
    error_message = "Not checked."
  }
}
module "m" {
  source = "./m"
  id     = aws_vpc.this.id
}
-- infra/m/main.tf --
variable "id" {
  validation {
    condition     = length(var.id) < 13
    error_message = "Too long."
  }
}
output "id" {
  value = var.id
  precondition {
    condition     = var.id == "vpc-44444444"
    error_message = "Not that one."
  }
}
`)
	result := plan(t, Options{Dir: "infra"})
	warned(t, result,
		"infra/main.tf:4: the postcondition of aws_vpc.this does not hold here", "It is another VPC.",
		"infra/main.tf:12: the precondition of aws_eip.this does not hold here",
		"infra/main.tf:20: a check does not hold here: Not checked.",
		"infra/m/main.tf:2: the validation of variable.id does not hold here", "infra/m/main.tf:9: the precondition of output.id does not hold here")
	read(t, result).after(t, "aws_eip.this")
}

// What Terraform objects to is shown as Terraform shows it, with the user's paths.
func TestTerraformErrors(t *testing.T) {
	folder(t, `
-- infra/main.tf --
resource "aws_vpc" "this" {
  cidr_block = local.absent
}
resource "aws_eip" "this" {
  tags = { Name = file("${path.module}/absent.txt") }
}
`)
	message := refused(t, Options{Dir: "infra"})
	wants(t, message, "Error: Reference to undeclared local value", "on infra/main.tf line 2, in resource \"aws_vpc\" \"this\":", "   2:   cidr_block = local.absent")
	if strings.Contains(message, os.TempDir()+"/watertight-") {
		t.Errorf("the copy's path shows:\n%s", message)
	}
	folder(t, "-- infra/main.tf --\nresource \"aws_vpc\" {\n")
	wants(t, refused(t, Options{Dir: "infra"}), "│ Error:", "infra/main.tf line 1")
	wants(t, refused(t, Options{Dir: "absent"}), "absent does not exist")
	folder(t, "-- infra/readme.md --\n")
	wants(t, refused(t, Options{Dir: "infra"}), "infra has no Terraform code")
	folder(t, network)
	if _, err := try(t, Options{Dir: "infra", Terraform: "no-such-terraform"}); err == nil || !strings.Contains(err.Error(), "--terraform") {
		t.Errorf("a program that is not there gives %v", err)
	}
}

// Two provider configurations are two accounts, in two Regions.
func TestAccounts(t *testing.T) {
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
}

// The workspace is the one that is asked for, or else the one that Terraform would take.
func TestWorkspace(t *testing.T) {
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
}

const reader = `
-- infra/main.tf --
data "terraform_remote_state" "net" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "net"
    region = "us-east-1"
  }
}
locals {
  net = data.terraform_remote_state.net.outputs
}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = data.terraform_remote_state.net.outputs.vpc_id
}
resource "aws_network_interface" "web" {
  for_each  = { for i, s in local.net.private_subnets : i => s }
  subnet_id = each.value
}
resource "aws_vpc" "more" {
  cidr_block = local.net.blocks.more
}
`

// A remote state is read from the file that is given, or else placeholders stand for its outputs.
func TestRemoteState(t *testing.T) {
	folder(t, reader+`
-- net.tfstate --
{"version":4,"terraform_version":"1.5.0","serial":1,"lineage":"x","resources":[],"outputs":{
  "vpc_id":{"value":"vpc-0aaaaaaaaaaaaaaaa","type":"string"},
  "private_subnets":{"value":["subnet-1"],"type":["list","string"]},
  "blocks":{"value":{"more":"10.7.0.0/16"},"type":["map","string"]}}}
-- plan.json --
{"format_version":"1.0","planned_values":{"outputs":{"vpc_id":{"sensitive":false},"private_subnets":{"value":["subnet-1"]},"blocks":{"value":{"more":"10.9.0.0/16"}}}}}
-- net.json --
{"format_version":"1.0","values":{"outputs":{"vpc_id":{"value":"vpc-0bbbbbbbbbbbbbbbb"},"private_subnets":{"value":["subnet-1","subnet-2"]},"blocks":{"value":{"more":"10.8.0.0/16"}}}}}
`)
	d := read(t, plan(t, Options{Dir: "infra", RemoteStates: map[string]string{"net": "net.tfstate"}}))
	if got := d.after(t, "aws_security_group.web")["vpc_id"]; got != "vpc-0aaaaaaaaaaaaaaaa" {
		t.Errorf("the group is in %v", got)
	}
	if len(d.Annotations.Lookups) > 0 {
		t.Errorf("lookups: %+v", d.Annotations.Lookups)
	}
	d = read(t, plan(t, Options{Dir: "infra", RemoteStates: map[string]string{"*": "net.json"}}))
	if got := d.after(t, "aws_vpc.more")["cidr_block"]; got != "10.8.0.0/16" {
		t.Errorf("the block is %v", got)
	}
	d = read(t, plan(t, Options{Dir: "infra", RemoteStates: map[string]string{"net": "plan.json"}})) // an ordinary plan, which does not know the VPC
	if len(d.Annotations.Lookups) != 1 {
		t.Fatalf("lookups: %+v", d.Annotations.Lookups)
	}
	wants(t, d.Annotations.Lookups[0].Message, "plan.json does not know the outputs vpc_id")
	result := plan(t, Options{Dir: "infra"})
	d = read(t, result)
	vpc := d.after(t, "aws_security_group.web")["vpc_id"].(string)
	if !strings.HasPrefix(vpc, "vpc-0") || d.Annotations.Placeholders[vpc] != "data.terraform_remote_state.net" {
		t.Errorf("the group is in %s, which stands for %q", vpc, d.Annotations.Placeholders[vpc])
	}
	d.after(t, `aws_network_interface.web["2"]`)
	if len(d.Annotations.Lookups) != 1 {
		t.Fatalf("lookups: %+v", d.Annotations.Lookups)
	}
	wants(t, d.Annotations.Lookups[0].Message, "--remote-state net=FILE")
	if at := d.Annotations.Lookups[0]; at.File != "infra/main.tf" || at.Line != 1 {
		t.Errorf("the lookup is at %s:%d", at.File, at.Line)
	}
	wants(t, refused(t, Options{Dir: "infra", RemoteStates: map[string]string{"nett": "net.json"}}), "--remote-state nett")
}

// Over a state, what is destroyed and what is replaced shows.
func TestState(t *testing.T) {
	folder(t, `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.2.0/24"
}
-- now.tfstate --
{"version":4,"terraform_version":"1.5.0","serial":1,"lineage":"x","outputs":{},"resources":[
 {"mode":"managed","type":"aws_vpc","name":"this","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"schema_version":1,"attributes":{"id":"vpc-0123","instance_tenancy":"default","enable_dns_support":true,"cidr_block":"10.0.0.0/16","arn":"arn:aws:ec2:us-east-1:333333333333:vpc/vpc-0123"}}]},
 {"mode":"managed","type":"aws_subnet","name":"this","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"schema_version":1,"attributes":{"id":"subnet-0123","vpc_id":"vpc-0123","cidr_block":"10.0.1.0/24"}}]},
 {"mode":"managed","type":"aws_eip","name":"old","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"schema_version":0,"attributes":{"id":"eipalloc-0123","arn":"arn:aws:ec2:us-east-1:333333333333:elastic-ip/eipalloc-0123"}}]}
]}
`)
	d := read(t, plan(t, Options{Dir: "infra", State: "now.tfstate"}))
	for address, want := range map[string]string{"aws_subnet.this": "delete,create", "aws_eip.old": "delete"} {
		if got := d.actions(address); got != want {
			t.Errorf("%s: %s, not %s", address, got, want)
		}
	}
	if got := d.after(t, "aws_subnet.this")["vpc_id"]; got != "vpc-0123" {
		t.Errorf("the subnet is in %v", got)
	}
	if got := d.Annotations.Resources["aws_eip.old"]; got.ID != "eipalloc-0123" || got.Account != "333333333333" {
		t.Errorf("what is destroyed is annotated %+v", got)
	}
	wants(t, refused(t, Options{Dir: "infra", State: "infra/main.tf"}), "infra/main.tf is not JSON")
}

// Of a provider that is not there, placeholders stand for what comes from it, and a warning names it.
func TestUnknownProvider(t *testing.T) {
	folder(t, `
-- infra/main.tf --
terraform {
  required_providers {
    acme = { source = "example/acme" }
  }
}
provider "acme" {
  token = "x"
}
resource "acme_network" "this" {
  name = "x"
  rule {
    port = 443
  }
}
resource "aws_eip" "this" {
  tags = { Acme = acme_network.this.key }
}
`)
	result := plan(t, Options{Dir: "infra"})
	warned(t, result, "the provider example/acme is not installed in infra", "acme_network.this (infra/main.tf:9)")
	key, _ := read(t, result).after(t, "aws_eip.this")["tags"].(map[string]any)["Acme"].(string)
	if key == "" {
		t.Error("nothing stands for the key")
	}
}

// A type that no schema has is named with its place.
func TestUnknownType(t *testing.T) {
	folder(t, `
-- infra/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_teleporter" "this" {
}
data "aws_crystal_ball" "this" {
}
`)
	wants(t, refused(t, Options{Dir: "infra"}), "infra/main.tf:4: watertight does not know the type aws_teleporter", "infra/main.tf:6: watertight does not know the type aws_crystal_ball", "terraform -chdir=infra init -backend=false", "--schema FILE")
	folder(t, "-- infra/main.tf --\nresource \"aws_vpc\" \"this\" {\n  cidr_block = \"10.0.0.0/16\"\n  colour = \"red\"\n}\n")
	wants(t, refused(t, Options{Dir: "infra"}), "Error: Unsupported argument", "on infra/main.tf line 3", "--schema FILE")
}

// Data sources that nobody answers are lookups, at their places.
func TestLookups(t *testing.T) {
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
}

// Code in JSON is code.
func TestJSONSyntax(t *testing.T) {
	dir := folder(t, `
-- infra/main.tf.json --
{
  "terraform": {"backend": {"s3": {"bucket": "x", "key": "y", "region": "us-east-1"}}},
  "data": {"terraform_remote_state": {"net": {"backend": "s3", "config": {"bucket": "x"}}}},
  "resource": {
    "aws_vpc": {
      "this": {
        "//": "watertight:ignore open-to-internet until=2027-01-31 it is a test",
        "cidr_block": "10.0.0.0/16",
        "tags": {"Cwd": "${path.cwd}", "Other": "${data.terraform_remote_state.net.outputs.vpc_id}"},
        "lifecycle": {"postcondition": {"condition": "${self.id == \"vpc-1\"}", "error_message": "Not it."}}
      }
    }
  }
}
`)
	result := plan(t, Options{Dir: "infra"})
	d := read(t, result)
	if got := d.after(t, "aws_vpc.this")["tags"].(map[string]any)["Cwd"]; got != filepath.Join(dir, "infra") {
		t.Errorf("path.cwd is %v", got)
	}
	if got := d.Annotations.Resources["aws_vpc.this"]; got.File != "infra/main.tf.json" || got.Line < 6 || got.Line > 7 {
		t.Errorf("the VPC is at %s:%d", got.File, got.Line)
	}
	if len(d.Annotations.Suppressions) != 1 || d.Annotations.Suppressions[0].Address != "aws_vpc.this" || d.Annotations.Suppressions[0].Line != 7 {
		t.Errorf("suppressions: %+v", d.Annotations.Suppressions)
	}
	warned(t, result, "does not hold here")
}

// A schema that the user gives replaces the one in the program.
func TestGivenSchema(t *testing.T) {
	folder(t, `
-- infra/main.tf --
resource "aws_teleporter" "this" {
  target = "moon"
}
output "id" { value = aws_teleporter.this.id }
-- schema.json --
{"format_version":"1.0","provider_schemas":{"registry.terraform.io/hashicorp/aws":{
  "provider":{"version":0,"block":{"attributes":{"region":{"type":"string","optional":true}}}},
  "resource_schemas":{"aws_teleporter":{"version":0,"block":{"attributes":{
    "id":{"type":"string","computed":true},"target":{"type":"string","required":true}}}}}}}}
-- other.json --
{"format_version":"1.0","provider_schemas":{"registry.terraform.io/hashicorp/aws":{"provider":{"version":0,"block":{}},"resource_schemas":{}}}}
`)
	d := read(t, plan(t, Options{Dir: "infra", Schema: "schema.json"}))
	if id := d.after(t, "aws_teleporter.this")["id"]; id == nil || id == "" || d.output("id") != id {
		t.Errorf("the id is %v, the output %v", id, d.output("id"))
	}
	wants(t, d.Annotations.Providers["hashicorp/aws"], "schema.json")
	wants(t, refused(t, Options{Dir: "infra", Schema: "other.json"}), "infra/main.tf:1: watertight does not know the type aws_teleporter", "other.json does not have them either")
	wants(t, refused(t, Options{Dir: "infra", Schema: "absent.json"}), "absent.json cannot be read")
}

// moved, import and removed blocks work; so do ephemeral resources and functions of the provider.
func TestBlocks(t *testing.T) {
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
}

// sixty is a configuration of 60 resources.
func sixty() string {
	return `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
locals { numbers = toset([for i in range(19) : tostring(i)]) }
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}
resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }
}
resource "aws_subnet" "this" {
  for_each   = local.numbers
  vpc_id     = aws_vpc.this.id
  cidr_block = cidrsubnet(aws_vpc.this.cidr_block, 8, tonumber(each.key))
}
resource "aws_route_table_association" "this" {
  for_each       = local.numbers
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.this.id
}
resource "aws_security_group" "this" {
  for_each = local.numbers
  name     = "sg-${each.key}"
  vpc_id   = aws_vpc.this.id
}
`
}

// 60 resources are planned in less than 2 seconds.
func TestSpeed(t *testing.T) {
	folder(t, sixty())
	needTerraform(t)
	best := time.Hour
	for range 3 { // the machine may be busy with other tests
		begun := time.Now()
		d := read(t, plan(t, Options{Dir: "infra"}))
		best = min(best, time.Since(begun))
		if len(d.ResourceChanges) != 60 {
			t.Fatalf("%d resources", len(d.ResourceChanges))
		}
		if best < 2*time.Second {
			break
		}
	}
	t.Log(best)
	if best > 2*time.Second {
		t.Errorf("60 resources take %s", best)
	}
}

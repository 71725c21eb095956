package tfcode

import (
	"os/exec"
	"testing"
)

// tofu runs what only OpenTofu has.
func tofu(t *testing.T, o Options) *Result {
	t.Helper()
	if _, err := exec.LookPath("tofu"); err != nil {
		t.Skip("skipped: tofu is not on the PATH")
	}
	o.Terraform = "tofu"
	return plan(t, o)
}

// Sources of modules and the backend may be expressions, of variables, locals and the workspace. States and plans may be encrypted, by keys that are not here.
func TestTofuExpressions(t *testing.T) {
	folder(t, `
-- infra/main.tf --
terraform {
  backend "s3" {
    bucket = "states-${var.stage}"
    key    = "net"
    region = "us-east-1"
  }
  encryption {
    key_provider "aws_kms" "main" {
      kms_key_id = "arn:aws:kms:us-east-1:111111111111:key/x"
      region     = "us-east-1"
      key_spec   = "AES_256"
    }
    method "aes_gcm" "main" {
      keys = key_provider.aws_kms.main
    }
    plan {
      method   = method.aes_gcm.main
      enforced = true
    }
    state {
      method = method.aes_gcm.main
    }
  }
}
variable "stage" {}
locals { folder = "../modules/${var.stage}" }
module "net" {
  source = local.folder
}
resource "aws_internet_gateway" "this" {
  vpc_id = module.net.id
}
-- prod.tfvars --
stage = "prod"
-- modules/prod/main.tf --
variable "inner" { default = "inner" }
module "inner" {
  source = "./${var.inner}"
}
output "id" { value = module.inner.id }
-- modules/prod/inner/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.1.0.0/16"
}
output "id" { value = aws_vpc.this.id }
-- modules/test/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.2.0.0/16"
}
output "id" { value = aws_vpc.this.id }
`)
	d := read(t, tofu(t, Options{Dir: "infra", VarFiles: []string{"prod.tfvars"}}))
	if got, want := d.after(t, "aws_internet_gateway.this")["vpc_id"], d.after(t, "module.net.module.inner.aws_vpc.this")["id"]; got != want {
		t.Errorf("the gateway is at %v, not at %v", got, want)
	}
	if got := d.Annotations.Resources["module.net.module.inner.aws_vpc.this"]; got.File != "modules/prod/inner/main.tf" || got.Line != 1 {
		t.Errorf("the VPC is written at %s:%d", got.File, got.Line)
	}
	d = read(t, tofu(t, Options{Dir: "infra", Vars: []string{"stage=test"}}))
	d.after(t, "module.net.aws_vpc.this")
	_, err := try(t, Options{Dir: "infra", Vars: []string{"stage=absent"}, Terraform: "tofu"})
	if err == nil {
		t.Fatal("a module that is not there is planned")
	}
	wants(t, err.Error(), "OpenTofu cannot plan infra", "modules/absent")
}

// What init installed is found by sources that are expressions, too.
func TestTofuInstalledModules(t *testing.T) {
	folder(t, `
-- infra/main.tf --
locals { source = "terraform-aws-modules/vpc/aws" }
module "vpc" {
  source  = local.source
  version = "~> 6.0"
}
-- infra/.terraform/modules/modules.json --
{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"vpc","Source":"registry.opentofu.org/terraform-aws-modules/vpc/aws","Version":"6.6.0","Dir":".terraform/modules/vpc"}]}
-- infra/.terraform/modules/vpc/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
`)
	d := read(t, tofu(t, Options{Dir: "infra"}))
	d.after(t, "module.vpc.aws_vpc.this")
	if got := d.Annotations.Resources["module.vpc.aws_vpc.this"].File; got != "infra/.terraform/modules/vpc/main.tf" {
		t.Errorf("the VPC is written in %s", got)
	}
}

// Files for OpenTofu count in place of those for Terraform.
func TestTofuFilesArePlanned(t *testing.T) {
	folder(t, `
-- infra/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
-- infra/main.tofu --
resource "aws_vpc" "this" {
  cidr_block = "10.1.0.0/16"
}
data "aws_vpc" "seen" {
  id         = aws_vpc.this.id
  depends_on = [aws_vpc.this]
}
-- infra/more.tofu.json --
{"resource": {"aws_internet_gateway": {"this": {"vpc_id": "${data.aws_vpc.seen.id}"}}}}
`)
	d := read(t, tofu(t, Options{Dir: "infra"}))
	vpc := d.after(t, "aws_vpc.this")
	if vpc["cidr_block"] != "10.1.0.0/16" || d.after(t, "aws_internet_gateway.this")["vpc_id"] != vpc["id"] {
		t.Errorf("the VPC is %v", vpc)
	}
	if got := d.Annotations.Resources["aws_vpc.this"]; got.File != "infra/main.tofu" {
		t.Errorf("the VPC is written in %s", got.File)
	}
}

// One provider block may be for several Regions, and a resource may be there or not without being a list.
func TestTofuMetaArguments(t *testing.T) {
	folder(t, `
-- infra/main.tf --
locals { regions = toset(["us-east-1", "eu-west-1"]) }
provider "aws" {
  alias    = "by"
  for_each = local.regions
  region   = each.key
}
resource "aws_vpc" "this" {
  for_each   = local.regions
  provider   = aws.by[each.key]
  cidr_block = "10.0.0.0/16"
}
module "more" {
  source    = "./more"
  for_each  = local.regions
  providers = { aws = aws.by[each.key] }
}
resource "aws_eip" "no" {
  provider = aws.by["eu-west-1"]
  lifecycle {
    enabled = false
  }
}
-- infra/more/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.1.0.0/16"
}
`)
	d := read(t, tofu(t, Options{Dir: "infra"}))
	for address, want := range map[string]string{
		`aws_vpc.this["us-east-1"]`: "us-east-1", `aws_vpc.this["eu-west-1"]`: "eu-west-1", `module.more["eu-west-1"].aws_vpc.this`: "eu-west-1",
	} {
		if got := d.Annotations.Resources[address].Region; got != want {
			t.Errorf("%s is in %s, not in %s", address, got, want)
		}
	}
	if got := d.actions("aws_eip.no"); got != "" {
		t.Errorf("what is not enabled is planned: %s", got)
	}
}

// What the program is told of is the program that runs.
func TestTofuIsNamed(t *testing.T) {
	folder(t, `
-- infra/main.tf --
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 6.0"
}
`)
	_, err := try(t, Options{Dir: "infra", Terraform: "tofu"})
	if err == nil {
		t.Fatal("a module that is not installed is planned")
	}
	wants(t, err.Error(), "tofu -chdir=infra init -backend=false")
}

package tfcode

import "testing"

// A module that is not installed is named, with its place and the command to run. One that is installed is used.
func TestModules(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
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
			`infra/main.tf:1: module "vpc" (terraform-aws-modules/vpc/aws) is not installed`, program+" -chdir=infra init -backend=false",
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
	})
}

package tfcode

import "testing"

// Over a state, what is destroyed and what is replaced shows.
func TestState(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
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
-- sealed.tfstate --
{"serial":1,"lineage":"x","meta":{},"encrypted_data":"eA==","encryption_version":"v0"}
-- now.tfstate --
{"version":4,"terraform_version":"1.5.0","serial":1,"lineage":"x","outputs":{},"resources":[
 {"mode":"managed","type":"aws_vpc","name":"this","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"schema_version":1,"attributes":{"id":"vpc-0123","instance_tenancy":"default","enable_dns_support":true,"cidr_block":"10.0.0.0/16","arn":"arn:aws:ec2:us-east-1:333333333333:vpc/vpc-0123"}}]},
 {"mode":"managed","type":"aws_subnet","name":"this","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"schema_version":1,"attributes":{"id":"subnet-0123","vpc_id":"vpc-0123","cidr_block":"10.0.1.0/24"}}]},
 {"mode":"managed","type":"aws_eip","name":"old","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"schema_version":0,"attributes":{"id":"eipalloc-0123","arn":"arn:aws:ec2:us-east-1:333333333333:elastic-ip/eipalloc-0123"}}]}
]}
`)
		d := read(t, plan(t, Options{Dir: "infra", State: "now.tfstate"}))
		replaceIn(t, "now.tfstate", "registry.terraform.io", "registry.opentofu.org") // either program takes over what the other left
		if again := plan(t, Options{Dir: "infra", State: "now.tfstate"}); read(t, again).actions("aws_subnet.this") != "delete,create" {
			t.Errorf("over a state of OpenTofu: %s", again.Document)
		}
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
		wants(t, refused(t, Options{Dir: "infra", State: "sealed.tfstate"}), "sealed.tfstate is encrypted", "tofu state pull")
	})
}
